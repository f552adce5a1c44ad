//! Contacts: who sees what, files from upload to last row, programs.

use axum::body::Body;
use domain::{
    Channel,
    contact::{NewContact, SuppressionSource},
    user::{Role, Scope},
};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use store::WorkspaceId;

use crate::house::{Answer, House, now, request, with_cookie};

struct Team {
    house: House,
    ws: WorkspaceId,
    admin: String,
    editor: String,
    viewer: String,
}

impl Team {
    async fn new() -> Self {
        let house = House::empty(&[]).await;
        let ws = house.workspace("ours").await;
        let mut cookies = Vec::new();
        for role in [Role::Admin, Role::Editor, Role::Viewer] {
            let email = format!("{role}@x.de");
            house.person(ws, &email, role).await;
            cookies.push(house.sign_in(&email).await);
        }
        let [admin, editor, viewer] = cookies.try_into().unwrap();
        Self {
            house,
            ws,
            admin,
            editor,
            viewer,
        }
    }

    async fn ada(&self) -> String {
        let ada = NewContact {
            external_id: Some("ada@crm.example".to_owned()),
            name: Some("Ada".to_owned()),
            phone: Some("+34600123456".to_owned()),
            email: Some("ada@example.com".to_owned()),
            attributes: [
                ("city".to_owned(), "Madrid".to_owned()),
                ("second".to_owned(), "+34600999888".to_owned()),
            ]
            .into(),
            ..NewContact::default()
        };
        self.house
            .state
            .store
            .save_contact(self.ws, None, ada, now())
            .await
            .unwrap()
            .id
    }

    async fn call(&self, method: Method, path: &str, body: &str, cookie: &str) -> Answer {
        let request = request(method, path, "application/json", body);
        self.house.send(with_cookie(request, cookie)).await
    }

    async fn json(&self, path: &str, cookie: &str) -> Value {
        let answer = self.call(Method::GET, path, "", cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    }

    /// Works on imports until none waits.
    async fn work(&self) {
        while server::contacts::step(&self.house.state).await.unwrap() {}
    }
}

/// The form of the page *Import a file*, as a browser sends it.
fn form(name: &str, file: &[u8], site: &str) -> Request<Body> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    let body = [head.as_bytes(), file, b"\r\n--b--\r\n"].concat();
    Request::post("/contacts/import")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header("sec-fetch-site", site)
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn addresses_are_for_admins_and_programs() {
    let team = Team::new().await;
    let id = team.ada().await;
    let store = &team.house.state.store;
    let reason = Some("550 ada@example.com unknown");
    store
        .suppress(
            team.ws,
            Channel::Email,
            "ada@example.com",
            SuppressionSource::HardFailure,
            reason,
            None,
            now(),
        )
        .await
        .unwrap();
    for cookie in [&team.editor, &team.viewer] {
        for path in [
            &format!("/api/v1/contacts/{id}"),
            "/api/v1/contacts",
            "/api/v1/suppressions",
        ] {
            let body = team.json(path, cookie).await.to_string();
            for secret in ["600123456", "ada@", "600999888"] {
                assert!(!body.contains(secret), "{path}: {body}");
            }
        }
        let contact = team.json(&format!("/api/v1/contacts/{id}"), cookie).await;
        assert_eq!(contact["phone"], "+34…56");
        assert_eq!(contact["attributes"]["city"], "Madrid");
        // A beginning finds nobody, or the rest could be found out letter by letter.
        for (q, n) in [
            ("%2B34600", 0),
            ("ada%40", 0),
            ("ada%40example.com", 1),
            ("ad", 1),
        ] {
            let page = team.json(&format!("/api/v1/contacts?q={q}"), cookie).await;
            assert_eq!(page["contacts"].as_array().unwrap().len(), n, "{q}");
        }
        let page = team.json("/api/v1/suppressions?q=ada", cookie).await;
        assert_eq!(page["entries"], json!([]));
    }
    let seen = team.json("/api/v1/contacts?q=%2B34600", &team.admin).await;
    assert_eq!(seen["contacts"][0]["email"], "ada@example.com");
    assert_eq!(
        seen["contacts"][0]["suppressed"],
        json!([["email", "hard_failure"]])
    );

    // An editor saves what they saw: nothing that was masked is lost.
    let shown = team
        .json(&format!("/api/v1/contacts/{id}"), &team.editor)
        .await;
    let form = json!({"name": "Ada L", "phone": shown["phone"], "email": shown["email"], "external_id": shown["external_id"],
        "attributes": shown["attributes"]});
    let answer = team
        .call(
            Method::PATCH,
            &format!("/api/v1/contacts/{id}"),
            &form.to_string(),
            &team.editor,
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let kept = store.contact(team.ws, &id).await.unwrap();
    assert_eq!(
        (
            kept.name.as_str(),
            kept.phone.as_deref(),
            kept.email.as_deref()
        ),
        ("Ada L", Some("+34600123456"), Some("ada@example.com"))
    );
    assert_eq!(kept.attributes["second"], "+34600999888");
    assert_eq!(kept.external_id.as_deref(), Some("ada@crm.example"));

    // To forget somebody, and to let somebody be written to again, is for admins.
    let unblock = "/api/v1/suppressions?channel=email&address=ada%40example.com";
    for path in [&format!("/api/v1/contacts/{id}"), unblock] {
        let answer = team.call(Method::DELETE, path, "", &team.editor).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let answer = team.call(Method::DELETE, path, "", &team.admin).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{path}");
    }
    let entries = store.audit_page(team.ws, None, 10).await.unwrap().entries;
    let actions: Vec<_> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["address.unblocked", "contact.deleted"]);
    assert!(
        entries
            .iter()
            .all(|entry| !entry.subject.contains('@') && !entry.detail.contains('@'))
    );
}

#[tokio::test]
async fn a_file_goes_from_the_form_to_contacts() {
    let team = Team::new().await;
    let text = "Name;Mail;Mobile;Plan\r\nAda;ada@x.de;600123456;gold\r\nBob;nobody;;\r\nAda L;ADA@x.de;;\r\n=1+1;x;;\r\n";
    let send = async |site: &str, cookie: &str| {
        team.house
            .send(with_cookie(
                form("people.csv", text.as_bytes(), site),
                cookie,
            ))
            .await
    };
    assert_eq!(
        send("same-origin", &team.viewer).await.status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        send("cross-site", &team.editor).await.status,
        StatusCode::FORBIDDEN
    );
    let answer = send("same-origin", "").await;
    assert!(
        answer.header("location").starts_with("/sign-in"),
        "{}",
        answer.status
    );
    let store = &team.house.state.store;
    assert!(store.imports(team.ws).await.unwrap().is_empty());

    let answer = send("same-origin", &team.editor).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = answer.header("location").to_owned();
    let id = page.strip_prefix("/contacts/imports/").unwrap();
    let api = format!("/api/v1/imports/{id}");
    let import = team.json(&api, &team.admin).await;
    assert_eq!(import["status"], "uploaded");
    assert_eq!(import["header"], json!(["Name", "Mail", "Mobile", "Plan"]));
    let columns = json!([{"to": "name"}, {"to": "email"}, {"to": "phone"}, {"to": "attribute", "name": "plan"}]);
    assert_eq!(import["mapping"]["columns"], columns);
    assert_eq!(import["sample"][0][1], "ada@x.de");
    assert_eq!(
        team.json(&api, &team.editor).await["sample"][0][1],
        "a…@x.de"
    );

    let mapping = json!({"columns": columns, "country": "ES", "consents": {"email": "subscribed"}, "list": "From file"});
    let bad = json!({"columns": [{"to": "name"}], "country": null, "consents": {}, "list": null});
    let check = async |mapping: &Value| {
        team.call(
            Method::POST,
            &format!("{api}/check"),
            &mapping.to_string(),
            &team.editor,
        )
        .await
        .status
    };
    assert_eq!(check(&bad).await, StatusCode::UNPROCESSABLE_ENTITY);
    let run = async || {
        team.call(Method::POST, &format!("{api}/run"), "", &team.editor)
            .await
            .status
    };
    assert_eq!(run().await, StatusCode::CONFLICT, "not checked yet");
    assert_eq!(check(&mapping).await, StatusCode::ACCEPTED);
    team.work().await;
    let import = team.json(&api, &team.editor).await;
    let figures = |import: &Value| {
        ["rows", "done", "created", "updated", "rejected"]
            .map(|name| import[name].as_u64().unwrap())
    };
    assert_eq!(import["status"], "checked");
    assert_eq!(figures(&import), [4, 4, 1, 1, 2]);
    assert_eq!(
        import["errors"][0],
        json!({"row": 3, "column": "Mail", "message": "This is no e-mail address."})
    );
    assert_eq!(store.contact_counts(team.ws).await.unwrap().contacts, 0);

    assert_eq!(run().await, StatusCode::ACCEPTED);
    team.work().await;
    let import = team.json(&api, &team.editor).await;
    assert_eq!(import["status"], "done");
    assert_eq!(figures(&import), [4, 4, 1, 1, 2]);
    let contacts = team.json("/api/v1/contacts", &team.admin).await;
    assert_eq!(contacts["contacts"].as_array().unwrap().len(), 1);
    let ada = &contacts["contacts"][0];
    assert_eq!(
        (&ada["name"], &ada["phone"], &ada["consents"][1]),
        (
            &json!("Ada L"),
            &json!("+34600123456"),
            &json!("subscribed")
        )
    );
    assert_eq!(
        team.json("/api/v1/lists", &team.viewer).await[0]["members"],
        1
    );

    let csv = team
        .house
        .get(&format!("{page}/errors.csv"), &team.editor)
        .await;
    assert_eq!(csv.status, StatusCode::OK);
    assert_eq!(csv.body.lines().count(), 3, "{}", csv.body);
    assert!(
        csv.body.ends_with("5,Mail,This is no e-mail address.\r\n"),
        "{}",
        csv.body
    );
    assert_eq!(
        team.house
            .get(&format!("{page}/errors.csv"), &team.viewer)
            .await
            .status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        team.house
            .get(&format!("{page}/errors.csv"), "")
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );

    let theirs = team.house.workspace("theirs").await;
    team.house.person(theirs, "other@x.de", Role::Admin).await;
    let other = team.house.sign_in("other@x.de").await;
    assert_eq!(
        team.house
            .get(&format!("{page}/errors.csv"), &other)
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        team.call(Method::GET, &api, "", &other).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn what_is_no_file_of_contacts_leaves_nothing() {
    let team = Team::new().await;
    for (name, file) in [
        ("a.pdf", &b"%PDF-1.7"[..]),
        ("a.csv", b""),
        ("a.xlsx", b"PK\x03\x04nonsense"),
        ("", b"a,b"),
    ] {
        let answer = team
            .house
            .send(with_cookie(form(name, file, "same-origin"), &team.editor))
            .await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name}: {}",
            answer.body
        );
    }
    // Cut off in the middle.
    let broken = Request::post("/contacts/import")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\nemail\na@x"))
        .unwrap();
    let answer = team.house.send(with_cookie(broken, &team.editor)).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    let store = &team.house.state.store;
    assert!(store.imports(team.ws).await.unwrap().is_empty());
    for key in 1..20 {
        assert_eq!(store.import_chunk(key, 0).await.unwrap(), None);
    }
}

fn upload(name: &str, body: Vec<u8>, token: &str) -> Request<Body> {
    Request::post(format!("/api/v1/imports?file={name}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .body(Body::from(body))
        .unwrap()
}

#[tokio::test]
async fn a_workbook_of_several_pieces_is_imported_and_gone_on_with() {
    const ROWS: u32 = 12_000;
    let team = Team::new().await;
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "E-mail").unwrap();
    sheet.write(0, 1, "Note").unwrap();
    for n in 1..=ROWS {
        sheet.write(n, 0, format!("p{n}@x.de")).unwrap();
        // Hardly to be compressed: the file has to be longer than a piece.
        let note = format!(
            "{:032x}",
            u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)
        );
        sheet.write(n, 1, note).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    assert!(bytes.len() > 300_000, "{}", bytes.len());
    let token = team.house.token(team.ws, &[Scope::Write]).await;
    let answer = team
        .house
        .send(upload("people.xlsx", bytes, token.reveal()))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let import: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        answer.header("location"),
        format!("/api/v1/imports/{}", import["id"].as_str().unwrap())
    );
    let id = import["id"].as_str().unwrap();
    let store = &team.house.state.store;
    let mapping = serde_json::from_value(import["mapping"].clone()).unwrap();
    store.check_import(team.ws, id, &mapping).await.unwrap();
    team.work().await;
    store.run_import(team.ws, id).await.unwrap();

    // A server that is told to end gives the import back …
    let ending = team.house.state.clone();
    let mut ending = ending;
    ending.shutdown = tokio_util::sync::CancellationToken::new();
    ending.shutdown.cancel();
    assert!(server::contacts::step(&ending).await.unwrap());
    let halfway = store.import(team.ws, id).await.unwrap();
    assert!(halfway.done < u64::from(ROWS));
    // … and one that was killed leaves its lease to run out, having written some rows.
    let claimed = store
        .import_claim(now(), now() + chrono::Duration::seconds(60))
        .await
        .unwrap()
        .unwrap();
    let first = NewContact {
        email: Some("p1@x.de".to_owned()),
        ..NewContact::default()
    };
    let step = store::Advance {
        contacts: vec![(2, first)],
        errors: vec![],
        next_row: claimed.next_row + 1,
        lease_until: now() + chrono::Duration::seconds(60),
    };
    let mut dry_run = store::DryRun::default();
    let advanced = store.import_advance(&claimed, step, &mut dry_run, now());
    assert!(advanced.await.unwrap());
    assert!(
        !server::contacts::step(&team.house.state).await.unwrap(),
        "somebody works on it"
    );
    team.house
        .state
        .clock
        .advance(chrono::Duration::seconds(61));
    team.work().await;
    let done = store.import(team.ws, id).await.unwrap();
    assert_eq!(
        (done.rows, done.created + done.updated, done.rejected),
        (Some(u64::from(ROWS)), u64::from(ROWS), 0)
    );
    assert_eq!(
        store.contact_counts(team.ws).await.unwrap().contacts,
        u64::from(ROWS)
    );
}

#[tokio::test]
async fn programs_add_people_one_by_one_and_by_the_thousand() {
    let team = Team::new().await;
    let token = team
        .house
        .token(team.ws, &[Scope::Read, Scope::Write])
        .await;
    let send = async |path: &str, kind: &str, body: String| {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()))
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        team.house.send(request).await
    };
    let list = send(
        "/api/v1/lists",
        "application/json",
        r#"{"name":"L"}"#.to_owned(),
    )
    .await;
    assert_eq!(list.status, StatusCode::CREATED);
    let list: Value = serde_json::from_str(&list.body).unwrap();
    let path = format!(
        "/api/v1/contacts?country=ES&list={}",
        list["id"].as_str().unwrap()
    );

    let one = json!({"email": "Ada@x.de", "phone": "600 123 456"}).to_string();
    let answer = send(&path, "application/json", one.clone()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let ada: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (&ada["phone"], &ada["email"]),
        (&json!("+34600123456"), &json!("ada@x.de"))
    );
    assert_eq!(
        answer.header("location"),
        format!("/api/v1/contacts/{}", ada["id"].as_str().unwrap())
    );
    team.house.state.clock.advance(chrono::Duration::seconds(1));
    let again = send(&path, "application/json", one).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(
        serde_json::from_str::<Value>(&again.body).unwrap()["id"],
        ada["id"]
    );
    for bad in [
        json!({"email": "x"}),
        json!({"name": "n"}),
        json!({"phone": "1"}),
        json!([1]),
    ] {
        let answer = send(&path, "application/json", bad.to_string()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    assert_eq!(
        send(
            "/api/v1/contacts?country=ZZ",
            "application/json",
            "{}".to_owned()
        )
        .await
        .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        send(
            "/api/v1/contacts?list=gone",
            "application/x-ndjson",
            "{}".to_owned()
        )
        .await
        .status,
        StatusCode::NOT_FOUND
    );

    let mut lines: String = (0..9_000)
        .map(|n| format!("{{\"email\":\"p{n}@x.de\",\"consents\":{{\"email\":\"subscribed\"}}}}\n"))
        .collect();
    lines.push_str("{\"email\":\"ada@x.de\"}\n\nnonsense\n{\"email\":\"bad\"}\n{\"name\":\"n\"}\n");
    let answer = send(&path, "application/x-ndjson", lines).await;
    let taken: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (&taken["created"], &taken["updated"]),
        (&json!(9_000), &json!(1))
    );
    let wrong: Vec<_> = taken["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|wrong| (wrong["line"].as_u64().unwrap(), wrong["field"].clone()))
        .collect();
    assert_eq!(
        wrong,
        [
            (9_003, Value::Null),
            (9_004, json!("email")),
            (9_005, Value::Null)
        ]
    );
    let counts = team.json("/api/v1/contact-counts", &team.viewer).await;
    assert_eq!(
        (&counts["contacts"], &counts["reachable"][1]),
        (&json!(9_001), &json!(9_000))
    );
    assert_eq!(
        team.json("/api/v1/lists", &team.viewer).await[0]["members"],
        9_001
    );
    let too_many = "{\"email\":\"a@x.de\"}\n".repeat(10_001);
    assert_eq!(
        send(&path, "application/x-ndjson", too_many).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );

    let block = json!({"channel": "sms", "address": "+34 600 123 456"}).to_string();
    assert_eq!(
        send("/api/v1/suppressions", "application/json", block)
            .await
            .status,
        StatusCode::NO_CONTENT
    );
    let page = team
        .json("/api/v1/suppressions?channel=sms", &team.admin)
        .await;
    assert_eq!(page["entries"][0]["address"], "+34600123456");
    let members = json!({"remove": [ada["id"]]}).to_string();
    let path = format!("/api/v1/lists/{}/members", list["id"].as_str().unwrap());
    assert_eq!(
        send(&path, "application/json", members).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        team.json("/api/v1/lists", &team.viewer).await[0]["members"],
        9_000
    );
}
