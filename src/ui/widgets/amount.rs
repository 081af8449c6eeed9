//! Money: right-aligned, never wrapped, six decimals on hover.

use egui::{Align, Color32, FontId, Label, Layout, Response, RichText, Ui};

use super::text::{elided, words};
use crate::money::Usd;
use crate::ui::theme::{palette, regular};

/// An amount as a label: to the cent, with all its decimals on hover.
pub fn amount_ui(ui: &mut Ui, amount: Usd, font: FontId, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(amount.to_string()).font(font).color(color)).extend())
        .on_hover_text(amount.precise())
}

/// A row of words at the left and an amount at the right edge.
pub fn amount_row(ui: &mut Ui, label: &str, amount: Usd, color: Color32) -> Response {
    let precise = amount.precise();
    line_row(ui, label, &amount.to_string(), color).on_hover_text(precise)
}

/// A row of words at the left and figures at the right edge. The figures keep their room; the
/// words give way, first to a line of their own, never the figures.
pub fn line_row(ui: &mut Ui, label: &str, figures: &str, color: Color32) -> Response {
    let palette = palette(ui);
    let needed = elided(ui, label, regular(14.0), palette.dim, f32::INFINITY).size().x
        + elided(ui, figures, regular(14.0), color, f32::INFINITY).size().x
        + 12.0;
    if needed > ui.available_width() {
        words(ui, label, regular(14.0), palette.dim);
        return right(ui, |ui| ui.add(Label::new(RichText::new(figures).font(regular(14.0)).color(color)).extend()));
    }
    right(ui, |ui| {
        let response = ui.add(Label::new(RichText::new(figures).font(regular(14.0)).color(color)).extend());
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| words(ui, label, regular(14.0), palette.dim));
        response
    })
}

fn right<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    let size = egui::vec2(ui.available_width(), 20.0);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), add).inner
}
