//! Clicks, judged beside each other and told once.

use chrono::{DateTime, TimeDelta, Utc};
use delivery::{Facts, PlainFacts};
use domain::{
    Campaign, Event, EventKind, Evidence, EvidenceFilter, Fact,
    content::{Content, SmsContent, Variant},
    evidence::{CLICKS_MAX, HIDDEN_LINK, among, together},
    report::{Clock, ReportQuery, Tally},
};
use store::{Click, Origin};

use crate::{
    carriers::Scripted,
    house::{House, options, stores},
};

/// A click to come: which message and link, when, when its record arrives, and what the request alone tells.
struct Planned {
    message: usize,
    link: i64,
    at_ms: i64,
    kept_ms: i64,
    alone: Evidence,
}

struct Mailing {
    house: House,
    campaign: Campaign,
    messages: Vec<Origin>,
    links: Vec<i64>,
    began: DateTime<Utc>,
}

impl Mailing {
    /// Three links, sent to so many people, an hour ago.
    async fn to(store: store::Store, people: usize) -> Self {
        let carrier = Scripted::accepting();
        let house = House::with(store, people, carrier.clone()).await;
        let mut draft = house.draft();
        draft.variants = vec![Variant {
            name: "A".to_owned(),
            share: 100,
            content: Content::Sms(SmsContent {
                text: "https://x.example/1 https://x.example/2 https://x.example/3".to_owned(),
            }),
        }];
        let campaign = house.launched(&draft).await;
        house.settle().await;
        let keys: Vec<_> = carrier.counts().into_keys().collect();
        let messages = house.store.messages_by_key(&keys).await.unwrap();
        let rows = house.store.links_of(messages[0].campaign).await.unwrap();
        house.hand.go(TimeDelta::hours(1));
        Self {
            began: house.hand.now(),
            links: rows.into_iter().map(|row| row.pk).collect(),
            house,
            campaign,
            messages,
        }
    }

    async fn fact(&self, id: String, message: &Origin, at: DateTime<Utc>, alone: Evidence) -> Fact {
        let event = Event {
            id,
            campaign: message.campaign_id.clone(),
            message: message.message.clone(),
            recipient: message.address.clone(),
            kind: EventKind::Clicked,
            at,
            raw_status: None,
            link: Some("https://x.example/".to_owned()),
            user_agent: None,
            ip: None,
            country: None,
            carrier: None,
            device: None,
            os: None,
            reason: None,
            value: None,
            currency: None,
            variant: Some("A".to_owned()),
            props: None,
        };
        let fact = PlainFacts.fact(self.house.ws, event, at).await.unwrap();
        Fact {
            evidence: alone,
            ..fact
        }
    }

    async fn keep(&self, n: usize, planned: &Planned) -> bool {
        let message = &self.messages[planned.message];
        let at = self.began + TimeDelta::milliseconds(planned.at_ms);
        let id = format!("t:{}:{n}", message.message);
        let fact = self.fact(id, message, at, planned.alone).await;
        let click = Click {
            workspace: self.house.ws,
            message: &message.message,
            link: planned.link,
            links: self.links.len(),
            at,
            fact: Some(&fact),
        };
        self.house.store.click_put(&click).await.unwrap()
    }

    async fn clicked(&self, evidence: EvidenceFilter, clock: Clock) -> Tally {
        let query = ReportQuery {
            evidence,
            clock,
            ..ReportQuery::default()
        };
        let now = self.house.hand.now();
        let report = self
            .house
            .store
            .report(self.house.ws, &self.campaign.id, &query, now)
            .await
            .unwrap();
        report.kpis.clicked
    }
}

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u32) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        i64::from((self.0 >> 33) as u32 % n)
    }
}

/// Clicks of ten seconds on a few messages: bursts, single ones, hidden links, robots.
fn plan(dice: &mut Dice, messages: usize, links: &[i64]) -> Vec<Planned> {
    let mut plan = Vec::new();
    for message in 0..messages {
        for _ in 0..dice.below(8) {
            let at_ms = dice.below(10_000);
            let link = match dice.below(12) {
                0 => HIDDEN_LINK,
                n => links[(n % 3) as usize],
            };
            plan.push(Planned {
                message,
                link,
                at_ms,
                kept_ms: at_ms + dice.below(900),
                alone: [Evidence::Human, Evidence::Unknown, Evidence::Machine]
                    [(dice.below(9) / 4) as usize],
            });
        }
    }
    plan
}

/// For each click that is told, whether it is a person's: from all clicks at once.
fn expected(plan: &[Planned], messages: usize, links: usize) -> Vec<(usize, bool)> {
    let mut told = Vec::new();
    for message in 0..messages {
        let of: Vec<_> = plan.iter().filter(|p| p.message == message).collect();
        let places: Vec<_> = of.iter().map(|p| (p.link, p.at_ms)).collect();
        for (planned, neighbours) in of.iter().zip(together(&places, links)) {
            if planned.link != HIDDEN_LINK {
                let class = among((planned.alone, ""), neighbours).0;
                told.push((message, class.is_human_likely()));
            }
        }
    }
    told
}

#[tokio::test]
async fn every_click_has_the_class_that_all_of_them_tell_whoever_tells_it_when() {
    for (_, store) in stores().await {
        for seed in 1..4 {
            let people = 6;
            let mailing = Mailing::to(store.clone(), people).await;
            let plan = plan(&mut Dice(seed), people, &mailing.links);
            let other = mailing.house.another(options());
            let mut open: Vec<(usize, &Planned)> = plan.iter().enumerate().collect();
            for tick in 0..70 {
                let (now_ms, hand) = (tick * 250, &mailing.house.hand);
                hand.set(mailing.began + TimeDelta::milliseconds(now_ms));
                let (due, later): (Vec<_>, Vec<_>) =
                    open.into_iter().partition(|(_, p)| p.kept_ms <= now_ms);
                open = later;
                for (n, planned) in due {
                    assert!(mailing.keep(n, planned).await);
                }
                // Two servers, neither of which knows of the other.
                let (one, two) = tokio::join!(mailing.house.engine.step(), other.step());
                (one.unwrap(), two.unwrap()).clone_from(&Default::default());
            }
            let told = expected(&plan, people, mailing.links.len());
            let people_of = |human: bool| {
                let mut of: Vec<_> = told.iter().filter(|t| t.1 || !human).map(|t| t.0).collect();
                let total = of.len() as u64;
                of.dedup();
                Tally {
                    total,
                    unique: of.len() as u64,
                }
            };
            assert!(people_of(true).total < people_of(false).total, "{seed}");
            for clock in [Clock::Send, Clock::Event] {
                for (filter, human) in [(EvidenceFilter::All, false), (EvidenceFilter::Human, true)]
                {
                    assert_eq!(
                        mailing.clicked(filter, clock).await,
                        people_of(human),
                        "{seed} {filter:?}"
                    );
                }
            }
            // Nothing is left, and nothing comes of it again.
            mailing.house.hand.go(TimeDelta::minutes(3));
            mailing.house.settle().await;
            let now = mailing.house.hand.now();
            assert_eq!(
                mailing.house.store.clicks_waiting(now, 99).await.unwrap(),
                []
            );
            assert_eq!(mailing.house.store.clicks_forget(now).await.unwrap(), 0);
            assert_eq!(
                mailing.clicked(EvidenceFilter::All, Clock::Send).await,
                people_of(false)
            );
        }
    }
}

#[tokio::test]
async fn a_click_is_told_when_its_neighbours_are_known_and_no_sooner() {
    for (_, store) in stores().await {
        let mailing = Mailing::to(store, 1).await;
        let click = |link: usize, at_ms| Planned {
            message: 0,
            link: mailing.links[link],
            at_ms,
            kept_ms: at_ms,
            alone: Evidence::Human,
        };
        let at = |ms| {
            mailing
                .house
                .hand
                .set(mailing.began + TimeDelta::milliseconds(ms));
        };
        for (n, planned) in [click(0, 0), click(1, 1_000), click(2, 2_900)]
            .iter()
            .enumerate()
        {
            assert!(mailing.keep(n, planned).await);
        }
        at(3_900);
        mailing.house.settle().await;
        assert_eq!(
            mailing.clicked(EvidenceFilter::All, Clock::Event).await,
            Tally::default()
        );
        at(4_000);
        assert_eq!(mailing.house.engine.step().await.unwrap().clicks, 1);
        at(8_000);
        mailing.house.settle().await;
        let all = mailing.clicked(EvidenceFilter::All, Clock::Event).await;
        let people = mailing.clicked(EvidenceFilter::Human, Clock::Event).await;
        assert_eq!((all.total, people.total), (3, 0));

        // Hundreds on one message are no reason to grow: the others are told at once, as a machine's.
        for n in 3..CLICKS_MAX {
            assert!(mailing.keep(n as usize, &click(0, 9_000)).await);
        }
        assert!(!mailing.keep(999, &click(0, 9_000)).await);
    }
}
