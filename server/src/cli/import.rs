//! `reportage import`.

use clap::Subcommand;
use store::Store;

use super::{Failure, workspace::WorkspaceArg};
use crate::{
    clock::Clock,
    config::CountriesArg,
    import::{self, ImportArgs},
};

#[derive(Clone, Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Import events; running it again after an interruption is free, what is in already changes nothing
    Events {
        #[command(flatten)]
        args: ImportArgs,
        #[command(flatten)]
        workspace: WorkspaceArg,
        #[command(flatten)]
        countries: CountriesArg,
    },
}

pub(super) async fn run(
    store: &Store,
    clock: &Clock,
    command: ImportCommand,
) -> Result<(), Failure> {
    let ImportCommand::Events {
        args,
        workspace,
        countries,
    } = command;
    let ws = workspace.find(store, clock).await?;
    import::run(store, &countries.enrich()?, clock, ws.id, &args).await
}
