//! What the carrier pages ask and change. Secrets go in and never come out.

use std::collections::BTreeMap;

use domain::carrier::AccountInfo;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// All accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// The accounts.
    #[serde(default)]
    pub accounts: Vec<AccountInfo>,
    /// Where this server is reached, such as `https://reports.example`.
    pub address: String,
}

/// Reads all accounts.
#[server(input = GetUrl)]
pub async fn load_accounts() -> Result<Accounts, AppError> {
    Ok(Accounts {
        accounts: crate::backend::backend()?.accounts().await?,
        address: crate::address::address(),
    })
}

/// Adds an account, or changes the one with this id; a secret that is left empty then stays. Senders stand one to a line.
#[server]
pub async fn save_account(
    id: String,
    name: String,
    protocol: String,
    #[server(default)] fields: BTreeMap<String, String>,
    senders: String,
    per_second: String,
) -> Result<(), AppError> {
    let form = super::reading::form_of(&name, &protocol, fields, &senders, &per_second)?;
    let id = Some(id).filter(|id| !id.is_empty());
    let is_new = id.is_none();
    let saved = crate::backend::backend()?.save_account(id, form).await?;
    // Of an account that was there, one is on its page.
    if is_new {
        leptos_axum::redirect(&crate::routes::Route::Carrier(saved.id).href());
    }
    Ok(())
}

/// Deletes an account, and shows the others.
#[server]
pub async fn delete_account(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.delete_account(id).await?;
    leptos_axum::redirect(&crate::routes::Route::Carriers.href());
    Ok(())
}

/// Asks the carrier whether the account works.
#[server]
pub async fn check_account(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.check_account(id).await
}

/// Posts an event to the account's own webhook, signed as its provider signs.
#[server]
pub async fn test_event(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.test_event(id).await
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::posted::posted;

    #[test]
    fn the_form_of_an_account_is_understood() {
        let read: SaveAccount = posted(&[
            ("id", "a_1"),
            ("protocol", "twilio"),
            ("name", "Twilio"),
            ("fields[account_sid]", "AC1"),
            ("fields[auth_token]", ""),
            ("senders", "+34600\r\n+34601"),
            ("per_second", ""),
        ])
        .unwrap();
        assert_eq!(read.fields["account_sid"], "AC1");
        assert_eq!(read.fields["auth_token"], "");
        assert_eq!(read.senders.lines().count(), 2);
    }
}
