//! What the ledger, the journal and the wallet say, as plain values.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::draft::{Choice, Product};
use crate::jobs::types::{JobId, JobState};
use crate::money::Usd;
use crate::pricing::{Span, Unit};

/// What a row of the ledger does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    Hold,
    Charge,
    Release,
}

impl EntryKind {
    pub const ALL: [Self; 3] = [Self::Hold, Self::Charge, Self::Release];

    /// The word in the database and in exports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Charge => "charge",
            Self::Release => "release",
        }
    }

    /// The kind a database word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// A quantity at a rate: what a charge is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// In `unit`s.
    pub quantity: Decimal,
    /// Dollars per `unit`.
    pub rate: Usd,
    pub unit: Unit,
}

impl Counted {
    /// The quantity for people, to three decimals; one that would be nothing keeps its first digit.
    #[must_use]
    pub fn short_quantity(&self) -> Decimal {
        let short = self.quantity.round_dp(3);
        let shown = if short.is_zero() { self.quantity.round_sf(1).unwrap_or(self.quantity) } else { short };
        shown.normalize()
    }
}

/// One row of the ledger. What it says about its job is in [`LedgerTable::job`](super::LedgerTable::job).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// The order in which rows were written.
    pub seq: i64,
    /// Unix seconds.
    pub at: i64,
    /// The job's place in the table.
    pub job: u32,
    pub kind: EntryKind,
    pub amount: Usd,
    pub counted: Option<Counted>,
    /// Places of the project it was written with and of the rate card's date in the table's names.
    pub(crate) booked_to: u32,
    pub(crate) card: u32,
}

/// The money side of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedJob {
    /// All zeros where even that cannot be read.
    pub id: JobId,
    /// Whether its row in the journal makes sense. Where it does not, its money counts all the same: what
    /// is not known of it is left empty, and it is called a job that cannot be read.
    pub readable: bool,
    pub product: Product,
    pub title: Arc<str>,
    /// The project it is booked to now.
    pub project: Arc<str>,
    pub state: JobState,
    pub quoted: Span<Usd>,
    /// Dollars per `unit` that it was quoted at; zero where the web plan pays.
    pub rate: Usd,
    pub unit: Unit,
    /// Set aside now.
    pub hold: Usd,
    /// Unix seconds of the click.
    pub made_at: i64,
    /// Unix seconds when the paid request first left, where it did.
    pub sent_at: Option<i64>,
    /// Unix seconds when it came to its end, where it has.
    pub ended_at: Option<i64>,
    /// HeyGen took it: there is a resource of its own.
    pub accepted: bool,
    /// What it turned out to cost, where it was charged.
    pub charge: Option<Usd>,
    /// The cheapest other way it could have been made, where it was charged and there is another way.
    pub other_way: Option<OtherWay>,
}

/// Another way to make what a job made: of the same length, on the rates of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherWay {
    /// How it was made.
    pub made: Choice,
    /// How it could have been made.
    pub instead: Choice,
    /// What that would have cost. May be more than the charge.
    pub amount: Usd,
}

impl OtherWay {
    /// Its name in a list: “Avatar III instead of Avatar IV”.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} instead of {}", self.instead.name(), self.made.name())
    }

    /// What would have been different besides the price.
    #[must_use]
    pub fn differs(&self) -> &'static str {
        match (self.made, self.instead) {
            (_, Choice::Engine(_)) => "another engine: face, voice and script stay, the way it moves does not",
            (_, Choice::Mode { audio_only: true, .. }) => "only the sound: the lips stay as they were filmed",
            (_, Choice::Mode { .. }) => "another mode: the lips follow the sound less or more closely",
            (Choice::Render { resolution, .. }, Choice::Render { resolution: other, .. }) if resolution == other => {
                "other pictures a second: the same size"
            }
            (_, Choice::Size(_) | Choice::Render { .. }) => "another size of the picture",
            (_, Choice::Length(_) | Choice::DynamicLength(_) | Choice::Limit(_)) => "another length",
        }
    }
}

/// HeyGen's figure as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The order in which readings were made.
    pub seq: i64,
    /// Unix seconds when the figure was first seen.
    pub at: i64,
    /// Unix seconds when it was last seen.
    pub seen_until: i64,
    pub balance: Usd,
    /// The newest row of the ledger when it was read; `None` for readings of older versions.
    pub ledger_seq: Option<i64>,
    /// It was seen with another key than the reading before: it is of another wallet.
    pub is_of_another_key: bool,
}
