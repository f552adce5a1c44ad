//! The events of the whole plan, one person after the other: memory stays small however many there are.

use domain::{CampaignKind, Event};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    behaviour::REPEATED,
    interactive::participant,
    messaging::message,
    people::Person,
    plan::{Plan, Planned, Run},
    tape::Scene,
};

impl Plan {
    /// Every event, campaign by campaign. Within a campaign they come as receipts do: by message, not by time,
    /// and a few of them twice.
    pub fn stream(&self) -> impl Iterator<Item = Event> + '_ {
        self.campaigns
            .iter()
            .filter_map(|planned| planned.run.map(|run| (planned, run)))
            .flat_map(|(planned, run)| self.events_of(planned, run))
    }

    fn events_of<'a>(&'a self, planned: &'a Planned, run: Run) -> impl Iterator<Item = Event> + 'a {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(planned.number as u64 + 1);
        let customers = self.customers();
        let first = rng.random_range(0..customers);
        // Odd, so that it visits every customer before one comes twice.
        let stride = rng.random_range(0..customers / 2) * 2 + 1;
        let scene = Scene {
            ids: format!("aurora-{}-{:03}", self.seed, planned.number),
            planned,
            run,
            now: self.now,
        };
        (0..run.audience).flat_map(move |i| {
            let index = first.wrapping_add(stride.wrapping_mul(u64::from(i))) % customers;
            let person = Person::new(self.seed, index);
            let mut events = match planned.new.kind {
                CampaignKind::Messaging => message(&scene, i, &person, &mut rng),
                CampaignKind::Interactive => participant(&scene, i, &person, &mut rng),
            };
            for place in 0..events.len() {
                if rng.random_bool(REPEATED) {
                    events.push(events[place].clone());
                }
            }
            events
        })
    }
}
