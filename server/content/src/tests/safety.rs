//! What nobody may do: run scripts, reach the server, keep it busy, make it panic.

use html2text::config;
use proptest::prelude::*;

use super::*;

/// What runs or loads something when it is let through, from public collections of cross-site scripting vectors
/// (OWASP "XSS Filter Evasion Cheat Sheet", and parser differences published on DOMPurify bypasses).
const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://e.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"https://a.example/i.png\" OnError=\"alert(1)\">",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
    "<a href=\" &#14; javascript:alert(1)\">x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=\"javascript:alert(1)\"></object>",
    "<embed src=\"javascript:alert(1)\">",
    "<form action=\"javascript:alert(1)\"><input type=submit></form>",
    "<button formaction=\"javascript:alert(1)\">x</button>",
    "<meta http-equiv=\"refresh\" content=\"0;url=javascript:alert(1)\">",
    "<meta HTTP-EQUIV=refresh content=\"0;url=https://e.example\">",
    "<base href=\"https://e.example/\">",
    "<link rel=import href=\"https://e.example/\">",
    "<body onload=alert(1)>",
    "<table background=\"javascript:alert(1)\"></table>",
    "<div style=\"width:expression(alert(1))\">x</div>",
    "<div style=\"background:url(java\nscript:alert(1))\">x</div>",
    "<style><img src=x onerror=alert(1)></style>",
    "<style><!--</style><script>alert(1)</script>--></style>",
    "<title><script>alert(1)</script></title>",
    "<title></title><script>alert(1)</script>",
    "<textarea></textarea><script>alert(1)</script>",
    "<noscript><p title=\"</noscript><script>alert(1)</script>\"></noscript>",
    "<xmp><script>alert(1)</script></xmp>",
    "<noembed><script>alert(1)</script></noembed>",
    "<template><script>alert(1)</script></template>",
    "<plaintext><script>alert(1)</script>",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<svg><![CDATA[><script>alert(1)</script>]]></svg>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<script/xss>alert(1)</script>",
    "<script\u{0}>alert(1)</script>",
    "<img/src=`x`onerror=alert(1)>",
    "<img src=x:alert(alt) onerror=eval(src) alt=0>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<select><noscript></select><script>alert(1)</script>",
    "<a xlink:href=\"javascript:alert(1)\">x</a>",
    "<p onmouseover\u{c}=alert(1)>x</p>",
    "{{ '<script>alert(1)</script>' }}",
    "{{ \"<\" }}script>alert(1){{ '<' }}/script>",
    "{% if a %}<scr{% endif %}ipt>alert(1)</script>",
    "<{% if a %}script{% endif %}>alert(1)</script>",
    "<a title={{ a }}>x</a>",
    "<{# #}script>alert(1)</{# #}script>",
    "{{# #}{ a }}",
];

/// What runs, as an independent parser (html5ever, which parses as browsers do) finds it.
fn active_parts(html: &str) -> Vec<String> {
    const ELEMENTS: [&str; 10] = [
        "script", "iframe", "object", "embed", "form", "base", "svg", "math", "button", "input",
    ];
    let dom = config::plain().parse_html(html.as_bytes()).expect("html");
    let mut canonical = Vec::new();
    dom.serialize(&mut canonical).expect("serialised");
    let canonical = String::from_utf8(canonical).expect("text");
    let mut found = Vec::new();
    // In what html5ever writes, `<` begins a tag or a comment, except inside values and raw texts.
    let mut rest = canonical.as_str();
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if rest.starts_with(['/', '!', '?']) {
            rest = rest.split_once('>').map_or("", |(_, after)| after);
            continue;
        }
        let end = rest.find([' ', '>']).unwrap_or(rest.len());
        let name = &rest[..end];
        rest = &rest[end..];
        if ELEMENTS.contains(&name) {
            found.push(name.to_owned());
        }
        while let Some((attribute, after)) = rest
            .strip_prefix(' ')
            .and_then(|attribute| attribute.split_once("=\""))
        {
            let (value, after) = after.split_once('"').unwrap_or((after, ""));
            let squeezed: String = value.split_whitespace().collect();
            let is_refresh = name == "meta"
                && attribute == "http-equiv"
                && squeezed.eq_ignore_ascii_case("refresh");
            if attribute.starts_with("on")
                || attribute == "srcdoc"
                || is_refresh
                || squeezed
                    .to_ascii_lowercase()
                    .trim_start_matches(char::is_control)
                    .starts_with("javascript:")
            {
                found.push(format!("{name} {attribute}={value}"));
            }
            rest = after;
        }
        if name == "style" {
            rest = rest.split_once("</style").map_or("", |(_, after)| after);
        }
    }
    found
}

fn assert_harmless(html: &str, source: &str) {
    let found = active_parts(html);
    assert!(found.is_empty(), "{found:?}\nof {source}\nin {html}");
}

#[test]
fn the_oracle_sees_what_is_active() {
    let seen = VECTORS
        .iter()
        .filter(|vector| !active_parts(vector).is_empty())
        .count();
    assert!(seen * 2 > VECTORS.len(), "{seen} of {}", VECTORS.len());
    for vector in &VECTORS[..5] {
        assert!(!active_parts(vector).is_empty(), "{vector}");
    }
    assert!(active_parts("<p>alert on script</p>").is_empty());
}

#[test]
fn no_script_of_an_author_survives() {
    let mut refused = 0;
    for vector in VECTORS {
        for html in [
            (*vector).to_owned(),
            format!("<html><head>{vector}</head><body>x</body></html>"),
            format!("<html><body><table><tr><td>{vector}</td></tr></table></body></html>"),
        ] {
            match Compiled::new(&email(&html), &tracking()) {
                Ok(compiled) => {
                    let values = values(&[("a", "x onmouseover=alert(1)")]);
                    let rendered = compiled.render(&values, &urls(9));
                    if let Ok(Rendered::Email(email)) = rendered {
                        assert_harmless(&email.html, vector);
                    }
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        refused < VECTORS.len() * 2,
        "{refused} refused: most are to be cleaned"
    );
}

#[test]
fn no_script_of_a_value_survives_in_any_place() {
    let html = "<html><head><title>{{ a }}</title></head><body><p>{{ a }}</p><p title=\"{{ a }}\">x</p>\
                <p title='{{ a | upper }}'>x</p><p title={{ a }}>x</p><a href=\"https://s.example/?q={{ a }}\">{{ a }}</a>\
                <img src=\"https://s.example/{{ a }}.png\" alt=\"{{ a | title }}\"></body></html>";
    let mut content = email(html);
    if let Content::Email(email) = &mut content {
        email.preheader = "{{ a }}".to_owned();
        email.subject = "{{ a }}".to_owned();
    }
    let compiled = compile(&content);
    for vector in VECTORS {
        let Ok(Rendered::Email(email)) = compiled.render(&values(&[("a", vector)]), &urls(9))
        else {
            panic!("{vector}")
        };
        assert_harmless(&email.html, vector);
        assert!(!email.subject.contains(['\r', '\n']));
        if vector.contains("script") && !vector.contains("{") {
            assert!(
                email
                    .text
                    .contains(vector.split_whitespace().next().unwrap_or_default()),
                "text is not HTML"
            );
        }
    }
}

#[test]
fn a_value_is_never_a_template() {
    let text = "{{ a }}";
    let canary = "{{ secret }}{% for x in y %}{{ 7 * 7 }}";
    let Ok(Rendered::Sms { text }) =
        compile(&sms(text)).render(&values(&[("a", canary), ("secret", "canary")]), &urls(0))
    else {
        panic!()
    };
    assert_eq!(text, canary);
}

#[test]
fn nothing_of_the_server_can_be_reached() {
    // Functions and objects that gave secrets away elsewhere (listmonk, CVE-2025-49136), and Jinja's usual ways out.
    for text in [
        "{{ env('PATH') }}",
        "{{ expandenv('$PATH') }}",
        "{{ self.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ name['__class__'] }}",
        "{{ config }}",
        "{{ debug() }}",
        "{{ namespace(a=1) }}",
        "{{ name | attr('x') }}",
        "{{ name | tojson }}",
        "{{ name | pprint }}",
        "{% import 'x' as y %}",
        "{% macro x() %}{% endmacro %}",
        "{% do x %}",
        "{{ caller() }}",
        "{{ loop }}",
    ] {
        let rendered = Compiled::new(&sms(text), &tracking())
            .map(|compiled| compiled.render(&values(&[("name", "Ada")]), &urls(0)));
        let is_refused = match rendered {
            Err(_) | Ok(Err(_)) => true,
            Ok(Ok(Rendered::Sms { text })) => text.is_empty(),
            Ok(Ok(_)) => false,
        };
        assert!(is_refused, "{text}");
    }
}

#[test]
fn work_is_bounded() {
    let long = "x".repeat(1_000);
    let bombs = [
        "{% for a in b %}".repeat(20),
        "{{ range(99999999) }}".to_owned(),
        "{{ 'a' * 999999999 }}".to_owned(),
        format!("{{{{ {}a{} }}}}", "(".repeat(200), ")".repeat(200)),
        "{% if a %}".repeat(5_000) + &"{% endif %}".repeat(5_000),
        "{{ a | replace('x', a) | replace('x', a) | replace('x', a) }}".to_owned(),
        "{{ a }}".repeat(60_000),
        "{{ a | upper | lower | title }}".repeat(12_000),
    ];
    for bomb in bombs {
        let begin = std::time::Instant::now();
        for content in [sms(&bomb), email(&bomb)] {
            if let Ok(compiled) = Compiled::new(&content, &tracking()) {
                let _ = compiled.render(&values(&[("a", &long)]), &urls(0));
            }
        }
        eprintln!("{:?} {}", begin.elapsed(), &bomb[..20]);
        assert!(begin.elapsed().as_secs() < 20, "{}", &bomb[..20]);
    }
    for deep in ["<div>", "<b>", "<table><tr><td>", "<ul><li>"] {
        assert_eq!(fields(&check(&email(&deep.repeat(20_000)))), ["html"]);
    }
    let formatting: String = (0..99).map(|n| format!("<b title={n}>")).collect();
    let many = format!("<p>{formatting}{}", "<p>x".repeat(50_000));
    assert_eq!(fields(&check(&email(&many))), ["html"]);
    let begin = std::time::Instant::now();
    let fine = format!("<p>{}{}", &formatting, "<p>x".repeat(200));
    assert!(check(&email(&fine)).is_empty());
    eprintln!(
        "{:?} {} kB of open formatting",
        begin.elapsed(),
        fine.len() / 1024
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_no_script_survives(
        parts in prop::collection::vec(prop_oneof![
            prop::sample::select(VECTORS).prop_map(str::to_owned),
            "\\PC{0,12}",
            "[<>{}%#\"'=/ a-z-]{0,16}",
            prop::sample::select(&[
                "{{ a }}", "{% if a %}", "{% else %}", "{% endif %}", "<a href=\"https://s.example/{{ a }}\">", "</a>",
                "<p title=\"", "\">", "<!--", "-->", "<style>", "</style>", "<body>", "</body>", "<table><tr><td>",
                "<title>", "</title>", "https://s.example/x", "&lt;", "{#", "#}", "\\", "\u{e000}", "vkq0q0z", "vkq0q",
            ][..]).prop_map(str::to_owned),
        ], 0..12),
        value in "\\PC{0,20}",
    ) {
        let source = parts.concat();
        let values = values(&[("a", &value)]);
        for content in [email(&source), sms(&source)] {
            if let Ok(compiled) = Compiled::new(&content, &tracking())
                && let Ok(Rendered::Email(email)) = compiled.render(&values, &urls(9))
            {
                let found = active_parts(&email.html);
                prop_assert!(found.is_empty(), "{:?}\nof {}\nin {}", found, source, email.html);
            }
            let _ = preview(&content, &values, "A");
            let _ = placeholders(&content);
        }
        let _ = mjml(&source);
    }

    #[test]
    fn text_without_tags_is_sent_as_it_is(text in "[^{\\u{e000}\\u{e001}:]{1,200}") {
        prop_assume!(!text.trim().is_empty());
        let rendered = compile(&sms(&text)).render(&Values::new(), &urls(0));
        prop_assert_eq!(rendered, Ok(Rendered::Sms { text }));
    }
}
