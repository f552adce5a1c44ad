//! A step, as it was saved.

use domain::sending::Step;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{editor::given::Given, error::AppError};

/// A step of a campaign. `arm` is the one to show, the first when it is empty; `add` names rows of the form that are to
/// have an empty one more.
#[server(input = GetUrl)]
pub async fn load_step(
    id: String,
    step: Step,
    #[server(default)] arm: String,
    #[server(default)] add: String,
) -> Result<Given, AppError> {
    let backend = crate::backend::backend()?;
    super::assemble::given(&*backend, id, step, arm, add).await
}
