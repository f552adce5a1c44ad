//! What tests of carriers' events share: settings of every protocol, and requests signed here by the published rules, with
//! `ring` alone, so that they don't lean on the code they test.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use carrier::{
    Settings,
    hook::{CERTIFICATE, Incoming, Item, Notice, Verdict, read, receive},
};
use chrono::{DateTime, Utc};
use domain::carrier::Protocol;
use ring::{digest, hmac, rand::SystemRandom, signature};
use serde_json::{Value, json};

/// The public address of the account's webhook.
pub const URL: &str = "https://reports.example.com/hooks/7f31";
/// The topic that is believed.
pub const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:ses-events";
/// Address of the certificate.
pub const CERTIFICATE_URL: &str =
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem";
/// Made for these tests; valid for a hundred years from November 2026.
pub const CERTIFICATE_PEM: &str = include_str!("../doubles/sns-test-certificate.pem");
const KEY_PEM: &str = include_str!("../doubles/sns-test-key.pem");

/// 32 bytes.
const SECRET: &[u8; 32] = b"a secret of thirty-two bytes, ok";

/// Those that post events to us.
pub const PROTOCOLS: [Protocol; 11] = [
    Protocol::Smtp,
    Protocol::Twilio,
    Protocol::MetaWhatsApp,
    Protocol::SendGridEvents,
    Protocol::SesEvents,
    Protocol::MailgunEvents,
    Protocol::PostmarkEvents,
    Protocol::ResendEvents,
    Protocol::StandardEvents,
    Protocol::RbmEvents,
    Protocol::InfobipEvents,
];

/// A moment of the tests.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_000_000, 0).unwrap()
}

/// A key pair of this process.
static SENDGRID: LazyLock<signature::EcdsaKeyPair> = LazyLock::new(|| {
    let random = SystemRandom::new();
    let algorithm = &signature::ECDSA_P256_SHA256_ASN1_SIGNING;
    let pkcs8 = signature::EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    signature::EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap()
});

static SNS: LazyLock<signature::RsaKeyPair> = LazyLock::new(|| {
    let base64: String = KEY_PEM
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    signature::RsaKeyPair::from_pkcs8(&BASE64_STANDARD.decode(base64).unwrap()).unwrap()
});

/// The SubjectPublicKeyInfo of a P-256 point, in base64.
fn sendgrid_key() -> String {
    const HEAD: [u8; 26] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];
    let point = signature::KeyPair::public_key(&*SENDGRID).as_ref();
    BASE64_STANDARD.encode([&HEAD, point].concat())
}

/// Settings of an account of this protocol.
pub fn settings(protocol: Protocol) -> Settings {
    let whsec = format!("whsec_{}", BASE64_STANDARD.encode(SECRET));
    let public_key = sendgrid_key();
    let fields: &[(&str, &str)] = match protocol {
        Protocol::Smtp => &[
            ("host", "smtp.example.com"),
            ("bounce_address", "bounce@example.com"),
            ("bounce_token", "0123456789abcdef-token"),
        ],
        Protocol::Twilio => &[("account_sid", "AC0123"), ("auth_token", "twilio-token")],
        Protocol::MetaWhatsApp => &[
            ("phone_number_id", "106540352242922"),
            ("waba_id", "102290129340398"),
            ("access_token", "token"),
            ("app_secret", "meta-secret"),
            ("verify_token", "open sesame"),
        ],
        Protocol::SendGridEvents => &[("public_key", &public_key)],
        Protocol::SesEvents => &[("topic_arn", TOPIC), (CERTIFICATE, CERTIFICATE_PEM)],
        Protocol::MailgunEvents => &[("signing_key", "mailgun-key")],
        Protocol::ResendEvents | Protocol::StandardEvents => &[("signing_secret", &whsec)],
        Protocol::RbmEvents => &[("client_token", "rbm-token")],
        Protocol::PostmarkEvents | Protocol::InfobipEvents => {
            &[("username", "events"), ("password", "a pass: word")]
        }
        _ => &[],
    };
    let fields: BTreeMap<String, String> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Settings::new(fields)
}

/// A request, owned.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn post(headers: &[(&str, String)], body: impl Into<Vec<u8>>) -> Self {
        Self {
            method: "POST".to_owned(),
            url: URL.to_owned(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            body: body.into(),
        }
    }

    pub fn incoming(&self) -> Incoming<'_> {
        Incoming {
            method: &self.method,
            url: &self.url,
            headers: &self.headers,
            body: &self.body,
        }
    }

    pub fn received(&self, protocol: Protocol) -> Verdict {
        receive(protocol, &settings(protocol), &self.incoming(), now()).unwrap()
    }
}

fn base64_hmac(algorithm: hmac::Algorithm, secret: &[u8], text: &[u8]) -> String {
    BASE64_STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, secret), text))
}

fn hex_hmac(secret: &[u8], text: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text);
    tag.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A body as the provider would post it. For Mailgun the body is `event-data`; for SES what SES says; for RBM the data.
pub fn signed(protocol: Protocol, body: &[u8]) -> Request {
    let basic = || format!("Basic {}", BASE64_STANDARD.encode("events:a pass: word"));
    match protocol {
        Protocol::Smtp => Request::post(
            &[("authorization", "Bearer 0123456789abcdef-token".to_owned())],
            body,
        ),
        Protocol::Twilio => twilio(&format!("{URL}?m=Key123456"), body),
        Protocol::MetaWhatsApp => Request::post(
            &[(
                "x-hub-signature-256",
                format!("sha256={}", hex_hmac(b"meta-secret", body)),
            )],
            body,
        ),
        Protocol::SendGridEvents => sendgrid(body),
        Protocol::SesEvents => sns(&notification(&String::from_utf8_lossy(body))),
        Protocol::MailgunEvents => mailgun(body, now().timestamp()),
        Protocol::PostmarkEvents | Protocol::InfobipEvents => {
            Request::post(&[("authorization", basic())], body)
        }
        Protocol::ResendEvents => standard("svix", "msg_2Lk", now().timestamp(), body),
        Protocol::StandardEvents => standard("webhook", "msg_2Lk", now().timestamp(), body),
        Protocol::RbmEvents => Request::post(
            &[(
                "x-goog-signature",
                base64_hmac(hmac::HMAC_SHA512, b"rbm-token", body),
            )],
            json!({ "message": { "data": BASE64_STANDARD.encode(body) } }).to_string(),
        ),
        other => panic!("{other} posts nothing"),
    }
}

/// A form of Twilio's.
pub fn twilio(url: &str, form: &[u8]) -> Request {
    let mut fields: Vec<(String, String)> =
        url::form_urlencoded::parse(form).into_owned().collect();
    fields.sort_by(|a, b| {
        let units = |(name, value): &(String, String)| -> (Vec<u16>, Vec<u16>) {
            (
                name.encode_utf16().collect(),
                value.encode_utf16().collect(),
            )
        };
        units(a).cmp(&units(b))
    });
    fields.dedup();
    let signed: String = std::iter::once(url.to_owned())
        .chain(fields.into_iter().map(|(name, value)| name + &value))
        .collect();
    let signature = base64_hmac(
        hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        b"twilio-token",
        signed.as_bytes(),
    );
    Request {
        url: url.to_owned(),
        ..Request::post(&[("x-twilio-signature", signature)], form)
    }
}

fn sendgrid(body: &[u8]) -> Request {
    let time = now().timestamp().to_string();
    let signature = SENDGRID
        .sign(&SystemRandom::new(), &[time.as_bytes(), body].concat())
        .unwrap();
    Request::post(
        &[
            (
                "x-twilio-email-event-webhook-signature",
                BASE64_STANDARD.encode(signature),
            ),
            ("x-twilio-email-event-webhook-timestamp", time),
        ],
        body,
    )
}

/// A notification of SNS, not signed yet.
pub fn notification(message: &str) -> Value {
    json!({
        "Type": "Notification",
        "MessageId": "5f2f1b0e-7b58-5d3b-9c61-40a2d5a1e0aa",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": "2026-11-25T09:46:40.123Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    })
}

/// An envelope of SNS, signed with SHA-256.
pub fn sns(envelope: &Value) -> Request {
    let names = [
        "Message",
        "MessageId",
        "Subject",
        "SubscribeURL",
        "Timestamp",
        "Token",
        "TopicArn",
        "Type",
    ];
    let text: String = names
        .iter()
        .filter_map(|name| Some(format!("{name}\n{}\n", envelope.get(name)?.as_str()?)))
        .collect();
    let mut signature = vec![0; SNS.public().modulus_len()];
    SNS.sign(
        &signature::RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .unwrap();
    let mut envelope = envelope.clone();
    envelope["Signature"] = BASE64_STANDARD.encode(signature).into();
    Request::post(
        &[("x-amz-sns-message-type", "Notification".to_owned())],
        envelope.to_string(),
    )
}

/// A webhook of Mailgun's around its event.
pub fn mailgun(event: &[u8], seconds: i64) -> Request {
    let time = seconds.to_string();
    let token: String = digest::digest(&digest::SHA256, event)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let token = &token[..50];
    let signature = hex_hmac(b"mailgun-key", format!("{time}{token}").as_bytes());
    let head = json!({ "timestamp": time, "token": token, "signature": signature });
    let body = [
        format!("{{\"signature\":{head},\"event-data\":").as_bytes(),
        event,
        b"}",
    ]
    .concat();
    Request::post(&[], body)
}

/// Standard Webhooks, or Svix by its prefix.
pub fn standard(prefix: &str, id: &str, seconds: i64, body: &[u8]) -> Request {
    let signed = [format!("{id}.{seconds}.").as_bytes(), body].concat();
    let signature = base64_hmac(hmac::HMAC_SHA256, SECRET, &signed);
    Request::post(
        &[
            (&format!("{prefix}-id"), id.to_owned()),
            (&format!("{prefix}-timestamp"), seconds.to_string()),
            (&format!("{prefix}-signature"), format!("v1,{signature}")),
        ],
        body,
    )
}

/// Items of a verdict that has to be favourable.
pub fn items(verdict: Verdict) -> Vec<Item> {
    match verdict {
        Verdict::Items { items, .. } => items,
        other => panic!("{other:?}"),
    }
}

/// What a body says once it is signed, received and read.
pub fn notices(protocol: Protocol, body: impl AsRef<[u8]>) -> Vec<Notice> {
    items(signed(protocol, body.as_ref()).received(protocol))
        .iter()
        .flat_map(|item| read(protocol, &item.body).unwrap())
        .collect()
}
