//! The server's side of a drawing: the same face as `mount.rs`, and nothing behind it.

use leptos::{html::Div, prelude::*};

use super::{csv::Source, spec::ChartSpec};

/// Whether a drawing can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    /// Not yet.
    Waiting,
    /// It is there.
    Yes,
    /// ECharts could not be fetched: the table takes over.
    Failed,
}

/// A drawing.
#[derive(Clone, Copy)]
pub(super) struct Drawing {
    /// Whether it is there.
    pub(super) drawn: RwSignal<Drawn>,
}

impl Drawing {
    /// Points at one category.
    pub(super) fn point(self, _at: usize) {}

    /// Stops pointing.
    pub(super) fn leave(self) {}

    /// Saves it as a picture.
    pub(super) fn save_picture(self, _source: &Source) {}
}

/// Draws `spec` into `canvas` while `shown`.
pub(super) fn use_drawing(
    _canvas: NodeRef<Div>,
    _spec: Signal<ChartSpec>,
    _shown: Signal<bool>,
) -> Drawing {
    Drawing {
        drawn: RwSignal::new(Drawn::Waiting),
    }
}

/// Hands a text to the browser as a file.
pub(super) fn save_text(_name: &str, _kind: &str, _text: &str) {}
