//! Pace, hours and links.

use domain::{
    Channel, Refusal,
    audience::{Audience, Condition, FollowUp},
    sending::{Draft, PER_SECOND_MAX, Window},
};

use crate::editor::fields::Fields;

pub(super) fn fill(fields: &mut Fields, draft: &Draft) {
    let per_second = draft.pace.per_second.map(|n| n.to_string());
    fields.set("per_second", per_second.unwrap_or_default());
    if let Some(window) = draft.pace.window {
        fields.set("window", "1");
        fields.set("window.from", clock(window.from_minute));
        fields.set("window.to", clock(window.to_minute));
    }
    if draft.tracks_opens {
        fields.set("tracks_opens", "1");
    }
    if draft.hides_link {
        fields.set("hides_link", "1");
    }
    for (n, url) in draft.untracked.iter().enumerate() {
        fields.set(format!("untracked.{n}"), url.clone());
    }
}

pub(super) fn take(fields: &Fields, channel: Channel, draft: &mut Draft) -> Result<(), Refusal> {
    let per_second = fields.trimmed("per_second");
    draft.pace.per_second = if per_second.is_empty() {
        None
    } else {
        let n = per_second.parse().ok();
        let n = n.filter(|n| (1..=PER_SECOND_MAX).contains(n));
        let why = format!("give a whole number from 1 to {PER_SECOND_MAX}, or leave it empty");
        Some(n.ok_or_else(|| Refusal::invalid("per_second", why))?)
    };
    draft.pace.window = fields.has("window").then(|| window(fields)).transpose()?;
    if channel == Channel::Email {
        draft.tracks_opens = fields.has("tracks_opens");
        draft.hides_link = fields.has("hides_link");
    }
    // Links that the page showed; what it didn't show stays as it is.
    for row in fields.rows("link") {
        let url = fields.get(&format!("link.{row}"));
        draft.untracked.retain(|known| known != url);
        if !url.is_empty() && !fields.has(&format!("track.{row}")) {
            draft.untracked.push(url.to_owned());
        }
    }
    Ok(())
}

fn window(fields: &Fields) -> Result<Window, Refusal> {
    let from_minute = minute(fields, "window.from")?;
    let to_minute = match minute(fields, "window.to")? {
        0 => 1440,
        minute => minute,
    };
    if from_minute == to_minute {
        return Err(Refusal::invalid(
            "window.to",
            "give another hour than the first, or switch the window off",
        ));
    }
    Ok(Window {
        from_minute,
        to_minute,
    })
}

/// `09:30` as minutes of the day.
fn minute(fields: &Fields, name: &str) -> Result<u16, Refusal> {
    let parse = |text: &str| -> Option<u16> {
        let mut parts = text.split(':');
        let hour: u16 = parts.next()?.parse().ok()?;
        let minute: u16 = parts.next()?.parse().ok()?;
        (hour < 24 && minute < 60).then_some(hour * 60 + minute)
    };
    parse(fields.trimmed(name)).ok_or_else(|| Refusal::invalid(name, "give a time such as 09:00"))
}

fn clock(minute: u16) -> String {
    let minute = minute % 1440;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// What was chosen at the steps before, in words.
pub(in crate::editor) fn tell(fields: &mut Fields, draft: &Draft) {
    fields.set("told.sender", draft.sender.clone());
    fields.set("told.account", draft.account.clone().unwrap_or_default());
    if let Audience::List { list } = &draft.audience {
        fields.set("told.list", list.clone());
    }
    fields.set("told.audience", people(&draft.audience));
    if draft.variants.len() > 1 || draft.holdout > 0 {
        let mut parts: Vec<_> = draft
            .variants
            .iter()
            .map(|variant| format!("{} {}%", variant.name, variant.share))
            .collect();
        if draft.holdout > 0 {
            parts.push(format!("held back {}%", draft.holdout));
        }
        fields.set("told.arms", parts.join(", "));
    }
}

fn people(audience: &Audience) -> String {
    match audience {
        Audience::Nobody => String::new(),
        Audience::Everyone => "Everyone on the main list".to_owned(),
        Audience::List { .. } => "The list".to_owned(),
        Audience::Filter { condition } => {
            let conditions = crate::number::plural(leaves(condition), "condition", "conditions");
            format!("Contacts who meet a filter of {conditions}")
        }
        Audience::Typed { addresses } => {
            let n = u64::try_from(addresses.len()).unwrap_or(u64::MAX);
            crate::number::plural(n, "typed address", "typed addresses")
        }
        Audience::FollowUp { who, .. } => match who {
            FollowUp::NotOpened => "Those of an earlier campaign who did not open it",
            FollowUp::NotClicked => "Those of an earlier campaign who did not click",
            FollowUp::NotReached => "Those whom an earlier campaign did not reach",
        }
        .to_owned(),
    }
}

fn leaves(condition: &Condition) -> u64 {
    match condition {
        Condition::All { of } | Condition::Any { of } => of.iter().map(leaves).sum(),
        Condition::Not { of } => leaves(of),
        _ => 1,
    }
}
