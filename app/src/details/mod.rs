//! Details: what can be done with a campaign that isn't completed, and how far it has come.

mod api;
mod deeds;
mod follow;
mod page;
mod parts;
mod view_model;

pub use page::DetailsPage;
