//! Rules one by one; the corpus is the server's.

use super::*;
use crate::EventKind;

fn class(kind: EventKind, user_agent: &str) -> Evidence {
    classify(kind, Some(user_agent), |_| None)
}

#[test]
fn a_bare_agent_is_a_prefetch_only_where_images_load() {
    assert_eq!(class(EventKind::Opened, "Mozilla/5.0"), Evidence::Prefetch);
    assert_eq!(class(EventKind::Clicked, "Mozilla/5.0"), Evidence::Unknown);
    assert_eq!(class(EventKind::Opened, " "), Evidence::Unknown);
    assert_eq!(
        classify(EventKind::Opened, None, |_| Some(Evidence::Machine)),
        Evidence::Unknown
    );
}

#[test]
fn mail_rules_come_before_the_list_and_the_list_before_the_rest() {
    let listed = |_: &str| Some(Evidence::Machine);
    let gmail =
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";
    assert_eq!(
        classify(EventKind::Opened, Some(gmail), listed),
        Evidence::Proxy
    );
    let browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    assert_eq!(
        classify(EventKind::Opened, Some(browser), listed),
        Evidence::Machine
    );
    assert_eq!(class(EventKind::Opened, browser), Evidence::Human);
}

#[test]
fn words_of_rules_are_in_lower_case() {
    for rule in [MAIL_RULES, MACHINE_RULES, HUMAN_RULES].concat() {
        let (Pattern::Exactly(word) | Pattern::Begins(word) | Pattern::Contains(word)) =
            rule.pattern;
        assert_eq!(word, word.to_ascii_lowercase());
    }
}

#[test]
fn short_agents_and_case_are_no_trouble() {
    assert_eq!(class(EventKind::Clicked, "x"), Evidence::Unknown);
    assert_eq!(class(EventKind::Clicked, "CURL/8.5.0"), Evidence::Machine);
    assert_eq!(class(EventKind::Clicked, "é"), Evidence::Unknown);
}

fn click(at_ms: i64, link: i64) -> Request<'static> {
    Request {
        user_agent: Some("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"),
        since_sent_ms: Some(at_ms),
        link,
        at_ms,
        ..Request::new(EventKind::Clicked)
    }
}

fn judged(request: &Request<'_>) -> Evidence {
    judge(request, |_| None).0
}

#[test]
fn how_a_request_is_made_comes_first() {
    let fine = click(600_000, 1);
    assert_eq!(judged(&fine), Evidence::Human);
    for (request, class) in [
        (
            Request {
                is_head: true,
                ..fine
            },
            Evidence::Prefetch,
        ),
        (
            Request {
                purpose: Some("prefetch;prerender"),
                ..fine
            },
            Evidence::Prefetch,
        ),
        (
            Request {
                purpose: Some(" Prefetch"),
                ..fine
            },
            Evidence::Prefetch,
        ),
        (
            Request {
                purpose: Some("navigate"),
                ..fine
            },
            Evidence::Human,
        ),
        (
            Request {
                is_honeypot: true,
                ..fine
            },
            Evidence::Scanner,
        ),
        (
            Request {
                user_agent: Some("curl/8"),
                since_sent_ms: Some(1),
                ..fine
            },
            Evidence::Machine,
        ),
        (
            Request {
                user_agent: None,
                since_sent_ms: Some(1),
                ..fine
            },
            Evidence::Scanner,
        ),
    ] {
        assert_eq!(judged(&request), class, "{request:?}");
    }
}

#[test]
fn nobody_clicks_within_two_seconds() {
    assert_eq!(judged(&click(2_000, 1)), Evidence::Scanner);
    assert_eq!(
        judged(&click(-300, 1)),
        Evidence::Scanner,
        "before the carrier had answered"
    );
    assert_eq!(judged(&click(2_001, 1)), Evidence::Human);
    assert_eq!(
        judged(&Request {
            since_sent_ms: None,
            ..click(0, 1)
        }),
        Evidence::Human
    );
    let proxy = Request {
        user_agent: Some("Mozilla/5.0 (via ggpht.com GoogleImageProxy)"),
        since_sent_ms: Some(500),
        ..Request::new(EventKind::Opened)
    };
    assert_eq!(judged(&proxy), Evidence::Proxy, "Gmail may be that fast");
}

#[test]
fn many_links_at_once_are_a_scanner_s() {
    let at = 600_000;
    let with = |recent: &'static [(i64, i64)], links| Request {
        recent,
        links,
        ..click(at, 9)
    };
    assert_eq!(
        judged(&with(&[(1, 598_000), (2, 599_000)], 7)),
        Evidence::Scanner
    );
    assert_eq!(
        judged(&with(&[(1, 596_999), (2, 599_000)], 7)),
        Evidence::Human,
        "too long ago"
    );
    assert_eq!(
        judged(&with(&[(9, 598_000), (9, 599_000)], 7)),
        Evidence::Human,
        "the same link again"
    );
    assert_eq!(
        judged(&with(&[(1, 598_000)], 2)),
        Evidence::Scanner,
        "both links there are"
    );
    assert_eq!(judged(&with(&[(1, 598_000)], 3)), Evidence::Human);
    assert_eq!(judged(&with(&[], 1)), Evidence::Human, "the only link");
    assert_eq!(
        bursts(&[(1, 0), (2, 1_000), (3, 3_000), (4, 9_000), (4, 9_100)], 7),
        [true, true, true, false, false]
    );
    assert_eq!(
        bursts(&[(3, 3_000), (1, 0)], 2),
        [true, true],
        "in any order"
    );
    assert!(bursts(&[], 2).is_empty());
}

#[test]
fn clicks_of_a_message_tell_of_each_other() {
    let classes = |clicks: &[(i64, i64)], links| -> Vec<bool> {
        together(clicks, links)
            .iter()
            .map(Option::is_some)
            .collect()
    };
    let burst = [(1, 0), (2, 1_000), (3, 3_000), (4, 6_001), (4, 9_100)];
    assert_eq!(classes(&burst, 7), [true, true, true, false, false]);
    assert_eq!(classes(&[(2, 0), (1, 900)], 2), [true, true], "every link");
    assert_eq!(
        classes(&[(2, 0), (1, 900)], 1),
        [false, false],
        "nothing tells of two links"
    );
    // The hidden link counts as none of the message's, and tells of both sides.
    let beside = [
        (1, 0),
        (1, 7_000),
        (HIDDEN_LINK, 10_000),
        (2, 13_000),
        (2, 13_001),
    ];
    assert_eq!(classes(&beside, 7), [false, true, true, true, false]);
    assert_eq!(classes(&[(1, 0), (HIDDEN_LINK, 90_000)], 2), [false, true]);
    assert!(together(&[], 2).is_empty());
    let (human, scanner) = ((Evidence::Human, "h"), (Evidence::Scanner, "s"));
    assert_eq!(among(human, Some(scanner)), scanner);
    assert_eq!(among(human, None), human);
    let machine = (Evidence::Machine, "m");
    assert_eq!(among(machine, Some(scanner)), machine);
}

/// Bursts as the rule says them, window by window.
fn bursts_by_the_rule(clicks: &[(i64, i64)], links: usize) -> Vec<bool> {
    let many = if links == 2 { 2 } else { 3 };
    let is_burst = |at: i64| {
        (0..=3_000).any(|back| {
            let begin = at - back;
            let links: std::collections::BTreeSet<i64> = clicks
                .iter()
                .filter(|(_, other)| (begin..=begin + 3_000).contains(other))
                .map(|(link, _)| *link)
                .collect();
            links.len() >= many
        })
    };
    clicks.iter().map(|(_, at)| is_burst(*at)).collect()
}

#[test]
fn bursts_are_found_in_any_order_and_quickly() {
    // A small generator: the crate depends on nothing that is random.
    let mut seed = 7_u64;
    let mut next = |below: i64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        i64::try_from(seed >> 33).unwrap() % below
    };
    for round in 0..60 {
        let n = next(9);
        let clicks: Vec<_> = (0..n)
            .map(|_| (1 + next(4), next(6) * 700 + next(3)))
            .collect();
        let links = if round % 2 == 0 { 2 } else { 7 };
        assert_eq!(
            bursts(&clicks, links),
            bursts_by_the_rule(&clicks, links),
            "{clicks:?}"
        );
    }
    // Somebody who hammers on one message is no trouble.
    let many: Vec<_> = (0..200_000).map(|n| (n % 2 + 1, n / 100)).collect();
    assert!(!bursts(&many, 7).contains(&true));
    assert!(bursts(&many, 2).iter().all(|is_burst| *is_burst));
}

#[test]
fn a_click_with_its_open_is_a_scanner_s() {
    let opened = |ms| Request {
        opened_at_ms: Some(ms),
        ..click(600_000, 1)
    };
    assert_eq!(judged(&opened(599_800)), Evidence::Scanner);
    assert_eq!(
        judged(&opened(600_100)),
        Evidence::Human,
        "images loaded after the click"
    );
    assert_eq!(judged(&opened(599_000)), Evidence::Human);
}

#[test]
fn every_rule_says_why() {
    assert!(REQUEST_RULES.iter().all(|rule| !rule.because.is_empty()));
}
