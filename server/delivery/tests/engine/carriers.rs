//! Carriers that do what a test says, and count.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use carrier::{
    Outgoing, Submission,
    send::{Answer, Carrier},
};

type Script = Box<dyn Fn(&Outgoing, usize) -> Submission + Send + Sync>;

/// Counts submissions of each message, and answers by a script that knows how often a message came before.
pub struct Scripted {
    script: Script,
    seen: Mutex<HashMap<String, Vec<String>>>,
    latency: Duration,
}

impl Scripted {
    pub fn new(
        script: impl Fn(&Outgoing, usize) -> Submission + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            seen: Mutex::default(),
            latency: Duration::from_micros(200),
        })
    }

    pub fn accepting() -> Arc<Self> {
        Self::new(|_, _| accepted())
    }

    /// Submissions by message.
    pub fn counts(&self) -> HashMap<String, usize> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|(message, to)| (message.clone(), to.len()))
            .collect()
    }

    /// Whom it was told to send to, in no order.
    pub fn addresses(&self) -> Vec<String> {
        self.seen
            .lock()
            .unwrap()
            .values()
            .flatten()
            .cloned()
            .collect()
    }

    pub fn total(&self) -> usize {
        self.counts().values().sum()
    }
}

impl Carrier for Scripted {
    fn submit<'a>(&'a self, message: &'a Outgoing) -> Answer<'a, Submission> {
        Box::pin(async move {
            let before = {
                let mut seen = self.seen.lock().unwrap();
                let times = seen.entry(message.message.clone()).or_default();
                times.push(message.to.clone());
                times.len() - 1
            };
            tokio::time::sleep(self.latency).await;
            (self.script)(message, before)
        })
    }

    fn check(&self) -> Answer<'_, Result<(), String>> {
        Box::pin(async { Ok(()) })
    }
}

pub fn accepted() -> Submission {
    Submission::Accepted {
        reference: None,
        raw: "SENT".to_owned(),
    }
}

pub fn later(after: Option<u64>, is_account: bool) -> Submission {
    Submission::Later {
        reason: "busy".to_owned(),
        after: after.map(Duration::from_secs),
        is_account,
    }
}

pub fn lost() -> Submission {
    Submission::Uncertain {
        reason: "the connection was lost".to_owned(),
    }
}
