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

/// What of the holds is given back for a job that is let in: they are not counted twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenBack {
    /// Dollars.
    pub in_all: Usd,
    /// Those that are held for jobs of its own project.
    pub of_project: Usd,
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
    /// Whether it counts a job that is booked to this project.
    #[must_use]
    pub fn binds(&self, project: &str) -> bool {
        match &self.kind {
            CapKind::Job | CapKind::Day | CapKind::Month => true,
            CapKind::Project(own) => own == project,
        }
    }

    /// As it stands where so much of the holds is given back.
    #[must_use]
    pub fn without(&self, again: GivenBack) -> Self {
        let back = match &self.kind {
            CapKind::Job => Usd::ZERO,
            CapKind::Day | CapKind::Month => again.in_all,
            CapKind::Project(_) => again.of_project,
        };
        Self { used: self.used - back, ..self.clone() }
    }

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
