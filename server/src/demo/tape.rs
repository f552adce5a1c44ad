//! Writes down the events of one message or participant.

use chrono::{DateTime, Duration, Utc};
use domain::{Event, EventKind, money::Amount};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{
    behaviour::ORDER,
    people::Person,
    plan::{Planned, Run},
    rhythm::log_normal,
};

/// What the events of one campaign have in common.
pub(super) struct Scene<'a> {
    /// Prefix of the event ids.
    pub ids: String,
    /// The campaign.
    pub planned: &'a Planned,
    /// How it goes.
    pub run: Run,
    /// Nothing happens later.
    pub now: DateTime<Utc>,
}

/// The events of one person in one campaign, in the making.
pub(super) struct Tape<'a> {
    scene: &'a Scene<'a>,
    template: Event,
    prefix: String,
    events: Vec<Event>,
}

impl<'a> Tape<'a> {
    /// A tape for the `i`th person.
    pub(super) fn new(
        scene: &'a Scene<'a>,
        i: u32,
        recipient: String,
        message: Option<String>,
    ) -> Self {
        let template = Event {
            id: String::new(),
            campaign: scene.planned.new.external_id.clone().unwrap_or_default(),
            message: message.unwrap_or_else(|| recipient.clone()),
            recipient,
            kind: EventKind::Queued,
            at: scene.run.starts,
            raw_status: None,
            link: None,
            user_agent: None,
            ip: None,
            country: None,
            carrier: None,
            device: None,
            os: None,
            reason: None,
            value: None,
            currency: None,
            variant: None,
            props: None,
        };
        Self {
            scene,
            template,
            prefix: format!("{}-{i:06}", scene.ids),
            events: Vec::new(),
        }
    }

    /// The arm of the test that all events of this message name.
    pub(super) fn variant(&mut self, arm: &str) {
        self.template.variant = Some(arm.to_owned());
    }

    /// Adds an event and hands it out for its details.
    pub(super) fn add(&mut self, kind: EventKind, at: DateTime<Utc>) -> &mut Event {
        let mut event = self.template.clone();
        event.id = format!("{}-{:02}", self.prefix, self.events.len());
        event.kind = kind;
        event.at = at;
        self.events.push(event);
        let last = self.events.len() - 1;
        &mut self.events[last]
    }

    /// Adds something a person did, with what their client gives away.
    pub(super) fn act(
        &mut self,
        kind: EventKind,
        at: DateTime<Utc>,
        person: &Person,
        agent: &str,
    ) -> &mut Event {
        let event = self.add(kind, at);
        event.user_agent = Some(agent.to_owned());
        event.ip = Some(person.address());
        event.country = Some(person.country.to_owned());
        event
    }

    /// Adds an order that followed a click.
    pub(super) fn order(&mut self, rng: &mut ChaCha8Rng, at: DateTime<Utc>, person: &Person) {
        let cents = (log_normal(rng, ORDER.0, ORDER.1) * 100.0)
            .round()
            .clamp(500.0, 200_000.0);
        let at = at + Duration::seconds(rng.random_range(90..2_400));
        let event = self.add(EventKind::Converted, at);
        event.value = Some(Amount(cents as i64 * 100));
        event.currency = Some("EUR".to_owned());
        event.country = Some(person.country.to_owned());
    }

    /// What happened until now.
    pub(super) fn finish(mut self) -> Vec<Event> {
        let now = self.scene.now;
        self.events.retain(|event| event.at <= now);
        self.events
    }
}
