//! The way out: the menu of exports, and the question for a path where there is no dialog.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align2, Popup, Role, ScrollArea, Sense, Ui, pos2, vec2};

use super::{SpendTab, explain};
use crate::spend::types::Snapshot;
use crate::ui::Action;
use crate::ui::action::Export;
use crate::ui::icons;
use crate::ui::theme::{RADIUS, RADIUS_LARGE, medium, palette, regular, semibold};
use crate::ui::widgets::{self, Button};

/// An export whose path is being typed.
#[derive(Clone, Debug)]
pub struct Saving {
    export: Export,
    path: String,
    focused: bool,
}

impl Saving {
    pub fn new(export: Export) -> Self {
        Self { export, path: String::new(), focused: false }
    }
}

/// The button, and what it offers.
pub fn menu_ui(ui: &mut Ui, snapshot: &Snapshot, state: &SpendTab, actions: &mut Vec<Action>) {
    let button = ui.add(Button::secondary("Export").icon(icons::EXPORT).named("Export the books"));
    Popup::menu(&button).gap(4.0).width(340.0).show(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical().max_height(440.0).show(ui, |ui| {
            let period = snapshot.report.period;
            let mut offers = vec![
                (
                    Export::Csv(state.ledger.filter_of(snapshot, &state.zone)),
                    "Ledger as CSV".to_owned(),
                    "The entries that the Ledger page shows".to_owned(),
                ),
                (
                    Export::Csv(crate::spend::types::LedgerFilter::default()),
                    "Whole ledger as CSV".to_owned(),
                    "Every hold, charge and release there ever was".to_owned(),
                ),
                (Export::Readings, "Wallet as CSV".to_owned(), "Each reading and what happened before it".to_owned()),
                (Export::Hledger, "hledger journal".to_owned(), "Each wallet reading is an assertion".to_owned()),
                (
                    Export::Beancount,
                    "beancount journal".to_owned(),
                    "Each day's last wallet reading is an assertion".to_owned(),
                ),
            ];
            offers.extend(snapshot.report.by_project.iter().map(|share| {
                let project = Arc::clone(&share.of);
                let title = format!("Statement: {}", explain::project(&project));
                (Export::Statement { project, period }, title, format!("{}, {}", period.name(), share.amount))
            }));
            for (export, title, detail) in offers {
                if offer_ui(ui, &title, &detail) {
                    actions.push(Action::Export(Box::new(export)));
                    ui.close();
                }
            }
        });
    });
}

/// A row of two lines; true when it was clicked.
fn offer_ui(ui: &mut Ui, title: &str, detail: &str) -> bool {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 46.0), Sense::click());
    widgets::name(&response, Role::MenuItem, true, title);
    widgets::describe(&response, detail);
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, RADIUS, palette.hover);
    }
    let (left, room) = (rect.left() + 12.0, rect.width() - 24.0);
    let top = pos2(left, rect.top() + 15.0);
    widgets::paint_elided(ui, top, Align2::LEFT_CENTER, title, medium(14.0), palette.text, room);
    let under = pos2(left, rect.top() + 33.0);
    widgets::paint_elided(ui, under, Align2::LEFT_CENTER, detail, regular(12.0), palette.dim, room);
    response.clicked()
}

/// Asks for a path in a small window over everything.
pub fn save_question_ui(ui: &Ui, state: &mut SpendTab, actions: &mut Vec<Action>) {
    let Some(saving) = &mut state.saving else { return };
    let palette = palette(ui);
    let mut answer = None;
    let frame = egui::Frame::popup(ui.style()).inner_margin(20).corner_radius(RADIUS_LARGE);
    let modal = egui::Modal::new(egui::Id::unique("save question")).frame(frame).show(ui.ctx(), |ui| {
        ui.set_width(460.0);
        widgets::words(ui, "Where should it be saved?", semibold(16.0), palette.text);
        let words = format!(
            "{}. This system has no file dialog: type or paste the path of a folder or a file.",
            saving.export.name()
        );
        widgets::paragraph(ui, words, 12.0, palette.dim);
        ui.add_space(4.0);
        let field = widgets::text_line(ui, "Where to save it", "/home/…", &mut saving.path, 460.0);
        if !std::mem::replace(&mut saving.focused, true) {
            field.request_focus();
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let given = !saving.path.trim().is_empty();
            if ui.add(Button::secondary("Save").enabled(given)).clicked() || entered && given {
                answer = Some(true);
            }
            if ui.add(Button::quiet("Cancel")).clicked() {
                answer = Some(false);
            }
        });
    });
    if modal.should_close() && answer.is_none() {
        answer = Some(false);
    }
    let Some(save) = answer else { return };
    if let Some(saving) = state.saving.take().filter(|_| save) {
        let path = PathBuf::from(saving.path.trim().trim_matches(['"', '\'']));
        actions.push(Action::ExportTo { export: Box::new(saving.export), path });
    }
}
