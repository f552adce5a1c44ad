//! What the campaign brought about, by its holdout.

use leptos::prelude::*;

use super::{
    Shown,
    arms::{sentences, table},
};
use crate::{
    codec::Json,
    layout::Trouble,
    report::{api::load_uplift, view_model::UpliftShown},
};

/// The panel; nothing for a campaign without a holdout that isn't an A/B test either.
#[component]
pub(super) fn AgainstHoldout(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
) -> impl IntoView {
    let source = shown.derive(|answer| (answer.is_compared, answer.card.campaign.version));
    let uplift = Resource::<_, Json>::new_with_options(
        move || source.get(),
        move |(is_compared, _)| {
            let id = id.clone();
            async move {
                if is_compared {
                    load_uplift(id).await
                } else {
                    Ok(None)
                }
            }
        },
        false,
    );
    let content = move || {
        Some(match uplift.try_get().flatten()? {
            Ok(None) => ().into_any(),
            Ok(Some(uplift)) => panel(uplift),
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    };
    view! { <Transition>{content}</Transition> }.into_any()
}

fn panel(uplift: UpliftShown) -> AnyView {
    view! {
        <section class="panel" aria-labelledby="uplift-title">
            <div class="panel__head"><h2 id="uplift-title">"Uplift over the holdout"</h2></div>
            <p class="panel__lead">
                "What would not have happened anyway: everyone the campaign was for, reached or not, against those who were left out by chance. Over the campaign's whole life; the intervals hold at all times."
            </p>
            {sentences(uplift.notes)}
            {uplift.tables.into_iter().map(table).collect_view()}
        </section>
    }
    .into_any()
}
