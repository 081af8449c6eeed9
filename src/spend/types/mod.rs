//! The money side as plain values: what the Spend tab shows. Pure: no I/O, no clock, no database.

mod caps;
mod coverage;
mod drift;
mod forecast;
mod ledger;
mod mark;
mod period;
mod reconciliation;
mod report;
mod snapshot;
mod table;

pub use caps::{CapKind, CapState, GivenBack};
pub use coverage::{Asked, Coverage, Denied, Limits, Short, cover};
pub use drift::{Drift, Evidence, Rounding, RoundingFound};
pub use forecast::{Forecast, Runway, Warning, WarningKind};
pub use ledger::{BookedJob, Counted, EntryKind, LedgerRow, OtherWay, Reading};
pub use mark::{WalletMark, WalletSeen};
pub use period::{Period, ReportOn, date_of, days_between, moment};
pub use reconciliation::{Cause, CauseKind, Reconciliation, TopUp};
pub use report::{Day, MonthTotal, PeriodReport, QuoteCheck, QuotePoint, Share, UNTAKEN_LISTED, Untaken, UntakenWay};
pub use snapshot::{Findings, Snapshot, WalletAfter};
pub use table::{LedgerFilter, LedgerTable, Listing, SortBy};
