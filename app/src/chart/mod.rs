//! Charts. The only place that knows charming and ECharts.
//!
//! A feature describes a chart as a [`ChartSpec`]; [`ChartPanel`] shows it as a drawing or as the table it
//! is made of. ECharts is fetched when the first drawing is shown, not before.

#[cfg(feature = "hydrate")]
mod bindings;
mod csv;
mod downloads;
mod labels;
mod option;
mod palette;
mod panel;
mod spec;
#[cfg(test)]
mod tests;
mod update;

// One face, two bodies: the browser draws, the server has nothing to draw on.
#[cfg_attr(feature = "hydrate", path = "mount.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "inert.rs")]
mod mount;

pub use csv::Source;
pub use downloads::CsvButton;
pub use labels::time_labels;
pub use option::{option, picture};
pub use palette::Palette;
pub use panel::{ChartPanel, data_table};
pub use spec::{Cell, ChartSeries, ChartSpec, Mark, Shape, Table, Tone, rest_of};
pub use update::{Form, update};

/// Where the server has the ECharts bundle; the server gives it as context, the document names it in a
/// `<meta name="echarts">`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EchartsPath(pub &'static str);
