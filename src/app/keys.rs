//! The live account's key: from the environment, the keyring, or for this session only.
//!
//! Keyring calls run on threads of their own with a time limit. The key is held as a secret and
//! leaves this module only into the client.

use secrecy::{ExposeSecret as _, SecretString};

use crate::credentials::{self, Credentials, Key, Origin};
use crate::heygen;
use crate::settings::Account;
use crate::ui::model::{KeyStatus, Loaded, Tone};

use super::background::Event;
use super::{Studio, session};

/// The key as far as it is known.
pub struct Keys {
    credentials: Credentials,
    key: Option<SecretString>,
    /// The person entered a key: what the keyring says late does not replace it.
    entered: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Self { credentials: Credentials::from_environment(), key: None, entered: false }
    }
}

impl Keys {
    /// The live account's key.
    pub fn live(&self) -> Option<SecretString> {
        self.key.clone()
    }
}

/// What the background found out about the key.
#[derive(Debug)]
pub enum KeyNews {
    /// The keyring answered; no key is not a fault.
    Found(Result<Option<Key>, String>),
    /// A key was tried: the key, where it is kept now, and what HeyGen said.
    Tried { key: SecretString, kept: Kept, answer: Result<String, String> },
    /// The key is out of the keyring, or the sentence says why not.
    Removed(Result<(), String>),
}

/// Where a tried key is.
#[derive(Clone, Debug)]
pub enum Kept {
    Keyring,
    Session,
    /// HeyGen refused it, or could not be asked: nowhere.
    Nowhere,
    /// It is good, but the keyring did not take it.
    KeyringRefused(String),
}

impl Studio {
    /// Looks for the key: the environment first, then the keyring. A locked keyring may ask for its
    /// password only when the person pressed the button for that.
    pub(super) fn ask_keyring(&mut self, may_prompt: bool) {
        self.keys.entered = false;
        if self.options.base_url.is_some() && std::env::var_os(credentials::VARIABLE).is_none() {
            // The key in the keyring belongs to HeyGen's own host.
            self.model.key = KeyStatus::Missing;
            return;
        }
        self.model.key = KeyStatus::Asking;
        let credentials = self.keys.credentials.clone();
        self.background.spawn_blocking(move || {
            let found = if may_prompt { credentials.retry() } else { credentials.load() };
            Event::Key(KeyNews::Found(found.map_err(|fault| fault.to_string())))
        });
    }

    pub(super) fn save_key(&mut self, key: &SecretString) {
        // What is entered for another host does not take the place of HeyGen's key in the keyring.
        self.try_key(key, self.options.base_url.is_none());
    }

    pub(super) fn use_key_this_session(&mut self, key: &SecretString) {
        self.try_key(key, false);
    }

    /// Asks HeyGen who this key belongs to before it is kept anywhere.
    fn try_key(&mut self, key: &SecretString, keep: bool) {
        let key = match credentials::parse_key(key.expose_secret()) {
            Ok(key) => key,
            Err(error) => {
                self.model.key_answer = Some(Err(error.to_string()));
                return;
            }
        };
        let client = match session::client(&self.live_base_url(), &key) {
            Ok(client) => client,
            Err(words) => {
                self.model.key_answer = Some(Err(words));
                return;
            }
        };
        self.model.key_busy = true;
        self.model.key_answer = None;
        let credentials = self.keys.credentials.clone();
        self.background.spawn(async move {
            let tried = heygen::retry::with_retry(|| client.account()).await;
            let (kept, answer) = match tried {
                Ok(info) if keep => {
                    let secret = key.clone();
                    let saved = tokio::task::spawn_blocking(move || credentials.save(secret)).await;
                    let kept = match saved {
                        Ok(Ok(())) => Kept::Keyring,
                        Ok(Err(fault)) => Kept::KeyringRefused(fault.to_string()),
                        Err(_) => Kept::KeyringRefused("The program is closing.".to_owned()),
                    };
                    (kept, Ok(info.name))
                }
                Ok(info) => (Kept::Session, Ok(info.name)),
                Err(error) => (Kept::Nowhere, Err(error.to_string())),
            };
            Event::Key(KeyNews::Tried { key, kept, answer })
        });
    }

    pub(super) fn remove_key(&mut self) {
        if self.options.base_url.is_some() {
            // The keyring's key is another host's: only this session's is let go.
            self.key_news(KeyNews::Removed(Ok(())));
            return;
        }
        self.model.key_busy = true;
        let credentials = self.keys.credentials.clone();
        self.background.spawn_blocking(move || {
            Event::Key(KeyNews::Removed(credentials.remove().map_err(|fault| fault.to_string())))
        });
    }

    pub(super) fn key_news(&mut self, news: KeyNews) {
        match news {
            KeyNews::Found(_) if self.keys.entered => {}
            KeyNews::Found(Ok(Some(Key { secret, origin }))) => {
                let ending = credentials::ending(&secret);
                self.model.key = match origin {
                    Origin::Keyring => KeyStatus::InKeyring { ending },
                    Origin::Environment => KeyStatus::FromEnvironment { ending },
                };
                self.adopt(Some(secret));
            }
            // A key in use for this session stays in use.
            KeyNews::Found(_) if self.keys.key.is_some() => {}
            KeyNews::Found(Ok(None)) => self.model.key = KeyStatus::Missing,
            KeyNews::Found(Err(words)) => self.model.key = KeyStatus::KeyringFault(words),
            KeyNews::Tried { key, kept, answer } => {
                self.model.key_busy = false;
                let ending = credentials::ending(&key);
                self.keys.entered |= answer.is_ok();
                match (kept, answer) {
                    (Kept::Keyring, Ok(name)) => {
                        self.model.key = KeyStatus::InKeyring { ending };
                        self.model.key_answer = Some(Ok(format!("The key is good: {name}. It is in the keyring.")));
                        self.adopt(Some(key));
                    }
                    (Kept::Session, Ok(name)) => {
                        self.model.key = KeyStatus::ThisSession { ending };
                        self.model.key_answer =
                            Some(Ok(format!("The key is good: {name}. It is forgotten when Reelmeter closes.")));
                        self.adopt(Some(key));
                    }
                    (Kept::KeyringRefused(words), Ok(name)) => {
                        self.model.key = KeyStatus::KeyringFault(words.clone());
                        self.model.key_answer = Some(Err(format!(
                            "The key is good ({name}), but the keyring did not take it. {words} You can use it for this session only."
                        )));
                    }
                    (_, Err(words)) | (Kept::Nowhere, Ok(words)) => {
                        self.model.key_answer = Some(Err(format!("{words} The key was not kept.")));
                    }
                }
            }
            KeyNews::Removed(Ok(())) => {
                self.model.key_busy = false;
                self.model.key = KeyStatus::Missing;
                self.model.key_answer = Some(Ok("The key is removed.".to_owned()));
                self.adopt(None);
            }
            KeyNews::Removed(Err(words)) => {
                self.model.key_busy = false;
                self.model.key_answer = Some(Err(format!("The key could not be removed. {words}")));
            }
        }
    }

    /// Uses this key, or none, from now on.
    fn adopt(&mut self, key: Option<SecretString>) {
        if self.model.account == Account::Live {
            // Whose wallet it is will be known when the new key was asked.
            self.model.info = Loaded::default();
        }
        self.keys.key = key;
        let used = match self.sessions.get(&Account::Live) {
            Some(session) => session.use_key(self.keys.key.as_ref()),
            None => return,
        };
        if let Err(words) = used {
            self.notice(Tone::Bad, "The key cannot be used.", &words);
        }
        if self.model.account == Account::Live {
            self.refresh_books();
            self.read_wallet(Account::Live);
            // Another key may have another cast of its own.
            self.forget_own();
            self.read_cast(Account::Live);
            self.find_voice_order(Account::Live);
        }
    }

    fn live_base_url(&self) -> String {
        self.options.base_url.clone().unwrap_or_else(|| heygen::LIVE_BASE_URL.to_owned())
    }
}
