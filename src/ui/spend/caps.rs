//! How the caps stand, and where the month's money went.

use egui::{Align, Layout, Ui, vec2};

use super::cards::share;
use super::{SpendAnswer, SpendTab, explain};
use crate::money::{Usd, shown_parts};
use crate::settings::CapAction;
use crate::spend::types::{CapKind, CapState, Snapshot};
use crate::ui::theme::{Palette, medium, palette, product_color, project_color, regular};
use crate::ui::widgets::{self, Button, describe, paragraph, progress_bar};
use crate::ui::{Tab, format};

/// Parts of a month that are listed.
const MOST: usize = 6;

/// Two columns: caps at the left, the month's parts at the right.
pub fn caps_ui(ui: &mut Ui, snapshot: &Snapshot, state: &SpendTab, answer: &mut SpendAnswer) {
    let gap = 12.0;
    let wide = (ui.available_width() - gap) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for place in 0..2 {
            ui.allocate_ui_with_layout(vec2(wide, 0.0), Layout::top_down(Align::LEFT), |ui| {
                ui.set_width(wide);
                widgets::panel(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
                    if place == 0 { standing_ui(ui, snapshot, answer) } else { parts_ui(ui, snapshot, state) }
                });
            });
        }
    });
}

fn standing_ui(ui: &mut Ui, snapshot: &Snapshot, answer: &mut SpendAnswer) {
    let palette = palette(ui);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 28.0), Layout::right_to_left(Align::Center), |ui| {
        if ui.add(Button::quiet("Change").small().named("Change the caps in Settings")).clicked() {
            answer.show = Some(Tab::Settings);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            widgets::words(ui, "Caps", medium(14.0), palette.text);
        });
    });
    let mut any = false;
    for cap in &snapshot.caps {
        any = true;
        cap_ui(ui, cap, palette);
    }
    if !any {
        let words = "No cap is set: jobs are only refused when the wallet is too small. Caps per job, day, month and \
                     project are in Settings.";
        paragraph(ui, words, 13.0, palette.dim);
    }
    let today = format!("{} charged today, {} held.", snapshot.charged_today, snapshot.held);
    paragraph(ui, today, 12.0, palette.dim);
}

fn cap_ui(ui: &mut Ui, cap: &CapState, palette: &Palette) {
    let then = match cap.action {
        CapAction::Refuse => "refuses",
        CapAction::Warn => "warns",
    };
    if cap.kind == CapKind::Job {
        widgets::line_row(ui, &cap.name(), &format!("{}, {then}", cap.cap), palette.text);
        return;
    }
    widgets::line_row(ui, &cap.name(), &format!("{} of {}", cap.used, cap.cap), palette.text)
        .on_hover_text(format!("{} charged or held. Above it, it {then}.", cap.used.precise()));
    let full = share(cap.used, cap.cap);
    let color = if cap.percent() >= rust_decimal::Decimal::from(80) { palette.amber } else { palette.green };
    let bar = progress_bar(ui, &cap.name(), ui.available_width(), full, color);
    describe(&bar, &format!("{} is left; above it, it {then}", cap.left()));
    let over = cap.used.shown_less(cap.cap);
    let left = match cap.used > cap.cap {
        true => format!("{} over; it {then}", (cap.used - cap.cap).shown_as(over)),
        false => format!("{} left; above it, it {then}", -over),
    };
    paragraph(ui, left, 12.0, palette.dim);
}

fn parts_ui(ui: &mut Ui, snapshot: &Snapshot, state: &SpendTab) {
    let palette = palette(ui);
    let report = &snapshot.report;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 28.0), Layout::left_to_right(Align::Center), |ui| {
        let words = match state.chart.by {
            super::chart::By::Product => "Projects",
            super::chart::By::Project => "Products",
        };
        widgets::words(ui, words, medium(14.0), palette.text);
        widgets::words(ui, report.period.name(), regular(12.0), palette.dim);
    });
    // The plot shows one way, this the other.
    let parts: Vec<(&str, egui::Color32, Usd, usize)> = match state.chart.by {
        super::chart::By::Product => report
            .by_project
            .iter()
            .map(|part| {
                let color = if part.of.is_empty() { palette.faint } else { project_color(&part.of) };
                (explain::project(&part.of), color, part.amount, part.jobs)
            })
            .collect(),
        super::chart::By::Project => {
            let part = |part: &crate::spend::types::Share<crate::draft::Product>| {
                (part.of.name(), product_color(part.of), part.amount, part.jobs)
            };
            report.by_product.iter().map(part).collect()
        }
    };
    let amounts: Vec<Usd> = parts.iter().map(|(_, _, amount, _)| *amount).collect();
    let shown = shown_parts(report.total, &amounts);
    for ((name, color, amount, jobs), shown) in parts.iter().zip(&shown).take(MOST) {
        widgets::line_row(ui, name, &amount.shown_as(*shown), palette.text).on_hover_text(format!(
            "{} for {}",
            amount.precise(),
            format::counted(*jobs, "job", "jobs")
        ));
        progress_bar(ui, &format!("Part of {name}"), ui.available_width(), share(*amount, report.total), *color);
    }
    let rest: Usd = shown.iter().skip(MOST).copied().sum();
    if parts.len() > MOST {
        widgets::line_row(ui, &format!("{} more", parts.len() - MOST), &rest.to_string(), palette.text);
    }
    if parts.is_empty() {
        paragraph(ui, "Nothing was charged in these days.", 13.0, palette.dim);
    }
}
