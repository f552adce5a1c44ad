//! Infobip's status groups.

use domain::Channel;

use super::Word;

/// A status group (`status.groupName`).
pub(in crate::hook) fn infobip(channel: Channel, group: &str) -> Word {
    let group = group.trim().to_ascii_uppercase();
    let raw = match (group.as_str(), channel) {
        ("PENDING", Channel::Sms) => "ENROUTE",
        ("ACCEPTED", Channel::Sms) => "ACCEPTD",
        ("DELIVERED", Channel::Sms) => "DELIVRD",
        ("UNDELIVERABLE", Channel::Sms) => "UNDELIV",
        ("EXPIRED", Channel::Sms) => "EXPIRED",
        ("REJECTED", Channel::Sms) => "REJECTD",
        ("PENDING" | "ACCEPTED", _) => "SENT",
        ("UNDELIVERABLE", Channel::WhatsApp) => "UNDELIVERED",
        ("EXPIRED" | "REJECTED", Channel::WhatsApp) => "FAILED",
        ("UNDELIVERABLE" | "EXPIRED" | "REJECTED", Channel::Rcs) => "NOT_SENT",
        ("UNDELIVERABLE" | "EXPIRED" | "REJECTED", Channel::Email) => "BOUNCED_PERMANENT",
        // SEEN comes from the reports of that name.
        ("SEEN", Channel::Rcs | Channel::WhatsApp) => "READ",
        (other, _) => other,
    };
    Word::new(channel, raw)
}
