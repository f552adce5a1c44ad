//! A workspace in memory with one campaign, as far as making it asks.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignFilter, CampaignKind, CampaignStatus, Channel, Refusal, Report, ReportQuery,
    account::{FactorInfo, SessionInfo},
    audience::{Audience, AudienceCount, FollowUp, MissingValue},
    campaign::{CampaignCard, CampaignPage, CampaignPatch, CardFigures, NewCampaign},
    carrier::{AccountForm, AccountInfo, AuditPage, Protocol},
    contact::{
        Contact, ContactCounts, ContactList, ContactPage, ContactQuery, NewContact, SuppressionPage,
    },
    content::{Content, ContentLink, Preview, WhatsAppButton, WhatsAppHeader, WhatsAppTemplate},
    import::{ImportInfo, Mapping},
    recipient::{HistoryEntry, RecipientPage},
    sending::{
        Control, Draft, Editing, HeldDecision, HeldMessage, Launch, Obstacle, Phase, Progress,
        Reply, Step, TestOutcome,
    },
    user::{Role, Scope, Viewer, WorkspaceInfo},
};

use crate::{
    backend::{
        AccessBackend, Answer, Backend, CarriersBackend, ContactsBackend, Person, SendingBackend,
        TokenInfo, WorkspaceSettings,
    },
    error::AppError,
};

/// The answer of a future that waits for nothing.
pub(super) fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn now<T: Send + 'static>(value: Result<T, AppError>) -> Answer<T> {
    Box::pin(std::future::ready(value))
}

#[derive(Clone)]
pub(super) struct Workspace {
    pub(super) state: Arc<Mutex<State>>,
}

pub(super) struct State {
    pub(super) campaign: Campaign,
    pub(super) draft: Draft,
    pub(super) phase: Phase,
    pub(super) obstacles: Vec<Obstacle>,
    /// What the account says when it is asked for its templates.
    pub(super) templates: Result<Vec<WhatsAppTemplate>, AppError>,
}

impl Workspace {
    pub(super) fn new(channel: Channel) -> Self {
        let campaign = Campaign {
            id: "c1".into(),
            number: 7,
            external_id: None,
            name: "Spring <sale> & more".into(),
            kind: CampaignKind::Messaging,
            campaign_type: channel.campaign_type(),
            sender: String::new(),
            status: CampaignStatus::Pending,
            created_at: DateTime::UNIX_EPOCH,
            scheduled_at: None,
            was_live: false,
            first_event_at: None,
            last_event_at: None,
            version: 1,
        };
        let state = State {
            campaign,
            draft: Draft::default(),
            phase: Phase::Draft,
            obstacles: Vec::new(),
            templates: Ok(vec![template("approved"), template("rejected")]),
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    pub(super) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("a lock"))
    }

    fn editing_now(&self) -> Editing {
        self.with(|state| Editing {
            campaign: state.campaign.clone(),
            draft: state.draft.clone(),
            phase: state.phase,
            obstacles: state.obstacles.clone(),
            links: vec![ContentLink {
                variant: "A".into(),
                position: 1,
                url: "https://a.example/?x=1&y=2".into(),
                label: "See".into(),
                is_tracked: true,
            }],
        })
    }
}

pub(super) fn template(status: &str) -> WhatsAppTemplate {
    WhatsAppTemplate {
        name: format!("visit_{status}"),
        language: "en".into(),
        category: "utility".into(),
        status: status.into(),
        header: WhatsAppHeader::Text {
            text: "In {{1}}".into(),
        },
        body: "Hi {{1}}, *see you* on {{2}}".into(),
        footer: "Reply STOP to leave".into(),
        buttons: vec![WhatsAppButton::Url {
            text: "Open".into(),
            url: "https://a.example/{{1}}".into(),
        }],
    }
}

impl SendingBackend for Workspace {
    fn editing(&self, id: String) -> Answer<Editing> {
        now(match id.as_str() {
            "c1" => Ok(self.editing_now()),
            _ => Err(Refusal::not_found("campaign").into()),
        })
    }
    fn save_draft(&self, _: String, step: Step, name: String, draft: Draft) -> Answer<Editing> {
        self.with(|state| {
            state.draft = draft;
            state.draft.revision += 1;
            if !state.draft.saved.contains(&step) {
                state.draft.saved.push(step);
            }
            state.campaign.name = name;
        });
        now(Ok(self.editing_now()))
    }
    fn accounts_for(&self, _: Channel) -> Answer<Vec<AccountInfo>> {
        now(Ok(vec![AccountInfo {
            id: "acc".into(),
            name: "Main".into(),
            protocol: Protocol::Sandbox,
            settings: BTreeMap::new(),
            secrets: Vec::new(),
            senders: vec!["Aurora".into()],
            per_second: None,
            webhook_path: String::new(),
            last_event_at: None,
            events_today: 0,
            errors_today: 0,
            trouble: None,
            created_at: DateTime::UNIX_EPOCH,
        }]))
    }
    fn templates(&self, _: String) -> Answer<Vec<WhatsAppTemplate>> {
        now(self.with(|state| state.templates.clone()))
    }
    fn count_audience(&self, _: Option<String>, _: Channel, _: Audience) -> Answer<AudienceCount> {
        now(Ok(AudienceCount {
            matched: 1_300,
            suppressed: 66,
            eligible: 1_234,
            ..AudienceCount::default()
        }))
    }
    fn preview(&self, _: String, _: Content, _: u32) -> Answer<Preview> {
        now(Ok(Preview {
            recipient: "An•••".into(),
            text: "Hi Ana".into(),
            html: "<script>never()</script>".into(),
            missing: vec!["city".into()],
            ..Preview::default()
        }))
    }
    fn previews(&self, _: String) -> Answer<Vec<Preview>> {
        now(Ok(vec![Preview {
            variant: "A".into(),
            text: "Hi Ana".into(),
            html: "<script>never()</script>".into(),
            ..Preview::default()
        }]))
    }
    fn mjml(&self, mjml: String) -> Answer<String> {
        now(if mjml.contains("broken") {
            Err(Refusal::invalid("mjml", "line 1: not closed").into())
        } else {
            Ok(format!("<html>{mjml}</html>"))
        })
    }
    fn starter(&self, name: String) -> Answer<String> {
        now(Ok(format!("<mjml>{name}</mjml>")))
    }
    fn missing_values(&self, _: String) -> Answer<Vec<MissingValue>> {
        now(Ok(Vec::new()))
    }
    fn launch_obstacles(&self, _: String) -> Answer<Vec<Obstacle>> {
        now(Ok(self.with(|state| state.obstacles.clone())))
    }
    fn test_send(&self, _: String, _: String, _: Vec<String>) -> Answer<Vec<TestOutcome>> {
        now(Err(AppError::Unavailable))
    }
    fn launch(&self, _: String, _: Launch) -> Answer<Campaign> {
        now(Err(AppError::Unavailable))
    }
    fn progress(&self, _: String) -> Answer<Option<Progress>> {
        now(Err(AppError::Unavailable))
    }
    fn control(&self, _: String, _: Control) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn held(&self, _: String) -> Answer<Vec<HeldMessage>> {
        now(Err(AppError::Unavailable))
    }
    fn decide_held(&self, _: String, _: Vec<String>, _: HeldDecision) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn follow_up(&self, _: String, _: FollowUp) -> Answer<Campaign> {
        now(Err(AppError::Unavailable))
    }
    fn replies(&self, _: String) -> Answer<Vec<Reply>> {
        now(Err(AppError::Unavailable))
    }
    fn uplift(&self, _: String) -> Answer<Option<domain::uplift::Uplift>> {
        now(Err(AppError::Unavailable))
    }
    fn positions(&self, _: String) -> Answer<Vec<domain::sending::PositionClicks>> {
        now(Err(AppError::Unavailable))
    }
    fn click_map(&self, _: String, _: String) -> Answer<Option<String>> {
        now(Err(AppError::Unavailable))
    }
    fn history(&self, _: String, _: String) -> Answer<Vec<HistoryEntry>> {
        now(Err(AppError::Unavailable))
    }
}

impl ContactsBackend for Workspace {
    fn attribute_names(&self) -> Answer<Vec<String>> {
        now(Ok(vec!["city".into()]))
    }
    fn lists(&self) -> Answer<Vec<ContactList>> {
        now(Ok(vec![ContactList {
            id: "l1".into(),
            name: "Readers".into(),
            members: 3,
            created_at: DateTime::UNIX_EPOCH,
        }]))
    }
    fn contact_counts(&self) -> Answer<ContactCounts> {
        now(Err(AppError::Unavailable))
    }
    fn contacts(&self, _: ContactQuery) -> Answer<ContactPage> {
        now(Err(AppError::Unavailable))
    }
    fn contact(&self, _: String) -> Answer<Contact> {
        now(Err(AppError::Unavailable))
    }
    fn save_contact(&self, _: Option<String>, _: NewContact) -> Answer<Contact> {
        now(Err(AppError::Unavailable))
    }
    fn delete_contact(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn create_list(&self, _: String) -> Answer<ContactList> {
        now(Err(AppError::Unavailable))
    }
    fn delete_list(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn suppressions(
        &self,
        _: Option<Channel>,
        _: String,
        _: Option<String>,
    ) -> Answer<SuppressionPage> {
        now(Err(AppError::Unavailable))
    }
    fn suppress(&self, _: Channel, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn unsuppress(&self, _: Channel, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn imports(&self) -> Answer<Vec<ImportInfo>> {
        now(Err(AppError::Unavailable))
    }
    fn import(&self, _: String) -> Answer<ImportInfo> {
        now(Err(AppError::Unavailable))
    }
    fn check_import(&self, _: String, _: Mapping) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn run_import(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn delete_import(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
}

impl CarriersBackend for Workspace {
    fn accounts(&self) -> Answer<Vec<AccountInfo>> {
        now(Err(AppError::Unavailable))
    }
    fn save_account(&self, _: Option<String>, _: AccountForm) -> Answer<AccountInfo> {
        now(Err(AppError::Unavailable))
    }
    fn delete_account(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn check_account(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn test_event(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn audit(&self, _: Option<String>) -> Answer<AuditPage> {
        now(Err(AppError::Unavailable))
    }
}

impl Backend for Workspace {
    fn viewer(&self) -> Option<Viewer> {
        Some(Viewer {
            email: "ana@example.org".into(),
            role: Role::Editor,
            workspace: WorkspaceInfo {
                name: "w".into(),
                time_zone: "Europe/Madrid".into(),
                week_start: 1,
                is_demo: false,
                today: "2026-11-23".parse().expect("a date"),
            },
        })
    }
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
    fn list_campaigns(&self, _: CampaignFilter) -> Answer<CampaignPage> {
        let mut campaign = self.with(|state| state.campaign.clone());
        let own = campaign.clone();
        campaign.id = "c0".into();
        campaign.name = "Winter".into();
        campaign.first_event_at = Some(DateTime::UNIX_EPOCH);
        let card = |campaign| CampaignCard {
            campaign,
            figures: CardFigures::default(),
        };
        now(Ok(CampaignPage {
            cards: vec![card(own), card(campaign)],
            ..CampaignPage::default()
        }))
    }
    fn campaign(&self, _: String) -> Answer<CampaignCard> {
        now(Err(AppError::Unavailable))
    }
    fn report(&self, _: String, _: ReportQuery) -> Answer<Report> {
        now(Err(AppError::Unavailable))
    }
    fn recipients(
        &self,
        _: String,
        _: String,
        _: Option<String>,
        _: Option<String>,
    ) -> Answer<RecipientPage> {
        now(Err(AppError::Unavailable))
    }
    fn create_campaign(&self, _: NewCampaign) -> Answer<Campaign> {
        now(Err(AppError::Unavailable))
    }
    fn update_campaign(&self, _: String, _: CampaignPatch) -> Answer<Campaign> {
        now(Err(AppError::Unavailable))
    }
    fn delete_campaign(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn deletion_obstacle(&self, _: String) -> Answer<Option<Refusal>> {
        now(Err(AppError::Unavailable))
    }
    fn settings(&self) -> Answer<WorkspaceSettings> {
        now(Err(AppError::Unavailable))
    }
    fn update_settings(&self, _: WorkspaceSettings) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
}

impl AccessBackend for Workspace {
    fn confirm_password(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn people(&self) -> Answer<Vec<Person>> {
        now(Err(AppError::Unavailable))
    }
    fn add_person(&self, _: String, _: Role) -> Answer<String> {
        now(Err(AppError::Unavailable))
    }
    fn reset_link(&self, _: String) -> Answer<String> {
        now(Err(AppError::Unavailable))
    }
    fn reset_factor(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn remove_person(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn tokens(&self) -> Answer<Vec<TokenInfo>> {
        now(Err(AppError::Unavailable))
    }
    fn create_token(&self, _: String, _: Vec<Scope>, _: Option<u32>) -> Answer<String> {
        now(Err(AppError::Unavailable))
    }
    fn revoke_token(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn change_password(&self, _: String, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn sessions(&self) -> Answer<Vec<SessionInfo>> {
        now(Err(AppError::Unavailable))
    }
    fn end_session(&self, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn end_other_sessions(&self) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn factor(&self) -> Answer<FactorInfo> {
        now(Err(AppError::Unavailable))
    }
    fn begin_factor(&self) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
    fn activate_factor(&self, _: String) -> Answer<Vec<String>> {
        now(Err(AppError::Unavailable))
    }
    fn switch_off_factor(&self, _: String, _: String) -> Answer<()> {
        now(Err(AppError::Unavailable))
    }
}
