//! One channel of sound in memory: from a file, to WAV, to AAC.

use std::fs::File;
use std::path::Path;

use rust_decimal::Decimal;
use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::errors::Error as SymphoniaError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::aac::{self, AacEncoder};
use super::error::{FootageError, FootageErrorKind};
use super::opus;

/// The rates AAC has numbers for, in Hz.
const AAC_RATES: [u32; 12] =
    [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000, 88_200, 96_000];
/// Sound that is longer than this is refused: the sandbox makes no film of more than two hours.
const LONGEST_SECONDS: usize = 7_200;

/// One channel of 16-bit samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pcm {
    /// Samples per second.
    pub rate: u32,
    pub samples: Vec<i16>,
}

impl Pcm {
    /// Length to the millisecond.
    pub fn seconds(&self) -> Decimal {
        (Decimal::from(self.samples.len()) / Decimal::from(self.rate.max(1))).round_dp(3)
    }

    /// Cut, or silent at the end, so that it lasts so many milliseconds.
    pub fn fitted(mut self, milliseconds: u64) -> Self {
        let samples = milliseconds * u64::from(self.rate) / 1_000;
        self.samples.resize(usize::try_from(samples).unwrap_or(0), 0);
        self
    }

    /// Adds another sound under this one, at a part of its loudness.
    pub fn mix(&mut self, under: &Self, part: i16) {
        let resampled = (under.rate != self.rate).then(|| under.resampled(self.rate));
        for (sample, low) in self.samples.iter_mut().zip(&resampled.as_ref().unwrap_or(under).samples) {
            *sample = sample.saturating_add(low / part.max(1));
        }
    }

    /// Length in whole milliseconds.
    pub fn milliseconds(&self) -> u64 {
        u64::try_from(self.samples.len()).unwrap_or(u64::MAX).saturating_mul(1_000) / u64::from(self.rate.max(1))
    }

    /// Exactly so many seconds of this sound: repeated where it is too short, cut where it is too long.
    pub fn lasting(&self, seconds: Decimal) -> Self {
        let wanted = (seconds * Decimal::from(self.rate)).trunc();
        let wanted = usize::try_from(wanted).unwrap_or_default();
        let samples = self.samples.iter().copied().cycle().take(wanted).collect();
        Self { rate: self.rate, samples }
    }

    /// A WAV file of these samples.
    pub fn wav(&self) -> Vec<u8> {
        let data = u32::try_from(self.samples.len() * 2).unwrap_or(u32::MAX - 36);
        let mut wav = Vec::with_capacity(44 + self.samples.len() * 2);
        wav.extend(b"RIFF");
        wav.extend((data + 36).to_le_bytes());
        wav.extend(b"WAVEfmt ");
        wav.extend(16_u32.to_le_bytes());
        wav.extend(1_u16.to_le_bytes());
        wav.extend(1_u16.to_le_bytes());
        wav.extend(self.rate.to_le_bytes());
        wav.extend((self.rate * 2).to_le_bytes());
        wav.extend(2_u16.to_le_bytes());
        wav.extend(16_u16.to_le_bytes());
        wav.extend(b"data");
        wav.extend(data.to_le_bytes());
        for sample in &self.samples {
            wav.extend(sample.to_le_bytes());
        }
        wav
    }

    /// AAC-LC frames with ADTS headers; the sound is first brought to `aac_rate`, which is returned too.
    pub fn aac(&self) -> Result<(u32, Vec<Vec<u8>>), FootageError> {
        let rate = nearest_aac_rate(self.rate);
        let resampled = (rate != self.rate).then(|| self.resampled(rate));
        let samples = resampled.as_ref().map_or(&self.samples, |pcm| &pcm.samples);
        let failed = |error| FootageError::encode("sound", error);
        let mut encoder = AacEncoder::new(rate).map_err(failed)?;
        // One empty frame more, because a frame is heard when the next one has come.
        samples
            .chunks(aac::FRAME)
            .chain([&[][..]])
            .map(|chunk| encoder.encode(chunk).map_err(failed))
            .collect::<Result<_, _>>()
            .map(|frames| (rate, frames))
    }

    /// The same sound at another rate, by straight lines between samples.
    pub fn resampled(&self, rate: u32) -> Self {
        let (from, to) = (u64::from(self.rate.max(1)), u64::from(rate.max(1)));
        let count = u64::try_from(self.samples.len()).unwrap_or(0) * to / from;
        let at =
            |index: u64| usize::try_from(index).ok().and_then(|i| self.samples.get(i)).copied().map_or(0, i64::from);
        let samples = (0..count)
            .map(|index| {
                let position = index * from;
                let (whole, part) = (position / to, i64::try_from(position % to).unwrap_or(0));
                let scale = i64::from(rate);
                let mixed = (at(whole) * (scale - part) + at(whole + 1) * part) / scale;
                i16::try_from(mixed).unwrap_or(0)
            })
            .collect();
        Self { rate, samples }
    }
}

/// Eight seconds of quiet music: a chord a bar, each note struck and left to fade.
pub fn bars() -> Pcm {
    const RATE: u32 = 22_050;
    /// Hertz: A minor, F, C, G.
    const CHORDS: [[u32; 3]; 4] = [[220, 262, 330], [175, 220, 262], [262, 330, 392], [196, 247, 294]];
    let beat = RATE / 2;
    let mut samples = Vec::new();
    for chord in CHORDS {
        for strike in 0..4 {
            let note = chord.into_iter().cycle().nth(strike).unwrap_or(220);
            for at in 0..beat {
                let turn = f64::from(at) * f64::from(note) / f64::from(RATE);
                let loudness = 5_000.0 * (1.0 - f64::from(at) / f64::from(beat)).powi(2);
                #[expect(clippy::cast_possible_truncation, reason = "at most 5,000 either way")]
                samples.push(((turn * std::f64::consts::TAU).sin() * loudness) as i16);
            }
        }
    }
    Pcm { rate: RATE, samples }
}

fn nearest_aac_rate(rate: u32) -> u32 {
    AAC_RATES.into_iter().min_by_key(|known| known.abs_diff(rate)).unwrap_or(44_100)
}

/// Reads a WAV or MP3 file (or another that has sound in it) into one channel.
pub fn decode(path: &Path) -> Result<Pcm, FootageError> {
    decode_part(path, 0, u64::MAX)
}

/// As [`decode`], from one millisecond to another.
pub fn decode_part(path: &Path, from: u64, to: u64) -> Result<Pcm, FootageError> {
    let mut pcm = Pcm::default();
    let mut passed = 0_u64;
    let mut too_long = false;
    each_block(path, |rate, block| {
        pcm.rate = rate;
        let at = |milliseconds: u64| milliseconds.saturating_mul(u64::from(rate)) / 1_000;
        let place = |sample: u64| usize::try_from(sample.saturating_sub(passed)).unwrap_or(usize::MAX).min(block.len());
        pcm.samples.extend_from_slice(block.get(place(at(from))..place(at(to))).unwrap_or_default());
        passed += u64::try_from(block.len()).unwrap_or(0);
        too_long = pcm.samples.len() > usize::try_from(rate).unwrap_or(usize::MAX).saturating_mul(LONGEST_SECONDS);
        !too_long && passed < at(to)
    })?;
    if too_long {
        return Err(FootageError {
            kind: FootageErrorKind::Sound,
            message: format!("{} is longer than two hours.", path.display()),
            hint: Some("Cut it into shorter files.".to_owned()),
            source: None,
        });
    }
    if pcm.samples.is_empty() || pcm.rate == 0 {
        return Err(FootageError::sound(format!("{} has no sound that can be read.", path.display())));
    }
    Ok(pcm)
}

/// How loud each second of a file is: the mean of its samples without their signs.
pub fn loudness(path: &Path) -> Result<Vec<u64>, FootageError> {
    let mut seconds = Vec::new();
    let (mut sum, mut count) = (0_u64, 0_u32);
    each_block(path, |rate, block| {
        for sample in block {
            sum += u64::from(sample.unsigned_abs());
            count += 1;
            if count >= rate {
                seconds.push(sum / u64::from(count.max(1)));
                (sum, count) = (0, 0);
            }
        }
        true
    })?;
    if count > 0 {
        seconds.push(sum / u64::from(count));
    }
    Ok(seconds)
}

/// Hands over a file's sound block by block, as its rate and one channel of samples, while the answer is yes.
fn each_block(path: &Path, mut take: impl FnMut(u32, &[i16]) -> bool) -> Result<(), FootageError> {
    let unreadable = || FootageError::sound(format!("{} has no sound that can be read.", path.display()));
    let file = File::open(path).map_err(|source| FootageError::disk(path, source))?;
    let stream = MediaSourceStream::new(Box::new(file), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| unreadable().because(error))?;
    let track = format.default_track(TrackType::Audio).ok_or_else(unreadable)?;
    let track_id = track.id;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio()).ok_or_else(unreadable)?;
    if parameters.codec == CODEC_ID_OPUS {
        // Symphonia does not decode it.
        let head = parameters.extra_data.as_deref().unwrap_or_default();
        let mut decoder = opus::Decoder::of(head).ok_or_else(unreadable)?;
        while let Ok(Some(packet)) = format.next_packet() {
            if packet.track_id == track_id && !take(opus::RATE, &decoder.hear(&packet.data)) {
                break;
            }
        }
        return Ok(());
    }
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|error| unreadable().because(error))?;
    let mut interleaved: Vec<i16> = Vec::new();
    let mut one_channel: Vec<i16> = Vec::new();
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
        let channels = buffer.num_planes().max(1);
        let rate = buffer.spec().rate();
        buffer.copy_to_vec_interleaved(&mut interleaved);
        let divisor = i32::try_from(channels).unwrap_or(1);
        one_channel.clear();
        one_channel.extend(interleaved.chunks_exact(channels).map(|frame| {
            let sum: i32 = frame.iter().copied().map(i32::from).sum();
            i16::try_from(sum / divisor).unwrap_or(0)
        }));
        if !take(rate, &one_channel) {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_survives_wav_and_back() {
        let samples: Vec<i16> = (0..24_000).map(|n: i32| i16::try_from(n % 2_000 * 8 - 8_000).unwrap()).collect();
        let pcm = Pcm { rate: 24_000, samples };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wav");
        std::fs::write(&path, pcm.wav()).unwrap();
        assert_eq!(decode(&path).unwrap(), pcm);
        assert_eq!(pcm.seconds(), Decimal::ONE);
    }

    #[test]
    fn an_odd_rate_is_brought_to_one_that_aac_has() {
        let pcm = Pcm { rate: 37_800, samples: vec![100; 37_800 * 2] };
        let (rate, frames) = pcm.aac().unwrap();
        assert_eq!(rate, 32_000);
        assert_eq!(frames.len(), 64_000_usize.div_ceil(aac::FRAME) + 1);
    }

    #[test]
    fn a_picture_is_refused_as_sound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp3");
        std::fs::write(&path, b"\x89PNG\r\n\x1a\n nothing to hear").unwrap();
        assert_eq!(decode(&path).unwrap_err().kind, FootageErrorKind::Sound);
    }
}
