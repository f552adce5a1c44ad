//! `/o/{token}`: the open pixel.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use content::track::Purpose;
use domain::EventKind;
use http::{Method, header};

use super::{Happening, Visitor, message_of, record};
use crate::state::AppState;

/// A transparent picture of one pixel.
const PIXEL: [u8; 43] =
    *b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\
\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Records an open. The picture comes whatever happens: a broken one would show in the message.
pub(super) async fn pixel(
    State(state): State<AppState>,
    Path(token): Path<String>,
    visitor: Visitor,
) -> Response {
    let token = token.strip_suffix(".gif").unwrap_or(&token);
    match message_of(&state, Purpose::Open, token).await {
        // Who asks for the head only looks whether it is there.
        Ok(Some((key, _, message))) if visitor.method != Method::HEAD => {
            let what = Happening {
                kind: EventKind::Opened,
                link: None,
                props: None,
                at: state.clock.now(),
            };
            record(&state, &visitor, (&key, &message), what).await;
        }
        Ok(_) => {}
        // It has logged itself.
        Err(problem) => drop(problem.into_response()),
    }
    ([(header::CONTENT_TYPE, "image/gif")], PIXEL).into_response()
}
