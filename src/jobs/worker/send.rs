//! The paid request itself: it waits for its place and turn, leaves once it is committed that it does, and what
//! HeyGen says to it is written down before anything else.

use std::task::Poll;

use bytes::Bytes;

use super::JobEvent;
use super::run::{Run, failure};
use crate::heygen::{Created, ErrorKind, IdempotencyKey, PaidEndpoint};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::{Facts, Outcome, Step, next_step};
use crate::jobs::types::{JobState, Pause};
use crate::store::StoreError;

/// In the history of a job whose files another account has.
const OTHER_KEY: &str = "the key was changed, so its files go up again";

/// What becomes of a body that is about to leave.
enum Leaving {
    Now,
    /// The job is elsewhere: cancelled, or ended.
    Never,
    /// Its files are another account's.
    UploadFirst,
}

impl Run {
    /// Waits for a place, commits that the body is about to leave, and sends it.
    pub(super) async fn send(
        &mut self,
        record: &Record,
        endpoint: PaidEndpoint,
    ) -> Result<Option<Outcome>, StoreError> {
        if self.place.is_none() {
            let places = self.shared.places_of(record.job.product).acquire_owned();
            tokio::pin!(places);
            // Asked once, it stands in the queue.
            let asked = std::future::poll_fn(|context| Poll::Ready(places.as_mut().poll(context))).await;
            self.arriving = None;
            self.place = match asked {
                Poll::Ready(place) => place.ok(),
                Poll::Pending => places.await.ok(),
            };
        }
        self.arriving = None;
        loop {
            let until = *self.shared.lock_not_before();
            if let Some(until) = until.filter(|until| *until > tokio::time::Instant::now()) {
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = self.handle.wake.notified() => {}
                }
                continue;
            }
            if self.shared.pause.borrow().is_some() {
                self.wait_out_pause().await;
                continue;
            }
            // A request that may have landed is older than any that has not left.
            if record.sends > 0 || !self.shared.turns.is_kept_by_an_older(record.job.product, self.id) {
                break;
            }
            self.shared.turns.wait_for_an_older(record.job.product, self.id).await;
        }
        let client = match self.shared.client() {
            Ok(client) => client,
            // Nothing has left: the pause does not touch the key.
            Err(_) => {
                self.place = None;
                // Who takes the place now must not wait for a turn that waits for a place.
                self.turn = None;
                self.pause(Pause::KeyRefused).await;
                return Ok(Some(Outcome::Found));
            }
        };
        let Some(body) = record.request.clone() else { return Ok(Some(Outcome::Found)) };
        let key = match IdempotencyKey::new(record.idempotency_key.clone()) {
            Ok(key) => key,
            Err(error) => return Ok(Some(failure(ErrorKind::Invalid, error.to_string()))),
        };
        if record.sends == 0 && client.is_oauth() != record.is_oauth {
            let words =
                "The key was changed since this was quoted: one is billed to the wallet, the other to the web plan.";
            return Ok(Some(failure(ErrorKind::Invalid, words.to_owned())));
        }
        let (id, now, credential) = (self.id, (self.shared.now)(), client.fingerprint());
        // Another wait may have outlived the key: the policy judges once more with what is on disk.
        let facts = Facts {
            state: JobState::Submitting,
            sends: record.sends,
            first_sent_at: record.first_sent_at,
            replay: endpoint.replay_rule(),
            same_credential: record.credential.as_ref().is_none_or(|last| *last == credential),
            failures: 0,
            times_gone: 0,
            may_upload_again: false,
        };
        if record.job.state == JobState::Submitting
            && !matches!(next_step(&facts, &Outcome::Found, now, 0.0), Step::Send)
        {
            return Ok(Some(Outcome::Found));
        }
        let leaving = self
            .shared
            .store
            .run(move |tx| {
                let from = [JobState::Held, JobState::Uploading, JobState::Submitting];
                let moved = journal::move_to(tx, id, &from, JobState::Submitting, now, "")?;
                // The key was changed since its files went up: this account has none of them.
                if moved && journal::sends(tx, id)? == 0 && journal::has_uploads_of_others(tx, id, &credential)? {
                    journal::forget_uploads(tx, id)?;
                    journal::move_to(tx, id, &[JobState::Submitting], JobState::Held, now, OTHER_KEY)?;
                    return Ok(Leaving::UploadFirst);
                }
                if moved {
                    journal::count_send(tx, id, now, &credential)?;
                }
                Ok::<_, StoreError>(if moved { Leaving::Now } else { Leaving::Never })
            })
            .await?;
        match leaving {
            Leaving::Now => {}
            Leaving::Never => return Ok(None),
            Leaving::UploadFirst => return Ok(Some(Outcome::Found)),
        }
        self.shared.reload(id).await?;
        let answered = match &endpoint {
            PaidEndpoint::VideoAgentMessage { session_id } => Some(session_id.clone()),
            _ => None,
        };
        let answer = client.send_paid(endpoint, Bytes::from(body), &key).await;
        if !matches!(&answer, Err(error) if matches!(error.kind, ErrorKind::RateLimited { .. })) {
            self.turn = None;
        }
        match answer {
            Ok(created) => {
                self.taken = Some((created, answered));
                self.write_down().await
            }
            Err(error) => Ok(Some(Outcome::Failure(error.into()))),
        }
    }

    /// Writes HeyGen's yes into the journal, where there is one that does not stand there yet. It is kept
    /// until it does.
    pub(super) async fn write_down(&mut self) -> Result<Option<Outcome>, StoreError> {
        let Some((created, answered)) = self.taken.clone() else { return Ok(None) };
        let outcome = match self.accepted(created, answered).await {
            Err(StoreError::Sqlite(error))
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
            {
                let words = "HeyGen answered with something that another job here already follows".to_owned();
                failure(ErrorKind::OutcomeUnknown, words)
            }
            Err(error) => return Err(error),
            Ok(()) => Outcome::Accepted,
        };
        self.taken = None;
        Ok(Some(outcome))
    }

    /// `answered`: the agent's session this was a message in.
    async fn accepted(&self, created: Created, answered: Option<String>) -> Result<(), StoreError> {
        let (id, now) = (self.id, (self.shared.now)());
        let continued = self
            .shared
            .store
            .run(move |tx| {
                if !created.remote_id.is_empty() {
                    journal::set_remote_id(tx, id, &created.remote_id)?;
                }
                journal::set_answer(tx, id, &created.raw)?;
                journal::move_to(tx, id, &[JobState::Submitting], JobState::Running, now, &created.remote_id)?;
                match &answered {
                    Some(session) => journal::continue_with(tx, id, session, now),
                    None => Ok(Vec::new()),
                }
            })
            .await?;
        self.shared.reload(id).await?;
        for other in continued {
            self.shared.reload(other).await?;
            self.shared.wake(other);
        }
        self.shared.tell(JobEvent::WalletMoved).await;
        Ok(())
    }
}
