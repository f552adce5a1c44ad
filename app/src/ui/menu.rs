//! A button that shows a choice and opens the list of choices.

use leptos::{ev, html::Div, prelude::*, web_sys::HtmlElement};

use super::{Icon, IconName, popover, roving};
use crate::number;

/// The choices of an open menu.
const ITEMS: &str = "[role^=menuitem]";

/// One choice. It is a link, so that it works before and without scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuOption {
    /// What it is called.
    pub label: &'static str,
    /// Class of a coloured dot before the label.
    pub dot: Option<&'static str>,
    /// How many records it stands for.
    pub count: Option<u64>,
    /// Where it leads.
    pub href: String,
    /// Whether it is chosen.
    pub current: bool,
}

/// A filter with one choice out of a few: arrows, Home, End and first letters move, Enter and Space
/// choose, Escape closes.
///
/// # On the server
/// The same markup; the popover opens natively and the choices are links.
#[component]
pub fn Menu(
    /// Id of the popover, unique in the page.
    id: &'static str,
    /// What is chosen here.
    label: &'static str,
    /// Name of the current choice.
    #[prop(into)]
    value: Signal<String>,
    /// Whether the choice differs from the default.
    #[prop(into)]
    is_set: Signal<bool>,
    /// All choices.
    #[prop(into)]
    options: Signal<Vec<MenuOption>>,
) -> impl IntoView {
    let node = NodeRef::<Div>::new();
    let open = RwSignal::new(false);
    let on_toggle = move |_| {
        let Some(element) = popover::element(node) else {
            return;
        };
        open.set(popover::is_open(&element));
        if open.get_untracked() {
            let mut items = roving::items(&element, ITEMS).into_iter();
            roving::focus(items.find(|item| item.has_attribute("aria-current")));
        }
    };
    view! {
        <button
            type="button"
            class=format!("chip chip--{id}")
            class:chip--set=is_set
            popovertarget=id
            aria-haspopup="menu"
            aria-expanded=move || open.get().to_string()
        >
            <span class="chip__label">{label}</span>
            <b class="chip__value">{value}</b>
            <Icon name=IconName::Down/>
        </button>
        <div
            id=id
            class=format!("popover popover--{id}")
            popover="auto"
            node_ref=node
            on:toggle=on_toggle
            on:keydown=move |event| on_key(&event, node)
        >
            <div class="menu" role="menu" aria-label=label>
                {move || options.get().into_iter().map(|option| item(option, node)).collect_view()}
            </div>
        </div>
    }
    .into_any()
}

fn item(option: MenuOption, node: NodeRef<Div>) -> AnyView {
    let MenuOption {
        label,
        dot,
        count,
        href,
        current,
    } = option;
    view! {
        <a
            class="menu__item"
            role="menuitemradio"
            href=href
            aria-checked=current.to_string()
            aria-current=current.then_some("true")
            on:click=move |_| popover::close(node)
        >
            {dot.map(|dot| view! { <i class=format!("dot {dot}") aria-hidden="true"></i> })}
            <span>{label}</span>
            {count.map(|n| view! { <span class="menu__count">{number::count(n)}</span> })}
        </a>
    }
    .into_any()
}

fn on_key(event: &ev::KeyboardEvent, node: NodeRef<Div>) {
    let Some(element) = popover::element(node).filter(|_| !roving::is_modified(event)) else {
        return;
    };
    let items = roving::items(&element, ITEMS);
    let at = roving::focused(&items);
    let key = event.key();
    if key == " " {
        // Links know Enter alone; a choice of a menu is taken with either.
        event.prevent_default();
        if let Some(item) = at.and_then(|at| items.get(at)) {
            item.click();
        }
    } else if let Some(found) = by_letter(&items, &key, at) {
        event.prevent_default();
        roving::focus(items.into_iter().nth(found));
    } else {
        roving::move_along(event, node, ITEMS, roving::UPWARDS);
    }
}

/// The next item after `at` that begins with the typed letter.
fn by_letter(items: &[HtmlElement], key: &str, at: Option<usize>) -> Option<usize> {
    let mut letters = key.chars();
    let (letter, None) = (letters.next()?, letters.next()) else {
        return None;
    };
    let begins = |item: &HtmlElement| {
        item.text_content()
            .and_then(|text| text.trim().chars().next())
            .is_some_and(|first| first.to_lowercase().eq(letter.to_lowercase()))
    };
    let after = at.map_or(0, |at| at + 1);
    (after..items.len())
        .chain(0..after.min(items.len()))
        .find(|n| begins(&items[*n]))
}
