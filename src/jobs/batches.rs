//! Tables in the database: the only place that reads and writes `batches` and `batch_rows`. A row and the
//! job it became are tied in the transaction that books the job, so that no restart doubles or loses one.

use std::path::PathBuf;

use rusqlite::{OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::journal;
use super::types::{BatchChange, BatchId, JobId, JobState, KeptBatch};
use crate::batch::{Row, Source, Table, TextEncoding};
use crate::draft::{Draft, Product};
use crate::store::StoreError;

/// Keeps a table that was just read.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &Transaction<'_>, batch: &KeptBatch, at: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO batches (id, product, name, base, columns, created_at, source, added_columns) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            batch.id.to_string(),
            batch.base.product().word(),
            batch.name,
            base_json(&batch.base)?,
            json(&batch.table.columns)?,
            at,
            source_json(batch)?,
            count(batch.table.added)
        ],
    )?;
    insert_rows(tx, batch)
}

fn insert_rows(tx: &Transaction<'_>, batch: &KeptBatch) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached("INSERT INTO batch_rows (batch_id, line, cells) VALUES (?1, ?2, ?3)")?;
    for row in &batch.table.rows {
        statement.execute(params![batch.id.to_string(), line(row.line), json(row)?])?;
    }
    Ok(())
}

/// Puts what a file says, read in another way, in the place of a table that is as it was read. `false`: rows
/// were changed or made meanwhile, and stay.
///
/// # Errors
/// [`StoreError`].
pub fn replace(tx: &Transaction<'_>, batch: &KeptBatch) -> Result<bool, StoreError> {
    let id = batch.id.to_string();
    let touched: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM batch_rows WHERE batch_id = ?1 AND (revision > 0 OR job_id IS NOT NULL))",
        params![id],
        |row| row.get(0),
    )?;
    if touched {
        return Ok(false);
    }
    let changed = tx.execute(
        "UPDATE batches SET columns = ?2, source = ?3, added_columns = 0, revision = 0 WHERE id = ?1",
        params![id, json(&batch.table.columns)?, source_json(batch)?],
    )?;
    if changed == 1 {
        tx.execute("DELETE FROM batch_rows WHERE batch_id = ?1", params![id])?;
        insert_rows(tx, batch)?;
    }
    Ok(changed == 1)
}

/// Takes in what the person changed. Changes may arrive in any order: an older one replaces nothing.
///
/// # Errors
/// [`StoreError`].
pub fn change(tx: &Transaction<'_>, change: &BatchChange) -> Result<(), StoreError> {
    let (id, revision) = (change.id.to_string(), line(change.revision));
    tx.execute(
        "UPDATE batches SET base = ?2, columns = ?3, revision = ?4, added_columns = ?5 \
         WHERE id = ?1 AND revision < ?4",
        params![id, base_json(&change.base)?, json(&change.columns)?, revision, count(change.added_columns)],
    )?;
    for row in &change.rows {
        tx.execute(
            "UPDATE batch_rows SET cells = ?3, revision = ?4 WHERE batch_id = ?1 AND line = ?2 AND revision < ?4",
            params![id, line(row.line), json(row)?, revision],
        )?;
    }
    let mut ticks = tx.prepare_cached(
        "UPDATE batch_rows SET left_out = ?3, tick_revision = ?4 \
         WHERE batch_id = ?1 AND line = ?2 AND tick_revision < ?4",
    )?;
    for (of, left_out) in &change.left_out {
        ticks.execute(params![id, line(*of), left_out, revision])?;
    }
    Ok(())
}

/// Shows a table on its tab from now on, or no more. A closed one none of whose rows was ever made is
/// forgotten.
///
/// # Errors
/// [`StoreError`].
pub fn set_open(tx: &Transaction<'_>, id: BatchId, is_open: bool) -> Result<(), StoreError> {
    if is_open {
        // One table a tab.
        tx.execute(
            "UPDATE batches SET is_open = 0 WHERE product = (SELECT product FROM batches WHERE id = ?1)",
            params![id.to_string()],
        )?;
    }
    tx.execute("UPDATE batches SET is_open = ?2 WHERE id = ?1", params![id.to_string(), is_open])?;
    tx.execute(
        "DELETE FROM batches WHERE is_open = 0 AND NOT EXISTS \
         (SELECT 1 FROM batch_rows WHERE batch_id = batches.id AND job_id IS NOT NULL)",
        [],
    )?;
    Ok(())
}

/// The tables that are shown on their tabs, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn open(tx: &Transaction<'_>) -> Result<Vec<KeptBatch>, StoreError> {
    let mut statement = tx.prepare("SELECT id FROM batches WHERE is_open <> 0 ORDER BY created_at, id")?;
    let ids: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut batches = Vec::new();
    for id in ids {
        let id = BatchId::parse(&id).ok_or_else(|| StoreError::Corrupt(format!("batch “{id}”")))?;
        batches.extend(get(tx, id)?);
    }
    Ok(batches)
}

/// All tables that are kept, open or closed, with their names.
///
/// # Errors
/// [`StoreError`].
pub fn names(tx: &Transaction<'_>) -> Result<Vec<(BatchId, String)>, StoreError> {
    let mut statement = tx.prepare("SELECT id, name FROM batches")?;
    let found: Vec<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(found.into_iter().filter_map(|(id, name)| Some((BatchId::parse(&id)?, name))).collect())
}

/// A table with the jobs its rows became; `None` where there is none of this id.
///
/// # Errors
/// [`StoreError`].
pub fn get(tx: &Transaction<'_>, id: BatchId) -> Result<Option<KeptBatch>, StoreError> {
    type Columns = (String, String, String, String, i64, Option<String>, i64);
    let found: Option<Columns> = tx
        .query_row(
            "SELECT product, name, base, columns, revision, source, added_columns FROM batches WHERE id = ?1",
            params![id.to_string()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?)),
        )
        .optional()?;
    let Some((product, name, base, columns, mut revision, source, added)) = found else { return Ok(None) };
    let product = Product::from_word(&product).ok_or_else(|| StoreError::Corrupt(format!("product “{product}”")))?;
    let base = Draft::from_json(product, &base).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let added = usize::try_from(added).unwrap_or_default();
    let mut table = Table { columns: from_json(&columns)?, added, ..Table::default() };
    let file = source.map(|source| from_json::<FileSource>(&source)).transpose()?;
    let file = file.map(|file| file.take_into(&mut table));
    let (mut jobs, mut is_edited) = (Vec::new(), false);
    let (mut left_out, mut is_ticked) = (Vec::new(), false);
    let mut statement = tx.prepare_cached(
        "SELECT cells, job_id, revision, left_out, tick_revision FROM batch_rows WHERE batch_id = ?1 ORDER BY line",
    )?;
    let mut rows = statement.query(params![id.to_string()])?;
    while let Some(found) = rows.next()? {
        let mut row: Row = from_json(&found.get::<_, String>(0)?)?;
        // A row that was not changed since a column was added is one cell short.
        row.cells.resize(table.columns.len(), String::new());
        jobs.push(found.get::<_, Option<String>>(1)?.map(|job| job_id(&job)).transpose()?);
        let changed: i64 = found.get(2)?;
        is_edited |= changed > 0;
        let ticked: i64 = found.get(4)?;
        is_ticked |= ticked > 0;
        left_out.push(found.get(3)?);
        revision = revision.max(changed).max(ticked);
        table.rows.push(row);
    }
    let revision = u64::try_from(revision).unwrap_or_default();
    if !is_ticked {
        left_out.clear();
    }
    Ok(Some(KeptBatch { id, name, base, table, jobs, left_out, revision, is_edited, file, samples: Vec::new() }))
}

/// The file a table was read from, as it is kept.
#[derive(Serialize, Deserialize)]
struct FileSource {
    path: String,
    /// Its label; empty where it is not known.
    encoding: String,
    is_guessed: bool,
    separator: u8,
}

impl FileSource {
    fn take_into(self, table: &mut Table) -> PathBuf {
        let Self { path, encoding, is_guessed, separator } = self;
        table.source = Source { encoding: TextEncoding::of_label(&encoding), is_guessed, separator };
        path.into()
    }
}

fn source_json(batch: &KeptBatch) -> Result<Option<String>, StoreError> {
    let Source { encoding, is_guessed, separator } = batch.table.source;
    let encoding = encoding.map(TextEncoding::label).unwrap_or_default().to_owned();
    // A path that is no text cannot be kept: the file is chosen again instead.
    let path = batch.file.as_ref().and_then(|path| path.to_str()).map(str::to_owned);
    let kept = path.map(|path| FileSource { path, encoding, is_guessed, separator });
    kept.map(|kept| json(&kept)).transpose()
}

/// Ties a row to the job it becomes. A row that has been made, or is being made, is not made again.
/// Returns the failed or cancelled job that the new one stands for.
///
/// # Errors
/// [`Claim`]: nothing may be booked.
pub fn claim(tx: &Transaction<'_>, id: BatchId, row: &Row, job: JobId) -> Result<Option<JobId>, Claim> {
    let before: Option<Option<String>> = tx
        .prepare_cached("SELECT job_id FROM batch_rows WHERE batch_id = ?1 AND line = ?2")?
        .query_row(params![id.to_string(), line(row.line)], |found| found.get(0))
        .optional()?;
    let Some(before) = before else { return Err(Claim::NoRow(row.line)) };
    let before = before.map(|before| job_id(&before)).transpose()?;
    if let Some(before) = before {
        let state: String = tx
            .prepare_cached("SELECT state FROM jobs WHERE id = ?1")?
            .query_row(params![before.to_string()], |found| found.get(0))?;
        if !matches!(JobState::from_word(&state), Some(JobState::Failed | JobState::Cancelled)) {
            return Err(Claim::Made(row.line));
        }
        if !journal::set_again(tx, before, job)? {
            return Err(Claim::Made(row.line));
        }
        // The new one stands in its place in the batch.
        tx.prepare_cached("UPDATE jobs SET batch = NULL WHERE id = ?1")?.execute(params![before.to_string()])?;
    }
    tx.prepare_cached("UPDATE batch_rows SET job_id = ?3, cells = ?4 WHERE batch_id = ?1 AND line = ?2")?
        .execute(params![id.to_string(), line(row.line), job.to_string(), json(row)?])?;
    Ok(before)
}

/// Ties the row that became `before`, where there is one, to the job that is made in its place.
///
/// # Errors
/// [`StoreError`].
pub fn follow(tx: &Transaction<'_>, before: JobId, job: JobId) -> Result<(), StoreError> {
    let (before, job) = (before.to_string(), job.to_string());
    if tx.execute("UPDATE batch_rows SET job_id = ?2 WHERE job_id = ?1", params![before, job])? == 0 {
        return Ok(());
    }
    tx.execute("UPDATE jobs SET batch = (SELECT batch FROM jobs WHERE id = ?1) WHERE id = ?2", params![before, job])?;
    tx.execute("UPDATE jobs SET batch = NULL WHERE id = ?1", params![before])?;
    Ok(())
}

/// Why a row cannot become a job.
#[derive(Debug, thiserror::Error)]
pub enum Claim {
    /// It has a job that is under way or done.
    #[error("Line {0} is being made already. Nothing was sent.")]
    Made(u64),
    /// The journal knows no such row.
    #[error("Line {0} is not in the table any more. Open the file again. Nothing was sent.")]
    NoRow(u64),
    /// The journal.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for Claim {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

fn base_json(base: &Draft) -> Result<String, StoreError> {
    let mut base = base.clone();
    base.without_signatures();
    base.to_json().map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn job_id(text: &str) -> Result<JobId, StoreError> {
    uuid::Uuid::parse_str(text).map(JobId).map_err(|_| StoreError::Corrupt(format!("job id “{text}”")))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn line(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
