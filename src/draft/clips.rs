//! The draft of highlight clips (`POST /v3/ai-clipping`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::Billable;
use super::composition::Composition;
use super::too_long;
use super::{Field, Problem, Product, title};

/// Characters the guidance may have at most (published limit).
pub const PROMPT_LIMIT: usize = 500;
/// Bytes of a file that can be uploaded at most (published limit: 200 MB).
pub const VIDEO_BYTES_LIMIT: u64 = 200_000_000;
/// Characters of a caption style's name here; the interface names no limit.
pub const STYLE_LIMIT: usize = 60;

/// How long a clip may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClipLength {
    #[serde(rename = "30")]
    HalfMinute,
    #[serde(rename = "60")]
    Minute,
    #[serde(rename = "180")]
    ThreeMinutes,
    #[serde(rename = "long")]
    Long,
}

impl ClipLength {
    /// All lengths, shortest first.
    pub const ALL: [Self; 4] = [Self::HalfMinute, Self::Minute, Self::ThreeMinutes, Self::Long];

    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::HalfMinute => "30",
            Self::Minute => "60",
            Self::ThreeMinutes => "180",
            Self::Long => "long",
        }
    }

    /// As shown: "30 s".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HalfMinute => "30 s",
            Self::Minute => "1 min",
            Self::ThreeMinutes => "3 min",
            Self::Long => "Longer",
        }
    }

    /// Seconds at the most, where that is said.
    #[must_use]
    pub fn seconds(self) -> Option<u32> {
        match self {
            Self::HalfMinute => Some(30),
            Self::Minute => Some(60),
            Self::ThreeMinutes => Some(180),
            Self::Long => None,
        }
    }
}

/// The shape of the clips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClipShape {
    #[default]
    Portrait,
    Square,
    Landscape,
}

impl ClipShape {
    /// All shapes in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Portrait, Self::Square, Self::Landscape];

    /// The interface's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Portrait => "portrait",
            Self::Square => "square",
            Self::Landscape => "landscape",
        }
    }

    /// As shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Portrait => "Portrait",
            Self::Square => "Square",
            Self::Landscape => "Landscape",
        }
    }
}

/// What the person is composing on the Clips tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClipsDraft {
    pub title: String,
    /// The long video the clips are cut from.
    pub video: Option<LocalFile>,
    /// One clip each, shortest first, none twice.
    pub lengths: Vec<ClipLength>,
    pub shape: ClipShape,
    /// Whether what is said is written into the picture.
    pub captions: bool,
    /// HeyGen's name of a caption style; empty for its usual one.
    pub caption_style: String,
    /// What to look for; empty for HeyGen's own choice.
    pub prompt: String,
    /// HeyGen's name of the language that is spoken; `None`: HeyGen hears it.
    pub input_language: Option<String>,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for ClipsDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            video: None,
            lengths: vec![ClipLength::HalfMinute],
            shape: ClipShape::Portrait,
            captions: true,
            caption_style: String::new(),
            prompt: String::new(),
            input_language: None,
            project: String::new(),
        }
    }
}

impl ClipsDraft {
    /// Wants a clip of this length, or no longer.
    pub fn set_length(&mut self, length: ClipLength, wanted: bool) {
        self.lengths.retain(|other| *other != length);
        if wanted {
            self.lengths.push(length);
            self.lengths.sort_unstable();
        }
    }

    /// The lengths that are longer than the whole video, where its length is known.
    #[must_use]
    pub fn too_long(&self) -> Vec<ClipLength> {
        let Some(whole) = self.video.as_ref().and_then(|video| video.duration) else { return Vec::new() };
        let longer = |length: &&ClipLength| length.seconds().is_some_and(|seconds| Decimal::from(seconds) > whole);
        self.lengths.iter().filter(longer).copied().collect()
    }

    fn video_fault(&self) -> Option<String> {
        let Some(video) = &self.video else { return Some("Choose the long video, or give its address.".to_owned()) };
        if let Some(fault) = &video.fault {
            return Some(fault.clone());
        }
        if video.address.is_some() {
            // HeyGen fetches it itself and says what is wrong with it.
            return None;
        }
        if !matches!(video.media_type.as_deref(), Some("video/mp4" | "video/webm")) {
            return Some(format!("{} is no MP4 or WebM video.", video.name()));
        }
        (video.size > VIDEO_BYTES_LIMIT).then(|| {
            format!("{} is larger than 200 MB, the most that can be uploaded. Give its address instead.", video.name())
        })
    }
}

impl Composition for ClipsDraft {
    fn product(&self) -> Product {
        Product::Clips
    }

    fn effective_title(&self) -> String {
        title::own_or(&self.title, || title::of_file(self.video.as_ref()), "Untitled clips")
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
        let mut problems = Vec::new();
        let mut add = |field, message: String| problems.push(Problem { field, message });
        if let Some(fault) = self.video_fault() {
            add(Field::Video, fault);
        }
        if self.lengths.is_empty() {
            add(Field::Lengths, "Choose at least one length: each makes one clip.".to_owned());
        }
        let style = self.caption_style.trim().chars().count();
        if self.captions && style > STYLE_LIMIT {
            add(Field::Style, format!("The name of a caption style has at most {STYLE_LIMIT} characters."));
        }
        let characters = self.prompt.trim().chars().count();
        if let Some(fault) = too_long::fault("guidance", characters, PROMPT_LIMIT) {
            add(Field::Prompt, fault);
        }
        problems.extend(title::fault(&self.title));
        problems
    }

    fn billable(&self) -> Billable {
        match u32::try_from(self.lengths.len()) {
            Ok(clips) if clips > 0 => Billable::Clips { clips },
            _ => Billable::Unpriced { reason: "Choose at least one length: each makes one clip.".to_owned() },
        }
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        self.video.iter().filter(|video| video.address.is_none()).map(|video| (Field::Video, video)).collect()
    }

    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        self.video.iter_mut().collect()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::title::TITLE_LIMIT;

    fn film() -> LocalFile {
        LocalFile {
            path: "Webinar March.mp4".into(),
            size: 90_000_000,
            media_type: Some("video/mp4".to_owned()),
            duration: Some(Decimal::from(2_400)),
            ..LocalFile::default()
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut ClipsDraft), expected: &[Field]) {
        let mut draft = ClipsDraft { video: Some(film()), ..ClipsDraft::default() };
        change(&mut draft);
        let fields: Vec<Field> = draft.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{:?}", draft.problems());
    }

    #[test]
    fn every_limit_is_told_beside_its_field() {
        check(|_| {}, &[]);
        check(|draft| draft.video = None, &[Field::Video]);
        check(|draft| draft.lengths.clear(), &[Field::Lengths]);
        check(|draft| draft.lengths = ClipLength::ALL.to_vec(), &[]);
        check(|draft| draft.prompt = "ö".repeat(PROMPT_LIMIT), &[]);
        check(|draft| draft.prompt = "ö".repeat(PROMPT_LIMIT + 1), &[Field::Prompt]);
        check(|draft| draft.caption_style = "s".repeat(STYLE_LIMIT + 1), &[Field::Style]);
        check(|draft| draft.title = "t".repeat(TITLE_LIMIT + 1), &[Field::Title]);
        let with = |change: fn(&mut LocalFile)| {
            move |draft: &mut ClipsDraft| {
                let mut video = film();
                change(&mut video);
                draft.video = Some(video);
            }
        };
        check(with(|video| video.size = VIDEO_BYTES_LIMIT), &[]);
        check(with(|video| video.size = VIDEO_BYTES_LIMIT + 1), &[Field::Video]);
        check(with(|video| video.media_type = Some("audio/mpeg".to_owned())), &[Field::Video]);
        check(with(|video| video.fault = Some("It is cut off.".to_owned())), &[Field::Video]);
        let address = |video: &mut LocalFile| {
            *video = LocalFile { address: Some("https://example.com/talk.mp4".to_owned()), ..LocalFile::default() };
        };
        check(with(address), &[]);
    }

    #[test]
    fn each_length_is_one_clip_and_has_one_price() {
        let mut draft = ClipsDraft { video: Some(film()), ..ClipsDraft::default() };
        draft.set_length(ClipLength::Long, true);
        draft.set_length(ClipLength::Minute, true);
        draft.set_length(ClipLength::Minute, true);
        assert_eq!(draft.lengths, [ClipLength::HalfMinute, ClipLength::Minute, ClipLength::Long]);
        assert_eq!(draft.billable(), Billable::Clips { clips: 3 });
        draft.set_length(ClipLength::Minute, false);
        assert_eq!(draft.billable(), Billable::Clips { clips: 2 });
        draft.lengths.clear();
        assert!(matches!(draft.billable(), Billable::Unpriced { .. }));
    }

    #[test]
    fn a_video_is_uploaded_and_an_address_is_not() {
        let mut draft = ClipsDraft { video: Some(film()), ..ClipsDraft::default() };
        assert_eq!(draft.uploads().len(), 1);
        assert_eq!(draft.effective_title(), "Webinar March");
        let address = Some("https://example.com/a/talk%20one.mp4?x=1".to_owned());
        draft.video = Some(LocalFile { address, ..LocalFile::default() });
        assert!(draft.uploads().is_empty());
        assert_eq!(draft.effective_title(), "talk%20one");
    }

    #[test]
    fn lengths_that_cannot_be_cut_from_it_are_known() {
        let video = LocalFile { duration: Some(Decimal::from(45)), ..film() };
        let draft = ClipsDraft { video: Some(video), lengths: ClipLength::ALL.to_vec(), ..ClipsDraft::default() };
        assert_eq!(draft.too_long(), [ClipLength::Minute, ClipLength::ThreeMinutes]);
    }
}
