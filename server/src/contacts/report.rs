//! The rows an import didn't take, to be put right in a spreadsheet.

use axum::{
    Extension,
    body::Body,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use domain::{Refusal, csv, import::RowError};
use futures::stream;
use http::header;
use people::{errors_csv, errors_csv_head};

use crate::{
    auth::{Action, Principal, Signed},
    backend::masked_for,
    http::problem::Problem,
    state::AppState,
};

/// Errors read at a time.
const PAGE: u32 = 1_000;

/// `GET /contacts/imports/{id}/errors.csv`.
pub(super) async fn errors(
    State(state): State<AppState>,
    signed: Option<Extension<Signed>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Some(Extension(signed)) = signed else {
        return Err(Refusal::Unauthenticated.into());
    };
    signed.principal.may(Action::Write)?;
    let ws = signed.workspace.id;
    // A foreign or unknown import is refused before the answer begins.
    let first = state.store.import_errors(ws, &id, None, PAGE).await?;
    let principal = signed.principal.clone();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"import-errors.csv\"",
        ),
    ];
    // Excel takes a text for UTF-8 only where a mark says so.
    let head = format!(
        "{}{}{}",
        csv::BYTE_ORDER_MARK,
        errors_csv_head(),
        errors_csv(&masked_for(&principal, first.clone()))
    );
    let rest = stream::try_unfold(first.last().cloned(), move |after| {
        let (state, principal, id) = (state.clone(), principal.clone(), id.clone());
        async move { next(&state, &principal, &id, after).await }
    });
    let body = stream::StreamExt::chain(stream::iter([Ok(Bytes::from(head))]), rest);
    Ok((headers, Body::from_stream(body)).into_response())
}

/// The page after an error, and its last.
async fn next(
    state: &AppState,
    principal: &Principal,
    id: &str,
    after: Option<RowError>,
) -> store::Result<Option<(Bytes, Option<RowError>)>> {
    let Some(after) = after else { return Ok(None) };
    let page = state
        .store
        .import_errors(principal.workspace, id, Some(&after), PAGE)
        .await?;
    let Some(last) = page.last().cloned() else {
        return Ok(None);
    };
    let lines = errors_csv(&masked_for(principal, page));
    Ok(Some((Bytes::from(lines), Some(last))))
}
