//! A workspace with people, an account, and a campaign that is ready to be launched.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    CampaignKind, Channel,
    audience::Audience,
    campaign::NewCampaign,
    contact::{Consent, NewContact, PushTarget},
    content::Variant,
    sending::{Draft, Step},
};
use store::{AccountValues, NewWorkspace, Store, WorkspaceId};

use crate::{Failure, way::Way};

/// People written at once.
const BATCH: u32 = 5_000;
/// When they were written; the campaign is launched at the real time.
const SINCE_S: i64 = 1_790_000_000;

/// Where the campaign is.
pub struct Ready {
    /// Workspace.
    pub workspace: i64,
    /// Internal key of the account.
    pub account: i64,
    /// Platform id of the campaign.
    pub id: String,
}

/// Writes all of it into a database.
pub async fn settle(database: &str, way: Way, n: u32, port: u16) -> Result<Ready, Failure> {
    let store = Store::connect(database).await?;
    let now = DateTime::from_timestamp(SINCE_S, 0).ok_or("no such time")?;
    let new = NewWorkspace {
        name: format!("Rate of {n} by {way}"),
        time_zone: "UTC".to_owned(),
        week_start: 1,
        is_demo: false,
    };
    let ws = store.create_workspace(new, now).await?.id;
    let values = AccountValues {
        name: way.to_string(),
        protocol: way.protocol(),
        settings: BTreeMap::new(),
        secrets: Vec::new(),
        secret_names: Vec::new(),
        senders: Vec::new(),
        per_second: None,
    };
    let account = store.create_account(ws, &values, now).await?;
    match way.channel() {
        Channel::Push => devices(&store, ws, way, n, port, now).await?,
        _ => contacts(&store, ws, way, n, now).await?,
    }
    let new = NewCampaign {
        name: "Autumn".to_owned(),
        kind: CampaignKind::Messaging,
        campaign_type: way.channel().campaign_type(),
        ..NewCampaign::default()
    };
    let campaign = store.create_sending(ws, new, now).await?;
    let draft = Draft {
        account: Some(account.id.clone()),
        sender: way.sender().to_owned(),
        audience: Audience::Everyone,
        variants: vec![Variant {
            name: "A".to_owned(),
            share: 100,
            content: way.content(),
        }],
        tracks_opens: true,
        ..Draft::default()
    };
    let name = &campaign.name;
    store
        .save_draft(ws, &campaign.id, Step::Summary, name, &draft, now)
        .await?;
    Ok(Ready {
        workspace: ws.0,
        account: account.pk,
        id: campaign.id,
    })
}

fn person(way: Way, n: u32) -> NewContact {
    let is_email = way.channel() == Channel::Email;
    NewContact {
        name: Some(format!("Person {n}")),
        phone: (!is_email).then(|| format!("+346{n:08}")),
        email: is_email.then(|| format!("person{n}@example.org")),
        consents: [(way.channel(), Consent::Subscribed)].into(),
        attributes: [
            ("city".to_owned(), "Madrid".to_owned()),
            ("points".to_owned(), (n % 900).to_string()),
        ]
        .into(),
        ..NewContact::default()
    }
}

async fn contacts(
    store: &Store,
    ws: WorkspaceId,
    way: Way,
    n: u32,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    for from in (0..n).step_by(BATCH as usize) {
        let rows = (from..n.min(from + BATCH))
            .map(|n| person(way, n))
            .collect();
        store.upsert_contacts(ws, rows, None, now).await?;
    }
    Ok(())
}

/// Each registers by itself, as browsers do: some hundred a second.
async fn devices(
    store: &Store,
    ws: WorkspaceId,
    way: Way,
    n: u32,
    port: u16,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    // One browser's keys for all of them: what is encrypted costs the same.
    let (_, p256dh) = carrier::send::push::new_vapid_keys();
    for n in 0..n {
        let target = match way {
            Way::Fcm => PushTarget::Fcm {
                token: format!("token-{n}"),
            },
            _ => PushTarget::WebPush {
                endpoint: format!("http://127.0.0.1:{port}/push/{n}"),
                p256dh: p256dh.clone(),
                auth: "_ordMnz7uTCmrpBTeUV4Bw".to_owned(),
            },
        };
        store
            .register_device(ws, person(way, n), &target, now)
            .await?;
    }
    Ok(())
}
