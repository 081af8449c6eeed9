//! The books for others: spreadsheet, plain-text accounting, a statement for a client, a dispute.
//! Makes texts; only the dispute writes files.

mod csv;
mod dispute;
mod journal;
mod statement;

pub use csv::{COLUMNS, READING_COLUMNS, csv, readings_csv};
pub use dispute::dispute;
pub use journal::{JournalFormat, journal};
pub use statement::statement;

/// Why an export was not made. Nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ExportError {
    pub kind: ExportErrorKind,
    /// What happened, without the source's text.
    pub message: String,
    /// What to do.
    pub hint: String,
    pub source: Option<std::io::Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportErrorKind {
    /// The folder or a file in it could not be written.
    Disk,
    /// The journal could not be read, or has no such job.
    Journal,
}

impl From<crate::store::StoreError> for ExportError {
    fn from(error: crate::store::StoreError) -> Self {
        Self {
            kind: ExportErrorKind::Journal,
            message: format!("The journal could not be read: {error}."),
            hint: "Try again; if it stays, restart the program.".to_owned(),
            source: None,
        }
    }
}
