//! Drawn people: a bust of 480 by 600, in flat shapes with a little light and shade.

use tiny_skia::{Color, FillRule, GradientStop, Paint, PathBuilder, Pixmap, Rect, Transform};

use super::brush::{Brush, darker, lighter, linear, mixed, solid};
use super::hair;
use super::person::{Beard, Glasses, Hair, Outfit, Person, Rgb, Shape};

/// Pixels of a portrait, and the measure of its drawing.
pub const PORTRAIT_WIDTH: u32 = 480;
/// Pixels of a portrait, and the measure of its drawing.
pub const PORTRAIT_HEIGHT: u32 = 600;

const INK: Rgb = 0x1b1416;

/// The body is drawn with a long neck and pushed up under the chin.
const BODY: Transform = Transform { sx: 1.04, kx: 0.0, ky: 0.0, sy: 1.04, tx: -9.6, ty: -48.0 };

/// Where the mouth moves, in the drawing's measure: left, top, right, bottom.
pub const MOUTH_AREA: [f32; 4] = [196.0, 316.0, 284.0, 382.0];

/// The portrait of a seed as a PNG of 480 by 600 pixels.
#[must_use]
pub fn portrait_png(seed: u64) -> Option<Vec<u8>> {
    let person = Person::of(seed);
    let mut pixmap = Pixmap::new(PORTRAIT_WIDTH, PORTRAIT_HEIGHT)?;
    draw_background(&mut pixmap, &person);
    let pose = posed(1.0, 0.0, 0.0);
    draw_person(&mut pixmap, &person, pose);
    draw_mouth(&mut pixmap, &person, 0, pose);
    pixmap.encode_png().ok()
}

/// How a figure stands in its portrait: a little larger than drawn, so that the face fills the frame.
#[must_use]
pub fn posed(scale: f32, left: f32, top: f32) -> Transform {
    const LARGER: f32 = 1.2;
    let drawn = Transform { sx: LARGER, kx: 0.0, ky: 0.0, sy: LARGER, tx: 240.0 * (1.0 - LARGER), ty: -76.0 };
    Transform::from_row(scale, 0.0, 0.0, scale, left, top).pre_concat(drawn)
}

/// The backdrop over the whole picture: dark below, a soft light behind the head.
pub fn draw_background(pixmap: &mut Pixmap, person: &Person) {
    let [above, below] = person.backdrop;
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
    let (width, height) = (pixmap.width() as f32, pixmap.height() as f32);
    let stops = vec![GradientStop::new(0.0, solid(above, 255)), GradientStop::new(1.0, solid(below, 255))];
    fill_all(pixmap, stops, (width * 0.3, 0.0), (width * 0.7, height));
    Brush::new(pixmap, Transform::identity()).glow(
        (width * 0.5, height * 0.36),
        width.min(height) * 0.62,
        lighter(above, 38),
        72,
    );
}

/// Darkness from a height to the lower edge, so that words can be read.
pub fn draw_scrim(pixmap: &mut Pixmap, top: f32) {
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
    let height = pixmap.height() as f32;
    let stops = vec![GradientStop::new(0.0, Color::TRANSPARENT), GradientStop::new(1.0, solid(0, 190))];
    fill_all(pixmap, stops, (0.0, top), (0.0, height));
}

fn fill_all(pixmap: &mut Pixmap, stops: Vec<GradientStop>, from: (f32, f32), to: (f32, f32)) {
    #[expect(clippy::cast_precision_loss, reason = "pixels of a picture, below 4,096")]
    let (width, height) = (pixmap.width() as f32, pixmap.height() as f32);
    let path = Rect::from_xywh(0.0, 0.0, width, height).map(PathBuilder::from_rect);
    if let (Some(path), Some(shader)) = (path, linear(from, to, stops)) {
        let paint = Paint { shader, ..Paint::default() };
        pixmap.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
    }
}

/// The person without a mouth.
pub fn draw_person(pixmap: &mut Pixmap, person: &Person, transform: Transform) {
    let body = transform.pre_concat(BODY);
    hair::draw_behind(&mut Brush::new(pixmap, transform), person);
    draw_neck(&mut Brush::new(pixmap, body), person);
    draw_outfit(&mut Brush::new(pixmap, body), person);
    let mut brush = Brush::new(pixmap, transform);
    if person.hair != Hair::Scarf {
        draw_ears(&mut brush, person);
    }
    draw_head(&mut brush, person);
    hair::draw_beard(&mut brush, person);
    draw_features(&mut brush, person);
    hair::draw_front(&mut brush, person);
    draw_glasses(&mut brush, person);
}

fn draw_neck(brush: &mut Brush<'_>, person: &Person) {
    let shade = mixed(darker(person.skin, 13), 0x8a3a2a, 8);
    let half = if person.soft { 29.0 } else { 36.0 };
    let (left, right) = (240.0 - half, 240.0 + half);
    brush.fill(
        &format!(
            "M {left} 340 L {left} 420 Q {} 440 196 452 L 240 570 L 284 452 Q {} 440 {right} 420 L {right} 340 Z",
            left - 4.0,
            right + 4.0
        ),
        shade,
        255,
    );
    brush.fill(
        &format!("M {left} 352 L {right} 352 L {right} 400 Q 246 446 {left} 398 Z"),
        darker(person.skin, 42),
        130,
    );
}

/// A garment with a neckline so wide and so deep.
fn garment(person: &Person, width: f32, depth: f32) -> String {
    let shoulder = if person.soft { 160.0 } else { 184.0 };
    let (left, right) = (240.0 - shoulder, 240.0 + shoulder);
    let (a, b, low) = (240.0 - width, 240.0 + width, 440.0 + depth);
    format!(
        "M {left} 620 C {} 530 {} 482 {} 464 L {a} 438 Q {} {low} 240 {low} Q {} {low} {b} 438 L {} 464 C {} 482 {} 530 {right} 620 Z",
        left + 4.0,
        left + 26.0,
        left + 92.0,
        240.0 - width * 0.7,
        240.0 + width * 0.7,
        right - 92.0,
        right - 26.0,
        right - 4.0,
    )
}

fn draw_outfit(brush: &mut Brush<'_>, person: &Person) {
    let [cloth, inner] = person.cloth;
    let (light, dark) = (lighter(cloth, 9), darker(cloth, 26));
    let worn = |brush: &mut Brush<'_>, width: f32, depth: f32, color: Rgb| {
        brush.fill_between(
            &garment(person, width, depth),
            (110.0, 450.0, lighter(color, 7)),
            (370.0, 640.0, darker(color, 30)),
        );
    };
    match person.outfit {
        Outfit::Crew => {
            worn(brush, 46.0, 34.0, cloth);
            brush.line("M 194 439 Q 208 476 240 476 Q 272 476 286 439", 7.0, dark, 150);
        }
        Outfit::VNeck => {
            worn(brush, 48.0, 0.0, cloth);
            brush.fill("M 194 430 L 240 520 L 286 430 Z", mixed(darker(person.skin, 13), 0x8a3a2a, 8), 255);
            brush.line("M 192 439 L 240 520 L 288 439", 6.0, dark, 170);
        }
        Outfit::Turtleneck => {
            worn(brush, 46.0, 6.0, cloth);
            brush.fill_between(
                "M 196 392 Q 240 424 284 392 L 292 452 Q 240 480 188 452 Z",
                (196.0, 400.0, light),
                (290.0, 450.0, darker(cloth, 18)),
            );
            brush.line("M 190 450 Q 240 478 290 450", 4.0, dark, 150);
            brush.line("M 197 408 Q 240 438 283 408", 3.0, dark, 80);
        }
        Outfit::Shirt => {
            worn(brush, 44.0, 44.0, cloth);
            brush.line("M 240 484 L 240 610", 3.0, dark, 130);
            brush.oval((248.0, 520.0), (3.5, 3.5), dark, 200);
            brush.oval((248.0, 566.0), (3.5, 3.5), dark, 200);
            brush.fill("M 198 424 L 182 446 L 206 500 L 241 482 Q 210 462 198 424 Z", lighter(cloth, 16), 255);
            brush.fill("M 282 424 L 298 446 L 274 500 L 239 482 Q 270 462 282 424 Z", lighter(cloth, 10), 255);
            brush.line("M 182 446 L 206 500 L 240 482 L 274 500 L 298 446", 2.5, dark, 120);
        }
        Outfit::Blazer | Outfit::Suit => {
            let suit = person.outfit == Outfit::Suit;
            brush.fill("M 190 452 L 240 610 L 290 452 L 280 428 Q 240 476 200 428 Z", inner, 255);
            if suit {
                brush.fill("M 198 424 L 190 446 L 214 492 L 241 470 Q 212 456 198 424 Z", lighter(inner, 40), 255);
                brush.fill("M 282 424 L 290 446 L 266 492 L 239 470 Q 268 456 282 424 Z", lighter(inner, 30), 255);
                brush.line("M 190 446 L 214 492 L 240 472 L 266 492 L 290 446", 2.0, 0x000000, 50);
                let tie = mixed(person.backdrop[0], 0xb0353f, 45);
                brush.fill("M 230 472 L 250 472 L 256 488 L 262 610 L 218 610 L 224 488 Z", tie, 255);
                brush.fill("M 230 472 L 250 472 L 256 490 L 224 490 Z", darker(tie, 22), 255);
            } else {
                brush.fill("M 200 436 Q 240 486 280 436 L 272 432 Q 240 462 208 432 Z", darker(inner, 12), 255);
                brush.fill(
                    "M 205 430 Q 240 482 275 430 Q 262 452 240 454 Q 218 452 205 430 Z",
                    mixed(darker(person.skin, 13), 0x8a3a2a, 8),
                    255,
                );
            }
            let half = |mirror: bool| {
                let x = |value: f32| if mirror { 480.0 - value } else { value };
                let edge = 240.0 - if person.soft { 160.0 } else { 184.0 };
                format!(
                    "M {} 620 C {} 530 {} 482 {} 464 L {} 434 L {} 620 Z",
                    x(edge),
                    x(edge + 4.0),
                    x(edge + 26.0),
                    x(edge + 92.0),
                    x(194.0),
                    x(242.0),
                )
            };
            brush.fill_between(&half(false), (80.0, 460.0, light), (240.0, 620.0, darker(cloth, 14)));
            brush.fill_between(&half(true), (250.0, 460.0, cloth), (400.0, 620.0, darker(cloth, 32)));
            brush.fill(
                "M 194 432 L 172 452 L 164 492 L 186 496 L 178 512 L 236 606 L 242 606 Z",
                darker(cloth, 12),
                255,
            );
            brush.fill(
                "M 286 432 L 308 452 L 316 492 L 294 496 L 302 512 L 244 606 L 238 606 Z",
                darker(cloth, 20),
                255,
            );
            brush.line("M 194 432 L 241 606", 2.0, dark, 190);
            brush.line("M 286 432 L 239 606", 2.0, dark, 190);
        }
        Outfit::Hoodie => {
            worn(brush, 48.0, 34.0, cloth);
            brush.fill_both(
                "M 200 414 C 170 420 150 446 158 470 C 190 480 214 496 240 510 L 240 484 C 214 474 200 446 200 414 Z",
                lighter(cloth, 8),
                255,
            );
            brush.line_both("M 158 470 C 190 480 214 496 240 510", 3.0, dark, 170);
            brush.line_both("M 222 500 L 218 556", 4.0, inner, 230);
        }
        Outfit::Overalls => {
            worn(brush, 46.0, 30.0, inner);
            brush.line("M 194 439 Q 208 472 240 472 Q 272 472 286 439", 6.0, darker(inner, 22), 140);
            brush.fill("M 150 452 L 182 442 L 196 540 L 160 540 Z", cloth, 255);
            brush.fill("M 330 452 L 298 442 L 284 540 L 320 540 Z", darker(cloth, 8), 255);
            brush.fill_between(
                "M 160 532 L 320 532 L 326 620 L 154 620 Z",
                (160.0, 530.0, cloth),
                (320.0, 620.0, darker(cloth, 20)),
            );
            brush.oval_both((178.0, 548.0), (6.0, 6.0), 0xd8b25c, 255);
            brush.line("M 168 540 L 312 540", 2.0, lighter(cloth, 30), 120);
        }
    }
}

fn draw_ears(brush: &mut Brush<'_>, person: &Person) {
    let covered = matches!(person.hair, Hair::Long | Hair::Bob | Hair::Wavy | Hair::Afro | Hair::Braids);
    if !covered {
        brush.oval_both((168.0, 268.0), (14.0, 24.0), darker(person.skin, 7), 255);
        brush.line_both("M 163 256 Q 157 270 166 282", 3.0, darker(person.skin, 30), 120);
    }
    if person.earrings && !matches!(person.hair, Hair::Long | Hair::Wavy) {
        brush.oval_both((165.0, 302.0), (6.0, 6.0), 0xe2b65a, 255);
        brush.oval_both((163.0, 300.0), (2.0, 2.0), 0xffffff, 190);
    }
}

/// The outline of the face below the crown.
fn outline(shape: Shape) -> String {
    let (cheek, jaw, chin, low) = match shape {
        Shape::Oval => (71.0, 58.0, 22.0, 384.0),
        Shape::Round => (75.0, 66.0, 28.0, 378.0),
        Shape::Square => (72.0, 66.0, 36.0, 386.0),
        Shape::Long => (68.0, 56.0, 24.0, 394.0),
    };
    let left = |half: f32| 240.0 - half;
    let right = |half: f32| 240.0 + half;
    format!(
        "M {} 244 C {} 176 {} 138 240 138 C {} 138 {} 176 {} 244 C {} 286 {} 318 {} 340 C {} 364 {} {low} 240 {low} C {} {low} {} 364 {} 340 C {} 318 {} 286 {} 244 Z",
        left(cheek),
        left(cheek),
        left(cheek * 0.6),
        right(cheek * 0.6),
        right(cheek),
        right(cheek),
        right(cheek + 1.0),
        right(jaw + 5.0),
        right(jaw - 4.0),
        right(jaw - 14.0),
        right(chin),
        left(chin),
        left(jaw - 14.0),
        left(jaw - 4.0),
        left(jaw + 5.0),
        left(cheek + 1.0),
        left(cheek),
    )
}

fn draw_head(brush: &mut Brush<'_>, person: &Person) {
    let skin = person.skin;
    brush.fill_between(
        &outline(person.shape),
        (186.0, 190.0, lighter(skin, 9)),
        (318.0, 350.0, mixed(darker(skin, 12), 0x8a3a2a, 6)),
    );
    let blush = mixed(skin, 0xd0504a, 45);
    brush.glow_both((196.0, 306.0), 30.0, blush, if person.soft { 105 } else { 60 });
    if person.freckles {
        for (x, y) in [(190.0, 296.0), (200.0, 302.0), (208.0, 294.0), (184.0, 306.0), (216.0, 303.0), (197.0, 312.0)] {
            brush.oval_both((x, y), (1.9, 1.9), darker(mixed(skin, 0xa0522d, 40), 10), 170);
        }
    }
    if person.lined {
        brush.line_both("M 186 284 Q 196 292 208 290", 2.0, darker(skin, 30), 90);
        brush.line_both("M 212 312 Q 202 326 203 342", 2.0, darker(skin, 30), 90);
        brush.line("M 210 200 Q 240 194 270 200", 2.0, darker(skin, 30), 60);
    }
}

fn draw_features(brush: &mut Brush<'_>, person: &Person) {
    let skin = person.skin;
    // Eyes.
    let lid = darker(mixed(skin, INK, 70), 20);
    brush.fill_both(
        "M 190 262 Q 198 250 210 250 Q 222 251 228 262 Q 220 271 208 271 Q 197 270 190 262 Z",
        0xf6f1eb,
        255,
    );
    brush.oval_both((209.5, 260.5), (9.4, 10.0), person.eyes, 255);
    brush.oval_both((209.5, 260.5), (4.8, 5.2), 0x120d0e, 255);
    for x in [206.5, 267.5] {
        brush.oval((x, 257.0), (2.5, 2.5), 0xffffff, 240);
    }
    // The upper lid lies over the iris: without it everybody stares.
    brush.fill_both(
        "M 188 262 Q 196 245 210 244 Q 224 245 230 262 Q 222 253 210 252.5 Q 198 253 188 262 Z",
        darker(skin, 14),
        255,
    );
    if person.soft {
        brush.line_both("M 184 259 Q 196 252 210 252 Q 223 253 229 262", 3.8, lid, 255);
        brush.line_both("M 188 258 L 182 254", 2.8, lid, 235);
    } else {
        brush.line_both("M 189 262 Q 198 252 210 252 Q 222 253 229 262", 3.0, lid, 235);
    }
    brush.line_both("M 198 277 Q 208 281 219 277", 1.8, darker(skin, 30), 60);
    // Brows.
    let covered = matches!(person.hair, Hair::Scarf | Hair::Turban | Hair::Bald);
    let hair = if covered { 0x2a1d18 } else { person.hair_color };
    let brow = darker(mixed(hair, 0x4a3020, 30), 18);
    if person.soft {
        brush.fill_both("M 182 236 Q 202 219 231 229 Q 231 234 228 235 Q 204 228 182 236 Z", brow, 235);
    } else {
        brush.fill_both("M 180 237 Q 200 218 232 227 Q 233 236 229 238 Q 204 230 180 237 Z", brow, 245);
    }
    // Nose.
    let shade = mixed(darker(skin, 28), 0x8a3a2a, 18);
    brush.fill("M 244 250 Q 250 286 262 302 Q 258 314 240 314 Q 252 308 248 292 Z", shade, 70);
    brush.line("M 222 304 Q 226 313 235 310 Q 240 315 246 310 Q 255 313 259 304", 3.0, shade, 190);
    brush.glow((236.0, 296.0), 11.0, 0xffffff, 60);
}

/// The mouth, from closed (0) to wide open (3).
pub fn draw_mouth(pixmap: &mut Pixmap, person: &Person, openness: usize, transform: Transform) {
    let mut brush = Brush::new(pixmap, transform);
    let skin = person.skin;
    let bearded = matches!(person.beard, Beard::Full | Beard::Short);
    let lip = if person.soft {
        mixed(darker(skin, 6), 0xb5404a, 46)
    } else {
        mixed(darker(skin, 14), 0xa8433f, if bearded { 40 } else { 30 })
    };
    let line = darker(mixed(skin, 0x6a1f22, 60), 34);
    let open = match openness {
        0 => {
            if person.soft {
                brush.fill("M 212 340 Q 228 332 235 334 Q 240 336 245 334 Q 252 332 268 340 Q 254 357 240 357 Q 226 357 212 340 Z", lip, 255);
                brush.line("M 209 337 Q 224 345 240 344 Q 256 345 271 337", 2.6, line, 220);
                brush.line("M 231 352 Q 240 354 249 352", 2.2, 0xffffff, 55);
            } else {
                brush.fill(
                    "M 212 341 Q 228 334 240 337 Q 252 334 268 341 Q 254 356 240 356 Q 226 356 212 341 Z",
                    lip,
                    210,
                );
                brush.line("M 208 339 Q 224 347 240 346 Q 256 347 272 339", 3.4, line, 235);
            }
            return;
        }
        1 => 6.0,
        2 => 12.0,
        _ => 18.0,
    };
    let low = 346.0 + open;
    brush.fill(
        &format!("M 209 339 Q 226 329 240 333 Q 254 329 271 339 Q 264 {0} 240 {0} Q 216 {0} 209 339 Z", low + 10.0),
        lip,
        255,
    );
    brush.fill(&format!("M 215 340 Q 240 337 265 340 Q 259 {low} 240 {low} Q 221 {low} 215 340 Z"), 0x4a1218, 255);
    brush.fill(
        &format!("M 219 340 Q 240 338 261 340 Q 256 {0} 240 {0} Q 224 {0} 219 340 Z", 343.0 + open * 0.25),
        0xfaf6f0,
        255,
    );
}

fn draw_glasses(brush: &mut Brush<'_>, person: &Person) {
    let frame = if person.skin < 0x900000 { 0xd9b46a } else { 0x26211f };
    let shape = match person.glasses {
        Glasses::None => return,
        Glasses::Round => {
            "M 178 262 C 178 240 190 230 207 230 C 224 230 235 240 235 262 C 235 282 224 292 207 292 C 190 292 178 282 178 262 Z"
        }
        Glasses::Square => {
            "M 176 242 Q 177 235 186 235 L 226 235 Q 235 236 235 244 L 232 276 Q 230 287 219 287 L 193 287 Q 182 286 180 276 Z"
        }
    };
    brush.fill_both(shape, 0xffffff, 22);
    brush.line_both(shape, 4.4, frame, 255);
    brush.line("M 235 256 Q 240 250 245 256", 4.4, frame, 255);
    brush.line_both("M 178 254 L 165 250", 4.4, frame, 255);
    brush.line("M 190 246 L 202 238", 3.0, 0xffffff, 90);
    brush.line("M 256 246 L 268 238", 3.0, 0xffffff, 90);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_gives_the_same_person_and_others_give_others() {
        let portraits: Vec<_> = (1..=20).map(|seed| portrait_png(seed * 16).unwrap()).collect();
        assert_eq!(portrait_png(16).unwrap(), portraits[0]);
        for (index, portrait) in portraits.iter().enumerate() {
            assert!(!portraits[..index].contains(portrait), "two looks share a face");
        }
        assert_ne!(portrait_png(16), portrait_png(17), "another look of a person wears something else");
        assert_ne!(portrait_png(987_654_321), portrait_png(987_654_322));
    }
}
