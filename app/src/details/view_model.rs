//! From the progress of a campaign to words. Pure, and the same on both sides.

use domain::{
    CampaignStatus, Channel,
    sending::{Phase, Progress, Step},
};

use crate::{
    editor::Problem,
    number::{NONE, count, plural},
};

/// A count of messages, and what they have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatusRow {
    /// Stable word for it.
    pub(super) id: &'static str,
    /// For people.
    pub(super) label: &'static str,
    /// How many.
    pub(super) count: u64,
    /// Class that gives it its colour.
    pub(super) class: &'static str,
}

/// Whether messages are being prepared or handed over at this moment.
pub(super) fn is_moving(phase: Phase) -> bool {
    matches!(phase, Phase::Preparing | Phase::Sending)
}

/// Messages that wait for their turn or are with a worker.
pub(super) fn remaining(progress: &Progress) -> u64 {
    progress.waiting + progress.claimed
}

/// Messages per state, without states no message is in. They add up to the recipients.
pub(super) fn status_rows(progress: &Progress) -> Vec<StatusRow> {
    [
        ("submitted", "Submitted", progress.submitted, "tone--ok"),
        (
            "waiting",
            "Waiting for their turn",
            progress.waiting,
            "tone--wait",
        ),
        ("claimed", "Being submitted", progress.claimed, "tone--run"),
        (
            "failed",
            "Refused by the carrier",
            progress.failed,
            "tone--bad",
        ),
        (
            "unsent",
            "Not sent: blocked, incomplete or without consent",
            progress.unsent,
            "tone--draft",
        ),
        (
            "uncertain",
            "Held: nobody knows whether the carrier took them",
            progress.uncertain,
            "tone--bad",
        ),
        ("cancelled", "Cancelled", progress.cancelled, "tone--draft"),
        (
            "held_out",
            "Not written to on purpose (holdout)",
            progress.held_out,
            "tone--plan",
        ),
    ]
    .into_iter()
    .filter(|(_, _, count, _)| *count > 0)
    .map(|(id, label, count, class)| StatusRow {
        id,
        label,
        count,
        class,
    })
    .collect()
}

/// Messages handed over, at the pace of the last minute.
pub(super) fn rate(progress: &Progress) -> String {
    match progress.last_minute {
        0 => NONE.to_owned(),
        n if n >= 600 => format!("{}/s", count(n / 60)),
        n => format!("{}/min", count(n)),
    }
}

/// Time to the end at that pace: `3 min`.
pub(super) fn eta(progress: &Progress) -> String {
    if progress.phase != Phase::Sending || remaining(progress) == 0 {
        return NONE.to_owned();
    }
    match progress.eta_s {
        None => NONE.to_owned(),
        Some(s) if s < 60 => "under 1 min".to_owned(),
        Some(s) if s < 3_600 => format!("{} min", s.div_ceil(60)),
        Some(s) if s < 172_800 => {
            let minutes = s.div_ceil(60);
            format!("{} h {} min", minutes / 60, minutes % 60)
        }
        Some(s) => plural(s.div_ceil(86_400), "day", "days"),
    }
}

/// Whether it is over and no message went out, as far as anybody knows.
pub(super) fn is_nothing_sent(progress: &Progress) -> bool {
    progress.phase == Phase::Done && progress.submitted + progress.uncertain == 0
}

/// Value and maximum of the progress bar; none while there is nobody yet. At 0 when nothing was sent.
pub(super) fn bar(progress: &Progress) -> Option<(u64, u64)> {
    let all = progress.recipients;
    let done = if is_nothing_sent(progress) {
        0
    } else {
        all.saturating_sub(remaining(progress))
    };
    (all > 0).then_some((done, all))
}

/// What the phase is called, and what it means.
pub(super) fn phase_text(
    status: CampaignStatus,
    progress: &Progress,
) -> (&'static str, &'static str) {
    match (status, progress.phase) {
        _ if is_nothing_sent(progress) => (
            "Nothing was sent",
            "Nobody of this campaign got a message. The reasons are below.",
        ),
        (CampaignStatus::Completed, _) => (
            "Sent",
            "Nothing more is handed over. Receipts and reactions that arrive later still count.",
        ),
        (_, Phase::Draft) => ("About to begin", "It begins within moments."),
        (_, Phase::Preparing) => (
            "Preparing",
            "The audience is being written down. The first messages go out while it goes on.",
        ),
        (_, Phase::Sending) => ("Sending", "Messages are being handed over to the carrier."),
        (_, Phase::Suspended) => (
            "Suspended",
            "Nothing is handed over until it is resumed. What was handed over can’t be called back.",
        ),
        (_, Phase::Done) => (
            "Handed over",
            "Every message was handed over, refused or cancelled.",
        ),
    }
}

/// The step a person goes on with: the first that something is missing at, else the last.
pub(super) fn step_to_edit(channel: Option<Channel>, missing: &[Problem]) -> Step {
    let steps = channel.map_or(&[][..], Step::of_channel);
    steps
        .iter()
        .copied()
        .find(|step| missing.iter().any(|problem| problem.step == *step))
        .or_else(|| steps.last().copied())
        .unwrap_or(Step::Detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress() -> Progress {
        Progress {
            phase: Phase::Sending,
            recipients: 1_000,
            waiting: 500,
            claimed: 20,
            submitted: 440,
            failed: 10,
            unsent: 12,
            uncertain: 3,
            cancelled: 5,
            held_out: 10,
            last_minute: 120,
            eta_s: Some(260),
            ..Progress::default()
        }
    }

    #[test]
    fn the_rows_add_up_to_the_recipients() {
        let progress = progress();
        let rows = status_rows(&progress);
        let sum: u64 = rows.iter().map(|row| row.count).sum();
        assert_eq!((rows.len(), sum), (8, progress.recipients));
        assert_eq!(remaining(&progress), 520);
        assert_eq!(bar(&progress), Some((480, 1_000)));
        assert!(status_rows(&Progress::default()).is_empty());
        assert_eq!(bar(&Progress::default()), None);
    }

    #[test]
    fn a_campaign_that_wrote_to_nobody_does_not_look_like_success() {
        let mut progress = Progress {
            phase: Phase::Done,
            recipients: 12,
            unsent: 12,
            ..Progress::default()
        };
        let title = |progress: &Progress| phase_text(CampaignStatus::Completed, progress).0;
        assert_eq!(title(&progress), "Nothing was sent");
        assert_eq!(bar(&progress), Some((0, 12)));
        (progress.failed, progress.unsent) = (12, 0);
        assert_eq!(title(&progress), "Nothing was sent");
        // What may have arrived is not nothing.
        (progress.failed, progress.uncertain) = (11, 1);
        assert_eq!(title(&progress), "Sent");
        (progress.uncertain, progress.submitted) = (0, 1);
        assert_eq!(title(&progress), "Sent");
        assert_eq!(bar(&progress), Some((12, 12)));
        progress.phase = Phase::Sending;
        assert!(!is_nothing_sent(&Progress {
            submitted: 0,
            ..progress
        }));
    }

    #[test]
    fn pace_and_time_left_are_words() {
        let mut progress = progress();
        assert_eq!(
            (rate(&progress), eta(&progress)),
            ("120/min".into(), "5 min".into())
        );
        (progress.last_minute, progress.eta_s) = (30_000, Some(7_300));
        assert_eq!(
            (rate(&progress), eta(&progress)),
            ("500/s".into(), "2 h 2 min".into())
        );
        progress.eta_s = Some(400_000);
        assert_eq!(eta(&progress), "5 days");
        progress.eta_s = Some(0);
        assert_eq!(eta(&progress), "under 1 min");
        // No pace, no time; and none while it stands still.
        (progress.last_minute, progress.eta_s) = (0, None);
        assert_eq!(
            (rate(&progress), eta(&progress)),
            (NONE.into(), NONE.into())
        );
        (progress.phase, progress.eta_s) = (Phase::Suspended, Some(60));
        assert_eq!(eta(&progress), NONE);
    }

    #[test]
    fn one_goes_on_where_something_is_missing() {
        let at = |step| Problem {
            step,
            arm: String::new(),
            field: String::new(),
            message: String::new(),
        };
        let email = Some(Channel::Email);
        assert_eq!(step_to_edit(email, &[]), Step::Summary);
        let missing = [at(Step::Summary), at(Step::Recipients)];
        assert_eq!(step_to_edit(email, &missing), Step::Recipients);
        assert_eq!(step_to_edit(None, &missing), Step::Detail);
    }
}
