//! Ending in order: stop taking requests, let the open ones finish, end the streams.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long open requests may take after the signal. An orchestrator kills after ten seconds.
pub const DRAIN: Duration = Duration::from_secs(8);

/// How long closing the database may take after that.
pub const CLOSE: Duration = Duration::from_secs(1);

/// A token that is cancelled at the first SIGTERM or SIGINT. Streams end when it is.
///
/// # Errors
/// When the operating system refuses the handlers.
pub fn on_signal() -> std::io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let (mut term, mut int) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    let cancel = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => tracing::info!("SIGTERM: draining"),
            _ = int.recv() => tracing::info!("SIGINT: draining"),
        }
        cancel.cancel();
    });
    Ok(token)
}
