//! The command line. What a command prints goes to standard output, everything said about it to standard error.

mod doctor;
mod import;
mod open;
mod private;
mod serve;
#[cfg(test)]
mod tests;
mod token;
mod user;
mod workspace;

use std::{ffi::OsString, io::Write, path::PathBuf, process::ExitCode};

use clap::{
    ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind,
    parser::ValueSource,
};
use store::Db;

use self::{import::ImportCommand, token::TokenCommand, user::UserCommand};
use crate::{
    clock::Clock,
    config::{Common, ServeArgs, VERSION},
    demo::{self, DemoArgs},
    enrich::Enrich,
    telemetry,
};

/// What a command can fail with; shown to whoever called it.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Who did it, in the audit log: whoever can run commands on the server.
const CONSOLE: &str = "console";

/// Self-hosted campaign performance reports.
#[derive(Debug, Parser)]
#[command(name = "reportage", version = VERSION, about)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    serve: ServeArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (what happens without a command, too)
    Serve(ServeArgs),
    /// Who can sign in
    #[command(subcommand)]
    User(UserCommand),
    /// API tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Bring the database up to date, after a copy of an SQLite file
    Migrate,
    /// Write a consistent copy of an SQLite database, while it is in use
    Backup {
        /// File to write, which must not exist; beside the database when absent
        file: Option<PathBuf>,
    },
    /// Load a demonstration into a workspace of its own: an invented shop, its campaigns and their events
    Demo(DemoArgs),
    /// Bring in what happened elsewhere
    #[command(subcommand)]
    Import(ImportCommand),
    /// Check what a server needs: database, schema, room, clock
    Doctor,
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    private::from_now_on();
    let cli = read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    telemetry::start(cli.common.log_format, &cli.common.log);
    let cpus = std::thread::available_parallelism().map_or(1, Into::into);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // Rendering a page is synchronous work: with one or two threads streams would starve.
        .worker_threads(cpus.max(4))
        .enable_all()
        .build();
    let outcome = runtime.map_err(Failure::from).and_then(|runtime| {
        let outcome = runtime.block_on(run(cli));
        // Blocking work that is still under way (a password hash) must not hold up the end.
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reportage: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a command line.
fn read(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    if let Some(problem) = misplaced(&matches) {
        return Err(Cli::command().error(ErrorKind::ArgumentConflict, problem));
    }
    Cli::from_arg_matches(&matches)
}

/// The flags of `serve` may stand alone, for that is what happens without a command. Before a command they would be
/// read and forgotten: that is told instead.
fn misplaced(matches: &ArgMatches) -> Option<String> {
    let command = matches.subcommand_name()?;
    let flags = ServeArgs::augment_args(clap::Command::new("serve"));
    let flag = flags.get_arguments().find(|flag| {
        matches.value_source(flag.get_id().as_str()) == Some(ValueSource::CommandLine)
    })?;
    let name = flag.get_long()?;
    Some(match command {
        "serve" => format!("--{name} belongs behind the command: reportage serve --{name} …"),
        _ => format!("--{name} is a flag of serve, {command} has none of it before its name"),
    })
}

async fn run(cli: Cli) -> Result<(), Failure> {
    let Cli {
        common,
        serve,
        command,
    } = cli;
    let clock = Clock::default();
    match command.unwrap_or(Command::Serve(serve)) {
        Command::Serve(args) => serve::run(&common, &args).await,
        Command::User(command) => {
            user::run(&open::store(&common, &clock).await?, &clock, command).await
        }
        Command::Token(command) => {
            token::run(&open::store(&common, &clock).await?, &clock, command).await
        }
        Command::Migrate => {
            open::store(&common, &clock).await?;
            eprintln!("The database is up to date.");
            Ok(())
        }
        Command::Backup { file } => backup(&common, &clock, file).await,
        Command::Demo(args) => {
            let store = open::store(&common, &clock).await?;
            demo::run(&store, &Enrich::default(), &clock, &args).await
        }
        Command::Import(command) => {
            import::run(&open::store(&common, &clock).await?, &clock, command).await
        }
        Command::Doctor => doctor::run(&common, &clock).await,
    }
}

/// Copies without migrating: a backup is wanted most before an update.
async fn backup(common: &Common, clock: &Clock, file: Option<PathBuf>) -> Result<(), Failure> {
    let url = common.database()?;
    if let Some(missing) = Db::sqlite_file(&url).filter(|path| !path.exists()) {
        return Err(format!("{} is not there", missing.display()).into());
    }
    private::database(&url);
    let db = Db::open(&url).await?;
    let file = match (&db, file) {
        (_, Some(file)) => file,
        (Db::Sqlite { path, .. }, None) => open::copy_name(path, "backup", clock),
        (Db::Postgres(_), None) => PathBuf::new(),
    };
    db.backup_to(&file).await?;
    print(&file.display().to_string())
}

/// Prints what a command answers.
fn print(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
