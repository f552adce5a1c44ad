//! What stands in the way of a launch because the account says so.

use std::sync::{Arc, Mutex};

use carrier::{
    Outgoing, Settings, Submission,
    send::{Answer, Carrier},
};
use delivery::{Accounts, obstacles};
use domain::{
    CampaignKind, CampaignType, Channel,
    audience::Audience,
    campaign::NewCampaign,
    carrier::Protocol,
    content::{Content, RcsContent, Suggestion, Variant, WhatsAppContent, WhatsAppTemplate},
    sending::{Draft, Step},
};

use super::{
    carriers::accepted,
    house::{BASE, House, options, simulator, stores},
};

/// A carrier whose templates a test changes.
#[derive(Default)]
struct Shelf(Mutex<Option<Vec<WhatsAppTemplate>>>);

impl Carrier for Shelf {
    fn submit<'a>(&'a self, _: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(async { accepted() })
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }

    fn templates(&self) -> Answer<'_, Result<Vec<WhatsAppTemplate>, String>> {
        let held = self.0.lock().unwrap().clone();
        Box::pin(async { held.ok_or_else(|| "not allowed".to_owned()) })
    }
}

async fn found(house: &House, channel: CampaignType, draft: &Draft) -> Vec<(Step, String, String)> {
    let (ws, now) = (house.ws, house.hand.now());
    let new = NewCampaign {
        name: "Autumn".to_owned(),
        kind: CampaignKind::Messaging,
        campaign_type: channel,
        ..NewCampaign::default()
    };
    let campaign = house.store.create_sending(ws, new, now).await.unwrap();
    let saved = house
        .store
        .save_draft(ws, &campaign.id, Step::Message, "Autumn", draft, now)
        .await;
    saved.unwrap();
    let info = house.store.sending(ws, &campaign.id).await.unwrap();
    let accounts: Arc<dyn Accounts> = house.accounts.clone();
    let found = obstacles(&house.store, &accounts, ws, &info, BASE, now)
        .await
        .unwrap();
    let parts = |o: domain::sending::Obstacle| (o.step, o.field, o.message);
    found.into_iter().map(parts).collect()
}

fn template() -> WhatsAppTemplate {
    WhatsAppTemplate {
        name: "hello".to_owned(),
        language: "en".to_owned(),
        category: "utility".to_owned(),
        status: "approved".to_owned(),
        body: "Hi {{1}}".to_owned(),
        ..WhatsAppTemplate::default()
    }
}

fn by(template: WhatsAppTemplate, value: &str) -> Content {
    Content::WhatsApp(WhatsAppContent {
        template,
        body_values: vec![value.to_owned()],
        ..WhatsAppContent::default()
    })
}

fn draft(house: &House, contents: Vec<Content>) -> Draft {
    let share = 100 / u8::try_from(contents.len()).unwrap();
    let variants = ["A", "B"].into_iter().zip(contents);
    let variants = variants.map(|(name, content)| Variant {
        name: name.to_owned(),
        share,
        content,
    });
    Draft {
        variants: variants.collect(),
        audience: Audience::Typed {
            addresses: vec!["+34600000001".to_owned()],
        },
        ..house.draft()
    }
}

#[tokio::test]
async fn templates_are_looked_at_as_they_are_now() {
    for (_, store) in stores().await {
        let shelf = Arc::new(Shelf::default());
        let house = House::with(store, 1, shelf.clone()).await;
        let put = |templates: Option<Vec<WhatsAppTemplate>>| *shelf.0.lock().unwrap() = templates;
        let one = draft(&house, vec![by(template(), "x")]);
        let ask = |draft: Draft| {
            let house = &house;
            async move { found(house, CampaignType::WhatsApp, &draft).await }
        };
        // An account that doesn't list them is not in the way: the carrier has the last word.
        put(None);
        assert_eq!(ask(one.clone()).await, []);
        put(Some(vec![template()]));
        assert_eq!(ask(one.clone()).await, []);
        // Categories are Meta's, and change by themselves.
        let recast = WhatsAppTemplate {
            category: "marketing".to_owned(),
            ..template()
        };
        put(Some(vec![recast]));
        assert_eq!(ask(one.clone()).await, []);
        for (now, words) in [
            (vec![], "has no template “hello” (en)"),
            (
                vec![WhatsAppTemplate {
                    language: "es".to_owned(),
                    ..template()
                }],
                "has no template",
            ),
            (
                vec![WhatsAppTemplate {
                    status: "paused".to_owned(),
                    ..template()
                }],
                "is paused at the moment",
            ),
            (
                vec![WhatsAppTemplate {
                    body: "Hello {{1}}".to_owned(),
                    ..template()
                }],
                "was changed since it was chosen",
            ),
        ] {
            put(Some(now));
            let said = ask(one.clone()).await;
            let [(Step::Message, field, message)] = said.as_slice() else {
                panic!("{words}: {said:?}");
            };
            assert_eq!(field, "template");
            assert!(message.contains(words), "{message}");
        }
        // Of two arms, the one that can't go is named.
        let other = WhatsAppTemplate {
            name: "bye".to_owned(),
            ..template()
        };
        put(Some(vec![template()]));
        let two = draft(&house, vec![by(template(), "x"), by(other, "x")]);
        let said = ask(two).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].1, "B.template");
        // What is wrong without the account comes first.
        let empty = draft(&house, vec![by(template(), "")]);
        put(Some(vec![]));
        let said = ask(empty).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].1, "body_values.0");
    }
}

#[tokio::test]
async fn the_simulator_objects_to_what_it_would_refuse() {
    for (_, store) in stores().await {
        let (carrier, settings) = simulator(&[]);
        let templates = carrier.templates().await.unwrap();
        let house = House::of(store, 1, Protocol::Sandbox, carrier, settings, options()).await;
        let get = |name: &str| {
            templates
                .iter()
                .find(|t| t.name == name && t.language == "en")
                .unwrap()
        };
        let welcome = Content::WhatsApp(WhatsAppContent {
            template: get("welcome").clone(),
            ..WhatsAppContent::default()
        });
        let said = found(
            &house,
            CampaignType::WhatsApp,
            &draft(&house, vec![welcome]),
        )
        .await;
        assert_eq!(said, []);
        // A program may claim what it likes.
        let claimed = WhatsAppTemplate {
            status: "approved".to_owned(),
            ..get("weekend_flash").clone()
        };
        let said = found(
            &house,
            CampaignType::WhatsApp,
            &draft(&house, vec![by(claimed, "x")]),
        )
        .await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].2.contains("is paused at the moment"), "{said:?}");
    }
}

#[tokio::test]
async fn twilio_sends_a_plain_text_by_sms_as_it_is() {
    for (_, store) in stores().await {
        let shelf = Arc::new(Shelf::default());
        let house = House::of(
            store,
            1,
            Protocol::Twilio,
            shelf,
            Settings::default(),
            options(),
        )
        .await;
        let ask = |content: RcsContent| {
            let draft = draft(&house, vec![Content::Rcs(content)]);
            let house = &house;
            async move { found(house, CampaignType::Rcs, &draft).await }
        };
        let plain = RcsContent {
            text: "Shall we? ".to_owned(),
            fallback: "Shall we?".to_owned(),
            ..RcsContent::default()
        };
        assert_eq!(ask(plain.clone()).await, []);
        let other = RcsContent {
            fallback: "Shall we? Reply STOP to opt out".to_owned(),
            ..plain
        };
        let said = ask(other.clone()).await;
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!((said[0].0, said[0].1.as_str()), (Step::Message, "fallback"));
        let with_chip = RcsContent {
            suggestions: vec![Suggestion::Reply {
                text: "Yes".to_owned(),
            }],
            ..other
        };
        assert_eq!(ask(with_chip).await, []);
        assert!(Protocol::Twilio.channels().contains(&Channel::Rcs));
    }
}
