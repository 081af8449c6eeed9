//! What rows cost, one by one and altogether.

use rust_decimal::Decimal;

use super::BatchRow;
use crate::money::Usd;
use crate::pricing::{Pace, RateCard, Span, Total, quote};

/// What a row costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Priced {
    /// Dollars, or why there is no price.
    pub total: Result<Span<Usd>, String>,
    /// Seconds, where they are known or estimated.
    pub seconds: Option<Span<Decimal>>,
}

/// Prices a row; `None` where it has problems and cannot be made.
#[must_use]
pub fn price(row: &BatchRow, card: &RateCard, pace: &Pace) -> Option<Priced> {
    if !row.problems.is_empty() {
        return None;
    }
    let quote = quote(card, &row.draft.composition().billable(), pace);
    let total = match quote.total {
        Total::Unknown(reason) => Err(reason),
        known => known.span().ok_or_else(String::new),
    };
    Some(Priced { total, seconds: quote.seconds })
}

/// The sum of several prices. The high ends of all at once are less likely than any one of them; the
/// sum is taken all the same, because caps count them so.
#[must_use]
pub fn sum(spans: impl IntoIterator<Item = Span<Usd>>) -> Span<Usd> {
    spans.into_iter().fold(Span::exact(Usd::ZERO), |sum, span| Span {
        low: sum.low + span.low,
        likely: sum.likely + span.likely,
        high: sum.high + span.high,
    })
}
