//! From what an admin fills in to what is kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use carrier::{
    Network, Settings, SettingsError,
    send::{self, push},
};
use domain::{
    Refusal,
    carrier::{AccountForm, Field, Protocol},
};
use store::{AccountRow, AccountValues, Result, WorkspaceId};

use super::Vault;

/// Longest value of a field, in bytes: a service account's JSON takes 2,400.
const FIELD_BYTES_MAX: usize = 16 * 1024;

/// Settings that say where an account's secrets are sent, and as whom.
const DESTINATION: [&str; 7] = [
    "host",
    "port",
    "security",
    "username",
    "api_base",
    "account_sid",
    "phone_number_id",
];
/// Secrets that are never sent: they verify what arrives, or sign.
const STAYS_HERE: [&str; 5] = [
    "bounce_token",
    "app_secret",
    "verify_token",
    "identity_key",
    "private_key",
];

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
    let (mut settings, mut given) = (BTreeMap::new(), BTreeSet::new());
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
            (true, false) => {
                given.insert(name.clone());
                secrets.insert(name, value);
            }
            (false, false) => drop(settings.insert(name, value)),
        }
    }
    if let Some(before) = before {
        check_destination(before, &settings, &given)?;
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

/// Refuses to send kept secrets elsewhere: whoever changes where an account is, or as whom it is used, types its secrets
/// again. Otherwise a stored password would go to whatever host is entered next.
fn check_destination(
    before: &AccountRow,
    settings: &BTreeMap<String, String>,
    given: &BTreeSet<String>,
) -> Result<()> {
    let fields = before.protocol.fields();
    let is_changed = |field: &&Field| {
        let first = field
            .choices
            .first()
            .map_or(field.standard, |choice| choice.0);
        let held = |settings: &BTreeMap<String, String>| {
            settings
                .get(field.name)
                .map_or(first, String::as_str)
                .to_owned()
        };
        DESTINATION.contains(&field.name) && held(&before.settings) != held(settings)
    };
    let Some(changed) = fields.iter().find(is_changed) else {
        return Ok(());
    };
    let is_wanting = |field: &&Field| {
        field.is_secret
            && !STAYS_HERE.contains(&field.name)
            && before.secret_names.iter().any(|name| name == field.name)
            && !given.contains(field.name)
    };
    match fields.iter().find(is_wanting) {
        None => Ok(()),
        Some(secret) => {
            let message = format!(
                "Type it again: {} changed, and a kept secret is sent nowhere new.",
                changed.label
            );
            Err(Refusal::invalid(secret.name, message).into())
        }
    }
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

    /// The account as the store gives it back.
    fn kept(values: AccountValues) -> AccountRow {
        AccountRow {
            pk: 1,
            workspace: WorkspaceId(1),
            id: "a".to_owned(),
            name: values.name,
            protocol: values.protocol,
            settings: values.settings,
            secrets: values.secrets,
            secret_names: values.secret_names,
            senders: values.senders,
            per_second: values.per_second,
            webhook_key: "k".to_owned(),
            trouble: None,
            resume_at: None,
            version: 1,
            last_event_at: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_kept_secret_goes_nowhere_new() {
        const TOKEN: &str = "0123456789abcdef";
        let vault = Vault::with_key("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let network = Network {
            allows_private: true,
        };
        let save = |before: Option<&AccountRow>, changes: &[(&str, &str)]| {
            let mut fields: BTreeMap<String, String> = [
                ("host", "127.0.0.1"),
                ("security", "none"),
                ("username", "mailer"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
            fields.extend(
                changes
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
            );
            let form = AccountForm {
                name: "Relay".to_owned(),
                protocol: "smtp".to_owned(),
                fields: fields.into_iter().collect(),
                ..AccountForm::default()
            };
            checked_form((&vault, &network), WorkspaceId(1), before, form)
        };
        let before = kept(save(None, &[("password", "S3cret"), ("bounce_token", TOKEN)]).unwrap());
        for same in [&[][..], &[("connections", "4")], &[("port", "")]] {
            let values = save(Some(&before), same).unwrap();
            assert_eq!(values.secret_names, before.secret_names, "{same:?}");
        }
        for (name, value) in [
            ("host", "127.0.0.2"),
            ("port", "4247"),
            ("security", "starttls"),
            ("username", "other"),
        ] {
            let refused = save(Some(&before), &[(name, value)]).unwrap_err();
            let expected = matches!(
                &refused,
                store::Error::Refused(Refusal::Invalid { field, .. }) if field == "password"
            );
            assert!(expected, "{name}: {refused}");
            // The token for bounces is sent nowhere: it stays.
            let values = save(Some(&before), &[(name, value), ("password", "N3w")]).unwrap();
            let secrets = vault.open(WorkspaceId(1), &values.secrets).unwrap();
            let secrets = (
                secrets["password"].as_str(),
                secrets["bounce_token"].as_str(),
            );
            assert_eq!(secrets, ("N3w", TOKEN));
        }
    }

    #[test]
    fn every_setting_that_names_a_place_is_a_destination() {
        for protocol in Protocol::ALL {
            let fields = protocol.fields();
            let sends = fields
                .iter()
                .any(|field| field.is_secret && !STAYS_HERE.contains(&field.name));
            for field in fields.iter().filter(|field| sends && !field.is_secret) {
                let names_place = [
                    "host", "port", "base", "url", "user", "security", "endpoint", "region", "_sid",
                ]
                .iter()
                .any(|word| field.name.contains(word));
                let is_known = DESTINATION.contains(&field.name)
                    // Which of the account's own services sends: still at the same place.
                    || field.name == "messaging_service_sid";
                assert!(!names_place || is_known, "{protocol}: {}", field.name);
            }
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
