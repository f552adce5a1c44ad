//! Where accounts' secrets are sealed.
//!
//! ChaCha20-Poly1305 with a random nonce before each text, bound to the workspace it belongs to. The key is not in the
//! database, so that a copy of that opens no account: it comes from a file, which on SQLite is made beside the database.

use std::{
    collections::BTreeMap,
    fmt,
    io::{ErrorKind, Write},
    path::Path,
    sync::{Arc, LazyLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Refusal;
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use store::{Error, Result, WorkspaceId};

/// Length of the key, in bytes.
const KEY_BYTES: usize = 32;

/// What pseudonyms are made with where the server has no key: they hold until it ends.
static NO_KEY: LazyLock<[u8; KEY_BYTES]> = LazyLock::new(|| {
    let mut bytes = [0; KEY_BYTES];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "no randomness: names in the security log can be guessed");
    }
    bytes
});

/// Seals and opens secrets of a workspace. Cheap to clone.
#[derive(Clone, Default)]
pub struct Vault(Option<Arc<Keys>>);

struct Keys {
    seal: LessSafeKey,
    names: hmac::Key,
}

/// The key of pseudonyms, which tells nothing of the one it comes from.
fn names_key(key: &[u8]) -> hmac::Key {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let derived = hmac::sign(&key, b"reportage: names in the security log");
    hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref())
}

impl Vault {
    /// With the key that a file holds: 32 bytes in base64.
    ///
    /// # Errors
    /// A sentence when it holds anything else.
    pub fn with_key(text: &str) -> Result<Self, String> {
        let problem = || {
            "the secret key has to be 32 bytes in base64, as `openssl rand -base64 32` makes them"
                .to_owned()
        };
        let bytes = STANDARD.decode(text.trim()).map_err(|_| problem())?;
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes).map_err(|_| problem())?;
        Ok(Self(Some(Arc::new(Keys {
            seal: LessSafeKey::new(key),
            names: names_key(&bytes),
        }))))
    }

    /// A name for an address where that itself must not be written: 16 hexadecimal digits, the same for the same text as
    /// long as the server has the same key.
    #[must_use]
    pub fn pseudonym(&self, text: &str) -> String {
        let tag = match &self.0 {
            Some(keys) => hmac::sign(&keys.names, text.as_bytes()),
            None => hmac::sign(&names_key(NO_KEY.as_slice()), text.as_bytes()),
        };
        let head = tag.as_ref().iter().take(8);
        head.map(|byte| format!("{byte:02x}")).collect()
    }

    /// With the key in this file, which is made, readable for its owner only, when it isn't there.
    ///
    /// # Errors
    /// A sentence when it can neither be read nor made.
    pub fn beside(file: &Path) -> Result<Self, String> {
        let failed = |error: &dyn fmt::Display| format!("{}: {error}", file.display());
        match std::fs::read_to_string(file) {
            Ok(text) => return Self::with_key(&text).map_err(|error| failed(&error)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&error)),
        }
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|error| failed(&error))?;
        let text = STANDARD.encode(key);
        match make(file, &text) {
            Ok(()) => Self::with_key(&text),
            // Another process was faster: its key is the one.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let text = std::fs::read_to_string(file).map_err(|error| failed(&error))?;
                Self::with_key(&text).map_err(|error| failed(&error))
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// Seals secrets of a workspace. None are nothing, and need no key.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] when the server was given no key.
    pub fn seal(&self, ws: WorkspaceId, secrets: &BTreeMap<String, String>) -> Result<Vec<u8>> {
        if secrets.is_empty() {
            return Ok(Vec::new());
        }
        let Some(keys) = &self.0 else {
            let text =
                "This server has no key to keep secrets with. Start it with --secret-key-file.";
            return Err(Refusal::Conflict(text.to_owned()).into());
        };
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce)
            .map_err(|error| Error::Configuration(format!("no randomness: {error}")))?;
        let mut text = serde_json::to_vec(secrets).map_err(|_| Error::Corrupt("secrets"))?;
        keys.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(ws), &mut text)
            .map_err(|_| Error::Corrupt("secrets"))?;
        Ok([nonce.as_slice(), &text].concat())
    }

    /// Opens what [`Self::seal`] sealed for the same workspace.
    ///
    /// # Errors
    /// [`Error::Configuration`] when this isn't the key, or the workspace, they were sealed with.
    pub fn open(&self, ws: WorkspaceId, sealed: &[u8]) -> Result<BTreeMap<String, String>> {
        if sealed.is_empty() {
            return Ok(BTreeMap::new());
        }
        let problem = || {
            Error::Configuration(
                "secrets were sealed with another key than this server has".to_owned(),
            )
        };
        let key = &self.0.as_ref().ok_or_else(problem)?.seal;
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or_else(problem)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| problem())?;
        let mut text = text.to_vec();
        let open = key
            .open_in_place(nonce, bound_to(ws), &mut text)
            .map_err(|_| problem())?;
        serde_json::from_slice(open).map_err(|_| problem())
    }
}

fn bound_to(ws: WorkspaceId) -> Aad<[u8; 8]> {
    Aad::from(ws.0.to_le_bytes())
}

fn make(file: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;

    let mut options = std::fs::OpenOptions::new();
    let mut made = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    made.write_all(text.as_bytes())?;
    made.sync_all()
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> BTreeMap<String, String> {
        BTreeMap::from([("auth_token".to_owned(), "very-secret".to_owned())])
    }

    fn vault(byte: u8) -> Vault {
        Vault::with_key(&STANDARD.encode([byte; KEY_BYTES])).unwrap()
    }

    #[test]
    fn secrets_open_with_their_own_key_and_workspace_only() {
        let sealed = vault(1).seal(WorkspaceId(7), &secrets()).unwrap();
        assert_eq!(vault(1).open(WorkspaceId(7), &sealed).unwrap(), secrets());
        assert!(vault(2).open(WorkspaceId(7), &sealed).is_err());
        assert!(vault(1).open(WorkspaceId(8), &sealed).is_err());
        let mut broken = sealed.clone();
        *broken.last_mut().unwrap() ^= 1;
        assert!(vault(1).open(WorkspaceId(7), &broken).is_err());
        assert!(vault(1).open(WorkspaceId(7), &sealed[..5]).is_err());
        let text = String::from_utf8_lossy(&sealed);
        assert!(!text.contains("very-secret") && !text.contains("auth_token"));
        // The same text never looks the same.
        assert_ne!(vault(1).seal(WorkspaceId(7), &secrets()).unwrap(), sealed);
    }

    #[test]
    fn names_in_the_log_tell_nobody_without_the_key() {
        let name = vault(1).pseudonym("ana@example.org");
        assert_eq!(name, vault(1).pseudonym("ana@example.org"));
        assert!(name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(name, vault(1).pseudonym("bob@example.org"));
        assert_ne!(name, vault(2).pseudonym("ana@example.org"));
        let keyless = Vault::default().pseudonym("ana@example.org");
        assert_eq!(keyless, Vault::default().pseudonym("ana@example.org"));
        assert_ne!(keyless, name);
    }

    #[test]
    fn without_a_key_nothing_secret_is_kept() {
        let vault = Vault::default();
        assert!(vault.seal(WorkspaceId(1), &secrets()).is_err());
        assert!(
            vault
                .seal(WorkspaceId(1), &BTreeMap::new())
                .unwrap()
                .is_empty()
        );
        assert!(Vault::with_key("too short").is_err());
    }

    #[test]
    fn a_key_file_is_made_once_and_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;

        let dir = std::env::temp_dir().join(format!("reportage-vault-{}", std::process::id()));
        // A process of the same number, long gone, may have left one.
        let _nothing_left = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        let file = dir.join("x.key");
        let sealed = Vault::beside(&file)
            .unwrap()
            .seal(WorkspaceId(1), &secrets())
            .unwrap();
        let again = Vault::beside(&file).unwrap();
        assert_eq!(again.open(WorkspaceId(1), &sealed).unwrap(), secrets());
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&file, "nonsense").unwrap();
        assert!(Vault::beside(&file).is_err());
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
