//! What is measured while messages go out, in little room that doesn't grow.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use carrier::{
    Outgoing, Submission,
    send::{Answer, Carrier},
};

/// Steps of the scale for each doubling: a percentile is told to within 5 %.
const STEPS: f64 = 16.0;
/// Doublings of a microsecond: up to an hour.
const DOUBLINGS: usize = 32;
/// Ticks of a second in `/proc/self/stat` (`USER_HZ`, the same on every Linux of today).
const TICKS: f64 = 100.0;

/// How long submissions took, and when the last one was answered.
pub struct Gauge {
    since: Instant,
    buckets: Vec<AtomicU64>,
    answered: AtomicU64,
    last_us: AtomicU64,
}

impl Gauge {
    /// The clock runs from now.
    pub fn new() -> Self {
        Self {
            since: Instant::now(),
            buckets: (0..DOUBLINGS * 16).map(|_| AtomicU64::new(0)).collect(),
            answered: AtomicU64::new(0),
            last_us: AtomicU64::new(0),
        }
    }

    /// Since it was made.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// Submissions answered so far.
    pub fn answered(&self) -> u64 {
        self.answered.load(Relaxed)
    }

    /// When the last answer came, counted from the beginning.
    pub fn last(&self) -> Duration {
        Duration::from_micros(self.last_us.load(Relaxed))
    }

    fn record(&self, took: Duration) {
        let step = (took.as_secs_f64() * 1e6).max(1.0).log2() * STEPS;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and cut to the scale"
        )]
        let place = (step as usize).min(self.buckets.len() - 1);
        self.buckets[place].fetch_add(1, Relaxed);
        self.answered.fetch_add(1, Relaxed);
        let now = u64::try_from(self.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.last_us.fetch_max(now, Relaxed);
    }

    /// The time, in milliseconds, within which this share of the submissions was answered.
    #[expect(clippy::cast_precision_loss, reason = "counts of messages")]
    pub fn percentile_ms(&self, share: f64) -> f64 {
        let wanted = self.answered() as f64 * share;
        let mut seen = 0.0;
        for (place, bucket) in self.buckets.iter().enumerate() {
            seen += bucket.load(Relaxed) as f64;
            if seen >= wanted {
                return ((place + 1) as f64 / STEPS).exp2() / 1e3;
            }
        }
        0.0
    }
}

/// A carrier under a gauge.
pub struct Timed {
    /// The carrier.
    pub inner: Arc<dyn Carrier>,
    /// The gauge.
    pub gauge: Arc<Gauge>,
}

impl Carrier for Timed {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(async {
            let since = Instant::now();
            let submission = self.inner.submit(message).await;
            self.gauge.record(since.elapsed());
            submission
        })
    }

    fn resolve<'a>(&'a self, message: &'a str) -> Answer<'a, Option<Submission>> {
        self.inner.resolve(message)
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        self.inner.check()
    }
}

/// A line of `/proc/self/status` in mebibytes, such as `VmHWM`; 0 where there is no such file.
pub fn memory_mib(name: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or_default() / 1024.0
}

/// Seconds of processor time that this process has used; 0 where it isn't told.
pub fn processor_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in brackets, may hold anything.
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks: f64 = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    ticks / TICKS
}
