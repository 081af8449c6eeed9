//! MP4, MOV and M4A, fragmented or not: length, tracks and size from the boxes.
//!
//! Walks the boxes itself and keeps no table of samples, so that a file that lies about its counts costs nothing. A
//! length is believed once the headers, the samples and the bytes agree.

use std::collections::BTreeMap;
use std::io;

use rust_decimal::Decimal;

use super::flaw::{Flaw, agree};
use super::mp4_samples::Samples;
use super::source::{Source, be16, be32, be64};

/// Boxes that are looked at before a file is given up.
const MOST_BOXES: usize = 400_000;
/// Samples of one fragment that are added up.
const MOST_SAMPLES: u64 = 4_000_000;
/// Entries of an edit list that are added up.
const MOST_EDITS: u64 = 10_000;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mp4 {
    /// The four letters of the brand.
    pub brand: [u8; 4],
    pub seconds: Option<Decimal>,
    pub dimensions: Option<(u32, u32)>,
    pub has_audio: bool,
    pub has_video: bool,
    pub flaw: Option<Flaw>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Track {
    kind: [u8; 4],
    timescale: u32,
    /// Ticks by the media header.
    stated: u64,
    /// Ticks by the samples.
    counted: u64,
    /// Ticks by the samples of the newest fragment alone.
    newest: u64,
    /// Ticks of the whole film that the edit list lets through.
    edited: u64,
    /// Ticks of a fragment's sample that does not say.
    usual: u32,
    size: (u32, u32),
    samples: Samples,
}

impl Track {
    fn seconds(&self, ticks: u64) -> Option<Decimal> {
        let seconds = Decimal::from(ticks).checked_div(Decimal::from(self.timescale))?;
        (ticks > 0).then(|| seconds.round_dp(3))
    }

    fn is_heard_or_seen(&self) -> bool {
        self.kind == *b"vide" || self.kind == *b"soun"
    }
}

#[derive(Default)]
struct Walk {
    brand: [u8; 4],
    tracks: BTreeMap<u32, Track>,
    current: u32,
    /// Ticks a second, and ticks, of the film's own header.
    film: (u32, u64),
    /// Ticks of all fragments by their own header.
    fragments_stated: u64,
    /// What the present fragment's samples last.
    fragment_usual: u32,
    has_index: bool,
    has_fragments: bool,
    /// The box of pictures and sound, or of a fragment, goes on after the file's end.
    cut: bool,
    index_cut: bool,
}

/// Reads a file whose first box is `ftyp`, or one that QuickTime begins with.
pub fn probe(source: &mut Source<'_>) -> io::Result<Mp4> {
    let mut walk = Walk::default();
    let mut at = 0;
    for _box in 0..MOST_BOXES {
        let Some((kind, body, end)) = next_box(source, at)? else { break };
        let beyond = end > source.size();
        match &kind {
            b"moov" => {
                walk.has_index = true;
                walk.index_cut = beyond;
            }
            b"moof" => {
                walk.begin_fragment();
                walk.cut |= beyond;
            }
            b"mdat" => walk.cut |= beyond,
            _ => {}
        }
        at = match &kind {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"edts" | b"mvex" | b"moof" | b"traf" => body,
            _ => {
                walk.read(source, kind, body, end)?;
                end
            }
        };
        if at >= source.size() {
            break;
        }
    }
    walk.result(source)
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
            b"stts" | b"stsc" | b"stsz" | b"stco" | b"co64" => self.track().samples.note(source, kind, body, end)?,
            b"mvhd" => {
                let ticks = |ticks: Option<u64>, unknown| ticks.filter(|ticks| *ticks != unknown).unwrap_or(0);
                self.film = if long {
                    (be32(bytes, 20).unwrap_or(0), ticks(be64(bytes, 24), u64::MAX))
                } else {
                    (be32(bytes, 12).unwrap_or(0), ticks(be32(bytes, 16).map(u64::from), u64::from(u32::MAX)))
                };
            }
            b"elst" => {
                let ticks = edited(source, body, long)?;
                self.track().edited = ticks;
            }
            b"mehd" => {
                let ticks = if long { be64(bytes, 4) } else { be32(bytes, 4).map(u64::from) };
                self.fragments_stated = ticks.unwrap_or(0);
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
                track.newest = track.newest.saturating_add(ticks);
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_fragment(&mut self) {
        self.has_fragments = true;
        for track in self.tracks.values_mut() {
            track.newest = 0;
        }
    }

    fn track(&mut self) -> &mut Track {
        // A file with more tracks than this is rubbish; the last one then takes the blame.
        let id = if self.tracks.len() < 64 { self.current } else { u32::MAX };
        self.tracks.entry(id).or_default()
    }

    fn result(mut self, source: &mut Source<'_>) -> io::Result<Mp4> {
        let mut flaw = None;
        let mut stored = 0_u64;
        for track in self.tracks.values_mut() {
            let (ticks, timed) = track.samples.ticks(source, u64::MAX)?;
            let (real, samples) = match track.samples.count {
                // Times for samples that are not there are none.
                Some(count) if count < timed => track.samples.ticks(source, count)?,
                _ => (ticks, timed),
            };
            track.counted = track.counted.saturating_add(real);
            stored = stored.saturating_add(track.samples.bytes(source)?);
            if samples < timed {
                flaw = flaw.or(lie(track.seconds(ticks), track.seconds(real)));
            }
            // A fragmented film's first header may know nothing of the fragments.
            let ignorant = self.has_fragments && track.stated < track.counted;
            if track.is_heard_or_seen() && track.counted > 0 && !ignorant {
                flaw = flaw.or(lie(track.seconds(track.stated), track.seconds(track.counted)));
            }
            self.cut |= !track.samples.last_chunk_is_there(source)?;
        }
        let whole = self.length(|track| if track.counted > 0 { track.counted } else { track.stated });
        let claimed = self.claimed();
        if let (Some(claimed), Some(longest)) = (claimed, self.longest())
            && claimed > longest
        {
            flaw = flaw.or(lie(Some(claimed), Some(longest)));
        }
        if !self.has_index || self.index_cut {
            flaw = Some(Flaw::NoIndex);
        } else if self.cut || stored > source.size() {
            let there = self.there(source)?;
            let claimed = if self.has_fragments { claimed } else { whole };
            flaw = Some(Flaw::CutShort { claimed: claimed.filter(|claimed| there.is_none_or(|there| *claimed > there)), there });
        }
        let of_kind = |kind: [u8; 4]| self.tracks.values().filter(move |track| track.kind == kind);
        let (has_audio, has_video) = (of_kind(*b"soun").next().is_some(), of_kind(*b"vide").next().is_some());
        let flaw = flaw.or_else(|| whole.is_none().then_some(Flaw::NoLength));
        Ok(Mp4 {
            brand: self.brand,
            seconds: whole.filter(|_length| flaw.is_none()),
            dimensions: of_kind(*b"vide").map(|track| track.size).find(|size| size.0 > 0 && size.1 > 0),
            has_audio,
            has_video,
            flaw,
        })
    }

    /// The longest of what is heard and seen, as far as the edit lists let it through.
    fn length(&self, ticks: impl Fn(&Track) -> u64) -> Option<Decimal> {
        let tracks = self.tracks.values().filter(|track| track.is_heard_or_seen());
        let seconds = tracks.filter_map(|track| {
            let whole = track.seconds(ticks(track))?;
            let edited = Decimal::from(track.edited).checked_div(Decimal::from(self.film.0)).map(|s| s.round_dp(3));
            Some(edited.filter(|edited| *edited > Decimal::ZERO).map_or(whole, |edited| edited.min(whole)))
        });
        seconds.max()
    }

    /// The longest of all tracks, also those of captions and time codes.
    fn longest(&self) -> Option<Decimal> {
        self.tracks.values().filter_map(|track| track.seconds(track.counted)).max()
    }

    /// Seconds by the headers of the film and its fragments.
    fn claimed(&self) -> Option<Decimal> {
        let ticks = self.film.1.max(self.fragments_stated);
        let seconds = Decimal::from(ticks).checked_div(Decimal::from(self.film.0))?;
        (ticks > 0).then(|| seconds.round_dp(3))
    }

    /// Seconds of a film that was cut off for which everything is there.
    fn there(&self, source: &mut Source<'_>) -> io::Result<Option<Decimal>> {
        let mut least: Option<Decimal> = None;
        for track in self.tracks.values().filter(|track| track.is_heard_or_seen()) {
            let ticks = if self.has_fragments {
                track.counted.saturating_sub(track.newest)
            } else {
                let whole = track.samples.whole(source)?;
                track.samples.ticks(source, whole)?.0
            };
            let seconds = track.seconds(ticks).unwrap_or(Decimal::ZERO);
            least = Some(least.map_or(seconds, |least| least.min(seconds)));
        }
        Ok(least)
    }
}

/// What is wrong where a header and the samples disagree.
fn lie(claimed: Option<Decimal>, there: Option<Decimal>) -> Option<Flaw> {
    let (claimed, there) = (claimed?, there.unwrap_or(Decimal::ZERO));
    (!agree(claimed, there)).then_some(Flaw::LengthLies { claimed, there })
}

/// The ticks of the whole film that an edit list lets through; pauses before the beginning do not count.
fn edited(source: &mut Source<'_>, body: u64, long: bool) -> io::Result<u64> {
    let entries = be32(source.bytes(body, 8)?, 4).map_or(0, u64::from).min(MOST_EDITS);
    let mut ticks = 0_u64;
    source.records(body + 8, if long { 20 } else { 12 }, entries, |edit| {
        let (lasts, pause) = if long {
            (be64(edit, 0), be64(edit, 8) == Some(u64::MAX))
        } else {
            (be32(edit, 0).map(u64::from), be32(edit, 4) == Some(u32::MAX))
        };
        ticks = ticks.saturating_add(lasts.filter(|_lasts| !pause).unwrap_or(0));
        true
    })?;
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
    let count = count.min(end.min(source.size()).saturating_sub(first) / width.max(4)).min(MOST_SAMPLES);
    let mut ticks = 0_u64;
    source.records(first, super::source::narrow(width), count, |sample| {
        ticks = ticks.saturating_add(be32(sample, 0).map_or(0, u64::from));
        true
    })?;
    Ok(ticks)
}
