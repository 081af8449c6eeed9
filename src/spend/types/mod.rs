//! The money side as plain values: what the Spend tab shows. Pure: no I/O, no clock, no database.

mod caps;
mod ledger;
mod period;
mod reconciliation;
mod table;

pub use caps::{CapKind, CapState};
pub use ledger::{BookedJob, Counted, EntryKind, LedgerRow, Reading};
pub use period::{Period, date_of, days_between, moment};
pub use reconciliation::{Cause, CauseKind, Reconciliation, TopUp};
pub use table::{LedgerFilter, LedgerTable, SortBy};
