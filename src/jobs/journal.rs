//! Jobs in the database: the only place that reads and writes the `jobs`, `uploads` and `history`
//! tables. Every function works inside a transaction that the caller opens and commits.

use std::path::PathBuf;
use std::sync::Arc;

use rusqlite::{Row, Transaction, params};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::draft::{Field, Product, chat};
use crate::money::Usd;
use crate::pricing::{self, Unit};
use crate::spend;
use crate::store::StoreError;

use super::types::{Job, JobError, JobId, JobState, Progress, QuotedPrice, ResultFiles, Tariff};

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
    /// Quoted for an OAuth token: the web plan pays, no dollars are held.
    pub web_plan: bool,
    /// The file the result will become.
    pub target: Option<PathBuf>,
    /// HeyGen's first answer. May hold presigned addresses until the job is done: never log it.
    pub answer: Option<String>,
    /// Jobs that were booked together share it.
    pub batch: Option<String>,
}

const COLUMNS: &str = "id, product, title, project, state, draft, quoted, rate, hold, charge, duration, error, files, \
     remote_id, endpoint, request, idempotency_key, sends, first_sent_at, credential, web_plan, target, portrait_url, created_at, changed_at, \
     unit, answer, batch";

/// Writes a new job and its first line of history.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &Transaction<'_>, record: &Record) -> Result<(), StoreError> {
    let job = &record.job;
    tx.prepare_cached(&format!(
        "INSERT INTO jobs ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
         ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28)"
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
        record.web_plan,
        record.target.as_ref().map(|path| path.to_string_lossy().into_owned()),
        job.portrait_url,
        job.created_at,
        job.changed_at,
        record.tariff.unit.word(),
        record.answer,
        record.batch,
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

/// Remembers that a file of a job is at HeyGen.
///
/// # Errors
/// [`StoreError`].
pub fn note_upload(tx: &Transaction<'_>, id: JobId, field: Field, asset_id: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO uploads (job_id, field, asset_id) VALUES (?1, ?2, ?3)",
        params![id.to_string(), json(&field)?, asset_id],
    )?;
    Ok(())
}

/// The files of a job that are at HeyGen.
///
/// # Errors
/// [`StoreError`].
pub fn uploads(tx: &Transaction<'_>, id: JobId) -> Result<Vec<(Field, String)>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT field, asset_id FROM uploads WHERE job_id = ?1")?;
    let mut rows = statement.query(params![id.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((from_json(&row.get::<_, String>(0)?)?, row.get(1)?));
    }
    Ok(found)
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

/// HeyGen's id of what the job became.
///
/// # Errors
/// [`StoreError`]; another job that has this id already is one.
pub fn set_remote_id(tx: &Transaction<'_>, id: JobId, remote_id: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET remote_id = ?2 WHERE id = ?1", params![id.to_string(), remote_id])?;
    Ok(())
}

/// The videos that other jobs of an agent's session were charged for or are bringing home.
///
/// # Errors
/// [`StoreError`].
pub fn videos_of_others(tx: &Transaction<'_>, id: JobId, session: &str) -> Result<Vec<String>, StoreError> {
    Ok(others_of_session(tx, id, session)?
        .into_iter()
        .filter_map(|(_, _, remote_id)| chat::video_of(&remote_id).map(str::to_owned))
        .collect())
}

/// Ends the jobs of an agent's session that `id`, an answer to the agent, goes on with: they made nothing,
/// and what comes now is the answer's. Returns them.
///
/// # Errors
/// [`StoreError`].
pub fn continue_with(tx: &Transaction<'_>, id: JobId, session: &str, at: i64) -> Result<Vec<JobId>, StoreError> {
    let mut continued = Vec::new();
    for (other, state, remote_id) in others_of_session(tx, id, session)? {
        if state == JobState::Running && chat::video_of(&remote_id).is_none() {
            let error = JobError {
                what: "Continued by your answer.".to_owned(),
                money: "The agent made nothing for this request, so nothing is charged for it.".to_owned(),
                advice: "The job of your answer brings the video home.".to_owned(),
            };
            let ending = Ending { error: Some(error), ..Ending::default() };
            if end(tx, other, JobState::Cancelled, &ending, at)? {
                continued.push(other);
            }
        }
    }
    Ok(continued)
}

/// What is held for jobs that an answer in this session would go on with.
///
/// # Errors
/// [`StoreError`].
pub fn held_by_question(tx: &Transaction<'_>, id: JobId, session: &str) -> Result<Usd, StoreError> {
    let mut held = Usd::ZERO;
    for (other, state, remote_id) in others_of_session(tx, id, session)? {
        if state == JobState::Running && chat::video_of(&remote_id).is_none() {
            held += get(tx, other)?.job.hold;
        }
    }
    Ok(held)
}

fn others_of_session(
    tx: &Transaction<'_>,
    id: JobId,
    session: &str,
) -> Result<Vec<(JobId, JobState, String)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, state, remote_id FROM jobs WHERE product = ?1 AND id <> ?2 AND remote_id IS NOT NULL",
    )?;
    let mut rows = statement.query(params![Product::VideoAgent.word(), id.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, state, remote_id): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if chat::session_of(&remote_id) == session {
            let corrupt = || StoreError::Corrupt(format!("agent job “{id}” in “{state}”"));
            let job = uuid::Uuid::parse_str(&id).map_err(|_| corrupt())?;
            found.push((JobId(job), JobState::from_word(&state).ok_or_else(corrupt)?, remote_id));
        }
    }
    Ok(found)
}

/// Keeps HeyGen's first answer, or what may stay of it.
///
/// # Errors
/// [`StoreError`].
pub fn set_answer(tx: &Transaction<'_>, id: JobId, answer: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET answer = ?2 WHERE id = ?1", params![id.to_string(), answer])?;
    Ok(())
}

/// The file the result will become.
///
/// # Errors
/// [`StoreError`].
pub fn set_target(tx: &Transaction<'_>, id: JobId, target: &std::path::Path) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET target = ?2 WHERE id = ?1", params![id.to_string(), target.to_string_lossy()])?;
    Ok(())
}

/// The file one more part of the result will become.
///
/// # Errors
/// [`StoreError`].
pub fn set_item_target(
    tx: &Transaction<'_>,
    id: JobId,
    item: &str,
    target: &std::path::Path,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO targets (job_id, item, path) VALUES (?1, ?2, ?3)",
        params![id.to_string(), item, target.to_string_lossy()],
    )?;
    Ok(())
}

/// The file a part of a job's result was promised.
///
/// # Errors
/// [`StoreError`].
pub fn item_target(tx: &Transaction<'_>, id: JobId, item: &str) -> Result<Option<PathBuf>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT path FROM targets WHERE job_id = ?1 AND item = ?2")?;
    let mut rows = statement.query(params![id.to_string(), item])?;
    Ok(match rows.next()? {
        Some(row) => Some(PathBuf::from(row.get::<_, String>(0)?)),
        None => None,
    })
}

/// Every file some job has been promised, so that two jobs of one title do not share one.
///
/// # Errors
/// [`StoreError`].
pub fn targets(tx: &Transaction<'_>) -> Result<Vec<PathBuf>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT target FROM jobs WHERE target IS NOT NULL UNION ALL SELECT path FROM targets")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(PathBuf::from(row.get::<_, String>(0)?));
    }
    Ok(found)
}

/// The asset that holds these bytes at HeyGen, as far as this account put it there.
///
/// # Errors
/// [`StoreError`].
pub fn asset_of(
    tx: &Transaction<'_>,
    content: &str,
    media_type: &str,
    credential: &str,
) -> Result<Option<String>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT asset_id FROM assets WHERE content = ?1 AND media_type = ?2 AND credential = ?3")?;
    let mut rows = statement.query(params![content, media_type, credential])?;
    Ok(match rows.next()? {
        Some(row) => Some(row.get(0)?),
        None => None,
    })
}

/// Remembers what is at HeyGen.
///
/// # Errors
/// [`StoreError`].
pub fn note_asset(
    tx: &Transaction<'_>,
    content: &str,
    media_type: &str,
    credential: &str,
    asset_id: &str,
    at: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR REPLACE INTO assets (content, media_type, credential, asset_id, uploaded_at) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![content, media_type, credential, asset_id, at],
    )?;
    Ok(())
}

/// Forgets an asset that is no longer there.
///
/// # Errors
/// [`StoreError`].
pub fn forget_asset(tx: &Transaction<'_>, asset_id: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM assets WHERE asset_id = ?1", params![asset_id])?;
    Ok(())
}

/// What a finished video says about its voice.
#[derive(Clone, Debug, PartialEq)]
pub struct Spoken {
    pub voice_id: String,
    pub language: Option<String>,
    pub script: String,
    /// The voice's speed setting.
    pub speed: Decimal,
    /// Seconds the script took.
    pub seconds: Decimal,
}

/// Keeps what a voice really did; once per job.
///
/// # Errors
/// [`StoreError`].
pub fn note_observation(tx: &Transaction<'_>, id: JobId, spoken: &Spoken) -> Result<(), StoreError> {
    tx.execute(
        "INSERT OR IGNORE INTO observations (job_id, voice_id, language, script, speed, seconds) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            id.to_string(),
            spoken.voice_id,
            spoken.language,
            spoken.script,
            spoken.speed.to_string(),
            spoken.seconds.to_string()
        ],
    )?;
    Ok(())
}

/// The newest things voices really did, oldest first, at most `most`.
///
/// # Errors
/// [`StoreError`].
pub fn observations(tx: &Transaction<'_>, most: u32) -> Result<Vec<Spoken>, StoreError> {
    let mut statement = tx.prepare(
        "SELECT voice_id, language, script, speed, seconds FROM \
         (SELECT * FROM observations ORDER BY seq DESC LIMIT ?1) ORDER BY seq",
    )?;
    let mut rows = statement.query(params![most])?;
    let mut found = Vec::new();
    let decimal =
        |text: String| Decimal::from_str_exact(&text).map_err(|_| StoreError::Corrupt(format!("figure “{text}”")));
    while let Some(row) = rows.next()? {
        found.push(Spoken {
            voice_id: row.get(0)?,
            language: row.get(1)?,
            script: row.get(2)?,
            speed: decimal(row.get(3)?)?,
            seconds: decimal(row.get(4)?)?,
        });
    }
    Ok(found)
}

/// What ends a job: error words, files, length.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    pub error: Option<JobError>,
    pub files: ResultFiles,
    /// Seconds of output.
    pub duration: Option<Decimal>,
    /// Clips that were made, where those are charged.
    pub pieces: u32,
}

/// Writes error words beside the state, or takes them away.
///
/// # Errors
/// [`StoreError`].
pub fn set_error(tx: &Transaction<'_>, id: JobId, error: Option<&JobError>) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET error = ?2 WHERE id = ?1", params![id.to_string(), error.map(json).transpose()?])?;
    Ok(())
}

/// Ends a job: its state, its charge where it was made, and the release of its hold, together.
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
    let charged = match state {
        JobState::Done => pricing::charge(tariff.rate, tariff.unit, ending.duration, ending.pieces),
        _ => None,
    };
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
        "UPDATE jobs SET state = ?2, changed_at = ?3, hold = '0', charge = ?4, duration = ?5, error = ?6, files = ?7 \
         WHERE id = ?1",
    )?
    .execute(params![
        id.to_string(),
        state.word(),
        at,
        charged.map(|(_, amount)| amount.exact()),
        ending.duration.map(|seconds| seconds.normalize().to_string()),
        ending.error.as_ref().map(json).transpose()?,
        json(&ending.files)?,
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
    Ok(Record {
        tariff: Tariff {
            rate: money(&text("rate")?)?,
            unit: Unit::from_word(&unit).ok_or_else(|| corrupt("unit", &unit))?,
        },
        answer: row.get("answer")?,
        batch: row.get("batch")?,
        endpoint: row.get("endpoint")?,
        request: row.get("request")?,
        idempotency_key: row.get("idempotency_key")?,
        sends: row.get("sends")?,
        first_sent_at: row.get("first_sent_at")?,
        credential: row.get("credential")?,
        web_plan: row.get("web_plan")?,
        target: row.get::<_, Option<String>>("target")?.map(PathBuf::from),
        job: Job {
            id: JobId(uuid::Uuid::parse_str(&id).map_err(|_| corrupt("job id", &id))?),
            product: Product::from_word(&product).ok_or_else(|| corrupt("product", &product))?,
            title: row.get("title")?,
            project: row.get("project")?,
            state: JobState::from_word(&state).ok_or_else(|| corrupt("state", &state))?,
            progress: Progress::None,
            quoted: from_json::<QuotedPrice>(&text("quoted")?)?,
            hold: money(&text("hold")?)?,
            charge: row.get::<_, Option<String>>("charge")?.as_deref().map(money).transpose()?,
            duration: match row.get::<_, Option<String>>("duration")? {
                Some(value) => Some(Decimal::from_str_exact(&value).map_err(|_| corrupt("duration", &value))?),
                None => None,
            },
            error: row.get::<_, Option<String>>("error")?.as_deref().map(from_json::<JobError>).transpose()?,
            files: from_json::<ResultFiles>(&text("files")?)?,
            remote_id: row.get("remote_id")?,
            created_at: row.get("created_at")?,
            changed_at: row.get("changed_at")?,
            portrait_url: row.get("portrait_url")?,
            draft: Arc::from(text("draft")?),
        },
    })
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
