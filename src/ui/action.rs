//! What the window asks for. Drawing pushes actions and changes nothing outside the window's own
//! state; `app::apply` is the one place that acts.

use std::path::PathBuf;

use rust_decimal::Decimal;
use secrecy::SecretString;

use crate::draft::{Draft, Product};
use crate::jobs::types::{Decision, JobId, QuotedPrice};
use crate::settings::{Account, Settings};

use super::avatars::own::OwnAction;
use super::places::Place;

/// A draft with the price its button carried.
#[derive(Clone, Debug)]
pub struct Asked {
    pub draft: Draft,
    pub quoted: QuotedPrice,
}

/// One thing the person asked for.
#[derive(Clone, Debug)]
pub enum Action {
    /// Make this at this price. The window has already marked it as submitting.
    Submit(Box<Asked>),
    /// Cancel a job that has not been paid.
    Cancel(JobId),
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

    RefreshWallet,
    RefreshCast,
    /// Read the languages of translations and the account's glossaries.
    ReadLanguages,

    /// Read the styles of video agents.
    RefreshStyles,
    /// Show this conversation with a video agent from now on; the same one again reads it again.
    FollowChat(String),
    /// Show the conversation a job belongs to on its tab.
    OpenChat(JobId),
    /// Stop the agent of this session.
    StopAgent(String),
    /// The person's own avatars, looks and voices.
    Own(OwnAction),

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
