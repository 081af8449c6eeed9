//! `{{column}}` in a text becomes the row's cell; `{{column|otherwise}}` says what stands for an empty one.

use super::{Row, Table};

/// A placeholder that cannot be filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfilled {
    /// No column is called so.
    Unknown(String),
    /// The column's cell is empty in this row, and nothing is said to stand for it.
    Empty(usize),
}

/// Whether a text has a placeholder in it.
#[must_use]
pub fn has_placeholder(text: &str) -> bool {
    names(text).next().is_some()
}

/// The names in a text's placeholders, in order.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, opened) = rest.split_once("{{")?;
        let (inside, after) = opened.split_once("}}")?;
        rest = after;
        Some(parts(inside).0)
    })
}

fn parts(inside: &str) -> (&str, Option<&str>) {
    match inside.split_once('|') {
        Some((name, otherwise)) => (name.trim(), Some(otherwise)),
        None => (inside.trim(), None),
    }
}

/// Puts a row's cells where the text names their columns, whatever the case and the spaces around the
/// name. What a cell says is not looked through again. Braces that do not close stay as they are.
///
/// # Errors
/// Every placeholder that cannot be filled, once each, in order.
pub fn fill(text: &str, table: &Table, row: &Row) -> Result<String, Vec<Unfilled>> {
    let mut filled = String::with_capacity(text.len());
    let mut unfilled: Vec<Unfilled> = Vec::new();
    let mut note = |found: Unfilled| {
        if !unfilled.contains(&found) {
            unfilled.push(found);
        }
    };
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once("{{") {
        let Some((inside, after)) = opened.split_once("}}") else { break };
        filled.push_str(before);
        rest = after;
        let (name, otherwise) = parts(inside);
        let Some(column) = table.column(name) else {
            note(Unfilled::Unknown(name.to_owned()));
            continue;
        };
        let cell = row.cells.get(column).map_or("", |cell| cell.trim());
        match (cell, otherwise) {
            ("", Some(otherwise)) => filled.push_str(otherwise),
            ("", None) => note(Unfilled::Empty(column)),
            (cell, _) => filled.push_str(cell),
        }
    }
    filled.push_str(rest);
    if unfilled.is_empty() { Ok(filled) } else { Err(unfilled) }
}
