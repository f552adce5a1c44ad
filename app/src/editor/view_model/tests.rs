use domain::{
    Channel, EventKind, Refusal,
    audience::{Audience, Compare, Condition, FollowUp},
    content::{
        Circle, Content, EmailContent, PushContent, PushKind, RcsContent, SmsContent, Suggestion,
        Variant, WhatsAppButton, WhatsAppContent, WhatsAppHeader, WhatsAppTemplate,
    },
    sending::{Draft, Obstacle, Pace, Step, Window},
};

use super::*;

fn place(channel: Channel, step: Step) -> Place<'static> {
    Place {
        step,
        channel,
        arm: "A",
    }
}

fn with(content: Content) -> Draft {
    let variant = Variant {
        name: "A".to_owned(),
        share: 100,
        content,
    };
    Draft {
        variants: vec![variant],
        ..Draft::default()
    }
}

/// What the form of a step makes of a draft that isn't touched.
fn untouched(place: Place<'_>, draft: &Draft) -> Draft {
    let fields = fill(place, "n", draft, "");
    let mut name = String::new();
    take(place, &fields, &mut name, draft.clone(), Chosen::default()).unwrap()
}

fn attribute(name: &str, value: &str) -> Condition {
    Condition::Attribute {
        name: name.to_owned(),
        compare: Compare::Is,
        value: value.to_owned(),
    }
}

fn did(event: EventKind, days: Option<u32>) -> Condition {
    Condition::Did {
        event,
        campaign: None,
        days,
    }
}

fn contents() -> Vec<Content> {
    vec![
        Content::Sms(SmsContent {
            text: "Hi {{ name }}\nhttps://a.example".to_owned(),
        }),
        Content::Email(EmailContent {
            from_name: "Aurora".to_owned(),
            reply_to: "care@example.com".to_owned(),
            subject: "News".to_owned(),
            preheader: "More".to_owned(),
            html: "<p>Hi</p>".to_owned(),
            mjml: String::new(),
            text: "Hi".to_owned(),
        }),
        Content::Push(PushContent {
            kind: PushKind::Geo,
            title: "Near".to_owned(),
            body: "Come in".to_owned(),
            image: "https://a.example/i.png".to_owned(),
            link: "https://a.example".to_owned(),
            geo: Some(Circle {
                latitude: "40.4".to_owned(),
                longitude: "-3.7".to_owned(),
                radius_m: 200,
            }),
            data: [
                ("a".to_owned(), "1".to_owned()),
                ("b".to_owned(), "{{ x }}".to_owned()),
            ]
            .into(),
        }),
        Content::WhatsApp(WhatsAppContent {
            template: template(),
            media: String::new(),
            body_values: vec!["{{ name }}".to_owned(), "Monday".to_owned()],
            header_value: "October".to_owned(),
            link_values: vec!["x7".to_owned()],
        }),
        Content::Rcs(RcsContent {
            text: "Hello".to_owned(),
            is_card: true,
            title: "Title".to_owned(),
            image: "https://a.example/i.png".to_owned(),
            suggestions: vec![
                Suggestion::Reply {
                    text: "Yes".to_owned(),
                },
                Suggestion::Url {
                    text: "See".to_owned(),
                    url: "https://a.example".to_owned(),
                },
                Suggestion::Phone {
                    text: "Call".to_owned(),
                    number: "+34910000000".to_owned(),
                },
            ],
            fallback: "Hello by SMS".to_owned(),
        }),
    ]
}

fn template() -> WhatsAppTemplate {
    WhatsAppTemplate {
        name: "visit".to_owned(),
        language: "en".to_owned(),
        category: "utility".to_owned(),
        status: "approved".to_owned(),
        header: WhatsAppHeader::Text {
            text: "In {{1}}".to_owned(),
        },
        body: "Hi {{1}}, see you on {{2}}".to_owned(),
        footer: "Reply STOP to leave".to_owned(),
        buttons: vec![
            WhatsAppButton::QuickReply {
                text: "OK".to_owned(),
            },
            WhatsAppButton::Url {
                text: "Open".to_owned(),
                url: "https://a.example/{{1}}".to_owned(),
            },
        ],
    }
}

#[test]
fn a_form_that_isnt_touched_changes_nothing() {
    for content in contents() {
        let channel = content.channel();
        let draft = Draft {
            account: Some("acc".to_owned()),
            sender: "Aurora".to_owned(),
            audience: Audience::Everyone,
            untracked: vec!["https://a.example".to_owned()],
            tracks_opens: channel == Channel::Email,
            hides_link: channel == Channel::Email,
            pace: Pace {
                per_second: Some(20),
                window: Some(Window {
                    from_minute: 540,
                    to_minute: 1440,
                }),
            },
            ..with(content)
        };
        for step in Step::of_channel(channel) {
            assert_eq!(
                untouched(place(channel, *step), &draft),
                draft,
                "{channel} {step:?}"
            );
        }
    }
}

#[test]
fn every_audience_comes_back_from_its_form() {
    let groups = Condition::Any {
        of: vec![
            Condition::All {
                of: vec![
                    attribute("city", "Madrid"),
                    Condition::Not {
                        of: Box::new(did(EventKind::Clicked, Some(30))),
                    },
                ],
            },
            Condition::Any {
                of: vec![
                    Condition::OnList {
                        list: "l1".to_owned(),
                    },
                    did(EventKind::Opened, None),
                ],
            },
        ],
    };
    let deep = Condition::All {
        of: vec![Condition::Not {
            of: Box::new(groups.clone()),
        }],
    };
    let audiences = [
        Audience::Nobody,
        Audience::Everyone,
        Audience::List {
            list: "l1".to_owned(),
        },
        Audience::Filter { condition: groups },
        Audience::Filter {
            condition: Condition::Any {
                of: vec![attribute("a", "1"), attribute("b", "2")],
            },
        },
        Audience::Filter { condition: deep },
        Audience::Typed {
            addresses: vec!["+34600000001".to_owned(), "b@example.com".to_owned()],
        },
        Audience::FollowUp {
            campaign: "c9".to_owned(),
            who: FollowUp::NotClicked,
        },
    ];
    for audience in audiences {
        let draft = Draft {
            audience: audience.clone(),
            ..with(Content::empty(Channel::Sms))
        };
        let after = untouched(place(Channel::Sms, Step::Recipients), &draft);
        assert_eq!(after.audience, audience);
    }
}

#[test]
fn rows_are_added_where_asked_and_empty_ones_say_nothing() {
    let draft = Draft {
        audience: Audience::Filter {
            condition: Condition::All {
                of: vec![attribute("a", "1")],
            },
        },
        ..with(Content::empty(Channel::Sms))
    };
    let here = place(Channel::Sms, Step::Recipients);
    let more = fill(here, "n", &draft, "g.0.r");
    assert_eq!(more.rows("g.0.r"), [0, 1]);
    assert_eq!(audience(&more, &Audience::Nobody).unwrap(), draft.audience);
    let more = fill(here, "n", &draft, "g");
    assert_eq!(more.rows("g"), [0, 1]);
    assert_eq!(audience(&more, &Audience::Nobody).unwrap(), draft.audience);
    // Nobody chose rows of another kind.
    assert_eq!(fill(here, "n", &draft, "data").rows("data"), [0_u32; 0]);
}

#[test]
fn typed_addresses_are_split_and_limited() {
    let mut fields = Fields::default();
    fields.set("audience", "typed");
    fields.set("typed", " a@x.example, b@x.example;\r\n\r\nc@x.example ");
    let addresses = ["a@x.example", "b@x.example", "c@x.example"].map(str::to_owned);
    let typed = Audience::Typed {
        addresses: addresses.to_vec(),
    };
    assert_eq!(audience(&fields, &Audience::Nobody).unwrap(), typed);
    fields.set("typed", "a@x.example,".repeat(1_001));
    assert!(matches!(
        audience(&fields, &Audience::Nobody),
        Err(Refusal::Invalid { field, .. }) if field == "typed"
    ));
}

#[test]
fn arms_come_and_go_and_share_what_the_holdout_leaves() {
    let mut draft = with(contents().remove(0));
    draft.holdout = 10;
    let shares = |draft: &Draft| -> Vec<(String, u8)> {
        draft
            .variants
            .iter()
            .map(|v| (v.name.clone(), v.share))
            .collect()
    };
    assert_eq!(add_arm(&mut draft).as_deref(), Some("B"));
    assert_eq!(add_arm(&mut draft).as_deref(), Some("C"));
    assert_eq!(add_arm(&mut draft).as_deref(), Some("D"));
    assert_eq!(add_arm(&mut draft), None);
    let named = |name: &str, share| (name.to_owned(), share);
    assert_eq!(
        shares(&draft),
        [
            named("A", 23),
            named("B", 23),
            named("C", 22),
            named("D", 22)
        ]
    );
    assert_eq!(draft.variants[3].content, draft.variants[0].content);
    draft.variants[2].content = Content::empty(Channel::Sms);
    remove_arm(&mut draft, "B");
    assert_eq!(
        shares(&draft),
        [named("A", 30), named("B", 30), named("C", 30)]
    );
    assert_eq!(draft.variants[1].content, Content::empty(Channel::Sms));
    remove_arm(&mut draft, "A");
    remove_arm(&mut draft, "A");
    remove_arm(&mut draft, "A");
    assert_eq!(shares(&draft), [named("A", 90)]);
}

#[test]
fn a_form_changes_the_arm_it_shows_and_no_other() {
    let mut draft = with(contents().remove(0));
    add_arm(&mut draft);
    let second = Place {
        arm: "B",
        ..place(Channel::Sms, Step::Message)
    };
    let mut fields = fill(second, "n", &draft, "");
    fields.set("text", "Other");
    fields.set("share.A", "70");
    fields.set("share.B", "30 %");
    let after = take(
        second,
        &fields,
        &mut String::new(),
        draft.clone(),
        Chosen::default(),
    )
    .unwrap();
    assert_eq!(after.variants[0].content, draft.variants[0].content);
    let text = "Other".to_owned();
    assert_eq!(after.variants[1].content, Content::Sms(SmsContent { text }));
    assert_eq!((after.variants[0].share, after.variants[1].share), (70, 30));
}

#[test]
fn what_cannot_be_read_is_refused_at_its_field() {
    let email = || with(Content::empty(Channel::Email));
    let push = || {
        with(Content::Push(PushContent {
            kind: PushKind::Geo,
            ..PushContent::default()
        }))
    };
    let cases = [
        (Channel::Email, Step::Detail, email(), "name", ""),
        (Channel::Email, Step::Summary, email(), "per_second", "fast"),
        (Channel::Email, Step::Summary, email(), "per_second", "0"),
        (Channel::Email, Step::Personalize, email(), "holdout", "60"),
        (
            Channel::Push,
            Step::Message,
            push(),
            "geo.radius_m",
            "1,000",
        ),
    ];
    for (channel, step, draft, name, value) in cases {
        let mut fields = fill(place(channel, step), "n", &draft, "");
        fields.set(name, value);
        let refused = take(
            place(channel, step),
            &fields,
            &mut String::new(),
            draft,
            Chosen::default(),
        );
        assert!(
            matches!(&refused, Err(Refusal::Invalid { field, .. }) if field == name),
            "{name}={value}: {refused:?}"
        );
    }
}

#[test]
fn a_window_may_end_at_midnight_and_go_over_it() {
    let mut fields = Fields::default();
    fields.set("window", "1");
    for (from, to, minutes) in [
        ("09:00", "00:00", (540, 1440)),
        ("22:30", "06:00", (1350, 360)),
    ] {
        fields.set("window.from", from);
        fields.set("window.to", to);
        let draft = with(Content::empty(Channel::Sms));
        let here = place(Channel::Sms, Step::Summary);
        let after = take(here, &fields, &mut String::new(), draft, Chosen::default()).unwrap();
        let window = after.pace.window.unwrap();
        assert_eq!((window.from_minute, window.to_minute), minutes);
    }
}

#[test]
fn links_are_untracked_by_leaving_their_box_empty() {
    let draft = Draft {
        untracked: vec![
            "https://gone.example".to_owned(),
            "https://a.example".to_owned(),
        ],
        ..with(Content::empty(Channel::Sms))
    };
    let mut fields = Fields::default();
    fields.set("link.0", "https://a.example");
    fields.set("track.0", "1");
    fields.set("link.1", "https://b.example");
    let here = place(Channel::Sms, Step::Summary);
    let after = take(here, &fields, &mut String::new(), draft, Chosen::default()).unwrap();
    assert_eq!(
        after.untracked,
        ["https://gone.example", "https://b.example"]
    );
}

#[test]
fn a_template_brings_its_own_number_of_values() {
    let mut content = Content::empty(Channel::WhatsApp);
    let mut fields = Fields::default();
    fields.set("template", template_key(&template()));
    content::take_message(&fields, &mut content, Some(template())).unwrap();
    let Content::WhatsApp(message) = &content else {
        panic!("still WhatsApp");
    };
    assert_eq!(message.body_values, ["", ""]);
    let shown = fill(
        place(Channel::WhatsApp, Step::Message),
        "n",
        &with(content.clone()),
        "",
    );
    assert_eq!(shown.rows("body_values"), [0, 1]);
    assert_eq!(shown.rows("link_values"), [0]);
    assert_eq!(shown.get("shown.header"), "In {{1}}");
}

#[test]
fn a_design_comes_from_a_start_a_paste_or_stays() {
    let here = place(Channel::Email, Step::Template);
    let mail = |start: &str, source: &str| {
        let mut fields = Fields::default();
        fields.set("start", start);
        fields.set("source", source);
        let draft = with(contents().remove(1));
        let design = (start == "offer").then(|| "<mjml>offer</mjml>".to_owned());
        let chosen = Chosen {
            design,
            ..Chosen::default()
        };
        let after = take(here, &fields, &mut String::new(), draft, chosen)?;
        match after.variants.into_iter().next().map(|v| v.content) {
            Some(Content::Email(mail)) => Ok::<_, Refusal>((mail.html, mail.mjml)),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        mail("keep", ""),
        Ok(("<p>Hi</p>".to_owned(), String::new()))
    );
    assert_eq!(mail("empty", ""), Ok((String::new(), String::new())));
    assert_eq!(
        mail("paste", "<b>x</b>"),
        Ok(("<b>x</b>".to_owned(), String::new()))
    );
    assert_eq!(
        mail("paste", "<mjml></mjml>"),
        Ok((String::new(), "<mjml></mjml>".to_owned()))
    );
    assert!(mail("paste", " ").is_err());
    assert_eq!(
        mail("offer", ""),
        Ok((String::new(), "<mjml>offer</mjml>".to_owned()))
    );
    assert!(matches!(mail("", ""), Err(Refusal::Invalid { field, .. }) if field == "start"));
}

#[test]
fn obstacles_stand_where_the_pages_mend_them() {
    let split = |step: Step, field: &str| {
        let problem = problem(Obstacle {
            step,
            field: field.to_owned(),
            message: "m".to_owned(),
        });
        (problem.step, problem.arm, problem.field)
    };
    let cases = [
        (
            Step::Message,
            "B.body_values.1",
            Step::Message,
            "B",
            "body_values.1",
        ),
        (
            Step::Message,
            "geo.latitude",
            Step::Message,
            "",
            "geo.latitude",
        ),
        (
            Step::Message,
            "suggestions.2",
            Step::Message,
            "",
            "suggestions.2.text",
        ),
        (
            Step::Message,
            "C.suggestions.2.url",
            Step::Message,
            "C",
            "suggestions.2.target",
        ),
        (
            Step::Message,
            "suggestions",
            Step::Message,
            "",
            "suggestions",
        ),
        (Step::Template, "shares", Step::Personalize, "", "shares"),
        (Step::Detail, "A.subject", Step::Detail, "A", "subject"),
        (Step::Detail, "B.subject", Step::Personalize, "B", "subject"),
    ];
    for (step, field, at, arm, name) in cases {
        let expected = (at, arm.to_owned(), name.to_owned());
        assert_eq!(split(step, field), expected, "{field}");
    }
}

#[test]
fn buttons_say_where_to_go() {
    assert_eq!("".parse(), Ok(Go::Next));
    assert_eq!("step:summary".parse(), Ok(Go::Step(Step::Summary)));
    assert_eq!("add:g.0.r".parse(), Ok(Go::Add("g.0.r".to_owned())));
    assert_eq!("remove-arm:B".parse(), Ok(Go::RemoveArm("B".to_owned())));
    assert_eq!("step:nowhere".parse::<Go>(), Err(()));
    assert_eq!("elsewhere".parse::<Go>(), Err(()));
}
