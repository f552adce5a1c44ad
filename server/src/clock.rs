//! The one source of time, so that tests can hold it still.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, Utc};

/// Where the server reads the time from.
#[derive(Clone, Default)]
pub struct Clock(Source);

#[derive(Clone, Default)]
enum Source {
    #[default]
    System,
    /// Microseconds since 1970 UTC, moved by hand.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `now` until it is moved.
    #[must_use]
    pub fn standing_at(now: DateTime<Utc>) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(
            now.timestamp_micros(),
        ))))
    }

    /// The current time, cut to microseconds: what the store keeps.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the system's clock"
    )]
    pub fn now(&self) -> DateTime<Utc> {
        let us = match &self.0 {
            Source::System => Utc::now().timestamp_micros(),
            Source::Set(us) => us.load(Ordering::Relaxed),
        };
        DateTime::from_timestamp_micros(us).unwrap_or_default()
    }

    /// Moves a standing clock; does nothing to the system's.
    pub fn advance(&self, by: chrono::Duration) {
        if let Source::Set(us) = &self.0 {
            us.fetch_add(by.num_microseconds().unwrap_or_default(), Ordering::Relaxed);
        }
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
