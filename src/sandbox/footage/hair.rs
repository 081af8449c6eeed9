//! Hair, scarves, turbans and beards: what is behind the head, and what is on it.

use super::brush::{Brush, darker, lighter};
use super::person::{Beard, Hair, Person};

/// What hangs behind the neck and the shoulders.
pub fn draw_behind(brush: &mut Brush<'_>, person: &Person) {
    let color = darker(person.hair_color, 22);
    match person.hair {
        Hair::Afro => {
            brush.oval((240.0, 212.0), (134.0, 126.0), color, 255);
            for (x, y) in ring((240.0, 212.0), (122.0, 114.0), 22) {
                brush.oval((x, y), (26.0, 26.0), color, 255);
            }
        }
        Hair::Bob => brush.fill(
            "M 150 250 C 138 126 200 104 240 104 C 280 104 342 126 330 250 C 336 310 334 352 326 384 C 296 400 184 400 154 384 C 146 352 144 310 150 250 Z",
            color,
            255,
        ),
        Hair::Long => brush.fill(
            "M 152 240 C 142 128 200 104 240 104 C 280 104 338 128 328 240 C 334 330 352 410 354 520 C 330 540 300 528 286 500 L 194 500 C 180 528 150 540 126 520 C 128 410 146 330 152 240 Z",
            color,
            255,
        ),
        Hair::Wavy => brush.fill(
            "M 150 232 C 136 124 200 98 244 100 C 302 100 344 138 332 236 C 348 262 338 288 346 312 C 362 340 348 368 358 398 C 370 430 354 474 330 488 C 300 502 180 502 150 488 C 124 474 110 430 122 398 C 132 368 118 340 134 312 C 142 288 132 262 150 232 Z",
            color,
            255,
        ),
        Hair::Ponytail => brush.fill(
            "M 296 150 C 356 160 372 250 356 330 C 350 374 360 404 340 446 C 330 410 326 376 320 334 C 314 260 312 200 286 170 Z",
            color,
            255,
        ),
        Hair::Bun => {
            brush.oval((240.0, 106.0), (46.0, 40.0), person.hair_color, 255);
            brush.line("M 206 104 Q 236 78 270 96", 4.0, lighter(person.hair_color, 22), 120);
            brush.line("M 214 120 Q 240 98 272 114", 3.0, darker(person.hair_color, 35), 140);
        }
        Hair::Scarf => brush.fill(
            "M 240 100 C 146 100 132 190 140 280 C 144 350 150 400 124 452 C 160 500 320 500 356 452 C 330 400 336 350 340 280 C 348 190 334 100 240 100 Z",
            color,
            255,
        ),
        Hair::Braids => brush.fill("M 158 250 C 146 140 196 112 240 112 C 284 112 334 140 322 250 L 316 330 L 164 330 Z", color, 255),
        _ => {}
    }
}

/// What lies on the head, in front of the face.
pub fn draw_front(brush: &mut Brush<'_>, person: &Person) {
    let color = person.hair_color;
    let (light, dark) = (lighter(color, 20), darker(color, 30));
    match person.hair {
        Hair::Bald => brush.glow((214.0, 172.0), 34.0, 0xffffff, 60),
        Hair::Receding => {
            brush.glow((218.0, 176.0), 32.0, 0xffffff, 55);
            brush.fill_both("M 165 276 C 152 232 158 186 186 158 C 190 178 182 206 178 236 L 174 272 Z", color, 255);
            brush.line_both("M 164 236 Q 166 200 182 172", 2.5, light, 110);
        }
        Hair::Buzz => brush.fill(
            "M 167 250 C 156 160 190 130 240 130 C 290 130 324 160 313 250 L 307 230 C 306 206 300 192 288 182 C 262 174 218 174 192 182 C 180 192 174 206 173 230 Z",
            color,
            240,
        ),
        Hair::SidePart => {
            brush.fill(
                "M 165 262 C 148 160 184 110 246 112 C 310 114 332 166 315 262 L 307 236 C 306 214 300 202 290 192 C 258 200 222 194 198 172 C 188 186 178 206 174 236 Z",
                color,
                255,
            );
            brush.line("M 200 168 C 216 140 250 126 286 136", 4.0, light, 120);
            brush.line("M 208 176 C 236 158 268 160 296 178", 3.0, dark, 110);
        }
        Hair::Quiff => {
            brush.fill(
                "M 165 256 C 156 190 158 150 186 134 C 196 98 262 86 300 108 C 330 126 326 190 315 256 L 308 232 C 306 206 302 194 292 184 C 264 178 222 180 190 188 C 180 198 176 214 173 234 Z",
                color,
                255,
            );
            brush.line("M 196 168 C 206 126 246 108 284 120", 4.0, light, 120);
            brush.line("M 214 174 C 226 146 262 132 300 144", 3.0, dark, 110);
            brush.line("M 240 176 C 256 160 280 156 306 166", 3.0, light, 80);
        }
        Hair::Curls => {
            brush.fill("M 170 244 C 152 150 196 124 240 124 C 284 124 328 150 310 244 C 306 206 286 184 240 182 C 194 184 174 206 170 244 Z", color, 255);
            for (index, (x, y)) in arc((240.0, 214.0), (80.0, 84.0), 11).into_iter().enumerate() {
                brush.oval((x, y), (22.0, 22.0), if index % 2 == 0 { color } else { darker(color, 14) }, 255);
            }
            for (index, (x, y)) in arc((240.0, 204.0), (52.0, 50.0), 7).into_iter().enumerate() {
                brush.oval((x, y), (21.0, 20.0), if index % 2 == 0 { lighter(color, 5) } else { color }, 255);
            }
            for (x, y) in arc((240.0, 206.0), (66.0, 68.0), 8) {
                brush.line(&format!("M {} {} Q {} {} {} {}", x - 8.0, y, x, y - 10.0, x + 8.0, y - 1.0), 2.5, light, 90);
            }
        }
        Hair::Afro => {
            brush.fill("M 170 250 C 168 196 196 176 240 176 C 284 176 312 196 310 250 C 340 196 318 108 240 106 C 162 108 140 196 170 250 Z", color, 255);
            for (x, y) in arc((240.0, 212.0), (104.0, 94.0), 12) {
                brush.line(&format!("M {} {} Q {} {} {} {}", x - 9.0, y + 2.0, x, y - 9.0, x + 9.0, y + 1.0), 3.0, light, 70);
            }
        }
        Hair::Bob => {
            brush.fill(
                "M 158 330 C 142 160 192 108 240 108 C 288 108 338 160 322 330 C 312 306 309 268 307 238 C 284 224 262 220 240 220 C 218 220 196 224 173 238 C 171 268 168 306 158 330 Z",
                color,
                255,
            );
            brush.line("M 182 190 C 196 140 236 124 276 134", 5.0, light, 95);
            brush.line_both("M 204 222 Q 206 190 222 160", 2.5, dark, 90);
        }
        Hair::Long => {
            brush.fill_both("M 242 122 C 196 116 152 160 158 262 C 160 340 146 400 140 470 C 172 430 180 340 176 270 C 180 220 206 176 242 152 Z", color, 255);
            brush.line_both("M 226 134 C 186 150 166 200 168 262 C 168 330 160 380 154 420", 4.0, light, 85);
        }
        Hair::Wavy => {
            brush.fill("M 216 132 C 174 136 152 190 156 250 C 146 290 158 312 140 350 C 172 336 178 294 176 258 C 180 214 198 184 218 164 Z", color, 255);
            brush.fill("M 206 144 C 262 106 334 150 326 250 C 338 290 322 322 342 360 C 310 344 303 296 305 254 C 300 218 262 200 212 166 Z", color, 255);
            brush.line("M 228 142 C 280 128 314 176 314 246", 5.0, light, 95);
            brush.line("M 204 154 C 178 172 166 210 168 250", 4.0, light, 80);
            brush.line_both("M 142 330 C 134 370 146 400 136 440", 4.0, light, 60);
        }
        Hair::Bun | Hair::Ponytail => {
            brush.fill("M 166 262 C 152 160 192 118 240 118 C 288 118 328 160 314 262 C 310 216 286 180 240 170 C 194 180 170 216 166 262 Z", color, 255);
            brush.line("M 186 190 C 204 150 226 136 244 130", 4.0, light, 100);
            brush.line("M 292 190 C 280 160 266 146 250 136", 3.0, light, 70);
        }
        Hair::Braids => {
            brush.fill_both("M 241 116 C 194 112 152 160 164 262 C 170 216 196 180 241 164 Z", color, 255);
            brush.line("M 240 120 L 240 164", 2.0, person.skin, 150);
            brush.line_both("M 226 126 Q 186 146 174 210", 2.5, light, 70);
            for step in 0_u8..10 {
                let (x, y) = (162.0 - f32::from(step) * 1.4, 270.0 + f32::from(step) * 24.0);
                brush.oval_both((x, y), (14.0, 16.0), if step % 2 == 0 { color } else { lighter(color, 9) }, 255);
            }
            brush.oval_both((148.0, 504.0), (9.0, 7.0), 0xd9a441, 255);
        }
        Hair::Pixie => {
            brush.fill(
                "M 163 272 C 146 170 180 108 244 110 C 314 110 334 176 317 266 C 312 250 309 232 305 214 C 288 208 272 194 262 174 C 240 202 206 216 178 220 C 175 238 172 256 163 272 Z",
                color,
                255,
            );
            brush.line("M 186 206 C 220 196 246 178 258 144", 4.0, light, 130);
            brush.line("M 270 172 C 280 190 292 200 304 204", 3.0, dark, 90);
        }
        Hair::Scarf => {
            brush.fill("M 171 262 C 166 186 200 160 240 160 C 280 160 314 186 309 262 C 330 190 308 118 240 116 C 172 118 150 190 171 262 Z", color, 255);
            brush.fill(
                "M 169 286 C 172 350 204 396 240 398 C 276 396 308 350 311 286 C 334 330 330 410 356 454 C 330 520 150 520 124 454 C 150 410 146 330 169 286 Z",
                color,
                255,
            );
            brush.fill("M 168 250 C 164 300 170 330 180 352 C 160 330 150 290 158 240 Z", color, 255);
            brush.fill("M 312 250 C 316 300 310 330 300 352 C 320 330 330 290 322 240 Z", color, 255);
            brush.line("M 176 180 C 196 144 250 130 296 164", 4.0, light, 90);
            brush.line("M 168 376 C 210 430 270 440 322 396", 4.0, dark, 110);
            brush.line("M 156 420 C 210 468 270 470 330 430", 4.0, dark, 90);
            brush.line("M 190 400 C 220 424 262 426 300 402", 3.0, light, 70);
        }
        Hair::Turban => {
            brush.fill("M 160 234 C 134 150 176 80 244 80 C 310 80 346 150 320 234 C 302 200 274 182 240 170 C 206 182 178 200 160 234 Z", color, 255);
            for (shape, width) in [
                ("M 164 210 C 180 160 216 128 250 90", 4.0),
                ("M 316 210 C 300 160 264 128 230 90", 4.0),
                ("M 158 180 C 176 136 210 112 262 84", 3.0),
                ("M 322 180 C 304 136 270 112 218 84", 3.0),
            ] {
                brush.line(shape, width, dark, 110);
            }
            brush.line("M 180 196 C 200 162 222 144 240 136", 3.0, light, 120);
        }
    }
}

/// Hair on the face, under the mouth that is drawn later.
pub fn draw_beard(brush: &mut Brush<'_>, person: &Person) {
    let base = if person.hair == Hair::Turban { 0x1d1a1e } else { person.hair_color };
    let jaw = "M 171 272 C 172 312 178 352 202 378 C 222 398 258 398 278 378 C 302 352 308 312 309 272 C 304 300 294 314 278 317 C 264 311 216 311 202 317 C 186 314 176 300 171 272 Z";
    match person.beard {
        Beard::None => {}
        Beard::Stubble => brush.fill(jaw, base, 52),
        Beard::Short => brush.fill(jaw, base, 150),
        Beard::Full => {
            brush.fill(
                "M 170 266 C 168 316 172 362 198 394 C 220 418 260 418 282 394 C 308 362 312 316 310 266 C 304 298 294 313 276 316 C 262 308 218 308 204 316 C 186 313 176 298 170 266 Z",
                base,
                250,
            );
            brush.line_both("M 190 350 Q 198 382 222 398", 3.0, lighter(base, 22), 60);
        }
        Beard::Moustache => {
            brush.fill(jaw, base, 26);
            brush.fill("M 204 334 C 210 316 230 311 240 318 C 250 311 270 316 276 334 C 264 331 250 332 240 330 C 230 332 216 331 204 334 Z", base, 250);
        }
    }
}

/// Points on the upper half of an ellipse, from the left to the right.
fn arc(center: (f32, f32), radii: (f32, f32), count: u8) -> Vec<(f32, f32)> {
    let last = f32::from(count.saturating_sub(1).max(1));
    (0..count)
        .map(|index| std::f32::consts::PI * (1.0 + f32::from(index) / last))
        .map(|angle| (center.0 + radii.0 * angle.cos(), center.1 + radii.1 * angle.sin()))
        .collect()
}

/// Points on a whole ellipse.
fn ring(center: (f32, f32), radii: (f32, f32), count: u8) -> Vec<(f32, f32)> {
    (0..count)
        .map(|index| std::f32::consts::TAU * f32::from(index) / f32::from(count.max(1)))
        .map(|angle| (center.0 + radii.0 * angle.cos(), center.1 + radii.1 * angle.sin()))
        .collect()
}
