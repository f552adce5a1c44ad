//! Messaging campaigns that are made and sent here: draft, launch, outbox, and what carriers post back.
//!
//! A campaign has a row in `sending` when it is made here; without one another platform sends it and nothing of this
//! module touches it. Every step is one transaction that can be repeated after a crash: the outbox moves forward by
//! claims with a lease, and what became of a message is told to the reports as facts with ids made from its key.

mod answers;
pub(crate) mod audit;
mod claim;
mod clicks;
pub(crate) mod consent;
mod control;
mod draft;
mod expand;
mod held;
mod history;
mod inbox;
mod launch;
mod links;
mod notice;
mod positions;
mod progress;
mod prune;
mod record;
mod replies;
mod sample;
mod tell;
#[cfg(test)]
mod tests;
mod uplift;
mod window;

pub use answers::{Answered, DueAnswer, NewAnswer};
pub use claim::{Claim, Claimed};
pub use clicks::{Click, WaitingClick};
pub use draft::SendingInfo;
pub use expand::Expanded;
pub use held::UncertainMessage;
pub use launch::{Due, Prepared};
pub use links::{LinkRow, Origin};
pub use notice::{ConsentChange, InboxEffects, InboxItem, Lift, NewReply, Proof, Suppress};
pub use progress::Active;
pub use record::{Handed, Outcome};
pub use window::next_open;

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::{
    Channel, Refusal,
    sending::{Draft, Phase},
};
use serde::Serialize;

use crate::{Db, Error, Result, Store};

/// `sending.cursor` once the whole audience is in the outbox.
const EXPANDED: i64 = i64::MAX;
/// `sending.phase` of a campaign whose rest was cancelled before its audience was complete. Everybody is told that it is
/// done; [`Store::expand_step`] still writes down whom it would have reached, as cancelled.
const CANCELLING: &str = "cancelling";

/// A row of `sending`.
#[derive(Clone, Debug, sqlx::FromRow)]
struct SendingRow {
    draft: String,
    revision: i64,
    phase: String,
    launched: Option<String>,
    account: Option<i64>,
    audience_list: Option<i64>,
    cursor: i64,
    trouble: Option<String>,
    launched_us: Option<i64>,
    finished_us: Option<i64>,
}

/// Reads a row of `sending`.
const SENDING: &str =
    "SELECT draft, revision, phase, launched, account, audience_list, cursor, trouble, launched_us,
                              finished_us
                       FROM sending WHERE campaign = $1";

impl SendingRow {
    fn phase(&self) -> Result<Phase> {
        if self.phase == CANCELLING {
            return Ok(Phase::Done);
        }
        Phase::from_str(&self.phase).map_err(|()| Error::Corrupt("phase of a campaign"))
    }

    /// What is being edited; what is sent, once it was launched.
    fn draft(&self) -> Result<Draft> {
        let text = self.launched.as_ref().unwrap_or(&self.draft);
        let draft: Draft = serde_json::from_str(text).map_err(|_| Error::Corrupt("draft"))?;
        Ok(Draft {
            revision: self.revision,
            ..draft
        })
    }
}

/// The refusal for a campaign without a row in `sending`.
fn not_ours() -> Refusal {
    Refusal::Conflict(
        "This campaign is sent by another platform and can't be changed from here.".to_owned(),
    )
}

/// Values for a statement over many rows: JSON, which both engines can take apart.
fn rows<T: Serialize>(rows: &[T]) -> Result<String> {
    serde_json::to_string(rows).map_err(|_| Error::Corrupt("group of rows"))
}

/// The channel of a messaging campaign.
fn channel_of(campaign_type: &str) -> Result<Channel> {
    Channel::from_str(campaign_type).map_err(|()| Error::Corrupt("channel of a campaign"))
}

fn time(us: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(us)
}

impl Store {
    /// The text of the engine in use, where the two differ.
    fn either(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.db() {
            Db::Sqlite { .. } => sqlite,
            Db::Postgres(_) => postgres,
        }
    }
}
