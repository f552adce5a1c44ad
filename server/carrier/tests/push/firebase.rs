//! A strict stand-in for Google's token endpoint and Firebase's `messages:send`.
//!
//! The statement is verified with the public half of a key that node made; the message is read by the v1 reference, and
//! a field that isn't in it is refused, as Google does. What else happens is chosen by the device's token.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::doubles::node;

pub const EMAIL: &str = "sender@project-1.iam.gserviceaccount.com";

/// What it has seen and what it does next.
#[derive(Default)]
pub struct Desk {
    /// Tokens given.
    pub given: u32,
    /// Whether tokens are good.
    pub is_revoked: bool,
    /// What the token endpoint answers instead of a token.
    pub no_token: Option<(u16, Value)>,
    /// Messages taken.
    pub messages: Vec<Message>,
    /// Messages checked only.
    pub validated: u32,
}

#[derive(Clone)]
pub struct Firebase {
    pub base: String,
    /// The service account's file.
    pub file: String,
    public: Vec<u8>,
    pub desk: Arc<Mutex<Desk>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    grant_type: String,
    assertion: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    scope: String,
    aud: String,
    iat: u64,
    exp: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default)]
    validate_only: bool,
    message: Message,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    pub token: Option<String>,
    topic: Option<String>,
    #[serde(default)]
    pub data: BTreeMap<String, String>,
    pub notification: Option<Notification>,
    pub android: Option<Android>,
    pub apns: Option<Apns>,
    pub webpush: Option<WebPush>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notification {
    pub title: Option<String>,
    pub body: Option<String>,
    pub image: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Android {
    pub priority: Priority,
    pub ttl: String,
    pub notification: Option<AndroidNotification>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Priority {
    Normal,
    High,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AndroidNotification {
    pub tag: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apns {
    pub headers: BTreeMap<String, String>,
    pub payload: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebPush {
    pub headers: BTreeMap<String, String>,
    pub fcm_options: Option<WebPushOptions>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebPushOptions {
    pub link: String,
}

impl Firebase {
    /// Starts it with a key of its own.
    pub async fn start(modules: &Path) -> Self {
        let make = "
            const { privateKey, publicKey } = require('crypto').generateKeyPairSync('rsa', { modulusLength: 2048,
                publicKeyEncoding: { type: 'pkcs1', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
            process.stdout.write(JSON.stringify({ private: privateKey, public: publicKey.toString('base64') }));
        ";
        let keys = node(modules, make, &json!({})).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let file = json!({
            "type": "service_account",
            "project_id": "project-1",
            "private_key_id": "key-1",
            "private_key": keys["private"],
            "client_email": EMAIL,
            "client_id": "1",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": format!("{base}/token"),
        });
        let firebase = Self {
            base,
            file: file.to_string(),
            public: STANDARD.decode(keys["public"].as_str().unwrap()).unwrap(),
            desk: Arc::default(),
        };
        let router = Router::new()
            .route("/token", post(give_token))
            .route("/v1/projects/project-1/messages:send", post(send))
            .with_state(firebase.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        firebase
    }

    /// Who signed, what they want; a sentence when it is not to be believed.
    fn verify(&self, statement: &str) -> Result<(), &'static str> {
        let (signed, signature) = statement.rsplit_once('.').ok_or("no JWT")?;
        let (head, claims) = signed.split_once('.').ok_or("no JWT")?;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| "no base64url");
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public)
            .verify(signed.as_bytes(), &decode(signature)?)
            .map_err(|_| "the signature is wrong")?;
        let head: Head = serde_json::from_slice(&decode(head)?).map_err(|_| "head")?;
        let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| "claims")?;
        let is_ours =
            head.alg == "RS256" && head.typ == "JWT" && head.kid == "key-1" && claims.iss == EMAIL;
        if !is_ours {
            return Err("another account");
        }
        if claims.scope != "https://www.googleapis.com/auth/firebase.messaging" {
            return Err("scope");
        }
        if claims.aud != format!("{}/token", self.base) {
            return Err("audience");
        }
        let now = now_s();
        let is_timely =
            claims.iat <= now + 5 && now < claims.exp && claims.exp - claims.iat <= 3_600;
        is_timely.then_some(()).ok_or("times")
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "stands for Google, which has a clock of its own"
)]
fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

async fn give_token(State(firebase): State<Firebase>, Form(grant): Form<Grant>) -> Response {
    if grant.grant_type != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
        return answer(400, json!({ "error": "unsupported_grant_type" }));
    }
    if let Err(why) = firebase.verify(&grant.assertion) {
        return answer(
            400,
            json!({ "error": "invalid_grant", "error_description": why }),
        );
    }
    // Long enough that whoever comes meanwhile has to wait.
    tokio::task::yield_now().await;
    let mut desk = firebase.desk.lock().unwrap();
    desk.given += 1;
    if let Some((status, body)) = desk.no_token.clone() {
        return answer(status, body);
    }
    desk.is_revoked = false;
    let token = format!("ya29.{}", desk.given);
    answer(
        200,
        json!({ "access_token": token, "expires_in": 3_599, "token_type": "Bearer" }),
    )
}

async fn send(
    State(firebase): State<Firebase>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let mut desk = firebase.desk.lock().unwrap();
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    if desk.is_revoked || bearer != Some(&format!("Bearer ya29.{}", desk.given)) {
        return error(
            401,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials.",
            &[],
        );
    }
    let request: Request = match serde_json::from_value(body) {
        Ok(request) => request,
        Err(wrong) => {
            let violation = json!({ "field": "message", "description": wrong.to_string() });
            let detail = json!({ "@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation] });
            return error(
                400,
                "INVALID_ARGUMENT",
                "Invalid JSON payload received.",
                &[detail],
            );
        }
    };
    let message = request.message;
    if message.token.is_some() == message.topic.is_some() {
        return error(
            400,
            "INVALID_ARGUMENT",
            "Recipient of the message is not set.",
            &[fcm("INVALID_ARGUMENT")],
        );
    }
    if let Some(refused) = message.token.as_deref().and_then(by_token) {
        return refused;
    }
    if request.validate_only {
        desk.validated += 1;
    } else {
        desk.messages.push(message);
    }
    answer(200, json!({ "name": "projects/project-1/messages/0:1" }))
}

fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn error(code: u16, status: &str, message: &str, details: &[Value]) -> Response {
    let error = json!({ "code": code, "message": message, "status": status, "details": details });
    answer(code, json!({ "error": error }))
}

fn fcm(code: &str) -> Value {
    json!({ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code })
}

fn quota(subject: &str) -> Value {
    let violation = json!({ "subject": subject, "description": "" });
    json!({ "@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation] })
}

fn with_wait(mut response: Response, seconds: &'static str) -> Response {
    let wait = HeaderValue::from_static(seconds);
    response.headers_mut().insert(header::RETRY_AFTER, wait);
    response
}

/// What Firebase answers to this device's token; none when it takes the message.
fn by_token(token: &str) -> Option<Response> {
    let bad_token = json!({
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{ "field": "message.token", "description": "Invalid registration token" }],
    });
    let invalid = "The registration token is not a valid FCM registration token";
    let not_found = "Requested entity was not found.";
    Some(match token {
        "unregistered" => error(404, "NOT_FOUND", not_found, &[fcm("UNREGISTERED")]),
        "not-found" => error(404, "NOT_FOUND", not_found, &[]),
        "no-json" => StatusCode::NOT_FOUND.into_response(),
        "malformed" => error(
            400,
            "INVALID_ARGUMENT",
            invalid,
            &[fcm("INVALID_ARGUMENT"), bad_token],
        ),
        "too-big" => error(
            400,
            "INVALID_ARGUMENT",
            "Android message is too big",
            &[fcm("INVALID_ARGUMENT")],
        ),
        "invalid" => error(
            400,
            "INVALID_ARGUMENT",
            "Invalid value at 'message'",
            &[fcm("INVALID_ARGUMENT")],
        ),
        "other-sender" => error(
            403,
            "PERMISSION_DENIED",
            "SenderId mismatch",
            &[fcm("SENDER_ID_MISMATCH")],
        ),
        "no-apns" => error(
            401,
            "UNAUTHENTICATED",
            "Auth error from APNS",
            &[fcm("THIRD_PARTY_AUTH_ERROR")],
        ),
        "denied" => error(
            403,
            "PERMISSION_DENIED",
            "Permission 'cloudmessaging.messages.create' denied",
            &[],
        ),
        "device-quota" => error(
            429,
            "RESOURCE_EXHAUSTED",
            "Quota exceeded.",
            &[fcm("QUOTA_EXCEEDED"), quota("device:x")],
        ),
        "quota" => error(
            429,
            "RESOURCE_EXHAUSTED",
            "Quota exceeded for quota metric 'Send requests'.",
            &[],
        ),
        "quota-wait" => with_wait(
            error(
                429,
                "RESOURCE_EXHAUSTED",
                "Quota exceeded.",
                &[fcm("QUOTA_EXCEEDED")],
            ),
            "300",
        ),
        "internal" => error(
            500,
            "INTERNAL",
            "Internal error encountered.",
            &[fcm("INTERNAL")],
        ),
        "unavailable" => with_wait(
            error(
                503,
                "UNAVAILABLE",
                "The service is unavailable.",
                &[fcm("UNAVAILABLE")],
            ),
            "7",
        ),
        "gateway" => StatusCode::BAD_GATEWAY.into_response(),
        "teapot" => StatusCode::IM_A_TEAPOT.into_response(),
        _ => return None,
    })
}
