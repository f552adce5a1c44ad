//! `reportage doctor`: looks at what a running server needs, and says what is wrong.

use std::{fmt::Display, path::Path};

use store::{Db, Store};

use super::Failure;
use crate::{
    clock::Clock,
    config::{Common, leptos_options},
};

/// Free room below which the check fails.
const FREE_BYTES_MIN: u64 = 512 << 20;

pub(super) async fn run(common: &Common, clock: &Clock) -> Result<(), Failure> {
    let mut checks = Checks::default();
    checks.note("version", &Ok::<_, Failure>(crate::config::VERSION));
    checks.note("embedded options", &leptos_options().map(|_| "readable"));
    checks.note("clock", &sane_clock(clock));
    match common.database() {
        Err(error) => checks.note("database URL", &Err::<&str, _>(error)),
        Ok(url) => database(&mut checks, &url).await,
    }
    match checks.failed {
        0 => Ok(()),
        failed => Err(format!("{failed} checks failed").into()),
    }
}

async fn database(checks: &mut Checks, url: &str) {
    // Looking must not make an empty database where there was none.
    if let Some(file) = Db::sqlite_file(url).filter(|file| !file.exists()) {
        let missing = format!("{} is not there; serve or migrate makes it", file.display());
        return checks.note("database", &Err::<&str, _>(missing));
    }
    let db = match Db::open(url).await {
        Ok(db) => db,
        Err(error) => return checks.note("database", &Err::<&str, _>(error)),
    };
    checks.note("database", &db.ping().await.map(|()| "answers"));
    checks.note(
        "integrity",
        &db.check_integrity().await.map(|()| "no damage found"),
    );
    if let Db::Sqlite { path, .. } = &db {
        checks.note("free space", &free_space(path));
    }
    let pending = db.pending_migrations().await;
    let current = matches!(&pending, Ok(pending) if pending.is_empty());
    checks.note(
        "schema",
        &pending.map(|pending| match pending.len() {
            0 => "up to date".to_owned(),
            n => format!("{n} migrations pending; serve or migrate applies them"),
        }),
    );
    db.close().await;
    if current {
        contents(checks, url).await;
    }
}

async fn contents(checks: &mut Checks, url: &str) {
    let store = match Store::connect(url).await {
        Ok(store) => store,
        Err(error) => return checks.note("store", &Err::<&str, _>(error)),
    };
    let count = |n: usize, what: &str| format!("{n} {what}");
    checks.note(
        "workspaces",
        &store
            .workspaces()
            .await
            .map(|all| count(all.len(), "found")),
    );
    checks.note(
        "people",
        &store.users(None).await.map(|all| match all.len() {
            0 => "nobody can sign in yet; serve prints a set-up link".to_owned(),
            n => count(n, "can sign in"),
        }),
    );
    checks.note(
        "tokens",
        &store
            .tokens(None)
            .await
            .map(|all| count(all.len(), "active")),
    );
}

/// A clock far in the past rejects events as coming from the future.
fn sane_clock(clock: &Clock) -> Result<String, String> {
    let now = clock.now();
    if now.timestamp() < 1_735_689_600 {
        return Err(format!("{now} can't be right"));
    }
    Ok(now.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// Room on the file system that holds the database, as `df` tells it in the form POSIX gives it. Where there is no
/// such program nothing is wrong with the server.
fn free_space(path: &Path) -> Result<String, String> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let output = std::process::Command::new("df")
        .arg("-Pk")
        .arg(folder.unwrap_or(Path::new(".")))
        .output();
    let free = output
        .ok()
        .and_then(|output| available(&String::from_utf8_lossy(&output.stdout)));
    match free {
        None => Ok("unknown: df does not tell".to_owned()),
        Some(free) if free < FREE_BYTES_MIN => Err(format!("only {} MiB left", free >> 20)),
        Some(free) => Ok(format!("{} MiB", free >> 20)),
    }
}

/// Bytes available, from the last line of `df -Pk`: the number before the share in use. Names in front and behind
/// may have blanks in them.
fn available(text: &str) -> Option<u64> {
    let words: Vec<&str> = text.lines().nth(1)?.split_whitespace().collect();
    let share = words.iter().skip(4).position(|word| {
        word.strip_suffix('%')
            .is_some_and(|share| share.parse::<u64>().is_ok())
    })?;
    let blocks: u64 = words.get(share + 3)?.parse().ok()?;
    blocks.checked_mul(1024)
}

#[derive(Default)]
struct Checks {
    failed: usize,
}

impl Checks {
    fn note<E: Display>(&mut self, what: &str, outcome: &Result<impl Display, E>) {
        match outcome {
            Ok(found) => eprintln!("ok    {what}: {found}"),
            Err(error) => {
                self.failed += 1;
                eprintln!("FAIL  {what}: {error}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_read_from_any_df() {
        let head = "Filesystem 1024-blocks Used Available Capacity Mounted on\n";
        for (line, bytes) in [
            (
                "/dev/vda1 41152736 9000000 30000000 24% /",
                Some(30_000_000 << 10),
            ),
            (
                "overlay 10 2 8 20% /var/lib/my files 100% sure",
                Some(8 << 10),
            ),
            ("//host/a share 10 2 8 20% /mnt/x", Some(8 << 10)),
            ("tmpfs 10 2 8 - /x", None),
            ("", None),
        ] {
            assert_eq!(available(&format!("{head}{line}\n")), bytes, "{line}");
        }
        assert_eq!(available(""), None);
        assert_eq!(available("df: unknown option\n"), None);
    }

    #[test]
    fn a_machine_without_df_is_no_failure() {
        // A folder that isn't there: df says so on standard error and nothing on standard output.
        let said = free_space(Path::new("/no/such/folder/x.db"));
        assert!(said.is_ok_and(|said| said.starts_with("unknown")));
    }
}
