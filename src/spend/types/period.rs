//! Days and months as the person counts them: their time zone, their first day of the month. Pure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A stretch of whole days in somebody's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first day.
    pub first: Date,
    /// The first day that is no longer in it.
    pub next: Date,
    /// Unix seconds of the first day's beginning.
    pub start: i64,
    /// Unix seconds of the next day's beginning: the first second outside.
    pub end: i64,
}

/// The stretch of days a person asks to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReportOn {
    /// The month that is running, whichever that is.
    #[default]
    ThisMonth,
    /// The month this day lies in.
    MonthOf(Date),
    /// From one day to another, both of them in it.
    Days { first: Date, last: Date },
}

impl ReportOn {
    /// The days that are meant at a moment (unix seconds), where months begin on `start_day`.
    #[must_use]
    pub fn period(self, now: i64, zone: &TimeZone, start_day: u8) -> Period {
        match self {
            Self::ThisMonth => Period::month(now, zone, start_day),
            Self::MonthOf(day) => Period::month_of(day, zone, start_day),
            Self::Days { first, last } => Period::between(first, last.max(first).saturating_add(1.day()), zone),
        }
    }
}

impl Period {
    /// The day that `now` (unix seconds) lies in.
    #[must_use]
    pub fn day(now: i64, zone: &TimeZone) -> Self {
        let first = date_of(now, zone);
        Self::between(first, first.saturating_add(1.day()), zone)
    }

    /// The month that `now` (unix seconds) lies in, where months begin on `start_day` (1 to 28).
    #[must_use]
    pub fn month(now: i64, zone: &TimeZone, start_day: u8) -> Self {
        Self::month_of(date_of(now, zone), zone, start_day)
    }

    /// The month that a day lies in.
    #[must_use]
    pub fn month_of(day: Date, zone: &TimeZone, start_day: u8) -> Self {
        let start_day = i8::try_from(start_day).unwrap_or(1).clamp(1, 28);
        let same = Date::new(day.year(), day.month(), start_day).unwrap_or(day);
        let first = if day.day() >= start_day { same } else { same.saturating_sub(1.month()) };
        Self::between(first, first.saturating_add(1.month()), zone)
    }

    /// The whole of a stretch of days, `next` left out.
    #[must_use]
    pub fn between(first: Date, next: Date, zone: &TimeZone) -> Self {
        Self { first, next, start: beginning(first, zone), end: beginning(next, zone) }
    }

    /// The period of the same kind before this one.
    #[must_use]
    pub fn month_before(&self, zone: &TimeZone) -> Self {
        Self::between(self.first.saturating_sub(1.month()), self.first, zone)
    }

    /// Whether a moment (unix seconds) lies in it.
    #[must_use]
    pub fn contains(&self, at: i64) -> bool {
        (self.start..self.end).contains(&at)
    }

    /// How many days it has, at least 1.
    #[must_use]
    pub fn days(&self) -> u32 {
        days_between(self.first, self.next).max(1)
    }

    /// Its name: “November 2026” for a calendar month, “15 Nov to 14 Dec 2026” for another stretch.
    #[must_use]
    pub fn name(&self) -> String {
        let last = self.next.saturating_sub(1.day());
        if self.first.day() == 1 && self.next == self.first.saturating_add(1.month()) {
            self.first.strftime("%B %Y").to_string()
        } else if self.first == last {
            self.first.strftime("%-d %b %Y").to_string()
        } else if self.first.year() == last.year() || self.days() < 32 {
            format!("{} to {}", self.first.strftime("%-d %b"), last.strftime("%-d %b %Y"))
        } else {
            format!("{} to {}", self.first.strftime("%-d %b %Y"), last.strftime("%-d %b %Y"))
        }
    }
}

/// The day a moment (unix seconds) lies in.
#[must_use]
pub fn date_of(at: i64, zone: &TimeZone) -> Date {
    zone.to_datetime(timestamp(at)).date()
}

/// A moment as text with its offset, to the second: `2026-11-22T21:34:05+01:00`.
#[must_use]
pub fn moment(at: i64, zone: &TimeZone) -> String {
    timestamp(at).to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Days from one day to a later one; 0 where it is not later.
#[must_use]
pub fn days_between(from: Date, to: Date) -> u32 {
    from.until(to).ok().and_then(|span| u32::try_from(span.get_days()).ok()).unwrap_or(0)
}

fn timestamp(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or(if at < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// The first second of a day, which where clocks are set forward at midnight is not 00:00.
fn beginning(day: Date, zone: &TimeZone) -> i64 {
    day.to_zoned(zone.clone()).and_then(|start| start.start_of_day()).map_or(0, |start| start.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Zoned>().unwrap().timestamp().as_second()
    }

    #[track_caller]
    fn check(now: &str, start_day: u8, month: (&str, &str), days: u32, name: &str) {
        let moment: jiff::Zoned = now.parse().unwrap();
        let zone = moment.time_zone();
        let period = Period::month(at(now), zone, start_day);
        assert_eq!((period.first.to_string(), period.next.to_string()), (month.0.to_owned(), month.1.to_owned()));
        assert_eq!((period.days(), period.name()), (days, name.to_owned()));
        assert!(period.contains(at(now)) && !period.contains(period.end) && !period.contains(period.start - 1));
    }

    #[test]
    fn months_begin_where_the_person_says() {
        check("2026-11-22T10:00[Europe/Berlin]", 1, ("2026-11-01", "2026-12-01"), 30, "November 2026");
        check("2026-11-14T23:59:59[Europe/Berlin]", 15, ("2026-10-15", "2026-11-15"), 31, "15 Oct to 14 Nov 2026");
        check("2026-11-15T00:00[Europe/Berlin]", 15, ("2026-11-15", "2026-12-15"), 30, "15 Nov to 14 Dec 2026");
        check("2027-01-02T00:00[Asia/Tokyo]", 28, ("2026-12-28", "2027-01-28"), 31, "28 Dec to 27 Jan 2027");
        check("2028-02-29T12:00[America/New_York]", 1, ("2028-02-01", "2028-03-01"), 29, "February 2028");
    }

    #[test]
    fn days_have_the_length_of_the_clock_changes() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let spring = Period::day(at("2026-03-29T12:00[Europe/Berlin]"), &zone);
        let autumn = Period::day(at("2026-10-25T12:00[Europe/Berlin]"), &zone);
        assert_eq!((spring.end - spring.start, autumn.end - autumn.start), (23 * 3600, 25 * 3600));
        // Midnight does not exist on this day in Santiago.
        let zone = TimeZone::get("America/Santiago").unwrap();
        let gap = Period::day(at("2026-09-06T12:00[America/Santiago]"), &zone);
        assert_eq!(gap.start, at("2026-09-06T01:00[America/Santiago]"));
        assert_eq!(Period::day(gap.start - 1, &zone).end, gap.start, "days touch");
    }

    #[test]
    fn the_same_moment_is_another_month_elsewhere() {
        let now = at("2026-12-01T00:30[Asia/Tokyo]");
        let (tokyo, berlin) = (TimeZone::get("Asia/Tokyo").unwrap(), TimeZone::get("Europe/Berlin").unwrap());
        assert_eq!(Period::month(now, &tokyo, 1).name(), "December 2026");
        assert_eq!(Period::month(now, &berlin, 1).name(), "November 2026");
        assert_eq!(Period::month(now, &tokyo, 1).month_before(&tokyo).name(), "November 2026");
    }
}
