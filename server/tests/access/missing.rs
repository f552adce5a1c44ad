//! Whom a campaign leaves out for want of a value, by the API and on its pages.

use axum::body::Body;
use domain::{
    CampaignKind, CampaignType, Channel,
    audience::Audience,
    campaign::NewCampaign,
    contact::{Consent, NewContact},
    content::{Content, SmsContent, Variant},
    sending::{Draft, Step},
    user::{Role, Scope},
};
use http::{Request, StatusCode, header};
use serde_json::{Value, json};
use store::WorkspaceId;

use crate::house::{House, now};

fn person(phone: &str, code: &str) -> NewContact {
    NewContact {
        phone: Some(phone.to_owned()),
        attributes: [("code".to_owned(), code.to_owned())].into(),
        consents: [(Channel::Sms, Consent::Subscribed)].into(),
        ..NewContact::default()
    }
}

async fn campaign(house: &House, ws: WorkspaceId, text: &str) -> String {
    let store = &house.state.store;
    let new = NewCampaign {
        name: "Autumn".to_owned(),
        kind: CampaignKind::Messaging,
        campaign_type: CampaignType::Sms,
        ..NewCampaign::default()
    };
    let id = store.create_sending(ws, new, now()).await.unwrap().id;
    let draft = Draft {
        audience: Audience::Everyone,
        variants: vec![Variant {
            name: "A".to_owned(),
            share: 100,
            content: Content::Sms(SmsContent {
                text: text.to_owned(),
            }),
        }],
        ..Draft::default()
    };
    store
        .save_draft(ws, &id, Step::Message, "Autumn", &draft, now())
        .await
        .unwrap();
    id
}

async fn ask(house: &House, path: &str, scopes: &[Scope], ws: WorkspaceId) -> Value {
    let token = house.token(ws, scopes).await;
    let request = Request::get(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
        .body(Body::empty())
        .unwrap();
    let answer = house.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn who_lacks_a_value_is_said_with_as_much_as_the_asker_may_see() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let rows = vec![person("+34600123451", "A1"), person("+34600123452", "")];
    let store = &house.state.store;
    store.upsert_contacts(ws, rows, None, now()).await.unwrap();
    let id = campaign(&house, ws, "Your code: {{ code }}").await;
    let path = format!("/api/v1/campaigns/{id}/missing-values");
    let found = ask(&house, &path, &Scope::ALL, ws).await;
    assert_eq!(found[0]["placeholder"], "code");
    assert_eq!(
        (&found[0]["recipients"], &found[0]["eligible"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(found[0]["examples"][0]["shown"], "+34600123452");
    let masked = ask(&house, &path, &[Scope::Write], ws).await;
    assert_eq!(masked[0]["recipients"], 1);
    assert_eq!(masked[0]["examples"][0]["shown"], "+34…52");

    house.person(ws, "editor@x.de", Role::Editor).await;
    let cookie = house.sign_in("editor@x.de").await;
    let edit = format!("/campaigns/{id}/edit/summary");
    // Something else is in the way here: an account. The page says that first.
    let page = house.get(&edit, &cookie).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.body.contains("+34600123452"), "masked for an editor");

    // Nobody has a plan: that is in the way of the launch.
    let nobody = campaign(&house, ws, "Your plan: {{ plan }}").await;
    let path = format!("/api/v1/campaigns/{nobody}/launch-obstacles");
    let obstacles = ask(&house, &path, &Scope::ALL, ws).await;
    let is_said = obstacles.as_array().unwrap().iter().any(|obstacle| {
        let message = obstacle["message"].as_str().unwrap();
        obstacle["step"] == "message" && message.contains("everybody lacks a value for plan")
    });
    assert!(is_said, "{obstacles}");
}
