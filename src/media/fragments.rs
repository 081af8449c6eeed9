//! Fragments of MP4 (ISO/IEC 14496-12, CMAF): H.264 pictures and AAC sound out of a header and what follows it.
//!
//! Reads from memory and trusts no number in it: what comes out is bounded by what went in.

use super::frames::parameter_sets;
use super::source::{be16, be32, be64, wide};
use super::transport_stream::adts;
use super::units::{Kind, TICKS, Unit, Unreadable, WRAP};

/// Samples one fragment may list: an hour of sound has 170,000.
const MOST_SAMPLES: u32 = 200_000;

/// Whether these bytes begin as an MP4 or a fragment of one.
#[must_use]
pub fn begins(bytes: &[u8]) -> bool {
    let kind = bytes.get(4..8).unwrap_or_default();
    [&b"ftyp"[..], b"styp", b"moof", b"moov", b"sidx", b"emsg", b"prft"].contains(&kind)
}

/// Every unit of a segment that follows on this header.
///
/// # Errors
/// [`Unreadable`] when there is neither picture nor sound in it.
pub fn units(header: &[u8], segment: &[u8]) -> Result<Vec<Unit>, Unreadable> {
    let tracks = tracks(header).ok_or(Unreadable::NoFilm)?;
    if tracks.is_empty() {
        return Err(Unreadable::OtherCodec);
    }
    let mut out = Out { units: Vec::new(), room: segment.len().saturating_mul(2).saturating_add(header.len()) };
    for (moof, at) in boxes(segment, 0).filter(|(found, _)| found.kind == *b"moof") {
        for (traf, _) in boxes(moof.body, 0).filter(|(found, _)| found.kind == *b"traf") {
            // A fragment that cannot be read says nothing about the next.
            let _ = fragment(&tracks, segment, at, traf.body, &mut out);
        }
    }
    if out.units.is_empty() { Err(Unreadable::NoFilm) } else { Ok(out.units) }
}

/// What came out, and the bytes that may still: samples that claim the same bytes again and again end there.
struct Out {
    units: Vec<Unit>,
    room: usize,
}

/// A box and its content.
#[derive(Clone, Copy)]
struct Found<'a> {
    kind: [u8; 4],
    body: &'a [u8],
}

/// The whole boxes of a stretch, each with the place at which it begins; what is cut off is left out.
fn boxes(bytes: &[u8], from: usize) -> impl Iterator<Item = (Found<'_>, usize)> {
    let mut at = from;
    std::iter::from_fn(move || {
        let rest = bytes.get(at..)?;
        let kind = *rest.get(4..8)?.first_chunk::<4>()?;
        let (head, size) = match be32(rest, 0)? {
            0 => (8, rest.len()),
            1 => (16, usize::try_from(be64(rest, 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let body = rest.get(head..size)?;
        let begins = at;
        at = at.checked_add(size)?;
        Some((Found { kind, body }, begins))
    })
}

/// The content of the first box on this path.
fn inner<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, kind| {
        boxes(bytes, 0).find(|(found, _)| found.kind == **kind).map(|(found, _)| found.body)
    })
}

/// How a track is decoded.
enum Codec {
    /// Parameter sets behind start codes, and the bytes of a length before each unit.
    Avc { parameters: Vec<u8>, length_width: usize },
    /// What an ADTS header says of it: its object type, the number of its rate and its channels.
    Aac { object: u8, rate_index: u8, channels: u8 },
}

struct Track {
    id: u32,
    codec: Codec,
    timescale: u64,
    /// Ticks of its own that its film begins later in it than at 0.
    begins: i64,
    /// Duration, size and flags of samples that do not say their own.
    defaults: [u32; 3],
}

/// The tracks that can be decoded; `None` where there is no header at all.
fn tracks(header: &[u8]) -> Option<Vec<Track>> {
    let moov = inner(header, &[b"moov"])?;
    let mvex = inner(moov, &[b"mvex"]).unwrap_or_default();
    let traks = boxes(moov, 0).filter(|(found, _)| found.kind == *b"trak");
    Some(traks.filter_map(|(trak, _)| track(trak.body, mvex)).collect())
}

fn track(trak: &[u8], mvex: &[u8]) -> Option<Track> {
    let tkhd = inner(trak, &[b"tkhd"])?;
    let id = be32(tkhd, if tkhd.first() == Some(&1) { 20 } else { 12 })?;
    let mdhd = inner(trak, &[b"mdia", b"mdhd"])?;
    let timescale = be32(mdhd, if mdhd.first() == Some(&1) { 20 } else { 12 }).filter(|scale| *scale > 0)?;
    let stsd = inner(trak, &[b"mdia", b"minf", b"stbl", b"stsd"])?.get(8..)?;
    let codec = boxes(stsd, 0).find_map(|(entry, _)| codec(&entry))?;
    let defaults = boxes(mvex, 0)
        .filter(|(found, _)| found.kind == *b"trex" && be32(found.body, 4) == Some(id))
        .find_map(|(trex, _)| Some([be32(trex.body, 12)?, be32(trex.body, 16)?, be32(trex.body, 20)?]));
    let begins = inner(trak, &[b"edts", b"elst"]).and_then(edit).unwrap_or(0);
    Some(Track { id, codec, timescale: timescale.into(), begins, defaults: defaults.unwrap_or_default() })
}

/// Where in its samples a track begins: the first stretch of its edit list that is not empty.
fn edit(elst: &[u8]) -> Option<i64> {
    let is_long = elst.first() == Some(&1);
    let width = if is_long { 20 } else { 12 };
    elst.get(8..)?.chunks_exact(width).find_map(|entry| {
        let begins = if is_long { be64(entry, 8)?.cast_signed() } else { be32(entry, 4)?.cast_signed().into() };
        (begins >= 0).then_some(begins)
    })
}

fn codec(entry: &Found<'_>) -> Option<Codec> {
    match &entry.kind {
        b"avc1" | b"avc3" => {
            let (parameters, length_width) = parameter_sets(inner(entry.body.get(78..)?, &[b"avcC"])?)?;
            Some(Codec::Avc { parameters, length_width })
        }
        b"mp4a" => {
            let esds = inner(entry.body.get(28..)?, &[b"esds"])?;
            let specific = decoder_specific(esds.get(4..)?)?;
            let bits = be16(specific, 0)?;
            let (object, rate_index, channels) = (bits >> 11, bits >> 7 & 0x0f, bits >> 3 & 0x0f);
            // Sound that is made finer out of a coarser one has that one's rate in front: it is played without.
            let object = if matches!(object, 5 | 29) { 2 } else { u8::try_from(object).ok()? };
            // An ADTS header has room for the four oldest kinds, for known rates and up to 7.1 channels.
            ((1..=4).contains(&object) && rate_index < 13 && (1..=7).contains(&channels)).then_some(Codec::Aac {
                object,
                rate_index: u8::try_from(rate_index).ok()?,
                channels: u8::try_from(channels).ok()?,
            })
        }
        _ => None,
    }
}

/// What a decoder of AAC must know, out of a tree of descriptors.
fn decoder_specific(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        let (tag, rest) = bytes.split_first()?;
        let (mut length, mut rest) = (0_usize, rest);
        // A length is up to four bytes, of which each but the last has its highest bit set.
        for _ in 0..4 {
            let (byte, after) = rest.split_first()?;
            rest = after;
            length = length << 7 | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
        bytes = match tag {
            // An elementary stream: its number, and up to three things it may say of itself.
            3 => {
                let flags = *rest.get(2)?;
                let mut skipped = 3;
                skipped += if flags & 0x80 != 0 { 2 } else { 0 };
                skipped += if flags & 0x40 != 0 { usize::from(*rest.get(skipped)?) + 1 } else { 0 };
                skipped += if flags & 0x20 != 0 { 2 } else { 0 };
                rest.get(skipped..)?
            }
            // How it is coded: thirteen bytes of rates, then what is sought.
            4 => rest.get(13..)?,
            5 => return rest.get(..length),
            _ => rest.get(length..)?,
        };
    }
}

/// The samples of one track in one fragment. `at` is where the fragment begins in the segment.
fn fragment(tracks: &[Track], segment: &[u8], at: usize, traf: &[u8], out: &mut Out) -> Option<()> {
    let tfhd = inner(traf, &[b"tfhd"])?;
    let flags = be32(tfhd, 0)? & 0x00ff_ffff;
    let id = be32(tfhd, 4)?;
    let track = tracks.iter().find(|track| track.id == id)?;
    let mut fields = Fields { bytes: tfhd, at: 8 };
    let base = if flags & 1 != 0 { usize::try_from(fields.long()?).ok()? } else { at };
    if flags & 2 != 0 {
        fields.word()?;
    }
    let [mut duration, mut size, mut sample_flags] = track.defaults;
    for (bit, field) in [(8, &mut duration), (0x10, &mut size), (0x20, &mut sample_flags)] {
        if flags & bit != 0 {
            *field = fields.word()?;
        }
    }
    let tfdt = inner(traf, &[b"tfdt"])?;
    let mut time = if tfdt.first() == Some(&1) { be64(tfdt, 4)? } else { be32(tfdt, 4)?.into() };
    let mut place = base;
    for (trun, _) in boxes(traf, 0).filter(|(found, _)| found.kind == *b"trun") {
        let flags = be32(trun.body, 0)?;
        let count = be32(trun.body, 4)?.min(MOST_SAMPLES);
        let mut fields = Fields { bytes: trun.body, at: 8 };
        if flags & 1 != 0 {
            let offset = isize::try_from(fields.word()?.cast_signed()).ok()?;
            place = base.checked_add_signed(offset)?;
        }
        let mut first_flags = if flags & 4 != 0 { Some(fields.word()?) } else { None };
        for _ in 0..count {
            let duration = if flags & 0x100 != 0 { fields.word()? } else { duration };
            let size = if flags & 0x200 != 0 { fields.word()? } else { size };
            let own = if flags & 0x400 != 0 { fields.word()? } else { sample_flags };
            let later = if flags & 0x800 != 0 { i64::from(fields.word()?.cast_signed()) } else { 0 };
            let is_key = first_flags.take().unwrap_or(own) & 0x0001_0000 == 0;
            let end = place.checked_add(usize::try_from(size).ok()?)?;
            let sample = segment.get(place..end).filter(|sample| !sample.is_empty());
            if let Some(bytes) = sample.and_then(|sample| track.codec.unwrapped(sample, is_key)) {
                out.room = out.room.checked_sub(bytes.len())?;
                out.units.push(Unit {
                    kind: track.codec.kind(),
                    time: track.ticks(time, later.saturating_sub(track.begins)),
                    due: track.ticks(time, track.begins.saturating_neg()),
                    bytes,
                });
            }
            place = end;
            time = time.saturating_add(duration.into());
        }
    }
    Some(())
}

/// Numbers one after the other.
struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Fields<'_> {
    fn word(&mut self) -> Option<u32> {
        let word = be32(self.bytes, self.at)?;
        self.at += 4;
        Some(word)
    }

    fn long(&mut self) -> Option<u64> {
        let long = be64(self.bytes, self.at)?;
        self.at += 8;
        Some(long)
    }
}

impl Track {
    /// A time of its own, moved by some of its own ticks, in ticks of live films.
    fn ticks(&self, time: u64, moved: i64) -> u64 {
        let own = i128::from(time) + i128::from(moved);
        let ticks = own * i128::from(TICKS) / i128::from(self.timescale.max(1));
        u64::try_from(ticks.rem_euclid(i128::from(WRAP))).unwrap_or(0)
    }
}

impl Codec {
    fn kind(&self) -> Kind {
        match self {
            Self::Avc { .. } => Kind::Picture,
            Self::Aac { .. } => Kind::Sound,
        }
    }

    /// A sample in the form in which live films have it.
    fn unwrapped(&self, sample: &[u8], is_key: bool) -> Option<Vec<u8>> {
        match self {
            Self::Avc { parameters, length_width } => {
                let mut stream = if is_key { parameters.clone() } else { Vec::new() };
                let mut rest = sample;
                while let Some((length, after)) = rest.split_at_checked(*length_width) {
                    let length = length.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
                    let Some((unit, after)) = after.split_at_checked(length) else { break };
                    stream.extend([0, 0, 0, 1]);
                    stream.extend(unit);
                    rest = after;
                }
                Some(stream)
            }
            Self::Aac { object, rate_index, channels } => {
                let mut frame = adts(*object, *rate_index, *channels, wide(sample.len()))?.to_vec();
                frame.extend(sample);
                Some(frame)
            }
        }
    }
}
