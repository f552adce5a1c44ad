//! A genuine event of a provider, signed with the account's own secret: what *send a test event* posts.

use chrono::{DateTime, SecondsFormat, Utc};
use domain::carrier::Protocol;
use serde_json::json;

use super::{mailgun, meta, rbm, svix, twilio, verify};
use crate::{Settings, SettingsError};

/// Key of the message that test events are about. No message has it, so nothing moves.
pub const TEST_MESSAGE: &str = "reportagetest";

/// A request that the provider could have made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl SignedRequest {
    fn new(content_type: &str, headers: &[(&str, String)], body: impl Into<Vec<u8>>) -> Self {
        let mut all = vec![("content-type".to_owned(), content_type.to_owned())];
        all.extend(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone())),
        );
        Self {
            headers: all,
            body: body.into(),
        }
    }

    fn json(headers: &[(&str, String)], body: impl Into<Vec<u8>>) -> Self {
        Self::new("application/json", headers, body)
    }
}

/// An event about [`TEST_MESSAGE`], as the provider of the account would post it to `url` (public address, path and query) at
/// `now`: it was delivered, or put off for an SMTP account. Each moment (to the millisecond) gives another event. Twilio's names
/// our key in `?m=` of the address only: add it there or leave it out.
///
/// # Errors
/// When a setting can't be used, or the provider alone has the key: SendGrid, Amazon SES, and Standard Webhooks with a
/// public key. Their own pages send test events.
pub fn sign_test_event(
    protocol: Protocol,
    settings: &Settings,
    url: &str,
    now: DateTime<Utc>,
) -> Result<SignedRequest, SettingsError> {
    match protocol {
        Protocol::Twilio => of_twilio(settings, url, now),
        Protocol::MetaWhatsApp => of_meta(settings, now),
        Protocol::MailgunEvents => of_mailgun(settings, now),
        Protocol::PostmarkEvents => of_postmark(settings, now),
        Protocol::ResendEvents => of_svix(settings, "svix", &resend_body(now), now),
        Protocol::StandardEvents => of_svix(settings, "webhook", &standard_body(now), now),
        Protocol::RbmEvents => of_rbm(settings, now),
        Protocol::InfobipEvents => of_infobip(settings, now),
        Protocol::Smtp => of_smtp(settings, now),
        Protocol::SendGridEvents => Err(SettingsError::new(
            "public_key",
            "only SendGrid can sign an event; use \"Test your integration\" on its event webhook page",
        )),
        Protocol::SesEvents => Err(SettingsError::new(
            "topic_arn",
            "only Amazon can sign an event; publish a message to the topic in the SNS console",
        )),
        Protocol::Sandbox | Protocol::WebPush | Protocol::Fcm => Err(SettingsError::new(
            "protocol",
            "nothing is posted to this account",
        )),
    }
}

fn rfc3339(now: DateTime<Utc>) -> String {
    now.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An id that differs from moment to moment.
fn id(now: DateTime<Utc>) -> String {
    format!("test{}", now.timestamp_millis())
}

fn of_twilio(
    settings: &Settings,
    url: &str,
    now: DateTime<Utc>,
) -> Result<SignedRequest, SettingsError> {
    let token = settings.require("auth_token")?;
    let account = settings.require("account_sid")?;
    let sid = format!("SM{:032x}", now.timestamp_millis());
    let fields: Vec<(String, String)> = [
        ("AccountSid", account),
        ("ApiVersion", "2010-04-01"),
        ("From", "+15005550006"),
        ("MessageSid", &sid),
        ("MessageStatus", "delivered"),
        ("SmsSid", &sid),
        ("SmsStatus", "delivered"),
        ("To", "+15005550010"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&fields)
        .finish();
    let signature = twilio::sign(token, url, &fields);
    Ok(SignedRequest::new(
        "application/x-www-form-urlencoded",
        &[("x-twilio-signature", signature)],
        body,
    ))
}

fn of_meta(settings: &Settings, now: DateTime<Utc>) -> Result<SignedRequest, SettingsError> {
    let secret = settings.require("app_secret")?;
    let phone = settings.require("phone_number_id")?;
    let account = settings.require("waba_id")?;
    let body =
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": account, "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550006", "phone_number_id": phone },
            "statuses": [{
                "id": format!("wamid.{}", id(now)),
                "status": "delivered",
                "timestamp": now.timestamp().to_string(),
                "recipient_id": "15550010",
                "biz_opaque_callback_data": TEST_MESSAGE,
            }],
        },
    }] }] })
        .to_string();
    let signature = meta::sign(secret, body.as_bytes());
    Ok(SignedRequest::json(
        &[("x-hub-signature-256", signature)],
        body,
    ))
}

fn of_mailgun(settings: &Settings, now: DateTime<Utc>) -> Result<SignedRequest, SettingsError> {
    let secret = settings.require("signing_key")?;
    let time = now.timestamp().to_string();
    let token = verify::sha256(id(now).as_bytes())[..50].to_owned();
    let body = json!({
        "signature": {
            "timestamp": time,
            "token": token,
            "signature": mailgun::sign(secret, &time, &token),
        },
        "event-data": {
            "event": "delivered",
            "id": id(now),
            "timestamp": now.timestamp(),
            "recipient": "test@example.com",
            "message": { "headers": { "message-id": format!("{TEST_MESSAGE}@example.com") } },
            "delivery-status": { "code": 250, "message": "OK" },
        },
    });
    Ok(SignedRequest::json(&[], body.to_string()))
}

fn basic_header(settings: &Settings) -> Result<[(&'static str, String); 1], SettingsError> {
    let pair = verify::basic_pair(settings)?;
    let value = format!("Basic {}", verify::encode(pair.as_bytes()));
    Ok([("authorization", value)])
}

fn of_postmark(settings: &Settings, now: DateTime<Utc>) -> Result<SignedRequest, SettingsError> {
    let body = json!({
        "RecordType": "Delivery",
        "MessageID": id(now),
        "Recipient": "test@example.com",
        "DeliveredAt": rfc3339(now),
        "Details": "Test event",
        "Metadata": { "message": TEST_MESSAGE },
    });
    Ok(SignedRequest::json(
        &basic_header(settings)?,
        body.to_string(),
    ))
}

fn resend_body(now: DateTime<Utc>) -> String {
    json!({
        "type": "email.delivered",
        "created_at": rfc3339(now),
        "data": {
            "email_id": id(now),
            "to": ["test@example.com"],
            "tags": { "message": TEST_MESSAGE },
        },
    })
    .to_string()
}

fn standard_body(now: DateTime<Utc>) -> String {
    json!({
        "type": "message.delivered",
        "timestamp": rfc3339(now),
        "data": {
            "channel": "email",
            "message": TEST_MESSAGE,
            "reference": id(now),
            "recipient": "test@example.com",
            "status": "DELIVERED",
        },
    })
    .to_string()
}

fn of_svix(
    settings: &Settings,
    prefix: &str,
    body: &str,
    now: DateTime<Utc>,
) -> Result<SignedRequest, SettingsError> {
    let keys = svix::keys(settings)?;
    let secret = keys.iter().find_map(|key| match key {
        svix::Key::Secret(secret) => Some(secret),
        svix::Key::Public(_) => None,
    });
    let secret = secret.ok_or_else(|| {
        SettingsError::new(
            "signing_secret",
            "is a public key: only the sender can sign an event; send one from there",
        )
    })?;
    let id = format!("msg_{}", id(now));
    let time = now.timestamp();
    let name = |name: &str| format!("{prefix}-{name}");
    Ok(SignedRequest::json(
        &[
            (&name("id"), id.clone()),
            (&name("timestamp"), time.to_string()),
            (
                &name("signature"),
                svix::sign(secret, &id, time, body.as_bytes()),
            ),
        ],
        body,
    ))
}

fn of_rbm(settings: &Settings, now: DateTime<Utc>) -> Result<SignedRequest, SettingsError> {
    let token = settings.require("client_token")?;
    let data = json!({
        "senderPhoneNumber": "+15005550010",
        "messageId": TEST_MESSAGE,
        "eventId": id(now),
        "eventType": "DELIVERED",
        "sendTime": rfc3339(now),
        "agentId": "test",
    })
    .to_string();
    let signature = rbm::sign(token, data.as_bytes());
    let body = json!({ "message": { "data": verify::encode(data.as_bytes()) } });
    Ok(SignedRequest::json(
        &[("x-goog-signature", signature)],
        body.to_string(),
    ))
}

fn of_infobip(settings: &Settings, now: DateTime<Utc>) -> Result<SignedRequest, SettingsError> {
    let body = json!({ "results": [{
        "messageId": id(now),
        "to": "15005550010",
        "sentAt": now.format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string(),
        "doneAt": now.format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string(),
        "callbackData": TEST_MESSAGE,
        "status": { "groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET" },
        "error": { "groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": false },
    }] });
    Ok(SignedRequest::json(
        &basic_header(settings)?,
        body.to_string(),
    ))
}

fn of_smtp(settings: &Settings, now: DateTime<Utc>) -> Result<SignedRequest, SettingsError> {
    let token = settings.require("bounce_token")?;
    let (local, domain) = settings
        .get("bounce_address")
        .and_then(|address| address.split_once('@'))
        .unwrap_or(("bounce", "example.com"));
    let lines = [
        format!("Date: {}", now.to_rfc2822()),
        format!("From: Mail Delivery System <MAILER-DAEMON@{domain}>"),
        format!("To: <{local}+{TEST_MESSAGE}@{domain}>"),
        format!("Message-ID: <{}@{domain}>", id(now)),
        "Subject: Test of the bounce address".to_owned(),
        "Auto-Submitted: auto-replied".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"part\"".to_owned(),
        String::new(),
        "--part".to_owned(),
        "Content-Type: text/plain".to_owned(),
        String::new(),
        "A test, asked for in Settings.".to_owned(),
        "--part".to_owned(),
        "Content-Type: message/delivery-status".to_owned(),
        String::new(),
        format!("Reporting-MTA: dns; {domain}"),
        String::new(),
        "Final-Recipient: rfc822; test@example.com".to_owned(),
        "Action: delayed".to_owned(),
        "Status: 4.0.0".to_owned(),
        "Diagnostic-Code: smtp; 450 4.0.0 a test".to_owned(),
        String::new(),
        "--part--".to_owned(),
        String::new(),
    ];
    Ok(SignedRequest::new(
        "message/rfc822",
        &[("authorization", format!("Bearer {token}"))],
        lines.join("\r\n"),
    ))
}
