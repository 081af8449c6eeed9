//! VP8 (RFC 6386): pictures that stand alone, and the frame that shows the one before again.

use oxideav_vp8::encoder::{BoolEncoder, COEFF_UPDATE_PROBS_FLAT, write_no_token_prob_updates};
use oxideav_vp8::frame::KeyframePlanes;
use oxideav_vp8::near_mv::MV_COUNTS_TO_PROBS;
use oxideav_vp8::{
    I420Frame, KeyframeParams, RefreshControls, encode_keyframe, encode_keyframe_with_reconstruction,
    encode_p_frame_multi_ref_with_refresh,
};

use super::error::FootageError;
use super::picture::Planes;

/// How coarse pictures are, of 127.
pub const COARSENESS: u8 = 24;
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

/// A picture that stands alone, and pictures that say only how they differ from it. Those are shown and not kept: the
/// next one differs from the first again, so that each can be shown whenever it is wanted, and exactly as it is.
pub struct Group {
    params: KeyframeParams,
    /// The key frame.
    pub key: Vec<u8>,
    /// Shows the picture of the key frame.
    pub still: Vec<u8>,
    decoded: KeyframePlanes,
}

impl Group {
    /// A group that begins with a picture; `coarseness` is 0 to 127.
    ///
    /// # Errors
    /// When the picture is too large for VP8.
    pub fn of(picture: &Planes, coarseness: u8) -> Result<Self, FootageError> {
        let size = picture.size();
        let (y, u, v) = picture.i420();
        let params = KeyframeParams { y_ac_qi: coarseness, ..KeyframeParams::default() };
        let frame = I420Frame::packed(size.width, size.height, y, u, v);
        let (key, decoded) = encode_keyframe_with_reconstruction(&frame, &params)
            .map_err(|error| FootageError::encode("picture", format!("{error:?}")))?;
        Ok(Self { params, key, still: still(size.width, size.height), decoded })
    }

    /// Another picture of the same size.
    ///
    /// # Errors
    /// When it cannot be encoded.
    pub fn other(&self, picture: &Planes) -> Result<Vec<u8>, FootageError> {
        let size = picture.size();
        let (y, u, v) = picture.i420();
        let frame = I420Frame::packed(size.width, size.height, y, u, v);
        let kept = RefreshControls { refresh_last: false, ..RefreshControls::default() };
        let encoded = encode_p_frame_multi_ref_with_refresh(&frame, &self.decoded, None, None, &self.params, &kept);
        Ok(encoded.map_err(|error| FootageError::encode("picture", format!("{error:?}")))?.0)
    }
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
    use tiny_skia::{Color, Paint, Pixmap, Rect, Transform};

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

    #[test]
    fn pictures_of_a_group_are_shown_in_any_order() {
        let drawn = |at: f32| {
            let mut pixmap = Pixmap::new(96, 64).unwrap();
            pixmap.fill(Color::from_rgba8(200, 60, 40, 255));
            let mut paint = Paint::default();
            paint.set_color_rgba8(20, 40, 220, 255);
            let square = Rect::from_xywh(at, 20.0, 24.0, 20.0).unwrap();
            pixmap.fill_rect(square, &paint, Transform::identity(), None);
            Planes::of(&pixmap).unwrap()
        };
        let pictures = [drawn(4.0), drawn(30.0), drawn(52.0)];
        let group = Group::of(&pictures[0], COARSENESS).unwrap();
        let frames = [group.still.clone(), group.other(&pictures[1]).unwrap(), group.other(&pictures[2]).unwrap()];
        let mut decoder = Vp8DecoderState::new();
        let mut seen = [Some(decoder.decode_frame(&group.key).unwrap().y), None, None];
        for place in [1, 2, 0, 2, 1, 1, 0, 2] {
            let shown = decoder.decode_frame(&frames[place]).unwrap().y;
            let (y, ..) = pictures[place].i420();
            let off: u64 = shown.iter().zip(y).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
            assert!(off / 6_144 < 6, "{place}: {off}");
            assert_eq!(*seen[place].get_or_insert_with(|| shown.clone()), shown, "{place} is the same each time");
        }
    }
}
