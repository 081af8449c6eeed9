//! The project: where it comes from, what it is, and which of its compositions is rendered.

use egui::{Align, Align2, Layout, Sense, Ui, vec2};

use super::HyperFramesTab;
use crate::draft::hyperframes::{Bundle, Page};
use crate::draft::{Field, Product};
use crate::ui::model::Model;
use crate::ui::places::Place;
use crate::ui::quoting::Quoted;
use crate::ui::theme::{medium, palette, regular};
use crate::ui::widgets::{self, Button, SelectItem};
use crate::ui::{Action, format, icons};

const PLACE: Place = Place::new(Product::HyperFrames, Field::Composition);

/// Before a project is chosen: what to do, and a sample.
pub fn empty_ui(ui: &mut Ui, model: &Model, tab: &HyperFramesTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let problem = tab.form.problem(quoted, Field::Composition).map(str::to_owned);
    widgets::card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical_centered(|ui| {
            ui.add_space(24.0);
            widgets::icon(ui, icons::CODE, 36.0, palette.faint);
            ui.add_space(4.0);
            widgets::words(ui, "Drop a folder or a zip with a HyperFrames project", medium(16.0), palette.text);
            let room = ui.available_width().min(460.0);
            ui.allocate_ui_with_layout(vec2(room, 0.0), Layout::top_down(Align::Center), |ui| {
                let sentence = "HyperFrames turns an HTML page into a video. Its length, shape and variables are read \
                                here, on this computer, so the price is exact before anything is sent.";
                widgets::paragraph(ui, sentence, 14.0, palette.dim);
            });
            ui.add_space(8.0);
        });
        // Centred by hand: a row of buttons has no width of its own before it is drawn.
        let busy = model.project_reading.is_some();
        ui.horizontal(|ui| {
            ui.add_space(((ui.available_width() - 440.0) / 2.0).max(0.0));
            let folder = Button::secondary("Choose a folder").icon(icons::FOLDER_OPEN).enabled(!busy);
            if ui.add(folder).clicked() {
                actions.push(Action::PickFolder(PLACE));
            }
            let zip = Button::secondary("Choose a zip").icon(icons::FOLDER).enabled(!busy);
            if ui.add(zip).clicked() {
                actions.push(Action::PickFile(PLACE));
            }
            if ui.add(Button::quiet("Try the sample").icon(icons::SPARKLE).enabled(!busy)).clicked() {
                actions.push(Action::ReadSampleProject);
            }
        });
        ui.add_space(4.0);
        ui.vertical_centered(|ui| {
            ui.set_min_height(44.0);
            if model.project_reading.is_some() {
                reading_ui(ui, model);
            } else if let Some(fault) = tab.project_fault.as_ref().or(problem.as_ref()) {
                let room = ui.available_width().min(520.0);
                ui.allocate_ui_with_layout(vec2(room, 0.0), Layout::top_down(Align::Center), |ui| {
                    widgets::paragraph(ui, format!("{} {fault}", icons::WARNING_CIRCLE), 12.0, palette.amber);
                });
            }
        });
    });
}

/// How far the reading is.
fn reading_ui(ui: &mut Ui, model: &Model) {
    use rust_decimal::prelude::ToPrimitive;
    let Some(reading) = &model.project_reading else { return };
    let color = palette(ui).blue;
    let words = match reading.total {
        0 => "Reading the project…".to_owned(),
        total => format!("Reading and packing, {}", format::bytes_of(reading.done, total)),
    };
    widgets::caption(ui, words);
    let whole = rust_decimal::Decimal::from(reading.total.max(1));
    let share = (rust_decimal::Decimal::from(reading.done) / whole).to_f32().unwrap_or(0.0);
    let width = ui.available_width().min(320.0);
    widgets::progress_bar(ui, "Reading the project", width, share, color);
}

/// The chosen project.
pub fn project_ui(ui: &mut Ui, model: &Model, tab: &mut HyperFramesTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    if tab.form.draft.bundle.is_none() {
        return;
    }
    let mut removed = false;
    widgets::card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let Some(bundle) = &tab.form.draft.bundle else { return };
            let (rect, _) = ui.allocate_exact_size(vec2(44.0, 44.0), Sense::hover());
            ui.painter().rect_filled(rect, 8, palette.hover);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::CODE, regular(24.0), palette.text);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                removed = widgets::icon_button(ui, icons::X, "Remove the project", 32.0).clicked();
                let again = widgets::icon_button(ui, icons::ARROW_CLOCKWISE, "Read the project again", 32.0);
                if again.clicked()
                    && model.project_reading.is_none()
                    && let Some(source) = tab.read_again()
                {
                    actions.push(Action::ReadProject(source));
                }
                if widgets::icon_button(ui, icons::FOLDER_OPEN, "Show the project's folder", 32.0).clicked() {
                    let folder = bundle.source.clone();
                    actions.push(if bundle.is_folder {
                        Action::OpenFile(folder)
                    } else {
                        Action::ShowInFolder(folder)
                    });
                }
                ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    widgets::words(ui, bundle.name(), medium(14.0), palette.text)
                        .on_hover_text(bundle.source.display().to_string());
                    if model.project_reading.is_some() {
                        reading_ui(ui, model);
                    } else {
                        widgets::caption(ui, facts(bundle));
                    }
                });
            });
        });
        composition_ui(ui, tab, quoted);
        for note in notes(tab) {
            widgets::paragraph(ui, format!("{} {note}", icons::WARNING_CIRCLE), 12.0, palette.amber);
        }
        if let Some(fault) = tab.project_fault.clone()
            && fault_ui(ui, &fault)
        {
            tab.project_fault = None;
        }
    });
    if removed {
        let project = std::mem::take(&mut tab.form.draft.project);
        tab.form.load(crate::draft::HyperFramesDraft { project, ..Default::default() });
        tab.project_fault = None;
        tab.rows_fault = None;
        tab.typed_rate = None;
    }
}

/// Why another project, or a table, did not take its place; true when that was closed.
fn fault_ui(ui: &mut Ui, fault: &str) -> bool {
    let color = palette(ui).amber;
    ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
        let closed = widgets::icon_button(ui, icons::X, "Close the message", 22.0).clicked();
        ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
            let words = format!("{} {fault} What is shown here stays.", icons::WARNING_CIRCLE);
            widgets::paragraph(ui, words, 12.0, color);
        });
        closed
    })
    .inner
}

fn facts(bundle: &Bundle) -> String {
    let files = format::counted(usize::try_from(bundle.files).unwrap_or(usize::MAX), "file", "files");
    let mut facts = format!("{files} · {} as a zip", format::bytes(bundle.zip.size));
    if bundle.left_out > 0 {
        let left_out = format::count(usize::try_from(bundle.left_out).unwrap_or(usize::MAX));
        facts.push_str(&format!(" · {left_out} left out"));
    }
    facts
}

/// Which page, and what it is.
fn composition_ui(ui: &mut Ui, tab: &mut HyperFramesTab, quoted: &Quoted) {
    ui.add_space(4.0);
    let whole = ui.available_width();
    let width = (whole * 0.5).clamp(220.0, 340.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 24.0;
        let problem = tab.form.problem(quoted, Field::Composition).filter(|_| tab.form.draft.page.is_empty());
        let problem = problem.map(str::to_owned);
        widgets::field(ui, "Composition", problem.as_deref(), width, |ui| {
            let chosen = tab.form.draft.page().map_or("Choose…", |page| page.path.as_str()).to_owned();
            let pages = tab.form.draft.bundle.as_ref().map(|bundle| bundle.pages.as_slice()).unwrap_or_default();
            let items = || {
                pages
                    .iter()
                    .map(|page| SelectItem {
                        label: page.path.clone(),
                        detail: page.seconds.map(format::duration).unwrap_or_default(),
                        selected: page.path == chosen,
                        ..SelectItem::default()
                    })
                    .collect()
            };
            let picked = widgets::select(ui, "Composition", &chosen, None, width, items);
            if let Some(path) = picked.and_then(|place| pages.get(place)).map(|page| page.path.clone()) {
                tab.form.draft.choose_page(path);
                tab.form.touch(Field::Composition);
                tab.form.touch(Field::Shape);
            }
        });
        if let Some(page) = tab.form.draft.page() {
            fact_ui(ui, "Length", &length(page));
            let size = page.size.map_or_else(|| "unknown".to_owned(), |(width, height)| format!("{width} × {height}"));
            fact_ui(ui, "Size", &size);
            if page.size.is_some() {
                fact_ui(ui, "Shape", &page.shape_words());
            }
        }
    });
}

/// Seconds where they are few, so that a tenth of one is seen.
fn length(page: &Page) -> String {
    match page.seconds {
        Some(seconds) if seconds < rust_decimal::Decimal::from(60) => format!("{} s", seconds.normalize()),
        Some(seconds) => format::duration(seconds),
        None => "unknown".to_owned(),
    }
}

fn fact_ui(ui: &mut Ui, label: &str, value: &str) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.add_space(2.0);
        widgets::caption(ui, label);
        ui.add_space(15.0);
        widgets::body(ui, value);
    });
}

/// What to know before it is made, one sentence each.
fn notes(tab: &HyperFramesTab) -> Vec<String> {
    let draft = &tab.form.draft;
    let Some(page) = draft.page() else { return Vec::new() };
    let mut notes = page.faults.clone();
    if page.seconds.is_none() && !notes.iter().any(|note| note.contains("data-duration")) {
        notes.push(
            "It does not say how long it is, so it has no price. Give its root element a data-duration in seconds and \
             read the project again."
                .to_owned(),
        );
    }
    let own = page.shape();
    match (draft.sent_shape(), page.size) {
        (None, Some(_)) => notes.push(format!(
            "It is {}, and HeyGen renders 16:9, 9:16 and 1:1 only. Choose one of them: what does not fit may be cut off, \
             and what is left over may stay empty.",
            page.shape_words()
        )),
        (Some(sent), Some(_)) if own != Some(sent) => notes.push(format!(
            "It was made for {} and will be rendered in {}: what does not fit may be cut off, and what is left over may \
             stay empty.",
            page.shape_words(),
            sent.word()
        )),
        _ => {}
    }
    notes
}
