//! One entry of the ledger explained, and what can be done about its job.

use std::sync::Arc;

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use super::ledger::{dot_of, plain, projects_of};
use super::{SpendAnswer, SpendTab, explain};
use crate::spend::types::{BookedJob, LedgerRow, Snapshot};
use crate::ui::action::Export;
use crate::ui::theme::{medium, palette};
use crate::ui::widgets::{self, Button, SelectItem, icon_button, panel, paragraph, select};
use crate::ui::{Action, Model, icons};

/// The room it takes, in points.
pub const HEIGHT: f32 = 188.0;

/// One entry down to its last figure, and what can be done about its job.
#[expect(clippy::too_many_arguments, reason = "one row of the page with everything it acts on")]
pub fn entry_ui(
    ui: &mut Ui,
    model: &Model,
    snapshot: &Snapshot,
    row: &LedgerRow,
    job: &BookedJob,
    state: &mut SpendTab,
    actions: &mut Vec<Action>,
    answer: &mut SpendAnswer,
) {
    let palette = palette(ui);
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.set_height(HEIGHT - 34.0);
        ui.spacing_mut().item_spacing.y = 4.0;
        ui.allocate_ui_with_layout(vec2(ui.available_width(), 26.0), Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::X, "Close the explanation", 26.0).clicked() {
                state.ledger.selected = None;
            }
            ui.add(Label::new(RichText::new(row.amount.precise()).font(medium(16.0)).color(palette.text)).extend());
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = if job.title.is_empty() { "Untitled" } else { &job.title };
                let words = format!("{}: {title}", explain::kind(row.kind));
                widgets::words(ui, words, medium(14.0), palette.text);
            });
        });
        paragraph(ui, explain::sentence(&snapshot.table, row, job), 13.0, palette.text);
        let booked = snapshot.table.booked_to(row);
        let moved = if *booked == *job.project {
            String::new()
        } else {
            format!(" Written for {}, moved to {} since.", explain::project(booked), explain::project(&job.project))
        };
        paragraph(ui, format!("{}{moved}", explain::against_quote(job)), 13.0, palette.dim);
        if let Some(words) = explain::other_way(job) {
            paragraph(ui, words, 13.0, palette.dim);
        }
        ui.with_layout(Layout::bottom_up(Align::LEFT), |ui| {
            ui.horizontal(|ui| {
                // What cannot be read can neither be booked anew nor shown elsewhere.
                if job.readable {
                    move_ui(ui, model, snapshot, job, actions);
                }
                if ui.add(Button::quiet("All entries of it").small().named("Show all entries of this job")).clicked() {
                    state.show_ledger_of(job.id);
                }
                if job.readable
                    && ui.add(Button::quiet("In the Library").small().named("Show this job in the Library")).clicked()
                {
                    answer.show_job = Some(job.id);
                }
                let dispute = Button::quiet("Dispute folder").small().named("Save a dispute folder of this job");
                let why = "A folder with what can be shown to HeyGen about this job: its figures, the request as it \
                           left, the answers. No key.";
                if ui.add(dispute).on_hover_text(why).clicked() {
                    actions.push(Action::Export(Box::new(Export::Dispute(job.id))));
                }
            });
        });
    });
}

/// Books the job to another project.
fn move_ui(ui: &mut Ui, model: &Model, snapshot: &Snapshot, job: &BookedJob, actions: &mut Vec<Action>) {
    // Only while the list is open: there may be many jobs to gather names from.
    let names = || {
        let mut names: Vec<Arc<str>> = vec![Arc::from("")];
        names.extend(model.settings.projects.iter().map(|name| Arc::from(name.as_str())));
        for name in projects_of(snapshot) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let items = || {
        let item =
            |name: &Arc<str>| SelectItem { dot: dot_of(name), ..plain(explain::project(name), *name == job.project) };
        names().iter().map(item).collect()
    };
    let shown = explain::project(&job.project);
    let chosen = select(ui, "Project of this job", shown, dot_of(&job.project), 190.0, items);
    if let Some(name) = chosen.and_then(|place| names().get(place).cloned())
        && name != job.project
    {
        actions.push(Action::MoveJob { job: job.id, project: name.to_string() });
    }
}
