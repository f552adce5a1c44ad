//! Real input: the six Open Bandit campaigns (60,000 impressions, 287 clicks) through the HTTP ingest.
//!
//! The data lie beside the repository, not in it. An impression is a `delivered` message with its item as link, a
//! click a `clicked` event at the same instant; the four feature columns make a cohort, which stands for a person.

use std::{collections::BTreeSet, io::Read, path::Path};

use serde_json::{Value, json};

use crate::server::{Folder, Server};

const FILES: [(&str, u64); 6] = [
    ("random-all", 38),
    ("random-men", 46),
    ("random-women", 46),
    ("bts-all", 42),
    ("bts-men", 69),
    ("bts-women", 46),
];

#[test]
fn the_open_bandit_campaigns_add_up() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/open-bandit");
    if !data.is_dir() {
        println!("SKIPPED: {} is missing", data.display());
        return;
    }
    let folder = Folder::new();
    let server = Server::with_token(&folder);
    for (name, clicks) in FILES {
        server.campaign(name, "push");
        let rows = read(&data.join(format!("{name}.csv.gz")));
        assert_eq!(rows.len(), 10_000, "{name}");
        let events: Vec<Value> = rows.iter().flat_map(|row| row.events(name)).collect();
        for batch in events.chunks(5_000) {
            let answer = server.ingest(&json!(batch));
            assert_eq!(
                answer.json(),
                json!({"accepted": batch.len(), "duplicate": 0, "rejected": []})
            );
        }
        // The same again changes nothing.
        let again = server.ingest(&json!(events[..1_000]));
        assert_eq!(
            again.json(),
            json!({"accepted": 0, "duplicate": 1_000, "rejected": []})
        );
        check(&server, name, clicks, &rows);
    }
    let account = server.get("/api/v1/report").json();
    assert_eq!(account["campaign"], Value::Null);
    assert_eq!(account["kpis"]["clicked"]["total"], 287);
}

fn check(server: &Server, name: &str, clicks: u64, rows: &[Row]) {
    let path = format!("/api/v1/campaigns/{name}/report?clock=event&bucket=hour&tz=UTC");
    let report = server.get(&path).json();
    let kpis = &report["kpis"];
    assert_eq!(kpis["clicked"]["total"], clicks, "{name}");
    assert_eq!(kpis["delivered"], 10_000, "{name}");
    let cohorts: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.is_click)
        .map(|row| row.cohort.as_str())
        .collect();
    assert_eq!(kpis["clicked"]["unique"], cohorts.len() as u64, "{name}");

    let points = report["series"]["points"].as_array().expect("points");
    let sum = |kind: &str| {
        points
            .iter()
            .filter_map(|point| point[kind].as_u64())
            .sum::<u64>()
    };
    assert_eq!(
        (sum("clicked"), sum("delivered")),
        (clicks, 10_000),
        "{name}"
    );
    // Counted again by hand, hour by hour.
    for point in points {
        let hour = &point["at"].as_str().expect("a time")[..13].replace('T', " ");
        let in_hour = || {
            rows.iter()
                .filter(|row| row.timestamp.starts_with(hour.as_str()))
        };
        assert_eq!(
            point["delivered"],
            in_hour().count() as u64,
            "{name} {hour}"
        );
        let clicked = in_hour().filter(|row| row.is_click).count() as u64;
        assert_eq!(point["clicked"], clicked, "{name} {hour}");
    }
    let by_send = server
        .get(&format!("/api/v1/campaigns/{name}/report"))
        .json();
    assert_eq!(by_send["kpis"]["clicked"]["total"], clicks, "{name}");
    assert_eq!(
        by_send["rates"]["delivery"],
        json!({"n": 10_000, "d": 10_000, "value": 1.0})
    );
}

struct Row {
    number: usize,
    timestamp: String,
    item: String,
    position: String,
    is_click: bool,
    cohort: String,
}

impl Row {
    fn events(&self, campaign: &str) -> impl Iterator<Item = Value> {
        let at = self.timestamp.replace(' ', "T").replace("+00:00", "") + "Z";
        let event = |kind: &str| {
            json!({
                "id": format!("{campaign}-{}-{kind}", self.number), "campaign": campaign, "kind": kind,
                "message": self.number.to_string(), "recipient": self.cohort, "at": at,
                "link": format!("item-{}", self.item), "props": {"position": self.position},
            })
        };
        [
            Some(event("delivered")),
            self.is_click.then(|| event("clicked")),
        ]
        .into_iter()
        .flatten()
    }
}

fn read(path: &Path) -> Vec<Row> {
    let file = std::fs::File::open(path).expect("the data");
    let mut text = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut text)
        .expect("gzip");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let column = |name: &str| names.iter().position(|n| *n == name).expect("the column");
    let (timestamp, item, position, click) = (
        column("timestamp"),
        column("item_id"),
        column("position"),
        column("click"),
    );
    let features: Vec<usize> = (0..4)
        .map(|n| column(&format!("user_feature_{n}")))
        .collect();
    lines
        .enumerate()
        .map(|(number, line)| {
            let cells: Vec<&str> = line.split(',').collect();
            Row {
                number,
                timestamp: cells[timestamp].to_owned(),
                item: cells[item].to_owned(),
                position: cells[position].to_owned(),
                is_click: cells[click].starts_with('1'),
                cohort: features
                    .iter()
                    .map(|at| &cells[*at][..8])
                    .collect::<Vec<_>>()
                    .join("-"),
            }
        })
        .collect()
}
