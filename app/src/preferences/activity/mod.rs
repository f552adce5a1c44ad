//! Settings › Activity: who did what.

mod api;
mod page;

pub use page::ActivityPage;
