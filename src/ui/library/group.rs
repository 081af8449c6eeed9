//! Jobs that were booked together, as one: their row, their card, and their receipt with what can be done.

use std::sync::Arc;

use egui::{Align2, Frame, Margin, Panel, Rect, Response, ScrollArea, Stroke, StrokeKind, Ui, pos2, vec2};

use super::LibraryTab;
use super::list::{CARD_WORDS, Cell, card_frame, picture_ui};
use super::shown::Group;
use super::words::when_words;
use crate::jobs::types::{BatchStanding, Job};
use crate::ui::batch::{progress_words, share};
use crate::ui::pictures::Pictures;
use crate::ui::theme::{RADIUS, RADIUS_SMALL, medium, palette, regular, semibold};
use crate::ui::widgets::{Button, dashed_line, line_row, paint_elided, paragraph, split_bar, words};
use crate::ui::{Action, Model, format, icons};

/// What it is called: its table, or its newest job and how many more.
fn name_of(model: &Model, standing: &BatchStanding, newest: &Job) -> String {
    match model.tables.get(&standing.id) {
        Some(name) => name.clone(),
        None => format!("{} and {} more", newest.title, format::count(standing.jobs.saturating_sub(1))),
    }
}

/// "8 of 12 finished, 1 failed".
fn standing_words(standing: &BatchStanding) -> String {
    let BatchStanding { jobs, done, failed, cancelled, asking, .. } = *standing;
    let mut words = format!("{} of {} finished", format::count(done), format::count(jobs));
    for (count, what) in [(failed, "failed"), (cancelled, "cancelled"), (asking, "waiting for you")] {
        if count > 0 {
            words.push_str(&format!(", {} {what}", format::count(count)));
        }
    }
    words
}

/// What it cost so far, and what is held for the rest.
fn price_words(standing: &BatchStanding) -> String {
    if standing.charged.is_zero() && !standing.held.is_zero() {
        return format!("{} held", standing.held);
    }
    standing.charged.to_string()
}

/// The row as a screen reader tells it.
pub fn spoken(model: &Model, group: &Group<'_>) -> String {
    let BatchStanding { jobs, done, failed, cancelled, asking, charged, held, .. } = *group.standing;
    let words = progress_words(jobs, done, failed + cancelled, asking, charged, held);
    let is_open = if group.is_open { "open" } else { "closed" };
    format!("{}, {words}, {is_open}", name_of(model, group.standing, group.newest))
}

/// The parts of its bar, with their colours.
fn bar(standing: &BatchStanding, palette: &crate::ui::theme::Palette) -> [(f32, egui::Color32); 2] {
    let ended = standing.failed + standing.cancelled + standing.asking;
    [(share(standing.done, standing.jobs), palette.green), (share(ended, standing.jobs), palette.amber)]
}

fn bar_ui(ui: &Ui, standing: &BatchStanding, rect: Rect) {
    let palette = palette(ui);
    ui.painter().rect_filled(rect, 2, palette.line);
    let mut left = rect.left();
    for (part, color) in bar(standing, palette) {
        let right = (left + rect.width() * part).min(rect.right());
        if right > left {
            let rect = Rect::from_min_max(pos2(left, rect.top()), pos2(right, rect.bottom()));
            ui.painter().rect_filled(rect, 2, color);
        }
        left = right;
    }
}

/// The newest one's picture on a stack, with how many there are.
fn stack_ui(ui: &Ui, group: &Group<'_>, rect: Rect, pictures: &mut Pictures) {
    let palette = palette(ui);
    let fill = palette.line;
    for (back, inset) in [(6.0, 10.0), (3.0, 5.0)] {
        let behind = Rect::from_min_max(rect.min + vec2(inset, -back), pos2(rect.right() - inset, rect.bottom()));
        ui.painter().rect(behind, RADIUS_SMALL, fill, Stroke::new(1.0, palette.panel), StrokeKind::Inside);
    }
    let alone = Job { duration: None, ..(**group.newest).clone() };
    picture_ui(ui, &alone, rect, RADIUS_SMALL, pictures);
    let count = format!("{} {}", icons::STACK, format::count(group.standing.jobs));
    let galley = ui.painter().layout_no_wrap(count, regular(11.0), palette.on_scrim);
    let badge = Align2::RIGHT_BOTTOM.anchor_size(rect.right_bottom() - vec2(4.0, 4.0), galley.size() + vec2(10.0, 4.0));
    ui.painter().rect_filled(badge, 5, palette.scrim);
    ui.painter().galley(badge.center() - galley.size() / 2.0, galley, palette.on_scrim);
}

/// Draws it as a row of the list.
pub(super) fn row_ui(ui: &Ui, cell: &Cell<'_>, group: &Group<'_>, response: &Response, pictures: &mut Pictures) {
    let Cell { model, selected, zone, .. } = *cell;
    let Group { standing, newest, is_open } = *group;
    let palette = palette(ui);
    let seat = response.rect.shrink2(vec2(0.0, 2.0));
    if selected || response.hovered() {
        let fill = if selected { palette.raised } else { palette.hover.gamma_multiply(0.5) };
        ui.painter().rect_filled(seat, RADIUS, fill);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(seat, RADIUS, Stroke::new(2.0, palette.blue), StrokeKind::Inside);
    }
    let picture = Rect::from_min_size(pos2(seat.left() + 8.0, seat.center().y - 22.0), vec2(85.0, 48.0));
    stack_ui(ui, group, picture, pictures);
    let (top, bottom) = (seat.center().y - 10.0, seat.center().y + 11.0);
    let right = seat.right() - 12.0;
    let right_center = Align2::RIGHT_CENTER;
    let used =
        paint_elided(ui, pos2(right, top), right_center, &price_words(standing), regular(14.0), palette.text, 160.0);
    let when = when_words(newest.changed_at, model.now, zone);
    let dated = paint_elided(ui, pos2(right, bottom), right_center, &when, regular(12.0), palette.dim, 160.0);
    let left = picture.right() + 14.0;
    let room = used.left().min(dated.left()) - 16.0 - left;
    caret_ui(ui, pos2(left + 6.0, top), is_open);
    let name = name_of(model, standing, newest);
    let left_center = Align2::LEFT_CENTER;
    paint_elided(ui, pos2(left + 18.0, top), left_center, &name, medium(14.0), palette.text, room - 18.0);
    let said = standing_words(standing);
    let said = paint_elided(ui, pos2(left, bottom), left_center, &said, regular(12.0), palette.dim, room);
    let bar_left = said.right() + 12.0;
    let width = (left + room - bar_left).min(120.0);
    if width > 30.0 {
        bar_ui(ui, standing, Rect::from_min_size(pos2(bar_left, bottom - 1.5), vec2(width, 4.0)));
    }
}

fn caret_ui(ui: &Ui, at: egui::Pos2, is_open: bool) {
    let glyph = if is_open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    ui.painter().text(at, Align2::CENTER_CENTER, glyph, regular(13.0), palette(ui).dim);
}

/// Draws it as a card among pictures.
pub(super) fn card_ui(ui: &Ui, cell: &Cell<'_>, group: &Group<'_>, response: &Response, pictures: &mut Pictures) {
    let Cell { model, selected, .. } = *cell;
    let Group { standing, newest, is_open } = *group;
    let palette = palette(ui);
    let rect = response.rect;
    let inner = card_frame(ui, response, selected);
    let picture = Rect::from_min_max(inner.min + vec2(0.0, 6.0), pos2(inner.right(), rect.bottom() - CARD_WORDS));
    stack_ui(ui, group, picture, pictures);
    let (top, bottom) = (picture.bottom() + 18.0, picture.bottom() + 40.0);
    let right = pos2(inner.right(), top);
    let (font, price) = (regular(14.0), price_words(standing));
    let used = paint_elided(ui, right, Align2::RIGHT_CENTER, &price, font, palette.text, inner.width() * 0.5);
    caret_ui(ui, pos2(inner.left() + 6.0, top), is_open);
    let name = name_of(model, standing, newest);
    let left = inner.left() + 18.0;
    let room = used.left() - 10.0 - left;
    paint_elided(ui, pos2(left, top), Align2::LEFT_CENTER, &name, medium(14.0), palette.text, room);
    let said = standing_words(standing);
    let at = pos2(inner.left(), bottom);
    paint_elided(ui, at, Align2::LEFT_CENTER, &said, regular(12.0), palette.dim, inner.width());
    bar_ui(ui, standing, Rect::from_min_size(pos2(inner.left(), bottom + 10.0), vec2(inner.width(), 3.0)));
}

/// Draws the column for a selected group.
pub(super) fn details_ui(
    ui: &mut Ui,
    model: &Model,
    state: &mut LibraryTab,
    standing: &BatchStanding,
    newest: &Arc<Job>,
    actions: &mut Vec<Action>,
) {
    Panel::bottom("library acts")
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().inner_margin(Margin { left: 20, right: 20, top: 12, bottom: 20 }))
        .show(ui, |ui| acts_ui(ui, model, state, standing, newest, actions));
    ScrollArea::vertical().id_salt(("library group", standing.id)).auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 20, right: 20, top: 20, bottom: 8 }).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            slip_ui(ui, model, state, standing, newest);
        });
    });
}

fn slip_ui(ui: &mut Ui, model: &Model, state: &LibraryTab, standing: &BatchStanding, newest: &Job) {
    let palette = palette(ui);
    let name = name_of(model, standing, newest);
    ui.add(egui::Label::new(egui::RichText::new(name).font(semibold(16.0))).wrap());
    let made = format!("{} · {}", newest.product.name(), format::counted(standing.jobs, "job", "jobs"));
    words(ui, made, regular(12.0), palette.dim);
    ui.add_space(4.0);
    let said = standing_words(standing);
    split_bar(ui, &said, ui.available_width(), &bar(standing, palette));
    paragraph(ui, &said, 13.0, palette.text);
    dashed_line(ui);
    for (what, count) in [
        ("Finished", standing.done),
        ("Failed", standing.failed),
        ("Cancelled", standing.cancelled),
        ("Waiting for you", standing.asking),
        ("Waiting for their turn", standing.waiting),
    ] {
        if count > 0 {
            line_row(ui, what, &format::count(count), palette.text);
        }
    }
    dashed_line(ui);
    crate::ui::widgets::amount_row(ui, "Charged", standing.charged, palette.text);
    if !standing.held.is_zero() {
        crate::ui::widgets::amount_row(ui, "Held for the others", standing.held, palette.text);
    }
    let when = when_words(newest.created_at, model.now, &state.zone);
    line_row(ui, "Booked", &when, palette.text);
}

fn acts_ui(
    ui: &mut Ui,
    model: &Model,
    state: &mut LibraryTab,
    standing: &BatchStanding,
    newest: &Job,
    actions: &mut Vec<Action>,
) {
    ui.spacing_mut().item_spacing.y = 8.0;
    let waiting = standing.waiting;
    if state.cancelling == Some(standing.id) && waiting > 0 {
        let jobs = format::counted(waiting, "job", "jobs");
        words(ui, format!("Cancel {jobs}?"), medium(14.0), palette(ui).text);
        let more = "Nothing was paid for what waits, and its hold is released. What has left goes on.";
        paragraph(ui, more, 12.0, palette(ui).dim);
        let yes = Button::secondary("Cancel what waits").full_width().color(palette(ui).amber);
        let yes = ui.add(yes);
        if yes.clicked() && !yes.double_clicked() {
            actions.push(Action::CancelBatch(standing.id));
            state.cancelling = None;
        }
        let no = ui.add(Button::quiet("Let them go on").full_width()).clicked();
        if no || ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            state.cancelling = None;
        }
        return;
    }
    let is_open = state.shown.is_open(standing.id);
    let shows = if is_open { "Hide its jobs" } else { "Show its jobs" };
    if ui.add(Button::secondary(shows).icon(icons::STACK).full_width()).clicked() {
        state.shown.toggle(standing.id);
    }
    if model.tables.contains_key(&standing.id)
        && ui.add(Button::quiet("Open its table").icon(icons::FILE_CSV).full_width()).clicked()
    {
        actions.push(Action::OpenBatch(newest.product, standing.id));
    }
    if waiting > 0 {
        let called = format!("Cancel the {} that wait", format::count(waiting));
        if ui.add(Button::quiet(&called).full_width()).clicked() {
            state.cancelling = Some(standing.id);
        }
    }
}
