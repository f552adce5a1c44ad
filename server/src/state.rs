//! What every handler can reach.

use std::{fmt, sync::Arc};

use axum::extract::FromRef;
use carrier::Network;
use leptos::config::LeptosOptions;
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{Passwords, Revocations, SessionCookie, TokenCache},
    carriers::{Carriers, Vault},
    clock::Clock,
    config::{BaseUrl, ExposureArgs, ServeArgs},
    enrich::Enrich,
    http::ingest::{Policies, Room},
    pools::Pools,
    tracking::Tracking,
};

/// Settings as resolved at start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where browsers reach the server.
    pub base_url: BaseUrl,
    /// Zone of the first workspace.
    pub time_zone: chrono_tz::Tz,
    /// Whether `X-Forwarded-For` is believed.
    pub trust_proxy: bool,
    /// What strangers may read about the server.
    pub exposure: ExposureArgs,
}

impl From<&ServeArgs> for Settings {
    fn from(args: &ServeArgs) -> Self {
        let base_url = args.base_url.clone();
        Self {
            base_url: base_url.unwrap_or_else(|| BaseUrl::of_listener(args.listen)),
            time_zone: args.time_zone.or_utc(),
            trust_proxy: args.trust_proxy,
            exposure: args.exposure,
        }
    }
}

/// The state of the process. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// Settings.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// Cancelled when the server is to end: streams end with it.
    pub shutdown: CancellationToken,
    /// Token look-ups.
    pub tokens: TokenCache,
    /// What open streams hear when somebody's rights end.
    pub revocations: Revocations,
    /// The password hasher.
    pub passwords: Passwords,
    /// What turns events into facts.
    pub enrich: Arc<Enrich>,
    /// Room for bodies of events.
    pub bodies: Room,
    /// Bounds of other work.
    pub pools: Pools,
    /// What workspaces keep of addresses.
    pub policies: Policies,
    /// Accounts at carriers.
    pub carriers: Carriers,
    /// The keys of public addresses.
    pub tracking: Tracking,
    /// Wakes the delivery engine: something was launched, or came in.
    pub wake: Arc<Notify>,
    /// Leptos' options. Shared: the state is cloned for every request, and these are two dozen values.
    pub leptos: Arc<LeptosOptions>,
}

impl AppState {
    /// The state over a store.
    #[must_use]
    pub fn new(store: Store, settings: Settings, leptos: LeptosOptions, enrich: Enrich) -> Self {
        // Until `serve` gives it a key: no secrets are taken.
        let carriers = Carriers::new(store.clone(), Vault::default(), Network::default());
        Self {
            store,
            settings: Arc::new(settings),
            clock: Clock::default(),
            shutdown: CancellationToken::new(),
            tokens: TokenCache::default(),
            revocations: Revocations::default(),
            passwords: Passwords::default(),
            enrich: Arc::new(enrich),
            bodies: Room::default(),
            pools: Pools::default(),
            policies: Policies::default(),
            carriers,
            tracking: Tracking::default(),
            wake: Arc::default(),
            leptos: Arc::new(leptos),
        }
    }

    /// The session cookie of this server.
    #[must_use]
    pub fn cookie(&self) -> SessionCookie {
        SessionCookie::of(&self.settings.base_url)
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.as_ref().clone()
    }
}

impl fmt::Debug for AppState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppState")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
