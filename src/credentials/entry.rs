//! The one entry of the keyring that is this program's: read, written and deleted by the `keyring`
//! crate on every system.

use keyring::Error;
use secrecy::SecretString;

use super::{KeyringFault, Prompt, system};

pub(super) fn load(service: &str, user: &str, prompt: Prompt) -> Result<Option<SecretString>, KeyringFault> {
    system::prepare(service, user, prompt)?;
    let read = match system::entry(service, user).and_then(|entry| entry.get_password()) {
        Err(Error::Ambiguous(twins)) => twins.first().map_or(Err(Error::NoEntry), |entry| entry.get_password()),
        read => read,
    };
    match read {
        Ok(key) => Ok(Some(SecretString::from(key))),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(system::fault(error)),
    }
}

pub(super) fn save(service: &str, user: &str, key: &str) -> Result<(), KeyringFault> {
    system::prepare(service, user, Prompt::Allowed)?;
    let entry = system::entry(service, user).map_err(system::fault)?;
    let saved = match entry.set_password(key) {
        // Which of several was meant cannot be told: one takes their place.
        Err(Error::Ambiguous(twins)) => {
            twins.iter().try_for_each(|twin| twin.delete_credential()).and_then(|()| entry.set_password(key))
        }
        saved => saved,
    };
    saved.map_err(system::fault)
}

pub(super) fn remove(service: &str, user: &str) -> Result<(), KeyringFault> {
    system::prepare(service, user, Prompt::Allowed)?;
    match system::entry(service, user).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(Error::Ambiguous(twins)) => {
            twins.iter().try_for_each(|twin| twin.delete_credential()).map_err(system::fault)
        }
        Err(error) => Err(system::fault(error)),
    }
}
