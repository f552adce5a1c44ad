//! Many changes, few fetches.

use std::time::Duration;

use leptos::prelude::*;

type Call = StoredValue<Box<dyn Fn() + Send + Sync>>;

/// At most one call per pause, whatever comes in between.
///
/// # On the server
/// Never called, because nothing changes there.
#[derive(Clone, Copy)]
pub struct Throttle {
    pause: Duration,
    call: Call,
    /// None: idle. Some: a pause is on; whether a call waits for its end.
    waiting: StoredValue<Option<bool>>,
}

impl Throttle {
    /// A throttle that lives as long as the current owner.
    #[must_use]
    pub fn new(pause: Duration, call: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            pause,
            call: StoredValue::new(Box::new(call)),
            waiting: StoredValue::new(None),
        }
    }

    /// Calls at once, or at the end of the pause that is on.
    pub fn call(self) {
        if self.is_waiting() {
            self.waiting.try_set_value(Some(true));
            return;
        }
        // Values are gone when the page is.
        if self.call.try_with_value(|call| call()).is_none() {
            return;
        }
        self.waiting.try_set_value(Some(false));
        self.rest();
    }

    /// Calls at the end of a pause, which begins now unless one is on: what follows right after counts in.
    pub fn call_later(self) {
        let is_resting = self.is_waiting();
        if self.waiting.try_set_value(Some(true)).is_none() && !is_resting {
            self.rest();
        }
    }

    fn is_waiting(self) -> bool {
        self.waiting.try_get_value().flatten().is_some()
    }

    fn rest(self) {
        set_timeout(
            move || {
                let is_due = self.waiting.try_get_value().flatten() == Some(true);
                self.waiting.try_set_value(None);
                if is_due {
                    self.call();
                }
            },
            self.pause,
        );
    }
}

/// At most one call per `pause`: the first at once, and one more at the end when any came in between.
///
/// # On the server
/// Never called, because nothing changes there.
pub fn use_throttle(
    pause: Duration,
    call: impl Fn() + Send + Sync + 'static,
) -> impl Fn() + Clone + 'static {
    let throttle = Throttle::new(pause, call);
    move || throttle.call()
}
