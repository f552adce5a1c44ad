//! `reportage serve`.

use std::sync::Arc;

use delivery::{Engine, Options};
use tokio::net::TcpListener;

use super::{Failure, open};
use crate::{
    auth,
    carriers::{Carriers, EnrichedFacts},
    clock::Clock,
    config::{Common, ServeArgs, leptos_options},
    contacts, demo,
    http::{
        self,
        listen::{self, Limits},
    },
    shutdown,
    state::{AppState, Settings},
};

/// Runs the server until it is told to end.
pub(super) async fn run(common: &Common, args: &ServeArgs) -> Result<(), Failure> {
    let enrich = args.countries.enrich()?;
    enrich.warm();
    let store = open::store(common, &Clock::default()).await?;
    let mut state = AppState::new(store, Settings::from(args), leptos_options()?, enrich);
    let vault = args.vault(&common.database()?)?;
    state.carriers = Carriers::new(state.store.clone(), vault, args.network());
    state.shutdown = shutdown::on_signal()?;
    let now = state.clock.now();
    let ws = auth::default_workspace(&state.store, args.time_zone.or_utc(), now).await?;
    if let Some(zone) = args.time_zone.chosen()
        && let Some(kept) = auth::adopt_time_zone(&state.store, ws, zone).await?
    {
        eprintln!(
            "The workspace keeps its time zone, {kept}; {zone} is for a new one. Settings change it."
        );
    }

    let listener = TcpListener::bind(args.listen).await?;
    let address = listener.local_addr()?;
    eprintln!("Reportage listens on {}", state.settings.base_url.origin());
    if let Some(link) = auth::announce_setup_link(&state).await? {
        eprintln!("Your own workspace has no admin yet. Make the first one, once, here:\n  {link}");
    }
    tracing::info!(%address, "listening");
    contacts::spawn(state.clone());
    if args.live_demo {
        let (store, enrich) = (state.store.clone(), Arc::clone(&state.enrich));
        tokio::spawn(demo::live(
            store,
            enrich,
            state.clock.clone(),
            state.shutdown.clone(),
        ));
    }

    if let Some(address) = args.exposure.metrics_listen {
        let listener = TcpListener::bind(address).await?;
        let (router, shutdown) = (http::metrics_router(&state), state.shutdown.clone());
        tokio::spawn(listen::serve(listener, router, Limits::default(), shutdown));
    }

    let engine = tokio::spawn({
        let (engine, shutdown) = (engine(&state, args)?, state.shutdown.clone());
        async move { engine.run(shutdown).await }
    });
    let served = listen::serve(
        listener,
        http::router(&state),
        Limits::default(),
        state.shutdown.clone(),
    );
    until_the_end(&state, served, engine).await;
    if tokio::time::timeout(shutdown::CLOSE, state.store.close())
        .await
        .is_err()
    {
        tracing::warn!("the database was still in use at the end");
    }
    Ok(())
}

/// Returns when requests are answered, and what the engine has claimed is handed over and recorded; or when that has
/// taken too long.
async fn until_the_end(
    state: &AppState,
    served: impl Future<Output = ()>,
    engine: tokio::task::JoinHandle<()>,
) {
    let ended = async {
        let ((), engine) = tokio::join!(served, engine);
        if let Err(error) = engine {
            tracing::error!(%error, "the delivery engine ended early");
        }
    };
    tokio::select! {
        () = ended => {}
        () = overdue(state) => {
            tracing::warn!("requests or messages were still under way after the drain");
        }
    }
}

/// What sends campaigns.
fn engine(state: &AppState, args: &ServeArgs) -> Result<Engine, Failure> {
    let clock = state.clock.clone();
    let options = Options {
        base_url: state.settings.base_url.origin().to_owned(),
        facts: Arc::new(EnrichedFacts(state.clone())),
        wake: Arc::clone(&state.wake),
        keep_inbox: args.keep_inbox(),
        ..Options::default()
    };
    let accounts = Arc::new(state.carriers.clone());
    let clock: delivery::Clock = Arc::new(move || clock.now());
    Ok(Engine::new(state.store.clone(), accounts, clock, options)?)
}

/// Returns when draining has taken too long.
async fn overdue(state: &AppState) {
    state.shutdown.cancelled().await;
    tokio::time::sleep(shutdown::DRAIN).await;
}
