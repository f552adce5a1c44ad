//! What pages ask of the server: authorise, call the store, mask what must not be seen.
//!
//! Each method checks the right in its first line and leaves the rest to the store, bound to the asker's
//! workspace. A method that belongs to nobody in particular doesn't exist.

mod access;
mod answer;
pub(crate) mod campaign;
mod carriers;
mod contacts;
pub mod recipients;
mod sending;
mod visible;

pub(crate) use visible::masked_for;

use app::backend::{Answer, Backend, WorkspaceSettings};
use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignFilter, Refusal, Report, ReportQuery,
    campaign::{CampaignCard, CampaignPage, CampaignPatch, NewCampaign},
    recipient::RecipientPage,
    time::weekday_from_iso,
    user::{Viewer, WorkspaceInfo},
};
use store::{Calendar, RecipientQuery};

use crate::{
    auth::{Action, Actor, Signed, audit, require_fresh},
    state::AppState,
};

/// Cards of one page of a list.
const PAGE_CARDS: u32 = 50;
/// Rows of one page of Recipient Search.
const PAGE_RECIPIENTS: u32 = 100;

/// The server, bound to one request.
#[derive(Clone, Debug)]
pub struct RequestBackend {
    state: AppState,
    signed: Option<Signed>,
}

impl RequestBackend {
    /// The backend of a request; `signed` is whoever sent it.
    #[must_use]
    pub fn new(state: AppState, signed: Option<Signed>) -> Self {
        Self { state, signed }
    }

    /// Whoever is asking, if they may do this.
    fn may(&self, action: Action) -> Result<Signed, Refusal> {
        let signed = self.signed.clone().ok_or(Refusal::Unauthenticated)?;
        signed.principal.may(action)?;
        Ok(signed)
    }

    /// Checks the right, then does the work with what was found out about the asker.
    fn answer<T, F>(
        &self,
        action: Action,
        work: impl FnOnce(AppState, Signed) -> F + Send + 'static,
    ) -> Answer<T>
    where
        T: Send + 'static,
        F: Future<Output = store::Result<T>> + Send,
    {
        let (state, allowed) = (self.state.clone(), self.may(action));
        answer::tell(async move { work(state, allowed?).await })
    }

    /// As [`Self::answer`], in a session in which the password was given a moment ago: for what lets somebody in.
    fn answer_confirmed<T, F>(
        &self,
        action: Action,
        work: impl FnOnce(AppState, Signed) -> F + Send + 'static,
    ) -> Answer<T>
    where
        T: Send + 'static,
        F: Future<Output = store::Result<T>> + Send,
    {
        self.answer(action, |state, by| {
            let fresh = require_fresh(&state, &by);
            async move {
                fresh?;
                work(state, by).await
            }
        })
    }
}

impl Signed {
    /// Who they are, in the audit log.
    pub(crate) fn actor(&self) -> String {
        self.principal.actor.name()
    }

    /// The calendar of their workspace as of now.
    fn calendar(&self, state: &AppState) -> Calendar {
        let zone = self.workspace.time_zone;
        Calendar {
            today: state.clock.now().with_timezone(&zone).date_naive(),
            week_start: weekday_from_iso(self.workspace.week_start),
            zone,
        }
    }
}

impl Backend for RequestBackend {
    fn viewer(&self) -> Option<Viewer> {
        let signed = self.signed.as_ref()?;
        let Actor::Person { email, role, .. } = &signed.principal.actor else {
            return None;
        };
        let workspace = &signed.workspace;
        Some(Viewer {
            email: email.clone(),
            role: *role,
            workspace: WorkspaceInfo {
                name: workspace.name.clone(),
                time_zone: workspace.time_zone.name().to_owned(),
                week_start: workspace.week_start,
                is_demo: workspace.is_demo,
                today: signed.calendar(&self.state).today,
            },
        })
    }

    fn now(&self) -> DateTime<Utc> {
        self.state.clock.now()
    }

    fn list_campaigns(&self, filter: CampaignFilter) -> Answer<CampaignPage> {
        self.answer(Action::Read, |state, by| async move {
            let calendar = by.calendar(&state);
            state
                .store
                .list_campaigns(by.workspace.id, &filter, calendar, PAGE_CARDS)
                .await
        })
    }

    fn campaign(&self, id: String) -> Answer<CampaignCard> {
        self.answer(Action::Read, |state, by| async move {
            state.store.card(by.workspace.id, &id).await
        })
    }

    fn report(&self, id: String, query: ReportQuery) -> Answer<Report> {
        self.answer(Action::Read, |state, by| async move {
            let now = state.clock.now();
            let report = state.store.report(by.workspace.id, &id, &query, now);
            Ok(masked_for(&by.principal, report.await?))
        })
    }

    fn recipients(
        &self,
        id: String,
        q: String,
        status: Option<String>,
        cursor: Option<String>,
    ) -> Answer<RecipientPage> {
        self.answer(Action::Read, |state, by| async move {
            let status = status.filter(|name| !name.is_empty());
            let status = status.map(|name| recipients::category(&name)).transpose()?;
            let query = RecipientQuery {
                q,
                status,
                cursor,
                limit: PAGE_RECIPIENTS,
                ..RecipientQuery::default()
            };
            recipients::visible(&state.store, &by.principal, &id, &query).await
        })
    }

    fn create_campaign(&self, new: NewCampaign) -> Answer<Campaign> {
        self.answer(Action::Write, |state, by| async move {
            campaign::create(&state, &by.principal, new)
                .await
                .map(|(campaign, _)| campaign)
        })
    }

    fn update_campaign(&self, id: String, patch: CampaignPatch) -> Answer<Campaign> {
        self.answer(Action::Write, |state, by| async move {
            campaign::update(&state, &by.principal, &id, patch).await
        })
    }

    fn delete_campaign(&self, id: String) -> Answer<()> {
        self.answer(Action::Write, |state, by| async move {
            campaign::delete(&state, &by.principal, &id).await
        })
    }

    fn deletion_obstacle(&self, id: String) -> Answer<Option<Refusal>> {
        self.answer(Action::Read, |state, by| async move {
            state.store.deletion_obstacle(by.workspace.id, &id).await
        })
    }

    fn settings(&self) -> Answer<WorkspaceSettings> {
        self.answer(Action::Administer, |_, by| async move {
            Ok(WorkspaceSettings {
                time_zone: by.workspace.time_zone.name().to_owned(),
                name: by.workspace.name,
                week_start: by.workspace.week_start,
                ip_policy: by.workspace.ip_policy,
            })
        })
    }

    fn update_settings(&self, new: WorkspaceSettings) -> Answer<()> {
        self.answer(Action::Administer, move |state, by| async move {
            let WorkspaceSettings {
                name,
                time_zone,
                week_start,
                ip_policy,
            } = new;
            let store = &state.store;
            store
                .update_workspace(by.workspace.id, &name, &time_zone, week_start, &ip_policy)
                .await?;
            let detail = format!(
                "time zone {time_zone}, week starts on day {week_start}, addresses {ip_policy}"
            );
            audit(
                &state,
                &by.principal,
                "workspace.changed",
                name.trim(),
                &detail,
            )
            .await
        })
    }
}
