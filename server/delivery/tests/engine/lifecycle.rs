//! Starting, suspending, cancelling.

use chrono::TimeDelta;
use domain::{
    audience::Audience,
    sending::{Control, Launch, Phase},
};

use crate::{
    carriers::Scripted,
    house::{House, assert_adds_up, options, stores},
};

#[tokio::test]
async fn a_scheduled_campaign_starts_by_itself() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 30, carrier.clone()).await;
        let campaign = house.saved(&house.draft()).await;
        let at = house.hand.now() + TimeDelta::hours(1);
        house.launch(&campaign, Launch::At { at }).await;
        house.settle().await;
        assert_eq!(
            (carrier.total(), house.status(&campaign).await),
            (0, "scheduled")
        );
        house.hand.go(TimeDelta::hours(1));
        house.settle().await;
        assert_eq!(
            (carrier.total(), house.status(&campaign).await),
            (30, "completed")
        );
        let audit = house.store.audit_page(house.ws, None, 10).await.unwrap();
        let who: Vec<_> = audit
            .entries
            .iter()
            .map(|entry| (entry.actor.as_str(), entry.action.as_str()))
            .collect();
        let expected = [
            ("system", "campaign.completed"),
            ("system", "campaign.launched"),
            ("ann", "campaign.scheduled"),
        ];
        assert_eq!(who, expected);
    }
}

#[tokio::test]
async fn a_scheduled_campaign_that_cannot_start_is_pending_and_says_why() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 3, carrier.clone()).await;
        let mut draft = house.draft();
        draft.audience = Audience::Typed {
            addresses: vec!["+34600000001".to_owned()],
        };
        let campaign = house.saved(&draft).await;
        let at = house.hand.now() + TimeDelta::hours(1);
        house.launch(&campaign, Launch::At { at }).await;
        // Its only reader leaves.
        let (ws, now) = (house.ws, house.hand.now());
        let source = domain::contact::SuppressionSource::User;
        let sms = domain::Channel::Sms;
        house
            .store
            .suppress(ws, sms, "+34600000001", source, None, None, now)
            .await
            .unwrap();
        house.hand.go(TimeDelta::hours(1));
        house.settle().await;
        let info = house.store.sending(ws, &campaign.id).await.unwrap();
        assert_eq!(
            (house.status(&campaign).await, info.phase),
            ("pending", Phase::Draft)
        );
        assert!(
            info.trouble.unwrap().contains("Nobody"),
            "the reason is told"
        );
        assert_eq!(carrier.total(), 0);
        house.store.delete_campaign(ws, &campaign.id).await.unwrap();
    }
}

#[tokio::test]
async fn typed_people_are_written_to_once_each() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 3, carrier.clone()).await;
        let mut draft = house.draft();
        let addresses = ["+34600000001", "+34600000001", "+34700000009"];
        draft.audience = Audience::Typed {
            addresses: addresses.map(str::to_owned).to_vec(),
        };
        let campaign = house.launched(&draft).await;
        house.settle().await;
        let mut written = carrier.addresses();
        written.sort();
        assert_eq!(written, ["+34600000001", "+34700000009"]);
        assert_eq!(house.progress(&campaign).await.recipients, 2);
    }
}

#[tokio::test]
async fn suspending_and_cancelling_take_hold_between_batches() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let protocol = domain::carrier::Protocol::Twilio;
        let settings = carrier::Settings::default();
        let mut slow = options();
        slow.batch = 10;
        slow.page = 40;
        let house = House::of(store, 100, protocol, carrier.clone(), settings, slow).await;
        let campaign = house.launched(&house.draft()).await;
        let control = |control| {
            house
                .store
                .control(house.ws, &campaign.id, control, "ann", house.hand.now())
        };
        house.engine.step().await.unwrap();
        // The audience isn't complete yet.
        assert_eq!(house.progress(&campaign).await.recipients, 40);
        control(Control::Suspend).await.unwrap();
        house.settle().await;
        assert_eq!(carrier.total(), 10);
        control(Control::Resume).await.unwrap();
        assert_eq!(house.progress(&campaign).await.phase, Phase::Preparing);
        for _ in 0..4 {
            house.engine.step().await.unwrap();
        }
        assert_eq!(carrier.total(), 50);
        control(Control::CancelRest).await.unwrap();
        house.settle().await;
        assert_eq!(carrier.total(), 50);
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.recipients, progress.cancelled), (100, 50));
        assert_adds_up(&progress);
        assert_eq!(house.status(&campaign).await, "completed");
        let card = house
            .store
            .card(house.ws, &campaign.id)
            .await
            .unwrap()
            .figures;
        assert_eq!((card.recipients, card.sent), (100, 50));
    }
}

#[tokio::test]
async fn cancelled_while_it_is_prepared_it_still_accounts_for_everybody() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let protocol = domain::carrier::Protocol::Twilio;
        let settings = carrier::Settings::default();
        let mut slow = options();
        slow.batch = 10;
        slow.page = 40;
        let house = House::of(store, 100, protocol, carrier.clone(), settings, slow).await;
        let campaign = house.launched(&house.draft()).await;
        house.engine.step().await.unwrap();
        let found = house.progress(&campaign).await;
        assert_eq!((found.phase, found.recipients), (Phase::Preparing, 40));
        let cancel = Control::CancelRest;
        house
            .store
            .control(house.ws, &campaign.id, cancel, "ann", house.hand.now())
            .await
            .unwrap();
        house.settle().await;
        assert_eq!(carrier.total(), 10, "nobody else was written to");
        let found = house.progress(&campaign).await;
        assert_adds_up(&found);
        assert_eq!(
            (found.phase, found.recipients, found.cancelled),
            (Phase::Done, 100, 90)
        );
        let card = house
            .store
            .card(house.ws, &campaign.id)
            .await
            .unwrap()
            .figures;
        assert_eq!((card.recipients, card.sent), (100, 10));
    }
}

#[tokio::test]
async fn an_audience_that_cannot_be_read_suspends_its_campaign_and_no_other() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 30, carrier.clone()).await;
        let (ws, now) = (house.ws, house.hand.now());
        let list = house.store.create_list(ws, "Some", now).await.unwrap().id;
        let mut draft = house.draft();
        draft.audience = Audience::List { list: list.clone() };
        let campaign = house.launched(&draft).await;
        house.store.delete_list(ws, &list).await.unwrap();
        let other = house.launched(&house.draft()).await;
        house.settle().await;
        let found = house.progress(&campaign).await;
        assert_eq!((found.phase, found.recipients), (Phase::Suspended, 0));
        let trouble = found.trouble.unwrap();
        assert!(trouble.contains("audience"), "{trouble}");
        assert_eq!(house.status(&other).await, "completed");
        assert_eq!(carrier.total(), 30);
    }
}

#[tokio::test]
async fn arms_and_holdout_share_the_audience() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 400, carrier.clone()).await;
        let mut draft = house.draft();
        let mut second = draft.variants[0].clone();
        second.name = "B".to_owned();
        draft.variants[0].share = 45;
        second.share = 45;
        draft.variants.push(second);
        draft.holdout = 10;
        let campaign = house.launched(&draft).await;
        house.settle().await;
        let progress = house.progress(&campaign).await;
        assert_adds_up(&progress);
        assert!((15..80).contains(&progress.held_out), "{progress:?}");
        assert_eq!(progress.submitted + progress.held_out, 400);
        let card = house
            .store
            .card(house.ws, &campaign.id)
            .await
            .unwrap()
            .figures;
        assert_eq!(
            card.recipients, progress.submitted,
            "the holdout was not written to"
        );
    }
}
