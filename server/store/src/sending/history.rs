//! What happened to one message, in order.

use chrono::SecondsFormat;
use domain::{EventKind, Evidence, recipient::HistoryEntry, sending::OutboxState};

use super::time;
use crate::{Error, Result, Store, WorkspaceId, macros::seeing, snapshot::Snapshot};

/// Most entries of one message.
const ENTRIES_MAX: i64 = 500;

#[derive(sqlx::FromRow)]
struct Row {
    at: i64,
    kind: i64,
    evidence: i64,
    raw: Option<String>,
    link: Option<String>,
    os: Option<String>,
    device: Option<String>,
    reason: Option<String>,
}

impl Row {
    fn entry(self) -> Result<HistoryEntry> {
        let corrupt = || Error::Corrupt("event");
        let kind = u8::try_from(self.kind).ok().and_then(EventKind::from_code);
        let kind = kind.ok_or_else(corrupt)?;
        let evidence = u8::try_from(self.evidence)
            .ok()
            .and_then(Evidence::from_code);
        let device: Vec<_> = [self.device, self.os].into_iter().flatten().collect();
        let device = Some(device.join(", ")).filter(|text| !text.is_empty());
        Ok(HistoryEntry {
            at: time(self.at)
                .ok_or_else(corrupt)?
                .to_rfc3339_opts(SecondsFormat::Millis, true),
            kind,
            raw: self.raw,
            detail: self.reason.or(self.link).or(device),
            is_machine: kind.can_be_machine() && !evidence.ok_or_else(corrupt)?.is_human_likely(),
        })
    }
}

/// Word, state, the carrier's word, and when.
type AnswerRow = (String, i64, Option<String>, i64);

async fn answers_to(
    snapshot: &mut Snapshot,
    ws: WorkspaceId,
    message: &str,
) -> Result<Vec<AnswerRow>> {
    Ok(seeing!(snapshot, conn => {
        sqlx::query_as(
            "SELECT keyword, state, raw, changed_us FROM auto_answer WHERE origin = $1 AND workspace = $2
             ORDER BY changed_us LIMIT $3",
        )
        .bind(message)
        .bind(ws.0)
        .bind(ENTRIES_MAX)
        .fetch_all(conn)
        .await?
    }))
}

/// What was answered to a word by itself. No event: it is in no figure.
fn answered((keyword, state, raw, at): AnswerRow) -> Result<HistoryEntry> {
    let corrupt = || Error::Corrupt("automatic answer");
    let state = u8::try_from(state).ok().and_then(OutboxState::from_code);
    let kind = match state.ok_or_else(corrupt)? {
        OutboxState::Submitted => EventKind::Sent,
        OutboxState::Failed => EventKind::Failed,
        _ => EventKind::Queued,
    };
    Ok(HistoryEntry {
        at: time(at)
            .ok_or_else(corrupt)?
            .to_rfc3339_opts(SecondsFormat::Millis, true),
        kind,
        raw: raw.filter(|raw| !raw.is_empty()),
        detail: Some(format!("Automatic answer to {}", keyword.to_uppercase())),
        is_machine: false,
    })
}

impl Store {
    /// What happened to one message, in order; empty when the campaign has no such message.
    ///
    /// # Errors
    /// [`domain::Refusal::NotFound`] when there is no such campaign.
    pub async fn history(
        &self,
        ws: WorkspaceId,
        reference: &str,
        message: &str,
        recipient: Option<&str>,
    ) -> Result<Vec<HistoryEntry>> {
        let mut snapshot = self.snapshot().await?;
        let pk = snapshot.campaign_row(ws, reference).await?.pk;
        if !crate::db::is_storable(message) {
            return Ok(Vec::new());
        }
        // A message of ours names its recipient, and with it its row; one of another platform is looked for.
        let known: Option<String> = seeing!(&mut snapshot, conn => {
            sqlx::query_scalar("SELECT address FROM outbox WHERE message = $1 AND campaign = $2")
                .bind(message)
                .bind(pk)
                .fetch_optional(conn)
                .await?
        });
        let recipient = known.as_deref().or(recipient);
        let key = recipient.map(|recipient| crate::ingest::message_hash(message, recipient));
        let m: Option<i64> = seeing!(&mut snapshot, conn => {
            sqlx::query_scalar(
                "SELECT m FROM message WHERE campaign = $1 AND message = $2 AND (m = $3 OR $3 IS NULL) LIMIT 1",
            )
            .bind(pk)
            .bind(message)
            .bind(key)
            .fetch_optional(conn)
            .await?
        });
        let Some(m) = m else {
            return Ok(Vec::new());
        };
        let found: Vec<Row> = seeing!(&mut snapshot, conn => {
            sqlx::query_as(
                "SELECT at, kind, evidence, raw, link, os, device, reason FROM event
                 WHERE campaign = $1 AND m = $2 ORDER BY at, seq LIMIT $3",
            )
            .bind(pk)
            .bind(m)
            .bind(ENTRIES_MAX)
            .fetch_all(conn)
            .await?
        });
        let mut entries = found
            .into_iter()
            .map(Row::entry)
            .collect::<Result<Vec<_>>>()?;
        let answers = answers_to(&mut snapshot, ws, message).await?;
        for answer in answers {
            let entry = answered(answer)?;
            let place = entries.partition_point(|known| known.at <= entry.at);
            entries.insert(place, entry);
        }
        Ok(entries)
    }
}
