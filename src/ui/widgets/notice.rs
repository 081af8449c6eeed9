//! Words for the person that belong to no field: a bar across the window, a card in its corner.

use egui::{Align, Color32, CornerRadius, Frame, Layout, Margin, Role, Sense, Stroke, Ui, UiBuilder, vec2};

use super::button::{Button, icon_button};
use super::text::{icon, lines, paragraph};
use crate::ui::icons;
use crate::ui::model::Tone;
use crate::ui::theme::{RADIUS_CARD, medium, palette, regular};

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
    // Its own rectangle: among panels there is no height to go by but that of the whole window.
    let height = BAR_HEIGHT.max(galley.size().y + 16.0);
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
        ui.add(egui::Label::new(galley));
    });
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_role(Role::Status);
    });
    answer
}

/// A card for the corner of the window: what happened, what it means, and a cross. True when closed.
pub fn notice_card(ui: &mut Ui, tone: Tone, what: &str, more: &str) -> bool {
    card_ui(ui, tone, what, |ui| {
        if !more.is_empty() {
            let color = palette(ui).dim;
            paragraph(ui, more, 12.0, color);
        }
    })
}

/// A card with an address that the person has to open by hand, and the button that copies it.
pub fn address_card(ui: &mut Ui, what: &str, address: &str, copied: bool) -> Option<NoticeAnswer> {
    let mut answer = None;
    let closed = card_ui(ui, Tone::Warning, what, |ui| {
        let palette = palette(ui);
        paragraph(ui, "Copy the address, and open it in a browser or send it to whom it is for:", 12.0, palette.dim);
        lines(ui, address, 12.0, palette.text, 2);
        let (label, glyph) = if copied { ("Copied", icons::CHECK) } else { ("Copy the address", icons::COPY) };
        if ui.add(Button::secondary(label).icon(glyph).small().named("Copy the address")).clicked() {
            answer = Some(NoticeAnswer::Button(0));
        }
    });
    if closed { Some(NoticeAnswer::Closed) } else { answer }
}

fn card_ui(ui: &mut Ui, tone: Tone, what: &str, add: impl FnOnce(&mut Ui)) -> bool {
    let palette = palette(ui);
    let (glyph, color) = tone_of(ui, tone);
    let frame = Frame::new()
        .fill(palette.panel)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(CornerRadius::same(RADIUS_CARD))
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::same(12));
    let shown = frame.show(ui, |ui| {
        ui.set_width(336.0);
        let mut closed = false;
        ui.allocate_ui_with_layout(vec2(336.0, 24.0), Layout::right_to_left(Align::TOP), |ui| {
            closed = icon_button(ui, icons::X, "Close this message", 24.0).clicked();
            ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
                icon(ui, glyph, 18.0, color);
                ui.allocate_ui_with_layout(vec2(ui.available_width(), 0.0), Layout::top_down(Align::LEFT), |ui| {
                    ui.spacing_mut().item_spacing.y = 4.0;
                    ui.add(egui::Label::new(egui::RichText::new(what).font(medium(14.0)).color(palette.text)).wrap());
                    add(ui);
                });
            });
        });
        closed
    });
    // The words are its children: named itself, it would be read twice.
    ui.ctx().accesskit_node_builder(shown.response.id, |node| node.set_role(Role::Alert));
    shown.inner
}
