//! What crosses the line for a report page: view-sized, and columns instead of a map per point.

use domain::{
    Report,
    campaign::CampaignCard,
    report::{Bucket, SeriesPoint},
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
    /// Messages nobody knows the fate of: of a campaign that is sent from here.
    #[serde(default)]
    pub held: u64,
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
            held: 0,
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
