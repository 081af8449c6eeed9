//! Where the money is going.

use jiff::civil::Date;

use crate::money::Usd;

/// What happens if things go on as in the last four weeks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Dollars a day, to six decimals.
    pub per_day: Usd,
    /// How many days the pace was taken from, at most 28.
    pub days_seen: u32,
    /// There were too few days to have a pace: it counts as nothing, and the month ends with what is charged
    /// and held.
    pub too_early: bool,
    /// Charged in this month so far.
    pub so_far: Usd,
    /// Charged at the end of this month: what is held counts at least. Whole cents.
    pub month_end: Usd,
    pub wallet: Runway,
}

/// How long the wallet lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runway {
    /// The wallet is not known.
    Unknown,
    /// Nothing is being spent.
    NoSpending,
    /// Too few days to have a pace.
    TooEarly,
    /// Less than nothing is left once everything held is charged.
    Empty,
    /// Empty on this day, in so many whole days.
    Until { day: Date, days: u32 },
    /// HeyGen tops it up by itself: about every so many days, where the amount is known.
    ReloadsItself { every_days: Option<u32> },
}

/// Something the person should know, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The same for the same thing, so that it is shown once; a new thing of the kind has another.
    pub id: String,
    pub kind: WarningKind,
    /// What it is, in a few words.
    pub title: String,
    /// What it means and what to do.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningKind {
    LowBalance,
    CapReached,
    CapNear,
    RefundNotSeen,
    RateDrift,
    /// Jobs in the journal that cannot be read.
    Unreadable,
}
