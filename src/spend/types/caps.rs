//! How a cap stands.

use rust_decimal::Decimal;

use crate::money::Usd;
use crate::settings::CapAction;

/// What a cap is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CapKind {
    Job,
    Day,
    Month,
    /// A project's month.
    Project(String),
}

/// A cap and what counts against it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapState {
    pub kind: CapKind,
    pub cap: Usd,
    /// Charged and held; nothing where the cap is for one job.
    pub used: Usd,
    pub action: CapAction,
}

impl CapState {
    /// What is left, never below zero.
    #[must_use]
    pub fn left(&self) -> Usd {
        (self.cap - self.used).max(Usd::ZERO)
    }

    /// Hundredths of the cap that are used, rounded down; 100 for a cap of nothing.
    #[must_use]
    pub fn percent(&self) -> Decimal {
        (self.used.0 * Decimal::ONE_HUNDRED).checked_div(self.cap.0).map_or(Decimal::ONE_HUNDRED, |share| share.floor())
    }

    /// What it is called: “Cap per month”, “Budget of Northwind”.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.kind {
            CapKind::Job => "Cap per job".to_owned(),
            CapKind::Day => "Cap per day".to_owned(),
            CapKind::Month => "Cap per month".to_owned(),
            CapKind::Project(project) => format!("Budget of {project}"),
        }
    }
}
