//! An open table: its rows as drafts with prices, which are wanted, what covers them, and what became of
//! them. Draws nothing. Rows are worked out some at a time, so that no frame waits for ten thousand.

mod entry;
mod summary;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::batch::{Cast, Composer, Setting, Table, TextEncoding, has_placeholder, price, texts, unused_columns};
use crate::draft::{Draft, Product};
use crate::jobs::types::{BatchChange, BatchId, Board, Job, JobId, JobState, KeptBatch};
use crate::pricing::{Pace, RateCard};
use crate::spend::types::{Coverage, Limits};
use crate::ui::{Model, caps};

pub use self::entry::Entry;
pub use self::summary::{ProblemGroup, Summary};

/// Rows worked out in one frame: some milliseconds, their languages read included.
const ROWS_A_FRAME: usize = 300;
/// An open table.
#[derive(Debug)]
pub struct Sheet {
    pub id: BatchId,
    /// The file's own name.
    pub name: String,
    pub table: Arc<Table>,
    pub base: Draft,
    pub cast: Arc<Cast>,
    /// As many as there are rows.
    pub entries: Vec<Entry>,
    /// Which rows are wanted, whether or not they can be made.
    pub picked: Vec<bool>,
    /// The same as it is kept.
    kept_picks: Vec<bool>,
    /// No column sets anything and no placeholder names one.
    names_nothing: bool,
    pub summary: Summary,
    /// Columns that change nothing.
    pub unused: Vec<String>,
    jobs: Vec<Option<JobId>>,
    made: Vec<Option<Arc<Job>>>,
    revision: u64,
    is_edited: bool,
    /// The file it was read from, where it was one.
    pub file: Option<PathBuf>,
    /// What the file would say in other encodings.
    pub samples: Vec<(TextEncoding, String)>,
    card: Option<Arc<RateCard>>,
    pace: Option<Arc<Pace>>,
    board: Arc<Board>,
    /// The rows' jobs are not those of the board above.
    is_behind: bool,
    limits: Limits,
    /// Rows from here on are to be worked out.
    next: usize,
    is_summed: bool,
}

impl Sheet {
    /// A table as it is kept.
    #[must_use]
    pub fn new(kept: KeptBatch) -> Self {
        let rows = kept.table.rows.len();
        let names_nothing = names_nothing(&kept.table, &kept.base);
        let mut picked: Vec<bool> = kept.left_out.iter().map(|left_out| !left_out).collect();
        // What nobody ticked yet is wanted, as long as the table says anything at all.
        picked.resize(rows, !(names_nothing && kept.left_out.is_empty()));
        Self {
            id: kept.id,
            name: kept.name,
            table: Arc::new(kept.table),
            base: kept.base,
            cast: Arc::default(),
            entries: vec![Entry::default(); rows],
            kept_picks: picked.clone(),
            picked,
            names_nothing,
            summary: Summary::default(),
            unused: Vec::new(),
            jobs: kept.jobs,
            made: vec![None; rows],
            revision: kept.revision,
            is_edited: kept.is_edited,
            file: kept.file,
            samples: kept.samples,
            card: None,
            pace: None,
            board: Arc::default(),
            is_behind: true,
            limits: Limits::default(),
            next: 0,
            is_summed: false,
        }
    }

    /// Whether it was changed and would be forgotten if it were closed: none of its rows became a job.
    #[must_use]
    pub fn would_be_lost(&self) -> bool {
        self.is_edited && self.jobs.iter().all(Option::is_none)
    }

    /// Why its file cannot be read in another way; `None` where it can.
    #[must_use]
    pub fn fixed_because(&self) -> Option<&'static str> {
        match () {
            () if self.jobs.iter().any(Option::is_some) => {
                Some("Rows of it were made. To read the file in another way, close this table and open the file again.")
            }
            () if self.is_edited => Some(
                "Cells were changed here, and reading the file again would forget that. To read it in another way, \
                 close this table and open the file again.",
            ),
            () if self.file.is_none() => Some("Open the file again to read it in another way."),
            () => None,
        }
    }

    /// Whether titles are more than how the scripts begin.
    #[must_use]
    pub fn has_titles(&self) -> bool {
        Setting::Title.column(&self.table).is_some() || !texts(&self.base).0.trim().is_empty()
    }

    /// The first column of the person's own, which most likely says whose row it is.
    #[must_use]
    pub fn own_column(&self) -> Option<usize> {
        let is_own = |column: &usize| Setting::ALL.iter().all(|setting| setting.column(&self.table) != Some(*column));
        (0..self.table.columns.len()).find(is_own)
    }

    /// Its product.
    #[must_use]
    pub fn product(&self) -> Product {
        self.base.product()
    }

    /// Brings it up to date with the draft that all rows share and with what the window knows; call it once
    /// a frame. A change of that draft is returned, to be kept.
    pub fn follow(&mut self, base: &Draft, model: &Model) -> Option<BatchChange> {
        let voices = match base.product() {
            Product::Speech => &model.speech_voices,
            _ => &model.voices,
        };
        let looks = model.looks.value.clone().unwrap_or_else(|| self.cast.looks());
        let voices = voices.value.clone().unwrap_or_else(|| self.cast.voices());
        if !self.cast.is_of(&looks, &voices) {
            self.cast = Arc::new(Cast::new(looks, voices));
            self.next = 0;
        }
        let is_same_card = self.card.as_ref().is_some_and(|card| Arc::ptr_eq(card, &model.card));
        let is_same_pace = self.pace.as_ref().is_some_and(|pace| Arc::ptr_eq(pace, &model.pace));
        if !is_same_card || !is_same_pace {
            self.card = Some(Arc::clone(&model.card));
            self.pace = Some(Arc::clone(&model.pace));
            self.next = 0;
        }
        let mut change = None;
        if self.base != *base {
            self.base = base.clone();
            self.next = 0;
            change = Some(self.change(Vec::new()));
        }
        if self.next == 0 {
            self.unused = unused_columns(&self.table, &self.base).into_iter().map(str::to_owned).collect();
            let named_nothing = std::mem::replace(&mut self.names_nothing, names_nothing(&self.table, &self.base));
            if named_nothing && !self.names_nothing && self.picked.iter().all(|picked| !picked) {
                // Now the rows say something.
                self.pick(Pick::All);
            }
        }
        self.work();
        if self.is_behind || !Arc::ptr_eq(&self.board, &model.board) {
            self.find_jobs(&model.board);
        }
        let limits = caps::limits(model);
        if self.limits != limits {
            self.limits = limits;
            self.is_summed = false;
        }
        if !self.is_summed && !self.is_working() {
            self.sum_up();
        }
        change
    }

    /// Rows are still being worked out.
    #[must_use]
    pub fn is_working(&self) -> bool {
        self.next < self.entries.len()
    }

    /// Rows that are worked out.
    #[must_use]
    pub fn worked_out(&self) -> usize {
        self.next
    }

    fn work(&mut self) {
        if !self.is_working() {
            return;
        }
        let end = (self.next + ROWS_A_FRAME).min(self.entries.len());
        self.compose(self.next..end);
        self.next = end;
    }

    fn compose(&mut self, places: std::ops::Range<usize>) {
        let (Some(card), Some(pace)) = (&self.card, &self.pace) else { return };
        let composer = Composer::new(&self.table, &self.base, &self.cast);
        for place in places {
            let (Some(row), Some(entry)) = (self.table.rows.get(place), self.entries.get_mut(place)) else { break };
            let made = composer.compose(row);
            let priced = price(&made, card, pace);
            *entry = Entry::of(&made.draft, made.problems, priced, &self.cast);
        }
        self.is_summed = false;
    }

    /// Puts a text into a cell. A setting without a column gets one.
    pub fn set(&mut self, place: usize, cell: Cell, text: &str) {
        let table = Arc::make_mut(&mut self.table);
        let column = match cell {
            Cell::Column(column) => column,
            Cell::Setting(setting) => setting
                .column(table)
                .unwrap_or_else(|| table.column_or_new(setting.columns().first().copied().unwrap_or_default())),
        };
        if let Some(row) = table.rows.get_mut(place) {
            row.set(column, text);
            self.is_edited = true;
        }
        if place < self.next {
            self.compose(place..place + 1);
        }
    }

    /// What stands in a cell: its own text, empty where it has no column.
    #[must_use]
    pub fn text(&self, place: usize, cell: Cell) -> &str {
        let column = match cell {
            Cell::Column(column) => Some(column),
            Cell::Setting(setting) => setting.column(&self.table),
        };
        let row = self.table.rows.get(place);
        row.and_then(|row| row.cells.get(column?)).map_or("", String::as_str)
    }

    /// A row as it is now, to be kept.
    pub fn change_of(&mut self, place: usize) -> BatchChange {
        self.change(self.table.rows.get(place).cloned().into_iter().collect())
    }

    /// The rows that were let out or taken in since the last time, to be kept.
    pub fn change_of_picks(&mut self) -> Option<BatchChange> {
        if self.picked == self.kept_picks {
            return None;
        }
        let changed = self.picked.iter().zip(&self.kept_picks).zip(&self.table.rows);
        let changed = changed.filter(|((now, before), _)| now != before);
        let left_out = changed.map(|((now, _), row)| (row.line, !now)).collect();
        self.kept_picks.clone_from(&self.picked);
        Some(BatchChange { left_out, ..self.change(Vec::new()) })
    }

    fn change(&mut self, rows: Vec<crate::batch::Row>) -> BatchChange {
        self.revision += 1;
        BatchChange {
            id: self.id,
            revision: self.revision,
            base: self.base.clone(),
            columns: self.table.columns.clone(),
            added_columns: self.table.added,
            rows,
            left_out: Vec::new(),
        }
    }

    /// Whether a title or script without a cell of its own is the row's all the same: the row's cells are
    /// filled into it.
    #[must_use]
    pub fn is_filled_in(&self, setting: Setting) -> bool {
        let (title, script) = texts(&self.base);
        match setting {
            // Without one of its own a title is how the script begins.
            Setting::Title if title.trim().is_empty() => {
                self.is_filled_in(Setting::Script) || self.sets(Setting::Script)
            }
            Setting::Title => has_placeholder(title),
            Setting::Script => has_placeholder(script),
            _ => false,
        }
    }

    /// No column sets anything and no placeholder names one: nothing is wanted of such a table by itself.
    #[must_use]
    pub fn names_nothing(&self) -> bool {
        self.names_nothing
    }

    /// Whether rows have a look, voice or the like of their own.
    #[must_use]
    pub fn sets(&self, setting: Setting) -> bool {
        setting.column(&self.table).is_some()
    }

    /// The row that became a job.
    #[must_use]
    pub fn place_of_job(&self, job: JobId) -> Option<usize> {
        self.jobs.iter().position(|made| *made == Some(job))
    }

    /// The jobs as the window knows them.
    #[must_use]
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The newest job of a row.
    #[must_use]
    pub fn job(&self, place: usize) -> Option<&Arc<Job>> {
        self.made.get(place)?.as_ref()
    }

    /// Whether a row has become a job that is done, under way, or asks.
    #[must_use]
    pub fn is_made(&self, place: usize) -> bool {
        let Some(Some(_)) = self.jobs.get(place) else { return false };
        // A job that the board does not show yet is one all the same.
        self.job(place).is_none_or(|job| !matches!(job.state, JobState::Failed | JobState::Cancelled))
    }

    /// Whether a row's job failed or was cancelled.
    #[must_use]
    pub fn has_failed(&self, place: usize) -> bool {
        self.job(place).is_some_and(|job| matches!(job.state, JobState::Failed | JobState::Cancelled))
    }

    /// The rows that a choice lists.
    #[must_use]
    pub fn listed(&self, only: Only) -> Vec<usize> {
        let has_problems = |place: usize| self.entries.get(place).is_some_and(|entry| !entry.problems.is_empty());
        let takes = |place: &usize| match only {
            Only::All => true,
            Only::Problems => has_problems(*place) && !self.is_made(*place),
            Only::Failed => self.has_failed(*place),
        };
        (0..self.entries.len()).filter(takes).collect()
    }

    /// Whether a row could be made now.
    #[must_use]
    pub fn can_be_made(&self, place: usize) -> bool {
        self.entries.get(place).is_some_and(|entry| entry.span().is_some()) && !self.is_made(place)
    }

    /// Whether a row is wanted and can be made.
    #[must_use]
    pub fn is_ready(&self, place: usize) -> bool {
        self.picked.get(place).copied().unwrap_or_default() && self.can_be_made(place)
    }

    /// The rows that are wanted and can be made.
    #[must_use]
    pub fn ready(&self) -> Vec<usize> {
        (0..self.entries.len()).filter(|place| self.is_ready(*place)).collect()
    }

    /// Wants these rows and no others.
    pub fn pick(&mut self, which: Pick) {
        let wanted: Vec<bool> = (0..self.entries.len())
            .map(|place| match which {
                Pick::All => true,
                Pick::None => false,
                Pick::WithoutProblems => self.can_be_made(place),
                Pick::Failed => self.has_failed(place),
                Pick::Covered => {
                    let coverage = self.summary.coverage.get(place);
                    matches!(coverage, Some(Some(Coverage::Covered | Coverage::Warned(_))))
                }
            })
            .collect();
        self.picked = wanted;
        self.is_summed = false;
    }

    /// Wants a row, or no more.
    pub fn pick_one(&mut self, place: usize, wanted: bool) {
        if let Some(picked) = self.picked.get_mut(place) {
            *picked = wanted;
            self.is_summed = false;
        }
    }

    /// Rows became jobs.
    pub fn note_jobs(&mut self, made: &[(u64, JobId)]) {
        for (line, job) in made {
            if let Some(slot) = self.table.place_of(*line).and_then(|place| self.jobs.get_mut(place)) {
                *slot = Some(*job);
            }
        }
        self.is_behind = true;
    }

    /// A row's job was made again somewhere else.
    pub fn note_again(&mut self, before: JobId, job: JobId) {
        for slot in self.jobs.iter_mut().filter(|slot| **slot == Some(before)) {
            *slot = Some(job);
        }
        self.is_behind = true;
    }

    fn find_jobs(&mut self, board: &Arc<Board>) {
        self.board = Arc::clone(board);
        self.is_behind = false;
        self.is_summed = false;
        let places: HashMap<JobId, usize> =
            self.jobs.iter().enumerate().filter_map(|(place, job)| Some(((*job)?, place))).collect();
        self.made = vec![None; self.entries.len()];
        for job in board.jobs.iter().filter(|job| job.batch == Some(self.id)) {
            if let Some(slot) = places.get(&job.id).and_then(|place| self.made.get_mut(*place)) {
                *slot = Some(Arc::clone(job));
            }
        }
    }

    /// Every row would say the same: no column is used, or the texts name none.
    #[must_use]
    pub fn says_the_same(&self) -> bool {
        let (_, script) = texts(&self.base);
        self.table.rows.len() > 1
            && !has_placeholder(script)
            && Setting::Script.column(&self.table).is_none()
            && Setting::ALL.into_iter().all(|setting| {
                setting == Setting::Title || !setting.is_of(self.product()) || setting.column(&self.table).is_none()
            })
    }
}

fn names_nothing(table: &Table, base: &Draft) -> bool {
    unused_columns(table, base).len() == table.columns.len()
}

/// Which rows are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Only {
    #[default]
    All,
    /// Those that cannot be made yet.
    Problems,
    /// Those whose job failed or was cancelled.
    Failed,
}

/// Which rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    All,
    None,
    /// Those that the wallet and the caps cover, of the ones wanted now.
    Covered,
    WithoutProblems,
    /// Those whose job failed or was cancelled.
    Failed,
}

/// A cell by what it sets, or by its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    Setting(Setting),
    Column(usize),
}
