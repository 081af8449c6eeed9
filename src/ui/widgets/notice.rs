//! Words for the person that belong to no field: a bar across the window.

use egui::{Align, Color32, CornerRadius, Layout, Role, Sense, Stroke, Ui, UiBuilder, vec2};

use super::button::{Button, icon_button};
use super::text::icon;
use crate::ui::icons;
use crate::ui::model::Tone;
use crate::ui::theme::{palette, regular};

/// What the person did with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeAnswer {
    /// Pressed the button at this place.
    Button(usize),
    Closed,
}

fn tone_of(ui: &Ui, tone: Tone) -> (&'static str, Color32) {
    let palette = palette(ui);
    match tone {
        Tone::Info => (icons::INFO, palette.blue),
        Tone::Good => (icons::CHECK_CIRCLE, palette.green),
        Tone::Warning | Tone::Bad => (icons::WARNING, palette.amber),
    }
}

/// The height of a [`bar`] with one line, in points.
const BAR_HEIGHT: f32 = 40.0;

/// A quiet bar across the width: a sentence in as many lines as it takes, buttons, and a cross where it can
/// be closed. 40 high with one line.
pub fn bar(ui: &mut Ui, tone: Tone, sentence: &str, buttons: &[&str], closable: bool) -> Option<NoticeAnswer> {
    bar_of(ui, tone, (sentence, ""), buttons, closable)
}

/// A bar that can be closed: what happened, and under it what that means.
pub fn message_bar(ui: &mut Ui, tone: Tone, what: &str, more: &str, buttons: &[&str]) -> Option<NoticeAnswer> {
    bar_of(ui, tone, (what, more), buttons, true)
}

fn bar_of(
    ui: &mut Ui,
    tone: Tone,
    (sentence, more): (&str, &str),
    buttons: &[&str],
    closable: bool,
) -> Option<NoticeAnswer> {
    let palette = palette(ui);
    let (glyph, color) = tone_of(ui, tone);
    let fill = if tone == Tone::Info { palette.raised } else { palette.raised.lerp_to_gamma(color, 0.12) };
    let mut answer = None;
    let across = ui.available_width();
    let widths = buttons.iter().map(|label| {
        let galley = ui.painter().layout_no_wrap((*label).to_owned(), regular(12.0), palette.text);
        galley.size().x + 20.0 + 8.0
    });
    // Edges, sign, buttons and cross.
    let room = across - 2.0 * 16.0 - 26.0 - widths.sum::<f32>() - if closable { 36.0 } else { 0.0 };
    let galley = ui.painter().layout(sentence.to_owned(), regular(14.0), palette.text, room.max(120.0));
    let under =
        (!more.is_empty()).then(|| ui.painter().layout(more.to_owned(), regular(12.0), palette.dim, room.max(120.0)));
    let lines = galley.size().y + under.as_ref().map_or(0.0, |under| under.size().y + 2.0);
    // Its own rectangle: among panels there is no height to go by but that of the whole window.
    let height = BAR_HEIGHT.max(lines + 16.0);
    let (rect, response) = ui.allocate_exact_size(vec2(across, height), Sense::hover());
    ui.painter().rect_filled(rect, CornerRadius::ZERO, fill);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette.line));
    let inside = rect.shrink2(vec2(16.0, 4.0));
    let mut row = ui.new_child(UiBuilder::new().max_rect(inside).layout(Layout::right_to_left(Align::Center)));
    if closable && icon_button(&mut row, icons::X, "Close this message", 28.0).clicked() {
        answer = Some(NoticeAnswer::Closed);
    }
    for (place, label) in buttons.iter().enumerate().rev() {
        if row.add(Button::secondary(label).small()).clicked() {
            answer = Some(NoticeAnswer::Button(place));
        }
    }
    row.with_layout(Layout::left_to_right(Align::Center), |ui| {
        icon(ui, glyph, 17.0, color);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.add_space(((ui.available_height() - lines) / 2.0).max(0.0));
            ui.add(egui::Label::new(galley));
            if let Some(under) = under {
                ui.add(egui::Label::new(under));
            }
        });
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Status);
    });
    answer
}
