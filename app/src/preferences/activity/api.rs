//! What the activity page asks.

use domain::carrier::AuditPage;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::error::AppError;

/// A page of the audit log.
#[server(input = GetUrl)]
pub async fn load_audit(cursor: Option<String>) -> Result<AuditPage, AppError> {
    crate::backend::backend()?
        .audit(cursor.filter(|cursor| !cursor.is_empty()))
        .await
}
