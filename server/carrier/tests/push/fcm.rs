//! Firebase Cloud Messaging.

use std::{sync::Arc, time::Duration};

use carrier::{
    Network, Outgoing, OutgoingBody, PushBody, Submission,
    send::{Carrier, push},
};
use domain::{
    EventKind,
    contact::PushTarget,
    content::{Circle, PushContent, PushKind},
};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::{
    doubles::{LOOPBACK, modules, settings},
    firebase::{Firebase, Message, Priority},
};

fn account(firebase: &Firebase) -> Arc<dyn Carrier> {
    let fields = [
        ("service_account", firebase.file.as_str()),
        ("api_base", &firebase.base),
    ];
    push::fcm(&settings(&fields), &LOOPBACK).expect("an account")
}

fn message(token: &str, content: PushContent) -> Outgoing {
    Outgoing {
        message: "m4f2kq8z".to_owned(),
        from: String::new(),
        to: "d-1".to_owned(),
        callback: None,
        body: OutgoingBody::Push(Box::new(PushBody {
            target: PushTarget::Fcm {
                token: token.to_owned(),
            },
            content,
            report: "https://r.example.com/t/push/abc".to_owned(),
        })),
    }
}

fn greeting(kind: PushKind) -> PushContent {
    PushContent {
        kind,
        title: "Hello".to_owned(),
        body: "Until six".to_owned(),
        image: "https://r.example.com/a.png".to_owned(),
        link: "https://r.example.com/c/xyz".to_owned(),
        geo: Some(Circle {
            latitude: "52.52".to_owned(),
            longitude: "13.405".to_owned(),
            radius_m: 500,
        }),
        data: [("screen".to_owned(), "offers".to_owned())].into(),
    }
}

async fn submit(carrier: &Arc<dyn Carrier>, token: &str) -> Submission {
    carrier
        .submit(&message(token, greeting(PushKind::Regular)))
        .await
}

async fn took(firebase: &Firebase, carrier: &Arc<dyn Carrier>, content: PushContent) -> Message {
    let submission = carrier.submit(&message("device", content)).await;
    let reference = Some("projects/project-1/messages/0:1".to_owned());
    assert_eq!(
        submission,
        Submission::Accepted {
            reference,
            raw: "SENT".to_owned()
        }
    );
    firebase
        .desk
        .lock()
        .unwrap()
        .messages
        .last()
        .expect("a message")
        .clone()
}

#[tokio::test]
async fn what_the_system_shows_has_words_and_what_the_app_shows_has_data() {
    let Some(modules) = modules() else { return };
    let firebase = Firebase::start(&modules).await;
    let carrier = account(&firebase);
    for kind in PushKind::ALL {
        let got = took(&firebase, &carrier, greeting(kind)).await;
        let is_shown = matches!(kind, PushKind::Regular | PushKind::Deeplink);
        let text = |name: &str| got.data.get(name).map(String::as_str);
        assert_eq!(got.token.as_deref(), Some("device"));
        assert_eq!(text("screen"), Some("offers"), "{kind:?}");
        assert_eq!(text("link"), Some("https://r.example.com/c/xyz"));
        assert_eq!(text("reportage_kind"), Some(kind.as_str()));
        assert_eq!(text("reportage_message"), Some("m4f2kq8z"));
        assert_eq!(
            text("reportage_report"),
            Some("https://r.example.com/t/push/abc")
        );
        assert_eq!(
            text("reportage_title"),
            (!is_shown).then_some("Hello"),
            "{kind:?}"
        );
        assert_eq!(
            text("reportage_radius_m"),
            (kind == PushKind::Geo).then_some("500"),
            "{kind:?}"
        );
        assert_eq!(
            text("reportage_latitude"),
            (kind == PushKind::Geo).then_some("52.52")
        );
        let words = got
            .notification
            .as_ref()
            .map(|words| (words.title.as_deref(), words.body.as_deref()));
        assert_eq!(
            words,
            is_shown.then_some((Some("Hello"), Some("Until six"))),
            "{kind:?}"
        );

        let android = got.android.expect("Android");
        let is_urgent = is_shown || kind == PushKind::Geo;
        assert_eq!(
            android.priority,
            if is_urgent {
                Priority::High
            } else {
                Priority::Normal
            }
        );
        assert_eq!(android.ttl, "259200s");
        assert_eq!(
            android.notification.map(|own| own.tag),
            is_shown.then(|| "m4f2kq8z".to_owned())
        );
        let apns = got.apns.expect("iOS");
        assert_eq!(
            apns.headers["apns-push-type"],
            if is_shown { "alert" } else { "background" }
        );
        assert_eq!(apns.headers["apns-collapse-id"], "m4f2kq8z");
        assert_eq!(
            apns.payload["aps"]["content-available"],
            if is_shown { Value::Null } else { json!(1) }
        );
        let web = got.webpush.expect("browsers");
        assert_eq!(web.headers["TTL"], "259200");
        assert_eq!(
            web.fcm_options.map(|options| options.link),
            Some("https://r.example.com/c/xyz".to_owned())
        );
    }
    let inside = PushContent {
        link: "shop://offers/7".to_owned(),
        ..greeting(PushKind::Deeplink)
    };
    let got = took(&firebase, &carrier, inside).await;
    assert_eq!(got.data["link"], "shop://offers/7");
    assert!(
        got.webpush.expect("browsers").fcm_options.is_none(),
        "no place inside an app is a web address"
    );
}

#[tokio::test]
async fn every_error_has_its_word() {
    let Some(modules) = modules() else { return };
    let firebase = Firebase::start(&modules).await;
    let carrier = account(&firebase);
    use EventKind::{Failed, Unsent};
    for (token, kind, raw, is_gone) in [
        ("unregistered", Failed, "UNREGISTERED", true),
        ("not-found", Failed, "UNREGISTERED", false),
        ("malformed", Failed, "BAD_DEVICE_TOKEN", true),
        ("too-big", Unsent, "PAYLOAD_LIMIT_EXCEEDED", false),
        ("invalid", Unsent, "INVALID_MESSAGE", false),
        ("other-sender", Failed, "MISMATCHED_TOKEN", false),
        ("no-apns", Unsent, "AUTH_ERROR", false),
        ("device-quota", Failed, "DEVICE_QUOTA_EXCEEDED", false),
        ("teapot", Failed, "NOT_CONTEMPLATED_ERROR", false),
    ] {
        let found = submit(&carrier, token).await;
        let Submission::Refused {
            kind: k,
            raw: r,
            is_device_gone,
            suppress,
            reason,
        } = found
        else {
            panic!("{token}: {found:?}");
        };
        assert_eq!(
            (k, r.as_str(), is_device_gone, suppress),
            (kind, raw, is_gone, None),
            "{token}: {reason}"
        );
    }
    let seconds = Duration::from_secs;
    for (token, after, is_account) in [
        ("quota", Some(seconds(60)), true),
        ("quota-wait", Some(seconds(300)), true),
        ("unavailable", Some(seconds(7)), true),
        ("internal", None, false),
    ] {
        let found = submit(&carrier, token).await;
        let Submission::Later {
            after: a,
            is_account: i,
            ..
        } = found
        else {
            panic!("{token}: {found:?}");
        };
        assert_eq!((a, i), (after, is_account), "{token}");
    }
    assert!(matches!(
        submit(&carrier, "gateway").await,
        Submission::Uncertain { .. }
    ));
    for token in ["denied", "no-json"] {
        assert!(
            matches!(submit(&carrier, token).await, Submission::Account { .. }),
            "{token}"
        );
    }
    assert!(firebase.desk.lock().unwrap().messages.is_empty());
}

#[tokio::test]
async fn one_token_serves_everybody_until_it_is_withdrawn() {
    let Some(modules) = modules() else { return };
    let firebase = Firebase::start(&modules).await;
    let carrier = account(&firebase);
    let all = join_all((0..50).map(|_| submit(&carrier, "device"))).await;
    assert!(
        all.iter()
            .all(|one| matches!(one, Submission::Accepted { .. })),
        "{all:?}"
    );
    assert_eq!(firebase.desk.lock().unwrap().given, 1);

    firebase.desk.lock().unwrap().is_revoked = true;
    let refused = submit(&carrier, "device").await;
    assert!(
        matches!(
            refused,
            Submission::Later {
                is_account: false,
                ..
            }
        ),
        "{refused:?}"
    );
    let again = submit(&carrier, "device").await;
    assert!(matches!(again, Submission::Accepted { .. }), "{again:?}");
    let desk = firebase.desk.lock().unwrap();
    assert_eq!((desk.given, desk.messages.len()), (2, 51));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_nothing_is_uncertain() {
    let Some(modules) = modules() else { return };
    let firebase = Firebase::start(&modules).await;
    let carrier = account(&firebase);
    firebase.desk.lock().unwrap().no_token = Some((
        400,
        json!({ "error": "invalid_grant", "error_description": "secret" }),
    ));
    let all = join_all((0..20).map(|_| submit(&carrier, "device"))).await;
    for one in &all {
        let Submission::Account { reason } = one else {
            panic!("{one:?}")
        };
        assert!(
            reason.contains("invalid_grant") && !reason.contains("secret"),
            "{reason}"
        );
    }
    assert_eq!(
        firebase.desk.lock().unwrap().given,
        1,
        "those who waited take the same answer"
    );
    let check = carrier.check().await;
    assert!(check.is_err_and(|reason| reason.contains("service account")));

    firebase.desk.lock().unwrap().no_token = Some((503, json!({})));
    let found = submit(&carrier, "device").await;
    assert!(
        matches!(
            found,
            Submission::Later {
                is_account: true,
                ..
            }
        ),
        "{found:?}"
    );

    // Nobody at the token's address.
    let elsewhere = firebase.file.replace(
        &format!("{}/token", firebase.base),
        "http://127.0.0.1:9/token",
    );
    let fields = [
        ("service_account", elsewhere.as_str()),
        ("api_base", &firebase.base),
    ];
    let alone = push::fcm(&settings(&fields), &LOOPBACK).unwrap();
    let found = submit(&alone, "device").await;
    assert!(matches!(found, Submission::Later { .. }), "{found:?}");
    assert!(firebase.desk.lock().unwrap().messages.is_empty());
}

#[tokio::test]
async fn an_account_is_checked_without_sending() {
    let Some(modules) = modules() else { return };
    let firebase = Firebase::start(&modules).await;
    let carrier = account(&firebase);
    assert_eq!(carrier.check().await, Ok(()));
    let desk = firebase.desk.lock().unwrap();
    assert_eq!((desk.validated, desk.messages.len()), (1, 0));
}

#[tokio::test]
async fn a_message_that_firebase_would_refuse_is_not_sent() {
    let Some(modules) = modules() else { return };
    let firebase = Firebase::start(&modules).await;
    let carrier = account(&firebase);
    let with_data = |name: &str, value: String| PushContent {
        data: [(name.to_owned(), value)].into(),
        ..greeting(PushKind::Data)
    };
    for (content, raw) in [
        (with_data("from", "x".to_owned()), "INVALID_MESSAGE"),
        (with_data("google.id", "x".to_owned()), "INVALID_MESSAGE"),
        (
            with_data("long", "x".repeat(4_096)),
            "PAYLOAD_LIMIT_EXCEEDED",
        ),
    ] {
        let found = carrier.submit(&message("device", content)).await;
        assert!(
            matches!(&found, Submission::Refused { raw: r, .. } if r == raw),
            "{found:?}"
        );
    }
    assert_eq!(
        firebase.desk.lock().unwrap().given,
        0,
        "not even a token was asked for"
    );
}

#[tokio::test]
async fn a_service_account_is_read_strictly() {
    let Some(modules) = modules() else { return };
    let firebase = Firebase::start(&modules).await;
    let refused = |file: &str, network: &Network| {
        let error = push::fcm(&settings(&[("service_account", file)]), network).err();
        error.map(|error| (error.field, error.message))
    };
    let google = firebase.file.replace(
        &format!("{}/token", firebase.base),
        "https://oauth2.googleapis.com/token",
    );
    let open = Network::default();
    assert_eq!(refused(&google, &open), None);
    for (file, word) in [
        (firebase.file.clone(), "token_uri"),
        (
            google.replace("oauth2.googleapis.com", "oauth2.googleapis.com.example"),
            "token_uri",
        ),
        (
            google.replace("\"service_account\"", "\"authorized_user\""),
            "another kind",
        ),
        (google.replace("project-1\"", "a/../b\""), "project_id"),
        (
            google.replace("BEGIN PRIVATE", "BEGIN RSA PRIVATE"),
            "private_key",
        ),
        ("{}".to_owned(), "JSON file"),
        ("not JSON".to_owned(), "JSON file"),
    ] {
        let (field, why) = refused(&file, &open).expect(word);
        assert_eq!(field, "service_account", "{word}");
        assert!(why.contains(word), "{why}");
    }
    let base = [
        ("service_account", google.as_str()),
        ("api_base", "http://127.0.0.1:1"),
    ];
    assert_eq!(
        push::fcm(&settings(&base), &open)
            .err()
            .map(|error| error.field)
            .as_deref(),
        Some("api_base")
    );
}
