//! Quotes beside charges: how far off, and each job as a point.

use egui::{Align2, Color32, Key, Pos2, Rect, Role, Sense, Shape, Stroke, Tooltip, Ui, pos2, vec2};

use super::SpendTab;
use super::scale::Scale;
use crate::money::Usd;
use crate::spend::types::{QuotePoint, Snapshot};
use crate::ui::theme::{medium, palette, product_color, regular, semibold};
use crate::ui::widgets::{self, describe, name, panel, paragraph};
use crate::ui::{format, icons};

/// Points that are drawn: more cannot be told apart.
const MOST: usize = 2_000;
/// How near the pointer has to be to a point, in points of the screen.
const NEAR: f32 = 12.0;

/// Draws the page.
pub fn quotes_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut SpendTab) {
    let palette = palette(ui);
    let quotes = &snapshot.findings.quotes;
    let points = quotes.points.get(quotes.points.len().saturating_sub(MOST)..).unwrap_or_default();
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        widgets::words(ui, "Quoted against charged", medium(14.0), palette.text);
        let Some(error) = quotes.median_error else {
            paragraph(ui, "Every job that is charged stands here beside its quote.", 14.0, palette.dim);
            return;
        };
        widgets::words(ui, format!("{error} %"), semibold(28.0), palette.text);
        let jobs = quotes.points.len();
        let words = format!(
            "Half of the charges were off by no more than that. {} of {} lay within the range that was quoted.",
            format::count(quotes.inside),
            format::counted(jobs, "charge", "charges")
        );
        paragraph(ui, words, 13.0, palette.dim);
        if jobs > MOST {
            let words = format!("The plot shows the newest {}.", format::count(MOST));
            paragraph(ui, words, 12.0, palette.dim);
        }
        over_ui(ui, snapshot, points, state);
        ui.add_space(4.0);
        scatter_ui(ui, snapshot, points, state);
    });
}

fn is_over(point: &QuotePoint) -> bool {
    point.charge.to_cents() > point.high.to_cents()
}

/// The charges above all that was quoted, the newest first.
fn over_ui(ui: &mut Ui, snapshot: &Snapshot, points: &[QuotePoint], state: &mut SpendTab) {
    const MOST_LISTED: usize = 3;
    let palette = palette(ui);
    let over: Vec<&QuotePoint> = points.iter().rev().filter(|point| is_over(point)).collect();
    if over.is_empty() {
        return;
    }
    let sum: Usd = over.iter().map(|point| point.charge - point.high).sum();
    let (charges, lie) = match over.len() {
        1 => ("1 charge".to_owned(), "lies"),
        many => (format!("{} charges", format::count(many)), "lie"),
    };
    let words = format!(
        "{charges} {lie} above all that was quoted, by {sum}. Most often the pace of that voice in that language was \
         not known yet; a job's details in the Library say why."
    );
    let said = paragraph(ui, format!("{} {words}", icons::WARNING), 13.0, palette.amber);
    name(&said, Role::Label, true, &words);
    for point in over.iter().take(MOST_LISTED) {
        let Some(job) = snapshot.table.jobs().iter().find(|job| job.id == point.job) else { continue };
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 8.0;
            let words = format!("{} above {}", point.charge - point.high, point.high);
            let said = widgets::words(ui, words.as_str(), regular(12.0), palette.amber);
            name(&said, Role::Label, true, &words);
            if widgets::link(ui, &job.title, &format!("Show {} in the ledger", job.title)).clicked() {
                state.show_ledger_of(point.job);
            }
        });
    }
    if over.len() > MOST_LISTED {
        let more = format!("{} more are ringed in the plot.", format::count(over.len() - MOST_LISTED));
        paragraph(ui, more, 12.0, palette.dim);
    }
}

fn scatter_ui(ui: &mut Ui, snapshot: &Snapshot, points: &[QuotePoint], state: &mut SpendTab) {
    let palette = palette(ui);
    let height = (ui.ctx().content_rect().height() - 400.0).clamp(220.0, 420.0);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let most = points.iter().map(|point| point.charge.max(point.likely)).max().unwrap_or(Usd::ZERO);
    let scale = Scale::of(most, 5);
    let plot = Rect::from_min_max(rect.min + vec2(56.0, 8.0), rect.max - vec2(12.0, 42.0));
    name(&response, Role::GraphicsDocument, true, "Quote and charge of each job");
    describe(&response, "From left to right what was quoted, from bottom to top what was charged.");
    let quotes = &snapshot.findings.quotes;
    let value = format!(
        "{}, median error {} %, {} within the quoted range",
        format::counted(quotes.points.len(), "job", "jobs"),
        quotes.median_error.unwrap_or_default(),
        format::count(quotes.inside)
    );
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(value));
    widgets::focus_ring(ui, &response, 8);
    for mark in scale.marks() {
        let share = scale.share(mark);
        let (x, y) = (plot.left() + share * plot.width(), plot.bottom() - share * plot.height());
        ui.painter().hline(plot.x_range(), y.round() + 0.5, Stroke::new(1.0, palette.line));
        let label = scale.label(mark);
        let at = pos2(plot.left() - 8.0, y);
        ui.painter().text(at, Align2::RIGHT_CENTER, &label, regular(12.0), palette.dim);
        ui.painter().text(pos2(x, plot.bottom() + 6.0), Align2::CENTER_TOP, &label, regular(12.0), palette.dim);
    }
    let under = pos2(plot.center().x, plot.bottom() + 24.0);
    ui.painter().text(under, Align2::CENTER_TOP, "Quoted, likely", regular(12.0), palette.dim);
    ui.painter().text(plot.left_top() + vec2(8.0, 2.0), Align2::LEFT_TOP, "Charged", regular(12.0), palette.dim);
    // On this line a charge is its quote.
    let line = [plot.left_bottom(), plot.right_top()];
    ui.painter().extend(Shape::dashed_line(&line, Stroke::new(1.0, palette.faint), 4.0, 4.0));
    let at = |point: &QuotePoint| -> Pos2 {
        pos2(
            plot.left() + scale.share(point.likely) * plot.width(),
            plot.bottom() - scale.share(point.charge) * plot.height(),
        )
    };
    let dots = points.iter().map(|point| {
        let color: Color32 = product_color(point.product).gamma_multiply(0.75);
        Shape::circle_filled(at(point), 3.5, color)
    });
    ui.painter().extend(dots);
    let ring = Stroke::new(1.5, palette.amber);
    ui.painter()
        .extend(points.iter().filter(|point| is_over(point)).map(|point| Shape::circle_stroke(at(point), 5.0, ring)));
    let Some(pointer) = response.hover_pos() else { return };
    let distance = |point: &&QuotePoint| at(point).distance(pointer);
    let nearest =
        points.iter().filter(|point| distance(point) <= NEAR).min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let Some(point) = nearest else { return };
    ui.painter().circle_stroke(at(point), 6.0, Stroke::new(1.5, palette.text));
    Tooltip::for_widget(&response).at_pointer().show(|ui| {
        ui.set_max_width(280.0);
        let job = snapshot.table.jobs().iter().find(|job| job.id == point.job);
        let title = job.map_or("", |job| &job.title);
        ui.label(egui::RichText::new(title).font(medium(14.0)).color(palette.text));
        let quoted = if point.low == point.high {
            point.likely.to_string()
        } else {
            format!("{} to {}, likely {}", point.low, point.high, point.likely)
        };
        let words = format!("Quoted {quoted}; charged {}.", point.charge.precise());
        ui.label(egui::RichText::new(words).font(regular(12.0)).color(palette.dim));
    });
    let entered = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.clicked() || entered {
        state.show_ledger_of(point.job);
    }
}
