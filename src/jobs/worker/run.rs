//! One job on its way: does what the policy says, step by step, each committed before the next.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::decisions::unsaved_money;
use super::stream::Watched;
use super::turns::Turn;
use super::{Handle, JobEvent, Shared};
use crate::draft::avatar_video::Source;
use crate::draft::{Draft, Product};
use crate::heygen::{Created, ErrorKind, IdempotencyKey, PaidEndpoint, Remote};
use crate::jobs::journal::{self, Ending, Record};
use crate::jobs::policy::{Facts, Fault, Outcome, Step, next_step};
use crate::jobs::transfer;
use crate::jobs::types::{JobError, JobId, JobState, Made, Pause, Progress, ResultFiles};
use crate::pricing;
use crate::store::StoreError;

/// Bytes between two reports of progress.
const PROGRESS_STEP: u64 = 256 * 1024;
/// In the history of a job whose files went up once more; it happens once.
const UPLOADED_ANEW: &str = "a file was no longer at HeyGen and goes up again";

/// One job on its way through the states.
pub(super) struct Run {
    pub(super) shared: Arc<Shared>,
    pub(super) id: JobId,
    pub(super) handle: Handle,
    /// One of HeyGen's ten places; given back when HeyGen is done with the job.
    pub(super) place: Option<OwnedSemaphorePermit>,
    /// HeyGen was full: nobody who came later is sent before this job was sent again.
    pub(super) turn: Option<Turn>,
    /// Held until it stands in the queue: the next job is started then.
    pub(super) arriving: Option<oneshot::Sender<()>>,
    pub(super) failures: u32,
    /// Times in a row that HeyGen did not know what it took, or called it finished and listed nothing of it.
    pub(super) times_gone: u32,
    /// Questions about a session in a row that were not answered.
    pub(super) silences: u32,
    /// The session that is followed, as it was seen so far.
    pub(super) watched: Watched,
    /// HeyGen's yes, until it stands in the journal, and the agent's session it was said in.
    pub(super) taken: Option<(Created, Option<String>)>,
    /// The finished resource as HeyGen described it.
    pub(super) made: Option<Remote>,
    /// HeyGen has said once how far it is.
    pub(super) told: bool,
    /// What the download brought home.
    pub(super) brought: Option<Brought>,
    /// How often each clip's address was dead.
    pub(super) dead: HashMap<String, u32>,
    /// Hidden names under which results came; cleared once the journal needs them no more.
    pub(super) parts: Vec<PathBuf>,
}

/// What a download brought home, and what it is charged for.
#[derive(Default)]
pub(super) struct Brought {
    pub(super) files: ResultFiles,
    /// Seconds of output.
    pub(super) seconds: Option<Decimal>,
    /// Clips that were made.
    pub(super) pieces: u32,
    /// What is missing of it, in words.
    pub(super) error: Option<JobError>,
}

impl Run {
    pub(super) fn new(
        shared: Arc<Shared>,
        id: JobId,
        handle: Handle,
        place: Option<OwnedSemaphorePermit>,
        arriving: Option<oneshot::Sender<()>>,
    ) -> Self {
        Self {
            shared,
            id,
            handle,
            place,
            turn: None,
            arriving,
            failures: 0,
            times_gone: 0,
            silences: 0,
            watched: Watched::default(),
            taken: None,
            made: None,
            told: false,
            brought: None,
            dead: HashMap::new(),
            parts: Vec::new(),
        }
    }

    pub(super) async fn follow(mut self) {
        let mut outcome = Outcome::Found;
        loop {
            // Before anything else: nobody can ask for an answer to a message once more.
            match self.write_down().await {
                Ok(Some(written)) => outcome = written,
                Ok(None) => {}
                Err(error) => {
                    self.store_failed(&error).await;
                    continue;
                }
            }
            let record = match self.load().await {
                Ok(record) => record,
                Err(error) => {
                    self.store_failed(&error).await;
                    continue;
                }
            };
            // Another job may have ended this one: an answer goes on with the question before it.
            if record.job.state.is_final() {
                return;
            }
            let Some(endpoint) = PaidEndpoint::from_path(&record.endpoint) else {
                // Written by a version that knows more: nothing is sent to an address that is guessed.
                let words = format!("a job goes to {}, which this version does not know", record.endpoint);
                self.shared.tell(JobEvent::StoreFault(words)).await;
                return;
            };
            let facts = Facts {
                state: record.job.state,
                sends: record.sends,
                first_sent_at: record.first_sent_at,
                replay: endpoint.replay_rule(),
                same_credential: self.same_credential(&record),
                failures: self.failures,
                times_gone: self.times_gone,
                may_upload_again: matches!(outcome, Outcome::Failure(_)) && self.may_upload_again(&record).await,
            };
            let step = next_step(&facts, &outcome, (self.shared.now)(), fastrand::f64());
            tracing::debug!(job = %self.id, state = ?facts.state, step = step.name(), "next step");
            match outcome {
                Outcome::Failure(ref fault) => {
                    self.failures = self.failures.saturating_add(1);
                    let is_gone = fault.kind == ErrorKind::NotFound;
                    self.times_gone = if is_gone { self.times_gone.saturating_add(1) } else { 0 };
                }
                Outcome::Unlisted => self.times_gone = self.times_gone.saturating_add(1),
                // Only HeyGen's own word says that things go well again.
                Outcome::Accepted | Outcome::StillRunning | Outcome::Completed | Outcome::Saved => {
                    self.failures = 0;
                    self.times_gone = 0;
                }
                Outcome::Found | Outcome::Ready | Outcome::RenderFailed { .. } => {}
            }
            match self.take(step, &record, endpoint, &outcome).await {
                Ok(Some(next)) => outcome = next,
                Ok(None) => return,
                Err(error) => {
                    // The journal could not be written: nothing more leaves before it can.
                    self.store_failed(&error).await;
                    outcome = Outcome::Found;
                }
            }
        }
    }

    async fn store_failed(&self, error: &StoreError) {
        self.shared.tell(JobEvent::StoreFault(error.to_string())).await;
        self.wait(5_000).await;
    }

    async fn load(&self) -> Result<Record, StoreError> {
        let id = self.id;
        self.shared.store.run(move |tx| journal::get(tx, id)).await
    }

    /// Does one step. `None`: the job rests.
    async fn take(
        &mut self,
        step: Step,
        record: &Record,
        endpoint: PaidEndpoint,
        outcome: &Outcome,
    ) -> Result<Option<Outcome>, StoreError> {
        match step {
            Step::Upload => Ok(Some(self.upload(record).await?)),
            Step::Send => self.send(record, endpoint).await,
            Step::Poll => Ok(Some(self.poll(record, endpoint.resource()).await?)),
            Step::Download => Ok(Some(self.download(record, endpoint.resource()).await?)),
            Step::Finish => {
                self.finish(record).await?;
                Ok(None)
            }
            Step::Again { after_ms, why } => {
                self.wait_in_words(after_ms, &why).await;
                Ok(Some(Outcome::Found))
            }
            Step::BackToHeld { after_ms, why } => {
                if matches!(outcome, Outcome::Failure(Fault { kind: ErrorKind::RateLimited { .. }, .. })) {
                    self.turn = Some(self.shared.turns.keep(record.job.product, self.id));
                    let until = tokio::time::Instant::now() + self.hurried(after_ms);
                    let mut not_before = self.shared.lock_not_before();
                    *not_before = Some(not_before.map_or(until, |present| present.max(until)));
                }
                self.back_to_held(&why, false).await?;
                self.wait_in_words(after_ms, &why).await;
                Ok(Some(Outcome::Found))
            }
            Step::UploadAnew { why } => {
                tracing::info!(job = %self.id, why, "its files go up again");
                self.back_to_held(UPLOADED_ANEW, true).await?;
                Ok(Some(Outcome::Found))
            }
            Step::PauseHeld(pause) => {
                if record.job.state == JobState::Submitting {
                    self.back_to_held("the queue stands still", false).await?;
                }
                self.pause(pause).await;
                Ok(Some(Outcome::Found))
            }
            Step::PauseAsIs(pause) => {
                self.pause(pause).await;
                Ok(Some(Outcome::Found))
            }
            Step::Fail(error) => {
                // What HeyGen made is charged although it cannot be had any more.
                let made = record.made.filter(|_| record.job.state == JobState::Downloading);
                let money = made.map_or(error.money, |_| unsaved_money(&record.job));
                let ending = Ending { error: Some(JobError { money, ..error }), made, ..Ending::default() };
                self.end(JobState::Failed, ending).await?;
                Ok(None)
            }
            Step::AskPerson(error) => {
                let (id, now) = (self.id, (self.shared.now)());
                self.shared
                    .store
                    .run(move |tx| {
                        journal::set_error(tx, id, Some(&error))?;
                        let from = [JobState::Submitting];
                        journal::move_to(tx, id, &from, JobState::OutcomeUnknown, now, "no readable answer")
                    })
                    .await?;
                self.place = None;
                self.shared.reload(id).await?;
                Ok(None)
            }
            Step::Rest => Ok(None),
        }
    }

    async fn finish(&mut self, record: &Record) -> Result<(), StoreError> {
        let brought = self.brought.take().unwrap_or_default();
        let learned = spoken(record, brought.seconds);
        let taught = learned.is_some();
        let (id, now) = (self.id, (self.shared.now)());
        let charged = pricing::charge(record.tariff.rate, record.tariff.unit, brought.seconds, brought.pieces);
        // A session's words were written when it broke off.
        let broken = record.job.error.clone().filter(|_| record.job.product == Product::Realtime);
        let error = brought.error.or(broken).or_else(|| {
            charged.is_none().then(|| JobError {
                what: "The result is here, but its length could not be read.".to_owned(),
                money: "What it cost is not known. The hold is released; compare the wallet.".to_owned(),
                advice: "Look at HeyGen's own billing page for the charge.".to_owned(),
            })
        });
        let made = Made { seconds: brought.seconds, pieces: brought.pieces };
        let ending = Ending { error, files: brought.files, made: Some(made) };
        self.shared
            .store
            .run(move |tx| {
                let ended = journal::end(tx, id, JobState::Done, &ending, now)?;
                if let (true, Some(spoken)) = (ended, &learned) {
                    journal::note_observation(tx, id, spoken)?;
                }
                Ok::<_, StoreError>(ended)
            })
            .await?;
        // What the journal does not need any more; left behind, it costs no space.
        for part in self.parts.drain(..) {
            transfer::clear(&part);
        }
        self.shared.reload(id).await?;
        self.shared.tell(JobEvent::WalletMoved).await;
        if taught {
            self.shared.tell(JobEvent::Learned).await;
        }
        Ok(())
    }

    async fn end(&mut self, state: JobState, ending: Ending) -> Result<(), StoreError> {
        let (id, now) = (self.id, (self.shared.now)());
        self.shared.store.run(move |tx| journal::end(tx, id, state, &ending, now)).await?;
        self.place = None;
        self.shared.reload(id).await?;
        self.shared.tell(JobEvent::WalletMoved).await;
        Ok(())
    }

    /// A definite refusal: nothing was paid, the next attempt gets a key of its own, and its files go up
    /// `anew` where they are gone. It keeps its place: whoever came later goes later.
    async fn back_to_held(&mut self, why: &str, anew: bool) -> Result<(), StoreError> {
        let (id, now, why) = (self.id, (self.shared.now)(), why.to_owned());
        let key = IdempotencyKey::generate();
        self.shared
            .store
            .run(move |tx| {
                journal::renew_key(tx, id, key.as_str())?;
                if anew {
                    journal::forget_assets_of(tx, id)?;
                    journal::forget_uploads(tx, id)?;
                }
                journal::move_to(tx, id, &[JobState::Submitting], JobState::Held, now, &why)
            })
            .await?;
        self.shared.reload(id).await
    }

    /// Whether its files may be gone at HeyGen and have not gone up a second time yet.
    async fn may_upload_again(&self, record: &Record) -> bool {
        let has_files = Draft::from_json(record.job.product, &record.job.draft)
            .is_ok_and(|draft| !draft.composition().uploads().is_empty());
        let id = self.id;
        has_files
            && matches!(self.shared.store.run(move |tx| journal::was_noted(tx, id, UPLOADED_ANEW)).await, Ok(false))
    }

    /// Whether the present key is the one the body last left with.
    pub(super) fn same_credential(&self, record: &Record) -> bool {
        let present = self.shared.client.borrow().as_ref().map(crate::heygen::Client::fingerprint);
        match (&record.credential, present) {
            (Some(last), Some(present)) => *last == present,
            _ => true,
        }
    }

    pub(super) async fn wait_out_pause(&self) {
        // Only fails when the worker itself is gone.
        let _ = self.shared.pause.subscribe().wait_for(Option::is_none).await;
    }

    /// Stops the whole queue until the person resumes it, and waits for that.
    pub(super) async fn pause(&mut self, pause: Pause) {
        let mut present = self.shared.pause.subscribe();
        if present.borrow_and_update().is_none() {
            let of_wallet = pause == Pause::WalletTooSmall;
            self.shared.pause.send_replace(Some(pause));
            self.shared.publish();
            if of_wallet {
                // What is missing is told by what the wallet has now.
                self.shared.tell(JobEvent::WalletMoved).await;
            }
        }
        drop(present);
        self.wait_out_pause().await;
    }

    fn hurried(&self, ms: u64) -> Duration {
        Duration::from_millis(ms) / self.shared.timing.hurry.max(1)
    }

    /// Waits, or until somebody wakes the job.
    async fn wait(&self, ms: u64) {
        tokio::select! {
            () = tokio::time::sleep(self.hurried(ms)) => {}
            () = self.handle.wake.notified() => {}
        }
    }

    async fn wait_in_words(&self, ms: u64, why: &str) {
        let seconds = ms.div_ceil(1_000);
        self.shared.progress(self.id, Progress::Waiting { seconds, why: why.to_owned() });
        self.wait(ms).await;
        self.shared.progress(self.id, Progress::None);
    }

    pub(super) fn progress_of_bytes(&self) -> impl Fn(u64, Option<u64>) + Send + Sync + 'static {
        let (shared, id) = (Arc::clone(&self.shared), self.id);
        let next = std::sync::atomic::AtomicU64::new(0);
        let began: std::sync::OnceLock<(std::time::Instant, u64)> = std::sync::OnceLock::new();
        move |done, total| {
            use std::sync::atomic::Ordering::Relaxed;
            let (at, from) = *began.get_or_init(|| (std::time::Instant::now(), done));
            if done >= next.load(Relaxed) || Some(done) == total {
                next.store(done.saturating_add(PROGRESS_STEP), Relaxed);
                let per_second = per_second(done.saturating_sub(from), at.elapsed());
                shared.progress(id, Progress::Bytes { done, total, per_second });
            }
        }
    }
}

/// What a finished job says about its voice's pace.
fn spoken(record: &Record, duration: Option<Decimal>) -> Option<journal::Spoken> {
    match Draft::from_json(record.job.product, &record.job.draft).ok()? {
        Draft::AvatarVideo(draft) if draft.source == Source::Script => Some(journal::Spoken {
            voice_id: draft.voice_id()?.to_owned(),
            language: draft.voice.as_ref().map(|voice| voice.language.clone()),
            script: draft.script.clone(),
            speed: draft.voice_settings.speed,
            seconds: duration?,
        }),
        Draft::Speech(draft) => {
            let speech = draft.speech();
            Some(journal::Spoken {
                voice_id: speech.voice_id?,
                language: speech.language,
                script: speech.text,
                speed: draft.speed,
                seconds: duration?,
            })
        }
        _ => None,
    }
}

/// Bytes a second, once there is enough to tell.
fn per_second(bytes: u64, since: Duration) -> Option<u64> {
    let ms = u64::try_from(since.as_millis()).ok().filter(|ms| *ms >= 500)?;
    bytes.checked_mul(1_000).map(|bytes| bytes / ms)
}

pub(super) fn failure(kind: ErrorKind, message: String) -> Outcome {
    Outcome::Failure(Fault { kind, message, param: None })
}
