//! A finished film as WebM: its pictures in VP8.
//!
//! Without sound: WebM takes Vorbis or Opus, and there is no encoder for those here that is fast enough. Encoding a
//! picture anew takes long, so the picture of a long film changes every few seconds only.

use std::io::Write;
use std::path::Path;

use super::error::FootageError;
use super::input::{Input, even_dimensions};
use super::picture::{Planes, Size};
use super::{vp8, write_whole};

/// Pixels that are encoded for one film.
const MOST_PIXELS: u64 = 80_000_000;
/// Milliseconds between pictures that are encoded, at least: how often the clock in the picture ticks.
const TICK: u64 = 1_000;
/// Milliseconds of a cluster: the times in it are counted in 16 bits.
const CLUSTER: u64 = 10_000;

/// Writes the pictures of a film that lasts so many milliseconds.
///
/// # Errors
/// When the film cannot be read or the file not be written.
pub fn to_webm(film: &Path, milliseconds: u64, target: &Path) -> Result<(), FootageError> {
    let failed = |message: &'static str| FootageError::encode("film", message);
    let mut input = Input::open(film).ok_or_else(|| failed("it has no pictures that can be read"))?;
    let mut blocks: Vec<Block> = Vec::new();
    let mut size = None;
    let (mut step, mut next) = (TICK, 0);
    input.every(0, u64::MAX, |moment, picture| {
        let (width, height) = even_dimensions(picture);
        if size.is_none() {
            size = Some((width, height, vp8::still(width, height)));
            let pixels = u64::from(width) * u64::from(height);
            let most = (MOST_PIXELS / pixels.max(1)).max(1);
            step = milliseconds.div_ceil(most).next_multiple_of(TICK).max(TICK);
        }
        let key = if moment >= next {
            next = moment / step * step + step;
            Some(vp8::key(&Planes::cut(picture, 0, 0, Size { width, height })?)?)
        } else {
            None
        };
        blocks.push(Block { milliseconds: moment, key });
        Ok(())
    })?;
    let (width, height, still) = size.ok_or_else(|| failed("it has no pictures"))?;

    write_whole(target, |file| {
        let mut write = |bytes: &[u8]| file.write_all(bytes).map_err(|source| FootageError::disk(target, source));
        write(&header())?;
        // A segment of unknown length: it ends with the file.
        write(&[0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])?;
        write(&info(milliseconds))?;
        write(&tracks(u64::from(width), u64::from(height)))?;
        let mut rest = blocks.as_slice();
        while let Some(first) = rest.first() {
            // A new one wherever a player may begin, and before its times are full.
            let is_next = |block: &Block| block.key.is_some() || block.milliseconds >= first.milliseconds + CLUSTER;
            let count = rest.iter().skip(1).position(is_next).map_or(rest.len(), |place| place + 1);
            let (now, later) = rest.split_at(count);
            let mut cluster = number(&[0xe7], first.milliseconds);
            for block in now {
                let offset = i16::try_from(block.milliseconds - first.milliseconds).unwrap_or(i16::MAX);
                let [high, low] = offset.to_be_bytes();
                let head = [0x81, high, low, if block.key.is_some() { 0x80 } else { 0 }];
                cluster.extend(element(&[0xa3], &[&head, block.key.as_deref().unwrap_or(&still)].concat()));
            }
            write(&element(&[0x1f, 0x43, 0xb6, 0x75], &cluster))?;
            rest = later;
        }
        Ok(())
    })
}

/// A frame and when it is shown.
struct Block {
    milliseconds: u64,
    /// `None` where the picture before is shown again.
    key: Option<Vec<u8>>,
}

/// An element: id, length in eight bytes, content.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let mut out = id.to_vec();
    let length = u64::try_from(content.len()).unwrap_or(0) | 0x0100_0000_0000_0000;
    out.extend(length.to_be_bytes());
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

fn tracks(width: u64, height: u64) -> Vec<u8> {
    let picture = [number(&[0xb0], width), number(&[0xba], height)].concat();
    let video = [
        number(&[0xd7], 1),
        number(&[0x73, 0xc5], 1),
        number(&[0x83], 1),
        element(&[0x86], b"V_VP8"),
        element(&[0xe0], &picture),
    ];
    element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &video.concat()))
}
