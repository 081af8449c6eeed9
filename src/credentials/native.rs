//! The keyrings of macOS and Windows, which unlock themselves.

use keyring::{Entry, Error};

use super::{KeyringFault, Prompt};

#[expect(clippy::unnecessary_wraps, reason = "other systems' keyrings may be locked")]
pub(super) fn prepare(_service: &str, _user: &str, _prompt: Prompt) -> Result<(), KeyringFault> {
    Ok(())
}

pub(super) fn entry(service: &str, user: &str) -> keyring::Result<Entry> {
    Entry::new(service, user)
}

pub(super) fn fault(error: Error) -> KeyringFault {
    match error {
        Error::NoDefaultStore => KeyringFault::NoKeyring,
        Error::NoStorageAccess(_) => KeyringFault::Locked,
        error => KeyringFault::Other(error.to_string()),
    }
}
