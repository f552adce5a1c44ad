//! How large a file or a function may grow, in lines of code: comments and blank lines are free. A ratchet: what is
//! larger already is named with its size and the reason; it may not grow, and once it fits its line has to go.

use crate::tree::{Source, assert_none, rust};

const FILE_LINES_MAX: usize = 300;
const FUNCTION_LINES_MAX: usize = 60;
/// `view!` makes components long without making them deep.
const COMPONENT_LINES_MAX: usize = 90;

/// `(path, lines, reason)`
const LARGE_FILES: &[(&str, usize, &str)] = &[
    (
        "app/domain/src/message/mod.rs",
        389,
        "one table of provider words per channel",
    ),
    (
        "app/domain/src/report/mod.rs",
        394,
        "the vocabulary of a report, read from top to bottom",
    ),
    (
        "server/store/src/ingest/postgres/mod.rs",
        477,
        "the steps of one transaction, in order",
    ),
];
/// `(path, function, lines, reason)`
const LARGE_FUNCTIONS: &[(&str, &str, usize, &str)] = &[
    (
        "app/domain/src/report/mod.rs",
        "funnel",
        87,
        "a table of stages per type",
    ),
    (
        "app/src/ui/date_range/mod.rs",
        "DateRangeFilter",
        121,
        "a dialog with its two calendars",
    ),
    (
        "server/store/src/ingest/postgres/mod.rs",
        "commit_workspace",
        94,
        "the steps of one transaction, in order",
    ),
    (
        "server/store/src/ingest/postgres/mod.rs",
        "settle_messages",
        66,
        "a loop with its reads",
    ),
    (
        "server/store/src/report/mod.rs",
        "answer",
        82,
        "the elements of a report, one after the other",
    ),
    (
        "server/store/src/report/zone.rs",
        "edges",
        79,
        "one arm per width",
    ),
    (
        "server/src/demo/catalogue.rs",
        "interactive_name",
        65,
        "a table of names",
    ),
    (
        "server/src/enrich/agent.rs",
        "device_class",
        64,
        "a table of user agent marks",
    ),
    (
        "server/src/enrich/mod.rs",
        "fact",
        64,
        "one field after the other",
    ),
];

#[test]
fn files_stay_small() {
    let mut findings = Vec::new();
    for source in rust().iter().filter(|source| !source.is_test()) {
        let lines = source.code_lines().count();
        let known = LARGE_FILES.iter().find(|(path, ..)| *path == source.path);
        judge(
            &mut findings,
            &source.path,
            lines,
            FILE_LINES_MAX,
            known.map(|(_, lines, _)| *lines),
        );
    }
    for (path, ..) in LARGE_FILES {
        if !rust().iter().any(|source| source.path == *path) {
            findings.push(format!("{path} is gone: take it off the list"));
        }
    }
    assert_none("files", &findings);
}

#[test]
fn functions_stay_small() {
    let mut findings = Vec::new();
    let all = rust();
    for source in all.iter().filter(|source| !source.is_test()) {
        for function in functions(source) {
            let limit = if function.is_component {
                COMPONENT_LINES_MAX
            } else {
                FUNCTION_LINES_MAX
            };
            let known = LARGE_FUNCTIONS
                .iter()
                .find(|(path, name, ..)| *path == source.path && *name == function.name);
            let what = format!("{} fn {}", source.path, function.name);
            judge(
                &mut findings,
                &what,
                function.lines,
                limit,
                known.map(|(_, _, lines, _)| *lines),
            );
        }
    }
    for (path, name, ..) in LARGE_FUNCTIONS {
        let there = all
            .iter()
            .filter(|s| s.path == *path)
            .flat_map(functions)
            .any(|f| f.name == *name);
        if !there {
            findings.push(format!("{path} fn {name} is gone: take it off the list"));
        }
    }
    assert_none("functions", &findings);
}

fn judge(findings: &mut Vec<String>, what: &str, lines: usize, limit: usize, known: Option<usize>) {
    match known {
        None if lines > limit => {
            findings.push(format!("{what}: {lines} lines, the limit is {limit}"))
        }
        Some(known) if lines > known => {
            findings.push(format!("{what}: grew from {known} to {lines} lines"))
        }
        Some(_) if lines <= limit => {
            findings.push(format!("{what}: fits now, take it off the list"))
        }
        _ => {}
    }
}

struct Function {
    name: String,
    lines: usize,
    is_component: bool,
}

/// Functions by their layout, which rustfmt makes dependable: one ends at the brace that is indented as its `fn` line.
fn functions(source: &Source) -> Vec<Function> {
    let lines: Vec<&str> = source.text.lines().collect();
    let code: Vec<usize> = source.code_lines().map(|(number, _)| number).collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let Some(end) = end_of_function(&lines, start) else {
            continue;
        };
        let n_lines = code
            .iter()
            .filter(|number| (start + 1..=end + 1).contains(number))
            .count();
        let is_component = lines[..start]
            .iter()
            .rev()
            .take_while(|line| line.trim_start().starts_with(['#', '/']))
            .any(|line| line.trim().starts_with("#[component"));
        found.push(Function {
            name: name.to_owned(),
            lines: n_lines,
            is_component,
        });
    }
    found
}

/// Index of the line that closes the function; none for a declaration without a body.
fn end_of_function(lines: &[&str], start: usize) -> Option<usize> {
    let line = lines[start];
    if line.ends_with('}') {
        return Some(start);
    }
    let indent = line.len() - line.trim_start().len();
    let (at, end) = lines.iter().enumerate().skip(start).find(|(_, line)| {
        let is_level = line.len() - line.trim_start().len() == indent;
        is_level && (line.trim() == "}" || line.ends_with(';') || line.ends_with("{}"))
    })?;
    (!end.ends_with(';')).then_some(at)
}

fn function_name(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for word in [
        "pub ",
        "pub(crate) ",
        "pub(super) ",
        "const ",
        "async ",
        "unsafe ",
    ] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let rest = rest.strip_prefix("fn ")?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some(&rest[..end])
}

#[test]
fn the_measure_finds_functions() {
    let source = Source {
        path: String::new(),
        text: "/// A page.\n#[component]\npub fn Page() -> impl IntoView {\n    // why\n\n    view! {}\n}\n\nimpl A {\n    pub(crate) async fn step(\n        &self,\n    ) {\n        a();\n    }\n}\n".to_owned(),
    };
    let found: Vec<_> = functions(&source)
        .into_iter()
        .map(|f| (f.name, f.lines, f.is_component))
        .collect();
    assert_eq!(
        found,
        [("Page".to_owned(), 3, true), ("step".to_owned(), 5, false)]
    );
}
