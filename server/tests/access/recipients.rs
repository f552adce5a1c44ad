//! Contact data is for admins: everybody else sees masks, and can't find out what is behind them.

use axum::body::Body;
use domain::{
    CampaignType, EventKind, Evidence, Fact,
    user::{Role, Scope},
};
use http::{Request, header};
use serde_json::Value;

use crate::house::{House, now};

const NUMBER: &str = "+34612345678";

async fn house() -> (House, String) {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    for role in Role::ALL {
        house.person(ws, &format!("{role}@x.de"), role).await;
    }
    let id = house.campaign(ws, CampaignType::Raffle).await;
    let facts = vec![visit(&id, NUMBER)];
    let outcome = house.state.store.ingest(ws, facts).await.unwrap();
    assert_eq!(outcome.accepted, 1);
    (house, id)
}

/// An interactive event without a message key of its own.
fn visit(campaign: &str, recipient: &str) -> Fact {
    Fact {
        id: recipient.to_owned(),
        campaign: campaign.to_owned(),
        message: recipient.to_owned(),
        recipient: recipient.to_owned(),
        kind: EventKind::Visited,
        at_us: now().timestamp_micros(),
        received_us: now().timestamp_micros(),
        evidence: Evidence::Human,
        raw_status: None,
        dimensions: Default::default(),
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    }
}

fn rows(body: &str) -> Vec<Value> {
    let page: Value = serde_json::from_str(body).unwrap();
    page["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn only_admins_and_reading_tokens_see_whole_keys() {
    let (house, id) = house().await;
    let path = format!("/api/v1/campaigns/{id}/recipients");
    for role in Role::ALL {
        let answer = house
            .get(&path, &house.sign_in(&format!("{role}@x.de")).await)
            .await;
        let found = rows(&answer.body);
        let expected = if role == Role::Admin {
            NUMBER
        } else {
            "+34…78"
        };
        assert_eq!(found[0]["recipient"], expected, "{role}");
        assert_eq!(found[0]["message"], expected, "{role}");
    }
    let ws = house.state.store.workspaces().await.unwrap()[0].id;
    let token = house.token(ws, &[Scope::Read]).await;
    let request = Request::get(&path)
        .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        rows(&house.send(request).await.body)[0]["recipient"],
        NUMBER
    );
}

#[tokio::test]
async fn a_mask_cannot_be_searched_through() {
    let (house, id) = house().await;
    let viewer = house.sign_in("viewer@x.de").await;
    let admin = house.sign_in("admin@x.de").await;
    let found = async |cookie: &str, q: &str| {
        let q = app::routes::encode(q);
        let path = format!("/api/v1/campaigns/{id}/recipients?q={q}");
        rows(&house.get(&path, cookie).await.body).len()
    };
    for part in ["+34", "612", "5678", "+3461234567"] {
        assert_eq!(found(&viewer, part).await, 0, "{part}");
        assert_eq!(found(&admin, part).await, 1, "{part}");
    }
    assert_eq!(found(&viewer, NUMBER).await, 1);
    assert_eq!(found(&viewer, "+34612345679").await, 0);
}

#[tokio::test]
async fn a_whole_key_is_found_among_many_alike_and_a_part_leaves_no_trace() {
    let (house, id) = house().await;
    let ws = house.state.store.workspaces().await.unwrap()[0].id;
    let alike = (0..100).map(|n| visit(&id, &format!("user1{n}")));
    let facts = alike.chain([visit(&id, "user1")]).collect();
    let outcome = house.state.store.ingest(ws, facts).await.unwrap();
    assert_eq!(outcome.accepted, 101);
    let viewer = house.sign_in("viewer@x.de").await;
    let editor = house.sign_in("editor@x.de").await;
    let admin = house.sign_in("admin@x.de").await;
    let found = async |cookie: &str, q: &str| {
        let path = format!("/api/v1/campaigns/{id}/recipients?q={q}");
        let page: Value = serde_json::from_str(&house.get(&path, cookie).await.body).unwrap();
        let n_rows = page["rows"].as_array().unwrap().len();
        (n_rows, !page["next_cursor"].is_null())
    };
    for cookie in [&viewer, &editor] {
        assert_eq!(found(cookie, "user1").await, (1, false));
        // A page of guesses that are right would have a next one.
        assert_eq!(found(cookie, "user").await, (0, false));
        assert_eq!(found(cookie, "ser1").await, (0, false));
        assert_eq!(found(cookie, "%00").await, (0, false));
    }
    assert_eq!(found(&admin, "user").await, (50, true));
}
