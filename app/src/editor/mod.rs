//! New campaign: what it is, and, for one that Reportage sends, its steps up to the launch.
//!
//! A step is one form. Its draft travels as fields; the server makes drafts of them and back (`view_model`), so the
//! pages work without scripts, and the browser needs no reader of drafts.

mod api;
mod fields;
mod given;
mod page;
mod parts;
mod sheet;
mod start;
mod steps;
#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;
#[cfg(feature = "ssr")]
mod view_model;

pub(crate) use api::LaunchCampaign;
pub use given::Problem;
pub use page::EditPage;
pub(crate) use parts::LackingValues;
pub use start::NewCampaignPage;
