//! What the lists show, as plain values.

use chrono::NaiveDate;
use domain::{
    CampaignFilter, CampaignKind, CampaignStatus, CampaignType,
    campaign::{Campaign, CampaignPage},
    time::RangeChoice,
};

use crate::{campaign::status_class, routes::Route, session::Session, ui::MenuOption};

/// Name of a tab.
pub(super) fn tab_label(kind: CampaignKind) -> &'static str {
    match kind {
        CampaignKind::Messaging => "Messaging",
        CampaignKind::Interactive => "Interactive Campaigns",
    }
}

/// How many campaigns a tab has, whatever its filters.
pub(super) fn tab_total(page: &CampaignPage, kind: CampaignKind) -> u64 {
    match kind {
        CampaignKind::Messaging => page.tab_totals.0,
        CampaignKind::Interactive => page.tab_totals.1,
    }
}

/// The *Campaign type* menu: *All*, then the tab's types.
pub(super) fn type_options(
    filter: &CampaignFilter,
    page: Option<&CampaignPage>,
) -> Vec<MenuOption> {
    let choices = CampaignType::of_kind(filter.kind)
        .map(|t| (t, t.label(), None))
        .collect();
    let counts = page.map(|page| page.by_type.as_slice());
    options(choices, filter.campaign_type, counts, |campaign_type| {
        CampaignFilter {
            campaign_type,
            cursor: None,
            ..filter.clone()
        }
    })
}

/// The *View by status* menu: *All*, then the tab's statuses.
pub(super) fn status_options(
    filter: &CampaignFilter,
    page: Option<&CampaignPage>,
) -> Vec<MenuOption> {
    let choices = CampaignStatus::of_kind(filter.kind)
        .iter()
        .map(|s| (*s, s.label(), Some(status_class(*s))))
        .collect();
    let counts = page.map(|page| page.by_status.as_slice());
    options(choices, filter.status, counts, |status| CampaignFilter {
        status,
        cursor: None,
        ..filter.clone()
    })
}

fn options<T: Copy + PartialEq>(
    choices: Vec<(T, &'static str, Option<&'static str>)>,
    chosen: Option<T>,
    counts: Option<&[(T, u64)]>,
    with: impl Fn(Option<T>) -> CampaignFilter,
) -> Vec<MenuOption> {
    let count_of = |choice: T| {
        counts.map(|counts| {
            counts
                .iter()
                .find(|(t, _)| *t == choice)
                .map_or(0, |(_, n)| *n)
        })
    };
    let all = MenuOption {
        label: "All",
        dot: None,
        count: counts.map(|counts| counts.iter().map(|(_, n)| n).sum()),
        href: Route::Campaigns(with(None)).href(),
        current: chosen.is_none(),
    };
    let each = choices.into_iter().map(|(choice, label, dot)| MenuOption {
        label,
        dot,
        count: count_of(choice),
        href: Route::Campaigns(with(Some(choice))).href(),
        current: chosen == Some(choice),
    });
    std::iter::once(all).chain(each).collect()
}

/// The parameters of the address without those named.
pub(super) fn params_without(
    filter: &CampaignFilter,
    without: &str,
) -> Vec<(&'static str, String)> {
    let mut params = filter.to_params();
    params.retain(|(name, _)| *name != without && *name != "cursor");
    params
}

/// Whether anything narrows the list beyond the default.
pub(super) fn is_filtered(filter: &CampaignFilter) -> bool {
    CampaignFilter {
        cursor: None,
        ..filter.clone()
    } != CampaignFilter::of_kind(filter.kind)
}

/// The same filters over all of time.
pub(super) fn over_all_time(filter: &CampaignFilter) -> CampaignFilter {
    CampaignFilter {
        range: RangeChoice::All,
        cursor: None,
        ..filter.clone()
    }
}

/// Whether a campaign that the live stream brings would stand in this list, were it read on the day `today`.
pub(super) fn belongs(
    campaign: &Campaign,
    filter: &CampaignFilter,
    session: &Session,
    today: NaiveDate,
) -> bool {
    let day = session.zone.local(campaign.created_at).date();
    let query = filter.query.to_lowercase();
    campaign.kind == filter.kind
        && filter
            .campaign_type
            .is_none_or(|t| t == campaign.campaign_type)
        && filter.status.is_none_or(|s| s == campaign.status)
        && filter
            .range
            .resolve(today, session.week_start())
            .is_none_or(|range| range.contains(day))
        && (query.is_empty()
            || campaign.name.to_lowercase().contains(&query)
            || campaign.number.to_string() == query.trim_start_matches('#'))
}

/// The one action of a card, and the further one of a Live campaign.
pub(super) fn actions(campaign: &Campaign) -> Vec<(&'static str, Route)> {
    let report = ("Report", Route::Report(campaign.kind, campaign.id.clone()));
    let details = ("Details", Route::Details(campaign.id.clone()));
    match campaign.status {
        CampaignStatus::Completed => vec![report],
        CampaignStatus::Live => vec![report, details],
        _ => vec![details],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_depend_on_the_tab() {
        let labels = |kind| {
            let filter = CampaignFilter::of_kind(kind);
            let types = type_options(&filter, None)
                .into_iter()
                .map(|o| o.label)
                .collect::<Vec<_>>();
            let statuses = status_options(&filter, None)
                .into_iter()
                .map(|o| o.label)
                .collect::<Vec<_>>();
            (types, statuses)
        };
        let (types, statuses) = labels(CampaignKind::Messaging);
        assert_eq!(types, ["All", "SMS", "Email", "Push", "WhatsApp", "RCS"]);
        assert_eq!(
            statuses,
            ["All", "Completed", "In Progress", "Scheduled", "Pending"]
        );
        let (types, statuses) = labels(CampaignKind::Interactive);
        assert_eq!(types.len(), 13);
        assert_eq!(
            statuses,
            [
                "All",
                "Completed",
                "Live",
                "Processing",
                "Scheduled",
                "Pending",
                "Draft"
            ]
        );
    }

    #[test]
    fn a_choice_keeps_the_other_filters() {
        let filter = CampaignFilter {
            query: "sale".into(),
            status: Some(CampaignStatus::Completed),
            cursor: Some("x".into()),
            ..CampaignFilter::default()
        };
        let page = CampaignPage {
            by_type: vec![(CampaignType::Email, 3), (CampaignType::Sms, 4)],
            ..CampaignPage::default()
        };
        let options = type_options(&filter, Some(&page));
        assert_eq!(
            (options[0].count, options[2].count, options[3].count),
            (Some(7), Some(3), Some(0))
        );
        assert_eq!(
            options[2].href,
            "/reports/messaging?type=email&status=completed&q=sale"
        );
        assert!(options[0].current);
    }
}
