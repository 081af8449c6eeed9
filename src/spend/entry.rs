//! Writing the ledger: hold, charge, release, a job's move to another project, and the wallet as it was seen.

use rusqlite::{Transaction, params};

use super::types::{Counted, WalletMark};
use crate::draft::Product;
use crate::jobs::types::{JobId, JobState};
use crate::money::Usd;
use crate::pricing::Unit;
use crate::store::StoreError;

/// What a ledger row says besides its job and kind.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Unix seconds.
    pub at: i64,
    pub product: Product,
    pub project: &'a str,
    pub amount: Usd,
    /// The rate card the quote was made on.
    pub card_date: &'a str,
    /// What a charge is made of.
    pub counted: Option<Counted>,
}

/// Writes a job's hold. Call [`admit`](super::admit) first, in the same transaction.
///
/// # Errors
/// [`StoreError`].
pub fn hold(tx: &Transaction<'_>, job: JobId, entry: &Entry<'_>) -> Result<(), StoreError> {
    append(tx, job, "hold", entry)
}

/// Gives a hold back.
///
/// # Errors
/// [`StoreError`].
pub fn release(tx: &Transaction<'_>, job: JobId, entry: &Entry<'_>) -> Result<(), StoreError> {
    append(tx, job, "release", entry)
}

/// Gives back the hold of a job that cannot be read: what it was is taken from the entry of its hold. Where
/// its id is none of the ledger's, there is no entry to give back, and nothing is written.
///
/// # Errors
/// [`StoreError`].
pub fn release_like_hold(tx: &Transaction<'_>, job: &str, amount: Usd, at: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO ledger (at, job_id, kind, product, project, amount, card_date, unit) \
         SELECT ?2, job_id, 'release', product, project, ?3, card_date, unit FROM ledger \
         WHERE job_id = ?1 AND kind = 'hold' ORDER BY seq LIMIT 1",
        params![job, at, amount.exact()],
    )?;
    Ok(())
}

/// Writes what a job turned out to cost. A second charge for the same job is refused by the database.
///
/// # Errors
/// [`StoreError`].
pub fn charge(tx: &Transaction<'_>, job: JobId, entry: &Entry<'_>) -> Result<(), StoreError> {
    append(tx, job, "charge", entry)
}

fn append(tx: &Transaction<'_>, job: JobId, kind: &str, entry: &Entry<'_>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO ledger (at, job_id, kind, product, project, amount, card_date, quantity, rate, unit)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute(params![
        entry.at,
        job.to_string(),
        kind,
        entry.product.word(),
        entry.project,
        entry.amount.exact(),
        entry.card_date,
        entry.counted.map(|counted| counted.quantity.normalize().to_string()),
        entry.counted.map(|counted| counted.rate.exact()),
        entry.counted.map_or(Unit::Second, |counted| counted.unit).word(),
    ])?;
    Ok(())
}

/// Books a job to another project from now on. What the ledger says stays; reports follow the
/// newest project. `false`: it is booked there already.
///
/// # Errors
/// [`StoreError`], also where there is no such job.
pub fn move_job(tx: &Transaction<'_>, job: JobId, project: &str, at: i64) -> Result<bool, StoreError> {
    let (id, project) = (job.to_string(), project.trim());
    let present: String = tx
        .query_row("SELECT project FROM jobs WHERE id = ?1", params![id], |row| row.get(0))
        .map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => StoreError::Corrupt(format!("there is no job {id}")),
            other => other.into(),
        })?;
    if present == project {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO moves (at, job_id, from_project, to_project) VALUES (?1, ?2, ?3, ?4)",
        params![at, id, present, project],
    )?;
    tx.execute("UPDATE jobs SET project = ?2 WHERE id = ?1", params![id, project])?;
    Ok(true)
}

/// All holds of jobs that are not finished.
///
/// # Errors
/// [`StoreError`].
pub fn held(tx: &Transaction<'_>) -> Result<Usd, StoreError> {
    sum_held(tx, "SELECT id, hold FROM jobs WHERE hold <> '0'", params![], |_| true)
}

/// The holds of a project's jobs.
///
/// # Errors
/// [`StoreError`].
pub fn held_for(tx: &Transaction<'_>, project: &str) -> Result<Usd, StoreError> {
    sum_held(tx, "SELECT id, hold FROM jobs WHERE hold <> '0' AND project = ?1", params![project], |_| true)
}

/// What is held for one job, whose row says `hold`. Where that is no amount, the ledger knows.
///
/// # Errors
/// [`StoreError`].
pub fn hold_of(tx: &Transaction<'_>, job: &str, hold: &str) -> Result<Usd, StoreError> {
    match Usd::parse(hold) {
        Ok(hold) if !hold.is_negative() => Ok(hold),
        _ => {
            let of_kind = "SELECT amount FROM ledger WHERE job_id = ?1 AND kind = ?2";
            Ok((sum(tx, of_kind, params![job, "hold"])? - sum(tx, of_kind, params![job, "release"])?).max(Usd::ZERO))
        }
    }
}

/// What the wallet's figure has still to pay: the holds and later charges of all jobs that it was not charged
/// for when it was asked for. Without a mark all holds.
///
/// # Errors
/// [`StoreError`].
pub fn unpaid(tx: &Transaction<'_>, mark: Option<&WalletMark>) -> Result<Usd, StoreError> {
    let Some(mark) = mark else { return held(tx) };
    // What is no id is no job that HeyGen is known to have completed.
    let counts = |job: &str| uuid::Uuid::parse_str(job).map_or(true, |id| !mark.includes(JobId(id)));
    let mut total = sum_held(tx, "SELECT id, hold FROM jobs WHERE hold <> '0'", params![], counts)?;
    let mut statement = tx.prepare_cached("SELECT job_id, amount FROM ledger WHERE kind = 'charge' AND seq > ?1")?;
    let mut rows = statement.query(params![mark.ledger_seq])?;
    while let Some(row) = rows.next()? {
        let (job, amount): (String, String) = (row.get(0)?, row.get(1)?);
        if counts(&job) {
            total += Usd::parse(&amount).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        }
    }
    Ok(total)
}

/// Where the journal stands now, noted before HeyGen is asked for the wallet.
///
/// # Errors
/// [`StoreError`].
pub fn wallet_mark(tx: &Transaction<'_>) -> Result<WalletMark, StoreError> {
    let ledger_seq = tx.query_row("SELECT coalesce(max(seq), 0) FROM ledger", [], |row| row.get(0))?;
    // A job is on its way home from the moment HeyGen called it completed.
    let mut statement = tx.prepare_cached("SELECT id FROM jobs WHERE state = ?1 AND hold <> '0'")?;
    let mut rows = statement.query(params![JobState::Downloading.word()])?;
    let mut mark = WalletMark { ledger_seq, ..WalletMark::default() };
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        mark.completed.extend(uuid::Uuid::parse_str(&id).ok().map(JobId));
    }
    Ok(mark)
}

fn sum_held(
    tx: &Transaction<'_>,
    query: &str,
    values: impl rusqlite::Params,
    counts: impl Fn(&str) -> bool,
) -> Result<Usd, StoreError> {
    let mut statement = tx.prepare_cached(query)?;
    let mut rows = statement.query(values)?;
    let mut total = Usd::ZERO;
    while let Some(row) = rows.next()? {
        let text =
            |column: usize| -> rusqlite::Result<_> { Ok(String::from_utf8_lossy(row.get_ref(column)?.as_bytes()?)) };
        let job = text(0)?;
        if counts(&job) {
            total += hold_of(tx, &job, &text(1)?)?;
        }
    }
    Ok(total)
}

/// All charges since `start` (unix seconds).
///
/// # Errors
/// [`StoreError`].
pub fn charged_since(tx: &Transaction<'_>, start: i64) -> Result<Usd, StoreError> {
    sum(tx, "SELECT amount FROM ledger WHERE kind = 'charge' AND at >= ?1", params![start])
}

/// The charges since `start` (unix seconds) of jobs that are booked to a project now.
///
/// # Errors
/// [`StoreError`].
pub fn charged_since_for(tx: &Transaction<'_>, start: i64, project: &str) -> Result<Usd, StoreError> {
    sum(
        tx,
        "SELECT ledger.amount FROM ledger LEFT JOIN jobs ON jobs.id = ledger.job_id \
         WHERE ledger.kind = 'charge' AND ledger.at >= ?1 AND coalesce(jobs.project, ledger.project) = ?2",
        params![start, project],
    )
}

fn sum(tx: &Transaction<'_>, query: &str, values: impl rusqlite::Params) -> Result<Usd, StoreError> {
    let mut statement = tx.prepare_cached(query)?;
    let mut rows = statement.query(values)?;
    let mut total = Usd::ZERO;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        total += Usd::parse(&text).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    }
    Ok(total)
}

/// Notes HeyGen's figure as it was seen with a key (its fingerprint), and behind which entry of the ledger.
/// The same figure seen again with no charge between is kept once, with the time it was last seen.
///
/// # Errors
/// [`StoreError`].
pub fn note_wallet(tx: &Transaction<'_>, at: i64, balance: Usd, credential: &str) -> Result<(), StoreError> {
    let seen_again = tx
        .prepare_cached(
            "UPDATE wallet SET seen_until = ?1, ledger_seq = (SELECT coalesce(max(seq), 0) FROM ledger) \
             WHERE seq = (SELECT max(seq) FROM wallet) AND balance = ?2 AND ledger_seq IS NOT NULL \
             AND credential = ?3 \
             AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.seq > wallet.ledger_seq AND kind = 'charge')",
        )?
        .execute(params![at, balance.exact(), credential])?;
    if seen_again == 0 {
        tx.prepare_cached(
            "INSERT INTO wallet (at, balance, ledger_seq, credential) \
             VALUES (?1, ?2, (SELECT coalesce(max(seq), 0) FROM ledger), ?3)",
        )?
        .execute(params![at, balance.exact(), credential])?;
    }
    Ok(())
}
