//! What Twilio, Meta, push services of browsers, and Firebase answer to a message they take.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Form, Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Tally;
use crate::way::{ACCOUNT_SID, PHONE_NUMBER_ID, PROJECT};

/// The access token that Firebase's double gives.
const ACCESS: &str = "ya29.double";
/// What encryption adds to a notification at least (RFC 8188, RFC 8291), in bytes.
const ENCRYPTED_BYTES_MIN: usize = 103;

/// Takes requests for good.
pub async fn serve(listener: TcpListener, tally: Arc<Tally>) {
    let twilio = format!("/2010-04-01/Accounts/{ACCOUNT_SID}");
    let router = Router::new()
        .route(&format!("{twilio}.json"), get(twilio_account))
        .route(&format!("{twilio}/Messages.json"), post(twilio_message))
        .route(&format!("/{PHONE_NUMBER_ID}"), get(meta_number))
        .route(&format!("/{PHONE_NUMBER_ID}/messages"), post(meta_message))
        .route("/push/{browser}", post(web_push))
        .route("/token", post(fcm_token))
        .route(
            &format!("/v1/projects/{PROJECT}/messages:send"),
            post(fcm_message),
        )
        .with_state(tally);
    // It ends with the process.
    let _ended = axum::serve(listener, router).await;
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, Json(body)).into_response()
}

fn has_authorization(headers: &HeaderMap, begins: &str) -> bool {
    let value = headers.get(header::AUTHORIZATION);
    value.is_some_and(|value| value.as_bytes().starts_with(begins.as_bytes()))
}

async fn twilio_account(headers: HeaderMap) -> Response {
    if !has_authorization(&headers, "Basic ") {
        return answer(
            StatusCode::UNAUTHORIZED,
            json!({ "code": 20003, "status": 401 }),
        );
    }
    answer(
        StatusCode::OK,
        json!({ "sid": ACCOUNT_SID, "status": "active", "type": "Full" }),
    )
}

async fn twilio_message(
    State(tally): State<Arc<Tally>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let refuse = |code: u32, message: &str| {
        let body = json!({ "code": code, "message": message, "status": 400 });
        answer(StatusCode::BAD_REQUEST, body)
    };
    if !has_authorization(&headers, "Basic ") {
        return answer(
            StatusCode::UNAUTHORIZED,
            json!({ "code": 20003, "status": 401 }),
        );
    }
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let (to, from, text) = (field("To"), field("From"), field("Body"));
    if to.is_empty() || from.is_empty() || text.is_empty() {
        return refuse(21602, "To, From and Body are needed");
    }
    let Some((_, key)) = field("StatusCallback").split_once("?m=") else {
        return refuse(21609, "The callback is missing");
    };
    let n = tally.take(key);
    let sid = format!("SM{n:032x}");
    let message = json!({
        "account_sid": ACCOUNT_SID, "api_version": "2010-04-01", "body": text,
        "date_created": "Thu, 26 Nov 2026 10:00:00 +0000", "date_sent": null,
        "date_updated": "Thu, 26 Nov 2026 10:00:00 +0000", "direction": "outbound-api", "error_code": null,
        "error_message": null, "from": from, "messaging_service_sid": null, "num_media": "0", "num_segments": "1",
        "price": null, "price_unit": "USD", "sid": sid, "status": "queued",
        "subresource_uris": { "media": format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}/Media.json") },
        "to": to, "uri": format!("/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}.json"),
    });
    answer(StatusCode::CREATED, message)
}

async fn meta_number() -> Response {
    answer(
        StatusCode::OK,
        json!({ "id": PHONE_NUMBER_ID, "verified_name": "Shop" }),
    )
}

async fn meta_message(
    State(tally): State<Arc<Tally>>,
    headers: HeaderMap,
    Json(message): Json<Value>,
) -> Response {
    let key = message["biz_opaque_callback_data"]
        .as_str()
        .unwrap_or_default();
    let is_whole = message["messaging_product"] == "whatsapp"
        && message["type"] == "template"
        && message["template"]["components"].is_array()
        && !key.is_empty();
    if !has_authorization(&headers, "Bearer ") || !is_whole {
        let error =
            json!({ "message": "Invalid parameter", "type": "OAuthException", "code": 100 });
        return answer(StatusCode::BAD_REQUEST, json!({ "error": error }));
    }
    let n = tally.take(key);
    let taken = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": message["to"], "wa_id": message["to"] }],
        "messages": [{ "id": format!("wamid.{n:032X}"), "message_status": "accepted" }],
    });
    answer(StatusCode::OK, taken)
}

async fn web_push(State(tally): State<Arc<Tally>>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_whole = has_authorization(&headers, "vapid t=")
        && text("ttl").is_some_and(|ttl| ttl.parse::<u32>().is_ok())
        && text("content-encoding") == Some("aes128gcm")
        && body.len() > ENCRYPTED_BYTES_MIN;
    match text("topic") {
        Some(key) if is_whole => {
            let n = tally.take(key);
            let location = [(header::LOCATION, format!("/message/{n}"))];
            (StatusCode::CREATED, location).into_response()
        }
        _ => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn fcm_token(Form(form): Form<HashMap<String, String>>) -> Response {
    let parts = form
        .get("assertion")
        .map_or(0, |jwt| jwt.split('.').count());
    if parts != 3 {
        return answer(StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }));
    }
    let token = json!({ "access_token": ACCESS, "expires_in": 3_599, "token_type": "Bearer" });
    answer(StatusCode::OK, token)
}

async fn fcm_message(
    State(tally): State<Arc<Tally>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let error = |code: StatusCode, status: &str| {
        let error =
            json!({ "code": code.as_u16(), "message": "", "status": status, "details": [] });
        answer(code, json!({ "error": error }))
    };
    if !has_authorization(&headers, &format!("Bearer {ACCESS}")) {
        return error(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED");
    }
    let name = format!("projects/{PROJECT}/messages/0:1");
    if body["validate_only"] == true {
        return answer(StatusCode::OK, json!({ "name": name }));
    }
    let message = &body["message"];
    match message["data"]["reportage_message"].as_str() {
        Some(key) if message["token"].is_string() => {
            let n = tally.take(key);
            answer(
                StatusCode::OK,
                json!({ "name": format!("projects/{PROJECT}/messages/0:{n}") }),
            )
        }
        _ => error(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT"),
    }
}
