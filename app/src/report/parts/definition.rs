//! How figures are made: their terms with their counts, clock, evidence and time.

use leptos::prelude::*;

use super::Shown;
use crate::{
    report::{answer::ReportAnswer, view_model::Figure},
    session::use_session,
    ui::{Icon, IconName},
};

/// A small button that opens how the figures of a panel are made.
#[component]
pub(super) fn AboutPanel(
    /// The report.
    shown: Shown,
    /// Unique within the page.
    id: &'static str,
    /// What is explained; none while the panel isn't there.
    make: Signal<Option<Figure>>,
) -> impl IntoView {
    let figure = Memo::new(move |_| make.get());
    let label = move || {
        figure.with(|figure| {
            let label = figure.as_ref().map(|figure| figure.label);
            format!("How {} is made", label.unwrap_or_default())
        })
    };
    let popover = format!("about-{id}");
    view! {
        <button type="button" class="about__open" popovertarget=popover.clone() aria-label=label
            title="How these figures are made">
            <Icon name=IconName::Quiz/>
        </button>
        <DefinitionCard id=popover shown figure/>
    }
    .into_any()
}

/// What explains a panel that every report of its kind has.
pub(super) fn about(shown: Shown, id: &'static str, make: fn(&ReportAnswer) -> Figure) -> AnyView {
    let make = shown.derive(move |answer| Some(make(answer)));
    view! { <AboutPanel shown id make=make.into()/> }.into_any()
}

/// A native popover, opened by the button that names it: no script needed.
#[component]
pub(super) fn DefinitionCard(
    /// The popover's id.
    id: String,
    /// The report.
    shown: Shown,
    /// The figure.
    figure: Memo<Option<Figure>>,
) -> impl IntoView {
    let as_of = shown.derive(|answer| answer.report.as_of);
    let zone = shown.derive(|answer| answer.report.range.tz.clone());
    let session = StoredValue::new(use_session());
    let as_of = move || {
        session.with_value(|session| {
            session.as_ref().map_or_else(String::new, |session| {
                let local = session.zone.local(as_of.get());
                format!("{}, {}", local.format("%-d %b %Y, %H:%M:%S"), zone.get())
            })
        })
    };
    let with = move |part: fn(&Figure) -> String| {
        move || figure.with(|figure| figure.as_ref().map(part).unwrap_or_default())
    };
    let terms = move || {
        figure.with(|figure| {
            let terms = figure.iter().flat_map(|figure| figure.definition.terms.iter());
            terms
                .map(|(role, name, count)| {
                    view! { <div class="about__term"><dt>{*role}</dt><dd><span>{name.to_string()}</span><b>{count.clone()}</b></dd></div> }
                })
                .collect_view()
        })
    };
    let evidence = move || {
        let text = figure.with(|figure| figure.as_ref().and_then(|f| f.definition.evidence));
        text.map(|text| view! { <div class="about__term"><dt>"Evidence"</dt><dd>{text}</dd></div> })
    };
    let heading = format!("{id}-title");
    view! {
        <div id=id popover="auto" class="popover about" role="dialog" aria-labelledby=heading>
            <h3 id=heading.clone() class="about__title">
                {with(|figure| figure.label.to_owned())}<span>{with(|figure| figure.value.clone())}</span>
            </h3>
            <p class="about__text">{with(|figure| figure.definition.sentence.to_owned())}</p>
            <dl class="about__terms">
                {terms}
                <div class="about__term"><dt>"Clock"</dt><dd>{with(|figure| figure.definition.clock.to_owned())}</dd></div>
                {evidence}
                <div class="about__term"><dt>"As of"</dt><dd>{as_of}</dd></div>
            </dl>
        </div>
    }
    .into_any()
}
