//! Where the files of jobs are: at HeyGen (`uploads`, `assets`) and promised in the person's folder.

use std::path::{Path, PathBuf};

use rusqlite::{Transaction, params};

use super::{from_json, json};
use crate::draft::Field;
use crate::jobs::transfer::Promised;
use crate::jobs::types::JobId;
use crate::store::StoreError;

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

/// The files of a job that are at HeyGen, without those that another credential put there: this account
/// cannot use them.
///
/// # Errors
/// [`StoreError`].
pub fn uploads(tx: &Transaction<'_>, id: JobId, credential: &str) -> Result<Vec<(Field, String)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT field, asset_id FROM uploads WHERE job_id = ?1 \
         AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.asset_id = uploads.asset_id AND credential <> ?2)",
    )?;
    let mut rows = statement.query(params![id.to_string(), credential])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((from_json(&row.get::<_, String>(0)?)?, row.get(1)?));
    }
    Ok(found)
}

/// Whether the job has files at HeyGen that another credential put there.
///
/// # Errors
/// [`StoreError`].
pub fn has_uploads_of_others(tx: &Transaction<'_>, id: JobId, credential: &str) -> Result<bool, StoreError> {
    let all: u32 =
        tx.query_row("SELECT count(*) FROM uploads WHERE job_id = ?1", params![id.to_string()], |row| row.get(0))?;
    Ok(usize::try_from(all).unwrap_or(usize::MAX) > uploads(tx, id, credential)?.len())
}

/// Forgets what is at HeyGen of a job's files: it is no longer there.
///
/// # Errors
/// [`StoreError`].
pub fn forget_assets_of(tx: &Transaction<'_>, id: JobId) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM assets WHERE asset_id IN (SELECT asset_id FROM uploads WHERE job_id = ?1)",
        params![id.to_string()],
    )?;
    Ok(())
}

/// Forgets that a job's files went up, and the body that names them. Only while nothing has left under its
/// key: the same key with another body would answer for the first.
///
/// # Errors
/// [`StoreError`].
pub fn forget_uploads(tx: &Transaction<'_>, id: JobId) -> Result<(), StoreError> {
    let id = id.to_string();
    tx.execute("DELETE FROM uploads WHERE job_id = ?1", params![id])?;
    tx.execute("UPDATE jobs SET request = NULL WHERE id = ?1 AND sends = 0", params![id])?;
    Ok(())
}

/// The file the result will become.
///
/// # Errors
/// [`StoreError`].
pub fn set_target(tx: &Transaction<'_>, id: JobId, target: &Path) -> Result<(), StoreError> {
    tx.execute("UPDATE jobs SET target = ?2 WHERE id = ?1", params![id.to_string(), target.to_string_lossy()])?;
    Ok(())
}

/// The file one more part of the result will become.
///
/// # Errors
/// [`StoreError`].
pub fn set_item_target(tx: &Transaction<'_>, id: JobId, item: &str, target: &Path) -> Result<(), StoreError> {
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

/// The names of all files that some job has been promised, so that two jobs of one title do not share one.
///
/// # Errors
/// [`StoreError`].
pub fn promised(tx: &Transaction<'_>) -> Result<Promised, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT target FROM jobs WHERE target IS NOT NULL UNION ALL SELECT path FROM targets")?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(PathBuf::from(row.get::<_, String>(0)?));
    }
    Ok(Promised::of(found))
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
