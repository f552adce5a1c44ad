//! The form *Import a file*: what it sends, and its page again where that was refused.

use app::{
    routes::{UPLOAD_PATH, encode},
    ui::{Returned, Typed},
};
use axum::{
    Extension, Router,
    extract::{
        DefaultBodyLimit, Multipart, State,
        multipart::{MultipartError, MultipartRejection},
    },
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::Refusal;
use futures::StreamExt;
use http::{StatusCode, request::Parts};

use super::{
    report,
    upload::{base_name, take},
};
use crate::{
    auth::{Action, Principal, Signed},
    http::{page_again, problem::Problem},
    state::AppState,
};

/// The page with the form.
const FORM_PATH: &str = "/contacts/imports/new";

/// The page's routes. They lie under no time-out: a file may take its time.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(UPLOAD_PATH, get(to_form).post(from_page))
        .route("/contacts/imports/{id}/errors.csv", get(report::errors))
        .layer(DefaultBodyLimit::disable())
}

/// Takes the file of the form *Import a file* and goes to the import's page. A file that is refused is answered with the
/// form's page, which names it and says why.
async fn from_page(
    State(state): State<AppState>,
    signed: Option<Extension<Signed>>,
    parts: Parts,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let Some(Extension(signed)) = signed else {
        return to_sign_in();
    };
    let mut file = String::new();
    let taken = match form {
        Ok(form) => taken_from_form(&state, &signed.principal, form, &mut file).await,
        Err(_not_a_form) => Err(Refusal::invalid("file", "choose a file").into()),
    };
    match taken {
        Ok(id) => Redirect::to(&format!("/contacts/imports/{id}")).into_response(),
        Err(problem) => refused(&state, parts, &file, &problem).await,
    }
}

/// The form's page again, with the file's name and what was wrong with it.
async fn refused(state: &AppState, parts: Parts, file: &str, problem: &Problem) -> Response {
    let returned = Returned {
        function: UPLOAD_PATH.to_owned(),
        page: FORM_PATH.to_owned(),
        error: Refusal::Conflict(problem.sentence().to_owned()).into(),
        typed: Typed::of_form(&format!("file={}", encode(base_name(file))), |_| false),
    };
    let page = http::Uri::from_static(FORM_PATH);
    let mut response = page_again(state, parts, page, returned, problem.status()).await;
    if let Some(seconds) = problem.retry_after_s() {
        response
            .headers_mut()
            .insert(http::header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The form's address, opened by itself: a browser shows it after a refusal.
async fn to_form() -> Redirect {
    Redirect::to(FORM_PATH)
}

fn to_sign_in() -> Response {
    Redirect::to("/sign-in?next=%2Fcontacts%2Fimports%2Fnew").into_response()
}

async fn taken_from_form(
    state: &AppState,
    principal: &Principal,
    mut form: Multipart,
    file: &mut String,
) -> Result<String, Problem> {
    principal.may(Action::Write)?;
    while let Some(field) = form.next_field().await.map_err(|error| cut_off(&error))? {
        let name = field.file_name().unwrap_or_default().to_owned();
        if field.name() == Some("file") && !name.is_empty() {
            file.clone_from(&name);
            let pieces = field.map(|piece| piece.map_err(|error| cut_off(&error)));
            return take(state, principal, &name, pieces).await;
        }
    }
    Err(Refusal::invalid("file", "choose a file").into())
}

fn cut_off(_error: &MultipartError) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "body_broken")
        .detail("The upload ended early. Send the file again.")
}
