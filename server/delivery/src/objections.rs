//! What the account that a campaign goes out by would not take, although nothing is wrong with the message itself.

use std::time::Duration;

use carrier::send::Carrier;
use domain::{
    carrier::Protocol,
    content::{Content, RcsContent, Variant, WhatsAppTemplate},
    sending::{Draft, Obstacle, Step},
};

/// How long a carrier may take to list its templates. Longer, and it is not asked: the launch doesn't wait for it.
const LIST_PATIENCE: Duration = Duration::from_secs(8);

/// Everything of a draft that the account would refuse. Templates are looked at as they are now: a draft has copies of when
/// they were chosen. What can't be found out stands in nobody's way; the carrier then refuses message by message.
pub(crate) async fn objections(
    draft: &Draft,
    protocol: Protocol,
    carrier: &dyn Carrier,
) -> Vec<Obstacle> {
    let mut templates = None;
    let mut found = Vec::new();
    for variant in &draft.variants {
        match &variant.content {
            Content::WhatsApp(message) if !message.template.name.is_empty() => {
                if templates.is_none() {
                    templates = Some(listed(carrier).await);
                }
                if let Some(Some(listed)) = &templates
                    && let Some(words) = outdated(&message.template, listed)
                {
                    found.push(obstacle(draft, variant, "template", words));
                }
            }
            Content::Rcs(message) if protocol == Protocol::Twilio && is_other_by_sms(message) => {
                let words = "Twilio sends a plain text by SMS as it is. Make the SMS the same text, leave it empty, or add a suggestion.";
                found.push(obstacle(draft, variant, "fallback", words.to_owned()));
            }
            _ => {}
        }
    }
    found
}

async fn listed(carrier: &dyn Carrier) -> Option<Vec<WhatsAppTemplate>> {
    let listed = tokio::time::timeout(LIST_PATIENCE, carrier.templates()).await;
    listed.ok()?.ok()
}

fn obstacle(draft: &Draft, variant: &Variant, field: &str, message: String) -> Obstacle {
    let field = if draft.variants.len() > 1 {
        format!("{}.{field}", variant.name)
    } else {
        field.to_owned()
    };
    Obstacle {
        step: Step::Message,
        field,
        message,
    }
}

/// What has become of a template since it was chosen; none when it is as it was.
fn outdated(chosen: &WhatsAppTemplate, listed: &[WhatsAppTemplate]) -> Option<String> {
    let (name, language) = (&chosen.name, &chosen.language);
    let is_it = |one: &&WhatsAppTemplate| (&one.name, &one.language) == (name, language);
    let Some(now) = listed.iter().find(is_it) else {
        return Some(format!(
            "The account has no template “{name}” ({language}). Choose another one."
        ));
    };
    if now.status != "approved" {
        return Some(format!(
            "The template “{name}” ({language}) is {} at the moment. Choose an approved one.",
            now.status
        ));
    }
    let parts = |one: &WhatsAppTemplate| {
        let (header, buttons) = (one.header.clone(), one.buttons.clone());
        (header, one.body.clone(), one.footer.clone(), buttons)
    };
    (parts(now) != parts(chosen)).then(|| {
        format!("The template “{name}” ({language}) was changed since it was chosen. Use it again, and look at its values.")
    })
}

/// Whether phones without RCS are to get another text than the one that Twilio would give them.
fn is_other_by_sms(message: &RcsContent) -> bool {
    let fallback = message.fallback.trim();
    !message.is_card
        && message.suggestions.is_empty()
        && !fallback.is_empty()
        && fallback != message.text.trim()
}
