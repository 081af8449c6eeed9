//! What each day cost: bars stacked by product or by project, that answer to the mouse, the arrow
//! keys and a screen reader.

use std::sync::Arc;

use egui::{
    Align, Align2, Color32, CornerRadius, EventFilter, Key, Layout, Rect, Response, Role, Sense, Shape, Stroke,
    Tooltip, Ui, pos2, vec2,
};
use jiff::civil::Date;

use super::explain;
use super::scale::Scale;
use crate::draft::Product;
use crate::money::{Usd, shown_parts};
use crate::spend::types::{Day, Period, Share, Snapshot};
use crate::ui::format;
use crate::ui::theme::{medium, palette, product_color, project_color, regular};
use crate::ui::widgets::{self, Segment, describe, name, panel, segmented};

/// What the bars are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Product,
    Project,
}

/// What the plot remembers between frames.
#[derive(Debug, Default)]
pub struct ChartState {
    pub by: By,
    /// The day the arrow keys are at.
    at: usize,
}

/// The height of the plot in points.
const HEIGHT: f32 = 188.0;
/// Room for the figures at the left and the days below.
const LEFT: f32 = 48.0;
const BELOW: f32 = 24.0;

/// One part of a bar.
struct Part<'a> {
    name: &'a str,
    color: Color32,
    amount: Usd,
    /// In whole cents, so that they add up to the shown total.
    cents: Usd,
}

impl Part<'_> {
    fn shown(&self) -> String {
        self.amount.shown_as(self.cents)
    }
}

/// Parts whose cents add up to their total's.
fn adding_up(total: Usd, mut parts: Vec<Part<'_>>) -> Vec<Part<'_>> {
    let amounts: Vec<Usd> = parts.iter().map(|part| part.amount).collect();
    for (part, cents) in parts.iter_mut().zip(shown_parts(total, &amounts)) {
        part.cents = cents;
    }
    parts
}

fn parts_of_day(day: &Day, by: By) -> Vec<Part<'_>> {
    let parts = match by {
        By::Product => day.by_product.iter().map(product).collect(),
        By::Project => day.by_project.iter().map(project).collect(),
    };
    adding_up(day.total, parts)
}

fn product(share: &Share<Product>) -> Part<'_> {
    Part { name: share.of.name(), color: product_color(share.of), amount: share.amount, cents: Usd::ZERO }
}

fn project(share: &Share<Arc<str>>) -> Part<'_> {
    let color = if share.of.is_empty() { Color32::GRAY } else { project_color(&share.of) };
    Part { name: explain::project(&share.of), color, amount: share.amount, cents: Usd::ZERO }
}

/// Draws the plot; the day that was clicked, and the first behind its bar.
pub fn chart_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut ChartState) -> Option<(Date, Date)> {
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 8.0;
        let row = vec2(ui.available_width(), 34.0);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            let choices = [Segment::new(By::Product, "By product"), Segment::new(By::Project, "By project")];
            segmented(ui, "What the bars are made of", &choices, &mut state.by, None);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let report = &snapshot.report;
                let words = format!(
                    "{} · {} in {}",
                    report.period.name(),
                    report.total,
                    format::counted(report.jobs, "job", "jobs")
                );
                widgets::words(ui, words, medium(14.0), palette(ui).text).on_hover_text(report.total.precise());
            });
        });
        legend_ui(ui, snapshot, state.by);
        plot_ui(ui, snapshot, state)
    })
    .inner
}

fn legend_ui(ui: &mut Ui, snapshot: &Snapshot, by: By) {
    let report = &snapshot.report;
    let parts: Vec<Part<'_>> = match by {
        By::Product => report.by_product.iter().map(product).collect(),
        By::Project => report.by_project.iter().map(project).collect(),
    };
    let parts = adding_up(report.total, parts);
    let color = palette(ui).dim;
    // A line is as high as its words, not as a button.
    let control = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 18.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        for part in parts {
            let words = format!("{} {}", part.name, part.shown());
            let galley = widgets::elided(ui, &words, regular(12.0), color, 220.0);
            let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 16.0, 18.0), Sense::hover());
            name(&response, Role::Label, true, &words);
            ui.painter().circle_filled(pos2(rect.left() + 5.0, rect.center().y), 4.5, part.color);
            ui.painter().galley(pos2(rect.left() + 15.0, rect.center().y - galley.size().y / 2.0), galley, color);
            let _ = response.on_hover_text(part.amount.precise());
        }
    });
    ui.spacing_mut().interact_size.y = control;
}

fn plot_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut ChartState) -> Option<(Date, Date)> {
    let report = &snapshot.report;
    let days = &report.by_day;
    let today = crate::spend::types::date_of(snapshot.now, &jiff::tz::TimeZone::system());
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
    // The first and the last bar may be shorter than the others.
    let lengths = days.iter().map(|bar| crate::spend::types::days_between(bar.day, bar.next));
    let bar_of_days = lengths.max().unwrap_or(1);
    let is_ahead = report.period.contains(snapshot.now) && bar_of_days == 1 && !snapshot.forecast.too_early;
    let ahead = is_ahead.then_some(snapshot.forecast.per_day);
    let most = days.iter().map(|day| day.total).max().unwrap_or(Usd::ZERO).max(ahead.unwrap_or(Usd::ZERO));
    let scale = Scale::of(most, 4);
    let plot = Rect::from_min_max(pos2(rect.left() + LEFT, rect.top() + 8.0), rect.max - vec2(0.0, BELOW));
    let wide = plot.width() / to_f32(days.len().max(1));

    keys(ui, &response, state, days.len());
    let pointed = response.hover_pos().filter(|at| at.x >= plot.left()).map(|at| place((at.x - plot.left()) / wide));
    let lit = match pointed {
        Some(place) => Some(place),
        None => response.has_focus().then_some(state.at),
    };
    let lit = lit.and_then(|place| days.get(place).map(|day| (place, day)));
    let called = match state.by {
        By::Product => "Spend per day, by product",
        By::Project => "Spend per day, by project",
    };
    name(&response, Role::GraphicsDocument, true, called);
    describe(&response, "Left and Right go from day to day, Enter shows the day's entries.");
    let value = lit.map_or_else(|| month_words(snapshot, state.by), |(_, day)| day_words(day, state.by));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(value));
    widgets::focus_ring(ui, &response, 8);
    if !ui.is_rect_visible(rect) {
        return None;
    }

    axis_ui(ui, plot, scale);
    let palette = palette(ui);
    let width = (wide * 0.62).clamp(2.0, 28.0);
    if let Some((place, _)) = lit {
        let column = Rect::from_x_y_ranges(column(plot, wide, place), plot.y_range());
        ui.painter().rect_filled(column, CornerRadius::same(4), palette.raised);
    }
    let every = (if bar_of_days == 1 { 26.0 } else { 50.0_f32 } / wide).ceil().max(1.0);
    for (place, day) in days.iter().enumerate() {
        let range = column(plot, wide, place);
        let middle = range.center();
        let bar = |from: f32, to: f32| {
            let y = |share: f32| plot.bottom() - share * plot.height();
            Rect::from_min_max(pos2(middle - width / 2.0, y(to)), pos2(middle + width / 2.0, y(from)))
        };
        let mut below = Usd::ZERO;
        for part in parts_of_day(day, state.by) {
            let above = below + part.amount;
            let piece = bar(scale.share(below), scale.share(above));
            ui.painter().rect_filled(piece, CornerRadius::ZERO, part.color);
            below = above;
        }
        if day.day > today
            && let Some(per_day) = ahead
            && !per_day.is_zero()
        {
            let outline = bar(0.0, scale.share(per_day));
            let corners = [outline.left_bottom(), outline.left_top(), outline.right_top(), outline.right_bottom()];
            ui.painter().extend(Shape::dashed_line(&corners, Stroke::new(1.0, palette.faint), 3.0, 3.0));
        }
        if to_f32(place).rem_euclid(every) < 0.5 {
            let color = if (day.day..day.next).contains(&today) { palette.text } else { palette.dim };
            let at = pos2(middle, plot.bottom() + 6.0);
            ui.painter().text(at, Align2::CENTER_TOP, under_bar(day, bar_of_days), regular(12.0), color);
        }
    }
    if let (Some((_, day)), true) = (lit, pointed.is_some()) {
        Tooltip::for_widget(&response).at_pointer().show(|ui| tooltip_ui(ui, day, state.by, day.day > today, ahead));
    }
    let entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    let chosen = lit.filter(|_| response.clicked() || entered).map(|(_, day)| (day.day, day.next));
    if lit.is_some() {
        let _ = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    }
    chosen
}

/// What stands under a bar: the day of the month, the day a week begins with, or the month.
fn under_bar(bar: &Day, days: u32) -> String {
    let format = match days {
        1 => "%-d",
        ..=7 => "%-d %b",
        _ => "%b %y",
    };
    bar.day.strftime(format).to_string()
}

/// The days of a bar in words.
fn days_of(bar: &Day, one: &str) -> String {
    match crate::spend::types::days_between(bar.day, bar.next) {
        ..=1 => bar.day.strftime(one).to_string(),
        _ => Period::between(bar.day, bar.next, &jiff::tz::TimeZone::UTC).name(),
    }
}

fn axis_ui(ui: &Ui, plot: Rect, scale: Scale) {
    let palette = palette(ui);
    for mark in scale.marks() {
        let y = (plot.bottom() - scale.share(mark) * plot.height()).round() + 0.5;
        ui.painter().hline(plot.x_range(), y, Stroke::new(1.0, palette.line));
        let at = pos2(plot.left() - 8.0, y);
        ui.painter().text(at, Align2::RIGHT_CENTER, scale.label(mark), regular(12.0), palette.dim);
    }
}

/// Arrow keys go from day to day while the plot has the keyboard.
fn keys(ui: &Ui, response: &Response, state: &mut ChartState, days: usize) {
    if !response.has_focus() {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let (left, right) = ui.input(|input| (input.key_pressed(Key::ArrowLeft), input.key_pressed(Key::ArrowRight)));
    let last = days.saturating_sub(1);
    if left {
        state.at = state.at.saturating_sub(1);
    }
    if right {
        state.at += 1;
    }
    state.at = state.at.min(last);
}

fn tooltip_ui(ui: &mut Ui, day: &Day, by: By, is_ahead: bool, per_day: Option<Usd>) {
    let palette = palette(ui);
    ui.set_max_width(240.0);
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = 18.0;
    ui.label(egui::RichText::new(days_of(day, "%A, %-d %B")).font(medium(14.0)).color(palette.text));
    let figure = |ui: &mut Ui, words: String| {
        ui.label(egui::RichText::new(words).font(regular(12.0)).color(palette.dim));
    };
    match (is_ahead, per_day) {
        (true, Some(per_day)) => figure(ui, format!("about {} at the present pace", per_day.to_cents())),
        _ if day.total.is_zero() => figure(ui, "Nothing was charged.".to_owned()),
        _ => {
            for part in parts_of_day(day, by) {
                ui.horizontal(|ui| {
                    let (dot, _) = ui.allocate_exact_size(vec2(10.0, 16.0), Sense::hover());
                    ui.painter().circle_filled(dot.center(), 4.5, part.color);
                    figure(ui, format!("{}  {}", part.name, part.shown()));
                });
            }
            figure(ui, format!("{} together. Click to see the entries.", day.total));
        }
    }
}

/// A day for those who do not see it.
fn day_words(day: &Day, by: By) -> String {
    let parts: Vec<String> =
        parts_of_day(day, by).iter().map(|part| format!("{} {}", part.name, part.shown())).collect();
    let date = days_of(day, "%-d %B");
    match parts.is_empty() {
        true => format!("{date}: nothing"),
        false => format!("{date}: {}, of that {}", day.total, parts.join(", ")),
    }
}

/// The whole plot for those who do not see it.
fn month_words(snapshot: &Snapshot, by: By) -> String {
    let report = &snapshot.report;
    let mut words =
        format!("{}: {} in {}", report.period.name(), report.total, format::counted(report.jobs, "job", "jobs"));
    if let Some(day) = report.by_day.iter().max_by_key(|day| day.total).filter(|day| !day.total.is_zero()) {
        words.push_str(&format!("; most on {}", day_words(day, by)));
    }
    words
}

fn column(plot: Rect, wide: f32, place: usize) -> egui::Rangef {
    let left = plot.left() + wide * to_f32(place);
    egui::Rangef::new(left, left + wide)
}

fn to_f32(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

/// The whole part of a place on the axis.
fn place(at: f32) -> usize {
    (0..=u16::MAX).take_while(|place| f32::from(*place) < at).last().map_or(0, usize::from)
}
