//! The lists and campaigns that an audience names.

use domain::{
    Refusal,
    audience::{Audience, CONDITION_DEPTH_MAX, CONDITIONS_MAX, Condition},
};

use super::sql::Names;
use crate::{Result, Store, WorkspaceId};

impl Store {
    /// Keys of what an audience names. What isn't there is left out: whoever needs it says so.
    pub(super) async fn names(&self, ws: WorkspaceId, audience: &Audience) -> Result<Names> {
        let mut names = Names::default();
        let (mut lists, mut campaigns) = (Vec::new(), Vec::new());
        match audience {
            Audience::List { list } => lists.push(list.clone()),
            Audience::Filter { condition } => named(condition, 0, &mut lists, &mut campaigns),
            _ => {}
        }
        for id in lists {
            match self.list_pk(ws, &id).await {
                Ok(pk) => drop(names.lists.insert(id, pk)),
                Err(crate::Error::Refused(Refusal::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        for id in campaigns {
            match self.campaign_row(ws, &id).await {
                Ok(row) => drop(names.campaigns.insert(id, row.pk)),
                Err(crate::Error::Refused(Refusal::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(names)
    }
}

/// Collects the ids a condition names, as deep as one may be.
fn named(
    condition: &Condition,
    depth: usize,
    lists: &mut Vec<String>,
    campaigns: &mut Vec<String>,
) {
    if depth > CONDITION_DEPTH_MAX || lists.len() + campaigns.len() > CONDITIONS_MAX {
        return;
    }
    match condition {
        Condition::All { of } | Condition::Any { of } => {
            for part in of {
                named(part, depth + 1, lists, campaigns);
            }
        }
        Condition::Not { of } => named(of, depth + 1, lists, campaigns),
        Condition::OnList { list } => lists.push(list.clone()),
        Condition::Did { campaign, .. } => {
            campaigns.extend(campaign.clone().filter(|id| !id.is_empty()))
        }
        Condition::Attribute { .. } => {}
    }
}
