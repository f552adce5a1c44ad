//! What a template gets when it names something.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use minijinja::{Value, value::Object};

use crate::{MessageUrls, Values, html::escape};

/// The addresses of one link: plain, for texts, and escaped, for HTML.
#[derive(Clone, Debug)]
pub(crate) struct LinkAddress {
    pub(crate) text: Value,
    pub(crate) html: Value,
}

impl LinkAddress {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            text: Value::from(url),
            html: Value::from_safe_string(escape(url)),
        }
    }
}

/// The values of one person with the addresses of one message. Names of ours begin with two underscores, which no
/// template of a user may: `__l3` and `__t3` are the third link in HTML and in text, `__u` and `__v` the unsubscribe
/// and preferences pages in HTML, `__p` the pixel.
pub(crate) struct Lookup {
    values: Values,
    own: BTreeMap<String, Value>,
    links: Arc<[LinkAddress]>,
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    last_absent: Option<String>,
    stand_ins: BTreeMap<String, Value>,
}

impl Lookup {
    /// `links` are the own addresses of the links, in order of position.
    pub(crate) fn new(values: &Values, urls: &MessageUrls, links: &Arc<[LinkAddress]>) -> Self {
        let mut own = BTreeMap::new();
        let preferences = if urls.preferences.is_empty() {
            &urls.unsubscribe
        } else {
            &urls.preferences
        };
        for (text_name, html_name, url) in [
            ("unsubscribe_url", "__u", &urls.unsubscribe),
            ("preferences_url", "__v", preferences),
        ] {
            if !url.is_empty() {
                let address = LinkAddress::new(url);
                own.insert(text_name.to_owned(), address.text);
                own.insert(html_name.to_owned(), address.html);
            }
        }
        if let Some(pixel) = &urls.pixel {
            own.insert("__p".to_owned(), LinkAddress::new(pixel).html);
        }
        for (position, url) in &urls.links {
            let address = LinkAddress::new(url);
            own.insert(format!("__t{position}"), address.text);
            own.insert(format!("__l{position}"), address.html);
        }
        Self {
            values: values.clone(),
            own,
            links: Arc::clone(links),
            asked: Mutex::default(),
        }
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last name that was asked for in vain.
    pub(crate) fn last_absent(&self) -> Option<String> {
        self.asked().last_absent.take()
    }

    /// From now on this name has a value.
    pub(crate) fn stand_in(&self, name: &str, value: &str) {
        self.asked()
            .stand_ins
            .insert(name.to_owned(), Value::from(value));
    }

    pub(crate) fn stands_in(&self, name: &str) -> bool {
        self.asked().stand_ins.contains_key(name)
    }

    fn find(&self, name: &str) -> Option<Value> {
        if let Some(value) = self
            .own
            .get(name)
            .cloned()
            .or_else(|| self.values.value(name))
        {
            return Some(value);
        }
        if let Some(rest) = name.strip_prefix("__") {
            let (form, position) = rest.split_at_checked(1)?;
            let link = self
                .links
                .get(position.parse::<usize>().ok()?.checked_sub(1)?)?;
            return match form {
                "t" => Some(link.text.clone()),
                "l" => Some(link.html.clone()),
                _ => None,
            };
        }
        None
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup")
    }
}

impl Object for Lookup {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        if let Some(value) = self.find(name) {
            return Some(value);
        }
        let mut asked = self.asked();
        if let Some(value) = asked.stand_ins.get(name) {
            return Some(value.clone());
        }
        asked.last_absent = Some(name.to_owned());
        None
    }
}
