//! Loading the plan into a workspace of its own, and taking it away again.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;
use domain::{CampaignStatus, Event, Refusal, campaign::CampaignPatch, user::Role};
use indicatif::{ProgressBar, ProgressStyle};
use rand::Rng;
use store::{NewWorkspace, Store, WorkspaceId};

use super::plan::{LIVE_AGE, LIVE_MESSAGING, Plan, Planned};
use crate::{
    auth::{Passwords, check_strength},
    cli::Failure,
    clock::Clock,
    config::{secret_file, yes_or_no},
    enrich::{Enrich, IpPolicy},
};

/// Name of the demonstration workspace: nobody may take its figures for real ones.
pub const WORKSPACE: &str = "Aurora Retail (demonstration)";
/// Who can sign in to it.
pub const EMAIL: &str = "demo@reportage.example";

/// Events handed to the store at a time.
const BATCH: usize = 5_000;
/// Letters of generated passwords: none that look alike.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Settings of `demo`.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Seed of everything random: the same seed gives the same figures
    #[arg(long, env = "REPORTAGE_DEMO_SEED", default_value_t = 7)]
    pub seed: u64,
    /// About how many events to generate
    #[arg(
        long,
        env = "REPORTAGE_DEMO_EVENTS",
        default_value_t = 200_000,
        value_parser = clap::value_parser!(u32).range(1_000..=20_000_000)
    )]
    pub events: u32,
    /// Password of the demonstration's sign-in; generated and printed when absent
    #[arg(long, env = "REPORTAGE_DEMO_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,
    /// File that holds this password; wins over --password
    #[arg(long, env = "REPORTAGE_DEMO_PASSWORD_FILE", value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Do nothing unless nobody can sign in yet, but say how to
    #[arg(long, env = "REPORTAGE_DEMO_IF_EMPTY", value_parser = yes_or_no())]
    pub if_empty: bool,
    /// Remove the demonstration with everything in it
    #[arg(long, env = "REPORTAGE_DEMO_REMOVE", value_parser = yes_or_no())]
    pub remove: bool,
}

impl DemoArgs {
    /// The password given; none when one is to be made up.
    fn password(&self) -> Result<Option<String>, Failure> {
        match &self.password_file {
            Some(file) => Ok(Some(secret_file("--password-file", file)?)),
            None => Ok(self.password.clone()),
        }
    }
}

/// What loading came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Campaigns registered by this run.
    pub campaigns: u64,
    /// Events stored by this run.
    pub accepted: u64,
    /// Events that were there already.
    pub duplicate: u64,
    /// Events refused; none, unless something is wrong.
    pub rejected: u64,
}

/// `reportage demo`.
///
/// # Errors
/// When the demonstration that is loaded is another one, or the store fails.
pub async fn run(
    store: &Store,
    enrich: &Enrich,
    clock: &Clock,
    args: &DemoArgs,
) -> Result<(), Failure> {
    if args.remove && args.if_empty {
        return Err("--remove and --if-empty exclude each other".into());
    }
    if args.remove {
        let what = if remove(store).await? {
            "removed"
        } else {
            "not there"
        };
        eprintln!("The demonstration is {what}.");
        return Ok(());
    }
    if args.if_empty && store.has_users().await? {
        eprintln!("{}", hint(store).await?);
        return Ok(());
    }
    let loaded = load(store, enrich, args.seed, args.events, clock.now()).await?;
    let password = args.password()?.unwrap_or_else(generated_password);
    sign_in(store, &password, clock.now()).await?;
    eprintln!(
        "{WORKSPACE}: {} campaigns and {} events added, {} were there already.\n\
         Its figures are generated. Sign in as {EMAIL} with password {password}",
        loaded.campaigns, loaded.accepted, loaded.duplicate
    );
    Ok(())
}

/// How to sign in to a database that was not empty any more. Of the password only a hash is kept.
///
/// # Errors
/// When the store fails.
pub async fn hint(store: &Store) -> Result<String, Failure> {
    if store.user_by_email(EMAIL).await?.is_some() {
        return Ok(format!(
            "{WORKSPACE} is loaded. Sign in as {EMAIL} with the password it was given then;\n\
             `reportage user reset-password --email {EMAIL}` makes a new one."
        ));
    }
    Ok("The database is in use: no demonstration was loaded into it.".to_owned())
}

/// Removes the demonstration. Returns whether there was one.
///
/// # Errors
/// When the store fails.
pub async fn remove(store: &Store) -> Result<bool, Failure> {
    let Some(ws) = workspace(store).await? else {
        return Ok(false);
    };
    store.remove_workspace(ws).await?;
    Ok(true)
}

/// The demonstration workspace, if there is one.
pub(super) async fn workspace(store: &Store) -> Result<Option<WorkspaceId>, store::Error> {
    let all = store.workspaces().await?;
    Ok(all.into_iter().find(|ws| ws.is_demo).map(|ws| ws.id))
}

/// Loads the demonstration, or the rest of it after an interruption. What is there already stays as it is: a
/// second run generates the very same events, for the moment of the first.
///
/// # Errors
/// When another demonstration is loaded, or the store fails.
pub async fn load(
    store: &Store,
    enrich: &Enrich,
    seed: u64,
    events: u32,
    now: DateTime<Utc>,
) -> Result<Loaded, Failure> {
    let ws = match workspace(store).await? {
        Some(ws) => ws,
        None => {
            let new = NewWorkspace {
                name: WORKSPACE.to_owned(),
                time_zone: super::rhythm::ZONE.name().to_owned(),
                week_start: 1,
                is_demo: true,
            };
            store.create_workspace(new, now).await?.id
        }
    };
    let plan = Plan::new(seed, events, moment(store, ws, now).await?);
    let mut loaded = register(store, ws, &plan).await?;
    ingest(store, enrich, ws, &plan, &mut loaded).await?;
    for planned in &plan.campaigns {
        settle(store, ws, planned, plan.now).await?;
    }
    super::outreach::load(store, enrich, ws, seed, plan.now).await?;
    Ok(loaded)
}

/// The moment the plan is for: that of the first run, which the live campaign's age tells.
async fn moment(
    store: &Store,
    ws: WorkspaceId,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, store::Error> {
    match store.campaign(ws, LIVE_MESSAGING).await {
        Ok(live) => Ok(live.created_at + LIVE_AGE),
        Err(store::Error::Refused(Refusal::NotFound { .. })) => Ok(now),
        Err(error) => Err(error),
    }
}

/// Registers the campaigns that are not there yet, the one that tells the moment first.
async fn register(store: &Store, ws: WorkspaceId, plan: &Plan) -> Result<Loaded, Failure> {
    let is_live = |planned: &&Planned| planned.new.external_id.as_deref() == Some(LIVE_MESSAGING);
    let live = plan.campaigns.iter().filter(is_live);
    let others = plan.campaigns.iter().filter(|planned| !is_live(planned));
    let mut loaded = Loaded::default();
    let mut is_resumed = false;
    for (place, planned) in live.chain(others).enumerate() {
        let (_, created) = store
            .create_campaign(ws, planned.new.clone(), plan.now)
            .await?;
        // The live one is the same in every demonstration; the second tells them apart.
        match place {
            0 => is_resumed = !created,
            1 if is_resumed && created => {
                return Err("a demonstration with another seed or size is loaded; \
                            remove it first with `reportage demo --remove`"
                    .into());
            }
            _ => {}
        }
        loaded.campaigns += u64::from(created);
    }
    Ok(loaded)
}

async fn ingest(
    store: &Store,
    enrich: &Enrich,
    ws: WorkspaceId,
    plan: &Plan,
    loaded: &mut Loaded,
) -> Result<(), Failure> {
    let bar = ProgressBar::new(u64::from(plan.events));
    if let Ok(style) =
        ProgressStyle::with_template("{wide_bar} {human_pos} events  {per_sec}  {eta} left")
    {
        bar.set_style(style);
    }
    let mut events = plan.stream();
    loop {
        let batch: Vec<Event> = events.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        bar.inc(batch.len() as u64);
        // Nothing reads when these events came in but the clock of the store: it is given, too.
        let received_us = plan.now.timestamp_micros();
        let facts = batch
            .into_iter()
            .map(|event| enrich.fact(event, IpPolicy::Truncate, received_us))
            .collect();
        let outcome = store.ingest(ws, facts).await?;
        loaded.accepted += outcome.accepted;
        loaded.duplicate += outcome.duplicate;
        loaded.rejected += outcome.rejected.len() as u64;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Moves a campaign to where it stands after its events: pausing is only possible once it is live.
async fn settle(
    store: &Store,
    ws: WorkspaceId,
    planned: &Planned,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let Some(id) = planned.new.external_id.as_deref() else {
        return Ok(());
    };
    if planned.new.status != Some(planned.status)
        && store.campaign(ws, id).await?.status == CampaignStatus::Live
    {
        let patch = CampaignPatch {
            status: Some(planned.status),
            ..CampaignPatch::default()
        };
        store.update_campaign(ws, id, patch, now).await?;
    }
    Ok(())
}

/// Sets the password of the demonstration's admin, who is added if missing.
async fn sign_in(store: &Store, password: &str, now: DateTime<Utc>) -> Result<(), Failure> {
    check_strength(password, &[EMAIL])?;
    let hash = Passwords::default().hash(password.to_owned()).await?;
    let Some(ws) = workspace(store).await? else {
        return Ok(());
    };
    match store.user_by_email(EMAIL).await? {
        Some((user, _)) => store.set_password(user.id, &hash, None).await?,
        None => {
            store
                .create_user(ws, EMAIL, Role::Admin, &hash, now)
                .await?;
        }
    }
    Ok(())
}

fn generated_password() -> String {
    let mut rng = rand::rng();
    let mut letter = || LETTERS[rng.random_range(0..LETTERS.len())] as char;
    let mut word = || (0..4).map(|_| letter()).collect::<String>();
    [word(), word(), word()].join("-")
}
