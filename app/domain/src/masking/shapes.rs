//! What is hidden in each answer.

use crate::{
    Report,
    audience::MissingValue,
    contact::{Contact, ContactPage, Suppression, SuppressionPage},
    content::Preview,
    import::{ImportInfo, RowError},
    recipient::{HistoryEntry, RecipientPage, RecipientRow},
    sending::{Editing, HeldMessage, PositionClicks, Progress, Reply, TestOutcome},
};

use super::{Mask, mask_key, mask_text};

impl<T: Mask> Mask for Vec<T> {
    fn mask(&mut self) {
        self.iter_mut().for_each(T::mask);
    }
}

impl<T: Mask> Mask for Option<T> {
    fn mask(&mut self) {
        self.iter_mut().for_each(T::mask);
    }
}

/// Texts that may say anything.
fn hide<'a>(texts: impl IntoIterator<Item = &'a mut String>) {
    for text in texts {
        *text = mask_text(text);
    }
}

/// Keys of people.
fn hide_keys<'a>(keys: impl IntoIterator<Item = &'a mut String>) {
    for key in keys {
        *key = mask_key(key);
    }
}

impl Mask for Contact {
    fn mask(&mut self) {
        hide_keys(self.phone.iter_mut().chain(&mut self.email));
        hide(self.external_id.iter_mut().chain([&mut self.name]));
        hide(self.attributes.values_mut());
    }
}

impl Mask for MissingValue {
    fn mask(&mut self) {
        for example in &mut self.examples {
            // For push, a name.
            example.shown = match mask_text(&example.shown) {
                same if same == example.shown && !same.contains(' ') => mask_key(&same),
                hidden => hidden,
            };
        }
    }
}

impl Mask for ContactPage {
    fn mask(&mut self) {
        self.contacts.mask();
    }
}

impl Mask for Suppression {
    fn mask(&mut self) {
        // In another spelling, the reason may repeat the address.
        if let Some(reason) = &mut self.reason {
            *reason = mask_text(&reason.replace(&self.address, &mask_key(&self.address)));
        }
        hide_keys([&mut self.address]);
    }
}

impl Mask for SuppressionPage {
    fn mask(&mut self) {
        self.entries.mask();
    }
}

impl Mask for RowError {
    fn mask(&mut self) {
        hide([&mut self.column, &mut self.message]);
    }
}

impl Mask for ImportInfo {
    fn mask(&mut self) {
        hide(self.sample.iter_mut().flatten().chain(&mut self.header));
        hide(self.problem.iter_mut().chain([&mut self.file]));
        self.errors.mask();
    }
}

impl Mask for RecipientRow {
    fn mask(&mut self) {
        let masked = mask_key(&self.recipient);
        // Interactive events come without a key of their own: it is the recipient's then, in this or another spelling.
        self.message = if is_of(&self.message, &self.recipient) {
            masked.clone()
        } else {
            self.message.replace(&self.recipient, &masked)
        };
        self.recipient = masked;
        hide(&mut self.raw_status);
    }
}

/// Whether a message key says no more than whose it is: the recipient's letters and digits are the same.
fn is_of(message: &str, recipient: &str) -> bool {
    let bare = |text: &str| {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect::<String>()
    };
    bare(message) == bare(recipient)
}

impl Mask for RecipientPage {
    fn mask(&mut self) {
        self.rows.mask();
    }
}

impl Mask for HistoryEntry {
    fn mask(&mut self) {
        hide(self.raw.iter_mut().chain(&mut self.detail));
    }
}

impl Mask for Report {
    fn mask(&mut self) {
        let rows = self.breakdowns.values_mut().flatten();
        hide(rows.map(|row| &mut row.value));
        let statuses = self.statuses.iter_mut().flat_map(|bar| &mut bar.raw);
        hide(statuses.map(|raw| &mut raw.status));
    }
}

impl Mask for Editing {
    fn mask(&mut self) {
        self.draft.audience.mask();
    }
}

impl Mask for Progress {
    fn mask(&mut self) {
        hide(&mut self.trouble);
    }
}

impl Mask for HeldMessage {
    fn mask(&mut self) {
        self.reason = mask_text(
            &self
                .reason
                .replace(&self.recipient, &mask_key(&self.recipient)),
        );
        hide_keys([&mut self.recipient]);
    }
}

impl Mask for Reply {
    fn mask(&mut self) {
        hide([&mut self.text]);
        hide_keys([&mut self.sender]);
    }
}

impl Mask for PositionClicks {
    fn mask(&mut self) {
        hide([&mut self.url, &mut self.label]);
    }
}

impl Mask for TestOutcome {
    /// The address is what its reader typed; why it was refused is the provider's words.
    fn mask(&mut self) {
        hide(&mut self.problem);
    }
}

impl Mask for Preview {
    fn mask(&mut self) {
        hide_keys([&mut self.recipient]);
    }
}
