//! The money side of every job: an append-only ledger of holds, charges and releases, caps that
//! count holds, and the wallet as it was seen, reconciled with the ledger. Works inside
//! transactions that `jobs` opens, or on a store of its own accord; never asks HeyGen.

mod books;
mod caps;
mod drift;
mod entry;
pub mod export;
mod forecast;
mod other_ways;
mod overview;
mod rates;
mod reconcile;
mod report;
mod warnings;
pub mod types;

pub use books::Books;
pub use caps::{Caps, Refusal, Tally, admit};
pub use entry::{
    Entry, charge, charged_since, charged_since_for, held, held_for, hold, hold_of, move_job, note_wallet, release,
    release_like_hold, unpaid, wallet_mark,
};
pub use forecast::{ForecastInput, forecast};
pub use overview::{View, overview, snapshot};
pub use report::{month_totals, period_report, quote_check};
pub use types::{Counted, Findings, Snapshot};
pub use warnings::{WarningInput, not_yet_shown, warnings};
