//! What is seen in a film: the look, the title, the running time.

use openh264::formats::{RgbaSliceU8, YUVBuffer, YUVSlices, YUVSource};
use tiny_skia::{IntRect, Pixmap, Transform};

use super::FilmOrder;
use super::error::FootageError;
use super::portrait::{self, PORTRAIT_HEIGHT};
use super::scene::Set;
use super::text::Face;

/// The longest side openh264 takes.
const LARGEST: u32 = 3_840;
const SMALLEST: u32 = 16;
pub const THUMBNAIL_WIDTH: u32 = 640;

/// How far the mouth is open: an index into four drawings, 0 is closed.
pub type Mouth = usize;

/// Pixels, both even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// H.264 halves the colours, so both sides are even.
pub fn even_size(width: u32, height: u32) -> Result<Size, FootageError> {
    let range = SMALLEST..=LARGEST;
    let fits = range.contains(&width) && range.contains(&height) && width.min(height) <= 2_160;
    if !fits {
        let message = format!("A film of {width}×{height} pixels cannot be made.");
        return Err(FootageError::order(message, "Use 16 to 3,840 pixels a side, and at most 3,840×2,160."));
    }
    Ok(Size { width: width.next_multiple_of(2), height: height.next_multiple_of(2) })
}

/// The set on which a film is shot: everything that stands still, and how to draw what moves.
pub struct Stage {
    size: Size,
    set: Set,
    title: String,
    face: Face,
    /// Everything but the mouth and the clock.
    still: Pixmap,
    planes: Planes,
    layout: Layout,
}

/// Where things are, in pixels.
#[derive(Clone, Copy)]
pub struct Layout {
    pub person: Transform,
    text_height: f32,
    title_left: f32,
    title_width: f32,
    baseline: f32,
    /// The left edge of the clock's first digit.
    clock_left: f32,
    digit_width: f32,
    clock_area: IntRect,
    mouth_area: IntRect,
}

/// A picture as H.264 wants it: brightness, and two colours at half the size.
#[derive(Clone)]
pub struct Planes {
    size: Size,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
}

impl Stage {
    /// Draws what stands still.
    pub fn new(order: &FilmOrder, size: Size) -> Result<Self, FootageError> {
        let face = Face::new()?;
        let set = Set::of(&order.scene)?;
        let too_large = || FootageError::order("The picture is too large.", "Use a smaller size.");
        let layout = Layout::of(size, &face).ok_or_else(too_large)?;
        let mut still = Pixmap::new(size.width, size.height).ok_or_else(too_large)?;
        set.draw(&mut still, &face, layout.person, layout.text_height);
        draw_title(&mut still, &face, &order.title, &layout);
        let planes = Planes::of(&still)?;
        Ok(Self { size, set, title: order.title.clone(), face, still, planes, layout })
    }

    pub fn size(&self) -> Size {
        self.size
    }

    /// The picture at a second of the film.
    pub fn frame(&self, second: u32, mouth: Mouth) -> Result<Planes, FootageError> {
        let mut planes = self.planes.clone();
        if let Set::Person(person) = &self.set {
            self.patch(&mut planes, self.layout.mouth_area, |patch, shift| {
                portrait::draw_mouth(patch, person, mouth, self.layout.person.post_concat(shift));
            })?;
        }
        self.patch(&mut planes, self.layout.clock_area, |patch, shift| {
            self.draw_clock(patch, second, shift.tx, shift.ty);
        })?;
        Ok(planes)
    }

    /// PNG, 640 pixels wide, the mouth closed and no clock.
    pub fn thumbnail_png(&self) -> Result<Vec<u8>, FootageError> {
        let height = (THUMBNAIL_WIDTH * self.size.height / self.size.width).max(2);
        let size = Size { width: THUMBNAIL_WIDTH, height: height.next_multiple_of(2) };
        let too_large = || FootageError::order("The picture is too tall.", "Use a smaller height.");
        let layout = Layout::of(size, &self.face).ok_or_else(too_large)?;
        let mut pixmap = Pixmap::new(size.width, size.height).ok_or_else(too_large)?;
        self.set.draw(&mut pixmap, &self.face, layout.person, layout.text_height);
        if let Set::Person(person) = &self.set {
            portrait::draw_mouth(&mut pixmap, person, 0, layout.person);
        }
        draw_title(&mut pixmap, &self.face, &self.title, &layout);
        pixmap.encode_png().map_err(|error| FootageError::encode("thumbnail", error))
    }

    fn draw_clock(&self, pixmap: &mut Pixmap, second: u32, shift_x: f32, shift_y: f32) {
        let Layout { text_height, baseline, clock_left, digit_width, .. } = self.layout;
        let mut left = clock_left + shift_x;
        for c in format!("{:02}:{:02}", second / 60, second % 60).chars() {
            let text = c.to_string();
            let cell = if c == ':' { digit_width * 0.5 } else { digit_width };
            // Every digit is centred in a cell of the same width, so that a tick moves only what it changes.
            let inset = (cell - self.face.width(&text, text_height)) / 2.0;
            self.face.draw(pixmap, &text, left + inset, baseline + shift_y, text_height);
            left += cell;
        }
    }

    /// Draws in a part of the picture and brings only that part over.
    fn patch(
        &self,
        planes: &mut Planes,
        area: IntRect,
        draw: impl FnOnce(&mut Pixmap, Transform),
    ) -> Result<(), FootageError> {
        let Some(mut patch) = self.still.clone_rect(area) else { return Ok(()) };
        #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
        draw(&mut patch, Transform::from_translate(-area.x() as f32, -area.y() as f32));
        planes.replace(area, &Planes::of(&patch)?);
        Ok(())
    }
}

fn draw_title(pixmap: &mut Pixmap, face: &Face, title: &str, layout: &Layout) {
    portrait::draw_scrim(pixmap, layout.baseline - layout.text_height * 3.0);
    let title = face.fitted(title.trim(), layout.text_height, layout.title_width);
    face.draw(pixmap, &title, layout.title_left, layout.baseline, layout.text_height);
}

impl Layout {
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
    pub fn of(size: Size, face: &Face) -> Option<Self> {
        let (width, height) = (size.width as f32, size.height as f32);
        let scale = (height / PORTRAIT_HEIGHT as f32).min(width / 400.0);
        let person = Transform::from_row(
            scale,
            0.0,
            0.0,
            scale,
            width / 2.0 - 240.0 * scale,
            height - PORTRAIT_HEIGHT as f32 * scale,
        );
        let text_height = (width.min(height) * 0.058).max(6.0);
        let margin = text_height;
        let digit_width = ('0'..='9').map(|digit| face.width(&digit.to_string(), text_height)).fold(0.0, f32::max);
        let clock_width = digit_width * 4.5;
        let clock_left = (width - margin - clock_width).max(0.0);
        let baseline = height - margin;
        let [mouth_left, mouth_top, mouth_right, mouth_bottom] = portrait::MOUTH_AREA;
        let corner = |x: f32, y: f32| (x * person.sx + person.tx, y * person.sy + person.ty);
        let (mouth_left, mouth_top) = corner(mouth_left, mouth_top);
        let (mouth_right, mouth_bottom) = corner(mouth_right, mouth_bottom);
        Some(Self {
            person,
            text_height,
            title_left: margin,
            title_width: (clock_left - margin * 2.0).max(0.0),
            baseline,
            clock_left,
            digit_width,
            clock_area: even_area(
                size,
                clock_left - digit_width,
                baseline - text_height,
                width,
                baseline + text_height * 0.4,
            )?,
            mouth_area: even_area(size, mouth_left, mouth_top, mouth_right, mouth_bottom)?,
        })
    }
}

/// The smallest area of even numbers that holds all of this and stays inside the picture.
#[expect(clippy::cast_possible_truncation, reason = "pixels of a picture, below 4,096")]
fn even_area(size: Size, left: f32, top: f32, right: f32, bottom: f32) -> Option<IntRect> {
    let (width, height) = (i32::try_from(size.width).ok()?, i32::try_from(size.height).ok()?);
    let even = |value: f32, most: i32| (value as i32).clamp(0, most) & !1;
    let (x, y) = (even(left, width - 2), even(top, height - 2));
    let (right, bottom) = (even(right + 3.0, width), even(bottom + 3.0, height));
    IntRect::from_xywh(x, y, u32::try_from((right - x).max(2)).ok()?, u32::try_from((bottom - y).max(2)).ok()?)
}

impl Planes {
    /// A drawing; its sides are even.
    pub fn of(pixmap: &Pixmap) -> Result<Self, FootageError> {
        let size = Size { width: pixmap.width(), height: pixmap.height() };
        let sides = (side(size.width)?, side(size.height)?);
        let converted = YUVBuffer::from_rgba8_source(RgbaSliceU8::new(pixmap.data(), sides));
        Ok(Self { size, y: converted.y().to_vec(), u: converted.u().to_vec(), v: converted.v().to_vec() })
    }

    /// Grey of this brightness; the sides are even.
    pub fn grey(size: Size, y: Vec<u8>) -> Self {
        let colourless = vec![128; y.len() / 4];
        Self { size, y, u: colourless.clone(), v: colourless }
    }

    /// A part of a decoded picture; its corner and sides are even and lie within it.
    pub fn cut(source: &impl YUVSource, left: u32, top: u32, size: Size) -> Result<Self, FootageError> {
        let (left, top, width, height) = (side(left)?, side(top)?, side(size.width)?, side(size.height)?);
        let strides = source.strides();
        let rows = |plane: &[u8], stride: usize, left: usize, top: usize, width: usize, height: usize| {
            (top..top + height)
                .flat_map(|row| plane.get(row * stride + left..row * stride + left + width).unwrap_or_default())
                .copied()
                .collect::<Vec<u8>>()
        };
        let half = |plane, stride| rows(plane, stride, left / 2, top / 2, width / 2, height / 2);
        let planes = Self {
            size,
            y: rows(source.y(), strides.0, left, top, width, height),
            u: half(source.u(), strides.1),
            v: half(source.v(), strides.2),
        };
        let whole = planes.y.len() == width * height && planes.u.len() == planes.v.len();
        (whole && planes.u.len() == width * height / 4)
            .then_some(planes)
            .ok_or_else(|| FootageError::encode("picture", "a part reaches over the edge"))
    }

    pub fn size(&self) -> Size {
        self.size
    }

    /// The whole picture in another size, black where its shape leaves room. Both sides of both are even.
    pub fn fitted(&self, size: Size) -> Self {
        if self.size == size {
            return self.clone();
        }
        let (own_width, own_height) = (u64::from(self.size.width), u64::from(self.size.height));
        let (width, height) = (u64::from(size.width), u64::from(size.height));
        let by_height = own_width * height <= width * own_height;
        let (wide, tall) = if by_height {
            ((own_width * height / own_height.max(1)).max(2) & !1, height)
        } else {
            (width, (own_height * width / own_width.max(1)).max(2) & !1)
        };
        let (left, top) = (((width - wide) / 2) & !1, ((height - tall) / 2) & !1);
        let scaled = |plane: &[u8], part: u64, empty: u8| {
            let (own_width, own_height) = (own_width / part, own_height / part);
            let (wide, tall, left, top) = (wide / part, tall / part, left / part, top / part);
            let at = |x: u64, y: u64| {
                let (across, down) =
                    (x.checked_sub(left).filter(|x| *x < wide)?, y.checked_sub(top).filter(|y| *y < tall)?);
                let (x, y) = (across * own_width / wide.max(1), down * own_height / tall.max(1));
                plane.get(usize::try_from(y * own_width + x).ok()?).copied()
            };
            (0..height / part)
                .flat_map(|y| (0..width / part).map(move |x| (x, y)))
                .map(|(x, y)| at(x, y).unwrap_or(empty))
                .collect()
        };
        Self { size, y: scaled(&self.y, 1, 16), u: scaled(&self.u, 2, 128), v: scaled(&self.v, 2, 128) }
    }

    /// Brightness and the two colours, row after row.
    pub fn i420(&self) -> (&[u8], &[u8], &[u8]) {
        (&self.y, &self.u, &self.v)
    }

    /// PNG of a quarter of the rows and columns or all of them, so that it is about 640 pixels wide.
    pub fn png(&self) -> Result<Vec<u8>, FootageError> {
        let (width, height, rgb) = self.pixels((self.size.width / THUMBNAIL_WIDTH).max(1), &[])?;
        let failed = |error| FootageError::encode("thumbnail", error);
        let mut png = std::io::Cursor::new(Vec::new());
        image::write_buffer_with_format(&mut png, &rgb, width, height, image::ColorType::Rgb8, image::ImageFormat::Png)
            .map_err(failed)?;
        Ok(png.into_inner())
    }

    /// Width, height and pixels with an opacity, about 320 pixels wide.
    pub fn small_rgba(&self) -> Result<(u32, u32, Vec<u8>), FootageError> {
        self.pixels((self.size.width / (THUMBNAIL_WIDTH / 2)).max(1), &[u8::MAX])
    }

    /// Every so many pixels, each followed by the same bytes.
    fn pixels(&self, step: u32, after: &[u8]) -> Result<(u32, u32, Vec<u8>), FootageError> {
        let (width, height) = ((self.size.width / step).max(1), (self.size.height / step).max(1));
        let stride = side(self.size.width)?;
        let step = side(step)?;
        let mut pixels = Vec::with_capacity(side(width * height * 4)?);
        for row in 0..side(height)? {
            for column in 0..side(width)? {
                let (x, y) = (column * step, row * step);
                let at = |plane: &[u8], index: usize| i32::from(plane.get(index).copied().unwrap_or(128));
                let luma = at(&self.y, y * stride + x);
                let chroma = y / 2 * (stride / 2) + x / 2;
                pixels.extend(to_rgb(luma, at(&self.u, chroma), at(&self.v, chroma)));
                pixels.extend_from_slice(after);
            }
        }
        Ok((width, height, pixels))
    }

    /// Puts a smaller picture in its place.
    pub fn replace(&mut self, area: IntRect, patch: &Self) {
        let (Ok(x), Ok(y)) = (usize::try_from(area.x()), usize::try_from(area.y())) else { return };
        let (Ok(width), Ok(patch_width)) = (side(self.size.width), side(patch.size.width)) else { return };
        copy_rows(&mut self.y, width, (x, y), &patch.y, patch_width);
        copy_rows(&mut self.u, width / 2, (x / 2, y / 2), &patch.u, patch_width / 2);
        copy_rows(&mut self.v, width / 2, (x / 2, y / 2), &patch.v, patch_width / 2);
    }

    /// What the encoder takes.
    pub fn as_slices(&self) -> Result<YUVSlices<'_>, FootageError> {
        let (width, height) = (side(self.size.width)?, side(self.size.height)?);
        Ok(YUVSlices::new((&self.y, &self.u, &self.v), (width, height), (width, width / 2, width / 2)))
    }
}

/// BT.601 with the range of television, in 256ths.
fn to_rgb(y: i32, u: i32, v: i32) -> [u8; 3] {
    let (y, u, v) = (298 * (y - 16), u - 128, v - 128);
    [y + 409 * v, y - 100 * u - 208 * v, y + 516 * u]
        .map(|channel| u8::try_from(((channel + 128) >> 8).clamp(0, 255)).unwrap_or(u8::MAX))
}

fn copy_rows(plane: &mut [u8], width: usize, (x, y): (usize, usize), patch: &[u8], patch_width: usize) {
    for (row, source) in patch.chunks_exact(patch_width).enumerate() {
        let start = (y + row) * width + x;
        if let Some(target) = plane.get_mut(start..start + patch_width) {
            target.copy_from_slice(source);
        }
    }
}

fn side(pixels: u32) -> Result<usize, FootageError> {
    usize::try_from(pixels).map_err(|error| FootageError::encode("picture", error))
}
