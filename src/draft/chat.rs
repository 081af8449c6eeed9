//! A conversation with a video agent: plain values that the client reads and the window shows.

use serde::{Deserialize, Serialize};

/// A style an agent can follow (`GET /v3/video-agents/styles`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentStyle {
    pub id: String,
    pub name: String,
    pub tags: Vec<String>,
    /// `16:9` and so on, as HeyGen says it.
    pub aspect_ratio: Option<String>,
    pub thumbnail_url: Option<String>,
    pub preview_video_url: Option<String>,
}

/// A brand of the account: colours and logo that an agent keeps to (`GET /v3/brand-kits`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrandKit {
    pub id: String,
    pub name: String,
}

/// Where an agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// An unknown word counts as this.
    Thinking,
    WaitingForInput,
    Reviewing,
    Generating,
    Completed,
    Failed,
}

impl Stage {
    /// The stage a word of the interface names.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "waiting_for_input" => Self::WaitingForInput,
            "reviewing" => Self::Reviewing,
            "generating" => Self::Generating,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            _ => Self::Thinking,
        }
    }

    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Thinking => "thinking",
            Self::WaitingForInput => "waiting_for_input",
            Self::Reviewing => "reviewing",
            Self::Generating => "generating",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Whether the agent takes no message now. The interface does not say whether `reviewing` waits for
    /// the person; a message that comes too early there is refused and costs nothing.
    #[must_use]
    pub fn is_busy(self) -> bool {
        match self {
            Self::Thinking | Self::Generating => true,
            Self::WaitingForInput | Self::Reviewing | Self::Completed | Self::Failed => false,
        }
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    Person,
    Agent,
}

/// Something a message shows: a picture, a video, a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatResource {
    pub id: String,
    /// HeyGen's word: `image`, `video`, `document` and so on.
    pub kind: String,
    /// A picture of it. Presigned: never kept.
    pub picture_url: Option<String>,
    /// The thing itself. Presigned: never kept.
    pub url: Option<String>,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    pub speaker: Speaker,
    pub text: String,
    /// The agent tells of something that went wrong.
    pub error: bool,
    /// Unix seconds.
    pub at: Option<i64>,
    pub resources: Vec<ChatResource>,
}

/// A conversation as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    pub session: String,
    pub title: Option<String>,
    pub stage: Stage,
    /// Percent.
    pub progress: u8,
    /// Oldest first.
    pub messages: Vec<ChatMessage>,
    /// Every video it led to so far, in whatever state.
    pub videos: Vec<String>,
}

/// The session a job's id at HeyGen belongs to: the id with what was added to tell runs and videos apart
/// (`session#run`, `session@video`) taken off.
#[must_use]
pub fn session_of(remote_id: &str) -> &str {
    remote_id.split(['#', '@']).next().unwrap_or(remote_id)
}

/// The video a job's id at HeyGen names, once it is known.
#[must_use]
pub fn video_of(remote_id: &str) -> Option<&str> {
    remote_id.split_once('@').map(|(_, video)| video)
}
