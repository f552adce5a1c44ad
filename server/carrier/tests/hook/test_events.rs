//! Test events of Settings are genuine: they pass the check they are for, and are about no message.

use carrier::hook::{Notice, TEST_MESSAGE, read, sign_test_event};
use chrono::TimeDelta;
use domain::carrier::Protocol as P;

use crate::support::{PROTOCOLS, Request, URL, items, now, settings};

#[test]
fn a_test_event_passes_the_check_it_is_for() {
    for protocol in PROTOCOLS {
        if matches!(protocol, P::SendGridEvents | P::SesEvents) {
            let error = sign_test_event(protocol, &settings(protocol), URL, now()).unwrap_err();
            assert!(error.message.starts_with("only "), "{error}");
            continue;
        }
        let make = |at| {
            let made = sign_test_event(protocol, &settings(protocol), URL, at).unwrap();
            Request {
                headers: made.headers,
                ..Request::post(&[], made.body)
            }
        };
        let kept = items(make(now()).received(protocol));
        assert_eq!(kept.len(), 1, "{protocol}");
        let told = read(protocol, &kept[0].body).unwrap();
        let [Notice::Status(status)] = &told[..] else {
            panic!("{protocol}: {told:?}")
        };
        assert!(status.kind.is_some(), "{protocol}: {status:?}");
        if protocol == P::Twilio {
            assert_eq!(status.message, None, "the key would be in the address");
        } else {
            assert_eq!(status.message.as_deref(), Some(TEST_MESSAGE), "{protocol}");
        }
        let later = items(make(now() + TimeDelta::milliseconds(1)).received(protocol));
        assert_ne!(
            kept[0].key, later[0].key,
            "{protocol}: another event each time"
        );
        assert_eq!(kept, items(make(now()).received(protocol)), "{protocol}");
    }
    for protocol in [P::Sandbox, P::WebPush, P::Fcm] {
        assert!(sign_test_event(protocol, &settings(protocol), URL, now()).is_err());
    }
}

#[test]
fn without_its_secret_an_account_signs_nothing() {
    let public =
        settings(P::StandardEvents).with("signing_secret", format!("whpk_{}=", "A".repeat(43)));
    let error = sign_test_event(P::StandardEvents, &public, URL, now()).unwrap_err();
    assert_eq!(error.field, "signing_secret");
    let bare = settings(P::Smtp).with("bounce_token", " ");
    assert_eq!(
        sign_test_event(P::Smtp, &bare, URL, now())
            .unwrap_err()
            .field,
        "bounce_token"
    );
}
