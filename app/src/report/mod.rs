//! One campaign's report: what went out, what came of it, and how each figure is made.

mod answer;
mod api;
mod page;
mod params;
mod parts;
pub mod view_model;

pub use answer::{Columns, ReportAnswer};
pub use page::ReportPage;
pub use params::{Lines, ReportParams, Tab};
