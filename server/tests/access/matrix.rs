//! Every role and scope before every server function and API route.
//!
//! Routes are read from the program (server functions from Leptos' registry, the API from its own description),
//! and each must have its line here: a new one can't be forgotten.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::{AtomicU32, Ordering},
};

use axum::body::Body;
use domain::{
    CampaignType, Channel,
    carrier::Protocol,
    contact::{NewContact, SuppressionSource},
    import::{Column, Mapping},
    user::{Role, Scope},
};
use http::{Method, Request, StatusCode, header};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use store::{AccountValues, WorkspaceId};

use crate::house::{Answer, House, now, request, with_cookie};

/// How a server function takes its arguments.
#[derive(Clone, Copy)]
enum Input {
    Query,
    Form,
    Json,
}

/// Name, weakest role that may call it, how it takes arguments, and these. `{id}` stands for a campaign, `{token}` for a
/// token, `{new}` for a word that is new with each call, `none` for what isn't there: who may call it hears that there is no such thing.
type Line = (&'static str, Role, Input, String);

/// Functions of the contacts, of carriers, and of campaigns that are sent from here.
fn functions_of_sending() -> Vec<Line> {
    use Input::{Form, Json, Query};
    let contacts = serde_json::to_string(&json!({
        "params": app::contacts::ContactsParams::default(),
    }))
    .unwrap();
    let contact = "id=&name=n&external_id=&phone=&email=new@x.de&time_zone=";
    let mapping = "id=none&columns[c0]=email&country=&list=";
    let step = "id={id}&step=detail&revision=0&go=stay&fields[name]=n&fields[sender]=s";
    let account = "id=&name={new}&protocol=sandbox&senders=&per_second=";
    let lines = [
        ("load_contact", Role::Viewer, Query, "id=none"),
        ("save_contact", Role::Editor, Form, contact),
        ("delete_contact", Role::Admin, Form, "id=none"),
        ("create_list", Role::Editor, Form, "name={new}"),
        ("delete_list", Role::Editor, Form, "id=none"),
        ("block", Role::Editor, Form, "channel=email&address=b@x.de"),
        (
            "unblock",
            Role::Admin,
            Form,
            "channel=email&address=none@x.de",
        ),
        ("load_import", Role::Editor, Query, "id=none"),
        ("check_import", Role::Editor, Form, mapping),
        ("run_import", Role::Editor, Form, "id=none"),
        ("delete_import", Role::Editor, Form, "id=none"),
        ("load_audit", Role::Admin, Query, ""),
        ("load_accounts", Role::Admin, Query, ""),
        ("save_account", Role::Admin, Form, account),
        ("delete_account", Role::Admin, Form, "id=none"),
        ("check_account", Role::Admin, Form, "id=none"),
        ("test_event", Role::Admin, Form, "id=none"),
        ("launch_campaign", Role::Editor, Form, "id=none&when=now"),
        (
            "control_sending",
            Role::Editor,
            Form,
            "id=none&control=suspend",
        ),
        (
            "decide_held",
            Role::Editor,
            Form,
            "id=none&decision=give_up",
        ),
        ("load_sent", Role::Viewer, Query, "id={id}"),
        ("load_positions", Role::Viewer, Query, "id={id}"),
        ("load_uplift", Role::Viewer, Query, "id={id}"),
        ("load_step", Role::Editor, Query, "id={id}&step=detail"),
        (
            "count_recipients",
            Role::Editor,
            Form,
            "id={id}&fields[audience]=everyone",
        ),
        ("save_step", Role::Editor, Form, step),
        (
            "test_message",
            Role::Editor,
            Form,
            "id=none&addresses=a@x.de",
        ),
        ("load_history", Role::Viewer, Query, "id=none&message=m"),
        ("write_again", Role::Editor, Form, "id=none&who=not_opened"),
    ];
    let mut lines: Vec<_> = lines
        .into_iter()
        .map(|(name, role, input, args)| (name, role, input, args.to_owned()))
        .collect();
    lines.push(("load_contacts", Role::Viewer, Json, contacts));
    lines
}

fn server_functions() -> Vec<Line> {
    use Input::{Form, Json, Query};
    let report = serde_json::to_string(&json!({
        "id": "{id}", "params": app::report::ReportParams::default(),
    }))
    .unwrap();
    let form = |text: &str| text.to_owned();
    let mut lines = vec![
        (
            "list_campaigns",
            Role::Viewer,
            Query,
            form("kind=messaging&range=all&campaign_type=&status=&q=&cursor="),
        ),
        (
            "create_campaign",
            Role::Editor,
            Form,
            form("name=n&campaign_type=sms&sender=s&external_id=&at="),
        ),
        ("load_settings", Role::Admin, Query, form("")),
        (
            "save_workspace",
            Role::Admin,
            Form,
            form("name=w&time_zone=Europe/Madrid&week_start=1&ip_policy=truncate"),
        ),
        ("load_details", Role::Viewer, Query, form("id={id}")),
        ("load_report", Role::Viewer, Json, report.clone()),
        ("search_recipients", Role::Viewer, Json, report),
        (
            "change_status",
            Role::Editor,
            Form,
            form("id={id}&status=in_progress"),
        ),
        (
            "reschedule",
            Role::Editor,
            Form,
            form("id={id}&at=2027-01-01T09:00"),
        ),
        ("delete_campaign", Role::Editor, Form, form("id={id}")),
    ];
    lines.extend(functions_of_access());
    lines.extend(functions_of_sending());
    lines
}

/// People, tokens and one's own account. `wrong` is refused as such once the right is there.
fn functions_of_access() -> Vec<Line> {
    use Input::{Form, Query};
    let own = "current=correct+horse+battery&new=correct+horse+battery";
    let lines = [
        (
            "confirm_password",
            Role::Viewer,
            Form,
            "password=correct+horse+battery",
        ),
        (
            "add_person",
            Role::Admin,
            Form,
            "email={new}@x.de&role=viewer",
        ),
        ("reset_link", Role::Admin, Form, "email=viewer@x.de"),
        ("reset_factor", Role::Admin, Form, "email=none@x.de"),
        ("remove_person", Role::Admin, Form, "email=spare@x.de"),
        (
            "create_token",
            Role::Admin,
            Form,
            "name=t&read=true&days=30",
        ),
        ("revoke_token", Role::Admin, Form, "id={token}"),
        ("change_password", Role::Viewer, Form, own),
        ("load_account", Role::Viewer, Query, ""),
        ("end_session", Role::Viewer, Form, "id=none"),
        ("end_other_sessions", Role::Viewer, Form, ""),
        ("begin_factor", Role::Viewer, Form, ""),
        ("activate_factor", Role::Viewer, Form, "code=wrong-none"),
        (
            "switch_off_factor",
            Role::Viewer,
            Form,
            "password=wrong&code=none",
        ),
    ];
    let lines = lines.into_iter();
    lines
        .map(|(name, role, input, args)| (name, role, input, args.to_owned()))
        .collect()
}

/// Method, path, weakest role of a person (none: nobody signed in may), scope of a token, body.
fn api_routes() -> Vec<(Method, &'static str, Option<Role>, Scope, &'static str)> {
    const CAMPAIGN: &str = r#"{"name":"n","kind":"messaging","type":"sms","sender":"s"}"#;
    let (viewer, editor, admin) = (Some(Role::Viewer), Some(Role::Editor), Some(Role::Admin));
    vec![
        (Method::GET, "/api/v1/campaigns", viewer, Scope::Read, ""),
        (
            Method::POST,
            "/api/v1/campaigns",
            editor,
            Scope::Write,
            CAMPAIGN,
        ),
        (
            Method::GET,
            "/api/v1/campaigns/{id}",
            viewer,
            Scope::Read,
            "",
        ),
        (
            Method::PATCH,
            "/api/v1/campaigns/{id}",
            editor,
            Scope::Write,
            r#"{"name":"m"}"#,
        ),
        (
            Method::DELETE,
            "/api/v1/campaigns/{id}",
            editor,
            Scope::Write,
            "",
        ),
        (
            Method::GET,
            "/api/v1/campaigns/{id}/report",
            viewer,
            Scope::Read,
            "",
        ),
        (
            Method::GET,
            "/api/v1/campaigns/{id}/recipients",
            viewer,
            Scope::Read,
            "",
        ),
        (
            Method::GET,
            "/api/v1/campaigns/{id}/events.ndjson",
            admin,
            Scope::Read,
            "",
        ),
        (Method::GET, "/api/v1/report", viewer, Scope::Read, ""),
        (Method::GET, "/api/v1/contacts", viewer, Scope::Read, ""),
        (
            Method::POST,
            "/api/v1/contacts",
            editor,
            Scope::Write,
            r#"{"email":"n@x.de"}"#,
        ),
        (
            Method::GET,
            "/api/v1/contacts/{id}",
            viewer,
            Scope::Read,
            "",
        ),
        (
            Method::PATCH,
            "/api/v1/contacts/{id}",
            editor,
            Scope::Write,
            r#"{"name":"m"}"#,
        ),
        (
            Method::DELETE,
            "/api/v1/contacts/{id}",
            admin,
            Scope::Write,
            "",
        ),
        (
            Method::GET,
            "/api/v1/contact-counts",
            viewer,
            Scope::Read,
            "",
        ),
        (Method::GET, "/api/v1/lists", viewer, Scope::Read, ""),
        (
            Method::POST,
            "/api/v1/lists",
            editor,
            Scope::Write,
            r#"{"name":"{new}"}"#,
        ),
        (
            Method::DELETE,
            "/api/v1/lists/{id}",
            editor,
            Scope::Write,
            "",
        ),
        (
            Method::POST,
            "/api/v1/lists/{id}/members",
            editor,
            Scope::Write,
            r#"{"add":[]}"#,
        ),
        (Method::GET, "/api/v1/suppressions", viewer, Scope::Read, ""),
        (
            Method::POST,
            "/api/v1/suppressions",
            editor,
            Scope::Write,
            r#"{"channel":"email","address":"b@x.de"}"#,
        ),
        (
            Method::DELETE,
            "/api/v1/suppressions",
            admin,
            Scope::Write,
            "",
        ),
        (Method::GET, "/api/v1/imports", editor, Scope::Write, ""),
        (
            Method::POST,
            "/api/v1/imports",
            editor,
            Scope::Write,
            "email\na@x.de\n",
        ),
        (
            Method::GET,
            "/api/v1/imports/{id}",
            editor,
            Scope::Write,
            "",
        ),
        (
            Method::DELETE,
            "/api/v1/imports/{id}",
            editor,
            Scope::Write,
            "",
        ),
        (
            Method::POST,
            "/api/v1/imports/{id}/check",
            editor,
            Scope::Write,
            r#"{"columns":[{"to":"email"}],"consents":{}}"#,
        ),
        (
            Method::POST,
            "/api/v1/imports/{id}/run",
            editor,
            Scope::Write,
            "",
        ),
        (
            Method::GET,
            "/api/v1/imports/{id}/errors",
            editor,
            Scope::Write,
            "",
        ),
        (Method::POST, "/ingest/v1/events", None, Scope::Ingest, "[]"),
    ]
    .into_iter()
    .chain(api_routes_of_sending())
    .collect()
}

/// Routes that want more than a campaign, such as one that is being sent. Whoever may ask hears what is missing.
const WANTING: [&str; 10] = [
    "/test",
    "/launch",
    "/suspend",
    "/resume",
    "/cancel",
    "/held",
    "/follow-up",
    "/history",
    "/progress",
    "/uplift",
];

/// Whether the answer says that the caller's rights were enough.
fn is_done(path: &str, status: StatusCode) -> bool {
    let is_wanting = WANTING.iter().any(|end| path.ends_with(end));
    let missing = [
        StatusCode::NOT_FOUND,
        StatusCode::CONFLICT,
        StatusCode::UNPROCESSABLE_ENTITY,
    ];
    status.is_success() || (is_wanting && missing.contains(&status))
}

/// Routes of campaigns that are sent from here.
fn api_routes_of_sending() -> Vec<(Method, &'static str, Option<Role>, Scope, &'static str)> {
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    let read = |path| (GET, path, Some(Role::Viewer), Scope::Read, "");
    let write = |method, path, body| (method, path, Some(Role::Editor), Scope::Write, body);
    vec![
        write(GET, "/api/v1/accounts", ""),
        write(GET, "/api/v1/accounts/{id}/templates", ""),
        read("/api/v1/campaigns/{id}/results.csv"),
        read("/api/v1/campaigns/{id}/results.xlsx"),
        read("/api/v1/campaigns/{id}/draft"),
        write(
            Method::PUT,
            "/api/v1/campaigns/{id}/draft",
            r#"{"draft":{}}"#,
        ),
        write(GET, "/api/v1/campaigns/{id}/launch-obstacles", ""),
        write(GET, "/api/v1/campaigns/{id}/missing-values", ""),
        read("/api/v1/campaigns/{id}/previews"),
        write(
            POST,
            "/api/v1/campaigns/{id}/test",
            r#"{"addresses":["+34600000001"]}"#,
        ),
        write(POST, "/api/v1/campaigns/{id}/launch", r#"{"when":"now"}"#),
        write(POST, "/api/v1/campaigns/{id}/suspend", ""),
        write(POST, "/api/v1/campaigns/{id}/resume", ""),
        write(POST, "/api/v1/campaigns/{id}/cancel", ""),
        read("/api/v1/campaigns/{id}/progress"),
        read("/api/v1/campaigns/{id}/uplift"),
        read("/api/v1/campaigns/{id}/held"),
        write(
            POST,
            "/api/v1/campaigns/{id}/held",
            r#"{"decision":"give_up"}"#,
        ),
        read("/api/v1/campaigns/{id}/replies"),
        read("/api/v1/campaigns/{id}/messages/{message}/history"),
        write(
            POST,
            "/api/v1/campaigns/{id}/follow-up",
            r#"{"who":"not_opened"}"#,
        ),
        write(
            POST,
            "/api/v1/audiences/count",
            r#"{"channel":"sms","audience":{"kind":"everyone"}}"#,
        ),
    ]
}

/// A house with a workspace of ours, people of every role in it, and another workspace.
struct Neighbours {
    house: House,
    ours: WorkspaceId,
    theirs: WorkspaceId,
    /// Cookie by role.
    cookies: Vec<(Role, String)>,
}

impl Neighbours {
    async fn new() -> Self {
        let house = House::empty(&[]).await;
        let (ours, theirs) = (
            house.workspace("ours").await,
            house.workspace("theirs").await,
        );
        house.person(ours, "spare@x.de", Role::Viewer).await;
        let mut cookies = Vec::new();
        for role in Role::ALL {
            house.person(ours, &format!("{role}@x.de"), role).await;
            cookies.push((role, house.sign_in(&format!("{role}@x.de")).await));
        }
        Self {
            house,
            ours,
            theirs,
            cookies,
        }
    }

    /// What `{id}` of a route stands for: something new in this workspace.
    async fn subject(&self, ws: WorkspaceId, path: &str) -> String {
        let store = &self.house.state.store;
        if path.starts_with("/api/v1/contacts/") {
            let email = Some(format!("{}@x.de", unique()));
            let new = NewContact {
                email,
                ..NewContact::default()
            };
            return store.save_contact(ws, None, new, now()).await.unwrap().id;
        }
        if path.starts_with("/api/v1/accounts/") {
            let values = AccountValues {
                name: unique(),
                protocol: Protocol::Sandbox,
                settings: BTreeMap::new(),
                secrets: Vec::new(),
                secret_names: Vec::new(),
                senders: Vec::new(),
                per_second: None,
            };
            return store.create_account(ws, &values, now()).await.unwrap().id;
        }
        if path.starts_with("/api/v1/lists/") {
            return store.create_list(ws, &unique(), now()).await.unwrap().id;
        }
        if !path.starts_with("/api/v1/imports/") {
            return self.house.campaign(ws, CampaignType::Sms).await;
        }
        let import = store.begin_import(ws, "x.csv", "x", now()).await.unwrap();
        let mapping = Mapping {
            columns: vec![Column::Email],
            ..Mapping::default()
        };
        store
            .finish_upload(&import, &["email".to_owned()], &[], &mapping)
            .await
            .unwrap();
        if path.ends_with("/run") {
            store.check_import(ws, &import.id, &mapping).await.unwrap();
            let later = now() + chrono::Duration::seconds(60);
            // Those of other lines wait, too.
            let work = loop {
                let work = store.import_claim(now(), later).await.unwrap().unwrap();
                if work.id == import.id {
                    break work;
                }
            };
            store.import_finish(&work, Ok(0)).await.unwrap();
        }
        import.id
    }

    /// What follows the path of a route, so that it has something to do.
    async fn query(&self, method: &Method, path: &str) -> &'static str {
        match (method, path) {
            (&Method::POST, "/api/v1/imports") => "?file=x.csv",
            (&Method::GET, "/api/v1/accounts") => "?channel=sms",
            (&Method::DELETE, "/api/v1/suppressions") => {
                let source = SuppressionSource::Admin;
                let store = &self.house.state.store;
                store
                    .suppress(
                        self.ours,
                        Channel::Email,
                        "b@x.de",
                        source,
                        None,
                        None,
                        now(),
                    )
                    .await
                    .unwrap();
                "?channel=email&address=b@x.de"
            }
            _ => "",
        }
    }

    /// Id of a new token of ours.
    async fn spare_token(&self) -> String {
        self.house.token(self.ours, &[Scope::Read]).await;
        let all = self
            .house
            .state
            .store
            .tokens(Some(self.ours))
            .await
            .unwrap();
        all.last().map(|token| token.id.clone()).unwrap_or_default()
    }

    /// Calls a server function as a program would, with the arguments of the table.
    async fn call_by_token(&self, path: &str, token: &str, id: &str) -> StatusCode {
        let table = server_functions();
        let line = table.iter().find(|(name, ..)| *name == name_of(path));
        let (_, _, input, args) = line.expect("a line in the table");
        let args = args.replace("{id}", id);
        let mut request = as_called(path, *input, &args);
        let bearer = format!("Bearer {token}").parse().expect("a header");
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        self.house.send(request).await.status
    }

    async fn call(&self, path: &str, input: Input, args: &str, cookie: &str) -> Answer {
        let request = as_called(path, input, args);
        self.house.send(with_cookie(request, cookie)).await
    }
}

/// A name nobody has yet.
fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("n{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A call of a server function.
fn as_called(path: &str, input: Input, args: &str) -> Request<Body> {
    match input {
        Input::Query => request(Method::GET, &format!("{path}?{args}"), "text/plain", ""),
        Input::Form => request(
            Method::POST,
            path,
            "application/x-www-form-urlencoded",
            args,
        ),
        Input::Json => request(Method::POST, path, "application/json", args),
    }
}

/// `/ui/list_campaigns1234567890` is `list_campaigns`.
fn name_of(path: &str) -> &str {
    path.trim_start_matches("/ui/")
        .trim_end_matches(|c: char| c.is_ascii_digit())
}

#[tokio::test]
async fn every_server_function_asks_for_its_role() {
    let neighbours = Neighbours::new().await;
    let table = server_functions();
    let mut known = BTreeSet::new();
    for (path, _) in server_fn_paths() {
        let name = name_of(path);
        let (_, needed, input, args) = table
            .iter()
            .find(|(known, ..)| *known == name)
            .unwrap_or_else(|| panic!("{name} has no line in the table: who may call it?"));
        known.insert(name.to_owned());
        for (role, cookie) in &neighbours.cookies {
            let own = neighbours
                .house
                .campaign(neighbours.ours, CampaignType::Sms)
                .await;
            let foreign = neighbours
                .house
                .campaign(neighbours.theirs, CampaignType::Sms)
                .await;
            let args = args
                .replace("{token}", &neighbours.spare_token().await)
                .replace("{new}", &unique());
            let answer = neighbours
                .call(path, *input, &args.replace("{id}", &own), cookie)
                .await;
            if role >= needed {
                let is_none = args.contains("none") && answer.status == StatusCode::NOT_FOUND;
                let is_wrong =
                    args.contains("wrong") && answer.status == StatusCode::UNPROCESSABLE_ENTITY;
                let done = answer.status.is_success()
                    || answer.status.is_redirection()
                    || is_none
                    || is_wrong;
                assert!(done, "{name} as {role}: {} {}", answer.status, answer.body);
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name} as {role}");
            }
            if args.contains("{id}") {
                let args = args.replace("{id}", &foreign);
                let answer = neighbours.call(path, *input, &args, cookie).await;
                // A function may look before it acts: what isn't there can be said to anyone.
                let refused = [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN];
                assert!(
                    refused.contains(&answer.status),
                    "{name} as {role} on a foreign campaign"
                );
                neighbours
                    .house
                    .state
                    .store
                    .campaign(neighbours.theirs, &foreign)
                    .await
                    .unwrap();
            }
        }
        for cookie in ["", "reportage=forged", "reportage="] {
            let answer = neighbours.call(path, *input, args, cookie).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{name} with {cookie:?}"
            );
        }
    }
    let listed: BTreeSet<_> = table.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(known, listed, "a line without a server function");
}

#[tokio::test]
async fn every_api_route_has_its_line() {
    let house = House::empty(&["--public-api-docs"]).await;
    let answer = house.get("/api/v1/openapi.json", "").await;
    let description: Value = serde_json::from_str(&answer.body).unwrap();
    let mut described = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let listed: BTreeSet<_> = api_routes()
        .iter()
        .map(|(method, path, ..)| format!("{method} {path}"))
        .collect();
    assert_eq!(described, listed);
}

#[tokio::test]
async fn every_api_route_asks_people_for_their_role() {
    let neighbours = Neighbours::new().await;
    for (method, path, needed, _, body) in api_routes() {
        for (role, cookie) in &neighbours.cookies {
            let own = neighbours.subject(neighbours.ours, path).await;
            let foreign = neighbours.subject(neighbours.theirs, path).await;
            let query = neighbours.query(&method, path).await;
            let body = body.replace("{new}", &unique());
            let call = async |path: String| {
                let path = format!("{path}{query}");
                let request = request(method.clone(), &path, "application/json", &body);
                neighbours
                    .house
                    .send(with_cookie(request, cookie))
                    .await
                    .status
            };
            let status = call(path.replace("{id}", &own)).await;
            let allowed = needed.is_some_and(|needed| *role >= needed);
            match needed {
                // Ingest doesn't even look at cookies.
                None => assert_eq!(
                    status,
                    StatusCode::UNAUTHORIZED,
                    "{method} {path} as {role}"
                ),
                Some(_) if allowed => {
                    assert!(is_done(path, status), "{method} {path} as {role}: {status}")
                }
                Some(_) => assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path} as {role}"),
            }
            if path.contains("{id}") {
                let status = call(path.replace("{id}", &foreign)).await;
                let expected = if allowed {
                    StatusCode::NOT_FOUND
                } else {
                    StatusCode::FORBIDDEN
                };
                assert_eq!(
                    status, expected,
                    "{method} {path} as {role} on a foreign campaign"
                );
            }
        }
        let anonymous = request(
            method.clone(),
            &path.replace("{id}", "x"),
            "application/json",
            body,
        );
        let answer = neighbours.house.send(anonymous).await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "{method} {path} as nobody"
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn every_api_route_asks_tokens_for_their_scope() {
    let neighbours = Neighbours::new().await;
    for scope in Scope::ALL {
        let token = neighbours.house.token(neighbours.ours, &[scope]).await;
        for (method, path, _, needed, body) in api_routes() {
            let own = neighbours.subject(neighbours.ours, path).await;
            let foreign = neighbours.subject(neighbours.theirs, path).await;
            let query = neighbours.query(&method, path).await;
            let body = body.replace("{new}", &unique());
            let call = async |path: String| {
                let request = Request::builder()
                    .method(method.clone())
                    .uri(format!("{path}{query}"))
                    .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(body.clone().into())
                    .unwrap();
                neighbours.house.send(request).await.status
            };
            let status = call(path.replace("{id}", &own)).await;
            if scope == needed {
                assert!(
                    is_done(path, status),
                    "{method} {path} with {}: {status}",
                    scope.as_str()
                );
            } else {
                assert_eq!(
                    status,
                    StatusCode::FORBIDDEN,
                    "{method} {path} with {}",
                    scope.as_str()
                );
                // Before anything is said about the body.
                let mut broken = request(method.clone(), path, "application/json", "{");
                let bearer = format!("Bearer {}", token.reveal()).parse().unwrap();
                broken.headers_mut().insert(header::AUTHORIZATION, bearer);
                let status = neighbours.house.send(broken).await.status;
                assert_eq!(status, StatusCode::FORBIDDEN, "{method} {path}");
            }
            if path.contains("{id}") {
                let status = call(path.replace("{id}", &foreign)).await;
                let expected = if scope == needed {
                    StatusCode::NOT_FOUND
                } else {
                    StatusCode::FORBIDDEN
                };
                assert_eq!(status, expected, "{method} {path} on a foreign campaign");
            }
        }
        // A token opens no page and no server function.
        for path in ["/reports/messaging", "/settings"] {
            let request = Request::get(path)
                .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
                .header(header::ACCEPT, "text/html");
            let answer = neighbours
                .house
                .send(request.body("".into()).unwrap())
                .await;
            assert_eq!(answer.status, StatusCode::FOUND, "{path}");
            assert!(answer.header("location").starts_with("/sign-in"));
        }
        let own = neighbours
            .house
            .campaign(neighbours.ours, CampaignType::Sms)
            .await;
        for (path, _) in server_fn_paths() {
            let status = neighbours.call_by_token(path, token.reveal(), &own).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
}

#[tokio::test]
async fn the_live_stream_asks_like_everything_else() {
    let neighbours = Neighbours::new().await;
    let own = neighbours
        .house
        .campaign(neighbours.ours, CampaignType::Sms)
        .await;
    let foreign = neighbours
        .house
        .campaign(neighbours.theirs, CampaignType::Sms)
        .await;
    for (_, cookie) in &neighbours.cookies {
        for (scope, expected) in [
            ("workspace".to_owned(), StatusCode::OK),
            (format!("campaign:{own}"), StatusCode::OK),
            (format!("campaign:{foreign}"), StatusCode::NOT_FOUND),
        ] {
            let answer = neighbours
                .house
                .get(&format!("/live?scope={scope}"), cookie)
                .await;
            assert_eq!(answer.status, expected, "{scope}");
        }
    }
    let answer = neighbours.house.get("/live?scope=workspace", "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}
