//! What the contacts ask and change. Each function leaves authorising to the backend.

use std::collections::BTreeMap;

use domain::{
    Channel,
    contact::{Contact, ContactCounts, ContactList, ContactPage, SuppressionPage},
    import::ImportInfo,
};
use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};
use serde::{Deserialize, Serialize};

use super::params::ContactsParams;
use crate::error::AppError;

/// What a tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// People, with the figures above them and the lists to choose from.
    People {
        /// How many there are.
        counts: ContactCounts,
        /// All lists.
        lists: Vec<ContactList>,
        /// The page asked for.
        page: ContactPage,
    },
    /// All lists.
    Lists(Vec<ContactList>),
    /// A page of the blocklist.
    Blocklist(SuppressionPage),
    /// Imports, newest first.
    Imports(Vec<ImportInfo>),
}

/// Reads what a tab shows.
#[server(prefix = "/ui", input = Json)]
pub async fn load_contacts(params: ContactsParams) -> Result<Shown, AppError> {
    use super::params::Tab;

    let backend = crate::backend::backend()?;
    Ok(match params.tab {
        Tab::People => Shown::People {
            counts: backend.contact_counts().await?,
            lists: backend.lists().await?,
            page: backend.contacts(params.people()).await?,
        },
        Tab::Lists => Shown::Lists(backend.lists().await?),
        Tab::Blocklist => Shown::Blocklist(
            backend
                .suppressions(params.channel, params.q, params.cursor)
                .await?,
        ),
        Tab::Imports => Shown::Imports(backend.imports().await?),
    })
}

/// One contact.
#[server(input = GetUrl)]
pub async fn load_contact(id: String) -> Result<Contact, AppError> {
    crate::backend::backend()?.contact(id).await
}

/// Adds a contact, or changes the one with this id. Fields that are cleared are removed, as far as the person could see
/// them: whoever sees a masked address leaves it as it is by leaving the field empty. Attributes come as rows, of a name
/// and a value by the same key.
#[server]
pub async fn save_contact(
    id: String,
    external_id: String,
    name: String,
    phone: String,
    email: String,
    time_zone: String,
    #[server(default)] names: BTreeMap<String, String>,
    #[server(default)] values: BTreeMap<String, String>,
    #[server(default)] consents: BTreeMap<String, String>,
    #[server(default)] is_renewed: bool,
) -> Result<(), AppError> {
    use super::form::{self, Typed};
    use domain::user::Role;

    let backend = crate::backend::backend()?;
    let id = Some(id).filter(|id| !id.is_empty());
    let before = match &id {
        Some(id) => Some(backend.contact(id.clone()).await?),
        None => None,
    };
    let sees_all = backend
        .viewer()
        .is_some_and(|viewer| viewer.role >= Role::Admin);
    let typed = Typed {
        external_id,
        name,
        phone,
        email,
        time_zone,
        names,
        values,
        consents,
        is_renewed,
    };
    let contact = form::contact_of(typed, before.as_ref(), sees_all)?;
    let is_new = id.is_none();
    let saved = backend.save_contact(id, contact).await?;
    // Of a contact that was there, one is on its page.
    if is_new {
        leptos_axum::redirect(&crate::routes::Route::Contact(saved.id).href());
    }
    Ok(())
}

/// Deletes a contact, and shows the others.
#[server]
pub async fn delete_contact(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.delete_contact(id).await?;
    leptos_axum::redirect(&crate::routes::Route::Contacts.href());
    Ok(())
}

/// Makes a list.
#[server]
pub async fn create_list(name: String) -> Result<(), AppError> {
    crate::backend::backend()?
        .create_list(name.trim().to_owned())
        .await
        .map(drop)
}

/// Deletes a list; its members stay contacts.
#[server]
pub async fn delete_list(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.delete_list(id).await
}

/// Blocks an address.
#[server]
pub async fn block(channel: Channel, address: String) -> Result<(), AppError> {
    crate::backend::backend()?
        .suppress(channel, address.trim().to_owned())
        .await
}

/// Takes an address off the blocklist.
#[server]
pub async fn unblock(channel: Channel, address: String) -> Result<(), AppError> {
    crate::backend::backend()?
        .unsuppress(channel, address)
        .await
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::posted::posted;

    #[test]
    fn the_form_of_a_contact_is_understood() {
        let read: SaveContact = posted(&[
            ("id", ""),
            ("name", "Ana & Luis"),
            ("phone", "+34 600 111 222"),
            ("email", ""),
            ("external_id", ""),
            ("time_zone", ""),
            ("consents[sms]", "subscribed"),
            ("consents[whatsapp]", "unknown"),
            ("names[r0]", "city"),
            ("values[r0]", "Madrid"),
            ("names[r10]", ""),
            ("values[r10]", ""),
            ("is_renewed", "true"),
        ])
        .unwrap();
        assert_eq!(read.name, "Ana & Luis");
        assert_eq!(read.phone, "+34 600 111 222");
        assert_eq!(read.consents["sms"], "subscribed");
        assert_eq!(read.names["r0"], "city");
        assert_eq!(read.values["r10"], "");
        assert!(read.is_renewed);
    }

    #[test]
    fn a_form_of_the_blocklist_names_its_channel() {
        let read: Block = posted(&[("channel", "whatsapp"), ("address", "+34600111222")]).unwrap();
        assert_eq!(read.channel, Channel::WhatsApp);
        assert!(posted::<Block>(&[("channel", "fax"), ("address", "1")]).is_err());
    }
}
