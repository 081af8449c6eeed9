//! Which jobs are listed: filter, search, and their places on the board. Worked out when the board,
//! the filter or the search changes, never in a frame in which they did not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::jobs::types::{BatchId, BatchStanding, Board, Job, JobId, JobState};

/// A choice of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    /// Whatever goes on by itself.
    InTheQueue,
    Done,
    Failed,
    /// Outcome unknown: the person decides.
    AsksYou,
}

impl Filter {
    /// In the order they are offered.
    pub const ALL: [Self; 5] = [Self::All, Self::InTheQueue, Self::Done, Self::Failed, Self::AsksYou];

    /// On the segment.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::InTheQueue => "In the queue",
            Self::Done => "Done",
            Self::Failed => "Failed",
            Self::AsksYou => "Asks you",
        }
    }

    /// Whether a job in `state` belongs to it.
    #[must_use]
    pub fn takes(self, state: JobState) -> bool {
        match self {
            Self::All => true,
            Self::InTheQueue => !state.is_final() && state != JobState::OutcomeUnknown,
            Self::Done => state == JobState::Done,
            Self::Failed => state == JobState::Failed,
            Self::AsksYou => state == JobState::OutcomeUnknown,
        }
    }
}

/// A row of the list, told apart from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Job(JobId),
    /// Jobs that were booked together, as one.
    Group(BatchId),
}

/// What a row shows.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    Job(&'a Arc<Job>),
    Group(Group<'a>),
}

/// Jobs that were booked together.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    pub standing: &'a BatchStanding,
    /// The one that was booked last.
    pub newest: &'a Arc<Job>,
    /// Its jobs are listed under it.
    pub is_open: bool,
}

impl Item<'_> {
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Job(job) => Key::Job(job.id),
            Self::Group(group) => Key::Group(group.standing.id),
        }
    }
}

/// A row by its places on the board.
#[derive(Clone, Copy, Debug)]
enum Row {
    Job(usize),
    /// Its place among the board's batches, and that of its newest job.
    Group(usize, usize),
}

/// What the list was made from. The board is held, so that its address stays its own.
#[derive(Debug)]
struct MadeFrom {
    board: Arc<Board>,
    filter: Filter,
    search: String,
    tables: usize,
}

/// The listed jobs, newest first; those that were booked together stand as one until they are looked at.
#[derive(Debug, Default)]
pub struct Shown {
    made_from: Option<MadeFrom>,
    rows: Vec<Row>,
    labels: Vec<(Filter, String)>,
    open: BTreeSet<BatchId>,
    selected: Option<Key>,
    /// The selected job is to be listed, whatever it is part of.
    reveals: bool,
    selected_row: Option<usize>,
}

impl Shown {
    /// Brings the list up to date; whether it had to be made anew. `tables` are the names of those that are kept.
    pub fn refresh(
        &mut self,
        board: &Arc<Board>,
        tables: &BTreeMap<BatchId, String>,
        filter: Filter,
        search: &str,
    ) -> bool {
        if let Some(made) = &self.made_from
            && Arc::ptr_eq(&made.board, board)
            && made.filter == filter
            && made.search == search
            && made.tables == tables.len()
        {
            return false;
        }
        let wanted = search.trim().to_lowercase();
        if let (true, Some(Key::Job(id))) = (std::mem::take(&mut self.reveals), self.selected)
            && let Some(batch) = board.job(id).and_then(|job| job.batch)
        {
            self.open.insert(batch);
        }
        self.rows.clear();
        if filter == Filter::All && wanted.is_empty() {
            self.group(board, tables);
        } else {
            // Whoever looks for something looks for jobs.
            let fits = |job: &Job| filter.takes(job.state) && matches_search(job, tables, &wanted);
            let found = board.jobs.iter().enumerate().filter(|(_, job)| fits(job));
            self.rows.extend(found.map(|(place, _)| Row::Job(place)));
        }
        self.labels = Filter::ALL.into_iter().map(|filter| (filter, label(board, filter))).collect();
        let (board, search) = (Arc::clone(board), search.to_owned());
        self.made_from = Some(MadeFrom { board, filter, search, tables: tables.len() });
        self.selected_row = self.selected.and_then(|key| self.row_of(key));
        if self.selected_row.is_none() {
            self.select(0);
        }
        true
    }

    /// All jobs, with one row for those that were booked together, and their own rows under it where it is open.
    fn group(&mut self, board: &Board, tables: &BTreeMap<BatchId, String>) {
        /// Fewer that are no table's stand side by side as jobs of their own.
        const GROUPED_FROM: usize = 4;
        let is_one = |group: &BatchStanding| group.jobs >= GROUPED_FROM || tables.contains_key(&group.id);
        let groups = board.batches.iter().enumerate().filter(|(_, group)| is_one(group));
        let mut groups: HashMap<BatchId, (usize, Option<usize>)> =
            groups.map(|(place, group)| (group.id, (place, None))).collect();
        // Where the jobs of an open group go, by the row of its head.
        let mut members: BTreeMap<usize, Vec<Row>> = BTreeMap::new();
        for (place, job) in board.jobs.iter().enumerate() {
            let Some((group, head)) = job.batch.and_then(|id| groups.get_mut(&id)) else {
                self.rows.push(Row::Job(place));
                continue;
            };
            let head = *head.get_or_insert_with(|| {
                self.rows.push(Row::Group(*group, place));
                self.rows.len() - 1
            });
            if job.batch.is_some_and(|id| self.open.contains(&id)) {
                members.entry(head).or_default().push(Row::Job(place));
            }
        }
        for (head, rows) in members.into_iter().rev() {
            // As their table has them: the first row first.
            self.rows.splice(head + 1..head + 1, rows.into_iter().rev());
        }
    }

    /// Lists the jobs of a group under it, or no more.
    pub fn toggle(&mut self, id: BatchId) {
        if !self.open.remove(&id) {
            self.open.insert(id);
        } else if let Some(Key::Job(job)) = self.selected
            && self.board().and_then(|board| board.job(job)?.batch) == Some(id)
        {
            self.selected = Some(Key::Group(id));
        }
        if let Some(made) = self.made_from.take() {
            // Only whether there are more of them than before is asked of the tables.
            self.rows.clear();
            self.made_from = Some(MadeFrom { tables: usize::MAX, ..made });
        }
    }

    /// The board the list was made from.
    #[must_use]
    pub fn board(&self) -> Option<Arc<Board>> {
        self.made_from.as_ref().map(|made| Arc::clone(&made.board))
    }

    /// How many rows are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What a row shows.
    #[must_use]
    pub fn item(&self, row: usize) -> Option<Item<'_>> {
        let board = &self.made_from.as_ref()?.board;
        Some(match *self.rows.get(row)? {
            Row::Job(place) => Item::Job(board.jobs.get(place)?),
            Row::Group(group, newest) => {
                let (standing, newest) = (board.batches.get(group)?, board.jobs.get(newest)?);
                Item::Group(Group { standing, newest, is_open: self.open.contains(&standing.id) })
            }
        })
    }

    /// Whether the jobs of a group are listed under it.
    #[must_use]
    pub fn is_open(&self, id: BatchId) -> bool {
        self.open.contains(&id)
    }

    /// Whether a job's row stands under the one of its group.
    #[must_use]
    pub fn is_inside(&self, job: &Job) -> bool {
        let is_grouped =
            self.made_from.as_ref().is_some_and(|made| made.filter == Filter::All && made.search.trim().is_empty());
        is_grouped && job.batch.is_some_and(|id| self.open.contains(&id))
    }

    /// The filters with the words on their segments: "In the queue 3".
    #[must_use]
    pub fn labels(&self) -> &[(Filter, String)] {
        &self.labels
    }

    /// Selects a row; nothing where there is none.
    pub fn select(&mut self, row: usize) {
        self.selected = self.item(row).map(|item| item.key());
        self.selected_row = self.selected.map(|_| row);
    }

    /// Selects a job by its id, if it is listed now or at the next refresh.
    pub fn select_job(&mut self, id: JobId) {
        self.selected = Some(Key::Job(id));
        self.reveals = true;
        self.made_from = None;
    }

    #[must_use]
    pub fn selected_row(&self) -> Option<usize> {
        self.selected_row
    }

    /// What the selected row shows.
    #[must_use]
    pub fn selected(&self) -> Option<Item<'_>> {
        self.item(self.selected_row?)
    }

    /// The selected job; `None` where it is none, or many as one.
    #[must_use]
    pub fn selected_job(&self) -> Option<&Arc<Job>> {
        match self.selected()? {
            Item::Job(job) => Some(job),
            Item::Group(_) => None,
        }
    }

    fn row_of(&self, key: Key) -> Option<usize> {
        (0..self.rows.len()).find(|row| self.item(*row).is_some_and(|item| item.key() == key))
    }
}

fn label(board: &Board, filter: Filter) -> String {
    if filter == Filter::All {
        return filter.name().to_owned();
    }
    match board.jobs.iter().filter(|job| filter.takes(job.state)).count() {
        0 => filter.name().to_owned(),
        count => format!("{} {count}", filter.name()),
    }
}

/// Whether title, project or table hold `wanted`, which is in lower case.
fn matches_search(job: &Job, tables: &BTreeMap<BatchId, String>, wanted: &str) -> bool {
    let holds = |words: &str| words.to_lowercase().contains(wanted);
    wanted.is_empty()
        || holds(&job.title)
        || holds(&job.project)
        || job.batch.and_then(|id| tables.get(&id)).is_some_and(|name| holds(name))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{board, job};
    use super::*;

    fn titles(shown: &Shown) -> Vec<String> {
        let title = |row: usize| match shown.item(row).unwrap() {
            Item::Job(job) => job.title.clone(),
            Item::Group(group) => format!("{} of {}", group.standing.done, group.standing.jobs),
        };
        (0..shown.len()).map(title).collect()
    }

    fn mixed() -> Arc<Board> {
        board(vec![
            Job { title: "Größe".to_owned(), state: JobState::Held, ..job(6) },
            Job { title: "Q4 welcome".to_owned(), state: JobState::Running, ..job(5) },
            Job { title: "Safety".to_owned(), project: "Harbour".to_owned(), ..job(4) },
            Job { title: "Invoice".to_owned(), state: JobState::Failed, ..job(3) },
            Job { title: "Teaser".to_owned(), state: JobState::Cancelled, ..job(2) },
            Job { title: "Lost".to_owned(), state: JobState::OutcomeUnknown, ..job(1) },
        ])
    }

    #[track_caller]
    fn check(filter: Filter, search: &str, expected: &[&str]) {
        let mut shown = Shown::default();
        shown.refresh(&mixed(), &BTreeMap::new(), filter, search);
        assert_eq!(titles(&shown), expected);
    }

    #[test]
    fn filters_and_search_keep_the_order_of_the_board() {
        check(Filter::All, "", &["Größe", "Q4 welcome", "Safety", "Invoice", "Teaser", "Lost"]);
        check(Filter::InTheQueue, "", &["Größe", "Q4 welcome"]);
        check(Filter::Done, "", &["Safety"]);
        check(Filter::Failed, "", &["Invoice"]);
        check(Filter::AsksYou, "", &["Lost"]);
        check(Filter::All, " GRÖSSE ", &[]);
        check(Filter::All, "GRÖ", &["Größe"]);
        check(Filter::All, "harbour", &["Safety"]);
        check(Filter::Done, "welcome", &[]);
    }

    #[test]
    fn the_list_is_made_anew_only_when_something_changed() {
        let mut shown = Shown::default();
        let jobs = mixed();
        assert!(shown.refresh(&jobs, &BTreeMap::new(), Filter::All, ""));
        assert!(!shown.refresh(&jobs, &BTreeMap::new(), Filter::All, ""));
        assert!(shown.refresh(&jobs, &BTreeMap::new(), Filter::Done, ""));
        assert!(shown.refresh(&jobs, &BTreeMap::new(), Filter::Done, "s"));
        assert!(shown.refresh(&mixed(), &BTreeMap::new(), Filter::Done, "s"));
    }

    #[test]
    fn the_selected_job_stays_selected_when_newer_ones_arrive() {
        let mut shown = Shown::default();
        shown.refresh(&mixed(), &BTreeMap::new(), Filter::All, "");
        shown.select(2);
        let mut newer = vec![job(7)];
        newer.extend(mixed().jobs.iter().map(|job| (**job).clone()));
        shown.refresh(&board(newer), &BTreeMap::new(), Filter::All, "");
        assert_eq!(shown.selected_job().unwrap().title, "Safety");
        assert_eq!(shown.selected_row(), Some(3));
        // Filtered away: the first listed one takes its place.
        shown.refresh(&mixed(), &BTreeMap::new(), Filter::Failed, "");
        assert_eq!(shown.selected_job().unwrap().title, "Invoice");
    }

    #[test]
    fn segments_count_what_waits_behind_them() {
        let mut shown = Shown::default();
        shown.refresh(&mixed(), &BTreeMap::new(), Filter::All, "");
        let labels: Vec<&str> = shown.labels().iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["All", "In the queue 2", "Done 1", "Failed 1", "Asks you 1"]);
    }

    /// Three rows of a table between two jobs of their own.
    fn with_table() -> (Arc<Board>, BTreeMap<BatchId, String>, BatchId) {
        let id = BatchId::generate();
        let row = |number: u128, state: JobState| Job {
            title: format!("Row {number}"),
            state,
            batch: Some(id),
            ..job(number)
        };
        let jobs = vec![
            Job { title: "After".to_owned(), ..job(9) },
            row(4, JobState::Held),
            row(3, JobState::Failed),
            row(2, JobState::Done),
            Job { title: "Before".to_owned(), ..job(1) },
        ];
        let batches = BatchStanding::of(&jobs);
        let board = Board { jobs: jobs.into_iter().map(Arc::new).collect(), batches, ..Board::default() };
        (Arc::new(board), BTreeMap::from([(id, "customers.csv".to_owned())]), id)
    }

    #[test]
    fn a_table_stands_as_one_until_it_is_opened_or_something_is_looked_for() {
        let (board, tables, id) = with_table();
        let mut shown = Shown::default();
        shown.refresh(&board, &tables, Filter::All, "");
        assert_eq!(titles(&shown), ["After", "1 of 3", "Before"]);
        shown.toggle(id);
        shown.refresh(&board, &tables, Filter::All, "");
        assert_eq!(titles(&shown), ["After", "1 of 3", "Row 2", "Row 3", "Row 4", "Before"], "in the table's order");
        shown.refresh(&board, &tables, Filter::Failed, "");
        assert_eq!(titles(&shown), ["Row 3"]);
        shown.refresh(&board, &tables, Filter::All, "customers");
        assert_eq!(titles(&shown), ["Row 4", "Row 3", "Row 2"], "the name of the table finds its jobs");
    }

    #[test]
    fn a_job_that_is_shown_opens_its_table_and_closing_that_selects_it() {
        let (board, tables, id) = with_table();
        let mut shown = Shown::default();
        shown.refresh(&board, &tables, Filter::All, "");
        shown.select_job(job(3).id);
        shown.refresh(&board, &tables, Filter::All, "");
        assert_eq!(shown.selected_job().unwrap().title, "Row 3");
        shown.toggle(id);
        shown.refresh(&board, &tables, Filter::All, "");
        assert_eq!(titles(&shown), ["After", "1 of 3", "Before"]);
        assert_eq!(shown.selected().unwrap().key(), Key::Group(id));
    }
}
