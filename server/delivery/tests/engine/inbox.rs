//! What carriers post.

use carrier::Settings;
use chrono::TimeDelta;
use delivery::Options;
use domain::{Channel, carrier::Protocol};
use store::Store;

use crate::{
    carriers::Scripted,
    house::{House, account, number, options, stores},
};

/// An item as the simulator writes it.
fn item(json: serde_json::Value) -> Vec<u8> {
    serde_json::to_vec(&json).unwrap()
}

#[tokio::test]
async fn receipts_tell_what_happened_whatever_their_order_and_number() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 2, carrier.clone()).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        let (ws, now) = (house.ws, house.hand.now());
        let posting = account(&house.store, ws, Protocol::Sandbox, now).await;
        let message = carrier.counts().into_keys().next().unwrap();
        let status = |kind: &str, raw: &str, seconds: i64| {
            let at = now + TimeDelta::seconds(seconds);
            item(serde_json::json!({
                "type": "status", "message": message, "to": "+34", "kind": kind, "raw": raw, "at": at,
            }))
        };
        let items = vec![
            ("read".to_owned(), status("replied", "REPLY", 9), now),
            ("2".to_owned(), status("delivered", "DELIVRD", 5), now),
            ("2 again".to_owned(), status("delivered", "DELIVRD", 5), now),
            ("garbage".to_owned(), b"{".to_vec(), now),
        ];
        house
            .store
            .inbox_put(ws, posting.pk, &items, now)
            .await
            .unwrap();
        house.settle().await;
        house
            .store
            .inbox_put(ws, posting.pk, &items, now)
            .await
            .unwrap();
        house.settle().await;
        let card = house.store.card(ws, &campaign.id).await.unwrap().figures;
        assert_eq!((card.recipients, card.sent, card.delivered), (2, 2, 1));
        let history = house
            .store
            .history(ws, &campaign.id, &message, None)
            .await
            .unwrap();
        let kinds: Vec<_> = history.iter().map(|entry| entry.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["queued", "sent", "delivered", "delivered", "replied"]
        );
        let infos = house.store.account_infos(ws, now).await.unwrap();
        let info = infos.iter().find(|info| info.id == posting.id).unwrap();
        assert_eq!(
            (info.events_today, info.errors_today),
            (4, 1),
            "the garbage is kept"
        );
    }
}

#[tokio::test]
async fn stop_is_stop_and_start_is_start() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 3, carrier.clone()).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        let ws = house.ws;
        let posting = account(&house.store, ws, Protocol::Sandbox, house.hand.now()).await;
        let post = async |key: &str, text: &str, keyword: Option<&str>| {
            let now = house.hand.now();
            let json = serde_json::json!({
                "type": "inbound", "message": "unknown", "channel": "sms", "from": number(1), "to": "+34910",
                "text": text, "keyword": keyword, "at": now,
            });
            let items = [(key.to_owned(), item(json), now)];
            house
                .store
                .inbox_put(ws, posting.pk, &items, now)
                .await
                .unwrap();
            house.settle().await;
        };
        post("1", "Thank you!", None).await;
        post("2", "Stop.", Some("stop")).await;
        let blocked = house
            .store
            .suppressions(ws, Some(Channel::Sms), "", true, None, 9)
            .await
            .unwrap();
        assert_eq!(blocked.entries.len(), 1);
        assert_eq!(blocked.entries[0].address, number(1));
        assert_eq!(
            blocked.entries[0].campaign.as_deref(),
            Some(campaign.id.as_str())
        );
        let replies = house.store.replies(ws, &campaign.id, 9).await.unwrap();
        assert_eq!(replies.len(), 2);

        let before = carrier.total();
        let second = house.launched(&house.draft()).await;
        house.settle().await;
        assert_eq!(carrier.total() - before, 2);
        assert_eq!(house.progress(&second).await.unsent, 1);
        post("3", "START", Some("start")).await;
        let before = carrier.total();
        house.launched(&house.draft()).await;
        house.settle().await;
        assert_eq!(carrier.total() - before, 3);
    }
}

#[tokio::test]
async fn a_receipt_that_is_faster_than_its_message_waits_for_it() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 1, carrier.clone()).await;
        let (ws, now) = (house.ws, house.hand.now());
        let posting = account(&house.store, ws, Protocol::Sandbox, now).await;
        // Nothing is known by this key yet; ten minutes later nobody waits for it any more.
        let json = serde_json::json!({
            "type": "status", "message": "nobodysmessage00", "to": "+34", "kind": "delivered", "raw": "DELIVRD",
            "at": now,
        });
        house
            .store
            .inbox_put(ws, posting.pk, &[("1".to_owned(), item(json), now)], now)
            .await
            .unwrap();
        assert_eq!(house.engine.step().await.unwrap().received, 1);
        // The step that finds nothing new has it looked at again.
        assert_eq!(house.engine.step().await.unwrap().received, 0);
        assert_eq!(house.engine.step().await.unwrap().received, 1);
        house.hand.go(TimeDelta::minutes(11));
        for _ in 0..3 {
            assert_eq!(house.engine.step().await.unwrap().received, 0);
        }
    }
}

/// A house that keeps understood items for so many days.
async fn keeping(store: Store, days: Option<i64>) -> House {
    let carrier = Scripted::accepting();
    let options = Options {
        keep_inbox: days.map(TimeDelta::days),
        ..options()
    };
    let settings = Settings::default();
    House::of(store, 2, Protocol::Twilio, carrier, settings, options).await
}

#[tokio::test]
async fn what_is_old_is_forgotten_and_does_no_harm_when_it_comes_again() {
    for (_, store) in stores().await {
        let house = keeping(store, Some(30)).await;
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        let (ws, began) = (house.ws, house.hand.now());
        let posting = account(&house.store, ws, Protocol::Sandbox, began).await;
        let last = house
            .store
            .last_message_to(ws, Channel::Sms, &number(1))
            .await;
        let message = last.unwrap().unwrap().message;
        let status = |kind: Option<&str>, raw: &str| {
            item(serde_json::json!({
                "type": "status", "message": message, "to": "+34", "kind": kind, "raw": raw, "at": began,
            }))
        };
        let inbound = |from: usize, text: &str, keyword: Option<&str>| {
            item(serde_json::json!({
                "type": "inbound", "message": "unknown", "channel": "sms", "from": number(from), "to": "+34910",
                "text": text, "keyword": keyword, "at": began,
            }))
        };
        // Two long keys with the same end.
        let long = |start: &str| format!("{start}{}", "x".repeat(190));
        let receipts = [
            (long("a"), status(Some("delivered"), "DELIVRD")),
            (long("b"), status(Some("delivered"), "DELIVRD")),
            ("short".to_owned(), status(Some("delivered"), "DELIVRD")),
        ];
        let answers = [
            ("reply".to_owned(), inbound(1, "Thank you!", None)),
            ("stop".to_owned(), inbound(0, "STOP", Some("stop"))),
            ("start".to_owned(), inbound(0, "START", Some("start"))),
        ];
        let odd = [
            ("odd".to_owned(), status(None, "WEIRD")),
            ("garbage".to_owned(), b"{".to_vec()),
        ];
        let post = async |items: &[(String, Vec<u8>)]| {
            let now = house.hand.now();
            let mut new = 0;
            for (key, body) in items {
                let items = [(key.clone(), body.clone(), now)];
                new += house
                    .store
                    .inbox_put(ws, posting.pk, &items, now)
                    .await
                    .unwrap();
                house.settle().await;
            }
            new
        };
        let known = async || {
            let figures = house.store.card(ws, &campaign.id).await.unwrap().figures;
            let history = house
                .store
                .history(ws, &campaign.id, &message, None)
                .await
                .unwrap();
            let replies = house
                .store
                .replies(ws, &campaign.id, 99)
                .await
                .unwrap()
                .len();
            let blocked = house
                .store
                .suppressions(ws, None, "", true, None, 9)
                .await
                .unwrap();
            (figures, history, replies, blocked.entries.len())
        };
        assert_eq!(post(&[&receipts[..], &answers, &odd].concat()).await, 8);
        let before = known().await;
        assert_eq!(
            (before.2, before.3),
            (3, 0),
            "who wrote START is written to again"
        );

        house.hand.set(began + TimeDelta::days(29));
        assert_eq!(house.engine.step().await.unwrap().forgotten, 0);
        assert_eq!(post(&receipts).await, 0, "all are still there");
        house.hand.set(began + TimeDelta::days(31));
        assert_eq!(house.engine.step().await.unwrap().forgotten, 6);
        // Receipts are understood once more, and tell nothing new; a STOP of long ago is known by its key alone.
        assert_eq!(post(&answers).await, 0);
        assert_eq!(post(&odd).await, 0, "somebody may have to look at them");
        assert_eq!(post(&receipts).await, 3);
        assert_eq!(known().await, before);
        // What nobody understood goes in the end.
        house.hand.set(began + TimeDelta::days(181));
        house.settle().await;
        assert_eq!(post(&odd).await, 2);
        assert_eq!(post(&answers).await, 0);
        assert_eq!(known().await, before);
    }
}

#[tokio::test]
async fn nothing_is_forgotten_that_is_to_be_kept_or_was_not_read() {
    for (_, store) in stores().await {
        let house = keeping(store, None).await;
        let (ws, began) = (house.ws, house.hand.now());
        let posting = account(&house.store, ws, Protocol::Sandbox, began).await;
        let reply = item(serde_json::json!({
            "type": "inbound", "message": "unknown", "channel": "sms", "from": number(1), "to": "+34910",
            "text": "Hello", "keyword": null, "at": began,
        }));
        let items = [("1".to_owned(), reply, began)];
        assert_eq!(
            house
                .store
                .inbox_put(ws, posting.pk, &items, began)
                .await
                .unwrap(),
            1
        );
        let late = began + TimeDelta::days(4_000);
        assert_eq!(
            house.store.inbox_prune(late, late, 99).await.unwrap(),
            0,
            "not read yet"
        );
        house.settle().await;
        house.hand.set(late);
        house.settle().await;
        assert_eq!(
            house
                .store
                .inbox_put(ws, posting.pk, &items, late)
                .await
                .unwrap(),
            0
        );
        // In small batches, the oldest first.
        assert_eq!(house.store.inbox_prune(late, late, 0).await.unwrap(), 0);
        assert_eq!(house.store.inbox_prune(late, late, 1).await.unwrap(), 1);
    }
}
