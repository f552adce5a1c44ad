//! What a request to this server tells: how it was made, and when.
//!
//! Security scanners follow links with the agents of ordinary browsers, so that only their haste gives them away. A
//! scanner that takes its time is taken for a person here: no rule of timing can tell, and a wrong one would hide people.

use std::collections::BTreeMap;

use super::{Evidence, explain};
use crate::EventKind;

/// A request for a pixel or a link.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Opened or clicked.
    pub kind: EventKind,
    /// `User-Agent`.
    pub user_agent: Option<&'a str>,
    /// Whether the method was HEAD.
    pub is_head: bool,
    /// `Sec-Purpose`, else `Purpose`, else `X-Moz`.
    pub purpose: Option<&'a str>,
    /// Whether the link can't be seen by people.
    pub is_honeypot: bool,
    /// The link followed; 0 for none.
    pub link: i64,
    /// Tracked links of the message; 0 when that is not known.
    pub links: usize,
    /// When, in milliseconds of any clock that the other times are of.
    pub at_ms: i64,
    /// Milliseconds since delivery, else since the carrier took the message; negative before that.
    pub since_sent_ms: Option<i64>,
    /// Earlier clicks on links of the same message: link and time.
    pub recent: &'a [(i64, i64)],
    /// Last time the message was opened.
    pub opened_at_ms: Option<i64>,
}

impl Request<'_> {
    /// A request of which nothing else is known.
    #[must_use]
    pub fn new(kind: EventKind) -> Self {
        Self {
            kind,
            user_agent: None,
            is_head: false,
            purpose: None,
            is_honeypot: false,
            link: 0,
            links: 0,
            at_ms: 0,
            since_sent_ms: None,
            recent: &[],
            opened_at_ms: None,
        }
    }
}

/// What a rule looks at in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestTest {
    /// The method is HEAD.
    Head,
    /// `Sec-Purpose`, `Purpose` or `X-Moz` begins with `prefetch`.
    PrefetchHeader,
    /// The link is one that people don't see.
    Honeypot,
    /// At most so many milliseconds after delivery, or before it.
    SoonAfterSent(i64),
    /// The last of so many different links of one message within so many milliseconds.
    ManyLinks(usize, i64),
    /// The last of all links of one message, two or more, within so many milliseconds.
    AllLinks(i64),
    /// A click at most so many milliseconds after an open.
    OpenAndClick(i64),
}

/// One published rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRule {
    /// What it looks at.
    pub test: RequestTest,
    /// Only for this kind of event; none for all.
    pub only: Option<EventKind>,
    /// Whether the user agent is asked first, and the rule only if that speaks for a person or for nothing.
    pub is_after_agent: bool,
    /// The class it gives.
    pub class: Evidence,
    /// Why.
    pub because: &'static str,
}

/// Different links within [`BURST_MS`] that no person follows.
const BURST_LINKS: usize = 3;
/// How long a burst lasts at most, in milliseconds.
const BURST_MS: i64 = 3_000;
/// How far apart, in milliseconds, two clicks on a message tell of each other.
pub const NEIGHBOURS_MS: i64 = BURST_MS;
/// Key of the link in an e-mail that people can't see: no link of an author's has it.
pub const HIDDEN_LINK: i64 = 0;
/// Clicks on one message within about a minute beyond which the others are a machine's.
pub const CLICKS_MAX: i64 = 200;

/// The rules; the first match wins.
///
/// Sources. HEAD: civicrm/civicrm-core#35328, jdavidbakr/mail-tracker#200. Headers: MDN, "Sec-Purpose"; Chromium,
/// preloading_headers.cc. Haste: live-direct-marketing.online, "Bot clicks from security scanners" (within five seconds;
/// every link); MetaCompliance, "How to identify if a click is genuine" (seconds); gophish#2446 (before delivery);
/// putyourlightson/craft-campaign#546 (every link); mautic#9162 and #9798 (pixel and all links at once; a hidden link).
pub const REQUEST_RULES: &[RequestRule] = &[
    RequestRule {
        test: RequestTest::Head,
        only: None,
        is_after_agent: false,
        class: Evidence::Prefetch,
        because: "a HEAD request looks where a link leads and shows nothing",
    },
    RequestRule {
        test: RequestTest::PrefetchHeader,
        only: None,
        is_after_agent: false,
        class: Evidence::Prefetch,
        because: "the browser says that it fetches in advance",
    },
    RequestRule {
        test: RequestTest::Honeypot,
        only: None,
        is_after_agent: false,
        class: Evidence::Scanner,
        because: "people don't see this link",
    },
    RequestRule {
        test: RequestTest::SoonAfterSent(2_000),
        only: None,
        is_after_agent: true,
        class: Evidence::Scanner,
        because: "at most two seconds after delivery",
    },
    RequestRule {
        test: RequestTest::ManyLinks(BURST_LINKS, BURST_MS),
        only: Some(EventKind::Clicked),
        is_after_agent: true,
        class: Evidence::Scanner,
        because: "three links of one message within three seconds",
    },
    RequestRule {
        test: RequestTest::AllLinks(BURST_MS),
        only: Some(EventKind::Clicked),
        is_after_agent: true,
        class: Evidence::Scanner,
        because: "every link of the message within three seconds",
    },
    RequestRule {
        test: RequestTest::OpenAndClick(500),
        only: Some(EventKind::Clicked),
        is_after_agent: true,
        class: Evidence::Scanner,
        because: "half a second after the message was opened",
    },
];

impl RequestTest {
    fn holds(self, request: &Request<'_>) -> bool {
        match self {
            Self::Head => request.is_head,
            Self::PrefetchHeader => request.purpose.is_some_and(|purpose| {
                purpose
                    .trim()
                    .get(..8)
                    .is_some_and(|word| word.eq_ignore_ascii_case("prefetch"))
            }),
            Self::Honeypot => request.is_honeypot,
            Self::SoonAfterSent(limit) => request.since_sent_ms.is_some_and(|since| since <= limit),
            Self::ManyLinks(many, within) => distinct_until(request, within) >= many,
            Self::AllLinks(within) => {
                request.links >= 2 && distinct_until(request, within) >= request.links
            }
            Self::OpenAndClick(limit) => request
                .opened_at_ms
                .is_some_and(|opened| (0..=limit).contains(&request.at_ms.saturating_sub(opened))),
        }
    }
}

/// Different links clicked in the time before a click, its own included.
fn distinct_until(request: &Request<'_>, within: i64) -> usize {
    let earliest = request.at_ms.saturating_sub(within);
    distinct(
        request
            .recent
            .iter()
            .filter(|(_, at)| (earliest..=request.at_ms).contains(at))
            .map(|(link, _)| *link)
            .chain([request.link]),
    )
}

fn distinct(links: impl Iterator<Item = i64>) -> usize {
    let mut links: Vec<_> = links.collect();
    links.sort_unstable();
    links.dedup();
    links.len()
}

/// Which clicks on one message belong to a burst: three different links, or all there are where these are two or more,
/// within three seconds. The first clicks of a burst can be told only afterwards: [`together`] is asked then.
/// `clicks` are links and times, `links` how many the message has (0 when that is not known).
#[must_use]
pub fn bursts(clicks: &[(i64, i64)], links: usize) -> Vec<bool> {
    let many = if links >= 2 {
        links.min(BURST_LINKS)
    } else {
        BURST_LINKS
    };
    let mut ordered: Vec<(i64, i64, usize)> = clicks
        .iter()
        .enumerate()
        .map(|(index, (link, at))| (*at, *link, index))
        .collect();
    ordered.sort_unstable();
    let mut found = vec![false; clicks.len()];
    let mut within: BTreeMap<i64, usize> = BTreeMap::new();
    // The first click of the window, and the first of which it isn't known yet that it belongs to a burst.
    let (mut first, mut unmarked) = (0, 0);
    for (last, (at, link, _)) in ordered.iter().enumerate() {
        *within.entry(*link).or_default() += 1;
        while let Some((begin, gone, _)) = ordered.get(first)
            && at.saturating_sub(*begin) > BURST_MS
        {
            if let Some(n) = within.get_mut(gone) {
                *n -= 1;
                if *n == 0 {
                    within.remove(gone);
                }
            }
            first += 1;
        }
        if within.len() >= many {
            for (_, _, index) in ordered.get(first.max(unmarked)..=last).unwrap_or_default() {
                if let Some(is_burst) = found.get_mut(*index) {
                    *is_burst = true;
                }
            }
            unmarked = last + 1;
        }
    }
    found
}

/// What the clicks on one message tell of each other, each as link and time in milliseconds, in any order; `links` is how
/// many the message has. A click of [`HIDDEN_LINK`] tells of itself and of those within three seconds of it; a burst of
/// all its clicks, the first ones too. None where nothing speaks against a person.
///
/// Whoever asks waits [`NEIGHBOURS_MS`] longer than a click is old: all that may tell of it has come by then.
#[must_use]
pub fn together(clicks: &[(i64, i64)], links: usize) -> Vec<Option<(Evidence, &'static str)>> {
    let mut hidden: Vec<i64> = clicks
        .iter()
        .filter(|(link, _)| *link == HIDDEN_LINK)
        .map(|(_, at)| *at)
        .collect();
    hidden.sort_unstable();
    let seen: Vec<(i64, i64)> = clicks
        .iter()
        .filter(|(link, _)| *link != HIDDEN_LINK)
        .copied()
        .collect();
    let mut burst = bursts(&seen, links).into_iter();
    let because = if (2..BURST_LINKS).contains(&links) {
        "every link of the message within three seconds"
    } else {
        "three links of one message within three seconds"
    };
    clicks
        .iter()
        .map(|(link, at)| {
            if *link == HIDDEN_LINK {
                return Some((Evidence::Scanner, "people don't see this link"));
            }
            let is_burst = burst.next().unwrap_or_default();
            let after = hidden.partition_point(|other| *other < at.saturating_sub(BURST_MS));
            let beside = hidden
                .get(after)
                .is_some_and(|other| *other <= at.saturating_add(BURST_MS));
            if beside {
                let because = "a link that people don't see was followed within three seconds";
                Some((Evidence::Scanner, because))
            } else {
                is_burst.then_some((Evidence::Scanner, because))
            }
        })
        .collect()
}

/// The class of a click by itself and by its neighbours: these speak where the click alone speaks for a person, or for
/// nothing.
#[must_use]
pub fn among(
    alone: (Evidence, &'static str),
    neighbours: Option<(Evidence, &'static str)>,
) -> (Evidence, &'static str) {
    match alone.0 {
        Evidence::Human | Evidence::Unknown => neighbours.unwrap_or(alone),
        _ => alone,
    }
}

/// The class of a request, and why. `listed` says what a maintained list of crawlers knows of the agent.
#[must_use]
pub fn judge(
    request: &Request<'_>,
    listed: impl FnOnce(&str) -> Option<Evidence>,
) -> (Evidence, &'static str) {
    judge_with(request, || {
        explain(request.kind, request.user_agent, listed)
    })
}

/// As [`judge`], where what the user agent tells is already known, or cheaper to ask.
#[must_use]
pub fn judge_with(
    request: &Request<'_>,
    agent: impl FnOnce() -> (Evidence, &'static str),
) -> (Evidence, &'static str) {
    let first_of = |is_after_agent| {
        REQUEST_RULES
            .iter()
            .filter(|rule| rule.is_after_agent == is_after_agent)
            .filter(|rule| rule.only.is_none_or(|only| only == request.kind))
            .find(|rule| rule.test.holds(request))
            .map(|rule| (rule.class, rule.because))
    };
    if let Some(found) = first_of(false) {
        return found;
    }
    let by_agent = agent();
    match by_agent.0 {
        Evidence::Human | Evidence::Unknown => first_of(true).unwrap_or(by_agent),
        _ => by_agent,
    }
}
