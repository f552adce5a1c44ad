//! The labelled corpus, and what becomes of an event.

use chrono::{DateTime, Utc};
use domain::{
    EventKind, Evidence,
    event::Dimension,
    evidence::{HIDDEN_LINK, among, together},
};

use super::*;

#[test]
fn every_agent_of_the_corpus_is_read_as_labelled() {
    let agents = Agents::default();
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in include_str!("data/corpus.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let [opened, clicked, os, device, _source, text] = line
            .split('\t')
            .collect::<Vec<_>>()
            .try_into()
            .expect("six columns");
        rows += 1;
        let read = agents.read(text);
        let found = (
            read.evidence(EventKind::Opened).as_str(),
            read.evidence(EventKind::Clicked).as_str(),
            read.os.unwrap_or("-"),
            read.device.unwrap_or("-"),
        );
        if found != (opened, clicked, os, device) {
            wrong.push(format!(
                "{text}\n  is {found:?}, not {:?}",
                (opened, clicked, os, device)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 60, "only {rows} rows");
}

fn event(json: &str) -> Event {
    serde_json::from_str(json).expect("an event")
}

fn opened(extra: &str) -> Fact {
    let json = format!(
        r#"{{"id":"e","campaign":"c","message":"m","recipient":"r","kind":"opened","at":"2026-01-01T00:00:00.000001Z"{extra}}}"#
    );
    Enrich::default().fact(event(&json), IpPolicy::Truncate, 7)
}

#[test]
fn gaps_are_filled_and_given_values_stay() {
    let iphone = r#","user_agent":"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.6.1 Mobile/15E148 Safari/604.1""#;
    let filled = opened(iphone);
    assert_eq!(
        filled.dimensions[Dimension::Os as usize].as_deref(),
        Some("iOS")
    );
    assert_eq!(
        filled.dimensions[Dimension::Device as usize].as_deref(),
        Some("mobile")
    );
    assert_eq!(filled.evidence, Evidence::Human);
    let at: DateTime<Utc> = "2026-01-01T00:00:00.000001Z".parse().expect("a time");
    assert_eq!(
        (filled.at_us, filled.received_us),
        (at.timestamp_micros(), 7)
    );

    let given = opened(&format!(
        r#"{iphone},"os":"Haiku","device":"fridge","country":"es","link":"""#
    ));
    assert_eq!(
        given.dimensions[Dimension::Os as usize].as_deref(),
        Some("Haiku")
    );
    assert_eq!(
        given.dimensions[Dimension::Device as usize].as_deref(),
        Some("fridge")
    );
    assert_eq!(
        given.dimensions[Dimension::Country as usize].as_deref(),
        Some("ES")
    );
    assert_eq!(
        given.dimensions[Dimension::Link as usize],
        None,
        "an empty text is no value"
    );
}

#[test]
fn addresses_are_shortened_or_dropped() {
    for (given, kept) in [
        ("203.0.113.77", "203.0.113.0"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::"),
        ("not an address", ""),
    ] {
        let json = format!(
            r#"{{"id":"e","campaign":"c","message":"m","recipient":"r","kind":"opened","at":"2026-01-01T00:00:00Z","ip":"{given}"}}"#
        );
        let truncated = Enrich::default().fact(event(&json), IpPolicy::Truncate, 0);
        assert_eq!(truncated.ip.unwrap_or_default(), kept);
        let dropped = Enrich::default().fact(event(&json), IpPolicy::Drop, 0);
        assert_eq!(dropped.ip, None);
    }
}

#[test]
fn countries_come_from_the_address_unless_it_is_a_proxy_s() {
    let direct = opened(r#","ip":"193.0.6.139""#);
    assert_eq!(
        direct.dimensions[Dimension::Country as usize].as_deref(),
        Some("NL")
    );
    assert_eq!(direct.ip.as_deref(), Some("193.0.6.0"));
    let v6 = opened(r#","ip":"2001:4860:4860::8888""#);
    assert_eq!(
        v6.dimensions[Dimension::Country as usize].as_deref(),
        Some("US")
    );
    let private = opened(r#","ip":"10.0.0.7""#);
    assert_eq!(private.dimensions[Dimension::Country as usize], None);
    let gmail = opened(
        r#","ip":"66.249.93.1","user_agent":"Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)""#,
    );
    assert_eq!(gmail.dimensions[Dimension::Country as usize], None);
    assert_eq!(gmail.evidence, Evidence::Proxy);
    assert!(Enrich::new(Some(Path::new("/nonexistent.mmdb"))).is_err());
}

#[test]
fn absurd_agents_are_survived() {
    let agents = Agents::default();
    for text in [
        "",
        " ",
        "\u{feff}é".repeat(5_000).as_str(),
        "(".repeat(3_000).as_str(),
        "\0",
    ] {
        let _ = agents.read(text);
    }
}

/// A row of the evidence corpus.
struct Labelled {
    class: Evidence,
    found: Evidence,
    because: &'static str,
    row: &'static str,
}

/// Clicks as `link@ms`, with commas between them.
fn clicks(text: &str) -> impl Iterator<Item = (i64, i64)> {
    let number = |text: &str| text.parse::<i64>().expect("a number");
    text.split(',').map(move |click| {
        let (link, ms) = click.split_once('@').expect("link@ms");
        (number(link), number(ms))
    })
}

fn labelled(enrich: &Enrich, row: &'static str) -> Labelled {
    let [class, kind, how, _source, agent] = row
        .split('\t')
        .collect::<Vec<_>>()
        .try_into()
        .expect("five columns");
    let (mut recent, mut around) = (Vec::new(), Vec::new());
    let mut request = Request {
        user_agent: Some(agent),
        at_ms: 1_000_000_000,
        link: 1,
        ..Request::new(kind.parse::<EventKind>().expect("a kind"))
    };
    let number = |text: &str| text.parse::<i64>().expect("a number");
    for word in how.split(' ') {
        match word.split_once('=').unwrap_or((word, "")) {
            ("-", _) => {}
            ("HEAD", _) => request.is_head = true,
            ("honeypot", _) => request.is_honeypot = true,
            ("purpose", value) => request.purpose = Some(value),
            ("sent", value) => request.since_sent_ms = Some(number(value)),
            ("link", value) => request.link = number(value),
            ("links", value) => request.links = value.parse().expect("a number"),
            ("opened", value) => request.opened_at_ms = Some(request.at_ms - number(value)),
            ("recent", value) => {
                recent = clicks(value)
                    .map(|(link, ago)| (link, request.at_ms - ago))
                    .collect();
            }
            ("later", value) => {
                around.extend(clicks(value).map(|(link, after)| (link, request.at_ms + after)));
            }
            ("hidden", value) => around.push((HIDDEN_LINK, request.at_ms + number(value))),
            (other, _) => panic!("{other}?"),
        }
    }
    request.recent = &recent;
    // What comes after a click tells of it, too.
    around.extend(&recent);
    around.push((request.link, request.at_ms));
    let neighbours = together(&around, request.links).pop().flatten();
    let (found, because) = among(
        enrich.judge(&request),
        neighbours.filter(|_| request.kind == EventKind::Clicked),
    );
    Labelled {
        class: *Evidence::ALL
            .iter()
            .find(|known| known.as_str() == class)
            .expect("a class"),
        found,
        because,
        row,
    }
}

/// Prints how well the rules do, and holds them to it. `human` is measured as reports count it: human, proxy and unknown.
#[test]
fn the_rules_keep_their_precision_and_recall() {
    let enrich = Enrich::default();
    let rows: Vec<_> = include_str!("data/evidence-corpus.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|row| labelled(&enrich, row))
        .collect();
    assert!(rows.len() >= 200, "only {} rows", rows.len());
    for wrong in rows.iter().filter(|row| row.class != row.found) {
        eprintln!(
            "{} ({}): {}",
            wrong.found.as_str(),
            wrong.because,
            wrong.row
        );
    }
    eprintln!(
        "\n{:<14}{:>6}{:>11}{:>9}",
        "class", "rows", "precision", "recall"
    );
    let mut measured = Vec::new();
    let mut measure = |name: &'static str, is_in: &dyn Fn(Evidence) -> bool| {
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        let labelled = rows.iter().filter(|row| is_in(row.class)).count();
        let found = rows.iter().filter(|row| is_in(row.found)).count();
        let both = rows
            .iter()
            .filter(|row| is_in(row.class) && is_in(row.found))
            .count();
        let (precision, recall) = (share(both, found), share(both, labelled));
        eprintln!("{name:<14}{labelled:>6}{precision:>11.3}{recall:>9.3}");
        measured.push((name, precision, recall));
    };
    for class in [
        Evidence::Human,
        Evidence::Proxy,
        Evidence::Prefetch,
        Evidence::Scanner,
        Evidence::Machine,
    ] {
        measure(class.as_str(), &move |found| found == class);
    }
    measure("human-likely", &Evidence::is_human_likely);
    measure("not human", &|found| !found.is_human_likely());
    for (name, least_precision, least_recall) in [
        ("human", 0.95, 0.95),
        ("proxy", 0.99, 0.99),
        ("prefetch", 0.98, 0.98),
        ("scanner", 0.98, 0.85),
        ("machine", 0.98, 0.90),
        ("human-likely", 0.90, 0.98),
        ("not human", 0.98, 0.90),
    ] {
        let (_, precision, recall) = measured
            .iter()
            .find(|(known, ..)| *known == name)
            .expect("measured");
        assert!(
            *precision >= least_precision && *recall >= least_recall,
            "{name}: precision {precision:.3}, recall {recall:.3}"
        );
    }
}
