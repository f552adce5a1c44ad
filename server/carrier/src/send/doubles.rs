//! Independent doubles of carriers, started by the tests on free ports and killed with them.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use axum::http::HeaderMap;
use bytes::Bytes;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    sync::mpsc,
    time::timeout,
};

use crate::{Network, Outgoing, OutgoingBody, Settings};

/// Prism reads a 2 MB file first, on a machine that is busy.
pub(super) const DEADLINE: Duration = Duration::from_secs(120);

pub(super) fn private() -> Network {
    Network {
        allows_private: true,
    }
}

pub(super) fn settings(fields: &[(&str, &str)]) -> Settings {
    Settings::new(
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    )
}

pub(super) fn outgoing(from: &str, to: &str, body: OutgoingBody) -> Outgoing {
    Outgoing {
        message: "k7Qm2xW9aB4cD5eF".to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        callback: None,
        body,
    }
}

/// The packages of the doubles; none, and a note, where they are not installed.
pub(super) fn node_modules() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/doubles/node_modules");
    match path.canonicalize() {
        Ok(path) => Some(path),
        Err(_) => {
            println!("SKIPPED: no doubles; run `npm ci` in end2end/doubles");
            None
        }
    }
}

pub(super) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/doubles")
        .join(name)
}

pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A running double; killed when dropped.
pub(super) struct Double {
    pub(super) port: u16,
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Double {
    /// Starts a program of ours that prints `READY port`.
    pub(super) async fn start(script: &Path, arguments: &[&str]) -> Self {
        let mut child = command("node").arg(script).args(arguments).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = timeout(DEADLINE, lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let port = ready.strip_prefix("READY ").unwrap().parse().unwrap();
        Self {
            port,
            _child: child,
            lines,
        }
    }

    /// Starts somebody else's program on a port, and waits until it takes connections there.
    pub(super) async fn on_port(program: &Path, arguments: &[&str], port: u16) -> Self {
        let mut child = command("node")
            .arg(program)
            .args(arguments)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_up = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_err()
            {
                assert!(child.try_wait().unwrap().is_none(), "the double ended");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(DEADLINE, is_up).await.unwrap();
        Self {
            port,
            _child: child,
            lines,
        }
    }

    /// The next thing it tells of this kind.
    pub(super) async fn told(&mut self, event: &str) -> Value {
        let next = async {
            loop {
                let line = self.lines.next_line().await.unwrap().unwrap();
                let told: Value = serde_json::from_str(&line).unwrap();
                if told["event"] == event {
                    return told;
                }
            }
        };
        timeout(DEADLINE, next).await.unwrap()
    }
}

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // Not the test's own: a double that takes its time to die would hold it open.
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// A request that a [`Stub`] got.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// An HTTP server for what no independent double offers: tells what it got, answers what it is told.
pub(super) struct Stub {
    pub(super) base: String,
    pub(super) got: mpsc::Receiver<Got>,
}

impl Stub {
    pub(super) async fn start(
        answer: impl Fn(&Got) -> (u16, Vec<(&'static str, String)>, String)
        + Clone
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let (sender, got) = mpsc::channel(100);
        let handle = async move |request: axum::extract::Request| {
            let (parts, body) = request.into_parts();
            let got = Got {
                method: parts.method.to_string(),
                path: parts.uri.path().to_owned(),
                query: parts.uri.query().unwrap_or_default().to_owned(),
                headers: parts.headers,
                body: axum::body::to_bytes(body, 1 << 20).await.unwrap(),
            };
            let (status, headers, body) = answer(&got);
            sender.send(got).await.unwrap();
            let mut response = axum::response::Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(axum::body::Body::from(body)).unwrap()
        };
        let app = axum::Router::new().fallback(handle);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { base, got }
    }
}

/// An address where somebody reads the request and hangs up.
pub(super) async fn mute() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
    });
    base
}

/// A CA and a certificate of `localhost` signed by it, made for this run: CA, certificate, key, in PEM. None, and a
/// note, without OpenSSL.
pub(super) async fn certificates() -> Option<[String; 3]> {
    if Command::new("openssl")
        .arg("version")
        .stdout(Stdio::null())
        .status()
        .await
        .is_err()
    {
        println!("SKIPPED: no openssl");
        return None;
    }
    let dir = std::env::temp_dir().join(format!("reportage-tls-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let openssl = async |arguments: &str| {
        let status = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(&dir)
            .stderr(Stdio::null())
            .status();
        assert!(status.await.unwrap().success(), "openssl {arguments}");
    };
    std::fs::write(
        dir.join("leaf.ext"),
        "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n",
    )
    .unwrap();
    let ec = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    openssl(&format!(
        "req -x509 {ec} -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca"
    ))
    .await;
    openssl(&format!(
        "req {ec} -keyout leaf.key -out leaf.csr -subj /CN=localhost"
    ))
    .await;
    openssl("x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile leaf.ext -out leaf.pem").await;
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    let made = [read("ca.pem"), read("leaf.pem"), read("leaf.key")];
    std::fs::remove_dir_all(&dir).unwrap();
    Some(made)
}
