//! Where a month's money went, and how good the quotes were.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{OtherWay, Period};
use crate::draft::{Choice, Product};
use crate::jobs::types::JobId;
use crate::money::Usd;

/// A month's charges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodReport {
    pub period: Period,
    pub total: Usd,
    pub jobs: usize,
    /// By the project each job is booked to now, dearest first; the empty name is no project.
    pub by_project: Vec<Share<Arc<str>>>,
    /// Dearest first.
    pub by_product: Vec<Share<Product>>,
    /// The whole period from its beginning, in days, weeks or months by its length, also those
    /// without charges.
    pub by_day: Vec<Day>,
    /// What the cheapest other ways would have saved.
    pub untaken: Untaken,
}

/// What the jobs of a period would have cost, had each been made the cheapest other way its draft
/// allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Untaken {
    /// Jobs that could have been made another way at a known price.
    pub jobs: usize,
    /// Those of them that another way would have made cheaper.
    pub cheaper: usize,
    /// What all of those cost.
    pub charged: Usd,
    /// What they would have cost.
    pub instead: Usd,
    /// The largest saving first.
    pub by_way: Vec<UntakenWay>,
    /// Places of the charges among the ledger's rows, the largest saving first, at most [`UNTAKEN_LISTED`].
    pub largest: Vec<u32>,
}

/// Charges that [`Untaken::largest`] names at most.
pub const UNTAKEN_LISTED: usize = 50;

impl Untaken {
    /// What the cheapest ways would have saved together.
    #[must_use]
    pub fn less(&self) -> Usd {
        self.charged - self.instead
    }
}

/// The jobs of a product that were made one way and would have been cheapest another way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UntakenWay {
    pub product: Product,
    pub made: Choice,
    pub instead: Choice,
    pub jobs: usize,
    /// What it would have saved.
    pub less: Usd,
}

impl UntakenWay {
    /// Its name in a list, and what would have been different.
    #[must_use]
    pub fn as_way(&self) -> OtherWay {
        OtherWay { made: self.made, instead: self.instead, amount: Usd::ZERO }
    }
}

/// One part of a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share<T> {
    pub of: T,
    pub amount: Usd,
    pub jobs: usize,
}

/// The charges of a day, or of several where a period is long, for a stacked bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The first day.
    pub day: Date,
    /// The first day that is no longer in it.
    pub next: Date,
    pub total: Usd,
    /// In the order of [`PeriodReport::by_project`].
    pub by_project: Vec<Share<Arc<str>>>,
    /// In the order of [`PeriodReport::by_product`].
    pub by_product: Vec<Share<Product>>,
}

/// A month and what it cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthTotal {
    pub period: Period,
    pub total: Usd,
}

/// Quotes beside charges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuoteCheck {
    /// Oldest first.
    pub points: Vec<QuotePoint>,
    /// Half of the charges were off by no more than so many hundredths of the likely price, to one decimal.
    pub median_error: Option<Decimal>,
    /// How many charges lay between low and high.
    pub inside: usize,
}

/// One job's quote and its charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotePoint {
    pub job: JobId,
    pub product: Product,
    /// Unix seconds of the charge.
    pub at: i64,
    pub low: Usd,
    pub likely: Usd,
    pub high: Usd,
    pub charge: Usd,
}
