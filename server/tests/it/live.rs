//! The live stream on a real socket, alone and behind nginx.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    http::Connection,
    server::{Folder, Server, command},
};

/// Figures have to move within this.
const PROMISE: Duration = Duration::from_secs(1);
/// How long a test waits on a busy machine before it gives up.
const SOON: Duration = Duration::from_secs(10);

/// An open stream.
struct Stream {
    connection: Connection,
    text: String,
    is_chunked: bool,
}

/// A message of a stream.
#[derive(Debug, Default)]
struct Message {
    id: i64,
    event: String,
    data: Value,
}

impl Stream {
    fn open(port: u16, token: &str, query: &str, headers: &[(&str, &str)]) -> Self {
        let mut connection = Connection::open(port, token).expect("a connection");
        connection
            .ask("GET", &format!("/live?{query}"), headers, b"")
            .expect("a request");
        let (status, headers) = connection.head().expect("a head");
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/event-stream");
        assert_eq!(headers["cache-control"], "no-cache, no-transform");
        assert!(
            !headers.contains_key("content-encoding"),
            "a stream is never compressed"
        );
        let is_chunked = headers
            .get("transfer-encoding")
            .is_some_and(|value| value == "chunked");
        Self {
            connection,
            text: String::new(),
            is_chunked,
        }
    }

    /// Whether the stream comes to its own end, the last chunk, instead of breaking off.
    fn ends_in_order(&mut self) -> bool {
        self.connection.set_read_timeout(SOON);
        loop {
            match self.connection.chunk() {
                Ok(Some(_message)) => {}
                Ok(None) => return true,
                Err(_broken_off) => return false,
            }
        }
    }

    /// The next message, or none when the time is over or the stream ends.
    fn next(&mut self, within: Duration) -> Option<Message> {
        assert!(self.is_chunked, "streams have no length");
        let until = Instant::now() + within;
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let mut message = Message::default();
                for line in block.lines() {
                    match line.split_once(": ") {
                        Some(("id", id)) => message.id = id.parse().expect("a number"),
                        Some(("event", name)) => name.clone_into(&mut message.event),
                        Some(("data", data)) => {
                            message.data = serde_json::from_str(data).expect("JSON")
                        }
                        _ => {}
                    }
                }
                if !message.event.is_empty() {
                    return Some(message);
                }
            }
            let left = until.checked_duration_since(Instant::now())?;
            self.connection
                .set_read_timeout(left.max(Duration::from_millis(1)));
            let chunk = self.connection.chunk().ok()??;
            self.text += &String::from_utf8(chunk).expect("text");
        }
    }
}

fn opened(id: &str, campaign: &str) -> Value {
    json!({"id": id, "campaign": campaign, "message": id, "recipient": id, "kind": "opened",
        "at": "2026-03-29T10:15:00Z"})
}

/// Opens of the card of `campaign`, if the message has it.
fn opens(message: &Message, campaign: &str) -> Option<u64> {
    let cards = message.data["cards"].as_array()?;
    let card = cards
        .iter()
        .find(|card| card["campaign"]["external_id"] == campaign)?;
    card["figures"]["opened"].as_u64()
}

#[test]
fn a_change_is_heard_at_once_and_resumed_after_a_break() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    let id = server.campaign("a", "email");
    server.campaign("b", "email");
    let zipped = [("accept-encoding", "br, gzip")];
    let mut all = Stream::open(server.port, &server.token, "scope=workspace", &zipped);
    let scope = format!("scope=campaign:{id}");
    let mut one = Stream::open(server.port, &server.token, &scope, &[]);

    server.ingest(&opened("1", "a"));
    let heard = all.next(SOON).expect("a change");
    assert_eq!(
        (heard.event.as_str(), opens(&heard, "a")),
        ("change", Some(1))
    );
    assert_eq!(heard.data["version"], heard.id);
    assert!(
        heard.data["at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z'))
    );
    assert_eq!(opens(&one.next(SOON).expect("a change"), "a"), Some(1));

    server.ingest(&opened("2", "b"));
    assert_eq!(opens(&all.next(SOON).expect("a change"), "b"), Some(1));
    assert!(
        one.next(Duration::from_millis(600)).is_none(),
        "another campaign is none of its business"
    );

    // What happened during a break is told at once; the header wins over the query, which is older.
    drop(all);
    server.ingest(&opened("3", "a"));
    let last = heard.id.to_string();
    let query = "scope=workspace&last_event_id=0";
    let mut again = Stream::open(
        server.port,
        &server.token,
        query,
        &[("last-event-id", last.as_str())],
    );
    let missed = again.next(SOON).expect("what was missed");
    assert_eq!(
        (
            missed.event.as_str(),
            opens(&missed, "a"),
            opens(&missed, "b")
        ),
        ("change", Some(2), Some(1))
    );
    let newest = format!("scope=workspace&last_event_id={}", missed.id);
    let mut idle = Stream::open(server.port, &server.token, &newest, &[]);
    assert!(
        idle.next(Duration::from_millis(400)).is_none(),
        "nothing is newer"
    );
}

/// Three changes of campaign `a`, each heard; the quickest as promised, for the machine may be busy.
fn moves_in_time(server: &Server, stream: &mut Stream) {
    let mut quickest = SOON;
    for n in 1..4 {
        let since = Instant::now();
        server.ingest(&opened(&n.to_string(), "a"));
        let heard = stream.next(SOON).expect("a change");
        assert_eq!(opens(&heard, "a"), Some(n));
        quickest = quickest.min(since.elapsed());
    }
    assert!(quickest < PROMISE, "{quickest:?}");
}

#[test]
fn figures_move_within_a_second() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("a", "email");
    let mut stream = Stream::open(server.port, &server.token, "scope=workspace", &[]);
    moves_in_time(&server, &mut stream);
}

#[test]
fn a_burst_is_told_in_few_messages_and_ends_exact() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("a", "email");
    let mut stream = Stream::open(server.port, &server.token, "scope=workspace", &[]);
    let since = Instant::now();
    let mut connection = server.connect();
    for n in 0..100 {
        let body = opened(&n.to_string(), "a").to_string();
        let answer = connection.send("POST", "/ingest/v1/events", &[], body.as_bytes());
        assert_eq!(answer.expect("an answer").status, 200);
    }
    let sending = since.elapsed();
    let (mut messages, mut seen) = (0, 0);
    while seen < 100 {
        seen = opens(&stream.next(SOON).expect("a change"), "a").expect("the card");
        messages += 1;
    }
    let allowed = 2 + (sending.as_millis() + 1_000) / 250;
    assert!(messages <= allowed, "{messages} messages for {sending:?}");
}

#[test]
fn a_gap_in_history_resets_the_page() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("kept", "email");
    let doomed = server.campaign("doomed", "email");
    let query = "scope=workspace&last_event_id=999999";
    let mut ahead = Stream::open(server.port, &server.token, query, &[]);
    assert_eq!(ahead.next(SOON).expect("a reset").event, "reset");

    let mut all = Stream::open(server.port, &server.token, "scope=workspace", &[]);
    let scope = format!("scope=campaign:{doomed}");
    let mut one = Stream::open(server.port, &server.token, &scope, &[]);
    let path = format!("/api/v1/campaigns/{doomed}");
    let gone = server
        .connect()
        .send("DELETE", &path, &[], b"")
        .expect("an answer");
    assert_eq!(gone.status, 204);
    for stream in [&mut all, &mut one] {
        let heard = stream.next(SOON).expect("a reset");
        assert_eq!(
            (heard.event.as_str(), &heard.data["cards"]),
            ("reset", &json!([]))
        );
    }
    for (query, status) in [
        ("", 422),
        ("scope=everything", 422),
        ("scope=workspace&last_event_id=x", 422),
        (scope.as_str(), 404),
    ] {
        assert_eq!(
            server.get(&format!("/live?{query}")).status,
            status,
            "{query}"
        );
    }
}

#[test]
fn streams_end_with_the_server() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    let mut stream = Stream::open(server.port, &server.token, "scope=workspace", &[]);
    let since = Instant::now();
    let status = server.end("-TERM");
    assert!(status.success(), "{status}");
    // Less than the server waits for a stream that doesn't end by itself.
    assert!(
        since.elapsed() < Duration::from_secs(6),
        "{:?}",
        since.elapsed()
    );
    assert!(stream.ends_in_order(), "it was cut off");
}

#[test]
fn a_quiet_stream_gives_a_sign_of_life() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    let mut stream = Stream::open(server.port, &server.token, "scope=workspace", &[]);
    // Proxies close what is silent for a minute, or for half of one.
    stream.connection.set_read_timeout(Duration::from_secs(25));
    loop {
        let chunk = stream.connection.chunk().expect("in time");
        let text = String::from_utf8(chunk.expect("more")).expect("text");
        if text.lines().any(|line| line == ": hb") {
            return;
        }
    }
}

#[test]
fn a_stream_ends_when_its_token_is_revoked() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("a", "email");
    let mut stream = Stream::open(server.port, &server.token, "scope=workspace", &[]);
    server.ingest(&opened("1", "a"));
    assert!(stream.next(SOON).is_some());
    let tokens = command(&folder, &["token", "list"]);
    let id = tokens.split('\t').next().expect("an id");
    command(&folder, &["token", "revoke", id]);
    let since = Instant::now();
    assert!(stream.next(Duration::from_secs(30)).is_none());
    assert!(
        since.elapsed() < Duration::from_secs(25),
        "it only ran out of time"
    );
}

/// nginx in front of the server, as Debian configures it: buffering on.
struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn changes_pass_a_proxy_that_buffers() {
    let has_nginx = Command::new("nginx")
        .arg("-v")
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if !has_nginx {
        println!("SKIPPED: nginx is not installed");
        return;
    }
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("a", "email");
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    let here = folder.path().display().to_string();
    let configuration = format!(
        "daemon off; master_process off; pid {here}/nginx.pid; error_log {here}/error.log;
         events {{}}
         http {{
             access_log off; gzip on;
             client_body_temp_path {here}/body; proxy_temp_path {here}/proxy;
             fastcgi_temp_path {here}/f; uwsgi_temp_path {here}/u; scgi_temp_path {here}/s;
             server {{
                 listen 127.0.0.1:{port};
                 location / {{ proxy_pass http://127.0.0.1:{}; proxy_http_version 1.1; proxy_set_header Connection \"\"; }}
             }}
         }}",
        server.port
    );
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, configuration).expect("a file");
    let log = folder.path().join("error.log");
    let child = Command::new("nginx")
        .args(["-p", &here, "-e"])
        .arg(&log)
        .arg("-c")
        .arg(&file)
        .stderr(Stdio::null())
        .spawn()
        .expect("nginx starts");
    let _nginx = Nginx(child);
    let until = Instant::now() + Duration::from_secs(10);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        assert!(Instant::now() < until, "nginx does not listen: {said}");
        std::thread::yield_now();
    }
    let zipped = [("accept-encoding", "gzip")];
    let mut stream = Stream::open(port, &server.token, "scope=workspace", &zipped);
    moves_in_time(&server, &mut stream);
}
