//! The Clips tab: a long video, the lengths of the clips to cut from it, and the clips themselves.

mod results;

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use super::file_field::seen_field;
use super::form::{Form, FormTab};
use super::model::Model;
use super::pictures::Pictures;
use super::places::Place;
use super::quoting::Quoted;
use super::recent::recent_ui;
use super::theme::{palette, regular};
use super::widgets::{self, Segment, SelectItem};
use super::{Action, format, icons};
use crate::draft::avatar_video::LocalFile;
use crate::draft::clips::{ClipLength, ClipShape, PROMPT_LIMIT};
use crate::draft::{ClipsDraft, Composition as _, Field, Product};

pub use results::clips_ui;

/// What the tab remembers.
#[derive(Default)]
pub struct ClipsTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<ClipsDraft>,
}

impl ClipsTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        if field == Field::Video {
            self.form.draft.video = Some(file);
            self.form.touch(Field::Video);
        }
    }
}

impl FormTab for ClipsTab {
    type Draft = ClipsDraft;

    fn form(&mut self) -> &mut Form<ClipsDraft> {
        &mut self.form
    }

    fn page_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        quoted: &Arc<Quoted>,
        pictures: &mut Pictures,
        actions: &mut Vec<Action>,
    ) {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        widgets::page_heading(ui, "Clips", |_| {});
        video_ui(ui, model, self, quoted, pictures, actions);
        ui.add_space(8.0);
        let lists = &model.languages;
        if lists.value.is_none() && !lists.loading && lists.fault.is_none() {
            actions.push(Action::ReadLanguages);
        }
        choices_ui(ui, model, self, quoted);
        ui.add_space(8.0);
        guidance_ui(ui, self, quoted);
        results::results_ui(ui, model, &self.form.last, pictures, actions);
    }
}

fn video_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut ClipsTab,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let video = tab.form.draft.video.as_ref();
    // What is wrong with a chosen file is said at once.
    let problem = match video {
        Some(_) => quoted.problems.iter().find(|problem| problem.field == Field::Video),
        None => None,
    };
    let problem = problem.map(|problem| problem.message.clone());
    let problem = problem.or_else(|| tab.form.problem(quoted, Field::Video).map(str::to_owned));
    let place = Place::new(Product::Clips, Field::Video);
    let width = ui.available_width();
    if seen_field(ui, pictures, ("Long video", place), video, problem.as_deref(), width, actions) {
        tab.form.draft.video = None;
    }
    if tab.form.draft.video.is_none() {
        recent_ui(ui, model, place, pictures, actions);
    }
}

/// Lengths and shape, then captions and language.
fn choices_ui(ui: &mut Ui, model: &Model, tab: &mut ClipsTab, quoted: &Quoted) {
    let problem = tab.form.problem(quoted, Field::Lengths).map(str::to_owned);
    ui.spacing_mut().item_spacing.x = 24.0;
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        widgets::field(ui, "Lengths, one clip each", problem.as_deref(), 372.0, |ui| lengths_ui(ui, tab));
        widgets::field(ui, "Shape", None, 264.0, |ui| {
            let segments = ClipShape::ALL.map(|shape| Segment::new(shape, shape.name()));
            widgets::segmented(ui, "Shape", &segments, &mut tab.form.draft.shape, Some(264.0));
        });
    });
    let beside = ui.available_width() - 170.0 - 302.0 - 2.0 * 24.0;
    let title_width = if beside >= 180.0 { beside.min(302.0) } else { 302.0 };
    ui.add_space(4.0);
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        widgets::field(ui, "Language of the video", None, 170.0, |ui| {
            language_ui(ui, model, tab, 170.0);
        });
        let problem = quoted.problems.iter().find(|problem| problem.field == Field::Style);
        let problem = problem.map(|problem| problem.message.as_str());
        widgets::field(ui, "Captions", problem, 302.0, |ui| captions_ui(ui, tab));
        let problem = quoted.problems.iter().find(|problem| problem.field == Field::Title);
        let problem = problem.map(|problem| problem.message.as_str());
        widgets::field(ui, "Title", problem, title_width, |ui| {
            let hint = tab.form.draft.effective_title();
            widgets::text_line(ui, "Title", &hint, &mut tab.form.draft.title, title_width);
        });
    });
    ui.spacing_mut().item_spacing.x = 8.0;
}

/// The language that is spoken in the video, of those HeyGen knows; usually it is heard.
fn language_ui(ui: &mut Ui, model: &Model, tab: &mut ClipsTab, width: f32) {
    let current = tab.form.draft.input_language.clone();
    let heard = "Found by itself";
    let languages = model.languages.value.as_deref().map_or(&[][..], Vec::as_slice);
    let shown = current.as_deref().unwrap_or(heard);
    let chosen = widgets::select(ui, "Language of the video", shown, None, width, || {
        let none = SelectItem { label: heard.to_owned(), selected: current.is_none(), ..SelectItem::default() };
        let each = languages.iter().map(|language| SelectItem {
            label: language.clone(),
            selected: current.as_ref() == Some(language),
            ..SelectItem::default()
        });
        std::iter::once(none).chain(each).collect()
    });
    if let Some(place) = chosen {
        tab.form.draft.input_language = place.checked_sub(1).and_then(|place| languages.get(place)).cloned();
    }
}

fn lengths_ui(ui: &mut Ui, tab: &mut ClipsTab) {
    let too_long = tab.form.draft.too_long();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        for length in ClipLength::ALL {
            let mut on = tab.form.draft.lengths.contains(&length);
            let toggle = widgets::toggle(ui, length.name(), &mut on);
            if toggle.changed() {
                tab.form.draft.set_length(length, on);
                tab.form.touch(Field::Lengths);
            }
            if length == ClipLength::Long {
                let _ = toggle.on_hover_text("Longer than three minutes: HeyGen chooses how long.");
            } else if too_long.contains(&length) {
                let _ = toggle.on_hover_text("The whole video is shorter than this.");
            }
        }
    });
    if !too_long.is_empty() {
        let names: Vec<&str> = too_long.iter().map(|length| length.name()).collect();
        let words = format!("The whole video is shorter than {}.", names.join(" and "));
        widgets::words(ui, format!("{} {words}", icons::INFO), regular(12.0), palette(ui).amber);
    }
}

/// Whether what is said is written into the picture, and how.
fn captions_ui(ui: &mut Ui, tab: &mut ClipsTab) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::toggle(ui, "In the picture", &mut tab.form.draft.captions);
        let width = ui.available_width().min(170.0);
        ui.add_enabled_ui(tab.form.draft.captions, |ui| {
            let style = &mut tab.form.draft.caption_style;
            widgets::text_line(ui, "Caption style", "Usual style", style, width).on_hover_text(
                "HeyGen publishes no list of its caption styles. If you know the name of one, write it here; empty, \
                     the usual one is taken.",
            );
        });
    });
}

/// What to look for.
fn guidance_ui(ui: &mut Ui, tab: &mut ClipsTab, quoted: &Quoted) {
    let characters = tab.form.draft.prompt.trim().chars().count();
    let problem = quoted.problems.iter().find(|problem| problem.field == Field::Prompt);
    let problem = problem.map(|problem| problem.message.clone());
    let note = format!("{} of {} characters", format::count(characters), format::count(PROMPT_LIMIT));
    widgets::field_label(ui, "What to look for", &note, problem.as_deref());
    let hint = "Empty: HeyGen picks the strongest moments. Or say what counts: the product demonstration, the jokes, \
                the answer about prices.";
    let prompt = &mut tab.form.draft.prompt;
    let area = widgets::text_area(ui, "What to look for", hint, prompt, 72.0, problem.as_deref(), |_: &str| Vec::new());
    if area.changed() {
        tab.form.touch(Field::Prompt);
    }
}

#[cfg(test)]
mod tests;
