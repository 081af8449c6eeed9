//! How one price compares with another, where both may be ranges.

use super::quote::{Quote, Span};
use crate::money::Usd;

/// A price beside the present one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    /// To the last digit.
    Same,
    /// Nobody can say which will cost more: the ranges overlap.
    AboutTheSame,
    /// It saves this much.
    Less(Span<Usd>),
    /// It costs this much more.
    More(Span<Usd>),
}

/// What the lengths of two things have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lengths {
    /// What makes one long makes the other long, as far as it is uncertain: the same voice speaks the same text.
    Shared,
    /// Each lasts as long as it does: one may be long where the other is short.
    Apart,
}

impl Difference {
    /// `there` beside `here`. `None` where the figures are too large to be subtracted.
    #[must_use]
    pub fn between(here: Span<Usd>, there: Span<Usd>, lengths: Lengths) -> Option<Self> {
        let minus = |a: Usd, b: Usd| a.0.checked_sub(b.0).map(Usd);
        if here == there && (here.is_exact() || lengths == Lengths::Shared) {
            return Some(Self::Same);
        }
        let more = match lengths {
            // One length decides both, so the shortest is held against the shortest.
            Lengths::Shared => {
                let each =
                    [minus(there.low, here.low)?, minus(there.likely, here.likely)?, minus(there.high, here.high)?];
                if each.iter().any(|more| more.is_negative()) && each.iter().any(|more| *more > Usd::ZERO) {
                    return Some(Self::AboutTheSame);
                }
                each
            }
            Lengths::Apart if there.low <= here.high && here.low <= there.high => return Some(Self::AboutTheSame),
            Lengths::Apart => {
                [minus(there.low, here.high)?, minus(there.likely, here.likely)?, minus(there.high, here.low)?]
            }
        };
        let [low, likely, high] = more;
        Some(if more.iter().any(|more| more.is_negative()) {
            let [low, likely, high] = [high, likely, low].map(|saved| -saved);
            Self::Less(sorted(low, likely, high))
        } else {
            Self::More(sorted(low, likely, high))
        })
    }
}

impl Quote {
    /// This price beside the `present` one, for the same thing made another way; `None` where one of them is
    /// unknown. Whatever makes the one long or short does so with the other.
    #[must_use]
    pub fn beside(&self, present: &Self) -> Option<Difference> {
        Difference::between(present.total.span()?, self.total.span()?, Lengths::Shared)
    }
}

fn sorted(low: Usd, likely: Usd, high: Usd) -> Span<Usd> {
    Span { low: low.min(high), likely, high: high.max(low) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(low: i64, likely: i64, high: i64) -> Span<Usd> {
        Span { low: Usd::from_cents(low), likely: Usd::from_cents(likely), high: Usd::from_cents(high) }
    }

    #[track_caller]
    fn check(here: Span<Usd>, there: Span<Usd>, lengths: Lengths, expected: Difference) {
        assert_eq!(Difference::between(here, there, lengths), Some(expected));
        // Seen from the other side it is the same the other way round.
        let turned = match expected {
            Difference::Less(span) => Difference::More(span),
            Difference::More(span) => Difference::Less(span),
            same => same,
        };
        assert_eq!(Difference::between(there, here, lengths), Some(turned));
    }

    #[test]
    fn exact_prices_differ_by_what_they_differ() {
        let exact = |cents| span(cents, cents, cents);
        for lengths in [Lengths::Shared, Lengths::Apart] {
            check(exact(274), exact(274), lengths, Difference::Same);
            check(exact(274), exact(69), lengths, Difference::Less(exact(205)));
            check(exact(100), exact(220), lengths, Difference::More(exact(120)));
        }
    }

    #[test]
    fn ranges_that_rest_on_one_length_are_compared_at_that_length() {
        // Avatar IV and III with a photo avatar, 39 to 44 s: the ranges overlap, and III is cheaper all the same.
        check(span(195, 205, 220), span(169, 178, 191), Lengths::Shared, Difference::Less(span(26, 27, 29)));
        check(span(195, 205, 220), span(195, 205, 220), Lengths::Shared, Difference::Same);
        check(span(100, 150, 200), span(90, 150, 210), Lengths::Shared, Difference::AboutTheSame);
        // A limit changes only the high end.
        check(span(50, 60, 100), span(50, 60, 500), Lengths::Shared, Difference::More(span(0, 0, 400)));
    }

    #[test]
    fn ranges_with_lengths_of_their_own_compare_as_ranges() {
        check(span(195, 205, 220), span(169, 178, 191), Lengths::Apart, Difference::Less(span(4, 27, 51)));
        check(span(195, 205, 220), span(169, 190, 196), Lengths::Apart, Difference::AboutTheSame);
        check(span(195, 205, 220), span(195, 205, 220), Lengths::Apart, Difference::AboutTheSame);
        check(span(100, 110, 120), span(120, 130, 140), Lengths::Apart, Difference::AboutTheSame);
        check(span(100, 110, 120), span(121, 130, 140), Lengths::Apart, Difference::More(span(1, 20, 40)));
    }

    #[test]
    fn figures_too_large_for_a_difference_have_none() {
        let most = Span::exact(Usd(rust_decimal::Decimal::MAX));
        let least = Span::exact(Usd(rust_decimal::Decimal::MIN));
        assert_eq!(Difference::between(most, least, Lengths::Apart), None);
    }
}
