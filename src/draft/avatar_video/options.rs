//! What a video may have beside face and words: how the voice speaks, the background, the file.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::draft::file::LocalFile;

/// How the voice speaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VoiceSettings {
    /// 0.5 to 1.5.
    pub speed: Decimal,
    /// Semitone steps, -50 to 50.
    pub pitch: i32,
    /// 0 to 1.
    pub volume: Decimal,
    /// A BCP 47 tag for voices that support it.
    pub locale: Option<String>,
}

impl Default for VoiceSettings {
    fn default() -> Self {
        Self { speed: Decimal::ONE, pitch: 0, volume: Decimal::ONE, locale: None }
    }
}

/// What is behind the face.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Background {
    /// As the look has it.
    #[default]
    Unchanged,
    /// One colour, `#rrggbb`.
    Color(String),
    /// A picture on this computer.
    Image(LocalFile),
}

/// How strongly a photo avatar moves on Avatar IV.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expressiveness {
    Low,
    Medium,
    High,
}

impl Expressiveness {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The container of the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutputFormat {
    #[default]
    Mp4,
    /// With transparency; needs matting and refuses a background.
    Webm,
}

impl OutputFormat {
    /// The interface's word, also the file's extension.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
        }
    }
}
