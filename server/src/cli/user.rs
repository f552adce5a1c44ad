//! `reportage user`.

use std::{io::Read, path::PathBuf};

use clap::{Args, Subcommand};
use domain::{Refusal, user::Role};
use store::Store;

use super::{CONSOLE, Failure, workspace::WorkspaceArg};
use crate::{
    auth::{Passwords, Secret, check_strength},
    clock::Clock,
    config::{secret_file, yes_or_no},
};

#[derive(Clone, Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add someone who can sign in
    Add(AddArgs),
    /// List who can sign in: address, role, workspace, last seen
    List,
    /// Set a new password and end the person's sessions
    ResetPassword(ResetArgs),
}

#[derive(Args, Clone, Debug)]
pub(super) struct AddArgs {
    /// Address to sign in with
    #[arg(long, env = "REPORTAGE_USER_EMAIL")]
    email: String,
    /// admin, editor or viewer
    #[arg(
        long,
        env = "REPORTAGE_USER_ROLE",
        value_parser = clap::builder::ValueParser::new(|text: &str| text.parse::<Role>())
    )]
    role: Role,
    #[command(flatten)]
    workspace: WorkspaceArg,
    #[command(flatten)]
    password: PasswordArg,
}

#[derive(Args, Clone, Debug)]
pub(super) struct ResetArgs {
    /// Address the person signs in with
    #[arg(long, env = "REPORTAGE_USER_EMAIL")]
    email: String,
    #[command(flatten)]
    password: PasswordArg,
}

#[derive(Args, Clone, Debug)]
struct PasswordArg {
    /// Read the password from standard input; without it, one is made up and printed
    #[arg(long, env = "REPORTAGE_USER_PASSWORD_STDIN", value_parser = yes_or_no())]
    password_stdin: bool,
    /// File that holds the password; wins over --password-stdin
    #[arg(long, env = "REPORTAGE_USER_PASSWORD_FILE", value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl PasswordArg {
    /// The password of this person, and whether it was made up.
    fn read(&self, email: &str) -> Result<(String, bool), Failure> {
        if let Some(file) = &self.password_file {
            let password = secret_file("--password-file", file)?;
            check_strength(&password, &[email])?;
            return Ok((password, false));
        }
        if !self.password_stdin {
            return Ok((
                Secret::random("")?.reveal().chars().take(24).collect(),
                true,
            ));
        }
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        // What `echo` and editors add is not part of the password.
        let password = text.trim_end_matches(['\n', '\r']).to_owned();
        check_strength(&password, &[email])?;
        Ok((password, false))
    }
}

pub(super) async fn run(store: &Store, clock: &Clock, command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add(args) => add(store, clock, args).await,
        UserCommand::List => list(store).await,
        UserCommand::ResetPassword(args) => reset(store, clock, args).await,
    }
}

async fn add(store: &Store, clock: &Clock, args: AddArgs) -> Result<(), Failure> {
    let (password, made_up) = args.password.read(&args.email)?;
    let ws = args.workspace.find(store, clock).await?;
    let hash = Passwords::default().hash(password.clone()).await?;
    let user = store
        .create_user(ws.id, &args.email, args.role, &hash, clock.now())
        .await?;
    let now = clock.now();
    let role = user.role.as_str();
    store
        .audit(ws.id, CONSOLE, "person.added", &user.email, role, now)
        .await?;
    eprintln!(
        "{} can sign in to {} as {}.",
        user.email, ws.name, user.role
    );
    if made_up {
        super::print(&password)?;
    }
    Ok(())
}

async fn list(store: &Store) -> Result<(), Failure> {
    let workspaces = store.workspaces().await?;
    for user in store.users(None).await? {
        let ws = workspaces.iter().find(|ws| ws.id == user.workspace);
        let seen = user
            .last_seen_at
            .map_or_else(|| "never".to_owned(), |at| at.to_rfc3339());
        let name = ws.map_or("?", |ws| ws.name.as_str());
        super::print(&format!("{}\t{}\t{name}\t{seen}", user.email, user.role))?;
    }
    Ok(())
}

async fn reset(store: &Store, clock: &Clock, args: ResetArgs) -> Result<(), Failure> {
    let (password, made_up) = args.password.read(&args.email)?;
    let found = store.user_by_email(&args.email).await?;
    let (user, _) = found.ok_or_else(|| Refusal::not_found("person"))?;
    let hash = Passwords::default().hash(password.clone()).await?;
    store.set_password(user.id, &hash, None).await?;
    let now = clock.now();
    store
        .audit(
            user.workspace,
            CONSOLE,
            "password.reset",
            &user.email,
            "",
            now,
        )
        .await?;
    eprintln!(
        "{} has a new password; their sessions have ended.",
        user.email
    );
    if made_up {
        super::print(&password)?;
    }
    Ok(())
}
