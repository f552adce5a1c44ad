//! Messages and what becomes of them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use carrier::Submission;
use chrono::TimeDelta;
use domain::{
    Channel,
    contact::SuppressionSource,
    sending::{HeldDecision, Pace, Phase, Window},
};

use crate::{
    carriers::{Scripted, accepted, later, lost},
    house::{House, assert_adds_up, number, options, stores},
};

#[tokio::test]
async fn two_thousand_messages_through_a_wild_simulator_add_up() {
    for (_, store) in stores().await {
        let settings = [
            ("seed", "7"),
            ("loss", "8"),
            ("uncertain", "3"),
            ("latency_ms", "0"),
            ("receipts", "wild"),
        ];
        let house = House::simulated(store, 2_000, &settings).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        // Messages that were lost on the way are tried again when the simulator has said so.
        house.hand.go(TimeDelta::minutes(1));
        house.settle().await;
        let sent = house.progress(&campaign).await;
        assert_eq!((sent.recipients, sent.waiting, sent.claimed), (2_000, 0, 0));
        assert_adds_up(&sent);
        assert!(
            sent.submitted > 1_700 && sent.failed > 5 && sent.unsent > 5,
            "{sent:?}"
        );
        assert_eq!(house.status(&campaign).await, "completed");

        house.wait_for_everything().await;
        let progress = house.progress(&campaign).await;
        assert_adds_up(&progress);
        assert_eq!(
            progress.uncertain, 0,
            "the simulator knows what arrived: {progress:?}"
        );
        let card = house
            .store
            .card(house.ws, &campaign.id)
            .await
            .unwrap()
            .figures;
        assert_eq!(card.recipients, progress.recipients);
        assert_eq!(card.sent, progress.submitted + progress.failed);
        assert!(card.delivered > 1_600, "{card:?}");
        // Bounces at once, and those that receipts told of.
        assert!(card.failed > progress.failed, "{card:?}");
        // People left, and are not written to again.
        let left = house
            .store
            .suppressions(house.ws, None, "", true, None, 500)
            .await
            .unwrap();
        assert!(!left.entries.is_empty());
        let replies = house
            .store
            .replies(house.ws, &campaign.id, 500)
            .await
            .unwrap();
        assert!(!replies.is_empty());
    }
}

#[tokio::test]
async fn whoever_leaves_during_a_campaign_gets_no_more_of_it() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let mut slow = options();
        slow.batch = 10;
        let protocol = domain::carrier::Protocol::Twilio;
        let settings = carrier::Settings::default();
        let house = House::of(store, 60, protocol, carrier.clone(), settings, slow).await;
        let campaign = house.launched(&house.draft()).await;
        house.engine.step().await.unwrap();
        assert_eq!(carrier.total(), 10);
        let written = carrier.addresses();
        let next = (0..60)
            .map(number)
            .find(|number| !written.contains(number))
            .unwrap();
        house
            .store
            .suppress(
                house.ws,
                Channel::Sms,
                &next,
                SuppressionSource::User,
                None,
                None,
                house.hand.now(),
            )
            .await
            .unwrap();
        house.settle().await;
        assert!(!carrier.addresses().contains(&next));
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.submitted, progress.unsent), (59, 1));
        assert_adds_up(&progress);
    }
}

#[tokio::test]
async fn an_uncertain_message_is_never_repeated_by_itself() {
    for (_, store) in stores().await {
        let carrier = Scripted::new(|message, before| {
            if before == 0 && message.to.ends_with('5') {
                lost()
            } else {
                accepted()
            }
        });
        let house = House::with(store, 50, carrier.clone()).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        // Days pass, the provider is asked, and has no word.
        for _ in 0..12 {
            house.hand.go(TimeDelta::hours(6));
            house.settle().await;
        }
        assert!(carrier.counts().values().all(|count| *count == 1));
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.submitted, progress.uncertain), (45, 5));
        assert_eq!(house.status(&campaign).await, "completed");
        let card = house
            .store
            .card(house.ws, &campaign.id)
            .await
            .unwrap()
            .figures;
        assert_eq!((card.recipients, card.sent), (50, 45));

        let held = house.store.held(house.ws, &campaign.id, 200).await.unwrap();
        let again = vec![held[0].message.clone()];
        let (ws, now) = (house.ws, house.hand.now());
        let decision = HeldDecision::SendAgain;
        house
            .store
            .decide_held(ws, &campaign.id, &again, decision, "ann", now)
            .await
            .unwrap();
        house.settle().await;
        let counts = carrier.counts();
        assert_eq!(counts[&again[0]], 2);
        assert_eq!(counts.values().sum::<usize>(), 51);
        assert_eq!(house.progress(&campaign).await.phase, Phase::Done);
    }
}

#[tokio::test]
async fn what_failed_for_now_is_tried_again_and_given_up_in_the_end() {
    for (_, store) in stores().await {
        let carrier = Scripted::new(|message, before| match message.to.as_bytes().last() {
            Some(b'1') => later(None, false),
            Some(b'2') if before < 2 => later(Some(90), false),
            _ => accepted(),
        });
        let house = House::with(store, 20, carrier.clone()).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.submitted, progress.waiting), (16, 4));
        assert_eq!(progress.phase, Phase::Sending);
        // Not before the time the carrier asked for.
        house.hand.go(TimeDelta::seconds(14));
        house.settle().await;
        assert_eq!(carrier.total(), 20);
        for _ in 0..20 {
            house.hand.go(TimeDelta::minutes(100));
            house.settle().await;
        }
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.submitted, progress.failed), (18, 2));
        assert_eq!(carrier.total(), 16 + 2 * 3 + 2 * 8);
        assert_eq!(house.status(&campaign).await, "completed");
    }
}

#[tokio::test]
async fn an_account_that_asks_for_patience_gets_it_from_every_server() {
    for (_, store) in stores().await {
        let is_busy = Arc::new(AtomicBool::new(true));
        let busy = Arc::clone(&is_busy);
        let carrier = Scripted::new(move |_, _| {
            if busy.load(Ordering::Relaxed) {
                later(Some(60), true)
            } else {
                accepted()
            }
        });
        let house = House::with(store, 300, carrier.clone()).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        let asked = carrier.total();
        assert!(
            asked <= 64,
            "the rest of the batch isn't begun, and no other batch: {asked}"
        );
        let other = house.another(options());
        house.hand.go(TimeDelta::seconds(50));
        assert!(other.step().await.unwrap().handed == 0);
        assert_eq!(carrier.total(), asked);
        is_busy.store(false, Ordering::Relaxed);
        house.hand.go(TimeDelta::seconds(11));
        assert!(other.step().await.unwrap().handed > 0);
        house.settle().await;
        let progress = house.progress(&campaign).await;
        assert_eq!(
            (progress.submitted, progress.failed),
            (300, 0),
            "patience costs no attempt"
        );
    }
}

#[tokio::test]
async fn a_broken_account_holds_the_campaign_and_loses_nothing() {
    for (_, store) in stores().await {
        let is_broken = Arc::new(AtomicBool::new(true));
        let broken = Arc::clone(&is_broken);
        let carrier = Scripted::new(move |_, _| {
            if broken.load(Ordering::Relaxed) {
                Submission::Account {
                    reason: "the password is wrong".to_owned(),
                }
            } else {
                accepted()
            }
        });
        let house = House::with(store, 200, carrier.clone()).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.phase, progress.waiting), (Phase::Suspended, 200));
        let trouble = progress.trouble.unwrap();
        assert!(trouble.contains("the password is wrong"), "{trouble}");
        let shown = house
            .store
            .account(house.ws, &house.account.id)
            .await
            .unwrap();
        assert_eq!(shown.trouble.as_deref(), Some("the password is wrong"));

        is_broken.store(false, Ordering::Relaxed);
        let (ws, now) = (house.ws, house.hand.now());
        let resume = domain::sending::Control::Resume;
        house
            .store
            .control(ws, &campaign.id, resume, "ann", now)
            .await
            .unwrap();
        house.settle().await;
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.phase, progress.submitted), (Phase::Done, 200));
        let shown = house
            .store
            .account(house.ws, &house.account.id)
            .await
            .unwrap();
        assert_eq!(shown.trouble, None, "it works again");
    }
}

#[tokio::test]
async fn a_throttled_campaign_goes_out_at_its_pace() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 100, carrier.clone()).await;
        let mut draft = house.draft();
        draft.pace = Pace {
            per_second: Some(20),
            window: None,
        };
        let campaign = house.launched(&draft).await;
        let mut by_second = Vec::new();
        for _ in 0..6 {
            let before = carrier.total();
            for _ in 0..20 {
                house.engine.step().await.unwrap();
                house.hand.go(TimeDelta::milliseconds(50));
            }
            by_second.push(carrier.total() - before);
        }
        assert!(
            by_second[..4].iter().all(|n| (19..=25).contains(n)),
            "{by_second:?}"
        );
        assert_eq!(by_second.iter().sum::<usize>(), 100);
        let progress = house.progress(&campaign).await;
        assert_eq!((progress.submitted, progress.last_minute), (100, 100));
    }
}

#[tokio::test]
async fn nothing_goes_out_at_night() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 30, carrier.clone()).await;
        let mut draft = house.draft();
        // The clock stands at 14:13.
        draft.pace.window = Some(Window {
            from_minute: 9 * 60,
            to_minute: 14 * 60,
        });
        let campaign = house.launched(&draft).await;
        house.settle().await;
        house.hand.go(TimeDelta::hours(12));
        house.settle().await;
        assert_eq!(carrier.total(), 0);
        assert_eq!(house.progress(&campaign).await.waiting, 30);
        house.hand.go(TimeDelta::hours(7));
        house.settle().await;
        assert_eq!(carrier.total(), 30);
    }
}
