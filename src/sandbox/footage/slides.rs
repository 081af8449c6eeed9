//! Films in which nothing moves but the clock, at any frame rate.
//!
//! Ten seconds are one group of pictures: a key frame, a tick a second, and the same empty frame in between, renumbered.

use std::io::Write;

use openh264::encoder::Encoder;
use rust_decimal::Decimal;

use super::error::FootageError;
use super::film::encoder;
use super::nal;
use super::picture::{Planes, Stage};
use super::reel::{Reel, milliseconds};
use super::sound::Pcm;

/// Seconds of one group of pictures.
const GROUP_SECONDS: u32 = 10;

/// Writes the film at so many frames a second and returns its length in seconds.
pub fn encode(stage: &Stage, pcm: &Pcm, fps: u32, file: impl Write) -> Result<Decimal, FootageError> {
    let mut reel = Reel::at(fps, stage.size(), pcm, milliseconds(pcm.seconds()), file)?;
    let mut encoder = encoder()?;
    let still = still(&mut encoder, &stage.frame(0, 0)?)?;
    for frame in 0..reel.timing().frames() {
        let (second, in_second) = (frame / fps, frame % fps);
        let in_group = frame % (fps * GROUP_SECONDS);
        let picture = if in_group == 0 {
            encoder.force_intra_frame();
            shot(&mut encoder, &stage.frame(second, 0)?)?
        } else {
            let fresh = if in_second == 0 { Some(shot(&mut encoder, &stage.frame(second, 0)?)?) } else { None };
            let number = u16::try_from(in_group).unwrap_or(0);
            nal::renumbered(fresh.as_ref().unwrap_or(&still), number)
                .ok_or_else(|| FootageError::encode("picture", "a frame could not be renumbered"))?
        };
        reel.frame(frame, &picture, in_group == 0)?;
    }
    reel.finish()
}

/// A frame that changes nothing: the encoder refines a picture for a few frames before it makes one.
fn still(encoder: &mut Encoder, picture: &Planes) -> Result<Vec<u8>, FootageError> {
    shot(encoder, picture)?;
    let mut still = shot(encoder, picture)?;
    for _attempt in 0..8 {
        let frame = shot(encoder, picture)?;
        let is_empty = frame.len() <= 32;
        if frame.len() <= still.len() {
            still = frame;
        }
        if is_empty {
            break;
        }
    }
    Ok(still)
}

fn shot(encoder: &mut Encoder, picture: &Planes) -> Result<Vec<u8>, FootageError> {
    let slices = picture.as_slices()?;
    Ok(encoder.encode(&slices).map_err(|error| FootageError::encode("picture", error))?.to_vec())
}
