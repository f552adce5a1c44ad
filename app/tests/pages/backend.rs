//! A backend that answers with examples.

use std::collections::BTreeMap;

use app::{
    backend::{
        AccessBackend, Answer, Backend, CarriersBackend, ContactsBackend, Person, SendingBackend,
        TokenInfo, WorkspaceSettings,
    },
    error::AppError,
};
use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignFilter, CampaignKind, CampaignStatus, CampaignType, Channel, EventKind,
    Refusal, Report, ReportQuery,
    account::{FactorInfo, SessionInfo},
    audience::{Audience, AudienceCount, FollowUp, MissingExample, MissingValue},
    campaign::{CampaignCard, CampaignPage, CampaignPatch, CardFigures, NewCampaign},
    carrier::{AccountForm, AccountInfo, AuditEntry, AuditPage, Protocol},
    contact::{
        Consent, Contact, ContactCounts, ContactList, ContactPage, ContactQuery, NewContact,
        Suppression, SuppressionPage, SuppressionSource,
    },
    content::{Content, Preview, WhatsAppTemplate},
    import::{Column, ImportInfo, ImportStatus, Mapping, RowError},
    message::Category,
    recipient::{HistoryEntry, RecipientPage, RecipientRow},
    report::StatusBar,
    sending::{
        Control, Draft, Editing, HeldDecision, HeldMessage, Launch, LeftOut, Obstacle, Phase,
        Progress, Reply, Step, TestOutcome,
    },
    uplift::{Did, Group, Part, Trial, Uplift},
    user::{Role, Scope, Viewer, WorkspaceInfo},
};

/// Examples, for somebody with this role.
pub struct Examples {
    role: Role,
}

impl Examples {
    pub fn new(role: Role) -> Self {
        Self { role }
    }
}

fn at() -> DateTime<Utc> {
    "2026-11-25T09:00:00Z".parse().expect("a time")
}

fn yes<T: Send + 'static>(value: T) -> Answer<T> {
    Box::pin(std::future::ready(Ok(value)))
}

fn no<T: Send + 'static>() -> Answer<T> {
    Box::pin(std::future::ready(Err(AppError::Unavailable)))
}

fn missing<T: Send + 'static>(what: &str) -> Answer<T> {
    let refusal = Refusal::not_found(what);
    Box::pin(std::future::ready(Err(refusal.into())))
}

fn card(id: &str) -> CampaignCard {
    let status = match id {
        "c_sending" | "c_suspended" => CampaignStatus::InProgress,
        "c_mail" | "c_unsent" => CampaignStatus::Completed,
        "c_scheduled" => CampaignStatus::Scheduled,
        _ => CampaignStatus::Pending,
    };
    let first_event_at = matches!(
        status,
        CampaignStatus::InProgress | CampaignStatus::Completed
    )
    .then(at);
    CampaignCard {
        campaign: Campaign {
            id: id.to_owned(),
            number: 7,
            external_id: None,
            name: "Autumn".into(),
            kind: CampaignKind::Messaging,
            campaign_type: match id {
                "c_mail" => CampaignType::Email,
                "c_other" => CampaignType::Sms,
                _ => CampaignType::WhatsApp,
            },
            sender: "+34600".into(),
            status,
            created_at: at(),
            scheduled_at: (status == CampaignStatus::Scheduled)
                .then(|| "2026-11-27T09:00:00Z".parse().expect("a time")),
            was_live: first_event_at.is_some(),
            first_event_at,
            last_event_at: first_event_at,
            version: 3,
        },
        figures: CardFigures {
            recipients: 1_000,
            sent: 440,
            ..CardFigures::default()
        },
    }
}

impl Backend for Examples {
    fn viewer(&self) -> Option<Viewer> {
        Some(Viewer {
            email: "ana@example.org".into(),
            role: self.role,
            workspace: WorkspaceInfo {
                name: "Examples".into(),
                time_zone: "Europe/Madrid".into(),
                week_start: 1,
                is_demo: false,
                today: at().date_naive(),
            },
        })
    }
    fn now(&self) -> DateTime<Utc> {
        at()
    }
    fn list_campaigns(&self, _: CampaignFilter) -> Answer<CampaignPage> {
        yes(CampaignPage::default())
    }
    fn campaign(&self, id: String) -> Answer<CampaignCard> {
        yes(card(&id))
    }
    fn report(&self, id: String, query: ReportQuery) -> Answer<Report> {
        yes(Report {
            campaign: Some(card(&id).campaign),
            range: Default::default(),
            as_of: at(),
            evidence: query.evidence,
            kpis: Default::default(),
            rates: Default::default(),
            funnel: Vec::new(),
            series: Default::default(),
            statuses: (id == "c_mail")
                .then(|| StatusBar {
                    category: Category::Open,
                    count: 440,
                    raw: Vec::new(),
                })
                .into_iter()
                .collect(),
            breakdowns: Default::default(),
        })
    }
    fn recipients(
        &self,
        _: String,
        _: String,
        _: Option<String>,
        _: Option<String>,
    ) -> Answer<RecipientPage> {
        yes(RecipientPage {
            rows: vec![RecipientRow {
                recipient: "+34…22".into(),
                message: "m1".into(),
                status: Some(Category::Sent),
                raw_status: None,
                status_at: None,
                sent_at: None,
                delivered_at: None,
                opened_at: None,
                clicks: 0,
                variant: None,
            }],
            next_cursor: None,
        })
    }
    fn create_campaign(&self, _: NewCampaign) -> Answer<Campaign> {
        no()
    }
    fn update_campaign(&self, _: String, _: CampaignPatch) -> Answer<Campaign> {
        no()
    }
    fn delete_campaign(&self, _: String) -> Answer<()> {
        no()
    }
    fn deletion_obstacle(&self, _: String) -> Answer<Option<Refusal>> {
        yes(None)
    }
    fn settings(&self) -> Answer<WorkspaceSettings> {
        no()
    }
    fn update_settings(&self, _: WorkspaceSettings) -> Answer<()> {
        no()
    }
}

impl AccessBackend for Examples {
    fn confirm_password(&self, _: String) -> Answer<()> {
        no()
    }
    fn people(&self) -> Answer<Vec<Person>> {
        no()
    }
    fn add_person(&self, _: String, _: Role) -> Answer<String> {
        no()
    }
    fn reset_link(&self, _: String) -> Answer<String> {
        no()
    }
    fn reset_factor(&self, _: String) -> Answer<()> {
        no()
    }
    fn remove_person(&self, _: String) -> Answer<()> {
        no()
    }
    fn tokens(&self) -> Answer<Vec<TokenInfo>> {
        no()
    }
    fn create_token(&self, _: String, _: Vec<Scope>, _: Option<u32>) -> Answer<String> {
        no()
    }
    fn revoke_token(&self, _: String) -> Answer<()> {
        no()
    }
    fn change_password(&self, _: String, _: String) -> Answer<()> {
        no()
    }
    fn sessions(&self) -> Answer<Vec<SessionInfo>> {
        no()
    }
    fn end_session(&self, _: String) -> Answer<()> {
        no()
    }
    fn end_other_sessions(&self) -> Answer<()> {
        no()
    }
    fn factor(&self) -> Answer<FactorInfo> {
        no()
    }
    fn begin_factor(&self) -> Answer<()> {
        no()
    }
    fn activate_factor(&self, _: String) -> Answer<Vec<String>> {
        no()
    }
    fn switch_off_factor(&self, _: String, _: String) -> Answer<()> {
        no()
    }
}

fn ana() -> Contact {
    Contact {
        id: "p_1".into(),
        external_id: None,
        name: "Ana Ruiz".into(),
        phone: Some("+34…22".into()),
        email: Some("a…@example.org".into()),
        time_zone: None,
        attributes: [("city".to_owned(), "Madrid".to_owned())].into(),
        consents: [
            Consent::Subscribed,
            Consent::Unsubscribed,
            Consent::Unknown,
            Consent::Subscribed,
            Consent::Unknown,
        ],
        suppressed: vec![(Channel::WhatsApp, SuppressionSource::Stop)],
        devices: 2,
        created_at: at(),
        updated_at: at(),
    }
}

fn list() -> ContactList {
    ContactList {
        id: "l_1".into(),
        name: "Autumn list".into(),
        members: 1_204,
        created_at: at(),
    }
}

fn import(id: &str) -> ImportInfo {
    let status = match id {
        "i_uploaded" => ImportStatus::Uploaded,
        "i_running" => ImportStatus::Running,
        "i_done" => ImportStatus::Done,
        "i_failed" => ImportStatus::Failed,
        _ => ImportStatus::Checked,
    };
    let text = |text: &str| text.to_owned();
    let counted = matches!(status, ImportStatus::Checked | ImportStatus::Done);
    ImportInfo {
        id: id.to_owned(),
        file: "people.csv".into(),
        status,
        header: vec![text("E-mail"), text("Last order (€)")],
        sample: vec![vec![text("a…@example.org"), text("2026-10-01")]],
        mapping: Mapping {
            columns: vec![Column::Email, Column::Skip],
            list: Some(list().name),
            ..Mapping::default()
        },
        rows: Some(1_000),
        done: 400,
        created: if counted { 900 } else { 0 },
        updated: if counted { 90 } else { 0 },
        rejected: if counted { 10 } else { 0 },
        errors: if counted {
            vec![RowError {
                row: 17,
                column: "Phone".into(),
                message: "Not a number of Spain".into(),
            }]
        } else {
            Vec::new()
        },
        problem: (status == ImportStatus::Failed)
            .then(|| text("The file ends in the middle of a row.")),
        created_at: at(),
    }
}

impl ContactsBackend for Examples {
    fn contact_counts(&self) -> Answer<ContactCounts> {
        yes(ContactCounts {
            contacts: 1_204,
            reachable: [900, 1_100, 3, 0, 0],
            suppressed: [12, 0, 0, 0, 0],
        })
    }
    fn contacts(&self, _: ContactQuery) -> Answer<ContactPage> {
        yes(ContactPage {
            contacts: vec![ana()],
            next_cursor: Some("next".into()),
        })
    }
    fn contact(&self, id: String) -> Answer<Contact> {
        if id == "p_1" {
            yes(ana())
        } else {
            missing("contact")
        }
    }
    fn attribute_names(&self) -> Answer<Vec<String>> {
        yes(vec!["city".into()])
    }
    fn save_contact(&self, _: Option<String>, _: NewContact) -> Answer<Contact> {
        no()
    }
    fn delete_contact(&self, _: String) -> Answer<()> {
        no()
    }
    fn lists(&self) -> Answer<Vec<ContactList>> {
        yes(vec![list()])
    }
    fn create_list(&self, _: String) -> Answer<ContactList> {
        no()
    }
    fn delete_list(&self, _: String) -> Answer<()> {
        no()
    }
    fn suppressions(
        &self,
        _: Option<Channel>,
        _: String,
        _: Option<String>,
    ) -> Answer<SuppressionPage> {
        yes(SuppressionPage {
            entries: vec![Suppression {
                channel: Channel::Email,
                address: "b…@example.org".into(),
                source: SuppressionSource::HardFailure,
                reason: Some("550 no such user".into()),
                campaign: None,
                at: at(),
            }],
            next_cursor: None,
        })
    }
    fn suppress(&self, _: Channel, _: String) -> Answer<()> {
        no()
    }
    fn unsuppress(&self, _: Channel, _: String) -> Answer<()> {
        no()
    }
    fn imports(&self) -> Answer<Vec<ImportInfo>> {
        yes(vec![import("i_checked")])
    }
    fn import(&self, id: String) -> Answer<ImportInfo> {
        yes(import(&id))
    }
    fn check_import(&self, _: String, _: Mapping) -> Answer<()> {
        no()
    }
    fn run_import(&self, _: String) -> Answer<()> {
        no()
    }
    fn delete_import(&self, _: String) -> Answer<()> {
        no()
    }
}

impl SendingBackend for Examples {
    fn editing(&self, id: String) -> Answer<Editing> {
        yes(Editing {
            campaign: card(&id).campaign,
            draft: Draft {
                holdout: 10,
                ..Draft::default()
            },
            phase: Phase::Draft,
            obstacles: Vec::new(),
            links: Vec::new(),
        })
    }
    fn save_draft(&self, _: String, _: Step, _: String, _: Draft) -> Answer<Editing> {
        no()
    }
    fn accounts_for(&self, _: Channel) -> Answer<Vec<AccountInfo>> {
        no()
    }
    fn templates(&self, _: String) -> Answer<Vec<WhatsAppTemplate>> {
        no()
    }
    fn count_audience(&self, _: Option<String>, _: Channel, _: Audience) -> Answer<AudienceCount> {
        yes(AudienceCount {
            matched: 1_200,
            no_consent: 70,
            eligible: 1_130,
            ..AudienceCount::default()
        })
    }
    fn preview(&self, _: String, _: Content, _: u32) -> Answer<Preview> {
        no()
    }
    fn previews(&self, id: String) -> Answer<Vec<Preview>> {
        yes(vec![Preview {
            variant: "A".into(),
            recipient: "+34…22".into(),
            title: "Autumn".into(),
            note: "Until Sunday".into(),
            text: "*Big* sale".into(),
            html: if id == "c_mail" {
                "<p>Big sale</p>".into()
            } else {
                String::new()
            },
            image: "https://shop.example/a.png".into(),
            buttons: vec!["Shop now".into()],
            length: None,
            missing: vec!["city".into()],
        }])
    }
    fn mjml(&self, _: String) -> Answer<String> {
        no()
    }
    fn test_send(&self, _: String, _: String, _: Vec<String>) -> Answer<Vec<TestOutcome>> {
        no()
    }
    fn missing_values(&self, id: String) -> Answer<Vec<MissingValue>> {
        yes(if id == "c_lacking" {
            vec![MissingValue {
                placeholder: "code".into(),
                variants: vec!["A".into()],
                recipients: 1_100,
                eligible: 1_130,
                examples: vec![MissingExample {
                    contact: "k1".into(),
                    shown: "a…@example.com".into(),
                }],
            }]
        } else {
            Vec::new()
        })
    }
    fn launch_obstacles(&self, id: String) -> Answer<Vec<Obstacle>> {
        yes(if id == "c_missing" {
            vec![Obstacle {
                step: Step::Recipients,
                field: "audience".into(),
                message: "Choose whom it is for.".into(),
            }]
        } else {
            Vec::new()
        })
    }
    fn launch(&self, _: String, _: Launch) -> Answer<Campaign> {
        no()
    }
    fn progress(&self, id: String) -> Answer<Option<Progress>> {
        let phase = match id.as_str() {
            "c_other" => return yes(None),
            "c_sending" => Phase::Sending,
            "c_suspended" => Phase::Suspended,
            "c_mail" => Phase::Done,
            "c_unsent" => {
                return yes(Some(Progress {
                    phase: Phase::Done,
                    recipients: 1_000,
                    unsent: 1_000,
                    left_out: vec![
                        LeftOut {
                            reason: "no value for code".into(),
                            count: 990,
                        },
                        LeftOut {
                            reason: "Unsubscribed".into(),
                            count: 10,
                        },
                    ],
                    launched_at: Some(at()),
                    ..Progress::default()
                }));
            }
            _ => return yes(Some(Progress::default())),
        };
        yes(Some(Progress {
            phase,
            recipients: 1_000,
            waiting: 500,
            claimed: 20,
            submitted: 440,
            failed: 10,
            unsent: 12,
            left_out: Vec::new(),
            uncertain: if phase == Phase::Sending { 3 } else { 0 },
            cancelled: 5,
            held_out: if phase == Phase::Sending { 10 } else { 13 },
            last_minute: 120,
            eta_s: Some(260),
            trouble: (phase == Phase::Suspended)
                .then(|| "The carrier refuses the password.".to_owned()),
            launched_at: Some(at()),
            finished_at: None,
        }))
    }
    fn control(&self, _: String, _: Control) -> Answer<()> {
        no()
    }
    fn held(&self, _: String) -> Answer<Vec<HeldMessage>> {
        yes(vec![HeldMessage {
            message: "m9".into(),
            recipient: "+34…31".into(),
            reason: "The connection broke before the answer came.".into(),
            at: at(),
        }])
    }
    fn decide_held(&self, _: String, _: Vec<String>, _: HeldDecision) -> Answer<()> {
        no()
    }
    fn follow_up(&self, _: String, _: FollowUp) -> Answer<Campaign> {
        no()
    }
    fn replies(&self, _: String) -> Answer<Vec<Reply>> {
        yes(vec![Reply {
            sender: "+34…22".into(),
            text: "please stop".into(),
            keyword: Some("stop".into()),
            at: at(),
        }])
    }
    fn starter(&self, _: String) -> Answer<String> {
        yes(String::new())
    }
    fn positions(&self, _: String) -> Answer<Vec<domain::sending::PositionClicks>> {
        yes(Vec::new())
    }
    fn uplift(&self, id: String) -> Answer<Option<Uplift>> {
        let part = |name: &str, share, people, did: i64| Part {
            group: Group {
                name: name.into(),
                share,
                people,
                written: if name.is_empty() { 0 } else { people - 20 },
            },
            did: vec![Did {
                what: EventKind::Achieved,
                people: did.unsigned_abs(),
                worth: BTreeMap::from([("EUR".to_owned(), domain::money::Amount(did * 250_000))]),
            }],
        };
        yes((id == "c_mail").then(|| {
            Uplift::of(&Trial {
                arms: vec![part("A", 45, 4_500, 270), part("B", 45, 4_500, 250)],
                holdout: part("", 10, 1_000, 20),
                credited: 0,
                strangers: 3,
            })
        }))
    }
    fn click_map(&self, _: String, _: String) -> Answer<Option<String>> {
        yes(None)
    }
    fn history(&self, _: String, _: String) -> Answer<Vec<HistoryEntry>> {
        let entry = |kind, is_machine| HistoryEntry {
            at: "2026-11-25T09:00:07Z".into(),
            kind,
            raw: Some("raw".into()),
            detail: None,
            is_machine,
        };
        yes(vec![
            entry(EventKind::Sent, false),
            entry(EventKind::SoftFailed, false),
            entry(EventKind::Opened, true),
        ])
    }
}

impl CarriersBackend for Examples {
    fn accounts(&self) -> Answer<Vec<AccountInfo>> {
        yes(vec![AccountInfo {
            id: "a_1".into(),
            name: "Twilio main".into(),
            protocol: Protocol::Twilio,
            settings: BTreeMap::from([("account_sid".to_owned(), "AC1".to_owned())]),
            secrets: vec!["auth_token".into()],
            senders: vec!["+34600".into()],
            per_second: Some(20),
            webhook_path: "/hooks/7f".into(),
            last_event_at: Some(at()),
            events_today: 1_203,
            errors_today: 2,
            trouble: Some("Authentication failed".into()),
            created_at: at(),
        }])
    }
    fn save_account(&self, _: Option<String>, _: AccountForm) -> Answer<AccountInfo> {
        no()
    }
    fn delete_account(&self, _: String) -> Answer<()> {
        no()
    }
    fn check_account(&self, _: String) -> Answer<()> {
        no()
    }
    fn test_event(&self, _: String) -> Answer<()> {
        no()
    }
    fn audit(&self, _: Option<String>) -> Answer<AuditPage> {
        yes(AuditPage {
            entries: vec![AuditEntry {
                at: at(),
                actor: "token:CI".into(),
                action: "campaign.launched".into(),
                subject: "Autumn".into(),
                detail: "1,204 recipients".into(),
            }],
            next_cursor: Some("older".into()),
        })
    }
}
