//! What a film is about: a drawn person, a picture that was brought, or a card of words.

use std::path::{Path, PathBuf};

use tiny_skia::{FillRule, FilterQuality, IntSize, Mask, PathBuilder, Pixmap, PixmapPaint, Rect, Transform};

use super::error::FootageError;
use super::person::Person;
use super::portrait::{self, PORTRAIT_HEIGHT, PORTRAIT_WIDTH};
use super::text::Face;
use crate::media::picture;

/// Pixels of a picture's longer side that are kept.
const LONGEST: u32 = 1_920;

/// What is seen.
#[derive(Clone, Debug, PartialEq)]
pub enum Scene {
    /// A person of the cast, by the seed of a look; the mouth moves.
    Person(u64),
    /// A PNG or JPEG file, filling the picture.
    Picture(PathBuf),
    /// Lines of words on a coloured ground.
    Card { lines: Vec<String>, seed: u64 },
}

/// A scene, ready to be drawn.
pub enum Set {
    Person(Person),
    Picture(Pixmap),
    Card { lines: Vec<String>, ground: Person },
}

impl Set {
    pub fn of(scene: &Scene) -> Result<Self, FootageError> {
        match scene {
            Scene::Person(seed) => Ok(Self::Person(Person::of(*seed))),
            Scene::Picture(path) => {
                let bytes = std::fs::read(path).map_err(|source| FootageError::disk(path, source))?;
                let pixmap = opened(&bytes).ok_or_else(|| {
                    FootageError::order("The picture cannot be read.", "Use a PNG or JPEG file that opens elsewhere.")
                })?;
                Ok(Self::Picture(pixmap))
            }
            Scene::Card { lines, seed } => Ok(Self::Card { lines: lines.clone(), ground: Person::of(*seed) }),
        }
    }

    /// Draws everything but a mouth, and nothing where it is background. What was brought as a picture is cut out by the
    /// transparency it has, or else along head and shoulders.
    pub fn draw_cut_out(&self, pixmap: &mut Pixmap, person_at: Transform) {
        match self {
            Self::Person(person) => portrait::draw_person(pixmap, person, person_at),
            Self::Picture(picture) => {
                draw_filling(pixmap, picture);
                if picture.pixels().iter().all(|pixel| pixel.is_opaque())
                    && let Some(mask) = head_and_shoulders(pixmap.width(), pixmap.height())
                {
                    pixmap.apply_mask(&mask);
                }
            }
            // A card is all of one piece.
            Self::Card { ground, .. } => portrait::draw_background(pixmap, ground),
        }
    }

    /// Draws everything but a mouth.
    pub fn draw(&self, pixmap: &mut Pixmap, face: &Face, person_at: Transform, text_height: f32) {
        match self {
            Self::Person(person) => {
                portrait::draw_background(pixmap, person);
                portrait::draw_person(pixmap, person, person_at);
            }
            Self::Picture(picture) => {
                pixmap.fill(tiny_skia::Color::BLACK);
                draw_filling(pixmap, picture);
            }
            Self::Card { lines, ground } => {
                portrait::draw_background(pixmap, ground);
                draw_lines(pixmap, face, lines, text_height);
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 16,384")]
fn draw_lines(pixmap: &mut Pixmap, face: &Face, lines: &[String], text_height: f32) {
    let (width, bottom) = (pixmap.width() as f32, pixmap.height() as f32 - text_height * 4.0);
    let mut baseline = text_height * 2.0;
    for line in lines {
        if baseline > bottom {
            break;
        }
        let fitted = face.fitted(line.trim(), text_height, width - text_height * 2.0);
        face.draw(pixmap, &fitted, text_height, baseline, text_height);
        baseline += text_height * 1.5;
    }
}

/// Scales a picture until it fills the other, and centres it.
#[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 16,384")]
fn draw_filling(pixmap: &mut Pixmap, picture: &Pixmap) {
    let (width, height) = (pixmap.width() as f32, pixmap.height() as f32);
    let (own_width, own_height) = (picture.width() as f32, picture.height() as f32);
    let scale = (width / own_width).max(height / own_height);
    let left = (width - own_width * scale) / 2.0;
    // Faces are rather at the top of a picture than at its bottom.
    let top = (height - own_height * scale) / 3.0;
    let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
    pixmap.draw_pixmap(0, 0, picture.as_ref(), &paint, Transform::from_row(scale, 0.0, 0.0, scale, left, top), None);
}

/// Where somebody is in a picture as portraits are taken: a head above the middle, shoulders down to the lower edge.
#[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 16,384")]
pub fn head_and_shoulders(width: u32, height: u32) -> Option<Mask> {
    let (middle, bottom) = (width as f32 / 2.0, height as f32);
    let unit = (width as f32).min(bottom * 0.8) / 100.0;
    let head = Rect::from_xywh(middle - unit * 24.0, bottom * 0.08, unit * 48.0, bottom * 0.52)?;
    let mut path = PathBuilder::new();
    path.push_oval(head);
    path.move_to(middle - unit * 46.0, bottom);
    path.cubic_to(middle - unit * 46.0, bottom * 0.66, middle - unit * 20.0, bottom * 0.6, middle, bottom * 0.56);
    path.cubic_to(
        middle + unit * 20.0,
        bottom * 0.6,
        middle + unit * 46.0,
        bottom * 0.66,
        middle + unit * 46.0,
        bottom,
    );
    path.close();
    let mut mask = Mask::new(width, height)?;
    mask.fill_path(&path.finish()?, FillRule::Winding, true, Transform::identity());
    Some(mask)
}

fn opened(bytes: &[u8]) -> Option<Pixmap> {
    let picture = picture::decode(bytes, LONGEST).ok()?;
    let mut rgba = picture.rgba;
    for pixel in rgba.chunks_exact_mut(4) {
        if let [red, green, blue, alpha] = pixel {
            for channel in [red, green, blue] {
                *channel = u8::try_from(u16::from(*channel) * u16::from(*alpha) / 255).unwrap_or(u8::MAX);
            }
        }
    }
    Pixmap::from_vec(rgba, IntSize::from_wh(picture.width, picture.height)?)
}

/// A picture cut to a portrait's shape: PNG, 480 by 600 pixels. `None` where it cannot be read.
#[must_use]
pub fn portrait_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let picture = opened(bytes)?;
    let mut portrait = Pixmap::new(PORTRAIT_WIDTH, PORTRAIT_HEIGHT)?;
    portrait.fill(tiny_skia::Color::BLACK);
    draw_filling(&mut portrait, &picture);
    portrait.encode_png().ok()
}

/// Lines of words on a coloured ground: PNG.
#[must_use]
pub fn card_png(lines: &[String], seed: u64, width: u32, height: u32) -> Option<Vec<u8>> {
    let face = Face::new().ok()?;
    let set = Set::Card { lines: lines.to_vec(), ground: Person::of(seed) };
    let mut pixmap = Pixmap::new(width, height)?;
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 16,384")]
    let text_height = height.min(width) as f32 * 0.12;
    set.draw(&mut pixmap, &face, Transform::identity(), text_height);
    pixmap.encode_png().ok()
}

/// The first picture of an MP4 with H.264 in it: PNG. `None` where there is none that can be decoded.
#[must_use]
pub fn first_picture(path: &Path) -> Option<Vec<u8>> {
    let file = std::fs::File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let film = re_mp4::Mp4::read(std::io::BufReader::new(file), length).ok()?;
    let track = film.tracks().values().find(|track| track.kind == Some(re_mp4::TrackKind::Video))?;
    let record = track.raw_codec_config(&film)?;
    let sample = track.samples.first()?;
    let bytes = std::fs::read(path).ok()?;
    let start = usize::try_from(sample.offset).ok()?;
    let mut rest = bytes.get(start..start.checked_add(usize::try_from(sample.size).ok()?)?)?;
    let mut stream = parameter_sets(&record)?;
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        stream.extend([0, 0, 0, 1]);
        stream.extend(after.get(..length)?);
        rest = after.get(length..)?;
    }
    let mut decoder = openh264::decoder::Decoder::new().ok()?;
    let decoded = match decoder.decode(&stream) {
        Ok(Some(picture)) => drawn(&picture),
        _ => None,
    };
    match decoded {
        Some(pixmap) => pixmap.encode_png().ok(),
        None => drawn(decoder.flush_remaining().ok()?.first()?)?.encode_png().ok(),
    }
}

fn drawn(picture: &openh264::decoder::DecodedYUV<'_>) -> Option<Pixmap> {
    use openh264::formats::YUVSource as _;
    let (width, height) = picture.dimensions();
    let mut rgba = vec![0; width.checked_mul(height)?.checked_mul(4)?];
    picture.write_rgba8(&mut rgba);
    Pixmap::from_vec(rgba, IntSize::from_wh(u32::try_from(width).ok()?, u32::try_from(height).ok()?)?)
}

/// The parameter sets of an `avcC` box in Annex B form.
fn parameter_sets(record: &[u8]) -> Option<Vec<u8>> {
    let mut stream = Vec::new();
    let mut at = 5;
    for _kind in 0..2 {
        let count = record.get(at)? & 0x1f;
        at += 1;
        for _set in 0..count {
            let length = usize::from(u16::from_be_bytes([*record.get(at)?, *record.get(at + 1)?]));
            stream.extend([0, 0, 0, 1]);
            stream.extend(record.get(at + 2..at + 2 + length)?);
            at += 2 + length;
        }
    }
    Some(stream)
}
