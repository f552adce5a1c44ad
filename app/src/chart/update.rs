//! How a drawing that is there takes a new option.

use super::spec::{ChartSpec, Shape};

/// What a drawing is built of. While it stays the same, only values and words change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    shape: Shape,
    n_series: usize,
    has_notes: bool,
}

impl Form {
    /// The form of a spec.
    #[must_use]
    pub fn of(spec: &ChartSpec) -> Self {
        Self {
            shape: spec.shape,
            n_series: spec.series.len(),
            has_notes: !spec.notes.is_empty(),
        }
    }
}

/// The second argument of ECharts' `setOption`, as JSON. A drawing of the same form keeps its components, and the
/// tooltip one is reading with them; its series are replaced, because merged ones would keep what a new one lacks.
/// Another form is drawn from nothing.
#[must_use]
pub fn update(before: Option<Form>, now: Form) -> &'static str {
    if before == Some(now) {
        r#"{"replaceMerge":["series"]}"#
    } else {
        r#"{"notMerge":true}"#
    }
}
