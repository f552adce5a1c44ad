//! What a person changes with a form: sent by one piece of code, whatever it changes.

use domain::Refusal;
use leptos::{
    ev::SubmitEvent,
    form::form_data_from_event,
    html::Form,
    prelude::*,
    server::codee::Decoder,
    server_fn::ServerFn,
    web_sys::{FormData, HtmlFormElement, UrlSearchParams},
};
use serde::de::DeserializeOwned;

use super::{
    notice::sentence,
    returned::{PAGE_FIELD, Typed, is_said, page, returned_to},
};
use crate::{codec::Json, error::AppError};

/// A server function that forms call.
///
/// `ServerAction` and `ActionForm` read a form into the function's arguments, write these as a form again, and are
/// compiled for every function. The server reads plain forms anyway, from browsers without scripts: so the fields go
/// there as they are, and the browser gets this code once.
#[derive(Clone, Copy)]
pub struct Deed {
    path: &'static str,
    sent: Action<String, Result<String, AppError>>,
    /// What was typed into the form that this page is the answer to.
    typed: StoredValue<Option<Typed>>,
    /// Whether a form without scripts has done it just before.
    was_done: bool,
}

impl Deed {
    /// The deed that `F` does.
    ///
    /// # On the server
    /// On the page that answers a plain form, the refusal is its answer.
    #[must_use]
    pub fn of<F: ServerFn<Error = AppError>>() -> Self {
        Self::at(F::PATH)
    }

    fn at(path: &'static str) -> Self {
        let (refused, typed) = returned_to(path).unzip();
        Self {
            path,
            sent: Action::new_with_value(refused.map(Err), move |fields: &String| {
                post(path, fields.clone())
            }),
            typed: StoredValue::new(typed),
            was_done: is_said(path),
        }
    }

    /// The last answer as the page tells it: also that a form without scripts has done it just before, and led back
    /// here. For sentences only; what follows from an answer has followed then.
    #[must_use]
    pub fn told(self) -> Option<Result<(), AppError>> {
        self.answer().or_else(|| self.was_done.then_some(Ok(())))
    }

    /// What was typed into the form whose refusal this page is. None once something was answered since, and wherever
    /// scripts send forms: there what was typed stands in the form still.
    #[must_use]
    pub fn typed(self) -> Option<Typed> {
        if self.sent.version().get_untracked() > 0 {
            return None;
        }
        self.typed.get_value()
    }

    /// What a field is to hold: what was typed if the form came back, else what was saved.
    #[must_use]
    pub fn kept(self, name: &str, saved: Option<String>) -> Option<String> {
        match self.typed() {
            Some(typed) => typed.get(name).map(str::to_owned),
            None => saved,
        }
    }

    /// Whether a box or a choice of this value is to be set: as it was if the form came back, else as saved.
    #[must_use]
    pub fn chosen(self, name: &str, value: &str, saved: bool) -> bool {
        self.typed().map_or(saved, |typed| typed.has(name, value))
    }

    /// The field that the last answer refused, and why, as a sentence.
    #[must_use]
    pub fn refused(self) -> Option<(String, String)> {
        match self.answer() {
            Some(Err(AppError::Refused(Refusal::Invalid { field, message }))) => {
                Some((field, sentence(&message)))
            }
            _ => None,
        }
    }

    /// The last answer, as far as most care: done, or why not. None before the first.
    #[must_use]
    pub fn answer(self) -> Option<Result<(), AppError>> {
        Some(self.sent.value().get()?.map(drop))
    }

    /// The last answer with what the function returned.
    ///
    /// # Errors
    /// As the function says; and [`AppError::Transport`] when it returned something else than `T`.
    #[must_use]
    pub fn returned<T: DeserializeOwned>(self) -> Option<Result<T, AppError>> {
        let answer = self.sent.value().get()?;
        Some(answer.and_then(|json| Json::decode(&json).map_err(|_| AppError::Transport)))
    }

    /// Whether an answer is awaited.
    #[must_use]
    pub fn pending(self) -> Memo<bool> {
        self.sent.pending()
    }

    /// Does it with the fields of a form, as they are at the moment, without the form being submitted.
    pub fn send(self, form: &HtmlFormElement) {
        if let Some(fields) = form_text(form) {
            self.sent.dispatch(fields);
        }
    }

    /// Grows with each answer.
    #[must_use]
    pub fn version(self) -> usize {
        self.sent.version().get()
    }

    /// Grows with each answer that was no refusal: a form that is made anew with what was saved keeps what was typed
    /// until it is.
    #[must_use]
    pub fn done(self) -> Memo<usize> {
        Memo::new(move |before: Option<&usize>| {
            let version = self.version();
            match self.answer() {
                Some(Ok(())) => version,
                _ => before.copied().unwrap_or_default(),
            }
        })
    }
}

/// A form that does a deed. Its fields are named as the function's arguments.
///
/// # On the server
/// A plain form, which works without scripts.
#[component]
pub fn DeedForm(
    /// What sending it does.
    action: Deed,
    /// The form, for who has to reach it.
    #[prop(optional)]
    form: NodeRef<Form>,
    /// Called once it is on its way. A prop and no `on:submit`: a listener that is spread onto a component stays on the
    /// element when the component is made anew, and calls into what is gone.
    #[prop(optional, into)]
    on_send: Option<Callback<()>>,
    /// The fields, and a button.
    children: Children,
) -> impl IntoView {
    let send = move |event: SubmitEvent| {
        if event.default_prevented() {
            return;
        }
        // Fields that can't be read leave the form to the browser, which sends it as without scripts.
        if let Some(fields) = fields(&event) {
            event.prevent_default();
            action.sent.dispatch(fields);
            if let Some(on_send) = on_send {
                on_send.run(());
            }
        }
    };
    let page = page().map(|page| view! { <input type="hidden" name=PAGE_FIELD value=page/> });
    view! { <form node_ref=form action=action.path method="post" on:submit=send>{children()}{page}</form> }
}

/// The fields of the form, encoded as a browser sends them.
pub(super) fn fields(event: &SubmitEvent) -> Option<String> {
    encode(&form_data_from_event(event).ok()?)
}

/// The fields of a form as they are at the moment, encoded as a browser sends them.
#[must_use]
pub fn form_text(form: &HtmlFormElement) -> Option<String> {
    encode(&FormData::new_with_form(form).ok()?)
}

fn encode(data: &FormData) -> Option<String> {
    let fields = UrlSearchParams::new_with_str_sequence_sequence(data).ok()?;
    fields.to_string().as_string()
}

#[cfg(feature = "hydrate")]
async fn post(path: &'static str, fields: String) -> Result<String, AppError> {
    use leptos::{
        prelude::FromServerFnError,
        server_fn::{
            client::{Client, browser::BrowserClient},
            redirect::call_redirect_hook,
            request::{ClientReq, browser::BrowserRequest},
            response::{ClientRes, browser::BrowserResponse},
        },
    };

    const FORM: &str = "application/x-www-form-urlencoded";
    // What isn't text/html is answered with the result instead of a way back to the page.
    const ANSWER: &str = "application/json";

    let request: BrowserRequest = ClientReq::<AppError>::try_new_post(path, FORM, ANSWER, fields)?;
    let response: BrowserResponse = <BrowserClient as Client<AppError>>::send(request).await?;
    let status = ClientRes::<AppError>::status(&response);
    let elsewhere = ClientRes::<AppError>::has_redirect(&response)
        .then(|| ClientRes::<AppError>::location(&response));
    if (400..=599).contains(&status) {
        return Err(AppError::de(
            ClientRes::<AppError>::try_into_bytes(response).await?,
        ));
    }
    let answer = ClientRes::<AppError>::try_into_string(response).await?;
    if let Some(path) = elsewhere {
        call_redirect_hook(&path);
    }
    Ok(answer)
}

#[cfg(not(feature = "hydrate"))]
async fn post(_: &'static str, _: String) -> Result<String, AppError> {
    Err(AppError::Unavailable)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::ui::{Returned, provide_returned};

    fn refused() -> Returned {
        Returned {
            function: "/ui/pause7".to_owned(),
            page: "/campaigns/c/details?tab=a".to_owned(),
            error: Refusal::invalid("at", "give a day").into(),
            typed: Typed::of_form("at=soon&how=here&password=s", |name| name == "password"),
        }
    }

    #[test]
    fn a_form_works_without_scripts_and_its_page_says_why_it_was_refused() {
        Owner::new().with(|| {
            provide_context(refused());
            provide_returned();
            let (pause, other) = (Deed::at("/ui/pause7"), Deed::at("/ui/other7"));
            assert_eq!(pause.answer(), Some(Err(refused().error)));
            assert_eq!(
                pause.refused(),
                Some(("at".to_owned(), "Give a day.".to_owned()))
            );
            assert_eq!(other.answer(), None);
            let html = view! { <DeedForm action=pause><input name="id"/></DeedForm> }.to_html();
            assert!(
                html.starts_with(r#"<form action="/ui/pause7" method="post"><input name="id">"#),
                "{html}"
            );
            // The next answer has to lead back to the page, whose address the browser doesn't have.
            let page = r#"name="__page" value="/campaigns/c/details?tab=a""#;
            assert!(html.contains(page), "{html}");
        });
    }

    #[test]
    fn what_was_typed_comes_back_to_its_form_alone() {
        Owner::new().with(|| {
            provide_context(refused());
            provide_returned();
            let (pause, other) = (Deed::at("/ui/pause7"), Deed::at("/ui/other7"));
            let saved = || Some("saved".to_owned());
            assert_eq!(pause.kept("at", saved()).as_deref(), Some("soon"));
            assert_eq!(pause.kept("password", saved()), None);
            assert!(pause.chosen("how", "here", false) && !pause.chosen("how", "there", true));
            assert_eq!(other.kept("at", saved()), saved());
            assert!(other.chosen("how", "there", true));
        });
    }
}
