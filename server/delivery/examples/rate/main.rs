//! How fast the engine sends, and what memory that takes:
//! `cargo run --release -p delivery --example rate -- --carrier smtp --messages 10000,100000`.
//!
//! A campaign with tracked links goes to an audience of each size, through the real engine and carrier client, to a double
//! of the carrier on loopback. The double and the engine are processes of their own, so that the memory and the processor
//! time told are the engine's alone. A message that the double got twice, or didn't get, ends the run with an error.

#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "what it measures is printed")]

mod gauge;
mod part;
mod people;
mod sender;
mod sink;
mod way;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use part::Part;
use sender::Measured;
use sink::Counted;
use way::Way;

/// What a run can fail with.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// As the server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "rate", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    measure: Measure,
    #[command(subcommand)]
    role: Option<Role>,
}

/// How fast the engine sends, and what memory that takes
#[derive(Args)]
struct Measure {
    /// Who carries the messages
    #[arg(long, value_enum, default_value = "smtp")]
    carrier: Way,
    /// Sizes of the audience, a run for each
    #[arg(long, value_delimiter = ',', default_value = "10000,100000")]
    messages: Vec<u32>,
    /// sqlite://… or postgres://… (each run adds a workspace to it); a new SQLite file for each run when absent
    #[arg(long)]
    database: Option<String>,
    #[command(flatten)]
    load: Load,
}

/// What the engine is set to; its defaults where absent.
#[derive(Args, Clone, Copy)]
struct Load {
    /// Workers
    #[arg(long)]
    workers: Option<usize>,
    /// Messages in a claim
    #[arg(long)]
    batch: Option<u32>,
}

/// The processes that a run starts.
#[derive(Subcommand)]
enum Role {
    /// The double of the carrier
    #[command(hide = true)]
    Sink {
        #[arg(long, value_enum)]
        carrier: Way,
    },
    /// The engine
    #[command(hide = true)]
    Send(sender::Order),
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let cli = Cli::parse();
    match cli.role {
        Some(Role::Sink { carrier }) => sink::run(carrier).await,
        Some(Role::Send(order)) => {
            let measured = sender::send(&order).await?;
            println!("{}", serde_json::to_string(&measured)?);
            Ok(())
        }
        None => measure(&cli.measure).await,
    }
}

async fn measure(measure: &Measure) -> Result<(), Failure> {
    println!("{}", Measured::HEAD);
    let mut failures = Vec::new();
    for people in &measure.messages {
        let (measured, counted) = run(measure, *people).await?;
        let twice = counted.messages - counted.distinct;
        let lost = u64::from(*people).abs_diff(counted.distinct);
        println!("{}", measured.row(twice, lost));
        if twice + lost > 0 || measured.submitted != u64::from(*people) {
            failures.push(format!(
                "of {people} messages {twice} came twice and {lost} were lost; {} are taken as submitted, {} as uncertain",
                measured.submitted, measured.uncertain
            ));
        }
        if measured.reported != measured.submitted {
            failures.push(format!(
                "the report knows of {} messages",
                measured.reported
            ));
        }
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(failures.join("; ").into()),
    }
}

/// One audience: a double, people, a campaign, and an engine that sends it.
async fn run(measure: &Measure, people: u32) -> Result<(Measured, Counted), Failure> {
    let folder = Folder::new()?;
    let database = match &measure.database {
        Some(url) => url.clone(),
        None => format!("sqlite://{}", folder.0.join("rate.db").display()),
    };
    let carrier = measure.carrier.to_string();
    let mut sink = Part::start(&["sink", "--carrier", &carrier])?;
    let port: u16 = sink.line().await?.parse()?;
    let campaign = people::settle(&database, measure.carrier, people, port).await?;
    let (ws, account, port) = (
        campaign.workspace.to_string(),
        campaign.account.to_string(),
        port.to_string(),
    );
    let mut order = vec![
        "send",
        "--carrier",
        &carrier,
        "--port",
        &port,
        "--database",
        &database,
    ];
    order.extend([
        "--workspace",
        &ws,
        "--account",
        &account,
        "--campaign",
        &campaign.id,
    ]);
    let workers = measure.load.workers.map(|n| n.to_string());
    let batch = measure.load.batch.map(|n| n.to_string());
    for (name, value) in [("--workers", &workers), ("--batch", &batch)] {
        if let Some(value) = value {
            order.extend([name, value]);
        }
    }
    let measured = Part::start(&order)?.last().await?;
    Ok((measured, sink.last().await?))
}

/// A folder that goes away with the run.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let name = format!("reportage-rate-{}", store::message_key()?);
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left lies in the folder for temporary files.
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}
