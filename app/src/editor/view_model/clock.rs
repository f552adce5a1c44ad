//! When a campaign is to go out.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{Refusal, time::ZoneOffsets};

/// The instant at which the wall clock of a zone shows `at`, written as browsers do: `2026-11-27T09:00`.
///
/// # Errors
/// [`Refusal::Invalid`] for anything else.
pub(in crate::editor) fn instant(zone: &ZoneOffsets, at: &str) -> Result<DateTime<Utc>, Refusal> {
    let local = NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(at, "%Y-%m-%dT%H:%M:%S"))
        .map_err(|_| Refusal::invalid("Date", "give a day and a time"))?;
    Ok(zone.instant(local))
}
