//! What the server says when it can't: every error of the API and of ingest is a problem (RFC 9457), and those that
//! pass say when to come back.

use axum::body::Body;
use domain::{
    CampaignType,
    user::{Role, Scope},
};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use server::http::ingest::IN_FLIGHT_BYTES_MAX;

use crate::house::{Answer, House};

async fn ask(house: &House, method: Method, path: &str, token: &str, body: String) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    house.send(request).await
}

fn code(answer: &Answer) -> String {
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{}",
        answer.body
    );
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], answer.status.as_u16());
    assert!(!problem["detail"].as_str().unwrap_or_default().is_empty());
    problem["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whatever_a_program_gets_wrong_is_a_problem() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let token = house.token(ws, &Scope::ALL).await;
    for (method, path, status, expected) in [
        (Method::GET, "/ingest/v1/events", 405, "method_not_allowed"),
        (Method::PUT, "/api/v1/campaigns", 405, "method_not_allowed"),
        (Method::POST, "/api", 405, "method_not_allowed"),
        (Method::GET, "/api/v1/campaigns/%ff", 400, "bad_request"),
        (
            Method::GET,
            "/api/v1/campaigns/%ff/report",
            400,
            "bad_request",
        ),
        (Method::GET, "/api/v1/nothing", 404, "not_found"),
        (Method::GET, "/api/", 404, "not_found"),
        (Method::POST, "/ingest/v2/events", 404, "not_found"),
        (Method::POST, "/ingest/v1/events/", 404, "not_found"),
        (Method::GET, "/ingest", 404, "not_found"),
    ] {
        let answer = ask(&house, method.clone(), path, token.reveal(), String::new()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        assert_eq!(code(&answer), expected, "{method} {path}");
        let allows = !answer.header("allow").is_empty();
        assert_eq!(allows, status == 405, "{method} {path}");
    }
}

/// An event with this much in it.
fn event(id: &str, bytes: usize) -> Value {
    json!({"id": id, "campaign": "c", "message": id, "recipient": "r", "kind": "sent",
        "at": "2026-11-23T10:00:00Z", "props": {"filling": "x".repeat(bytes)}})
}

#[tokio::test]
async fn more_bytes_than_there_is_room_for_have_to_wait() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let id = house.campaign(ws, CampaignType::Sms).await;
    let token = house.token(ws, &[Scope::Ingest]).await;
    let post = async |n: usize, bytes: usize| {
        let mut event = event(&n.to_string(), bytes);
        event["campaign"] = json!(id);
        let path = "/ingest/v1/events";
        ask(
            &house,
            Method::POST,
            path,
            token.reveal(),
            event.to_string(),
        )
        .await
    };
    // Other requests under way take up all but a little.
    let mut others = house.state.bodies.enter();
    assert!(others.resize(IN_FLIGHT_BYTES_MAX - 2_000));
    let refused = post(1, 3_000).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(code(&refused), "overloaded");
    assert_eq!(refused.header("retry-after"), "1");
    // A small one still fits, one after the other: each gives its room back.
    for n in 2..6 {
        let taken = post(n, 1_000).await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    }
    drop(others);
    let taken = post(1, 3_000).await;
    assert_eq!(taken.body, r#"{"accepted":1,"duplicate":0,"rejected":[]}"#);
    let mut all = house.state.bodies.enter();
    assert!(
        all.resize(IN_FLIGHT_BYTES_MAX),
        "nothing is in flight any more"
    );
}

#[tokio::test]
async fn a_database_that_went_away_is_said_to_come_back() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let token = house.token(ws, &Scope::ALL).await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let campaign = r#"{"name":"n","kind":"messaging","type":"sms","sender":"s"}"#;
    let create = async || {
        let path = "/api/v1/campaigns";
        ask(
            &house,
            Method::POST,
            path,
            token.reveal(),
            campaign.to_owned(),
        )
        .await
    };
    assert_eq!(create().await.status, StatusCode::CREATED);
    let cookie = house.sign_in("a@x.de").await;
    house.state.store.close().await;
    let refused = create().await;
    assert_eq!(
        refused.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        refused.body
    );
    assert_eq!(code(&refused), "unavailable");
    assert!(!refused.header("retry-after").is_empty());
    // Not 401: nobody's session has ended.
    for path in ["/api/v1/campaigns", "/live?scope=workspace"] {
        let refused = house.get(path, &cookie).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(code(&refused), "unavailable");
    }
    let ready = house.get("/readyz", "").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!ready.header("retry-after").is_empty());
}
