//! Films in which nothing moves but the clock, at any frame rate.
//!
//! Ten seconds are one group of pictures: a key frame, a tick a second, and the same empty frame in between, renumbered.

use std::io::Write;

use muxide::api::{AacProfile, AudioCodec, MuxerBuilder, VideoCodec};
use openh264::encoder::Encoder;
use rust_decimal::Decimal;

use super::aac;
use super::error::FootageError;
use super::film::encoder;
use super::nal;
use super::picture::{Planes, Stage};
use super::sound::Pcm;

/// Seconds of one group of pictures.
const GROUP_SECONDS: u32 = 10;

/// Writes the film at so many frames a second and returns its length in seconds.
pub fn encode(stage: &Stage, pcm: &Pcm, fps: u32, file: impl Write) -> Result<Decimal, FootageError> {
    let failed = |error| FootageError::encode("film", error);
    let (rate, sound) = pcm.aac()?;
    let wide = |length: usize| u64::try_from(length).unwrap_or(0);
    let frames_of = |samples: u64, rate: u32| (samples * u64::from(fps)).div_ceil(u64::from(rate.max(1)));
    // The muxer learns how long a block of sound lasts from the next one, so there are two at least.
    let least = frames_of(wide(aac::FRAME * 2), rate);
    let frames = u32::try_from(frames_of(wide(pcm.samples.len()), pcm.rate).max(least)).unwrap_or(u32::MAX);
    let size = stage.size();
    let mut muxer = MuxerBuilder::new(file)
        .video(VideoCodec::H264, size.width, size.height, f64::from(fps))
        .audio(AudioCodec::Aac(AacProfile::Lc), rate, 1)
        .with_fast_start(true)
        .build()
        .map_err(failed)?;
    let mut encoder = encoder()?;
    let still = still(&mut encoder, &stage.frame(0, 0)?)?;
    for frame in 0..frames {
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
        let time = f64::from(frame) / f64::from(fps);
        muxer.write_video(time, &picture, in_group == 0).map_err(failed)?;
    }
    let in_film = u64::from(frames) * u64::from(rate) / u64::from(fps);
    let blocks = usize::try_from(in_film).unwrap_or(usize::MAX) / aac::FRAME;
    for (index, block) in sound.iter().take(blocks).enumerate() {
        let samples = u32::try_from(index * aac::FRAME).unwrap_or(u32::MAX);
        muxer.write_audio(f64::from(samples) / f64::from(rate), block).map_err(failed)?;
    }
    muxer.finish_in_place().map_err(failed)?;
    Ok((Decimal::from(frames) / Decimal::from(fps)).round_dp(3))
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
