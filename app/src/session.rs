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

    /// Today in the workspace zone, as far as the server has told: a page that stays open over midnight is in the
    /// new day with the next thing it hears. Follows that where it is read reactively.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        use_context::<ServerClock>().map_or(self.viewer.workspace.today, |clock| clock.today.get())
    }

    /// The day it is at `newest`, but no day before the one the page was loaded on.
    fn day_at(&self, newest: Option<DateTime<Utc>>) -> NaiveDate {
        let loaded = self.viewer.workspace.today;
        newest.map_or(loaded, |at| self.zone.local(at).date().max(loaded))
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

    /// `11:02:03` in the workspace zone.
    #[must_use]
    pub fn clock_time(&self, instant: DateTime<Utc>) -> String {
        self.zone.local(instant).format("%H:%M:%S").to_string()
    }

    /// RFC 3339 with the zone's offset.
    #[must_use]
    pub fn iso(&self, instant: DateTime<Utc>) -> String {
        self.zone.rfc3339(instant)
    }
}

#[derive(Clone, Copy)]
struct SessionContext(StoredValue<Option<Session>>);

/// The newest time the server told. A browser's own clock may be wrong, and is in another zone.
#[derive(Clone, Copy)]
pub(crate) struct ServerClock {
    newest: RwSignal<Option<DateTime<Utc>>>,
    today: Memo<NaiveDate>,
}

impl ServerClock {
    /// Takes in a time the server gave. Answers overtake each other: an older time changes nothing.
    pub(crate) fn tell(self, at: DateTime<Utc>) {
        if self.newest.get_untracked().is_none_or(|newest| newest < at) {
            self.newest.set(Some(at));
        }
    }

    /// Today in the workspace zone; it changes once a day.
    pub(crate) fn today(self) -> Memo<NaiveDate> {
        self.today
    }
}

/// Makes the session known to everything below. The server reads it from the request and puts it into
/// the page; the browser takes it from there.
///
/// # On the server
/// Without a request (when routes are listed at start) nobody is signed in.
pub(crate) fn provide_session() {
    let session = SharedValue::<_, Json>::new_with_encoding(read).into_inner();
    if let Some(session) = session.clone() {
        let newest = RwSignal::new(None);
        let today = Memo::new(move |_| session.day_at(newest.get()));
        provide_context(ServerClock { newest, today });
    }
    provide_context(SessionContext(StoredValue::new(session)));
}

/// The server's clock; none when nobody is signed in.
#[must_use]
pub(crate) fn use_server_clock() -> Option<ServerClock> {
    use_context()
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

#[cfg(test)]
mod tests {
    use domain::user::WorkspaceInfo;

    use super::*;

    #[test]
    fn the_day_follows_the_server_and_never_goes_back() {
        let workspace = WorkspaceInfo {
            name: "w".into(),
            time_zone: "Europe/Madrid".into(),
            week_start: 1,
            is_demo: false,
            today: "2026-11-23".parse().expect("a date"),
        };
        let session = Session {
            viewer: Viewer {
                email: "ana@example.org".into(),
                role: Role::Viewer,
                workspace,
            },
            zone: ZoneOffsets {
                name: "Europe/Madrid".into(),
                steps: vec![(0, 3600)],
            },
        };
        let day = |at: &str| {
            session
                .day_at(Some(at.parse().expect("an instant")))
                .to_string()
        };
        assert_eq!(session.day_at(None).to_string(), "2026-11-23");
        assert_eq!(day("2026-11-23T22:59:59Z"), "2026-11-23");
        // Midnight in Madrid comes an hour before that of UTC.
        assert_eq!(day("2026-11-23T23:00:00Z"), "2026-11-24");
        assert_eq!(day("2026-11-20T12:00:00Z"), "2026-11-23");
    }
}
