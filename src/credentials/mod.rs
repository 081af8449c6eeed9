//! The API key and where it is kept: the operating system's keyring, or `HEYGEN_API_KEY` for one
//! run.
//!
//! Owns every call to the keyring. Each runs on a thread of its own with a time limit, because a
//! locked keyring may wait for its password forever. No key is written to disk by this program, and
//! `Debug` shows none. Knows nobody above it.

mod entry;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "desktop.rs"]
mod system;
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "native.rs"]
mod system;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// The keyring's name for this program.
const SERVICE: &str = "reelmeter";
/// The keyring's name for the key.
const USER: &str = "heygen-api-key";
/// The environment variable that wins for one run.
pub const VARIABLE: &str = "HEYGEN_API_KEY";

/// How long the keyring may take to answer.
const LIMIT: Duration = Duration::from_secs(5);
/// How long a person may take to type the keyring's password.
const PROMPT_LIMIT: Duration = Duration::from_secs(90);

/// A key and where it came from.
#[derive(Clone, Debug)]
pub struct Key {
    pub secret: SecretString,
    pub origin: Origin,
}

/// Where a key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Keyring,
    /// `HEYGEN_API_KEY`, for this run.
    Environment,
}

/// Why the keyring did not do what it was asked. `Display` says what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringFault {
    /// No keyring runs on this computer.
    #[error(
        "No keyring is running on this computer. Install and start one (GNOME Keyring or KWallet), then try again, or use the key for this session only."
    )]
    NoKeyring,
    /// The keyring is there but locked: whether it holds the key is not known.
    #[error(
        "The keyring is locked, so it is not known whether it holds your key. Unlock it and try again, or use the key for this session only."
    )]
    Locked,
    /// The keyring did not answer in time. What it was asked may still happen.
    #[error(
        "The keyring did not answer in time. It may be waiting for its password in another window. Unlock it and try again, or use the key for this session only."
    )]
    NoAnswer,
    /// Anything else, in the keyring's words.
    #[error("The keyring refused: {0}. Try again, or use the key for this session only.")]
    Other(String),
}

/// A text that cannot be an API key. Never holds the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    #[error("Paste the key first.")]
    Empty,
    #[error("A key has no spaces or line breaks inside. Copy it again.")]
    Whitespace,
    #[error("A key consists of plain letters, digits and signs. Copy it again.")]
    ForeignCharacter,
}

/// The keyring as this program uses it. Cheap to clone; all clones share one call at a time.
///
/// The methods block, for at most the time limit: call them where waiting is allowed.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    from_environment: Option<SecretString>,
    /// A call that ran out of time still waits in its thread. No second one joins it there.
    busy: Arc<AtomicBool>,
}

impl Credentials {
    /// With the key of `HEYGEN_API_KEY`, where it is set to one.
    #[must_use]
    pub fn from_environment() -> Self {
        let text = std::env::var(VARIABLE).unwrap_or_default();
        Self { from_environment: parse_key(&text).ok(), busy: Arc::default() }
    }

    /// The key of this run: that of the environment, or the keyring's. `None`: the keyring is open
    /// and holds none. Never makes the keyring ask for its password.
    ///
    /// # Errors
    /// [`KeyringFault`]; a fault is not remembered, every call starts anew.
    pub fn load(&self) -> Result<Option<Key>, KeyringFault> {
        self.load_with(LIMIT, || entry::load(SERVICE, USER, Prompt::Never))
    }

    /// As [`Credentials::load`], but a locked keyring may ask the person for its password: for a
    /// button that the person pressed. Blocks for up to 90 seconds.
    ///
    /// # Errors
    /// [`KeyringFault`].
    pub fn retry(&self) -> Result<Option<Key>, KeyringFault> {
        self.load_with(PROMPT_LIMIT, || entry::load(SERVICE, USER, Prompt::Allowed))
    }

    /// Keeps the key in the keyring, in place of the one that was there.
    ///
    /// # Errors
    /// [`KeyringFault`]. After [`KeyringFault::NoAnswer`] the key may still be saved later.
    pub fn save(&self, key: SecretString) -> Result<(), KeyringFault> {
        self.run(LIMIT, move || entry::save(SERVICE, USER, key.expose_secret()))
    }

    /// Takes the key out of the keyring; fine where there is none.
    ///
    /// # Errors
    /// [`KeyringFault`].
    pub fn remove(&self) -> Result<(), KeyringFault> {
        self.run(LIMIT, || entry::remove(SERVICE, USER))
    }

    fn load_with(
        &self,
        limit: Duration,
        load: impl FnOnce() -> Result<Option<SecretString>, KeyringFault> + Send + 'static,
    ) -> Result<Option<Key>, KeyringFault> {
        if let Some(secret) = &self.from_environment {
            return Ok(Some(Key { secret: secret.clone(), origin: Origin::Environment }));
        }
        let secret = self.run(limit, load)?;
        Ok(secret.map(|secret| Key { secret, origin: Origin::Keyring }))
    }

    fn run<T: Send + 'static>(
        &self,
        limit: Duration,
        call: impl FnOnce() -> Result<T, KeyringFault> + Send + 'static,
    ) -> Result<T, KeyringFault> {
        if self.busy.swap(true, Ordering::SeqCst) {
            return Err(KeyringFault::NoAnswer);
        }
        let free = Freed(Arc::clone(&self.busy));
        let (answer, answered) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let result = call();
            drop(free);
            // Nobody listens any more once the time is up.
            let _ = answer.send(result);
        });
        thread.map_err(|error| KeyringFault::Other(error.to_string()))?;
        match answered.recv_timeout(limit) {
            Ok(result) => result,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(KeyringFault::NoAnswer),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(KeyringFault::Other("its call broke off".to_owned())),
        }
    }
}

/// Lets the next call in, also when this one panics.
struct Freed(Arc<AtomicBool>);

impl Drop for Freed {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// Whether the keyring may ask the person for its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prompt {
    Allowed,
    Never,
}

/// How an OAuth token is told from a key where it is entered and kept.
pub const TOKEN_PREFIX: &str = "Bearer ";

/// A key, or `Bearer TOKEN`, as it was pasted: spaces around it are forgiven, anything else that
/// cannot travel in a header is not.
///
/// # Errors
/// [`NotAKey`] with a sentence for people.
pub fn parse_key(pasted: &str) -> Result<SecretString, NotAKey> {
    let text = pasted.trim();
    let (prefix, key) = match text.strip_prefix(TOKEN_PREFIX) {
        Some(token) => (TOKEN_PREFIX, token.trim_start()),
        None => ("", text),
    };
    if key.is_empty() {
        return Err(NotAKey::Empty);
    }
    if key.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(NotAKey::Whitespace);
    }
    if !key.chars().all(|c| c.is_ascii_graphic()) {
        return Err(NotAKey::ForeignCharacter);
    }
    Ok(SecretString::from(format!("{prefix}{key}")))
}

/// The last four characters, by which a person recognises a key; nothing of a key shorter than
/// twelve, of which four would give away too much.
#[must_use]
pub fn ending(key: &SecretString) -> String {
    let characters: Vec<char> = key.expose_secret().chars().collect();
    match characters.len().checked_sub(4) {
        Some(start) if characters.len() >= 12 => characters.into_iter().skip(start).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pasted: &str, expected: Result<&str, NotAKey>) {
        let key = parse_key(pasted);
        assert_eq!(key.as_ref().map(|key| key.expose_secret()).map_err(|fault| *fault), expected, "{pasted:?}");
    }

    #[test]
    fn a_pasted_key_is_forgiven_its_surroundings_only() {
        check("key-for-tests=", Ok("key-for-tests="));
        check(" Bearer  token-for-tests ", Ok("Bearer token-for-tests"));
        check("Bearer two tokens", Err(NotAKey::Whitespace));
        check("  key-for-tests=\r\n", Ok("key-for-tests="));
        check("", Err(NotAKey::Empty));
        check(" \t", Err(NotAKey::Empty));
        check("sk V2", Err(NotAKey::Whitespace));
        check("sk\nV2", Err(NotAKey::Whitespace));
        check("sk\u{0}V2", Err(NotAKey::Whitespace));
        check("sk\u{a0}V2", Err(NotAKey::Whitespace));
        check("schlüssel", Err(NotAKey::ForeignCharacter));
        check("“key”", Err(NotAKey::ForeignCharacter));
    }

    #[test]
    fn only_the_ending_of_a_long_key_is_shown() {
        for (key, shown) in [("key-for-tests-efgh", "efgh"), ("123456789012", "9012"), ("12345678901", ""), ("", "")] {
            assert_eq!(ending(&SecretString::from(key)), shown);
        }
    }

    #[test]
    fn a_silent_keyring_is_given_up_and_not_asked_twice_at_once() {
        let credentials = Credentials::default();
        let (release, wait) = mpsc::channel::<()>();
        let (ended, end) = mpsc::channel::<()>();
        let stuck = credentials.run(Duration::ZERO, move || {
            let _ = wait.recv();
            let _ = ended.send(());
            Ok(())
        });
        assert_eq!(stuck, Err(KeyringFault::NoAnswer));
        assert_eq!(credentials.run(LIMIT, || Ok(1)), Err(KeyringFault::NoAnswer), "the first call still waits");
        drop(release);
        end.recv().unwrap();
        while credentials.busy.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        assert_eq!(credentials.run(LIMIT, || Ok(1)), Ok(1));
    }

    #[test]
    fn the_environment_wins_and_debug_hides_the_key() {
        let credentials =
            Credentials { from_environment: Some(SecretString::from("key-from-env-1234")), busy: Arc::default() };
        let key = credentials.load().unwrap().unwrap();
        assert_eq!((key.origin, key.secret.expose_secret()), (Origin::Environment, "key-from-env-1234"));
        assert!(!format!("{credentials:?} {key:?}").contains("key-from"));
    }
}
