//! From what an admin fills in to what is kept.

use std::{collections::BTreeMap, str::FromStr};

use carrier::{
    Network, Settings, SettingsError,
    send::{self, push},
};
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
    (vault, network): (&Vault, &Network),
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
    let all = Settings::new(all);
    let refused = |error: SettingsError| Refusal::invalid(error.field, error.message);
    carrier::check_settings(protocol, &all).map_err(refused)?;
    if !protocol.channels().is_empty() {
        // Calls nobody: what can't be used is said here, and not when the first message waits for it.
        send::carrier(protocol, &all, network).map_err(refused)?;
    }
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

/// What nobody types in: the keys of web push. Made once; the public one always follows the private one.
fn made_up(
    protocol: Protocol,
    settings: &mut BTreeMap<String, String>,
    secrets: &mut BTreeMap<String, String>,
) -> Result<()> {
    if protocol != Protocol::WebPush {
        return Ok(());
    }
    let private = "private_key";
    if !secrets.contains_key(private) {
        secrets.insert(private.to_owned(), push::new_vapid_keys().0);
    }
    let key = BTreeMap::from([(private.to_owned(), secrets[private].clone())]);
    let public = push::public_key(&Settings::new(key))
        .map_err(|error| Refusal::invalid(error.field, error.message))?;
    settings.insert("public_key".to_owned(), public);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_that_could_send_nothing_is_refused_at_its_field() {
        let vault = Vault::with_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let check = |protocol: &str, name: &str, value: &str| {
            let form = AccountForm {
                name: "Account".to_owned(),
                protocol: protocol.to_owned(),
                fields: [(name.to_owned(), value.to_owned())].into(),
                ..AccountForm::default()
            };
            let network = Network::default();
            checked_form((&vault, &network), WorkspaceId(1), None, form)
        };
        let kept = check("web_push", "subject", "mailto:push@example.com").unwrap();
        assert!(kept.settings.contains_key("public_key"));
        assert_eq!(kept.secret_names, ["private_key"]);
        for (protocol, name) in [("web_push", "subject"), ("fcm", "service_account")] {
            let refused = check(protocol, name, "nonsense").unwrap_err();
            let expected = matches!(
                &refused,
                store::Error::Refused(Refusal::Invalid { field, .. }) if field == name
            );
            assert!(expected, "{protocol}: {refused}");
        }
    }

    #[test]
    fn web_push_gets_keys_once_and_the_public_one_follows() {
        let (mut settings, mut secrets) = (BTreeMap::new(), BTreeMap::new());
        made_up(Protocol::WebPush, &mut settings, &mut secrets).unwrap();
        let (public, private) = (
            settings["public_key"].clone(),
            secrets["private_key"].clone(),
        );
        made_up(Protocol::WebPush, &mut settings, &mut secrets).unwrap();
        assert_eq!(
            (&settings["public_key"], &secrets["private_key"]),
            (&public, &private)
        );
        let (other, its_public) = push::new_vapid_keys();
        secrets.insert("private_key".to_owned(), other);
        made_up(Protocol::WebPush, &mut settings, &mut secrets).unwrap();
        assert_eq!(settings["public_key"], its_public);
        secrets.insert("private_key".to_owned(), "nonsense".to_owned());
        assert!(made_up(Protocol::WebPush, &mut settings, &mut secrets).is_err());
        let mut none = BTreeMap::new();
        made_up(Protocol::Smtp, &mut none, &mut BTreeMap::new()).unwrap();
        assert!(none.is_empty());
    }
}
