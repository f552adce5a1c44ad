//! Words for what happened to one message, and for whom to write to again.

use domain::{CampaignType, EventKind, audience::FollowUp};

/// What happened, for people: `Soft failed`.
#[must_use]
pub fn event_label(kind: EventKind) -> String {
    let words = kind.as_str().replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Who of a campaign can be written to again, with the words for them. Nothing tells whether a text message was opened.
#[must_use]
pub fn follow_ups(campaign_type: CampaignType) -> Vec<(FollowUp, &'static str)> {
    let opens = match campaign_type {
        CampaignType::Sms => None,
        CampaignType::WhatsApp | CampaignType::Rcs => Some("Those who did not read it"),
        _ => Some("Those who did not open it"),
    };
    let opens = opens.map(|label| (FollowUp::NotOpened, label));
    opens
        .into_iter()
        .chain([
            (FollowUp::NotClicked, "Those who did not click"),
            (FollowUp::NotReached, "Those who were not reached"),
        ])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_words() {
        assert_eq!(event_label(EventKind::SoftFailed), "Soft failed");
        assert_eq!(event_label(EventKind::Sent), "Sent");
    }

    #[test]
    fn nobody_asks_who_opened_a_text_message() {
        let who = |campaign_type| -> Vec<_> {
            let offered = follow_ups(campaign_type).into_iter();
            offered.map(|(who, _)| who).collect()
        };
        assert_eq!(
            who(CampaignType::Sms),
            [FollowUp::NotClicked, FollowUp::NotReached]
        );
        assert_eq!(who(CampaignType::Email), FollowUp::ALL);
    }
}
