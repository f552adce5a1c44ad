//! Performance Reports: finding campaigns in the two lists.

mod api;
mod follow;
mod list;
mod news;
mod page;
mod parts;
mod shown;
mod tab_memory;
mod view_model;

pub use page::CampaignsPage;
pub(crate) use tab_memory::{provide_tab_memory, remembered, use_tab_memory};
