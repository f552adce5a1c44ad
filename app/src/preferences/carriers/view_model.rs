//! From an account to words, and from its form to what is saved. Pure, and the same on both sides.

use std::collections::BTreeMap;

use domain::{
    Refusal,
    carrier::{AccountForm, AccountInfo, Protocol},
    sending::PER_SECOND_MAX,
};

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

/// What a form says. Empty fields are left out: an absent secret stays, an absent setting has its default.
///
/// # Errors
/// [`Refusal::Invalid`] for a limit that is no number from 1 to 10,000. Fields are checked by the backend, which knows
/// what is set already.
pub fn form_of(
    name: &str,
    protocol: &str,
    fields: BTreeMap<String, String>,
    senders: &str,
    per_second: &str,
) -> Result<AccountForm, Refusal> {
    let per_second = match per_second.trim() {
        "" => None,
        text => Some(
            text.parse()
                .ok()
                .filter(|n| (1..=PER_SECOND_MAX).contains(n))
                .ok_or_else(|| {
                    Refusal::invalid(
                        "Messages a second",
                        format!(
                            "give a number from 1 to {}",
                            count(u64::from(PER_SECOND_MAX))
                        ),
                    )
                })?,
        ),
    };
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name, value.trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let senders = senders
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    Ok(AccountForm {
        name: name.trim().to_owned(),
        protocol: protocol.to_owned(),
        fields,
        senders,
        per_second,
    })
}

#[cfg(test)]
mod tests {
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
    fn a_form_says_what_was_filled_in() {
        let fields = [
            ("account_sid".to_owned(), " AC1 ".to_owned()),
            ("auth_token".to_owned(), String::new()),
        ];
        let form = form_of(
            " T ",
            "twilio",
            fields.into(),
            " +34600\r\n\r\n+34601",
            "20",
        )
        .unwrap();
        assert_eq!(form.name, "T");
        assert_eq!(
            form.fields,
            [("account_sid".to_owned(), "AC1".to_owned())].into()
        );
        assert_eq!(form.senders, ["+34600", "+34601"]);
        assert_eq!(form.per_second, Some(20));
        for wrong in ["0", "-1", "10001", "many"] {
            assert!(form_of("T", "twilio", BTreeMap::new(), "", wrong).is_err());
        }
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
