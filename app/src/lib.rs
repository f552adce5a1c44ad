//! The pages of Reportage.

// Views are deep types; erased at every component, they still nest more than the default allows.
#![recursion_limit = "256"]

// Reading order: the document, the routes, what the server gives, then one folder per feature.
#[cfg(feature = "ssr")]
mod address;
pub mod app;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod campaign;
pub mod chart;
pub mod codec;
pub mod contacts;
pub mod details;
pub mod editor;
pub mod error;
pub mod later;
pub mod layout;
pub mod live;
pub mod number;
#[cfg(all(test, feature = "ssr"))]
mod posted;
pub mod preferences;
pub mod report;
pub mod reports;
pub mod routes;
pub mod secrets;
pub mod session;
pub mod shell;
pub mod sign_in;
pub mod ui;
#[cfg(feature = "ssr")]
mod zone;

pub use app::App;
pub use shell::shell;
