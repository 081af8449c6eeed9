//! The money side of every job: hold, charge, release in an append-only ledger, caps that count
//! holds, and the wallet as it was seen. Works inside transactions that `jobs` opens.

use rusqlite::{Transaction, params};
use rust_decimal::Decimal;

use crate::draft::Product;
use crate::jobs::types::JobId;
use crate::money::Usd;
use crate::pricing::Unit;
use crate::store::StoreError;

/// Limits that refuse. A cap counts what is charged and what is held, so ten jobs at once cannot
/// overshoot it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// For one job's hold.
    pub per_job: Option<Usd>,
    /// For a month's charges and all holds.
    pub per_month: Option<Usd>,
    /// The month's first second, unix time, in the person's time zone.
    pub month_start: i64,
}

/// Why a job was not taken. Nothing was paid and nothing is held.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Above the cap for one job.
    #[error(
        "This job may cost up to {asked}, and your cap for one job is {cap}. Raise the cap in Settings or shorten the video."
    )]
    JobCap { asked: Usd, cap: Usd },
    /// Above the cap for the month.
    #[error(
        "This month {used} of your {cap} cap is charged or held, so {left} is left, and this job may cost up to {asked}. Raise the cap in Settings or wait for jobs to finish."
    )]
    MonthCap { asked: Usd, cap: Usd, used: Usd, left: Usd },
    /// The wallet cannot cover it.
    #[error(
        "The wallet has {free} free and this job costs at least {asked}. Add {missing} to the wallet first. Nothing was charged."
    )]
    WalletTooSmall { asked: Usd, free: Usd, missing: Usd },
    /// The journal cannot be written, so nothing may be sent.
    #[error("The job could not be saved, so it was not sent and nothing was charged: {0}")]
    Store(#[from] StoreError),
}

/// Whether caps and wallet allow to set `asked` aside, of which at least `low` will be charged.
///
/// # Errors
/// [`Refusal`] when a cap or the wallet does not allow it.
pub fn check(tx: &Transaction<'_>, asked: Usd, low: Usd, caps: &Caps, wallet: Option<Usd>) -> Result<(), Refusal> {
    if let Some(cap) = caps.per_job
        && asked > cap
    {
        return Err(Refusal::JobCap { asked, cap });
    }
    let held = held(tx)?;
    if let Some(cap) = caps.per_month {
        let used = charged_since(tx, caps.month_start)? + held;
        if used + asked > cap {
            let left = (cap - used).max(Usd::ZERO);
            return Err(Refusal::MonthCap { asked, cap, used, left });
        }
    }
    if let Some(balance) = wallet {
        let free = balance - held;
        if free < low {
            return Err(Refusal::WalletTooSmall { asked: low, free: free.max(Usd::ZERO), missing: low - free });
        }
    }
    Ok(())
}

/// Writes a job's hold. Call [`check`] first, in the same transaction.
///
/// # Errors
/// [`StoreError`].
pub fn hold(tx: &Transaction<'_>, job: JobId, entry: &Entry<'_>) -> Result<(), StoreError> {
    append(tx, job, "hold", entry)
}

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

/// A quantity at a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// In `unit`s.
    pub quantity: Decimal,
    /// Dollars per `unit`.
    pub rate: Usd,
    pub unit: Unit,
}

/// Gives a hold back.
///
/// # Errors
/// [`StoreError`].
pub fn release(tx: &Transaction<'_>, job: JobId, entry: &Entry<'_>) -> Result<(), StoreError> {
    append(tx, job, "release", entry)
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

/// All holds of jobs that are not finished.
///
/// # Errors
/// [`StoreError`].
pub fn held(tx: &Transaction<'_>) -> Result<Usd, StoreError> {
    sum(tx, "SELECT hold FROM jobs WHERE hold <> '0'", params![])
}

/// All charges since `start` (unix seconds).
///
/// # Errors
/// [`StoreError`].
pub fn charged_since(tx: &Transaction<'_>, start: i64) -> Result<Usd, StoreError> {
    sum(tx, "SELECT amount FROM ledger WHERE kind = 'charge' AND at >= ?1", params![start])
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

/// Notes HeyGen's figure as it was seen; the same figure twice in a row is kept once.
///
/// # Errors
/// [`StoreError`].
pub fn note_wallet(tx: &Transaction<'_>, at: i64, balance: Usd) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO wallet (at, balance) SELECT ?1, ?2
         WHERE NOT EXISTS (SELECT 1 FROM (SELECT balance FROM wallet ORDER BY seq DESC LIMIT 1) WHERE balance = ?2)",
        params![at, balance.exact()],
    )?;
    Ok(())
}
