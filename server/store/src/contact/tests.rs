use chrono::{DateTime, Duration, Utc};
use domain::{
    Channel, Refusal,
    contact::{Consent, ContactQuery, NewContact, PushTarget, SuppressionSource},
    import::{Column, ImportStatus, Mapping, RowError},
};

use super::{Advance, DryRun, ImportWork, Upserted};
use crate::{
    Error, Store, WorkspaceId,
    testing::{stores, workspace},
};

pub(super) fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

pub(super) fn person(email: &str) -> NewContact {
    NewContact {
        email: Some(email.to_owned()),
        ..NewContact::default()
    }
}

pub(super) fn agreed(mut new: NewContact, channel: Channel) -> NewContact {
    new.consents.insert(channel, Consent::Subscribed);
    new
}

fn refused<T: std::fmt::Debug>(result: crate::Result<T>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub(super) async fn add(store: &Store, ws: WorkspaceId, rows: Vec<NewContact>) -> Vec<Upserted> {
    store.upsert_contacts(ws, rows, None, now()).await.unwrap()
}

#[tokio::test]
async fn a_contact_is_known_by_own_id_then_mailbox_then_number() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let first = NewContact {
            external_id: Some("7".to_owned()),
            name: Some("Ada Ünal".to_owned()),
            phone: Some("+34600000001".to_owned()),
            time_zone: Some("Europe/Madrid".to_owned()),
            attributes: [("city".to_owned(), "Madrid".to_owned())].into(),
            ..person(" Ada@Example.COM ")
        };
        let saved = store.save_contact(ws, None, first, now()).await.unwrap();
        assert_eq!(saved.email.as_deref(), Some("ada@example.com"));
        assert_eq!(saved.consents, [Consent::Unknown; 5]);

        let later = now() + Duration::hours(1);
        let again = NewContact {
            attributes: [
                ("city".to_owned(), String::new()),
                ("plan".to_owned(), "gold".to_owned()),
            ]
            .into(),
            ..person("ADA@example.com")
        };
        let again = store.save_contact(ws, None, again, later).await.unwrap();
        assert_eq!(again.id, saved.id);
        assert_eq!(again.name, "Ada Ünal");
        assert_eq!(
            again.attributes,
            [("plan".to_owned(), "gold".to_owned())].into()
        );
        assert_eq!((again.created_at, again.updated_at), (now(), later));

        // Own id before mailbox: the mailbox changes.
        let moved = NewContact {
            external_id: Some("7".to_owned()),
            ..person("ada@new.example")
        };
        let moved = store.save_contact(ws, None, moved, later).await.unwrap();
        assert_eq!(
            (moved.id.as_str(), moved.email.as_deref()),
            (saved.id.as_str(), Some("ada@new.example"))
        );

        // By id, empty texts take values away; by another's key nothing is joined.
        let other = store
            .save_contact(ws, None, person("bob@example.com"), now())
            .await
            .unwrap();
        let theft = NewContact {
            phone: Some("+34600000001".to_owned()),
            ..NewContact::default()
        };
        assert!(matches!(
            refused(store.save_contact(ws, Some(&other.id), theft, now()).await),
            Refusal::Invalid { field, .. } if field == "phone"
        ));
        let cleared = NewContact {
            phone: Some(String::new()),
            ..NewContact::default()
        };
        let cleared = store
            .save_contact(ws, Some(&moved.id), cleared, later)
            .await
            .unwrap();
        assert_eq!(cleared.phone, None);

        let foreign = workspace(&store, "UTC").await;
        assert_eq!(
            refused(store.contact(foreign, &saved.id).await),
            Refusal::not_found("contact")
        );
        assert_eq!(
            refused(
                store
                    .save_contact(foreign, Some(&saved.id), person("x@y.z"), now())
                    .await
            ),
            Refusal::not_found("contact")
        );
        assert_eq!(
            refused(store.delete_contact(foreign, &saved.id).await),
            Refusal::not_found("contact")
        );
        store.delete_contact(ws, &saved.id).await.unwrap();
        assert_eq!(
            refused(store.contact(ws, &saved.id).await),
            Refusal::not_found("contact")
        );
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_with_its_field() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let cases = [
            ("row", NewContact::default()),
            (
                "row",
                NewContact {
                    name: Some("Nobody".to_owned()),
                    ..NewContact::default()
                },
            ),
            ("email", person("no mailbox")),
            ("email", person("a@b")),
            ("email", person("a\0@b.de")),
            (
                "phone",
                NewContact {
                    phone: Some("0600 123".to_owned()),
                    ..NewContact::default()
                },
            ),
            (
                "phone",
                NewContact {
                    phone: Some("+0123456789".to_owned()),
                    ..NewContact::default()
                },
            ),
            (
                "external_id",
                NewContact {
                    external_id: Some("x".repeat(129)),
                    ..NewContact::default()
                },
            ),
            (
                "name",
                NewContact {
                    name: Some("a\nb".to_owned()),
                    ..person("a@b.de")
                },
            ),
            (
                "time_zone",
                NewContact {
                    time_zone: Some("Mars/Base".to_owned()),
                    ..person("a@b.de")
                },
            ),
            (
                "attributes.1st",
                NewContact {
                    attributes: [("1st".to_owned(), "x".to_owned())].into(),
                    ..person("a@b.de")
                },
            ),
            (
                "attributes.a",
                NewContact {
                    attributes: [("a".to_owned(), "x".repeat(1_001))].into(),
                    ..person("a@b.de")
                },
            ),
        ];
        for (expected, new) in cases {
            let refusal = refused(store.save_contact(ws, None, new, now()).await);
            assert!(
                matches!(&refusal, Refusal::Invalid { field, .. } if field == expected),
                "{expected}: {refusal:?}"
            );
        }
        assert_eq!(store.contact_counts(ws).await.unwrap().contacts, 0);
    }
}

#[tokio::test]
async fn rows_of_one_batch_know_each_other() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let both = NewContact {
            phone: Some("+34600000002".to_owned()),
            ..person("a@x.de")
        };
        let phone = |n: &str| NewContact {
            phone: Some(n.to_owned()),
            ..NewContact::default()
        };
        let outcomes = add(
            &store,
            ws,
            vec![
                person("a@x.de"),
                both.clone(),
                phone("+34600000002"),
                phone("+34600000003"),
                NewContact {
                    phone: Some("+34600000003".to_owned()),
                    ..person("a@x.de")
                },
                person("broken"),
            ],
        )
        .await;
        use Upserted::{Created, Updated};
        assert_eq!(outcomes[..4], [Created, Updated, Updated, Created]);
        assert!(
            matches!(&outcomes[4], Upserted::Rejected(Refusal::Invalid { field, .. }) if field == "phone")
        );
        assert!(
            matches!(&outcomes[5], Upserted::Rejected(Refusal::Invalid { field, .. }) if field == "email")
        );
        assert_eq!(store.contact_counts(ws).await.unwrap().contacts, 2);
        // A mailbox that somebody gives up isn't another's in the same batch, but is in the next.
        let change = |id: &str, email: &str| NewContact {
            external_id: Some(id.to_owned()),
            ..person(email)
        };
        add(&store, ws, vec![change("1", "one@x.de")]).await;
        let outcomes = add(
            &store,
            ws,
            vec![change("1", "uno@x.de"), change("2", "one@x.de")],
        )
        .await;
        assert_eq!(outcomes[0], Updated);
        assert!(
            matches!(&outcomes[1], Upserted::Rejected(Refusal::Invalid { field, .. }) if field == "email")
        );
        let outcomes = add(&store, ws, vec![change("2", "one@x.de")]).await;
        assert_eq!(outcomes, [Created]);
        let page = store
            .contacts(
                ws,
                &ContactQuery {
                    q: "uno@x.de".to_owned(),
                    ..ContactQuery::default()
                },
                true,
                9,
            )
            .await
            .unwrap();
        assert_eq!(page.contacts.len(), 1);
    }
}

#[tokio::test]
async fn who_left_stays_away_until_they_agree_anew() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let import = || agreed(person("a@x.de"), Channel::Email);
        add(&store, ws, vec![import()]).await;
        assert!(
            store
                .set_consent(ws, Channel::Email, "A@x.de", Consent::Unsubscribed, now())
                .await
                .unwrap()
        );
        assert!(
            !store
                .set_consent(ws, Channel::Email, "b@x.de", Consent::Unsubscribed, now())
                .await
                .unwrap()
        );
        let block = async |source| {
            store
                .suppress(
                    ws,
                    Channel::Email,
                    "a@X.de",
                    source,
                    Some("why"),
                    None,
                    now(),
                )
                .await
                .unwrap()
        };
        assert!(block(SuppressionSource::User).await);
        assert!(!block(SuppressionSource::User).await);
        add(&store, ws, vec![import()]).await;
        let state = async || {
            let page = store
                .contacts(ws, &ContactQuery::default(), true, 9)
                .await
                .unwrap();
            (
                page.contacts[0].consents[1],
                page.contacts[0].suppressed.clone(),
            )
        };
        assert_eq!(
            state().await,
            (
                Consent::Unsubscribed,
                vec![(Channel::Email, SuppressionSource::User)]
            )
        );
        let counts = store.contact_counts(ws).await.unwrap();
        assert_eq!((counts.reachable[1], counts.suppressed[1]), (0, 1));

        let renewed = NewContact {
            is_renewed: true,
            ..import()
        };
        add(&store, ws, vec![renewed.clone()]).await;
        assert_eq!(state().await, (Consent::Subscribed, vec![]));
        assert_eq!(store.contact_counts(ws).await.unwrap().reachable[1], 1);

        // A complaint outlives a new consent, and takes the place of a weaker reason; not the other way round.
        block(SuppressionSource::Stop).await;
        block(SuppressionSource::Complaint).await;
        block(SuppressionSource::User).await;
        add(&store, ws, vec![renewed]).await;
        store
            .set_consent(ws, Channel::Email, "a@x.de", Consent::Subscribed, now())
            .await
            .unwrap();
        assert_eq!(
            state().await.1,
            [(Channel::Email, SuppressionSource::Complaint)]
        );
        assert_eq!(store.contact_counts(ws).await.unwrap().reachable[1], 0);
        // It is of one channel, and outlives the contact.
        let id = store
            .contacts(ws, &ContactQuery::default(), true, 9)
            .await
            .unwrap()
            .contacts[0]
            .id
            .clone();
        store.delete_contact(ws, &id).await.unwrap();
        add(&store, ws, vec![import()]).await;
        assert_eq!(
            state().await.1,
            [(Channel::Email, SuppressionSource::Complaint)]
        );
        store
            .unsuppress(ws, Channel::Email, "A@x.de")
            .await
            .unwrap();
        assert_eq!(
            refused(store.unsuppress(ws, Channel::Email, "a@x.de").await),
            Refusal::not_found("blocked address")
        );
        assert_eq!(state().await.1, []);
    }
}

#[tokio::test]
async fn the_blocklist_pages_without_naming_addresses() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        for n in 0..25 {
            // Ten of one time: a cursor has to find its way through them.
            let at = now() + Duration::seconds(i64::from(n / 10));
            let (channel, address) = if n % 2 == 0 {
                (Channel::Sms, format!("+346000000{n:02}"))
            } else {
                (Channel::Email, format!("p{n}@x.de"))
            };
            store
                .suppress(
                    ws,
                    channel,
                    &address,
                    SuppressionSource::Admin,
                    None,
                    None,
                    at,
                )
                .await
                .unwrap();
        }
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = store
                .suppressions(ws, None, "", true, cursor.as_deref(), 4)
                .await
                .unwrap();
            seen.extend(page.entries.into_iter().map(|entry| entry.address));
            let Some(next) = page.next_cursor else { break };
            assert!(next.chars().all(|c| c.is_ascii_digit() || c == '.'));
            cursor = Some(next);
        }
        let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (25, 25));
        let find = async |q: &str, by_part| {
            store
                .suppressions(ws, Some(Channel::Sms), q, by_part, None, 99)
                .await
                .unwrap()
                .entries
                .len()
        };
        assert_eq!(find("", false).await, 13);
        assert_eq!(find("+34600", true).await, 13);
        assert_eq!(find("+34600", false).await, 0);
        assert_eq!(find("+34600000002", false).await, 1);
        assert_eq!(find("%", true).await, 0);
        assert!(
            store
                .suppressions(ws, None, "", true, Some("x"), 9)
                .await
                .is_err()
        );
    }
}

#[tokio::test]
async fn contacts_are_found_and_paged() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let rows: Vec<_> = (0..7)
            .map(|n| NewContact {
                name: Some(format!("Søren {n}")),
                phone: Some(format!("+4512345{n:03}")),
                attributes: [(format!("a{}", n % 2), "v".to_owned())].into(),
                ..person(&format!("p{n}@x.dk"))
            })
            .collect();
        let list = store.create_list(ws, "North", now()).await.unwrap();
        store
            .upsert_contacts(ws, rows[..3].to_vec(), Some(&list.id), now())
            .await
            .unwrap();
        add(&store, ws, rows[3..].to_vec()).await;
        let find = async |query: ContactQuery, by_part| {
            store
                .contacts(ws, &query, by_part, 99)
                .await
                .unwrap()
                .contacts
                .iter()
                .map(|c| c.name.clone())
                .collect::<Vec<_>>()
        };
        let q = |q: &str| ContactQuery {
            q: q.to_owned(),
            ..ContactQuery::default()
        };
        assert_eq!(find(q("SØREN"), false).await.len(), 7);
        assert_eq!(find(q("søren 3"), false).await, ["Søren 3"]);
        assert_eq!(find(q("p4@"), true).await, ["Søren 4"]);
        // A part of what is masked finds nothing: else it could be found out.
        assert_eq!(find(q("p4@"), false).await, [""; 0]);
        assert_eq!(find(q("+45"), false).await, [""; 0]);
        assert_eq!(find(q("P4@x.dk"), false).await, ["Søren 4"]);
        assert_eq!(find(q("%"), true).await, [""; 0]);
        assert_eq!(find(q("a\0"), true).await, [""; 0]);
        let on_list = ContactQuery {
            list: Some(list.id.clone()),
            ..ContactQuery::default()
        };
        assert_eq!(
            find(on_list.clone(), true).await,
            ["Søren 2", "Søren 1", "Søren 0"]
        );
        store
            .suppress(
                ws,
                Channel::WhatsApp,
                "+4512345001",
                SuppressionSource::Stop,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        assert_eq!(
            find(
                ContactQuery {
                    blocked: true,
                    ..ContactQuery::default()
                },
                true
            )
            .await,
            ["Søren 1"]
        );
        assert_eq!(store.attribute_names(ws).await.unwrap(), ["a0", "a1"]);

        let mut cursor = None;
        let mut seen = 0;
        loop {
            let page = store
                .contacts(
                    ws,
                    &ContactQuery {
                        cursor,
                        ..ContactQuery::default()
                    },
                    true,
                    3,
                )
                .await
                .unwrap();
            seen += page.contacts.len();
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, 7);

        assert!(matches!(
            refused(store.create_list(ws, " North ", now()).await),
            Refusal::Conflict(_)
        ));
        let id = store
            .contacts(ws, &q("søren 6"), true, 9)
            .await
            .unwrap()
            .contacts[0]
            .id
            .clone();
        store
            .add_to_list(ws, &list.id, &[&id, &id, "nobody"])
            .await
            .unwrap();
        assert_eq!(store.lists(ws).await.unwrap()[0].members, 4);
        store.remove_from_list(ws, &list.id, &[&id]).await.unwrap();
        assert_eq!(store.lists(ws).await.unwrap()[0].members, 3);
        let foreign = workspace(&store, "UTC").await;
        assert_eq!(
            refused(store.delete_list(foreign, &list.id).await),
            Refusal::not_found("list")
        );
        store.delete_list(ws, &list.id).await.unwrap();
        assert_eq!(
            refused(store.contacts(ws, &on_list, true, 9).await),
            Refusal::not_found("list")
        );
        assert_eq!(store.contact_counts(ws).await.unwrap().contacts, 7);
        store.remove_workspace(ws).await.unwrap();
    }
}

#[tokio::test]
async fn a_device_belongs_to_whoever_registered_it_last() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let target = PushTarget::WebPush {
            endpoint: "https://push.example/1".to_owned(),
            p256dh: "BK".to_owned(),
            auth: "aa".to_owned(),
        };
        let address = store
            .register_device(ws, NewContact::default(), &target, now())
            .await
            .unwrap();
        assert_eq!(
            store.push_target(ws, &address).await.unwrap().as_ref(),
            Some(&target)
        );
        assert_eq!(store.contact_counts(ws).await.unwrap().reachable[2], 1);
        store
            .suppress(
                ws,
                Channel::Push,
                &address,
                SuppressionSource::User,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        store
            .set_consent(ws, Channel::Push, &address, Consent::Unsubscribed, now())
            .await
            .unwrap();
        assert_eq!(store.contact_counts(ws).await.unwrap().reachable[2], 0);

        let renewed = PushTarget::WebPush {
            endpoint: "https://push.example/1".to_owned(),
            p256dh: "BX".to_owned(),
            auth: "bb".to_owned(),
        };
        let again = store
            .register_device(ws, person("a@x.de"), &renewed, now())
            .await
            .unwrap();
        assert_eq!(again, address);
        assert_eq!(
            store.push_target(ws, &address).await.unwrap(),
            Some(renewed.clone())
        );
        let counts = store.contact_counts(ws).await.unwrap();
        assert_eq!(
            (counts.contacts, counts.reachable[2], counts.suppressed[2]),
            (2, 1, 0)
        );

        let app = PushTarget::Fcm {
            token: "t".to_owned(),
        };
        let other = store
            .register_device(ws, person("a@x.de"), &app, now())
            .await
            .unwrap();
        assert_ne!(other, address);
        let page = store
            .contacts(
                ws,
                &ContactQuery {
                    q: "a@x.de".to_owned(),
                    ..ContactQuery::default()
                },
                false,
                9,
            )
            .await
            .unwrap();
        assert_eq!(page.contacts[0].devices, 2);
        assert!(store.remove_device(ws, &renewed).await.unwrap());
        assert!(!store.remove_device(ws, &renewed).await.unwrap());
        assert!(store.remove_device_by_address(ws, &other).await.unwrap());
        let bad = PushTarget::WebPush {
            endpoint: "ftp://x".to_owned(),
            p256dh: "B".to_owned(),
            auth: "a".to_owned(),
        };
        assert!(
            store
                .register_device(ws, NewContact::default(), &bad, now())
                .await
                .is_err()
        );
    }
}

async fn claimed(store: &Store, at: DateTime<Utc>) -> Option<ImportWork> {
    store
        .import_claim(at, at + Duration::seconds(60))
        .await
        .unwrap()
}

fn step(contacts: Vec<(u64, NewContact)>, next_row: u64) -> Advance {
    Advance {
        contacts,
        errors: Vec::new(),
        next_row,
        lease_until: now() + Duration::seconds(60),
    }
}

#[tokio::test]
async fn an_import_goes_through_its_stages_and_repeats_no_row() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        add(&store, ws, vec![person("b@x.de")]).await;
        let new = store
            .begin_import(ws, "people.csv", "ada@x.de", now())
            .await
            .unwrap();
        store.put_import_chunk(&new, 0, b"one").await.unwrap();
        store.put_import_chunk(&new, 1, b"two").await.unwrap();
        assert!(
            store.imports(ws).await.unwrap().is_empty(),
            "an upload isn't seen before its end"
        );
        assert!(claimed(&store, now()).await.is_none());
        let mapping = Mapping {
            columns: vec![Column::Email],
            list: Some("Import".to_owned()),
            ..Mapping::default()
        };
        store
            .finish_upload(
                &new,
                &["mail".to_owned()],
                &[vec!["a@x.de".to_owned()]],
                &mapping,
            )
            .await
            .unwrap();
        assert_eq!(
            store.import_chunk(new.pk, 1).await.unwrap().as_deref(),
            Some(&b"two"[..])
        );
        assert_eq!(store.import_chunk(new.pk, 2).await.unwrap(), None);
        assert!(matches!(
            refused(store.run_import(ws, &new.id).await),
            Refusal::Conflict(_)
        ));

        store.check_import(ws, &new.id, &mapping).await.unwrap();
        assert!(matches!(
            refused(store.check_import(ws, &new.id, &mapping).await),
            Refusal::Conflict(_)
        ));
        let work = claimed(&store, now()).await.unwrap();
        assert_eq!((work.status, work.next_row), (ImportStatus::Checking, 0));
        assert!(
            claimed(&store, now()).await.is_none(),
            "somebody works on it"
        );
        let error = RowError {
            row: 4,
            column: "mail".to_owned(),
            message: "m".to_owned(),
        };
        let rows = || vec![(2, person("a@x.de")), (3, person("b@x.de"))];
        let first = Advance {
            errors: vec![error.clone()],
            ..step(rows(), 3)
        };
        assert!(
            store
                .import_advance(&work, first, &mut DryRun::default(), now())
                .await
                .unwrap()
        );
        let stale = step(rows(), 3);
        assert!(
            !store
                .import_advance(&work, stale, &mut DryRun::default(), now())
                .await
                .unwrap(),
            "the place has moved on"
        );
        let work = ImportWork {
            next_row: 3,
            ..work
        };
        store.import_finish(&work, Ok(3)).await.unwrap();
        let info = store.import(ws, &new.id).await.unwrap();
        assert_eq!(
            (
                info.status,
                info.rows,
                info.created,
                info.updated,
                info.rejected
            ),
            (ImportStatus::Checked, Some(3), 1, 1, 1)
        );
        assert_eq!(info.errors, [error]);
        assert_eq!(
            store.contact_counts(ws).await.unwrap().contacts,
            1,
            "a check writes nothing"
        );

        store.run_import(ws, &new.id).await.unwrap();
        let work = claimed(&store, now()).await.unwrap();
        let info = store.import(ws, &new.id).await.unwrap();
        assert_eq!((info.done, info.rejected, info.errors.len()), (0, 0, 0));
        assert!(
            store
                .import_advance(&work, step(rows(), 2), &mut DryRun::default(), now())
                .await
                .unwrap()
        );
        // The worker dies here. Its lease runs out, another goes on where it stood.
        assert!(claimed(&store, now()).await.is_none());
        let late = now() + Duration::seconds(61);
        let work = claimed(&store, late).await.unwrap();
        assert_eq!(work.next_row, 2);
        let joined = NewContact {
            external_id: Some("1".to_owned()),
            phone: Some("+34600000001".to_owned()),
            ..person("c@x.de")
        };
        assert!(
            store
                .import_advance(
                    &work,
                    step(vec![(4, joined), (5, person("nothing"))], 4),
                    &mut DryRun::default(),
                    late
                )
                .await
                .unwrap()
        );
        store
            .import_finish(
                &ImportWork {
                    next_row: 4,
                    ..work
                },
                Ok(4),
            )
            .await
            .unwrap();
        let info = store.import(ws, &new.id).await.unwrap();
        assert_eq!(
            (info.status, info.created, info.updated, info.rejected),
            (ImportStatus::Done, 2, 1, 1)
        );
        assert_eq!(
            (info.errors[0].row, info.errors[0].column.as_str()),
            (5, "email")
        );
        assert_eq!(
            store.import_chunk(new.pk, 0).await.unwrap(),
            None,
            "the file is forgotten"
        );
        assert_eq!(store.lists(ws).await.unwrap()[0].members, 3);
        let next = store
            .import_errors(ws, &new.id, Some(&info.errors[0]), 10)
            .await
            .unwrap();
        assert!(next.is_empty());
        let foreign = workspace(&store, "UTC").await;
        assert_eq!(
            refused(store.delete_import(foreign, &new.id).await),
            Refusal::not_found("import")
        );
        store.delete_import(ws, &new.id).await.unwrap();
        assert!(store.imports(ws).await.unwrap().is_empty());

        let abandoned = store.begin_import(ws, "x.csv", "ada", now()).await.unwrap();
        store.put_import_chunk(&abandoned, 0, b"x").await.unwrap();
        store
            .drop_uploads(None, now() + Duration::hours(25))
            .await
            .unwrap();
        assert_eq!(store.import_chunk(abandoned.pk, 0).await.unwrap(), None);
    }
}

/// An import that is to be checked.
async fn to_check(store: &Store, ws: WorkspaceId) -> crate::NewImport {
    let new = store.begin_import(ws, "x.csv", "ada", now()).await.unwrap();
    let mapping = Mapping::default();
    store.finish_upload(&new, &[], &[], &mapping).await.unwrap();
    store.check_import(ws, &new.id, &mapping).await.unwrap();
    new
}

#[tokio::test]
async fn an_import_that_ended_its_process_twice_has_failed() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let new = to_check(&store, ws).await;
        let minutes = |n: i64| now() + Duration::minutes(2 * n);
        // Whoever gives it back in order has not tried.
        for n in 0..3 {
            let work = claimed(&store, minutes(n)).await.unwrap();
            store.import_release(&work).await.unwrap();
        }
        for n in 3..5 {
            let work = claimed(&store, minutes(n)).await.unwrap();
            assert_eq!(work.id, new.id);
            // A check gets on each time, and begins anew each time.
            let rows = vec![(2, person("a@x.de"))];
            let mut dry_run = DryRun::default();
            let advanced = store.import_advance(&work, step(rows, 1), &mut dry_run, now());
            assert!(advanced.await.unwrap());
        }
        assert!(store.import_waits(minutes(6)).await.unwrap());
        assert!(claimed(&store, minutes(6)).await.is_none());
        assert!(!store.import_waits(minutes(9)).await.unwrap());
        let failed = store.import(ws, &new.id).await.unwrap();
        assert_eq!(failed.status, ImportStatus::Failed);
        assert!(failed.problem.unwrap().contains("ended twice"));
        // Others go on.
        let other = to_check(&store, ws).await;
        let work = claimed(&store, minutes(6)).await.unwrap();
        assert_eq!(work.id, other.id);
        store.import_finish(&work, Ok(0)).await.unwrap();
        // What is written stays written: only tries that get nowhere count.
        store.run_import(ws, &other.id).await.unwrap();
        for n in 10..14_u64 {
            let at = minutes(i64::try_from(n).unwrap());
            let work = claimed(&store, at).await.unwrap();
            assert_eq!(work.next_row, n - 10);
            let rows = vec![(2, person("a@x.de"))];
            let mut dry_run = DryRun::default();
            let advanced = store.import_advance(&work, step(rows, n - 9), &mut dry_run, now());
            assert!(advanced.await.unwrap());
        }
        assert!(claimed(&store, minutes(14)).await.is_some());
        assert!(claimed(&store, minutes(15)).await.is_none());
    }
}

#[tokio::test]
async fn a_workspace_keeps_so_much_of_files_and_no_more() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let new = store.begin_import(ws, "x.csv", "ada", now()).await.unwrap();
        store.put_chunk_within(&new, 0, b"12345", 8).await.unwrap();
        let other = store.begin_import(ws, "y.csv", "ada", now()).await.unwrap();
        let full = refused(store.put_chunk_within(&other, 0, b"6789", 8).await);
        assert!(matches!(&full, Refusal::Invalid { message, .. } if message.contains("4 GiB")));
        assert_eq!(store.import_chunk(other.pk, 0).await.unwrap(), None);
        store.put_chunk_within(&other, 0, b"678", 8).await.unwrap();
        let foreign = workspace(&store, "UTC").await;
        let third = store
            .begin_import(foreign, "z.csv", "ada", now())
            .await
            .unwrap();
        store
            .put_chunk_within(&third, 0, b"12345678", 8)
            .await
            .unwrap();
        store.drop_uploads(Some(&new), now()).await.unwrap();
        store
            .put_chunk_within(&other, 1, b"12345", 8)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn two_at_once_make_one_person() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let rows: Vec<_> = (0..200).map(|n| person(&format!("p{n}@x.de"))).collect();
        let both = tokio::join!(
            store.upsert_contacts(ws, rows.clone(), None, now()),
            store.upsert_contacts(ws, rows.iter().rev().cloned().collect(), None, now())
        );
        let all: Vec<_> = [both.0.unwrap(), both.1.unwrap()].concat();
        assert_eq!(
            all.iter()
                .filter(|outcome| **outcome == Upserted::Created)
                .count(),
            200
        );
        assert_eq!(store.contact_counts(ws).await.unwrap().contacts, 200);
    }
}

/// A row with these keys; empty for a key that is taken away, `-` for one that isn't given.
fn keyed([id, email, phone]: [&str; 3]) -> NewContact {
    let given = |text: &str| (text != "-").then(|| text.to_owned());
    NewContact {
        external_id: given(id),
        email: given(email),
        phone: given(phone),
        ..NewContact::default()
    }
}

/// What an import of these batches counts, dry or written.
async fn counted(
    store: &Store,
    ws: WorkspaceId,
    batches: &[Vec<NewContact>],
    is_dry: bool,
) -> [u64; 3] {
    let new = store
        .begin_import(ws, "people.csv", "ada", now())
        .await
        .unwrap();
    let mapping = Mapping::default();
    store.finish_upload(&new, &[], &[], &mapping).await.unwrap();
    store.check_import(ws, &new.id, &mapping).await.unwrap();
    let mut work = claimed(store, now()).await.unwrap();
    if !is_dry {
        store.import_finish(&work, Ok(0)).await.unwrap();
        store.run_import(ws, &new.id).await.unwrap();
        work = claimed(store, now()).await.unwrap();
    }
    let mut dry_run = DryRun::default();
    for batch in batches {
        let lines = (work.next_row..).zip(batch.iter().cloned());
        let next_row = work.next_row + batch.len() as u64;
        let step = step(lines.collect(), next_row);
        assert!(
            store
                .import_advance(&work, step, &mut dry_run, now())
                .await
                .unwrap()
        );
        work.next_row = next_row;
    }
    store.import_finish(&work, Ok(work.next_row)).await.unwrap();
    let info = store.import(ws, &new.id).await.unwrap();
    [info.created, info.updated, info.rejected]
}

#[tokio::test]
async fn a_dry_run_counts_over_batches_as_the_writing_does() {
    let [one, two, three] = ["+34600000001", "+34600000002", "+34600000003"];
    let known = || vec![keyed(["k", "k@x.de", three])];
    let batches = [
        vec![keyed(["-", "a@x.de", one]), keyed(["1", "-", two])],
        // Known from the batch before by either key, and once more by both.
        vec![
            keyed(["-", "A@x.de", "-"]),
            keyed(["-", "-", one]),
            keyed(["-", "a@x.de", one]),
        ],
        // Two people of two rows are never joined by a third.
        vec![keyed(["1", "a@x.de", "-"]), keyed(["9", "-", "-"])],
        // A number moves on: from the next batch on it is free, and the new one is known.
        vec![keyed(["-", "a@x.de", "+34600000009"])],
        vec![keyed(["-", "-", one]), keyed(["-", "-", "+34600000009"])],
        // So does that of somebody who was there before, by a row and by another row after it.
        vec![keyed(["k", "-", "+34600000008"])],
        vec![keyed(["-", "-", three]), keyed(["-", "k@x.de", "-"])],
        vec![keyed(["-", "-", "+34600000008"]), keyed(["k", "", "-"])],
        vec![keyed(["-", "k@x.de", "-"]), keyed(["k", "k@x.de", "-"])],
    ];
    for store in stores().await {
        let dry = workspace(&store, "UTC").await;
        let wet = workspace(&store, "UTC").await;
        for ws in [dry, wet] {
            add(&store, ws, known()).await;
        }
        let expected = counted(&store, wet, &batches, false).await;
        assert_eq!(counted(&store, dry, &batches, true).await, expected);
        assert_eq!(expected, [6, 9, 2]);
        assert_eq!(store.contact_counts(dry).await.unwrap().contacts, 1);
    }
}

#[tokio::test]
async fn a_dry_run_of_any_rows_counts_as_the_writing_does() {
    use rand::{Rng, SeedableRng};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    for store in stores().await {
        for round in 0..12 {
            let mut key = |make: fn(u32) -> String| match random.random_range(0..8_u32) {
                0..3 => None,
                3 => Some(String::new()),
                _ => Some(make(random.random_range(0..9))),
            };
            let mut row = || NewContact {
                external_id: key(|n| format!("id{n}")),
                email: key(|n| format!("p{n}@x.de")),
                phone: key(|n| format!("+3460000000{n}")),
                ..NewContact::default()
            };
            let batches: Vec<Vec<NewContact>> = (0..12)
                .map(|_| (0..1 + round % 3).map(|_| row()).collect())
                .collect();
            let dry = workspace(&store, "UTC").await;
            let wet = workspace(&store, "UTC").await;
            for ws in [dry, wet] {
                add(
                    &store,
                    ws,
                    vec![
                        keyed(["id0", "p0@x.de", "+34600000000"]),
                        keyed(["id1", "p1@x.de", "-"]),
                    ],
                )
                .await;
            }
            let expected = counted(&store, wet, &batches, false).await;
            assert_eq!(
                counted(&store, dry, &batches, true).await,
                expected,
                "{round}: {batches:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_dry_run_that_is_broken_off_begins_anew() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let new = store
            .begin_import(ws, "people.csv", "ada", now())
            .await
            .unwrap();
        let mapping = Mapping::default();
        store.finish_upload(&new, &[], &[], &mapping).await.unwrap();
        store.check_import(ws, &new.id, &mapping).await.unwrap();
        let work = claimed(&store, now()).await.unwrap();
        let first = Advance {
            errors: vec![RowError {
                row: 3,
                column: String::new(),
                message: "m".to_owned(),
            }],
            ..step(vec![(2, person("a@x.de"))], 2)
        };
        let mut dry_run = DryRun::default();
        assert!(
            store
                .import_advance(&work, first, &mut dry_run, now())
                .await
                .unwrap()
        );
        let later = now() + Duration::seconds(61);
        let again = claimed(&store, later).await.unwrap();
        assert_eq!(again.next_row, 0);
        let info = store.import(ws, &new.id).await.unwrap();
        assert_eq!(
            (info.done, info.created, info.rejected, info.errors.len()),
            (0, 0, 0, 0)
        );
        // The first worker, were it alive, has lost the import.
        let stale = ImportWork {
            next_row: 2,
            ..work
        };
        let on = step(vec![(4, person("b@x.de"))], 3);
        assert!(
            !store
                .import_advance(&stale, on, &mut dry_run, later)
                .await
                .unwrap()
        );
    }
}

#[tokio::test]
async fn names_and_values_that_hold_an_address_are_known() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let other = workspace(&store, "UTC").await;
        let values = [
            ("city", "Madrid 28013"),
            ("second", "mobile 600 999 888"),
            ("mail", "ada＠x.de"),
            ("link", "https://x.de/?a=ada%40x.de"),
            ("born", "1990-05"),
        ];
        let new = |name: &str, email: &str| NewContact {
            name: Some(name.to_owned()),
            attributes: values
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..person(email)
        };
        let rows = vec![
            new("Ada", "ada@x.de"),
            new("Marta +34600999888", "marta@x.de"),
            new("Bob bob@x.de", "bob@x.de"),
        ];
        add(&store, ws, rows).await;
        for (name, is_hidden) in [
            ("name", true),
            ("city", false),
            ("second", true),
            ("mail", true),
            ("link", true),
            ("born", false),
            ("nobodys", false),
            ("no name", false),
        ] {
            let found = store.has_hidden_values(ws, name).await.unwrap();
            assert_eq!(found, is_hidden, "{name}");
            assert!(!store.has_hidden_values(other, name).await.unwrap());
        }
        for (q, by_part, n) in [
            ("ad", false, 1),
            ("marta", false, 0),
            ("marta", true, 1),
            ("600", false, 0),
            ("bob", false, 0),
            ("Marta +34600999888", false, 1),
        ] {
            let query = ContactQuery {
                q: q.to_owned(),
                ..ContactQuery::default()
            };
            let page = store.contacts(ws, &query, by_part, 9).await.unwrap();
            assert_eq!(page.contacts.len(), n, "{q} {by_part}");
        }
    }
}
