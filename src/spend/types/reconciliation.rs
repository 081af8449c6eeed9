//! Ledger and wallet side by side.

use crate::jobs::types::JobId;
use crate::money::Usd;

/// What happened to the wallet between two readings.
///
/// Always exact: `closing = opening − charges + timing + top-ups + failed + other key + remainder`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciliation {
    /// Unix seconds when the opening figure was last seen.
    pub from: i64,
    /// Unix seconds when the closing figure was first seen.
    pub to: i64,
    pub opening: Usd,
    pub closing: Usd,
    /// What the ledger charged.
    pub charges: Usd,
    /// Charges that HeyGen took in another stretch than the ledger: above zero where it had taken
    /// them before or was still to take them, below zero where it took here what is booked elsewhere.
    pub timing: Usd,
    pub top_ups: Vec<TopUp>,
    /// What HeyGen took for jobs that failed, below zero, and gave back, above; only where both were seen.
    pub failed: Usd,
    /// What the wallet of another key, in use from here on, shows more or less.
    pub other_key: Usd,
    /// What none of these explains.
    pub remainder: Usd,
    /// What may be behind the remainder, and what was found out about the rest.
    pub causes: Vec<Cause>,
}

impl Reconciliation {
    /// All top-ups together.
    #[must_use]
    pub fn topped_up(&self) -> Usd {
        self.top_ups.iter().map(|top_up| top_up.amount).sum()
    }

    /// What the figures come to: the closing figure, or the arithmetic is wrong.
    #[must_use]
    pub fn sum(&self) -> Usd {
        self.opening - self.charges + self.timing + self.topped_up() + self.failed + self.other_key + self.remainder
    }

    /// Neighbouring stretches as one; `None` where there is none.
    #[must_use]
    pub fn joined(stretches: &[Self]) -> Option<Self> {
        let (first, last) = (stretches.first()?, stretches.last()?);
        let total = |part: fn(&Self) -> Usd| stretches.iter().map(part).sum();
        Some(Self {
            from: first.from,
            to: last.to,
            opening: first.opening,
            closing: last.closing,
            charges: total(|stretch| stretch.charges),
            timing: total(|stretch| stretch.timing),
            top_ups: stretches.iter().flat_map(|stretch| stretch.top_ups.iter().copied()).collect(),
            failed: total(|stretch| stretch.failed),
            other_key: total(|stretch| stretch.other_key),
            remainder: total(|stretch| stretch.remainder),
            causes: stretches.iter().flat_map(|stretch| stretch.causes.iter().cloned()).collect(),
        })
    }
}

/// Money that came into the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopUp {
    /// Unix seconds of the first reading that shows it.
    pub at: i64,
    pub amount: Usd,
    /// HeyGen's automatic reload, by its amount.
    pub auto: bool,
    /// The amount is read off the wallet; otherwise something else moved too and it was taken for
    /// the next round amount.
    pub certain: bool,
}

/// What may be behind a movement of the wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub kind: CauseKind,
    /// The part of the movement, with its sign.
    pub amount: Usd,
    /// The job it is about, where it is about one.
    pub job: Option<JobId>,
    /// One or two sentences for the person.
    pub words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CauseKind {
    /// A job failed, about its price is gone, and it did not come back.
    RefundNotSeen,
    /// What a failed job took came back.
    RefundSeen,
    /// HeyGen took the charge of a job before the ledger booked it.
    TakenEarlier,
    /// HeyGen took the charge of a job after the ledger booked it.
    TakenLater,
    /// A job is under way whose price fits.
    UnderWay,
    /// HeyGen's rate is not the card's.
    RateChanged,
    /// A session lasted a little longer or shorter by HeyGen's clock than by this program's.
    Measured,
    /// Nothing here explains it: another program or person on the same key.
    OtherUse,
    /// Money came in that is no top-up and belongs to no failed job.
    UnexplainedCredit,
}
