//! User agents: operating system, device class and who is behind it.
//!
//! Two maintained data sets do the work, both kept in `data/` and rebuilt by `data/update.mjs`: the operating
//! systems of uap-core (Apache-2.0, the rules behind most user agent parsers) and the crawlers of
//! crawler-user-agents (MIT, 1,500 patterns). Parsing takes tens of microseconds, real traffic repeats few
//! agents, so answers are cached.

use std::{cell::LazyCell, sync::LazyLock};

use aho_corasick::AhoCorasick;
use domain::{EventKind, Evidence, evidence::explain};
use regex::RegexSet;
use serde::Deserialize;

use super::cache::Cache;

/// Distinct user agents remembered: about 1 MB.
const AGENTS_MAX: usize = 16_384;
/// How much of an agent is read. Longer ones are padded by someone who wants to keep us busy.
const READ_BYTES_MAX: usize = 1_024;

/// What a user agent tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Operating system family.
    pub os: Option<&'static str>,
    /// `mobile`, `tablet`, `desktop`, `tv`, `console`, `wearable`, `bot` or `proxy`.
    pub device: Option<&'static str>,
    /// Whether the request came from the person's own device rather than through a proxy or from a machine.
    pub is_direct: bool,
    opened: (Evidence, &'static str),
    other: (Evidence, &'static str),
}

impl Agent {
    /// Class of an event of this kind.
    #[must_use]
    pub fn evidence(&self, kind: EventKind) -> Evidence {
        self.explain(kind).0
    }

    /// Class of an event of this kind, and why.
    #[must_use]
    pub fn explain(&self, kind: EventKind) -> (Evidence, &'static str) {
        if kind == EventKind::Opened {
            self.opened
        } else {
            self.other
        }
    }
}

/// Reads user agents, remembering what it has read.
#[derive(Debug)]
pub struct Agents {
    cache: Cache<Agent>,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            cache: Cache::new(AGENTS_MAX),
        }
    }
}

impl Agents {
    /// What this user agent tells.
    #[must_use]
    pub fn read(&self, text: &str) -> Agent {
        self.cache.get_or(text, parse)
    }

    /// Compiles the rules now.
    pub fn warm(&self) {
        LazyLock::force(&SYSTEMS);
        LazyLock::force(&CRAWLERS);
    }
}

fn parse(text: &str) -> Agent {
    let text = head(text);
    let listed = LazyCell::new(|| CRAWLERS.class_of(text));
    let opened = explain(EventKind::Opened, Some(text), |_| *listed);
    let other = explain(EventKind::Clicked, Some(text), |_| *listed);
    let (os, device, is_direct) = match other.0 {
        Evidence::Proxy => (None, Some("proxy"), false),
        Evidence::Machine | Evidence::Scanner | Evidence::Prefetch => (None, Some("bot"), false),
        Evidence::Human | Evidence::Unknown if opened.0 == Evidence::Prefetch => {
            (None, None, false)
        }
        Evidence::Human | Evidence::Unknown => {
            let os = SYSTEMS.family_of(text);
            (os, device_class(text, os), true)
        }
    };
    Agent {
        os,
        device,
        is_direct,
        opened,
        other,
    }
}

fn head(text: &str) -> &str {
    let text = text.trim();
    if text.len() <= READ_BYTES_MAX {
        return text;
    }
    let end = (0..=READ_BYTES_MAX)
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0);
    &text[..end]
}

/// Class of a device by the conventions browsers follow.
///
/// A tablet's Chrome leaves out `Mobile` (Chrome for Developers, "User-Agent Strings"); Firefox writes `Tablet`
/// (MDN, "Firefox user agent string reference"); since iPadOS 13 Safari on an iPad calls itself a Mac, which no
/// server can tell apart.
fn device_class(text: &str, os: Option<&str>) -> Option<&'static str> {
    let has = |word: &str| text.contains(word);
    if has("PlayStation") || has("Xbox") || has("Nintendo") {
        return Some("console");
    }
    if has("SmartTV")
        || has("SMART-TV")
        || has("Smart TV")
        || has("HbbTV")
        || has("AppleTV")
        || has("GoogleTV")
        || has("BRAVIA")
        || has("CrKey")
        || has("Roku")
        || has("AFT")
        || matches!(
            os,
            Some("tvOS" | "Chromecast" | "ATV OS X" | "FireHbbTV" | "Samsung")
        )
    {
        return Some("tv");
    }
    if has("Watch") || os == Some("WatchOS") {
        return Some("wearable");
    }
    if has("iPad")
        || has("Tablet")
        || has("tablet")
        || has("PlayBook")
        || has("Kindle")
        || has("Silk/")
    {
        return Some("tablet");
    }
    if has("Android") {
        let is_phone = has("Mobile") || has("Dalvik/") || has("Opera M");
        return Some(if is_phone { "mobile" } else { "tablet" });
    }
    if has("iPhone")
        || has("iPod")
        || has("Mobile")
        || has("Phone")
        || has("Opera Mini")
        || has("BlackBerry")
        || has("KAIOS")
        || has("Symbian")
        || matches!(os, Some("iOS" | "KaiOS" | "Windows Phone"))
    {
        return Some("mobile");
    }
    if has("Windows NT")
        || has("Macintosh")
        || has("X11")
        || has("CrOS")
        || has("Linux x86_64")
        || matches!(
            os,
            Some("Windows" | "macOS" | "Linux" | "Ubuntu" | "Chrome OS" | "FreeBSD")
        )
    {
        return Some("desktop");
    }
    None
}

/// Operating systems by the rules of uap-core.
struct Systems {
    extractor: Option<ua_parser::os::Extractor<'static>>,
    names: std::sync::Mutex<std::collections::BTreeSet<&'static str>>,
}

#[derive(Deserialize)]
struct SystemData {
    os_parsers: Vec<ua_parser::os::Parser<'static>>,
}

static SYSTEMS: LazyLock<Systems> = LazyLock::new(|| {
    let extractor = serde_json::from_str::<SystemData>(include_str!("data/os.json"))
        .map_err(|error| tracing::error!(%error, "the operating system rules can't be read"))
        .ok()
        .and_then(|data| {
            let rules = ua_parser::os::Builder::new()
                .push_all(data.os_parsers)
                .ok()?;
            rules.build().ok()
        });
    Systems {
        extractor,
        names: std::sync::Mutex::default(),
    }
});

/// Names longer than this, or more of them than that, are made up by whoever sent them.
const SYSTEM_NAME_BYTES_MAX: usize = 32;
const SYSTEM_NAMES_MAX: usize = 256;

impl Systems {
    fn family_of(&self, text: &str) -> Option<&'static str> {
        let value = self.extractor.as_ref()?.extract(text)?;
        match value.os.trim() {
            "" | "Other" => None,
            "Mac OS X" => Some("macOS"),
            name if name.len() > SYSTEM_NAME_BYTES_MAX => None,
            name => self.intern(name),
        }
    }

    /// The few dozen names there are, kept for the life of the process so that cached answers are plain values.
    fn intern(&self, name: &str) -> Option<&'static str> {
        let mut names = self
            .names
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = names.get(name) {
            return Some(known);
        }
        if names.len() >= SYSTEM_NAMES_MAX {
            return None;
        }
        let kept: &'static str = Box::leak(name.to_owned().into_boxed_str());
        names.insert(kept);
        Some(kept)
    }
}

/// The list of known crawlers, split into plain words, which one automaton finds, and real patterns.
struct Crawlers {
    words: Option<AhoCorasick>,
    word_classes: Vec<Evidence>,
    patterns: Option<RegexSet>,
    pattern_classes: Vec<Evidence>,
}

static CRAWLERS: LazyLock<Crawlers> = LazyLock::new(|| {
    let (mut words, mut word_classes) = (Vec::new(), Vec::new());
    let (mut patterns, mut pattern_classes) = (Vec::new(), Vec::new());
    for line in include_str!("data/crawlers.tsv").lines() {
        let Some((class, pattern)) = line.split_once('\t') else {
            continue;
        };
        let class = match class {
            "scanner" => Evidence::Scanner,
            "prefetch" => Evidence::Prefetch,
            _ => Evidence::Machine,
        };
        match literal(pattern) {
            Some(word) => {
                words.push(word);
                word_classes.push(class);
            }
            None => {
                patterns.push(pattern);
                pattern_classes.push(class);
            }
        }
    }
    Crawlers {
        words: AhoCorasick::new(words)
            .map_err(|error| tracing::error!(%error, "the crawler list can't be compiled"))
            .ok(),
        word_classes,
        patterns: RegexSet::new(patterns)
            .map_err(|error| tracing::error!(%error, "the crawler patterns can't be compiled"))
            .ok(),
        pattern_classes,
    }
});

/// The text a pattern stands for, if it is a plain one.
fn literal(pattern: &str) -> Option<String> {
    let mut word = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => word.push(letters.next().filter(|next| next.is_ascii_punctuation())?),
            '.' | '[' | ']' | '(' | ')' | '*' | '+' | '?' | '{' | '}' | '^' | '$' | '|' => {
                return None;
            }
            plain => word.push(plain),
        }
    }
    Some(word)
}

impl Crawlers {
    fn class_of(&self, text: &str) -> Option<Evidence> {
        // An agent may name its library, its cloud and its purpose at once: the purpose says most.
        let rank = |class: &Evidence| match class {
            Evidence::Scanner => 2,
            Evidence::Prefetch => 1,
            _ => 0,
        };
        let by_word = self
            .words
            .iter()
            .flat_map(|words| words.find_overlapping_iter(text))
            .filter_map(|found| self.word_classes.get(found.pattern().as_usize()));
        let by_pattern = self
            .patterns
            .iter()
            .flat_map(|patterns| patterns.matches(text))
            .filter_map(|at| self.pattern_classes.get(at));
        by_word.chain(by_pattern).copied().max_by_key(rank)
    }
}
