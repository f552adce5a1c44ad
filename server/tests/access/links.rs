//! Links by which people choose their own password.

use app::backend::AccessBackend;
use chrono::Duration;
use domain::user::Role;
use http::StatusCode;
use store::WorkspaceId;

use crate::house::{Answer, House, PASSWORD, form, serde_urlencoded, with_cookie};

const OWN: &str = "four unrelated words here";

async fn house() -> (House, WorkspaceId) {
    let house = House::empty(&[]).await;
    let ws = house.workspace("Aurora Retail").await;
    house.person(ws, "admin@x.de", Role::Admin).await;
    (house, ws)
}

async fn admin(house: &House) -> impl AccessBackend + use<> {
    house.backend(&house.sign_in("admin@x.de").await).await
}

/// Opens the link; the cookie it leaves.
async fn open(house: &House, link: &str) -> (Answer, Option<String>) {
    let path = link.strip_prefix("http://127.0.0.1:3000").unwrap();
    let answer = house.get(path, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let cookie = answer.cookie_named("reportage-join");
    (answer, cookie)
}

async fn choose(house: &House, cookie: &str, password: &str) -> Answer {
    let body = serde_urlencoded(&[("password", password)]);
    house.send(with_cookie(form("/join", &body), cookie)).await
}

#[tokio::test]
async fn an_invitation_makes_somebody_who_chooses_the_password() {
    let (house, ws) = house().await;
    let boss = admin(&house).await;
    let link = boss.add_person("Ana@x.de".to_owned(), Role::Editor).await;
    let link = link.unwrap();
    let people = boss.people().await.unwrap();
    assert!(
        people
            .iter()
            .any(|one| one.email == "ana@x.de" && one.is_invited)
    );
    // Nobody signs in before that, with whatever password.
    for password in ["", OWN] {
        let answer = house.try_sign_in("ana@x.de", password).await;
        assert_eq!(answer.header("location"), "/sign-in?error=invalid");
    }
    let (answer, cookie) = open(&house, &link).await;
    assert_eq!(
        answer.header("location"),
        "/join",
        "no token in the address"
    );
    let cookie = cookie.unwrap();
    let page = house.get("/join", &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    let token = link.rsplit('/').next().unwrap();
    assert!(page.body.contains("Choose a password") && !page.body.contains(token));

    for weak in [
        "short",
        "password1234",
        "ana@x.de-ana@x.de",
        "aurora retail 1",
    ] {
        let answer = choose(&house, &cookie, weak).await;
        assert_eq!(answer.header("location"), "/join?error=password", "{weak}");
        assert_eq!(answer.cookie(), None);
    }
    let page = house.get("/join?error=password", &cookie).await;
    assert!(page.body.contains("no common password"));

    let answer = choose(&house, &cookie, OWN).await;
    assert_eq!(answer.header("location"), "/");
    let session = answer.cookie().unwrap();
    let page = house.get("/reports/messaging", &session).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(house.try_sign_in("ana@x.de", OWN).await.cookie().is_some());

    // It is spent: for who opens it, and for who still has the page.
    let again = choose(&house, &cookie, "another four unrelated words").await;
    assert_eq!(again.header("location"), "/join?error=link");
    let (answer, cookie) = open(&house, &link).await;
    assert_eq!(
        (answer.header("location"), cookie),
        ("/join?error=link", None)
    );
    let page = house.get("/join?error=link", "").await;
    assert!(page.body.contains("Ask an admin") && !page.body.contains("<form"));
    let actions: Vec<_> = house.audit(ws).await;
    let expected = [
        ("person.invited", "admin@x.de", "ana@x.de"),
        ("person.joined", "ana@x.de", "ana@x.de"),
    ];
    let expected = expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned()));
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn links_end_in_time_and_with_the_next_one() {
    let (house, _) = house().await;
    let boss = admin(&house).await;
    let email = || "ana@x.de".to_owned();
    let first = boss.add_person(email(), Role::Viewer).await.unwrap();
    let second = boss.reset_link(email()).await.unwrap();
    assert_eq!(open(&house, &first).await.1, None);
    assert!(open(&house, &second).await.1.is_some());
    // Nobody has come yet: it is an invitation again.
    house
        .state
        .clock
        .advance(Duration::hours(72) - Duration::seconds(1));
    let cookie = open(&house, &second).await.1.unwrap();
    house.state.clock.advance(Duration::seconds(1));
    let late = choose(&house, &cookie, OWN).await;
    assert_eq!(late.header("location"), "/join?error=link");
    for cookie in ["", "reportage-join=", "reportage-join=guess"] {
        let answer = choose(&house, cookie, OWN).await;
        assert_eq!(answer.header("location"), "/join?error=link");
    }
    assert!(house.try_sign_in("ana@x.de", OWN).await.cookie().is_none());
}

#[tokio::test]
async fn a_reset_changes_nothing_until_it_is_used_and_then_ends_every_session() {
    let (house, ws) = house().await;
    house.person(ws, "ana@x.de", Role::Viewer).await;
    let theirs = house.workspace("theirs").await;
    house.person(theirs, "eve@x.de", Role::Admin).await;
    let old = house.sign_in("ana@x.de").await;
    let eve = house.backend(&house.sign_in("eve@x.de").await).await;
    let foreign = eve.reset_link("ana@x.de".to_owned()).await;
    assert_eq!(foreign, Err(domain::Refusal::not_found("person").into()));

    let boss = admin(&house).await;
    let link = boss.reset_link("ana@x.de".to_owned()).await.unwrap();
    assert_eq!(house.get("/settings", &old).await.status, StatusCode::OK);
    assert!(
        house
            .try_sign_in("ana@x.de", PASSWORD)
            .await
            .cookie()
            .is_some()
    );
    let cookie = open(&house, &link).await.1.unwrap();
    let answer = choose(&house, &cookie, OWN).await;
    let new = answer.cookie().unwrap();
    assert_eq!(house.get("/settings", &new).await.status, StatusCode::OK);
    assert_eq!(house.get("/settings", &old).await.status, StatusCode::FOUND);
    assert!(
        house
            .try_sign_in("ana@x.de", PASSWORD)
            .await
            .cookie()
            .is_none()
    );

    // A day, no more.
    let link = boss.reset_link("ana@x.de".to_owned()).await.unwrap();
    house.state.clock.advance(Duration::hours(24));
    assert_eq!(open(&house, &link).await.1, None);
}

#[tokio::test]
async fn under_https_the_secret_of_a_link_travels_encrypted_only() {
    let house = House::empty(&["--base-url", "https://reports.example.org"]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "admin@x.de", Role::Admin).await;
    let boss = admin(&house).await;
    let link = boss.add_person("ana@x.de".to_owned(), Role::Viewer).await;
    let link = link.unwrap();
    let path = link.strip_prefix("https://reports.example.org").unwrap();
    let answer = house.get(path, "").await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-reportage-join="), "{cookie}");
    for flag in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
}
