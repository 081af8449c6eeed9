//! What the window asks for. Drawing pushes actions and changes nothing outside the window's own
//! state; `app::apply` is the one place that acts.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::draft::AvatarVideoDraft;
use crate::jobs::types::{Decision, JobId, QuotedPrice};
use crate::settings::{Account, Settings};

/// What a picked or dropped file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilePurpose {
    /// The sound that drives an avatar video.
    DrivingAudio,
    /// A picture to animate.
    FaceImage,
    /// The picture behind the face.
    BackgroundImage,
}

/// One thing the person asked for.
#[derive(Clone, Debug)]
pub enum Action {
    /// Make this video at this quote. The window has already marked it as submitting.
    Submit { draft: Box<AvatarVideoDraft>, quoted: QuotedPrice },
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
    PickFile(FilePurpose),
    /// Files dropped on the window, or a path typed or pasted: probe them and put them where they fit.
    TakeFiles { paths: Vec<PathBuf>, purpose: Option<FilePurpose> },

    /// Play a voice's preview; the same voice again stops it.
    PlayVoice { voice_id: String, url: String },
    StopPlaying,

    OpenFile(PathBuf),
    ShowInFolder(PathBuf),
    OpenWeb(String),
    CopyText(String),

    RefreshWallet,
    RefreshCast,

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
