//! A realtime session while it runs: watched about once a second, measured, and stopped when its limit
//! is reached or the person says so.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rust_decimal::Decimal;

use super::run::Run;
use crate::draft::realtime::{LONGEST_SECONDS, Program};
use crate::draft::{Draft, RealtimeDraft};
use crate::heygen::{Client, ErrorKind, Remote, RemoteStatus, StreamStatus};
use crate::jobs::journal::{self, Record};
use crate::jobs::policy::{Fault, Outcome, TRIES_BEFORE_GONE};
use crate::jobs::sessions::{self, NOTE_EVERY_MS, Seen, Stop};
use crate::jobs::types::{Progress, SessionProgress};
use crate::media::hls;
use crate::store::StoreError;

/// The longest time between two questions while HeyGen does not answer.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);

/// How long the film's list may take to come.
const LIST_PATIENCE: Duration = Duration::from_secs(5);
/// A session that has not begun is looked at so many times as often: what it costs is counted from its beginning.
const OFTENER: u32 = 4;

/// What is remembered of a session between two looks; times are Unix milliseconds.
#[derive(Default)]
pub(super) struct Watched {
    /// Where its film is listed. Signed: never log it.
    film: Option<String>,
    /// Last seen not to play yet.
    waited_ms: Option<i64>,
    /// Last seen to play.
    played_ms: Option<i64>,
    /// HeyGen took the request to stop it.
    stopped_ms: Option<i64>,
}

impl Run {
    /// One look at a session. Meanwhile it is charged for by the second.
    pub(super) async fn watch(&mut self, record: &Record, remote_id: &str) -> Result<Outcome, StoreError> {
        let limit = limit_seconds(record);
        let mut first = self.shared.timing.first_poll;
        if self.watched.played_ms.is_none() {
            self.watched.waited_ms.get_or_insert(sent_ms(record));
            first /= OFTENER;
        }
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
                let broken = Some("HeyGen no longer knows it".to_owned());
                self.note_end(record, &seen, End { broken, ..End::of(true) }).await?;
                return Ok(Outcome::Completed);
            }
            Err(fault) => return Ok(Outcome::Failure(fault)),
        };
        self.silences = 0;
        let now = now_ms();
        let film = asked.hls_url.clone().or(self.watched.film.take());
        self.watched.film = film;
        let plays = match &asked.status {
            StreamStatus::Pending => {
                self.watched.waited_ms = Some(now);
                false
            }
            StreamStatus::Ready | StreamStatus::Streaming => true,
            StreamStatus::Other(_) => seen.began_ms.is_some(),
            StreamStatus::Failed => {
                let message = asked.failure.map(|words| client.redacted(&words));
                let message = message.unwrap_or_else(|| "no reason given".to_owned());
                if seen.began_ms.is_none() {
                    return Ok(Outcome::RenderFailed { code: None, message });
                }
                // Every second that played was streamed to somebody, and those are what HeyGen bills.
                self.note_end(record, &seen, End { now, broken: Some(message), ..End::of(true) }).await?;
                return Ok(Outcome::Completed);
            }
            StreamStatus::Completed => {
                let film = self.film_seconds(&client, is_typed(record), limit).await;
                let now = sessions::between(self.watched.played_ms, now);
                self.note_end(record, &seen, End { now, film, ..End::of(true) }).await?;
                return Ok(Outcome::Completed);
            }
            StreamStatus::Cancelled => {
                let now = self.watched.stopped_ms.unwrap_or(now);
                self.note_end(record, &seen, End { now, ..End::of(false) }).await?;
                return Ok(Outcome::Completed);
            }
        };
        if plays {
            self.watched.played_ms = Some(now);
            let began = sessions::began(self.watched.waited_ms, now);
            let is_due = seen.seen_ms.is_none_or(|noted| now.saturating_sub(noted) >= NOTE_EVERY_MS);
            if seen.began_ms.is_none() || is_due {
                let began = seen.began_ms.unwrap_or(began);
                self.shared
                    .store
                    .run(move |tx| {
                        sessions::note_playing(tx, id, began)?;
                        sessions::note_playing(tx, id, now)
                    })
                    .await?;
            }
            seen.began_ms = seen.began_ms.or(Some(began));
        }
        self.show_session(&seen, limit, plays && asked.hls_url.is_some(), false);
        Ok(Outcome::StillRunning)
    }

    /// Stops it where it is to be stopped, and asks where it stands.
    async fn ask(&mut self, client: &Client, remote_id: &str, stop: bool) -> Result<crate::heygen::Stream, Fault> {
        if stop {
            let asked = now_ms();
            match client.cancel_stream(remote_id).await {
                Ok(()) => {
                    self.watched.stopped_ms.get_or_insert(asked.midpoint(now_ms()));
                }
                // It has ended by itself, as its status will say.
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Invalid) => {
                    tracing::info!(job = %self.id, %error, "the session could not be stopped");
                }
                Err(error) => return Err(error.into()),
            }
        }
        client.stream(remote_id).await.map_err(Fault::from)
    }

    /// How long the film of a session that ended by itself was, as its list says: more exact than two looks a second
    /// apart. `None` where no list says so. A stream of text that fell silent is listed in whole segments, and so is no
    /// measure, unless they reach to its limit.
    async fn film_seconds(&self, client: &Client, is_typed: bool, limit: u32) -> Option<Decimal> {
        let first = self.watched.film.clone()?;
        let read = async {
            let mut addresses = vec![first];
            // A list in a list leads nowhere.
            let mut is_first = true;
            while let Some(address) = addresses.pop() {
                let may_lead_on = std::mem::take(&mut is_first);
                let Ok(text) = client.stream_part(&address, hls::LARGEST_PLAYLIST).await else { continue };
                let base = url::Url::parse(&address).ok()?;
                match hls::read(&text, &base) {
                    Ok(hls::Read::Media(list)) => {
                        let is_measure =
                            |seconds: &Decimal| !is_typed || list.ends_exactly() || *seconds >= Decimal::from(limit);
                        return list.whole_seconds().filter(is_measure);
                    }
                    Ok(hls::Read::Master(variants)) if may_lead_on => {
                        addresses.extend(variants.into_iter().rev().map(|variant| variant.film));
                    }
                    Ok(hls::Read::Master(_)) | Err(_) => {}
                }
            }
            None
        };
        tokio::time::timeout(LIST_PATIENCE, read).await.ok()?
    }

    async fn note_end(&self, record: &Record, seen: &Seen, end: End) -> Result<(), StoreError> {
        let id = self.id;
        let End { is_completed, now, film, broken } = end;
        let broken = broken.as_deref().map(sessions::broken_off);
        // One that was over before anybody looked began when it was sent; one that was stopped before it played
        // was never charged, but it may have played where nobody looked.
        let waited = self.watched.waited_ms;
        let unseen =
            if is_completed { waited.unwrap_or_else(|| sent_ms(record)) } else { sessions::began(waited, now) };
        let began = seen.began_ms.unwrap_or(unseen.min(now));
        // What could be stopped had lasted until then.
        let known = Seen { began_ms: Some(began), seen_ms: self.watched.stopped_ms.max(seen.seen_ms), ..*seen };
        let ended = match film {
            Some(film) => sessions::end_of_film(began, film, limit_seconds(record)),
            None => known.end(now, limit_seconds(record), likely_seconds(record)),
        };
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

/// When HeyGen may have begun with it: when it took it, or when it was first sent, where its answer was lost and
/// came or was found later.
fn sent_ms(record: &Record) -> i64 {
    let taken = record.job.changed_at.saturating_mul(1_000);
    let sent = record.first_sent_at.map(|at| at.saturating_mul(1_000));
    let sent = sent.filter(|sent| taken.saturating_sub(*sent) > sessions::UNWATCHED_MS);
    sent.unwrap_or(taken).min(now_ms())
}

/// How a session ended.
struct End {
    /// By itself; otherwise it was stopped.
    is_completed: bool,
    /// When that was seen.
    now: i64,
    /// Seconds of film there were, where that is known.
    film: Option<Decimal>,
    /// Why, where it broke off.
    broken: Option<String>,
}

impl End {
    fn of(is_completed: bool) -> Self {
        Self { is_completed, now: now_ms(), film: None, broken: None }
    }
}

/// Whether HeyGen may well answer in a moment. Everything else is the policy's to judge.
fn is_passing(fault: &Fault) -> bool {
    matches!(fault.kind, ErrorKind::NoConnection | ErrorKind::Interrupted | ErrorKind::Server | ErrorKind::Unreadable)
}

fn draft(record: &Record) -> Option<RealtimeDraft> {
    match Draft::from_json(record.job.product, &record.job.draft) {
        Ok(Draft::Realtime(draft)) => Some(draft),
        _ => None,
    }
}

fn limit_seconds(record: &Record) -> u32 {
    draft(record).map_or(LONGEST_SECONDS, |draft| draft.limit_seconds)
}

fn is_typed(record: &Record) -> bool {
    draft(record).is_some_and(|draft| draft.program == Program::Live)
}

/// How long it was likely to last when it was quoted.
fn likely_seconds(record: &Record) -> Decimal {
    let rate = record.tariff.rate.0;
    record.job.quoted.likely.0.checked_div(rate).unwrap_or_else(|| limit_seconds(record).into())
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
