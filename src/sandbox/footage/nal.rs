//! The few bits of H.264 that let one encoded frame be shown many times.
//!
//! A predicted frame says in its slice header how many frames after the last key frame it stands (`frame_num`). To
//! repeat a frame, that number has to go on; everything after it may stay as it is. Knows H.264 (ISO/IEC 14496-10) as
//! openh264 writes it: `frame_num` of 15 bits, `pic_order_cnt_type` 2, so that no other number counts frames.

/// openh264 writes `log2_max_frame_num_minus4` = 11.
const FRAME_NUM_BITS: usize = 15;
/// A coded slice of a picture that is no key frame.
const SLICE_OF_NON_KEY_PICTURE: u8 = 1;

/// A predicted frame in Annex B form, renumbered; `None` when it is no such frame.
pub fn renumbered(access_unit: &[u8], frame_num: u16) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(access_unit.len() + 4);
    let mut slices = 0;
    for unit in units(access_unit) {
        out.extend_from_slice(&[0, 0, 0, 1]);
        if unit.first()? & 0x1f == SLICE_OF_NON_KEY_PICTURE {
            slices += 1;
            let mut bits = unescaped(unit);
            set_frame_num(&mut bits, frame_num)?;
            out.extend(escaped(&bits));
        } else {
            out.extend_from_slice(unit);
        }
    }
    (slices == 1).then_some(out)
}

/// The NAL units of an Annex B stream, without their start codes.
pub fn units(stream: &[u8]) -> Vec<&[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(window) = stream.get(at..at + 3) {
        if window == [0, 0, 1] {
            starts.push(at);
            at += 3;
        } else {
            at += 1;
        }
    }
    let ends = starts.iter().skip(1).copied().chain([stream.len()]);
    starts
        .iter()
        .zip(ends)
        .filter_map(|(start, end)| {
            let mut unit = stream.get(start + 3..end)?;
            while let Some((0, shorter)) = unit.split_last() {
                unit = shorter;
            }
            (!unit.is_empty()).then_some(unit)
        })
        .collect()
}

fn set_frame_num(bits: &mut [u8], frame_num: u16) -> Option<()> {
    let mut position = 8;
    for _field in ["first_mb_in_slice", "slice_type", "pic_parameter_set_id"] {
        let mut zeros = 0;
        while !bit(bits, position)? {
            zeros += 1;
            position += 1;
        }
        position += 1 + zeros;
    }
    for (index, at) in (position..position + FRAME_NUM_BITS).enumerate() {
        let one = frame_num >> (FRAME_NUM_BITS - 1 - index) & 1 == 1;
        let mask = 0x80_u8 >> (at % 8);
        let byte = bits.get_mut(at / 8)?;
        *byte = if one { *byte | mask } else { *byte & !mask };
    }
    Some(())
}

fn bit(bits: &[u8], at: usize) -> Option<bool> {
    bits.get(at / 8).map(|byte| byte & (0x80 >> (at % 8)) != 0)
}

/// Without the bytes that keep start codes out of the data.
fn unescaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

fn escaped(unit: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(unit.len() + 4);
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_escape(raw: &[u8], wire: &[u8]) {
        assert_eq!(escaped(raw), wire);
        assert_eq!(unescaped(wire), raw);
    }

    #[test]
    fn start_codes_inside_the_data_are_kept_apart() {
        check_escape(&[1, 2, 3], &[1, 2, 3]);
        check_escape(&[1, 0, 0, 1], &[1, 0, 0, 3, 1]);
        check_escape(&[0, 0, 0, 0, 0, 0], &[0, 0, 3, 0, 0, 3, 0, 0]);
        check_escape(&[9, 0, 0, 3, 7], &[9, 0, 0, 3, 3, 7]);
    }

    #[test]
    fn only_the_frame_number_changes() {
        // first_mb 0 ("1"), slice_type 5 ("00110"), pps 0 ("1"), frame_num of 15 bits, then 1010...
        let unit = |number: u32| {
            let head: u32 = 0b100_1101 << 25 | number << 10 | 0b10_1010_1010;
            let mut bytes = vec![0, 0, 0, 1, 0x41];
            bytes.extend(head.to_be_bytes());
            bytes
        };
        assert_eq!(renumbered(&unit(1), 0x1234), Some(unit(0x1234)));
        assert_eq!(renumbered(&unit(0x7abc), 3), Some(unit(3)));
    }

    #[test]
    fn a_key_frame_is_refused() {
        assert_eq!(renumbered(&[0, 0, 0, 1, 0x65, 0x88, 0x80], 3), None);
        assert_eq!(renumbered(&[], 3), None);
        assert_eq!(renumbered(&[0, 0, 1, 0x41], 3), None);
    }
}
