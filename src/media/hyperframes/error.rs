//! Why a project cannot be read.

use std::io;

/// Why a project cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ProjectError {
    pub kind: ProjectErrorKind,
    /// A sentence that names the file.
    pub message: String,
    /// What would help.
    pub hint: &'static str,
    #[source]
    pub source: Option<io::Error>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectErrorKind {
    Missing,
    Unreadable,
    /// The packed project cannot be written down.
    Unwritable,
    /// No zip, or a broken one.
    Broken,
    /// Protected by a password.
    Encrypted,
    /// Leads out of its folder, or is written in a way that is not sent on.
    Unsafe,
    TooLarge,
    /// Nothing in it could be rendered.
    NoComposition,
}

impl ProjectError {
    pub(super) fn new(kind: ProjectErrorKind, message: impl Into<String>, hint: &'static str) -> Self {
        Self { kind, message: message.into(), hint, source: None }
    }

    pub(super) fn unreadable(name: &str, source: io::Error) -> Self {
        let (kind, message, hint) = match source.kind() {
            io::ErrorKind::NotFound => (
                ProjectErrorKind::Missing,
                format!("{name} is not there any more."),
                "Choose it again where it is now.",
            ),
            io::ErrorKind::PermissionDenied => {
                (ProjectErrorKind::Unreadable, format!("{name} may not be read."), "Check the rights of the file.")
            }
            _ => (
                ProjectErrorKind::Unreadable,
                format!("{name} could not be read."),
                "Copy the project to this computer and try again.",
            ),
        };
        Self { source: Some(source), ..Self::new(kind, message, hint) }
    }

    pub(super) fn unwritable(source: io::Error) -> Self {
        let message = match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "The disk is full: the project cannot be packed."
            }
            _ => "The project could not be packed into the program's own folder.",
        };
        let hint = "Make room, or allow the program to write there.";
        Self { source: Some(source), ..Self::new(ProjectErrorKind::Unwritable, message, hint) }
    }

    /// What happened and what would help, for the person.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} {}", self.message, self.hint)
    }
}
