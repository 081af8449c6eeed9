//! The selected row under the table: what is wrong with it in full, and every cell of it to be edited.

use std::sync::Arc;

use egui::{Key, ScrollArea, TextEdit, Ui, vec2};

use super::View;
use super::sheet::{Cell, Sheet};
use crate::batch::Setting;
use crate::ui::theme::{palette, regular};
use crate::ui::widgets::{self, panel};
use crate::ui::{Action, icons, voices};

/// Fields side by side.
const FIELDS_A_LINE: usize = 3;

/// How much of the page it takes.
#[must_use]
pub fn height(page: f32, sheet: &Sheet) -> f32 {
    /// The heading and the script, and each line of fields.
    const SCRIPT: f32 = 136.0;
    const FIELDS: f32 = 62.0;
    let others = sheet.table.columns.len() - usize::from(Setting::Script.column(&sheet.table).is_some());
    let lines = u8::try_from(others.div_ceil(FIELDS_A_LINE)).unwrap_or(u8::MAX);
    (SCRIPT + FIELDS * f32::from(lines)).min(page * 0.46).clamp(150.0, 296.0)
}

/// Draws it in the room that is left.
pub(super) fn row_ui(ui: &mut Ui, sheet: &mut Sheet, view: &mut View, place: usize, actions: &mut Vec<Action>) {
    let Some(line) = sheet.table.rows.get(place).map(|row| row.line) else {
        view.selected = None;
        return;
    };
    // What another row left unkept is kept when this one comes.
    if view.unkept.is_some_and(|unkept| unkept != place) {
        keep(sheet, view, actions);
    }
    panel(ui, |ui| {
        ui.set_min_width(ui.available_width());
        let room = (ui.available_height() - 18.0).max(90.0);
        ui.set_max_height(room);
        ScrollArea::vertical().id_salt(("row", line)).auto_shrink([false, false]).max_height(room).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(12.0, 4.0);
            ui.set_max_width(ui.available_width() - 10.0);
            head_ui(ui, sheet, view, place, line, room < 200.0);
            let is_made = sheet.is_made(place);
            if !is_made {
                foreign_ui(ui, sheet, place, actions);
            }
            ui.add_enabled_ui(!is_made, |ui| fields_ui(ui, sheet, view, place, line, actions));
        });
    });
}

fn head_ui(ui: &mut Ui, sheet: &Sheet, view: &mut View, place: usize, line: u64, is_low: bool) {
    let palette = palette(ui);
    ui.horizontal(|ui| {
        widgets::strong(ui, format!("Line {line}"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_button(ui, icons::X, "Close the row", 22.0).clicked() {
                view.selected = None;
            }
            if sheet.is_made(place) {
                widgets::caption(ui, "Made: its cells stay as they were sent");
            }
            if let Some(entry) = sheet.entries.get(place) {
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    widgets::words(ui, entry.title.as_str(), regular(13.0), palette.dim);
                });
            }
        });
    });
    let Some(entry) = sheet.entries.get(place) else { return };
    for problem in &entry.problems {
        let words = format!("{} {}", icons::WARNING_CIRCLE, problem.message);
        let said = widgets::paragraph(ui, words, 12.0, palette.amber);
        widgets::name(&said, egui::Role::Label, true, &problem.message);
    }
    if let Some(error) = sheet.job(place).and_then(|job| job.error.as_ref()) {
        let words = format!("{} {} {}", error.what, error.money, error.advice);
        // Where there is little room, the fields matter more than what the pointer can show.
        let said = match is_low {
            true => widgets::words(ui, error.what.as_str(), regular(12.0), palette.amber),
            false => widgets::paragraph(ui, words.as_str(), 12.0, palette.amber),
        };
        widgets::name(&said, egui::Role::Label, true, &words);
        said.on_hover_text(words);
    }
}

/// That its voice speaks another language, with those that speak this one.
fn foreign_ui(ui: &mut Ui, sheet: &mut Sheet, place: usize, actions: &mut Vec<Action>) {
    let Some(foreign) = sheet.entries.get(place).and_then(|entry| entry.foreign.clone()) else { return };
    voices::foreign_words_ui(ui, &foreign);
    let cast = Arc::clone(&sheet.cast);
    let all = cast.voices();
    if let Some(voice) = voices::speakers_ui(ui, Some(all.as_slice()), foreign.reads) {
        // A name that several have would not be understood.
        let is_plain = cast.voice(&voice.name).is_ok_and(|found| found.id == voice.id);
        sheet.set(place, Cell::Setting(Setting::Voice), if is_plain { &voice.name } else { &voice.id });
        actions.push(Action::ChangeBatch(Box::new(sheet.change_of(place))));
    }
}

fn fields_ui(ui: &mut Ui, sheet: &mut Sheet, view: &mut View, place: usize, line: u64, actions: &mut Vec<Action>) {
    let script = Cell::Setting(Setting::Script);
    let script_column = Setting::Script.column(&sheet.table);
    let hint = sheet.entries.get(place).map(|entry| format!("As all rows: {}", entry.script)).unwrap_or_default();
    let name = Setting::Script.name_on(sheet.product());
    widgets::caption(ui, format!("{name} of this row"));
    let mut text = sheet.text(place, script).to_owned();
    let edit = TextEdit::multiline(&mut text)
        .font(regular(13.0))
        .hint_text(hint)
        .desired_rows(2)
        .desired_width(f32::INFINITY)
        .margin(egui::Margin::symmetric(8, 5));
    let response = ui.add(edit);
    widgets::name(&response, egui::Role::MultilineTextInput, true, &format!("{name} of line {line}"));
    if std::mem::take(&mut view.write_script) {
        response.request_focus();
    }
    if response.changed() {
        sheet.set(place, script, &text);
        view.unkept = Some(place);
    }
    let mut lost_focus = response.lost_focus();
    let columns: Vec<(usize, String)> = sheet.table.columns.iter().cloned().enumerate().collect();
    let others: Vec<&(usize, String)> = columns.iter().filter(|(column, _)| Some(*column) != script_column).collect();
    let width = ((ui.available_width() - 2.0 * 12.0) / 3.0).clamp(110.0, 280.0);
    for line_of_fields in others.chunks(FIELDS_A_LINE) {
        ui.horizontal_top(|ui| {
            for (column, name) in line_of_fields {
                let entry = sheet.entries.get(place);
                let problem = entry.and_then(|entry| entry.problems.iter().find(|one| one.column == Some(*column)));
                let problem = problem.map(|problem| problem.message.clone());
                let mut text = sheet.text(place, Cell::Column(*column)).to_owned();
                let response = widgets::field(ui, name, problem.as_deref(), width, |ui| {
                    widgets::text_line(ui, &format!("{name} of line {line}"), "", &mut text, width)
                });
                if response.changed() {
                    sheet.set(place, Cell::Column(*column), &text);
                    view.unkept = Some(place);
                }
                lost_focus |= response.lost_focus();
            }
        });
    }
    let is_entered = ui.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::Tab));
    if lost_focus || is_entered && view.unkept.is_some() {
        keep(sheet, view, actions);
    }
}

/// Has the row kept that was changed last.
fn keep(sheet: &mut Sheet, view: &mut View, actions: &mut Vec<Action>) {
    if let Some(place) = view.unkept.take() {
        actions.push(Action::ChangeBatch(Box::new(sheet.change_of(place))));
    }
}
