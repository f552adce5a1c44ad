//! Messages nobody knows the fate of, and what a person decides about them.

use domain::{
    sending::{HeldMessage, Progress},
    user::Role,
};
use leptos::prelude::*;

use crate::{
    details::deeds::Deeds,
    number::plural,
    session::Session,
    ui::{Ask, Deed, DeedForm, Words},
};

/// What can be decided: wire name, and what the button says.
const DECISIONS: [(&str, &str); 3] = [
    ("send_again", "Send again"),
    ("take_as_sent", "Take as sent"),
    ("give_up", "Give up"),
];

/// Held messages. Absent while there are none.
#[component]
pub(in crate::details) fn HeldPanel(
    id: String,
    held: Memo<Vec<HeldMessage>>,
    progress: Memo<Progress>,
    deeds: Deeds,
    session: Session,
) -> impl IntoView {
    let all = Memo::new(move |_| progress.with(|progress| progress.uncertain));
    let may_edit = session.may(Role::Editor);
    let title = move || format!("{} held", plural(all.get(), "message", "messages"));
    let any = Memo::new(move |_| all.get() > 0);
    move || {
        let (id, session) = (id.clone(), session.clone());
        any.get().then(|| {
            let for_all = may_edit.then(|| view! { <ForAll id=id.clone() action=deeds.decide/> });
            let rows = {
                let id = id.clone();
                move || {
                    let row = |message| row(&id, message, may_edit, deeds.decide, &session);
                    held.get().into_iter().map(row).collect_view()
                }
            };
            view! {
                <section class="panel" aria-labelledby="held-title">
                    <h2 id="held-title" class="panel__title">{title}</h2>
                    <p class="panel__lead">
                        "The connection broke after they were handed over, so the carrier may have taken them or not. A receipt settles it by itself. Sent again, a person may get a second copy; given up, they may get none."
                    </p>
                    {for_all}
                    <div class="table-frame" tabindex="0" role="region" aria-labelledby="held-title">
                        <table class="table table--stacks">
                            <thead>
                                <tr>
                                    <th scope="col">"Recipient"</th>
                                    <th scope="col">"What happened"</th>
                                    <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                </section>
            }
        })
    }
}

fn row(id: &str, held: HeldMessage, may_edit: bool, action: Deed, session: &Session) -> AnyView {
    let at = session.iso(held.at);
    let recipient = held.recipient.clone();
    let buttons = may_edit.then(|| {
        let id = id.to_owned();
        let buttons = DECISIONS
            .map(|(decision, label)| {
                view! {
                    <button
                        type="submit"
                        class="button button--small"
                        name="decision"
                        value=decision
                        disabled=action.pending()
                        aria-label=format!("{label}: {recipient}")
                    >
                        {label}
                    </button>
                }
            })
            .collect_view();
        view! {
            <DeedForm action attr:class="held__actions">
                <input type="hidden" name="id" value=id/>
                <input type="hidden" name="message" value=held.message/>
                {buttons}
            </DeedForm>
        }
    });
    view! {
        <tr>
            <td>{held.recipient}</td>
            <td class="table__text">
                {held.reason}
                <time class="held__time" datetime=at.clone() title=at>{session.time(held.at)}</time>
            </td>
            <td class="table__end">{buttons}</td>
        </tr>
    }
    .into_any()
}

/// One decision for all of them: it asks first.
#[component]
fn ForAll(id: String, action: Deed) -> impl IntoView {
    let buttons = DECISIONS
        .map(|(decision, label)| {
            let words = Words {
                title: format!("{label}: all held messages?"),
                subject: String::new(),
                text: match decision {
                    "send_again" => "Each of these people may get the message a second time.",
                    "take_as_sent" => "They count as submitted from now on. A receipt that arrives later still counts.",
                    _ => "They count as not sent, and are not handed over again.",
                },
                keep: "Leave them held",
                go: label.to_owned(),
            };
            view! {
                <Ask
                    id=format!("all-{decision}")
                    label=format!("{label}: all")
                    class="button"
                    go_class="button button--primary"
                    words
                    fields=vec![("id", id.clone()), ("decision", decision.to_owned())]
                    action
                />
            }
        })
        .collect_view();
    view! { <div class="form__actions">{buttons}</div> }.into_any()
}
