//! Which HTML is let through.

use super::style::is_active_style;

/// Elements that vanish with everything in them.
pub(super) const REMOVED: [&str; 27] = [
    "script",
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "input",
    "button",
    "select",
    "textarea",
    "option",
    "base",
    "svg",
    "math",
    "noscript",
    "xmp",
    "noembed",
    "noframes",
    "plaintext",
    "template",
    "portal",
    "param",
    "audio",
    "video",
    "source",
    "track",
];
/// Elements that vanish and leave what is in them.
pub(super) const UNWRAPPED: [&str; 3] = ["form", "fieldset", "label"];
/// Attributes that lead somewhere.
pub(super) const ADDRESSES: [&str; 7] = [
    "href",
    "src",
    "background",
    "poster",
    "cite",
    "longdesc",
    "data",
];
/// Attributes that vanish wherever they stand; so do all that begin with `on`.
const REMOVED_ATTRIBUTES: [&str; 11] = [
    "srcdoc",
    "srcset",
    "formaction",
    "action",
    "ping",
    "xlink:href",
    "xmlns",
    "dynsrc",
    "lowsrc",
    "is",
    "nonce",
];

/// Whether an attribute vanishes.
pub(super) fn is_removed(name: &str, value: &str) -> bool {
    let is_code = name.starts_with("on") || REMOVED_ATTRIBUTES.contains(&name);
    let is_odd = !name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte));
    is_code || is_odd || name == "style" && is_active_style(value)
}

/// Most columns or rows that a cell spans, as browsers have it for columns.
pub(super) const SPAN_MAX: usize = 1000;

/// The number a span comes to where it is written: digits, at least 1 and at most [`SPAN_MAX`].
pub(super) fn clamped_span(value: &str) -> Option<usize> {
    let digits = value.trim();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| {
        digits
            .parse::<usize>()
            .map_or(SPAN_MAX, |size| size.clamp(1, SPAN_MAX))
    })
}

/// What an address is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Somebody may follow it.
    Link,
    /// It is loaded.
    Load,
}

/// Whether an address may be used so. `url` is unescaped and trimmed.
pub(super) fn is_allowed(url: &str, usage: Use) -> bool {
    let lower = url.to_ascii_lowercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| lower.starts_with(start));
    match usage {
        Use::Link if begins(&["http://", "https://"]) => crate::links::is_web_address(url),
        Use::Link => begins(&["mailto:", "tel:", "#"]),
        Use::Load if begins(&["http://", "https://"]) => crate::links::is_web_address(url),
        Use::Load => begins(&[
            "cid:",
            "data:image/png;",
            "data:image/jpeg;",
            "data:image/gif;",
            "data:image/webp;",
        ]),
    }
}
