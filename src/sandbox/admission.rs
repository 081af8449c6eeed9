//! Starting paid work: limits, the wallet, the purchase, and the words of a refusal.

use serde_json::Value;

use super::faults::Kind;
use super::server::State;
use super::wire::Refusal;
use super::world::{Admission, Failure, Job, Kept, Purchase};
use crate::money::Usd;

/// The failure that a fault plans for a job.
pub(super) fn planned_failure(planned: Option<&Kind>) -> Option<Failure> {
    match planned {
        Some(Kind::FailRender { code, message }) => Some(Failure { code: code.clone(), message: message.clone() }),
        _ => None,
    }
}

/// Starts a job and answers its purchase.
///
/// # Errors
/// 429 with `Retry-After` when too much is in progress, 402 when the wallet is too small.
pub(super) async fn start(
    state: &State,
    job: Job,
    purchase: Option<Purchase>,
    answer: Value,
) -> Result<Value, Refusal> {
    let (now, price, first) = (state.clock.now(), job.reserved, answer.clone());
    let admission = state.world(move |world| world.start_job(&job, purchase.as_ref(), &first, now)).await?;
    answered(state, admission, answer, price, now)
}

/// As [`start`], and keeps the records that belong to the job.
///
/// # Errors
/// As [`start`].
pub(super) async fn start_with(
    state: &State,
    job: Job,
    kept: Vec<Kept>,
    purchase: Option<Purchase>,
    answer: Value,
) -> Result<Value, Refusal> {
    let (now, price, first) = (state.clock.now(), job.reserved, answer.clone());
    let admission = state.world(move |world| world.start_job_with(&job, &kept, purchase.as_ref(), &first, now)).await?;
    answered(state, admission, answer, price, now)
}

fn answered(state: &State, admission: Admission, answer: Value, price: Usd, now: i64) -> Result<Value, Refusal> {
    let wait = |next_due_at: i64| {
        u64::try_from(next_due_at.saturating_sub(now).max(0) / 1_000).unwrap_or_default().clamp(1, 60)
    };
    match admission {
        Admission::Started => {
            state.jobs_changed.notify_one();
            Ok(answer)
        }
        Admission::Replayed(before) => Ok(before),
        Admission::Full { next_due_at } => {
            Err(Refusal::too_many("10 jobs are in progress; more have to wait.", wait(next_due_at)))
        }
        Admission::FullOfSessions { next_due_at } => {
            Err(Refusal::too_many("3 realtime sessions run; more have to wait.", wait(next_due_at)))
        }
        Admission::Short { free } => Err(Refusal::new(
            402,
            "insufficient_credit",
            format!("This takes {}, and {} of the wallet is free.", price.precise(), free.precise()),
        )),
    }
}
