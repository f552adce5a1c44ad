//! What stands for the placeholders of one person.

use std::{collections::BTreeMap, fmt, sync::Arc};

use domain::contact::{Attributes, Contact};
use minijinja::Value;

/// The fields of a contact that templates may name.
#[derive(Clone, Copy)]
pub struct ContactFields<'a> {
    /// Name, as one would greet them.
    pub name: &'a str,
    /// Mailbox.
    pub email: Option<&'a str>,
    /// E.164 number.
    pub phone: Option<&'a str>,
    /// IANA zone.
    pub time_zone: Option<&'a str>,
    /// The caller's own id.
    pub external_id: Option<&'a str>,
    /// Everything else.
    pub attributes: &'a Attributes,
}

/// Values by the name of their placeholder. An empty value is none. Cheap to clone; `Debug` shows names only.
#[derive(Clone, Default)]
pub struct Values {
    map: Arc<BTreeMap<String, Value>>,
}

impl Values {
    /// None at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of a contact: its attributes, and `name`, `email`, `phone`, `time_zone` and `external_id`, which an
    /// attribute of the same name doesn't replace.
    #[must_use]
    pub fn of(contact: &ContactFields<'_>) -> Self {
        let mut values = Self::new();
        for (name, value) in contact.attributes {
            values.set(name, value);
        }
        for (name, value) in [
            ("name", Some(contact.name)),
            ("email", contact.email),
            ("phone", contact.phone),
            ("time_zone", contact.time_zone),
            ("external_id", contact.external_id),
        ] {
            values.set(name, value.unwrap_or_default());
        }
        values
    }

    /// Those of a whole contact.
    #[must_use]
    pub fn of_contact(contact: &Contact) -> Self {
        Self::of(&ContactFields {
            name: &contact.name,
            email: contact.email.as_deref(),
            phone: contact.phone.as_deref(),
            time_zone: contact.time_zone.as_deref(),
            external_id: contact.external_id.as_deref(),
            attributes: &contact.attributes,
        })
    }

    /// Sets a value, such as `campaign`; a blank one takes it away.
    pub fn set(&mut self, name: &str, value: &str) {
        let map = Arc::make_mut(&mut self.map);
        if value.trim().is_empty() {
            map.remove(name);
        } else {
            map.insert(name.to_owned(), Value::from(value));
        }
    }

    /// A value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.map.get(name).and_then(Value::as_str)
    }

    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        self.map.get(name).cloned()
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.map.keys()).finish()
    }
}
