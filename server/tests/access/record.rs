//! Whoever changes who can come in, what is sent, or takes data along leaves an entry; the door leaves lines in the log.

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, Mutex},
};

use app::backend::AccessBackend;
use domain::{
    CampaignType,
    user::{Role, Scope},
};
use http::{Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;
use store::WorkspaceId;
use tracing_subscriber::fmt::MakeWriter;

use crate::house::{House, PASSWORD, form, now, request, with_cookie};

/// What a call of a server function leaves.
const ENTRIES: [(&str, &str, &str); 17] = [
    (
        "save_workspace",
        "name=w2&time_zone=UTC&week_start=1&ip_policy=drop",
        "workspace.changed",
    ),
    ("add_person", "email=new@x.de&role=editor", "person.invited"),
    ("reset_link", "email=new@x.de", "person.invited_again"),
    ("reset_link", "email=ana@x.de", "password.reset_link_made"),
    ("reset_factor", "email=ana@x.de", "factor.reset"),
    ("remove_person", "email=ana@x.de", "person.removed"),
    ("create_token", "name=t&read=true&days=30", "token.created"),
    ("revoke_token", "id={token}", "token.revoked"),
    (
        "change_password",
        "current=correct+horse+battery&new=another+horse+battery",
        "password.changed",
    ),
    ("end_session", "id={session}", "session.ended"),
    ("end_other_sessions", "", "session.others_ended"),
    (
        "create_campaign",
        "name=n&campaign_type=sms&sender=s&external_id=&at=",
        "campaign.created",
    ),
    (
        "change_status",
        "id={id}&status=in_progress",
        "campaign.status_changed",
    ),
    ("reschedule", "id={other}&at=2027-01-01T09:00", "campaign."),
    ("delete_campaign", "id={other}", "campaign.deleted"),
    (
        "save_account",
        "id=&name=acc&protocol=sandbox&senders=&per_second=",
        "carrier.added",
    ),
    ("delete_account", "id={account}", "carrier.deleted"),
];

/// Functions whose entries are written by the transaction that does the work, or by tests beside them.
const ELSEWHERE: [&str; 14] = [
    // server/tests/access/factor.rs
    "activate_factor",
    "switch_off_factor",
    // server/store/src/sending/tests.rs, server/delivery/tests/engine
    "launch_campaign",
    "control_sending",
    "decide_held",
    "save_step",
    "write_again",
    // server/tests/access/contacts.rs
    "delete_contact",
    "delete_list",
    "block",
    "unblock",
    "run_import",
    "test_message",
    // Only logged when it fails.
    "confirm_password",
];

/// Functions that let nobody in, send nothing and take nothing along.
const WITHOUT: [&str; 8] = [
    "begin_factor",
    "save_contact",
    "create_list",
    "check_import",
    "delete_import",
    "check_account",
    "test_event",
    "count_recipients",
];

fn name_of(path: &str) -> &str {
    let tail = path.trim_start_matches("/ui/");
    tail.trim_end_matches(|c: char| c.is_ascii_digit())
}

fn path_of(name: &str) -> &'static str {
    let mut paths = server_fn_paths();
    let found = paths.find(|(path, _)| name_of(path) == name);
    found
        .map(|(path, _)| path)
        .unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn no_function_that_changes_something_is_forgotten() {
    let known: BTreeSet<_> = ENTRIES
        .iter()
        .map(|(name, ..)| *name)
        .chain(ELSEWHERE)
        .chain(WITHOUT)
        .collect();
    let changing = server_fn_paths()
        .filter(|(_, method)| *method == Method::POST)
        .map(|(path, _)| name_of(path))
        .filter(|name| !name.starts_with("load_") && !name.starts_with("search_"));
    for name in changing {
        assert!(known.contains(name), "{name}: does it leave an entry?");
    }
}

async fn house() -> (House, WorkspaceId, String) {
    let house = House::empty(&[]).await;
    let ws = house.workspace("w").await;
    house.person(ws, "admin@x.de", Role::Admin).await;
    house.person(ws, "ana@x.de", Role::Viewer).await;
    let cookie = house.sign_in("admin@x.de").await;
    (house, ws, cookie)
}

#[tokio::test]
async fn every_change_of_who_comes_in_and_what_there_is_leaves_an_entry() {
    let (house, ws, cookie) = house().await;
    let store = &house.state.store;
    let (ana, _) = store.user_by_email("ana@x.de").await.unwrap().unwrap();
    store.begin_factor(ana.id, b"s").await.unwrap();
    store.activate_factor(ana.id, (b"s", 1), &[]).await.unwrap();
    let id = house.campaign(ws, CampaignType::Sms).await;
    let other = house.campaign(ws, CampaignType::Sms).await;
    for (name, args, expected) in ENTRIES {
        let mut args = args.replace("{id}", &id).replace("{other}", &other);
        if args.contains("{token}") {
            let all = store.tokens(Some(ws)).await.unwrap();
            args = args.replace("{token}", &all[0].id);
        }
        if args.contains("{session}") {
            house.state.clock.advance(chrono::Duration::seconds(1));
            let password = "another horse battery";
            assert!(
                house
                    .try_sign_in("admin@x.de", password)
                    .await
                    .cookie()
                    .is_some()
            );
            let own = house.backend(&cookie).await.sessions().await.unwrap();
            let session = own.iter().find(|one| !one.is_this).unwrap();
            args = args.replace("{session}", &session.id);
        }
        if args.contains("{account}") {
            let infos = store.account_infos(ws, now()).await.unwrap();
            args = args.replace("{account}", &infos[0].id);
        }
        let before = house.audit(ws).await.len();
        let answer = house
            .send(with_cookie(form(path_of(name), &args), &cookie))
            .await;
        let is_done = answer.status.is_success() || answer.status.is_redirection();
        assert!(is_done, "{name} {args}: {} {}", answer.status, answer.body);
        let entries = house.audit(ws).await;
        assert_eq!(entries.len(), before + 1, "{name} {args}");
        let (action, actor, subject) = &entries[before];
        assert!(action.starts_with(expected), "{name}: {action}");
        assert_eq!(actor, "admin@x.de", "{name}");
        assert!(!subject.is_empty(), "{name}");
    }
    // What was done is read on the page, and by admins alone.
    let page = house.get("/settings/activity", &cookie).await;
    for words in [
        "Person removed",
        "Token created",
        "Campaign deleted",
        "Password changed",
    ] {
        assert!(page.body.contains(words), "{words}");
    }
    assert!(!page.body.contains("rpt_"));
}

#[tokio::test]
async fn programs_leave_entries_too() {
    let (house, ws, _) = house().await;
    let token = house.token(ws, &[Scope::Read, Scope::Write]).await;
    let created = r#"{"name":"n","kind":"messaging","type":"sms","sender":"s","external_id":"x"}"#;
    for (method, path, body, expected) in [
        (
            Method::POST,
            "/api/v1/campaigns",
            created,
            "campaign.created",
        ),
        // Asked for again, it is there already: nothing happens.
        (Method::POST, "/api/v1/campaigns", created, ""),
        (
            Method::PATCH,
            "/api/v1/campaigns/x",
            r#"{"name":"m"}"#,
            "campaign.changed",
        ),
        (Method::PATCH, "/api/v1/campaigns/x", r#"{"name":"m"}"#, ""),
        (
            Method::GET,
            "/api/v1/campaigns/x/events.ndjson",
            "",
            "campaign.exported",
        ),
        (
            Method::GET,
            "/api/v1/campaigns/x/results.csv",
            "",
            "campaign.exported",
        ),
        (
            Method::GET,
            "/api/v1/campaigns/x/results.xlsx",
            "",
            "campaign.exported",
        ),
        (
            Method::DELETE,
            "/api/v1/campaigns/x",
            "",
            "campaign.deleted",
        ),
        (Method::DELETE, "/api/v1/campaigns/x", "", ""),
    ] {
        let before = house.audit(ws).await.len();
        let mut request = request(method.clone(), path, "application/json", body);
        let bearer = format!("Bearer {}", token.reveal()).parse().unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        house.send(request).await;
        let entries = house.audit(ws).await;
        let new: Vec<_> = entries[before..]
            .iter()
            .map(|(action, ..)| action.as_str())
            .collect();
        let expected: Vec<_> = Some(expected)
            .filter(|name| !name.is_empty())
            .into_iter()
            .collect();
        assert_eq!(new, expected, "{method} {path}");
        for (_, actor, subject) in &entries[before..] {
            assert!(actor.starts_with("token:") && !subject.is_empty());
        }
    }
}

/// Log lines as they are written.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        String::from_utf8(bytes).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_door_leaves_lines_and_no_addresses() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (house, ws, _) = house().await;
    let mut written = lines.take();
    assert!(
        written.contains("security") && written.contains("event=\"sign_in\""),
        "{written}"
    );

    let expect = |event: &str| {
        let text = lines.take();
        assert!(
            text.contains(&format!("event=\"{event}\"")),
            "{event} in {text}"
        );
        text
    };
    for email in ["ana@x.de", "nobody@x.de"] {
        house.try_sign_in(email, "guess").await;
        written += &expect("sign_in_failed");
    }
    for _ in 0..9 {
        house.try_sign_in("ana@x.de", "guess").await;
    }
    lines.take();
    house.try_sign_in("ana@x.de", PASSWORD).await;
    written += &expect("throttled");

    house.person(ws, "viewer@x.de", Role::Viewer).await;
    let viewer = house.sign_in("viewer@x.de").await;
    lines.take();
    let answer = house
        .send(with_cookie(
            form(path_of("remove_person"), "email=ana@x.de"),
            &viewer,
        ))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    written += &expect("role_refused");
    let token = house.token(ws, &[Scope::Ingest]).await;
    let asked = Request::get("/api/v1/campaigns")
        .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()));
    house.send(asked.body("".into()).unwrap()).await;
    written += &expect("scope_refused");

    let mut foreign = with_cookie(form(path_of("remove_person"), "email=ana@x.de"), &viewer);
    let headers = foreign.headers_mut();
    headers.insert("sec-fetch-site", "cross-site".parse().unwrap());
    house.send(foreign).await;
    written += &expect("cross_site_refused");

    let own = house.backend(&viewer).await;
    own.confirm_password("guess".to_owned()).await.unwrap_err();
    written += &expect("confirmation_failed");
    own.change_password(PASSWORD.to_owned(), "another horse battery".to_owned())
        .await
        .unwrap();
    written += &expect("password.changed");

    for secret in ["x.de", "guess", "horse", token.reveal(), viewer.as_str()] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
    // One account is one name.
    let name = house.state.carriers.vault().pseudonym("viewer@x.de");
    assert!(written.matches(&name).count() >= 2, "{name} in {written}");
}
