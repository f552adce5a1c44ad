//! Coming to another page without a new document: what a browser would do, done by hand.
//!
//! The keyboard goes to the new page's heading and its title is announced. A page that one came back to by the
//! browser's own buttons can ask for that, to take up its old place.

use leptos::{html::H1, prelude::*};
use leptos_router::hooks::use_location;

/// A change of page that is under way.
#[derive(Clone, Copy)]
pub(crate) struct Arrival {
    /// Whether the next heading is the one of a new page.
    is_due: StoredValue<bool>,
    /// The address that *Back* or *Forward* led to, until the page there has asked.
    back_to: StoredValue<Option<String>>,
    /// What is announced.
    title: RwSignal<String>,
}

/// Follows the router from now on.
///
/// # On the server
/// Nothing happens: every page is a document.
pub(super) fn provide_arrival() -> Arrival {
    let arrival = Arrival {
        is_due: StoredValue::new(false),
        back_to: StoredValue::new(None),
        title: RwSignal::new(String::new()),
    };
    provide_context(arrival);
    let path = use_location().pathname;
    Effect::watch(
        move || path.get(),
        move |_, _, _| arrival.is_due.set_value(true),
        false,
    );
    // The router begins to make the page before this hears of it; the page asks once it has its data.
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::popstate, move |_| {
            arrival.back_to.set_value(address());
        });
        on_cleanup(move || handle.remove());
    });
    arrival
}

impl Arrival {
    /// What is to be announced.
    pub(super) fn title(self) -> RwSignal<String> {
        self.title
    }

    /// Gives the heading of a new page the keyboard.
    pub(super) fn at(self, heading: NodeRef<H1>, title: String) {
        if !self.is_due.get_value() {
            return;
        }
        self.is_due.set_value(false);
        self.title.set(title);
        // A page that waited for its data is put into the document only after it was made.
        request_animation_frame(move || {
            if let Some(heading) = heading.try_get_untracked().flatten() {
                // The page stands where it should, at its top or where one left it: focus must not scroll it.
                let place = (window().scroll_x(), window().scroll_y());
                // A heading that can't take focus leaves it where it is.
                let _ = heading.focus();
                if let (Ok(x), Ok(y)) = place {
                    window().scroll_to_with_x_and_y(x, y);
                }
            }
        });
    }

    /// Whether the page at the present address was come to by *Back* or *Forward*. True once.
    pub(crate) fn take_return(self) -> bool {
        let back_to = self.back_to.try_update_value(std::mem::take).flatten();
        back_to.is_some() && back_to == address()
    }
}

/// The arrival at the present page.
pub(crate) fn use_arrival() -> Option<Arrival> {
    use_context()
}

fn address() -> Option<String> {
    let location = window().location();
    Some(location.pathname().ok()? + &location.search().ok()?)
}
