//! Databases for tests: a fresh SQLite file, and a fresh PostgreSQL database where a server is given.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{Store, WorkspaceId};

static NEXT: AtomicU32 = AtomicU32::new(0);

fn unique() -> String {
    format!(
        "reportage_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A new directory for one test.
pub(crate) fn directory() -> PathBuf {
    let dir = std::env::temp_dir().join(unique());
    // A process of the same number, long gone, may have left one.
    let _nothing_left = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// One store per engine. PostgreSQL takes part where `REPORTAGE_TEST_POSTGRES` names a server on which
/// databases may be created.
#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration but the environment"
)]
pub(crate) async fn stores() -> Vec<Store> {
    let file = directory().join("test.db");
    let mut stores = vec![
        Store::connect(&format!("sqlite://{}", file.display()))
            .await
            .unwrap(),
    ];
    match std::env::var("REPORTAGE_TEST_POSTGRES") {
        Ok(url) => {
            let name = unique();
            let admin = sqlx::PgPool::connect(&url).await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
                .execute(&admin)
                .await
                .unwrap();
            let base = url.rsplit_once('/').map_or(url.as_str(), |(base, _)| base);
            stores.push(Store::connect(&format!("{base}/{name}")).await.unwrap());
        }
        Err(_) => {
            eprintln!("SKIPPED: REPORTAGE_TEST_POSTGRES is not set, PostgreSQL takes no part")
        }
    }
    stores
}

/// A new workspace.
pub(crate) async fn workspace(store: &Store, zone: &str) -> WorkspaceId {
    let sql =
        "INSERT INTO workspace (name, time_zone, created_us) VALUES ('test', $1, 0) RETURNING id";
    WorkspaceId(match store.db() {
        crate::Db::Sqlite { write, .. } => sqlx::query_scalar(sql)
            .bind(zone)
            .fetch_one(write)
            .await
            .unwrap(),
        crate::Db::Postgres(pool) => sqlx::query_scalar(sql)
            .bind(zone)
            .fetch_one(pool)
            .await
            .unwrap(),
    })
}

/// A new messaging campaign with this external id.
pub(crate) async fn campaign(
    store: &Store,
    ws: WorkspaceId,
    external_id: &str,
    campaign_type: &str,
) {
    let sql = "INSERT INTO campaign (workspace, id, number, external_id, name, kind, type, sender, status,
            created_us)
        SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, 'test', 'messaging', $4, '', 'pending', 0
        FROM campaign WHERE workspace = $1";
    let id = unique();
    match store.db() {
        crate::Db::Sqlite { write, .. } => {
            let query = sqlx::query(sql)
                .bind(ws.0)
                .bind(&id)
                .bind(external_id)
                .bind(campaign_type);
            query.execute(write).await.map(drop).unwrap();
        }
        crate::Db::Postgres(pool) => {
            let query = sqlx::query(sql)
                .bind(ws.0)
                .bind(&id)
                .bind(external_id)
                .bind(campaign_type);
            query.execute(pool).await.map(drop).unwrap();
        }
    }
}
