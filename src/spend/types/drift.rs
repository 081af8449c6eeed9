//! Rates that are not the card's any more.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::draft::Product;
use crate::jobs::types::JobId;
use crate::money::Usd;
use crate::pricing::{Service, Unit};

/// The wallet says another rate than the card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    pub product: Product,
    /// What is priced, where the jobs tell; only then can a rate be written into the person's card.
    pub service: Option<Service>,
    pub unit: Unit,
    /// Dollars per `unit` that the jobs were quoted at.
    pub card_rate: Usd,
    /// Dollars per `unit` that the wallet paid, with as few decimals as the evidence allows.
    pub inferred_rate: Usd,
    /// How seconds are counted, where one rule fits all of the evidence.
    pub rounding: Option<Rounding>,
    /// Newest first, three or more.
    pub evidence: Vec<Evidence>,
}

/// What one job says: it was alone under way between two readings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub job: JobId,
    pub title: Arc<str>,
    /// Unix seconds.
    pub at: i64,
    /// In `unit`s.
    pub quantity: Decimal,
    /// What the ledger charged.
    pub booked: Usd,
    /// What the wallet paid.
    pub taken: Usd,
}

/// How HeyGen counts a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rounding {
    /// Every fraction of a second as it is.
    Fraction,
    /// Whole seconds, rounded to the nearest.
    Second,
    /// Every second that was begun.
    StartedSecond,
}

impl Rounding {
    pub const ALL: [Self; 3] = [Self::Fraction, Self::Second, Self::StartedSecond];

    /// In words: “per started second”.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Fraction => "per fraction of a second",
            Self::Second => "per second, rounded",
            Self::StartedSecond => "per started second",
        }
    }
}

/// How the lengths of a product turned out to be counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundingFound {
    pub product: Product,
    pub service: Option<Service>,
    pub rounding: Rounding,
    /// How many jobs say so.
    pub jobs: usize,
}
