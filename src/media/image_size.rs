//! The size of a picture from its first bytes, and whether its last ones are there.

use std::io;

use super::source::{Source, be16, be32, le16, le32};

/// Segments of a JPEG that are looked at before it is given up.
const MOST_SEGMENTS: usize = 2_000;
/// Chunks of a PNG that are looked at.
const MOST_CHUNKS: usize = 100_000;

/// Pixels of a PNG.
pub fn png(source: &mut Source<'_>) -> io::Result<Option<(u32, u32)>> {
    let head = source.bytes(0, 24)?;
    let size = (be32(head, 16)).zip(be32(head, 20));
    Ok(size.filter(|_size| head.get(12..16) == Some(b"IHDR")).filter(is_picture))
}

/// Whether a PNG goes on to its last chunk.
pub fn png_is_whole(source: &mut Source<'_>) -> io::Result<bool> {
    let mut at = 8;
    for _chunk in 0..MOST_CHUNKS {
        let Some(head) = source.exact::<8>(at)? else { return Ok(false) };
        let Some(length) = be32(&head, 0) else { return Ok(false) };
        at += 12 + u64::from(length);
        if head.ends_with(b"IEND") {
            return Ok(at <= source.size());
        }
    }
    Ok(true)
}

/// Whether a WebP is as long as its header says.
pub fn webp_is_whole(source: &mut Source<'_>) -> io::Result<bool> {
    let size = source.size();
    Ok(le32(source.bytes(4, 4)?, 0).is_some_and(|length| u64::from(length) + 8 <= size))
}

/// Pixels of a JPEG: the first frame header.
pub fn jpeg(source: &mut Source<'_>) -> io::Result<Option<(u32, u32)>> {
    let mut at = 2;
    for _segment in 0..MOST_SEGMENTS {
        let Some([mark, kind, high, low]) = source.exact::<4>(at)? else { return Ok(None) };
        if mark != 0xff {
            return Ok(None);
        }
        if kind == 0xff {
            at += 1;
            continue;
        }
        let is_frame = matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            let frame = source.bytes(at + 4, 5)?;
            let size = be16(frame, 3).zip(be16(frame, 1)).map(|(width, height)| (u32::from(width), u32::from(height)));
            return Ok(size.filter(is_picture));
        }
        if kind == 0xd9 || kind == 0xda {
            return Ok(None);
        }
        at += 2 + u64::from(u16::from_be_bytes([high, low])).max(2);
    }
    Ok(None)
}

/// Pixels of a WebP.
pub fn webp(source: &mut Source<'_>) -> io::Result<Option<(u32, u32)>> {
    let head = source.bytes(0, 30)?;
    let byte = |at: usize| head.get(at).copied().map(u32::from);
    let size = match head.get(12..16) {
        Some(b"VP8 ") => {
            le16(head, 26).zip(le16(head, 28)).map(|(w, h)| (u32::from(w & 0x3fff), u32::from(h & 0x3fff)))
        }
        Some(b"VP8L") => byte(21)
            .zip(byte(22))
            .zip(byte(23).zip(byte(24)))
            .map(|((a, b), (c, d))| (1 + (a | (b & 0x3f) << 8), 1 + (b >> 6 | c << 2 | (d & 0x0f) << 10))),
        Some(b"VP8X") => {
            let three = |at| Some(1 + (byte(at)? | byte(at + 1)? << 8 | byte(at + 2)? << 16));
            three(24).zip(three(27))
        }
        _ => None,
    };
    Ok(size.filter(is_picture))
}

fn is_picture(size: &(u32, u32)) -> bool {
    size.0 > 0 && size.1 > 0
}
