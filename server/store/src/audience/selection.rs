//! An audience as a statement, and its members as rows.

use domain::{
    Channel,
    channel::AddressKind,
    contact::{Consent, SuppressionSource},
};
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use super::sql::Arg;
use crate::{
    Result, WorkspaceId,
    contact::{consent_column, source},
};

/// An audience, ready to be read.
#[derive(Clone, Debug)]
pub struct Selection {
    pub(super) workspace: WorkspaceId,
    pub(super) channel: Channel,
    /// Condition on a contact `c`.
    pub(super) condition: String,
    /// What it binds, from `$2`.
    pub(super) args: Vec<Arg>,
    pub(super) is_sqlite: bool,
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
pub(super) use binding;

reads_audience!(SqliteConnection);
reads_audience!(PgConnection);

impl Selection {
    /// Column of a contact that holds the channel's address; none for push.
    pub(super) fn address_column(&self) -> Option<&'static str> {
        match self.channel.address_kind() {
            AddressKind::Phone => Some("c.phone"),
            AddressKind::Email => Some("c.email"),
            AddressKind::Device => None,
        }
    }

    pub(super) fn sql(&self, text: &str) -> AssertSqlSafe<String> {
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

    /// Where an address is, and the tables it is found in: a contact `c`; for push, its devices.
    pub(super) fn source(&self) -> (&'static str, &'static str) {
        match self.address_column() {
            Some(address) => (address, "contact c"),
            None => (
                "d.address",
                "device d JOIN contact c ON c.pk = d.contact AND d.workspace = $1",
            ),
        }
    }

    /// Everything but matched and lacking an address.
    pub(super) fn tally_sql(&self) -> AssertSqlSafe<String> {
        let (code, consent) = (self.channel.code(), consent_column(self.channel));
        let condition = &self.condition;
        let (address, from) = self.source();
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
    pub(super) fn people_sql(&self) -> AssertSqlSafe<String> {
        let condition = &self.condition;
        self.sql(&format!(
            "SELECT COUNT(*),
                 COUNT(CASE WHEN NOT EXISTS (SELECT 1 FROM device d WHERE d.contact = c.pk) THEN 1 END)
             FROM contact c WHERE c.workspace = $1 AND {condition}"
        ))
    }
}
