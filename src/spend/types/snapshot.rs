//! Everything the Spend tab shows, as one immutable value.

use std::sync::Arc;

use super::{
    CapState, Drift, Forecast, LedgerTable, MonthReport, MonthTotal, QuoteCheck, Reading, Reconciliation,
    RoundingFound, TopUp, Warning,
};
use crate::money::Usd;

/// Everything the Spend tab shows. Plain values; cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Unix seconds it was made for.
    pub now: i64,
    /// The wallet as last seen.
    pub wallet: Option<Reading>,
    /// All holds.
    pub held: Usd,
    pub charged_today: Usd,
    pub charged_this_month: Usd,
    /// Every cap that is set, budgets included, as it stands.
    pub caps: Vec<CapState>,
    /// The month asked for.
    pub report: MonthReport,
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
