//! Files of contacts: taking them in, and working through them in the background.

mod report;
mod runner;
mod spool;
mod upload;

pub use runner::{spawn, step};

pub(crate) use upload::{routes, take};
