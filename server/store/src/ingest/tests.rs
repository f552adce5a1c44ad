//! Taking facts in: once each, whoever writes beside us, and nothing left behind.

use chrono::DateTime;
use domain::{
    EventKind, Evidence, Fact, Report, ReportQuery, event::Dimension, money::Amount, report::Clock,
};

use crate::{Store, WorkspaceId, testing};

const START_US: i64 = 1_780_000_000_000_000;
const DAY_US: i64 = crate::rollup::DAY_US;

fn fact(id: &str, message: &str, kind: EventKind, at_us: i64) -> Fact {
    Fact {
        id: id.to_owned(),
        campaign: "c".to_owned(),
        message: message.to_owned(),
        recipient: format!("of {message}"),
        kind,
        at_us,
        received_us: START_US,
        evidence: Evidence::default(),
        raw_status: None,
        dimensions: <[Option<String>; Dimension::COUNT]>::default(),
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    }
}

/// A message's life, spread over three days.
fn life(n: usize) -> Vec<Fact> {
    [
        (EventKind::Sent, 0),
        (EventKind::Delivered, 4_000_000),
        (EventKind::Opened, DAY_US),
        (EventKind::Clicked, 2 * DAY_US),
    ]
    .into_iter()
    .map(|(kind, after)| {
        let at_us = START_US + n as i64 * 60_000_000 + after;
        fact(&format!("{n} {kind}"), &format!("m{n}"), kind, at_us)
    })
    .collect()
}

async fn report(store: &Store, ws: WorkspaceId, query: &ReportQuery) -> Report {
    let as_of = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let mut report = store.report(ws, "c", query, as_of).await.unwrap();
    report.campaign = None;
    report
}

/// A gateway follows the links of a message that it then refuses, or has refused.
#[tokio::test]
async fn a_message_that_failed_stays_failed_whatever_a_machine_fetches() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        testing::campaign(&store, ws, "c", "email").await;
        let fetch = |message: &str, kind, evidence, at_us| Fact {
            evidence,
            ..fact(&format!("{message} {evidence:?}"), message, kind, at_us)
        };
        let at = |minutes: i64| START_US + minutes * 60_000_000;
        let mut facts = Vec::new();
        for message in ["before", "after", "open", "mailbox"] {
            facts.push(fact(
                &format!("{message} s"),
                message,
                EventKind::Sent,
                at(0),
            ));
            facts.push(fact(
                &format!("{message} f"),
                message,
                EventKind::Failed,
                at(10),
            ));
        }
        facts.push(fetch(
            "before",
            EventKind::Clicked,
            Evidence::Scanner,
            at(5),
        ));
        facts.push(fetch(
            "after",
            EventKind::Clicked,
            Evidence::Scanner,
            at(15),
        ));
        facts.push(fetch("open", EventKind::Opened, Evidence::Machine, at(15)));
        // In one go, and one after the other.
        let rest = facts.split_off(3);
        store.ingest(ws, facts).await.unwrap();
        for fact in rest {
            store.ingest(ws, vec![fact]).await.unwrap();
        }
        for clock in [Clock::Send, Clock::Event] {
            let query = ReportQuery {
                clock,
                ..ReportQuery::default()
            };
            let kpis = report(&store, ws, &query).await.kpis;
            assert_eq!(
                (kpis.sent, kpis.delivered, kpis.failed),
                (4, 0, 4),
                "{clock:?}"
            );
        }
        // A mailbox that fetches ahead of its reader has the message.
        let late = fetch("mailbox", EventKind::Opened, Evidence::Prefetch, at(20));
        store.ingest(ws, vec![late]).await.unwrap();
        let kpis = report(&store, ws, &ReportQuery::default()).await.kpis;
        assert_eq!((kpis.sent, kpis.delivered, kpis.failed), (4, 1, 3));
    }
}

#[tokio::test]
async fn an_id_counts_once_whatever_day_it_comes_with() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        testing::campaign(&store, ws, "c", "email").await;
        let one = || fact("same", "m", EventKind::Sent, START_US);
        let moved = || fact("same", "m", EventKind::Sent, START_US + 40 * DAY_US);
        let first = store.ingest(ws, vec![one(), one(), moved()]).await.unwrap();
        assert_eq!((first.accepted, first.duplicate), (1, 2));
        // Once more after it has reached the tables, and after other days are known.
        for n in 0..3 {
            assert_eq!(
                report(&store, ws, &ReportQuery::default()).await.kpis.sent,
                1 + n
            );
            let again = vec![
                one(),
                moved(),
                fact(
                    &format!("{n}"),
                    &format!("{n}"),
                    EventKind::Sent,
                    START_US + n as i64 * DAY_US,
                ),
            ];
            let answer = store.ingest(ws, again).await.unwrap();
            assert_eq!((answer.accepted, answer.duplicate), (1, 2));
        }
    }
}

#[tokio::test]
async fn two_programs_may_write_the_same_file() {
    let url = format!(
        "sqlite://{}",
        testing::directory().join("shared.db").display()
    );
    let one = Store::connect(&url).await.unwrap();
    let ws = testing::workspace(&one, "UTC").await;
    testing::campaign(&one, ws, "c", "email").await;
    let other = Store::connect(&url).await.unwrap();

    // Both get every second request, and each third one twice.
    let mut accepted = 0;
    let lives = 60;
    for n in 0..lives {
        let stores = if n % 2 == 0 {
            [&one, &other]
        } else {
            [&other, &one]
        };
        let first = stores[0].ingest(ws, life(n)).await.unwrap();
        assert_eq!(first.duplicate, 0, "{n}");
        accepted += first.accepted;
        if n % 3 == 0 {
            let again = stores[1].ingest(ws, life(n)).await.unwrap();
            assert_eq!((again.accepted, again.duplicate), (0, 4), "{n}");
        }
        if n % 7 == 0 {
            let seen = report(stores[0], ws, &ReportQuery::default())
                .await
                .kpis
                .sent;
            assert_eq!(seen, n as u64 + 1);
        }
    }
    assert_eq!(accepted, 4 * lives as u64);

    let alone = &testing::stores().await[0];
    let here = testing::workspace(alone, "UTC").await;
    testing::campaign(alone, here, "c", "email").await;
    alone
        .ingest(here, (0..lives).flat_map(life).collect())
        .await
        .unwrap();
    for clock in [Clock::Send, Clock::Event] {
        let query = ReportQuery {
            clock,
            ..ReportQuery::default()
        };
        let expected = report(alone, here, &query).await;
        // Whichever wrote last has settled what the other left.
        one.settle().await.unwrap();
        other.settle().await.unwrap();
        assert_eq!(report(&one, ws, &query).await, expected);
        assert_eq!(report(&other, ws, &query).await, expected);
    }
}

#[tokio::test]
async fn a_copy_holds_all_that_was_acknowledged() {
    let folder = testing::directory();
    let url = format!("sqlite://{}", folder.join("original.db").display());
    let store = Store::connect(&url).await.unwrap();
    let ws = testing::workspace(&store, "UTC").await;
    testing::campaign(&store, ws, "c", "email").await;
    store
        .ingest(ws, (0..50).flat_map(life).collect())
        .await
        .unwrap();
    // Most likely still in the journal.
    let copy = folder.join("copy.db");
    store.backup_to(&copy).await.unwrap();
    let expected = report(&store, ws, &ReportQuery::default()).await;
    assert_eq!(expected.kpis.sent, 50);
    let copy = Store::connect(&format!("sqlite://{}", copy.display()))
        .await
        .unwrap();
    assert_eq!(report(&copy, ws, &ReportQuery::default()).await, expected);
    let again = copy
        .ingest(ws, (0..50).flat_map(life).collect())
        .await
        .unwrap();
    assert_eq!((again.accepted, again.duplicate), (0, 200));
}

#[tokio::test]
async fn a_removed_workspace_takes_what_waits_with_it_and_turns_the_rest_away() {
    for store in testing::stores().await {
        let (gone, kept) = (
            testing::workspace(&store, "UTC").await,
            testing::workspace(&store, "UTC").await,
        );
        for ws in [gone, kept] {
            testing::campaign(&store, ws, "c", "email").await;
            store
                .ingest(ws, (0..20).flat_map(life).collect())
                .await
                .unwrap();
        }
        store.remove_workspace(gone).await.unwrap();
        // In one group with facts that are welcome.
        let (late, welcome) =
            tokio::join!(store.ingest(gone, life(20)), store.ingest(kept, life(20)));
        let late = late.unwrap();
        assert_eq!((late.accepted, late.rejected.len()), (0, 4));
        assert!(
            late.rejected
                .iter()
                .all(|(_, why)| why.code == "unknown_campaign")
        );
        assert_eq!(welcome.unwrap().accepted, 4);
        assert_eq!(
            report(&store, kept, &ReportQuery::default())
                .await
                .kpis
                .sent,
            21
        );
    }
}

/// Two conversions, one with a worth. When its message turns out to have been sent a day earlier, its worth moves with
/// it and leaves no trace, as if the send had been known first.
#[tokio::test]
async fn worth_that_moves_away_leaves_no_trace() {
    let converted = |id: &str, value| Fact {
        value,
        ..fact(id, id, EventKind::Converted, START_US)
    };
    let worth = converted("a", Some((Amount(100_000), "EUR".to_owned())));
    let plain = converted("b", None);
    let sent = fact("a sent", "a", EventKind::Sent, START_US - DAY_US);
    let day = DateTime::from_timestamp_micros(START_US)
        .unwrap()
        .date_naive();
    let query = ReportQuery {
        clock: Clock::Send,
        from: Some(day),
        to: Some(day),
        ..ReportQuery::default()
    };
    for store in testing::stores().await {
        let mut answers = Vec::new();
        for order in [[&worth, &plain, &sent], [&sent, &plain, &worth]] {
            let ws = testing::workspace(&store, "UTC").await;
            testing::campaign(&store, ws, "c", "email").await;
            for fact in order {
                store.ingest(ws, vec![fact.clone()]).await.unwrap();
                // Each reaches the tables by itself.
                report(&store, ws, &query).await;
            }
            answers.push(report(&store, ws, &query).await);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].kpis.converted.total, 1);
    }
}
