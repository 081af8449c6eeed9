//! The receipt of a table: what the wanted rows cost together, what will not be covered, what is wrong, and
//! the one button that spends.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui, vec2};

use super::sheet::{Only, Pick, ProblemGroup, Sheet};
use super::table::cap_words;
use super::{Press, View};
use crate::account::Billing;
use crate::draft::Product;
use crate::settings::Account;
use crate::spend::types::Short;
use crate::ui::model::Model;
use crate::ui::theme::{Palette, palette, semibold};
use crate::ui::widgets::{self, Button, Primary};
use crate::ui::{format, icons, receipt};

const SCROLL_BAR: f32 = 12.0;

/// What the rows become.
fn things(sheet: &Sheet, rows: usize) -> String {
    match sheet.product() {
        Product::Speech => format::counted(rows, "speech", "speeches"),
        _ => format::counted(rows, "video", "videos"),
    }
}

/// What stands between the rows and the button, in words short enough for the button.
#[must_use]
pub fn missing(model: &Model, sheet: &Sheet) -> Option<String> {
    if let Some(words) = receipt::missing_key(model) {
        return Some(words);
    }
    if sheet.is_working() {
        return Some("Working out the prices".to_owned());
    }
    let summary = &sheet.summary;
    let short: usize = summary.short.iter().map(|(_, rows, _)| rows).sum();
    match (summary.ready, short) {
        (0, _) if summary.made == sheet.entries.len() => Some("Every row is made".to_owned()),
        (0, _) if summary.can > 0 => Some("Select the rows to make".to_owned()),
        (0, _) if summary.with_problems > 0 => Some(match summary.made {
            0 if summary.with_problems == 1 => "The row has a problem".to_owned(),
            0 => "Every row has a problem".to_owned(),
            _ => "The other rows have problems".to_owned(),
        }),
        (0, _) => Some("No row has a price".to_owned()),
        (_, 0) => None,
        (_, short) => Some(format!("{} not covered", format::counted(short, "row is", "rows are"))),
    }
}

/// Draws it; `true` when the button was pressed.
pub(super) fn slip_ui(ui: &mut Ui, model: &Model, sheet: &mut Sheet, view: &mut View, press: &Press) -> bool {
    let footer = 44.0 + 8.0 + 40.0 + if press.refusal.is_some() { 64.0 } else { 0.0 };
    let room = (ui.available_height() - footer).max(80.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), room), Layout::top_down(Align::LEFT), |ui| {
        ui.set_min_height(room);
        ui.spacing_mut().item_spacing.y = 6.0;
        ScrollArea::vertical().id_salt("receipt of the batch").auto_shrink([false, false]).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - SCROLL_BAR);
            figures_ui(ui, model, sheet);
            foreign_ui(ui, sheet, view);
            problems_ui(ui, sheet, view);
        });
    });
    let mut is_pressed = false;
    let size = vec2(ui.available_width() - SCROLL_BAR, footer);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::LEFT), |ui| {
        ui.set_max_width(size.x);
        if let Some(refusal) = &press.refusal {
            let color = palette(ui).amber;
            ui.allocate_ui_with_layout(vec2(ui.available_width(), 56.0), Layout::bottom_up(Align::LEFT), |ui| {
                widgets::paragraph(ui, format!("{} {refusal}", icons::WARNING), 12.0, color);
            });
        }
        is_pressed = widgets::primary_button(ui, &button_state(ui, model, sheet, press)).clicked();
        ui.add_space(2.0);
        ui.vertical_centered(|ui| {
            let color = palette(ui).dim;
            widgets::paragraph(ui, footnote(model, sheet, press), 12.0, color);
        });
    });
    is_pressed
}

fn button_state(ui: &Ui, model: &Model, sheet: &Sheet, press: &Press) -> Primary {
    if press.submitting {
        return Primary::Busy("Submitting…".to_owned());
    }
    if let Some(words) = missing(model, sheet) {
        return Primary::Missing(words);
    }
    let fits = |words: &str| {
        let galley = ui.painter().layout_no_wrap(words.to_owned(), semibold(15.0), egui::Color32::WHITE);
        galley.size().x <= ui.available_width() - 28.0
    };
    if let Some(confirm) = press.confirm {
        let in_words = confirm.words(&confirm.most.in_words());
        return Primary::Ready(if fits(&in_words) { in_words } else { confirm.words(&confirm.most.to_string()) });
    }
    let summary = &sheet.summary;
    let made = things(sheet, summary.ready);
    let total = &summary.total;
    let about = if total.is_exact() { "" } else { "about " };
    let words = format!("Make {made} for {about}{}", total.likely);
    Primary::Ready(if fits(&words) { words } else { format!("Make {made} · {}", total.likely) })
}

fn footnote(model: &Model, sheet: &Sheet, press: &Press) -> String {
    if press.confirm.is_some() {
        return "Ctrl Enter does the same · wait, or change anything, to let it be".to_owned();
    }
    if sheet.summary.ready == 0 && sheet.summary.made > 0 {
        return "A row that failed can be mended and made again by itself".to_owned();
    }
    let left_out = sheet.summary.with_problems + sheet.summary.unpriced;
    if left_out > 0 && sheet.summary.ready > 0 {
        let rows = format::counted(left_out, "row is", "rows are");
        return format!("Ctrl Enter · {rows} left out: no price or a problem");
    }
    match model.account {
        Account::Sandbox => "Ctrl Enter · play money: all rows are held together, or none".to_owned(),
        Account::Live => "Ctrl Enter · all rows are held together, or none".to_owned(),
    }
}

fn figures_ui(ui: &mut Ui, model: &Model, sheet: &mut Sheet) {
    let palette = palette(ui);
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.add(Label::new(RichText::new("Quote").font(semibold(14.0)).color(palette.text)));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = format!("card of {}", format::day(model.card.date()));
            ui.add(widgets::Chip::new(&words));
        });
    });
    if let Some(words) = receipt::plan_words(model) {
        widgets::paragraph(ui, words, 12.0, palette.amber);
    }
    let (ready, total) = (sheet.summary.ready, sheet.summary.total);
    widgets::line_row(ui, "Selected", &things(sheet, ready), palette.text);
    if sheet.summary.with_problems > 0 {
        let rows = format::counted(sheet.summary.with_problems, "row", "rows");
        widgets::line_row(ui, "With problems", &rows, palette.amber);
    }
    if sheet.summary.unpriced > 0 {
        let rows = format::counted(sheet.summary.unpriced, "row", "rows");
        widgets::line_row(ui, "Without a price", &rows, palette.amber);
    }
    for (project, rows) in summary_projects(&sheet.summary.projects) {
        widgets::line_row(ui, &project, &rows, palette.text);
    }
    widgets::dashed_line(ui);
    if ready == 0 {
        widgets::paragraph(ui, "Nothing is selected that can be made.", 14.0, palette.dim);
        widgets::dashed_line(ui);
        limits_ui(ui, model, sheet, palette);
        return;
    }
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 36.0), Layout::right_to_left(Align::Center), |ui| {
        let figures = RichText::new(total.likely.to_string()).font(semibold(28.0)).color(palette.text);
        ui.add(Label::new(figures).extend()).on_hover_text(total.likely.precise());
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            widgets::dim(ui, if total.is_exact() { "" } else { "About" });
        });
    });
    if !total.is_exact() {
        ui.with_layout(Layout::top_down(Align::RIGHT), |ui| {
            let words = format!("{} to {} if all were shortest or longest", total.low, total.high);
            widgets::paragraph(ui, words, 12.0, palette.dim);
        });
    }
    widgets::dashed_line(ui);
    limits_ui(ui, model, sheet, palette);
}

/// What the rows are booked to, each with its rows; only the first of many.
fn summary_projects(projects: &[(String, usize)]) -> Vec<(String, String)> {
    const MOST: usize = 4;
    let named = |project: &str| if project.is_empty() { "No project".to_owned() } else { project.to_owned() };
    match projects {
        [] => Vec::new(),
        [(project, _)] => vec![("Project".to_owned(), named(project))],
        several => {
            let each = several.iter().take(MOST);
            let mut lines: Vec<_> =
                each.map(|(project, rows)| (named(project), format::counted(*rows, "row", "rows"))).collect();
            let rest = several.get(MOST..).unwrap_or_default();
            if !rest.is_empty() {
                let rows = rest.iter().map(|(_, rows)| rows).sum();
                let more = format::counted(rest.len(), "more project", "more projects");
                lines.push((more, format::counted(rows, "row", "rows")));
            }
            lines
        }
    }
}

/// Rows whose voices speak another language than their texts; a click goes to the first.
fn foreign_ui(ui: &mut Ui, sheet: &Sheet, view: &mut View) {
    let Some(first) = sheet.summary.first_foreign else { return };
    let Some(foreign) = sheet.entries.get(first).and_then(|entry| entry.foreign.as_ref()) else { return };
    let line = sheet.table.rows.get(first).map_or(0, |row| row.line);
    let words = match sheet.summary.foreign {
        1 => format!(
            "Line {line} reads like {}; {} speaks {}.",
            foreign.reads.name(),
            foreign.voice,
            foreign.speaks.name()
        ),
        rows => format!("{} rows read like another language than their voice speaks.", format::count(rows)),
    };
    let said = widgets::paragraph(ui, format!("{} {words}", icons::WARNING), 12.0, palette(ui).amber);
    widgets::name(&said, egui::Role::Label, true, &words);
    if widgets::link(ui, &format!("show line {line}"), &format!("Show line {line}")).clicked() {
        view.selected = Some(first);
        view.only = Only::All;
        view.go_to = true;
    }
}

fn limits_ui(ui: &mut Ui, model: &Model, sheet: &mut Sheet, palette: &Palette) {
    if model.pays_in_dollars()
        && let Some(Billing::Wallet { balance: Some(balance), .. }) =
            model.info.value.as_ref().map(|info| &info.billing)
    {
        let (unpaid, price) = (model.unpaid(), sheet.summary.total.likely);
        let after = *balance - unpaid - price;
        let color = if after.is_negative() { palette.amber } else { palette.text };
        let shown = balance.shown_less(unpaid) - price.to_cents();
        widgets::line_row(ui, "Wallet after", &after.shown_as(shown), color).on_hover_text(after.precise());
    }
    for (by, rows, amount) in &sheet.summary.short {
        let by = match by {
            Short::Wallet => "The wallet".to_owned(),
            Short::Cap(kind) => format!("The {}", cap_words(kind)),
        };
        let rows = format::counted(*rows, "row", "rows");
        let words = format!("{} {by} does not cover {rows}: {amount}.", icons::WARNING_CIRCLE);
        let said = widgets::paragraph(ui, words.as_str(), 12.0, palette.amber);
        widgets::name(&said, egui::Role::Label, true, &format!("{by} does not cover {rows}: {amount}."));
    }
    for (kind, rows) in &sheet.summary.warned {
        let rows = format::counted(*rows, "row goes", "rows go");
        let words = format!("{rows} over the {}, which only warns.", cap_words(kind));
        widgets::paragraph(ui, format!("{} {words}", icons::WARNING_CIRCLE), 12.0, palette.amber);
    }
    if !sheet.summary.short.is_empty() {
        let short: usize = sheet.summary.short.iter().map(|(_, rows, _)| rows).sum();
        let covered = sheet.summary.ready.saturating_sub(short);
        let words = format!("Select only the {} covered", format::count(covered));
        if covered > 0 && ui.add(Button::secondary(&words).small()).clicked() {
            sheet.pick(Pick::Covered);
        }
    }
}

/// The problems row by row; a click goes there.
fn problems_ui(ui: &mut Ui, sheet: &Sheet, view: &mut View) {
    if sheet.summary.with_problems == 0 {
        return;
    }
    let palette = palette(ui);
    widgets::dashed_line(ui);
    widgets::caption(ui, "Problems");
    for group in &sheet.summary.problems {
        let where_it_is = where_words(sheet, group);
        if widgets::link(ui, &where_it_is, &format!("Go to {where_it_is}")).clicked() {
            view.selected = group.places.first().copied();
            view.only = Only::All;
            view.go_to = true;
        }
        let said = widgets::paragraph(ui, group.message.as_str(), 12.0, palette.dim);
        widgets::name(&said, egui::Role::Label, true, &group.message);
    }
}

/// "line 4, look", "lines 2, 3, 4 and 12 more, Script", "all 16 rows, Look".
fn where_words(sheet: &Sheet, group: &ProblemGroup) -> String {
    let lines: Vec<String> =
        group.places.iter().filter_map(|place| sheet.table.rows.get(*place)).map(|row| row.line.to_string()).collect();
    let more = group.rows.saturating_sub(lines.len());
    let lines = match (group.rows, more) {
        (1, _) => format!("line {}", lines.join("")),
        (all, _) if all == sheet.entries.len() => format!("all {} rows", format::count(all)),
        (_, 0) => format!("lines {}", lines.join(", ")),
        (_, more) => format!("lines {} and {} more", lines.join(", "), format::count(more)),
    };
    if group.cell.is_empty() { lines } else { format!("{lines}, {}", group.cell) }
}
