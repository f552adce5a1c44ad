//! Names are text on every page: whatever they hold, no page has an element that its author didn't write.

use std::collections::BTreeMap;

use axum::body::Body;
use domain::{
    CampaignType, Channel, EventKind, Evidence, Fact,
    campaign::NewCampaign,
    carrier::Protocol,
    contact::{NewContact, SuppressionSource},
    event::Dimension,
    user::{Role, Scope},
};
use html5ever::{
    ParseOpts, local_name, parse_document, tendril::TendrilSink, tree_builder::TreeBuilderOpts,
};
use http::{Request, header};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use store::{AccountValues, WorkspaceId};

use crate::house::{House, now, request, with_cookie};

/// Ends every element whose text is no markup, then begins one of its own.
const MARKUP: &str = "</title></textarea></script></style></noscript>--><b data-xq=1>\"'&amp;";

/// An element's mark, and the texts of titles.
fn found(html: &str, scripting_enabled: bool) -> (usize, Vec<String>) {
    let tree_builder = TreeBuilderOpts {
        scripting_enabled,
        ..TreeBuilderOpts::default()
    };
    let options = ParseOpts {
        tree_builder,
        ..ParseOpts::default()
    };
    let dom = parse_document(RcDom::default(), options).one(html);
    let (mut marks, mut titles) = (0, Vec::new());
    walk(&dom.document, &mut |node| {
        let NodeData::Element { name, attrs, .. } = &node.data else {
            return;
        };
        let is_mark = |name: &str| name.contains("data-xq");
        marks += attrs
            .borrow()
            .iter()
            .filter(|attr| is_mark(&attr.name.local))
            .count();
        if name.local == local_name!("title") {
            titles.push(text(node));
        }
    });
    (marks, titles)
}

fn walk(node: &Handle, see: &mut impl FnMut(&Handle)) {
    see(node);
    for child in node.children.borrow().iter() {
        walk(child, see);
    }
    if let NodeData::Element {
        template_contents, ..
    } = &node.data
        && let Some(contents) = template_contents.borrow().as_ref()
    {
        walk(contents, see);
    }
}

fn text(node: &Handle) -> String {
    let mut all = String::new();
    walk(node, &mut |node| {
        if let NodeData::Text { contents } = &node.data {
            all.push_str(&contents.borrow());
        }
    });
    all
}

#[test]
fn the_parser_finds_markup() {
    let page = format!("<title>{MARKUP}</title><p>{MARKUP}");
    assert_eq!(found(&page, true).0, 2);
    let page =
        "<title>&lt;/title>&lt;b data-xq=1> &amp;amp;</title><textarea><b data-xq=1></textarea>";
    assert_eq!(
        found(page, true),
        (0, vec!["</title><b data-xq=1> &amp;".to_owned()])
    );
    let page = "<noscript><b data-xq=1></noscript>";
    assert_eq!((found(page, true).0, found(page, false).0), (0, 1));
}

/// A workspace in which everything that has a name has one with markup in it. The pages to look at.
async fn seeded(house: &House) -> Vec<String> {
    let store = &house.state.store;
    let ws = house.workspace(&format!("W{MARKUP}")).await;
    for role in Role::ALL {
        house.person(ws, &format!("{role}@x.de"), role).await;
    }
    let token = server::auth::new_token().unwrap();
    let name = format!("T{MARKUP}");
    store
        .create_token(ws, &name, &[Scope::Read], &token.hash(), (now(), None))
        .await
        .unwrap();
    let mut pages: Vec<String> = [
        "/reports/messaging",
        "/reports/interactive",
        "/settings",
        "/settings/carriers",
        "/settings/carriers/new",
        "/settings/activity",
        "/contacts",
        "/contacts?tab=lists",
        "/contacts?tab=blocklist",
        "/contacts?tab=imports",
        "/contacts/new",
        "/contacts/imports/new",
        "/campaigns/new",
    ]
    .map(str::to_owned)
    .into();
    let account = AccountValues {
        name: format!("A{MARKUP}"),
        protocol: Protocol::Sandbox,
        settings: BTreeMap::from([("help_text".to_owned(), format!("H{MARKUP}"))]),
        secrets: Vec::new(),
        secret_names: Vec::new(),
        senders: vec![format!("S{MARKUP}")],
        per_second: None,
    };
    let account = store.create_account(ws, &account, now()).await.unwrap();
    pages.push(format!("/settings/carriers/{}", account.id));
    let contact = NewContact {
        external_id: Some(format!("X{MARKUP}")),
        name: Some(format!("N{MARKUP}")),
        email: Some("ada@x.de".to_owned()),
        attributes: [("city".to_owned(), format!("C{MARKUP}"))].into(),
        ..NewContact::default()
    };
    let contact = store.save_contact(ws, None, contact, now()).await.unwrap();
    pages.push(format!("/contacts/{}", contact.id));
    let list = store
        .create_list(ws, &format!("L{MARKUP}"), now())
        .await
        .unwrap();
    store
        .add_to_list(ws, &list.id, &[&contact.id])
        .await
        .unwrap();
    let reason = Some("R</title><b data-xq=1>");
    store
        .suppress(
            ws,
            Channel::Email,
            "ada@x.de",
            SuppressionSource::Admin,
            reason,
            None,
            now(),
        )
        .await
        .unwrap();
    store
        .audit(
            ws,
            &format!("W{MARKUP}"),
            "carrier.added",
            &format!("S{MARKUP}"),
            MARKUP,
            now(),
        )
        .await
        .unwrap();
    let new = store
        .begin_import(ws, &format!("F{MARKUP}.csv"), "x", now())
        .await
        .unwrap();
    let cells = [format!("H{MARKUP}")];
    store
        .finish_upload(&new, &cells, &[cells.to_vec()], &Default::default())
        .await
        .unwrap();
    pages.push(format!("/contacts/imports/{}", new.id));
    for kind in [CampaignType::Email, CampaignType::Sms, CampaignType::Raffle] {
        pages.extend(campaign(house, ws, kind, &list.id, &account.id).await);
    }
    pages
}

async fn campaign(
    house: &House,
    ws: WorkspaceId,
    campaign_type: CampaignType,
    list: &str,
    account: &str,
) -> Vec<String> {
    let store = &house.state.store;
    let new = NewCampaign {
        name: format!("N{MARKUP}"),
        kind: campaign_type.kind(),
        campaign_type,
        sender: format!("S{MARKUP}"),
        external_id: Some(format!("{}{MARKUP}", campaign_type.as_str())),
        ..NewCampaign::default()
    };
    let (campaign, _) = store.create_campaign(ws, new, now()).await.unwrap();
    let id = campaign.id;
    let kind = campaign_type.kind();
    let mut pages = vec![
        format!("/reports/{kind}/{id}"),
        format!("/reports/{kind}/{id}?message=m1"),
        format!("/reports/{kind}/{id}?q={}", app::routes::encode(MARKUP)),
        format!("/campaigns/{id}/details"),
    ];
    if campaign_type == CampaignType::Email {
        let admin = house.sign_in("admin@x.de").await;
        let draft = serde_json::json!({"draft": {
            "account": account, "sender": format!("{MARKUP}"),
            "audience": {"kind": "list", "list": list},
            "variants": [{"name": "A", "share": 100, "content": {"channel": "email", "subject": format!("S{MARKUP}"),
                "preheader": format!("P{MARKUP}"), "html": "<p>x</p>", "text": format!("T{MARKUP}")}}],
        }});
        let path = format!("/api/v1/campaigns/{id}/draft");
        let put = request(
            http::Method::PUT,
            &path,
            "application/json",
            &draft.to_string(),
        );
        let answer = house.send(with_cookie(put, &admin)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        for step in ["detail", "template", "personalize", "recipients", "summary"] {
            pages.push(format!("/campaigns/{id}/edit/{step}"));
        }
    }
    let mut dimensions: [Option<String>; Dimension::COUNT] = Default::default();
    dimensions.fill(Some(format!("D{MARKUP}")));
    let fact = |kind, message: &str| Fact {
        id: format!("{message}{kind:?}"),
        campaign: id.clone(),
        message: message.to_owned(),
        recipient: format!("R{MARKUP}"),
        kind,
        at_us: now().timestamp_micros(),
        received_us: now().timestamp_micros(),
        evidence: Evidence::Human,
        raw_status: Some(format!("Z{MARKUP}")),
        dimensions: dimensions.clone(),
        value: None,
        user_agent: Some(format!("U{MARKUP}")),
        ip: None,
        props: Some(serde_json::json!({"p": MARKUP}).to_string()),
    };
    let facts = if kind == domain::CampaignKind::Messaging && campaign_type == CampaignType::Sms {
        vec![
            fact(EventKind::Sent, "m1"),
            fact(EventKind::Failed, "m1"),
            fact(EventKind::Clicked, MARKUP),
        ]
    } else if campaign_type == CampaignType::Raffle {
        vec![fact(EventKind::Visited, "m1")]
    } else {
        Vec::new()
    };
    if !facts.is_empty() {
        let n = facts.len() as u64;
        assert_eq!(store.ingest(ws, facts).await.unwrap().accepted, n);
    }
    pages
}

#[tokio::test]
async fn markup_in_names_is_text_on_every_page() {
    let house = House::empty(&[]).await;
    let pages = seeded(&house).await;
    let (mut n_named, mut n_asked) = (0, 0);
    for email in ["admin@x.de", "editor@x.de", "viewer@x.de"] {
        let cookie = house.sign_in(email).await;
        for path in &pages {
            let get = Request::get(path)
                .header(header::COOKIE, &cookie)
                .header(header::ACCEPT, "text/html")
                .body(Body::empty())
                .unwrap();
            let answer = house.send(get).await;
            let status = answer.status.as_u16();
            assert!(
                status == 200 || (email != "admin@x.de" && matches!(status, 302 | 303 | 403)),
                "{path} as {email}: {status}"
            );
            for scripting in [true, false] {
                let (marks, titles) = found(&answer.body, scripting);
                assert_eq!(marks, 0, "{path} as {email}");
                if answer.status == 200 {
                    assert_eq!(titles.len(), 1, "{path} as {email}: {titles:?}");
                    n_named += usize::from(titles == [format!("N{MARKUP} · Reportage")]);
                    n_asked += usize::from(path.ends_with("/details"));
                }
            }
        }
    }
    // Details, reports and contacts are called as what they show: letter by letter.
    assert!(n_named > n_asked && n_asked >= 18, "{n_named} of {n_asked}");
}
