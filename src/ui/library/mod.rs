//! The Library tab: queue and results at the left, one job's receipt at the right.
//!
//! Owns what is listed, selected and being asked. Opens, pays and saves nothing: every act is an
//! [`Action`]. Whether a file is still there is found out by whoever opens it.

mod ask;
mod details;
mod group;
mod list;
mod shown;
mod timeline;
pub(super) mod words;

use egui::{Align, Layout, Panel, Ui, vec2};
use jiff::tz::TimeZone;

pub use ask::Question;
pub use shown::Filter;
pub use words::standing_words;

use self::list::Shape;
use self::shown::Shown;
use super::widgets::{EmptyState, Segment, empty_state, heading, icon_button, search_field, segmented};
use super::{Action, Model, Tab, icons, pictures::Pictures, theme};
use crate::jobs::types::{BatchId, Board, JobId, JobState};

/// The width of the receipt's column.
pub const DETAILS_WIDTH: f32 = 320.0;

/// What the tab remembers between frames.
pub struct LibraryTab {
    pub filter: Filter,
    pub search: String,
    /// Set when the person wants another tab; whoever draws the window takes it.
    pub go_to: Option<Tab>,
    shape: Shape,
    shown: Shown,
    place: list::Place,
    /// The dangerous act that waits for a second word, and the job it is about.
    asking: Option<Asking>,
    /// The group whose waiting jobs are cancelled at the next word.
    cancelling: Option<BatchId>,
    /// A new attempt was asked for and the board has not answered yet.
    retried: Option<Retried>,
    zone: TimeZone,
}

/// A question that waits for its answer.
struct Asking {
    job: JobId,
    question: Question,
    /// It was asked by a key and not drawn yet: the keyboard goes to its button.
    take_keyboard: bool,
}

/// A press of "Make again" that has no visible answer yet.
struct Retried {
    job: JobId,
    /// The board at the press; any other board is an answer.
    board: std::sync::Arc<Board>,
    /// Unix seconds.
    at: i64,
}

/// Seconds after which "Make again" can be pressed again when nothing has come of it.
const RETRY_PATIENCE_SECS: i64 = 3;

impl Default for LibraryTab {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            search: String::new(),
            go_to: None,
            shape: Shape::default(),
            shown: Shown::default(),
            place: list::Place::default(),
            asking: None,
            cancelling: None,
            retried: None,
            zone: TimeZone::system(),
        }
    }
}

impl LibraryTab {
    /// Shows this job, whatever was filtered before.
    pub fn show_job(&mut self, id: JobId) {
        self.filter = Filter::All;
        self.search.clear();
        self.shown.select_job(id);
        self.place.bring_into_view();
    }

    /// Lists under the filter and the search of this very frame.
    fn refilter(&mut self, model: &Model) {
        self.shown.refresh(&model.board, &model.tables, self.filter, &self.search);
    }

    /// Forgets a question whose job has moved on: its answer would mean something else now.
    fn drop_stale(&mut self, model: &Model) {
        if let Some(asking) = &self.asking {
            let stands = self.shown.selected_job().is_some_and(|job| job.id == asking.job && asking.question.fits(job));
            if !stands {
                self.asking = None;
            }
        }
        if let Some(retried) = &self.retried {
            let answered = !std::sync::Arc::ptr_eq(&retried.board, &model.board);
            if answered || model.now - retried.at >= RETRY_PATIENCE_SECS {
                self.retried = None;
            }
        }
    }
}

/// Draws the tab in all the room there is.
pub fn library_ui(
    ui: &mut Ui,
    model: &Model,
    state: &mut LibraryTab,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    state.refilter(model);
    state.drop_stale(model);
    ui.spacing_mut().item_spacing.y = 8.0;
    if model.board.jobs.is_empty() {
        let empty = EmptyState {
            icon: icons::FILM_STRIP,
            title: "No videos yet",
            sentence: "What you make appears here: its place in the queue, its length, what it cost, and the file.",
            button: Some("Make an avatar video"),
        };
        if empty_state(ui, &empty) {
            state.go_to = Some(Tab::AvatarVideo);
        }
        return;
    }
    list::keys(ui, state, actions);
    let palette = theme::palette(ui);
    let frame = egui::Frame::new().fill(palette.panel);
    Panel::right("library details")
        .exact_size(DETAILS_WIDTH)
        .resizable(false)
        .show_separator_line(false)
        .frame(frame)
        .show(ui, |ui| details::details_ui(ui, model, state, pictures, actions));
    let margin = theme::PAGE_MARGIN;
    let page = egui::Frame::new().inner_margin(egui::Margin { left: 24, right: 24, top: 24, bottom: 0 });
    page.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        head_ui(ui, model, state);
        if state.shown.is_empty() {
            nothing_found_ui(ui, state);
        } else {
            list::list_ui(ui, model, state, pictures, actions, margin);
        }
    });
}

fn head_ui(ui: &mut Ui, model: &Model, state: &mut LibraryTab) {
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), super::widgets::PAGE_HEADING),
        Layout::right_to_left(Align::Center),
        |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            for (shape, glyph, called) in [
                (Shape::List, icons::LIST_BULLETS, "Show as a list"),
                (Shape::Grid, icons::SQUARES_FOUR, "Show as pictures"),
            ] {
                let response = icon_button(ui, glyph, called, 28.0);
                if state.shape == shape {
                    let stroke = egui::Stroke::new(1.0, theme::palette(ui).line);
                    ui.painter().rect_stroke(response.rect, theme::RADIUS, stroke, egui::StrokeKind::Inside);
                }
                if response.clicked() {
                    state.shape = shape;
                    state.place.bring_into_view();
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| heading(ui, "Library"));
        },
    );
    ui.add_space(12.0);
    let before = state.filter;
    let mut searched = false;
    let size = vec2(ui.available_width(), theme::CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        let segments: Vec<Segment<'_, Filter>> = state
            .shown
            .labels()
            .iter()
            .map(|(filter, label)| Segment::new(*filter, label).called(filter.name()))
            .collect();
        segmented(ui, "Which jobs", &segments, &mut state.filter, None);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let width = (ui.available_width() - 4.0).clamp(80.0, 220.0);
            searched =
                search_field(ui, "Search titles and projects", "Search titles", &mut state.search, width).changed();
        });
    });
    ui.add_space(16.0);
    if state.filter != before || searched {
        state.place.go_to_top();
        state.refilter(model);
    }
}

fn nothing_found_ui(ui: &mut Ui, state: &mut LibraryTab) {
    let sentence = match (state.search.trim(), state.filter) {
        ("", Filter::InTheQueue) => "Nothing is waiting, rendering or coming home.".to_owned(),
        ("", Filter::AsksYou) => "No job needs a decision from you.".to_owned(),
        ("", filter) => format!("No job is under “{}”.", filter.name()),
        (search, Filter::All) => format!("No title or project holds “{search}”."),
        (search, filter) => format!("No title or project under “{}” holds “{search}”.", filter.name()),
    };
    let empty = EmptyState {
        icon: icons::MAGNIFYING_GLASS,
        title: "Nothing here",
        sentence: &sentence,
        button: Some("Show all jobs"),
    };
    if empty_state(ui, &empty) {
        state.filter = Filter::All;
        state.search.clear();
    }
}

/// The mark of a state: its glyph and colour. Red is only for what is live at HeyGen.
fn mark_of(palette: &theme::Palette, state: JobState) -> (&'static str, egui::Color32) {
    match state {
        JobState::Held => (icons::CLOCK, palette.dim),
        JobState::Uploading => (icons::UPLOAD_SIMPLE, palette.blue),
        JobState::Submitting | JobState::Running => (icons::BROADCAST, palette.red),
        JobState::Downloading => (icons::DOWNLOAD_SIMPLE, palette.green),
        JobState::Done => (icons::CHECK_CIRCLE, palette.green),
        JobState::Failed => (icons::WARNING_CIRCLE, palette.amber),
        JobState::Cancelled => (icons::PROHIBIT, palette.faint),
        JobState::OutcomeUnknown => (icons::QUESTION, palette.amber),
    }
}

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
