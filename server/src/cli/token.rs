//! `reportage token`.

use clap::{Args, Subcommand};
use domain::{Refusal, user::Scope};
use store::Store;

use super::{CONSOLE, Failure, workspace::WorkspaceArg};
use crate::{
    auth::{TOKEN_DAYS, new_token, token_end},
    clock::Clock,
};

#[derive(Clone, Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make an API token and print it, alone, on standard output; only its hash is kept
    Create(CreateArgs),
    /// List the tokens: id, name, scopes, workspace, last use, end
    List,
    /// Revoke a token; a running server turns it away within seconds
    Revoke {
        /// Id of the token, as `list` shows it
        id: String,
    },
}

#[derive(Args, Clone, Debug)]
pub(super) struct CreateArgs {
    /// What it is for
    #[arg(long, env = "REPORTAGE_TOKEN_NAME")]
    name: String,
    /// Any of ingest, read, write, separated by commas
    #[arg(
        long,
        env = "REPORTAGE_TOKEN_SCOPES",
        required = true,
        value_delimiter = ',',
        value_parser = clap::builder::ValueParser::new(|text: &str| text.parse::<Scope>())
    )]
    scopes: Vec<Scope>,
    /// Days until it ends, 1 to 3650, or `none` for a token without an end
    #[arg(
        long,
        env = "REPORTAGE_TOKEN_EXPIRES_DAYS",
        value_name = "DAYS",
        default_value = "90",
        value_parser = clap::builder::ValueParser::new(Life::parse)
    )]
    expires_days: Life,
    #[command(flatten)]
    workspace: WorkspaceArg,
}

/// How long a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Life(Option<u32>);

impl Life {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let days = text.parse().ok().filter(|days| TOKEN_DAYS.contains(days));
        days.map(|days| Self(Some(days))).ok_or_else(|| {
            format!(
                "use {} to {} days, or none",
                TOKEN_DAYS.start(),
                TOKEN_DAYS.end()
            )
        })
    }
}

pub(super) async fn run(
    store: &Store,
    clock: &Clock,
    command: TokenCommand,
) -> Result<(), Failure> {
    match command {
        TokenCommand::Create(args) => create(store, clock, args).await,
        TokenCommand::List => list(store).await,
        TokenCommand::Revoke { id } => revoke(store, clock, &id).await,
    }
}

async fn create(store: &Store, clock: &Clock, args: CreateArgs) -> Result<(), Failure> {
    let ws = args.workspace.find(store, clock).await?;
    let (token, now) = (new_token()?, clock.now());
    store
        .create_token(
            ws.id,
            &args.name,
            &args.scopes,
            &token.hash(),
            (now, token_end(now, args.expires_days.0)),
        )
        .await?;
    store
        .audit(ws.id, CONSOLE, "token.created", &args.name, "", now)
        .await?;
    let kind = if ws.is_demo {
        "demonstration workspace"
    } else {
        "workspace"
    };
    eprintln!(
        "The token opens the {kind} {:?} and is shown this once.",
        ws.name
    );
    super::print(token.reveal())
}

async fn list(store: &Store) -> Result<(), Failure> {
    let workspaces = store.workspaces().await?;
    for token in store.tokens(None).await? {
        let ws = workspaces.iter().find(|ws| ws.id == token.workspace);
        let name = ws.map_or("?", |ws| ws.name.as_str());
        let used = token
            .last_used_at
            .map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
        let scopes: Vec<_> = token.scopes.into_iter().map(Scope::as_str).collect();
        let scopes = scopes.join(",");
        let end = token
            .expires_at
            .map_or_else(|| "none".to_owned(), |at| at.to_rfc3339());
        super::print(&format!(
            "{}\t{}\t{scopes}\t{name}\t{used}\t{end}",
            token.id, token.name
        ))?;
    }
    Ok(())
}

async fn revoke(store: &Store, clock: &Clock, id: &str) -> Result<(), Failure> {
    let all = store.tokens(None).await?;
    let token = all.into_iter().find(|token| token.id == id);
    let token = token.ok_or_else(|| Refusal::not_found("token"))?;
    store.revoke_token(token.workspace, &token.id).await?;
    let now = clock.now();
    store
        .audit(
            token.workspace,
            CONSOLE,
            "token.revoked",
            &token.name,
            "",
            now,
        )
        .await?;
    eprintln!("{} is revoked.", token.name);
    Ok(())
}
