//! Events of SMS, WhatsApp and RCS.

use carrier::hook::{ConsentAct, ITEMS_MAX, Inbound, Keyword, Notice, Status, Verdict, read};
use domain::{Channel, EventKind as K, carrier::Protocol as P, contact::SuppressionSource as S};
use serde_json::{Value, json};

use crate::support::{self, Request, items, notices, signed, twilio};

fn only_status(notices: Vec<Notice>) -> Status {
    match &notices[..] {
        [Notice::Status(status)] => (**status).clone(),
        other => panic!("{other:?}"),
    }
}

fn only_inbound(notices: Vec<Notice>) -> Inbound {
    match &notices[..] {
        [Notice::Inbound(inbound)] => (**inbound).clone(),
        other => panic!("{other:?}"),
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn twilio_status(to: &str, status: &str, error: &str) -> Status {
    only_status(notices(
        P::Twilio,
        form(&[
            ("MessageSid", "SM0123"),
            ("MessageStatus", status),
            ("To", to),
            ("From", "+15550001"),
            ("ErrorCode", error),
        ]),
    ))
}

#[test]
fn twilio_statuses_become_words_of_their_channel() {
    let sms = "+15550002";
    let whatsapp = "whatsapp:+15550002";
    let rcs = "rcs:+15550002";
    for (to, status, kind, raw) in [
        (sms, "queued", Some(K::Queued), "QUEUE"),
        (sms, "sending", Some(K::Queued), "DEQUEUED"),
        (sms, "sent", Some(K::Sent), "SENT"),
        (sms, "delivered", Some(K::Delivered), "DELIVRD"),
        (sms, "undelivered", Some(K::Failed), "UNDELIV"),
        (sms, "failed", Some(K::Failed), "REJECTD"),
        (sms, "canceled", Some(K::Failed), "DELETED"),
        (sms, "partially_delivered", Some(K::Sent), "INCOMPLETE"),
        (sms, "teleported", None, "TELEPORTED"),
        (whatsapp, "delivered", Some(K::Delivered), "DELIVERED"),
        (whatsapp, "read", Some(K::Read), "READ"),
        (whatsapp, "undelivered", Some(K::Failed), "UNDELIVERED"),
        (rcs, "delivered", Some(K::Delivered), "DELIVERED"),
        (rcs, "read", Some(K::Read), "READ"),
        (rcs, "failed", Some(K::Failed), "NOT_SENT"),
    ] {
        let told = twilio_status(to, status, "");
        assert_eq!((told.kind, told.raw.as_str()), (kind, raw), "{to} {status}");
        assert_eq!(told.message.as_deref(), Some("Key123456"));
        assert_eq!(told.reference.as_deref(), Some("SM0123"));
        assert_eq!(told.recipient.as_deref(), Some(to));
    }
    let opted_out = twilio_status(sms, "failed", "21610");
    assert_eq!(opted_out.suppress, Some(S::Carrier));
    assert_eq!(
        opted_out.reason.as_deref(),
        Some("21610 the recipient has opted out by STOP")
    );
    assert_eq!(
        twilio_status(sms, "undelivered", "30005").suppress,
        Some(S::HardFailure)
    );
    assert_eq!(twilio_status(sms, "undelivered", "30003").suppress, None);
    assert_eq!(
        twilio_status(sms, "undelivered", "39999").reason.as_deref(),
        Some("39999")
    );
}

#[test]
fn twilio_answers_are_read_by_their_channel() {
    let stop = form(&[
        ("MessageSid", "SM1"),
        ("SmsStatus", "received"),
        ("From", "+15550002"),
        ("To", "+15550001"),
        ("Body", "Arrêt"),
        ("OptOutType", "STOP"),
    ]);
    let request = signed(P::Twilio, stop.as_bytes());
    let Verdict::Items { items, answer } = request.received(P::Twilio) else {
        panic!()
    };
    assert_eq!(items[0].key, "SM1:received:STOP");
    assert_eq!(answer.content_type, "text/xml");
    let stop = only_inbound(read(P::Twilio, &items[0].body).unwrap());
    assert_eq!(
        (stop.channel, stop.keyword),
        (Channel::Sms, Some(Keyword::Stop))
    );
    assert_eq!(
        (stop.from.as_str(), stop.to.as_str(), stop.text.as_str()),
        ("+15550002", "+15550001", "Arrêt")
    );

    let button = only_inbound(notices(
        P::Twilio,
        form(&[
            ("MessageSid", "SM2"),
            ("SmsStatus", "received"),
            ("From", "whatsapp:+15550002"),
            ("To", "whatsapp:+15550001"),
            ("Body", "No more, please"),
            ("ButtonText", "No more, please"),
            ("ButtonPayload", "STOP"),
            ("OriginalRepliedMessageSid", "SM0123"),
        ]),
    ));
    assert_eq!(
        (button.channel, button.keyword),
        (Channel::WhatsApp, Some(Keyword::Stop))
    );
    assert_eq!(
        (button.from.as_str(), button.answers.as_deref()),
        ("+15550002", Some("SM0123"))
    );

    let chip = only_inbound(notices(
        P::Twilio,
        form(&[
            ("MessageSid", "SM3"),
            ("From", "rcs:+15550002"),
            ("To", "rcs:agent"),
            ("Body", "Tell me more"),
        ]),
    ));
    assert_eq!(
        (chip.channel, chip.keyword, chip.to.as_str()),
        (Channel::Rcs, None, "agent")
    );
}

#[test]
fn a_field_of_the_form_cannot_stand_for_our_key() {
    let form = form(&[
        ("m", "Forged999"),
        ("MessageSid", "SM1"),
        ("MessageStatus", "sent"),
    ]);
    for (url, key) in [
        (format!("{}?m=Key123456", support::URL), Some("Key123456")),
        (support::URL.to_owned(), None),
    ] {
        let kept = items(twilio(&url, form.as_bytes()).received(P::Twilio));
        let told = only_status(read(P::Twilio, &kept[0].body).unwrap());
        assert_eq!(told.message.as_deref(), key);
    }
}

fn meta(value: Value) -> Vec<Notice> {
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": value }] }] });
    notices(P::MetaWhatsApp, body.to_string())
}

fn meta_status(status: &str, code: Option<u32>) -> Status {
    let mut told = json!({ "id": "wamid.HBg", "status": status, "timestamp": "1795990000", "recipient_id": "15550002",
        "biz_opaque_callback_data": "Key123456" });
    if let Some(code) = code {
        told["errors"] = json!([{ "code": code, "title": "Something", "error_data": { "details": "call +15550002123 now" } }]);
    }
    only_status(meta(json!({ "statuses": [told] })))
}

#[test]
fn whatsapp_tells_what_happened_and_what_people_wrote() {
    for (status, kind, raw) in [
        ("sent", Some(K::Sent), "SENT"),
        ("delivered", Some(K::Delivered), "DELIVERED"),
        ("read", Some(K::Read), "READ"),
        ("failed", Some(K::Failed), "FAILED"),
        ("warned", None, "WARNED"),
    ] {
        let told = meta_status(status, None);
        assert_eq!((told.kind, told.raw.as_str()), (kind, raw));
        assert_eq!(told.message.as_deref(), Some("Key123456"));
        assert_eq!(told.at.unwrap().timestamp(), 1_795_990_000);
    }
    let undelivered = meta_status("failed", Some(131_026));
    assert_eq!(
        (undelivered.raw.as_str(), undelivered.suppress),
        ("UNDELIVERED", None)
    );
    assert_eq!(
        meta_status("failed", Some(131_050)).suppress,
        Some(S::Carrier)
    );
    assert_eq!(
        meta_status("failed", Some(99)).reason.as_deref(),
        Some("99 call [number] now")
    );

    let write = |message: Value| {
        let mut all = json!({ "from": "15550002", "id": "wamid.IN", "timestamp": "1795990000", "context": { "id": "wamid.HBg" } });
        all.as_object_mut()
            .unwrap()
            .extend(message.as_object().unwrap().clone());
        meta(json!({ "metadata": { "display_phone_number": "1 555 0001" }, "messages": [all] }))
    };
    let text = only_inbound(write(
        json!({ "type": "text", "text": { "body": "STOP." } }),
    ));
    assert_eq!(
        (text.from.as_str(), text.to.as_str(), text.keyword),
        ("+15550002", "+15550001", Some(Keyword::Stop))
    );
    assert_eq!(text.answers.as_deref(), Some("wamid.HBg"));
    let button = only_inbound(write(
        json!({ "type": "button", "button": { "payload": "unsubscribe", "text": "Not for me" } }),
    ));
    assert_eq!(
        (button.text.as_str(), button.keyword),
        ("Not for me", Some(Keyword::Stop))
    );
    let list = only_inbound(write(
        json!({ "type": "interactive", "interactive": { "list_reply": { "id": "x", "title": "Madrid" } } }),
    ));
    assert_eq!(list.text, "Madrid");
    let picture = only_inbound(write(
        json!({ "type": "image", "image": { "caption": "look" } }),
    ));
    assert_eq!(picture.text, "look");
    let heart = only_inbound(write(
        json!({ "type": "reaction", "reaction": { "message_id": "wamid.R", "emoji": "❤" } }),
    ));
    assert_eq!(
        (heart.text.as_str(), heart.answers.as_deref()),
        ("❤", Some("wamid.R"))
    );
    assert_eq!(write(json!({ "type": "system" })), []);

    let wish = |value: &str| {
        meta(
            json!({ "user_preferences": [{ "wa_id": "15550002", "category": "marketing_messages", "value": value,
        "timestamp": 1_795_990_000 }] }),
        )
    };
    assert!(
        matches!(&wish("stop")[..], [Notice::Consent(change)] if change.channel == Channel::WhatsApp
            && change.act == ConsentAct::Left(S::User) && change.address == "+15550002")
    );
    assert!(matches!(
        &wish("resume")[..],
        [Notice::Consent(change)] if change.act == ConsentAct::Returned
    ));
    assert_eq!(
        meta(json!({ "event": "APPROVED", "message_template_name": "x" })),
        [],
        "kept, and moves nothing"
    );
}

#[test]
fn a_batch_of_meta_gives_an_item_each() {
    let told =
        |status: &str| json!({ "id": "wamid.A", "status": status, "timestamp": "1795990000" });
    let body = json!({ "object": "whatsapp_business_account", "entry": [
        { "changes": [{ "value": { "statuses": [told("read"), told("sent")] } }] },
        { "changes": [{ "value": { "statuses": [told("delivered")], "messages": [{ "id": "wamid.B", "from": "1" }] } }] },
    ] });
    let keys: Vec<String> =
        items(signed(P::MetaWhatsApp, body.to_string().as_bytes()).received(P::MetaWhatsApp))
            .into_iter()
            .map(|item| item.key)
            .collect();
    assert_eq!(
        keys,
        [
            "wamid.A:read",
            "wamid.A:sent",
            "wamid.A:delivered",
            "wamid.B:received"
        ]
    );
}

#[test]
fn meta_and_google_get_their_challenges_back() {
    let ask = |token: &str| Request {
        method: "GET".to_owned(),
        url: format!(
            "{}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444",
            support::URL
        ),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let Verdict::Answer(reply) = ask("open%20sesame").received(P::MetaWhatsApp) else {
        panic!()
    };
    assert_eq!(
        (reply.content_type, reply.body.as_str()),
        ("text/plain", "1158201444")
    );
    assert!(matches!(
        ask("other").received(P::MetaWhatsApp),
        Verdict::Forged(_)
    ));
    assert!(matches!(
        ask("").received(P::MetaWhatsApp),
        Verdict::Forged(_)
    ));

    let ask = |token: &str| {
        Request::post(
            &[],
            json!({ "clientToken": token, "secret": "1234567890" }).to_string(),
        )
    };
    let Verdict::Answer(reply) = ask("rbm-token").received(P::RbmEvents) else {
        panic!()
    };
    assert_eq!(
        (reply.content_type, reply.body.as_str()),
        ("text/plain", "1234567890")
    );
    assert!(matches!(
        ask("other").received(P::RbmEvents),
        Verdict::Forged(_)
    ));
}

#[test]
fn rbm_tells_what_happened_and_what_people_wrote() {
    let of = |event: Value| {
        let mut all = json!({ "senderPhoneNumber": "+15550002", "agentId": "shop", "sendTime": "2026-11-25T09:00:05.123456Z" });
        all.as_object_mut()
            .unwrap()
            .extend(event.as_object().unwrap().clone());
        notices(P::RbmEvents, all.to_string())
    };
    for (event, kind, raw) in [
        ("DELIVERED", Some(K::Delivered), "DELIVERED"),
        ("READ", Some(K::Read), "READ"),
        ("TTL_EXPIRATION_REVOKED", Some(K::Failed), "NOT_SENT"),
        (
            "TTL_EXPIRATION_REVOKE_FAILED",
            None,
            "TTL_EXPIRATION_REVOKE_FAILED",
        ),
    ] {
        let told = only_status(of(
            json!({ "eventType": event, "eventId": "e1", "messageId": "Key123456" }),
        ));
        assert_eq!((told.kind, told.raw.as_str()), (kind, raw));
        assert_eq!(told.message.as_deref(), Some("Key123456"));
        assert_eq!(told.recipient.as_deref(), Some("+15550002"));
    }
    assert_eq!(of(json!({ "eventType": "IS_TYPING", "eventId": "e2" })), []);
    assert!(matches!(
        &of(json!({ "eventType": "UNSUBSCRIBE" }))[..],
        [Notice::Consent(change)] if change.channel == Channel::Rcs && change.act == ConsentAct::Left(S::User)
    ));
    assert!(matches!(
        &of(json!({ "eventType": "SUBSCRIBE" }))[..],
        [Notice::Consent(change)] if change.act == ConsentAct::Returned
    ));
    let chip = only_inbound(of(
        json!({ "messageId": "u1", "suggestionResponse": { "text": "Leave me alone", "postbackData": "stop", "type": "REPLY" } }),
    ));
    assert_eq!(
        (chip.text.as_str(), chip.keyword, chip.to.as_str()),
        ("Leave me alone", Some(Keyword::Stop), "shop")
    );
    let text = only_inbound(of(json!({ "messageId": "u2", "text": "Hello" })));
    assert_eq!((text.text.as_str(), text.keyword), ("Hello", None));
}

#[test]
fn infobip_reports_are_read_by_their_channel() {
    let result = |group: &str, extra: Value| {
        let mut all = json!({ "messageId": "m1", "to": "15550002", "doneAt": "2026-11-25T09:00:05.123+0000", "mccMnc": "21401",
            "callbackData": "Key123456", "status": { "groupName": group, "name": format!("{group}_X"), "description": "said so" } });
        all.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        only_status(notices(
            P::InfobipEvents,
            json!({ "results": [all] }).to_string(),
        ))
    };
    for (group, channel, kind, raw) in [
        ("PENDING", "SMS", Some(K::Sent), "ENROUTE"),
        ("ACCEPTED", "SMS", Some(K::Sent), "ACCEPTD"),
        ("DELIVERED", "SMS", Some(K::Delivered), "DELIVRD"),
        ("UNDELIVERABLE", "SMS", Some(K::Failed), "UNDELIV"),
        ("EXPIRED", "SMS", Some(K::Failed), "EXPIRED"),
        ("REJECTED", "SMS", Some(K::Failed), "REJECTD"),
        ("DELIVERED", "RCS", Some(K::Delivered), "DELIVERED"),
        ("REJECTED", "RCS", Some(K::Failed), "NOT_SENT"),
        ("UNDELIVERABLE", "WHATSAPP", Some(K::Failed), "UNDELIVERED"),
        ("LOST", "SMS", None, "LOST"),
    ] {
        let told = result(group, json!({ "channel": channel }));
        assert_eq!(
            (told.kind, told.raw.as_str()),
            (kind, raw),
            "{channel} {group}"
        );
        assert_eq!(told.message.as_deref(), Some("Key123456"));
        assert_eq!(told.carrier.as_deref(), Some("21401"));
        assert_eq!(told.at.unwrap().timestamp_millis(), 1_795_597_205_123);
    }
    let unknown = result(
        "UNDELIVERABLE",
        json!({ "error": { "name": "EC_UNKNOWN_SUBSCRIBER", "description": "Unknown Subscriber", "permanent": true } }),
    );
    assert_eq!(unknown.suppress, Some(S::HardFailure));
    assert_eq!(
        unknown.reason.as_deref(),
        Some("EC_UNKNOWN_SUBSCRIBER: Unknown Subscriber")
    );
    let body = json!({ "results": [
        { "messageId": "m1", "from": "shop", "to": "15550002", "seenAt": "2026-11-25T09:00:05.123+0000" },
        { "messageId": "m2", "from": "15550002", "to": "15550001", "text": "quit", "receivedAt": "2026-11-25T09:00:05.123+0000" },
    ] });
    let told = notices(P::InfobipEvents, body.to_string());
    assert_eq!(only_status(told[..1].to_vec()).kind, Some(K::Read));
    let inbound = only_inbound(told[1..].to_vec());
    assert_eq!(
        (inbound.from.as_str(), inbound.keyword),
        ("+15550002", Some(Keyword::Stop))
    );
}

#[test]
fn the_largest_batch_of_a_provider_is_taken() {
    // SendGrid posts up to 768 kB at once: some 2,700 events with all their fields, and more of short ones.
    let many = |n: usize| json!({ "results": vec![json!({ "messageId": "m" }); n] }).to_string();
    for n in [1_001, 2_700, 7_000] {
        assert_eq!(
            items(signed(P::InfobipEvents, many(n).as_bytes()).received(P::InfobipEvents)).len(),
            n
        );
    }
    assert!(matches!(
        signed(P::InfobipEvents, many(ITEMS_MAX + 1).as_bytes()).received(P::InfobipEvents),
        Verdict::Unreadable(_)
    ));
}
