//! One event a request, from many connections at once: what group commit is for.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::{Failure, Target, client::Client, measured::Measured};

pub(crate) async fn run(
    target: &Target,
    connections: usize,
    seconds: u64,
    campaigns: usize,
    at: DateTime<Utc>,
) -> Result<Value, Failure> {
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for connection in 0..connections {
        let target = target.clone();
        tasks.spawn(async move { post_until(&target, connection, campaigns, at, until).await });
    }
    let mut measured = Measured::default();
    while let Some(done) = tasks.join_next().await {
        measured.merge(done??);
    }
    Ok(measured.report(started.elapsed()))
}

async fn post_until(
    target: &Target,
    connection: usize,
    campaigns: usize,
    at: DateTime<Utc>,
    until: Instant,
) -> Result<Measured, Failure> {
    let mut client = Client::connect(target, "application/json").await?;
    let mut measured = Measured::default();
    let (run, at) = (
        at.timestamp_millis(),
        at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    );
    let mut n = 0;
    while Instant::now() < until {
        n += 1;
        let campaign = (connection * 31 + n) % campaigns;
        let body = format!(
            r#"{{"id":"s{run}-{connection}-{n}","campaign":"bench-{campaign:03}","message":"s{connection}-{n}","recipient":"r{:07}","kind":"opened","at":"{at}","country":"ES"}}"#,
            (connection * 7_919 + n) % 1_000_000
        );
        let sent = Instant::now();
        let answer = client.post(body.as_bytes()).await?;
        match answer.status {
            200 => measured.answered(sent.elapsed(), answer.body)?,
            429 | 503 => measured.retries += 1,
            status => {
                let text = String::from_utf8_lossy(answer.body);
                return Err(format!("the server answered {status}: {text}").into());
            }
        }
    }
    Ok(measured)
}
