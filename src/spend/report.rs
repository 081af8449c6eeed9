//! A month per project, product and day; all months; quotes beside charges. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::types::{
    BookedJob, Day, EntryKind, LedgerRow, LedgerTable, MonthTotal, Period, PeriodReport, QuoteCheck, QuotePoint, Share,
    UNTAKEN_LISTED, Untaken, UntakenWay,
};
use crate::draft::{Choice, Product};
use crate::money::Usd;

/// Months that are looked back on.
const MOST_MONTHS: usize = 24;

/// The charges of a period, oldest first.
pub(super) fn charges_in<'a>(
    table: &'a LedgerTable,
    start: i64,
    end: i64,
) -> impl Iterator<Item = (&'a LedgerRow, &'a BookedJob)> + 'a {
    placed_charges(table, start, end).map(|(_, row, job)| (row, job))
}

/// The charges of a period with their places among the rows, oldest first.
fn placed_charges<'a>(
    table: &'a LedgerTable,
    start: i64,
    end: i64,
) -> impl Iterator<Item = (u32, &'a LedgerRow, &'a BookedJob)> + 'a {
    let order = table.by_time();
    let at = |place: &u32| table.row(*place).map_or(i64::MAX, |row| row.at);
    let from = order.partition_point(|place| at(place) < start);
    let to = order.partition_point(|place| at(place) < end);
    let places = order.get(from..to.max(from)).unwrap_or_default();
    places
        .iter()
        .filter_map(|place| Some((*place, table.row(*place)?)))
        .filter(|(_, row)| row.kind == EntryKind::Charge)
        .filter_map(|(place, row)| Some((place, row, table.job(row)?)))
}

/// Where a period's money went.
#[must_use]
pub fn period_report(table: &LedgerTable, period: Period, zone: &TimeZone) -> PeriodReport {
    let mut whole = Parts::default();
    let mut days = Vec::new();
    let mut charges = charges_in(table, period.start, period.end).peekable();
    let mut day = period.first;
    let step = step_of(&period);
    while day < period.next {
        let next = step.after(day).min(period.next);
        let end = Period::between(day, next, zone).end;
        let mut parts = Parts::default();
        while let Some((row, job)) = charges.next_if(|(row, _)| row.at < end) {
            parts.add(row, job);
            whole.add(row, job);
        }
        days.push((day, next, parts));
        if next <= day {
            break;
        }
        day = next;
    }
    let by_project = whole.by_project.shares();
    let by_product = whole.by_product.shares();
    let by_day = days
        .into_iter()
        .map(|(day, next, parts)| Day {
            day,
            next,
            total: parts.total,
            by_project: in_order(&by_project, &parts.by_project),
            by_product: in_order(&by_product, &parts.by_product),
        })
        .collect();
    let untaken = untaken(table, period);
    PeriodReport { period, total: whole.total, jobs: whole.jobs, by_project, by_product, by_day, untaken }
}

/// How long a bar of the plot is.
#[derive(Clone, Copy)]
enum Step {
    Day,
    Week,
    Month,
}

impl Step {
    fn after(self, day: Date) -> Date {
        match self {
            Self::Day => day.saturating_add(1.day()),
            Self::Week => day.saturating_add(7.days()),
            // The first bar may be shorter: the others begin with a month.
            Self::Month => day.first_of_month().saturating_add(1.month()),
        }
    }
}

/// A plot has room for some sixty bars.
fn step_of(period: &Period) -> Step {
    match period.days() {
        0..=62 => Step::Day,
        63..=300 => Step::Week,
        _ => Step::Month,
    }
}

/// What the cheapest other ways would have saved in a period.
fn untaken(table: &LedgerTable, period: Period) -> Untaken {
    let mut found = Untaken::default();
    let mut by_way: BTreeMap<(Product, Choice, Choice), (usize, Usd)> = BTreeMap::new();
    let mut largest: Vec<(Usd, u32)> = Vec::new();
    for (place, row, job) in placed_charges(table, period.start, period.end) {
        let Some(way) = job.other_way else { continue };
        found.jobs += 1;
        let less = row.amount - way.amount;
        if less <= Usd::ZERO {
            continue;
        }
        found.cheaper += 1;
        found.charged += row.amount;
        found.instead += way.amount;
        let sum = by_way.entry((job.product, way.made, way.instead)).or_default();
        *sum = (sum.0 + 1, sum.1 + less);
        largest.push((less, place));
    }
    largest.sort_by_key(|&entry| Reverse(entry));
    found.largest = largest.into_iter().take(UNTAKEN_LISTED).map(|(_, place)| place).collect();
    found.by_way = by_way
        .into_iter()
        .map(|((product, made, instead), (jobs, less))| UntakenWay { product, made, instead, jobs, less })
        .collect();
    found.by_way.sort_by_key(|way| Reverse(way.less));
    found
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
