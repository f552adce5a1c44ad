//! The time chart: which lines, in which words.

use domain::{
    CampaignKind, CampaignType, EventKind,
    report::{Bucket, Clock, ReportRange},
};

use super::super::{answer::ReportAnswer, params::Lines};
use crate::chart::{Cell, ChartSeries, ChartSpec, Shape, Table, Tone, rest_of, time_labels};

use EventKind as K;

/// The lines of a choice, in order, as far as they can occur.
fn kinds(campaign_type: CampaignType, lines: Lines) -> &'static [EventKind] {
    match (campaign_type.kind(), lines) {
        (_, Lines::Delivery) => &[K::Sent, K::Delivered, K::Failed, K::Unsent, K::Queued],
        (CampaignKind::Messaging, Lines::Engagement) => &[
            K::Opened,
            K::Read,
            K::Clicked,
            K::Replied,
            K::Unsubscribed,
            K::Complained,
            K::Converted,
        ],
        (CampaignKind::Interactive, Lines::Engagement) => &[
            K::Visited,
            K::Played,
            K::Completed,
            K::Submitted,
            K::PrizeAssigned,
            K::Answered,
            K::Received,
            K::Redeemed,
            K::PassAdded,
            K::PassRemoved,
            K::Clicked,
            K::Converted,
        ],
    }
}

/// Plural noun of a kind, as lines are named.
#[must_use]
pub fn plural_noun(kind: EventKind) -> &'static str {
    match kind {
        K::Queued => "Queued",
        K::Unsent => "Unsent",
        K::Sent => "Sent",
        K::Delivered => "Delivered",
        K::SoftFailed => "Failed for now",
        K::Failed => "Failed",
        K::Opened => "Opens",
        K::Read => "Reads",
        K::Clicked => "Clicks",
        K::Replied => "Replies",
        K::Unsubscribed => "Opt-outs",
        K::Complained => "Complaints",
        K::Converted => "Conversions",
        K::Received => "Messages received",
        K::Visited => "Visits",
        K::Played => "Plays",
        K::Answered => "Answers",
        K::Submitted => "Submissions",
        K::Completed => "Completions",
        K::PrizeAssigned => "Prizes",
        K::Redeemed => "Redemptions",
        K::PassAdded => "Passes added",
        K::PassRemoved => "Passes removed",
        K::Achieved => "Conversions with or without a message",
    }
}

/// The kinds that happened, in order.
fn happened(answer: &ReportAnswer, lines: Lines) -> Vec<(EventKind, &[u64])> {
    kinds(answer.card.campaign.campaign_type, lines)
        .iter()
        .filter_map(|kind| Some((*kind, answer.series.of_kind(kind.as_str())?)))
        .collect()
}

/// The choices that have something to draw.
#[must_use]
pub fn lines_offered(answer: &ReportAnswer) -> Vec<Lines> {
    [Lines::Engagement, Lines::Delivery]
        .into_iter()
        .filter(|lines| !happened(answer, *lines).is_empty())
        .collect()
}

/// What to draw when nothing was chosen: what people did, or deliveries while nobody did anything.
#[must_use]
pub fn default_lines(answer: &ReportAnswer) -> Lines {
    lines_offered(answer)
        .first()
        .copied()
        .unwrap_or(Lines::Engagement)
}

/// Points the server gives at most in one series: it refuses a granularity that would make more.
const POINTS_MAX: i64 = 20_000;

/// The granularities that fit the days of the range, narrowest first, after the one that chooses by itself.
#[must_use]
pub fn buckets_offered(range: &ReportRange) -> Vec<Bucket> {
    let days = range
        .from
        .zip(range.to)
        .map_or(1, |(from, to)| (to - from).num_days() + 1);
    // Days on which the clocks go back have an hour more; a range can hold more such days than others by one.
    let n_points = |bucket| match bucket {
        Bucket::Quarter => days * 96 + 4,
        Bucket::Hour => days * 24 + 1,
        Bucket::Auto | Bucket::Day | Bucket::Week | Bucket::Month => 1,
    };
    [
        Bucket::Auto,
        Bucket::Quarter,
        Bucket::Hour,
        Bucket::Day,
        Bucket::Week,
        Bucket::Month,
    ]
    .into_iter()
    .filter(|bucket| n_points(*bucket) <= POINTS_MAX)
    .collect()
}

/// What a granularity is called in its switch.
#[must_use]
pub fn bucket_name(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Auto => "Auto",
        Bucket::Quarter => "15 min",
        Bucket::Hour => "Hour",
        Bucket::Day => "Day",
        Bucket::Week => "Week",
        Bucket::Month => "Month",
    }
}

fn per(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Quarter => "per 15 minutes",
        Bucket::Auto | Bucket::Hour => "per hour",
        Bucket::Day => "per day",
        Bucket::Week => "per week",
        Bucket::Month => "per month",
    }
}

/// `Opens and clicks`; more than two have a name of their own.
fn title_of(names: &[&str], lines: Lines) -> String {
    match (names, lines) {
        ([one], _) => (*one).to_owned(),
        ([one, other], _) => format!("{one} and {}", other.to_lowercase()),
        (_, Lines::Engagement) => "Engagement over time".to_owned(),
        (_, Lines::Delivery) => "Delivery over time".to_owned(),
    }
}

/// The time chart.
#[must_use]
pub fn time_chart(answer: &ReportAnswer, lines: Option<Lines>) -> ChartSpec {
    let lines = lines.unwrap_or_else(|| default_lines(answer));
    let all = happened(answer, lines);
    let names: Vec<&str> = all.iter().map(|(kind, _)| plural_noun(*kind)).collect();
    let categories = time_labels(&answer.series.at, answer.series.bucket);
    let what = match lines {
        Lines::Delivery => "messages",
        Lines::Engagement => "events",
    };
    let by = match answer.report.range.clock {
        Clock::Send => " of sending",
        Clock::Event => "",
    };
    let unit = format!(
        "{what} {}{by}, {}",
        per(answer.series.bucket),
        answer.report.range.tz
    );
    let rows = answer.series.at.iter().enumerate().map(|(at, start)| {
        let mut row = vec![Cell::Time {
            shown: categories[at].clone(),
            exact: start.clone(),
        }];
        row.extend(
            all.iter()
                .map(|(_, counts)| Cell::Count(counts.get(at).copied().unwrap_or(0))),
        );
        row
    });
    let mut head = vec!["Time".to_owned()];
    head.extend(names.iter().map(|name| (*name).to_owned()));
    let table = Table {
        head,
        rows: rows.collect(),
    };
    // As many lines as there are colours; table and file have every kind.
    let series: Vec<_> = all
        .iter()
        .zip(Tone::SERIES)
        .map(|((kind, counts), tone)| ChartSeries::plain(plural_noun(*kind), tone, counts.to_vec()))
        .collect();
    ChartSpec {
        title: title_of(&names, lines),
        unit,
        shape: Shape::Lines,
        rest: rest_of(all.len() - series.len()),
        series,
        notes: Vec::new(),
        categories,
        table,
    }
}
