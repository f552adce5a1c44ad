//! Links in a text, as far as the editor shows them; the server finds them again when it sends.

/// Web addresses in a text, in order, without what punctuation follows.
pub(in crate::editor) fn links_in(text: &str) -> Vec<String> {
    text.split(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"'))
        .filter_map(|word| {
            let at = word.find("https://").or_else(|| word.find("http://"))?;
            let mut link = word.get(at..)?;
            loop {
                let shorter = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
                // A bracket belongs to the link if it was opened in it.
                let shorter = match shorter.strip_suffix(')') {
                    Some(rest) if !is_balanced(shorter) => rest,
                    _ => shorter,
                };
                if shorter.len() == link.len() {
                    break;
                }
                link = shorter;
            }
            let has_host = link
                .split("://")
                .nth(1)
                .is_some_and(|host| !host.is_empty());
            has_host.then(|| link.to_owned())
        })
        .collect()
}

/// Whether every closing bracket was opened.
fn is_balanced(link: &str) -> bool {
    link.matches(')').count() <= link.matches('(').count()
}

#[cfg(test)]
mod tests {
    use super::links_in;

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        let text =
            "See https://a.example/x?y=1, (http://b.example/c(d)). Or https://e.example)! https://";
        assert_eq!(
            links_in(text),
            [
                "https://a.example/x?y=1",
                "http://b.example/c(d)",
                "https://e.example"
            ]
        );
        assert!(links_in("nothing.here at//all").is_empty());
    }
}
