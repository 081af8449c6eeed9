//! The rows of a table: only those in sight are drawn, and any cell can be edited in its place.

mod columns;
mod state;

use egui::{
    Align, Align2, Color32, EventFilter, Id, Key, Layout, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo,
    pos2, vec2,
};
use egui_extras::{Column, TableBuilder};

use self::columns::{GAP, Shows, columns, width_of};
pub use self::state::cap_words;
use self::state::{price_words, quoted, state_more, state_of};
use super::View;
use super::sheet::{Cell, Only, Sheet};
use crate::batch::Setting;
use crate::jobs::types::JobState;
use crate::ui::theme::{RADIUS_SMALL, palette, regular};
use crate::ui::widgets;
use crate::ui::{Action, format, icons};

const ROW: f32 = 32.0;
const HEADER: f32 = 28.0;
/// Rows that Page Up and Page Down pass over.
const PAGE: isize = 10;
/// What a field in a cell's place needs.
const LEAST_FIELD: f32 = 84.0;

/// A cell that is edited in its place.
#[derive(Debug)]
pub struct Editing {
    pub place: usize,
    pub setting: Setting,
    pub text: String,
    /// It has been given the keyboard.
    has_begun: bool,
}

/// Draws the rows.
pub(super) fn table_ui(ui: &mut Ui, sheet: &mut Sheet, view: &mut View, actions: &mut Vec<Action>) {
    // The scroll bar covers no word.
    let columns = columns(sheet, ui.available_width() - 12.0);
    let places: Option<Vec<usize>> = (view.only != Only::All).then(|| sheet.listed(view.only));
    let count = places.as_ref().map_or(sheet.entries.len(), Vec::len);
    let place_of = |index: usize| places.as_ref().map_or(Some(index), |places| places.get(index).copied());
    let width = ui.available_width().max(width_of(&columns) + 12.0);
    keys(ui, sheet, view, &place_of, count);
    ScrollArea::horizontal().id_salt("batch sideways").auto_shrink([false, false]).show(ui, |ui| {
        ui.set_min_width(width);
        ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
        let mut builder = TableBuilder::new(ui)
            .id_salt(("batch", sheet.id))
            .min_scrolled_height(0.0)
            .auto_shrink([false, false])
            .animate_scrolling(false)
            .cell_layout(Layout::left_to_right(Align::Center));
        for (_, width) in &columns {
            builder = builder.column(Column::exact(*width).clip(true));
        }
        if std::mem::take(&mut view.go_to) {
            let selected = view.selected;
            let row = (0..count).find(|index| place_of(*index) == selected);
            if let Some(row) = row {
                builder = builder.scroll_to_row(row, None);
            }
        }
        let table = builder.header(HEADER, |mut header| {
            for (shows, _) in &columns {
                header.col(|ui| heading_ui(ui, sheet, *shows, width));
            }
        });
        table.body(|body| {
            body.rows(ROW, count, |mut line| {
                let Some(place) = place_of(line.index()) else { return };
                for (shows, _) in &columns {
                    line.col(|ui| {
                        if *shows == Shows::Check {
                            whole_row_ui(ui, sheet, view, place, width);
                        }
                        cell_ui(ui, sheet, view, place, *shows, actions);
                    });
                }
            });
        });
    });
}

fn heading_ui(ui: &mut Ui, sheet: &Sheet, shows: Shows, width: f32) {
    let palette = palette(ui);
    let rect = ui.max_rect();
    if shows == Shows::Check {
        // One line under all headings, as long as those under the rows.
        let line = egui::Stroke::new(1.0, palette.line);
        let whole = Rect::from_min_size(rect.min, vec2(width - GAP, rect.height())).expand2(vec2(5.0, 0.0));
        let outer = ui.clip_rect();
        ui.set_clip_rect(Rect::from_x_y_ranges(whole.x_range(), outer.y_range()));
        ui.painter().hline(whole.x_range(), rect.bottom() - 0.5, line);
        ui.set_clip_rect(outer);
    }
    let (at, anchor) = match shows.is_figure() {
        true => (rect.right_center(), Align2::RIGHT_CENTER),
        false => (rect.left_center(), Align2::LEFT_CENTER),
    };
    widgets::paint_elided(ui, at, anchor, shows.heading(sheet), regular(12.0), palette.dim, rect.width());
}

fn row_id(sheet: &Sheet, place: usize) -> Id {
    Id::unique(("batch row", sheet.id, place))
}

/// Up and Down move to another row, Page Up and Page Down ten further, Home and End to the ends; Enter edits its script, the space bar wants it or not.
fn keys(ui: &Ui, sheet: &mut Sheet, view: &mut View, place_of: &dyn Fn(usize) -> Option<usize>, count: usize) {
    let Some(place) = view.selected else { return };
    if !ui.memory(|memory| memory.has_focus(row_id(sheet, place))) {
        return;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let now = || (0..count).find(|index| place_of(*index) == Some(place));
    let last = count.saturating_sub(1);
    let steps = [
        (Key::ArrowDown, 1_isize),
        (Key::ArrowUp, -1),
        (Key::PageDown, PAGE),
        (Key::PageUp, -PAGE),
        (Key::Home, isize::MIN),
        (Key::End, isize::MAX),
    ];
    if let Some((_, step)) = steps.into_iter().find(|(key, _)| pressed(*key)) {
        let next = now().map(|now| now.saturating_add_signed(step).min(last));
        if let Some(next) = next.and_then(place_of).filter(|next| *next != place) {
            view.selected = Some(next);
            view.go_to = true;
            let id = row_id(sheet, next);
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    } else if pressed(Key::Enter) {
        view.write_script = true;
    } else if pressed(Key::Space) {
        let picked = sheet.picked.get(place).copied().unwrap_or_default();
        sheet.pick_one(place, !picked);
    }
}

/// The row as one thing: its name, its light, its click.
fn whole_row_ui(ui: &mut Ui, sheet: &Sheet, view: &mut View, place: usize, width: f32) {
    let palette = palette(ui);
    let cell = ui.max_rect();
    let rect = Rect::from_min_size(cell.min, vec2(width - GAP, cell.height()));
    let outer = ui.clip_rect();
    // The cell clips; the row does not end with its first cell.
    ui.set_clip_rect(Rect::from_x_y_ranges(rect.x_range().expand(6.0), outer.y_range()));
    let id = row_id(sheet, place);
    let is_selected = view.selected == Some(place);
    let sense = if is_selected || place == 0 && view.selected.is_none() { Sense::click() } else { Sense::CLICK };
    let response = ui.interact(rect, id, sense);
    let (Some(entry), Some(row)) = (sheet.entries.get(place), sheet.table.rows.get(place)) else { return };
    let (state, _) = state_of(sheet, place, entry, palette);
    response.widget_info(|| {
        let spoken = format!("Line {}: {}, {}, {state}", row.line, entry.title, price_words(sheet, place, entry));
        WidgetInfo::selected(Role::Row, true, is_selected, spoken)
    });
    if response.has_focus() {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    if is_selected || response.hovered() {
        let fill = if is_selected { palette.raised } else { palette.hover.gamma_multiply(0.6) };
        ui.painter().rect_filled(rect.expand2(vec2(5.0, 0.0)), RADIUS_SMALL, fill);
    }
    let line = egui::Stroke::new(1.0, palette.line);
    ui.painter().hline(rect.x_range().expand(5.0), rect.bottom() - 0.5, line);
    if response.has_focus() {
        // Inside the row: the rows above and below it lie over what is outside.
        let ring = egui::Stroke::new(2.0, palette.blue);
        let inside = rect.expand2(vec2(5.0, 0.0));
        ui.painter().rect_stroke(inside, RADIUS_SMALL, ring, egui::StrokeKind::Inside);
    }
    if response.clicked() {
        // The first one opens the panel under the table, and would be under it.
        view.go_to |= view.selected.is_none();
        view.selected = Some(place);
        response.request_focus();
    }
    ui.set_clip_rect(outer);
}

fn cell_ui(ui: &mut Ui, sheet: &mut Sheet, view: &mut View, place: usize, shows: Shows, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let rect = ui.max_rect();
    match shows {
        Shows::Check => check_ui(ui, sheet, place),
        Shows::Line => {
            let line = sheet.table.rows.get(place).map_or(0, |row| row.line);
            right(ui, rect, &line.to_string(), palette.dim);
        }
        Shows::Setting(setting) => setting_ui(ui, sheet, view, place, setting, actions),
        Shows::Own(column) => {
            let words = sheet.text(place, Cell::Column(column)).trim().to_owned();
            let left = rect.left_center();
            widgets::paint_elided(ui, left, Align2::LEFT_CENTER, &words, regular(13.0), palette.text, rect.width());
        }
        Shows::Length => {
            let made = sheet.job(place).filter(|_| sheet.is_made(place)).and_then(|job| job.duration);
            let seconds = sheet.entries.get(place).and_then(|entry| entry.priced.as_ref()?.seconds);
            let seconds = made.or(seconds.map(|seconds| seconds.likely));
            let words = seconds.map_or_else(|| "–".to_owned(), format::duration);
            right(ui, rect, &words, palette.dim);
        }
        Shows::Price => {
            let Some(entry) = sheet.entries.get(place) else { return };
            let words = price_words(sheet, place, entry);
            let color = if entry.span().is_some() { palette.text } else { palette.faint };
            right(ui, rect, &words, color);
            let made = sheet.job(place).filter(|_| sheet.is_made(place));
            if let Some(span) = made.map(|job| quoted(job)).or_else(|| entry.span()) {
                let hover = ui.interact(rect, ui.scope_id().with("price"), Sense::hover());
                let words = if span.is_exact() {
                    span.likely.precise()
                } else {
                    format!("{} to {}, most likely {}", span.low, span.high, span.likely)
                };
                let _ = hover.on_hover_text(words);
            }
        }
        Shows::State => {
            let Some(entry) = sheet.entries.get(place) else { return };
            let (words, color) = state_of(sheet, place, entry, palette);
            let left = rect.left_center();
            widgets::paint_elided(ui, left, Align2::LEFT_CENTER, &words, regular(12.0), color, rect.width());
            let more = state_more(sheet, place, entry).unwrap_or(words);
            let _ = ui.interact(rect, ui.scope_id().with("state"), Sense::hover()).on_hover_text(more);
        }
    }
}

fn right(ui: &Ui, rect: Rect, text: &str, color: Color32) {
    widgets::paint_elided(ui, rect.right_center(), Align2::RIGHT_CENTER, text, regular(13.0), color, rect.width());
}

/// Whether the row is wanted.
fn check_ui(ui: &mut Ui, sheet: &mut Sheet, place: usize) {
    let palette = palette(ui);
    let cell = ui.max_rect();
    let rect = Rect::from_center_size(pos2(cell.left() + 9.0, cell.center().y), vec2(17.0, 17.0));
    let line = sheet.table.rows.get(place).map_or(0, |row| row.line);
    let can = sheet.can_be_made(place);
    let is_picked = sheet.picked.get(place).copied().unwrap_or_default();
    if sheet.is_made(place) {
        let (glyph, color) = match sheet.job(place).map(|job| job.state) {
            Some(JobState::Done) => (icons::CHECK_CIRCLE, palette.green),
            Some(JobState::OutcomeUnknown) => (icons::QUESTION, palette.amber),
            _ => (icons::CLOCK, palette.dim),
        };
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, glyph, regular(15.0), color);
        return;
    }
    let id = ui.scope_id().with("check");
    let called = format!("Make line {line}");
    if can {
        if widgets::tick(ui, rect.expand(5.0), id, &called, is_picked).clicked() {
            sheet.pick_one(place, !is_picked);
        }
        return;
    }
    let response = ui.interact(rect.expand(5.0), id, Sense::hover());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, false, false, &called));
    let color = if is_picked { palette.amber } else { palette.faint };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::WARNING_CIRCLE, regular(15.0), color);
}

/// A cell that sets something: what it comes to, or what is written in it where that cannot be used.
fn setting_ui(
    ui: &mut Ui,
    sheet: &mut Sheet,
    view: &mut View,
    place: usize,
    setting: Setting,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    let rect = ui.max_rect();
    if let Some(editing) = &mut view.editing
        && editing.place == place
        && editing.setting == setting
    {
        let ended = edit_ui(ui, editing, sheet, place);
        if let Some(keep) = ended {
            let text = std::mem::take(&mut editing.text);
            view.editing = None;
            if keep && text != sheet.text(place, Cell::Setting(setting)) {
                sheet.set(place, Cell::Setting(setting), &text);
                actions.push(Action::ChangeBatch(Box::new(sheet.change_of(place))));
            }
            let id = row_id(sheet, place);
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        return;
    }
    let Some(entry) = sheet.entries.get(place) else { return };
    let problem = entry.problems.iter().find(|problem| problem.setting == Some(setting));
    let own = sheet.text(place, Cell::Setting(setting));
    let words = match (setting, problem) {
        (Setting::Title, None) => entry.title.as_str(),
        (Setting::Script, None) => entry.script.as_str(),
        (Setting::Look, None) => entry.look.as_str(),
        (Setting::Voice, None) => entry.voice.as_str(),
        (Setting::Engine, None) => entry.engine,
        (Setting::Resolution, None) => entry.resolution,
        _ if own.is_empty() => match setting {
            Setting::Script => entry.script.as_str(),
            Setting::Title => entry.title.as_str(),
            _ => "–",
        },
        _ => own,
    };
    let color = match problem {
        Some(_) => palette.amber,
        // What the row itself says stands out from what all rows share; words that are filled in are its own.
        None if !own.is_empty() || sheet.is_filled_in(setting) => palette.text,
        None => palette.dim,
    };
    let shown = match problem {
        Some(_) => format!("{} {words}", icons::WARNING_CIRCLE),
        None => words.to_owned(),
    };
    let response = ui.interact(rect, ui.scope_id().with("cell"), Sense::CLICK);
    widgets::paint_elided(ui, rect.left_center(), Align2::LEFT_CENTER, &shown, regular(13.0), color, rect.width());
    let line = sheet.table.rows.get(place).map_or(0, |row| row.line);
    let spoken = format!("{} of line {line}: {words}", setting.name_on(sheet.product()));
    widgets::name(&response, Role::Cell, true, &spoken);
    if let Some(problem) = problem {
        widgets::describe(&response, &problem.message);
    }
    if response.clicked() {
        view.go_to |= view.selected.is_none();
        view.selected = Some(place);
        let id = row_id(sheet, place);
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    if response.double_clicked() && !sheet.is_made(place) {
        if setting == Setting::Script {
            // A script is too long for one line.
            view.write_script = true;
        } else {
            let text = own.to_owned();
            view.editing = Some(Editing { place, setting, text, has_begun: false });
        }
    }
    let more = match problem {
        Some(problem) => problem.message.clone(),
        None if sheet.is_made(place) => words.to_owned(),
        None => format!("{words}\nDouble-click to edit."),
    };
    let _ = response.on_hover_text(more);
}

/// The field in a cell's place; `true` when it is to be kept, `false` when not.
fn edit_ui(ui: &mut Ui, editing: &mut Editing, sheet: &Sheet, place: usize) -> Option<bool> {
    let line = sheet.table.rows.get(place).map_or(0, |row| row.line);
    let cell = ui.max_rect();
    // A short column is too narrow to write in: the field lies over those to its left.
    let rect = Rect::from_min_max(pos2(cell.left().min(cell.right() - LEAST_FIELD), cell.top()), cell.max);
    let rect = rect.shrink2(vec2(1.0, 3.0));
    let edit = egui::TextEdit::singleline(&mut editing.text)
        .font(regular(13.0))
        .margin(egui::Margin::symmetric(6, 0))
        .align(egui::Align2::LEFT_CENTER)
        .min_size(rect.size())
        .desired_width(rect.width());
    let outer = ui.clip_rect();
    ui.set_clip_rect(Rect::from_x_y_ranges(rect.x_range().expand(2.0), outer.y_range()));
    // No taller than the row: the lower edge belongs to the field.
    let height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, rect.height());
    let response: Response = ui.put(rect, edit);
    ui.spacing_mut().interact_size.y = height;
    ui.set_clip_rect(outer);
    widgets::name(&response, Role::TextInput, true, &format!("{} of line {line}", editing.setting.name()));
    if !std::mem::replace(&mut editing.has_begun, true) {
        response.request_focus();
        return None;
    }
    if response.lost_focus() {
        return Some(!ui.input(|input| input.key_pressed(Key::Escape)));
    }
    None
}
