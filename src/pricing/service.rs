//! What can have a rate: the services of the rate card, their words and their units.

use crate::draft::billable::{Creation, Face, Mode};
use crate::draft::{AvatarType, Billable, Engine, Resolution};

/// One thing with a rate of its own: a product and its variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// 720p and 1080p share a rate; `uhd` is 4K.
    AvatarVideo {
        engine: Engine,
        look: AvatarType,
        uhd: bool,
    },
    Cinematic,
    VideoAgent,
    HyperFrames {
        uhd: bool,
        fps: u32,
    },
    Realtime,
    Translation {
        mode: Mode,
        audio_only: bool,
    },
    Lipsync(Mode),
    Clip,
    Speech,
    Creation(Creation),
}

/// What a rate is charged per.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Of output.
    Second,
    /// Of output.
    Minute,
    Video,
    Clip,
    /// Of the interface: one avatar made.
    Call,
}

impl Unit {
    const ALL: [Self; 5] = [Self::Second, Self::Minute, Self::Video, Self::Clip, Self::Call];

    /// The word on cards and receipts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Minute => "min",
            Self::Video => "video",
            Self::Clip => "clip",
            Self::Call => "call",
        }
    }

    /// The unit a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.word() == word)
    }
}

/// Products that have exactly one rate, by the card's word.
const WITHOUT_VARIANT: [(&str, Service); 5] = [
    ("cinematic_avatar", Service::Cinematic),
    ("avatar_realtime", Service::Realtime),
    ("video_agent", Service::VideoAgent),
    ("ai_clipping", Service::Clip),
    ("text_to_speech", Service::Speech),
];

const LOOKS: [AvatarType; 3] = [AvatarType::PhotoAvatar, AvatarType::DigitalTwin, AvatarType::StudioAvatar];

/// Which of a card's two words is wrong, and what would be right.
pub(super) enum UnknownWord {
    Product(String),
    Variant(String),
}

impl Service {
    /// The service that a card's words name.
    pub(super) fn from_words(product: &str, variant: Option<&str>) -> Result<Self, UnknownWord> {
        if let Some((_, service)) = WITHOUT_VARIANT.iter().find(|(word, _)| *word == product) {
            return match variant {
                None | Some("") => Ok(*service),
                Some(_) => Err(UnknownWord::Variant(format!("{product} has one rate and takes no variant"))),
            };
        }
        let variant = variant.unwrap_or_default();
        let unknown = |choices: &str| {
            UnknownWord::Variant(match variant {
                "" => format!("{product} needs a variant: {choices}"),
                _ => format!("“{variant}” is not a variant of {product}: {choices}"),
            })
        };
        if let Some(engine) = Engine::from_word(product) {
            let (look, uhd) = variant.strip_suffix(" 4k").map_or((variant, false), |look| (look, true));
            let look = LOOKS.into_iter().find(|kind| kind.word() == look && can_render(engine, *kind));
            let choices = match engine {
                Engine::AvatarV => "digital_twin, also with “ 4k”; Avatar V takes nothing else",
                Engine::AvatarIii | Engine::AvatarIv => "photo_avatar, digital_twin or studio_avatar, also with “ 4k”",
            };
            return look.map(|look| Self::AvatarVideo { engine, look, uhd }).ok_or_else(|| unknown(choices));
        }
        match product {
            "hyperframes" => hyperframes(variant).ok_or_else(|| unknown("for example “1080p 30fps” or “4k 60fps”")),
            "video_translation" => {
                let (mode, audio_only) = match variant {
                    "speed audio_only" => (Mode::Speed, true),
                    "speed lip_sync" => (Mode::Speed, false),
                    "precision audio_only" => (Mode::Precision, true),
                    "precision lip_sync" => (Mode::Precision, false),
                    _ => return Err(unknown("speed or precision, then audio_only or lip_sync")),
                };
                Ok(Self::Translation { mode, audio_only })
            }
            "lipsync" => match variant {
                "speed" => Ok(Self::Lipsync(Mode::Speed)),
                "precision" => Ok(Self::Lipsync(Mode::Precision)),
                _ => Err(unknown("speed or precision")),
            },
            "avatar_creation" => match variant {
                "digital_twin" => Ok(Self::Creation(Creation::DigitalTwin)),
                "photo" => Ok(Self::Creation(Creation::Photo)),
                "prompt" => Ok(Self::Creation(Creation::Prompt)),
                _ => Err(unknown("digital_twin, photo or prompt")),
            },
            _ => Err(UnknownWord::Product(format!(
                "“{product}” is not a product: avatar_iii, avatar_iv, avatar_v, cinematic_avatar, avatar_realtime, \
                 video_agent, hyperframes, video_translation, lipsync, ai_clipping, text_to_speech, avatar_creation"
            ))),
        }
    }

    /// The service that a card's words name, where they name one.
    #[must_use]
    pub fn named(product: &str, variant: &str) -> Option<Self> {
        Self::from_words(product, (!variant.is_empty()).then_some(variant)).ok()
    }

    /// The two words of a card that name it: product, and variant where it has any.
    #[must_use]
    pub fn words(self) -> (&'static str, Option<String>) {
        let mode_word = |mode: Mode| match mode {
            Mode::Speed => "speed",
            Mode::Precision => "precision",
        };
        match self {
            Self::AvatarVideo { engine, look, uhd } => {
                (engine.word(), Some(format!("{}{}", look.word(), if uhd { " 4k" } else { "" })))
            }
            Self::Cinematic => ("cinematic_avatar", None),
            Self::VideoAgent => ("video_agent", None),
            Self::HyperFrames { uhd, fps } => {
                ("hyperframes", Some(format!("{} {fps}fps", if uhd { "4k" } else { "1080p" })))
            }
            Self::Realtime => ("avatar_realtime", None),
            Self::Translation { mode, audio_only } => {
                let how = if audio_only { "audio_only" } else { "lip_sync" };
                ("video_translation", Some(format!("{} {how}", mode_word(mode))))
            }
            Self::Lipsync(mode) => ("lipsync", Some(mode_word(mode).to_owned())),
            Self::Clip => ("ai_clipping", None),
            Self::Speech => ("text_to_speech", None),
            Self::Creation(creation) => {
                let variant = match creation {
                    Creation::DigitalTwin => "digital_twin",
                    Creation::Photo => "photo",
                    Creation::Prompt => "prompt",
                };
                ("avatar_creation", Some(variant.to_owned()))
            }
        }
    }

    /// The one service that something billable is; `None` where it is several, free, or not known.
    #[must_use]
    pub fn of(billable: &Billable) -> Option<Self> {
        Some(match billable {
            Billable::AvatarVideo { face, engine, resolution, .. } => {
                let look = match face {
                    Face::Look(look) => *look,
                    Face::Image => AvatarType::PhotoAvatar,
                    Face::UnknownLook => return None,
                };
                Self::AvatarVideo { engine: *engine, look, uhd: resolution.is_some_and(is_uhd) }
            }
            Billable::Cinematic => Self::Cinematic,
            Billable::VideoAgent { .. } => Self::VideoAgent,
            Billable::HyperFrames { resolution, fps, .. } => Self::HyperFrames { uhd: is_uhd(*resolution), fps: *fps },
            Billable::Realtime { .. } => Self::Realtime,
            Billable::Translation { mode, audio_only, .. } => {
                Self::Translation { mode: *mode, audio_only: *audio_only }
            }
            Billable::Lipsync { mode, .. } => Self::Lipsync(*mode),
            Billable::Clips { .. } => Self::Clip,
            Billable::Speech { .. } => Self::Speech,
            Billable::AvatarCreation(creation) => Self::Creation(*creation),
            Billable::Several { .. } | Billable::Free { .. } | Billable::Unpriced { .. } => return None,
        })
    }

    /// Whether a rate for this service can be given per `unit`.
    pub(super) fn takes(self, unit: Unit) -> bool {
        match self {
            Self::AvatarVideo { .. }
            | Self::VideoAgent
            | Self::HyperFrames { .. }
            | Self::Realtime
            | Self::Translation { .. }
            | Self::Lipsync(_)
            | Self::Speech => matches!(unit, Unit::Second | Unit::Minute),
            Self::Cinematic => unit == Unit::Video,
            Self::Clip => unit == Unit::Clip,
            Self::Creation(_) => unit == Unit::Call,
        }
    }
}

/// Whether an engine can render a kind of look at all: Avatar V takes digital twins only
/// (published, November 2026).
pub(super) fn can_render(engine: Engine, look: AvatarType) -> bool {
    engine != Engine::AvatarV || look == AvatarType::DigitalTwin
}

fn hyperframes(variant: &str) -> Option<Service> {
    let (size, rate) = variant.split_once(' ')?;
    let uhd = match size {
        "1080p" => false,
        "4k" => true,
        _ => return None,
    };
    let fps = rate.strip_suffix("fps")?.parse().ok().filter(|fps| (1..=240).contains(fps))?;
    Some(Service::HyperFrames { uhd, fps })
}

/// Whether a resolution is priced apart from 720p and 1080p.
pub(super) fn is_uhd(resolution: Resolution) -> bool {
    match resolution {
        Resolution::P720 | Resolution::P1080 => false,
        Resolution::K4 => true,
    }
}
