//! Sound to AAC-LC, fast: one channel, long windows, a fixed quality.
//!
//! The bits are written by `oxideav-aac`. Its own encoder multiplies every sample with every cosine, which takes longer
//! than the sound lasts in a slow build; here the transform goes through a Fourier transform, and every frame is
//! quantised once instead of searched for a bit rate. Numbers in names like "4.6.11" are sections of ISO/IEC 14496-3.

use std::f64::consts::PI;

use oxideav_aac::Error;
use oxideav_aac::adts::{ADTS_HEADER_BYTES_NO_CRC, ADTS_SAMPLE_RATES_HZ, AdtsHeader};
use oxideav_aac::ics_body::IcsBody;
use oxideav_aac::ics_info::{IcsInfo, WindowSequence, WindowShape};
use oxideav_aac::raw_data_block::{FrameAssembler, IdSynEle};
use oxideav_aac::scale_factor_data::{AbsoluteScaleFactorEntry, AbsoluteScaleFactors, differentiate};
use oxideav_aac::section_data::{Section, SectionData};
use oxideav_aac::spectral_data::SpectralData;
use oxideav_aac::swb_offset::{FrameFamily, long_window_offsets};

/// Samples in one frame.
pub const FRAME: usize = 1_024;
/// Points of the Fourier transform behind one frame's cosines.
const POINTS: usize = FRAME / 2;
/// The largest quantised value of the loudest band: the quality.
const FINEST: f64 = 60.0;
/// Bands quieter than this part of the loudest are left out.
const INAUDIBLE: f64 = 0.000_3;
/// A frame whose loudest line is below this is silence.
const SILENT: f64 = 40.0;
/// The scale factor of gain 1 (4.6.2.3.3).
const SCALE_OF_ONE: i32 = 100;

/// Encodes frame after frame.
pub struct AacEncoder {
    rate_index: u8,
    bands: &'static [u16],
    window: Vec<f64>,
    twist: Vec<Complex>,
    roots: Vec<Complex>,
    before: Vec<f64>,
}

type Complex = (f64, f64);

fn product(a: Complex, b: Complex) -> Complex {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn turn(angle: f64) -> Complex {
    (angle.cos(), angle.sin())
}

/// A count below 65,536 as a number to reckon with.
fn real(count: usize) -> f64 {
    f64::from(u16::try_from(count).unwrap_or(u16::MAX))
}

impl AacEncoder {
    /// For one of AAC's own rates.
    pub fn new(rate: u32) -> Result<Self, Error> {
        let rate_index = ADTS_SAMPLE_RATES_HZ.iter().position(|known| *known == rate);
        let rate_index = rate_index.and_then(|index| u8::try_from(index).ok()).ok_or(Error::EncoderInvalidConfig)?;
        let whole = real(FRAME);
        Ok(Self {
            rate_index,
            bands: long_window_offsets(rate_index)?,
            window: (0..FRAME * 2).map(|n| (PI * (real(n) + 0.5) / (whole * 2.0)).sin()).collect(),
            twist: (0..POINTS).map(|n| turn(-PI * (real(n) + 0.125) / whole)).collect(),
            roots: (0..POINTS / 2).map(|n| turn(-2.0 * PI * real(n) / real(POINTS))).collect(),
            before: vec![0.0; FRAME],
        })
    }

    /// One frame with its ADTS header, from up to [`FRAME`] samples; the decoder hears them one frame later.
    pub fn encode(&mut self, samples: &[i16]) -> Result<Vec<u8>, Error> {
        let mut now: Vec<f64> = samples.iter().take(FRAME).copied().map(f64::from).collect();
        now.resize(FRAME, 0.0);
        let windowed: Vec<f64> =
            self.before.iter().chain(&now).zip(&self.window).map(|(sample, weight)| sample * weight).collect();
        self.before = now;
        let spectrum = self.spectrum(&windowed);
        self.written(&self.quantised(&spectrum))
    }

    /// The modified cosine transform of 2,048 samples (4.6.11.3.1).
    fn spectrum(&self, time: &[f64]) -> Vec<f64> {
        let at = |index: usize| time.get(index).copied().unwrap_or(0.0);
        // The window's quarters are folded onto half its length.
        let folded: Vec<f64> = (0..FRAME)
            .map(|n| {
                let mirrored = at(FRAME * 3 / 2 - 1 - n);
                if n < FRAME / 2 { -at(FRAME * 3 / 2 + n) - mirrored } else { at(n - FRAME / 2) - mirrored }
            })
            .collect();
        let evens = folded.iter().step_by(2);
        let odds = folded.iter().rev().step_by(2);
        let points = evens.zip(odds).zip(&self.twist).map(|((re, im), twist)| product((*re, *im), *twist)).collect();
        let turned: Vec<Complex> =
            self.fourier(points).into_iter().zip(&self.twist).map(|(point, twist)| product(point, *twist)).collect();
        turned.iter().zip(turned.iter().rev()).flat_map(|(low, high)| [2.0 * low.0, -2.0 * high.1]).collect()
    }

    /// A Fourier transform of [`POINTS`] points.
    fn fourier(&self, mut points: Vec<Complex>) -> Vec<Complex> {
        let mut span = points.len();
        while span > 1 {
            let stride = points.len() / span;
            for block in points.chunks_exact_mut(span) {
                let (low, high) = block.split_at_mut(span / 2);
                for ((a, b), root) in low.iter_mut().zip(high).zip(self.roots.iter().step_by(stride)) {
                    let difference = (a.0 - b.0, a.1 - b.1);
                    *a = (a.0 + b.0, a.1 + b.1);
                    *b = product(difference, *root);
                }
            }
            span /= 2;
        }
        let unused_bits = usize::BITS - points.len().trailing_zeros();
        let place = |index: usize| index.reverse_bits() >> unused_bits;
        (0..points.len()).filter_map(|index| points.get(place(index)).copied()).collect()
    }

    /// Every band with the step its loudness asks for.
    fn quantised(&self, spectrum: &[f64]) -> Vec<Band> {
        let peak = |lines: &[f64]| lines.iter().fold(0.0_f64, |peak, line| peak.max(line.abs()));
        let loudest = peak(spectrum);
        let mut previous = None;
        self.bands
            .windows(2)
            .map(|edges| {
                let (start, end) = match edges {
                    [start, end] => (usize::from(*start), usize::from(*end).min(FRAME)),
                    _ => (0, 0),
                };
                let lines = spectrum.get(start..end).unwrap_or_default();
                let peak = peak(lines);
                if loudest < SILENT || peak < loudest * INAUDIBLE {
                    return Band::silent(lines.len());
                }
                // Quieter bands get fewer steps, and never fewer than hold their loudest line.
                let steps = (FINEST * (peak / loudest).powf(0.45)).max(1.0);
                let scale = f64::from(SCALE_OF_ONE) + 4.0 * peak.log2() - 16.0 / 3.0 * steps.log2();
                #[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and the value is clamped")]
                let scale = (scale.round() as i32).clamp(0, 255);
                // The next scale factor is written as a difference of at most 60.
                let scale = previous.map_or(scale, |last: i32| scale.clamp(last - 60, last + 60));
                let band = Band::of(lines, scale);
                if band.scale.is_some() {
                    previous = Some(scale);
                }
                band
            })
            .collect()
    }

    fn written(&self, bands: &[Band]) -> Result<Vec<u8>, Error> {
        let count = u8::try_from(bands.len()).map_err(|_too_many| Error::EncoderInvalidConfig)?;
        let info = IcsInfo {
            family: FrameFamily::Lc1024,
            ics_reserved_bit: false,
            window_sequence: WindowSequence::OnlyLong,
            window_shape: WindowShape::Sine,
            max_sfb: count,
            scale_factor_grouping: None,
            predictor_data_present: false,
            predictor_data: None,
            ltp_data_present: false,
            ltp_data: None,
            ltp_data_present_pair: None,
            ltp_data_pair: None,
            num_windows: 1,
            num_window_groups: 1,
            window_group_length: vec![1],
            num_swb: count,
        };
        let books = vec![bands.iter().map(|band| band.book).collect::<Vec<u8>>()];
        let scales: Vec<u8> = bands.iter().filter_map(|band| band.scale).collect();
        let global_gain = scales.first().copied().unwrap_or(100);
        let entries = vec![scales.into_iter().map(AbsoluteScaleFactorEntry::Sf).collect()];
        let body = IcsBody {
            global_gain,
            ics_info: Some(info.clone()),
            scale_factor_data: differentiate(&AbsoluteScaleFactors { entries }, &books, global_gain)?,
            section_data: SectionData { sections: vec![sections(bands)], sfb_cb: books },
            pulse_data_present: false,
            pulse_data: None,
            tns_data_present: false,
            tns_data: None,
            gain_control_data_present: false,
            gain_control_data: None,
            spectral_data_bit_offset: 0,
            er_scale_factor_data: None,
            reordered_spectral_lengths: None,
        };
        let mut lines: Vec<i32> = bands.iter().flat_map(|band| band.lines.iter().copied()).collect();
        lines.resize(FRAME, 0);
        let spectral = SpectralData { x_quant: vec![lines] };

        let mut bits = Default::default();
        body.write(&mut bits, 2, self.rate_index, false)?;
        spectral.write(&mut bits, &info, &body.section_data, self.rate_index)?;
        let count = bits.bit_position();
        let mut block = FrameAssembler::new();
        block.push_channel_header(IdSynEle::Sce, 0)?;
        block.push_channel_body_bits(&bits.finish(), count)?;
        let block = block.push_end();
        let length = ADTS_HEADER_BYTES_NO_CRC + block.len();
        let header = AdtsHeader {
            mpeg_version_mpeg2: false,
            protection_absent: true,
            profile: 1,
            sampling_frequency_index: self.rate_index,
            channel_configuration: 1,
            aac_frame_length: u16::try_from(length).map_err(|_too_long| Error::EncoderFrameOverflow)?,
            adts_buffer_fullness: 0x7ff,
            number_of_raw_data_blocks_in_frame: 1,
        };
        let mut frame = header.write()?.to_vec();
        frame.extend(block);
        Ok(frame)
    }
}

/// One scale factor band of one frame.
struct Band {
    lines: Vec<i32>,
    /// The Huffman book its lines are written with; 0 for silence.
    book: u8,
    /// `None` for silence.
    scale: Option<u8>,
}

impl Band {
    fn silent(lines: usize) -> Self {
        Self { lines: vec![0; lines], book: 0, scale: None }
    }

    /// Quantises with one scale factor (4.6.2).
    fn of(lines: &[f64], scale: i32) -> Self {
        let gain = (f64::from(scale - SCALE_OF_ONE) / 4.0).exp2();
        let lines: Vec<i32> = lines
            .iter()
            .map(|line| {
                let size = ((line.abs() / gain).powf(0.75) + 0.405_4).floor().min(8_191.0);
                #[expect(clippy::cast_possible_truncation, reason = "at most 8,191")]
                let size = size as i32;
                if *line < 0.0 { -size } else { size }
            })
            .collect();
        let largest = lines.iter().map(|line| line.abs()).max().unwrap_or(0);
        let book = match largest {
            0 => return Self::silent(lines.len()),
            1 => 1,
            2 => 3,
            3..=4 => 5,
            5..=7 => 7,
            8..=12 => 9,
            _ => 11,
        };
        Self { lines, book, scale: u8::try_from(scale).ok() }
    }
}

/// Runs of bands with the same book.
fn sections(bands: &[Band]) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (start, band) in (0_u8..).zip(bands) {
        match sections.last_mut() {
            Some(last) if last.codebook == band.book => last.end = start + 1,
            _ => sections.push(Section { codebook: band.book, start, end: start + 1 }),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use oxideav_aac::decode::StreamDecoder;

    use super::*;

    #[test]
    fn the_fast_transform_agrees_with_the_definition() {
        let encoder = AacEncoder::new(24_000).unwrap();
        let time: Vec<f64> = (0..FRAME * 2).map(|n| (real(n * n % 977) - 488.0) * 3.0).collect();
        let fast = encoder.spectrum(&time);
        for line in [0, 1, 2, 511, 512, 777, 1_023] {
            let phase = |n: usize| PI / real(FRAME) * (real(n) + (real(FRAME) + 1.0) / 2.0) * (real(line) + 0.5);
            let slow: f64 = time.iter().enumerate().map(|(n, sample)| 2.0 * sample * phase(n).cos()).sum();
            assert!((slow - fast[line]).abs() < 0.01, "line {line}: {slow} {}", fast[line]);
        }
    }

    /// How loud what is left of the sound is after decoding, beside the sound, in hundredths.
    #[track_caller]
    fn check_fidelity(rate: u32, sound: impl Fn(f64) -> f64, worst: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "a test's own samples")]
        let samples: Vec<i16> = (0..FRAME * 20).map(|n| sound(real(n) / f64::from(rate)) as i16).collect();
        let mut encoder = AacEncoder::new(rate).unwrap();
        let mut stream = Vec::new();
        for chunk in samples.chunks(FRAME).chain([&[][..]]) {
            stream.extend(encoder.encode(chunk).unwrap());
        }
        let decoded: Vec<i16> =
            StreamDecoder::new().decode_all(&stream).unwrap().into_iter().flat_map(|frame| frame.pcm).collect();
        let (mut signal, mut noise) = (0.0, 0.0);
        for (sample, heard) in samples.iter().zip(&decoded[FRAME..]) {
            signal += f64::from(*sample).powi(2);
            noise += (f64::from(*sample) - f64::from(*heard)).powi(2);
        }
        let part = 100.0 * (noise / signal).sqrt();
        assert!(part < worst, "{part} hundredths of the sound are noise");
    }

    #[test]
    fn what_is_heard_is_what_was_encoded() {
        check_fidelity(22_050, |t| 9_000.0 * (t * 2.0 * PI * 440.0).sin(), 3.0);
        check_fidelity(
            44_100,
            |t| 5_000.0 * (t * 900.0).sin() + 3_000.0 * (t * 9_000.0).sin() + 90.0 * (t * 31_000.0).sin(),
            4.0,
        );
        check_fidelity(8_000, |t| 30_000.0 * (t * 700.0).sin() * (t * 3.0).cos(), 4.0);
    }

    #[test]
    fn silence_is_small() {
        let mut encoder = AacEncoder::new(22_050).unwrap();
        assert!(encoder.encode(&[0; FRAME]).unwrap().len() < 32);
    }
}
