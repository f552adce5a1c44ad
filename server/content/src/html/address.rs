//! Addresses in attributes.

use super::{
    Slots, escape,
    policy::{Use, is_allowed},
    rewrite::Pass,
    unescape,
};
use crate::links::{as_url_part, has_fixed_host};

/// The value an attribute with an address gets, still marked; none when it has to go.
pub(super) fn address(
    element: &str,
    attribute: &str,
    value: &str,
    pass: &mut Pass<'_, '_>,
) -> Option<String> {
    let is_link = attribute == "href" && matches!(element, "a" | "area");
    if is_link {
        pass.link = None;
    }
    let usage = if is_link { Use::Link } else { Use::Load };
    let url = unescape(value).trim().to_owned();
    let shown = pass.slots.shown(&url);
    if url.is_empty() || url == "#" {
        return is_link.then_some(url);
    }
    if let Some(own) = own_page(&url, &pass.slots) {
        return Some(pass.slots.add(format!("{{{{ {own} }}}}"), shown, None));
    }
    let is_fixed = !pass.slots.is_marked(&url);
    let is_host_fixed = is_fixed || has_fixed_host(&url, pass.slots.prefix());
    let probe = if is_fixed {
        url.as_str()
    } else {
        url.split(pass.slots.prefix()).next()?
    };
    if !is_host_fixed || !is_allowed(probe, usage) {
        pass.problem(match (is_host_fixed, usage) {
            (false, _) => format!(
                "<{element}> {attribute}=\"{shown}\": the address has to begin with https:// and a host; a placeholder \
                 can only follow it."
            ),
            (_, Use::Link) => format!(
                "<{element}> {attribute}=\"{shown}\": a link has to be a whole address beginning with https://, http://, \
                 mailto: or tel:."
            ),
            (_, Use::Load) => format!(
                "<{element}> {attribute}=\"{shown}\": a picture has to have a whole address beginning with https://."
            ),
        });
        return None;
    }
    if !is_link || url.starts_with('#') {
        return Some(url_value(&url, &mut pass.slots));
    }
    let index = pass.book.links.len();
    let position = pass.book.add(&shown, "", is_fixed);
    pass.link = Some(index);
    if !is_fixed {
        pass.book.note_unfixed("html", &shown);
    }
    Some(match position {
        Some(position) => pass.slots.add(
            format!("{{{{ __l{position} }}}}"),
            format!("{{{{ __t{position} }}}}"),
            None,
        ),
        None => url_value(&url, &mut pass.slots),
    })
}

/// The name of our page that an address is, if it is one of ours alone.
fn own_page(url: &str, slots: &Slots) -> Option<&'static str> {
    let index = url.strip_prefix(slots.prefix())?.strip_suffix('z')?;
    let slot = slots.slots.get(index.parse::<usize>().ok()?)?;
    match slot.inside.as_deref()? {
        "unsubscribe_url" => Some("__u"),
        "preferences_url" => Some("__v"),
        _ => None,
    }
}

/// An address with its placeholders made parts of an address, escaped for HTML.
fn url_value(url: &str, slots: &mut Slots) -> String {
    let mut value = String::new();
    let mut rest = url;
    let prefix = slots.prefix.clone();
    while let Some(at) = rest.find(&prefix) {
        value.push_str(&escape(&rest[..at]));
        rest = &rest[at + prefix.len()..];
        let digits = rest.find('z').unwrap_or(rest.len());
        let slot = rest[..digits]
            .parse::<usize>()
            .ok()
            .and_then(|index| slots.slots.get(index));
        if let Some(slot) = slot.cloned() {
            let tag = slot.inside.as_deref().map_or(slot.html, as_url_part);
            value.push_str(&slots.add(tag.clone(), tag, slot.inside));
        }
        rest = rest.get(digits + 1..).unwrap_or_default();
    }
    value.push_str(&escape(rest));
    value
}
