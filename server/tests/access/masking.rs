//! A secret address and number in every place that may hold one: below admin, no page, operation or export shows either.

use axum::body::Body;
use domain::{
    CampaignType, Channel, EventKind, Evidence, Fact,
    campaign::NewCampaign,
    contact::{NewContact, SuppressionSource},
    event::Dimension,
    import::{Column, Mapping},
    user::{Role, Scope},
};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use store::WorkspaceId;

use crate::house::{Answer, House, now, request, with_cookie};

const EMAIL: &str = "secret.person@private.test";
const PHONE: &str = "+34600999888";
/// What no answer may hold: the part of the mailbox that is masked, and the number however it is written.
const SECRETS: [&str; 4] = [
    "secret.person",
    "600999888",
    "600 999 888",
    "secret%2Eperson",
];

/// Everything that may hold contact data, with both in it.
struct Seeded {
    house: House,
    ws: WorkspaceId,
    admin: String,
    sms: String,
    contact: String,
    import: String,
    draft: String,
}

async fn call(house: &House, method: Method, path: &str, body: &Value, cookie: &str) -> Answer {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let request = request(method, path, "application/json", &body);
    house.send(with_cookie(request, cookie)).await
}

fn words() -> String {
    format!("550 5.1.1 <{EMAIL}>: no such user; tel {PHONE}, or 600 999 888")
}

async fn seeded() -> Seeded {
    let house = House::empty(&[]).await;
    let ws = house.workspace("ours").await;
    for role in Role::ALL {
        house.person(ws, &format!("{role}@x.de"), role).await;
    }
    let store = &house.state.store;
    let new = NewContact {
        external_id: Some(EMAIL.to_owned()),
        name: Some(format!("Marta {PHONE} ({EMAIL})")),
        phone: Some(PHONE.to_owned()),
        email: Some(EMAIL.to_owned()),
        attributes: [
            ("second".to_owned(), format!("mobile 600 999 888, {EMAIL}")),
            ("city".to_owned(), "Madrid".to_owned()),
        ]
        .into(),
        ..NewContact::default()
    };
    let contact = store.save_contact(ws, None, new, now()).await.unwrap().id;
    for (channel, address) in [(Channel::Email, EMAIL), (Channel::Sms, PHONE)] {
        let (source, reason) = (SuppressionSource::HardFailure, words());
        store
            .suppress(ws, channel, address, source, Some(&reason), None, now())
            .await
            .unwrap();
    }
    let import = import(&house, ws).await;
    let admin = house.sign_in("admin@x.de").await;
    let draft = draft(&house, ws, &admin).await;
    let sms = house.campaign(ws, CampaignType::Sms).await;
    // As an older release kept it: straight into the store, not cleaned on the way in.
    let facts: Vec<Fact> = [
        (EMAIL, EMAIL),
        (PHONE, PHONE),
        (PHONE, "34600999888"),
        (EMAIL, "m1"),
    ]
    .into_iter()
    .flat_map(|(recipient, message)| {
        [EventKind::Sent, EventKind::Failed, EventKind::Clicked]
            .map(|kind| fact(&sms, kind, recipient, message))
    })
    .collect();
    let n = facts.len() as u64;
    assert_eq!(store.ingest(ws, facts).await.unwrap().accepted, n);
    Seeded {
        ws,
        admin,
        sms,
        contact,
        import,
        draft,
        house,
    }
}

fn fact(campaign: &str, kind: EventKind, recipient: &str, message: &str) -> Fact {
    let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
    dimensions[Dimension::Reason as usize] = Some(words());
    dimensions[Dimension::Carrier as usize] = Some(format!("Carrier {PHONE}"));
    dimensions[Dimension::Link as usize] = Some(format!(
        "https://shop.test/?mail=secret.person%40private.test&tel={PHONE}"
    ));
    Fact {
        id: format!("{message}{kind:?}{recipient}"),
        campaign: campaign.to_owned(),
        message: message.to_owned(),
        recipient: recipient.to_owned(),
        kind,
        at_us: now().timestamp_micros(),
        received_us: now().timestamp_micros(),
        evidence: Evidence::Human,
        raw_status: Some(format!("REJECTED {EMAIL} {PHONE}")),
        dimensions,
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    }
}

/// An import of a file without a header, whose first row is somebody.
async fn import(house: &House, ws: WorkspaceId) -> String {
    let store = &house.state.store;
    let import = store
        .begin_import(ws, &format!("{EMAIL} {PHONE}.csv"), "x", now())
        .await
        .unwrap();
    let row = [EMAIL.to_owned(), PHONE.to_owned(), words()];
    let mapping = Mapping {
        columns: vec![Column::Email, Column::Phone, Column::Skip],
        ..Mapping::default()
    };
    let sample = [row.to_vec()];
    store
        .finish_upload(&import, &row, &sample, &mapping)
        .await
        .unwrap();
    import.id
}

/// A campaign for typed addresses.
async fn draft(house: &House, ws: WorkspaceId, admin: &str) -> String {
    let new = NewCampaign {
        name: "Typed".to_owned(),
        kind: CampaignType::Email.kind(),
        campaign_type: CampaignType::Email,
        ..NewCampaign::default()
    };
    let (campaign, _) = house
        .state
        .store
        .create_campaign(ws, new, now())
        .await
        .unwrap();
    let body = json!({"draft": {
        "audience": {"kind": "typed", "addresses": [EMAIL]},
        "variants": [{"name": "A", "share": 100, "content": {"channel": "email", "subject": "Hello {{ name }}",
            "html": "<p>{{ email }} {{ phone }} {{ second }}</p>", "text": "{{ email }}"}}],
    }});
    let path = format!("/api/v1/campaigns/{}/draft", campaign.id);
    let answer = call(house, Method::PUT, &path, &body, admin).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    campaign.id
}

impl Seeded {
    /// Every page and every operation that reads.
    fn paths(&self) -> Vec<String> {
        let Self {
            sms,
            contact,
            import,
            draft,
            ..
        } = self;
        let message = app::routes::encode("m1");
        let mut paths: Vec<String> = [
            "/reports/messaging",
            "/contacts",
            "/contacts?tab=blocklist",
            "/contacts?tab=imports",
            "/contacts?tab=lists",
            "/api/v1/campaigns",
            "/api/v1/report",
            "/api/v1/contacts",
            "/api/v1/contact-counts",
            "/api/v1/lists",
            "/api/v1/suppressions",
            "/api/v1/imports",
            "/api/v1/accounts?channel=email",
            "/settings",
            "/settings/activity",
        ]
        .map(str::to_owned)
        .into();
        paths.extend([
            format!("/contacts/{contact}"),
            format!("/contacts/imports/{import}"),
            format!("/contacts/imports/{import}/errors.csv"),
            format!("/reports/messaging/{sms}?message={message}"),
            format!("/api/v1/contacts/{contact}"),
            format!("/api/v1/imports/{import}"),
            format!("/api/v1/imports/{import}/errors"),
            format!("/campaigns/{draft}/preview/A"),
        ]);
        for id in [sms, draft] {
            paths.push(format!("/campaigns/{id}/details"));
            paths.push(format!("/reports/messaging/{id}"));
            for step in ["detail", "template", "personalize", "recipients", "summary"] {
                paths.push(format!("/campaigns/{id}/edit/{step}"));
            }
            for end in [
                "",
                "/report",
                "/recipients",
                "/results.csv",
                "/draft",
                "/previews",
                "/progress",
                "/held",
                "/replies",
                "/uplift",
                "/launch-obstacles",
                "/events.ndjson",
                "/messages/m1/history",
            ] {
                paths.push(format!("/api/v1/campaigns/{id}{end}"));
            }
        }
        paths
    }
}

#[tokio::test]
async fn nobody_below_admin_reads_an_address_anywhere() {
    let seeded = seeded().await;
    let mut seen_by_admin = 0;
    let mut cookies = Vec::new();
    for role in [Role::Viewer, Role::Editor] {
        cookies.push((role, seeded.house.sign_in(&format!("{role}@x.de")).await));
    }
    for path in seeded.paths() {
        for (role, cookie) in &cookies {
            let answer = seeded.house.get(&path, cookie).await;
            assert!(
                answer.status.as_u16() < 500,
                "{path} as {role}: {}",
                answer.status
            );
            for secret in SECRETS {
                assert!(
                    !answer.body.contains(secret),
                    "{path} as {role}: {secret} in {}",
                    answer.body
                );
            }
        }
        let answer = seeded.house.get(&path, &seeded.admin).await;
        seen_by_admin += usize::from(SECRETS.iter().any(|secret| answer.body.contains(secret)));
    }
    // There is something to hide: an admin reads it in most of them.
    assert!(seen_by_admin > 18, "{seen_by_admin}");
}

#[tokio::test]
async fn a_token_that_only_writes_reads_no_address() {
    let seeded = seeded().await;
    let token = seeded.house.token(seeded.ws, &[Scope::Write]).await;
    for path in seeded
        .paths()
        .iter()
        .filter(|path| path.starts_with("/api/"))
    {
        let request = Request::get(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
            .body(Body::empty())
            .unwrap();
        let answer = seeded.house.send(request).await;
        for secret in SECRETS {
            assert!(
                !answer.body.contains(secret),
                "{path}: {secret} in {}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn reasons_are_cleaned_when_they_are_taken() {
    let seeded = seeded().await;
    let token = seeded.house.token(seeded.ws, &[Scope::Ingest]).await;
    let event = json!([{"id": "e1", "campaign": seeded.sms, "message": "m9", "recipient": PHONE, "kind": "failed",
        "at": "2026-11-23T13:00:00Z", "reason": words(), "raw_status": format!("REJECTED {PHONE}")}]);
    let request = Request::post("/ingest/v1/events")
        .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(event.to_string()))
        .unwrap();
    let answer = seeded.house.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let path = format!("/api/v1/campaigns/{}/messages/m9/history", seeded.sms);
    let answer = seeded.house.get(&path, &seeded.admin).await;
    let history: Value = serde_json::from_str(&answer.body).unwrap();
    let kept = "550 5.1.1 [address] no such user; tel [number], or [number]";
    assert_eq!(history[0]["detail"], kept, "{}", answer.body);
    assert_eq!(history[0]["raw"], "REJECTED [number]");
}

#[tokio::test]
async fn what_an_editor_saves_keeps_what_they_saw_masked() {
    let seeded = seeded().await;
    let editor = seeded.house.sign_in("editor@x.de").await;
    let path = format!("/api/v1/campaigns/{}/draft", seeded.draft);
    let read: Value = serde_json::from_str(&seeded.house.get(&path, &editor).await.body).unwrap();
    assert_eq!(
        read["draft"]["audience"]["addresses"],
        json!(["s…@private.test"])
    );
    let body = json!({"draft": read["draft"]});
    let answer = call(&seeded.house, Method::PUT, &path, &body, &editor).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let kept: Value =
        serde_json::from_str(&seeded.house.get(&path, &seeded.admin).await.body).unwrap();
    assert_eq!(kept["draft"]["audience"]["addresses"], json!([EMAIL]));
}

#[tokio::test]
async fn no_count_or_search_finds_an_address_part_by_part() {
    let seeded = seeded().await;
    let (house, editor) = (&seeded.house, seeded.house.sign_in("editor@x.de").await);
    let audience = |name: &str, compare: &str, value: &str| {
        let test = json!({"test": "attribute", "name": name, "compare": compare, "value": value});
        json!({"kind": "filter", "condition": {"test": "all", "of": [test]}})
    };
    let count = async |audience: &Value, cookie: &str| {
        let body = json!({"channel": "email", "audience": audience});
        call(
            house,
            Method::POST,
            "/api/v1/audiences/count",
            &body,
            cookie,
        )
        .await
    };
    for (name, compare, value) in [
        ("email", "begins", "s"),
        ("email", "contains", "secret"),
        ("phone", "begins", "+346"),
        ("phone", "above", "1"),
        ("second", "contains", "600"),
        ("name", "contains", "600"),
    ] {
        let audience = audience(name, compare, value);
        let answer = count(&audience, &editor).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name}: {}",
            answer.body
        );
        assert_eq!(
            count(&audience, &seeded.admin).await.status,
            StatusCode::OK,
            "{name}"
        );
        let body = json!({"draft": {"revision": 1, "audience": audience}});
        let path = format!("/api/v1/campaigns/{}/draft", seeded.draft);
        let answer = call(house, Method::PUT, &path, &body, &editor).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name}: {}",
            answer.body
        );
    }
    for (name, compare, value) in [
        ("email", "is", EMAIL),
        ("email", "contains", "@private.test"),
        ("phone", "begins", "+34"),
        ("phone", "present", ""),
        ("city", "begins", "Mad"),
        ("second", "present", ""),
    ] {
        let answer = count(&audience(name, compare, value), &editor).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.body);
        let counted: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(counted["matched"], 1, "{name} {compare}");
    }
    // Nor does a search for people by a name that holds one.
    for (q, n) in [("600", 0), ("secret", 0), ("marta", 0), (EMAIL, 1)] {
        let path = format!("/api/v1/contacts?q={}", app::routes::encode(q));
        let page: Value = serde_json::from_str(&house.get(&path, &editor).await.body).unwrap();
        assert_eq!(page["contacts"].as_array().unwrap().len(), n, "{q}");
    }

    // What an admin chose stays, and goes out.
    let by_part = audience("email", "begins", "secret");
    let path = format!("/api/v1/campaigns/{}/draft", seeded.draft);
    let read: Value = serde_json::from_str(&house.get(&path, &seeded.admin).await.body).unwrap();
    let mut draft = read["draft"].clone();
    draft["audience"] = by_part;
    let answer = call(
        house,
        Method::PUT,
        &path,
        &json!({"draft": draft}),
        &seeded.admin,
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let read: Value = serde_json::from_str(&house.get(&path, &editor).await.body).unwrap();
    let body = json!({"draft": read["draft"]});
    let answer = call(house, Method::PUT, &path, &body, &editor).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let kept: Value = serde_json::from_str(&house.get(&path, &seeded.admin).await.body).unwrap();
    let condition = &kept["draft"]["audience"]["condition"]["of"][0];
    assert_eq!(condition["value"], "secret");
}
