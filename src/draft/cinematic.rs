//! The draft of a cinematic video (`POST /v3/videos`, type `cinematic_avatar`).

use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::Billable;
use super::cast::{AspectRatio, Look, Resolution};
use super::composition::Composition;
use super::reference::{self, PICTURE_BYTES_LIMIT, ReferenceKind, VIDEO_BYTES_LIMIT};
use super::too_long;
use super::ways::{self, Alternative, Choice};
use super::{Field, Problem, Product, title};

/// Looks one video takes (published limit).
pub const LOOKS_LIMIT: usize = 3;
/// Videos among the references (published limit).
pub const VIDEOS_LIMIT: usize = 3;
/// Pictures among looks and references; each look counts as one (published limit).
pub const PICTURES_LIMIT: usize = 9;
/// Seconds a video may have: whole ones (published limit).
pub const SECONDS: std::ops::RangeInclusive<u32> = 4..=15;
/// Seconds HeyGen takes where none are said (published).
pub const USUAL_SECONDS: u32 = 10;
/// Characters a prompt may have: the limit HeyGen publishes for its other prompts.
pub const PROMPT_LIMIT: usize = 10_000;
/// The shapes a cinematic video can have.
pub const SHAPES: [AspectRatio; 3] = [AspectRatio::Wide, AspectRatio::Tall, AspectRatio::Square];

/// What the person is composing on the Cinematic tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CinematicDraft {
    pub title: String,
    /// Who is in the scene: 1 to 3 looks, in the order they were chosen.
    pub looks: Vec<Look>,
    /// What happens, where, and how it looks.
    pub prompt: String,
    /// Pictures and videos the scene is to follow.
    pub references: Vec<LocalFile>,
    /// 4 to 15 whole seconds; `None`: HeyGen decides by the prompt.
    pub seconds: Option<u32>,
    pub resolution: Resolution,
    pub aspect_ratio: AspectRatio,
    /// HeyGen writes the prompt out before it follows it.
    pub enhance_prompt: bool,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl Default for CinematicDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            looks: Vec::new(),
            prompt: String::new(),
            references: Vec::new(),
            seconds: Some(USUAL_SECONDS),
            resolution: Resolution::P1080,
            aspect_ratio: AspectRatio::Wide,
            enhance_prompt: false,
            project: String::new(),
        }
    }
}

impl CinematicDraft {
    /// Videos among the references.
    #[must_use]
    pub fn videos(&self) -> usize {
        self.places_of(ReferenceKind::Video).count()
    }

    /// Pictures among looks and references, as HeyGen counts them.
    #[must_use]
    pub fn pictures(&self) -> usize {
        self.looks.len() + self.places_of(ReferenceKind::Picture).count()
    }

    fn places_of(&self, kind: ReferenceKind) -> impl Iterator<Item = usize> {
        let files = self.references.iter().enumerate();
        files.filter(move |(_, file)| ReferenceKind::of(file) == Some(kind)).map(|(place, _)| place)
    }

    /// The field of the reference at this place.
    #[must_use]
    pub fn reference_field(place: usize) -> Field {
        Field::Reference(u8::try_from(place).unwrap_or(u8::MAX))
    }
}

impl Composition for CinematicDraft {
    fn product(&self) -> Product {
        Product::Cinematic
    }

    fn effective_title(&self) -> String {
        title::own_or(&self.title, || title::first_words(&self.prompt), "Untitled video")
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
        if self.looks.is_empty() {
            add(Field::Look, "Choose one to three looks.".to_owned());
        } else if self.looks.len() > LOOKS_LIMIT {
            add(Field::Look, format!("{} looks are chosen; {LOOKS_LIMIT} is the most.", self.looks.len()));
        }
        if let Some(fault) = self.looks.iter().find_map(Look::fault) {
            add(Field::Look, fault);
        }
        let characters = self.prompt.chars().count();
        if self.prompt.trim().is_empty() {
            add(Field::Prompt, "Write a scene: what happens in it.".to_owned());
        } else if let Some(fault) = too_long::fault("scene", characters, PROMPT_LIMIT) {
            add(Field::Prompt, fault);
        }
        for (place, file) in self.references.iter().enumerate() {
            let kinds = [ReferenceKind::Picture, ReferenceKind::Video];
            let most = |kind| if kind == ReferenceKind::Video { VIDEO_BYTES_LIMIT } else { PICTURE_BYTES_LIMIT };
            if let Some(message) = reference::fault(file, &kinds, "PNG, JPEG, MP4 and WebM", most) {
                add(Self::reference_field(place), message);
            }
        }
        let videos = self.videos();
        let message = format!(
            "{videos} videos are given; {VIDEOS_LIMIT} is the most. Remove {}.",
            videos - VIDEOS_LIMIT.min(videos)
        );
        for place in self.places_of(ReferenceKind::Video).skip(VIDEOS_LIMIT) {
            add(Self::reference_field(place), message.clone());
        }
        let pictures = self.pictures();
        let message = format!(
            "{pictures} pictures with the looks; {PICTURES_LIMIT} is the most, each look counts as one. Remove {}.",
            pictures - PICTURES_LIMIT.min(pictures)
        );
        for place in self.places_of(ReferenceKind::Picture).skip(PICTURES_LIMIT.saturating_sub(self.looks.len())) {
            add(Self::reference_field(place), message.clone());
        }
        if self.seconds.is_some_and(|seconds| !SECONDS.contains(&seconds)) {
            let message = format!("A cinematic video has {} to {} seconds.", SECONDS.start(), SECONDS.end());
            add(Field::Duration, message);
        }
        if self.resolution == Resolution::K4 {
            add(Field::Resolution, "A cinematic video is 720p or 1080p.".to_owned());
        }
        if !SHAPES.contains(&self.aspect_ratio) {
            add(Field::Shape, "A cinematic video is 16:9, 9:16 or 1:1.".to_owned());
        }
        problems
    }

    fn billable(&self) -> Billable {
        Billable::Cinematic
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        let files = self.references.iter().enumerate().filter(|(_, file)| file.address.is_none());
        files.map(|(place, file)| (Self::reference_field(place), file)).collect()
    }

    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        self.references.iter_mut().collect()
    }

    fn looks_mut(&mut self) -> Vec<&mut Look> {
        self.looks.iter_mut().collect()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        self.looks
            .iter_mut()
            .flat_map(|look| [&mut look.preview_image_url, &mut look.preview_video_url])
            .flatten()
            .collect()
    }

    fn portrait_url(&self) -> Option<&str> {
        self.looks.first()?.preview_image_url.as_deref()
    }

    /// All of one price: that a longer or larger one costs no more is worth knowing.
    fn alternatives(&self) -> Vec<Alternative> {
        let lengths = ways::with_present(&[*SECONDS.start(), USUAL_SECONDS, *SECONDS.end()], self.seconds);
        let lengths = lengths.into_iter().map(Some).chain(self.seconds.is_none().then_some(None));
        let way = |choice, selected| Alternative { choice, billable: Ok(self.billable()), selected };
        let sizes = [Resolution::P720, Resolution::P1080];
        lengths
            .map(|seconds| way(Choice::Length(seconds), seconds == self.seconds))
            .chain(sizes.map(|size| way(Choice::Size(size), size == self.resolution)))
            .collect()
    }

    fn choose(&mut self, choice: Choice) {
        match choice {
            Choice::Length(seconds) => self.seconds = seconds,
            Choice::Size(resolution) => self.resolution = resolution,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::AvatarType;
    use crate::draft::title::TITLE_LIMIT;

    fn look(id: &str) -> Look {
        Look {
            id: id.to_owned(),
            name: id.to_owned(),
            avatar_type: AvatarType::DigitalTwin,
            group_id: None,
            default_voice_id: None,
            gender: None,
            engines: Vec::new(),
            preview_image_url: None,
            preview_video_url: None,
            tags: Vec::new(),
            ready: true,
            own: false,
            gone: false,
        }
    }

    fn file(media_type: &str, size: u64) -> LocalFile {
        LocalFile { path: "in.bin".into(), size, media_type: Some(media_type.to_owned()), ..LocalFile::default() }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut CinematicDraft), expected: &[Field]) {
        let mut draft =
            CinematicDraft { looks: vec![look("a")], prompt: "Rain.".to_owned(), ..CinematicDraft::default() };
        change(&mut draft);
        let fields: Vec<Field> = draft.problems().iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{:?}", draft.problems());
    }

    #[test]
    fn every_limit_is_told_beside_its_field() {
        let pictures = |count| vec![file("image/png", 10); count];
        check(|_| {}, &[]);
        check(|draft| draft.looks.clear(), &[Field::Look]);
        check(|draft| draft.looks = ["a", "b", "c"].map(look).to_vec(), &[]);
        check(|draft| draft.looks = ["a", "b", "c", "d"].map(look).to_vec(), &[Field::Look]);
        check(|draft| draft.looks = vec![Look { ready: false, ..look("a") }], &[Field::Look]);
        check(|draft| draft.prompt = " ".to_owned(), &[Field::Prompt]);
        check(|draft| draft.prompt = "ä".repeat(PROMPT_LIMIT), &[]);
        check(|draft| draft.prompt = "ä".repeat(PROMPT_LIMIT + 1), &[Field::Prompt]);
        check(|draft| draft.seconds = None, &[]);
        check(|draft| draft.seconds = Some(4), &[]);
        check(|draft| draft.seconds = Some(3), &[Field::Duration]);
        check(|draft| draft.seconds = Some(16), &[Field::Duration]);
        check(|draft| draft.resolution = Resolution::K4, &[Field::Resolution]);
        check(|draft| draft.aspect_ratio = AspectRatio::Auto, &[Field::Shape]);
        // One look and eight pictures are nine.
        check(|draft| draft.references = pictures(8), &[]);
        check(|draft| draft.references = pictures(9), &[Field::Reference(8)]);
        let mixed = || [vec![file("video/mp4", 10)], pictures(9)].concat();
        check(|draft| draft.references = mixed(), &[Field::Reference(9)]);
        check(
            |draft| {
                draft.looks = ["a", "b", "c"].map(look).to_vec();
                draft.references = pictures(8);
            },
            &[Field::Reference(6), Field::Reference(7)],
        );
        check(|draft| draft.references = vec![file("video/mp4", 10); 3], &[]);
        check(|draft| draft.references = vec![file("video/mp4", 10); 4], &[Field::Reference(3)]);
        check(|draft| draft.references = vec![file("image/png", 10), file("audio/mpeg", 10)], &[Field::Reference(1)]);
        check(|draft| draft.references = vec![file("video/mp4", VIDEO_BYTES_LIMIT + 1)], &[Field::Reference(0)]);
        check(|draft| draft.title = "t".repeat(TITLE_LIMIT + 1), &[Field::Title]);
    }

    #[test]
    fn a_public_address_is_not_uploaded_and_the_numbers_of_the_others_stay() {
        let address = LocalFile { address: Some("https://x.example/a.png".to_owned()), ..file("image/png", 0) };
        let draft = CinematicDraft { references: vec![address, file("image/png", 10)], ..CinematicDraft::default() };
        let fields: Vec<Field> = draft.uploads().iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, [Field::Reference(1)]);
    }
}
