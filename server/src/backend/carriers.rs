//! Accounts at carriers, for admins.

use app::backend::{Answer, CarriersBackend};
use domain::carrier::{AccountForm, AccountInfo, AuditPage};

use super::RequestBackend;
use crate::{
    auth::{Action, Signed},
    carriers::checked_form,
    state::AppState,
};

impl CarriersBackend for RequestBackend {
    fn accounts(&self) -> Answer<Vec<AccountInfo>> {
        self.answer(Action::Administer, |state, by| async move {
            let now = state.clock.now();
            state.store.account_infos(by.workspace.id, now).await
        })
    }

    fn save_account(&self, id: Option<String>, form: AccountForm) -> Answer<AccountInfo> {
        self.answer(Action::Administer, move |state, by| async move {
            save(&state, &by, id, form).await
        })
    }

    fn delete_account(&self, id: String) -> Answer<()> {
        self.answer(Action::Administer, move |state, by| async move {
            state.store.delete_account(by.workspace.id, &id).await
        })
    }

    fn check_account(&self, id: String) -> Answer<()> {
        self.answer(Action::Administer, move |state, by| async move {
            check(&state, &by, &id).await
        })
    }

    fn test_event(&self, _id: String) -> Answer<()> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }

    fn audit(&self, _cursor: Option<String>) -> Answer<AuditPage> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
}

async fn save(
    state: &AppState,
    by: &Signed,
    id: Option<String>,
    form: AccountForm,
) -> store::Result<AccountInfo> {
    let (store, ws) = (&state.store, by.workspace.id);
    let vault = state.carriers.vault();
    let row = match id {
        Some(id) => {
            let before = store.account(ws, &id).await?;
            let values = checked_form(vault, ws, Some(&before), form)?;
            store.update_account(ws, &id, &values).await?
        }
        None => {
            let values = checked_form(vault, ws, None, form)?;
            store.create_account(ws, &values, state.clock.now()).await?
        }
    };
    Ok(row.info())
}

/// Asks the carrier, and remembers what it said.
async fn check(state: &AppState, by: &Signed, id: &str) -> store::Result<()> {
    let account = state.store.account(by.workspace.id, id).await?;
    let answer = state.carriers.of(&account)?.check().await;
    let trouble = answer.err();
    state
        .store
        .set_account_trouble(account.pk, trouble.as_deref())
        .await?;
    match trouble {
        None => Ok(()),
        Some(words) => Err(domain::Refusal::Conflict(words).into()),
    }
}
