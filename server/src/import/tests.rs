use std::{io::Write, path::PathBuf};

use chrono::{DateTime, Utc};
use domain::{CampaignKind, CampaignType, campaign::NewCampaign};
use flate2::{Compression, write::GzEncoder};
use store::{NewWorkspace, Store, WorkspaceId};

use super::{
    ImportArgs, Summary, import,
    lines::{LINE_BYTES_MAX, Lines, Position},
};
use crate::{clock::Clock, enrich::Enrich};

fn lines_of(bytes: &[u8]) -> Vec<(u64, Vec<u8>, bool)> {
    let position = Position::default();
    let mut lines = Lines::read(std::io::Cursor::new(bytes.to_vec()), &position).unwrap();
    let mut found = Vec::new();
    while let Some(line) = lines.next().unwrap() {
        found.push((line.number, line.bytes, line.too_long));
    }
    assert_eq!(position.bytes(), bytes.len() as u64);
    found
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn lines_end_in_any_way_and_keep_their_numbers() {
    let expected = vec![
        (1, b"a".to_vec(), false),
        (3, b"b".to_vec(), false),
        (4, b"c".to_vec(), false),
    ];
    for text in ["a\n\nb\nc", "a\r\n\r\nb\r\nc\r\n", "\u{feff}a\n  \nb\nc\n"] {
        assert_eq!(lines_of(text.as_bytes()), expected, "{text:?}");
        assert_eq!(
            lines_of(&gzip(text.as_bytes())),
            expected,
            "{text:?} as gzip"
        );
    }
    assert_eq!(lines_of(b""), []);
    assert_eq!(lines_of(b"x"), [(1, b"x".to_vec(), false)]);
}

#[test]
fn gzip_may_have_several_members() {
    let mut bytes = gzip(b"a\n");
    bytes.extend(gzip(b"b\n"));
    assert_eq!(lines_of(&bytes).len(), 2);
}

#[test]
fn a_line_without_end_does_not_fill_memory() {
    let mut bytes = vec![b'x'; LINE_BYTES_MAX * 3];
    bytes.extend(b"\nb\n");
    let found = lines_of(&bytes);
    assert_eq!(found.len(), 2);
    assert!(found[0].2 && found[0].1.len() == LINE_BYTES_MAX);
    assert_eq!(found[1], (2, b"b".to_vec(), false));
}

/// A store in a folder of its own with one campaign, `spring`.
struct World {
    folder: PathBuf,
    store: Store,
    ws: WorkspaceId,
    clock: Clock,
}

impl World {
    async fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("reportage-import-{name}-{}", std::process::id()));
        // A process of the same number, long gone, may have left one.
        let _nothing_left = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let url = format!("sqlite://{}", folder.join("test.db").display());
        let store = Store::connect(&url).await.unwrap();
        let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        let new = NewWorkspace {
            name: "Test".to_owned(),
            time_zone: "UTC".to_owned(),
            week_start: 1,
            is_demo: false,
        };
        let ws = store.create_workspace(new, now).await.unwrap().id;
        let campaign = NewCampaign {
            name: "Spring".to_owned(),
            kind: CampaignKind::Messaging,
            campaign_type: CampaignType::Sms,
            external_id: Some("spring".to_owned()),
            ..NewCampaign::default()
        };
        store.create_campaign(ws, campaign, now).await.unwrap();
        Self {
            folder,
            store,
            ws,
            clock: Clock::standing_at(now),
        }
    }

    async fn import(&self, bytes: &[u8]) -> (Summary, Vec<serde_json::Value>) {
        let source = self.folder.join("events");
        let rejects = self.folder.join("rejects.ndjson");
        std::fs::write(&source, bytes).unwrap();
        let args = ImportArgs {
            source,
            rejects: Some(rejects.clone()),
        };
        let enrich = Enrich::default();
        let summary = import(&self.store, &enrich, &self.clock, self.ws, &args)
            .await
            .unwrap();
        let text = std::fs::read_to_string(rejects).unwrap();
        (
            summary,
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        )
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

fn event(n: u32, campaign: &str) -> String {
    format!(
        r#"{{"id":"e{n}","campaign":"{campaign}","message":"m{n}","recipient":"+34 500000{n:03}","kind":"sent","at":"2026-11-20T10:00:00+01:00"}}"#
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn good_lines_go_in_bad_ones_are_told_and_again_is_free() {
    let world = World::new("mixed").await;
    let mut text = String::new();
    for n in 0..12_000 {
        text += &event(n, "spring");
        text += "\r\n";
    }
    text += "{\"id\": \"broken\r\n\r\n";
    text += &event(1, "no-such-campaign").replace("e1", "other");
    text += "\n";
    text += &event(13_000, "spring").replace("2026-11-20", "2026-11-29");

    let (summary, rejects) = world.import(&gzip(text.as_bytes())).await;
    assert_eq!(
        summary,
        Summary {
            lines: 12_003,
            accepted: 12_000,
            duplicate: 0,
            rejected: 3
        }
    );
    let told: Vec<_> = rejects
        .iter()
        .map(|r| (r["line"].as_u64().unwrap(), r["code"].as_str().unwrap()))
        .collect();
    assert!(told.contains(&(12_003, "unknown_campaign")), "{told:?}");
    assert!(told.contains(&(12_004, "in_the_future")), "{told:?}");
    assert!(told.iter().any(|(line, _)| *line == 12_001), "{told:?}");
    assert_eq!(
        rejects.iter().find(|r| r["line"] == 12_001).unwrap()["event"],
        "{\"id\": \"broken"
    );

    let (again, _) = world.import(text.as_bytes()).await;
    assert_eq!(
        again,
        Summary {
            lines: 12_003,
            accepted: 0,
            duplicate: 12_000,
            rejected: 3
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_nothing_but_rejects_is_a_failure() {
    let world = World::new("loss").await;
    let (summary, _) = world.import(b"id,campaign\n1,spring\n").await;
    assert!(summary.is_total_loss());
    let (empty, _) = world.import(b"").await;
    assert!(!empty.is_total_loss());
}
