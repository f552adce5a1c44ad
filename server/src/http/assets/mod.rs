//! What the browser loads, out of the binary: nothing is read from disk, so it runs from an empty directory.
//!
//! `.ci/site.sh` puts the files into `target/site`, each beside its `.br` and `.gz`. A name that carries a hash
//! never changes its content and is `immutable`; any other is asked for again each time and mostly answered 304.
//! Debug builds read the folder at each request and work without it, so that the server compiles first.

use std::borrow::Cow;
use std::sync::OnceLock;

use app::later::Part;
use axum::Router;
use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Site;

/// Hexadecimal digits that `frontend/site.mjs` puts before the extension.
const HASH_LENGTH: usize = 8;

/// Encodings in the order we like them, with the ending of the compressed file.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// `/pkg/*`, `/fonts/*` and each file that lies at the top of `public/`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let top: Vec<String> = Site::iter()
        .filter(|name| !name.contains('/') && !is_variant(name))
        .map(|name| format!("/{name}"))
        .collect();
    top.iter()
        .fold(Router::new(), |router, path| router.route(path, get(serve)))
        .route("/pkg/{*path}", get(serve))
        .route("/fonts/{*path}", get(serve))
}

/// Path of the ECharts bundle, which a page fetches when it first shows a chart. Without a built site it is the
/// plain name, which answers 404.
pub fn echarts_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| {
        Site::iter()
            .find(|name| name.starts_with("pkg/echarts-") && !is_variant(name))
            .map_or_else(|| "/pkg/echarts.js".to_owned(), |name| format!("/{name}"))
    })
}

/// Paths of what a page of `part` needs beside the first part of the program: the part, and what it shares with
/// others. Empty without a built site, and where the program is in one piece.
pub fn later_paths(part: Part) -> Vec<&'static str> {
    static PATHS: OnceLock<Vec<String>> = OnceLock::new();
    let all = PATHS.get_or_init(|| {
        Site::iter()
            .filter(|name| name.starts_with("pkg/later-") && !is_variant(name))
            .map(|name| format!("/{name}"))
            .collect()
    });
    let own = format!("/pkg/later-{}-", part.name());
    all.iter()
        .map(String::as_str)
        .filter(|path| path.starts_with(&own) || path.starts_with("/pkg/later-chunk_"))
        .collect()
}

fn is_variant(name: &str) -> bool {
    ENCODINGS.iter().any(|(_, ending)| name.ends_with(ending))
}

async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    let name = uri.path().trim_start_matches('/');
    respond(name, &headers, |file| {
        Site::get(file).map(|file| Asset {
            hash: file.metadata.sha256_hash(),
            bytes: file.data,
        })
    })
}

struct Asset {
    bytes: Cow<'static, [u8]>,
    hash: [u8; 32],
}

/// Answers for `name` out of `find`. Variants are not names of their own: `/pkg/reportage.js.br` is not there.
fn respond(name: &str, request: &HeaderMap, find: impl Fn(&str) -> Option<Asset>) -> Response {
    if is_variant(name) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let variant = ENCODINGS
        .iter()
        .filter(|(encoding, _)| accepts(request, encoding))
        .find_map(|(encoding, ending)| Some((*encoding, find(&format!("{name}{ending}"))?)));
    let (encoding, asset) = match variant {
        Some((encoding, asset)) => (Some(encoding), asset),
        None => match find(name) {
            Some(asset) => (None, asset),
            None => return StatusCode::NOT_FOUND.into_response(),
        },
    };

    let tag = entity_tag(&asset.hash);
    let mut headers = HeaderMap::new();
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_policy(name)));
    if matches!(name, "push.js" | "push-worker.js") {
        // Other sites load them; and a worker may call only what the policy of its own file allows.
        let script = [
            ("cross-origin-resource-policy", "cross-origin"),
            (
                "content-security-policy",
                "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
            ),
        ];
        for (name, value) in script {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    if let Ok(value) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, value);
    }
    if holds(request, &tag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    if let Some(encoding) = encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let body = match asset.bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    (headers, body).into_response()
}

/// Whether `Accept-Encoding` lists `encoding` without `q=0`.
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    request
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|offer| {
            let mut parts = offer.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
            let refused = parts
                .filter_map(|part| part.strip_prefix("q="))
                .any(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0));
            named && !refused
        })
}

/// Whether the browser has this very version already.
fn holds(request: &HeaderMap, tag: &str) -> bool {
    request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|held| {
            let held = held.trim();
            held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag
        })
}

/// Each variant has a content of its own and so a tag of its own.
fn entity_tag(hash: &[u8; 32]) -> String {
    let hex: String = hash
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hex}\"")
}

fn cache_policy(name: &str) -> &'static str {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let hashed = stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == HASH_LENGTH && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
