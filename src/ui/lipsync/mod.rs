//! The Lipsync tab: a video whose lips move, and the sound they speak.

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use super::dubbing::{self, Options};
use super::file_field::{file_field, seen_field};
use super::form::{Form, FormTab};
use super::model::Model;
use super::pictures::Pictures;
use super::places::Place;
use super::quoting::Quoted;
use super::recent::recent_ui;
use super::theme::palette;
use super::timeline::{Film, time, timeline};
use super::widgets::{self, Segment};
use super::{Action, icons};
use crate::draft::avatar_video::LocalFile;
use crate::draft::billable::Mode;
use crate::draft::{Composition as _, Field, LipsyncDraft, Product, part};

const VIDEO: Place = Place::new(Product::Lipsync, Field::Video);
const AUDIO: Place = Place::new(Product::Lipsync, Field::Audio);
/// Between fields side by side.
const GAP: f32 = 14.0;

/// What the tab remembers.
#[derive(Default)]
pub struct LipsyncTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<LipsyncDraft>,
}

impl LipsyncTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        let draft = &mut self.form.draft;
        match field {
            Field::Video => {
                part::put_video(&mut draft.video, &mut draft.part, Some(file));
            }
            Field::Audio => draft.audio = Some(file),
            _ => return,
        }
        self.form.touch(field);
    }

    /// The problem of a field: at once where something is in it, otherwise when it is time to show it.
    fn problem(&self, quoted: &Quoted, field: Field) -> Option<String> {
        let draft = &self.form.draft;
        let filled = match field {
            Field::Video => draft.video.is_some(),
            Field::Audio => draft.audio.is_some(),
            Field::Part => true,
            _ => false,
        };
        self.form.problem_of(quoted, field, filled).map(str::to_owned)
    }
}

impl FormTab for LipsyncTab {
    type Draft = LipsyncDraft;

    fn form(&mut self) -> &mut Form<LipsyncDraft> {
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
        widgets::page_heading(ui, "Lipsync", |_| {});
        files_ui(ui, model, self, quoted, pictures, actions);
        ui.add_space(8.0);
        if let Some(video) = self.form.draft.video.clone() {
            let duration = video.duration.filter(|_| video.fault.is_none());
            let problem = self.problem(quoted, Field::Part);
            let width = ui.available_width();
            let film = Film::of(&video, pictures);
            timeline(ui, &mut self.form.draft.part, duration, problem.as_deref(), film, width);
            ui.add_space(8.0);
        }
        mode_ui(ui, &mut self.form.draft);
        ui.add_space(8.0);
        options_ui(ui, self, quoted);
    }
}

fn files_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut LipsyncTab,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let width = ((ui.available_width() - GAP) / 2.0).floor();
    let (video, audio) = (tab.problem(quoted, Field::Video), tab.problem(quoted, Field::Audio));
    let draft = &mut tab.form.draft;
    ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
            if seen_field(ui, pictures, ("Video", VIDEO), draft.video.as_ref(), video.as_deref(), width, actions) {
                part::put_video(&mut draft.video, &mut draft.part, None);
            }
            if draft.video.is_none() {
                recent_ui(ui, model, VIDEO, pictures, actions);
            }
        });
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::LEFT), |ui| {
            if file_field(ui, "Sound", AUDIO, draft.audio.as_ref(), audio.as_deref(), width, actions) {
                draft.audio = None;
            }
            if draft.audio.is_none() {
                recent_ui(ui, model, AUDIO, pictures, actions);
            }
        });
    });
}

fn mode_ui(ui: &mut Ui, draft: &mut LipsyncDraft) {
    const MODE: f32 = 200.0;
    let result = result_words(draft);
    ui.with_layout(Layout::left_to_right(Align::TOP), |ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        widgets::field(ui, "Mode", None, MODE, |ui| {
            let segments = [Segment::new(Mode::Speed, "Speed"), Segment::new(Mode::Precision, "Precision")];
            widgets::segmented(ui, "Mode", &segments, &mut draft.mode, Some(MODE));
        });
        if let Some(words) = result {
            let width = ui.available_width();
            widgets::field(ui, "Length of the result", None, width, |ui| {
                ui.add_space(4.0);
                widgets::paragraph(ui, format!("{} {words}", icons::CLOCK), 14.0, palette(ui).text);
            });
        }
    });
}

/// How long the result will be and why, once both files are there.
fn result_words(draft: &LipsyncDraft) -> Option<String> {
    let (sound, part) = (draft.audio_seconds()?, draft.part_seconds()?);
    Some(match (draft.dynamic_duration, sound.cmp(&part)) {
        (true, std::cmp::Ordering::Equal) => format!("{}: the sound and the video are as long", time(sound)),
        (true, _) => format!("{}, as long as the sound", time(sound)),
        (false, std::cmp::Ordering::Greater) => {
            format!("{}, as long as the video; the last {} of the sound are cut", time(part), time(sound - part))
        }
        (false, _) => format!("{}, as long as the video", time(part)),
    })
}

fn options_ui(ui: &mut Ui, tab: &mut LipsyncTab, quoted: &Quoted) {
    let title_problem = tab.problem(quoted, Field::Title);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let title_hint = tab.form.draft.effective_title();
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
                stock_voice: None,
                dynamic_duration: &mut draft.dynamic_duration,
                dynamic_words: "The video becomes as long as the sound. Off, it keeps its own length.",
                keep_format: &mut draft.keep_format,
                frame_timing: &mut draft.frame_timing,
                watermark: &mut draft.watermark,
            },
        );
    });
}

#[cfg(test)]
mod tests;
