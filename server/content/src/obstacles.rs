//! What stands in the way of launching a draft.

use std::collections::BTreeSet;

use domain::{
    Channel,
    audience::{Audience, TYPED_MAX},
    content::{Content, VARIANTS_MAX},
    sending::{Draft, HOLDOUT_MAX, Obstacle, PER_SECOND_MAX, Pace, Step},
};

use crate::{check, rules::is_mailbox};

/// Minutes of a day.
const DAY: u16 = 24 * 60;
/// Longest name of a campaign, in characters.
const NAME_CHARS_MAX: usize = 200;

/// Everything wrong with a draft that can be told without asking a database or a carrier, in the order of the steps.
///
/// A problem of the content has the field's name where there is one arm, and the arm's name, a dot and the field's
/// where there are several: `B.subject`.
#[must_use]
pub fn obstacles(draft: &Draft, channel: Channel, name: &str) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut add = |step, field: &str, message: String| {
        found.push(Obstacle {
            step,
            field: field.to_owned(),
            message,
        });
    };
    detail(draft, channel, name, &mut add);
    recipients(&draft.audience, &mut add);
    shares(draft, channel, &mut add);
    contents(draft, channel, &mut add);
    pace(draft, &mut add);
    let steps = Step::of_channel(channel);
    let place = |step| steps.iter().position(|known| *known == step);
    found.sort_by_key(|obstacle| place(obstacle.step));
    found
}

/// The step at which a content is written.
fn content_step(channel: Channel) -> Step {
    match channel {
        Channel::Email => Step::Template,
        _ => Step::Message,
    }
}

fn detail(draft: &Draft, channel: Channel, name: &str, add: &mut impl FnMut(Step, &str, String)) {
    if name.trim().is_empty() {
        add(Step::Detail, "name", "Give the campaign a name.".to_owned());
    } else if name.chars().count() > NAME_CHARS_MAX {
        add(
            Step::Detail,
            "name",
            format!("The name has at most {NAME_CHARS_MAX} characters."),
        );
    }
    if draft
        .account
        .as_deref()
        .is_none_or(|id| id.trim().is_empty())
    {
        add(
            Step::Detail,
            "account",
            format!("Choose the account that sends {}.", channel.label()),
        );
    }
    let sender = draft.sender.trim();
    match channel {
        Channel::Push => {}
        _ if sender.is_empty() => {
            add(Step::Detail, "sender", "Choose the sender.".to_owned());
        }
        Channel::Email if !is_mailbox(sender) => add(
            Step::Detail,
            "sender",
            "The sender has to be a mailbox, such as news@example.com.".to_owned(),
        ),
        _ => {}
    }
}

fn recipients(audience: &Audience, add: &mut impl FnMut(Step, &str, String)) {
    match audience {
        Audience::Nobody => add(
            Step::Recipients,
            "audience",
            "Choose whom the campaign is for.".to_owned(),
        ),
        Audience::Typed { addresses } if addresses.iter().all(|a| a.trim().is_empty()) => add(
            Step::Recipients,
            "audience",
            "Type at least one address.".to_owned(),
        ),
        Audience::Typed { addresses } if addresses.len() > TYPED_MAX => add(
            Step::Recipients,
            "audience",
            format!("At most {TYPED_MAX} addresses can be typed; import a file for more."),
        ),
        _ => {}
    }
}

fn shares(draft: &Draft, channel: Channel, add: &mut impl FnMut(Step, &str, String)) {
    let step = content_step(channel);
    if draft.variants.is_empty() {
        add(step, "content", "Write what the campaign says.".to_owned());
        return;
    }
    if draft.variants.len() > VARIANTS_MAX {
        add(
            step,
            "variants",
            format!("There can be at most {VARIANTS_MAX} variants."),
        );
    }
    let names: BTreeSet<_> = draft.variants.iter().map(|variant| &variant.name).collect();
    if names.len() != draft.variants.len() || names.iter().any(|name| name.trim().is_empty()) {
        add(
            step,
            "variants",
            "Every variant needs a name of its own.".to_owned(),
        );
    }
    if draft.variants.iter().any(|variant| variant.share == 0) {
        add(
            step,
            "shares",
            "Every variant needs a share; remove the ones that are not to be sent.".to_owned(),
        );
    }
    if draft.holdout > HOLDOUT_MAX {
        add(
            step,
            "holdout",
            format!("At most {HOLDOUT_MAX} % can be held out."),
        );
    }
    let sum: u32 = draft
        .variants
        .iter()
        .map(|variant| u32::from(variant.share))
        .sum::<u32>()
        + u32::from(draft.holdout);
    if sum != 100 {
        add(
            step,
            "shares",
            format!("The shares and the holdout come to {sum} %, not 100 %."),
        );
    }
}

fn contents(draft: &Draft, channel: Channel, add: &mut impl FnMut(Step, &str, String)) {
    for variant in &draft.variants {
        let prefix = if draft.variants.len() > 1 {
            format!("{}.", variant.name)
        } else {
            String::new()
        };
        if variant.content.channel() != channel {
            add(
                content_step(channel),
                &format!("{prefix}content"),
                format!("This text is not for {}.", channel.label()),
            );
            continue;
        }
        for problem in check(&variant.content) {
            add(
                step_of(&variant.content, &problem.field),
                &format!("{prefix}{}", problem.field),
                problem.message,
            );
        }
    }
}

/// The step at which a field of a content is mended.
fn step_of(content: &Content, field: &str) -> Step {
    let Content::Email(email) = content else {
        return Step::Message;
    };
    let is_written = [&email.html, &email.mjml, &email.text]
        .iter()
        .any(|text| !text.trim().is_empty());
    match field {
        "subject" | "preheader" | "from_name" | "reply_to" => Step::Detail,
        _ if is_written => Step::Personalize,
        _ => Step::Template,
    }
}

fn pace(draft: &Draft, add: &mut impl FnMut(Step, &str, String)) {
    let Pace { per_second, window } = &draft.pace;
    if per_second.is_some_and(|rate| rate == 0 || rate > PER_SECOND_MAX) {
        add(
            Step::Summary,
            "per_second",
            format!("The speed is between 1 and {PER_SECOND_MAX} messages a second."),
        );
    }
    if let Some(window) = window {
        let is_window = window.from_minute < DAY
            && (1..=DAY).contains(&window.to_minute)
            && window.from_minute != window.to_minute;
        if !is_window {
            add(
                Step::Summary,
                "window",
                "The hours of sending need a beginning and an end that differ.".to_owned(),
            );
        }
    }
}
