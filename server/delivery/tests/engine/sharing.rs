//! Several engines at one campaign.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

use crate::{
    carriers::Scripted,
    house::{House, assert_adds_up, options, stores},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_servers_share_a_campaign_and_send_nothing_twice() {
    for (url, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 1_000, carrier.clone()).await;
        // A second server has connections of its own.
        let elsewhere = store::Store::connect(&url).await.unwrap();
        let (accounts, clock) = (house.accounts.clone(), house.clock.clone());
        let other = delivery::Engine::new(elsewhere, accounts, clock, options()).unwrap();
        let campaign = house.launched(&house.draft()).await;
        let shutdown = CancellationToken::new();
        let engines = [house.engine.clone(), other];
        let running: Vec<_> = engines
            .into_iter()
            .map(|engine| {
                let shutdown = shutdown.clone();
                tokio::spawn(async move { engine.run(shutdown).await })
            })
            .collect();
        let deadline = Instant::now() + Duration::from_secs(60);
        while house.status(&campaign).await != "completed" {
            assert!(
                Instant::now() < deadline,
                "{:?}",
                house.progress(&campaign).await
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        shutdown.cancel();
        for engine in running {
            engine.await.unwrap();
        }
        let counts = carrier.counts();
        assert_eq!(counts.len(), 1_000);
        assert!(counts.values().all(|count| *count == 1), "{url}");
        let progress = house.progress(&campaign).await;
        assert_eq!(progress.submitted, 1_000);
        assert_adds_up(&progress);
        let card = house
            .store
            .card(house.ws, &campaign.id)
            .await
            .unwrap()
            .figures;
        assert_eq!((card.recipients, card.sent), (1_000, 1_000));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_engine_that_is_told_to_end_gives_back_what_it_did_not_begin() {
    for (_, store) in stores().await {
        let carrier = Scripted::accepting();
        let house = House::with(store, 3_000, carrier.clone()).await;
        let campaign = house.launched(&house.draft()).await;
        let shutdown = CancellationToken::new();
        let (engine, token) = (house.engine.clone(), shutdown.clone());
        let running = tokio::spawn(async move { engine.run(token).await });
        let deadline = Instant::now() + Duration::from_secs(60);
        while carrier.total() < 200 {
            assert!(Instant::now() < deadline);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        shutdown.cancel();
        running.await.unwrap();
        let progress = house.progress(&campaign).await;
        assert_eq!(
            (progress.claimed, progress.uncertain),
            (0, 0),
            "{progress:?}"
        );
        assert_eq!(progress.submitted, carrier.total() as u64);
        // Another process goes on.
        house.settle().await;
        assert!(carrier.counts().values().all(|count| *count == 1));
        assert_eq!(house.progress(&campaign).await.submitted, 3_000);
    }
}
