//! The samples of a finished MP4 in a Matroska file, the family that WebM belongs to.
//!
//! There is no VP9 encoder here: a `.webm` of the sandbox holds H.264 and AAC. Players that read
//! Matroska play it; a browser that insists on WebM's own codecs does not.

use std::io::Write;
use std::path::Path;

use super::error::FootageError;

/// The index of 22,050 Hz among AAC's rates: the rate of the sandbox's music.
const RATE_INDEX: u16 = 7;
const RATE: f64 = 22_050.0;

struct Sample {
    track: u8,
    milliseconds: u64,
    /// Milliseconds at which the next one follows.
    end_at: u64,
    is_key: bool,
    start: usize,
    end: usize,
}

/// Copies the film's samples.
///
/// # Errors
/// When the film cannot be read or the file not be written.
pub fn to_matroska(film: &Path, target: &Path) -> Result<(), FootageError> {
    let failed = |message: &'static str| FootageError::encode("film", message);
    let bytes = std::fs::read(film).map_err(|source| FootageError::disk(film, source))?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let read = re_mp4::Mp4::read(std::io::Cursor::new(&bytes), size);
    let mp4 = read.map_err(|error| FootageError::encode("film", error.to_string()))?;
    let mut samples = Vec::new();
    let mut video = None;
    for track in mp4.tracks().values() {
        let (number, is_video) = match track.kind {
            Some(re_mp4::TrackKind::Video) => (1, true),
            Some(re_mp4::TrackKind::Audio) => (2, false),
            _ => continue,
        };
        if is_video {
            let record = track.raw_codec_config(&mp4).ok_or_else(|| failed("no codec record"))?;
            video = Some((track.width, track.height, record));
        }
        let scale = i64::try_from(track.timescale.max(1)).unwrap_or(1);
        for sample in &track.samples {
            let range = sample.byte_range();
            let starts = sample.composition_timestamp.max(0);
            let ends = starts.saturating_add(i64::try_from(sample.duration).unwrap_or(0));
            samples.push(Sample {
                track: number,
                milliseconds: u64::try_from(starts * 1_000 / scale).unwrap_or(0),
                end_at: u64::try_from(ends * 1_000 / scale).unwrap_or(0),
                is_key: sample.is_sync || !is_video,
                start: range.start,
                end: range.end,
            });
        }
    }
    let (width, height, record) = video.ok_or_else(|| failed("no picture"))?;
    samples.sort_by_key(|sample| (sample.milliseconds, sample.track));
    let length = samples.iter().filter(|sample| sample.track == 1).map(|sample| sample.end_at).max().unwrap_or(0);

    super::write_whole(target, |file| {
        let mut write = |bytes: &[u8]| file.write_all(bytes).map_err(|source| FootageError::disk(target, source));
        write(&header())?;
        // A segment of unknown length: it ends with the file.
        write(&[0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])?;
        write(&info(length))?;
        write(&tracks(u64::from(width), u64::from(height), &record))?;
        let mut at = 0;
        while let Some(first) = samples.get(at) {
            let ends = |sample: &Sample| sample.track == 1 && sample.is_key;
            let rest = samples.get(at + 1..).unwrap_or_default();
            let count = rest.iter().position(ends).map_or(rest.len(), |place| place) + 1;
            let mut cluster = number(&[0xe7], first.milliseconds);
            for sample in samples.get(at..at + count).unwrap_or_default() {
                let offset = i16::try_from(sample.milliseconds - first.milliseconds).unwrap_or(i16::MAX);
                let mut block = vec![0x80 | sample.track];
                block.extend(offset.to_be_bytes());
                block.push(if sample.is_key { 0x80 } else { 0 });
                block.extend(bytes.get(sample.start..sample.end).unwrap_or_default());
                cluster.extend(element(&[0xa3], &block));
            }
            write(&element(&[0x1f, 0x43, 0xb6, 0x75], &cluster))?;
            at += count;
        }
        Ok(())
    })
}

/// An element: id, length in eight bytes, content.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = id.to_vec();
    let length = u64::try_from(content.len()).unwrap_or(0) | 0x0100_0000_0000_0000;
    out.extend(length.to_be_bytes());
    out.extend(content);
    out
}

fn number(id: &[u8], value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

fn header() -> Vec<u8> {
    let parts = [
        number(&[0x42, 0x86], 1),
        number(&[0x42, 0xf7], 1),
        number(&[0x42, 0xf2], 4),
        number(&[0x42, 0xf3], 8),
        element(&[0x42, 0x82], b"webm"),
        number(&[0x42, 0x87], 4),
        number(&[0x42, 0x85], 2),
    ];
    element(&[0x1a, 0x45, 0xdf, 0xa3], &parts.concat())
}

fn info(milliseconds: u64) -> Vec<u8> {
    let length = f64::from(u32::try_from(milliseconds).unwrap_or(u32::MAX));
    let parts = [
        number(&[0x2a, 0xd7, 0xb1], 1_000_000),
        element(&[0x44, 0x89], &length.to_be_bytes()),
        element(&[0x4d, 0x80], b"sandbox"),
        element(&[0x57, 0x41], b"sandbox"),
    ];
    element(&[0x15, 0x49, 0xa9, 0x66], &parts.concat())
}

fn tracks(width: u64, height: u64, record: &[u8]) -> Vec<u8> {
    let picture = [number(&[0xb0], width), number(&[0xba], height)].concat();
    let video = [
        number(&[0xd7], 1),
        number(&[0x73, 0xc5], 1),
        number(&[0x83], 1),
        element(&[0x86], b"V_MPEG4/ISO/AVC"),
        element(&[0x63, 0xa2], record),
        element(&[0xe0], &picture),
    ];
    // AAC-LC, its rate, one channel.
    let specific = (2_u16 << 11 | RATE_INDEX << 7 | 1 << 3).to_be_bytes();
    let sound = [element(&[0xb5], &RATE.to_be_bytes()), number(&[0x9f], 1)].concat();
    let audio = [
        number(&[0xd7], 2),
        number(&[0x73, 0xc5], 2),
        number(&[0x83], 2),
        element(&[0x86], b"A_AAC"),
        element(&[0x63, 0xa2], &specific),
        element(&[0xe1], &sound),
    ];
    let entries = [element(&[0xae], &video.concat()), element(&[0xae], &audio.concat())].concat();
    element(&[0x16, 0x54, 0xae, 0x6b], &entries)
}
