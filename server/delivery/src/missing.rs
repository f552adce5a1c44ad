//! Placeholders that some of those who would be written to have no value for.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::{
    Channel,
    audience::{MissingExample, MissingValue},
    contact::Contact,
    sending::{Draft, Obstacle, Step},
};
use store::{Lacking, SendingInfo, Store, WorkspaceId};

use crate::work::bounded;

/// Placeholders whose examples are looked up.
const EXAMPLES_OF_MAX: usize = 10;

/// The audience of a draft, and those of it who lack a value.
pub(crate) struct Counted {
    /// Placeholders that each arm needs a value for, in the order of the arms.
    needed: Vec<BTreeSet<String>>,
    lacking: Lacking,
}

impl Counted {
    /// Who would be written to; for push, devices.
    pub(crate) fn eligible(&self) -> u64 {
        self.lacking.eligible
    }
}

async fn needed(draft: &Draft) -> store::Result<Vec<BTreeSet<String>>> {
    let variants = draft.variants.clone();
    bounded(move || {
        let arms = variants.iter();
        arms.map(|arm| content::required(&arm.content)).collect()
    })
    .await
}

/// Counts the audience of a draft, and those of it who lack a value.
///
/// # Errors
/// A refusal when the audience can't be read; when the database fails.
pub(crate) async fn counted(
    store: &Store,
    ws: WorkspaceId,
    info: &SendingInfo,
    now: DateTime<Utc>,
) -> store::Result<Counted> {
    let needed = needed(&info.draft).await?;
    let audience = &info.draft.audience;
    let lacking = store
        .count_lacking(ws, info.channel, audience, &needed, now)
        .await?;
    Ok(Counted { needed, lacking })
}

/// An obstacle for each arm that would reach nobody, because everybody lacks a value for it.
pub(crate) fn unreachable(info: &SendingInfo, counted: &Counted) -> Vec<Obstacle> {
    let step = match info.channel {
        Channel::Email => Step::Personalize,
        _ => Step::Message,
    };
    let Counted { needed, lacking } = counted;
    let arms = info.draft.variants.iter().zip(needed);
    let arms = arms.zip(&lacking.sets);
    arms.filter(|(_, without)| lacking.eligible > 0 && **without == lacking.eligible)
        .map(|((arm, needed), _)| {
            let names: Vec<&str> = lacking
                .names
                .iter()
                .filter(|name| name.count > 0 && needed.contains(&name.name))
                .map(|name| name.name.as_str())
                .collect();
            let (prefix, subject) = match info.draft.variants.len() {
                0 | 1 => (String::new(), "this message".to_owned()),
                _ => (format!("{}.", arm.name), format!("version {}", arm.name)),
            };
            let first = names.first().copied().unwrap_or("name");
            Obstacle {
                step,
                field: format!("{prefix}content"),
                message: format!(
                    "Nobody would get {subject}: everybody lacks a value for {}. Give a default, such as {{{{ {first} | default(\"…\") }}}}.",
                    names.join(" or ")
                ),
            }
        })
        .collect()
}

/// The placeholders without a default that some of those who would be written to have no value for, most of them first.
/// Nothing of the examples is masked.
///
/// # Errors
/// A refusal when the audience can't be read; when the database fails.
pub async fn missing_values(
    store: &Store,
    ws: WorkspaceId,
    info: &SendingInfo,
    now: DateTime<Utc>,
) -> store::Result<Vec<MissingValue>> {
    let Counted { needed, lacking } = counted(store, ws, info, now).await?;
    let mut names: Vec<_> = lacking.names.iter().filter(|name| name.count > 0).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.count));
    let shown = names.iter().take(EXAMPLES_OF_MAX);
    let keys = shown.flat_map(|name| &name.contacts).copied().collect();
    let contacts: BTreeMap<i64, Contact> = store
        .contacts_by_key(ws, &keys)
        .await?
        .into_iter()
        .collect();
    let arms = || info.draft.variants.iter().zip(&needed);
    let missing = names.into_iter().map(|name| MissingValue {
        placeholder: name.name.clone(),
        variants: arms()
            .filter(|(_, needed)| needed.contains(&name.name))
            .map(|(arm, _)| arm.name.clone())
            .collect(),
        recipients: name.count,
        eligible: lacking.eligible,
        examples: name
            .contacts
            .iter()
            .filter_map(|key| contacts.get(key))
            .map(|contact| example(info.channel, contact))
            .collect(),
    });
    Ok(missing.collect())
}

fn example(channel: Channel, contact: &Contact) -> MissingExample {
    let shown = match channel {
        Channel::Email => contact.email.clone(),
        Channel::Push => Some(contact.name.clone()),
        _ => contact.phone.clone(),
    };
    MissingExample {
        contact: contact.id.clone(),
        shown: shown.unwrap_or_default(),
    }
}
