//! One channel of sound as Opus (RFC 6716): packets of 20 ms, as WebM wants them, and back.

use opus_rs::{Application, OpusDecoder, OpusEncoder};

use super::error::FootageError;
use super::sound::Pcm;

/// Samples a second: Opus always counts in these.
pub const RATE: u32 = 48_000;
/// Milliseconds of a packet.
pub const PACKET: u64 = 20;
/// Samples the encoder is behind: a player leaves out so many at the beginning.
pub const BEHIND: u16 = 312;

/// Samples of a packet.
const SAMPLES: u64 = 960;
/// The same.
const BLOCK: usize = 960;
const BITS_PER_SECOND: i32 = 64_000;
/// How hard it tries, 0 to 10: what more brings is not heard, and takes twice as long.
const EFFORT: i32 = 2;
/// Bytes a packet can have.
const LARGEST: usize = 1_275;

/// Sound of a length.
pub struct Track {
    pub packets: Vec<Vec<u8>>,
    /// Samples at the end of the last packet that are beyond the length.
    pub spare: u64,
}

/// The sound as it is heard for so many milliseconds. A shorter one is repeated, and what repeats is encoded twice and
/// not more where it fills whole packets: the first time it begins in silence, the second time as all others do.
///
/// # Errors
/// When the sound cannot be encoded.
pub fn encode(pcm: &Pcm, milliseconds: u64) -> Result<Track, FootageError> {
    let resampled = (pcm.rate != RATE).then(|| pcm.resampled(RATE));
    let samples = &resampled.as_ref().unwrap_or(pcm).samples;
    let length = milliseconds.saturating_mul(u64::from(RATE)) / 1_000;
    let with_start = length + u64::from(BEHIND);
    let count = usize::try_from(with_start.div_ceil(SAMPLES)).unwrap_or(usize::MAX);
    let spare = (SAMPLES - with_start % SAMPLES) % SAMPLES;

    let round = samples.len() / BLOCK;
    let repeats = round > 0 && samples.len().is_multiple_of(BLOCK) && count > round * 2;
    let fresh = if repeats { round * 2 } else { count };
    let mut encoder = encoder()?;
    let mut heard = samples.iter().copied().cycle().take(usize::try_from(length).unwrap_or(usize::MAX));
    let mut packets = Vec::with_capacity(count);
    for _packet in 0..fresh {
        // Silence after the end.
        let mut block = [0_i16; BLOCK];
        for (place, sample) in block.iter_mut().zip(heard.by_ref()) {
            *place = sample;
        }
        let mut packet = vec![0; LARGEST];
        let size = encoder.encode_i16(&block, BLOCK, &mut packet).map_err(failed)?;
        packet.truncate(size);
        packets.push(packet);
    }
    for place in fresh..count {
        let before = packets.get(place - round).cloned().unwrap_or_default();
        packets.push(before);
    }
    Ok(Track { packets, spare })
}

fn encoder() -> Result<OpusEncoder, FootageError> {
    let rate = i32::try_from(RATE).unwrap_or(i32::MAX);
    let mut encoder = OpusEncoder::new(rate, 1, Application::Audio).map_err(failed)?;
    encoder.bitrate_bps = BITS_PER_SECOND;
    encoder.complexity = EFFORT;
    Ok(encoder)
}

fn failed(reason: &'static str) -> FootageError {
    FootageError::encode("sound", reason)
}

/// What a decoder is told first: version 1, one channel, how far behind, the rate, no gain.
pub fn head() -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01".to_vec();
    head.extend(BEHIND.to_le_bytes());
    head.extend(RATE.to_le_bytes());
    head.extend([0, 0, 0]);
    head
}

/// Samples of the longest packet there can be: 120 ms.
const LONGEST: usize = 5_760;

/// Hears packets, of one channel or two, as one.
pub struct Decoder {
    inner: OpusDecoder,
    /// Samples that are still to be left out.
    early: usize,
}

impl Decoder {
    /// For packets that follow this head; `None` where it is none.
    pub fn of(head: &[u8]) -> Option<Self> {
        let early = head.strip_prefix(b"OpusHead")?.get(2..4)?;
        let early = usize::from(u16::from_le_bytes(early.try_into().ok()?));
        Some(Self { inner: OpusDecoder::new(i32::try_from(RATE).ok()?, 1).ok()?, early })
    }

    /// The samples of a packet; a broken one has none.
    pub fn hear(&mut self, packet: &[u8]) -> Vec<i16> {
        let mut block = vec![0.0; LONGEST];
        let count = self.inner.decode(packet, LONGEST, &mut block).unwrap_or(0);
        let left_out = self.early.min(count);
        self.early -= left_out;
        #[expect(clippy::cast_possible_truncation, reason = "brought within 16 bits")]
        let sample = |sample: &f32| (sample * 32_768.0).clamp(-32_768.0, 32_767.0) as i16;
        block.get(left_out..count).unwrap_or_default().iter().map(sample).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a player hears.
    fn decoded(track: &Track) -> Vec<i16> {
        let mut decoder = Decoder::of(&head()).unwrap();
        let mut heard: Vec<i16> = track.packets.iter().flat_map(|packet| decoder.hear(packet)).collect();
        heard.truncate(heard.len() - usize::try_from(track.spare).unwrap());
        heard
    }

    fn tone(rate: u32, seconds: f64) -> Pcm {
        let count = (f64::from(rate) * seconds).round();
        let sample = |at: i32| (f64::from(at) / f64::from(rate) * 440.0 * std::f64::consts::TAU).sin() * 8_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "within 16 bits")]
        let samples = (0..count as i32).map(|at| sample(at) as i16).collect();
        Pcm { rate, samples }
    }

    /// Decibels between a 440 Hz tone and what differs from it, from the second tenth on.
    fn fidelity(heard: &[i16]) -> f64 {
        let (mut tone, mut noise) = (0.0, 0.0);
        for (at, sample) in heard.iter().enumerate().skip(4_800) {
            let at = f64::from(u32::try_from(at).unwrap());
            let expected = (at / 48_000.0 * 440.0 * std::f64::consts::TAU).sin() * 8_000.0;
            tone += expected * expected;
            noise += (f64::from(*sample) - expected).powi(2);
        }
        10.0 * (tone / noise).log10()
    }

    #[test]
    fn what_is_heard_is_what_was_encoded_and_as_long() {
        for (rate, milliseconds, samples) in [(48_000, 1_234, 59_232), (22_050, 2_000, 96_000)] {
            let track = encode(&tone(rate, 3.0), milliseconds).unwrap();
            let heard = decoded(&track);
            assert_eq!(heard.len(), samples);
            assert!(fidelity(&heard) > 20.0, "{rate} Hz: {} dB", fidelity(&heard));
        }
    }

    #[test]
    fn a_sound_that_repeats_is_heard_again_and_again() {
        // 440 Hz fit into half a second a whole number of times.
        let track = encode(&tone(48_000, 0.5), 5_010).unwrap();
        assert_eq!(track.packets[30..50], track.packets[430 - 250..450 - 250], "one round is 25 packets");
        let heard = decoded(&track);
        assert_eq!(heard.len(), 240_480);
        assert!(fidelity(&heard[..240_000]) > 20.0, "{} dB", fidelity(&heard));
    }

    #[test]
    fn a_broken_packet_is_not_heard() {
        assert!(Decoder::of(b"OpusTail").is_none());
        let mut decoder = Decoder::of(&head()).unwrap();
        assert!(decoder.hear(&[0xff, 0xff, 0xff]).is_empty());
    }

    #[test]
    fn nothing_is_a_track_without_sound() {
        let heard = decoded(&encode(&Pcm { rate: 24_000, samples: Vec::new() }, 100).unwrap());
        assert_eq!(heard.len(), 4_800);
        assert!(heard.iter().all(|sample| sample.abs() < 30));
    }
}
