//! What one's own account reads and changes. Each function leaves authorising to the backend.

use domain::account::{FactorInfo, SessionInfo};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::preferences::flash::{self, Kept};

/// One's own account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnAccount {
    /// Where one is signed in.
    pub sessions: Vec<SessionInfo>,
    /// The second factor.
    pub factor: FactorInfo,
    /// Recovery codes made by a form without scripts, shown this once.
    #[serde(default)]
    pub codes: Vec<String>,
}

/// Reads one's own account.
#[server(input = GetUrl)]
pub async fn load_account() -> Result<OwnAccount, AppError> {
    let backend = crate::backend::backend()?;
    let codes = flash::take(Kept::Codes).unwrap_or_default();
    Ok(OwnAccount {
        sessions: backend.sessions().await?,
        factor: backend.factor().await?,
        codes: codes
            .split('.')
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

/// Ends one of one's own sessions.
#[server]
pub async fn end_session(id: String) -> Result<(), AppError> {
    crate::backend::backend()?.end_session(id).await
}

/// Ends all of one's own sessions but this one.
#[server]
pub async fn end_other_sessions() -> Result<(), AppError> {
    crate::backend::backend()?.end_other_sessions().await
}

/// Begins a second factor.
#[server]
pub async fn begin_factor() -> Result<(), AppError> {
    crate::backend::backend()?.begin_factor().await
}

/// Makes the second factor count, by a first code; returns the recovery codes, this once.
#[server]
pub async fn activate_factor(code: String) -> Result<Vec<String>, AppError> {
    let codes = crate::backend::backend()?.activate_factor(code).await?;
    flash::put(Kept::Codes, &codes.join("."));
    Ok(codes)
}

/// Switches the second factor off.
#[server]
pub async fn switch_off_factor(password: String, code: String) -> Result<(), AppError> {
    crate::backend::backend()?
        .switch_off_factor(password, code)
        .await
}
