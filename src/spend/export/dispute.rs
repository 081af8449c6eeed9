//! A dispute: a folder with what can be shown to HeyGen about one job. No key, no signed address.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{ExportError, ExportErrorKind, csv};
use crate::jobs::types::JobId;
use crate::spend::books::Books;
use crate::spend::types::{BookedJob, moment};
use crate::store::{Store, StoreError};

/// What the journal keeps of a job besides its money.
struct Kept {
    endpoint: String,
    remote_id: Option<String>,
    idempotency_key: String,
    sends: i64,
    request: Option<Vec<u8>>,
    answer: Option<String>,
    error: Option<String>,
    history: Vec<(i64, String, String)>,
}

/// Writes a folder about one job into `folder` and returns it: a summary to read, the job's lines
/// of the ledger, the request as it left, HeyGen's answers as far as they are kept. A folder of the
/// same name is left alone and another name is taken.
///
/// # Errors
/// [`ExportError`]; a folder that was begun is taken away again.
pub fn dispute(
    store: &Store,
    books: &Books,
    job: JobId,
    folder: &Path,
    zone: &TimeZone,
) -> Result<PathBuf, ExportError> {
    let booked = books.table.jobs().iter().find(|known| known.id == job).ok_or_else(|| ExportError {
        kind: ExportErrorKind::Journal,
        message: "There is no such job in the books.".to_owned(),
        hint: "Open the Spend tab again, then export.".to_owned(),
        source: None,
    })?;
    let kept = store.transaction(|tx| kept(tx, job))?;
    let rows: Vec<u32> = (0..)
        .zip(books.table.rows())
        .filter(|(_, row)| books.table.job(row).is_some_and(|known| known.id == job))
        .map(|(place, _)| place)
        .collect();
    let mut files = vec![
        ("summary.txt", summary(books, booked, &kept, zone).into_bytes()),
        ("ledger.csv", csv(&books.table, &rows, zone).into_bytes()),
    ];
    if let Some(request) = &kept.request {
        files.push(("request.json", unsigned(&String::from_utf8_lossy(request)).into_bytes()));
    }
    if let Some(answer) = &kept.answer {
        files.push(("answer.json", unsigned(answer).into_bytes()));
    }
    write_folder(folder, &format!("dispute-{job}"), &files).map_err(|source| ExportError {
        kind: ExportErrorKind::Disk,
        message: format!("The dispute could not be written into {}.", folder.display()),
        hint: "Make room or allow writing there, or choose another folder.".to_owned(),
        source: Some(source),
    })
}

fn write_folder(folder: &Path, name: &str, files: &[(&str, Vec<u8>)]) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let mut own = folder.join(name);
    let mut count = 2;
    loop {
        match std::fs::create_dir(&own) {
            Ok(()) => break,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && count < 1_000 => {
                own = folder.join(format!("{name}-{count}"));
                count += 1;
            }
            Err(error) => return Err(error),
        }
    }
    let written = files.iter().try_for_each(|(name, bytes)| std::fs::write(own.join(name), bytes));
    if let Err(error) = written {
        let _ = std::fs::remove_dir_all(&own);
        return Err(error);
    }
    Ok(own)
}

fn kept(tx: &Transaction<'_>, job: JobId) -> Result<Kept, StoreError> {
    let id = job.to_string();
    let mut kept = tx
        .query_row(
            "SELECT endpoint, remote_id, idempotency_key, sends, request, answer, error FROM jobs WHERE id = ?1",
            params![id],
            |row| {
                Ok(Kept {
                    endpoint: row.get(0)?,
                    remote_id: row.get(1)?,
                    idempotency_key: row.get(2)?,
                    sends: row.get(3)?,
                    request: row.get(4)?,
                    answer: row.get(5)?,
                    error: row.get(6)?,
                    history: Vec::new(),
                })
            },
        )
        .optional()?
        .ok_or_else(|| StoreError::Corrupt(format!("there is no job {id}")))?;
    let mut statement = tx.prepare("SELECT at, state, note FROM history WHERE job_id = ?1 ORDER BY seq")?;
    let mut rows = statement.query(params![id])?;
    while let Some(row) = rows.next()? {
        kept.history.push((row.get(0)?, row.get(1)?, row.get(2)?));
    }
    Ok(kept)
}

fn summary(books: &Books, job: &BookedJob, kept: &Kept, zone: &TimeZone) -> String {
    let mut text = String::new();
    let none = "none".to_owned();
    let charge = job.charge.map_or("not charged in the ledger".to_owned(), |charge| charge.precise());
    let lines = [
        ("Job", job.id.to_string()),
        ("Title", job.title.to_string()),
        ("Product", job.product.name().to_owned()),
        ("State", job.state.word().to_owned()),
        ("HeyGen's id", kept.remote_id.clone().unwrap_or_else(|| none.clone())),
        ("Request", format!("POST {}", kept.endpoint)),
        ("Idempotency-Key", kept.idempotency_key.clone()),
        ("Sent", if kept.sends == 1 { "once".to_owned() } else { format!("{} times under this key", kept.sends) }),
        ("Quoted", format!("{} to {}", job.quoted.low.precise(), job.quoted.high.precise())),
        ("Charged", charge),
        ("Rate", format!("{} per {}", job.rate.precise(), job.unit.word())),
    ];
    // Writing to a string cannot fail.
    for (name, value) in lines {
        let _ = writeln!(text, "{name}: {}", unsigned(&value));
    }
    if let Some(error) = &kept.error {
        let _ = writeln!(text, "\nWhat was said about the failure:\n{}", unsigned(error));
    }
    text.push_str("\nWhat happened:\n");
    for (at, state, note) in &kept.history {
        let _ = writeln!(text, "{}  {state}  {}", moment(*at, zone), unsigned(note));
    }
    text.push_str("\nThe wallet around it, as HeyGen showed it:\n");
    let (from, to) = (job.sent_at.unwrap_or(i64::MAX), job.ended_at.unwrap_or(i64::MAX));
    let start = books.readings.partition_point(|reading| reading.seen_until < from).saturating_sub(1);
    let end = books.readings.partition_point(|reading| reading.at <= to).saturating_add(2).min(books.readings.len());
    for reading in books.readings.get(start..end.max(start)).unwrap_or_default() {
        let _ = writeln!(text, "{}  {}", moment(reading.at, zone), reading.balance.precise());
    }
    let causes = books.findings.reconciliations.iter().flat_map(|stretch| &stretch.causes);
    for cause in causes.filter(|cause| cause.job == Some(job.id)) {
        let _ = writeln!(text, "{}", unsigned(&cause.words));
    }
    text
}

/// The same text with every address cut before its query, where signatures stand.
fn unsigned(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at);
        let end = address
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`'))
            .unwrap_or(address.len());
        let (address, after) = address.split_at(end);
        safe.push_str(before);
        safe.push_str(address.split(['?', '#']).next().unwrap_or_default());
        rest = after;
    }
    safe.push_str(rest);
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_cut_out_wherever_they_stand() {
        for (text, safe) in [
            ("nothing here?", "nothing here?"),
            (
                "{\"url\":\"https://files.example/a.mp4?Signature=abc&Expires=1\",\"b\":2}",
                "{\"url\":\"https://files.example/a.mp4\",\"b\":2}",
            ),
            (
                "see https://a.example/x?s=1 and http://b.example/y#t=2.",
                "see https://a.example/x and http://b.example/y",
            ),
            ("https://a.example/x\\u0026s=1", "https://a.example/x\\u0026s=1"),
        ] {
            assert_eq!(unsigned(text), safe);
        }
    }
}
