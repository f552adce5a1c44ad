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
/// Only a status that says the address itself is wrong ends writing to it: 5.1.1 to 5.1.6 and 5.1.10. 5.1.0 doesn't say which
/// address it is about, and mail servers use it of the sender more often; 5.1.7 to 5.1.9 are about the sender. 5.7 is policy, 4 is
/// a server that gave up trying. Exchange Online writes 5.1.351 for a recipient that another server doesn't know.
pub(in crate::hook) fn smtp(status: &str) -> Word {
    let mut numbers = status.trim().split('.').map(str::parse::<u16>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(5)), Some(Ok(1)), Some(Ok(1..=6 | 10 | 351))) => {
            word("BOUNCED_PERMANENT").suppress(SuppressionSource::HardFailure)
        }
        (Some(Ok(5)), Some(Ok(7)), _) => word("BLOCKED_DUE_BAD_BEHAVIOUR"),
        (Some(Ok(4 | 400..=499)), _, _) => word("EXHAUSTED"),
        _ => word("BOUNCED_PERMANENT"),
    }
}

/// SendGrid's `dropped`, by its reason. What is on a list of SendGrid's is never delivered to again
/// (docs.sendgrid.com, *Event webhook reference*: `dropped`); a content that was refused says nothing of the address.
pub(in crate::hook) fn sendgrid_drop(reason: &str) -> Word {
    match reason.trim().to_ascii_lowercase().as_str() {
        "bounced address" | "invalid" => blocked_by_provider().suppress(SuppressionSource::Carrier),
        "spam reporting address" => blocked_by_provider().suppress(SuppressionSource::Complaint),
        "unsubscribed address" => blocked_by_provider().suppress(SuppressionSource::User),
        _ => blocked_by_provider(),
    }
}

/// SendGrid's `event`, other than `bounce` and `dropped`.
pub(in crate::hook) fn sendgrid(event: &str) -> Word {
    match event {
        "processed" => word("SENT"),
        "deferred" => word("BOUNCED"),
        "spamreport" => complained(),
        "unsubscribe" | "group_unsubscribe" => unsubscribed(),
        other => word(other),
    }
}

/// SendGrid's `bounce`, by its `type`, `status` and `bounce_classification`. `blocked` is a refusal for now by policy; `expired`
/// was tried for as long as SendGrid tries. After a hard bounce (`type` is `bounce`) SendGrid drops whatever goes to the address.
pub(in crate::hook) fn sendgrid_bounce(kind: &str, status: &str, classification: &str) -> Word {
    match kind {
        "blocked" => word("BLOCKED_DUE_BAD_BEHAVIOUR"),
        "expired" => word("EXHAUSTED"),
        _ if classification == "Invalid Address" => {
            word("BOUNCED_PERMANENT").suppress(SuppressionSource::HardFailure)
        }
        "bounce" => listed(smtp(status)),
        _ => smtp(status),
    }
}

/// A failure after which the provider's own list has the address, whatever the code says.
fn listed(word: Word) -> Word {
    match word.suppress {
        Some(_) => word,
        None => word.suppress(SuppressionSource::Carrier),
    }
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
        // "You should immediately remove the recipient's email address from your mailing list" (AWS, *Bounce types*: Permanent,
        // General). Policy is no fault of the address.
        ("Permanent", "General" | "Undetermined") if !status.starts_with("5.7") => {
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
        // Held back because the address is on Mailgun's lists of bounces, unsubscriptions and complaints.
        ("failed", ..) if matches!(status, "605" | "606" | "607") => {
            blocked_by_provider().suppress(SuppressionSource::Carrier)
        }
        // A refusal by policy.
        ("failed", _, "espblock") => word("BLOCKED_DUE_BAD_BEHAVIOUR"),
        // What Mailgun puts on its list of bounces (documentation.mailgun.com, *Bounces*).
        ("failed", _, "bounce") if !status.starts_with('4') && !status.starts_with("5.7") => {
            listed(smtp(status))
        }
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
