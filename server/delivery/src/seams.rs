//! What the engine asks of the server it runs in.

use std::{fmt, sync::Arc};

use carrier::{
    Settings,
    send::{Answer, Carrier},
};
use chrono::{DateTime, Utc};
use domain::{Event, Evidence, Fact, carrier::Protocol, event::Dimension};
use store::WorkspaceId;

/// The current time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// An account that can be sent by.
#[derive(Clone)]
pub struct Account {
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Its connections.
    pub carrier: Arc<dyn Carrier>,
    /// Everything known of it: asked for by the simulator's receipts alone.
    pub settings: Settings,
    /// Last part of its webhook's address.
    pub webhook_key: String,
}

/// Why an account can't be sent by.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It is of no use until somebody mends it. A sentence, without secrets.
    #[error("{0}")]
    Lasting(String),
    /// Worth another try.
    #[error(transparent)]
    Passing(#[from] store::Error),
}

/// Where accounts come from.
pub trait Accounts: Send + Sync {
    /// The account with this internal key.
    ///
    /// # Errors
    /// [`Unusable`].
    fn account(&self, account: i64) -> Answer<'_, Result<Account, Unusable>>;
}

/// How an event becomes a fact: what its user agent and address tell, and what of them is kept.
pub trait Facts: Send + Sync {
    /// The fact.
    ///
    /// # Errors
    /// When the workspace's policy can't be read.
    fn fact(
        &self,
        workspace: WorkspaceId,
        event: Event,
        received_at: DateTime<Utc>,
    ) -> Answer<'_, store::Result<Fact>>;
}

/// Takes events as they are and keeps no addresses.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainFacts;

impl Facts for PlainFacts {
    fn fact(
        &self,
        _workspace: WorkspaceId,
        event: Event,
        received_at: DateTime<Utc>,
    ) -> Answer<'_, store::Result<Fact>> {
        let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
        for (dimension, value) in [
            (Dimension::Link, event.link),
            (Dimension::Country, event.country),
            (Dimension::Os, event.os),
            (Dimension::Device, event.device),
            (Dimension::Carrier, event.carrier),
            (Dimension::Reason, event.reason),
            (Dimension::Variant, event.variant),
        ] {
            dimensions[dimension as usize] = value;
        }
        let fact = Fact {
            id: event.id,
            campaign: event.campaign,
            message: event.message,
            recipient: event.recipient,
            kind: event.kind,
            at_us: event.at.timestamp_micros(),
            received_us: received_at.timestamp_micros(),
            evidence: Evidence::default(),
            raw_status: event.raw_status,
            dimensions,
            value: None,
            user_agent: event.user_agent,
            ip: None,
            props: event.props,
        };
        Box::pin(async move { Ok(fact) })
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("protocol", &self.protocol)
            .finish_non_exhaustive()
    }
}
