//! What a file is, how long and how large: by its bytes, never by its name.

use std::fs::File;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::flaw::{Flaw, agree};
use super::media_type::Family;
pub use super::media_type::MediaType;
pub use super::source::ReadSeek;
use super::source::Source;
use super::{image_size, matroska, mp3, mp4, wav};
use crate::draft::file::LocalFile;

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
    /// Its header and its content are of different lengths.
    LengthLies,
    /// It ends before it should.
    CutShort,
    /// Its index is missing, or it has a head and nothing else.
    Unfinished,
    /// It is sound or a film whose length cannot be found.
    NoLength,
}

impl ProbeError {
    fn new(kind: ProbeErrorKind, message: String, hint: &'static str) -> Self {
        Self { kind, message, hint, source: None }
    }

    fn of_flaw(flaw: Flaw, name: &str) -> Self {
        let kind = match flaw {
            Flaw::LengthLies { .. } => ProbeErrorKind::LengthLies,
            Flaw::CutShort { .. } => ProbeErrorKind::CutShort,
            Flaw::NoIndex | Flaw::Nothing => ProbeErrorKind::Unfinished,
            Flaw::NoLength => ProbeErrorKind::NoLength,
        };
        let (message, hint) = flaw.words(name);
        Self::new(kind, message, hint)
    }
}

/// Looks at a file. Reads little of it, except MP3, which is counted frame by frame.
///
/// # Errors
/// When it is missing, unreadable, a folder or empty, when it is cut off or unfinished, or when its length cannot be
/// relied on.
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
        (probe, None) => Ok(probe),
        (_, Some(flaw)) => Err(ProbeError::of_flaw(flaw, &name)),
    }
}

/// As [`probe`], for bytes in memory; `None` when they are empty or cannot be relied on.
#[must_use]
pub fn probe_bytes(bytes: &[u8]) -> Option<Probe> {
    probe_reader(&mut Cursor::new(bytes)).ok().flatten()
}

/// As [`probe_bytes`], for anything that can be read at any place.
///
/// # Errors
/// Those of the reader.
pub fn probe_reader(reader: &mut dyn ReadSeek) -> io::Result<Option<Probe>> {
    let (probe, flaw) = look(reader)?;
    Ok((probe.size > 0 && flaw.is_none()).then_some(probe))
}

/// A file as the drafts know it, with a sentence on what is wrong with it.
#[must_use]
pub fn local_file(path: &Path) -> LocalFile {
    match probe(path) {
        Ok(found) => LocalFile { path: path.to_owned(), ..file_of(&found, path) },
        Err(error) => LocalFile {
            path: path.to_owned(),
            size: std::fs::metadata(path).map_or(0, |facts| if facts.is_file() { facts.len() } else { 0 }),
            fault: Some(format!("{} {}", error.message, error.hint)),
            ..LocalFile::default()
        },
    }
}

/// As [`local_file`], for the `size` bytes behind a public address.
#[must_use]
pub fn public_file(address: &str, size: u64, reader: &mut dyn ReadSeek) -> LocalFile {
    let named = LocalFile { address: Some(address.to_owned()), size, ..LocalFile::default() };
    let name = PathBuf::from(named.name());
    match look(reader) {
        Ok((found, None)) => LocalFile { address: named.address, ..file_of(&found, &name) },
        Ok((_, Some(flaw))) => {
            let error = ProbeError::of_flaw(flaw, &file_name(&name));
            LocalFile { fault: Some(format!("{} {}", error.message, error.hint)), ..named }
        }
        Err(error) => {
            let fault = format!("{} could not be read: {error}. Download it and drop it here.", file_name(&name));
            LocalFile { fault: Some(fault), ..named }
        }
    }
}

fn file_of(found: &Probe, path: &Path) -> LocalFile {
    LocalFile {
        size: found.size,
        media_type: found.media_type.mime().map(str::to_owned),
        duration: found.seconds,
        dimensions: found.dimensions,
        has_audio: matches!(found.media_type.family(), Family::Film | Family::Sound).then_some(found.has_audio),
        fault: misnamed(path, found.media_type).or_else(|| not_taken(path, found.media_type)),
        ..LocalFile::default()
    }
}

/// The sentence for a file whose name promises something else altogether. A PNG that is named as a JPEG is no matter.
fn misnamed(path: &Path, found: MediaType) -> Option<String> {
    let promised = MediaType::of_ending(&path.extension()?.to_string_lossy())?;
    (promised.family() != found.family()).then(|| {
        format!(
            "{} is named as {} but holds {}. Choose another file or rename it.",
            file_name(path),
            with_article(promised.name()),
            with_article(found.name())
        )
    })
}

/// The sentence for a file of a kind that HeyGen does not take.
fn not_taken(path: &Path, found: MediaType) -> Option<String> {
    let instead = found.instead()?;
    Some(format!("{} is {}. {instead}", file_name(path), with_article(found.name())))
}

/// With "a" or "an", as the name is said aloud.
pub(in crate::media) fn with_article(name: &str) -> String {
    let an = ["MP", "M4", "SRT", "AVI", "AAC", "Ogg"].iter().any(|start| name.starts_with(start));
    format!("{} {name}", if an { "an" } else { "a" })
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// What is there, and what is wrong with it.
fn look(file: &mut dyn ReadSeek) -> io::Result<(Probe, Option<Flaw>)> {
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
    found.media_type = begins_as(&head);
    let flaw = match found.media_type {
        MediaType::Png => {
            found.dimensions = image_size::png(&mut source)?;
            picture_flaw(found.dimensions, image_size::png_is_whole(&mut source)?)
        }
        MediaType::Jpeg => {
            found.dimensions = image_size::jpeg(&mut source)?;
            picture_flaw(found.dimensions, true)
        }
        MediaType::Webp => {
            found.dimensions = image_size::webp(&mut source)?;
            picture_flaw(found.dimensions, image_size::webp_is_whole(&mut source)?)
        }
        MediaType::Wav => wav_sound(&mut source, &mut found)?,
        MediaType::Webm => {
            let film = matroska::probe(&mut source)?;
            found.media_type = if film.is_webm { MediaType::Webm } else { MediaType::Mkv };
            (found.seconds, found.dimensions) = (film.seconds, film.dimensions);
            (found.has_audio, found.has_video) = (film.has_audio, film.has_video);
            film.flaw
        }
        MediaType::Mp4 => {
            let film = mp4::probe(&mut source)?;
            found.media_type = match (&film.brand, film.has_video) {
                (b"qt  ", _) | ([0, 0, 0, 0], true) => MediaType::Mov,
                (_, false) if film.has_audio => MediaType::M4a,
                _ => MediaType::Mp4,
            };
            (found.seconds, found.dimensions) = (film.seconds, film.dimensions);
            (found.has_audio, found.has_video) = (film.has_audio, film.has_video);
            film.flaw
        }
        MediaType::Other => mpeg_sound(&mut source, &mut found)?,
        MediaType::Aac | MediaType::Ogg | MediaType::Flac | MediaType::Mp3 | MediaType::M4a => {
            found.has_audio = true;
            None
        }
        MediaType::Mov | MediaType::Mkv | MediaType::Avi => None,
        MediaType::Gif | MediaType::Heic | MediaType::Avif => None,
        MediaType::Pdf | MediaType::Srt | MediaType::Vtt | MediaType::Zip => None,
    };
    Ok((found, flaw))
}

/// The kind that the first bytes name; what is then read may know better.
fn begins_as(head: &[u8]) -> MediaType {
    let at = |start: usize, word: &[u8]| head.get(start..).is_some_and(|rest| rest.starts_with(word));
    let brand = |brands: &[&[u8]]| at(4, b"ftyp") && brands.iter().any(|brand| at(8, brand));
    if at(0, b"\x89PNG\r\n\x1a\n") {
        MediaType::Png
    } else if at(0, &[0xff, 0xd8, 0xff]) {
        MediaType::Jpeg
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        MediaType::Webp
    } else if at(0, b"RIFF") && at(8, b"WAVE") {
        MediaType::Wav
    } else if at(0, b"RIFF") && at(8, b"AVI ") {
        MediaType::Avi
    } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
        MediaType::Gif
    } else if at(0, b"%PDF-") {
        MediaType::Pdf
    } else if at(0, b"PK\x03\x04") || at(0, b"PK\x05\x06") {
        MediaType::Zip
    } else if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) {
        MediaType::Webm
    } else if at(0, b"OggS") {
        MediaType::Ogg
    } else if at(0, b"fLaC") {
        MediaType::Flac
    } else if brand(&[b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"]) {
        MediaType::Heic
    } else if brand(&[b"avif", b"avis"]) {
        MediaType::Avif
    } else if at(4, b"ftyp") || at(4, b"moov") || at(4, b"wide") || at(4, b"mdat") {
        MediaType::Mp4
    } else if matches!(head, [0xff, 0xf0 | 0xf1 | 0xf8 | 0xf9, ..]) {
        MediaType::Aac
    } else {
        caption_type(head).unwrap_or(MediaType::Other)
    }
}

fn picture_flaw(dimensions: Option<(u32, u32)>, whole: bool) -> Option<Flaw> {
    (dimensions.is_none() || !whole).then_some(Flaw::CutShort { claimed: None, there: None })
}

fn wav_sound(source: &mut Source<'_>, found: &mut Probe) -> io::Result<Option<Flaw>> {
    let Some(sound) = wav::probe(source)? else { return Ok(Some(Flaw::NoLength)) };
    if let Some(claimed) = sound.claimed {
        return Ok(Some(Flaw::LengthLies { claimed, there: sound.seconds }));
    }
    if sound.seconds <= Decimal::ZERO {
        return Ok(Some(Flaw::Nothing));
    }
    found.seconds = Some(sound.seconds);
    found.has_audio = true;
    Ok(None)
}

/// MPEG sound has no head of its own: it is known by two frames in a row.
fn mpeg_sound(source: &mut Source<'_>, found: &mut Probe) -> io::Result<Option<Flaw>> {
    let start = mp3::after_tag(source)?;
    if start == 0 && !mp3::begins(source, 0)? {
        return Ok(None);
    }
    found.media_type = MediaType::Mp3;
    let Some(sound) = mp3::probe(source, start)? else { return Ok(Some(Flaw::Nothing)) };
    found.has_audio = true;
    match sound.claimed.filter(|claimed| !agree(*claimed, sound.seconds)) {
        Some(claimed) => Ok(Some(Flaw::LengthLies { claimed, there: sound.seconds })),
        None => {
            found.seconds = Some(sound.seconds);
            Ok(None)
        }
    }
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
