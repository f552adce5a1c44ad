//! The command line, without running anything.

use clap::Command as Clap;

use super::*;

fn reading(line: &str) -> Result<Cli, clap::Error> {
    read(line.split(' ').map(OsString::from))
}

/// Every flag of every command, with the command it belongs to.
fn flags(command: &Clap, path: &str, found: &mut Vec<(String, Option<String>)>) {
    for flag in command
        .get_arguments()
        .filter(|flag| flag.get_long().is_some())
    {
        let name = flag.get_long().unwrap_or_default();
        if !matches!(name, "help" | "version") {
            let twin = flag
                .get_env()
                .map(|twin| twin.to_string_lossy().into_owned());
            found.push((format!("{path} --{name}"), twin));
        }
    }
    for inner in command.get_subcommands() {
        flags(inner, &format!("{path} {}", inner.get_name()), found);
    }
}

#[test]
fn every_flag_has_a_twin_in_the_environment() {
    let mut found = Vec::new();
    flags(&Cli::command(), "reportage", &mut found);
    assert!(found.len() > 20, "flags are not found");
    let without: Vec<_> = found
        .iter()
        .filter(|(_, twin)| {
            !twin
                .as_ref()
                .is_some_and(|twin| twin.starts_with("REPORTAGE_"))
        })
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn flags_of_serve_before_a_command_are_not_dropped_silently() {
    for line in [
        "reportage --listen 127.0.0.1:1 serve",
        "reportage --trust-proxy serve",
        "reportage --time-zone Europe/Madrid token list",
        "reportage --countries x import events -",
    ] {
        let error = reading(line).expect_err(line);
        assert_eq!(error.kind(), ErrorKind::ArgumentConflict, "{line}");
        let flag = line.split(' ').nth(1).expect("a flag");
        assert!(error.to_string().contains(flag), "{error}");
    }
    for line in [
        "reportage",
        "reportage --listen 127.0.0.1:1",
        "reportage serve --listen 127.0.0.1:1",
        // The database is everybody's.
        "reportage --database sqlite://x serve",
        "reportage --database sqlite://x user list",
    ] {
        assert!(reading(line).is_ok(), "{line}");
    }
    let alone = reading("reportage --listen 127.0.0.1:1").expect("a command line");
    assert_eq!(alone.serve.listen.port(), 1);
}

#[test]
fn a_switch_in_the_environment_may_be_written_in_any_usual_way() {
    let flags = ServeArgs::augment_args(Clap::new("serve"));
    for name in ["trust_proxy", "live_demo"] {
        let flag = flags.get_arguments().find(|flag| flag.get_id() == name);
        let parser = flag.expect("the flag").get_value_parser().clone();
        let read = |word: &str| {
            let arg = clap::Arg::new("x").long("x").value_parser(parser.clone());
            let command = Clap::new("x").arg(arg.num_args(1));
            let matches = command.try_get_matches_from(["x", "--x", word]).ok()?;
            matches.get_one::<bool>("x").copied()
        };
        for (word, expected) in [
            ("1", Some(true)),
            ("yes", Some(true)),
            ("true", Some(true)),
            ("on", Some(true)),
            ("0", Some(false)),
            ("no", Some(false)),
            ("false", Some(false)),
            ("maybe", None),
        ] {
            assert_eq!(read(word), expected, "{name}={word}");
        }
    }
}
