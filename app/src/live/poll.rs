//! Asking again and again, while something goes on that no stream tells of.

use std::time::Duration;

use leptos::prelude::*;

/// Calls `ask` a pause after each answer while `is_wanted`, which has to follow the answers: one question at a time. It
/// rests while the tab is hidden, and ends with its owner.
///
/// # On the server
/// Never called.
pub fn use_poll(
    pause: Duration,
    is_wanted: impl Fn() -> bool + 'static,
    ask: impl Fn() + Clone + 'static,
) {
    Effect::new(move |_| {
        if !is_wanted() {
            return;
        }
        let ask = ask.clone();
        let is_asked = StoredValue::new(false);
        let tick = move || {
            if !document().hidden() && is_asked.try_get_value() == Some(false) {
                is_asked.set_value(true);
                ask();
            }
        };
        if let Ok(interval) = set_interval_with_handle(tick, pause) {
            on_cleanup(move || interval.clear());
        }
    });
}
