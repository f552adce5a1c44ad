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
    let card = RcsBody {
        card_title: Some("Spring".to_owned()),
        ..plain_rcs()
    };
    let chips = RcsBody {
        suggestions: vec![Suggestion::Reply {
            text: "Yes".to_owned(),
        }],
        ..plain_rcs()
    };
    let other_fallback = RcsBody {
        fallback: "Hello by SMS".to_owned(),
        ..plain_rcs()
    };
    for body in [card, chips, other_fallback] {
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
