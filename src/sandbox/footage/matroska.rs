//! The WebM a film is written to: VP8 pictures, with how opaque they are where that is known, and Opus sound.
//!
//! Owns the container. Knows nothing of what is seen or heard.

use std::io::Write;

use super::opus::{self, Track};

/// Milliseconds of a cluster: the times in it are counted in 16 bits.
const CLUSTER: u64 = 10_000;
const PICTURES: u8 = 1;
const SOUND: u8 = 2;

/// A frame and when it is shown.
pub struct Picture<'a> {
    pub milliseconds: u64,
    /// Whether a player may begin here.
    pub is_key: bool,
    pub frame: &'a [u8],
    /// How opaque each pixel is: a frame of grey, of the same kind.
    pub opacity: Option<&'a [u8]>,
}

/// What is said of a film before its first picture.
pub struct Film {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    pub milliseconds: u64,
    pub has_opacity: bool,
}

/// Writes the film: an index, so that players find their way, then all pictures and sounds in the order of their times.
pub fn write(film: &Film, pictures: &[Picture<'_>], sound: &Track, file: &mut impl Write) -> std::io::Result<()> {
    let clusters = clusters(pictures, sound);
    let info = info(film.milliseconds);
    let tracks = tracks(film);
    // Every entry is as long as any other, so that the index's own length is known before what it says.
    let index = |start: u64| {
        let mut at = start;
        let mut points = Vec::new();
        for cluster in &clusters {
            points.extend(point(cluster.milliseconds, at));
            at += length(&cluster.bytes);
        }
        (element(&[0x1c, 0x53, 0xbb, 0x6b], &points), at)
    };
    let begins = length(&info) + length(&tracks);
    let (first, _) = index(0);
    let (index, end) = index(begins + length(&first));
    file.write_all(&header())?;
    file.write_all(&[0x18, 0x53, 0x80, 0x67])?;
    file.write_all(&long(end))?;
    for part in [&info, &tracks, &index] {
        file.write_all(part)?;
    }
    clusters.iter().try_for_each(|cluster| file.write_all(&cluster.bytes))
}

/// Pictures and sounds of a few seconds.
struct Cluster {
    milliseconds: u64,
    bytes: Vec<u8>,
}

fn clusters(pictures: &[Picture<'_>], sound: &Track) -> Vec<Cluster> {
    let mut clusters = Vec::new();
    let last = sound.packets.len().saturating_sub(1);
    let mut packets = sound.packets.iter().enumerate().map(|(place, packet)| {
        let at = u64::try_from(place).unwrap_or(u64::MAX).saturating_mul(opus::PACKET);
        (at, packet, if place == last { sound.spare } else { 0 })
    });
    let mut next = packets.next();
    let mut rest = pictures;
    while let Some(first) = rest.first() {
        // A new one wherever a player may begin, and before its times are full.
        let is_next = |picture: &Picture<'_>| picture.is_key || picture.milliseconds >= first.milliseconds + CLUSTER;
        let count = rest.iter().skip(1).position(is_next).map_or(rest.len(), |place| place + 1);
        let (now, later) = rest.split_at(count);
        let start = first.milliseconds;
        let mut content = number(&[0xe7], start);
        let mut hear = |until: u64, content: &mut Vec<u8>| {
            while let Some((at, packet, spare)) = next.filter(|(at, ..)| *at < until) {
                content.extend(heard(at.saturating_sub(start), packet, spare));
                next = packets.next();
            }
        };
        for picture in now {
            hear(picture.milliseconds, &mut content);
            content.extend(shown(picture, start));
        }
        hear(later.first().map_or(u64::MAX, |picture| picture.milliseconds), &mut content);
        clusters.push(Cluster { milliseconds: start, bytes: element(&[0x1f, 0x43, 0xb6, 0x75], &content) });
        rest = later;
    }
    clusters
}

/// A picture within the cluster that begins at `start`.
fn shown(picture: &Picture<'_>, start: u64) -> Vec<u8> {
    let at = picture.milliseconds.saturating_sub(start);
    let Some(opacity) = picture.opacity else {
        return element(&[0xa3], &block(PICTURES, at, if picture.is_key { 0x80 } else { 0 }, picture.frame));
    };
    let mut group = element(&[0xa1], &block(PICTURES, at, 0, picture.frame));
    let more = [number(&[0xee], 1), element(&[0xa5], opacity)].concat();
    group.extend(element(&[0x75, 0xa1], &element(&[0xa6], &more)));
    if !picture.is_key {
        // It needs another one. Which, the frames themselves say: any time before its own will do.
        group.extend(element(&[0xfb], &[0xff]));
    }
    element(&[0xa0], &group)
}

/// A packet of sound, of which so many samples at its end are not heard.
fn heard(at: u64, packet: &[u8], spare: u64) -> Vec<u8> {
    if spare == 0 {
        return element(&[0xa3], &block(SOUND, at, 0x80, packet));
    }
    let nanoseconds = spare.saturating_mul(1_000_000_000) / u64::from(opus::RATE);
    let group = [element(&[0xa1], &block(SOUND, at, 0, packet)), number(&[0x75, 0xa2], nanoseconds)];
    element(&[0xa0], &group.concat())
}

fn block(track: u8, at: u64, flags: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = i16::try_from(at).unwrap_or(i16::MAX).to_be_bytes();
    [&[0x80 | track, high, low, flags], content].concat()
}

/// Where the cluster of a moment is, counted from the beginning of the segment.
fn point(milliseconds: u64, at: u64) -> Vec<u8> {
    let place = [number(&[0xf7], PICTURES.into()), number(&[0xf1], at)].concat();
    element(&[0xbb], &[number(&[0xb3], milliseconds), element(&[0xb7], &place)].concat())
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(0)
}

/// A length in eight bytes.
fn long(length: u64) -> [u8; 8] {
    (length | 0x0100_0000_0000_0000).to_be_bytes()
}

/// An element: id, length, content.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = id.to_vec();
    // Blocks are many and small, so that their lengths are written as briefly as may be; 127 alone would mean unknown.
    match u8::try_from(content.len()) {
        Ok(length) if length < 0x7f => out.push(0x80 | length),
        _ => out.extend(long(length(content))),
    }
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

fn tracks(film: &Film) -> Vec<u8> {
    let mut picture = [number(&[0xb0], film.width.into()), number(&[0xba], film.height.into())].concat();
    let mut video = [
        number(&[0xd7], PICTURES.into()),
        number(&[0x73, 0xc5], PICTURES.into()),
        number(&[0x83], 1),
        element(&[0x86], b"V_VP8"),
    ]
    .concat();
    if film.has_opacity {
        picture.extend(number(&[0x53, 0xc0], 1));
        video.extend(number(&[0x55, 0xee], 1));
    }
    video.extend(element(&[0xe0], &picture));
    let nanoseconds = |samples: u64| samples * 1_000_000_000 / u64::from(opus::RATE);
    let hearing = [element(&[0xb5], &f64::from(opus::RATE).to_be_bytes()), number(&[0x9f], 1)].concat();
    let audio = [
        number(&[0xd7], SOUND.into()),
        number(&[0x73, 0xc5], SOUND.into()),
        number(&[0x83], 2),
        element(&[0x86], b"A_OPUS"),
        element(&[0x63, 0xa2], &opus::head()),
        number(&[0x56, 0xaa], nanoseconds(opus::BEHIND.into())),
        // A player that jumps decodes so much before it: 80 ms.
        number(&[0x56, 0xbb], 80_000_000),
        element(&[0xe1], &hearing),
    ]
    .concat();
    element(&[0x16, 0x54, 0xae, 0x6b], &[element(&[0xae], &video), element(&[0xae], &audio)].concat())
}
