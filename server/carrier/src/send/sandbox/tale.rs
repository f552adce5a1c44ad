//! The story of one message: receipts, opens, clicks and answers, with delays as they are in life.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Channel, EventKind, Evidence, contact::SuppressionSource};

use super::{
    Facts,
    dice::Dice,
    item::{Wire, WireKeyword, WireStatus},
    words,
};
use crate::hook::Item;

const SECOND: f64 = 1_000.0;
pub(super) const MINUTE: f64 = 60.0 * SECOND;
pub(super) const HOUR: f64 = 60.0 * MINUTE;
pub(super) const DAY: f64 = 24.0 * HOUR;

const OPERATORS: [&str; 4] = [
    "Sandbox Mobile",
    "Example Telecom",
    "Test Cellular",
    "Lab Wireless",
];
const ANSWERS: [&str; 6] = [
    "Yes please",
    "Thanks!",
    "How much is it?",
    "Not now",
    "Is it still open?",
    "👍",
];
const PHONES: [&str; 3] = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0 Mobile Safari/537.36",
];
const DESKTOPS: [&str; 2] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
];

/// What happens to one message, by milliseconds since its submission.
pub(super) struct Tale<'a> {
    facts: Facts<'a>,
    dice: Dice,
    told: Vec<(i64, Wire)>,
}

impl<'a> Tale<'a> {
    pub(super) fn new(seed: u64, facts: Facts<'a>) -> Self {
        Self {
            facts,
            dice: Dice::new(seed, facts.message, "receipts"),
            told: Vec::new(),
        }
    }

    fn status(&mut self, at: i64, kind: EventKind, raw: &str) -> Option<&mut WireStatus> {
        let status = WireStatus {
            message: self.facts.message.to_owned(),
            to: self.facts.to.to_owned(),
            kind: Some(kind),
            raw: raw.to_owned(),
            at: DateTime::UNIX_EPOCH,
            reason: None,
            carrier: None,
            link: None,
            user_agent: None,
            ip: None,
            evidence: None,
            suppress: None,
        };
        self.told.push((at, Wire::Status(Box::new(status))));
        match self.told.last_mut() {
            Some((_, Wire::Status(status))) => Some(status),
            _ => None,
        }
    }

    fn waiting(&mut self) {
        if self.dice.happens(0.03) {
            for (step, raw) in (0..).zip(words::waiting(self.facts.channel)) {
                self.status(100 + 200 * step, EventKind::Queued, raw);
            }
        }
    }

    fn operator(&mut self) -> Option<String> {
        (self.facts.channel == Channel::Sms)
            .then(|| self.dice.pick(&OPERATORS).map(|name| (*name).to_owned()))
            .flatten()
    }

    pub(super) fn failed(&mut self, word: &words::Word) {
        self.waiting();
        let at = match word.raw {
            "EXPIRED" | "EXHAUSTED" => self.dice.wait(20.0 * HOUR, 0.4, 3.0 * DAY),
            _ => self.dice.wait(12.0 * SECOND, 1.0, HOUR),
        };
        if word.raw == "EXHAUSTED" {
            self.soft_bounce(at / 8);
        }
        let carrier = self.operator();
        if let Some(status) = self.status(at, EventKind::Failed, word.raw) {
            status.reason = Some(word.reason.to_owned());
            status.suppress = word.suppress;
            status.carrier = carrier;
        }
    }

    fn soft_bounce(&mut self, at: i64) {
        if let Some(status) = self.status(at, EventKind::SoftFailed, "BOUNCED") {
            status.reason = Some("the mailbox's server asks to try again later".to_owned());
        }
    }

    pub(super) fn pending(&mut self, word: Option<&words::Word>) {
        self.waiting();
        let Some(word) = word else {
            return;
        };
        let at = self.dice.wait(3.0 * SECOND, 0.6, MINUTE);
        let carrier = self.operator();
        if let Some(status) = self.status(at, EventKind::Sent, word.raw) {
            status.reason = Some(word.reason.to_owned());
            status.carrier = carrier;
        }
    }

    pub(super) fn delivered(&mut self) {
        self.waiting();
        let median = match self.facts.channel {
            Channel::Sms => 4.0 * SECOND,
            Channel::Email => 8.0 * SECOND,
            Channel::Push | Channel::WhatsApp => 2.0 * SECOND,
            Channel::Rcs => 3.0 * SECOND,
        };
        let mut at = self.dice.wait(median, 0.8, HOUR);
        match self.facts.channel {
            Channel::Sms if self.dice.happens(0.2) => {
                let raw = if self.dice.happens(0.5) {
                    "ACCEPTD"
                } else {
                    "ENROUTE"
                };
                self.status(at / 2, EventKind::Sent, raw);
            }
            Channel::Email if self.dice.happens(0.03) => {
                self.soft_bounce(at);
                at += self.dice.wait(30.0 * MINUTE, 0.5, 4.0 * HOUR);
            }
            _ => {}
        }
        let is_fallback = self.facts.channel == Channel::Rcs && self.dice.happens(0.15);
        let raw = if is_fallback {
            "FALLBACK"
        } else {
            words::delivered(self.facts.channel)
        };
        let carrier = self.operator();
        if let Some(status) = self.status(at, EventKind::Delivered, raw) {
            status.carrier = carrier;
        }
        if self.facts.channel == Channel::Email {
            self.machines(at);
        }
        self.reactions(at, is_fallback);
        if self.facts.channel.has_inbound() {
            self.answers(at);
        }
    }

    /// Apple's and the scanners' share of a mailing.
    fn machines(&mut self, delivered: i64) {
        if self.dice.happens(0.25) {
            let at = delivered + self.dice.wait(50.0 * SECOND, 0.5, HOUR);
            if let Some(status) = self.status(at, EventKind::Opened, "OPEN") {
                status.evidence = Some(Evidence::Prefetch);
                status.user_agent = Some("Mozilla/5.0".to_owned());
            }
        }
        if self.dice.happens(0.03) {
            for link in 1..=self.facts.links {
                let at = delivered + self.dice.wait(4.0 * SECOND, 0.3, MINUTE);
                if let Some(status) = self.status(at, EventKind::Clicked, "CLICK") {
                    status.link = Some(link);
                    status.evidence = Some(Evidence::Scanner);
                }
            }
        }
    }

    fn reactions(&mut self, delivered: i64, is_fallback: bool) {
        let (p_seen, median, p_click) = match self.facts.channel {
            Channel::Sms => (0.9, 4.0 * MINUTE, 0.07),
            Channel::Email => (0.36, 45.0 * MINUTE, 0.18),
            Channel::Push => (0.07, 10.0 * MINUTE, 0.9),
            Channel::WhatsApp => (0.75, 6.0 * MINUTE, 0.14),
            Channel::Rcs => (0.6, 6.0 * MINUTE, 0.12),
        };
        if !self.dice.happens(p_seen) {
            return;
        }
        let seen_at = delivered + self.dice.wait(median, 1.4, 10.0 * DAY);
        let is_phone = self.facts.channel != Channel::Email || self.dice.happens(0.6);
        let agents: &[&str] = if is_phone { &PHONES } else { &DESKTOPS };
        let agent = self.dice.pick(agents).map(|agent| (*agent).to_owned());
        // 198.18.0.0/15 is set aside for tests (RFC 2544).
        let ip = format!(
            "198.18.{}.{}",
            self.dice.below(256),
            1 + self.dice.below(254)
        );
        if let Some((kind, raw)) = words::seen(self.facts.channel).filter(|_| !is_fallback)
            && let Some(status) = self.status(seen_at, kind, raw)
            && kind == EventKind::Opened
        {
            status.user_agent.clone_from(&agent);
            status.ip = Some(ip.clone());
            status.evidence = Some(Evidence::Human);
        }
        if self.facts.links > 0 && self.dice.happens(p_click) {
            let mut at = seen_at;
            for _ in 0..=self.dice.below(2) {
                at += self.dice.wait(20.0 * SECOND, 0.9, HOUR);
                // The first links get the most.
                let places = usize::try_from(self.facts.links).unwrap_or(1);
                let place = self.dice.below(places).min(self.dice.below(places));
                if let Some(status) = self.status(at, EventKind::Clicked, "CLICK") {
                    status.link = u32::try_from(place + 1).ok();
                    status.user_agent.clone_from(&agent);
                    status.ip = Some(ip.clone());
                    status.evidence = Some(Evidence::Human);
                }
            }
        }
        if self.facts.channel == Channel::Email {
            self.farewell(seen_at);
        }
    }

    fn farewell(&mut self, seen_at: i64) {
        let roll = self.dice.unit();
        let (kind, raw, suppress) = if roll < 0.003 {
            (
                EventKind::Complained,
                "COMPLAINED",
                SuppressionSource::Complaint,
            )
        } else if roll < 0.017 {
            (
                EventKind::Unsubscribed,
                "UNSUBSCRIBED",
                SuppressionSource::User,
            )
        } else {
            return;
        };
        let at = seen_at + self.dice.wait(30.0 * SECOND, 0.6, HOUR);
        if let Some(status) = self.status(at, kind, raw) {
            status.suppress = Some(suppress);
        }
    }

    fn answers(&mut self, delivered: i64) {
        let roll = self.dice.unit();
        let at = delivered + self.dice.wait(7.0 * MINUTE, 1.2, 3.0 * DAY);
        if roll < 0.03 {
            let text = self.dice.pick(&ANSWERS).map_or("Yes", |text| *text);
            self.inbound(at, text, None);
        } else if roll < 0.037 {
            self.inbound(at, "STOP", Some(WireKeyword::Stop));
            if self.dice.happens(0.1) {
                let again = at + self.dice.wait(DAY, 0.5, 5.0 * DAY);
                self.inbound(again, "START", Some(WireKeyword::Start));
            }
        } else if roll < 0.039 {
            self.inbound(at, "HELP", Some(WireKeyword::Help));
        }
    }

    fn inbound(&mut self, at: i64, text: &str, keyword: Option<WireKeyword>) {
        let inbound = Wire::Inbound {
            message: self.facts.message.to_owned(),
            channel: self.facts.channel,
            from: self.facts.to.to_owned(),
            to: self.facts.from.to_owned(),
            text: text.to_owned(),
            keyword,
            at: DateTime::UNIX_EPOCH,
        };
        self.told.push((at, inbound));
    }

    /// The items, each posted when it happens.
    pub(super) fn posts(mut self, submitted_at: DateTime<Utc>) -> Vec<(DateTime<Utc>, Item)> {
        self.told.sort_by_key(|(at, _)| *at);
        (0_u32..)
            .zip(self.told)
            .filter_map(|(place, (after, mut wire))| {
                let happened = submitted_at + TimeDelta::milliseconds(after);
                match &mut wire {
                    Wire::Status(status) => status.at = happened,
                    Wire::Inbound { at, .. } => *at = happened,
                }
                let item = Item {
                    key: format!("{}-{place}", self.facts.message),
                    body: serde_json::to_vec(&wire).ok()?,
                };
                Some((happened, item))
            })
            .collect()
    }
}
