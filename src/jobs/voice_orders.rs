//! Voices being made, in the database: the only place that reads and writes `voice_orders`. A row stands
//! there from before the order leaves until it is known what became of it.

use rusqlite::{Transaction, params};

use super::policy::KEY_TRUSTED_SECONDS;
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

impl KeptOrder {
    /// Whether asking again makes nothing twice: HeyGen named the voice, or still knows the key.
    #[must_use]
    pub fn can_be_asked_again(&self, now: i64) -> bool {
        // A clock that was set back makes the age negative: then it is not known.
        self.voice_id.is_some() || (0..KEY_TRUSTED_SECONDS).contains(&(now - self.began_at))
    }
}

/// What stands in the journal for an order that is about to leave.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// It leaves for the first time.
    Anew(KeptOrder),
    /// The same order left before and nobody knows what became of it: it leaves again, with the key of then.
    Before(KeptOrder),
    /// The same order left so long ago that asking again could make it a second time. It is forgotten now.
    TooOld,
}

/// Keeps an order before it leaves. The same order of the same account, of which nobody knows yet what
/// became, takes its place.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &Transaction<'_>, kept: KeptOrder, now: i64) -> Result<Kept, StoreError> {
    let same = all_of(tx, &kept.credential)?.into_iter().find(|before| before.order == kept.order);
    if let Some(before) = same {
        if before.can_be_asked_again(now) {
            return Ok(Kept::Before(before));
        }
        forget(tx, &before.key)?;
        return Ok(Kept::TooOld);
    }
    let wanted = serde_json::to_string(&kept.order).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    tx.execute(
        "INSERT INTO voice_orders (key, wanted, credential, voice_id, began_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![kept.key.as_str(), wanted, kept.credential, kept.voice_id, kept.began_at],
    )?;
    Ok(Kept::Anew(kept))
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
    Ok(all_of(tx, credential)?.into_iter().next())
}

/// The orders of an account that are kept, newest first. One that cannot be read is none that could leave again.
fn all_of(tx: &Transaction<'_>, credential: &str) -> Result<Vec<KeptOrder>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT key, wanted, voice_id, began_at FROM voice_orders WHERE credential = ?1 ORDER BY began_at DESC, key",
    )?;
    let mut rows = statement.query(params![credential])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (key, wanted): (String, String) = (row.get(0)?, row.get(1)?);
        let (Ok(key), Ok(order)) = (IdempotencyKey::new(key), serde_json::from_str(&wanted)) else { continue };
        let credential = credential.to_owned();
        found.push(KeptOrder { key, order, credential, voice_id: row.get(2)?, began_at: row.get(3)? });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::own_voice::VoiceDesign;
    use crate::store::Store;

    const NOW: i64 = 1_800_000_000;

    fn order(prompt: &str, began_at: i64, credential: &str) -> KeptOrder {
        let design = VoiceDesign { prompt: prompt.to_owned(), ..VoiceDesign::default() };
        KeptOrder {
            key: IdempotencyKey::generate(),
            order: VoiceOrder::Design(design),
            credential: credential.to_owned(),
            voice_id: None,
            began_at,
        }
    }

    #[test]
    fn the_same_order_leaves_with_the_same_key_until_it_is_known_what_became_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("studio.db");
        let first = order("A pilot", NOW, "one");
        let kept = |asked: KeptOrder, now| Store::open(&path).unwrap().transaction(|tx| keep(tx, asked, now)).unwrap();
        assert_eq!(kept(first.clone(), NOW), Kept::Anew(first.clone()));
        assert_eq!(kept(order("A pilot", NOW + 60, "one"), NOW + 60), Kept::Before(first.clone()));
        assert!(matches!(kept(order("A sailor", NOW, "one"), NOW), Kept::Anew(_)), "another order");
        assert!(matches!(kept(order("A pilot", NOW, "two"), NOW), Kept::Anew(_)), "another account");
        Store::open(&path).unwrap().transaction(|tx| forget(tx, &first.key)).unwrap();
        assert!(matches!(kept(order("A pilot", NOW + 60, "one"), NOW + 60), Kept::Anew(_)), "it is settled");
    }

    #[test]
    fn a_key_is_not_trusted_for_ever_nor_when_the_clock_was_set_back() {
        for (later, named, expected) in [
            (0, false, true),
            (KEY_TRUSTED_SECONDS, false, false),
            (-60, false, false),
            (KEY_TRUSTED_SECONDS, true, true),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(&folder.path().join("studio.db")).unwrap();
            let first = KeptOrder { voice_id: named.then(|| "v".to_owned()), ..order("A pilot", NOW, "one") };
            let keep = |asked: &KeptOrder, now| store.transaction(|tx| keep(tx, asked.clone(), now)).unwrap();
            keep(&first, NOW);
            let again = keep(&order("A pilot", NOW + later, "one"), NOW + later);
            let wanted = if expected { Kept::Before(first) } else { Kept::TooOld };
            assert_eq!(again, wanted, "{later} {named}");
            let once_more = keep(&order("A pilot", NOW + later, "one"), NOW + later);
            assert_eq!(matches!(once_more, Kept::Anew(_)), !expected, "who was told may ask anew");
        }
    }
}
