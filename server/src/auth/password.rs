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
            // Who was invited has an empty hash until they choose a password: as slow as nobody at all.
            let hash = hash.filter(|hash| !hash.is_empty());
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

/// How much of a password is looked at for what makes it easy to guess: looking takes longer the longer it is.
const GUESSED_CHARS: usize = 64;
/// Letters and digits there have to be beside the person's own words.
const OWN_LETTERS_MIN: usize = 8;
/// Words that anybody would try here first.
const CONTEXT: [&str; 2] = ["reportage", "workspace"];

/// Refuses passwords that are too short, too long, or among the first that anyone would guess: common ones, names, dates,
/// rows of keys, repetitions, and the person's own words. Rules about characters would only make worse ones.
///
/// How easily one is guessed is judged as zxcvbn does (Wheeler, USENIX Security 2016), which knows 30,000 common
/// passwords and 100,000 words and names; three of four points stand for a hundred million guesses, each of
/// which takes tens of milliseconds.
///
/// # Errors
/// [`Refusal::Invalid`] with the reason.
pub fn check_strength(password: &str, own: &[&str]) -> Result<(), Refusal> {
    let refuse = |why: String| Err(Refusal::invalid("password", why));
    if password.chars().count() < CHARS_MIN {
        return refuse(format!("use at least {CHARS_MIN} characters"));
    }
    if password.len() > BYTES_MAX {
        return refuse(format!("use at most {BYTES_MAX} bytes"));
    }
    let mut words: Vec<&str> = CONTEXT.to_vec();
    for text in own {
        words.push(text);
        words.extend(text.split(|c: char| !c.is_alphanumeric()));
    }
    let head: String = password.chars().take(GUESSED_CHARS).collect();
    let is_own = is_mostly(&head, &words);
    let judged = zxcvbn::zxcvbn(&head, &words);
    if !is_own && judged.score() >= zxcvbn::Score::Three {
        return Ok(());
    }
    let why = if is_own {
        "it is little more than your address or the name of the workspace"
    } else {
        reason(judged.feedback().and_then(|feedback| feedback.warning()))
    };
    refuse(format!(
        "choose another password: {why}. Four or more words that have nothing to do with each other are hard to guess"
    ))
}

/// Whether a password is little more than these words. Those of few letters are in any sentence.
fn is_mostly(password: &str, words: &[&str]) -> bool {
    let whole = password.to_lowercase();
    let mut words: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
    // The longest first: an address before its parts.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = whole.clone();
    for word in words.iter().filter(|word| word.chars().count() > 3) {
        rest = rest.replace(word.as_str(), "");
    }
    let left = rest.chars().filter(|c| c.is_alphanumeric()).count();
    rest != whole && left < OWN_LETTERS_MIN
}

fn reason(warning: Option<zxcvbn::feedback::Warning>) -> &'static str {
    use zxcvbn::feedback::Warning;
    match warning {
        Some(
            Warning::StraightRowsOfKeysAreEasyToGuess
            | Warning::ShortKeyboardPatternsAreEasyToGuess,
        ) => "it is a row of keys",
        Some(
            Warning::RepeatsLikeAaaAreEasyToGuess
            | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess,
        ) => "it repeats itself",
        Some(Warning::SequencesLikeAbcAreEasyToGuess) => "it is a sequence such as abc or 1234",
        Some(Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess) => {
            "it is made of a date or year"
        }
        Some(
            Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess,
        ) => "it is made of names",
        Some(_) => "it is one of the common ones, or close to one",
        None => "it is easy to guess",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(password: &str) -> Option<String> {
        let own = ["maria.huber@aurora-retail.example", "Aurora Retail"];
        match check_strength(password, &own) {
            Ok(()) => None,
            Err(Refusal::Invalid { field, message }) => {
                assert_eq!(field, "password");
                Some(message)
            }
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn common_passwords_are_refused_and_the_sentence_says_why() {
        for (password, why) in [
            ("password1234", "common"),
            ("Password12345!", "choose another"),
            ("aaaaaaaaaaaa", "repeats"),
            ("abcabcabcabcabc", "repeats"),
            ("123456789012", "choose another"),
            ("abcdefghijklmnop", "choose another"),
            ("qwertyuiop[]", "choose another"),
            ("1qaz2wsx3edc", "choose another"),
            ("reportage1234", "choose another"),
            ("workspace2026", "choose another"),
            ("iloveyou123456", "choose another"),
            ("letmeinletmein", "repeats"),
            ("maria.huber@aurora-retail.example", "your address"),
            ("Aurora Retail 2026", "workspace"),
            ("aurora-retail", "choose another"),
            ("mariahuber12", "choose another"),
            ("short", "at least 12"),
            ("elevenchars", "at least 12"),
        ] {
            let message = refused(password).unwrap_or_else(|| panic!("{password} was taken"));
            assert!(message.contains(why), "{password}: {message}");
            assert!(!message.contains(password), "{message}");
        }
        assert!(refused(&"x7!pQ".repeat(300)).is_some_and(|text| text.contains("at most")));
    }

    #[test]
    fn whoever_thinks_of_something_is_let_through() {
        for password in [
            "correct horse battery",
            "another horse battery",
            "a long and boring passphrase",
            "another long and boring passphrase",
            "a third long and boring passphrase",
            "a first password, long enough",
            "a second password, long enough",
            "how aurora retail sells its boats",
            "Zwölf Boxkämpfer jagen Viktor",
            "kX9vQ2mL7rTp",
            "日本語の長いパスワードです",
        ] {
            assert_eq!(refused(password), None, "{password}");
        }
        let own = ["w", "w@x.de"];
        assert_eq!(check_strength("we four own new words", &own), Ok(()));
        // A long one costs no more than its head.
        assert_eq!(refused(&"kX9vQ2mL7rTp ".repeat(70)), None);
    }
}
