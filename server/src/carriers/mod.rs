//! The accounts at carriers, as the running server uses them.
//!
//! A carrier holds connections and tokens, so there is one for each account, made at first use and made anew when the
//! account's settings change.

mod form;
mod seams;
mod vault;

pub use form::checked_form;
pub use seams::EnrichedFacts;
pub use vault::Vault;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use carrier::{
    Network, Settings,
    send::{self, Carrier},
};
use store::{AccountRow, Result, Store};

/// Most carriers kept at once; beyond that all are made anew.
const KEPT_MAX: usize = 256;

/// By the account's key: the version of its settings, and what was made of them.
type Kept = HashMap<i64, (i64, Arc<dyn Carrier>)>;

/// Carriers by account.
#[derive(Clone)]
pub struct Carriers {
    store: Store,
    vault: Vault,
    network: Network,
    kept: Arc<Mutex<Kept>>,
}

impl Carriers {
    /// None made yet.
    #[must_use]
    pub fn new(store: Store, vault: Vault, network: Network) -> Self {
        Self {
            store,
            vault,
            network,
            kept: Arc::default(),
        }
    }

    /// What secrets are sealed with.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// How other machines may be reached.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Settings and secrets of an account.
    ///
    /// # Errors
    /// When the secrets can't be opened.
    pub fn settings(&self, account: &AccountRow) -> Result<Settings> {
        let mut fields: BTreeMap<String, String> = account.settings.clone();
        fields.extend(self.vault.open(account.workspace, &account.secrets)?);
        Ok(Settings::new(fields))
    }

    /// The carrier of an account.
    ///
    /// # Errors
    /// A refusal when its settings can't be used; as [`Self::settings`].
    pub fn of(&self, account: &AccountRow) -> Result<Arc<dyn Carrier>> {
        if let Some((version, carrier)) = self.lock().get(&account.pk)
            && *version == account.version
        {
            return Ok(Arc::clone(carrier));
        }
        let settings = self.settings(account)?;
        let made = send::carrier(account.protocol, &settings, &self.network)
            .map_err(|error| domain::Refusal::invalid(error.field, error.message))?;
        let mut kept = self.lock();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(account.pk, (account.version, Arc::clone(&made)));
        Ok(made)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Carriers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Carriers")
    }
}
