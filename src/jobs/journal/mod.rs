//! Jobs in the database: the only place that reads and writes the `jobs`, `history`, `uploads`, `assets`,
//! `targets` and `observations` tables. Every function works inside a transaction that the caller opens and commits.

mod agents;
mod files;
mod pace;
mod signatures;
mod unreadable;

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::{Row, Transaction, params};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::draft::Product;
use crate::jobs::types::{BatchId, Job, JobError, JobId, JobState, Made, Progress, QuotedPrice, ResultFiles, Tariff};
use crate::money::Usd;
use crate::pricing::{self, Unit};
use crate::spend;
use crate::store::StoreError;

pub use agents::{continue_with, held_by_question, videos_of_others};
pub use files::{
    asset_of, forget_asset, forget_assets_of, forget_uploads, has_uploads_of_others, item_target, note_asset,
    note_upload, promised, set_item_target, set_target, uploads,
};
pub use pace::{Spoken, note_observation, observations};
pub use unreadable::{Unreadable, give_back_unreadable, readable};

/// A job with what only the worker needs.
#[derive(Clone, Debug)]
pub struct Record {
    pub job: Job,
    /// What one unit was quoted at.
    pub tariff: Tariff,
    /// The word of the paid endpoint.
    pub endpoint: String,
    /// The exact body; `None` until its uploads are there.
    pub request: Option<Vec<u8>>,
    pub idempotency_key: String,
    /// How often the body left under this key.
    pub sends: u32,
    /// Unix seconds when it first left under this key.
    pub first_sent_at: Option<i64>,
    /// Fingerprint of the credential the body last left with.
    pub credential: Option<String>,
    /// Quoted for an OAuth token, whose use the web plan pays.
    pub is_oauth: bool,
    /// The file the result will become.
    pub target: Option<PathBuf>,
    /// HeyGen's first answer. May hold presigned addresses until the job is done: never log it.
    pub answer: Option<String>,
    /// What HeyGen said it made, whether it is home or not.
    pub made: Option<Made>,
}

const COLUMNS: &str = "id, product, title, project, state, draft, quoted, rate, hold, charge, duration, error, files, \
     remote_id, endpoint, request, idempotency_key, sends, first_sent_at, credential, web_plan, target, portrait_url, created_at, changed_at, \
     unit, answer, batch, again, made_seconds, made_pieces";

/// Writes a new job and its first line of history.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &Transaction<'_>, record: &Record) -> Result<(), StoreError> {
    let job = &record.job;
    tx.prepare_cached(&format!(
        "INSERT INTO jobs ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
         ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31)"
    ))?
    .execute(params![
        job.id.to_string(),
        job.product.word(),
        job.title,
        job.project,
        job.state.word(),
        &*job.draft,
        json(&job.quoted)?,
        record.tariff.rate.exact(),
        job.hold.exact(),
        job.charge.map(Usd::exact),
        job.duration.map(|seconds| seconds.to_string()),
        job.error.as_ref().map(json).transpose()?,
        json(&job.files)?,
        job.remote_id,
        record.endpoint,
        record.request,
        record.idempotency_key,
        record.sends,
        record.first_sent_at,
        record.credential,
        record.is_oauth,
        record.target.as_ref().map(|path| path.to_string_lossy().into_owned()),
        job.portrait_url,
        job.created_at,
        job.changed_at,
        record.tariff.unit.word(),
        record.answer,
        job.batch.map(|batch| batch.to_string()),
        job.again.map(|again| again.to_string()),
        record.made.and_then(|made| made.seconds).map(|seconds| seconds.to_string()),
        record.made.map(|made| made.pieces),
    ])?;
    note(tx, job.id, job.created_at, job.state, "")
}

/// Every job, oldest first.
///
/// # Errors
/// [`StoreError`].
pub fn all(tx: &Transaction<'_>) -> Result<Vec<Record>, StoreError> {
    let mut statement = tx.prepare(&format!("SELECT {COLUMNS} FROM jobs ORDER BY created_at, id"))?;
    let mut rows = statement.query([])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(record(row)?);
    }
    Ok(records)
}

/// One job.
///
/// # Errors
/// [`StoreError`], also where there is none of this id.
pub fn get(tx: &Transaction<'_>, id: JobId) -> Result<Record, StoreError> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1"))?;
    let mut rows = statement.query(params![id.to_string()])?;
    match rows.next()? {
        Some(row) => record(row),
        None => Err(StoreError::Corrupt(format!("there is no job {id}"))),
    }
}

/// Moves a job to another state, only from a state it may come from. `false`: it was elsewhere, nothing changed.
///
/// # Errors
/// [`StoreError`].
pub fn move_to(
    tx: &Transaction<'_>,
    id: JobId,
    from: &[JobState],
    to: JobState,
    at: i64,
    why: &str,
) -> Result<bool, StoreError> {
    let present = get(tx, id)?.job.state;
    if !from.contains(&present) {
        return Ok(false);
    }
    tx.prepare_cached("UPDATE jobs SET state = ?2, changed_at = ?3 WHERE id = ?1")?.execute(params![
        id.to_string(),
        to.word(),
        at
    ])?;
    note(tx, id, at, to, why)?;
    Ok(true)
}

fn note(tx: &Transaction<'_>, id: JobId, at: i64, state: JobState, why: &str) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO history (job_id, at, state, note) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        id.to_string(),
        at,
        state.word(),
        why
    ])?;
    Ok(())
}

/// Whether a job's history has a line with this note.
///
/// # Errors
/// [`StoreError`].
pub fn was_noted(tx: &Transaction<'_>, id: JobId, words: &str) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM history WHERE job_id = ?1 AND note = ?2)")?
        .query_row(params![id.to_string(), words], |row| row.get(0))?)
}

/// Writes the exact body down.
///
/// # Errors
/// [`StoreError`].
pub fn set_request(tx: &Transaction<'_>, id: JobId, request: &[u8]) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET request = ?2 WHERE id = ?1", params![id.to_string(), request])?;
    Ok(())
}

/// Counts a send before it leaves, and notes whose credential it leaves with.
///
/// # Errors
/// [`StoreError`].
pub fn count_send(tx: &Transaction<'_>, id: JobId, at: i64, credential: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE jobs SET sends = sends + 1, first_sent_at = coalesce(first_sent_at, ?2), credential = ?3 WHERE id = ?1",
        params![id.to_string(), at, credential],
    )?;
    Ok(())
}

/// How often the body left under the present key.
///
/// # Errors
/// [`StoreError`].
pub fn sends(tx: &Transaction<'_>, id: JobId) -> Result<u32, StoreError> {
    Ok(tx
        .prepare_cached("SELECT sends FROM jobs WHERE id = ?1")?
        .query_row(params![id.to_string()], |row| row.get(0))?)
}

/// Gives a job that is known not to have been paid a new key for its next attempt.
///
/// # Errors
/// [`StoreError`].
pub fn renew_key(tx: &Transaction<'_>, id: JobId, key: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE jobs SET idempotency_key = ?2, sends = 0, first_sent_at = NULL WHERE id = ?1",
        params![id.to_string(), key],
    )?;
    Ok(())
}

/// Notes the job that is made in the place of an ended one. `false`: there is one already, nothing changed.
///
/// # Errors
/// [`StoreError`].
pub fn set_again(tx: &Transaction<'_>, before: JobId, job: JobId) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE jobs SET again = ?2 WHERE id = ?1 AND again IS NULL")?
        .execute(params![before.to_string(), job.to_string()])?;
    Ok(changed == 1)
}

/// HeyGen's id of what the job became.
///
/// # Errors
/// [`StoreError`]; another job that has this id already is one.
pub fn set_remote_id(tx: &Transaction<'_>, id: JobId, remote_id: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET remote_id = ?2 WHERE id = ?1", params![id.to_string(), remote_id])?;
    Ok(())
}

/// Keeps HeyGen's first answer, or what may stay of it.
///
/// # Errors
/// [`StoreError`].
pub fn set_answer(tx: &Transaction<'_>, id: JobId, answer: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET answer = ?2 WHERE id = ?1", params![id.to_string(), answer])?;
    Ok(())
}

/// HeyGen says that it made it: from here on it is charged, whatever becomes of the job.
///
/// # Errors
/// [`StoreError`].
pub fn set_made(tx: &Transaction<'_>, id: JobId, made: Made) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE jobs SET made_seconds = ?2, made_pieces = ?3 WHERE id = ?1",
        params![id.to_string(), made.seconds.map(|seconds| seconds.normalize().to_string()), made.pieces],
    )?;
    Ok(())
}

/// What ends a job: error words, files, what is charged.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    pub error: Option<JobError>,
    pub files: ResultFiles,
    /// What HeyGen made of it, which is charged; `None` where it made nothing.
    pub made: Option<Made>,
}

/// Writes error words beside the state, or takes them away.
///
/// # Errors
/// [`StoreError`].
pub fn set_error(tx: &Transaction<'_>, id: JobId, error: Option<&JobError>) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET error = ?2 WHERE id = ?1", params![id.to_string(), error.map(json).transpose()?])?;
    Ok(())
}

/// Ends a job: its state, the charge for what was made of it, and the release of its hold, together. What
/// HeyGen answered, and what was sent, stays without the signatures of its addresses.
/// `false`: it had ended before, nothing changed.
///
/// # Errors
/// [`StoreError`].
pub fn end(tx: &Transaction<'_>, id: JobId, state: JobState, ending: &Ending, at: i64) -> Result<bool, StoreError> {
    let record = get(tx, id)?;
    let job = &record.job;
    if job.state.is_final() {
        return Ok(false);
    }
    let tariff = record.tariff;
    let charged = ending.made.and_then(|made| pricing::charge(tariff.rate, tariff.unit, made.seconds, made.pieces));
    let duration = ending.made.and_then(|made| made.seconds);
    let entry = spend::Entry {
        at,
        product: job.product,
        project: &job.project,
        amount: job.hold,
        card_date: &job.quoted.card_date,
        counted: None,
    };
    if let Some((quantity, amount)) = charged {
        let counted = Some(spend::Counted { quantity, rate: tariff.rate, unit: tariff.unit });
        spend::charge(tx, id, &spend::Entry { amount, counted, ..entry })?;
    }
    spend::release(tx, id, &entry)?;
    tx.prepare_cached(
        "UPDATE jobs SET state = ?2, changed_at = ?3, hold = '0', charge = ?4, duration = ?5, error = ?6, files = ?7, \
         answer = ?8, draft = ?9, request = ?10 WHERE id = ?1",
    )?
    .execute(params![
        id.to_string(),
        state.word(),
        at,
        charged.map(|(_, amount)| amount.exact()),
        duration.map(|seconds| seconds.normalize().to_string()),
        ending.error.as_ref().map(json).transpose()?,
        json(&ending.files)?,
        record.answer.as_deref().map(signatures::cut_all),
        signatures::forget_in_draft(&job.draft),
        record.request.as_deref().map(signatures::cut_signed),
    ])?;
    note(tx, id, at, state, "")?;
    Ok(true)
}

fn record(row: &Row<'_>) -> Result<Record, StoreError> {
    let text = |column: &str| -> Result<String, StoreError> { Ok(row.get(column)?) };
    let corrupt = |what: &str, value: &str| StoreError::Corrupt(format!("{what} “{value}”"));
    let product = text("product")?;
    let state = text("state")?;
    let unit = text("unit")?;
    let id = text("id")?;
    let money = |value: &str| Usd::parse(value).map_err(|error| StoreError::Corrupt(error.to_string()));
    let seconds = |column: &str| -> Result<Option<Decimal>, StoreError> {
        let value = row.get::<_, Option<String>>(column)?;
        value.map(|value| Decimal::from_str_exact(&value).map_err(|_| corrupt("duration", &value))).transpose()
    };
    let tariff =
        Tariff { rate: money(&text("rate")?)?, unit: Unit::from_word(&unit).ok_or_else(|| corrupt("unit", &unit))? };
    let state = JobState::from_word(&state).ok_or_else(|| corrupt("state", &state))?;
    let made = match row.get::<_, Option<u32>>("made_pieces")? {
        Some(pieces) => Some(Made { seconds: seconds("made_seconds")?, pieces }),
        None => None,
    };
    let due = made.and_then(|made| pricing::charge(tariff.rate, tariff.unit, made.seconds, made.pieces));
    Ok(Record {
        tariff,
        made,
        answer: row.get("answer")?,
        endpoint: row.get("endpoint")?,
        request: row.get("request")?,
        idempotency_key: row.get("idempotency_key")?,
        sends: row.get("sends")?,
        first_sent_at: row.get("first_sent_at")?,
        credential: row.get("credential")?,
        is_oauth: row.get("web_plan")?,
        target: row.get::<_, Option<String>>("target")?.map(PathBuf::from),
        job: Job {
            id: JobId(uuid::Uuid::parse_str(&id).map_err(|_| corrupt("job id", &id))?),
            product: Product::from_word(&product).ok_or_else(|| corrupt("product", &product))?,
            title: row.get("title")?,
            project: row.get("project")?,
            state,
            progress: Progress::None,
            quoted: from_json::<QuotedPrice>(&text("quoted")?)?,
            hold: money(&text("hold")?)?,
            charge: row.get::<_, Option<String>>("charge")?.as_deref().map(money).transpose()?,
            due: due.map(|(_, amount)| amount).filter(|_| !state.is_final()),
            duration: seconds("duration")?,
            error: row.get::<_, Option<String>>("error")?.as_deref().map(from_json::<JobError>).transpose()?,
            files: from_json::<ResultFiles>(&text("files")?)?,
            remote_id: row.get("remote_id")?,
            created_at: row.get("created_at")?,
            changed_at: row.get("changed_at")?,
            portrait_url: row.get("portrait_url")?,
            draft: Arc::from(text("draft")?),
            batch: row.get::<_, Option<String>>("batch")?.as_deref().and_then(BatchId::parse),
            again: row.get::<_, Option<String>>("again")?.and_then(|id| uuid::Uuid::parse_str(&id).ok()).map(JobId),
        },
    })
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
