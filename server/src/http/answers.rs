//! Answers that any operation may give, added to the API's description in one place: written at each operation, they
//! would be forgotten at the next one.

use utoipa::openapi::{
    Content, Header, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder, Type,
    path::Operation,
    schema::{ObjectBuilder, Schema},
};

/// Completes the description.
pub(super) fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            add(
                operation,
                "500",
                "A failure of the server; `detail` holds a reference to its log",
            );
            add(
                operation,
                "503",
                "Busy, or without its database: come back after Retry-After seconds",
            );
            if operation.request_body.is_some() {
                add(operation, "413", "The body is too large; nothing was done");
                add(operation, "400", "The body can't be read");
            }
            if path.contains('{') {
                add(operation, "400", "The path can't be read");
            }
            describe_headers(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// Adds a problem, unless the operation has words of its own for it.
fn add(operation: &mut Operation, status: &str, description: &str) {
    operation
        .responses
        .responses
        .entry(status.to_owned())
        .or_insert_with(|| problem(description).into());
}

fn problem(description: &str) -> Response {
    let body = Content::new(Some(Ref::from_schema_name("Problem")));
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", body)
        .build()
}

/// What stands in the head of an answer of a status, wherever that status is given.
fn describe_headers(operation: &mut Operation) {
    for (status, name, schema, text) in [
        ("201", "Location", Type::String, "Path of what was created"),
        ("401", "WWW-Authenticate", Type::String, "`Bearer`"),
        ("503", "Retry-After", Type::Integer, "Seconds to wait"),
    ] {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
            let schema: RefOr<Schema> = ObjectBuilder::new().schema_type(schema).into();
            let mut header = Header::new(schema);
            header.description = Some(text.to_owned());
            response.headers.insert(name.to_owned(), header.into());
        }
    }
}
