//! Voices of the person's own: copied from a recording, designed from a description, heard, deleted.

use egui::{Align, Layout, Ui, vec2};

use super::own::{OwnAction, OwnKind};
use super::yours::{Asking, ask_ui};
use crate::draft::avatar_video::LocalFile;
use crate::draft::own_voice::{Gender, PROMPT_LIMIT, VoiceClone, VoiceDesign, VoiceOrder};
use crate::draft::{Field, Problem, Product, Voice};
use crate::ui::file_field::file_field;
use crate::ui::model::Model;
use crate::ui::places::Place;
use crate::ui::theme::palette;
use crate::ui::widgets::{self, Button, Segment};
use crate::ui::{Action, format, icons};

const RECORDING: Place = Place::new(Product::AvatarCreation, Field::Voice);
/// Between the two forms.
const GAP: f32 = 16.0;
/// The margins of a panel.
const MARGINS: f32 = 34.0;

/// What this part remembers.
#[derive(Default)]
pub struct Voices {
    clone: VoiceClone,
    design: VoiceDesign,
    /// The person makes it although nobody publishes what it costs. Asked anew for every order.
    clone_accepted: bool,
    design_accepted: bool,
    asking: Option<Asking>,
}

impl Voices {
    /// A recording to copy a voice from.
    pub fn take_sound(&mut self, file: LocalFile) {
        self.clone.sound = Some(file);
    }
}

/// Draws both forms and the list of voices.
pub fn voices_ui(ui: &mut Ui, model: &Model, voices: &mut Voices, actions: &mut Vec<Action>) {
    let wide = ui.available_width() >= 720.0;
    let width = if wide { ((ui.available_width() - GAP) / 2.0).floor() } else { ui.available_width() };
    let layout = if wide { Layout::left_to_right(Align::TOP) } else { Layout::top_down(Align::LEFT) };
    ui.with_layout(layout, |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for design in [false, true] {
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
                ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
                widgets::panel(ui, |ui| {
                    ui.set_width(width - MARGINS);
                    // Both end at one height.
                    ui.set_min_height(if wide { 344.0 } else { 0.0 });
                    if design { design_ui(ui, model, voices, actions) } else { clone_ui(ui, model, voices, actions) }
                });
            });
        }
    });
    answer_ui(ui, model, actions);
    ui.add_space(4.0);
    list_ui(ui, model, voices, actions);
    if let Some(asking) = &voices.asking
        && let Some(confirmed) = ask_ui(ui, asking)
    {
        if confirmed {
            actions.push(Action::Own(OwnAction::Delete { kind: asking.kind, id: asking.id.clone() }));
        }
        voices.asking = None;
    }
}

fn clone_ui(ui: &mut Ui, model: &Model, voices: &mut Voices, actions: &mut Vec<Action>) {
    widgets::strong(ui, "Copy a voice");
    let width = ui.available_width();
    let order = &mut voices.clone;
    let problems = order.problems();
    let problem = order.sound.as_ref().and_then(|_| problem_of(&problems, Field::Voice));
    if file_field(ui, "Recording", RECORDING, order.sound.as_ref(), problem, width, actions) {
        order.sound = None;
    }
    let half = ((width - 8.0) / 2.0).floor();
    ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
        widgets::field(ui, "Name", None, half, |ui| {
            widgets::text_line(ui, "Name of the voice", "My voice", &mut order.name, half);
        });
        widgets::field(ui, "Language", None, half, |ui| {
            widgets::text_line(ui, "Language of the recording", "heard by HeyGen", &mut order.language, half);
        });
    });
    widgets::toggle(ui, "Remove the noise behind the voice", &mut order.remove_noise);
    let order = VoiceOrder::Clone(order.clone());
    let button = ("Copy the voice", icons::MICROPHONE);
    order_ui(ui, model, &problems, &mut voices.clone_accepted, button, order, actions);
}

fn design_ui(ui: &mut Ui, model: &Model, voices: &mut Voices, actions: &mut Vec<Action>) {
    widgets::strong(ui, "Design a voice");
    let width = ui.available_width();
    let order = &mut voices.design;
    let problems = order.problems();
    let note = format!("{} of {} characters", format::count(order.prompt.chars().count()), format::count(PROMPT_LIMIT));
    let too_long = problems.first().filter(|_| !order.prompt.trim().is_empty());
    let problem = too_long.map(|problem| problem.message.clone());
    widgets::field_label(ui, "Description", &note, problem.as_deref());
    let hint = "A calm, warm narrator with a slight smile, middle-aged, unhurried";
    let prompt = &mut order.prompt;
    widgets::text_area(ui, "Description of the voice", hint, prompt, 112.0, problem.as_deref(), |_| Vec::new());
    let half = ((width - 8.0) / 2.0).floor();
    ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
        widgets::field(ui, "Sounds", None, half, |ui| {
            let segments = [
                Segment::new(None, "Any"),
                Segment::new(Some(Gender::Female), "Female"),
                Segment::new(Some(Gender::Male), "Male"),
            ];
            widgets::segmented(ui, "Sounds", &segments, &mut order.gender, Some(half));
        });
        widgets::field(ui, "Accent", None, half, |ui| {
            widgets::text_line(ui, "Accent of the voice", "for example en-GB", &mut order.locale, half);
        });
    });
    ui.horizontal(|ui| {
        let called = "Other voices for the same words";
        let button = Button::quiet("Other voices").icon(icons::ARROWS_CLOCKWISE).small().named(called);
        if ui.add(button).on_hover_text("The same words with another seed give other voices.").clicked() {
            order.seed = order.seed.wrapping_add(1);
        }
        widgets::caption(ui, format!("Seed {}", order.seed));
    });
    let order = VoiceOrder::Design(order.clone());
    let button = ("Design voices", icons::MAGIC_WAND);
    order_ui(ui, model, &problems, &mut voices.design_accepted, button, order, actions);
}

/// The person's word that it may cost something, and the button.
fn order_ui(
    ui: &mut Ui,
    model: &Model,
    problems: &[Problem],
    accepted: &mut bool,
    (label, glyph): (&str, &str),
    order: VoiceOrder,
    actions: &mut Vec<Action>,
) {
    let clone = matches!(order, VoiceOrder::Clone(_));
    ui.push_id(("order", clone), |ui| {
        let what = if clone { "copying" } else { "designing" };
        widgets::toggle(ui, &format!("Go on with {what}: no price is published for it"), accepted);
        ui.horizontal(|ui| {
            let busy = model.own.voice.stage.is_some();
            let refusal = problems.first().map(|problem| problem.message.clone()).or_else(|| {
                (!*accepted).then(|| "Nobody publishes what this costs: say first that it may be made.".to_owned())
            });
            let missing = refusal.clone().unwrap_or_else(|| "No published price.".to_owned());
            let button = Button::secondary(label).icon(glyph).enabled(!busy).refused(refusal);
            if ui.add(button).clicked() {
                *accepted = false;
                actions.push(Action::Own(OwnAction::MakeVoice(Box::new(order))));
            }
            widgets::caption(ui, missing);
        });
    });
}

fn problem_of(problems: &[Problem], field: Field) -> Option<&str> {
    problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
}

/// What is being made, or what came of it.
fn answer_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let making = &model.own.voice;
    if let Some(stage) = &making.stage {
        ui.horizontal(|ui| {
            widgets::spinner(ui, 16.0, stage);
            widgets::body(ui, format!("{stage}…"));
        });
        return;
    }
    match &making.answer {
        Some(Err(words)) => {
            widgets::paragraph(ui, format!("{} {words}", icons::WARNING_CIRCLE), 14.0, palette(ui).amber);
        }
        Some(Ok(made)) => {
            let words = match made.as_slice() {
                [] => "The voice is made. It is listed as soon as HeyGen lists it.".to_owned(),
                [one] => format!("{} is made.", one.name),
                many => format!("{} voices are made. Listen, and delete those you do not want.", many.len()),
            };
            ui.horizontal(|ui| {
                widgets::icon(ui, icons::CHECK_CIRCLE, 18.0, palette(ui).green);
                widgets::body(ui, words);
                for voice in made {
                    listen_ui(ui, model, voice, "Listen to the new voice", actions);
                }
            });
        }
        None => {}
    }
}

fn list_ui(ui: &mut Ui, model: &Model, voices: &mut Voices, actions: &mut Vec<Action>) {
    widgets::strong(ui, "Your voices");
    let own = model.voices.value.iter().flat_map(|voices| voices.iter()).filter(|voice| voice.private);
    let mut any = false;
    for voice in own {
        any = true;
        ui.push_id(("voice", &voice.id), |ui| {
            ui.allocate_ui_with_layout(vec2(ui.available_width(), 34.0), Layout::left_to_right(Align::Center), |ui| {
                listen_ui(ui, model, voice, "Listen to", actions);
                widgets::body(ui, voice.name.as_str());
                widgets::caption(ui, format!("{} · {}", voice.language, voice.gender));
                if model.own.busy.contains(&voice.id) {
                    widgets::spinner(ui, 16.0, &format!("Deleting {}", voice.name));
                } else if widgets::icon_button(ui, icons::TRASH, &format!("Delete the voice {}", voice.name), 28.0)
                    .clicked()
                {
                    voices.asking = Some(Asking {
                        kind: OwnKind::Voice,
                        id: voice.id.clone(),
                        name: voice.name.clone(),
                        lost: format!(
                            "HeyGen deletes the voice {}. What it has spoken stays; nothing new can be spoken with it, \
                             and it cannot be undone.",
                            voice.name
                        ),
                    });
                }
                if let Some((of, words)) = &model.own.fault
                    && *of == voice.id
                {
                    let words = format!("{} {words}", icons::WARNING_CIRCLE);
                    widgets::words(ui, words, crate::ui::theme::regular(12.0), palette(ui).amber);
                }
            });
        });
    }
    if !any {
        let words = match (&model.voices.fault, model.voices.value.is_some()) {
            (Some(fault), _) => fault.as_str(),
            (None, true) => "None yet. What you copy or design stands here and in every list of voices.",
            (None, false) => "Reading the voices…",
        };
        widgets::paragraph(ui, words, 14.0, palette(ui).dim);
    }
}

fn listen_ui(ui: &mut Ui, model: &Model, voice: &Voice, verb: &str, actions: &mut Vec<Action>) {
    let Some(url) = &voice.preview_audio_url else {
        ui.add_space(28.0 + ui.spacing().item_spacing.x);
        return;
    };
    let playing = model.playing.as_deref() == Some(&voice.id);
    let (glyph, verb) = if playing { (icons::STOP, "Stop") } else { (icons::PLAY, verb) };
    if widgets::icon_button(ui, glyph, &format!("{verb} {}", voice.name), 28.0).clicked() {
        actions.push(if playing {
            Action::StopPlaying
        } else {
            Action::PlayVoice { voice_id: voice.id.clone(), url: url.clone() }
        });
    }
}
