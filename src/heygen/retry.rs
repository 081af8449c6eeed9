//! When to ask again: a pure rule, and a small loop for loads that somebody waits for.
//!
//! Paid requests never come here: sending one again is a decision of the jobs.

use std::future::Future;
use std::time::Duration;

use super::error::{Error, ErrorKind};

/// The longest wait between two attempts, unless HeyGen asks for more.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Attempts of a load that somebody waits for.
const ATTEMPTS: u32 = 3;
/// A load that somebody waits for gives up rather than wait longer than this.
const PATIENCE: Duration = Duration::from_secs(15);

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Asking again would give the same answer, or would not be safe.
    Stop,
    /// Ask again after this long.
    After(Duration),
}

/// Whether and when to ask again.
///
/// `attempt` counts from 1: the attempts already made. `jitter` from 0 to 1 spreads callers that
/// failed together: half of the wait is fixed, half is drawn. A wait that HeyGen asks for is kept
/// in full, and never undercut.
#[must_use]
pub fn next(kind: ErrorKind, attempt: u32, jitter: f64) -> Retry {
    match kind {
        ErrorKind::RateLimited { retry_after: Some(wait) } => {
            Retry::After(wait + Duration::from_secs(1).mul_f64(clamp(jitter)))
        }
        ErrorKind::NoConnection
        | ErrorKind::Interrupted
        | ErrorKind::Server
        | ErrorKind::InProgress
        | ErrorKind::RateLimited { retry_after: None } => Retry::After(backoff(attempt, jitter)),
        ErrorKind::OutcomeUnknown
        | ErrorKind::Unauthorized
        | ErrorKind::InsufficientCredit
        | ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::Invalid
        | ErrorKind::TooLarge
        | ErrorKind::Unreadable
        | ErrorKind::LinkExpired
        | ErrorKind::Local
        | ErrorKind::Other => Retry::Stop,
    }
}

/// 1 s, 2 s, 4 s … up to [`LONGEST_WAIT`], the upper half of it drawn by `jitter`.
#[must_use]
pub fn backoff(attempt: u32, jitter: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let full = Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_WAIT);
    full / 2 + (full / 2).mul_f64(clamp(jitter))
}

fn clamp(jitter: f64) -> f64 {
    if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 }
}

/// Runs a load that changes nothing, up to three times.
///
/// # Errors
/// That of the last attempt.
pub async fn with_retry<T, F: Future<Output = Result<T, Error>>>(load: impl Fn() -> F) -> Result<T, Error> {
    let mut attempt = 1;
    loop {
        let failed = match load().await {
            Ok(value) => return Ok(value),
            Err(failed) => failed,
        };
        match next(failed.kind, attempt, fastrand::f64()) {
            Retry::After(wait) if attempt < ATTEMPTS && wait <= PATIENCE => tokio::time::sleep(wait).await,
            Retry::After(_) | Retry::Stop => return Err(failed),
        }
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: ErrorKind, attempt: u32, jitter: f64, expected: Option<u64>) {
        let expected = expected.map_or(Retry::Stop, |millis| Retry::After(Duration::from_millis(millis)));
        assert_eq!(next(kind, attempt, jitter), expected);
    }

    #[test]
    fn faults_that_pass_are_waited_out_and_others_are_not() {
        check(ErrorKind::Server, 1, 0.0, Some(500));
        check(ErrorKind::Server, 1, 1.0, Some(1_000));
        check(ErrorKind::Interrupted, 3, 1.0, Some(4_000));
        check(ErrorKind::NoConnection, 40, 1.0, Some(60_000));
        check(ErrorKind::NoConnection, u32::MAX, f64::NAN, Some(45_000));
        check(ErrorKind::RateLimited { retry_after: None }, 2, 0.0, Some(1_000));
        check(ErrorKind::Unauthorized, 1, 0.5, None);
        check(ErrorKind::Invalid, 1, 0.5, None);
        check(ErrorKind::OutcomeUnknown, 1, 0.5, None);
    }

    #[test]
    fn the_wait_heygen_asks_for_is_never_undercut() {
        let asked = ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(300)) };
        check(asked, 1, 0.0, Some(300_000));
        check(asked, 9, 1.0, Some(301_000));
    }
}
