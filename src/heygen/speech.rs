//! `/v3/voices/speech`: answered at once.

use super::error::{Error, ErrorKind};
use super::remote::Remote;

/// What the answer to a speech holds: the sound, its length and when each word is spoken.
///
/// # Errors
/// [`ErrorKind::Unreadable`] for an answer that names no sound.
pub fn speech_made(_answer: &str) -> Result<Remote, Error> {
    Err(Error::new(ErrorKind::Unreadable, "The answer names no sound."))
}
