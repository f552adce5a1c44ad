//! The process that sends: the engine as the server runs it, under a gauge.

use std::{sync::Arc, time::Duration};

use carrier::{
    Network, Settings,
    send::{Answer, Carrier},
};
use chrono::Utc;
use clap::Args;
use delivery::{Account, Accounts, Clock, Engine, Options, Unusable, obstacles, prepare, sentence};
use domain::{CampaignStatus, sending::Launch};
use serde::{Deserialize, Serialize};
use store::{Store, WorkspaceId};
use tokio_util::sync::CancellationToken;

use crate::{
    Failure, Load,
    gauge::{Gauge, Timed, memory_mib, processor_s},
    way::{BASE, Way},
};

/// How often is looked whether it is done.
const LOOK: Duration = Duration::from_millis(20);
/// A run in which nothing happens for so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to send.
#[derive(Args)]
pub struct Order {
    #[arg(long, value_enum)]
    carrier: Way,
    #[arg(long)]
    port: u16,
    #[arg(long)]
    database: String,
    #[arg(long)]
    workspace: i64,
    #[arg(long)]
    account: i64,
    #[arg(long)]
    campaign: String,
    #[command(flatten)]
    load: Load,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
pub struct Measured {
    carrier: String,
    workers: usize,
    batch: u32,
    people: u64,
    /// Messages taken by the carrier, as the outbox has it.
    pub submitted: u64,
    /// Messages nobody knows the fate of.
    pub uncertain: u64,
    /// Messages sent, as the report has it.
    pub reported: u64,
    /// From the launch to the last answer.
    sent_s: f64,
    /// From the launch to the campaign's completion: everything is told to the report.
    completed_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    processor_s: f64,
    before_mib: f64,
    peak_mib: f64,
}

impl Measured {
    /// Names of the columns.
    pub const HEAD: &str = "| carrier | workers × batch | audience | messages/s | until told, messages/s | submit p50, ms | p99, ms \
                            | CPU ms a message | RSS before, MiB | peak | twice | lost |\n|---|---|---|---|---|---|---|---|---|---|---|---|";

    /// As a row.
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    pub fn row(&self, twice: u64, lost: u64) -> String {
        let n = self.submitted as f64;
        format!(
            "| {} | {} × {} | {} | {:.0} | {:.0} | {:.1} | {:.1} | {:.2} | {:.0} | {:.0} | {twice} | {lost} |",
            self.carrier,
            self.workers,
            self.batch,
            self.people,
            n / self.sent_s,
            n / self.completed_s,
            self.p50_ms,
            self.p99_ms,
            self.processor_s * 1e3 / n,
            self.before_mib,
            self.peak_mib,
        )
    }
}

/// The one account, whose row is read each time, as the server does.
struct Only {
    store: Store,
    carrier: Arc<dyn Carrier>,
    settings: Settings,
}

impl Accounts for Only {
    fn account(&self, account: i64) -> Answer<'_, Result<Account, Unusable>> {
        Box::pin(async move {
            let row = self.store.account_by_key(account).await?;
            let row = row.ok_or_else(|| Unusable::Lasting("The account is gone.".to_owned()))?;
            Ok(Account {
                protocol: row.protocol,
                carrier: Arc::clone(&self.carrier),
                settings: self.settings.clone(),
                webhook_key: row.webhook_key,
            })
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own has a clock of its own"
)]
fn system_clock() -> Clock {
    Arc::new(Utc::now)
}

/// The carrier, under the gauge, as the only account.
fn only(order: &Order, store: &Store, gauge: &Arc<Gauge>) -> Result<Arc<dyn Accounts>, Failure> {
    let settings = order.carrier.settings(order.port);
    let network = Network {
        allows_private: true,
    };
    let carrier = Arc::new(Timed {
        inner: carrier::send::carrier(order.carrier.protocol(), &settings, &network)?,
        gauge: Arc::clone(gauge),
    });
    Ok(Arc::new(Only {
        store: store.clone(),
        carrier,
        settings,
    }))
}

/// As the server runs it, but for what was asked to differ.
fn options(load: &Load) -> Options {
    let defaults = Options::default();
    Options {
        base_url: BASE.to_owned(),
        workers: load.workers.unwrap_or(defaults.workers),
        batch: load.batch.unwrap_or(defaults.batch),
        ..defaults
    }
}

/// Launches the campaign, sends it, and measures.
pub async fn send(order: &Order) -> Result<Measured, Failure> {
    let store = Store::connect(&order.database).await?;
    let gauge = Arc::new(Gauge::new());
    let accounts = only(order, &store, &gauge)?;
    let options = options(&order.load);
    let (workers, batch) = (options.workers, options.batch);
    let clock = system_clock();
    let engine = Engine::new(
        store.clone(),
        Arc::clone(&accounts),
        Arc::clone(&clock),
        options,
    )?;

    let (ws, id) = (WorkspaceId(order.workspace), order.campaign.as_str());
    let info = store.sending(ws, id).await?;
    let found = obstacles(&store, &accounts, ws, &info, BASE, clock()).await?;
    if !found.is_empty() {
        return Err(sentence(&found).into());
    }
    let prepared = prepare(&store, ws, &info, BASE, clock()).await?;
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { engine.run(shutdown).await }
    });
    let (before_mib, processor) = (memory_mib("VmRSS"), processor_s());
    let launched = gauge.elapsed();
    store
        .launch(ws, id, Launch::Now, &prepared, "rate", clock())
        .await?;
    completed(&store, ws, id, &gauge, &clock).await?;
    let completed = gauge.elapsed();
    let processor_s = processor_s() - processor;
    // Before the report is read: what that takes is not the engine's.
    let peak_mib = memory_mib("VmHWM");
    shutdown.cancel();
    running.await?;
    let progress = store
        .progress(ws, id, clock())
        .await?
        .ok_or("no progress")?;
    let card = store.card(ws, id).await?.figures;
    Ok(Measured {
        carrier: order.carrier.to_string(),
        workers,
        batch,
        people: progress.recipients,
        submitted: progress.submitted,
        uncertain: progress.uncertain,
        reported: card.sent,
        sent_s: (gauge.last() - launched).as_secs_f64(),
        completed_s: (completed - launched).as_secs_f64(),
        p50_ms: gauge.percentile_ms(0.5),
        p99_ms: gauge.percentile_ms(0.99),
        processor_s,
        before_mib,
        peak_mib,
    })
}

/// Waits until the campaign is completed.
async fn completed(
    store: &Store,
    ws: WorkspaceId,
    id: &str,
    gauge: &Gauge,
    clock: &Clock,
) -> Result<(), Failure> {
    let (mut answered, mut since) = (0, gauge.elapsed());
    while store.campaign(ws, id).await?.status != CampaignStatus::Completed {
        if gauge.answered() != answered {
            (answered, since) = (gauge.answered(), gauge.elapsed());
        }
        if gauge.elapsed() - since > PATIENCE {
            let progress = store.progress(ws, id, clock()).await?;
            return Err(format!("nothing happens any more: {progress:?}").into());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}
