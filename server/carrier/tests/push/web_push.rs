//! Web Push.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use carrier::{
    Network, Outgoing, OutgoingBody, PushBody, Submission,
    send::{Carrier, push},
};
use domain::{
    EventKind,
    contact::PushTarget,
    content::{Circle, PushContent, PushKind},
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::doubles::{Browser, LOOPBACK, PushService, modules, node, settings};

fn account(private: &str, network: &Network) -> Arc<dyn Carrier> {
    let fields = [
        ("subject", "push@example.com"),
        ("private_key", private),
        ("allowed_hosts", "127.0.0.1"),
    ];
    push::web_push(&settings(&fields), network).expect("an account")
}

fn message(target: PushTarget, content: PushContent) -> Outgoing {
    Outgoing {
        message: "m4f2kq8z".to_owned(),
        from: String::new(),
        to: "d-1".to_owned(),
        callback: None,
        body: OutgoingBody::Push(Box::new(PushBody {
            target,
            content,
            report: "https://r.example.com/t/push/abc".to_owned(),
        })),
    }
}

fn at(endpoint: &str, browser: &Browser) -> PushTarget {
    PushTarget::WebPush {
        endpoint: endpoint.to_owned(),
        p256dh: browser.p256dh.clone(),
        auth: browser.auth.clone(),
    }
}

fn greeting() -> PushContent {
    PushContent {
        title: "Grüße, Zoë".to_owned(),
        body: "Bis 18 Uhr — 20 % auf alles 🎈".to_owned(),
        link: "https://r.example.com/c/xyz".to_owned(),
        ..PushContent::default()
    }
}

/// Kind, raw word, and whether the device is gone.
fn refusal(submission: &Submission) -> (EventKind, &str, bool) {
    match submission {
        Submission::Refused {
            kind,
            raw,
            is_device_gone,
            ..
        } => (*kind, raw, *is_device_gone),
        other => panic!("not refused: {other:?}"),
    }
}

fn sent() -> Submission {
    Submission::Accepted {
        reference: None,
        raw: "SENT".to_owned(),
    }
}

#[tokio::test]
async fn a_browser_can_read_what_is_sent_until_it_leaves() {
    let Some(modules) = modules() else { return };
    let service = PushService::start(&modules).await;
    let (private, public) = push::new_vapid_keys();
    let carrier = account(&private, &LOOPBACK);
    let browser = service.subscribe(&public).await;
    let target = at(&browser.endpoint, &browser);

    assert_eq!(
        carrier.submit(&message(target.clone(), greeting())).await,
        sent()
    );
    let content = PushContent {
        kind: PushKind::Geo,
        image: "https://r.example.com/a.png".to_owned(),
        geo: Some(Circle {
            latitude: "52.52".to_owned(),
            longitude: "13.405".to_owned(),
            radius_m: 500,
        }),
        data: [("screen".to_owned(), "offers".to_owned())].into(),
        ..greeting()
    };
    assert_eq!(
        carrier.submit(&message(target.clone(), content)).await,
        sent()
    );

    assert_eq!(
        service.received(&browser).await,
        [
            json!({
                "title": "Grüße, Zoë",
                "body": "Bis 18 Uhr — 20 % auf alles 🎈",
                "link": "https://r.example.com/c/xyz",
                "kind": "regular",
                "report": "https://r.example.com/t/push/abc",
                "message": "m4f2kq8z",
            }),
            json!({
                "title": "Grüße, Zoë",
                "body": "Bis 18 Uhr — 20 % auf alles 🎈",
                "image": "https://r.example.com/a.png",
                "link": "https://r.example.com/c/xyz",
                "kind": "geo",
                "geo": { "latitude": "52.52", "longitude": "13.405", "radius_m": 500 },
                "data": { "screen": "offers" },
                "report": "https://r.example.com/t/push/abc",
                "message": "m4f2kq8z",
            }),
        ]
    );

    service.expire(&browser).await;
    let after = carrier.submit(&message(target, greeting())).await;
    assert_eq!(refusal(&after), (EventKind::Failed, "UNREGISTERED", true));
    assert_eq!(service.received(&browser).await.len(), 2);
    assert_eq!(carrier.check().await, Ok(()));
}

#[tokio::test]
async fn our_keys_are_those_of_other_programs() {
    let Some(modules) = modules() else { return };
    let service = PushService::start(&modules).await;
    let generate = "process.stdout.write(JSON.stringify(require('web-push').generateVAPIDKeys()))";
    let theirs = node(&modules, generate, &json!({})).await;
    let private = theirs["privateKey"].as_str().unwrap();
    let public = push::public_key(&settings(&[("private_key", private)])).unwrap();
    assert_eq!(public, theirs["publicKey"]);
    let browser = service.subscribe(&public).await;
    let ours = account(private, &LOOPBACK);
    let target = at(&browser.endpoint, &browser);
    assert_eq!(ours.submit(&message(target, greeting())).await, sent());

    // Their program with our keys, to a browser that subscribed with them.
    let (private, public) = push::new_vapid_keys();
    let other = service.subscribe(&public).await;
    let send = "
        const push = require('web-push');
        const { subscription, subject, publicKey, privateKey } = JSON.parse(require('fs').readFileSync(0));
        // Its own sender speaks https only; the request is its own all the same.
        const details = push.generateRequestDetails(subscription, JSON.stringify({ by: 'web-push' }), {
            vapidDetails: { subject, publicKey, privateKey },
        });
        fetch(details.endpoint, { method: details.method, headers: details.headers, body: details.body })
            .then((answer) => process.stdout.write(String(answer.status)));
    ";
    let input = json!({
        "subscription": { "endpoint": other.endpoint, "keys": { "p256dh": other.p256dh, "auth": other.auth } },
        "subject": "mailto:push@example.com", "publicKey": public, "privateKey": private,
    });
    assert_eq!(node(&modules, send, &input).await, json!(201));
    assert_eq!(
        service.received(&other).await,
        [json!({ "by": "web-push" })]
    );
}

type Seen = Arc<Mutex<Vec<(HeaderMap, usize)>>>;

/// A push service that takes everything and keeps what was asked. Its browsers are the other one's.
async fn listener() -> (String, Seen) {
    async fn take(
        State(seen): State<Seen>,
        headers: HeaderMap,
        body: Bytes,
    ) -> (http::StatusCode, &'static str) {
        seen.lock().unwrap().push((headers, body.len()));
        (http::StatusCode::CREATED, "")
    }
    let seen = Seen::default();
    let router = Router::new()
        .route("/push/one", post(take))
        .with_state(seen.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (origin, seen)
}

#[tokio::test]
async fn a_request_says_who_sends_to_whom_and_for_how_long() {
    let Some(modules) = modules() else { return };
    let service = PushService::start(&modules).await;
    let (private, public) = push::new_vapid_keys();
    let browser = service.subscribe(&public).await;
    let (origin, seen) = listener().await;
    let carrier = account(&private, &LOOPBACK);
    let target = at(&format!("{origin}/push/one"), &browser);
    for content in [
        greeting(),
        PushContent {
            kind: PushKind::Data,
            ..greeting()
        },
    ] {
        assert_eq!(
            carrier.submit(&message(target.clone(), content)).await,
            sent()
        );
    }

    let seen = seen.lock().unwrap().clone();
    let header = |n: usize, name: &str| seen[n].0[name].to_str().unwrap().to_owned();
    assert_eq!(header(0, "content-encoding"), "aes128gcm");
    assert_eq!(header(0, "topic"), "m4f2kq8z");
    assert_eq!(header(0, "ttl"), "259200");
    assert_eq!(
        (header(0, "urgency"), header(1, "urgency")),
        ("normal".to_owned(), "low".to_owned())
    );
    assert_eq!(
        header(0, "authorization"),
        header(1, "authorization"),
        "a token is used again"
    );

    let verify = "
        const { createPublicKey } = require('crypto');
        const { header, aud } = JSON.parse(require('fs').readFileSync(0));
        const [, token, key] = header.match(/^vapid t=([^,]+), k=([^,]+)$/);
        const point = Buffer.from(key, 'base64url');
        const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
        const claims = require('jsonwebtoken').verify(token, createPublicKey({ key: jwk, format: 'jwk' }),
            { algorithms: ['ES256'], audience: aud });
        process.stdout.write(JSON.stringify({ key, sub: claims.sub, left: claims.exp - Date.now() / 1000 }));
    ";
    let input = json!({ "header": header(0, "authorization"), "aud": origin });
    let claims = node(&modules, verify, &input).await;
    assert_eq!(
        (&claims["key"], &claims["sub"]),
        (&json!(public), &json!("mailto:push@example.com"))
    );
    let left = claims["left"].as_f64().unwrap();
    assert!((43_000.0..=43_200.0).contains(&left), "{left} seconds");
}

#[tokio::test]
async fn the_largest_notification_has_4096_bytes_and_a_larger_one_is_not_sent() {
    let Some(modules) = modules() else { return };
    let service = PushService::start(&modules).await;
    let (private, public) = push::new_vapid_keys();
    let browser = service.subscribe(&public).await;
    let (origin, seen) = listener().await;
    let carrier = account(&private, &LOOPBACK);
    let of = |characters: usize| PushContent {
        body: "x".repeat(characters),
        ..PushContent::default()
    };
    let target = at(&format!("{origin}/push/one"), &browser);
    let frame = json!({
        "title": "", "body": "", "kind": "regular", "report": "https://r.example.com/t/push/abc", "message": "m4f2kq8z",
    });
    let room = 4_096 - 103 - frame.to_string().len();
    assert_eq!(
        carrier.submit(&message(target.clone(), of(room))).await,
        sent()
    );
    assert_eq!(
        seen.lock().unwrap().last().map(|(_, size)| *size),
        Some(4_096)
    );
    let larger = carrier.submit(&message(target, of(room + 1))).await;
    assert_eq!(
        refusal(&larger),
        (EventKind::Unsent, "PAYLOAD_LIMIT_EXCEEDED", false)
    );
    assert_eq!(seen.lock().unwrap().len(), 1);

    // As large as it gets, a browser still reads it.
    let target = at(&browser.endpoint, &browser);
    assert_eq!(carrier.submit(&message(target, of(room))).await, sent());
    let got = service.received(&browser).await;
    assert_eq!(got[0]["body"].as_str().map(str::len), Some(room));
}

#[tokio::test]
async fn what_is_no_browser_of_a_known_push_service_is_not_called() {
    let (private, public) = push::new_vapid_keys();
    let carrier = account(&private, &LOOPBACK);
    let target = |endpoint: &str, p256dh: &str| PushTarget::WebPush {
        endpoint: endpoint.to_owned(),
        p256dh: p256dh.to_owned(),
        auth: "_ordMnz7uTCmrpBTeUV4Bw".to_owned(),
    };
    // Any point of the curve will do for a browser's key.
    let stranger = carrier
        .submit(&message(
            target("https://push.example.com/x", &public),
            greeting(),
        ))
        .await;
    assert_eq!(
        refusal(&stranger),
        (EventKind::Failed, "BAD_DEVICE_TOKEN", false)
    );
    let broken = carrier
        .submit(&message(
            target("https://127.0.0.1:9/x", "AAAA"),
            greeting(),
        ))
        .await;
    assert_eq!(
        refusal(&broken),
        (EventKind::Failed, "BAD_DEVICE_TOKEN", true)
    );
    let app = PushTarget::Fcm {
        token: "t".to_owned(),
    };
    let app = carrier.submit(&message(app, greeting())).await;
    assert_eq!(refusal(&app), (EventKind::Unsent, "BAD_PLATFORM", false));
    let other = Outgoing {
        body: OutgoingBody::Sms {
            text: "hi".to_owned(),
        },
        ..message(target("", ""), greeting())
    };
    assert_eq!(refusal(&carrier.submit(&other).await).1, "BAD_PLATFORM");

    // An allowed host that leads into this machine stops one message, and not the account.
    let guarded = account(&private, &Network::default());
    let inside = guarded
        .submit(&message(
            target("https://127.0.0.1:9/x", &public),
            greeting(),
        ))
        .await;
    assert_eq!(
        refusal(&inside),
        (EventKind::Failed, "BAD_DEVICE_TOKEN", false)
    );
    let nobody = carrier
        .submit(&message(
            target("https://127.0.0.1:9/x", &public),
            greeting(),
        ))
        .await;
    assert!(
        matches!(
            nobody,
            Submission::Later {
                is_account: false,
                ..
            }
        ),
        "{nobody:?}"
    );
}

#[test]
fn an_account_without_keys_or_contact_is_refused() {
    let (private, _) = push::new_vapid_keys();
    let field = |fields: &[(&str, &str)]| {
        push::web_push(&settings(fields), &Network::default())
            .err()
            .map(|error| error.field)
    };
    assert_eq!(
        field(&[("subject", "push@example.com")]).as_deref(),
        Some("private_key")
    );
    assert_eq!(
        field(&[("private_key", &private)]).as_deref(),
        Some("subject")
    );
    let hosts = [
        ("private_key", private.as_str()),
        ("subject", "push@example.com"),
        ("allowed_hosts", "https://x"),
    ];
    assert_eq!(field(&hosts).as_deref(), Some("allowed_hosts"));
}
