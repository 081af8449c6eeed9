//! The Settings tab. Owns what is half typed; every change leaves as an [`Action`].

mod about;
mod account;
mod caps;
mod key;
mod projects;

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui, vec2};

use super::theme::{self, medium, palette, regular};
use super::volume::{self, Ground};
use super::widgets::{Button, Segment, divider, icon_button, page_heading, panel, paragraph, segmented, toggle, words};
use super::{Action, Model, format, icons};
use crate::settings::{Settings, ThemeChoice};

/// What the tab remembers between frames.
#[derive(Debug, Default)]
pub struct SettingsTab {
    key: key::KeyEntry,
    caps: caps::CapFields,
    projects: projects::ProjectFields,
}

/// The sections are no wider than can be read in one glance.
const PAGE_WIDTH: f32 = 720.0;

/// Draws the tab in all the room there is.
pub fn settings_ui(ui: &mut Ui, model: &Model, state: &mut SettingsTab, actions: &mut Vec<Action>) {
    let mut settings = model.settings.clone();
    ScrollArea::vertical().id_salt("settings").auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(24, 20)).show(ui, |ui| {
            ui.set_max_width(PAGE_WIDTH.min(ui.available_width()));
            ui.spacing_mut().item_spacing.y = 8.0;
            page_heading(ui, "Settings", |_| {});
            sections_ui(ui, model, state, &mut settings, actions);
        });
    });
    if settings != model.settings {
        actions.push(Action::ChangeSettings(Box::new(settings)));
    }
}

fn sections_ui(
    ui: &mut Ui,
    model: &Model,
    state: &mut SettingsTab,
    settings: &mut Settings,
    actions: &mut Vec<Action>,
) {
    // A new setting does not compile until it is decided where it appears.
    let Settings {
        account: _, // the choice below shows the account in use and leaves as an action of its own
        theme,
        zoom_percent,
        volume_percent: _, // leaves as an action of its own, because it is heard while it is dragged
        muted: _,
        results_folder,
        favourite_looks,
        favourite_voices,
        projects,
        live_offer_closed,
        cap_per_job,
        confirm_above,
        cap_per_month,
        cap_per_day,
        cap_per_job_action,
        cap_per_day_action,
        cap_per_month_action,
        month_start_day,
        low_balance,
        low_balance_days,
        project_budgets,
        desktop_notifications,
        // Chosen on each receipt, and remembered.
        chosen_projects: _,
    } = settings;

    section(ui, "Account", |ui| {
        account::account_ui(ui, model, actions);
        divider(ui, 4.0);
        key::key_ui(ui, model, &mut state.key, actions);
    });
    section(ui, "Money", |ui| {
        let caps = [
            ("Cap per job", cap_per_job, cap_per_job_action),
            ("Cap per day", cap_per_day, cap_per_day_action),
            ("Cap per month", cap_per_month, cap_per_month_action),
        ];
        caps::caps_ui(ui, &mut state.caps, caps);
        caps::confirm_ui(ui, &mut state.caps, confirm_above);
        divider(ui, 4.0);
        caps::budgets_ui(ui, &mut state.caps, projects, project_budgets);
        divider(ui, 4.0);
        caps::month_ui(ui, &mut state.caps, month_start_day);
        caps::low_balance_ui(ui, &mut state.caps, low_balance, low_balance_days);
        row(ui, "Warnings", "in the header and on the Spend tab", |ui| {
            toggle(ui, "Also as desktop notifications", desktop_notifications);
        });
        divider(ui, 4.0);
        caps::card_ui(ui, model, actions);
    });
    section(ui, "Folders", |ui| {
        let chosen = results_folder.is_some();
        row(ui, "Results", &model.results_folder.display().to_string(), |ui| {
            if chosen && ui.add(Button::quiet("Use the Videos folder").small()).clicked() {
                *results_folder = None;
            }
            if ui.add(Button::secondary("Change").small().named("Change the results folder")).clicked() {
                actions.push(Action::ChooseResultFolder);
            }
            if ui.add(Button::secondary("Open").small().named("Open the results folder")).clicked() {
                actions.push(Action::OpenFile(model.results_folder.clone()));
            }
        });
        for (label, folder, called) in [
            ("Jobs and charges", &model.data_folder, "Open the data folder"),
            ("Settings and rate card", &model.config_folder, "Open the config folder"),
        ] {
            row(ui, label, &folder.display().to_string(), |ui| {
                if ui.add(Button::secondary("Open").small().named(called)).clicked() {
                    actions.push(Action::OpenFile(folder.clone()));
                }
            });
        }
    });
    section(ui, "Look and sound", |ui| {
        row(ui, "Theme", "", |ui| {
            let choices = [
                Segment::new(ThemeChoice::System, "System").called("As the system"),
                Segment::new(ThemeChoice::Dark, "Dark"),
                Segment::new(ThemeChoice::Light, "Light"),
            ];
            segmented(ui, "Theme", &choices, theme, None);
        });
        row(ui, "Zoom", "", |ui| zoom_ui(ui, &model.settings, zoom_percent));
        row(ui, "Sound", &volume::words(&model.settings), |ui| {
            volume::volume_ui(ui, &model.settings, volume::WIDTH, Ground::Page, actions);
        });
        row(ui, "Favourite looks", &format::counted(favourite_looks.len(), "look", "looks"), |ui| {
            let none = favourite_looks.is_empty().then(|| "There are none.".to_owned());
            if ui.add(Button::secondary("Forget all").small().named("Forget all favourites").refused(none)).clicked() {
                favourite_looks.clear();
            }
        });
        row(ui, "Favourite voices", &format::counted(favourite_voices.len(), "voice", "voices"), |ui| {
            let none = favourite_voices.is_empty().then(|| "There are none.".to_owned());
            let forget = Button::secondary("Forget all").small().named("Forget all favourite voices").refused(none);
            if ui.add(forget).clicked() {
                favourite_voices.clear();
            }
        });
        row(ui, "Bar that offers the live account", "", |ui| {
            let mut shown = !*live_offer_closed;
            if toggle(ui, "Show it in the sandbox", &mut shown).changed() {
                *live_offer_closed = !shown;
            }
        });
    });
    section(ui, "Projects", |ui| projects::projects_ui(ui, &mut state.projects, projects, project_budgets));
    section(ui, "About", about::about_ui);
}

fn zoom_ui(ui: &mut Ui, settings: &Settings, zoom_percent: &mut u16) {
    // From right to left: the layout of a row's controls.
    if icon_button(ui, icons::PLUS, "Larger", 28.0).on_hover_text("Ctrl +").clicked() {
        *zoom_percent = settings.next_zoom(true);
    }
    if ui.add(Button::quiet(&format!("{zoom_percent} %")).small().named("Normal size")).clicked() {
        *zoom_percent = 100;
    }
    if icon_button(ui, icons::MINUS, "Smaller", 28.0).on_hover_text("Ctrl −").clicked() {
        *zoom_percent = settings.next_zoom(false);
    }
}

/// A titled group on a surface of its own.
fn section(ui: &mut Ui, title: &str, add: impl FnOnce(&mut Ui)) {
    ui.add_space(16.0);
    words(ui, title, medium(16.0), palette(ui).text);
    panel(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 6.0;
        add(ui);
    });
}

/// A line of a section: what it is, its value in dim words, and controls at the right edge, which
/// are laid out from right to left.
fn row(ui: &mut Ui, label: &str, value: &str, controls: impl FnOnce(&mut Ui)) {
    let palette = palette(ui);
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        controls(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            words(ui, label, regular(14.0), palette.text);
            if !value.is_empty() {
                ui.add_space(4.0);
                words(ui, value, regular(13.0), palette.dim).on_hover_text(value);
            }
        });
    });
}

/// A sentence in the small dim type of explanations.
fn note(ui: &mut Ui, sentence: &str) {
    paragraph(ui, sentence, 13.0, palette(ui).dim);
}

#[cfg(test)]
mod tests;
