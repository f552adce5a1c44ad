//! Signing in with a second factor.

use app::{backend::AccessBackend, error::AppError};
use chrono::{DateTime, Duration, Utc};
use domain::{Refusal, user::Role};
use http::StatusCode;
use ring::hmac;
use store::WorkspaceId;

use crate::house::{Answer, House, PASSWORD, form, serde_urlencoded, with_cookie};

/// What an authenticator app shows, made here from the standard alone (RFC 4226, RFC 6238).
fn app_code(secret: &str, at: DateTime<Utc>) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret
        .chars()
        .map(|letter| format!("{:05b}", LETTERS.find(letter).unwrap()))
        .collect();
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &bytes);
    let tag = hmac::sign(&key, &(at.timestamp() / 30).to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[19] & 15);
    let four: [u8; 4] = tag[start..start + 4].try_into().unwrap();
    format!(
        "{:06}",
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
    )
}

struct Ana {
    house: House,
    ws: WorkspaceId,
    secret: String,
    recovery: Vec<String>,
    session: String,
}

impl Ana {
    /// Somebody who has just set a second factor up.
    async fn new() -> Self {
        let house = House::empty(&[]).await;
        let ws = house.workspace("w").await;
        house.person(ws, "admin@x.de", Role::Admin).await;
        house.person(ws, "ana@x.de", Role::Viewer).await;
        let session = house.sign_in("ana@x.de").await;
        let own = house.backend(&session).await;
        own.begin_factor().await.unwrap();
        let begun = own.factor().await.unwrap().begun.unwrap();
        assert!(begun.address.contains(&begun.secret) && begun.address.contains("ana%40x.de"));
        assert!(begun.picture.starts_with("data:image/svg+xml;base64,"));
        // Nothing is asked for before a code has shown that the app has the secret.
        assert!(
            house
                .try_sign_in("ana@x.de", PASSWORD)
                .await
                .cookie()
                .is_some()
        );
        let wrong = own.activate_factor("000000".to_owned()).await;
        assert!(wrong.unwrap_err().to_string().contains("wrong"));
        let code = app_code(&begun.secret, house.state.clock.now());
        let recovery = own.activate_factor(code).await.unwrap();
        let info = own.factor().await.unwrap();
        assert!(info.is_active && info.codes_left == 10 && info.begun.is_none());
        Self {
            house,
            ws,
            secret: begun.secret,
            recovery,
            session,
        }
    }

    fn code(&self) -> String {
        app_code(&self.secret, self.house.state.clock.now())
    }

    /// Gives the password; the cookie by which the code is owed.
    async fn password(&self) -> String {
        let answer = self.house.try_sign_in("ana@x.de", PASSWORD).await;
        assert_eq!(answer.header("location"), "/sign-in/code");
        assert_eq!(answer.cookie(), None, "no session before the code");
        answer.cookie_named("reportage-code").unwrap()
    }

    async fn give(&self, cookie: &str, code: &str) -> Answer {
        let body = serde_urlencoded(&[("code", code), ("next", "/settings")]);
        let request = with_cookie(form("/sign-in/code", &body), cookie);
        self.house.send(request).await
    }

    fn later(&self, seconds: i64) {
        self.house.state.clock.advance(Duration::seconds(seconds));
    }
}

#[tokio::test]
async fn the_password_alone_opens_nothing() {
    let ana = Ana::new().await;
    ana.later(30);
    let owed = ana.password().await;
    let value = owed.split_once('=').unwrap().1;
    for cookie in [owed.clone(), format!("reportage={value}")] {
        let answer = ana.house.get("/api/v1/campaigns", &cookie).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let page = ana.house.get("/sign-in/code", &owed).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Second factor") && !page.body.contains(value));

    let wrong = ana.give(&owed, "000000").await;
    assert_eq!(
        wrong.header("location"),
        "/sign-in/code?error=code&next=%2Fsettings"
    );
    let right = ana.give(&owed, &ana.code()).await;
    assert_eq!(right.header("location"), "/settings");
    let session = right.cookie().unwrap();
    let page = ana.house.get("/settings", &session).await;
    assert_eq!(page.status, StatusCode::OK);
    // Done is done.
    let again = ana.give(&owed, &ana.code()).await;
    assert!(again.header("location").starts_with("/sign-in?error=late"));
    assert_eq!(again.cookie(), None);
}

#[tokio::test]
async fn each_code_opens_once() {
    let ana = Ana::new().await;
    // The one that switched it on is used already, …
    let owed = ana.password().await;
    assert!(ana.give(&owed, &ana.code()).await.cookie().is_none());
    // … and so is one that somebody looked at over a shoulder.
    ana.later(30);
    let code = ana.code();
    assert!(ana.give(&owed, &code).await.cookie().is_some());
    let owed = ana.password().await;
    assert!(ana.give(&owed, &code).await.cookie().is_none());
    // One step ahead of this clock is fine, two are not.
    let ahead = |s| {
        app_code(
            &ana.secret,
            ana.house.state.clock.now() + Duration::seconds(s),
        )
    };
    assert!(ana.give(&owed, &ahead(60)).await.cookie().is_none());
    assert!(ana.give(&owed, &ahead(30)).await.cookie().is_some());
}

#[tokio::test]
async fn a_recovery_code_opens_once() {
    let ana = Ana::new().await;
    assert_eq!(ana.recovery.len(), 10);
    let typed = ana.recovery[3].to_uppercase().replace('-', " ");
    let owed = ana.password().await;
    assert!(ana.give(&owed, &typed).await.cookie().is_some());
    let owed = ana.password().await;
    assert!(ana.give(&owed, &ana.recovery[3]).await.cookie().is_none());
    assert!(ana.give(&owed, &ana.recovery[4]).await.cookie().is_some());
    let own = ana.house.backend(&ana.session).await;
    assert_eq!(own.factor().await.unwrap().codes_left, 8);
    let entries = ana.house.audit(ana.ws).await;
    let used = entries
        .iter()
        .filter(|(action, ..)| action == "factor.recovery_code_used");
    assert_eq!(used.count(), 2);
}

#[tokio::test]
async fn the_code_is_owed_for_five_minutes_and_guessing_it_is_slowed_down() {
    let ana = Ana::new().await;
    let owed = ana.password().await;
    ana.later(300);
    let late = ana.give(&owed, &ana.code()).await;
    assert_eq!(
        late.header("location"),
        "/sign-in?error=late&next=%2Fsettings"
    );
    // Two were counted when it was set up.
    for _ in 0..18 {
        let owed = ana.password().await;
        let answer = ana.give(&owed, "000000").await;
        assert!(
            answer.header("location").contains("error=code"),
            "{}",
            answer.header("location")
        );
    }
    let owed = ana.password().await;
    let answer = ana.give(&owed, &ana.code()).await;
    assert!(answer.header("location").contains("error=throttled"));
    assert_eq!(answer.cookie(), None);
    ana.later(15 * 60);
    let owed = ana.password().await;
    assert!(ana.give(&owed, &ana.code()).await.cookie().is_some());
}

#[tokio::test]
async fn a_reset_link_stands_in_for_the_password_alone() {
    let ana = Ana::new().await;
    let boss = ana
        .house
        .backend(&ana.house.sign_in("admin@x.de").await)
        .await;
    let link = boss.reset_link("ana@x.de".to_owned()).await.unwrap();
    let path = link.strip_prefix("http://127.0.0.1:3000").unwrap();
    let cookie = ana.house.get(path, "").await.cookie_named("reportage-join");
    let body = serde_urlencoded(&[("password", "four unrelated words here")]);
    let request = with_cookie(form("/join", &body), &cookie.unwrap());
    let answer = ana.house.send(request).await;
    assert_eq!(answer.header("location"), "/sign-in/code");
    assert_eq!(answer.cookie(), None);
    ana.later(30);
    let owed = answer.cookie_named("reportage-code").unwrap();
    assert!(ana.give(&owed, &ana.code()).await.cookie().is_some());
}

#[tokio::test]
async fn it_is_switched_off_with_password_and_code_or_by_an_admin() {
    let ana = Ana::new().await;
    ana.later(30);
    let own = ana.house.backend(&ana.session).await;
    let other = own.begin_factor().await;
    assert!(matches!(
        other,
        Err(AppError::Refused(Refusal::Conflict(_)))
    ));
    for (password, code) in [("guess", ana.code()), (PASSWORD, "000000".to_owned())] {
        let outcome = own.switch_off_factor(password.to_owned(), code).await;
        assert!(matches!(
            outcome,
            Err(AppError::Refused(Refusal::Invalid { .. }))
        ));
    }
    own.switch_off_factor(PASSWORD.to_owned(), ana.code())
        .await
        .unwrap();
    ana.house.sign_in("ana@x.de").await;

    let ana = Ana::new().await;
    let boss = ana
        .house
        .backend(&ana.house.sign_in("admin@x.de").await)
        .await;
    let people = boss.people().await.unwrap();
    let with: Vec<_> = people.iter().filter(|one| one.has_factor).collect();
    assert_eq!((with.len(), with[0].email.as_str()), (1, "ana@x.de"));
    boss.reset_factor("ana@x.de".to_owned()).await.unwrap();
    ana.house.sign_in("ana@x.de").await;
    let entries = ana.house.audit(ana.ws).await;
    let last = entries.last().unwrap();
    assert_eq!(
        (last.0.as_str(), last.1.as_str(), last.2.as_str()),
        ("factor.reset", "admin@x.de", "ana@x.de")
    );
}

#[tokio::test]
async fn the_secret_is_sealed_and_shown_to_a_confirmed_session_alone() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "ana@x.de", Role::Viewer).await;
    let cookie = house.sign_in("ana@x.de").await;
    let own = house.backend(&cookie).await;
    own.begin_factor().await.unwrap();
    let secret = own.factor().await.unwrap().begun.unwrap().secret;
    let page = house.get("/settings", &cookie).await;
    assert!(page.body.contains(&secret) && page.body.contains("data:image/svg+xml"));
    let (user, _) = house
        .state
        .store
        .user_by_email("ana@x.de")
        .await
        .unwrap()
        .unwrap();
    let held = house.state.store.factor(user.id).await.unwrap().unwrap();
    assert!(!String::from_utf8_lossy(&held.secret).contains(&secret));
    house.state.clock.advance(Duration::minutes(10));
    assert_eq!(own.factor().await.unwrap().begun, None);
    assert!(!house.get("/settings", &cookie).await.body.contains(&secret));
}
