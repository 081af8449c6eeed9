//! Makes what is due: watches the running jobs, has their footage made and books the charge.
//!
//! A job that was running when the sandbox stopped is simply found due again.

use std::collections::HashSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::events;
use super::routes;
use super::server::{State, stopped};
use super::wire::Refusal;
use super::world::{self, Failure, Job, Product};
use crate::money::Usd;

/// Films made at once.
const AT_ONCE: usize = 2;

/// Milliseconds a job of so many seconds of output takes at this speed: half its length and three
/// seconds, at most ninety seconds.
pub(super) fn render_time(seconds: Decimal, speed: Decimal) -> i64 {
    let realistic = (seconds / Decimal::TWO + Decimal::from(3)).min(Decimal::from(90));
    let scaled = (realistic * Decimal::ONE_THOUSAND).checked_div(speed).unwrap_or(Decimal::ZERO);
    i64::try_from(scaled.trunc()).unwrap_or(90_000)
}

/// Works until the sandbox stops.
pub(super) async fn work(state: State) {
    let mut making = JoinSet::new();
    let mut busy = HashSet::new();
    let desks = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let changed = state.jobs_changed.notified();
        let running = state.world(|world| world.running()).await.unwrap_or_default();
        let now = state.clock.now();
        let mut next_due_at = None;
        for job in running {
            if busy.contains(&job.id) {
                continue;
            }
            if job.due_at > now {
                next_due_at = Some(next_due_at.map_or(job.due_at, |next: i64| next.min(job.due_at)));
                continue;
            }
            busy.insert(job.id.clone());
            let (state, desks) = (state.clone(), Arc::clone(&desks));
            making.spawn(async move {
                // The semaphore is never closed.
                let _desk = desks.acquire_owned().await;
                let id = job.id.clone();
                match finish(&state, job).await {
                    Ok(()) => Some(id),
                    // It stays busy, and is found due again after a restart.
                    Err(refusal) => {
                        tracing::error!(message = refusal.message, "a sandbox job could not be finished");
                        None
                    }
                }
            });
        }
        let due = async {
            match next_due_at {
                Some(at) => state.clock.until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = changed => {}
            () = due => {}
            Some(finished) = making.join_next(), if !making.is_empty() => {
                if let Ok(Some(id)) = finished {
                    busy.remove(&id);
                }
            }
            () = stopped(state.stopping.clone()) => return,
        }
    }
}

async fn finish(state: &State, job: Job) -> Result<(), Refusal> {
    let ending = job.clone();
    let folder = state.folders.results.clone();
    let assets = state.folders.assets.clone();
    let made = tokio::task::spawn_blocking(move || match job.product {
        Product::Video => routes::videos::make(&job, &assets, &folder),
        Product::Translation => routes::translations::make(&job, &assets, &folder),
        Product::Lipsync => routes::lipsyncs::make(&job, &assets, &folder),
        Product::Clipping => routes::clippings::make(&job, &assets, &folder),
        // Sold when it was asked for.
        Product::Speech => Err(Failure { code: "internal_error".to_owned(), message: "Speech is no job.".to_owned() }),
        Product::Cinematic => routes::cinematic::make(&job, &folder),
        Product::StudioVideo => routes::studio_videos::make(&job, &assets, &folder),
        Product::AgentVideo => routes::agents::make(&job, &folder),
        Product::AgentQuestion => routes::agents::ask(&job),
        Product::Avatar => routes::avatars::make(&job, &folder),
        Product::HyperFrames => routes::hyperframes::make(&job, &folder),
        Product::Realtime => routes::realtime::end(&job),
        Product::BackgroundRemoval => routes::background_removals::make(&job, &assets, &folder),
    });
    let made = made.await.unwrap_or_else(|_| {
        let message = "The video could not be made.".to_owned();
        Err(Failure { code: "internal_error".to_owned(), message })
    });
    let now = state.clock.now();
    let (outcome, charge) = match made {
        Ok((made, charge)) => (world::State::Completed { at: now, made }, charge),
        Err(failure) => (world::State::Failed { at: now, failure }, Usd::ZERO),
    };
    events::finish(state, &ending, outcome, charge, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, speed: i64, milliseconds: i64) {
        assert_eq!(render_time(Decimal::from(seconds), Decimal::from(speed)), milliseconds);
    }

    #[test]
    fn a_render_takes_half_its_length_and_a_little() {
        check(10, 1, 8_000);
        check(600, 1, 90_000);
        check(10, 100, 80);
        check(10, 1_000_000, 0);
    }
}
