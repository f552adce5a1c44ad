//! Browsers and apps that take push notifications.

use chrono::{DateTime, Utc};
use domain::{
    Channel, Refusal,
    contact::{Consent, NewContact, PushTarget},
};
use sha2::{Digest, Sha256};

use super::{bound, check::checked, save::Ids};
use crate::{
    Error, Result, Store, WorkspaceId,
    db::is_storable,
    macros::{reading, writing},
    turn::{Turn, within},
};

/// Longest endpoint or token, in bytes.
const TARGET_BYTES_MAX: usize = 4_096;

impl Store {
    /// Registers a browser or app with its owner, who thereby agrees to push notifications: it is they who pressed the
    /// button. An owner without any key becomes a contact of their own. The same target again keeps its address, and
    /// belongs to whoever registered it last. Gives the device's address, by which reports know it.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field at fault.
    pub async fn register_device(
        &self,
        ws: WorkspaceId,
        owner: NewContact,
        target: &PushTarget,
        now: DateTime<Utc>,
    ) -> Result<String> {
        check(target)?;
        let mut owner = checked(owner)?;
        let agreed = owner.consents.entry(Channel::Push);
        agreed.or_insert(Consent::Subscribed);
        owner.is_renewed = true;
        let (hash, json) = (hash(target), bound(target)?);
        let now_us = now.timestamp_micros();
        let mut turn = self.turn(ws).await?;
        let known: Option<(i64, i64, String)> = within!(&mut turn, conn => {
            sqlx::query_as(
                "SELECT pk, contact, address FROM device WHERE workspace = $1 AND target_hash = $2",
            )
            .bind(ws.0)
            .bind(&hash)
            .fetch_optional(conn)
            .await?
        });
        let owner_of = known.as_ref().map(|(_, contact, _)| *contact);
        let contact = turn.owner(ws, &owner, owner_of, now).await?;
        let address = known.map_or_else(crate::id::random, |(_, _, address)| Ok(address))?;
        within!(&mut turn, conn => {
            sqlx::query(
                "INSERT INTO device (workspace, contact, address, kind, target, target_hash, created_us)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (workspace, target_hash) DO UPDATE
                 SET contact = excluded.contact, target = excluded.target",
            )
            .bind(ws.0)
            .bind(contact)
            .bind(&address)
            .bind(kind(target))
            .bind(json)
            .bind(hash)
            .bind(now_us)
            .execute(conn)
            .await?;
        });
        turn.lift(ws, &[(Channel::Push, address.clone())]).await?;
        turn.commit().await?;
        Ok(address)
    }

    /// Removes a device: its browser or push service said that it is gone. Says whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_device(&self, ws: WorkspaceId, target: &PushTarget) -> Result<bool> {
        let hash = hash(target);
        let gone = writing!(self, tx => {
            sqlx::query("DELETE FROM device WHERE workspace = $1 AND target_hash = $2")
                .bind(ws.0)
                .bind(hash)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        Ok(gone > 0)
    }

    /// As [`Self::remove_device`], by the device's address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_device_by_address(&self, ws: WorkspaceId, address: &str) -> Result<bool> {
        if !is_storable(address) {
            return Ok(false);
        }
        let gone = writing!(self, tx => {
            sqlx::query("DELETE FROM device WHERE workspace = $1 AND address = $2")
                .bind(ws.0)
                .bind(address)
                .execute(&mut *tx)
                .await?
                .rows_affected()
        });
        Ok(gone > 0)
    }

    /// Where to post for a device; none when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn push_target(&self, ws: WorkspaceId, address: &str) -> Result<Option<PushTarget>> {
        if !is_storable(address) {
            return Ok(None);
        }
        let target: Option<String> = reading!(self, pool => {
            sqlx::query_scalar("SELECT target FROM device WHERE workspace = $1 AND address = $2")
                .bind(ws.0)
                .bind(address)
                .fetch_optional(pool)
                .await?
        });
        target
            .map(|text| serde_json::from_str(&text).map_err(|_| Error::Corrupt("device")))
            .transpose()
    }
}

impl Turn<'_> {
    /// Key of the contact a device belongs to: who has the owner's keys; without any, whoever has it now, or somebody new.
    async fn owner(
        &mut self,
        ws: WorkspaceId,
        owner: &NewContact,
        known: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<i64> {
        let mut merge = self.people_of(ws, std::slice::from_ref(owner)).await?;
        let has_key = [&owner.external_id, &owner.email, &owner.phone]
            .into_iter()
            .flatten()
            .any(|key| !key.is_empty());
        let (id, now_us) = (Ids::at(now)?.next(), now.timestamp_micros());
        let at = match (known, has_key) {
            (_, true) => merge.take(owner, id, now_us)?.0,
            (Some(contact), false) => {
                let at = merge.know(self.row_by_pk(contact).await?);
                merge.change(at, owner, now_us)?;
                at
            }
            (None, false) => merge.make(owner, id, now_us)?,
        };
        self.write_people(ws, &merge).await?;
        Ok(within!(self, conn => {
            sqlx::query_scalar("SELECT pk FROM contact WHERE workspace = $1 AND id = $2")
                .bind(ws.0)
                .bind(&merge.people[at].row.id)
                .fetch_one(conn)
                .await?
        }))
    }
}

/// What makes it the same device: the endpoint or token. A browser may renew the keys of an endpoint.
fn hash(target: &PushTarget) -> Vec<u8> {
    let identity = match target {
        PushTarget::WebPush { endpoint, .. } => endpoint,
        PushTarget::Fcm { token } => token,
    };
    let mut hasher = Sha256::new();
    hasher.update(kind(target).as_bytes());
    hasher.update([0]);
    hasher.update(identity.as_bytes());
    hasher.finalize().to_vec()
}

fn kind(target: &PushTarget) -> &'static str {
    match target {
        PushTarget::WebPush { .. } => "web_push",
        PushTarget::Fcm { .. } => "fcm",
    }
}

fn check(target: &PushTarget) -> Result<(), Refusal> {
    let (field, parts) = match target {
        PushTarget::WebPush {
            endpoint,
            p256dh,
            auth,
        } => {
            if !endpoint.starts_with("https://")
                && !["http://127.0.0.1:", "http://localhost:"]
                    .iter()
                    .any(|own| endpoint.starts_with(own))
            {
                return Err(Refusal::invalid(
                    "endpoint",
                    "is no address of a push service",
                ));
            }
            ("endpoint", vec![endpoint, p256dh, auth])
        }
        PushTarget::Fcm { token } => ("token", vec![token]),
    };
    let is_sound = parts.iter().all(|part| {
        !part.is_empty()
            && part.len() <= TARGET_BYTES_MAX
            && part.bytes().all(|b| b.is_ascii_graphic())
    });
    if is_sound {
        Ok(())
    } else {
        Err(Refusal::invalid(field, "is incomplete or can't be read"))
    }
}
