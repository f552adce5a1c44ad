//! The parts of the details.

mod actions;
mod facts;
mod goes_out;
mod how_to_send;
mod launch;
mod progress;
mod sending;
mod skeleton;
mod trash;

pub(super) use actions::Actions;
pub(super) use facts::Facts;
pub(super) use goes_out::GoesOut;
pub(super) use how_to_send::HowToSend;
pub(super) use launch::LaunchPanel;
pub(super) use progress::Progress;
pub(super) use sending::{HeldPanel, SendingPanel};
pub(super) use skeleton::DetailsSkeleton;
pub(super) use trash::Trash;
