//! Who left is not written to, however a provider writes their address and whenever it says so.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Channel,
    carrier::Protocol,
    contact::{Consent, Contact, NewContact, SuppressionSource},
};
use serde_json::{Value, json};

use crate::{
    carriers::Scripted,
    house::{House, account, number, stores},
};

/// A house with an account that a provider posts to.
struct Posting {
    house: House,
    account: store::AccountRow,
    posted: u32,
}

impl Posting {
    async fn of(store: store::Store, protocol: Protocol) -> Self {
        let house = House::with(store, 2, Scripted::accepting()).await;
        let account = account(&house.store, house.ws, protocol, house.hand.now()).await;
        Self {
            house,
            account,
            posted: 0,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.house.hand.now()
    }

    async fn post(&mut self, body: Value) {
        self.posted += 1;
        let now = self.now();
        let items = [(self.posted.to_string(), body.to_string().into_bytes(), now)];
        let (store, ws) = (&self.house.store, self.house.ws);
        store
            .inbox_put(ws, self.account.pk, &items, now)
            .await
            .unwrap();
        self.house.settle().await;
    }

    async fn person(
        &self,
        email: Option<&str>,
        phone: Option<&str>,
        agreed: &[Channel],
    ) -> Contact {
        let new = NewContact {
            email: email.map(str::to_owned),
            phone: phone.map(str::to_owned),
            consents: agreed
                .iter()
                .map(|channel| (*channel, Consent::Subscribed))
                .collect(),
            ..NewContact::default()
        };
        let (store, ws) = (&self.house.store, self.house.ws);
        store.save_contact(ws, None, new, self.now()).await.unwrap()
    }

    async fn block(&self, channel: Channel, address: &str, source: SuppressionSource) {
        let (store, ws) = (&self.house.store, self.house.ws);
        store
            .suppress(ws, channel, address, source, None, None, self.now())
            .await
            .unwrap();
    }

    /// What a person agreed to on a channel, and why they are blocked there.
    async fn state(&self, id: &str, channel: Channel) -> (Consent, Option<SuppressionSource>) {
        let (store, ws) = (&self.house.store, self.house.ws);
        let contact = store.contact(ws, id).await.unwrap();
        let place = Channel::ALL
            .iter()
            .position(|held| *held == channel)
            .unwrap();
        let blocked = contact.suppressed.iter().find(|(held, _)| *held == channel);
        (contact.consents[place], blocked.map(|(_, source)| *source))
    }

    /// Items of the day, and those of them that are a problem to look at.
    async fn counted(&self) -> (u64, u64) {
        let (store, ws) = (&self.house.store, self.house.ws);
        let infos = store.account_infos(ws, self.now()).await.unwrap();
        let info = infos
            .iter()
            .find(|info| info.id == self.account.id)
            .unwrap();
        (info.events_today, info.errors_today)
    }
}

#[tokio::test]
async fn an_address_in_another_spelling_is_the_same_address() {
    for (_, store) in stores().await {
        let mut posting = Posting::of(store, Protocol::StandardEvents).await;
        let left = |channel: &str, address: &str, at: DateTime<Utc>| {
            json!({ "type": "contact.unsubscribed", "timestamp": at,
                "data": { "channel": channel, "address": address } })
        };
        let anna = posting
            .person(
                Some("anna@case.example.org"),
                Some("+34600070252"),
                &[Channel::Email, Channel::Sms],
            )
            .await;
        let now = posting.now();
        posting
            .post(left("email", " Anna@Case.Example.org", now))
            .await;
        posting.post(left("sms", "+34 600 070 252", now)).await;
        let gone = (Consent::Unsubscribed, Some(SuppressionSource::User));
        assert_eq!(posting.state(&anna.id, Channel::Email).await, gone);
        assert_eq!(posting.state(&anna.id, Channel::Sms).await, gone);
        assert_eq!(posting.counted().await, (2, 0));

        // Nobody has it, and no address at all: to be looked at. The first is blocked all the same.
        posting
            .post(left("email", "Nobody@case.example.org", now))
            .await;
        posting.post(left("email", "nobody", now)).await;
        assert_eq!(posting.counted().await, (4, 2));
        let (store, ws) = (&posting.house.store, posting.house.ws);
        let blocked = store
            .suppressions(ws, Some(Channel::Email), "", true, None, 9)
            .await
            .unwrap();
        let mut blocked: Vec<_> = blocked
            .entries
            .iter()
            .map(|entry| entry.address.as_str())
            .collect();
        blocked.sort_unstable();
        assert_eq!(
            blocked,
            ["anna@case.example.org", "nobody@case.example.org"]
        );
    }
}

#[tokio::test]
async fn stop_holds_where_the_provider_writes_the_number_in_another_way() {
    for (_, store) in stores().await {
        let mut posting = Posting::of(store, Protocol::MetaWhatsApp).await;
        let bruno = posting
            .person(None, Some("+5511987650256"), &[Channel::WhatsApp])
            .await;
        let at = posting.now().timestamp().to_string();
        posting
            .post(json!({ "to": "34600999999", "message": { "from": "551187650256", "id": "wamid.1", "timestamp": at,
                "type": "button", "button": { "text": "Stop", "payload": "Stop" } } }))
            .await;
        assert_eq!(
            posting.state(&bruno.id, Channel::WhatsApp).await,
            (Consent::Unsubscribed, Some(SuppressionSource::Stop))
        );
        assert_eq!(posting.counted().await, (1, 0));
    }
}

#[tokio::test]
async fn who_answered_is_known_by_the_message_they_answered() {
    for (_, store) in stores().await {
        let mut posting = Posting::of(store, Protocol::StandardEvents).await;
        let campaign = posting.house.launched(&posting.house.draft()).await;
        posting.house.settle().await;
        let (store, ws) = (&posting.house.store, posting.house.ws);
        let sent = store
            .last_message_to(ws, Channel::Sms, &number(1))
            .await
            .unwrap()
            .unwrap();
        // The provider names the message and calls the number something that nobody has.
        let (now, key) = (posting.now(), sent.message);
        posting
            .post(json!({ "type": "contact.unsubscribed", "timestamp": now,
                "data": { "channel": "sms", "address": "+34911111111", "message": key } }))
            .await;
        let (store, ws) = (&posting.house.store, posting.house.ws);
        let blocked = store
            .suppressions(ws, Some(Channel::Sms), "", true, None, 9)
            .await
            .unwrap();
        assert_eq!(blocked.entries.len(), 1);
        assert_eq!(blocked.entries[0].address, number(1));
        assert_eq!(
            blocked.entries[0].campaign.as_deref(),
            Some(campaign.id.as_str())
        );
    }
}

#[tokio::test]
async fn what_a_provider_reactivates_is_nobodys_consent() {
    for (_, store) in stores().await {
        let mut posting = Posting::of(store, Protocol::PostmarkEvents).await;
        let left = posting
            .person(Some("left@x.example.org"), None, &[Channel::Email])
            .await;
        let (store, ws, now) = (&posting.house.store, posting.house.ws, posting.now());
        let address = "left@x.example.org";
        store
            .set_consent(ws, Channel::Email, address, Consent::Unsubscribed, now)
            .await
            .unwrap();
        posting
            .block(Channel::Email, address, SuppressionSource::User)
            .await;
        let silent = posting
            .person(Some("silent@x.example.org"), None, &[])
            .await;
        let held = posting
            .person(Some("held@x.example.org"), None, &[Channel::Email])
            .await;
        posting
            .block(
                Channel::Email,
                "held@x.example.org",
                SuppressionSource::Carrier,
            )
            .await;
        let spam = posting
            .person(Some("spam@x.example.org"), None, &[Channel::Email])
            .await;
        posting
            .block(
                Channel::Email,
                "spam@x.example.org",
                SuppressionSource::Complaint,
            )
            .await;
        posting.house.hand.go(TimeDelta::minutes(1));
        for address in [
            "Left@x.example.org",
            "silent@x.example.org",
            "held@x.example.org",
            "spam@x.example.org",
        ] {
            for origin in ["Admin", "Customer"] {
                let now = posting.now();
                posting
                    .post(json!({ "RecordType": "SubscriptionChange", "Recipient": address, "Origin": origin,
                        "SuppressSending": false, "ChangedAt": now }))
                    .await;
            }
        }
        for (id, expected) in [
            (
                &left.id,
                (Consent::Unsubscribed, Some(SuppressionSource::User)),
            ),
            (&silent.id, (Consent::Unknown, None)),
            (&held.id, (Consent::Subscribed, None)),
            (
                &spam.id,
                (Consent::Subscribed, Some(SuppressionSource::Complaint)),
            ),
        ] {
            assert_eq!(posting.state(id, Channel::Email).await, expected);
        }
    }
}

#[tokio::test]
async fn an_older_change_never_undoes_a_newer_one() {
    for (_, store) in stores().await {
        let mut posting = Posting::of(store, Protocol::StandardEvents).await;
        let ada = posting
            .person(None, Some("+34600070999"), &[Channel::Rcs])
            .await;
        let change = |kind: &str, at: DateTime<Utc>| {
            json!({ "type": format!("contact.{kind}"), "timestamp": at,
                "data": { "channel": "rcs", "address": "+34600070999" } })
        };
        let now = posting.now();
        let hour = TimeDelta::hours(1);
        let gone = (Consent::Unsubscribed, Some(SuppressionSource::User));
        posting.post(change("unsubscribed", now)).await;
        // Dated before, told after.
        posting.post(change("subscribed", now - hour)).await;
        assert_eq!(posting.state(&ada.id, Channel::Rcs).await, gone);
        posting.house.hand.go(hour);
        let back = posting.now();
        posting.post(change("subscribed", back)).await;
        assert_eq!(
            posting.state(&ada.id, Channel::Rcs).await,
            (Consent::Subscribed, None)
        );
        posting
            .post(change("unsubscribed", now + TimeDelta::minutes(5)))
            .await;
        assert_eq!(
            posting.state(&ada.id, Channel::Rcs).await,
            (Consent::Subscribed, None)
        );
    }
}

#[tokio::test]
async fn a_complaint_that_names_no_message_of_ours_stops_the_mail_to_its_address() {
    for (_, store) in stores().await {
        let mut posting = Posting::of(store, Protocol::SendGridEvents).await;
        let ada = posting
            .person(Some("ada@x.example.org"), None, &[Channel::Email])
            .await;
        let eve = posting
            .person(Some("eve@x.example.org"), None, &[Channel::Email])
            .await;
        let at = posting.now().timestamp();
        posting
            .post(json!({ "event": "spamreport", "email": "Ada@x.example.org", "timestamp": at, "sg_event_id": "x1",
                "sg_message_id": "abc.filter0001.1.2.0" }))
            .await;
        posting
            .post(json!({ "event": "unsubscribe", "email": "eve@x.example.org", "timestamp": at, "sg_event_id": "x2" }))
            .await;
        assert_eq!(
            posting.state(&ada.id, Channel::Email).await,
            (Consent::Subscribed, Some(SuppressionSource::Complaint))
        );
        assert_eq!(
            posting.state(&eve.id, Channel::Email).await,
            (Consent::Unsubscribed, Some(SuppressionSource::User))
        );
        assert_eq!(posting.counted().await, (2, 0));
        // Who clicked can't be known by an address alone; after ten minutes nobody waits for its message any more.
        posting
            .post(json!({ "event": "click", "email": "ada@x.example.org", "timestamp": at, "sg_event_id": "x3",
                "url": "https://shop.example/" }))
            .await;
        posting.house.hand.go(TimeDelta::minutes(11));
        posting.house.settle().await;
        posting.house.settle().await;
        assert_eq!(posting.counted().await, (3, 1));
    }
}
