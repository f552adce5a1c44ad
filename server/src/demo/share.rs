//! How many people each campaign reaches.

use domain::{CampaignKind, CampaignType};
use rand_chacha::ChaCha8Rng;

use super::{
    behaviour::channel,
    journey::journey,
    plan::{Planned, Run},
    rhythm::log_normal,
};

/// Share of the events that belong to messaging campaigns.
const MESSAGING_SHARE: f64 = 0.82;

/// Sets the audiences so that the whole plan has about `events` events.
pub(super) fn share_out(rng: &mut ChaCha8Rng, campaigns: &mut [Planned], events: u32) {
    for kind in CampaignKind::ALL {
        let mut running: Vec<(&mut Run, f64, f64)> = campaigns
            .iter_mut()
            .filter(|planned| planned.new.kind == kind)
            .filter_map(|planned| {
                let each = events_each(planned.new.campaign_type);
                // Sizes of lists spread widely. Chosen.
                let size = log_normal(rng, 1.0, 0.9).clamp(0.15, 9.0);
                planned.run.as_mut().map(|run| (run, size, each))
            })
            .collect();
        let budget = match kind {
            CampaignKind::Messaging => MESSAGING_SHARE,
            CampaignKind::Interactive => 1.0 - MESSAGING_SHARE,
        } * f64::from(events);
        let weight: f64 = running.iter().map(|(_, size, each)| size * each).sum();
        for (run, size, _) in &mut running {
            run.audience = ((budget * *size / weight).round() as u32).max(4);
        }
    }
}

/// How many events one person brings, on average.
fn events_each(kind: CampaignType) -> f64 {
    if kind.kind() == CampaignKind::Interactive {
        let mut share = 1.0;
        return journey(kind)
            .iter()
            .map(|(_, go_on, _)| {
                share *= go_on;
                share
            })
            .sum();
    }
    let figures = channel(kind);
    // Sent and delivered, then the reactions; mail is also opened again, by proxies and by gateways.
    let machine = if kind == CampaignType::Email {
        0.45
    } else {
        0.0
    };
    1.9 + figures.opened * 1.1 + figures.clicked * 1.5 + figures.replied + machine
}
