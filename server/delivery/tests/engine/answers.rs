//! HELP, STOP and START, answered by themselves.

use std::{collections::BTreeMap, sync::Arc};

use carrier::Settings;
use chrono::TimeDelta;
use domain::{Channel, EventKind, carrier::Protocol};
use store::{AccountRow, Store};

use crate::{
    carriers::{Scripted, accepted, later, lost},
    house::{House, account, number, stores},
};

/// A house with an account that answers, in the hands of this carrier.
struct Answering {
    house: House,
    account: AccountRow,
    carrier: Arc<Scripted>,
}

impl Answering {
    async fn with(store: Store, carrier: Arc<Scripted>, fields: &[(&str, &str)]) -> Self {
        let house = House::with(store, 3, Scripted::accepting()).await;
        let now = house.hand.now();
        let account = account(&house.store, house.ws, Protocol::Sandbox, now).await;
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Settings::new(fields.collect::<BTreeMap<_, _>>());
        house.accounts.put(&account, carrier.clone(), settings);
        Self {
            house,
            account,
            carrier,
        }
    }

    /// Somebody writes a word.
    async fn hears(&self, from: usize, word: &str) {
        self.keeps(from, word).await;
        self.house.settle().await;
    }

    async fn keeps(&self, from: usize, word: &str) {
        // The same word at the same moment would be the same item.
        self.house.hand.go(TimeDelta::seconds(1));
        let now = self.house.hand.now();
        let json = serde_json::json!({
            "type": "inbound", "message": "unknown", "channel": "sms", "from": number(from), "to": "+34910",
            "text": word, "keyword": word.to_ascii_lowercase(), "at": now,
        });
        let items = [(
            format!("{from} {word} {now}"),
            serde_json::to_vec(&json).unwrap(),
            now,
        )];
        let (ws, account) = (self.house.ws, self.account.pk);
        let kept = self.house.store.inbox_put(ws, account, &items, now).await;
        assert_eq!(kept.unwrap(), 1);
    }
}

#[tokio::test]
async fn one_answer_a_number_and_day_is_given_and_stands_in_the_history() {
    for (_, store) in stores().await {
        let answering = Answering::with(store, Scripted::accepting(), &[]).await;
        let (house, carrier) = (&answering.house, &answering.carrier);
        let campaign = house.launched(&house.draft()).await;
        house.settle().await;
        answering.hears(0, "HELP").await;
        assert_eq!(carrier.addresses(), [number(0)]);
        answering.hears(0, "HELP").await;
        answering.hears(0, "STOP").await;
        assert_eq!(carrier.total(), 1, "one a day, whatever is asked");
        answering.hears(1, "STOP").await;
        assert_eq!(carrier.total(), 2, "whoever leaves is told so, once");
        let blocked = house
            .store
            .suppressions(house.ws, Some(Channel::Sms), "", true, None, 9);
        assert_eq!(blocked.await.unwrap().entries.len(), 2);
        house.hand.go(TimeDelta::days(1));
        answering.hears(1, "START").await;
        assert_eq!(carrier.total(), 3);

        let asked = number(0);
        let last = house.store.last_message_to(house.ws, Channel::Sms, &asked);
        let message = last.await.unwrap().unwrap().message;
        let history = house
            .store
            .history(house.ws, &campaign.id, &message, None)
            .await
            .unwrap();
        let told: Vec<_> = history
            .iter()
            .filter_map(|entry| Some((entry.kind, entry.detail.as_deref()?)))
            .filter(|(_, detail)| detail.starts_with("Automatic"))
            .collect();
        assert_eq!(told, [(EventKind::Sent, "Automatic answer to HELP")]);
        let card = house.store.card(house.ws, &campaign.id).await.unwrap();
        assert_eq!(card.figures.sent, 3, "an answer is in no figure");
    }
}

#[tokio::test]
async fn an_account_that_is_told_not_to_answers_nothing() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let answering = Answering::with(store, carrier, &[("answers", "off")]).await;
        answering.hears(0, "HELP").await;
        assert_eq!(answering.carrier.total(), 0);
    }
}

#[tokio::test]
async fn an_answer_that_may_have_been_given_is_not_repeated() {
    for (_, store) in stores().await {
        let answering = Answering::with(store, Scripted::new(|_, _| lost()), &[]).await;
        answering.hears(0, "HELP").await;
        answering.house.hand.go(TimeDelta::hours(2));
        answering.house.settle().await;
        assert_eq!(answering.carrier.total(), 1);

        // A worker that dies between its claim and the answer leaves one that nobody can tell from a given one.
        answering.keeps(1, "HELP").await;
        let house = &answering.house;
        let (now, lease) = (house.hand.now(), TimeDelta::minutes(10));
        // A step would give it: only what it does first is done here.
        let items = house.store.inbox_new(9, now).await.unwrap();
        let effects = [store::InboxEffects {
            pk: items[0].pk,
            is_understood: true,
            answers: vec![store::NewAnswer {
                workspace: house.ws,
                account: answering.account.pk,
                address: number(1),
                sender: "+34910".to_owned(),
                keyword: "help",
                text: "Help".to_owned(),
                origin: None,
            }],
            ..store::InboxEffects::default()
        }];
        house.store.inbox_apply(&effects, now).await.unwrap();
        let claimed = house.store.answers_claim(9, lease, now).await.unwrap();
        assert_eq!(claimed.len(), 1);
        assert_eq!(house.store.answers_claim(9, lease, now).await.unwrap(), []);
        house.hand.go(lease);
        house.settle().await;
        assert_eq!(answering.carrier.total(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_was_not_taken_is_tried_again() {
    for (_, store) in stores().await {
        let script = |_: &carrier::Outgoing, before| match before {
            0 => later(Some(60), true),
            _ => accepted(),
        };
        let answering =
            Answering::with(store, Scripted::new(script), &[("help_text", "Call.")]).await;
        answering.hears(0, "HELP").await;
        assert_eq!(answering.carrier.total(), 1);
        answering.house.hand.go(TimeDelta::minutes(30));
        answering.house.settle().await;
        assert_eq!(answering.carrier.total(), 2);
        answering.house.hand.go(TimeDelta::minutes(30));
        answering.house.settle().await;
        assert_eq!(answering.carrier.total(), 2);
    }
}
