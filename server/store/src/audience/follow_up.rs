//! Those of an earlier campaign who are to hear again: found in the states of its messages, a few thousand at a time.

use chrono::{DateTime, Utc};
use domain::{
    Channel, EventKind,
    audience::{AudienceCount, FollowUp},
    message::{MessageState, Standing},
};

use super::{
    Selection,
    sql::{Compiler, Names},
};
use crate::{Result, Store, WorkspaceId, macros::seeing, snapshot::Snapshot, state};

/// Messages read at a time.
const PAGE: i64 = 5_000;

/// What is known of one person of the campaign, over all messages they got.
#[derive(Default)]
struct Person {
    ord: i64,
    address: String,
    is_delivered: bool,
    is_sent: bool,
    is_engaged: bool,
    is_clicked: bool,
    is_failed: bool,
}

impl Person {
    fn see(&mut self, state: &MessageState) {
        let human = |wanted: fn(EventKind) -> bool| {
            state
                .lanes
                .iter()
                .any(|held| !held.lane.is_machine() && wanted(held.lane.kind()))
        };
        let standing = state.standing();
        self.is_delivered |= standing.is_delivered();
        self.is_sent |= standing == Standing::Sent;
        // Who clicked or answered has opened, told or not.
        self.is_engaged |= human(EventKind::is_engagement);
        self.is_clicked |= human(|kind| kind == EventKind::Clicked);
        self.is_failed |=
            standing.is_failed() || matches!(standing, Standing::Unsent | Standing::Queued);
    }

    fn is(&self, who: FollowUp) -> bool {
        match who {
            FollowUp::NotOpened => self.is_delivered && !self.is_engaged,
            FollowUp::NotClicked => self.is_delivered && !self.is_clicked,
            FollowUp::NotReached => self.is_failed && !self.is_delivered && !self.is_sent,
        }
    }
}

/// Goes through the people of a campaign, by their ordinals.
pub(super) struct Walk {
    campaign: i64,
    who: FollowUp,
    place: (i64, i64),
    /// The person whose messages may go on in the next page.
    open: Option<Person>,
    is_over: bool,
}

impl Walk {
    /// Addresses of the next of them; none when all were seen.
    pub(super) async fn next(&mut self, store: &Store) -> Result<Option<Vec<String>>> {
        if self.is_over {
            return Ok(None);
        }
        let mut snapshot = store.snapshot().await?;
        let rows = messages(&mut snapshot, self.campaign, self.place).await?;
        drop(snapshot);
        self.is_over = (rows.len() as i64) < PAGE;
        let mut found = Vec::new();
        for (ord, m, recipient, bytes) in rows {
            self.place = (ord, m);
            let mut person = match self.open.take() {
                Some(person) if person.ord == ord => person,
                before => {
                    found.extend(
                        before
                            .filter(|person| person.is(self.who))
                            .map(|p| p.address),
                    );
                    Person {
                        ord,
                        address: recipient.to_lowercase(),
                        ..Person::default()
                    }
                }
            };
            person.see(&state::decode(&bytes)?);
            self.open = Some(person);
        }
        if self.is_over {
            let last = self.open.take().filter(|person| person.is(self.who));
            found.extend(last.map(|person| person.address));
        }
        Ok(Some(found))
    }
}

type Found = (i64, i64, String, Vec<u8>);

async fn messages(snapshot: &mut Snapshot, campaign: i64, after: (i64, i64)) -> Result<Vec<Found>> {
    Ok(seeing!(snapshot, conn => {
        sqlx::query_as(
            "SELECT ord, m, recipient, state FROM message WHERE campaign = $1 AND (ord, m) > ($2, $3)
             ORDER BY ord, m LIMIT $4",
        )
        .bind(campaign)
        .bind(after.0)
        .bind(after.1)
        .bind(PAGE)
        .fetch_all(conn)
        .await?
    }))
}

impl Store {
    pub(super) async fn walk(
        &self,
        ws: WorkspaceId,
        campaign: &str,
        who: FollowUp,
    ) -> Result<Walk> {
        Ok(Walk {
            campaign: self.campaign_row(ws, campaign).await?.pk,
            who,
            place: (-1, i64::MIN),
            open: None,
            is_over: false,
        })
    }

    /// Contacts that have one of these addresses.
    pub(super) fn those_at(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        addresses: &[String],
        now: DateTime<Utc>,
    ) -> Result<Selection> {
        let is_sqlite = matches!(self.db(), crate::Db::Sqlite { .. });
        let names = Names::default();
        let mut compiler = Compiler::new(is_sqlite, now.timestamp_micros(), &names);
        let condition = compiler.has_address(addresses)?;
        Ok(Selection {
            workspace: ws,
            channel,
            condition,
            args: compiler.args,
            is_sqlite,
        })
    }

    pub(super) async fn count_follow_up(
        &self,
        ws: WorkspaceId,
        channel: Channel,
        campaign: &str,
        who: FollowUp,
        now: DateTime<Utc>,
    ) -> Result<AudienceCount> {
        let mut walk = self.walk(ws, campaign, who).await?;
        let mut sum = AudienceCount::default();
        while let Some(addresses) = walk.next(self).await? {
            let selection = self.those_at(ws, channel, &addresses, now)?;
            let part = self.count_selection(&selection).await?;
            sum.matched += part.matched;
            sum.no_address += part.no_address;
            sum.suppressed += part.suppressed;
            sum.no_consent += part.no_consent;
            sum.eligible += part.eligible;
        }
        Ok(sum)
    }

    /// Puts them on a hidden list of this name, whose id it gives.
    pub(super) async fn list_follow_up(
        &self,
        ws: WorkspaceId,
        campaign: &str,
        who: FollowUp,
        name: &str,
        now: DateTime<Utc>,
    ) -> Result<String> {
        let mut walk = self.walk(ws, campaign, who).await?;
        let (pk, id) = self.hidden_list(ws, name, now).await?;
        while let Some(addresses) = walk.next(self).await? {
            let selection = self.those_at(ws, Channel::Sms, &addresses, now)?;
            self.add_selected(&selection, pk).await?;
        }
        Ok(id)
    }
}
