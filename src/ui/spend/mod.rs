//! The Spend tab: where the money is, where it went, whether it adds up, and the books for others.
//!
//! Draws the plain values of the books. Owns what is filtered, selected and half typed; counts,
//! moves, writes and saves nothing: every act is an [`Action`].

mod cards;
mod caps;
mod chart;
mod days;
mod entry;
mod explain;
mod exports;
mod ledger;
mod quotes;
mod scale;
mod table;
mod untaken;
mod wallet;

use std::sync::Arc;

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui, vec2};
use jiff::tz::TimeZone;

pub use cards::share;
pub use exports::save_question_ui;

use super::action::Export;
use super::theme::{self, CONTROL_HEIGHT, PAGE_MARGIN};
use super::widgets::{EmptyState, Segment, empty_state, heading, segmented};
use super::{Action, Model, Tab, icons};
use crate::jobs::types::JobId;
use crate::settings::Account;
use crate::spend::types::Snapshot;

/// What of the books is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Overview,
    Ledger,
    Wallet,
    Quotes,
}

/// What the tab remembers between frames.
pub struct SpendTab {
    pub page: Page,
    /// Whose books were shown last: another account has other entries.
    account: Option<Account>,
    chart: chart::ChartState,
    ledger: ledger::LedgerState,
    wallet: wallet::WalletState,
    all_warnings: bool,
    /// Whether what is held for jobs that cannot be read is to be given back was asked, and is not answered.
    giving_back: bool,
    /// Days that are being typed.
    typed_days: Option<days::TypedDays>,
    /// The path that is typed for an export, because there is no dialog.
    saving: Option<exports::Saving>,
    zone: TimeZone,
}

impl Default for SpendTab {
    fn default() -> Self {
        Self {
            page: Page::default(),
            account: None,
            chart: chart::ChartState::default(),
            ledger: ledger::LedgerState::default(),
            wallet: wallet::WalletState::default(),
            all_warnings: false,
            giving_back: false,
            typed_days: None,
            saving: None,
            zone: TimeZone::system(),
        }
    }
}

impl SpendTab {
    /// Asks for the path of an export in a small window over everything.
    pub fn ask_path(&mut self, export: Export) {
        self.saving = Some(exports::Saving::new(export));
    }

    fn show_ledger_of(&mut self, job: JobId) {
        self.page = Page::Ledger;
        self.ledger.show_job(job);
    }
}

/// Where the person wants to go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpendAnswer {
    pub show: Option<Tab>,
    /// Show this job in the Library.
    pub show_job: Option<JobId>,
}

/// Draws the tab in all the room there is.
pub fn spend_ui(ui: &mut Ui, model: &Model, state: &mut SpendTab, actions: &mut Vec<Action>) -> SpendAnswer {
    let mut answer = SpendAnswer::default();
    if state.account != Some(model.account) {
        let kept = state.account.is_none();
        state.account = Some(model.account);
        if !kept {
            state.ledger = ledger::LedgerState::default();
            state.wallet = wallet::WalletState::default();
            state.typed_days = None;
            state.giving_back = false;
            state.saving = None;
        }
    }
    ui.spacing_mut().item_spacing.y = 8.0;
    let Some(snapshot) = model.spend.value.clone() else {
        unread_ui(ui, model);
        return answer;
    };
    if snapshot.table.rows().is_empty() {
        if !snapshot.warnings.is_empty() {
            // A wallet may be low before anything was made.
            let margin = Margin { left: 24, right: 24, top: 24, bottom: 0 };
            Frame::new().inner_margin(margin).show(ui, |ui| cards::warnings_ui(ui, &snapshot, state, actions));
        }
        let empty = EmptyState {
            icon: icons::WALLET,
            title: "Nothing spent yet",
            sentence: "Every hold, charge and release will be here: per day, project and product, against your caps, \
                       beside what was quoted, and reconciled with the wallet to the cent.",
            button: Some("Make an avatar video"),
        };
        if empty_state(ui, &empty) {
            answer.show = Some(Tab::AvatarVideo);
        }
        return answer;
    }
    let margin = Margin { left: 24, right: 24, top: 24, bottom: 0 };
    Frame::new().inner_margin(margin).show(ui, |ui| {
        head_ui(ui, model, &snapshot, state, actions);
        match state.page {
            Page::Overview => {
                scrolled(ui, "spend overview", |ui| overview_ui(ui, &snapshot, state, &mut answer, actions));
            }
            Page::Ledger => ledger::ledger_ui(ui, model, &snapshot, state, actions, &mut answer),
            Page::Wallet => {
                scrolled(ui, "spend wallet", |ui| wallet::wallet_ui(ui, model, &snapshot, state, actions));
            }
            Page::Quotes => scrolled(ui, "spend quotes", |ui| {
                quotes::quotes_ui(ui, &snapshot, state);
                untaken::untaken_ui(ui, &snapshot, state);
            }),
        }
    });
    answer
}

/// A page that scrolls as a whole; its bar stands in the margin.
fn scrolled(ui: &mut Ui, id: &str, add: impl FnOnce(&mut Ui)) {
    let width = ui.available_width();
    let mut room = ui.available_rect_before_wrap();
    room.max.x += PAGE_MARGIN - 4.0;
    let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(room));
    ScrollArea::vertical().id_salt(id.to_owned()).auto_shrink([false, false]).show(&mut ui, |ui| {
        ui.set_max_width(width);
        ui.spacing_mut().item_spacing.y = 12.0;
        add(ui);
        ui.add_space(PAGE_MARGIN - 12.0);
    });
}

fn unread_ui(ui: &mut Ui, model: &Model) {
    let (title, sentence) = match &model.spend.fault {
        Some(fault) => ("The books are closed", fault.as_str()),
        None => ("Reading the books…", "Every hold, charge and wallet reading of this account."),
    };
    empty_state(ui, &EmptyState { icon: icons::WALLET, title, sentence, button: None });
}

fn head_ui(ui: &mut Ui, model: &Model, snapshot: &Snapshot, state: &mut SpendTab, actions: &mut Vec<Action>) {
    let row = vec2(ui.available_width(), CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
        exports::menu_ui(ui, snapshot, state, actions);
        days::days_ui(ui, snapshot, &mut state.typed_days, &state.zone, actions);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            heading(ui, "Spend");
            ui.add_space(8.0);
            let pages = [
                Segment::new(Page::Overview, "Overview"),
                Segment::new(Page::Ledger, "Ledger"),
                Segment::new(Page::Wallet, "Wallet"),
                Segment::new(Page::Quotes, "Quotes"),
            ];
            segmented(ui, "What of the books", &pages, &mut state.page, None);
        });
    });
    days::typed_ui(ui, snapshot, &mut state.typed_days, &state.zone, actions);
    if let Some(fault) = &model.spend.fault {
        super::widgets::words(ui, fault, theme::regular(12.0), theme::palette(ui).amber);
    }
    ui.add_space(8.0);
}

fn overview_ui(
    ui: &mut Ui,
    snapshot: &Arc<Snapshot>,
    state: &mut SpendTab,
    answer: &mut SpendAnswer,
    actions: &mut Vec<Action>,
) {
    cards::warnings_ui(ui, snapshot, state, actions);
    cards::cards_ui(ui, snapshot, state, answer);
    if let Some((first, next)) = chart::chart_ui(ui, snapshot, &mut state.chart) {
        state.ledger.show_days(first, next);
        state.page = Page::Ledger;
    }
    caps::caps_ui(ui, snapshot, state, answer);
    ledger::latest_ui(ui, snapshot, state);
}

#[cfg(test)]
pub(in crate::ui) mod tests;
