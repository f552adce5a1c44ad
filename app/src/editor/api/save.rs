//! A step is saved.

use domain::sending::Step;
use leptos::prelude::*;

use crate::{editor::fields::Fields, error::AppError};

/// Saves what stands in the form of a step, and leads on. `revision` is the one the form was made from, `go` says where
/// to: `next` (the default), `back`, `stay`, `step:…`, `arm:…`, `add-arm`, `remove-arm:…`, `add:…`, `remove:…`.
#[server]
pub async fn save_step(
    id: String,
    step: Step,
    revision: i64,
    #[server(default)] arm: String,
    #[server(default)] go: String,
    #[server(default)] fields: Fields,
) -> Result<(), AppError> {
    let backend = crate::backend::backend()?;
    let form = super::keep::Form {
        step,
        revision,
        arm,
        go,
        fields,
    };
    let href = super::keep::keep(&*backend, id, form).await?;
    leptos_axum::redirect(&href);
    Ok(())
}
