//! The other ways of making the same thing: what can be chosen, and what each comes to be billed as.
//!
//! Owns which choices a rate card can tell apart. Prices are for `pricing` to say; what only a draft
//! knows (the engines of its look, the length it asks for) is the draft's own to add.

use super::billable::{Billable, Face, Mode};
use super::cast::{AvatarType, Engine, Resolution};

/// One way of making the same thing that can have a price of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    Engine(Engine),
    /// How large the picture is.
    Size(Resolution),
    /// How a translation or lipsync is made.
    Mode {
        mode: Mode,
        audio_only: bool,
    },
    /// How a HyperFrames project is rendered.
    Render {
        resolution: Resolution,
        fps: u32,
    },
    /// Seconds that are asked for; `None`: HeyGen decides.
    Length(Option<u32>),
    /// Whether the result may become longer or shorter than the video it is made from.
    DynamicLength(bool),
    /// Seconds after which a session is stopped.
    Limit(u32),
}

impl Choice {
    /// The name in a list.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Engine(engine) => engine.name().to_owned(),
            Self::Size(resolution) => resolution.name().to_owned(),
            Self::Mode { mode: Mode::Speed, audio_only: true } => "Audio only".to_owned(),
            Self::Mode { mode: Mode::Precision, audio_only: true } => "Precision, audio only".to_owned(),
            Self::Mode { mode: Mode::Speed, .. } => "Speed".to_owned(),
            Self::Mode { mode: Mode::Precision, .. } => "Precision".to_owned(),
            Self::Render { resolution, fps } => format!("{}, {fps} fps", resolution.name()),
            Self::Length(Some(seconds)) => span(seconds),
            Self::Length(None) => "HeyGen decides".to_owned(),
            Self::DynamicLength(true) => "Dynamic length".to_owned(),
            Self::DynamicLength(false) => "The video's own".to_owned(),
            Self::Limit(seconds) => span(seconds),
        }
    }

    /// The word for its kind in what a program reads.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Engine(_) => "engine",
            Self::Size(_) => "size",
            Self::Mode { .. } => "mode",
            Self::Render { .. } => "render",
            Self::Length(_) => "length",
            Self::DynamicLength(_) => "dynamic_length",
            Self::Limit(_) => "limit",
        }
    }

    /// What a list of its kind is headed.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Engine(_) => "The same on another engine",
            Self::Size(_) => "The same at another size",
            Self::Mode { .. } => "The same in another mode",
            Self::Render { .. } => "The same at another size or rate",
            Self::Length(_) | Self::DynamicLength(_) => "The same at another length",
            Self::Limit(_) => "At most, where it is stopped",
        }
    }

    /// Whether both are of one kind, so that taking one lets go of the other.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// `45 s`, `2 min`, `1:30 min`.
fn span(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes}:{seconds:02} min"),
    }
}

/// A way of making the same thing, the present one among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    pub choice: Choice,
    /// What decides its price, or why this draft cannot be made so.
    pub billable: Result<Billable, String>,
    /// It is how the draft would be made now.
    pub selected: bool,
}

/// Modes of a translation, cheapest first.
const TRANSLATIONS: [(Mode, bool); 4] =
    [(Mode::Speed, true), (Mode::Speed, false), (Mode::Precision, true), (Mode::Precision, false)];

/// Sizes and rates of a HyperFrames render that have a published price.
const RENDERS: [(Resolution, u32); 4] =
    [(Resolution::P1080, 30), (Resolution::P1080, 60), (Resolution::K4, 30), (Resolution::K4, 60)];

impl Billable {
    /// The ways of making the same that a rate card can tell apart, the present one among them, those of
    /// one kind together. Empty where there is one way only.
    #[must_use]
    pub fn ways(&self) -> Vec<Alternative> {
        match self {
            Self::AvatarVideo { face, engine, resolution, length, .. } => {
                let made = |engine, resolution| Self::AvatarVideo {
                    face: *face,
                    engine,
                    engine_assumed: false,
                    resolution,
                    length: length.clone(),
                };
                let engines = Engine::ALL.into_iter().map(|other| Alternative {
                    choice: Choice::Engine(other),
                    billable: engine_refusal(other, *face).map_or_else(|| Ok(made(other, *resolution)), Err),
                    selected: other == *engine,
                });
                let sizes = Resolution::ALL.into_iter().map(|size| Alternative {
                    choice: Choice::Size(size),
                    billable: Ok(made(*engine, Some(size))),
                    selected: *resolution == Some(size),
                });
                engines.chain(sizes).collect()
            }
            Self::HyperFrames { resolution, fps, length } => {
                let now = (*resolution, *fps);
                // A rate nobody publishes a price for is still the present one.
                let odd = (!RENDERS.contains(&now)).then_some(now);
                odd.into_iter()
                    .chain(RENDERS)
                    .map(|(resolution, fps)| Alternative {
                        choice: Choice::Render { resolution, fps },
                        billable: Ok(Self::HyperFrames { resolution, fps, length: length.clone() }),
                        selected: (resolution, fps) == now,
                    })
                    .collect()
            }
            Self::Translation { mode, audio_only, languages, length } => TRANSLATIONS
                .into_iter()
                .map(|way| Alternative {
                    choice: Choice::Mode { mode: way.0, audio_only: way.1 },
                    billable: Ok(Self::Translation {
                        mode: way.0,
                        audio_only: way.1,
                        languages: *languages,
                        length: length.clone(),
                    }),
                    selected: way == (*mode, *audio_only),
                })
                .collect(),
            Self::Lipsync { mode, length } => [Mode::Speed, Mode::Precision]
                .into_iter()
                .map(|other| Alternative {
                    choice: Choice::Mode { mode: other, audio_only: false },
                    billable: Ok(Self::Lipsync { mode: other, length: length.clone() }),
                    selected: other == *mode,
                })
                .collect(),
            Self::Cinematic
            | Self::VideoAgent { .. }
            | Self::Realtime { .. }
            | Self::Clips { .. }
            | Self::Speech { .. }
            | Self::AvatarCreation(_)
            | Self::Several { .. }
            | Self::Free { .. }
            | Self::Unpriced { .. } => Vec::new(),
        }
    }
}

/// Why an engine cannot render a face of this kind, or `None` where it can. Some looks allow less: the
/// draft knows.
#[must_use]
pub fn engine_refusal(engine: Engine, face: Face) -> Option<String> {
    match face {
        Face::Image => (engine != Engine::AvatarIv).then(|| "A raw image is animated on Avatar IV only.".to_owned()),
        Face::Look(AvatarType::PhotoAvatar | AvatarType::StudioAvatar) => {
            (engine == Engine::AvatarV).then(|| "Avatar V takes digital twins only.".to_owned())
        }
        Face::Look(AvatarType::DigitalTwin) | Face::UnknownLook => None,
    }
}

/// The lengths that are offered beside the present one, shortest first, each once.
pub(super) fn with_present(offered: &[u32], present: Option<u32>) -> Vec<u32> {
    let mut seconds: Vec<u32> = offered.iter().copied().chain(present).collect();
    seconds.sort_unstable();
    seconds.dedup();
    seconds
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::draft::avatar_video::Face as ChosenFace;
    use crate::draft::realtime::Program;
    use crate::draft::{
        AvatarVideoDraft, CinematicDraft, ClipsDraft, Composition, Length, LipsyncDraft, LocalFile, RealtimeDraft,
        SpeechDraft, TranslationDraft, VideoAgentDraft,
    };

    /// Each way of a draft by name, `-` before what is refused, `*` before the present ones; and choosing
    /// one makes the draft what was offered.
    #[track_caller]
    fn check_draft<D: Composition + Clone>(draft: &D, expected: &[&str]) {
        let ways = draft.alternatives();
        let mark = |way: &Alternative| if way.selected { "*" } else { "" };
        let refused = |way: &Alternative| if way.billable.is_err() { "-" } else { "" };
        let said: Vec<String> =
            ways.iter().map(|way| format!("{}{}{}", mark(way), refused(way), way.choice.name())).collect();
        assert_eq!(said, expected);
        for way in &ways {
            let Ok(billable) = &way.billable else { continue };
            let mut taken = draft.clone();
            taken.choose(way.choice);
            assert_eq!(taken.billable(), *billable, "{:?}", way.choice);
            let again = taken.alternatives();
            assert!(again.iter().any(|other| other.choice == way.choice && other.selected), "{:?}", way.choice);
        }
    }

    fn file(seconds: i64) -> LocalFile {
        LocalFile { path: "in.mp4".into(), duration: Some(Decimal::from(seconds)), ..LocalFile::default() }
    }

    #[test]
    fn choosing_a_way_makes_the_draft_what_was_offered() {
        let face = ChosenFace::Image(LocalFile::default());
        let video = AvatarVideoDraft { face, script: "Hello.".to_owned(), ..AvatarVideoDraft::default() };
        check_draft(&video, &["-Avatar III", "*Avatar IV", "-Avatar V", "720p", "*1080p", "4K"]);
        check_draft(&AvatarVideoDraft::default(), &[]);
        let cinematic = CinematicDraft::default();
        check_draft(&cinematic, &["4 s", "*10 s", "15 s", "720p", "*1080p"]);
        let automatic = CinematicDraft { seconds: None, ..cinematic };
        check_draft(&automatic, &["4 s", "10 s", "15 s", "*HeyGen decides", "720p", "*1080p"]);
        check_draft(&VideoAgentDraft::default(), &["15 s", "*30 s", "1 min", "2 min", "5 min"]);
        let agent = VideoAgentDraft { seconds: 45, ..VideoAgentDraft::default() };
        check_draft(&agent, &["15 s", "30 s", "*45 s", "1 min", "2 min", "5 min"]);
        let lipsync = LipsyncDraft { video: Some(file(60)), audio: Some(file(12)), ..LipsyncDraft::default() };
        check_draft(&lipsync, &["*Speed", "Precision", "*Dynamic length", "The video's own"]);
        let languages = vec!["German".to_owned()];
        let translation = TranslationDraft { video: Some(file(60)), languages, ..TranslationDraft::default() };
        let modes = ["Audio only", "*Speed", "Precision, audio only", "Precision"];
        check_draft(&translation, &[&modes[..], &["*Dynamic length", "The video's own"]].concat());
        check_draft(&TranslationDraft::default(), &[]);
        let session = RealtimeDraft { program: Program::Live, ..RealtimeDraft::default() };
        check_draft(&session, &["1 min", "*2 min", "5 min", "15 min", "60 min"]);
        let played = RealtimeDraft { program: Program::Audio, audio: Some(file(90)), ..session };
        check_draft(&played, &["-1 min", "*2 min", "5 min", "15 min", "60 min"]);
        check_draft(&ClipsDraft::default(), &[]);
        check_draft(&SpeechDraft::default(), &[]);
    }

    fn ten() -> Length {
        Length::Seconds(Decimal::TEN)
    }

    /// Each way by name, `-` before what is refused, `*` before the present one.
    #[track_caller]
    fn check(billable: &Billable, expected: &[&str]) {
        let ways = billable.ways();
        let said: Vec<String> = ways
            .iter()
            .map(|way| {
                let mark = if way.selected { "*" } else { "" };
                let refused = if way.billable.is_err() { "-" } else { "" };
                format!("{mark}{refused}{}", way.choice.name())
            })
            .collect();
        assert_eq!(said, expected);
        for way in ways.iter().filter(|way| way.selected) {
            assert_eq!(way.billable.as_ref(), Ok(billable), "the present way is the request itself");
        }
    }

    #[test]
    fn everything_the_rate_card_tells_apart_is_offered() {
        let avatar = |face, resolution| Billable::AvatarVideo {
            face,
            engine: Engine::AvatarIv,
            engine_assumed: false,
            resolution,
            length: ten(),
        };
        let hd = Some(Resolution::P1080);
        check(
            &avatar(Face::Look(AvatarType::DigitalTwin), hd),
            &["Avatar III", "*Avatar IV", "Avatar V", "720p", "*1080p", "4K"],
        );
        check(
            &avatar(Face::Look(AvatarType::PhotoAvatar), None),
            &["Avatar III", "*Avatar IV", "-Avatar V", "720p", "1080p", "4K"],
        );
        check(&avatar(Face::Image, hd), &["-Avatar III", "*Avatar IV", "-Avatar V", "720p", "*1080p", "4K"]);
        let translated = |mode, audio_only| Billable::Translation { mode, audio_only, languages: 2, length: ten() };
        check(&translated(Mode::Speed, true), &["*Audio only", "Speed", "Precision, audio only", "Precision"]);
        check(&translated(Mode::Precision, true), &["Audio only", "Speed", "*Precision, audio only", "Precision"]);
        check(&Billable::Lipsync { mode: Mode::Precision, length: ten() }, &["Speed", "*Precision"]);
        let render = |resolution, fps| Billable::HyperFrames { resolution, fps, length: ten() };
        check(&render(Resolution::K4, 60), &["1080p, 30 fps", "1080p, 60 fps", "4K, 30 fps", "*4K, 60 fps"]);
        check(
            &render(Resolution::P1080, 24),
            &["*1080p, 24 fps", "1080p, 30 fps", "1080p, 60 fps", "4K, 30 fps", "4K, 60 fps"],
        );
        for one_way in [Billable::Cinematic, Billable::Clips { clips: 2 }, Billable::Speech { length: ten() }] {
            check(&one_way, &[]);
        }
    }

    #[test]
    fn lengths_are_named_as_a_person_says_them() {
        let names = [15, 60, 90, 600].map(|seconds| Choice::Length(Some(seconds)).name());
        assert_eq!(names, ["15 s", "1 min", "1:30 min", "10 min"]);
        assert_eq!(with_present(&[15, 30, 60], Some(45)), [15, 30, 45, 60]);
        assert_eq!(with_present(&[15, 30, 60], Some(30)), [15, 30, 60]);
    }
}
