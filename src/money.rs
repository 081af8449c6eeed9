//! Amounts of money: [`Usd`] over [`Decimal`], from the wire to the label.
//!
//! Owns parsing, exact text and display. Knows nobody above it. No float ever holds an amount.
//!
//! People see cents, books keep every digit. Figures that stand together add up as they are shown: what is
//! left over is the difference of the shown figures ([`Usd::shown_less`]), the parts of a total share its cents
//! ([`shown_parts`]). The exact amount is one hover away, and alone in what other programs read.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub, SubAssign};

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount of US dollars, exact. May be negative (a correction, a difference).
///
/// Serialised as a decimal string (`"2.66295"`), so that no reader puts it through a float.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(pub Decimal);

/// A text that is not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not an amount of money")]
pub struct NotMoney {
    /// The text as it was given.
    pub text: String,
}

impl Usd {
    /// No money at all.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Whole cents.
    #[must_use]
    pub fn from_cents(cents: i64) -> Self {
        Self(Decimal::new(cents, 2))
    }

    /// Reads an amount from plain digits, as JSON, the journal and the settings have it: `21.47`, `1e-2`,
    /// `$3.20`. Never rounds through a float. What people type is read by [`typed`](crate::typed): a comma
    /// would mean one thing to one and a hundred times as much to another.
    ///
    /// # Errors
    /// [`NotMoney`] when the text is no number or does not fit a 28-digit decimal.
    pub fn parse(text: &str) -> Result<Self, NotMoney> {
        let not_money = || NotMoney { text: text.to_owned() };
        let bare = text.trim().trim_start_matches('$').trim();
        if bare.is_empty() {
            return Err(not_money());
        }
        let number =
            if bare.contains(['e', 'E']) { Decimal::from_scientific(bare) } else { Decimal::from_str_exact(bare) };
        number.map(Self).map_err(|_| not_money())
    }

    /// The exact amount as plain decimal digits without trailing zeros: `2.66295`, `0`, `-1.5`.
    #[must_use]
    pub fn exact(self) -> String {
        self.0.normalize().to_string()
    }

    /// The exact amount with its currency, at least two and at most six decimals: `$2.66295`.
    #[must_use]
    pub fn precise(self) -> String {
        let rounded = self.0.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero).normalize();
        let decimals = rounded.scale().max(2) as usize;
        self.with_sign(&format!("{:.*}", decimals, rounded.abs()))
    }

    /// Rounded to whole cents, half away from zero.
    #[must_use]
    pub fn to_cents(self) -> Self {
        Self(self.0.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// The least whole cents that are enough for it: what has to be added or paid.
    #[must_use]
    pub fn up_to_cents(self) -> Self {
        Self(self.0.round_dp_with_strategy(2, RoundingStrategy::ToPositiveInfinity))
    }

    /// What is left of this amount as it is shown when another is taken off as it is shown: whole cents.
    #[must_use]
    pub fn shown_less(self, other: Self) -> Self {
        self.to_cents() - other.to_cents()
    }

    /// These whole cents in the place of this amount; where they are none and it is not nothing, `<$0.01`.
    #[must_use]
    pub fn shown_as(self, cents: Self) -> String {
        if cents.is_zero() && !self.is_zero() { "<$0.01".to_owned() } else { cents.to_string() }
    }

    /// As shown beside another amount that it differs from: with cents, or precisely where these would make
    /// the two look alike.
    #[must_use]
    pub fn beside(self, other: Self) -> String {
        if self.to_cents() == other.to_cents() { self.precise() } else { self.to_string() }
    }

    /// Whether this is less than nothing.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    /// Whether this is exactly nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The difference with its sign shown: `+$0.10`, `−$2.05`.
    #[must_use]
    pub fn signed(self) -> String {
        if self.is_negative() { self.to_string() } else { format!("+{self}") }
    }

    /// To the cent in English words: `seven dollars`, `one dollar and five cents`, `fifty cents`.
    #[must_use]
    pub fn in_words(self) -> String {
        use rust_decimal::prelude::ToPrimitive as _;
        let cents = self.to_cents().0.abs();
        let (Some(dollars), Some(rest)) =
            (cents.trunc().to_u64(), (cents.fract() * Decimal::ONE_HUNDRED).trunc().to_u64())
        else {
            return self.to_string();
        };
        let counted = |number: u64, one: &str, many: &str| {
            format!("{} {}", number_in_words(number), if number == 1 { one } else { many })
        };
        let words = match (dollars, rest) {
            (dollars, 0) => counted(dollars, "dollar", "dollars"),
            (0, rest) => counted(rest, "cent", "cents"),
            (dollars, rest) => {
                format!("{} and {}", counted(dollars, "dollar", "dollars"), counted(rest, "cent", "cents"))
            }
        };
        if self.to_cents().is_negative() { format!("minus {words}") } else { words }
    }

    fn with_sign(self, digits: &str) -> String {
        let digits = group_thousands(digits);
        if self.is_negative() { format!("−${digits}") } else { format!("${digits}") }
    }
}

/// The parts of a total in whole cents, so that they add up to the total as it is shown. Each is rounded down,
/// and the cents that are then missing go to those that lost most by it; no part that is nothing gets one.
#[must_use]
pub fn shown_parts(total: Usd, parts: &[Usd]) -> Vec<Usd> {
    use rust_decimal::prelude::ToPrimitive as _;
    let down = |part: &Usd| Usd(part.0.round_dp_with_strategy(2, RoundingStrategy::ToNegativeInfinity));
    let mut shown: Vec<Usd> = parts.iter().map(down).collect();
    let missing = total.to_cents() - shown.iter().copied().sum();
    let cents = (missing.0 * Decimal::ONE_HUNDRED).to_i64().unwrap_or_default();
    let mut order: Vec<(Usd, usize)> = parts
        .iter()
        .zip(&shown)
        .enumerate()
        .filter(|(_, (part, _))| !part.is_zero())
        .map(|(place, (part, shown))| (*part - *shown, place))
        .collect();
    order.sort_by_key(|(lost, place)| (std::cmp::Reverse(*lost), *place));
    if cents < 0 {
        order.reverse();
    }
    let count = usize::try_from(cents.unsigned_abs()).unwrap_or(usize::MAX);
    // More than a cent a part is no rounding: then they do not make up this total.
    for (_, place) in order.iter().take(count) {
        if let Some(part) = shown.get_mut(*place) {
            *part += Usd::from_cents(cents.signum());
        }
    }
    shown
}

fn number_in_words(number: u64) -> String {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    const LARGE: [(u64, &str); 5] = [
        (1_000_000_000_000_000, "quadrillion"),
        (1_000_000_000_000, "trillion"),
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1_000, "thousand"),
    ];
    let at = |words: &[&'static str], place: u64| {
        usize::try_from(place).ok().and_then(|place| words.get(place).copied()).unwrap_or_default()
    };
    if let Some((size, name)) = LARGE.iter().find(|(size, _)| number >= *size) {
        let (count, rest) = (number_in_words(number / size), number % size);
        let rest = if rest == 0 { String::new() } else { format!(" {}", number_in_words(rest)) };
        return format!("{count} {name}{rest}");
    }
    match (number / 100, number % 100) {
        (0, rest) if rest < 20 => at(&SMALL, rest).to_owned(),
        (0, rest) if rest % 10 == 0 => at(&TENS, rest / 10).to_owned(),
        (0, rest) => format!("{}-{}", at(&TENS, rest / 10), at(&SMALL, rest % 10)),
        (hundreds, 0) => format!("{} hundred", at(&SMALL, hundreds)),
        (hundreds, rest) => format!("{} hundred and {}", at(&SMALL, hundreds), number_in_words(rest)),
    }
}

fn group_thousands(digits: &str) -> String {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut grouped = String::with_capacity(digits.len() + whole.len() / 3);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(c);
    }
    if !fraction.is_empty() {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// To the cent with its currency: `$2.74`, `−$0.05`, `$1,204.00`. An amount that would round to
/// nothing but is not nothing is shown as `<$0.01`.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.to_cents();
        if cents.is_zero() && !self.is_zero() {
            return f.pad(if self.is_negative() { "−<$0.01" } else { "<$0.01" });
        }
        f.pad(&cents.with_sign(&format!("{:.2}", cents.0.abs())))
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}
impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}
impl Sub for Usd {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}
impl SubAssign for Usd {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}
impl Neg for Usd {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
impl Mul<Decimal> for Usd {
    type Output = Self;
    fn mul(self, times: Decimal) -> Self {
        Self(self.0 * times)
    }
}
impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.exact())
    }
}

/// From a decimal string, or from a JSON number by its own digits.
impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Text(String),
            Number(serde_json::Number),
        }
        let text = match Wire::deserialize(deserializer)? {
            Wire::Text(text) => text,
            Wire::Number(number) => number.to_string(),
        };
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, exact: &str, shown: &str, precise: &str) {
        let amount = Usd::parse(input).unwrap();
        assert_eq!(
            (amount.exact().as_str(), amount.to_string().as_str(), amount.precise().as_str()),
            (exact, shown, precise)
        );
    }

    #[test]
    fn amounts_are_exact_and_shown_to_the_cent() {
        check("21.47", "21.47", "$21.47", "$21.47");
        check("0.1", "0.1", "$0.10", "$0.10");
        check("2.66295", "2.66295", "$2.66", "$2.66295");
        check("$1204", "1204", "$1,204.00", "$1,204.00");
        check("1e-3", "0.001", "<$0.01", "$0.001");
        check("-0.005", "-0.005", "−$0.01", "−$0.005");
        check("1234567.891", "1234567.891", "$1,234,567.89", "$1,234,567.891");
    }

    #[test]
    fn amounts_beside_each_other_are_told_apart_and_what_is_missing_is_enough() {
        let usd = |text| Usd::parse(text).unwrap();
        assert_eq!(
            (usd("1.472").beside(usd("1.4721")), usd("1.472").beside(usd("1.48"))),
            ("$1.472".into(), "$1.47".into())
        );
        assert_eq!((usd("0.0031").up_to_cents(), usd("1.23").up_to_cents()), (usd("0.01"), usd("1.23")));
    }

    #[track_caller]
    fn check_parts(total: &str, parts: &[&str], shown: &[&str]) {
        let usd = |text: &&str| Usd::parse(text).unwrap();
        let parts: Vec<Usd> = parts.iter().map(usd).collect();
        let found = shown_parts(usd(&total), &parts);
        assert_eq!(found.iter().map(Usd::to_string).collect::<Vec<_>>(), shown);
        assert_eq!(found.iter().copied().sum::<Usd>(), usd(&total).to_cents());
    }

    #[test]
    fn parts_add_up_to_their_total_as_it_is_shown() {
        check_parts("1.005", &["0.335", "0.335", "0.335"], &["$0.34", "$0.34", "$0.33"]);
        check_parts("0.03", &["0.01", "0.01", "0.01"], &["$0.01", "$0.01", "$0.01"]);
        check_parts("5.3881688066", &["1.4571949", "0.0208333333", "3.9101405733"], &["$1.46", "$0.02", "$3.91"]);
        check_parts("0.0126", &["0.0042", "0", "0.0042", "0.0042"], &["$0.01", "$0.00", "$0.00", "$0.00"]);
        // $25.00 to $19.61 is $5.39 less: of what is taken and what comes in.
        check_parts("-5.39", &["-10.3875", "4.998"], &["−$10.39", "$5.00"]);
        check_parts("-5.40", &["-5.394"], &["−$5.40"]);
        check_parts("0", &[], &[]);
        // An opening and a closing figure are each rounded by themselves.
        check_parts("0.34", &["0.351"], &["$0.34"]);
        assert_eq!(Usd::parse("0.004").unwrap().shown_as(Usd::ZERO), "<$0.01");
        assert_eq!(Usd::ZERO.shown_as(Usd::ZERO), "$0.00");
    }

    #[test]
    fn json_money_keeps_its_digits() {
        let amount: Usd = serde_json::from_str("0.1000000000000000055").unwrap();
        assert_eq!(amount.exact(), "0.1000000000000000055");
        assert_eq!(serde_json::to_string(&amount).unwrap(), "\"0.1000000000000000055\"");
    }

    #[test]
    fn what_is_not_money_says_so() {
        for text in ["", "$", "abc", "1.2.3", "NaN", "inf", "5,50", "1,000"] {
            assert!(Usd::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_are_said_in_words() {
        for (amount, words) in [
            ("7", "seven dollars"),
            ("1", "one dollar"),
            ("0.01", "one cent"),
            ("0", "zero dollars"),
            ("12.40", "twelve dollars and forty cents"),
            ("6.003", "six dollars"),
            ("0.995", "one dollar"),
            ("21.21", "twenty-one dollars and twenty-one cents"),
            ("100", "one hundred dollars"),
            ("342.5", "three hundred and forty-two dollars and fifty cents"),
            ("1204", "one thousand two hundred and four dollars"),
            ("2000000.1", "two million dollars and ten cents"),
            ("-3", "minus three dollars"),
        ] {
            assert_eq!(Usd::parse(amount).unwrap().in_words(), words, "{amount}");
        }
    }
}
