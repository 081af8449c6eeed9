//! The Cinematic tab: one to three looks in a scene that a prompt describes.

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use super::avatar_video::options::{option_button, popup};
use super::form::{Form, FormTab};
use super::gallery::{self, Cast, Gallery};
use super::model::Model;
use super::pictures::Pictures;
use super::places::Place;
use super::prompt::{Prompt, prompt_ui};
use super::quoting::Quoted;
use super::references::References;
use super::theme::CONTROL_HEIGHT;
use super::widgets::{self, Segment};
use super::{Action, icons, references};
use crate::draft::avatar_video::LocalFile;
use crate::draft::cinematic::{
    LOOKS_LIMIT, PICTURES_LIMIT, PROMPT_LIMIT, SECONDS, SHAPES, USUAL_SECONDS, VIDEOS_LIMIT,
};
use crate::draft::{CinematicDraft, Composition as _, Field, Product, Resolution};

/// A scene to try things with.
const SAMPLE: &str = "A slow push in through falling snow towards a lit window at night. Inside, she looks up from \
a letter, recognises somebody outside, and begins to smile. Warm lamplight against blue dusk, shallow focus, no words.";

/// What the tab remembers.
#[derive(Default)]
pub struct CinematicTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<CinematicDraft>,
    gallery: Gallery,
    /// Files were added: they are brought into sight.
    show_files: bool,
}

impl CinematicTab {
    /// Puts a probed file where it belongs: the next of the references.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        if matches!(field, Field::Reference(_)) {
            references::take(&mut self.form.draft.references, file);
            self.show_files = true;
        }
    }
}

impl FormTab for CinematicTab {
    type Draft = CinematicDraft;

    fn form(&mut self) -> &mut Form<CinematicDraft> {
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
        let problem = self.form.problem(quoted, Field::Look).map(str::to_owned);
        let names: Vec<&str> = self.form.draft.looks.iter().map(|look| look.name.as_str()).collect();
        let chosen = match names.as_slice() {
            [] => format!("0 of {LOOKS_LIMIT} looks chosen"),
            some => format!("{} · {} of {LOOKS_LIMIT} looks", some.join(", "), some.len()),
        };
        widgets::page_heading(ui, "Cinematic", |ui| {
            match problem {
                Some(problem) => widgets::problem(ui, &problem),
                None => widgets::caption(ui, chosen),
            };
        });
        let cast = Cast::Looks { chosen: &mut self.form.draft.looks, most: LOOKS_LIMIT };
        if gallery::gallery_ui(ui, model, &mut self.gallery, cast, pictures, actions) {
            self.form.touch(Field::Look);
        }
        ui.add_space(8.0);
        choices_ui(ui, &mut self.form.draft);
        ui.add_space(8.0);
        scene_ui(ui, model, self, quoted);
        ui.add_space(4.0);
        let draft = &mut self.form.draft;
        let note = format!(
            "{} of {PICTURES_LIMIT} pictures with the looks, {} of {VIDEOS_LIMIT} videos",
            draft.pictures(),
            draft.videos()
        );
        let place = Place::new(Product::Cinematic, Field::Reference(0));
        let show = std::mem::take(&mut self.show_files);
        let about = References { label: "References", note: &note, place, show };
        references::references_ui(ui, &about, &mut draft.references, quoted, pictures, actions);
    }
}

/// Length, resolution and shape, side by side where there is room.
fn choices_ui(ui: &mut Ui, draft: &mut CinematicDraft) {
    const GAP: f32 = 14.0;
    let tight = ui.available_width() < 600.0;
    let (resolution_width, shape_width) = if tight { (130.0, 160.0) } else { (160.0, 190.0) };
    let length_width = (ui.available_width() - resolution_width - shape_width - 2.0 * GAP).max(200.0);
    ui.spacing_mut().item_spacing.x = GAP;
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        widgets::field(ui, "Length", None, length_width, |ui| length_ui(ui, draft, length_width));
        widgets::field(ui, "Resolution", None, resolution_width, |ui| {
            let segments = [Resolution::P720, Resolution::P1080].map(|size| Segment::new(size, size.name()));
            widgets::segmented(ui, "Resolution", &segments, &mut draft.resolution, Some(resolution_width));
        });
        widgets::field(ui, "Shape", None, shape_width, |ui| {
            let segments = SHAPES.map(|shape| Segment::new(shape, shape.word()));
            widgets::segmented(ui, "Shape", &segments, &mut draft.aspect_ratio, Some(shape_width));
        });
    });
    ui.spacing_mut().item_spacing.x = 8.0;
}

/// Whole seconds, or as the prompt asks; one price either way.
fn length_ui(ui: &mut Ui, draft: &mut CinematicDraft, width: f32) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        let mut automatic = draft.seconds.is_none();
        let set = draft.seconds.map_or_else(|| "Seconds".to_owned(), |seconds| format!("{seconds} s"));
        let segments = [Segment::new(true, "Automatic"), Segment::new(false, set.as_str()).called("Set the seconds")];
        if widgets::segmented(ui, "Length", &segments, &mut automatic, Some(168.0_f32.min(width))).changed() {
            draft.seconds = (!automatic).then_some(USUAL_SECONDS);
        }
        let room = width - 168.0 - 10.0;
        if let Some(seconds) = &mut draft.seconds
            && room > 60.0
        {
            ui.spacing_mut().slider_width = room;
            let response = widgets::rail(ui, "Seconds", seconds, SECONDS);
            let spoken = format!("{seconds} seconds");
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(spoken));
        }
    });
}

fn scene_ui(ui: &mut Ui, model: &Model, tab: &mut CinematicTab, quoted: &Quoted) {
    let prompt = Prompt {
        label: "Scene",
        spoken: "Scene",
        hint: "Who does what, where, in which light, and how the camera moves. Drop pictures and videos to follow.",
        sample: (SAMPLE, "Try a sample scene"),
        product: Product::Cinematic,
        limit: PROMPT_LIMIT,
        problem: tab.form.problem(quoted, Field::Prompt),
    };
    if prompt_ui(ui, model, &prompt, &mut tab.form.draft.prompt) {
        tab.form.touch(Field::Prompt);
    }
    ui.allocate_ui_with_layout(
        vec2(ui.available_width(), CONTROL_HEIGHT),
        Layout::left_to_right(Align::Center),
        |ui| {
            let words = "Let HeyGen write the scene out";
            widgets::toggle(ui, words, &mut tab.form.draft.enhance_prompt)
                .on_hover_text("HeyGen adds detail to what you wrote before it follows it. It costs the same.");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let problem = quoted.problems.iter().find(|problem| problem.field == Field::Title);
                let problem = problem.map(|problem| problem.message.as_str());
                let set = !tab.form.draft.title.is_empty();
                let response = option_button(ui, "Title", icons::NOTE_PENCIL, set, problem);
                popup(&response, 300.0, |ui| {
                    widgets::field_label(ui, "Title", "", problem);
                    let hint = tab.form.draft.effective_title();
                    widgets::text_line(ui, "Title", &hint, &mut tab.form.draft.title, 300.0);
                });
            });
        },
    );
}

#[cfg(test)]
mod tests;
