//! The keyrings of macOS and Windows, which unlock themselves.

use keyring::{Entry, Error};
use secrecy::SecretString;

use super::{KeyringFault, Prompt};

pub(super) fn load(service: &str, user: &str, _prompt: Prompt) -> Result<Option<SecretString>, KeyringFault> {
    match Entry::new(service, user).and_then(|entry| entry.get_password()) {
        Ok(key) => Ok(Some(SecretString::from(key))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(fault(error)),
    }
}

pub(super) fn save(service: &str, user: &str, key: &str) -> Result<(), KeyringFault> {
    Entry::new(service, user).and_then(|entry| entry.set_password(key)).map_err(fault)
}

pub(super) fn remove(service: &str, user: &str) -> Result<(), KeyringFault> {
    match Entry::new(service, user).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(fault(error)),
    }
}

fn fault(error: Error) -> KeyringFault {
    match error {
        Error::NoDefaultStore => KeyringFault::NoKeyring,
        Error::NoStorageAccess(_) => KeyringFault::Locked,
        error => KeyringFault::Other(error.to_string()),
    }
}
