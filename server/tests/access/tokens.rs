//! Look-ups of tokens are remembered, and forgotten in time.

use app::backend::AccessBackend;
use axum::body::Body;
use chrono::Duration;
use domain::user::{Role, Scope};
use http::{Request, StatusCode, header};
use server::{auth::Signed, backend::RequestBackend};

use crate::house::House;

async fn status(house: &House, token: &str) -> StatusCode {
    let request = Request::get("/api/v1/campaigns")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap();
    house.send(request).await.status
}

#[tokio::test]
async fn a_token_revoked_here_is_turned_away_at_once() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let cookie = house.sign_in("a@x.de").await;
    let signed = Signed::by_token(&house.state, cookie.split_once('=').unwrap().1)
        .await
        .unwrap();
    let admin = RequestBackend::new(house.state.clone(), signed);
    let token = admin
        .create_token("Import".to_owned(), vec![Scope::Read], Some(30))
        .await
        .unwrap();
    assert!(token.starts_with("rpt_"));
    assert_eq!(status(&house, &token).await, StatusCode::OK);
    let listed = admin.tokens().await.unwrap();
    assert!(listed[0].last_used_at.is_some());
    assert!(!format!("{listed:?}").contains(&token[4..]));
    admin.revoke_token(listed[0].id.clone()).await.unwrap();
    assert_eq!(status(&house, &token).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_revoked_elsewhere_is_turned_away_within_seconds() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let token = house.token(ws, &[Scope::Read]).await;
    assert_eq!(status(&house, token.reveal()).await, StatusCode::OK);
    let id = house.state.store.tokens(None).await.unwrap()[0].id.clone();
    // As `reportage token revoke` does, in a process of its own.
    house.state.store.revoke_token(ws, &id).await.unwrap();
    house.state.clock.advance(Duration::seconds(6));
    assert_eq!(
        status(&house, token.reveal()).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn nothing_but_the_whole_token_opens() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let token = house.token(ws, &[Scope::Read]).await;
    let whole = token.reveal();
    for other in [
        "",
        &whole[..whole.len() - 1],
        &whole.to_uppercase(),
        "rpt_",
        "' OR 1=1 --",
    ] {
        assert_eq!(
            status(&house, other).await,
            StatusCode::UNAUTHORIZED,
            "{other}"
        );
    }
    assert_eq!(status(&house, whole).await, StatusCode::OK);
}

#[tokio::test]
async fn a_token_ends_with_its_day_and_says_so() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let admin = house.backend(&house.sign_in("a@x.de").await).await;
    let make = async |days: Option<u32>| {
        let name = format!("{days:?}");
        admin.create_token(name, vec![Scope::Read], days).await
    };
    for days in [0, 3_651] {
        let refused = make(Some(days)).await.unwrap_err().to_string();
        assert!(refused.starts_with("days"), "{refused}");
    }
    let (short, lasting) = (make(Some(30)).await.unwrap(), make(None).await.unwrap());
    let mut listed = admin.tokens().await.unwrap();
    listed.sort_by(|a, b| a.name.cmp(&b.name));
    let ends = listed.iter().map(|one| one.expires_at.as_deref());
    let days: Vec<_> = ends.map(|at| at.map(|at| &at[..10])).collect();
    assert_eq!(days, [None, Some("2026-12-23")]);
    assert!(!listed.iter().any(|one| one.is_expired));

    let almost = Duration::days(30) - Duration::seconds(2);
    house.state.clock.advance(almost);
    assert_eq!(status(&house, &short).await, StatusCode::OK);
    // Not even what was looked up a moment ago outlives it.
    house.state.clock.advance(Duration::seconds(2));
    let request = Request::get("/api/v1/campaigns")
        .header(header::AUTHORIZATION, format!("Bearer {short}"))
        .body(Body::empty())
        .unwrap();
    let answer = house.send(request).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(
        answer.body.contains("\"code\":\"token_expired\""),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("has expired"), "{}", answer.body);
    assert_eq!(status(&house, &lasting).await, StatusCode::OK);
}
