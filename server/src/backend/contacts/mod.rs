//! Contacts, lists, the blocklist and imports, as much of them as the asker may see. Pages and API both come through here.

mod form;

use app::backend::{Answer, ContactsBackend};
use domain::{
    Channel, Refusal,
    contact::{
        Contact, ContactCounts, ContactList, ContactPage, ContactQuery, NewContact,
        SuppressionPage, SuppressionSource,
    },
    import::{ImportInfo, Mapping},
};

use super::{RequestBackend, visible::masked_for};
use crate::{
    auth::{Action, Signed, audit},
    state::AppState,
};

/// Contacts of one page.
const PAGE_CONTACTS: u32 = 50;
/// Entries of one page of the blocklist.
const PAGE_SUPPRESSIONS: u32 = 100;

impl ContactsBackend for RequestBackend {
    fn contact_counts(&self) -> Answer<ContactCounts> {
        self.answer(Action::Read, |state, by| async move {
            state.store.contact_counts(by.workspace.id).await
        })
    }

    fn contacts(&self, query: ContactQuery) -> Answer<ContactPage> {
        self.contacts_of(query, PAGE_CONTACTS)
    }

    fn contact(&self, id: String) -> Answer<Contact> {
        self.answer(Action::Read, |state, by| async move {
            let contact = state.store.contact(by.workspace.id, &id).await?;
            Ok(masked_for(&by.principal, contact))
        })
    }

    fn attribute_names(&self) -> Answer<Vec<String>> {
        self.answer(Action::Read, |state, by| async move {
            state.store.attribute_names(by.workspace.id).await
        })
    }

    fn save_contact(&self, id: Option<String>, contact: NewContact) -> Answer<Contact> {
        self.answer(Action::Write, |state, by| async move {
            save(&state, &by, id, contact).await
        })
    }

    fn delete_contact(&self, id: String) -> Answer<()> {
        self.answer(Action::Curate, |state, by| async move {
            state.store.delete_contact(by.workspace.id, &id).await?;
            audit(&state, &by.principal, "contact.deleted", &id, "").await
        })
    }

    fn lists(&self) -> Answer<Vec<ContactList>> {
        self.answer(Action::Read, |state, by| async move {
            state.store.lists(by.workspace.id).await
        })
    }

    fn create_list(&self, name: String) -> Answer<ContactList> {
        self.answer(Action::Write, |state, by| async move {
            let now = state.clock.now();
            state.store.create_list(by.workspace.id, &name, now).await
        })
    }

    fn delete_list(&self, id: String) -> Answer<()> {
        self.answer(Action::Write, |state, by| async move {
            state.store.delete_list(by.workspace.id, &id).await?;
            audit(&state, &by.principal, "list.deleted", &id, "").await
        })
    }

    fn suppressions(
        &self,
        channel: Option<Channel>,
        q: String,
        cursor: Option<String>,
    ) -> Answer<SuppressionPage> {
        self.suppressions_of(channel, q, cursor, PAGE_SUPPRESSIONS)
    }

    fn suppress(&self, channel: Channel, address: String) -> Answer<()> {
        self.answer(Action::Write, move |state, by| async move {
            let address = people::check_address(channel, &address, None)
                .map_err(|wrong| Refusal::invalid("address", wrong))?;
            let (ws, now) = (by.workspace.id, state.clock.now());
            let source = SuppressionSource::Admin;
            let store = &state.store;
            store
                .suppress(ws, channel, &address, source, None, None, now)
                .await?;
            audit(
                &state,
                &by.principal,
                "address.blocked",
                channel.label(),
                "",
            )
            .await
        })
    }

    fn unsuppress(&self, channel: Channel, address: String) -> Answer<()> {
        self.answer(Action::Curate, move |state, by| async move {
            let ws = by.workspace.id;
            state.store.unsuppress(ws, channel, &address).await?;
            audit(
                &state,
                &by.principal,
                "address.unblocked",
                channel.label(),
                "",
            )
            .await
        })
    }

    fn imports(&self) -> Answer<Vec<ImportInfo>> {
        self.answer(Action::Write, |state, by| async move {
            let imports = state.store.imports(by.workspace.id).await?;
            Ok(masked_for(&by.principal, imports))
        })
    }

    fn import(&self, id: String) -> Answer<ImportInfo> {
        self.answer(Action::Write, |state, by| async move {
            let import = state.store.import(by.workspace.id, &id).await?;
            Ok(masked_for(&by.principal, import))
        })
    }

    fn check_import(&self, id: String, mapping: Mapping) -> Answer<()> {
        self.answer(Action::Write, |state, by| async move {
            let ws = by.workspace.id;
            let import = state.store.import(ws, &id).await?;
            people::check_mapping(&mapping, import.header.len())?;
            state.store.check_import(ws, &id, &mapping).await
        })
    }

    fn run_import(&self, id: String) -> Answer<()> {
        self.answer(Action::Write, |state, by| async move {
            state.store.run_import(by.workspace.id, &id).await?;
            audit(&state, &by.principal, "import.run", &id, "").await
        })
    }

    fn delete_import(&self, id: String) -> Answer<()> {
        self.answer(Action::Write, |state, by| async move {
            state.store.delete_import(by.workspace.id, &id).await
        })
    }
}

impl RequestBackend {
    /// A page of contacts of any length.
    pub(crate) fn contacts_of(&self, query: ContactQuery, limit: u32) -> Answer<ContactPage> {
        self.answer(Action::Read, move |state, by| async move {
            let by_part = by.principal.sees_contacts();
            let page = state
                .store
                .contacts(by.workspace.id, &query, by_part, limit)
                .await?;
            Ok(masked_for(&by.principal, page))
        })
    }

    /// A page of the blocklist of any length.
    pub(crate) fn suppressions_of(
        &self,
        channel: Option<Channel>,
        q: String,
        cursor: Option<String>,
        limit: u32,
    ) -> Answer<SuppressionPage> {
        self.answer(Action::Read, move |state, by| async move {
            let by_part = by.principal.sees_contacts();
            let page = state
                .store
                .suppressions(
                    by.workspace.id,
                    channel,
                    &q,
                    by_part,
                    cursor.as_deref(),
                    limit,
                )
                .await?;
            Ok(masked_for(&by.principal, page))
        })
    }
}

async fn save(
    state: &AppState,
    by: &Signed,
    id: Option<String>,
    mut new: NewContact,
) -> store::Result<Contact> {
    let (store, ws) = (&state.store, by.workspace.id);
    if let Some(id) = &id
        && !by.principal.sees_contacts()
    {
        form::drop_masked(&mut new, &store.contact(ws, id).await?);
    }
    let new = people::check_contact(new, None)?;
    let saved = store
        .save_contact(ws, id.as_deref(), new, state.clock.now())
        .await?;
    Ok(masked_for(&by.principal, saved))
}
