//! Drafts that take more than they may: refused before they are stored, and shown as text where an older version stored
//! them.

use axum::body::Body;
use domain::{
    CampaignType,
    content::{Content, EmailContent, Variant},
    sending::{Draft, Step},
    user::{Role, Scope},
};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use store::WorkspaceId;

use crate::house::{Answer, House, now};

fn carousel(pictures: usize) -> String {
    format!(
        "<mjml><mj-body><mj-section><mj-column><mj-carousel>{}</mj-carousel></mj-column></mj-section></mj-body></mjml>",
        "<mj-carousel-image src=\"https://x.example/a.png\"/>".repeat(pictures)
    )
}

fn draft(mjml: &str, html: &str) -> Draft {
    Draft {
        variants: vec![Variant {
            name: "A".to_owned(),
            share: 100,
            content: Content::Email(EmailContent {
                subject: "s".to_owned(),
                mjml: mjml.to_owned(),
                html: html.to_owned(),
                ..EmailContent::default()
            }),
        }],
        ..Draft::default()
    }
}

async fn ask(house: &House, method: Method, path: &str, token: &str, body: String) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body))
        .unwrap();
    house.send(request).await
}

async fn stored(house: &House, ws: WorkspaceId, id: &str) -> Draft {
    house.state.store.sending(ws, id).await.unwrap().draft
}

#[tokio::test]
async fn what_takes_too_much_is_refused_before_it_is_stored() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let id = house.campaign(ws, CampaignType::Email).await;
    let token = house.token(ws, &Scope::ALL).await;
    let path = format!("/api/v1/campaigns/{id}/draft");
    let deep = "<div>".repeat(3_000);
    let long = format!("<p>{}</p>", "x".repeat(600_000));
    for (mjml, html, field) in [
        (carousel(3_000), "", "mjml"),
        (String::new(), deep.as_str(), "html"),
        (long.clone(), "", "mjml"),
    ] {
        let body = json!({ "draft": draft(&mjml, html) }).to_string();
        let answer = ask(&house, Method::PUT, &path, token.reveal(), body).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}: {}",
            answer.body
        );
        assert!(answer.body.contains(field), "{}", answer.body);
        let kept = stored(&house, ws, &id).await;
        assert_eq!((kept.revision, kept.variants.len()), (0, 0));
    }
    // What isn't finished is stored, with what stands in its way; what looked dangerous and isn't, too.
    let paragraphs = format!(
        "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>",
        "<p>x".repeat(3_000)
    );
    let spans = "<table><tr><td colspan=18446744073709551615>a</td><td colspan=18446744073709551615>b</td></tr></table>";
    for (mjml, html, is_fine) in [
        ("<mjml><mj-body><mj-nonsense/></mj-body></mjml>", "", false),
        (paragraphs.as_str(), "", true),
        ("", spans, true),
    ] {
        let mut next = draft(mjml, html);
        next.revision = stored(&house, ws, &id).await.revision;
        let body = json!({ "draft": next }).to_string();
        let answer = ask(&house, Method::PUT, &path, token.reveal(), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let editing: Value = serde_json::from_str(&answer.body).unwrap();
        let obstacles = editing["obstacles"].as_array().unwrap();
        let is_of_content =
            |found: &Value| ["mjml", "html"].contains(&found["field"].as_str().unwrap());
        assert_eq!(
            !obstacles.iter().any(is_of_content),
            is_fine,
            "{obstacles:?}"
        );
        assert_eq!(stored(&house, ws, &id).await.variants.len(), 1);
    }
}

#[tokio::test]
async fn what_was_stored_before_is_shown_as_text() {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    let id = house.campaign(ws, CampaignType::Email).await;
    let old = draft(&carousel(3_000), "");
    let store = &house.state.store;
    store
        .save_draft(ws, &id, Step::Template, "Old", &old, now())
        .await
        .unwrap();
    let token = house.token(ws, &Scope::ALL).await;
    for path in ["draft", "launch-obstacles", "previews"] {
        let path = format!("/api/v1/campaigns/{id}/{path}");
        let answer = ask(&house, Method::GET, &path, token.reveal(), String::new()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        assert!(answer.body.contains("carousel"), "{path}: {}", answer.body);
    }
    for (email, role) in [("v@w.test", Role::Viewer), ("e@w.test", Role::Editor)] {
        house.person(ws, email, role).await;
        let cookie = house.sign_in(email).await;
        let mut paths = vec![
            format!("/campaigns/{id}/details"),
            format!("/campaigns/{id}/preview/A"),
        ];
        if role == Role::Editor {
            paths.push(format!("/campaigns/{id}/edit/personalize"));
            paths.push(format!("/campaigns/{id}/edit/summary"));
        }
        for path in paths {
            let answer = house.get(&path, &cookie).await;
            assert_eq!(answer.status, StatusCode::OK, "{role:?} {path}");
        }
    }
}
