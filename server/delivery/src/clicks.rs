//! Clicks, judged beside each other and told.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{
    Fact,
    evidence::{NEIGHBOURS_MS, among, together},
};
use store::{Result, WaitingClick, WorkspaceId};

use crate::engine::Engine;

/// How much longer than its neighbours may tell of it a click waits: they may have been long in coming.
const GRACE: TimeDelta = TimeDelta::seconds(1);
/// How long a click that was told is remembered as a neighbour.
pub(crate) const REMEMBERED: TimeDelta = TimeDelta::seconds(60);

impl Engine {
    /// Tells the clicks of which it is known who else clicked on their message. Returns how many.
    ///
    /// A crash between telling and remembering tells them again, under the same ids; an engine beside this one does
    /// the same. What is told depends on the clicks alone, not on who tells it when.
    pub(crate) async fn tell_clicks(&self) -> Result<usize> {
        let until = self.now() - TimeDelta::milliseconds(NEIGHBOURS_MS) - GRACE;
        let limit = self.options().tell;
        let clicks = self.store().clicks_waiting(until, limit).await?;
        let until_us = until.timestamp_micros();
        let mut facts: BTreeMap<i64, Vec<Fact>> = BTreeMap::new();
        let mut told = Vec::new();
        for of_message in clicks.chunk_by(|a, b| a.message == b.message) {
            for (click, fact) in judged(of_message) {
                if click.at_us <= until_us {
                    facts.entry(click.workspace.0).or_default().push(fact);
                    told.push(click.pk);
                }
            }
        }
        for (workspace, facts) in facts {
            self.store().ingest(WorkspaceId(workspace), facts).await?;
        }
        self.store().clicks_told(&told).await?;
        Ok(told.len())
    }
}

/// The clicks on a message that are to be told, each with its fact, whose class is what it and its neighbours tell.
fn judged(clicks: &[WaitingClick]) -> impl Iterator<Item = (&WaitingClick, Fact)> {
    let places: Vec<(i64, i64)> = clicks
        .iter()
        .map(|click| (click.link, click.at_us.div_euclid(1_000)))
        .collect();
    let links = clicks.iter().map(|click| click.links).max().unwrap_or(0);
    clicks
        .iter()
        .zip(together(&places, links))
        .filter_map(|(click, neighbours)| {
            let mut fact = click.fact.clone()?;
            fact.evidence = among((fact.evidence, ""), neighbours).0;
            Some((click, fact))
        })
}
