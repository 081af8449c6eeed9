//! The two things that move: both ask for the next frame only while they are on the screen.

use std::time::Duration;

use egui::{Color32, CornerRadius, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2};

use super::focus::name;
use crate::ui::theme::palette;

/// Between two frames of something that moves: 30 a second are enough for the eye.
const BETWEEN_FRAMES: Duration = Duration::from_millis(33);

/// A turning arc that says something is on its way.
pub fn spinner(ui: &mut Ui, side: f32, called: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    name(&response, Role::ProgressIndicator, true, called);
    paint_spinner(ui, rect.center(), side / 2.0 - 1.5, palette(ui).dim);
    response
}

/// The arc alone, where a control has its own name.
pub fn paint_spinner(ui: &Ui, center: Pos2, radius: f32, color: Color32) {
    if !ui.is_rect_visible(Rect::from_center_size(center, Vec2::splat(radius * 2.0))) {
        return;
    }
    ui.ctx().request_repaint_after(BETWEEN_FRAMES);
    let turn = (ui.input(|input| input.time) * 5.0) % std::f64::consts::TAU;
    #[expect(clippy::cast_possible_truncation, reason = "an angle")]
    let start = turn as f32;
    let points = (0..=20_u8)
        .map(|step| {
            let angle = start + f32::from(step) / 20.0 * 4.6;
            center + radius * Vec2::angled(angle)
        })
        .collect();
    ui.painter().line(points, Stroke::new(1.8, color));
}

/// A placeholder with a slow gleam, the size of what is to come.
pub fn shimmer(ui: &Ui, rect: Rect, radius: u8) {
    if !ui.is_rect_visible(rect) {
        return;
    }
    ui.ctx().request_repaint_after(Duration::from_millis(66));
    let palette = palette(ui);
    let wave = (ui.input(|input| input.time) * 2.2 + f64::from(rect.left()) / 240.0).sin() * 0.5 + 0.5;
    #[expect(clippy::cast_possible_truncation, reason = "a share of a colour")]
    let fill = palette.raised.lerp_to_gamma(palette.hover, wave as f32);
    ui.painter().rect_filled(rect, CornerRadius::same(radius), fill);
}
