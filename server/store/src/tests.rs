//! Workspaces, people, sessions and tokens on both engines.

use chrono::{DateTime, Duration, TimeZone, Utc};
use domain::{
    CampaignType, Refusal,
    campaign::NewCampaign,
    user::{Role, Scope},
};

use crate::{Db, Error, NewWorkspace, Result, SessionRow, Store, testing};

pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 14, 0, 0).unwrap()
}

pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

pub(crate) fn shop() -> NewWorkspace {
    NewWorkspace {
        name: "Shop".to_owned(),
        time_zone: "Europe/Madrid".to_owned(),
        week_start: 1,
        is_demo: false,
    }
}

#[tokio::test]
async fn a_workspace_keeps_its_settings() {
    for store in testing::stores().await {
        let made = store.create_workspace(shop(), now()).await.unwrap();
        assert_eq!(made.time_zone, chrono_tz::Europe::Madrid);
        assert_eq!(made.ip_policy, "truncate");
        store
            .update_workspace(made.id, " Store ", "Asia/Kathmandu", 7, "drop")
            .await
            .unwrap();
        let row = store.workspace(made.id).await.unwrap();
        let settings = (row.name.as_str(), row.time_zone.name(), row.week_start);
        assert_eq!(settings, ("Store", "Asia/Kathmandu", 7));
        assert_eq!(row.ip_policy, "drop");
        assert_eq!(store.workspaces().await.unwrap(), [row]);

        for (name, zone, week_start, policy) in [
            (" ", "UTC", 1, "drop"),
            ("n", "Mars/Olympus", 1, "drop"),
            ("n", "UTC", 0, "drop"),
            ("n", "UTC", 8, "drop"),
            ("n", "UTC", 1, "keep"),
        ] {
            let outcome = store
                .update_workspace(made.id, name, zone, week_start, policy)
                .await;
            assert!(
                matches!(refusal(outcome), Refusal::Invalid { .. }),
                "{name} {zone} {policy}"
            );
        }
    }
}

#[tokio::test]
async fn a_removed_workspace_leaves_nothing_behind() {
    for store in testing::stores().await {
        let keep = store.create_workspace(shop(), now()).await.unwrap().id;
        let gone = store.create_workspace(shop(), now()).await.unwrap().id;
        for (ws, email) in [(keep, "keep@x.de"), (gone, "gone@x.de")] {
            let user = store
                .create_user(ws, email, Role::Admin, "h", now())
                .await
                .unwrap();
            open(&store, user.id, email.as_bytes()).await;
            store
                .create_token(ws, "t", &[Scope::Read], email.as_bytes(), (now(), None))
                .await
                .unwrap();
            let campaign = NewCampaign {
                name: "n".to_owned(),
                campaign_type: CampaignType::Sms,
                ..NewCampaign::default()
            };
            store.create_campaign(ws, campaign, now()).await.unwrap();
        }
        store.remove_workspace(gone).await.unwrap();
        assert_eq!(
            refusal(store.workspace(gone).await),
            Refusal::not_found("workspace")
        );
        assert!(store.session(b"gone@x.de", now()).await.unwrap().is_none());
        assert!(store.token_by_hash(b"gone@x.de").await.unwrap().is_none());
        assert!(store.user_by_email("gone@x.de").await.unwrap().is_none());
        assert!(store.session(b"keep@x.de", now()).await.unwrap().is_some());
        assert!(store.token_by_hash(b"keep@x.de").await.unwrap().is_some());
        assert_eq!(store.users(None).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn an_address_is_one_person_in_any_case() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let made = store
            .create_user(ws, " Ana@X.de ", Role::Editor, "h", now())
            .await
            .unwrap();
        assert_eq!((made.email.as_str(), made.role), ("ana@x.de", Role::Editor));
        let (found, hash) = store.user_by_email("ANA@x.DE").await.unwrap().unwrap();
        assert_eq!((found, hash.as_str()), (made, "h"));
        let again = store
            .create_user(ws, "ana@x.de", Role::Admin, "h", now())
            .await;
        assert!(matches!(refusal(again), Refusal::Conflict(_)));
        for email in ["", "ana", "@x.de", "ana@", "a b@x.de", "a@b@c", "a@x\n.de"] {
            let outcome = store.create_user(ws, email, Role::Viewer, "h", now()).await;
            assert!(
                matches!(refusal(outcome), Refusal::Invalid { .. }),
                "{email:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_last_admin_stays() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        for (email, role) in [
            ("a@x", Role::Admin),
            ("b@x", Role::Admin),
            ("e@x", Role::Editor),
        ] {
            store
                .create_user(ws, email, role, "h", now())
                .await
                .unwrap();
        }
        let elsewhere = store.create_workspace(shop(), now()).await.unwrap().id;
        let outcome = store.remove_user(elsewhere, "a@x").await;
        assert_eq!(refusal(outcome), Refusal::not_found("person"));
        store.remove_user(ws, "A@x").await.unwrap();
        assert!(matches!(
            refusal(store.remove_user(ws, "b@x").await),
            Refusal::Conflict(_)
        ));
        store.remove_user(ws, "e@x").await.unwrap();
        assert_eq!(store.users(Some(ws)).await.unwrap().len(), 1);
    }
}

/// Opens a session with this hash for someone whose password hash is `h`.
pub(crate) async fn open(store: &Store, user: i64, token_hash: &[u8]) {
    let expires_at = now() + Duration::hours(1);
    let row = SessionRow {
        browser: "Firefox on Linux",
        token_hash,
        user,
        expires_at,
    };
    assert!(store.open_session(row, "h", now()).await.unwrap());
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_but_the_one_kept() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let ana = store
            .create_user(ws, "ana@x", Role::Viewer, "h", now())
            .await
            .unwrap()
            .id;
        let bob = store
            .create_user(ws, "bob@x", Role::Viewer, "h", now())
            .await
            .unwrap()
            .id;
        for (user, hash) in [(ana, b"ana1"), (ana, b"ana2"), (bob, b"bob1")] {
            open(&store, user, hash).await;
        }
        store.set_password(ana, "new", Some(b"ana2")).await.unwrap();
        assert!(store.session(b"ana1", now()).await.unwrap().is_none());
        assert_eq!(
            store.session(b"ana2", now()).await.unwrap().unwrap().user,
            ana
        );
        assert!(store.session(b"bob1", now()).await.unwrap().is_some());
        store.set_password(ana, "newer", None).await.unwrap();
        assert!(store.session(b"ana2", now()).await.unwrap().is_none());

        // A sign-in whose password was checked just before the change does not get in after it.
        let late = SessionRow {
            browser: "",
            token_hash: b"late",
            user: ana,
            expires_at: now() + Duration::hours(1),
        };
        assert!(!store.open_session(late, "new", now()).await.unwrap());
        assert!(store.session(b"late", now()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn sessions_end_by_themselves_and_with_the_person() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        store
            .create_user(ws, "boss@x", Role::Admin, "h", now())
            .await
            .unwrap();
        let ana = store
            .create_user(ws, "ana@x", Role::Viewer, "h", now())
            .await
            .unwrap()
            .id;
        open(&store, ana, b"s").await;
        let last = now() + Duration::minutes(59);
        assert!(store.session(b"s", last).await.unwrap().is_some());
        assert!(
            store
                .session(b"s", now() + Duration::hours(1))
                .await
                .unwrap()
                .is_none()
        );
        store
            .touch_session(b"s", last, last + Duration::hours(1))
            .await
            .unwrap();
        let found = store
            .session(b"s", now() + Duration::hours(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((found.last_seen_at, found.role), (last, Role::Viewer));
        let seen = store
            .user_by_email("ana@x")
            .await
            .unwrap()
            .unwrap()
            .0
            .last_seen_at;
        assert_eq!(seen, Some(last));
        store.remove_user(ws, "ana@x").await.unwrap();
        assert!(store.session(b"s", last).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_set_up_link_works_once_and_only_for_the_first_person() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        assert!(!store.has_users().await.unwrap());
        store
            .replace_setup_link(b"old", now() + Duration::hours(1))
            .await
            .unwrap();
        store
            .replace_setup_link(b"new", now() + Duration::hours(1))
            .await
            .unwrap();
        assert!(!store.setup_link_is_open(b"old", now()).await.unwrap());
        assert!(store.setup_link_is_open(b"new", now()).await.unwrap());
        assert!(
            !store
                .setup_link_is_open(b"new", now() + Duration::hours(1))
                .await
                .unwrap()
        );

        let bad = store
            .create_first_user(ws, "no address", "h", b"new", now())
            .await;
        assert!(matches!(refusal(bad), Refusal::Invalid { .. }));
        let late = now() + Duration::hours(2);
        let expired = store.create_first_user(ws, "a@x", "h", b"new", late).await;
        assert_eq!(refusal(expired), Refusal::not_found("set-up link"));
        let made = store
            .create_first_user(ws, "a@x", "h", b"new", now())
            .await
            .unwrap();
        assert_eq!(made.role, Role::Admin);
        let again = store.create_first_user(ws, "b@x", "h", b"new", now()).await;
        assert_eq!(refusal(again), Refusal::not_found("set-up link"));

        store
            .replace_setup_link(b"later", now() + Duration::hours(1))
            .await
            .unwrap();
        let later = store
            .create_first_user(ws, "b@x", "h", b"later", now())
            .await;
        assert!(matches!(refusal(later), Refusal::Conflict(_)));
    }
}

#[tokio::test]
async fn attempts_at_the_same_time_each_count() {
    for store in testing::stores().await {
        let window = Duration::minutes(15);
        let tries: Vec<_> = (0..20)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move { store.count_login_attempt(b"w", now(), window).await })
            })
            .collect();
        let mut counts = Vec::new();
        for attempt in tries {
            counts.push(attempt.await.unwrap().unwrap().0);
        }
        counts.sort_unstable();
        assert_eq!(counts, (1..=20).collect::<Vec<_>>());
        let later = now() + window;
        assert_eq!(
            store
                .count_login_attempt(b"w", later, window)
                .await
                .unwrap(),
            (1, later)
        );
        store.forget_login_attempts(b"w").await.unwrap();
        assert_eq!(
            store
                .count_login_attempt(b"w", later, window)
                .await
                .unwrap()
                .0,
            1
        );
    }
}

#[tokio::test]
async fn a_token_belongs_to_one_workspace() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let other = store.create_workspace(shop(), now()).await.unwrap().id;
        let scopes = [Scope::Write, Scope::Ingest, Scope::Write];
        let made = store
            .create_token(ws, " Import ", &scopes, b"hash", (now(), None))
            .await
            .unwrap();
        assert_eq!((made.name.as_str(), made.workspace), ("Import", ws));
        assert_eq!(made.scopes, [Scope::Ingest, Scope::Write]);
        store
            .touch_token(&made.id, now() + Duration::hours(1))
            .await
            .unwrap();
        let found = store.token_by_hash(b"hash").await.unwrap().unwrap();
        assert_eq!(found.last_used_at, Some(now() + Duration::hours(1)));
        assert!(store.tokens(Some(other)).await.unwrap().is_empty());
        let foreign = store.revoke_token(other, &made.id).await;
        assert_eq!(refusal(foreign), Refusal::not_found("token"));
        store.revoke_token(ws, &made.id).await.unwrap();
        assert!(store.token_by_hash(b"hash").await.unwrap().is_none());
        for (name, scopes) in [("", &[Scope::Read][..]), ("n", &[])] {
            let outcome = store
                .create_token(ws, name, scopes, b"h", (now(), None))
                .await;
            assert!(matches!(refusal(outcome), Refusal::Invalid { .. }));
        }
    }
}

#[tokio::test]
async fn migrations_go_up_from_the_first_with_data() {
    let file = testing::directory().join("old.db");
    let url = format!("sqlite://{}", file.display());
    // A database of the first schema, as `sqlx` left it, with a campaign.
    let db = Db::open(&url).await.unwrap();
    assert_eq!(db.pending_migrations().await.unwrap().first(), Some(&1));
    let Db::Sqlite { write, .. } = &db else {
        panic!("an SQLite URL")
    };
    let first = sqlx::migrate::Migrator::with_migrations(
        sqlx::migrate!("migrations/sqlite")
            .iter()
            .take(1)
            .cloned()
            .collect(),
    );
    first.run(write).await.unwrap();
    for sql in [
        "INSERT INTO workspace (name, time_zone, created_us) VALUES ('w', 'UTC', 0)",
        "INSERT INTO campaign (workspace, id, number, name, kind, type, sender, status, created_us)
         VALUES (1, 'old', 1, 'Old Name', 'messaging', 'sms', '', 'pending', 0)",
    ] {
        sqlx::query(sql).execute(write).await.unwrap();
    }
    assert_eq!(db.pending_migrations().await.unwrap().first(), Some(&2));
    db.close().await;

    let store = Store::connect(&url).await.unwrap();
    assert!(store.db().pending_migrations().await.unwrap().is_empty());
    store.db().check_integrity().await.unwrap();
    let ws = store.workspaces().await.unwrap()[0].id;
    assert_eq!(store.campaign(ws, "old").await.unwrap().name, "Old Name");
}

#[tokio::test]
async fn a_list_of_migrations_that_cannot_be_read_is_no_new_database() {
    let file = testing::directory().join("odd.db");
    let db = Db::open(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    let Db::Sqlite { write, .. } = &db else {
        panic!("an SQLite URL")
    };
    sqlx::query("CREATE TABLE _sqlx_migrations (something_else INTEGER)")
        .execute(write)
        .await
        .unwrap();
    let pending = db.pending_migrations().await;
    assert!(matches!(pending, Err(Error::Database(_))), "{pending:?}");
}

#[tokio::test]
async fn a_new_database_has_every_migration_to_come() {
    for store in testing::stores().await {
        assert!(store.db().pending_migrations().await.unwrap().is_empty());
        let sql = "DROP TABLE _sqlx_migrations";
        match store.db() {
            Db::Sqlite { write, .. } => sqlx::query(sql).execute(write).await.map(drop).unwrap(),
            Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(drop).unwrap(),
        }
        let pending = store.db().pending_migrations().await.unwrap();
        assert_eq!(pending.first(), Some(&1));
    }
}

#[tokio::test]
async fn nobody_goes_by_a_nul() {
    for store in testing::stores().await {
        let ws = store.create_workspace(shop(), now()).await.unwrap().id;
        let invalid = |refusal| matches!(refusal, Refusal::Invalid { .. });
        let made = store
            .create_user(ws, "a\0@x", Role::Viewer, "h", now())
            .await;
        assert!(invalid(refusal(made)));
        assert_eq!(store.user_by_email("a\0@x").await.unwrap(), None);
        assert_eq!(
            refusal(store.remove_user(ws, "a\0@x").await),
            Refusal::not_found("person")
        );
        let made = store
            .create_token(ws, "a\0", &[Scope::Read], b"h", (now(), None))
            .await;
        assert!(invalid(refusal(made)));
        assert_eq!(
            refusal(store.revoke_token(ws, "\0").await),
            Refusal::not_found("token")
        );
        let new = NewWorkspace {
            name: "a\0".to_owned(),
            ..shop()
        };
        assert!(invalid(refusal(store.create_workspace(new, now()).await)));
    }
}

/// Whoever writes holds the workspace's row. A removal that waits for it finds what was written meanwhile.
#[tokio::test]
async fn a_removal_waits_for_what_is_being_written() {
    for store in testing::stores().await {
        let Db::Postgres(pool) = store.db() else {
            // SQLite has one writer.
            continue;
        };
        let gone = store.create_workspace(shop(), now()).await.unwrap().id;
        let mut writer = pool.begin().await.unwrap();
        sqlx::query("SELECT 1 FROM workspace WHERE id = $1 FOR UPDATE")
            .bind(gone.0)
            .execute(&mut *writer)
            .await
            .unwrap();
        let removal = {
            let store = store.clone();
            tokio::spawn(async move { store.remove_workspace(gone).await })
        };
        let mut is_waiting = false;
        while !is_waiting {
            is_waiting = sqlx::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock')",
            )
            .fetch_one(pool)
            .await
            .unwrap();
        }
        sqlx::query("INSERT INTO recipient (workspace, key, ord) VALUES ($1, 'late', 0)")
            .bind(gone.0)
            .execute(&mut *writer)
            .await
            .unwrap();
        writer.commit().await.unwrap();
        removal.await.unwrap().unwrap();
        let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM recipient WHERE workspace = $1")
            .bind(gone.0)
            .fetch_one(pool)
            .await
            .unwrap();
        assert_eq!(left, 0);
    }
}
