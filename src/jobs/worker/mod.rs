//! The worker: asks the policy what is next for each job and does it. One task per live job.
//!
//! Every step that matters is committed before the next begins, so that a restart at any point
//! goes on from the journal alone. Knows the client, the journal and the disk, never the window.

mod board;
mod candidates;
mod home;
mod poll;
mod run;
mod stream;
mod turns;
mod upload;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::draft::Product;
use crate::heygen::{self, Client, ErrorKind, RemoteStatus, Resource};
use crate::money::Usd;
use crate::store::{Store, StoreError};

use super::journal::{self, Ending, Record};
use super::policy::Fault;
use super::sessions;
use super::types::{Board, Decision, Job, JobError, JobId, JobState, Pause, Progress};
use run::Run;

/// Jobs HeyGen takes at once (published limit).
pub const MOST_IN_FLIGHT: usize = 10;
/// Realtime sessions HeyGen takes at once (published limit); they take none of the places above.
pub const MOST_SESSIONS: usize = 3;
/// How long the next job waits at most for the one before it to take its place in the queue.
const START_PATIENCE: Duration = Duration::from_millis(500);
/// Files that go up, and results that come down, at once.
const MOST_TRANSFERS: usize = 3;

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
    /// A job of the journal cannot be read; it was left as it is.
    Unreadable(String),
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
    /// What is held for jobs that cannot be read and so are on no board: it counts all the same.
    held_unreadable: Usd,
    board: board::Publisher,
    pause: watch::Sender<Option<Pause>>,
    places: Arc<Semaphore>,
    session_places: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
    /// HeyGen asked everybody to wait until then.
    not_before: Mutex<Option<tokio::time::Instant>>,
    turns: Arc<turns::Turns>,
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
    resource: Resource,
    remote_id: String,
    answer: oneshot::Sender<Result<Option<RemoteStatus>, Fault>>,
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
        let (records, unreadable) = store.run(journal::readable).await?;
        let (board, board_receiver) = board::Publisher::new();
        let (events, event_receiver) = mpsc::channel(64);
        let shared = Arc::new(Shared {
            store,
            client,
            folders,
            timing,
            now,
            jobs: Mutex::new(records.iter().map(|record| (record.job.id, Arc::new(record.job.clone()))).collect()),
            held_unreadable: unreadable.iter().map(|job| job.hold).sum(),
            board,
            pause: watch::Sender::new(None),
            places: Arc::new(Semaphore::new(MOST_IN_FLIGHT)),
            session_places: Arc::new(Semaphore::new(MOST_SESSIONS)),
            uploads: Arc::new(Semaphore::new(MOST_TRANSFERS)),
            downloads: Arc::new(Semaphore::new(MOST_TRANSFERS)),
            not_before: Mutex::new(None),
            turns: Arc::default(),
            handles: Mutex::new(HashMap::new()),
            questions: Mutex::new(Vec::new()),
            asked: Notify::new(),
            events,
            stop: CancellationToken::new(),
        });
        let worker = Self { shared };
        tokio::spawn(poll::answer_questions(Arc::clone(&worker.shared)));
        // What HeyGen already works on has its place before anything that waits for one.
        let (in_flight, waiting): (Vec<&Record>, Vec<&Record>) = records
            .iter()
            .filter(|record| !record.job.state.is_final())
            .partition(|record| record.job.state.is_in_flight());
        for record in in_flight {
            let place = worker.shared.places_of(record.job.product).try_acquire_owned().ok();
            worker.spawn(record.job.id, place, None);
        }
        worker.spawn_in_order(waiting.into_iter().map(|record| record.job.id).collect());
        worker.shared.publish();
        let shared = Arc::clone(&worker.shared);
        tokio::spawn(async move {
            for job in unreadable {
                shared.tell(JobEvent::Unreadable(job.fault.to_string())).await;
            }
        });
        Ok((worker, board_receiver, event_receiver))
    }

    /// Takes up a job that `submit` just wrote.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be read back.
    pub async fn take_up(&self, id: JobId) -> Result<(), StoreError> {
        let record = self.shared.store.run(move |tx| journal::get(tx, id)).await?;
        self.shared.put(record.job);
        self.shared.publish();
        self.spawn(id, None, None);
        Ok(())
    }

    /// Takes up jobs that `submit` just wrote, in their order: one look into the journal and one new board
    /// for all of them.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read back.
    pub async fn take_up_all(&self, ids: Vec<JobId>) -> Result<(), StoreError> {
        let records = self
            .shared
            .store
            .run(move |tx| ids.into_iter().map(|id| journal::get(tx, id)).collect::<Result<Vec<_>, StoreError>>())
            .await?;
        let ids: Vec<JobId> = records.iter().map(|record| record.job.id).collect();
        {
            let mut jobs = self.shared.lock_jobs();
            jobs.extend(records.into_iter().map(|record| (record.job.id, Arc::new(record.job))));
        }
        self.shared.publish();
        self.spawn_in_order(ids);
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
            self.shared.show(id).await?;
        }
        Ok(cancelled)
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
        self.shared.lock_jobs().extend(cancelled.into_iter().map(|job| (job.id, Arc::new(job))));
        self.shared.publish();
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
                    return Ok::<_, StoreError>(false);
                }
                let error = JobError {
                    what: "You stopped following it.".to_owned(),
                    money: "HeyGen may still make it, and charges what it makes. The money stays on hold until you \
                            decide."
                        .to_owned(),
                    advice: "Follow it again, or give the hold back.".to_owned(),
                };
                journal::set_error(tx, id, Some(&error))?;
                let from = [JobState::Running, JobState::Downloading];
                journal::move_to(tx, id, &from, JobState::OutcomeUnknown, now, "the person stopped following it")
            })
            .await?;
        if stopped {
            if let Some(handle) = self.shared.lock_handles().remove(&id) {
                handle.cancelled.cancel();
            }
            self.shared.show(id).await?;
        }
        Ok(stopped)
    }

    /// Ends the present wait of a job, or of the whole queue after a pause.
    pub fn wake(&self, id: Option<JobId>) {
        match id {
            Some(id) => self.shared.wake(id),
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

    /// The person's word on a job whose outcome is unknown. "Pay again" only ends this job: the new
    /// one is a new submission with its own quote, caps and key.
    ///
    /// # Errors
    /// [`StoreError`]; a resource that another job follows is one.
    pub async fn decide(&self, id: JobId, decision: Decision) -> Result<bool, StoreError> {
        let now = (self.shared.now)();
        let follow = matches!(decision, Decision::ThisIsIt(_));
        let (done, continued) = self
            .shared
            .store
            .run(move |tx| {
                let mut continued = Vec::new();
                let job = journal::get(tx, id)?.job;
                if job.state != JobState::OutcomeUnknown {
                    return Ok::<_, StoreError>((false, continued));
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
                        let error = JobError {
                            what: what.to_owned(),
                            money: "The hold is released.".to_owned(),
                            advice: "If a charge shows up in the wallet all the same, it is the remainder there."
                                .to_owned(),
                        };
                        let ending = Ending { error: Some(error), ..Ending::default() };
                        journal::end(tx, id, JobState::Failed, &ending, now)
                    }
                }?;
                Ok((done, continued))
            })
            .await?;
        self.shared.show(id).await?;
        for other in continued {
            self.shared.show(other).await?;
            self.shared.wake(other);
        }
        if done && follow {
            self.spawn(id, None, None);
        }
        Ok(done)
    }

    /// Ends every task at its next wait; the journal has everything.
    pub fn stop(&self) {
        self.shared.stop.cancel();
    }

    /// Shows a job as the journal has it now, after something else than the worker changed it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reread(&self, id: JobId) -> Result<(), StoreError> {
        self.shared.show(id).await
    }

    /// Starts jobs one after the other, so that they stand in the queue in their order.
    fn spawn_in_order(&self, ids: Vec<JobId>) {
        let worker = self.clone();
        tokio::spawn(async move {
            for id in ids {
                if worker.shared.stop.is_cancelled() {
                    return;
                }
                let (arrived, stands) = oneshot::channel();
                worker.spawn(id, None, Some(arrived));
                // Dropped once it waits for its place, or goes up, or ended: nothing is ever sent.
                let _ = tokio::time::timeout(START_PATIENCE, stands).await;
            }
        });
    }

    fn spawn(&self, id: JobId, place: Option<OwnedSemaphorePermit>, arriving: Option<oneshot::Sender<()>>) {
        let handle = Handle { cancelled: CancellationToken::new(), wake: Arc::new(Notify::new()) };
        self.shared.lock_handles().insert(id, handle.clone());
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let stop = shared.stop.clone();
            let cancelled = handle.cancelled.clone();
            let own = Arc::clone(&handle.wake);
            let run = Run {
                shared: Arc::clone(&shared),
                id,
                handle,
                place,
                turn: None,
                arriving,
                failures: 0,
                times_gone: 0,
                silences: 0,
                made: None,
                told: false,
                brought: None,
                parts: Vec::new(),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                // Cancelled before it was paid, or no longer followed: the journal already says so.
                () = cancelled.cancelled() => {}
                () = run.follow() => {}
            }
            let mut handles = shared.lock_handles();
            // A decision may have started the job's next task already.
            if handles.get(&id).is_some_and(|present| Arc::ptr_eq(&present.wake, &own)) {
                handles.remove(&id);
            }
        });
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

    /// HeyGen counts realtime sessions by themselves.
    fn places_of(&self, product: Product) -> Arc<Semaphore> {
        Arc::clone(if product == Product::Realtime { &self.session_places } else { &self.places })
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
    }

    /// Shows a job as the journal has it to everybody who waits for that.
    async fn show(&self, id: JobId) -> Result<(), StoreError> {
        let record = self.store.run(move |tx| journal::get(tx, id)).await?;
        self.put(record.job);
        self.publish();
        Ok(())
    }

    async fn reload(self: &Arc<Self>, id: JobId) -> Result<(), StoreError> {
        let record = self.store.run(move |tx| journal::get(tx, id)).await?;
        self.put(record.job);
        self.publish_soon();
        Ok(())
    }

    fn progress(self: &Arc<Self>, id: JobId, progress: Progress) {
        {
            let mut jobs = self.lock_jobs();
            let Some(job) = jobs.get_mut(&id) else { return };
            if job.progress == progress {
                return;
            }
            Arc::make_mut(job).progress = progress;
        }
        self.publish_soon();
    }

    fn wake(&self, id: JobId) {
        if let Some(handle) = self.lock_handles().get(&id) {
            handle.wake.notify_one();
        }
    }

    async fn tell(&self, event: JobEvent) {
        // Nobody listens only while the program closes.
        let _ = self.events.send(event).await;
    }
}
