//! MPEG transport streams: H.264 pictures and AAC sound out of packets of 188 bytes. Bounded by its input.

use super::units::{Kind, Unit, Unreadable};

/// Bytes of a packet.
const PACKET: usize = 188;
const SYNC: u8 = 0x47;

/// What has been gathered of a unit.
struct Gathering {
    kind: Kind,
    /// When it is seen or heard, and when its decoder must have it.
    times: Option<(u64, u64)>,
    bytes: Vec<u8>,
    /// Bytes its header promised; 0 where it promised none.
    promised: usize,
}

#[derive(Default)]
struct Demuxer {
    map: Option<u16>,
    video: Option<u16>,
    audio: Option<u16>,
    /// There are streams of other kinds.
    has_others: bool,
    open: Vec<(u16, Gathering)>,
    units: Vec<Unit>,
}

/// Every unit of a segment. Damaged packets are passed over.
///
/// # Errors
/// [`Unreadable`] when there is neither picture nor sound in it.
pub fn units(bytes: &[u8]) -> Result<Vec<Unit>, Unreadable> {
    // What stands before the first packet, an ID3 tag for instance, is passed over.
    let is_packet = |at: usize| {
        bytes.get(at) == Some(&SYNC) && bytes.get(at.saturating_add(PACKET)).is_none_or(|next| *next == SYNC)
    };
    let start = (0..bytes.len().min(64 * PACKET)).find(|at| is_packet(*at)).ok_or(Unreadable::NoFilm)?;
    let mut demuxer = Demuxer::default();
    for packet in bytes.get(start..).unwrap_or_default().chunks_exact(PACKET) {
        // A packet that cannot be read says nothing about the next.
        let _ = demuxer.packet(packet);
    }
    for (_, gathering) in std::mem::take(&mut demuxer.open) {
        demuxer.close(gathering);
    }
    match demuxer {
        Demuxer { units, .. } if !units.is_empty() => Ok(units),
        Demuxer { video: None, audio: None, has_others: true, .. } => Err(Unreadable::OtherCodec),
        _ => Err(Unreadable::NoFilm),
    }
}

impl Demuxer {
    fn packet(&mut self, packet: &[u8]) -> Option<()> {
        let [sync, high, low, flags] = *packet.first_chunk::<4>()?;
        // Packets that arrived damaged or are scrambled are no use.
        if sync != SYNC || high & 0x80 != 0 || flags & 0xc0 != 0 {
            return None;
        }
        let pid = u16::from(high & 0x1f) << 8 | u16::from(low);
        let begins = high & 0x40 != 0;
        let mut payload = packet.get(4..)?;
        if flags & 0x20 != 0 {
            let length = usize::from(*payload.first()?);
            payload = payload.get(1 + length..)?;
        }
        if flags & 0x10 == 0 {
            return None;
        }
        if pid == 0 {
            self.map = program_map(section(payload, begins)?).or(self.map);
        } else if Some(pid) == self.map {
            self.streams(section(payload, begins)?);
        } else if let Some(kind) = self.kind_of(pid) {
            self.payload(pid, kind, payload, begins);
        }
        Some(())
    }

    fn kind_of(&self, pid: u16) -> Option<Kind> {
        if Some(pid) == self.video {
            Some(Kind::Picture)
        } else if Some(pid) == self.audio {
            Some(Kind::Sound)
        } else {
            None
        }
    }

    /// The first stream of each kind that the program map names.
    fn streams(&mut self, section: &[u8]) -> Option<()> {
        if section.first() != Some(&2) {
            return None;
        }
        let length = length_12(section.get(1..3)?)?;
        // The checksum at its end describes nothing.
        let body = section.get(3..(3 + length).saturating_sub(4))?;
        let skipped = length_12(body.get(7..9)?)?;
        let mut rest = body.get(9 + skipped..)?;
        while let Some(([kind, high, low, more_high, more_low], after)) = rest.split_first_chunk::<5>() {
            let pid = u16::from(high & 0x1f) << 8 | u16::from(*low);
            match kind {
                0x1b => self.video = self.video.or(Some(pid)),
                0x0f => self.audio = self.audio.or(Some(pid)),
                _ => self.has_others = true,
            }
            rest = after.get(length_12(&[*more_high, *more_low])?..)?;
        }
        Some(())
    }

    fn payload(&mut self, pid: u16, kind: Kind, payload: &[u8], begins: bool) {
        if begins {
            self.finish(pid);
            if let Some(gathering) = begin(kind, payload) {
                self.open.push((pid, gathering));
            }
        } else if let Some((_, gathering)) = self.open.iter_mut().find(|(open, _)| *open == pid) {
            gathering.bytes.extend_from_slice(payload);
        }
        let is_whole = |gathering: &Gathering| gathering.promised > 0 && gathering.bytes.len() >= gathering.promised;
        if self.open.iter().any(|(open, gathering)| *open == pid && is_whole(gathering)) {
            self.finish(pid);
        }
    }

    fn finish(&mut self, pid: u16) {
        if let Some(place) = self.open.iter().position(|(open, _)| *open == pid) {
            let (_, gathering) = self.open.swap_remove(place);
            self.close(gathering);
        }
    }

    fn close(&mut self, mut gathering: Gathering) {
        if gathering.promised > 0 {
            gathering.bytes.truncate(gathering.promised);
        }
        // What has no time of its own comes right after what was before it.
        let before = self.units.iter().rev().find(|unit| unit.kind == gathering.kind);
        let before = before.map(|unit| (unit.time, unit.due));
        let Some((time, due)) = gathering.times.or(before) else { return };
        if !gathering.bytes.is_empty() {
            self.units.push(Unit { kind: gathering.kind, time, due, bytes: gathering.bytes });
        }
    }
}

/// A table that begins in this packet. Tables of one program fit into one.
fn section(payload: &[u8], begins: bool) -> Option<&[u8]> {
    let pointer = usize::from(*payload.first().filter(|_| begins)?);
    payload.get(1 + pointer..)
}

/// The program map's packets, by the first program of the table of programs.
fn program_map(section: &[u8]) -> Option<u16> {
    if section.first() != Some(&0) {
        return None;
    }
    let length = length_12(section.get(1..3)?)?;
    let programs = section.get(8..(3 + length).saturating_sub(4))?;
    programs.chunks_exact(4).find_map(|program| {
        let [number_high, number_low, high, low] = *program.first_chunk::<4>()?;
        (number_high != 0 || number_low != 0).then_some(u16::from(high & 0x1f) << 8 | u16::from(low))
    })
}

fn length_12(bytes: &[u8]) -> Option<usize> {
    let [high, low] = *bytes.first_chunk::<2>()?;
    Some(usize::from(high & 0x0f) << 8 | usize::from(low))
}

/// The header of a unit and its first bytes.
fn begin(kind: Kind, payload: &[u8]) -> Option<Gathering> {
    if payload.get(..3)? != [0, 0, 1] {
        return None;
    }
    let length = usize::from(u16::from_be_bytes(*payload.get(4..)?.first_chunk::<2>()?));
    let flags = *payload.get(7)?;
    let header = usize::from(*payload.get(8)?);
    let bytes = payload.get(9 + header..)?.to_vec();
    let promised = if length == 0 { 0 } else { length.checked_sub(3 + header)? };
    let time = if flags & 0x80 != 0 { payload.get(9..14).and_then(stamp) } else { None };
    let due = if flags & 0xc0 == 0xc0 { payload.get(14..19).and_then(stamp) } else { None };
    Some(Gathering { kind, times: time.map(|time| (time, due.unwrap_or(time))), bytes, promised })
}

/// A time of 33 bits with marks in between.
fn stamp(bytes: &[u8]) -> Option<u64> {
    let [a, b, c, d, e] = (*bytes.first_chunk::<5>()?).map(u64::from);
    Some((a >> 1 & 7) << 30 | b << 22 | c >> 1 << 15 | d << 7 | e >> 1)
}

/// One AAC frame out of an ADTS stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AacFrame<'a> {
    /// Samples a second.
    pub rate: u32,
    pub channels: u8,
    /// The two bytes that tell a decoder what it gets.
    pub config: [u8; 2],
    pub bytes: &'a [u8],
}

/// Every whole AAC frame in a piece of sound; what is no frame ends it.
pub fn aac_frames(mut bytes: &[u8]) -> impl Iterator<Item = AacFrame<'_>> {
    const RATES: [u32; 13] =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    std::iter::from_fn(move || {
        let header = *bytes.first_chunk::<7>()?;
        let [sync, flags, format, channels_and_length, middle, low, _] = header;
        if sync != 0xff || flags & 0xf6 != 0xf0 {
            return None;
        }
        let object = (format >> 6) + 1;
        let rate_index = format >> 2 & 0x0f;
        let channels = (format & 1) << 2 | channels_and_length >> 6;
        let length = usize::from(channels_and_length & 3) << 11 | usize::from(middle) << 3 | usize::from(low >> 5);
        let skipped = if flags & 1 == 0 { 9 } else { 7 };
        let frame = bytes.get(skipped..length)?;
        bytes = bytes.get(length..)?;
        let rate = *RATES.get(usize::from(rate_index))?;
        let config = [object << 3 | rate_index >> 1, (rate_index & 1) << 7 | channels << 3];
        Some(AacFrame { rate, channels, config, bytes: frame })
    })
}

/// The header of an AAC frame of so many bytes; `None` where it is longer than one can say.
#[must_use]
pub fn adts(object: u8, rate_index: u8, channels: u8, bytes: u64) -> Option<[u8; 7]> {
    let length = u16::try_from(bytes.checked_add(7)?).ok().filter(|length| *length < 1 << 13)?;
    let [_, low] = length.to_be_bytes();
    let (high, middle) = (u8::try_from(length >> 11).ok()?, u8::try_from(length >> 3 & 0xff).ok()?);
    let format = object.checked_sub(1)? << 6 | rate_index << 2 | channels >> 2;
    Some([0xff, 0xf1, format, channels << 6 | high, middle, low << 5 | 0x1f, 0xfc])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::units::WRAP;

    /// A packet of this stream; filled up with a field in front where the payload is short.
    fn packet(pid: u16, begins: bool, payload: &[u8]) -> Vec<u8> {
        let [high, low] = pid.to_be_bytes();
        let mut packet = vec![SYNC, if begins { 0x40 | high } else { high }, low];
        let room = PACKET - 4 - payload.len();
        packet.push(if room > 0 { 0x30 } else { 0x10 });
        if room > 0 {
            packet.push(u8::try_from(room - 1).unwrap());
            if room > 1 {
                packet.push(0);
                packet.resize(4 + room, 0xff);
            }
        }
        packet.extend(payload);
        packet
    }

    fn tables() -> Vec<u8> {
        let programs = [0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xf0, 0, 1, 2, 3, 4];
        let map = [
            &[0, 2, 0xb0, 23, 0, 1, 0xc1, 0, 0, 0xe1, 0, 0xf0, 0][..],
            &[0x1b, 0xe1, 0, 0xf0, 0, 0x0f, 0xe1, 1, 0xf0, 0],
            &[1, 2, 3, 4],
        ];
        [packet(0, true, &programs), packet(0x1000, true, &map.concat())].concat()
    }

    fn header(stream: u8, length: u16, time: u64) -> Vec<u8> {
        let part = |shift: u32, mask: u64| u8::try_from(time >> shift & mask).unwrap();
        let mut header = vec![0, 0, 1, stream];
        header.extend(length.to_be_bytes());
        header.extend([0x80, 0x80, 5]);
        header.extend([
            0x21 | part(30, 7) << 1,
            part(22, 0xff),
            part(15, 0x7f) << 1 | 1,
            part(7, 0xff),
            part(0, 0x7f) << 1 | 1,
        ]);
        header
    }

    fn film() -> Vec<u8> {
        let mut bytes = tables();
        bytes.extend(packet(0x100, true, &[header(0xe0, 0, 93_000), vec![7; 100]].concat()));
        bytes.extend(packet(0x100, false, &[8; 184]));
        bytes.extend(packet(0x101, true, &[header(0xc0, 8 + 20, 90_000), vec![9; 20]].concat()));
        bytes.extend(packet(0x100, true, &[header(0xe0, 0, WRAP - 1), vec![6; 10]].concat()));
        bytes
    }

    fn told(bytes: &[u8]) -> String {
        match crate::media::units::units(None, bytes) {
            Ok(units) => {
                let unit = |unit: &Unit| format!("{:?} {} {}", unit.kind, unit.time, unit.bytes.len());
                units.iter().map(unit).collect::<Vec<_>>().join("; ")
            }
            Err(Unreadable::NoFilm) => "none".to_owned(),
            Err(Unreadable::OtherCodec) => "other".to_owned(),
        }
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(told(bytes), expected);
    }

    #[test]
    fn units_come_out_whole_and_in_the_order_of_their_times() {
        let film = film();
        // Just before times begin anew, and so before the others.
        let last = format!("Picture {} 10", WRAP - 1);
        check(&film, &format!("{last}; Sound 90000 20; Picture 93000 284"));
        check(
            &[b"ID3 and more".to_vec(), film.clone()].concat(),
            &format!("{last}; Sound 90000 20; Picture 93000 284"),
        );
        // Cut off in the middle of a packet.
        check(&film[..film.len() - 1], "Sound 90000 20; Picture 93000 284");
        check(&film[2 * PACKET..], "none");
        check(b"", "none");
        check(&[SYNC; 2 * PACKET], "none");
        check(b"<html>not found</html>", "none");
    }

    #[test]
    fn pictures_built_from_later_ones_come_in_the_order_of_their_decoding() {
        // Seen as 1, 3, 2: the third is needed for the second.
        let picture = |time: u64, due: u64| {
            let mut head = header(0xe0, 0, time);
            head[7] = 0xc0;
            head[8] = 10;
            head.extend(&header(0xe0, 0, due)[9..14]);
            packet(0x100, true, &[head, vec![7; 10]].concat())
        };
        let film = [tables(), picture(90_000, 82_800), picture(97_200, 86_400), picture(93_600, 90_000)].concat();
        check(&film, "Picture 90000 10; Picture 97200 10; Picture 93600 10");
    }

    #[test]
    fn damage_anywhere_is_survived() {
        let film = film();
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..5_000 {
            let mut damaged = film.clone();
            for _ in 0..random.usize(1..12) {
                let at = random.usize(..damaged.len());
                damaged[at] = random.u8(..);
            }
            damaged.truncate(random.usize(..=damaged.len()));
            let bytes: usize = units(&damaged).unwrap_or_default().iter().map(|unit| unit.bytes.len()).sum();
            assert!(bytes <= damaged.len(), "more came out than went in");
            assert!(aac_frames(&damaged).count() <= damaged.len());
        }
    }

    #[test]
    fn frames_of_sound_are_told_apart() {
        // 22,050 samples a second, one channel, 7 bytes of header and 5 of sound.
        let frame = [0xff, 0xf1, 0x5c, 0x40, 0x01, 0x9f, 0xfc, 1, 2, 3, 4, 5];
        let two = [frame, frame].concat();
        let found: Vec<_> = aac_frames(&two).collect();
        let expected = AacFrame { rate: 22_050, channels: 1, config: [0x13, 0x88], bytes: &[1, 2, 3, 4, 5] };
        assert_eq!(found, [expected, expected]);
        assert_eq!(aac_frames(&two[..23]).count(), 1, "a frame that is cut off is none");
        assert_eq!(aac_frames(&[0xff, 0xf1, 0x5c, 0x40, 0x00, 0x1f, 0xfc]).count(), 0, "shorter than its own header");
        assert_eq!(aac_frames(b"no sound at all").count(), 0);
    }

    #[test]
    fn a_header_of_sound_is_read_as_it_was_written() {
        let bytes = [&adts(2, 7, 2, 5).unwrap()[..], &[1, 2, 3, 4, 5]].concat();
        let frame = aac_frames(&bytes).next().unwrap();
        assert_eq!((frame.rate, frame.channels, frame.bytes), (22_050, 2, &[1, 2, 3, 4, 5][..]));
        assert_eq!(adts(2, 7, 2, 9_000), None, "longer than a header can say");
    }
}
