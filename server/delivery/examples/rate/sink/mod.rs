//! Doubles of carriers: they take everything, answer as the carrier does, and count.

mod http;
mod smtp;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::{Failure, way::Way};

/// What a double got.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Counted {
    /// Messages that it took.
    pub messages: u64,
    /// Different ones among them, by our key.
    pub distinct: u64,
}

/// Counts messages by their keys.
#[derive(Debug, Default)]
struct Tally(Mutex<(u64, HashSet<String>)>);

impl Tally {
    /// A message was taken. Gives how many there are now.
    fn take(&self, key: &str) -> u64 {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.0 += 1;
        tally.1.insert(key.to_owned());
        tally.0
    }

    fn counted(&self) -> Counted {
        let tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Counted {
            messages: tally.0,
            distinct: tally.1.len() as u64,
        }
    }
}

/// Prints the port, serves until the input ends, and prints what it counted.
pub async fn run(way: Way) -> Result<(), Failure> {
    let tally = Arc::new(Tally::default());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let serving = match way {
        Way::Smtp => tokio::spawn(smtp::serve(listener, Arc::clone(&tally))),
        _ => tokio::spawn(http::serve(listener, Arc::clone(&tally))),
    };
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await?;
    serving.abort();
    println!("{}", serde_json::to_string(&tally.counted())?);
    Ok(())
}
