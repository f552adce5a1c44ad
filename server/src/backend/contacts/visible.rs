//! What somebody sees of contacts: whoever may not see them gets numbers and addresses masked, wherever they stand.

use domain::{
    contact::{Contact, NewContact, SuppressionPage},
    import::ImportInfo,
    recipient::mask,
};

use crate::auth::Principal;

/// Digits from which on a text is taken for a number.
const NUMBER_DIGITS: usize = 7;

/// A contact as the asker sees it.
pub(crate) fn contact(principal: &Principal, mut contact: Contact) -> Contact {
    if principal.sees_contacts() {
        return contact;
    }
    for address in [&mut contact.phone, &mut contact.email]
        .into_iter()
        .flatten()
    {
        *address = mask(address);
    }
    for text in contact.external_id.iter_mut().chain([&mut contact.name]) {
        *text = masked_if_address(text);
    }
    for value in contact.attributes.values_mut() {
        *value = masked_if_address(value);
    }
    contact
}

/// A page of the blocklist as the asker sees it.
pub(super) fn suppressions(principal: &Principal, page: &mut SuppressionPage) {
    if principal.sees_contacts() {
        return;
    }
    for entry in &mut page.entries {
        // A carrier's words may repeat the address.
        let masked = mask(&entry.address);
        entry.reason = entry.reason.take().map(|reason| {
            let reason = reason.replace(&entry.address, &masked);
            if reason.contains('@') {
                String::new()
            } else {
                reason
            }
        });
        entry.reason = entry.reason.take().filter(|reason| !reason.is_empty());
        entry.address = masked;
    }
}

/// An import as the asker sees it.
pub(super) fn import(principal: &Principal, mut import: ImportInfo) -> ImportInfo {
    if principal.sees_contacts() {
        return import;
    }
    for cell in import.sample.iter_mut().flatten().chain(&mut import.header) {
        *cell = masked_if_address(cell);
    }
    import
}

/// Hides a text that has an address or a number in it: people write them into any field.
fn masked_if_address(text: &str) -> String {
    let n_digits = text.chars().filter(char::is_ascii_digit).count();
    let is_number = n_digits >= NUMBER_DIGITS && !text.chars().any(char::is_alphabetic);
    if text.contains('@') || is_number {
        mask(text)
    } else {
        text.to_owned()
    }
}

/// Takes out of a form what its sender only saw masked, and left as it was.
pub(super) fn drop_masked(new: &mut NewContact, known: &Contact) {
    let is_untouched =
        |given: &Option<String>, known: &Option<String>, mask: fn(&str) -> String| {
            given
                .as_ref()
                .zip(known.as_ref())
                .is_some_and(|(given, known)| *given == mask(known))
        };
    if is_untouched(&new.phone, &known.phone, mask) {
        new.phone = None;
    }
    if is_untouched(&new.email, &known.email, mask) {
        new.email = None;
    }
    if is_untouched(&new.external_id, &known.external_id, masked_if_address) {
        new.external_id = None;
    }
    if is_untouched(&new.name, &Some(known.name.clone()), masked_if_address) {
        new.name = None;
    }
    new.attributes.retain(|name, value| {
        known
            .attributes
            .get(name)
            .is_none_or(|known| *value != masked_if_address(known))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hidden_wherever_they_stand() {
        for (text, expected) in [
            ("ada@x.de", "a…@x.de"),
            ("+34600123456", "+34…56"),
            ("600 123 456", "600…56"),
            ("gold", "gold"),
            ("1990-05", "1990-05"),
            ("12 Main St", "12 Main St"),
        ] {
            assert_eq!(masked_if_address(text), expected);
        }
    }
}
