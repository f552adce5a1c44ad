//! Every address of the application, written once.

use domain::{CampaignKind, filter::CampaignFilter, sending::Step};

/// Where the form *Import a file* is sent to.
pub const UPLOAD_PATH: &str = "/contacts/import";

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// One tab of Performance Reports, with its filters.
    Campaigns(CampaignFilter),
    /// The report of a campaign.
    Report(CampaignKind, String),
    /// The details of a campaign that isn't completed.
    Details(String),
    /// A step of making a messaging campaign.
    Edit(String, Step),
    /// *New campaign*, opened from a tab.
    NewCampaign(CampaignKind),
    /// People, lists, the blocklist and imports.
    Contacts,
    /// One person.
    Contact(String),
    /// A form for a person.
    NewContact,
    /// One import.
    Import(String),
    /// A form that takes a file of contacts.
    NewImport,
    /// Settings.
    Settings,
    /// Accounts at carriers.
    Carriers,
    /// One account at a carrier.
    Carrier(String),
    /// A form for an account at a carrier.
    NewCarrier,
    /// Who did what.
    Activity,
    /// Sign in.
    SignIn,
}

impl Route {
    /// A tab without filters.
    #[must_use]
    pub fn tab(kind: CampaignKind) -> Self {
        Self::Campaigns(CampaignFilter::of_kind(kind))
    }

    /// What links to it carry.
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Campaigns(filter) => {
                with_query(&format!("/reports/{}", filter.kind), &filter.to_params())
            }
            Self::Report(kind, id) => format!("/reports/{kind}/{}", encode(id)),
            Self::Details(id) => format!("/campaigns/{}/details", encode(id)),
            Self::Edit(id, step) => format!("/campaigns/{}/edit/{}", encode(id), step.as_str()),
            Self::NewCampaign(kind) => format!("/campaigns/new?kind={kind}"),
            Self::Contacts => "/contacts".to_owned(),
            Self::Contact(id) => format!("/contacts/{}", encode(id)),
            Self::NewContact => "/contacts/new".to_owned(),
            Self::Import(id) => format!("/contacts/imports/{}", encode(id)),
            Self::NewImport => "/contacts/imports/new".to_owned(),
            Self::Settings => "/settings".to_owned(),
            Self::Carriers => "/settings/carriers".to_owned(),
            Self::Carrier(id) => format!("/settings/carriers/{}", encode(id)),
            Self::NewCarrier => "/settings/carriers/new".to_owned(),
            Self::Activity => "/settings/activity".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
        }
    }
}

/// A path with a query string.
#[must_use]
pub fn with_query(path: &str, params: &[(impl AsRef<str>, String)]) -> String {
    let mut href = path.to_owned();
    for (n, (name, value)) in params.iter().enumerate() {
        href.push(if n == 0 { '?' } else { '&' });
        href.push_str(name.as_ref());
        href.push('=');
        href.push_str(&encode(value));
    }
    href
}

/// Percent-encodes everything but unreserved characters, so that a value fits path and query alike.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded() {
        let params = [("q", "Straße & #6023".to_owned())];
        assert_eq!(
            with_query("/x", &params),
            "/x?q=Stra%C3%9Fe%20%26%20%236023"
        );
    }
}
