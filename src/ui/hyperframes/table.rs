//! A table of values: one video per row.

use egui::{Align2, Rect, Response, ScrollArea, Sense, TextEdit, Ui, UiBuilder, pos2, vec2};

use super::HyperFramesTab;
use crate::draft::hyperframes::{Meaning, Page, RowVideo, Rows};
use crate::draft::{Field, Product};
use crate::pricing::{Total, quote};
use crate::ui::model::Model;
use crate::ui::places::Place;
use crate::ui::theme::{medium, palette, regular};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, format, icons};

const PLACE: Place = Place::new(Product::HyperFrames, Field::Reference(0));
const ROW: f32 = 28.0;
const TICK: f32 = 26.0;
const LINE: f32 = 40.0;
const TITLE: f32 = 160.0;
const PRICE: f32 = 62.0;
const CELL: f32 = 126.0;
/// Rows that are seen at once.
const SEEN: f32 = 8.0;

/// Draws the table, or the button that brings one. A bad row is left out until it is mended in its place.
pub fn table_ui(ui: &mut Ui, model: &Model, tab: &mut HyperFramesTab, actions: &mut Vec<Action>) {
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
    let mut change = None;
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        let wanted = videos.iter().filter(|video| video.is_wanted()).count();
        widgets::strong(
            ui,
            format!("{} of {}", format::count(wanted), format::counted(videos.len(), "video", "videos")),
        );
        widgets::caption(ui, format!("from {}", rows.name));
        for (words, called, left_out) in [("all", "Select all rows", false), ("none", "Select no row", true)] {
            if widgets::link(ui, words, called).clicked() {
                change = Some(Change::All { left_out });
            }
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_button(ui, icons::X, "Remove the table", 28.0).clicked() {
                change = Some(Change::Remove);
            }
            if ui.add(Button::quiet("Another table").icon(icons::FILE_CSV).small()).clicked() {
                actions.push(Action::PickFile(PLACE));
            }
        });
    });
    let said = tab.rows_fault.clone().or_else(|| summary(rows, page, &videos));
    let (words, color) = match said {
        Some(words) => (format!("{} {words}", icons::WARNING_CIRCLE), palette.amber),
        None => ("An empty cell takes the value from the form.".to_owned(), palette.dim),
    };
    widgets::words(ui, words.as_str(), regular(12.0), color).on_hover_text(words);
    if rows.problem(page).is_none() {
        let price = match quote(&model.card, &draft.row_billable(), &model.pace).total {
            Total::Exact(amount) => amount.to_string(),
            Total::Range(span) => span.likely.to_string(),
            Total::Unknown(_) => "unknown".to_owned(),
        };
        let grid = Grid { rows, page, videos: &videos, price: &price };
        change = grid_ui(ui, &grid, &mut tab.mending).or(change);
    }
    if let Some(change) = change {
        take(tab, change);
    }
}

/// What the person did to the table.
enum Change {
    Remove,
    All {
        left_out: bool,
    },
    /// A row is wanted, or no more.
    One {
        row: usize,
        left_out: bool,
    },
    Cell {
        row: usize,
        column: usize,
        text: String,
    },
}

fn take(tab: &mut HyperFramesTab, change: Change) {
    let slot = &mut tab.form.draft.rows;
    let Some(rows) = slot else { return };
    match change {
        Change::Remove => {
            *slot = None;
            tab.rows_fault = None;
            tab.mending = None;
        }
        Change::All { left_out } => rows.rows.iter_mut().for_each(|row| row.left_out = left_out),
        Change::One { row, left_out } => {
            if let Some(row) = rows.rows.get_mut(row) {
                row.left_out = left_out;
            }
        }
        Change::Cell { row, column, text } => {
            if let Some(cell) = rows.rows.get_mut(row).and_then(|row| row.cells.get_mut(column)) {
                *cell = text;
            }
        }
    }
    tab.form.touch(Field::Reference(0));
}

/// What is wrong with the table as a whole.
fn summary(rows: &Rows, page: &Page, videos: &[RowVideo]) -> Option<String> {
    if let Some(problem) = rows.problem(page) {
        return Some(problem);
    }
    let wrong = videos.iter().filter(|video| !video.problems.is_empty()).count();
    if wrong > 0 {
        let rows = format::counted(wrong, "row is", "rows are");
        return Some(format!("{rows} left out until the marked cells are mended."));
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
        [one] => Some(format!("The column “{one}” names no variable and is not used.")),
        many => Some(format!("These columns name no variable and are not used: “{}”.", many.join("”, “"))),
    }
}

/// What the rows are drawn from.
struct Grid<'a> {
    rows: &'a Rows,
    page: &'a Page,
    videos: &'a [RowVideo],
    /// What each row costs.
    price: &'a str,
}

fn grid_ui(ui: &mut Ui, grid: &Grid<'_>, mending: &mut Option<(usize, usize)>) -> Option<Change> {
    let palette = palette(ui);
    // Titles have a column of their own already.
    let meanings = grid.rows.meanings(grid.page);
    let shown: Vec<usize> = meanings
        .iter()
        .enumerate()
        .filter(|(_, meaning)| !matches!(meaning, Meaning::Title | Meaning::Nothing))
        .map(|(place, _)| place)
        .collect();
    let cells = u16::try_from(shown.len().max(1)).map_or(1.0, f32::from);
    let room = ui.available_width() - 34.0;
    let fixed = TICK + LINE + TITLE + PRICE;
    let cell = ((room - fixed) / cells).max(CELL);
    let whole = fixed + cell * cells;
    let mut change = None;
    widgets::panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = ROW * (f32::from(u16::try_from(grid.videos.len()).unwrap_or(u16::MAX)) + 1.0).min(SEEN + 1.0);
        ScrollArea::both()
            .id_salt("rows of the table")
            .auto_shrink([false, true])
            .max_height(height)
            .min_scrolled_height(height)
            .show_rows(ui, ROW, grid.videos.len() + 1, |ui, range| {
                for place in range {
                    let (rect, response) = ui.allocate_exact_size(vec2(whole, ROW), Sense::hover());
                    match place.checked_sub(1) {
                        None => head_ui(ui, grid, &shown, rect, cell),
                        Some(row) => {
                            let changed = row_ui(ui, grid, &shown, (rect, &response), cell, row, mending);
                            change = changed.or(change.take());
                        }
                    }
                }
                let line = ui.min_rect();
                ui.painter().hline(line.x_range(), line.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
            });
    });
    change
}

/// Where the columns stand in a line: tick, line, title, price, and each cell.
fn places(rect: Rect, cell: f32) -> impl FnMut(f32) -> Rect {
    let mut x = rect.left();
    move |width: f32| {
        let width = if width > 0.0 { width } else { cell };
        let place = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width - 12.0, rect.bottom()));
        x += width;
        place
    }
}

fn head_ui(ui: &Ui, grid: &Grid<'_>, shown: &[usize], rect: Rect, cell: f32) {
    let palette = palette(ui);
    let mut next = places(rect, cell);
    let paint = |place: Rect, text: &str| {
        let at = place.left_center();
        widgets::paint_elided(ui, at, Align2::LEFT_CENTER, text, regular(12.0), palette.dim, place.width());
    };
    next(TICK);
    paint(next(LINE), "Line");
    paint(next(TITLE), "Video");
    paint(next(PRICE), "Price");
    for column in shown.iter().filter_map(|column| grid.rows.columns.get(*column)) {
        paint(next(0.0), column);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
}

fn row_ui(
    ui: &mut Ui,
    grid: &Grid<'_>,
    shown: &[usize],
    (rect, response): (Rect, &Response),
    cell: f32,
    number: usize,
    mending: &mut Option<(usize, usize)>,
) -> Option<Change> {
    let palette = palette(ui);
    let (video, row) = (grid.videos.get(number)?, grid.rows.rows.get(number)?);
    let mut change = None;
    let mut next = places(rect, cell);
    let paint = |ui: &Ui, place: Rect, text: &str, font, color| {
        widgets::paint_elided(ui, place.left_center(), Align2::LEFT_CENTER, text, font, color, place.width());
    };
    let tick = next(TICK);
    let is_bad = !video.problems.is_empty();
    if is_bad {
        let at = pos2(tick.left() + TICK / 2.0, tick.center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, icons::WARNING_CIRCLE, regular(15.0), palette.amber);
    } else {
        let id = ui.scope_id().with(("tick", number));
        let called = format!("Make line {}", video.line);
        let area = Rect::from_min_size(tick.min, vec2(TICK, ROW)).shrink2(vec2(0.0, 4.0));
        if widgets::tick(ui, area, id, &called, !video.left_out).clicked() {
            change = Some(Change::One { row: number, left_out: !video.left_out });
        }
    }
    let strong = if video.is_wanted() { palette.text } else { palette.dim };
    paint(ui, next(LINE), &video.line.to_string(), regular(12.0), palette.dim);
    paint(ui, next(TITLE), &video.title, medium(14.0), strong);
    paint(ui, next(PRICE), if is_bad { "–" } else { grid.price }, regular(14.0), strong);
    let mut wrong = Vec::new();
    for column in shown {
        let place = next(0.0);
        let text = row.cells.get(*column).map_or("", |text| text.trim());
        let name = grid.rows.columns.get(*column).map_or("", String::as_str);
        let problem = video.problems.iter().find(|(at, _)| at == column);
        if let Some((_, message)) = problem {
            wrong.push(format!("{name}: {message}"));
        }
        let here = (number, *column);
        // A cell that is being written stays a field, also in the moment in which it is right.
        if problem.is_some() || *mending == Some(here) {
            let mut text = row.cells.get(*column).cloned().unwrap_or_default();
            let color = if problem.is_some() { palette.amber } else { palette.text };
            let edit = TextEdit::singleline(&mut text)
                .id_salt(("cell of the table", number, *column))
                .font(regular(14.0))
                .text_color(color)
                .margin(egui::Margin::symmetric(6, 0))
                .align(Align2::LEFT_CENTER)
                .min_size(place.shrink2(vec2(0.0, 2.0)).size())
                .desired_width(place.width());
            // A part of its own: the field does not move the rows below it.
            let mut part = ui.new_child(UiBuilder::new().max_rect(place.shrink2(vec2(0.0, 2.0))));
            part.spacing_mut().interact_size.y = ROW - 4.0;
            let field = part.add(edit);
            widgets::name(&field, egui::Role::TextInput, true, &format!("{name} of line {}", video.line));
            if field.changed() {
                change = Some(Change::Cell { row: number, column: *column, text });
            }
            match (field.has_focus(), *mending == Some(here)) {
                (true, false) => *mending = Some(here),
                (false, true) => *mending = None,
                _ => {}
            }
            if let Some((_, message)) = problem {
                let _ = field.on_hover_text(message);
            }
        } else if text.is_empty() {
            paint(ui, place, "–", regular(14.0), palette.faint);
        } else {
            paint(ui, place, text, regular(14.0), strong);
        }
    }
    let state = match (wrong.as_slice(), video.left_out) {
        ([], false) => grid.price.to_owned(),
        ([], true) => "left out".to_owned(),
        (wrong, _) => format!("left out: {}", wrong.join(" ")),
    };
    widgets::name(response, egui::Role::Label, true, &format!("Line {}: {}, {state}", video.line, video.title));
    if !wrong.is_empty() {
        let _ = response.clone().on_hover_text(wrong.join("\n"));
    }
    change
}
