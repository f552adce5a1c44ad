//! Three points to start an e-mail from, in MJML.

/// The MJML of a starting point; none when there is none of this name.
pub(in crate::editor) fn starter(name: &str) -> Option<&'static str> {
    match name {
        "newsletter" => Some(include_str!("newsletter.mjml")),
        "offer" => Some(include_str!("offer.mjml")),
        "letter" => Some(include_str!("letter.mjml")),
        _ => None,
    }
}
