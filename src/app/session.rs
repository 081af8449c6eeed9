//! One open account: its client, journal and worker, and for the sandbox the server itself.
//! An account stays open until the program ends, so that its jobs go on while the other is shown.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::{mpsc, watch};

use crate::credentials::TOKEN_PREFIX;
use crate::draft::billable::Speech;
use crate::heygen::{Client, Credential, Endpoint};
use crate::jobs::journal;
use crate::jobs::types::Board;
use crate::jobs::worker::{Folders, JobEvent, Timing, Worker};
use crate::paths::Paths;
use crate::pricing::{Observation, Pace};
use crate::sandbox;
use crate::settings::Account;
use crate::store::{Store, StoreError};

use super::drafts::{self, Found};
use super::options::Options;

/// Observations that teach the pace at start-up.
const MOST_OBSERVATIONS: u32 = 5_000;

/// One open account.
pub struct Session {
    pub account: Account,
    /// Where requests go, for people: "this program" or the host.
    pub host: String,
    pub store: Store,
    pub worker: Worker,
    pub client: watch::Sender<Option<Client>>,
    pub folders: watch::Sender<Folders>,
    pub board: watch::Receiver<Arc<Board>>,
    /// Taken by the window once, to forward.
    pub job_events: Option<mpsc::Receiver<JobEvent>>,
    pub pace: Arc<Pace>,
    base_url: String,
    /// The account's database.
    pub database: PathBuf,
    /// What was kept of its tabs; taken by the window once.
    pub drafts: Found,
    /// The HeyGen inside, while this is the sandbox.
    pub sandbox: Option<sandbox::Running>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("account", &self.account).field("host", &self.host).finish_non_exhaustive()
    }
}

/// What an account is opened with.
pub struct Opening {
    pub account: Account,
    pub options: Options,
    pub paths: Paths,
    pub folders: Folders,
    pub timing: Timing,
    /// The live account's key, as far as it is known yet.
    pub key: Option<SecretString>,
    /// Unix seconds.
    pub now: fn() -> i64,
}

impl Session {
    /// Opens the account: starts the sandbox where it is that one, reads the journal, resumes its jobs.
    ///
    /// # Errors
    /// A sentence for the person.
    pub async fn open(opening: Opening) -> Result<Self, String> {
        let Opening { account, options, paths, folders, timing, key, now } = opening;
        let (base_url, key, sandbox) = match account {
            Account::Sandbox => {
                let running = sandbox::start(sandbox::Options {
                    speed: options.sandbox_speed,
                    ..sandbox::Options::new(paths.sandbox_world())
                })
                .await
                .map_err(|error| format!("The sandbox did not start. {error} {}", error.hint))?;
                (running.base_url.clone(), Some(SecretString::from(running.key.clone())), Some(running))
            }
            Account::Live => {
                let base_url = options.base_url.clone().unwrap_or_else(|| crate::heygen::LIVE_BASE_URL.to_owned());
                (base_url, key, None)
            }
        };
        let url = Endpoint::parse_base_url(&base_url).map_err(|error| format!("{base_url}: {error}"))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let database = match account {
            // Another server has other jobs, and another wallet.
            Account::Live if options.base_url.is_some() => {
                let port = url.port().map(|port| format!("-{port}")).unwrap_or_default();
                paths.data.join(format!("live-{host}{port}.db"))
            }
            account => paths.database(account),
        };
        let store = open_store(database.clone()).await?;
        let beside = drafts::path_beside(&database);
        let found = tokio::task::spawn_blocking(move || drafts::read(&beside)).await.unwrap_or_default();
        let client = key.map(|key| client(&base_url, &key)).transpose()?;
        let (client, client_receiver) = watch::channel(client);
        let (folders, folders_receiver) = watch::channel(folders);
        let (worker, board, job_events) = Worker::start(store.clone(), client_receiver, folders_receiver, timing, now)
            .await
            .map_err(|error| error.to_string())?;
        let pace = read_pace(&store).await.unwrap_or_default();
        Ok(Self {
            account,
            host: if sandbox.is_some() { "this program".to_owned() } else { host },
            store,
            worker,
            client,
            folders,
            board,
            job_events: Some(job_events),
            pace: Arc::new(pace),
            base_url,
            database,
            drafts: found,
            sandbox,
        })
    }

    /// Tells the key in use from others without giving it away; `None` where there is none.
    #[must_use]
    pub fn credential(&self) -> Option<String> {
        self.client.borrow().as_ref().map(Client::fingerprint)
    }

    /// Uses another key from now on, or none. The queue goes on where it stood still for the old one.
    ///
    /// # Errors
    /// A sentence, when no client can be made with it.
    pub fn use_key(&self, key: Option<&SecretString>) -> Result<(), String> {
        let client = key.map(|key| client(&self.base_url, key)).transpose()?;
        let present = client.is_some();
        self.client.send_replace(client);
        if present {
            self.worker.wake(None);
        }
        Ok(())
    }
}

/// A client for this key. A text that begins with `Bearer ` is an OAuth token.
///
/// # Errors
/// A sentence for the person.
pub fn client(base_url: &str, key: &SecretString) -> Result<Client, String> {
    let base_url = Endpoint::parse_base_url(base_url).map_err(|error| error.to_string())?;
    let credential = match key.expose_secret().strip_prefix(TOKEN_PREFIX) {
        Some(token) => Credential::Bearer(SecretString::from(token.trim().to_owned())),
        None => Credential::ApiKey(key.clone()),
    };
    Client::new(Endpoint { base_url, credential }).map_err(|error| error.to_string())
}

async fn open_store(database: PathBuf) -> Result<Store, String> {
    let opened = tokio::task::spawn_blocking(move || Store::open(&database)).await;
    match opened {
        Ok(Ok(store)) => Ok(store),
        Ok(Err(StoreError::InUse(path))) => Err(format!(
            "Another Reelmeter has this account open ({}). Nothing was sent from here. Close the other window, then try again.",
            path.display()
        )),
        Ok(Err(error @ StoreError::Damaged(_))) => Err(format!(
            "The journal cannot be read: {error}. It was left as it is, and nothing was sent. Put a backup in its place; \
             or move it away and start again: what HeyGen made and charged is listed there, and jobs under way end there."
        )),
        Ok(Err(error)) => Err(format!("The journal cannot be opened: {error}. Nothing can be made until it can.")),
        Err(_) => Err("The program is closing.".to_owned()),
    }
}

/// What finished videos taught about voices.
///
/// # Errors
/// [`StoreError`].
pub async fn read_pace(store: &Store) -> Result<Pace, StoreError> {
    let spoken = store.run(|tx| journal::observations(tx, MOST_OBSERVATIONS)).await?;
    Ok(Pace::from_observations(spoken.into_iter().filter_map(|spoken| {
        let speech = Speech {
            text: spoken.script,
            language: spoken.language,
            voice_id: Some(spoken.voice_id),
            speed: Some(spoken.speed),
        };
        Observation::of(&speech, spoken.seconds)
    })))
}
