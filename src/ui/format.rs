//! Figures as words: durations, sizes, counts, days. Pure.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::money::Usd;
use crate::pricing::{Difference, Line, Span};

/// `0:41`, `1:05`, `1:02:03`, from seconds, rounded to whole ones.
#[must_use]
pub fn duration(seconds: Decimal) -> String {
    let whole = seconds.round().to_i64().unwrap_or_default().max(0);
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A quantity of a line: `41.3`, or `39 to 44` where it is a range.
#[must_use]
pub fn quantity(span: &Span<Decimal>) -> String {
    if span.is_exact() {
        return span.likely.round_dp(2).normalize().to_string();
    }
    let coarse = span.high >= Decimal::TEN;
    let places = if coarse { 0 } else { 1 };
    let (low, high) = (span.low.round_dp(places).normalize(), span.high.round_dp(places).normalize());
    if low == high { low.to_string() } else { format!("{low} to {high}") }
}

/// How a line was counted: `$0.0667 / s × 39 to 44 s`, `$7.00 / video × 1`.
#[must_use]
pub fn rate_and_quantity(line: &Line) -> String {
    let mut text = format!("{} / {} × {}", line.rate.precise(), line.unit, quantity(&line.quantity));
    if matches!(line.unit, "s" | "min") {
        text.push(' ');
        text.push_str(line.unit);
    }
    if line.times > 1 {
        text.push_str(&format!(" × {}", line.times));
    }
    text
}

/// `saves $0.40`, `same price`, `about the same`, `+$1.20`: so that it agrees with the two likely amounts as
/// they are shown, to the cent.
#[must_use]
pub fn difference(difference: &Difference, here: Usd, there: Usd) -> String {
    let cents = there.to_cents() - here.to_cents();
    let cents = if cents.is_negative() { -cents } else { cents };
    // Both are shown as the same amount, and are not.
    let shown = if cents.is_zero() { "<$0.01".to_owned() } else { cents.to_string() };
    match difference {
        Difference::Same => "same price".to_owned(),
        Difference::AboutTheSame => "about the same".to_owned(),
        Difference::Less(_) => format!("saves {shown}"),
        Difference::More(_) => format!("+{shown}"),
    }
}

/// `4,812`.
#[must_use]
pub fn count(number: usize) -> String {
    crate::draft::grouped(number)
}

/// `412 looks`, `1 look`.
#[must_use]
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `31 MB`, `820 KB`, `3.2 MB`.
#[must_use]
pub fn bytes(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} bytes"),
        1_000..1_000_000 => format!("{} KB", size / 1_000),
        1_000_000..10_000_000 => format!("{}.{} MB", size / 1_000_000, size / 100_000 % 10),
        10_000_000..1_000_000_000 => format!("{} MB", size / 1_000_000),
        _ => format!("{}.{} GB", size / 1_000_000_000, size / 100_000_000 % 10),
    }
}

/// `31 of 98 MB`, in the whole's unit.
#[must_use]
pub fn bytes_of(done: u64, total: u64) -> String {
    let whole = bytes(total);
    match whole.rsplit_once(' ') {
        Some((_, "MB")) if total >= 10_000_000 => format!("{} of {whole}", done / 1_000_000),
        Some((_, unit)) if bytes(done).ends_with(unit) => {
            let figures = bytes(done);
            format!("{} of {whole}", figures.trim_end_matches(unit).trim_end())
        }
        _ => format!("{} of {whole}", bytes(done)),
    }
}

/// `22 Nov 2026` from `2026-11-22`; the text itself where it is no such day.
#[must_use]
pub fn day(iso: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = iso.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let month = month.and_then(|month| month.parse::<usize>().ok()).and_then(|month| month.checked_sub(1));
    let name = month.and_then(|month| MONTHS.get(month));
    match (year, name, day.and_then(|day| day.parse::<u8>().ok())) {
        (Some(year), Some(month), Some(day)) => format!("{day} {month} {year}"),
        _ => iso.to_owned(),
    }
}

/// `just now`, `3 min ago`, `2 h ago`, `5 days ago`.
#[must_use]
pub fn ago(now: i64, then: i64) -> String {
    match now.saturating_sub(then) {
        ..60 => "just now".to_owned(),
        seconds @ 60..3_600 => format!("{} min ago", seconds / 60),
        seconds @ 3_600..86_400 => format!("{} h ago", seconds / 3_600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::Lengths;

    #[test]
    fn figures_read_well() {
        let seconds = |text: &str| Decimal::from_str_exact(text).unwrap();
        for (input, shown) in [("41.2", "0:41"), ("65", "1:05"), ("3723", "1:02:03"), ("0.4", "0:00"), ("-3", "0:00")] {
            assert_eq!(duration(seconds(input)), shown, "{input}");
        }
        for (input, shown) in [(0, "0"), (999, "999"), (5_000, "5,000"), (1_234_567, "1,234,567")] {
            assert_eq!(count(input), shown);
        }
        for (done, total, shown) in [
            (31_000_000, 98_400_000, "31 of 98 MB"),
            (400_000, 5_200_000, "400 KB of 5.2 MB"),
            (2_100_000, 5_200_000, "2.1 of 5.2 MB"),
            (0, 98_000_000, "0 of 98 MB"),
        ] {
            assert_eq!(bytes_of(done, total), shown);
        }
        assert_eq!(day("2026-11-22"), "22 Nov 2026");
        assert_eq!(day("soon"), "soon");
        assert_eq!(ago(1_000, 990), "just now");
        assert_eq!(ago(10_000, 1_000), "2 h ago");
    }

    #[test]
    fn a_difference_agrees_with_the_amounts_beside_it() {
        let usd = |text: &str| Usd::parse(text).unwrap();
        let check = |here: &str, there: &str, shown: &str| {
            let (here, there) = (usd(here), usd(there));
            let between = Difference::between(Span::exact(here), Span::exact(there), Lengths::Apart).unwrap();
            assert_eq!(difference(&between, here, there), shown);
        };
        check("2.74", "2.34", "saves $0.40");
        check("2.74", "3.94", "+$1.20");
        check("2.74", "2.74", "same price");
        // $2.74 and $0.69 are shown, so $2.05 is between them.
        check("2.744", "0.686", "saves $2.05");
        // Both are shown as $0.25: what is between them is less than can be seen, and still there.
        check("0.2501", "0.2512", "+<$0.01");
        check("0.2549", "0.2451", "saves <$0.01");
        assert_eq!(difference(&Difference::AboutTheSame, usd("1"), usd("2")), "about the same");
    }

    #[test]
    fn a_quantity_is_one_figure_or_two() {
        let span = |low: &str, high: &str| {
            let (low, high) = (Decimal::from_str_exact(low).unwrap(), Decimal::from_str_exact(high).unwrap());
            Span { low, likely: low, high }
        };
        assert_eq!(quantity(&span("61.50", "61.50")), "61.5");
        assert_eq!(quantity(&span("38.71", "44.2")), "39 to 44");
        assert_eq!(quantity(&span("2.31", "3.04")), "2.3 to 3");
    }
}
