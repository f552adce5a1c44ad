//! Recipient Search, as much of it as the asker may see. Pages and API both come through here.

use domain::{Refusal, message::Category, recipient::RecipientPage};
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::StrDeserializer},
};
use store::{RecipientQuery, Result, Store};

use super::visible::masked_for;
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
    let query = RecipientQuery {
        exact: !principal.sees_contacts(),
        ..query.clone()
    };
    let page = store.recipients(principal.workspace, id, &query).await?;
    Ok(masked_for(principal, page))
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
