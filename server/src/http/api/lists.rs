//! Saved lists and who is on them.

use app::backend::ContactsBackend;
use axum::{
    Json,
    extract::{Path, State},
    response::IntoResponse,
};
use domain::{contact::ContactList, user::Scope};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    JsonBody,
    answer::{Pages, created, done, shown},
    schema::{ContactListDoc, MembersDoc, NewListDoc, ProblemDoc},
    sending::problem,
};
use crate::{auth::ApiPrincipal, http::problem::Problem, state::AppState};

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(delete))
        .routes(routes!(members))
}

/// A new list.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct NewList {
    pub name: String,
}

/// Who joins a list and who leaves it, by ids.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Members {
    #[serde(default)]
    pub add: Vec<String>,
    #[serde(default)]
    pub remove: Vec<String>,
}

/// List the lists
#[utoipa::path(
    get, path = "/api/v1/lists", tag = "Contacts",
    responses(
        (status = 200, description = "All of them, by name", body = [ContactListDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn list(Pages(backend): Pages) -> Result<Json<Vec<ContactList>>, Problem> {
    shown(backend.lists()).await
}

/// Make a list
#[utoipa::path(
    post, path = "/api/v1/lists", tag = "Contacts",
    request_body = NewListDoc,
    responses(
        (status = 201, description = "Created", body = ContactListDoc),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "There is one of this name", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "The name can't be taken", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn create(
    Pages(backend): Pages,
    JsonBody(new): JsonBody<NewList>,
) -> Result<impl IntoResponse, Problem> {
    let list = backend.create_list(new.name).await.map_err(problem)?;
    Ok(created(format!("/api/v1/lists/{}", list.id), list))
}

/// Delete a list
///
/// Its members stay contacts.
#[utoipa::path(
    delete, path = "/api/v1/lists/{id}", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such list", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn delete(Pages(backend): Pages, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    done(backend.delete_list(id)).await
}

/// Change who is on a list
///
/// By ids of contacts; those that aren't there are passed over.
#[utoipa::path(
    post, path = "/api/v1/lists/{id}/members", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    request_body = MembersDoc,
    responses(
        (status = 204, description = "Done"),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such list", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn members(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    JsonBody(change): JsonBody<Members>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Write)?;
    let (store, ws) = (&state.store, caller.workspace());
    let add: Vec<&str> = change.add.iter().map(String::as_str).collect();
    let remove: Vec<&str> = change.remove.iter().map(String::as_str).collect();
    store.add_to_list(ws, &id, &add).await?;
    store.remove_from_list(ws, &id, &remove).await?;
    Ok(StatusCode::NO_CONTENT)
}
