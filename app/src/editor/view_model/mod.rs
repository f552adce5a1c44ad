//! From drafts to forms and back. Pure; only the server needs it.

mod arms;
mod clock;
mod content;
mod go;
mod people;
mod problem;
mod summary;
#[cfg(test)]
mod tests;

pub(super) use arms::{add_arm, arm_names, at_least_one, content_of, remove_arm};
pub(super) use clock::instant;
pub(super) use content::template_key;
pub(super) use go::Go;
pub(super) use people::audience;
pub(super) use problem::problem;
pub(super) use summary::tell;

use domain::{
    Channel, Refusal,
    content::{Content, WhatsAppTemplate},
    sending::{Draft, Step},
};

use super::fields::Fields;

/// Where a form stands: the step, the channel, the arm that is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) step: Step,
    pub(super) channel: Channel,
    /// Name of the arm; the first one when there is none of this name.
    pub(super) arm: &'a str,
}

/// What a form names and others have: the account its templates, the server its designs.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    /// The WhatsApp template, where it is another than the draft's.
    pub(super) template: Option<WhatsAppTemplate>,
    /// MJML of the starting point.
    pub(super) design: Option<String>,
}

/// What stands in the form of a step. `add` names rows that are to have an empty one more.
pub(super) fn fill(place: Place<'_>, name: &str, draft: &Draft, add: &str) -> Fields {
    let mut fields = Fields::default();
    let content = content_of(draft, place.channel, place.arm);
    match place.step {
        Step::Detail => {
            fields.set("name", name);
            fields.set("account", draft.account.clone().unwrap_or_default());
            fields.set("sender", draft.sender.clone());
            content::fill_detail(&mut fields, &content_of(draft, place.channel, ""));
        }
        Step::Recipients => people::fill(&mut fields, &draft.audience, add),
        Step::Template => {
            let is_empty = matches!(&content, Content::Email(mail) if mail.html.is_empty() && mail.mjml.is_empty());
            fields.set("start", if is_empty { "" } else { "keep" });
        }
        Step::Message | Step::Personalize => {
            content::fill_message(&mut fields, &content, add);
            arms::fill(&mut fields, draft);
            fields.set("told.sender", draft.sender.clone());
            fields.set("told.account", draft.account.clone().unwrap_or_default());
        }
        Step::Summary => summary::fill(&mut fields, draft),
    }
    fields
}

/// The draft with what stands in the form of a step, and the campaign's name.
///
/// # Errors
/// [`Refusal::Invalid`] for a field that can't be read, such as a number that is none. What can be read is taken even
/// if it can't be sent like that: nothing typed is lost, and obstacles say what is missing.
pub(super) fn take(
    place: Place<'_>,
    fields: &Fields,
    name: &mut String,
    mut draft: Draft,
    chosen: Chosen,
) -> Result<Draft, Refusal> {
    at_least_one(&mut draft, place.channel);
    match place.step {
        Step::Detail => {
            let given = fields.trimmed("name");
            if given.is_empty() || given.chars().count() > 200 {
                return Err(Refusal::invalid(
                    "name",
                    "give it a name of 1 to 200 characters",
                ));
            }
            given.clone_into(name);
            draft.account = Some(fields.trimmed("account").to_owned()).filter(|id| !id.is_empty());
            fields.trimmed("sender").clone_into(&mut draft.sender);
            for (n, variant) in draft.variants.iter_mut().enumerate() {
                content::take_detail(fields, &mut variant.content, n == 0);
            }
        }
        Step::Recipients => draft.audience = audience(fields, &draft.audience)?,
        Step::Template => {
            let content = arms::content_mut(&mut draft, place.arm);
            if let Some(Content::Email(mail)) = content {
                content::take_template(fields, mail, chosen)?;
            }
        }
        Step::Message | Step::Personalize => {
            arms::take(fields, &mut draft)?;
            if let Some(content) = arms::content_mut(&mut draft, place.arm) {
                content::take_message(fields, content, chosen.template)?;
            }
        }
        Step::Summary => summary::take(fields, place.channel, &mut draft)?,
    }
    Ok(draft)
}
