//! More money for the sandbox's wallet, offered wherever it runs short. Live wallets are filled at HeyGen.

use egui::Ui;

use super::Action;
use super::model::Model;
use super::widgets;
use crate::money::Usd;
use crate::settings::Account;

/// What one press adds: as much as a new world begins with.
#[must_use]
pub fn amount() -> Usd {
    Usd::from_cents(2_500)
}

/// The act in words.
#[must_use]
pub fn words() -> String {
    format!("Add {} of play money", amount())
}

/// A link that adds play money; nothing outside the sandbox.
pub fn link_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let words = words();
    if model.account == Account::Sandbox && widgets::link(ui, &words, &words).clicked() {
        actions.push(Action::AddPlayMoney);
    }
}
