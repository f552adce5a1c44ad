use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use domain::content::{WhatsAppButton, WhatsAppHeader};

use super::*;
use crate::{
    WhatsAppBody, WhatsAppValue,
    hook::{Keyword, Notice},
};

fn settings(fields: &[(&str, &str)]) -> Settings {
    Settings::new(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

fn sms(message: &str) -> Outgoing {
    Outgoing {
        message: message.to_owned(),
        from: "+15550100".to_owned(),
        to: "+15550101".to_owned(),
        callback: None,
        body: OutgoingBody::Sms {
            text: "Hello".to_owned(),
        },
    }
}

fn facts(message: &str, channel: Channel) -> Facts<'_> {
    Facts {
        message,
        channel,
        from: "sender",
        to: "recipient",
        links: 3,
    }
}

fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// Words of §4.3 per channel; `DELIVERED`, `OPENED`, `CLICK` and `UNSUBSCRIBED` are ours where it names none.
fn vocabulary(channel: Channel) -> BTreeSet<&'static str> {
    let words = match channel {
        Channel::Sms => {
            "QUEUE DEQUEUED CODE_NOT_ALLOWED BLACKLISTED SEGMENTS_EXCEEDED EXHAUSTED INCOMPLETE SENT ENROUTE \
             INVALID_ROUTING ACCEPTD DELIVRD EXPIRED UNDELIV REJECTD DELETED UNKNOWN CLICK"
        }
        Channel::Email => {
            "DEQUEUED NOT_SENT BAD_TO BAD_FROM BLACKLISTED INCOMPLETE SENT OPEN CLICK EXHAUSTED BOUNCED \
             BOUNCED_PERMANENT COMPLAINED BLOCKED_DUE_BAD_BEHAVIOUR UNSUBSCRIBED"
        }
        Channel::Push => {
            "DEQUEUED SENT NOT_SENT AUTH_MISSING AUTH_ERROR INVALID_MESSAGE PAYLOAD_LIMIT_EXCEEDED BAD_PLATFORM \
             INCOMPLETE EXHAUSTED BAD_DEVICE_TOKEN MISMATCHED_TOKEN UNREGISTERED DEVICE_QUOTA_EXCEEDED \
             SERVER_UNAVAILABLE SERVER_ERROR NOT_CONTEMPLATED_ERROR DELIVERED OPENED CLICK"
        }
        Channel::WhatsApp => {
            "QUEUE DEQUEUED CODE_NOT_ALLOWED INCOMPLETE BLACKLISTED QUOTA_EXCEEDED SENT DELIVERED READ FAILED \
             UNDELIVERED CLICK"
        }
        Channel::Rcs => "SENT DELIVERED READ FALLBACK NOT_SENT INCOMPLETE CLICK",
    };
    words.split_whitespace().collect()
}

#[test]
fn every_word_of_every_channel_is_reached_and_no_other() {
    let settings = settings(&[("seed", "7"), ("loss", "30")]);
    let config = Config::new(&settings).unwrap();
    for channel in Channel::ALL {
        let mut met = BTreeSet::new();
        for number in 0..6_000 {
            let message = format!("m{number}");
            match outcome(&config, &message, channel) {
                Submission::Accepted { raw, .. } | Submission::Refused { raw, .. } => {
                    met.insert(raw)
                }
                other => panic!("{other:?}"),
            };
            for (_, item) in receipts(&settings, facts(&message, channel), noon()).unwrap() {
                for notice in read(&item.body).unwrap() {
                    if let Notice::Status(status) = notice {
                        met.insert(status.raw);
                    }
                }
            }
        }
        let met: BTreeSet<&str> = met.iter().map(String::as_str).collect();
        assert_eq!(met, vocabulary(channel), "{channel}");
    }
}

#[test]
fn the_inbox_understands_what_the_simulator_posts() {
    let posts = receipts(
        &settings(&[("loss", "0")]),
        facts("m1", Channel::Rcs),
        noon(),
    )
    .unwrap();
    assert!(!posts.is_empty());
    for (_, item) in posts {
        let understood = crate::hook::read(domain::carrier::Protocol::Sandbox, &item.body);
        assert_eq!(understood, read(&item.body));
    }
}

#[test]
fn the_same_seed_tells_the_same_and_another_seed_something_else() {
    let all = |seed: &str, receipts_: &str| {
        let settings = settings(&[("seed", seed), ("loss", "20"), ("receipts", receipts_)]);
        (0..200)
            .map(|number| {
                receipts(
                    &settings,
                    facts(&format!("m{number}"), Channel::Email),
                    noon(),
                )
                .unwrap()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(all("1", "wild"), all("1", "wild"));
    assert_ne!(all("1", "wild"), all("2", "wild"));
    assert_ne!(all("1", "wild"), all("1", "orderly"));
}

#[test]
fn loss_is_what_was_asked_for_and_none_means_none() {
    for (loss, expected) in [("0", 0.0), ("25", 0.25), ("100", 1.0)] {
        let config = Config::new(&settings(&[("loss", loss)])).unwrap();
        for channel in Channel::ALL {
            let lost = (0..4_000)
                .filter(|number| {
                    let fate = Fate::of(&config, &format!("m{number}"), channel);
                    matches!(
                        fate,
                        Fate::Unsent(_) | Fate::FailedAtOnce(_) | Fate::Failed(_)
                    )
                })
                .count();
            let share = lost as f64 / 4_000.0;
            assert!((share - expected).abs() < 0.03, "{channel} {loss}: {share}");
            if loss == "0" {
                assert!((0..4_000).all(|number| {
                    Fate::of(&config, &format!("m{number}"), channel) == Fate::Delivered
                }));
            }
        }
    }
}

#[test]
fn orderly_receipts_come_as_they_happen_and_wild_ones_late_twice_and_out_of_order() {
    let mut keys = BTreeMap::new();
    let (mut late, mut overtaken, mut unknown) = (0, 0, 0);
    for number in 0..3_000 {
        let message = format!("m{number}");
        let facts = facts(&message, Channel::WhatsApp);
        let mut happened = Vec::new();
        for (posted, item) in receipts(&settings(&[]), facts, noon()).unwrap() {
            let at = read(&item.body)
                .unwrap()
                .into_iter()
                .map(|notice| match notice {
                    Notice::Status(status) => status.at.unwrap(),
                    Notice::Inbound(inbound) => inbound.at.unwrap(),
                    Notice::Consent(_) => unreachable!(),
                });
            happened.extend(at);
            assert_eq!(happened.last(), Some(&posted));
        }
        assert!(happened.is_sorted());
        let mut latest = noon();
        for (posted, item) in receipts(&settings(&[("receipts", "wild")]), facts, noon()).unwrap() {
            for notice in read(&item.body).unwrap() {
                if let Notice::Status(status) = notice {
                    let at = status.at.unwrap();
                    assert!(posted >= at, "posted before it happened");
                    late += u32::from(posted > at);
                    overtaken += u32::from(at < latest);
                    latest = latest.max(at);
                    unknown += u32::from(status.kind.is_none());
                }
            }
            *keys.entry(item.key).or_insert(0) += 1;
        }
    }
    let twice = keys.values().filter(|count| **count > 1).count();
    let renumbered = keys.keys().filter(|key| key.ends_with("-again")).count();
    assert!(late > 300 && overtaken > 300 && unknown > 20 && twice > 300 && renumbered > 50);
}

#[test]
fn people_answer_click_and_leave() {
    let (mut replies, mut stops, mut suppressed) = (0, 0, 0);
    let mut links = BTreeSet::new();
    for number in 0..4_000 {
        let message = format!("m{number}");
        for channel in [Channel::Sms, Channel::Email] {
            for (_, item) in receipts(&settings(&[]), facts(&message, channel), noon()).unwrap() {
                for notice in read(&item.body).unwrap() {
                    match notice {
                        Notice::Inbound(inbound) => {
                            assert_eq!(
                                (inbound.from.as_str(), inbound.to.as_str()),
                                ("recipient", "sender")
                            );
                            assert_eq!(inbound.answers, Some(format!("sandbox-{message}")));
                            replies += u32::from(inbound.keyword.is_none());
                            stops += u32::from(inbound.keyword == Some(Keyword::Stop));
                        }
                        Notice::Status(status) => {
                            assert_eq!(status.message.as_deref(), Some(message.as_str()));
                            links.extend(status.link);
                            suppressed += u32::from(status.suppress.is_some());
                        }
                        Notice::Consent(_) => unreachable!(),
                    }
                }
            }
        }
    }
    assert!(
        replies > 50 && stops > 5 && suppressed > 20,
        "{replies} {stops} {suppressed}"
    );
    assert_eq!(links, ["1", "2", "3"].map(str::to_owned).into());
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_and_a_lost_message_submitted_again() {
    let sandbox = sandbox(&settings(&[
        ("uncertain", "100"),
        ("loss", "0"),
        ("latency_ms", "0"),
    ]))
    .unwrap();
    let (mut taken, mut lost) = (0, 0);
    for number in 0..200 {
        let message = sms(&format!("m{number}"));
        assert_eq!(sandbox.resolve(&message.message).await, None);
        assert!(matches!(
            sandbox.submit(&message).await,
            Submission::Uncertain { .. }
        ));
        match sandbox.resolve(&message.message).await {
            Some(Submission::Accepted { .. }) => taken += 1,
            Some(Submission::Later { .. }) => {
                lost += 1;
                assert!(matches!(
                    sandbox.submit(&message).await,
                    Submission::Accepted { .. }
                ));
                assert!(matches!(
                    sandbox.resolve(&message.message).await,
                    Some(Submission::Accepted { .. })
                ));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(taken > 100 && lost > 30, "{taken} {lost}");
}

#[tokio::test]
async fn beyond_its_limit_it_asks_to_slow_down() {
    let sandbox = sandbox(&settings(&[
        ("per_second", "10"),
        ("latency_ms", "0"),
        ("loss", "0"),
    ]))
    .unwrap();
    for number in 0..10 {
        assert!(matches!(
            sandbox.submit(&sms(&format!("m{number}"))).await,
            Submission::Accepted { .. }
        ));
    }
    let Submission::Later {
        after: Some(after),
        is_account: true,
        ..
    } = sandbox.submit(&sms("more")).await
    else {
        panic!("the limit did not hold");
    };
    assert!(after <= Duration::from_secs(1));

    let mut state = State::default();
    let start = Instant::now();
    for _ in 0..10 {
        assert_eq!(state.admit(Some(10), start), Ok(()));
    }
    let late = start + Duration::from_millis(300);
    let wait = Duration::from_millis(700);
    assert_eq!(state.admit(Some(10), late), Err(wait));
    assert_eq!(state.admit(Some(10), late + wait), Ok(()));
    assert_eq!(state.admit(None, late), Ok(()));
}

#[test]
fn settings_that_make_no_sense_are_named() {
    for (name, value) in [
        ("seed", "x"),
        ("loss", "101"),
        ("loss", "-1"),
        ("loss", "NaN"),
        ("latency_ms", "60001"),
        ("uncertain", "many"),
        ("per_second", "0"),
        ("receipts", "tidy"),
    ] {
        assert_eq!(
            Config::new(&settings(&[(name, value)])).unwrap_err().field,
            name
        );
    }
    assert_eq!(
        Config::new(&settings(&[("loss", "12.5 %")])).unwrap().loss,
        0.125
    );
    assert!(read(b"{}").is_err());
    assert!(read(b"{\"type\":\"status\",\"extra\":1}").is_err());
}

#[test]
fn the_form_shows_the_values_that_hold() {
    let standards: Vec<(&str, &str)> = domain::carrier::Protocol::Sandbox
        .fields()
        .iter()
        .filter(|field| !field.standard.is_empty())
        .map(|field| (field.name, field.standard))
        .collect();
    let holds = Config::new(&settings(&[])).unwrap();
    assert_eq!(Config::new(&settings(&standards)).unwrap(), holds);
    for protocol in domain::carrier::Protocol::ALL {
        for field in protocol.fields() {
            assert_ne!(
                field.choices.len(),
                1,
                "{protocol} {}: no choice",
                field.name
            );
        }
    }
    let receipts = |value| Config::new(&settings(&[("receipts", value)]));
    let field = domain::carrier::Protocol::Sandbox
        .fields()
        .iter()
        .find(|field| field.name == "receipts")
        .unwrap();
    assert_eq!(receipts(field.choices[0].0).unwrap(), holds);
    assert!(
        field
            .choices
            .iter()
            .all(|(value, _)| receipts(value).is_ok())
    );
}

/// A message by a template with a value wherever one is wanted.
fn filled(template: &WhatsAppTemplate) -> WhatsAppBody {
    use domain::content::whatsapp::{has_header_value, link_start, placeholders};
    let mut values = Vec::new();
    if has_header_value(template) {
        values.push(WhatsAppValue::Header("7".to_owned()));
    }
    values.extend(
        placeholders(&template.body)
            .iter()
            .map(|_| WhatsAppValue::Body("x".to_owned())),
    );
    for (place, button) in (0..).zip(&template.buttons) {
        if matches!(button, WhatsAppButton::Url { url, .. } if link_start(url).is_some()) {
            values.push(WhatsAppValue::Link(place, "7".to_owned()));
        }
    }
    WhatsAppBody {
        template: template.clone(),
        media: match template.header {
            WhatsAppHeader::None | WhatsAppHeader::Text { .. } => String::new(),
            _ => "https://aurora.example/coat.jpg".to_owned(),
        },
        values,
    }
}

/// What a lossless simulator answers.
async fn answered(body: WhatsAppBody) -> Submission {
    let sandbox = sandbox(&settings(&[("loss", "0"), ("latency_ms", "0")])).unwrap();
    let message = Outgoing {
        body: OutgoingBody::WhatsApp(Box::new(body)),
        ..sms("m1")
    };
    let answer = sandbox.submit(&message).await;
    assert_eq!(sandbox.resolve("m1").await.as_ref(), Some(&answer));
    answer
}

#[tokio::test]
async fn templates_come_in_all_statuses_languages_and_forms() {
    let templates = sandbox(&settings(&[])).unwrap().templates().await.unwrap();
    let other = sandbox(&settings(&[("seed", "9")])).unwrap();
    assert_eq!(other.templates().await.unwrap(), templates);
    let set = |part: fn(&WhatsAppTemplate) -> &str| -> BTreeSet<&str> {
        templates.iter().map(part).collect()
    };
    assert_eq!(
        set(|t| &t.status),
        ["approved", "disabled", "paused", "pending", "rejected"].into()
    );
    assert_eq!(set(|t| &t.language), ["de", "en", "es", "pt_BR"].into());
    assert_eq!(set(|t| &t.category), ["marketing", "utility"].into());
    let keys: BTreeSet<_> = templates.iter().map(|t| (&t.name, &t.language)).collect();
    assert_eq!(keys.len(), templates.len());
    for header in ["none", "text", "image", "video", "document"] {
        let is_kind =
            |t: &WhatsAppTemplate| serde_json::to_value(&t.header).unwrap()["kind"] == header;
        assert!(templates.iter().any(is_kind), "{header}");
    }
    let buttons = templates.iter().flat_map(|t| &t.buttons);
    let kinds: BTreeSet<String> = buttons
        .map(|button| serde_json::to_value(button).unwrap()["kind"].to_string())
        .collect();
    assert_eq!(kinds.len(), 3);
    // Meta's limits.
    for template in &templates {
        assert!(template.body.chars().count() <= 1_024 && template.footer.chars().count() <= 60);
        assert!(!template.body.is_empty() && template.buttons.len() <= 10);
    }
}

#[tokio::test]
async fn only_approved_templates_with_all_their_values_are_taken() {
    for template in templates::all() {
        // What a message claims of its template changes nothing.
        let mut body = filled(template);
        body.template.status = "approved".to_owned();
        let answer = answered(body).await;
        let wanted = match template.status.as_str() {
            "approved" => {
                assert!(matches!(answer, Submission::Accepted { .. }), "{answer:?}");
                continue;
            }
            "paused" => "132015",
            "disabled" => "132016",
            _ => "132001",
        };
        let Submission::Refused {
            kind: EventKind::Unsent,
            raw,
            suppress: None,
            ..
        } = answer
        else {
            panic!("{}: {answer:?}", template.name);
        };
        assert_eq!(raw, wanted, "{}", template.name);
    }
    let raw = |answer: Submission| match answer {
        Submission::Refused { raw, .. } => raw,
        other => panic!("{other:?}"),
    };
    let find = |name: &str| {
        let found = templates::all()
            .iter()
            .find(|t| t.name == name && t.status == "approved");
        filled(found.unwrap())
    };
    let mut elsewhere = find("order_ready");
    elsewhere.template.language = "fr".to_owned();
    assert_eq!(raw(answered(elsewhere).await), "132001");
    for n in 0..4 {
        let mut short = find("order_ready");
        short.values.remove(n);
        assert_eq!(raw(answered(short).await), "INCOMPLETE", "{n}");
    }
    let mut long = find("order_ready");
    long.values.push(WhatsAppValue::Body("more".to_owned()));
    assert_eq!(raw(answered(long).await), "INCOMPLETE");
    let mut empty = find("order_ready");
    empty.values[1] = WhatsAppValue::Body(" ".to_owned());
    assert_eq!(raw(answered(empty).await), "INCOMPLETE");
    let mut bare = find("winter_sale");
    bare.media.clear();
    assert_eq!(raw(answered(bare).await), "INCOMPLETE");
}
