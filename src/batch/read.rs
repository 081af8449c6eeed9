//! Reading a table of any sane encoding, separator and quoting, and writing one. Knows no columns by name.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::encoding::TextEncoding;
use super::table::{MOST_BYTES, MOST_ROWS, Row, Source, Table, TableError, TableErrorKind};

/// The separators looked for, the likeliest first.
pub const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records read to find the separator.
const SNIFFED: usize = 50;
/// Bytes looked at to find the encoding of a text that does not say it.
const MOST_LOOKED_AT: usize = 256 * 1024;

fn error(kind: TableErrorKind, message: impl Into<String>, hint: &'static str) -> TableError {
    TableError { kind, message: message.into(), hint }
}

/// What the person says about a file; `None` is found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadAs {
    pub encoding: Option<TextEncoding>,
    /// One of [`SEPARATORS`].
    pub separator: Option<u8>,
}

impl Table {
    /// Reads a CSV file: UTF-8, UTF-16, or one of the older encodings; separated by comma, semicolon, tab
    /// or pipe, whichever cuts its rows best; quoted as RFC 4180 says. The first row names the columns.
    /// Empty rows are left out, cells missing at a row's end are empty, and cells behind the last column
    /// stay with their row.
    ///
    /// # Errors
    /// [`TableError`]; there is no half a table.
    pub fn read(bytes: &[u8]) -> Result<Self, TableError> {
        Self::read_as(bytes, ReadAs::default())
    }

    /// Reads a CSV file as [`Table::read`] does, but in the encoding and with the separator that the person
    /// says. What the encoding has no letter for becomes U+FFFD, for the person to see.
    ///
    /// # Errors
    /// [`TableError`]; there is no half a table.
    pub fn read_as(bytes: &[u8], read_as: ReadAs) -> Result<Self, TableError> {
        if bytes.len() > MOST_BYTES {
            return Err(error(
                TableErrorKind::TooLarge,
                format!("The file has more than {} MB.", MOST_BYTES / 1_000_000),
                "Split it into several files.",
            ));
        }
        let (text, encoding, is_guessed) = decoded(bytes, read_as.encoding)?;
        let (text, named) = without_separator_line(&text);
        let separator = read_as.separator.or(named).unwrap_or_else(|| sniffed(text));
        let first_line = if named.is_some() { 2 } else { 1 };
        let mut records = Records::of(text, separator, first_line);
        let Some((_, named)) = records.find(|(_, cells)| !is_blank(cells)) else {
            return Err(error(
                TableErrorKind::Empty,
                "There is nothing in the table.",
                "The first row names the columns; each row after it is one video or speech.",
            ));
        };
        let columns = column_names(named)?;
        let mut rows = Vec::new();
        for (line, mut cells) in records.by_ref().filter(|(_, cells)| !is_blank(cells)) {
            if rows.len() == MOST_ROWS {
                return Err(error(
                    TableErrorKind::TooLarge,
                    format!("The table has more than {MOST_ROWS} rows."),
                    "Split it into several files.",
                ));
            }
            let mut surplus = cells.split_off(cells.len().min(columns.len()));
            while surplus.last().is_some_and(|cell| cell.trim().is_empty()) {
                surplus.pop();
            }
            cells.resize(columns.len(), String::new());
            rows.push(Row { line, cells, surplus });
        }
        if let Some(line) = records.unclosed() {
            return Err(error(
                TableErrorKind::Unclosed,
                format!("A quotation mark opens in line {line} and never closes."),
                "Close it, or write two of them where one is meant.",
            ));
        }
        let source = Source { encoding: Some(TextEncoding(encoding)), is_guessed, separator };
        Ok(Self { columns, rows, added: 0, source })
    }

    /// The table as a CSV file that spreadsheets read: UTF-8 with its mark, commas, RFC 4180.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::CRLF)
            .from_writer(b"\xef\xbb\xbf".to_vec());
        // Writing into memory cannot fail.
        let _ = writer.write_record(&self.columns);
        for row in &self.rows {
            let _ = writer.write_record(row.cells.iter().chain(&row.surplus));
        }
        writer.into_inner().unwrap_or_default()
    }
}

fn is_blank(cells: &[String]) -> bool {
    cells.iter().all(|cell| cell.trim().is_empty())
}

/// Text of the file without a byte order mark, how it was encoded, and whether that was guessed.
fn decoded(bytes: &[u8], chosen: Option<TextEncoding>) -> Result<(Cow<'_, str>, &'static Encoding, bool), TableError> {
    // A zip, which is what spreadsheets of today are, and the containers of older ones.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(error(
            TableErrorKind::NotText,
            "This is a spreadsheet's own file, no CSV.",
            "Save it as CSV in the spreadsheet program and open that.",
        ));
    }
    let mark = Encoding::for_bom(bytes);
    let (encoding, is_guessed) = match (chosen, mark) {
        (Some(chosen), _) => (chosen.0, false),
        (None, Some((marked, _))) => (marked, false),
        (None, None) => encoding(bytes).ok_or_else(no_text)?,
    };
    let mark = mark.map_or(0, |(_, length)| length);
    let (text, malformed) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
    // The old encodings of one byte a letter leave some of the upper control characters where they were.
    let is_strange =
        |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{80}'..='\u{9f}');
    // Where the encoding is a guess or a choice, letters that are none are seen, and another can be chosen.
    // UTF-16 has no others to be mistaken for.
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    let is_said = chosen.is_none() && (!is_guessed || is_wide);
    if malformed && is_said || text.contains(is_strange) {
        return Err(no_text());
    }
    Ok((text, encoding, is_guessed))
}

fn no_text() -> TableError {
    error(
        TableErrorKind::NotText,
        "This file is no text: it has bytes in it that no text has.",
        "Save the table as CSV in UTF-8.",
    )
}

/// The encoding of a text that does not say it, and whether it could be another; `None` where it is no text.
fn encoding(bytes: &[u8]) -> Option<(&'static Encoding, bool)> {
    let looked_at = bytes.get(..MOST_LOOKED_AT).unwrap_or(bytes);
    // Only the letters of UTF-16 hold a zero byte, and those of separators and line ends always do.
    let zeros = |odd: usize| looked_at.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    // Text of one byte a letter with a zero in it by accident: read in pairs, most are two plain letters.
    let is_plain = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let pairs = looked_at.chunks_exact(2);
    let (all, plain) = (pairs.len(), pairs.filter(|pair| pair.iter().all(is_plain)).count());
    let is_wide = plain * 2 <= all && bytes.len().is_multiple_of(2);
    Some(match (zeros(0), zeros(1)) {
        // Hardly any other text is good UTF-8 by chance.
        (0, 0) if std::str::from_utf8(bytes).is_ok() => (UTF_8, false),
        (0, 0) => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
            detector.feed(looked_at, true);
            (detector.guess(None, Utf8Detection::Deny), true)
        }
        _ if !is_wide => return None,
        (even, odd) if even > odd => (UTF_16BE, true),
        _ => (UTF_16LE, true),
    })
}

/// Excel's own way of naming the separator: a first line `sep=;`.
fn without_separator_line(text: &str) -> (&str, Option<u8>) {
    let Some((first, rest)) = text.split_once('\n') else { return (text, None) };
    match first.trim_end_matches('\r').as_bytes() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] if SEPARATORS.contains(separator) => {
            (rest, Some(*separator))
        }
        _ => (text, None),
    }
}

/// The separator that cuts most rows into as many cells as the first one; of several, the one that
/// makes most columns.
fn sniffed(text: &str) -> u8 {
    let fit = |separator: u8| {
        let records = Records::of(text, separator, 1).filter(|(_, cells)| !is_blank(cells));
        let mut sizes = records.map(|(_, cells)| cells.len()).take(SNIFFED);
        let columns = sizes.next().filter(|columns| *columns > 1)?;
        // The first row counts as well: a table may have no other.
        Some((1 + sizes.filter(|size| *size == columns).count(), columns))
    };
    let [likeliest, ..] = SEPARATORS;
    let mut best = (likeliest, None);
    for separator in SEPARATORS {
        let found = fit(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

/// The records of a text, each with the line it begins on.
struct Records<'a> {
    text: &'a str,
    separator: u8,
    records: csv::StringRecordsIntoIter<&'a [u8]>,
    /// Bytes up to which lines were counted, and the line that begins or goes on there.
    counted: usize,
    line: u64,
}

impl<'a> Records<'a> {
    fn of(text: &'a str, separator: u8, line: u64) -> Self {
        let mut reader = csv::ReaderBuilder::new();
        reader.delimiter(separator).has_headers(false).flexible(true);
        let records = reader.from_reader(text.as_bytes()).into_records();
        Self { text, separator, records, counted: 0, line }
    }

    /// Moves on to the record at `start` or behind the line ends there: the reader takes a record to begin
    /// with the line end before it.
    fn count_lines(&mut self, start: usize) {
        let bytes = self.text.as_bytes();
        let ends = bytes.get(start..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let start = start + ends.count();
        let mut last = 0;
        for byte in bytes.get(self.counted..start).unwrap_or_default() {
            // A line ends with one of them or with both.
            if *byte == b'\r' || *byte == b'\n' && last != b'\r' {
                self.line += 1;
            }
            last = *byte;
        }
        self.counted = start;
    }

    /// The line of the last record, where a quotation mark in it never closes. Asked at the end.
    fn unclosed(&self) -> Option<u64> {
        #[derive(PartialEq)]
        enum At {
            CellStart,
            Plain,
            Quoted,
            MarkInQuoted,
        }
        let mut at = At::CellStart;
        let mut line = self.line;
        let mut opened = line;
        for byte in self.text.as_bytes().get(self.counted..).unwrap_or_default() {
            if *byte == b'\n' {
                line += 1;
            }
            let ends = *byte == self.separator || matches!(byte, b'\n' | b'\r');
            at = match at {
                At::CellStart if *byte == b'"' => {
                    opened = line;
                    At::Quoted
                }
                At::Quoted if *byte == b'"' => At::MarkInQuoted,
                At::Quoted => At::Quoted,
                // Two marks are one that is meant.
                At::MarkInQuoted if *byte == b'"' => At::Quoted,
                At::CellStart | At::Plain | At::MarkInQuoted if ends => At::CellStart,
                At::CellStart | At::Plain | At::MarkInQuoted => At::Plain,
            };
        }
        (at == At::Quoted).then_some(opened)
    }
}

impl Iterator for Records<'_> {
    type Item = (u64, Vec<String>);

    fn next(&mut self) -> Option<Self::Item> {
        // The text is in memory and is text: neither reading nor decoding it can fail.
        let record = self.records.by_ref().find_map(Result::ok)?;
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default();
        self.count_lines(start);
        Some((self.line, record.iter().map(str::to_owned).collect()))
    }
}

fn column_names(mut cells: Vec<String>) -> Result<Vec<String>, TableError> {
    while cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    let mut seen = std::collections::BTreeMap::new();
    let mut columns = Vec::new();
    for (number, cell) in (1..).zip(&cells) {
        let name = match cell.trim() {
            "" => format!("Column {number}"),
            name => name.to_owned(),
        };
        if let Some(first) = seen.insert(name.to_lowercase(), number) {
            return Err(error(
                TableErrorKind::SameName,
                format!("Columns {first} and {number} are both called {name}."),
                "Give each column a name of its own.",
            ));
        }
        columns.push(name);
    }
    Ok(columns)
}
