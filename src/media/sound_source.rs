//! The samples of a sound in memory, from any place in it.

use std::io::Cursor;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, SeekedTo, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::{Time, TimeBase};

use super::probe::probe_bytes;

/// A sound that is decoded as far as it is asked for: samples, interleaved.
pub(super) struct SoundSource {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    time_base: Option<TimeBase>,
    rate: NonZero<u32>,
    channels: NonZero<u16>,
    length: Option<Duration>,
    /// What was decoded last, and how much of it was asked for.
    samples: Vec<f32>,
    taken: usize,
    /// Samples to pass over: a place is found by whole packets.
    skipped: u64,
    /// Every packet takes a byte at least: more packets than bytes are no sound.
    packets: u64,
}

impl SoundSource {
    /// Begins a WAV, MP3, AAC or the sound of an MP4; `None` where there is none that can be decoded.
    pub(super) fn open(bytes: Arc<[u8]>) -> Option<Self> {
        // A file that lies about itself is not given to the library.
        let found = probe_bytes(&bytes)?;
        let length = found.seconds.and_then(|seconds| {
            seconds.checked_mul(Decimal::ONE_THOUSAND)?.round().to_u64().map(Duration::from_millis)
        });
        caught(move || {
            let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
            let options = (FormatOptions::default(), MetadataOptions::default());
            let format = symphonia::default::get_probe().probe(&Hint::new(), stream, options.0, options.1).ok()?;
            let track = format.default_track(TrackType::Audio)?;
            let (id, time_base) = (track.id, track.time_base);
            let parameters = track.codec_params.as_ref()?.audio()?;
            let decoder = symphonia::default::get_codecs()
                .make_audio_decoder(parameters, &AudioDecoderOptions::default())
                .ok()?;
            let mut source = Self {
                format,
                decoder,
                track: id,
                time_base,
                rate: NonZero::<u32>::MIN,
                channels: NonZero::<u16>::MIN,
                length,
                samples: Vec::new(),
                taken: 0,
                skipped: 0,
                packets: found.size,
            };
            // Only what was decoded says for certain how it sounds.
            let (rate, channels) = source.decode()?;
            (source.rate, source.channels) = (rate, channels);
            Some(source)
        })
    }

    /// Samples a second of each channel.
    pub(super) fn rate(&self) -> NonZero<u32> {
        self.rate
    }

    pub(super) fn channels(&self) -> NonZero<u16> {
        self.channels
    }

    /// The whole sound's length, where it is known.
    pub(super) fn length(&self) -> Option<Duration> {
        self.length
    }

    /// Goes on from another place, to the sample; whether it does. Behind its end nothing is left.
    pub(super) fn seek(&mut self, to: Duration) -> bool {
        if self.length.is_some_and(|length| to >= length) {
            self.samples.clear();
            self.packets = 0;
            return true;
        }
        let Some(time) = Time::try_from_nanos_u128(to.as_nanos()) else { return false };
        let track_id = Some(self.track);
        let found = caught(|| self.format.seek(SeekMode::Accurate, SeekTo::Time { time, track_id }).ok());
        let Some(found) = found else { return false };
        self.decoder.reset();
        self.samples.clear();
        self.taken = 0;
        self.skipped = self.samples_between(&found);
        true
    }

    /// Samples between where the packets go on and where the sound is to.
    fn samples_between(&self, found: &SeekedTo) -> u64 {
        let at = |timestamp| self.time_base?.calc_time(timestamp).map(|time| time.as_nanos());
        let (Some(from), Some(to)) = (at(found.actual_ts), at(found.required_ts)) else { return 0 };
        let nanoseconds = u128::try_from(to.saturating_sub(from)).unwrap_or(0);
        let frames = (nanoseconds * u128::from(self.rate.get()) + 500_000_000) / 1_000_000_000;
        u64::try_from(frames).unwrap_or(0).saturating_mul(self.channels.get().into())
    }

    /// The next samples, and how many there are a second of how many channels; `None` where no more come.
    fn decode(&mut self) -> Option<(NonZero<u32>, NonZero<u16>)> {
        while let Some(left) = self.packets.checked_sub(1) {
            self.packets = left;
            let packet = self.format.next_packet().ok()??;
            if packet.track_id != self.track {
                continue;
            }
            let buffer = match self.decoder.decode(&packet) {
                Ok(buffer) => buffer,
                Err(Error::DecodeError(_)) => continue,
                Err(_) => return None,
            };
            let rate = NonZero::new(buffer.spec().rate())?;
            let channels = u16::try_from(buffer.num_planes()).ok().and_then(NonZero::new)?;
            buffer.copy_to_vec_interleaved(&mut self.samples);
            self.taken = usize::try_from(self.skipped).unwrap_or(usize::MAX).min(self.samples.len());
            self.skipped -= u64::try_from(self.taken).unwrap_or(0);
            if self.taken < self.samples.len() {
                return Some((rate, channels));
            }
        }
        None
    }
}

impl Iterator for SoundSource {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.taken >= self.samples.len() {
            let present = (self.rate, self.channels);
            // A sound that changes its kind half-way ends there.
            if caught(|| self.decode()) != Some(present) {
                self.samples.clear();
                self.packets = 0;
                return None;
            }
        }
        let sample = self.samples.get(self.taken).copied();
        self.taken += 1;
        sample
    }
}

/// The library has been sent astray by damaged sound before.
fn caught<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::transport_stream::adts;

    /// Samples that are left from a place on, so many of 1,000 parts of a second after the beginning.
    fn left(sound: &Arc<[u8]>, milliseconds: u64) -> usize {
        let mut source = SoundSource::open(Arc::clone(sound)).unwrap();
        assert_eq!((source.rate().get(), source.channels().get()), (44_100, 2));
        assert!(milliseconds == 0 || source.seek(Duration::from_millis(milliseconds)));
        source.count()
    }

    /// Frames of two channels, `samples` each, 44,100 a second.
    #[track_caller]
    fn check(frame: &[u8], samples: usize) {
        let sound: Arc<[u8]> = frame.repeat(100).into();
        let whole = left(&sound, 0);
        assert!(whole.abs_diff(100 * 2 * samples) <= 4 * samples, "{whole} samples");
        for (milliseconds, passed) in [(500, 44_100), (1_000, 88_200), (2_000, 176_400)] {
            let found = whole - left(&sound, milliseconds);
            assert!(found.abs_diff(passed) <= 2, "{milliseconds} ms: {found} samples were passed over, not {passed}");
        }
        let cut: Arc<[u8]> = sound[..sound.len() / 2 - 7].into();
        assert!(left(&cut, 0) < whole, "half a file has as much sound as the whole");
    }

    #[test]
    fn a_sound_goes_on_from_any_place_in_it_to_the_sample() {
        // Frames of silence: MP3 with 128,000 bits a second, AAC.
        check(&[&[0xff, 0xfb, 0x90, 0x64][..], &[0; 413]].concat(), 1_152);
        let silence = [0x21, 0x00, 0x49, 0x90, 0x02, 0x19, 0x00, 0x23, 0x80];
        check(&[&adts(2, 4, 2, 9).unwrap()[..], &silence].concat(), 1_024);
    }

    #[test]
    fn what_is_no_sound_is_none() {
        for bytes in [&b""[..], b"RIFF and then nothing", &[0xff; 400]] {
            assert!(SoundSource::open(bytes.into()).is_none());
        }
    }
}
