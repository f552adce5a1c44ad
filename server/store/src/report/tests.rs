//! The reports against an oracle written from the definitions, on both engines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use domain::{
    EventKind as K, Evidence, EvidenceFilter, Fact, Report, ReportQuery,
    event::Dimension,
    money::Amount,
    report::{Bucket, Clock},
};
use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use crate::{Store, WorkspaceId, testing};

fn as_of() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap()
}

/// Random facts of one campaign around the Madrid change of clocks of 29 March 2026.
fn random_facts(rng: &mut ChaCha8Rng, campaign: &str, n: usize) -> Vec<Fact> {
    let start = Utc
        .with_ymd_and_hms(2026, 3, 27, 0, 0, 0)
        .unwrap()
        .timestamp_micros();
    let some = |rng: &mut ChaCha8Rng, values: &[&str]| {
        rng.random_bool(0.6)
            .then(|| values[rng.random_range(0..values.len())].to_owned())
    };
    (0..n)
        .map(|i| {
            let kind = K::ALL[rng.random_range(0..K::ALL.len())];
            let message = rng.random_range(0..n / 4 + 1);
            let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
            dimensions[Dimension::Link as usize] = some(rng, &["/a", "/b", "/c"]);
            dimensions[Dimension::Country as usize] = some(rng, &["ES", "PT"]);
            dimensions[Dimension::Os as usize] = some(rng, &["iOS", "Android"]);
            dimensions[Dimension::Carrier as usize] = some(rng, &["Movistar"]);
            dimensions[Dimension::Reason as usize] = some(rng, &["full", "unknown user"]);
            dimensions[Dimension::Variant as usize] = rng
                .random_bool(0.2)
                .then(|| ["A", "B"][rng.random_range(0..2)].to_owned());
            Fact {
                id: format!("{campaign}-{i}"),
                campaign: campaign.to_owned(),
                message: format!("m{message}"),
                // Some people get several messages.
                recipient: format!("r{}", message % (n / 6 + 1)),
                kind,
                at_us: start + rng.random_range(0..5 * 86_400_000_000_i64),
                received_us: start,
                evidence: Evidence::ALL[rng.random_range(0..Evidence::ALL.len())],
                raw_status: some(rng, &["DELIVRD", "ENROUTE", "SENT"]),
                dimensions,
                value: (kind == K::Converted && rng.random_bool(0.7)).then(|| {
                    (
                        Amount(rng.random_range(1..900_000)),
                        ["EUR", "USD"][rng.random_range(0..2)].to_owned(),
                    )
                }),
                user_agent: None,
                ip: None,
                props: None,
            }
        })
        .collect()
}

async fn report(store: &Store, ws: WorkspaceId, id: &str, query: &ReportQuery) -> Report {
    let mut report = store.report(ws, id, query, as_of()).await.unwrap();
    // The change number says how often something was written, not what.
    if let Some(campaign) = report.campaign.as_mut() {
        campaign.version = 0;
        campaign.id.clear();
        campaign.number = 0;
        campaign.external_id = None;
    }
    report
}

fn queries() -> Vec<ReportQuery> {
    let date = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
    let mut queries = Vec::new();
    for clock in [Clock::Send, Clock::Event] {
        for evidence in [EvidenceFilter::Human, EvidenceFilter::All] {
            for variant in [None, Some("A".to_owned())] {
                for (from, to, tz, bucket) in [
                    (None, None, None, Bucket::Hour),
                    (
                        date("2026-03-28"),
                        date("2026-03-29"),
                        None,
                        Bucket::Quarter,
                    ),
                    (
                        date("2026-03-29"),
                        date("2026-03-31"),
                        Some("Asia/Kathmandu"),
                        Bucket::Hour,
                    ),
                    (
                        date("2026-03-28"),
                        None,
                        Some("America/New_York"),
                        Bucket::Day,
                    ),
                    (
                        None,
                        date("2026-03-30"),
                        Some("Australia/Lord_Howe"),
                        Bucket::Day,
                    ),
                    (
                        date("2026-03-20"),
                        date("2026-04-10"),
                        Some("UTC"),
                        Bucket::Week,
                    ),
                ] {
                    queries.push(ReportQuery {
                        clock,
                        from,
                        to,
                        tz: tz.map(str::to_owned),
                        bucket,
                        evidence,
                        variant: variant.clone(),
                    });
                }
            }
        }
    }
    queries
}

#[tokio::test]
async fn any_order_repetition_and_batching_gives_the_same_bytes() {
    for store in testing::stores().await {
        for seed in 0..3 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let ws = testing::workspace(&store, "Europe/Madrid").await;
            let facts = random_facts(&mut rng, "x", 300);
            let as_campaign = |facts: &[Fact], name: &str| -> Vec<Fact> {
                facts
                    .iter()
                    .map(|fact| Fact {
                        id: format!("{name}{}", fact.id),
                        campaign: name.to_owned(),
                        ..fact.clone()
                    })
                    .collect()
            };
            for name in ["straight", "shuffled"] {
                testing::campaign(&store, ws, name, "email").await;
            }
            let outcome = store
                .ingest(ws, as_campaign(&facts, "straight"))
                .await
                .unwrap();
            assert_eq!((outcome.accepted, outcome.duplicate), (300, 0));

            let mut shuffled = as_campaign(&facts, "shuffled");
            let again: Vec<Fact> = shuffled.choose_multiple_cloned(&mut rng, 120);
            shuffled.extend(again);
            shuffled.shuffle(&mut rng);
            let (mut accepted, mut duplicate) = (0, 0);
            while !shuffled.is_empty() {
                let n = rng.random_range(1..=shuffled.len().min(40));
                let outcome = store
                    .ingest(ws, shuffled.drain(..n).collect())
                    .await
                    .unwrap();
                accepted += outcome.accepted;
                duplicate += outcome.duplicate;
            }
            assert_eq!((accepted, duplicate), (300, 120));

            for query in queries() {
                let bytes = |report: Report| serde_json::to_string(&report).unwrap();
                assert_eq!(
                    bytes(report(&store, ws, "straight", &query).await),
                    bytes(report(&store, ws, "shuffled", &query).await),
                    "{query:?}"
                );
            }
        }
    }
}

trait Choose {
    fn choose_multiple_cloned(&self, rng: &mut ChaCha8Rng, n: usize) -> Vec<Fact>;
}

impl Choose for Vec<Fact> {
    fn choose_multiple_cloned(&self, rng: &mut ChaCha8Rng, n: usize) -> Vec<Fact> {
        (0..n)
            .map(|_| self[rng.random_range(0..self.len())].clone())
            .collect()
    }
}

/// A message as the definitions see it, from the list of its facts.
struct Oracle<'a> {
    facts: Vec<&'a Fact>,
}

/// What a fact proves of its message; opens and clicks of machines prove nothing.
fn proof(fact: &Fact) -> u8 {
    let is_fetch = matches!(fact.kind, K::Opened | K::Read | K::Clicked)
        && matches!(fact.evidence, Evidence::Machine | Evidence::Scanner);
    if is_fetch { 0 } else { rank(fact.kind) }
}

fn rank(kind: K) -> u8 {
    match kind {
        K::Queued => 1,
        K::Unsent => 2,
        K::Sent => 3,
        K::SoftFailed => 4,
        K::Delivered => 5,
        K::Failed => 6,
        K::Opened | K::Read | K::Clicked | K::Replied | K::Converted => 7,
        _ => 0,
    }
}

impl Oracle<'_> {
    fn standing(&self) -> u8 {
        self.facts.iter().map(|fact| proof(fact)).max().unwrap_or(0)
    }

    fn first(&self, wanted: impl Fn(u8) -> bool) -> Option<i64> {
        self.facts
            .iter()
            .filter(|fact| wanted(proof(fact)))
            .map(|fact| fact.at_us)
            .min()
    }

    fn sent(&self) -> Option<i64> {
        self.first(|rank| rank >= 3)
    }

    fn delivered(&self) -> Option<i64> {
        if !matches!(self.standing(), 5 | 7) {
            return None;
        }
        self.first(|rank| matches!(rank, 5 | 7))
    }

    fn failed(&self) -> Option<i64> {
        if !matches!(self.standing(), 4 | 6) {
            return None;
        }
        self.first(|rank| matches!(rank, 4 | 6))
    }

    fn cohort(&self) -> i64 {
        match self.standing() {
            3.. => self.sent(),
            2 => self.first(|rank| rank == 2),
            1 => self.first(|rank| rank == 1),
            _ => None,
        }
        .unwrap_or_else(|| self.facts.iter().map(|fact| fact.at_us).min().unwrap())
    }

    fn variant(&self) -> Option<&str> {
        self.facts
            .iter()
            .filter_map(|f| f.dimensions[6].as_deref())
            .min()
    }
}

fn is_reaction(kind: K) -> bool {
    rank(kind) == 0 || rank(kind) == 7
}

fn is_counted(fact: &Fact, filter: EvidenceFilter) -> bool {
    let can_be_machine = matches!(fact.kind, K::Opened | K::Read | K::Clicked | K::Visited);
    let machine = matches!(
        fact.evidence,
        Evidence::Machine | Evidence::Scanner | Evidence::Prefetch
    );
    filter == EvidenceFilter::All || !(can_be_machine && machine)
}

fn check(query: &ReportQuery, report: &Report, facts: &[Fact]) {
    let tz: chrono_tz::Tz = query
        .tz
        .as_deref()
        .unwrap_or("Europe/Madrid")
        .parse()
        .unwrap();
    let date = |at_us: i64| tz.timestamp_micros(at_us).unwrap().date_naive();
    let inside = |at_us: i64| {
        query.from.is_none_or(|from| date(at_us) >= from)
            && query.to.is_none_or(|to| date(at_us) <= to)
    };
    let mut messages: BTreeMap<(&str, &str), Oracle<'_>> = BTreeMap::new();
    for fact in facts {
        messages
            .entry((&fact.message, &fact.recipient))
            .or_insert_with(|| Oracle { facts: Vec::new() })
            .facts
            .push(fact);
    }
    let of_variant = |message: &Oracle<'_>| {
        query
            .variant
            .as_deref()
            .is_none_or(|wanted| message.variant() == Some(wanted))
    };
    let chosen: Vec<&Oracle<'_>> = messages.values().filter(|m| of_variant(m)).collect();
    let cohort: Vec<&Oracle<'_>> = chosen
        .iter()
        .copied()
        .filter(|message| inside(message.cohort()))
        .collect();

    // Rates and statuses are the cohort's, whatever the clock.
    let n = |wanted: &[u8]| {
        cohort
            .iter()
            .filter(|m| wanted.contains(&m.standing()))
            .count() as u64
    };
    let (sent, delivered, failed) = (n(&[3, 4, 5, 6, 7]), n(&[5, 7]), n(&[4, 6]));
    assert_eq!(
        (report.rates.delivery.n, report.rates.delivery.d),
        (delivered, sent),
        "{query:?}"
    );
    assert_eq!(
        (report.rates.failure.n, report.rates.transit.n),
        (failed, sent - delivered - failed)
    );
    assert_eq!(
        report.statuses.iter().map(|bar| bar.count).sum::<u64>(),
        n(&[1, 2, 3, 4, 5, 6, 7])
    );

    // The facts that count by the clock asked for.
    let counted: Vec<&Fact> = match query.clock {
        Clock::Send => cohort
            .iter()
            .flat_map(|m| m.facts.iter().copied())
            .collect(),
        Clock::Event => chosen
            .iter()
            .flat_map(|m| m.facts.iter().copied())
            .filter(|fact| inside(fact.at_us))
            .collect(),
    };
    let counted: Vec<&Fact> = counted
        .into_iter()
        .filter(|fact| is_counted(fact, query.evidence))
        .collect();
    for kind in K::ALL.iter().copied().filter(|kind| is_reaction(*kind)) {
        let of_kind: Vec<&&Fact> = counted.iter().filter(|fact| fact.kind == kind).collect();
        let people: BTreeSet<&str> = of_kind.iter().map(|fact| fact.recipient.as_str()).collect();
        let tally = report.kpis.tally(kind).unwrap();
        assert_eq!(
            (tally.total, tally.unique),
            (of_kind.len() as u64, people.len() as u64),
            "{kind} {query:?}"
        );
        let points: u64 = report
            .series
            .points
            .iter()
            .filter_map(|point| point.counts.get(kind.as_str()))
            .sum();
        assert_eq!(points, tally.total, "Σ points of {kind} {query:?}");
    }
    let mut worth: BTreeMap<&str, i64> = BTreeMap::new();
    for fact in counted.iter().filter(|fact| fact.kind == K::Converted) {
        if let Some((amount, currency)) = &fact.value {
            *worth.entry(currency).or_insert(0) += amount.0;
        }
    }
    let shown: BTreeMap<&str, i64> = report
        .kpis
        .converted
        .currency
        .as_deref()
        .map(|currency| (currency, report.kpis.converted.value.0))
        .into_iter()
        .chain(
            report
                .kpis
                .converted
                .other_values
                .iter()
                .map(|(c, amount)| (c.as_str(), amount.0)),
        )
        .collect();
    assert_eq!(shown, worth, "{query:?}");

    // Messages by moment.
    type Moment = for<'a, 'b> fn(&'a Oracle<'b>) -> Option<i64>;
    let moments: [(&str, u64, Moment); 3] = [
        ("sent", report.kpis.sent, |m| m.sent()),
        ("delivered", report.kpis.delivered, |m| m.delivered()),
        ("failed", report.kpis.failed, |m| m.failed()),
    ];
    for (name, kpi, at) in moments {
        let expected = match query.clock {
            Clock::Send => cohort.iter().filter(|m| at(m).is_some()).count(),
            Clock::Event => chosen.iter().filter(|m| at(m).is_some_and(inside)).count(),
        } as u64;
        assert_eq!(kpi, expected, "{name} {query:?}");
        let points: u64 = report
            .series
            .points
            .iter()
            .filter_map(|point| point.counts.get(name))
            .sum();
        assert_eq!(points, kpi, "Σ points of {name} {query:?}");
    }

    // Each point, by the wall clock.
    if query.bucket == Bucket::Day {
        for point in &report.series.points {
            let day: NaiveDate = point.at[..10].parse().unwrap();
            let expected = match query.clock {
                Clock::Send => cohort
                    .iter()
                    .filter(|m| date(m.cohort()) == day)
                    .flat_map(|m| &m.facts)
                    .filter(|f| f.kind == K::Clicked && is_counted(f, query.evidence))
                    .count(),
                Clock::Event => counted
                    .iter()
                    .filter(|f| f.kind == K::Clicked && date(f.at_us) == day)
                    .count(),
            } as u64;
            assert_eq!(point.counts["clicked"], expected, "{day} {query:?}");
        }
    }

    // Breakdowns.
    for dimension in Dimension::ALL {
        let mut rows: BTreeMap<&str, (u64, BTreeSet<&str>)> = BTreeMap::new();
        for fact in &counted {
            let is_of = match dimension {
                Dimension::Link => fact.kind == K::Clicked,
                Dimension::Carrier => matches!(fact.kind, K::Delivered | K::SoftFailed | K::Failed),
                Dimension::Reason => matches!(
                    fact.kind,
                    K::Failed | K::SoftFailed | K::Unsent | K::Unsubscribed | K::Complained
                ),
                _ => rank(fact.kind) == 7 || (13..23).contains(&fact.kind.code()),
            };
            if let (true, Some(value)) = (is_of, &fact.dimensions[dimension as usize]) {
                let row = rows.entry(value).or_default();
                row.0 += 1;
                row.1.insert(&fact.recipient);
            }
        }
        let expected: BTreeMap<&str, (u64, u64)> = rows
            .into_iter()
            .map(|(value, (total, people))| (value, (total, people.len() as u64)))
            .collect();
        let shown: BTreeMap<&str, (u64, u64)> = report.breakdowns[&dimension]
            .iter()
            .map(|row| (row.value.as_str(), (row.total, row.unique)))
            .collect();
        assert_eq!(shown, expected, "{dimension:?} {query:?}");
    }
}

#[tokio::test]
async fn every_figure_equals_the_oracle() {
    for store in testing::stores().await {
        for seed in 10..13 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let ws = testing::workspace(&store, "Europe/Madrid").await;
            testing::campaign(&store, ws, "c", "email").await;
            let facts = random_facts(&mut rng, "c", 400);
            for batch in facts.chunks(37) {
                store.ingest(ws, batch.to_vec()).await.unwrap();
            }
            for query in queries() {
                check(&query, &report(&store, ws, "c", &query).await, &facts);
            }
        }
    }
}

#[tokio::test]
async fn the_workspace_adds_its_campaigns_up() {
    for store in testing::stores().await {
        let mut rng = ChaCha8Rng::seed_from_u64(99);
        let ws = testing::workspace(&store, "Europe/Madrid").await;
        let mut all = Vec::new();
        for name in ["a", "b"] {
            testing::campaign(&store, ws, name, "sms").await;
            let facts = random_facts(&mut rng, name, 200);
            store.ingest(ws, facts.clone()).await.unwrap();
            all.extend(facts);
        }
        for (from, to, tz) in [
            (None, None, None),
            (Some("2026-03-28"), Some("2026-03-30"), Some("Asia/Kolkata")),
            (Some("2026-03-28"), Some("2026-03-30"), Some("UTC")),
        ] {
            let query = ReportQuery {
                from: from.map(|date| date.parse().unwrap()),
                to: to.map(|date| date.parse().unwrap()),
                tz: tz.map(str::to_owned),
                bucket: Bucket::Day,
                ..ReportQuery::default()
            };
            let report = store.account_report(ws, &query, as_of()).await.unwrap();
            let zone: chrono_tz::Tz = tz.unwrap_or("Europe/Madrid").parse().unwrap();
            let inside = |fact: &&Fact| {
                let day = zone.timestamp_micros(fact.at_us).unwrap().date_naive();
                query.from.is_none_or(|from| day >= from) && query.to.is_none_or(|to| day <= to)
            };
            let clicks: Vec<&Fact> = all
                .iter()
                .filter(inside)
                .filter(|f| f.kind == K::Clicked && is_counted(f, EvidenceFilter::Human))
                .collect();
            let people: BTreeSet<&str> = clicks.iter().map(|f| f.recipient.as_str()).collect();
            assert_eq!(report.kpis.clicked.total, clicks.len() as u64);
            assert_eq!(report.kpis.clicked.unique, people.len() as u64);
            let spain = all
                .iter()
                .filter(inside)
                .filter(|f| f.dimensions[1].as_deref() == Some("ES"))
                .filter(|f| rank(f.kind) == 7 || (13..23).contains(&f.kind.code()))
                .filter(|f| is_counted(f, EvidenceFilter::Human))
                .count() as u64;
            let shown = report.breakdowns[&Dimension::Country]
                .iter()
                .find(|r| r.value == "ES");
            assert_eq!(shown.map_or(0, |row| row.total), spain);
        }
    }
}

#[tokio::test]
async fn an_event_id_counts_once_whatever_its_time() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        let other = testing::workspace(&store, "UTC").await;
        testing::campaign(&store, ws, "c", "sms").await;
        testing::campaign(&store, other, "c", "sms").await;
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let fact = random_facts(&mut rng, "c", 1).remove(0);
        let moved = Fact {
            at_us: fact.at_us + 3 * 86_400_000_000,
            ..fact.clone()
        };
        let outcome = store
            .ingest(ws, vec![fact.clone(), fact.clone(), moved.clone()])
            .await
            .unwrap();
        assert_eq!((outcome.accepted, outcome.duplicate), (1, 2));
        let outcome = store.ingest(ws, vec![moved, fact.clone()]).await.unwrap();
        assert_eq!((outcome.accepted, outcome.duplicate), (0, 2));
        // Another tenant's ids are its own; a campaign of another tenant is unknown.
        assert_eq!(
            store
                .ingest(other, vec![fact.clone()])
                .await
                .unwrap()
                .accepted,
            1
        );
        let stray = Fact {
            id: "y".to_owned(),
            campaign: "nowhere".to_owned(),
            ..fact
        };
        let outcome = store.ingest(ws, vec![stray]).await.unwrap();
        assert_eq!(outcome.rejected[0].1.code, "unknown_campaign");
    }
}

#[tokio::test]
async fn ids_and_figures_survive_a_restart() {
    let dir = testing::directory();
    let url = format!("sqlite://{}", dir.join("restart.db").display());
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let facts = random_facts(&mut rng, "c", 100);
    let ws = {
        let store = Store::connect(&url).await.unwrap();
        let ws = testing::workspace(&store, "UTC").await;
        testing::campaign(&store, ws, "c", "push").await;
        store.ingest(ws, facts[..60].to_vec()).await.unwrap();
        ws
    };
    let store = Store::connect(&url).await.unwrap();
    let outcome = store.ingest(ws, facts.clone()).await.unwrap();
    assert_eq!((outcome.accepted, outcome.duplicate), (40, 60));
    let query = ReportQuery {
        tz: Some("Europe/Madrid".to_owned()),
        ..ReportQuery::default()
    };
    check(&query, &report(&store, ws, "c", &query).await, &facts);
    std::fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn two_writers_on_one_database_lose_nothing() {
    for store in testing::stores().await {
        let url = match store.db() {
            crate::Db::Sqlite { path, .. } => format!("sqlite://{}", path.display()),
            crate::Db::Postgres(pool) => {
                let options = pool.connect_options();
                sqlx::ConnectOptions::to_url_lossy(options.as_ref()).to_string()
            }
        };
        let second = Store::connect(&url).await.unwrap();
        let ws = testing::workspace(&store, "Europe/Madrid").await;
        testing::campaign(&store, ws, "c", "email").await;
        let facts = random_facts(&mut ChaCha8Rng::seed_from_u64(21), "c", 600);
        // Both get every fact, in batches that overlap: each counts once.
        let post = |store: Store, size: usize| {
            let batches: Vec<Vec<Fact>> = facts.chunks(size).map(<[Fact]>::to_vec).collect();
            tokio::spawn(async move {
                let mut accepted = 0;
                for batch in batches {
                    accepted += store.ingest(ws, batch).await.unwrap().accepted;
                }
                accepted
            })
        };
        let (first, other) = (post(store.clone(), 7), post(second.clone(), 11));
        assert_eq!(first.await.unwrap() + other.await.unwrap(), 600);
        for query in queries() {
            check(&query, &report(&store, ws, "c", &query).await, &facts);
        }
    }
}

/// The figure that the points of a kind add up to.
fn figure(report: &Report, kind: K) -> u64 {
    match kind {
        K::Queued => report.kpis.queued,
        K::Unsent => report.kpis.unsent,
        K::Sent => report.kpis.sent,
        K::Delivered => report.kpis.delivered,
        K::Failed => report.kpis.failed,
        kind => report.kpis.tally(kind).unwrap().total,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_of_one_moment_while_events_arrive() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        testing::campaign(&store, ws, "c", "email").await;
        let facts = random_facts(&mut ChaCha8Rng::seed_from_u64(31), "c", 1_200);
        store.ingest(ws, facts[..6].to_vec()).await.unwrap();
        let writer = {
            let (store, facts) = (store.clone(), facts.clone());
            tokio::spawn(async move {
                for batch in facts[6..].chunks(6) {
                    store.ingest(ws, batch.to_vec()).await.unwrap();
                }
            })
        };
        let whole = ReportQuery {
            clock: Clock::Event,
            bucket: Bucket::Hour,
            ..ReportQuery::default()
        };
        // Ranges that hold everything: the people come from another family of roll-ups.
        let ranged = ReportQuery {
            from: "2026-03-20".parse().ok(),
            to: "2026-04-10".parse().ok(),
            ..whole.clone()
        };
        let mut seen = BTreeSet::new();
        while !writer.is_finished() {
            for query in [&whole, &ranged] {
                let reports = [
                    store.report(ws, "c", query, as_of()).await.unwrap(),
                    store.account_report(ws, query, as_of()).await.unwrap(),
                ];
                for report in reports {
                    for kind in domain::report::series_kinds() {
                        let points = report.series.points.iter();
                        let sum: u64 = points.map(|point| point.counts[kind.as_str()]).sum();
                        assert_eq!(sum, figure(&report, kind), "{kind} {query:?}");
                    }
                    seen.insert(report.kpis.clicked.total);
                }
            }
        }
        writer.await.unwrap();
        assert!(seen.len() > 1, "no report was made while events arrived");
        for query in [&whole, &ranged] {
            let query = ReportQuery {
                tz: Some("UTC".to_owned()),
                ..query.clone()
            };
            check(&query, &report(&store, ws, "c", &query).await, &facts);
        }
    }
}

#[tokio::test]
async fn points_have_every_kind_of_any_campaign() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        // An invitation by WhatsApp is read, whatever the campaign is.
        testing::campaign(&store, ws, "c", "raffle").await;
        let facts = random_facts(&mut ChaCha8Rng::seed_from_u64(8), "c", 200);
        store.ingest(ws, facts).await.unwrap();
        for clock in [Clock::Send, Clock::Event] {
            let query = ReportQuery {
                clock,
                ..ReportQuery::default()
            };
            let report = report(&store, ws, "c", &query).await;
            assert!(report.kpis.read.total > 0);
            for kind in domain::report::series_kinds() {
                let points = report.series.points.iter();
                let sum: u64 = points.map(|point| point.counts[kind.as_str()]).sum();
                assert_eq!(sum, figure(&report, kind), "{kind} {clock:?}");
            }
        }
    }
}

/// Characters of three bytes that don't compress, and one-byte ones for the rest.
fn dense_text(rng: &mut ChaCha8Rng, bytes: usize) -> String {
    let mut text: String = (0..bytes / 3)
        .map(|_| char::from_u32(rng.random_range(0x4E00..0x9FFF)).unwrap())
        .collect();
    text.push_str(&"x".repeat(bytes % 3));
    text
}

#[tokio::test]
async fn the_longest_values_are_kept_and_reported() {
    use domain::event::{LINK_BYTES_MAX, VALUE_BYTES_MAX};
    for store in testing::stores().await {
        let mut rng = ChaCha8Rng::seed_from_u64(12);
        let ws = testing::workspace(&store, "UTC").await;
        testing::campaign(&store, ws, "c", "email").await;
        let values = Dimension::ALL.map(|dimension| {
            let bytes = if dimension == Dimension::Link {
                LINK_BYTES_MAX
            } else {
                VALUE_BYTES_MAX
            };
            dense_text(&mut rng, bytes)
        });
        let mut facts = random_facts(&mut rng, "c", 2);
        for (fact, kind) in facts.iter_mut().zip([K::Clicked, K::Failed]) {
            fact.kind = kind;
            fact.evidence = Evidence::Human;
            fact.dimensions = values.clone().map(Some);
        }
        assert_eq!(store.ingest(ws, facts).await.unwrap().accepted, 2);
        let report = report(&store, ws, "c", &ReportQuery::default()).await;
        for dimension in Dimension::ALL {
            let shown: Vec<&str> = report.breakdowns[&dimension]
                .iter()
                .map(|row| row.value.as_str())
                .collect();
            assert_eq!(
                shown,
                [values[dimension as usize].as_str()],
                "{dimension:?}"
            );
        }
        let query = ReportQuery {
            variant: Some(values[Dimension::Variant as usize].clone()),
            ..ReportQuery::default()
        };
        let of_variant = store.report(ws, "c", &query, as_of()).await.unwrap();
        assert_eq!(of_variant.kpis.clicked.total, 1);
    }
}

#[tokio::test]
async fn a_variant_with_a_nul_is_refused() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        testing::campaign(&store, ws, "c", "email").await;
        for clock in [Clock::Send, Clock::Event] {
            let query = ReportQuery {
                clock,
                variant: Some("A\0".to_owned()),
                ..ReportQuery::default()
            };
            let refused = store.report(ws, "c", &query, as_of()).await;
            let field = match refused {
                Err(crate::Error::Refused(domain::Refusal::Invalid { field, .. })) => field,
                other => panic!("expected a refusal, got {other:?}"),
            };
            assert_eq!(field, "variant");
        }
    }
}

#[tokio::test]
async fn an_email_given_up_has_not_bounced() {
    for store in testing::stores().await {
        let ws = testing::workspace(&store, "UTC").await;
        for (campaign, expected) in [("email", 3), ("sms", 5)] {
            testing::campaign(&store, ws, campaign, campaign).await;
            let mut facts = random_facts(&mut ChaCha8Rng::seed_from_u64(3), campaign, 6);
            let states = [
                (K::Failed, Some("BOUNCED_PERMANENT")),
                (K::SoftFailed, Some("BOUNCED")),
                (K::SoftFailed, None),
                (K::Failed, Some("EXHAUSTED")),
                (K::Failed, Some("BLOCKED_DUE_BAD_BEHAVIOUR")),
                (K::Delivered, Some("DELIVERED")),
            ];
            for (n, (fact, (kind, raw))) in facts.iter_mut().zip(states).enumerate() {
                fact.message = format!("m{n}");
                fact.kind = kind;
                fact.raw_status = raw.map(str::to_owned);
            }
            store.ingest(ws, facts).await.unwrap();
            let rates = report(&store, ws, campaign, &ReportQuery::default())
                .await
                .rates;
            assert_eq!((rates.failure.n, rates.failure.d), (5, 6), "{campaign}");
            assert_eq!(
                (rates.bounce.n, rates.bounce.d),
                (expected, 6),
                "{campaign}"
            );
        }
    }
}
