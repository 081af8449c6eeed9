//! The first picture of a WebM whose pictures are VP8.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::RgbaImage;
use oxideav_vp8::{Vp8DecodedFrame, decode_vp8};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::video::well_known::CODEC_ID_VP8;
use symphonia::core::formats::FormatOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::source::le16;

/// Pieces of a film that are looked through for its first picture.
const MOST_PACKETS: usize = 500;
/// Pixels of the longer side of a film.
const LARGEST_SIDE: u16 = 4_096;

/// The first picture that stands alone; `None` where there is none that can be decoded here. Blocks.
pub(super) fn first(path: &Path) -> Option<RgbaImage> {
    let packet = first_key(path)?;
    // The library is young; a film is not worth the program.
    let frame = catch_unwind(AssertUnwindSafe(|| decode_vp8(&packet).ok())).ok()??;
    pixels(&frame)
}

fn first_key(path: &Path) -> Option<Box<[u8]>> {
    let mut hint = Hint::new();
    hint.with_extension("webm");
    let stream = MediaSourceStream::new(Box::new(File::open(path).ok()?), Default::default());
    let mut format = symphonia::default::get_probe()
        .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
        .ok()?;
    let is_vp8 = |parameters: &CodecParameters| matches!(parameters, CodecParameters::Video(video) if video.codec == CODEC_ID_VP8);
    let track = format.tracks().iter().find(|track| track.codec_params.as_ref().is_some_and(is_vp8))?.id;
    for _ in 0..MOST_PACKETS {
        let packet = format.next_packet().ok()??;
        if packet.track_id == track && stands_alone(&packet.data) {
            return Some(packet.data);
        }
    }
    None
}

/// Whether a frame is a key frame of a size that is decoded at all.
fn stands_alone(frame: &[u8]) -> bool {
    let side = |at: usize| le16(frame, at).map(|side| side & 0x3fff).filter(|side| (1..=LARGEST_SIDE).contains(side));
    frame.first().is_some_and(|tag| tag & 1 == 0)
        && frame.get(3..6) == Some(&[0x9d, 0x01, 0x2a])
        && side(6).is_some()
        && side(8).is_some()
}

/// BT.601 with the range of television, in 256ths.
fn pixels(frame: &Vp8DecodedFrame) -> Option<RgbaImage> {
    let width = usize::try_from(frame.width).ok()?;
    let half = width.div_ceil(2);
    let mut rgba = Vec::with_capacity(frame.y.len().checked_mul(4)?);
    for (place, luma) in frame.y.iter().enumerate() {
        let chroma = place / width / 2 * half + place % width / 2;
        let (y, u, v) = (i32::from(*luma), i32::from(*frame.u.get(chroma)?), i32::from(*frame.v.get(chroma)?));
        let (y, u, v) = (298 * (y - 16), u - 128, v - 128);
        let channel = |channel: i32| u8::try_from(((channel + 128) >> 8).clamp(0, 255)).unwrap_or(u8::MAX);
        rgba.extend([channel(y + 409 * v), channel(y - 100 * u - 208 * v), channel(y + 516 * u), u8::MAX]);
    }
    RgbaImage::from_raw(frame.width, frame.height, rgba)
}
