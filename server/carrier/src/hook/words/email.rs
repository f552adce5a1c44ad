//! Words of those who send e-mail, and of mail servers themselves.

use domain::{Channel, contact::SuppressionSource};

use super::Word;

fn word(raw: &str) -> Word {
    Word::new(Channel::Email, raw)
}

fn complained() -> Word {
    word("COMPLAINED").suppress(SuppressionSource::Complaint)
}

fn unsubscribed() -> Word {
    word("UNSUBSCRIBED").suppress(SuppressionSource::User)
}

/// Held back by the provider, whose own list has the address.
fn blocked_by_provider() -> Word {
    word("BLOCKED_BY_PROVIDER")
}

/// A failure for good, by its enhanced status code (RFC 3463) or, without one, its reply code (RFC 5321).
///
/// Only a status that says the address itself is wrong ends writing to it: 5.1.0 to 5.1.6 and 5.1.10; 5.1.7 to 5.1.9
/// are about the sender. 5.7 is policy, 4 is a server that gave up trying.
pub(in crate::hook) fn smtp(status: &str) -> Word {
    let mut numbers = status.trim().split('.').map(str::parse::<u16>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(5)), Some(Ok(1)), Some(Ok(0..=6 | 10))) => {
            word("BOUNCED_PERMANENT").suppress(SuppressionSource::HardFailure)
        }
        (Some(Ok(5)), Some(Ok(7)), _) => word("BLOCKED_DUE_BAD_BEHAVIOUR"),
        (Some(Ok(4 | 400..=499)), _, _) => word("EXHAUSTED"),
        _ => word("BOUNCED_PERMANENT"),
    }
}

/// SendGrid's `event`, other than `bounce`.
pub(in crate::hook) fn sendgrid(event: &str) -> Word {
    match event {
        "processed" => word("SENT"),
        "dropped" => blocked_by_provider(),
        "deferred" => word("BOUNCED"),
        "spamreport" => complained(),
        "unsubscribe" | "group_unsubscribe" => unsubscribed(),
        other => word(other),
    }
}

/// SendGrid's `bounce`, by its `type` and `status`. `blocked` is a refusal for now by policy; SendGrid doesn't try again.
pub(in crate::hook) fn sendgrid_bounce(kind: &str, status: &str) -> Word {
    if kind == "blocked" {
        return word("BLOCKED_DUE_BAD_BEHAVIOUR");
    }
    smtp(status)
}

/// SES's `eventType` or `notificationType`, other than `Bounce`.
pub(in crate::hook) fn ses(event: &str) -> Word {
    match event {
        "Send" => word("SENT"),
        "Delivery" => word("DELIVERED"),
        "DeliveryDelay" => word("BOUNCED"),
        "Complaint" => complained(),
        "Reject" | "Rendering Failure" => blocked_by_provider(),
        "Open" => word("OPEN"),
        "Click" => word("CLICK"),
        "Subscription" => unsubscribed(),
        other => word(other),
    }
}

/// SES's bounce. `Transient` also stands for replies of people on holiday, so it is a failure for now: if the message was
/// delivered, that wins.
pub(in crate::hook) fn ses_bounce(kind: &str, sub_kind: &str, status: &str) -> Word {
    match (kind, sub_kind) {
        ("Permanent", "Suppressed" | "OnAccountSuppressionList") => {
            blocked_by_provider().suppress(SuppressionSource::Carrier)
        }
        ("Permanent", "NoEmail") => {
            word("BOUNCED_PERMANENT").suppress(SuppressionSource::HardFailure)
        }
        ("Permanent", _) => smtp(if status.is_empty() { "5.0.0" } else { status }),
        _ => word("BOUNCED"),
    }
}

/// Mailgun's `event`; `failed` by its severity, reason and status.
pub(in crate::hook) fn mailgun(event: &str, severity: &str, reason: &str, status: &str) -> Word {
    match (event, severity, reason) {
        ("accepted", ..) => word("SENT"),
        ("rejected", ..) => blocked_by_provider(),
        ("delivered", ..) => word("DELIVERED"),
        ("failed", "temporary", _) => word("BOUNCED"),
        ("failed", _, "suppress-bounce" | "suppress-complaint" | "suppress-unsubscribe") => {
            blocked_by_provider().suppress(SuppressionSource::Carrier)
        }
        // Too old: tried for as long as it tries.
        ("failed", _, "old") => word("EXHAUSTED"),
        ("failed", ..) => smtp(status),
        ("opened", ..) => word("OPEN"),
        ("clicked", ..) => word("CLICK"),
        ("unsubscribed", ..) => unsubscribed(),
        ("complained", ..) => complained(),
        (other, ..) => word(other),
    }
}

/// Postmark's bounce `Type`. What is no failure (an automatic answer, a changed address) keeps its own word.
pub(in crate::hook) fn postmark_bounce(kind: &str) -> Word {
    match kind {
        "HardBounce" | "BadEmailAddress" => {
            word("BOUNCED_PERMANENT").suppress(SuppressionSource::HardFailure)
        }
        "Transient" | "SoftBounce" | "DnsError" | "Unknown" => word("BOUNCED"),
        "SpamNotification" | "Blocked" | "VirusNotification" | "DMARCPolicy" => {
            word("BLOCKED_DUE_BAD_BEHAVIOUR")
        }
        "ManuallyDeactivated" => blocked_by_provider().suppress(SuppressionSource::Carrier),
        "SMTPApiError" | "InboundError" | "TemplateRenderingFailed" | "Unconfirmed" => {
            blocked_by_provider()
        }
        "SpamComplaint" => complained(),
        "Unsubscribe" => unsubscribed(),
        other => word(other),
    }
}

/// Resend's `type` without `email.`; a bounce by its type and sub-type.
pub(in crate::hook) fn resend(event: &str, kind: &str, sub_kind: &str) -> Word {
    match (event, kind, sub_kind) {
        ("scheduled", ..) => word("QUEUE"),
        ("sent", ..) => word("SENT"),
        ("delivered", ..) => word("DELIVERED"),
        ("delivery_delayed", ..) => word("BOUNCED"),
        ("bounced", "Permanent", "Suppressed") => {
            blocked_by_provider().suppress(SuppressionSource::Carrier)
        }
        ("bounced", "Permanent", _) => {
            word("BOUNCED_PERMANENT").suppress(SuppressionSource::HardFailure)
        }
        ("bounced", ..) => word("BOUNCED"),
        ("complained", ..) => complained(),
        ("opened", ..) => word("OPEN"),
        ("clicked", ..) => word("CLICK"),
        ("failed", ..) => blocked_by_provider(),
        ("suppressed", ..) => blocked_by_provider().suppress(SuppressionSource::Carrier),
        (other, ..) => word(other),
    }
}
