//! Kill −9 at any moment: what was acknowledged is stored, what is stored was sent, nothing counts twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    http::Connection,
    server::{Folder, Server},
};

const KILLS: usize = 10;
const CLIENTS: u64 = 4;
const RECIPIENTS: u64 = 150;
const KINDS: [&str; 8] = [
    "queued",
    "sent",
    "sent",
    "delivered",
    "soft_failed",
    "failed",
    "opened",
    "clicked",
];
/// A person and a machine.
const AGENTS: [&str; 2] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "curl/8.5.0",
];

/// SplitMix64: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

#[derive(Default)]
struct Ledger {
    sent: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
}

#[derive(Default)]
struct Field {
    /// 0 while the server is down.
    port: AtomicU16,
    is_over: AtomicBool,
    ledger: Mutex<Ledger>,
}

/// Sends numbered events until told to stop. A batch without an answer is sent again, as it was.
fn client(number: u64, token: &str, field: &Field) {
    let mut dice = Dice(number + 1);
    let mut connection: Option<(u16, Connection)> = None;
    let mut pending: Vec<Value> = Vec::new();
    let mut next = 0;
    while !(field.is_over.load(Ordering::SeqCst) && pending.is_empty()) {
        let port = field.port.load(Ordering::SeqCst);
        if port == 0 {
            std::thread::yield_now();
            continue;
        }
        if pending.is_empty() {
            for _ in 0..1 + dice.roll(40) {
                let message = dice.roll(400);
                pending.push(json!({
                    "id": format!("e{number}-{next}"), "campaign": "crash",
                    "message": format!("m{message}"), "recipient": format!("r{}", message % RECIPIENTS),
                    "kind": KINDS[usize::try_from(dice.roll(8)).expect("small")],
                    "at": format!("2026-10-25T0{}:{:02}:00Z", dice.roll(10), dice.roll(60)),
                    "user_agent": AGENTS[usize::try_from(dice.roll(2)).expect("small")],
                }));
                next += 1;
            }
        }
        let ids: Vec<String> = pending
            .iter()
            .filter_map(|e| e["id"].as_str().map(str::to_owned))
            .collect();
        field
            .ledger
            .lock()
            .expect("the ledger")
            .sent
            .extend(ids.iter().cloned());
        if connection.as_ref().is_none_or(|(open, _)| *open != port) {
            connection = Connection::open(port, token).ok().map(|open| (port, open));
        }
        let Some((_, open)) = &mut connection else {
            continue;
        };
        let body = json!(pending).to_string();
        match open.send("POST", "/ingest/v1/events", &[], body.as_bytes()) {
            Ok(answer) if answer.status == 200 => {
                assert_eq!(answer.json()["rejected"], json!([]));
                field
                    .ledger
                    .lock()
                    .expect("the ledger")
                    .acknowledged
                    .extend(ids);
                pending.clear();
            }
            Ok(answer) => assert_eq!(answer.status, 503, "{answer:?}"),
            Err(_broken) => connection = None,
        }
    }
}

fn stored(server: &Server) -> Vec<Value> {
    let export = server.get("/api/v1/campaigns/crash/events.ndjson");
    assert_eq!(export.status, 200);
    let lines = export
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).expect("JSON"))
        .collect()
}

/// `acknowledged` was noted before, `sent` after looking into the store.
fn check(server: &Server, field: &Field) -> Vec<Value> {
    let acknowledged = field
        .ledger
        .lock()
        .expect("the ledger")
        .acknowledged
        .clone();
    let events = stored(server);
    let ids: BTreeSet<String> = events
        .iter()
        .map(|event| event["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(ids.len(), events.len(), "an event is stored twice");
    let lost: Vec<_> = acknowledged.difference(&ids).take(5).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let sent = field.ledger.lock().expect("the ledger").sent.clone();
    let invented: Vec<_> = ids.difference(&sent).take(5).collect();
    assert!(invented.is_empty(), "stored and never sent: {invented:?}");
    events
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_counts_twice() {
    let folder = Folder::new();
    let mut server = Server::with_token(&folder);
    server.campaign("crash", "email");
    let token = server.token.clone();
    let field = Field::default();
    let mut dice = Dice(2026);
    std::thread::scope(|scope| {
        for number in 0..CLIENTS {
            let (token, field) = (&token, &field);
            scope.spawn(move || client(number, token, field));
        }
        for _ in 0..KILLS {
            field.port.store(server.port, Ordering::SeqCst);
            let (gate, life) = (Mutex::new(()), Duration::from_millis(50 + dice.roll(350)));
            // Waits for nothing but the time: the moment of the kill is what varies.
            let held = gate.lock().expect("a gate");
            let _ = std::sync::Condvar::new().wait_timeout(held, life);
            server.kill();
            field.port.store(0, Ordering::SeqCst);
            server = Server::start(&folder);
            server.token.clone_from(&token);
            check(&server, &field);
        }
        field.is_over.store(true, Ordering::SeqCst);
        field.port.store(server.port, Ordering::SeqCst);
    });

    let events = check(&server, &field);
    let ledger = field.ledger.lock().expect("the ledger");
    assert_eq!(
        ledger.acknowledged, ledger.sent,
        "every batch was answered in the end"
    );
    assert!(
        events.len() > 1_000,
        "only {} events: the test proves little",
        events.len()
    );
    println!("{} events over {KILLS} kills", events.len());
    let report = server.get("/api/v1/campaigns/crash/report").json();
    assert_eq!(figures(&report), oracle(&events));
}

/// Reads an import until it is as wished.
fn import_until(server: &Server, path: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    loop {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{answer:?}");
        let import = answer.json();
        if is_it(&import) {
            return import;
        }
    }
}

#[test]
fn an_import_that_ended_the_server_twice_is_not_tried_again() {
    let folder = Folder::new();
    let mut server = Server::with_token(&folder);
    let token = server.token.clone();
    let upload = |server: &Server, rows: usize| {
        let text: String = (0..rows).map(|n| format!("p{n}@x.de\n")).collect();
        let sent = server.connect().send(
            "POST",
            "/api/v1/imports?file=people.csv",
            &[("content-type", "application/octet-stream")],
            format!("email\n{text}").as_bytes(),
        );
        let import = sent.expect("an answer").json();
        let path = format!("/api/v1/imports/{}", import["id"].as_str().expect("an id"));
        let begun = server.post(&format!("{path}/check"), &import["mapping"]);
        assert_eq!(begun.status, 202, "{begun:?}");
        path
    };
    let path = upload(&server, 600_000);
    let done = |import: &Value| import["done"].as_u64().expect("a number");
    let is_checking = |import: &Value| import["status"] == "checking";
    let first = import_until(&server, &path, |import| {
        assert!(is_checking(import), "{import}");
        done(import) >= 40_000
    });
    for _ in 0..2 {
        server.kill();
        server = Server::start(&folder);
        server.token.clone_from(&token);
        // A check begins anew: fewer rows are done as soon as it was claimed.
        let again = import_until(&server, &path, |import| {
            !is_checking(import) || done(import) < done(&first)
        });
        if !is_checking(&again) {
            assert_eq!(again["status"], "failed", "{again}");
            let problem = again["problem"].as_str().unwrap_or_default();
            assert!(problem.contains("ended twice"), "{again}");
            // The server goes on.
            let other = upload(&server, 10);
            import_until(&server, &other, |import| import["status"] == "checked");
            return;
        }
    }
    panic!("it was tried a third time");
}

type Figures = BTreeMap<&'static str, u64>;

fn figures(report: &Value) -> Figures {
    let kpis = &report["kpis"];
    let number = |value: &Value| value.as_u64().expect("a number");
    BTreeMap::from([
        ("queued", number(&kpis["queued"])),
        ("sent", number(&kpis["sent"])),
        ("delivered", number(&kpis["delivered"])),
        ("failed", number(&kpis["failed"])),
        ("transit", number(&kpis["transit"])),
        ("opens", number(&kpis["opened"]["total"])),
        ("openers", number(&kpis["opened"]["unique"])),
        ("clicks", number(&kpis["clicked"]["total"])),
        ("clickers", number(&kpis["clicked"]["unique"])),
    ])
}

/// The same figures, counted by hand from the list of stored events.
fn oracle(events: &[Value]) -> Figures {
    let mut kinds: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let (mut opens, mut clicks) = (Vec::new(), Vec::new());
    for event in events {
        let text = |name: &str| event[name].as_str().expect("a text");
        let is_person = text("user_agent") == AGENTS[0];
        let proven = kinds.entry(text("message")).or_default();
        // A machine's fetch proves nothing of the message.
        if is_person || !["opened", "clicked"].contains(&text("kind")) {
            proven.insert(text("kind"));
        }
        match text("kind") {
            "opened" if is_person => opens.push(text("recipient")),
            "clicked" if is_person => clicks.push(text("recipient")),
            _ => {}
        }
    }
    let (mut queued, mut sent, mut delivered, mut failed) = (0, 0, 0, 0);
    for kinds in kinds.values() {
        let has = |kind: &str| kinds.contains(kind);
        if kinds.is_empty() {
            continue;
        }
        if has("opened") || has("clicked") {
            delivered += 1;
        } else if has("failed") {
            failed += 1;
        } else if has("delivered") {
            delivered += 1;
        } else if has("soft_failed") {
            failed += 1;
        } else if !has("sent") {
            queued += 1;
            continue;
        }
        sent += 1;
    }
    let distinct = |people: &[&str]| people.iter().collect::<BTreeSet<_>>().len() as u64;
    BTreeMap::from([
        ("queued", queued),
        ("sent", sent),
        ("delivered", delivered),
        ("failed", failed),
        ("transit", sent - delivered - failed),
        ("opens", opens.len() as u64),
        ("openers", distinct(&opens)),
        ("clicks", clicks.len() as u64),
        ("clickers", distinct(&clicks)),
    ])
}
