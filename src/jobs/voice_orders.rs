//! Voices being made, in the database: the only place that reads and writes `voice_orders`. A row stands
//! there from before the order leaves until it is known what became of it.

use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::draft::own_voice::VoiceOrder;
use crate::heygen::IdempotencyKey;
use crate::store::StoreError;

/// An order of voices and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptOrder {
    pub key: IdempotencyKey,
    pub order: VoiceOrder,
    /// The account it left with: [`crate::heygen::Client::fingerprint`].
    pub credential: String,
    /// The voice, once HeyGen named it.
    pub voice_id: Option<String>,
    /// Unix seconds.
    pub began_at: i64,
}

/// Keeps an order before it leaves. One that is kept already stays as it was.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &Transaction<'_>, kept: &KeptOrder) -> Result<(), StoreError> {
    let wanted = serde_json::to_string(&kept.order).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    tx.execute(
        "INSERT OR IGNORE INTO voice_orders (key, wanted, credential, voice_id, began_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![kept.key.as_str(), wanted, kept.credential, kept.voice_id, kept.began_at],
    )?;
    Ok(())
}

/// HeyGen named the voice that it makes.
///
/// # Errors
/// [`StoreError`].
pub fn name(tx: &Transaction<'_>, key: &IdempotencyKey, voice_id: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE voice_orders SET voice_id = ?2 WHERE key = ?1", params![key.as_str(), voice_id])?;
    Ok(())
}

/// What became of it is known.
///
/// # Errors
/// [`StoreError`].
pub fn forget(tx: &Transaction<'_>, key: &IdempotencyKey) -> Result<(), StoreError> {
    tx.execute("DELETE FROM voice_orders WHERE key = ?1", params![key.as_str()])?;
    Ok(())
}

/// The newest order of this account of which nobody knows yet what became.
///
/// # Errors
/// [`StoreError`].
pub fn unsettled(tx: &Transaction<'_>, credential: &str) -> Result<Option<KeptOrder>, StoreError> {
    let row: Option<(String, String, Option<String>, i64)> = tx
        .query_row(
            "SELECT key, wanted, voice_id, began_at FROM voice_orders WHERE credential = ?1 \
             ORDER BY began_at DESC, key LIMIT 1",
            params![credential],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()?;
    let Some((key, wanted, voice_id, began_at)) = row else { return Ok(None) };
    Ok(Some(KeptOrder {
        key: IdempotencyKey::new(key).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        order: serde_json::from_str(&wanted).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        credential: credential.to_owned(),
        voice_id,
        began_at,
    }))
}
