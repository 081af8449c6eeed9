//! The whole ledger as a table that is filtered, sorted and searched in some milliseconds.
//!
//! Everything that takes time is done when rows are added: search texts are in lower case and in
//! one piece, and each order of rows is kept as a list of row numbers.

use std::sync::Arc;

use super::ledger::{BookedJob, EntryKind, LedgerRow};
use crate::draft::Product;
use crate::money::Usd;

/// A column that rows can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    #[default]
    Time,
    Amount,
    Quantity,
    Title,
    Project,
    Product,
    Kind,
}

impl SortBy {
    pub const ALL: [Self; 7] =
        [Self::Time, Self::Amount, Self::Quantity, Self::Title, Self::Project, Self::Product, Self::Kind];
}

/// Which rows are wanted, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LedgerFilter {
    pub kind: Option<EntryKind>,
    pub product: Option<Product>,
    /// The project a job is booked to now; an empty name for jobs without one.
    pub project: Option<Arc<str>>,
    /// From this moment on, unix seconds.
    pub from: Option<i64>,
    /// Before this moment, unix seconds.
    pub to: Option<i64>,
    /// Every word of it stands in the title, project, product, job id, kind, amount or rate card's date.
    pub search: String,
    pub sort: SortBy,
    pub descending: bool,
}

/// Rows that were picked out of the ledger, which takes longer than a frame where there are many.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The ledger as it was then; rows keep their numbers in later ones.
    pub table: Arc<LedgerTable>,
    pub filter: LedgerFilter,
    /// Row numbers in the order asked for.
    pub places: Vec<u32>,
    /// The charges among them.
    pub charged: Usd,
}

impl Listing {
    /// Filters, sorts and searches: not for the window's thread.
    #[must_use]
    pub fn of(table: Arc<LedgerTable>, filter: LedgerFilter) -> Self {
        let places = table.select(&filter);
        let charged = table.charged(&places);
        Self { table, filter, places, charged }
    }

    /// Whether it is what this filter leaves of this ledger.
    #[must_use]
    pub fn is_of(&self, table: &Arc<LedgerTable>, filter: &LedgerFilter) -> bool {
        Arc::ptr_eq(&self.table, table) && self.filter == *filter
    }
}

/// Lines of text in one piece, so that one search runs through all of them.
#[derive(Clone, Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
    /// Where each line ends, its line feed included.
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, parts: &[&str]) {
        for part in parts {
            for character in part.chars().filter(|character| *character != '\n').flat_map(char::to_lowercase) {
                self.bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            self.bytes.push(b' ');
        }
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
    }

    /// For each line whether the word is in it.
    fn with(&self, word: &str) -> Vec<bool> {
        let mut hits = vec![false; self.ends.len()];
        let finder = memchr::memmem::Finder::new(word);
        let (mut from, mut line) = (0, 0);
        while let Some(found) = self.bytes.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + found;
            // Hits come in order: look near the last one first, then anywhere behind it.
            if self.ends.get(line).is_some_and(|end| *end <= at) {
                line += self.ends.get(line..).map_or(0, |ends| ends.partition_point(|end| *end <= at));
            }
            let (Some(hit), Some(end)) = (hits.get_mut(line), self.ends.get(line)) else { break };
            *hit = true;
            from = *end;
        }
        hits
    }
}

/// Every row of the ledger with its job. Immutable for those who show it.
#[derive(Clone, Debug, Default)]
pub struct LedgerTable {
    rows: Vec<LedgerRow>,
    jobs: Vec<BookedJob>,
    /// Project names and card dates that rows point to.
    names: Vec<Arc<str>>,
    job_texts: Texts,
    row_texts: Texts,
    /// Row numbers in the order of each column, ascending.
    orders: [Vec<u32>; SortBy::ALL.len()],
}

impl LedgerTable {
    /// Row numbers in the order asked for.
    #[must_use]
    pub fn select(&self, filter: &LedgerFilter) -> Vec<u32> {
        let search = filter.search.to_lowercase();
        let words: Vec<(Vec<bool>, Vec<bool>)> =
            search.split_whitespace().map(|word| (self.job_texts.with(word), self.row_texts.with(word))).collect();
        let jobs_matter = filter.product.is_some() || filter.project.is_some();
        let job_fits: Vec<bool> = if jobs_matter {
            let fits = |job: &BookedJob| {
                filter.product.is_none_or(|product| job.product == product)
                    && filter.project.as_ref().is_none_or(|project| job.project == *project)
            };
            self.jobs.iter().map(fits).collect()
        } else {
            Vec::new()
        };
        let is_set = |bits: &[bool], place: u32| bits.get(place as usize).copied().unwrap_or(false);
        let fits = |place: u32| {
            let Some(row) = self.row(place) else { return false };
            filter.kind.is_none_or(|kind| row.kind == kind)
                && filter.from.is_none_or(|from| row.at >= from)
                && filter.to.is_none_or(|to| row.at < to)
                && (!jobs_matter || is_set(&job_fits, row.job))
                && words.iter().all(|(in_job, in_row)| is_set(in_job, row.job) || is_set(in_row, place))
        };
        let order = self.order(filter.sort);
        if filter.descending {
            order.iter().rev().copied().filter(|place| fits(*place)).collect()
        } else {
            order.iter().copied().filter(|place| fits(*place)).collect()
        }
    }

    /// A row by its number.
    #[must_use]
    pub fn row(&self, place: u32) -> Option<&LedgerRow> {
        self.rows.get(place as usize)
    }

    /// All rows as they were written.
    #[must_use]
    pub fn rows(&self) -> &[LedgerRow] {
        &self.rows
    }

    /// A row's job.
    #[must_use]
    pub fn job(&self, row: &LedgerRow) -> Option<&BookedJob> {
        self.jobs.get(row.job as usize)
    }

    /// All jobs as they were made.
    #[must_use]
    pub fn jobs(&self) -> &[BookedJob] {
        &self.jobs
    }

    /// The project a row was written with, which may not be its job's any more.
    #[must_use]
    pub fn booked_to(&self, row: &LedgerRow) -> &str {
        self.names.get(row.booked_to as usize).map_or("", |name| name)
    }

    /// The date of the rate card a row was counted on.
    #[must_use]
    pub fn card_date(&self, row: &LedgerRow) -> &str {
        self.names.get(row.card as usize).map_or("", |name| name)
    }

    /// The charges among these rows.
    #[must_use]
    pub fn charged(&self, places: &[u32]) -> Usd {
        let rows = places.iter().filter_map(|place| self.row(*place));
        rows.filter(|row| row.kind == EntryKind::Charge).map(|row| row.amount).sum()
    }

    fn order(&self, by: SortBy) -> &[u32] {
        self.orders.get(by as usize).map_or(&[], Vec::as_slice)
    }
}

/// Building it. Only the books do.
impl LedgerTable {
    /// Row numbers by time.
    pub(crate) fn by_time(&self) -> &[u32] {
        self.order(SortBy::Time)
    }

    pub(crate) fn name(&mut self, name: &str) -> u32 {
        let place = self.names.iter().rposition(|known| **known == *name).unwrap_or_else(|| {
            self.names.push(Arc::from(name));
            self.names.len() - 1
        });
        number(place)
    }

    pub(crate) fn shared_name(&mut self, name: &str) -> Arc<str> {
        let place = self.name(name);
        self.names.get(place as usize).cloned().unwrap_or_default()
    }

    pub(crate) fn push_job(&mut self, job: BookedJob) -> u32 {
        self.jobs.push(job);
        number(self.jobs.len() - 1)
    }

    pub(crate) fn job_mut(&mut self, place: u32) -> Option<&mut BookedJob> {
        self.jobs.get_mut(place as usize)
    }

    pub(crate) fn push_row(&mut self, row: LedgerRow) {
        let amount = row.amount.exact();
        let card = self.names.get(row.card as usize).cloned().unwrap_or_default();
        self.row_texts.push(&[row.kind.word(), &amount, &card]);
        if row.kind == EntryKind::Charge
            && let Some(job) = self.jobs.get_mut(row.job as usize)
        {
            job.charge = Some(row.amount);
        }
        self.rows.push(row);
    }

    /// Brings search texts and orders up to date. What was there is nearly in order already, which
    /// makes the sorting cheap.
    pub(crate) fn index(&mut self, projects_changed: bool) {
        if projects_changed {
            self.job_texts = Texts::default();
        }
        for job in self.jobs.iter().skip(self.job_texts.ends.len()) {
            let id = job.id.to_string();
            self.job_texts.push(&[&job.title, &job.project, job.product.name(), &id]);
        }
        let titles = ranks(&self.jobs, |job| job.title.to_lowercase());
        let projects = ranks(&self.jobs, |job| job.project.to_lowercase());
        let rows = &self.rows;
        let row = |place: &u32| rows.get(*place as usize);
        let rank = |ranks: &[u32], place: &u32| row(place).and_then(|row| ranks.get(row.job as usize)).copied();
        let jobs = &self.jobs;
        for (by, order) in SortBy::ALL.into_iter().zip(&mut self.orders) {
            order.extend(number(order.len())..number(rows.len()));
            match by {
                SortBy::Time => order.sort_by_key(|place| row(place).map(|row| (row.at, row.seq))),
                SortBy::Amount => order.sort_by_key(|place| row(place).map(|row| row.amount)),
                SortBy::Quantity => {
                    order.sort_by_key(|place| row(place).and_then(|row| Some(row.counted?.quantity)));
                }
                SortBy::Title => order.sort_by_key(|place| rank(&titles, place)),
                SortBy::Project => order.sort_by_key(|place| rank(&projects, place)),
                SortBy::Product => {
                    order.sort_by_key(|place| row(place).and_then(|row| Some(jobs.get(row.job as usize)?.product)));
                }
                SortBy::Kind => order.sort_by_key(|place| row(place).map(|row| row.kind)),
            }
        }
    }
}

/// The place of each job's text among all of them; the same text has the same place.
fn ranks(jobs: &[BookedJob], text: impl Fn(&BookedJob) -> String) -> Vec<u32> {
    let mut texts: Vec<(String, usize)> = jobs.iter().enumerate().map(|(place, job)| (text(job), place)).collect();
    texts.sort_unstable();
    let mut ranks = vec![0; jobs.len()];
    let (mut rank, mut last) = (0, None::<&str>);
    for (text, place) in &texts {
        if last.is_some_and(|last| last != text) {
            rank += 1;
        }
        last = Some(text);
        if let Some(slot) = ranks.get_mut(*place) {
            *slot = rank;
        }
    }
    ranks
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
