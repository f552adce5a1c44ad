//! Files and forms that ask for too much: refused with a page or a sentence, and before they are held.

use std::time::Duration;

use axum::body::{Body, Bytes};
use domain::{
    Refusal,
    user::{Role, Scope},
};
use futures::{StreamExt, stream};
use http::{Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;
use server::{http::ingest::Room, pools::Pool};
use store::WorkspaceId;

use crate::house::{Answer, House, with_cookie};

const PAGE: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

/// A house with an editor and a viewer.
async fn home() -> (House, WorkspaceId, String, String) {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "editor@x.de", Role::Editor).await;
    house.person(ws, "viewer@x.de", Role::Viewer).await;
    let editor = house.sign_in("editor@x.de").await;
    let viewer = house.sign_in("viewer@x.de").await;
    (house, ws, editor, viewer)
}

/// The form of the page *Import a file*, as a browser sends it.
fn chosen(name: &str, pieces: Vec<Bytes>) -> Request<Body> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    let tail = Bytes::from_static(b"\r\n--b--\r\n");
    let all = [vec![Bytes::from(head)], pieces, vec![tail]].concat();
    let all = stream::iter(all).map(Ok::<_, std::io::Error>);
    Request::post("/contacts/import")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header(header::ACCEPT, PAGE)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from_stream(all))
        .unwrap()
}

async fn send(house: &House, name: &str, pieces: Vec<Bytes>, cookie: &str) -> Answer {
    house.send(with_cookie(chosen(name, pieces), cookie)).await
}

fn assert_page(answer: &Answer, status: u16, says: &[&str]) {
    assert_eq!(answer.status.as_u16(), status, "{says:?}: {}", answer.body);
    let kind = answer.header("content-type");
    assert!(kind.starts_with("text/html"), "{says:?}: {kind}");
    for text in says {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
    assert!(
        answer.body.contains("data-page=\"/contacts/imports/new\""),
        "the page knows its own address"
    );
}

#[tokio::test]
async fn a_refused_file_is_answered_with_its_page() {
    let (mut house, ws, editor, viewer) = home().await;
    let form = "action=\"/contacts/import\"";
    for (name, file, says) in [
        ("list.pdf", &b"%PDF-1.7"[..], "This is a PDF. Save"),
        ("none.csv", b"", "The file is empty."),
        (
            "half.xlsx",
            b"PK\x03\x04nonsense",
            "The workbook is damaged.",
        ),
        ("C:\\\\a\\\\photo.png", b"\x89PNG", "This is a picture."),
    ] {
        let answer = send(&house, name, vec![Bytes::from_static(file)], &editor).await;
        let base = name.rsplit('\\').next().unwrap();
        assert_page(
            &answer,
            422,
            &[&format!("“{base}” was not taken."), says, form],
        );
    }
    let answer = send(&house, "", vec![], &editor).await;
    assert_page(&answer, 422, &["choose a file.", form]);
    let answer = send(
        &house,
        "<b>.pdf",
        vec![Bytes::from_static(b"%PDF")],
        &editor,
    )
    .await;
    assert_page(&answer, 422, &["“&lt;b&gt;.pdf”"]);
    // A workbook of more than 128 MiB.
    let piece = Bytes::from(vec![b'x'; 1 << 20]);
    let large = [vec![Bytes::from_static(b"PK\x03\x04")], vec![piece; 129]].concat();
    let answer = send(&house, "large.xlsx", large, &editor).await;
    assert_page(
        &answer,
        413,
        &["“large.xlsx” was not taken.", "128 MiB", form],
    );
    let answer = send(
        &house,
        "a.csv",
        vec![Bytes::from_static(b"email\n")],
        &viewer,
    )
    .await;
    assert_page(&answer, 403, &["Editors and admins import contacts."]);

    // Nobody is looking: no place comes free.
    house.state.pools.workbooks = Pool::of(0, Duration::from_millis(1));
    house.router = server::http::router(&house.state);
    let answer = send(
        &house,
        "a.xlsx",
        vec![Bytes::from_static(b"PK\x03\x04")],
        &editor,
    )
    .await;
    assert_page(&answer, 503, &["“a.xlsx” was not taken.", "busy"]);
    assert!(!answer.header("retry-after").is_empty());
    assert!(house.state.store.imports(ws).await.unwrap().is_empty());

    // A browser shows the form's address after a refusal: opened by itself it leads to the form.
    let answer = house.get("/contacts/import", &editor).await;
    assert_eq!(answer.header("location"), "/contacts/imports/new");
}

#[tokio::test]
async fn programs_are_told_the_same_as_a_problem() {
    let (mut house, ws, ..) = home().await;
    let token = house.token(ws, &[Scope::Write]).await;
    let upload = |file: &'static [u8]| {
        Request::post("/api/v1/imports?file=a.xlsx")
            .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
            .body(Body::from(file))
            .unwrap()
    };
    let answer = house.send(upload(b"PK\x03\x04nonsense")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("unreadable_file"), "{}", answer.body);
    house.state.pools.uploads = Pool::of(0, Duration::from_millis(1));
    house.router = server::http::router(&house.state);
    let answer = house.send(upload(b"email\na@x.de\n")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!answer.header("retry-after").is_empty());
}

fn function(name: &str) -> &'static str {
    let mut paths = server_fn_paths().map(|(path, _)| path);
    paths.find(|path| app::ui::name_of(path) == name).unwrap()
}

fn call(body: Body, accept: &str) -> Request<Body> {
    Request::builder()
        .method(Method::POST)
        .uri(function("create_list"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, accept)
        .header(header::REFERER, "http://reports.example/contacts?tab=lists")
        .header("sec-fetch-site", "same-origin")
        .body(body)
        .unwrap()
}

#[tokio::test]
async fn what_strangers_send_is_not_read() {
    let (house, ..) = home().await;
    for _ in 0..100 {
        // Whoever read them would wait for ever.
        let half_sent = || {
            let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"name="))]);
            Body::from_stream(begun.chain(stream::pending()))
        };
        let answer = house.send(call(half_sent(), PAGE)).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.body);
        assert!(answer.header("location").starts_with("/sign-in?next="));
        let answer = house.send(call(half_sent(), "application/json")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let error: app::error::AppError = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(error, Refusal::Unauthenticated.into());
    }
}

#[tokio::test]
async fn plain_forms_and_scripts_have_one_limit() {
    let (mut house, _, editor, _) = home().await;
    let of = |mebibytes: usize| Body::from(format!("name={}", "x".repeat(mebibytes << 20)));
    for accept in [PAGE, "application/json"] {
        for (mebibytes, status) in [(3, 422), (7, 422), (9, 413)] {
            let request = with_cookie(call(of(mebibytes), accept), &editor);
            let answer = house.send(request).await;
            assert_eq!(answer.status.as_u16(), status, "{mebibytes} MiB, {accept}");
            let is_told = answer.body.contains("longer than 8 MiB");
            assert_eq!(is_told, status == 413, "{mebibytes} MiB, {accept}");
        }
    }
    // No room for another.
    house.state.pools.forms = Room::of(4);
    house.router = server::http::router(&house.state);
    for accept in [PAGE, "application/json"] {
        let answer = house
            .send(with_cookie(call(Body::from("name=n"), accept), &editor))
            .await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{accept}");
        assert!(!answer.header("retry-after").is_empty(), "{accept}");
    }
}
