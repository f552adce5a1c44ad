//! Signatures of the providers' own libraries, both ways: theirs accepted by us, ours by them.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use carrier::{
    Settings,
    hook::{CERTIFICATE, Verdict, receive, sign_test_event},
};
use chrono::{DateTime, Utc};
use domain::carrier::Protocol as P;
use serde_json::{Value, json};

use crate::{
    net,
    support::{self, Request, notification, settings},
};

/// Where npm packages are, once `npm ci` was there.
fn packages() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/doubles");
    let is_there = net::find("node").is_some() && folder.join("node_modules/twilio").is_dir();
    if !is_there {
        println!("SKIPPED: npm ci in end2end/doubles (or Node.js) is missing");
    }
    is_there.then_some(folder)
}

/// Results of jobs of `vectors.mjs`, in order.
fn node(packages: &Path, jobs: &Value) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doubles/vectors.mjs");
    let mut child = Command::new("node")
        .args([&script, packages])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(jobs.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn is_taken(protocol: P, settings: &Settings, request: &Request, now: DateTime<Utc>) -> bool {
    match receive(protocol, settings, &request.incoming(), now).unwrap() {
        Verdict::Items { .. } => true,
        Verdict::Forged(_) => false,
        other => panic!("{other:?}"),
    }
}

/// Bodies with what breaks careless verifiers: letters beyond ASCII, escapes, blanks at the end, no JSON key order.
const BODY: &str = "{\"z\": \"señal ✓ \\u00e9 🙂\",  \"type\":\"x\" }\n";

#[test]
fn twilios_library_and_ours_agree() {
    let Some(packages) = packages() else { return };
    const TOKEN: &str = "twilio-token";
    let forms: [(&str, Value); 7] = [
        (
            "https://reports.example.com/hooks/1?m=Key123456",
            json!({ "MessageSid": "SM1", "MessageStatus": "sent", "To": "+15550001" }),
        ),
        (
            "https://reports.example.com:443/hooks/1?m=Key123456",
            json!({ "MessageSid": "SM1", "Body": "a b+c&d=é 🙂\n" }),
        ),
        (
            "http://reports.example.com/hooks/1",
            json!({ "MessageSid": "SM1", "Body": "", "b": "2", "B": "1", "ﬁ": "x", "𐀀": "y" }),
        ),
        (
            "https://reports.example.com:8443/hooks/1",
            json!({ "MessageSid": "SM1", "MediaUrl": ["z", "a", "z", "𐀀", "ﬁ"] }),
        ),
        (
            "https://user:pa%40ss@reports.example.com/hooks/1",
            json!({ "MessageSid": "SM1" }),
        ),
        (
            "https://reports.example.com/hooks/1?q=it's%20me&q=2&m=Key123456",
            json!({ "MessageSid": "SM1" }),
        ),
        (
            "https://[::1]:443/hooks/1?a=(b)*",
            json!({ "MessageSid": "SM1" }),
        ),
    ];
    let mut jobs = Vec::new();
    for (url, params) in &forms {
        jobs.push(json!({ "job": "twilio_sign", "token": TOKEN, "url": url, "params": params }));
    }
    jobs.push(json!({ "job": "twilio_hash", "body": BODY }));
    let results = node(&packages, &json!(jobs));
    let account = settings(P::Twilio);
    for ((url, params), signature) in forms.iter().zip(&results) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in params.as_object().unwrap() {
            match value {
                Value::Array(values) => {
                    for value in values {
                        form.append_pair(name, value.as_str().unwrap());
                    }
                }
                value => {
                    form.append_pair(name, value.as_str().unwrap());
                }
            }
        }
        let mut request = Request {
            url: (*url).to_owned(),
            ..Request::post(&[("x-twilio-signature", text(signature))], form.finish())
        };
        assert!(
            is_taken(P::Twilio, &account, &request, support::now()),
            "{url}"
        );
        request.body.extend_from_slice(b"&More=1");
        assert!(
            !is_taken(P::Twilio, &account, &request, support::now()),
            "{url}"
        );
    }

    // A JSON body is covered by its hash in the address.
    let hash = text(results.last().unwrap());
    let url = format!("https://reports.example.com/hooks/1?m=Key123456&bodySHA256={hash}");
    let ours = sign_test_event(P::Twilio, &account, support::URL, support::now()).unwrap();
    let params: serde_json::Map<String, Value> = url::form_urlencoded::parse(&ours.body)
        .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
        .collect();
    let signature = ours
        .headers
        .iter()
        .find(|(name, _)| name == "x-twilio-signature")
        .unwrap();
    let results = node(
        &packages,
        &json!([
            { "job": "twilio_sign", "token": TOKEN, "url": url, "body": BODY },
            { "job": "twilio_check", "token": TOKEN, "url": support::URL, "params": params, "signature": signature.1 },
            { "job": "twilio_check", "token": TOKEN, "url": "https://elsewhere.example/", "params": params, "signature": signature.1 },
        ]),
    );
    let mut request = Request {
        url,
        ..Request::post(&[("x-twilio-signature", text(&results[0]))], BODY)
    };
    assert!(is_taken(P::Twilio, &account, &request, support::now()));
    request.body.push(b' ');
    assert!(!is_taken(P::Twilio, &account, &request, support::now()));
    assert_eq!(results[1], true, "our test event, by their library");
    assert_eq!(results[2], false);
}

#[test]
fn sendgrids_library_and_ours_agree() {
    let Some(packages) = packages() else { return };
    let events = "[{\"event\":\"open\",\"sg_event_id\":\"e1\",\"x\":\"señal 🙂\"}]\r\n";
    let made = &node(
        &packages,
        &json!([{ "job": "sendgrid_sign", "timestamp": "1795990000", "body": BASE64_STANDARD.encode(events) }]),
    )[0];
    assert_eq!(made["isAccepted"], true, "by their own library");
    for key in ["key", "pem"] {
        let account = Settings::new(BTreeMap::from([(
            "public_key".to_owned(),
            text(&made[key]),
        )]));
        let mut request = Request::post(
            &[
                (
                    "x-twilio-email-event-webhook-signature",
                    text(&made["signature"]),
                ),
                (
                    "x-twilio-email-event-webhook-timestamp",
                    "1795990000".to_owned(),
                ),
            ],
            events,
        );
        assert!(
            is_taken(P::SendGridEvents, &account, &request, support::now()),
            "{key}"
        );
        request.headers[1].1 = "1795990001".to_owned();
        assert!(!is_taken(
            P::SendGridEvents,
            &account,
            &request,
            support::now()
        ));
    }
}

#[test]
fn standard_webhooks_libraries_and_ours_agree() {
    let Some(packages) = packages() else { return };
    let secret = text(&json!(
        settings(P::StandardEvents).get("signing_secret").unwrap()
    ));
    let millis = node(&packages, &json!([{ "job": "now" }]))[0]
        .as_i64()
        .unwrap();
    let now = DateTime::from_timestamp_millis(millis).unwrap();
    let seconds = now.timestamp();
    let body = BASE64_STANDARD.encode(BODY);
    let headers = |prefix: &str, protocol: P| {
        let ours = sign_test_event(protocol, &settings(protocol), support::URL, now).unwrap();
        let headers: serde_json::Map<String, Value> = ours
            .headers
            .into_iter()
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name, value.into()))
            .collect();
        (headers, BASE64_STANDARD.encode(ours.body))
    };
    let (svix_headers, svix_body) = headers("svix-", P::ResendEvents);
    let (standard_headers, standard_body) = headers("webhook-", P::StandardEvents);
    let results = node(
        &packages,
        &json!([
            { "job": "svix_sign", "secret": secret, "id": "msg_1", "seconds": seconds, "body": body },
            { "job": "standard_sign", "secret": secret, "id": "msg_1", "seconds": seconds, "body": body },
            { "job": "ed25519_sign", "id": "msg_1", "seconds": seconds, "body": body },
            { "job": "svix_check", "secret": secret, "headers": svix_headers, "body": svix_body },
            { "job": "standard_check", "secret": secret, "headers": standard_headers, "body": standard_body },
            { "job": "standard_check", "secret": secret, "headers": standard_headers, "body": svix_body },
        ]),
    );
    let request = |prefix: &str, signature: &str| {
        Request::post(
            &[
                (&format!("{prefix}-id"), "msg_1".to_owned()),
                (&format!("{prefix}-timestamp"), seconds.to_string()),
                (&format!("{prefix}-signature"), signature.to_owned()),
            ],
            BODY,
        )
    };
    let public = settings(P::StandardEvents).with("signing_secret", text(&results[2]["key"]));
    for (protocol, account, prefix, signature) in [
        (
            P::ResendEvents,
            &settings(P::ResendEvents),
            "svix",
            &results[0],
        ),
        (
            P::StandardEvents,
            &settings(P::StandardEvents),
            "webhook",
            &results[1],
        ),
        (
            P::StandardEvents,
            &public,
            "webhook",
            &results[2]["signature"],
        ),
    ] {
        let mut good = request(prefix, signature.as_str().unwrap());
        assert!(is_taken(protocol, account, &good, now), "{protocol}");
        good.body.push(b'\n');
        assert!(!is_taken(protocol, account, &good, now), "{protocol}");
    }
    let mixed = request("webhook", results[1].as_str().unwrap());
    assert!(
        !is_taken(P::StandardEvents, &public, &mixed, now),
        "a shared secret where a key is expected"
    );
    assert_eq!(
        results[3..],
        [json!(true), json!(true), json!(false)],
        "our test events, by their libraries"
    );
}

/// No library of Meta's, Mailgun's or Google's checks a webhook on npm: Node's crypto by their published rules.
#[test]
fn nodes_crypto_and_ours_agree() {
    let Some(packages) = packages() else { return };
    let meta = BODY.replace("\"type\":\"x\"", "\"object\":\"whatsapp_business_account\"");
    let time = support::now().timestamp().to_string();
    let token = "7b3f0e";
    let hmac = |algorithm: &str, secret: &str, body: &str, encoding: &str| json!({ "job": "hmac", "algorithm": algorithm, "secret": secret, "body": BASE64_STANDARD.encode(body), "encoding": encoding });
    let results = node(
        &packages,
        &json!([
            hmac("sha256", "meta-secret", &meta, "hex"),
            hmac("sha256", "mailgun-key", &format!("{time}{token}"), "hex"),
            hmac("sha512", "rbm-token", BODY, "base64"),
        ]),
    );
    let mailgun = json!({ "signature": { "timestamp": time, "token": token, "signature": results[1] }, "event-data": {} });
    for (protocol, request) in [
        (
            P::MetaWhatsApp,
            Request::post(
                &[(
                    "x-hub-signature-256",
                    format!("sha256={}", text(&results[0])),
                )],
                meta,
            ),
        ),
        (P::MailgunEvents, Request::post(&[], mailgun.to_string())),
        (
            P::RbmEvents,
            Request::post(
                &[("x-goog-signature", text(&results[2]))],
                json!({ "message": { "data": BASE64_STANDARD.encode(BODY) } }).to_string(),
            ),
        ),
    ] {
        assert!(
            is_taken(protocol, &settings(protocol), &request, support::now()),
            "{protocol}"
        );
    }
}

/// The old signature of SNS (SHA-1), and confirmations, which moto doesn't make: Node's crypto by Amazon's rule, with a key and a
/// certificate made for the test. Notifications with SHA-256 are in `moto.rs`, signed by moto.
#[test]
fn both_signatures_of_sns_count() {
    let Some(packages) = packages() else { return };
    let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/doubles/sns-test-key.pem");
    let mut envelopes = Vec::new();
    for version in ["1", "2"] {
        let mut plain = notification("{\"a\":\"señal 🙂\"}");
        plain["SignatureVersion"] = version.into();
        plain["Subject"] = "Amazon SES Email Event".into();
        let mut ask = notification("You have chosen to subscribe to the topic.");
        ask["SignatureVersion"] = version.into();
        ask["Type"] = "SubscriptionConfirmation".into();
        ask["Token"] = "2336412f37".into();
        ask["SubscribeURL"] =
            "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37"
                .into();
        envelopes.extend([plain, ask]);
    }
    let jobs: Vec<Value> = envelopes
        .iter()
        .map(|envelope| json!({ "job": "sns_sign", "envelope": envelope, "key": key }))
        .collect();
    let account = settings(P::SesEvents).with(CERTIFICATE, support::CERTIFICATE_PEM);
    for (mut envelope, signature) in envelopes.into_iter().zip(node(&packages, &json!(jobs))) {
        envelope["Signature"] = signature;
        let request = Request::post(&[], envelope.to_string());
        let verdict = receive(P::SesEvents, &account, &request.incoming(), support::now()).unwrap();
        let is_ask = envelope["Type"] == "SubscriptionConfirmation";
        assert_eq!(
            matches!(verdict, Verdict::Confirm { .. }),
            is_ask,
            "{verdict:?}"
        );
        assert_eq!(
            matches!(verdict, Verdict::Items { .. }),
            !is_ask,
            "{verdict:?}"
        );
        envelope["Timestamp"] = "2026-11-25T09:46:41.123Z".into();
        let request = Request::post(&[], envelope.to_string());
        assert!(!is_taken(P::SesEvents, &account, &request, support::now()));
    }
}
