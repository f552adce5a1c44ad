//! Whose a message is.

use domain::contact::Contact;

use crate::{Error, Result, Store, WorkspaceId, macros::reading};

impl Store {
    /// The contact a message was for; none once the contact is deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contact_of_message(
        &self,
        ws: WorkspaceId,
        message: &str,
    ) -> Result<Option<Contact>> {
        const SQL: &str = "SELECT c.id FROM outbox o JOIN contact c ON c.pk = o.contact
             WHERE o.workspace = $1 AND o.message = $2";
        let id: Option<String> = reading!(self, pool => {
            sqlx::query_scalar(SQL).bind(ws.0).bind(message).fetch_optional(pool).await?
        });
        match id {
            None => Ok(None),
            Some(id) => match self.contact(ws, &id).await {
                Ok(contact) => Ok(Some(contact)),
                Err(Error::Refused(_)) => Ok(None),
                Err(error) => Err(error),
            },
        }
    }
}
