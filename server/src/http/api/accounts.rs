//! What a campaign can be sent by: accounts at carriers, without their settings, and the templates at them.

use app::backend::SendingBackend;
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    Channel, Refusal,
    carrier::{AccountInfo, Protocol},
    content::WhatsAppTemplate,
    user::Scope,
};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    answer::{Pages, shown},
    params::Params,
    schema::{ChannelDoc, ProblemDoc, SendingAccountDoc, WhatsAppTemplateDoc},
    sending::{backend, problem},
};
use crate::{auth::ApiPrincipal, http::problem::Problem, state::AppState};

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(templates))
}

/// An account, as far as whoever makes a campaign has to know it.
#[derive(Debug, Serialize)]
pub(super) struct SendingAccount {
    pub id: String,
    pub name: String,
    pub protocol: Protocol,
    pub channels: &'static [Channel],
    pub senders: Vec<String>,
    pub per_second: Option<u32>,
    pub trouble: Option<String>,
}

impl From<AccountInfo> for SendingAccount {
    fn from(account: AccountInfo) -> Self {
        Self {
            id: account.id,
            name: account.name,
            protocol: account.protocol,
            channels: account.protocol.channels(),
            senders: account.senders,
            per_second: account.per_second,
            trouble: account.trouble,
        }
    }
}

/// List the accounts of a channel
///
/// A draft names one of them as `account`, and one of its `senders` as `sender`. They are added and changed in Settings.
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "Sending",
    params(("channel" = ChannelDoc, Query, description = "That can send on this channel")),
    responses(
        (status = 200, description = "All of them, by name", body = [SendingAccountDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "The channel is missing or unknown", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
) -> Result<Json<Vec<SendingAccount>>, Problem> {
    // Before its question is looked at: that is nothing for those who may not write.
    caller.require(Scope::Write)?;
    let pages = backend(&state, caller).await?;
    let channels = Channel::ALL.map(|channel| (channel.as_str(), channel));
    let channel = params
        .one_of("channel", &channels)?
        .ok_or_else(|| Refusal::invalid("channel", "is missing"))?;
    let accounts = pages.accounts_for(channel).await.map_err(problem)?;
    Ok(Json(accounts.into_iter().map(Into::into).collect()))
}

/// List the templates of an account
///
/// WhatsApp templates in every status, asked of the carrier now. A draft's content takes one as it is answered here.
#[utoipa::path(
    get, path = "/api/v1/accounts/{id}/templates", tag = "Sending",
    params(("id" = String, Path, description = "Id of the account")),
    responses(
        (status = 200, description = "The templates; none where the protocol has none", body = [WhatsAppTemplateDoc]),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such account", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "The carrier doesn't answer: its own words", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
async fn templates(
    Pages(pages): Pages,
    Path(id): Path<String>,
) -> Result<Json<Vec<WhatsAppTemplate>>, Problem> {
    shown(pages.templates(id)).await
}
