//! The draft of a lipsync (`POST /v3/lipsyncs`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::{Billable, Length, Mode};
use super::composition::Composition;
use super::part::{self, Part};
use super::translation::FrameTiming;
use super::ways::{Alternative, Choice};
use super::{Field, Problem, Product, title};

/// What the person is composing on the Lipsync tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LipsyncDraft {
    pub title: String,
    /// The video whose lips move.
    pub video: Option<LocalFile>,
    /// The sound they speak.
    pub audio: Option<LocalFile>,
    pub mode: Mode,
    pub part: Part,
    pub captions: bool,
    /// The music under the speech stays.
    pub keep_music: bool,
    pub enhance_speech: bool,
    /// The video becomes as long as the sound; otherwise it keeps its length.
    pub dynamic_duration: bool,
    /// The result keeps the source's format and bit rate.
    pub keep_format: bool,
    pub frame_timing: Option<FrameTiming>,
    pub watermark: bool,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for LipsyncDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            video: None,
            audio: None,
            mode: Mode::Speed,
            part: Part::default(),
            captions: true,
            keep_music: true,
            enhance_speech: false,
            dynamic_duration: true,
            keep_format: false,
            frame_timing: None,
            watermark: false,
            project: String::new(),
        }
    }
}

impl LipsyncDraft {
    /// Seconds of the part of the video that is used, where they are known.
    #[must_use]
    pub fn part_seconds(&self) -> Option<Decimal> {
        match part::part_length(self.video.as_ref(), &self.part, "") {
            Length::Seconds(seconds) => Some(seconds),
            _ => None,
        }
    }

    /// Seconds of the sound, where they are known.
    #[must_use]
    pub fn audio_seconds(&self) -> Option<Decimal> {
        self.audio.as_ref().filter(|audio| audio.fault.is_none())?.duration
    }

    /// How long the result will be: as long as the sound where the length is dynamic, as long as the
    /// part of the video otherwise.
    #[must_use]
    pub fn length(&self) -> Length {
        if !self.dynamic_duration {
            return part::part_length(self.video.as_ref(), &self.part, "Choose a video: its length decides the price.");
        }
        match (&self.audio, self.audio_seconds()) {
            (None, _) => Length::Unknown("Choose a sound: its length decides the price.".to_owned()),
            (Some(_), None) => Length::Unknown("The length of the sound could not be read.".to_owned()),
            (Some(_), Some(seconds)) if self.part_seconds() == Some(seconds) => Length::Seconds(seconds),
            (Some(_), Some(seconds)) => Length::Assumed {
                low: seconds,
                likely: seconds,
                high: seconds,
                why:
                    "Dynamic length: the video is taken to become as long as the sound. HeyGen charges what it becomes."
                        .to_owned(),
            },
        }
    }
}

impl Composition for LipsyncDraft {
    fn product(&self) -> Product {
        Product::Lipsync
    }

    fn effective_title(&self) -> String {
        title::own_or(&self.title, || title::of_file(self.video.as_ref()), "Untitled lipsync")
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
            None => add(Field::Video, "Choose a video: the one whose lips move.".to_owned()),
            Some(file) => {
                if let Some(fault) = part::video_fault(file) {
                    add(Field::Video, fault);
                }
            }
        }
        match &self.audio {
            None => add(Field::Audio, "Choose a sound: what the lips speak.".to_owned()),
            Some(file) => {
                if let Some(fault) = part::sound_fault(file) {
                    add(Field::Audio, fault);
                }
            }
        }
        if let Some(fault) = self.video.as_ref().and_then(|video| self.part.fault(video.duration)) {
            add(Field::Part, fault);
        }
        problems
    }

    fn billable(&self) -> Billable {
        match (&self.video, &self.audio) {
            (None, _) => Billable::Unpriced { reason: "Choose a video whose lips are to move.".to_owned() },
            (_, None) => Billable::Unpriced { reason: "Choose the sound they speak.".to_owned() },
            _ => Billable::Lipsync { mode: self.mode, length: self.length() },
        }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        let files = [(Field::Video, &self.video), (Field::Audio, &self.audio)];
        let here = files.into_iter().filter_map(|(field, file)| Some((field, file.as_ref()?)));
        here.filter(|(_, file)| file.address.is_none()).collect()
    }

    /// None: a public address is the file itself, and is sent as it was given.
    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        self.video.iter_mut().chain(&mut self.audio).collect()
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

    fn choose(&mut self, choice: Choice) {
        match choice {
            Choice::Mode { mode, .. } => self.mode = mode,
            Choice::DynamicLength(dynamic) => self.dynamic_duration = dynamic,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::title::TITLE_LIMIT;

    fn file(name: &str, media_type: &str, seconds: i64) -> LocalFile {
        LocalFile {
            path: name.into(),
            size: 1_000,
            media_type: Some(media_type.to_owned()),
            duration: Some(Decimal::from(seconds)),
            ..LocalFile::default()
        }
    }

    fn complete() -> LipsyncDraft {
        LipsyncDraft {
            video: Some(file("Launch.mp4", "video/mp4", 60)),
            audio: Some(file("voice.mp3", "audio/mpeg", 12)),
            ..LipsyncDraft::default()
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut LipsyncDraft), expected: &[Field]) {
        let mut draft = complete();
        change(&mut draft);
        let fields: Vec<Field> = draft.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{:?}", draft.problems());
    }

    #[test]
    fn every_problem_is_told_beside_its_field() {
        check(|_| {}, &[]);
        check(|draft| *draft = LipsyncDraft::default(), &[Field::Video, Field::Audio]);
        check(|draft| draft.title = "t".repeat(TITLE_LIMIT + 1), &[Field::Title]);
        check(|draft| std::mem::swap(&mut draft.video, &mut draft.audio), &[Field::Video, Field::Audio]);
        check(|draft| draft.part.end = Some(Decimal::from(61)), &[Field::Part]);
        // Nobody has to speak in the video yet.
        check(|draft| draft.video.as_mut().unwrap().has_audio = Some(false), &[]);
    }

    #[test]
    fn the_result_is_as_long_as_the_sound_or_keeps_the_length_of_the_part() {
        let mut draft = complete();
        let Length::Assumed { low, likely, high, .. } = draft.length() else { panic!("{:?}", draft.length()) };
        assert_eq!([low, likely, high], [Decimal::from(12); 3]);

        draft.part = Part { start: Some(Decimal::TEN), end: Some(Decimal::from(22)), ..Part::default() };
        assert_eq!(draft.length(), Length::Seconds(Decimal::from(12)), "both are as long: nothing is assumed");

        draft.dynamic_duration = false;
        draft.part.end = None;
        assert_eq!(draft.length(), Length::Seconds(Decimal::from(50)));
    }

    #[test]
    fn both_modes_have_a_price() {
        let mut draft = complete();
        draft.choose(Choice::Mode { mode: Mode::Precision, audio_only: false });
        let ways = draft.alternatives();
        let modes = ways.iter().filter(|way| matches!(way.choice, Choice::Mode { .. }));
        let selected: Vec<bool> = modes.map(|way| way.selected).collect();
        assert_eq!(selected, [false, true]);
    }
}
