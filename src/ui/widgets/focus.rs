//! Where the keyboard is, and what a control is called.

use egui::{CornerRadius, Response, Role, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::ui::theme::palette;

/// A ring around the control that has the keyboard, outside its edge.
pub fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        let rect = response.rect.expand(2.0);
        let stroke = Stroke::new(2.0, palette(ui).blue);
        ui.painter().rect_stroke(rect, CornerRadius::same(radius.saturating_add(2)), stroke, StrokeKind::Middle);
    }
}

/// A ring inside the edge of a control that has the keyboard, where its neighbours touch it.
pub fn inner_focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        let rect = response.rect.shrink(1.5);
        let stroke = Stroke::new(2.0, palette(ui).blue);
        ui.painter().rect_stroke(rect, CornerRadius::same(radius), stroke, StrokeKind::Middle);
    }
}

/// Gives a control its accessible name and role.
pub fn name(response: &Response, role: Role, enabled: bool, label: &str) {
    response.widget_info(|| WidgetInfo::labeled(role, enabled, label));
}

/// Adds a sentence that is read after the name: why a control is disabled, what is wrong with a field.
pub fn describe(response: &Response, sentence: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_description(sentence));
}
