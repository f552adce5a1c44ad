//! The program under test.

use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

use crate::http::{Answer, Connection};

/// The binary `make test` built for release, or else the one cargo built for this test.
fn binary() -> PathBuf {
    std::env::var_os("REPORTAGE_BIN")
        .map(PathBuf::from)
        .filter(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_reportage")))
}

/// A folder that goes with the test.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "reportage-it-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = std::env::temp_dir().join(name);
        // A process of the same number, long gone, may have left one.
        let _nothing_left = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn database(&self) -> String {
        format!("sqlite://{}", self.0.join("test.db").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running server. Ends with the value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub port: u16,
    pub token: String,
}

impl Server {
    /// Starts on a free port over the folder's database, and waits until it listens.
    pub fn start(folder: &Folder) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same with more flags.
    pub fn start_with(folder: &Folder, flags: &[&str]) -> Self {
        let mut child = Command::new(binary())
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--log-format",
                "json",
                "--log",
                "info",
            ])
            .args(flags)
            .args(["--database", &folder.database()])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let mut log = BufReader::new(child.stderr.take().expect("its standard error"));
        let mut seen = String::new();
        let port = loop {
            let mut line = String::new();
            assert!(
                log.read_line(&mut line).expect("log") > 0,
                "it ended: {seen}"
            );
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            let address = entry["fields"]["address"].as_str().unwrap_or_default();
            if let Some((_, port)) = address.rsplit_once(':') {
                break port.parse().expect("a port");
            }
            seen += &line;
        };
        // A full pipe would stop the server.
        std::thread::spawn(move || std::io::copy(&mut log.take(u64::MAX), &mut std::io::sink()));
        Self {
            child,
            port,
            token: String::new(),
        }
    }

    /// Starts with a token of all scopes.
    pub fn with_token(folder: &Folder) -> Self {
        let mut server = Self::start(folder);
        server.token = token(folder, "ingest,read,write");
        server
    }

    /// A new connection that sends the token.
    pub fn connect(&self) -> Connection {
        Connection::open(self.port, &self.token).expect("a connection")
    }

    pub fn get(&self, path: &str) -> Answer {
        self.connect()
            .send("GET", path, &[], b"")
            .expect("an answer")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        let bytes = body.to_string().into_bytes();
        self.connect()
            .send("POST", path, &headers, &bytes)
            .expect("an answer")
    }

    /// Registers a campaign and returns its id.
    pub fn campaign(&self, external_id: &str, campaign_type: &str) -> String {
        let messaging = ["sms", "email", "push", "whatsapp", "rcs"].contains(&campaign_type);
        let kind = if messaging {
            "messaging"
        } else {
            "interactive"
        };
        let answer = self.post(
            "/api/v1/campaigns",
            &json!({"name": external_id, "kind": kind, "type": campaign_type, "sender": "test",
                "external_id": external_id}),
        );
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()["id"].as_str().expect("an id").to_owned()
    }

    pub fn ingest(&self, events: &Value) -> Answer {
        self.post("/ingest/v1/events", events)
    }

    /// Ends it as a power cut would end the process.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends a signal and waits for the end.
    pub fn end(mut self, signal: &str) -> std::process::ExitStatus {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args([signal, &id])
            .status()
            .expect("kill");
        assert!(sent.success());
        self.child.wait().expect("its end")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Makes a token by the command line.
pub fn token(folder: &Folder, scopes: &str) -> String {
    command(
        folder,
        &["token", "create", "--name", "test", "--scopes", scopes],
    )
}

/// Runs a command over the folder's database, with these variables set, and gives what came of it.
pub fn ran(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(binary())
        .args(arguments)
        .args(["--database", &folder.database()])
        .envs(variables.iter().copied())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

/// Runs a command that must succeed and gives what it printed.
pub fn command(folder: &Folder, arguments: &[&str]) -> String {
    let ran = ran(folder, arguments, &[]);
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    String::from_utf8(ran.stdout)
        .expect("text")
        .trim()
        .to_owned()
}
