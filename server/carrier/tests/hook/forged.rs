//! What isn't the provider's is refused, whatever it says.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use carrier::{
    Settings, check_settings,
    hook::{CERTIFICATE, Incoming, Verdict, certificate_url, receive},
};
use chrono::TimeDelta;
use domain::carrier::Protocol as P;
use serde_json::json;

use crate::support::{
    self, PROTOCOLS, Request, TOPIC, items, mailgun, notification, now, settings, signed, sns,
    standard, twilio,
};

/// A body that each protocol can read.
fn body(protocol: P) -> Vec<u8> {
    match protocol {
        P::Smtp => b"From: a\r\nTo: b\r\n\r\ntext".to_vec(),
        P::Twilio => b"MessageSid=SM1&MessageStatus=sent".to_vec(),
        P::MetaWhatsApp => br#"{"object":"whatsapp_business_account","entry":[]}"#.to_vec(),
        P::SendGridEvents => br#"[{"event":"open","sg_event_id":"e1"}]"#.to_vec(),
        P::PostmarkEvents => br#"{"RecordType":"Open","MessageID":"m1"}"#.to_vec(),
        P::InfobipEvents => br#"{"results":[]}"#.to_vec(),
        _ => br#"{"event":"opened","eventId":"e1"}"#.to_vec(),
    }
}

#[test]
fn a_request_without_its_proof_is_refused() {
    for protocol in PROTOCOLS {
        let good = signed(protocol, &body(protocol));
        assert!(
            matches!(good.received(protocol), Verdict::Items { .. }),
            "{protocol}"
        );
        if matches!(protocol, P::SesEvents | P::MailgunEvents) {
            continue; // The proof is in the body; see below.
        }
        let bare = Request {
            headers: Vec::new(),
            ..good.clone()
        };
        assert!(
            matches!(bare.received(protocol), Verdict::Forged(_)),
            "{protocol}"
        );
        for (at, (name, _)) in good.headers.iter().enumerate() {
            let mut other = good.clone();
            other.headers[at].1 = match name.as_str() {
                "authorization" => "Basic ZXZlbnRzOndyb25n".to_owned(),
                _ => other.headers[at].1.replace(['a', 'b', '1', '2'], "c"),
            };
            if other.headers[at].1 == good.headers[at].1 {
                other.headers[at].1.push('9');
            }
            assert!(
                !matches!(other.received(protocol), Verdict::Items { .. }),
                "{protocol} {name}"
            );
        }
        let get = Request {
            method: "PUT".to_owned(),
            ..good
        };
        assert!(
            matches!(get.received(protocol), Verdict::Unreadable(_)),
            "{protocol}"
        );
    }
    for protocol in [P::Sandbox, P::WebPush, P::Fcm] {
        assert!(matches!(
            Request::post(&[], "x").received(protocol),
            Verdict::Forged(_)
        ));
    }
}

#[test]
fn a_changed_body_is_refused_where_it_is_signed() {
    for protocol in [
        P::Twilio,
        P::MetaWhatsApp,
        P::SendGridEvents,
        P::ResendEvents,
        P::StandardEvents,
    ] {
        let mut request = signed(protocol, &body(protocol));
        request.body.extend_from_slice(if protocol == P::Twilio {
            b"&Body=x"
        } else {
            b" "
        });
        assert!(
            matches!(request.received(protocol), Verdict::Forged(_)),
            "{protocol}"
        );
    }
    let mut rbm = signed(P::RbmEvents, &body(P::RbmEvents));
    rbm.body = json!({ "message": { "data": BASE64_STANDARD.encode("{}") } })
        .to_string()
        .into_bytes();
    assert!(matches!(rbm.received(P::RbmEvents), Verdict::Forged(_)));
}

#[test]
fn signatures_grow_old() {
    let at = |seconds: i64| (now() + TimeDelta::seconds(seconds)).timestamp();
    for (seconds, is_taken) in [(-299, true), (299, true), (-301, false), (301, false)] {
        let request = standard("webhook", "msg_1", at(seconds), b"{\"type\":\"x\"}");
        let verdict = request.received(P::StandardEvents);
        assert_eq!(
            matches!(verdict, Verdict::Items { .. }),
            is_taken,
            "{seconds}"
        );
    }
    for (seconds, is_taken) in [
        (-12 * 3_600 + 60, true),
        (-12 * 3_600 - 60, false),
        (240, true),
        (360, false),
    ] {
        let verdict = mailgun(b"{\"event\":\"opened\"}", at(seconds)).received(P::MailgunEvents);
        assert_eq!(
            matches!(verdict, Verdict::Items { .. }),
            is_taken,
            "{seconds}"
        );
    }
}

#[test]
fn one_signature_of_a_list_is_enough_and_both_names_of_headers_count() {
    let good = standard("svix", "msg_1", now().timestamp(), b"{\"type\":\"x\"}");
    let mut rotated = good.clone();
    rotated.headers[2].1 = format!("v1,AAAA v2,xyz v1a,AAAA nonsense {}", good.headers[2].1);
    assert_eq!(items(rotated.received(P::StandardEvents))[0].key, "msg_1");
    let mut many = good.clone();
    many.headers[2].1 = format!("{}{}", "v1,AAAA ".repeat(50), good.headers[2].1);
    assert!(
        matches!(many.received(P::StandardEvents), Verdict::Forged(_)),
        "a list without end"
    );
    let pair = settings(P::ResendEvents).with(
        "signing_secret",
        format!(
            "whsec_{} {}",
            BASE64_STANDARD.encode("an older secret"),
            settings(P::ResendEvents).get("signing_secret").unwrap()
        ),
    );
    assert!(matches!(
        receive(P::ResendEvents, &pair, &good.incoming(), now()),
        Ok(Verdict::Items { .. })
    ));
}

#[test]
fn mailgun_tokens_are_the_keys_because_bodies_are_not_signed() {
    let good = mailgun(b"{\"event\":\"opened\"}", now().timestamp());
    let swapped = Request {
        body: String::from_utf8(good.body.clone())
            .unwrap()
            .replace("opened", "clicked")
            .into_bytes(),
        ..good.clone()
    };
    let (first, second) = (
        items(good.received(P::MailgunEvents)),
        items(swapped.received(P::MailgunEvents)),
    );
    assert_eq!(
        first[0].key, second[0].key,
        "whoever keeps keys once keeps the first"
    );
    let broken = Request {
        body: String::from_utf8(good.body.clone())
            .unwrap()
            .replacen("\"signature\":\"", "\"signature\":\"0", 1)
            .into_bytes(),
        ..good
    };
    assert!(matches!(
        broken.received(P::MailgunEvents),
        Verdict::Forged(_)
    ));
}

#[test]
fn a_certificate_comes_from_amazon_or_nowhere() {
    let account = Settings::new(BTreeMap::from([("topic_arn".to_owned(), TOPIC.to_owned())]));
    let url = |account: &Settings, address: &str| {
        let mut envelope = notification("{}");
        envelope["SigningCertURL"] = address.into();
        let request = sns(&envelope);
        certificate_url(P::SesEvents, account, &request.incoming())
    };
    let pem = "SimpleNotificationService-1.pem";
    for host in [
        "sns.eu-west-1.amazonaws.com",
        "sns.cn-north-1.amazonaws.com.cn",
    ] {
        let address = format!("https://{host}/{pem}");
        assert_eq!(url(&account, &address), Some(address));
    }
    for address in [
        format!("http://sns.eu-west-1.amazonaws.com/{pem}"),
        format!("https://sns.eu-west-1.amazonaws.com.evil.example/{pem}"),
        format!("https://evil.example/sns.eu-west-1.amazonaws.com/{pem}"),
        format!("https://sns.eu-west-1.amazonaws.com@evil.example/{pem}"),
        format!("https://x@sns.eu-west-1.amazonaws.com/{pem}"),
        format!("https://sns.eu-west-1.amazonaws.com:8443/{pem}"),
        format!("https://sns.a.b.amazonaws.com/{pem}"),
        format!("https://s3.eu-west-1.amazonaws.com/{pem}"),
        format!("https://sns..amazonaws.com/{pem}"),
        "https://sns.eu-west-1.amazonaws.com/x.pem?y=x.txt"
            .to_owned()
            .replace("x.pem", "x.txt"),
        "https://sns.eu-west-1.amazonaws.com/x.txt#.pem".to_owned(),
        "file:///etc/x.pem".to_owned(),
        String::new(),
    ] {
        assert_eq!(url(&account, &address), None, "{address}");
    }
    let double = account
        .clone()
        .with("certificate_base", "http://127.0.0.1:5000");
    assert_eq!(
        url(
            &double,
            &format!("https://sns.eu-west-1.amazonaws.com/{pem}")
        ),
        Some(format!("http://127.0.0.1:5000/{pem}"))
    );
    assert_eq!(url(&double, &format!("https://evil.example/{pem}")), None);

    let stranger = account
        .clone()
        .with("topic_arn", "arn:aws:sns:eu-west-1:999:other");
    let good = format!("https://sns.eu-west-1.amazonaws.com/{pem}");
    assert_eq!(
        url(&stranger, &good),
        None,
        "nothing is fetched for a stranger"
    );

    let request = sns(&notification("{}"));
    let missing = receive(P::SesEvents, &account, &request.incoming(), now()).unwrap_err();
    assert_eq!(missing.field, CERTIFICATE);
    assert_eq!(
        certificate_url(P::Twilio, &account, &request.incoming()),
        None
    );
}

#[test]
fn sns_envelopes_are_believed_only_of_the_topic_and_unchanged() {
    let good = notification("{\"eventType\":\"Send\"}");
    assert_eq!(
        items(sns(&good).received(P::SesEvents))[0].key,
        "5f2f1b0e-7b58-5d3b-9c61-40a2d5a1e0aa"
    );
    let with = |name: &str, value: &str| {
        let mut envelope = good.clone();
        envelope[name] = value.into();
        sns(&envelope)
    };
    assert!(matches!(
        with("TopicArn", "arn:aws:sns:eu-west-1:999:other").received(P::SesEvents),
        Verdict::Forged(_)
    ));
    assert!(
        matches!(
            with("SignatureVersion", "1").received(P::SesEvents),
            Verdict::Forged(_)
        ),
        "signed by the other algorithm"
    );
    assert!(matches!(
        with("SignatureVersion", "3").received(P::SesEvents),
        Verdict::Forged(_)
    ));
    assert!(matches!(
        with("SigningCertURL", "https://evil.example/a.pem").received(P::SesEvents),
        Verdict::Forged(_)
    ));
    let mut changed = sns(&good);
    changed.body = String::from_utf8(changed.body)
        .unwrap()
        .replace("Send", "Open")
        .into_bytes();
    assert!(matches!(changed.received(P::SesEvents), Verdict::Forged(_)));

    let late = receive(
        P::SesEvents,
        &settings(P::SesEvents),
        &sns(&good).incoming(),
        now() + TimeDelta::days(40_000),
    )
    .unwrap();
    assert!(
        matches!(late, Verdict::Forged(_)),
        "the certificate has ended: {late:?}"
    );
    let early = receive(
        P::SesEvents,
        &settings(P::SesEvents),
        &sns(&good).incoming(),
        now() - TimeDelta::days(400),
    )
    .unwrap();
    assert!(
        matches!(early, Verdict::Forged(_)),
        "the certificate has not begun: {early:?}"
    );
    let other = settings(P::SesEvents).with(
        CERTIFICATE,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    );
    assert!(matches!(
        receive(P::SesEvents, &other, &sns(&good).incoming(), now()),
        Ok(Verdict::Forged(_))
    ));
}

#[test]
fn a_subscription_is_confirmed_at_amazon_only() {
    let ask = |address: &str, account: &Settings| {
        let mut envelope = notification("You have chosen to subscribe");
        envelope["Type"] = "SubscriptionConfirmation".into();
        envelope["Token"] = "2336412f37".into();
        envelope["SubscribeURL"] = address.into();
        receive(P::SesEvents, account, &sns(&envelope).incoming(), now()).unwrap()
    };
    let good = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37";
    let account = settings(P::SesEvents);
    assert_eq!(
        ask(good, &account),
        Verdict::Confirm {
            url: good.to_owned()
        }
    );
    for bad in [
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/?Action=ConfirmSubscription",
        "https://sns.eu-west-1.amazonaws.com.evil.example/",
    ] {
        assert!(matches!(ask(bad, &account), Verdict::Forged(_)), "{bad}");
    }
    let double = account.with("certificate_base", "http://127.0.0.1:5000");
    assert_eq!(
        ask(good, &double),
        Verdict::Confirm {
            url: "http://127.0.0.1:5000/?Action=ConfirmSubscription&Token=2336412f37".to_owned()
        }
    );
    let mut end = notification("gone");
    end["Type"] = "UnsubscribeConfirmation".into();
    assert!(matches!(
        sns(&end).received(P::SesEvents),
        Verdict::Answer(_)
    ));
}

#[test]
fn twilio_signs_an_address_with_or_without_the_standard_port() {
    let form = b"MessageSid=SM1&MessageStatus=sent&MediaUrl=b&MediaUrl=a&MediaUrl=b";
    for (theirs, ours) in [
        (
            "https://reports.example.com/hooks/1?m=Key123456",
            "https://reports.example.com/hooks/1?m=Key123456",
        ),
        (
            "https://reports.example.com:443/hooks/1?m=Key123456",
            "https://reports.example.com/hooks/1?m=Key123456",
        ),
        (
            "https://reports.example.com/hooks/1?m=Key123456",
            "https://reports.example.com:443/hooks/1?m=Key123456",
        ),
        (
            "http://reports.example.com:80/hooks/1",
            "http://reports.example.com/hooks/1",
        ),
        (
            "https://reports.example.com:8443/hooks/1",
            "https://reports.example.com:8443/hooks/1",
        ),
    ] {
        let request = Request {
            url: ours.to_owned(),
            ..twilio(theirs, form)
        };
        assert!(
            matches!(request.received(P::Twilio), Verdict::Items { .. }),
            "{theirs} {ours}"
        );
    }
    for (theirs, ours) in [
        (
            "https://reports.example.com/hooks/1?m=Key123456",
            "https://reports.example.com/hooks/1?m=Other9999",
        ),
        (
            "https://reports.example.com/hooks/1",
            "https://evil.example/hooks/1",
        ),
        (
            "https://reports.example.com/hooks/1",
            "http://reports.example.com/hooks/1",
        ),
    ] {
        let request = Request {
            url: ours.to_owned(),
            ..twilio(theirs, form)
        };
        assert!(
            matches!(request.received(P::Twilio), Verdict::Forged(_)),
            "{theirs} {ours}"
        );
    }
}

#[test]
fn settings_that_cannot_work_are_told_before_they_are_kept() {
    let with = |protocol: P, name: &str, value: &str| {
        check_settings(protocol, &settings(protocol).with(name, value))
    };
    for protocol in PROTOCOLS {
        assert_eq!(
            check_settings(protocol, &settings(protocol)),
            Ok(()),
            "{protocol}"
        );
    }
    for (protocol, name, value) in [
        (P::SendGridEvents, "public_key", "not base64!"),
        (P::SendGridEvents, "public_key", "AAAA"),
        (P::SesEvents, "topic_arn", "arn:aws:sqs:eu-west-1:1:queue"),
        (P::SesEvents, "topic_arn", "my-topic"),
        (P::SesEvents, "certificate_base", "127.0.0.1:5000"),
        (P::ResendEvents, "signing_secret", "whsec_!"),
        (P::StandardEvents, "signing_secret", "whpk_AAAA"),
        (P::StandardEvents, "signing_secret", "whsk_AAAA"),
        (P::PostmarkEvents, "username", "a:b"),
        (P::Smtp, "bounce_token", "short"),
        (P::MailgunEvents, "signing_key", "  "),
    ] {
        let error = with(protocol, name, value).unwrap_err();
        assert_eq!(error.field, name, "{protocol}");
    }
    assert_eq!(
        with(P::SesEvents, "topic_arn", "arn:aws-cn:sns:cn-north-1:1:t"),
        Ok(())
    );
}

#[test]
fn long_keys_and_keys_with_control_characters_are_hashed() {
    let of = |id: &str| {
        items(
            signed(
                P::SendGridEvents,
                json!([{ "event": "open", "sg_event_id": id }])
                    .to_string()
                    .as_bytes(),
            )
            .received(P::SendGridEvents),
        )
        .remove(0)
        .key
    };
    assert_eq!(of("abc"), "abc");
    assert_eq!(of(&"a".repeat(200)).len(), 200);
    let (long, other) = (of(&"a".repeat(201)), of(&"a".repeat(202)));
    assert!(long.starts_with("sha256:") && long != other);
    assert!(of("a\u{0}b").starts_with("sha256:"));
}

#[test]
fn an_address_is_never_taken_from_a_header() {
    let good = twilio(
        &format!("{}?m=Key123456", support::URL),
        b"MessageSid=SM1&MessageStatus=sent",
    );
    let mut headers = good.headers.clone();
    headers.push(("host".to_owned(), "evil.example".to_owned()));
    let request = Incoming {
        headers: &headers,
        ..good.incoming()
    };
    assert!(matches!(
        receive(P::Twilio, &settings(P::Twilio), &request, now()),
        Ok(Verdict::Items { .. })
    ));
}
