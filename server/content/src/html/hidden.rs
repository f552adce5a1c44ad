//! The link that people can't see.

use super::escape;

/// The HTML of one message with a link at its end that has no words, takes no room, isn't read out and can't be reached by
/// the keyboard. A program that follows every link gives itself away by it. It is put in after the plain-text part was
/// made of the HTML, and is no link of the author's: it has no position and stands in no count.
pub(crate) fn with_hidden_link(mut html: String, url: &str) -> String {
    let end = html
        .as_bytes()
        .windows(7)
        .rposition(|tag| tag.eq_ignore_ascii_case(b"</body>"))
        .unwrap_or(html.len());
    let link = format!(
        "<a href=\"{}\" aria-hidden=\"true\" tabindex=\"-1\" rel=\"nofollow\" \
         style=\"display:none;mso-hide:all\"></a>",
        escape(url)
    );
    html.insert_str(end, &link);
    html
}
