//! What crosses the line for a report page: view-sized, and columns instead of a map per point.

use domain::{
    EventKind, Report,
    campaign::CampaignCard,
    experiment::{Arm, Difference, Verdict, difference, verdict},
    report::{Bucket, Kpis, SeriesPoint},
};
use serde::{Deserialize, Serialize};

/// Everything the page shows but the rows of Recipient Search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportAnswer {
    /// The campaign with the figures of its whole life.
    pub card: CampaignCard,
    /// The report asked for; its series is in `series`.
    pub report: Report,
    /// Counts over time.
    pub series: Columns,
    /// How the arms of an A/B test compare; empty without one.
    pub comparisons: Vec<Comparison>,
    /// Messages nobody knows the fate of: of a campaign that is sent from here.
    #[serde(default)]
    pub held: u64,
    /// Whether there is something to say of a holdout, or of that there is none: of a campaign that is sent from here.
    #[serde(default)]
    pub is_compared: bool,
}

/// The arms of an A/B test by one thing people do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What they do.
    pub what: EventKind,
    /// Each arm, and how it differs from the first one; none for the first.
    pub arms: Vec<(Arm, Option<Difference>)>,
    /// What can be said by now.
    pub verdict: Verdict,
}

impl Comparison {
    /// Compares arms by what people do with what was delivered to them. None where nobody did it.
    #[must_use]
    pub fn of(what: EventKind, arms: &[(String, Kpis)]) -> Option<Self> {
        let arms: Vec<Arm> = arms
            .iter()
            .map(|(name, kpis)| Arm {
                name: name.clone(),
                people: kpis.delivered,
                successes: kpis.tally(what).map_or(0, |tally| tally.unique),
            })
            .collect();
        if arms.iter().all(|arm| arm.successes == 0) {
            return None;
        }
        let verdict = verdict(&arms);
        let pairs = arms.len() * (arms.len() - 1) / 2;
        let first = arms.first().cloned()?;
        let arms = arms.into_iter().enumerate().map(|(n, arm)| {
            let difference = (n > 0).then(|| difference(&first, &arm, pairs)).flatten();
            (arm, difference)
        });
        Some(Self {
            what,
            arms: arms.collect(),
            verdict,
        })
    }
}

/// A series as columns. Only kinds that happened have one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    /// Width of the points.
    pub bucket: Bucket,
    /// Starts of the buckets, RFC 3339 with the zone's offset.
    pub at: Vec<String>,
    /// Wire name of a kind, and its count per point.
    pub counts: Vec<(String, Vec<u64>)>,
}

impl Columns {
    /// Turns points into columns.
    #[must_use]
    pub fn of(bucket: Bucket, points: Vec<SeriesPoint>) -> Self {
        let mut columns = Self {
            bucket,
            ..Self::default()
        };
        let length = points.len();
        for (index, point) in points.into_iter().enumerate() {
            columns.at.push(point.at);
            for (kind, count) in point.counts {
                if count == 0 {
                    continue;
                }
                let held = columns.counts.iter().position(|(name, _)| *name == kind);
                let column = held.unwrap_or_else(|| {
                    columns.counts.push((kind, vec![0; length]));
                    columns.counts.len() - 1
                });
                columns.counts[column].1[index] = count;
            }
        }
        columns
    }

    /// The counts of a kind; none when it never happened.
    #[must_use]
    pub fn of_kind(&self, kind: &str) -> Option<&[u64]> {
        self.counts
            .iter()
            .find(|(name, _)| name == kind)
            .map(|(_, counts)| counts.as_slice())
    }
}

impl ReportAnswer {
    /// Puts a card and its report together.
    #[must_use]
    pub fn of(card: CampaignCard, mut report: Report) -> Self {
        let series = std::mem::take(&mut report.series);
        // The campaign stands in the card already.
        report.campaign = None;
        Self {
            card,
            report,
            series: Columns::of(series.bucket, series.points),
            comparisons: Vec::new(),
            held: 0,
            is_compared: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn columns_hold_what_the_points_held() {
        let point = |at: &str, sent, opened| SeriesPoint {
            at: at.to_owned(),
            counts: BTreeMap::from([
                ("sent".to_owned(), sent),
                ("opened".to_owned(), opened),
                ("read".to_owned(), 0),
            ]),
        };
        let columns = Columns::of(
            Bucket::Hour,
            vec![point("a", 5, 0), point("b", 0, 0), point("c", 1, 2)],
        );
        assert_eq!(columns.at, ["a", "b", "c"]);
        assert_eq!(columns.of_kind("sent"), Some(&[5, 0, 1][..]));
        assert_eq!(columns.of_kind("opened"), Some(&[0, 0, 2][..]));
        assert_eq!(columns.of_kind("read"), None);
    }
}
