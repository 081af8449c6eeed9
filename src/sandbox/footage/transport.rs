//! MPEG transport stream: pictures and sound in packets of 188 bytes, as HLS plays them.
//!
//! Every segment stands alone: its packet counters begin at 0 and end at 15, so that segments that
//! were made in any order follow on each other without a gap.

/// Bytes of a packet behind its header.
const ROOM: usize = 184;
const PROGRAM: u16 = 0x1000;
const VIDEO: u16 = 0x100;
const AUDIO: u16 = 0x101;
/// Packets after which a counter begins anew.
const ROUND: usize = 16;
/// Ticks before a picture's time at which its clock reference stands.
const AHEAD: u64 = 9_000;

/// A picture or a piece of sound with its time in ticks of a 90,000th of a second.
#[derive(Clone, Debug)]
pub struct Unit {
    pub time: u64,
    pub kind: Kind,
    /// Annex B or ADTS.
    pub bytes: Vec<u8>,
}

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Key,
    Picture,
    Sound,
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    /// Packets so far: tables, program map, picture, sound.
    counts: [usize; 4],
}

/// A segment of these units, in any order.
#[must_use]
pub fn segment(mut units: Vec<Unit>) -> Vec<u8> {
    units.sort_by_key(|unit| unit.time);
    let mut writer = Writer::default();
    let last = |sound: bool| units.iter().rposition(|unit| (unit.kind == Kind::Sound) == sound);
    let lasts = [last(false), last(true)];
    for (place, unit) in units.iter().enumerate() {
        // Tables come often, so that a player can begin anywhere, and a round of them in all.
        if place < ROUND {
            writer.tables();
        }
        writer.unit(unit, lasts.contains(&Some(place)));
    }
    for _ in units.len()..ROUND {
        writer.tables();
    }
    writer.out
}

impl Writer {
    fn tables(&mut self) {
        // Program 1 is described at PROGRAM.
        let [high, low] = PROGRAM.to_be_bytes();
        self.table(0, 0, &[0x00, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | high, low]);
        let ([video_high, video_low], [audio_high, audio_low]) = (VIDEO.to_be_bytes(), AUDIO.to_be_bytes());
        let map = [
            &[0x02, 0xb0, 23, 0, 1, 0xc1, 0, 0, 0xe0 | video_high, video_low, 0xf0, 0][..],
            // H.264, then AAC with ADTS headers.
            &[0x1b, 0xe0 | video_high, video_low, 0xf0, 0],
            &[0x0f, 0xe0 | audio_high, audio_low, 0xf0, 0],
        ];
        self.table(PROGRAM, 1, &map.concat());
    }

    fn table(&mut self, pid: u16, counter: usize, section: &[u8]) {
        let mut payload = vec![0];
        payload.extend(section);
        payload.extend(checksum(section).to_be_bytes());
        payload.resize(ROOM, 0xff);
        self.packet(pid, counter, true, &[], &payload);
    }

    fn unit(&mut self, unit: &Unit, is_last: bool) {
        let (pid, counter, stream) = if unit.kind == Kind::Sound { (AUDIO, 3, 0xc0) } else { (VIDEO, 2, 0xe0) };
        let mut payload = vec![0, 0, 1, stream];
        // Pictures may leave their length open.
        let length = if unit.kind == Kind::Sound { u16::try_from(unit.bytes.len() + 8).unwrap_or(0) } else { 0 };
        payload.extend(length.to_be_bytes());
        payload.extend([0x80, 0x80, 5]);
        payload.extend(stamp(unit.time));
        if unit.kind != Kind::Sound {
            payload.extend([0, 0, 0, 1, 0x09, 0xf0]);
        }
        payload.extend(&unit.bytes);
        let mut field = Vec::new();
        if unit.kind != Kind::Sound {
            field.push(if unit.kind == Kind::Key { 0x50 } else { 0x10 });
            field.extend(reference(unit.time.saturating_sub(AHEAD)));
        }
        let first_room = ROOM - if field.is_empty() { 0 } else { field.len() + 1 };
        let mut packets = 1 + payload.len().saturating_sub(first_room).div_ceil(ROOM);
        if is_last {
            let sent = self.counts.get(counter).copied().unwrap_or_default();
            packets = (sent + packets).next_multiple_of(ROUND) - sent;
        }
        let mut rest = payload.as_slice();
        for place in 0..packets {
            let field: &[u8] = if place == 0 { &field } else { &[] };
            let room = ROOM - if field.is_empty() { 0 } else { field.len() + 1 };
            // At least one byte is left for each packet that follows.
            let (now, later) = rest.split_at(room.min(rest.len().saturating_sub(packets - place - 1)));
            self.packet(pid, counter, place == 0, field, now);
            rest = later;
        }
    }

    fn packet(&mut self, pid: u16, counter: usize, is_start: bool, field: &[u8], payload: &[u8]) {
        let [high, low] = pid.to_be_bytes();
        let count = self.counts.get(counter).copied().unwrap_or_default();
        if let Some(next) = self.counts.get_mut(counter) {
            *next = count + 1;
        }
        let number = u8::try_from(count % ROUND).unwrap_or(0);
        let has_field = !field.is_empty() || payload.len() < ROOM;
        self.out.extend([0x47, if is_start { 0x40 | high } else { high }, low]);
        self.out.push(if has_field { 0x30 } else { 0x10 } | number);
        if has_field {
            let length = ROOM - payload.len() - 1;
            self.out.push(u8::try_from(length).unwrap_or(0));
            if length > 0 {
                let mut padded = if field.is_empty() { vec![0] } else { field.to_vec() };
                padded.resize(length, 0xff);
                self.out.extend(padded);
            }
        }
        self.out.extend(payload);
    }
}

/// A time as a PES header has it: 33 bits with marks in between.
fn stamp(time: u64) -> [u8; 5] {
    let part = |shift: u32, mask: u64| u8::try_from(time >> shift & mask).unwrap_or(0);
    [0x21 | part(30, 7) << 1, part(22, 0xff), part(15, 0x7f) << 1 | 1, part(7, 0xff), part(0, 0x7f) << 1 | 1]
}

/// A clock reference: 33 bits, then six that are set and nine of a finer clock that stands at 0.
fn reference(time: u64) -> [u8; 6] {
    let part = |shift: u32| u8::try_from(time >> shift & 0xff).unwrap_or(0);
    [part(25), part(17), part(9), part(1), (u8::from(time & 1 == 1)) << 7 | 0x7e, 0]
}

/// CRC-32 as transport streams use it: not reflected, and not inverted at the end.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8)
            .fold(sum ^ u32::from(*byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(time: u64, kind: Kind, length: usize) -> Unit {
        Unit { time, kind, bytes: vec![7; length] }
    }

    #[test]
    fn packets_are_whole_and_their_counters_come_round() {
        let mut units = vec![unit(9_000, Kind::Key, 30_000), unit(9_000, Kind::Sound, 300)];
        units.extend((1..9).map(|place| unit(9_000 + place * 3_600, Kind::Picture, 31)));
        let stream = segment(units);
        assert_eq!(stream.len() % 188, 0);
        let mut next = std::collections::HashMap::new();
        for packet in stream.chunks(188) {
            assert_eq!(packet[0], 0x47);
            let pid = u16::from_be_bytes([packet[1] & 0x1f, packet[2]]);
            let expected = next.entry(pid).or_insert(0);
            assert_eq!(packet[3] & 0x0f, *expected, "{pid:x}");
            *expected = (*expected + 1) % 16;
        }
        assert_eq!(next.len(), 4);
        assert!(next.values().all(|next| *next == 0), "{next:?}");
    }

    #[test]
    fn the_checksum_is_that_of_a_well_known_table() {
        // The program association table that ffmpeg writes.
        let table = [0x00, 0xb0, 0x0d, 0x00, 0x01, 0xc1, 0x00, 0x00, 0x00, 0x01, 0xf0, 0x00];
        assert_eq!(checksum(&table), 0x2ab1_04b2);
    }
}
