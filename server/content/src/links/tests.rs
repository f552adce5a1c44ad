//! Where addresses end, and which are followed.

use super::*;

fn found(text: &str) -> Vec<&str> {
    urls(text).into_iter().map(|range| &text[range]).collect()
}

#[test]
fn addresses_end_where_their_sentence_goes_on() {
    assert_eq!(
        found(
            "See https://a.example/x?y=1&z=2. Or (http://b.example/p_(q)), or <HTTPS://C.example>!"
        ),
        [
            "https://a.example/x?y=1&z=2",
            "http://b.example/p_(q)",
            "HTTPS://C.example"
        ]
    );
    assert_eq!(
        found("xhttps://a.example https:// ftp://b.example"),
        Vec::<&str>::new()
    );
    assert_eq!(found("https://a.example…"), ["https://a.example"]);
    assert_eq!(found("\"https://a.example/é\""), ["https://a.example/é"]);
}

fn compile(text: &str) -> Result<(String, Vec<ContentLink>), String> {
    let options = CompileOptions {
        tracks_links: true,
        ..CompileOptions::default()
    };
    let mut book = LinkBook::new(&options);
    compile_text("text", text, &mut book, &mut Names::new())
        .map(|compiled| (compiled, book.links))
        .map_err(|problem| problem.message)
}

#[test]
fn fixed_links_are_replaced_and_others_are_kept_safe() {
    let (text, links) = compile(
        "Hi {{ name }}: https://a.example/1, https://a.example/1 and https://b.example/?n={{ name }}",
    )
    .expect("fine");
    assert_eq!(
        text,
        "Hi {{ name }}: {{ __t1 }}, {{ __t2 }} and https://b.example/?n={{ (name) | __url }}"
    );
    let tracked: Vec<_> = links.iter().map(|link| link.is_tracked).collect();
    assert_eq!(tracked, [true, true, false]);
    assert_eq!(links[2].url, "https://b.example/?n={{ name }}");
    let (text, _) = compile(
        "{% if a %}https://a.example/{% endif %} or https://a.example/{% if b %}b{% endif %}",
    )
    .expect("fine");
    assert_eq!(
        text,
        "{% if a %}{{ __t1 }}{% endif %} or https://a.example/{% if b %}b{% endif %}"
    );
}

#[test]
fn a_host_is_never_a_placeholder() {
    assert!(compile("https://{{ host }}/x").is_err());
    assert!(compile("https://a.{{ host }}/x").is_err());
    assert!(compile("https://a.example{{ path }}").is_err());
    assert!(compile("https://a.example/{{ path }}").is_ok());
}

#[test]
fn braces_of_a_text_open_no_tag() {
    let text = |source| compile(source).expect("fine").0;
    assert_eq!(text("{#a{ {"), "{{ \"{\" }}#a{ {{ \"{\" }}");
    assert_eq!(text("a{# c #}b"), "ab", "comments vanish");
    assert!(
        compile("{{# #}{ a }}").is_err(),
        "a comment doesn't hide a tag"
    );
}
