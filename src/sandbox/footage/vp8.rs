//! VP8 (RFC 6386): pictures that stand alone, and the frame that shows the one before again.

use oxideav_vp8::encoder::{BoolEncoder, COEFF_UPDATE_PROBS_FLAT, write_no_token_prob_updates};
use oxideav_vp8::near_mv::MV_COUNTS_TO_PROBS;
use oxideav_vp8::{I420Frame, KeyframeParams, encode_keyframe};

use super::error::FootageError;
use super::picture::Planes;

/// How coarse pictures are, of 127.
const COARSENESS: u8 = 24;
/// An even chance.
const EVEN: u8 = 128;
/// How likely it is that a probability of motion is not sent anew: across, then down.
const MOTION_UPDATES: [[u8; 19]; 2] = [
    [237, 246, 253, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 250, 250, 252, 254, 254],
    [231, 243, 245, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 251, 251, 254, 254, 254],
];

/// A key frame.
///
/// # Errors
/// When the picture is too large for VP8.
pub fn key(picture: &Planes) -> Result<Vec<u8>, FootageError> {
    let size = picture.size();
    let (y, u, v) = picture.i420();
    let params = KeyframeParams { y_ac_qi: COARSENESS, ..KeyframeParams::default() };
    let frame = I420Frame::packed(size.width, size.height, y, u, v);
    encode_keyframe(&frame, &params).map_err(|error| FootageError::encode("picture", format!("{error:?}")))
}

/// A frame of this size in which nothing changes: every block is taken from the picture before, where it is.
pub fn still(width: u32, height: u32) -> Vec<u8> {
    let (across, down) = (width.div_ceil(16), height.div_ceil(16));
    let mut bits = BoolEncoder::new();
    // Neither segments nor a filter of any kind, and one partition.
    for (value, count) in [(0, 1), (0, 1), (0, 6), (0, 3), (0, 1), (0, 2)] {
        bits.write_literal(value, count);
    }
    bits.write_literal(COARSENESS.into(), 7);
    // The five differences of coarseness, the two other pictures that are kept, how they are copied, their signs.
    for (value, count) in [(0, 5), (0, 2), (0, 2), (0, 2), (0, 2)] {
        bits.write_literal(value, count);
    }
    // Probabilities are kept, and so is the picture.
    bits.write_literal(0b11, 2);
    write_no_token_prob_updates(&mut bits, &COEFF_UPDATE_PROBS_FLAT);
    // Blocks without a difference there are, and no others; all come from the picture before.
    bits.write_literal(1, 1);
    for probability in [1, 1, 255, EVEN] {
        bits.write_literal(probability.into(), 8);
    }
    bits.write_literal(0, 2);
    for probability in MOTION_UPDATES.iter().flatten() {
        bits.write_bool(*probability, false);
    }
    for row in 0..down {
        for column in 0..across {
            // Neighbours that stand still: two above, two to the left, one in the corner.
            let count = if row > 0 { 2 } else { 0 } + if column > 0 { 2 } else { 0 } + u8::from(row > 0 && column > 0);
            let [stands, ..] = MV_COUNTS_TO_PROBS.get(usize::from(count)).copied().unwrap_or([EVEN; 4]);
            bits.write_bool(1, true);
            bits.write_bool(1, true);
            bits.write_bool(255, false);
            bits.write_bool(stands, false);
        }
    }
    let first = bits.finish();
    let length = u32::try_from(first.len()).unwrap_or(0);
    // No key frame, version 0, shown; then the length of what follows.
    let [a, b, c, _] = (1 | 1 << 4 | length << 5).to_le_bytes();
    [&[a, b, c][..], &first, &BoolEncoder::new().finish()].concat()
}

#[cfg(test)]
mod tests {
    use oxideav_vp8::Vp8DecoderState;
    use tiny_skia::{Color, Pixmap};

    use super::*;

    #[test]
    fn a_still_frame_shows_the_picture_before_again() {
        for (width, height) in [(64, 48), (150, 34), (16, 16)] {
            let mut pixmap = Pixmap::new(width, height).unwrap();
            pixmap.fill(Color::from_rgba8(200, 60, 40, 255));
            for (place, pixel) in pixmap.data_mut().chunks_exact_mut(4).enumerate() {
                pixel[1] = u8::try_from(place % 200).unwrap();
            }
            let picture = Planes::of(&pixmap).unwrap();
            let mut decoder = Vp8DecoderState::new();
            let first = decoder.decode_frame(&key(&picture).unwrap()).unwrap();
            let (y, ..) = picture.i420();
            let off: u64 = first.y.iter().zip(y).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            assert!(off / u64::try_from(y.len()).unwrap() < 6, "{off} in {} pixels", y.len());
            for _ in 0..3 {
                let again = decoder.decode_frame(&still(width, height)).unwrap();
                assert!(again.y == first.y && again.u == first.u && again.v == first.v, "{width} x {height}");
            }
        }
    }
}
