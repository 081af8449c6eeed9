//! A film made from another one: its own pictures with a mark in them, cut, cropped and with a new sound.
//!
//! A short film is decoded and encoded picture by picture. Of a longer one, pictures that stand alone are shown one
//! after the other, each until the next: the work then depends on the number of those pictures, not on the length.

use std::io::Write;
use std::path::{Path, PathBuf};

use openh264::encoder::Encoder;
use openh264::formats::YUVSource;
use rust_decimal::Decimal;
use tiny_skia::{Color, Pixmap};

use super::captions::Cue;
use super::error::FootageError;
use super::film;
use super::input::{Input, even_dimensions};
use super::nal;
use super::picture::{Planes, Size};
use super::reel::{FPS, Reel};
use super::sound::Pcm;
use super::text::Face;

/// Pixels that are encoded for one film at the most; beyond that, pictures stand.
const MOST_PIXELS: u64 = 250_000_000;
/// Pictures that a long film is told in.
const MOST_PICTURES: usize = 60;
/// Frames between two key frames while a picture stands, so that a player can jump.
const KEY_EVERY: u32 = FPS * 10;
/// The longest and the shorter side that is encoded.
const LARGEST: (u32, u32) = (3_840, 2_160);
/// Where a source has no picture that can be read.
const CARD: Size = Size { width: 1_280, height: 720 };

/// The shape a film is cropped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crop {
    Whole,
    /// Width to height.
    To(u32, u32),
}

/// What is to be made of a film.
#[derive(Clone, Debug)]
pub struct Remake {
    pub source: PathBuf,
    /// Milliseconds of the source that are shown.
    pub from: u64,
    /// Milliseconds of the source that are shown.
    pub to: u64,
    /// Milliseconds of the result; the part of the source is repeated or cut to it.
    pub length: u64,
    /// Shown in a corner of the picture; empty for none.
    pub mark: String,
    /// Shown where the source's pictures cannot be read.
    pub title: String,
    pub crop: Crop,
    /// The size that pictures are brought to; `None` for their own.
    pub fit: Option<(u32, u32)>,
    /// The size where the source's pictures cannot be read.
    pub size: Option<(u32, u32)>,
    /// Drawn into the picture, at milliseconds of the result.
    pub captions: Vec<Cue>,
}

impl Remake {
    /// What is read at a millisecond of the result.
    fn cue(&self, moment: u64) -> Option<&Cue> {
        self.captions.iter().find(|cue| (cue.start..cue.end).contains(&moment))
    }

    /// A picture with what is read at a millisecond of the result.
    fn captioned(&self, picture: &Planes, moment: u64) -> Result<Planes, FootageError> {
        let mut planes = picture.clone();
        if let Some(cue) = self.cue(moment) {
            caption(&mut planes, &cue.lines)?;
        }
        Ok(planes)
    }
}

/// Writes the film; returns its length in seconds and its first picture as a PNG.
pub fn encode(remake: &Remake, sound: &Pcm, file: impl Write) -> Result<(Decimal, Vec<u8>), FootageError> {
    let mut screen = Screen::default();
    let span = remake.to.saturating_sub(remake.from).max(1);
    if let Some(mut input) = Input::open(&remake.source) {
        let shown = remake.to.min(remake.from.saturating_add(remake.length));
        let pictures = u64::try_from(input.count(remake.from, shown)).unwrap_or(u64::MAX);
        let frames = remake.length * u64::from(FPS) / 1_000;
        let mut first = None;
        input.some(remake.from, remake.from + 1, 1, |_, picture| {
            first = Some(Frame::of(picture, remake)?);
            Ok(())
        })?;
        let pixels = first.as_ref().map_or(u64::MAX, |frame| {
            let size = frame.0.size();
            u64::from(size.width) * u64::from(size.height)
        });
        let is_short = pixels.saturating_mul(frames.max(pictures)) <= MOST_PIXELS && remake.length <= span;
        if is_short {
            return moving(remake, &mut input, sound, file);
        }
        input.some(remake.from, remake.to, MOST_PICTURES, |moment, picture| {
            screen.pictures.push((moment.saturating_sub(remake.from), Frame::of(picture, remake)?.0));
            Ok(())
        })?;
    }
    if screen.pictures.is_empty() {
        screen.pictures.push((0, card(remake)?));
    }
    standing(remake, &screen, span, sound, file)
}

/// The first picture as a PNG.
pub fn first_picture(remake: &Remake) -> Result<Vec<u8>, FootageError> {
    let mut png = None;
    if let Some(mut input) = Input::open(&remake.source) {
        input.some(remake.from, remake.from + 1, 1, |_, picture| {
            png = Some(Frame::of(picture, remake)?.0.png()?);
            Ok(())
        })?;
    }
    png.map_or_else(|| card(remake)?.png(), Ok)
}

/// Every picture, encoded anew.
fn moving(
    remake: &Remake,
    input: &mut Input,
    sound: &Pcm,
    file: impl Write,
) -> Result<(Decimal, Vec<u8>), FootageError> {
    let mut encoder = film::encoder()?;
    let mut held: Option<Planes> = None;
    let mut projector: Option<Moving<_>> = None;
    let mut file = Some(file);
    input.every(remake.from, remake.to, |moment, picture| {
        let planes = Frame::of(picture, remake)?.0;
        if let Some(file) = file.take() {
            let reel = Reel::new(planes.size(), sound, remake.length, file)?;
            projector = Some(Moving { reel, number: 0, thumbnail: None });
        }
        if let (Some(projector), Some(shown)) = (projector.as_mut(), held.replace(planes)) {
            projector.show_until(&mut encoder, remake, &shown, moment.saturating_sub(remake.from))?;
        }
        Ok(())
    })?;
    let (Some(mut projector), Some(last)) = (projector, held) else {
        return Err(FootageError::encode("picture", "the source has no picture that can be read"));
    };
    projector.show_until(&mut encoder, remake, &last, u64::MAX)?;
    Ok((projector.reel.finish()?, projector.thumbnail.unwrap_or_default()))
}

/// A film that is encoded as its pictures come.
struct Moving<W: Write> {
    reel: Reel<W>,
    number: u32,
    /// The first picture that is shown.
    thumbnail: Option<Vec<u8>>,
}

impl<W: Write> Moving<W> {
    /// Shows a picture up to a millisecond, or to the end.
    fn show_until(
        &mut self,
        encoder: &mut Encoder,
        remake: &Remake,
        picture: &Planes,
        until: u64,
    ) -> Result<(), FootageError> {
        while self.number < self.reel.timing().frames() && u64::from(self.number) * 1_000 / u64::from(FPS) < until {
            let captioned = remake.captioned(picture, u64::from(self.number) * 1_000 / u64::from(FPS))?;
            if self.thumbnail.is_none() {
                self.thumbnail = Some(picture.png()?);
            }
            let is_key = self.number.is_multiple_of(KEY_EVERY);
            if is_key {
                encoder.force_intra_frame();
            }
            let coded = shoot(encoder, &captioned)?;
            self.reel.frame(self.number, &coded, is_key)?;
            self.number += 1;
        }
        Ok(())
    }
}

/// Pictures that stand, and from which millisecond on.
#[derive(Default)]
struct Screen {
    pictures: Vec<(u64, Planes)>,
}

impl Screen {
    /// The place of the picture at a millisecond.
    fn at(&self, moment: u64) -> usize {
        self.pictures.iter().rposition(|(from, _)| *from <= moment).unwrap_or(0)
    }
}

/// A few pictures, each shown until the next.
fn standing(
    remake: &Remake,
    screen: &Screen,
    span: u64,
    sound: &Pcm,
    file: impl Write,
) -> Result<(Decimal, Vec<u8>), FootageError> {
    let missing = || FootageError::encode("picture", "the source has no picture that can be read");
    let size = screen.pictures.first().ok_or_else(missing)?.1.size();
    let mut encoder = film::encoder()?;
    let still = still_frame(&mut encoder, size)?;
    let mut keys: Vec<Option<Vec<u8>>> = vec![None; screen.pictures.len()];
    let mut reel = Reel::new(size, sound, remake.length, file)?;
    let (mut shown, mut since) = (None, 0);
    for number in 0..reel.timing().frames() {
        let at = u64::from(number) * 1_000 / u64::from(FPS);
        let (place, cue) = (screen.at(at % span), remake.cue(at).map(|cue| cue.start));
        if shown == Some((place, cue)) && number - since < KEY_EVERY {
            let count = u16::try_from(number - since).unwrap_or(0);
            let frame = nal::renumbered(&still, count);
            let frame = frame.ok_or_else(|| FootageError::encode("picture", "a frame could not be renumbered"))?;
            reel.frame(number, &frame, false)?;
            continue;
        }
        (shown, since) = (Some((place, cue)), number);
        if cue.is_some() {
            let (_, picture) = screen.pictures.get(place).ok_or_else(missing)?;
            encoder.force_intra_frame();
            let key = shoot(&mut encoder, &remake.captioned(picture, at)?)?;
            reel.frame(number, &key, true)?;
            continue;
        }
        let key = keys.get_mut(place).ok_or_else(missing)?;
        if key.is_none() {
            let (_, picture) = screen.pictures.get(place).ok_or_else(missing)?;
            encoder.force_intra_frame();
            *key = Some(shoot(&mut encoder, picture)?);
        }
        reel.frame(number, key.as_deref().unwrap_or_default(), true)?;
    }
    let thumbnail = screen.pictures.first().ok_or_else(missing)?.1.png()?;
    Ok((reel.finish()?, thumbnail))
}

/// A frame that changes nothing, of the size of this film: a plain picture twice.
fn still_frame(encoder: &mut Encoder, size: Size) -> Result<Vec<u8>, FootageError> {
    let mut plain = Pixmap::new(size.width, size.height)
        .ok_or_else(|| FootageError::order("The picture is too large.", "Use a smaller size."))?;
    plain.fill(Color::BLACK);
    let plain = Planes::of(&plain)?;
    shoot(encoder, &plain)?;
    let mut still = shoot(encoder, &plain)?;
    for _attempt in 0..4 {
        let again = shoot(encoder, &plain)?;
        if again.len() < still.len() {
            still = again;
        }
    }
    Ok(still)
}

fn shoot(encoder: &mut Encoder, picture: &Planes) -> Result<Vec<u8>, FootageError> {
    let frame = encoder.encode(&picture.as_slices()?).map_err(|error| FootageError::encode("picture", error))?;
    Ok(frame.to_vec())
}

/// A picture of the result.
struct Frame(Planes);

impl Frame {
    fn of(picture: &impl YUVSource, remake: &Remake) -> Result<Self, FootageError> {
        let (width, height) = even_dimensions(picture);
        let (wide, tall) = cropped((width, height), remake.crop);
        let even = |room: u32| (room / 2) & !1;
        let size = Size { width: wide, height: tall };
        let mut planes = Planes::cut(picture, even(width - wide), even(height - tall), size)?;
        if let Some((width, height)) = remake.fit {
            planes = planes.fitted(Size { width: width.next_multiple_of(2), height: height.next_multiple_of(2) });
        }
        mark(&mut planes, &remake.mark)?;
        Ok(Self(planes))
    }
}

/// The largest even size of a shape within a picture.
fn cropped((width, height): (u32, u32), crop: Crop) -> (u32, u32) {
    let (long, short) = LARGEST;
    let (most_wide, most_tall) = if width >= height { (long, short) } else { (short, long) };
    let (width, height) = (width.min(most_wide), height.min(most_tall));
    let Crop::To(across, down) = crop else { return (width & !1, height & !1) };
    let by_height = height * across / down.max(1);
    let (wide, tall) = if by_height <= width { (by_height, height) } else { (width, width * down / across.max(1)) };
    ((wide & !1).max(16), (tall & !1).max(16))
}

/// Puts a label into the upper left corner.
fn mark(planes: &mut Planes, text: &str) -> Result<(), FootageError> {
    if text.is_empty() {
        return Ok(());
    }
    let size = planes.size();
    let face = Face::new()?;
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
    let (width, height) = (size.width as f32, size.height as f32);
    let letters = (width.min(height) * 0.05).max(8.0);
    let text = face.fitted(text, letters, width - letters * 2.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a picture, below 4,096")]
    let (across, down) = ((face.width(&text, letters) + letters) as u32 & !1, (letters * 1.8) as u32 & !1);
    let (across, down) = (across.min(size.width & !1).max(2), down.min(size.height & !1).max(2));
    let Some(mut label) = Pixmap::new(across, down) else { return Ok(()) };
    label.fill(Color::from_rgba8(20, 20, 24, 255));
    face.draw(&mut label, &text, letters * 0.5, letters * 1.25, letters);
    let Some(area) = tiny_skia::IntRect::from_xywh(0, 0, across, down) else { return Ok(()) };
    planes.replace(area, &Planes::of(&label)?);
    Ok(())
}

/// Puts lines to be read onto a dark ground near the lower edge.
fn caption(planes: &mut Planes, lines: &[String]) -> Result<(), FootageError> {
    let size = planes.size();
    let face = Face::new()?;
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096, and a line or two")]
    let (width, height, count) = (size.width as f32, size.height as f32, lines.len() as f32);
    let letters = (width.min(height) * 0.055).max(8.0);
    let room = width - letters * 3.0;
    let widest = lines.iter().map(|line| face.width(line, letters)).fold(0.0, f32::max);
    // Lines that are too wide for a narrow picture are set smaller.
    let letters = if widest > room { (letters * room / widest).max(6.0) } else { letters };
    let widest = lines.iter().map(|line| face.width(line, letters)).fold(0.0, f32::max);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a picture, below 4,096")]
    let (across, down) = ((widest + letters) as u32 & !1, (letters * (count * 1.3 + 0.5)) as u32 & !1);
    let (across, down) = (across.clamp(2, size.width & !1), down.clamp(2, size.height & !1));
    let Some(mut ground) = Pixmap::new(across, down) else { return Ok(()) };
    ground.fill(Color::from_rgba8(12, 12, 14, 255));
    let mut baseline = letters * 1.2;
    for line in lines {
        #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
        let left = (across as f32 - face.width(line, letters)) / 2.0;
        face.draw(&mut ground, line, left, baseline, letters);
        baseline += letters * 1.3;
    }
    let left = ((size.width - across) / 2) & !1;
    let top = (size.height - down).saturating_sub(size.height / 14) & !1;
    let (Ok(left), Ok(top)) = (i32::try_from(left), i32::try_from(top)) else { return Ok(()) };
    let Some(area) = tiny_skia::IntRect::from_xywh(left, top, across, down) else { return Ok(()) };
    planes.replace(area, &Planes::of(&ground)?);
    Ok(())
}

/// What is seen where a source has no picture that can be read.
fn card(remake: &Remake) -> Result<Planes, FootageError> {
    let (width, height) = remake.size.unwrap_or((CARD.width, CARD.height));
    let (width, height) = cropped((width.max(16), height.max(16)), remake.crop);
    let too_large = || FootageError::order("The picture is too large.", "Use a smaller size.");
    let mut pixmap = Pixmap::new(width, height).ok_or_else(too_large)?;
    pixmap.fill(Color::from_rgba8(38, 40, 48, 255));
    let face = Face::new()?;
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
    let (across, down) = (width as f32, height as f32);
    let letters = (across.min(down) * 0.07).max(8.0);
    let title = face.fitted(remake.title.trim(), letters, across - letters * 2.0);
    face.draw(&mut pixmap, &title, (across - face.width(&title, letters)) / 2.0, down / 2.0, letters);
    let mut planes = Planes::of(&pixmap)?;
    mark(&mut planes, &remake.mark)?;
    Ok(planes)
}

/// Writes a film with the source's own pictures, as they are, and another sound. `false` when they cannot be copied.
pub fn copy(source: &Path, size: (u32, u32), length: u64, sound: &Pcm, file: impl Write) -> Result<bool, FootageError> {
    let Some(mut input) = Input::open(source) else { return Ok(false) };
    let size = Size { width: size.0, height: size.1 };
    let mut reel = Reel::new(size, sound, length, file)?;
    let end = length * 90;
    let mut held: Option<super::input::Coded> = None;
    let mut before = 0;
    input.copy(|coded| {
        if let Some(picture) = held.replace(coded) {
            before = picture.decoded;
            reel.copied(picture.shown, picture.decoded, &picture.bytes, picture.is_key)?;
        }
        Ok(())
    })?;
    if let Some(last) = held {
        // The last picture lasts as long as the one before it, so it comes where both together fill what is left.
        let decoded = if end > before + 2 { (end + before) / 2 } else { last.decoded };
        reel.copied(last.shown.max(decoded), decoded, &last.bytes, last.is_key)?;
    }
    reel.finish()?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: (u32, u32), crop: Crop, to: (u32, u32)) {
        assert_eq!(cropped(from, crop), to);
    }

    #[test]
    fn a_shape_is_the_largest_that_fits() {
        check((1_920, 1_080), Crop::Whole, (1_920, 1_080));
        check((1_920, 1_080), Crop::To(9, 16), (606, 1_080));
        check((1_080, 1_920), Crop::To(16, 9), (1_080, 606));
        check((1_281, 721), Crop::To(1, 1), (720, 720));
        check((4_096, 2_304), Crop::Whole, (3_840, 2_160));
    }
}
