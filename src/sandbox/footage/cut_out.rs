//! A film of somebody without what is behind: WebM whose pictures say how opaque each pixel is.
//!
//! Only the mouth moves, so that four pictures are encoded for a film of any length, and one for what is opaque.

use std::io::Cursor;
use std::path::Path;

use rust_decimal::Decimal;
use tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

use super::error::FootageError;
use super::matroska::{self, Film, Picture};
use super::picture::{Layout, Planes, Size, THUMBNAIL_WIDTH};
use super::reel::{FPS, Timing, milliseconds};
use super::scene::{Scene, Set};
use super::sound::Pcm;
use super::text::Face;
use super::vp8::{self, Group};
use super::{film, opus, portrait, write_whole};

/// How coarse opacity is, of 127: as fine as can be, because whatever is behind would shine through.
pub const EDGE: u8 = 0;
/// How far down somebody stands, as a part of the height: drawn people end a little above the edge.
const LOWER: f32 = 0.012;
/// Seconds between two frames at which a player may begin.
const GROUP_SECONDS: u32 = 10;
/// The grey behind a thumbnail.
const GREY: u8 = 0x48;
/// How far a mouth can be open: 1 to this.
const MOUTHS: usize = 3;

/// Somebody to be seen, without a background.
pub struct Figure {
    size: Size,
    set: Set,
    layout: Layout,
    /// With the mouth closed.
    closed: Pixmap,
}

impl Figure {
    pub fn of(scene: &Scene, size: Size) -> Result<Self, FootageError> {
        let too_large = || FootageError::order("The picture is too large.", "Use a smaller size.");
        let set = Set::of(scene)?;
        let mut layout = Layout::of(size, &Face::new()?).ok_or_else(too_large)?;
        #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
        let down = size.height as f32 * LOWER;
        layout.person = layout.person.post_translate(0.0, down);
        let mut closed = Pixmap::new(size.width, size.height).ok_or_else(too_large)?;
        set.draw_cut_out(&mut closed, layout.person);
        let mut figure = Self { size, set, layout, closed };
        figure.closed = figure.with_mouth(0);
        Ok(figure)
    }

    fn with_mouth(&self, mouth: usize) -> Pixmap {
        let mut drawn = self.closed.clone();
        if let Set::Person(person) = &self.set {
            portrait::draw_mouth(&mut drawn, person, mouth, self.layout.person);
        }
        drawn
    }

    /// The colours as they are without regard to how opaque they are, as WebM has them.
    fn colours(&self, mouth: usize) -> Result<Planes, FootageError> {
        let mut drawn = self.with_mouth(mouth);
        let opaque: Vec<[u8; 4]> = drawn
            .pixels()
            .iter()
            .map(|pixel| {
                let colour = pixel.demultiply();
                [colour.red(), colour.green(), colour.blue(), u8::MAX]
            })
            .collect();
        for (pixel, colour) in drawn.data_mut().chunks_exact_mut(4).zip(opaque) {
            pixel.copy_from_slice(&colour);
        }
        Planes::of(&drawn)
    }

    fn opacity(&self) -> Planes {
        Planes::grey(self.size, self.closed.pixels().iter().map(|pixel| pixel.alpha()).collect())
    }

    /// PNG, 640 pixels wide, before a plain grey.
    pub fn thumbnail_png(&self) -> Result<Vec<u8>, FootageError> {
        let mut whole = Pixmap::new(self.size.width, self.size.height)
            .ok_or_else(|| FootageError::order("The picture is too large.", "Use a smaller size."))?;
        whole.fill(Color::from_rgba8(GREY, GREY, GREY, 255));
        whole.draw_pixmap(0, 0, self.closed.as_ref(), &PixmapPaint::default(), Transform::identity(), None);
        let failed = |error| FootageError::encode("thumbnail", error);
        let height = (THUMBNAIL_WIDTH * self.size.height / self.size.width).max(1);
        let picture = image::RgbaImage::from_raw(self.size.width, self.size.height, whole.take())
            .map(|picture| image::imageops::thumbnail(&picture, THUMBNAIL_WIDTH, height))
            .unwrap_or_default();
        let mut png = Cursor::new(Vec::new());
        picture.write_to(&mut png, image::ImageFormat::Png).map_err(failed)?;
        Ok(png.into_inner())
    }
}

/// Writes the film, as long as its sound, and returns its length in seconds.
pub fn write(figure: &Figure, pcm: &Pcm, target: &Path) -> Result<Decimal, FootageError> {
    let timing = Timing::of(FPS, milliseconds(pcm.seconds()));
    let length = milliseconds(timing.seconds());
    let colours = Group::of(&figure.colours(0)?, vp8::COARSENESS)?;
    let mut mouths = vec![colours.still.clone()];
    if matches!(figure.set, Set::Person(_)) {
        for mouth in 1..=MOUTHS {
            mouths.push(colours.other(&figure.colours(mouth)?)?);
        }
    }
    let opacity = Group::of(&figure.opacity(), EDGE)?;
    let sound = opus::encode(pcm, length)?;
    let pictures: Vec<Picture<'_>> = (0..timing.frames())
        .map(|frame| {
            let is_key = frame % (FPS * GROUP_SECONDS) == 0;
            let shown = mouths.get(film::mouth(pcm, frame)).unwrap_or(&colours.still);
            Picture {
                milliseconds: u64::from(frame) * 1_000 / u64::from(FPS),
                is_key,
                frame: if is_key { &colours.key } else { shown },
                opacity: Some(if is_key { &opacity.key } else { &opacity.still }),
            }
        })
        .collect();
    let film = Film { width: figure.size.width, height: figure.size.height, milliseconds: length, has_opacity: true };
    write_whole(target, |file| {
        matroska::write(&film, &pictures, &sound, file).map_err(|source| FootageError::disk(target, source))
    })?;
    Ok(timing.seconds())
}
