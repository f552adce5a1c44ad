use std::time::Duration;

use domain::{
    EventKind,
    contact::SuppressionSource,
    content::{Suggestion, WhatsAppButton, WhatsAppHeader},
};
use url::form_urlencoded;

use super::*;
use crate::{
    OutgoingBody, RcsBody, WhatsAppBody, WhatsAppValue,
    send::doubles::{Double, Stub, free_port, mute, node_modules, outgoing, private, settings},
};

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
const CONTENT: &str = "HX0123456789abcdef0123456789abcdef";

fn account(base: &str, service: Option<&str>) -> Twilio {
    let mut fields = vec![
        ("account_sid", SID),
        ("auth_token", "t0ken"),
        ("api_base", base),
    ];
    fields.extend(service.map(|service| ("messaging_service_sid", service)));
    Twilio::new(&settings(&fields), &private()).unwrap()
}

fn sms() -> Outgoing {
    let body = OutgoingBody::Sms {
        text: "Grüße & 100 % = mehr?".to_owned(),
    };
    Outgoing {
        callback: Some("https://r.example/hooks/7f?m=k7Qm2xW9aB4cD5eF".to_owned()),
        ..outgoing("+15005550006", "+15005550009", body)
    }
}

fn rcs(body: RcsBody) -> Outgoing {
    outgoing(
        "brand_agent",
        "+15005550009",
        OutgoingBody::Rcs(Box::new(body)),
    )
}

fn plain_rcs() -> RcsBody {
    RcsBody {
        text: "Hello".to_owned(),
        ..RcsBody::default()
    }
}

/// A card with everything on it.
fn card() -> RcsBody {
    RcsBody {
        text: "For you, Anna".to_owned(),
        card_title: Some("Spring".to_owned()),
        image: "https://r.example/tulip.jpg".to_owned(),
        suggestions: vec![
            Suggestion::Reply {
                text: "Yes".to_owned(),
            },
            Suggestion::Url {
                text: "See".to_owned(),
                url: "https://r.example/c/tok3n".to_owned(),
            },
            Suggestion::Phone {
                text: "Call".to_owned(),
                number: "+34910000000".to_owned(),
            },
        ],
        fallback: "Spring, Anna: https://r.example/s/abc".to_owned(),
    }
}

fn chips() -> RcsBody {
    RcsBody {
        suggestions: vec![
            Suggestion::Reply {
                text: "Yes".to_owned(),
            },
            Suggestion::Url {
                text: "See".to_owned(),
                url: "https://shop.example".to_owned(),
            },
        ],
        ..plain_rcs()
    }
}

fn whatsapp() -> Outgoing {
    let template = WhatsAppTemplate {
        name: CONTENT.to_owned(),
        header: WhatsAppHeader::Text {
            text: "For {{3}}".to_owned(),
        },
        body: "Hi {{1}}, {{2}} and {{1}} again".to_owned(),
        buttons: vec![
            WhatsAppButton::QuickReply {
                text: "No".to_owned(),
            },
            WhatsAppButton::Url {
                text: "See".to_owned(),
                url: "https://r.example/c/{{4}}".to_owned(),
            },
        ],
        ..WhatsAppTemplate::default()
    };
    let values = vec![
        WhatsAppValue::Header("spring".to_owned()),
        WhatsAppValue::Body("Anna".to_owned()),
        WhatsAppValue::Body("tulips".to_owned()),
        WhatsAppValue::Link(1, "tok3n".to_owned()),
    ];
    let body = WhatsAppBody {
        template,
        media: String::new(),
        values,
    };
    outgoing(
        "+15005550006",
        "+15005550009",
        OutgoingBody::WhatsApp(Box::new(body)),
    )
}

fn fields(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// Twilio's own description of its API judges our requests.
#[tokio::test]
async fn what_is_sent_is_what_twilio_describes() {
    let Some(modules) = node_modules() else {
        return;
    };
    let prism = modules.join("@stoplight/prism-cli/dist/index.js");
    let specs = modules.join("@twilio/cli-core/src/services/twilio-api");
    let serve = async |spec: &str| {
        let port = free_port();
        let spec = specs.join(spec);
        let port_text = port.to_string();
        let arguments = [
            "mock",
            "-h",
            "127.0.0.1",
            "-p",
            &port_text,
            spec.to_str().unwrap(),
        ];
        Double::on_port(&prism, &arguments, port).await
    };
    let (api, content) = tokio::join!(
        serve("twilio_api_v2010.json"),
        serve("twilio_content_v1.json")
    );

    let twilio = account(&format!("http://127.0.0.1:{}", api.port), Some(SERVICE));
    // Without a picture: Prism 5 reads no list from a form, however it is written. Twilio's libraries repeat the name.
    for message in [sms(), whatsapp(), rcs(plain_rcs())] {
        let answer = twilio.submit(&message).await;
        let Submission::Accepted { reference, raw } = answer else {
            panic!("{answer:?}");
        };
        assert!(reference.is_some_and(|sid| sid.starts_with("SM")));
        assert_eq!(raw, "QUEUED");
    }
    // Prism does judge: a form it can't accept is refused. (Twilio's own errors look different.)
    let mut bad = sms();
    bad.callback = Some("not an address".to_owned());
    let answer = twilio.submit(&bad).await;
    assert!(!matches!(answer, Submission::Accepted { .. }), "{answer:?}");
    assert_eq!(twilio.check().await, Ok(()));

    // Prism answers with its first example, an empty list; the second is read as well.
    let listed = account(&format!("http://127.0.0.1:{}", content.port), None)
        .templates()
        .await;
    assert_eq!(listed, Ok(Vec::new()));
    let spec = std::fs::read(specs.join("twilio_content_v1.json")).unwrap();
    let spec: serde_json::Value = serde_json::from_slice(&spec).unwrap();
    let answer = &spec["paths"]["/v1/ContentAndApprovals"]["get"]["responses"]["200"]["content"]["application/json"];
    let example = answer["examples"]["readResults"]["value"].to_string();
    let stub = Stub::start(move |_| (200, Vec::new(), example.clone())).await;
    let templates = account(&stub.base, None).templates().await.unwrap();
    assert!(templates.iter().any(|template| {
        template.status == "approved"
            && template.category == "utility"
            && template.name.starts_with("HX")
    }));
    assert!(
        templates
            .iter()
            .all(|template| template.status != "unsubmitted")
    );
}

#[tokio::test]
async fn each_channel_has_its_addresses() {
    let mut stub = Stub::start(|_| {
        (
            201,
            Vec::new(),
            r#"{"sid":"SM1","status":"accepted"}"#.to_owned(),
        )
    })
    .await;
    let twilio = account(&stub.base, Some(SERVICE));
    let mut sent = async |message: Outgoing| {
        let answer = twilio.submit(&message).await;
        assert!(matches!(answer, Submission::Accepted { .. }), "{answer:?}");
        let got = stub.got.recv().await.unwrap();
        assert_eq!(
            got.path,
            format!("/2010-04-01/Accounts/{SID}/Messages.json")
        );
        assert_eq!(
            got.headers["content-type"],
            "application/x-www-form-urlencoded"
        );
        let basic = "QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjp0MGtlbg==";
        assert_eq!(got.headers["authorization"], format!("Basic {basic}"));
        fields(&got.body)
    };
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    };
    assert_eq!(
        sent(sms()).await,
        pairs(&[
            ("To", "+15005550009"),
            ("From", "+15005550006"),
            ("MessagingServiceSid", SERVICE),
            ("Body", "Grüße & 100 % = mehr?"),
            (
                "StatusCallback",
                "https://r.example/hooks/7f?m=k7Qm2xW9aB4cD5eF"
            ),
        ])
    );
    assert_eq!(
        sent(whatsapp()).await,
        pairs(&[
            ("To", "whatsapp:+15005550009"),
            ("From", "whatsapp:+15005550006"),
            ("ContentSid", CONTENT),
            (
                "ContentVariables",
                r#"{"1":"Anna","2":"tulips","3":"spring","4":"tok3n"}"#
            ),
        ])
    );
    assert_eq!(
        sent(rcs(plain_rcs())).await,
        pairs(&[
            ("To", "rcs:+15005550009"),
            ("MessagingServiceSid", SERVICE),
            ("Body", "Hello")
        ])
    );
    let with_media = RcsBody {
        image: "https://r.example/tulip.jpg".to_owned(),
        ..plain_rcs()
    };
    assert_eq!(
        sent(rcs(with_media)).await.last().unwrap(),
        &(
            "MediaUrl".to_owned(),
            "https://r.example/tulip.jpg".to_owned()
        )
    );
    let with_fallback = RcsBody {
        fallback: "Hello".to_owned(),
        ..plain_rcs()
    };
    assert_eq!(sent(rcs(with_fallback)).await[0].1, "+15005550009");
}

#[tokio::test]
async fn what_twilio_can_not_carry_is_refused_with_a_sentence() {
    let twilio = account("http://127.0.0.1:9", Some(SERVICE));
    let long = RcsBody {
        text: "x".repeat(1_601),
        ..card()
    };
    let braces = RcsBody {
        suggestions: vec![Suggestion::Reply {
            text: "{{ name }}".to_owned(),
        }],
        ..plain_rcs()
    };
    let other_fallback = RcsBody {
        fallback: "Hello by SMS".to_owned(),
        ..plain_rcs()
    };
    for body in [long, braces, other_fallback] {
        let answer = twilio.submit(&rcs(body)).await;
        let Submission::Refused {
            kind: EventKind::Unsent,
            reason,
            ..
        } = answer
        else {
            panic!("{answer:?}");
        };
        assert!(reason.len() > 30);
    }
    let mut not_ours = whatsapp();
    if let OutgoingBody::WhatsApp(body) = &mut not_ours.body {
        body.template.name = "spring_sale".to_owned();
    }
    assert!(matches!(
        twilio.submit(&not_ours).await,
        Submission::Refused { .. }
    ));
    let twilio = account("http://127.0.0.1:9", None);
    assert!(matches!(
        twilio.submit(&rcs(plain_rcs())).await,
        Submission::Account { .. }
    ));
}

#[tokio::test]
async fn errors_mean_what_twilio_means_by_them() {
    async fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Submission {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        let body = body.to_owned();
        let stub = Stub::start(move |_| (status, headers.clone(), body.clone())).await;
        account(&stub.base, None).submit(&sms()).await
    }
    async fn coded(status: u16, code: u32) -> Submission {
        let message = "The 'To' number +15005550009 can't be used";
        let body = serde_json::json!({"code": code, "message": message, "more_info": "", "status": status});
        answer(status, &[], &body.to_string()).await
    }
    for (code, word, stop) in [
        (21610, "BLACKLISTED", Some(SuppressionSource::Carrier)),
        (21211, "21211", None),
        (21614, "21614", None),
        (21408, "CODE_NOT_ALLOWED", None),
        (21617, "SEGMENTS_EXCEEDED", None),
        (21656, "INCOMPLETE", None),
    ] {
        match coded(400, code).await {
            Submission::Refused {
                kind: EventKind::Unsent,
                raw,
                suppress,
                reason,
                ..
            } => {
                assert_eq!((raw.as_str(), suppress), (word, stop));
                assert!(!reason.contains("5005550009"), "{reason}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
    let answered = coded(400, 63016).await;
    assert!(
        matches!(
            answered,
            Submission::Refused {
                kind: EventKind::Failed,
                ..
            }
        ),
        "{answered:?}"
    );
    for (status, code) in [(401, 20003), (404, 20404), (400, 21606), (403, 20005)] {
        let answered = coded(status, code).await;
        assert!(
            matches!(answered, Submission::Account { .. }),
            "{code}: {answered:?}"
        );
    }
    let slow = answer(
        429,
        &[("retry-after", "3")],
        r#"{"code":20429,"message":"Too Many Requests"}"#,
    )
    .await;
    let Submission::Later {
        after,
        is_account: true,
        ..
    } = slow
    else {
        panic!("{slow:?}");
    };
    assert_eq!(after, Some(Duration::from_secs(3)));
    assert!(matches!(
        answer(429, &[], "slow down").await,
        Submission::Later {
            is_account: true,
            ..
        }
    ));
    for status in [500, 502, 503, 504] {
        // A code in a server error proves nothing.
        let answered = coded(status, 20500).await;
        assert!(
            matches!(answered, Submission::Uncertain { .. }),
            "{status}: {answered:?}"
        );
    }
    assert!(matches!(
        answer(503, &[("retry-after", "9")], "").await,
        Submission::Later { .. }
    ));
    assert!(matches!(
        answer(404, &[], "<html>").await,
        Submission::Account { .. }
    ));
    assert!(matches!(
        answer(302, &[("location", "/login")], "").await,
        Submission::Account { .. }
    ));
    assert!(matches!(
        answer(200, &[], "<html>").await,
        Submission::Uncertain { .. }
    ));
    assert_eq!(
        answer(201, &[], "cut of").await,
        Submission::Accepted {
            reference: None,
            raw: "ACCEPTED".to_owned()
        }
    );
    let failed = r#"{"sid":"SM1","status":"failed","error_code":30005,"error_message":"Unknown"}"#;
    let answered = answer(201, &[], failed).await;
    assert!(matches!(
        answered,
        Submission::Refused {
            kind: EventKind::Failed,
            suppress: Some(SuppressionSource::HardFailure),
            ..
        }
    ));
    let answered = account(&mute().await, None).submit(&sms()).await;
    assert!(
        matches!(answered, Submission::Uncertain { .. }),
        "{answered:?}"
    );
    let answered = account(&format!("http://127.0.0.1:{}", free_port()), None)
        .submit(&sms())
        .await;
    assert!(
        matches!(
            answered,
            Submission::Later {
                is_account: false,
                ..
            }
        ),
        "{answered:?}"
    );
}

#[tokio::test]
async fn an_account_that_is_suspended_or_unknown_fails_its_check() {
    let stub = Stub::start(|_| (200, Vec::new(), r#"{"status":"suspended"}"#.to_owned())).await;
    let said = account(&stub.base, None).check().await.unwrap_err();
    assert!(said.contains("suspended"), "{said}");
    let stub = Stub::start(|_| (401, Vec::new(), r#"{"code":20003}"#.to_owned())).await;
    assert!(account(&stub.base, None).check().await.is_err());
}

#[tokio::test]
async fn templates_come_by_pages_and_from_the_configured_host_only() {
    let page = |sid: &str, next: serde_json::Value| {
        serde_json::json!({
            "contents": [{
                "sid": sid, "language": "pt_BR", "variables": {},
                "types": {"whatsapp/card": {
                    "body": "Oi {{1}}", "header_text": "Olá", "footer": "Sair: PARE",
                    "actions": [
                        {"type": "QUICK_REPLY", "title": "Sim", "id": "1"},
                        {"type": "URL", "title": "Ver", "url": "https://r.example/c/{{2}}"},
                        {"type": "PHONE_NUMBER", "title": "Ligar", "phone": "+5511999990000"}
                    ]}},
                "approval_requests": {"category": "MARKETING", "status": "approved", "name": "x"}
            }, {
                "sid": "HXcarousel", "language": "en", "types": {"twilio/carousel": {"body": "x"}},
                "approval_requests": {"category": "MARKETING", "status": "approved"}
            }],
            "meta": {"next_page_url": next, "key": "contents"}
        })
        .to_string()
    };
    let mut stub = Stub::start(move |got| {
        let body = if got.query.contains("PageToken=two") {
            page("HX2", serde_json::Value::Null)
        } else {
            page(
                "HX1",
                "https://elsewhere.example/v1/ContentAndApprovals?PageToken=two&Page=1".into(),
            )
        };
        (200, Vec::new(), body)
    })
    .await;
    let templates = account(&stub.base, None).templates().await.unwrap();
    assert_eq!(
        stub.got.recv().await.unwrap().path,
        "/v1/ContentAndApprovals"
    );
    assert_eq!(stub.got.recv().await.unwrap().query, "PageToken=two&Page=1");
    assert_eq!(templates.len(), 2);
    assert_eq!(
        templates[1],
        WhatsAppTemplate {
            name: "HX2".to_owned(),
            language: "pt_BR".to_owned(),
            category: "marketing".to_owned(),
            status: "approved".to_owned(),
            header: WhatsAppHeader::Text {
                text: "Olá".to_owned()
            },
            body: "Oi {{1}}".to_owned(),
            footer: "Sair: PARE".to_owned(),
            buttons: vec![
                WhatsAppButton::QuickReply {
                    text: "Sim".to_owned()
                },
                WhatsAppButton::Url {
                    text: "Ver".to_owned(),
                    url: "https://r.example/c/{{2}}".to_owned()
                },
                WhatsAppButton::Phone {
                    text: "Ligar".to_owned(),
                    number: "+5511999990000".to_owned()
                },
            ],
        }
    );
}

#[test]
fn settings_that_can_not_work_are_named() {
    for (name, value) in [
        ("account_sid", "AC1/../x"),
        ("auth_token", ""),
        ("messaging_service_sid", SID),
        ("api_base", "ftp://x.example"),
        ("api_base", "https://x.example/?a=b"),
    ] {
        let mut fields = vec![("account_sid", SID), ("auth_token", "t0ken")];
        fields.retain(|(held, _)| *held != name);
        fields.push((name, value));
        let error = Twilio::new(&settings(&fields), &private()).err().unwrap();
        assert_eq!(error.field, name);
    }
    let inside = [
        ("account_sid", SID),
        ("auth_token", "t"),
        ("api_base", "https://10.0.0.1"),
    ];
    let error = Twilio::new(&settings(&inside), &Network::default())
        .err()
        .unwrap();
    assert_eq!(error.field, "api_base");
}

/// Twilio's description of its Content API as its documentation has been since August 2025: a card has a `body` as well
/// ("Twilio Support for RCS Title and Description Text in Rich Card"; twilio.com/docs/content/twiliocard).
fn content_description(specs: &std::path::Path) -> std::path::PathBuf {
    let spec = std::fs::read(specs.join("twilio_content_v1.json")).unwrap();
    let mut spec: serde_json::Value = serde_json::from_slice(&spec).unwrap();
    let card = &mut spec["components"]["schemas"]["twilioCard"];
    assert_eq!(
        card["additionalProperties"], false,
        "nothing else is let through"
    );
    card["properties"]["body"] = serde_json::json!({"type": "string"});
    let path = std::env::temp_dir().join(format!("reportage-content-{}.json", std::process::id()));
    std::fs::write(&path, spec.to_string()).unwrap();
    path
}

/// Twilio's own description judges the templates, and the messages by them.
#[tokio::test]
async fn cards_and_chips_are_what_twilio_describes() {
    let Some(modules) = node_modules() else {
        return;
    };
    let prism = modules.join("@stoplight/prism-cli/dist/index.js");
    let specs = modules.join("@twilio/cli-core/src/services/twilio-api");
    let serve = async |spec: std::path::PathBuf| {
        let port = free_port();
        let port_text = port.to_string();
        let spec = spec.to_str().unwrap().to_owned();
        let arguments = ["mock", "-h", "127.0.0.1", "-p", &port_text, &spec];
        Double::on_port(&prism, &arguments, port).await
    };
    let description = content_description(&specs);
    let (api, content) = tokio::join!(
        serve(specs.join("twilio_api_v2010.json")),
        serve(description.clone())
    );
    let mut twilio = account(&format!("http://127.0.0.1:{}", api.port), Some(SERVICE));
    twilio.content_api = format!("http://127.0.0.1:{}", content.port);
    for body in [card(), chips()] {
        // The other description has no list by names: Prism says 404, and a template is made.
        let answer = twilio.submit(&rcs(body)).await;
        let Submission::Accepted { raw, .. } = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(raw, "QUEUED");
    }
    // Prism does judge.
    let url = format!("{}/v1/Content", twilio.content_api);
    let bad = serde_json::json!({"language": "en", "types": {"twilio/card": {"boddy": "x"}}});
    let request = twilio.request(Method::POST, &url).unwrap().json(&bad);
    assert_eq!(twilio.client.send(request).await.unwrap().status, 422);
    std::fs::remove_file(description).unwrap();
}

const MADE: &str = r#"{"sid":"HX00000000000000000000000000000001","friendly_name":"x"}"#;
const NONE: &str = r#"{"contents":[],"meta":{}}"#;

/// A Twilio that holds no template, makes any, and takes any message.
async fn content_stub() -> Stub {
    Stub::start(|got| match got.path.as_str() {
        "/v2/Content" => (200, Vec::new(), NONE.to_owned()),
        "/v1/Content" => (201, Vec::new(), MADE.to_owned()),
        _ => (
            201,
            Vec::new(),
            r#"{"sid":"MM1","status":"accepted"}"#.to_owned(),
        ),
    })
    .await
}

#[tokio::test]
async fn a_card_is_made_once_and_filled_for_each() {
    let mut stub = content_stub().await;
    let twilio = account(&stub.base, Some(SERVICE));
    let mut other = card();
    other.text = "For you, Berta".to_owned();
    other.fallback = "Spring, Berta".to_owned();
    other.suggestions[1] = Suggestion::Url {
        text: "See".to_owned(),
        url: "https://r.example/c/other".to_owned(),
    };
    let (first, second) = (rcs(card()), rcs(other));
    for answer in [
        twilio.submit(&first).await,
        twilio.submit(&second).await,
        twilio.submit(&first).await,
    ] {
        assert!(matches!(answer, Submission::Accepted { .. }), "{answer:?}");
    }
    let asked = stub.got.recv().await.unwrap();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("GET", "/v2/Content")
    );
    let made = stub.got.recv().await.unwrap();
    assert_eq!(
        (made.method.as_str(), made.path.as_str()),
        ("POST", "/v1/Content")
    );
    let made: serde_json::Value = serde_json::from_slice(&made.body).unwrap();
    let name = made["friendly_name"].as_str().unwrap();
    assert!(
        asked.query.contains(&format!("ContentName={name}&")),
        "{}",
        asked.query
    );
    assert_eq!(
        made,
        serde_json::json!({
            "friendly_name": name,
            "language": "en",
            // Nobody's own: Twilio would send them where a value is missing.
            "variables": {"title": "Title", "text": "Text", "sms": "Text", "link2": "?"},
            "types": {
                "twilio/card": {
                    "title": "{{title}}",
                    "body": "{{text}}",
                    "media": ["https://r.example/tulip.jpg"],
                    "actions": [
                        {"type": "QUICK_REPLY", "title": "Yes", "id": "1"},
                        {"type": "URL", "title": "See", "url": "https://r.example/{{link2}}"},
                        {"type": "PHONE_NUMBER", "title": "Call", "phone": "+34910000000"},
                    ],
                },
                "twilio/text": {"body": "{{sms}}"},
            },
        })
    );
    let mut sent = Vec::new();
    for _ in 0..3 {
        let got = stub.got.recv().await.unwrap();
        assert!(got.path.ends_with("/Messages.json"), "{}", got.path);
        sent.push(fields(&got.body));
    }
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        sent[0],
        [
            // Not `rcs:`: there is an SMS for phones without.
            pair("To", "+15005550009"),
            pair("MessagingServiceSid", SERVICE),
            pair("ContentSid", "HX00000000000000000000000000000001"),
            pair(
                "ContentVariables",
                r#"{"link2":"c/tok3n","sms":"Spring, Anna: https://r.example/s/abc","text":"For you, Anna","title":"Spring"}"#
            ),
        ]
    );
    assert!(sent[1][3].1.contains("Berta") && sent[1][3].1.contains("c/other"));
    assert_eq!(sent[2], sent[0]);
    assert!(stub.got.try_recv().is_err());
}

#[tokio::test]
async fn chips_without_a_fallback_go_by_rcs_alone() {
    let mut stub = content_stub().await;
    let twilio = account(&stub.base, Some(SERVICE));
    assert!(matches!(
        twilio.submit(&rcs(chips())).await,
        Submission::Accepted { .. }
    ));
    stub.got.recv().await.unwrap();
    let made = stub.got.recv().await.unwrap();
    let made: serde_json::Value = serde_json::from_slice(&made.body).unwrap();
    assert_eq!(
        made["types"],
        serde_json::json!({"twilio/card": {
            "body": "{{text}}",
            "actions": [
                {"type": "QUICK_REPLY", "title": "Yes", "id": "1"},
                {"type": "URL", "title": "See", "url": "https://shop.example"},
            ],
        }})
    );
    assert_eq!(
        fields(&stub.got.recv().await.unwrap().body)[0].1,
        "rcs:+15005550009"
    );
}

#[tokio::test]
async fn many_at_once_make_one_template() {
    let mut stub = content_stub().await;
    let twilio = account(&stub.base, Some(SERVICE));
    let message = rcs(card());
    let answers = futures::future::join_all((0..20).map(|_| twilio.submit(&message))).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Submission::Accepted { .. }))
    );
    let mut made = 0;
    for _ in 0..22 {
        made += u32::from(stub.got.recv().await.unwrap().path == "/v1/Content");
    }
    assert_eq!(made, 1);
    assert!(stub.got.try_recv().is_err());
}

#[tokio::test]
async fn a_template_of_before_a_restart_is_found_and_one_that_is_gone_made_again() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let sent = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&sent);
    let stub = Stub::start(move |got| match got.path.as_str() {
        "/v2/Content" => {
            let name = form_urlencoded::parse(got.query.as_bytes())
                .find(|(name, _)| name == "ContentName")
                .map(|(_, value)| value.into_owned())
                .unwrap();
            let contents = serde_json::json!({"contents": [
                {"sid": "HX0000000000000000000000000000000a", "friendly_name": format!("{name}0")},
                {"sid": CONTENT, "friendly_name": name},
            ]});
            (200, Vec::new(), contents.to_string())
        }
        "/v1/Content" => panic!("it is there already"),
        _ if count.fetch_add(1, Ordering::Relaxed) == 1 => (
            400,
            Vec::new(),
            r#"{"code":21655,"message":"The ContentSid is invalid"}"#.to_owned(),
        ),
        _ => (
            201,
            Vec::new(),
            r#"{"sid":"MM1","status":"accepted"}"#.to_owned(),
        ),
    })
    .await;
    let mut stub = stub;
    let twilio = account(&stub.base, Some(SERVICE));
    let message = rcs(card());
    assert!(matches!(
        twilio.submit(&message).await,
        Submission::Accepted { .. }
    ));
    // Nothing was handed over: it may be tried again.
    let gone = twilio.submit(&message).await;
    assert!(
        matches!(
            gone,
            Submission::Later {
                is_account: false,
                ..
            }
        ),
        "{gone:?}"
    );
    assert!(matches!(
        twilio.submit(&message).await,
        Submission::Accepted { .. }
    ));
    let mut paths = Vec::new();
    for _ in 0..5 {
        paths.push(stub.got.recv().await.unwrap().path);
    }
    let lookups: Vec<usize> = (0..5).filter(|n| paths[*n] == "/v2/Content").collect();
    assert_eq!(lookups, [0, 3]);
}

#[tokio::test]
async fn a_template_that_can_not_be_made_is_never_uncertain() {
    async fn answer(status: u16, body: &str) -> (Submission, Submission, Stub) {
        let body = body.to_owned();
        let stub = Stub::start(move |got| match got.method.as_str() {
            "GET" => (200, Vec::new(), NONE.to_owned()),
            _ => (status, Vec::new(), body.clone()),
        })
        .await;
        let twilio = account(&stub.base, Some(SERVICE));
        let message = rcs(card());
        (
            twilio.submit(&message).await,
            twilio.submit(&message).await,
            stub,
        )
    }
    let refused = r#"{"code":20001,"message":"Invalid media for +15005550009"}"#;
    let (first, second, mut stub) = answer(400, refused).await;
    let Submission::Refused {
        kind: EventKind::Unsent,
        raw,
        reason,
        ..
    } = &first
    else {
        panic!("{first:?}");
    };
    assert_eq!(raw, "20001");
    assert!(!reason.contains("5005550009"), "{reason}");
    assert_eq!(first, second);
    // The second message didn't ask again.
    for path in ["/v2/Content", "/v1/Content"] {
        assert_eq!(stub.got.recv().await.unwrap().path, path);
    }
    assert!(stub.got.try_recv().is_err());
    for (status, body) in [(500, ""), (503, ""), (429, "")] {
        let (answer, ..) = answer(status, body).await;
        assert!(
            matches!(answer, Submission::Later { .. }),
            "{status}: {answer:?}"
        );
    }
    for (status, body) in [
        (401, r#"{"code":20003}"#),
        (404, "<html>"),
        (201, "<html>"),
        (302, ""),
    ] {
        let (answer, ..) = answer(status, body).await;
        assert!(
            matches!(answer, Submission::Account { .. }),
            "{status}: {answer:?}"
        );
    }
    let mute = account(&mute().await, Some(SERVICE));
    let answer = mute.submit(&rcs(card())).await;
    assert!(matches!(answer, Submission::Later { .. }), "{answer:?}");
}
