//! What the window shows: immutable snapshots that `app` replaces. Nothing here does anything.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::account::{AccountInfo, Billing};
use crate::draft::avatar_video::LocalFile;
use crate::draft::chat::{AgentStyle, BrandKit, Chat};
use crate::draft::hyperframes::{Bundle, Rows};
use crate::draft::translation::Glossary;
use crate::draft::{Draft, Look, Product, Voice};
use crate::jobs::types::{BatchId, Board, Candidate, Job, JobId, KeptBatch};
use crate::money::Usd;
use crate::pricing::{Pace, RateCard};
use crate::settings::{Account, Settings};
use crate::spend::types::{Listing, Snapshot, WalletMark, WalletSeen};

use super::action::Export;
use super::avatars::own::Own;
use super::places::Place;

/// A value that is fetched. The previous value stays visible while a newer one is on its way.
#[derive(Clone, Debug)]
pub struct Loaded<T> {
    pub value: Option<T>,
    pub loading: bool,
    /// Why the last fetch failed, in words.
    pub fault: Option<String>,
}

impl<T> Default for Loaded<T> {
    fn default() -> Self {
        Self { value: None, loading: false, fault: None }
    }
}

/// Where the API key of the live account stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyStatus {
    /// The keyring has not answered yet.
    #[default]
    Asking,
    /// There is none.
    Missing,
    /// In the keyring; the last four characters are shown.
    InKeyring { ending: String },
    /// From `HEYGEN_API_KEY`, for this run.
    FromEnvironment { ending: String },
    /// For this session only, in memory.
    ThisSession { ending: String },
    /// The keyring is missing, locked or silent; the sentence says which.
    KeyringFault(String),
}

/// A message for the person that is not tied to a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub id: u64,
    pub tone: Tone,
    /// What happened.
    pub what: String,
    /// What it means for the money and what to do; may be empty.
    pub more: String,
    /// The file or folder it is about, to be shown where it lies.
    pub at: Option<PathBuf>,
}

/// How a notice is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Good,
    Warning,
    Bad,
}

/// What the Video agent tab shows besides its form.
#[derive(Clone, Debug, Default)]
pub struct AgentData {
    pub styles: Loaded<Arc<Vec<AgentStyle>>>,
    /// The account's brand kits; read with the styles. A fault only means that none are offered.
    pub brand_kits: Loaded<Arc<Vec<BrandKit>>>,
    /// The session whose conversation is shown.
    pub session: Option<String>,
    pub chat: Loaded<Arc<Chat>>,
}

/// A sound of this computer that plays or waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Playback {
    pub path: PathBuf,
    /// It is being heard, or about to be.
    pub playing: bool,
    /// Seconds from the beginning that were heard.
    pub at: Decimal,
    /// Why it cannot be heard, in words.
    pub fault: Option<String>,
}

/// How loud a sound is over its length, for drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Drawing,
    Drawn {
        /// The loudest of each of many equal parts, 0 to 1.
        peaks: Arc<[f32]>,
        seconds: Decimal,
    },
    /// Why there is none, in words.
    Failed(String),
}

/// How far a HyperFrames project is read and packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectReading {
    /// What is read.
    pub source: PathBuf,
    /// Bytes.
    pub done: u64,
    /// Bytes; 0 until it is known.
    pub total: u64,
}

/// Everything the window shows that is not its own state.
#[derive(Clone, Debug)]
pub struct Model {
    pub account: Account,
    /// The host that requests go to, for the account chip's tooltip.
    pub host: String,
    pub info: Loaded<AccountInfo>,
    /// Unix seconds of the wallet's reading.
    pub wallet_read_at: Option<i64>,
    /// Where the journal stood when that was asked for.
    pub wallet_mark: Option<Arc<WalletMark>>,
    pub looks: Loaded<Arc<Vec<Look>>>,
    pub voices: Loaded<Arc<Vec<Voice>>>,
    pub agent: AgentData,
    /// The voices that can speak on their own.
    pub speech_voices: Loaded<Arc<Vec<Voice>>>,
    /// What videos can be translated into; read when it is first needed.
    pub languages: Loaded<Arc<Vec<String>>>,
    /// The account's glossaries; read with the languages. A fault only means that none are offered.
    pub glossaries: Loaded<Arc<Vec<Glossary>>>,
    /// The person's own avatars, looks and voices.
    pub own: Own,
    pub board: Arc<Board>,
    /// The tables that are kept, open or closed, by their names.
    pub tables: BTreeMap<BatchId, String>,
    pub card: Arc<RateCard>,
    /// Where the card comes from or why the person's own card is not used.
    pub card_note: Option<String>,
    /// Whether the person's own card is broken and the built-in one is used instead.
    pub card_is_fallback: bool,
    pub pace: Arc<Pace>,
    /// The books of the account, as of the last change.
    pub spend: Loaded<Arc<Snapshot>>,
    /// The entries that were last picked out of the ledger.
    pub listing: Option<Arc<Listing>>,
    pub settings: Settings,
    pub key: KeyStatus,
    /// A key is being tested or saved right now.
    pub key_busy: bool,
    /// What testing the key said, in words.
    pub key_answer: Option<Result<String, String>>,
    /// The voice whose preview is playing or loading.
    pub playing: Option<String>,
    /// The sound of this computer that plays or waits.
    pub playback: Option<Playback>,
    /// The shapes of sounds that were asked for.
    pub shapes: Arc<HashMap<PathBuf, Shape>>,
    pub candidates: Option<(JobId, Loaded<Vec<Candidate>>)>,
    /// A HyperFrames project that is being read.
    pub project_reading: Option<ProjectReading>,
    pub results_folder: PathBuf,
    pub config_folder: PathBuf,
    pub data_folder: PathBuf,
    /// Unix seconds, updated by the app once per frame; the window reads no clock.
    pub now: i64,
    /// Set by the app when a draft is to be put on the Avatar video tab; taken by the window.
    pub notices: Vec<Notice>,
}

impl Model {
    /// Before anything is known: nothing loaded, no folders, the clock at zero.
    #[must_use]
    pub fn blank(account: Account, card: Arc<RateCard>) -> Self {
        Self {
            account,
            host: String::new(),
            info: Loaded::default(),
            wallet_read_at: None,
            wallet_mark: None,
            looks: Loaded::default(),
            voices: Loaded::default(),
            agent: AgentData::default(),
            speech_voices: Loaded::default(),
            languages: Loaded::default(),
            glossaries: Loaded::default(),
            own: Own::default(),
            board: Arc::default(),
            tables: BTreeMap::new(),
            card,
            card_note: None,
            card_is_fallback: false,
            pace: Arc::default(),
            spend: Loaded::default(),
            listing: None,
            settings: Settings::default(),
            key: KeyStatus::default(),
            key_busy: false,
            key_answer: None,
            playing: None,
            playback: None,
            shapes: Arc::default(),
            candidates: None,
            project_reading: None,
            results_folder: PathBuf::new(),
            config_folder: PathBuf::new(),
            data_folder: PathBuf::new(),
            now: 0,
            notices: Vec::new(),
        }
    }
}

impl Model {
    /// Whether what is made is paid in dollars, as far as that is known.
    #[must_use]
    pub fn pays_in_dollars(&self) -> bool {
        self.info.value.as_ref().is_none_or(AccountInfo::pays_in_dollars)
    }

    /// What the wallet has, where it is known, kept in dollars and does not fill itself up: no more can be made
    /// than it pays for.
    #[must_use]
    pub fn binding_wallet(&self) -> Option<WalletSeen> {
        if !self.pays_in_dollars() {
            return None;
        }
        let seen = |balance| WalletSeen { balance, mark: self.wallet_mark.clone() };
        match &self.info.value.as_ref()?.billing {
            Billing::Wallet { balance, auto_reload } => {
                balance.filter(|_| !auto_reload.as_ref().is_some_and(|reload| reload.enabled)).map(seen)
            }
            Billing::Credits { .. }
            | Billing::Subscription { .. }
            | Billing::UsageBased { .. }
            | Billing::Unknown(_) => None,
        }
    }

    /// What the wallet as last seen has still to pay: the holds of jobs that HeyGen had not completed when it was
    /// asked, and what was charged since. In doubt it counts.
    #[must_use]
    pub fn unpaid(&self) -> Usd {
        let Some(mark) = &self.wallet_mark else { return self.board.held };
        let taken: Usd = mark.completed.iter().filter_map(|id| self.board.job(*id)).map(|job| job.hold).sum();
        let since: Usd = self.spend.value.iter().flat_map(|books| mark.charged_since(&books.table)).sum();
        self.board.held - taken + since
    }

    /// The table of whose rows a job is one, where it is kept.
    #[must_use]
    pub fn table_of(&self, job: &Job) -> Option<BatchId> {
        job.batch.filter(|id| self.tables.contains_key(id))
    }

    /// The newest job that was made in the place of an ended one; `None` where none was.
    #[must_use]
    pub fn made_again(&self, job: &Job) -> Option<&Arc<Job>> {
        let mut newest = None;
        let mut next = job.again;
        // Each is younger than the one before: there is no circle.
        while let Some(job) = next.and_then(|id| self.board.job(id)) {
            next = job.again.filter(|again| *again > job.id);
            newest = Some(job);
        }
        newest
    }
}

/// Something the app tells the window's own state once.
#[derive(Clone, Debug)]
pub enum Message {
    /// A submission ended: the new jobs, or why there are none (the sentence goes beside the button).
    Submitted(Product, Result<Vec<JobId>, String>),
    /// A file was probed and belongs in this place.
    FileReady {
        place: Place,
        file: LocalFile,
    },
    /// A HyperFrames project was read, or why not.
    ProjectRead(Result<Box<Bundle>, String>),
    /// A table of values was read, or why not.
    RowsRead(Result<Rows, String>),
    /// A file was read as a table for this product, or its name and why it is none.
    TableRead(Product, Result<Box<KeptBatch>, (String, String)>),
    /// A file is not read as a table after all.
    TableNotRead(Product),
    /// A table's file was read once more in another way, or why not.
    TableReread(BatchId, Result<Box<KeptBatch>, String>),
    /// A table that was closed is to be shown again, with the draft its rows share, and at the row of
    /// a job where one is meant.
    BatchOpened(Box<KeptBatch>, Option<JobId>),
    /// A table that was open when the account was last used.
    BatchFound(Box<KeptBatch>),
    /// Rows of a table became jobs, by their lines, or why none did.
    BatchMade(BatchId, Result<Vec<(u64, JobId)>, String>),
    /// Show this job in the Library.
    ShowJob(JobId),
    /// A job was made again as another one.
    MadeAgain(JobId, JobId),
    /// A file that suits no place of the shown tab, and where else it would.
    FileElsewhere {
        file: LocalFile,
        places: Vec<Place>,
    },
    /// A dropped file that suits no place, and why.
    FileRefused(String),
    /// No browser took this address: the person opens it by hand.
    NotOpened(String),
    /// The account's looks were read: drafts take what is known of theirs now.
    LooksRead(Arc<Vec<Look>>),
    /// Put this draft on its tab and show the tab. What stood there can be put back.
    LoadDraft(Box<Draft>),
    /// A draft, and the same with its files as they are now.
    LookedAgain(Box<Draft>, Box<Draft>),
    /// The file dialog could not be opened: offer to type a path.
    NoFileDialog(Place),
    /// The dialog for saving could not be opened: offer to type a path.
    NoSaveDialog(Box<Export>),
    ShowTab(super::Tab),
}
