//! Whether it adds up: what happened to the wallet between two readings, with causes in words, and
//! rates that are not the card's any more.

use std::sync::Arc;

use egui::{Align, Align2, Layout, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{SpendTab, explain};
use crate::money::{Usd, shown_parts};
use crate::spend::types::{Cause, CauseKind, Drift, Findings, LedgerTable, Reconciliation, Snapshot};
use crate::ui::theme::{RADIUS_SMALL, medium, palette, regular};
use crate::ui::widgets::{self, Button, dashed_line, focus_ring, line_row, link, panel, paragraph};
use crate::ui::{Action, Model, format};

/// Top-ups that are listed one by one; more are summed up.
const MOST_TOP_UPS: usize = 15;

/// What the page remembers between frames.
#[derive(Debug, Default)]
pub struct WalletState {
    /// The stretch that is shown, by when it ended; `None` for the whole month.
    chosen: Option<i64>,
    /// Stretches in which only charges happened are listed, too.
    all: bool,
    listed: Option<Listed>,
}

/// The places of the stretches that are listed, newest first, kept until the books change.
#[derive(Debug)]
struct Listed {
    of: Arc<Findings>,
    all: bool,
    places: Arc<Vec<usize>>,
}

impl WalletState {
    fn listed(&mut self, findings: &Arc<Findings>) -> Arc<Vec<usize>> {
        if let Some(listed) = &self.listed
            && Arc::ptr_eq(&listed.of, findings)
            && listed.all == self.all
        {
            return Arc::clone(&listed.places);
        }
        let odd = |stretch: &Reconciliation| {
            !stretch.remainder.to_cents().is_zero()
                || !stretch.top_ups.is_empty()
                || !stretch.other_key.is_zero()
                || !stretch.causes.iter().all(is_of_timing)
        };
        let stretches = findings.reconciliations.iter().enumerate().rev();
        let fitting = stretches.filter(|(_, stretch)| self.all || odd(stretch));
        let places: Arc<Vec<usize>> = Arc::new(fitting.map(|(place, _)| place).collect());
        self.listed = Some(Listed { of: Arc::clone(findings), all: self.all, places: Arc::clone(&places) });
        places
    }
}

/// Draws the page.
pub fn wallet_ui(ui: &mut Ui, model: &Model, snapshot: &Snapshot, state: &mut SpendTab, actions: &mut Vec<Action>) {
    for drift in &snapshot.findings.drifts {
        drift_ui(ui, model, drift, state, actions);
    }
    let stretches = &snapshot.findings.reconciliations;
    let chosen = state.wallet.chosen.and_then(|to| stretches.iter().find(|stretch| stretch.to == to));
    let Some(shown) = chosen.or(snapshot.reconciliation.as_ref()) else {
        panel(ui, |ui| {
            ui.set_width(ui.available_width());
            let words = match snapshot.wallet {
                Some(_) => {
                    "The wallet was read once. After the next reading its movement stands here beside the ledger: \
                            opening, charges, top-ups and whatever is left unexplained."
                }
                None => {
                    "HeyGen has not shown a dollar balance yet. Once the wallet is read twice, its movement stands \
                         here beside the ledger."
                }
            };
            paragraph(ui, words, 14.0, palette(ui).dim);
        });
        return;
    };
    let whole = chosen.is_none();
    let gap = 12.0;
    let wide = (ui.available_width() - gap) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        ui.allocate_ui_with_layout(vec2(wide, 0.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(wide);
            sum_ui(ui, snapshot, shown, whole, state);
            roundings_ui(ui, snapshot);
        });
        ui.allocate_ui_with_layout(vec2(wide, 0.0), Layout::top_down(Align::LEFT), |ui| {
            ui.set_width(wide);
            causes_ui(ui, snapshot, shown, state);
            stretches_ui(ui, snapshot, state);
        });
    });
}

fn sum_ui(ui: &mut Ui, snapshot: &Snapshot, shown: &Reconciliation, whole: bool, state: &mut SpendTab) {
    let palette = palette(ui);
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        let title = if whole { snapshot.report.period.name() } else { "Between two readings".to_owned() };
        widgets::words(ui, title, medium(14.0), palette.text);
        let at = |at: i64| explain::when(at, snapshot.now, &state.zone);
        paragraph(ui, format!("{} to {}", at(shown.from), at(shown.to)), 12.0, palette.dim);
        ui.add_space(4.0);
        amount(ui, "Wallet at the beginning", shown.opening);
        let mut rows = vec![("Charges in the ledger".to_owned(), -shown.charges)];
        if !shown.timing.is_zero() {
            rows.push(("Taken by HeyGen at another time".to_owned(), shown.timing));
        }
        let many = shown.top_ups.len() > MOST_TOP_UPS;
        for auto in [false, true] {
            let of_kind = || shown.top_ups.iter().filter(|top_up| many && top_up.auto == auto);
            if of_kind().next().is_none() {
                continue;
            }
            let kind = if auto { ("automatic top-up", "automatic top-ups") } else { ("top-up", "top-ups") };
            let inferred = match of_kind().filter(|top_up| !top_up.certain).count() {
                0 => String::new(),
                count => format!(", {} inferred", format::count(count)),
            };
            let words = format!("{}{inferred}", format::counted(of_kind().count(), kind.0, kind.1));
            rows.push((words, of_kind().map(|top_up| top_up.amount).sum()));
        }
        for top_up in shown.top_ups.iter().filter(|_| !many) {
            let kind = if top_up.auto { "Automatic top-up" } else { "Top-up" };
            let sure = if top_up.certain { "" } else { ", inferred" };
            rows.push((format!("{kind}, {}{sure}", at(top_up.at)), top_up.amount));
        }
        if !shown.failed.is_zero() {
            rows.push(("Failed jobs".to_owned(), shown.failed));
        }
        if !shown.other_key.is_zero() {
            rows.push(("The wallet of another key".to_owned(), shown.other_key));
        }
        // What lies between the two figures of the wallet and the remainder as they are shown.
        let moved = shown.closing.shown_less(shown.opening) - shown.remainder.to_cents();
        let amounts: Vec<Usd> = rows.iter().map(|(_, amount)| *amount).collect();
        for ((label, exact), cents) in rows.iter().zip(shown_parts(moved, &amounts)) {
            line_row(ui, label, &signed(cents), palette.text).on_hover_text(exact.precise());
        }
        let color = if shown.remainder.to_cents().is_zero() { palette.green } else { palette.amber };
        line_row(ui, "Remainder that nothing explains", &signed(shown.remainder), color)
            .on_hover_text(shown.remainder.precise());
        dashed_line(ui);
        amount(ui, "Wallet at the end", shown.closing);
        if !whole && link(ui, "Show the whole month", "Show the whole month's reconciliation").clicked() {
            state.wallet.chosen = None;
        }
    });
}

fn amount(ui: &mut Ui, label: &str, amount: Usd) {
    widgets::amount_row(ui, label, amount, palette(ui).text);
}

fn signed(amount: Usd) -> String {
    if amount.to_cents().is_zero() { "$0.00".to_owned() } else { amount.signed() }
}

fn causes_ui(ui: &mut Ui, snapshot: &Snapshot, shown: &Reconciliation, state: &mut SpendTab) {
    let palette = palette(ui);
    let open: Vec<&Cause> = shown.causes.iter().filter(|cause| !is_settled(cause, shown, &snapshot.table)).collect();
    let even = shown.remainder.to_cents().is_zero();
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        let title = match (even, open.is_empty()) {
            (true, true) => "All is explained",
            (true, false) => "What was found",
            (false, _) => "What may be behind it",
        };
        widgets::words(ui, title, medium(14.0), palette.text);
        if open.is_empty() {
            let words = match even {
                true if !shown.other_key.is_zero() => {
                    "The key was changed: another wallet is shown since, and nothing moved between the two."
                }
                true => "Every movement of the wallet is a charge or a top-up: nothing is left over.",
                false => "Nothing in the ledger fits. Another program or person may use the same key.",
            };
            paragraph(ui, words, 13.0, palette.dim);
        }
        for (place, cause) in open.iter().rev().take(12).enumerate() {
            ui.push_id(place, |ui| {
                line_row(ui, cause_name(cause.kind), &signed(cause.amount), palette.text)
                    .on_hover_text(cause.amount.precise());
                paragraph(ui, &cause.words, 12.0, palette.dim);
                if let Some(job) = cause.job
                    && link(ui, "its entries", &format!("Show the entries of {job}")).clicked()
                {
                    state.show_ledger_of(job);
                }
            });
        }
        if open.len() > 12 {
            let words = format!("{} earlier ones are left out.", format::count(open.len() - 12));
            paragraph(ui, words, 12.0, palette.dim);
        }
    });
}

/// Whether a charge within the same days explains it: HeyGen takes the money when a job is completed, the ledger
/// books it when the result is home.
fn is_settled(cause: &Cause, shown: &Reconciliation, table: &LedgerTable) -> bool {
    if !is_of_timing(cause) {
        return false;
    }
    // What was taken early in these days and what was booked late in them cancel out.
    if shown.timing.to_cents().is_zero() {
        return true;
    }
    let job = cause.job.and_then(|id| table.jobs().iter().rev().find(|job| job.id == id));
    let booked = job.filter(|job| job.charge.is_some()).and_then(|job| job.ended_at);
    cause.kind == CauseKind::TakenEarlier && booked.is_some_and(|at| at > shown.from && at <= shown.to)
}

fn is_of_timing(cause: &Cause) -> bool {
    matches!(cause.kind, CauseKind::TakenEarlier | CauseKind::TakenLater)
}

fn cause_name(kind: CauseKind) -> &'static str {
    match kind {
        CauseKind::RefundNotSeen => "Refund not seen",
        CauseKind::RefundSeen => "Refund seen",
        CauseKind::TakenEarlier => "Taken before it was booked",
        CauseKind::TakenLater => "Taken after it was booked",
        CauseKind::UnderWay => "A job under way",
        CauseKind::RateChanged => "Another rate",
        CauseKind::Measured => "A session's length",
        CauseKind::OtherUse => "Another use of the key",
        CauseKind::UnexplainedCredit => "Unexplained credit",
    }
}

/// Every stretch between two readings, newest first; only those on the screen are drawn.
fn stretches_ui(ui: &mut Ui, snapshot: &Snapshot, state: &mut SpendTab) {
    const ROW: f32 = 30.0;
    let palette = palette(ui);
    let all = state.wallet.all;
    let listed = state.wallet.listed(&snapshot.findings);
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 28.0), Layout::right_to_left(Align::Center), |ui| {
            let called = if all { "Only what is odd" } else { "All" };
            if ui.add(Button::quiet(called).small().named("List all readings or only the odd ones")).clicked() {
                state.wallet.all = !all;
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                widgets::words(ui, "Between readings", medium(14.0), palette.text);
            });
        });
        if listed.is_empty() {
            let total = format::counted(snapshot.findings.reconciliations.len(), "stretch adds", "stretches add");
            paragraph(ui, format!("{total} up, without a top-up."), 13.0, palette.dim);
        }
        let height = (ROW * 7.0).min(ROW * f32::from(u8::try_from(listed.len()).unwrap_or(u8::MAX)));
        ScrollArea::vertical()
            .id_salt("stretches")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, true])
            .show_rows(ui, ROW - 4.0, listed.len(), |ui, rows| {
                for place in listed.get(rows).unwrap_or_default() {
                    if let Some(stretch) = snapshot.findings.reconciliations.get(*place) {
                        stretch_ui(ui, snapshot, stretch, state);
                    }
                }
            });
    });
}

fn stretch_ui(ui: &mut Ui, snapshot: &Snapshot, stretch: &Reconciliation, state: &mut SpendTab) {
    let palette = palette(ui);
    let selected = state.wallet.chosen == Some(stretch.to);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::click());
    let when = explain::when(stretch.to, snapshot.now, &state.zone);
    let even = stretch.remainder.to_cents().is_zero();
    let words = match (stretch.top_ups.is_empty(), even) {
        _ if !stretch.other_key.is_zero() => "another key's wallet".to_owned(),
        (false, _) => format!("top-up {}", stretch.topped_up()),
        (true, true) => format!("{} charged", stretch.charges),
        (true, false) => "does not add up".to_owned(),
    };
    let spoken = format!("{when}, {words}, remainder {}, wallet {}", signed(stretch.remainder), stretch.closing);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, selected, &spoken));
    if selected || response.hovered() {
        ui.painter().rect_filled(rect.expand2(vec2(6.0, 0.0)), RADIUS_SMALL, palette.raised);
    }
    // The scroll bar covers no figure.
    let (y, right) = (rect.center().y, rect.right() - 12.0);
    let (middle, figures) = (rect.left() + 104.0, right - 84.0);
    let left = pos2(rect.left(), y);
    widgets::paint_elided(ui, left, Align2::LEFT_CENTER, &when, regular(13.0), palette.dim, 100.0);
    let color = if even { palette.green } else { palette.amber };
    let remainder = signed(stretch.remainder);
    let figure = ui.painter().text(pos2(figures, y), Align2::RIGHT_CENTER, remainder, regular(13.0), color);
    let room = figure.left() - 8.0 - middle;
    widgets::paint_elided(ui, pos2(middle, y), Align2::LEFT_CENTER, &words, regular(13.0), palette.text, room);
    let closing = stretch.closing.to_string();
    ui.painter().text(pos2(right, y), Align2::RIGHT_CENTER, closing, regular(13.0), palette.text);
    focus_ring(ui, &response, RADIUS_SMALL);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        state.wallet.chosen = if selected { None } else { Some(stretch.to) };
    }
}

fn drift_ui(ui: &mut Ui, model: &Model, drift: &Drift, state: &mut SpendTab, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        let unit = drift.unit.word();
        let title = format!(
            "HeyGen seems to charge {} per {unit} instead of {} for {}",
            drift.inferred_rate.precise(),
            drift.card_rate.precise(),
            drift.product.name()
        );
        widgets::words(ui, title, medium(14.0), palette.text);
        let counted = drift.rounding.map_or(String::new(), |rounding| format!(", counted {}", rounding.words()));
        let words = format!(
            "{} that were alone under way say so{counted}. The card of {} says otherwise. Check HeyGen's price list \
             before you write it down.",
            format::counted(drift.evidence.len(), "job", "jobs"),
            format::day(model.card.date())
        );
        paragraph(ui, words, 13.0, palette.dim);
        for evidence in drift.evidence.iter().take(3) {
            let label = format!("{} · {} {unit}", evidence.title, evidence.quantity.normalize());
            let figures = format!("{} booked, {} taken", evidence.booked, evidence.taken);
            line_row(ui, &label, &figures, palette.text).on_hover_text(evidence.taken.precise());
        }
        ui.horizontal(|ui| {
            let why = drift.service.is_none().then(|| {
                "The jobs do not tell which line of the card it is. Write it into rate_card.toml by hand.".to_owned()
            });
            let button = Button::secondary("Write it into my own rate card").small().refused(why);
            if ui.add(button).clicked() {
                actions.push(Action::WriteRate(Box::new(drift.clone())));
            }
            if let Some(evidence) = drift.evidence.first()
                && ui.add(Button::quiet("Show the newest of them").small()).clicked()
            {
                state.show_ledger_of(evidence.job);
            }
        });
    });
}

fn roundings_ui(ui: &mut Ui, snapshot: &Snapshot) {
    if snapshot.findings.roundings.is_empty() {
        return;
    }
    let palette = palette(ui);
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 4.0;
        widgets::words(ui, "How lengths are counted", medium(14.0), palette.text);
        for found in &snapshot.findings.roundings {
            let words = format!(
                "{}: {}, say {}.",
                found.product.name(),
                found.rounding.words(),
                format::counted(found.jobs, "job", "jobs")
            );
            paragraph(ui, words, 13.0, palette.dim);
        }
    });
}
