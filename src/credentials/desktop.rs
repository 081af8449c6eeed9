//! The Secret Service of Linux and BSD desktops (GNOME Keyring, KWallet, KeePassXC): what `keyring`
//! cannot tell about it, and a way to it that forgets a failure.
//!
//! `keyring` opens what is locked without asking whether it may, and its own `Entry::new` keeps one
//! connection for the life of the process: one that failed, or whose service was started again, stays
//! broken. So [`prepare`] looks first, and [`entry`] makes a new connection for every call.

use std::collections::HashMap;

use keyring::Entry;
use keyring_core::api::CredentialStoreApi;
use secret_service::blocking::{Item, SecretService};
use secret_service::{EncryptionType, Error};
use zbus_secret_service_keyring_store::Store;

use super::{KeyringFault, Prompt};

/// What the desktop's keyring program shows.
const LABEL: &str = "Reelmeter: HeyGen API key";

/// Whether a keyring is there and open, so that a missing entry means that there is no key. Where it
/// is locked it asks the person for the password, if it may.
pub(super) fn prepare(service: &str, user: &str, prompt: Prompt) -> Result<(), KeyringFault> {
    let keyring = connect()?;
    if prompt == Prompt::Allowed {
        unlock(&keyring, service, user)?;
    }
    let found = keyring.search_items(attributes(service, user)).map_err(told)?;
    let locked = !found.locked.is_empty() || (found.unlocked.is_empty() && default_is_locked(&keyring)?);
    if locked { Err(KeyringFault::Locked) } else { Ok(()) }
}

/// The entry, over a connection of its own.
pub(super) fn entry(service: &str, user: &str) -> keyring::Result<Entry> {
    let inner = Store::new()?.build(service, user, Some(&HashMap::from([("label", LABEL)])))?;
    Ok(Entry { inner })
}

pub(super) fn fault(error: keyring::Error) -> KeyringFault {
    match error {
        keyring::Error::PlatformFailure(source) | keyring::Error::NoStorageAccess(source) => {
            match source.downcast::<Error>() {
                Ok(error) => told(*error),
                Err(source) => KeyringFault::from_bus(&source.to_string()),
            }
        }
        error => KeyringFault::Other(error.to_string()),
    }
}

/// The attributes by which `keyring` finds its entries.
fn attributes<'a>(service: &'a str, user: &'a str) -> HashMap<&'a str, &'a str> {
    HashMap::from([("service", service), ("username", user)])
}

fn connect() -> Result<SecretService<'static>, KeyringFault> {
    // Dh: the key is encrypted on the bus too.
    SecretService::connect(EncryptionType::Dh).map_err(|error| match error {
        Error::Zbus(zbus_error) => KeyringFault::from_bus(&zbus_error.to_string()),
        error => told(error),
    })
}

/// Opens what is locked; the desktop asks the person for the password.
fn unlock(keyring: &SecretService<'_>, service: &str, user: &str) -> Result<(), KeyringFault> {
    if let Ok(collection) = keyring.get_default_collection()
        && collection.is_locked().map_err(told)?
    {
        collection.unlock().map_err(told)?;
    }
    let found = keyring.search_items(attributes(service, user)).map_err(told)?;
    let locked: Vec<&Item<'_>> = found.locked.iter().collect();
    if locked.is_empty() { Ok(()) } else { keyring.unlock_all(&locked).map_err(told) }
}

/// A keyring without a default collection holds nothing, so nothing is locked in it.
fn default_is_locked(keyring: &SecretService<'_>) -> Result<bool, KeyringFault> {
    match keyring.get_default_collection() {
        Ok(collection) => collection.is_locked().map_err(told),
        Err(Error::NoResult) => Ok(false),
        Err(error) => Err(told(error)),
    }
}

fn told(error: Error) -> KeyringFault {
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
