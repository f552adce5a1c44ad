//! Files of contacts: upload, check, run.

use app::backend::ContactsBackend;
use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, Path, State},
    response::IntoResponse,
};
use domain::{
    Refusal,
    import::{ImportInfo, Mapping, RowError},
    user::Scope,
};
use futures::StreamExt;
use http::StatusCode;
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    JsonBody,
    answer::{Pages, begun, created, done, shown},
    params::Params,
    schema::{ImportErrorsDoc, ImportInfoDoc, MappingDoc, ProblemDoc},
    sending::{backend, problem},
};
use crate::{
    auth::ApiPrincipal, backend::masked_for, contacts, http::problem::Problem, state::AppState,
};

/// Errors of a page unless asked otherwise, and at most.
const LIMIT: (u32, u32) = (100, 1_000);

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read, delete))
        .routes(routes!(check))
        .routes(routes!(run))
        .routes(routes!(errors))
}

/// The route that takes files.
pub(super) fn uploads() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .layer(DefaultBodyLimit::disable())
}

/// A page of errors.
#[derive(Debug, Serialize)]
pub(super) struct ImportErrors {
    pub errors: Vec<RowError>,
    pub next_cursor: Option<String>,
}

/// List imports
///
/// The newest hundred, without their errors.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "Contacts",
    responses(
        (status = 200, description = "Newest first", body = [ImportInfoDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn list(Pages(backend): Pages) -> Result<Json<Vec<ImportInfo>>, Problem> {
    shown(backend.imports()).await
}

/// Upload a file of contacts
///
/// CSV or XLSX as the raw body, at most 1 GiB; its first row names the columns. Nothing is written yet: check the guessed
/// `mapping`, then check and run the import.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "Contacts",
    params(("file" = String, Query, description = "Name of the file")),
    request_body(content = String, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "Uploaded", body = ImportInfoDoc),
        (status = 400, description = "The upload ended early", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 408, description = "The file did not arrive in time", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "The file can't be read, or has no name", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn create(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
    body: Body,
) -> Result<impl IntoResponse, Problem> {
    caller.require(Scope::Write)?;
    let name = params
        .text("file")?
        .ok_or_else(|| Refusal::invalid("file", "is missing"))?;
    let pieces = body.into_data_stream().map(|piece| {
        piece.map_err(|_cut_off| {
            Problem::new(StatusCode::BAD_REQUEST, "body_broken")
                .detail("The upload ended early. Send the file again.")
        })
    });
    let id = contacts::take(&state, &caller.0, name, pieces).await?;
    let path = format!("/api/v1/imports/{id}");
    let backend = backend(&state, caller).await?;
    let import = backend.import(id).await.map_err(problem)?;
    Ok(created(path, import))
}

/// Read an import
///
/// Where it stands, with its first twenty errors.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The import", body = ImportInfoDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such import", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn read(Pages(backend): Pages, Path(id): Path<String>) -> Result<Json<ImportInfo>, Problem> {
    shown(backend.import(id)).await
}

/// Forget an import and its file
///
/// Contacts that it wrote stay.
#[utoipa::path(
    delete, path = "/api/v1/imports/{id}", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "Forgotten"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such import", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn delete(Pages(backend): Pages, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    done(backend.delete_import(id)).await
}

/// Check an import
///
/// Reads every row with this mapping and writes nothing. Goes on in the background: read the import until it is `checked`.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/check", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    request_body = MappingDoc,
    responses(
        (status = 202, description = "Begun"),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such import", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "It is under way, or done", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "The file can't be read like this", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn check(
    Pages(backend): Pages,
    Path(id): Path<String>,
    JsonBody(mapping): JsonBody<Mapping>,
) -> Result<StatusCode, Problem> {
    begun(backend.check_import(id, mapping)).await
}

/// Run a checked import
///
/// Goes on in the background: read the import until it is `done`.
#[utoipa::path(
    post, path = "/api/v1/imports/{id}/run", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 202, description = "Begun"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such import", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "It isn't checked, or was run", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn run(Pages(backend): Pages, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    begun(backend.run_import(id)).await
}

/// Rows an import did not take
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/errors", tag = "Contacts",
    params(
        ("id" = String, Path, description = "Its id"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "Errors per page", minimum = 1, maximum = 1000),
    ),
    responses(
        (status = 200, description = "A page, by row", body = ImportErrorsDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such import", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn errors(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    params: Params,
) -> Result<Json<ImportErrors>, Problem> {
    caller.require(Scope::Write)?;
    let limit = params.limit(LIMIT.0, LIMIT.1)?;
    // A row has one error: its number says where a page ends.
    let row: Option<u64> = params.parsed("cursor", "is not one this server gave")?;
    let after = row.map(|row| RowError {
        row,
        column: char::MAX.to_string(),
        message: String::new(),
    });
    let ws = caller.workspace();
    let store = &state.store;
    let errors = store.import_errors(ws, &id, after.as_ref(), limit).await?;
    let is_full = errors.len() == limit as usize;
    let next_cursor = errors
        .last()
        .filter(|_| is_full)
        .map(|last| last.row.to_string());
    Ok(Json(ImportErrors {
        errors: masked_for(&caller.0, errors),
        next_cursor,
    }))
}
