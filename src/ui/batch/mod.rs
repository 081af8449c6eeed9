//! Many jobs from one table: the page that stands in place of a tab's form while its table is open.
//!
//! The tab's draft is what all rows share. Owns which rows are wanted and which cell is edited; what is
//! kept, and what becomes of the rows, it asks for with actions.

mod about;
mod progress;
mod results;
mod row;
pub mod sheet;
mod slip;
mod table;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Align, Layout, Rect, Stroke, Ui, vec2};

use self::progress::{progress_ui, question_ui};
pub use self::progress::{progress_words, share};
use self::sheet::{Only, Pick, Sheet};
use super::action::BatchAsked;
use super::form::receipt_width;
use super::model::Model;
use super::pictures::Pictures;
use super::places::Place;
use super::receipt::Confirm;
use super::theme::{palette, regular};
use super::widgets::{self, Button, EmptyState};
use super::{Action, format, icons, queue};
use crate::batch::placeholder_names;
use crate::draft::{Draft, Field, Product};
use crate::jobs::types::{BatchId, JobId, KeptBatch};
use crate::money::Usd;

/// What a tab remembers of its table.
#[derive(Debug, Default)]
pub struct BatchTab {
    /// The open table.
    pub sheet: Option<Sheet>,
    /// The table is shown and not the form.
    pub is_shown: bool,
    /// Why the last file is no table: the file's name and a sentence.
    fault: Option<(String, String)>,
    /// A file that is to be read.
    wanted: Option<PathBuf>,
    /// A file is being read.
    is_reading: bool,
    pub(super) view: View,
    press: Press,
}

/// Which row is looked at and which cell is edited.
#[derive(Debug, Default)]
pub(super) struct View {
    /// The row whose cells stand under the table.
    pub selected: Option<usize>,
    /// The cell that is edited in its place.
    pub editing: Option<table::Editing>,
    /// The selected row is to come into sight.
    pub go_to: bool,
    /// The keyboard goes to the selected row's script.
    pub write_script: bool,
    /// The row under the table was changed and is not kept yet.
    pub unkept: Option<usize>,
    /// Which rows the table lists.
    pub only: Only,
    /// An act that waits for a second word.
    asking: Option<Question>,
}

/// An act that cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// Close a table whose changes go with it.
    Close,
    /// Cancel the rows that wait.
    Cancel,
}

/// Whether a tab shows a table, or could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Showing {
    /// It is the open one and shown now.
    Shown,
    /// Another can take the tab.
    Free,
    /// Changes of the open table, by its name, would be lost if another took the tab.
    Taken(String),
}

/// How the button stands.
#[derive(Debug, Default)]
pub(super) struct Press {
    pub submitting: bool,
    /// What the rows were that the button was pressed for once, and when.
    confirming: Option<(usize, Usd, Option<f64>)>,
    pub confirm: Option<Confirm>,
    /// Why the last submission made nothing.
    pub refusal: Option<String>,
}

impl BatchTab {
    /// Has a file read as a table.
    pub fn take_file(&mut self, path: PathBuf) {
        self.wanted = Some(path);
    }

    /// Takes a table that was read, or why there is none.
    pub fn take_table(&mut self, answer: Result<Box<KeptBatch>, (String, String)>) {
        self.is_reading = false;
        self.is_shown = true;
        match answer {
            Ok(kept) => self.show(*kept),
            Err(fault) => self.fault = Some(fault),
        }
    }

    /// The file that was asked for is not read.
    pub fn not_read(&mut self) {
        self.is_reading = false;
    }

    /// Takes the open table as its file says it in another encoding, or why it stays as it is.
    pub fn reread(&mut self, id: BatchId, answer: Result<Box<KeptBatch>, String>) {
        let Some(sheet) = self.sheet.as_ref().filter(|sheet| sheet.id == id) else { return };
        match answer {
            Ok(kept) => self.show(*kept),
            Err(words) => self.fault = Some((sheet.name.clone(), words)),
        }
    }

    /// Whether another table can take the place of the open one.
    #[must_use]
    pub fn room(&self) -> Showing {
        match &self.sheet {
            Some(sheet) if sheet.would_be_lost() => Showing::Taken(sheet.name.clone()),
            _ => Showing::Free,
        }
    }

    /// Takes a table that was kept; the form stays shown.
    pub fn found(&mut self, kept: KeptBatch) {
        self.sheet = Some(Sheet::new(kept));
    }

    /// Shows the table of this id where it is the open one.
    pub fn show_again(&mut self, id: BatchId) -> Showing {
        match &self.sheet {
            Some(sheet) if sheet.id == id => {
                self.is_shown = true;
                Showing::Shown
            }
            _ => self.room(),
        }
    }

    /// Selects the row that became a job.
    pub fn go_to_row_of(&mut self, job: Option<JobId>) {
        let Some(place) = job.and_then(|job| self.sheet.as_ref()?.place_of_job(job)) else { return };
        self.view.selected = Some(place);
        self.view.go_to = true;
    }

    fn show(&mut self, kept: KeptBatch) {
        *self = Self { sheet: Some(Sheet::new(kept)), is_shown: true, ..Self::default() };
    }

    /// Lets the table go.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Rows became jobs, or why none did.
    pub fn submitted(&mut self, id: BatchId, answer: Result<Vec<(u64, JobId)>, String>) {
        let Some(sheet) = self.sheet.as_mut().filter(|sheet| sheet.id == id) else { return };
        self.press = Press::default();
        match answer {
            Ok(made) => sheet.note_jobs(&made),
            Err(words) => self.press.refusal = Some(words),
        }
    }

    /// Shows the open table, or asks for a file.
    pub fn enter(&mut self, product: Product, actions: &mut Vec<Action>) {
        if self.sheet.is_some() {
            self.is_shown = true;
        } else if !self.is_reading {
            actions.push(Action::PickFile(place_of(product)));
        }
    }

    /// Asks for the file that is to be read.
    pub fn ask(&mut self, base: &Draft, actions: &mut Vec<Action>) {
        if let Some(path) = self.wanted.take() {
            self.is_reading = true;
            self.fault = None;
            actions.push(Action::ReadTable { path, base: Box::new(base.clone()) });
        }
    }

    /// Presses the button: makes the rows, or asks for a second press.
    pub fn create(&mut self, model: &Model, actions: &mut Vec<Action>) {
        let Some(sheet) = self.sheet.as_mut() else { return };
        if self.press.submitting || slip::missing(model, sheet).is_some() {
            return;
        }
        let (ready, total) = (sheet.summary.ready, sheet.summary.total);
        if model.settings.confirm_above.is_some_and(|above| total.high > above) {
            let is_waiting = self.press.confirming.is_some_and(|(rows, most, _)| (rows, most) == (ready, total.high));
            if !is_waiting {
                self.press.confirming = Some((ready, total.high, None));
                self.press.confirm = Some(Confirm { most: total.high, exact: total.is_exact(), ready: false });
                return;
            }
            // The second half of a double click is no second thought.
            if !self.press.confirm.is_some_and(|confirm| confirm.ready) {
                return;
            }
        }
        if let Some(place) = self.view.unkept.take() {
            actions.push(Action::ChangeBatch(Box::new(sheet.change_of(place))));
        }
        self.press = Press { submitting: true, ..Press::default() };
        actions.push(Action::SubmitBatch(Box::new(BatchAsked {
            id: sheet.id,
            base: sheet.base.clone(),
            table: Arc::clone(&sheet.table),
            places: sheet.ready(),
            total,
            cast: Arc::clone(&sheet.cast),
        })));
    }

    /// A first press holds for some seconds, and for the rows it was meant for.
    fn note_time(&mut self, ui: &Ui) {
        /// Longer than the second half of a double click takes.
        const SECOND_THOUGHT_SECONDS: f64 = 0.6;
        const HOLDS_SECONDS: f64 = 8.0;
        let (Some(sheet), Some((ready, most, since))) = (&self.sheet, &mut self.press.confirming) else { return };
        let now = ui.input(|input| input.time);
        let since = *since.get_or_insert(now);
        let is_same = (*ready, *most) == (sheet.summary.ready, sheet.summary.total.high);
        if !is_same || now - since > HOLDS_SECONDS {
            self.press.confirming = None;
            self.press.confirm = None;
            return;
        }
        let is_ready = now - since >= SECOND_THOUGHT_SECONDS;
        if let Some(confirm) = &mut self.press.confirm {
            confirm.ready = is_ready;
        }
        let next = if is_ready { HOLDS_SECONDS - (now - since) + 0.05 } else { SECOND_THOUGHT_SECONDS };
        ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(next.max(0.05)));
    }
}

/// Where a table is dropped or chosen on a tab.
const fn place_of(product: Product) -> Place {
    Place::new(product, Field::Reference(0))
}

/// What the way to a table is called.
#[must_use]
pub fn entry_words(tab: &BatchTab) -> String {
    match &tab.sheet {
        _ if tab.is_reading => "Reading the table…".to_owned(),
        Some(sheet) => format!("Table: {}", format::counted(sheet.entries.len(), "row", "rows")),
        None => "From a table…".to_owned(),
    }
}

/// The way to a table, in the heading of a form.
pub fn entry_ui(ui: &mut Ui, tab: &mut BatchTab, product: Product, actions: &mut Vec<Action>) {
    let words = entry_words(tab);
    if tab.is_reading {
        widgets::caption(ui, words);
        return;
    }
    let button = if tab.sheet.is_some() { Button::secondary(&words) } else { Button::quiet(&words) };
    let response = ui.add(button.icon(icons::FILE_CSV).small());
    let more = match &tab.sheet {
        Some(sheet) => format!("Back to {}", sheet.name),
        None => "A CSV file with one row for each. Or drop it on the window.".to_owned(),
    };
    if response.on_hover_text(more).clicked() {
        tab.enter(product, actions);
    }
}

/// Says beside a script that what stands in braces is only filled in from a table; `false` where there is none.
pub fn placeholder_ui(ui: &mut Ui, script: &str, more: &str) -> bool {
    let Some(name) = placeholder_names(script).next() else { return false };
    let words = format!("{} {{{{{name}}}}} is filled in from a table only", icons::INFO);
    let said = widgets::words(ui, words, regular(12.0), palette(ui).amber);
    let spoken = format!("{{{{{name}}}}} is filled in from a table only: created here, it is said as it stands.");
    widgets::name(&said, egui::Role::Label, true, &spoken);
    said.on_hover_text(format!("{spoken}\n{more}"));
    true
}

/// Draws the table of a tab in place of its form and receipt. `base` is the tab's draft.
/// True when the Library was asked for.
pub fn batch_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut BatchTab,
    base: &Draft,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) -> bool {
    /// The rows need what is left.
    const QUEUE_FROM: f32 = 420.0;
    let palette = palette(ui);
    let whole = ui.available_rect_before_wrap();
    let (rest, receipt) = whole.split_left_right_at_x(whole.right() - receipt_width(ui));
    let has_queue = !model.board.jobs.is_empty() && rest.height() > QUEUE_FROM;
    let queue_height = if has_queue { queue::COMPACT_HEIGHT } else { 0.0 };
    let (page, strip) = rest.split_top_bottom_at_y(rest.bottom() - queue_height);
    if let Some(sheet) = &mut tab.sheet
        && let Some(change) = sheet.follow(base, model)
    {
        actions.push(Action::ChangeBatch(Box::new(change)));
    }
    if tab.sheet.as_ref().is_some_and(Sheet::is_working) {
        ui.ctx().request_repaint();
    }
    tab.note_time(ui);
    part_ui(ui, "batch", page.shrink2(vec2(20.0, 16.0)), |ui| page_ui(ui, tab, base, actions));
    let mut is_library_asked = false;
    if has_queue {
        ui.painter().hline(strip.x_range(), strip.top() + 0.5, Stroke::new(1.0, palette.line));
        is_library_asked = part_ui(ui, "queue", strip, |ui| queue::queue_ui(ui, model, true, pictures, actions));
    }
    ui.painter().rect_filled(receipt, 0, palette.panel);
    ui.painter().vline(receipt.left() + 0.5, receipt.y_range(), Stroke::new(1.0, palette.line));
    let inner = Rect::from_min_max(receipt.min + vec2(21.0, 18.0), receipt.max - vec2(8.0, 18.0));
    let is_pressed = part_ui(ui, "receipt of the batch", inner, |ui| match &mut tab.sheet {
        Some(sheet) => slip::slip_ui(ui, model, sheet, &mut tab.view, &tab.press),
        None => false,
    });
    if is_pressed {
        tab.create(model, actions);
    }
    if let Some(change) = tab.sheet.as_mut().and_then(Sheet::change_of_picks) {
        actions.push(Action::ChangeBatch(Box::new(change)));
    }
    ui.advance_cursor_after_rect(whole);
    is_library_asked
}

fn part_ui<R>(ui: &mut Ui, name: &'static str, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Layout::top_down(Align::LEFT);
    let mut part = ui.new_child(egui::UiBuilder::new().id_salt(name).max_rect(rect).layout(layout));
    part.shrink_clip_rect(rect.expand2(vec2(6.0, 4.0)));
    add(&mut part)
}

fn page_ui(ui: &mut Ui, tab: &mut BatchTab, base: &Draft, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    ui.spacing_mut().item_spacing = vec2(8.0, 6.0);
    heading_ui(ui, tab, base.product(), actions);
    if let Some((name, words)) = tab.fault.clone() {
        if tab.sheet.is_none() {
            fault_ui(ui, tab, &name, &words, base.product(), actions);
            return;
        }
        ui.horizontal(|ui| {
            let words = format!("{} {name}: {words}", icons::WARNING_CIRCLE);
            if widgets::icon_button(ui, icons::X, "Close the message", 22.0).clicked() {
                tab.fault = None;
            }
            let said = widgets::words(ui, words.as_str(), regular(12.0), palette.amber);
            widgets::name(&said, egui::Role::Label, true, &words);
            said.on_hover_text(words);
        });
    }
    if question_ui(ui, tab, actions) {
        return;
    }
    if tab.sheet.is_none() {
        // There is nothing to show any more.
        tab.is_shown = tab.is_reading;
    }
    let BatchTab { sheet: Some(sheet), view, is_shown, .. } = tab else { return };
    about::about_ui(ui, sheet, is_shown, actions);
    progress_ui(ui, sheet, view);
    picks_ui(ui, sheet, view);
    let below = if view.selected.is_some() { row::height(ui.available_height(), sheet) + 8.0 } else { 0.0 };
    let room = (ui.available_height() - below).max(96.0);
    let size = vec2(ui.available_width(), room);
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::LEFT), |ui| {
        ui.set_min_size(size);
        ui.set_max_height(room);
        table::table_ui(ui, sheet, view, actions);
    });
    if let Some(place) = view.selected {
        row::row_ui(ui, sheet, view, place, actions);
    }
}

fn heading_ui(ui: &mut Ui, tab: &mut BatchTab, product: Product, actions: &mut Vec<Action>) {
    let words = match product {
        Product::Speech => "Speech from a table",
        _ => "Avatar videos from a table",
    };
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        if widgets::icon_button(ui, icons::ARROW_LEFT, "Back to the form", 28.0).clicked() {
            tab.is_shown = false;
        }
        widgets::heading(ui, words);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(sheet) = &tab.sheet {
                let close = widgets::icon_button(ui, icons::X, "Close the table", 28.0);
                if close.on_hover_text("Close the table. Jobs that were made of it go on.").clicked() {
                    if sheet.would_be_lost() {
                        tab.view.asking = Some(Question::Close);
                    } else {
                        actions.push(Action::CloseBatch(sheet.id));
                        tab.forget();
                        return;
                    }
                }
                save_ui(ui, sheet, actions);
            }
            if ui.add(Button::quiet("Another table…").icon(icons::FILE_CSV).small()).clicked() {
                actions.push(Action::PickFile(place_of(product)));
            }
        });
    });
}

/// What a file has to be, where it is none of that.
fn fault_ui(ui: &mut Ui, tab: &mut BatchTab, name: &str, words: &str, product: Product, actions: &mut Vec<Action>) {
    let title = format!("{name} cannot be used");
    let state =
        EmptyState { icon: icons::FILE_CSV, title: &title, sentence: words, button: Some("Choose another file") };
    ui.add_space(24.0);
    if widgets::empty_state(ui, &state) {
        actions.push(Action::PickFile(place_of(product)));
        tab.fault = None;
        tab.is_shown = false;
    }
}

/// The table as a file: as it stands, or with what became of its rows.
fn save_ui(ui: &mut Ui, sheet: &Sheet, actions: &mut Vec<Action>) {
    let stem = sheet.name.rsplit_once('.').map_or(sheet.name.as_str(), |(stem, _)| stem);
    let (words, more, name) = match sheet.summary.made {
        0 => ("Save a copy", "The table as it stands here, as CSV", format!("{stem} (edited).csv")),
        _ => (
            "Save results",
            "The table with each row's state, file, length and charge, as CSV",
            format!("{stem} (results).csv"),
        ),
    };
    let button = Button::quiet(words).icon(icons::DOWNLOAD_SIMPLE).small();
    if ui.add(button).on_hover_text(more).clicked() {
        let csv = if sheet.summary.made == 0 { sheet.table.to_csv() } else { sheet.with_results().to_csv() };
        actions.push(Action::SaveTable { name, csv });
    }
}

fn picks_ui(ui: &mut Ui, sheet: &mut Sheet, view: &mut View) {
    ui.horizontal(|ui| {
        ui.set_min_height(22.0);
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::caption(ui, "Select");
        let links = [
            ("all", "Select all rows", Pick::All),
            ("none", "Select no row", Pick::None),
            ("without problems", "Select the rows without problems", Pick::WithoutProblems),
            ("covered", "Select the rows that are covered", Pick::Covered),
            ("failed", "Select the rows that failed", Pick::Failed),
        ];
        let failed = sheet.summary.failed;
        for (words, called, pick) in links.into_iter().filter(|(_, _, pick)| failed > 0 || *pick != Pick::Failed) {
            if widgets::link(ui, words, called).clicked() {
                sheet.pick(pick);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let summary = &sheet.summary;
            for (only, count, what, called) in [
                (Only::Problems, summary.with_problems, "with problems", "Only rows with problems"),
                (Only::Failed, summary.failed, "failed", "Only rows that failed"),
            ] {
                if count > 0 || view.only == only {
                    let words = format!("{} {what}", format::count(count));
                    let button = Button::quiet(&words).small().selected(view.only == only).icon(icons::FUNNEL);
                    if ui.add(button.named(called)).clicked() {
                        view.only = if view.only == only { Only::All } else { only };
                    }
                }
            }
            let words = if sheet.is_working() {
                let (done, all) = (format::count(sheet.worked_out()), format::count(sheet.entries.len()));
                format!("{done} of {all} rows priced")
            } else {
                format!("{} selected", format::count(sheet.summary.ready))
            };
            widgets::caption(ui, words);
        });
    });
}

#[cfg(test)]
mod tests;
