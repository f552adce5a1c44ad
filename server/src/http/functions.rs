//! What server functions answer, in one place.
//!
//! Leptos answers every error of a function with 500, and a form without scripts with a redirect. Here a refusal gets its
//! own status, with the same JSON; only failures are 500. A plain form that was refused is answered with its page, which
//! says why and holds what was typed; one that was done leads back to its page, which says so.

use app::{
    error::AppError,
    secrets::is_secret,
    shell,
    ui::{PAGE_FIELD, Returned, SAID, Typed, name_of},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::Refusal;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts};
use leptos::{prelude::FromServerFnError, server_fn::error::SERVER_FN_ERROR_HEADER};

use super::{
    form_body::{self, BodyError},
    pages,
    problem::UNAVAILABLE_S,
};
use crate::{auth::Signed, state::AppState};

/// Where server functions are called.
pub(crate) const FUNCTIONS: &str = "/ui/";
/// Longest error, as JSON.
const ERROR_BYTES_MAX: usize = 64 * 1024;
/// Stands for the form's own page while its function runs: a redirect to it was the framework's, not the function's.
const OWN_PAGE: &str = "http://page.invalid/";

/// Layer over pages and server functions.
pub(super) async fn in_their_status(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if !request.uri().path().starts_with(FUNCTIONS) {
        return next.run(request).await;
    }
    let is_plain = accepts_page(request.headers());
    // No function is for strangers: what they send is not read.
    let is_stranger = request.extensions().get::<Signed>().is_none();
    if !is_plain {
        if is_stranger {
            return refused_script(request.uri().path(), StatusCode::UNAUTHORIZED, &stranger());
        }
        let (parts, body) = request.into_parts();
        return match form_body::read(&state.pools.forms, body).await {
            Ok((body, _place)) => {
                let request = Request::from_parts(parts, Body::from(body));
                for_scripts(next.run(request).await).await
            }
            Err(error) => {
                let (status, error) = unread(error);
                refused_script(parts.uri.path(), status, &error)
            }
        };
    }
    if request.method() != Method::POST {
        let response = next.run(request).await;
        // After a refusal a browser shows the form's address; opened by itself, there is nothing to see.
        return match response.status() {
            StatusCode::METHOD_NOT_ALLOWED => Redirect::to("/").into_response(),
            _ => response,
        };
    }
    let (parts, body) = request.into_parts();
    if is_stranger {
        let form = PlainForm::new(parts, Bytes::new());
        if form.page.is_none() {
            return Redirect::to("/sign-in").into_response();
        }
        return form
            .refused(&state, stranger(), StatusCode::UNAUTHORIZED)
            .await;
    }
    let (body, _place) = match form_body::read(&state.pools.forms, body).await {
        Ok(read) => read,
        Err(error) => {
            let (status, error) = unread(error);
            let form = PlainForm::new(parts, Bytes::new());
            return form.refused(&state, error, status).await;
        }
    };
    let form = PlainForm::new(parts, body);
    let response = next.run(form.request()).await;
    if !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return form.done(response);
    }
    let (error, _) = error_of(response).await;
    let status = status_of(&error);
    form.refused(&state, error, status).await
}

fn stranger() -> AppError {
    Refusal::Unauthenticated.into()
}

/// Why a form was not read.
fn unread(error: BodyError) -> (StatusCode, AppError) {
    match error {
        BodyError::Broken => (StatusCode::BAD_REQUEST, AppError::Transport),
        BodyError::Busy => (StatusCode::SERVICE_UNAVAILABLE, AppError::Unavailable),
        BodyError::TooLong => {
            let sentence = "The form is longer than 8 MiB. Nothing was saved: send less.";
            let refusal = Refusal::Conflict(sentence.to_owned());
            (StatusCode::PAYLOAD_TOO_LARGE, refusal.into())
        }
    }
}

/// An error as scripts read it, where no function ran.
fn refused_script(function: &str, status: StatusCode, error: &AppError) -> Response {
    let headers = [
        (SERVER_FN_ERROR_HEADER, function),
        (header::CONTENT_TYPE.as_str(), "application/json"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
    ];
    let mut response = (status, headers, error.ser()).into_response();
    tell_when(error, response.headers_mut());
    response
}

/// Whether a browser wants to show the answer.
fn accepts_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT);
    accepted.is_some_and(|kinds| {
        kinds
            .to_str()
            .is_ok_and(|kinds| kinds.contains("text/html"))
    })
}

/// An error as scripts and programs read it.
async fn for_scripts(response: Response) -> Response {
    if !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let status = response.status();
    let (error, mut response) = error_of(response).await;
    // Nobody's requests are 401, whatever else is wrong with them.
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        *response.status_mut() = status_of(&error);
    }
    tell_when(&error, response.headers_mut());
    response
}

/// The error in an answer, and the answer whole again.
async fn error_of(response: Response) -> (AppError, Response) {
    let (parts, body) = response.into_parts();
    // A body that can't be read is no JSON, which is an error like another.
    let bytes = to_bytes(body, ERROR_BYTES_MAX).await.unwrap_or_default();
    let error = AppError::de(bytes.clone());
    (error, Response::from_parts(parts, Body::from(bytes)))
}

fn status_of(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// When to come back, in seconds, where that is known.
fn tell_when(error: &AppError, headers: &mut HeaderMap) {
    let seconds = match error {
        AppError::Unavailable => UNAVAILABLE_S,
        AppError::Refused(Refusal::Throttled { retry_after_s }) => *retry_after_s,
        _ => return,
    };
    headers.insert(header::RETRY_AFTER, seconds.into());
}

/// A form that a browser without scripts sent.
struct PlainForm {
    parts: Parts,
    body: Bytes,
    /// Path and query of the page it stands on; none when the browser keeps that to itself.
    page: Option<Uri>,
}

impl PlainForm {
    fn new(parts: Parts, body: Bytes) -> Self {
        let page = page_of(&parts.headers, &body);
        Self { parts, body, page }
    }

    /// The form, with a mark for its page.
    fn request(&self) -> Request {
        let mut parts = self.parts.clone();
        let own_page = HeaderValue::from_static(OWN_PAGE);
        parts.headers.insert(header::REFERER, own_page);
        Request::from_parts(parts, Body::from(self.body.clone()))
    }

    /// The way on: where the function said, else back to the page, which is told what was done.
    fn done(&self, mut response: Response) -> Response {
        let leads_on = |at: &HeaderValue| !at.as_bytes().starts_with(OWN_PAGE.as_bytes());
        let location = response.headers().get(header::LOCATION);
        if location.is_none_or(leads_on) {
            return response;
        }
        let back = match &self.page {
            Some(page) => {
                let sign = if page.query().is_some() { '&' } else { '?' };
                format!("{page}{sign}{SAID}={}", name_of(self.parts.uri.path()))
            }
            None => "/".to_owned(),
        };
        if let Ok(back) = HeaderValue::from_str(&back) {
            response.headers_mut().insert(header::LOCATION, back);
        }
        response
    }

    /// The page again, with why it was refused and what was typed.
    async fn refused(self, state: &AppState, error: AppError, status: StatusCode) -> Response {
        let Some(page) = self.page else {
            // The browser doesn't say where the form stood.
            let mut response = (status, error.to_string()).into_response();
            tell_when(&error, response.headers_mut());
            return response;
        };
        let returned = Returned {
            function: self.parts.uri.path().to_owned(),
            page: page.to_string(),
            error,
            typed: Typed::of_form(&String::from_utf8_lossy(&self.body), is_secret),
        };
        page_again(state, self.parts, page, returned, status).await
    }
}

/// A page as the answer to a form that was sent from it and refused.
pub(crate) async fn page_again(
    state: &AppState,
    mut parts: Parts,
    page: Uri,
    returned: Returned,
    status: StatusCode,
) -> Response {
    let error = returned.error.clone();
    parts.method = Method::GET;
    parts.uri = page;
    for of_body in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
        parts.headers.remove(of_body);
    }
    parts.extensions.insert(returned);
    let request = Request::from_parts(parts, Body::empty());
    let (options, context) = (state.leptos.as_ref().clone(), pages::context(state.clone()));
    let render =
        leptos_axum::render_app_async_with_context(context, move || shell(options.clone()));
    let mut response = render(request).await;
    // A page that leads to sign in, or isn't there any more, has said enough.
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    tell_when(&error, response.headers_mut());
    response
}

/// The page a form stands on: as it says itself where its page came as an answer, else as the browser says. What the
/// page was told about an earlier form is left out.
fn page_of(headers: &HeaderMap, body: &[u8]) -> Option<Uri> {
    let body = String::from_utf8_lossy(body);
    let mut fields = app::codec::form_pairs(&body);
    let said = fields.find_map(|(name, page)| (name == PAGE_FIELD).then_some(page));
    let page: Uri = match said {
        Some(page) => page.parse().ok()?,
        None => headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?,
    };
    let path = page.path();
    // `//host/` would be another site, and browsers read `\` as `/`.
    let leaves = path.starts_with("//") || path.contains('\\');
    if !path.starts_with('/') || leaves || path.starts_with(FUNCTIONS) {
        return None;
    }
    let kept: Vec<_> = page.query().unwrap_or_default().split('&').collect();
    let kept: Vec<_> = kept
        .into_iter()
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(SAID))
        .collect();
    if kept.is_empty() {
        return path.parse().ok();
    }
    format!("{path}?{}", kept.join("&")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(referer: &str, body: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        if !referer.is_empty() {
            headers.insert(header::REFERER, referer.parse().expect("a header"));
        }
        page_of(&headers, body.as_bytes()).map(|page| page.to_string())
    }

    #[test]
    fn a_form_knows_its_page() {
        let edit = "/campaigns/c/edit/detail";
        for (referer, body, expected) in [
            ("http://x/campaigns/c/edit/detail", "id=c", Some(edit)),
            (
                "http://x/campaigns/c/edit/detail?said=block",
                "",
                Some(edit),
            ),
            (
                "http://x/contacts?tab=lists&said=block&q=a%26b",
                "",
                Some("/contacts?tab=lists&q=a%26b"),
            ),
            // A form of a page that came as an answer.
            (
                "http://x/ui/save_step12",
                "id=c&__page=%2Fcampaigns%2Fc%2Fedit%2Fdetail",
                Some(edit),
            ),
            (
                "http://x/contacts",
                "__page=%2Fcontacts%3Ftab%3Dlists",
                Some("/contacts?tab=lists"),
            ),
            // Nowhere else.
            ("http://x/ui/save_step12", "id=c", None),
            ("http://x/contacts", "__page=%2F%2Fevil.example%2F", None),
            ("http://x/contacts", "__page=%2F%5Cevil.example", None),
            ("http://x/contacts", "__page=%2Fa%5C%5Cevil.example", None),
            (
                "http://x/contacts",
                "__page=%2F%5Cevil.example%2F%3Fa%3Db",
                None,
            ),
            ("http://x/contacts", "__page=javascript%3Aalert(1)", None),
            ("", "id=c", None),
            ("about:blank", "", None),
        ] {
            assert_eq!(page(referer, body).as_deref(), expected, "{referer} {body}");
        }
        // Another site's page is a path of ours: what isn't there shows nothing.
        assert_eq!(
            page("https://evil.example/contacts", "").as_deref(),
            Some("/contacts")
        );
    }
}
