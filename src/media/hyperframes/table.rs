//! A table of values from a CSV file, for HyperFrames: the shared reader with this product's limits and words.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::error::{ProjectError, ProjectErrorKind};
use super::name_of;
use crate::batch::{Table, TableErrorKind};
use crate::draft::hyperframes::{ROWS_LIMIT, Row, Rows};

/// Bytes a table may have.
const MOST_BYTES: u64 = 8_000_000;

/// Reads a table in any encoding and with any separator that [`Table`] reads. The first line names the
/// columns, empty rows are left out.
///
/// # Errors
/// A file that is no table, or too large a one.
pub fn rows(path: &Path) -> Result<Rows, ProjectError> {
    let name = name_of(path);
    let unreadable = |error| ProjectError::unreadable(&name, error);
    let mut bytes = Vec::new();
    File::open(path).map_err(unreadable)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST_BYTES {
        return Err(ProjectError::new(
            ProjectErrorKind::TooLarge,
            format!("{name} has more than {} MB.", MOST_BYTES / 1_000_000),
            "Split it into several tables.",
        ));
    }
    read(&name, &bytes)
}

fn read(name: &str, bytes: &[u8]) -> Result<Rows, ProjectError> {
    let no_table = |message: String, hint| ProjectError::new(ProjectErrorKind::Broken, message, hint);
    let too_many = || {
        ProjectError::new(
            ProjectErrorKind::TooLarge,
            format!("{name} has more than {ROWS_LIMIT} rows."),
            "Split it into several tables.",
        )
    };
    let table = Table::read(bytes).map_err(|error| match error.kind {
        TableErrorKind::NotText => no_table(format!("{name} is no text."), error.hint),
        TableErrorKind::Empty => {
            let hint = "The first line names the variables; each line after it is one video.";
            no_table(format!("{name} is empty."), hint)
        }
        TableErrorKind::TooLarge => too_many(),
        TableErrorKind::SameName | TableErrorKind::Unclosed => no_table(format!("{name}: {error}"), error.hint),
    })?;
    if let Some(row) = table.rows.iter().find(|row| !row.surplus.is_empty()) {
        let cells = row.cells.len() + row.surplus.len();
        let message =
            format!("{name}, line {}: {cells} cells, but there are {} columns.", row.line, table.columns.len());
        return Err(no_table(message, "A text that contains the separator needs quotation marks around it."));
    }
    if table.rows.len() > ROWS_LIMIT {
        return Err(too_many());
    }
    let rows = table.rows.into_iter().map(|row| Row { line: row.line, cells: row.cells, left_out: false }).collect();
    Ok(Rows { name: name.to_owned(), columns: table.columns, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<&[&[&str]], &str>) {
        let found = match read("t.csv", bytes) {
            Ok(table) => {
                Ok(std::iter::once(table.columns).chain(table.rows.into_iter().map(|row| row.cells)).collect())
            }
            Err(error) => Err(error.message),
        };
        let rows = |rows: &[&[&str]]| -> Vec<Vec<String>> {
            rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
        };
        assert_eq!(found, expected.map(rows).map_err(str::to_owned), "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn tables_are_read_as_spreadsheets_write_them() {
        check(b"title,accent\nOne,#fff\n", Ok(&[&["title", "accent"], &["One", "#fff"]]));
        check("\u{feff}title;n\r\n\"a;\r\nb\";2\r\n;\r\n".as_bytes(), Ok(&[&["title", "n"], &["a;\r\nb", "2"]]));
        check(b"a\tb\nx\n", Ok(&[&["a", "b"], &["x", ""]]));
        check(b"title\nGr\xfc\xdfe\n", Ok(&[&["title"], &["Grüße"]]));
        check(b"a,b,\n1,2,\n", Ok(&[&["a", "b"], &["1", "2"]]));
        check(b"a,b\n1,2,3\n", Err("t.csv, line 2: 3 cells, but there are 2 columns."));
        check(b" \n", Err("t.csv is empty."));
        check(b"PK\x03\x04", Err("t.csv is no text."));
        let many = format!("a\n{}", "x\n".repeat(ROWS_LIMIT + 1));
        check(many.as_bytes(), Err("t.csv has more than 500 rows."));
    }
}
