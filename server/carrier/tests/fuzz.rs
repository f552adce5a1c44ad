//! Requests and items, mutated: nothing panics, and nothing counts without a valid proof.
//!
//! `REPORTAGE_FUZZ_CASES` sets the number of cases of each property.

#![allow(clippy::unwrap_used, reason = "a test that can't go on ends there")]

#[path = "support/mod.rs"]
mod support;

use carrier::hook::{ITEMS_MAX, KEY_BYTES_MAX, Notice, Verdict, read, receive, sign_test_event};
use domain::carrier::Protocol as P;
use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use support::{PROTOCOLS, Request, URL, now, settings, signed};

fn cases() -> ProptestConfig {
    // Only tests of long runs set it, so it isn't a setting of the program.
    let given = std::env::var_os("REPORTAGE_FUZZ_CASES");
    let cases = given
        .and_then(|text| text.to_str()?.parse().ok())
        .unwrap_or(64);
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Bodies of every protocol that reach far into its reader, before they are signed.
fn seeds(protocol: P) -> Vec<Vec<u8>> {
    let texts: Vec<String> = match protocol {
        P::Twilio => vec![
            "MessageSid=SM1&MessageStatus=undelivered&To=whatsapp%3A%2B15550002&From=%2B15550001&ErrorCode=30005".into(),
            "MessageSid=SM1&SmsStatus=received&From=%2B15550002&To=%2B15550001&Body=Stop&OptOutType=STOP".into(),
        ],
        P::MetaWhatsApp => vec![json!({ "object": "whatsapp_business_account", "entry": [{ "changes": [{ "value": {
            "metadata": { "display_phone_number": "15550001" },
            "statuses": [{ "id": "wamid.A", "status": "failed", "timestamp": "1795990000", "recipient_id": "1555",
                "errors": [{ "code": 131_050, "title": "t", "error_data": { "details": "d" } }], "biz_opaque_callback_data": "Key123456" }],
            "messages": [{ "id": "wamid.B", "from": "1555", "timestamp": "1795990000", "type": "interactive",
                "interactive": { "button_reply": { "id": "stop", "title": "Stop" } }, "context": { "id": "wamid.A" } }],
            "user_preferences": [{ "wa_id": "1555", "category": "marketing_messages", "value": "stop", "timestamp": 1_795_990_000 }],
        } }] }] }).to_string()],
        P::SendGridEvents => vec![json!([
            { "event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 x@y", "email": "a@b", "timestamp": 1_795_990_000,
              "sg_event_id": "e1", "sg_message_id": "m.filter", "smtp-id": "<Key123456@x>" },
            { "event": "open", "sg_machine_open": true, "sg_event_id": "e2", "useragent": "u", "ip": "192.0.2.1", "url": "https://x" },
        ]).to_string()],
        P::SesEvents => vec![
            json!({ "eventType": "Bounce", "mail": { "messageId": "m", "timestamp": "2026-11-25T09:00:00Z", "destination": ["a@b"],
                "headers": [{ "name": "Message-ID", "value": "<Key123456@x>" }], "source": "bounce+Key123456@x" },
                "bounce": { "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [{ "emailAddress": "a@b", "status": "5.1.1" }] } }).to_string(),
            json!({ "eventType": "Click", "mail": { "tags": { "message": ["Key123456"] } }, "click": { "link": "https://x", "timestamp": "2026-11-25T09:00:00Z" } }).to_string(),
        ],
        P::MailgunEvents => vec![json!({ "event": "failed", "severity": "permanent", "reason": "bounce", "timestamp": 1_795_990_000.5,
            "delivery-status": { "code": 550, "message": "5.1.1" }, "message": { "headers": { "message-id": "Key123456@x" } },
            "client-info": { "bot": "apple" }, "user-variables": { "message": "Key123456" } }).to_string()],
        P::PostmarkEvents => vec![
            json!({ "RecordType": "Bounce", "Type": "HardBounce", "ID": 1, "MessageID": "m", "Details": "x@y", "BouncedAt": "2026-11-25T09:00:00Z" }).to_string(),
            json!({ "RecordType": "SubscriptionChange", "SuppressSending": true, "Origin": "Recipient", "Recipient": "a@b", "MessageID": "m" }).to_string(),
            json!({ "MessageID": "m", "From": "a@b", "TextBody": "stop", "Headers": [{ "Name": "In-Reply-To", "Value": "<x@y>" }] }).to_string(),
        ],
        P::ResendEvents => vec![json!({ "type": "email.bounced", "created_at": "2026-11-25T09:00:00Z", "data": { "email_id": "m", "to": ["a@b"],
            "tags": [{ "name": "message", "value": "Key123456" }], "bounce": { "type": "Permanent", "subType": "General", "message": "x" } } }).to_string()],
        P::StandardEvents => vec![
            json!({ "type": "message.failed", "timestamp": "2026-11-25T09:00:00Z", "data": { "channel": "sms", "message": "Key123456", "status": "UNDELIV" } }).to_string(),
            json!({ "type": "message.received", "data": { "channel": "rcs", "from": "+1555", "text": "STOP" } }).to_string(),
        ],
        P::RbmEvents => vec![
            json!({ "eventType": "READ", "eventId": "e1", "messageId": "Key123456", "senderPhoneNumber": "+1555", "sendTime": "2026-11-25T09:00:00Z" }).to_string(),
            json!({ "messageId": "u1", "senderPhoneNumber": "+1555", "suggestionResponse": { "text": "x", "postbackData": "stop" } }).to_string(),
        ],
        P::InfobipEvents => vec![json!({ "results": [
            { "messageId": "m", "to": "1555", "doneAt": "2026-11-25T09:00:00.000+0000", "status": { "groupName": "UNDELIVERABLE", "name": "X" },
              "error": { "name": "EC_UNKNOWN_SUBSCRIBER", "description": "d", "permanent": true } },
            { "messageId": "n", "from": "1555", "text": "stop" } ] }).to_string()],
        _ => {
            let made = sign_test_event(P::Smtp, &settings(P::Smtp), URL, now()).unwrap();
            return vec![made.body];
        }
    };
    texts.into_iter().map(String::into_bytes).collect()
}

/// A change somewhere in bytes.
#[derive(Clone, Debug)]
enum Change {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index, Index),
    Repeat(Index, Index),
    /// A value of a JSON document, by its place among all, becomes another.
    Leaf(Index, Value),
}

fn change() -> impl Strategy<Value = Change> {
    let leaf = prop_oneof![
        Just(Value::Null),
        Just(json!(true)),
        Just(json!([])),
        Just(json!({})),
        Just(json!("")),
        Just(json!("\u{0}\u{7f}\u{202e}🙂")),
        Just(json!("x@".repeat(1_200))),
        Just(json!("550 5.1.1 é@".repeat(40))),
        Just(json!("9".repeat(400))),
        any::<i64>().prop_map(|number| json!(number)),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(|text| json!(text)),
    ];
    prop_oneof![
        (any::<Index>(), 1..=255_u8).prop_map(|(at, bits)| Change::Flip(at, bits)),
        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..8))
            .prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Change::Cut(a, b)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Change::Repeat(a, b)),
        (any::<Index>(), leaf.clone()).prop_map(|(at, value)| Change::Leaf(at, value)),
        (any::<Index>(), leaf).prop_map(|(at, value)| Change::Leaf(at, value)),
    ]
}

fn values(value: &mut Value, seen: &mut usize, wanted: usize, with: &Value) {
    if *seen == wanted {
        *seen += 1;
        *value = with.clone();
        return;
    }
    *seen += 1;
    match value {
        Value::Array(list) => list
            .iter_mut()
            .for_each(|inner| values(inner, seen, wanted, with)),
        Value::Object(map) => map
            .values_mut()
            .for_each(|inner| values(inner, seen, wanted, with)),
        _ => {}
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

fn changed(bytes: &[u8], change: &Change) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if bytes.is_empty() {
        return vec![b'x'];
    }
    match change {
        Change::Flip(at, bits) => {
            let at = at.index(bytes.len());
            bytes[at] ^= bits;
        }
        Change::Insert(at, more) => {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, more.iter().copied());
        }
        Change::Cut(a, b) | Change::Repeat(a, b) => {
            let (a, b) = (a.index(bytes.len()), b.index(bytes.len()));
            let range = a.min(b)..=a.max(b);
            if matches!(change, Change::Cut(..)) {
                bytes.drain(range);
            } else {
                let again = bytes[range].to_vec();
                bytes.extend(again);
            }
        }
        Change::Leaf(at, with) => {
            if let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) {
                let wanted = at.index(count(&value));
                values(&mut value, &mut 0, wanted, with);
                bytes = value.to_string().into_bytes();
            }
        }
    }
    bytes
}

fn protocol() -> impl Strategy<Value = P> {
    prop::sample::select(PROTOCOLS.to_vec())
}

/// Reading gives the same each time, and strings that can be kept.
fn read_twice(protocol: P, item: &[u8]) {
    let first = read(protocol, item);
    assert_eq!(first, read(protocol, item));
    match first {
        Ok(notices) => notices.iter().for_each(check_notice),
        Err(sentence) => assert!(
            !sentence.contains('@') && sentence.len() < 120,
            "{sentence}"
        ),
    }
}

/// What is kept is short, and free of what a database or a page can't show.
fn check_notice(notice: &Notice) {
    let is_fit = |text: &str, limit: usize| {
        text.len() <= limit && !text.chars().any(|c| c.is_control() && c != '\n')
    };
    match notice {
        Notice::Status(status) => {
            for text in [
                &status.message,
                &status.reference,
                &status.recipient,
                &status.reason,
                &status.carrier,
                &status.link,
                &status.user_agent,
                &status.ip,
            ] {
                let text = text.as_deref().unwrap_or("-");
                assert!(!text.is_empty() && is_fit(text, 2_048), "{status:?}");
            }
            assert!(is_fit(&status.raw, 1_024));
            let reason = status.reason.as_deref().unwrap_or_default();
            assert!(!reason.contains('@'), "{reason}");
        }
        Notice::Inbound(inbound) => {
            assert!(is_fit(&inbound.from, 320) && is_fit(&inbound.to, 320));
            assert!(is_fit(&inbound.text, 16_384));
        }
        Notice::Consent(change) => assert!(is_fit(&change.address, 320)),
    }
}

/// Whatever a genuine provider posts: bounded items with keys that a repetition has too.
fn check_genuine(protocol: P, request: &Request) {
    let verdict = request.received(protocol);
    assert_eq!(verdict, request.received(protocol));
    if let Verdict::Items { items, .. } = verdict {
        assert!(items.len() <= ITEMS_MAX);
        for item in items {
            assert!((1..=KEY_BYTES_MAX).contains(&item.key.len()));
            assert!(!item.key.chars().any(char::is_control));
            read_twice(protocol, &item.body);
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn genuine_requests_with_strange_bodies_are_taken_apart(
        protocol in protocol(),
        seed in any::<Index>(),
        changes in prop::collection::vec(change(), 0..5),
    ) {
        let seeds = seeds(protocol);
        let mut body = seeds[seed.index(seeds.len())].clone();
        for change in &changes {
            body = changed(&body, change);
        }
        check_genuine(protocol, &signed(protocol, &body));
    }

    #[test]
    fn strange_items_are_read(
        protocol in protocol(),
        seed in any::<Index>(),
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let seeds = seeds(protocol);
        let request = signed(protocol, &seeds[seed.index(seeds.len())]);
        for item in support::items(request.received(protocol)) {
            let mut body = item.body;
            for change in &changes {
                body = changed(&body, change);
            }
            read_twice(protocol, &body);
        }
    }

    #[test]
    fn nothing_is_read_out_of_noise(protocol in protocol(), noise in prop::collection::vec(any::<u8>(), 0..300)) {
        read_twice(protocol, &noise);
        let headers: Vec<(String, String)> = signed(protocol, &seeds(protocol)[0]).headers;
        let request = Request { headers, ..Request::post(&[], noise) };
        let verdict = request.received(protocol);
        let is_body_signed = !matches!(protocol, P::Smtp | P::PostmarkEvents | P::InfobipEvents);
        let is_taken = matches!(verdict, Verdict::Items { .. });
        prop_assert!(!(is_body_signed && is_taken));
    }

    /// A changed request counts only when what it is kept as is what was signed.
    #[test]
    fn changed_requests_say_nothing_new(
        protocol in protocol(),
        seed in any::<Index>(),
        is_body in any::<bool>(),
        which in any::<Index>(),
        change in change(),
    ) {
        let seeds = seeds(protocol);
        let good = signed(protocol, &seeds[seed.index(seeds.len())]);
        let mut bad = good.clone();
        if is_body || good.headers.is_empty() {
            bad.body = changed(&good.body, &change);
        } else {
            let at = which.index(good.headers.len());
            let value = changed(good.headers[at].1.as_bytes(), &change);
            bad.headers[at].1 = String::from_utf8_lossy(&value).into_owned();
        }
        let verdict = receive(protocol, &settings(protocol), &bad.incoming(), now()).unwrap_or(Verdict::Forged(""));
        let Verdict::Items { items, .. } = verdict else { return Ok(()) };
        let original = support::items(good.received(protocol));
        match protocol {
            // Name and password, a token, or a signature that doesn't cover the body.
            P::Smtp | P::PostmarkEvents | P::InfobipEvents | P::MailgunEvents if bad.body != good.body => {}
            P::Twilio => {
                let fields = |item: &[u8]| {
                    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(item).into_owned().collect();
                    fields.sort();
                    fields.dedup();
                    fields
                };
                prop_assert_eq!(fields(&items[0].body), fields(&original[0].body));
            }
            _ => prop_assert_eq!(items, original),
        }
    }

    #[test]
    fn a_signature_of_somebody_else_never_counts(protocol in protocol(), seed in any::<Index>(), secret in "[a-z0-9]{8,40}") {
        let seeds = seeds(protocol);
        let good = signed(protocol, &seeds[seed.index(seeds.len())]);
        let other = settings(protocol);
        let other = match protocol {
            P::Smtp => other.with("bounce_token", secret),
            P::Twilio => other.with("auth_token", secret),
            P::MetaWhatsApp => other.with("app_secret", secret),
            P::MailgunEvents => other.with("signing_key", secret),
            P::RbmEvents => other.with("client_token", secret),
            P::PostmarkEvents | P::InfobipEvents => other.with("password", secret),
            P::ResendEvents | P::StandardEvents => {
                let padded = format!("{secret:a<40}");
                other.with("signing_secret", padded)
            }
            P::SesEvents => other.with("topic_arn", secret),
            // A key that is none.
            _ => other.with("public_key", secret),
        };
        let verdict = receive(protocol, &other, &good.incoming(), now());
        let is_taken = matches!(verdict, Ok(Verdict::Items { .. }));
        prop_assert!(!is_taken);
    }

    #[test]
    fn times_and_addresses_of_any_kind_are_survived(protocol in protocol(), url in "\\PC{0,80}", seconds in any::<i32>()) {
        let mut request = signed(protocol, &seeds(protocol)[0]);
        request.url = url;
        let now = chrono::DateTime::from_timestamp(i64::from(seconds), 0).unwrap();
        let _ = receive(protocol, &settings(protocol), &request.incoming(), now);
        let handshake = Request { method: "GET".to_owned(), ..request };
        let _ = receive(protocol, &settings(protocol), &handshake.incoming(), now);
    }
}
