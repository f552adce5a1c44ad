//! *Recipient Search*, or *Participants*: one row per message.

use domain::{
    CampaignKind,
    message::Category,
    recipient::{RecipientPage, RecipientRow},
    user::Role,
};
use leptos::{
    ev::SubmitEvent,
    html::{Input, Select},
    prelude::*,
};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    Retry, Shown,
    history::{History, opens_history},
    states::way_on,
};
use crate::{
    codec::Json,
    error::AppError,
    number::{NONE, count},
    report::{
        api::search_recipients,
        params::{ReportParams, Tab, category_named},
        view_model::{Failure, Remedy, failure},
    },
    session::{Session, use_session},
    ui::{Notice, Tone},
};

/// The tab.
#[component]
pub(super) fn Recipients(
    /// The campaign.
    id: String,
    /// The report.
    shown: Shown,
    /// Messaging or interactive.
    kind: CampaignKind,
) -> impl IntoView {
    let params = shown.params;
    // Once another tab is open nothing is asked any more: this one is about to go.
    let question = Memo::new(move |before: Option<&ReportParams>| {
        let now = params.get();
        match before {
            Some(before) if now.tab != Tab::Recipients => before.clone(),
            _ => ReportParams {
                q: now.q,
                status: now.status,
                cursor: now.cursor,
                ..Default::default()
            },
        }
    });
    let campaign = id.clone();
    let page = Resource::<_, Json>::new_with_options(
        move || question.get(),
        move |question| search_recipients(id.clone(), question),
        true,
    );
    let session = StoredValue::new(use_session());
    let again = Retry::of(page);
    view! {
        <SearchForm shown kind/>
        {(kind == CampaignKind::Messaging).then(|| view! { <History id=campaign shown/> })}
        <Transition fallback=|| view! { <div class="report-skeleton report-skeleton--rows" aria-busy="true"></div> }>
            {move || page.try_get().flatten().map(|page| untrack(|| found(page, shown, kind, session, again)))}
        </Transition>
    }
    .into_any()
}

#[component]
fn SearchForm(shown: Shown, kind: CampaignKind) -> impl IntoView {
    let params = shown.params;
    let channel = shown
        .answer
        .with_untracked(|answer| answer.card.campaign.campaign_type);
    let statuses = [Category::Queued]
        .iter()
        .chain(Category::of_channel(channel))
        .map(|status| {
            let status = *status;
            let is_on = move || params.with(|params| params.status == Some(status));
            view! { <option value=status.as_str() selected=is_on>{status.label()}</option> }
        })
        .collect_view();
    let (text, choice) = (NodeRef::<Input>::new(), NodeRef::<Select>::new());
    let navigate = use_navigate();
    let on_submit = move |event: SubmitEvent| {
        let (Some(text), Some(choice)) = (text.get_untracked(), choice.get_untracked()) else {
            return;
        };
        event.prevent_default();
        let chosen = choice.value();
        let href = untrack(|| {
            shown.href(|params| {
                params.q = text.value().trim().to_owned();
                params.status = category_named(&chosen);
                params.cursor = None;
                params.message = None;
            })
        });
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&href, options);
    };
    // Without a script the form itself says everything.
    let hidden = move || {
        let kept = params.with(|params| {
            ReportParams {
                q: String::new(),
                status: None,
                cursor: None,
                message: None,
                ..params.clone()
            }
            .to_params()
        });
        let field = |(name, value)| view! { <input type="hidden" name=name value=value/> };
        kept.into_iter().map(field).collect_view()
    };
    let label = match kind {
        CampaignKind::Messaging => "Recipient",
        CampaignKind::Interactive => "Participant",
    };
    let hint = if sees_contacts(use_session().as_ref()) {
        "Number, address or key, or a part of it"
    } else {
        "The whole number, address or key"
    };
    // The choice follows the address, on the way back too.
    let chosen = move || params.with(|params| params.status.map_or("", Category::as_str));
    view! {
        <form method="get" class="finder" role="search" on:submit=on_submit>
            {hidden}
            <label class="field finder__text">
                <span class="field__label">{label}</span>
                <input class="input" type="search" node_ref=text name="q" maxlength="128" placeholder=hint
                    value=move || params.with(|params| params.q.clone())
                    prop:value=move || params.with(|params| params.q.clone())/>
            </label>
            <label class="field">
                <span class="field__label">"Status"</span>
                <select class="input" name="status" node_ref=choice prop:value=chosen>
                    <option value="" selected=move || params.with(|params| params.status.is_none())>"All statuses"</option>
                    {statuses}
                </select>
            </label>
            <button type="submit" class="button button--primary">"Search"</button>
        </form>
    }
    .into_any()
}

fn found(
    page: Result<RecipientPage, AppError>,
    shown: Shown,
    kind: CampaignKind,
    session: StoredValue<Option<Session>>,
    again: Retry,
) -> AnyView {
    let page = match page {
        Ok(page) => page,
        Err(error) => return not_searched(error, shown, again),
    };
    if page.rows.is_empty() {
        let sees = session.with_value(|session| sees_contacts(session.as_ref()));
        return nobody(page.next_cursor, shown, kind, sees);
    }
    let has_variants = page.rows.iter().any(|row| row.variant.is_some());
    let rows = page
        .rows
        .into_iter()
        .map(|row| table_row(row, has_variants, shown, kind, session))
        .collect_view();
    let next = page.next_cursor.map(|cursor| {
        let href = shown.href(|params| params.cursor = Some(cursor));
        view! { <a class="button" href=href>"Next page"</a> }
    });
    let first = shown
        .params
        .with(|params| params.cursor.is_some())
        .then(|| {
            let href = shown.href(|params| params.cursor = None);
            view! { <a class="button button--quiet" href=href>"Back to the first page"</a> }
        });
    let variant = has_variants.then(|| view! { <th scope="col">"Variant"</th> });
    view! {
        <section class="panel panel--table" aria-label="Results">
            <div class="scroll" tabindex="0" role="region" aria-label="Results">
                <table class="data data--rows">
                    <thead>
                        <tr>
                            <th scope="col">"Recipient"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col">"Status date"</th>
                            <th scope="col">"Sent"</th>
                            <th scope="col">"Delivered"</th>
                            <th scope="col">"Opened or read"</th>
                            <th scope="col" class="data__number">"Clicks"</th>
                            {variant}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <nav class="pages" aria-label="Pages">{first}{next}</nav>
        </section>
    }
    .into_any()
}

/// The search could not be made.
fn not_searched(error: AppError, shown: Shown, again: Retry) -> AnyView {
    let Failure { text, remedy, .. } = failure(&error);
    let text = match remedy {
        Remedy::Retry => error.to_string(),
        _ => text,
    };
    view! {
        <Notice tone=Tone::Bad>
            <p>{text}</p>
            <p class="notice__actions">{way_on(remedy, shown.params, again)}</p>
        </Notice>
    }
    .into_any()
}

/// Whether keys are shown in full. With masked ones the server finds by whole keys alone, so that nobody can find
/// out the masked rest letter by letter.
fn sees_contacts(session: Option<&Session>) -> bool {
    session.is_some_and(|session| session.may(Role::Admin))
}

/// Nobody matches; or nobody so far, where matches are rare and the search goes on from a cursor.
fn nobody(
    next_cursor: Option<String>,
    shown: Shown,
    kind: CampaignKind,
    sees_contacts: bool,
) -> AnyView {
    let noun = match kind {
        CampaignKind::Messaging => "recipient",
        CampaignKind::Interactive => "participant",
    };
    let (title, advice) = match (&next_cursor, sees_contacts) {
        (Some(_), _) => (
            format!("No {noun} found so far."),
            "There are more to look through.",
        ),
        (None, true) => (
            format!("No {noun} matches."),
            "Search for a part of a number or address, or choose another status.",
        ),
        (None, false) => (
            format!("No {noun} matches."),
            "Contacts are masked for you, so a search needs the whole number, address or key. Or choose another status.",
        ),
    };
    let next = next_cursor.map(|cursor| {
        let href = shown.href(|params| params.cursor = Some(cursor));
        view! { <a class="button" href=href>"Search on"</a> }
    });
    view! {
        <section class="panel empty">
            <p class="empty__title">{title}</p>
            <p>{advice}</p>
            {next}
        </section>
    }
    .into_any()
}

fn table_row(
    row: RecipientRow,
    has_variants: bool,
    shown: Shown,
    kind: CampaignKind,
    session: StoredValue<Option<Session>>,
) -> impl IntoView {
    let recipient = opens_history(kind, row.recipient, row.message, shown);
    let time = |at: Option<String>| {
        let instant = at
            .as_deref()
            .and_then(|at| at.parse::<chrono::DateTime<chrono::Utc>>().ok());
        let written = instant
            .and_then(|at| session.with_value(|s| s.as_ref().map(|s| (s.time(at), s.iso(at)))));
        match written {
            Some((shown, iso)) => {
                view! { <td><time datetime=iso.clone() title=iso>{shown}</time></td> }.into_any()
            }
            None => view! { <td>{NONE}</td> }.into_any(),
        }
    };
    let status = row.status.map_or(NONE, Category::label);
    let raw = row
        .raw_status
        .filter(|raw| !raw.eq_ignore_ascii_case(status));
    let variant =
        has_variants.then(|| view! { <td>{row.variant.unwrap_or_else(|| NONE.to_owned())}</td> });
    view! {
        <tr>
            <th scope="row">{recipient}</th>
            <td>{status}{raw.map(|raw| view! { <span class="raw">{raw}</span> })}</td>
            {time(row.status_at)}
            {time(row.sent_at)}
            {time(row.delivered_at)}
            {time(row.opened_at)}
            <td class="data__number">{count(row.clicks)}</td>
            {variant}
        </tr>
    }
}
