//! A finished film as WebM: its pictures in VP8, its sound in Opus.
//!
//! Encoding a picture anew takes long, so the picture of a long film changes every few seconds only.

use std::path::Path;

use super::error::FootageError;
use super::input::{Input, even_dimensions};
use super::matroska::{self, Film, Picture};
use super::picture::{Planes, Size};
use super::sound::Pcm;
use super::{opus, vp8, write_whole};

/// Pixels that are encoded for one film.
const MOST_PIXELS: u64 = 80_000_000;
/// Milliseconds between pictures that are encoded, at least: how often the clock in the picture ticks.
const TICK: u64 = 1_000;

/// Writes the pictures of a film that lasts so many milliseconds, and this sound for as long.
///
/// # Errors
/// When the film cannot be read or the file not be written.
pub fn to_webm(film: &Path, pcm: &Pcm, milliseconds: u64, target: &Path) -> Result<(), FootageError> {
    let failed = |message: &'static str| FootageError::encode("film", message);
    let mut input = Input::open(film).ok_or_else(|| failed("it has no pictures that can be read"))?;
    // When each picture is shown, and what it is where it is not the one before.
    let mut frames: Vec<(u64, Option<Vec<u8>>)> = Vec::new();
    let mut size = None;
    let (mut step, mut next) = (TICK, 0);
    input.every(0, u64::MAX, |moment, picture| {
        let (width, height) = even_dimensions(picture);
        if size.is_none() {
            size = Some((width, height, vp8::still(width, height)));
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
    let (width, height, still) = size.ok_or_else(|| failed("it has no pictures"))?;
    let sound = opus::encode(pcm, milliseconds)?;
    let pictures: Vec<Picture<'_>> = frames
        .iter()
        .map(|(milliseconds, key)| Picture {
            milliseconds: *milliseconds,
            is_key: key.is_some(),
            frame: key.as_deref().unwrap_or(&still),
            opacity: None,
        })
        .collect();
    let film = Film { width, height, milliseconds, has_opacity: false };
    write_whole(target, |file| {
        matroska::write(&film, &pictures, &sound, file).map_err(|source| FootageError::disk(target, source))
    })
}
