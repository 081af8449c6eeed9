//! Surfaces and lines: panels, cards, the dashes of a till slip, the place a file would land.

use egui::{Align2, CornerRadius, Frame, InnerResponse, Margin, Rect, Sense, Shape, Stroke, StrokeKind, Ui, vec2};

use crate::ui::icons;
use crate::ui::theme::{RADIUS_CARD, RADIUS_LARGE, palette, regular, semibold};

/// A bordered surface on the background.
pub fn card<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let palette = palette(ui);
    let fill = if ui.visuals().dark_mode { palette.raised } else { palette.panel };
    Frame::new()
        .fill(fill)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(RADIUS_CARD))
        .inner_margin(Margin::same(16))
        .show(ui, add)
}

/// A bordered surface for groups of fields and tables, quieter than a card.
pub fn panel<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let palette = palette(ui);
    Frame::new()
        .fill(palette.panel)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(RADIUS_LARGE))
        .inner_margin(Margin::same(16))
        .show(ui, add)
}

/// The dashed line of a till slip, with the space around it.
pub fn dashed_line(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 9.0), Sense::hover());
    let stroke = Stroke::new(1.0, palette(ui).line);
    let y = rect.center().y.round() + 0.5;
    ui.painter().extend(Shape::dashed_line(
        &[egui::pos2(rect.left(), y), egui::pos2(rect.right(), y)],
        stroke,
        4.0,
        3.0,
    ));
}

/// A line across all the width there is, with `space` above and below it.
pub fn divider(ui: &mut Ui, space: f32) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0 + 2.0 * space), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y.round() + 0.5, Stroke::new(1.0, palette(ui).line));
}

/// A line from edge to edge of `rect` at the cursor, over a page's margin.
pub fn section_line(ui: &mut Ui, across: Rect) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(across.x_range(), rect.center().y.round() + 0.5, Stroke::new(1.0, palette(ui).line));
}

/// Over `rect` while a file hovers: what a drop would do.
pub fn drop_overlay(ui: &Ui, rect: Rect, title: &str, detail: &str) {
    let palette = palette(ui);
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop overlay"));
    let painter = ui.ctx().layer_painter(layer);
    painter.rect_filled(rect, CornerRadius::ZERO, palette.background.gamma_multiply(0.88));
    let inner = rect.shrink(16.0);
    painter.rect(
        inner,
        CornerRadius::same(RADIUS_LARGE),
        palette.blue.gamma_multiply(0.08),
        Stroke::new(2.0, palette.blue),
        StrokeKind::Inside,
    );
    let middle = inner.center();
    painter.text(middle - vec2(0.0, 44.0), Align2::CENTER_CENTER, icons::DOWNLOAD_SIMPLE, regular(36.0), palette.blue);
    painter.text(middle, Align2::CENTER_CENTER, title, semibold(20.0), palette.text);
    painter.text(middle + vec2(0.0, 30.0), Align2::CENTER_CENTER, detail, regular(14.0), palette.dim);
}
