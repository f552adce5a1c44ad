//! The arms of an A/B test: one to four, named A to D, with the parts of the audience they go to.

use domain::{
    Channel, Refusal,
    content::{Content, VARIANTS_MAX, Variant},
    sending::{Draft, HOLDOUT_MAX},
};

use crate::editor::fields::Fields;

const NAMES: [&str; VARIANTS_MAX] = ["A", "B", "C", "D"];

/// Names of the arms; `A` for a draft without a text.
pub(in crate::editor) fn arm_names(draft: &Draft) -> Vec<String> {
    if draft.variants.is_empty() {
        return vec![NAMES[0].to_owned()];
    }
    draft.variants.iter().map(|v| v.name.clone()).collect()
}

/// Sees to it that there is an arm of the channel.
pub(in crate::editor) fn at_least_one(draft: &mut Draft, channel: Channel) {
    if draft.variants.is_empty() {
        draft.variants.push(Variant {
            name: NAMES[0].to_owned(),
            share: 100 - draft.holdout.min(HOLDOUT_MAX),
            content: Content::empty(channel),
        });
    }
}

/// One more arm that begins as a copy of the last; its name, or none when there are four.
pub(in crate::editor) fn add_arm(draft: &mut Draft) -> Option<String> {
    let name = (*NAMES.get(draft.variants.len())?).to_owned();
    let content = draft.variants.last()?.content.clone();
    draft.variants.push(Variant {
        name: name.clone(),
        share: 0,
        content,
    });
    share_out(draft);
    Some(name)
}

/// An arm less; the last one stays. Those behind it move up.
pub(in crate::editor) fn remove_arm(draft: &mut Draft, name: &str) {
    if draft.variants.len() > 1 {
        draft.variants.retain(|variant| variant.name != name);
        for (variant, name) in draft.variants.iter_mut().zip(NAMES) {
            name.clone_into(&mut variant.name);
        }
        share_out(draft);
    }
}

/// Equal parts of what the holdout leaves; the first arms take the rest.
fn share_out(draft: &mut Draft) {
    let all = 100 - draft.holdout.min(HOLDOUT_MAX);
    let n = u8::try_from(draft.variants.len()).unwrap_or(1).max(1);
    for (at, variant) in (0..).zip(&mut draft.variants) {
        variant.share = all / n + u8::from(at < all % n);
    }
}

/// What an arm says; of the first when there is none of this name.
pub(in crate::editor) fn content_of(draft: &Draft, channel: Channel, arm: &str) -> Content {
    let arms = &draft.variants;
    arms.iter()
        .find(|variant| variant.name == arm)
        .or_else(|| arms.first())
        .map_or_else(
            || Content::empty(channel),
            |variant| variant.content.clone(),
        )
}

pub(super) fn content_mut<'a>(draft: &'a mut Draft, arm: &str) -> Option<&'a mut Content> {
    let at = draft
        .variants
        .iter()
        .position(|variant| variant.name == arm)
        .unwrap_or(0);
    draft
        .variants
        .get_mut(at)
        .map(|variant| &mut variant.content)
}

pub(super) fn fill(fields: &mut Fields, draft: &Draft) {
    for variant in &draft.variants {
        fields.set(format!("share.{}", variant.name), variant.share.to_string());
    }
    fields.set("holdout", draft.holdout.to_string());
}

/// Shares and holdout. A single arm takes what the holdout leaves.
pub(super) fn take(fields: &Fields, draft: &mut Draft) -> Result<(), Refusal> {
    if fields.has("holdout") {
        draft.holdout = percent(fields, "holdout")?;
        if draft.holdout > HOLDOUT_MAX {
            return Err(Refusal::invalid(
                "holdout",
                format!("hold back at most {HOLDOUT_MAX}%"),
            ));
        }
    }
    if let [only] = draft.variants.as_mut_slice() {
        only.share = 100 - draft.holdout;
        return Ok(());
    }
    for variant in &mut draft.variants {
        let name = format!("share.{}", variant.name);
        if fields.has(&name) {
            variant.share = percent(fields, &name)?;
        }
    }
    Ok(())
}

fn percent(fields: &Fields, name: &str) -> Result<u8, Refusal> {
    let text = fields.trimmed(name).trim_end_matches('%').trim_end();
    text.parse()
        .ok()
        .filter(|share| *share <= 100)
        .ok_or_else(|| Refusal::invalid(name, "give a whole number from 0 to 100"))
}
