//! From a report to what is shown of it: strings, order, charts. Pure, and the same on both sides.

mod arms;
mod breakdowns;
mod charts;
mod country;
mod failure;
mod figures;
mod history;
mod series;
#[cfg(test)]
mod tests;
mod uplift;

pub use arms::{Compared, arms_tables};
pub use breakdowns::{
    Breakdown, ROWS_SHOWN, Row, breakdown, breakdown_table, clicks_by, failure_reasons,
    opt_out_reasons,
};
pub use charts::{funnel_chart, interactions_chart, links_chart, statuses_chart};
pub use failure::{Failure, Remedy, failure};
pub use figures::{
    Definition, Figure, Term, breakdown_about, columns, figures, funnel_about, held,
    interactions_about, links_about, recipients, statuses_about, time_about,
};
pub use history::{event_label, follow_ups};
pub use series::{bucket_name, buckets_offered, default_lines, lines_offered, time_chart};
pub use uplift::{UpliftShown, uplift_shown};

use domain::{CampaignKind, CampaignStatus, CampaignType, event::Dimension};

use super::{answer::ReportAnswer, params::Tab};

/// The parts of a report that decide which elements the page has. While it stays the same, figures only
/// change in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Messaging or interactive.
    pub kind: CampaignKind,
    /// Channel or type.
    pub campaign_type: CampaignType,
    /// Whether links were clicked.
    pub has_links: bool,
    /// Arms of the A/B test, as far as they have done anything.
    pub variants: Vec<String>,
    /// What there is to show.
    pub content: Content,
}

/// What there is to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Figures.
    Figures,
    /// Nothing in this range; the campaign has data elsewhere.
    NothingInRange,
    /// Nothing yet: the campaign is to go out later, is a draft, or waits for its first event.
    NothingYet,
}

impl Outline {
    /// The outline of an answer. `variant` is the arm asked for: it stays offered when it has no data.
    #[must_use]
    pub fn of(answer: &ReportAnswer, variant: Option<&str>) -> Self {
        let campaign = &answer.card.campaign;
        let rows = |dimension| {
            answer
                .report
                .breakdowns
                .get(&dimension)
                .map_or(&[][..], Vec::as_slice)
        };
        let mut variants: Vec<String> = rows(Dimension::Variant)
            .iter()
            .map(|row| row.value.clone())
            .collect();
        if let Some(variant) = variant
            && !variants.iter().any(|held| held == variant)
        {
            variants.push(variant.to_owned());
        }
        variants.sort();
        let is_empty = recipients(&answer.report) == 0
            && answer.series.counts.is_empty()
            && answer.report.breakdowns.values().all(Vec::is_empty);
        Self {
            kind: campaign.kind,
            campaign_type: campaign.campaign_type,
            has_links: !rows(Dimension::Link).is_empty(),
            variants,
            content: match (is_empty, campaign.first_event_at.is_some()) {
                (false, _) => Content::Figures,
                (true, true) => Content::NothingInRange,
                (true, false) => Content::NothingYet,
            },
        }
    }
}

/// The tabs a report has, with their names.
#[must_use]
pub fn tabs(kind: CampaignKind, has_links: bool) -> Vec<(Tab, &'static str)> {
    let mut tabs = vec![
        (Tab::Performance, "Performance"),
        (Tab::Overview, "Campaign Overview"),
    ];
    if has_links {
        tabs.push((Tab::Links, "Link Tracking"));
    }
    tabs.push((
        Tab::Recipients,
        match kind {
            CampaignKind::Messaging => "Recipient Search",
            CampaignKind::Interactive => "Participants",
        },
    ));
    tabs
}

/// The tab to show: the one asked for, or the first when the report doesn't have it.
#[must_use]
pub fn tab_shown(asked: Tab, kind: CampaignKind, has_links: bool) -> Tab {
    let offered = tabs(kind, has_links);
    if offered.iter().any(|(tab, _)| *tab == asked) {
        asked
    } else {
        Tab::Performance
    }
}

/// What to say above the figures of a campaign that isn't over.
#[must_use]
pub fn interim(status: CampaignStatus) -> Option<&'static str> {
    match status {
        CampaignStatus::InProgress => Some(
            "Interim report: messages are still being sent, and the figures move as events arrive.",
        ),
        CampaignStatus::Live => {
            Some("Interim report: participation is open, and the figures move as people take part.")
        }
        CampaignStatus::Pending => {
            Some("Paused: these are the figures up to now. Late receipts still count.")
        }
        _ => None,
    }
}

/// Why there is nothing to show yet, and whether Details has the next step.
#[must_use]
pub fn nothing_yet(status: CampaignStatus) -> (&'static str, bool) {
    match status {
        CampaignStatus::Scheduled => (
            "The campaign is scheduled. Its report begins with the first message sent.",
            true,
        ),
        CampaignStatus::Pending => (
            "The campaign has no delivery date. Its report begins with the first message sent.",
            true,
        ),
        CampaignStatus::Draft => (
            "The campaign is a draft. Its report begins once it is published and someone takes part.",
            true,
        ),
        CampaignStatus::Processing => (
            "The campaign is being prepared. Its report begins with the first event.",
            true,
        ),
        CampaignStatus::InProgress | CampaignStatus::Live => (
            "No event has arrived yet. The report appears by itself with the first one.",
            true,
        ),
        CampaignStatus::Completed => ("No event was recorded for this campaign.", false),
    }
}
