//! The page behind `/contacts/imports/:id`.

use std::time::Duration;

use domain::{Refusal, import::ImportStatus};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    api::{CheckImport, DeleteImport, ImportAnswer, RunImport, load_import},
    mapping::MappingForm,
    progress::{Bar, Counts, Done, Errors, ImportButton},
    view_model::{is_moving, sentence, status_class, status_label},
};
use crate::{
    codec::Json,
    contacts::params::{ContactsParams, Tab},
    error::AppError,
    layout::{Crumb, NotFoundPage, PageHeader, Trouble},
    live::use_poll,
    routes::Route,
    ui::{Deed, DeedForm, Notice, Tone},
};

/// How long after an answer the next question follows, while something moves.
const PAUSE: Duration = Duration::from_secs(1);

/// What can be done with the import.
#[derive(Clone, Copy)]
pub(super) struct Deeds {
    pub(super) check: Deed,
    pub(super) run: Deed,
    pub(super) delete: Deed,
}

/// The import named in the path.
#[component]
pub fn ImportPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    move || view! { <OneImport id=id.get()/> }.into_any()
}

type Question = Resource<Result<ImportAnswer, AppError>, Json>;

#[component]
fn OneImport(id: String) -> impl IntoView {
    let deeds = Deeds {
        check: Deed::of::<CheckImport>(),
        run: Deed::of::<RunImport>(),
        delete: Deed::of::<DeleteImport>(),
    };
    let question = Question::new_with_options(
        move || deeds.check.version() + deeds.run.version(),
        move |_| load_import(id.clone()),
        false,
    );
    view! {
        <Transition fallback=ImportSkeleton>
            <Loaded question deeds/>
        </Transition>
    }
    .into_any()
}

#[component]
fn ImportSkeleton() -> impl IntoView {
    view! {
        <div class="bones" aria-busy="true">
            <p class="visually-hidden" role="status">"Loading the import"</p>
            <header class="head"><div class="head__text"><h1>"Import"</h1></div></header>
            <div class="panel" aria-hidden="true"><span class="bone bone--long"></span><span class="bone bone--long"></span><span class="bone"></span></div>
        </div>
    }
    .into_any()
}

/// The newest good answer, and the error when a later one was none.
#[derive(Clone, PartialEq)]
struct Latest {
    answer: Option<ImportAnswer>,
    error: Option<AppError>,
}

#[component]
fn Loaded(question: Question, deeds: Deeds) -> impl IntoView {
    let latest = Memo::new(move |before: Option<&Latest>| {
        let held = before.and_then(|latest| latest.answer.clone());
        match question.get() {
            None => Latest {
                answer: held,
                error: None,
            },
            Some(Ok(answer)) => Latest {
                answer: Some(answer),
                error: None,
            },
            Some(Err(error)) => Latest {
                answer: held.filter(|_| !matches!(error, AppError::Refused(_))),
                error: Some(error),
            },
        }
    });
    use_poll(
        PAUSE,
        move || {
            question.track();
            latest.with(|latest| {
                let answer = latest.answer.as_ref();
                answer.is_some_and(|answer| is_moving(answer.import.status))
            })
        },
        move || question.refetch(),
    );
    // Numbers move in place; what can be done is made anew when it stands elsewhere.
    let status = Memo::new(move |_| {
        latest.with(|latest| match (&latest.answer, &latest.error) {
            (Some(answer), _) => Some(Ok(answer.import.status)),
            (None, error) => error.clone().map(Err),
        })
    });
    move || match status.get() {
        None => ().into_any(),
        Some(Err(AppError::Refused(Refusal::NotFound { .. }))) => {
            view! { <NotFoundPage/> }.into_any()
        }
        Some(Err(error)) => view! {
            <PageHeader title="Import"/>
            <Trouble error/>
        }
        .into_any(),
        Some(Ok(status)) => {
            let held = move || latest.with(|latest| latest.answer.clone());
            let Some(first) = untrack(held) else {
                return ().into_any();
            };
            let answer = Signal::derive(move || held().unwrap_or_else(|| first.clone()));
            let outdated = move || {
                latest
                    .with(|latest| latest.error.clone())
                    .map(|error| view! { <Trouble error/> })
            };
            view! {
                <Head answer deeds/>
                {outdated}
                <Content status answer deeds/>
            }
            .into_any()
        }
    }
}

#[component]
fn Head(answer: Signal<ImportAnswer>, deeds: Deeds) -> impl IntoView {
    let import = answer.get_untracked().import;
    let crumbs = vec![
        Crumb::new(Route::Contacts.href(), "Contacts"),
        Crumb::new(ContactsParams::of_tab(Tab::Imports).href(), "Imports"),
    ];
    let status = import.status;
    let forget = (!is_moving(status)).then(|| {
        view! {
            <DeedForm action=deeds.delete>
                <input type="hidden" name="id" value=import.id/>
                <button type="submit" class="button" title="Contacts that were imported stay">"Forget this file"</button>
            </DeedForm>
        }
    });
    let badge = view! {
        <span class=format!("pill {}", status_class(status))>
            <i class="pill__dot" aria-hidden="true"></i>
            <span>{status_label(status)}</span>
        </span>
    };
    let refused = move || {
        [deeds.check, deeds.run, deeds.delete]
            .into_iter()
            .filter_map(|deed| deed.answer().and_then(Result::err))
            .map(|error| view! { <Trouble error/> })
            .collect_view()
    };
    view! {
        <PageHeader title=import.file crumbs badge=move || badge actions=move || forget/>
        {refused}
    }
    .into_any()
}

#[component]
fn Content(status: ImportStatus, answer: Signal<ImportAnswer>, deeds: Deeds) -> impl IntoView {
    let said = move || answer.with(|answer| sentence(&answer.import));
    let problem = answer.with_untracked(|answer| answer.import.problem.clone());
    let lead = view! { <p class="panel__lead">{said}</p> };
    match status {
        ImportStatus::Uploaded => view! {
            <MappingForm answer=answer.get_untracked() action=deeds.check/>
        }
        .into_any(),
        ImportStatus::Checking | ImportStatus::Running => view! {
            <section class="panel" aria-labelledby="progress-title">
                <h2 id="progress-title" class="panel__title">{status_label(status)}</h2>
                {lead}
                <Bar answer/>
                <Counts answer/>
                <p class="field__hint">"It goes on when you leave this page."</p>
            </section>
        }
        .into_any(),
        ImportStatus::Checked => view! {
            <section class="panel" aria-labelledby="checked-title">
                <h2 id="checked-title" class="panel__title">"Checked"</h2>
                {lead}
                <Counts answer/>
                <Errors answer/>
                <ImportButton answer action=deeds.run/>
            </section>
            <details class="panel more">
                <summary class="more__open">"Read the file in another way"</summary>
                <MappingForm answer=answer.get_untracked() action=deeds.check/>
            </details>
        }
        .into_any(),
        ImportStatus::Done => view! {
            <section class="panel" aria-labelledby="done-title">
                <h2 id="done-title" class="panel__title">"Done"</h2>
                {lead}
                <Counts answer/>
                <Errors answer/>
                <Done answer/>
            </section>
        }
        .into_any(),
        ImportStatus::Failed => view! {
            <section class="panel" aria-labelledby="failed-title">
                <h2 id="failed-title" class="panel__title">"It could not be finished"</h2>
                {lead}
                {problem.map(|problem| view! { <Notice tone=Tone::Bad>{problem}</Notice> })}
                <Counts answer/>
                <Errors answer/>
                <div class="form__actions"><a class="button button--primary" href=Route::NewImport.href()>"Upload it again"</a></div>
            </section>
        }
        .into_any(),
    }
}
