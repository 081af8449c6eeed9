//! Pictures out of a film: the first one, and a strip of them along its length.
//!
//! Decodes H.264 in MP4 and MOV, from the key frame before each picture that is wanted and no further than needed; of a
//! WebM in VP8 the first picture only. The work is bounded: in a film with few key frames a picture may be from a little
//! earlier than asked for.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::RgbaImage;
use image::imageops::{FilterType, resize};
use openh264::decoder::Decoder;
use openh264::formats::YUVSource;
use re_mp4::{Mp4, Sample, TrackKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::picture::Picture;
use super::probe::{MediaType, probe};
use super::webm_frame;

/// Most pictures of one strip.
pub const MOST_FRAMES: usize = 200;
/// Pictures that are decoded to get from a key frame to the one that is wanted.
const MOST_STEPS: usize = 250;
/// Pictures that are decoded for a whole strip, beside the key frames.
const MOST_STEPS_IN_ALL: usize = 2_500;
/// Bytes of one coded picture.
const LARGEST_SAMPLE: u64 = 16 * 1_024 * 1_024;
/// Pixels of the longer side of a film.
const LARGEST_SIDE: u32 = 4_096;
/// Times the index of a film is read or sought in: enough for a day in fragments of two seconds.
const MOST_READS: u32 = 1_000_000;

/// One picture of a film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Seconds from the beginning that it stands for.
    pub seconds: Decimal,
    pub picture: Picture,
}

/// Why a film shows no picture.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct FramesError {
    pub kind: FramesErrorKind,
    /// A sentence that names the file.
    pub message: String,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramesErrorKind {
    /// Missing, unreadable, cut off, unfinished.
    Unreadable,
    /// No film, or one whose pictures are coded in another way than H.264 in MP4.
    NotDecodable,
    /// Its pictures cannot be decoded.
    Damaged,
}

/// The first picture of an MP4 or a WebM in VP8, at most `height` pixels high. Blocks, some 20 ms.
///
/// # Errors
/// When the file is no film that can be decoded, or is damaged.
pub fn first_frame(path: &Path, height: u32) -> Result<Picture, FramesError> {
    let mut film = match Film::open(path) {
        Ok(film) => film,
        Err(error) if error.kind == FramesErrorKind::NotDecodable => {
            return webm_frame::first(path).and_then(|picture| sized(picture, height)).ok_or(error);
        }
        Err(error) => return Err(error),
    };
    let picture = film.picture(0, height)?;
    picture.ok_or_else(|| film.fail(FramesErrorKind::Damaged, "has no picture that can be decoded."))
}

/// `count` pictures, at most [`MOST_FRAMES`], evenly along the length of an MP4, each from the middle of its part and
/// at most `height` pixels high. Blocks, up to a few seconds.
///
/// # Errors
/// When the file is no film that can be decoded, or is damaged.
pub fn strip(path: &Path, count: usize, height: u32) -> Result<Vec<Frame>, FramesError> {
    let mut film = Film::open(path)?;
    let count = count.clamp(1, MOST_FRAMES);
    let mut frames: Vec<Frame> = Vec::with_capacity(count);
    for part in 0..count {
        let middle = Decimal::from(part * 2 + 1).checked_div(Decimal::from(count * 2)).unwrap_or_default();
        let seconds = (film.seconds * middle).round_dp(3);
        let wanted = film.sample_at(seconds);
        // Parts shorter than a picture show the same one, and what cannot be decoded shows the one before.
        let before = frames.last().map(|frame| frame.picture.clone());
        let again = (film.shown == Some(wanted)).then(|| before.clone()).flatten();
        let picture = match again {
            Some(picture) => Some(picture),
            None => film.picture(wanted, height)?.or(before),
        };
        frames.extend(picture.map(|picture| Frame { seconds, picture }));
    }
    if frames.is_empty() {
        return Err(film.fail(FramesErrorKind::Damaged, "has no picture that can be decoded."));
    }
    Ok(frames)
}

/// A file that can be read and sought so often and no more: an index that leads in circles ends.
struct Bounded<R> {
    inner: R,
    left: u32,
}

impl<R> Bounded<R> {
    fn spend(&mut self) -> std::io::Result<()> {
        let left = self.left.checked_sub(1);
        self.left = left.ok_or_else(|| std::io::Error::other("its index leads in circles"))?;
        Ok(())
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.spend()?;
        self.inner.read(buffer)
    }
}

impl<R: Seek> Seek for Bounded<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.spend()?;
        self.inner.seek(to)
    }
}

/// An opened film and how far its decoder has come.
struct Film {
    name: String,
    file: File,
    seconds: Decimal,
    samples: Vec<Sample>,
    /// Ticks a second of the samples' times.
    timescale: u64,
    /// The parameter sets, in the form the decoder takes.
    parameters: Vec<u8>,
    /// Bytes of a length in front of each unit.
    length_width: usize,
    decoder: Option<Decoder>,
    /// The sample the decoder is to be given next.
    next: usize,
    /// The sample whose picture was made last.
    shown: Option<usize>,
    steps: usize,
}

impl Film {
    fn open(path: &Path) -> Result<Self, FramesError> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let fail = |kind, message: &str, source| FramesError { kind, message: format!("{name} {message}"), source };
        // A file that is cut off or lies about itself is not given to the library.
        let found = probe(path).map_err(|error| FramesError {
            kind: FramesErrorKind::Unreadable,
            message: format!("{} {}", error.message, error.hint),
            source: Some(error.into()),
        })?;
        const OTHER: &str = "cannot be shown here: only films in MP4 with H.264 pictures can.";
        let (Some(seconds), true) = (found.seconds, found.has_video) else {
            return Err(fail(FramesErrorKind::NotDecodable, "has no pictures that can be shown.", None));
        };
        let fits = found.dimensions.is_some_and(|(width, height)| width.max(height) <= LARGEST_SIDE);
        if !matches!(found.media_type, MediaType::Mp4 | MediaType::Mov) || !fits {
            return Err(fail(FramesErrorKind::NotDecodable, OTHER, None));
        }
        let unreadable =
            |error: std::io::Error| fail(FramesErrorKind::Unreadable, "could not be read.", Some(error.into()));
        let file = File::open(path).map_err(unreadable)?;
        let reader = BufReader::new(Bounded { inner: file.try_clone().map_err(unreadable)?, left: MOST_READS });
        // The library is not made for files that want to harm; a film is not worth the program.
        let read = catch_unwind(AssertUnwindSafe(|| {
            let film = Mp4::read(reader, found.size)?;
            let track = film.tracks().values().find(|track| track.kind == Some(TrackKind::Video));
            let track = track.filter(|track| track.codec_string(&film).is_some_and(|codec| codec.starts_with("avc")));
            Ok::<_, re_mp4::Error>(
                track.and_then(|track| Some((track.samples.clone(), track.timescale, track.raw_codec_config(&film)?))),
            )
        }));
        const DAMAGED: &str = "is damaged: its index cannot be read.";
        let (samples, timescale, avcc) = match read {
            Ok(Ok(Some(found))) => found,
            Ok(Ok(None)) => return Err(fail(FramesErrorKind::NotDecodable, OTHER, None)),
            Ok(Err(error)) => return Err(fail(FramesErrorKind::Damaged, DAMAGED, Some(error.into()))),
            Err(_panic) => return Err(fail(FramesErrorKind::Damaged, DAMAGED, None)),
        };
        let Some((parameters, length_width)) = parameter_sets(&avcc) else {
            return Err(fail(FramesErrorKind::Damaged, "is damaged: its pictures cannot be decoded.", None));
        };
        Ok(Self {
            name,
            file,
            seconds,
            samples,
            timescale,
            parameters,
            length_width,
            decoder: None,
            next: 0,
            shown: None,
            steps: 0,
        })
    }

    fn fail(&self, kind: FramesErrorKind, message: &str) -> FramesError {
        FramesError { kind, message: format!("{} {message}", self.name), source: None }
    }

    /// The sample that is seen at a time.
    fn sample_at(&self, seconds: Decimal) -> usize {
        let ticks = (seconds * Decimal::from(self.timescale)).to_i64().unwrap_or(0);
        self.samples.partition_point(|sample| sample.decode_timestamp <= ticks).saturating_sub(1)
    }

    /// The picture of a sample, or one a little before it; `None` where nothing can be decoded.
    fn picture(&mut self, wanted: usize, height: u32) -> Result<Option<Picture>, FramesError> {
        let samples = &self.samples;
        let is_key = |sample: &Sample| sample.is_sync;
        let key = samples.get(..=wanted).unwrap_or_default().iter().rposition(is_key).unwrap_or(0);
        let goes_on = self.decoder.is_some() && (key + 1..=wanted).contains(&self.next);
        let first = if goes_on { self.next } else { key };
        let room = MOST_STEPS.min(MOST_STEPS_IN_ALL.saturating_sub(self.steps));
        let last = wanted.min(first.saturating_add(room));
        if !goes_on {
            let decoder = Decoder::new().map_err(|error| FramesError {
                source: Some(error.into()),
                ..self.fail(FramesErrorKind::Damaged, "cannot be decoded on this computer.")
            })?;
            self.decoder = Some(decoder);
        }
        let mut picture = None;
        for number in first..=last {
            let unit = self.unit(number)?;
            self.steps = self.steps.saturating_add(usize::from(number > key));
            let Some(decoder) = &mut self.decoder else { break };
            match decoder.decode(&unit) {
                Ok(Some(decoded)) if number == last => picture = shrunk(&decoded, height),
                // One that is missing or damaged is no reason to show none.
                Ok(_) | Err(_) => {}
            }
        }
        self.next = last.saturating_add(1);
        self.shown = Some(wanted);
        if picture.is_none()
            && let Some(decoder) = &mut self.decoder
            && let Ok(rest) = decoder.flush_remaining()
        {
            picture = rest.last().and_then(|decoded| shrunk(decoded, height));
            // What was flushed cannot be gone on from.
            self.next = 0;
        }
        Ok(picture)
    }

    /// The bytes of a sample as the decoder takes them: each unit behind a mark instead of a length.
    fn unit(&mut self, number: usize) -> Result<Vec<u8>, FramesError> {
        let damaged = || FramesError {
            kind: FramesErrorKind::Damaged,
            message: format!("{} is damaged: one of its pictures cannot be read.", self.name),
            source: None,
        };
        let sample = self.samples.get(number).filter(|sample| sample.size <= LARGEST_SAMPLE);
        let sample = sample.ok_or_else(damaged)?;
        let mut bytes = vec![0; usize::try_from(sample.size).unwrap_or(0)];
        let read = self.file.seek(SeekFrom::Start(sample.offset)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|error| FramesError { source: Some(error.into()), ..damaged() })?;
        let mut stream = if sample.is_sync { self.parameters.clone() } else { Vec::new() };
        let mut rest = bytes.as_slice();
        while let Some((length, after)) = rest.split_at_checked(self.length_width) {
            let length = length.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
            let Some((unit, after)) = after.split_at_checked(length) else { break };
            stream.extend([0, 0, 0, 1]);
            stream.extend(unit);
            rest = after;
        }
        Ok(stream)
    }
}

/// The parameter sets of an `avcC` box behind marks, and the bytes of a length in front of a unit.
pub(super) fn parameter_sets(avcc: &[u8]) -> Option<(Vec<u8>, usize)> {
    let length_width = usize::from(avcc.get(4)? & 3) + 1;
    let mut stream = Vec::new();
    let mut at = 5;
    for mask in [0x1f, 0xff] {
        let count = avcc.get(at)? & mask;
        at += 1;
        for _set in 0..count {
            let length = usize::from(u16::from_be_bytes([*avcc.get(at)?, *avcc.get(at + 1)?]));
            stream.extend([0, 0, 0, 1]);
            stream.extend(avcc.get(at + 2..at + 2 + length)?);
            at += 2 + length;
        }
    }
    Some((stream, length_width))
}

/// A decoded picture at most `height` pixels high.
fn shrunk(decoded: &openh264::decoder::DecodedYUV<'_>, height: u32) -> Option<Picture> {
    let (wide, high) = decoded.dimensions();
    let (width, full) = (u32::try_from(wide).ok()?, u32::try_from(high).ok()?);
    if width == 0 || full == 0 || width.max(full) > LARGEST_SIDE {
        return None;
    }
    let mut rgba = vec![0; wide.checked_mul(high)?.checked_mul(4)?];
    decoded.write_rgba8(&mut rgba);
    sized(RgbaImage::from_raw(width, full, rgba)?, height)
}

/// A picture at most `height` pixels high.
fn sized(whole: RgbaImage, height: u32) -> Option<Picture> {
    let (width, full) = whole.dimensions();
    let height = height.clamp(1, full);
    let scaled = u64::from(width) * u64::from(height) / u64::from(full);
    let scaled = u32::try_from(scaled).ok()?.max(1);
    let small = if height == full { whole } else { resize(&whole, scaled, height, FilterType::Triangle) };
    Some(Picture { width: small.width(), height: small.height(), rgba: small.into_raw() })
}
