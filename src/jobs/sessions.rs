//! Realtime sessions as they were seen: the only place that reads and writes the `sessions` table.
//!
//! HeyGen does not say how long a session lasted, so what it costs follows from the list of its film, or else from this
//! program's own watching. Every function works inside a transaction that the caller opens and commits.

use rusqlite::{OptionalExtension as _, Transaction, params};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::store::StoreError;

use super::types::{JobError, JobId};

/// Milliseconds between two notes that a session plays.
pub const NOTE_EVERY_MS: i64 = 5_000;
/// Milliseconds without a note after which nobody was watching.
pub const UNWATCHED_MS: i64 = 15_000;

/// Why this program stops a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Person,
    Limit,
}

impl Stop {
    fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Limit => "limit",
        }
    }
}

/// What was seen of a session; all times are Unix milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// First seen to play.
    pub began_ms: Option<i64>,
    /// Last noted to play.
    pub seen_ms: Option<i64>,
    pub ended_ms: Option<i64>,
    pub stop: Option<Stop>,
}

impl Seen {
    /// Seconds it lasted, to the millisecond; none before it has ended.
    #[must_use]
    pub fn seconds(&self) -> Option<Decimal> {
        let lasted = self.ended_ms?.saturating_sub(self.began_ms?).max(0);
        Decimal::from(lasted).checked_div(Decimal::ONE_THOUSAND)
    }

    /// Whether it has lasted as long as it may.
    #[must_use]
    pub fn is_over_limit(&self, now_ms: i64, limit_seconds: u32) -> bool {
        let limit = i64::from(limit_seconds).saturating_mul(1_000);
        self.began_ms.is_some_and(|began| now_ms.saturating_sub(began) >= limit)
    }

    /// When a session ended that is found ended at `now_ms`. It never lasts longer than its limit. Where
    /// nobody watched, it is taken to have lasted as long as was likely. It lasted at least as long as was
    /// seen, also where the clock was set back since.
    #[must_use]
    pub fn end(&self, now_ms: i64, limit_seconds: u32, likely_seconds: Decimal) -> i64 {
        let Some(began) = self.began_ms else { return now_ms };
        let seen = self.seen_ms.unwrap_or(began);
        let limit = began.saturating_add(i64::from(limit_seconds).saturating_mul(1_000));
        let latest = limit.min(now_ms.max(seen)).max(began);
        if now_ms.saturating_sub(seen) <= UNWATCHED_MS {
            return latest;
        }
        let likely = (likely_seconds * Decimal::ONE_THOUSAND).round();
        let likely = began.saturating_add(i64::try_from(likely).unwrap_or(i64::MAX));
        likely.max(seen).min(latest)
    }
}

/// When something happened that had not at the look before, if that was lately, and has now.
#[must_use]
pub fn between(before_ms: Option<i64>, now_ms: i64) -> i64 {
    /// So long ago at most is lately: looks are about a second apart.
    const LATELY_MS: i64 = 3_000;
    let lately = before_ms.filter(|before| (0..=LATELY_MS).contains(&now_ms.saturating_sub(*before)));
    lately.map_or(now_ms, |before| before.midpoint(now_ms))
}

/// When a session began that is first seen to play, or first looked at again, at `now_ms`. `waited_ms`: when it was
/// sent or last seen not to play. Where nobody looked for long, it may have played all the while, and those seconds
/// count against its limit and are charged.
#[must_use]
pub fn began(waited_ms: Option<i64>, now_ms: i64) -> i64 {
    let unwatched = waited_ms.filter(|waited| now_ms.saturating_sub(*waited) > UNWATCHED_MS);
    unwatched.unwrap_or_else(|| between(waited_ms, now_ms))
}

/// When a session ended whose film has so many seconds. It never lasts longer than its limit.
#[must_use]
pub fn end_of_film(began_ms: i64, seconds: Decimal, limit_seconds: u32) -> i64 {
    let seconds = seconds.clamp(Decimal::ZERO, Decimal::from(limit_seconds));
    let lasted = (seconds * Decimal::ONE_THOUSAND).round().to_i64().unwrap_or(0);
    began_ms.saturating_add(lasted)
}

/// What was seen of a job's session.
///
/// # Errors
/// [`StoreError`].
pub fn get(tx: &Transaction<'_>, id: JobId) -> Result<Seen, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT began_ms, seen_ms, ended_ms, stop FROM sessions WHERE job_id = ?1")?;
    let seen = statement
        .query_row(params![id.to_string()], |row| {
            let stop: Option<String> = row.get(3)?;
            let stop = stop.map(|word| if word == Stop::Limit.word() { Stop::Limit } else { Stop::Person });
            Ok(Seen { began_ms: row.get(0)?, seen_ms: row.get(1)?, ended_ms: row.get(2)?, stop })
        })
        .optional()?;
    Ok(seen.unwrap_or_default())
}

/// Notes that it plays.
///
/// # Errors
/// [`StoreError`].
pub fn note_playing(tx: &Transaction<'_>, id: JobId, at_ms: i64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO sessions (job_id, began_ms, seen_ms) VALUES (?1, ?2, ?2) ON CONFLICT (job_id) DO UPDATE SET \
         began_ms = coalesce(began_ms, ?2), seen_ms = max(coalesce(seen_ms, ?2), ?2)",
    )?
    .execute(params![id.to_string(), at_ms])?;
    Ok(())
}

/// Notes that it has ended; the first note holds.
///
/// # Errors
/// [`StoreError`].
pub fn note_end(tx: &Transaction<'_>, id: JobId, began_ms: i64, ended_ms: i64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sessions (job_id, began_ms, ended_ms) VALUES (?1, ?2, ?3) ON CONFLICT (job_id) DO UPDATE SET \
         began_ms = coalesce(began_ms, ?2), ended_ms = coalesce(ended_ms, ?3)",
        params![id.to_string(), began_ms, ended_ms],
    )?;
    Ok(())
}

/// Notes that it is to be stopped, so that it is, whatever happens to this program; the first reason holds.
///
/// # Errors
/// [`StoreError`].
pub fn ask_stop(tx: &Transaction<'_>, id: JobId, stop: Stop) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO sessions (job_id, stop) VALUES (?1, ?2) \
         ON CONFLICT (job_id) DO UPDATE SET stop = coalesce(stop, ?2)",
        params![id.to_string(), stop.word()],
    )?;
    Ok(())
}

/// What it means for the money that a session that had played ended with an error, in HeyGen's words.
#[must_use]
pub fn broken_off(why: &str) -> JobError {
    JobError {
        what: format!("The session broke off: {why}"),
        money: "It is charged for the time it played, as measured here. HeyGen does not say what it bills for a \
                session that breaks off: compare the wallet."
            .to_owned(),
        advice: "Start another session when you want to go on.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: i64 = 1_800_000_000_000;

    /// All in seconds after the beginning.
    #[track_caller]
    fn check(seen: i64, now: i64, limit: u32, likely: u32, expected: i64) {
        let of = |seconds: i64| BEGAN + seconds * 1_000;
        let session = Seen { began_ms: Some(BEGAN), seen_ms: Some(of(seen)), ..Seen::default() };
        assert_eq!(session.end(of(now), limit, Decimal::from(likely)), of(expected));
    }

    #[test]
    fn a_session_ends_when_it_is_seen_to_end_and_never_after_its_limit() {
        check(10, 12, 60, 30, 12);
        check(58, 63, 60, 30, 60);
        // The clock was set back.
        check(10, -5, 60, 30, 10);
        check(70, -5, 60, 30, 60);
        // Nobody watched: as long as was likely, at least as long as was seen, at most its limit.
        check(10, 4_000, 60, 30, 30);
        check(45, 4_000, 60, 30, 45);
        check(10, 4_000, 60, 90, 60);
        check(10, 26, 60, 30, 26);
        check(0, 16, 3_600, 30, 16);
    }

    #[test]
    fn a_session_lasts_as_long_as_its_film_and_never_longer_than_its_limit() {
        for (film, limit, expected) in [("24.919", 60, 24_919), ("60.4", 60, 60_000), ("-1", 60, 0)] {
            assert_eq!(end_of_film(BEGAN, film.parse().unwrap(), limit), BEGAN + expected, "{film}");
        }
    }

    #[test]
    fn a_session_began_between_two_looks_or_when_nobody_looked() {
        for (waited, now, expected) in [
            (Some(9_000), 10_000, 9_500),
            (Some(1_000), 10_000, 10_000),
            (None, 10_000, 10_000),
            // The network or the program was gone meanwhile.
            (Some(1_000), 201_000, 1_000),
            // The clock was set back.
            (Some(20_000), 10_000, 10_000),
        ] {
            assert_eq!(began(waited, now), expected, "{waited:?} {now}");
        }
    }

    #[test]
    fn the_limit_counts_from_the_first_picture() {
        let session = Seen { began_ms: Some(BEGAN), ..Seen::default() };
        assert!(!session.is_over_limit(BEGAN + 59_999, 60) && session.is_over_limit(BEGAN + 60_000, 60));
        assert!(!Seen::default().is_over_limit(i64::MAX, 1));
        let ended = Seen { ended_ms: Some(BEGAN + 12_345), ..session };
        assert_eq!(ended.seconds(), Some(Decimal::new(12_345, 3)));
        assert_eq!(session.seconds(), None);
    }
}
