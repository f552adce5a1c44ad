//! Whoever holds a stream open, asked again and again: a stream outlives the request that opened it.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{Refusal, user::Scope};
use store::WorkspaceId;

use crate::{
    auth::{Signed, bearer},
    http::problem::Problem,
    state::AppState,
};

/// What a stream is open by, so that it can be asked again.
pub(super) enum Holder {
    Session(Signed),
    Token(String),
}

impl FromRequestParts<AppState> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        if let Some(token) = bearer(&parts.headers) {
            return Ok(Self::Token(token.to_owned()));
        }
        let signed = parts.extensions.get::<Signed>().cloned();
        Ok(signed.map(Self::Session).ok_or(Refusal::Unauthenticated)?)
    }
}

impl Holder {
    /// Whether it still opens this workspace. A database that doesn't answer closes nothing.
    pub(super) async fn still_reads(&self, state: &AppState, workspace: WorkspaceId) -> bool {
        let principal = match self {
            Self::Session(signed) => signed
                .again(state)
                .await
                .map(|signed| signed.map(|signed| signed.principal)),
            Self::Token(token) => match state.tokens.principal(state, token).await {
                Err(store::Error::Refused(_)) => Ok(None),
                other => other.map(Some),
            },
        };
        match principal {
            Ok(Some(principal)) => {
                principal.workspace == workspace && principal.allows(Scope::Read.into())
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, "a live stream could not be checked");
                true
            }
        }
    }
}
