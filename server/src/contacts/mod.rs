//! Files of contacts: taking them in, and working through them in the background.

mod page;
mod report;
mod runner;
mod spool;
mod upload;

pub use runner::{spawn, step};

pub(crate) use page::routes;
pub(crate) use upload::take;
