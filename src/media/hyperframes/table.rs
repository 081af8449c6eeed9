//! A table of values from a CSV file, as spreadsheets write it.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::error::{ProjectError, ProjectErrorKind};
use super::name_of;
use crate::draft::hyperframes::{ROWS_LIMIT, Row, Rows};

/// Bytes a table may have.
const MOST_BYTES: u64 = 8_000_000;
/// The separators looked for, the likeliest first.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Reads a table: UTF-8, or Latin letters of one byte; separated by comma, semicolon or tab. The first line
/// names the columns, empty rows are left out.
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
    if bytes.starts_with(b"PK") || bytes.contains(&0) {
        let hint = "Save the table as CSV in UTF-8 and choose that.";
        return Err(no_table(format!("{name} is no text."), hint));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text: Cow<'_, str> = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        // Older spreadsheets write one byte a letter; those of the West are Unicode's first 256.
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
    };
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    let separator = SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',');
    let reader =
        csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.into_records().filter_map(Result::ok).filter_map(|record| {
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        (!cells.iter().all(|cell| cell.trim().is_empty())).then_some((line, cells))
    });
    let Some((_, mut columns)) = records.next() else {
        let hint = "The first line names the variables; each line after it is one video.";
        return Err(no_table(format!("{name} is empty."), hint));
    };
    while columns.last().is_some_and(|column| column.trim().is_empty()) {
        columns.pop();
    }
    let mut rows = Vec::new();
    for (line, mut cells) in records {
        if cells.iter().skip(columns.len()).any(|cell| !cell.trim().is_empty()) {
            let message =
                format!("{name}, line {line}: {} cells, but there are {} columns.", cells.len(), columns.len());
            return Err(no_table(message, "A text that contains the separator needs quotation marks around it."));
        }
        cells.resize(columns.len(), String::new());
        rows.push(Row { line, cells });
        if rows.len() > ROWS_LIMIT {
            return Err(ProjectError::new(
                ProjectErrorKind::TooLarge,
                format!("{name} has more than {ROWS_LIMIT} rows."),
                "Split it into several tables.",
            ));
        }
    }
    let columns = columns.into_iter().map(|column| column.trim().to_owned()).collect();
    Ok(Rows { name: name.to_owned(), columns, rows })
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
