//! Fields that take text, their labels and their problems.
//!
//! A problem stands in the label's own row, so that nothing moves when it comes or goes.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Align2, Frame, Layout, Margin, Response, ScrollArea, Stroke, TextBuffer, TextEdit, Ui, pos2, vec2};

use super::button::icon_button;
use super::focus::{describe, focus_ring};
use super::text::elided;
use crate::ui::icons;
use crate::ui::theme::{CONTROL_HEIGHT, RADIUS, palette, regular};

/// The height of the row a label stands in, with the gap under it.
const LABEL_ROW: f32 = 24.0;

/// A label row with, at its right, the problem or else `note`.
pub fn field_label(ui: &mut Ui, label: &str, note: &str, problem: Option<&str>) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LABEL_ROW - 6.0), egui::Sense::hover());
    ui.add_space(6.0 - ui.spacing().item_spacing.y);
    let galley = elided(ui, label, regular(12.0), palette.dim, rect.width());
    let used = galley.size().x;
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size());
    ui.painter().galley(at.min, galley, palette.dim);
    super::focus::name(&response, egui::Role::Label, true, label);
    let room = rect.width() - used - 12.0;
    if let Some(problem) = problem {
        let galley = elided(ui, &format!("{} {problem}", icons::WARNING_CIRCLE), regular(12.0), palette.amber, room);
        let at = Align2::RIGHT_CENTER.anchor_size(rect.right_center(), galley.size());
        let problem_response = ui.interact(at, response.id.with("problem"), egui::Sense::hover());
        super::focus::name(&problem_response, egui::Role::Label, true, problem);
        ui.painter().galley(at.min, galley, palette.amber);
        let _ = problem_response.on_hover_text(problem);
    } else if !note.is_empty() {
        let galley = elided(ui, note, regular(12.0), palette.dim, room);
        let at = Align2::RIGHT_CENTER.anchor_size(rect.right_center(), galley.size());
        let note_response = ui.interact(at, response.id.with("note"), egui::Sense::hover());
        super::focus::name(&note_response, egui::Role::Label, true, note);
        ui.painter().galley(at.min, galley, palette.dim);
    }
}

/// A labelled control `width` wide: the label row, then what `add` draws.
pub fn field<R>(ui: &mut Ui, label: &str, problem: Option<&str>, width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
        ui.set_width(width);
        field_label(ui, label, "", problem);
        add(ui)
    })
    .inner
}

/// A problem on a line of its own, where there is room kept for it: always one line high.
pub fn problem_line(ui: &mut Ui, problem: Option<&str>) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), egui::Sense::hover());
    if let Some(problem) = problem {
        super::focus::name(&response, egui::Role::Label, true, problem);
        let text = format!("{} {problem}", icons::WARNING_CIRCLE);
        let at = rect.left_center();
        super::text::paint_elided(ui, at, Align2::LEFT_CENTER, &text, regular(12.0), palette.amber, rect.width());
        let _ = response.on_hover_text(problem);
    }
}

/// One line of text, named `called`.
pub fn text_line(ui: &mut Ui, called: &str, hint: &str, text: &mut String, width: f32) -> Response {
    let margin = Margin::symmetric(12, 7);
    let edit = TextEdit::singleline(text)
        .hint_text(hint.to_owned())
        .font(regular(14.0))
        .align(Align2::LEFT_CENTER)
        .margin(margin)
        .min_size(vec2(width, CONTROL_HEIGHT))
        .desired_width(width);
    let response = ui.add(edit).accessible_name(called);
    focus_ring(ui, &response, RADIUS);
    response
}

/// A field to search in: magnifier, text, and a cross that empties it.
pub fn search_field(ui: &mut Ui, called: &str, hint: &str, text: &mut String, width: f32) -> Response {
    let palette = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, CONTROL_HEIGHT), egui::Sense::hover());
    ui.painter().rect(rect, RADIUS, palette.input, Stroke::new(1.0, palette.line), egui::StrokeKind::Inside);
    let glass = pos2(rect.left() + 20.0, rect.center().y);
    ui.painter().text(glass, Align2::CENTER_CENTER, icons::MAGNIFYING_GLASS, regular(16.0), palette.dim);
    let clear_room = if text.is_empty() { 8.0 } else { 32.0 };
    let inner =
        egui::Rect::from_min_max(pos2(rect.left() + 32.0, rect.top()), pos2(rect.right() - clear_room, rect.bottom()));
    let edit = TextEdit::singleline(text)
        .id(ui.scope_id().with(("search", called)))
        .hint_text(hint.to_owned())
        .font(regular(14.0))
        .frame(Frame::NONE)
        .align(Align2::LEFT_CENTER)
        .margin(Margin::ZERO)
        .desired_width(inner.width())
        .min_size(inner.size());
    let mut response = ui.place(inner, edit).accessible_name(called);
    if !text.is_empty() {
        let cross = egui::Rect::from_center_size(pos2(rect.right() - 18.0, rect.center().y), vec2(24.0, 24.0));
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(cross).id_salt(("clear", called)));
        if icon_button(&mut child, icons::X, &format!("Clear {}", called.to_lowercase()), 24.0).clicked() {
            text.clear();
            response.request_focus();
            response.mark_changed();
        }
    }
    if response.has_focus() {
        let ring = rect.expand(2.0);
        let stroke = Stroke::new(2.0, palette.blue);
        ui.painter().rect_stroke(ring, RADIUS + 2, stroke, egui::StrokeKind::Middle);
    }
    response
}

/// Several lines in a frame `height` high that scrolls inside. `marks` finds byte ranges that are
/// shown as marks (pauses) rather than as words.
pub fn text_area(
    ui: &mut Ui,
    called: &str,
    hint: &str,
    text: &mut String,
    height: f32,
    problem: Option<&str>,
    marks: fn(&str) -> Vec<std::ops::Range<usize>>,
) -> Response {
    let palette = palette(ui);
    let id = ui.scope_id().with(("text area", called));
    let focused = ui.ctx().memory(|memory| memory.has_focus(id));
    let stroke = Stroke::new(1.0, if problem.is_some() { palette.amber } else { palette.line });
    let mut layouter = |ui: &Ui, buffer: &dyn TextBuffer, width: f32| {
        let text = buffer.as_str();
        let words = TextFormat { line_height: Some(22.0), ..TextFormat::simple(regular(14.0), palette.text) };
        let mark =
            TextFormat { background: palette.hover, color: palette.dim, font_id: regular(12.0), ..words.clone() };
        let mut job = LayoutJob { wrap: egui::text::TextWrapping::wrap_at_width(width), ..LayoutJob::default() };
        let mut from = 0;
        for range in marks(text) {
            job.append(text.get(from..range.start).unwrap_or_default(), 0.0, words.clone());
            job.append(text.get(range.clone()).unwrap_or_default(), 0.0, mark.clone());
            from = range.end;
        }
        job.append(text.get(from..).unwrap_or_default(), 0.0, words);
        ui.painter().layout_job(job)
    };
    let frame = Frame::new().fill(palette.input).stroke(stroke).corner_radius(RADIUS);
    let output = frame.show(ui, |ui| {
        let inner = (height - 2.0).max(40.0);
        ScrollArea::vertical().id_salt(("scroll", called)).max_height(inner).min_scrolled_height(inner).show(ui, |ui| {
            TextEdit::multiline(text)
                .id(id)
                .hint_text(hint.to_owned())
                .font(regular(14.0))
                .frame(Frame::new().inner_margin(Margin::symmetric(12, 9)))
                .desired_width(f32::INFINITY)
                .min_size(vec2(ui.available_width(), inner))
                .layouter(&mut layouter)
                .show(ui)
        })
    });
    let response = output.inner.inner.response.response.accessible_name(called);
    if let Some(problem) = problem {
        describe(&response, problem);
    }
    if focused {
        let ring = output.response.rect.expand(1.0);
        ui.painter().rect_stroke(ring, RADIUS + 1, Stroke::new(2.0, palette.blue), egui::StrokeKind::Middle);
    }
    response
}
