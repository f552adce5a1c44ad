//! Whom a campaign reaches: counting, and reading in pages.
//!
//! An [`Audience`] is first made a [`Selection`] (ids looked up, conditions written as SQL), which a page then reads from
//! any connection, also within a transaction. Reading goes by keys, so a page costs the same at the end as at the
//! beginning. Audiences that are costly to find (what people did, an earlier campaign) or that have to be made
//! (typed addresses) are put on a hidden list first: [`Store::fix_audience`].

mod follow_up;
mod lacking;
#[cfg(test)]
mod lacking_tests;
mod names;
mod selection;
mod sql;
#[cfg(test)]
mod tests;
mod typed;

pub use lacking::{Lacking, LackingName};
pub(crate) use selection::ReadsAudience;
pub use selection::{Member, Selection, Verdict};

use chrono::{DateTime, Utc};
use domain::{
    Channel,
    audience::{Audience, AudienceCount, Condition},
};

use self::{
    selection::binding,
    sql::{Arg, Compiler},
};
use crate::{Result, Store, WorkspaceId, macros::reading, turn::within};

impl Store {
    /// Makes an audience ready to be read on a channel: names are looked up, conditions written as SQL. Typed addresses
    /// select those who are contacts already, and a follow-up nobody: both are for [`Self::fix_audience`] first.
    ///
    /// # Errors
    /// [`domain::Refusal::Invalid`] when it names what isn't there, or can't be understood.
    pub async fn select_audience(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        audience: &Audience,
        now: DateTime<Utc>,
    ) -> Result<Selection> {
        let names = self.names(ws, audience).await?;
        let is_sqlite = matches!(self.db(), crate::Db::Sqlite { .. });
        let mut compiler = Compiler::new(is_sqlite, now.timestamp_micros(), &names);
        let condition = match audience {
            Audience::Nobody | Audience::FollowUp { .. } => "1 = 0".to_owned(),
            Audience::Everyone => "1 = 1".to_owned(),
            Audience::List { list } => {
                let condition = Condition::OnList { list: list.clone() };
                compiler.condition(&condition)?
            }
            Audience::Filter { condition } => {
                if has_history(condition) {
                    self.settle().await?;
                }
                compiler.condition(condition)?
            }
            Audience::Typed { addresses } => {
                let addresses = typed::normal(channel, addresses)?.0;
                compiler.has_address(&addresses)?
            }
        };
        Ok(Selection {
            workspace: ws,
            channel,
            condition,
            args: compiler.args,
            is_sqlite,
        })
    }

    /// Members after a cursor: see `ReadsAudience::members`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audience_page(
        &self,
        selection: &Selection,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Member>> {
        reading!(self, pool => {
            let mut connection = pool.acquire().await?;
            connection.members(selection, after, limit).await
        })
    }

    /// How many people an audience comes to.
    ///
    /// # Errors
    /// As [`Self::select_audience`].
    pub async fn count_audience(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        audience: &Audience,
        now: DateTime<Utc>,
    ) -> Result<AudienceCount> {
        match audience {
            Audience::Typed { addresses } => self.count_typed(ws, channel, addresses).await,
            Audience::FollowUp { campaign, who } => {
                self.count_follow_up(ws, channel, campaign, *who, now).await
            }
            other => {
                let selection = self.select_audience(ws, channel, other, now).await?;
                self.count_selection(&selection).await
            }
        }
    }

    async fn count_selection(&self, selection: &Selection) -> Result<AudienceCount> {
        let (all, no_address, suppressed, no_consent): (i64, i64, i64, i64) = reading!(self, pool => {
            let query = sqlx::query_as(selection.tally_sql());
            binding!(query, selection).fetch_one(pool).await?
        });
        let eligible = all - no_address - suppressed - no_consent;
        let (matched, no_address) = if selection.address_column().is_some() {
            (all, no_address)
        } else {
            reading!(self, pool => {
                let query = sqlx::query_as(selection.people_sql());
                binding!(query, selection).fetch_one(pool).await?
            })
        };
        Ok(AudienceCount {
            matched: matched.unsigned_abs(),
            no_address: no_address.unsigned_abs(),
            suppressed: suppressed.unsigned_abs(),
            no_consent: no_consent.unsigned_abs(),
            duplicates: 0,
            eligible: eligible.unsigned_abs(),
        })
    }

    /// The audience as it is at launch. Typed people become contacts, those of an earlier campaign and those who did
    /// something are found once: they are put on a hidden list of this name, and the list is the audience. Any other comes
    /// back as it is. The same name again adds to the same list.
    ///
    /// # Errors
    /// As [`Self::select_audience`].
    pub async fn fix_audience(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        audience: &Audience,
        list_name: &str,
        now: DateTime<Utc>,
    ) -> Result<Audience> {
        match audience {
            Audience::Typed { addresses } => {
                let list = self
                    .adopt_typed(ws, channel, addresses, list_name, now)
                    .await?;
                Ok(Audience::List { list })
            }
            Audience::FollowUp { campaign, who } => {
                let list = self
                    .list_follow_up(ws, campaign, *who, list_name, now)
                    .await?;
                Ok(Audience::List { list })
            }
            Audience::Filter { condition } if has_history(condition) => {
                let selection = self.select_audience(ws, channel, audience, now).await?;
                let list = self.hidden_list(ws, list_name, now).await?;
                self.add_selected(&selection, list.0).await?;
                Ok(Audience::List { list: list.1 })
            }
            other => Ok(other.clone()),
        }
    }

    /// Key and id of the hidden list of this name, made where there is none.
    async fn hidden_list(
        &self,
        ws: WorkspaceId,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<(i64, String)> {
        let mut turn = self.turn(ws).await?;
        let list = turn.list_named(ws, name, true, now).await?;
        turn.commit().await?;
        Ok(list)
    }

    /// Puts everybody selected on a list.
    async fn add_selected(&self, selection: &Selection, list: i64) -> Result<()> {
        let mut turn = self.turn(selection.workspace).await?;
        let sql = selection.sql(&format!(
            "INSERT INTO contact_list_member (list, contact)
             SELECT CAST(${} AS BIGINT), c.pk FROM contact c WHERE c.workspace = $1 AND {} ON CONFLICT DO NOTHING",
            selection.args.len() + 2,
            selection.condition
        ));
        within!(&mut turn, conn => {
            binding!(sqlx::query(sql), selection).bind(list).execute(conn).await?;
        });
        turn.commit().await
    }
}

/// Whether a condition asks for what people did.
fn has_history(condition: &Condition) -> bool {
    match condition {
        Condition::All { of } | Condition::Any { of } => of.iter().any(has_history),
        Condition::Not { of } => has_history(of),
        Condition::Did { .. } => true,
        Condition::OnList { .. } | Condition::Attribute { .. } => false,
    }
}
