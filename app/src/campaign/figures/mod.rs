//! The headline figures of a card, per status, channel and type, and how each is made.

mod about;
#[cfg(test)]
mod tests;
mod view;

pub use about::About;
pub use view::Figures;

use chrono::{DateTime, Utc};
use domain::{
    CampaignKind, CampaignStatus, CampaignType,
    campaign::{CampaignCard, CardFigures},
    report::ratio,
};

use crate::{number, session::Session};

/// A value, what it is, and what it is out of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// As shown.
    pub value: String,
    /// What it is.
    pub label: &'static str,
    /// What it is out of; empty when it is a count.
    pub basis: String,
    /// How it is made; none for what isn't counted, as a date.
    pub about: Option<About>,
}

impl Figure {
    fn count(label: &'static str, n: u64) -> Self {
        Self {
            value: number::count(n),
            label,
            basis: String::new(),
            about: Some(About::count(label, n)),
        }
    }

    fn share(label: &'static str, n: u64, of: u64, base: &str) -> Self {
        let basis = format!("{} of {} {base}", number::count(n), number::count(of));
        Self {
            value: number::percent(ratio(n, of)),
            label,
            basis,
            about: Some(About::share(label, n, of, base)),
        }
    }

    fn missing(label: &'static str) -> Self {
        Self {
            value: number::NONE.to_owned(),
            label,
            basis: String::new(),
            about: None,
        }
    }

    fn date(label: &'static str, at: Option<DateTime<Utc>>, session: &Session) -> Self {
        match at {
            None => Self::missing(label),
            Some(at) => Self {
                value: session.zone.local(at).format("%-d %b").to_string(),
                label,
                basis: session.time(at),
                about: None,
            },
        }
    }
}

/// Up to four figures that say how the campaign stands.
#[must_use]
pub fn figures(card: &CampaignCard, session: &Session) -> Vec<Figure> {
    let (campaign, counts) = (&card.campaign, &card.figures);
    // Before anything is sent, nobody may have said how many recipients there will be.
    let people = match counts.recipients {
        0 => Figure::missing("Recipients"),
        n => Figure::count("Recipients", n),
    };
    match (campaign.kind, campaign.status) {
        (CampaignKind::Messaging, CampaignStatus::Pending) => {
            vec![Figure::missing("No date"), people]
        }
        (_, CampaignStatus::Scheduled) => {
            vec![
                Figure::date("Goes out", campaign.scheduled_at, session),
                people,
            ]
        }
        (CampaignKind::Interactive, CampaignStatus::Processing) => {
            vec![Figure::missing("Preparing"), people]
        }
        (_, CampaignStatus::Draft) => vec![Figure::missing("Unpublished"), people],
        (CampaignKind::Messaging, status) => messaging(campaign.campaign_type, status, counts),
        (CampaignKind::Interactive, _) => interactive(campaign.campaign_type, counts),
    }
}

fn messaging(
    campaign_type: CampaignType,
    status: CampaignStatus,
    counts: &CardFigures,
) -> Vec<Figure> {
    let CardFigures {
        recipients,
        sent,
        delivered,
        opened,
        read,
        clicked,
        ..
    } = *counts;
    let mut shown = if status == CampaignStatus::InProgress {
        vec![
            Figure::count("Submitted", sent),
            Figure::share("Progress", sent.min(recipients), recipients, "recipients"),
        ]
    } else {
        vec![Figure::count("Sent", sent)]
    };
    shown.push(Figure::share("Delivered", delivered, sent, "sent"));
    let seen = match campaign_type {
        CampaignType::Email | CampaignType::Push => Some(("Opened", opened)),
        CampaignType::WhatsApp | CampaignType::Rcs => Some(("Read", read)),
        _ => None,
    };
    if let Some((label, n)) = seen {
        shown.push(Figure::share(label, n, delivered, "delivered"));
    }
    shown.push(Figure::share("Clicked", clicked, delivered, "delivered"));
    shown.truncate(4);
    shown
}

fn interactive(campaign_type: CampaignType, counts: &CardFigures) -> Vec<Figure> {
    let visited = counts.visited;
    let of_visitors = |label, n| Figure::share(label, n, visited, "visitors");
    let visitors = Figure::count("Visited", visited);
    match campaign_type {
        CampaignType::SubscriptionForm => {
            vec![
                visitors,
                of_visitors("Submitted", counts.submitted),
                of_visitors("Completed", counts.completed),
            ]
        }
        CampaignType::Poll | CampaignType::WebPoll => {
            vec![
                visitors,
                of_visitors("Answered", counts.submitted),
                of_visitors("Completed", counts.completed),
            ]
        }
        CampaignType::DigitalCoupon => {
            vec![
                visitors,
                of_visitors("Played", counts.played),
                of_visitors("Redeemed", counts.redeemed),
            ]
        }
        CampaignType::MemberCard => {
            vec![
                visitors,
                of_visitors("Submitted", counts.submitted),
                of_visitors("Redeemed", counts.redeemed),
            ]
        }
        CampaignType::Keyword | CampaignType::Chatbot => vec![
            Figure::count("Wrote in", counts.received),
            Figure::count("Visited", visited),
            Figure::count("Completed", counts.completed),
        ],
        CampaignType::Geofence => vec![
            Figure::count("Sent", counts.sent),
            Figure::share("Delivered", counts.delivered, counts.sent, "sent"),
            Figure::share("Clicked", counts.clicked, counts.delivered, "delivered"),
            visitors,
        ],
        _ => vec![
            visitors,
            of_visitors("Played", counts.played),
            of_visitors("Completed", counts.completed),
            Figure::count("Prizes", counts.prizes),
        ],
    }
}

/// Everything counted so far, for the pages of campaigns that aren't completed. What is zero and doesn't
/// belong to the type is left out.
#[must_use]
pub fn statistics(card: &CampaignCard) -> Vec<Figure> {
    let counts = &card.figures;
    match card.campaign.kind {
        CampaignKind::Messaging => vec![
            Figure::count("Recipients", counts.recipients),
            Figure::count("Submitted", counts.sent),
            Figure::count("Delivered", counts.delivered),
            Figure::count("Failed", counts.failed),
            Figure::share(
                "Progress",
                counts.sent.min(counts.recipients),
                counts.recipients,
                "recipients",
            ),
        ],
        CampaignKind::Interactive => {
            let always = interactive(card.campaign.campaign_type, counts);
            let further = [
                ("Wrote in", counts.received),
                ("Sent", counts.sent),
                ("Submitted", counts.submitted),
                ("Completed", counts.completed),
                ("Prizes", counts.prizes),
                ("Redeemed", counts.redeemed),
            ]
            .into_iter()
            .filter(|(label, n)| *n > 0 && always.iter().all(|figure| figure.label != *label))
            .map(|(label, n)| Figure::count(label, n))
            .collect::<Vec<_>>();
            always.into_iter().chain(further).collect()
        }
    }
}

/// How far sending or preparing has come: done and all; none when nothing is under way.
#[must_use]
fn progress(card: &CampaignCard) -> Option<(u64, u64)> {
    let under_way = matches!(
        card.campaign.status,
        CampaignStatus::InProgress | CampaignStatus::Processing
    );
    let CardFigures {
        sent, recipients, ..
    } = card.figures;
    under_way.then_some((sent.min(recipients), recipients))
}
