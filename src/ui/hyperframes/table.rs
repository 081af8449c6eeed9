//! A table of values: one video per row.

use egui::{Align2, ScrollArea, Sense, Ui, pos2, vec2};

use super::HyperFramesTab;
use crate::draft::hyperframes::{Meaning, Page, RowVideo, Rows};
use crate::draft::{Field, Product};
use crate::ui::places::Place;
use crate::ui::theme::{medium, palette, regular};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, format, icons};

const PLACE: Place = Place::new(Product::HyperFrames, Field::Reference(0));
const ROW: f32 = 28.0;
const LINE: f32 = 44.0;
const TITLE: f32 = 180.0;
const CELL: f32 = 130.0;
/// Rows that are seen at once.
const SEEN: f32 = 8.0;

/// Draws the table, or the button that brings one.
pub fn table_ui(ui: &mut Ui, tab: &mut HyperFramesTab, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let draft = &tab.form.draft;
    let Some(page) = draft.page() else { return };
    let Some(rows) = &draft.rows else {
        if page.variables.is_empty() {
            return;
        }
        ui.horizontal(|ui| {
            if ui.add(Button::secondary("Many videos from a table").icon(icons::FILE_CSV)).clicked() {
                actions.push(Action::PickFile(PLACE));
            }
            match &tab.rows_fault {
                Some(fault) => {
                    widgets::words(ui, format!("{} {fault}", icons::WARNING_CIRCLE), regular(12.0), palette.amber)
                        .on_hover_text(fault)
                }
                None => widgets::caption(ui, "A CSV that names variables: one video per row."),
            };
        });
        return;
    };
    let videos = draft.row_videos();
    let mut removed = false;
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        widgets::strong(ui, format::counted(videos.len(), "video", "videos"));
        widgets::caption(ui, format!("from {}", rows.name));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            removed = widgets::icon_button(ui, icons::X, "Remove the table", 28.0).clicked();
            if ui.add(Button::quiet("Another table").icon(icons::FILE_CSV).small()).clicked() {
                actions.push(Action::PickFile(PLACE));
            }
        });
    });
    let said = tab.rows_fault.clone().or_else(|| summary(rows, page, &videos));
    let (words, color) = match said {
        Some(words) => (format!("{} {words}", icons::WARNING_CIRCLE), palette.amber),
        None => ("An empty cell takes the value above.".to_owned(), palette.dim),
    };
    widgets::words(ui, words.as_str(), regular(12.0), color).on_hover_text(words);
    if rows.problem(page).is_none() {
        grid_ui(ui, rows, page, &videos);
    }
    if removed {
        tab.form.draft.rows = None;
        tab.rows_fault = None;
    }
}

/// What is wrong with the table as a whole.
fn summary(rows: &Rows, page: &Page, videos: &[RowVideo]) -> Option<String> {
    if let Some(problem) = rows.problem(page) {
        return Some(problem);
    }
    let wrong: usize = videos.iter().map(|video| video.problems.len()).sum();
    if wrong > 0 {
        let cells = format::counted(wrong, "cell", "cells");
        return Some(format!("{cells} cannot be used: mend the file and choose it again."));
    }
    let meanings = rows.meanings(page);
    let unknown: Vec<&str> = meanings
        .iter()
        .zip(&rows.columns)
        .filter(|(meaning, _)| **meaning == Meaning::Nothing)
        .map(|(_, column)| column.as_str())
        .collect();
    match unknown.as_slice() {
        [] => None,
        [one] => Some(format!("The column {one} names no variable and is not used.")),
        many => Some(format!("These columns name no variable and are not used: {}.", many.join(", "))),
    }
}

fn grid_ui(ui: &mut Ui, rows: &Rows, page: &Page, videos: &[RowVideo]) {
    let palette = palette(ui);
    let meanings = rows.meanings(page);
    // Titles have a column of their own already.
    let shown: Vec<usize> = meanings
        .iter()
        .enumerate()
        .filter(|(_, meaning)| !matches!(meaning, Meaning::Title | Meaning::Nothing))
        .map(|(place, _)| place)
        .collect();
    let cells = shown.len().max(1);
    let cells = u16::try_from(cells).map_or(1.0, f32::from);
    let room = ui.available_width() - 34.0;
    let cell = ((room - LINE - TITLE) / cells).max(CELL);
    let whole = LINE + TITLE + cell * cells;
    widgets::panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = ROW * (f32::from(u16::try_from(videos.len()).unwrap_or(u16::MAX)) + 1.0).min(SEEN + 1.0);
        ScrollArea::both()
            .id_salt("rows of the table")
            .auto_shrink([false, true])
            .max_height(height)
            .min_scrolled_height(height)
            .show_rows(ui, ROW, videos.len() + 1, |ui, range| {
                for place in range {
                    let (rect, response) = ui.allocate_exact_size(vec2(whole, ROW), Sense::hover());
                    let middle = rect.center().y;
                    let mut x = rect.left();
                    let mut paint = |text: &str, font, color, width: f32| {
                        let at = pos2(x, middle);
                        widgets::paint_elided(ui, at, Align2::LEFT_CENTER, text, font, color, width - 12.0);
                        x += width;
                    };
                    let Some(number) = place.checked_sub(1) else {
                        paint("Line", regular(12.0), palette.dim, LINE);
                        paint("Video", regular(12.0), palette.dim, TITLE);
                        for column in shown.iter().filter_map(|column| rows.columns.get(*column)) {
                            paint(column, regular(12.0), palette.dim, cell);
                        }
                        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
                        continue;
                    };
                    let (Some(video), Some(row)) = (videos.get(number), rows.rows.get(number)) else { continue };
                    paint(&video.line.to_string(), regular(12.0), palette.dim, LINE);
                    paint(&video.title, medium(14.0), palette.text, TITLE);
                    let mut wrong = Vec::new();
                    for column in &shown {
                        let text = row.cells.get(*column).map_or("", |text| text.trim());
                        match video.problems.iter().find(|(at, _)| at == column) {
                            Some((_, message)) => {
                                let name = rows.columns.get(*column).map_or("", String::as_str);
                                wrong.push(format!("{name}: {message}"));
                                let words = format!("{} {text}", icons::WARNING_CIRCLE);
                                paint(&words, regular(14.0), palette.amber, cell);
                            }
                            None if text.is_empty() => paint("–", regular(14.0), palette.faint, cell),
                            None => paint(text, regular(14.0), palette.text, cell),
                        }
                    }
                    let spoken = match wrong.as_slice() {
                        [] => format!("Line {}: {}", video.line, video.title),
                        wrong => format!("Line {}: {}. {}", video.line, video.title, wrong.join(" ")),
                    };
                    widgets::name(&response, egui::Role::Label, true, &spoken);
                    if !wrong.is_empty() {
                        let _ = response.on_hover_text(wrong.join("\n"));
                    }
                }
            });
    });
}
