//! What can go wrong while a film is made.

use std::error::Error;
use std::path::Path;

/// Why a film could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct FootageError {
    pub kind: FootageErrorKind,
    /// What happened, in plain words.
    pub message: String,
    /// What would help, if anything would.
    pub hint: Option<String>,
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FootageErrorKind {
    /// The order itself cannot be met: size, empty text.
    Order,
    /// The sound file cannot be read or has no sound in it.
    Sound,
    /// The picture or the sound could not be encoded.
    Encode,
    /// A file could not be written or read.
    Disk,
}

impl FootageError {
    pub(super) fn order(message: impl Into<String>, hint: &str) -> Self {
        Self { kind: FootageErrorKind::Order, message: message.into(), hint: Some(hint.to_owned()), source: None }
    }

    pub(super) fn sound(message: impl Into<String>) -> Self {
        let hint = Some("Use a WAV or MP3 file that plays elsewhere.".to_owned());
        Self { kind: FootageErrorKind::Sound, message: message.into(), hint, source: None }
    }

    pub(super) fn encode(what: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: FootageErrorKind::Encode,
            message: format!("The {what} could not be encoded."),
            hint: None,
            source: Some(source.into()),
        }
    }

    pub(super) fn disk(path: &Path, source: std::io::Error) -> Self {
        Self {
            kind: FootageErrorKind::Disk,
            message: format!("{} could not be written or read.", path.display()),
            hint: Some("Check the free space and the rights of the folder.".to_owned()),
            source: Some(Box::new(source)),
        }
    }

    /// Adds the cause.
    pub(super) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}
