//! The pages behind `/settings/carriers/new` and `/settings/carriers/:id`.

use domain::{
    carrier::{AccountInfo, Protocol},
    user::Role,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    api::{CheckAccount, DeleteAccount, SaveAccount, TestEvent, load_accounts},
    form::{AccountForm, has_field},
    page::not_yours,
    view_model::{channels, is_posted_to, public_address, today},
};
use crate::{
    codec::Json,
    layout::{Crumb, NotFoundPage, PageHeader, Trouble},
    preferences::{page::outcome, parts::Confirmation},
    routes::{Route, with_query},
    session::{Session, use_session},
    ui::{Ask, Deed, DeedForm, IconName, Notice, Tone, Words},
};

fn crumbs() -> Vec<Crumb> {
    vec![
        Crumb::new(Route::Settings.href(), "Settings"),
        Crumb::new(Route::Carriers.href(), "Carriers"),
    ]
}

/// *Add account*: first the protocol, then its form.
#[component]
pub fn NewCarrierPage() -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let query = use_query_map();
    let protocol = Memo::new(move |_| {
        let name = query.with(|query| query.get("protocol"));
        name.and_then(|name| name.parse::<Protocol>().ok())
    });
    let save = Deed::of::<SaveAccount>();
    let is_admin = session.may(Role::Admin);
    let content = move || match (is_admin, protocol.get()) {
        (false, _) => not_yours(),
        (true, None) => protocols(),
        (true, Some(protocol)) => view! {
            <div class="settings">
                <Confirmation/>
                {move || outcome_beside(save, protocol)}
                <AccountForm protocol account=None action=save/>
            </div>
        }
        .into_any(),
    };
    view! {
        <PageHeader title="Add account" crumbs=crumbs()/>
        {content}
    }
    .into_any()
}

/// All protocols: those that send, then those that only tell what happened.
fn protocols() -> AnyView {
    let group = |sends: bool| {
        Protocol::ALL
            .iter()
            .filter(|protocol| protocol.channels().is_empty() != sends)
            .map(|protocol| {
                let name = protocol.as_str().to_owned();
                let href = with_query(&Route::NewCarrier.href(), &[("protocol", name)]);
                view! {
                    <li>
                        <a class="protocol" href=href>
                            <strong>{protocol.label()}</strong>
                            <span>{channels(*protocol)}</span>
                        </a>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <section class="panel" aria-labelledby="send-title">
            <h2 id="send-title" class="panel__title">"Sends messages"</h2>
            <ul class="protocols">{group(true)}</ul>
        </section>
        <section class="panel protocols__second" aria-labelledby="tell-title">
            <h2 id="tell-title" class="panel__title">"Tells what happened"</h2>
            <p class="panel__lead">"For e-mail that goes out by SMTP, and for RCS: the provider posts deliveries, bounces, opens and complaints."</p>
            <ul class="protocols">{group(false)}</ul>
        </section>
    }
    .into_any()
}

/// The account named in the path.
#[component]
pub fn CarrierPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let is_admin = use_session().is_some_and(|session| session.may(Role::Admin));
    move || {
        if is_admin {
            view! { <OneAccount id=id.get()/> }.into_any()
        } else {
            view! { <PageHeader title="Account" crumbs=crumbs()/>{not_yours()} }.into_any()
        }
    }
}

/// What can be done with an account.
#[derive(Clone, Copy)]
struct Deeds {
    save: Deed,
    check: Deed,
    test: Deed,
    delete: Deed,
}

#[component]
fn OneAccount(id: String) -> impl IntoView {
    let deeds = Deeds {
        save: Deed::of::<SaveAccount>(),
        check: Deed::of::<CheckAccount>(),
        test: Deed::of::<TestEvent>(),
        delete: Deed::of::<DeleteAccount>(),
    };
    let saved = deeds.save.done();
    let accounts =
        Resource::<_, Json>::new_with_options(move || saved.get(), |_| load_accounts(), false);
    // Trying an account changes what is known of it, but not its form, in which somebody may be typing.
    let again = Action::new(|(): &()| load_accounts());
    Effect::watch(
        move || (deeds.check.version(), deeds.test.version()),
        move |_, _, _| drop(again.dispatch(())),
        false,
    );
    Effect::watch(move || saved.get(), move |_, _, _| again.clear(), false);
    let content = move || {
        accounts.get().map(|answer| match answer {
            Ok(answer) => match answer.accounts.into_iter().find(|held| held.id == id) {
                Some(account) => {
                    let held = account.clone();
                    let latest = Signal::derive(move || {
                        let answer = again.value().get().and_then(Result::ok);
                        answer
                            .and_then(|answer| {
                                answer.accounts.into_iter().find(|one| one.id == held.id)
                            })
                            .unwrap_or_else(|| held.clone())
                    });
                    view! { <Content account latest address=answer.address deeds/> }.into_any()
                }
                None => view! { <NotFoundPage/> }.into_any(),
            },
            Err(error) => view! {
                <PageHeader title="Account" crumbs=crumbs()/>
                <Trouble error/>
            }
            .into_any(),
        })
    };
    let wait = || {
        view! {
            <div class="bones" aria-busy="true">
                <p class="visually-hidden" role="status">"Loading the account"</p>
                <header class="head"><div class="head__text"><h1>"Account"</h1></div></header>
                <div class="panel" aria-hidden="true"><span class="bone bone--long"></span><span class="bone bone--long"></span><span class="bone"></span></div>
            </div>
        }
    };
    view! { <Transition fallback=wait>{content}</Transition> }.into_any()
}

#[component]
fn Content(
    account: AccountInfo,
    latest: Signal<AccountInfo>,
    address: String,
    deeds: Deeds,
) -> impl IntoView {
    let Some(session) = use_session() else {
        return ().into_any();
    };
    let trouble = move || {
        let trouble = latest.with(|account| account.trouble.clone());
        trouble.map(|trouble| view! { <Notice tone=Tone::Bad>{trouble}</Notice> })
    };
    let protocol = account.protocol;
    let meta = format!("{} · {}", protocol.label(), channels(protocol));
    let (id, name) = (account.id.clone(), account.name.clone());
    let bin = view! { <Bin id name=name.clone() action=deeds.delete/> };
    view! {
        <PageHeader title=name crumbs=crumbs() meta=move || view! { <p class="head__meta">{meta}</p> } actions=move || bin/>
        <Confirmation/>
        {move || outcome(deeds.delete, "")}
        {trouble}
        <div class="details">
            <div class="details__main">
                {move || outcome_beside(deeds.save, protocol)}
                <AccountForm protocol account=Some(account.clone()) action=deeds.save/>
            </div>
            <Events account=account.clone() latest address deeds session/>
        </div>
    }
    .into_any()
}

/// What came of saving; what is wrong with a field is said there.
fn outcome_beside(save: Deed, protocol: Protocol) -> Option<AnyView> {
    let is_at_field = save
        .refused()
        .is_some_and(|(field, _)| has_field(protocol, &field));
    if is_at_field {
        return None;
    }
    outcome(save, "Saved.")
}

/// Where events are posted to, what came, and ways to try it.
#[component]
fn Events(
    account: AccountInfo,
    latest: Signal<AccountInfo>,
    address: String,
    deeds: Deeds,
    session: Session,
) -> impl IntoView {
    let added = session.time(account.created_at);
    let last = move || {
        let at = latest.with(|account| account.last_event_at);
        at.map_or_else(|| "never".to_owned(), |at| session.time(at))
    };
    let public = public_address(&address, &account).map(|(label, at, hint)| {
        view! {
            <p class="field__label">{label}</p>
            <code class="secret webhook">{at}</code>
            <p class="field__hint">{hint}</p>
        }
    });
    let sends = !account.protocol.channels().is_empty();
    let id = account.id.clone();
    let check = sends.then(|| {
        let id = account.id.clone();
        view! {
            <DeedForm action=deeds.check>
                <input type="hidden" name="id" value=id/>
                <button type="submit" class="button" disabled=deeds.check.pending()>"Check connection"</button>
            </DeedForm>
        }
    });
    let test = is_posted_to(account.protocol).then(|| {
        view! {
            <DeedForm action=deeds.test>
                <input type="hidden" name="id" value=id/>
                <button type="submit" class="button" disabled=deeds.test.pending()>"Send a test event"</button>
            </DeedForm>
        }
    });
    view! {
        <section class="panel" aria-labelledby="events-title">
            <h2 id="events-title" class="panel__title">"Events"</h2>
            <dl class="facts">
                <div class="facts__row"><dt>"Last event"</dt><dd>{last}</dd></div>
                <div class="facts__row"><dt>"Last day"</dt><dd>{move || latest.with(today)}</dd></div>
                <div class="facts__row"><dt>"Added"</dt><dd>{added}</dd></div>
            </dl>
            {public}
            <div class="carrier__try">
                {move || outcome(deeds.check, "The carrier answered: the account works.")}
                {move || outcome(deeds.test, "The test event came back, verified and understood.")}
                <div class="form__actions">
                    {check}
                    {test}
                </div>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Bin(id: String, name: String, action: Deed) -> impl IntoView {
    let words = Words {
        title: "Delete this account?".to_owned(),
        subject: name,
        text: "Its secrets are removed for good, and its webhook takes nothing more: receipts that are still on their way are lost.",
        keep: "Keep it",
        go: "Delete".to_owned(),
    };
    view! {
        <Ask
            id="delete"
            label="Delete"
            icon=IconName::Trash
            class="button button--icon button--danger"
            go_class="button button--danger"
            words
            fields=vec![("id", id)]
            action
        />
    }
    .into_any()
}
