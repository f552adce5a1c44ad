//! What browsers are told to refuse.

use domain::user::{Role, Scope};
use http::{Method, StatusCode};

use crate::house::{House, PASSWORD, form, request, with_cookie};

#[tokio::test]
async fn every_page_has_a_policy_of_its_own() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let cookie = house.sign_in("a@x.de").await;
    let mut nonces = Vec::new();
    for (path, status) in [
        ("/sign-in", StatusCode::OK),
        ("/reports/messaging", StatusCode::OK),
        ("/reports/interactive", StatusCode::OK),
        ("/settings", StatusCode::OK),
        ("/no/such/page", StatusCode::NOT_FOUND),
    ] {
        let cookie = if path == "/sign-in" { "" } else { &cookie };
        let answer = house.get(path, cookie).await;
        assert_eq!(answer.status, status, "{path}");
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "style-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{rule} in {policy}");
        }
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next());
        let nonce = nonce.expect("a nonce").to_owned();
        for script in answer.body.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(
                tag.contains(&format!("nonce=\"{nonce}\"")),
                "{path}: <script{tag}>"
            );
        }
        for forbidden in [" style=\"", "<style", " onclick=", "javascript:"] {
            assert!(!answer.body.contains(forbidden), "{forbidden} on {path}");
        }
        nonces.push(nonce);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 5, "a nonce was used twice");
}

#[tokio::test]
async fn every_answer_to_a_browser_has_the_headers() {
    let house = House::empty(&[]).await;
    for path in [
        "/",
        "/sign-in",
        "/api",
        "/api/v1/campaigns",
        "/favicon.svg",
        "/pkg/x.js",
        "/live",
    ] {
        let answer = house.get(path, "").await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{name} on {path}");
        }
        assert!(
            answer
                .header("permissions-policy")
                .contains("geolocation=()")
        );
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(
            answer.header("strict-transport-security"),
            "",
            "plain http has no HSTS"
        );
    }
}

#[tokio::test]
async fn no_answer_of_any_route_is_taken_for_another_kind_or_asked_for_in_clear() {
    let secure = House::empty(&[
        "--base-url",
        "https://reports.example.org",
        "--public-metrics",
    ])
    .await;
    let plain = House::empty(&["--public-metrics"]).await;
    for path in [
        "/",
        "/sign-in",
        "/setup",
        "/reports/messaging",
        "/settings",
        "/nothing",
        "/api",
        "/api/v1/openapi.json",
        "/api/v1/campaigns",
        "/api/none",
        "/ui/none",
        "/favicon.svg",
        "/pkg/x.js",
        "/live",
        "/hooks/none",
        "/ingest/v1/events",
        "/ingest/none",
        "/healthz",
        "/readyz",
        "/metrics",
        "/push/none",
        "/push/none/key",
        "/c/none",
        "/s/none",
        "/u/none",
        "/o/none",
        "/contacts/import",
        "/campaigns/none/preview/A",
    ] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            for (house, hsts) in [(&secure, "max-age=31536000"), (&plain, "")] {
                let request = request(method.clone(), path, "application/json", "");
                let answer = house.send(request).await;
                assert_eq!(
                    answer.header("x-content-type-options"),
                    "nosniff",
                    "{method} {path}"
                );
                assert_eq!(
                    answer.header("strict-transport-security"),
                    hsts,
                    "{method} {path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn cookies_of_https_travel_no_other_way_and_end_with_the_session() {
    let house = House::empty(&["--base-url", "https://reports.example.org"]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "a@x.de", Role::Admin).await;
    let answer = house.try_sign_in("a@x.de", PASSWORD).await;
    let session = answer.header("set-cookie");
    // 90 days, as long as the server lets a session live at most.
    assert!(
        session.contains("Max-Age=7776000") && session.contains("Secure"),
        "{session}"
    );
    let cookie = answer.cookie().unwrap();
    let (path, _) = leptos::server_fn::axum::server_fn_paths()
        .find(|(path, _)| path.contains("create_token"))
        .unwrap();
    let mut made = with_cookie(form(path, "name=t&read=true"), &cookie);
    made.headers_mut()
        .insert("accept", "text/html".parse().unwrap());
    made.headers_mut().insert(
        "referer",
        "https://reports.example.org/settings".parse().unwrap(),
    );
    let answer = house.send(made).await;
    let flash = answer.header("set-cookie");
    assert!(
        flash.contains("reportage_flash_token=rpt_") && flash.ends_with("; Secure"),
        "{} {flash}",
        answer.status
    );
    let out = house
        .send(with_cookie(form("/sign-out", ""), &cookie))
        .await;
    assert_eq!(out.header("clear-site-data"), "\"cache\"");
    assert!(out.header("set-cookie").contains("Max-Age=0"));
}

#[tokio::test]
async fn strangers_read_neither_figures_nor_the_description() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "v@x.de", Role::Viewer).await;
    let cookie = house.sign_in("v@x.de").await;
    for cookie in ["", &cookie] {
        assert_eq!(
            house.get("/metrics", cookie).await.status,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(
        house.get("/api/v1/openapi.json", "").await.status,
        StatusCode::UNAUTHORIZED
    );
    let answer = house.get("/api", "").await;
    assert_eq!(answer.header("location"), "/sign-in?next=%2Fapi");
    assert!(!answer.body.contains("campaign"), "{}", answer.body);
    for path in ["/api", "/api/v1/openapi.json"] {
        assert_eq!(
            house.get(path, &cookie).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
    let token = house.token(ws, &[Scope::Ingest]).await;
    let bearer = format!("Bearer {}", token.reveal());
    let by_token = http::Request::get("/api/v1/openapi.json").header("authorization", bearer);
    let answer = house.send(by_token.body("".into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);

    let scraped = server::http::metrics_router(&house.state);
    let request = http::Request::get("/metrics")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(scraped.clone(), request)
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let request = http::Request::get("/sign-in")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = tower::ServiceExt::oneshot(scraped, request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);

    let open = House::empty(&["--public-metrics", "--public-api-docs"]).await;
    for path in ["/metrics", "/api", "/api/v1/openapi.json"] {
        assert_eq!(open.get(path, "").await.status, StatusCode::OK, "{path}");
    }
}
