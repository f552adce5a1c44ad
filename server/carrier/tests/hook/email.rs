//! Events of e-mail providers, in shapes they document.

use carrier::hook::{ConsentAct, Notice, Status};
use domain::{
    Channel, EventKind as K, Evidence, carrier::Protocol as P, contact::SuppressionSource as S,
};
use serde_json::{Value, json};

use crate::support::notices;

fn statuses(protocol: P, event: &Value) -> Vec<Status> {
    notices(protocol, event.to_string())
        .into_iter()
        .map(|notice| match notice {
            Notice::Status(status) => *status,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn status(protocol: P, event: &Value) -> Status {
    let mut all = statuses(protocol, event);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn check(status: &Status, kind: Option<K>, raw: &str, suppress: Option<S>) {
    assert_eq!(
        (status.kind, status.raw.as_str(), status.suppress),
        (kind, raw, suppress),
        "{status:?}"
    );
}

fn sendgrid(extra: Value) -> Value {
    let mut event = json!({
        "email": "ana@example.com", "timestamp": 1_795_990_000, "sg_event_id": "ZGVsaXZlcmVk",
        "sg_message_id": "14c5d75ce93.filter0001.123", "smtp-id": "<Key123456@example.com>",
    });
    for (name, value) in extra.as_object().unwrap() {
        event[name] = value.clone();
    }
    json!([event])
}

#[test]
fn sendgrid_tells_what_happened() {
    let of = |extra| status(P::SendGridEvents, &sendgrid(extra));
    let delivered = of(json!({ "event": "delivered", "response": "250 OK" }));
    check(&delivered, Some(K::Delivered), "DELIVERED", None);
    assert_eq!(delivered.message.as_deref(), Some("Key123456"));
    assert_eq!(delivered.reference.as_deref(), Some("14c5d75ce93"));
    assert_eq!(delivered.recipient.as_deref(), Some("ana@example.com"));
    assert_eq!(delivered.at.unwrap().timestamp(), 1_795_990_000);
    assert_eq!(delivered.reason, None);

    let bounce = json!({ "event": "bounce", "type": "bounce", "status": "5.1.1",
        "reason": "550 5.1.1 <ana@example.com>: no such user" });
    let bounce = of(bounce);
    check(
        &bounce,
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::HardFailure),
    );
    assert_eq!(
        bounce.reason.as_deref(),
        Some("550 5.1.1 [address] no such user")
    );
    for (extra, kind, raw, suppress) in [
        (json!({ "event": "processed" }), Some(K::Sent), "SENT", None),
        (
            json!({ "event": "deferred", "attempt": "2" }),
            Some(K::SoftFailed),
            "BOUNCED",
            None,
        ),
        (
            json!({ "event": "dropped", "reason": "Bounced Address" }),
            Some(K::Failed),
            "BLOCKED_BY_PROVIDER",
            Some(S::Carrier),
        ),
        (
            json!({ "event": "dropped", "reason": "Unsubscribed Address" }),
            Some(K::Failed),
            "BLOCKED_BY_PROVIDER",
            Some(S::User),
        ),
        (
            json!({ "event": "dropped", "reason": "Spam Reporting Address" }),
            Some(K::Failed),
            "BLOCKED_BY_PROVIDER",
            Some(S::Complaint),
        ),
        (
            json!({ "event": "dropped", "reason": "Spam Content (if Spam Checker app enabled)" }),
            Some(K::Failed),
            "BLOCKED_BY_PROVIDER",
            None,
        ),
        (
            json!({ "event": "bounce", "type": "bounce", "status": "5.0.0", "reason": "500 unknown recipient" }),
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            Some(S::Carrier),
        ),
        (
            json!({ "event": "bounce", "type": "bounce", "status": "5.5.0", "bounce_classification": "Invalid Address" }),
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            json!({ "event": "bounce", "type": "expired", "status": "4.4.7" }),
            Some(K::Failed),
            "EXHAUSTED",
            None,
        ),
        (
            json!({ "event": "bounce", "type": "blocked", "status": "5.7.1" }),
            Some(K::Failed),
            "BLOCKED_DUE_BAD_BEHAVIOUR",
            None,
        ),
        (
            json!({ "event": "bounce", "type": "bounce", "status": "5.2.2" }),
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            Some(S::Carrier),
        ),
        (
            json!({ "event": "bounce", "type": "bounce", "reason": "550 5.1.1 gone" }),
            Some(K::Failed),
            "BOUNCED_PERMANENT",
            Some(S::HardFailure),
        ),
        (
            json!({ "event": "spamreport" }),
            Some(K::Complained),
            "COMPLAINED",
            Some(S::Complaint),
        ),
        (
            json!({ "event": "group_unsubscribe" }),
            Some(K::Unsubscribed),
            "UNSUBSCRIBED",
            Some(S::User),
        ),
        (json!({ "event": "brand new" }), None, "BRAND_NEW", None),
    ] {
        check(&of(extra), kind, raw, suppress);
    }

    let open = of(
        json!({ "event": "open", "sg_machine_open": true, "useragent": "Mozilla/5.0", "ip": "192.0.2.7" }),
    );
    check(&open, Some(K::Opened), "OPEN", None);
    assert_eq!(open.evidence, Some(Evidence::Prefetch));
    assert_eq!(open.ip.as_deref(), Some("192.0.2.7"));
    let click = of(
        json!({ "event": "click", "url": "https://shop.example.com/a?b=1", "message": "Other98765" }),
    );
    check(&click, Some(K::Clicked), "CLICK", None);
    assert_eq!(
        click.link.as_deref(),
        Some("https://shop.example.com/a?b=1")
    );
    assert_eq!(
        click.message.as_deref(),
        Some("Other98765"),
        "the custom argument wins"
    );
    assert_eq!(click.evidence, None);

    let back = notices(
        P::SendGridEvents,
        sendgrid(json!({ "event": "group_resubscribe" })).to_string(),
    );
    assert!(
        matches!(
            &back[..],
            [Notice::Consent(change)] if change.channel == Channel::Email && change.act == ConsentAct::Reactivated
        ),
        "{back:?}"
    );
}

fn ses(kind: &str, part: &str, detail: Value) -> Value {
    json!({
        "eventType": kind,
        "mail": {
            "timestamp": "2026-11-25T09:00:00.000Z", "messageId": "0102018c-ses", "source": "news@example.com",
            "destination": ["ana@example.com"],
            "headers": [{ "name": "Message-ID", "value": "<Key123456@example.com>" }],
        },
        part: detail,
    })
}

#[test]
fn ses_tells_what_happened() {
    let of = |kind, part, detail| status(P::SesEvents, &ses(kind, part, detail));
    let delivered = of(
        "Delivery",
        "delivery",
        json!({
        "timestamp": "2026-11-25T09:00:05.250Z", "recipients": ["ana@example.com"], "smtpResponse": "250 ok" }),
    );
    check(&delivered, Some(K::Delivered), "DELIVERED", None);
    assert_eq!(delivered.message.as_deref(), Some("Key123456"));
    assert_eq!(delivered.reference.as_deref(), Some("0102018c-ses"));
    assert_eq!(delivered.recipient.as_deref(), Some("ana@example.com"));
    assert_eq!(delivered.at.unwrap().timestamp_millis(), 1_795_597_205_250);

    let bounce = |kind: &str, sub: &str, status: &str| {
        of(
            "Bounce",
            "bounce",
            json!({
            "timestamp": "2026-11-25T09:00:05.000Z", "bounceType": kind, "bounceSubType": sub,
            "bouncedRecipients": [{ "emailAddress": "ana@example.com", "status": status,
                "diagnosticCode": "smtp; 550 user ana@example.com unknown" }] }),
        )
    };
    let hard = bounce("Permanent", "General", "5.1.1");
    check(
        &hard,
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::HardFailure),
    );
    assert_eq!(
        hard.reason.as_deref(),
        Some("smtp; 550 user [address] unknown")
    );
    check(
        &bounce("Permanent", "General", "5.3.0"),
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::HardFailure),
    );
    check(
        &bounce("Permanent", "General", "5.7.1"),
        Some(K::Failed),
        "BLOCKED_DUE_BAD_BEHAVIOUR",
        None,
    );
    check(
        &bounce("Permanent", "NoEmail", ""),
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::HardFailure),
    );
    check(
        &bounce("Permanent", "OnAccountSuppressionList", ""),
        Some(K::Failed),
        "BLOCKED_BY_PROVIDER",
        Some(S::Carrier),
    );
    check(
        &bounce("Transient", "MailboxFull", "4.2.2"),
        Some(K::SoftFailed),
        "BOUNCED",
        None,
    );
    check(
        &bounce("Undetermined", "Undetermined", ""),
        Some(K::SoftFailed),
        "BOUNCED",
        None,
    );

    let complaint = |extra: Value| {
        let mut detail = json!({ "timestamp": "2026-11-25T10:00:00Z",
            "complainedRecipients": [{ "emailAddress": "ana@example.com" }] });
        detail
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        of("Complaint", "complaint", detail)
    };
    check(
        &complaint(json!({ "complaintFeedbackType": "abuse" })),
        Some(K::Complained),
        "COMPLAINED",
        Some(S::Complaint),
    );
    check(
        &complaint(json!({ "complaintFeedbackType": "not-spam" })),
        None,
        "NOT-SPAM",
        None,
    );
    for nobody in ["auth-failure", "virus"] {
        let told = complaint(json!({ "complaintFeedbackType": nobody }));
        assert_eq!((told.kind, told.suppress), (None, None), "{nobody}");
    }
    check(
        &complaint(json!({ "complaintSubType": "OnAccountSuppressionList" })),
        Some(K::Failed),
        "BLOCKED_BY_PROVIDER",
        Some(S::Complaint),
    );

    let click = of(
        "Click",
        "click",
        json!({ "timestamp": "2026-11-25T11:00:00Z", "ipAddress": "192.0.2.8",
        "userAgent": "Mozilla/5.0 (X11)", "link": "https://shop.example.com/" }),
    );
    check(&click, Some(K::Clicked), "CLICK", None);
    assert_eq!(click.link.as_deref(), Some("https://shop.example.com/"));
    assert_eq!(click.recipient.as_deref(), Some("ana@example.com"));
    check(&of("Send", "send", json!({})), Some(K::Sent), "SENT", None);
    check(
        &of("Open", "open", json!({})),
        Some(K::Opened),
        "OPEN",
        None,
    );
    check(
        &of("Reject", "reject", json!({ "reason": "Bad content" })),
        Some(K::Failed),
        "BLOCKED_BY_PROVIDER",
        None,
    );
    check(
        &of(
            "DeliveryDelay",
            "deliveryDelay",
            json!({ "delayType": "MailboxFull",
        "delayedRecipients": [{ "emailAddress": "ana@example.com", "status": "4.2.2" }] }),
        ),
        Some(K::SoftFailed),
        "BOUNCED",
        None,
    );

    let left = json!({ "newTopicPreferences": { "unsubscribeAll": true } });
    check(
        &of("Subscription", "subscription", left),
        Some(K::Unsubscribed),
        "UNSUBSCRIBED",
        Some(S::User),
    );
    let some = json!({ "newTopicPreferences": { "unsubscribeAll": false } });
    assert_eq!(
        statuses(P::SesEvents, &ses("Subscription", "subscription", some)),
        []
    );
    assert_eq!(
        notices(
            P::SesEvents,
            "Successfully validated SNS topic for Amazon SES event publishing."
        ),
        []
    );

    let two = ses(
        "Bounce",
        "bounce",
        json!({ "bounceType": "Permanent", "bounceSubType": "General",
        "bouncedRecipients": [{ "emailAddress": "a@example.com" }, { "emailAddress": "b@example.com" }] }),
    );
    assert_eq!(statuses(P::SesEvents, &two).len(), 2);
}

#[test]
fn mailgun_tells_what_happened() {
    let of = |extra: Value| {
        let mut event = json!({ "id": "Ase7i2zsRYeDXztHGENqRA", "timestamp": 1_795_990_000.123, "recipient": "ana@example.com",
            "message": { "headers": { "message-id": "Key123456@example.com" } } });
        event
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        status(P::MailgunEvents, &event)
    };
    let delivered = of(json!({ "event": "delivered" }));
    check(&delivered, Some(K::Delivered), "DELIVERED", None);
    assert_eq!(delivered.message.as_deref(), Some("Key123456"));
    assert_eq!(delivered.at.unwrap().timestamp_millis(), 1_795_990_000_123);
    let failed = |severity: &str, reason: &str, code: u16, message: &str| {
        of(
            json!({ "event": "failed", "severity": severity, "reason": reason,
            "delivery-status": { "code": code, "message": message } }),
        )
    };
    check(
        &failed("permanent", "bounce", 550, "5.1.1 unknown"),
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::HardFailure),
    );
    check(
        &failed("permanent", "bounce", 554, "5.7.1 policy"),
        Some(K::Failed),
        "BLOCKED_DUE_BAD_BEHAVIOUR",
        None,
    );
    check(
        &failed("permanent", "bounce", 550, "no"),
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::Carrier),
    );
    check(
        &failed("temporary", "generic", 451, "later"),
        Some(K::SoftFailed),
        "BOUNCED",
        None,
    );
    check(
        &failed("permanent", "old", 602, "too old"),
        Some(K::Failed),
        "EXHAUSTED",
        None,
    );
    check(
        &failed("permanent", "suppress-unsubscribe", 605, "not delivering"),
        Some(K::Failed),
        "BLOCKED_BY_PROVIDER",
        Some(S::Carrier),
    );
    check(
        &of(json!({ "event": "unsubscribed" })),
        Some(K::Unsubscribed),
        "UNSUBSCRIBED",
        Some(S::User),
    );
    check(
        &of(json!({ "event": "complained" })),
        Some(K::Complained),
        "COMPLAINED",
        Some(S::Complaint),
    );
    check(&of(json!({ "event": "stored" })), None, "STORED", None);
    for (bot, evidence) in [
        ("apple", Evidence::Prefetch),
        ("gmail", Evidence::Proxy),
        ("generic", Evidence::Machine),
    ] {
        let open =
            of(json!({ "event": "opened", "client-info": { "bot": bot, "user-agent": "x" } }));
        check(&open, Some(K::Opened), "OPEN", None);
        assert_eq!(open.evidence, Some(evidence));
    }
    let click = of(
        json!({ "event": "clicked", "url": "https://shop.example.com/", "user-variables": { "message": "Other98765" } }),
    );
    check(&click, Some(K::Clicked), "CLICK", None);
    assert_eq!(click.message.as_deref(), Some("Other98765"));
}

#[test]
fn postmark_tells_what_happened() {
    let of = |extra: Value| {
        let mut event = json!({ "MessageID": "883953f4", "Metadata": { "message": "Key123456" } });
        event
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        event
    };
    let status = |extra| status(P::PostmarkEvents, &of(extra));
    let delivered = status(
        json!({ "RecordType": "Delivery", "Recipient": "ana@example.com",
        "DeliveredAt": "2026-11-25T09:00:05.1234567-05:00" }),
    );
    check(&delivered, Some(K::Delivered), "DELIVERED", None);
    assert_eq!(delivered.message.as_deref(), Some("Key123456"));
    assert_eq!(delivered.at.unwrap().timestamp(), 1_795_615_205);
    let bounce = |kind: &str| {
        status(
            json!({ "RecordType": "Bounce", "Type": kind, "ID": 42, "Email": "ana@example.com",
        "BouncedAt": "2026-11-25T09:00:05Z", "Details": "smtp;550 5.1.1 ana@example.com" }),
        )
    };
    let hard = bounce("HardBounce");
    check(
        &hard,
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::HardFailure),
    );
    assert_eq!(hard.recipient.as_deref(), Some("ana@example.com"));
    assert_eq!(hard.reason.as_deref(), Some("smtp;550 5.1.1 [address]"));
    check(&bounce("SoftBounce"), Some(K::SoftFailed), "BOUNCED", None);
    check(
        &bounce("Blocked"),
        Some(K::Failed),
        "BLOCKED_DUE_BAD_BEHAVIOUR",
        None,
    );
    check(&bounce("AutoResponder"), None, "AUTORESPONDER", None);
    check(
        &status(json!({ "RecordType": "SpamComplaint" })),
        Some(K::Complained),
        "COMPLAINED",
        Some(S::Complaint),
    );
    let click = status(
        json!({ "RecordType": "Click", "OriginalLink": "https://shop.example.com/", "UserAgent": "UA",
        "Geo": { "IP": "192.0.2.9" } }),
    );
    check(&click, Some(K::Clicked), "CLICK", None);
    assert_eq!(
        (click.ip.as_deref(), click.user_agent.as_deref()),
        (Some("192.0.2.9"), Some("UA"))
    );
    check(
        &status(json!({ "RecordType": "Open" })),
        Some(K::Opened),
        "OPEN",
        None,
    );

    let change = |origin: &str, is_blocked: bool, reason: Value| {
        notices(P::PostmarkEvents, of(json!({ "RecordType": "SubscriptionChange", "Recipient": "ana@example.com", "Origin": origin,
            "SuppressSending": is_blocked, "SuppressionReason": reason, "ChangedAt": "2026-11-25T09:00:05Z" })).to_string()).remove(0)
    };
    let Notice::Status(left) = change("Recipient", true, json!("ManualSuppression")) else {
        panic!()
    };
    check(&left, Some(K::Unsubscribed), "UNSUBSCRIBED", Some(S::User));
    // Posted beside the event of its own: the same thing, and no unsubscription.
    let Notice::Status(bounced) = change("Recipient", true, json!("HardBounce")) else {
        panic!()
    };
    assert_eq!(
        (bounced.kind, bounced.suppress),
        (Some(K::Failed), Some(S::HardFailure))
    );
    let Notice::Status(complained) = change("Recipient", true, json!("SpamComplaint")) else {
        panic!()
    };
    assert_eq!(
        (complained.kind, complained.suppress),
        (Some(K::Complained), Some(S::Complaint))
    );
    // What the sender does in Postmark's console is nobody's consent.
    for (origin, is_blocked, expected) in [
        ("Customer", true, ConsentAct::Blocked(S::Carrier)),
        ("Admin", true, ConsentAct::Blocked(S::Carrier)),
        ("Customer", false, ConsentAct::Reactivated),
        ("Admin", false, ConsentAct::Reactivated),
        ("Recipient", false, ConsentAct::Reactivated),
    ] {
        let reason = if is_blocked {
            json!("ManualSuppression")
        } else {
            Value::Null
        };
        let Notice::Consent(changed) = change(origin, is_blocked, reason) else {
            panic!()
        };
        assert_eq!(
            (changed.act, changed.address.as_str()),
            (expected, "ana@example.com")
        );
    }

    let reply = of(
        json!({ "From": "ana@example.com", "OriginalRecipient": "news@example.com", "TextBody": "Unsubscribe\n",
        "Headers": [{ "Name": "In-Reply-To", "Value": "<Key123456@example.com>" }] }),
    );
    let Notice::Inbound(reply) = notices(P::PostmarkEvents, reply.to_string()).remove(0) else {
        panic!()
    };
    assert_eq!(
        (reply.from.as_str(), reply.channel),
        ("ana@example.com", Channel::Email)
    );
    assert_eq!(reply.answers.as_deref(), Some("Key123456@example.com"));
    assert_eq!(reply.keyword, Some(carrier::hook::Keyword::Stop));
    let holiday = of(
        json!({ "From": "ana@example.com", "Headers": [{ "Name": "Auto-Submitted", "Value": "auto-replied" }] }),
    );
    assert_eq!(notices(P::PostmarkEvents, holiday.to_string()), []);
}

#[test]
fn resend_and_standard_webhooks_tell_what_happened() {
    let resend = |kind: &str, extra: Value| {
        let mut data = json!({ "email_id": "56761188-7520", "to": ["ana@example.com"], "tags": [{ "name": "message", "value": "Key123456" }] });
        data.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        status(
            P::ResendEvents,
            &json!({ "type": kind, "created_at": "2026-11-25 09:00:05.123+00", "data": data }),
        )
    };
    let delivered = resend("email.delivered", json!({}));
    check(&delivered, Some(K::Delivered), "DELIVERED", None);
    assert_eq!(delivered.message.as_deref(), Some("Key123456"));
    assert_eq!(delivered.recipient.as_deref(), Some("ana@example.com"));
    assert_eq!(delivered.at.unwrap().timestamp_millis(), 1_795_597_205_123);
    let bounce = |kind: &str, sub: &str| {
        resend(
            "email.bounced",
            json!({ "bounce": { "type": kind, "subType": sub, "message": "no" } }),
        )
    };
    check(
        &bounce("Permanent", "General"),
        Some(K::Failed),
        "BOUNCED_PERMANENT",
        Some(S::HardFailure),
    );
    check(
        &bounce("Transient", "General"),
        Some(K::SoftFailed),
        "BOUNCED",
        None,
    );
    check(
        &bounce("Permanent", "Suppressed"),
        Some(K::Failed),
        "BLOCKED_BY_PROVIDER",
        Some(S::Carrier),
    );
    check(
        &resend("email.delivery_delayed", json!({})),
        Some(K::SoftFailed),
        "BOUNCED",
        None,
    );
    check(
        &resend("email.complained", json!({})),
        Some(K::Complained),
        "COMPLAINED",
        Some(S::Complaint),
    );
    let click = resend(
        "email.clicked",
        json!({ "click": { "link": "https://shop.example.com/", "ipAddress": "192.0.2.1",
        "userAgent": "UA", "timestamp": "2026-11-25T10:00:00.000Z" } }),
    );
    check(&click, Some(K::Clicked), "CLICK", None);
    assert_eq!(click.link.as_deref(), Some("https://shop.example.com/"));
    assert_eq!(click.at.unwrap().timestamp(), 1_795_600_800);
    let left = json!({ "type": "contact.updated", "data": { "email": "ana@example.com", "unsubscribed": true } });
    assert!(matches!(
        &notices(P::ResendEvents, left.to_string())[..],
        [Notice::Consent(change)] if change.act == ConsentAct::Left(S::User)
    ));
    for (kind, origin, expected) in [
        (
            "suppression.added",
            "complaint",
            ConsentAct::Blocked(S::Complaint),
        ),
        (
            "suppression.added",
            "bounce",
            ConsentAct::Blocked(S::HardFailure),
        ),
        (
            "suppression.added",
            "manual",
            ConsentAct::Blocked(S::Carrier),
        ),
        ("suppression.removed", "manual", ConsentAct::Reactivated),
    ] {
        let listed = json!({ "type": kind, "created_at": "2026-11-25T09:00:05Z",
            "data": { "email": "ana@example.com", "origin": origin } });
        let listed = notices(P::ResendEvents, listed.to_string());
        assert!(
            matches!(&listed[..], [Notice::Consent(change)] if change.act == expected && change.address == "ana@example.com"),
            "{listed:?}"
        );
    }
    let stays = json!({ "type": "contact.updated", "data": { "email": "ana@example.com", "unsubscribed": false } });
    assert_eq!(notices(P::ResendEvents, stays.to_string()), []);

    let standard = |kind: &str, data: Value| {
        notices(
            P::StandardEvents,
            json!({ "type": kind, "timestamp": "2026-11-25T09:00:05Z", "data": data }).to_string(),
        )
    };
    let told = standard(
        "message.status",
        json!({ "channel": "sms", "message": "Key123456", "status": "undeliv", "reason": "absent" }),
    );
    let Notice::Status(told) = &told[0] else {
        panic!()
    };
    check(told, Some(K::Failed), "UNDELIV", None);
    let told = standard("message.complained", json!({ "message": "Key123456" }));
    let Notice::Status(told) = &told[0] else {
        panic!()
    };
    check(told, Some(K::Complained), "COMPLAINED", Some(S::Complaint));
    let told = standard("message.queued", json!({ "message": "Key123456" }));
    let Notice::Status(told) = &told[0] else {
        panic!()
    };
    assert_eq!(
        told.kind, None,
        "the platform's own doings are not theirs to tell"
    );
    assert!(matches!(
        &standard("contact.unsubscribed", json!({ "channel": "whatsapp", "address": "+34600000001" }))[..],
        [Notice::Consent(change)] if change.channel == Channel::WhatsApp && change.act == ConsentAct::Left(S::User)
    ));
}
