//! The client side of `make bench`: generates events, posts them, posts single ones. It does as little as it can
//! while the clock runs, because it shares two cores with the server.
//!
//! `end2end/bench/bench.py` calls it; each command prints one JSON object.

#![forbid(unsafe_code)]

mod client;
mod generate;
mod load;
mod measured;
mod singles;

use std::{io::Write, path::PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};

/// What a command can fail with.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write events as request bodies, in the order in which they happened
    Generate(generate::Generate),
    /// Post all bodies and wait for every acknowledgement
    Load {
        #[command(flatten)]
        target: Target,
        /// Folder that `generate` filled
        #[arg(long)]
        data: PathBuf,
        /// Connections at the same time
        #[arg(long, default_value_t = 4)]
        connections: usize,
    },
    /// Post one event a request for a while
    Singles {
        #[command(flatten)]
        target: Target,
        /// Connections at the same time, kept alive
        #[arg(long, default_value_t = 64)]
        connections: usize,
        /// How long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Campaigns to spread the events over
        #[arg(long, default_value_t = 200)]
        campaigns: usize,
        /// When all of them happened
        #[arg(long)]
        at: DateTime<Utc>,
    },
}

/// The server and how to be let in.
#[derive(Args, Clone)]
struct Target {
    /// Address and port of the server
    #[arg(long)]
    address: String,
    /// API token with the scope `ingest`
    #[arg(long, env = "REPORTAGE_BENCH_TOKEN", hide_env_values = true)]
    token: String,
}

fn main() -> Result<(), Failure> {
    let cli = Cli::parse();
    // One thread: the server needs the others.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = match cli.command {
        Command::Generate(args) => generate::run(&args)?,
        Command::Load {
            target,
            data,
            connections,
        } => runtime.block_on(load::run(&target, &data, connections))?,
        Command::Singles {
            target,
            connections,
            seconds,
            campaigns,
            at,
        } => runtime.block_on(singles::run(&target, connections, seconds, campaigns, at))?,
    };
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}
