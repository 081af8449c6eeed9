//! A brush for flat drawings: shapes from path words, in one measure that is scaled to the picture.

use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point,
    RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::person::Rgb;

/// The middle of a portrait: what is mirrored is mirrored here.
const MIDDLE: f32 = 240.0;

/// Draws on a picture in the portrait's measure.
pub struct Brush<'a> {
    pixmap: &'a mut Pixmap,
    transform: Transform,
}

impl<'a> Brush<'a> {
    pub fn new(pixmap: &'a mut Pixmap, transform: Transform) -> Self {
        Self { pixmap, transform }
    }

    /// Fills a shape; `alpha` is 0 to 255.
    pub fn fill(&mut self, shape: &str, color: Rgb, alpha: u8) {
        self.paint(shape, self.transform, Shader::SolidColor(solid(color, alpha)));
    }

    /// Fills a shape and its mirror image.
    pub fn fill_both(&mut self, shape: &str, color: Rgb, alpha: u8) {
        self.fill(shape, color, alpha);
        self.paint(shape, self.mirrored(), Shader::SolidColor(solid(color, alpha)));
    }

    /// Fills a shape from one colour at `from` to another at `to`.
    pub fn fill_between(&mut self, shape: &str, from: (f32, f32, Rgb), to: (f32, f32, Rgb)) {
        let stops = vec![GradientStop::new(0.0, solid(from.2, 255)), GradientStop::new(1.0, solid(to.2, 255))];
        let shader = linear((from.0, from.1), (to.0, to.1), stops);
        if let Some(shader) = shader {
            self.paint(shape, self.transform, shader);
        }
    }

    /// Draws a line with round ends.
    pub fn line(&mut self, shape: &str, width: f32, color: Rgb, alpha: u8) {
        self.stroke(shape, self.transform, width, color, alpha);
    }

    /// Draws a line and its mirror image.
    pub fn line_both(&mut self, shape: &str, width: f32, color: Rgb, alpha: u8) {
        self.line(shape, width, color, alpha);
        self.stroke(shape, self.mirrored(), width, color, alpha);
    }

    /// Fills an ellipse.
    pub fn oval(&mut self, center: (f32, f32), radii: (f32, f32), color: Rgb, alpha: u8) {
        let path = Rect::from_xywh(center.0 - radii.0, center.1 - radii.1, radii.0 * 2.0, radii.1 * 2.0)
            .and_then(PathBuilder::from_oval);
        if let Some(path) = path {
            self.paint_path(&path, self.transform, Shader::SolidColor(solid(color, alpha)));
        }
    }

    /// Fills an ellipse and its mirror image.
    pub fn oval_both(&mut self, center: (f32, f32), radii: (f32, f32), color: Rgb, alpha: u8) {
        self.oval(center, radii, color, alpha);
        self.oval((MIDDLE * 2.0 - center.0, center.1), radii, color, alpha);
    }

    /// A soft spot that fades out at its radius.
    pub fn glow(&mut self, center: (f32, f32), radius: f32, color: Rgb, alpha: u8) {
        let stops = vec![GradientStop::new(0.0, solid(color, alpha)), GradientStop::new(1.0, solid(color, 0))];
        let middle = Point::from_xy(center.0, center.1);
        let shader = RadialGradient::new(middle, 0.0, middle, radius, stops, SpreadMode::Pad, Transform::identity());
        let path = PathBuilder::from_circle(center.0, center.1, radius);
        if let (Some(path), Some(shader)) = (path, shader) {
            self.paint_path(&path, self.transform, shader);
        }
    }

    /// A soft spot and its mirror image.
    pub fn glow_both(&mut self, center: (f32, f32), radius: f32, color: Rgb, alpha: u8) {
        self.glow(center, radius, color, alpha);
        self.glow((MIDDLE * 2.0 - center.0, center.1), radius, color, alpha);
    }

    fn mirrored(&self) -> Transform {
        self.transform.pre_concat(Transform::from_row(-1.0, 0.0, 0.0, 1.0, MIDDLE * 2.0, 0.0))
    }

    fn paint(&mut self, shape: &str, transform: Transform, shader: Shader<'_>) {
        if let Some(path) = parsed(shape) {
            self.paint_path(&path, transform, shader);
        }
    }

    fn paint_path(&mut self, path: &Path, transform: Transform, shader: Shader<'_>) {
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.pixmap.fill_path(path, &paint, FillRule::Winding, transform, None);
    }

    fn stroke(&mut self, shape: &str, transform: Transform, width: f32, color: Rgb, alpha: u8) {
        let Some(path) = parsed(shape) else { return };
        let paint = Paint { shader: Shader::SolidColor(solid(color, alpha)), anti_alias: true, ..Paint::default() };
        let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        self.pixmap.stroke_path(&path, &paint, &stroke, transform, None);
    }
}

/// A gradient along a line.
pub fn linear(from: (f32, f32), to: (f32, f32), stops: Vec<GradientStop>) -> Option<Shader<'static>> {
    let (from, to) = (Point::from_xy(from.0, from.1), Point::from_xy(to.0, to.1));
    LinearGradient::new(from, to, stops, SpreadMode::Pad, Transform::identity())
}

/// A colour with an alpha of 0 to 255.
pub fn solid(color: Rgb, alpha: u8) -> Color {
    let [_, red, green, blue] = color.to_be_bytes();
    Color::from_rgba8(red, green, blue, alpha)
}

/// Mixed with black, in hundredths.
pub fn darker(color: Rgb, hundredths: u32) -> Rgb {
    mixed(color, 0x000000, hundredths)
}

/// Mixed with white, in hundredths.
pub fn lighter(color: Rgb, hundredths: u32) -> Rgb {
    mixed(color, 0xffffff, hundredths)
}

/// A colour with so many hundredths of another in it.
pub fn mixed(color: Rgb, other: Rgb, hundredths: u32) -> Rgb {
    let (a, b) = (color.to_be_bytes(), other.to_be_bytes());
    let mut out = [0; 4];
    for (out, (a, b)) in out.iter_mut().zip(a.into_iter().zip(b)) {
        let sum = u32::from(a) * 100_u32.saturating_sub(hundredths) + u32::from(b) * hundredths.min(100);
        *out = u8::try_from(sum / 100).unwrap_or(u8::MAX);
    }
    Rgb::from_be_bytes(out)
}

/// A path in the words of SVG: absolute M, L, Q, C and Z with numbers apart by spaces.
fn parsed(shape: &str) -> Option<Path> {
    let mut path = PathBuilder::new();
    let mut words = shape.split_ascii_whitespace();
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|word| word.parse::<f32>().ok());
        match word {
            "M" => path.move_to(number()?, number()?),
            "L" => path.line_to(number()?, number()?),
            "Q" => path.quad_to(number()?, number()?, number()?, number()?),
            "C" => path.cubic_to(number()?, number()?, number()?, number()?, number()?, number()?),
            "Z" => path.close(),
            _ => return None,
        }
    }
    path.finish()
}
