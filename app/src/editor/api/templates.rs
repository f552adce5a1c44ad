//! The menu of WhatsApp templates.

use domain::{
    Channel,
    content::{Content, WhatsAppTemplate},
    sending::{Draft, Step},
};

use crate::{
    backend::Backend,
    editor::{
        given::{Choice, Given, Problem},
        view_model::{content_of, template_key},
    },
    error::AppError,
};

/// Letters of a template's text in the menu.
const EXCERPT: usize = 60;

/// Puts the menu into a step, with what has become of the chosen template.
pub(super) async fn offer_templates(backend: &dyn Backend, draft: &Draft, given: &mut Given) {
    let choices = match templates(backend, draft).await {
        Ok(choices) => choices,
        Err(error) => {
            given.trouble = Some(error.to_string());
            None
        }
    };
    if let Some(choices) = choices.as_ref().filter(|_| given.is_open) {
        let key = given.fields.get("template");
        let problem = outdated(key, &given.arm, &given.problems, choices);
        given.problems.extend(problem);
    }
    let choices = choices.unwrap_or_else(|| own_template(draft, &given.arm));
    given.menus.insert("templates".to_owned(), choices);
}

/// Templates of the account, those that aren't approved saying so; none where no account is chosen.
async fn templates(backend: &dyn Backend, draft: &Draft) -> Result<Option<Vec<Choice>>, AppError> {
    let Some(account) = draft.account.clone() else {
        return Ok(None);
    };
    let templates = backend.templates(account).await?;
    Ok(Some(templates.iter().map(choice).collect()))
}

/// The template that was chosen, where the account can't say which it has.
fn own_template(draft: &Draft, arm: &str) -> Vec<Choice> {
    match content_of(draft, Channel::WhatsApp, arm) {
        Content::WhatsApp(message) if !message.template.name.is_empty() => {
            vec![choice(&message.template)]
        }
        _ => Vec::new(),
    }
}

/// A template by name and language. Twilio's names are ids, so its text is there as well.
fn choice(template: &WhatsAppTemplate) -> Choice {
    let line = template
        .body
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let mut excerpt: String = line.chars().take(EXCERPT).collect();
    if excerpt.len() < line.len() {
        excerpt.push('…');
    }
    let status = template.status.as_str();
    Choice {
        value: template_key(template),
        label: format!("{} ({}): {excerpt}", template.name, template.language),
        obstacle: (status != "approved").then(|| status.to_owned()),
    }
}

/// What has become of the chosen template since, unless that is told already.
fn outdated(key: &str, arm: &str, told: &[Problem], choices: &[Choice]) -> Option<Problem> {
    let is_told =
        |known: &Problem| known.field == "template" && (known.arm.is_empty() || known.arm == arm);
    if key.is_empty() || told.iter().any(is_told) {
        return None;
    }
    let message = match choices.iter().find(|choice| choice.value == key) {
        None => "this template is gone from the account: choose another".to_owned(),
        Some(choice) => {
            let status = choice.obstacle.as_deref()?;
            format!("the template is {status} at the moment: choose an approved one")
        }
    };
    Some(Problem {
        step: Step::Message,
        arm: arm.to_owned(),
        field: "template".to_owned(),
        message,
    })
}
