//! The description says what these routes say.

use std::collections::BTreeMap;

use domain::{
    EventKind,
    audience::{
        Audience, AudienceCount, Compare, Condition, FollowUp, MissingExample, MissingValue,
    },
    carrier::Protocol,
    content::{
        Circle, Content, ContentLink, EmailContent, Preview, PushContent, PushKind, RcsContent,
        SmsContent, Suggestion, Variant, WhatsAppButton, WhatsAppContent, WhatsAppHeader,
        WhatsAppTemplate, sms_length,
    },
    recipient::HistoryEntry,
    sending::{
        Draft, Editing, HeldMessage, Launch, LeftOut, Obstacle, Pace, Phase, Progress, Reply, Step,
        TestOutcome, Window,
    },
    uplift::{Did, Group, Part, Trial, Uplift},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::super::{
    accounts::SendingAccount,
    tests::{campaign, compare, document, time},
};

fn contents() -> Vec<Content> {
    let header = |header| WhatsAppTemplate {
        header,
        buttons: vec![
            WhatsAppButton::QuickReply { text: "t".into() },
            WhatsAppButton::Url {
                text: "t".into(),
                url: "u".into(),
            },
            WhatsAppButton::Phone {
                text: "t".into(),
                number: "n".into(),
            },
        ],
        ..WhatsAppTemplate::default()
    };
    let whatsapp = |template| {
        Content::WhatsApp(WhatsAppContent {
            template,
            ..WhatsAppContent::default()
        })
    };
    vec![
        Content::Sms(SmsContent { text: "t".into() }),
        Content::Email(EmailContent::default()),
        Content::Push(PushContent {
            kind: PushKind::Geo,
            geo: Some(Circle::default()),
            data: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
            ..PushContent::default()
        }),
        Content::Push(PushContent::default()),
        whatsapp(header(WhatsAppHeader::None)),
        whatsapp(header(WhatsAppHeader::Text { text: "t".into() })),
        whatsapp(header(WhatsAppHeader::Image)),
        Content::Rcs(RcsContent {
            suggestions: vec![
                Suggestion::Reply { text: "t".into() },
                Suggestion::Url {
                    text: "t".into(),
                    url: "u".into(),
                },
            ],
            ..RcsContent::default()
        }),
    ]
}

fn audiences() -> Vec<Audience> {
    let condition = Condition::Any {
        of: vec![
            Condition::All { of: Vec::new() },
            Condition::Not {
                of: Box::new(Condition::OnList { list: "l".into() }),
            },
            Condition::Attribute {
                name: "city".into(),
                compare: Compare::Begins,
                value: "M".into(),
            },
            Condition::Did {
                event: EventKind::Clicked,
                campaign: Some("c".into()),
                days: None,
            },
        ],
    };
    vec![
        Audience::Nobody,
        Audience::Everyone,
        Audience::List { list: "l".into() },
        Audience::Filter { condition },
        Audience::Typed {
            addresses: vec!["a".into()],
        },
        Audience::FollowUp {
            campaign: "c".into(),
            who: FollowUp::NotOpened,
        },
    ]
}

fn editing(audience: Audience, content: Content, is_full: bool) -> Editing {
    Editing {
        campaign: campaign(is_full),
        draft: Draft {
            account: is_full.then(|| "a".to_owned()),
            audience,
            variants: vec![Variant {
                name: "A".into(),
                share: 100,
                content,
            }],
            pace: Pace {
                per_second: is_full.then_some(1),
                window: is_full.then_some(Window {
                    from_minute: 0,
                    to_minute: 1,
                }),
            },
            saved: vec![Step::Detail],
            ..Draft::default()
        },
        phase: Phase::Draft,
        obstacles: vec![Obstacle {
            step: Step::Summary,
            field: "f".into(),
            message: "m".into(),
        }],
        links: vec![ContentLink {
            variant: "A".into(),
            position: 1,
            url: "u".into(),
            label: "l".into(),
            is_tracked: true,
        }],
    }
}

#[test]
fn bodies_are_as_described() {
    let document = document();
    let mut findings = Vec::new();
    let mut check = |name: &str, value: Value| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        compare(&document, &schema, &value, name, &mut findings);
    };
    for (n, content) in contents().into_iter().enumerate() {
        check(
            "Editing",
            of(editing(Audience::Everyone, content, n % 2 == 0)),
        );
    }
    for audience in audiences() {
        check("Audience", of(&audience));
        check(
            "Editing",
            of(editing(
                audience,
                Content::empty(domain::Channel::Sms),
                true,
            )),
        );
    }
    for is_full in [true, false] {
        let text = || is_full.then(|| "t".to_owned());
        check(
            "Progress",
            of(Progress {
                left_out: vec![LeftOut {
                    reason: "r".into(),
                    count: 1,
                }],
                eta_s: is_full.then_some(1),
                trouble: text(),
                launched_at: is_full.then(time),
                finished_at: is_full.then(time),
                ..Progress::default()
            }),
        );
        check(
            "SendingAccount",
            of(SendingAccount {
                id: "a".into(),
                name: "n".into(),
                protocol: Protocol::Twilio,
                channels: Protocol::Twilio.channels(),
                senders: vec!["s".into()],
                per_second: is_full.then_some(1),
                trouble: text(),
            }),
        );
        check(
            "Preview",
            of(Preview {
                length: is_full.then(|| sms_length("a")),
                ..Preview::default()
            }),
        );
        check(
            "MissingValue",
            of(MissingValue {
                placeholder: "p".into(),
                variants: vec!["A".into()],
                recipients: 1,
                eligible: 2,
                examples: vec![MissingExample::default(); usize::from(is_full)],
            }),
        );
        check(
            "TestOutcome",
            of(TestOutcome {
                address: "a".into(),
                problem: text(),
            }),
        );
        check(
            "Reply",
            of(Reply {
                sender: "s".into(),
                text: "t".into(),
                keyword: text(),
                at: time(),
            }),
        );
        check(
            "HistoryEntry",
            of(HistoryEntry {
                at: "t".into(),
                kind: EventKind::Sent,
                raw: text(),
                detail: text(),
                is_machine: false,
            }),
        );
    }
    check(
        "HeldMessage",
        of(HeldMessage {
            message: "m".into(),
            recipient: "r".into(),
            reason: "r".into(),
            at: time(),
        }),
    );
    check("AudienceCount", of(AudienceCount::default()));
    for launch in [Launch::Now, Launch::At { at: time() }, Launch::Later] {
        check("Launch", of(launch));
    }
    for uplift in uplifts() {
        check("Uplift", of(uplift));
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// With everything in it, and with next to nothing: no holdout, nobody who did anything.
fn uplifts() -> [Uplift; 3] {
    let part = |name: &str, share, people, did| Part {
        group: Group {
            name: name.into(),
            share,
            people,
            written: people,
        },
        did: vec![Did {
            what: EventKind::Achieved,
            people: did,
            worth: BTreeMap::from([("EUR".to_owned(), domain::money::Amount(1))]),
        }],
    };
    let of = |arms, holdout| {
        Uplift::of(&Trial {
            arms,
            holdout,
            credited: 1,
            strangers: 1,
        })
    };
    [
        of(
            vec![part("A", 45, 450, 90), part("B", 45, 450, 80)],
            part("", 10, 100, 5),
        ),
        of(vec![part("A", 100, 10, 2)], Part::default()),
        of(vec![part("A", 90, 90, 0)], part("", 10, 0, 0)),
    ]
}

fn of(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}
