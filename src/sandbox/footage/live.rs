//! Films that are watched while they are made: segments of two seconds of a person who speaks and listens.
//!
//! A segment follows from who is seen, what is said when, and its number alone: it can be made at any
//! time, in any order, and is always the same.

use std::ops::Range;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::aac::{self, AacEncoder};
use super::error::FootageError;
use super::film::{Camera, is_spoken};
use super::fragments::{self, Tracks};
use super::picture::{Stage, even_size};
use super::reel::FPS;
use super::sound::{self, Pcm};
use super::transport::{self, Kind, Unit};
use super::{FilmOrder, Scene, Sound, speech};

/// Milliseconds of a segment.
pub const SEGMENT: u64 = 2_000;
/// Pixels of the picture.
const WIDTH: u16 = 1_280;
const HEIGHT: u16 = 720;
/// Samples a second of all sound.
const RATE: u32 = 22_050;
/// Ticks in a second, and those at which a film begins.
const TICKS: u64 = 90_000;

/// One word and when it is heard, in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    pub text: String,
    pub start: u64,
    pub end: u64,
}

/// Something that is said.
#[derive(Clone, Debug)]
pub struct Said {
    /// WAV at the rate of live films.
    pub wav: Vec<u8>,
    pub milliseconds: u64,
    /// Empty where nobody knows the words.
    pub words: Vec<Timed>,
}

/// Says a text.
///
/// # Errors
/// When there is nothing to say, or the speech program fails.
pub fn say(text: &str, language: &str, voice_id: &str) -> Result<Said, FootageError> {
    let spoken = speech::speak(text, language, voice_id, Decimal::ONE)?;
    let mut words = Vec::new();
    for passage in &spoken.passages {
        // Within a passage a word takes as long as its letters.
        let all: u64 = passage.text.split_whitespace().map(letters).sum();
        let mut before = 0;
        for word in passage.text.split_whitespace() {
            let at = |letters: u64| passage.start + (passage.end - passage.start) * letters / all.max(1);
            let after = before + letters(word);
            words.push(Timed { text: word.to_owned(), start: at(before), end: at(after) });
            before = after;
        }
    }
    let pcm = at_rate(spoken.pcm);
    Ok(Said { milliseconds: pcm.milliseconds(), wav: pcm.wav(), words })
}

fn letters(word: &str) -> u64 {
    u64::try_from(word.chars().count()).unwrap_or(u64::MAX).max(1)
}

/// Plays a sound file.
///
/// # Errors
/// When the file has no sound that can be read.
pub fn play(path: &Path) -> Result<Said, FootageError> {
    let pcm = at_rate(sound::decode(path)?);
    Ok(Said { milliseconds: pcm.milliseconds(), wav: pcm.wav(), words: Vec::new() })
}

fn at_rate(pcm: Pcm) -> Pcm {
    if pcm.rate == RATE { pcm } else { pcm.resampled(RATE) }
}

/// What a segment is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    Transport,
    /// The header of fragments of these tracks; what is in the segment itself is left out.
    Header(Tracks),
    Fragment(Tracks),
}

/// One segment of a live film.
#[derive(Clone, Debug)]
pub struct LiveOrder {
    /// Shown in the picture.
    pub title: String,
    pub scene: Scene,
    /// WAV files of [`say`] and [`play`] with the milliseconds at which they begin.
    pub voices: Vec<(u64, PathBuf)>,
    pub number: u32,
    /// How long it lasts, at most [`SEGMENT`].
    pub milliseconds: u64,
    pub wrap: Wrap,
}

/// Makes a segment.
///
/// # Errors
/// When a file cannot be read or something cannot be encoded.
pub fn segment(live: &LiveOrder) -> Result<Vec<u8>, FootageError> {
    let LiveOrder { title, scene, voices, number, milliseconds, wrap } = live;
    let (number, milliseconds) = (*number, *milliseconds);
    let order = FilmOrder {
        title: title.clone(),
        width: WIDTH.into(),
        height: HEIGHT.into(),
        fps: FPS,
        scene: scene.clone(),
        sound: Sound::Music,
        seconds: None,
        captions: false,
    };
    let from = u64::from(number) * SEGMENT;
    let to = from + milliseconds.clamp(1, SEGMENT);
    // A header needs no more than one key frame, and what comes by itself nothing of the other: drawing takes longest.
    let (seconds, has_sound) = match *wrap {
        Wrap::Transport | Wrap::Fragment(Tracks::Both) => (2, true),
        Wrap::Fragment(Tracks::Pictures) => (2, false),
        Wrap::Fragment(Tracks::Sound) => (0, true),
        Wrap::Header(_) => (1, false),
    };
    let mut units = if seconds == 0 { Vec::new() } else { pictures(live, &order, from..to, seconds)? };
    if has_sound {
        units.extend(sounds(voices, from, to)?);
    }
    match *wrap {
        Wrap::Transport => Ok(transport::segment(units)),
        Wrap::Header(tracks) => fragments::header(&units, (WIDTH, HEIGHT), tracks),
        Wrap::Fragment(tracks) => fragments::segment(units, number, tracks),
    }
}

/// The pictures of so many seconds of a segment.
fn pictures(live: &LiveOrder, order: &FilmOrder, span: Range<u64>, seconds: u32) -> Result<Vec<Unit>, FootageError> {
    let (from, to, number) = (span.start, span.end, live.number);
    let stage = Stage::new(order, even_size(order.width, order.height)?)?;
    let mut camera = Camera::new(&stage)?;
    let heard = window(&live.voices, sample_at(from), sample_at(to))?;
    let heard = Pcm { rate: RATE, samples: heard };
    let mut units = Vec::new();
    let first_second = number.saturating_mul(2);
    let frames = (to - from).saturating_mul(u64::from(FPS)).div_ceil(1_000);
    for second in first_second..first_second + seconds {
        let shots = camera.second(second, |phrase| is_spoken(&heard, phrase.saturating_sub(first_second * 2)))?;
        for (bytes, place) in shots.into_iter().zip(0_u64..) {
            let frame = u64::from(second - first_second) * u64::from(FPS) + place;
            if frame < frames {
                let time = TICKS + from * TICKS / 1_000 + frame * (TICKS / u64::from(FPS));
                units.push(Unit { time, kind: if place == 0 { Kind::Key } else { Kind::Picture }, bytes });
            }
        }
    }
    Ok(units)
}

/// The AAC frames that begin within a stretch. A frame needs the samples before and after it, so that
/// those of neighbouring segments fit together.
fn sounds(voices: &[(u64, PathBuf)], from: u64, to: u64) -> Result<Vec<Unit>, FootageError> {
    let wide = u64::try_from(aac::FRAME).unwrap_or(1);
    let frame_at = |milliseconds: u64| sample_at(milliseconds).div_ceil(wide);
    let (first, last) = (frame_at(from), frame_at(to));
    let samples = window(voices, first * wide, (last + 1) * wide)?;
    let failed = |error| FootageError::encode("sound", error);
    let mut encoder = AacEncoder::new(RATE).map_err(failed)?;
    let mut units = Vec::new();
    for (chunk, place) in samples.chunks(aac::FRAME).zip(first..) {
        let bytes = encoder.encode(chunk).map_err(failed)?;
        // What comes out says the chunk before.
        if place > first {
            let time = TICKS + (place - 1) * wide * TICKS / u64::from(RATE);
            units.push(Unit { time, kind: Kind::Sound, bytes });
        }
    }
    Ok(units)
}

fn sample_at(milliseconds: u64) -> u64 {
    milliseconds * u64::from(RATE) / 1_000
}

/// What is heard between two samples of the film.
fn window(voices: &[(u64, PathBuf)], from: u64, to: u64) -> Result<Vec<i16>, FootageError> {
    let narrow = |wide: u64| usize::try_from(wide).unwrap_or(usize::MAX);
    let mut samples = vec![0; narrow(to - from)];
    for (start, path) in voices {
        let begins = sample_at(*start);
        if begins >= to {
            continue;
        }
        let pcm = sound::decode(path)?;
        let skipped = narrow(from.saturating_sub(begins));
        let place = narrow(begins.saturating_sub(from));
        let said = pcm.samples.get(skipped..).unwrap_or_default();
        for (sample, own) in samples.iter_mut().skip(place).zip(said) {
            *sample = *own;
        }
    }
    Ok(samples)
}
