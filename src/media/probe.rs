//! What a file is, how long and how large: by its bytes, never by its name.

use std::fs::File;
use std::io::{self, Cursor};
use std::path::Path;

use rust_decimal::Decimal;

use super::source::{ReadSeek, Source};
use super::{image_size, matroska, mp3, mp4, wav};
use crate::draft::avatar_video::LocalFile;

/// The kinds of files the studio can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    Png,
    Jpeg,
    Webp,
    Gif,
    Mp4,
    Mov,
    Webm,
    /// Matroska that is not WebM.
    Mkv,
    Mp3,
    Wav,
    M4a,
    Pdf,
    Srt,
    Vtt,
    Zip,
    Other,
}

/// What a kind of file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Picture,
    Film,
    Sound,
    Captions,
    Paper,
    Archive,
    Unknown,
}

impl MediaType {
    /// The media type as HTTP has it; `None` for [`MediaType::Other`].
    #[must_use]
    pub fn mime(self) -> Option<&'static str> {
        Some(match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
            Self::Mkv => "video/x-matroska",
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
            Self::M4a => "audio/mp4",
            Self::Pdf => "application/pdf",
            Self::Srt => "application/x-subrip",
            Self::Vtt => "text/vtt",
            Self::Zip => "application/zip",
            Self::Other => return None,
        })
    }

    /// "PNG picture".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG picture",
            Self::Jpeg => "JPEG picture",
            Self::Webp => "WebP picture",
            Self::Gif => "GIF picture",
            Self::Mp4 => "MP4 film",
            Self::Mov => "QuickTime film",
            Self::Webm => "WebM film",
            Self::Mkv => "Matroska film",
            Self::Mp3 => "MP3 sound",
            Self::Wav => "WAV sound",
            Self::M4a => "M4A sound",
            Self::Pdf => "PDF document",
            Self::Srt => "SRT caption file",
            Self::Vtt => "VTT caption file",
            Self::Zip => "zip archive",
            Self::Other => "file of no known kind",
        }
    }

    fn family(self) -> Family {
        match self {
            Self::Png | Self::Jpeg | Self::Webp | Self::Gif => Family::Picture,
            Self::Mp4 | Self::Mov | Self::Webm | Self::Mkv => Family::Film,
            Self::Mp3 | Self::Wav | Self::M4a => Family::Sound,
            Self::Srt | Self::Vtt => Family::Captions,
            Self::Pdf => Family::Paper,
            Self::Zip => Family::Archive,
            Self::Other => Family::Unknown,
        }
    }
}

/// What was found in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    pub media_type: MediaType,
    /// Length in seconds to the millisecond, for sound and films; `None` where it cannot be known.
    pub seconds: Option<Decimal>,
    /// Pixels, for pictures and films.
    pub dimensions: Option<(u32, u32)>,
    pub has_audio: bool,
    pub has_video: bool,
    /// Bytes.
    pub size: u64,
}

/// Why nothing can be said about a file.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ProbeError {
    pub kind: ProbeErrorKind,
    /// A sentence that names the file.
    pub message: String,
    /// What would help.
    pub hint: &'static str,
    #[source]
    pub source: Option<io::Error>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeErrorKind {
    Missing,
    Unreadable,
    Folder,
    Empty,
    /// The file claims to be longer than its bytes.
    LengthLies,
}

impl ProbeError {
    fn new(kind: ProbeErrorKind, message: String, hint: &'static str) -> Self {
        Self { kind, message, hint, source: None }
    }
}

/// Looks at a file. Reads little of it, except MP3, which is counted frame by frame.
///
/// # Errors
/// When it is missing, unreadable, a folder or empty, or claims a length its bytes do not hold.
pub fn probe(path: &Path) -> Result<Probe, ProbeError> {
    let name = file_name(path);
    let failed = |error: io::Error| {
        let missing = error.kind() == io::ErrorKind::NotFound;
        let (kind, message, hint) = if missing {
            (ProbeErrorKind::Missing, format!("{name} is not there any more."), "Choose it again where it is now.")
        } else if error.kind() == io::ErrorKind::PermissionDenied {
            (ProbeErrorKind::Unreadable, format!("{name} may not be read."), "Check the rights of the file.")
        } else {
            (
                ProbeErrorKind::Unreadable,
                format!("{name} could not be read."),
                "Copy it to this computer and try again.",
            )
        };
        ProbeError { kind, message, hint, source: Some(error) }
    };
    let facts = std::fs::metadata(path).map_err(failed)?;
    if facts.is_dir() {
        return Err(ProbeError::new(ProbeErrorKind::Folder, format!("{name} is a folder."), "Choose a file in it."));
    }
    if !facts.is_file() {
        let message = format!("{name} is no ordinary file.");
        return Err(ProbeError::new(ProbeErrorKind::Unreadable, message, "Choose a file."));
    }
    if facts.len() == 0 {
        return Err(ProbeError::new(ProbeErrorKind::Empty, format!("{name} is empty."), "Save or copy it again."));
    }
    let mut file = File::open(path).map_err(failed)?;
    match look(&mut file).map_err(failed)? {
        Found::Sound(probe) => Ok(probe),
        Found::Lie { claimed, there } => Err(ProbeError::new(
            ProbeErrorKind::LengthLies,
            format!("{name} says it is {} long but holds {} of sound.", clock(claimed), clock(there)),
            "It was cut off while it was saved or copied. Save it again.",
        )),
    }
}

/// As [`probe`], for bytes in memory; `None` when the bytes are empty or claim to be longer than they are.
#[must_use]
pub fn probe_bytes(bytes: &[u8]) -> Option<Probe> {
    if bytes.is_empty() {
        return None;
    }
    match look(&mut Cursor::new(bytes)).ok()? {
        Found::Sound(probe) => Some(probe),
        Found::Lie { .. } => None,
    }
}

/// A file as the drafts know it, with a sentence on what is wrong with it.
#[must_use]
pub fn local_file(path: &Path) -> LocalFile {
    match probe(path) {
        Ok(found) => LocalFile {
            path: path.to_owned(),
            size: found.size,
            media_type: found.media_type.mime().map(str::to_owned),
            duration: found.seconds,
            dimensions: found.dimensions,
            fault: misnamed(path, found.media_type),
            ..LocalFile::default()
        },
        Err(error) => LocalFile {
            path: path.to_owned(),
            size: std::fs::metadata(path).map_or(0, |facts| if facts.is_file() { facts.len() } else { 0 }),
            media_type: None,
            duration: None,
            dimensions: None,
            fault: Some(format!("{} {}", error.message, error.hint)),
            ..LocalFile::default()
        },
    }
}

/// The sentence for a file whose name promises something else altogether. A PNG that is named as a JPEG is no matter.
fn misnamed(path: &Path, found: MediaType) -> Option<String> {
    let extension = path.extension()?.to_string_lossy().to_lowercase();
    let promised = match extension.as_str() {
        "png" => MediaType::Png,
        "jpg" | "jpeg" => MediaType::Jpeg,
        "webp" => MediaType::Webp,
        "gif" => MediaType::Gif,
        "mp4" | "m4v" => MediaType::Mp4,
        "mov" => MediaType::Mov,
        "webm" => MediaType::Webm,
        "mkv" => MediaType::Mkv,
        "mp3" => MediaType::Mp3,
        "wav" => MediaType::Wav,
        "m4a" => MediaType::M4a,
        "pdf" => MediaType::Pdf,
        "srt" => MediaType::Srt,
        "vtt" => MediaType::Vtt,
        "zip" => MediaType::Zip,
        _ => return None,
    };
    let name = file_name(path);
    (promised.family() != found.family()).then(|| {
        format!(
            "{name} is named as {} but holds a {}. Choose another file or rename it.",
            with_article(promised.name()),
            found.name()
        )
    })
}

fn with_article(name: &str) -> String {
    let an = name.starts_with("MP") || name.starts_with("M4") || name.starts_with("SRT");
    format!("{} {name}", if an { "an" } else { "a" })
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// 1:05, 3:00:00.
fn clock(seconds: Decimal) -> String {
    let whole: u64 = seconds.round().try_into().unwrap_or(0);
    let (hours, minutes, seconds) = (whole / 3_600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

enum Found {
    Sound(Probe),
    Lie { claimed: Decimal, there: Decimal },
}

fn look(file: &mut dyn ReadSeek) -> io::Result<Found> {
    let mut source = Source::new(file)?;
    let mut found = Probe {
        media_type: MediaType::Other,
        seconds: None,
        dimensions: None,
        has_audio: false,
        has_video: false,
        size: source.size(),
    };
    let head: Vec<u8> = source.bytes(0, 64)?.to_vec();
    let at = |start: usize, word: &[u8]| head.get(start..).is_some_and(|rest| rest.starts_with(word));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        (found.media_type, found.dimensions) = (MediaType::Png, image_size::png(&mut source)?);
    } else if at(0, &[0xff, 0xd8, 0xff]) {
        (found.media_type, found.dimensions) = (MediaType::Jpeg, image_size::jpeg(&mut source)?);
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        (found.media_type, found.dimensions) = (MediaType::Webp, image_size::webp(&mut source)?);
    } else if at(0, b"RIFF") && at(8, b"WAVE") {
        found.media_type = MediaType::Wav;
        if let Some(sound) = wav::probe(&mut source)? {
            if let Some(claimed) = sound.claimed {
                return Ok(Found::Lie { claimed, there: sound.seconds });
            }
            found.seconds = Some(sound.seconds);
            found.has_audio = true;
        }
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        found.media_type = MediaType::Gif;
    } else if at(0, b"%PDF-") {
        found.media_type = MediaType::Pdf;
    } else if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        found.media_type = MediaType::Zip;
    } else if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) {
        let film = matroska::probe(&mut source)?;
        found.media_type = if film.is_webm { MediaType::Webm } else { MediaType::Mkv };
        (found.seconds, found.dimensions) = (film.seconds, film.dimensions);
        (found.has_audio, found.has_video) = (film.has_audio, film.has_video);
    } else if at(4, b"ftyp") || at(4, b"moov") || at(4, b"wide") || at(4, b"mdat") {
        if let Some(film) = mp4::probe(&mut source)? {
            found.media_type = match (&film.brand, film.has_video) {
                (b"qt  ", _) | ([0, 0, 0, 0], true) => MediaType::Mov,
                (_, false) if film.has_audio => MediaType::M4a,
                _ => MediaType::Mp4,
            };
            (found.seconds, found.dimensions) = (film.seconds, film.dimensions);
            (found.has_audio, found.has_video) = (film.has_audio, film.has_video);
        }
    } else if let Some(text) = caption_type(&head) {
        found.media_type = text;
    } else {
        let start = mp3::after_tag(&mut source)?;
        if start > 0 || mp3::begins(&mut source, 0)? {
            found.seconds = mp3::seconds(&mut source, start)?;
            found.has_audio = found.seconds.is_some();
            found.media_type = if found.has_audio { MediaType::Mp3 } else { MediaType::Other };
        }
    }
    Ok(Found::Sound(found))
}

/// Captions by their first lines.
fn caption_type(head: &[u8]) -> Option<MediaType> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("WEBVTT") {
        return Some(MediaType::Vtt);
    }
    let mut lines = text.lines();
    let number = lines.next()?.trim();
    let times = lines.next()?;
    let is_srt = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()) && times.contains("-->");
    is_srt.then_some(MediaType::Srt)
}
