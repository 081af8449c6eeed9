//! WebM and Matroska: length, tracks and size from the EBML headers, checked against the last block of sound or
//! pictures; files that were recorded live state no length and are measured by that block alone.

use std::collections::BTreeMap;
use std::io;

use rust_decimal::Decimal;

use super::flaw::{Flaw, agree};
use super::source::{Source, be32, be64, narrow, wide};

/// Elements that are looked at before a file is given up: more than ten hours of blocks.
const MOST_ELEMENTS: usize = 4_000_000;
/// Tracks that are kept apart.
const MOST_TRACKS: usize = 64;
/// Nanoseconds of a tick where a file does not say.
const USUAL_SCALE: u64 = 1_000_000;

const CLUSTER: u64 = 0x1f43_b675;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matroska {
    pub is_webm: bool,
    pub seconds: Option<Decimal>,
    pub dimensions: Option<(u32, u32)>,
    pub has_audio: bool,
    pub has_video: bool,
    pub flaw: Option<Flaw>,
}

/// What is known of one track's blocks.
#[derive(Clone, Copy, Debug, Default)]
struct Track {
    /// Nanoseconds of every block, where the file says.
    each: Option<u64>,
    /// Ticks at which the newest block begins, and how long after the one before.
    newest: Option<i64>,
    step: i64,
}

#[derive(Default)]
struct Walk {
    found: Matroska,
    scale: u64,
    duration: Option<Decimal>,
    size: (u64, u64),
    tracks: BTreeMap<u64, Track>,
    current: u64,
    /// The body of the newest cluster whose blocks were passed over; they are read once it is known to be the last.
    passed_over: Option<u64>,
    /// Ticks at which the present cluster begins.
    cluster: i64,
    cut: bool,
}

/// Reads a file that begins with an EBML header.
pub fn probe(source: &mut Source<'_>) -> io::Result<Matroska> {
    let mut walk = Walk { scale: USUAL_SCALE, ..Walk::default() };
    walk.elements(source, 0)?;
    if let Some(body) = walk.passed_over.take() {
        walk.elements(source, body)?;
    }
    Ok(walk.result())
}

impl Walk {
    fn elements(&mut self, source: &mut Source<'_>, from: u64) -> io::Result<()> {
        let mut at = from;
        for _element in 0..MOST_ELEMENTS {
            let Some((id, body, length)) = element(source, at)? else { break };
            let end = length.and_then(|length| body.checked_add(length)).unwrap_or(u64::MAX);
            let beyond = length.is_some() && end > source.size();
            at = match id {
                // Entered rather than skipped: header, segment, info, tracks, one track, its video, a group of one block.
                0x1a45_dfa3 | 0x1853_8067 | 0x1549_a966 | 0x1654_ae6b | 0xae | 0xe0 | 0xa0 => {
                    self.cut |= beyond;
                    body
                }
                CLUSTER if length.is_some() && !beyond => {
                    self.passed_over = Some(body);
                    end
                }
                CLUSTER => {
                    self.cut |= beyond;
                    body
                }
                _ => {
                    self.read(source, id, body, length)?;
                    end
                }
            };
            if at >= source.size() {
                break;
            }
        }
        Ok(())
    }

    fn read(&mut self, source: &mut Source<'_>, id: u64, body: u64, length: Option<u64>) -> io::Result<()> {
        match id {
            0x4282 => self.found.is_webm = source.bytes(body, 4)? == b"webm",
            0x002a_d7b1 => self.scale = unsigned(source, body, length)?.max(1),
            0x4489 => self.duration = float(source, body, length)?,
            0xd7 => self.current = unsigned(source, body, length)?,
            0x83 => match unsigned(source, body, length)? {
                1 => self.found.has_video = true,
                2 => self.found.has_audio = true,
                _ => {}
            },
            0x0023_e383 => {
                let each = unsigned(source, body, length)?;
                self.track(self.current).each = Some(each);
            }
            0xb0 => self.size.0 = unsigned(source, body, length)?,
            0xba => self.size.1 = unsigned(source, body, length)?,
            0xe7 => self.cluster = i64::try_from(unsigned(source, body, length)?).unwrap_or(0),
            0xa3 | 0xa1 => self.block(source.bytes(body, 12)?),
            _ => {}
        }
        Ok(())
    }

    fn track(&mut self, number: u64) -> &mut Track {
        let number = if self.tracks.len() < MOST_TRACKS { number } else { u64::MAX };
        self.tracks.entry(number).or_default()
    }

    /// A block's head: its track, and its time after the cluster's.
    fn block(&mut self, head: &[u8]) {
        let Some((number, width)) = variable(head, 8) else { return };
        let Some([high, low]) = head.get(width..width + 2).and_then(|time| <[u8; 2]>::try_from(time).ok()) else {
            return;
        };
        let time = self.cluster.saturating_add(i64::from(i16::from_be_bytes([high, low])));
        let track = self.track(number);
        if let Some(before) = track.newest.filter(|before| *before < time) {
            track.step = time.saturating_sub(before);
        }
        track.newest = Some(track.newest.map_or(time, |newest| newest.max(time)));
    }

    fn result(mut self) -> Matroska {
        let nanoseconds = Decimal::from(1_000_000_000);
        let scale = Decimal::from(self.scale);
        let seconds = |ticks: Decimal| ticks.checked_mul(scale)?.checked_div(nanoseconds);
        let rounded = |seconds: Decimal| Some(seconds.round_dp(3)).filter(|seconds| *seconds > Decimal::ZERO);
        let claimed = self.duration.and_then(seconds).and_then(rounded);
        let ends = self.tracks.values().filter_map(|track| {
            let begins = seconds(Decimal::from(track.newest?))?;
            let lasts = match track.each {
                Some(each) => Decimal::from(each).checked_div(nanoseconds)?,
                None => seconds(Decimal::from(track.step))?,
            };
            begins.checked_add(lasts)
        });
        let there = ends.max().and_then(rounded);
        self.found.flaw = match (claimed, there) {
            (_, None) if self.cut => Some(Flaw::CutShort { claimed, there: None }),
            (_, None) => Some(Flaw::Nothing),
            (Some(claimed), Some(there)) if agree(claimed, there) => None,
            (claimed, Some(there)) if self.cut => Some(Flaw::CutShort { claimed, there: Some(there) }),
            (Some(claimed), Some(there)) => Some(Flaw::LengthLies { claimed, there }),
            (None, Some(_)) => None,
        };
        self.found.seconds = claimed.or(there).filter(|_length| self.found.flaw.is_none());
        let pixels = |side: u64| u32::try_from(side).ok().filter(|side| *side > 0);
        self.found.dimensions = pixels(self.size.0).zip(pixels(self.size.1));
        self.found
    }
}

/// An element's id, where its body begins and how long it is, if it says.
fn element(source: &mut Source<'_>, at: u64) -> io::Result<Option<(u64, u64, Option<u64>)>> {
    let bytes = source.bytes(at, 12)?;
    let Some(id_width) = width(bytes, 4) else { return Ok(None) };
    let Some(id) = bytes.get(..id_width).map(number) else { return Ok(None) };
    let Some((length, length_width)) = bytes.get(id_width..).and_then(|rest| variable(rest, 8)) else {
        return Ok(None);
    };
    let unknown = length == u64::MAX >> (64 - 7 * length_width);
    let body = at + wide(id_width + length_width);
    Ok(Some((id, body, (!unknown).then_some(length))))
}

/// How many bytes a number takes, by its first one.
fn width(bytes: &[u8], most: usize) -> Option<usize> {
    let zeros = usize::try_from(bytes.first()?.leading_zeros()).ok()?;
    Some(zeros + 1).filter(|width| *width <= most)
}

/// A number of variable width without its mark, and that width.
fn variable(bytes: &[u8], most: usize) -> Option<(u64, usize)> {
    let width = width(bytes, most)?;
    Some((number(bytes.get(..width)?) & (u64::MAX >> (64 - 7 * width)), width))
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn unsigned(source: &mut Source<'_>, body: u64, length: Option<u64>) -> io::Result<u64> {
    let length = narrow(length.unwrap_or(0)).min(8);
    Ok(number(source.bytes(body, length)?))
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
