//! Consent of an address, as its owner or a provider changed it, and whose an address is.

use domain::{Channel, contact::Consent};

use crate::{Result, Store, WorkspaceId, macros::reading, sending::rows};

/// Remembers the newest change of an address; touches no row where a newer one is known. Of two at the same time the one that
/// came last counts.
pub(crate) const REMEMBER: &str =
    "INSERT INTO consent_change (workspace, channel, address, consent, at_us) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (workspace, channel, address) DO UPDATE SET consent = excluded.consent, at_us = excluded.at_us
     WHERE excluded.at_us >= consent_change.at_us";
/// Sources that a person's own new consent lifts: `SuppressionSource::is_lifted_by_consent`.
pub(crate) const LIFT: &str = "DELETE FROM suppression
     WHERE workspace = $1 AND channel = $2 AND address = $3 AND source IN (0, 3, 4)";
/// What a provider's *reactivated* lifts: a block of the provider (`SuppressionSource::Carrier`) that is older.
pub(crate) const REACTIVATE: &str = "DELETE FROM suppression
     WHERE workspace = $1 AND channel = $2 AND address = $3 AND source = 4 AND at_us <= $4";

/// Writes the changes of consent of one item, and the blocks that a provider lifted, inside a transaction.
macro_rules! change_consents {
    ($tx:ident, $effect:ident, $now_us:expr) => {
        for change in &$effect.consents {
            let at_us = change.at.timestamp_micros();
            let is_news = sqlx::query($crate::sending::consent::REMEMBER)
                .bind(change.workspace.0)
                .bind(i64::from(change.channel.code()))
                .bind(&change.address)
                .bind(i64::from($crate::sending::consent::code(
                    change.is_subscribed,
                )))
                .bind(at_us)
                .execute(&mut *$tx)
                .await?
                .rows_affected();
            // Something newer is known of this address.
            if is_news == 0 {
                continue;
            }
            sqlx::query($crate::sending::consent::set(change.channel))
                .bind(change.workspace.0)
                .bind(&change.address)
                .bind(i64::from($crate::sending::consent::code(
                    change.is_subscribed,
                )))
                .bind($now_us)
                .execute(&mut *$tx)
                .await?;
            let address = (change.workspace.0, i64::from(change.channel.code()));
            if change.is_subscribed {
                sqlx::query($crate::sending::consent::LIFT)
                    .bind(address.0)
                    .bind(address.1)
                    .bind(&change.address)
                    .execute(&mut *$tx)
                    .await?;
            } else {
                sqlx::query($crate::sending::inbox::SUPPRESS)
                    .bind(address.0)
                    .bind(address.1)
                    .bind(&change.address)
                    .bind(change.source as i64)
                    .bind(None::<&str>)
                    .bind(change.campaign)
                    .bind($now_us)
                    .execute(&mut *$tx)
                    .await?;
            }
        }
        for lift in &$effect.lifts {
            sqlx::query($crate::sending::consent::REACTIVATE)
                .bind(lift.workspace.0)
                .bind(i64::from(lift.channel.code()))
                .bind(&lift.address)
                .bind(lift.at.timestamp_micros())
                .execute(&mut *$tx)
                .await?;
        }
    };
}
pub(crate) use change_consents;

/// Stored code of what a change comes to.
pub(crate) fn code(is_subscribed: bool) -> u8 {
    (if is_subscribed {
        Consent::Subscribed
    } else {
        Consent::Unsubscribed
    }) as u8
}

/// Sets what a person agreed to on a channel, by their address.
pub(crate) fn set(channel: Channel) -> &'static str {
    match channel {
        Channel::Sms => {
            "UPDATE contact SET consent_sms = $3, updated_us = $4 WHERE workspace = $1 AND phone = $2"
        }
        Channel::Email => {
            "UPDATE contact SET consent_email = $3, updated_us = $4 WHERE workspace = $1 AND email = $2"
        }
        Channel::Push => {
            "UPDATE contact SET consent_push = $3, updated_us = $4
             WHERE workspace = $1 AND pk IN (SELECT contact FROM device WHERE workspace = $1 AND address = $2)"
        }
        Channel::WhatsApp => {
            "UPDATE contact SET consent_whatsapp = $3, updated_us = $4 WHERE workspace = $1 AND phone = $2"
        }
        Channel::Rcs => {
            "UPDATE contact SET consent_rcs = $3, updated_us = $4 WHERE workspace = $1 AND phone = $2"
        }
    }
}

impl Store {
    /// The first of these normal forms of an address that a contact of the workspace has; none when nobody has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_address(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        forms: &[String],
    ) -> Result<Option<String>> {
        if forms.is_empty() {
            return Ok(None);
        }
        let sql = self.db().dialect(match channel {
            Channel::Email => {
                "SELECT email FROM contact WHERE workspace = $1 AND email IN TEXTS($2)"
            }
            Channel::Push => {
                "SELECT address FROM device WHERE workspace = $1 AND address IN TEXTS($2)"
            }
            Channel::Sms | Channel::WhatsApp | Channel::Rcs => {
                "SELECT phone FROM contact WHERE workspace = $1 AND phone IN TEXTS($2)"
            }
        });
        let found: Vec<String> = reading!(self, pool => {
            sqlx::query_scalar(sql).bind(ws.0).bind(rows(forms)?).fetch_all(pool).await?
        });
        Ok(forms.iter().find(|form| found.contains(form)).cloned())
    }
}
