//! The first person of a new server.

use chrono::Duration;
use domain::user::Role;
use http::StatusCode;
use server::auth::announce_setup_link;

use store::NewWorkspace;

use crate::house::{Answer, House, PASSWORD, form, now, serde_urlencoded, with_cookie};

async fn link(house: &House) -> Option<String> {
    let link = announce_setup_link(&house.state).await.unwrap()?;
    let (page, token) = link.split_once("?token=").unwrap();
    assert_eq!(page, "http://127.0.0.1:3000/setup");
    Some(token.to_owned())
}

async fn set_up(house: &House, token: &str, email: &str, password: &str) -> Answer {
    let body = serde_urlencoded(&[("token", token), ("email", email), ("password", password)]);
    house.send(form("/setup", &body)).await
}

#[tokio::test]
async fn the_link_makes_one_admin_once() {
    let house = House::empty(&[]).await;
    let token = link(&house).await.unwrap();
    assert!(token.len() >= 43, "256 bits");

    for (email, password, error) in [
        ("a@x.de", "short", "password"),
        ("no address", PASSWORD, "email"),
    ] {
        let answer = set_up(&house, &token, email, password).await;
        // The link is not spent by a mistake.
        assert_eq!(answer.header("location"), format!("/setup?error={error}"));
        let kept = answer.header("set-cookie");
        assert!(
            kept.contains(&token) && kept.contains("HttpOnly; SameSite=Strict"),
            "{kept}"
        );
        // The next form has no token.
        let body = serde_urlencoded(&[("token", ""), ("email", "a@x.de"), ("password", "short")]);
        let again = with_cookie(form("/setup", &body), &answer.cookie().unwrap());
        let again = house.send(again).await;
        assert_eq!(again.header("location"), "/setup?error=password");
    }
    assert!(
        set_up(&house, "guess", "a@x.de", PASSWORD)
            .await
            .header("location")
            .contains("expired")
    );

    let answer = set_up(&house, &token, "a@x.de", PASSWORD).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/")
    );
    let cookie = answer.cookie().unwrap();
    let page = house.get("/settings", &cookie).await;
    assert_eq!(page.status, StatusCode::OK);

    let again = set_up(&house, &token, "b@x.de", PASSWORD).await;
    assert!(again.header("location").contains("error=expired"));
    assert!(again.cookie().is_none());
    assert_eq!(link(&house).await, None);
    assert_eq!(house.state.store.users(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_restart_replaces_the_link_and_a_day_ends_it() {
    let house = House::empty(&[]).await;
    let old = link(&house).await.unwrap();
    let new = link(&house).await.unwrap();
    let answer = set_up(&house, &old, "a@x.de", PASSWORD).await;
    assert!(answer.header("location").contains("error=expired"));
    house.state.clock.advance(Duration::hours(24));
    let answer = set_up(&house, &new, "a@x.de", PASSWORD).await;
    assert!(answer.header("location").contains("error=expired"));
}

#[tokio::test]
async fn whoever_looks_at_the_demonstration_is_nobodys_admin() {
    let house = House::empty(&[]).await;
    let demo = NewWorkspace {
        name: "Demonstration".to_owned(),
        time_zone: "Europe/Madrid".to_owned(),
        week_start: 1,
        is_demo: true,
    };
    let store = &house.state.store;
    let demo = store.create_workspace(demo, now()).await.unwrap().id;
    house.person(demo, "demo@x.de", Role::Admin).await;
    let token = link(&house).await.expect("still a link");
    let answer = set_up(&house, &token, "Demo@x.de", PASSWORD).await;
    let location = answer.header("location");
    assert_eq!(location, "/setup?error=email", "the address is taken");
    let answer = set_up(&house, &token, "a@x.de", PASSWORD).await;
    assert_eq!(answer.header("location"), "/");
    let page = house.get("/settings", &answer.cookie().unwrap()).await;
    assert_eq!(page.status, StatusCode::OK);
    let (own, _) = store.user_by_email("a@x.de").await.unwrap().unwrap();
    assert_ne!(own.workspace, demo);
    assert_eq!(link(&house).await, None);
}

#[tokio::test]
async fn two_browsers_with_the_link_make_one_admin() {
    let house = House::empty(&[]).await;
    let token = link(&house).await.unwrap();
    let (a, b) = tokio::join!(
        set_up(&house, &token, "a@x.de", PASSWORD),
        set_up(&house, &token, "b@x.de", PASSWORD)
    );
    assert!(a.cookie().is_some() != b.cookie().is_some());
    assert_eq!(house.state.store.users(None).await.unwrap().len(), 1);
}
