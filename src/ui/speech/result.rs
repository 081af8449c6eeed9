//! Under the form: the last speech, played in its place, and the ones before it.

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use super::SpeechTab;
use crate::draft::{Field, Product};
use crate::jobs::types::{Job, JobId, JobState};
use crate::ui::library::words::{progress_thousandths, standing_words};
use crate::ui::model::Model;
use crate::ui::places::Place;
use crate::ui::sound::{Sound, sound_ui};
use crate::ui::theme::{medium, palette, regular};
use crate::ui::widgets::{self, Button};
use crate::ui::{Action, Tab, format, icons};

/// Earlier speeches that are listed here; the Library has the rest.
const EARLIER: usize = 6;
/// The height of one of them.
const ROW: f32 = 32.0;

/// Draws the speech that is chosen, made last or newest, and the list of others.
pub(super) fn result_ui(ui: &mut Ui, model: &Model, tab: &mut SpeechTab, actions: &mut Vec<Action>) {
    let shown = shown_job(model, tab);
    widgets::card(ui, |ui| {
        ui.set_width(ui.available_width());
        // As high as a speech with its words.
        ui.set_min_height(164.0);
        ui.spacing_mut().item_spacing.y = 8.0;
        match &shown {
            Some(job) => job_ui(ui, model, job, actions),
            None => {
                let words =
                    "The speech is played here as soon as it is made: its shape, and its words as they are said.";
                ui.add_space(48.0);
                ui.vertical_centered(|ui| {
                    widgets::icon(ui, icons::WAVEFORM, 28.0, palette(ui).faint);
                    widgets::paragraph(ui, words, 14.0, palette(ui).dim);
                });
            }
        }
    });
    earlier_ui(ui, model, tab, shown.map(|job| job.id));
}

/// The room the list of earlier speeches takes.
pub(super) fn earlier_height(model: &Model) -> f32 {
    let speeches = model.board.jobs.iter().filter(|job| job.product == Product::Speech).take(EARLIER + 1).count();
    match u8::try_from(speeches) {
        Ok(0 | 1) | Err(_) => 0.0,
        Ok(many) => 34.0 + ROW * f32::from(many - 1),
    }
}

/// The one the person chose, unless another was made since; else the last one made here; else the newest.
fn shown_job(model: &Model, tab: &SpeechTab) -> Option<Arc<Job>> {
    let chosen = tab.chosen.as_ref().filter(|(_, last)| *last == tab.form.last).map(|(id, _)| *id);
    let wanted = chosen.or_else(|| tab.form.last.first().copied());
    let jobs = &model.board.jobs;
    let found = wanted.and_then(|id| jobs.iter().find(|job| job.id == id));
    found.or_else(|| jobs.iter().find(|job| job.product == Product::Speech)).cloned()
}

fn job_ui(ui: &mut Ui, model: &Model, job: &Job, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::right_to_left(Align::Center), |ui| {
        let charge = job.charge.map(|charge| charge.to_string()).unwrap_or_default();
        widgets::words(ui, charge, regular(12.0), palette.dim);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            widgets::words(ui, job.title.as_str(), medium(14.0), palette.text);
        });
    });
    if let Some(error) = &job.error {
        widgets::paragraph(ui, &error.what, 13.0, palette.amber);
        widgets::paragraph(ui, format!("{} {}", error.money, error.advice), 13.0, palette.dim);
    }
    match (job.state, &job.files.audio) {
        (JobState::Done, Some(path)) => {
            let sound = Sound { path, title: &job.title, seconds: job.duration, words: &job.files.words };
            sound_ui(ui, model, &sound, actions);
            acts_ui(ui, path, actions);
        }
        (JobState::Done | JobState::Failed | JobState::Cancelled, _) => {
            if job.error.is_none() {
                widgets::dim(ui, standing_words(job, &model.board));
            }
        }
        _ => {
            ui.horizontal(|ui| {
                widgets::spinner(ui, 16.0, "Being made");
                widgets::dim(ui, standing_words(job, &model.board));
            });
            if let Some(share) = progress_thousandths(job) {
                let width = ui.available_width();
                widgets::progress_bar(
                    ui,
                    &standing_words(job, &model.board),
                    width,
                    f32::from(share) / 1000.0,
                    palette.red,
                );
            }
        }
    }
}

/// What can be done with the sound.
fn acts_ui(ui: &mut Ui, path: &std::path::Path, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        if ui.add(Button::secondary("Save as…").icon(icons::EXPORT).small()).clicked() {
            actions.push(Action::SaveCopy(path.to_path_buf()));
        }
        if ui.add(Button::secondary("Show in folder").icon(icons::FOLDER_OPEN).small()).clicked() {
            actions.push(Action::ShowInFolder(path.to_path_buf()));
        }
        for (product, words, glyph) in [
            (Product::AvatarVideo, "Use in Avatar video", icons::USER),
            (Product::Lipsync, "Use in Lipsync", icons::MICROPHONE),
        ] {
            if Tab::SHOWN.contains(&Tab::of(product)) && ui.add(Button::secondary(words).icon(glyph).small()).clicked()
            {
                actions.push(Action::TakeFiles {
                    paths: vec![path.to_path_buf()],
                    place: Some(Place::new(product, Field::Audio)),
                    shown: Some(Product::Speech),
                });
            }
        }
    });
}

fn earlier_ui(ui: &mut Ui, model: &Model, tab: &mut SpeechTab, shown: Option<JobId>) {
    let palette = palette(ui);
    let speeches = model.board.jobs.iter().filter(|job| job.product == Product::Speech && Some(job.id) != shown);
    let earlier: Vec<&Arc<Job>> = speeches.take(EARLIER).collect();
    if earlier.is_empty() {
        return;
    }
    ui.add_space(4.0);
    widgets::caption(ui, "Earlier speeches");
    ui.spacing_mut().item_spacing.y = 0.0;
    for job in earlier {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), egui::Sense::click());
        let told = standing_words(job, &model.board);
        let called = format!("Hear {}, {told}", job.title);
        widgets::name(&response, egui::Role::Button, true, &called);
        if response.hovered() {
            ui.painter().rect_filled(rect, crate::ui::theme::RADIUS_SMALL, palette.hover);
        }
        let middle = rect.center().y;
        let right = egui::pos2(rect.right() - 10.0, middle);
        let (left_center, right_center) = (egui::Align2::LEFT_CENTER, egui::Align2::RIGHT_CENTER);
        let half = rect.width() / 2.0 - 20.0;
        let used = widgets::paint_elided(ui, right, right_center, &told, regular(12.0), palette.dim, half);
        let left = egui::pos2(rect.left() + 10.0, middle);
        let room = used.left() - 16.0 - left.x;
        widgets::paint_elided(ui, left, left_center, &job.title, regular(14.0), palette.text, room);
        widgets::focus_ring(ui, &response, crate::ui::theme::RADIUS_SMALL);
        let response = response.on_hover_text(format::ago(model.now, job.created_at));
        if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
            tab.chosen = Some((job.id, tab.form.last.clone()));
        }
    }
}
