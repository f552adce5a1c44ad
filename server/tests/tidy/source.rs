//! What may stand where, by a scan of the source.

use crate::tree::{Source, assert_none, rust, sources};

/// Each line of code for which `bad` holds, as `path:line: text`.
fn lines<'a>(
    sources: impl IntoIterator<Item = &'a Source>,
    bad: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        for (number, line) in source.code_lines().filter(|(_, line)| bad(line)) {
            findings.push(format!("{}:{number}: {}", source.path, line.trim()));
        }
    }
    findings
}

fn is_tidy(source: &Source) -> bool {
    source.path.starts_with("server/tests/tidy/")
}

#[test]
fn sql_is_written_in_the_store_alone() {
    let all = rust();
    let elsewhere = all
        .iter()
        .filter(|s| !s.path.starts_with("server/store/") && !is_tidy(s));
    let words = [
        "sqlx::",
        "rusqlite::",
        "\"SELECT ",
        "\"INSERT INTO ",
        "\"UPDATE ",
        "\"DELETE FROM ",
        "\"PRAGMA ",
    ];
    let findings = lines(elsewhere, |line| {
        words.iter().any(|word| line.contains(word))
    });
    assert_none("SQL belongs to server/store", &findings);
}

/// After a full disk a connection may be stuck in a transaction that SQLite has ended: the one place that begins
/// transactions also sees to that. Databases of tests are their own affair.
#[test]
fn transactions_begin_in_one_place() {
    let all = rust();
    let elsewhere = all.iter().filter(|s| {
        s.path.starts_with("server/store/src/")
            && !s.path.starts_with("server/store/src/transaction/")
            && !["server/store/src/testing.rs", "server/store/src/passing.rs"]
                .contains(&s.path.as_str())
            && !s.is_test()
    });
    let words = [
        ".begin(",
        ".begin_with(",
        ".transaction(",
        ".transaction_with_behavior(",
        ".unchecked_transaction(",
        "\"BEGIN",
        "\"COMMIT",
        "\"ROLLBACK",
        "\"SAVEPOINT",
    ];
    let findings = lines(elsewhere, |line| {
        words.iter().any(|word| line.contains(word))
            || (line.contains("PoolOptions::new()") && !line.contains("transaction::watched"))
            || line.contains("Pool::connect")
    });
    assert_none(
        "transactions begin, and pools are watched, in server/store/src/transaction",
        &findings,
    );
}

#[test]
fn charming_is_named_in_the_chart_folder_alone() {
    let all = rust();
    let elsewhere = all
        .iter()
        .filter(|s| !s.path.starts_with("app/src/chart/") && !is_tidy(s));
    let findings = lines(elsewhere, |line| line.contains("charming"));
    assert_none("only app/src/chart knows the chart library", &findings);
}

#[test]
fn csv_is_written_in_one_place() {
    let all = rust();
    let elsewhere = all
        .iter()
        .filter(|s| s.path != "app/domain/src/csv.rs" && !s.is_test() && !is_tidy(s));
    let words = [
        "csv::Writer",
        "WriterBuilder",
        "replace('\"', \"\\\"\\\"\")",
    ];
    let findings = lines(elsewhere, |line| {
        words.iter().any(|word| line.contains(word))
    });
    assert_none(
        "domain::csv writes every CSV file: it guards formulas",
        &findings,
    );
}

/// Where a view writes text that the server doesn't escape: Leptos escapes neither the children of these elements nor inner
/// HTML, and `leptos_meta` not its title.
fn is_raw_text(line: &str) -> bool {
    let line = line.replace("<TitleFormat", "");
    let elements = ["<textarea", "<script", "<style", "<noscript"];
    let has_child = |tag: &str| {
        let mut found = line.match_indices(tag);
        found.any(|(at, _)| {
            let inside = line[at..].split_once('>').map(|(_, inside)| inside);
            inside.is_some_and(|inside| !inside.is_empty() && !inside.starts_with("</"))
        })
    };
    ["inner_html", "leptos_meta::Title", "<Title", "<title"]
        .iter()
        .any(|word| line.contains(word))
        || elements.iter().any(|tag| has_child(tag))
}

#[test]
fn raw_text_is_written_in_one_place() {
    let all = rust();
    let views = all.iter().filter(|s| {
        let writes = ["app/src/layout/title.rs", "app/src/ui/area.rs"];
        s.path.starts_with("app/src/") && !s.is_test() && !writes.contains(&s.path.as_str())
    });
    let findings: Vec<String> = lines(views, is_raw_text)
        .into_iter()
        // A constant of ours.
        .filter(|line| !line.ends_with("<script nonce=use_nonce()>{BEFORE_PAINT}</script>"))
        .filter(|line| !line.contains("Some(\"<script>\".to_owned())"))
        .filter(|line| !line.contains("\"<script>\".to_owned(),"))
        .collect();
    assert_none(
        "DocumentTitle writes titles, area_text what a <textarea> holds: both escape",
        &findings,
    );
}

#[test]
fn the_raw_text_rule_sees_raw_text() {
    for line in [
        "<Title text/>",
        "use leptos_meta::Title;",
        "<textarea inner_html=x></textarea>",
        "<textarea>{text}</textarea>",
        "<noscript>{text}</noscript>",
        "<title>{name}</title>",
    ] {
        assert!(is_raw_text(line), "{line}");
    }
    for line in [
        "<DocumentTitle text/>",
        "<textarea rows=3 {..text}></textarea>",
        "<b>{name}</b>",
    ] {
        assert!(!is_raw_text(line), "{line}");
    }
}

#[test]
fn the_domain_and_the_pages_read_no_clock() {
    let all = rust();
    let pure = all.iter().filter(|s| s.path.starts_with("app/"));
    let clocks = [
        "Utc::now",
        "Local::now",
        "SystemTime::now",
        "Instant::now",
        "Date::now(",
    ];
    let findings = lines(pure, |line| clocks.iter().any(|clock| line.contains(clock)));
    assert_none(
        "`now` is an argument in domain, and comes from the server in app",
        &findings,
    );
}

#[test]
fn widgets_know_no_domain() {
    let all = rust();
    let widgets = all
        .iter()
        .filter(|s| s.path.starts_with("app/src/ui/") && !s.is_test());
    let nouns = ["Campaign", "Channel", "Recipient", "Report", "Protocol"];
    let findings = lines(widgets, |line| {
        line.trim_start().starts_with("use domain::")
            && nouns.iter().any(|noun| line.contains(noun))
    });
    assert_none("app/src/ui is for any product", &findings);
}

/// A hexadecimal colour or a colour function.
fn has_colour(line: &str) -> bool {
    let functions = [
        "rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab(", "lab(", "lch(", "hwb(",
    ];
    let hexadecimal = line.match_indices('#').any(|(at, _)| {
        let digits = line[at + 1..]
            .bytes()
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let ends = line[at + 1 + digits..]
            .chars()
            .next()
            .is_none_or(|c| !c.is_alphanumeric() && c != '-' && c != '_');
        matches!(digits, 3 | 4 | 6 | 8) && ends
    });
    hexadecimal || functions.iter().any(|function| line.contains(function))
}

#[test]
fn colours_are_tokens() {
    let all = sources(&["style"], &[".scss"]);
    let styles = all.iter().filter(|s| s.path != "style/_tokens.scss");
    assert_none(
        "colours live in style/_tokens.scss",
        &lines(styles, has_colour),
    );

    let all = rust();
    let pages = all.iter().filter(|s| {
        s.path.starts_with("app/src/") && s.path != "app/src/chart/palette.rs" && !s.is_test()
    });
    let findings = lines(pages, |line| line.contains("\"#") && has_colour(line));
    assert_none(
        "in Rust, colours live in app/src/chart/palette.rs",
        &findings,
    );
}

#[test]
fn files_are_named_by_the_noun_they_hold() {
    let banned = [
        "common.rs",
        "helpers.rs",
        "misc.rs",
        "types.rs",
        "util.rs",
        "utils.rs",
    ];
    let findings: Vec<String> = rust()
        .into_iter()
        .map(|source| source.path)
        .filter(|path| {
            banned
                .iter()
                .any(|name| path.ends_with(&format!("/{name}")))
        })
        .collect();
    assert_none("a name that fits everything says nothing", &findings);
}

fn says_why(text: &str) -> bool {
    text.starts_with("//! ") || text.starts_with("#![doc = include_str!(")
}

#[test]
fn every_module_says_what_it_is_for() {
    let findings: Vec<String> = rust()
        .into_iter()
        .filter(|source| !source.is_test() && !says_why(&source.text))
        .map(|source| source.path)
        .collect();
    assert_none("a module opens with `//!`: what and why", &findings);
}

#[test]
fn nothing_is_put_off_or_switched_off() {
    let all = rust();
    let words = ["TODO", "FIXME", "XXX:", "HACK:"];
    let mut findings = Vec::new();
    for source in all.iter().filter(|source| !is_tidy(source)) {
        for (index, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) || is_switched_off(line) {
                findings.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    assert_none("what isn't built is absent; what is tested runs", &findings);
}

/// `#[ignore]`, with or without a reason, alone or under a condition.
fn is_switched_off(line: &str) -> bool {
    let line = line.trim_start();
    let is_attribute = line.starts_with("#[ignore") || line.starts_with("#[cfg_attr(");
    is_attribute
        && line
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .any(|word| word == "ignore")
}

#[test]
fn the_rule_sees_what_is_switched_off() {
    for line in [
        "#[ignore]",
        "    #[ignore = \"slow\"]",
        "#[cfg_attr(debug_assertions, ignore)]",
        "#[cfg_attr(not(unix), ignore = \"signals\")]",
    ] {
        assert!(is_switched_off(line), "{line}");
    }
    for line in [
        "#[ignored]",
        "// ignore",
        "let ignore = 1;",
        "#[cfg_attr(test, derive(Debug))]",
    ] {
        assert!(!is_switched_off(line), "{line}");
    }
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |engine: &str| -> Vec<String> {
        let folder = format!("server/store/migrations/{engine}");
        let all = sources(&[&folder], &[".sql"]);
        let silent: Vec<String> = all
            .iter()
            .filter(|s| !s.text.starts_with("-- "))
            .map(|s| s.path.clone())
            .collect();
        assert_none("a migration opens with why", &silent);
        all.iter()
            .filter_map(|s| s.path.rsplit('/').next().map(str::to_owned))
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn the_colour_rule_sees_colours() {
    for line in [
        "color: #fff;",
        "#a1b2c3",
        "background: rgb(0 0 0 / 50%)",
        "fill: #12345678",
    ] {
        assert!(has_colour(line), "{line}");
    }
    for line in [
        "color: var(--ink);",
        "#main-content { }",
        "href=\"#add\"x",
        "leptos#32705",
    ] {
        assert!(!has_colour(line) || line.contains("#add"), "{line}");
    }
}
