//! A table in memory: columns, rows, and cells that can be changed.

use serde::{Deserialize, Serialize};

use super::encoding::TextEncoding;

/// Rows a table may have at most, the names of the columns apart.
pub const MOST_ROWS: usize = 20_000;
/// Bytes a table may have at most.
pub const MOST_BYTES: usize = 64_000_000;

/// A table: names of columns, and rows with a cell for each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// As written, without spaces around; no two are the same whatever their case.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// How many of the last columns were added here and do not stand in the file.
    #[serde(default)]
    pub added: usize,
    /// How the file was written.
    #[serde(skip)]
    pub source: Source,
}

/// How a file was written, as far as it was found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// `None` where it is not known.
    pub encoding: Option<TextEncoding>,
    /// The encoding was guessed from the letters: the file does not say it.
    pub is_guessed: bool,
    /// What stands between cells; 0 where it is not known.
    pub separator: u8,
}

/// What stands between cells, in words: "commas".
#[must_use]
pub fn separator_words(separator: u8) -> &'static str {
    match separator {
        b',' => "commas",
        b';' => "semicolons",
        b'\t' => "tabs",
        b'|' => "pipes",
        _ => "",
    }
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The line of the file it begins on, from 1: what an editor shows. No two rows have the same.
    pub line: u64,
    /// As many as there are columns.
    pub cells: Vec<String>,
    /// What stands behind the last column: most likely a text with a separator and without quotation marks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub surplus: Vec<String>,
}

/// Why a file is no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TableError {
    pub kind: TableErrorKind,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would work.
    pub hint: &'static str,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableErrorKind {
    /// No text, or text of an unknown encoding.
    NotText,
    /// Nothing in it.
    Empty,
    /// Larger than [`MOST_BYTES`] or longer than [`MOST_ROWS`].
    TooLarge,
    /// Two columns have the same name.
    SameName,
    /// A quotation mark opens and does not close before the file ends.
    Unclosed,
}

impl Table {
    /// The position of a column, whatever the case of its name and the spaces around it.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        let name = name.trim();
        self.columns.iter().position(|column| is_same_word(column, name))
    }

    /// The position of a column, which is added at the end where it is not there.
    pub fn column_or_new(&mut self, name: &str) -> usize {
        self.column(name).unwrap_or_else(|| {
            self.columns.push(name.trim().to_owned());
            self.added += 1;
            for row in &mut self.rows {
                row.cells.push(String::new());
            }
            self.columns.len() - 1
        })
    }

    /// Whether a column stands in the file: then an empty cell of it is meant.
    #[must_use]
    pub fn is_of_file(&self, column: usize) -> bool {
        column + self.added < self.columns.len()
    }

    /// The position of the row that begins on a line.
    #[must_use]
    pub fn place_of(&self, line: u64) -> Option<usize> {
        self.rows.binary_search_by_key(&line, |row| row.line).ok()
    }
}

impl Row {
    /// Puts a text into a cell. What stood behind the last column goes: the row was looked at.
    pub fn set(&mut self, column: usize, text: &str) {
        if let Some(cell) = self.cells.get_mut(column) {
            text.clone_into(cell);
            self.surplus.clear();
        }
    }
}

/// Whether two words differ in case only.
pub(super) fn is_same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii())
            && one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}
