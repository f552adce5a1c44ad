//! `reportage import events FILE`: events from a file, by the same road as those that come over HTTP.
//!
//! One thread reads and parses, the store commits meanwhile; at most a few batches are in memory. An import that
//! was cut short is simply run again: what is in already counts as duplicate and changes nothing.

mod lines;
mod progress;
mod rejects;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use domain::{Event, event::Rejection};
use store::{Store, WorkspaceId};
use tokio::sync::mpsc;

use self::{
    lines::{LINE_BYTES_MAX, Line, Lines, Position},
    progress::Progress,
    rejects::Rejects,
};
use crate::{
    cli::Failure,
    clock::Clock,
    enrich::{Enrich, IpPolicy},
    http::ingest::read_event,
};

/// Lines in one batch: one commit of the store.
const BATCH_LINES: usize = 5_000;
/// Batches parsed ahead of the store.
const BATCHES_AHEAD: usize = 2;
/// Pause before a batch is offered again to a store that is overloaded.
const RETRY: Duration = Duration::from_millis(200);

/// Settings of `import events`.
#[derive(Args, Clone, Debug)]
pub struct ImportArgs {
    /// Events in the ingest format, one JSON object a line, plain or gzip; - reads standard input
    #[arg(value_name = "FILE")]
    pub source: PathBuf,
    /// Write the lines that were not taken to this file, with line number, code and message
    #[arg(long, env = "REPORTAGE_REJECTS", value_name = "FILE")]
    pub rejects: Option<PathBuf>,
}

/// An import under way.
struct Import<'a> {
    store: &'a Store,
    enrich: &'a Enrich,
    clock: &'a Clock,
    workspace: WorkspaceId,
    ip_policy: IpPolicy,
    rejects: Rejects,
    summary: Summary,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines that were not blank.
    pub lines: u64,
    /// Events stored.
    pub accepted: u64,
    /// Events stored earlier.
    pub duplicate: u64,
    /// Lines not taken.
    pub rejected: u64,
}

impl Summary {
    /// Whether there was something and none of it was taken: almost surely the wrong file or workspace.
    #[must_use]
    pub fn is_total_loss(&self) -> bool {
        self.lines > 0 && self.rejected == self.lines
    }
}

/// A line that parsed, with what is needed to reject it later.
struct Parsed {
    number: u64,
    bytes: Vec<u8>,
    event: Event,
}

/// Lines on their way from the parser to the store.
#[derive(Default)]
struct Batch {
    parsed: Vec<Parsed>,
    refused: Vec<(u64, Vec<u8>, Rejection)>,
}

/// `reportage import events`: prints what came of it.
///
/// # Errors
/// As [`import`], and when nothing of the file was taken.
pub async fn run(
    store: &Store,
    enrich: &Enrich,
    clock: &Clock,
    workspace: WorkspaceId,
    args: &ImportArgs,
) -> Result<(), Failure> {
    let summary = import(store, enrich, clock, workspace, args).await?;
    eprintln!(
        "{} events accepted, {} duplicates, {} rejected.",
        summary.accepted, summary.duplicate, summary.rejected
    );
    if summary.is_total_loss() {
        return Err("every line was rejected; --rejects FILE says why".into());
    }
    Ok(())
}

/// Imports the file.
///
/// # Errors
/// When the source can't be read, the rejects can't be written or the store fails. What was committed until then
/// stays.
pub async fn import(
    store: &Store,
    enrich: &Enrich,
    clock: &Clock,
    workspace: WorkspaceId,
    args: &ImportArgs,
) -> Result<Summary, Failure> {
    let ip_policy = store
        .workspace(workspace)
        .await?
        .ip_policy
        .parse()
        .unwrap_or_default();
    let position = Position::default();
    let (lines, size) =
        Lines::open(&args.source, &position).map_err(|error| named(&args.source, &error))?;
    let rejects = Rejects::open(args.rejects.as_deref())
        .map_err(|error| named(args.rejects.as_deref().unwrap_or(Path::new("-")), &error))?;
    let mut progress = Progress::new(size, position);
    let mut import = Import {
        store,
        enrich,
        clock,
        workspace,
        ip_policy,
        rejects,
        summary: Summary::default(),
    };

    let (sender, mut batches) = mpsc::channel(BATCHES_AHEAD);
    let reader = tokio::task::spawn_blocking({
        let clock = clock.clone();
        move || read(lines, &clock, &sender)
    });
    while let Some(batch) = batches.recv().await {
        import.commit(batch).await?;
        progress.show(&import.summary);
    }
    reader.await?.map_err(|error| named(&args.source, &error))?;
    import.rejects.finish()?;
    progress.finish(&import.summary);
    Ok(import.summary)
}

fn named(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

/// Reads and parses until the end, or until nobody listens any more.
fn read(mut lines: Lines, clock: &Clock, batches: &mpsc::Sender<Batch>) -> io::Result<()> {
    loop {
        let mut batch = Batch::default();
        while batch.lines() < BATCH_LINES
            && let Some(line) = lines.next()?
        {
            batch.take(line, clock);
        }
        if batch.lines() == 0 || batches.blocking_send(batch).is_err() {
            return Ok(());
        }
    }
}

impl Batch {
    fn lines(&self) -> usize {
        self.parsed.len() + self.refused.len()
    }

    /// Parses a line and keeps it with the good or the bad ones.
    fn take(&mut self, line: Line, clock: &Clock) {
        let parsed = if line.too_long {
            let message = format!("the line is longer than {LINE_BYTES_MAX} bytes");
            Err(Rejection::new("too_long", message))
        } else {
            read_event(&line.bytes).and_then(|event| event.check(clock.now()).map(|()| event))
        };
        match parsed {
            Ok(event) => {
                self.parsed.push(Parsed {
                    number: line.number,
                    bytes: line.bytes,
                    event,
                });
            }
            Err(rejection) => self.refused.push((line.number, line.bytes, rejection)),
        }
    }
}

impl Import<'_> {
    /// Commits one batch and notes what was rejected.
    async fn commit(&mut self, batch: Batch) -> Result<(), Failure> {
        self.summary.lines += batch.lines() as u64;
        self.summary.rejected += batch.refused.len() as u64;
        for (number, bytes, rejection) in &batch.refused {
            self.rejects.write(*number, rejection, bytes)?;
        }
        let received_us = self.clock.now().timestamp_micros();
        let (origins, facts): (Vec<_>, Vec<_>) = batch
            .parsed
            .into_iter()
            .map(|line| {
                let fact = self.enrich.fact(line.event, self.ip_policy, received_us);
                ((line.number, line.bytes), fact)
            })
            .unzip();
        let outcome = loop {
            match self.store.ingest(self.workspace, facts.clone()).await {
                Err(store::Error::Overloaded) => tokio::time::sleep(RETRY).await,
                outcome => break outcome?,
            }
        };
        self.summary.accepted += outcome.accepted;
        self.summary.duplicate += outcome.duplicate;
        self.summary.rejected += outcome.rejected.len() as u64;
        for (index, rejection) in &outcome.rejected {
            if let Some((number, bytes)) = origins.get(*index) {
                self.rejects.write(*number, rejection, bytes)?;
            }
        }
        Ok(())
    }
}
