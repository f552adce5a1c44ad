//! How a card's figure is made, in the words of its label.

use crate::number;

/// How a figure is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// One sentence.
    pub sentence: &'static str,
    /// Role, name and count: a share's numerator and denominator, or the count itself.
    pub terms: Vec<(&'static str, String, String)>,
    /// Which events count; none where machines make no difference.
    pub evidence: Option<&'static str>,
}

impl About {
    /// Of a count.
    #[must_use]
    pub fn count(label: &'static str, n: u64) -> Self {
        Self::of(label, vec![("Count", label.to_owned(), number::count(n))])
    }

    /// Of the share that `n` is of `of`.
    #[must_use]
    pub fn share(label: &'static str, n: u64, of: u64, base: &str) -> Self {
        let numerator = if label == "Progress" { "Sent" } else { label };
        Self::of(
            label,
            vec![
                ("Numerator", numerator.to_owned(), number::count(n)),
                ("Denominator", base_name(base).to_owned(), number::count(of)),
            ],
        )
    }

    fn of(label: &str, terms: Vec<(&'static str, String, String)>) -> Self {
        // Only these can be caused by a machine.
        let reacts = matches!(label, "Opened" | "Read" | "Clicked" | "Visited");
        Self {
            sentence: sentence(label),
            terms,
            evidence: reacts
                .then_some("Human-likely events; machines, scanners and prefetching are left out"),
        }
    }
}

fn base_name(base: &str) -> &str {
    match base {
        "sent" => "Sent",
        "delivered" => "Delivered",
        "visitors" => "Visitors",
        "recipients" => "Recipients",
        other => other,
    }
}

fn sentence(label: &str) -> &'static str {
    match label {
        "Recipients" => "Messages of the campaign, whatever became of them.",
        "Sent" => {
            "Messages the carrier or provider accepted. What was delivered, failed or opened was sent."
        }
        "Submitted" => "Handed in: messages to the carrier, or forms and answers by people.",
        "Progress" => "Share of the recipients whose message was sent.",
        "Delivered" => "Sent messages that reached the handset, mailbox or device.",
        "Failed" => "Sent messages that failed, for now or for good.",
        "Opened" => "Distinct people who opened it.",
        "Read" => "Distinct people who read it. Those who switched read receipts off are missing.",
        "Clicked" => "Distinct people with at least one click on a tracked link.",
        "Visited" => "Distinct people who opened the landing page.",
        "Played" => "Distinct people who began: pressed start, swiped, scratched or spun.",
        "Answered" => "Distinct people who handed in their answers.",
        "Completed" => "Distinct people who took part to the end.",
        "Prizes" => "Prizes given away.",
        "Redeemed" => "Distinct people who redeemed their coupon.",
        "Wrote in" => "Distinct people who wrote in.",
        _ => "Counted from the campaign’s events.",
    }
}
