//! What a place says while it has nothing to show.

use egui::{Layout, Ui, vec2};

use super::button::Button;
use super::text::{icon, paragraph};
use crate::ui::theme::{medium, palette};

/// An icon, what there is to know, what to do, and a button that does it.
#[derive(Clone, Copy, Debug)]
pub struct EmptyState<'a> {
    pub icon: &'a str,
    pub title: &'a str,
    pub sentence: &'a str,
    pub button: Option<&'a str>,
}

/// Draws it in the middle of the room there is; true when its button was pressed.
pub fn empty_state(ui: &mut Ui, state: &EmptyState<'_>) -> bool {
    let palette = palette(ui);
    let size = ui.available_size();
    let content = if state.button.is_some() { 168.0 } else { 120.0 };
    ui.allocate_ui_with_layout(size, Layout::top_down(egui::Align::Center), |ui| {
        ui.add_space(((size.y - content) / 2.0).max(8.0));
        icon(ui, state.icon, 36.0, palette.faint);
        ui.add_space(4.0);
        super::text::words(ui, state.title, medium(16.0), palette.text);
        let width = size.x.min(420.0);
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(egui::Align::Center), |ui| {
            paragraph(ui, state.sentence, 14.0, palette.dim);
        });
        state.button.is_some_and(|button| {
            ui.add_space(8.0);
            ui.add(Button::secondary(button)).clicked()
        })
    })
    .inner
}
