//! What the contacts show, as it stands in the URL.

use domain::{Channel, contact::ContactQuery};
use serde::{Deserialize, Serialize};

use crate::routes::{Route, with_query};

/// Longest text searched for, in characters.
const SEARCH_CHARS_MAX: usize = 128;

/// A tab of the contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tab {
    /// One row per person.
    #[default]
    People,
    /// Saved lists.
    Lists,
    /// Who is not written to.
    Blocklist,
    /// Files that were brought in.
    Imports,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::People, Self::Lists, Self::Blocklist, Self::Imports];

    /// Wire name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Lists => "lists",
            Self::Blocklist => "blocklist",
            Self::Imports => "imports",
        }
    }

    /// Name shown to people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Lists => "Lists",
            Self::Blocklist => "Blocklist",
            Self::Imports => "Imports",
        }
    }
}

/// The state of the page. Every switch of it is a link to another state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactsParams {
    /// Tab.
    pub tab: Tab,
    /// Part of a name, a number or an address.
    pub q: String,
    /// People of this list only: its id.
    pub list: Option<String>,
    /// People who are blocked on any channel only.
    pub blocked: bool,
    /// The blocklist of this channel only.
    pub channel: Option<Channel>,
    /// Where the page begins.
    pub cursor: Option<String>,
}

impl ContactsParams {
    /// Reads query parameters. What can't be understood falls back to its default.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| get(name).filter(|text| !text.is_empty());
        let q = text("q").unwrap_or_default();
        Self {
            tab: text("tab")
                .and_then(|name| Tab::ALL.into_iter().find(|tab| tab.as_str() == name))
                .unwrap_or_default(),
            q: q.trim().chars().take(SEARCH_CHARS_MAX).collect(),
            list: text("list"),
            blocked: text("blocked").is_some_and(|text| text == "true"),
            channel: text("channel").and_then(|name| name.parse().ok()),
            cursor: text("cursor"),
        }
    }

    /// Another tab, without filters.
    #[must_use]
    pub fn of_tab(tab: Tab) -> Self {
        Self {
            tab,
            ..Self::default()
        }
    }

    /// What links to this state carry. Parameters at their default are left out.
    #[must_use]
    pub fn href(&self) -> String {
        let mut params = Vec::new();
        if self.tab != Tab::default() {
            params.push(("tab", self.tab.as_str().to_owned()));
        }
        if !self.q.is_empty() {
            params.push(("q", self.q.clone()));
        }
        params.extend(self.list.clone().map(|list| ("list", list)));
        if self.blocked {
            params.push(("blocked", "true".to_owned()));
        }
        params.extend(
            self.channel
                .map(|channel| ("channel", channel.as_str().to_owned())),
        );
        params.extend(self.cursor.clone().map(|cursor| ("cursor", cursor)));
        with_query(&Route::Contacts.href(), &params)
    }

    /// The same, on the page that begins at this cursor.
    #[must_use]
    pub fn at(&self, cursor: Option<String>) -> Self {
        Self {
            cursor,
            ..self.clone()
        }
    }

    /// Whether anything but the tab is chosen.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.q.is_empty() || self.list.is_some() || self.blocked || self.channel.is_some()
    }

    /// The question about people.
    #[must_use]
    pub fn people(self) -> ContactQuery {
        ContactQuery {
            q: self.q,
            list: self.list,
            blocked: self.blocked,
            cursor: self.cursor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(href: &str) -> ContactsParams {
        let query = href.split_once('?').map_or("", |(_, query)| query);
        ContactsParams::read(|name| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(held, _)| *held == name)
                .map(|(_, value)| value.replace("%20", " ").replace("%2B", "+"))
        })
    }

    #[test]
    fn every_state_of_the_page_survives_the_url() {
        assert_eq!(ContactsParams::default().href(), "/contacts");
        for tab in Tab::ALL {
            let state = ContactsParams {
                tab,
                q: "+34 600".into(),
                list: Some("l_1".into()),
                blocked: true,
                channel: Some(Channel::WhatsApp),
                cursor: Some("abc".into()),
            };
            assert_eq!(read(&state.href()), state);
            assert_eq!(read(&ContactsParams::of_tab(tab).href()).tab, tab);
        }
    }

    #[test]
    fn what_is_not_understood_is_left_out() {
        let read = ContactsParams::read(|_| Some("<script>".to_owned()));
        assert_eq!((read.tab, read.channel), (Tab::People, None));
        assert!(!read.blocked);
    }
}
