//! From contacts to words. Pure, and the same on both sides.

use domain::{
    Channel,
    contact::{Consent, Contact, ContactCounts},
};

use crate::number::{count, plural};

/// A figure above the people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountTile {
    /// What it is.
    pub label: &'static str,
    /// What it says.
    pub value: String,
    /// What it is out of.
    pub note: String,
}

/// The figures above the people: everybody, then who can be reached by each channel.
#[must_use]
pub fn count_tiles(counts: &ContactCounts) -> Vec<CountTile> {
    let mut tiles = vec![CountTile {
        label: "Contacts",
        value: count(counts.contacts),
        note: "on the main list".to_owned(),
    }];
    for (at, channel) in Channel::ALL.into_iter().enumerate() {
        tiles.push(CountTile {
            label: channel.label(),
            value: count(counts.reachable[at]),
            note: match counts.suppressed[at] {
                0 => "can be reached".to_owned(),
                n => format!("can be reached · {} blocked", count(n)),
            },
        });
    }
    tiles
}

/// What a person agreed to or left, in small words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Channel.
    pub channel: Channel,
    /// What to say of it.
    pub text: String,
    /// Class that gives it its colour.
    pub class: &'static str,
}

/// What is known of a person's channels: blocked ones first said as such, then consents. Nothing is said of a channel
/// nothing is known of.
#[must_use]
pub fn words(contact: &Contact) -> Vec<Word> {
    let mut words = Vec::new();
    for (at, channel) in Channel::ALL.into_iter().enumerate() {
        let blocked = contact
            .suppressed
            .iter()
            .find(|(held, _)| *held == channel)
            .map(|(_, source)| *source);
        let (text, class) = match (blocked, contact.consents[at]) {
            (Some(source), _) => (
                format!("{}: {}", channel.label(), source.label().to_lowercase()),
                "mark mark--bad",
            ),
            (None, Consent::Subscribed) => (channel.label().to_owned(), "mark mark--good"),
            (None, Consent::Unsubscribed) => {
                (format!("{} left", channel.label()), "mark mark--quiet")
            }
            (None, Consent::Unknown) => continue,
        };
        words.push(Word {
            channel,
            text,
            class,
        });
    }
    words
}

/// Name, else what else there is to call somebody by.
#[must_use]
pub fn called(contact: &Contact) -> String {
    [
        Some(&contact.name),
        contact.email.as_ref(),
        contact.phone.as_ref(),
        contact.external_id.as_ref(),
    ]
    .into_iter()
    .flatten()
    .find(|text| !text.is_empty())
    .cloned()
    .unwrap_or_else(|| "Without a name".to_owned())
}

/// Consent, for people.
#[must_use]
pub fn consent_label(consent: Consent) -> &'static str {
    match consent {
        Consent::Unknown => "Not known",
        Consent::Subscribed => "Agreed",
        Consent::Unsubscribed => "Left",
    }
}

/// The consent with this wire name.
#[must_use]
pub fn consent_named(text: &str) -> Option<Consent> {
    Consent::ALL
        .into_iter()
        .find(|consent| consent.as_str() == text)
}

/// `3 devices` for push.
#[must_use]
pub fn devices(contact: &Contact) -> String {
    plural(u64::from(contact.devices), "device", "devices")
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::DateTime;
    use domain::contact::SuppressionSource;

    use super::*;

    /// Somebody with everything: what they agreed to, and a block.
    pub(in crate::contacts) fn ana() -> Contact {
        Contact {
            id: "p_1".into(),
            external_id: None,
            name: "Ana".into(),
            phone: Some("+34600111222".into()),
            email: Some("ana@example.org".into()),
            time_zone: None,
            attributes: [("city".to_owned(), "Madrid".to_owned())].into(),
            consents: [
                Consent::Subscribed,
                Consent::Unsubscribed,
                Consent::Unknown,
                Consent::Subscribed,
                Consent::Unknown,
            ],
            suppressed: vec![(Channel::WhatsApp, SuppressionSource::Stop)],
            devices: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_blocked_channel_is_said_before_its_consent() {
        let said: Vec<_> = words(&ana()).into_iter().map(|word| word.text).collect();
        assert_eq!(said, ["SMS", "Email left", "WhatsApp: answered stop"]);
    }

    #[test]
    fn somebody_without_a_name_is_called_by_their_address() {
        let mut contact = ana();
        assert_eq!(called(&contact), "Ana");
        contact.name.clear();
        assert_eq!(called(&contact), "ana@example.org");
        (contact.email, contact.phone) = (None, None);
        assert_eq!(called(&contact), "Without a name");
    }

    #[test]
    fn tiles_say_who_can_be_reached_and_who_is_blocked() {
        let counts = ContactCounts {
            contacts: 1_200,
            reachable: [900, 0, 0, 0, 0],
            suppressed: [12, 0, 0, 0, 0],
        };
        let tiles = count_tiles(&counts);
        assert_eq!(tiles.len(), 6);
        assert_eq!(tiles[0].value, "1,200");
        assert_eq!(tiles[1].note, "can be reached · 12 blocked");
    }
}
