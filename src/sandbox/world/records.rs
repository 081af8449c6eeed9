//! What the world remembers: jobs, assets, purchases and charges. Times are Unix milliseconds.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::money::Usd;

/// What a job makes. A new product adds its word here and its making in `studio`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    /// `POST /v3/videos`.
    Video,
    /// `POST /v3/video-translations`: one job for each language.
    Translation,
    /// `POST /v3/lipsyncs`.
    Lipsync,
    /// `POST /v3/ai-clipping`.
    Clipping,
    /// `POST /v3/voices/speech`: finished at once.
    Speech,
    /// `POST /v3/videos`, type `cinematic_avatar`.
    Cinematic,
    /// `POST /v3/videos`, type `studio`.
    StudioVideo,
    /// A video agent's video.
    AgentVideo,
    /// A video agent that thinks of a question.
    AgentQuestion,
    /// `POST /v3/avatars`.
    Avatar,
    /// `POST /v3/hyperframes/renders`.
    HyperFrames,
    /// `POST /v3/avatar-realtime`: it is due when the session ends.
    Realtime,
    /// `POST /v3/background-removals`.
    BackgroundRemoval,
}

impl Product {
    /// The word in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Translation => "translation",
            Self::Lipsync => "lipsync",
            Self::Clipping => "clipping",
            Self::Speech => "speech",
            Self::Cinematic => "cinematic",
            Self::StudioVideo => "studio_video",
            Self::AgentVideo => "agent_video",
            Self::AgentQuestion => "agent_question",
            Self::Avatar => "avatar",
            Self::HyperFrames => "hyperframes",
            Self::Realtime => "realtime",
            Self::BackgroundRemoval => "background_removal",
        }
    }

    /// What `/v3/videos` shows.
    pub const VIDEOS: [Self; 4] = [Self::Video, Self::Cinematic, Self::StudioVideo, Self::AgentVideo];
}

/// One piece of paid work and its life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// The id of the resource, for example the `video_id`.
    pub id: String,
    pub product: Product,
    pub title: String,
    pub created_at: i64,
    /// From here on it says that it is being worked on.
    pub starts_at: i64,
    /// From here on its result is made.
    pub due_at: i64,
    /// What it is expected to cost; held back from the wallet while it runs.
    pub reserved: Usd,
    /// What is to be made, in the product's own words.
    pub order: Value,
    #[serde(default)]
    pub callback: Callback,
    pub state: State,
}

/// Whom to tell when a job is finished, and by which name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    pub id: Option<String>,
    /// An http or https address.
    pub url: Option<String>,
}

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Running,
    Completed { at: i64, made: Made },
    Failed { at: i64, failure: Failure },
    Cancelled { at: i64 },
}

impl State {
    /// The word in the database.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed { .. } => "completed",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// What came out of a job. Files are named within the results folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Seconds of output; what is charged.
    pub seconds: Decimal,
    pub video: Option<String>,
    pub thumbnail: Option<String>,
    pub captions: Option<String>,
    /// What else the product shows, in its own words.
    #[serde(default)]
    pub more: Value,
}

impl Made {
    /// No files: what came out is kept elsewhere.
    #[must_use]
    pub fn without_files(seconds: Decimal) -> Self {
        Self { seconds, video: None, thumbnail: None, captions: None, more: Value::Null }
    }
}

/// Why a job failed, as the resource shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: String,
    pub message: String,
}

/// A file that was brought in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    pub id: String,
    pub name: String,
    /// As found in the bytes; as announced while the bytes are not here yet.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 in lower-case hex, as announced.
    pub checksum: Option<String>,
    pub created_at: i64,
    pub arrival: Arrival,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// An upload address was given out.
    Awaited,
    /// The bytes are here; the store shows them only from `visible_at` on.
    Stored { visible_at: i64 },
    /// Ready for use.
    Ready,
}

/// A request that creates something, as its idempotency key names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Purchase {
    /// Method and path.
    pub endpoint: String,
    pub key: String,
}

/// A movement of the wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The job that was charged; `None` for money that was added.
    #[serde(rename = "video_id")]
    pub job_id: Option<String>,
    /// Taken from the wallet; negative when it was added.
    pub amount: Usd,
    /// Seconds of output that were charged.
    pub seconds: Option<Decimal>,
    /// Unix milliseconds.
    pub at: i64,
}

/// The wallet at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wallet {
    pub balance: Usd,
    /// Held back for jobs that run.
    pub reserved: Usd,
    /// Jobs in progress.
    pub running: u64,
}
