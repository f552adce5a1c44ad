//! The other commands: doctor, migrate, backup, demo, and how settings reach them.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use crate::server::{Folder, Server, command, ran};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Files in the folder whose name holds this.
fn files(folder: &Folder, part: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder.path()).expect("the folder");
    all.map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains(part))
        .collect()
}

#[test]
fn doctor_tells_what_is_wrong_and_makes_nothing() {
    let folder = Folder::new();
    let ill = ran(&folder, &["doctor"], &[]);
    assert!(!ill.status.success());
    assert!(said(&ill).contains("FAIL  database:"), "{}", said(&ill));
    assert_eq!(files(&folder, "test.db"), Vec::<PathBuf>::new());

    command(&folder, &["migrate"]);
    // Without a path no df is found, and that is no failure.
    for path in [None, Some(("PATH", "/nowhere"))] {
        let well = ran(&folder, &["doctor"], path.as_slice());
        let report = said(&well);
        assert!(well.status.success(), "{report}");
        for line in [
            "ok    integrity: no damage found",
            "ok    schema: up to date",
            "ok    people: nobody can sign in yet",
            "ok    free space: ",
        ] {
            assert!(report.contains(line), "{line} is missing in\n{report}");
        }
        assert_eq!(report.contains("unknown"), path.is_some(), "{report}");
    }

    std::fs::write(folder.path().join("test.db"), "no database").expect("a file");
    let damaged = ran(&folder, &["doctor"], &[]);
    assert!(!damaged.status.success());
}

#[test]
fn a_backup_is_taken_while_the_server_runs_and_overwrites_nothing() {
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    server.campaign("kept", "sms");
    let printed = command(&folder, &["backup", "copy.db"]);
    assert_eq!(printed, "copy.db");
    server.campaign("later", "sms");

    let again = ran(&folder, &["backup", "copy.db"], &[]);
    assert!(!again.status.success());
    assert!(said(&again).contains("exists already"), "{}", said(&again));
    let beside = command(&folder, &["backup"]);
    assert!(beside.contains("test.backup."), "{beside}");
    assert!(PathBuf::from(&beside).is_file());
    drop(server);

    // The copy is a database to start from.
    std::fs::rename(folder.path().join("copy.db"), folder.path().join("test.db")).expect("renamed");
    for left in ["test.db-wal", "test.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(left));
    }
    let server = Server::with_token(&folder);
    let list = server.get("/api/v1/campaigns").json();
    assert_eq!(list["total"], 1);
    assert_eq!(list["campaigns"][0]["external_id"], "kept");

    let elsewhere = Folder::new();
    let missing = ran(&elsewhere, &["backup", "copy.db"], &[]);
    assert!(!missing.status.success());
    assert_eq!(files(&elsewhere, ".db"), Vec::<PathBuf>::new());
}

/// Makes a file as the first version left it, out of one of today: only the first migration was applied.
const AGE: &str = r#"
import sqlite3, sys
new, old, first = sys.argv[1:]
old = sqlite3.connect(old)
old.executescript(open(first).read())
new = sqlite3.connect(new)
table, = new.execute("select sql from sqlite_master where name = '_sqlx_migrations'").fetchone()
old.execute(table)
for row in new.execute("select * from _sqlx_migrations where version = 1"):
    old.execute("insert into _sqlx_migrations values (" + ", ".join("?" * len(row)) + ")", row)
old.execute("insert into workspace (name, time_zone, created_us) values ('Old', 'Europe/Madrid', 0)")
old.commit()
"#;

#[test]
fn an_old_file_is_copied_before_it_is_changed() {
    let (today, folder) = (Folder::new(), Folder::new());
    command(&today, &["migrate"]);
    let first = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/store/migrations/sqlite/0001_engagement.sql"
    );
    let path = |folder: &Folder| folder.path().join("test.db");
    let aged = Command::new("python3")
        .args(["-c", AGE])
        .args([path(&today), path(&folder), first.into()])
        .output();
    let Ok(aged) = aged else {
        println!("SKIPPED: python3 is not installed");
        return;
    };
    assert!(aged.status.success(), "{}", said(&aged));

    let before = ran(&folder, &["doctor"], &[]);
    assert!(
        said(&before).contains("migrations pending"),
        "{}",
        said(&before)
    );
    let migrated = ran(&folder, &["migrate"], &[]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    let copies = files(&folder, "test.before-0002.");
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert!(said(&migrated).contains("Copied"), "{}", said(&migrated));
    // The file went on, the copy stayed behind.
    let after = ran(&folder, &["doctor"], &[]);
    assert!(
        said(&after).contains("schema: up to date"),
        "{}",
        said(&after)
    );
    assert!(
        said(&after).contains("workspaces: 1 found"),
        "{}",
        said(&after)
    );
    std::fs::rename(&copies[0], folder.path().join("test.db")).expect("renamed");
    let copied = ran(&folder, &["doctor"], &[]);
    assert!(
        said(&copied).contains("migrations pending"),
        "{}",
        said(&copied)
    );

    // A second run has nothing to do, and a new file nothing to copy.
    command(&today, &["migrate"]);
    assert_eq!(files(&today, "before-"), Vec::<PathBuf>::new());
}

#[test]
fn switches_and_secrets_come_from_the_environment() {
    let folder = Folder::new();
    for (word, is_read) in [("1", true), ("yes", true), ("0", true), ("maybe", false)] {
        let variables = [
            ("REPORTAGE_TRUST_PROXY", word),
            ("REPORTAGE_LIVE_DEMO", "no"),
        ];
        let listed = ran(&folder, &["user", "list"], &variables);
        assert_eq!(
            listed.status.success(),
            is_read,
            "{word}: {}",
            said(&listed)
        );
    }
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "correct horse battery\n").expect("a file");
    let secret = secret.to_string_lossy();
    let variables = [
        ("REPORTAGE_USER_EMAIL", "ana@x.de"),
        ("REPORTAGE_USER_ROLE", "admin"),
        ("REPORTAGE_USER_PASSWORD_FILE", &*secret),
        ("REPORTAGE_TIME_ZONE", "Europe/Madrid"),
    ];
    let added = ran(&folder, &["user", "add"], &variables);
    assert!(added.status.success(), "{}", said(&added));
    assert!(added.stdout.is_empty(), "a given password is not shown");
}

#[test]
fn the_demonstration_says_how_to_sign_in_each_time() {
    let folder = Folder::new();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "correct horse battery\n").expect("a file");
    let secret = secret.to_string_lossy();
    let variables = [
        ("REPORTAGE_DEMO_PASSWORD_FILE", &*secret),
        ("REPORTAGE_DEMO_EVENTS", "1000"),
        ("REPORTAGE_DEMO_IF_EMPTY", "yes"),
    ];
    let first = ran(&folder, &["demo"], &variables);
    assert!(said(&first).contains("demo@reportage.example with password correct horse battery"));
    for _ in 0..2 {
        let again = ran(&folder, &["demo", "--if-empty"], &[]);
        assert!(again.status.success());
        assert!(
            said(&again).contains("Sign in as demo@reportage.example"),
            "{}",
            said(&again)
        );
    }
    let removed = ran(
        &folder,
        &["demo"],
        &[
            ("REPORTAGE_DEMO_REMOVE", "1"),
            ("REPORTAGE_DEMO_PASSWORD", "x"),
        ],
    );
    assert!(said(&removed).contains("is removed"), "{}", said(&removed));
}

/// As README does it: a person, a token, then the server with its zone.
#[test]
fn the_time_zone_reaches_a_workspace_that_a_command_made() {
    let folder = Folder::new();
    let add = [
        "user",
        "add",
        "--email",
        "you@example.org",
        "--role",
        "admin",
    ];
    command(&folder, &add);
    let with_zone = |zone: &str| Server::start_with(&folder, &["--time-zone", zone]);
    let zone = |server: &Server| server.get("/api/v1/report").json()["range"]["tz"].clone();
    let mut server = with_zone("Europe/Madrid");
    server.token = crate::server::token(&folder, "ingest,read,write");
    assert_eq!(zone(&server), "Europe/Madrid");
    server.campaign("c", "sms");
    let token = server.token.clone();
    drop(server);
    // Figures are cut by it now: a flag must not move them.
    let mut server = with_zone("America/New_York");
    server.token = token;
    assert_eq!(zone(&server), "Europe/Madrid");

    let folder = Folder::new();
    let add = [&add[..], &["--time-zone", "Asia/Kathmandu"]].concat();
    command(&folder, &add);
    let server = Server::with_token(&folder);
    assert_eq!(zone(&server), "Asia/Kathmandu");
}
