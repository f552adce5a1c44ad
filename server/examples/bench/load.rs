//! Posts generated bodies as fast as the server acknowledges them.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    Failure, Target,
    client::Client,
    generate::{BODIES, OFFSETS},
    measured::Measured,
};

/// The bodies of all requests.
struct Bodies {
    file: File,
    /// Where each begins, and where the last ends.
    offsets: Vec<u64>,
    next: AtomicUsize,
}

impl Bodies {
    fn open(data: &Path) -> Result<Self, Failure> {
        let offsets = std::fs::read(data.join(OFFSETS))?
            .chunks_exact(8)
            .map(|bytes| u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
            .collect();
        Ok(Self {
            file: File::open(data.join(BODIES))?,
            offsets,
            next: AtomicUsize::new(0),
        })
    }

    /// Reads the next body into `body`; false at the end.
    fn next(&self, body: &mut Vec<u8>) -> std::io::Result<bool> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let [from, to] = match self.offsets.get(place..place + 2) {
            Some(&[from, to]) => [from, to],
            _ => return Ok(false),
        };
        body.resize((to - from) as usize, 0);
        self.file.read_exact_at(body, from)?;
        Ok(true)
    }
}

pub(crate) async fn run(
    target: &Target,
    data: &Path,
    connections: usize,
) -> Result<Value, Failure> {
    let bodies = Arc::new(Bodies::open(data)?);
    let started = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (target, bodies) = (target.clone(), Arc::clone(&bodies));
        tasks.spawn(async move { post_all(&target, &bodies).await });
    }
    let mut measured = Measured::default();
    while let Some(done) = tasks.join_next().await {
        measured.merge(done??);
    }
    Ok(measured.report(started.elapsed()))
}

async fn post_all(target: &Target, bodies: &Bodies) -> Result<Measured, Failure> {
    let mut client = Client::connect(target, "application/x-ndjson").await?;
    let mut measured = Measured::default();
    let mut body = Vec::new();
    while bodies.next(&mut body)? {
        let sent = Instant::now();
        loop {
            let answer = client.post(&body).await?;
            match answer.status {
                200 => {
                    measured.answered(sent.elapsed(), answer.body)?;
                    break;
                }
                429 | 503 => {
                    measured.retries += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                status => {
                    let text = String::from_utf8_lossy(answer.body);
                    return Err(format!("the server answered {status}: {text}").into());
                }
            }
        }
    }
    Ok(measured)
}
