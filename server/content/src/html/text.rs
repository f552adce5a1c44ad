//! The plain-text part of an e-mail that has none.

use html2text::config;

/// Width of a line, in characters.
const WIDTH: usize = 76;

/// The HTML as plain text, with the addresses of links below it. Marks pass through it unchanged.
pub(crate) fn from_html(html: &str) -> String {
    let text = config::plain()
        .raw_mode(true)
        .no_link_wrapping()
        .allow_width_overflow()
        .link_footnotes(true)
        .string_from_read(html.as_bytes(), WIDTH)
        .unwrap_or_default();
    // Tables of a layout leave gaps behind.
    let mut tidy = String::with_capacity(text.len());
    let mut blank = 0;
    for line in text.lines().map(str::trim_end) {
        blank = if line.is_empty() { blank + 1 } else { 0 };
        if blank < 2 {
            tidy.push_str(line);
            tidy.push('\n');
        }
    }
    tidy.trim().to_owned()
}
