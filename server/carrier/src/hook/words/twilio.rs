//! Twilio's message statuses and error codes.

use domain::{Channel, contact::SuppressionSource};

use super::{Word, error_text};

/// A message status. Twilio took the message before it says any of them, so none of them means *unsent*.
pub(in crate::hook) fn twilio(channel: Channel, status: &str) -> Word {
    let status = status.trim().to_ascii_lowercase();
    let raw = match (status.as_str(), channel) {
        ("accepted" | "queued" | "scheduled", _) => "QUEUE",
        ("sending", _) => "DEQUEUED",
        ("sent", _) => "SENT",
        ("delivered", Channel::Sms) => "DELIVRD",
        ("undelivered", Channel::Sms) => "UNDELIV",
        ("failed", Channel::Sms) => "REJECTD",
        ("canceled", Channel::Sms) => "DELETED",
        ("partially_delivered", Channel::Sms) => "INCOMPLETE",
        ("undelivered" | "failed" | "canceled", Channel::Rcs) => "NOT_SENT",
        ("canceled", Channel::WhatsApp) => "FAILED",
        (other, _) => other,
    };
    Word::new(channel, raw)
}

/// What an error code means: a reason, and whether the address is not to be written to again.
pub(in crate::hook) fn twilio_error(
    code: &str,
    said: Option<&str>,
) -> (Option<String>, Option<SuppressionSource>) {
    let (meaning, suppress) = match code {
        "21211" => (Some("not a number that can be written to"), Some(HARD)),
        "21408" => (Some("country not enabled in the account"), None),
        "21610" => (
            Some("the recipient has opted out by STOP"),
            Some(SuppressionSource::Carrier),
        ),
        "21612" => (Some("no route from this sender to the number"), None),
        "21614" => (Some("not a mobile number"), Some(HARD)),
        "21617" => (Some("longer than 1,600 characters"), None),
        "30001" => (Some("too many messages waiting at the carrier"), None),
        "30002" => (Some("the account is suspended"), None),
        "30003" => (Some("unreachable: phone off or out of coverage"), None),
        "30004" => (Some("blocked: the phone takes no such messages"), None),
        "30005" => (Some("unknown number, no longer in use"), Some(HARD)),
        "30006" => (
            Some("landline, or a carrier that can't be reached"),
            Some(HARD),
        ),
        "30007" => (Some("filtered by the carrier"), None),
        "30008" => (Some("failed without a reason from the carrier"), None),
        "30010" => (Some("dearer than the limit set for a message"), None),
        "30022" | "30023" => (Some("over the limit registered with US carriers"), None),
        "30032" => (Some("toll-free sender not verified"), None),
        "30034" => (Some("sender not registered with US carriers (10DLC)"), None),
        "30036" => (Some("not delivered within its validity"), None),
        "63003" | "63024" => (Some("no account of this channel at the number"), Some(HARD)),
        "63007" => (Some("the sender is not set up for this channel"), None),
        "63016" => (Some("outside the 24 hours in which free text may go"), None),
        "63018" => (Some("over the channel's limit"), None),
        "63032" | "63049" => (Some("held back by WhatsApp for this person"), None),
        _ => (None, None),
    };
    (error_text(code, meaning, said), suppress)
}

const HARD: SuppressionSource = SuppressionSource::HardFailure;
