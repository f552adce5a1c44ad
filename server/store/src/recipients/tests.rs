//! Recipient Search on both engines.

use domain::{EventKind, Evidence, Fact, message::Category, recipient::RecipientPage};

use super::RecipientQuery;
use crate::{Db, Store, WorkspaceId, testing};

/// One fact of each (recipient, message), in this order of appearance.
async fn campaign_of(store: &Store, people: &[(&str, &str)]) -> WorkspaceId {
    let ws = testing::workspace(store, "UTC").await;
    testing::campaign(store, ws, "c", "sms").await;
    for (n, (recipient, message)) in people.iter().enumerate() {
        let fact = Fact {
            id: format!("e{n}"),
            campaign: "c".to_owned(),
            message: (*message).to_owned(),
            recipient: (*recipient).to_owned(),
            kind: [EventKind::Delivered, EventKind::Failed][n % 2],
            at_us: 1_780_000_000_000_000,
            received_us: 0,
            evidence: Evidence::Unknown,
            raw_status: None,
            dimensions: Default::default(),
            value: None,
            user_agent: None,
            ip: None,
            props: None,
        };
        assert_eq!(store.ingest(ws, vec![fact]).await.unwrap().accepted, 1);
    }
    ws
}

fn asked(q: &str, exact: bool) -> RecipientQuery {
    RecipientQuery {
        q: q.to_owned(),
        exact,
        limit: 500,
        ..RecipientQuery::default()
    }
}

async fn page(store: &Store, ws: WorkspaceId, query: &RecipientQuery) -> RecipientPage {
    store.recipients(ws, "c", query).await.unwrap()
}

fn keys(page: &RecipientPage) -> Vec<&str> {
    page.rows.iter().map(|row| row.message.as_str()).collect()
}

/// Every page of a search, by messages; no page is larger than asked for.
async fn all_pages(store: &Store, ws: WorkspaceId, query: &RecipientQuery) -> Vec<String> {
    let mut query = query.clone();
    let mut found = Vec::new();
    loop {
        let page = page(store, ws, &query).await;
        assert!(page.rows.len() <= query.limit as usize);
        found.extend(page.rows.iter().map(|row| row.message.clone()));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            return found;
        }
    }
}

#[tokio::test]
async fn an_exact_search_finds_whole_keys_and_nothing_else() {
    for store in testing::stores().await {
        let others: Vec<(String, String)> = (0..100)
            .map(|n| (format!("user1{n}"), format!("m1{n}")))
            .collect();
        let mut people: Vec<(&str, &str)> = others
            .iter()
            .map(|(recipient, message)| (recipient.as_str(), message.as_str()))
            .collect();
        people.extend([("user1", "m-a"), ("100%", "m-b"), ("user_", "m-c")]);
        let ws = campaign_of(&store, &people).await;
        for (q, expected) in [
            ("user1", &["m-a"][..]),
            (" USER1 ", &["m-a"]),
            ("M-A", &["m-a"]),
            ("100%", &["m-b"]),
            ("user_", &["m-c"]),
            ("user", &[]),
            ("ser1", &[]),
            ("m-", &[]),
            ("%", &[]),
            ("user!1", &[]),
        ] {
            let found = page(&store, ws, &asked(q, true)).await;
            assert_eq!(keys(&found), expected, "{q}");
            assert_eq!(found.next_cursor, None, "{q}");
        }
        // The only match fills the page, and nothing says that there are others who look alike.
        let query = RecipientQuery {
            limit: 1,
            ..asked("user1", true)
        };
        let found = page(&store, ws, &query).await;
        assert_eq!(keys(&found), ["m-a"]);
        assert_eq!(found.next_cursor, None);
        // Where parts may be searched for, they are found.
        assert_eq!(
            page(&store, ws, &asked("user1", false)).await.rows.len(),
            101
        );
        assert_eq!(keys(&page(&store, ws, &asked("0%", false)).await), ["m-b"]);
        assert_eq!(keys(&page(&store, ws, &asked("r_", false)).await), ["m-c"]);
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    for store in testing::stores().await {
        let mut people = Vec::new();
        let messages: Vec<String> = (0..30).map(|n| format!("m{n}")).collect();
        for (n, message) in messages.iter().enumerate() {
            // Seven messages of one person, among others'.
            people.push((
                [["a", "b", "c"][n % 3], "many"][usize::from(n % 4 == 3)],
                message.as_str(),
            ));
        }
        let ws = campaign_of(&store, &people).await;
        for status in [None, Some(Category::Failed)] {
            let whole = RecipientQuery {
                status,
                ..asked("", true)
            };
            let expected = all_pages(&store, ws, &whole).await;
            assert_eq!(expected.len(), if status.is_some() { 15 } else { 30 });
            for limit in [1, 2, 4, 7] {
                let query = RecipientQuery {
                    limit,
                    ..whole.clone()
                };
                assert_eq!(all_pages(&store, ws, &query).await, expected, "{limit}");
            }
        }
        // A cursor names people by their number, and nothing made from their keys.
        let query = RecipientQuery {
            limit: 2,
            ..asked("", true)
        };
        assert_eq!(
            page(&store, ws, &query).await.next_cursor.as_deref(),
            Some("0.2")
        );
        for cursor in ["", "1", "x.1", "1.x", "-1.0", "1.-7", "1.2.3"] {
            let query = RecipientQuery {
                cursor: Some(cursor.to_owned()),
                ..asked("", false)
            };
            let refused = store.recipients(ws, "c", &query).await;
            assert!(matches!(refused, Err(crate::Error::Refused(_))), "{cursor}");
        }
    }
}

#[tokio::test]
async fn letters_beyond_ascii_are_found_as_they_stand() {
    for store in testing::stores().await {
        let ws = campaign_of(&store, &[("Émile@X.fr", "m1"), ("ÑANDÚ", "m2")]).await;
        for (q, exact, expected) in [
            ("Émile@X.fr", true, &["m1"][..]),
            ("ÉMILE@x.FR", true, &["m1"]),
            ("É", false, &["m1"]),
            ("ÉmI", false, &["m1"]),
            ("ÑandÚ", true, &["m2"]),
            // Only ASCII letters are folded, on both engines alike.
            ("émile", false, &[]),
        ] {
            let found = page(&store, ws, &asked(q, exact)).await;
            assert_eq!(keys(&found), expected, "{q}");
        }
    }
}

#[tokio::test]
async fn a_nul_finds_nobody() {
    for store in testing::stores().await {
        let ws = campaign_of(&store, &[("a", "m")]).await;
        for exact in [true, false] {
            let found = page(&store, ws, &asked("\0", exact)).await;
            assert_eq!(found, RecipientPage::default());
        }
    }
}

/// Adds 25,000 messages like the one that is there, of as many people or of the same.
async fn multiply(store: &Store, of_one_person: bool) {
    // The one is in the table, not in the journal.
    store.settle().await.unwrap();
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000)
        INSERT INTO message (campaign, m, message, recipient, ord, state)
        SELECT campaign, m / 2 + i, 'm' || i, 'r' || i, ord + i * $1, state FROM message, n";
    let by = i64::from(!of_one_person);
    match store.db() {
        Db::Sqlite { write, .. } => {
            sqlx::query(sql)
                .bind(by)
                .execute(write)
                .await
                .map(drop)
                .unwrap();
        }
        Db::Postgres(pool) => {
            sqlx::query(sql)
                .bind(by)
                .execute(pool)
                .await
                .map(drop)
                .unwrap();
        }
    }
}

#[tokio::test]
async fn a_long_search_stops_and_goes_on_from_its_cursor() {
    for of_one_person in [false, true] {
        for store in testing::stores().await {
            let ws = campaign_of(&store, &[("first", "first")]).await;
            multiply(&store, of_one_person).await;
            // The person the first message is of comes first.
            let found = page(&store, ws, &asked("first", true)).await;
            assert!(found.next_cursor.is_some());
            for (q, exact) in [("r25000", true), ("M24999", true), ("r2499", false)] {
                let mut query = asked(q, exact);
                let expected: Vec<&str> = match q {
                    "r25000" => vec!["m25000"],
                    "M24999" => vec!["m24999"],
                    _ => vec![
                        "m2499", "m24990", "m24991", "m24992", "m24993", "m24994", "m24995",
                        "m24996", "m24997", "m24998", "m24999",
                    ],
                };
                let first = page(&store, ws, &query).await;
                assert!(first.next_cursor.is_some(), "{q}");
                assert!(first.rows.len() < expected.len(), "{q}");
                query.limit = 3;
                assert_eq!(all_pages(&store, ws, &query).await, expected, "{q}");
            }
            assert_eq!(all_pages(&store, ws, &asked("", true)).await.len(), 25_001);
        }
    }
}
