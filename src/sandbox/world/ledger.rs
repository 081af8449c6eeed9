//! The play wallet: what was put in and what was charged. Its balance is added up from that alone.

use std::str::FromStr as _;

use rusqlite::{Connection, Transaction, params};
use rust_decimal::Decimal;

use super::{Entry, Wallet, World, WorldError};
use crate::money::Usd;

impl World {
    /// The wallet now.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn wallet(&self) -> Result<Wallet, WorldError> {
        wallet(&self.connection)
    }

    /// Adds money.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn top_up(&mut self, amount: Usd, now: i64) -> Result<Wallet, WorldError> {
        self.change(|tx| {
            add_entry(tx, None, -amount, None, now)?;
            wallet(tx)
        })
    }

    /// Everything that was charged, oldest first.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn charges(&self) -> Result<Vec<Entry>, WorldError> {
        let mut entries = entries(&self.connection)?;
        entries.retain(|entry| entry.job_id.is_some());
        Ok(entries)
    }
}

pub(super) fn add_entry(
    tx: &Transaction<'_>,
    job_id: Option<&str>,
    amount: Usd,
    seconds: Option<Decimal>,
    now: i64,
) -> Result<(), WorldError> {
    tx.execute(
        "INSERT INTO ledger (job_id, amount, seconds, at) VALUES (?1, ?2, ?3, ?4)",
        params![job_id, amount.exact(), seconds.map(|seconds| seconds.to_string()), now],
    )?;
    Ok(())
}

fn entries(connection: &Connection) -> Result<Vec<Entry>, WorldError> {
    let mut statement = connection.prepare_cached("SELECT job_id, amount, seconds, at FROM ledger ORDER BY place")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, Option<String>>(2)?, row.get(3)?))
    })?;
    let read = |row: rusqlite::Result<(Option<String>, String, Option<String>, i64)>| {
        let (job_id, amount, seconds, at) = row?;
        let seconds = seconds.map(|text| Decimal::from_str(&text).map_err(|_| WorldError::Amount)).transpose()?;
        Ok(Entry { job_id, amount: read_amount(&amount)?, seconds, at })
    };
    rows.map(read).collect()
}

fn read_amount(text: &str) -> Result<Usd, WorldError> {
    Usd::parse(text).map_err(|_| WorldError::Amount)
}

// Added up from the ledger every time, so that balance and charges cannot disagree.
pub(super) fn wallet(connection: &Connection) -> Result<Wallet, WorldError> {
    let taken: Usd = entries(connection)?.into_iter().map(|entry| entry.amount).sum();
    let mut statement = connection.prepare_cached("SELECT reserved FROM jobs WHERE state = 'running'")?;
    let mut wallet = Wallet { balance: -taken, reserved: Usd::ZERO, running: 0 };
    for text in statement.query_map([], |row| row.get::<_, String>(0))? {
        wallet.reserved += read_amount(&text?)?;
        wallet.running += 1;
    }
    Ok(wallet)
}
