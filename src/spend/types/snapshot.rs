//! Everything the Spend tab shows, as one immutable value.

use std::sync::Arc;

use super::{
    CapState, Drift, EntryKind, Forecast, LedgerTable, MonthTotal, Period, PeriodReport, QuoteCheck, Reading,
    Reconciliation, RoundingFound, TopUp, Warning,
};
use crate::money::Usd;

/// Everything the Spend tab shows. Plain values; cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Unix seconds it was made for.
    pub now: i64,
    /// The day it was made on: what is charged today is of this one.
    pub today: Period,
    /// The wallet as last seen.
    pub wallet: Option<Reading>,
    /// All holds.
    pub held: Usd,
    /// What of them is held for jobs that cannot be read.
    pub held_unreadable: Usd,
    /// What the wallet as last seen has still to pay: holds that HeyGen had not taken, and charges since.
    pub unpaid: Usd,
    /// For how many jobs.
    pub unpaid_jobs: usize,
    pub charged_today: Usd,
    pub charged_this_month: Usd,
    /// Every cap that is set, budgets included, as it stands.
    pub caps: Vec<CapState>,
    /// The month asked for.
    pub report: PeriodReport,
    /// Newest first.
    pub months: Vec<MonthTotal>,
    pub forecast: Forecast,
    pub warnings: Vec<Warning>,
    /// The readings nearest around the month asked for, and what happened between; `None` with fewer than two.
    pub reconciliation: Option<Reconciliation>,
    /// What was computed from the whole ledger.
    pub findings: Arc<Findings>,
    pub table: Arc<LedgerTable>,
}

/// What the whole ledger and all readings say, whatever the month.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Between neighbouring readings, oldest first.
    pub reconciliations: Vec<Reconciliation>,
    pub quotes: QuoteCheck,
    pub drifts: Vec<Drift>,
    pub roundings: Vec<RoundingFound>,
    /// The ledger's rows of each stretch between readings.
    pub(crate) rows: Vec<std::ops::Range<usize>>,
}

/// The wallet after an entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalletAfter {
    pub amount: Usd,
    /// HeyGen showed this figure next; otherwise it is worked out from the reading before and the charges since.
    pub seen: bool,
    /// Unix seconds of the reading it rests on.
    pub at: i64,
}

impl Snapshot {
    /// The wallet after a row, by the row's place; `None` before the first reading.
    #[must_use]
    pub fn wallet_after(&self, place: u32) -> Option<WalletAfter> {
        let (place, findings) = (place as usize, &self.findings);
        let rows = self.table.rows();
        let charges = |range: std::ops::Range<usize>| -> Usd {
            let rows = rows.get(range).unwrap_or_default().iter();
            rows.filter(|row| row.kind == EntryKind::Charge).map(|row| row.amount).sum()
        };
        let stretch = findings.rows.partition_point(|range| range.end <= place);
        let Some((range, money)) = findings.rows.get(stretch).zip(findings.reconciliations.get(stretch)) else {
            let last = self.wallet?;
            let from = match (findings.rows.last(), last.ledger_seq) {
                (Some(range), _) => range.end,
                (None, Some(seq)) => rows.partition_point(|row| row.seq <= seq),
                (None, None) => rows.partition_point(|row| row.at <= last.at),
            };
            let since = (from <= place).then(|| charges(from..place + 1))?;
            return Some(WalletAfter { amount: last.balance - since, seen: since.is_zero(), at: last.seen_until });
        };
        if range.start > place {
            return None;
        }
        if charges(place + 1..range.end).is_zero() {
            return Some(WalletAfter { amount: money.closing, seen: true, at: money.to });
        }
        let amount = money.opening - charges(range.start..place + 1);
        Some(WalletAfter { amount, seen: false, at: money.from })
    }
}

impl Findings {
    /// Every time money came in, oldest first.
    pub fn top_ups(&self) -> impl DoubleEndedIterator<Item = &TopUp> {
        self.reconciliations.iter().flat_map(|stretch| &stretch.top_ups)
    }

    /// What happened between the readings nearest around two moments (unix seconds); `None` where
    /// there are no two.
    #[must_use]
    pub fn between(&self, start: i64, end: i64) -> Option<Reconciliation> {
        let all = &self.reconciliations;
        let from = all.partition_point(|stretch| stretch.to <= start);
        let to = all.partition_point(|stretch| stretch.from < end).max(from);
        Reconciliation::joined(all.get(from..to)?)
    }
}
