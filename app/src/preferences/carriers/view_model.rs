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

/// Whether the provider posts events to the account's webhook. Of a push, browsers and apps tell; the simulator tells itself.
#[must_use]
pub fn is_posted_to(protocol: Protocol) -> bool {
    !matches!(
        protocol,
        Protocol::Sandbox | Protocol::WebPush | Protocol::Fcm
    )
}

/// What the account's public address is, where it is, and what to do with it; none where it has none.
#[must_use]
pub fn public_address(
    address: &str,
    account: &AccountInfo,
) -> Option<(&'static str, String, &'static str)> {
    let address = address.trim_end_matches('/');
    let path = &account.webhook_path;
    if is_posted_to(account.protocol) {
        let hint = "Give it to the provider. What isn’t signed as this account signs is refused.";
        return Some(("Webhook address", format!("{address}{path}"), hint));
    }
    let key = path.strip_prefix("/hooks/")?;
    let hint =
        "Browsers subscribe there, or on your own site with the script /push.js of this server.";
    (account.protocol == Protocol::WebPush)
        .then(|| ("Subscription page", format!("{address}/push/{key}"), hint))
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
    fn only_what_is_there_has_an_address() {
        let shown = |protocol| {
            let account = AccountInfo {
                protocol,
                ..account()
            };
            public_address("https://r.example/", &account).map(|(label, at, _)| (label, at))
        };
        let told = |label, at: &str| Some((label, at.to_owned()));
        assert_eq!(
            shown(Protocol::Twilio),
            told("Webhook address", "https://r.example/hooks/7f")
        );
        assert_eq!(
            shown(Protocol::WebPush),
            told("Subscription page", "https://r.example/push/7f")
        );
        assert_eq!(shown(Protocol::Sandbox), None);
        assert_eq!(shown(Protocol::Fcm), None);
    }

    #[test]
    fn channels_are_named() {
        assert_eq!(channels(Protocol::Twilio), "SMS, WhatsApp, RCS");
        assert_eq!(channels(Protocol::SesEvents), "Receipts only");
    }
}
