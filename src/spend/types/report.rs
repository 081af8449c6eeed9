//! Where a month's money went, and how good the quotes were.

use std::sync::Arc;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Period;
use crate::draft::Product;
use crate::jobs::types::JobId;
use crate::money::Usd;

/// A month's charges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthReport {
    pub period: Period,
    pub total: Usd,
    pub jobs: usize,
    /// By the project each job is booked to now, dearest first; the empty name is no project.
    pub by_project: Vec<Share<Arc<str>>>,
    /// Dearest first.
    pub by_product: Vec<Share<Product>>,
    /// Every day of the period, also those without charges.
    pub by_day: Vec<Day>,
}

/// One part of a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share<T> {
    pub of: T,
    pub amount: Usd,
    pub jobs: usize,
}

/// A day's charges, for a stacked bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub day: Date,
    pub total: Usd,
    /// In the order of [`MonthReport::by_project`].
    pub by_project: Vec<Share<Arc<str>>>,
    /// In the order of [`MonthReport::by_product`].
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
