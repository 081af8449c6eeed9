//! The Avatars tab: new avatars, the person's own ones, and voices of their own.

mod making;
pub mod own;
mod voices;
mod yours;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use egui::{Frame, Margin, ScrollArea, Ui, vec2};

use own::OwnAction;

use super::Action;
use super::form::{Form, FormAnswer, FormTab, form_ui};
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::Quoted;
use super::widgets::{self, Segment};
use crate::draft::avatar_creation::Origin;
use crate::draft::avatar_video::LocalFile;
use crate::draft::{AvatarCreationDraft, Field, Look};

/// Which part of the tab is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    #[default]
    New,
    Yours,
    Voices,
}

/// What the tab remembers.
#[derive(Default)]
pub struct AvatarsTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<AvatarCreationDraft>,
    pub view: View,
    /// The part that was shown in the last frame.
    seen: View,
    yours: yours::Yours,
    voices: voices::Voices,
}

impl AvatarsTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        let draft = &mut self.form.draft;
        match field {
            // A picture that is dropped while somebody is described belongs to the description.
            Field::Look if draft.origin == Origin::Prompt => draft.set_reference(usize::MAX, file),
            Field::Look => {
                draft.origin = Origin::Photo;
                draft.photo = Some(file);
            }
            Field::Video => {
                draft.origin = Origin::Footage;
                draft.footage = Some(file);
            }
            Field::Reference(place) => {
                draft.origin = Origin::Prompt;
                draft.set_reference(usize::from(place), file);
            }
            Field::Voice => {
                self.voices.take_sound(file);
                self.view = View::Voices;
                return;
            }
            _ => return,
        }
        self.form.touch(field);
        self.view = View::New;
    }

    /// The look that was chosen for a video just now.
    pub fn look_to_use(&mut self) -> Option<Look> {
        self.yours.to_use.take()
    }

    /// Presses the button, where it is in sight.
    pub fn create(&mut self, model: &Model, actions: &mut Vec<Action>) {
        if self.view == View::New {
            self.form.create(model, actions);
        }
    }
}

impl FormTab for AvatarsTab {
    type Draft = AvatarCreationDraft;

    fn form(&mut self) -> &mut Form<AvatarCreationDraft> {
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
        head_ui(ui, &mut self.view);
        ui.add_space(6.0);
        making::making_ui(ui, model, &mut self.form, quoted, pictures, actions);
    }
}

/// Draws the tab: the form with its receipt, or one of the pages that spend nothing.
pub fn avatars_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut AvatarsTab,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) -> FormAnswer {
    let cast = &model.own.cast;
    let is_entered = std::mem::replace(&mut tab.seen, tab.view) != tab.view && tab.view == View::Yours;
    if !cast.loading && (is_entered || cast.value.is_none() && cast.fault.is_none()) {
        actions.push(Action::Own(OwnAction::Read));
    }
    if tab.view == View::New {
        return form_ui(ui, model, tab, pictures, actions);
    }
    ScrollArea::vertical().id_salt("own").auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(24, 20)).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
            head_ui(ui, &mut tab.view);
            match tab.view {
                View::New => {}
                View::Yours => yours::yours_ui(ui, model, &mut tab.yours, pictures, actions),
                View::Voices => voices::voices_ui(ui, model, &mut tab.voices, actions),
            }
        });
    });
    FormAnswer::default()
}

fn head_ui(ui: &mut Ui, view: &mut View) {
    ui.horizontal(|ui| {
        ui.set_min_height(widgets::PAGE_HEADING);
        widgets::heading(ui, "Avatars");
        ui.add_space(12.0);
        let segments = [
            Segment::new(View::New, "New avatar"),
            Segment::new(View::Yours, "Yours").called("Your avatars"),
            Segment::new(View::Voices, "Voices").called("Your voices"),
        ];
        // Beside the title: the pages differ in width, and a switch at their right edge would jump.
        widgets::segmented(ui, "Part of the tab", &segments, view, None);
    });
}
