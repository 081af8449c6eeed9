//! The end of the month and of the wallet, at the pace of the last four weeks. Pure.

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::types::{Forecast, Period, Runway, date_of};
use crate::account::AutoReload;
use crate::money::Usd;

/// Days a pace is taken from.
const WINDOW: i64 = 28;
/// Days with charges, or days since the first charge, that a pace takes: fewer are an afternoon of trying.
const LEAST_DAYS: usize = 3;
const DAY: i64 = 24 * 60 * 60;

/// What a forecast rests on.
#[derive(Clone, Copy, Debug)]
pub struct ForecastInput<'a> {
    /// Unix seconds.
    pub now: i64,
    pub zone: &'a TimeZone,
    /// The month that `now` lies in.
    pub month: Period,
    /// Moments (unix seconds) and amounts of charges, oldest first; those before the last four
    /// weeks and before this month may be left out.
    pub charges: &'a [(i64, Usd)],
    /// The first charge there ever was, unix seconds.
    pub first_charge: Option<i64>,
    /// The wallet as last seen.
    pub balance: Option<Usd>,
    /// All holds.
    pub held: Usd,
    pub auto_reload: Option<&'a AutoReload>,
}

/// What happens if things go on like this.
#[must_use]
pub fn forecast(input: &ForecastInput<'_>) -> Forecast {
    let today = date_of(input.now, input.zone);
    let window = today.saturating_sub((WINDOW - 1).days());
    let first = input.first_charge.map_or(today, |at| date_of(at, input.zone)).clamp(window, today);
    let seen = Period::between(first, today.saturating_add(1.day()), input.zone);
    // A first morning is no pace: a day counts whole until it is over.
    let elapsed = (input.now - seen.start).max(DAY);
    let spent_in = |from: i64| -> Usd {
        let within = input.charges.iter().filter(|(at, _)| *at >= from && *at <= input.now);
        within.map(|(_, amount)| *amount).sum()
    };
    let too_early = input.first_charge.is_some_and(|first| is_too_early(input, first));
    let pace = if too_early { Usd::ZERO } else { spent_in(seen.start) };
    let per_day = pace.0 * Decimal::from(DAY) / Decimal::from(elapsed);
    let so_far = spent_in(input.month.start);
    let rest = Decimal::from((input.month.end - input.now).max(0)) / Decimal::from(DAY);
    let expected = Usd((per_day * rest).round_dp(10)).max(input.held);
    Forecast {
        per_day: Usd(per_day.round_dp(6)),
        days_seen: seen.days(),
        too_early,
        so_far,
        month_end: (so_far + expected).to_cents(),
        wallet: runway(input, per_day, too_early),
    }
}

fn is_too_early(input: &ForecastInput<'_>, first: i64) -> bool {
    let mut days: Vec<_> = input.charges.iter().map(|(at, _)| date_of(*at, input.zone)).collect();
    days.dedup();
    let least = i64::try_from(LEAST_DAYS).unwrap_or(i64::MAX);
    days.len() < LEAST_DAYS && input.now - first < least * DAY
}

fn runway(input: &ForecastInput<'_>, per_day: Decimal, too_early: bool) -> Runway {
    let days = |amount: Usd| -> Option<u32> {
        let days = amount.0.checked_div(per_day)?.floor();
        u32::try_from(days).ok()
    };
    if let Some(reload) = input.auto_reload.filter(|reload| reload.enabled) {
        return Runway::ReloadsItself { every_days: reload.amount.and_then(days) };
    }
    let Some(balance) = input.balance else { return Runway::Unknown };
    let free = balance - input.held;
    if free.is_negative() || free.is_zero() {
        return Runway::Empty;
    }
    match days(free) {
        _ if too_early => Runway::TooEarly,
        Some(days) => {
            let day = date_of(input.now, input.zone).saturating_add(i64::from(days).days());
            Runway::Until { day, days }
        }
        None => Runway::NoSpending,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Zoned>().unwrap().timestamp().as_second()
    }

    /// Five dollars on each of the first ten days of November; now is the 10th at midnight's end.
    fn check(balance: Option<i64>, held: i64, reload: Option<&AutoReload>, expected: (&str, Runway)) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let now = at("2026-11-11T00:00[Europe/Berlin]");
        let charges: Vec<_> = (0..10).map(|day| (now - 10 * DAY + day * DAY + 60, Usd::from_cents(500))).collect();
        let month = Period::month(now, &zone, 1);
        let found = forecast(&ForecastInput {
            now,
            zone: &zone,
            month,
            charges: &charges,
            first_charge: Some(charges[0].0),
            balance: balance.map(Usd::from_cents),
            held: Usd::from_cents(held),
            auto_reload: reload,
        });
        assert_eq!(found.so_far, Usd::from_cents(5_000));
        assert_eq!((found.month_end.to_string().as_str(), found.wallet), expected);
    }

    #[test]
    fn the_pace_goes_on_to_the_end_of_month_and_wallet() {
        let day = |text: &str, days| Runway::Until { day: text.parse().unwrap(), days };
        check(Some(2_600), 0, None, ("$150.00", day("2026-11-16", 5)));
        check(Some(2_600), 300, None, ("$150.00", day("2026-11-15", 4)));
        check(Some(2_600), 2_600, None, ("$150.00", Runway::Empty));
        check(None, 0, None, ("$150.00", Runway::Unknown));
        check(Some(100_000), 20_000, None, ("$250.00", day("2027-04-20", 160)));
    }

    #[test]
    fn a_wallet_that_fills_itself_does_not_run_dry() {
        let reload = |enabled| AutoReload {
            enabled,
            threshold: Some(Usd::from_cents(1_000)),
            amount: Some(Usd::from_cents(5_000)),
        };
        check(Some(100), 0, Some(&reload(true)), ("$150.00", Runway::ReloadsItself { every_days: Some(10) }));
        let dry = Runway::Until { day: "2026-11-11".parse().unwrap(), days: 0 };
        check(Some(100), 0, Some(&reload(false)), ("$150.00", dry));
    }

    #[test]
    fn without_charges_nothing_runs_out() {
        let zone = TimeZone::UTC;
        let month = Period::month(0, &zone, 1);
        let balance = Some(Usd::from_cents(2_500));
        let input = ForecastInput {
            now: 0,
            zone: &zone,
            month,
            charges: &[],
            first_charge: None,
            balance,
            held: Usd::ZERO,
            auto_reload: None,
        };
        let found = forecast(&input);
        assert_eq!((found.wallet, found.month_end, found.per_day), (Runway::NoSpending, Usd::ZERO, Usd::ZERO));
    }

    /// Charges of whole dollars on these days of November 2026 at noon, seen on a day at six in the evening.
    #[track_caller]
    fn check_days(today: i8, days: &[i8], start_day: u8, expected: (&str, &str, Runway)) {
        let zone = TimeZone::UTC;
        let date = |day: i8| jiff::civil::date(2026, 11, day);
        let noon = |day: i8| at(&format!("{}T12:00[UTC]", date(day)));
        let now = at(&format!("{}T18:00[UTC]", date(today)));
        let charges: Vec<_> = days.iter().map(|day| (noon(*day), Usd::from_cents(700))).collect();
        let found = forecast(&ForecastInput {
            now,
            zone: &zone,
            month: Period::month(now, &zone, start_day),
            charges: &charges,
            first_charge: charges.first().map(|(at, _)| *at),
            balance: Some(Usd::from_cents(7_000)),
            held: Usd::ZERO,
            auto_reload: None,
        });
        let figures = (found.per_day.to_string(), found.month_end.to_string());
        assert_eq!((figures.0.as_str(), figures.1.as_str(), found.wallet), expected);
    }

    #[test]
    fn few_days_and_weekdays_are_counted_by_the_calendar() {
        let until = |text: &str, days| Runway::Until { day: text.parse().unwrap(), days };
        // Two days are no pace, three are one; a day counts whole, also while it lasts.
        check_days(22, &[22], 1, ("$0.00", "$7.00", Runway::TooEarly));
        check_days(22, &[21, 22], 1, ("$0.00", "$14.00", Runway::TooEarly));
        check_days(22, &[20, 21, 22], 1, ("$7.64", "$84.00", until("2026-12-01", 9)));
        // One charge three days ago.
        check_days(22, &[19], 1, ("$1.87", "$22.40", until("2026-12-29", 37)));
        // Nothing since a single charge three weeks ago: the days without one count, too.
        check_days(22, &[2], 1, ("$0.34", "$9.78", until("2027-06-17", 207)));
        // Monday to Friday only, seen on a Saturday evening.
        let weekdays = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20];
        check_days(21, &weekdays, 1, ("$5.32", "$154.18", until("2026-12-04", 13)));
        // A month from the 28th: what was charged before belongs to the month before.
        check_days(28, &[26, 27, 28], 28, ("$7.64", "$230.36", until("2026-12-07", 9)));
    }
}
