//! The draft of a new avatar (`POST /v3/avatars`): from a photo, from footage of a person, or from a
//! description.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::avatar_video::LocalFile;
use super::billable::{Billable, Creation};
use super::composition::{Composition, WithoutPrice};
use super::too_long;
use super::{Field, Problem, Product};

/// Characters a name may have here: it names the avatar, its first look and the job.
pub const NAME_LIMIT: usize = 200;
/// Characters of a description.
pub const PROMPT_LIMIT: usize = 1_000;
/// Pictures a description may rest on.
pub const REFERENCE_LIMIT: usize = 3;
/// Bytes of a picture (published limit of pictures: 50 MB).
pub const PICTURE_BYTES_LIMIT: u64 = 50_000_000;
/// Bytes of footage (published limit of videos: 100 MB).
pub const FOOTAGE_BYTES_LIMIT: u64 = 100_000_000;

/// What an avatar is made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// One picture of a face: a photo avatar.
    #[default]
    Photo,
    /// A video of a person, who has to agree: a digital twin.
    Footage,
    /// A description: a photo avatar of nobody.
    Prompt,
}

impl Origin {
    /// How the rate card tells them apart.
    #[must_use]
    pub fn creation(self) -> Creation {
        match self {
            Self::Photo => Creation::Photo,
            Self::Footage => Creation::DigitalTwin,
            Self::Prompt => Creation::Prompt,
        }
    }
}

/// Something at HeyGen that was chosen by its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    pub id: String,
    pub name: String,
}

/// What the person is composing on the Avatars tab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AvatarCreationDraft {
    pub name: String,
    pub origin: Origin,
    /// The face of a photo avatar, PNG or JPEG.
    pub photo: Option<LocalFile>,
    /// The video a digital twin is trained on, MP4 or WebM.
    pub footage: Option<LocalFile>,
    /// Who is described.
    pub prompt: String,
    /// Pictures the description rests on, at most [`REFERENCE_LIMIT`].
    pub references: Vec<LocalFile>,
    /// A look the description starts from.
    pub based_on: Option<Chosen>,
    /// The avatar the new look joins; `None`: an avatar of its own.
    pub group: Option<Chosen>,
    /// The person makes it although nobody publishes what it costs. Asked anew for every draft, so it
    /// is not kept.
    #[serde(skip)]
    pub unpriced_accepted: bool,
    /// The client or purpose the job is booked to; empty for none.
    pub project: String,
}

impl AvatarCreationDraft {
    /// The place of one of the reference pictures.
    #[must_use]
    pub fn reference_field(place: usize) -> Field {
        Field::Reference(u8::try_from(place).unwrap_or(u8::MAX))
    }

    /// Puts a picture at its place among the references, or after the last one.
    pub fn set_reference(&mut self, place: usize, file: LocalFile) {
        match self.references.get_mut(place) {
            Some(present) => *present = file,
            None => self.references.push(file),
        }
    }
}

impl Composition for AvatarCreationDraft {
    fn product(&self) -> Product {
        Product::AvatarCreation
    }

    fn effective_title(&self) -> String {
        let own = self.name.trim();
        if own.is_empty() { "Unnamed avatar".to_owned() } else { own.to_owned() }
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
        match self.origin {
            Origin::Photo => match &self.photo {
                None => add(Field::Look, "Choose a photo of the face.".to_owned()),
                Some(file) => {
                    if let Some(message) = picture_fault(file) {
                        add(Field::Look, message);
                    }
                }
            },
            Origin::Footage => match &self.footage {
                None => add(Field::Video, "Choose a video of the person.".to_owned()),
                Some(file) => {
                    if let Some(message) = footage_fault(file) {
                        add(Field::Video, message);
                    }
                }
            },
            Origin::Prompt => {
                let characters = self.prompt.chars().count();
                if self.prompt.trim().is_empty() {
                    add(Field::Prompt, "Describe the person.".to_owned());
                } else if let Some(fault) = too_long::fault("description", characters, PROMPT_LIMIT) {
                    add(Field::Prompt, fault);
                }
                for (place, file) in self.references.iter().enumerate() {
                    if let Some(message) = picture_fault(file) {
                        add(Self::reference_field(place), message);
                    }
                }
                if self.references.len() > REFERENCE_LIMIT {
                    let words = format!("{REFERENCE_LIMIT} pictures are the most. Remove one.");
                    add(Self::reference_field(REFERENCE_LIMIT), words);
                }
            }
        }
        let characters = self.name.trim().chars().count();
        if characters == 0 {
            add(Field::Name, "Name the avatar.".to_owned());
        } else if characters > NAME_LIMIT {
            add(Field::Name, format!("The name has more than {NAME_LIMIT} characters."));
        }
        problems
    }

    fn billable(&self) -> Billable {
        Billable::AvatarCreation(self.origin.creation())
    }

    fn uploads(&self) -> Vec<(Field, &LocalFile)> {
        let files: Vec<(Field, &LocalFile)> = match self.origin {
            Origin::Photo => self.photo.iter().map(|file| (Field::Look, file)).collect(),
            Origin::Footage => self.footage.iter().map(|file| (Field::Video, file)).collect(),
            Origin::Prompt => {
                let places = self.references.iter().enumerate();
                places.map(|(place, file)| (Self::reference_field(place), file)).collect()
            }
        };
        files.into_iter().filter(|(_, file)| file.address.is_none()).collect()
    }

    /// None: the addresses of its files are the files.
    fn files_mut(&mut self) -> Vec<&mut LocalFile> {
        self.photo.iter_mut().chain(&mut self.footage).chain(&mut self.references).collect()
    }

    fn addresses_mut(&mut self) -> Vec<&mut String> {
        Vec::new()
    }

    fn without_price(&self) -> WithoutPrice {
        match (self.origin, self.unpriced_accepted) {
            (Origin::Prompt, true) => WithoutPrice::Accepted,
            (Origin::Prompt, false) => WithoutPrice::Asks,
            (Origin::Photo | Origin::Footage, _) => WithoutPrice::NotOffered,
        }
    }
}

fn picture_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    if !matches!(file.media_type.as_deref(), Some("image/png" | "image/jpeg")) {
        return Some(format!("{} is no PNG or JPEG picture.", file.name()));
    }
    (file.size > PICTURE_BYTES_LIMIT).then(|| format!("{} is larger than 50 MB.", file.name()))
}

fn footage_fault(file: &LocalFile) -> Option<String> {
    if let Some(fault) = &file.fault {
        return Some(fault.clone());
    }
    if !matches!(file.media_type.as_deref(), Some("video/mp4" | "video/webm")) {
        return Some(format!("{} is no MP4 or WebM video.", file.name()));
    }
    if file.size > FOOTAGE_BYTES_LIMIT {
        return Some(format!("{} is larger than 100 MB. Cut it, or save it smaller.", file.name()));
    }
    match file.duration {
        Some(seconds) if seconds > Decimal::ZERO => None,
        Some(_) => Some(format!("{} has no picture in it.", file.name())),
        None => Some(format!("The length of {} could not be read.", file.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(media_type: &str, size: u64) -> LocalFile {
        let seconds = media_type.starts_with("video").then_some(Decimal::TEN);
        LocalFile {
            path: "in.bin".into(),
            size,
            media_type: Some(media_type.to_owned()),
            duration: seconds,
            ..LocalFile::default()
        }
    }

    fn complete(origin: Origin) -> AvatarCreationDraft {
        AvatarCreationDraft {
            name: "Daria".to_owned(),
            origin,
            photo: Some(file("image/png", 1_000)),
            footage: Some(file("video/mp4", 1_000)),
            prompt: "A friendly judge".to_owned(),
            ..AvatarCreationDraft::default()
        }
    }

    #[track_caller]
    fn check(origin: Origin, change: impl FnOnce(&mut AvatarCreationDraft), expected: &[Field]) {
        let mut draft = complete(origin);
        change(&mut draft);
        let problems = draft.problems();
        let fields: Vec<Field> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, expected, "{problems:?}");
    }

    #[test]
    fn every_limit_is_told_beside_its_field() {
        use Origin::{Footage, Photo, Prompt};
        for origin in [Photo, Footage, Prompt] {
            check(origin, |_| {}, &[]);
            check(origin, |draft| draft.name = " ".to_owned(), &[Field::Name]);
            check(origin, |draft| draft.name = "ä".repeat(NAME_LIMIT), &[]);
            check(origin, |draft| draft.name = "ä".repeat(NAME_LIMIT + 1), &[Field::Name]);
        }
        check(Photo, |draft| draft.photo = None, &[Field::Look]);
        check(Photo, |draft| draft.photo = Some(file("image/webp", 1)), &[Field::Look]);
        check(Photo, |draft| draft.photo = Some(file("image/jpeg", PICTURE_BYTES_LIMIT)), &[]);
        check(Photo, |draft| draft.photo = Some(file("image/jpeg", PICTURE_BYTES_LIMIT + 1)), &[Field::Look]);
        check(Photo, |draft| draft.footage = None, &[]);
        check(Footage, |draft| draft.footage = None, &[Field::Video]);
        check(Footage, |draft| draft.footage = Some(file("video/quicktime", 1)), &[Field::Video]);
        check(Footage, |draft| draft.footage = Some(file("video/webm", FOOTAGE_BYTES_LIMIT)), &[]);
        check(Footage, |draft| draft.footage = Some(file("video/webm", FOOTAGE_BYTES_LIMIT + 1)), &[Field::Video]);
        let endless = LocalFile { duration: None, ..file("video/mp4", 1) };
        check(Footage, |draft| draft.footage = Some(endless), &[Field::Video]);
        let broken = LocalFile { fault: Some("It breaks off.".to_owned()), ..file("video/mp4", 1) };
        check(Footage, |draft| draft.footage = Some(broken), &[Field::Video]);
        check(Prompt, |draft| draft.prompt = "\n".to_owned(), &[Field::Prompt]);
        check(Prompt, |draft| draft.prompt = "ä".repeat(PROMPT_LIMIT), &[]);
        check(Prompt, |draft| draft.prompt = "ä".repeat(PROMPT_LIMIT + 1), &[Field::Prompt]);
        check(Prompt, |draft| draft.references = vec![file("image/png", 1); REFERENCE_LIMIT], &[]);
        check(
            Prompt,
            |draft| draft.references = vec![file("image/png", 1); REFERENCE_LIMIT + 1],
            &[Field::Reference(3)],
        );
        let references = vec![file("image/png", 1), file("application/pdf", 1)];
        check(Prompt, |draft| draft.references = references, &[Field::Reference(1)]);
        check(
            Photo,
            |draft| {
                draft.photo = None;
                draft.name.clear();
            },
            &[Field::Look, Field::Name],
        );
    }

    #[track_caller]
    fn check_uploads(origin: Origin, expected: &[Field]) {
        let mut draft = complete(origin);
        let fetched = LocalFile { address: Some("https://pictures.example/a.png".to_owned()), ..file("image/png", 1) };
        draft.references = vec![fetched, file("image/png", 1)];
        let fields: Vec<Field> = draft.uploads().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, expected);
    }

    #[test]
    fn only_what_the_avatar_is_made_from_goes_up() {
        check_uploads(Origin::Photo, &[Field::Look]);
        check_uploads(Origin::Footage, &[Field::Video]);
        check_uploads(Origin::Prompt, &[Field::Reference(1)]);
    }

    #[test]
    fn that_a_price_is_not_published_is_accepted_once_and_not_kept() {
        let mut draft = complete(Origin::Prompt);
        assert_eq!(draft.without_price(), WithoutPrice::Asks);
        draft.unpriced_accepted = true;
        assert_eq!(draft.without_price(), WithoutPrice::Accepted);
        let kept: AvatarCreationDraft = serde_json::from_str(&serde_json::to_string(&draft).unwrap()).unwrap();
        assert_eq!(kept.without_price(), WithoutPrice::Asks);
        draft.origin = Origin::Photo;
        assert_eq!(draft.without_price(), WithoutPrice::NotOffered);
    }
}
