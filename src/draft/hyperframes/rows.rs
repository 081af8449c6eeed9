//! A table of values: one video per row.

use serde::{Deserialize, Serialize};

use super::{HyperFramesDraft, Page, Variable};

/// Rows one table may have: each is a job of its own.
pub const ROWS_LIMIT: usize = 500;

/// A table as it was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rows {
    /// The file's own name, for labels.
    pub name: String,
    /// As the first line names them.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// The line of the file it begins on, from 1.
    pub line: u64,
    /// As many as there are columns.
    pub cells: Vec<String>,
    /// The person took its tick away.
    pub left_out: bool,
}

/// What a column fills in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Meaning<'a> {
    Variable(&'a Variable),
    /// The title of the video.
    Title,
    /// The client or purpose it is booked to.
    Project,
    /// Nothing here knows it.
    Nothing,
}

/// One row as a video.
#[derive(Clone, Debug, PartialEq)]
pub struct RowVideo {
    /// The line of the file, from 1.
    pub line: u64,
    pub title: String,
    /// The person took its tick away.
    pub left_out: bool,
    /// What is wrong, cell by cell: the column's position and one sentence.
    pub problems: Vec<(usize, String)>,
}

impl RowVideo {
    /// Whether it is made: wanted, and nothing wrong with it.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        !self.left_out && self.problems.is_empty()
    }
}

impl Rows {
    /// What each column fills in on this page. A variable goes by its id or by its label, whatever the
    /// case, and comes before the words `title` and `project`.
    #[must_use]
    pub fn meanings<'a>(&self, page: &'a Page) -> Vec<Meaning<'a>> {
        self.columns
            .iter()
            .map(|column| {
                let column = column.trim();
                let by_id = page.variables.iter().find(|variable| same(&variable.id, column));
                match by_id.or_else(|| page.variables.iter().find(|variable| same(&variable.label, column))) {
                    Some(variable) => Meaning::Variable(variable),
                    None if ["title", "video title", "video"].iter().any(|word| same(word, column)) => Meaning::Title,
                    None if same("project", column) => Meaning::Project,
                    None => Meaning::Nothing,
                }
            })
            .collect()
    }

    /// Why no row can be made, or `None`.
    #[must_use]
    pub fn problem(&self, page: &Page) -> Option<String> {
        if self.rows.is_empty() {
            return Some(format!("{} has no rows under its first line.", self.name));
        }
        if self.rows.len() > ROWS_LIMIT {
            return Some(format!("{} has {} rows; {ROWS_LIMIT} is the most.", self.name, self.rows.len()));
        }
        if !self.meanings(page).iter().any(|meaning| matches!(meaning, Meaning::Variable(_))) {
            let ids: Vec<&str> = page.variables.iter().map(|variable| variable.id.as_str()).collect();
            return Some(match ids.as_slice() {
                [] => "This composition has no variables a table could fill.".to_owned(),
                ids => format!("No column names a variable of this composition: {}.", ids.join(", ")),
            });
        }
        None
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl HyperFramesDraft {
    /// Each row as a video: its title and what is wrong with it. Empty without a table or a page.
    #[must_use]
    pub fn row_videos(&self) -> Vec<RowVideo> {
        let (Some(rows), Some(page)) = (&self.rows, self.page()) else { return Vec::new() };
        let meanings = rows.meanings(page);
        rows.rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                let problems = meanings
                    .iter()
                    .zip(&row.cells)
                    .enumerate()
                    .filter_map(|(column, (meaning, cell))| match meaning {
                        Meaning::Variable(variable) if !cell.trim().is_empty() => {
                            variable.read(cell).err().map(|message| (column, message))
                        }
                        _ => None,
                    })
                    .collect();
                let title = self.row_title(&meanings, row, place);
                RowVideo { line: row.line, title, left_out: row.left_out, problems }
            })
            .collect()
    }

    /// The row's own title, or its first text, or the draft's with the row's number.
    fn row_title(&self, meanings: &[Meaning<'_>], row: &Row, place: usize) -> String {
        let cell = |wanted: &dyn Fn(&Meaning<'_>) -> bool| {
            let mut cells = meanings.iter().zip(&row.cells).filter(|(meaning, _)| wanted(meaning));
            cells.find_map(|(_, cell)| Some(cell.trim()).filter(|cell| !cell.is_empty()))
        };
        let is_text = |meaning: &Meaning<'_>| matches!(meaning, Meaning::Variable(variable) if matches!(variable.kind, super::VariableKind::Text { .. }));
        let titled = cell(&|meaning| *meaning == Meaning::Title).or_else(|| cell(&is_text));
        match titled {
            Some(title) => title.chars().take(crate::draft::avatar_video::TITLE_LIMIT).collect(),
            None => format!("{} {}", self.own_title(), place + 1),
        }
    }

    /// The project of each row, neighbours of one project together: a column may say it.
    #[must_use]
    pub(super) fn row_bookings(&self) -> Vec<(String, u32)> {
        let (Some(rows), Some(page)) = (&self.rows, self.page()) else { return Vec::new() };
        let columns: Vec<bool> = rows.meanings(page).iter().map(|meaning| *meaning == Meaning::Project).collect();
        let mut bookings: Vec<(String, u32)> = Vec::new();
        let videos = self.row_videos();
        for (row, _) in rows.rows.iter().zip(&videos).filter(|(_, video)| video.is_wanted()) {
            let mut of_row = columns.iter().zip(&row.cells).filter(|(names, cell)| **names && !cell.trim().is_empty());
            let project = of_row.next_back().map_or(&self.project, |(_, cell)| cell).trim();
            match bookings.last_mut() {
                Some((last, count)) if last == project => *count += 1,
                _ => bookings.push((project.to_owned(), 1)),
            }
        }
        bookings
    }

    /// One draft per row of the table that is wanted and can be made, in its order; the draft itself where there is none. An empty cell
    /// leaves the form's own value.
    #[must_use]
    pub fn by_row(mut self) -> Vec<Self> {
        let Some(rows) = self.rows.clone() else { return vec![self] };
        let Some(page) = self.page().cloned() else { return vec![self] };
        let meanings = rows.meanings(&page);
        let videos = self.row_videos();
        self.rows = None;
        // What the other pages hold is of no use to a job.
        if let Some(bundle) = &mut self.bundle {
            bundle.pages.retain(|other| other.path == page.path);
        }
        rows.rows
            .iter()
            .zip(videos)
            .filter(|(_, video)| video.is_wanted())
            .map(|(row, video)| {
                let mut draft = Self { title: video.title, ..self.clone() };
                for (meaning, cell) in meanings.iter().zip(&row.cells).filter(|(_, cell)| !cell.trim().is_empty()) {
                    match meaning {
                        Meaning::Variable(variable) => {
                            draft.values.insert(variable.id.clone(), cell.clone());
                        }
                        Meaning::Project => draft.project = cell.trim().to_owned(),
                        Meaning::Title | Meaning::Nothing => {}
                    }
                }
                draft
            })
            .collect()
    }
}
