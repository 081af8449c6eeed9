//! The worker: asks the policy what is next for each job and does it. One task per live job.
//!
//! Every step that matters is committed before the next begins, so that a restart at any point
//! goes on from the journal alone. Knows the client, the journal and the disk, never the window.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rust_decimal::Decimal;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::draft::AvatarVideoDraft;
use crate::draft::avatar_video::Source;
use crate::heygen::{self, AssetId, Client, ErrorKind, IdempotencyKey, PaidEndpoint, Video, VideoStatus};
use crate::money::Usd;
use crate::store::{Store, StoreError};

use super::journal::{self, Ending, Record};
use super::policy::{Facts, Fault, Outcome, Step, next_step};
use super::transfer;
use super::types::{Board, Candidate, Decision, Job, JobError, JobId, JobState, Pause, Progress, ResultFiles};

/// Jobs HeyGen takes at once (published limit).
pub const MOST_IN_FLIGHT: usize = 10;
/// Files that go up, and results that come down, at once.
const MOST_TRANSFERS: usize = 3;
/// Bytes between two reports of progress.
const PROGRESS_STEP: u64 = 256 * 1024;

impl From<heygen::Error> for Fault {
    fn from(error: heygen::Error) -> Self {
        let message = error.to_string();
        Self { kind: error.kind, message, param: error.param }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self { kind: ErrorKind::Local, message: error.to_string(), param: None }
    }
}

/// How often HeyGen is asked; smaller in tests.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Between two questions about a job that just began.
    pub first_poll: Duration,
    /// The longest time between two questions.
    pub longest_poll: Duration,
    /// Divides every wait that the policy asks for; 1 in earnest.
    pub hurry: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self { first_poll: Duration::from_secs(1), longest_poll: Duration::from_secs(10), hurry: 1 }
    }
}

/// Where results go.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The person's folder.
    pub results: PathBuf,
    /// The program's own, for thumbnails.
    pub thumbnails: PathBuf,
}

/// What happened that is more than a new board.
#[derive(Clone, Debug)]
pub enum JobEvent {
    /// The wallet has most likely changed: a job was taken or finished.
    WalletMoved,
    /// A finished video taught this voice's pace.
    Learned,
    /// The journal cannot be written; nothing new is sent meanwhile.
    StoreFault(String),
}

/// The running worker. Cheap to clone; the tasks end when `stop` is called.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    client: watch::Receiver<Option<Client>>,
    folders: watch::Receiver<Folders>,
    timing: Timing,
    now: fn() -> i64,
    jobs: Mutex<BTreeMap<JobId, Arc<Job>>>,
    board: watch::Sender<Arc<Board>>,
    pause: watch::Sender<Option<Pause>>,
    places: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    /// HeyGen asked everybody to wait until then.
    not_before: Mutex<Option<tokio::time::Instant>>,
    handles: Mutex<HashMap<JobId, Handle>>,
    questions: Mutex<Vec<Question>>,
    asked: Notify,
    events: mpsc::Sender<JobEvent>,
    stop: CancellationToken,
}

#[derive(Clone)]
struct Handle {
    cancelled: CancellationToken,
    wake: Arc<Notify>,
}

struct Question {
    remote_id: String,
    answer: tokio::sync::oneshot::Sender<Result<Option<VideoStatus>, Fault>>,
}

impl Worker {
    /// Reads the journal and takes every unfinished job up where it was.
    ///
    /// # Errors
    /// [`StoreError`] when the journal cannot be read.
    pub async fn start(
        store: Store,
        client: watch::Receiver<Option<Client>>,
        folders: watch::Receiver<Folders>,
        timing: Timing,
        now: fn() -> i64,
    ) -> Result<(Self, watch::Receiver<Arc<Board>>, mpsc::Receiver<JobEvent>), StoreError> {
        let records = store.run(journal::all).await?;
        let (board, board_receiver) = watch::channel(Arc::new(Board::default()));
        let (events, event_receiver) = mpsc::channel(64);
        let shared = Arc::new(Shared {
            store,
            client,
            folders,
            timing,
            now,
            jobs: Mutex::new(records.iter().map(|record| (record.job.id, Arc::new(record.job.clone()))).collect()),
            board,
            pause: watch::Sender::new(None),
            places: Arc::new(Semaphore::new(MOST_IN_FLIGHT)),
            uploads: Arc::new(Semaphore::new(MOST_TRANSFERS)),
            downloads: Arc::new(Semaphore::new(MOST_TRANSFERS)),
            not_before: Mutex::new(None),
            handles: Mutex::new(HashMap::new()),
            questions: Mutex::new(Vec::new()),
            asked: Notify::new(),
            events,
            stop: CancellationToken::new(),
        });
        let worker = Self { shared };
        tokio::spawn(answer_questions(Arc::clone(&worker.shared)));
        // What HeyGen already works on has its place before anything that waits for one.
        let (in_flight, waiting): (Vec<&Record>, Vec<&Record>) = records
            .iter()
            .filter(|record| !record.job.state.is_final())
            .partition(|record| record.job.state.is_in_flight());
        for record in in_flight.into_iter().chain(waiting) {
            let place = record
                .job
                .state
                .is_in_flight()
                .then(|| Arc::clone(&worker.shared.places).try_acquire_owned().ok())
                .flatten();
            worker.spawn(record.job.id, place);
        }
        worker.shared.publish();
        Ok((worker, board_receiver, event_receiver))
    }

    /// Takes up a job that `submit` just wrote.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read back.
    pub async fn take_up(&self, id: JobId) -> Result<(), StoreError> {
        let record = self.shared.store.run(move |tx| journal::get(tx, id)).await?;
        self.shared.put(record.job);
        self.spawn(id, None);
        Ok(())
    }

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
                    return Ok::<_, StoreError>(false);
                }
                journal::end(tx, id, JobState::Cancelled, &Ending::default(), now)
            })
            .await?;
        if cancelled {
            if let Some(handle) = self.shared.lock_handles().get(&id) {
                handle.cancelled.cancel();
            }
            self.shared.reload(id).await?;
        }
        Ok(cancelled)
    }

    /// Ends the present wait of a job, or of the whole queue after a pause.
    pub fn wake(&self, id: Option<JobId>) {
        match id {
            Some(id) => {
                if let Some(handle) = self.shared.lock_handles().get(&id) {
                    handle.wake.notify_one();
                }
            }
            None => {
                *self.shared.lock_not_before() = None;
                self.shared.pause.send_replace(None);
                for handle in self.shared.lock_handles().values() {
                    handle.wake.notify_one();
                }
                self.shared.publish();
            }
        }
    }

    /// Resources at HeyGen that may be the answer to a request whose outcome is unknown, newest first.
    ///
    /// # Errors
    /// A [`Fault`] from the network or the journal.
    pub async fn candidates(&self, id: JobId) -> Result<Vec<Candidate>, Fault> {
        let records = self.shared.store.run(journal::all).await?;
        let Some(record) = records.iter().find(|record| record.job.id == id) else { return Ok(Vec::new()) };
        let client = self.shared.client()?;
        let videos = client.recent_videos(100, None).await?;
        // An hour before, for clocks that disagree; resources that other jobs follow are out.
        let earliest = record.first_sent_at.unwrap_or(record.job.created_at) - 3_600;
        let taken = |video: &Video| {
            records.iter().any(|other| other.job.id != id && other.job.remote_id.as_deref() == Some(&video.id))
        };
        Ok(videos
            .into_iter()
            .filter(|video| video.created_at.is_none_or(|at| at >= earliest) && !taken(video))
            .map(|video| Candidate {
                title: video.title.unwrap_or_default(),
                created_at: video.created_at,
                status: video.status.word().to_owned(),
                remote_id: video.id,
            })
            .collect())
    }

    /// The person's word on a job whose outcome is unknown. "Pay again" only ends this job: the new
    /// one is a new submission with its own quote, caps and key.
    ///
    /// # Errors
    /// [`StoreError`]; a resource that another job follows is one.
    pub async fn decide(&self, id: JobId, decision: Decision) -> Result<bool, StoreError> {
        let now = (self.shared.now)();
        let follow = matches!(decision, Decision::ThisIsIt(_));
        let done = self
            .shared
            .store
            .run(move |tx| {
                if journal::get(tx, id)?.job.state != JobState::OutcomeUnknown {
                    return Ok::<_, StoreError>(false);
                }
                match decision {
                    Decision::ThisIsIt(remote_id) => {
                        journal::set_remote_id(tx, id, &remote_id)?;
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
                        let error = JobError {
                            what: "You decided that HeyGen never took this request.".to_owned(),
                            money: "The hold is released.".to_owned(),
                            advice: "If a charge shows up in the wallet all the same, it is the remainder there."
                                .to_owned(),
                        };
                        let ending = Ending { error: Some(error), ..Ending::default() };
                        journal::end(tx, id, JobState::Failed, &ending, now)
                    }
                }
            })
            .await?;
        self.shared.reload(id).await?;
        if done && follow {
            self.spawn(id, None);
        }
        Ok(done)
    }

    /// Ends every task at its next wait; the journal has everything.
    pub fn stop(&self) {
        self.shared.stop.cancel();
    }

    fn spawn(&self, id: JobId, place: Option<OwnedSemaphorePermit>) {
        let handle = Handle { cancelled: CancellationToken::new(), wake: Arc::new(Notify::new()) };
        self.shared.lock_handles().insert(id, handle.clone());
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let stop = shared.stop.clone();
            let cancelled = handle.cancelled.clone();
            let run = Run { shared: Arc::clone(&shared), id, handle, place, failures: 0, made: None, kept_files: None };
            tokio::select! {
                () = stop.cancelled() => return,
                // Only an unpaid job is ever cancelled, and the journal already says so.
                () = cancelled.cancelled() => {}
                () = run.follow() => {}
            }
            shared.lock_handles().remove(&id);
        });
    }
}

/// Answers the polls of all jobs with one question to HeyGen.
async fn answer_questions(shared: Arc<Shared>) {
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            () = shared.asked.notified() => {}
        }
        // Jobs that ask at about the same time share one request.
        tokio::time::sleep(Duration::from_millis(100) / shared.timing.hurry.max(1)).await;
        let questions = std::mem::take(&mut *shared.questions.lock().unwrap_or_else(PoisonError::into_inner));
        let ids: Vec<String> = questions.iter().map(|question| question.remote_id.clone()).collect();
        let answer = match shared.client() {
            Ok(client) => client.video_statuses(&ids).await.map_err(Fault::from),
            Err(fault) => Err(fault),
        };
        for question in questions {
            let own = answer.clone().map(|statuses| {
                statuses.into_iter().find(|(id, _)| *id == question.remote_id).map(|(_, status)| status)
            });
            // A job that was dropped meanwhile needs no answer.
            let _ = question.answer.send(own);
        }
    }
}

impl Shared {
    fn client(&self) -> Result<Client, Fault> {
        self.client.borrow().clone().ok_or_else(|| Fault {
            kind: ErrorKind::Unauthorized,
            message: "There is no API key.".to_owned(),
            param: None,
        })
    }

    fn lock_jobs(&self) -> MutexGuard<'_, BTreeMap<JobId, Arc<Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_handles(&self) -> MutexGuard<'_, HashMap<JobId, Handle>> {
        self.handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_not_before(&self) -> MutexGuard<'_, Option<tokio::time::Instant>> {
        self.not_before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, job: Job) {
        self.lock_jobs().insert(job.id, Arc::new(job));
        self.publish();
    }

    async fn reload(&self, id: JobId) -> Result<(), StoreError> {
        let record = self.store.run(move |tx| journal::get(tx, id)).await?;
        self.put(record.job);
        Ok(())
    }

    fn progress(&self, id: JobId, progress: Progress) {
        {
            let mut jobs = self.lock_jobs();
            let Some(job) = jobs.get_mut(&id) else { return };
            if job.progress == progress {
                return;
            }
            Arc::make_mut(job).progress = progress;
        }
        self.publish();
    }

    /// A new board for everybody who looks.
    fn publish(&self) {
        let mut jobs: Vec<Arc<Job>> = self.lock_jobs().values().rev().cloned().collect();
        let mut place = jobs.iter().filter(|job| job.state == JobState::Held).count();
        for job in &mut jobs {
            if job.state == JobState::Held {
                if matches!(job.progress, Progress::None | Progress::Place(_)) && job.progress != Progress::Place(place)
                {
                    Arc::make_mut(job).progress = Progress::Place(place);
                }
                place -= 1;
            }
        }
        let in_flight = jobs.iter().filter(|job| job.state.is_in_flight()).count();
        let held = jobs.iter().map(|job| job.hold).sum::<Usd>();
        let paused = self.pause.borrow().clone();
        self.board.send_replace(Arc::new(Board { jobs, in_flight, held, paused }));
    }

    async fn tell(&self, event: JobEvent) {
        // Nobody listens only while the program closes.
        let _ = self.events.send(event).await;
    }
}

/// One job on its way through the states.
struct Run {
    shared: Arc<Shared>,
    id: JobId,
    handle: Handle,
    /// One of HeyGen's ten places; given back when HeyGen is done with the job.
    place: Option<OwnedSemaphorePermit>,
    failures: u32,
    /// The finished video as HeyGen described it.
    made: Option<Video>,
    /// What the download brought home.
    kept_files: Option<(ResultFiles, Option<Decimal>)>,
}

impl Run {
    async fn follow(mut self) {
        let mut outcome = Outcome::Found;
        loop {
            let record = match self.load().await {
                Ok(record) => record,
                Err(error) => {
                    self.shared.tell(JobEvent::StoreFault(error.to_string())).await;
                    self.wait(5_000).await;
                    continue;
                }
            };
            let endpoint = PaidEndpoint::from_path(&record.endpoint).unwrap_or(PaidEndpoint::Videos);
            let facts = Facts {
                state: record.job.state,
                sends: record.sends,
                first_sent_at: record.first_sent_at,
                replay: endpoint.replay_rule(),
                failures: self.failures,
            };
            let step = next_step(&facts, &outcome, (self.shared.now)(), fastrand::f64());
            tracing::debug!(job = %self.id, state = ?facts.state, step = step_name(&step), "next step");
            if let Outcome::Failure(_) = outcome {
                self.failures = self.failures.saturating_add(1);
            } else {
                self.failures = 0;
            }
            match self.take(step, &record, endpoint, &outcome).await {
                Ok(Some(next)) => outcome = next,
                Ok(None) => return,
                Err(error) => {
                    // The journal could not be written: nothing more leaves before it can.
                    self.shared.tell(JobEvent::StoreFault(error.to_string())).await;
                    self.wait(5_000).await;
                    outcome = Outcome::Found;
                }
            }
        }
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
            Step::Poll => Ok(Some(self.poll(record).await)),
            Step::Download => Ok(Some(self.download(record).await?)),
            Step::Finish => {
                self.finish(record).await?;
                Ok(None)
            }
            Step::Again { after_ms, why } => {
                self.wait_in_words(after_ms, &why).await;
                Ok(Some(match outcome {
                    // A sent request is sent again, not found again: its place is kept.
                    Outcome::Failure(_) if record.job.state == JobState::Submitting => Outcome::Ready,
                    Outcome::Failure(_) if record.job.state == JobState::Downloading => Outcome::Completed,
                    Outcome::Failure(_) if record.job.state == JobState::Running => Outcome::StillRunning,
                    _ => Outcome::Found,
                }))
            }
            Step::BackToHeld { after_ms, why } => {
                self.back_to_held(&why).await?;
                if matches!(outcome, Outcome::Failure(Fault { kind: ErrorKind::RateLimited { .. }, .. })) {
                    let until = tokio::time::Instant::now() + self.hurried(after_ms);
                    let mut not_before = self.shared.lock_not_before();
                    *not_before = Some(not_before.map_or(until, |present| present.max(until)));
                }
                self.wait_in_words(after_ms, &why).await;
                Ok(Some(Outcome::Found))
            }
            Step::PauseHeld(pause) => {
                if record.job.state == JobState::Submitting {
                    self.back_to_held("the queue stands still").await?;
                }
                self.pause(pause).await;
                Ok(Some(Outcome::Found))
            }
            Step::PauseAsIs(pause) => {
                self.pause(pause).await;
                Ok(Some(Outcome::Found))
            }
            Step::Fail(error) => {
                let ending = Ending { error: Some(error), ..Ending::default() };
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

    /// Brings the draft's files up and writes the exact body down.
    async fn upload(&mut self, record: &Record) -> Result<Outcome, StoreError> {
        if record.request.is_some() {
            return Ok(Outcome::Ready);
        }
        if let Some(pause) = self.paused() {
            self.pause(pause).await;
        }
        let draft: AvatarVideoDraft = match serde_json::from_str(&record.job.draft) {
            Ok(draft) => draft,
            Err(error) => return Ok(failure(ErrorKind::Invalid, format!("The saved draft cannot be read: {error}"))),
        };
        let permit = Arc::clone(&self.shared.uploads).acquire_owned().await;
        let (id, now) = (self.id, (self.shared.now)());
        let from = [JobState::Held, JobState::Uploading];
        let moved =
            self.shared.store.run(move |tx| journal::move_to(tx, id, &from, JobState::Uploading, now, "")).await?;
        if !moved {
            return Ok(Outcome::Found);
        }
        self.shared.reload(id).await?;
        let there = self.shared.store.run(move |tx| journal::uploads(tx, id)).await?;
        let mut assets: BTreeMap<_, _> = there.into_iter().map(|(field, asset)| (field, AssetId::new(asset))).collect();
        for (field, file) in draft.uploads() {
            if assets.contains_key(&field) {
                continue;
            }
            let unchanged = std::fs::metadata(&file.path).is_ok_and(|data| data.len() == file.size);
            if !unchanged {
                let words = format!("{} is gone or was changed since the job was made.", file.path.display());
                return Ok(failure(ErrorKind::Local, words));
            }
            let client = match self.shared.client() {
                Ok(client) => client,
                Err(fault) => return Ok(Outcome::Failure(fault)),
            };
            let progress = self.progress_of_bytes();
            let media_type = file.media_type.as_deref().unwrap_or("application/octet-stream");
            let report = |done, total| progress(done, Some(total));
            match client.upload(&file.path, &file.name(), media_type, &report).await {
                Ok(asset) => {
                    let text = asset.as_str().to_owned();
                    self.shared.store.run(move |tx| journal::note_upload(tx, id, field, &text)).await?;
                    assets.insert(field, asset);
                }
                Err(error) => return Ok(Outcome::Failure(error.into())),
            }
        }
        drop(permit);
        match heygen::videos::body(&draft, &assets) {
            Ok(body) => {
                self.shared.store.run(move |tx| journal::set_request(tx, id, &body)).await?;
                Ok(Outcome::Ready)
            }
            Err(error) => Ok(Outcome::Failure(error.into())),
        }
    }

    /// Waits for a place, commits that the body is about to leave, and sends it.
    async fn send(&mut self, record: &Record, endpoint: PaidEndpoint) -> Result<Option<Outcome>, StoreError> {
        if self.place.is_none() {
            self.place = Arc::clone(&self.shared.places).acquire_owned().await.ok();
        }
        loop {
            let until = *self.shared.lock_not_before();
            if let Some(until) = until.filter(|until| *until > tokio::time::Instant::now()) {
                tokio::time::sleep_until(until).await;
                continue;
            }
            match self.paused() {
                Some(pause) => self.pause(pause).await,
                None => break,
            }
        }
        let client = match self.shared.client() {
            Ok(client) => client,
            // Nothing has left: the pause does not touch the key.
            Err(_) => {
                self.place = None;
                self.pause(Pause::KeyRefused).await;
                return Ok(Some(Outcome::Found));
            }
        };
        let Some(body) = record.request.clone() else { return Ok(Some(Outcome::Found)) };
        let key = match IdempotencyKey::new(record.idempotency_key.clone()) {
            Ok(key) => key,
            Err(error) => return Ok(Some(failure(ErrorKind::Invalid, error.to_string()))),
        };
        let (id, now) = (self.id, (self.shared.now)());
        // Another wait may have outlived the key: the policy judges once more with what is on disk.
        let facts = Facts {
            state: JobState::Submitting,
            sends: record.sends,
            first_sent_at: record.first_sent_at,
            replay: endpoint.replay_rule(),
            failures: 0,
        };
        if record.job.state == JobState::Submitting
            && !matches!(next_step(&facts, &Outcome::Found, now, 0.0), Step::Send)
        {
            return Ok(Some(Outcome::Found));
        }
        let moved = self
            .shared
            .store
            .run(move |tx| {
                let from = [JobState::Held, JobState::Uploading, JobState::Submitting];
                let moved = journal::move_to(tx, id, &from, JobState::Submitting, now, "")?;
                if moved {
                    journal::count_send(tx, id, now)?;
                }
                Ok::<_, StoreError>(moved)
            })
            .await?;
        if !moved {
            return Ok(None);
        }
        self.shared.reload(id).await?;
        match client.send_paid(endpoint, Bytes::from(body), &key).await {
            Ok(created) => {
                self.accepted(created.remote_id).await?;
                Ok(Some(Outcome::Accepted))
            }
            Err(error) => Ok(Some(Outcome::Failure(error.into()))),
        }
    }

    async fn accepted(&self, remote_id: String) -> Result<(), StoreError> {
        let (id, now) = (self.id, (self.shared.now)());
        self.shared
            .store
            .run(move |tx| {
                journal::set_remote_id(tx, id, &remote_id)?;
                journal::move_to(tx, id, &[JobState::Submitting], JobState::Running, now, &remote_id)
            })
            .await?;
        self.shared.reload(id).await?;
        self.shared.tell(JobEvent::WalletMoved).await;
        Ok(())
    }

    async fn poll(&mut self, record: &Record) -> Outcome {
        let Some(remote_id) = record.job.remote_id.clone() else {
            return failure(ErrorKind::Other, "The journal has no id to ask for".to_owned());
        };
        if self.place.is_none() {
            self.place = Arc::clone(&self.shared.places).try_acquire_owned().ok();
        }
        let seconds = u64::try_from((self.shared.now)() - record.job.changed_at).unwrap_or(0);
        self.shared.progress(self.id, Progress::Rendering { seconds });
        // A tenth of the age, so that a short video comes home at once and a long one asks seldom.
        let wait =
            (Duration::from_secs(seconds) / 10).clamp(self.shared.timing.first_poll, self.shared.timing.longest_poll);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.handle.wake.notified() => {}
        }
        let (answer, receive) = tokio::sync::oneshot::channel();
        self.shared
            .questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Question { remote_id: remote_id.clone(), answer });
        self.shared.asked.notify_one();
        match receive.await {
            Ok(Ok(Some(status))) if status.is_running() => return Outcome::StillRunning,
            Ok(Err(fault)) => return Outcome::Failure(fault),
            Err(_) => return Outcome::StillRunning,
            // Finished, failed, or not in the list: the video itself says which.
            Ok(Ok(_)) => {}
        }
        let video = match self.shared.client() {
            Ok(client) => client.video(&remote_id).await.map_err(Fault::from),
            Err(fault) => Err(fault),
        };
        match video {
            Ok(video) if video.status == VideoStatus::Completed => {
                self.made = Some(video);
                Outcome::Completed
            }
            Ok(video) if video.status == VideoStatus::Failed => {
                let message = video.failure_message.unwrap_or_else(|| "no reason given".to_owned());
                Outcome::RenderFailed { code: video.failure_code, message }
            }
            Ok(_) => Outcome::StillRunning,
            Err(fault) => Outcome::Failure(fault),
        }
    }

    /// Brings video, captions and thumbnail home.
    async fn download(&mut self, record: &Record) -> Result<Outcome, StoreError> {
        let (id, now) = (self.id, (self.shared.now)());
        let from = [JobState::Running, JobState::Downloading];
        if record.job.state == JobState::Running {
            self.shared.store.run(move |tx| journal::move_to(tx, id, &from, JobState::Downloading, now, "")).await?;
            self.shared.reload(id).await?;
        }
        // HeyGen is done with it: the next in line may have its place.
        self.place = None;
        let permit = Arc::clone(&self.shared.downloads).acquire_owned().await;
        let outcome = match self.bring_home(record).await {
            Ok(()) => Outcome::Saved,
            Err(fault) => {
                // The address may have expired: the next try asks for a fresh one.
                self.made = None;
                Outcome::Failure(fault)
            }
        };
        drop(permit);
        Ok(outcome)
    }

    async fn bring_home(&mut self, record: &Record) -> Result<(), Fault> {
        let client = self.shared.client()?;
        let remote_id = record.job.remote_id.clone().unwrap_or_default();
        let video = match self.made.take() {
            Some(video) => video,
            None => client.video(&remote_id).await?,
        };
        let Some(url) = video.video_url.as_deref() else {
            return Err(Fault {
                kind: ErrorKind::Unreadable,
                message: "HeyGen says the video is finished but gives no address for it".to_owned(),
                param: None,
            });
        };
        let folders = self.shared.folders.borrow().clone();
        let mut target = match &record.target {
            Some(target) => target.clone(),
            None => self.promise_target(&folders.results, &record.job).await?,
        };
        let mut part = transfer::part_path(&target, &self.id.to_string());
        if !transfer::is_placed(&part, &target) {
            let progress = self.progress_of_bytes();
            let came = transfer::download(&client, url, &part, &progress).await;
            if let Err(Fault { kind: ErrorKind::Conflict, .. }) = &came {
                // What is here belongs to another file: begin anew.
                tokio::fs::remove_file(&part).await.map_err(|error| transfer::disk_fault(&error, &part))?;
            }
            came?;
        }
        while !place(&part, &target).await? {
            let next = self.promise_target(&folders.results, &record.job).await?;
            let moved = transfer::part_path(&next, &self.id.to_string());
            tokio::fs::rename(&part, &moved).await.map_err(|error| transfer::disk_fault(&error, &moved))?;
            (target, part) = (next, moved);
        }
        let captions = match video.subtitle_url.as_deref() {
            Some(url) => self.beside(&client, url, &target.with_extension("srt")).await,
            None => None,
        };
        let thumbnail = match video.thumbnail_url.as_deref() {
            Some(url) => self.beside(&client, url, &folders.thumbnails.join(format!("{}.png", self.id))).await,
            None => None,
        };
        let duration = match video.duration {
            Some(seconds) => Some(seconds),
            None => measured(&target).await,
        };
        self.kept_files = Some((ResultFiles { video: Some(target), captions, thumbnail }, duration));
        Ok(())
    }

    async fn promise_target(&self, folder: &Path, job: &Job) -> Result<PathBuf, Fault> {
        let (id, folder, title) = (self.id, folder.to_owned(), job.title.clone());
        let extension =
            serde_json::from_str::<AvatarVideoDraft>(&job.draft).map_or("mp4", |draft| draft.output_format.word());
        let promised = self
            .shared
            .store
            .run(move |tx| {
                let target = transfer::free_target(&folder, &title, extension, &journal::targets(tx)?);
                journal::set_target(tx, id, &target)?;
                Ok::<_, StoreError>(target)
            })
            .await?;
        Ok(promised)
    }

    /// A small file that belongs to the video. Without it the job is done all the same.
    async fn beside(&self, client: &Client, url: &str, target: &Path) -> Option<PathBuf> {
        let part = transfer::part_path(target, &self.id.to_string());
        if transfer::is_placed(&part, target) {
            return Some(target.to_owned());
        }
        let came = match transfer::download(client, url, &part, &|_, _| {}).await {
            Ok(()) => place(&part, target).await,
            Err(fault) => Err(fault),
        };
        match came {
            Ok(true) => Some(target.to_owned()),
            Ok(false) => None,
            Err(fault) => {
                tracing::warn!(job = %self.id, message = %fault.message, "a companion file did not come");
                None
            }
        }
    }

    async fn finish(&mut self, record: &Record) -> Result<(), StoreError> {
        let (files, duration) = self.kept_files.take().unwrap_or_default();
        let learned = spoken(record, duration);
        let taught = learned.is_some();
        let (id, now) = (self.id, (self.shared.now)());
        let error = duration.is_none().then(|| JobError {
            what: "The video is here, but its length could not be read.".to_owned(),
            money: "What it cost is not known. The hold is released; compare the wallet.".to_owned(),
            advice: "Look at HeyGen's own billing page for the charge.".to_owned(),
        });
        let ending = Ending { error, files, duration };
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

    /// A definite refusal: nothing was paid, the next attempt gets a key of its own.
    async fn back_to_held(&mut self, why: &str) -> Result<(), StoreError> {
        let (id, now, why) = (self.id, (self.shared.now)(), why.to_owned());
        let key = IdempotencyKey::generate();
        self.shared
            .store
            .run(move |tx| {
                journal::renew_key(tx, id, key.as_str())?;
                journal::move_to(tx, id, &[JobState::Submitting], JobState::Held, now, &why)
            })
            .await?;
        self.place = None;
        self.shared.reload(id).await
    }

    fn paused(&self) -> Option<Pause> {
        self.shared.pause.borrow().clone()
    }

    /// Stops the whole queue until the person resumes it, and waits for that.
    async fn pause(&mut self, pause: Pause) {
        let mut present = self.shared.pause.subscribe();
        if present.borrow_and_update().is_none() {
            self.shared.pause.send_replace(Some(pause));
            self.shared.publish();
        }
        // Only fails when the worker itself is gone.
        let _ = present.wait_for(Option::is_none).await;
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

    fn progress_of_bytes(&self) -> impl Fn(u64, Option<u64>) + Send + Sync + 'static {
        let (shared, id) = (Arc::clone(&self.shared), self.id);
        let next = std::sync::atomic::AtomicU64::new(0);
        move |done, total| {
            use std::sync::atomic::Ordering::Relaxed;
            if done >= next.load(Relaxed) || Some(done) == total {
                next.store(done.saturating_add(PROGRESS_STEP), Relaxed);
                shared.progress(id, Progress::Bytes { done, total });
            }
        }
    }
}

async fn place(part: &Path, target: &Path) -> Result<bool, Fault> {
    let (from, to) = (part.to_owned(), target.to_owned());
    match tokio::task::spawn_blocking(move || transfer::place(&from, &to)).await {
        Ok(Ok(placed)) => Ok(placed),
        Ok(Err(error)) => Err(transfer::disk_fault(&error, target)),
        Err(_) => Err(StoreError::Closing.into()),
    }
}

/// The length of a saved video from its own bytes, where HeyGen did not say it.
async fn measured(video: &Path) -> Option<Decimal> {
    let path = video.to_owned();
    tokio::task::spawn_blocking(move || crate::media::probe::local_file(&path).duration).await.ok().flatten()
}

/// What a finished video says about its voice's pace.
fn spoken(record: &Record, duration: Option<Decimal>) -> Option<journal::Spoken> {
    let draft: AvatarVideoDraft = serde_json::from_str(&record.job.draft).ok()?;
    if draft.source != Source::Script {
        return None;
    }
    Some(journal::Spoken {
        voice_id: draft.voice_id()?.to_owned(),
        language: draft.voice.as_ref().map(|voice| voice.language.clone()),
        script: draft.script.clone(),
        speed: draft.voice_settings.speed,
        seconds: duration?,
    })
}

fn failure(kind: ErrorKind, message: String) -> Outcome {
    Outcome::Failure(Fault { kind, message, param: None })
}

fn step_name(step: &Step) -> &'static str {
    match step {
        Step::Upload => "upload",
        Step::Send => "send",
        Step::Poll => "poll",
        Step::Download => "download",
        Step::Finish => "finish",
        Step::Again { .. } => "again",
        Step::BackToHeld { .. } => "back to held",
        Step::PauseHeld(_) | Step::PauseAsIs(_) => "pause",
        Step::Fail(_) => "fail",
        Step::AskPerson(_) => "ask",
        Step::Rest => "rest",
    }
}
