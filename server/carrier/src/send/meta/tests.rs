use std::time::Duration;

use domain::{contact::SuppressionSource, content::WhatsAppButton};

use super::*;
use crate::send::doubles::{Stub, free_port, mute, outgoing, private, settings};

fn account(base: &str) -> Meta {
    let fields = [
        ("phone_number_id", "106540352242922"),
        ("waba_id", "102290129340398"),
        ("access_token", "EAAt0ken"),
        ("app_secret", "s"),
        ("verify_token", "v"),
        ("api_base", base),
    ];
    Meta::new(&settings(&fields), &private()).unwrap()
}

fn message(header: WhatsAppHeader, media: &str, values: Vec<WhatsAppValue>) -> Outgoing {
    let body = WhatsAppBody {
        template: WhatsAppTemplate {
            name: "spring_sale".to_owned(),
            language: "pt_BR".to_owned(),
            header,
            ..WhatsAppTemplate::default()
        },
        media: media.to_owned(),
        values,
    };
    outgoing(
        "106540352242922",
        "+16505551234",
        OutgoingBody::WhatsApp(Box::new(body)),
    )
}

fn plain() -> Outgoing {
    message(WhatsAppHeader::None, "", Vec::new())
}

fn taken() -> String {
    r#"{"messaging_product":"whatsapp","contacts":[{"input":"+16505551234","wa_id":"16505551234"}],
        "messages":[{"id":"wamid.HBgLMTY1MDU1NTEyMzQ","message_status":"accepted"}]}"#
        .to_owned()
}

#[tokio::test]
async fn the_request_has_the_form_that_meta_wants() {
    let mut stub = Stub::start(|_| (200, Vec::new(), taken())).await;
    let meta = account(&stub.base);
    let text = |text: &str| json!({"type": "text", "text": text});
    let cases = [
        (
            message(
                WhatsAppHeader::Text {
                    text: "For {{1}}".to_owned(),
                },
                "",
                vec![
                    WhatsAppValue::Header("you".to_owned()),
                    WhatsAppValue::Body("Anna \"A\"".to_owned()),
                    WhatsAppValue::Body("20 %".to_owned()),
                    WhatsAppValue::Link(2, "tok3n".to_owned()),
                ],
            ),
            json!([
                {"type": "header", "parameters": [text("you")]},
                {"type": "body", "parameters": [text("Anna \"A\""), text("20 %")]},
                {"type": "button", "sub_type": "url", "index": "2", "parameters": [text("tok3n")]},
            ]),
        ),
        (
            message(WhatsAppHeader::Image, "https://r.example/a.jpg", Vec::new()),
            json!([{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://r.example/a.jpg"}}]}]),
        ),
        (
            message(WhatsAppHeader::Video, "https://r.example/a.mp4", Vec::new()),
            json!([{"type": "header", "parameters": [{"type": "video", "video": {"link": "https://r.example/a.mp4"}}]}]),
        ),
        (
            message(
                WhatsAppHeader::Document,
                "https://r.example/d/list.pdf?v=2",
                Vec::new(),
            ),
            json!([{"type": "header", "parameters": [{"type": "document",
                "document": {"link": "https://r.example/d/list.pdf?v=2", "filename": "list.pdf"}}]}]),
        ),
        (plain(), json!([])),
    ];
    for (message, components) in cases {
        assert_eq!(
            meta.submit(&message).await,
            Submission::Accepted {
                reference: Some("wamid.HBgLMTY1MDU1NTEyMzQ".to_owned()),
                raw: "ACCEPTED".to_owned(),
            }
        );
        let got = stub.got.recv().await.unwrap();
        assert_eq!(
            (got.method.as_str(), got.path.as_str()),
            ("POST", "/106540352242922/messages")
        );
        assert_eq!(got.headers["authorization"], "Bearer EAAt0ken");
        assert_eq!(got.headers["content-type"], "application/json");
        // Nothing more, nothing less.
        assert_eq!(
            serde_json::from_slice::<Value>(&got.body).unwrap(),
            json!({
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": "+16505551234",
                "type": "template",
                "template": {"name": "spring_sale", "language": {"code": "pt_BR"}, "components": components},
                "biz_opaque_callback_data": "k7Qm2xW9aB4cD5eF",
            })
        );
    }
}

async fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Submission {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    let body = body.to_owned();
    let stub = Stub::start(move |_| (status, headers.clone(), body.clone())).await;
    account(&stub.base).submit(&plain()).await
}

async fn coded(status: u16, code: i64) -> Submission {
    let error = json!({"error": {
        "message": format!("(#{code}) Something"), "type": "OAuthException", "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "Recipient +16505551234 is not available."},
        "fbtrace_id": "Az8or2yhqkZfEZ",
    }});
    answer(status, &[], &error.to_string()).await
}

#[tokio::test]
async fn errors_mean_what_meta_means_by_them() {
    let refusals = [
        (
            131_050,
            EventKind::Unsent,
            "BLACKLISTED",
            Some(SuppressionSource::Carrier),
        ),
        (131_049, EventKind::Unsent, "QUOTA_EXCEEDED", None),
        (131_026, EventKind::Failed, "FAILED", None),
        (131_047, EventKind::Failed, "FAILED", None),
        (130_497, EventKind::Unsent, "CODE_NOT_ALLOWED", None),
        (132_000, EventKind::Unsent, "INCOMPLETE", None),
        (132_001, EventKind::Unsent, "132001", None),
        (132_016, EventKind::Unsent, "132016", None),
        (999_999, EventKind::Unsent, "999999", None),
    ];
    for (code, expected, word, stop) in refusals {
        match coded(400, code).await {
            Submission::Refused {
                kind,
                raw,
                suppress,
                reason,
                ..
            } => {
                assert_eq!(
                    (kind, raw.as_str(), suppress),
                    (expected, word, stop),
                    "{code}"
                );
                assert!(!reason.contains("6505551234"), "{reason}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    for (status, code) in [
        (401, 190),
        (403, 10),
        (403, 200),
        (401, 0),
        (400, 131_042),
        (400, 133_010),
    ] {
        let answered = coded(status, code).await;
        assert!(
            matches!(answered, Submission::Account { .. }),
            "{code}: {answered:?}"
        );
    }
    for (status, code) in [(429, 130_429), (400, 80_007), (400, 4), (400, 131_048)] {
        let answered = coded(status, code).await;
        assert!(
            matches!(
                answered,
                Submission::Later {
                    is_account: true,
                    ..
                }
            ),
            "{code}: {answered:?}"
        );
    }
    let pair = coded(400, 131_056).await;
    let Submission::Later {
        after: Some(after),
        is_account: false,
        ..
    } = pair
    else {
        panic!("{pair:?}");
    };
    assert_eq!(after, Duration::from_secs(6));
    for status in [500, 503] {
        let answered = coded(status, 131_000).await;
        assert!(
            matches!(answered, Submission::Uncertain { .. }),
            "{answered:?}"
        );
    }
    let missing =
        r#"{"error":{"message":"Unsupported post request","code":100,"error_subcode":33}}"#;
    assert!(matches!(
        answer(400, &[], missing).await,
        Submission::Account { .. }
    ));
    assert!(matches!(
        answer(429, &[("retry-after", "60")], "").await,
        Submission::Later {
            is_account: true,
            ..
        }
    ));
    assert!(matches!(
        answer(404, &[], "<html>").await,
        Submission::Account { .. }
    ));
    // Taken, and the rest of the answer is lost.
    assert!(matches!(
        answer(200, &[], "{").await,
        Submission::Accepted {
            reference: None,
            ..
        }
    ));
    let answered = account(&mute().await).submit(&plain()).await;
    assert!(
        matches!(answered, Submission::Uncertain { .. }),
        "{answered:?}"
    );
    let answered = account(&format!("http://127.0.0.1:{}", free_port()))
        .submit(&plain())
        .await;
    assert!(matches!(answered, Submission::Later { .. }), "{answered:?}");
}

#[tokio::test]
async fn templates_come_by_pages_without_those_that_can_not_be_filled_in() {
    let page = |name: &str, next: bool| {
        let mut paging = json!({"cursors": {"before": "a", "after": "b=="}});
        if next {
            paging["next"] =
                "https://graph.facebook.com/v23.0/1/message_templates?access_token=EAA&after=b=="
                    .into();
        }
        json!({
            "data": [{
                "name": name, "language": "en", "status": "APPROVED", "category": "MARKETING", "id": "1",
                "parameter_format": "POSITIONAL",
                "components": [
                    {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://x"]}},
                    {"type": "BODY", "text": "Hi {{1}}", "example": {"body_text": [["Anna"]]}},
                    {"type": "FOOTER", "text": "Bye"},
                    {"type": "BUTTONS", "buttons": [
                        {"type": "QUICK_REPLY", "text": "Yes"},
                        {"type": "URL", "text": "See", "url": "https://r.example/c/{{1}}", "example": ["x"]},
                        {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100"}
                    ]}
                ]
            },
            {"name": "otp", "language": "en", "status": "APPROVED", "category": "AUTHENTICATION", "components": [
                {"type": "BODY", "text": "{{1}}"}, {"type": "BUTTONS", "buttons": [{"type": "OTP", "text": "Copy"}]}]},
            {"name": "named", "language": "en", "status": "APPROVED", "category": "UTILITY",
                "parameter_format": "NAMED", "components": [{"type": "BODY", "text": "{{first_name}}"}]},
            {"name": "place", "language": "en", "status": "APPROVED", "category": "UTILITY", "components": [
                {"type": "HEADER", "format": "LOCATION"}, {"type": "BODY", "text": "x"}]}],
            "paging": paging
        })
        .to_string()
    };
    let mut stub = Stub::start(move |got| {
        let is_second = got.query.ends_with("&after=b%3D%3D");
        (
            200,
            Vec::new(),
            page(if is_second { "two" } else { "one" }, !is_second),
        )
    })
    .await;
    let templates = account(&stub.base).templates().await.unwrap();
    assert_eq!(
        stub.got.recv().await.unwrap().path,
        "/102290129340398/message_templates"
    );
    let names: Vec<&str> = templates
        .iter()
        .map(|template| template.name.as_str())
        .collect();
    assert_eq!(names, ["one", "two"]);
    assert_eq!(
        templates[0],
        WhatsAppTemplate {
            name: "one".to_owned(),
            language: "en".to_owned(),
            category: "marketing".to_owned(),
            status: "approved".to_owned(),
            header: WhatsAppHeader::Image,
            body: "Hi {{1}}".to_owned(),
            footer: "Bye".to_owned(),
            buttons: vec![
                WhatsAppButton::QuickReply {
                    text: "Yes".to_owned()
                },
                WhatsAppButton::Url {
                    text: "See".to_owned(),
                    url: "https://r.example/c/{{1}}".to_owned()
                },
                WhatsAppButton::Phone {
                    text: "Call".to_owned(),
                    number: "+15550100".to_owned()
                },
            ],
        }
    );
}

#[tokio::test]
async fn a_check_tells_what_is_wrong_without_the_token() {
    let mut stub =
        Stub::start(|_| (200, Vec::new(), r#"{"id":"106540352242922"}"#.to_owned())).await;
    assert_eq!(account(&stub.base).check().await, Ok(()));
    assert_eq!(stub.got.recv().await.unwrap().path, "/106540352242922");
    let expired =
        r#"{"error":{"message":"Error validating access token: Session has expired","code":190}}"#;
    let stub = Stub::start(move |_| (401, Vec::new(), expired.to_owned())).await;
    let said = account(&stub.base).check().await.unwrap_err();
    assert!(
        said.contains("expired") && !said.contains("EAAt0ken"),
        "{said}"
    );
    // A token that can't stand in a header is the account's trouble, and is not told.
    let fields = [
        ("phone_number_id", "1"),
        ("waba_id", "2"),
        ("access_token", "EAA\nx"),
    ];
    let meta = Meta::new(&settings(&fields), &private()).unwrap();
    let answered = meta.submit(&plain()).await;
    assert!(
        matches!(&answered, Submission::Account { reason } if !reason.contains("EAA")),
        "{answered:?}"
    );
}

#[test]
fn settings_that_can_not_work_are_named() {
    for (name, value) in [
        ("phone_number_id", "+1650"),
        ("waba_id", "1/2"),
        ("access_token", " "),
        ("api_base", "x"),
    ] {
        let mut fields = vec![
            ("phone_number_id", "1"),
            ("waba_id", "2"),
            ("access_token", "EAA"),
        ];
        fields.retain(|(held, _)| *held != name);
        fields.push((name, value));
        let error = Meta::new(&settings(&fields), &private()).err().unwrap();
        assert_eq!(error.field, name);
    }
}
