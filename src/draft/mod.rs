//! What a person composes on a tab: fields, limits and problems. Pure: no I/O, no clock.
//!
//! Knows nobody above it. Limits come from HeyGen's published v3 interface.

pub mod avatar_creation;
pub mod avatar_video;
pub mod billable;
pub mod cast;
pub mod chat;
pub mod cinematic;
pub mod clips;
pub mod composition;
pub mod file;
pub mod foreign;
pub mod hyperframes;
pub mod language;
pub mod lipsync;
pub mod own_cast;
pub mod own_voice;
pub mod part;
pub mod realtime;
pub mod reference;
pub mod speech;
pub mod spoken;
pub mod ssml;
pub mod timing;
mod title;
mod too_long;
pub mod translation;
pub mod video_agent;
pub mod ways;

pub use avatar_creation::AvatarCreationDraft;
pub use avatar_video::AvatarVideoDraft;
pub use billable::{Billable, Length};
pub use cast::{AspectRatio, AvatarType, Engine, Look, Resolution, Voice};
pub use cinematic::CinematicDraft;
pub use clips::ClipsDraft;
pub use composition::{Composition, Draft, WithoutPrice, refresh_looks};
pub use file::LocalFile;
pub use foreign::Foreign;
pub use hyperframes::HyperFramesDraft;
pub use language::{Language, Reading};
pub use lipsync::LipsyncDraft;
pub use realtime::RealtimeDraft;
pub use speech::SpeechDraft;
pub use timing::WordTiming;
pub use too_long::grouped;
pub use translation::TranslationDraft;
pub use video_agent::VideoAgentDraft;
pub use ways::{Alternative, Choice};

/// Why a draft cannot be made yet, tied to the field that can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field to point at.
    pub field: Field,
    /// One sentence in plain words: what is wrong and what would work.
    pub message: String,
}

/// The fields of the forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    Title,
    Look,
    Voice,
    Engine,
    Resolution,
    Shape,
    Script,
    Audio,
    Background,
    Captions,
    MotionPrompt,
    Expressiveness,
    VoiceSettings,
    OutputFormat,
    /// The video that is translated, lip-synced or cut.
    Video,
    /// A subtitle file.
    Subtitles,
    Languages,
    SourceLanguage,
    Mode,
    Speakers,
    /// Start and end of the part that is used.
    Part,
    /// Lengths of clips.
    Lengths,
    Prompt,
    Text,
    Speed,
    Locale,
    Duration,
    FrameRate,
    Style,
    Project,
    /// A HyperFrames project: folder or zip.
    Composition,
    /// One value of a HyperFrames project.
    Variable,
    /// A session's limit in minutes or dollars.
    Limit,
    Name,
    /// One of several files, counted from 0.
    Reference(u8),
}

/// A product of the rate card, as the person knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Product {
    AvatarVideo,
    Cinematic,
    VideoAgent,
    HyperFrames,
    Realtime,
    Translation,
    Lipsync,
    Clips,
    Speech,
    AvatarCreation,
}

impl Product {
    /// Every product, in the order of the rail.
    pub const ALL: [Self; 10] = [
        Self::AvatarVideo,
        Self::Cinematic,
        Self::VideoAgent,
        Self::HyperFrames,
        Self::Realtime,
        Self::Translation,
        Self::Lipsync,
        Self::Clips,
        Self::Speech,
        Self::AvatarCreation,
    ];

    /// The word in the journal and in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AvatarVideo => "avatar_video",
            Self::Cinematic => "cinematic",
            Self::VideoAgent => "video_agent",
            Self::HyperFrames => "hyperframes",
            Self::Realtime => "realtime",
            Self::Translation => "translation",
            Self::Lipsync => "lipsync",
            Self::Clips => "clips",
            Self::Speech => "speech",
            Self::AvatarCreation => "avatar_creation",
        }
    }

    /// The product a journal word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|product| product.word() == word)
    }

    /// The name on tabs, receipts and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AvatarVideo => "Avatar video",
            Self::Cinematic => "Cinematic",
            Self::VideoAgent => "Video agent",
            Self::HyperFrames => "HyperFrames",
            Self::Realtime => "Realtime",
            Self::Translation => "Translate",
            Self::Lipsync => "Lipsync",
            Self::Clips => "Clips",
            Self::Speech => "Speech",
            Self::AvatarCreation => "Avatars",
        }
    }
}
