use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Duration, Offset, TimeZone, Utc};
use domain::{CampaignKind, CampaignStatus, CampaignType, Event, EventKind as K};

use store::Store;

use super::{
    LIVE_MESSAGING, load,
    people::{APPLE_PROXY, Mailbox, PREVIEWS, Person, SCANNERS},
    plan::Plan,
    remove, rhythm,
};
use crate::{
    clock::Clock,
    enrich::{Agents, Enrich},
};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 15, 4, 5).unwrap()
}

fn plan(seed: u64, events: u32) -> (Plan, Vec<Event>) {
    let plan = Plan::new(seed, events, now());
    let all = plan.stream().collect();
    (plan, all)
}

#[test]
fn equal_arguments_give_equal_events() {
    let (_, one) = plan(7, 6_000);
    let (_, two) = plan(7, 6_000);
    let (_, other) = plan(8, 6_000);
    assert_eq!(one, two);
    assert_ne!(one, other);
}

#[test]
fn it_has_about_as_many_events_as_asked_for() {
    for wanted in [5_000_u32, 60_000] {
        let (_, events) = plan(7, wanted);
        let share = events.len() as f64 / f64::from(wanted);
        assert!(
            (0.85..1.15).contains(&share),
            "{} events for {wanted}",
            events.len()
        );
    }
}

#[test]
fn every_type_and_status_occurs() {
    let plan = Plan::new(7, 20_000, now());
    let of = |kind| plan.campaigns.iter().filter(move |c| c.new.kind == kind);
    assert_eq!(of(CampaignKind::Messaging).count(), 130);
    assert_eq!(of(CampaignKind::Interactive).count(), 40);
    for kind in CampaignKind::ALL {
        let statuses: BTreeSet<_> = of(kind).map(|c| c.status).collect();
        assert_eq!(
            statuses,
            CampaignStatus::of_kind(kind).iter().copied().collect()
        );
        let types: BTreeSet<_> = of(kind).map(|c| c.new.campaign_type).collect();
        assert_eq!(types, CampaignType::of_kind(kind).collect());
    }
    // Each channel has one that is being sent, and only campaigns that have begun have people in them.
    let sending: BTreeSet<_> = of(CampaignKind::Messaging)
        .filter(|c| c.status == CampaignStatus::InProgress)
        .map(|c| c.new.campaign_type)
        .collect();
    assert_eq!(sending.len(), 5);
    for c in &plan.campaigns {
        let begun = !matches!(
            (c.new.kind, c.status),
            (
                CampaignKind::Messaging,
                CampaignStatus::Scheduled | CampaignStatus::Pending
            ) | (
                _,
                CampaignStatus::Draft | CampaignStatus::Scheduled | CampaignStatus::Processing
            )
        );
        assert_eq!(c.run.is_some(), begun, "{}", c.new.name);
        assert!(c.new.name.chars().count() <= 200 && !c.new.name.is_empty());
        assert!(
            c.new.created_at.is_some_and(|at| at <= now()),
            "{}",
            c.new.name
        );
    }
    let names: BTreeSet<_> = plan.campaigns.iter().map(|c| &c.new.name).collect();
    assert!(names.iter().any(|name| name.contains("<b>")));
    let ids: BTreeSet<_> = plan.campaigns.iter().map(|c| &c.new.external_id).collect();
    assert_eq!(ids.len(), plan.campaigns.len());
}

#[test]
fn every_event_is_acceptable_and_some_come_twice() {
    let (plan, events) = plan(7, 200_000);
    let mut seen: HashMap<&str, &Event> = HashMap::new();
    let mut repeated = 0;
    for event in &events {
        assert_eq!(event.check(plan.now), Ok(()));
        assert!(event.at <= plan.now);
        if let Some(first) = seen.insert(&event.id, event) {
            assert_eq!(first, event);
            repeated += 1;
        }
    }
    assert!(repeated > events.len() / 500, "{repeated} repeated");
    let kinds: BTreeSet<_> = events.iter().map(|event| event.kind).collect();
    // What people do without a message comes with the campaign that has a holdout, after the plan.
    let planned = K::ALL.iter().copied().filter(|kind| *kind != K::Achieved);
    assert_eq!(kinds, planned.collect(), "a kind is missing");
}

/// What happened to the messages of one channel, in completed campaigns.
fn outcomes(plan: &Plan, events: &[Event], channel: CampaignType) -> BTreeMap<K, BTreeSet<String>> {
    let campaigns: BTreeSet<_> = plan
        .campaigns
        .iter()
        .filter(|c| c.new.campaign_type == channel && c.status == CampaignStatus::Completed)
        .filter_map(|c| c.new.external_id.clone())
        .collect();
    let mut found: BTreeMap<K, BTreeSet<String>> = BTreeMap::new();
    for event in events
        .iter()
        .filter(|event| campaigns.contains(&event.campaign))
    {
        found
            .entry(event.kind)
            .or_default()
            .insert(event.message.clone());
    }
    found
}

#[test]
fn rates_are_near_their_sources() {
    let (plan, events) = plan(7, 150_000);
    let rate = |channel, kind: K, base: K| {
        let found = outcomes(&plan, &events, channel);
        let count = |kind| found.get(&kind).map_or(0, BTreeSet::len) as f64;
        count(kind) / count(base)
    };
    for (channel, kind, base, low, high) in [
        (CampaignType::Sms, K::Delivered, K::Sent, 0.93, 0.975),
        (CampaignType::Sms, K::Clicked, K::Delivered, 0.05, 0.15),
        (CampaignType::Email, K::Delivered, K::Sent, 0.965, 0.995),
        // With the machines: the 35 to 36 % that every pixel sees.
        (CampaignType::Email, K::Opened, K::Delivered, 0.30, 0.42),
        (CampaignType::Email, K::Failed, K::Sent, 0.0009, 0.013),
        (CampaignType::WhatsApp, K::Read, K::Delivered, 0.55, 0.8),
        (CampaignType::Push, K::Opened, K::Delivered, 0.015, 0.05),
        (CampaignType::Rcs, K::Read, K::Delivered, 0.5, 0.75),
    ] {
        let found = rate(channel, kind, base);
        assert!((low..high).contains(&found), "{channel} {kind}: {found}");
    }
}

#[test]
fn a_campaign_in_progress_is_half_sent() {
    let (plan, events) = plan(7, 60_000);
    let half = plan
        .campaigns
        .iter()
        .filter(|c| c.run.is_some_and(|run| run.queued));
    let mut found = 0;
    for c in half {
        let of = |kind: K| {
            let id = c.new.external_id.as_deref();
            let messages = events
                .iter()
                .filter(|e| Some(e.campaign.as_str()) == id && e.kind == kind);
            messages.map(|e| &e.message).collect::<BTreeSet<_>>().len() as f64
        };
        let share = of(K::Sent) / of(K::Queued);
        assert!((0.35..0.65).contains(&share), "{}: {share}", c.new.name);
        found += 1;
    }
    assert_eq!(found, 6);
}

#[test]
fn one_campaign_runs_through_a_clock_change() {
    for at in [
        "2026-11-23T15:04:05Z",
        "2026-07-01T00:00:00Z",
        "2027-03-28T01:00:00Z",
    ] {
        let now: DateTime<Utc> = at.parse().unwrap();
        let change = rhythm::last_clock_change(now);
        let offset =
            |at: DateTime<Utc>| rhythm::ZONE.offset_from_utc_datetime(&at.naive_utc()).fix();
        assert!(
            change <= now && now - change < Duration::days(220),
            "{change} before {now}"
        );
        assert_ne!(offset(change), offset(change - Duration::seconds(1)));
        let plan = Plan::new(7, 8_000, now);
        let through = plan
            .campaigns
            .iter()
            .filter_map(|c| c.run.map(|run| (c, run)))
            .any(|(c, run)| {
                c.new.campaign_type == CampaignType::Email
                    && run.starts < change
                    && run.starts + run.lasts > change + Duration::hours(1)
                    && run.lasts < Duration::days(1)
            });
        assert!(through || now - change < Duration::hours(1));
    }
}

#[test]
fn nobody_in_it_can_be_reached() {
    let (_, events) = plan(7, 20_000);
    for event in &events {
        let who = &event.recipient;
        let harmless = who.starts_with("+34 50")
            || who.ends_with("@example.com")
            || who.ends_with("@example.org")
            || who.ends_with("@example.net")
            || who.starts_with("apns-")
            || who.starts_with("fcm-");
        assert!(harmless, "{who}");
    }
}

#[test]
fn machines_and_people_are_told_apart() {
    let agents = Agents::default();
    assert!(
        !agents
            .read(APPLE_PROXY)
            .evidence(K::Opened)
            .is_human_likely()
    );
    for agent in SCANNERS.iter().chain(&PREVIEWS) {
        assert!(
            !agents.read(agent).evidence(K::Clicked).is_human_likely(),
            "{agent}"
        );
    }
    for index in 0..500 {
        let person = Person::new(7, index);
        for agent in [person.browser(), person.phone_browser()] {
            assert!(
                agents.read(agent).evidence(K::Clicked).is_human_likely(),
                "{agent}"
            );
        }
        if person.mailbox != Mailbox::Apple {
            let agent = person.mail_agent();
            assert!(
                agents.read(agent).evidence(K::Opened).is_human_likely(),
                "{agent}"
            );
        }
    }
}

/// A database file of its own, gone with the value.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("reportage-demo-{name}-{}.db", std::process::id())))
    }

    async fn open(&self) -> Store {
        Store::connect(&format!("sqlite://{}", self.0.display()))
            .await
            .unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _gone = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn loading_twice_changes_nothing_and_removing_leaves_nothing() {
    let file = File::new("load");
    let store = file.open().await;
    let enrich = Enrich::default();
    let first = load(&store, &enrich, 7, 5_000, now()).await.unwrap();
    assert_eq!((first.campaigns, first.rejected), (170, 0));
    assert!(first.accepted > 4_000 && first.duplicate > 0, "{first:?}");

    // Ten days later, it is still the demonstration of the first day.
    let again = load(&store, &enrich, 7, 5_000, now() + Duration::days(10))
        .await
        .unwrap();
    assert_eq!((again.campaigns, again.accepted, again.rejected), (0, 0, 0));
    assert_eq!(again.duplicate, first.accepted + first.duplicate);
    assert!(
        load(&store, &enrich, 8, 5_000, now()).await.is_err(),
        "another seed"
    );

    let ws = store.workspaces().await.unwrap().remove(0);
    assert!(ws.is_demo);
    the_holdout_tells_what_its_campaign_brought(&store, ws.id).await;
    let (plan, _) = plan(7, 5_000);
    for planned in &plan.campaigns {
        let id = planned.new.external_id.as_deref().unwrap();
        let campaign = store.campaign(ws.id, id).await.unwrap();
        assert_eq!(campaign.status, planned.status, "{}", campaign.name);
        let was_live = matches!(
            planned.status,
            CampaignStatus::Pending | CampaignStatus::Live
        ) && planned.new.kind == CampaignKind::Interactive;
        assert!(campaign.was_live || !was_live, "{}", campaign.name);
    }

    assert!(remove(&store).await.unwrap());
    assert!(!remove(&store).await.unwrap());
    assert!(store.workspaces().await.unwrap().is_empty());
    let anew = load(&store, &enrich, 8, 5_000, now()).await.unwrap();
    assert!(anew.accepted > 4_000 && anew.rejected == 0, "{anew:?}");
}

/// The campaign that was sent with a holdout is over, everybody's orders are found, and the difference shows.
async fn the_holdout_tells_what_its_campaign_brought(store: &Store, ws: store::WorkspaceId) {
    let trial = store.trial(ws, super::holdout::ID).await.unwrap().unwrap();
    let uplift = domain::uplift::Uplift::of(&trial);
    assert_eq!((uplift.strangers, uplift.credited), (0, 0));
    assert!(!uplift.is_ratio_off, "{uplift:?}");
    let people = uplift.arms[0].people + uplift.holdout.people;
    assert_eq!(people, 1_200);
    assert!(uplift.arms[0].written > 600 && uplift.holdout.written == 0);
    assert_eq!(uplift.outcomes.len(), 1);
    assert_eq!(uplift.outcomes[0].effect, domain::uplift::Effect::Raised);
    assert_eq!(uplift.outcomes[0].worth[0].currency, "EUR");
    let card = store.campaign(ws, super::holdout::ID).await.unwrap();
    assert_eq!(card.status, CampaignStatus::Completed);
    // What people bought without a message is no message.
    let report = store
        .report(
            ws,
            super::holdout::ID,
            &domain::ReportQuery::default(),
            now(),
        )
        .await
        .unwrap();
    assert_eq!(report.kpis.sent, uplift.arms[0].written);
    assert_eq!(report.kpis.converted.total, 0);
    assert!(report.kpis.achieved.unique > 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_mode_moves_the_demonstration_alone() {
    let file = File::new("live");
    let store = file.open().await;
    let enrich = std::sync::Arc::new(Enrich::default());
    load(&store, &enrich, 7, 5_000, now()).await.unwrap();
    let ws = store.workspaces().await.unwrap().remove(0).id;
    let before = store.campaign(ws, LIVE_MESSAGING).await.unwrap();

    let mut changes = store.subscribe();
    let end = tokio_util::sync::CancellationToken::new();
    let clock = Clock::default();
    let moving = tokio::spawn(super::live(store.clone(), enrich, clock, end.clone()));
    let change = tokio::time::timeout(std::time::Duration::from_secs(30), changes.recv()).await;
    assert_eq!(change.unwrap().unwrap().workspace, ws);
    end.cancel();
    moving.await.unwrap();
    let last = store.version(ws).await.unwrap();
    assert!(last > before.version);
}
