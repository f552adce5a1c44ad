//! Campaigns on both engines.

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc, Weekday};
use domain::{
    Campaign, CampaignFilter, CampaignKind, CampaignStatus, CampaignType, EventKind, Refusal,
    campaign::{CampaignPage, CampaignPatch, NewCampaign, transition},
    time::{DateRange, RangeChoice},
};
use proptest::prelude::*;

use super::{Calendar, rules};
use crate::{Error, Result, Store, WorkspaceId, testing};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 14, 0, 0).unwrap()
}

fn new(name: &str, campaign_type: CampaignType) -> NewCampaign {
    NewCampaign {
        name: name.to_owned(),
        kind: campaign_type.kind(),
        campaign_type,
        sender: "34000".to_owned(),
        ..NewCampaign::default()
    }
}

async fn create(store: &Store, ws: WorkspaceId, new: NewCampaign) -> Campaign {
    let (campaign, created) = store.create_campaign(ws, new, now()).await.unwrap();
    assert!(created);
    campaign
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn invalid_field<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    match refusal(outcome) {
        Refusal::Invalid { field, .. } => field,
        other => panic!("expected an invalid field, got {other:?}"),
    }
}

fn status(status: CampaignStatus) -> CampaignPatch {
    CampaignPatch {
        status: Some(status),
        ..CampaignPatch::default()
    }
}

/// Records one event for a campaign.
async fn record(store: &Store, ws: WorkspaceId, campaign: &str, kind: EventKind) {
    let fact = domain::Fact {
        id: format!("{campaign}-{kind}"),
        campaign: campaign.to_owned(),
        message: "m".to_owned(),
        recipient: "r".to_owned(),
        kind,
        at_us: now().timestamp_micros(),
        received_us: now().timestamp_micros(),
        evidence: domain::Evidence::Unknown,
        raw_status: None,
        dimensions: Default::default(),
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    };
    assert_eq!(store.ingest(ws, vec![fact]).await.unwrap().accepted, 1);
}

#[tokio::test]
async fn a_registered_campaign_is_found_by_both_its_ids() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "Europe/Madrid").await;
        let mut changes = store.subscribe();
        let given = NewCampaign {
            external_id: Some("spring".to_owned()),
            created_at: Some(now() - Duration::days(3)),
            ..new("  Spring  ", CampaignType::Sms)
        };
        let made = create(&store, ws, given.clone()).await;
        assert_eq!(
            (made.name.as_str(), made.number, made.version),
            ("Spring", 1, 1)
        );
        assert_eq!(
            (made.status, made.was_live),
            (CampaignStatus::Pending, false)
        );
        assert_eq!(made.created_at, now() - Duration::days(3));
        assert_eq!(made.id.len(), 16);
        assert!(
            made.id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        );
        assert_eq!(store.campaign(ws, &made.id).await.unwrap(), made);
        assert_eq!(store.campaign(ws, "spring").await.unwrap(), made);

        let change = changes.try_recv().unwrap();
        assert_eq!(
            (change.workspace, change.version, change.campaigns.len()),
            (ws, 1, 1)
        );

        // The same external id again: the same campaign, unchanged, and nobody is told.
        let again = NewCampaign {
            name: "Other".to_owned(),
            ..given
        };
        let (again, created) = store.create_campaign(ws, again, now()).await.unwrap();
        assert_eq!((again, created), (made.clone(), false));
        assert!(changes.try_recv().is_err());
        assert_eq!(store.workspace(ws).await.unwrap().seq, 1);

        let second = create(&store, ws, new("Second", CampaignType::Email)).await;
        assert_eq!((second.number, second.version), (2, 2));
    }
}

#[tokio::test]
async fn workspaces_do_not_see_each_other() {
    for store in testing::stores().await {
        let ours = testing::workspace(&store, "UTC").await;
        let theirs = testing::workspace(&store, "UTC").await;
        let given = NewCampaign {
            external_id: Some("x".to_owned()),
            ..new("Ours", CampaignType::Sms)
        };
        let made = create(&store, ours, given.clone()).await;
        for reference in [made.id.as_str(), "x"] {
            let not_found = Refusal::not_found("campaign");
            assert_eq!(refusal(store.campaign(theirs, reference).await), not_found);
            assert_eq!(refusal(store.card(theirs, reference).await), not_found);
            let patched = store
                .update_campaign(theirs, reference, CampaignPatch::default(), now())
                .await;
            assert_eq!(refusal(patched), not_found);
            assert_eq!(
                refusal(store.delete_campaign(theirs, reference).await),
                not_found
            );
            assert_eq!(
                refusal(store.deletion_obstacle(theirs, reference).await),
                not_found
            );
        }
        assert_eq!(
            list_all(&store, theirs, CampaignKind::Messaging)
                .await
                .total,
            0
        );
        // Numbers and external ids are each workspace's own.
        let other = create(&store, theirs, given).await;
        assert_eq!(other.number, 1);
        assert_ne!(other.id, made.id);
        assert_eq!(store.campaign(ours, "x").await.unwrap().id, made.id);
    }
}

#[tokio::test]
async fn what_makes_no_campaign_is_refused() {
    let store = testing::stores().await.remove(0);
    let ws = testing::workspace(&store, "UTC").await;
    let refused: Vec<(NewCampaign, &str)> = vec![
        (new(" ", CampaignType::Sms), "name"),
        (new(&"x".repeat(201), CampaignType::Sms), "name"),
        (new("two\nlines", CampaignType::Sms), "name"),
        (
            NewCampaign {
                kind: CampaignKind::Interactive,
                ..new("n", CampaignType::Sms)
            },
            "type",
        ),
        (
            NewCampaign {
                sender: "s".repeat(201),
                ..new("n", CampaignType::Sms)
            },
            "sender",
        ),
        (
            NewCampaign {
                external_id: Some("e".repeat(129)),
                ..new("n", CampaignType::Sms)
            },
            "external_id",
        ),
        (
            NewCampaign {
                status: Some(CampaignStatus::Scheduled),
                ..new("n", CampaignType::Sms)
            },
            "scheduled_at",
        ),
        (
            NewCampaign {
                status: Some(CampaignStatus::Pending),
                scheduled_at: Some(now()),
                ..new("n", CampaignType::Sms)
            },
            "scheduled_at",
        ),
        (
            NewCampaign {
                status: Some(CampaignStatus::Pending),
                ..new("n", CampaignType::Poll)
            },
            "status",
        ),
    ];
    for (campaign, field) in refused {
        let outcome = store.create_campaign(ws, campaign.clone(), now()).await;
        assert_eq!(invalid_field(outcome), field, "{campaign:?}");
    }
    let live_sms = NewCampaign {
        status: Some(CampaignStatus::Live),
        ..new("n", CampaignType::Sms)
    };
    assert!(matches!(
        refusal(store.create_campaign(ws, live_sms, now()).await),
        Refusal::StatusNotOfKind { .. }
    ));
    // At the limits it is fine, counted in characters.
    let longest = NewCampaign {
        external_id: Some("ä".repeat(128)),
        ..new(&"ß".repeat(200), CampaignType::Sms)
    };
    create(&store, ws, longest).await;
    assert_eq!(store.workspace(ws).await.unwrap().seq, 1);
}

#[tokio::test]
async fn the_first_status_follows_from_the_date() {
    let store = testing::stores().await.remove(0);
    let ws = testing::workspace(&store, "UTC").await;
    let date = Some(now() + Duration::days(1));
    for (campaign_type, scheduled_at, expected) in [
        (CampaignType::Sms, None, CampaignStatus::Pending),
        (CampaignType::Sms, date, CampaignStatus::Scheduled),
        (CampaignType::Raffle, None, CampaignStatus::Draft),
        (CampaignType::Raffle, date, CampaignStatus::Scheduled),
    ] {
        let made = create(
            &store,
            ws,
            NewCampaign {
                scheduled_at,
                ..new("n", campaign_type)
            },
        )
        .await;
        assert_eq!((made.status, made.scheduled_at), (expected, scheduled_at));
    }
}

#[tokio::test]
async fn dates_move_a_campaign_between_pending_and_scheduled() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        let made = create(&store, ws, new("n", CampaignType::Sms)).await;
        let date = now() + Duration::days(2);
        let dated = CampaignPatch {
            scheduled_at: Some(date),
            ..CampaignPatch::default()
        };
        let patched = store
            .update_campaign(ws, &made.id, dated.clone(), now())
            .await
            .unwrap();
        assert_eq!(
            (patched.status, patched.scheduled_at),
            (CampaignStatus::Scheduled, Some(date))
        );
        assert_eq!(patched.version, 2);
        // The same again changes nothing.
        let same = store
            .update_campaign(ws, &made.id, dated.clone(), now())
            .await
            .unwrap();
        assert_eq!(same, patched);
        let later = CampaignPatch {
            scheduled_at: Some(date + Duration::hours(1)),
            ..CampaignPatch::default()
        };
        let later = store
            .update_campaign(ws, &made.id, later, now())
            .await
            .unwrap();
        assert_eq!(later.scheduled_at, Some(date + Duration::hours(1)));
        let back = status(CampaignStatus::Pending);
        let back = store
            .update_campaign(ws, &made.id, back, now())
            .await
            .unwrap();
        assert_eq!(
            (back.status, back.scheduled_at),
            (CampaignStatus::Pending, None)
        );

        let without_date = status(CampaignStatus::Scheduled);
        let outcome = store
            .update_campaign(ws, &made.id, without_date, now())
            .await;
        assert_eq!(invalid_field(outcome), "scheduled_at");
        let past = CampaignPatch {
            scheduled_at: Some(now()),
            ..CampaignPatch::default()
        };
        let outcome = store.update_campaign(ws, &made.id, past, now()).await;
        assert_eq!(invalid_field(outcome), "scheduled_at");

        let sending = status(CampaignStatus::InProgress);
        let sending = store
            .update_campaign(ws, &made.id, sending, now())
            .await
            .unwrap();
        assert!(sending.was_live);
        let outcome = store.update_campaign(ws, &made.id, dated, now()).await;
        assert!(matches!(refusal(outcome), Refusal::Conflict(_)));
    }
}

#[tokio::test]
async fn a_draft_is_scheduled_by_status_and_date_together() {
    let store = testing::stores().await.remove(0);
    let ws = testing::workspace(&store, "UTC").await;
    let made = create(&store, ws, new("n", CampaignType::Trivia)).await;
    let date = Some(now() + Duration::days(2));
    let date_alone = CampaignPatch {
        scheduled_at: date,
        ..CampaignPatch::default()
    };
    let outcome = store
        .update_campaign(ws, &made.id, date_alone.clone(), now())
        .await;
    assert!(matches!(refusal(outcome), Refusal::Conflict(_)));
    let both = CampaignPatch {
        status: Some(CampaignStatus::Scheduled),
        ..date_alone
    };
    let scheduled = store
        .update_campaign(ws, &made.id, both, now())
        .await
        .unwrap();
    assert_eq!(
        (scheduled.status, scheduled.scheduled_at),
        (CampaignStatus::Scheduled, date)
    );
}

#[tokio::test]
async fn the_store_moves_a_campaign_exactly_where_the_table_allows() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        for campaign_type in [CampaignType::Push, CampaignType::Poll] {
            let kind = campaign_type.kind();
            for &from in CampaignStatus::of_kind(kind) {
                for to in CampaignStatus::ALL {
                    let id = standing_at(&store, ws, campaign_type, from).await;
                    let scheduled_at = (to == CampaignStatus::Scheduled && from != to)
                        .then(|| now() + Duration::days(1));
                    let patch = CampaignPatch {
                        scheduled_at,
                        ..status(to)
                    };
                    let outcome = store.update_campaign(ws, &id, patch, now()).await;
                    match transition(kind, from, to) {
                        Ok(to) => assert_eq!(outcome.unwrap().status, to, "{from} to {to}"),
                        Err(expected) => {
                            assert_eq!(refusal(outcome), expected);
                            assert_eq!(store.campaign(ws, &id).await.unwrap().status, from);
                        }
                    }
                }
            }
        }
    }
}

/// A new campaign in this status; interactive Pending is reached the only way there is.
async fn standing_at(
    store: &Store,
    ws: WorkspaceId,
    campaign_type: CampaignType,
    at: CampaignStatus,
) -> String {
    let paused = campaign_type.kind() == CampaignKind::Interactive && at == CampaignStatus::Pending;
    let first = if paused { CampaignStatus::Live } else { at };
    let scheduled_at = (at == CampaignStatus::Scheduled).then(|| now() + Duration::days(3));
    let given = NewCampaign {
        status: Some(first),
        scheduled_at,
        ..new("n", campaign_type)
    };
    let id = create(store, ws, given).await.id;
    if paused {
        store
            .update_campaign(ws, &id, status(at), now())
            .await
            .unwrap();
    }
    id
}

#[tokio::test]
async fn deletion_follows_the_rules_at_that_moment() {
    use CampaignStatus::{Draft, Pending, Scheduled};
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        for campaign_type in [CampaignType::Sms, CampaignType::Raffle] {
            let kind = campaign_type.kind();
            for &at in CampaignStatus::of_kind(kind) {
                let id = standing_at(&store, ws, campaign_type, at).await;
                let free = matches!(
                    (kind, at),
                    (CampaignKind::Messaging, Scheduled | Pending)
                        | (CampaignKind::Interactive, Draft)
                );
                let obstacle = store.deletion_obstacle(ws, &id).await.unwrap();
                assert_eq!(obstacle.is_none(), free, "{kind} {at}");
                let outcome = store.delete_campaign(ws, &id).await;
                if free {
                    outcome.unwrap();
                    assert!(store.campaign(ws, &id).await.is_err());
                } else {
                    assert_eq!(Some(refusal(outcome)), obstacle);
                    store.campaign(ws, &id).await.unwrap();
                }
            }
        }
    }
}

#[tokio::test]
async fn recorded_data_is_never_deleted() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        // `queued` leaves a messaging campaign pending; a visit leaves a draft a draft.
        for (campaign_type, kind) in [
            (CampaignType::Sms, EventKind::Queued),
            (CampaignType::Raffle, EventKind::Visited),
        ] {
            let id = create(&store, ws, new("n", campaign_type)).await.id;
            assert_eq!(store.deletion_obstacle(ws, &id).await.unwrap(), None);
            record(&store, ws, &id, kind).await;
            let obstacle = store.deletion_obstacle(ws, &id).await.unwrap();
            assert!(
                matches!(obstacle, Some(Refusal::NotDeletable { .. })),
                "{obstacle:?}"
            );
            assert_eq!(
                Some(refusal(store.delete_campaign(ws, &id).await)),
                obstacle
            );
            store.campaign(ws, &id).await.unwrap();
        }
    }
}

#[tokio::test]
async fn deleting_is_told_and_takes_a_change_number() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        let gone = create(&store, ws, new("n", CampaignType::Sms)).await;
        let pk = store.campaign_row(ws, &gone.id).await.unwrap().pk;
        let mut changes = store.subscribe();
        store.delete_campaign(ws, &gone.id).await.unwrap();
        let change = changes.try_recv().unwrap();
        assert_eq!((change.version, &change.campaigns[..]), (2, &[pk][..]));
        // A later campaign inherits neither its number nor its internal key: an event on its way to the
        // deleted one must not land there.
        let later = create(&store, ws, new("n", CampaignType::Sms)).await;
        assert_eq!(later.number, 2);
        assert_ne!(store.campaign_row(ws, &later.id).await.unwrap().pk, pk);
    }
}

fn calendar(zone: &str) -> Calendar {
    Calendar {
        today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        week_start: Weekday::Mon,
        zone: zone.parse().unwrap(),
    }
}

fn every(kind: CampaignKind) -> CampaignFilter {
    CampaignFilter {
        range: RangeChoice::All,
        ..CampaignFilter::of_kind(kind)
    }
}

async fn list_all(store: &Store, ws: WorkspaceId, kind: CampaignKind) -> CampaignPage {
    store
        .list_campaigns(ws, &every(kind), calendar("UTC"), 200)
        .await
        .unwrap()
}

fn names(page: &CampaignPage) -> Vec<&str> {
    page.cards
        .iter()
        .map(|card| card.campaign.name.as_str())
        .collect()
}

async fn found(store: &Store, ws: WorkspaceId, query: &str) -> Vec<String> {
    let filter = CampaignFilter {
        query: query.to_owned(),
        ..every(CampaignKind::Messaging)
    };
    let page = store
        .list_campaigns(ws, &filter, calendar("UTC"), 200)
        .await
        .unwrap();
    assert_eq!(page.total, page.cards.len() as u64, "{query}");
    let mut names: Vec<String> = names(&page).into_iter().map(str::to_owned).collect();
    names.sort();
    names
}

#[tokio::test]
async fn search_takes_names_in_any_case_and_numbers_and_nothing_as_pattern() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        for name in [
            "Ofertas de Otoño",
            "100% off",
            "under_score",
            r"back\slash",
            "Summer 3",
            "ÉTÉ",
        ] {
            create(&store, ws, new(name, CampaignType::Sms)).await;
        }
        assert_eq!(found(&store, ws, "OTOÑO").await, ["Ofertas de Otoño"]);
        assert_eq!(found(&store, ws, "été").await, ["ÉTÉ"]);
        assert_eq!(found(&store, ws, "%").await, ["100% off"]);
        assert_eq!(found(&store, ws, "_").await, ["under_score"]);
        assert_eq!(found(&store, ws, r"\").await, [r"back\slash"]);
        assert_eq!(found(&store, ws, " summer ").await, ["Summer 3"]);
        // The third campaign, and the one with a 3 in its name; with # only the number.
        assert_eq!(found(&store, ws, "3").await, ["Summer 3", "under_score"]);
        assert_eq!(found(&store, ws, "#3").await, ["under_score"]);
        assert_eq!(found(&store, ws, "#99").await, Vec::<String>::new());
        assert_eq!(found(&store, ws, "' OR 1=1 --").await, Vec::<String>::new());
        assert_eq!(found(&store, ws, "a\0b").await, Vec::<String>::new());
        assert_eq!(found(&store, ws, "").await.len(), 6);
    }
}

#[tokio::test]
async fn days_are_those_of_the_zone() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "Europe/Madrid").await;
        // The last day of summer time in Madrid has 25 hours: 22:00 UTC the day before to 23:00 UTC.
        for (name, at) in [
            ("before", "2026-10-24T21:59:59.999999Z"),
            ("first", "2026-10-24T22:00:00Z"),
            ("last", "2026-10-25T22:59:59.999999Z"),
            ("after", "2026-10-25T23:00:00Z"),
        ] {
            let created_at = Some(at.parse().unwrap());
            create(
                &store,
                ws,
                NewCampaign {
                    created_at,
                    ..new(name, CampaignType::Sms)
                },
            )
            .await;
        }
        let day = NaiveDate::from_ymd_opt(2026, 10, 25).unwrap();
        let filter = CampaignFilter {
            range: RangeChoice::Custom(DateRange::between(day, day)),
            ..CampaignFilter::of_kind(CampaignKind::Messaging)
        };
        let page = store
            .list_campaigns(ws, &filter, calendar("Europe/Madrid"), 50)
            .await
            .unwrap();
        assert_eq!(names(&page), ["last", "first"]);
        let page = store
            .list_campaigns(ws, &filter, calendar("UTC"), 50)
            .await
            .unwrap();
        assert_eq!(names(&page), ["after", "last"]);
    }
}

#[test]
fn a_day_begins_after_a_gap_at_midnight() {
    for (zone, day, expected) in [
        // Clocks went from 0:00 to 1:00.
        ("America/Sao_Paulo", (2018, 11, 4), "2018-11-04T03:00:00Z"),
        // The whole day was skipped: the next one begins.
        ("Pacific/Apia", (2011, 12, 30), "2011-12-30T10:00:00Z"),
        // Midnight came twice: the first counts.
        ("America/Havana", (2026, 11, 1), "2026-11-01T04:00:00Z"),
        ("Australia/Lord_Howe", (2026, 4, 5), "2026-04-04T13:00:00Z"),
        ("Asia/Kathmandu", (2026, 1, 1), "2025-12-31T18:15:00Z"),
    ] {
        let (y, m, d) = day;
        let day = NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let expected: DateTime<Utc> = expected.parse().unwrap();
        assert_eq!(
            crate::report::start_of_day(zone.parse().unwrap(), day),
            expected.timestamp_micros(),
            "{zone}"
        );
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        for n in 0..25_i64 {
            // Several share an instant: the key decides between them.
            let created_at = Some(now() - Duration::hours(n / 4));
            let name = format!("c{n}");
            create(
                &store,
                ws,
                NewCampaign {
                    created_at,
                    ..new(&name, CampaignType::Sms)
                },
            )
            .await;
        }
        let whole = list_all(&store, ws, CampaignKind::Messaging).await;
        assert_eq!((whole.cards.len(), whole.next_cursor.as_ref()), (25, None));
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let filter = CampaignFilter {
                cursor,
                ..every(CampaignKind::Messaging)
            };
            let page = store
                .list_campaigns(ws, &filter, calendar("UTC"), 6)
                .await
                .unwrap();
            assert_eq!(page.total, 25);
            seen.extend(page.cards.into_iter().map(|card| card.campaign.id));
            // A campaign made meanwhile does not move the pages behind it.
            create(&store, ws, new("new", CampaignType::Poll)).await;
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        let expected: Vec<_> = whole
            .cards
            .into_iter()
            .map(|card| card.campaign.id)
            .collect();
        assert_eq!(seen, expected);
        let filter = CampaignFilter {
            cursor: Some("x".to_owned()),
            ..every(CampaignKind::Messaging)
        };
        let outcome = store.list_campaigns(ws, &filter, calendar("UTC"), 6).await;
        assert_eq!(invalid_field(outcome), "cursor");
    }
}

#[tokio::test]
async fn each_menu_counts_with_the_other_filters_applied() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        let date = Some(now() + Duration::days(1));
        for (campaign_type, scheduled_at, n) in [
            (CampaignType::Sms, None, 3),
            (CampaignType::Sms, date, 2),
            (CampaignType::Email, date, 4),
            (CampaignType::Poll, None, 1),
        ] {
            for _ in 0..n {
                let given = NewCampaign {
                    scheduled_at,
                    ..new("n", campaign_type)
                };
                create(&store, ws, given).await;
            }
        }
        let filter = CampaignFilter {
            campaign_type: Some(CampaignType::Sms),
            status: Some(CampaignStatus::Scheduled),
            ..every(CampaignKind::Messaging)
        };
        let page = store
            .list_campaigns(ws, &filter, calendar("UTC"), 50)
            .await
            .unwrap();
        assert_eq!(
            (page.total, page.cards.len(), page.tab_totals),
            (2, 2, (9, 1))
        );
        let type_count = |t| {
            page.by_type
                .iter()
                .find(|(found, _)| *found == t)
                .map(|(_, n)| *n)
        };
        let status_count = |s| {
            page.by_status
                .iter()
                .find(|(found, _)| *found == s)
                .map(|(_, n)| *n)
        };
        // Types count the scheduled ones, statuses count the text messages.
        assert_eq!(type_count(CampaignType::Sms), Some(2));
        assert_eq!(type_count(CampaignType::Email), Some(4));
        assert_eq!(type_count(CampaignType::Push), Some(0));
        assert_eq!(type_count(CampaignType::Poll), None);
        assert_eq!(status_count(CampaignStatus::Scheduled), Some(2));
        assert_eq!(status_count(CampaignStatus::Pending), Some(3));
        assert_eq!(status_count(CampaignStatus::Draft), None);
        assert_eq!(page.version, 10);
    }
}

#[tokio::test]
async fn a_list_of_ten_thousand_campaigns_stays_fast() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        let sql =
            "INSERT INTO campaign (workspace, id, number, name, name_folded, kind, type, sender,
                       status, created_us)
                   SELECT CAST($1 AS BIGINT), 'bulk' || CAST($1 AS TEXT) || '-' || n, n,
                       'Campaign ' || n, 'campaign ' || n, 'messaging', 'sms', '', 'pending', n
                   FROM (WITH RECURSIVE c(n) AS
                            (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 10000)
                         SELECT n FROM c) AS numbers";
        match store.db() {
            crate::Db::Sqlite { write, .. } => {
                sqlx::query(sql)
                    .bind(ws.0)
                    .execute(write)
                    .await
                    .map(drop)
                    .unwrap();
            }
            crate::Db::Postgres(pool) => {
                sqlx::query(sql)
                    .bind(ws.0)
                    .execute(pool)
                    .await
                    .map(drop)
                    .unwrap();
            }
        }
        let filter = CampaignFilter {
            query: "campaign 99".to_owned(),
            ..every(CampaignKind::Messaging)
        };
        let started = std::time::Instant::now();
        let page = store
            .list_campaigns(ws, &filter, calendar("UTC"), 50)
            .await
            .unwrap();
        let took = started.elapsed();
        assert_eq!((page.total, page.cards.len()), (111, 50));
        // Generous: a busy machine and an unoptimised build. An unbounded query takes many times this.
        assert!(took < std::time::Duration::from_millis(500), "{took:?}");
    }
}

proptest! {
    /// Whatever is patched: the outcome satisfies what a registration must, or nothing changed.
    #[test]
    fn a_patch_never_leaves_a_campaign_no_one_could_have(
        interactive: bool,
        from in prop::sample::select(CampaignStatus::ALL.to_vec()),
        to in prop::option::of(prop::sample::select(CampaignStatus::ALL.to_vec())),
        had_date: bool,
        date_h in prop::option::of(-48_i64..48),
    ) {
        let campaign_type = if interactive { CampaignType::Poll } else { CampaignType::Sms };
        let kind = campaign_type.kind();
        prop_assume!(CampaignStatus::of_kind(kind).contains(&from));
        let scheduled_at = had_date.then(|| now() + Duration::days(9));
        let given = NewCampaign { status: Some(from), scheduled_at, ..new("n", campaign_type) };
        // An interactive campaign can't be registered paused, but it can be patched while it is.
        let paused = interactive && from == CampaignStatus::Pending;
        prop_assume!(paused || rules::registered(given, now()).is_ok());
        let before = Campaign {
            id: "i".to_owned(),
            number: 1,
            external_id: None,
            name: "n".to_owned(),
            kind,
            campaign_type,
            sender: String::new(),
            status: from,
            created_at: now(),
            scheduled_at,
            was_live: paused,
            first_event_at: None,
            last_event_at: None,
            version: 1,
        };
        let scheduled_at = date_h.map(|h| now() + Duration::hours(h));
        let patch = CampaignPatch { status: to, scheduled_at, ..CampaignPatch::default() };
        if let Ok(after) = rules::patched(before.clone(), patch, now()) {
            prop_assert!(transition(kind, from, after.status).is_ok());
            prop_assert!(to.is_none_or(|to| after.status == to));
            let scheduled = after.status == CampaignStatus::Scheduled;
            prop_assert!(!scheduled || after.scheduled_at.is_some());
            let undated = matches!(after.status, CampaignStatus::Draft)
                || (!interactive && after.status == CampaignStatus::Pending);
            prop_assert!(!undated || after.scheduled_at.is_none());
            prop_assert!(after.was_live >= before.was_live);
            if after.scheduled_at != before.scheduled_at {
                prop_assert!(after.scheduled_at.is_none_or(|at| at > now()));
            }
        }
    }
}

#[tokio::test]
async fn no_campaign_goes_by_a_nul() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        for external_id in ["a\0b", "a\nb", "\u{7f}"] {
            let new = NewCampaign {
                external_id: Some(external_id.to_owned()),
                ..new("n", CampaignType::Sms)
            };
            let refused = store.create_campaign(ws, new, now()).await;
            assert_eq!(invalid_field(refused), "external_id", "{external_id:?}");
        }
        let missing = Refusal::not_found("campaign");
        let nul = "a\0b";
        assert_eq!(refusal(store.campaign(ws, nul).await), missing);
        assert_eq!(refusal(store.card(ws, nul).await), missing);
        let patch = status(CampaignStatus::Completed);
        assert_eq!(
            refusal(store.update_campaign(ws, nul, patch, now()).await),
            missing
        );
        assert_eq!(refusal(store.delete_campaign(ws, nul).await), missing);
        assert_eq!(refusal(store.deletion_obstacle(ws, nul).await), missing);
        let query = domain::ReportQuery::default();
        assert_eq!(refusal(store.report(ws, nul, &query, now()).await), missing);
        let query = crate::RecipientQuery::default();
        assert_eq!(refusal(store.recipients(ws, nul, &query).await), missing);
        assert_eq!(
            refusal(store.export_events(ws, nul).await.map(drop)),
            missing
        );
    }
}

#[tokio::test]
async fn a_campaign_that_events_set_going_was_live() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        let made = create(&store, ws, new("n", CampaignType::Sms)).await;
        assert!(!made.was_live);
        record(&store, ws, &made.id, EventKind::Sent).await;
        let going = store.campaign(ws, &made.id).await.unwrap();
        assert_eq!(
            (going.status, going.was_live),
            (CampaignStatus::InProgress, true)
        );
        let patch = status(CampaignStatus::Completed);
        let done = store
            .update_campaign(ws, &made.id, patch, now())
            .await
            .unwrap();
        assert!(done.was_live);
        assert!(store.campaign(ws, &made.id).await.unwrap().was_live);
    }
}
