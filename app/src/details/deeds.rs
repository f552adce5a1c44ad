//! What can be done to the campaign, and what came of it.

use leptos::prelude::*;

use super::api::{ControlSending, DecideHeld};
use crate::{
    campaign::{ChangeStatus, DeleteCampaign, Reschedule},
    editor::LaunchCampaign,
    error::AppError,
    ui::Deed,
};

/// How many deeds there are.
const DEEDS: usize = 6;

/// What can be done to the campaign on this page.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    pub(super) change: Deed,
    pub(super) reschedule: Deed,
    pub(super) delete: Deed,
    pub(super) launch: Deed,
    pub(super) control: Deed,
    pub(super) decide: Deed,
    /// Why the last of them was refused; none when it was done.
    pub(super) error: Memo<Option<AppError>>,
}

impl Deeds {
    /// None done yet; but a form sent without scripts has its answer already.
    pub(super) fn new() -> Self {
        let all = [
            Deed::of::<ChangeStatus>(),
            Deed::of::<Reschedule>(),
            Deed::of::<DeleteCampaign>(),
            Deed::of::<LaunchCampaign>(),
            Deed::of::<ControlSending>(),
            Deed::of::<DecideHeld>(),
        ];
        let answers = move || all.map(|deed| deed.answer().and_then(Result::err));
        let last =
            Memo::new(move |before: Option<&Last>| Last::after(before, all.map(Deed::version)));
        let [change, reschedule, delete, launch, control, decide] = all;
        Self {
            change,
            reschedule,
            delete,
            launch,
            control,
            decide,
            error: Memo::new(move |_| error_of(last.get().at, answers())),
        }
    }

    /// Grows with each finished change.
    pub(super) fn version(self) -> usize {
        let changes = [
            self.change,
            self.reschedule,
            self.launch,
            self.control,
            self.decide,
        ];
        changes.map(Deed::version).into_iter().sum()
    }

    /// Whether the campaign is being deleted by this page, or was.
    pub(super) fn is_deleting(self) -> bool {
        untrack(|| self.delete.pending().get() || matches!(self.delete.answer(), Some(Ok(()))))
    }
}

/// Which deed was finished last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Last {
    /// How often each was finished.
    finished: [usize; DEEDS],
    at: Option<usize>,
}

impl Last {
    fn after(before: Option<&Self>, finished: [usize; DEEDS]) -> Self {
        let before = before.copied().unwrap_or_default();
        let at = (0..finished.len()).find(|n| finished[*n] > before.finished[*n]);
        Self {
            finished,
            at: at.or(before.at),
        }
    }
}

/// The error of the deed at `last`; of any, as long as none was finished on this page.
fn error_of(last: Option<usize>, answers: [Option<AppError>; DEEDS]) -> Option<AppError> {
    let mut answers = answers.into_iter();
    match last {
        Some(last) => answers.nth(last).flatten(),
        None => answers.flatten().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_that_is_done_takes_the_error_of_the_one_before_away() {
        let refused = || Some(AppError::Transport);
        let mut last = Last::after(None, [0, 0, 0, 0, 0, 0]);
        assert_eq!(
            error_of(last.at, [None, None, None, None, None, None]),
            None
        );
        // A form sent without scripts.
        assert_eq!(
            error_of(last.at, [None, refused(), None, None, None, None]),
            refused()
        );
        last = Last::after(Some(&last), [1, 0, 0, 0, 0, 0]);
        assert_eq!(
            error_of(last.at, [refused(), None, None, None, None, None]),
            refused()
        );
        last = Last::after(Some(&last), [1, 1, 0, 0, 0, 0]);
        assert_eq!(
            error_of(last.at, [refused(), None, None, None, None, None]),
            None
        );
        last = Last::after(Some(&last), [1, 1, 0, 0, 0, 0]);
        assert_eq!(
            error_of(last.at, [refused(), None, None, None, None, None]),
            None
        );
        last = Last::after(Some(&last), [2, 1, 0, 0, 0, 0]);
        assert_eq!(
            error_of(last.at, [refused(), None, None, None, None, None]),
            refused()
        );
    }
}
