//! Whom a campaign reaches: counting, and reading in pages.
//!
//! An [`Audience`] is first made a [`Selection`] (ids looked up, conditions written as SQL), which a page then reads from
//! any connection, also within a transaction. Reading goes by keys, so a page costs the same at the end as at the
//! beginning. Audiences that are costly to find (what people did, an earlier campaign) or that have to be made
//! (typed addresses) are put on a hidden list first: [`Store::fix_audience`].

mod follow_up;
mod sql;
#[cfg(test)]
mod tests;
mod typed;

use chrono::{DateTime, Utc};
use domain::{
    Channel, Refusal,
    audience::{Audience, AudienceCount, Condition},
    channel::AddressKind,
    contact::{Consent, SuppressionSource},
};
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use self::sql::{Arg, Compiler, Names};
use crate::{
    Result, Store, WorkspaceId,
    contact::{consent_column, source},
    macros::reading,
    turn::within,
};

/// An audience, ready to be read.
#[derive(Clone, Debug)]
pub struct Selection {
    workspace: WorkspaceId,
    channel: Channel,
    /// Condition on a contact `c`.
    condition: String,
    /// What it binds, from `$2`.
    args: Vec<Arg>,
    is_sqlite: bool,
}

/// Whether somebody is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Eligible,
    /// They have no address for the channel.
    NoAddress,
    /// Their address is on the blocklist.
    Suppressed(SuppressionSource),
    /// They never agreed, or left.
    NoConsent,
}

/// Somebody of an audience; for push, one of their devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Internal key of the contact.
    pub contact: i64,
    /// Internal key of the device, for push.
    pub device: Option<i64>,
    /// Where they are written to.
    pub address: Option<String>,
    /// Their IANA zone, where known.
    pub time_zone: Option<String>,
    /// Whether they are.
    pub verdict: Verdict,
}

impl Member {
    /// Where the page after this member begins.
    #[must_use]
    pub fn cursor(&self) -> i64 {
        self.device.unwrap_or(self.contact)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    contact: i64,
    device: Option<i64>,
    address: Option<String>,
    time_zone: Option<String>,
    source: Option<i64>,
    consent: i64,
}

impl TryFrom<Row> for Member {
    type Error = crate::Error;

    fn try_from(row: Row) -> Result<Self> {
        let verdict = match (&row.address, row.source) {
            (None, _) => Verdict::NoAddress,
            (Some(_), Some(code)) => Verdict::Suppressed(source(code)?),
            (Some(_), None) if row.consent != Consent::Subscribed as i64 => Verdict::NoConsent,
            (Some(_), None) => Verdict::Eligible,
        };
        Ok(Self {
            contact: row.contact,
            device: row.device,
            address: row.address,
            time_zone: row.time_zone,
            verdict,
        })
    }
}

/// Binds a selection's workspace and values to a query.
macro_rules! binding {
    ($query:expr, $selection:expr) => {{
        let mut query = $query.bind($selection.workspace.0);
        for arg in &$selection.args {
            query = match arg {
                Arg::Int(number) => query.bind(*number),
                Arg::Real(number) => query.bind(*number),
                Arg::Text(text) => query.bind(text.clone()),
            };
        }
        query
    }};
}

/// A connection that reads pages of audiences: also the one of a transaction under way.
pub(crate) trait ReadsAudience {
    /// Members after a cursor (0 at the beginning), `limit` at most, in the order of their keys. For push these are
    /// devices: who has none isn't among them.
    async fn members(
        &mut self,
        selection: &Selection,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Member>>;
}

macro_rules! reads_audience {
    ($connection:ty) => {
        impl ReadsAudience for $connection {
            async fn members(
                &mut self,
                selection: &Selection,
                after: i64,
                limit: u32,
            ) -> Result<Vec<Member>> {
                let query = sqlx::query_as(selection.page_sql());
                let rows: Vec<Row> = binding!(query, selection)
                    .bind(after)
                    .bind(i64::from(limit))
                    .fetch_all(self)
                    .await?;
                rows.into_iter().map(TryInto::try_into).collect()
            }
        }
    };
}
reads_audience!(SqliteConnection);
reads_audience!(PgConnection);

impl Selection {
    /// Column of a contact that holds the channel's address; none for push.
    fn address_column(&self) -> Option<&'static str> {
        match self.channel.address_kind() {
            AddressKind::Phone => Some("c.phone"),
            AddressKind::Email => Some("c.email"),
            AddressKind::Device => None,
        }
    }

    fn sql(&self, text: &str) -> AssertSqlSafe<String> {
        crate::turn::dialect(self.is_sqlite, text)
    }

    fn page_sql(&self) -> AssertSqlSafe<String> {
        let (after, limit) = (self.args.len() + 2, self.args.len() + 3);
        let (code, consent) = (self.channel.code(), consent_column(self.channel));
        let condition = &self.condition;
        self.sql(&match self.address_column() {
            Some(address) => format!(
                "SELECT c.pk AS contact, CAST(NULL AS BIGINT) AS device, {address} AS address, c.time_zone,
                     s.source, c.{consent} AS consent
                 FROM contact c LEFT JOIN suppression s
                     ON s.workspace = c.workspace AND s.channel = {code} AND s.address = {address}
                 WHERE c.workspace = $1 AND c.pk > ${after} AND {condition} ORDER BY c.pk LIMIT ${limit}"
            ),
            None => format!(
                "SELECT c.pk AS contact, d.pk AS device, d.address AS address, c.time_zone,
                     s.source, c.{consent} AS consent
                 FROM device d JOIN contact c ON c.pk = d.contact LEFT JOIN suppression s
                     ON s.workspace = c.workspace AND s.channel = {code} AND s.address = d.address
                 WHERE c.workspace = $1 AND d.workspace = $1 AND d.pk > ${after} AND {condition}
                 ORDER BY d.pk LIMIT ${limit}"
            ),
        })
    }

    /// Everything but matched and lacking an address.
    fn tally_sql(&self) -> AssertSqlSafe<String> {
        let (code, consent) = (self.channel.code(), consent_column(self.channel));
        let condition = &self.condition;
        let (address, from) = match self.address_column() {
            Some(address) => (address, "contact c"),
            None => (
                "d.address",
                "device d JOIN contact c ON c.pk = d.contact AND d.workspace = $1",
            ),
        };
        let agreed = Consent::Subscribed as u8;
        self.sql(&format!(
            "SELECT COUNT(*),
                 COUNT(CASE WHEN {address} IS NULL THEN 1 END),
                 COUNT(CASE WHEN {address} IS NOT NULL AND s.source IS NOT NULL THEN 1 END),
                 COUNT(CASE WHEN {address} IS NOT NULL AND s.source IS NULL AND c.{consent} <> {agreed} THEN 1 END)
             FROM {from} LEFT JOIN suppression s
                 ON s.workspace = c.workspace AND s.channel = {code} AND s.address = {address}
             WHERE c.workspace = $1 AND {condition}"
        ))
    }

    /// For push: people, and those without a device.
    fn people_sql(&self) -> AssertSqlSafe<String> {
        let condition = &self.condition;
        self.sql(&format!(
            "SELECT COUNT(*),
                 COUNT(CASE WHEN NOT EXISTS (SELECT 1 FROM device d WHERE d.contact = c.pk) THEN 1 END)
             FROM contact c WHERE c.workspace = $1 AND {condition}"
        ))
    }
}

impl Store {
    /// Makes an audience ready to be read on a channel: names are looked up, conditions written as SQL. Typed addresses
    /// select those who are contacts already, and a follow-up nobody: both are for [`Self::fix_audience`] first.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when it names what isn't there, or can't be understood.
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

    /// Members after a cursor: see [`ReadsAudience::members`].
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

    /// Keys of what an audience names. What isn't there is left out: whoever needs it says so.
    async fn names(&self, ws: WorkspaceId, audience: &Audience) -> Result<Names> {
        let mut names = Names::default();
        let (mut lists, mut campaigns) = (Vec::new(), Vec::new());
        match audience {
            Audience::List { list } => lists.push(list.clone()),
            Audience::Filter { condition } => named(condition, 0, &mut lists, &mut campaigns),
            _ => {}
        }
        for id in lists {
            match self.list_pk(ws, &id).await {
                Ok(pk) => drop(names.lists.insert(id, pk)),
                Err(crate::Error::Refused(Refusal::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        for id in campaigns {
            match self.campaign_row(ws, &id).await {
                Ok(row) => drop(names.campaigns.insert(id, row.pk)),
                Err(crate::Error::Refused(Refusal::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(names)
    }
}

/// Collects the ids a condition names, as deep as one may be.
fn named(
    condition: &Condition,
    depth: usize,
    lists: &mut Vec<String>,
    campaigns: &mut Vec<String>,
) {
    if depth > domain::audience::CONDITION_DEPTH_MAX
        || lists.len() + campaigns.len() > domain::audience::CONDITIONS_MAX
    {
        return;
    }
    match condition {
        Condition::All { of } | Condition::Any { of } => {
            for part in of {
                named(part, depth + 1, lists, campaigns);
            }
        }
        Condition::Not { of } => named(of, depth + 1, lists, campaigns),
        Condition::OnList { list } => lists.push(list.clone()),
        Condition::Did { campaign, .. } => {
            campaigns.extend(campaign.clone().filter(|id| !id.is_empty()))
        }
        Condition::Attribute { .. } => {}
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
