//! What browsers are told to refuse.

use domain::user::Role;
use http::StatusCode;

use crate::house::House;

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
