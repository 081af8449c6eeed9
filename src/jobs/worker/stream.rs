//! A realtime session while it runs: watched about once a second, measured, and stopped when its limit
//! is reached or the person says so.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::run::Run;
use crate::draft::Draft;
use crate::draft::realtime::LONGEST_SECONDS;
use crate::heygen::{Client, ErrorKind, Remote, RemoteStatus, StreamStatus};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::{Fault, Outcome, TRIES_BEFORE_GONE};
use crate::jobs::sessions::{self, NOTE_EVERY_MS, Seen, Stop};
use crate::jobs::types::{Progress, SessionProgress};
use crate::store::StoreError;

/// The longest time between two questions while HeyGen does not answer.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

impl Run {
    /// One look at a session. Meanwhile it is charged for by the second.
    pub(super) async fn watch(&mut self, record: &Record, remote_id: &str) -> Result<Outcome, StoreError> {
        let limit = limit_seconds(record);
        let first = self.shared.timing.first_poll;
        let pause = first.saturating_mul(2_u32.saturating_pow(self.silences.min(8)));
        tokio::select! {
            () = tokio::time::sleep(pause.min(LONGEST_SILENCE).max(first)) => {}
            () = self.handle.wake.notified() => {}
        }
        let id = self.id;
        let now = now_ms();
        let mut seen = self
            .shared
            .store
            .run(move |tx| {
                let seen = sessions::get(tx, id)?;
                if seen.stop.is_none() && seen.is_over_limit(now, limit) {
                    sessions::ask_stop(tx, id, Stop::Limit)?;
                    return Ok(Seen { stop: Some(Stop::Limit), ..seen });
                }
                Ok::<_, StoreError>(seen)
            })
            .await?;
        let client = match self.shared.client() {
            Ok(client) => client,
            Err(fault) => return Ok(Outcome::Failure(fault)),
        };
        let asked = match self.ask(&client, remote_id, seen.stop.is_some()).await {
            Ok(stream) => stream,
            Err(fault) if is_passing(&fault) => {
                self.silences = self.silences.saturating_add(1);
                self.show_session(&seen, limit, false, true);
                return Ok(Outcome::StillRunning);
            }
            // It has played, and is no longer there to be asked for: what was seen is all there is.
            Err(fault)
                if fault.kind == ErrorKind::NotFound
                    && seen.began_ms.is_some()
                    && self.same_credential(record)
                    && self.times_gone >= TRIES_BEFORE_GONE =>
            {
                self.note_end(record, &seen, true, now_ms(), Some("HeyGen no longer knows it")).await?;
                return Ok(Outcome::Completed);
            }
            Err(fault) => return Ok(Outcome::Failure(fault)),
        };
        self.silences = 0;
        let now = now_ms();
        let plays = match &asked.status {
            StreamStatus::Pending => false,
            StreamStatus::Ready | StreamStatus::Streaming => true,
            StreamStatus::Other(_) => seen.began_ms.is_some(),
            StreamStatus::Failed => {
                let message = asked.failure.map(|words| client.redacted(&words));
                let message = message.unwrap_or_else(|| "no reason given".to_owned());
                if seen.began_ms.is_none() {
                    return Ok(Outcome::RenderFailed { code: None, message });
                }
                // Every second that played was streamed to somebody, and those are what HeyGen bills.
                self.note_end(record, &seen, true, now, Some(&message)).await?;
                return Ok(Outcome::Completed);
            }
            StreamStatus::Completed | StreamStatus::Cancelled => {
                self.note_end(record, &seen, asked.status == StreamStatus::Completed, now, None).await?;
                return Ok(Outcome::Completed);
            }
        };
        if plays {
            let is_due = seen.seen_ms.is_none_or(|noted| now.saturating_sub(noted) >= NOTE_EVERY_MS);
            if seen.began_ms.is_none() || is_due {
                self.shared.store.run(move |tx| sessions::note_playing(tx, id, now)).await?;
            }
            seen.began_ms = seen.began_ms.or(Some(now));
        }
        self.show_session(&seen, limit, plays && asked.hls_url.is_some(), false);
        Ok(Outcome::StillRunning)
    }

    /// Stops it where it is to be stopped, and asks where it stands.
    async fn ask(&self, client: &Client, remote_id: &str, stop: bool) -> Result<crate::heygen::Stream, Fault> {
        if stop {
            match client.cancel_stream(remote_id).await {
                Ok(()) => {}
                // It has ended by itself, as its status will say.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Invalid) => {
                    tracing::info!(job = %self.id, %error, "the session could not be stopped");
                }
                Err(error) => return Err(error.into()),
            }
        }
        client.stream(remote_id).await.map_err(Fault::from)
    }

    /// `broken`: why it ended, where it broke off.
    async fn note_end(
        &self,
        record: &Record,
        seen: &Seen,
        is_completed: bool,
        now: i64,
        broken: Option<&str>,
    ) -> Result<(), StoreError> {
        let id = self.id;
        let broken = broken.map(sessions::broken_off);
        // One that was over before anybody looked began when it was accepted; one that was stopped before
        // it played was never charged.
        let accepted = record.job.changed_at.saturating_mul(1_000).min(now);
        let began = seen.began_ms.unwrap_or(if is_completed { accepted } else { now });
        let known = Seen { began_ms: Some(began), ..*seen };
        let ended = known.end(now, limit_seconds(record), likely_seconds(record));
        self.shared
            .store
            .run(move |tx| {
                if broken.is_some() {
                    // Beside the state until the charge is written with it.
                    journal::set_error(tx, id, broken.as_ref())?;
                }
                sessions::note_end(tx, id, began, ended)
            })
            .await
    }

    /// The ended session as what a download brings home: nothing but its length.
    pub(super) async fn session_made(&self, record: &Record) -> Result<Remote, StoreError> {
        let id = self.id;
        let seen = self.shared.store.run(move |tx| sessions::get(tx, id)).await?;
        let remote_id = record.job.remote_id.clone().unwrap_or_default();
        Ok(Remote { seconds: seen.seconds(), ..Remote::new(remote_id, RemoteStatus::Completed, "completed") })
    }

    fn show_session(&self, seen: &Seen, limit_seconds: u32, can_be_watched: bool, is_silent: bool) {
        let progress = SessionProgress {
            began_ms: seen.began_ms,
            limit_seconds,
            can_be_watched: can_be_watched || is_silent && seen.began_ms.is_some(),
            is_stopping: seen.stop.is_some(),
            is_silent,
        };
        self.shared.progress(self.id, Progress::Session(progress));
    }
}

/// Whether HeyGen may well answer in a moment. Everything else is the policy's to judge.
fn is_passing(fault: &Fault) -> bool {
    matches!(fault.kind, ErrorKind::NoConnection | ErrorKind::Interrupted | ErrorKind::Server | ErrorKind::Unreadable)
}

fn limit_seconds(record: &Record) -> u32 {
    match Draft::from_json(record.job.product, &record.job.draft) {
        Ok(Draft::Realtime(draft)) => draft.limit_seconds,
        _ => LONGEST_SECONDS,
    }
}

/// How long it was likely to last when it was quoted.
fn likely_seconds(record: &Record) -> rust_decimal::Decimal {
    let rate = record.tariff.rate.0;
    record.job.quoted.likely.0.checked_div(rate).unwrap_or_else(|| limit_seconds(record).into())
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
