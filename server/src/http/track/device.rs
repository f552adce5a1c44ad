//! `/t/push/{token}`: what a device did with a notification. Posted by our service worker, or by a customer's app.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use content::track::Purpose;
use domain::EventKind;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;

use super::{Happening, Visitor, message_of, record};
use crate::{http::problem::Problem, state::AppState};

#[derive(Deserialize)]
pub(super) struct DeviceReport {
    event: DeviceEvent,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DeviceEvent {
    Displayed,
    Clicked,
    Closed,
}

/// Records that a notification was displayed, tapped or closed.
pub(super) async fn report(
    State(state): State<AppState>,
    Path(token): Path<String>,
    visitor: Visitor,
    Json(report): Json<DeviceReport>,
) -> Result<Response, Problem> {
    let Some((key, link, message)) = message_of(&state, Purpose::Push, &token).await? else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let at = state.clock.now();
    let target = match link {
        0 => None,
        link => state.store.link(link).await?,
    };
    let happened = |kind, link| Happening {
        kind,
        link,
        props: None,
        at,
    };
    match report.event {
        DeviceEvent::Displayed => {
            record(
                &state,
                &visitor,
                (&key, &message),
                happened(EventKind::Delivered, None),
            )
            .await;
        }
        // A tap opens the notification; where it leads is a click of its own.
        DeviceEvent::Clicked => {
            record(
                &state,
                &visitor,
                (&key, &message),
                happened(EventKind::Opened, None),
            )
            .await;
            if let Some(target) = &target {
                let link = Some((link, target.url.as_str()));
                record(
                    &state,
                    &visitor,
                    (&key, &message),
                    happened(EventKind::Clicked, link),
                )
                .await;
            }
        }
        // Closing says nothing that a report shows.
        DeviceEvent::Closed => {}
    }
    Ok(anywhere(StatusCode::NO_CONTENT.into_response()))
}

/// A service worker lives on a customer's own site.
pub(super) async fn preflight() -> Response {
    let mut response = anywhere(StatusCode::NO_CONTENT.into_response());
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type"),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    );
    response
}

fn anywhere(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    response
}
