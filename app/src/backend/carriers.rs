//! Carrier accounts and the audit log.

use super::Answer;
use domain::carrier::{AccountForm, AccountInfo, AuditPage};

/// Accounts at carriers. Secrets go in and never come out.
pub trait CarriersBackend: Send + Sync {
    /// All accounts. Admin.
    fn accounts(&self) -> Answer<Vec<AccountInfo>>;
    /// Adds an account, or changes the one with this id. Admin.
    fn save_account(&self, id: Option<String>, form: AccountForm) -> Answer<AccountInfo>;
    /// Deletes an account that nothing is being sent by. Admin.
    fn delete_account(&self, id: String) -> Answer<()>;
    /// Asks the carrier whether the account works. Admin.
    fn check_account(&self, id: String) -> Answer<()>;
    /// Posts an event to the account's own webhook, signed as its provider signs. Admin.
    fn test_event(&self, id: String) -> Answer<()>;
    /// Who did what. Admin.
    fn audit(&self, cursor: Option<String>) -> Answer<AuditPage>;
}
