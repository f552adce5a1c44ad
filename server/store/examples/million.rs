//! What a million contacts cost: `cargo run --release -p store --example million -- sqlite:///tmp/million.db`.

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on ends there"
)]
#![expect(clippy::print_stdout, reason = "what it measures is printed")]

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::{
    Channel,
    audience::{Audience, Compare, Condition},
    contact::{Attributes, Consent, ContactQuery, NewContact},
};
use store::{NewWorkspace, Store};

const CONTACTS: u32 = 1_000_000;
const BATCH: usize = 20_000;

fn contact(n: u32) -> NewContact {
    // Scattered, as in a real file.
    let number = u64::from(n) * 7_919_033 % 900_000_000;
    NewContact {
        phone: Some(format!("+346{number:09}")),
        email: Some(format!("p{number}@example.com")),
        consents: [(Channel::Sms, Consent::Subscribed)].into(),
        attributes: Attributes::from([
            ("city".to_owned(), "Madrid".to_owned()),
            ("age".to_owned(), (n % 90).to_string()),
        ]),
        ..NewContact::default()
    }
}

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).unwrap();
    let store = Store::connect(&url).await.unwrap();
    let now = DateTime::<Utc>::from_timestamp(1_790_000_000, 0).unwrap();
    let new = NewWorkspace {
        name: "million".to_owned(),
        time_zone: "UTC".to_owned(),
        week_start: 1,
        is_demo: false,
    };
    let ws = store.create_workspace(new, now).await.unwrap().id;
    let since = Instant::now();
    for from in (0..CONTACTS).step_by(BATCH) {
        let rows = (from..).take(BATCH).map(contact).collect();
        store.upsert_contacts(ws, rows, None, now).await.unwrap();
    }
    let rate = f64::from(CONTACTS) / since.elapsed().as_secs_f64();
    println!("write: {rate:.0} contacts/s");
    let older = Condition::Attribute {
        name: "age".to_owned(),
        compare: Compare::Above,
        value: "50".to_owned(),
    };
    for (name, audience) in [
        ("everyone", Audience::Everyone),
        ("age above 50", Audience::Filter { condition: older }),
    ] {
        let since = Instant::now();
        let count = store
            .count_audience(ws, Channel::Sms, &audience, now)
            .await
            .unwrap();
        println!(
            "count {name}: {} in {:.2} s",
            count.eligible,
            since.elapsed().as_secs_f64()
        );
    }
    for q in ["", "nobody", "p12"] {
        let since = Instant::now();
        let query = ContactQuery {
            q: q.to_owned(),
            ..ContactQuery::default()
        };
        let page = store.contacts(ws, &query, true, 50).await.unwrap();
        println!(
            "search {q:?}: {} in {:.2} s",
            page.contacts.len(),
            since.elapsed().as_secs_f64()
        );
    }
    let since = Instant::now();
    store.contact_counts(ws).await.unwrap();
    println!("counts: {:.2} s", since.elapsed().as_secs_f64());
}
