//! Where browsers subscribe to push notifications: open to everybody, and to nothing but that.

use std::collections::BTreeMap;

use axum::body::Body;
use carrier::{Network, send::push};
use domain::{
    Channel,
    carrier::Protocol,
    contact::{Consent, Contact, ContactQuery},
};
use http::{Method, Request, StatusCode, header};
use ring::hmac;
use serde_json::{Value, json};
use server::carriers::{Carriers, Vault};
use store::{AccountRow, AccountValues, WorkspaceId};

use crate::house::{Answer, House, now};

const IDENTITY_KEY: &str = "between your server and ours";

struct Office {
    house: House,
    ws: WorkspaceId,
    account: AccountRow,
    public_key: String,
}

impl Office {
    /// A server with a web push account.
    async fn new() -> Self {
        let mut house = House::empty(&[]).await;
        let vault = Vault::with_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        house.state.carriers =
            Carriers::new(house.state.store.clone(), vault.clone(), Network::default());
        house.router = server::http::router(&house.state);
        let ws = house.workspace("Bäcker & Söhne").await;
        let (private, public_key) = push::new_vapid_keys();
        let secrets = BTreeMap::from([
            ("private_key".to_owned(), private),
            ("identity_key".to_owned(), IDENTITY_KEY.to_owned()),
        ]);
        let values = AccountValues {
            name: "Browsers".to_owned(),
            protocol: Protocol::WebPush,
            settings: [("subject".to_owned(), "push@example.com".to_owned())].into(),
            secret_names: secrets.keys().cloned().collect(),
            secrets: vault.seal(ws, &secrets).unwrap(),
            senders: Vec::new(),
            per_second: None,
        };
        let account = house
            .state
            .store
            .create_account(ws, &values, now())
            .await
            .unwrap();
        Self {
            house,
            ws,
            account,
            public_key,
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("/push/{}{rest}", self.account.webhook_key)
    }

    /// A question as a page of another site asks it.
    async fn ask(&self, method: Method, path: &str, body: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::ORIGIN, "https://shop.example")
            .header("sec-fetch-site", "cross-site")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()));
        self.house.send(request.unwrap()).await
    }

    async fn subscribe(&self, body: &Value) -> Answer {
        self.ask(Method::POST, &self.path("/subscribe"), &body.to_string())
            .await
    }

    async fn people(&self) -> Vec<Contact> {
        let query = ContactQuery::default();
        self.house
            .state
            .store
            .contacts(self.ws, &query, true, 100)
            .await
            .unwrap()
            .contacts
    }
}

/// A browser's subscription, with more fields.
fn browser(n: u32, more: Value) -> Value {
    let (_, point) = push::new_vapid_keys();
    let mut subscription = json!({
        "endpoint": format!("https://fcm.googleapis.com/fcm/send/{n}"),
        "expirationTime": null,
        "keys": { "p256dh": point, "auth": "_ordMnz7uTCmrpBTeUV4Bw" },
    });
    for (name, value) in more.as_object().unwrap() {
        subscription[name] = value.clone();
    }
    subscription
}

fn proof(external_id: &str, email: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, IDENTITY_KEY.as_bytes());
    let tag = hmac::sign(&key, format!("{external_id}\n{email}").as_bytes());
    tag.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test]
async fn a_browser_of_any_site_subscribes_and_leaves() {
    let office = Office::new().await;
    let key = office.ask(Method::GET, &office.path("/key"), "").await;
    let key: Value = serde_json::from_str(&key.body).unwrap();
    assert_eq!(key, json!({ "key": office.public_key }));
    for rest in ["/key", "/subscribe", "/unsubscribe"] {
        let may = office.ask(Method::OPTIONS, &office.path(rest), "").await;
        assert_eq!(may.status, StatusCode::NO_CONTENT, "{rest}");
        assert_eq!(may.header("access-control-allow-origin"), "*");
        assert_eq!(may.header("access-control-allow-headers"), "content-type");
        assert!(!may.headers.contains_key("access-control-allow-credentials"));
    }

    let one = browser(1, json!({ "name": "Zoë" }));
    for _ in 0..2 {
        let answer = office.subscribe(&one).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    let people = office.people().await;
    assert_eq!(people.len(), 1, "the same browser twice is one");
    assert_eq!((people[0].name.as_str(), people[0].devices), ("Zoë", 1));
    assert_eq!(
        people[0].consents[Channel::Push.code() as usize],
        Consent::Subscribed
    );

    for _ in 0..2 {
        let answer = office
            .ask(Method::POST, &office.path("/unsubscribe"), &one.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    assert_eq!(office.people().await[0].devices, 0);
}

#[tokio::test]
async fn nobody_gets_the_messages_of_somebody_else_by_knowing_their_email() {
    let office = Office::new().await;
    let anna = json!({ "email": "anna@example.com", "proof": proof("", "anna@example.com") });
    assert_eq!(
        office.subscribe(&browser(1, anna)).await.status,
        StatusCode::OK
    );
    for (n, claim) in [
        json!({ "email": "anna@example.com" }),
        json!({ "email": "anna@example.com", "proof": proof("", "eve@example.com") }),
        json!({ "email": "anna@example.com", "external_id": "7", "proof": proof("", "anna@example.com") }),
        json!({ "external_id": "anna@example.com", "proof": proof("", "anna@example.com") }),
        json!({ "email": "anna@example.com", "proof": "é" }),
        json!({ "external_id": "7", "proof": "00" }),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = office.subscribe(&browser(10 + n as u32, claim.clone())).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{claim}: {}", answer.body);
        assert!(answer.body.contains("\"field\":\"proof\""), "{}", answer.body);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "the site may read why");
    }
    let seven = json!({ "external_id": "7", "email": "anna@example.com", "proof": proof("7", "anna@example.com") });
    assert_eq!(
        office.subscribe(&browser(2, seven)).await.status,
        StatusCode::OK
    );
    let people = office.people().await;
    assert_eq!(people.len(), 1);
    assert_eq!(
        (people[0].external_id.as_deref(), people[0].devices),
        (Some("7"), 2)
    );
}

#[tokio::test]
async fn what_is_no_subscription_is_refused_with_a_reason() {
    let office = Office::new().await;
    let with = |field: &str, value: Value| browser(1, json!({ field: value }));
    for (body, field) in [
        (
            with("endpoint", json!("https://evil.example/x")),
            "endpoint",
        ),
        (with("endpoint", json!("http://127.0.0.1:1/x")), "endpoint"),
        (
            with("endpoint", json!("https://169.254.169.254/latest")),
            "endpoint",
        ),
        (
            with(
                "keys",
                json!({ "p256dh": "AAAA", "auth": "_ordMnz7uTCmrpBTeUV4Bw" }),
            ),
            "keys",
        ),
        (with("name", json!("x".repeat(201))), "name"),
    ] {
        let answer = office.subscribe(&body).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}: {}",
            answer.body
        );
        assert!(
            answer.body.contains(&format!("\"field\":\"{field}\"")),
            "{}",
            answer.body
        );
    }
    assert_eq!(
        office.subscribe(&json!({ "endpoint": "x" })).await.status,
        StatusCode::BAD_REQUEST
    );
    let long = with("name", json!("x".repeat(9_000)));
    assert_eq!(
        office.subscribe(&long).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert!(office.people().await.is_empty());
}

#[tokio::test]
async fn only_a_web_push_account_has_a_page() {
    let office = Office::new().await;
    let values = AccountValues {
        name: "Texts".to_owned(),
        protocol: Protocol::Sandbox,
        settings: BTreeMap::new(),
        secrets: Vec::new(),
        secret_names: Vec::new(),
        senders: Vec::new(),
        per_second: None,
    };
    let other = office
        .house
        .state
        .store
        .create_account(office.ws, &values, now())
        .await
        .unwrap();
    for key in [other.webhook_key.as_str(), "none", "%22%3E%3Cscript%3E"] {
        for rest in ["", "/key", "/app.webmanifest"] {
            let answer = office
                .ask(Method::GET, &format!("/push/{key}{rest}"), "")
                .await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{key}{rest}");
        }
        let path = format!("/push/{key}/subscribe");
        let answer = office
            .ask(Method::POST, &path, &browser(1, json!({})).to_string())
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{key}");
    }
}

#[tokio::test]
async fn the_page_runs_our_script_only_and_says_whose_it_is() {
    let office = Office::new().await;
    let page = office.house.get(&office.path(""), "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body
            .contains("<h1>Notifications from Bäcker &amp; Söhne</h1>"),
        "{}",
        page.body
    );
    assert!(
        page.body
            .contains(&format!("data-push=\"{}\"", office.path("")))
    );
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self'") && policy.contains("worker-src 'self'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.body.matches("<script").count(), 1);
    assert!(
        page.body
            .contains("<script src=\"/push.js\" defer></script>")
    );

    let manifest = office.house.get(&office.path("/app.webmanifest"), "").await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    let manifest: Value = serde_json::from_str(&manifest.body).unwrap();
    assert_eq!(
        (&manifest["display"], &manifest["start_url"]),
        (&json!("standalone"), &json!(office.path("")))
    );
}

#[tokio::test]
async fn one_network_can_not_fill_the_list() {
    let office = Office::new().await;
    let path = office.path("/unsubscribe");
    let body = browser(1, json!({})).to_string();
    for _ in 0..1_000 {
        let answer = office.ask(Method::POST, &path, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let answer = office.subscribe(&browser(2, json!({}))).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    office
        .house
        .state
        .clock
        .advance(chrono::Duration::minutes(16));
    assert_eq!(
        office.subscribe(&browser(2, json!({}))).await.status,
        StatusCode::OK
    );
}
