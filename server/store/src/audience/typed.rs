//! Addresses written by hand.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    Channel, Refusal,
    audience::{AudienceCount, TYPED_MAX},
    channel::AddressKind,
    contact::{Consent, NewContact},
};

use crate::{
    Result, Store, WorkspaceId,
    contact::{bound, consent_column, normal_address},
    macros::reading,
};

/// The distinct addresses in the form in which they are kept, and how many were written more than once.
///
/// # Errors
/// [`Refusal::Invalid`] for push, too many, or one that can't be an address.
pub(super) fn normal(
    channel: Channel,
    addresses: &[String],
) -> Result<(Vec<String>, u64), Refusal> {
    if channel.address_kind() == AddressKind::Device {
        return Err(Refusal::invalid(
            "audience",
            "devices can't be typed in; choose a list or a filter",
        ));
    }
    let all: Vec<&str> = addresses
        .iter()
        .map(|address| address.trim())
        .filter(|address| !address.is_empty())
        .collect();
    if all.len() > TYPED_MAX {
        return Err(Refusal::invalid(
            "audience",
            format!("type at most {TYPED_MAX} addresses; import a file for more"),
        ));
    }
    let distinct: BTreeSet<String> = all
        .iter()
        .map(|address| normal_address(channel, address))
        .collect::<Result<_, _>>()?;
    let duplicates = (all.len() - distinct.len()) as u64;
    Ok((distinct.into_iter().collect(), duplicates))
}

impl Store {
    /// Makes contacts of typed addresses and puts them on a hidden list of this name, whose id it gives. They are taken as
    /// having agreed, because whoever types them states it; who left before stays away, and so does who is suppressed.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for push, too many, or one that can't be an address.
    pub async fn adopt_typed(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        addresses: &[String],
        list_name: &str,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let (addresses, _) = normal(channel, addresses)?;
        let contacts = addresses
            .into_iter()
            .map(|address| {
                let mut contact = NewContact::default();
                contact.consents.insert(channel, Consent::Subscribed);
                match channel.address_kind() {
                    AddressKind::Email => contact.email = Some(address),
                    AddressKind::Phone | AddressKind::Device => contact.phone = Some(address),
                }
                contact
            })
            .collect();
        let mut turn = self.turn(ws).await?;
        let (pk, id) = turn.list_named(ws, list_name, true, now).await?;
        turn.upsert(ws, contacts, Some(pk), now).await?;
        turn.commit().await?;
        Ok(id)
    }

    /// What typed addresses come to once they are adopted.
    pub(super) async fn count_typed(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        addresses: &[String],
    ) -> Result<AudienceCount> {
        let (addresses, duplicates) = normal(channel, addresses)?;
        let column = match channel.address_kind() {
            AddressKind::Email => "email",
            AddressKind::Phone | AddressKind::Device => "phone",
        };
        let keys = bound(&addresses)?;
        let sql = self.db().dialect(&format!(
            "SELECT {column}, {} FROM contact WHERE workspace = $1 AND {column} IN TEXTS($2)",
            consent_column(channel)
        ));
        let known: Vec<(String, i64)> = reading!(self, pool => {
            sqlx::query_as(sql).bind(ws.0).bind(&keys).fetch_all(pool).await?
        });
        let sql = self.db().dialect(
            "SELECT address FROM suppression WHERE workspace = $1 AND channel = $3 AND address IN TEXTS($2)",
        );
        let blocked: Vec<String> = reading!(self, pool => {
            sqlx::query_scalar(sql)
                .bind(ws.0)
                .bind(keys)
                .bind(i64::from(channel.code()))
                .fetch_all(pool)
                .await?
        });
        let known: HashMap<String, i64> = known.into_iter().collect();
        let blocked: BTreeSet<String> = blocked.into_iter().collect();
        let mut count = AudienceCount {
            matched: addresses.len() as u64,
            duplicates,
            ..AudienceCount::default()
        };
        for address in &addresses {
            if blocked.contains(address) {
                count.suppressed += 1;
            } else if known.get(address) == Some(&(Consent::Unsubscribed as i64)) {
                count.no_consent += 1;
            } else {
                count.eligible += 1;
            }
        }
        Ok(count)
    }
}
