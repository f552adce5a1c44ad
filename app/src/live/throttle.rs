//! Many changes, few fetches.

use std::time::Duration;

use leptos::prelude::*;

/// At most one call per `pause`: the first at once, and one more at the end when any came in between.
///
/// # On the server
/// Never called, because nothing changes there.
pub fn use_throttle(
    pause: Duration,
    call: impl Fn() + Send + Sync + 'static,
) -> impl Fn() + Clone + 'static {
    let call = StoredValue::new(Box::new(call) as Box<dyn Fn() + Send + Sync>);
    // None: idle. Some: a pause is on; whether a call waits for its end.
    let waiting = StoredValue::new(None::<bool>);
    move || run(pause, call, waiting)
}

type Call = StoredValue<Box<dyn Fn() + Send + Sync>>;

fn run(pause: Duration, call: Call, waiting: StoredValue<Option<bool>>) {
    if waiting.try_get_value().flatten().is_some() {
        waiting.try_set_value(Some(true));
        return;
    }
    // Values are gone when the page is.
    if call.try_with_value(|call| call()).is_none() {
        return;
    }
    waiting.try_set_value(Some(false));
    set_timeout(
        move || {
            let is_due = waiting.try_get_value().flatten() == Some(true);
            waiting.try_set_value(None);
            if is_due {
                run(pause, call, waiting);
            }
        },
        pause,
    );
}
