//! What the person decides about a job that exists: cancel it, stop it, stop following it, or say what became of it.
//! Each is one transaction in the journal; the job's task only hears of it.

use super::super::journal::{self, Ending, Record};
use super::super::sessions;
use super::super::types::{Decision, Job, JobError, JobId, JobState};
use super::Worker;
use crate::money::Usd;
use crate::store::StoreError;

impl Worker {
    /// Cancels a job that has not been paid. `false`: too late, it runs or has ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cancel(&self, id: JobId) -> Result<bool, StoreError> {
        let now = (self.shared.now)();
        let cancelled = self
            .shared
            .store
            .run(move |tx| {
                if !journal::get(tx, id)?.job.state.is_cancellable() {
                    return Ok::<_, StoreError>(None);
                }
                let ended = journal::end(tx, id, JobState::Cancelled, &Ending::default(), now)?;
                Ok(if ended { Some(journal::get(tx, id)?.job) } else { None })
            })
            .await?;
        let is_cancelled = cancelled.is_some();
        if is_cancelled && let Some(handle) = self.shared.lock_handles().get(&id) {
            handle.cancelled.cancel();
        }
        self.shared.show_all(cancelled);
        Ok(is_cancelled)
    }

    /// Cancels every one of these jobs that has not been paid, together; how many that were.
    ///
    /// # Errors
    /// [`StoreError`]: none is cancelled.
    pub async fn cancel_all(&self, ids: Vec<JobId>) -> Result<usize, StoreError> {
        let now = (self.shared.now)();
        let cancelled = self
            .shared
            .store
            .run(move |tx| {
                let mut cancelled = Vec::new();
                for id in ids {
                    if journal::get(tx, id)?.job.state.is_cancellable()
                        && journal::end(tx, id, JobState::Cancelled, &Ending::default(), now)?
                    {
                        cancelled.push(journal::get(tx, id)?.job);
                    }
                }
                Ok::<_, StoreError>(cancelled)
            })
            .await?;
        let count = cancelled.len();
        {
            let handles = self.shared.lock_handles();
            for handle in cancelled.iter().filter_map(|job| handles.get(&job.id)) {
                handle.cancelled.cancel();
            }
        }
        self.shared.show_all(cancelled);
        Ok(count)
    }

    /// Stops a realtime session, or cancels it where it has not been paid. The wish is on disk when this
    /// returns: the session is stopped even if this program is not there to see it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stop_session(&self, id: JobId) -> Result<(), StoreError> {
        if self.cancel(id).await? {
            return Ok(());
        }
        self.shared.store.run(move |tx| sessions::ask_stop(tx, id, sessions::Stop::Person)).await?;
        self.wake(Some(id));
        Ok(())
    }

    /// Stops asking after a paid job that HeyGen does not finish. Its hold stays until the person decides:
    /// follow it again, or give the hold back. `false`: it is not being followed, nothing changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stop_following(&self, id: JobId) -> Result<bool, StoreError> {
        let now = (self.shared.now)();
        let stopped = self
            .shared
            .store
            .run(move |tx| {
                let job = journal::get(tx, id)?.job;
                if !job.can_be_let_go() {
                    return Ok::<_, StoreError>(None);
                }
                let money = match job.due {
                    Some(due) => format!("HeyGen made it and charges {due}. The money stays on hold until you decide."),
                    None => "HeyGen may still make it, and charges what it makes. The money stays on hold until you \
                             decide."
                        .to_owned(),
                };
                let error = JobError {
                    what: "You stopped following it.".to_owned(),
                    money,
                    advice: "Follow it again, or give the hold back.".to_owned(),
                };
                journal::set_error(tx, id, Some(&error))?;
                let from = [JobState::Running, JobState::Downloading];
                let why = "the person stopped following it";
                let moved = journal::move_to(tx, id, &from, JobState::OutcomeUnknown, now, why)?;
                Ok(if moved { Some(journal::get(tx, id)?.job) } else { None })
            })
            .await?;
        let is_stopped = stopped.is_some();
        if is_stopped && let Some(handle) = self.shared.lock_handles().remove(&id) {
            handle.cancelled.cancel();
        }
        self.shared.show_all(stopped);
        Ok(is_stopped)
    }

    /// Gives back what is held for jobs that cannot be read, all together; how much that was.
    ///
    /// # Errors
    /// [`StoreError`]: nothing is given back.
    pub async fn give_back_unreadable(&self) -> Result<Usd, StoreError> {
        let now = (self.shared.now)();
        let given_back = self.shared.store.run(move |tx| journal::give_back_unreadable(tx, now)).await?;
        *self.shared.lock_held_unreadable() = Usd::ZERO;
        self.shared.publish();
        Ok(given_back)
    }

    /// The person's word on a job whose outcome is unknown. "Pay again" only ends this job: the new
    /// one is a new submission with its own quote, caps and key.
    ///
    /// # Errors
    /// [`StoreError`]; a resource that another job follows is one.
    pub async fn decide(&self, id: JobId, decision: Decision) -> Result<bool, StoreError> {
        let now = (self.shared.now)();
        let follow = matches!(decision, Decision::ThisIsIt(_));
        let (done, changed, continued) = self
            .shared
            .store
            .run(move |tx| {
                let mut continued = Vec::new();
                let Record { job, made, .. } = journal::get(tx, id)?;
                if job.state != JobState::OutcomeUnknown {
                    return Ok::<_, StoreError>((false, Vec::new(), continued));
                }
                let done = match decision {
                    Decision::ThisIsIt(remote_id) => {
                        journal::set_remote_id(tx, id, &remote_id)?;
                        // One that is followed again ended its question long ago; who spoke since is not its.
                        let is_found = job.remote_id.is_none();
                        if let Some((session, _)) = remote_id.split_once('#').filter(|_| is_found) {
                            continued = journal::continue_with(tx, id, session, now)?;
                        }
                        journal::set_error(tx, id, None)?;
                        journal::move_to(
                            tx,
                            id,
                            &[JobState::OutcomeUnknown],
                            JobState::Running,
                            now,
                            "the person found it",
                        )
                    }
                    Decision::NeverHappened | Decision::PayAgain => {
                        let what = match &job.remote_id {
                            Some(_) => "You gave up on it.",
                            None => "You decided that HeyGen never took this request.",
                        };
                        let (money, advice) = match made {
                            Some(_) => (unsaved_money(&job), "It may still be at HeyGen: look at its own list."),
                            None => (
                                "The hold is released.".to_owned(),
                                "If a charge shows up in the wallet all the same, it is the remainder there.",
                            ),
                        };
                        let error = JobError { what: what.to_owned(), money, advice: advice.to_owned() };
                        let ending = Ending { error: Some(error), made, ..Ending::default() };
                        journal::end(tx, id, JobState::Failed, &ending, now)
                    }
                }?;
                let changed = continued.iter().chain([&id]).map(|id| Ok(journal::get(tx, *id)?.job));
                Ok((done, changed.collect::<Result<Vec<_>, StoreError>>()?, continued))
            })
            .await?;
        // It is on disk: nothing from here on may say that nothing changed.
        self.shared.show_all(changed);
        for other in continued {
            self.shared.wake(other);
        }
        if done && follow {
            self.spawn(id, None, None);
        }
        Ok(done)
    }
}

/// What it means for the money that what HeyGen made never came home.
pub(super) fn unsaved_money(job: &Job) -> String {
    match job.due {
        Some(due) => format!("HeyGen made it, so {due} is charged. The rest of the hold is released."),
        None => "HeyGen made it and did not say how long it is, so its charge is not known. The hold is released; \
                 compare the wallet."
            .to_owned(),
    }
}
