//! A studio without a window: journal and worker on a real sandbox over a real socket.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reelmeter::draft::avatar_video::Face;
use reelmeter::draft::{AspectRatio, AvatarType, AvatarVideoDraft, Draft, Look, Resolution, Voice};
use reelmeter::heygen::{Client, Credential, Endpoint};
use reelmeter::jobs::submit::{Order, Submission, SubmitError, submit};
use reelmeter::jobs::types::{Board, Job, JobId, JobState, Tariff};
use reelmeter::jobs::worker::{Folders, JobEvent, Timing, Worker};
use reelmeter::money::Usd;
use reelmeter::pricing::{Pace, RateCard, Unit, quote};
use reelmeter::sandbox;
use reelmeter::spend::Caps;
use reelmeter::store::{Store, StoreError};
use rust_decimal::Decimal;
use secrecy::SecretString;
use tokio::sync::watch;

/// Longer than anything takes; only a broken program meets it.
pub const PATIENCE: Duration = Duration::from_secs(120);

pub fn hurried() -> Timing {
    Timing { first_poll: Duration::from_millis(10), longest_poll: Duration::from_millis(50), hurry: 40 }
}

pub fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

pub fn client(base_url: &str, key: &str) -> Client {
    let base_url = Endpoint::parse_base_url(base_url).unwrap();
    Client::new(Endpoint { base_url, credential: Credential::ApiKey(SecretString::from(key.to_owned())) }).unwrap()
}

pub struct Rig {
    pub folder: tempfile::TempDir,
    pub sandbox: sandbox::Running,
    pub client: Client,
    pub keys: watch::Sender<Option<Client>>,
    pub studio: Studio,
}

/// What is thrown away and built again by a restart.
pub struct Studio {
    pub store: Store,
    pub worker: Worker,
    pub board: watch::Receiver<Arc<Board>>,
    /// What was told of a journal that cannot be written or read.
    pub faults: watch::Receiver<Vec<String>>,
    _folders: watch::Sender<Folders>,
}

impl Rig {
    pub async fn start() -> Self {
        Self::with_balance(None).await
    }

    pub async fn with_balance(balance: Option<Usd>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = sandbox::Options {
            speed: Decimal::from(10_000),
            balance,
            ..sandbox::Options::new(folder.path().join("world"))
        };
        let sandbox = sandbox::start(options).await.unwrap();
        let client = client(&sandbox.base_url, &sandbox.key);
        let keys = watch::Sender::new(Some(client.clone()));
        let studio = Studio::open(folder.path(), keys.subscribe()).await;
        Self { folder, sandbox, client, keys, studio }
    }

    pub fn results(&self) -> PathBuf {
        self.folder.path().join("Results")
    }

    /// A short video of a digital twin with its own voice.
    pub async fn draft(&self, title: &str) -> AvatarVideoDraft {
        let looks = self.client.looks().await.unwrap();
        let voices = self.client.voices().await.unwrap();
        draft_of(title, &looks, &voices)
    }

    pub fn submit(&self, draft: &(impl Clone + Into<Draft>)) -> Result<JobId, SubmitError> {
        self.studio.submit(draft, Caps::default(), None)
    }

    pub async fn take_up(&self, id: JobId) {
        self.studio.worker.take_up(id).await.unwrap();
    }

    /// Submits and takes up.
    pub async fn create(&self, title: &str) -> JobId {
        let draft = self.draft(title).await;
        let id = self.submit(&draft).unwrap();
        self.take_up(id).await;
        id
    }

    pub async fn until(&self, what: &str, condition: impl FnMut(&Arc<Board>) -> bool) -> Arc<Board> {
        self.studio.until(what, condition).await
    }

    pub async fn ended(&self, id: JobId) -> Arc<Job> {
        self.studio.ended(id).await
    }

    /// Ends the studio as a closed window does and opens it again on the same folder.
    pub async fn restart(self) -> Self {
        let Self { folder, sandbox, client, keys, studio } = self;
        studio.close().await;
        let studio = Studio::open(folder.path(), keys.subscribe()).await;
        Self { folder, sandbox, client, keys, studio }
    }

    /// HeyGen's own count: charges in its ledger.
    pub async fn charges(&self) -> Vec<serde_json::Value> {
        control(&self.sandbox.base_url, &self.sandbox.key, "/sandbox/ledger").await
    }

    /// The wallet as HeyGen sees it.
    pub async fn wallet(&self) -> Usd {
        match self.client.account().await.unwrap().billing {
            reelmeter::account::Billing::Wallet { balance: Some(balance), .. } => balance,
            other => panic!("no wallet: {other:?}"),
        }
    }
}

/// The list behind one of the sandbox's own addresses, whatever its envelope calls it.
pub async fn control(base_url: &str, key: &str, path: &str) -> Vec<serde_json::Value> {
    let answer = reqwest::Client::new().get(format!("{base_url}{path}")).header("x-api-key", key).send().await.unwrap();
    let json: serde_json::Value = answer.json().await.unwrap();
    let list =
        json.get("charges").or_else(|| json.pointer("/data/charges")).or_else(|| json.get("data")).unwrap_or(&json);
    list.as_array().unwrap_or_else(|| panic!("no list at {path}: {json}")).clone()
}

impl Studio {
    pub async fn open(folder: &std::path::Path, keys: watch::Receiver<Option<Client>>) -> Self {
        let path = folder.join("studio.db");
        let store = open_once_free(&path).await;
        let folders =
            watch::Sender::new(Folders { results: folder.join("Results"), thumbnails: folder.join("thumbnails") });
        let (worker, board, mut events) =
            Worker::start(store.clone(), keys, folders.subscribe(), hurried(), now).await.unwrap();
        let (told, faults) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if let JobEvent::StoreFault(words) | JobEvent::Unreadable(words) = event {
                    told.send_modify(|faults| faults.push(words));
                }
            }
        });
        Self { store, worker, board, faults, _folders: folders }
    }

    /// Submits a draft of one job.
    pub fn submit(
        &self,
        draft: &(impl Clone + Into<Draft>),
        caps: Caps,
        wallet: Option<Usd>,
    ) -> Result<JobId, SubmitError> {
        let ids = submit(&self.store, &submission(draft, caps, wallet))?.jobs;
        assert_eq!(ids.len(), 1, "one job was meant");
        Ok(ids[0])
    }

    pub async fn until(&self, what: &str, condition: impl FnMut(&Arc<Board>) -> bool) -> Arc<Board> {
        let mut board = self.board.clone();
        let found = tokio::time::timeout(PATIENCE, board.wait_for(condition)).await;
        match found {
            Ok(board) => Arc::clone(&board.unwrap()),
            Err(_) => panic!("never happened: {what}; the board is {:#?}", self.board.borrow()),
        }
    }

    /// The job once nothing will happen to it any more.
    pub async fn ended(&self, id: JobId) -> Arc<Job> {
        let ended = |job: &Job| job.state.is_final() || job.state == JobState::OutcomeUnknown;
        let board = self.until("the job ends", |board| find(board, id).is_some_and(|job| ended(&job))).await;
        find(&board, id).unwrap()
    }

    pub async fn close(self) {
        self.worker.stop();
    }
}

/// How many entries of each kind are in the ledger.
pub fn entries(rig: &Rig) -> Vec<(String, u32)> {
    rig.studio
        .store
        .transaction::<_, StoreError>(|tx| {
            let mut statement = tx.prepare("SELECT kind, count(*) FROM ledger GROUP BY kind ORDER BY kind")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .unwrap()
}

/// The lock goes with the last task that holds the store.
pub async fn open_once_free(path: &std::path::Path) -> Store {
    let path = path.to_owned();
    tokio::task::spawn_blocking(move || {
        let begun = std::time::Instant::now();
        while begun.elapsed() < PATIENCE {
            match Store::open(&path) {
                Ok(store) => return store,
                Err(reelmeter::store::StoreError::InUse(_)) => std::thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        }
        panic!("the journal stays locked");
    })
    .await
    .unwrap()
}

pub fn find(board: &Board, id: JobId) -> Option<Arc<Job>> {
    board.jobs.iter().find(|job| job.id == id).cloned()
}

pub fn draft_of(title: &str, looks: &[Look], voices: &[Voice]) -> AvatarVideoDraft {
    let look = looks
        .iter()
        .find(|look| look.ready && look.avatar_type == AvatarType::DigitalTwin && look.default_voice_id.is_some())
        .unwrap();
    let voice = voices.iter().find(|voice| Some(&voice.id) == look.default_voice_id.as_ref()).or(voices.first());
    AvatarVideoDraft {
        title: title.to_owned(),
        face: Face::Look(look.clone()),
        voice: voice.cloned(),
        script: "Welcome back to the studio.".to_owned(),
        resolution: Resolution::P720,
        aspect_ratio: AspectRatio::Wide,
        ..AvatarVideoDraft::default()
    }
}

pub fn submission(draft: &(impl Clone + Into<Draft>), caps: Caps, wallet: Option<Usd>) -> Submission {
    let orders = draft.clone().into().jobs().into_iter().map(order).collect();
    Submission { orders, is_oauth: false, caps, wallet: wallet.map(Usd::into), now: now(), rows: None, again: None }
}

pub fn order(draft: Draft) -> Order {
    let quote = quote(&RateCard::built_in(), &draft.composition().billable(), &Pace::default());
    let line = &quote.lines[0];
    let tariff = Tariff { rate: line.rate, unit: Unit::from_word(line.unit).unwrap() };
    let quoted = reelmeter::ui::quoted_price(&quote).unwrap_or_else(|| panic!("no price: {quote:?}"));
    Order { draft, quoted, tariff }
}
