//! Events of a busy account: campaigns of very different size, log-normal reactions, people in many campaigns.
//!
//! Every message is sent once and delivered or failed at most once, and nothing precedes its delivery: so plain
//! counting over the events gives what the reports count by message, and any database can check them.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use chrono::{DateTime, NaiveDate};
use clap::Args;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::Failure;

/// The request bodies, one after the other.
pub(crate) const BODIES: &str = "events.ndjson";
/// Where each body begins and the last ends: 64-bit little-endian numbers.
pub(crate) const OFFSETS: &str = "offsets.bin";

/// Events one message brings, on average: what [`Generator::message`] comes to.
const EVENTS_PER_MESSAGE: f64 = 2.56;
const DAY_MS: i64 = 86_400_000;

const KINDS: [&str; 9] = [
    "sent",
    "delivered",
    "failed",
    "opened",
    "clicked",
    "replied",
    "unsubscribed",
    "complained",
    "converted",
];
const COUNTRIES: [&str; 8] = ["ES", "PT", "FR", "IT", "DE", "GB", "MX", "US"];
const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
];

/// What to generate.
#[derive(Args)]
pub(crate) struct Generate {
    /// About how many events
    #[arg(long, default_value_t = 10_000_000)]
    events: u64,
    /// Campaigns they belong to
    #[arg(long, default_value_t = 200)]
    campaigns: usize,
    /// Days they spread over
    #[arg(long, default_value_t = 88)]
    days: i64,
    /// The day after the last of them
    #[arg(long)]
    end: NaiveDate,
    /// Events in one request
    #[arg(long, default_value_t = 1_000)]
    batch: usize,
    /// Seed of everything random
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Folder to fill
    #[arg(long)]
    data: PathBuf,
}

/// An event in 24 bytes: ten million of them are sorted in memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Compact {
    at_ms: i64,
    message: u32,
    recipient: u32,
    campaign: u16,
    kind: u8,
    /// Link, agent and country are drawn from it.
    extra: u8,
}

struct Generator {
    rng: ChaCha8Rng,
    end_ms: i64,
    recipients: u32,
    n_messages: u32,
    events: Vec<Compact>,
}

impl Generator {
    /// A log-normal delay.
    fn delay(&mut self, median_s: f64, sigma: f64) -> i64 {
        let radius = (-2.0 * (1.0 - self.rng.random::<f64>()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.rng.random::<f64>()).cos();
        ((median_s * (sigma * normal).exp()) * 1_000.0).min(20.0 * DAY_MS as f64) as i64
    }

    fn push(&mut self, campaign: u16, recipient: u32, kind: u8, at_ms: i64) {
        if at_ms < self.end_ms {
            let (message, extra) = (self.n_messages, self.rng.random());
            self.events.push(Compact {
                at_ms,
                message,
                recipient,
                campaign,
                kind,
                extra,
            });
        }
    }

    /// All events of one message.
    fn message(&mut self, campaign: u16, recipient: u32, sent_ms: i64) {
        self.n_messages += 1;
        self.push(campaign, recipient, 0, sent_ms);
        let delivered_ms = sent_ms + 200 + self.delay(4.0, 1.0);
        match self.rng.random_range(0..1_000) {
            0..970 => self.push(campaign, recipient, 1, delivered_ms),
            970..990 => return self.push(campaign, recipient, 2, delivered_ms),
            _ => return,
        }
        if !self.rng.random_bool(0.35) {
            return;
        }
        let opened_ms = delivered_ms + 1_000 + self.delay(18_000.0, 2.1);
        self.push(campaign, recipient, 3, opened_ms);
        while self.rng.random_bool(0.22) {
            let again_ms = opened_ms + self.delay(40_000.0, 1.0);
            self.push(campaign, recipient, 3, again_ms);
        }
        if self.rng.random_bool(0.2) {
            let clicked_ms = opened_ms + self.delay(40.0, 1.0);
            self.push(campaign, recipient, 4, clicked_ms);
            if self.rng.random_bool(0.3) {
                self.push(campaign, recipient, 4, clicked_ms + 15_000);
            }
            if self.rng.random_bool(0.12) {
                self.push(campaign, recipient, 8, clicked_ms + 600_000);
            }
        }
        for (kind, share) in [(5, 0.01), (6, 0.008), (7, 0.001)] {
            if self.rng.random_bool(share) {
                self.push(campaign, recipient, kind, opened_ms + 60_000);
            }
        }
    }

    /// One campaign: sent within two hours, to people drawn by a stride that meets nobody twice.
    fn campaign(&mut self, campaign: u16, n_messages: u32, start_ms: i64) {
        let first = self.rng.random_range(0..self.recipients);
        // The number of people is prime: any stride visits all of them.
        let stride = self.rng.random_range(1..self.recipients);
        for n in 0..n_messages {
            let recipient =
                (u64::from(first) + u64::from(n) * u64::from(stride)) % u64::from(self.recipients);
            let turn_ms = 7_200_000 * i64::from(n) / i64::from(n_messages.max(1));
            self.message(campaign, recipient as u32, start_ms + turn_ms);
        }
    }
}

/// The next prime from `n` on.
fn prime_from(n: u32) -> u32 {
    let is_prime = |n: u32| {
        (2..)
            .take_while(|d| d * d <= n)
            .all(|d| !n.is_multiple_of(d))
    };
    (n.max(2)..).find(|n| is_prime(*n)).unwrap_or(2)
}

pub(crate) fn run(args: &Generate) -> Result<Value, Failure> {
    let end_ms = args
        .end
        .and_hms_opt(0, 0, 0)
        .unwrap_or_default()
        .and_utc()
        .timestamp_millis();
    let recipients = prime_from(u32::try_from(args.events / 6)?);
    let mut generator = Generator {
        rng: ChaCha8Rng::seed_from_u64(args.seed),
        end_ms,
        recipients,
        n_messages: 0,
        events: Vec::with_capacity(args.events as usize + args.events as usize / 8),
    };
    // The largest has about a tenth of everything, as the lists of a real account do.
    let weights: Vec<f64> = (0..args.campaigns)
        .map(|n| 1.0 / (n as f64 + 2.5).powf(0.95))
        .collect();
    let messages = args.events as f64 / EVENTS_PER_MESSAGE / weights.iter().sum::<f64>();
    for (campaign, weight) in weights.iter().enumerate() {
        let n_messages = ((messages * weight) as u32).clamp(1, recipients);
        let start_ms = end_ms - generator.rng.random_range(2 * DAY_MS..args.days * DAY_MS);
        generator.campaign(u16::try_from(campaign)?, n_messages, start_ms);
    }
    let Generator {
        mut events,
        n_messages,
        ..
    } = generator;
    events.sort_unstable();
    write(args, &events)?;
    Ok(json!({ "events": events.len(), "messages": n_messages, "recipients": recipients }))
}

/// Writes the bodies in the order in which the events happened.
fn write(args: &Generate, events: &[Compact]) -> Result<(), Failure> {
    std::fs::create_dir_all(&args.data)?;
    let mut bodies = BufWriter::with_capacity(1 << 20, File::create(args.data.join(BODIES))?);
    let mut offsets = BufWriter::new(File::create(args.data.join(OFFSETS))?);
    let mut at: u64 = 0;
    let mut body = String::new();
    for (number, batch) in events.chunks(args.batch).enumerate() {
        body.clear();
        for (place, event) in batch.iter().enumerate() {
            line(&mut body, (number * args.batch + place) as u64, event)?;
        }
        offsets.write_all(&at.to_le_bytes())?;
        bodies.write_all(body.as_bytes())?;
        at += body.len() as u64;
    }
    offsets.write_all(&at.to_le_bytes())?;
    offsets.flush()?;
    bodies.flush()?;
    Ok(())
}

fn line(body: &mut String, number: u64, event: &Compact) -> Result<(), Failure> {
    use std::fmt::Write;
    // As random as the ids of real senders.
    let id = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let at = DateTime::from_timestamp_millis(event.at_ms).unwrap_or_default();
    write!(
        body,
        r#"{{"id":"e{id:016x}","campaign":"bench-{:03}","message":"m{:08}","recipient":"r{:07}","kind":"{}","at":"{}""#,
        event.campaign,
        event.message,
        event.recipient,
        KINDS[usize::from(event.kind)],
        at.format("%Y-%m-%dT%H:%M:%S%.3fZ"),
    )?;
    let extra = usize::from(event.extra);
    // Most people are at home; the rest spread.
    let country = COUNTRIES[if extra % 4 > 0 {
        0
    } else {
        extra / 4 % COUNTRIES.len()
    }];
    match event.kind {
        3 => write!(
            body,
            r#","country":"{country}","user_agent":"{}""#,
            AGENTS[extra % 4]
        )?,
        4 => write!(
            body,
            r#","country":"{country}","user_agent":"{}","link":"https://shop.example/{}""#,
            AGENTS[extra % 4],
            extra % 7
        )?,
        5 | 8 => write!(body, r#","country":"{country}""#)?,
        _ => {}
    }
    body.push_str("}\n");
    Ok(())
}
