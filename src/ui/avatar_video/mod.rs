//! The Avatar video tab: a face, a voice, a script or a sound, and how it is rendered.

mod gallery;
mod options;
mod queue;
mod script;
mod voice;

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Align, Frame, Layout, Margin, Rect, ScrollArea, Stroke, Ui, vec2};

use super::action::FilePurpose;
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::{Quoted, Quoting, quoted_price};
use super::receipt::{self, Standing};
use super::theme::{CONTROL_HEIGHT, PAGE_MARGIN, palette};
use super::widgets::{self, Segment};
use super::{Action, Tab, icons};
use crate::draft::avatar_video::{Background, Face, LocalFile, Source};
use crate::draft::{AspectRatio, AvatarVideoDraft, Engine, Field, Resolution};

pub use gallery::Filter;

/// What the tab remembers.
#[derive(Default)]
pub struct AvatarVideoTab {
    /// What is being composed.
    pub draft: AvatarVideoDraft,
    /// How the button stands.
    pub standing: Standing,
    /// The quote of the draft.
    pub quoting: Quoting,
    gallery: gallery::Gallery,
    voices: voice::VoiceList,
    /// The voice came with the look and goes with it.
    voice_of_look: bool,
    /// Fields the person has changed: their problems are shown.
    touched: BTreeSet<Field>,
    /// The button was pressed while something was missing: all problems are shown.
    pressed: bool,
    /// The draft of the last job that was made.
    made: Option<Box<AvatarVideoDraft>>,
    /// Seconds of the window's own time until which the button says that the job is in the queue.
    made_until: Option<f64>,
    /// An answer came and the time of it is to be noted in the next frame.
    made_now: bool,
}

impl AvatarVideoTab {
    /// Takes a draft from elsewhere (a job that is edited again).
    pub fn load(&mut self, draft: AvatarVideoDraft) {
        self.draft = draft;
        self.standing = Standing::default();
        self.touched.clear();
        self.pressed = false;
        self.made = None;
    }

    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, purpose: FilePurpose, file: LocalFile) {
        match purpose {
            FilePurpose::DrivingAudio => {
                self.draft.audio = Some(file);
                self.draft.source = Source::Audio;
                self.touched.insert(Field::Audio);
            }
            FilePurpose::FaceImage => {
                self.draft.face = Face::Image(file);
                self.touched.insert(Field::Look);
                after_face(self);
            }
            FilePurpose::BackgroundImage => {
                self.draft.background = Background::Image(file);
                self.touched.insert(Field::Background);
            }
        }
    }

    /// The submission was answered.
    pub fn submitted(&mut self, answer: Result<(), String>) {
        self.standing.submitting = false;
        match answer {
            Ok(()) => {
                self.made = Some(Box::new(self.draft.clone()));
                self.made_now = true;
                self.standing.refusal = None;
                self.pressed = false;
            }
            Err(words) => self.standing.refusal = Some(words),
        }
    }

    /// The problem of a field, where it is time to show it.
    fn problem<'a>(&self, quoted: &'a Quoted, field: Field) -> Option<&'a str> {
        if !self.pressed && !self.touched.contains(&field) {
            return None;
        }
        quoted.problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
    }

    /// Presses the button: submits once, or shows what is missing.
    pub fn create(&mut self, model: &Model, actions: &mut Vec<Action>) {
        if self.standing.submitting || self.standing.just_made {
            return;
        }
        let quoted = self.quoting.of(&self.draft, &model.card, &model.pace);
        if receipt::missing(model, &quoted).is_some() {
            self.pressed = true;
            return;
        }
        if let Some(price) = quoted_price(&quoted.quote) {
            self.standing.submitting = true;
            self.standing.refusal = None;
            actions.push(Action::Submit { draft: Box::new(self.draft.clone()), quoted: price });
        }
    }

    fn note_time(&mut self, ui: &Ui) {
        /// Long enough that the second half of a double click cannot buy again.
        const SHOWN_SECONDS: f64 = 1.6;
        let now = ui.input(|input| input.time);
        if std::mem::take(&mut self.made_now) {
            self.made_until = Some(now + SHOWN_SECONDS);
        }
        self.standing.just_made = self.made_until.is_some_and(|until| now < until);
        if self.standing.just_made {
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(400));
        } else {
            self.made_until = None;
        }
        self.standing.made_before = self.made.as_deref() == Some(&self.draft);
        if self.standing.made_before && !self.standing.just_made {
            return;
        }
        if !self.standing.just_made {
            self.made = None;
        }
    }
}

/// Draws the tab and its receipt; the tab to show, if a link asked for one.
pub fn avatar_video_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut AvatarVideoTab,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) -> Option<Tab> {
    let palette = palette(ui);
    tab.note_time(ui);
    let mut show = None;
    // Places first, then the form, the queue and the receipt in the order of the Tab key.
    let whole = ui.available_rect_before_wrap();
    let (rest, slip) = whole.split_left_right_at_x(whole.right() - receipt_width(ui));
    let has_queue = !model.board.jobs.is_empty() && rest.height() > 300.0;
    let compact = rest.height() < 680.0;
    let queue_height = match (has_queue, compact) {
        (false, _) => 0.0,
        (true, true) => queue::COMPACT_HEIGHT,
        (true, false) => queue::HEIGHT,
    };
    let (page, strip) = rest.split_top_bottom_at_y(rest.bottom() - queue_height);
    let line = Stroke::new(1.0, palette.line);

    let quoted = tab.quoting.of(&tab.draft, &model.card, &model.pace);
    part_ui(ui, "page", page, |ui| {
        ScrollArea::vertical().id_salt("form").auto_shrink([false, false]).show(ui, |ui| {
            Frame::new().inner_margin(Margin::symmetric(24, 20)).show(ui, |ui| {
                form_ui(ui, model, tab, &quoted, pictures, actions);
            });
        });
    });
    if has_queue {
        ui.painter().hline(strip.x_range(), strip.top() + 0.5, line);
        part_ui(ui, "queue", strip, |ui| {
            if queue::queue_ui(ui, model, compact, pictures, actions) {
                show = Some(Tab::Library);
            }
        });
    }
    ui.painter().rect_filled(slip, 0, palette.panel);
    ui.painter().vline(slip.left() + 0.5, slip.y_range(), line);
    // The form may have changed the draft in this very frame.
    let quoted = tab.quoting.of(&tab.draft, &model.card, &model.pace);
    let inner = Rect::from_min_max(slip.min + vec2(21.0, 18.0), slip.max - vec2(8.0, 18.0));
    let answer = part_ui(ui, "receipt", inner, |ui| {
        let AvatarVideoTab { draft, standing, .. } = &mut *tab;
        receipt::receipt_ui(ui, model, draft, &quoted, standing, actions)
    });
    if answer.pressed {
        tab.create(model, actions);
    }
    if let Some(engine) = answer.engine {
        tab.draft.engine = engine;
        tab.touched.insert(Field::Engine);
    }
    ui.advance_cursor_after_rect(whole);
    show
}

/// A part of the tab, in its place and clipped to it.
fn part_ui<R>(ui: &mut Ui, name: &'static str, rect: Rect, add: impl FnOnce(&mut Ui) -> R) -> R {
    let layout = Layout::top_down(Align::LEFT);
    let mut part = ui.new_child(egui::UiBuilder::new().id_salt(name).max_rect(rect).layout(layout));
    part.shrink_clip_rect(rect.expand2(vec2(4.0, 0.0)));
    add(&mut part)
}

/// 320 wide, less where the window is small.
#[must_use]
pub fn receipt_width(ui: &Ui) -> f32 {
    if ui.ctx().content_rect().width() < 1000.0 { 272.0 } else { 320.0 }
}

fn form_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut AvatarVideoTab,
    quoted: &Arc<Quoted>,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    /// The row over the script, with the gap under it.
    const LABEL_ROW: f32 = 26.0;
    let page = ui.max_rect();
    // The page as far as it is seen, without its margins.
    let room = ui.clip_rect().height() - 2.0 * 20.0;
    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
    let face_problem = tab.problem(quoted, Field::Look).map(str::to_owned);
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        widgets::heading(ui, "Avatar video");
        if let Some(problem) = face_problem.as_deref() {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let color = palette(ui).amber;
                let words = format!("{} {problem}", icons::WARNING_CIRCLE);
                widgets::words(ui, words, super::theme::regular(12.0), color);
            });
        }
    });
    ui.add_space(6.0);
    if gallery::gallery_ui(ui, model, &mut tab.gallery, &mut tab.draft, pictures, actions) {
        tab.touched.insert(Field::Look);
        if std::mem::take(&mut tab.voice_of_look) {
            tab.draft.voice = None;
        }
        after_face(tab);
    }
    follow_look(model, tab);
    ui.add_space(8.0);
    choices_ui(ui, model, tab, quoted, actions);
    ui.add_space(8.0);
    // What is left above the options and the page's lower margin belongs to the script.
    let used = ui.cursor().top() - page.top();
    let height = (room - used - LABEL_ROW - CONTROL_HEIGHT - 2.0 * 8.0).clamp(96.0, 460.0);
    match tab.draft.source {
        Source::Script => script::script_ui(ui, model, tab, quoted, height),
        Source::Audio => script::audio_ui(ui, tab, quoted, actions),
    }
    options::options_ui(ui, model, tab, quoted, actions);
}

/// A new face may not go with the engine: then the first engine it does go with is taken.
fn after_face(tab: &mut AvatarVideoTab) {
    let draft = &mut tab.draft;
    if draft.engine_refusal(draft.engine).is_some() {
        let order = [Engine::AvatarIv, Engine::AvatarV, Engine::AvatarIii];
        if let Some(engine) = order.into_iter().find(|engine| draft.engine_refusal(*engine).is_none()) {
            draft.engine = engine;
        }
    }
    if !draft.takes_expressiveness() {
        draft.expressiveness = None;
    }
    if !draft.takes_motion_prompt() {
        draft.motion_prompt.clear();
    }
}

/// Where no voice is chosen, the look's own one is, so that its language and pace are known.
fn follow_look(model: &Model, tab: &mut AvatarVideoTab) {
    if tab.draft.voice.is_some() {
        return;
    }
    let Some(voices) = &model.voices.value else { return };
    let Some(id) = tab.draft.voice_id() else { return };
    if let Some(voice) = voices.iter().find(|voice| voice.id == id) {
        tab.draft.voice = Some(voice.clone());
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
    let before = ChoicesBefore::of(&tab.draft);
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        let problem = tab.problem(quoted, Field::Voice).map(str::to_owned);
        widgets::field(ui, "Voice", problem.as_deref(), voice_width, |ui| {
            // The sound brings its own voice.
            ui.add_enabled_ui(tab.draft.source == Source::Script, |ui| {
                voice::voice_ui(ui, model, &mut tab.voices, &mut tab.draft, actions);
            });
        });
        let problem = tab.problem(quoted, Field::Engine).map(str::to_owned);
        widgets::field(ui, "Engine", problem.as_deref(), engine_width, |ui| {
            let segments = Engine::ALL.map(|engine| {
                Segment::new(engine, engine.numeral()).called(engine.name()).refused(tab.draft.engine_refusal(engine))
            });
            widgets::segmented(ui, "Engine", &segments, &mut tab.draft.engine, Some(engine_width));
        });
        widgets::field(ui, "Resolution", None, resolution_width, |ui| {
            let segments = Resolution::ALL.map(|resolution| {
                let refusal = (resolution == Resolution::K4)
                    .then(|| "There is no published price for 4K, so it is not offered.".to_owned());
                Segment::new(resolution, resolution.name()).refused(refusal)
            });
            widgets::segmented(ui, "Resolution", &segments, &mut tab.draft.resolution, Some(resolution_width));
        });
        widgets::field(ui, "Shape", None, shape_width, |ui| shape_ui(ui, &mut tab.draft.aspect_ratio, shape_width));
    });
    before.note_changes(tab);
    ui.spacing_mut().item_spacing.x = 8.0;
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
        if self.engine != tab.draft.engine {
            tab.touched.insert(Field::Engine);
            after_face(tab);
        }
        if self.voice.as_deref() != tab.draft.voice.as_ref().map(|voice| voice.id.as_str()) {
            tab.touched.insert(Field::Voice);
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

/// A picture of the person's own as the face.
fn is_own_picture(draft: &AvatarVideoDraft) -> bool {
    matches!(draft.face, Face::Image(_))
}

/// The margin of the tab, as the queue's strip needs it too.
const MARGIN: f32 = PAGE_MARGIN;
