//! The HeyGen inside: a faithful v3 interface as an HTTP server on loopback, with a play wallet.
//!
//! Owns its world (wallet, jobs, files), its own wire types and its footage. Knows `pricing`,
//! `money`, `media` and the plain words of `draft`; never `heygen`, or a wrong field name would
//! agree with itself.
//!
//! A new resource is a file in `routes`, its request and response shapes in `wire`, and, where it
//! takes time and money, a word in `world::Product` with its making in `studio`.

mod archive; // files out of a zip
mod batches; // many requests in one
pub mod cast; // the faces and voices
mod clock; // the time
mod command; // `reelmeter sandbox`
mod composition; // what a HyperFrames project says of itself
mod delivery; // events on their way
mod events; // what is told when something is finished
pub mod faults; // what goes wrong on demand
pub mod footage; // real video and sound
mod inputs; // files that requests bring
mod intake; // what all paid requests have in common
mod languages; // what films are translated into
mod once; // idempotency
mod order; // what a video request asks for
mod people; // looks and voices, of the cast and made
mod price; // what it bills
mod requests; // what it saw
mod routes; // one file per resource
mod server; // sockets, the shared state, the way in
mod signing; // presigned addresses
mod sniff; // file types by their bytes
mod sources; // films and sounds that requests point to
mod studio; // makes what is due
mod tariff; // play prices where HeyGen publishes none
mod wire; // request and response shapes
mod world; // everything that is remembered

use std::path::PathBuf;

use rust_decimal::Decimal;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::money::Usd;

pub use clock::{Clock, ManualClock};
pub use command::{CommandArgs, command};
pub use faults::{Faults, Kind, LiveForm, Rule};
pub use requests::Seen;
pub use world::Entry;

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of its world; made where it is missing.
    pub data: PathBuf,
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// The key it accepts; `None` for `sandbox`.
    pub key: Option<String>,
    /// How much faster than realistic it renders, above 0. At 1 a video takes half its length and
    /// three seconds, at most 90 seconds.
    pub speed: Decimal,
    /// What the wallet of a new world holds; `None` for $25.00. An existing world keeps its own.
    pub balance: Option<Usd>,
}

impl Options {
    /// Any free port, the key `sandbox`, realistic speed, $25.00.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self { data: data.into(), port: 0, key: None, speed: Decimal::ONE, balance: None }
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StartError {
    pub kind: StartErrorKind,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What stood in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartErrorKind {
    /// The data folder cannot be made or its world not be read.
    Data,
    /// The port cannot be listened on.
    Port,
    /// An option makes no sense.
    Options,
    /// The computer refused a thread, a signal or an output.
    System,
}

/// A sandbox that runs. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base_url: String,
    /// The key it accepts.
    pub key: String,
    /// What goes wrong on demand.
    pub faults: Faults,
    state: server::State,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// The last requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.state.requests.all()
    }

    /// Puts money into the wallet.
    ///
    /// # Errors
    /// A sentence: the world cannot be written.
    pub fn top_up(&self, amount: Usd) -> impl Future<Output = Result<(), String>> + Send + use<> {
        let state = self.state.clone();
        async move {
            let now = state.clock.now();
            let added = state.world(move |world| world.top_up(amount, now)).await;
            added.map(|_| ()).map_err(|refusal| refusal.message)
        }
    }

    /// Stops listening, lets answers that are on their way leave, and returns once all is closed.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        for mut task in std::mem::take(&mut self.tasks) {
            let patience = std::time::Duration::from_secs(3);
            if tokio::time::timeout(patience, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}

/// Starts a sandbox on this runtime, on the computer's clock.
///
/// # Errors
/// [`StartError`] when its folder or port cannot be used.
pub async fn start(options: Options) -> Result<Running, StartError> {
    start_at(options, Clock::System).await
}

/// Starts a sandbox on this runtime, on the given clock.
///
/// # Errors
/// [`StartError`] when its folder or port cannot be used.
pub async fn start_at(options: Options, clock: Clock) -> Result<Running, StartError> {
    server::start(options, clock).await
}
