//! The Translate tab: a video, the languages it is to be heard in, and how it is made.

mod languages;

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use super::avatar_video::{option_button, popup};
use super::dubbing::{self, Options};
use super::file_field::{file_field, seen_field};
use super::form::{Form, FormTab};
use super::model::Model;
use super::pictures::Pictures;
use super::places::Place;
use super::quoting::Quoted;
use super::recent::recent_ui;
use super::timeline::{Film, timeline};
use super::widgets::{self, Segment, SelectItem};
use super::{Action, icons};
use crate::draft::avatar_video::LocalFile;
use crate::draft::billable::Mode;
use crate::draft::translation::{PRECISION_AUDIO_ONLY, SPEAKERS_MOST, SubtitlesRole};
use crate::draft::{Field, Product, TranslationDraft, part};

const VIDEO: Place = Place::new(Product::Translation, Field::Video);
const AUDIO: Place = Place::new(Product::Translation, Field::Audio);
const SUBTITLES: Place = Place::new(Product::Translation, Field::Subtitles);
/// Between fields side by side.
const GAP: f32 = 14.0;

/// What the tab remembers.
#[derive(Default)]
pub struct TranslateTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<TranslationDraft>,
    /// The places for the person's own sound and subtitles are shown.
    own_files_open: bool,
    /// They were opened in this frame: the page scrolls to them.
    own_files_opened: bool,
}

impl TranslateTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        let draft = &mut self.form.draft;
        match field {
            Field::Video => {
                part::put_video(&mut draft.video, &mut draft.part, Some(file));
            }
            Field::Audio => draft.audio = Some(file),
            Field::Subtitles => draft.subtitles = Some(file),
            _ => return,
        }
        self.form.touch(field);
    }

    /// The problem of a field: at once where something is in it, otherwise when it is time to show it.
    fn problem(&self, quoted: &Quoted, field: Field) -> Option<String> {
        let draft = &self.form.draft;
        let filled = match field {
            Field::Video => draft.video.is_some(),
            Field::Audio | Field::Subtitles | Field::Part | Field::Mode | Field::SourceLanguage => true,
            _ => false,
        };
        self.form.problem_of(quoted, field, filled).map(str::to_owned)
    }
}

impl FormTab for TranslateTab {
    type Draft = TranslationDraft;

    fn form(&mut self) -> &mut Form<TranslationDraft> {
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
        let lists = &model.languages;
        if lists.value.is_none() && !lists.loading && lists.fault.is_none() {
            actions.push(Action::ReadLanguages);
        }
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        widgets::page_heading(ui, "Translate", |_| {});
        video_ui(ui, model, self, quoted, pictures, actions);
        ui.add_space(8.0);
        let problem = self.problem(quoted, Field::Languages);
        if languages::languages_ui(ui, model, &mut self.form.draft, problem.as_deref(), actions) {
            self.form.touch(Field::Languages);
        }
        ui.add_space(8.0);
        choices_ui(ui, model, self, quoted);
        ui.add_space(8.0);
        options_ui(ui, model, self, quoted);
        own_files_ui(ui, self, quoted, actions);
    }
}

fn video_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut TranslateTab,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let width = ui.available_width();
    let problem = tab.problem(quoted, Field::Video);
    let draft = &mut tab.form.draft;
    if seen_field(ui, pictures, ("Video", VIDEO), draft.video.as_ref(), problem.as_deref(), width, actions) {
        part::put_video(&mut draft.video, &mut draft.part, None);
    }
    ui.add_space(4.0);
    let Some(video) = tab.form.draft.video.clone() else {
        recent_ui(ui, model, VIDEO, pictures, actions);
        return;
    };
    let duration = video.duration.filter(|_| video.fault.is_none());
    let problem = tab.problem(quoted, Field::Part);
    let film = Film::of(&video, pictures);
    timeline(ui, &mut tab.form.draft.part, duration, problem.as_deref(), film, width);
}

/// Mode, lips, language of the video and speakers, side by side where there is room.
fn choices_ui(ui: &mut Ui, model: &Model, tab: &mut TranslateTab, quoted: &Quoted) {
    const MODE: f32 = 184.0;
    const LIPS: f32 = 196.0;
    const SPEAKERS: f32 = 108.0;
    let whole = ui.available_width();
    let rest = whole - MODE - LIPS - SPEAKERS - 3.0 * GAP;
    // Two rows where one is too short.
    let source = if rest >= 160.0 { rest } else { (whole - SPEAKERS - GAP).min(240.0) };
    ui.spacing_mut().item_spacing.x = GAP;
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        let problem = tab.problem(quoted, Field::Mode);
        let draft = &mut tab.form.draft;
        widgets::field(ui, "Mode", None, MODE, |ui| {
            let refusal = draft.audio_only.then(|| PRECISION_AUDIO_ONLY.to_owned());
            let segments =
                [Segment::new(Mode::Speed, "Speed"), Segment::new(Mode::Precision, "Precision").refused(refusal)];
            widgets::segmented(ui, "Mode", &segments, &mut draft.mode, Some(MODE));
        });
        widgets::field(ui, "Lips", problem.as_deref(), LIPS, |ui| {
            let refusal = (draft.mode == Mode::Precision).then(|| PRECISION_AUDIO_ONLY.to_owned());
            let segments = [Segment::new(false, "Lip sync"), Segment::new(true, "Audio only").refused(refusal)];
            widgets::segmented(ui, "Lips", &segments, &mut draft.audio_only, Some(LIPS));
        });
        let problem = tab.problem(quoted, Field::SourceLanguage);
        widgets::field(ui, "Language of the video", problem.as_deref(), source, |ui| {
            languages::source_ui(ui, model.languages.value.as_ref(), &mut tab.form.draft, source);
        });
        widgets::field(ui, "Speakers", None, SPEAKERS, |ui| speakers_ui(ui, &mut tab.form.draft, SPEAKERS));
    });
    ui.spacing_mut().item_spacing.x = 8.0;
}

fn speakers_ui(ui: &mut Ui, draft: &mut TranslationDraft, width: f32) {
    let shown = draft.speakers.map_or_else(|| "Auto".to_owned(), |speakers| speakers.to_string());
    let current = draft.speakers;
    let choices: Vec<Option<u8>> = std::iter::once(None).chain((1..=SPEAKERS_MOST).map(Some)).collect();
    let chosen = widgets::select(ui, "Speakers", &shown, None, width, || {
        let item = |speakers: &Option<u8>| SelectItem {
            label: speakers.map_or_else(|| "Automatic".to_owned(), |speakers| speakers.to_string()),
            selected: *speakers == current,
            ..SelectItem::default()
        };
        choices.iter().map(item).collect()
    });
    if let Some(speakers) = chosen.and_then(|place| choices.get(place)) {
        draft.speakers = *speakers;
    }
}

fn options_ui(ui: &mut Ui, model: &Model, tab: &mut TranslateTab, quoted: &Quoted) {
    let title_problem = tab.problem(quoted, Field::Title);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let title_hint = tab.form.draft.base_title();
        let draft = &mut tab.form.draft;
        dubbing::options_ui(
            ui,
            Options {
                title: &mut draft.title,
                title_hint,
                title_problem: title_problem.as_deref(),
                captions: &mut draft.captions,
                keep_music: &mut draft.keep_music,
                enhance_speech: &mut draft.enhance_speech,
                stock_voice: Some(&mut draft.stock_voice),
                dynamic_duration: &mut draft.dynamic_duration,
                dynamic_words: "The result may become longer or shorter than the original, so that the speech fits. Off, its price is exact.",
                keep_format: &mut draft.keep_format,
                frame_timing: &mut draft.frame_timing,
                watermark: &mut draft.watermark,
            },
        );
        glossary_ui(ui, model, draft);
        let open = tab.own_files_open || draft.audio.is_some() || draft.subtitles.is_some();
        let response = option_button(ui, "Own sound or subtitles", icons::PAPERCLIP, open, None);
        if response.clicked() {
            tab.own_files_open = !open;
            tab.own_files_opened = !open;
        }
    });
}

fn glossary_ui(ui: &mut Ui, model: &Model, draft: &mut TranslationDraft) {
    let Some(glossaries) = model.glossaries.value.as_ref().filter(|glossaries| !glossaries.is_empty()) else {
        return;
    };
    let response = option_button(ui, "Glossary", icons::TEXT_AA, draft.glossary.is_some(), None);
    popup(&response, 260.0, |ui| {
        let none =
            SelectItem { label: "No glossary".to_owned(), selected: draft.glossary.is_none(), ..SelectItem::default() };
        ui.spacing_mut().item_spacing.y = 0.0;
        if widgets::row_ui(ui, &none, false, 0.0) {
            draft.glossary = None;
            ui.close();
        }
        for glossary in glossaries.iter() {
            let selected = draft.glossary.as_ref() == Some(glossary);
            let item = SelectItem { label: glossary.name.clone(), selected, ..SelectItem::default() };
            if widgets::row_ui(ui, &item, false, 0.0) {
                draft.glossary = Some(glossary.clone());
                ui.close();
            }
        }
    });
}

/// The person's own sound and subtitles, once there are any or they were asked for.
fn own_files_ui(ui: &mut Ui, tab: &mut TranslateTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    let filled = tab.form.draft.audio.is_some() || tab.form.draft.subtitles.is_some();
    if !tab.own_files_open && !filled {
        return;
    }
    ui.add_space(4.0);
    let width = ((ui.available_width() - GAP) / 2.0).floor();
    let (sound, words) = (tab.problem(quoted, Field::Audio), tab.problem(quoted, Field::Subtitles));
    let draft = &mut tab.form.draft;
    let shown = ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let audio = draft.audio.as_ref();
        if file_field(ui, "Own sound", AUDIO, audio, sound.as_deref(), width, actions) {
            draft.audio = None;
        }
        ui.vertical(|ui| {
            let subtitles = draft.subtitles.as_ref();
            if file_field(ui, "Subtitles", SUBTITLES, subtitles, words.as_deref(), width, actions) {
                draft.subtitles = None;
            }
            if draft.subtitles.is_some() {
                let segments = [
                    Segment::new(SubtitlesRole::Input, "In the video's language"),
                    Segment::new(SubtitlesRole::Output, "Translated"),
                ];
                widgets::segmented(ui, "The subtitles are", &segments, &mut draft.subtitles_role, Some(width));
            }
        });
    });
    if std::mem::take(&mut tab.own_files_opened) {
        shown.response.scroll_to_me(None);
    }
}

#[cfg(test)]
mod tests;
