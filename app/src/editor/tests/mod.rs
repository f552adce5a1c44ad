//! Steps are saved and shown, without a browser.

mod backend;

use domain::{
    Channel, Refusal,
    content::Content,
    sending::{Obstacle, Phase, Step},
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{components::Router, location::RequestUrl};

use super::{
    api::{Form, SaveStep, given, keep},
    fields::Fields,
    given::Given,
    page::Content as Page,
};
use crate::{backend::Backend, error::AppError, session::provide_session, ui::Deed};
use backend::{Workspace, ready};

fn load(workspace: &Workspace, step: Step, arm: &str, add: &str) -> Given {
    let given = given(workspace, "c1".into(), step, arm.into(), add.into());
    ready(given).expect("a step")
}

/// What the page of a step is.
fn page(workspace: &Workspace, step: Step) -> String {
    let given = load(workspace, step, "", "");
    Owner::new().with(|| {
        provide_meta_context();
        provide_context(RequestUrl::new("/campaigns/c1/edit/detail"));
        let backend: std::sync::Arc<dyn Backend> = std::sync::Arc::new(workspace.clone());
        provide_context(backend);
        provide_session();
        let save = Deed::of::<SaveStep>();
        view! { <Router><Page given save/></Router> }
            .to_html()
            // Marks for the browser that takes the page over.
            .replace("<!>", "")
    })
}

/// Presses a button of a step, with these fields; where it leads.
fn press(
    workspace: &Workspace,
    step: Step,
    arm: &str,
    go: &str,
    fields: &[(&str, &str)],
) -> Result<String, AppError> {
    let mut form = Fields::default();
    for (name, value) in fields {
        form.set(*name, *value);
    }
    let form = Form {
        step,
        revision: workspace.with(|state| state.draft.revision),
        arm: arm.into(),
        go: go.into(),
        fields: form,
    };
    ready(keep(workspace, "c1".into(), form))
}

#[test]
fn every_step_of_every_channel_is_a_form_with_its_fields() {
    let expected = [
        (Channel::Sms, Step::Message, r#"name="fields[text]""#),
        (Channel::Email, Step::Detail, r#"name="fields[preheader]""#),
        (Channel::Email, Step::Template, r#"value="newsletter""#),
        (Channel::Email, Step::Personalize, r#"name="fields[html]""#),
        (Channel::Push, Step::Detail, r#"value="deeplink""#),
        (Channel::Push, Step::Message, r#"name="fields[body]""#),
        (
            Channel::WhatsApp,
            Step::Message,
            "Templates belong to an account",
        ),
        (Channel::Rcs, Step::Message, r#"name="fields[fallback]""#),
    ];
    for channel in Channel::ALL {
        for step in Step::of_channel(channel) {
            let html = page(&Workspace::new(channel), *step);
            let about = format!("{channel} {step:?}");
            assert!(html.contains(r#"method="post""#), "{about}");
            assert!(
                html.contains(r#"name="revision" value="0""#),
                "{about}: {html}"
            );
            assert!(html.contains("Spring &lt;sale&gt; &amp; more"), "{about}");
            assert!(html.contains(r#"aria-current="step""#), "{about}");
            assert!(!html.contains("never()"), "{about}");
            assert!(!html.contains(" style=\""), "{about}");
            for (_, _, part) in expected
                .iter()
                .filter(|(c, s, _)| (*c, *s) == (channel, *step))
            {
                assert!(html.contains(part), "{about} lacks {part}");
            }
        }
    }
}

#[test]
fn an_sms_is_made_from_step_to_step() {
    let workspace = Workspace::new(Channel::Sms);
    let detail = [
        ("name", " Autumn "),
        ("account", "acc"),
        ("sender", "Aurora"),
    ];
    assert_eq!(
        press(&workspace, Step::Detail, "", "next", &detail),
        Ok("/campaigns/c1/edit/recipients".into())
    );
    assert_eq!(
        workspace.with(|state| state.campaign.name.clone()),
        "Autumn"
    );
    assert_eq!(
        press(
            &workspace,
            Step::Recipients,
            "",
            "next",
            &[("audience", "everyone")]
        ),
        Ok("/campaigns/c1/edit/message".into())
    );
    let text = [
        (
            "text",
            "</textarea> {{ name }} & https://a.example\r\nline two",
        ),
        ("holdout", "10"),
    ];
    assert_eq!(
        press(&workspace, Step::Message, "A", "next", &text),
        Ok("/campaigns/c1/edit/summary".into())
    );
    let draft = workspace.with(|state| state.draft.clone());
    assert_eq!(draft.variants[0].share, 90);
    assert!(
        matches!(&draft.variants[0].content, Content::Sms(sms) if sms.text.ends_with("\nline two"))
    );
    // It stands in its form again, and out of it can't get.
    let html = page(&workspace, Step::Message);
    assert!(
        html.contains("&lt;/textarea&gt; {{ name }} &amp; https://a.example"),
        "{html}"
    );
    assert!(html.contains("(finished)"));
    let html = page(&workspace, Step::Summary);
    for part in [
        "1,234",
        "Everyone on the main list",
        "https://a.example/?x=1&amp;y=2",
        "Send to 1,234 people now?",
        "held back 10%",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn what_is_missing_is_saved_and_shown_at_its_field() {
    let workspace = Workspace::new(Channel::Sms);
    let obstacle = Obstacle {
        step: Step::Detail,
        field: "sender".into(),
        message: "choose the sender".into(),
    };
    workspace.with(|state| state.obstacles.push(obstacle));
    // Nothing is wrong with a step nobody has touched.
    assert!(!page(&workspace, Step::Detail).contains("Choose the sender."));
    let here = press(&workspace, Step::Detail, "", "next", &[("name", "n")]);
    assert_eq!(here, Ok("/campaigns/c1/edit/detail".into()));
    let html = page(&workspace, Step::Detail);
    assert!(
        html.contains(r#"<span class="field__error">Choose the sender.</span>"#),
        "{html}"
    );
    assert!(html.contains("href=\"#f-sender\""));
    assert!(!html.contains("(finished)"));
    // Other ways lead on all the same.
    let on = press(
        &workspace,
        Step::Detail,
        "",
        "step:message",
        &[("name", "n")],
    );
    assert_eq!(on, Ok("/campaigns/c1/edit/message".into()));
    let summary = page(&workspace, Step::Summary);
    assert!(
        summary.contains(r#"<a href="/campaigns/c1/edit/detail">Detail</a>"#),
        "{summary}"
    );
    assert!(
        summary.contains(r#"popovertarget="send-now" disabled"#),
        "{summary}"
    );
}

#[test]
fn a_form_that_is_older_than_the_draft_or_comes_after_the_launch_is_refused() {
    let workspace = Workspace::new(Channel::Sms);
    let form = || Form {
        step: Step::Recipients,
        revision: 0,
        arm: String::new(),
        go: String::new(),
        fields: Fields::default(),
    };
    assert!(ready(keep(&workspace, "c1".into(), form())).is_ok());
    let refused = ready(keep(&workspace, "c1".into(), form()));
    assert!(
        matches!(&refused, Err(AppError::Refused(Refusal::Conflict(why))) if why.contains("another window")),
        "{refused:?}"
    );
    workspace.with(|state| state.phase = Phase::Sending);
    let refused = press(&workspace, Step::Recipients, "", "next", &[]);
    assert!(
        matches!(&refused, Err(AppError::Refused(Refusal::Conflict(why))) if why.contains("launched")),
        "{refused:?}"
    );
    let html = page(&workspace, Step::Recipients);
    assert!(
        html.contains("Open its details") && !html.contains("Save and continue"),
        "{html}"
    );
}

#[test]
fn versions_and_rows_are_added_and_taken_away_without_scripts() {
    let workspace = Workspace::new(Channel::Rcs);
    let text = [("text", "Hello")];
    let to = press(&workspace, Step::Message, "", "add:suggestions", &text);
    assert_eq!(
        to,
        Ok("/campaigns/c1/edit/message?add=suggestions#f-suggestions".into())
    );
    let given = load(&workspace, Step::Message, "", "suggestions");
    assert_eq!(given.fields.rows("suggestions"), [0]);
    let rows = [
        ("text", "Hello"),
        ("suggestions.0.kind", "url"),
        ("suggestions.0.text", "See"),
        ("suggestions.0.target", "https://a.example"),
    ];
    let to = press(&workspace, Step::Message, "", "add-arm", &rows);
    assert_eq!(to, Ok("/campaigns/c1/edit/message?arm=B".into()));
    let given = load(&workspace, Step::Message, "B", "");
    assert_eq!((given.arm.as_str(), given.arms.len()), ("B", 2));
    assert_eq!(given.fields.get("suggestions.0.text"), "See");
    let to = press(
        &workspace,
        Step::Message,
        "B",
        "remove:suggestions.0",
        &rows,
    );
    assert_eq!(
        to,
        Ok("/campaigns/c1/edit/message?arm=B#f-suggestions".into())
    );
    assert!(
        load(&workspace, Step::Message, "B", "")
            .fields
            .rows("suggestions")
            .is_empty()
    );
    assert_eq!(
        load(&workspace, Step::Message, "A", "")
            .fields
            .rows("suggestions"),
        [0]
    );
    let to = press(&workspace, Step::Message, "B", "remove-arm:B", &text);
    assert_eq!(to, Ok("/campaigns/c1/edit/message".into()));
    assert_eq!(load(&workspace, Step::Message, "", "").arms, ["A"]);
}

#[test]
fn a_whatsapp_template_is_copied_when_it_is_chosen() {
    let workspace = Workspace::new(Channel::WhatsApp);
    let account = [("name", "n"), ("account", "acc")];
    assert!(press(&workspace, Step::Detail, "", "next", &account).is_ok());
    let chosen = [("template", "visit_approved|en")];
    let to = press(&workspace, Step::Message, "", "stay", &chosen);
    assert_eq!(to, Ok("/campaigns/c1/edit/message".into()));
    let html = page(&workspace, Step::Message);
    for part in [
        r#"name="fields[body_values.1]""#,
        r#"name="fields[header_value]""#,
        r#"name="fields[link_values.0]""#,
        "<strong>see you</strong>",
        "Reply STOP to leave",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(
        html.contains("visit_rejected (en): Hi {{1}}, *see you* on {{2}} – rejected"),
        "{html}"
    );
    let gone = press(
        &workspace,
        Step::Message,
        "",
        "stay",
        &[("template", "x|en")],
    );
    assert!(
        matches!(gone, Err(AppError::Refused(Refusal::Invalid { field, .. })) if field == "template")
    );
}

/// A workspace with a template chosen.
fn with_template() -> Workspace {
    let workspace = Workspace::new(Channel::WhatsApp);
    let account = [("name", "n"), ("account", "acc")];
    assert!(press(&workspace, Step::Detail, "", "next", &account).is_ok());
    let chosen = [("template", "visit_approved|en"), ("body_values.0", "Ada")];
    assert!(press(&workspace, Step::Message, "", "stay", &chosen).is_ok());
    assert!(press(&workspace, Step::Message, "", "stay", &chosen).is_ok());
    workspace
}

fn message(workspace: &Workspace) -> domain::content::WhatsAppContent {
    match workspace.with(|state| state.draft.variants[0].content.clone()) {
        Content::WhatsApp(message) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_template_that_is_not_approved_is_refused_at_its_field() {
    let workspace = with_template();
    let chosen = [("template", "visit_rejected|en")];
    let refused = press(&workspace, Step::Message, "", "next", &chosen);
    let Err(AppError::Refused(Refusal::Invalid { field, message })) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(field, "template");
    assert!(
        message.contains("is rejected, and only approved ones"),
        "{message}"
    );
}

#[test]
fn what_becomes_of_a_chosen_template_is_told_and_loses_nothing() {
    let workspace = with_template();
    assert_eq!(message(&workspace).body_values, ["Ada", ""]);
    let keep = [
        ("template", "visit_approved|en"),
        ("body_values.0", "Ada"),
        ("body_values.1", "Monday"),
    ];
    let told = |workspace: &Workspace| {
        let problems = load(workspace, Step::Message, "", "").problems;
        let told = problems
            .into_iter()
            .filter(|problem| problem.field == "template");
        told.map(|problem| problem.message).collect::<Vec<_>>()
    };
    assert_eq!(told(&workspace), Vec::<String>::new());
    // It is changed at Meta: choosing it again brings what it is now, and what was written stays.
    let mut changed = backend::template("approved");
    changed.body = "Hello {{1}}: {{2}}, {{3}}".to_owned();
    workspace.with(|state| state.templates = Ok(vec![changed.clone()]));
    assert!(press(&workspace, Step::Message, "", "stay", &keep).is_ok());
    assert_eq!(message(&workspace).template, changed);
    assert_eq!(message(&workspace).body_values, ["Ada", "Monday", ""]);
    // It is paused.
    changed.status = "paused".to_owned();
    workspace.with(|state| state.templates = Ok(vec![changed]));
    assert!(told(&workspace)[0].contains("is paused at the moment"));
    assert!(press(&workspace, Step::Message, "", "stay", &keep).is_ok());
    assert_eq!(message(&workspace).template.status, "paused");
    // It is gone, or nobody can say.
    workspace.with(|state| state.templates = Ok(Vec::new()));
    assert!(told(&workspace)[0].contains("gone from the account"));
    assert!(press(&workspace, Step::Message, "", "stay", &keep).is_ok());
    let silent = AppError::Refused(Refusal::Conflict("It didn't answer.".to_owned()));
    workspace.with(|state| state.templates = Err(silent));
    assert!(press(&workspace, Step::Message, "", "stay", &keep).is_ok());
    assert_eq!(message(&workspace).body_values[..2], ["Ada", "Monday"]);
    let html = page(&workspace, Step::Message);
    for part in [
        "The account&#x27;s templates could not be read",
        "didn&#x27;t answer",
        "visit_approved (en): Hello",
        r#"value="Monday""#,
    ] {
        let plain = part.replace("&#x27;", "'");
        assert!(
            html.contains(part) || html.contains(&plain),
            "{part}: {html}"
        );
    }
    assert!(!html.contains("No templates yet") && !html.contains("no longer among these"));
    // Another one brings no values of this one.
    let mut other = backend::template("approved");
    other.name = "other".to_owned();
    workspace.with(|state| state.templates = Ok(vec![other]));
    let chosen = [
        ("template", "other|en"),
        ("body_values.0", "Ada"),
        ("body_values.1", "Monday"),
    ];
    assert!(press(&workspace, Step::Message, "", "stay", &chosen).is_ok());
    assert_eq!(message(&workspace).body_values, ["", ""]);
    assert_eq!(message(&workspace).link_values, [""]);
}

#[test]
fn an_account_without_templates_says_where_they_are_made() {
    let workspace = Workspace::new(Channel::WhatsApp);
    workspace.with(|state| state.templates = Ok(Vec::new()));
    let account = [("name", "n"), ("account", "acc")];
    assert!(press(&workspace, Step::Detail, "", "next", &account).is_ok());
    let html = page(&workspace, Step::Message);
    assert!(html.contains("No templates yet"), "{html}");
    assert!(!html.contains("Templates belong to an account"));
}

#[test]
fn placeholders_of_twilio_go_through_the_whole_template() {
    let workspace = Workspace::new(Channel::WhatsApp);
    let account = [("name", "n"), ("account", "acc")];
    assert!(press(&workspace, Step::Detail, "", "next", &account).is_ok());
    let mut template = backend::template("approved");
    template.header = domain::content::WhatsAppHeader::Text {
        text: "In {{3}}".to_owned(),
    };
    template.body = "On {{2}}: hi {{1}}".to_owned();
    template.buttons = vec![domain::content::WhatsAppButton::Url {
        text: "Open".to_owned(),
        url: "https://a.example/{{4}}".to_owned(),
    }];
    workspace.with(|state| state.templates = Ok(vec![template]));
    let filled = [
        ("template", "visit_approved|en"),
        ("header_value", "May"),
        ("body_values.0", "Ada"),
        ("body_values.1", "Monday"),
        ("link_values.0", "x"),
    ];
    // The first time it is chosen, the second it is filled in.
    for _ in 0..2 {
        assert!(press(&workspace, Step::Message, "", "stay", &filled).is_ok());
    }
    let html = page(&workspace, Step::Message);
    for part in [
        "In May",
        "On Monday: hi Ada",
        "Value of {{1}}",
        "Value of {{2}}",
        "Value of the header",
        "https://a.example/</code>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn broken_mjml_is_kept_said_and_never_sent() {
    let workspace = Workspace::new(Channel::Email);
    assert!(
        press(
            &workspace,
            Step::Template,
            "",
            "next",
            &[("start", "offer")]
        )
        .is_ok()
    );
    let mail = |workspace: &Workspace| {
        let content = workspace.with(|state| state.draft.variants[0].content.clone());
        match content {
            Content::Email(mail) => (mail.html, mail.mjml),
            other => panic!("{other:?}"),
        }
    };
    let html = "<html><mjml>offer</mjml></html>".to_owned();
    assert_eq!(mail(&workspace), (html, "<mjml>offer</mjml>".to_owned()));
    let broken = [("mjml", "<mjml>broken")];
    assert!(press(&workspace, Step::Personalize, "", "stay", &broken).is_ok());
    assert_eq!(mail(&workspace), (String::new(), "<mjml>broken".to_owned()));
    let html = page(&workspace, Step::Personalize);
    assert!(
        html.contains(r#"<span class="field__error">Line 1: not closed.</span>"#),
        "{html}"
    );
}

#[test]
fn the_audience_shows_its_count_and_its_filter() {
    let workspace = Workspace::new(Channel::Sms);
    let filter = [
        ("audience", "filter"),
        ("g.0.join", "any"),
        ("g.0.r.0.kind", "did_not"),
        ("g.0.r.0.event", "clicked"),
        ("g.0.r.0.campaign", "c0"),
        ("g.0.r.0.days", "30"),
    ];
    assert!(press(&workspace, Step::Recipients, "", "stay", &filter).is_ok());
    let html = page(&workspace, Step::Recipients);
    for part in [
        "1,234",
        "#7 Winter (SMS)",
        "Readers (3 people)",
        r#"value="30""#,
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    // A campaign can't follow itself.
    assert!(!html.contains("#7 Spring"));
}

#[test]
fn there_is_no_step_of_another_channel() {
    let workspace = Workspace::new(Channel::Sms);
    let missing = ready(given(
        &workspace,
        "c1".into(),
        Step::Template,
        "".into(),
        "".into(),
    ));
    assert!(matches!(
        missing,
        Err(AppError::Refused(Refusal::NotFound { .. }))
    ));
    let missing = ready(given(
        &workspace,
        "c2".into(),
        Step::Detail,
        "".into(),
        "".into(),
    ));
    assert!(matches!(
        missing,
        Err(AppError::Refused(Refusal::NotFound { .. }))
    ));
}
