//! The pictures and the sound of a live film, one unit after the other. Damaged units are passed over.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use openh264::decoder::{DecodeOptions, DecodedYUV, Decoder, Flush};
use openh264::formats::YUVSource;
use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};

use super::picture::Picture;
use super::transport_stream::{AacFrame, aac_frames};
use super::units::TICKS;

/// Pixels of the longer side of a picture.
const LARGEST_SIDE: usize = 4_096;
/// Times that may wait for their picture: decoders hold back sixteen at the most.
const MOST_TIMES: usize = 32;

/// H.264 pictures into pixels.
pub(super) struct Seeing {
    decoder: Decoder,
    /// Times of pictures that went in and did not come out yet: they come out in the order of their times.
    times: BTreeSet<i64>,
}

impl Seeing {
    pub(super) fn new() -> Result<Self, openh264::Error> {
        Ok(Self { decoder: Decoder::new()?, times: BTreeSet::new() })
    }

    /// Takes one picture that is seen at this time; gives those that are whole now, with their times.
    pub(super) fn decode(&mut self, time: i64, bytes: &[u8]) -> Vec<(i64, Picture)> {
        self.times.insert(time);
        if self.times.len() > MOST_TIMES {
            self.times.pop_first();
        }
        // Without flushing: a picture that waits for others keeps its place.
        let options = DecodeOptions::new().flush_after_decode(Flush::NoFlush);
        let picture = match self.decoder.decode_with_options(bytes, options) {
            Ok(Some(decoded)) => pixels(&decoded),
            // One that is missing or damaged is no reason to show none.
            Ok(None) | Err(_) => None,
        };
        picture.and_then(|picture| Some((self.times.pop_first()?, picture))).into_iter().collect()
    }

    /// What the decoder still held back.
    pub(super) fn finish(&mut self) -> Vec<(i64, Picture)> {
        let rest = self.decoder.flush_remaining().unwrap_or_default();
        let times = &mut self.times;
        rest.iter().filter_map(pixels).filter_map(|picture| Some((times.pop_first()?, picture))).collect()
    }
}

fn pixels(decoded: &DecodedYUV<'_>) -> Option<Picture> {
    let (wide, high) = decoded.dimensions();
    if wide == 0 || high == 0 || wide.max(high) > LARGEST_SIDE {
        return None;
    }
    let mut rgba = vec![0; wide.checked_mul(high)?.checked_mul(4)?];
    decoded.write_rgba8(&mut rgba);
    Some(Picture { width: u32::try_from(wide).ok()?, height: u32::try_from(high).ok()?, rgba })
}

/// A piece of sound.
pub(super) struct Piece {
    pub(super) time: i64,
    pub(super) rate: u32,
    pub(super) channels: u8,
    /// Interleaved.
    pub(super) samples: Vec<f32>,
}

/// AAC sound into samples.
#[derive(Default)]
pub(super) struct Hearing {
    decoder: Option<([u8; 2], Box<dyn AudioDecoder>)>,
}

impl Hearing {
    /// Every frame that can be decoded of a unit that is heard from this time on.
    pub(super) fn decode(&mut self, mut time: i64, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for frame in aac_frames(bytes) {
            // The library has been sent astray by damaged sound before.
            let decoded = catch_unwind(AssertUnwindSafe(|| self.frame(&frame)));
            match decoded {
                Ok(Some(samples)) => {
                    pieces.push(Piece { time, rate: frame.rate, channels: frame.channels, samples });
                }
                Ok(None) => {}
                Err(_panic) => self.decoder = None,
            }
            time = time.saturating_add_unsigned(1_024 * TICKS / u64::from(frame.rate.max(1)));
        }
        pieces
    }

    fn frame(&mut self, frame: &AacFrame<'_>) -> Option<Vec<f32>> {
        if self.decoder.as_ref().is_none_or(|(config, _)| *config != frame.config) {
            let mut parameters = AudioCodecParameters::new();
            parameters.for_codec(CODEC_ID_AAC).with_sample_rate(frame.rate).with_extra_data(Box::from(frame.config));
            let decoder = symphonia::default::get_codecs()
                .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
                .ok()?;
            self.decoder = Some((frame.config, decoder));
        }
        let (_, decoder) = self.decoder.as_mut()?;
        let packet = Packet::new(0, Timestamp::new(0), Duration::new(1_024), frame.bytes);
        let buffer = decoder.decode(&packet).ok()?;
        let mut samples = Vec::new();
        buffer.copy_to_vec_interleaved(&mut samples);
        Some(samples)
    }
}
