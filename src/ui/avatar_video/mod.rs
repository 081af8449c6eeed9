//! The Avatar video tab: a face, a voice, a script or a sound, and how it is rendered.

pub(super) mod options;
mod script;
mod voice;

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use super::batch::{self, BatchTab};
use super::compare::{Compare, compare_ui};
use super::form::{Form, FormTab};
use super::gallery;
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::Quoted;
use super::theme::CONTROL_HEIGHT;
use super::voices::VoiceList;
use super::widgets::{self, Segment};
use super::{Action, icons};
use crate::draft::avatar_video::{Background, Face, LocalFile, Source};
use crate::draft::{AspectRatio, AvatarVideoDraft, Choice, Engine, Field, Look, Product, Resolution};

pub(super) use options::{option_button, own_title_label, popup};
pub(super) use script::insert_at_cursor;

/// What the tab remembers.
#[derive(Default)]
pub struct AvatarVideoTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<AvatarVideoDraft>,
    gallery: gallery::Gallery,
    voices: VoiceList,
    pub(super) compare: Compare<AvatarVideoDraft>,
    /// Many videos from one table.
    pub batch: BatchTab,
    /// The voice came with the look and goes with it.
    voice_of_look: bool,
}

impl AvatarVideoTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        match field {
            Field::Audio => {
                self.form.draft.audio = Some(file);
                self.form.draft.source = Source::Audio;
                self.form.touch(Field::Audio);
            }
            Field::Look => {
                self.form.draft.face = Face::Image(file);
                self.form.touch(Field::Look);
                self.form.draft.fit_to_face();
            }
            Field::Background => {
                self.form.draft.background = Background::Image(file);
                self.form.touch(Field::Background);
            }
            Field::Reference(_) => self.batch.take_file(file.path),
            _ => {}
        }
    }

    /// Chooses a look from elsewhere.
    pub fn use_look(&mut self, look: Look) {
        self.form.draft.face = Face::Look(look);
        self.batch.is_shown = false;
        self.gallery.show_chosen();
        self.face_changed();
    }

    fn face_changed(&mut self) {
        self.form.touch(Field::Look);
        if std::mem::take(&mut self.voice_of_look) {
            self.form.draft.voice = None;
        }
        self.form.draft.fit_to_face();
    }

    /// A switch was taken back: a voice that is the look's own goes with the look again.
    pub(super) fn after_undo(&mut self) {
        if let Face::Look(look) = &self.form.draft.face {
            let voice = self.form.draft.voice.as_ref().map(|voice| &voice.id);
            self.voice_of_look = voice.is_some() && voice == look.default_voice_id.as_ref();
        }
    }

    fn problem<'a>(&self, quoted: &'a Quoted, field: Field) -> Option<&'a str> {
        self.form.problem(quoted, field)
    }
}

impl FormTab for AvatarVideoTab {
    type Draft = AvatarVideoDraft;

    fn form(&mut self) -> &mut Form<AvatarVideoDraft> {
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
        page_ui(ui, model, self, quoted, pictures, actions);
    }
}

fn page_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut AvatarVideoTab,
    quoted: &Arc<Quoted>,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    const HEADING: &str = "Avatar video";
    /// The row over the script, with the gap under it.
    const LABEL_ROW: f32 = 26.0;
    if tab.compare.is_open() {
        follow_look(model, tab);
        if compare_ui(ui, model, &mut tab.compare, &mut tab.form, &model.voices, actions) {
            tab.voice_of_look = false;
        }
        return;
    }
    let page = ui.max_rect();
    // The page as far as it is seen, without its margins.
    let room = ui.clip_rect().height() - 2.0 * 20.0;
    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
    let face_problem = tab.problem(quoted, Field::Look).map(str::to_owned);
    let low = gallery::is_low(ui);
    tab.gallery.heading = low.then_some(HEADING);
    tab.gallery.button = low.then(|| batch::entry_words(&tab.batch));
    match face_problem.as_deref() {
        None if low => {}
        Some(problem) if low => {
            widgets::problem(ui, problem);
        }
        problem => widgets::page_heading(ui, HEADING, |ui| {
            batch::entry_ui(ui, &mut tab.batch, Product::AvatarVideo, actions);
            if let Some(problem) = problem {
                widgets::problem(ui, problem);
            }
        }),
    }
    if gallery::gallery_ui(
        ui,
        model,
        &mut tab.gallery,
        gallery::Cast::Face(&mut tab.form.draft.face),
        pictures,
        actions,
    ) {
        tab.face_changed();
    }
    if std::mem::take(&mut tab.gallery.pressed) {
        tab.batch.enter(Product::AvatarVideo, actions);
    }
    follow_look(model, tab);
    ui.add_space(8.0);
    choices_ui(ui, model, tab, quoted, actions);
    ui.add_space(8.0);
    // What is left above the options and the page's lower margin belongs to the script.
    let used = ui.cursor().top() - page.top();
    let height = (room - used - LABEL_ROW - CONTROL_HEIGHT - 2.0 * 8.0).clamp(96.0, 460.0);
    match tab.form.draft.source {
        Source::Script => script::script_ui(ui, model, tab, quoted, height),
        Source::Audio => script::audio_ui(ui, tab, quoted, actions),
    }
    options::options_ui(ui, model, tab, quoted, actions);
}

/// Where no voice is chosen, the look's own one is, so that its language and pace are known.
fn follow_look(model: &Model, tab: &mut AvatarVideoTab) {
    if let Some(voice) = &tab.form.draft.voice {
        let own = match &tab.form.draft.face {
            Face::Look(look) => look.default_voice_id.as_ref(),
            Face::None | Face::Image(_) => None,
        };
        // Another was chosen on the receipt: it stays when the look changes.
        tab.voice_of_look &= own == Some(&voice.id);
        return;
    }
    let Some(voices) = &model.voices.value else { return };
    let Some(id) = tab.form.draft.voice_id() else { return };
    if let Some(voice) = voices.iter().find(|voice| voice.id == id) {
        tab.form.draft.voice = Some(voice.clone());
        tab.voice_of_look = true;
    }
}

/// Voice, engine, resolution and shape, side by side where there is room.
fn choices_ui(ui: &mut Ui, model: &Model, tab: &mut AvatarVideoTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    const GAP: f32 = 14.0;
    let tight = ui.available_width() < 534.0;
    let (engine_width, resolution_width, shape_width) =
        if tight { (100.0, 158.0, 186.0) } else { (118.0, 182.0, 206.0) };
    let rest = ui.available_width() - engine_width - resolution_width - shape_width - 3.0 * GAP;
    let wide = rest >= 170.0;
    let voice_width = if wide { rest } else { ui.available_width() };
    ui.spacing_mut().item_spacing.x = GAP;
    let before = ChoicesBefore::of(&tab.form.draft);
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        let problem = tab.problem(quoted, Field::Voice).map(str::to_owned);
        widgets::field(ui, "Voice", problem.as_deref(), voice_width, |ui| {
            // The sound brings its own voice.
            ui.add_enabled_ui(tab.form.draft.source == Source::Script, |ui| {
                voice::voice_ui(ui, model, &mut tab.voices, &mut tab.form.draft, actions);
            });
        });
        let problem = tab.problem(quoted, Field::Engine).map(str::to_owned);
        widgets::field(ui, "Engine", problem.as_deref(), engine_width, |ui| {
            let segments = Engine::ALL.map(|engine| {
                Segment::new(engine, engine.numeral())
                    .called(engine.name())
                    .refused(tab.form.draft.engine_refusal(engine))
            });
            widgets::segmented(ui, "Engine", &segments, &mut tab.form.draft.engine, Some(engine_width));
        });
        widgets::field(ui, "Resolution", None, resolution_width, |ui| {
            let segments = Resolution::ALL.map(|resolution| {
                Segment::new(resolution, resolution.name()).refused(size_refusal(quoted, resolution))
            });
            widgets::segmented(ui, "Resolution", &segments, &mut tab.form.draft.resolution, Some(resolution_width));
        });
        widgets::field(ui, "Shape", None, shape_width, |ui| {
            shape_ui(ui, &mut tab.form.draft.aspect_ratio, shape_width)
        });
    });
    before.note_changes(tab);
    ui.spacing_mut().item_spacing.x = 8.0;
}

/// Why a size is not offered: the card has no price for it.
fn size_refusal(quoted: &Quoted, size: Resolution) -> Option<String> {
    let way = quoted.alternatives.iter().find(|way| way.choice == Choice::Size(size));
    let has_price = way.is_some_and(|way| way.quote.as_ref().is_ok_and(|quote| quote.total.span().is_some()));
    let refused = size == Resolution::K4 && !has_price;
    refused.then(|| "There is no published price for 4K, so it is not offered.".to_owned())
}

struct ChoicesBefore {
    engine: Engine,
    voice: Option<String>,
}

impl ChoicesBefore {
    fn of(draft: &AvatarVideoDraft) -> Self {
        Self { engine: draft.engine, voice: draft.voice.as_ref().map(|voice| voice.id.clone()) }
    }

    fn note_changes(self, tab: &mut AvatarVideoTab) {
        if self.engine != tab.form.draft.engine {
            tab.form.touch(Field::Engine);
            tab.form.draft.fit_to_face();
        }
        if self.voice.as_deref() != tab.form.draft.voice.as_ref().map(|voice| voice.id.as_str()) {
            tab.form.touch(Field::Voice);
            tab.voice_of_look = false;
        }
    }
}

/// The three usual shapes and a menu with the rest.
fn shape_ui(ui: &mut Ui, shape: &mut AspectRatio, width: f32) {
    let usual = [AspectRatio::Wide, AspectRatio::Tall, AspectRatio::Square];
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let mut segments: Vec<_> = usual.into_iter().map(|shape| Segment::new(shape, shape.word())).collect();
        if !usual.contains(shape) {
            segments.truncate(2);
            segments.push(Segment::new(*shape, shape.word()));
        }
        widgets::segmented(ui, "Shape", &segments, shape, Some(width - 32.0));
        let more = widgets::icon_button(ui, icons::CARET_DOWN, "More shapes", 28.0);
        egui::Popup::menu(&more).gap(4.0).width(160.0).show(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for other in AspectRatio::ALL {
                let label = if other == AspectRatio::Auto { "As the face".to_owned() } else { other.word().to_owned() };
                let item = widgets::SelectItem { label, selected: other == *shape, ..Default::default() };
                if widgets::row_ui(ui, &item, false, 0.0) {
                    *shape = other;
                    ui.close();
                }
            }
        });
    });
}
