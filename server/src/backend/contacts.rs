//! SCAFFOLD

use app::backend::{Answer, ContactsBackend};
use domain::{
    Channel,
    contact::{
        Contact, ContactCounts, ContactList, ContactPage, ContactQuery, NewContact, SuppressionPage,
    },
    import::{ImportInfo, Mapping},
};

use super::RequestBackend;
use crate::auth::Action;

impl ContactsBackend for RequestBackend {
    fn contact_counts(&self) -> Answer<ContactCounts> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn contacts(&self, _query: ContactQuery) -> Answer<ContactPage> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn contact(&self, _id: String) -> Answer<Contact> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn attribute_names(&self) -> Answer<Vec<String>> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn save_contact(&self, _id: Option<String>, _contact: NewContact) -> Answer<Contact> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn delete_contact(&self, _id: String) -> Answer<()> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn lists(&self) -> Answer<Vec<ContactList>> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn create_list(&self, _name: String) -> Answer<ContactList> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn delete_list(&self, _id: String) -> Answer<()> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn suppressions(
        &self,
        _channel: Option<Channel>,
        _q: String,
        _cursor: Option<String>,
    ) -> Answer<SuppressionPage> {
        self.answer(Action::Read, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn suppress(&self, _channel: Channel, _address: String) -> Answer<()> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn unsuppress(&self, _channel: Channel, _address: String) -> Answer<()> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn imports(&self) -> Answer<Vec<ImportInfo>> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn import(&self, _id: String) -> Answer<ImportInfo> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn check_import(&self, _id: String, _mapping: Mapping) -> Answer<()> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn run_import(&self, _id: String) -> Answer<()> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn delete_import(&self, _id: String) -> Answer<()> {
        self.answer(Action::Write, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
}
