//! A switch with its words.

use egui::{CornerRadius, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::focus::focus_ring;
use super::text::elided;
use crate::ui::theme::{palette, regular};

/// A switch, on or off, with its words at the right.
pub fn toggle(ui: &mut Ui, label: &str, on: &mut bool) -> Response {
    let palette = palette(ui);
    let track = vec2(32.0, 18.0);
    let galley = elided(ui, label, regular(14.0), palette.text, ui.available_width() - track.x - 8.0);
    let size = vec2(track.x + 8.0 + galley.size().x, 28.0);
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click());
    if response.clicked() {
        *on = !*on;
        response.mark_changed();
    }
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::Switch, enabled, *on, label));
    if ui.is_rect_visible(rect) {
        let how_on = ui.ctx().animate_bool_responsive(response.id, *on);
        let track = Rect::from_min_size(pos2(rect.left(), rect.center().y - track.y / 2.0), track);
        let off = if response.hovered() { palette.faint } else { palette.line };
        let fill = off.lerp_to_gamma(palette.blue, how_on);
        ui.painter().rect_filled(track, CornerRadius::same(9), fill);
        let x = egui::lerp((track.left() + 9.0)..=(track.right() - 9.0), how_on);
        ui.painter().circle_filled(pos2(x, track.center().y), 6.5, palette.on_red);
        ui.painter().galley(pos2(track.right() + 8.0, rect.center().y - galley.size().y / 2.0), galley, palette.text);
    }
    focus_ring(ui, &response, 8);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}
