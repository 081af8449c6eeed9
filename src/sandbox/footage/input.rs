//! The pictures of a film that was brought in: H.264 in MP4, decoded where they are wanted or copied as they are.
//!
//! Reads one sample at a time. Other codecs and containers are not read here; who needs a picture of those draws a card.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use openh264::decoder::{DecodedYUV, Decoder};
use openh264::formats::YUVSource;
use re_mp4::{Mp4, Sample, StsdBoxContent, TrackKind};

use super::error::FootageError;

/// Bytes one picture may have.
const LARGEST_SAMPLE: u64 = 32_000_000;

/// A film whose pictures can be read.
pub struct Input {
    file: BufReader<File>,
    samples: Vec<Sample>,
    /// Parameter sets in Annex B form.
    parameters: Vec<u8>,
    /// Bytes of the length before each unit.
    length_size: usize,
}

/// One picture in Annex B form.
pub struct Coded {
    pub bytes: Vec<u8>,
    pub is_key: bool,
    /// Ticks of a 90,000th of a second.
    pub shown: u64,
    /// Ticks of a 90,000th of a second.
    pub decoded: u64,
}

impl Input {
    /// Opens a film; `None` when its pictures are of another kind.
    pub fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let size = file.metadata().ok()?.len();
        let mut file = BufReader::new(file);
        let film = Mp4::read(&mut file, size).ok()?;
        let track = film.tracks().values().find(|track| track.kind == Some(TrackKind::Video))?;
        if !matches!(track.trak(&film).mdia.minf.stbl.stsd.contents, StsdBoxContent::Avc1(_)) {
            return None;
        }
        let avcc = track.raw_codec_config(&film)?;
        let length_size = usize::from(avcc.get(4)? & 3) + 1;
        let parameters = parameter_sets(&avcc)?;
        let samples: Vec<Sample> = track
            .samples
            .iter()
            .copied()
            .filter(|sample| sample.timescale > 0 && sample.size <= LARGEST_SAMPLE)
            .collect();
        samples.first().is_some_and(|first| first.is_sync).then_some(Self { file, samples, parameters, length_size })
    }

    /// Pictures between two moments, in milliseconds.
    pub fn count(&self, from: u64, to: u64) -> usize {
        self.samples.iter().filter(|sample| (from..to).contains(&shown_at(sample))).count()
    }

    /// Decodes every picture between two moments and hands it over with its moment, in milliseconds, in the order they
    /// are shown. The first one may come from a little before.
    pub fn every(
        &mut self,
        from: u64,
        to: u64,
        mut take: impl FnMut(u64, &DecodedYUV<'_>) -> Result<(), FootageError>,
    ) -> Result<(), FootageError> {
        let mut decoder = decoder()?;
        let start = self.samples.iter().rposition(|sample| sample.is_sync && shown_at(sample) <= from).unwrap_or(0);
        let wanted: Vec<Sample> =
            self.samples.iter().skip(start).take_while(|sample| decoded_at(sample) < to).copied().collect();
        let mut moments: Vec<u64> = wanted.iter().map(shown_at).collect();
        moments.sort_unstable();
        let mut moments = moments.into_iter();
        let mut hand_over = |picture: &DecodedYUV<'_>| match moments.next() {
            Some(moment) if moment < to => take(moment, picture),
            _ => Ok(()),
        };
        for sample in wanted {
            let bytes = self.annex_b(&sample)?;
            // A picture that is broken is left out, as players do.
            if let Ok(Some(picture)) = decoder.decode(&bytes) {
                hand_over(&picture)?;
            }
        }
        for picture in decoder.flush_remaining().unwrap_or_default() {
            hand_over(&picture)?;
        }
        Ok(())
    }

    /// Decodes at most so many pictures that stand alone, evenly spread between two moments, and hands each over with
    /// its moment in milliseconds.
    pub fn some(
        &mut self,
        from: u64,
        to: u64,
        most: usize,
        mut take: impl FnMut(u64, &DecodedYUV<'_>) -> Result<(), FootageError>,
    ) -> Result<(), FootageError> {
        let before = self.samples.iter().rposition(|sample| sample.is_sync && shown_at(sample) <= from);
        let keys: Vec<Sample> = self
            .samples
            .iter()
            .enumerate()
            .filter(|(place, sample)| {
                sample.is_sync && (Some(*place) == before || (from..to).contains(&shown_at(sample)))
            })
            .map(|(_, sample)| *sample)
            .collect();
        let step = keys.len().div_ceil(most.max(1)).max(1);
        for sample in keys.iter().step_by(step) {
            let bytes = self.annex_b(sample)?;
            let mut decoder = decoder()?;
            let direct = decoder.decode(&bytes).ok().flatten().map(|picture| take(shown_at(sample), &picture));
            match direct {
                Some(taken) => taken?,
                None => {
                    for picture in decoder.flush_remaining().unwrap_or_default().iter().take(1) {
                        take(shown_at(sample), picture)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Hands over every picture as it is.
    pub fn copy(&mut self, mut take: impl FnMut(Coded) -> Result<(), FootageError>) -> Result<(), FootageError> {
        // Where pictures are shown in another order than they are decoded, decoding begins before the first is shown.
        let begins = self.samples.first().map_or(0, |first| first.decode_timestamp.min(0));
        for place in 0..self.samples.len() {
            let Some(sample) = self.samples.get(place).copied() else { break };
            let ticks = |time: i64| u64::try_from(time).unwrap_or(0) * 90_000 / sample.timescale;
            let bytes = self.annex_b(&sample)?;
            take(Coded {
                bytes,
                is_key: sample.is_sync,
                shown: ticks(sample.composition_timestamp),
                decoded: ticks(sample.decode_timestamp.saturating_sub(begins)),
            })?;
        }
        Ok(())
    }

    /// A sample with start codes, and the parameter sets before it where decoding can begin.
    fn annex_b(&mut self, sample: &Sample) -> Result<Vec<u8>, FootageError> {
        let broken = |source: std::io::Error| FootageError::encode("source film", source);
        self.file.seek(SeekFrom::Start(sample.offset)).map_err(broken)?;
        let mut bytes = Vec::new();
        (&mut self.file).take(sample.size).read_to_end(&mut bytes).map_err(broken)?;
        let mut stream = if sample.is_sync { self.parameters.clone() } else { Vec::new() };
        let mut rest = bytes.as_slice();
        while let Some((head, after)) = rest.split_at_checked(self.length_size) {
            let length = head.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
            let Some((unit, after)) = after.split_at_checked(length) else { break };
            stream.extend([0, 0, 0, 1]);
            stream.extend(unit);
            rest = after;
        }
        Ok(stream)
    }
}

fn decoder() -> Result<Decoder, FootageError> {
    Decoder::new().map_err(|error| FootageError::encode("source film", error))
}

/// The size of a decoded picture, both sides even.
pub fn even_dimensions(picture: &impl YUVSource) -> (u32, u32) {
    let (width, height) = picture.dimensions();
    let even = |side: usize| u32::try_from(side).unwrap_or(0) & !1;
    (even(width), even(height))
}

fn shown_at(sample: &Sample) -> u64 {
    u64::try_from(sample.composition_timestamp).unwrap_or(0) * 1_000 / sample.timescale.max(1)
}

fn decoded_at(sample: &Sample) -> u64 {
    u64::try_from(sample.decode_timestamp).unwrap_or(0) * 1_000 / sample.timescale.max(1)
}

/// The parameter sets of an `avcC` box in Annex B form.
fn parameter_sets(avcc: &[u8]) -> Option<Vec<u8>> {
    let mut stream = Vec::new();
    let mut rest = avcc.get(5..)?;
    for _kind in ["sequence", "picture"] {
        let (count, after) = rest.split_first()?;
        rest = after;
        for _set in 0..count & 0x1f {
            let length = usize::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?));
            stream.extend([0, 0, 0, 1]);
            stream.extend(rest.get(2..2 + length)?);
            rest = rest.get(2 + length..)?;
        }
    }
    Some(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_sets_are_found_in_their_box() {
        let avcc = [1, 66, 0, 30, 0xff, 0xe1, 0, 2, 0x67, 1, 1, 0, 1, 0x68];
        assert_eq!(parameter_sets(&avcc).unwrap(), [0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68]);
        assert_eq!(parameter_sets(&avcc[..9]), None);
    }

    #[test]
    fn what_is_no_film_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        std::fs::write(&path, b"\0\0\0\x18ftypisom and no more").unwrap();
        assert!(Input::open(&path).is_none());
        assert!(Input::open(&folder.path().join("b.mp4")).is_none());
    }
}
