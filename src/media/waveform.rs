//! The shape of a sound for drawing: how loud it is at each part of its length.
//!
//! Decodes from beginning to end and keeps a few thousand numbers, however long the sound is.

use std::fs::File;
use std::path::Path;

use rust_decimal::Decimal;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// Most buckets that can be asked for.
pub const MOST_BUCKETS: usize = 4_096;
/// Parts that are kept while the length is not known yet; when they are full, every two become one.
const PARTS: usize = MOST_BUCKETS * 4;

/// A sound's loudness over its length.
#[derive(Clone, Debug, PartialEq)]
pub struct Waveform {
    /// The loudest sample of each part of equal length, 0 for silence to 1 for the loudest there can be.
    pub peaks: Vec<f32>,
    /// Seconds by the samples that were decoded, to the millisecond.
    pub seconds: Decimal,
}

/// Why a sound has no shape to draw.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct WaveformError {
    pub kind: WaveformErrorKind,
    /// A sentence that names the file.
    pub message: String,
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaveformErrorKind {
    /// Missing, or may not be read.
    Unreadable,
    /// There is no sound in it, or none that can be decoded.
    NoSound,
    /// The caller asked to stop.
    Stopped,
}

/// Draws `buckets` peaks, 1 to [`MOST_BUCKETS`], of a WAV, MP3, or MP4's sound. Blocks: about a second for five minutes
/// of sound. `goes_on` is told the seconds decoded so far, about once per second of sound, and stops the work with
/// `false`.
///
/// # Errors
/// When the file cannot be read, has no sound that can be decoded, or the caller stopped it.
pub fn waveform(
    path: &Path,
    buckets: usize,
    mut goes_on: impl FnMut(Decimal) -> bool,
) -> Result<Waveform, WaveformError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let fail = |kind, message: &str, source| WaveformError { kind, message: format!("{name} {message}"), source };
    let silent = |source| fail(WaveformErrorKind::NoSound, "has no sound that can be drawn.", source);
    let file = File::open(path)
        .map_err(|error| fail(WaveformErrorKind::Unreadable, "could not be read.", Some(error.into())))?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| silent(Some(error.into())))?;
    let track = format.default_track(TrackType::Audio).ok_or_else(|| silent(None))?;
    let track_id = track.id;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or_else(|| silent(None))?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|error| silent(Some(error.into())))?;

    let mut parts = Parts::default();
    let mut rate = 0;
    let mut told = 0_u64;
    let mut samples: Vec<f32> = Vec::new();
    // A file that is cut off ends the sound where the cut is.
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id != track_id {
            continue;
        }
        let buffer = match decoder.decode(&packet) {
            Ok(buffer) => buffer,
            Err(SymphoniaError::DecodeError(_)) => continue,
            Err(_) => break,
        };
        rate = buffer.spec().rate();
        let channels = buffer.num_planes().max(1);
        buffer.copy_to_vec_interleaved(&mut samples);
        for frame in samples.chunks_exact(channels) {
            parts.add(frame.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs())));
        }
        if parts.frames.saturating_sub(told) >= u64::from(rate) {
            told = parts.frames;
            if !goes_on(seconds(parts.frames, rate)) {
                return Err(fail(WaveformErrorKind::Stopped, "was not drawn to its end.", None));
            }
        }
    }
    if parts.frames == 0 || rate == 0 {
        return Err(silent(None));
    }
    Ok(Waveform { peaks: parts.buckets(buckets), seconds: seconds(parts.frames, rate) })
}

fn seconds(frames: u64, rate: u32) -> Decimal {
    Decimal::from(frames).checked_div(Decimal::from(rate)).unwrap_or_default().round_dp(3)
}

/// Peaks of parts of equal length, which grows with the sound.
struct Parts {
    peaks: Vec<f32>,
    /// Frames in one part.
    each: u64,
    /// Frames in all.
    frames: u64,
}

impl Default for Parts {
    fn default() -> Self {
        Self { peaks: Vec::with_capacity(PARTS), each: 1, frames: 0 }
    }
}

impl Parts {
    fn add(&mut self, peak: f32) {
        // What is no number is silence.
        let peak = if peak.is_finite() { peak.clamp(0.0, 1.0) } else { 0.0 };
        let begins = self.frames.is_multiple_of(self.each);
        if begins && self.peaks.len() == PARTS {
            self.peaks = self.peaks.chunks(2).map(|pair| pair.iter().copied().fold(0.0, f32::max)).collect();
            self.each = self.each.saturating_mul(2);
        }
        match self.peaks.last_mut().filter(|_| !self.frames.is_multiple_of(self.each)) {
            Some(last) => *last = last.max(peak),
            None => self.peaks.push(peak),
        }
        self.frames = self.frames.saturating_add(1);
    }

    /// The peaks of `count` parts of equal length.
    fn buckets(&self, count: usize) -> Vec<f32> {
        let count = count.clamp(1, MOST_BUCKETS);
        let wide = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        // In frames, because the last part may not be full.
        let part = |bucket: usize| usize::try_from(self.frames * wide(bucket) / wide(count) / self.each).unwrap_or(0);
        (0..count)
            .map(|bucket| {
                let first = part(bucket).min(self.peaks.len().saturating_sub(1));
                let after = part(bucket + 1).clamp(first + 1, self.peaks.len().max(first + 1));
                self.peaks.get(first..after).unwrap_or_default().iter().copied().fold(0.0, f32::max)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sound: impl IntoIterator<Item = f32>, buckets: usize, expected: &[f32]) {
        let mut parts = Parts::default();
        sound.into_iter().for_each(|peak| parts.add(peak));
        assert_eq!(parts.buckets(buckets), expected);
        assert!(parts.peaks.capacity() <= PARTS);
    }

    #[test]
    fn every_bucket_has_the_loudest_of_its_part() {
        check([0.1, 0.5, 0.2, 0.3], 2, &[0.5, 0.3]);
        check([0.1, 0.5], 4, &[0.1, 0.1, 0.5, 0.5]);
        check([7.0, f32::NAN], 2, &[1.0, 0.0]);
    }

    #[test]
    fn a_long_sound_keeps_its_loud_places() {
        // A click at three quarters of ten million frames.
        let sound = (0..10_000_000_u32).map(|frame| if frame == 7_500_001 { 0.9 } else { 0.1 });
        check(sound, 4, &[0.1, 0.1, 0.1, 0.9]);
    }
}
