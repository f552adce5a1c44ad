//! A server in this process with two workspaces, people of every role, and a clock held by hand.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
};
use carrier::Network;
use chrono::{DateTime, TimeZone, Utc};
use clap::Parser;
use domain::{
    CampaignType,
    campaign::NewCampaign,
    user::{Role, Scope},
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use server::{
    auth::{Secret, Signed, new_token},
    backend::RequestBackend,
    carriers::{Carriers, Vault},
    clock::Clock,
    config::{ServeArgs, leptos_options},
    enrich::Enrich,
    state::{AppState, Settings},
};
use store::{NewWorkspace, Store, WorkspaceId};
use tower::ServiceExt;

/// Password of everybody.
pub const PASSWORD: &str = "correct horse battery";

pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 14, 0, 0).unwrap()
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    serve: ServeArgs,
}

pub struct House {
    pub state: AppState,
    pub router: Router,
    folder: PathBuf,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The session cookie it sets, as a request sends it back.
    pub fn cookie(&self) -> Option<String> {
        let names = ["reportage", "__Host-reportage"];
        names.into_iter().find_map(|name| self.cookie_named(name))
    }

    /// A cookie it sets, as a request sends it back; empty when it takes one back.
    pub fn cookie_named(&self, name: &str) -> Option<String> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        let mut pairs = all.filter_map(|set| set.to_str().unwrap().split(';').next());
        pairs
            .find(|pair| pair.split('=').next() == Some(name))
            .map(str::to_owned)
    }
}

impl House {
    /// A new server, nobody in it.
    pub async fn empty(flags: &[&str]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "reportage-access-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let folder = std::env::temp_dir().join(name);
        // A process of the same number, long gone, may have left one.
        let _nothing_left = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let url = format!("sqlite://{}", folder.join("test.db").display());
        let store = Store::connect(&url).await.unwrap();
        let flags = Flags::parse_from([&["server"], flags].concat());
        let options = leptos_options().unwrap();
        let settings = Settings::from(&flags.serve);
        let mut state = AppState::new(store, settings, options, Enrich::default());
        state.clock = Clock::standing_at(now());
        let vault = Vault::with_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        state.carriers = Carriers::new(state.store.clone(), vault, Network::default());
        let router = server::http::router(&state);
        Self {
            state,
            router,
            folder,
        }
    }

    /// URL of its database.
    pub fn database(&self) -> String {
        format!("sqlite://{}", self.folder.join("test.db").display())
    }

    pub async fn workspace(&self, name: &str) -> WorkspaceId {
        let new = NewWorkspace {
            name: name.to_owned(),
            time_zone: "Europe/Madrid".to_owned(),
            week_start: 1,
            is_demo: false,
        };
        self.state
            .store
            .create_workspace(new, self.state.clock.now())
            .await
            .unwrap()
            .id
    }

    /// Adds someone with [`PASSWORD`].
    pub async fn person(&self, ws: WorkspaceId, email: &str, role: Role) {
        let hash = self
            .state
            .passwords
            .hash(PASSWORD.to_owned())
            .await
            .unwrap();
        self.state
            .store
            .create_user(ws, email, role, &hash, now())
            .await
            .unwrap();
    }

    /// Signs in; the cookie.
    pub async fn sign_in(&self, email: &str) -> String {
        let answer = self.try_sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.cookie().expect("a session cookie")
    }

    /// The backend of whoever holds the cookie.
    pub async fn backend(&self, cookie: &str) -> RequestBackend {
        let token = cookie.split_once('=').unwrap().1;
        let signed = Signed::by_token(&self.state, token).await.unwrap();
        RequestBackend::new(self.state.clone(), signed)
    }

    /// Actions of the audit log, oldest first, with their actor and subject.
    pub async fn audit(&self, ws: WorkspaceId) -> Vec<(String, String, String)> {
        let page = self.state.store.audit_page(ws, None, 500).await.unwrap();
        let entries = page.entries.into_iter().rev();
        entries
            .map(|entry| (entry.action, entry.actor, entry.subject))
            .collect()
    }

    pub async fn try_sign_in(&self, email: &str, password: &str) -> Answer {
        let body = serde_urlencoded(&[("email", email), ("password", password)]);
        self.send(form("/sign-in", &body)).await
    }

    pub async fn token(&self, ws: WorkspaceId, scopes: &[Scope]) -> Secret {
        let token = new_token().unwrap();
        self.state
            .store
            .create_token(ws, "t", scopes, &token.hash(), (now(), None))
            .await
            .unwrap();
        token
    }

    pub async fn campaign(&self, ws: WorkspaceId, campaign_type: CampaignType) -> String {
        let new = NewCampaign {
            name: "Campaign".to_owned(),
            kind: campaign_type.kind(),
            campaign_type,
            ..NewCampaign::default()
        };
        self.state
            .store
            .create_campaign(ws, new, now())
            .await
            .unwrap()
            .0
            .id
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // A live stream has no end: its head is the answer.
        let streams = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str()
                .is_ok_and(|kind| kind.starts_with("text/event-stream"))
        });
        let body = if streams {
            String::new()
        } else {
            // A workbook is no text; nobody looks into it here.
            String::from_utf8_lossy(&to_bytes(body, 16 << 20).await.unwrap()).into_owned()
        };
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT, "text/html");
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

/// A form as a browser posts it from one of our own pages.
pub fn form(path: &str, body: &str) -> Request<Body> {
    request(
        Method::POST,
        path,
        "application/x-www-form-urlencoded",
        body,
    )
}

/// A request as one of our own pages makes it.
pub fn request(method: Method, path: &str, kind: &str, body: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, kind)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

pub fn with_cookie(mut request: Request<Body>, cookie: &str) -> Request<Body> {
    request
        .headers_mut()
        .insert(header::COOKIE, cookie.parse().unwrap());
    request
}

pub fn serde_urlencoded(pairs: &[(&str, &str)]) -> String {
    let encode = app::routes::encode;
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
