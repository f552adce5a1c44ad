//! The contract of `POST /ingest/v1/events`.

use std::io::Write;

use serde_json::{Value, json};

use crate::server::{Folder, Server, token};

const PATH: &str = "/ingest/v1/events";

fn event(id: &str) -> Value {
    json!({"id": id, "campaign": "c", "message": format!("m-{id}"), "recipient": format!("r-{id}"),
        "kind": "sent", "at": "2026-03-29T10:15:00Z"})
}

fn with(id: &str, changes: Value) -> Value {
    let mut event = event(id);
    let Value::Object(changes) = changes else {
        panic!("changes are an object")
    };
    for (name, value) in changes {
        event[name] = value;
    }
    event
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).expect("memory");
    packer.finish().expect("memory")
}

/// Names and values.
type Headers<'a> = &'a [(&'a str, &'a str)];

#[test]
fn events_come_as_object_array_lines_and_gzip() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("c", "sms");
    let mut connection = server.connect();
    let lines = format!("{}\n\r\n{}\r\n", event("4"), event("5"));
    let pretty = serde_json::to_vec_pretty(&event("8")).expect("JSON");
    let cases: [(Headers<'_>, Vec<u8>, u64); 9] = [
        (
            &[("content-type", "application/json")],
            event("1").to_string().into(),
            1,
        ),
        (
            &[("content-type", "application/json; charset=utf-8")],
            json!([event("2"), event("3")]).to_string().into(),
            2,
        ),
        (
            &[("content-type", "application/x-ndjson")],
            lines.clone().into(),
            2,
        ),
        (&[], format!("{}\n{}", event("6"), event("7")).into(), 2),
        (&[("content-type", "application/json")], pretty, 1),
        (
            &[
                ("content-type", "application/json"),
                ("content-encoding", "gzip"),
            ],
            gzip(json!([event("9")]).to_string().as_bytes()),
            1,
        ),
        (&[("content-type", "application/json")], b"[]".into(), 0),
        (
            &[
                ("content-type", "application/ndjson"),
                ("content-encoding", "GZIP"),
            ],
            gzip(event("10").to_string().as_bytes()),
            1,
        ),
        (
            &[("content-type", "text/plain")],
            format!(" \n {}", event("11")).into(),
            1,
        ),
    ];
    for (headers, body, accepted) in cases {
        let answer = connection
            .send("POST", PATH, headers, &body)
            .expect("an answer");
        let shown = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(answer.status, 200, "{shown}: {:?}", answer.json());
        assert_eq!(
            answer.json(),
            json!({"accepted": accepted, "duplicate": 0, "rejected": []}),
            "{shown}"
        );
    }
    let again = connection
        .send("POST", PATH, &[], lines.as_bytes())
        .expect("an answer");
    assert_eq!(
        again.json(),
        json!({"accepted": 0, "duplicate": 2, "rejected": []})
    );
    let twice = server.ingest(&json!([event("12"), event("12")]));
    assert_eq!(
        twice.json(),
        json!({"accepted": 1, "duplicate": 1, "rejected": []})
    );
}

#[test]
fn bad_events_are_rejected_one_by_one() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("c", "sms");
    server.campaign("quiz", "trivia");
    let long = "x".repeat(129);
    let cases = [
        (
            with("a", json!({"campaign": "elsewhere"})),
            "unknown_campaign",
        ),
        (with("a", json!({"kind": "exploded"})), "unknown_kind"),
        (with("a", json!({"kind": 7})), "wrong_type"),
        (with("a", json!({"at": "yesterday"})), "bad_time"),
        (with("a", json!({"at": "2026-03-29T10:15:00"})), "bad_time"),
        (with("a", json!({"at": "1969-12-31T23:59:59Z"})), "bad_time"),
        (
            with("a", json!({"at": "2999-01-01T00:00:00Z"})),
            "in_the_future",
        ),
        (with("a", json!({"id": ""})), "missing_field"),
        (with("a", json!({"id": null})), "missing_field"),
        (with("a", json!({"id": 12})), "wrong_type"),
        (with("a", json!({"id": long})), "too_long"),
        (with("a", json!({"message": null})), "missing_field"),
        (with("a", json!({"recipient": null})), "missing_field"),
        (with("a", json!({"link": "x".repeat(2_049)})), "too_long"),
        (with("a", json!({"value": "ten"})), "bad_value"),
        (with("a", json!({"value": "1.23456"})), "bad_value"),
        (with("a", json!({"props": [1]})), "wrong_type"),
        (with("a", json!({"props": "x"})), "wrong_type"),
        (
            with("a", json!({"props": {"long": "x".repeat(70_000)}})),
            "too_long",
        ),
        (json!(17), "malformed"),
        (json!(["a"]), "malformed"),
        (json!(null), "malformed"),
    ];
    // Each between two good ones.
    let mut events = vec![event("first")];
    events.extend(cases.iter().map(|(event, _)| event.clone()));
    events.push(with(
        "last",
        json!({"link": null, "unheard_of": [1, {}], "props": {}, "value": 12.5}),
    ));
    let answer = server.ingest(&json!(events));
    assert_eq!(answer.status, 200, "{answer:?}");
    let answer = answer.json();
    assert_eq!(
        (&answer["accepted"], &answer["duplicate"]),
        (&json!(2), &json!(0)),
        "{answer}"
    );
    let rejected = answer["rejected"].as_array().expect("a list");
    let found: Vec<_> = rejected
        .iter()
        .map(|r| (r["index"].as_u64(), r["code"].as_str()))
        .collect();
    let expected: Vec<_> = cases
        .iter()
        .zip(1..)
        .map(|((_, code), index)| (Some(index), Some(*code)))
        .collect();
    assert_eq!(found, expected);
    assert!(
        rejected
            .iter()
            .all(|r| r["message"].as_str().is_some_and(|m| m.len() > 5))
    );

    // A line that is no JSON spoils itself only; blank lines have no position.
    let lines = format!("{}\n\n{{\"id\":\n{}\n\u{1}\n", event("x"), event("y"));
    let headers = [("content-type", "application/x-ndjson")];
    let answer = server
        .connect()
        .send("POST", PATH, &headers, lines.as_bytes())
        .expect("an answer");
    let answer = answer.json();
    assert_eq!(answer["accepted"], 2, "{answer}");
    let codes: Vec<_> = answer["rejected"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|r| (r["index"].as_u64(), r["code"].as_str()))
        .collect();
    assert_eq!(
        codes,
        [(Some(1), Some("malformed")), (Some(3), Some("malformed"))]
    );

    // Who takes part needs no message.
    let visit = json!({"id": "v", "campaign": "quiz", "recipient": "r", "kind": "visited", "at": "2026-03-29T10:15:00Z"});
    assert_eq!(
        server.ingest(&visit).json(),
        json!({"accepted": 1, "duplicate": 0, "rejected": []})
    );
    let inbound = json!({"id": "i", "campaign": "quiz", "recipient": "r", "kind": "received", "at": "2026-03-29T10:15:00Z"});
    assert_eq!(server.ingest(&inbound).json()["accepted"], 1);
}

#[test]
fn what_is_no_batch_is_refused_as_a_whole() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("c", "sms");
    let many: Vec<Value> = (0..10_001).map(|i| event(&i.to_string())).collect();
    let many = json!(many).to_string().into_bytes();
    let bomb = gzip(&vec![b' '; 9 * 1024 * 1024]);
    let wide = vec![b' '; 8 * 1024 * 1024 + 1];
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let brotli = [("content-encoding", "br")];
    let packed = [("content-encoding", "gzip")];
    let cases: [(Headers<'_>, &[u8], u16, &str); 11] = [
        (&[], b"", 400, "malformed_body"),
        (&[], b" \n ", 400, "malformed_body"),
        (&[], b"{\"id\":", 400, "malformed_body"),
        (&[], b"[{}", 400, "malformed_body"),
        (&[], b"[{}]]", 400, "malformed_body"),
        (&[], b"17", 400, "malformed_body"),
        (&packed, b"no gzip", 400, "malformed_body"),
        (&[], &many, 413, "too_many_events"),
        (&packed, &bomb, 413, "body_too_large"),
        (&form, b"{}", 415, "unsupported_media_type"),
        (&brotli, b"{}", 415, "unsupported_encoding"),
    ];
    for (headers, body, status, code) in cases {
        let answer = server
            .connect()
            .send("POST", PATH, headers, body)
            .expect("an answer");
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (status, Some(code))
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
    }
    // The length alone is enough to refuse: the body need not be sent.
    let mut connection = server.connect();
    let announced = wide.len().to_string();
    connection.ask("POST", PATH, &[], &[]).expect("a request");
    let _ = connection.head();
    let mut raw = std::net::TcpStream::connect(("127.0.0.1", server.port)).expect("a connection");
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: {announced}\r\n\r\n",
        server.token
    );
    raw.write_all(request.as_bytes()).expect("a request");
    let mut start = [0; 12];
    std::io::Read::read_exact(&mut raw, &mut start).expect("an answer");
    assert_eq!(&start, b"HTTP/1.1 413");
    let report = server.get("/api/v1/campaigns/c/report").json();
    assert_eq!(
        report["kpis"]["sent"], 0,
        "nothing of a refused batch was taken"
    );
}

#[test]
fn only_a_token_with_the_scope_posts_events() {
    let folder = Folder::new();
    let mut server = Server::with_token(&folder);
    server.campaign("c", "sms");
    for (token, status, code) in [
        (String::new(), 401, "unauthenticated"),
        ("rpt_wrong".to_owned(), 401, "unauthenticated"),
        (token(&folder, "read,write"), 403, "forbidden"),
    ] {
        server.token = token;
        let answer = server.ingest(&event("1"));
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (status, Some(code))
        );
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.header("www-authenticate").is_empty(), status != 401);
    }
    server.token = token(&folder, "ingest");
    assert_eq!(server.ingest(&event("1")).status, 200);
    assert_eq!(server.get("/api/v1/campaigns").status, 403);
}

#[test]
fn facts_keep_what_the_event_said_and_nothing_of_the_address() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("c", "email");
    let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.6.1 Mobile/15E148 Safari/604.1";
    let events = json!([
        with(
            "1",
            json!({"kind": "opened", "user_agent": iphone, "ip": "193.0.6.139", "props": {"a": [1, "b"]}})
        ),
        with("2", json!({"kind": "opened", "user_agent": "curl/8.5.0"})),
        with(
            "3",
            json!({"kind": "converted", "value": 12.5, "currency": "EUR", "variant": "B"})
        ),
    ]);
    assert_eq!(server.ingest(&events).json()["accepted"], 3);
    let export = server.get("/api/v1/campaigns/c/events.ndjson");
    assert_eq!(export.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = export
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 3);
    let of = |id: &str| {
        lines
            .iter()
            .find(|line| line["id"] == id)
            .expect("exported")
    };
    let first = of("1");
    assert_eq!(
        (
            &first["ip"],
            &first["country"],
            &first["os"],
            &first["device"],
            &first["props"]
        ),
        (
            &json!("193.0.6.0"),
            &json!("NL"),
            &json!("iOS"),
            &json!("mobile"),
            &json!({"a": [1, "b"]})
        ),
    );
    assert_eq!(of("2")["device"], "bot");
    assert_eq!(
        (&of("3")["value"], &of("3")["currency"]),
        (&json!("12.50"), &json!("EUR"))
    );
    // What was exported can be sent again, and is known.
    let headers = [("content-type", "application/x-ndjson")];
    let again = server
        .connect()
        .send("POST", PATH, &headers, &export.body)
        .expect("an answer");
    assert_eq!(
        again.json(),
        json!({"accepted": 0, "duplicate": 3, "rejected": []})
    );

    let opens = |evidence: &str| {
        let path = format!("/api/v1/campaigns/c/report?evidence={evidence}");
        server.get(&path).json()["kpis"]["opened"]["total"].clone()
    };
    assert_eq!((opens("human"), opens("all")), (json!(1), json!(2)));
}
