//! The disk below the server: when it is full, when there is room again, and who can read what lies on it.

use std::{
    collections::BTreeSet,
    io::Write,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::server::{Folder, Server, command, ran};

const PASSWORD: &str = "correct horse battery staple";
/// Events of one request.
const BATCH: usize = 200;

/// A folder on a small disk of its own; both are gone with the value.
struct Disk(Folder);

impl Disk {
    /// None where this process may not mount.
    fn mounted() -> Option<Self> {
        let disk = Self(Folder::new());
        disk.mount("size=24m").then_some(disk)
    }

    fn mount(&self, options: &str) -> bool {
        Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(self.0.path())
            .output()
            .is_ok_and(|made| made.status.success())
    }

    /// Takes all the room there is.
    fn fill(&self) {
        let filler = self.0.path().join("filler");
        let open = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(filler);
        let Ok(mut file) = open else { return };
        for size in [65_536, 4_096, 1] {
            let piece = vec![0; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.path().join("filler")).expect("the filler");
        assert!(self.mount("remount,size=300m"), "more room");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(self.0.path())
            .status();
    }
}

/// A server, what it was asked, and what it acknowledged.
struct House<'a> {
    disk: &'a Disk,
    server: Server,
    n: usize,
    acknowledged: usize,
}

/// What was tried, and whether it was done or answered with "not now".
const KINDS: [&str; 6] = [
    "events", "sign-in", "campaign", "contact", "token", "import",
];

impl House<'_> {
    /// Whether it was done; anything but that and "come back" is a failure of the test.
    fn try_to(&mut self, kind: &str) -> bool {
        self.n += 1;
        let n = self.n;
        let json = [("content-type", "application/json")];
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let (path, headers, body) = match kind {
            "token" => {
                let name = format!("t{n}");
                let words = ["token", "create", "--name", &name, "--scopes", "read"];
                return ran(&self.disk.0, &words, &[]).status.success();
            }
            "events" => ("/ingest/v1/events", &json[..], self.events()),
            "sign-in" => {
                let body = format!("email=ann%40x.de&password={}", PASSWORD.replace(' ', "+"));
                ("/sign-in", &form[..], body)
            }
            "campaign" => {
                let body = json!({"name": "n", "kind": "messaging", "type": "sms", "sender": "s"});
                ("/api/v1/campaigns", &json[..], body.to_string())
            }
            "contact" => {
                let body = json!({"email": format!("p{n}@x.de")});
                ("/api/v1/contacts", &json[..], body.to_string())
            }
            _ => {
                let rows: String = (0..50).map(|row| format!("r{row}.{n}@x.de\n")).collect();
                (
                    "/api/v1/imports?file=a.csv",
                    &[][..],
                    format!("email\n{rows}"),
                )
            }
        };
        let answer = self
            .server
            .connect()
            .send("POST", path, headers, body.as_bytes())
            .expect("an answer");
        assert!(
            [200, 201, 303, 503].contains(&answer.status),
            "{kind}: {answer:?}"
        );
        let is_done = answer.status != 503;
        if kind == "sign-in" && is_done {
            assert_eq!(answer.header("location"), "/", "{answer:?}");
        }
        if kind == "events" && is_done {
            self.acknowledged += BATCH;
        }
        is_done
    }

    fn events(&self) -> String {
        let events: Vec<_> = (0..BATCH)
            .map(|at| {
                let id = format!("{}.{at}", self.n);
                json!({"id": id, "campaign": "c", "message": id, "recipient": id, "kind": "sent",
                    "at": "2026-11-20T10:00:00Z", "user_agent": "x".repeat(500)})
            })
            .collect();
        json!(events).to_string()
    }

    fn readiness(&self) -> (u16, String) {
        let answer = self.server.get("/readyz");
        (
            answer.status,
            String::from_utf8_lossy(&answer.body).into_owned(),
        )
    }
}

/// Lets something else run, and says whether there is still time.
fn pause(deadline: Instant) -> bool {
    let gate = std::sync::Mutex::new(());
    let held = gate.lock().expect("a gate");
    let _ = std::sync::Condvar::new().wait_timeout(held, Duration::from_millis(50));
    Instant::now() < deadline
}

#[test]
fn everything_can_be_written_again_after_the_disk_was_full() {
    let Some(disk) = Disk::mounted() else {
        println!("SKIPPED: no file system can be mounted here, so none is filled");
        return;
    };
    let server = Server::with_token(&disk.0);
    server.campaign("c", "sms");
    let file = disk.0.path().join("password");
    std::fs::write(&file, PASSWORD).expect("a file");
    let file = file.to_string_lossy();
    let words = [
        "user",
        "add",
        "--email",
        "ann@x.de",
        "--role",
        "admin",
        "--password-file",
    ];
    command(&disk.0, &[&words[..], &[&*file]].concat());
    let mut house = House {
        disk: &disk,
        server,
        n: 0,
        acknowledged: 0,
    };
    for kind in KINDS {
        assert!(house.try_to(kind), "{kind}, with room");
    }
    assert_eq!(house.readiness().0, 200);

    // Until nothing can be written: not by any request, and by the server's own word.
    let deadline = Instant::now() + Duration::from_secs(120);
    while house.try_to("events") {
        assert!(Instant::now() < deadline, "it is never full");
    }
    let mut failed = BTreeSet::new();
    loop {
        disk.fill();
        failed.extend(KINDS.into_iter().filter(|kind| !house.try_to(kind)));
        let (status, why) = house.readiness();
        if failed.len() == KINDS.len() && status == 503 {
            assert!(why.contains("the disk of the database is full"), "{why}");
            break;
        }
        assert!(pause(deadline), "only {failed:?} failed, ready is {status}");
    }
    assert_eq!(house.server.get("/healthz").status, 200, "it lives");

    disk.make_room();
    let deadline = Instant::now() + Duration::from_secs(30);
    for kind in KINDS {
        while !house.try_to(kind) {
            assert!(pause(deadline), "{kind} does not work again");
        }
    }
    while house.readiness().0 != 200 {
        assert!(pause(deadline), "{:?}", house.readiness());
    }
    let report = house.server.get("/api/v1/campaigns/c/report").json();
    assert_eq!(report["kpis"]["sent"], house.acknowledged);
    println!(
        "{} events acknowledged in {} requests",
        house.acknowledged, house.n
    );
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path)
        .expect("a file")
        .permissions()
        .mode()
        & 0o777
}

/// The umask of most systems lets everybody read.
#[test]
fn nobody_else_can_read_the_database_its_log_or_its_copies() {
    use std::os::unix::fs::PermissionsExt;
    if !umask().ends_with("022") {
        println!("SKIPPED: with the umask {} nobody reads anything", umask());
        return;
    }
    let folder = Folder::new();
    let database = folder.path().join("test.db");
    // As an earlier version left it.
    command(&folder, &["migrate"]);
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    let server = Server::with_token(&folder);
    server.campaign("c", "sms");
    command(&folder, &["backup", "copy.db"]);
    for name in [
        "test.db",
        "test.db-wal",
        "test.db-shm",
        "copy.db",
        "test.key",
    ] {
        assert_eq!(mode(&folder.path().join(name)), 0o600, "{name}");
    }
    let others = std::fs::read_dir(folder.path()).expect("the folder");
    for entry in others.map(|entry| entry.expect("an entry").path()) {
        assert_eq!(mode(&entry) & 0o077, 0, "{}", entry.display());
    }
}

fn umask() -> String {
    let asked = Command::new("sh").args(["-c", "umask"]).output();
    let said = asked.expect("a shell").stdout;
    String::from_utf8_lossy(&said).trim().to_owned()
}
