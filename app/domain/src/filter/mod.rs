//! What a campaign list shows, as it stands in the URL. Each tab has its own.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::{
    campaign::{CampaignKind, CampaignStatus, CampaignType},
    time::{DateRange, RangeChoice},
};

/// The filters of one tab. They combine with AND.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CampaignFilter {
    /// The tab.
    pub kind: CampaignKind,
    /// *Show*: creation date.
    pub range: RangeChoice,
    /// *Campaign type*; none for all.
    pub campaign_type: Option<CampaignType>,
    /// *View by status*; none for all.
    pub status: Option<CampaignStatus>,
    /// Part of a name, or a number with or without `#`.
    pub query: String,
    /// Where the page begins; none at the top.
    pub cursor: Option<String>,
}

impl CampaignFilter {
    /// A tab without any filter set.
    #[must_use]
    pub fn of_kind(kind: CampaignKind) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// Query parameters, without those that stand at their default. The tab is the path, not a parameter.
    #[must_use]
    pub fn to_params(&self) -> Vec<(&'static str, String)> {
        let mut params = Vec::new();
        if self.range != RangeChoice::default() {
            params.push(("range", self.range.to_string()));
        }
        if let Some(campaign_type) = self.campaign_type {
            params.push(("type", campaign_type.as_str().to_owned()));
        }
        if let Some(status) = self.status {
            params.push(("status", status.as_str().to_owned()));
        }
        if !self.query.is_empty() {
            params.push(("q", self.query.clone()));
        }
        if let Some(cursor) = &self.cursor {
            params.push(("cursor", cursor.clone()));
        }
        params
    }

    /// Reads query parameters. What can't be understood, or belongs to the other tab, falls back to its
    /// default: a mistyped URL still shows a list.
    #[must_use]
    pub fn from_params<'a>(kind: CampaignKind, get: impl Fn(&str) -> Option<&'a str>) -> Self {
        Self {
            kind,
            range: range_from_params(&get).unwrap_or_default(),
            campaign_type: get("type")
                .and_then(|text| text.parse::<CampaignType>().ok())
                .filter(|t| t.kind() == kind),
            status: get("status")
                .and_then(|text| text.parse::<CampaignStatus>().ok())
                .filter(|s| CampaignStatus::of_kind(kind).contains(s)),
            query: search_text(get("q").unwrap_or_default()),
            cursor: get("cursor").map(str::to_owned).filter(|c| !c.is_empty()),
        }
    }
}

/// What is searched for: at most 200 characters, none of them control characters (PostgreSQL refuses NUL).
fn search_text(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control())
        .skip_while(|c| c.is_whitespace())
        .take(200)
        .collect();
    kept.trim_end().to_owned()
}

/// The range of a query string: `range=…`, or the `from` and `to` of a form sent without JavaScript.
/// `from` and `to` win, because such a form may carry both.
#[must_use]
pub fn range_from_params<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Option<RangeChoice> {
    let day = |name: &str| get(name).and_then(|text| text.parse().ok());
    match (day("from"), day("to")) {
        (Some(from), Some(to)) => Some(RangeChoice::Custom(DateRange::between(from, to))),
        (Some(day), None) | (None, Some(day)) => {
            Some(RangeChoice::Custom(DateRange::between(day, day)))
        }
        (None, None) => get("range").and_then(|text| text.parse().ok()),
    }
}
