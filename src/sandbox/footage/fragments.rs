//! Fragmented MP4 (CMAF): a header, and segments of pictures, of sound, or of both that follow on it.

use super::error::FootageError;
use super::nal;
use super::transport::{Kind, Unit};

/// Ticks in a second of all times here.
const TIMESCALE: u32 = 90_000;
const PICTURES: u32 = 1;
const SOUND: u32 = 2;
/// The index of 22,050 Hz among AAC's rates, and that rate.
const RATE_INDEX: u16 = 7;
const RATE: u32 = 22_050;
/// Bytes of an ADTS header, which a fragment has no use for.
const ADTS: usize = 7;
const SEQUENCE_SET: u8 = 7;
const PICTURE_SET: u8 = 8;
const DELIMITER: u8 = 9;

/// Which tracks a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracks {
    Both,
    Pictures,
    Sound,
}

impl Tracks {
    fn has(self, track: u32) -> bool {
        match self {
            Self::Both => true,
            Self::Pictures => track == PICTURES,
            Self::Sound => track == SOUND,
        }
    }
}

/// The header of a film of this size; `units` holds at least one key frame.
///
/// # Errors
/// When it holds none.
pub fn header(units: &[Unit], (width, height): (u16, u16), tracks: Tracks) -> Result<Vec<u8>, FootageError> {
    let missing = || FootageError::encode("film", "there is no key frame to describe it by");
    let key = units.iter().find(|unit| unit.kind == Kind::Key).ok_or_else(missing)?;
    let set = |kind: u8| {
        nal::units(&key.bytes).into_iter().find(|unit| unit.first().is_some_and(|first| first & 0x1f == kind))
    };
    let (sequence, picture) = (set(SEQUENCE_SET).ok_or_else(missing)?, set(PICTURE_SET).ok_or_else(missing)?);
    let mut moov = vec![movie_header()];
    if tracks.has(PICTURES) {
        let entry = picture_entry(width, height, sequence, picture).ok_or_else(missing)?;
        moov.push(track(PICTURES, b"vide", (width, height), &entry));
    }
    if tracks.has(SOUND) {
        moov.push(track(SOUND, b"soun", (0, 0), &sound_entry()));
    }
    let extends = |track: u32| full(b"trex", 0, 0, &words(&[track, 1, 0, 0, 0]));
    let wanted = [PICTURES, SOUND].into_iter().filter(|track| tracks.has(*track));
    moov.push(plain(b"mvex", &wanted.map(extends).collect::<Vec<_>>().concat()));
    let brands = [&b"iso6"[..], &0_u32.to_be_bytes(), b"iso6cmfc"].concat();
    Ok([plain(b"ftyp", &brands), plain(b"moov", &moov.concat())].concat())
}

/// A segment of these units, in any order.
///
/// # Errors
/// When it is too large.
pub fn segment(mut units: Vec<Unit>, number: u32, tracks: Tracks) -> Result<Vec<u8>, FootageError> {
    units.sort_by_key(|unit| unit.time);
    let too_large = |_| FootageError::encode("film", "a segment is too large");
    let mut data: Vec<u8> = Vec::new();
    let mut runs = Vec::new();
    for track in [PICTURES, SOUND].into_iter().filter(|track| tracks.has(*track)) {
        let is_mine = |unit: &&Unit| (unit.kind == Kind::Sound) == (track == SOUND);
        let mine: Vec<&Unit> = units.iter().filter(is_mine).collect();
        let Some(first) = mine.first() else { continue };
        let begins = data.len();
        let mut samples = Vec::new();
        for (place, unit) in mine.iter().enumerate() {
            let next = mine.get(place + 1).map(|next| next.time);
            let before = place.checked_sub(1).and_then(|before| mine.get(before)).map(|before| before.time);
            // The last one lasts as long as the one before it.
            let lasts = next.map(|next| next - unit.time).or(before.map(|before| unit.time - before)).unwrap_or(1);
            let bytes = sample(unit);
            let flags: u32 = if unit.kind == Kind::Picture { 0x0101_0000 } else { 0x0200_0000 };
            let size = u32::try_from(bytes.len()).map_err(too_large)?;
            samples.extend(words(&[u32::try_from(lasts).unwrap_or(0), size, flags]));
            data.extend(bytes);
        }
        let count = u32::try_from(mine.len()).map_err(too_large)?;
        runs.push((track, first.time, count, u32::try_from(begins).map_err(too_large)?, samples));
    }
    let moof = |before_data: u32| {
        let mut parts = vec![full(b"mfhd", 0, 0, &words(&[number + 1]))];
        for (track, time, count, begins, samples) in &runs {
            // Data counts from this box; each sample says how long it lasts, its bytes and whether it stands alone.
            let run = [words(&[*count, before_data + begins]), samples.clone()].concat();
            let traf = [
                full(b"tfhd", 0, 0x02_0000, &words(&[*track])),
                full(b"tfdt", 1, 0, &time.to_be_bytes()),
                full(b"trun", 0, 0x701, &run),
            ];
            parts.push(plain(b"traf", &traf.concat()));
        }
        plain(b"moof", &parts.concat())
    };
    let length = u32::try_from(moof(0).len()).map_err(too_large)?;
    let brands = [&b"msdh"[..], &0_u32.to_be_bytes(), b"msdhmsix"].concat();
    Ok([plain(b"styp", &brands), moof(length + 8), plain(b"mdat", &data)].concat())
}

/// A unit as an MP4 has it: lengths in place of start codes, and nothing that the header says already.
fn sample(unit: &Unit) -> Vec<u8> {
    if unit.kind == Kind::Sound {
        return unit.bytes.get(ADTS..).unwrap_or_default().to_vec();
    }
    let mut out = Vec::new();
    for part in nal::units(&unit.bytes) {
        let kind = part.first().map_or(0, |first| first & 0x1f);
        if ![SEQUENCE_SET, PICTURE_SET, DELIMITER].contains(&kind) {
            out.extend(u32::try_from(part.len()).unwrap_or(0).to_be_bytes());
            out.extend(part);
        }
    }
    out
}

fn plain(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [&size.to_be_bytes()[..], kind, content].concat()
}

fn full(kind: &[u8; 4], version: u8, flags: u32, content: &[u8]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    plain(kind, &[&head, content].concat())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// What turns and moves nothing.
fn matrix() -> Vec<u8> {
    words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000])
}

fn movie_header() -> Vec<u8> {
    let parts = [words(&[0, 0, TIMESCALE, 0, 0x1_0000, 0x0100_0000, 0, 0]), matrix(), words(&[0; 6]), words(&[3])];
    full(b"mvhd", 0, 0, &parts.concat())
}

fn track(id: u32, kind: &[u8; 4], (width, height): (u16, u16), entry: &[u8]) -> Vec<u8> {
    let volume: u32 = if id == SOUND { 0x0100_0000 } else { 0 };
    let size = words(&[u32::from(width) << 16, u32::from(height) << 16]);
    let header = [words(&[0, 0, id, 0, 0, 0, 0, 0, volume]), matrix(), size].concat();
    let head = if id == SOUND { full(b"smhd", 0, 0, &words(&[0])) } else { full(b"vmhd", 0, 1, &words(&[0, 0])) };
    let here = plain(b"dinf", &full(b"dref", 0, 0, &[words(&[1]), full(b"url ", 0, 1, &[])].concat()));
    let none = words(&[0]);
    let tables = [
        full(b"stsd", 0, 0, &[&words(&[1]), entry].concat()),
        full(b"stts", 0, 0, &none),
        full(b"stsc", 0, 0, &none),
        full(b"stsz", 0, 0, &words(&[0, 0])),
        full(b"stco", 0, 0, &none),
    ];
    let handler = [&words(&[0])[..], kind, &words(&[0; 3]), b"\0"].concat();
    let media = [
        // The language is not said.
        full(b"mdhd", 0, 0, &words(&[0, 0, TIMESCALE, 0, 0x55c4_0000])),
        full(b"hdlr", 0, 0, &handler),
        plain(b"minf", &[head, here, plain(b"stbl", &tables.concat())].concat()),
    ];
    plain(b"trak", &[full(b"tkhd", 0, 3, &header), plain(b"mdia", &media.concat())].concat())
}

fn picture_entry(width: u16, height: u16, sequence: &[u8], picture: &[u8]) -> Option<Vec<u8>> {
    let [_, profile, constraints, level] = *sequence.first_chunk::<4>()?;
    let length = |set: &[u8]| u16::try_from(set.len()).ok().map(u16::to_be_bytes);
    let record = [
        &[1, profile, constraints, level, 0xff, 0xe1][..],
        &length(sequence)?,
        sequence,
        &[1],
        &length(picture)?,
        picture,
    ];
    let mut entry = [0; 78];
    let fields: [(usize, [u8; 2]); 6] = [
        (6, [0, 1]),
        (24, width.to_be_bytes()),
        (26, height.to_be_bytes()),
        (28, [0, 72]),
        (32, [0, 72]),
        (40, [0, 1]),
    ];
    for (at, field) in fields {
        entry.get_mut(at..at + 2)?.copy_from_slice(&field);
    }
    entry.get_mut(74..78)?.copy_from_slice(&[0, 24, 0xff, 0xff]);
    Some(plain(b"avc1", &[&entry[..], &plain(b"avcC", &record.concat())].concat()))
}

fn sound_entry() -> Vec<u8> {
    // AAC-LC, its rate, one channel.
    let specific = (2_u16 << 11 | RATE_INDEX << 7 | 1 << 3).to_be_bytes();
    let decoder = [&[0x40, 0x15, 0, 0, 0][..], &words(&[64_000, 64_000]), &[5, 2], &specific].concat();
    let stream = [&[0, 0, 0, 4, 17][..], &decoder, &[6, 1, 2]].concat();
    let esds = full(b"esds", 0, 0, &[&[3, 25][..], &stream].concat());
    let entry = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &[0; 8], &[0, 1, 0, 16, 0, 0, 0, 0], &words(&[RATE << 16]), &esds];
    plain(b"mp4a", &entry.concat())
}
