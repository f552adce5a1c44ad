//! Latencies and what the server answered.

use std::time::Duration;

use serde_json::{Value, json};

/// What a run measured.
#[derive(Default)]
pub(crate) struct Measured {
    latencies: Vec<Duration>,
    accepted: u64,
    duplicate: u64,
    rejected: u64,
    /// Requests the server turned away for overload, sent again.
    pub(crate) retries: u64,
}

impl Measured {
    /// Counts an answer that took this long.
    pub(crate) fn answered(
        &mut self,
        latency: Duration,
        answer: &[u8],
    ) -> Result<(), serde_json::Error> {
        #[derive(serde::Deserialize)]
        struct Answer {
            accepted: u64,
            duplicate: u64,
            rejected: Vec<Value>,
        }
        let answer: Answer = serde_json::from_slice(answer)?;
        self.latencies.push(latency);
        self.accepted += answer.accepted;
        self.duplicate += answer.duplicate;
        self.rejected += answer.rejected.len() as u64;
        Ok(())
    }

    /// Takes in what another connection measured.
    pub(crate) fn merge(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.accepted += other.accepted;
        self.duplicate += other.duplicate;
        self.rejected += other.rejected;
        self.retries += other.retries;
    }

    /// The result of a run of this length.
    pub(crate) fn report(mut self, elapsed: Duration) -> Value {
        self.latencies.sort_unstable();
        let at = |share: f64| {
            let last = self.latencies.len().saturating_sub(1);
            let place = (last as f64 * share).round() as usize;
            self.latencies
                .get(place)
                .map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
        };
        let seconds = elapsed.as_secs_f64();
        json!({
            "seconds": seconds,
            "requests": self.latencies.len(),
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": self.rejected,
            "retries": self.retries,
            "events_per_second": self.accepted as f64 / seconds,
            "requests_per_second": self.latencies.len() as f64 / seconds,
            "p50_ms": at(0.5),
            "p95_ms": at(0.95),
            "p99_ms": at(0.99),
        })
    }
}
