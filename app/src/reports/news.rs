//! What the live stream says about a list that its cards don't show by themselves.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::{CampaignFilter, CampaignStatus, campaign::CampaignCard};

use super::{shown::Shown, view_model::belongs};
use crate::{number, session::Session};

/// How the list would differ were it read now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// Campaigns that would stand on top.
    newer: u64,
    /// Whether others would come in between or go.
    is_stale: bool,
}

impl News {
    /// Compares the cards shown with those that changed since.
    pub(super) fn of(
        shown: &Shown,
        changed: &HashMap<String, CampaignCard>,
        filter: &CampaignFilter,
        session: &Session,
        today: NaiveDate,
    ) -> Self {
        // Further down there are always others than one has seen.
        if filter.cursor.is_some() {
            return Self::default();
        }
        let stands: HashSet<&str> = shown
            .cards
            .iter()
            .map(|card| card.campaign.id.as_str())
            .collect();
        let top = shown.cards.first().map(|card| card.campaign.created_at);
        let end = shown
            .cards
            .last()
            .filter(|_| shown.next_cursor.is_some())
            .map(|card| card.campaign.created_at);
        let mut news = Self::default();
        for card in changed.values() {
            let campaign = &card.campaign;
            // The page knew it and left it out, or it is gone.
            if campaign.version <= shown.version {
                continue;
            }
            let is_shown = stands.contains(campaign.id.as_str());
            match (is_shown, belongs(campaign, filter, session, today)) {
                (false, true) if top.is_none_or(|top| campaign.created_at > top) => news.newer += 1,
                (false, true) => {
                    news.is_stale |= end.is_none_or(|end| campaign.created_at >= end);
                }
                (true, false) => news.is_stale = true,
                _ => {}
            }
        }
        news
    }

    /// What a button says that reads the list anew; none when that would change nothing.
    pub(super) fn label(self) -> Option<String> {
        if self.is_stale {
            return Some("The list has changed. Refresh".to_owned());
        }
        (self.newer > 0).then(|| {
            format!(
                "Show {}",
                number::plural(self.newer, "new campaign", "new campaigns")
            )
        })
    }
}

/// What counts depend on, as it was last heard of each campaign.
#[derive(Debug, Default)]
pub(super) struct Counted(HashMap<String, (CampaignStatus, String)>);

impl Counted {
    /// Notes what an answer counted.
    pub(super) fn note(&mut self, cards: &[CampaignCard]) {
        self.would_differ(cards);
    }

    /// Whether counts are other ones now, as far as one can tell: a campaign that was never seen may be new.
    pub(super) fn would_differ(&mut self, cards: &[CampaignCard]) -> bool {
        let mut differs = false;
        for CampaignCard { campaign, .. } in cards {
            let now = (campaign.status, campaign.name.clone());
            let before = self.0.insert(campaign.id.clone(), now.clone());
            differs |= before != Some(now);
        }
        differs
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        campaign::CampaignPage,
        time::{RangeChoice, ZoneOffsets},
        user::{Role, Viewer, WorkspaceInfo},
    };

    use super::{super::shown::tests::card, *};

    fn session() -> Session {
        let workspace = WorkspaceInfo {
            name: "w".into(),
            time_zone: "UTC".into(),
            week_start: 1,
            is_demo: false,
            today: NaiveDate::default(),
        };
        let viewer = Viewer {
            email: "ana@example.org".into(),
            role: Role::Viewer,
            workspace,
        };
        Session {
            viewer,
            zone: ZoneOffsets::default(),
        }
    }

    fn label(shown: &Shown, changed: &[CampaignCard], filter: &CampaignFilter) -> Option<String> {
        let changed = changed
            .iter()
            .map(|card| (card.campaign.id.clone(), card.clone()))
            .collect();
        let today = "1970-01-01".parse().expect("a date");
        News::of(shown, &changed, filter, &session(), today).label()
    }

    fn shown(next: Option<&str>) -> Shown {
        Shown::of(&CampaignPage {
            cards: vec![card("d", 40, 1), card("b", 20, 1)],
            next_cursor: next.map(str::to_owned),
            version: 5,
            ..CampaignPage::default()
        })
    }

    fn in_progress() -> CampaignFilter {
        CampaignFilter {
            range: RangeChoice::All,
            status: Some(CampaignStatus::InProgress),
            ..CampaignFilter::default()
        }
    }

    #[test]
    fn new_campaigns_are_counted_and_moved_figures_are_no_news() {
        let filter = in_progress();
        assert_eq!(label(&shown(None), &[card("d", 40, 9)], &filter), None);
        let two = [card("e", 50, 8), card("f", 60, 9)];
        assert_eq!(
            label(&shown(None), &two, &filter).as_deref(),
            Some("Show 2 new campaigns")
        );
        // The page was read after that: it was deleted since.
        assert_eq!(label(&shown(None), &[card("e", 50, 5)], &filter), None);
        let further = CampaignFilter {
            cursor: Some("x".into()),
            ..filter
        };
        assert_eq!(label(&shown(None), &two, &further), None);
    }

    #[test]
    fn what_comes_in_between_or_goes_makes_the_list_stale() {
        let filter = in_progress();
        let refresh = Some("The list has changed. Refresh");
        let mut gone = card("b", 20, 9);
        gone.campaign.status = CampaignStatus::Completed;
        assert_eq!(
            label(&shown(None), &[gone.clone()], &filter).as_deref(),
            refresh
        );
        assert_eq!(
            label(&shown(None), &[card("c", 30, 9)], &filter).as_deref(),
            refresh
        );
        // Below the last card, on a page not read yet.
        assert_eq!(label(&shown(Some("1")), &[card("a", 10, 9)], &filter), None);
        assert_eq!(
            label(&shown(None), &[card("a", 10, 9)], &filter).as_deref(),
            refresh
        );
        // Elsewhere.
        gone.campaign.id = "z".into();
        assert_eq!(label(&shown(None), &[gone], &filter), None);
    }

    #[test]
    fn a_day_outside_the_range_is_no_news() {
        let filter = CampaignFilter {
            range: "1970-01-02..1970-01-03".parse().expect("a range"),
            ..in_progress()
        };
        let day = 86_400;
        assert_eq!(
            label(
                &Shown::default(),
                &[card("e", 0, 9), card("f", 3 * day, 9)],
                &filter
            ),
            None
        );
        assert!(label(&Shown::default(), &[card("g", day, 9)], &filter).is_some());
    }

    #[test]
    fn counts_depend_on_names_and_statuses_alone() {
        let mut counted = Counted::default();
        counted.note(&[card("a", 1, 1)]);
        assert!(!counted.would_differ(&[card("a", 1, 2)]));
        assert!(counted.would_differ(&[card("b", 2, 2)]));
        assert!(!counted.would_differ(&[card("b", 2, 3)]));
        let mut moved = card("a", 1, 4);
        moved.campaign.status = CampaignStatus::Completed;
        assert!(counted.would_differ(&[moved.clone()]));
        moved.campaign.name = "Renamed".into();
        assert!(counted.would_differ(&[moved]));
    }
}
