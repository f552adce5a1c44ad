//! The sections of one's own account.

use leptos::prelude::*;

use super::{
    api::{
        ActivateFactor, BeginFactor, EndOtherSessions, EndSession, SwitchOffFactor, load_account,
    },
    factor::SecondFactor,
    sessions::Sessions,
};
use crate::{codec::Json, layout::Trouble, ui::Deed};

/// What can be done with the second factor.
#[derive(Clone, Copy)]
pub(super) struct FactorDeeds {
    pub(super) begin: Deed,
    pub(super) activate: Deed,
    pub(super) switch_off: Deed,
}

/// Where one is signed in, and the second factor.
#[component]
pub(in crate::preferences) fn Account() -> impl IntoView {
    let (end, end_others) = (Deed::of::<EndSession>(), Deed::of::<EndOtherSessions>());
    let factor = FactorDeeds {
        begin: Deed::of::<BeginFactor>(),
        activate: Deed::of::<ActivateFactor>(),
        switch_off: Deed::of::<SwitchOffFactor>(),
    };
    let changes = move || {
        let all = [
            end,
            end_others,
            factor.begin,
            factor.activate,
            factor.switch_off,
        ];
        all.into_iter().map(Deed::version).sum::<usize>()
    };
    let account = Resource::<_, Json>::new_with_options(changes, |_| load_account(), false);
    let content = move || {
        account.get().map(|answer| match answer {
            Ok(account) => view! {
                <Sessions sessions=account.sessions end end_others/>
                <SecondFactor info=account.factor codes=account.codes deeds=factor/>
            }
            .into_any(),
            Err(error) => view! { <Trouble error/> }.into_any(),
        })
    };
    let wait = || {
        view! {
            <div class="panel bones" aria-busy="true">
                <p class="visually-hidden" role="status">"Loading your sessions"</p>
                <div aria-hidden="true"><span class="bone bone--long"></span><span class="bone"></span></div>
            </div>
        }
    };
    view! { <Transition fallback=wait>{content}</Transition> }.into_any()
}
