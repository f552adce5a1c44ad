//! The program in two pieces. The tool that cuts it finds [`draw`] by the names that the macro gives it, and moves what
//! only [`draw`] reaches.

use leptos::{
    prelude::AnyView,
    wasm_split::{SplitLoaderError, wasm_split},
};

use super::{Missing, Page};

impl From<SplitLoaderError> for Missing {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// `later` is the name of the piece: `/pkg/later-….wasm`.
#[wasm_split(later, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Result<AnyView, Missing> {
    Ok(super::page(page))
}

pub(super) async fn fetch() -> Result<(), Missing> {
    Ok(load().await?)
}
