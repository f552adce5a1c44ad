//! Programs that the tests start.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use carrier::{
    Network, Settings,
    send::http::{Client, client},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, Command},
};

/// The doubles live on this machine.
pub const LOOPBACK: Network = Network {
    allows_private: true,
};

/// Where npm put the doubles; none, and a line that says so, where it did not.
pub fn modules() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../end2end/doubles/node_modules");
    if path.join("web-push-testing/package.json").exists() {
        return path.canonicalize().ok();
    }
    println!("SKIPPED: push doubles are not installed (npm ci in end2end/doubles)");
    None
}

/// Settings by field.
pub fn settings(fields: &[(&str, &str)]) -> Settings {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Settings::new(fields.iter().map(owned).collect())
}

/// What a script prints, as JSON. Its input is `input`.
pub async fn node(modules: &Path, script: &str, input: &Value) -> Value {
    let mut child = Command::new("node")
        .args(["-e", script])
        .env("NODE_PATH", modules)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node runs");
    let mut stdin = child.stdin.take().expect("its input");
    stdin.write_all(input.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success(), "the script failed");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// A push service with its browsers. Ends with the value.
pub struct PushService {
    _child: Child,
    base: String,
    client: Client,
}

/// A browser that is subscribed.
pub struct Browser {
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
    hash: String,
}

impl PushService {
    pub async fn start(modules: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/push/push-service.cjs");
        let mut child = Command::new("node")
            .arg(script)
            .env("NODE_PATH", modules)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let port = lines.next_line().await.unwrap().expect("it says its port");
        // What it prints later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            _child: child,
            base: format!("http://127.0.0.1:{port}"),
            client: client(&LOOPBACK).unwrap(),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self
            .client
            .request(Method::POST, &format!("{}{path}", self.base))
            .unwrap()
            .json(body);
        let reply = self.client.send(request).await.unwrap();
        (reply.status.as_u16(), reply.json().unwrap_or_default())
    }

    /// Subscribes a browser for messages of this key.
    pub async fn subscribe(&self, public_key: &str) -> Browser {
        let options = json!({ "userVisibleOnly": "true", "applicationServerKey": public_key });
        let (status, body) = self.post("/subscribe", &options).await;
        assert_eq!(status, 200, "{body}");
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let data = &body["data"];
        Browser {
            endpoint: text(&data["endpoint"]),
            p256dh: text(&data["keys"]["p256dh"]),
            auth: text(&data["keys"]["auth"]),
            hash: text(&data["clientHash"]),
        }
    }

    /// What a browser got, decrypted.
    pub async fn received(&self, browser: &Browser) -> Vec<Value> {
        let question = json!({ "clientHash": browser.hash });
        let (status, body) = self.post("/get-notifications", &question).await;
        assert_eq!(status, 200, "{body}");
        let messages = body["data"]["messages"].as_array().expect("a list");
        let parse =
            |text: &Value| serde_json::from_str(text.as_str().expect("text")).expect("JSON");
        messages.iter().map(parse).collect()
    }

    /// Ends a subscription.
    pub async fn expire(&self, browser: &Browser) {
        let path = format!("/expire-subscription/{}", browser.hash);
        assert_eq!(self.post(&path, &json!({})).await.0, 200);
    }
}
