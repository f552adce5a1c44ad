//! The sections of Settings.

mod confirm;
mod nav;
mod password;
mod people;
mod tokens;
mod workspace;

pub(super) use confirm::{Confirm, Confirmation};
pub(super) use nav::{Here, Nav};
pub(super) use password::Password;
pub(super) use people::People;
pub(super) use tokens::Tokens;
pub(super) use workspace::Workspace;
