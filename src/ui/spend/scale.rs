//! Money on an axis: round steps, and places between none and the top. The amounts stay decimal;
//! only a share of the axis becomes a place on the screen.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::money::Usd;

/// An axis from nothing to `top`, in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    pub step: Usd,
    pub top: Usd,
}

impl Scale {
    /// The smallest axis of at most `steps` round steps that holds `most`.
    #[must_use]
    pub fn of(most: Usd, steps: u32) -> Self {
        let steps = Decimal::from(steps.max(1));
        let mut unit = Decimal::new(1, 2);
        for _ in 0..16 {
            for factor in [1, 2, 5] {
                let step = unit * Decimal::from(factor);
                if step * steps >= most.0 {
                    let needed = (most.0 / step).ceil().max(Decimal::ONE);
                    return Self { step: Usd(step), top: Usd(step * needed) };
                }
            }
            unit *= Decimal::TEN;
        }
        Self { step: most, top: most }
    }

    /// The marks, nothing included.
    pub fn marks(self) -> impl Iterator<Item = Usd> {
        (0_u32..=16).map(move |place| self.step * Decimal::from(place)).take_while(move |mark| *mark <= self.top)
    }

    /// Where an amount lies, 0 to 1.
    #[must_use]
    pub fn share(self, amount: Usd) -> f32 {
        amount.0.checked_div(self.top.0).and_then(|share| share.to_f32()).unwrap_or(0.0).clamp(0.0, 1.0)
    }

    /// A mark in words: whole dollars where every mark is whole.
    #[must_use]
    pub fn label(self, mark: Usd) -> String {
        let text = mark.to_string();
        if self.step.0.fract().is_zero() { text.trim_end_matches(".00").to_owned() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(most: &str, expected: &[&str]) {
        let scale = Scale::of(Usd::parse(most).unwrap(), 4);
        let marks: Vec<String> = scale.marks().map(|mark| scale.label(mark)).collect();
        assert_eq!(marks, expected);
        assert!(scale.share(Usd::parse(most).unwrap()) <= 1.0);
    }

    #[test]
    fn marks_are_round_and_hold_the_most() {
        check("0", &["$0.00", "$0.01"]);
        check("0.031", &["$0.00", "$0.01", "$0.02", "$0.03", "$0.04"]);
        check("16.4", &["$0", "$5", "$10", "$15", "$20"]);
        check("21", &["$0", "$10", "$20", "$30"]);
        check("1.2", &["$0.00", "$0.50", "$1.00", "$1.50"]);
        check("1234567", &["$0", "$500,000", "$1,000,000", "$1,500,000"]);
    }

    #[test]
    fn places_lie_between_nothing_and_the_top() {
        let scale = Scale::of(Usd::from_cents(2_000), 4);
        assert!((scale.share(Usd::from_cents(500)) - 0.25).abs() < 1e-6);
        assert!(scale.share(Usd::from_cents(-500)).abs() < 1e-6);
        assert!((scale.share(Usd::from_cents(9_000)) - 1.0).abs() < 1e-6);
    }
}
