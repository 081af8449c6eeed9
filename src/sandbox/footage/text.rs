//! Words in the picture: one face, drawn straight into the pixels.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use tiny_skia::{Pixmap, PremultipliedColorU8};

use super::error::FootageError;

static SEMIBOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// The face of all words in a film.
pub struct Face {
    font: FontRef<'static>,
}

impl Face {
    pub fn new() -> Result<Self, FootageError> {
        let font = FontRef::try_from_slice(SEMIBOLD).map_err(|error| FootageError::encode("title", error))?;
        Ok(Self { font })
    }

    /// The width of a text in pixels at a height in pixels.
    pub fn width(&self, text: &str, height: f32) -> f32 {
        let font = self.font.as_scaled(PxScale::from(height));
        text.chars().map(|c| font.h_advance(font.glyph_id(c))).sum()
    }

    /// The text, cut with an ellipsis where it is wider than allowed.
    pub fn fitted(&self, text: &str, height: f32, width: f32) -> String {
        if self.width(text, height) <= width {
            return text.to_owned();
        }
        let mut kept: String = text.to_owned();
        while kept.pop().is_some() {
            let cut = format!("{}…", kept.trim_end());
            if self.width(&cut, height) <= width {
                return cut;
            }
        }
        String::new()
    }

    /// Draws white text with its baseline at `(x, y)`.
    pub fn draw(&self, pixmap: &mut Pixmap, text: &str, x: f32, y: f32, height: f32) {
        let font = self.font.as_scaled(PxScale::from(height));
        let mut pen = x;
        for c in text.chars() {
            let id = font.glyph_id(c);
            self.draw_glyph(pixmap, id.with_scale_and_position(PxScale::from(height), point(pen, y)));
            pen += font.h_advance(id);
        }
    }

    fn draw_glyph(&self, pixmap: &mut Pixmap, glyph: Glyph) {
        let Some(outline) = self.font.outline_glyph(glyph) else { return };
        let bounds = outline.px_bounds();
        let (width, height) = (i64::from(pixmap.width()), i64::from(pixmap.height()));
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a picture that was checked to be small")]
        let (left, top) = (bounds.min.x as i64, bounds.min.y as i64);
        let pixels = pixmap.pixels_mut();
        outline.draw(|dx, dy, coverage| {
            let (x, y) = (left + i64::from(dx), top + i64::from(dy));
            if !(0..width).contains(&x) || !(0..height).contains(&y) {
                return;
            }
            if let Some(pixel) = usize::try_from(y * width + x).ok().and_then(|index| pixels.get_mut(index)) {
                *pixel = over(*pixel, coverage);
            }
        });
    }
}

/// White with this coverage over a pixel.
fn over(below: PremultipliedColorU8, coverage: f32) -> PremultipliedColorU8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 256")]
    let coverage = (coverage.clamp(0.0, 1.0) * 256.0) as u16;
    let mix = |channel: u8| {
        let mixed = u16::from(channel) + (((255 - u16::from(channel)) * coverage) >> 8);
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    PremultipliedColorU8::from_rgba(mix(below.red()), mix(below.green()), mix(below.blue()), mix(below.alpha()))
        .unwrap_or(below)
}
