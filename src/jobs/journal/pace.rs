//! What voices really did, one line per finished job: the `observations` table.

use rusqlite::{Transaction, params};
use rust_decimal::Decimal;

use crate::jobs::types::JobId;
use crate::store::StoreError;

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
