use super::*;
use crate::testing::{campaign, stores, workspace};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

#[tokio::test]
async fn the_first_key_is_made_once_and_later_ones_come_after_it() {
    for store in stores().await {
        let keys = store.signing_keys(b"first", now()).await.unwrap();
        assert_eq!(keys, [(1, b"first".to_vec())]);
        assert_eq!(store.signing_keys(b"other", now()).await.unwrap(), keys);
        assert_eq!(store.add_signing_key(b"second", now()).await.unwrap(), 2);
        let keys = store.signing_keys(b"other", now()).await.unwrap();
        assert_eq!(keys, [(1, b"first".to_vec()), (2, b"second".to_vec())]);
    }
}

async fn rows(store: &Store, ws: WorkspaceId, campaign: i64) {
    let sql = format!(
        "INSERT INTO outbox (workspace, campaign, account, contact, address, variant, message, state, due_us, changed_us)
             VALUES ({ws}, {campaign}, 1, 5, 'ana@example.org', 'A', 'k1', 2, 0, 7);
         INSERT INTO link (pk, workspace, campaign, variant, position, url, label, is_tracked)
             VALUES (9, {ws}, {campaign}, 'A', 1, 'https://example.org/', 'x', 1);
         INSERT INTO short_link (code, message, link) VALUES ('abcdefghijk', 'k1', 9);",
        ws = ws.0
    );
    match store.db() {
        crate::Db::Sqlite { write, .. } => sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(write)
            .await
            .map(drop),
        crate::Db::Postgres(pool) => sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(pool)
            .await
            .map(drop),
    }
    .unwrap();
}

#[tokio::test]
async fn a_message_says_where_it_belongs() {
    for store in stores().await {
        let ws = workspace(&store, "UTC").await;
        campaign(&store, ws, "c1", "email").await;
        let row = store.campaign_row(ws, "c1").await.unwrap();
        let pk = row.pk;
        rows(&store, ws, pk).await;
        let message = store.sent_message("k1").await.unwrap().unwrap();
        assert_eq!(message.workspace, ws);
        assert_eq!(message.channel, Channel::Email);
        assert_eq!(message.address, "ana@example.org");
        assert_eq!(message.submitted_at, DateTime::from_timestamp_micros(7));
        assert_eq!(store.sent_message("k2").await.unwrap(), None);
        assert_eq!(store.sent_message("k\0").await.unwrap(), None);
        let target = store.link_target(9).await.unwrap().unwrap();
        assert_eq!(
            (target.campaign, target.url.as_str()),
            (pk, "https://example.org/")
        );
        assert_eq!(
            store.short_link("abcdefghijk").await.unwrap(),
            Some(("k1".to_owned(), 9))
        );
        assert_eq!(store.short_link("abcdefghijl").await.unwrap(), None);
    }
}
