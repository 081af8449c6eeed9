//! A table together with what became of its rows, for whoever asked for them.

use super::sheet::Sheet;
use crate::batch::Table;
use crate::jobs::types::JobState;

/// The columns that are added, named so that no column of a person's own is meant.
const COLUMNS: [&str; 6] =
    ["Reelmeter state", "Reelmeter file", "Reelmeter seconds", "Reelmeter charge", "HeyGen id", "What happened"];

impl Sheet {
    /// The table with each row's state, file, length in seconds, charge in dollars, id at HeyGen, and what it
    /// failed of.
    #[must_use]
    pub fn with_results(&self) -> Table {
        let mut table = Table::clone(&self.table);
        let columns = COLUMNS.map(|name| table.column_or_new(name));
        for (place, row) in table.rows.iter_mut().enumerate() {
            let job = self.job(place);
            let state = match job.map(|job| job.state) {
                Some(JobState::OutcomeUnknown) => "asks you".to_owned(),
                Some(state) => state.word().to_owned(),
                None if self.is_made(place) => JobState::Held.word().to_owned(),
                None => "not made".to_owned(),
            };
            let file = job.and_then(|job| job.files.main()).map(|file| file.display().to_string());
            let seconds = job.and_then(|job| job.duration).map(|seconds| seconds.normalize().to_string());
            let charge = job.and_then(|job| job.charge).map(|charge| charge.exact());
            let id = job.and_then(|job| job.remote_id.clone());
            let error = job.and_then(|job| job.error.as_ref()).map(|error| error.what.clone());
            let told = [Some(state), file, seconds, charge, id, error];
            for (column, told) in columns.iter().zip(told) {
                if let Some(cell) = row.cells.get_mut(*column) {
                    *cell = told.unwrap_or_default();
                }
            }
        }
        table
    }
}
