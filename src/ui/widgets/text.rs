//! Words in the few sizes there are.

use std::sync::Arc;

use egui::{Align2, Color32, FontId, Galley, Label, Pos2, Rect, Response, RichText, Ui, text::LayoutJob};

use crate::ui::theme::{medium, palette, regular, semibold};

/// A label of one line that ends in "…" where there is no room, and shows all of it on hover.
pub fn words(ui: &mut Ui, text: impl Into<String>, font: FontId, color: Color32) -> Response {
    ui.add(Label::new(RichText::new(text).font(font).color(color)).truncate())
}

/// 14, ordinary.
pub fn body(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = palette(ui).text;
    words(ui, text, regular(14.0), color)
}

/// 14, medium.
pub fn strong(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = palette(ui).text;
    words(ui, text, medium(14.0), color)
}

/// 14, dim.
pub fn dim(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = palette(ui).dim;
    words(ui, text, regular(14.0), color)
}

/// 12, dim: labels of fields, captions.
pub fn caption(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = palette(ui).dim;
    words(ui, text, regular(12.0), color)
}

/// 12, amber with its sign: what is wrong, in one line.
pub fn problem(ui: &mut Ui, message: &str) -> Response {
    let color = palette(ui).amber;
    words(ui, format!("{} {message}", crate::ui::icons::WARNING_CIRCLE), regular(12.0), color)
}

/// 20, the title of a tab.
pub fn heading(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = palette(ui).text;
    let label = Label::new(RichText::new(text).font(semibold(20.0)).color(color)).truncate();
    let response = ui.add(label);
    super::focus::name(&response, egui::Role::Heading, true, "");
    response
}

/// The height of a page's first line: as high as its switches.
pub const PAGE_HEADING: f32 = crate::ui::theme::CONTROL_HEIGHT;

/// The first line of a page: its title, and on the right what `right` draws. As high on every tab, so that
/// nothing jumps from one to the next.
pub fn page_heading(ui: &mut Ui, title: impl Into<String>, right: impl FnOnce(&mut Ui)) {
    let size = egui::vec2(ui.available_width(), PAGE_HEADING);
    ui.allocate_ui_with_layout(size, egui::Layout::right_to_left(egui::Align::Center), |ui| {
        ui.set_min_size(size);
        right(ui);
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| heading(ui, title));
    });
}

/// Several lines, wrapped at the width there is.
pub fn paragraph(ui: &mut Ui, text: impl Into<String>, size: f32, color: Color32) -> Response {
    ui.add(
        Label::new(RichText::new(text).font(regular(size)).color(color).line_height(Some((size * 1.43).round())))
            .wrap(),
    )
}

/// Up to `most` lines, the last of them cut with "…"; all of it is the label's name.
pub fn lines(ui: &mut Ui, text: &str, size: f32, color: Color32, most: usize) -> Response {
    let mut job = LayoutJob::simple(text.to_owned(), regular(size), color, ui.available_width());
    job.wrap.max_rows = most;
    let response = ui.add(Label::new(job).selectable(false));
    super::focus::name(&response, egui::Role::Label, true, text);
    response
}

/// An icon as a label, for the eye only.
pub fn icon(ui: &mut Ui, glyph: &str, size: f32, color: Color32) -> Response {
    let galley = ui.painter().layout_no_wrap(glyph.to_owned(), regular(size), color);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(galley.size().x, size + 2.0), egui::Sense::hover());
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    response
}

/// A title for one line: where there is no room, its middle is cut and what stands in brackets at its end, the
/// language of a translation or the number of a name, stays whole.
#[must_use]
pub fn keeping_brackets(ui: &Ui, title: &str, font: &FontId, width: f32) -> String {
    /// Of the width, so that the title keeps the most.
    const MOST: f32 = 0.6;
    let line = |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER);
    let whole = line(title);
    let brackets = title.ends_with(')').then(|| title.rfind(" (").and_then(|at| title.split_at_checked(at))).flatten();
    let Some((stem, end)) = brackets.filter(|_| whole.size().x > width) else { return title.to_owned() };
    let end = format!("…{end}");
    let room = width - line(&end).size().x;
    if room < width * (1.0 - MOST) {
        return title.to_owned();
    }
    let fits = line(stem).cursor_from_pos(egui::vec2(room, 0.0)).index.0;
    // The cursor may stand behind a letter that is cut.
    let mut kept: String = stem.chars().take(fits).collect();
    while line(&kept).size().x > room && kept.pop().is_some() {}
    format!("{}{end}", kept.trim_end())
}

/// Lays one line out, cut with "…" at `width`.
#[must_use]
pub fn elided(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap.max_width = width.max(8.0);
    job.wrap.max_rows = 1;
    job.wrap.break_anywhere = true;
    ui.painter().layout_job(job)
}

/// Paints one line, cut at `width`, with `anchor` at `position`; returns where it went.
pub fn paint_elided(
    ui: &Ui,
    position: Pos2,
    anchor: Align2,
    text: &str,
    font: FontId,
    color: Color32,
    width: f32,
) -> Rect {
    let galley = elided(ui, text, font, color, width);
    let rect = anchor.anchor_size(position, galley.size());
    ui.painter().galley(rect.min, galley, color);
    rect
}
