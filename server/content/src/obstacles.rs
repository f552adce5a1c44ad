//! What stands in the way of launching a draft.

use domain::{
    Channel,
    sending::{Draft, Obstacle},
};

/// Everything wrong with a draft that can be told without asking a database or a carrier, in the order of the steps.
#[must_use]
pub fn obstacles(draft: &Draft, channel: Channel, name: &str) -> Vec<Obstacle> {
    let _ = (draft, channel, name);
    Vec::new()
}
