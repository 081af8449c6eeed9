//! A finished film as WebM: its pictures in VP8, its sound in Opus.
//!
//! Encoding a picture anew takes long, so the picture of a long film changes every few seconds only.

use std::path::Path;

use rust_decimal::Decimal;

use super::cut_out::EDGE;
use super::error::FootageError;
use super::input::{Input, even_dimensions};
use super::matroska::{self, Film, Picture};
use super::picture::{Planes, Size};
use super::reel::milliseconds;
use super::sound::Pcm;
use super::vp8::{self, Group};
use super::{opus, scene, sound, write_whole};

/// Pixels that are encoded for one film.
const MOST_PIXELS: u64 = 80_000_000;
/// Milliseconds between pictures that are encoded, at least: how often the clock in the picture ticks.
const TICK: u64 = 1_000;

/// Writes the pictures of a film that lasts so many milliseconds, and this sound for as long.
///
/// # Errors
/// When the film cannot be read or the file not be written.
pub fn to_webm(film: &Path, pcm: &Pcm, milliseconds: u64, target: &Path) -> Result<(), FootageError> {
    let shown = Shown::of(film, milliseconds)?;
    let pictures = shown.frames.iter().map(|(milliseconds, key)| Picture {
        milliseconds: *milliseconds,
        is_key: key.is_some(),
        frame: key.as_deref().unwrap_or(&shown.still),
        opacity: None,
    });
    write(&shown, false, &pictures.collect::<Vec<_>>(), pcm, milliseconds, target)
}

/// Writes a film, with its sound, of which all is transparent but a head and shoulders in its middle; or only where
/// those are, white on black.
///
/// # Errors
/// When the film cannot be read or the file not be written.
pub fn remove_background(film: &Path, seconds: Decimal, only_mask: bool, target: &Path) -> Result<(), FootageError> {
    let length = milliseconds(seconds);
    let shown = Shown::of(film, length)?;
    let size = shown.size;
    let mask = scene::head_and_shoulders(size.width, size.height)
        .ok_or_else(|| FootageError::order("The picture is too large.", "Use a smaller size."))?;
    let mask = Group::of(&Planes::grey(size, mask.data().to_vec()), EDGE)?;
    let pictures = shown.frames.iter().map(|(milliseconds, key)| {
        let is_key = key.is_some();
        let opacity: &[u8] = if is_key { &mask.key } else { &mask.still };
        let frame = key.as_deref().unwrap_or(&shown.still);
        Picture {
            milliseconds: *milliseconds,
            is_key,
            frame: if only_mask { opacity } else { frame },
            opacity: (!only_mask).then_some(opacity),
        }
    });
    // A film without sound stays silent.
    let pcm = sound::decode(film).unwrap_or_default().fitted(length);
    write(&shown, !only_mask, &pictures.collect::<Vec<_>>(), &pcm, length, target)
}

/// What is seen of a film.
struct Shown {
    size: Size,
    /// When each picture is shown, and what it is where it is not the one before.
    frames: Vec<(u64, Option<Vec<u8>>)>,
    /// Shows the picture before again.
    still: Vec<u8>,
}

impl Shown {
    fn of(film: &Path, milliseconds: u64) -> Result<Self, FootageError> {
        let failed = |message: &'static str| FootageError::encode("film", message);
        let mut input = Input::open(film).ok_or_else(|| failed("it has no pictures that can be read"))?;
        let mut frames: Vec<(u64, Option<Vec<u8>>)> = Vec::new();
        let mut found = None;
        let (mut step, mut next) = (TICK, 0);
        input.every(0, u64::MAX, |moment, picture| {
            let (width, height) = even_dimensions(picture);
            if found.is_none() {
                found = Some(Size { width, height });
                let pixels = u64::from(width) * u64::from(height);
                let most = (MOST_PIXELS / pixels.max(1)).max(1);
                step = milliseconds.div_ceil(most).next_multiple_of(TICK).max(TICK);
            }
            let key = if moment >= next {
                next = moment / step * step + step;
                Some(vp8::key(&Planes::cut(picture, 0, 0, Size { width, height })?)?)
            } else {
                None
            };
            frames.push((moment, key));
            Ok(())
        })?;
        let size = found.ok_or_else(|| failed("it has no pictures"))?;
        Ok(Self { size, frames, still: vp8::still(size.width, size.height) })
    }
}

fn write(
    shown: &Shown,
    has_opacity: bool,
    pictures: &[Picture<'_>],
    pcm: &Pcm,
    milliseconds: u64,
    target: &Path,
) -> Result<(), FootageError> {
    let sound = opus::encode(pcm, milliseconds)?;
    let film = Film { width: shown.size.width, height: shown.size.height, milliseconds, has_opacity };
    write_whole(target, |file| {
        matroska::write(&film, pictures, &sound, file).map_err(|source| FootageError::disk(target, source))
    })
}
