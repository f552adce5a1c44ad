use std::{path::Path, time::Duration};

use lettre::transport::smtp::client::Certificate;
use mail_parser::{HeaderValue, MessageParser, MimeHeaders};
use serde_json::{Value, json};

use super::*;
use crate::{
    EmailBody,
    send::doubles::{
        Double, certificates, free_port, node_modules, outgoing, private, script, settings,
    },
};

fn mail(from: &str, to: &str) -> Outgoing {
    outgoing(from, to, OutgoingBody::Email(Box::new(body())))
}

fn body() -> EmailBody {
    EmailBody {
        from_name: "Blumen Müller, Köln".to_owned(),
        reply_to: "fragen@blumen.example".to_owned(),
        subject: "Frühling 🌷: 20 % auf alle Sträuße, nur bis zum Samstag, und nur solange der Vorrat reicht".to_owned(),
        html: "<p>Grüße <a href=\"https://r.example/c/abc\">hier</a></p>\n.\n<p>Ende</p>".to_owned(),
        text: "Grüße\n.\n..zwei Punkte\nEnde".to_owned(),
        unsubscribe: Some("https://r.example/u/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123".to_owned()),
        feedback_id: Some("spring:shop:reportage".to_owned()),
    }
}

fn account(port: u16, more: &[(&str, &str)]) -> Smtp {
    account_with(port, more, Vec::new()).unwrap()
}

fn account_with(
    port: u16,
    more: &[(&str, &str)],
    roots: Vec<Certificate>,
) -> Result<Smtp, SettingsError> {
    let port = port.to_string();
    let mut fields = vec![("host", "localhost"), ("port", port.as_str())];
    if !more.iter().any(|(name, _)| *name == "security") {
        fields.push(("security", "none"));
    }
    fields.extend_from_slice(more);
    Smtp::new(&settings(&fields), &private(), roots)
}

async fn faulty(modules: &Path, settings: Value) -> Double {
    Double::start(
        &script("smtp.mjs"),
        &[modules.to_str().unwrap(), &settings.to_string()],
    )
    .await
}

#[tokio::test]
async fn how_far_a_message_came_decides_what_its_failure_means() {
    let Some(modules) = node_modules() else {
        return;
    };
    let mut double = faulty(&modules, json!({})).await;
    let smtp = account(double.port, &[]);
    let send = async |from: &str, to: &str| smtp.submit(&mail(from, to)).await;
    let later = |answer: Submission| match answer {
        Submission::Later { is_account, .. } => is_account,
        other => panic!("{other:?}"),
    };
    let bounced = |answer: Submission| match answer {
        Submission::Refused {
            kind: EventKind::Failed,
            raw,
            reason,
            suppress,
            ..
        } => {
            assert_eq!(raw, "BOUNCED_PERMANENT");
            assert!(!reason.contains('@'), "{reason}");
            suppress
        }
        other => panic!("{other:?}"),
    };
    let ok = "shop@r.example";

    let accepted = Submission::Accepted {
        reference: Some("<k7Qm2xW9aB4cD5eF@r.example>".to_owned()),
        raw: "SENT".to_owned(),
    };
    assert_eq!(send(ok, "ok@x.example").await, accepted);
    double.told("message").await;

    // Refused for now.
    assert!(!later(send(ok, "grey@x.example").await));
    assert!(!later(send(ok, "latetemp@x.example").await));
    assert!(later(send("busy@r.example", "ok@x.example").await));
    assert!(later(send("slowdown@r.example", "ok@x.example").await));

    // Refused for good; only an unknown mailbox is never written to again.
    let hard = Some(SuppressionSource::HardFailure);
    assert_eq!(bounced(send(ok, "nobody@x.example").await), hard);
    assert_eq!(bounced(send(ok, "plain550@x.example").await), hard);
    assert_eq!(bounced(send(ok, "bare550@x.example").await), None);
    assert_eq!(bounced(send(ok, "policy@x.example").await), None);
    assert_eq!(bounced(send(ok, "full@x.example").await), None);
    assert_eq!(bounced(send(ok, "lateperm@x.example").await), None);

    // Refused to everybody.
    for (from, to) in [
        ("stranger@r.example", "ok@x.example"),
        (ok, "abroad@x.example"),
    ] {
        assert!(
            matches!(send(from, to).await, Submission::Account { .. }),
            "{from} {to}"
        );
    }

    // The line is cut. Before the message itself nothing was taken; after its last dot nobody knows.
    assert!(!later(send("vanish@r.example", "ok@x.example").await));
    assert!(!later(send(ok, "droprcpt@x.example").await));
    let answer = send(ok, "dropdot@x.example").await;
    assert!(matches!(answer, Submission::Uncertain { .. }), "{answer:?}");
    let answer = send(ok, "dropdata@x.example").await;
    assert!(matches!(answer, Submission::Uncertain { .. }), "{answer:?}");

    // And the account goes on working.
    assert_eq!(send(ok, "ok@x.example").await, accepted);
}

#[tokio::test]
async fn running_out_of_time_means_what_it_was_spent_on() {
    let Some(modules) = node_modules() else {
        return;
    };
    let mut double = faulty(&modules, json!({})).await;
    let mut smtp = account(double.port, &[]);
    smtp.pool.limit(Limits {
        command: Duration::from_secs(20),
        content: Duration::from_millis(300),
    });
    let answer = smtp.submit(&mail("shop@r.example", "mute@x.example")).await;
    assert!(matches!(answer, Submission::Uncertain { .. }), "{answer:?}");
    double.told("message").await;
    smtp.pool.limit(Limits {
        command: Duration::from_millis(300),
        content: Duration::from_secs(20),
    });
    let answer = smtp
        .submit(&mail("shop@r.example", "slowrcpt@x.example"))
        .await;
    assert!(
        matches!(
            answer,
            Submission::Later {
                is_account: false,
                ..
            }
        ),
        "{answer:?}"
    );
    // Takes connections and never greets.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut smtp = account(listener.local_addr().unwrap().port(), &[]);
    smtp.pool.limit(Limits {
        command: Duration::from_millis(300),
        content: Duration::from_secs(20),
    });
    let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
    assert!(matches!(answer, Submission::Later { .. }), "{answer:?}");
}

#[tokio::test]
async fn a_connection_is_used_again_and_one_that_died_waiting_is_replaced() {
    let Some(modules) = node_modules() else {
        return;
    };
    let mut double = faulty(&modules, json!({})).await;
    let smtp = account(double.port, &[]);
    for to in [
        "ok@x.example",
        "nobody@x.example",
        "grey@x.example",
        "ok@x.example",
    ] {
        smtp.submit(&mail("shop@r.example", to)).await;
    }
    assert_eq!(double.told("connect").await["connections"], 1);
    double.told("message").await;
    double.told("message").await;

    // This one hangs up as soon as it has answered.
    let mut double = faulty(&modules, json!({"closeIdle": true})).await;
    let smtp = account(double.port, &[]);
    for connection in 1..=3 {
        let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
        assert!(matches!(answer, Submission::Accepted { .. }), "{answer:?}");
        assert_eq!(double.told("connect").await["connections"], connection);
        double.told("dropped").await;
    }
}

#[tokio::test]
async fn the_mail_says_what_was_written() {
    let Some(modules) = node_modules() else {
        return;
    };
    let mut double = faulty(&modules, json!({})).await;
    let smtp = account(double.port, &[("bounce_address", "bounce@b.example")]);
    smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
    let told = double.told("message").await;
    assert_eq!(told["from"], "bounce+k7Qm2xW9aB4cD5eF@b.example");
    assert_eq!(told["to"], json!(["ok@x.example"]));

    let raw = told["raw"].as_str().unwrap();
    assert!(raw.is_ascii() && raw.lines().all(|line| line.len() <= 998));
    let list = format!("List-Unsubscribe: <{}>\r\n", body().unsubscribe.unwrap());
    assert!(raw.contains(&list), "{raw}");
    assert!(raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
    assert!(raw.contains("Feedback-ID: spring:shop:reportage\r\n"));
    assert!(raw.contains("X-PM-Metadata-message: k7Qm2xW9aB4cD5eF\r\n"));

    let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(parsed.subject(), Some(body().subject.as_str()));
    assert_eq!(parsed.message_id(), Some("k7Qm2xW9aB4cD5eF@r.example"));
    let from = parsed.from().and_then(|from| from.first()).unwrap();
    assert_eq!(from.name(), Some("Blumen Müller, Köln"));
    assert_eq!(from.address(), Some("shop@r.example"));
    let reply_to = parsed.reply_to().and_then(|to| to.first()).unwrap();
    assert_eq!(reply_to.address(), Some("fragen@blumen.example"));
    assert!(parsed.date().is_some());
    let kind = parsed.content_type().unwrap();
    assert_eq!(
        (kind.ctype(), kind.subtype()),
        ("multipart", Some("alternative"))
    );
    let same = |text: &str| text.replace("\r\n", "\n");
    assert_eq!(same(&parsed.body_text(0).unwrap()).trim_end(), body().text);
    assert_eq!(same(&parsed.body_html(0).unwrap()).trim_end(), body().html);

    // Plain text only.
    let text_only = EmailBody {
        html: String::new(),
        unsubscribe: None,
        ..body()
    };
    let plain = outgoing(
        "shop@r.example",
        "ok@x.example",
        OutgoingBody::Email(Box::new(text_only)),
    );
    smtp.submit(&plain).await;
    let told = double.told("message").await;
    let raw = told["raw"].as_str().unwrap();
    let parsed = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(parsed.content_type().map(|kind| kind.ctype()), Some("text"));
    assert_eq!(
        parsed
            .header("List-Unsubscribe")
            .unwrap_or(&HeaderValue::Empty),
        &HeaderValue::Empty
    );

    // A domain in other letters travels in the form of the DNS.
    smtp.submit(&mail("shop@r.example", "ok@müller.example"))
        .await;
    // smtp-server shows it in its own letters again; the header is as it was sent.
    let told = double.told("message").await;
    assert!(
        told["raw"]
            .as_str()
            .unwrap()
            .contains("\r\nTo: ok@xn--mller-kva.example\r\n")
    );
    let answer = smtp
        .submit(&mail("shop@r.example", "jürgen@x.example"))
        .await;
    assert!(
        matches!(&answer, Submission::Refused { raw, .. } if raw == "BAD_TO"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn maildev_shows_the_mail() {
    let Some(modules) = node_modules() else {
        return;
    };
    let (smtp_port, web_port) = (free_port().to_string(), free_port());
    let web = web_port.to_string();
    let program = modules.join(".bin/maildev").canonicalize().unwrap();
    let arguments = [
        "--ip",
        "127.0.0.1",
        "--smtp",
        &smtp_port,
        "--web",
        &web,
        "--web-ip",
        "127.0.0.1",
        "--silent",
    ];
    let _double = Double::on_port(&program, &arguments, web_port).await;
    let smtp = account(smtp_port.parse().unwrap(), &[]);
    assert_eq!(smtp.check().await, Ok(()));
    let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
    assert!(matches!(answer, Submission::Accepted { .. }), "{answer:?}");

    let client = crate::send::http::client(&private()).unwrap();
    let url = format!("http://127.0.0.1:{web_port}/api/email");
    let is_there = async {
        loop {
            let request = client.request(reqwest::Method::GET, &url).unwrap();
            let reply = client
                .send(request)
                .await
                .unwrap()
                .json()
                .unwrap_or_default();
            let mails = reply
                .as_array()
                .or_else(|| reply["data"].as_array())
                .cloned()
                .unwrap_or_default();
            if let Some(mail) = mails.into_iter().next() {
                return mail;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let shown = tokio::time::timeout(Duration::from_secs(30), is_there)
        .await
        .unwrap();
    assert_eq!(shown["subject"], body().subject.as_str());
    assert_eq!(shown["from"][0]["name"], "Blumen Müller, Köln");
    assert_eq!(shown["to"][0]["address"], "ok@x.example");
}

#[tokio::test]
async fn a_connection_is_protected_or_not_used() {
    let Some(modules) = node_modules() else {
        return;
    };
    let Some([ca, cert, key]) = certificates().await else {
        return;
    };
    let trusted = || vec![Certificate::from_pem(ca.as_bytes()).unwrap()];
    for tls in ["starttls", "tls"] {
        let server = json!({"tls": tls, "cert": cert, "key": key, "user": "anna", "password": "s3cret pass"});
        let mut double = faulty(&modules, server).await;
        let login = [
            ("security", tls),
            ("username", "anna"),
            ("password", "s3cret pass"),
        ];
        let smtp = account_with(double.port, &login, trusted()).unwrap();
        assert_eq!(smtp.check().await, Ok(()));
        let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
        assert!(matches!(answer, Submission::Accepted { .. }), "{answer:?}");
        assert_eq!(double.told("auth").await["secure"], true);
        assert_eq!(double.told("message").await["secure"], true);

        // A certificate nobody vouches for.
        let stranger = account(double.port, &login);
        let answer = stranger
            .submit(&mail("shop@r.example", "ok@x.example"))
            .await;
        let Submission::Account { reason } = answer else {
            panic!("{answer:?}");
        };
        assert!(reason.contains("certificate"), "{reason}");

        // Wrong credentials are the account's trouble, and are not repeated in the sentence.
        let wrong = [
            ("security", tls),
            ("username", "anna"),
            ("password", "wr0ng"),
        ];
        let smtp = account_with(double.port, &wrong, trusted()).unwrap();
        let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
        let Submission::Account { reason } = answer else {
            panic!("{answer:?}");
        };
        assert!(!reason.contains("wr0ng"));
        assert!(smtp.check().await.is_err());
    }
    // No STARTTLS where it is asked for: nothing is sent in the clear.
    let double = faulty(&modules, json!({})).await;
    let smtp = account(double.port, &[("security", "starttls")]);
    let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
    assert!(
        matches!(&answer, Submission::Account { reason } if reason.contains("STARTTLS")),
        "{answer:?}"
    );
}

#[tokio::test]
async fn nobody_there_is_later_and_inside_is_forbidden() {
    let smtp = account(free_port(), &[]);
    let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
    assert!(matches!(answer, Submission::Later { .. }), "{answer:?}");
    let fields = settings(&[("host", "localhost"), ("security", "none")]);
    let smtp = Smtp::new(&fields, &Network::default(), Vec::new()).unwrap();
    let answer = smtp.submit(&mail("shop@r.example", "ok@x.example")).await;
    assert!(matches!(answer, Submission::Account { .. }), "{answer:?}");
}

#[test]
fn no_header_can_be_smuggled_in() {
    let evil = "x\r\nBcc: everybody@x.example";
    let refuses =
        |message: &Outgoing, body: &EmailBody| assert!(letter(message, body, None).is_err());
    let good = mail("shop@r.example", "ok@x.example");
    assert!(letter(&good, &body(), None).is_ok());
    for spoil in [
        |body: &mut EmailBody, evil: String| body.subject = evil,
        |body: &mut EmailBody, evil: String| body.from_name = evil,
        |body: &mut EmailBody, evil: String| body.reply_to = evil,
        |body: &mut EmailBody, evil: String| body.unsubscribe = Some(evil),
        |body: &mut EmailBody, evil: String| body.feedback_id = Some(evil),
    ] {
        for evil in [evil, "x\nY: z", "x\rY: z", "x\0"] {
            let mut body = body();
            spoil(&mut body, evil.to_owned());
            refuses(&good, &body);
        }
    }
    for bad in [
        evil,
        "a@b.example\r\nRCPT TO:<c@d.example>",
        "a@b.example> <c@d.example",
        "",
        "a",
        "@b",
        "a@b@",
    ] {
        refuses(&mail(bad, "ok@x.example"), &body());
        refuses(&mail("shop@r.example", bad), &body());
    }
    for key in [evil, "", "a b", "a@b", "a>", "ä", &"a".repeat(41)] {
        refuses(
            &Outgoing {
                message: key.to_owned(),
                ..good.clone()
            },
            &body(),
        );
    }
}

#[test]
fn settings_that_can_not_work_are_named() {
    for (fields, field) in [
        (vec![("security", "ssl")], "security"),
        (vec![("username", "anna")], "password"),
        (vec![("password", "x")], "username"),
        (vec![("bounce_address", "nowhere")], "bounce_address"),
        (vec![("connections", "0")], "connections"),
        (vec![("connections", "101")], "connections"),
    ] {
        let error = account_with(25, &fields, Vec::new()).err().unwrap();
        assert_eq!(error.field, field);
    }
    let open = [
        ("host", "mx.example"),
        ("security", "none"),
        ("username", "a"),
        ("password", "b"),
    ];
    assert!(Smtp::new(&settings(&open), &Network::default(), Vec::new()).is_err());
    assert!(
        Smtp::new(
            &settings(&[("host", "h"), ("port", "0")]),
            &private(),
            Vec::new()
        )
        .is_err()
    );
}

#[test]
fn an_account_says_how_many_connections_it_opens() {
    let standard = domain::carrier::Protocol::Smtp
        .fields()
        .iter()
        .find(|field| field.name == "connections")
        .unwrap()
        .standard;
    assert_eq!(account(25, &[]).pool.free().to_string(), standard);
    assert_eq!(account(25, &[("connections", "40")]).pool.free(), 40);
}

#[test]
fn the_form_offers_every_protection_there_is_and_no_other() {
    let field = domain::carrier::Protocol::Smtp
        .fields()
        .iter()
        .find(|field| field.name == "security")
        .unwrap();
    let port = |value: Option<&str>| {
        let settings = Settings::new(
            value
                .map(|value| ("security".to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
        );
        security(&settings, "mail.example", &[]).map(|(_, port)| port)
    };
    assert_eq!(port(Some(field.choices[0].0)).unwrap(), port(None).unwrap());
    let ports: Vec<u16> = field
        .choices
        .iter()
        .map(|(value, _)| port(Some(value)).unwrap())
        .collect();
    assert_eq!(ports, [587, 465, 25]);
    assert!(port(Some("ssl")).is_err());
}

#[tokio::test]
async fn what_is_written_leaves_at_once() {
    let nobody = ([127, 0, 0, 1], free_port()).into();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addresses = [nobody, listener.local_addr().unwrap()];
    let limit = Duration::from_secs(5);
    let stream = stream::connect(&addresses, limit).await.unwrap();
    assert_eq!(stream.peer_addr().unwrap(), addresses[1]);
    assert!(stream.nodelay().unwrap());
    assert!(stream::connect(&[nobody], limit).await.is_none());
}
