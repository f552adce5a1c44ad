//! Who is signed in and the workspace they work in, known before the first view is made.

use chrono::{DateTime, NaiveDate, Utc, Weekday};
use domain::{
    time::{ZoneOffsets, format_time, weekday_from_iso},
    user::{Role, Viewer},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::codec::Json;

/// The signed-in person, with their workspace's wall clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who, and where.
    pub viewer: Viewer,
    /// Offsets of the workspace zone.
    pub zone: ZoneOffsets,
}

impl Session {
    /// Whether the person may do what needs this role.
    #[must_use]
    pub fn may(&self, role: Role) -> bool {
        self.viewer.role >= role
    }

    /// Today in the workspace zone, as of the page load.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.viewer.workspace.today
    }

    /// The workspace's first day of the week.
    #[must_use]
    pub fn week_start(&self) -> Weekday {
        weekday_from_iso(self.viewer.workspace.week_start)
    }

    /// `23 Nov 2026, 11:02` in the workspace zone.
    #[must_use]
    pub fn time(&self, instant: DateTime<Utc>) -> String {
        format_time(self.zone.local(instant))
    }

    /// RFC 3339 with the zone's offset.
    #[must_use]
    pub fn iso(&self, instant: DateTime<Utc>) -> String {
        self.zone.rfc3339(instant)
    }
}

#[derive(Clone, Copy)]
struct SessionContext(StoredValue<Option<Session>>);

/// Makes the session known to everything below. The server reads it from the request and puts it into
/// the page; the browser takes it from there.
///
/// # On the server
/// Without a request (when routes are listed at start) nobody is signed in.
pub(crate) fn provide_session() {
    let session = SharedValue::<_, Json>::new_with_encoding(read).into_inner();
    provide_context(SessionContext(StoredValue::new(session)));
}

/// The session; none when nobody is signed in.
#[must_use]
pub fn use_session() -> Option<Session> {
    use_context::<SessionContext>().and_then(|context| context.0.get_value())
}

#[cfg(feature = "ssr")]
fn read() -> Option<Session> {
    let viewer = crate::backend::backend().ok()?.viewer()?;
    let zone = crate::zone::offsets(&viewer.workspace.time_zone);
    Some(Session { viewer, zone })
}

#[cfg(not(feature = "ssr"))]
fn read() -> Option<Session> {
    None
}
