use domain::EventKind;
use reqwest::{StatusCode, header::HeaderMap};

use super::*;

fn reply(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    Reply {
        status: StatusCode::from_u16(status).unwrap(),
        headers: map,
        body: body.as_bytes().to_vec(),
    }
}

fn refusal(reply: &Reply, is_proven: bool) -> (EventKind, String, bool) {
    match outcome(reply, is_proven) {
        Submission::Refused {
            kind,
            raw,
            is_device_gone,
            ..
        } => (kind, raw, is_device_gone),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_answer_has_its_word() {
    use EventKind::{Failed, Unsent};
    for (status, kind, raw, is_gone) in [
        (400, Unsent, "INVALID_MESSAGE", false),
        (404, Failed, "UNREGISTERED", true),
        (410, Failed, "UNREGISTERED", true),
        (413, Unsent, "PAYLOAD_LIMIT_EXCEEDED", false),
        (418, Failed, "NOT_CONTEMPLATED_ERROR", false),
        (307, Failed, "NOT_CONTEMPLATED_ERROR", false),
    ] {
        let found = refusal(&reply(status, &[], ""), false);
        assert_eq!(found, (kind, raw.to_owned(), is_gone), "{status}");
    }
    for status in [200, 201, 202] {
        assert_eq!(
            outcome(&reply(status, &[], ""), false),
            accepted(None),
            "{status}"
        );
    }
    for (status, headers) in [(500, &[][..]), (502, &[]), (503, &[]), (504, &[])] {
        let found = outcome(&reply(status, headers, ""), true);
        assert!(matches!(found, Submission::Uncertain { .. }), "{status}");
    }
}

#[test]
fn one_browser_asked_to_wait_does_not_stop_the_account() {
    for status in [429, 503] {
        let Submission::Later {
            after, is_account, ..
        } = outcome(&reply(status, &[("retry-after", "30")], ""), false)
        else {
            panic!("{status}");
        };
        assert_eq!(after.map(|wait| wait.as_secs()), Some(30), "{status}");
        assert!(!is_account, "{status}");
    }
}

#[test]
fn a_stranger_can_not_stop_the_account_by_a_subscription_with_another_key() {
    for (status, body) in [
        (
            403,
            "the VAPID credentials in the authorization header do not correspond to the credentials used to \
             create the subscriptions.\n",
        ),
        (
            401,
            r#"{"code":401,"errno":109,"message":"VAPID public key mismatch"}"#,
        ),
        (400, r#"{"reason":"VapidPkHashMismatch"}"#),
    ] {
        let found = refusal(&reply(status, &[], body), false);
        assert_eq!(
            found,
            (EventKind::Failed, "MISMATCHED_TOKEN".to_owned(), false),
            "{body}"
        );
    }
    let strange = reply(403, &[], "");
    assert!(matches!(
        outcome(&strange, false),
        Submission::Account { .. }
    ));
    assert_eq!(refusal(&strange, true).1, "MISMATCHED_TOKEN");
}
