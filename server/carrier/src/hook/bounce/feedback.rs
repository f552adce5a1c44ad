//! Feedback reports (RFC 5965): somebody pressed "this is spam".

use domain::{Channel, EventKind, contact::SuppressionSource};

use super::{Status, fields, text};
use crate::hook::words::Word;

/// The complaint; one that takes an earlier one back (`not-spam`) moves nothing.
pub(super) fn read(part: &str, base: &Status) -> Vec<Status> {
    let groups = fields::groups(part);
    let Some(group) = groups.first() else {
        return Vec::new();
    };
    let kind = group
        .get("feedback-type")
        .unwrap_or("abuse")
        .to_ascii_lowercase();
    let word = match kind.as_str() {
        "not-spam" => Word::new(Channel::Email, "not-spam"),
        "opt-out" | "opt-out-list" => {
            Word::new(Channel::Email, "UNSUBSCRIBED").suppress(SuppressionSource::User)
        }
        // The types by which a person complains (RFC 5965 §7.3).
        "abuse" | "fraud" | "other" => {
            Word::new(Channel::Email, "COMPLAINED").suppress(SuppressionSource::Complaint)
        }
        // `auth-failure` is a machine's report about signatures (RFC 6591), `virus` a filter's: nobody complained.
        _ => return Vec::new(),
    };
    let recipient = group
        .typed("original-rcpt-to")
        .map(|address| address.trim_matches(['<', '>']));
    let is_complaint = word.kind == Some(EventKind::Complained);
    vec![Status {
        message: base
            .message
            .clone()
            .or_else(|| text::key_of_envelope(group.get("original-mail-from")?)),
        recipient: recipient.map(str::to_owned),
        kind: word.kind,
        raw: word.raw,
        suppress: word.suppress,
        reason: is_complaint.then(|| text::reason(&kind)).flatten(),
        ..base.clone()
    }]
}
