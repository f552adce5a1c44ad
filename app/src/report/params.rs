//! What a report page shows, as it stands in the URL.

use chrono::{NaiveDate, Weekday};
use domain::{
    EvidenceFilter, ReportQuery,
    event::KEY_CHARS_MAX,
    message::Category,
    report::{Bucket, Clock},
    time::{DateRange, RangeChoice},
};
use serde::{Deserialize, Serialize};

/// A tab of the report. Which ones a campaign has: see [`super::view_model::tabs`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tab {
    /// Figures, charts, breakdowns.
    #[default]
    Performance,
    /// What the campaign is.
    Overview,
    /// Clicks per link.
    Links,
    /// One row per message.
    Recipients,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Self; 4] = [
        Self::Performance,
        Self::Overview,
        Self::Links,
        Self::Recipients,
    ];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Performance => "performance",
            Self::Overview => "overview",
            Self::Links => "links",
            Self::Recipients => "recipients",
        }
    }
}

/// Which lines the time chart draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lines {
    /// What people did.
    Engagement,
    /// What became of the messages.
    Delivery,
}

impl Lines {
    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Engagement => "engagement",
            Self::Delivery => "delivery",
        }
    }
}

/// The state of the page. Every switch of it is a link to another state.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportParams {
    /// Tab.
    pub tab: Tab,
    /// Days covered; all of them is the whole campaign.
    pub range: RangeChoice,
    /// Which time places a figure.
    pub clock: Clock,
    /// Width of the time chart's points.
    pub bucket: Bucket,
    /// Whether machines count.
    pub evidence: EvidenceFilter,
    /// Only this arm of an A/B test.
    pub variant: Option<String>,
    /// Lines of the time chart; none for the channel's own choice.
    pub lines: Option<Lines>,
    /// Recipient Search: part of a recipient.
    pub q: String,
    /// Recipient Search: status.
    pub status: Option<Category>,
    /// Recipient Search: where the page begins.
    pub cursor: Option<String>,
    /// Recipient Search: the message whose history is open, by its key.
    #[serde(default)]
    pub message: Option<String>,
}

impl Default for ReportParams {
    fn default() -> Self {
        Self {
            tab: Tab::default(),
            range: RangeChoice::All,
            // On the event clock a time chart shows when things happened. Rates are of the cohort either way.
            clock: Clock::Event,
            bucket: Bucket::default(),
            evidence: EvidenceFilter::default(),
            variant: None,
            lines: None,
            q: String::new(),
            status: None,
            cursor: None,
            message: None,
        }
    }
}

const BUCKETS: [Bucket; 6] = [
    Bucket::Auto,
    Bucket::Quarter,
    Bucket::Hour,
    Bucket::Day,
    Bucket::Week,
    Bucket::Month,
];

const CATEGORIES: [Category; 11] = [
    Category::Queued,
    Category::Unsent,
    Category::Sent,
    Category::Transit,
    Category::Delivered,
    Category::NotOpen,
    Category::Open,
    Category::Opened,
    Category::Read,
    Category::Fallback,
    Category::Failed,
];

/// The status with this wire name.
#[must_use]
pub fn category_named(text: &str) -> Option<Category> {
    CATEGORIES
        .into_iter()
        .find(|category| category.as_str() == text)
}

/// The bucket with this wire name.
#[must_use]
pub fn bucket_named(text: &str) -> Option<Bucket> {
    BUCKETS.into_iter().find(|bucket| bucket.as_str() == text)
}

/// The days asked for: by name, or as the two fields of the calendar's form.
fn range_of(text: impl Fn(&str) -> Option<String>) -> Option<RangeChoice> {
    let day = |name: &str| text(name).and_then(|text| text.parse::<NaiveDate>().ok());
    match (day("from"), day("to")) {
        (Some(from), Some(to)) => Some(RangeChoice::Custom(DateRange::between(from, to))),
        _ => text("range").and_then(|text| text.parse().ok()),
    }
}

impl ReportParams {
    /// Reads query parameters. What can't be understood falls back to its default: a mistyped URL still
    /// shows a report.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).filter(|text| !text.is_empty());
        let is = |name: &str, wanted: &str| get(name).is_some_and(|text| text == wanted);
        Self {
            tab: text("tab")
                .and_then(|name| Tab::ALL.into_iter().find(|tab| tab.as_str() == name))
                .unwrap_or_default(),
            range: range_of(text).unwrap_or(RangeChoice::All),
            clock: if is("clock", "send") {
                Clock::Send
            } else {
                Clock::Event
            },
            bucket: text("bucket")
                .and_then(|name| bucket_named(&name))
                .unwrap_or_default(),
            evidence: if is("evidence", "all") {
                EvidenceFilter::All
            } else {
                EvidenceFilter::Human
            },
            // No arm has a longer name, and every switch would repeat it in its link.
            variant: text("variant").map(|name| name.chars().take(KEY_CHARS_MAX).collect()),
            lines: [Lines::Engagement, Lines::Delivery]
                .into_iter()
                .find(|lines| is("lines", lines.as_str())),
            q: text("q")
                .unwrap_or_default()
                .trim()
                .chars()
                .take(128)
                .collect(),
            status: text("status").and_then(|name| category_named(&name)),
            cursor: text("cursor"),
            message: text("message").map(|key| key.chars().take(KEY_CHARS_MAX).collect()),
        }
    }

    /// Query parameters, without those that stand at their default.
    #[must_use]
    pub fn to_params(&self) -> Vec<(&'static str, String)> {
        let mut params = Vec::new();
        let mut put = |name, text: &str| params.push((name, text.to_owned()));
        if self.tab != Tab::default() {
            put("tab", self.tab.as_str());
        }
        if self.range != RangeChoice::All {
            put("range", &self.range.to_string());
        }
        if self.clock != Clock::Event {
            put("clock", self.clock.as_str());
        }
        if self.bucket != Bucket::default() {
            put("bucket", self.bucket.as_str());
        }
        if self.evidence != EvidenceFilter::default() {
            put("evidence", self.evidence.as_str());
        }
        if let Some(variant) = &self.variant {
            put("variant", variant);
        }
        if let Some(lines) = self.lines {
            put("lines", lines.as_str());
        }
        if !self.q.is_empty() {
            put("q", &self.q);
        }
        if let Some(status) = self.status {
            put("status", status.as_str());
        }
        if let Some(cursor) = &self.cursor {
            put("cursor", cursor);
        }
        if let Some(message) = &self.message {
            put("message", message);
        }
        params
    }

    /// The question to ask, with `today` resolving the preset ranges.
    #[must_use]
    pub fn question(&self, today: NaiveDate, week_start: Weekday) -> ReportQuery {
        let range = self.range.resolve(today, week_start);
        ReportQuery {
            clock: self.clock,
            from: range.map(|range| range.from),
            to: range.map(|range| range.to),
            tz: None,
            bucket: self.bucket,
            evidence: self.evidence,
            variant: self.variant.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(params: &ReportParams) -> ReportParams {
        let written = params.to_params();
        ReportParams::read(|name| {
            written
                .iter()
                .find(|(held, _)| *held == name)
                .map(|(_, value)| value.clone())
        })
    }

    #[test]
    fn every_state_of_the_page_survives_the_url() {
        assert!(ReportParams::default().to_params().is_empty());
        let mut states = vec![ReportParams::default()];
        for tab in Tab::ALL {
            for bucket in BUCKETS {
                for lines in [None, Some(Lines::Engagement), Some(Lines::Delivery)] {
                    states.push(ReportParams {
                        tab,
                        bucket,
                        lines,
                        ..ReportParams::default()
                    });
                }
            }
        }
        for status in CATEGORIES {
            states.push(ReportParams {
                status: Some(status),
                clock: Clock::Send,
                evidence: EvidenceFilter::All,
                variant: Some("B & C".to_owned()),
                q: "+34 600".to_owned(),
                cursor: Some("abc".to_owned()),
                message: Some("m:1&2".to_owned()),
                range: "2026-03-01..2026-03-29".parse().unwrap_or(RangeChoice::All),
                ..ReportParams::default()
            });
        }
        for state in states {
            assert_eq!(round_trip(&state), state);
        }
    }

    #[test]
    fn a_variant_is_no_longer_than_an_arm_can_be() {
        let read = ReportParams::read(|name| (name == "variant").then(|| "é".repeat(5_000)));
        assert_eq!(read.variant, Some("é".repeat(KEY_CHARS_MAX)));
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        let read = ReportParams::read(|_| Some("<script>".to_owned()));
        assert_eq!(
            read,
            ReportParams {
                variant: Some("<script>".to_owned()),
                q: "<script>".to_owned(),
                cursor: Some("<script>".to_owned()),
                message: Some("<script>".to_owned()),
                ..ReportParams::default()
            }
        );
    }
}
