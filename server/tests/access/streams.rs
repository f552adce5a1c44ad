//! The live stream from within: who keeps it open, what it says, and what it leaves alone.

use std::{collections::BTreeSet, time::Duration};

use app::backend::AccessBackend;
use axum::body::{Body, BodyDataStream};
use domain::{
    CampaignType,
    campaign::NewCampaign,
    user::{Role, Scope},
};
use futures::StreamExt;
use http::{Request, StatusCode, header};
use serde_json::Value;
use server::{auth::Signed, backend::RequestBackend};
use store::{Store, WorkspaceId};
use tower::ServiceExt;

use crate::house::{House, PASSWORD, form, now, with_cookie};

/// Longer than any message takes, shorter than the stream's own look at its rights.
const PROMPTLY: Duration = Duration::from_secs(5);
/// Longer than that look is away.
const SOON: Duration = Duration::from_secs(25);

/// An open stream.
struct Stream {
    body: BodyDataStream,
    text: String,
}

/// Name, id and data of a message.
type Message = (String, i64, Value);

impl Stream {
    async fn open(house: &House, query: &str, name: header::HeaderName, value: &str) -> Self {
        let request = Request::get(format!("/live?{query}")).header(name, value);
        let request = request.body(Body::empty()).unwrap();
        let answer = house.router.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        Self {
            body: answer.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    async fn of_session(house: &House, cookie: &str, query: &str) -> Self {
        Self::open(house, query, header::COOKIE, cookie).await
    }

    /// The next message; none when the stream ends. Fails when neither comes.
    async fn next(&mut self, within: Duration) -> Option<Message> {
        let next = tokio::time::timeout(within, self.read()).await;
        next.expect("a message or the end")
    }

    async fn read(&mut self) -> Option<Message> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name));
                    line.map(str::trim)
                };
                if let (Some(event), Some(id), Some(data)) =
                    (field("event:"), field("id:"), field("data:"))
                {
                    let data = serde_json::from_str(data).unwrap();
                    return Some((event.to_owned(), id.parse().unwrap(), data));
                }
            }
            let chunk = self.body.next().await?.unwrap();
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }
}

async fn house() -> (House, WorkspaceId) {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "admin@x.de", Role::Admin).await;
    house.person(ws, "ana@x.de", Role::Viewer).await;
    (house, ws)
}

async fn backend(house: &House, cookie: &str) -> RequestBackend {
    let token = cookie.split_once('=').unwrap().1;
    let signed = Signed::by_token(&house.state, token).await.unwrap();
    RequestBackend::new(house.state.clone(), signed)
}

async fn campaigns(store: &Store, ws: WorkspaceId, names: std::ops::Range<usize>) {
    for n in names {
        let new = NewCampaign {
            name: n.to_string(),
            external_id: Some(format!("c{n}")),
            kind: CampaignType::Sms.kind(),
            campaign_type: CampaignType::Sms,
            ..NewCampaign::default()
        };
        store.create_campaign(ws, new, now()).await.unwrap();
    }
}

fn names(message: &Message) -> Vec<String> {
    let cards = message.2["cards"].as_array().unwrap();
    let name = |card: &Value| card["campaign"]["name"].as_str().unwrap().to_owned();
    cards.iter().map(name).collect()
}

#[tokio::test]
async fn a_new_password_closes_the_other_sessions_streams() {
    let (house, _) = house().await;
    let (here, there) = (
        house.sign_in("ana@x.de").await,
        house.sign_in("ana@x.de").await,
    );
    let mut kept = Stream::of_session(&house, &here, "scope=workspace").await;
    let mut lost = Stream::of_session(&house, &there, "scope=workspace").await;
    let ana = backend(&house, &here).await;
    let new = "another horse battery".to_owned();
    ana.change_password(PASSWORD.to_owned(), new).await.unwrap();
    assert_eq!(lost.next(PROMPTLY).await, None);
    let ws = house.state.store.workspaces().await.unwrap()[0].id;
    campaigns(&house.state.store, ws, 0..1).await;
    assert!(kept.next(PROMPTLY).await.is_some());
}

#[tokio::test]
async fn whoever_is_removed_or_leaves_hears_no_more() {
    let (house, _) = house().await;
    let ana = house.sign_in("ana@x.de").await;
    let admin = house.sign_in("admin@x.de").await;
    let mut stream = Stream::of_session(&house, &ana, "scope=workspace").await;
    let mut own = Stream::of_session(&house, &admin, "scope=workspace").await;
    let boss = backend(&house, &admin).await;
    boss.remove_person("ana@x.de".to_owned()).await.unwrap();
    assert_eq!(stream.next(PROMPTLY).await, None);
    house.send(with_cookie(form("/sign-out", ""), &admin)).await;
    assert_eq!(own.next(PROMPTLY).await, None);
}

#[tokio::test]
async fn a_revoked_token_hears_no_more() {
    let (house, ws) = house().await;
    let token = house.token(ws, &[Scope::Read]).await;
    let bearer = format!("Bearer {}", token.reveal());
    let mut stream = Stream::open(&house, "scope=workspace", header::AUTHORIZATION, &bearer).await;
    let admin = backend(&house, &house.sign_in("admin@x.de").await).await;
    let id = admin.tokens().await.unwrap()[0].id.clone();
    admin.revoke_token(id).await.unwrap();
    assert_eq!(stream.next(PROMPTLY).await, None);
}

#[tokio::test]
async fn a_page_left_open_does_not_keep_a_session_alive() {
    let (house, _) = house().await;
    let cookie = house.sign_in("ana@x.de").await;
    let seen = async || {
        let people = house.state.store.users(None).await.unwrap();
        let ana = people.into_iter().find(|user| user.email == "ana@x.de");
        ana.unwrap().last_seen_at
    };
    let before = seen().await;
    let signed = Signed::by_token(&house.state, cookie.split_once('=').unwrap().1).await;
    let signed = signed.unwrap().unwrap();
    for _ in 0..13 {
        house.state.clock.advance(chrono::Duration::days(1));
        // Reopened after a break, and asked again while it is open.
        Stream::of_session(&house, &cookie, "scope=workspace").await;
        assert!(signed.again(&house.state).await.unwrap().is_some());
    }
    assert_eq!(seen().await, before);
    house.state.clock.advance(chrono::Duration::days(1));
    assert!(signed.again(&house.state).await.unwrap().is_none());
}

#[tokio::test]
async fn a_campaign_may_be_named_as_its_owner_does() {
    let (house, ws) = house().await;
    campaigns(&house.state.store, ws, 0..1).await;
    let cookie = house.sign_in("ana@x.de").await;
    let mut stream = Stream::of_session(&house, &cookie, "scope=campaign:c0").await;
    let patch = domain::campaign::CampaignPatch {
        name: Some("renamed".to_owned()),
        ..Default::default()
    };
    let store = &house.state.store;
    store.update_campaign(ws, "c0", patch, now()).await.unwrap();
    let heard = stream.next(PROMPTLY).await.unwrap();
    assert_eq!(
        (heard.0.as_str(), names(&heard)),
        ("change", vec!["renamed".to_owned()])
    );
}

#[tokio::test]
async fn many_changes_come_in_several_messages_and_reset_nothing() {
    let (house, ws) = house().await;
    campaigns(&house.state.store, ws, 0..450).await;
    let cookie = house.sign_in("ana@x.de").await;
    let query = "scope=workspace&last_event_id=0";
    let mut stream = Stream::of_session(&house, &cookie, query).await;
    let (mut heard, mut told) = (BTreeSet::new(), 0);
    let version = house.state.store.version(ws).await.unwrap();
    while told < version {
        let message = stream.next(PROMPTLY).await.unwrap();
        assert_eq!(message.0, "change");
        assert!(message.1 > told, "numbers grow");
        told = message.1;
        let names = names(&message);
        assert!(names.len() <= 200, "{} cards", names.len());
        heard.extend(names);
    }
    assert_eq!(heard.len(), 450);
    // A break after the first message costs nothing.
    let mut again = Stream::of_session(&house, &cookie, query).await;
    let first = again.next(PROMPTLY).await.unwrap();
    let query = format!("scope=workspace&last_event_id={}", first.1);
    let mut rest = Stream::of_session(&house, &cookie, &query).await;
    let mut all: BTreeSet<String> = names(&first).into_iter().collect();
    while all.len() < 450 {
        all.extend(names(&rest.next(PROMPTLY).await.unwrap()));
    }
}

/// An import beside the server, or a second server.
#[tokio::test]
async fn what_another_process_does_is_heard_too() {
    let (house, ws) = house().await;
    campaigns(&house.state.store, ws, 0..1).await;
    let cookie = house.sign_in("ana@x.de").await;
    let mut stream = Stream::of_session(&house, &cookie, "scope=workspace").await;
    let other = Store::connect(&house.database()).await.unwrap();
    campaigns(&other, ws, 1..2).await;
    let heard = stream.next(SOON).await.unwrap();
    assert_eq!(
        (heard.0.as_str(), names(&heard)),
        ("change", vec!["1".to_owned()])
    );
    other.delete_campaign(ws, "c1").await.unwrap();
    assert_eq!(stream.next(SOON).await.unwrap().0, "reset");
}
