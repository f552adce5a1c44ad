//! What lets somebody in asks for the password again.

use app::{backend::AccessBackend, error::AppError};
use chrono::Duration;
use domain::{
    Refusal,
    user::{Role, Scope},
};
use http::{StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;
use store::WorkspaceId;

use crate::house::{Answer, House, PASSWORD, form, with_cookie};

async fn house() -> (House, WorkspaceId) {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "admin@x.de", Role::Admin).await;
    house.person(ws, "ana@x.de", Role::Viewer).await;
    (house, ws)
}

fn path_of(name: &str) -> &'static str {
    let mut paths = server_fn_paths();
    let found = paths.find(|(path, _)| {
        let tail = path.trim_start_matches("/ui/");
        tail.trim_end_matches(|c: char| c.is_ascii_digit()) == name
    });
    found
        .map(|(path, _)| path)
        .unwrap_or_else(|| panic!("{name}"))
}

async fn call(house: &House, cookie: &str, name: &str, args: &str) -> Answer {
    let request = with_cookie(form(path_of(name), args), cookie);
    house.send(request).await
}

/// Everything that lets somebody in, or sends with somebody's account.
const GUARDED: [(&str, &str); 10] = [
    ("add_person", "email=new@x.de&role=admin"),
    ("reset_link", "email=ana@x.de"),
    ("reset_factor", "email=ana@x.de"),
    ("remove_person", "email=ana@x.de"),
    ("create_token", "name=t&read=true&days=30"),
    ("revoke_token", "id=none"),
    (
        "save_account",
        "id=&name=n&protocol=sandbox&senders=&per_second=",
    ),
    ("delete_account", "id=none"),
    ("begin_factor", ""),
    ("activate_factor", "code=123456"),
];

#[tokio::test]
async fn an_old_session_changes_nobody_until_the_password_is_given_again() {
    let (house, ws) = house().await;
    let cookie = house.sign_in("admin@x.de").await;
    house.state.clock.advance(Duration::minutes(10));
    for (name, args) in GUARDED {
        let answer = call(&house, &cookie, name, args).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert!(
            answer.body.contains("Unconfirmed"),
            "{name}: {}",
            answer.body
        );
    }
    assert_eq!(house.audit(ws).await, []);
    assert_eq!(house.state.store.users(Some(ws)).await.unwrap().len(), 2);

    let wrong = call(&house, &cookie, "confirm_password", "password=guess").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let still = call(&house, &cookie, "add_person", GUARDED[0].1).await;
    assert_eq!(still.status, StatusCode::FORBIDDEN);
    let right = "password=correct+horse+battery";
    let confirmed = call(&house, &cookie, "confirm_password", right).await;
    assert_eq!(confirmed.status, StatusCode::OK);
    for (name, args) in GUARDED {
        let answer = call(&house, &cookie, name, args).await;
        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{name}");
    }
    house.state.clock.advance(Duration::minutes(10));
    let old = call(&house, &cookie, "create_token", "name=t&read=true").await;
    assert_eq!(old.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn another_session_is_not_confirmed_by_this_one() {
    let (house, _) = house().await;
    let stolen = house.sign_in("admin@x.de").await;
    house.state.clock.advance(Duration::minutes(10));
    let own = house.backend(&house.sign_in("admin@x.de").await).await;
    own.confirm_password(PASSWORD.to_owned()).await.unwrap();
    let thief = house.backend(&stolen).await;
    let made = thief
        .create_token("t".to_owned(), vec![Scope::Read], None)
        .await;
    assert_eq!(made, Err(AppError::from(Refusal::Unconfirmed)));
}

#[tokio::test]
async fn guessing_the_password_in_a_session_is_slowed_down() {
    let (house, _) = house().await;
    let ana = house.backend(&house.sign_in("ana@x.de").await).await;
    for _ in 0..10 {
        let wrong = ana.confirm_password("guess".to_owned()).await.unwrap_err();
        assert!(wrong.to_string().contains("not your password"), "{wrong}");
    }
    let throttled = ana.confirm_password(PASSWORD.to_owned()).await;
    assert!(matches!(
        throttled,
        Err(AppError::Refused(Refusal::Throttled { .. }))
    ));
    // Neither is the way round by another form.
    let change = ana.change_password(PASSWORD.to_owned(), "another horse battery".to_owned());
    assert!(change.await.is_err());
    house.state.clock.advance(Duration::minutes(15));
    ana.confirm_password(PASSWORD.to_owned()).await.unwrap();
}

#[tokio::test]
async fn without_scripts_the_page_asks_for_the_password_and_keeps_what_was_typed() {
    let (house, _) = house().await;
    let cookie = house.sign_in("admin@x.de").await;
    house.state.clock.advance(Duration::minutes(10));
    let by_form = async |name: &str, args: &str| {
        let mut request = with_cookie(form(path_of(name), args), &cookie);
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, "text/html".parse().unwrap());
        headers.insert(header::REFERER, "http://x/settings".parse().unwrap());
        house.send(request).await
    };
    let answer = by_form("add_person", "email=new%40x.de&role=editor").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("Your password, to confirm"));
    assert!(answer.body.contains("value=\"new@x.de\""));
    let wrong = by_form("confirm_password", "password=guess-it-twice").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Your password, to confirm"));
    assert!(!wrong.body.contains("guess-it-twice"));
    let right = by_form("confirm_password", "password=correct+horse+battery").await;
    assert_eq!(right.header("location"), "/settings?said=confirm_password");
    let page = house.get("/settings?said=confirm_password", &cookie).await;
    assert!(page.body.contains("Confirmed for ten minutes"));
    let added = by_form("add_person", "email=new%40x.de&role=editor").await;
    assert_eq!(added.header("location"), "/settings?said=add_person");
    let kept = added.cookie_named("reportage_flash_link").unwrap();
    let page = house
        .get("/settings?said=add_person", &format!("{cookie}; {kept}"))
        .await;
    assert!(page.body.contains("http://127.0.0.1:3000/join/"));
}
