//! Looks, voices and the choices every video has: plain values in the words of the interface.

use serde::{Deserialize, Serialize};

/// The kind of a look; it decides engines and rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AvatarType {
    PhotoAvatar,
    DigitalTwin,
    StudioAvatar,
}

impl AvatarType {
    /// On receipts: "Digital twin".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PhotoAvatar => "Photo avatar",
            Self::DigitalTwin => "Digital twin",
            Self::StudioAvatar => "Studio avatar",
        }
    }

    /// On the chip of a portrait: "twin".
    #[must_use]
    pub fn short_name(self) -> &'static str {
        match self {
            Self::PhotoAvatar => "photo",
            Self::DigitalTwin => "twin",
            Self::StudioAvatar => "studio",
        }
    }

    /// The word of the interface and of the rate card.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PhotoAvatar => "photo_avatar",
            Self::DigitalTwin => "digital_twin",
            Self::StudioAvatar => "studio_avatar",
        }
    }
}

/// A rendering engine. HeyGen uses Avatar IV where none is sent, so the studio always sends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Engine {
    #[serde(rename = "avatar_iii")]
    AvatarIii,
    #[serde(rename = "avatar_iv")]
    AvatarIv,
    #[serde(rename = "avatar_v")]
    AvatarV,
}

impl Engine {
    /// All engines, oldest first.
    pub const ALL: [Self; 3] = [Self::AvatarIii, Self::AvatarIv, Self::AvatarV];

    /// "Avatar IV".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AvatarIii => "Avatar III",
            Self::AvatarIv => "Avatar IV",
            Self::AvatarV => "Avatar V",
        }
    }

    /// "IV".
    #[must_use]
    pub fn numeral(self) -> &'static str {
        match self {
            Self::AvatarIii => "III",
            Self::AvatarIv => "IV",
            Self::AvatarV => "V",
        }
    }

    /// The word of the interface: `avatar_iv`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AvatarIii => "avatar_iii",
            Self::AvatarIv => "avatar_iv",
            Self::AvatarV => "avatar_v",
        }
    }

    /// The engine a word of `supported_api_engines` names, if it is one of ours.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.word() == word)
    }
}

/// Picture size, by the interface's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Resolution {
    #[serde(rename = "720p")]
    P720,
    #[serde(rename = "1080p")]
    P1080,
    #[serde(rename = "4k")]
    K4,
}

impl Resolution {
    /// All sizes, smallest first.
    pub const ALL: [Self; 3] = [Self::P720, Self::P1080, Self::K4];

    /// `720p`, `1080p`, `4k`: the interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::K4 => "4k",
        }
    }

    /// As shown: `4K` rather than `4k`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::K4 => "4K",
            other => other.word(),
        }
    }
}

/// The shape of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AspectRatio {
    #[default]
    #[serde(rename = "16:9")]
    Wide,
    #[serde(rename = "9:16")]
    Tall,
    #[serde(rename = "4:5")]
    Portrait,
    #[serde(rename = "5:4")]
    Landscape,
    #[serde(rename = "1:1")]
    Square,
    #[serde(rename = "auto")]
    Auto,
}

impl AspectRatio {
    /// All shapes in the order they are offered.
    pub const ALL: [Self; 6] = [Self::Wide, Self::Tall, Self::Square, Self::Portrait, Self::Landscape, Self::Auto];

    /// `16:9` and so on: the interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Wide => "16:9",
            Self::Tall => "9:16",
            Self::Portrait => "4:5",
            Self::Landscape => "5:4",
            Self::Square => "1:1",
            Self::Auto => "auto",
        }
    }
}

/// One look of an avatar (`GET /v3/avatars/looks`); its id is the `avatar_id` of a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    pub id: String,
    pub name: String,
    pub avatar_type: AvatarType,
    pub group_id: Option<String>,
    pub default_voice_id: Option<String>,
    pub gender: Option<String>,
    /// Engines this look can be rendered on, oldest first.
    pub engines: Vec<Engine>,
    pub preview_image_url: Option<String>,
    pub preview_video_url: Option<String>,
    pub tags: Vec<String>,
    /// `false` while the look is in training, waits for consent, or failed.
    pub ready: bool,
    /// Made by the person, and not one of HeyGen's.
    #[serde(default)]
    pub own: bool,
    /// The account does not have it any more.
    #[serde(skip)]
    pub gone: bool,
}

impl Look {
    /// Why nothing can be made with it, in words.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let Self { name, .. } = self;
        match (self.gone, self.ready) {
            (true, _) => Some(format!("{name} is gone: this account does not have it. Choose another look.")),
            (false, false) => {
                Some(format!("{name} is not ready yet: it is still in training, or its training failed."))
            }
            (false, true) => None,
        }
    }
}

/// One voice (`GET /v3/voices`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voice {
    pub id: String,
    pub name: String,
    /// HeyGen's name of the language, for example "English" or "Multilingual".
    pub language: String,
    pub gender: String,
    pub preview_audio_url: Option<String>,
    pub supports_pause: bool,
    pub supports_locale: bool,
    /// `true` for the person's own voices.
    pub private: bool,
    /// Whether it is known to speak on its own (HeyGen's Starfish), and not in videos only.
    #[serde(default)]
    pub starfish: bool,
}
