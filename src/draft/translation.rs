//! The draft of a translation (`POST /v3/video-translations`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::{Billable, Length, Mode};
use super::composition::Composition;
use super::part::{self, Part};
use super::ways::{Alternative, Choice};
use super::{Field, Problem, Product, title};

/// Speakers that can be named (the interface takes a whole number; more than ten cannot be told apart).
pub const SPEAKERS_MOST: u8 = 10;

/// Why precision without lip sync is not offered.
pub const PRECISION_AUDIO_ONLY: &str = "There is no published price for precision without lip sync.";

/// Words for a glossary of the account: how names and terms are to be translated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glossary {
    pub id: String,
    pub name: String,
}

/// What the person's own subtitles are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubtitlesRole {
    /// What is said in the video, in its own language.
    #[default]
    Input,
    /// What is to be said, in the language of the translation.
    Output,
}

impl SubtitlesRole {
    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

/// How the frames of the result are timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameTiming {
    /// As many a second as there are.
    Variable,
    /// As many in each second.
    Constant,
    /// As the source has them.
    Passthrough,
}

impl FrameTiming {
    pub const ALL: [Self; 3] = [Self::Variable, Self::Constant, Self::Passthrough];

    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Variable => "vfr",
            Self::Constant => "cfr",
            Self::Passthrough => "passthrough",
        }
    }

    /// The name in a list.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Variable => "Variable",
            Self::Constant => "Constant",
            Self::Passthrough => "As the source",
        }
    }
}

/// What the person is composing on the Translate tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TranslationDraft {
    pub title: String,
    /// The video that is translated.
    pub video: Option<LocalFile>,
    /// HeyGen's names of the languages, in the order they were chosen: one job each.
    pub languages: Vec<String>,
    pub mode: Mode,
    /// The voice is translated, the lips stay as they are.
    pub audio_only: bool,
    /// HeyGen's name of the language that is spoken; `None`: HeyGen listens.
    pub source_language: Option<String>,
    /// 1 to [`SPEAKERS_MOST`]; `None`: HeyGen counts.
    pub speakers: Option<u8>,
    pub captions: bool,
    pub part: Part,
    /// The music under the speech stays.
    pub keep_music: bool,
    pub enhance_speech: bool,
    /// The result may become longer or shorter, so that the speech fits.
    pub dynamic_duration: bool,
    /// The result keeps the source's format and bit rate.
    pub keep_format: bool,
    pub frame_timing: Option<FrameTiming>,
    pub glossary: Option<Glossary>,
    /// A stock voice speaks instead of a copy of the speaker's own.
    pub stock_voice: bool,
    /// The translated speech, made elsewhere.
    pub audio: Option<LocalFile>,
    pub subtitles: Option<LocalFile>,
    pub subtitles_role: SubtitlesRole,
    pub watermark: bool,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for TranslationDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            video: None,
            languages: Vec::new(),
            mode: Mode::Speed,
            audio_only: false,
            source_language: None,
            speakers: None,
            captions: true,
            part: Part::default(),
            keep_music: true,
            enhance_speech: false,
            dynamic_duration: true,
            keep_format: false,
            frame_timing: None,
            glossary: None,
            stock_voice: false,
            audio: None,
            subtitles: None,
            subtitles_role: SubtitlesRole::Input,
            watermark: false,
            project: String::new(),
        }
    }
}

impl TranslationDraft {
    /// The title without a language: the person's own, or the video's name.
    #[must_use]
    pub fn base_title(&self) -> String {
        title::own_or(&self.title, || title::of_file(self.video.as_ref()), "Untitled translation")
    }

    /// The draft of each language: what one request makes.
    #[must_use]
    pub fn by_language(self) -> Vec<Self> {
        if self.languages.len() < 2 {
            return vec![self];
        }
        self.languages.iter().map(|language| Self { languages: vec![language.clone()], ..self.clone() }).collect()
    }

    /// How long each result will be, as far as it is known.
    #[must_use]
    pub fn length(&self) -> Length {
        match part::part_length(self.video.as_ref(), &self.part, "Choose a video: its length decides the price.") {
            Length::Seconds(seconds) if self.dynamic_duration && self.own_sound_seconds().is_some() => {
                let sound = self.own_sound_seconds().unwrap_or(seconds);
                Length::Assumed {
                    low: seconds.min(sound) * Decimal::new(9, 1),
                    likely: seconds,
                    high: seconds.max(sound) * Decimal::new(11, 1),
                    why: "Dynamic length with your own sound: HeyGen may make the result as long as the video or as the sound, and charges what it becomes."
                        .to_owned(),
                }
            }
            Length::Seconds(seconds) if self.dynamic_duration => Length::Assumed {
                // Translated speech is fitted to the pictures, and may still need more or less time.
                low: seconds * Decimal::new(9, 1),
                likely: seconds,
                high: seconds * Decimal::new(11, 1),
                why: "Dynamic length: HeyGen may make the result shorter or longer than the original, and charges what it becomes. Counted with a tenth either way."
                    .to_owned(),
            },
            length => length,
        }
    }

    /// Seconds of the translated speech that was made elsewhere, where there is one.
    fn own_sound_seconds(&self) -> Option<Decimal> {
        self.audio.as_ref().filter(|audio| audio.fault.is_none())?.duration
    }

    fn made(&self, mode: Mode, audio_only: bool) -> Billable {
        let languages = u32::try_from(self.languages.len()).unwrap_or(u32::MAX).max(1);
        Billable::Translation { mode, audio_only, languages, length: self.length() }
    }
}

/// "Spanish (Spain)" inside the brackets of a title: "Spanish, Spain".
fn in_brackets(language: &str) -> String {
    language.replace(" (", ", ").replace(['(', ')'], "")
}

impl Composition for TranslationDraft {
    fn product(&self) -> Product {
        Product::Translation
    }

    fn effective_title(&self) -> String {
        let title = self.base_title();
        match self.languages.as_slice() {
            [language] => format!("{title} ({})", in_brackets(language)),
            _ => title,
        }
    }

    fn title_mut(&mut self) -> Option<&mut String> {
        Some(&mut self.title)
    }

    fn project(&self) -> &str {
        &self.project
    }

    fn set_project(&mut self, project: String) {
        self.project = project;
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::from_iter(title::fault(&self.title));
        let mut add = |field, message: String| problems.push(Problem { field, message });
        match &self.video {
            None => add(Field::Video, "Choose a video to translate.".to_owned()),
            Some(file) => {
                if let Some(fault) = part::video_fault(file) {
                    add(Field::Video, fault);
                } else if file.has_audio == Some(false) {
                    let words = "has no sound: there is nothing to translate. Choose one in which somebody speaks.";
                    add(Field::Video, format!("{} {words}", file.name()));
                }
                if let Some(fault) = self.part.fault(file.duration) {
                    add(Field::Part, fault);
                }
            }
        }
        if self.languages.is_empty() {
            add(Field::Languages, "Choose a language.".to_owned());
        }
        let twice = self
            .languages
            .iter()
            .enumerate()
            .find(|(at, language)| self.languages.iter().take(*at).any(|earlier| earlier == *language));
        if let Some((_, language)) = twice {
            add(Field::Languages, format!("{language} is there twice and would be paid twice. Take one away."));
        }
        if self.mode == Mode::Precision && self.audio_only {
            add(Field::Mode, format!("{PRECISION_AUDIO_ONLY} Choose lip sync or speed."));
        }
        if let Some(source) = &self.source_language
            && self.languages.contains(source)
        {
            add(Field::SourceLanguage, format!("The video is in {source} already. Take one of the two away."));
        }
        if self.speakers.is_some_and(|speakers| !(1..=SPEAKERS_MOST).contains(&speakers)) {
            add(Field::Speakers, format!("1 to {SPEAKERS_MOST} speakers can be told apart."));
        }
        let several = self.languages.len() > 1;
        if let Some(file) = &self.audio {
            if let Some(fault) = part::sound_fault(file) {
                add(Field::Audio, fault);
            } else if several {
                add(Field::Audio, "Your own sound is in one language. Choose one language, or remove it.".to_owned());
            }
        }
        if let Some(file) = &self.subtitles {
            if let Some(fault) = subtitles_fault(file) {
                add(Field::Subtitles, fault);
            } else if several && self.subtitles_role == SubtitlesRole::Output {
                let words = "Translated subtitles are in one language. Choose one language, or say that they are in the video's own.";
                add(Field::Subtitles, words.to_owned());
            }
        }
        problems
    }

    fn billable(&self) -> Billable {
        if self.video.is_none() {
            return Billable::Unpriced { reason: "Choose a video: its length decides the price.".to_owned() };
        }
        if self.languages.is_empty() {
            return Billable::Unpriced { reason: "Choose a language: each is charged for itself.".to_owned() };
        }
        self.made(self.mode, self.audio_only)
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        let files = [(Field::Video, &self.video), (Field::Audio, &self.audio), (Field::Subtitles, &self.subtitles)];
        let here = files.into_iter().filter_map(|(field, file)| Some((field, file.as_ref()?)));
        here.filter(|(_, file)| file.address.is_none()).collect()
    }

    /// None: a public address is the file itself, and is sent as it was given.
    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        self.video.iter_mut().chain(&mut self.audio).chain(&mut self.subtitles).collect()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn alternatives(&self) -> Vec<Alternative> {
        let mut ways = self.billable().ways();
        if !ways.is_empty() {
            ways.extend([true, false].map(|dynamic_duration| Alternative {
                choice: Choice::DynamicLength(dynamic_duration),
                billable: Ok(Self { dynamic_duration, ..self.clone() }.billable()),
                selected: dynamic_duration == self.dynamic_duration,
            }));
        }
        ways
    }

    fn job_count(&self) -> u32 {
        u32::try_from(self.languages.len()).unwrap_or(u32::MAX).max(1)
    }

    fn choose(&mut self, choice: Choice) {
        match choice {
            Choice::Mode { mode, audio_only } => {
                self.mode = mode;
                self.audio_only = audio_only;
            }
            Choice::DynamicLength(dynamic) => self.dynamic_duration = dynamic,
            _ => {}
        }
    }
}

fn subtitles_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    (!matches!(file.media_type.as_deref(), Some("application/x-subrip" | "text/srt")))
        .then(|| format!("{} is no SRT file, whatever its name says.", file.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::Draft;
    use crate::draft::title::TITLE_LIMIT;

    fn file(name: &str, media_type: &str, seconds: Option<i64>) -> LocalFile {
        LocalFile {
            path: name.into(),
            size: 1_000,
            media_type: Some(media_type.to_owned()),
            duration: seconds.map(Decimal::from),
            ..LocalFile::default()
        }
    }

    fn complete() -> TranslationDraft {
        TranslationDraft {
            video: Some(file("talks/Launch day.mp4", "video/mp4", Some(60))),
            languages: vec!["Spanish".to_owned()],
            ..TranslationDraft::default()
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut TranslationDraft), expected: &[Field]) {
        let mut draft = complete();
        change(&mut draft);
        let fields: Vec<Field> = draft.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{:?}", draft.problems());
    }

    #[test]
    fn every_problem_is_told_beside_its_field() {
        let two = || vec!["Spanish".to_owned(), "German".to_owned()];
        let sound = || Some(file("voice.mp3", "audio/mpeg", Some(58)));
        let words = || Some(file("talk.srt", "application/x-subrip", None));
        check(|_| {}, &[]);
        check(|draft| *draft = TranslationDraft::default(), &[Field::Video, Field::Languages]);
        check(|draft| draft.title = "t".repeat(TITLE_LIMIT + 1), &[Field::Title]);
        check(|draft| draft.video = sound(), &[Field::Video]);
        check(|draft| draft.video.as_mut().unwrap().has_audio = Some(false), &[Field::Video]);
        check(|draft| draft.part.start = Some(Decimal::from(60)), &[Field::Part]);
        check(|draft| draft.languages = two(), &[]);
        check(|draft| draft.audio_only = true, &[]);
        check(|draft| (draft.mode, draft.audio_only) = (Mode::Precision, true), &[Field::Mode]);
        check(|draft| draft.source_language = Some("English".to_owned()), &[]);
        check(|draft| draft.source_language = Some("Spanish".to_owned()), &[Field::SourceLanguage]);
        check(|draft| draft.speakers = Some(10), &[]);
        check(|draft| draft.speakers = Some(11), &[Field::Speakers]);
        check(|draft| draft.audio = sound(), &[]);
        check(|draft| (draft.audio, draft.languages) = (sound(), two()), &[Field::Audio]);
        check(|draft| draft.subtitles = words(), &[]);
        check(|draft| (draft.subtitles, draft.languages) = (words(), two()), &[]);
        check(|draft| draft.subtitles = sound(), &[Field::Subtitles]);
        check(
            |draft| {
                (draft.subtitles, draft.languages) = (words(), two());
                draft.subtitles_role = SubtitlesRole::Output;
            },
            &[Field::Subtitles],
        );
    }

    #[test]
    fn each_language_becomes_a_job_that_says_so_in_its_title() {
        let languages = ["Spanish (Spain)", "German"].map(str::to_owned).to_vec();
        let draft = TranslationDraft { languages, ..complete() };
        assert_eq!(draft.effective_title(), "Launch day");
        let jobs = Draft::from(draft).jobs();
        let titles: Vec<String> = jobs.iter().map(|job| job.composition().effective_title()).collect();
        assert_eq!(titles, ["Launch day (Spanish, Spain)", "Launch day (German)"]);
        // A job that is edited again gets no second language into its title.
        assert_eq!(jobs[0].clone().jobs(), [jobs[0].clone()]);
    }

    #[test]
    fn the_price_counts_every_language_and_all_jobs_together_have_it() {
        let languages = ["Spanish", "German", "Polish"].map(str::to_owned).to_vec();
        let draft = TranslationDraft { languages, dynamic_duration: false, ..complete() };
        let whole = Billable::Translation {
            mode: Mode::Speed,
            audio_only: false,
            languages: 3,
            length: Length::Seconds(Decimal::from(60)),
        };
        assert_eq!(draft.billable(), whole);
        for job in draft.by_language() {
            assert!(matches!(job.billable(), Billable::Translation { languages: 1, .. }));
        }
    }

    #[test]
    fn a_dynamic_length_is_a_range_and_a_fixed_one_is_exact() {
        let part = Part { start: Some(Decimal::TEN), end: Some(Decimal::from(30)), ..Part::default() };
        let mut draft = TranslationDraft { part, ..complete() };
        let Length::Assumed { low, likely, high, .. } = draft.length() else { panic!("{:?}", draft.length()) };
        assert_eq!((low, likely, high), (Decimal::from(18), Decimal::from(20), Decimal::from(22)));
        // A sound of one's own may outlast the pictures, and it is the result that is charged.
        draft.audio = Some(file("voice.mp3", "audio/mpeg", Some(300)));
        let Length::Assumed { low, likely, high, .. } = draft.length() else { panic!("{:?}", draft.length()) };
        assert_eq!((low, likely, high), (Decimal::from(18), Decimal::from(20), Decimal::from(330)));
        draft.dynamic_duration = false;
        assert_eq!(draft.length(), Length::Seconds(Decimal::from(20)));
        draft.video.as_mut().unwrap().fault = Some("It is cut off.".to_owned());
        draft.part = Part::default();
        assert!(matches!(draft.length(), Length::Unknown(_)));
    }

    #[test]
    fn one_of_the_four_ways_is_the_present_one() {
        let mut draft = complete();
        draft.choose(Choice::Mode { mode: Mode::Precision, audio_only: false });
        let ways = draft.alternatives();
        let modes = ways.iter().filter(|way| matches!(way.choice, Choice::Mode { .. }));
        let selected: Vec<bool> = modes.map(|way| way.selected).collect();
        assert_eq!(selected, [false, false, false, true]);
    }

    #[test]
    fn a_public_address_is_not_uploaded() {
        let mut draft = TranslationDraft { audio: Some(file("v.mp3", "audio/mpeg", Some(3))), ..complete() };
        draft.video.as_mut().unwrap().address = Some("https://films.example/talk.mp4".to_owned());
        let fields: Vec<Field> = draft.uploads().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, [Field::Audio]);
    }
}
