//! SendGrid's event webhook.
//!
//! The signature has no time limit: SendGrid posts again for a day, and `sg_event_id` makes a repetition harmless.

use domain::{Channel, Evidence};
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde_json::Value;
use x509_cert::{der::Decode, spki::SubjectPublicKeyInfoRef};

use super::{
    ConsentAct, ConsentNotice, Incoming, Item, Notice, Status, Verdict, json,
    refusal::{Refusal, taken},
    text, verify, words,
};
use crate::{Settings, SettingsError};

pub(super) fn receive(settings: &Settings, request: &Incoming<'_>) -> Result<Verdict, Refusal> {
    let point = public_key(settings.require("public_key")?)?;
    let header = |name: &str| {
        request
            .header(name)
            .ok_or(Refusal::forged("the signature is missing"))
    };
    let signature = header("x-twilio-email-event-webhook-signature")?;
    let time = header("x-twilio-email-event-webhook-timestamp")?;
    let signature =
        verify::decode(signature).ok_or(Refusal::forged("the signature is not base64"))?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
        .verify(&[time.as_bytes(), request.body].concat(), &signature)
        .map_err(|_| Refusal::forged("the signature is wrong"))?;
    let Value::Array(events) = json::parse(request.body)? else {
        return Err(Refusal::unreadable("the body is not a list of events"));
    };
    let items = events.iter().map(|event| {
        let kept = event.to_string();
        match json::text(event, "/sg_event_id") {
            Some(id) => Item::new(id, kept),
            None => Item::new(verify::hash(&[kept.as_bytes()]), kept),
        }
    });
    Ok(taken(items.collect()))
}

/// The point of the verification key: base64 of a SubjectPublicKeyInfo, with or without the lines of PEM around it.
pub(super) fn public_key(text: &str) -> Result<Vec<u8>, SettingsError> {
    const ID_EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
    const POINT_BYTES: usize = 65;
    let error = || {
        SettingsError::new(
            "public_key",
            "is not a verification key; copy it from Mail settings › Event webhook",
        )
    };
    let base64: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(str::chars)
        .filter(|c| !c.is_whitespace())
        .collect();
    let der = verify::decode(&base64).ok_or_else(error)?;
    let info = SubjectPublicKeyInfoRef::from_der(&der).map_err(|_| error())?;
    let point = info.subject_public_key.raw_bytes();
    if info.algorithm.oid.to_string() != ID_EC_PUBLIC_KEY || point.len() != POINT_BYTES {
        return Err(error());
    }
    Ok(point.to_vec())
}

pub(super) fn read(item: &[u8]) -> Result<Vec<Notice>, String> {
    let event = json::reparse(item)?;
    let kind = json::text(&event, "/event").ok_or("The event has no name.")?;
    let get = |name: &str| json::string(&event, name);
    let at = json::unix(&event, "/timestamp");
    let recipient = get("/email");
    if kind == "group_resubscribe" {
        return Ok(recipient
            .map(|address| {
                // About one of the sender's groups, and by whom isn't said.
                Notice::Consent(Box::new(ConsentNotice {
                    channel: Channel::Email,
                    address,
                    message: None,
                    reference: None,
                    act: ConsentAct::Reactivated,
                    at,
                }))
            })
            .into_iter()
            .collect());
    }
    let word = match kind {
        "bounce" => words::sendgrid_bounce(
            &get("/type").unwrap_or_default(),
            &status_code(&event),
            &get("/bounce_classification").unwrap_or_default(),
        ),
        "dropped" => words::sendgrid_drop(&get("/reason").unwrap_or_default()),
        kind => words::sendgrid(kind),
    };
    let reason = match kind {
        "bounce" | "dropped" | "deferred" => get("/reason").or_else(|| get("/response")),
        _ => None,
    };
    let is_machine = event.pointer("/sg_machine_open").and_then(Value::as_bool) == Some(true);
    Ok(vec![Notice::Status(Box::new(Status {
        message: get("/message")
            .filter(|key| text::is_key(key))
            .or_else(|| get("/smtp-id").and_then(|id| text::key_of_message_id(&id))),
        // What the send API answered is what stands before `.filter…` or `.recvd…`.
        reference: get("/sg_message_id").map(|id| id.split('.').next().unwrap_or(&id).to_owned()),
        recipient,
        kind: word.kind,
        raw: word.raw,
        at,
        reason: reason.and_then(|reason| text::reason(&reason)),
        link: get("/url"),
        user_agent: get("/useragent"),
        ip: get("/ip"),
        evidence: is_machine.then_some(Evidence::Prefetch),
        suppress: word.suppress,
        ..Status::default()
    }))])
}

/// `status`, else the code that the reason begins with: `550 5.1.1 …`.
fn status_code(event: &Value) -> String {
    json::string(event, "/status")
        .filter(|status| status.contains('.'))
        .or_else(|| json::string(event, "/reason").and_then(|reason| text::status_code(&reason)))
        .unwrap_or_default()
}
