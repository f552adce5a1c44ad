//! Contacts, lists, the blocklist and imports.

use super::Answer;
use domain::{
    Channel,
    contact::{
        Contact, ContactCounts, ContactList, ContactPage, ContactQuery, NewContact, SuppressionPage,
    },
    import::{ImportInfo, Mapping},
};

/// People the workspace writes to. Numbers and addresses are masked below admin.
pub trait ContactsBackend: Send + Sync {
    /// How many there are. Viewer.
    fn contact_counts(&self) -> Answer<ContactCounts>;
    /// A page of contacts. Viewer.
    fn contacts(&self, query: ContactQuery) -> Answer<ContactPage>;
    /// One contact. Viewer.
    fn contact(&self, id: String) -> Answer<Contact>;
    /// Names of all attributes in use. Viewer.
    fn attribute_names(&self) -> Answer<Vec<String>>;
    /// Adds a contact, or changes the one with this id. Editor.
    fn save_contact(&self, id: Option<String>, contact: NewContact) -> Answer<Contact>;
    /// Deletes a contact; suppressions of its addresses stay. Admin.
    fn delete_contact(&self, id: String) -> Answer<()>;

    /// Saved lists. Viewer.
    fn lists(&self) -> Answer<Vec<ContactList>>;
    /// Makes a list. Editor.
    fn create_list(&self, name: String) -> Answer<ContactList>;
    /// Deletes a list; its members stay contacts. Editor.
    fn delete_list(&self, id: String) -> Answer<()>;

    /// A page of the blocklist, of one channel or all. Viewer.
    fn suppressions(
        &self,
        channel: Option<Channel>,
        q: String,
        cursor: Option<String>,
    ) -> Answer<SuppressionPage>;
    /// Blocks an address. Editor.
    fn suppress(&self, channel: Channel, address: String) -> Answer<()>;
    /// Takes an address off the blocklist. Admin.
    fn unsuppress(&self, channel: Channel, address: String) -> Answer<()>;

    /// Imports, newest first. Editor.
    fn imports(&self) -> Answer<Vec<ImportInfo>>;
    /// One import. Editor.
    fn import(&self, id: String) -> Answer<ImportInfo>;
    /// Reads every row and writes nothing (dry run); goes on in the background. Editor.
    fn check_import(&self, id: String, mapping: Mapping) -> Answer<()>;
    /// Writes the contacts of a checked import; goes on in the background. Editor.
    fn run_import(&self, id: String) -> Answer<()>;
    /// Forgets an import and its file. Editor.
    fn delete_import(&self, id: String) -> Answer<()>;
}
