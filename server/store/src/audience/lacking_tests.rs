//! Who lacks a value, counted on both engines.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    Channel,
    audience::{Audience, Compare, Condition},
    contact::{Consent, NewContact, SuppressionSource},
};

use super::Lacking;
use crate::{
    Store, WorkspaceId,
    testing::{stores, workspace},
};

fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn person(email: &str, name: &str, attributes: &[(&str, &str)], consent: Consent) -> NewContact {
    NewContact {
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        attributes: attributes
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        consents: [(Channel::Email, consent)].into(),
        ..NewContact::default()
    }
}

fn sets(sets: &[&[&str]]) -> Vec<BTreeSet<String>> {
    let set = |names: &&[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    sets.iter().map(set).collect()
}

async fn ask(store: &Store, ws: WorkspaceId, audience: &Audience, of: &[&[&str]]) -> Lacking {
    store
        .count_lacking(ws, Channel::Email, audience, &sets(of), now())
        .await
        .unwrap()
}

fn counts(lacking: &Lacking) -> Vec<(&str, u64)> {
    let names = lacking.names.iter();
    names.map(|name| (name.name.as_str(), name.count)).collect()
}

#[tokio::test]
async fn who_would_be_written_to_and_lacks_a_value_is_counted() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let yes = Consent::Subscribed;
        let rows = vec![
            person("a@x.de", "Ada", &[("code", "1"), ("city", "Rome")], yes),
            // A blank value is none, as it is when the message is made.
            person(
                "b@x.de",
                " ",
                &[("code", " \u{a0}\t"), ("city", "Bonn")],
                yes,
            ),
            person("c@x.de", "Cid", &[], yes),
            person("d@x.de", "Dee", &[("code", "4")], yes),
            // Not written to: they are not counted, whatever they lack.
            person("e@x.de", "", &[], Consent::Unknown),
            person("f@x.de", "", &[], yes),
        ];
        store.upsert_contacts(ws, rows, None, now()).await.unwrap();
        store
            .suppress(
                ws,
                Channel::Email,
                "f@x.de",
                SuppressionSource::Stop,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        let everyone = Audience::Everyone;
        let of: &[&[&str]] = &[&["code"], &["code", "city", "name"], &["email"], &[]];
        let found = ask(&store, ws, &everyone, of).await;
        assert_eq!(found.eligible, 4);
        assert_eq!(
            counts(&found),
            [("city", 2), ("code", 2), ("email", 0), ("name", 1)]
        );
        assert_eq!(found.sets, [2, 3, 0, 0]);
        let shown = store
            .contacts_by_key(ws, &found.names[1].contacts)
            .await
            .unwrap();
        let shown: Vec<_> = shown
            .iter()
            .filter_map(|(_, contact)| contact.email.as_deref())
            .collect();
        assert_eq!(shown, ["b@x.de", "c@x.de"]);
    }
}

#[tokio::test]
async fn odd_names_and_narrow_audiences_are_counted_alike() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let yes = Consent::Subscribed;
        let rows = vec![
            person("a@x.de", "Ada", &[("code", "1"), ("city", "Rome")], yes),
            person("b@x.de", "Bob", &[("city", "Bonn")], yes),
        ];
        store.upsert_contacts(ws, rows, None, now()).await.unwrap();
        let everyone = Audience::Everyone;
        // Names that no attribute can have, and nobody to ask.
        let odd = ask(&store, ws, &everyone, &[&["_x", "a'b"]]).await;
        assert_eq!(
            (counts(&odd), odd.sets.clone()),
            (vec![("_x", 2), ("a'b", 2)], vec![2])
        );
        let rome = Audience::Filter {
            condition: Condition::Attribute {
                name: "city".to_owned(),
                compare: Compare::Is,
                value: "rome".to_owned(),
            },
        };
        let found = ask(&store, ws, &rome, &[&["code", "plan"]]).await;
        assert_eq!(
            (found.eligible, counts(&found), found.sets.clone()),
            (1, vec![("code", 0), ("plan", 1)], vec![1])
        );
        let nobody = ask(&store, ws, &Audience::Nobody, &[&["code"]]).await;
        assert_eq!((nobody.eligible, nobody.sets), (0, vec![0]));
    }
}

#[tokio::test]
async fn typed_strangers_have_their_address_and_nothing_else() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let rows = vec![
            person("a@x.de", "Ada", &[("code", "1")], Consent::Unknown),
            person("b@x.de", "Bob", &[], Consent::Unsubscribed),
        ];
        store.upsert_contacts(ws, rows, None, now()).await.unwrap();
        let typed = Audience::Typed {
            addresses: ["a@x.de", "b@x.de", "c@x.de", "C@x.de"]
                .map(str::to_owned)
                .to_vec(),
        };
        let found = ask(&store, ws, &typed, &[&["email"], &["code", "email"]]).await;
        let count = store
            .count_audience(ws, Channel::Email, &typed, now())
            .await
            .unwrap();
        assert_eq!((found.eligible, count.eligible), (2, 2));
        assert_eq!(counts(&found), [("code", 1), ("email", 0)]);
        assert_eq!(found.sets, [0, 1]);
    }
}
