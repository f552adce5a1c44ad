//! Who may depend on whom, asked of `cargo tree`.

use std::collections::BTreeSet;
use std::process::Command;

use crate::tree::root;

/// Names of the packages that `cargo tree` lists; procedural macros run in the compiler and don't count.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "tree",
            "--locked",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo tree: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn assert_without(arguments: &[&str], banned: &[&str], rule: &str) {
    let tree = tree(arguments);
    let found: Vec<_> = banned.iter().filter(|name| tree.contains(**name)).collect();
    assert!(
        found.is_empty(),
        "{rule}; found {found:?} in cargo tree {arguments:?}"
    );
}

#[test]
fn the_domain_is_pure() {
    let allowed = [
        "chrono",
        "domain",
        "num-traits",
        "serde",
        "serde_core",
        "thiserror",
    ];
    let tree = tree(&["-p", "domain", "--target", "wasm32-unknown-unknown"]);
    let strangers: Vec<_> = tree
        .iter()
        .filter(|name| !allowed.contains(&name.as_str()))
        .collect();
    assert!(
        strangers.is_empty(),
        "domain depends on serde, chrono and thiserror alone; found {strangers:?}"
    );
}

#[test]
fn the_pages_know_no_database_and_no_server() {
    assert_without(
        &[
            "-p",
            "app",
            "--no-default-features",
            "--features",
            "ssr",
            "--depth",
            "1",
        ],
        &[
            "axum", "hyper", "reqwest", "rusqlite", "server", "sqlx", "store", "tokio",
        ],
        "`app` names what it needs as a trait and depends on no engine",
    );
}

#[test]
fn the_store_knows_no_http_and_no_pages() {
    assert_without(
        &["-p", "store", "--depth", "1"],
        &["app", "axum", "http", "leptos", "server", "tower-http"],
        "`store` answers questions; who asks is none of its business",
    );
}

#[test]
fn only_the_store_speaks_sql() {
    assert_without(
        &["-p", "server", "--depth", "1"],
        &["libsqlite3-sys", "rusqlite", "sqlx"],
        "`server` asks `store`",
    );
}

#[test]
fn the_browser_gets_nothing_heavy() {
    let target = ["--target", "wasm32-unknown-unknown"];
    assert_without(
        &[&["-p", "frontend"][..], &target].concat(),
        &[
            "axum",
            "chrono-tz",
            "iptocc",
            "reqwest",
            "ring",
            "rustls",
            "server",
            "sqlx",
            "store",
            "tokio",
            "uaparser",
        ],
        "time zones, databases and user agents are the server's",
    );
    // leptos_config names `regex` but only the server calls it, so the linker leaves it out; a caller of our own would not.
    let users = tree(
        &[
            &["-p", "frontend", "--invert", "regex", "--depth", "1"][..],
            &target,
        ]
        .concat(),
    );
    assert_eq!(
        users.iter().map(String::as_str).collect::<Vec<_>>(),
        ["leptos_config", "regex"],
        "`regex` costs the browser half a megabyte"
    );
}
