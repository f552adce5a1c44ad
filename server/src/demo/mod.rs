//! The demonstration: an invented shop with five months of campaigns, so that a newcomer sees what the pages say.
//!
//! A plan is pure data, equal for equal seed, moment and size. Loading it takes the road of real events:
//! campaigns through the store, events through enrichment and [`store::Store::ingest`]. It lives in a workspace of
//! its own, labelled as generated, and goes away with it.

mod behaviour;
mod catalogue;
mod holdout;
mod interactive;
mod journey;
mod live;
mod load;
mod messaging;
mod outreach;
mod people;
mod plan;
mod reaction;
mod rhythm;
mod share;
mod stream;
mod tape;
#[cfg(test)]
mod tests;

pub use live::run as live;
pub use load::{DemoArgs, EMAIL, Loaded, WORKSPACE, hint, load, remove, run};
pub use plan::{LIVE_INTERACTIVE, LIVE_MESSAGING, Plan, Planned, Run};
