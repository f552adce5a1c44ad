//! `reportage serve`.

use std::{future::IntoFuture, net::SocketAddr, sync::Arc};

use axum::serve::ListenerExt;
use tokio::net::TcpListener;

use super::{Failure, open};
use crate::{
    auth,
    clock::Clock,
    config::{Common, ServeArgs, leptos_options},
    demo, http, shutdown,
    state::{AppState, Settings},
};

/// Runs the server until it is told to end.
pub(super) async fn run(common: &Common, args: &ServeArgs) -> Result<(), Failure> {
    let enrich = args.countries.enrich()?;
    enrich.warm();
    let store = open::store(common, &Clock::default()).await?;
    let mut state = AppState::new(store, Settings::from(args), leptos_options()?, enrich);
    state.shutdown = shutdown::on_signal()?;
    let now = state.clock.now();
    auth::default_workspace(&state.store, args.time_zone, now).await?;

    let listener = TcpListener::bind(args.listen).await?;
    let address = listener.local_addr()?;
    eprintln!("Reportage listens on {}", state.settings.base_url.origin());
    if let Some(link) = auth::announce_setup_link(&state).await? {
        eprintln!("Nobody can sign in yet. Make the first admin, once, here:\n  {link}");
    }
    tracing::info!(%address, "listening");
    if args.live_demo {
        let (store, enrich) = (state.store.clone(), Arc::clone(&state.enrich));
        tokio::spawn(demo::live(
            store,
            enrich,
            state.clock.clone(),
            state.shutdown.clone(),
        ));
    }

    // Answers are small and must not wait for each other.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    let service = http::router(&state).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(state.shutdown.clone().cancelled_owned());
    tokio::select! {
        outcome = served.into_future() => outcome?,
        () = overdue(&state) => tracing::warn!("requests were still open after the drain"),
    }
    Ok(())
}

/// Returns when draining has taken too long.
async fn overdue(state: &AppState) {
    state.shutdown.cancelled().await;
    tokio::time::sleep(shutdown::DRAIN).await;
}
