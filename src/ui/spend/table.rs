//! The rows of the ledger as a table: only the visible ones are drawn.

use egui::{Align, Align2, Color32, Layout, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use egui_extras::{Column, TableBuilder};
use jiff::tz::TimeZone;

use super::explain;
use super::ledger::{LedgerState, dot_of};
use crate::spend::types::{BookedJob, EntryKind, LedgerRow, Snapshot, SortBy, date_of};
use crate::ui::icons;
use crate::ui::theme::{RADIUS_SMALL, palette, regular};
use crate::ui::widgets::{self, inner_focus_ring};

const ROW: f32 = 34.0;
const HEADER: f32 = 30.0;

/// Draws the rows. Where `whole`, the table scrolls, and its headings sort it.
pub fn table_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    places: &[u32],
    state: &mut LedgerState,
    zone: &TimeZone,
    whole: bool,
) {
    let all = ui.available_width();
    ui.spacing_mut().item_spacing = vec2(10.0, 0.0);
    let several_kinds = whole && state.filter.kind.is_none();
    let with_product = all > 900.0;
    let mut columns: Vec<(&str, Option<SortBy>, f32)> = vec![("When", Some(SortBy::Time), 104.0)];
    if several_kinds {
        columns.push(("Kind", Some(SortBy::Kind), 64.0));
    }
    columns.push(("Job", Some(SortBy::Title), 0.0));
    if with_product {
        columns.push(("Product", Some(SortBy::Product), 104.0));
    }
    columns.push(("Project", Some(SortBy::Project), 116.0));
    columns.push(("How it was counted", Some(SortBy::Quantity), if all > 760.0 { 170.0 } else { 130.0 }));
    columns.push(("Quoted", None, 76.0));
    columns.push(("Amount", Some(SortBy::Amount), 84.0));
    if all > 800.0 {
        columns.push(("Wallet", None, 80.0));
    }
    if whole {
        // The scroll bar covers no figure.
        columns.push(("", None, 2.0));
    }

    let id = if whole { "ledger" } else { "latest charges" };
    let mut builder = TableBuilder::new(ui)
        .id_salt((id, columns.len()))
        .vscroll(whole)
        .min_scrolled_height(0.0)
        .auto_shrink([false, !whole])
        .animate_scrolling(false)
        .cell_layout(Layout::left_to_right(Align::Center));
    for (_, _, width) in &columns {
        let column = if *width > 0.0 { Column::exact(*width) } else { Column::remainder().at_least(90.0) };
        builder = builder.column(column.clip(true));
    }
    if whole && std::mem::take(&mut state.go_to_top) {
        builder = builder.vertical_scroll_offset(0.0);
    }
    let table = builder.header(HEADER, |mut header| {
        for (called, sort, _) in &columns {
            header.col(|ui| heading_ui(ui, called, sort.filter(|_| whole), state));
        }
    });
    table.body(|body| {
        body.rows(ROW, places.len(), |mut line| {
            let Some(place) = places.get(line.index()).copied() else { return };
            let Some(row) = snapshot.table.row(place) else { return };
            let Some(job) = snapshot.table.job(row) else { return };
            let mut first = true;
            for (called, _, _) in &columns {
                line.col(|ui| {
                    if std::mem::take(&mut first) {
                        row_ui(ui, snapshot, row, job, all, state, zone);
                    }
                    cell_ui(ui, called, snapshot, (place, row), job, zone);
                });
            }
        });
    });
}

fn is_figure(called: &str) -> bool {
    matches!(called, "Quoted" | "Amount" | "Wallet")
}

/// A column's heading; a click sorts by it, another turns the order round.
fn heading_ui(ui: &mut Ui, called: &str, sort: Option<SortBy>, state: &mut LedgerState) {
    let palette = palette(ui);
    let rect = ui.max_rect();
    let clip = ui.clip_rect();
    // Over the gap to the next column, too.
    ui.set_clip_rect(clip.expand2(vec2(6.0, 0.0)));
    ui.painter().hline(rect.x_range().expand(6.0), rect.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
    ui.set_clip_rect(clip);
    let active = sort.is_some_and(|sort| sort == state.filter.sort);
    let arrow = if state.filter.descending { icons::CARET_DOWN } else { icons::CARET_UP };
    let words = if active { format!("{called} {arrow}") } else { called.to_owned() };
    let color = if active { palette.text } else { palette.dim };
    let galley = widgets::elided(ui, &words, regular(12.0), color, rect.width());
    let anchor = if is_figure(called) { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
    let at = anchor.anchor_size(anchor.pos_in_rect(&rect), galley.size());
    let Some(sort) = sort else {
        ui.painter().galley(at.min, galley, color);
        return;
    };
    let response = ui.interact(rect, ui.scope_id().with(("sort", called)), Sense::click());
    let spoken = format!("Sort by {}", called.to_lowercase());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, active, &spoken));
    let color = if response.hovered() { palette.text } else { color };
    ui.painter().galley_with_override_text_color(at.min, galley, color);
    inner_focus_ring(ui, &response, RADIUS_SMALL);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        if active {
            state.filter.descending = !state.filter.descending;
        } else {
            state.filter.sort = sort;
            // Money and time are looked at from the top, names from A.
            state.filter.descending = matches!(sort, SortBy::Time | SortBy::Amount | SortBy::Quantity);
        }
        state.go_to_top = true;
    }
}

/// The whole row as one thing: its name, its light, its click.
fn row_ui(
    ui: &mut Ui,
    snapshot: &Snapshot,
    row: &LedgerRow,
    job: &BookedJob,
    width: f32,
    state: &mut LedgerState,
    zone: &TimeZone,
) {
    let palette = palette(ui);
    let cell = ui.max_rect();
    let rect = Rect::from_min_size(cell.min, vec2(width, cell.height()));
    let outer = ui.clip_rect();
    // The cell clips; the row does not end with its first cell.
    let clip = Rect::from_x_y_ranges(rect.x_range().expand(6.0), outer.y_range());
    ui.set_clip_rect(clip);
    let selected = state.selected == Some(row.seq);
    let response = ui.interact(rect, egui::Id::unique(("ledger row", row.seq)), Sense::click());
    let spoken = format!(
        "{} {}, {}, {}, {}",
        explain::kind(row.kind),
        explain::when(row.at, snapshot.now, zone),
        job.title,
        explain::project(&job.project),
        row.amount.precise()
    );
    response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected, &spoken));
    widgets::describe(&response, &explain::sentence(&snapshot.table, row, job));
    if selected || response.hovered() {
        let fill = if selected { palette.raised } else { palette.hover.gamma_multiply(0.6) };
        ui.painter().rect_filled(rect.expand2(vec2(6.0, 0.0)), RADIUS_SMALL, fill);
    }
    ui.painter().hline(rect.x_range().expand(6.0), rect.bottom() - 0.5, egui::Stroke::new(1.0, palette.line));
    inner_focus_ring(ui, &response, RADIUS_SMALL);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        state.selected = if selected { None } else { Some(row.seq) };
    }
    ui.set_clip_rect(outer);
}

fn cell_ui(
    ui: &mut Ui,
    called: &str,
    snapshot: &Snapshot,
    (place, row): (u32, &LedgerRow),
    job: &BookedJob,
    zone: &TimeZone,
) {
    let palette = palette(ui);
    let rect = ui.max_rect();
    let left = |ui: &Ui, text: &str, color: Color32| {
        widgets::paint_elided(ui, rect.left_center(), Align2::LEFT_CENTER, text, regular(13.0), color, rect.width());
    };
    let right = |ui: &Ui, text: &str, color: Color32| {
        ui.painter().text(rect.right_center(), Align2::RIGHT_CENTER, text, regular(13.0), color);
    };
    let explained = |ui: &Ui, words: String| {
        let _ = ui.interact(rect, ui.scope_id().with("explained"), Sense::hover()).on_hover_text(words);
    };
    match called {
        "When" => {
            let (when, day) = (explain::when(row.at, snapshot.now, zone), date_of(row.at, zone));
            if day.year() == date_of(snapshot.now, zone).year() {
                left(ui, &when, palette.dim);
            } else {
                // With its year, the day is what there is room for.
                left(ui, &explain::day(day, date_of(snapshot.now, zone)), palette.dim);
                explained(ui, when);
            }
        }
        "Kind" => left(ui, explain::kind(row.kind), palette.dim),
        "Job" => left(ui, if job.title.is_empty() { "Untitled" } else { &job.title }, palette.text),
        "Product" => left(ui, job.product.name(), palette.dim),
        "Project" => {
            let mut x = rect.left();
            if let Some(dot) = dot_of(&job.project) {
                ui.painter().circle_filled(pos2(x + 4.5, rect.center().y), 4.5, dot);
                x += 16.0;
            }
            let color = if job.project.is_empty() { palette.dim } else { palette.text };
            let at = pos2(x, rect.center().y);
            let words = explain::project(&job.project);
            widgets::paint_elided(ui, at, Align2::LEFT_CENTER, words, regular(13.0), color, rect.right() - x);
        }
        "How it was counted" => {
            left(ui, &explain::how(row), palette.dim);
            explained(ui, explain::sentence(&snapshot.table, row, job));
        }
        "Quoted" => {
            let likely = if job.readable { job.quoted.likely.to_string() } else { "–".to_owned() };
            right(ui, &likely, palette.dim);
            explained(ui, explain::against_quote(job));
        }
        "Wallet" => {
            let Some(wallet) = snapshot.wallet_after(place) else {
                right(ui, "–", palette.faint);
                return explained(ui, "The wallet was not read yet.".to_owned());
            };
            right(ui, &wallet.amount.to_string(), if wallet.seen { palette.text } else { palette.dim });
            explained(ui, explain::wallet_after(&wallet, snapshot.now, zone));
        }
        "" => {}
        _ => {
            let color = if row.kind == EntryKind::Release { palette.green } else { palette.text };
            right(ui, &explain::amount(row), color);
            explained(ui, explain::sentence(&snapshot.table, row, job));
        }
    }
}
