//! The money side as plain values: what the Spend tab shows. Pure: no I/O, no clock, no database.

mod caps;
mod period;

pub use caps::{CapKind, CapState};
pub use period::{Period, date_of, days_between, moment};
