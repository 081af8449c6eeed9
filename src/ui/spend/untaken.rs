//! What the cheapest other ways would have saved: the sum of the days that are shown, by way, and
//! the jobs where it would have been most.

use egui::{Align, Align2, Layout, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{SpendTab, explain};
use crate::money::{Usd, shown_parts};
use crate::spend::types::{Snapshot, Untaken};
use crate::ui::format;
use crate::ui::theme::{RADIUS_SMALL, medium, palette, product_color, regular, semibold};
use crate::ui::widgets::{self, focus_ring, line_row, panel, paragraph};

/// Ways that are listed.
const MOST_WAYS: usize = 6;
const ROW: f32 = 30.0;

/// Draws it.
pub fn untaken_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut SpendTab) {
    let palette = palette(ui);
    let untaken = &snapshot.report.untaken;
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::left_to_right(Align::Center), |ui| {
            widgets::words(ui, "Cheaper ways not taken", medium(14.0), palette.text);
            widgets::words(ui, snapshot.report.period.name(), regular(12.0), palette.dim);
        });
        let less = untaken.charged.shown_less(untaken.instead);
        widgets::words(ui, untaken.less().shown_as(less), semibold(28.0), palette.text)
            .on_hover_text(untaken.less().precise());
        paragraph(ui, sentence(untaken), 13.0, palette.dim);
        if untaken.cheaper == 0 {
            return;
        }
        ui.add_space(4.0);
        let each: Vec<Usd> = untaken.by_way.iter().map(|way| way.less).collect();
        let each = shown_parts(less, &each);
        for (way, shown) in untaken.by_way.iter().zip(&each).take(MOST_WAYS) {
            let name = format!("{}: {}", way.product.name(), way.as_way().name());
            let jobs = format::counted(way.jobs, "job", "jobs");
            line_row(ui, &name, &format!("{} less in {jobs}", way.less.shown_as(*shown)), palette.text)
                .on_hover_text(format!("{} less: {}.", way.less.precise(), way.as_way().differs()));
        }
        if untaken.by_way.len() > MOST_WAYS {
            let less: Usd = each.iter().skip(MOST_WAYS).copied().sum();
            let words = format::counted(untaken.by_way.len() - MOST_WAYS, "other way", "other ways");
            line_row(ui, &words, &format!("{less} less"), palette.text);
        }
        ui.add_space(8.0);
        let listed = untaken.largest.len();
        let title = match untaken.cheaper > listed {
            true => format!("The {listed} jobs where it would have been most"),
            false => "Each job".to_owned(),
        };
        widgets::caption(ui, title);
        let height = ROW * f32::from(u8::try_from(listed).unwrap_or(u8::MAX)).min(8.0);
        ScrollArea::vertical()
            .id_salt("untaken")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true])
            .show_rows(ui, ROW - 4.0, listed, |ui, rows| {
                for place in untaken.largest.get(rows).unwrap_or_default() {
                    job_ui(ui, snapshot, *place, state);
                }
            });
    });
}

/// What the figure says and what it does not.
fn sentence(untaken: &Untaken) -> String {
    if untaken.jobs == 0 {
        return "No job of these days could have been made another way at a known price: avatar videos have engines, \
                translations and lipsyncs have modes, HyperFrames have sizes and frame rates."
            .to_owned();
    }
    let jobs = format::counted(untaken.jobs, "job", "jobs");
    if untaken.cheaper == 0 {
        return format!("{jobs} could have been made another way, and none of those was cheaper.");
    }
    format!(
        "{} of {jobs} had a cheaper way: {} instead of {}, of the same length and on the rates of their day. It would \
         have been another result: engine, mode or size differ.",
        format::count(untaken.cheaper),
        untaken.instead,
        untaken.charged
    )
}

fn job_ui(ui: &mut Ui, snapshot: &Snapshot, place: u32, state: &mut SpendTab) {
    let Some(row) = snapshot.table.row(place) else { return };
    let Some((job, way)) = snapshot.table.job(row).and_then(|job| Some((job, job.other_way?))) else { return };
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW - 4.0), Sense::click());
    // So that it agrees with the two figures beside it.
    let less = (row.amount - way.amount).shown_as(row.amount.shown_less(way.amount));
    let title = if job.title.is_empty() { "Untitled" } else { &job.title };
    let spoken = format!("{title}, {}, {} instead of {}, {less} less", way.name(), way.amount, row.amount);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, false, &spoken));
    if response.hovered() {
        ui.painter().rect_filled(rect.expand2(vec2(6.0, 0.0)), RADIUS_SMALL, palette.hover);
    }
    // The scroll bar covers no figure.
    let right = rect.right() - 14.0;
    let y = rect.center().y;
    ui.painter().circle_filled(pos2(rect.left() + 5.0, y), 4.5, product_color(job.product));
    let left = pos2(rect.left() + 16.0, y);
    let third = rect.width() * 0.34;
    widgets::paint_elided(ui, left, Align2::LEFT_CENTER, title, regular(13.0), palette.text, third - 24.0);
    let middle = pos2(rect.left() + third, y);
    widgets::paint_elided(ui, middle, Align2::LEFT_CENTER, &way.name(), regular(13.0), palette.dim, third);
    let figures = pos2(right - 92.0, y);
    let both = format!("{} → {}", row.amount, way.amount);
    ui.painter().text(figures, Align2::RIGHT_CENTER, both, regular(13.0), palette.dim);
    ui.painter().text(pos2(right, y), Align2::RIGHT_CENTER, format!("{less} less"), regular(13.0), palette.text);
    focus_ring(ui, &response, RADIUS_SMALL);
    let hover = explain::other_way(job).unwrap_or_default();
    if response.on_hover_text(hover).on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        state.show_ledger_of(job.id);
    }
}
