//! API v1 from outside.

use serde_json::{Value, json};

use crate::server::{Folder, Server, token};

fn patch(server: &Server, id: &str, body: &Value) -> (u16, Value) {
    let path = format!("/api/v1/campaigns/{id}");
    let headers = [("content-type", "application/json")];
    let bytes = body.to_string().into_bytes();
    let answer = server
        .connect()
        .send("PATCH", &path, &headers, &bytes)
        .expect("an answer");
    (answer.status, answer.json())
}

#[test]
fn campaigns_are_created_once_read_changed_and_deleted() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    let new = json!({"name": "Spring sale", "kind": "messaging", "type": "sms", "sender": "Shop",
        "external_id": "spring", "scheduled_at": "2027-01-01T10:00:00+01:00"});
    let created = server.post("/api/v1/campaigns", &new);
    assert_eq!(created.status, 201);
    let campaign = created.json();
    let id = campaign["id"].as_str().expect("the id is a string");
    assert_eq!(
        created.header("location"),
        format!("/api/v1/campaigns/{id}")
    );
    assert_eq!(
        (&campaign["number"], &campaign["status"]),
        (&json!(1), &json!("scheduled"))
    );
    assert_eq!(campaign["scheduled_at"], "2027-01-01T09:00:00Z");
    let again = server.post("/api/v1/campaigns", &new);
    assert_eq!((again.status, again.json()), (200, campaign.clone()));

    for reference in [id, "spring"] {
        let read = server.get(&format!("/api/v1/campaigns/{reference}"));
        assert_eq!(
            (read.status, &read.json()["name"]),
            (200, &json!("Spring sale"))
        );
        assert_eq!(read.json()["figures"]["sent"], 0);
    }
    assert_eq!(server.get("/api/v1/campaigns/none").status, 404);

    let (status, renamed) = patch(
        &server,
        id,
        &json!({"name": "Summer sale", "status": "in_progress"}),
    );
    assert_eq!(
        (status, &renamed["name"], &renamed["status"]),
        (200, &json!("Summer sale"), &json!("in_progress"))
    );
    let (status, problem) = patch(&server, id, &json!({"status": "scheduled"}));
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("illegal_transition"))
    );
    let (status, problem) = patch(&server, id, &json!({"status": "live"}));
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("status_not_of_kind"))
    );
    let (status, _) = patch(&server, id, &json!({"status": "flying"}));
    assert_eq!(status, 422);

    let delete = |id: &str| {
        let path = format!("/api/v1/campaigns/{id}");
        server
            .connect()
            .send("DELETE", &path, &[], b"")
            .expect("an answer")
    };
    let refused = delete(id);
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (409, &json!("not_deletable"))
    );
    let draft = server.campaign("draft", "push");
    assert_eq!(delete(&draft).status, 204);
    assert_eq!(delete(&draft).status, 404);
}

#[test]
fn bad_requests_are_told_apart() {
    let folder = Folder::new();
    let mut server = Server::with_token(&folder);
    server.campaign("c", "sms");
    for (body, status) in [
        ("{", 400),
        ("", 400),
        ("[]", 422),
        ("{}", 422),
        (r#"{"name":"x","kind":"messaging","type":"trivia"}"#, 422),
        (r#"{"name":"x","kind":"messaging","type":"pigeon"}"#, 422),
        (r#"{"name":"","kind":"messaging","type":"sms"}"#, 422),
        (
            r#"{"name":"x","kind":"messaging","type":"sms","status":"live"}"#,
            409,
        ),
    ] {
        let sent = server
            .connect()
            .send("POST", "/api/v1/campaigns", &[], body.as_bytes());
        let answer = sent.expect("an answer");
        assert_eq!(answer.status, status, "{body}: {}", answer.json());
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    for (query, field) in [
        ("tz=Mars/Olympus", "tz"),
        ("bucket=fortnight", "bucket"),
        ("clock=sundial", "clock"),
        ("evidence=ghosts", "evidence"),
        ("from=2026-02-30", "from"),
        ("to=yesterday", "to"),
        ("from=2026-03-02&to=2026-03-01", "from"),
        ("tz=UTC&tz=UTC", "tz"),
    ] {
        for path in ["/api/v1/campaigns/c/report", "/api/v1/report"] {
            let answer = server.get(&format!("{path}?{query}"));
            assert_eq!(
                (answer.status, &answer.json()["field"]),
                (422, &json!(field)),
                "{path} {query}"
            );
        }
    }
    for query in [
        "kind=x",
        "type=x",
        "status=x",
        "limit=0",
        "limit=201",
        "cursor=x",
        "cursor=messaging.x",
        "kind=interactive&type=sms",
        "from=2026-03-02&to=2026-03-01",
        "tz=x",
    ] {
        let answer = server.get(&format!("/api/v1/campaigns?{query}"));
        assert_eq!(answer.status, 422, "{query}");
    }
    for query in ["status=x", "limit=501", "cursor=x"] {
        let answer = server.get(&format!("/api/v1/campaigns/c/recipients?{query}"));
        assert_eq!(answer.status, 422, "{query}");
    }
    let paths = [
        "/api/v1/campaigns",
        "/api/v1/campaigns/c",
        "/api/v1/campaigns/c/report",
        "/api/v1/report",
        "/api/v1/campaigns/c/recipients",
        "/api/v1/campaigns/c/events.ndjson",
        "/live?scope=workspace",
    ];
    server.token = token(&folder, "ingest,write");
    for path in paths {
        assert_eq!(server.get(path).status, 403, "{path}");
    }
    server.token = String::new();
    for path in paths {
        assert_eq!(server.get(path).status, 401, "{path}");
    }
    assert_eq!(server.get("/api/v1/nothing").status, 404);
}

#[test]
fn lists_are_filtered_and_paged_through_both_families() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    for n in 0..5 {
        server.campaign(&format!("message {n}"), "email");
        server.campaign(&format!("game {n}"), "trivia");
    }
    for limit in 1..=11 {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/campaigns?limit={limit}&cursor={cursor}");
            let page = server.get(&path).json();
            assert_eq!(page["total"], 10);
            let campaigns = page["campaigns"].as_array().expect("a list");
            assert!(campaigns.len() <= limit);
            names.extend(
                campaigns
                    .iter()
                    .map(|c| c["name"].as_str().expect("a name").to_owned()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        let expected: Vec<String> = (0..5)
            .rev()
            .map(|n| format!("message {n}"))
            .chain((0..5).rev().map(|n| format!("game {n}")))
            .collect();
        assert_eq!(names, expected, "limit {limit}");
    }
    let total =
        |query: &str| server.get(&format!("/api/v1/campaigns?{query}")).json()["total"].clone();
    assert_eq!(total("kind=interactive"), 5);
    assert_eq!(total("type=email"), 5);
    assert_eq!(total("q=game"), 5);
    assert_eq!(total("q=%231"), 1);
    assert_eq!(
        total("status=pending"),
        total("kind=messaging&status=pending")
    );
    assert_eq!(total("to=1999-12-31"), 0);
    assert_eq!(total("from=2000-01-01&tz=Asia/Kathmandu"), 10);
}

#[test]
fn the_description_and_the_machine_room_answer() {
    let folder = Folder::new();
    let mut server = Server::start_with(&folder, &["--public-metrics"]);
    server.token = token(&folder, "ingest,read,write");
    let document = server.get("/api/v1/openapi.json");
    assert_eq!(document.status, 200);
    let document = document.json();
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1"))
    );
    let page = server.get("/api");
    let html = String::from_utf8(page.body.clone()).expect("text");
    for path in document["paths"].as_object().expect("paths").keys() {
        assert!(html.contains(path.as_str()), "{path} is not on the page");
    }
    assert!(
        !html.contains("<script") && !html.contains("style="),
        "the page obeys the policy"
    );

    assert_eq!(server.get("/healthz").body, b"ok\n");
    assert_eq!(server.get("/readyz").body, b"ready\n");
    server.campaign("c", "sms");
    server.ingest(
        &json!([{"id": "1", "campaign": "c", "message": "m", "recipient": "r", "kind": "sent",
        "at": "2026-03-29T10:15:00Z"}, {}]),
    );
    let metrics = String::from_utf8(server.get("/metrics").body).expect("text");
    for line in [
        "reportage_ingest_events_total{outcome=\"accepted\"} 1",
        "reportage_ingest_events_total{outcome=\"rejected\"} 1",
        "reportage_writer_queue_facts 0",
        "reportage_ingest_commit_seconds_count 1",
        "reportage_http_requests_total{method=\"POST\",route=\"/ingest/v1/events\",status=\"200\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} is missing in\n{metrics}");
    }
    // Named by a proxy or by us.
    let given = server
        .connect()
        .send("GET", "/healthz", &[("x-request-id", "abc-1")], b"");
    assert_eq!(given.expect("an answer").header("x-request-id"), "abc-1");
    assert_eq!(server.get("/healthz").header("x-request-id").len(), 16);
    let zipped = server.connect().send(
        "GET",
        "/api/v1/openapi.json",
        &[("accept-encoding", "br")],
        b"",
    );
    assert_eq!(zipped.expect("an answer").header("content-encoding"), "br");
}
