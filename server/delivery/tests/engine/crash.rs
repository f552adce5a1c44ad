//! Killed at random points, many times: nothing acknowledged is lost, nothing is sent twice silently.

use std::{
    collections::{HashMap, HashSet},
    fs::{File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use carrier::{
    Outgoing, Settings, Submission,
    send::{Answer, Carrier},
};
use chrono::{DateTime, TimeDelta, Utc};
use delivery::{Clock, Engine, Options};
use domain::{carrier::Protocol, sending::HeldDecision};
use store::Store;
use tokio_util::sync::CancellationToken;

use crate::house::{Given, House, assert_adds_up, file, options};

const PEOPLE: usize = 10_000;
const KILLS: usize = 12;
/// Environment of the process that is killed: the database, and the account's key.
const DATABASE: &str = "DELIVERY_CRASH_DATABASE";
const ACCOUNT: &str = "DELIVERY_CRASH_ACCOUNT";

/// Writes each submission to a file before it answers: what is in the file was handed over, whatever happens next.
struct Ledger(Mutex<File>);

impl Ledger {
    fn at(path: &Path) -> Arc<Self> {
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        Arc::new(Self(Mutex::new(file)))
    }
}

impl Carrier for Ledger {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(async move {
            let line = format!("{}\n", message.message);
            self.0.lock().unwrap().write_all(line.as_bytes()).unwrap();
            // The answer is on its way for a while.
            tokio::time::sleep(Duration::from_millis(3)).await;
            crate::carriers::accepted()
        })
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a process of its own has a clock of its own"
)]
fn system_clock() -> Clock {
    Arc::new(Utc::now)
}

fn ledger_of(database: &Path) -> PathBuf {
    database.with_extension("ledger")
}

fn lines(ledger: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(ledger).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn patient() -> Options {
    Options {
        lease: TimeDelta::milliseconds(1_500),
        ..options()
    }
}

/// The process that is killed. Does nothing when the tests are run as such.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_that_is_killed() {
    #[expect(
        clippy::disallowed_methods,
        reason = "told by the test that started it"
    )]
    let (Ok(database), Ok(account)) = (std::env::var(DATABASE), std::env::var(ACCOUNT)) else {
        return;
    };
    let database = PathBuf::from(database);
    let store = Store::connect(&format!("sqlite://{}", database.display()))
        .await
        .unwrap();
    let account = store
        .account_by_key(account.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let accounts = Arc::new(Given::default());
    accounts.put(
        &account,
        Ledger::at(&ledger_of(&database)),
        Settings::default(),
    );
    let engine = Engine::new(store, accounts, system_clock(), patient()).unwrap();
    engine.run(CancellationToken::new()).await;
}

fn start(database: &Path, account: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::the_one_that_is_killed", "--nocapture"])
        .env(DATABASE, database)
        .env(ACCOUNT, account.to_string())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap()
}

fn random() -> usize {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).unwrap();
    u32::from_le_bytes(bytes) as usize
}

/// Waits until the ledger has so many lines; says whether the campaign ended first.
async fn until(
    house: &House,
    campaign: &domain::Campaign,
    ledger: &Path,
    lines_min: usize,
) -> bool {
    let deadline = Instant::now() + Duration::from_secs(60);
    let line_bytes = 17;
    loop {
        let bytes = std::fs::metadata(ledger).map_or(0, |meta| meta.len());
        if bytes >= (lines_min * line_bytes) as u64 {
            return false;
        }
        if house.status(campaign).await == "completed" {
            return true;
        }
        assert!(Instant::now() < deadline, "the process doesn't get on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_many_times_it_loses_nothing_and_repeats_nothing_silently() {
    let database = file();
    let ledger = ledger_of(&database);
    let store = Store::connect(&format!("sqlite://{}", database.display()))
        .await
        .unwrap();
    let carrier = Ledger::at(&ledger);
    let settings = Settings::default();
    let house = House::of(
        store,
        PEOPLE,
        Protocol::Twilio,
        carrier,
        settings,
        patient(),
    )
    .await;
    let campaign = house.launched(&house.draft()).await;

    let mut kills = 0;
    for round in 1..=KILLS {
        let mut child = start(&database, house.account.pk);
        // Anywhere within the round: while the audience is expanded, within a claim, within a record.
        let dice = random() % (PEOPLE / KILLS);
        let target = (round - 1) * (PEOPLE / (KILLS + 2)) + dice;
        let is_over = until(&house, &campaign, &ledger, target).await;
        child.kill().unwrap();
        child.wait().unwrap();
        if is_over {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 6, "only {kills} kills");
    let mut child = start(&database, house.account.pk);
    assert!(until(&house, &campaign, &ledger, usize::MAX / 32).await);
    child.kill().unwrap();
    child.wait().unwrap();

    // The last ones may still wait for their lease to end.
    house.hand.set(now() + TimeDelta::minutes(10));
    house.settle().await;
    let progress = house.progress(&campaign).await;
    assert_adds_up(&progress);
    assert_eq!(
        (progress.recipients, progress.waiting, progress.claimed),
        (PEOPLE as u64, 0, 0)
    );
    let written = lines(&ledger);
    let mut times: HashMap<&str, usize> = HashMap::new();
    for line in &written {
        *times.entry(line.as_str()).or_default() += 1;
    }
    assert!(
        times.values().all(|n| *n == 1),
        "nothing is handed over twice by itself"
    );
    let held = house
        .store
        .held(house.ws, &campaign.id, 100_000)
        .await
        .unwrap();
    let held: HashSet<String> = held.into_iter().map(|held| held.message).collect();
    assert_eq!(held.len() as u64, progress.uncertain);
    let certain = times
        .keys()
        .filter(|message| !held.contains(**message))
        .count() as u64;
    assert_eq!(
        certain, progress.submitted,
        "what is taken as sent was sent, and the other way round"
    );
    eprintln!(
        "{kills} kills: {} submitted, {} uncertain of which {} had been handed over",
        progress.submitted,
        progress.uncertain,
        times.len() as u64 - certain,
    );
    // What the killed process acknowledged last is settled by the next start.
    let url = format!("sqlite://{}", database.display());
    let restarted = Store::connect(&url).await.unwrap();
    let card = restarted.card(house.ws, &campaign.id).await.unwrap();
    let card = card.figures;
    assert_eq!(
        (card.recipients, card.sent),
        (PEOPLE as u64, progress.submitted)
    );

    // A person has all of them sent again: now there may be two of those, and of no other.
    let (ws, at) = (house.ws, house.hand.now());
    let again = HeldDecision::SendAgain;
    house
        .store
        .decide_held(ws, &campaign.id, &[], again, "ann", at)
        .await
        .unwrap();
    house.settle().await;
    let progress = house.progress(&campaign).await;
    assert_eq!((progress.submitted, progress.uncertain), (PEOPLE as u64, 0));
    let mut times: HashMap<String, usize> = HashMap::new();
    for line in lines(&ledger) {
        *times.entry(line).or_default() += 1;
    }
    assert_eq!(times.len(), PEOPLE, "every message was handed over");
    assert!(
        times
            .iter()
            .all(|(message, n)| *n == 1 || held.contains(message))
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "the killed process reads the system's clock"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}
