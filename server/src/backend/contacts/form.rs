//! Forms of people who see contacts masked.

use domain::{
    contact::{Contact, NewContact},
    masking::{mask_key, mask_text},
};

/// Takes out of a form what its sender only saw masked, and left as it was.
pub(super) fn drop_masked(new: &mut NewContact, known: &Contact) {
    let is_untouched =
        |given: &Option<String>, known: &Option<String>, mask: fn(&str) -> String| {
            given
                .as_ref()
                .zip(known.as_ref())
                .is_some_and(|(given, known)| *given == mask(known))
        };
    if is_untouched(&new.phone, &known.phone, mask_key) {
        new.phone = None;
    }
    if is_untouched(&new.email, &known.email, mask_key) {
        new.email = None;
    }
    if is_untouched(&new.external_id, &known.external_id, mask_text) {
        new.external_id = None;
    }
    if is_untouched(&new.name, &Some(known.name.clone()), mask_text) {
        new.name = None;
    }
    new.attributes.retain(|name, value| {
        known
            .attributes
            .get(name)
            .is_none_or(|known| *value != mask_text(known))
    });
}
