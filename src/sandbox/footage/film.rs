//! From a stage and a sound to an MP4.
//!
//! Ten seconds are one group of pictures: a key frame, then frames that say only what changed. Between two ticks of the
//! clock nothing changes but the mouth, and that in the same way again and again, so few frames are ever encoded and
//! each is used many times, renumbered. A minute costs about as many encoded frames as ten minutes do, but for one key
//! frame per ten seconds.

use std::io::Write;

use openh264::OpenH264API;
use openh264::encoder::{Complexity, Encoder, EncoderConfig, FrameRate, IntraFramePeriod, QpRange, RateControlMode};
use rust_decimal::Decimal;

use super::error::FootageError;
use super::nal;
use super::picture::{Mouth, Planes, Stage};
use super::reel::{FPS, Reel, milliseconds};
use super::sound::Pcm;

/// Within ten seconds only the clock's last digit changes.
const GROUP_SECONDS: u32 = 10;
/// A second is a tick and two of these.
const PHRASE: u32 = (FPS - 1) / 2;
/// How the mouth moves during one phrase; it ends closed.
const MOUTHS: [Mouth; PHRASE as usize] = [1, 2, 3, 2, 1, 2, 3, 3, 1, 2, 1, 0];
/// A phrase is spoken where its samples are louder than this on average.
const SPOKEN: u64 = 180;

/// Writes the film, as long as its sound, and returns its length in seconds.
pub fn encode(stage: &Stage, pcm: &Pcm, file: impl Write) -> Result<Decimal, FootageError> {
    let mut reel = Reel::new(stage.size(), pcm, milliseconds(pcm.seconds()), file)?;
    let mut camera = Camera::new(stage)?;
    for frame in 0..reel.timing().frames() {
        let (picture, is_key) = camera.frame(frame, |phrase| is_spoken(pcm, phrase))?;
        reel.frame(frame, &picture, is_key)?;
    }
    reel.finish()
}

/// An encoder that makes key frames only where it is told to, and whose frames can be repeated.
pub fn encoder() -> Result<Encoder, FootageError> {
    let config = EncoderConfig::new()
        .rate_control_mode(RateControlMode::Off)
        .qp(QpRange::new(22, 26))
        .max_frame_rate(FrameRate::from_hz(25.0))
        .intra_frame_period(IntraFramePeriod::from_num_frames(0))
        .complexity(Complexity::Low)
        .scene_change_detect(false)
        .adaptive_quantization(false)
        .background_detection(false)
        .skip_frames(false)
        .num_threads(1);
    Encoder::with_api_config(OpenH264API::from_source(), config).map_err(|error| FootageError::encode("picture", error))
}

/// How far the mouth is open in a frame of somebody who says this.
pub fn mouth(pcm: &Pcm, frame: u32) -> Mouth {
    let (second, in_second) = (frame / FPS, frame % FPS);
    let Some(in_phrases) = in_second.checked_sub(1) else { return 0 };
    let place = usize::try_from(in_phrases % PHRASE).unwrap_or(0);
    if is_spoken(pcm, second * 2 + in_phrases / PHRASE) { MOUTHS.get(place).copied().unwrap_or(0) } else { 0 }
}

/// Whether somebody speaks during a phrase, counted from the film's beginning.
pub fn is_spoken(pcm: &Pcm, phrase: u32) -> bool {
    let length = usize::try_from(pcm.rate / 2).unwrap_or(1).max(1);
    let start = usize::try_from(phrase).unwrap_or(usize::MAX).saturating_mul(length);
    let end = start.saturating_add(length).min(pcm.samples.len());
    let Some(samples) = pcm.samples.get(start..end) else { return false };
    let sum: u64 = samples.iter().step_by(8).map(|sample| u64::from(sample.unsigned_abs())).sum();
    sum > SPOKEN * u64::try_from(samples.len() / 8).unwrap_or(1)
}

/// Encodes as little as it can.
pub struct Camera<'a> {
    stage: &'a Stage,
    encoder: Encoder,
    /// Nothing changes.
    still: Vec<u8>,
    /// The mouth moves from closed to closed.
    talk: Vec<Vec<u8>>,
    /// The clock's last digit goes from 0 to 9: one set for each digit that can stand beside it.
    ticks: [Option<Vec<Vec<u8>>>; 6],
    tens: usize,
}

impl<'a> Camera<'a> {
    pub fn new(stage: &'a Stage) -> Result<Self, FootageError> {
        let encoder = encoder()?;
        let mut camera =
            Self { stage, encoder, still: Vec::new(), talk: Vec::new(), ticks: Default::default(), tens: 0 };
        camera.rehearse()?;
        Ok(camera)
    }

    /// Encodes the frames that are used throughout.
    fn rehearse(&mut self) -> Result<(), FootageError> {
        let mouths = (0..=3).map(|mouth| self.stage.frame(0, mouth)).collect::<Result<Vec<_>, _>>()?;
        let Some(closed) = mouths.first() else { return Ok(()) };
        self.shoot(closed)?;
        self.settle(closed)?;
        // The first round starts from a key frame, the second from where a round ends: that one can be repeated.
        for _round in 0..2 {
            self.talk.clear();
            for picture in MOUTHS.iter().filter_map(|mouth| mouths.get(*mouth)) {
                let frame = self.shoot(picture)?;
                self.talk.push(frame);
            }
        }
        Ok(())
    }

    /// The encoder refines a picture that stands still for a few frames; the one after that is empty.
    fn settle(&mut self, picture: &Planes) -> Result<(), FootageError> {
        self.still = self.shoot(picture)?;
        for _attempt in 0..8 {
            let frame = self.shoot(picture)?;
            let is_empty = frame.len() <= 32;
            if frame.len() <= self.still.len() {
                self.still = frame;
            }
            if is_empty {
                break;
            }
        }
        Ok(())
    }

    /// A frame of the film in Annex B form, and whether it is a key frame.
    fn frame(&mut self, number: u32, is_spoken: impl Fn(u32) -> bool) -> Result<(Vec<u8>, bool), FootageError> {
        let (second, in_second) = (number / FPS, number % FPS);
        let in_group = number % (FPS * GROUP_SECONDS);
        if in_group == 0 {
            return Ok((self.key(second)?, true));
        }
        let frame = if in_second == 0 {
            let tick = usize::try_from(second % GROUP_SECONDS).unwrap_or(0).saturating_sub(1);
            self.ticks.get(self.tens).and_then(|set| set.as_ref()?.get(tick))
        } else {
            let phrase = (in_second - 1) / PHRASE;
            let place = usize::try_from((in_second - 1) % PHRASE).unwrap_or(0);
            if is_spoken(second * 2 + phrase) { self.talk.get(place) } else { Some(&self.still) }
        };
        let number_in_group = u16::try_from(in_group).unwrap_or(0);
        let frame = frame.and_then(|frame| nal::renumbered(frame, number_in_group));
        Ok((frame.ok_or_else(|| FootageError::encode("picture", "a frame could not be renumbered"))?, false))
    }

    /// A key frame for ten seconds, and the ticks that go with it where they are not known yet.
    fn key(&mut self, second: u32) -> Result<Vec<u8>, FootageError> {
        self.encoder.force_intra_frame();
        let key = self.shoot(&self.stage.frame(second, 0)?)?;
        self.tens = usize::try_from(second % 60 / GROUP_SECONDS).unwrap_or(0);
        if self.ticks.get(self.tens).is_some_and(Option::is_none) {
            let ticks = (1..GROUP_SECONDS)
                .map(|tick| {
                    let picture = self.stage.frame(second + tick, 0)?;
                    self.shoot(&picture)
                })
                .collect::<Result<Vec<_>, _>>()?;
            if let Some(set) = self.ticks.get_mut(self.tens) {
                *set = Some(ticks);
            }
        }
        Ok(key)
    }

    /// The frames of one second that begins with a key frame of its own, for films that are watched while they are made.
    pub fn second(&mut self, second: u32, is_spoken: impl Fn(u32) -> bool) -> Result<Vec<Vec<u8>>, FootageError> {
        self.encoder.force_intra_frame();
        let mut frames = vec![self.shoot(&self.stage.frame(second, 0)?)?];
        for in_second in 1..FPS {
            let phrase = (in_second - 1) / PHRASE;
            let place = usize::try_from((in_second - 1) % PHRASE).unwrap_or(0);
            let frame = if is_spoken(second * 2 + phrase) { self.talk.get(place) } else { Some(&self.still) };
            let number = u16::try_from(in_second).unwrap_or(0);
            let frame = frame.and_then(|frame| nal::renumbered(frame, number));
            frames.push(frame.ok_or_else(|| FootageError::encode("picture", "a frame could not be renumbered"))?);
        }
        Ok(frames)
    }

    fn shoot(&mut self, picture: &Planes) -> Result<Vec<u8>, FootageError> {
        let slices = picture.as_slices()?;
        let frame = self.encoder.encode(&slices).map_err(|error| FootageError::encode("picture", error))?;
        Ok(frame.to_vec())
    }
}
