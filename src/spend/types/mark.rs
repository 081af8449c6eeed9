//! What HeyGen's wallet has been charged for already when its figure was read. Pure.
//!
//! HeyGen takes the money when a job is completed, the ledger books it when the result is home. A figure that
//! was read in between holds the charge while the job still has its hold: to count both would refuse what can
//! be paid. A figure that was read before counts for less than it shows, hold or no hold.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{EntryKind, LedgerTable};
use crate::jobs::types::JobId;
use crate::money::Usd;

/// Where the journal stood when HeyGen was asked for the wallet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WalletMark {
    /// The ledger's last entry; 0 before the first.
    pub ledger_seq: i64,
    /// Jobs that HeyGen had called completed, and whose holds were still booked.
    pub completed: BTreeSet<JobId>,
}

/// The wallet as HeyGen showed it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletSeen {
    pub balance: Usd,
    /// `None` where it is not known: every hold counts.
    pub mark: Option<Arc<WalletMark>>,
}

/// A figure of which nobody knows when it was asked for.
impl From<Usd> for WalletSeen {
    fn from(balance: Usd) -> Self {
        Self { balance, mark: None }
    }
}

impl WalletMark {
    /// Whether the figure that was asked for then holds what HeyGen took for this job, which still has its hold
    /// or was charged behind the mark.
    #[must_use]
    pub fn includes(&self, job: JobId) -> bool {
        self.completed.contains(&job)
    }

    /// The charges that were booked since and are not in the figure.
    pub fn charged_since(&self, table: &LedgerTable) -> impl Iterator<Item = Usd> {
        let newest = table.rows().iter().rev().take_while(|row| row.seq > self.ledger_seq);
        newest
            .filter(|row| row.kind == EntryKind::Charge)
            .filter(|row| table.job(row).is_none_or(|job| !self.includes(job.id)))
            .map(|row| row.amount)
    }
}
