//! The books: ledger, jobs' money and wallet readings in memory, loaded once and then kept up to
//! date with what was added.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use rust_decimal::Decimal;

use super::entry::hold_of;
use super::rates::RateHistory;
use super::types::{BookedJob, Counted, EntryKind, Findings, LedgerRow, LedgerTable, Reading, WalletMark};
use crate::account::AutoReload;
use crate::draft::Product;
use crate::jobs::types::{JobId, JobState, QuotedPrice};
use crate::money::Usd;
use crate::pricing::{RateCard, Span, Unit};
use crate::store::{Store, StoreError};

/// Everything the money side knows of one account.
#[derive(Clone, Debug, Default)]
pub struct Books {
    pub(super) table: Arc<LedgerTable>,
    pub(super) readings: Vec<Reading>,
    /// The key that the newest reading was made with, by its fingerprint.
    pub(super) wallet_of: Option<String>,
    /// Grows with every change, so that what was computed from the books knows whether it still holds.
    pub(super) version: u64,
    pub(super) findings: Arc<Findings>,
    /// What the findings were made for.
    pub(super) found_for: Option<(u64, Option<AutoReload>, RateCard)>,
    pub(super) rates: RateHistory,
    /// Where the journal stood when the wallet as last seen was asked for.
    pub(super) mark: Option<Arc<WalletMark>>,
    /// Rows of the ledger whose jobs were held beside their other ways.
    pub(super) compared: usize,
    /// Where each job stands, by its id as the journal writes it.
    places: HashMap<Box<str>, u32>,
    /// Jobs that may still change.
    unfinished: Vec<u32>,
    last_job: i64,
    last_entry: i64,
    last_move: i64,
}

impl Books {
    /// Reads all of an account's money. Takes some hundred milliseconds for years of work: not for
    /// the window's thread.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn load(store: &Store) -> Result<Self, StoreError> {
        let mut books = Self::default();
        books.refresh(store)?;
        Ok(books)
    }

    /// Reads what was added or changed since. `false`: nothing was.
    ///
    /// # Errors
    /// [`StoreError`]; the books are then empty, and the next time everything is read.
    pub fn refresh(&mut self, store: &Store) -> Result<bool, StoreError> {
        let read = store.transaction(|tx| self.read(tx));
        let changed = read.inspect_err(|_| self.forget())?;
        self.version += u64::from(changed);
        Ok(changed)
    }

    /// Reads everything anew the next time: something changed that is not followed.
    pub fn forget(&mut self) {
        *self = Self { version: self.version + 1, mark: self.mark.take(), ..Self::default() };
    }

    /// From now on the wallet as last seen is the answer to a question that was asked then.
    pub fn set_mark(&mut self, mark: Option<Arc<WalletMark>>) {
        self.mark = mark;
    }

    /// The ledger as a table.
    #[must_use]
    pub fn table(&self) -> Arc<LedgerTable> {
        Arc::clone(&self.table)
    }

    /// What was computed from the whole ledger the last time.
    #[must_use]
    pub fn findings(&self) -> Arc<Findings> {
        Arc::clone(&self.findings)
    }

    /// HeyGen's figures as they were seen, oldest first.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    fn read(&mut self, tx: &Transaction<'_>) -> Result<bool, StoreError> {
        let new_jobs = count(tx, "SELECT count(*) FROM jobs WHERE rowid > ?1", self.last_job)?;
        let new_entries = count(tx, "SELECT count(*) FROM ledger WHERE seq > ?1", self.last_entry)?;
        let new_moves = count(tx, "SELECT count(*) FROM moves WHERE seq > ?1", self.last_move)?;
        let mut changed = self.read_wallet(tx)?;
        changed |= self.read_unfinished(tx)?;
        if new_jobs + new_entries + new_moves == 0 {
            return Ok(changed);
        }
        let table = Arc::make_mut(&mut self.table);
        let mut statement = tx.prepare_cached(&format!("SELECT {JOB} FROM jobs WHERE rowid > ?1 ORDER BY rowid"))?;
        let mut rows = statement.query(params![self.last_job])?;
        while let Some(row) = rows.next()? {
            let job = job(tx, row, table)?;
            self.last_job = row.get("rowid")?;
            let is_final = job.state.is_final();
            let place = table.push_job(job);
            self.places.insert(lossy(row, "id")?.into(), place);
            if !is_final {
                self.unfinished.push(place);
            }
        }
        let mut statement =
            tx.prepare_cached("SELECT seq, job_id, to_project FROM moves WHERE seq > ?1 ORDER BY seq")?;
        let mut rows = statement.query(params![self.last_move])?;
        while let Some(row) = rows.next()? {
            self.last_move = row.get(0)?;
            let project = table.shared_name(&row.get::<_, String>(2)?);
            let id = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            if let Some(job) = self.places.get(id).and_then(|place| table.job_mut(*place)) {
                job.project = project;
            }
        }
        let mut statement = tx.prepare_cached(
            "SELECT seq, at, job_id, kind, amount, project, card_date, quantity, rate, unit, product \
             FROM ledger WHERE seq > ?1 ORDER BY seq",
        )?;
        let mut rows = statement.query(params![self.last_entry])?;
        while let Some(row) = rows.next()? {
            let entry = entry(row, table, &mut self.places)?;
            self.last_entry = entry.seq;
            table.push_row(entry);
        }
        table.index(new_moves > 0);
        Ok(true)
    }

    /// Jobs under way change their state, their hold and when they left.
    fn read_unfinished(&mut self, tx: &Transaction<'_>) -> Result<bool, StoreError> {
        let mut statement = tx.prepare_cached(&format!("SELECT {JOB} FROM jobs WHERE id = ?1"))?;
        let mut still = Vec::new();
        let mut changed = false;
        for place in std::mem::take(&mut self.unfinished) {
            let Some(known) = self.table.jobs().get(place as usize).cloned() else { continue };
            let mut rows = statement.query(params![known.id.to_string()])?;
            let Some(row) = rows.next()? else { continue };
            let mut names = LedgerTable::default();
            let mut present = job(tx, row, &mut names)?;
            // Moves are read in their own order, charges come with the ledger, and other ways with those.
            (present.project, present.charge) = (known.project.clone(), known.charge);
            present.other_way = known.other_way;
            if !present.state.is_final() {
                still.push(place);
            }
            if present != known {
                changed = true;
                if let Some(slot) = Arc::make_mut(&mut self.table).job_mut(place) {
                    *slot = present;
                }
            }
        }
        self.unfinished = still;
        Ok(changed)
    }

    fn read_wallet(&mut self, tx: &Transaction<'_>) -> Result<bool, StoreError> {
        let last = self.readings.last().copied();
        let mut statement = tx.prepare_cached(
            "SELECT seq, at, balance, ledger_seq, seen_until, credential FROM wallet WHERE seq >= ?1 ORDER BY seq",
        )?;
        let mut rows = statement.query(params![last.map_or(0, |last| last.seq)])?;
        let mut changed = false;
        while let Some(row) = rows.next()? {
            let (seq, at, key): (i64, i64, Option<String>) = (row.get(0)?, row.get(1)?, row.get(5)?);
            let known = self.readings.last().filter(|known| known.seq == seq);
            // Readings of older versions do not say whose they are.
            let is_other = matches!((&self.wallet_of, &key), (Some(before), Some(key)) if before != key);
            let reading = Reading {
                seq,
                is_of_another_key: known.map_or(is_other, |known| known.is_of_another_key),
                at,
                balance: money(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
                ledger_seq: row.get(3)?,
                seen_until: row.get::<_, Option<i64>>(4)?.unwrap_or(at),
            };
            self.wallet_of = key.or(self.wallet_of.take());
            match self.readings.last_mut() {
                Some(known) if known.seq == reading.seq => {
                    changed |= *known != reading;
                    *known = reading;
                }
                _ => {
                    changed = true;
                    self.readings.push(reading);
                }
            }
        }
        Ok(changed)
    }
}

const JOB: &str = "rowid, id, product, title, project, state, rate, hold, created_at, changed_at, first_sent_at, \
     remote_id IS NOT NULL AS accepted, quoted, unit";

/// What a job that makes no sense is called.
const UNREADABLE: &str = "A job that cannot be read";

/// A job's money. One that cannot be read must not close the books of all others.
fn job(tx: &Transaction<'_>, row: &Row<'_>, names: &mut LedgerTable) -> Result<BookedJob, StoreError> {
    readable(row, names).or_else(|_| unreadable(tx, row, names))
}

/// What is certain about a job that makes no sense: what is held for it, and what can be read of the rest.
fn unreadable(tx: &Transaction<'_>, row: &Row<'_>, names: &mut LedgerTable) -> Result<BookedJob, StoreError> {
    let (id, title) = (lossy(row, "id")?, lossy(row, "title")?);
    let ended: Option<i64> = row.get("changed_at").ok();
    // The ledger cannot be changed, so it is asked first for what its job was.
    let product: Option<String> = tx
        .query_row("SELECT product FROM ledger WHERE job_id = ?1 LIMIT 1", params![id], |row| row.get(0))
        .optional()?;
    let product = product.unwrap_or_else(|| lossy(row, "product").unwrap_or_default());
    Ok(BookedJob {
        title: if title.is_empty() { UNREADABLE.into() } else { format!("{UNREADABLE}: {title}").into() },
        hold: hold_of(tx, &id, &lossy(row, "hold")?)?,
        made_at: row.get("created_at").ok().or(ended).unwrap_or_default(),
        sent_at: row.get("first_sent_at").ok().flatten(),
        // Otherwise no later job would ever count as alone under way.
        ended_at: ended,
        accepted: row.get("accepted").unwrap_or_default(),
        ..nameless(&id, &product, names.shared_name(&lossy(row, "project")?))
    })
}

/// A job of which only its entries are known.
fn nameless(id: &str, product: &str, project: Arc<str>) -> BookedJob {
    BookedJob {
        id: job_id(id).unwrap_or(JobId(uuid::Uuid::nil())),
        readable: false,
        product: Product::from_word(product).unwrap_or(Product::AvatarVideo),
        title: UNREADABLE.into(),
        project,
        state: JobState::OutcomeUnknown,
        quoted: Span { low: Usd::ZERO, likely: Usd::ZERO, high: Usd::ZERO },
        rate: Usd::ZERO,
        unit: Unit::Second,
        hold: Usd::ZERO,
        made_at: 0,
        sent_at: None,
        ended_at: None,
        accepted: false,
        charge: None,
        other_way: None,
    }
}

/// A text whatever bytes it has.
fn lossy(row: &Row<'_>, column: &str) -> Result<String, StoreError> {
    let bytes = row.get_ref(column)?.as_bytes_or_null().map_err(rusqlite::Error::from)?;
    Ok(String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned())
}

fn readable(row: &Row<'_>, names: &mut LedgerTable) -> Result<BookedJob, StoreError> {
    let text = |column: &str| -> Result<&str, StoreError> {
        Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
    };
    let corrupt = |what: &str, value: &str| StoreError::Corrupt(format!("{what} “{value}”"));
    let (product, state, unit) = (text("product")?, text("state")?, text("unit")?);
    let state = JobState::from_word(state).ok_or_else(|| corrupt("state", state))?;
    let quoted: QuotedPrice =
        serde_json::from_str(text("quoted")?).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(BookedJob {
        id: job_id(text("id")?)?,
        readable: true,
        product: Product::from_word(product).ok_or_else(|| corrupt("product", product))?,
        title: Arc::from(text("title")?),
        project: names.shared_name(text("project")?),
        state,
        quoted: Span { low: quoted.low, likely: quoted.likely, high: quoted.high },
        rate: money(text("rate")?)?,
        unit: Unit::from_word(unit).ok_or_else(|| corrupt("unit", unit))?,
        hold: money(text("hold")?)?,
        made_at: row.get("created_at")?,
        sent_at: row.get("first_sent_at")?,
        ended_at: if state.is_final() { Some(row.get("changed_at")?) } else { None },
        accepted: row.get("accepted")?,
        charge: None,
        other_way: None,
    })
}

fn entry(row: &Row<'_>, table: &mut LedgerTable, places: &mut HashMap<Box<str>, u32>) -> Result<LedgerRow, StoreError> {
    let text = |column: usize| -> Result<&str, StoreError> {
        Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
    };
    let optional = |column: usize| -> Result<Option<&str>, StoreError> {
        Ok(row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)?)
    };
    let corrupt = |what: &str, value: &str| StoreError::Corrupt(format!("{what} “{value}”"));
    let id = text(2)?;
    let place = match places.get(id) {
        Some(place) => *place,
        // Its row is gone or has another id: what was paid for it was paid all the same.
        None => {
            let job = nameless(id, text(10)?, table.shared_name(text(5)?));
            let place = table.push_job(job);
            places.insert(id.into(), place);
            place
        }
    };
    let counted = match (optional(7)?, optional(8)?) {
        (Some(quantity), Some(rate)) => Some(Counted {
            quantity: Decimal::from_str_exact(quantity).map_err(|_| corrupt("quantity", quantity))?,
            rate: money(rate)?,
            unit: Unit::from_word(text(9)?).ok_or_else(|| corrupt("unit", "of a charge"))?,
        }),
        _ => None,
    };
    Ok(LedgerRow {
        seq: row.get(0)?,
        at: row.get(1)?,
        job: place,
        kind: EntryKind::from_word(text(3)?).ok_or_else(|| corrupt("kind of entry", "unknown"))?,
        amount: money(text(4)?)?,
        counted,
        booked_to: table.name(text(5)?),
        card: table.name(text(6)?),
    })
}

fn count(tx: &Transaction<'_>, query: &str, last: i64) -> Result<i64, StoreError> {
    Ok(tx.prepare_cached(query)?.query_row(params![last], |row| row.get(0))?)
}

fn job_id(text: &str) -> Result<JobId, StoreError> {
    uuid::Uuid::parse_str(text).map(JobId).map_err(|_| StoreError::Corrupt(format!("job id “{text}”")))
}

fn money(text: &str) -> Result<Usd, StoreError> {
    Usd::parse(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
