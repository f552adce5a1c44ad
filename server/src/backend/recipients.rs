//! Recipient Search, as much of it as the asker may see. Pages and API both come through here.

use domain::{
    Refusal,
    message::Category,
    recipient::{RecipientPage, RecipientRow, mask},
};
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::StrDeserializer},
};
use store::{RecipientQuery, Result, Store};

use crate::auth::Principal;

/// A page of recipients. Those who may not see contacts get masked keys, and find only by a whole key, whatever
/// the query says: see [`RecipientQuery::exact`].
///
/// # Errors
/// As [`Store::recipients`].
pub async fn visible(
    store: &Store,
    principal: &Principal,
    id: &str,
    query: &RecipientQuery,
) -> Result<RecipientPage> {
    let sees_contacts = principal.sees_contacts();
    let query = RecipientQuery {
        exact: !sees_contacts,
        ..query.clone()
    };
    let mut page = store.recipients(principal.workspace, id, &query).await?;
    if sees_contacts {
        return Ok(page);
    }
    page.rows.iter_mut().for_each(hide);
    Ok(page)
}

/// Masks a row. A message key may hold the recipient's: interactive events come without one of their own.
fn hide(row: &mut RecipientRow) {
    let masked = mask(&row.recipient);
    row.message = row.message.replace(&row.recipient, &masked);
    row.recipient = masked;
}

/// The category with this wire name.
///
/// # Errors
/// [`Refusal::Invalid`] for any other name.
pub fn category(name: &str) -> std::result::Result<Category, Refusal> {
    let name: StrDeserializer<'_, serde::de::value::Error> = name.into_deserializer();
    Category::deserialize(name)
        .map_err(|_unknown| Refusal::invalid("status", "this is no status category"))
}
