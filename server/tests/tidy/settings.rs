//! Settings that two files hold must be equal in both.

use std::collections::BTreeMap;
use std::fs;

use crate::tree::root;

/// The `key = value` lines after the leptos section's header, up to the next section.
fn leptos_section(file: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let (_, section) = text.split_once("[[workspace.metadata.leptos]]").unwrap();
    section
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| !key.trim_start().starts_with('#'))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

#[test]
fn leptos_toml_agrees_with_cargo_toml() {
    let build = leptos_section("Cargo.toml");
    let runtime = leptos_section("Leptos.toml");
    let shared: Vec<_> = runtime
        .iter()
        .filter(|(key, _)| build.contains_key(*key))
        .collect();
    assert!(shared.len() >= 3, "Leptos.toml and Cargo.toml share keys");
    for (key, value) in shared {
        assert_eq!(
            build.get(key),
            Some(value),
            "{key} differs between Cargo.toml and Leptos.toml"
        );
    }
    assert_eq!(build.get("output-name"), build.get("name"));
}

/// `HydrationScripts` and `#[server]` read these when they are compiled.
#[test]
fn plain_cargo_knows_what_cargo_leptos_exports() {
    let config = fs::read_to_string(root().join(".cargo/config.toml")).unwrap();
    let build = leptos_section("Cargo.toml");
    for (variable, key) in [
        ("LEPTOS_OUTPUT_NAME", "output-name"),
        ("SERVER_FN_PREFIX", "server-fn-prefix"),
    ] {
        let line = format!("{variable} = {}", build[key]);
        assert!(config.contains(&line), ".cargo/config.toml lacks {line}");
    }
}

/// The server and the browser have to mean the same tree of views: what holds for one target only would part them.
#[test]
fn views_are_erased_on_both_sides() {
    let config = fs::read_to_string(root().join(".cargo/config.toml")).unwrap();
    let build = "[build]\nrustflags = [\"--cfg\", \"erase_components\"]\n";
    assert!(config.contains(build), ".cargo/config.toml lacks {build}");
    assert!(
        !config.contains("[target"),
        ".cargo/config.toml tells targets apart"
    );
}
