//! Contents from what is written to what one person gets.

mod missing;
mod safety;
mod speed;

use domain::{
    Channel,
    content::{
        Circle, Content, ContentProblem, EmailContent, PushContent, PushKind, RcsContent,
        SmsContent, Suggestion, Variant, WhatsAppButton, WhatsAppContent, WhatsAppHeader,
        WhatsAppTemplate,
    },
    sending::{Draft, Pace, Step, Window},
};

use crate::*;

pub(super) fn values(pairs: &[(&str, &str)]) -> Values {
    let mut values = Values::new();
    for (name, value) in pairs {
        values.set(name, value);
    }
    values
}

pub(super) fn urls(links: u32) -> MessageUrls {
    MessageUrls {
        links: (1..=links)
            .map(|n| (n, format!("https://r.example/c/token{n}")))
            .collect(),
        pixel: Some("https://r.example/o/pixel.gif".to_owned()),
        hidden: None,
        unsubscribe: "https://r.example/u/leave".to_owned(),
        preferences: String::new(),
    }
}

pub(super) fn tracking() -> CompileOptions {
    CompileOptions {
        variant: "A".to_owned(),
        base: "https://r.example".to_owned(),
        tracks_links: true,
        tracks_opens: true,
        ..CompileOptions::default()
    }
}

pub(super) fn compile(content: &Content) -> Compiled {
    Compiled::new(content, &tracking()).unwrap_or_else(|problems| panic!("{problems:?}"))
}

pub(super) fn email(html: &str) -> Content {
    Content::Email(EmailContent {
        subject: "Hello {{ name | default('you') }}".to_owned(),
        html: html.to_owned(),
        ..EmailContent::default()
    })
}

pub(super) fn render_email(html: &str, pairs: &[(&str, &str)]) -> RenderedEmail {
    match compile(&email(html)).render(&values(pairs), &urls(9)) {
        Ok(Rendered::Email(email)) => *email,
        other => panic!("{other:?}"),
    }
}

fn sms(text: &str) -> Content {
    Content::Sms(SmsContent {
        text: text.to_owned(),
    })
}

fn render_sms(text: &str, pairs: &[(&str, &str)]) -> Result<String, RenderError> {
    match compile(&sms(text)).render(&values(pairs), &urls(9))? {
        Rendered::Sms { text } => Ok(text),
        other => panic!("{other:?}"),
    }
}

fn fields(problems: &[ContentProblem]) -> Vec<&str> {
    problems
        .iter()
        .map(|problem| problem.field.as_str())
        .collect()
}

#[test]
fn a_text_is_personalised_and_its_links_are_followed() {
    let text = "{% if vip == 'yes' %}Dear{% else %}Hi{% endif %} {{ name | upper }}: https://shop.example/a?b=1. \
                STOP: {{ unsubscribe_url }}";
    assert_eq!(
        render_sms(text, &[("name", "Ada")]).expect("fine"),
        "Hi ADA: https://r.example/c/token1. STOP: https://r.example/u/leave"
    );
    assert_eq!(
        render_sms(
            "{{ a | truncate(5) }}|{{ b | d('x') | title }}",
            &[("a", "abcdefg"), ("b", "le mans")]
        )
        .expect("fine"),
        "ab...|Le Mans"
    );
}

#[test]
fn every_missing_value_is_named_and_defaults_are_none() {
    let missing = |text| match render_sms(text, &[("city", " ")]) {
        Err(RenderError::Missing(names)) => names.into_iter().collect::<Vec<_>>().join(" "),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        missing("{{ name }} {{ city }} {{ name | upper }} {{ x | default('y') }}"),
        "city name"
    );
    assert_eq!(
        missing("{% if city %}{{ a }}{% else %}{{ b }}{% endif %}"),
        "b"
    );
    assert_eq!(missing("{{ a | default(c) }}"), "c");
    assert_eq!(
        render_sms(
            "{{ city | default('your city') }}{% if city %} {{ city }}{% endif %}",
            &[]
        )
        .expect("fine"),
        "your city"
    );
    let found = placeholders(&sms(
        "{{ a }} {{ b | default('') }} {% if c %}{{ d }}{% endif %} {{ unsubscribe_url }} {{ b | upper | d('') }}",
    ));
    let found: Vec<_> = found
        .iter()
        .map(|(name, optional)| (name.as_str(), *optional))
        .collect();
    assert_eq!(
        found,
        [("a", false), ("b", false), ("c", true), ("d", true)]
    );
}

#[test]
fn what_a_template_may_not_do_is_told_with_its_line() {
    for (text, words) in [
        ("a\nb {{ name", "Line 2: a tag is opened"),
        ("{% for x in name %}{% endfor %}", "loops"),
        ("{% set x = name %}", "“set” can't be used"),
        ("{% include 'x' %}", "“include” can't be used"),
        ("{% raw %}{% endraw %}", "“raw” can't be used"),
        ("{{ name | safe }}", "no filter “safe”"),
        ("{{ range(9) }}", "“range(…)” is not known"),
        ("{{ name.upper() }}", "without a dot"),
        ("{{ name * 9 }}", "“*” can't be used"),
        ("{{ name ~ name }}", "“~” can't be used"),
        ("{{ __p }}", "two underscores"),
        ("{{ name is sameas(1) }}", "no test “sameas”"),
        ("{{ }}", "a tag is empty"),
        ("{{ 'x' if name }}", "needs an else"),
        ("\n\n{% if name %}", "Line 3"),
        ("{{ name name }}", "Line 1"),
    ] {
        let problems = check(&sms(text));
        assert_eq!(fields(&problems), ["text"], "{text}");
        assert!(
            problems[0].message.contains(words),
            "{text}: {}",
            problems[0].message
        );
    }
}

#[test]
fn a_link_that_people_cant_see_is_in_the_html_alone_and_in_no_count() {
    let hidden = "https://r.example/c/hidden&x";
    let with = MessageUrls {
        hidden: Some(hidden.to_owned()),
        ..urls(9)
    };
    for html in [
        "<html><body><p>Hi</p><a href=\"https://shop.example/\">Go</a></BODY></html>",
        "<p>Hi</p><a href=\"https://shop.example/\">Go</a>",
        // Its text can't be made of a template: it is made of each message's HTML.
        "<body>{% if name %}<p>Hi</p><a href=\"https://shop.example/\">Go</a>{% endif %}</body>",
    ] {
        let content = email(html);
        let compiled = compile(&content);
        let person = values(&[("name", "Ada")]);
        let render = |urls: &MessageUrls| match compiled.render(&person, urls) {
            Ok(Rendered::Email(email)) => *email,
            other => panic!("{other:?}"),
        };
        let (plain, email) = (render(&urls(9)), render(&with));
        let link = "<a href=\"https://r.example/c/hidden&amp;x\" aria-hidden=\"true\" tabindex=\"-1\" \
                    rel=\"nofollow\" style=\"display:none;mso-hide:all\"></a>";
        assert_eq!(email.html.matches(link).count(), 1, "{}", email.html);
        assert_eq!(email.html.replace(link, ""), plain.html);
        let end = email.html.to_ascii_lowercase();
        assert!(end.find("hidden&amp;x") < end.find("</body>"), "{end}");
        assert_eq!(email.text, plain.text);
        assert!(!email.text.contains("hidden"), "{}", email.text);
        assert_eq!(compiled.links().len(), 1);
        let clicks = std::collections::BTreeMap::from([(1, 1)]);
        let map = click_map(&content, &person, &tracking(), &clicks).expect("a map");
        assert!(!map.contains("aria-hidden=\"true\" tabindex"), "{map}");
    }
    // A mail of text alone has none.
    let text = Content::Email(EmailContent {
        subject: "s".to_owned(),
        text: "Hi https://shop.example/".to_owned(),
        ..EmailContent::default()
    });
    match compile(&text).render(&values(&[]), &with) {
        Ok(Rendered::Email(email)) => {
            assert_eq!(email.html, "");
            assert!(!email.text.contains("hidden"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_email_gets_pixel_preheader_footer_and_tracked_links() {
    let content = Content::Email(EmailContent {
        subject: "Hi\r\n{{ name }}".to_owned(),
        preheader: "For {{ name }} & you".to_owned(),
        html: "<html><body class=x><p>Hi {{ name }}</p><a href='https://shop.example/?a=1&amp;b=2'>Go <b>on</b></a>\
               <a href=\"https://shop.example/\"><img src=\"https://shop.example/i.png\" alt='A &quot;shoe&quot;'></a>\
               <a href=\"https://shop.example/?u={{ name }}\">yours</a><a href=\"mailto:a@b.example\">mail</a>\
               <a href=\"#top\">up</a></body></html>"
            .to_owned(),
        ..EmailContent::default()
    });
    let mut options = tracking();
    options.untracked.insert("https://shop.example/".to_owned());
    let compiled = Compiled::new(&content, &options).expect("fine");
    let links: Vec<_> = compiled
        .links()
        .iter()
        .map(|l| (l.position, l.url.as_str(), l.label.as_str(), l.is_tracked))
        .collect();
    assert_eq!(
        links,
        [
            (1, "https://shop.example/?a=1&b=2", "Go on", true),
            (2, "https://shop.example/", "A \"shoe\"", false),
            (3, "https://shop.example/?u={{ name }}", "yours", false),
            (4, "mailto:a@b.example", "mail", false),
        ]
    );
    let rendered = compiled
        .render(&values(&[("name", "Ada & <Co>")]), &urls(1))
        .expect("fine");
    let Rendered::Email(email) = rendered else {
        panic!()
    };
    assert_eq!(email.subject, "Hi Ada & <Co>");
    assert_eq!(email.preheader, "For Ada & <Co> & you");
    let html = &email.html;
    let at = |part: &str| {
        html.find(part)
            .unwrap_or_else(|| panic!("{part} in {html}"))
    };
    assert!(
        at("<body class=x><div style=\"display:none") < at("For Ada &amp; &lt;Co&gt; &amp; you")
    );
    assert!(at("<p>Hi Ada &amp; &lt;Co&gt;</p>") < at("href=\"https://r.example/c/token1\""));
    assert!(html.contains("href=\"https://shop.example/\""), "untracked");
    at("https://shop.example/?u=Ada%20%26%20%3CCo%3E");
    assert!(at("https://r.example/u/leave") < at("src=\"https://r.example/o/pixel.gif\""));
    assert!(at("pixel.gif") < at("</body></html>"));
    assert!(email.text.contains("Hi Ada & <Co>"), "{}", email.text);
    assert!(
        email.text.contains("https://r.example/c/token1"),
        "{}",
        email.text
    );
    assert!(
        email
            .text
            .ends_with("Unsubscribe: https://r.example/u/leave"),
        "{}",
        email.text
    );
    assert!(!email.text.contains("pixel"));
    // A test send has neither.
    let plain = MessageUrls {
        unsubscribe: "https://r.example/u/x".to_owned(),
        ..MessageUrls::default()
    };
    let Ok(Rendered::Email(email)) = compiled.render(&values(&[("name", "Ada")]), &plain) else {
        panic!()
    };
    assert!(!email.html.contains("<img src=\"https://r.example/o"));
    assert!(
        email
            .html
            .contains("href=\"https://shop.example/?a=1&amp;b=2\"")
    );
}

#[test]
fn the_author_s_own_unsubscribe_link_is_enough() {
    let email = render_email("<p>x</p><a href=\"{{ unsubscribe_url }}\">Leave</a>", &[]);
    assert_eq!(
        email.html.matches("https://r.example/u/leave").count(),
        1,
        "{}",
        email.html
    );
    assert_eq!(
        email.text.matches("https://r.example/u/leave").count(),
        1,
        "{}",
        email.text
    );
    assert!(email.html.contains("<body>"), "a fragment gets a body");
    let preferences = render_email("<a href=\"{{ preferences_url }}\">P</a>", &[]);
    assert_eq!(
        preferences
            .html
            .matches("https://r.example/u/leave")
            .count(),
        2
    );
}

#[test]
fn missing_body_tags_lose_nothing() {
    for html in [
        "<html><head><title>x</title></head><p>hi</p></html>",
        "<html><head></head><body><p>hi</p>",
        "<p>hi",
        "<body><p>hi</p></body><body>more</body>",
    ] {
        let email = render_email(html, &[]);
        assert_eq!(email.html.matches("pixel.gif").count(), 1, "{}", email.html);
        assert_eq!(email.html.matches("u/leave").count(), 1, "{}", email.html);
    }
}

#[test]
fn the_text_follows_the_conditions_of_the_html() {
    let html = "<p>{% if vip %}For VIPs{% else %}For all{% endif %}</p><table><tr><td>a</td><td>b</td></tr></table>";
    assert!(
        render_email(html, &[("vip", "1")])
            .text
            .contains("For VIPs")
    );
    let text = render_email(html, &[]).text;
    assert!(text.contains("For all") && !text.contains("VIPs"), "{text}");
    // Where a condition begins in the head, the text is made from each message's HTML.
    let odd = "<html><head><style>{</style>{% if vip %}</head><body>yes{% else %}</head><body>no{% endif %}</body></html>";
    let _ = check(&email(odd));
}

#[test]
fn addresses_in_html_have_to_be_whole_and_harmless() {
    for (html, words) in [
        ("<a href=\"javascript:alert(1)\">x</a>", "whole address"),
        (
            "<a href=\"java&#115;cript:alert(1)\">x</a>",
            "whole address",
        ),
        ("<a href=\"page.html\">x</a>", "whole address"),
        (
            "<a href=\"{{ url }}\">x</a>",
            "begin with https:// and a host",
        ),
        (
            "<a href=\"https://{{ host }}/\">x</a>",
            "begin with https:// and a host",
        ),
        ("<img src=\"i.png\">", "picture"),
        ("<img src=\"data:image/svg+xml;base64,AA\">", "picture"),
        ("<p {% if a %}class=x{% endif %}>", "not between attributes"),
        ("<{{ a }}>", "name of an HTML element"),
        ("<scr{{ a }}ipt>", "name of an HTML element"),
        ("<style>a { color: {{ a }} }</style>", "inside <style>"),
        ("<style>a { width: expression(1) }</style>", "expression()"),
        ("<!--[if mso]>{{ a }}<![endif]-->", "comments for Outlook"),
    ] {
        let problems = check(&email(html));
        assert_eq!(fields(&problems), ["html"], "{html}");
        assert!(
            problems[0].message.contains(words),
            "{html}: {}",
            problems[0].message
        );
    }
}

#[test]
fn imports_and_spans_are_brought_into_bounds() {
    let note = |html: &str| {
        let compiled = compile(&email(html));
        let email = render_email(html, &[]);
        (compiled.notes().to_vec(), email.html)
    };
    let link = "<link rel=\"stylesheet\" href=\"https://f.example/css?a=1&amp;b=2\">";
    let import = "<style>@import url(https://f.example/css?a=1&b=2);p{color:red}</style>";
    let (notes, html) = note(&format!(
        "<html><head>{link}{import}</head><body>x</body></html>"
    ));
    assert_eq!(notes, []);
    assert!(html.contains("rel=\"stylesheet\"") && html.contains("<style>p{color:red}</style>"));
    let (notes, html) = note(&format!("<html><head>{import}</head><body>x</body></html>"));
    assert!(
        notes[0]
            .message
            .starts_with("@import of https://f.example/css?a=1&b=2 was left out")
    );
    assert!(!html.contains("@import"));
    let (_, html) = note("<style>html{scroll-behavior:smooth}/* @import */</style><p>x</p>");
    assert!(html.contains("scroll-behavior:smooth"));
    let wide =
        "<table><tr><td colspan=18446744073709551615>a</td><td rowspan=99999>b</td></tr></table>";
    let (_, html) = note(wide);
    assert!(
        html.contains("colspan=\"1000\"") && html.contains("rowspan=\"1000\""),
        "{html}"
    );
}

#[test]
fn what_mjml_makes_of_fonts_is_no_strangers_html() {
    let mjml = "<mjml><mj-head><mj-font name=\"Raleway\" href=\"https://fonts.example/css?family=Raleway\" /></mj-head>\
        <mj-body><mj-section><mj-column><mj-text font-family=\"Raleway, Arial\">x</mj-text></mj-column></mj-section></mj-body></mjml>";
    let content = Content::Email(EmailContent {
        subject: "x".to_owned(),
        mjml: mjml.to_owned(),
        ..EmailContent::default()
    });
    let compiled = compile(&content);
    assert_eq!(compiled.notes(), []);
    let Ok(Rendered::Email(email)) = compiled.render(&values(&[]), &urls(0)) else {
        panic!()
    };
    assert!(
        email
            .html
            .contains("<link href=\"https://fonts.example/css?family=Raleway\"")
    );
    assert!(!email.html.contains("@import"));
}

#[test]
fn css_with_a_hash_after_its_brace_is_no_comment() {
    let html =
        "<html><head><style>@media print{#nav{display:none}}</style></head><body>hi</body></html>";
    assert!(
        render_email(html, &[])
            .html
            .contains("@media print{#nav{display:none}}")
    );
}

#[test]
fn mjml_becomes_an_email_with_links_and_placeholders() {
    for starter in starters() {
        let content = Content::Email(EmailContent {
            subject: "x".to_owned(),
            mjml: starter.mjml.to_owned(),
            ..EmailContent::default()
        });
        let compiled = compile(&content);
        let Ok(Rendered::Email(email)) =
            compiled.render(&values(&[("name", "Ada"), ("code", "A<1")]), &urls(9))
        else {
            panic!("{}", starter.id)
        };
        assert!(email.html.contains("Ada"));
        assert_eq!(
            email.html.contains("Your code: A&lt;1"),
            starter.id == "offer"
        );
        assert_eq!(
            email.html.matches("https://r.example/c/token").count(),
            compiled
                .links()
                .iter()
                .filter(|link| link.is_tracked)
                .count()
        );
        assert!(email.text.contains("Ada"), "{}", email.text);
        assert!(!email.html.contains("vkq") && !email.text.contains("vkq"));
    }
}

fn push(kind: PushKind) -> PushContent {
    PushContent {
        kind,
        title: "T {{ name }}".to_owned(),
        body: "B".to_owned(),
        link: "https://shop.example/x".to_owned(),
        ..PushContent::default()
    }
}

#[test]
fn a_push_is_checked_by_its_kind() {
    let problems = |push: PushContent| {
        let problems = check(&Content::Push(push));
        fields(&problems).join(" ")
    };
    assert_eq!(problems(push(PushKind::Regular)), "");
    assert_eq!(problems(PushContent::default()), "title body");
    assert_eq!(
        problems(PushContent {
            kind: PushKind::Data,
            ..PushContent::default()
        }),
        "data"
    );
    assert_eq!(problems(push(PushKind::Geo)), "geo");
    let circle = |latitude: &str, longitude: &str, radius_m| PushContent {
        geo: Some(Circle {
            latitude: latitude.to_owned(),
            longitude: longitude.to_owned(),
            radius_m,
        }),
        ..push(PushKind::Geo)
    };
    assert_eq!(problems(circle("41.9", "-180", 50)), "");
    assert_eq!(
        problems(circle("91", "x", 49)),
        "geo.latitude geo.longitude geo.radius_m"
    );
    assert_eq!(
        problems(circle("NaN", "inf", 100_000)),
        "geo.latitude geo.longitude"
    );
    let linked = |kind, link: &str| PushContent {
        link: link.to_owned(),
        ..push(kind)
    };
    assert_eq!(
        problems(linked(PushKind::Deeplink, "shop://sale/{{ name }}")),
        ""
    );
    assert_eq!(problems(linked(PushKind::Deeplink, "/sale")), "");
    assert_eq!(problems(linked(PushKind::Deeplink, "")), "link");
    assert_eq!(problems(linked(PushKind::Deeplink, "javascript:x")), "link");
    assert_eq!(problems(linked(PushKind::Deeplink, "//a.example")), "link");
    assert_eq!(problems(linked(PushKind::Regular, "shop://sale")), "link");
    let long = PushContent {
        body: "x".repeat(3_000),
        ..push(PushKind::Regular)
    };
    assert_eq!(problems(long), "body");
    let picture = PushContent {
        image: "http://a.example/i.png".to_owned(),
        ..push(PushKind::Regular)
    };
    assert_eq!(problems(picture), "image");
    let compiled = compile(&Content::Push(push(PushKind::Regular)));
    assert_eq!(compiled.links().len(), 1);
    let Ok(Rendered::Push(made)) = compiled.render(&values(&[("name", "Ada")]), &urls(1)) else {
        panic!()
    };
    assert_eq!(
        (made.title.as_str(), made.link.as_str()),
        ("T Ada", "https://r.example/c/token1")
    );
}

fn whatsapp() -> WhatsAppContent {
    WhatsAppContent {
        template: WhatsAppTemplate {
            name: "sale".to_owned(),
            language: "en".to_owned(),
            status: "approved".to_owned(),
            header: WhatsAppHeader::Text {
                text: "Hi {{1}}".to_owned(),
            },
            body: "{{1}} gets {{2}}, yes {{1}}".to_owned(),
            buttons: vec![
                WhatsAppButton::QuickReply {
                    text: "No".to_owned(),
                },
                WhatsAppButton::Url {
                    text: "Shop".to_owned(),
                    url: "https://r.example/c/{{1}}".to_owned(),
                },
                WhatsAppButton::Url {
                    text: "Item".to_owned(),
                    url: "https://shop.example/i/{{1}}".to_owned(),
                },
                WhatsAppButton::Url {
                    text: "Home".to_owned(),
                    url: "https://shop.example/".to_owned(),
                },
            ],
            ..WhatsAppTemplate::default()
        },
        header_value: "{{ name }}".to_owned(),
        body_values: vec!["{{ name }}".to_owned(), "10 %\n\n off".to_owned()],
        link_values: vec![
            "https://shop.example/sale".to_owned(),
            "{{ item }}".to_owned(),
        ],
        ..WhatsAppContent::default()
    }
}

#[test]
fn a_whatsapp_message_fills_its_template() {
    let compiled = compile(&Content::WhatsApp(whatsapp()));
    let links: Vec<_> = compiled
        .links()
        .iter()
        .map(|l| (l.position, l.url.as_str(), l.is_tracked))
        .collect();
    assert_eq!(
        links,
        [
            (1, "https://shop.example/sale", true),
            (2, "https://shop.example/i/{{ item }}", false),
            (3, "https://shop.example/", false)
        ]
    );
    let rendered = compiled
        .render(&values(&[("name", "Ada"), ("item", "7")]), &urls(1))
        .expect("fine");
    let Rendered::WhatsApp {
        header,
        body,
        links,
        ..
    } = &rendered
    else {
        panic!()
    };
    assert_eq!(header.as_deref(), Some("Ada"));
    assert_eq!(body, &["Ada", "10 % off"]);
    assert_eq!(links, &[(1, "token1".to_owned()), (2, "7".to_owned())]);
    assert!(
        matches!(
            compiled.render(&values(&[("name", "Ada"), ("item", "7")]), &urls(0)),
            Err(RenderError::Broken { .. })
        ),
        "no button leads nowhere"
    );
    let shown = preview(
        &Content::WhatsApp(whatsapp()),
        &values(&[("name", "Ada")]),
        "B",
    );
    assert_eq!(
        (shown.variant.as_str(), shown.title.as_str()),
        ("B", "Hi Ada")
    );
    assert_eq!(shown.text, "Ada gets 10 % off, yes Ada");
    assert_eq!(shown.missing, ["item"]);
    assert_eq!(shown.buttons, ["No", "Shop", "Item", "Home"]);
}

#[test]
fn a_whatsapp_message_needs_an_approved_template_and_its_values() {
    let mut content = whatsapp();
    content.template.status = "paused".to_owned();
    content.body_values.pop();
    content.header_value.clear();
    content.link_values = vec!["x".to_owned(), " ".to_owned()];
    assert_eq!(
        fields(&check(&Content::WhatsApp(content))),
        ["template", "body_values", "header_value", "link_values.1"]
    );
    // Twilio numbers through the whole template.
    let mut content = whatsapp();
    content.template.header = WhatsAppHeader::Text {
        text: "Hi {{3}}".to_owned(),
    };
    content.template.body = "{{2}} gets {{1}}".to_owned();
    content.template.buttons = vec![WhatsAppButton::Url {
        text: "Item".to_owned(),
        url: "https://shop.example/i/{{4}}".to_owned(),
    }];
    content.body_values[0].clear();
    content.link_values = vec![String::new()];
    let problems = check(&Content::WhatsApp(content.clone()));
    assert_eq!(
        problems
            .iter()
            .map(|p| (p.field.as_str(), p.message.as_str()))
            .collect::<Vec<_>>(),
        [
            ("body_values.0", "Write what stands for {{1}}."),
            (
                "link_values.0",
                "Write what the link of the button “Item” ends in."
            ),
        ]
    );
    content.body_values = vec!["10 %".to_owned(), "Ada".to_owned()];
    content.link_values = vec!["7".to_owned()];
    let shown = preview(
        &Content::WhatsApp(content.clone()),
        &values(&[("name", "Ada")]),
        "A",
    );
    assert_eq!(
        (shown.title.as_str(), shown.text.as_str()),
        ("Hi Ada", "Ada gets 10 %")
    );
    let rendered =
        compile(&Content::WhatsApp(content)).render(&values(&[("name", "Ada")]), &urls(0));
    assert!(
        matches!(&rendered, Ok(Rendered::WhatsApp { links, .. }) if *links == [(0, "7".to_owned())]),
        "{rendered:?}"
    );
    assert_eq!(
        fields(&check(&Content::empty(Channel::WhatsApp))),
        ["template"]
    );
}

#[test]
fn an_rcs_message_has_chips_and_a_fallback() {
    let mut rcs = RcsContent {
        text: "Hi {{ name }} https://a.example/1".to_owned(),
        suggestions: vec![
            Suggestion::Url {
                text: "Shop".to_owned(),
                url: "https://a.example/2".to_owned(),
            },
            Suggestion::Reply {
                text: "Yes".to_owned(),
            },
        ],
        fallback: "Hi https://a.example/3".to_owned(),
        ..RcsContent::default()
    };
    let compiled = compile(&Content::Rcs(rcs.clone()));
    assert_eq!(
        compiled
            .links()
            .iter()
            .map(|l| l.label.as_str())
            .collect::<Vec<_>>()[1],
        "Shop"
    );
    let Ok(Rendered::Rcs {
        text,
        suggestions,
        fallback,
        card_title,
        ..
    }) = compiled.render(&values(&[("name", "Ada")]), &urls(3))
    else {
        panic!()
    };
    assert_eq!(text, "Hi Ada https://r.example/c/token1");
    assert_eq!(
        suggestions[0],
        Suggestion::Url {
            text: "Shop".to_owned(),
            url: "https://r.example/c/token2".to_owned()
        }
    );
    assert_eq!(fallback, "Hi https://r.example/c/token3");
    assert_eq!(card_title, None);
    // The same text by SMS is the same message, with the same links.
    rcs.fallback = format!(" {}", rcs.text);
    let compiled = compile(&Content::Rcs(rcs.clone()));
    assert_eq!(compiled.links().len(), 2);
    let Ok(Rendered::Rcs { text, fallback, .. }) =
        compiled.render(&values(&[("name", "Ada")]), &urls(2))
    else {
        panic!()
    };
    assert_eq!(text, fallback);
    rcs.is_card = true;
    rcs.image = "x".to_owned();
    rcs.suggestions = vec![
        Suggestion::Phone {
            text: "x".repeat(26),
            number: "0123".to_owned()
        };
        5
    ];
    let problems = check(&Content::Rcs(rcs));
    assert_eq!(fields(&problems)[..3], ["title", "image", "suggestions"]);
    assert_eq!(problems.len(), 3 + 5 * 2);
}

#[test]
fn previews_show_what_is_missing_and_survive_what_is_wrong() {
    let shown = preview(
        &sms("Hi {{ name }} https://a.example/"),
        &Values::new(),
        "A",
    );
    assert_eq!(shown.text, "Hi [name] https://a.example/");
    assert_eq!(shown.missing, ["name"]);
    assert_eq!(shown.length.map(|length| length.segments), Some(1));
    assert_eq!(
        preview(&sms("Hi {{ name"), &Values::new(), "A").text,
        "Hi {{ name"
    );
    let shown = preview(
        &email("<b>{{ x }}</b><script>1</script>"),
        &Values::new(),
        "A",
    );
    assert!(shown.html.contains("<b>[x]</b>") && !shown.html.contains("script"));
    assert!(!shown.html.contains("<img"), "a preview is no open");
}

#[test]
fn lengths_are_those_of_the_finished_message() {
    let long = "x".repeat(1_000);
    assert_eq!(
        render_sms("{{ a }}{{ a }}", &[("a", &long)]),
        Err(RenderError::TooLong {
            field: "text".to_owned(),
            limit: 1_600,
            unit: "characters"
        })
    );
    assert_eq!(fields(&check(&sms(&"x".repeat(1_601)))), ["text"]);
    assert!(check(&sms(&format!("{{# {} #}}{{{{ a }}}}", "x".repeat(1_601)))).is_empty());
}

#[test]
fn every_step_of_a_draft_is_looked_at() {
    let found = |draft: &Draft, channel| -> Vec<(Step, String)> {
        obstacles(draft, channel, " ")
            .into_iter()
            .map(|o| (o.step, o.field))
            .collect()
    };
    let step = |step, field: &str| (step, field.to_owned());
    assert_eq!(
        found(&Draft::default(), Channel::Sms),
        [
            step(Step::Detail, "name"),
            step(Step::Detail, "account"),
            step(Step::Detail, "sender"),
            step(Step::Recipients, "audience"),
            step(Step::Message, "content"),
        ]
    );
    let arm = |name: &str, share, content| Variant {
        name: name.to_owned(),
        share,
        content,
    };
    let draft = Draft {
        account: Some("a".to_owned()),
        sender: "not a mailbox".to_owned(),
        audience: domain::audience::Audience::Everyone,
        variants: vec![
            arm("A", 50, email("<p>x</p>")),
            arm("B", 45, email("<a href=x>")),
            arm("B", 0, sms("x")),
        ],
        holdout: 4,
        pace: Pace {
            per_second: Some(0),
            window: Some(Window {
                from_minute: 60,
                to_minute: 60,
            }),
        },
        ..Draft::default()
    };
    assert_eq!(
        found(&draft, Channel::Email),
        [
            step(Step::Detail, "name"),
            step(Step::Detail, "sender"),
            step(Step::Template, "variants"),
            step(Step::Template, "shares"),
            step(Step::Template, "shares"),
            step(Step::Template, "B.content"),
            step(Step::Personalize, "B.html"),
            step(Step::Summary, "per_second"),
            step(Step::Summary, "window"),
        ]
    );
    let fine = Draft {
        sender: "news@shop.example".to_owned(),
        variants: vec![arm("A", 90, email("<p>x</p>"))],
        holdout: 10,
        pace: Pace::default(),
        ..draft
    };
    assert_eq!(obstacles(&fine, Channel::Email, "Spring"), []);
}
