//! Settings: the workspace, its people, its tokens, one's own password; accounts at carriers; and who did what.

mod account;
mod activity;
mod api;
mod carriers;
#[cfg(feature = "ssr")]
mod flash;
mod page;
mod parts;

pub use activity::ActivityPage;
pub use carriers::{CarrierPage, CarriersPage, NewCarrierPage};
#[cfg(feature = "ssr")]
pub use flash::Encrypted;
pub use page::SettingsPage;
