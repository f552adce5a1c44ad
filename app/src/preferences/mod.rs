//! Settings: the workspace, its people, its tokens, and one's own password.

mod api;
#[cfg(feature = "ssr")]
mod flash;
mod page;
mod parts;

pub use page::SettingsPage;
