//! Clicks by the place of the link in the message: a table, and the mail itself with the clicks in it.

use domain::sending::PositionClicks;
use leptos::prelude::*;

use super::Shown;
use crate::{
    codec::Json, layout::Trouble, number::count, report::api::load_positions, routes::encode,
};

/// The panel; nothing for a campaign that another platform sends, whose messages aren't known here.
#[component]
pub(super) fn Positions(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
) -> impl IntoView {
    let campaign = id.clone();
    let version = Memo::new(move |_| shown.answer.with(|answer| answer.card.campaign.version));
    let links = Resource::<_, Json>::new_with_options(
        move || version.get(),
        move |_| load_positions(campaign.clone()),
        false,
    );
    let content = move || {
        Some(match links.try_get().flatten()? {
            Ok(links) if links.is_empty() => ().into_any(),
            Ok(links) => panel(&id, links),
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    };
    view! { <Transition>{content}</Transition> }.into_any()
}

fn panel(id: &str, links: Vec<PositionClicks>) -> AnyView {
    let is_mail = links.iter().any(|link| link.url != link.label);
    let mut arms: Vec<String> = links.iter().map(|link| link.variant.clone()).collect();
    arms.dedup();
    let has_arms = arms.len() > 1;
    let maps = is_mail.then(|| maps(id, arms));
    let rows = links
        .into_iter()
        .map(|link| {
            let clicks = if link.is_tracked {
                count(link.clicks)
            } else {
                "not tracked".to_owned()
            };
            let people = if link.is_tracked {
                count(link.people)
            } else {
                String::new()
            };
            view! {
                <tr>
                    {has_arms.then(|| view! { <td>{link.variant}</td> })}
                    <td class="data__number">{link.position}</td>
                    <td>{link.label}</td>
                    <td class="data__text">{link.url}</td>
                    <td class="data__number">{clicks}</td>
                    <td class="data__number">{people}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel panel--table" aria-labelledby="positions">
            <div class="panel__head"><h2 id="positions">"Clicks by place in the message"</h2></div>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="positions">
                <table class="data">
                    <thead><tr>
                        {has_arms.then(|| view! { <th scope="col">"Version"</th> })}
                        <th scope="col" class="data__number">"Place"</th>
                        <th scope="col">"Words"</th>
                        <th scope="col">"Link"</th>
                        <th scope="col" class="data__number">"Clicks"</th>
                        <th scope="col" class="data__number">"People"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {maps}
        </section>
    }
    .into_any()
}

/// The mail of each arm with the clicks in it.
fn maps(id: &str, arms: Vec<String>) -> Vec<AnyView> {
    arms.into_iter()
        .map(|arm| {
            let src = format!(
                "/campaigns/{}/preview/{}?clicks=1",
                encode(id),
                encode(&arm)
            );
            let title = format!("Version {arm} with the clicks on each link");
            view! {
                <details class="map">
                    <summary>{title.clone()}</summary>
                    <iframe class="mail__frame" sandbox="" src=src title=title></iframe>
                </details>
            }
            .into_any()
        })
        .collect()
}
