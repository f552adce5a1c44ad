//! Settings › Carriers: accounts at the companies that carry messages.

mod account;
mod api;
mod form;
mod page;
#[cfg(feature = "ssr")]
mod reading;
mod view_model;

pub use account::{CarrierPage, NewCarrierPage};
pub use page::CarriersPage;
