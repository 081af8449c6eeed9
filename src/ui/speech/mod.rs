//! The Speech tab: a text, a voice, and the sound that comes of it at once.

mod result;

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::avatar_video::insert_at_cursor;
use super::batch::{self, BatchTab};
use super::compare::{Compare, compare_ui};
use super::form::{Form, FormTab};
use super::model::Model;
use super::pictures::Pictures;
use super::quoting::Quoted;
use super::theme::{palette, regular};
use super::voices::{self, Choice, VoiceList};
use super::widgets::{self, SelectItem};
use super::{Action, format, icons};
use crate::draft::avatar_video::LocalFile;
use crate::draft::speech::{InputType, LANGUAGES, TEXT_LIMIT};
use crate::draft::{Composition as _, Field, Product, SpeechDraft, ssml};
use crate::jobs::types::JobId;

/// A text to try things with.
const SAMPLE: &str = "Good morning, and welcome to the harbour tour. We will be on the water for ninety minutes. \
Please keep your seats until the boat has left the pier, and ask us anything you like on the way.";
/// The pause that the link puts in.
const PAUSE: &str = "<break time=\"0.8s\"/>";

/// What the tab remembers.
#[derive(Default)]
pub struct SpeechTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<SpeechDraft>,
    voices: VoiceList,
    pub(super) compare: Compare<SpeechDraft>,
    /// Many speeches from one table.
    pub batch: BatchTab,
    /// The earlier speech the person chose to hear, and the last submission at that time.
    chosen: Option<(JobId, Vec<JobId>)>,
}

impl SpeechTab {
    /// Puts a probed file where it belongs: a speech takes tables only.
    pub fn take_file(&mut self, _field: Field, file: LocalFile) {
        self.batch.take_file(file.path);
    }
}

impl FormTab for SpeechTab {
    type Draft = SpeechDraft;

    fn form(&mut self) -> &mut Form<SpeechDraft> {
        &mut self.form
    }

    fn page_ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        quoted: &Arc<Quoted>,
        _pictures: &mut Pictures,
        actions: &mut Vec<Action>,
    ) {
        if self.compare.is_open() {
            compare_ui(ui, model, &mut self.compare, &mut self.form, &model.speech_voices, actions);
            return;
        }
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        let room = ui.clip_rect().height() - 2.0 * 20.0;
        widgets::page_heading(ui, "Speech", |ui| batch::entry_ui(ui, &mut self.batch, Product::Speech, actions));
        choices_ui(ui, model, self, quoted, actions);
        ui.add_space(8.0);
        // The result keeps its place whether it is there or not, so that nothing moves when it comes.
        let kept = 394.0 + result::earlier_height(model);
        text_ui(ui, self, quoted, (room - kept).clamp(112.0, 360.0));
        ui.add_space(4.0);
        result::result_ui(ui, model, self, actions);
    }
}

/// Voice, language, accent and speed, side by side where there is room.
fn choices_ui(ui: &mut Ui, model: &Model, tab: &mut SpeechTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    const GAP: f32 = 14.0;
    let tight = ui.available_width() < 620.0;
    let (language_width, accent_width, speed_width) = if tight { (138.0, 96.0, 110.0) } else { (150.0, 112.0, 132.0) };
    let rest = ui.available_width() - language_width - accent_width - speed_width - 3.0 * GAP;
    let voice_width = if rest >= 170.0 { rest } else { ui.available_width() };
    ui.spacing_mut().item_spacing.x = GAP;
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        let problem = tab.form.problem(quoted, Field::Voice).map(str::to_owned);
        widgets::field(ui, "Voice", problem.as_deref(), voice_width, |ui| voice_ui(ui, model, tab, actions));
        widgets::field(ui, "Language", None, language_width, |ui| {
            language_ui(ui, &mut tab.form.draft.language, language_width);
        });
        // An accent is set on purpose: what is wrong with it is said at once.
        let problem = quoted.problems.iter().find(|problem| problem.field == Field::Locale);
        let problem = problem.map(|problem| problem.message.as_str());
        widgets::field(ui, "Accent", problem, accent_width, |ui| accent_ui(ui, tab, accent_width));
        speed_ui(ui, &mut tab.form.draft.speed, speed_width);
    });
    ui.spacing_mut().item_spacing.x = 8.0;
}

fn voice_ui(ui: &mut Ui, model: &Model, tab: &mut SpeechTab, actions: &mut Vec<Action>) {
    let chosen = tab.form.draft.voice.clone();
    let choice = Choice {
        voices: &model.speech_voices,
        chosen: chosen.as_ref(),
        heard: chosen.as_ref(),
        instead: None,
        none: None,
        empty: "No voice of this account can speak on its own.",
    };
    if let Some(voice) = voices::voice_ui(ui, model, &mut tab.voices, &choice, actions) {
        tab.form.draft.voice = voice;
        tab.form.touch(Field::Voice);
    }
}

/// The language of the text by name; none where HeyGen is to hear it.
fn language_ui(ui: &mut Ui, language: &mut Option<String>, width: f32) {
    let heard = "As the text is";
    let current = language.clone();
    let is_current = |code: &str| current.as_deref() == Some(code);
    let shown = LANGUAGES.iter().find(|(code, _)| is_current(code)).map(|(_, name)| *name);
    let shown = shown.or(current.as_deref()).unwrap_or(heard);
    let chosen = widgets::select(ui, "Language", shown, None, width, || {
        let none = SelectItem { label: heard.to_owned(), selected: current.is_none(), ..SelectItem::default() };
        let each = LANGUAGES.iter().map(|(code, name)| SelectItem {
            label: (*name).to_owned(),
            selected: is_current(code),
            ..SelectItem::default()
        });
        std::iter::once(none).chain(each).collect()
    });
    if let Some(place) = chosen {
        *language = place.checked_sub(1).and_then(|place| LANGUAGES.get(place)).map(|(code, _)| (*code).to_owned());
    }
}

fn accent_ui(ui: &mut Ui, tab: &mut SpeechTab, width: f32) {
    let draft = &mut tab.form.draft;
    let takes = draft.voice.as_ref().is_some_and(|voice| voice.supports_locale);
    let mut locale = draft.locale.clone().unwrap_or_default();
    let hint = if takes { "en-GB" } else { "as it is" };
    let field = ui.add_enabled_ui(takes, |ui| widgets::text_line(ui, "Accent", hint, &mut locale, width)).inner;
    if field.changed() {
        draft.locale = Some(locale.trim().to_owned()).filter(|locale| !locale.is_empty());
    }
    let words = match (&draft.voice, takes) {
        (_, true) => "A language tag such as en-GB or pt-BR; empty for the voice's own accent.",
        (Some(_), false) => "This voice has one accent only.",
        (None, false) => "Choose a voice first: some have several accents.",
    };
    let _ = field.on_hover_text(words).on_disabled_hover_text(words);
}

fn speed_ui(ui: &mut Ui, speed: &mut Decimal, width: f32) {
    let mut hundredths = (*speed * Decimal::ONE_HUNDRED).round().to_i32().unwrap_or(100);
    let factor = |value: i32| format!("{}×", Decimal::new(i64::from(value), 2).normalize());
    if widgets::slider(ui, "Speed", &mut hundredths, 50..=200, width, factor).changed() {
        // Steps of 0.05, so that the figure is one a person would say.
        *speed = Decimal::new(i64::from((hundredths + 2) / 5 * 5), 2).normalize();
    }
}

/// The text: label, counter, the text itself, and how it is read.
fn text_ui(ui: &mut Ui, tab: &mut SpeechTab, quoted: &Quoted, height: f32) {
    let palette = palette(ui);
    let characters = tab.form.draft.text.trim().chars().count();
    let is_ssml = tab.form.draft.input_type == InputType::Ssml;
    // What SSML is not whole is said while it is written, once there is something to say it of.
    let problem = quoted.problems.iter().find(|problem| problem.field == Field::Text);
    let problem = problem.filter(|_| characters > 0).map(|problem| problem.message.clone());
    let problem = problem.or_else(|| tab.form.problem(quoted, Field::Text).map(str::to_owned));
    let mut insert = None;
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::caption(ui, "Text");
        if characters == 0 {
            if widgets::link(ui, "try a sample", "Try a sample text").clicked() {
                insert = Some(SAMPLE);
            }
        } else {
            if widgets::link(ui, "insert a pause", "Insert a pause of 0.8 seconds").clicked() {
                insert = Some(PAUSE);
            }
            if widgets::link(ui, "compare voices", "Compare voices").clicked() {
                tab.compare.open(&tab.form.draft);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let mut counter = format!("{} of {} characters", format::count(characters), format::count(TEXT_LIMIT));
            if let Some(seconds) = &quoted.quote.seconds {
                let about = if seconds.is_exact() { "" } else { "about " };
                counter.push_str(&format!(" · {about}{}", format::duration(seconds.likely)));
            }
            match &problem {
                Some(problem) => {
                    let words = format!("{} {problem}", icons::WARNING_CIRCLE);
                    let response = widgets::words(ui, words, regular(12.0), palette.amber);
                    widgets::name(&response, egui::Role::Label, true, problem);
                    response.on_hover_text(format!("{problem}\n{counter}"));
                }
                None if batch::placeholder_ui(ui, &tab.form.draft.text, &counter) => {}
                None => {
                    widgets::words(ui, counter, regular(12.0), palette.dim);
                }
            }
        });
    });
    ui.add_space(-2.0);
    let hint = "What should be said? Type or paste it here.";
    let marks = if is_ssml { ssml::marks } else { no_marks };
    let text = &mut tab.form.draft.text;
    let response = widgets::text_area(ui, "Text", hint, text, height, problem.as_deref(), marks);
    if response.changed() {
        tab.form.touch(Field::Text);
    }
    if let Some(words) = insert {
        if words == PAUSE {
            // A pause is a mark, and marks are understood in SSML only.
            tab.form.draft.read_as(InputType::Ssml);
        }
        insert_at_cursor(ui, response.id, &mut tab.form.draft.text, words);
        response.request_focus();
        tab.form.touch(Field::Text);
    }
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        let mut on = tab.form.draft.input_type == InputType::Ssml;
        let toggle = widgets::toggle(ui, "SSML", &mut on);
        if toggle.changed() {
            tab.form.draft.read_as(if on { InputType::Ssml } else { InputType::Text });
        }
        let _ = toggle.on_hover_text(
            "Marks for pauses, emphasis and pronunciation: <break time=\"1s\"/>, <emphasis>now</emphasis>.",
        );
        let hint = format!("Title: {}", tab.form.draft.effective_title());
        let width = ui.available_width().min(320.0);
        widgets::text_line(ui, "Title", &hint, &mut tab.form.draft.title, width);
    });
}

fn no_marks(_text: &str) -> Vec<std::ops::Range<usize>> {
    Vec::new()
}

#[cfg(test)]
mod tests;
