//! The world: wallet, jobs, assets, purchases and secrets, in a SQLite file of its own.
//!
//! Owns every rule about what is remembered together: a resource and the answer to its purchase are
//! one transaction, and so are a result and its charge. A process killed at any moment leaves either
//! both or neither. Time is passed in. Knows nothing of HTTP and nothing of the studio's own store.

mod files;
mod kept;
mod ledger;
mod records;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde_json::Value;

use ledger::{add_entry, wallet};

pub use kept::Kept;
pub use records::{Arrival, Asset, Callback, Entry, Failure, Job, Made, Product, Purchase, State, Wallet};

use crate::money::Usd;

/// Jobs that may be in progress at once (published limit).
pub const JOBS_AT_ONCE: u64 = 10;
/// Realtime sessions that may run at once (published limit); they count among the jobs too.
pub const REALTIME_AT_ONCE: i64 = 3;
/// Milliseconds for which a purchase's answer is replayed (published: 24 hours).
pub const REPLAY_WINDOW: i64 = 24 * 60 * 60 * 1000;

/// The state of a sandbox.
#[derive(Debug)]
pub struct World {
    connection: Connection,
}

/// Why the world could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    #[error("the sandbox's database refused")]
    Database(#[from] rusqlite::Error),
    #[error("a record in the sandbox's database cannot be read")]
    Record(#[from] serde_json::Error),
    #[error("an amount in the sandbox's database cannot be read")]
    Amount,
}

/// What came of trying to start a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Admission {
    /// It runs.
    Started,
    /// The same purchase was made before: its answer.
    Replayed(Value),
    /// Too many are in progress; the next one is due then (Unix milliseconds).
    Full { next_due_at: i64 },
    /// Too many realtime sessions run; the next one ends then (Unix milliseconds).
    FullOfSessions { next_due_at: i64 },
    /// The wallet holds too little beside what is reserved.
    Short { free: Usd },
}

impl World {
    /// Opens the world in `file`, or makes a new one with this balance.
    ///
    /// # Errors
    /// [`WorldError`] when the file cannot be used.
    pub fn open(file: &Path, new_balance: Usd, now: i64) -> Result<Self, WorldError> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(std::time::Duration::from_secs(5))?;
        // With a write-ahead log a killed process loses nothing that was committed.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.execute_batch(include_str!("schema.sql"))?;
        let mut world = Self { connection };
        world.change(|tx| {
            let secret = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()].map(|half| half.simple().to_string()).concat();
            let new =
                tx.execute("INSERT OR IGNORE INTO facts (name, value) VALUES ('signing_secret', ?1)", [secret])?;
            if new == 1 {
                tx.execute("INSERT INTO facts (name, value) VALUES ('born_at', ?1)", [now.to_string()])?;
                add_entry(tx, None, -new_balance, None, now)?;
            }
            Ok(())
        })?;
        Ok(world)
    }

    fn change<T>(&mut self, change: impl FnOnce(&Transaction<'_>) -> Result<T, WorldError>) -> Result<T, WorldError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcome = change(&tx)?;
        tx.commit()?;
        Ok(outcome)
    }

    /// What presigned addresses are signed with.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn signing_secret(&self) -> Result<String, WorldError> {
        Ok(self.connection.query_row("SELECT value FROM facts WHERE name = 'signing_secret'", [], |row| row.get(0))?)
    }

    /// How many jobs were ever started, deleted ones included.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn jobs_ever(&self) -> Result<i64, WorldError> {
        let place = "SELECT seq FROM sqlite_sequence WHERE name = 'jobs'";
        Ok(self.connection.query_row(place, [], |row| row.get(0)).optional()?.unwrap_or_default())
    }

    /// The answer of a purchase that was made within the last 24 hours.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn replay(&self, purchase: &Purchase, now: i64) -> Result<Option<Value>, WorldError> {
        replay(&self.connection, purchase, now)
    }

    /// Starts all of these jobs, keeps the records that belong to them and remembers the purchase with
    /// its answer, unless the same purchase was made before, too much would be in progress or the wallet
    /// is too small: then none of it happens.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn start_jobs(
        &mut self,
        jobs: &[Job],
        kept: &[Kept],
        purchase: Option<&Purchase>,
        answer: &Value,
        now: i64,
    ) -> Result<Admission, WorldError> {
        self.change(|tx| {
            let price = jobs.iter().map(|job| job.reserved).sum();
            let admission = admit(tx, jobs, price, purchase, now)?;
            if admission == Admission::Started {
                for job in jobs {
                    add_job(tx, job)?;
                }
                for record in kept {
                    record.write(tx)?;
                }
                remember(tx, purchase, answer, now)?;
            }
            Ok(admission)
        })
    }

    /// Sells what is already made: a job that is completed from the beginning, its charge and the
    /// purchase with its answer, together.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn sell(
        &mut self,
        job: &Job,
        charge: Usd,
        seconds: Decimal,
        purchase: Option<&Purchase>,
        answer: &Value,
    ) -> Result<Admission, WorldError> {
        self.change(|tx| {
            let admission = admit(tx, &[], charge, purchase, job.created_at)?;
            if admission == Admission::Started {
                add_job(tx, job)?;
                add_entry(tx, Some(&job.id), charge, Some(seconds), job.created_at)?;
                remember(tx, purchase, answer, job.created_at)?;
            }
            Ok(admission)
        })
    }

    /// Gives a job another title. `false` when there is none.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn retitle_job(&mut self, id: &str, title: &str) -> Result<bool, WorldError> {
        self.change(|tx| {
            let Some(mut job) = job(tx, id)? else { return Ok(false) };
            title.clone_into(&mut job.title);
            tx.execute("UPDATE jobs SET record = ?2 WHERE id = ?1", params![id, serde_json::to_string(&job)?])?;
            Ok(true)
        })
    }

    /// Ends a running job: its new state, its charge and the records that tell of it, together. `false`
    /// when it was not running any more, and nothing was charged or told.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn finish_job(
        &mut self,
        id: &str,
        state: &State,
        charge: Usd,
        kept: &[Kept],
        now: i64,
    ) -> Result<bool, WorldError> {
        self.change(|tx| {
            let Some(mut job) = job(tx, id)? else { return Ok(false) };
            if job.state != State::Running {
                return Ok(false);
            }
            job.state = state.clone();
            tx.execute(
                "UPDATE jobs SET state = ?2, record = ?3 WHERE id = ?1",
                params![id, state.word(), serde_json::to_string(&job)?],
            )?;
            if let State::Completed { made, .. } = state
                && charge != Usd::ZERO
            {
                add_entry(tx, Some(id), charge, Some(made.seconds), now)?;
            }
            for record in kept {
                record.write(tx)?;
            }
            Ok(true)
        })
    }

    /// A job of this product.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn job(&self, product: Product, id: &str) -> Result<Option<Job>, WorldError> {
        Ok(job(&self.connection, id)?.filter(|job| job.product == product))
    }

    /// All jobs of a product, newest first.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn jobs(&self, product: Product) -> Result<Vec<Job>, WorldError> {
        records(
            &self.connection,
            "SELECT record FROM jobs WHERE product = ?1 ORDER BY place DESC",
            params![product.word()],
        )
    }

    /// All jobs of several products, newest first.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn jobs_among(&self, products: &[Product]) -> Result<Vec<Job>, WorldError> {
        let mut jobs: Vec<Job> = records(&self.connection, "SELECT record FROM jobs ORDER BY place DESC", params![])?;
        jobs.retain(|job| products.contains(&job.product));
        Ok(jobs)
    }

    /// Gives a running job another end, reserve and order. `false` when it does not run any more.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn amend_job(&mut self, amended: &Job) -> Result<bool, WorldError> {
        self.change(|tx| {
            let changed = tx.execute(
                "UPDATE jobs SET due_at = ?2, reserved = ?3, record = ?4 WHERE id = ?1 AND state = 'running'",
                params![amended.id, amended.due_at, amended.reserved.exact(), serde_json::to_string(amended)?],
            )?;
            Ok(changed == 1)
        })
    }

    /// Running jobs, the next one due first.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn running(&self) -> Result<Vec<Job>, WorldError> {
        records(&self.connection, "SELECT record FROM jobs WHERE state = 'running' ORDER BY due_at", params![])
    }

    /// Forgets a job that does not run; its charge stays in the ledger. `false` when it runs.
    ///
    /// # Errors
    /// [`WorldError`].
    pub fn delete_job(&mut self, id: &str) -> Result<bool, WorldError> {
        self.change(|tx| Ok(tx.execute("DELETE FROM jobs WHERE id = ?1 AND state <> 'running'", [id])? == 1))
    }
}

fn records<T: DeserializeOwned>(
    connection: &Connection,
    query: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<T>, WorldError> {
    let mut statement = connection.prepare_cached(query)?;
    let texts = statement.query_map(parameters, |row| row.get::<_, String>(0))?;
    texts.map(|text| Ok(serde_json::from_str(&text?)?)).collect()
}

/// Whether these jobs can start, for this price together.
fn admit(
    tx: &Transaction<'_>,
    jobs: &[Job],
    price: Usd,
    purchase: Option<&Purchase>,
    now: i64,
) -> Result<Admission, WorldError> {
    if let Some(before) = purchase.map(|purchase| replay(tx, purchase, now)).transpose()?.flatten() {
        return Ok(Admission::Replayed(before));
    }
    let wallet = wallet(tx)?;
    let count = u64::try_from(jobs.len()).unwrap_or(u64::MAX);
    if count > 0 && wallet.running.saturating_add(count) > JOBS_AT_ONCE {
        let next = "SELECT min(due_at) FROM jobs WHERE state = 'running'";
        let next_due_at = tx.query_row(next, [], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(now);
        return Ok(Admission::Full { next_due_at });
    }
    let sessions = jobs.iter().filter(|job| job.product == Product::Realtime).count();
    if sessions > 0 {
        let of = "SELECT count(*), min(due_at) FROM jobs WHERE state = 'running' AND product = ?1";
        let (running, next): (i64, Option<i64>) =
            tx.query_row(of, [Product::Realtime.word()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if running.saturating_add(i64::try_from(sessions).unwrap_or(i64::MAX)) > REALTIME_AT_ONCE {
            return Ok(Admission::FullOfSessions { next_due_at: next.unwrap_or(now) });
        }
    }
    let free = wallet.balance - wallet.reserved;
    Ok(if free < price { Admission::Short { free } } else { Admission::Started })
}

fn add_job(tx: &Transaction<'_>, job: &Job) -> Result<(), WorldError> {
    tx.execute(
        "INSERT INTO jobs (id, product, state, due_at, reserved, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            job.id,
            job.product.word(),
            job.state.word(),
            job.due_at,
            job.reserved.exact(),
            serde_json::to_string(job)?
        ],
    )?;
    Ok(())
}

fn job(connection: &Connection, id: &str) -> Result<Option<Job>, WorldError> {
    Ok(records(connection, "SELECT record FROM jobs WHERE id = ?1", params![id])?.pop())
}

fn replay(connection: &Connection, purchase: &Purchase, now: i64) -> Result<Option<Value>, WorldError> {
    let query = "SELECT answer FROM purchases WHERE endpoint = ?1 AND key = ?2 AND at > ?3";
    let since = now.saturating_sub(REPLAY_WINDOW);
    Ok(records(connection, query, params![purchase.endpoint, purchase.key, since])?.pop())
}

fn remember(tx: &Transaction<'_>, purchase: Option<&Purchase>, answer: &Value, now: i64) -> Result<(), WorldError> {
    if let Some(purchase) = purchase {
        tx.execute(
            "INSERT OR REPLACE INTO purchases (endpoint, key, at, answer) VALUES (?1, ?2, ?3, ?4)",
            params![purchase.endpoint, purchase.key, now, serde_json::to_string(answer)?],
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
