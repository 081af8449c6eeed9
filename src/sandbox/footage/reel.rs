//! The MP4 a film is written to: frames and sound go in, and it lasts exactly as many milliseconds as was said.
//!
//! Owns when each frame is shown. Knows nothing of what is seen or heard.

use std::io::Write;

use muxide::api::{AacProfile, AudioCodec, Muxer, MuxerBuilder, VideoCodec};
use rust_decimal::Decimal;

use super::aac;
use super::error::FootageError;
use super::picture::Size;
use super::sound::Pcm;

/// Frames per second of films in which somebody moves.
pub const FPS: u32 = 25;
/// Ticks of the muxer's clock in a second.
const CLOCK: u32 = 90_000;
/// Ticks in a millisecond.
const MILLISECOND: u64 = 90;

/// When each frame of a film is shown. All last equally long but the last two, which share what is left: that way a
/// film is as long as its sound, to the millisecond, and not only to the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Frames per second, above 0.
    fps: u32,
    milliseconds: u64,
    frames: u32,
}

impl Timing {
    /// For a film of so many frames a second and this length; one that is shorter than two frames gets two.
    pub fn of(fps: u32, milliseconds: u64) -> Self {
        let fps = fps.max(1);
        let milliseconds = milliseconds.max(2_000 / u64::from(fps)).max(1);
        let frames = milliseconds.saturating_mul(u64::from(fps)).div_ceil(1_000).max(2);
        Self { fps, milliseconds, frames: u32::try_from(frames).unwrap_or(u32::MAX) }
    }

    pub fn frames(self) -> u32 {
        self.frames
    }

    pub fn seconds(self) -> Decimal {
        Decimal::from(self.milliseconds) / Decimal::ONE_THOUSAND
    }

    /// When a frame is shown, in ticks.
    fn ticks(self, frame: u32) -> u64 {
        let even = u64::from(frame.min(self.frames.saturating_sub(2)));
        let whole = even * u64::from(CLOCK) / u64::from(self.fps);
        if frame + 1 < self.frames { whole } else { whole + (self.milliseconds * MILLISECOND - whole) / 2 }
    }
}

/// Milliseconds of a length in seconds.
pub fn milliseconds(seconds: Decimal) -> u64 {
    u64::try_from((seconds * Decimal::ONE_THOUSAND).round()).unwrap_or(0)
}

/// Ticks as the muxer takes them.
fn seconds(ticks: u64) -> f64 {
    f64::from(u32::try_from(ticks).unwrap_or(u32::MAX)) / f64::from(CLOCK)
}

/// A film that is being written.
pub struct Reel<W: Write> {
    muxer: Muxer<W>,
    timing: Timing,
    rate: u32,
    sound: Vec<Vec<u8>>,
}

impl<W: Write> Reel<W> {
    /// Begins a film of this length at the usual frame rate; the sound is cut or left silent at its end so that it fits.
    pub fn new(size: Size, pcm: &Pcm, milliseconds: u64, file: W) -> Result<Self, FootageError> {
        Self::at(FPS, size, pcm, milliseconds, file)
    }

    /// As [`Reel::new`], at so many frames a second.
    pub fn at(fps: u32, size: Size, pcm: &Pcm, milliseconds: u64, file: W) -> Result<Self, FootageError> {
        let (rate, sound) = pcm.aac()?;
        // The muxer learns how long a block of sound lasts from the next one, so there are two at least.
        let least = (aac::FRAME * 2 * 1_000).div_ceil(usize::try_from(rate).unwrap_or(1).max(1));
        let timing = Timing::of(fps, milliseconds.max(u64::try_from(least).unwrap_or(0)));
        let muxer = MuxerBuilder::new(file)
            .video(VideoCodec::H264, size.width, size.height, f64::from(fps))
            .audio(AudioCodec::Aac(AacProfile::Lc), rate, 1)
            .with_fast_start(true)
            .build()
            .map_err(failed)?;
        Ok(Self { muxer, timing, rate, sound })
    }

    pub fn timing(&self) -> Timing {
        self.timing
    }

    /// Adds the frame of this number, in Annex B form.
    pub fn frame(&mut self, number: u32, picture: &[u8], is_key: bool) -> Result<(), FootageError> {
        self.muxer.write_video(seconds(self.timing.ticks(number)), picture, is_key).map_err(failed)
    }

    /// Adds a picture that came from another film, at its own times: ticks of a 90,000th of a second.
    pub fn copied(&mut self, shown: u64, decoded: u64, picture: &[u8], is_key: bool) -> Result<(), FootageError> {
        self.muxer.write_video_with_dts(seconds(shown), seconds(decoded), picture, is_key).map_err(failed)
    }

    /// Adds the sound, no longer than the picture, and ends the file. Returns the film's length in seconds.
    pub fn finish(mut self) -> Result<Decimal, FootageError> {
        let in_film = self.timing.milliseconds * u64::from(self.rate) / 1_000;
        let blocks = usize::try_from(in_film).unwrap_or(usize::MAX) / aac::FRAME;
        for (index, block) in self.sound.iter().take(blocks).enumerate() {
            let samples = u32::try_from(index * aac::FRAME).unwrap_or(u32::MAX);
            self.muxer.write_audio(f64::from(samples) / f64::from(self.rate), block).map_err(failed)?;
        }
        self.muxer.finish_in_place().map_err(failed)?;
        Ok(self.timing.seconds())
    }
}

fn failed(error: muxide::api::MuxerError) -> FootageError {
    FootageError::encode("film", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The film's length by its frames: each lasts until the next, and the last one as long as the one before.
    #[track_caller]
    fn check(fps: u32, milliseconds: u64, frames: u32) {
        let timing = Timing::of(fps, milliseconds);
        assert_eq!(timing.frames(), frames);
        let at = |frame| timing.ticks(frame);
        let (last, before) = (at(frames - 1), at(frames - 2));
        assert_eq!(last + (last - before), timing.milliseconds * MILLISECOND, "{milliseconds} at {fps}");
        assert!((1..frames).all(|frame| at(frame) > at(frame - 1)));
    }

    #[test]
    fn a_film_lasts_to_the_millisecond() {
        check(25, 2_643, 67);
        check(25, 2_640, 66);
        check(25, 2_641, 67);
        check(25, 10_080, 252);
        check(25, 1, 2);
        check(25, 81, 3);
        check(60, 2_517, 152);
        check(24, 10_010, 241);
        check(30, 1, 2);
    }
}
