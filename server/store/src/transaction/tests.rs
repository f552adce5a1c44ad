//! Every kind of write works again after one of them ended badly.

use std::{
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use domain::{
    EventKind, Evidence, Fact, ReportQuery,
    contact::NewContact,
    event::Dimension,
    user::{Role, Scope},
};

use crate::{Db, Result, Store, WorkspaceId, macros::writing, testing};

fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn fact(n: u32) -> Fact {
    Fact {
        id: format!("e{n}"),
        campaign: "c".to_owned(),
        message: format!("m{n}"),
        recipient: format!("r{n}"),
        kind: EventKind::Sent,
        at_us: now().timestamp_micros(),
        received_us: now().timestamp_micros(),
        evidence: Evidence::default(),
        raw_status: None,
        dimensions: <[Option<String>; Dimension::COUNT]>::default(),
        value: None,
        user_agent: None,
        ip: None,
        props: None,
    }
}

/// Kinds of writes, by the way they begin.
const KINDS: [&str; 5] = ["attempt", "person", "token", "contact", "fact"];

async fn write(store: &Store, ws: WorkspaceId, kind: &str, n: u32) -> Result<()> {
    match kind {
        "attempt" => {
            let window = chrono::Duration::minutes(1);
            store.count_login_attempt(b"who", now(), window).await?;
        }
        "person" => {
            let email = format!("p{n}@x.de");
            store
                .create_user(ws, &email, Role::Viewer, "h", now())
                .await?;
        }
        "token" => {
            let hash = format!("h{n}");
            store
                .create_token(
                    ws,
                    &format!("t{n}"),
                    &[Scope::Read],
                    hash.as_bytes(),
                    (now(), None),
                )
                .await?;
        }
        "contact" => {
            let contact = NewContact {
                email: Some(format!("c{n}@x.de")),
                ..NewContact::default()
            };
            store.save_contact(ws, None, contact, now()).await?;
        }
        _ => {
            store.ingest(ws, vec![fact(n)]).await?;
        }
    }
    Ok(())
}

/// Each kind of write succeeds within ten seconds, and the store says that it can write.
async fn all_work(store: &Store, ws: WorkspaceId, n: &mut u32) {
    let deadline = Instant::now() + Duration::from_secs(10);
    for kind in KINDS {
        loop {
            *n += 1;
            match write(store, ws, kind, *n).await {
                Ok(()) => break,
                Err(error) => assert!(Instant::now() < deadline, "{kind}: {error}"),
            }
        }
    }
    loop {
        match store.check_ready(i64::from(*n)).await {
            Ok(()) => break,
            Err(why) => assert!(Instant::now() < deadline, "{why}"),
        }
        tokio::task::yield_now().await;
    }
}

async fn house(store: &Store) -> WorkspaceId {
    let ws = testing::workspace(store, "UTC").await;
    testing::campaign(store, ws, "c", "sms").await;
    ws
}

/// The transaction ends in the middle without sqlx knowing, as after a full disk.
async fn rolled_back_by_the_database(store: &Store) -> Result<()> {
    writing!(store, tx => {
        sqlx::query("ROLLBACK").execute(&mut *tx).await?;
        sqlx::query("no SQL").execute(&mut *tx).await?;
    });
    Ok(())
}

#[tokio::test]
async fn a_transaction_that_the_database_ended_costs_its_connection() {
    for store in testing::stores().await {
        let (ws, mut n) = (house(&store).await, 0);
        for _ in 0..3 {
            rolled_back_by_the_database(&store).await.unwrap_err();
            all_work(&store, ws, &mut n).await;
        }
    }
}

/// `max_page_count` is the connection's own: the next one has room again.
#[tokio::test]
async fn a_full_database_is_written_to_again_once_there_is_room() {
    let stores = testing::stores().await;
    let store = &stores[0];
    let Db::Sqlite { write: pool, .. } = store.db() else {
        panic!("the first store is SQLite");
    };
    let (ws, mut n) = (house(store).await, 0);
    sqlx::query("PRAGMA max_page_count = 1")
        .execute(pool)
        .await
        .unwrap();
    let mut failures = 0;
    for n in 0..200 {
        let text = "x".repeat(20_000);
        let full = async {
            writing!(store, tx => {
                sqlx::query("INSERT INTO app_user (workspace, email, role, password_hash, created_us)
                             VALUES ($1, $2, 'viewer', $3, 0)")
                    .bind(ws.0)
                    .bind(format!("full{n}"))
                    .bind(&text)
                    .execute(&mut *tx)
                    .await?;
            });
            Ok::<(), crate::Error>(())
        };
        if let Err(error) = full.await {
            assert!(error.is_disk_full() && error.is_passing(), "{error}");
            failures += 1;
            break;
        }
    }
    assert_eq!(failures, 1, "it was never full");
    all_work(store, ws, &mut n).await;
    let report = store.report(ws, "c", &ReportQuery::default(), now()).await;
    assert_eq!(report.unwrap().kpis.sent, 1);
}

/// As when a client goes away: at whatever point a write is given up, all of them work afterwards.
#[tokio::test]
async fn a_write_that_is_given_up_leaves_no_transaction_behind() {
    for store in testing::stores().await {
        let (ws, mut n) = (house(&store).await, 0);
        for kind in KINDS {
            for polls in 0..12 {
                n += 1;
                {
                    let mut future = pin!(write(&store, ws, kind, n));
                    let mut left = polls;
                    poll_fn(|context| match future.as_mut().poll(context) {
                        Poll::Ready(_) => Poll::Ready(()),
                        Poll::Pending if left == 0 => Poll::Ready(()),
                        Poll::Pending => {
                            left -= 1;
                            Poll::Pending
                        }
                    })
                    .await;
                }
            }
            all_work(&store, ws, &mut n).await;
        }
    }
}

#[tokio::test]
async fn a_reader_that_was_rolled_back_reads_again() {
    for store in testing::stores().await {
        let ws = house(&store).await;
        // More often than there are connections.
        for _ in 0..15 {
            let mut snapshot = store.snapshot().await.unwrap();
            crate::macros::seeing!(&mut snapshot, conn => {
                sqlx::query("ROLLBACK").execute(conn).await.map(drop).unwrap();
            });
            drop(snapshot);
        }
        let report = store.report(ws, "c", &ReportQuery::default(), now()).await;
        assert_eq!(report.unwrap().kpis.sent, 0);
    }
}

/// The server ends the connection in the middle of each kind of write: all others, and the one that carries it.
#[tokio::test]
async fn postgres_may_end_connections_in_the_middle_of_a_write() {
    const OTHERS: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                          WHERE datname = current_database() AND pid <> pg_backend_pid()";
    const SELF: &str = "SELECT pg_terminate_backend(pg_backend_pid())";
    for store in testing::stores().await {
        if matches!(store.db(), Db::Sqlite { .. }) {
            continue;
        }
        let (ws, mut n) = (house(&store).await, 0);
        for _ in 0..3 {
            let ended = async {
                writing!(&store, tx => {
                    sqlx::query(OTHERS).execute(&mut *tx).await.map(drop)?;
                    sqlx::query(SELF).execute(&mut *tx).await.map(drop)?;
                });
                Ok::<(), crate::Error>(())
            };
            let error = ended.await.unwrap_err();
            assert!(error.is_passing(), "{error}");
            all_work(&store, ws, &mut n).await;
        }
        // While writes of all kinds are under way, from another connection.
        let other = store.clone();
        let (done, mut is_done) = tokio::sync::oneshot::channel::<()>();
        let killer = tokio::spawn(async move {
            let mut kills = 0;
            while is_done.try_recv().is_err() {
                if let Db::Postgres(pool) = other.db()
                    && sqlx::query(OTHERS).execute(pool).await.is_ok()
                {
                    kills += 1;
                }
                tokio::task::yield_now().await;
            }
            kills
        });
        for _ in 0..20 {
            for kind in KINDS {
                n += 1;
                if let Err(error) = write(&store, ws, kind, n).await {
                    assert!(error.is_passing(), "{kind}: {error:?}");
                }
            }
        }
        done.send(()).unwrap();
        assert!(killer.await.unwrap() > 0);
        all_work(&store, ws, &mut n).await;
    }
}
