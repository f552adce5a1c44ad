//! Accounts at carriers, for admins.

use app::backend::{Answer, CarriersBackend};
use carrier::hook::{self, Incoming};
use domain::{
    Refusal,
    carrier::{AccountForm, AccountInfo, AuditPage},
};

use super::RequestBackend;
use crate::{
    auth::{Action, Signed, audit},
    carriers::checked_form,
    http::hooks,
    state::AppState,
};

/// Entries of one page of the audit log.
const PAGE_ENTRIES: u32 = 50;

impl CarriersBackend for RequestBackend {
    fn accounts(&self) -> Answer<Vec<AccountInfo>> {
        self.answer(Action::Administer, |state, by| async move {
            let now = state.clock.now();
            state.store.account_infos(by.workspace.id, now).await
        })
    }

    fn save_account(&self, id: Option<String>, form: AccountForm) -> Answer<AccountInfo> {
        self.answer_confirmed(Action::Administer, move |state, by| async move {
            save(&state, &by, id, form).await
        })
    }

    fn delete_account(&self, id: String) -> Answer<()> {
        self.answer_confirmed(Action::Administer, move |state, by| async move {
            let (store, ws) = (&state.store, by.workspace.id);
            let account = store.account(ws, &id).await?;
            store.delete_account(ws, &id).await?;
            audit(&state, &by.principal, "carrier.deleted", &account.name, "").await
        })
    }

    fn check_account(&self, id: String) -> Answer<()> {
        self.answer(Action::Administer, move |state, by| async move {
            check(&state, &by, &id).await
        })
    }

    fn test_event(&self, id: String) -> Answer<()> {
        self.answer(Action::Administer, move |state, by| async move {
            test(&state, &by, &id).await
        })
    }

    fn audit(&self, cursor: Option<String>) -> Answer<AuditPage> {
        self.answer(Action::Administer, move |state, by| async move {
            state
                .store
                .audit_page(by.workspace.id, cursor.as_deref(), PAGE_ENTRIES)
                .await
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
    let (vault, network) = (state.carriers.vault(), state.carriers.network());
    let action = match id {
        Some(_) => "carrier.changed",
        None => "carrier.added",
    };
    let row = match id {
        Some(id) => {
            let before = store.account(ws, &id).await?;
            let values = checked_form((vault, network), ws, Some(&before), form)?;
            store.update_account(ws, &id, &values).await?
        }
        None => {
            let values = checked_form((vault, network), ws, None, form)?;
            store.create_account(ws, &values, state.clock.now()).await?
        }
    };
    audit(state, &by.principal, action, &row.name, "").await?;
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
        Some(words) => Err(Refusal::Conflict(words).into()),
    }
}

/// Takes in an event that is signed as the provider signs, by the road that the provider's own take. Whether the
/// provider reaches this server is for it to show.
async fn test(state: &AppState, by: &Signed, id: &str) -> store::Result<()> {
    let account = state.store.account(by.workspace.id, id).await?;
    let settings = state.carriers.settings(&account)?;
    let url = format!(
        "{}/hooks/{}",
        state.settings.base_url.origin(),
        account.webhook_key
    );
    let signed = hook::sign_test_event(account.protocol, &settings, &url, state.clock.now())
        .map_err(|error| Refusal::Conflict(error.message))?;
    let request = Incoming {
        method: "POST",
        url: &url,
        headers: &signed.headers,
        body: &signed.body,
    };
    let answer = hooks::take(state, &account, &request).await;
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        _ => {
            let text = "The account's own event was not understood. Check its secrets.";
            Err(Refusal::Conflict(text.to_owned()).into())
        }
    }
}
