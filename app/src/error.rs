//! The one error server functions return.

use domain::Refusal;
use leptos::{
    prelude::FromServerFnError, server_fn::codec::JsonEncoding, server_fn::error::ServerFnErrorErr,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What can go wrong between a page and the server, in sentences a person can read.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum AppError {
    /// Understood and refused.
    #[error("{0}")]
    Refused(Refusal),
    /// Something broke on the server; the cause is in its log under this id.
    #[error("Something went wrong on the server. Nothing was lost. Reference {trace_id}.")]
    Internal {
        /// Finds the cause in the log.
        trace_id: String,
    },
    /// The request could not be made or read: network, or a page older than the server.
    #[error(
        "The server could not be reached. Check the connection and try again, or reload the page."
    )]
    Transport,
    /// Asked outside a request.
    #[error("The server is not ready.")]
    Unavailable,
}

impl AppError {
    /// HTTP status that says the same. On the server, [`Self::Transport`] is a request that could not be read.
    #[must_use]
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.http_status(),
            Self::Internal { .. } => 500,
            Self::Transport => 400,
            Self::Unavailable => 503,
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    // The framework's own message may quote internals: it is dropped on purpose.
    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Transport
    }
}
