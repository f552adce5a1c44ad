//! Signing in and out, the cookie, throttling, and what ends a session.

use app::backend::{AccessBackend, Backend};
use chrono::Duration;
use domain::user::Role;
use http::{StatusCode, header};

use crate::house::{House, PASSWORD, form, serde_urlencoded, with_cookie};

async fn house() -> House {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "admin@x.de", Role::Admin).await;
    house.person(ws, "ana@x.de", Role::Viewer).await;
    house
}

async fn is_signed_in(house: &House, cookie: &str) -> bool {
    match house.get("/api/v1/campaigns", cookie).await.status {
        StatusCode::OK => true,
        StatusCode::UNAUTHORIZED => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let house = house().await;
    let answer = house.try_sign_in("ANA@x.de ", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("reportage="), "{cookie}");
    for flag in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(flag), "{flag} in {cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"));

    let secure = House::empty(&["--base-url", "https://reports.example.org"]).await;
    let ws = secure.workspace("w").await;
    secure.person(ws, "a@x.de", Role::Admin).await;
    let answer = secure.try_sign_in("a@x.de", PASSWORD).await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-reportage=") && cookie.contains("Secure"),
        "{cookie}"
    );
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
    let plain = answer.cookie().unwrap().replace("__Host-", "");
    assert!(!is_signed_in(&secure, &plain).await);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let house = house().await;
    for (email, password) in [
        ("ana@x.de", "wrong"),
        ("nobody@x.de", PASSWORD),
        ("", ""),
        ("ana@x.de", ""),
    ] {
        let answer = house.try_sign_in(email, password).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(
            answer.header("location"),
            "/sign-in?error=invalid",
            "{email}"
        );
        assert!(answer.cookie().is_none());
    }
}

#[tokio::test]
async fn signing_in_leads_to_own_paths_only() {
    let house = house().await;
    for (next, expected) in [
        (
            "/reports/messaging?range=all",
            "/reports/messaging?range=all",
        ),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
        ("", "/"),
    ] {
        let body = serde_urlencoded(&[
            ("email", "ana@x.de"),
            ("password", PASSWORD),
            ("next", next),
        ]);
        let answer = house.send(form("/sign-in", &body)).await;
        assert_eq!(answer.header("location"), expected, "{next:?}");
        assert!(answer.cookie().is_some());
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let house = house().await;
    let (first, second) = (
        house.sign_in("ana@x.de").await,
        house.sign_in("ana@x.de").await,
    );
    assert_ne!(first, second);
    let answer = house.send(with_cookie(form("/sign-out", ""), &first)).await;
    assert_eq!(answer.header("location"), "/sign-in");
    assert_eq!(answer.cookie().as_deref(), Some("reportage="));
    assert!(!is_signed_in(&house, &first).await);
    assert!(is_signed_in(&house, &second).await);
}

#[tokio::test]
async fn signing_in_again_replaces_the_browsers_session() {
    let house = house().await;
    let old = house.sign_in("ana@x.de").await;
    let body = serde_urlencoded(&[("email", "ana@x.de"), ("password", PASSWORD)]);
    let answer = house.send(with_cookie(form("/sign-in", &body), &old)).await;
    let new = answer.cookie().unwrap();
    assert_ne!(old, new);
    assert!(!is_signed_in(&house, &old).await);
    assert!(is_signed_in(&house, &new).await);
}

#[tokio::test]
async fn a_session_that_is_not_used_ends() {
    let house = house().await;
    let cookie = house.sign_in("ana@x.de").await;
    for _ in 0..3 {
        house.state.clock.advance(Duration::days(13));
        assert!(is_signed_in(&house, &cookie).await);
    }
    house.state.clock.advance(Duration::days(14));
    assert!(!is_signed_in(&house, &cookie).await);
}

#[tokio::test]
async fn a_session_in_use_ends_after_ninety_days() {
    let house = house().await;
    let cookie = house.sign_in("ana@x.de").await;
    for _ in 0..8 {
        house.state.clock.advance(Duration::days(11));
        assert!(is_signed_in(&house, &cookie).await);
    }
    house.state.clock.advance(Duration::days(2));
    assert!(!is_signed_in(&house, &cookie).await);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let house = house().await;
    let (here, there) = (
        house.sign_in("ana@x.de").await,
        house.sign_in("ana@x.de").await,
    );
    let admin = house.sign_in("admin@x.de").await;
    let ana = house.backend(&here).await;
    let new = "another horse battery".to_owned();
    let wrong = ana.change_password("wrong".to_owned(), new.clone()).await;
    assert!(wrong.unwrap_err().to_string().contains("not your password"));
    let short = ana
        .change_password(PASSWORD.to_owned(), "short".to_owned())
        .await;
    assert!(short.unwrap_err().to_string().contains("at least"));
    let common = ana
        .change_password(PASSWORD.to_owned(), "password1234".to_owned())
        .await;
    let why = common.unwrap_err().to_string();
    assert!(why.contains("common"), "{why}");
    assert!(is_signed_in(&house, &there).await);
    ana.change_password(PASSWORD.to_owned(), new.clone())
        .await
        .unwrap();
    assert!(is_signed_in(&house, &here).await);
    assert!(!is_signed_in(&house, &there).await);
    assert!(is_signed_in(&house, &admin).await);
    assert_eq!(
        house
            .try_sign_in("ana@x.de", PASSWORD)
            .await
            .header("location"),
        "/sign-in?error=invalid"
    );
    assert!(house.try_sign_in("ana@x.de", &new).await.cookie().is_some());
}

#[tokio::test]
async fn whoever_is_removed_is_out_at_once() {
    let house = house().await;
    let (ana, admin) = (
        house.sign_in("ana@x.de").await,
        house.sign_in("admin@x.de").await,
    );
    house
        .backend(&admin)
        .await
        .remove_person("ana@x.de".to_owned())
        .await
        .unwrap();
    assert!(!is_signed_in(&house, &ana).await);
    let viewer = house.backend(&ana).await.viewer();
    assert_eq!(viewer, None);
    // The last admin can't lock everyone out.
    let outcome = house
        .backend(&admin)
        .await
        .remove_person("admin@x.de".to_owned())
        .await;
    assert!(outcome.unwrap_err().to_string().contains("last admin"));
}

#[tokio::test]
async fn only_admins_manage() {
    let house = house().await;
    let ana = house.backend(&house.sign_in("ana@x.de").await).await;
    let forbidden = domain::Refusal::Forbidden.into();
    let link = ana.reset_link("admin@x.de".to_owned()).await;
    assert_eq!(link, Err(app::error::AppError::clone(&forbidden)));
    let factor = ana.reset_factor("admin@x.de".to_owned()).await;
    assert_eq!(factor, Err(app::error::AppError::clone(&forbidden)));
    assert_eq!(
        ana.people().await,
        Err::<Vec<_>, _>(app::error::AppError::clone(&forbidden))
    );
    assert_eq!(
        ana.tokens().await,
        Err(app::error::AppError::clone(&forbidden))
    );
    assert_eq!(
        ana.settings().await,
        Err(app::error::AppError::clone(&forbidden))
    );
    let made = ana
        .create_token("t".to_owned(), vec![domain::user::Scope::Read], None)
        .await;
    assert_eq!(made, Err(app::error::AppError::clone(&forbidden)));
    let added = ana.add_person("b@x.de".to_owned(), Role::Admin).await;
    assert_eq!(added, Err(app::error::AppError::clone(&forbidden)));
    assert_eq!(
        ana.remove_person("admin@x.de".to_owned()).await,
        Err(forbidden)
    );
}

#[tokio::test]
async fn guessing_one_account_is_slowed_down() {
    let house = house().await;
    for _ in 0..10 {
        let answer = house.try_sign_in("ana@x.de", "wrong").await;
        assert_eq!(answer.header("location"), "/sign-in?error=invalid");
    }
    // Now even the right password has to wait, in any spelling of the address.
    for email in ["ana@x.de", " ANA@x.de"] {
        let answer = house.try_sign_in(email, PASSWORD).await;
        assert_eq!(answer.header("location"), "/sign-in?error=throttled");
        assert!(answer.cookie().is_none());
    }
    // Others are not held up.
    house.sign_in("admin@x.de").await;
    house.state.clock.advance(Duration::minutes(15));
    house.sign_in("ana@x.de").await;
    // Signing in starts the count anew.
    for _ in 0..9 {
        house.try_sign_in("ana@x.de", "wrong").await;
    }
    house.sign_in("ana@x.de").await;
}

/// Where an attempt by way of a proxy leads.
async fn attempt_from(house: &House, email: &str, password: &str, forwarded: &str) -> String {
    let body = serde_urlencoded(&[("email", email), ("password", password)]);
    let mut request = form("/sign-in", &body);
    request
        .headers_mut()
        .insert("x-forwarded-for", forwarded.parse().unwrap());
    house.send(request).await.header("location").to_owned()
}

#[tokio::test]
async fn whoever_knows_an_address_cannot_lock_its_owner_out() {
    let house = House::empty(&["--trust-proxy"]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "ana@x.de", Role::Admin).await;
    let wrong = "/sign-in?error=invalid";
    for n in 0..100 {
        let from = format!("10.0.0.{}", n / 10);
        assert_eq!(
            attempt_from(&house, "ana@x.de", "guess", &from).await,
            wrong
        );
    }
    let throttled = "/sign-in?error=throttled";
    let from = "10.0.0.3";
    assert_eq!(
        attempt_from(&house, "ana@x.de", PASSWORD, from).await,
        throttled
    );
    assert_eq!(
        attempt_from(&house, "ana@x.de", PASSWORD, "192.0.2.7").await,
        "/"
    );
}

#[tokio::test]
async fn guessing_one_account_from_everywhere_is_slowed_down() {
    let house = House::empty(&["--trust-proxy"]).await;
    // What the counter of the account holds after a thousand attempts from as many networks.
    let ws = house.workspace("w").await;
    house.person(ws, "ana@x.de", Role::Admin).await;
    let now = house.state.clock.now();
    let counter = {
        use sha2::Digest;
        sha2::Sha256::digest(b"account ana@x.de")
    };
    for _ in 0..1_000 {
        let window = Duration::minutes(15);
        let store = &house.state.store;
        store
            .count_login_attempt(&counter, now, window)
            .await
            .unwrap();
    }
    let throttled = "/sign-in?error=throttled";
    assert_eq!(
        attempt_from(&house, "ana@x.de", PASSWORD, "192.0.2.7").await,
        throttled
    );
    house.state.clock.advance(Duration::minutes(15));
    assert_eq!(
        attempt_from(&house, "ana@x.de", PASSWORD, "192.0.2.7").await,
        "/"
    );
}

#[tokio::test]
async fn guessing_from_one_address_is_slowed_down() {
    let house = House::empty(&["--trust-proxy"]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "ana@x.de", Role::Viewer).await;
    let attempt =
        async |email: &str, forwarded: &str| attempt_from(&house, email, PASSWORD, forwarded).await;
    // What the client itself claims, further left, changes nothing; nor do addresses within one network.
    for n in 0..100 {
        let forwarded = format!("10.0.0.{n}, 2001:db8:1:2:{n}::1");
        assert_eq!(
            attempt(&format!("u{n}@x.de"), &forwarded).await,
            "/sign-in?error=invalid"
        );
    }
    let throttled = "/sign-in?error=throttled";
    assert_eq!(
        attempt("ana@x.de", "10.0.0.1, 2001:db8:1:2::ffff").await,
        throttled
    );
    assert_eq!(attempt("ana@x.de", "10.0.0.1, 2001:db8:1:3::1").await, "/");
}

#[tokio::test]
async fn pages_without_a_session_lead_to_the_door_and_back() {
    let house = house().await;
    let answer = house.get("/reports/messaging?range=all", "").await;
    assert_eq!(answer.status, StatusCode::FOUND);
    let location = answer.header("location");
    assert!(location.starts_with("/sign-in"), "{location}");
    assert!(
        !answer.body.contains("class=\"card"),
        "content without a session"
    );
    let cookie = house.sign_in("ana@x.de").await;
    let answer = house.get("/reports/messaging?range=all", &cookie).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert!(answer.body.contains("ana@x.de"));
}

#[tokio::test]
async fn people_see_their_own_sessions_and_end_them() {
    let house = house().await;
    let body = serde_urlencoded(&[("email", "ana@x.de"), ("password", PASSWORD)]);
    let mut request = form("/sign-in", &body);
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
    request
        .headers_mut()
        .insert(header::USER_AGENT, agent.parse().unwrap());
    let here = house.send(request).await.cookie().unwrap();
    house.state.clock.advance(Duration::minutes(1));
    let there = house.sign_in("ana@x.de").await;
    let admin = house.sign_in("admin@x.de").await;
    let ana = house.backend(&here).await;
    let own = ana.sessions().await.unwrap();
    assert_eq!(own.len(), 2);
    let (other, this) = (&own[0], &own[1]);
    assert!(this.is_this && !other.is_this);
    assert_eq!(
        (this.browser.as_str(), other.browser.as_str()),
        ("Firefox on Linux", "")
    );
    // What the list holds opens nothing.
    assert!(!format!("{own:?}").contains(there.split_once('=').unwrap().1));

    // Nobody ends somebody else's.
    let boss = house.backend(&admin).await;
    let foreign = boss.end_session(other.id.clone()).await;
    assert_eq!(foreign, Err(domain::Refusal::not_found("session").into()));
    ana.end_session(other.id.clone()).await.unwrap();
    assert!(!is_signed_in(&house, &there).await);
    assert!(is_signed_in(&house, &here).await);

    let there = house.sign_in("ana@x.de").await;
    ana.end_other_sessions().await.unwrap();
    assert!(!is_signed_in(&house, &there).await);
    assert!(is_signed_in(&house, &here).await);
    assert!(is_signed_in(&house, &admin).await);
    let page = house.get("/settings", &here).await;
    assert!(page.body.contains("Firefox on Linux") && page.body.contains("This one"));
}
