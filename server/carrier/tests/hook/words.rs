//! The tables of reference §4.3, and keywords.

use carrier::hook::{Keyword, keyword, words::kind};
use domain::{Channel as C, EventKind as K};

#[test]
fn the_tables_are_those_of_the_reference() {
    let table: &[(C, &[&str], K)] = &[
        (C::Sms, &["QUEUE", "DEQUEUED"], K::Queued),
        (
            C::Sms,
            &[
                "CODE_NOT_ALLOWED",
                "BLACKLISTED",
                "SEGMENTS_EXCEEDED",
                "EXHAUSTED",
            ],
            K::Unsent,
        ),
        (
            C::Sms,
            &["SENT", "ENROUTE", "ACCEPTD", "UNKNOWN", "INCOMPLETE"],
            K::Sent,
        ),
        (C::Sms, &["DELIVRD"], K::Delivered),
        (
            C::Sms,
            &[
                "INVALID_ROUTING",
                "EXPIRED",
                "UNDELIV",
                "REJECTD",
                "DELETED",
            ],
            K::Failed,
        ),
        (C::Email, &["DEQUEUED"], K::Queued),
        (
            C::Email,
            &[
                "NOT_SENT",
                "BAD_TO",
                "BAD_FROM",
                "BLACKLISTED",
                "INCOMPLETE",
            ],
            K::Unsent,
        ),
        (C::Email, &["SENT"], K::Sent),
        (C::Email, &["OPEN"], K::Opened),
        (C::Email, &["CLICK"], K::Clicked),
        (C::Email, &["BOUNCED"], K::SoftFailed),
        (
            C::Email,
            &[
                "EXHAUSTED",
                "BOUNCED_PERMANENT",
                "BLOCKED_DUE_BAD_BEHAVIOUR",
            ],
            K::Failed,
        ),
        (C::Email, &["COMPLAINED"], K::Complained),
        (C::Push, &["DEQUEUED"], K::Queued),
        (C::Push, &["SENT"], K::Sent),
        (
            C::Push,
            &[
                "NOT_SENT",
                "AUTH_MISSING",
                "AUTH_ERROR",
                "INVALID_MESSAGE",
                "PAYLOAD_LIMIT_EXCEEDED",
                "BAD_PLATFORM",
                "INCOMPLETE",
            ],
            K::Unsent,
        ),
        (
            C::Push,
            &[
                "EXHAUSTED",
                "BAD_DEVICE_TOKEN",
                "MISMATCHED_TOKEN",
                "UNREGISTERED",
                "DEVICE_QUOTA_EXCEEDED",
                "SERVER_UNAVAILABLE",
                "SERVER_ERROR",
                "NOT_CONTEMPLATED_ERROR",
            ],
            K::Failed,
        ),
        (C::WhatsApp, &["QUEUE", "DEQUEUED"], K::Queued),
        (
            C::WhatsApp,
            &[
                "CODE_NOT_ALLOWED",
                "INCOMPLETE",
                "BLACKLISTED",
                "QUOTA_EXCEEDED",
            ],
            K::Unsent,
        ),
        (C::WhatsApp, &["SENT"], K::Sent),
        (C::WhatsApp, &["DELIVERED"], K::Delivered),
        (C::WhatsApp, &["READ"], K::Read),
        (C::WhatsApp, &["FAILED", "UNDELIVERED"], K::Failed),
        (C::Rcs, &["SENT", "FALLBACK"], K::Sent),
        (C::Rcs, &["DELIVERED"], K::Delivered),
        (C::Rcs, &["READ"], K::Read),
        (C::Rcs, &["NOT_SENT"], K::Failed),
        (C::Rcs, &["INCOMPLETE"], K::Unsent),
    ];
    for (channel, words, expected) in table {
        for word in *words {
            assert_eq!(kind(*channel, word), Some(*expected), "{channel:?} {word}");
            assert_eq!(kind(*channel, &word.to_lowercase()), Some(*expected));
        }
    }
    for channel in C::ALL {
        assert_eq!(kind(channel, ""), None);
        assert_eq!(kind(channel, "NEVER_HEARD_OF"), None);
    }
}

#[test]
fn keywords_are_the_whole_message() {
    for word in [
        "STOP",
        "stopall",
        "Unsubscribe",
        "CANCEL",
        "End",
        "quit",
        "OptOut",
        "revoke",
        " Stop! ",
        "opt-out",
        "“Stop”",
        "STOP 🛑",
        "stop\n",
    ] {
        assert_eq!(keyword(word), Some(Keyword::Stop), "{word}");
    }
    for word in ["START", "unstop", "Yes."] {
        assert_eq!(keyword(word), Some(Keyword::Start), "{word}");
    }
    for word in ["HELP", "info?"] {
        assert_eq!(keyword(word), Some(Keyword::Help), "{word}");
    }
    for text in [
        "",
        "!",
        "please stop",
        "stop it",
        "nonstop",
        "yes please",
        "the end",
        "stopstopstopstopstop",
    ] {
        assert_eq!(keyword(text), None, "{text}");
    }
}
