//! Whose row it is, where keys disagree, and what becomes of consent when an address changes.

use domain::{
    Channel, Refusal,
    contact::{Consent, ContactQuery, NewContact},
};

use super::{
    Upserted,
    tests::{add, agreed, now, person},
};
use crate::testing::{stores, workspace};

fn named(mut new: NewContact, name: &str) -> NewContact {
    new.name = Some(name.to_owned());
    new
}

fn with_phone(mut new: NewContact, phone: &str) -> NewContact {
    new.phone = Some(phone.to_owned());
    new
}

fn with_id(mut new: NewContact, id: &str) -> NewContact {
    new.external_id = Some(id.to_owned());
    new
}

fn field_of(outcome: &Upserted) -> Option<&str> {
    match outcome {
        Upserted::Rejected(Refusal::Invalid { field, .. }) => Some(field),
        _ => None,
    }
}

#[tokio::test]
async fn a_shared_number_or_mailbox_makes_no_one_person_of_two() {
    const PHONE: &str = "+34602070358";
    let mum = || {
        let new = named(with_phone(person("mum@fam.example.org"), PHONE), "Mum");
        agreed(new, Channel::Email)
    };
    let son = || named(with_phone(person("son@fam.example.org"), PHONE), "Son");
    let first = || named(with_id(person("info@shared.example.org"), "K1"), "Anna");
    let second = || named(with_id(person("info@shared.example.org"), "K2"), "Bruno");
    for store in stores().await {
        // The rows of one batch, and of two.
        let one = workspace(&store, "UTC").await;
        let rows = vec![mum(), son(), first(), second()];
        let outcomes = add(&store, one, rows).await;
        let two = workspace(&store, "UTC").await;
        let mut apart = add(&store, two, vec![mum(), first()]).await;
        apart.extend(add(&store, two, vec![son(), second()]).await);
        assert_eq!(outcomes[0], Upserted::Created);
        assert_eq!(field_of(&outcomes[1]), Some("phone"));
        assert_eq!(outcomes[2], Upserted::Created);
        assert_eq!(field_of(&outcomes[3]), Some("email"));
        assert_eq!(apart[..2], [Upserted::Created, Upserted::Created]);
        assert_eq!(field_of(&apart[2]), Some("phone"));
        assert_eq!(field_of(&apart[3]), Some("email"));
        for ws in [one, two] {
            let page = store
                .contacts(ws, &ContactQuery::default(), true, 10)
                .await
                .unwrap();
            let mut held: Vec<_> = page
                .contacts
                .iter()
                .map(|contact| {
                    (
                        contact.name.as_str(),
                        contact.email.as_deref().unwrap_or(""),
                    )
                })
                .collect();
            held.sort_unstable();
            assert_eq!(
                held,
                [
                    ("Anna", "info@shared.example.org"),
                    ("Mum", "mum@fam.example.org")
                ]
            );
        }
    }
}

#[tokio::test]
async fn consent_stays_with_the_address_it_was_given_for() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let mut old = with_id(with_phone(person("ada@old.example"), "+34600000001"), "7");
        for channel in [Channel::Email, Channel::Sms, Channel::WhatsApp] {
            old = agreed(old, channel);
        }
        old.consents.insert(Channel::Rcs, Consent::Unsubscribed);
        let saved = store.save_contact(ws, None, old, now()).await.unwrap();

        // Another mailbox: nobody agreed to mail there. The number is the same, and so is what was agreed for it.
        let moved = with_id(person("ada@new.example"), "7");
        let moved = store.save_contact(ws, None, moved, now()).await.unwrap();
        let consent = |contact: &domain::contact::Contact, channel: Channel| {
            let at = Channel::ALL
                .iter()
                .position(|held| *held == channel)
                .unwrap();
            contact.consents[at]
        };
        assert_eq!(consent(&moved, Channel::Email), Consent::Unknown);
        assert_eq!(consent(&moved, Channel::Sms), Consent::Subscribed);

        // By its id, and with a consent for the new number given along; a no stays.
        let change = NewContact {
            phone: Some("+34600000002".to_owned()),
            ..NewContact::default()
        };
        let id = Some(saved.id.as_str());
        let moved = store
            .save_contact(ws, id, agreed(change, Channel::Sms), now())
            .await
            .unwrap();
        assert_eq!(consent(&moved, Channel::Sms), Consent::Subscribed);
        assert_eq!(consent(&moved, Channel::WhatsApp), Consent::Unknown);
        assert_eq!(consent(&moved, Channel::Rcs), Consent::Unsubscribed);
    }
}
