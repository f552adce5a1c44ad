//! Who is not written to.

use domain::{
    Channel,
    contact::{Suppression, SuppressionPage},
    user::Role,
};
use leptos::prelude::*;

use super::pages;
use crate::{
    contacts::{
        page::Deeds,
        params::{ContactsParams, Tab},
    },
    layout::Trouble,
    number::NONE,
    session::{Session, use_session},
    ui::{Ask, Deed, DeedForm, Finder, Notice, Tone, Words},
};

/// The search, and a form that blocks an address.
#[component]
pub(in crate::contacts) fn BlocklistFinder(
    params: Memo<ContactsParams>,
    deeds: Deeds,
    may_edit: bool,
) -> impl IntoView {
    let q = move || params.with(|params| params.q.clone());
    let channel = move || params.with(|params| params.channel);
    let chosen = move || channel().map_or("", Channel::as_str);
    let channels = move || {
        Channel::ALL
            .into_iter()
            .map(|one| {
                let is_on = move || channel() == Some(one);
                view! { <option value=one.as_str() selected=is_on>{one.label()}</option> }
            })
            .collect_view()
    };
    let form = may_edit.then(|| view! { <BlockForm action=deeds.block/> });
    view! {
        <Finder action="/contacts">
            <input type="hidden" name="tab" value=Tab::Blocklist.as_str()/>
            <label class="field finder__text">
                <span class="field__label">"Address"</span>
                <input class="input" type="search" name="q" maxlength="128" data-shortcut="search" value=q prop:value=q/>
            </label>
            <label class="field">
                <span class="field__label">"Channel"</span>
                <select class="input" name="channel" prop:value=chosen>
                    <option value="" selected=move || channel().is_none()>"All channels"</option>
                    {channels()}
                </select>
            </label>
            <button type="submit" class="button button--primary">"Search"</button>
        </Finder>
        {form}
    }
    .into_any()
}

#[component]
fn BlockForm(action: Deed) -> impl IntoView {
    let outcome = move || {
        action.told().map(|answer| match answer {
            Ok(()) => {
                view! { <Notice tone=Tone::Good>"Blocked. Nothing is sent there any more."</Notice> }.into_any()
            }
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    };
    let channels = Channel::ALL
        .map(|channel| {
            let is_chosen = action.chosen("channel", channel.as_str(), false);
            view! { <option value=channel.as_str() selected=is_chosen>{channel.label()}</option> }
        })
        .collect_view();
    let address = action.kept("address", None);
    let is_open = address.is_some();
    view! {
        {outcome}
        <details class="panel more" open=is_open>
            <summary class="more__open">"Block an address"</summary>
            <DeedForm action attr:class="form__row more__form">
                <label class="field">
                    <span class="field__label">"On"</span>
                    <select class="input" name="channel">{channels}</select>
                </label>
                <label class="field">
                    <span class="field__label">"Number with + and country, or e-mail address"</span>
                    <input class="input" name="address" required=true maxlength="320" autocomplete="off" value=address/>
                </label>
                <button type="submit" class="button button--danger" disabled=action.pending()>"Block"</button>
            </DeedForm>
        </details>
    }
    .into_any()
}

/// One row per entry.
#[component]
pub(in crate::contacts) fn Blocklist(
    page: SuppressionPage,
    params: Memo<ContactsParams>,
    deeds: Deeds,
) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let params = params.get_untracked();
    let refused = move || {
        deeds
            .unblock
            .answer()
            .and_then(Result::err)
            .map(|error| view! { <Trouble error/> })
    };
    if page.entries.is_empty() {
        let nav = pages(&params, page.next_cursor);
        return view! {
            {refused}
            <section class="panel empty">
                <p class="empty__title">"Nobody is blocked here"</p>
                <p>"Who unsubscribes, answers STOP, complains, or has an address that doesn’t exist comes here by itself."</p>
                {nav}
            </section>
        }
        .into_any();
    }
    let rows = page
        .entries
        .into_iter()
        .enumerate()
        .map(|(at, entry)| row(at, entry, &session, deeds.unblock))
        .collect_view();
    view! {
        {refused}
        <section class="panel panel--table" aria-label="Blocklist">
            <div class="scroll" tabindex="0" role="region" aria-label="Blocklist">
                <table class="data data--rows data--stacks">
                    <thead>
                        <tr>
                            <th scope="col">"Address"</th>
                            <th scope="col">"Channel"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col">"In their words"</th>
                            <th scope="col">"Since"</th>
                            <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {pages(&params, page.next_cursor)}
        </section>
    }
    .into_any()
}

fn row(at: usize, entry: Suppression, session: &Session, action: Deed) -> AnyView {
    let since = session.iso(entry.at);
    let address = entry.address.clone();
    // Admins see addresses in full: nobody else could name the one to take off.
    let remove = session
        .may(Role::Admin)
        .then(|| view! { <Remove at channel=entry.channel address=entry.address action/> });
    view! {
        <tr>
            <th scope="row">{address}</th>
            <td>{entry.channel.label()}</td>
            <td>{entry.source.label()}</td>
            <td class="data__text">{entry.reason.unwrap_or_else(|| NONE.to_owned())}</td>
            <td><time datetime=since.clone() title=since>{session.time(entry.at)}</time></td>
            <td class="data__number">{remove}</td>
        </tr>
    }
    .into_any()
}

#[component]
fn Remove(at: usize, channel: Channel, address: String, action: Deed) -> impl IntoView {
    let words = Words {
        title: "Take this address off the blocklist?".to_owned(),
        subject: address.clone(),
        text: "Only do so when the person asked for it: campaigns may write to them again.",
        keep: "Keep it",
        go: "Remove".to_owned(),
    };
    view! {
        <Ask
            id=format!("unblock-{at}")
            label="Remove"
            name=format!("Remove {address} from the blocklist")
            class="button button--small"
            go_class="button button--danger"
            words
            fields=vec![("channel", channel.as_str().to_owned()), ("address", address)]
            action
        />
    }
    .into_any()
}
