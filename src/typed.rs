//! Numbers and amounts as people type them, with a point or a comma before the decimals. Knows only [`Usd`].
//!
//! What could mean two things is asked back and never guessed: a wrong guess here is a thousandfold one.

use rust_decimal::Decimal;

use crate::money::Usd;

/// Why what was typed is not taken, with what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    /// A group of thousands to one reader, decimals to another.
    #[error("Write {thousands} or {decimals}: {text} may mean either")]
    TwoMeanings { text: String, thousands: String, decimals: String },
    #[error("Write a number, for example 12 or 3.5")]
    NoNumber,
    #[error("Write an amount like 25 or $12.50")]
    NoAmount,
    #[error("Amounts are in US dollars, like 25 or $12.50")]
    OtherCurrency,
}

/// A number: `3.5`, `3,5`, `1 000`, `1,000.5`, `1.000,5`, `-2`. A point alone is always before the decimals.
///
/// # Errors
/// [`Mistyped`]; also for `1,000`, which is a thousand to one and 1 with three decimals to another.
pub fn number(text: &str) -> Result<Decimal, Mistyped> {
    let (negative, digits) = sign(text.trim());
    signed(digits, negative, &[','])
}

/// Dollars: as [`number`], with or without `$` or `USD` before or behind. No price has three decimals by
/// design, so `1.000` is asked back as `1,000` is.
///
/// # Errors
/// [`Mistyped`].
pub fn dollars(text: &str) -> Result<Usd, Mistyped> {
    const OTHERS: [&str; 8] = ["€", "£", "¥", "₹", "eur", "gbp", "chf", "cad"];
    let lower = text.to_lowercase();
    if OTHERS.iter().any(|other| lower.contains(other)) {
        return Err(Mistyped::OtherCurrency);
    }
    let (before, digits) = sign(lower.trim());
    let (inside, digits) = sign(bare(digits));
    let amount = signed(digits, before || inside, &[',', '.']).map_err(|mistyped| match mistyped {
        Mistyped::NoNumber => Mistyped::NoAmount,
        other => other,
    });
    match (before && inside, amount) {
        (true, _) => Err(Mistyped::NoAmount),
        (false, amount) => amount.map(Usd),
    }
}

/// Without the currency's name, which may stand once at one end; `text` is in small letters.
fn bare(text: &str) -> &str {
    let names = ["usd", "us$", "$", "dollars", "dollar"];
    let ends = |name: &&str| text.strip_prefix(*name).or_else(|| text.strip_suffix(*name));
    names.iter().find_map(ends).unwrap_or(text).trim()
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// `in_doubt`: the marks that may group thousands where one of them stands alone before three digits.
fn signed(digits: &str, negative: bool, in_doubt: &[char]) -> Result<Decimal, Mistyped> {
    let (whole, fraction) = parts(digits);
    let run = ungrouped(whole).ok_or(Mistyped::NoNumber)?;
    if !fraction.chars().all(|digit| digit.is_ascii_digit()) || run.is_empty() && fraction.is_empty() {
        return Err(Mistyped::NoNumber);
    }
    let plain = if fraction.is_empty() { run.clone() } else { format!("{run}.{fraction}") };
    let value = Decimal::from_str_exact(&plain).map_err(|_| Mistyped::NoNumber)?;
    let is_doubtful = in_doubt.iter().any(|mark| digits.contains(*mark))
        && run == whole
        && (1..=3).contains(&run.len())
        && !run.starts_with('0')
        && fraction.len() == 3;
    if is_doubtful {
        let decimals = value.normalize();
        return Err(Mistyped::TwoMeanings {
            text: digits.to_owned(),
            thousands: format!("{run}{fraction}"),
            decimals: format!("{:.*}", usize::try_from(decimals.scale()).unwrap_or(0).max(2), decimals),
        });
    }
    Ok(if negative { -value } else { value })
}

/// What stands before the mark of the decimals, and the decimals. A mark that comes more than once groups
/// thousands; of two different ones the last is it.
fn parts(digits: &str) -> (&str, &str) {
    let count = |mark: char| digits.matches(mark).count();
    let at = match (count(','), count('.')) {
        (1, 0) | (0, 1) => digits.find([',', '.']),
        (0, _) | (_, 0) => None,
        _ => digits.rfind([',', '.']),
    };
    at.and_then(|at| Some((digits.get(..at)?, digits.get(at + 1..)?))).unwrap_or((digits, ""))
}

/// The digits of a whole number whose thousands may be grouped by one kind of mark; `None` where they are
/// grouped in another way, or are none.
fn ungrouped(whole: &str) -> Option<String> {
    let is_mark = |c: char| matches!(c, ',' | '.' | '\'' | '’') || c.is_whitespace();
    let mut marks = whole.chars().filter(|c| !c.is_ascii_digit());
    if let Some(first) = marks.next() {
        let groups: Vec<&str> = whole.split(first).collect();
        let (head, rest) = groups.split_first()?;
        let fits = is_mark(first)
            && marks.all(|mark| mark == first)
            && (1..=3).contains(&head.len())
            && rest.iter().all(|group| group.len() == 3);
        return fits.then(|| groups.concat());
    }
    Some(whole.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let read = dollars(text).map(Usd::exact).map_err(|mistyped| mistyped.to_string());
        assert_eq!(read.as_deref().map_err(String::as_str), expected, "{text:?}");
    }

    #[test]
    fn amounts_are_read_with_either_mark_and_in_doubt_asked_back() {
        for (text, amount) in [
            ("25", "25"),
            ("5.50", "5.5"),
            ("5,50", "5.5"),
            ("1,5", "1.5"),
            ("5,", "5"),
            (".5", "0.5"),
            (",5", "0.5"),
            ("$12.50", "12.5"),
            (" $ 12,50 ", "12.5"),
            ("12.50 USD", "12.5"),
            ("usd 12", "12"),
            ("US$12", "12"),
            ("7 dollars", "7"),
            ("1,000.50", "1000.5"),
            ("1.000,50", "1000.5"),
            ("1 000,50", "1000.5"),
            ("1\u{202f}000", "1000"),
            ("1'000.50", "1000.5"),
            ("1,000,000", "1000000"),
            ("1.000.000", "1000000"),
            ("1,234,567.89", "1234567.89"),
            ("1000,500", "1000.5"),
            ("0,125", "0.125"),
            ("0.0667", "0.0667"),
            ("2.66295", "2.66295"),
            ("-$5", "-5"),
            ("$-5", "-5"),
            ("−5", "-5"),
        ] {
            check(text, Ok(amount));
        }
        check("1,000", Err("Write 1000 or 1.00: 1,000 may mean either"));
        check("$1,000", Err("Write 1000 or 1.00: 1,000 may mean either"));
        check("1.000", Err("Write 1000 or 1.00: 1.000 may mean either"));
        check("12,345 USD", Err("Write 12345 or 12.345: 12,345 may mean either"));
        for text in ["", "$", "abc", "1.2.3", "1,00,000", "1 00", "1,5,5", "5 50", "--5", "-$-5", "1e3", "NaN", "."] {
            check(text, Err("Write an amount like 25 or $12.50"));
        }
        check("12,50 €", Err("Amounts are in US dollars, like 25 or $12.50"));
        check(&"9".repeat(40), Err("Write an amount like 25 or $12.50"));
    }

    #[test]
    fn a_point_alone_is_before_the_decimals_of_a_number() {
        let read = |text: &str| number(text).map(|number| number.to_string()).map_err(|mistyped| mistyped.to_string());
        assert_eq!(read("1.000").as_deref(), Ok("1.000"));
        assert_eq!(read("3,5").as_deref(), Ok("3.5"));
        assert_eq!(read("-2").as_deref(), Ok("-2"));
        assert_eq!(read("2,375").unwrap_err(), "Write 2375 or 2.375: 2,375 may mean either");
        assert_eq!(read("$5").unwrap_err(), "Write a number, for example 12 or 3.5");
    }
}
