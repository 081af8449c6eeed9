//! What is made of a finished film on demand: the same with its captions in the picture, and a short GIF of it.

use std::path::Path;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, Frame, RgbaImage};
use rust_decimal::Decimal;

use super::error::FootageError;
use super::input::{Input, even_dimensions};
use super::picture::{Planes, Size};
use super::reel::milliseconds;
use super::remake::{self, Crop, Remake};
use super::{captions, sound, write_whole};

/// Milliseconds of the film that its GIF shows, and those each picture stands.
const GIF_LENGTH: u64 = 2_000;
const GIF_STEP: u64 = 200;
/// How quickly colours are chosen, 1 to 30.
const GIF_SPEED: i32 = 20;

/// Writes the film with what an SRT file says in its picture.
///
/// # Errors
/// When a file cannot be read or written.
pub fn burn_captions(film: &Path, seconds: Decimal, srt: &Path, target: &Path) -> Result<(), FootageError> {
    let text = std::fs::read_to_string(srt).map_err(|source| FootageError::disk(srt, source))?;
    let length = milliseconds(seconds);
    let pcm = sound::decode(film)?.fitted(length);
    let remake = Remake {
        source: film.to_path_buf(),
        from: 0,
        to: length,
        length,
        mark: String::new(),
        title: String::new(),
        crop: Crop::Whole,
        fit: None,
        size: None,
        captions: captions::read(&text),
    };
    write_whole(target, |file| remake::encode(&remake, &pcm, file)).map(drop)
}

/// Writes the first two seconds as a GIF that begins again and again, five pictures a second.
///
/// # Errors
/// When the film cannot be read or the file not be written.
pub fn to_gif(film: &Path, target: &Path) -> Result<(), FootageError> {
    let failed = |error: image::ImageError| FootageError::encode("GIF", error);
    let unreadable = || FootageError::encode("GIF", "the film has no pictures that can be read");
    let mut input = Input::open(film).ok_or_else(unreadable)?;
    let (mut frames, mut next) = (Vec::new(), 0);
    input.every(0, GIF_LENGTH, |moment, picture| {
        if moment >= next {
            next = moment + GIF_STEP;
            let (width, height) = even_dimensions(picture);
            let (width, height, rgba) = Planes::cut(picture, 0, 0, Size { width, height })?.small_rgba()?;
            let image = RgbaImage::from_raw(width, height, rgba).ok_or_else(unreadable)?;
            let stands = u32::try_from(GIF_STEP).unwrap_or(u32::MAX);
            frames.push(Frame::from_parts(image, 0, 0, Delay::from_numer_denom_ms(stands, 1)));
        }
        Ok(())
    })?;
    write_whole(target, |file| {
        let mut encoder = GifEncoder::new_with_speed(file, GIF_SPEED);
        encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
        encoder.encode_frames(frames).map_err(failed)
    })
}
