//! Requests that another site makes a browser send.

use axum::body::Body;
use domain::user::Role;
use http::{Method, Request, StatusCode, header};

use crate::house::{House, PASSWORD, serde_urlencoded};

/// A cookie-authenticated write with these headers.
async fn attempt(house: &House, cookie: &str, headers: &[(&str, &str)]) -> StatusCode {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/campaigns")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = r#"{"name":"n","kind":"messaging","type":"sms","sender":""}"#;
    house
        .send(request.body(Body::from(body)).unwrap())
        .await
        .status
}

#[tokio::test]
async fn only_our_own_pages_can_use_the_session() {
    let house = House::empty(&["--base-url", "http://reports.example.org"]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let cookie = house.sign_in("a@x.de").await;
    let (done, refused) = (StatusCode::CREATED, StatusCode::FORBIDDEN);
    for (headers, expected) in [
        (&[("sec-fetch-site", "same-origin")][..], done),
        (&[("sec-fetch-site", "none")], done),
        (&[("sec-fetch-site", "cross-site")], refused),
        (&[("sec-fetch-site", "same-site")], refused),
        // The browser's own word counts more than the origin.
        (
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "http://reports.example.org"),
            ],
            refused,
        ),
        (&[("origin", "http://reports.example.org")], done),
        (&[("origin", "http://REPORTS.example.org")], done),
        // Another scheme is another site.
        (&[("origin", "https://reports.example.org")], refused),
        (
            &[
                ("origin", "http://localhost:3000"),
                ("host", "localhost:3000"),
            ],
            done,
        ),
        (
            &[
                ("origin", "http://evil.example"),
                ("host", "reports.example.org"),
            ],
            refused,
        ),
        (
            &[("origin", "http://reports.example.org.evil.example")],
            refused,
        ),
        (&[("origin", "http://reports.example.org:81")], refused),
        (&[("origin", "null")], refused),
        (&[("origin", "")], refused),
        // A program that got hold of a cookie.
        (&[], refused),
    ] {
        assert_eq!(
            attempt(&house, &cookie, headers).await,
            expected,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn other_sites_can_neither_sign_in_nor_out_nor_set_up() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let cookie = house.sign_in("a@x.de").await;
    let credentials = serde_urlencoded(&[("email", "a@x.de"), ("password", PASSWORD)]);
    for path in ["/sign-in", "/sign-out", "/setup"] {
        let request = Request::post(path)
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "cross-site")
            .header(header::ORIGIN, "https://evil.example");
        let answer = house
            .send(request.body(Body::from(credentials.clone())).unwrap())
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.cookie().is_none());
    }
    // Still signed in.
    assert_eq!(
        house.get("/api/v1/campaigns", &cookie).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_token_needs_no_origin() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let token = house.token(ws, &[domain::user::Scope::Write]).await;
    let bearer = format!("Bearer {}", token.reveal());
    let status = attempt(&house, "", &[("authorization", &bearer)]).await;
    assert_eq!(status, StatusCode::CREATED);
    // A bad token beside a good cookie is still a bad token.
    house.person(ws, "a@x.de", Role::Admin).await;
    let cookie = house.sign_in("a@x.de").await;
    let headers = [
        ("authorization", "Bearer nonsense"),
        ("sec-fetch-site", "cross-site"),
    ];
    assert_eq!(
        attempt(&house, &cookie, &headers).await,
        StatusCode::UNAUTHORIZED
    );
}

/// Browsers send the password of a proxy along with every request, whoever causes it.
#[tokio::test]
async fn a_password_for_a_proxy_proves_nothing() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let cookie = house.sign_in("a@x.de").await;
    for scheme in ["Basic YTpi", "Digest username=a", "Negotiate x", "nonsense"] {
        let from = |site| [("authorization", scheme), ("sec-fetch-site", site)];
        for (site, expected) in [
            ("cross-site", StatusCode::FORBIDDEN),
            ("same-site", StatusCode::FORBIDDEN),
            ("same-origin", StatusCode::CREATED),
        ] {
            let status = attempt(&house, &cookie, &from(site)).await;
            assert_eq!(status, expected, "{scheme} {site}");
        }
        let status = attempt(&house, "", &from("same-origin")).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{scheme} alone");
        // A form of another site of ours.
        let request = Request::post("/sign-out")
            .header(header::COOKIE, &cookie)
            .header(header::AUTHORIZATION, scheme)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-site");
        let answer = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{scheme}");
        // The live stream is the session's.
        let request = Request::get("/live?scope=workspace")
            .header(header::COOKIE, &cookie)
            .header(header::AUTHORIZATION, scheme);
        let answer = house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK, "{scheme}");
    }
}
