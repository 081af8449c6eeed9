//! A box to tick, in a place of the caller's own.

use egui::{Align2, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::focus::focus_ring;
use crate::ui::icons;
use crate::ui::theme::{palette, regular};

/// Draws it in the middle of `rect`, all of which can be clicked.
pub fn tick(ui: &Ui, rect: Rect, id: Id, called: &str, on: bool) -> Response {
    let palette = palette(ui);
    let seat = Rect::from_center_size(rect.center(), vec2(17.0, 17.0));
    let response = ui.interact(rect, id, Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, on, called));
    if on {
        ui.painter().rect_filled(seat, 4, palette.blue);
        ui.painter().text(seat.center(), Align2::CENTER_CENTER, icons::CHECK, regular(12.0), palette.on_red);
    } else {
        let color = if response.hovered() { palette.text } else { palette.faint };
        ui.painter().rect_stroke(seat, 4, Stroke::new(1.0, color), StrokeKind::Inside);
    }
    focus_ring(ui, &response, 4);
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}
