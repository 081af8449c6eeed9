//! MP4, MOV and M4A, fragmented or not: length, tracks and size from the boxes.
//!
//! Walks the boxes itself and keeps no table of samples, so that a file that lies about its counts costs nothing.

use std::collections::BTreeMap;
use std::io;

use rust_decimal::Decimal;

use super::source::{Source, be16, be32, be64};

/// Boxes that are looked at before a file is given up.
const MOST_BOXES: usize = 400_000;
/// Runs of equal samples in one track that are added up.
const MOST_RUNS: u64 = 4_000_000;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mp4 {
    /// The four letters of the brand.
    pub brand: [u8; 4],
    pub seconds: Option<Decimal>,
    pub dimensions: Option<(u32, u32)>,
    pub has_audio: bool,
    pub has_video: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Track {
    kind: [u8; 4],
    timescale: u32,
    /// Ticks by the media header.
    stated: u64,
    /// Ticks by the samples.
    counted: u64,
    /// Ticks of a fragment's sample that does not say.
    usual: u32,
    size: (u32, u32),
}

#[derive(Default)]
struct Walk {
    brand: [u8; 4],
    tracks: BTreeMap<u32, Track>,
    current: u32,
    /// What the present fragment's samples last.
    fragment_usual: u32,
    has_index: bool,
}

/// Reads a file whose first box is `ftyp`, or one that QuickTime begins with.
pub fn probe(source: &mut Source<'_>) -> io::Result<Option<Mp4>> {
    let mut walk = Walk::default();
    let mut at = 0;
    for _box in 0..MOST_BOXES {
        let Some((kind, body, end)) = next_box(source, at)? else { break };
        at = match &kind {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"mvex" | b"moof" | b"traf" => body,
            _ => {
                walk.read(source, kind, body, end)?;
                end
            }
        };
        walk.has_index |= &kind == b"moov";
        if at >= source.size() {
            break;
        }
    }
    Ok(walk.has_index.then(|| walk.result()))
}

/// A box's name, where its body begins and where it ends.
fn next_box(source: &mut Source<'_>, at: u64) -> io::Result<Option<([u8; 4], u64, u64)>> {
    let size = source.size();
    let head = source.bytes(at, 16)?;
    let (Some(short), Some(kind)) = (be32(head, 0), head.get(4..8).and_then(|kind| kind.try_into().ok())) else {
        return Ok(None);
    };
    let (header, length) = match short {
        0 => (8, size.saturating_sub(at)),
        1 => match be64(head, 8) {
            Some(length) => (16, length),
            None => return Ok(None),
        },
        _ => (8, u64::from(short)),
    };
    let end = at.checked_add(length);
    Ok(end.filter(|_end| length >= header).map(|end| (kind, at + header, end)))
}

impl Walk {
    fn read(&mut self, source: &mut Source<'_>, kind: [u8; 4], body: u64, end: u64) -> io::Result<()> {
        let room = super::source::narrow(end.saturating_sub(body));
        let bytes = source.bytes(body, room.min(128))?;
        let long = bytes.first() == Some(&1);
        match &kind {
            b"ftyp" => self.brand = bytes.get(..4).and_then(|brand| brand.try_into().ok()).unwrap_or_default(),
            b"tkhd" => {
                self.current = be32(bytes, if long { 20 } else { 12 }).unwrap_or(0);
                let at = if long { 88 } else { 76 };
                // Sides are numbers of 16.16 bits.
                let side = |at| be32(bytes, at).map_or(0, |side| side >> 16);
                self.track().size = (side(at), side(at + 4));
            }
            b"mdhd" => {
                let (scale, ticks) = if long {
                    (be32(bytes, 20), be64(bytes, 24))
                } else {
                    (be32(bytes, 12), be32(bytes, 16).map(|ticks| if ticks == u32::MAX { 0 } else { u64::from(ticks) }))
                };
                let track = self.track();
                track.timescale = scale.unwrap_or(0);
                track.stated = ticks.filter(|ticks| *ticks != u64::MAX).unwrap_or(0);
            }
            b"hdlr" => {
                let kind = bytes.get(8..12).and_then(|kind| kind.try_into().ok()).unwrap_or_default();
                let track = self.track();
                // QuickTime has a second handler, of the data.
                if track.kind == [0; 4] {
                    track.kind = kind;
                }
            }
            b"stsd" => {
                let size = be16(bytes, 40).zip(be16(bytes, 42)).map(|(w, h)| (u32::from(w), u32::from(h)));
                let track = self.track();
                if track.kind == *b"vide"
                    && let Some(size) = size
                    && size.0 > 0
                    && size.1 > 0
                {
                    track.size = size;
                }
            }
            b"stts" => {
                let ticks = time_to_sample(source, body, end)?;
                self.track().counted = ticks;
            }
            b"trex" => {
                let (id, usual) = (be32(bytes, 4).unwrap_or(0), be32(bytes, 12).unwrap_or(0));
                self.tracks.entry(id).or_default().usual = usual;
            }
            b"tfhd" => {
                let flags = be32(bytes, 0).unwrap_or(0);
                self.current = be32(bytes, 4).unwrap_or(0);
                let skipped = if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
                let own = (flags & 8 != 0).then(|| be32(bytes, 8 + skipped)).flatten();
                self.fragment_usual = own.unwrap_or(self.track().usual);
            }
            b"trun" => {
                let ticks = run(source, body, end, self.fragment_usual)?;
                let track = self.track();
                track.counted = track.counted.saturating_add(ticks);
            }
            _ => {}
        }
        Ok(())
    }

    fn track(&mut self) -> &mut Track {
        // A file with more tracks than this is rubbish; the last one then takes the blame.
        let id = if self.tracks.len() < 64 { self.current } else { u32::MAX };
        self.tracks.entry(id).or_default()
    }

    fn result(&self) -> Mp4 {
        let of_kind = |kind: [u8; 4]| self.tracks.values().filter(move |track| track.kind == kind);
        let seconds = of_kind(*b"vide").chain(of_kind(*b"soun")).filter_map(|track| {
            let ticks = if track.counted > 0 { track.counted } else { track.stated };
            let seconds = Decimal::from(ticks).checked_div(Decimal::from(track.timescale))?;
            (ticks > 0).then(|| seconds.round_dp(3))
        });
        Mp4 {
            brand: self.brand,
            seconds: seconds.max(),
            dimensions: of_kind(*b"vide").map(|track| track.size).find(|size| size.0 > 0 && size.1 > 0),
            has_audio: of_kind(*b"soun").next().is_some(),
            has_video: of_kind(*b"vide").next().is_some(),
        }
    }
}

/// The ticks of all samples, from runs of (count, ticks).
fn time_to_sample(source: &mut Source<'_>, body: u64, end: u64) -> io::Result<u64> {
    let runs = be32(source.bytes(body, 8)?, 4).map_or(0, u64::from);
    let runs = runs.min(end.min(source.size()).saturating_sub(body + 8) / 8).min(MOST_RUNS);
    let mut ticks = 0_u64;
    for index in 0..runs {
        let run = source.bytes(body + 8 + index * 8, 8)?;
        let (count, each) = (be32(run, 0).map_or(0, u64::from), be32(run, 4).map_or(0, u64::from));
        ticks = ticks.saturating_add(count.saturating_mul(each));
    }
    Ok(ticks)
}

/// The ticks of one run of a fragment.
fn run(source: &mut Source<'_>, body: u64, end: u64, usual: u32) -> io::Result<u64> {
    let head = source.bytes(body, 8)?;
    let (flags, count) = (be32(head, 0).unwrap_or(0), be32(head, 4).map_or(0, u64::from));
    if flags & 0x100 == 0 {
        return Ok(count.saturating_mul(u64::from(usual)));
    }
    let first = body + 8 + if flags & 1 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
    let width = 4 * u64::from((flags & 0xf00).count_ones());
    let count = count.min(end.min(source.size()).saturating_sub(first) / width.max(4)).min(MOST_RUNS);
    let mut ticks = 0_u64;
    for index in 0..count {
        ticks = ticks.saturating_add(be32(source.bytes(first + index * width, 4)?, 0).map_or(0, u64::from));
    }
    Ok(ticks)
}
