//! The Secret Service of the desktop (GNOME Keyring, KWallet, KeePassXC), over D-Bus.
//!
//! Spoken to directly, because a locked keyring must be told from one that holds no key, and
//! because a keyring that is started later must be found without restarting the program: the
//! general keyring crate hides the first and remembers a failed first contact. The item's attributes are those
//! of that crate.

use std::collections::HashMap;

use secrecy::SecretString;
use secret_service::blocking::{Item, SecretService};
use secret_service::{EncryptionType, Error};

use super::{KeyringFault, Prompt};

/// What the desktop's keyring program shows.
const LABEL: &str = "Reelmeter: HeyGen API key";

pub(super) fn load(service: &str, user: &str, prompt: Prompt) -> Result<Option<SecretString>, KeyringFault> {
    let keyring = connect()?;
    if prompt == Prompt::Allowed {
        unlock(&keyring, service, user)?;
    }
    let found = keyring.search_items(attributes(service, user)).map_err(fault)?;
    let Some(item) = found.unlocked.first() else {
        let locked = !found.locked.is_empty() || default_is_locked(&keyring)?;
        return if locked { Err(KeyringFault::Locked) } else { Ok(None) };
    };
    let secret = item.get_secret().map_err(fault)?;
    let text = String::from_utf8(secret).map_err(|_| KeyringFault::Other("what it holds is no text".to_owned()))?;
    Ok(Some(SecretString::from(text)))
}

pub(super) fn save(service: &str, user: &str, key: &str) -> Result<(), KeyringFault> {
    let keyring = connect()?;
    unlock(&keyring, service, user)?;
    let found = keyring.search_items(attributes(service, user)).map_err(fault)?;
    if !found.locked.is_empty() {
        return Err(KeyringFault::Locked);
    }
    match found.unlocked.as_slice() {
        [] => {
            let collection = keyring.get_default_collection().map_err(fault)?;
            collection
                .create_item(LABEL, attributes(service, user), key.as_bytes(), true, "text/plain")
                .map_err(fault)?;
        }
        [item, others @ ..] => {
            item.set_secret(key.as_bytes(), "text/plain").map_err(fault)?;
            for other in others {
                other.delete().map_err(fault)?;
            }
        }
    }
    Ok(())
}

pub(super) fn remove(service: &str, user: &str) -> Result<(), KeyringFault> {
    let keyring = connect()?;
    unlock(&keyring, service, user)?;
    let found = keyring.search_items(attributes(service, user)).map_err(fault)?;
    for item in found.unlocked.iter() {
        item.delete().map_err(fault)?;
    }
    let locked = !found.locked.is_empty() || (found.unlocked.is_empty() && default_is_locked(&keyring)?);
    if locked { Err(KeyringFault::Locked) } else { Ok(()) }
}

fn attributes<'a>(service: &'a str, user: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", user)])
}

fn connect() -> Result<SecretService<'static>, KeyringFault> {
    // Dh: the key is encrypted on the bus too.
    SecretService::connect(EncryptionType::Dh).map_err(|error| match error {
        Error::Zbus(zbus_error) => KeyringFault::from_bus(&zbus_error.to_string()),
        error => fault(error),
    })
}

/// Opens what is locked; the desktop asks the person for the password.
fn unlock(keyring: &SecretService<'_>, service: &str, user: &str) -> Result<(), KeyringFault> {
    if let Ok(collection) = keyring.get_default_collection()
        && collection.is_locked().map_err(fault)?
    {
        collection.unlock().map_err(fault)?;
    }
    let found = keyring.search_items(attributes(service, user)).map_err(fault)?;
    let locked: Vec<&Item<'_>> = found.locked.iter().collect();
    if locked.is_empty() { Ok(()) } else { keyring.unlock_all(&locked).map_err(fault) }
}

/// A keyring without a default collection holds nothing, so nothing is locked in it.
fn default_is_locked(keyring: &SecretService<'_>) -> Result<bool, KeyringFault> {
    match keyring.get_default_collection() {
        Ok(collection) => collection.is_locked().map_err(fault),
        Err(Error::NoResult) => Ok(false),
        Err(error) => Err(fault(error)),
    }
}

fn fault(error: Error) -> KeyringFault {
    match error {
        Error::Unavailable => KeyringFault::NoKeyring,
        Error::Locked | Error::Prompt => KeyringFault::Locked,
        // Not the default collection exists: nothing was set up to keep secrets in.
        Error::NoResult => KeyringFault::NoKeyring,
        Error::PromptDisconnected => KeyringFault::NoAnswer,
        error => KeyringFault::from_bus(&error.to_string()),
    }
}

impl KeyringFault {
    /// A bus without a keyring on it says so with one of these names.
    fn from_bus(words: &str) -> Self {
        let absent = ["ServiceUnknown", "NameHasNoOwner", "Spawn.", "FileNotFound", "NotSupported"];
        let unreachable =
            ["No such file", "Connection refused", "not provided by any .service files", "DBUS_SESSION_BUS_ADDRESS"];
        if absent.iter().chain(&unreachable).any(|mark| words.contains(mark)) {
            Self::NoKeyring
        } else if words.contains("IsLocked") {
            Self::Locked
        } else {
            Self::Other(words.to_owned())
        }
    }
}
