//! Placeholders that somebody has no value for: said before the launch, and counted after it.

use std::sync::Arc;

use chrono::TimeDelta;
use delivery::{Accounts, missing_values, obstacles};
use domain::{
    Campaign,
    contact::NewContact,
    content::{Content, SmsContent, Variant},
    sending::{Draft, Launch, Obstacle, Phase, Step},
};

use crate::{
    carriers::Scripted,
    house::{BASE, House, number, stores},
};

fn arm(name: &str, share: u8, text: &str) -> Variant {
    Variant {
        name: name.to_owned(),
        share,
        content: Content::Sms(SmsContent {
            text: text.to_owned(),
        }),
    }
}

fn draft(house: &House, variants: Vec<Variant>) -> Draft {
    Draft {
        variants,
        ..house.draft()
    }
}

async fn found(house: &House, campaign: &Campaign) -> Vec<Obstacle> {
    let info = house.store.sending(house.ws, &campaign.id).await.unwrap();
    let accounts: Arc<dyn Accounts> = house.accounts.clone();
    let now = house.hand.now();
    obstacles(&house.store, &accounts, house.ws, &info, BASE, now)
        .await
        .unwrap()
}

/// Gives the first people a code.
async fn codes(house: &House, n: usize) {
    let rows = (0..n).map(|i| NewContact {
        phone: Some(number(i)),
        attributes: [("code".to_owned(), format!("C{i}"))].into(),
        ..NewContact::default()
    });
    let now = house.hand.now();
    house
        .store
        .upsert_contacts(house.ws, rows.collect(), None, now)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_nobody_would_get_is_not_launched() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 6, carrier.clone()).await;
        codes(&house, 2).await;
        let text = "Hi {{ name }}, your code is {{ code }}";
        let campaign = house.saved(&draft(&house, vec![arm("A", 100, text)])).await;
        assert_eq!(found(&house, &campaign).await, [], "two have a code");
        // Who has a code has no plan, and nobody has both.
        let text =
            "{{ plan }} {{ code }} {% if town %}{{ town }}{% endif %} {{ team | default('us') }}";
        let arms = vec![arm("A", 50, "Hi {{ name }}"), arm("B", 50, text)];
        let both = house.saved(&draft(&house, arms)).await;
        let obstacles = found(&house, &both).await;
        let [obstacle] = &obstacles[..] else {
            panic!("{obstacles:?}");
        };
        assert_eq!(
            (
                obstacle.step,
                obstacle.field.as_str(),
                obstacle.message.as_str()
            ),
            (
                Step::Message,
                "B.content",
                "Nobody would get version B: everybody lacks a value for code or plan. Give a default, such as \
                 {{ code | default(\"…\") }}."
            )
        );
        // It was all right when it was scheduled, and isn't when its time comes.
        let at = house.hand.now() + TimeDelta::hours(1);
        house.launch(&both, Launch::At { at }).await;
        house.hand.go(TimeDelta::hours(1));
        house.settle().await;
        let info = house.store.sending(house.ws, &both.id).await.unwrap();
        assert_eq!(
            (house.status(&both).await, info.phase, carrier.total()),
            ("pending", Phase::Draft, 0)
        );
        assert!(info.trouble.unwrap().contains("code or plan"));
    }
}

#[tokio::test]
async fn whom_a_campaign_leaves_out_is_said_before_and_after_it() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 6, carrier.clone()).await;
        codes(&house, 2).await;
        let text = "Hi {{ name }}, your code is {{ code }}";
        let campaign = house.saved(&draft(&house, vec![arm("A", 100, text)])).await;
        let info = house.store.sending(house.ws, &campaign.id).await.unwrap();
        let missing = missing_values(&house.store, house.ws, &info, house.hand.now())
            .await
            .unwrap();
        let [code] = &missing[..] else {
            panic!("{missing:?}");
        };
        assert_eq!(
            (code.placeholder.as_str(), code.recipients, code.eligible),
            ("code", 4, 6)
        );
        assert_eq!(code.variants, ["A"]);
        let shown: Vec<_> = code.examples.iter().map(|one| one.shown.clone()).collect();
        assert_eq!(shown, [number(2), number(5)]);
        house.launch(&campaign, Launch::Now).await;
        house.settle().await;
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.submitted, progress.unsent), (2, 4));
        let reasons: Vec<_> = progress
            .left_out
            .iter()
            .map(|one| (one.reason.as_str(), one.count))
            .collect();
        assert_eq!(reasons, [("no value for code", 4)]);
        assert_eq!(carrier.total(), 2);
    }
}
