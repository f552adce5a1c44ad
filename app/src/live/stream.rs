//! An `EventSource` and what it says.

use std::{cell::RefCell, rc::Rc, time::Duration};

use domain::live::{LiveChange, LiveScope};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

use super::stream_path;

/// Pause before opening anew what the browser gave up on.
const REOPEN_AFTER: Duration = Duration::from_secs(3);

/// One stream, for as long as its owner lives.
struct Stream {
    scope: LiveScope,
    /// Newest change seen.
    version: i64,
    change: RwSignal<Option<LiveChange>>,
    /// None after the end.
    source: Option<(EventSource, Vec<Listener>)>,
    ended: bool,
}

type Shared = Rc<RefCell<Stream>>;
/// What the browser calls on an event; it must outlive the source it listens to.
type Listener = Closure<dyn FnMut(Event)>;

/// Opens a stream that writes what it hears into `change`.
pub(super) fn listen(scope: &LiveScope, since: i64, change: RwSignal<Option<LiveChange>>) {
    let stream = Stream {
        scope: scope.clone(),
        version: since,
        change,
        source: None,
        ended: false,
    };
    let stream = Rc::new(RefCell::new(stream));
    open(&stream);
    let held = StoredValue::new_local(stream);
    on_cleanup(move || {
        held.try_with_value(|stream| {
            stream.borrow_mut().ended = true;
            close(stream);
        });
    });
}

fn open(stream: &Shared) {
    let path = {
        let stream = stream.borrow();
        stream_path(&stream.scope, stream.version)
    };
    let Ok(source) = EventSource::new(&path) else {
        return reopen_later(stream);
    };
    let mut listeners = Vec::new();
    for name in ["change", "reset", "error"] {
        let held = Rc::downgrade(stream);
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(stream) = held.upgrade() {
                hear(&stream, &event);
            }
        });
        // Adding a listener fails for no reason that could be handled here.
        let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        listeners.push(listener);
    }
    stream.borrow_mut().source = Some((source, listeners));
}

fn hear(stream: &Shared, event: &Event) {
    if event.type_() == "error" {
        // The browser reconnects by itself after a break, but gives up when the answer is an error, as a
        // proxy gives while the server restarts.
        let source = event
            .target()
            .and_then(|target| target.dyn_into::<EventSource>().ok());
        if source.is_some_and(|source| source.ready_state() == EventSource::CLOSED) {
            reopen_later(stream);
        }
        return;
    }
    let data = event
        .dyn_ref::<MessageEvent>()
        .and_then(|message| message.data().as_string());
    let mut heard: LiveChange = data
        .and_then(|data| serde_json::from_slice(data.as_bytes()).ok())
        .unwrap_or_default();
    if event.type_() == "reset" {
        heard.cards.clear();
    } else if heard.cards.is_empty() {
        return;
    }
    let change = {
        let mut stream = stream.borrow_mut();
        stream.version = stream.version.max(heard.version);
        stream.change
    };
    change.try_set(Some(heard));
}

fn reopen_later(stream: &Shared) {
    // Not from within the listener that is about to be dropped.
    let stream = stream.clone();
    set_timeout(
        move || {
            close(&stream);
            if !stream.borrow().ended {
                open(&stream);
            }
        },
        REOPEN_AFTER,
    );
}

fn close(stream: &Shared) {
    if let Some((source, _listeners)) = stream.borrow_mut().source.take() {
        source.close();
    }
}
