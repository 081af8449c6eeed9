//! Jobs that cannot be read: they keep none of the others from going on, and what is held for them counts
//! until it is given back.

use rusqlite::{Row, Transaction, params};

use super::{COLUMNS, Record, record};
use crate::money::Usd;
use crate::spend;
use crate::store::StoreError;

/// A job that cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// What is wrong with it.
    pub fault: StoreError,
    /// What is held for it.
    pub hold: Usd,
}

/// Every job that can be read, oldest first, and each of the others: one damaged row must not keep the rest
/// from going on.
///
/// # Errors
/// [`StoreError`].
pub fn readable(tx: &Transaction<'_>) -> Result<(Vec<Record>, Vec<Unreadable>), StoreError> {
    let mut statement = tx.prepare(&format!("SELECT {COLUMNS} FROM jobs ORDER BY created_at, id"))?;
    let mut rows = statement.query([])?;
    let (mut records, mut unreadable) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        match record(row) {
            Ok(record) => records.push(record),
            Err(fault) => unreadable.push(Unreadable { fault, hold: held(tx, row)?.1 }),
        }
    }
    Ok((records, unreadable))
}

/// Gives back what is held for every job that cannot be read, and leaves the rest of it as it is. Returns how
/// much that was.
///
/// # Errors
/// [`StoreError`].
pub fn give_back_unreadable(tx: &Transaction<'_>, at: i64) -> Result<Usd, StoreError> {
    let mut statement = tx.prepare(&format!("SELECT rowid, {COLUMNS} FROM jobs WHERE hold <> '0'"))?;
    let mut rows = statement.query([])?;
    let mut unreadable: Vec<(i64, String, Usd)> = Vec::new();
    while let Some(row) = rows.next()? {
        if record(row).is_err() {
            let (id, hold) = held(tx, row)?;
            unreadable.push((row.get("rowid")?, id, hold));
        }
    }
    let mut given_back = Usd::ZERO;
    for (row, id, hold) in unreadable {
        if !hold.is_zero() {
            spend::release_like_hold(tx, &id, hold, at)?;
        }
        tx.execute("UPDATE jobs SET hold = '0' WHERE rowid = ?1", params![row])?;
        given_back += hold;
    }
    Ok(given_back)
}

/// The id of a job that cannot be read, and what is held for it.
fn held(tx: &Transaction<'_>, row: &Row<'_>) -> Result<(String, Usd), StoreError> {
    let text = |column: &str| {
        let bytes = row.get_ref(column).ok().and_then(|value| value.as_bytes().ok());
        bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    };
    let id = text("id");
    let hold = spend::hold_of(tx, &id, &text("hold"))?;
    Ok((id, hold))
}
