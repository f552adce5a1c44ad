//! SNS as moto plays it: it signs notifications and serves the certificate.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
};

use carrier::{
    Settings,
    hook::{CERTIFICATE, Incoming, Notice, Verdict, certificate_url, read, receive},
};
use chrono::{DateTime, Utc};
use domain::{EventKind, carrier::Protocol as P};

use crate::net::{self, DEADLINE, Server};

/// moto tells services apart by this header, even where Amazon wants no signature.
const SCOPE: &str = "Authorization: AWS4-HMAC-SHA256 Credential=test/20261125/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0";

/// A call of the SNS API; what stands in one element of the answer.
fn call(port: u16, fields: &[(&str, &str)], wanted: &str) -> String {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let head = format!(
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n{SCOPE}"
    );
    let answer = net::http(port, &head, &body);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let (open, close) = (format!("<{wanted}>"), format!("</{wanted}>"));
    let start = answer.find(&open).unwrap_or_else(|| panic!("{answer}")) + open.len();
    let end = answer.find(&close).unwrap();
    answer[start..end].to_owned()
}

#[test]
fn notifications_that_moto_signs_are_believed() {
    let Some(moto) = net::find("moto_server") else {
        println!("SKIPPED: moto_server is missing (pip install 'moto[server]')");
        return;
    };
    let port = net::free_port();
    let mut server = Server::start(
        Command::new(moto)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    server.until_listening(port);
    let (hook, posted) = net::webhook();
    let endpoint = format!("http://127.0.0.1:{hook}/hooks/1");
    let topic = call(
        port,
        &[("Action", "CreateTopic"), ("Name", "ses-events")],
        "TopicArn",
    );
    call(
        port,
        &[
            ("Action", "Subscribe"),
            ("TopicArn", &topic),
            ("Protocol", "http"),
            ("Endpoint", &endpoint),
        ],
        "SubscriptionArn",
    );
    let message = r#"{"eventType":"Delivery","mail":{"messageId":"ses-1","destination":["ana@example.com"],"tags":{"message":["Key123456"]}},"delivery":{"timestamp":"2026-11-25T09:00:05.250Z","recipients":["ana@example.com"]}}"#;
    let id = call(
        port,
        &[
            ("Action", "Publish"),
            ("TopicArn", &topic),
            ("Message", message),
        ],
        "MessageId",
    );
    let (headers, body) = posted.recv_timeout(DEADLINE).unwrap();

    let request = Incoming {
        method: "POST",
        url: &endpoint,
        headers: &headers,
        body: &body,
    };
    let account = Settings::new(BTreeMap::from([
        ("topic_arn".to_owned(), topic),
        (
            "certificate_base".to_owned(),
            format!("http://127.0.0.1:{port}"),
        ),
    ]));
    let url = certificate_url(P::SesEvents, &account, &request).unwrap();
    let path = url
        .strip_prefix(&format!("http://127.0.0.1:{port}"))
        .unwrap();
    let answer = net::http(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{SCOPE}"),
        "",
    );
    let pem = &answer[answer
        .find("-----BEGIN")
        .unwrap_or_else(|| panic!("{answer}"))..];

    // moto's certificate begins at this very moment.
    let envelope: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let at: DateTime<Utc> = envelope["Timestamp"].as_str().unwrap().parse().unwrap();
    let now = at + chrono::TimeDelta::seconds(5);
    let account = account.with(CERTIFICATE, pem);
    let verdict = receive(P::SesEvents, &account, &request, now).unwrap();
    let Verdict::Items { items, .. } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(items[0].key, id);
    let [Notice::Status(status)] = &read(P::SesEvents, &items[0].body).unwrap()[..] else {
        panic!()
    };
    assert_eq!(
        (status.kind, status.message.as_deref()),
        (Some(EventKind::Delivered), Some("Key123456"))
    );

    let changed = String::from_utf8(body.clone())
        .unwrap()
        .replace("Key123456", "Key123457");
    let request = Incoming {
        body: changed.as_bytes(),
        ..request
    };
    assert!(matches!(
        receive(P::SesEvents, &account, &request, now),
        Ok(Verdict::Forged(_))
    ));
}
