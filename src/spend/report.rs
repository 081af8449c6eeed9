//! A month per project, product and day; all months; quotes beside charges. Pure.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::types::{
    BookedJob, Day, EntryKind, LedgerRow, LedgerTable, MonthReport, MonthTotal, Period, QuoteCheck, QuotePoint, Share,
};
use crate::draft::Product;
use crate::money::Usd;

/// Months that are looked back on.
const MOST_MONTHS: usize = 24;

/// The charges of a period, oldest first.
pub(super) fn charges_in<'a>(
    table: &'a LedgerTable,
    start: i64,
    end: i64,
) -> impl Iterator<Item = (&'a LedgerRow, &'a BookedJob)> + 'a {
    let order = table.by_time();
    let at = |place: &u32| table.row(*place).map_or(i64::MAX, |row| row.at);
    let from = order.partition_point(|place| at(place) < start);
    let to = order.partition_point(|place| at(place) < end);
    let places = order.get(from..to.max(from)).unwrap_or_default();
    places
        .iter()
        .filter_map(|place| table.row(*place))
        .filter(|row| row.kind == EntryKind::Charge)
        .filter_map(|row| Some((row, table.job(row)?)))
}

/// Where a period's money went.
#[must_use]
pub fn month_report(table: &LedgerTable, period: Period, zone: &TimeZone) -> MonthReport {
    let mut whole = Parts::default();
    let mut days = Vec::new();
    let mut charges = charges_in(table, period.start, period.end).peekable();
    let mut day = period.first;
    while day < period.next {
        let end = Period::between(day, day.saturating_add(1.day()), zone).end;
        let mut parts = Parts::default();
        while let Some((row, job)) = charges.next_if(|(row, _)| row.at < end) {
            parts.add(row, job);
            whole.add(row, job);
        }
        days.push((day, parts));
        day = day.saturating_add(1.day());
    }
    let by_project = whole.by_project.shares();
    let by_product = whole.by_product.shares();
    let by_day = days
        .into_iter()
        .map(|(day, parts)| Day {
            day,
            total: parts.total,
            by_project: in_order(&by_project, &parts.by_project),
            by_product: in_order(&by_product, &parts.by_product),
        })
        .collect();
    MonthReport { period, total: whole.total, jobs: whole.jobs, by_project, by_product, by_day }
}

/// The present month and those before it back to the first charge, newest first, at most 24.
#[must_use]
pub fn month_totals(table: &LedgerTable, month: Period, zone: &TimeZone) -> Vec<MonthTotal> {
    let first = table.by_time().iter().filter_map(|place| table.row(*place)).find(|row| row.kind == EntryKind::Charge);
    let mut totals = Vec::new();
    let mut period = month;
    while totals.len() < MOST_MONTHS {
        let total = charges_in(table, period.start, period.end).map(|(row, _)| row.amount).sum();
        totals.push(MonthTotal { period, total });
        if first.is_none_or(|first| first.at >= period.start) {
            break;
        }
        period = period.month_before(zone);
    }
    totals
}

/// Every job that was charged and had a price: its quote beside its charge.
#[must_use]
pub fn quote_check(table: &LedgerTable) -> QuoteCheck {
    let points: Vec<QuotePoint> = table
        .rows()
        .iter()
        .filter(|row| row.kind == EntryKind::Charge)
        .filter_map(|row| {
            let job = table.job(row)?;
            (job.quoted.high > Usd::ZERO).then_some(QuotePoint {
                job: job.id,
                product: job.product,
                at: row.at,
                low: job.quoted.low,
                likely: job.quoted.likely,
                high: job.quoted.high,
                charge: row.amount,
            })
        })
        .collect();
    let mut errors: Vec<Decimal> =
        points.iter().filter_map(|point| (point.charge - point.likely).0.abs().checked_div(point.likely.0)).collect();
    let median_error = (!errors.is_empty()).then(|| {
        let middle = errors.len() / 2;
        let (_, median, _) = errors.select_nth_unstable(middle);
        (*median * Decimal::ONE_HUNDRED).round_dp(1).normalize()
    });
    let inside = points.iter().filter(|point| (point.low..=point.high).contains(&point.charge)).count();
    QuoteCheck { points, median_error, inside }
}

#[derive(Default)]
struct Parts {
    total: Usd,
    jobs: usize,
    by_project: Sums<Arc<str>>,
    by_product: Sums<Product>,
}

impl Parts {
    fn add(&mut self, row: &LedgerRow, job: &BookedJob) {
        self.total += row.amount;
        self.jobs += 1;
        self.by_project.add(&job.project, row.amount);
        self.by_product.add(&job.product, row.amount);
    }
}

struct Sums<T>(HashMap<T, (Usd, usize)>);

impl<T> Default for Sums<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Clone + Eq + Hash + Ord> Sums<T> {
    fn add(&mut self, key: &T, amount: Usd) {
        let sum = match self.0.get_mut(key) {
            Some(sum) => sum,
            None => self.0.entry(key.clone()).or_default(),
        };
        sum.0 += amount;
        sum.1 += 1;
    }

    fn shares(&self) -> Vec<Share<T>> {
        let share = |(of, (amount, jobs)): (&T, &(Usd, usize))| Share { of: of.clone(), amount: *amount, jobs: *jobs };
        let mut shares: Vec<Share<T>> = self.0.iter().map(share).collect();
        shares.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.of.cmp(&b.of)));
        shares
    }
}

fn in_order<T: Clone + Eq + Hash>(order: &[Share<T>], sums: &Sums<T>) -> Vec<Share<T>> {
    let shares = order.iter().filter_map(|share| Some((share, sums.0.get(&share.of)?)));
    shares.map(|(share, (amount, jobs))| Share { of: share.of.clone(), amount: *amount, jobs: *jobs }).collect()
}
