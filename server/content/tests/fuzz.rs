//! MJML and HTML, mutated: nothing panics, nothing takes long, and what comes out can be rendered.
//!
//! `REPORTAGE_FUZZ_CASES` sets the number of cases of each property.

use std::time::{Duration, Instant};

use content::{
    CompileOptions, Compiled, MessageUrls, Rendered, Values, check, limit, preview, starters,
};
use domain::content::{Content, EmailContent};
use proptest::{prelude::*, sample::Index};

/// Longest time that one source may take, with what is kept free for a busy machine.
const TIME_MAX: Duration = Duration::from_secs(30);

fn cases() -> ProptestConfig {
    // Only tests of long runs set it, so it isn't a setting of the program.
    let given = std::env::var_os("REPORTAGE_FUZZ_CASES");
    let cases = given
        .and_then(|text| text.to_str()?.parse().ok())
        .unwrap_or(64);
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Stretches of MJML and HTML that parsers understand differently.
const PIECES: &[&str] = &[
    "<mj-section padding=\"0 20px\">",
    "</mj-section>",
    "<mj-column width=\"33%\">",
    "</mj-column>",
    "<mj-text>",
    "</mj-text>",
    "<mj-wrapper>",
    "</mj-wrapper>",
    "<mj-group>",
    "<mj-hero mode=\"fluid-height\" height=\"x\">",
    "<mj-carousel>",
    "<mj-carousel-image src=\"https://x.example/a.png\"/>",
    "</mj-carousel>",
    "<mj-accordion>",
    "<mj-accordion-element>",
    "<mj-navbar hamburger=\"hamburger\">",
    "<mj-navbar-link href=\"https://x.example\">",
    "<mj-social>",
    "<mj-social-element name=\"x\">",
    "<mj-raw>",
    "</mj-raw>",
    "<mj-table>",
    "</mj-table>",
    "<mj-style inline=\"inline\">a{color:red}",
    "<mj-style>",
    "</mj-style>",
    "<mj-head>",
    "</mj-head>",
    "<mj-body>",
    "</mj-body>",
    "<mjml>",
    "</mjml>",
    "<mj-attributes><mj-all padding=\"0\"/>",
    "<mj-class name=\"__proto__\"/>",
    "<mj-html-attributes><mj-selector path=\"::,((\">",
    "<mj-include path=\"/etc/passwd\"/>",
    "<mj-container>",
    "<mj-image width=\"1e9px\" src=\"https://x.example/a.png\"/>",
    "<mj-divider border-width=\"99999999999px\"/>",
    "<mj-spacer height=\"-1px\"/>",
    "<!--",
    "-->",
    "<!--[if mso]>",
    "<![endif]-->",
    "<![CDATA[",
    "]]>",
    "<?xml?>",
    "{{ name }}",
    "{% if name %}",
    "{% else %}",
    "{% endif %}",
    "<p>",
    "</p>",
    "<li>",
    "<td colspan=99999999999>",
    "<td rowspan=0>",
    "<tr>",
    "<table>",
    "</table>",
    "<b>",
    "<a href=https://x.example/>",
    "</a>",
    "<select>",
    "<svg>",
    "<style>@import url(",
    "</style>",
    "<font>",
    "<ul>",
    "<dd>",
    "<option>",
    "\"",
    "'",
    "<",
    ">",
    "&#0;",
    "\u{0}",
    "\u{1f469}\u{200d}",
];

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => (prop::sample::select(PIECES), prop_oneof![6 => Just(1_usize), 1 => 2..400_usize])
            .prop_map(|(piece, times)| piece.repeat(times)),
        1 => "\\PC{0,12}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A design with pieces in it, and stretches taken out.
fn design() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec((any::<Index>(), 0..80_usize, pieces()), 0..4);
    (0..starters().len(), edits).prop_map(|(starter, edits)| {
        let mut source: Vec<char> = starters()[starter].mjml.chars().collect();
        for (at, cut, pieces) in edits {
            let at = at.index(source.len() + 1);
            let end = source.len().min(at + cut);
            source.splice(at..end, pieces.chars());
        }
        source.into_iter().collect()
    })
}

fn look(email: EmailContent) -> Result<(), TestCaseError> {
    let content = Content::Email(EmailContent {
        subject: "s".to_owned(),
        ..email
    });
    let mut values = Values::new();
    values.set("name", "</td>{{ x }}\u{0}");
    let began = Instant::now();
    let is_limited = limit(&content).is_some();
    let problems = check(&content);
    prop_assert!(!is_limited || !problems.is_empty());
    drop(preview(&content, &values, "A"));
    if let Ok(compiled) = Compiled::new(&content, &CompileOptions::default())
        && let Ok(Rendered::Email(email)) = compiled.render(&values, &MessageUrls::default())
    {
        prop_assert!(!email.html.contains("<script") && !email.html.contains("@import url("));
    }
    prop_assert!(began.elapsed() < TIME_MAX, "{:?}", began.elapsed());
    Ok(())
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_mjml_ends_the_process(mjml in design()) {
        look(EmailContent { mjml, ..EmailContent::default() })?;
    }

    #[test]
    fn no_pieces_of_mjml_end_the_process(pieces in pieces()) {
        let mjml = format!("<mjml><mj-body><mj-section><mj-column>{pieces}</mj-column></mj-section></mj-body></mjml>");
        look(EmailContent { mjml, ..EmailContent::default() })?;
    }

    #[test]
    fn no_html_ends_the_process(html in pieces()) {
        look(EmailContent { html, ..EmailContent::default() })?;
    }
}
