//! Where one goes on after a save: the button that was pressed says so.

use std::str::FromStr;

use domain::sending::Step;

/// What a button of a step does besides saving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::editor) enum Go {
    /// On to the next step, if nothing stands in the way at this one.
    #[default]
    Next,
    /// To the step before.
    Back,
    /// Nowhere: previews and menus are made anew.
    Stay,
    /// To another step.
    Step(Step),
    /// To another arm.
    Arm(String),
    /// One more arm, and to it.
    AddArm,
    /// An arm less.
    RemoveArm(String),
    /// One more empty row of these.
    Add(String),
    /// These fields less.
    Remove(String),
}

impl FromStr for Go {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (what, which) = text.split_once(':').unwrap_or((text, ""));
        Ok(match what {
            "" | "next" => Self::Next,
            "back" => Self::Back,
            "stay" => Self::Stay,
            "step" => Self::Step(which.parse()?),
            "arm" => Self::Arm(which.to_owned()),
            "add-arm" => Self::AddArm,
            "remove-arm" => Self::RemoveArm(which.to_owned()),
            "add" => Self::Add(which.to_owned()),
            "remove" => Self::Remove(which.to_owned()),
            _ => return Err(()),
        })
    }
}
