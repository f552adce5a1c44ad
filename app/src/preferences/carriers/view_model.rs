//! From an account to words. Pure, and the same on both sides.

use domain::carrier::{AccountInfo, Protocol};

use crate::number::{count, percent, plural};

/// Channels a protocol sends by, or that it only tells what happened.
#[must_use]
pub fn channels(protocol: Protocol) -> String {
    let labels: Vec<_> = protocol
        .channels()
        .iter()
        .map(|channel| channel.label())
        .collect();
    if labels.is_empty() {
        "Receipts only".to_owned()
    } else {
        labels.join(", ")
    }
}

/// `1,203 events today, 2 not understood (0.2%)`.
#[must_use]
pub fn today(account: &AccountInfo) -> String {
    let events = plural(account.events_today, "event", "events");
    if account.errors_today == 0 {
        return events;
    }
    let all = account.events_today.max(account.errors_today);
    let share = percent(Some(account.errors_today as f64 / all as f64));
    format!(
        "{events}, {} not understood ({share})",
        count(account.errors_today)
    )
}

/// Where the provider posts events to.
#[must_use]
pub fn webhook(address: &str, account: &AccountInfo) -> String {
    format!("{}{}", address.trim_end_matches('/'), account.webhook_path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;

    use super::*;

    fn account() -> AccountInfo {
        AccountInfo {
            id: "a_1".into(),
            name: "Twilio".into(),
            protocol: Protocol::Twilio,
            settings: BTreeMap::new(),
            secrets: vec!["auth_token".into()],
            senders: Vec::new(),
            per_second: None,
            webhook_path: "/hooks/7f".into(),
            last_event_at: None,
            events_today: 1_203,
            errors_today: 0,
            trouble: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn errors_are_said_with_their_share() {
        let mut account = account();
        assert_eq!(today(&account), "1,203 events");
        account.errors_today = 2;
        assert_eq!(today(&account), "1,203 events, 2 not understood (0.2%)");
        // Counted apart, whatever the server means by an event.
        (account.events_today, account.errors_today) = (0, 1);
        assert_eq!(today(&account), "0 events, 1 not understood (100.0%)");
    }

    #[test]
    fn a_webhook_has_one_slash() {
        assert_eq!(
            webhook("https://r.example/", &account()),
            "https://r.example/hooks/7f"
        );
        assert_eq!(channels(Protocol::Twilio), "SMS, WhatsApp, RCS");
        assert_eq!(channels(Protocol::SesEvents), "Receipts only");
    }
}
