//! Labels of time buckets, read from the bucket's own start: the zone is in its offset.

use chrono::{DateTime, FixedOffset};
use domain::report::Bucket;

/// One label per bucket. When the clocks go back an hour happens twice: both then carry their offset.
#[must_use]
pub fn time_labels(starts: &[String], bucket: Bucket) -> Vec<String> {
    let read: Vec<Option<DateTime<FixedOffset>>> = starts
        .iter()
        .map(|start| DateTime::parse_from_rfc3339(start).ok())
        .collect();
    let plain: Vec<String> = read
        .iter()
        .zip(starts)
        .map(|(at, start)| at.map_or_else(|| start.clone(), |at| label(at, bucket)))
        .collect();
    // A repeated wall clock lies at most an hour of quarters away.
    let is_twice = |at: usize| {
        let near = at.saturating_sub(8)..(at + 9).min(plain.len());
        near.into_iter()
            .any(|other| other != at && plain[other] == plain[at])
    };
    (0..plain.len())
        .map(|at| match read[at] {
            Some(start) if is_twice(at) => format!("{} ({})", plain[at], start.format("%:z")),
            _ => plain[at].clone(),
        })
        .collect()
}

fn label(at: DateTime<FixedOffset>, bucket: Bucket) -> String {
    let format = match bucket {
        Bucket::Auto | Bucket::Quarter | Bucket::Hour => "%-d %b %H:%M",
        Bucket::Day => "%a %-d %b",
        Bucket::Week => "Week of %-d %b",
        Bucket::Month => "%b %Y",
    };
    at.format(format).to_string()
}
