//! A campaign of the demonstration that was sent with a holdout some weeks ago, so that its report shows what it brought
//! about. Its messages go through the outbox, what became of them and what people bought through enrichment and ingest.

use chrono::{DateTime, Duration, TimeDelta, Utc};
use domain::{
    CampaignKind, CampaignType, Channel, Event, EventKind,
    audience::Audience,
    campaign::NewCampaign,
    content::{Content, ContentLink, SmsContent, Variant},
    money::Amount,
    sending::{Draft, Launch},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::{Claim, Claimed, Handed, Outcome, Prepared, Store, WorkspaceId};

use super::{
    behaviour::{ORDER, SMS},
    outreach::{PEOPLE, external_id, save},
    people::Person,
    rhythm::log_normal,
};
use crate::{
    cli::Failure,
    enrich::{Enrich, IpPolicy},
};

/// What the campaign is known by.
pub(super) const ID: &str = "demo-winback-sms";
/// How long ago it was sent.
const AGE: Duration = Duration::days(33);
/// Part of the audience that gets nothing, in percent.
const HOLDOUT: u8 = 40;
/// Share of people who buy within three weeks anyway. Chosen.
const BUYS: f64 = 0.05;
/// The same of those who got the voucher. Chosen, and large: among so few people a small effect could not be told.
const BUYS_WITH_VOUCHER: f64 = 0.18;
/// Where the voucher is.
const LINK: &str = "https://aurora.example/voucher";
/// Messages taken at a time.
const BATCH: u32 = 500;

/// Sends it, as of its day, and posts what came of it.
pub(super) async fn load(
    store: &Store,
    enrich: &Enrich,
    ws: WorkspaceId,
    seed: u64,
    (account, list): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let sent_at = now - AGE;
    let campaign = launch(store, ws, draft(account, list), sent_at).await?;
    while !store
        .expand_step(ws, campaign, BATCH, sent_at)
        .await?
        .is_done
    {}
    let written = send(store, ws, campaign, sent_at).await?;
    while store.tell(BATCH, sent_at).await? > 0 {}
    store.finish(sent_at + Duration::minutes(5)).await?;
    let facts = happened(seed, &written, sent_at)
        .into_iter()
        .map(|event| enrich.fact(event, IpPolicy::Truncate, now.timestamp_micros()))
        .collect();
    let outcome = store.ingest(ws, facts).await?;
    match outcome.rejected.first() {
        Some((_, rejection)) => Err(rejection.message.clone().into()),
        None => Ok(()),
    }
}

/// Makes it and launches it. Gives its internal key.
async fn launch(
    store: &Store,
    ws: WorkspaceId,
    draft: Draft,
    at: DateTime<Utc>,
) -> Result<i64, Failure> {
    let name = "Win-back voucher, with a holdout";
    let new = NewCampaign {
        name: name.to_owned(),
        kind: CampaignKind::Messaging,
        campaign_type: CampaignType::Sms,
        sender: draft.sender.clone(),
        external_id: Some(ID.to_owned()),
        created_at: Some(at - Duration::hours(20)),
        ..NewCampaign::default()
    };
    let campaign = store.create_sending(ws, new, at).await?;
    save(store, ws, &campaign.id, CampaignType::Sms, name, draft, at).await?;
    let info = store.sending(ws, &campaign.id).await?;
    let prepared = Prepared {
        revision: info.draft.revision,
        links: vec![ContentLink {
            variant: "A".to_owned(),
            position: 1,
            url: LINK.to_owned(),
            label: LINK.to_owned(),
            is_tracked: true,
        }],
        audience_list: None,
    };
    let (by, now) = (super::EMAIL, Launch::Now);
    store
        .launch(ws, &campaign.id, now, &prepared, by, at)
        .await?;
    Ok(info.pk)
}

fn draft(account: &str, list: &str) -> Draft {
    Draft {
        account: Some(account.to_owned()),
        sender: "AURORA".to_owned(),
        audience: Audience::List {
            list: list.to_owned(),
        },
        variants: vec![Variant {
            name: "A".to_owned(),
            share: 100 - HOLDOUT,
            content: Content::Sms(SmsContent {
                text: format!(
                    "Hi {{{{ name | default('there') }}}}, we miss you: 20% off until the end of the month, {LINK} Reply STOP to opt out"
                ),
            }),
        }],
        holdout: HOLDOUT,
        ..Draft::default()
    }
}

/// Takes every message that is due and has the carrier take it. Gives whom it was for.
async fn send(
    store: &Store,
    ws: WorkspaceId,
    campaign: i64,
    at: DateTime<Utc>,
) -> Result<Vec<Claimed>, Failure> {
    let claim = Claim {
        worker: "demonstration",
        workspace: ws,
        campaign,
        channel: Channel::Sms,
        window: None,
        limit: BATCH,
        lease: TimeDelta::minutes(5),
    };
    let mut written = Vec::new();
    loop {
        let taken = store.claim(&claim, at).await?;
        if taken.is_empty() {
            return Ok(written);
        }
        let handed: Vec<Handed> = taken.iter().map(handed).collect();
        store.record(claim.worker, &handed, at).await?;
        written.extend(taken);
    }
}

fn handed(claimed: &Claimed) -> Handed {
    Handed {
        pk: claimed.pk,
        attempt: claimed.attempt,
        outcome: Outcome::Submitted {
            reference: None,
            raw: "SENT".to_owned(),
        },
        suppress: None,
        is_device_gone: false,
    }
}

/// Receipts and clicks of those who were written to, and what everybody bought: the shop posts its orders without
/// knowing of any message, under its own numbers of the customers.
fn happened(seed: u64, written: &[Claimed], sent_at: DateTime<Utc>) -> Vec<Event> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x686f_6c64);
    let mut events = Vec::new();
    for n in 0..PEOPLE {
        let customer = external_id(n);
        let of = |claimed: &&Claimed| claimed.external_id.as_deref() == Some(customer.as_str());
        let message = written.iter().find(of);
        if let Some(claimed) = message {
            received(
                &mut rng,
                &mut events,
                claimed,
                &Person::new(seed, n),
                sent_at,
            );
        }
        let likely = if message.is_some() {
            BUYS_WITH_VOUCHER
        } else {
            BUYS
        };
        if rng.random_bool(likely) {
            let at = sent_at + Duration::seconds(rng.random_range(600..21 * 86_400));
            let cents = (log_normal(&mut rng, ORDER.0, ORDER.1) * 100.0)
                .round()
                .clamp(500.0, 200_000.0);
            let mut order = event(
                events.len(),
                EventKind::Achieved,
                (&customer, &customer),
                at,
            );
            order.value = Some(Amount(cents as i64 * 100));
            order.currency = Some("EUR".to_owned());
            events.push(order);
        }
    }
    events
}

/// The receipt of a message, and maybe a click.
fn received(
    rng: &mut ChaCha8Rng,
    events: &mut Vec<Event>,
    claimed: &Claimed,
    person: &Person,
    sent_at: DateTime<Utc>,
) {
    let key = (claimed.message.as_str(), claimed.address.as_str());
    let at = sent_at + Duration::seconds(rng.random_range(2..90));
    if rng.random_bool(SMS.failed) {
        let mut failed = event(events.len(), EventKind::Failed, key, at);
        failed.raw_status = Some("UNDELIV".to_owned());
        events.push(failed);
        return;
    }
    events.push(event(events.len(), EventKind::Delivered, key, at));
    if rng.random_bool(SMS.clicked) {
        let at = at + Duration::seconds(rng.random_range(30..40_000));
        let mut clicked = event(events.len(), EventKind::Clicked, key, at);
        clicked.link = Some(LINK.to_owned());
        clicked.props = Some(r#"{"position":1}"#.to_owned());
        clicked.user_agent = Some(person.phone_browser().to_owned());
        clicked.variant = Some("A".to_owned());
        events.push(clicked);
    }
}

/// Something that happened to a message of a recipient.
fn event(
    number: usize,
    kind: EventKind,
    (message, recipient): (&str, &str),
    at: DateTime<Utc>,
) -> Event {
    Event {
        id: format!("{ID}-{number:05}"),
        campaign: ID.to_owned(),
        message: message.to_owned(),
        recipient: recipient.to_owned(),
        kind,
        at,
        raw_status: None,
        link: None,
        user_agent: None,
        ip: None,
        country: None,
        carrier: None,
        device: None,
        os: None,
        reason: None,
        value: None,
        currency: None,
        variant: None,
        props: None,
    }
}
