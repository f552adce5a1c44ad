//! New campaign: what Reportage has to know before events arrive.

mod api;
mod page;

pub use page::NewCampaignPage;
