//! How far something is: a bar, a bar of parts, a ring.

use egui::{Color32, CornerRadius, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, pos2, vec2};

use super::focus::name;
use crate::ui::theme::palette;

/// A bar `share` full (0 to 1), 6 high.
pub fn progress_bar(ui: &mut Ui, called: &str, width: f32, share: f32, color: Color32) -> Response {
    split_bar(ui, called, width, &[(share, color)])
}

/// A bar of parts, each a share of the whole (0 to 1) in its colour.
pub fn split_bar(ui: &mut Ui, called: &str, width: f32, parts: &[(f32, Color32)]) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(width, 6.0), Sense::hover());
    name(&response, Role::ProgressIndicator, true, called);
    let whole: f32 = parts.iter().map(|(share, _)| *share).sum();
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_numeric_value(f64::from(whole.clamp(0.0, 1.0))));
    if ui.is_rect_visible(rect) {
        let radius = CornerRadius::same(3);
        ui.painter().rect_filled(rect, radius, palette(ui).line);
        let mut left = rect.left();
        for (share, color) in parts {
            let right = (left + share.clamp(0.0, 1.0) * rect.width()).min(rect.right());
            if right > left {
                let part = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
                ui.painter().rect_filled(part, radius, *color);
            }
            left = right;
        }
    }
    response
}

/// A small ring around `center`, `share` of it in `color`, clockwise from the top.
pub fn ring(ui: &Ui, center: Pos2, radius: f32, share: f32, color: Color32) {
    ui.painter().circle_stroke(center, radius, Stroke::new(1.6, palette(ui).faint.gamma_multiply(0.6)));
    let share = share.clamp(0.0, 1.0);
    if share > 0.0 {
        let points = (0..=24_u8)
            .map(|step| {
                let angle = f32::from(step) / 24.0 * share * std::f32::consts::TAU - std::f32::consts::FRAC_PI_2;
                center + radius * Vec2::angled(angle)
            })
            .collect();
        ui.painter().line(points, Stroke::new(1.8, color));
    }
}
