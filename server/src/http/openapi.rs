//! The API's description: OpenAPI 3.1 for programs at `/api/v1/openapi.json`, a page for people at `/api`.
//!
//! The page is rendered here, from the same document. The ready-made viewers load megabytes of script from
//! elsewhere, which neither a machine without a network nor our content security policy allows.

use std::{fmt::Write, sync::Arc};

use axum::{
    Json, Router,
    extract::{FromRef, FromRequestParts},
    middleware::from_extractor_with_state,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use http::{HeaderName, header::CONTENT_SECURITY_POLICY, request::Parts};
use serde_json::Value;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::{auth::ApiPrincipal, state::AppState};

/// What stands above the operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Reportage API",
        version = "1",
        description = "Events in, exact reports out. Tokens are made in Settings or by `reportage token create`; \
            a token has the scopes `ingest`, `read` and `write`. Errors are RFC 9457 problems with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    security(("token" = [])),
    modifiers(&Token),
    tags(
        (name = "Ingest", description = "Events in"),
        (name = "Campaigns", description = "What is reported on"),
        (name = "Reports", description = "Figures out"),
        (name = "Sending", description = "Messaging campaigns from draft to last message"),
        (name = "Contacts", description = "People, lists, the blocklist, files"),
        (name = "Recipients", description = "Single messages and events"),
    ),
)]
pub(super) struct Description;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The two routes: for anybody, or for whoever is signed in or has a token.
pub(super) fn routes(document: &utoipa::openapi::OpenApi, state: &AppState) -> Router<AppState> {
    let routes = open_routes(document);
    if state.settings.exposure.public_api_docs {
        return routes;
    }
    routes.layer(from_extractor_with_state::<Known, _>(state.clone()))
}

/// Somebody the server knows. Strangers are led to sign in where they want a page.
struct Known;

impl<S> FromRequestParts<S> for Known
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        match ApiPrincipal::from_request_parts(parts, state).await {
            Ok(_) => Ok(Self),
            Err(_) if parts.uri.path() == "/api" && parts.method.is_safe() => {
                Err(Redirect::to("/sign-in?next=%2Fapi").into_response())
            }
            Err(problem) => Err(problem.into_response()),
        }
    }
}

fn open_routes(document: &utoipa::openapi::OpenApi) -> Router<AppState> {
    let json = Arc::new(serde_json::to_value(document).unwrap_or_default());
    let page: Arc<str> = page(&json).into();
    Router::new()
        .route(
            "/api/v1/openapi.json",
            get(async move || Json(Value::clone(&json))),
        )
        .route(
            "/api",
            get(async move || (policy(), Html(page.to_string()))),
        )
}

/// The page runs nothing and loads our own style sheet.
fn policy() -> [(HeaderName, &'static str); 1] {
    let policy = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; frame-ancestors 'none'";
    [(CONTENT_SECURITY_POLICY, policy)]
}

/// Text with the letters HTML gives a meaning to written out.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter => safe.push(letter),
        }
    }
    safe
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The page for people: every operation with its parameters and answers, every body with its fields.
fn page(document: &Value) -> String {
    let mut html = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Reportage API</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"/pkg/reportage.css\"></head><body><main class=\"manual\">",
    );
    let _ = write!(
        html,
        "<h1>{}</h1><p>{}</p><p>For programs: <a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a></p>",
        escape(text(document, "/info/title")),
        escape(text(document, "/info/description")),
    );
    let none = serde_json::Map::new();
    let object = |value: &'_ Value| value.as_object().cloned().unwrap_or_else(|| none.clone());
    for (path, item) in object(&document["paths"]) {
        for (method, operation) in object(&item) {
            let _ = write!(
                html,
                "<section class=\"manual__part\"><h2><code>{} {}</code></h2><p><strong>{}</strong></p><p>{}</p>",
                method.to_uppercase(),
                escape(&path),
                escape(text(&operation, "/summary")),
                escape(text(&operation, "/description")),
            );
            parameters(&mut html, &operation);
            answers(&mut html, &object(&operation["responses"]));
            html.push_str("</section>");
        }
    }
    html.push_str("<h2>Bodies</h2>");
    for (name, schema) in object(&document["components"]["schemas"]) {
        body(&mut html, &name, &schema);
    }
    html.push_str("</main></body></html>");
    html
}

fn parameters(html: &mut String, operation: &Value) {
    let mut rows = String::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escape(text(parameter, "/name")),
            kind(&parameter["schema"]),
            escape(text(parameter, "/description")),
        );
    }
    if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
        let _ = write!(
            rows,
            "<tr><td>body</td><td>{}</td><td></td></tr>",
            kind(schema)
        );
    }
    if !rows.is_empty() {
        let _ = write!(
            html,
            "<table><thead><tr><th>Parameter</th><th>Type</th><th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>"
        );
    }
}

fn answers(html: &mut String, responses: &serde_json::Map<String, Value>) {
    html.push_str(
        "<table><thead><tr><th>Answer</th><th>Meaning</th><th>Body</th></tr></thead><tbody>",
    );
    for (status, response) in responses {
        let schema = response["content"]
            .as_object()
            .and_then(|content| content.values().next());
        let _ = write!(
            html,
            "<tr><td><code>{}</code></td><td>{}{}</td><td>{}</td></tr>",
            escape(status),
            escape(text(response, "/description")),
            headers(response),
            schema
                .map(|content| kind(&content["schema"]))
                .unwrap_or_default(),
        );
    }
    html.push_str("</tbody></table>");
}

/// Headers an answer comes with, as the rest of its sentence.
fn headers(response: &Value) -> String {
    let names = response["headers"].as_object().into_iter().flatten();
    names
        .map(|(name, _)| format!("; <code>{}</code>", escape(name)))
        .collect()
}

fn body(html: &mut String, name: &str, schema: &Value) {
    let _ = write!(
        html,
        "<section class=\"manual__part\" id=\"{0}\"><h3><code>{0}</code></h3><p>{1}</p>",
        escape(name),
        escape(text(schema, "/description")),
    );
    let words: Vec<&str> = schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !words.is_empty() {
        let _ = write!(html, "<p><code>{}</code></p>", escape(&words.join(", ")));
    }
    if schema["oneOf"].is_array() {
        let _ = write!(html, "<p>{}</p>", kind(schema));
    }
    let parts = schema["allOf"]
        .as_array()
        .cloned()
        .unwrap_or_else(|| vec![schema.clone()]);
    let mut rows = String::new();
    for (field, schema) in parts
        .iter()
        .filter_map(|part| part["properties"].as_object())
        .flatten()
    {
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escape(field),
            kind(schema),
            escape(text(schema, "/description")),
        );
    }
    if !rows.is_empty() {
        let _ = write!(
            html,
            "<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>{rows}</tbody></table>"
        );
    }
    html.push_str("</section>");
}

/// What a value may be, in a word or a link to the body that says.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return format!("<a href=\"#{0}\">{0}</a>", escape(name));
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::String(word) if word == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(word) => escape(word),
        Value::Array(words) => {
            let words: Vec<String> = words.iter().filter_map(Value::as_str).map(escape).collect();
            words.join(" or ")
        }
        _ => String::new(),
    }
}
