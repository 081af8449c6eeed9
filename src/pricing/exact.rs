//! Decimal arithmetic that is exact or says that it cannot be.

use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals kept where a division does not end.
const ENDLESS_DECIMALS: u32 = 10;

/// `a × b` with every digit, or `None` where they do not fit.
pub(super) fn times(a: Decimal, b: Decimal) -> Option<Decimal> {
    let product = |a: Decimal, b: Decimal| {
        let mantissa = a.mantissa().checked_mul(b.mantissa())?;
        Decimal::try_from_i128_with_scale(mantissa, a.scale() + b.scale()).ok()
    };
    product(a, b).or_else(|| product(a.normalize(), b.normalize()))
}

/// A sixtieth, with every digit where the division ends and to ten decimals where it does not.
pub(super) fn sixtieth(amount: Decimal) -> Option<Decimal> {
    let quotient = amount.checked_div(Decimal::from(60))?;
    // Among the primes of 60 only 3 does not divide a power of ten.
    if amount.mantissa() % 3 == 0 && times(quotient, Decimal::from(60)) == Some(amount) {
        Some(quotient)
    } else {
        Some(quotient.round_dp_with_strategy(ENDLESS_DECIMALS, RoundingStrategy::MidpointAwayFromZero))
    }
}

/// `a + b` with every digit, or `None` where they do not fit.
pub(super) fn plus(a: Decimal, b: Decimal) -> Option<Decimal> {
    let sum = a.checked_add(b)?;
    // A sum that does not fit is rounded, and has fewer decimals then.
    (sum.scale() >= a.normalize().scale().max(b.normalize().scale())).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn a_product_keeps_every_digit_or_there_is_none() {
        assert_eq!(times(decimal("125.4"), decimal("0.0667")), Some(decimal("8.36418")));
        assert_eq!(times(decimal("0.000000000000001"), decimal("0.000000000000001")), None);
        assert_eq!(times(Decimal::MAX, decimal("2")), None);
        assert_eq!(times(decimal("10.0000000000000000000000000"), decimal("0.0667")), Some(decimal("0.667")));
    }

    #[test]
    fn a_sum_keeps_every_digit_or_there_is_none() {
        assert_eq!(plus(decimal("6.003"), decimal("2.66295")), Some(decimal("8.66595")));
        assert_eq!(plus(decimal("1.50"), decimal("1.5")), Some(decimal("3")));
        assert_eq!(plus(decimal("70000000000000000000000000000"), decimal("0.1")), None);
        assert_eq!(plus(Decimal::MAX, Decimal::MAX), None);
    }

    #[test]
    fn a_sixtieth_ends_or_has_ten_decimals() {
        assert_eq!(sixtieth(decimal("13.5")), Some(decimal("0.225")));
        assert_eq!(sixtieth(decimal("1")), Some(decimal("0.0166666667")));
        assert_eq!(sixtieth(decimal("0.0000000000003")), Some(decimal("0.000000000000005")));
        assert_eq!(sixtieth(Decimal::ZERO), Some(Decimal::ZERO));
    }
}
