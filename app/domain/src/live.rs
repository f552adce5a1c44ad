//! What a browser hears over the live stream.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::campaign::CampaignCard;

/// What a page watches. One stream per page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LiveScope {
    /// Every campaign of the workspace: the lists.
    Workspace,
    /// One campaign: its report or details page.
    Campaign(String),
}

impl fmt::Display for LiveScope {
    /// As it stands in the stream's URL: `workspace` or `campaign:ID`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workspace => f.write_str("workspace"),
            Self::Campaign(id) => write!(f, "campaign:{id}"),
        }
    }
}

impl FromStr for LiveScope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.split_once(':') {
            None if text == "workspace" => Ok(Self::Workspace),
            Some(("campaign", id)) if !id.is_empty() => Ok(Self::Campaign(id.to_owned())),
            _ => Err(()),
        }
    }
}

/// Payload of a `change` event. Its SSE `id` is `version`: on reconnect the browser sends the last one
/// it saw, and the server answers with everything newer. An `event: reset` (campaign deleted, history
/// unknown) tells the page to fetch itself anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveChange {
    /// Workspace change number this brings the page up to.
    pub version: i64,
    /// When the server sent it, RFC 3339 UTC.
    pub at: String,
    /// Cards of the campaigns that changed.
    pub cards: Vec<CampaignCard>,
}
