//! The server's side of a stream: nothing.

use domain::live::{LiveChange, LiveScope};
use leptos::prelude::*;

/// Hears nothing.
pub(super) fn listen(_scope: &LiveScope, _since: i64, _change: RwSignal<Option<LiveChange>>) {}
