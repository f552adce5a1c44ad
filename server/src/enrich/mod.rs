//! From an event as a caller sends it to a fact as it is stored: what the user agent and the address tell is
//! read out of them, and the address is shortened or forgotten.
//!
//! What the event says itself always wins: enrichment fills gaps, it never corrects the caller.

mod address;
mod agent;
mod cache;
#[cfg(test)]
mod tests;

use std::{net::IpAddr, path::Path, str::FromStr};

use domain::{
    Event, Evidence, Fact,
    event::Dimension,
    evidence::{Request, judge_with},
    masking::{clean_reason, clean_word},
};

pub use address::{Countries, truncate};
pub use agent::{Agent, Agents};

/// The event without contact data in its reason and the provider's word: servers quote the address they refuse, and these
/// are shown to people who may not see it.
fn clean(event: Event) -> Event {
    Event {
        reason: event.reason.as_deref().and_then(clean_reason),
        raw_status: event.raw_status.as_deref().map(clean_word),
        ..event
    }
}

/// What a workspace keeps of the addresses in its events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IpPolicy {
    /// The network part: /24 of IPv4, /48 of IPv6.
    #[default]
    Truncate,
    /// Nothing.
    Drop,
}

impl FromStr for IpPolicy {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "truncate" => Ok(Self::Truncate),
            "drop" => Ok(Self::Drop),
            _ => Err(()),
        }
    }
}

/// The data enrichment works with, shared by all requests.
#[derive(Debug, Default)]
pub struct Enrich {
    agents: Agents,
    countries: Countries,
}

impl Enrich {
    /// With the country database at `path`, or the built-in one when there is no path.
    ///
    /// # Errors
    /// A sentence when the file at `path` is no country database.
    pub fn new(path: Option<&Path>) -> Result<Self, String> {
        let countries = path.map_or_else(|| Ok(Countries::default()), Countries::open)?;
        Ok(Self {
            agents: Agents::default(),
            countries,
        })
    }

    /// Compiles what is compiled at first use, so that the first request doesn't wait for it.
    pub fn warm(&self) {
        self.agents.warm();
    }

    /// Who is behind a request to this server, and why: by how it was made, its user agent, and its timing.
    #[must_use]
    pub fn judge(&self, request: &Request<'_>) -> (Evidence, &'static str) {
        judge_with(request, || match request.user_agent {
            Some(text) if !text.trim().is_empty() => self.agents.read(text).explain(request.kind),
            _ => (Evidence::Unknown, "no user agent"),
        })
    }

    /// The operating system a user agent names.
    #[must_use]
    pub fn system(&self, user_agent: &str) -> Option<&'static str> {
        self.agents.read(user_agent).os
    }

    /// The fact an event becomes.
    #[must_use]
    pub fn fact(&self, event: Event, policy: IpPolicy, received_us: i64) -> Fact {
        let event = clean(event);
        let agent = event
            .user_agent
            .as_deref()
            .map(|text| self.agents.read(text));
        let address: Option<IpAddr> = event
            .ip
            .as_deref()
            .and_then(|text| text.trim().parse().ok());
        let evidence = agent
            .as_ref()
            .map_or_else(Default::default, |a| a.evidence(event.kind));
        // A proxy's address and system say nothing about the person behind it.
        let is_direct = agent.as_ref().is_none_or(|a| a.is_direct);
        let country = event
            .country
            .map(|code| code.trim().to_ascii_uppercase())
            .or_else(|| {
                address
                    .filter(|_| is_direct)
                    .and_then(|address| self.countries.of(address))
            });
        let os = event.os.or_else(|| agent.as_ref()?.os.map(str::to_owned));
        let device = event
            .device
            .or_else(|| agent.as_ref()?.device.map(str::to_owned));

        let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
        for (dimension, value) in [
            (Dimension::Link, event.link),
            (Dimension::Country, country),
            (Dimension::Os, os),
            (Dimension::Device, device),
            (Dimension::Carrier, event.carrier),
            (Dimension::Reason, event.reason),
            (Dimension::Variant, event.variant),
        ] {
            dimensions[dimension as usize] = value.filter(|text| !text.is_empty());
        }
        Fact {
            id: event.id,
            campaign: event.campaign,
            message: event.message,
            recipient: event.recipient,
            kind: event.kind,
            at_us: event.at.timestamp_micros(),
            received_us,
            evidence,
            raw_status: event.raw_status.filter(|text| !text.is_empty()),
            dimensions,
            value: event.value.map(|amount| {
                (
                    amount,
                    event.currency.unwrap_or_default().to_ascii_uppercase(),
                )
            }),
            user_agent: event.user_agent,
            ip: match policy {
                IpPolicy::Truncate => address.map(truncate),
                IpPolicy::Drop => None,
            },
            props: event.props,
        }
    }
}
