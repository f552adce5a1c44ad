//! The cards on the page: the first page and those that came below it.

use std::collections::HashSet;

use domain::campaign::{CampaignCard, CampaignPage};

/// What stands in a list, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shown {
    /// All cards, each campaign once.
    pub(super) cards: Vec<CampaignCard>,
    /// Where the next page begins; none at the end.
    pub(super) next_cursor: Option<String>,
    /// Change number its first page was read at.
    pub(super) version: i64,
    /// How many of the cards are the first page.
    n_first: usize,
}

impl Shown {
    /// A first page alone.
    pub(super) fn of(page: &CampaignPage) -> Self {
        Self {
            cards: page.cards.clone(),
            next_cursor: page.next_cursor.clone(),
            version: page.version,
            n_first: page.cards.len(),
        }
    }

    /// How many cards came below the first page.
    pub(super) fn n_further(&self) -> usize {
        self.cards.len() - self.n_first
    }

    /// Takes the next page.
    pub(super) fn extend(&mut self, page: CampaignPage) {
        let known = ids(&self.cards);
        let new: Vec<_> = page
            .cards
            .into_iter()
            .filter(|card| !known.contains(&card.campaign.id))
            .collect();
        self.cards.extend(new);
        self.next_cursor = page.next_cursor;
    }

    /// Takes the first page as it is now. What stood below it stays, until [`Self::replace_further`] says better: a
    /// reader far down keeps their place.
    pub(super) fn renew(&mut self, page: &CampaignPage) {
        let kept = match page.cards.last() {
            Some(last) if page.next_cursor.is_some() && self.n_further() > 0 => {
                let known = ids(&page.cards);
                let end = last.campaign.created_at;
                let is_below = |card: &CampaignCard| {
                    card.campaign.created_at <= end && !known.contains(&card.campaign.id)
                };
                std::mem::take(&mut self.cards)
                    .into_iter()
                    .filter(is_below)
                    .collect()
            }
            _ => Vec::new(),
        };
        let next_cursor = self.next_cursor.take();
        *self = Self::of(page);
        if !kept.is_empty() {
            self.next_cursor = next_cursor;
            self.cards.extend(kept);
        }
    }

    /// Puts pages that were read anew below the first.
    pub(super) fn replace_further(
        &mut self,
        cards: Vec<CampaignCard>,
        next_cursor: Option<String>,
    ) {
        self.cards.truncate(self.n_first);
        self.extend(CampaignPage {
            cards,
            next_cursor,
            ..CampaignPage::default()
        });
    }

    /// Those of `cards` that are shown in an older version.
    pub(super) fn outdated_by(&self, cards: &[CampaignCard]) -> Vec<CampaignCard> {
        cards
            .iter()
            .filter(|new| {
                self.cards.iter().any(|old| {
                    old.campaign.id == new.campaign.id
                        && old.campaign.version < new.campaign.version
                })
            })
            .cloned()
            .collect()
    }
}

fn ids(cards: &[CampaignCard]) -> HashSet<String> {
    cards.iter().map(|card| card.campaign.id.clone()).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use chrono::DateTime;
    use domain::{Campaign, CampaignKind, CampaignStatus, CampaignType, campaign::CardFigures};

    use super::*;

    /// A card created `at` seconds after the beginning of time, in version `version`.
    pub(in crate::reports) fn card(id: &str, at: i64, version: i64) -> CampaignCard {
        CampaignCard {
            campaign: Campaign {
                id: id.into(),
                number: at,
                external_id: None,
                name: format!("Campaign {id}"),
                kind: CampaignKind::Messaging,
                campaign_type: CampaignType::Sms,
                sender: String::new(),
                status: CampaignStatus::InProgress,
                created_at: DateTime::from_timestamp(at, 0).unwrap_or_default(),
                scheduled_at: None,
                was_live: false,
                first_event_at: None,
                last_event_at: None,
                version,
            },
            figures: CardFigures::default(),
        }
    }

    fn page(ids: &[(&str, i64)], next: Option<&str>, version: i64) -> CampaignPage {
        CampaignPage {
            cards: ids.iter().map(|(id, at)| card(id, *at, version)).collect(),
            next_cursor: next.map(str::to_owned),
            version,
            ..CampaignPage::default()
        }
    }

    fn names(shown: &Shown) -> String {
        shown
            .cards
            .iter()
            .map(|card| card.campaign.id.as_str())
            .collect()
    }

    #[test]
    fn a_new_first_page_keeps_what_stands_below() {
        let mut shown = Shown::of(&page(&[("f", 6), ("e", 5)], Some("1"), 1));
        shown.extend(page(&[("d", 4), ("c", 3)], Some("2"), 1));
        shown.extend(page(&[("b", 2), ("a", 1)], None, 1));
        // One came on top, so one of the first page moves below it: it must not be lost.
        shown.renew(&page(&[("g", 7), ("f", 6)], Some("3"), 9));
        assert_eq!(names(&shown), "gfedcba");
        assert_eq!((shown.version, &shown.next_cursor), (9, &None));
        // One of the first page was deleted.
        shown.renew(&page(&[("g", 7), ("e", 5)], Some("4"), 10));
        assert_eq!(names(&shown), "gedcba");
        // What was deleted below goes when those pages were read anew.
        shown.replace_further(
            page(&[("d", 4), ("b", 2)], None, 10).cards,
            Some("5".into()),
        );
        assert_eq!(names(&shown), "gedb");
        assert_eq!(shown.next_cursor.as_deref(), Some("5"));
    }

    #[test]
    fn a_first_page_that_is_all_replaces_everything() {
        let mut shown = Shown::of(&page(&[("b", 2)], Some("1"), 1));
        shown.extend(page(&[("a", 1)], None, 1));
        shown.renew(&page(&[("b", 2)], None, 2));
        assert_eq!(names(&shown), "b");
        let mut alone = Shown::of(&page(&[("c", 3), ("b", 2)], Some("1"), 1));
        alone.renew(&page(&[("d", 4), ("c", 3)], Some("2"), 2));
        assert_eq!(
            (names(&alone).as_str(), alone.next_cursor.as_deref()),
            ("dc", Some("2"))
        );
    }

    #[test]
    fn no_campaign_stands_twice() {
        let mut shown = Shown::of(&page(&[("c", 3), ("b", 2)], Some("1"), 1));
        shown.extend(page(&[("b", 2), ("a", 1)], None, 1));
        assert_eq!(names(&shown), "cba");
        assert_eq!(shown.n_further(), 1);
    }

    #[test]
    fn only_newer_versions_outdate() {
        let shown = Shown::of(&page(&[("b", 2), ("a", 1)], None, 5));
        let cards = [card("a", 1, 6), card("b", 2, 5), card("z", 9, 7)];
        let ids: Vec<_> = shown
            .outdated_by(&cards)
            .into_iter()
            .map(|c| c.campaign.id)
            .collect();
        assert_eq!(ids, ["a"]);
    }
}
