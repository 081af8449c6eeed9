//! Where a file belongs: every place of every tab that takes one, and what it takes. Files that are
//! dropped, picked or typed are brought to their place by these rules.

use std::path::Path;

use crate::draft::{Field, Product};

/// What a file is, as far as places care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// WAV or MP3.
    Sound,
    /// PNG or JPEG.
    Picture,
    /// MP4 or WebM.
    Video,
    /// SRT.
    Subtitles,
    Pdf,
    /// A folder or a zip with a HyperFrames project.
    Project,
    /// A table of rows, for a batch.
    Table,
}

impl Kind {
    /// The kind of a media type the probe found in the bytes.
    #[must_use]
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            "audio/wav" | "audio/mpeg" => Some(Self::Sound),
            "image/png" | "image/jpeg" => Some(Self::Picture),
            "video/mp4" | "video/webm" | "video/quicktime" => Some(Self::Video),
            "application/x-subrip" | "text/srt" => Some(Self::Subtitles),
            "application/pdf" => Some(Self::Pdf),
            "application/zip" | "inode/directory" => Some(Self::Project),
            "text/csv" => Some(Self::Table),
            _ => None,
        }
    }

    /// What a file's name promises; the probe looks at the bytes later.
    #[must_use]
    pub fn promised_by(path: &Path) -> Option<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("wav" | "mp3" | "m4a") => Some(Self::Sound),
            Some("png" | "jpg" | "jpeg") => Some(Self::Picture),
            Some("mp4" | "webm" | "mov" | "m4v") => Some(Self::Video),
            Some("srt") => Some(Self::Subtitles),
            Some("pdf") => Some(Self::Pdf),
            Some("zip") => Some(Self::Project),
            Some("csv" | "tsv") => Some(Self::Table),
            _ => None,
        }
    }

    /// The endings of file names, for dialogs.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Sound => &["wav", "mp3"],
            Self::Picture => &["png", "jpg", "jpeg"],
            Self::Video => &["mp4", "webm"],
            Self::Subtitles => &["srt"],
            Self::Pdf => &["pdf"],
            Self::Project => &["zip"],
            Self::Table => &["csv", "tsv", "txt"],
        }
    }

    /// The types in words: "WAV or MP3".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Sound => "WAV or MP3",
            Self::Picture => "PNG or JPEG",
            Self::Video => "MP4 or WebM",
            Self::Subtitles => "SRT",
            Self::Pdf => "PDF",
            Self::Project => "a folder or zip",
            Self::Table => "CSV",
        }
    }

    /// What such a file is called: "a sound".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sound => "a sound",
            Self::Picture => "a picture",
            Self::Video => "a video",
            Self::Subtitles => "a subtitle file",
            Self::Pdf => "a PDF",
            Self::Project => "a HyperFrames project",
            Self::Table => "a table",
        }
    }
}

/// A place of a tab that takes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The tab.
    pub product: Product,
    /// The field of its form.
    pub field: Field,
}

struct Row {
    place: Place,
    takes: &'static [Kind],
    /// What the file is for: "the sound that is spoken instead of a script".
    purpose: &'static str,
}

const fn row(product: Product, field: Field, takes: &'static [Kind], purpose: &'static str) -> Row {
    Row { place: Place { product, field }, takes, purpose }
}

/// Every place, tab by tab; where a tab has several for one kind, the first is meant unless another is named.
const ROWS: &[Row] = &[
    row(Product::AvatarVideo, Field::Audio, &[Kind::Sound], "the sound that is spoken instead of a script"),
    row(Product::AvatarVideo, Field::Look, &[Kind::Picture], "the picture to animate"),
    row(Product::AvatarVideo, Field::Background, &[Kind::Picture], "the picture behind the face"),
    row(Product::AvatarVideo, Field::Reference(0), &[Kind::Table], "the table with one video per row"),
    row(Product::Speech, Field::Reference(0), &[Kind::Table], "the table with one speech per row"),
    row(Product::Realtime, Field::Audio, &[Kind::Sound], "the sound that the session plays"),
    row(Product::Cinematic, Field::Reference(0), &[Kind::Picture, Kind::Video], "references for the scene"),
    row(
        Product::VideoAgent,
        Field::Reference(0),
        &[Kind::Picture, Kind::Video, Kind::Sound, Kind::Pdf],
        "files for the agent to use",
    ),
    row(Product::Translation, Field::Video, &[Kind::Video], "the video to translate"),
    row(Product::Translation, Field::Audio, &[Kind::Sound], "your own sound for the translation"),
    row(Product::Translation, Field::Subtitles, &[Kind::Subtitles], "your own subtitles"),
    row(Product::Lipsync, Field::Video, &[Kind::Video], "the video whose lips move"),
    row(Product::Lipsync, Field::Audio, &[Kind::Sound], "the sound they speak"),
    row(Product::AvatarCreation, Field::Look, &[Kind::Picture], "the photo an avatar is made from"),
    row(Product::AvatarCreation, Field::Reference(0), &[Kind::Picture], "a picture for the description"),
    row(Product::AvatarCreation, Field::Video, &[Kind::Video], "the video a digital twin is trained on"),
    row(Product::AvatarCreation, Field::Voice, &[Kind::Sound], "the recording a voice is copied from"),
    row(Product::Clips, Field::Video, &[Kind::Video], "the long video to cut clips from"),
    row(Product::HyperFrames, Field::Composition, &[Kind::Project], "the HyperFrames project"),
    row(Product::HyperFrames, Field::Reference(0), &[Kind::Table], "the table with one video per row"),
];

impl Place {
    /// The place of a field.
    #[must_use]
    pub const fn new(product: Product, field: Field) -> Self {
        Self { product, field }
    }

    /// The first place of a tab.
    #[must_use]
    pub fn first_of(product: Product) -> Option<Self> {
        ROWS.iter().map(|row| row.place).find(|place| place.product == product)
    }

    fn row(self) -> Option<&'static Row> {
        // Places of a list differ in their number only.
        let plain = match self.field {
            Field::Reference(_) => Field::Reference(0),
            field => field,
        };
        ROWS.iter().find(|row| row.place.product == self.product && row.place.field == plain)
    }

    /// What it takes.
    #[must_use]
    pub fn takes(self) -> &'static [Kind] {
        self.row().map_or(&[], |row| row.takes)
    }

    /// It takes as many files as are given.
    #[must_use]
    pub fn takes_several(self) -> bool {
        matches!(
            (self.product, self.field),
            (Product::Cinematic | Product::VideoAgent | Product::AvatarCreation, Field::Reference(_))
        )
    }

    /// The place of the file so many places behind this one, where several are taken.
    #[must_use]
    pub fn behind(self, places: usize) -> Self {
        let field = match self.field {
            Field::Reference(first) => Field::Reference(first.saturating_add(u8::try_from(places).unwrap_or(u8::MAX))),
            field => field,
        };
        Self { field, ..self }
    }

    /// What the file is for, in words: "the video to translate".
    #[must_use]
    pub fn purpose(self) -> &'static str {
        self.row().map_or("the file", |row| row.purpose)
    }

    /// The types it takes, in words: "WAV or MP3".
    #[must_use]
    pub fn types(self) -> String {
        let words: Vec<&str> = self.takes().iter().map(|kind| kind.words()).collect();
        words.join(", ")
    }

    /// Every place that takes this kind, those of the shown tab first.
    #[must_use]
    pub fn of_kind(kind: Kind, shown: Option<Product>) -> Vec<Self> {
        let mut places: Vec<Self> = ROWS.iter().filter(|row| row.takes.contains(&kind)).map(|row| row.place).collect();
        places.retain(|place| super::Tab::SHOWN.contains(&super::Tab::of(place.product)));
        places.sort_by_key(|place| Some(place.product) != shown);
        places
    }
}
