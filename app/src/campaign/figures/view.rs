//! The figures of a card, each a button that opens how it is made.

use domain::campaign::CampaignCard;
use leptos::prelude::*;

use super::{Figure, figures, progress};
use crate::session::Session;

/// Figures in a row, with a progress bar while something is under way.
#[component]
pub fn Figures(
    /// What to show.
    #[prop(into)]
    card: Signal<CampaignCard>,
    /// Zone and dates.
    session: Session,
) -> impl IntoView {
    let shown = Memo::new({
        let session = session.clone();
        move |_| card.with(|card| figures(card, &session))
    });
    let bar = Memo::new(move |_| card.with(progress));
    // Figures stay; what they say changes. So does what is open or has the focus.
    let labels = Memo::new(move |_| {
        shown.with(|shown| shown.iter().map(|figure| figure.label).collect::<Vec<_>>())
    });
    let asked = RwSignal::new(None::<&'static str>);
    let popover = card.with_untracked(|card| format!("about-{}", card.campaign.id));
    let row = {
        let popover = popover.clone();
        view! {
            <For each=move || labels.get() key=|label| *label let:label>
                <OneFigure shown label asked popover=popover.clone()/>
            </For>
        }
    };
    view! {
        <div class="figures">
            <dl class="figures__row">{row}</dl>
            {move || bar.get().map(|(done, all)| view! { <ProgressBar done all/> })}
            <AboutFigure id=popover card shown asked session/>
        </div>
    }
    .into_any()
}

#[component]
fn OneFigure(
    shown: Memo<Vec<Figure>>,
    label: &'static str,
    asked: RwSignal<Option<&'static str>>,
    popover: String,
) -> impl IntoView {
    let figure = Memo::new(move |_| find(shown, label));
    let part = move |of: fn(&Figure) -> String| {
        Memo::new(move |_| figure.with(|figure| figure.as_ref().map(of).unwrap_or_default()))
    };
    let (value, basis) = (
        part(|figure| figure.value.clone()),
        part(|figure| figure.basis.clone()),
    );
    let is_counted = Memo::new(move |_| {
        figure.with(|figure| figure.as_ref().is_some_and(|figure| figure.about.is_some()))
    });
    let title = move || Some(basis.get()).filter(|basis| !basis.is_empty());
    let shown = move || {
        if !is_counted.get() {
            return view! { <span>{value}</span> }.into_any();
        }
        view! {
            <button
                type="button"
                class="figure__open"
                popovertarget=popover.clone()
                popovertargetaction="show"
                aria-label=move || format!("{label} {}: how it is made", value.get())
                on:click=move |_| asked.set(Some(label))
            >
                {value}
            </button>
        }
        .into_any()
    };
    view! {
        <div class="figure" title=title>
            <dt class="figure__label">{label}</dt>
            <dd class="figure__value">{shown}</dd>
        </div>
    }
    .into_any()
}

fn find(shown: Memo<Vec<Figure>>, label: &str) -> Option<Figure> {
    shown.with(|shown| shown.iter().find(|figure| figure.label == label).cloned())
}

/// How the figure that was asked for is made. One popover for all of a card, filled when it is opened: a long list
/// would carry thousands of them otherwise.
///
/// # On the server
/// Says where the definitions are to be read without a script: in the report.
#[component]
fn AboutFigure(
    id: String,
    card: Signal<CampaignCard>,
    shown: Memo<Vec<Figure>>,
    asked: RwSignal<Option<&'static str>>,
    session: Session,
) -> impl IntoView {
    let as_of = move || {
        let last = card.with(|card| card.campaign.last_event_at);
        last.map_or_else(
            || "No event yet".to_owned(),
            |at| format!("Latest event, {}", session.time(at)),
        )
    };
    let content = move || {
        let found = asked.get().and_then(|label| find(shown, label));
        let explained = found.and_then(|figure| Some((figure.label, figure.value, figure.about?)));
        let Some((label, value, about)) = explained else {
            return view! { <p class="about__text">"The report says how each figure is made."</p> }
                .into_any();
        };
        let line = |role: &'static str, text: String| {
            view! { <div class="about__term"><dt>{role}</dt><dd>{text}</dd></div> }
        };
        let terms = about.terms.into_iter().map(|(role, name, n)| {
            view! { <div class="about__term"><dt>{role}</dt><dd><span>{name}</span><b>{n}</b></dd></div> }
        });
        let clock =
            "The campaign’s whole life: its messages with everything that ever happened to them";
        view! {
            <p class="about__title"><b>{label}</b><span>{value}</span></p>
            <p class="about__text">{about.sentence}</p>
            <dl class="about__terms">
                {terms.collect_view()}
                {line("Clock", clock.to_owned())}
                {about.evidence.map(|evidence| line("Evidence", evidence.to_owned()))}
                {line("As of", as_of())}
            </dl>
        }
        .into_any()
    };
    let label = move || match asked.get() {
        Some(label) => format!("{label}: how it is made"),
        None => "How these figures are made".to_owned(),
    };
    view! { <div id=id popover="auto" class="popover about" role="dialog" aria-label=label>{content}</div> }
        .into_any()
}

#[component]
fn ProgressBar(done: u64, all: u64) -> impl IntoView {
    let label = "Progress";
    // Without a known total the bar says that something happens, not how far it is.
    if all == 0 {
        return view! { <progress class="progress" aria-label=label></progress> }.into_any();
    }
    view! { <progress class="progress" aria-label=label value=done.to_string() max=all.to_string()></progress> }
        .into_any()
}
