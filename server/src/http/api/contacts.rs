//! Contacts: list, add one or thousands, read, change, delete.

use app::backend::ContactsBackend;
use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    Refusal,
    contact::{Contact, ContactCounts, ContactPage, ContactQuery, NewContact},
    user::Scope,
};
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use store::Upserted;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    JsonBody,
    answer::{Pages, created, done, shown},
    params::Params,
    schema::{ContactCountsDoc, ContactDoc, ContactPageDoc, NewContactDoc, ProblemDoc, TakenDoc},
    sending::backend,
};
use crate::{auth::ApiPrincipal, backend::masked_for, http::problem::Problem, state::AppState};

/// Contacts of a page unless asked otherwise, and at most.
const LIMIT: (u32, u32) = (50, 500);
/// Most lines of a request.
const LINES_MAX: usize = 10_000;
/// Longest request.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(read, update, delete))
        .routes(routes!(counts))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// What became of many contacts.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Taken {
    pub created: u64,
    pub updated: u64,
    pub rejected: Vec<Rejected>,
}

/// A line that was not taken.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Rejected {
    pub line: u64,
    pub field: Option<String>,
    pub message: String,
}

/// List contacts
///
/// Newest first. People without the right to see contacts get numbers and addresses masked, and find them only whole.
#[utoipa::path(
    get, path = "/api/v1/contacts", tag = "Contacts",
    params(
        ("q" = Option<String>, Query, description = "Part of a name, the beginning of a number or an address, or your own id"),
        ("list" = Option<String>, Query, description = "Only members of this list, by its id"),
        ("blocked" = Option<bool>, Query, description = "Only who is suppressed on any channel"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "Contacts per page", minimum = 1, maximum = 500),
    ),
    responses(
        (status = 200, description = "A page", body = ContactPageDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such list", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
) -> Result<Json<ContactPage>, Problem> {
    caller.require(Scope::Read)?;
    let text = |name| params.text(name).map(|text| text.map(str::to_owned));
    let blocked = params.one_of("blocked", &[("true", true), ("false", false)])?;
    let query = ContactQuery {
        q: text("q")?.unwrap_or_default(),
        list: text("list")?,
        blocked: blocked.unwrap_or_default(),
        cursor: text("cursor")?,
    };
    let limit = params.limit(LIMIT.0, LIMIT.1)?;
    let backend = backend(&state, caller).await?;
    shown(backend.contacts_of(query, limit)).await
}

/// Add contacts
///
/// One as JSON, or up to 10,000 as NDJSON, one a line. Who has the same `external_id`, else e-mail, else phone, is the same
/// person and is changed; what is absent stays. Nobody who left is subscribed again unless `is_renewed`. Of many, bad lines
/// are told one by one and the rest is taken.
#[utoipa::path(
    post, path = "/api/v1/contacts", tag = "Contacts",
    params(
        ("list" = Option<String>, Query, description = "Id of a list to put them on"),
        ("country" = Option<String>, Query, description = "ISO 3166-1 alpha-2: where numbers without + are at home"),
    ),
    request_body(content((NewContactDoc = "application/json"), (NewContactDoc = "application/x-ndjson"))),
    responses(
        (status = 200, description = "What became of the lines; for one contact, the one that was known and is changed", body = TakenDoc),
        (status = 201, description = "One contact, created", body = ContactDoc),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such list", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A field can't be taken", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn create(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.require(Scope::Write)?;
    let list = params.text("list")?;
    let country = params.text("country")?;
    if country.is_some_and(|code| !people::is_country(code)) {
        return Err(Refusal::invalid("country", "use a code of two letters such as ES").into());
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let is_many = kind.is_some_and(|kind| kind.starts_with("application/x-ndjson"));
    if is_many {
        let taken = take_lines(&state, &caller, &body, list, country).await?;
        return Ok(Json(taken).into_response());
    }
    let new: NewContact = super::json(&body)?;
    let new = people::check_contact(new, country)?;
    let (ws, now) = (caller.workspace(), state.clock.now());
    let store = &state.store;
    let contact = store.save_contact(ws, None, new, now).await?;
    if let Some(list) = list {
        store.add_to_list(ws, list, &[&contact.id]).await?;
    }
    let is_new = contact.created_at == now;
    let id = contact.id.clone();
    // Who may write may see what was written, even without the right to read.
    let contact = masked_for(&caller.0, contact);
    if !is_new {
        return Ok(Json(contact).into_response());
    }
    Ok(created(format!("/api/v1/contacts/{id}"), contact).into_response())
}

/// Takes contacts, one a line.
async fn take_lines(
    state: &AppState,
    caller: &ApiPrincipal,
    body: &[u8],
    list: Option<&str>,
    country: Option<&str>,
) -> Result<Taken, Problem> {
    let mut taken = Taken::default();
    let (mut lines, mut contacts) = (Vec::new(), Vec::new());
    let all = body.split(|byte| *byte == b'\n').enumerate();
    for (n, line) in all.filter(|(_, line)| !line.trim_ascii().is_empty()) {
        if contacts.len() + taken.rejected.len() == LINES_MAX {
            let words =
                format!("A request holds at most {LINES_MAX} lines. Nothing of it was taken.");
            return Err(
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_many_lines").detail(words),
            );
        }
        let n = n as u64 + 1;
        let read = serde_json::from_slice::<NewContact>(line)
            .map_err(|error| (None, format!("The line can't be read: {error}.")))
            .and_then(|new| people::check_contact(new, country).map_err(in_words));
        match read {
            Ok(contact) => {
                lines.push(n);
                contacts.push(contact);
            }
            Err(wrong) => taken.rejected.push(rejected(n, wrong)),
        }
    }
    let (ws, now) = (caller.workspace(), state.clock.now());
    let outcomes = state.store.upsert_contacts(ws, contacts, list, now).await?;
    for (n, outcome) in lines.into_iter().zip(outcomes) {
        match outcome {
            Upserted::Created => taken.created += 1,
            Upserted::Updated => taken.updated += 1,
            Upserted::Rejected(refusal) => taken.rejected.push(rejected(n, in_words(refusal))),
        }
    }
    taken.rejected.sort_by_key(|rejected| rejected.line);
    Ok(taken)
}

fn in_words(refusal: Refusal) -> (Option<String>, String) {
    match refusal {
        Refusal::Invalid { field, message } => {
            (Some(field).filter(|field| field != "row"), message)
        }
        other => (None, other.to_string()),
    }
}

fn rejected(line: u64, (field, message): (Option<String>, String)) -> Rejected {
    Rejected {
        line,
        field,
        message,
    }
}

/// Read a contact
#[utoipa::path(
    get, path = "/api/v1/contacts/{id}", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The contact", body = ContactDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such contact", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn read(Pages(backend): Pages, Path(id): Path<String>) -> Result<Json<Contact>, Problem> {
    shown(backend.contact(id)).await
}

/// Change a contact
///
/// Absent fields stay as they are; an empty text takes a value away.
#[utoipa::path(
    patch, path = "/api/v1/contacts/{id}", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    request_body = NewContactDoc,
    responses(
        (status = 200, description = "The contact", body = ContactDoc),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such contact", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A field can't be taken", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn update(
    Pages(backend): Pages,
    Path(id): Path<String>,
    JsonBody(new): JsonBody<NewContact>,
) -> Result<Json<Contact>, Problem> {
    shown(backend.save_contact(Some(id), new)).await
}

/// Delete a contact
///
/// With devices and memberships. Entries of the blocklist stay, or the next import would bring back who left.
#[utoipa::path(
    delete, path = "/api/v1/contacts/{id}", tag = "Contacts",
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "Neither a token with `write` nor an admin", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such contact", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn delete(Pages(backend): Pages, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    done(backend.delete_contact(id)).await
}

/// Count contacts
///
/// How many there are, how many can be reached on each channel, and how many addresses are blocked.
#[utoipa::path(
    get, path = "/api/v1/contact-counts", tag = "Contacts",
    responses(
        (status = 200, description = "Counts", body = ContactCountsDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn counts(Pages(backend): Pages) -> Result<Json<ContactCounts>, Problem> {
    shown(backend.contact_counts()).await
}
