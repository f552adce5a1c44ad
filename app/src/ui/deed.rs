//! What a person changes with a form: sent by one piece of code, whatever it changes.

use leptos::{
    ev::SubmitEvent,
    form::form_data_from_event,
    html::Form,
    prelude::*,
    server::{ServerActionError, codee::Decoder},
    server_fn::{ServerFn, error::ServerFnUrlError},
    web_sys::{FormData, HtmlFormElement, UrlSearchParams},
};
use serde::de::DeserializeOwned;

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
}

impl Deed {
    /// The deed that `F` does.
    ///
    /// # On the server
    /// After a plain form that was refused, the refusal is its answer.
    #[must_use]
    pub fn of<F: ServerFn<Error = AppError>>() -> Self {
        Self::at(F::PATH)
    }

    fn at(path: &'static str) -> Self {
        let refused = use_context::<ServerActionError>()
            .filter(|error| error.path() == path)
            .map(|error| Err(ServerFnUrlError::<AppError>::decode_err(error.err())));
        Self {
            path,
            sent: Action::new_with_value(refused, move |fields: &String| {
                post(path, fields.clone())
            }),
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
    view! { <form node_ref=form action=action.path method="post" on:submit=send>{children()}</form> }
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

    #[test]
    fn a_form_works_without_scripts_and_its_page_says_why_it_was_refused() {
        let refusal = ServerFnUrlError::new("/ui/pause", AppError::Unavailable);
        let page = refusal.to_url("http://localhost/").unwrap();
        let (_, said) = page.query_pairs().find(|(key, _)| key == "__err").unwrap();
        Owner::new().with(|| {
            provide_context(ServerActionError::new("/ui/pause", &said));
            let (pause, other) = (Deed::at("/ui/pause"), Deed::at("/ui/other"));
            assert_eq!(pause.answer(), Some(Err(AppError::Unavailable)));
            assert_eq!(other.answer(), None);
            let html = view! { <DeedForm action=pause><input name="id"/></DeedForm> }.to_html();
            assert!(
                html.starts_with(r#"<form action="/ui/pause" method="post"><input name="id">"#),
                "{html}"
            );
        });
    }
}
