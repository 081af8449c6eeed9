//! Which jobs are listed: filter, search, and their places on the board. Worked out when the board,
//! the filter or the search changes, never in a frame in which they did not.

use std::sync::Arc;

use crate::jobs::types::{Board, Job, JobId, JobState};

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

/// The listed jobs, newest first.
#[derive(Debug, Default)]
pub struct Shown {
    /// What the list below was made from. The board is held, so that its address stays its own.
    made_from: Option<(Arc<Board>, Filter, String)>,
    places: Vec<usize>,
    labels: Vec<(Filter, String)>,
    selected: Option<JobId>,
    selected_row: Option<usize>,
}

impl Shown {
    /// Brings the list up to date; whether it had to be made anew.
    pub fn refresh(&mut self, board: &Arc<Board>, filter: Filter, search: &str) -> bool {
        if let Some((old_board, old_filter, old_search)) = &self.made_from
            && Arc::ptr_eq(old_board, board)
            && *old_filter == filter
            && old_search == search
        {
            return false;
        }
        let wanted = search.trim().to_lowercase();
        self.places.clear();
        self.places.extend(
            board
                .jobs
                .iter()
                .enumerate()
                .filter(|(_, job)| filter.takes(job.state) && matches_search(job, &wanted))
                .map(|(place, _)| place),
        );
        self.labels = Filter::ALL.into_iter().map(|filter| (filter, label(board, filter))).collect();
        self.made_from = Some((Arc::clone(board), filter, search.to_owned()));
        self.selected_row = self.selected.and_then(|id| self.row_of(id));
        if self.selected_row.is_none() {
            self.select(0);
        }
        true
    }

    /// The board the list was made from.
    #[must_use]
    pub fn board(&self) -> Option<Arc<Board>> {
        self.made_from.as_ref().map(|(board, ..)| Arc::clone(board))
    }

    /// How many jobs are listed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether no job is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The job in a row.
    #[must_use]
    pub fn job(&self, row: usize) -> Option<&Arc<Job>> {
        let (board, ..) = self.made_from.as_ref()?;
        board.jobs.get(*self.places.get(row)?)
    }

    /// The filters with the words on their segments: "In the queue 3".
    #[must_use]
    pub fn labels(&self) -> &[(Filter, String)] {
        &self.labels
    }

    /// Selects the job in a row; nothing where there is none.
    pub fn select(&mut self, row: usize) {
        self.selected = self.job(row).map(|job| job.id);
        self.selected_row = self.selected.map(|_| row);
    }

    /// Selects a job by its id, if it is listed now or at the next refresh.
    pub fn select_job(&mut self, id: JobId) {
        self.selected = Some(id);
        self.selected_row = self.row_of(id);
    }

    #[must_use]
    pub fn selected_row(&self) -> Option<usize> {
        self.selected_row
    }

    #[must_use]
    pub fn selected_job(&self) -> Option<&Arc<Job>> {
        self.job(self.selected_row?)
    }

    fn row_of(&self, id: JobId) -> Option<usize> {
        (0..self.places.len()).find(|row| self.job(*row).is_some_and(|job| job.id == id))
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

/// Whether title or project hold `wanted`, which is in lower case.
fn matches_search(job: &Job, wanted: &str) -> bool {
    wanted.is_empty() || job.title.to_lowercase().contains(wanted) || job.project.to_lowercase().contains(wanted)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{board, job};
    use super::*;

    fn titles(shown: &Shown) -> Vec<String> {
        (0..shown.len()).map(|row| shown.job(row).unwrap().title.clone()).collect()
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
        shown.refresh(&mixed(), filter, search);
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
        assert!(shown.refresh(&jobs, Filter::All, ""));
        assert!(!shown.refresh(&jobs, Filter::All, ""));
        assert!(shown.refresh(&jobs, Filter::Done, ""));
        assert!(shown.refresh(&jobs, Filter::Done, "s"));
        assert!(shown.refresh(&mixed(), Filter::Done, "s"));
    }

    #[test]
    fn the_selected_job_stays_selected_when_newer_ones_arrive() {
        let mut shown = Shown::default();
        shown.refresh(&mixed(), Filter::All, "");
        shown.select(2);
        let mut newer = vec![job(7)];
        newer.extend(mixed().jobs.iter().map(|job| (**job).clone()));
        shown.refresh(&board(newer), Filter::All, "");
        assert_eq!(shown.selected_job().unwrap().title, "Safety");
        assert_eq!(shown.selected_row(), Some(3));
        // Filtered away: the first listed one takes its place.
        shown.refresh(&mixed(), Filter::Failed, "");
        assert_eq!(shown.selected_job().unwrap().title, "Invoice");
    }

    #[test]
    fn segments_count_what_waits_behind_them() {
        let mut shown = Shown::default();
        shown.refresh(&mixed(), Filter::All, "");
        let labels: Vec<&str> = shown.labels().iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["All", "In the queue 2", "Done 1", "Failed 1", "Asks you 1"]);
    }
}
