//! From a claimed message to what is handed over.

use std::collections::{BTreeMap, HashMap};

use carrier::{EmailBody, Outgoing, OutgoingBody, PushBody, RcsBody, WhatsAppBody, WhatsAppValue};
use content::{
    Compiled, ContactFields, MessageUrls, RenderError, Rendered, Values,
    track::{Keys, Purpose},
};
use domain::{
    Channel,
    contact::PushTarget,
    content::{ContentProblem, Variant},
    evidence::HIDDEN_LINK,
    sending::Draft,
};
use store::{Active, Claimed};

use crate::{
    arms::{Arm, Arms, compile},
    work::bounded,
};

/// What is the same for all messages of a batch.
pub(crate) struct Desk<'a> {
    pub(crate) campaign: &'a Active,
    pub(crate) arms: &'a Arms,
    pub(crate) keys: &'a Keys,
    /// Public address of this server, without a slash at the end.
    pub(crate) base: &'a str,
    pub(crate) webhook_key: &'a str,
    /// Short addresses by message and link.
    pub(crate) short: &'a HashMap<(String, i64), String>,
}

/// Why a message can't be made: the carrier's vocabulary's word, and a sentence without contact data.
pub(crate) struct Unmade {
    pub(crate) raw: &'static str,
    pub(crate) reason: String,
}

impl From<RenderError> for Unmade {
    fn from(error: RenderError) -> Self {
        let raw = match &error {
            RenderError::TooLong { .. } => "SEGMENTS_EXCEEDED",
            RenderError::Missing(_) | RenderError::Broken { .. } => "INCOMPLETE",
        };
        Self {
            raw,
            reason: error.to_string(),
        }
    }
}

/// Whether links of a channel are short addresses: where people read them, and pay for their length.
pub(crate) fn is_short(channel: Channel) -> bool {
    matches!(channel, Channel::Sms | Channel::Rcs)
}

impl Desk<'_> {
    /// The message for one person.
    pub(crate) fn outgoing(&self, claimed: &Claimed) -> Result<Outgoing, Unmade> {
        let lost = || Unmade {
            raw: "INCOMPLETE",
            reason: "the arm of this message is gone".to_owned(),
        };
        let arm = self.arms.by_name.get(&claimed.variant).ok_or_else(lost)?;
        let mut values = Values::of(&ContactFields {
            name: &claimed.name,
            email: claimed.email.as_deref(),
            phone: claimed.phone.as_deref(),
            time_zone: claimed.time_zone.as_deref(),
            external_id: claimed.external_id.as_deref(),
            attributes: &claimed.attributes,
        });
        values.set("campaign", &self.campaign.name);
        let urls = self.urls(arm, &claimed.message);
        let rendered = arm.compiled.render(&values, &urls)?;
        let body = self.body(rendered, claimed, &urls)?;
        let (message, base) = (&claimed.message, self.base);
        Ok(Outgoing {
            message: message.clone(),
            from: self.arms.draft.sender.clone(),
            to: claimed.address.clone(),
            callback: Some(format!("{base}/hooks/{}?m={message}", self.webhook_key)),
            body,
        })
    }

    fn urls(&self, arm: &Arm, message: &str) -> MessageUrls {
        let base = self.base;
        let mut links = BTreeMap::new();
        for (position, link) in &arm.tracked {
            let code = self.short.get(&(message.to_owned(), *link));
            let url = match code {
                Some(code) => format!("{base}/s/{code}"),
                None => format!(
                    "{base}/c/{}",
                    self.keys.sign(Purpose::Click, message, *link)
                ),
            };
            links.insert(*position, url);
        }
        let sign = |purpose| self.keys.sign(purpose, message, 0);
        let draft = &self.arms.draft;
        let is_email = self.arms.channel == Channel::Email;
        let hides_link = is_email && draft.hides_link && !arm.tracked.is_empty();
        MessageUrls {
            links,
            pixel: (is_email && draft.tracks_opens)
                .then(|| format!("{base}/o/{}.gif", sign(Purpose::Open))),
            hidden: hides_link.then(|| {
                let token = self.keys.sign(Purpose::Click, message, HIDDEN_LINK);
                format!("{base}/c/{token}")
            }),
            unsubscribe: format!("{base}/u/{}", sign(Purpose::Unsubscribe)),
            preferences: format!("{base}/p/{}", sign(Purpose::Preferences)),
        }
    }

    fn body(
        &self,
        rendered: Rendered,
        claimed: &Claimed,
        urls: &MessageUrls,
    ) -> Result<OutgoingBody, Unmade> {
        let report = || {
            let token = self.keys.sign(Purpose::Push, &claimed.message, 0);
            format!("{}/t/push/{token}", self.base)
        };
        let feedback = format!(
            "{}:{}:reportage",
            self.campaign.id, self.campaign.workspace.0
        );
        body(
            rendered,
            claimed.target.clone(),
            report,
            Some((&urls.unsubscribe, feedback)),
        )
    }
}

/// The rendered message in the form carriers take.
fn body(
    rendered: Rendered,
    target: Option<PushTarget>,
    report: impl Fn() -> String,
    unsubscribe: Option<(&str, String)>,
) -> Result<OutgoingBody, Unmade> {
    Ok(match rendered {
        Rendered::Sms { text } => OutgoingBody::Sms { text },
        Rendered::Email(email) => OutgoingBody::Email(Box::new(EmailBody {
            from_name: email.from_name,
            reply_to: email.reply_to,
            subject: email.subject,
            html: email.html,
            text: email.text,
            unsubscribe: unsubscribe.as_ref().map(|(url, _)| (*url).to_owned()),
            feedback_id: unsubscribe.map(|(_, feedback)| feedback),
        })),
        Rendered::Push(content) => OutgoingBody::Push(Box::new(PushBody {
            target: target.ok_or_else(|| Unmade {
                raw: "NOT_SENT",
                reason: "the device is gone".to_owned(),
            })?,
            content: *content,
            report: report(),
        })),
        Rendered::WhatsApp {
            template,
            media,
            header,
            body,
            links,
        } => {
            let mut values: Vec<_> = header.into_iter().map(WhatsAppValue::Header).collect();
            values.extend(body.into_iter().map(WhatsAppValue::Body));
            values.extend(
                links
                    .into_iter()
                    .map(|(place, end)| WhatsAppValue::Link(place, end)),
            );
            OutgoingBody::WhatsApp(Box::new(WhatsAppBody {
                template: *template,
                media,
                values,
            }))
        }
        Rendered::Rcs {
            text,
            card_title,
            image,
            suggestions,
            fallback,
        } => OutgoingBody::Rcs(Box::new(RcsBody {
            text,
            card_title,
            image,
            suggestions,
            fallback,
        })),
    })
}

/// Whom a test goes to, and with whose values.
#[derive(Clone, Copy)]
pub struct TestMessage<'a> {
    /// Where it goes.
    pub address: &'a str,
    /// The device, for push.
    pub target: Option<&'a PushTarget>,
    /// What stands for the placeholders.
    pub values: &'a Values,
}

/// A test of one arm: nothing in it is tracked, and it is counted nowhere.
///
/// # Errors
/// When too many contents are looked at. Inside, a sentence when the content can't be made with these values.
pub async fn test_message(
    draft: &Draft,
    variant: &Variant,
    base: &str,
    test: TestMessage<'_>,
) -> store::Result<Result<Outgoing, String>> {
    let (whole, arm, address) = (draft.clone(), variant.clone(), base.to_owned());
    let compiled = bounded(move || compile(&whole, &arm, &address)).await?;
    Ok(test_outgoing(draft, compiled, base, test))
}

fn test_outgoing(
    draft: &Draft,
    compiled: Result<Compiled, Vec<ContentProblem>>,
    base: &str,
    test: TestMessage<'_>,
) -> Result<Outgoing, String> {
    let compiled = compiled.map_err(|problems| {
        let first = problems.into_iter().next();
        first.map_or_else(
            || "The content can't be used.".to_owned(),
            |problem| problem.message,
        )
    })?;
    let key = store::message_key().map_err(|error| error.to_string())?;
    let urls = MessageUrls {
        unsubscribe: base.to_owned(),
        preferences: base.to_owned(),
        ..MessageUrls::default()
    };
    let rendered = compiled
        .render(test.values, &urls)
        .map_err(|error| error.to_string())?;
    let body = body(
        rendered,
        test.target.cloned(),
        || format!("{base}/t/push/test"),
        None,
    )
    .map_err(|unmade| unmade.reason)?;
    Ok(Outgoing {
        message: key,
        from: draft.sender.clone(),
        to: test.address.to_owned(),
        callback: None,
        body,
    })
}
