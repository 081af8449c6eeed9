//! What the window asks for. Drawing pushes actions and changes nothing outside the window's own
//! state; `app::apply` is the one place that acts.

use std::path::PathBuf;
use std::sync::Arc;

use rust_decimal::Decimal;
use secrecy::SecretString;

use crate::batch::{Cast, ReadAs, Table};
use crate::draft::{Draft, Product};
use crate::jobs::types::{BatchChange, BatchId, Decision, JobId, QuotedPrice};
use crate::money::Usd;
use crate::pricing::Span;
use crate::settings::{Account, Settings};
use crate::spend::types::{Drift, LedgerFilter, LedgerTable, Period, ReportOn};

use super::avatars::own::OwnAction;
use super::places::Place;

/// A draft with the price its button carried.
#[derive(Clone, Debug)]
pub struct Asked {
    pub draft: Draft,
    pub quoted: QuotedPrice,
}

/// Rows of a table with the price their button carried.
#[derive(Clone, Debug)]
pub struct BatchAsked {
    pub id: BatchId,
    /// What all rows share.
    pub base: Draft,
    pub table: Arc<Table>,
    /// The positions of the rows that are made.
    pub places: Vec<usize>,
    /// What they cost together.
    pub total: Span<Usd>,
    pub cast: Arc<Cast>,
}

/// Something taken out of the books into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// The rows of the ledger that a filter leaves, in its order.
    Csv(LedgerFilter),
    /// Every reading of the wallet with what happened since the one before, as CSV.
    Readings,
    /// The whole account for plain-text accounting.
    Hledger,
    Beancount,
    /// What one project was charged in a period; the empty name is the jobs without a project.
    Statement {
        project: Arc<str>,
        period: Period,
    },
    /// A folder with what can be shown to HeyGen about one job.
    Dispute(JobId),
}

impl Export {
    /// What it is, at the beginning of a sentence.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Csv(_) => "The ledger as CSV".to_owned(),
            Self::Readings => "The wallet as CSV".to_owned(),
            Self::Hledger => "The hledger journal".to_owned(),
            Self::Beancount => "The beancount journal".to_owned(),
            Self::Statement { project, .. } if project.is_empty() => "The statement without a project".to_owned(),
            Self::Statement { project, .. } => format!("The statement of {project}"),
            Self::Dispute(_) => "The dispute folder".to_owned(),
        }
    }

    /// The file's usual name; `None` where a folder is written.
    #[must_use]
    pub fn file_name(&self, today: jiff::civil::Date) -> Option<String> {
        match self {
            Self::Csv(_) => Some(format!("Reelmeter ledger {today}.csv")),
            Self::Readings => Some(format!("Reelmeter wallet {today}.csv")),
            Self::Hledger => Some(format!("Reelmeter {today}.journal")),
            Self::Beancount => Some(format!("Reelmeter {today}.beancount")),
            Self::Statement { project, period } => {
                let project = if project.is_empty() { "No project" } else { project };
                // What a file's name may not have anywhere.
                let plain = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
                let project: String = project.chars().map(plain).collect();
                Some(format!("{} {}.html", project.trim_matches(['.', ' ']), period.name()))
            }
            Self::Dispute(_) => None,
        }
    }
}

/// One thing the person asked for.
#[derive(Clone, Debug)]
pub enum Action {
    /// Make this at this price. The window has already marked it as submitting.
    Submit(Box<Asked>),
    /// Cancel a job that has not been paid.
    Cancel(JobId),
    /// Stop asking after a paid job that HeyGen does not finish.
    StopFollowing(JobId),
    /// Make a failed or cancelled job again: a new job with a new key, from the same draft.
    Retry(JobId),
    /// Put a job's draft back on its tab.
    EditAgain(JobId),
    /// Ask HeyGen for resources that may belong to a job whose outcome is unknown.
    FindCandidates(JobId),
    /// The person's word on a job whose outcome is unknown.
    Decide(JobId, Decision),
    /// Go on after a pause (wallet topped up, key replaced).
    ResumeQueue,

    /// Open the system's dialog for a file.
    PickFile(Place),
    /// Open the system's dialog for a folder that goes where a file would.
    PickFolder(Place),
    /// Read a folder or zip with a HyperFrames project.
    ReadProject(PathBuf),
    /// Read the HyperFrames project that comes with the program.
    ReadSampleProject,
    /// Read a table of values, one video per row.
    ReadRows(PathBuf),
    /// Read a table whose rows become jobs on the ground of a tab's draft.
    ReadTable {
        path: PathBuf,
        base: Box<Draft>,
    },
    /// Read a table's file once more, in another way, where nothing in it was changed or made.
    ReadTableAs {
        id: BatchId,
        name: String,
        file: PathBuf,
        base: Box<Draft>,
        read_as: ReadAs,
    },
    /// Open a table that was put together here.
    MakeTable {
        name: String,
        table: Box<Table>,
        base: Box<Draft>,
    },
    /// Keep what changed in a table.
    ChangeBatch(Box<BatchChange>),
    /// Make rows of a table at the price that was seen. The window has marked it as submitting.
    SubmitBatch(Box<BatchAsked>),
    /// Cancel whatever of these jobs has not been paid.
    CancelBatch(BatchId),
    /// Show a table no more; its jobs go on.
    CloseBatch(BatchId),
    /// Show the table again whose rows became jobs.
    OpenBatch(Product, BatchId),
    /// Save a table where the person says.
    SaveTable {
        name: String,
        csv: Vec<u8>,
    },
    /// Files that were dropped together, each with its place on the shown tab where it has one; they are taken
    /// in this order.
    TakeSeveral {
        files: Vec<(PathBuf, Option<Place>)>,
        shown: Option<Product>,
    },
    /// Files dropped on the window, or a path typed or pasted: probe them and put them where they fit.
    TakeFiles {
        paths: Vec<PathBuf>,
        /// Where they go; `None`: where they fit, on the shown tab if they do there.
        place: Option<Place>,
        shown: Option<Product>,
    },
    /// A public address instead of a file: look at it and put it in its place.
    TakeAddress {
        address: String,
        place: Place,
    },

    /// Play a voice's preview; the same voice again stops it.
    PlayVoice {
        voice_id: String,
        url: String,
    },
    StopPlaying,
    /// Play a sound of this computer from so many seconds on; in the sound that plays, go there.
    PlayFile {
        path: PathBuf,
        from: Decimal,
    },
    /// Let the sound that plays wait; [`Action::PlayFile`] goes on.
    PausePlaying,
    /// Play everything so loud from now on.
    SetVolume {
        /// 0 to 100.
        percent: u8,
        muted: bool,
        /// Write it down: it changes no more for now.
        keep: bool,
    },
    /// Draw the shape of a sound of this computer.
    DrawShape(PathBuf),
    /// Save a copy of a result where the person says.
    SaveCopy(PathBuf),

    OpenFile(PathBuf),
    ShowInFolder(PathBuf),
    OpenWeb(String),
    CopyText(String),

    /// Show a realtime session: its picture, its sound and its words.
    WatchSession(JobId),
    /// Show no session any more. It goes on all the same.
    LeaveSession,
    /// Stop a realtime session, whether it has begun or not.
    StopSession(JobId),
    /// Give a session that is typed live more to say.
    SayInSession {
        job: JobId,
        text: String,
        /// Nothing more will be said.
        is_final: bool,
    },
    /// Open a session's stream in the person's own player.
    OpenSession(JobId),

    /// A message was closed, or has been there long enough.
    ForgetNotice(u64),

    RefreshWallet,
    RefreshCast,
    /// Read the languages of translations and the account's glossaries.
    ReadLanguages,

    /// Read the styles of video agents and the account's brand kits.
    RefreshStyles,
    /// Show this conversation with a video agent from now on; the same one again reads it again.
    FollowChat(String),
    /// Show the conversation a job belongs to on its tab.
    OpenChat(JobId),
    /// Show a job in the Library.
    ShowJob(JobId),
    /// Stop the agent of this session.
    StopAgent(String),
    /// The person's own avatars, looks and voices.
    Own(OwnAction),

    /// Pick entries out of the ledger, in the background: there may be hundreds of thousands.
    ListEntries(Arc<LedgerTable>, LedgerFilter),
    /// The days the Spend tab reports on.
    ReportOn(ReportOn),
    /// Give back what is held for jobs that cannot be read.
    GiveBackUnreadable,
    /// Book a job to another project; the empty name is no project.
    MoveJob {
        job: JobId,
        project: String,
    },
    /// Write the rate that the wallet says into the person's own rate card.
    WriteRate(Box<Drift>),
    /// Ask where to save it, then save it.
    Export(Box<Export>),
    /// Save it here: the path was typed. A folder gets a file of the usual name.
    ExportTo {
        export: Box<Export>,
        path: PathBuf,
    },

    /// Put play money into the sandbox's wallet.
    AddPlayMoney,
    /// Use the other account from now on.
    UseAccount(Account),
    /// Ask users/me with this key, then keep it in the keyring when it is good.
    SaveKey(SecretString),
    /// Keep the key for this session only (no keyring, or by choice).
    UseKeyThisSession(SecretString),
    RemoveKey,
    /// Ask the keyring again after it did not answer or was not there.
    RetryKeyring,

    /// The person changed settings; the value is the whole new settings.
    ChangeSettings(Box<Settings>),
    ChooseResultFolder,
    ReloadRateCard,
    /// Open the folder where an own rate card belongs.
    OpenConfigFolder,
    Quit,
}
