//! A workspace with people, an account and an engine.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    process::Command,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
};

use carrier::{
    Network, Settings,
    send::{Answer, Carrier},
};
use chrono::{DateTime, TimeDelta, Utc};
use delivery::{Account, Accounts, Clock, Engine, Options, Unusable, prepare};
use domain::{
    Campaign, CampaignKind, CampaignType, Channel,
    audience::Audience,
    campaign::NewCampaign,
    carrier::Protocol,
    contact::{Consent, NewContact},
    content::{Content, SmsContent, Variant},
    sending::{Draft, Launch, Progress, Step},
};
use store::{AccountRow, AccountValues, NewWorkspace, Store, WorkspaceId};

static NEXT: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("delivery_{}_{n}", std::process::id())
}

/// A new SQLite file.
pub fn file() -> PathBuf {
    let folder = std::env::temp_dir().join(unique());
    // A process of the same number, long gone, may have left one.
    let _nothing_left = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join("test.db")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration but the environment"
)]
fn postgres() -> Option<String> {
    std::env::var("REPORTAGE_TEST_POSTGRES").ok()
}

/// One store per engine of databases, with the address of each.
pub async fn stores() -> Vec<(String, Store)> {
    let mut urls = vec![format!("sqlite://{}", file().display())];
    match postgres() {
        Some(server) => {
            let name = unique();
            let made = Command::new("createdb")
                .arg(format!("--maintenance-db={server}"))
                .arg(&name)
                .status()
                .unwrap();
            assert!(made.success());
            let base = server
                .rsplit_once('/')
                .map_or(server.as_str(), |(base, _)| base);
            urls.push(format!("{base}/{name}"));
        }
        None => eprintln!("SKIPPED: REPORTAGE_TEST_POSTGRES is not set, PostgreSQL takes no part"),
    }
    let mut stores = Vec::new();
    for url in urls {
        let store = Store::connect(&url).await.unwrap();
        stores.push((url, store));
    }
    stores
}

/// Accounts as the test gives them.
#[derive(Default)]
pub struct Given(Mutex<HashMap<i64, Account>>);

impl Given {
    pub fn put(&self, account: &AccountRow, carrier: Arc<dyn Carrier>, settings: Settings) {
        let account_value = Account {
            protocol: account.protocol,
            carrier,
            settings,
            webhook_key: account.webhook_key.clone(),
        };
        self.0.lock().unwrap().insert(account.pk, account_value);
    }
}

impl Accounts for Given {
    fn account(&self, account: i64) -> Answer<'_, Result<Account, Unusable>> {
        let found = self.0.lock().unwrap().get(&account).cloned();
        let gone = || Unusable::Lasting("it was deleted".to_owned());
        Box::pin(async move { found.ok_or_else(gone) })
    }
}

/// A clock that is moved by hand.
#[derive(Clone)]
pub struct Hand(Arc<AtomicI64>);

impl Hand {
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::Relaxed)).unwrap()
    }

    pub fn go(&self, by: TimeDelta) {
        self.0
            .fetch_add(by.num_microseconds().unwrap(), Ordering::Relaxed);
    }

    pub fn set(&self, to: DateTime<Utc>) {
        self.0.store(to.timestamp_micros(), Ordering::Relaxed);
    }
}

pub struct House {
    pub store: Store,
    pub ws: WorkspaceId,
    pub hand: Hand,
    pub clock: Clock,
    pub accounts: Arc<Given>,
    pub account: AccountRow,
    pub engine: Engine,
}

pub const BASE: &str = "https://reportage.example";

pub fn options() -> Options {
    Options {
        base_url: BASE.to_owned(),
        ..Options::default()
    }
}

pub fn number(i: usize) -> String {
    format!("+34600{i:06}")
}

/// The simulator with these settings.
pub fn simulator(settings: &[(&str, &str)]) -> (Arc<dyn Carrier>, Settings) {
    let fields = settings
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let settings = Settings::new(fields.collect());
    let carrier = carrier::send::carrier(Protocol::Sandbox, &settings, &Network::default());
    (carrier.unwrap(), settings)
}

pub async fn account(
    store: &Store,
    ws: WorkspaceId,
    protocol: Protocol,
    now: DateTime<Utc>,
) -> AccountRow {
    let values = AccountValues {
        name: unique(),
        protocol,
        settings: BTreeMap::new(),
        secrets: Vec::new(),
        secret_names: Vec::new(),
        senders: Vec::new(),
        per_second: None,
    };
    store.create_account(ws, &values, now).await.unwrap()
}

impl House {
    /// A house whose account is Twilio's in name, and this carrier in truth.
    pub async fn with(store: Store, people: usize, carrier: Arc<dyn Carrier>) -> Self {
        Self::of(
            store,
            people,
            Protocol::Twilio,
            carrier,
            Settings::default(),
            options(),
        )
        .await
    }

    /// A house whose account is the simulator.
    pub async fn simulated(store: Store, people: usize, settings: &[(&str, &str)]) -> Self {
        let (carrier, settings) = simulator(settings);
        Self::of(
            store,
            people,
            Protocol::Sandbox,
            carrier,
            settings,
            options(),
        )
        .await
    }

    pub async fn of(
        store: Store,
        people: usize,
        protocol: Protocol,
        carrier: Arc<dyn Carrier>,
        settings: Settings,
        options: Options,
    ) -> Self {
        let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let hand = Hand(Arc::new(AtomicI64::new(start.timestamp_micros())));
        let reading = hand.clone();
        let clock: Clock = Arc::new(move || reading.now());
        let new = NewWorkspace {
            name: "test".to_owned(),
            time_zone: "UTC".to_owned(),
            week_start: 1,
            is_demo: false,
        };
        let ws = store.create_workspace(new, start).await.unwrap().id;
        let account = account(&store, ws, protocol, start).await;
        let accounts = Arc::new(Given::default());
        accounts.put(&account, carrier, settings);
        let engine = Engine::new(store.clone(), accounts.clone(), clock.clone(), options).unwrap();
        let house = Self {
            store,
            ws,
            hand,
            clock,
            accounts,
            account,
            engine,
        };
        house.people(people).await;
        house
    }

    /// Another engine over the same store, as another server would have.
    pub fn another(&self, options: Options) -> Engine {
        let accounts = self.accounts.clone();
        Engine::new(self.store.clone(), accounts, self.clock.clone(), options).unwrap()
    }

    async fn people(&self, n: usize) {
        let new = (0..n).map(|i| NewContact {
            name: Some(format!("Person {i}")),
            phone: Some(number(i)),
            consents: BTreeMap::from([(Channel::Sms, Consent::Subscribed)]),
            ..NewContact::default()
        });
        let new = new.collect();
        self.store
            .upsert_contacts(self.ws, new, None, self.hand.now())
            .await
            .unwrap();
    }

    pub fn draft(&self) -> Draft {
        Draft {
            account: Some(self.account.id.clone()),
            sender: "+34910000000".to_owned(),
            audience: Audience::Everyone,
            variants: vec![Variant {
                name: "A".to_owned(),
                share: 100,
                content: Content::Sms(SmsContent {
                    text: "Hello {{ name | default(\"you\") }}, look: https://example.org/offer"
                        .to_owned(),
                }),
            }],
            ..Draft::default()
        }
    }

    pub async fn saved(&self, draft: &Draft) -> Campaign {
        let new = NewCampaign {
            name: "Autumn".to_owned(),
            kind: CampaignKind::Messaging,
            campaign_type: CampaignType::Sms,
            ..NewCampaign::default()
        };
        let (ws, now) = (self.ws, self.hand.now());
        let campaign = self.store.create_sending(ws, new, now).await.unwrap();
        let step = Step::Message;
        let saved = self
            .store
            .save_draft(ws, &campaign.id, step, "Autumn", draft, now)
            .await;
        saved.unwrap().campaign
    }

    pub async fn launch(&self, campaign: &Campaign, launch: Launch) -> Campaign {
        let (ws, now) = (self.ws, self.hand.now());
        let info = self.store.sending(ws, &campaign.id).await.unwrap();
        let prepared = prepare(&self.store, ws, &info, BASE, now).await.unwrap();
        self.store
            .launch(ws, &campaign.id, launch, &prepared, "ann", now)
            .await
            .unwrap()
    }

    pub async fn launched(&self, draft: &Draft) -> Campaign {
        let campaign = self.saved(draft).await;
        self.launch(&campaign, Launch::Now).await
    }

    pub async fn progress(&self, campaign: &Campaign) -> Progress {
        let now = self.hand.now();
        self.store
            .progress(self.ws, &campaign.id, now)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn status(&self, campaign: &Campaign) -> &'static str {
        self.store
            .campaign(self.ws, &campaign.id)
            .await
            .unwrap()
            .status
            .as_str()
    }

    /// Steps until there is nothing to do at this moment.
    pub async fn settle(&self) {
        for _ in 0..10_000 {
            if self.engine.step().await.unwrap().is_idle() {
                return;
            }
        }
        panic!("the engine doesn't come to rest");
    }

    /// Goes through time until nothing is left to come: receipts, attempts, questions to providers.
    pub async fn wait_for_everything(&self) {
        self.settle().await;
        let end = self.hand.now() + TimeDelta::days(40);
        while let Some(next) = self.store.inbox_next().await.unwrap() {
            assert!(next < end, "receipts come within days");
            self.hand
                .set(self.hand.now().max(next) + TimeDelta::minutes(10));
            self.settle().await;
        }
    }
}

/// Whether the counts add up.
pub fn assert_adds_up(progress: &Progress) {
    let sum = progress.waiting
        + progress.claimed
        + progress.submitted
        + progress.failed
        + progress.unsent
        + progress.uncertain
        + progress.cancelled
        + progress.held_out;
    assert_eq!(sum, progress.recipients, "{progress:?}");
}
