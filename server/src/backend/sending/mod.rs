//! Messaging campaigns for pages and programs: making, launching, following.

mod draft;
mod launch;
mod sample;

use app::backend::{Answer, SendingBackend};
use delivery::work::bounded;
use domain::{
    Campaign, Channel, Refusal,
    audience::{Audience, AudienceCount, FollowUp, MissingValue},
    carrier::AccountInfo,
    content::{Content, Preview, WhatsAppTemplate},
    recipient::HistoryEntry,
    sending::{
        Control, Draft, Editing, HeldDecision, HeldMessage, Launch, Obstacle, PositionClicks,
        Progress, Reply, Step, TestOutcome,
    },
    uplift::Uplift,
};

use super::{RequestBackend, visible::masked_for};
use crate::auth::Action;

/// Held messages and answers shown at once.
const SHOWN_MAX: u32 = 200;

impl SendingBackend for RequestBackend {
    fn editing(&self, id: String) -> Answer<Editing> {
        self.answer(Action::Read, |state, by| async move {
            let info = state.store.sending(by.workspace.id, &id).await?;
            let editing = draft::editing(&state, info).await?;
            Ok(masked_for(&by.principal, editing))
        })
    }

    fn save_draft(&self, id: String, step: Step, name: String, draft: Draft) -> Answer<Editing> {
        self.answer(Action::Write, move |state, by| async move {
            draft::save(&state, &by, &id, step, &name, draft).await
        })
    }

    fn accounts_for(&self, channel: Channel) -> Answer<Vec<AccountInfo>> {
        self.answer(Action::Write, move |state, by| async move {
            let now = state.clock.now();
            let all = state.store.account_infos(by.workspace.id, now).await?;
            Ok(all
                .into_iter()
                .filter(|account| account.protocol.channels().contains(&channel))
                .map(|account| AccountInfo {
                    settings: Default::default(),
                    secrets: Vec::new(),
                    webhook_path: String::new(),
                    ..account
                })
                .collect())
        })
    }

    fn templates(&self, account: String) -> Answer<Vec<WhatsAppTemplate>> {
        self.answer(Action::Write, |state, by| async move {
            let account = state.store.account(by.workspace.id, &account).await?;
            let carrier = state.carriers.of(&account)?;
            let templates = carrier.templates().await;
            templates.map_err(|words| Refusal::Conflict(words).into())
        })
    }

    fn count_audience(
        &self,
        campaign: Option<String>,
        channel: Channel,
        audience: Audience,
    ) -> Answer<AudienceCount> {
        self.answer(Action::Write, move |state, by| async move {
            let (ws, store) = (by.workspace.id, &state.store);
            let known = match campaign {
                Some(id) => store.sending(ws, &id).await?.draft.audience,
                None => Audience::Nobody,
            };
            let audience = draft::meant_audience(&state, &by, audience, &known).await?;
            let audience = draft::checked_audience(channel, audience)?;
            let now = state.clock.now();
            store.count_audience(ws, channel, &audience, now).await
        })
    }

    fn preview(&self, id: String, content: Content, n: u32) -> Answer<Preview> {
        self.answer(Action::Write, move |state, by| async move {
            let info = state.store.sending(by.workspace.id, &id).await?;
            let (values, recipient) = sample::values(&state, &by, &info, n).await?;
            let mut preview = bounded(move || content::preview(&content, &values, "")).await?;
            preview.recipient = recipient;
            Ok(masked_for(&by.principal, preview))
        })
    }

    fn previews(&self, id: String) -> Answer<Vec<Preview>> {
        self.answer(Action::Read, |state, by| async move {
            let Some(info) = state.store.sending_if_ours(by.workspace.id, &id).await? else {
                return Ok(Vec::new());
            };
            let (values, recipient) = sample::values(&state, &by, &info, 0).await?;
            let previews: Vec<Preview> = bounded(move || {
                let previews = info.draft.variants.iter().map(|variant| Preview {
                    recipient: recipient.clone(),
                    ..content::preview(&variant.content, &values, &variant.name)
                });
                previews.collect()
            })
            .await?;
            Ok(masked_for(&by.principal, previews))
        })
    }

    fn mjml(&self, mjml: String) -> Answer<String> {
        self.answer(Action::Write, |_, _| async move {
            let made = bounded(move || content::mjml(&mjml)).await?;
            let html = made.map(|made| made.html);
            html.map_err(|error| match error {
                content::MjmlError::Busy => store::Error::Overloaded,
                error => {
                    let problem = error.into_problem();
                    Refusal::invalid(problem.field, problem.message).into()
                }
            })
        })
    }

    fn starter(&self, name: String) -> Answer<String> {
        self.answer(Action::Write, |_, _| async move {
            let starter = content::starters()
                .iter()
                .find(|starter| starter.id == name);
            let starter = starter.ok_or_else(|| Refusal::not_found("starting point"))?;
            Ok(starter.mjml.to_owned())
        })
    }

    fn test_send(
        &self,
        id: String,
        variant: String,
        addresses: Vec<String>,
    ) -> Answer<Vec<TestOutcome>> {
        self.answer(Action::Write, move |state, by| async move {
            let outcomes = launch::test(&state, &by, &id, &variant, addresses).await?;
            Ok(masked_for(&by.principal, outcomes))
        })
    }

    fn launch_obstacles(&self, id: String) -> Answer<Vec<Obstacle>> {
        self.answer(Action::Write, |state, by| async move {
            launch::obstacles(&state, by.workspace.id, &id).await
        })
    }

    fn missing_values(&self, id: String) -> Answer<Vec<MissingValue>> {
        self.answer(Action::Write, |state, by| async move {
            launch::missing_values(&state, &by, &id).await
        })
    }

    fn launch(&self, id: String, launch: Launch) -> Answer<Campaign> {
        self.answer(Action::Write, move |state, by| async move {
            launch::launch(&state, &by, &id, launch).await
        })
    }

    fn progress(&self, id: String) -> Answer<Option<Progress>> {
        self.answer(Action::Read, |state, by| async move {
            let now = state.clock.now();
            let progress = state.store.progress(by.workspace.id, &id, now).await?;
            Ok(masked_for(&by.principal, progress))
        })
    }

    fn control(&self, id: String, control: Control) -> Answer<()> {
        self.answer(Action::Write, move |state, by| async move {
            let (ws, now) = (by.workspace.id, state.clock.now());
            state
                .store
                .control(ws, &id, control, &by.actor(), now)
                .await?;
            state.wake.notify_waiters();
            Ok(())
        })
    }

    fn held(&self, id: String) -> Answer<Vec<HeldMessage>> {
        self.answer(Action::Read, |state, by| async move {
            let held = state.store.held(by.workspace.id, &id, SHOWN_MAX).await?;
            Ok(masked_for(&by.principal, held))
        })
    }

    fn decide_held(&self, id: String, messages: Vec<String>, decision: HeldDecision) -> Answer<()> {
        self.answer(Action::Write, move |state, by| async move {
            let (ws, now) = (by.workspace.id, state.clock.now());
            let store = &state.store;
            store
                .decide_held(ws, &id, &messages, decision, &by.actor(), now)
                .await?;
            state.wake.notify_waiters();
            Ok(())
        })
    }

    fn follow_up(&self, id: String, who: FollowUp) -> Answer<Campaign> {
        self.answer(Action::Write, move |state, by| async move {
            let (ws, now) = (by.workspace.id, state.clock.now());
            state.store.follow_up(ws, &id, who, &by.actor(), now).await
        })
    }

    fn replies(&self, id: String) -> Answer<Vec<Reply>> {
        self.answer(Action::Read, |state, by| async move {
            let replies = state.store.replies(by.workspace.id, &id, SHOWN_MAX).await?;
            Ok(masked_for(&by.principal, replies))
        })
    }

    fn positions(&self, id: String) -> Answer<Vec<PositionClicks>> {
        self.answer(Action::Read, |state, by| async move {
            let links = state.store.clicks_by_position(by.workspace.id, &id).await?;
            Ok(masked_for(&by.principal, links))
        })
    }

    fn uplift(&self, id: String) -> Answer<Option<Uplift>> {
        self.answer(Action::Read, |state, by| async move {
            let trial = state.store.trial(by.workspace.id, &id).await?;
            Ok(trial.as_ref().map(Uplift::of))
        })
    }

    fn click_map(&self, id: String, variant: String) -> Answer<Option<String>> {
        self.answer(Action::Read, |state, by| async move {
            sample::click_map(&state, &by, &id, &variant).await
        })
    }

    fn history(&self, id: String, message: String) -> Answer<Vec<HistoryEntry>> {
        self.answer(Action::Read, |state, by| async move {
            let (ws, store) = (by.workspace.id, &state.store);
            let history = store.history(ws, &id, &message, None).await?;
            Ok(masked_for(&by.principal, history))
        })
    }
}
