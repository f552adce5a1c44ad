//! SCAFFOLD

use app::backend::{Answer, CarriersBackend};
use domain::carrier::{AccountForm, AccountInfo, AuditPage};

use super::RequestBackend;
use crate::auth::Action;

impl CarriersBackend for RequestBackend {
    fn accounts(&self) -> Answer<Vec<AccountInfo>> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn save_account(&self, _id: Option<String>, _form: AccountForm) -> Answer<AccountInfo> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn delete_account(&self, _id: String) -> Answer<()> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn check_account(&self, _id: String) -> Answer<()> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn test_event(&self, _id: String) -> Answer<()> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
    fn audit(&self, _cursor: Option<String>) -> Answer<AuditPage> {
        self.answer(Action::Administer, |_, _| async {
            Err(store::Error::Unavailable)
        })
    }
}
