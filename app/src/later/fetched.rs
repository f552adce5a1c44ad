//! The program in pieces. The tool that cuts it finds these functions by the names that the macro gives them, and moves
//! what only they reach.

use leptos::{
    prelude::AnyView,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{Missing, Office};

impl From<SplitLoaderError> for Missing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// Its piece is named like [`Part::Report`](super::Part::Report).
#[wasm_split(report, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_report))]
pub(super) fn report() -> Result<AnyView, Missing> {
    Ok(super::report())
}

/// Its piece is named like [`Part::Office`](super::Part::Office).
#[wasm_split(office, wasm_split_path = ::leptos::wasm_split, fallible, preload(load_office))]
pub(super) fn office(page: Office) -> Result<AnyView, Missing> {
    Ok(super::office(page))
}

pub(super) async fn fetch_report() -> Result<(), Missing> {
    Ok(load_report().await?)
}

pub(super) async fn fetch_office() -> Result<(), Missing> {
    Ok(load_office().await?)
}
