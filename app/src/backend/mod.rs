//! What the pages need from the server, named by its consumer.
//!
//! `app` cannot depend on `server` (that would be a cycle), and knows no SQL. So it states its needs as a
//! trait; `server` provides one value per request, already bound to whoever is asking. Every method
//! authorises before it does anything.

mod access;
mod carriers;
mod contacts;
mod sending;

pub use access::{AccessBackend, Person, TokenInfo};
pub use carriers::CarriersBackend;
pub use contacts::ContactsBackend;
pub use sending::SendingBackend;

use std::{future::Future, pin::Pin, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    Campaign, CampaignFilter, Refusal, Report, ReportQuery,
    campaign::{CampaignCard, CampaignPage, CampaignPatch, NewCampaign},
    recipient::RecipientPage,
    user::Viewer,
};
use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// A boxed answer, so that the trait can be an object.
pub type Answer<T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send>>;

/// What a workspace can be set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceSettings {
    /// Display name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// 1 = Monday … 7 = Sunday.
    pub week_start: u8,
    /// `truncate` keeps the network part of client addresses, `drop` keeps nothing.
    pub ip_policy: String,
}

/// The server, bound to one request and the person behind it.
pub trait Backend:
    AccessBackend + ContactsBackend + SendingBackend + CarriersBackend + Send + Sync
{
    /// Who is asking; none when nobody is signed in.
    fn viewer(&self) -> Option<Viewer>;
    /// The time on the server's clock, which pages call now.
    fn now(&self) -> DateTime<Utc>;

    /// A page of one tab's cards, with menu counts. Viewer.
    fn list_campaigns(&self, filter: CampaignFilter) -> Answer<CampaignPage>;
    /// One campaign with its headline figures. Viewer.
    fn campaign(&self, id: String) -> Answer<CampaignCard>;
    /// A report. Viewer.
    fn report(&self, id: String, query: ReportQuery) -> Answer<Report>;
    /// Recipient Search; keys are masked below admin. Viewer.
    fn recipients(
        &self,
        id: String,
        q: String,
        status: Option<String>,
        cursor: Option<String>,
    ) -> Answer<RecipientPage>;

    /// Registers a campaign. Editor.
    fn create_campaign(&self, new: NewCampaign) -> Answer<Campaign>;
    /// Renames, re-dates or moves a campaign along its lifecycle. Editor.
    fn update_campaign(&self, id: String, patch: CampaignPatch) -> Answer<Campaign>;
    /// Deletes a campaign by the deletion rules. Editor.
    fn delete_campaign(&self, id: String) -> Answer<()>;
    /// None when [`Self::delete_campaign`] would do it, else the reason why not. Viewer.
    fn deletion_obstacle(&self, id: String) -> Answer<Option<Refusal>>;

    /// Workspace settings. Admin.
    fn settings(&self) -> Answer<WorkspaceSettings>;
    /// Changes them. Admin.
    fn update_settings(&self, settings: WorkspaceSettings) -> Answer<()>;
}

/// The backend of this request.
///
/// # Errors
/// [`AppError::Unavailable`] outside a request, as when routes are listed at start.
pub fn backend() -> Result<Arc<dyn Backend>, AppError> {
    use_context::<Arc<dyn Backend>>().ok_or(AppError::Unavailable)
}
