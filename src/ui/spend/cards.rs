//! What there is to know at a glance: warnings, and four cards.

use egui::{Align, Color32, Frame, Layout, Margin, Sense, Stroke, Ui, vec2};

use super::{Page, SpendAnswer, SpendTab, explain};
use crate::money::Usd;
use crate::spend::types::{CapKind, Runway, Snapshot, Warning, WarningKind, date_of};
use crate::ui::theme::{self, RADIUS_CARD, RADIUS_LARGE, medium, palette, semibold};
use crate::ui::widgets::{self, Button, caption, link, paragraph, split_bar};
use crate::ui::{Action, Tab, format, icons};

/// Warnings that are shown before the rest is asked for.
const FEW: usize = 2;

/// Everything that needs a look, in words.
pub fn warnings_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut SpendTab, actions: &mut Vec<Action>) {
    let all = snapshot.warnings.len();
    let shown = if state.all_warnings { all } else { FEW };
    for warning in snapshot.warnings.iter().take(shown) {
        warning_ui(ui, warning, snapshot.held_unreadable, state, actions);
    }
    if all > FEW {
        let words = match state.all_warnings {
            true => "Show fewer warnings".to_owned(),
            false => format!("Show {} more", format::counted(all - FEW, "warning", "warnings")),
        };
        if ui.add(Button::quiet(&words).small()).clicked() {
            state.all_warnings = !state.all_warnings;
        }
    }
}

/// `held`: what is held for jobs that cannot be read.
fn warning_ui(ui: &mut Ui, warning: &Warning, held: Usd, state: &mut SpendTab, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let frame = Frame::new()
        .fill(palette.panel.lerp_to_gamma(palette.amber, 0.08))
        .stroke(Stroke::new(1.0, palette.amber.gamma_multiply(0.5)))
        .corner_radius(RADIUS_CARD)
        .inner_margin(Margin::symmetric(12, 10));
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let size = vec2(ui.available_width(), 40.0);
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            let name = format!("Look at: {}", warning.title);
            let look = || Button::secondary("Look").small().named(&name);
            match warning.kind {
                WarningKind::RateDrift | WarningKind::RefundNotSeen => {
                    if ui.add(look()).clicked() {
                        state.page = Page::Wallet;
                    }
                }
                WarningKind::Unreadable => {
                    if ui.add(look()).clicked() {
                        state.page = Page::Ledger;
                        state.ledger.show_unreadable();
                    }
                    let button = Button::secondary("Give the hold back").small().selected(state.giving_back);
                    if !held.is_zero() && ui.add(button).clicked() {
                        state.giving_back = !state.giving_back;
                    }
                }
                WarningKind::LowBalance | WarningKind::CapReached | WarningKind::CapNear => {}
            }
            ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
                widgets::icon(ui, icons::WARNING, 17.0, palette.amber);
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    widgets::words(ui, &warning.title, medium(14.0), palette.text);
                    paragraph(ui, &warning.words, 12.0, palette.dim);
                });
            });
        });
        if warning.kind == WarningKind::Unreadable && state.giving_back && !held.is_zero() {
            give_back_ui(ui, held, state, actions);
        }
    });
}

/// The second word before a hold is given back that no job can be asked about any more.
fn give_back_ui(ui: &mut Ui, held: Usd, state: &mut SpendTab, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    ui.add_space(6.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 34.0), Layout::right_to_left(Align::Center), |ui| {
        if ui.add(Button::quiet("Keep it").small()).clicked() {
            state.giving_back = false;
        }
        let yes = format!("Release {held}");
        let button = Button::secondary(&yes).small().color(palette.amber);
        let clicked = ui.add(button);
        // It may stand where the button that asked stood: a double click on that is no answer.
        if clicked.clicked() && !clicked.double_clicked() {
            state.giving_back = false;
            actions.push(Action::GiveBackUnreadable);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            // Under the words, not under their icon.
            ui.add_space(17.0);
            let words = "Nobody asks after it any more. If HeyGen made something of it, it still charges that, and the \
                         wallet shows it without a job.";
            paragraph(ui, words, 12.0, palette.text);
        });
    });
}

/// A card's height in points.
const HEIGHT: f32 = 140.0;
/// Where four stand beside each other in a small window: words of four lines.
const TALL: f32 = 164.0;
/// Below this width words that take two lines elsewhere take four.
const NARROW: f32 = 300.0;

/// Wallet, month, quotes and remainder.
pub fn cards_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut SpendTab, answer: &mut SpendAnswer) {
    let gap = 12.0;
    let columns: u8 = if ui.available_width() < 760.0 { 2 } else { 4 };
    let width = (ui.available_width() - gap * f32::from(columns - 1)) / f32::from(columns);
    let mut draw = |ui: &mut Ui, place: u8| match place {
        0 => wallet_ui(ui, snapshot, width),
        1 => month_ui(ui, snapshot, width, answer),
        2 => quotes_ui(ui, snapshot, width, state),
        _ => remainder_ui(ui, snapshot, width, state),
    };
    for row in 0..4 / columns {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            for column in 0..columns {
                draw(ui, row * columns + column);
            }
        });
    }
}

fn card_ui(ui: &mut Ui, width: f32, title: &str, big: &str, color: Color32, add: impl FnOnce(&mut Ui)) -> egui::Rect {
    let height = if width < NARROW { TALL } else { HEIGHT };
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let palette = palette(ui);
    let stroke = Stroke::new(1.0, palette.line);
    ui.painter().rect(rect, RADIUS_LARGE, palette.panel, stroke, egui::StrokeKind::Inside);
    let inside = egui::UiBuilder::new().max_rect(rect.shrink(16.0)).layout(Layout::top_down(Align::LEFT));
    let mut ui = ui.new_child(inside);
    ui.set_clip_rect(ui.clip_rect().intersect(rect));
    ui.spacing_mut().item_spacing.y = 3.0;
    caption(&mut ui, title);
    widgets::words(&mut ui, big, semibold(28.0), color);
    add(&mut ui);
    rect
}

fn wallet_ui(ui: &mut Ui, snapshot: &Snapshot, width: f32) {
    let palette = palette(ui);
    let big = snapshot.wallet.map_or_else(|| "Not seen".to_owned(), |reading| reading.balance.to_string());
    let seen = snapshot.wallet.map(|reading| reading.balance);
    let rect = card_ui(ui, width, "Wallet", &big, palette.text, |ui| {
        let words = match seen {
            None => "HeyGen has shown no dollar balance yet.".to_owned(),
            Some(_) if snapshot.unpaid.is_zero() => "Nothing is held.".to_owned(),
            Some(balance) => format!(
                "{} free · {} held for {}",
                balance.shown_less(snapshot.unpaid),
                snapshot.unpaid,
                format::counted(snapshot.unpaid_jobs, "job", "jobs")
            ),
        };
        paragraph(ui, words, 13.0, palette.dim);
        let (words, color) = runway(snapshot, palette);
        paragraph(ui, words, 13.0, color);
    });
    if let Some(balance) = seen {
        let id = ui.scope_id().with("wallet figure");
        let _ = ui.interact(rect, id, Sense::hover()).on_hover_text(balance.precise());
    }
}

/// How long the wallet lasts, in words.
fn runway(snapshot: &Snapshot, palette: &theme::Palette) -> (String, Color32) {
    let today = date_of(snapshot.now, &jiff::tz::TimeZone::system());
    match snapshot.forecast.wallet {
        Runway::Unknown => (String::new(), palette.dim),
        Runway::NoSpending => ("At the present pace it lasts.".to_owned(), palette.dim),
        Runway::TooEarly => ("Too early to tell how long it lasts".to_owned(), palette.dim),
        Runway::Empty => ("Empty once everything held is charged".to_owned(), palette.amber),
        Runway::Until { days: 0, .. } => ("Runs dry today at this pace".to_owned(), palette.amber),
        Runway::Until { day, days } => {
            let color = if days <= 14 { palette.amber } else { palette.dim };
            (format!("Runs dry on {} at this pace", explain::day(day, today)), color)
        }
        Runway::ReloadsItself { every_days: Some(days) } => {
            (format!("Tops itself up, about every {}", format::counted(days as usize, "day", "days")), palette.dim)
        }
        Runway::ReloadsItself { every_days: None } => ("Tops itself up".to_owned(), palette.dim),
    }
}

fn month_ui(ui: &mut Ui, snapshot: &Snapshot, width: f32, answer: &mut SpendAnswer) {
    let palette = palette(ui);
    let cap = snapshot.caps.iter().find(|cap| cap.kind == CapKind::Month);
    let charged = snapshot.charged_this_month;
    card_ui(ui, width, "This month", &charged.to_string(), palette.text, |ui| {
        let ends = snapshot.forecast.month_end;
        // A few days are no pace to rely on.
        let forecast = match snapshot.forecast.days_seen {
            _ if snapshot.forecast.too_early => "too early to tell its end".to_owned(),
            days @ ..7 => {
                format!("about {} by its end ({} seen)", whole(ends), format::counted(days as usize, "day", "days"))
            }
            _ => format!("about {} by its end", whole(ends)),
        };
        let Some(cap) = cap else {
            paragraph(ui, format!("No cap · {forecast}"), 13.0, palette.dim);
            if link(ui, "Set a cap", "Set a cap in Settings").clicked() {
                answer.show = Some(Tab::Settings);
            }
            return;
        };
        ui.add_space(2.0);
        let over = cap.used > cap.cap;
        let color = if over { palette.amber } else { palette.green };
        let parts = [(share(charged, cap.cap), color), (share(snapshot.held, cap.cap), palette.amber)];
        split_bar(ui, "Part of the month's cap that is charged or held", ui.available_width(), &parts);
        ui.add_space(2.0);
        let color = if ends > cap.cap { palette.amber } else { palette.dim };
        paragraph(ui, format!("of {} · {forecast}", whole(cap.cap)), 13.0, color);
    });
}

fn quotes_ui(ui: &mut Ui, snapshot: &Snapshot, width: f32, state: &mut SpendTab) {
    let palette = palette(ui);
    let quotes = &snapshot.findings.quotes;
    let big = quotes.median_error.map_or_else(|| "–".to_owned(), |error| format!("{error} %"));
    card_ui(ui, width, "Quoted against charged", &big, palette.text, |ui| {
        let words = match quotes.points.len() {
            0 => "No job with a price is charged yet.".to_owned(),
            jobs => format!("median error over {}", format::counted(jobs, "job", "jobs")),
        };
        paragraph(ui, words, 13.0, palette.dim);
        if !quotes.points.is_empty() && link(ui, "Show each job", "Show the quotes").clicked() {
            state.page = Page::Quotes;
        }
    });
}

fn remainder_ui(ui: &mut Ui, snapshot: &Snapshot, width: f32, state: &mut SpendTab) {
    let palette = palette(ui);
    let today = date_of(snapshot.now, &state.zone);
    let found = &snapshot.reconciliation;
    let (big, color) = match found {
        None => ("–".to_owned(), palette.text),
        Some(found) if found.remainder.to_cents().is_zero() => ("$0.00".to_owned(), palette.green),
        Some(found) => (found.remainder.to_string(), palette.amber),
    };
    card_ui(ui, width, "Adds up", &big, color, |ui| {
        let Some(found) = found else {
            paragraph(ui, "Two readings of the wallet are needed.", 13.0, palette.dim);
            return;
        };
        let since = explain::day(date_of(found.from, &state.zone), today);
        let top_ups = format::counted(found.top_ups.len(), "top-up", "top-ups");
        let words = format!("remainder since {since} · {top_ups}");
        paragraph(ui, words, 13.0, palette.dim);
        if link(ui, "Show how", "Show the reconciliation").clicked() {
            state.page = Page::Wallet;
        }
    });
}

/// Whole dollars from ten on: a forecast knows no cents.
fn whole(amount: Usd) -> String {
    if amount < Usd::from_cents(1_000) { amount.to_string() } else { amount.to_string().split('.').take(1).collect() }
}

/// A part of a whole, 0 to 1.
pub fn share(part: Usd, whole: Usd) -> f32 {
    use rust_decimal::prelude::ToPrimitive as _;
    part.0.checked_div(whole.0).and_then(|share| share.to_f32()).unwrap_or(1.0).clamp(0.0, 1.0)
}
