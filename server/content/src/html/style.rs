//! Style sheets: what is left out of them, and what is refused.

/// Words of styles that do more than look.
const ACTIVE: [&str; 5] = [
    "expression(",
    "javascript:",
    "vbscript:",
    "-moz-binding",
    "@import",
];

/// The style sheets of a document.
#[derive(Debug, Default)]
pub(super) struct Sheets {
    /// All that were read, one after the other, without what was left out.
    all: String,
    /// The one that is being read.
    current: String,
    /// Addresses of `@import` and of `<link>`.
    imported: Vec<String>,
    linked: Vec<String>,
}

impl Sheets {
    /// Reads on.
    pub(super) fn push(&mut self, text: &str) {
        self.current.push_str(text);
    }

    /// The sheet that was read, as it goes out.
    pub(super) fn finish(&mut self) -> String {
        let sheet = without_imports(std::mem::take(&mut self.current), &mut self.imported);
        self.all.push_str(&sheet);
        sheet.replace('<', "")
    }

    /// Notes a `<link>`, whose address is escaped.
    pub(super) fn link(&mut self, href: Option<String>) {
        self.linked.extend(href.map(|href| super::unescape(&href)));
    }

    /// Addresses that were left out and that no `<link>` loads.
    pub(super) fn unlinked_imports(&self) -> Vec<String> {
        let imported = self.imported.iter();
        imported
            .filter(|address| !self.linked.contains(address))
            .cloned()
            .collect()
    }

    /// The text of all sheets.
    pub(super) fn all(&self) -> &str {
        &self.all
    }

    /// Whether one does more than look.
    pub(super) fn is_active(&self) -> bool {
        is_active_style(&self.all)
    }
}

/// Whether a style does more than look.
pub(super) fn is_active_style(style: &str) -> bool {
    let mut plain = super::unescape(style);
    for comment in ranges(&plain).comments.into_iter().rev() {
        plain.replace_range(comment, "");
    }
    let squeezed: String = plain
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .flat_map(char::to_lowercase)
        .collect();
    // As a property of its own, not as the end of `scroll-behavior`.
    let mut behaviors = squeezed.match_indices("behavior:");
    let is_behavior = behaviors.any(|(at, _)| {
        !squeezed[..at].ends_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '-')
    });
    is_behavior || ACTIVE.iter().any(|word| squeezed.contains(word))
}

/// Takes `@import` out of a style sheet; mail programs that load fonts do so by `<link>` as well. The addresses that
/// were named are added to `addresses`.
fn without_imports(mut sheet: String, addresses: &mut Vec<String>) -> String {
    for import in ranges(&sheet).imports.into_iter().rev() {
        addresses.push(address(&sheet[import.clone()]));
        sheet.replace_range(import, "");
    }
    sheet
}

/// The address of an `@import`, without what is around it.
fn address(import: &str) -> String {
    let rest = import[1..].trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let rest = rest.trim_start();
    let rest = match rest.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("url(") => rest[4..].trim_start(),
        _ => rest,
    };
    let rest = rest.trim_start_matches(['"', '\'']);
    let end = rest
        .find(|letter: char| letter.is_whitespace() || "\"')".contains(letter))
        .unwrap_or(rest.len());
    rest[..end].trim_end_matches(';').to_owned()
}

/// Where what stands in a style sheet, in bytes.
#[derive(Default)]
struct Ranges {
    comments: Vec<std::ops::Range<usize>>,
    imports: Vec<std::ops::Range<usize>>,
}

fn ranges(sheet: &str) -> Ranges {
    let mut found = Ranges::default();
    let bytes = sheet.as_bytes();
    let mut import = None;
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                let end = sheet[at + 2..].find("*/").map(|end| at + end + 4);
                let end = end.unwrap_or(bytes.len());
                found.comments.push(at..end);
                end
            }
            quote @ (b'"' | b'\'') => string_end(bytes, at, quote),
            b'(' if !matches!(first_letter(bytes, at + 1), Some(b'"' | b'\''))
                && is_url(bytes, at) =>
            {
                let end = sheet[at..].find(')').map(|end| at + end + 1);
                end.unwrap_or(bytes.len())
            }
            b'@' if import.is_none() && is_import(bytes, at) => {
                import = Some(at);
                at + 7
            }
            _ => at + 1,
        };
        match (import, bytes[start]) {
            (Some(begin), b';') => {
                found.imports.push(begin..start + 1);
                import = None;
            }
            (Some(begin), b'{' | b'}') => {
                found.imports.push(begin..start);
                import = None;
            }
            _ => {}
        }
    }
    if let Some(begin) = import {
        found.imports.push(begin..bytes.len());
    }
    found
}

fn string_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match *byte {
            b'\\' => at += 2,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn first_letter(bytes: &[u8], from: usize) -> Option<u8> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .copied()
}

/// Whether the parenthesis opens an address.
fn is_url(bytes: &[u8], parenthesis: usize) -> bool {
    let start = parenthesis.saturating_sub(3);
    bytes[start..parenthesis].eq_ignore_ascii_case(b"url")
}

fn is_import(bytes: &[u8], at: usize) -> bool {
    let word = bytes.get(at + 1..at + 7);
    let next = bytes.get(at + 7);
    word.is_some_and(|word| word.eq_ignore_ascii_case(b"import"))
        && !next.is_some_and(|next| next.is_ascii_alphanumeric() || b"-_\\".contains(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_taken_out_whole() {
        let cases = [
            (
                "@import url(https://f.example/css2?family=A:wght@400;700);a{}",
                "a{}",
                "https://f.example/css2?family=A:wght@400;700",
            ),
            (
                "@IMPORT 'https://f.example/a.css' screen;b{}",
                "b{}",
                "https://f.example/a.css",
            ),
            (
                "c{} @import url( \"https://f.example/b;.css\" )",
                "c{} ",
                "https://f.example/b;.css",
            ),
            (
                "/* @import url(x); */d{content:'@import'}",
                "/* @import url(x); */d{content:'@import'}",
                "",
            ),
            ("@import-not{}e{}", "@import-not{}e{}", ""),
        ];
        for (sheet, left, named) in cases {
            let mut addresses = Vec::new();
            assert_eq!(without_imports(sheet.to_owned(), &mut addresses), left);
            assert_eq!(addresses.concat(), named, "{sheet}");
        }
    }

    #[test]
    fn words_are_not_parts_of_words() {
        for passive in [
            "html{scroll-behavior:smooth}",
            "/* behavior: @import */a{color:red}",
        ] {
            assert!(!is_active_style(passive), "{passive}");
        }
        for active in [
            "a{behavior:url(x)}",
            "a{color:red;BEHAVIOR : url(x)}",
            "width:expr/* */ession(1)",
            "@im/**/port 'x'",
            "a{content:\"/*\";width:expression(1);b:\"*/\"}",
        ] {
            assert!(is_active_style(active), "{active}");
        }
    }
}
