//! The program in one piece: nothing has to be fetched.

use leptos::prelude::AnyView;

use super::{Missing, Page};

pub(super) async fn draw(page: Page) -> Result<AnyView, Missing> {
    Ok(super::page(page))
}

pub(super) async fn fetch() -> Result<(), Missing> {
    Ok(())
}
