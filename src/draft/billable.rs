//! What of a request decides its price, for every product on the rate card.
//!
//! `pricing` quotes a [`Billable`]; drafts and raw API requests are both turned into one.

use rust_decimal::Decimal;

use super::cast::{AvatarType, Engine, Resolution};

/// How long the output will be, as far as it is known before it is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Length {
    /// Known: seconds of output, from a file's own length or a fixed figure.
    Seconds(Decimal),
    /// To be estimated from a text that is spoken.
    Speech(Speech),
    /// Bounds that somebody stated, in seconds: low, likely, high.
    Between(Decimal, Decimal, Decimal),
    /// Bounds in seconds that rest on an assumption; the sentence says which and is shown with the price.
    Assumed { low: Decimal, likely: Decimal, high: Decimal, why: String },
    /// Not known; the sentence says why and becomes the quote's reason.
    Unknown(String),
}

/// A text to be spoken and what decides how long that takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Speech {
    /// The script, with its `<break time="1.2s"/>` marks.
    pub text: String,
    /// Language name or BCP 47 tag as far as known ("English", "de-DE").
    pub language: Option<String>,
    /// The voice whose learned pace applies.
    pub voice_id: Option<String>,
    /// The voice's speed setting, 1 where none is set.
    pub speed: Option<Decimal>,
}

/// How a translation or lipsync is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    #[default]
    Speed,
    Precision,
}

/// What kind of avatar is created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Creation {
    Photo,
    DigitalTwin,
    Prompt,
}

/// The face of an avatar video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// A look of a known kind.
    Look(AvatarType),
    /// A look whose kind is not known.
    UnknownLook,
    /// An animated raw image: quoted as a photo avatar, which is an assumption.
    Image,
}

/// One request as the rate card sees it.
#[derive(Clone, Debug, PartialEq)]
pub enum Billable {
    AvatarVideo {
        face: Face,
        engine: Engine,
        /// The request left the engine out: HeyGen's default, which is an assumption.
        engine_assumed: bool,
        /// `None` where the request leaves it out.
        resolution: Option<Resolution>,
        length: Length,
    },
    Cinematic,
    VideoAgent {
        length: Length,
    },
    HyperFrames {
        resolution: Resolution,
        fps: u32,
        length: Length,
    },
    Realtime {
        length: Length,
    },
    Translation {
        mode: Mode,
        audio_only: bool,
        languages: u32,
        length: Length,
    },
    Lipsync {
        mode: Mode,
        length: Length,
    },
    Clips {
        clips: u32,
    },
    Speech {
        length: Length,
    },
    AvatarCreation(Creation),
    /// One request that makes several things: the scenes of a studio video, the videos of a batch.
    /// Its price is the sum, and unknown as soon as one part has none.
    Several {
        /// What a part is: "scene", "video".
        what: &'static str,
        parts: Vec<Billable>,
    },
    /// A request that certainly costs nothing; the sentence says why.
    Free {
        why: String,
    },
    /// A request with no price on any card; the reason says so in words.
    Unpriced {
        reason: String,
    },
}
