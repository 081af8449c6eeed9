//! Where everything that takes time runs: one tokio runtime, one bounded channel back to the window.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use tokio::sync::mpsc;

use crate::account::AccountInfo;
use crate::draft::avatar_video::LocalFile;
use crate::draft::chat::{AgentStyle, BrandKit, Chat};
use crate::draft::hyperframes::Bundle;
use crate::draft::translation::Glossary;
use crate::draft::{Draft, Look, Product, Voice};
use crate::jobs::types::{Candidate, JobId};
use crate::jobs::worker::JobEvent;
use crate::media::picture::Picture;
use crate::media::player::PlayerEvent;
use crate::money::Usd;
use crate::pricing::Pace;
use crate::rate_card_file::LoadedCard;
use crate::settings::Account;
use crate::spend::types::{Listing, WalletMark};
use crate::ui::action::Export;
use crate::ui::model::{Shape, Tone};
use crate::ui::pictures::PictureSource;
use crate::ui::places::Place;

use super::batches::BatchNews;
use super::books::Kept;
use super::keys::KeyNews;
use super::live::SessionNews;
use super::own::OwnNews;
use super::projects::ProjectNews;
use super::session::Session;

/// Events that may wait for the window before a sender has to.
const CHANNEL: usize = 512;

/// Everything the background tells the window.
#[derive(Debug)]
pub enum Event {
    /// An account is open, or the sentence says why not.
    Opened(Account, Result<Box<Session>, String>),
    /// The jobs of an account changed; the board itself is in its session.
    Board(Account),
    Job(Account, JobEvent),
    /// Who pays, as it was told to the key with this fingerprint, and where the journal stood when that was asked.
    Info(Account, Option<String>, Result<AccountInfo, String>, Option<Arc<WalletMark>>),
    /// The books after a change.
    Spend(Account, Result<Kept, String>),
    /// Entries that were picked out of the ledger.
    Listed(Account, Arc<Listing>),
    /// The person's rate card was read again.
    CardRead(Box<LoadedCard>),
    /// The person's rate card was written; what it says now.
    CardWritten(Box<LoadedCard>),
    /// What was held for jobs that cannot be read is given back: so much.
    GivenBack(Account, Usd),
    /// A job is booked to another project now.
    Moved(Account),
    NoSaveDialog(Box<Export>),
    Looks(Account, Result<Vec<Look>, String>),
    Voices(Account, Result<Vec<Voice>, String>),
    /// The styles of video agents.
    Styles(Account, Result<Vec<AgentStyle>, String>),
    /// The account's brand kits.
    BrandKits(Account, Result<Vec<BrandKit>, String>),
    /// The conversation of this session as it is now.
    Chat(Account, String, Result<Chat, String>),
    SpeechVoices(Account, Result<Vec<Voice>, String>),
    Languages(Account, Result<Vec<String>, String>),
    Glossaries(Account, Result<Vec<Glossary>, String>),
    /// Of the person's own avatars, looks and voices.
    Own(Account, OwnNews),
    Pace(Account, Arc<Pace>),
    /// Something of the realtime session that is watched.
    Session(JobId, SessionNews),
    /// A draft of the journal, its files looked at again.
    BroughtBack(Box<Draft>),
    /// A draft of a tab, and the same with its files as they are now.
    LookedAgain(Box<Draft>, Box<Draft>),
    /// Whether what was asked for is in the journal, and which job it makes again, where it does.
    Submitted(Account, Product, Option<JobId>, Result<Vec<JobId>, String>),
    Candidates(JobId, Result<Vec<Candidate>, String>),
    FileReady(Place, LocalFile),
    /// A file the shown tab has no place for, and where else it would fit.
    FileElsewhere(LocalFile, Vec<Place>),
    FileRefused(String),
    /// No program opens this address.
    NotOpened(String),
    Project(ProjectNews),
    /// Of the tables of an account.
    Batch(Account, BatchNews),
    /// A project is no longer what was priced: this is how it is now.
    ProjectChanged(Box<Bundle>),
    NoFileDialog(Place),
    FolderChosen(PathBuf),
    Picture(PictureSource, Option<Picture>),
    /// A preview ended, or could not be played.
    PlayingEnded(Option<String>),
    Player(PlayerEvent),
    /// The bytes of a sound that is to be played from so many seconds on.
    SoundRead(PathBuf, Decimal, Result<Arc<[u8]>, String>),
    Shape(PathBuf, Shape),
    Key(KeyNews),
    Notice(Tone, String, String),
    /// What was saved, as a sentence, and where.
    Saved(String, PathBuf),
}

/// The runtime and the way back.
pub struct Background {
    runtime: Option<tokio::runtime::Runtime>,
    outlet: Outlet,
}

/// For what changes many times a second: the toolkit draws twice what is asked for at once, so that a layout can settle.
pub(super) const ONCE: Duration = Duration::from_nanos(1);

/// The sending end: wakes the window with each event. Cheap to clone.
#[derive(Clone)]
pub struct Outlet {
    events: mpsc::Sender<Event>,
    context: egui::Context,
}

impl Outlet {
    /// Hands an event to the window and wakes it.
    pub async fn send(&self, event: Event) {
        // Fails only while the program closes.
        if self.events.send(event).await.is_ok() {
            self.context.request_repaint();
        }
    }

    /// The same from a thread that is not the runtime's.
    pub fn send_blocking(&self, event: Event) {
        let is_place = matches!(event, Event::Player(PlayerEvent::Position(_)));
        if self.events.blocking_send(event).is_err() {
            return;
        }
        if is_place { self.context.request_repaint_after(ONCE) } else { self.context.request_repaint() }
    }
}

impl Background {
    /// Starts the runtime.
    ///
    /// # Errors
    /// The system's own, when it refuses threads.
    pub fn start(context: egui::Context) -> std::io::Result<(Self, mpsc::Receiver<Event>)> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("reelmeter-background")
            .enable_all()
            .build()?;
        let (events, receiver) = mpsc::channel(CHANNEL);
        Ok((Self { runtime: Some(runtime), outlet: Outlet { events, context } }, receiver))
    }

    /// The way back to the window.
    #[must_use]
    pub fn outlet(&self) -> Outlet {
        self.outlet.clone()
    }

    /// Runs `task`; the event it comes to goes to the window.
    pub fn spawn(&self, task: impl Future<Output = Event> + Send + 'static) {
        let outlet = self.outlet();
        self.run(async move { outlet.send(task.await).await });
    }

    /// Runs `task` for itself.
    pub fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(task);
        }
    }

    /// Runs blocking work that only speaks up when something is wrong.
    pub fn run_blocking_quietly(&self, work: impl FnOnce(&Outlet) + Send + 'static) {
        let outlet = self.outlet();
        if let Some(runtime) = &self.runtime {
            runtime.spawn_blocking(move || work(&outlet));
        }
    }

    /// Runs blocking work; the event it comes to goes to the window.
    pub fn spawn_blocking(&self, work: impl FnOnce() -> Event + Send + 'static) {
        let outlet = self.outlet();
        if let Some(runtime) = &self.runtime {
            runtime.spawn_blocking(move || outlet.send_blocking(work()));
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // What is under way is in the journal; nothing may keep the window from closing.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(std::time::Duration::from_millis(500));
        }
    }
}
