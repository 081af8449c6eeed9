//! WebM and Matroska: length, tracks and size from the EBML headers.

use std::io;

use rust_decimal::Decimal;

use super::source::{Source, be32, be64};

/// Elements that are looked at before a file is given up.
const MOST_ELEMENTS: usize = 200_000;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matroska {
    pub is_webm: bool,
    pub seconds: Option<Decimal>,
    pub dimensions: Option<(u32, u32)>,
    pub has_audio: bool,
    pub has_video: bool,
}

/// Reads a file that begins with an EBML header.
pub fn probe(source: &mut Source<'_>) -> io::Result<Matroska> {
    let mut found = Matroska::default();
    let mut scale = 1_000_000_u64;
    let mut duration: Option<Decimal> = None;
    let mut size = (0, 0);
    let mut at = 0;
    for _element in 0..MOST_ELEMENTS {
        let Some((id, body, length)) = element(source, at)? else { break };
        let end = length.and_then(|length| body.checked_add(length)).unwrap_or(u64::MAX);
        match id {
            // Entered rather than skipped: header, segment, info, tracks, one track, its video.
            0x1a45_dfa3 | 0x1853_8067 | 0x1549_a966 | 0x1654_ae6b | 0xae | 0xe0 => {
                at = body;
                continue;
            }
            0x4282 => found.is_webm = source.bytes(body, 4)? == b"webm",
            0x002a_d7b1 => scale = unsigned(source, body, length)?,
            0x4489 => duration = float(source, body, length)?,
            0x83 => match unsigned(source, body, length)? {
                1 => found.has_video = true,
                2 => found.has_audio = true,
                _ => {}
            },
            0xb0 => size.0 = unsigned(source, body, length)?,
            0xba => size.1 = unsigned(source, body, length)?,
            // The first cluster: what comes after it is pictures and sound.
            0x1f43_b675 => break,
            _ => {}
        }
        if end >= source.size() {
            break;
        }
        at = end;
    }
    found.seconds = duration
        .and_then(|ticks| ticks.checked_mul(Decimal::from(scale))?.checked_div(Decimal::from(1_000_000_000)))
        .map(|seconds| seconds.round_dp(3))
        .filter(|seconds| *seconds > Decimal::ZERO);
    let pixels = |side: u64| u32::try_from(side).ok().filter(|side| *side > 0);
    found.dimensions = pixels(size.0).zip(pixels(size.1));
    Ok(found)
}

/// An element's id, where its body begins and how long it is, if it says.
fn element(source: &mut Source<'_>, at: u64) -> io::Result<Option<(u64, u64, Option<u64>)>> {
    let bytes = source.bytes(at, 12)?;
    let Some(id_length) = bytes.first().map(|byte| narrow(byte.leading_zeros()) + 1).filter(|length| *length <= 4)
    else {
        return Ok(None);
    };
    let Some(id) = number(bytes.get(..id_length)) else { return Ok(None) };
    let Some(rest) = bytes.get(id_length..) else { return Ok(None) };
    let Some(length_length) = rest.first().map(|byte| narrow(byte.leading_zeros()) + 1).filter(|length| *length <= 8)
    else {
        return Ok(None);
    };
    let Some(length) = number(rest.get(..length_length)) else { return Ok(None) };
    let mask = u64::MAX >> (64 - 7 * length_length);
    let unknown = length & mask == mask;
    let body = at + super::source::wide(id_length + length_length);
    Ok(Some((id, body, (!unknown).then_some(length & mask))))
}

fn number(bytes: Option<&[u8]>) -> Option<u64> {
    Some(bytes?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn unsigned(source: &mut Source<'_>, body: u64, length: Option<u64>) -> io::Result<u64> {
    let length = super::source::narrow(length.unwrap_or(0)).min(8);
    Ok(number(Some(source.bytes(body, length)?)).unwrap_or(0))
}

fn float(source: &mut Source<'_>, body: u64, length: Option<u64>) -> io::Result<Option<Decimal>> {
    let bytes = source.bytes(body, 8)?;
    let value = match length {
        Some(4) => be32(bytes, 0).map(|bits| f64::from(f32::from_bits(bits))),
        Some(8) => be64(bytes, 0).map(f64::from_bits),
        _ => None,
    };
    Ok(value.and_then(|value| Decimal::try_from(value).ok()))
}

fn narrow(bits: u32) -> usize {
    usize::try_from(bits).unwrap_or(usize::MAX)
}
