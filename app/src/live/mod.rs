//! One live stream per page: what changed on the server, as it changes.

// One face, two bodies: the browser listens, the server has nothing to listen to.
mod backoff;
mod poll;
#[cfg_attr(feature = "hydrate", path = "stream.rs")]
#[cfg_attr(not(feature = "hydrate"), path = "inert.rs")]
mod stream;
mod throttle;

pub use backoff::pause_before;
pub use poll::use_poll;
pub use throttle::{Throttle, use_throttle};

use domain::live::{LiveChange, LiveScope};
use leptos::prelude::*;

use crate::{routes::with_query, session::use_server_clock};

/// The newest change within `scope`, from change number `since` on (the `version` of the page's snapshot).
/// The stream ends with the owner it was opened under, rests while its tab is hidden, because a browser has few
/// connections for all tabs of a server, and opens again by itself when it breaks.
///
/// A change without cards says that history is unknown: fetch everything anew. It comes without a time when it is
/// the page's own: the server refused the stream, and the answer to the fetch will say why.
///
/// # On the server
/// Always `None`; nothing is opened.
#[must_use]
pub fn use_live(scope: LiveScope, since: i64) -> Signal<Option<LiveChange>> {
    let change = RwSignal::new(None);
    // In an effect: after hydration, when the page can be moved.
    Effect::new(move |_| stream::listen(&scope, since, change));
    let clock = use_server_clock();
    Effect::new(move |_| {
        let at = change.with(|change: &Option<LiveChange>| change.as_ref()?.at.parse().ok());
        if let (Some(clock), Some(at)) = (clock, at) {
            clock.tell(at);
        }
    });
    change.into()
}

/// Where a stream is found. The newest change seen travels in the query, because a browser can't set
/// headers on a first request.
#[must_use]
pub fn stream_path(scope: &LiveScope, since: i64) -> String {
    with_query(
        "/live",
        &[
            ("scope", scope.to_string()),
            ("last_event_id", since.to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_travel_in_the_query() {
        assert_eq!(
            stream_path(&LiveScope::Workspace, 7),
            "/live?scope=workspace&last_event_id=7"
        );
        let scope = LiveScope::Campaign("c_9&x=1".to_owned());
        let path = stream_path(&scope, -1);
        assert_eq!(path, "/live?scope=campaign%3Ac_9%26x%3D1&last_event_id=-1");
        assert_eq!("campaign:c_9&x=1".parse(), Ok(scope));
    }
}
