//! Which HTML is let through.

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

/// Whether a style does more than look.
pub(super) fn is_active_style(style: &str) -> bool {
    let squeezed: String = super::unescape(style)
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .flat_map(char::to_lowercase)
        .collect();
    [
        "expression(",
        "javascript:",
        "vbscript:",
        "behavior:",
        "-moz-binding",
        "@import",
    ]
    .iter()
    .any(|word| squeezed.contains(word))
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
