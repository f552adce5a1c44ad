//! A disk that is full while a campaign goes out: it goes on where it stood, and nobody gets anything twice.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::carrier::Protocol;
use store::{NotReady, Store};
use tokio_util::sync::CancellationToken;

use crate::{
    carriers::{Scripted, accepted},
    house::{House, assert_adds_up, file, options},
};

const PEOPLE: usize = 3_000;
/// How many messages are out when the disk is full.
const FULL_AFTER: usize = 100;
/// Longer than a moment: five seconds were once all that a record waited.
const FULL_FOR: Duration = Duration::from_secs(7);

/// A small disk; gone with the value.
struct Disk(PathBuf);

impl Disk {
    /// None where this process may not mount.
    fn mounted() -> Option<Self> {
        let path = file().with_file_name("disk");
        std::fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=48m", "tmpfs"])
            .arg(&path)
            .output();
        mounted
            .is_ok_and(|made| made.status.success())
            .then_some(Self(path))
    }

    fn filler(&self) -> PathBuf {
        self.0.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Takes all the room there is.
fn fill(filler: &Path) {
    let open = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(filler);
    let Ok(mut file) = open else { return };
    for size in [65_536, 4_096, 1] {
        let piece = vec![0; size];
        while file.write_all(&piece).is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_campaign_goes_on_after_the_disk_was_full() {
    let Some(disk) = Disk::mounted() else {
        eprintln!("SKIPPED: no file system can be mounted here, so none is filled");
        return;
    };
    let database = disk.0.join("test.db");
    let store = Store::connect(&format!("sqlite://{}", database.display()))
        .await
        .unwrap();
    let out = Arc::new(AtomicUsize::new(0));
    let carrier = {
        let (out, filler) = (Arc::clone(&out), disk.filler());
        Scripted::new(move |_, _| {
            if out.fetch_add(1, Ordering::SeqCst) + 1 == FULL_AFTER {
                fill(&filler);
            }
            accepted()
        })
    };
    let given = Arc::<Scripted>::clone(&carrier);
    let settings = carrier::Settings::default();
    let house = House::of(store, PEOPLE, Protocol::Twilio, given, settings, options()).await;
    let campaign = house.launched(&house.draft()).await;
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (engine, shutdown) = (house.engine.clone(), shutdown.clone());
        async move { engine.run(shutdown).await }
    });

    let deadline = Instant::now() + Duration::from_secs(120);
    let mut full_since = None;
    while full_since.is_none_or(|since: Instant| since.elapsed() < FULL_FOR) {
        assert!(
            Instant::now() < deadline,
            "the disk was never full for long"
        );
        let is_full = house.store.check_ready(0).await == Err(NotReady::DiskFull);
        full_since = full_since
            .filter(|_| is_full)
            .or(is_full.then(Instant::now));
        if out.load(Ordering::SeqCst) >= FULL_AFTER {
            // Whatever a checkpoint gave back is taken, too.
            fill(&disk.filler());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let out_while_full = out.load(Ordering::SeqCst);
    assert!(
        out_while_full < PEOPLE,
        "it was all out before the disk was full"
    );
    std::fs::remove_file(disk.filler()).unwrap();

    while house.status(&campaign).await != "completed" {
        assert!(Instant::now() < deadline, "the campaign doesn't get on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    house.store.check_ready(0).await.unwrap();
    shutdown.cancel();
    running.await.unwrap();
    let progress = house.progress(&campaign).await;
    assert_adds_up(&progress);
    assert_eq!((progress.submitted, progress.uncertain), (PEOPLE as u64, 0));
    let counts = carrier.counts();
    assert_eq!(counts.len(), PEOPLE, "every message was handed over");
    assert!(counts.values().all(|n| *n == 1), "none of them twice");
    let card = house.store.card(house.ws, &campaign.id).await.unwrap();
    assert_eq!(card.figures.sent, PEOPLE as u64);
    eprintln!("{out_while_full} were out while the disk was full");
    house.store.close().await;
}
