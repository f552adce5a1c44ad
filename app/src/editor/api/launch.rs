//! Tests, and the launch.

use domain::sending::TestOutcome;
use leptos::prelude::*;

use crate::error::AppError;

/// Sends one arm to a few addresses, written with commas or on lines of their own.
#[server]
pub async fn test_message(
    id: String,
    #[server(default)] arm: String,
    addresses: String,
) -> Result<Vec<TestOutcome>, AppError> {
    use domain::{Refusal, sending::Step};

    use crate::routes::{Route, with_query};

    let addresses: Vec<String> = addresses
        .split(['\n', ',', ';'])
        .map(|address| address.trim().to_owned())
        .filter(|address| !address.is_empty())
        .collect();
    if addresses.is_empty() || addresses.len() > 5 {
        return Err(Refusal::invalid("addresses", "give one to five addresses").into());
    }
    let arm = if arm.is_empty() { "A".to_owned() } else { arm };
    let outcomes = crate::backend::backend()?
        .test_send(id.clone(), arm, addresses)
        .await?;
    // A page without scripts is told in the address, by counts alone.
    let taken = outcomes.iter().filter(|o| o.problem.is_none()).count();
    let counts = [("tested", format!("{taken}-{}", outcomes.len()))];
    leptos_axum::redirect(&with_query(&Route::Edit(id, Step::Summary).href(), &counts));
    Ok(outcomes)
}

/// Launches a campaign: `when` is `now`, `at` (with the workspace's wall clock in `at`, such as `2026-11-27T09:00`) or
/// `later`, which leaves it pending.
#[server]
pub async fn launch_campaign(
    id: String,
    when: String,
    #[server(default)] at: String,
) -> Result<(), AppError> {
    use domain::{Refusal, sending::Launch};

    use crate::routes::Route;

    let backend = crate::backend::backend()?;
    let viewer = backend.viewer().ok_or(Refusal::Unauthenticated)?;
    let zone = viewer.workspace.time_zone;
    let launch = match when.as_str() {
        "now" => Launch::Now,
        "at" => Launch::At {
            at: crate::editor::view_model::instant(&crate::zone::offsets(&zone), &at)?,
        },
        "later" => Launch::Later,
        _ => return Err(Refusal::invalid("when", "choose now, a date or later").into()),
    };
    if launch != Launch::Later
        && let Some(first) = backend
            .launch_obstacles(id.clone())
            .await?
            .into_iter()
            .next()
    {
        return Err(Refusal::Conflict(first.message).into());
    }
    let campaign = backend.launch(id, launch).await?;
    leptos_axum::redirect(&Route::Details(campaign.id).href());
    Ok(())
}
