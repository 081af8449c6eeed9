//! MPEG audio: the length by counting every frame, because a header that would tell it is often missing or wrong.

use std::io;

use rust_decimal::Decimal;

use super::source::{Source, be16, be32};

/// Bytes that may lie between two frames before the file is given up.
const MOST_RUBBISH: u64 = 128 * 1_024;
/// Frames counted at most: more than 24 hours of the shortest.
const MOST_FRAMES: u64 = 12_000_000;

/// The facts of one frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    rate: u32,
    samples: u32,
    /// Bytes with the header.
    length: u32,
    layer: u8,
    /// Bytes between the header and where a Xing header would stand.
    side: u64,
}

const RATES: [u32; 3] = [44_100, 48_000, 32_000];
/// Kilobits by layer: MPEG 1 layers I, II, III, then MPEG 2 layer I, then its layers II and III.
const KILOBITS: [[u32; 14]; 5] = [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

fn header(bytes: [u8; 4]) -> Option<Header> {
    let word = u32::from_be_bytes(bytes);
    if word >> 21 != 0x7ff {
        return None;
    }
    let (version, layer) = (word >> 19 & 3, word >> 17 & 3);
    let (kilobits, rate) = (word >> 12 & 15, word >> 10 & 3);
    if version == 1 || layer == 0 || kilobits == 0 {
        return None;
    }
    let first = version == 3;
    let layer = 4 - layer;
    let table = if first {
        layer - 1
    } else if layer == 1 {
        3
    } else {
        4
    };
    let row = KILOBITS.get(usize::try_from(table).ok()?)?;
    let bits = row.get(usize::try_from(kilobits - 1).ok()?)? * 1_000;
    let rate = RATES.get(usize::try_from(rate).ok()?)?
        >> (match version {
            3 => 0,
            2 => 1,
            _ => 2,
        });
    let padding = word >> 9 & 1;
    let samples = match (layer, first) {
        (1, _) => 384,
        (3, false) => 576,
        _ => 1_152,
    };
    let length = if layer == 1 { (12 * bits / rate + padding) * 4 } else { samples / 8 * bits / rate + padding };
    let mono = word >> 6 & 3 == 3;
    let side = match (first, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    Some(Header { rate, samples, length, layer: u8::try_from(layer).ok()?, side })
}

/// Whether MPEG audio begins here: two frames in a row that agree.
pub fn begins(source: &mut Source<'_>, at: u64) -> io::Result<bool> {
    let Some(first) = source.exact(at)?.and_then(header) else { return Ok(false) };
    let next = at + u64::from(first.length);
    if next == source.size() {
        return Ok(true);
    }
    let second = source.exact(next)?.and_then(header);
    Ok(second.is_some_and(|second| second.rate == first.rate && second.layer == first.layer))
}

/// Where the sound begins after an ID3v2 tag, or 0.
pub fn after_tag(source: &mut Source<'_>) -> io::Result<u64> {
    let Some(head) = source.exact::<10>(0)? else { return Ok(0) };
    if !head.starts_with(b"ID3") {
        return Ok(0);
    }
    let length = head.iter().skip(6).fold(0_u64, |length, byte| length << 7 | u64::from(byte & 0x7f));
    let footer = head.get(5).is_some_and(|flags| flags & 0x10 != 0);
    Ok(10 + length + if footer { 10 } else { 0 })
}

/// The sound of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mp3 {
    /// Seconds by counting.
    pub seconds: Decimal,
    /// Seconds by the frame that holds facts, where there is one.
    pub claimed: Option<Decimal>,
}

/// What the first frame says where it holds facts instead of sound.
#[derive(Clone, Copy, Debug, Default)]
struct Facts {
    /// Frames of sound.
    frames: Option<u32>,
    /// Samples that the encoder added at both ends.
    trimmed: u64,
}

/// The sound from `start` on, by counting; `None` when there is not a single frame of it.
pub fn probe(source: &mut Source<'_>, start: u64) -> io::Result<Option<Mp3>> {
    let mut at = start;
    let mut rubbish = 0;
    let mut frames = 0_u64;
    let mut first: Option<Header> = None;
    let mut samples = 0_u64;
    let mut facts = None;
    while frames < MOST_FRAMES && rubbish < MOST_RUBBISH {
        let Some(bytes) = source.exact::<4>(at)? else { break };
        if bytes.starts_with(b"TAG") || bytes.starts_with(b"APE") {
            break;
        }
        let found = header(bytes).filter(|found| first.is_none_or(|first| first.rate == found.rate));
        // After rubbish one header alone may be chance.
        let found = if found.is_some() && rubbish > 0 && !begins(source, at)? { None } else { found };
        let Some(found) = found else {
            at += 1;
            rubbish += 1;
            continue;
        };
        if at + u64::from(found.length) > source.size() + 4 {
            break;
        }
        rubbish = 0;
        if frames == 0 {
            facts = information(source, at, found)?;
        }
        if frames > 0 || facts.is_none() {
            samples += u64::from(found.samples);
        }
        first = first.or(Some(found));
        frames += 1;
        at += u64::from(found.length);
    }
    let Some(first) = first else { return Ok(None) };
    let facts = facts.unwrap_or_default();
    let seconds = |samples: u64| {
        let heard = if facts.trimmed < samples { samples - facts.trimmed } else { samples };
        (heard > 0).then(|| (Decimal::from(heard) / Decimal::from(first.rate)).round_dp(3))
    };
    let claimed = facts.frames.and_then(|frames| seconds(u64::from(frames).saturating_mul(u64::from(first.samples))));
    Ok(seconds(samples).map(|seconds| Mp3 { seconds, claimed }))
}

/// The facts of a frame that holds some.
fn information(source: &mut Source<'_>, at: u64, frame: Header) -> io::Result<Option<Facts>> {
    let known = |frames: Option<u32>| frames.filter(|frames| *frames > 0);
    let tag = source.bytes(at + 36, 18)?;
    if tag.starts_with(b"VBRI") {
        return Ok(Some(Facts { frames: known(be32(tag, 14)), trimmed: 0 }));
    }
    let tag = source.bytes(at + 4 + frame.side, 156)?;
    if !tag.starts_with(b"Xing") && !tag.starts_with(b"Info") {
        return Ok(None);
    }
    let flags = be32(tag, 4).unwrap_or(0);
    let frames = known(be32(tag, 8).filter(|_frames| flags & 1 != 0));
    let encoder =
        [(1, 4), (2, 4), (4, 100), (8, 4)].iter().filter(|(flag, _)| flags & flag != 0).map(|(_, length)| length);
    let encoder = 8 + encoder.sum::<usize>();
    let named = tag.get(encoder..encoder + 4).is_some_and(|name| name.iter().all(u8::is_ascii_alphanumeric));
    let (Some(high), Some(low)) = (be16(tag, encoder + 21), tag.get(encoder + 23)) else {
        return Ok(Some(Facts { frames, trimmed: 0 }));
    };
    let both = u64::from(high) << 8 | u64::from(*low);
    // The decoder itself adds 529 samples of delay, which encoders leave out of their figure.
    let trimmed = (both >> 12) + (both & 0xfff);
    Ok(Some(Facts { frames, trimmed: if named && trimmed < 8_192 { trimmed } else { 0 } }))
}
