//! The jobs as rows or as pictures. Only what is on the screen is drawn, whatever their number.

use std::ops::Range;

use egui::{
    Align2, Color32, CornerRadius, EventFilter, Id, Key, Modifiers, Pos2, Rect, Response, Role, ScrollArea, Sense,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::group;
use super::shown::{Item, Key as RowKey};
use super::words::{brief_state_words, money_sentence, price_words, progress_thousandths, state_words, when_words};
use super::{Asking, LibraryTab, Question, mark_of};
use crate::jobs::types::{Job, JobState};
use crate::ui::pictures::{PictureSource, PictureState, Pictures};
use crate::ui::queue::{glyph_of, product_badge};
use crate::ui::theme::{self, RADIUS, RADIUS_CARD, RADIUS_SMALL, medium, palette, regular};
use crate::ui::widgets::{keeping_brackets, paint_elided, paragraph, shimmer};
use crate::ui::{Action, Model, format};

/// How the jobs are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Grid,
    List,
}

/// Where the list is scrolled to, in points, and what it was last measured as.
#[derive(Debug, Default)]
pub struct Place {
    offset: f32,
    height: f32,
    columns: usize,
    row_height: f32,
    /// Scroll to this offset in the next frame.
    go: Option<Go>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Go {
    Top,
    Selected,
}

impl Place {
    pub fn bring_into_view(&mut self) {
        self.go = Some(Go::Selected);
    }

    pub fn go_to_top(&mut self) {
        self.go = Some(Go::Top);
    }

    /// The offset to scroll to now, if any. Computed before drawing, so that the row with the
    /// keyboard is on the screen in the same frame and keeps it.
    fn take_offset(&mut self, selected: Option<usize>) -> Option<f32> {
        // Nothing was measured before the first frame.
        if self.height <= 0.0 {
            return None;
        }
        let go = self.go.take()?;
        let (Go::Selected, Some(selected)) = (go, selected) else { return Some(0.0) };
        let top = as_points(selected / self.columns.max(1)) * self.row_height;
        let bottom = top + self.row_height;
        if top < self.offset {
            Some(top)
        } else if bottom > self.offset + self.height {
            Some(bottom - self.height)
        } else {
            None
        }
    }
}

const GAP: f32 = 12.0;
const ROW_HEIGHT: f32 = 68.0;
/// How far in the rows of an open group stand.
const INSIDE: f32 = 28.0;
/// Narrower than this a card's words are cut too often.
const CARD_WIDTH: f32 = 200.0;
/// Under a card's picture: title, state, and the space around them.
pub(super) const CARD_WORDS: f32 = 66.0;

fn row_id(key: RowKey) -> Id {
    match key {
        RowKey::Job(job) => Id::unique(("library job", job)),
        RowKey::Group(batch) => Id::unique(("library group", batch)),
    }
}

/// Arrow keys move, Enter opens, Delete asks. While a text field has the keyboard they are its own.
pub fn keys(ui: &Ui, state: &mut LibraryTab, actions: &mut Vec<Action>) {
    let Some(selected) = state.shown.selected_row() else { return };
    let Some(item) = state.shown.selected() else { return };
    let focused = ui.ctx().memory(|memory| memory.focused());
    let on_row = focused == Some(row_id(item.key()));
    if !on_row && focused.is_some() {
        return;
    }
    let columns = state.place.columns.max(1);
    let page = columns * rows_in(state.place.height, state.place.row_height);
    let last = state.shown.len().saturating_sub(1);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let item_batch = match item {
        Item::Job(job) if state.shown.is_inside(job) => job.batch,
        _ => None,
    };
    if let Item::Group(group) = item {
        let (id, is_open) = (group.standing.id, group.is_open);
        // In a list, the arrows to the sides open and close it; Enter does everywhere.
        let sideways = columns == 1;
        let opens = sideways && !is_open && pressed(Key::ArrowRight);
        let closes = sideways && is_open && pressed(Key::ArrowLeft);
        if opens || closes || on_row && pressed(Key::Enter) {
            state.shown.toggle(id);
            return;
        }
    }
    if let Some(id) = item_batch.filter(|_| columns == 1)
        && pressed(Key::ArrowLeft)
    {
        state.shown.toggle(id);
        return;
    }
    let mut target = selected;
    for (key, to) in [
        (Key::ArrowUp, selected.checked_sub(columns)),
        (Key::ArrowDown, Some(selected + columns).filter(|row| *row <= last)),
        (Key::ArrowLeft, selected.checked_sub(1).filter(|_| columns > 1)),
        (Key::ArrowRight, Some(selected + 1).filter(|row| *row <= last && columns > 1)),
        (Key::Home, Some(0)),
        (Key::End, Some(last)),
        (Key::PageUp, Some(selected.saturating_sub(page))),
        (Key::PageDown, Some((selected + page).min(last))),
    ] {
        if pressed(key) {
            target = to.unwrap_or(target);
        }
    }
    if target != selected {
        state.shown.select(target);
        state.place.bring_into_view();
        if let Some(key) = state.shown.selected().map(|item| item.key()) {
            ui.ctx().memory_mut(|memory| {
                // The same arrow would carry the keyboard on to a neighbouring control.
                memory.move_focus(egui::FocusDirection::None);
                memory.request_focus(row_id(key));
            });
        }
        return;
    }
    let Some(job) = state.shown.selected_job() else { return };
    if pressed(Key::Delete) && Question::Cancel.fits(job) {
        state.asking = Some(Asking { job: job.id, question: Question::Cancel, take_keyboard: true });
    } else if on_row && pressed(Key::Enter) {
        open(job, actions);
    }
}

/// Opens what the job brought home, if it did.
pub fn open(job: &Job, actions: &mut Vec<Action>) {
    if let Some(video) = job.files.main() {
        actions.push(Action::OpenFile(video.clone()));
    }
}

/// Draws the listed jobs in the room there is.
pub fn list_ui(
    ui: &mut Ui,
    model: &Model,
    state: &mut LibraryTab,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
    margin: f32,
) {
    let width = ui.available_width();
    let columns = match state.shape {
        Shape::List => 1,
        Shape::Grid => whole((width + GAP) / (CARD_WIDTH + GAP)).max(1),
    };
    let cell_width = (width - GAP * as_points(columns - 1)) / as_points(columns);
    let row_height = match state.shape {
        Shape::List => ROW_HEIGHT,
        Shape::Grid => (cell_width * 9.0 / 16.0).round() + CARD_WORDS + GAP,
    };
    state.place.columns = columns;
    state.place.row_height = row_height;
    let count = state.shown.len();
    let rows = count.div_ceil(columns);

    let mut area = ScrollArea::vertical().id_salt("library jobs").auto_shrink([false, false]).animated(false);
    if let Some(offset) = state.place.take_offset(state.shown.selected_row()) {
        area = area.vertical_scroll_offset(offset);
    } else if state.place.go.is_some() {
        ui.ctx().request_repaint();
    }
    let (mut chosen, mut toggled) = (None, None);
    let output = area.show_viewport(ui, |ui, viewport| {
        ui.set_height(as_points(rows) * row_height + margin - GAP);
        let origin = ui.max_rect().min;
        for row in visible(viewport.min.y, viewport.max.y, row_height, rows) {
            for column in 0..columns {
                let place = row * columns + column;
                let Some(item) = state.shown.item(place) else { break };
                let at = origin + vec2(as_points(column) * (cell_width + GAP), as_points(row) * row_height);
                let selected = state.shown.selected_row() == Some(place);
                let rect = match state.shape {
                    Shape::List => Rect::from_min_size(at, vec2(cell_width, row_height)),
                    Shape::Grid => Rect::from_min_size(at, vec2(cell_width, row_height - GAP)),
                };
                let job = match item {
                    Item::Job(job) => job,
                    Item::Group(group) => {
                        let spoken = group::spoken(model, &group);
                        let response = key_response(ui, item.key(), rect, selected, &spoken);
                        let cell = Cell { model, job: group.newest, selected, zone: &state.zone };
                        match state.shape {
                            Shape::List => group::row_ui(ui, &cell, &group, &response, pictures),
                            Shape::Grid => group::card_ui(ui, &cell, &group, &response, pictures),
                        }
                        if response.clicked() {
                            chosen = Some(place);
                        }
                        if response.double_clicked() {
                            toggled = Some(group.standing.id);
                        }
                        continue;
                    }
                };
                let rect = match state.shape {
                    // What belongs to the row above stands a little in.
                    Shape::List if state.shown.is_inside(job) => rect.with_min_x(rect.left() + INSIDE),
                    _ => rect,
                };
                let cell = Cell { model, job, selected, zone: &state.zone };
                let response = cell_response(ui, &cell, rect);
                match state.shape {
                    Shape::List => row_ui(ui, &cell, &response, pictures),
                    Shape::Grid => card_ui(ui, &cell, &response, pictures),
                }
                if response.clicked() {
                    chosen = Some(place);
                }
                if response.double_clicked() {
                    open(job, actions);
                }
            }
        }
    });
    state.place.offset = output.state.clamped_offset().y;
    state.place.height = output.inner_rect.height();
    if let Some(place) = chosen {
        state.shown.select(place);
        if let Some(key) = state.shown.selected().map(|item| item.key()) {
            ui.ctx().memory_mut(|memory| memory.request_focus(row_id(key)));
        }
    }
    if let Some(group) = toggled {
        state.shown.toggle(group);
    }
}

/// The job's place as a control. Only the selected one is a stop for Tab: the arrow keys do the rest.
fn cell_response(ui: &Ui, cell: &Cell<'_>, rect: Rect) -> Response {
    let Cell { model, job, selected, .. } = *cell;
    let spoken = format!("{}, {}, {}", job.title, state_words(job, &model.board), price_words(job));
    key_response(ui, RowKey::Job(job.id), rect, selected, &spoken)
}

fn key_response(ui: &Ui, key: RowKey, rect: Rect, selected: bool, spoken: &str) -> Response {
    let id = row_id(key);
    let sense = if selected { Sense::click() } else { Sense::CLICK };
    let response = ui.interact(rect, id, sense);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, spoken));
    if response.has_focus() {
        let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.ctx().memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// What a row or a card is drawn from.
pub(super) struct Cell<'a> {
    pub(super) model: &'a Model,
    pub(super) job: &'a Job,
    pub(super) selected: bool,
    pub(super) zone: &'a jiff::tz::TimeZone,
}

fn row_ui(ui: &mut Ui, cell: &Cell<'_>, response: &Response, pictures: &mut Pictures) {
    let Cell { model, job, selected, zone } = *cell;
    let palette = palette(ui);
    let rect = response.rect;
    let seat = rect.shrink2(vec2(0.0, 2.0));
    if selected || response.hovered() {
        let fill = if selected { palette.raised } else { palette.hover.gamma_multiply(0.5) };
        ui.painter().rect_filled(seat, RADIUS, fill);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(seat, RADIUS, Stroke::new(2.0, palette.blue), StrokeKind::Inside);
    }
    let picture = Rect::from_min_size(pos2(seat.left() + 8.0, seat.center().y - 24.0), vec2(85.0, 48.0));
    picture_ui(ui, job, picture, RADIUS_SMALL, pictures);

    let right = seat.right() - 12.0;
    let top = seat.center().y - 10.0;
    let bottom = seat.center().y + 11.0;
    let color = if job.charge.is_some() { palette.text } else { palette.dim };
    let price = price_words(job);
    let used = paint_elided(ui, pos2(right, top), Align2::RIGHT_CENTER, &price, regular(14.0), color, 160.0);
    let when = when_words(job.changed_at, model.now, zone);
    let dated = paint_elided(ui, pos2(right, bottom), Align2::RIGHT_CENTER, &when, regular(12.0), palette.dim, 160.0);
    let left = picture.right() + 14.0;
    let room = used.left().min(dated.left()) - 16.0 - left;
    words_ui(ui, job, pos2(left, top), room);
    state_ui(ui, cell, pos2(left, bottom), room);
    if response.hovered() {
        response.clone().on_hover_ui(|ui| hover_ui(ui, cell));
    }
}

/// A card's ground, its edge, and the ring of the one that is selected; the room inside.
pub(super) fn card_frame(ui: &Ui, response: &Response, selected: bool) -> Rect {
    let palette = palette(ui);
    let rect = response.rect;
    let surface = if ui.visuals().dark_mode { palette.raised } else { palette.panel };
    let fill = if response.hovered() { palette.hover } else { surface };
    ui.painter().rect(rect, RADIUS_CARD, fill, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    if selected {
        let color = if response.has_focus() { palette.blue } else { palette.text };
        ui.painter().rect_stroke(rect, RADIUS_CARD, Stroke::new(2.0, color), StrokeKind::Inside);
    }
    rect.shrink(8.0)
}

fn card_ui(ui: &mut Ui, cell: &Cell<'_>, response: &Response, pictures: &mut Pictures) {
    let Cell { model, job, selected, zone } = *cell;
    let palette = palette(ui);
    let rect = response.rect;
    let inner = card_frame(ui, response, selected);
    let picture = Rect::from_min_max(inner.min, pos2(inner.right(), rect.bottom() - CARD_WORDS));
    picture_ui(ui, job, picture, RADIUS_SMALL, pictures);
    let top = picture.bottom() + 18.0;
    let bottom = top + 22.0;
    // A failed or cancelled job's price is that there is none, and its state says it already.
    let price = match job.state {
        JobState::Failed | JobState::Cancelled if job.charge.is_none() && job.hold.is_zero() => String::new(),
        _ => price_words(job),
    };
    let (font, color) = if job.charge.is_some() { (regular(14.0), palette.text) } else { (regular(12.0), palette.dim) };
    let right = pos2(inner.right(), top);
    let used = paint_elided(ui, right, Align2::RIGHT_CENTER, &price, font, color, inner.width() * 0.5);
    words_ui(ui, job, pos2(inner.left(), top), used.left() - 10.0 - inner.left());
    let when = if job.state.is_final() { when_words(job.changed_at, model.now, zone) } else { String::new() };
    let end = pos2(inner.right(), bottom);
    let dated = paint_elided(ui, end, Align2::RIGHT_CENTER, &when, regular(12.0), palette.dim, inner.width() * 0.6);
    state_ui(ui, cell, pos2(inner.left(), bottom), dated.left() - 6.0 - inner.left());
    if response.hovered() {
        response.clone().on_hover_ui(|ui| hover_ui(ui, cell));
    }
}

/// All of what a card or a row had to cut.
fn hover_ui(ui: &mut Ui, cell: &Cell<'_>) {
    let Cell { model, job, .. } = *cell;
    ui.spacing_mut().item_spacing.y = 4.0;
    let palette = palette(ui);
    paragraph(ui, &job.title, 14.0, palette.text);
    paragraph(ui, format!("{} · {}", job.product.name(), state_words(job, &model.board)), 12.0, palette.dim);
    paragraph(ui, money_sentence(job), 12.0, palette.dim);
}

fn words_ui(ui: &Ui, job: &Job, at: Pos2, room: f32) {
    let title = if job.title.trim().is_empty() { "Untitled" } else { &job.title };
    let title = keeping_brackets(ui, title, &medium(14.0), room);
    paint_elided(ui, at, Align2::LEFT_CENTER, &title, medium(14.0), palette(ui).text, room);
}

/// The mark, the state, and a bar where an end is known.
fn state_ui(ui: &Ui, cell: &Cell<'_>, at: Pos2, room: f32) {
    let Cell { model, job, .. } = *cell;
    let palette = palette(ui);
    let (glyph, color) = mark_of(palette, job.state);
    ui.painter().text(at + vec2(7.0, 0.0), Align2::CENTER_CENTER, glyph, regular(14.0), color);
    let asks = job.state == JobState::OutcomeUnknown;
    let tint = if asks { palette.amber } else { palette.dim };
    let at = at + vec2(20.0, 0.0);
    paint_elided(ui, at, Align2::LEFT_CENTER, &brief_state_words(job, &model.board), regular(12.0), tint, room - 20.0);
    if let Some(share) = progress_thousandths(job) {
        let bar = Rect::from_min_size(at + vec2(0.0, 11.0), vec2((room - 20.0).min(160.0), 3.0));
        let radius = CornerRadius::same(2);
        ui.painter().rect_filled(bar, radius, palette.line);
        let full = vec2(bar.width() * f32::from(share) / 1000.0, bar.height());
        ui.painter().rect_filled(Rect::from_min_size(bar.min, full), radius, color);
    }
}

/// The job's thumbnail, or the portrait it was made with, with its length on it.
pub fn picture_ui(ui: &Ui, job: &Job, rect: Rect, radius: u8, pictures: &mut Pictures) {
    let palette = palette(ui);
    let source = match (&job.files.thumbnail, &job.portrait_url) {
        (Some(thumbnail), _) => Some(PictureSource::File(thumbnail.clone())),
        (None, Some(url)) => Some(PictureSource::Url(url.clone())),
        (None, None) => None,
    };
    match source.as_ref().map(|source| pictures.get(ui.ctx(), source)) {
        Some(PictureState::Ready(texture)) => {
            let [width, height] = texture.size();
            let shape = vec2(as_points(width), as_points(height));
            let crop = crop_to(shape, rect.size(), job.files.thumbnail.is_none());
            // Portraits stand for videos that do not exist yet: shown fainter.
            let tint = if job.files.thumbnail.is_some() { Color32::WHITE } else { Color32::from_white_alpha(150) };
            ui.painter().rect_filled(rect, radius, palette.line);
            egui::Image::from_texture((texture.id(), rect.size()))
                .uv(crop)
                .tint(tint)
                .corner_radius(radius)
                .paint_at(ui, rect);
        }
        Some(PictureState::Loading) => shimmer(ui, rect, radius),
        Some(PictureState::Failed) | None => {
            ui.painter().rect_filled(rect, radius, palette.hover);
            let size = (rect.height() * 0.4).min(36.0);
            let glyph = glyph_of(job.product);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, regular(size), palette.faint);
        }
    }
    if source.is_some() {
        product_badge(ui, job.product, rect);
    }
    if let Some(seconds) = job.duration {
        let words = format::duration(seconds);
        let galley = ui.painter().layout_no_wrap(words, theme::regular(11.0), palette.on_scrim);
        let badge =
            Align2::RIGHT_BOTTOM.anchor_size(rect.right_bottom() - vec2(4.0, 4.0), galley.size() + vec2(10.0, 4.0));
        ui.painter().rect_filled(badge, CornerRadius::same(5), palette.scrim);
        ui.painter().galley(badge.center() - galley.size() / 2.0, galley, palette.on_scrim);
    }
}

/// The part of a picture, in shares of it, that fills `frame` without distorting it. A portrait
/// keeps its upper part, where the face is.
fn crop_to(picture: egui::Vec2, frame: egui::Vec2, is_portrait: bool) -> Rect {
    if picture.x <= 0.0 || picture.y <= 0.0 || frame.x <= 0.0 || frame.y <= 0.0 {
        return Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    }
    let ratio = (picture.x / picture.y) / (frame.x / frame.y);
    if ratio > 1.0 {
        let cut = (1.0 - 1.0 / ratio) / 2.0;
        Rect::from_min_max(pos2(cut, 0.0), pos2(1.0 - cut, 1.0))
    } else {
        let cut = 1.0 - ratio;
        let top = if is_portrait { cut * 0.3 } else { cut * 0.5 };
        Rect::from_min_max(pos2(0.0, top), pos2(1.0, top + ratio))
    }
}

/// The rows that can be seen between two offsets.
fn visible(top: f32, bottom: f32, row_height: f32, rows: usize) -> Range<usize> {
    let first = whole(top / row_height).min(rows);
    let end = whole((bottom / row_height).ceil()).min(rows);
    first..end.max(first)
}

fn rows_in(height: f32, row_height: f32) -> usize {
    if row_height > 0.0 { whole(height / row_height).max(1) } else { 1 }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows on a screen")]
fn whole(points: f32) -> usize {
    points.max(0.0) as usize
}

#[expect(clippy::cast_precision_loss, reason = "a place on the screen; exact to 16 million rows")]
fn as_points(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_visible(top: f32, bottom: f32, rows: usize, expected: Range<usize>) {
        assert_eq!(visible(top, bottom, 50.0, rows), expected);
    }

    #[test]
    fn only_rows_on_the_screen_are_drawn() {
        check_visible(0.0, 200.0, 10_000, 0..4);
        check_visible(25.0, 225.0, 10_000, 0..5);
        check_visible(499_900.0, 500_100.0, 10_000, 9_998..10_000);
        check_visible(900.0, 1_100.0, 3, 3..3);
        check_visible(-40.0, 100.0, 10, 0..2);
    }

    #[test]
    fn scrolling_moves_no_further_than_it_must() {
        let place = |go| Place { offset: 100.0, height: 200.0, columns: 2, row_height: 50.0, go };
        let offset = |row| place(Some(Go::Selected)).take_offset(Some(row));
        assert_eq!(offset(6), None, "row 3 is in view");
        assert_eq!(offset(0), Some(0.0));
        assert_eq!(offset(12), Some(150.0));
        assert_eq!(place(Some(Go::Top)).take_offset(Some(6)), Some(0.0));
        assert_eq!(place(None).take_offset(Some(0)), None);
    }

    #[test]
    fn pictures_fill_their_frame_undistorted() {
        let same = crop_to(vec2(160.0, 90.0), vec2(320.0, 180.0), false);
        assert!((same.width() - 1.0).abs() < 1e-4 && (same.height() - 1.0).abs() < 1e-4);
        let tall = crop_to(vec2(90.0, 160.0), vec2(160.0, 90.0), true);
        assert!((tall.height() - 0.316).abs() < 0.01 && tall.top() < 0.3, "the face is in the upper part: {tall:?}");
        let wide = crop_to(vec2(400.0, 100.0), vec2(100.0, 100.0), false);
        assert!((wide.left() - 0.375).abs() < 1e-3);
    }
}
