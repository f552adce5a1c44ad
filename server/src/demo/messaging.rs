//! What happens to one message of a messaging campaign, until it is delivered or not.

use chrono::{DateTime, Duration, Utc};
use domain::{CampaignType, Event, EventKind as K};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{
    behaviour::{LATE_RECEIPT, RCS_FALLBACK, channel},
    people::{Person, weighted},
    reaction::react,
    rhythm::delay,
    tape::{Scene, Tape},
};

/// Raw statuses and reasons of what is held back before sending (reference §4.3).
fn held_back(kind: CampaignType) -> &'static [((&'static str, &'static str), f64)] {
    match kind {
        CampaignType::Email => &[
            (("BLACKLISTED", "on the blocklist"), 0.6),
            (("BAD_TO", "not an address"), 0.25),
            (
                ("INCOMPLETE", "placeholder {first_name} has no value"),
                0.15,
            ),
        ],
        CampaignType::Push => &[
            (("NOT_SENT", "no device registered"), 0.6),
            (("PAYLOAD_LIMIT_EXCEEDED", "payload above 4 KiB"), 0.1),
            (("INCOMPLETE", "placeholder {points} has no value"), 0.3),
        ],
        CampaignType::WhatsApp => &[
            (("BLACKLISTED", "on the blocklist"), 0.5),
            (("QUOTA_EXCEEDED", "messaging limit reached"), 0.3),
            (("CODE_NOT_ALLOWED", "country not enabled"), 0.2),
        ],
        CampaignType::Rcs => &[(("INCOMPLETE", "placeholder {store} has no value"), 1.0)],
        _ => &[
            (("BLACKLISTED", "on the blocklist"), 0.55),
            (("CODE_NOT_ALLOWED", "country not enabled"), 0.2),
            (("SEGMENTS_EXCEEDED", "more than 10 segments"), 0.1),
            (("EXHAUSTED", "retries exhausted before dispatch"), 0.15),
        ],
    }
}

/// Raw statuses and reasons of messages that fail for good.
fn failures(kind: CampaignType) -> &'static [((&'static str, &'static str), f64)] {
    match kind {
        CampaignType::Email => &[
            (("BOUNCED_PERMANENT", "550 5.1.1 user unknown"), 0.62),
            (("BOUNCED_PERMANENT", "550 5.1.2 host unknown"), 0.14),
            (
                (
                    "BLOCKED_DUE_BAD_BEHAVIOUR",
                    "554 5.7.1 message refused by policy",
                ),
                0.24,
            ),
        ],
        CampaignType::Push => &[
            (("UNREGISTERED", "app removed"), 0.72),
            (("BAD_DEVICE_TOKEN", "token not valid"), 0.16),
            (("MISMATCHED_TOKEN", "token of another app"), 0.07),
            (
                ("DEVICE_QUOTA_EXCEEDED", "too many messages to the device"),
                0.05,
            ),
        ],
        CampaignType::WhatsApp => &[
            (("UNDELIVERED", "131026 message undeliverable"), 0.6),
            (("FAILED", "131049 held back for a healthy ecosystem"), 0.3),
            (("FAILED", "130472 number is part of an experiment"), 0.1),
        ],
        CampaignType::Rcs => &[(("NOT_SENT", "agent not launched on this carrier"), 1.0)],
        _ => &[
            (("UNDELIV", "absent subscriber"), 0.45),
            (("EXPIRED", "validity period over"), 0.25),
            (("REJECTD", "rejected by the carrier"), 0.15),
            (("INVALID_ROUTING", "no route to the number"), 0.12),
            (("DELETED", "deleted at the message centre"), 0.03),
        ],
    }
}

/// The key a channel knows a person by.
fn recipient(kind: CampaignType, person: &Person) -> String {
    match kind {
        CampaignType::Email => person.email(),
        CampaignType::Push => person.device(),
        _ => person.phone(),
    }
}

/// Everything that happens to the `i`th message.
pub(super) fn message(scene: &Scene, i: u32, person: &Person, rng: &mut ChaCha8Rng) -> Vec<Event> {
    let run = scene.run;
    let kind = scene.planned.new.campaign_type;
    let message = format!("msg-{}-{i:06}", scene.ids);
    let mut tape = Tape::new(scene, i, recipient(kind, person), Some(message));
    let mut appeal = run.appeal;
    if run.split {
        let arm = if i.is_multiple_of(2) { "A" } else { "B" };
        tape.variant(arm);
        appeal *= if i.is_multiple_of(2) { 0.9 } else { 1.18 };
    }
    let place = f64::from(i) / f64::from(run.audience.max(1));
    let turn = Duration::milliseconds((run.lasts.num_milliseconds() as f64 * place) as i64);
    let at = run.starts + turn + Duration::milliseconds(rng.random_range(0..900));
    if run.queued {
        tape.add(K::Queued, run.starts - Duration::seconds(40))
            .raw_status = Some(
            if kind == CampaignType::Push {
                "DEQUEUED"
            } else {
                "QUEUE"
            }
            .to_owned(),
        );
    }
    if let Some(delivered) = send(&mut tape, kind, at, person, rng) {
        react(&mut tape, scene, delivered, person, appeal, rng);
    }
    tape.finish()
}

/// Hands the message over. Returns when it was delivered, if it was.
fn send(
    tape: &mut Tape,
    kind: CampaignType,
    at: DateTime<Utc>,
    person: &Person,
    rng: &mut ChaCha8Rng,
) -> Option<DateTime<Utc>> {
    let figures = channel(kind);
    let carrier =
        matches!(kind, CampaignType::Sms | CampaignType::Rcs).then(|| person.carrier.to_owned());
    if rng.random_bool(figures.unsent) {
        let (raw, reason) = weighted(rng, held_back(kind));
        let event = tape.add(K::Unsent, at);
        event.raw_status = Some(raw.to_owned());
        event.reason = Some(reason.to_owned());
        return None;
    }
    let event = tape.add(K::Sent, at);
    event.raw_status = Some("SENT".to_owned());
    event.carrier = carrier.clone();

    let mut receipt = at + delay(rng, 5.0, 0.8);
    if kind == CampaignType::Rcs && rng.random_bool(RCS_FALLBACK) {
        tape.add(K::Sent, receipt).raw_status = Some("FALLBACK".to_owned());
        return None;
    }
    if rng.random_bool(LATE_RECEIPT) {
        receipt += Duration::minutes(rng.random_range(1_200..5_600));
    }
    if rng.random_bool(figures.failed) {
        let (raw, reason) = weighted(rng, failures(kind));
        let event = tape.add(K::Failed, receipt);
        event.raw_status = Some(raw.to_owned());
        event.reason = Some(reason.to_owned());
        event.carrier = carrier;
        return None;
    }
    if figures.soft_failed > 0.0 && rng.random_bool(figures.soft_failed) {
        receipt = retried(tape, kind, receipt, rng)?;
    }
    if rng.random_bool(figures.silent) {
        if kind == CampaignType::Sms {
            let raw = weighted(rng, &[("ENROUTE", 0.6), ("ACCEPTD", 0.3), ("UNKNOWN", 0.1)]);
            tape.add(K::Sent, receipt).raw_status = Some(raw.to_owned());
        }
        return None;
    }
    let event = tape.add(K::Delivered, receipt);
    event.carrier = carrier;
    event.raw_status = match kind {
        CampaignType::Sms => Some("DELIVRD".to_owned()),
        CampaignType::WhatsApp | CampaignType::Rcs => Some("DELIVERED".to_owned()),
        _ => None,
    };
    Some(receipt)
}

/// A first attempt that failed for now. Most go through hours later; some run out of attempts.
fn retried(
    tape: &mut Tape,
    kind: CampaignType,
    at: DateTime<Utc>,
    rng: &mut ChaCha8Rng,
) -> Option<DateTime<Utc>> {
    let (raw, reason) = match kind {
        CampaignType::Push => ("SERVER_UNAVAILABLE", "push service unavailable"),
        _ => weighted(
            rng,
            &[
                (("BOUNCED", "452 4.2.2 mailbox full"), 0.6),
                (("BOUNCED", "421 4.7.0 try again later"), 0.4),
            ],
        ),
    };
    let event = tape.add(K::SoftFailed, at);
    event.raw_status = Some(raw.to_owned());
    event.reason = Some(reason.to_owned());
    match rng.random_range(0..10) {
        0..=5 => Some(at + Duration::minutes(rng.random_range(15..480))),
        6..=7 => None,
        _ => {
            let event = tape.add(K::Failed, at + Duration::hours(72));
            event.raw_status = Some("EXHAUSTED".to_owned());
            event.reason = Some("attempts exhausted".to_owned());
            None
        }
    }
}
