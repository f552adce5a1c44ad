//! Headline figures of cards, remembered per campaign until it changes.

use std::collections::HashMap;

use super::gather::{self, Bounds, Cohort};
use crate::{
    Result, Store, WorkspaceId,
    macros::{reading, seeing},
    snapshot::Snapshot,
};
use domain::{EventKind, EvidenceFilter, campaign::CardFigures, message::Standing};

/// Figures by campaign, each with the version it was made at. Bounded: emptied when full.
#[derive(Debug, Default)]
pub(crate) struct FigureCache {
    by_campaign: HashMap<i64, (i64, CardFigures)>,
}

const CACHED_MAX: usize = 50_000;

impl FigureCache {
    fn get(&self, pk: i64, version: i64) -> Option<CardFigures> {
        self.by_campaign
            .get(&pk)
            .filter(|(held, _)| *held == version)
            .map(|(_, figures)| *figures)
    }

    fn put(&mut self, pk: i64, version: i64, figures: CardFigures) {
        if self.by_campaign.len() >= CACHED_MAX {
            self.by_campaign.clear();
        }
        // A slow reader must not overwrite what a later one found.
        let held = self.by_campaign.entry(pk).or_insert((version, figures));
        if held.0 < version {
            *held = (version, figures);
        }
    }
}

fn figures(cohort: &Cohort) -> CardFigures {
    let unique = |kind| gather::tally(&cohort.lanes, kind, EvidenceFilter::Human).unique;
    CardFigures {
        recipients: cohort.messages(|standing| standing != Standing::None),
        sent: cohort.messages(Standing::is_sent),
        delivered: cohort.messages(Standing::is_delivered),
        failed: cohort.messages(Standing::is_failed),
        opened: unique(EventKind::Opened),
        read: unique(EventKind::Read),
        clicked: unique(EventKind::Clicked),
        visited: unique(EventKind::Visited),
        played: unique(EventKind::Played),
        submitted: unique(EventKind::Submitted),
        completed: unique(EventKind::Completed),
        prizes: gather::tally(
            &cohort.lanes,
            EventKind::PrizeAssigned,
            EvidenceFilter::Human,
        )
        .total,
        redeemed: unique(EventKind::Redeemed),
        received: unique(EventKind::Received),
    }
}

impl Store {
    /// Headline figures of campaigns given by key and version: whole life, human-likely evidence.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn card_figures(
        &self,
        campaigns: &[(i64, i64)],
    ) -> Result<HashMap<i64, CardFigures>> {
        let mut found = HashMap::with_capacity(campaigns.len());
        let mut missing = Vec::new();
        for (pk, version) in campaigns {
            match self.figure_cache().get(*pk, *version) {
                Some(figures) => _ = found.insert(*pk, figures),
                None => missing.push((*pk, *version)),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        // Read after the versions: newer figures kept under an older version are only made again.
        let mut snapshot = self.snapshot().await?;
        for (pk, version) in missing {
            let cohort = gather::cohort(&mut snapshot, pk, Bounds::default(), None, None).await?;
            let figures = figures(&cohort);
            self.figure_cache().put(pk, version, figures);
            found.insert(pk, figures);
        }
        Ok(found)
    }

    /// The workspace's change number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn version(&self, workspace: WorkspaceId) -> Result<i64> {
        let version: Option<i64> = reading!(self, pool => {
            sqlx::query_scalar("SELECT seq FROM workspace WHERE id = $1")
                .bind(workspace.0)
                .fetch_optional(pool)
                .await?
        });
        version.ok_or_else(|| domain::Refusal::not_found("workspace").into())
    }
}

/// First and last recorded event of the workspace.
pub(super) async fn life_of(
    snapshot: &mut Snapshot,
    workspace: WorkspaceId,
) -> Result<Option<(i64, i64)>> {
    let (first, last): (Option<i64>, Option<i64>) = seeing!(snapshot, conn => {
        sqlx::query_as(
            "SELECT MIN(first_event_us), MAX(last_event_us) FROM campaign WHERE workspace = $1",
        )
        .bind(workspace.0)
        .fetch_one(conn)
        .await?
    });
    Ok(first.zip(last))
}
