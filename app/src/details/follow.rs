//! The details, kept up to date.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{CampaignStatus, Refusal, campaign::CampaignCard, live::LiveScope};
use leptos::prelude::*;

use super::{api::Details, deeds::Deeds, view_model::is_moving};
use crate::{
    codec::Json,
    error::AppError,
    live::{Throttle, use_live, use_poll},
    session::use_server_clock,
};

/// Fetches follow each other no faster than this.
const PAUSE: Duration = Duration::from_secs(1);
/// How long after an answer the next question follows, while messages are handed over.
const BEAT: Duration = Duration::from_secs(2);

/// Asks for the details.
pub(super) type Question = Resource<Result<Details, AppError>, Json>;

/// The newest good answer, and the error when a later one was none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Latest {
    pub(super) details: Option<Arc<Details>>,
    pub(super) error: Option<AppError>,
}

impl Latest {
    /// What is known after one more answer.
    pub(super) fn after(before: Option<&Self>, answer: Option<Result<Details, AppError>>) -> Self {
        let held = before.and_then(|latest| latest.details.clone());
        let (details, error) = match answer {
            None => (held, None),
            Some(Ok(details)) => (Some(Arc::new(details)), None),
            // It was deleted: nothing of it is true any longer.
            Some(Err(error @ AppError::Refused(Refusal::NotFound { .. }))) => (None, Some(error)),
            Some(Err(error)) => (held, Some(error)),
        };
        Self { details, error }
    }
}

/// A campaign as of now.
#[derive(Clone, Copy)]
pub(super) struct Followed {
    /// What was read last.
    pub(super) details: Signal<Arc<Details>>,
    /// The card, as the live stream brings it up to date.
    pub(super) card: Memo<CampaignCard>,
    /// Time of the newest of both.
    pub(super) updated_at: Memo<DateTime<Utc>>,
}

/// Follows the campaign from `first` on: figures come by the live stream, the rest is read again when it may have
/// changed.
///
/// # On the server
/// What was read.
pub(super) fn follow(
    first: Arc<Details>,
    latest: Memo<Latest>,
    question: Question,
    deeds: Deeds,
) -> Followed {
    let campaign = &first.card.campaign;
    let live = use_live(LiveScope::Campaign(campaign.id.clone()), campaign.version);
    let details = Signal::derive(move || {
        let held = latest.with(|latest| latest.details.clone());
        held.unwrap_or_else(|| first.clone())
    });
    let card = Memo::new(move |last: Option<&CampaignCard>| {
        let read = details.with(|details| details.card.clone());
        let brought = live.with(|change| {
            let cards = change.as_ref().map(|change| change.cards.as_slice());
            let same = |card: &&CampaignCard| card.campaign.id == read.campaign.id;
            cards.unwrap_or_default().iter().find(same).cloned()
        });
        newest([Some(read.clone()), brought, last.cloned()]).unwrap_or(read)
    });
    let updated_at = Memo::new(move |last: Option<&DateTime<Utc>>| {
        let heard = live.with(|change| change.as_ref()?.at.parse::<DateTime<Utc>>().ok());
        let read = details.with(|details| details.at);
        [heard, last.copied()]
            .into_iter()
            .flatten()
            .fold(read, DateTime::max)
    });
    if let Some(clock) = use_server_clock() {
        Effect::new(move |_| clock.tell(details.with(|details| details.at)));
    }
    let fetch = Throttle::new(PAUSE, move || question.refetch());
    Effect::new(move |_| {
        let unknown = live.with(|change| change.as_ref().is_some_and(|c| c.cards.is_empty()));
        // What is gone because this page deleted it needs no question: the answer to that leads elsewhere.
        if unknown && !deeds.is_deleting() {
            fetch.call();
        }
    });
    // Whether it can be deleted depends on these, and only the server knows how.
    let rules = Memo::new(move |_| card.with(rules_of));
    Effect::new(move |_| {
        let now = rules.get();
        if details.with_untracked(|details| rules_of(&details.card)) != now && !deeds.is_deleting()
        {
            fetch.call();
        }
    });
    follow_sending(details, card, question, fetch, deeds);
    Followed {
        details,
        card,
        updated_at,
    }
}

/// Follows a campaign that is sent from here: with each change of its figures, and by a beat while messages are handed
/// over, because a queue that shortens changes no figure.
fn follow_sending(
    details: Signal<Arc<Details>>,
    card: Memo<CampaignCard>,
    question: Question,
    fetch: Throttle,
    deeds: Deeds,
) {
    let version = Memo::new(move |_| card.with(|card| card.campaign.version));
    Effect::new(move |_| {
        let version = version.get();
        let is_old = details.with_untracked(|details| {
            details.progress.is_some() && details.card.campaign.version < version
        });
        if is_old && !deeds.is_deleting() {
            fetch.call();
        }
    });
    use_poll(
        BEAT,
        move || {
            question.track();
            let phase = details.with(|details| details.progress.as_ref().map(|p| p.phase));
            phase.is_some_and(is_moving) && !deeds.is_deleting()
        },
        move || question.refetch(),
    );
}

/// The card of the highest version; of equals the first.
fn newest(cards: [Option<CampaignCard>; 3]) -> Option<CampaignCard> {
    cards.into_iter().flatten().reduce(|best, card| {
        if card.campaign.version > best.campaign.version {
            card
        } else {
            best
        }
    })
}

fn rules_of(card: &CampaignCard) -> (CampaignStatus, bool) {
    let campaign = &card.campaign;
    (campaign.status, campaign.first_event_at.is_some())
}

#[cfg(test)]
mod tests {
    use domain::{Campaign, CampaignKind, CampaignType, campaign::CardFigures};

    use super::*;

    fn card(version: i64, sent: u64) -> CampaignCard {
        let campaign = Campaign {
            id: "c".into(),
            number: 1,
            external_id: None,
            name: "n".into(),
            kind: CampaignKind::Messaging,
            campaign_type: CampaignType::Sms,
            sender: String::new(),
            status: CampaignStatus::InProgress,
            created_at: DateTime::UNIX_EPOCH,
            scheduled_at: None,
            was_live: false,
            first_event_at: None,
            last_event_at: None,
            version,
        };
        CampaignCard {
            campaign,
            figures: CardFigures {
                sent,
                ..CardFigures::default()
            },
        }
    }

    #[test]
    fn an_error_keeps_the_details_unless_the_campaign_is_gone() {
        let details = Details {
            card: card(1, 0),
            obstacle: None,
            address: String::new(),
            at: DateTime::UNIX_EPOCH,
            progress: None,
            held: Vec::new(),
            missing: Vec::new(),
            previews: Vec::new(),
            whom: None,
            lacking: Vec::new(),
        };
        let first = Latest::after(None, Some(Ok(details)));
        let failed = Latest::after(Some(&first), Some(Err(AppError::Transport)));
        assert_eq!(
            (failed.details, failed.error),
            (first.details.clone(), Some(AppError::Transport))
        );
        let gone: AppError = Refusal::NotFound {
            what: "campaign".into(),
        }
        .into();
        assert_eq!(Latest::after(Some(&first), Some(Err(gone))).details, None);
        assert_eq!(Latest::after(Some(&first), None), first);
    }

    #[test]
    fn the_highest_version_wins_and_what_was_read_among_equals() {
        let sent = |cards| newest(cards).map(|card| card.figures.sent);
        assert_eq!(
            sent([Some(card(2, 1)), Some(card(3, 2)), Some(card(1, 3))]),
            Some(2)
        );
        assert_eq!(sent([Some(card(3, 1)), Some(card(3, 2)), None]), Some(1));
        assert_eq!(sent([None, None, None]), None);
    }
}
