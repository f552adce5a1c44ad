//! From the form of a contact to what is saved.

use std::collections::BTreeMap;

use domain::{
    Channel, Refusal,
    contact::{Consent, Contact, NewContact},
};

use super::view_model::consent_named;

/// The form of a contact, as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// The caller's own id.
    pub external_id: String,
    /// Name.
    pub name: String,
    /// Phone number.
    pub phone: String,
    /// Mailbox.
    pub email: String,
    /// IANA zone.
    pub time_zone: String,
    /// Names of attributes, by row.
    pub names: BTreeMap<String, String>,
    /// Their values, by row.
    pub values: BTreeMap<String, String>,
    /// Wire names of consents, by channel.
    pub consents: BTreeMap<String, String>,
    /// Whether the person themself agreed anew.
    pub is_renewed: bool,
}

/// What to save. A field that held something and is empty now is removed (`Some("")`), unless the person only saw it
/// masked: then empty means *as it was*. Attributes that are gone from the form are removed.
///
/// # Errors
/// [`Refusal::Invalid`] for a value without a name, and for a consent nobody knows.
pub fn contact_of(
    typed: Typed,
    before: Option<&Contact>,
    sees_all: bool,
) -> Result<NewContact, Refusal> {
    let field = |text: String, held: Option<&str>, may_clear: bool| {
        let text = text.trim().to_owned();
        let is_cleared = text.is_empty() && may_clear && held.is_some_and(|held| !held.is_empty());
        (!text.is_empty() || is_cleared).then_some(text)
    };
    let held = |of: fn(&Contact) -> Option<&String>| before.and_then(of).map(String::as_str);
    let mut contact = NewContact {
        external_id: field(
            typed.external_id,
            held(|contact| contact.external_id.as_ref()),
            true,
        ),
        name: field(typed.name, held(|contact| Some(&contact.name)), true),
        phone: field(typed.phone, held(|c| c.phone.as_ref()), sees_all),
        email: field(typed.email, held(|c| c.email.as_ref()), sees_all),
        time_zone: field(typed.time_zone, held(|c| c.time_zone.as_ref()), true),
        is_renewed: typed.is_renewed,
        ..NewContact::default()
    };
    for (row, name) in &typed.names {
        let value = typed.values.get(row).map_or("", |value| value.trim());
        match (name.trim(), value) {
            ("", "") => {}
            ("", _) => return Err(Refusal::invalid("Attributes", "give each value a name")),
            (name, value) => {
                contact.attributes.insert(name.to_owned(), value.to_owned());
            }
        }
    }
    let gone = before
        .into_iter()
        .flat_map(|before| before.attributes.keys());
    for name in gone {
        contact.attributes.entry(name.clone()).or_default();
    }
    for (channel, consent) in typed.consents {
        let (Ok(channel), Some(consent)) = (channel.parse::<Channel>(), consent_named(&consent))
        else {
            return Err(Refusal::invalid("Consent", "choose one of the three"));
        };
        contact.consents.insert(channel, consent);
    }
    // Nothing to say about what nothing was said of.
    contact.consents.retain(|channel, consent| {
        let known = before.map_or(Consent::Unknown, |before| {
            before.consents[usize::from(channel.code())]
        });
        *consent != known
    });
    Ok(contact)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::view_model::tests::ana;

    fn row(text: &str) -> BTreeMap<String, String> {
        [("r0".to_owned(), text.to_owned())].into()
    }

    #[test]
    fn what_is_cleared_is_removed_but_nothing_that_was_masked() {
        let typed = Typed {
            name: "Ana María".into(),
            ..Typed::default()
        };
        let admin = contact_of(typed.clone(), Some(&ana()), true).unwrap();
        assert_eq!(admin.name.as_deref(), Some("Ana María"));
        assert_eq!(admin.phone.as_deref(), Some(""));
        assert_eq!(admin.external_id, None);
        let editor = contact_of(typed.clone(), Some(&ana()), false).unwrap();
        assert_eq!((editor.phone, editor.email), (None, None));
        let new = contact_of(typed, None, true).unwrap();
        assert_eq!((new.phone, new.email), (None, None));
    }

    #[test]
    fn an_attribute_that_is_gone_from_the_form_is_removed() {
        let typed = Typed {
            names: row("size"),
            values: row(" M "),
            ..Typed::default()
        };
        let saved = contact_of(typed, Some(&ana()), true).unwrap();
        let shown: Vec<_> = saved.attributes.into_iter().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(shown, [pair("city", ""), pair("size", "M")]);
        let nameless = Typed {
            names: row(""),
            values: row("M"),
            ..Typed::default()
        };
        assert!(contact_of(nameless, None, true).is_err());
    }

    #[test]
    fn only_consents_that_changed_are_sent() {
        let consents = |pairs: &[(&str, &str)]| Typed {
            consents: pairs
                .iter()
                .map(|(channel, consent)| ((*channel).to_owned(), (*consent).to_owned()))
                .collect(),
            ..Typed::default()
        };
        let same = consents(&[("sms", "subscribed"), ("email", "unsubscribed")]);
        assert!(
            contact_of(same, Some(&ana()), true)
                .unwrap()
                .consents
                .is_empty()
        );
        let left = consents(&[("sms", "unsubscribed")]);
        assert_eq!(
            contact_of(left, Some(&ana()), true).unwrap().consents,
            [(Channel::Sms, Consent::Unsubscribed)].into()
        );
        assert!(contact_of(consents(&[("fax", "subscribed")]), None, true).is_err());
    }
}
