//! Where the table comes from, how its file is written, and what in it changes nothing.

use egui::Ui;

use super::sheet::Sheet;
use crate::batch::{ReadAs, SEPARATORS, TextEncoding, separator_words};
use crate::ui::theme::{palette, regular};
use crate::ui::widgets::{self, SelectItem};
use crate::ui::{Action, format, icons};

/// Draws it; the way back to the form is taken by `is_shown`.
pub(super) fn about_ui(ui: &mut Ui, sheet: &Sheet, is_shown: &mut bool, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        if widgets::link(ui, "edit what all rows share", "Edit what all rows share").clicked() {
            *is_shown = false;
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            written_ui(ui, sheet, actions);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let words = format!("{} · {}", sheet.name, format::counted(sheet.entries.len(), "row", "rows"));
                widgets::words(ui, words.as_str(), regular(12.0), palette.dim).on_hover_text(words);
            });
        });
    });
    let said = if sheet.names_nothing() {
        let first = sheet.table.columns.first().map_or("name", String::as_str);
        Some(format!(
            "Nothing in this table is used, so no row is selected. Call a column script, title, look or voice, or \
             write {{{{{first}}}}} into the script."
        ))
    } else if sheet.says_the_same() {
        let first = sheet.table.columns.first().map_or("name", String::as_str);
        Some(format!(
            "Every row would say the same: write {{{{{first}}}}} into the script where the row's cell belongs."
        ))
    } else {
        match sheet.unused.as_slice() {
            [] => None,
            [one] => Some(format!("The column “{one}” changes nothing: no placeholder names it.")),
            several => Some(format!("These columns change nothing: “{}”.", several.join("”, “"))),
        }
    };
    if let Some(words) = said {
        let said = widgets::words(ui, format!("{} {words}", icons::INFO), regular(12.0), palette.amber);
        widgets::name(&said, egui::Role::Label, true, &words);
        said.on_hover_text(words);
    }
}

/// Encoding and separator; each can be chosen as long as the table is as its file has it.
fn written_ui(ui: &mut Ui, sheet: &Sheet, actions: &mut Vec<Action>) {
    let source = sheet.table.source;
    let Some(encoding) = source.encoding else { return };
    ui.spacing_mut().item_spacing.x = 10.0;
    let guessed = if source.is_guessed { ", guessed" } else { "" };
    let (written, separated) = (format!("{}{guessed}", encoding.name()), separator_words(source.separator));
    if let Some(why) = sheet.fixed_because() {
        let words = format!("{written} · {separated}");
        let said = widgets::words(ui, words.as_str(), regular(12.0), palette(ui).dim);
        widgets::name(&said, egui::Role::Label, true, &words);
        said.on_hover_text(why);
        return;
    }
    let Some(file) = &sheet.file else { return };
    let mut read_as = ReadAs::default();
    let separators = || {
        let item = |separator: &u8| SelectItem {
            label: separator_words(*separator).to_owned(),
            selected: *separator == source.separator,
            ..SelectItem::default()
        };
        SEPARATORS.iter().map(item).collect()
    };
    if let Some(place) = widgets::select_link(ui, "What stands between the cells", separated, 180.0, separators) {
        read_as = ReadAs { encoding: source.encoding, separator: SEPARATORS.get(place).copied() };
    }
    let encodings = || {
        let item = |each: TextEncoding| SelectItem {
            label: each.name().to_owned(),
            detail: sheet.samples.iter().find(|(of, _)| *of == each).map(|(_, text)| text.clone()).unwrap_or_default(),
            dot: None,
            selected: each == encoding,
        };
        TextEncoding::usual().map(item).collect()
    };
    if let Some(place) = widgets::select_link(ui, "How the file is encoded", &written, 460.0, encodings) {
        read_as = ReadAs { encoding: TextEncoding::usual().nth(place), separator: None };
    }
    if read_as != ReadAs::default() {
        actions.push(Action::ReadTableAs {
            id: sheet.id,
            name: sheet.name.clone(),
            file: file.clone(),
            base: Box::new(sheet.base.clone()),
            read_as,
        });
    }
}
