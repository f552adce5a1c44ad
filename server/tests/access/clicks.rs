//! Links of a real e-mail, from the rendered message through the router and the engine to the report.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use carrier::{
    Outgoing, OutgoingBody, Settings, Submission,
    send::{Answer, Carrier},
};
use chrono::Duration;
use delivery::{Account, Accounts, Engine, Options, Unusable, prepare};
use domain::{
    CampaignKind, CampaignType, Channel, EvidenceFilter,
    audience::Audience,
    campaign::NewCampaign,
    carrier::Protocol,
    contact::{Consent, NewContact},
    content::{Content, EmailContent, Variant},
    report::{ReportQuery, Tally},
    sending::{Draft, Launch, Step},
};
use http::{Method, Request, StatusCode, header};
use server::carriers::EnrichedFacts;
use store::{AccountValues, WorkspaceId};

use crate::house::{House, now};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// A carrier that keeps what it is given: address, HTML, and text.
#[derive(Default)]
struct Letterbox(Mutex<Vec<(String, String, String)>>);

impl Carrier for Letterbox {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        if let OutgoingBody::Email(mail) = &message.body {
            let letter = (message.to.clone(), mail.html.clone(), mail.text.clone());
            self.0.lock().unwrap().push(letter);
        }
        Box::pin(async {
            Submission::Accepted {
                reference: None,
                raw: "SENT".to_owned(),
            }
        })
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

struct Only(Arc<Letterbox>);

impl Accounts for Only {
    fn account(&self, _account: i64) -> Answer<'_, Result<Account, Unusable>> {
        Box::pin(async {
            Ok(Account {
                protocol: Protocol::Smtp,
                carrier: self.0.clone(),
                settings: Settings::default(),
                webhook_key: "k".to_owned(),
            })
        })
    }
}

struct Mailing {
    house: House,
    ws: WorkspaceId,
    campaign: String,
    engine: Engine,
    letters: Vec<(String, String, String)>,
}

impl Mailing {
    async fn sent(hides_link: bool) -> Self {
        let house = House::empty(&[]).await;
        let (state, ws) = (&house.state, house.workspace("Shop").await);
        let people = ["a@x.de", "b@x.de"].map(|email| NewContact {
            email: Some(email.to_owned()),
            consents: [(Channel::Email, Consent::Subscribed)].into(),
            ..NewContact::default()
        });
        let store = &state.store;
        store
            .upsert_contacts(ws, people.into(), None, now())
            .await
            .unwrap();
        let values = AccountValues {
            name: "Mail".to_owned(),
            protocol: Protocol::Smtp,
            settings: Default::default(),
            secrets: Vec::new(),
            secret_names: Vec::new(),
            senders: Vec::new(),
            per_second: None,
        };
        let account = store.create_account(ws, &values, now()).await.unwrap();
        let draft = Draft {
            account: Some(account.id),
            sender: "news@shop.example".to_owned(),
            audience: Audience::Everyone,
            variants: vec![Variant {
                name: "A".to_owned(),
                share: 100,
                content: Content::Email(EmailContent {
                    subject: "Coats".to_owned(),
                    html: "<html><body><a href=\"https://shop.example/1\">One</a> \
                           <a href=\"https://shop.example/2\">Two</a> \
                           <a href=\"https://shop.example/3\">Three</a></body></html>"
                        .to_owned(),
                    ..EmailContent::default()
                }),
            }],
            hides_link,
            ..Draft::default()
        };
        let new = NewCampaign {
            name: "Coats".to_owned(),
            kind: CampaignKind::Messaging,
            campaign_type: CampaignType::Email,
            ..NewCampaign::default()
        };
        let campaign = store.create_sending(ws, new, now()).await.unwrap().id;
        let step = Step::Personalize;
        store
            .save_draft(ws, &campaign, step, "Coats", &draft, now())
            .await
            .unwrap();
        let base = state.settings.base_url.origin().to_owned();
        let info = store.sending(ws, &campaign).await.unwrap();
        let prepared = prepare(store, ws, &info, &base, now()).await.unwrap();
        store
            .launch(ws, &campaign, Launch::Now, &prepared, "ann", now())
            .await
            .unwrap();
        let letterbox = Arc::new(Letterbox::default());
        let clock = state.clock.clone();
        let options = Options {
            base_url: base,
            facts: Arc::new(EnrichedFacts(state.clone())),
            ..Options::default()
        };
        let accounts = Arc::new(Only(letterbox.clone()));
        let clock: delivery::Clock = Arc::new(move || clock.now());
        let engine = Engine::new(store.clone(), accounts, clock, options).unwrap();
        let mut mailing = Self {
            house,
            ws,
            campaign,
            engine,
            letters: Vec::new(),
        };
        mailing.settle().await;
        mailing.letters = letterbox.0.lock().unwrap().clone();
        mailing.letters.sort();
        assert_eq!(mailing.letters.len(), 2);
        mailing.later(3_600_000);
        mailing
    }

    async fn settle(&self) {
        while !self.engine.step().await.unwrap().is_idle() {}
    }

    fn later(&self, ms: i64) {
        self.house.state.clock.advance(Duration::milliseconds(ms));
    }

    /// Paths of the links of a letter, and of the hidden one.
    fn links(&self, letter: usize) -> (Vec<String>, Option<String>) {
        let (_, html, _) = &self.letters[letter];
        let (mut seen, mut hidden) = (Vec::new(), None);
        for part in html.split("href=\"").skip(1) {
            let (url, rest) = part.split_once('"').unwrap();
            let Some((_, token)) = url.split_once("/c/") else {
                continue;
            };
            let path = format!("/c/{token}");
            if rest.starts_with(" aria-hidden=\"true\"") {
                hidden = Some(path);
            } else {
                seen.push(path);
            }
        }
        (seen, hidden)
    }

    async fn follow(&self, method: Method, path: &str) -> (StatusCode, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::USER_AGENT, FIREFOX)
            .body(Body::empty())
            .unwrap();
        let answer = self.house.send(request).await;
        let to = answer.header("location").to_owned();
        (answer.status, to)
    }

    async fn clicked(&self, evidence: EvidenceFilter) -> Tally {
        let query = ReportQuery {
            evidence,
            ..ReportQuery::default()
        };
        let now = self.house.state.clock.now();
        let report = self
            .house
            .state
            .store
            .report(self.ws, &self.campaign, &query, now);
        report.await.unwrap().kpis.clicked
    }
}

#[tokio::test]
async fn who_follows_the_hidden_link_is_a_machine_and_nobody_else_is() {
    let mailing = Mailing::sent(true).await;
    let (links, hidden) = mailing.links(0);
    assert_eq!(links.len(), 3);
    let own_hidden = hidden.unwrap();
    let (_, _, text) = &mailing.letters[0];
    assert!(!text.contains(&own_hidden), "{text}");

    // A person follows one link, after a look at its head.
    let (status, _) = mailing.follow(Method::HEAD, &links[1]).await;
    assert_eq!(status, StatusCode::FOUND);
    let (status, to) = mailing.follow(Method::GET, &links[0]).await;
    assert_eq!(
        (status, to.as_str()),
        (StatusCode::FOUND, "https://shop.example/1")
    );
    mailing.settle().await;
    assert_eq!(mailing.clicked(EvidenceFilter::All).await, Tally::default());
    mailing.later(4_000);
    mailing.settle().await;
    let one = Tally {
        total: 1,
        unique: 1,
    };
    assert_eq!(mailing.clicked(EvidenceFilter::Human).await, one);
    assert_eq!(mailing.clicked(EvidenceFilter::All).await, one);

    // A gateway follows two links of the other mail, one of them hidden; its recipient follows one later.
    let (links, hidden) = mailing.links(1);
    mailing.follow(Method::GET, &links[0]).await;
    mailing.later(2_000);
    let (status, to) = mailing.follow(Method::GET, &hidden.unwrap()).await;
    assert_eq!((status, to.as_str()), (StatusCode::OK, ""));
    mailing.later(5_000);
    mailing.settle().await;
    assert_eq!(mailing.clicked(EvidenceFilter::Human).await, one);
    assert_eq!(
        mailing.clicked(EvidenceFilter::All).await,
        Tally {
            total: 2,
            unique: 2
        }
    );
    mailing.later(60_000);
    mailing.follow(Method::GET, &links[1]).await;
    mailing.later(5_000);
    mailing.settle().await;
    assert_eq!(
        mailing.clicked(EvidenceFilter::Human).await,
        Tally {
            total: 2,
            unique: 2
        }
    );
    let store = &mailing.house.state.store;
    let clicks = store
        .clicks_by_position(mailing.ws, &mailing.campaign)
        .await
        .unwrap();
    let clicks: Vec<_> = clicks
        .iter()
        .map(|link| (link.position, link.clicks))
        .collect();
    assert_eq!(clicks, [(1, 1), (2, 1), (3, 0)]);
}

#[tokio::test]
async fn a_burst_is_a_machine_s_from_its_first_click_on() {
    let mailing = Mailing::sent(false).await;
    let (links, hidden) = mailing.links(0);
    assert_eq!(hidden, None, "switched off");
    for link in &links {
        mailing.follow(Method::GET, link).await;
        mailing.later(900);
    }
    mailing.later(10_000);
    mailing.settle().await;
    assert_eq!(
        mailing.clicked(EvidenceFilter::Human).await,
        Tally::default()
    );
    assert_eq!(
        mailing.clicked(EvidenceFilter::All).await,
        Tally {
            total: 3,
            unique: 1
        }
    );
}
