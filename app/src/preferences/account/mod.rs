//! Settings › one's own account: where one is signed in, and the second factor.

mod api;
mod factor;
mod page;
mod sessions;

pub(super) use page::Account;
