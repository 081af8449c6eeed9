//! The worker: asks the policy what is next for each job and does it. One task per live job.
//!
//! Every step that matters is committed before the next begins, so that a restart at any point
//! goes on from the journal alone. Knows the client, the journal and the disk, never the window.

mod board;
mod candidates;
mod decisions;
mod home;
mod poll;
mod run;
mod send;
mod shared;
mod stream;
mod turns;
mod upload;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::heygen::{self, Client, ErrorKind, RemoteStatus, Resource};
use crate::money::Usd;
use crate::store::{Store, StoreError};

use super::journal::{self, Record};
use super::policy::Fault;
use super::transfer;
use super::types::{Board, Job, JobId, Pause, Progress};
use run::Run;

/// Jobs HeyGen takes at once (published limit).
pub const MOST_IN_FLIGHT: usize = 10;
/// Realtime sessions HeyGen takes at once (published limit); they take none of the places above.
pub const MOST_SESSIONS: usize = 3;
/// How long the next job waits at most for the one before it to take its place in the queue.
const START_PATIENCE: Duration = Duration::from_millis(500);
/// Between two tries to read what the journal did not give.
const STORE_PATIENCE: Duration = Duration::from_secs(5);
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
    /// A fault of this program ended the task of the job with this title.
    Stopped(String),
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
    held_unreadable: Mutex<Usd>,
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
            held_unreadable: Mutex::new(unreadable.iter().map(|job| job.hold).sum()),
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
        let shared = Arc::clone(&worker.shared);
        tokio::spawn(async move {
            // Every job's polling hangs on it. Whoever asked while it broke off asks once more.
            while AssertUnwindSafe(poll::answer_questions(Arc::clone(&shared))).catch_unwind().await.is_err() {
                tracing::error!("asking for all jobs at once ended in a fault of this program and begins anew");
                tokio::time::sleep(STORE_PATIENCE / shared.timing.hurry.max(1)).await;
            }
        });
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
        worker.sweep(&records);
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
    /// for all of them. Where they cannot be read back, that is told, and they are taken up as soon as they can.
    pub async fn take_up_all(&self, ids: Vec<JobId>) {
        let Err(error) = self.take_up_now(ids.clone()).await else { return };
        self.shared.tell(JobEvent::StoreFault(error.to_string())).await;
        let worker = self.clone();
        tokio::spawn(async move {
            let every = STORE_PATIENCE / worker.shared.timing.hurry.max(1);
            loop {
                tokio::select! {
                    () = worker.shared.stop.cancelled() => return,
                    () = tokio::time::sleep(every) => {}
                }
                if worker.take_up_now(ids.clone()).await.is_ok() {
                    return;
                }
            }
        });
    }

    async fn take_up_now(&self, ids: Vec<JobId>) -> Result<(), StoreError> {
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

    /// Clears what the downloads of jobs that are over left behind, out of everybody's way.
    fn sweep(&self, records: &[Record]) {
        let over: HashSet<String> = records
            .iter()
            .filter(|record| record.job.state.is_final())
            .map(|record| record.job.id.to_string())
            .collect();
        let targets = records.iter().filter_map(|record| Some(record.target.as_ref()?.parent()?.to_owned()));
        let folders: HashSet<PathBuf> = targets.chain([self.shared.folders.borrow().results.clone()]).collect();
        tokio::task::spawn_blocking(move || {
            for folder in folders {
                transfer::sweep(&folder, &|id| over.contains(id));
            }
        });
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
            let (stop, cancelled, wake) = (shared.stop.clone(), handle.cancelled.clone(), Arc::clone(&handle.wake));
            let (mut place, mut arriving) = (place, arriving);
            loop {
                let run = Run::new(Arc::clone(&shared), id, handle.clone(), place.take(), arriving.take());
                let followed = AssertUnwindSafe(run.follow()).catch_unwind();
                let ended = tokio::select! {
                    () = stop.cancelled() => return,
                    // Cancelled before it was paid, or no longer followed: the journal already says so.
                    () = cancelled.cancelled() => Ok(()),
                    ended = followed => ended,
                };
                if ended.is_ok() {
                    break;
                }
                // By itself it would most likely end there again, and again.
                shared.stopped(id).await;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = cancelled.cancelled() => break,
                    () = wake.notified() => shared.progress(id, Progress::None),
                }
            }
            let mut handles = shared.lock_handles();
            // A decision may have started the job's next task already.
            if handles.get(&id).is_some_and(|present| Arc::ptr_eq(&present.wake, &wake)) {
                handles.remove(&id);
            }
        });
    }
}
