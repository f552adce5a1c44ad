//! What the demonstration sends itself: people to write to, an account at the simulator, two campaigns that wait for
//! whoever looks around to send them, and one that was sent with a holdout ([`super::holdout`]).

use chrono::{DateTime, Utc};
use domain::{
    CampaignKind, CampaignType, Channel,
    audience::Audience,
    campaign::NewCampaign,
    carrier::Protocol,
    contact::{Attributes, Consent, NewContact},
    content::{Content, EmailContent, SmsContent, Variant},
    sending::{Draft, Pace, Step},
};
use store::{AccountValues, Store, WorkspaceId};

use super::people::Person;
use crate::{cli::Failure, enrich::Enrich};

/// People the demonstration can write to.
pub(super) const PEOPLE: u64 = 1_200;
/// Of these, every twentieth is a regular.
const REGULAR_EVERY: u64 = 20;
/// Towns of the shop's people, by turns.
const CITIES: [&str; 6] = [
    "Madrid", "Valencia", "Sevilla", "Bilbao", "Málaga", "Zaragoza",
];

const MAIL: &str = include_str!("data/winter.html");

/// Adds all of it, once: what is there already stays as it is.
pub(super) async fn load(
    store: &Store,
    enrich: &Enrich,
    ws: WorkspaceId,
    seed: u64,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if !store.accounts(ws).await?.is_empty() {
        return Ok(());
    }
    let everyone = store.create_list(ws, "Newsletter", now).await?;
    let regulars = store.create_list(ws, "Regulars", now).await?;
    let people: Vec<NewContact> = (0..PEOPLE).map(|n| contact(seed, n)).collect();
    let chosen: Vec<NewContact> = people
        .iter()
        .step_by(usize::try_from(REGULAR_EVERY).unwrap_or(1))
        .cloned()
        .collect();
    store
        .upsert_contacts(ws, people, Some(&everyone.id), now)
        .await?;
    store
        .upsert_contacts(ws, chosen, Some(&regulars.id), now)
        .await?;
    let account = store.create_account(ws, &sandbox(seed), now).await?;
    let drafts = [
        (
            "demo-winter-mail",
            CampaignType::Email,
            "Winter collection: two subjects",
            mail(&account.id, &everyone.id),
        ),
        (
            "demo-weekend-sms",
            CampaignType::Sms,
            "Weekend flash sale",
            text(&account.id, &regulars.id),
        ),
    ];
    for (external_id, campaign_type, name, draft) in drafts {
        let new = NewCampaign {
            name: name.to_owned(),
            kind: CampaignKind::Messaging,
            campaign_type,
            sender: draft.sender.clone(),
            external_id: Some(external_id.to_owned()),
            ..NewCampaign::default()
        };
        let campaign = store.create_sending(ws, new, now).await?;
        save(store, ws, &campaign.id, campaign_type, name, draft, now).await?;
    }
    let names = (account.id.as_str(), everyone.id.as_str());
    super::holdout::load(store, enrich, ws, seed, names, now).await
}

/// Saves a draft as its stepper would: step by step.
pub(super) async fn save(
    store: &Store,
    ws: WorkspaceId,
    id: &str,
    campaign_type: CampaignType,
    name: &str,
    mut draft: Draft,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let channel = Channel::of_type(campaign_type).unwrap_or_default();
    draft.revision = store.sending(ws, id).await?.draft.revision;
    for step in Step::of_channel(channel) {
        let saved = store.save_draft(ws, id, *step, name, &draft, now).await?;
        draft.revision = saved.draft.revision;
        draft.saved = saved.draft.saved;
    }
    Ok(())
}

/// The shop's own number of a customer.
pub(super) fn external_id(n: u64) -> String {
    format!("customer-{n}")
}

fn contact(seed: u64, n: u64) -> NewContact {
    let person = Person::new(seed, n);
    let email = person.email();
    let first = email.split('.').next().unwrap_or_default();
    let mut letters = first.chars();
    let name = letters
        .next()
        .map(|letter| letter.to_uppercase().chain(letters).collect::<String>());
    // One in forty left; one in thirty never agreed.
    let consent = match n {
        n if n % 40 == 7 => Consent::Unsubscribed,
        n if n % 30 == 11 => Consent::Unknown,
        _ => Consent::Subscribed,
    };
    let consents = [
        Channel::Sms,
        Channel::Email,
        Channel::WhatsApp,
        Channel::Rcs,
    ];
    NewContact {
        external_id: Some(external_id(n)),
        name,
        phone: Some(person.phone().replace(' ', "")),
        email: Some(email),
        time_zone: Some("Europe/Madrid".to_owned()),
        attributes: Attributes::from([
            (
                "city".to_owned(),
                CITIES[(n % CITIES.len() as u64) as usize].to_owned(),
            ),
            ("orders".to_owned(), (n % 9).to_string()),
            (
                "tier".to_owned(),
                if n.is_multiple_of(REGULAR_EVERY) {
                    "gold"
                } else {
                    "standard"
                }
                .to_owned(),
            ),
        ]),
        consents: consents.map(|channel| (channel, consent)).into(),
        is_renewed: false,
    }
}

/// An account at the simulator: nothing leaves the machine.
fn sandbox(seed: u64) -> AccountValues {
    let settings = [
        ("seed", seed.to_string()),
        ("loss", "3".to_owned()),
        ("latency_ms", "20".to_owned()),
        ("uncertain", "0".to_owned()),
        ("receipts", "wild".to_owned()),
    ];
    AccountValues {
        name: "Sandbox".to_owned(),
        protocol: Protocol::Sandbox,
        settings: settings
            .map(|(name, value)| (name.to_owned(), value))
            .into(),
        secrets: Vec::new(),
        secret_names: Vec::new(),
        senders: [
            "AURORA",
            "hello@aurora.example",
            "+34500000000",
            "Aurora app",
        ]
        .map(str::to_owned)
        .into(),
        per_second: Some(40),
    }
}

fn mail(account: &str, list: &str) -> Draft {
    let arm = |name: &str, subject: &str| Variant {
        name: name.to_owned(),
        share: 45,
        content: Content::Email(EmailContent {
            from_name: "Aurora Retail".to_owned(),
            subject: subject.to_owned(),
            preheader: "Warm, light, and back in stock".to_owned(),
            html: MAIL.to_owned(),
            ..EmailContent::default()
        }),
    };
    Draft {
        account: Some(account.to_owned()),
        sender: "hello@aurora.example".to_owned(),
        audience: Audience::List {
            list: list.to_owned(),
        },
        variants: vec![
            arm("A", "{{ name | default(\"Hello\") }}, winter is here"),
            arm(
                "B",
                "New in {{ city | default(\"the shop\") }}: the winter collection",
            ),
        ],
        holdout: 10,
        tracks_opens: true,
        hides_link: true,
        ..Draft::default()
    }
}

fn text(account: &str, list: &str) -> Draft {
    Draft {
        account: Some(account.to_owned()),
        sender: "AURORA".to_owned(),
        audience: Audience::List {
            list: list.to_owned(),
        },
        variants: vec![Variant {
            name: "A".to_owned(),
            share: 100,
            content: Content::Sms(SmsContent {
                text: "Hi {{ name | default('there') }}, 30% off everything in {{ city | default('the shop') }} until Sunday: https://aurora.example/weekend Reply STOP to opt out"
                    .to_owned(),
            }),
        }],
        pace: Pace {
            per_second: Some(10),
            window: None,
        },
        ..Draft::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_people() {
        assert_eq!(contact(7, 3), contact(7, 3));
        let keys: BTreeMap<_, _> = (0..PEOPLE)
            .map(|n| contact(7, n))
            .map(|person| (person.email, person.phone))
            .collect();
        assert_eq!(keys.len() as u64, PEOPLE);
    }
}
