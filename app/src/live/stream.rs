//! An `EventSource` and what it says.

use std::{cell::RefCell, rc::Rc};

use domain::live::{LiveChange, LiveScope};
use leptos::prelude::*;
use leptos_use_document_visibility::use_document_visibility;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent, VisibilityState};

use super::{backoff::pause_before, stream_path};

/// One stream, for as long as its owner lives and its tab is shown.
struct Stream {
    scope: LiveScope,
    /// Newest change seen.
    version: i64,
    change: RwSignal<Option<LiveChange>>,
    /// None while it rests and after the end.
    source: Option<(EventSource, Vec<Listener>)>,
    /// Whether anybody could see what it says.
    is_wanted: bool,
    /// How often it was opened: a pause that is over finds out whether it was opened meanwhile.
    opened: u32,
    /// Refusals in a row.
    refusals: u32,
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
        is_wanted: false,
        opened: 0,
        refusals: 0,
    };
    let held = StoredValue::new_local(Rc::new(RefCell::new(stream)));
    let visibility = use_document_visibility();
    Effect::new(move |_| {
        let is_shown = visibility.get() != VisibilityState::Hidden;
        held.try_with_value(|stream| {
            if is_shown {
                want(stream)
            } else {
                release(stream)
            }
        });
    });
    on_cleanup(move || {
        held.try_with_value(release);
    });
}

/// Opens it from the last change seen, unless it is open.
fn want(stream: &Shared) {
    let is_open = {
        let mut stream = stream.borrow_mut();
        stream.is_wanted = true;
        stream.source.is_some()
    };
    if !is_open {
        open(stream);
    }
}

fn release(stream: &Shared) {
    stream.borrow_mut().is_wanted = false;
    close(stream);
}

fn open(stream: &Shared) {
    let path = {
        let mut stream = stream.borrow_mut();
        stream.opened = stream.opened.wrapping_add(1);
        stream_path(&stream.scope, stream.version)
    };
    let Ok(source) = EventSource::new(&path) else {
        return refused(stream);
    };
    let mut listeners = Vec::new();
    for name in ["open", "change", "reset", "error"] {
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
    let kind = event.type_();
    if kind == "open" {
        stream.borrow_mut().refusals = 0;
        return;
    }
    if kind == "error" {
        // The browser reconnects by itself after a break, but gives up when the answer is an error: a proxy gives
        // one while the server restarts, the server when the session has ended.
        let source = event
            .target()
            .and_then(|target| target.dyn_into::<EventSource>().ok());
        if source.is_some_and(|source| source.ready_state() == EventSource::CLOSED) {
            refused(stream);
        }
        return;
    }
    let data = event
        .dyn_ref::<MessageEvent>()
        .and_then(|message| message.data().as_string());
    let mut heard: LiveChange = data
        .and_then(|data| serde_json::from_slice(data.as_bytes()).ok())
        .unwrap_or_default();
    if kind == "reset" {
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

/// A stream can't say why it was refused. The page's own question can, so it is made to ask, once.
fn refused(stream: &Shared) {
    let (refusals, change) = {
        let mut stream = stream.borrow_mut();
        stream.refusals = stream.refusals.saturating_add(1);
        (stream.refusals, stream.change)
    };
    reopen_later(stream, refusals);
    if refusals == 1 {
        change.try_set(Some(LiveChange::default()));
    }
}

fn reopen_later(stream: &Shared, refusals: u32) {
    let (held, opened) = (Rc::downgrade(stream), stream.borrow().opened);
    // Not from within the listener that is about to be dropped.
    set_timeout(
        move || {
            let Some(stream) = held.upgrade() else {
                return;
            };
            let is_due = {
                let stream = stream.borrow();
                stream.is_wanted && stream.opened == opened
            };
            if is_due {
                close(&stream);
                open(&stream);
            }
        },
        pause_before(refusals, js_sys::Math::random()),
    );
}

fn close(stream: &Shared) {
    if let Some((source, _listeners)) = stream.borrow_mut().source.take() {
        source.close();
    }
}
