//! What a step is shown with.

use std::collections::BTreeMap;

use domain::{
    Campaign, Channel,
    audience::{AudienceCount, MissingValue},
    content::{ContentLink, Preview},
    sending::Step,
};
use serde::{Deserialize, Serialize};

use super::fields::Fields;
use crate::routes::{Route, with_query};

/// One entry of a menu.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What it is called.
    pub label: String,
    /// Why it can't be chosen; none when it can.
    pub obstacle: Option<String>,
}

impl Choice {
    /// A choice that can be made.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            obstacle: None,
        }
    }
}

/// What is wrong, and where it is mended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Step.
    pub step: Step,
    /// Arm it stands in; empty where arms don't matter.
    pub arm: String,
    /// Field of the form.
    pub field: String,
    /// For people.
    pub message: String,
}

impl Problem {
    /// The step of a campaign where it is mended, at its arm.
    #[must_use]
    pub fn href(&self, campaign: &str) -> String {
        let href = Route::Edit(campaign.to_owned(), self.step).href();
        if self.arm.is_empty() {
            return href;
        }
        with_query(&href, &[("arm", self.arm.clone())])
    }
}

/// A step of a campaign, ready to be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// The campaign.
    pub campaign: Campaign,
    /// Its channel.
    pub channel: Channel,
    /// The step.
    pub step: Step,
    /// Revision that a save names.
    pub revision: i64,
    /// Whether anything can be changed: it was not launched.
    pub is_open: bool,
    /// Every step, with whether it is finished: saved, and nothing stands in the way there.
    pub steps: Vec<(Step, bool)>,
    /// The arm that is shown.
    pub arm: String,
    /// All arms.
    pub arms: Vec<String>,
    /// What stands in the form.
    pub fields: Fields,
    /// What is wrong: of this step, once it was saved; on the summary, of all.
    pub problems: Vec<Problem>,
    /// Menus, by name.
    pub menus: BTreeMap<String, Vec<Choice>>,
    /// How many people the saved audience comes to; none when nobody was chosen, or it could not be counted.
    pub count: Option<AudienceCount>,
    /// On the summary: whom it leaves out for want of a value.
    #[serde(default)]
    pub lacking: Vec<MissingValue>,
    /// Why a menu is empty, such as a carrier that doesn't answer.
    pub trouble: Option<String>,
    /// Messages as one person gets them.
    pub previews: Vec<Preview>,
    /// Links of all arms.
    pub links: Vec<ContentLink>,
}

impl Given {
    /// A menu; empty when there is none of this name.
    #[must_use]
    pub fn menu(&self, name: &str) -> &[Choice] {
        self.menus.get(name).map_or(&[], Vec::as_slice)
    }

    /// The step before this one; none at the beginning.
    #[must_use]
    pub fn back(&self) -> Option<Step> {
        back(self.channel, self.step)
    }
}

/// The step after another; the same at the end.
#[cfg(feature = "ssr")]
#[must_use]
pub(super) fn next(channel: Channel, step: Step) -> Step {
    let mut steps = Step::of_channel(channel).iter().copied();
    steps.find(|one| *one == step);
    steps.next().unwrap_or(step)
}

/// The step before another; none at the beginning.
#[must_use]
pub(super) fn back(channel: Channel, step: Step) -> Option<Step> {
    let steps = Step::of_channel(channel);
    let at = steps.iter().position(|one| *one == step)?;
    steps.get(at.checked_sub(1)?).copied()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_each_other_by_channel() {
        assert_eq!(next(Channel::Sms, Step::Recipients), Step::Message);
        assert_eq!(next(Channel::Email, Step::Recipients), Step::Summary);
        assert_eq!(next(Channel::Sms, Step::Summary), Step::Summary);
        assert_eq!(back(Channel::Email, Step::Summary), Some(Step::Recipients));
        assert_eq!(back(Channel::Push, Step::Detail), None);
    }
}
