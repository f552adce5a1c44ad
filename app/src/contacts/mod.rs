//! Contacts: the people a workspace writes to, their lists, those it must not write to, and files of them.

mod api;
#[cfg(feature = "ssr")]
mod form;
mod import;
mod page;
mod params;
mod parts;
mod person;
mod rows;
pub mod view_model;

pub use import::{ImportPage, NewImportPage};
pub use page::ContactsPage;
pub use params::{ContactsParams, Tab};
pub use person::{ContactPage, NewContactPage};
