//! The program in one piece: nothing has to be fetched.

use leptos::prelude::AnyView;

use super::{Missing, Office};

pub(super) async fn report() -> Result<AnyView, Missing> {
    Ok(super::report())
}

pub(super) async fn office(page: Office) -> Result<AnyView, Missing> {
    Ok(super::office(page))
}

pub(super) async fn fetch_report() -> Result<(), Missing> {
    Ok(())
}

pub(super) async fn fetch_office() -> Result<(), Missing> {
    Ok(())
}
