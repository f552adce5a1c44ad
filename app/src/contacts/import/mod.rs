//! Bringing a file in: upload, what its columns mean, a dry run, the run.

mod api;
#[cfg(feature = "ssr")]
mod form;
mod mapping;
mod page;
mod progress;
mod upload;
pub(super) mod view_model;

pub use page::ImportPage;
pub use upload::NewImportPage;
