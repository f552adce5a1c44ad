//! Passwords: Argon2id, off the async threads, a few at a time.

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::Refusal;
use tokio::sync::Semaphore;

/// Hashes at the same time: each takes 19 MiB, and a flood of sign-ins must not take the machine.
const AT_ONCE: usize = 4;
/// Fewest characters.
pub const CHARS_MIN: usize = 12;
/// Most bytes: a longer one only costs time.
pub const BYTES_MAX: usize = 1_024;

/// Compared with when the account doesn't exist, so that the answer takes as long as for one that does.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash("nobody has this password").ok());

/// The password hasher of the process.
#[derive(Clone, Debug)]
pub struct Passwords {
    slots: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            slots: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Passwords {
    /// A salted hash in PHC form (Argon2id, 19 MiB, 2 passes).
    ///
    /// # Errors
    /// When hashing fails.
    pub async fn hash(&self, password: String) -> std::io::Result<String> {
        self.off_thread(move || hash(&password)).await?
    }

    /// Whether the password belongs to the hash. Without a hash: takes as long, and is false.
    ///
    /// # Errors
    /// When hashing fails.
    pub async fn verify(&self, password: String, hash: Option<String>) -> std::io::Result<bool> {
        self.off_thread(move || {
            let known = hash.is_some();
            let Some(hash) = hash.or_else(|| NOBODY.clone()) else {
                return false;
            };
            let matches = PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &hash)
                    .is_ok()
            });
            known && matches
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> std::io::Result<T> {
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(std::io::Error::other)?;
        tokio::task::spawn_blocking(move || {
            // Held until the work is done, even when the caller has gone.
            let _slot = slot;
            work()
        })
        .await
        .map_err(std::io::Error::other)
    }
}

fn hash(password: &str) -> std::io::Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| std::io::Error::other(error.to_string()))
}

/// Refuses passwords that are too short or too long. Length beats rules about characters.
///
/// # Errors
/// [`Refusal::Invalid`] with the limit.
pub fn check_strength(password: &str) -> Result<(), Refusal> {
    if password.chars().count() < CHARS_MIN {
        return Err(Refusal::invalid(
            "password",
            format!("use at least {CHARS_MIN} characters"),
        ));
    }
    if password.len() > BYTES_MAX {
        return Err(Refusal::invalid(
            "password",
            format!("use at most {BYTES_MAX} bytes"),
        ));
    }
    Ok(())
}
