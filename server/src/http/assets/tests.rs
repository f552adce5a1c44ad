use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, VARY};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use axum::routing::get;
use tower::ServiceExt as _;

use super::*;

/// A site with one file of each sort, through the same answer as the real one.
fn router_of_sample() -> Router {
    let find = |name: &str| {
        let bytes: &[u8] = match name {
            "push-worker.js" => b"worker",
            "pkg/reportage.js" => b"plain",
            "pkg/reportage.js.br" => b"brotli",
            "pkg/reportage.js.gz" => b"gzip",
            "pkg/echarts-0a1b2c3d.js" => b"charts",
            "fonts/inter-latin-wght-normal.woff2" => b"font",
            _ => return None,
        };
        let mut hash = [0; 32];
        hash.iter_mut()
            .zip(bytes)
            .for_each(|(slot, byte)| *slot = *byte);
        Some(Asset {
            bytes: Cow::Borrowed(bytes),
            hash,
        })
    };
    Router::new().route(
        "/{*path}",
        get(async move |uri: Uri, headers: HeaderMap| {
            respond(uri.path().trim_start_matches('/'), &headers, find)
        }),
    )
}

async fn ask(path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    router_of_sample()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap()
}

async fn body(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), 1 << 20)
        .await
        .unwrap()
        .to_vec()
}

#[tokio::test]
async fn the_best_encoding_that_the_browser_takes_is_sent() {
    for (accept, encoding, content) in [
        ("gzip, deflate, br", Some("br"), "brotli"),
        ("gzip", Some("gzip"), "gzip"),
        ("br;q=0, gzip;q=0.5", Some("gzip"), "gzip"),
        ("identity", None, "plain"),
        ("brotli", None, "plain"),
    ] {
        let response = ask("/pkg/reportage.js", &[("accept-encoding", accept)]).await;
        assert_eq!(response.status(), StatusCode::OK, "{accept}");
        let sent = response
            .headers()
            .get(CONTENT_ENCODING)
            .map(|value| value.to_str().unwrap());
        assert_eq!(sent, encoding, "{accept}");
        assert_eq!(response.headers()[VARY], "accept-encoding");
        assert_eq!(
            response.headers()[CONTENT_TYPE],
            "text/javascript; charset=utf-8"
        );
        assert_eq!(body(response).await, content.as_bytes(), "{accept}");
    }
}

#[tokio::test]
async fn a_version_that_the_browser_holds_is_not_sent_again() {
    let first = ask("/pkg/reportage.js", &[("accept-encoding", "br")]).await;
    let tag = first.headers()[ETAG].to_str().unwrap().to_owned();

    let again = [("accept-encoding", "br"), ("if-none-match", tag.as_str())];
    let second = ask("/pkg/reportage.js", &again).await;
    assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(second.headers()[ETAG], tag.as_str());
    assert!(body(second).await.is_empty());

    // Another encoding is another version.
    let plain = ask("/pkg/reportage.js", &[("if-none-match", &tag)]).await;
    assert_eq!(plain.status(), StatusCode::OK);
    // A proxy that compresses weakens the tag.
    let weak = format!("\"other\", W/{tag}");
    let third = ask(
        "/pkg/reportage.js",
        &[("accept-encoding", "br"), ("if-none-match", &weak)],
    )
    .await;
    assert_eq!(third.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn only_names_with_a_hash_are_immutable() {
    for (path, policy) in [
        (
            "/pkg/echarts-0a1b2c3d.js",
            "public, max-age=31536000, immutable",
        ),
        ("/pkg/reportage.js", "no-cache"),
        ("/fonts/inter-latin-wght-normal.woff2", "no-cache"),
    ] {
        let response = ask(path, &[]).await;
        assert_eq!(response.headers()[CACHE_CONTROL], policy, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in [
        "/pkg/nothing.js",
        "/pkg/reportage.js.br",
        "/pkg/../Cargo.toml",
    ] {
        assert_eq!(
            ask(path, &[]).await.status(),
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

/// With a built site: what `HydrationScripts` asks for answers. Without: the routes answer 404 and do not panic.
#[tokio::test]
async fn the_router_serves_what_was_built() {
    let router: Router = router();
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../target/site/pkg/reportage.wasm"
    );
    let built = std::path::Path::new(folder).exists();
    let expected = if built {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    // The built program is in parts; without a site nothing is said of them.
    for part in [Part::Report, Part::Office] {
        assert_eq!(later_paths(part).is_empty(), !built, "{part:?}");
    }
    let parts = later_paths(Part::Report);
    let named = [
        "/pkg/reportage.js",
        "/pkg/reportage.wasm",
        "/pkg/reportage.css",
        echarts_path(),
    ];
    for path in named.into_iter().chain(parts) {
        let request = Request::get(path)
            .header("accept-encoding", "br")
            .body(Body::empty())
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), expected, "{path}");
        if built {
            assert_eq!(response.headers()[CONTENT_ENCODING], "br", "{path}");
        }
    }
}

#[tokio::test]
async fn the_worker_may_be_loaded_by_other_sites_and_report_to_this_one() {
    let answer = ask("/push-worker.js", &[]).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap();
    assert_eq!(header("cross-origin-resource-policy"), "cross-origin");
    assert!(header("content-security-policy").contains("connect-src 'self'"));
    let other = ask("/pkg/reportage.js", &[]).await;
    assert!(!other.headers().contains_key("cross-origin-resource-policy"));
}
