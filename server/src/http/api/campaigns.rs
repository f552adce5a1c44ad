//! Campaigns: list, create, read, change, delete.

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use chrono::{Datelike, NaiveDate};
use domain::{
    Campaign, CampaignFilter, CampaignKind, CampaignStatus, CampaignType, Refusal,
    campaign::{CampaignCard, CampaignPatch, CardFigures, NewCampaign},
    time::{DateRange, RangeChoice, weekday_from_iso},
    user::Scope,
};
use http::{StatusCode, header};
use serde::Serialize;
use store::Calendar;

use super::{
    JsonBody,
    params::Params,
    schema::{
        CampaignDoc, CampaignListDoc, CampaignPatchDoc, CampaignWithFiguresDoc, NewCampaignDoc,
        ProblemDoc,
    },
};
use crate::{auth::ApiPrincipal, backend::campaign, http::problem::Problem, state::AppState};

/// Campaigns of a page unless asked otherwise, and at most.
const LIMIT: (u32, u32) = (50, 200);

/// A campaign and its headline figures.
#[derive(Debug, Serialize)]
pub(super) struct CampaignWithFigures {
    #[serde(flatten)]
    pub campaign: Campaign,
    pub figures: CardFigures,
}

impl From<CampaignCard> for CampaignWithFigures {
    fn from(card: CampaignCard) -> Self {
        Self {
            campaign: card.campaign,
            figures: card.figures,
        }
    }
}

/// A page of campaigns.
#[derive(Debug, Default, Serialize)]
pub(super) struct CampaignList {
    pub campaigns: Vec<CampaignWithFigures>,
    pub next_cursor: Option<String>,
    pub total: u64,
}

/// List campaigns
///
/// Newest first. Without `kind` and `type`, messaging campaigns come before interactive ones.
#[utoipa::path(
    get, path = "/api/v1/campaigns", tag = "Campaigns",
    params(
        ("kind" = Option<super::schema::CampaignKindDoc>, Query, description = "Only this family"),
        ("type" = Option<super::schema::CampaignTypeDoc>, Query, description = "Only this type"),
        ("status" = Option<super::schema::CampaignStatusDoc>, Query, description = "Only this status"),
        ("from" = Option<NaiveDate>, Query, description = "Created on or after this local date"),
        ("to" = Option<NaiveDate>, Query, description = "Created on or before this local date"),
        ("tz" = Option<String>, Query, description = "IANA zone of the dates; the workspace's by default"),
        ("q" = Option<String>, Query, description = "Part of a name, or a number with or without #"),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "Campaigns per page", minimum = 1, maximum = 200),
    ),
    responses(
        (status = 200, description = "A page", body = CampaignListDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A parameter can't be understood", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    params: Params,
) -> Result<Json<CampaignList>, Problem> {
    caller.require(Scope::Read)?;
    let limit = params.limit(LIMIT.0, LIMIT.1)?;
    let filters = filters(&params)?;
    let row = state.store.workspace(caller.workspace()).await?;
    let zone = params.zone()?.unwrap_or(row.time_zone);
    let calendar = Calendar {
        today: state.clock.now().with_timezone(&zone).date_naive(),
        week_start: weekday_from_iso(row.week_start),
        zone,
    };

    // One family after the other; a cursor says in which it stands.
    let mut list = CampaignList::default();
    for filter in &filters {
        let name = filter.kind.as_str();
        let (is_past, cursor) = match params.text("cursor")?.map(|text| text.split_once('.')) {
            None => (false, None),
            Some(Some((kind, at))) if kind == name => (false, Some(at).filter(|at| !at.is_empty())),
            Some(Some((kind, _))) if kind.parse::<CampaignKind>().is_ok() => (
                kind.parse()
                    .is_ok_and(|kind: CampaignKind| kind > filter.kind),
                None,
            ),
            Some(_) => return Err(Refusal::invalid("cursor", "is not one this server gave").into()),
        };
        let room = limit.saturating_sub(u32::try_from(list.campaigns.len()).unwrap_or(limit));
        let filter = CampaignFilter {
            cursor: cursor.map(str::to_owned),
            ..filter.clone()
        };
        let page = state
            .store
            .list_campaigns(caller.workspace(), &filter, calendar, room.max(1))
            .await?;
        list.total += page.total;
        if is_past || list.next_cursor.is_some() {
            continue;
        }
        if room == 0 {
            list.next_cursor = (page.total > 0).then(|| format!("{name}."));
            continue;
        }
        list.campaigns
            .extend(page.cards.into_iter().map(Into::into));
        list.next_cursor = page.next_cursor.map(|at| format!("{name}.{at}"));
    }
    Ok(Json(list))
}

/// The filters of the families asked for.
fn filters(params: &Params) -> Result<Vec<CampaignFilter>, Refusal> {
    let kinds = CampaignKind::ALL.map(|kind| (kind.as_str(), kind));
    let kind = params.one_of("kind", &kinds)?;
    let campaign_type: Option<CampaignType> = params.parsed("type", "is no type of campaign")?;
    let status: Option<CampaignStatus> = params.parsed("status", "is no status of campaigns")?;
    if let (Some(kind), Some(campaign_type)) = (kind, campaign_type)
        && campaign_type.kind() != kind
    {
        return Err(Refusal::invalid(
            "type",
            format!("{campaign_type} is no type of {kind} campaigns"),
        ));
    }
    let range = match params.dates()? {
        (None, None) => RangeChoice::All,
        (from, to) => {
            let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
            let last = NaiveDate::from_ymd_opt(9999, 12, 30).unwrap_or_default();
            let range = DateRange {
                from: from.unwrap_or(first),
                to: to.unwrap_or(last),
            };
            if range.from > range.to || range.to.year() > 9999 {
                return Err(Refusal::invalid("from", "is out of range"));
            }
            RangeChoice::Custom(range)
        }
    };
    let query = params.text("q")?.unwrap_or_default().trim().to_owned();
    let kind = kind.or(campaign_type.map(CampaignType::kind));
    Ok(CampaignKind::ALL
        .into_iter()
        .filter(|candidate| kind.is_none_or(|kind| kind == *candidate))
        .map(|kind| CampaignFilter {
            kind,
            range,
            campaign_type,
            status,
            query: query.clone(),
            cursor: None,
        })
        .collect())
}

/// Register a campaign
///
/// With an `external_id` that is known already, nothing is created and the campaign that has it is given back
/// with 200: registering is safe to repeat.
#[utoipa::path(
    post, path = "/api/v1/campaigns", tag = "Campaigns",
    request_body = NewCampaignDoc,
    responses(
        (status = 201, description = "Created", body = CampaignDoc),
        (status = 200, description = "Known by its `external_id`; nothing was changed", body = CampaignDoc),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "The kind has no such status", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A field is missing or out of range", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    JsonBody(new): JsonBody<NewCampaign>,
) -> Result<Response, Problem> {
    caller.require(Scope::Write)?;
    let (campaign, created) = campaign::create(&state, &caller.0, new).await?;
    if !created {
        return Ok(Json(campaign).into_response());
    }
    let location = format!("/api/v1/campaigns/{}", campaign.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(campaign),
    )
        .into_response())
}

/// Read a campaign
#[utoipa::path(
    get, path = "/api/v1/campaigns/{id}", tag = "Campaigns",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 200, description = "The campaign with its headline figures", body = CampaignWithFiguresDoc),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `read`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<Json<CampaignWithFigures>, Problem> {
    caller.require(Scope::Read)?;
    Ok(Json(
        state.store.card(caller.workspace(), &id).await?.into(),
    ))
}

/// Change a campaign
///
/// Absent fields stay as they are. The status moves by legal transitions only.
#[utoipa::path(
    patch, path = "/api/v1/campaigns/{id}", tag = "Campaigns",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    request_body = CampaignPatchDoc,
    responses(
        (status = 200, description = "As it is now", body = CampaignDoc),
        (status = 400, description = "The body is not JSON", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "Not a legal transition", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 422, description = "A field is out of range", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn update(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
    JsonBody(patch): JsonBody<CampaignPatch>,
) -> Result<Json<Campaign>, Problem> {
    caller.require(Scope::Write)?;
    Ok(Json(campaign::update(&state, &caller.0, &id, patch).await?))
}

/// Delete a campaign
///
/// Only while nothing of value would be lost: it has no recorded data, was never live, and is a draft
/// (interactive) or scheduled or pending (messaging).
#[utoipa::path(
    delete, path = "/api/v1/campaigns/{id}", tag = "Campaigns",
    params(("id" = String, Path, description = "Platform id or `external_id`")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "No or no valid token", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks `write`", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 404, description = "No such campaign", body = ProblemDoc, content_type = "application/problem+json"),
        (status = 409, description = "The rule that stands in the way", body = ProblemDoc, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: ApiPrincipal,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.require(Scope::Write)?;
    campaign::delete(&state, &caller.0, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
