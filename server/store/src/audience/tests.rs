use chrono::{DateTime, Duration, Utc};
use domain::{
    Channel, EventKind, Evidence, Fact, Refusal,
    audience::{Audience, AudienceCount, Compare, Condition, FollowUp},
    contact::{Consent, NewContact, PushTarget, SuppressionSource},
};

use super::{ReadsAudience, Verdict};
use crate::{
    Db, Error, Store, WorkspaceId,
    testing::{campaign, stores, workspace},
};

fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn person(name: &str, attributes: &[(&str, &str)]) -> NewContact {
    NewContact {
        name: Some(name.to_owned()),
        email: Some(format!("{}@x.de", name.to_lowercase())),
        attributes: attributes
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        consents: [(Channel::Email, Consent::Subscribed)].into(),
        ..NewContact::default()
    }
}

async fn add(store: &Store, ws: WorkspaceId, rows: Vec<NewContact>) {
    store.upsert_contacts(ws, rows, None, now()).await.unwrap();
}

/// Names, without their host, of whoever an audience of e-mails gives, in order.
async fn who(store: &Store, ws: WorkspaceId, audience: &Audience) -> Vec<String> {
    let selection = store
        .select_audience(ws, Channel::Email, audience, now())
        .await
        .unwrap();
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let page = store.audience_page(&selection, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.cursor();
        found.extend(
            page.into_iter()
                .filter_map(|member| Some(member.address?.split('@').next()?.to_owned())),
        );
    }
    let count = store
        .count_audience(ws, Channel::Email, audience, now())
        .await
        .unwrap();
    assert_eq!(
        count.matched - count.no_address,
        found.len() as u64,
        "counted as paged: {audience:?}"
    );
    found.sort();
    found
}

fn is(name: &str, compare: Compare, value: &str) -> Condition {
    Condition::Attribute {
        name: name.to_owned(),
        compare,
        value: value.to_owned(),
    }
}

fn filter(condition: Condition) -> Audience {
    Audience::Filter { condition }
}

#[tokio::test]
async fn conditions_mean_the_same_on_both_engines() {
    use Compare::{Above, Absent, Begins, Below, Contains, Is, IsNot, Present};
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        add(
            &store,
            ws,
            vec![
                person(
                    "Ada",
                    &[("city", "Madrid"), ("age", "36"), ("odd_%", "x")]
                        .iter()
                        .filter(|(k, _)| *k != "odd_%")
                        .copied()
                        .collect::<Vec<_>>(),
                ),
                person("Bob", &[("city", "MADRID west"), ("age", "4.5")]),
                person("Cid", &[("age", "old")]),
                person("Dée", &[("city", "100%"), ("age", " -2e1 ")]),
                person("Eve", &[("city", "O'Neill\"; DROP"), ("age", "007")]),
            ],
        )
        .await;
        let cases: Vec<(Condition, &[&str])> = vec![
            (is("city", Is, "madrid"), &["ada"]),
            (is("city", IsNot, "madrid"), &["bob", "cid", "dée", "eve"]),
            (is("city", Contains, "DRI"), &["ada", "bob"]),
            (is("city", Contains, "%"), &["dée"]),
            (is("city", Begins, "madrid"), &["ada", "bob"]),
            (is("city", Is, "o'neill\"; drop"), &["eve"]),
            (is("city", Present, ""), &["ada", "bob", "dée", "eve"]),
            (is("city", Absent, ""), &["cid"]),
            // Numbers as numbers; what is none, or isn't written as one, is neither above nor below.
            (is("age", Above, "5"), &["ada"]),
            (is("age", Below, "5"), &["bob", "dée"]),
            (is("age", Below, " -19.5 "), &["dée"]),
            (is("name", Is, "DÉE"), &["dée"]),
            (is("email", Begins, "B"), &["bob"]),
            (
                is("phone", Absent, ""),
                &["ada", "bob", "cid", "dée", "eve"],
            ),
            (
                Condition::Not {
                    of: Box::new(is("age", Above, "5")),
                },
                &["bob", "cid", "dée", "eve"],
            ),
            (
                Condition::Not {
                    of: Box::new(is("city", Is, "madrid")),
                },
                &["bob", "cid", "dée", "eve"],
            ),
            (
                Condition::All { of: vec![] },
                &["ada", "bob", "cid", "dée", "eve"],
            ),
            (Condition::Any { of: vec![] }, &[]),
            (
                Condition::All {
                    of: vec![is("city", Present, ""), is("age", Below, "5")],
                },
                &["bob", "dée"],
            ),
            (
                Condition::Any {
                    of: vec![is("city", Absent, ""), is("age", Above, "5")],
                },
                &["ada", "cid"],
            ),
        ];
        for (condition, expected) in cases {
            assert_eq!(
                who(&store, ws, &filter(condition.clone())).await,
                expected,
                "{condition:?}"
            );
        }
        let mut deep = is("a", Present, "");
        for _ in 0..6 {
            deep = Condition::Not { of: Box::new(deep) };
        }
        for bad in [
            deep,
            Condition::All {
                of: vec![is("a", Present, ""); 50],
            },
            is("age", Above, "much"),
            is("age", Above, "NaN"),
            is("a') OR 1=1 --", Is, "x"),
            is("a", Is, "\0"),
            Condition::OnList {
                list: "gone".to_owned(),
            },
            Condition::Did {
                event: EventKind::Opened,
                campaign: Some("gone".to_owned()),
                days: None,
            },
        ] {
            let refused = store
                .count_audience(ws, Channel::Email, &filter(bad.clone()), now())
                .await;
            assert!(
                matches!(refused, Err(Error::Refused(Refusal::Invalid { .. }))),
                "{bad:?}"
            );
        }
    }
}

#[tokio::test]
async fn everybody_is_counted_in_one_line() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        let foreign = workspace(&store, "UTC").await;
        add(&store, foreign, vec![person("Zoe", &[])]).await;
        let number = |n: u32, consent| NewContact {
            phone: Some(format!("+3460000000{n}")),
            time_zone: Some("Europe/Madrid".to_owned()),
            consents: [(Channel::Sms, consent)].into(),
            ..NewContact::default()
        };
        add(
            &store,
            ws,
            vec![
                person("Ada", &[]),
                number(1, Consent::Subscribed),
                number(2, Consent::Unknown),
                number(3, Consent::Unsubscribed),
                number(4, Consent::Subscribed),
                number(5, Consent::Unsubscribed),
            ],
        )
        .await;
        for n in [4, 5] {
            store
                .suppress(
                    ws,
                    Channel::Sms,
                    &format!("+3460000000{n}"),
                    SuppressionSource::Stop,
                    None,
                    None,
                    now(),
                )
                .await
                .unwrap();
        }
        // Blocked elsewhere is not blocked here.
        store
            .suppress(
                ws,
                Channel::Rcs,
                "+34600000001",
                SuppressionSource::Stop,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        store
            .suppress(
                foreign,
                Channel::Sms,
                "+34600000001",
                SuppressionSource::Stop,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        let count = store
            .count_audience(ws, Channel::Sms, &Audience::Everyone, now())
            .await
            .unwrap();
        let expected = AudienceCount {
            matched: 6,
            no_address: 1,
            suppressed: 2,
            no_consent: 2,
            duplicates: 0,
            eligible: 1,
        };
        assert_eq!(count, expected);
        assert_eq!(
            store
                .count_audience(ws, Channel::Sms, &Audience::Nobody, now())
                .await
                .unwrap(),
            AudienceCount::default()
        );

        let selection = store
            .select_audience(ws, Channel::Sms, &Audience::Everyone, now())
            .await
            .unwrap();
        // As the engine reads it: inside a transaction.
        let members = match store.db() {
            Db::Sqlite { write, .. } => {
                let mut tx = write.begin().await.unwrap();
                tx.members(&selection, 0, 100).await.unwrap()
            }
            Db::Postgres(pool) => {
                let mut tx = pool.begin().await.unwrap();
                tx.members(&selection, 0, 100).await.unwrap()
            }
        };
        use Verdict::{Eligible, NoAddress, NoConsent, Suppressed};
        let stop = Suppressed(SuppressionSource::Stop);
        assert_eq!(
            members.iter().map(|m| m.verdict).collect::<Vec<_>>(),
            [NoAddress, Eligible, NoConsent, NoConsent, stop, stop]
        );
        assert_eq!(members[1].time_zone.as_deref(), Some("Europe/Madrid"));
        assert_eq!(members[1].address.as_deref(), Some("+34600000001"));
        assert!(members.is_sorted_by_key(|m| m.cursor()));
    }
}

#[tokio::test]
async fn push_reaches_devices() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        add(&store, ws, vec![person("Ada", &[]), person("Bob", &[])]).await;
        let mut devices = Vec::new();
        for (n, name) in ["Ada", "Ada", "Cid"].into_iter().enumerate() {
            let target = PushTarget::Fcm {
                token: format!("t{n}"),
            };
            devices.push(
                store
                    .register_device(ws, person(name, &[]), &target, now())
                    .await
                    .unwrap(),
            );
        }
        store
            .suppress(
                ws,
                Channel::Push,
                &devices[1],
                SuppressionSource::HardFailure,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        let count = store
            .count_audience(ws, Channel::Push, &Audience::Everyone, now())
            .await
            .unwrap();
        let expected = AudienceCount {
            matched: 3,
            no_address: 1,
            suppressed: 1,
            no_consent: 0,
            duplicates: 0,
            eligible: 2,
        };
        assert_eq!(count, expected);
        let selection = store
            .select_audience(
                ws,
                Channel::Push,
                &filter(is("name", Compare::Is, "ada")),
                now(),
            )
            .await
            .unwrap();
        let first = store.audience_page(&selection, 0, 1).await.unwrap();
        let second = store
            .audience_page(&selection, first[0].cursor(), 9)
            .await
            .unwrap();
        assert_eq!(
            (first[0].address.as_ref(), second[0].address.as_ref()),
            (Some(&devices[0]), Some(&devices[1]))
        );
        assert_eq!(second.len(), 1);
        assert_eq!(first[0].contact, second[0].contact);
    }
}

#[tokio::test]
async fn typed_addresses_become_contacts_who_agreed() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        add(&store, ws, vec![person("Ada", &[]), person("Bob", &[])]).await;
        store
            .set_consent(ws, Channel::Email, "bob@x.de", Consent::Unsubscribed, now())
            .await
            .unwrap();
        store
            .suppress(
                ws,
                Channel::Email,
                "cid@x.de",
                SuppressionSource::Complaint,
                None,
                None,
                now(),
            )
            .await
            .unwrap();
        let typed: Vec<String> = [
            "ada@x.de",
            " ADA@X.de ",
            "bob@x.de",
            "cid@x.de",
            "new@x.de",
            "",
        ]
        .map(str::to_owned)
        .into();
        let audience = Audience::Typed { addresses: typed };
        let before = store
            .count_audience(ws, Channel::Email, &audience, now())
            .await
            .unwrap();
        let expected = AudienceCount {
            matched: 4,
            no_address: 0,
            suppressed: 1,
            no_consent: 1,
            duplicates: 1,
            eligible: 2,
        };
        assert_eq!(before, expected);
        assert_eq!(
            store.contact_counts(ws).await.unwrap().contacts,
            2,
            "counting makes nobody"
        );

        let fixed = store
            .fix_audience(ws, Channel::Email, &audience, "campaign x", now())
            .await
            .unwrap();
        let again = store
            .fix_audience(ws, Channel::Email, &audience, "campaign x", now())
            .await
            .unwrap();
        assert_eq!(fixed, again);
        assert!(
            store.lists(ws).await.unwrap().is_empty(),
            "the list is hidden"
        );
        let after = store
            .count_audience(ws, Channel::Email, &fixed, now())
            .await
            .unwrap();
        assert_eq!(
            AudienceCount {
                duplicates: 1,
                ..after
            },
            before
        );
        assert_eq!(who(&store, ws, &fixed).await, ["ada", "bob", "cid", "new"]);

        let too_many = Audience::Typed {
            addresses: vec!["a@x.de".to_owned(); 1_001],
        };
        let wrong = Audience::Typed {
            addresses: vec!["nobody".to_owned()],
        };
        for (channel, bad) in [
            (Channel::Email, too_many),
            (Channel::Email, wrong),
            (Channel::Push, audience),
        ] {
            assert!(
                store
                    .count_audience(ws, channel, &bad, now())
                    .await
                    .is_err()
            );
        }
    }
}

fn fact(
    n: u32,
    recipient: &str,
    message: &str,
    kind: EventKind,
    at: DateTime<Utc>,
    evidence: Evidence,
) -> Fact {
    Fact {
        id: format!("e{n}"),
        campaign: "c".to_owned(),
        message: message.to_owned(),
        recipient: recipient.to_owned(),
        kind,
        at_us: at.timestamp_micros(),
        received_us: 0,
        evidence,
        raw_status: None,
        dimensions: Default::default(),
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    }
}

#[tokio::test]
async fn what_people_did_chooses_them() {
    use EventKind::{Clicked, Delivered, Failed, Opened, Sent, Unsent};
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        campaign(&store, ws, "c", "email").await;
        add(
            &store,
            ws,
            ["Ada", "Bob", "Cid", "Dot", "Eve", "Fay", "Gil"]
                .map(|name| person(name, &[]))
                .into(),
        )
        .await;
        let (recent, old) = (now() - Duration::days(2), now() - Duration::days(40));
        let told = [
            ("ada@x.de", "1", Opened, recent, Evidence::Human),
            // Keys as another platform spells them.
            ("BOB@x.de", "2", Clicked, old, Evidence::Unknown),
            ("cid@x.de", "3", Delivered, recent, Evidence::Unknown),
            ("cid@x.de", "3", Opened, recent, Evidence::Prefetch),
            ("dot@x.de", "4", Failed, recent, Evidence::Unknown),
            ("eve@x.de", "5", Unsent, recent, Evidence::Unknown),
            ("fay@x.de", "6", Failed, recent, Evidence::Unknown),
            ("fay@x.de", "7", Delivered, recent, Evidence::Unknown),
            ("stranger@x.de", "8", Opened, recent, Evidence::Human),
            ("gil@x.de", "9", Sent, recent, Evidence::Unknown),
        ];
        let facts = told
            .iter()
            .enumerate()
            .map(|(n, (recipient, message, kind, at, evidence))| {
                fact(n as u32, recipient, message, *kind, *at, *evidence)
            })
            .collect();
        assert_eq!(store.ingest(ws, facts).await.unwrap().accepted, 10);
        let did = |event, days| Condition::Did {
            event,
            campaign: Some("c".to_owned()),
            days,
        };
        let ever = |event| Condition::Did {
            event,
            campaign: None,
            days: None,
        };
        let not = |of| Condition::Not { of: Box::new(of) };
        let cases: Vec<(Condition, &[&str])> = vec![
            // A machine's open is none.
            (did(Opened, None), &["ada"]),
            (did(Clicked, None), &["bob"]),
            (did(Clicked, Some(30)), &[]),
            (ever(Clicked), &["bob"]),
            // What followed proves delivery.
            (did(Delivered, None), &["ada", "bob", "cid", "fay"]),
            (did(Delivered, Some(30)), &["ada", "cid", "fay"]),
            (did(Failed, None), &["dot", "fay"]),
            (did(Sent, None), &["ada", "bob", "cid", "dot", "fay", "gil"]),
            (
                Condition::All {
                    of: vec![did(Delivered, None), not(did(Opened, None))],
                },
                &["bob", "cid", "fay"],
            ),
            (not(ever(Sent)), &["eve"]),
        ];
        for (condition, expected) in cases {
            let audience = filter(condition);
            assert_eq!(who(&store, ws, &audience).await, expected, "{audience:?}");
            let fixed = store
                .fix_audience(
                    ws,
                    Channel::Email,
                    &audience,
                    &format!("{audience:?}")
                        .chars()
                        .take(190)
                        .collect::<String>(),
                    now(),
                )
                .await
                .unwrap();
            assert!(matches!(fixed, Audience::List { .. }));
            assert_eq!(who(&store, ws, &fixed).await, expected);
        }
        for (follow_up, expected) in [
            (FollowUp::NotOpened, &["cid", "fay"][..]),
            (FollowUp::NotClicked, &["ada", "cid", "fay"]),
            (FollowUp::NotReached, &["dot", "eve"]),
        ] {
            let audience = Audience::FollowUp {
                campaign: "c".to_owned(),
                who: follow_up,
            };
            let count = store
                .count_audience(ws, Channel::Email, &audience, now())
                .await
                .unwrap();
            assert_eq!(count.eligible, expected.len() as u64, "{follow_up:?}");
            let fixed = store
                .fix_audience(ws, Channel::Email, &audience, follow_up.as_str(), now())
                .await
                .unwrap();
            assert_eq!(who(&store, ws, &fixed).await, expected, "{follow_up:?}");
        }
        let gone = Audience::FollowUp {
            campaign: "gone".to_owned(),
            who: FollowUp::NotOpened,
        };
        assert!(
            store
                .count_audience(ws, Channel::Email, &gone, now())
                .await
                .is_err()
        );
    }
}
