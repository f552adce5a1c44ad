//! MJML by its compiler: what it takes, what it says, and what its limits are.

use std::time::{Duration, Instant};

use super::*;

fn in_text(text: &str) -> String {
    format!(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
}

fn html(source: &str) -> String {
    mjml(source)
        .unwrap_or_else(|error| panic!("{error:?}: {source}"))
        .html
}

fn message(source: &str) -> String {
    match mjml(source) {
        Err(MjmlError::Invalid(problem)) => problem.message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_designs_are_complete_messages() {
    for starter in starters() {
        let made = mjml(starter.mjml).unwrap_or_else(|error| panic!("{}: {error:?}", starter.id));
        assert!(
            made.html.contains("{{ unsubscribe_url }}"),
            "{}",
            starter.id
        );
        assert!(!made.html.contains("fonts.googleapis"), "{}", starter.id);
        assert_eq!(made.notes, [], "{}", starter.id);
    }
}

#[test]
fn trouble_is_told_with_its_line() {
    assert_eq!(
        message("<mjml>\n<mj-body>\n<mj-nonsense />\n</mj-body></mjml>"),
        "Line 3: there is no <mj-nonsense> in MJML."
    );
    let include = "<mjml><mj-head>\n<mj-include path=\"a.css\" type=\"css\"/></mj-head></mjml>";
    assert_eq!(
        message(include),
        "Line 2: includes can't be used; paste what is to be included."
    );
    for none in ["hello", "<mjml></mjml>", "<p>x</p>", ""] {
        let expected = "The MJML has to begin with <mjml> and have an <mj-body>.";
        assert_eq!(message(none), expected, "{none}");
    }
    assert!(message("<mjml>{% for a in b %}</mjml>").contains("loops"));
    let made = mjml(&in_text("x").replace("<mj-text>", "\n<mj-text colour=\"red\">"));
    let notes = made.unwrap().notes;
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].message.starts_with("Line 2: <mj-text>:")
            && notes[0].message.contains("Attribute colour"),
        "{notes:?}"
    );
}

#[test]
fn tags_of_the_template_stay_or_are_asked_for() {
    let source = "<mjml><mj-body>{% if vip %}<mj-section><mj-column>{% if id > 3 %}\
        <mj-button href=\"https://x.example/{{ id }}\">{{ name }}</mj-button>{% endif %}</mj-column></mj-section>\
        <mj-raw>{% endif %}</mj-raw></mj-body></mjml>";
    let made = html(source);
    let mut rest = made.as_str();
    for tag in [
        "{% if vip %}",
        "{% if id > 3 %}",
        "https://x.example/{{ id }}",
        "{{ name }}",
        "{% endif %}",
        "{% endif %}",
    ] {
        let at = rest.find(tag);
        rest = &rest[at.unwrap_or_else(|| panic!("{tag}: {made}")) + tag.len()..];
    }
    assert!(!made.contains("mj-raw"));
    let carousel = "<mjml><mj-body><mj-section><mj-column><mj-carousel>\n{% if vip %}\
        <mj-carousel-image src=\"https://x.example/a.png\"/>{% endif %}</mj-carousel></mj-column></mj-section></mj-body></mjml>";
    assert_eq!(
        message(carousel),
        "Line 2: “{% if vip %}” stands where MJML takes no text. Put it into <mj-raw>, or into the text of an element."
    );
    // Nobody gets what stands in a comment.
    html("<mjml><mj-body><!-- {{ name }} --><mj-section></mj-section></mj-body></mjml>");
}

#[test]
fn what_mjml_takes_is_taken() {
    for text in [
        "5 < 6",
        "<ul><li>a<li>b</ul>",
        "<p>a<p>b",
        "<a href=https://x.example/>x</a>",
        "<BR>x",
        "<p style='font-family:\"Open Sans\",Arial;\ncolor:#f00'>x</p>",
        "caf\u{65}\u{301} \u{1f469}\u{200d}\u{1f4bb}",
    ] {
        assert!(html(&in_text(text)).contains(text), "{text}");
    }
    let declared = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE html>\n{}",
        in_text("hello")
    );
    assert!(html(&declared).contains("hello"));
}

#[test]
fn attributes_mean_what_they_mean_to_npm() {
    let head = |head: &str, body: &str| {
        html(&format!(
            "<mjml><mj-head>{head}</mj-head><mj-body><mj-section><mj-column>{body}</mj-column></mj-section></mj-body></mjml>"
        ))
    };
    let classes = "<mj-attributes><!-- a comment --><mj-class name=\"a\" color=\"#ff0000\"/>\
                   <mj-class name=\"b\" color=\"#0000ff\"/></mj-attributes>";
    let two = head(classes, "<mj-text mj-class=\"a b\">x</mj-text>");
    assert!(
        two.contains("#0000ff") && !two.contains("#ff0000"),
        "the last class wins"
    );
    let inline = head(
        "<mj-style inline=\"inline\">.pre{display:none}</mj-style>",
        "<mj-text><span class=\"pre\">x</span></mj-text>",
    );
    assert!(inline.contains("display: none") || inline.contains("display:none"));
    let image = "<mj-image padding=\"0\" src=\"https://x.example/a.png\" alt=\"\"/>";
    let narrow = html(&format!(
        "<mjml><mj-body><mj-section padding=\"0 20px\"><mj-column>{image}</mj-column></mj-section></mj-body></mjml>"
    ));
    assert!(narrow.contains("width=\"560\""), "{narrow}");
    let logo = head("", &image.replace("<mj-image", "<mj-image width=\"200\""));
    assert!(logo.contains("width=\"200\""), "{logo}");
    let font = "<mj-font name=\"Raleway\" href=\"https://fonts.example/css?family=Raleway\"/>";
    let raleway = head(font, "<mj-text font-family=\"Raleway, Arial\">x</mj-text>");
    assert!(raleway.contains("<link href=\"https://fonts.example/css?family=Raleway\""));
}

#[test]
fn the_same_source_comes_to_the_same_html() {
    let source = "<mjml><mj-body><mj-section><mj-column><mj-carousel>\
        <mj-carousel-image src=\"https://x.example/1.png\"/><mj-carousel-image src=\"https://x.example/2.png\"/>\
        </mj-carousel></mj-column></mj-section></mj-body></mjml>";
    let first = html(source);
    let mut engine = engine::Engine::load().expect("an engine");
    engine.compile(&in_text("another")).expect("HTML");
    assert_eq!(engine.compile(source).expect("HTML").html, first);
    assert!(!engine.is_spoiled);
}

#[test]
fn a_source_leaves_nothing_behind_for_the_next() {
    let mut engine = engine::Engine::load().expect("an engine");
    let names = ["__proto__", "constructor", "prototype", "toString"];
    for name in names {
        let source = format!(
            "<mjml><mj-head><mj-attributes><mj-class name=\"{name}\" color=\"red\"/><{name} a=\"b\"/></mj-attributes>\
             <mj-html-attributes><mj-selector path=\"{name}\"><mj-html-attribute name=\"{name}\">x</mj-html-attribute>\
             </mj-selector></mj-html-attributes></mj-head><mj-body></mj-body></mjml>"
        );
        // Whether it is taken is the compiler's business.
        drop(engine.compile(&source));
        if engine.is_spoiled {
            engine = engine::Engine::load().expect("an engine");
        }
        let plain = engine.compile(&in_text("plain"));
        assert_eq!(
            plain.map(|made| made.html),
            Ok(html(&in_text("plain"))),
            "{name}"
        );
    }
}

#[test]
fn no_source_takes_more_than_it_may() {
    let carousel = |pictures: usize| {
        format!(
            "<mjml><mj-body><mj-section><mj-column><mj-carousel>{}</mj-carousel></mj-column></mj-section></mj-body></mjml>",
            "<mj-carousel-image src=\"https://x.example/a.png\"/>".repeat(pictures)
        )
    };
    let began = Instant::now();
    assert!(html(&in_text(&"<p>".repeat(3_000))).contains("<p><p>"));
    for pictures in [3_000, 9_000] {
        let made = mjml(&carousel(pictures));
        assert!(
            matches!(made, Err(MjmlError::Limit(_))),
            "{pictures}: {:?}",
            made.map(|made| made.html.len())
        );
    }
    let deep = "<mj-wrapper>".repeat(5_000);
    let made = mjml(&format!("<mjml><mj-body>{deep}</mj-body></mjml>"));
    assert!(made.is_ok() || matches!(made, Err(MjmlError::Limit(_))));
    assert!(matches!(
        mjml(&"x".repeat(HTML_BYTES_MAX + 1)),
        Err(MjmlError::Limit(_))
    ));
    // What failed is not tried again at once.
    let again = Instant::now();
    assert!(mjml(&carousel(3_000)).is_err());
    assert!(again.elapsed() < Duration::from_secs(1));
    // And the next source finds a compiler.
    assert!(html(&in_text("after")).contains("after"));
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "{:?}",
        began.elapsed()
    );
}

/// Elements that parsers nest, close by themselves, move, or open again.
const SHAPES: [&str; 17] = [
    "<p>",
    "<li>",
    "<td>",
    "<tr><td>",
    "<table>",
    "<table><tr><td>",
    "<div>",
    "<b>",
    "<b><p>",
    "<a href=\"https://x.example\">",
    "<ul><li>",
    "<dd>",
    "<select><option>",
    "<font color=\"red\">",
    "<svg><td>",
    "<blockquote>",
    "<mj-x><span>",
];

#[test]
fn no_shape_of_nesting_ends_the_process() {
    use domain::content::{Content, EmailContent};
    for shape in SHAPES {
        let deep = shape.repeat(3_000);
        for (html, mjml) in [
            (String::new(), in_text(&deep)),
            (deep.clone(), String::new()),
        ] {
            let content = Content::Email(EmailContent {
                subject: "s".to_owned(),
                html,
                mjml,
                ..EmailContent::default()
            });
            let problems = crate::check(&content);
            let is_limited = crate::limit(&content).is_some();
            assert!(!is_limited || !problems.is_empty(), "{shape}");
            assert!(crate::preview(&content, &crate::Values::new(), "A").title == "s");
        }
    }
}
