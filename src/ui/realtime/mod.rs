//! The Realtime tab: an avatar that speaks while it is watched, and a meter that runs meanwhile.

mod limit;
pub mod session;
mod stage;

use std::sync::Arc;

use egui::{Align, Layout, Ui, vec2};

use super::file_field;
use super::form::{Form, FormTab};
use super::gallery::{Cast, Gallery, gallery_ui};
use super::model::Model;
use super::pictures::Pictures;
use super::places::Place;
use super::quoting::Quoted;
use super::theme::{palette, regular};
use super::voices::{self, Choice, VoiceList};
use super::widgets::{self, Button, Segment};
use super::{Action, format, icons};
use crate::draft::avatar_video::LocalFile;
use crate::draft::realtime::{Program, TEXT_LIMIT};
use crate::draft::{Field, Product, RealtimeDraft, Voice};
use crate::jobs::types::{Job, JobId, JobState};
use crate::money::Usd;
use crate::pricing::Service;

use session::SessionView;
use stage::{Typing, session_of};

/// A script to try things with.
const SAMPLE: &str = "Good morning, and welcome. You are watching this while it is being made. Every second of it \
costs five cents, and the meter below counts them.";

/// What the tab remembers.
#[derive(Default)]
pub struct RealtimeTab {
    /// The draft, its quote and how its button stands.
    pub form: Form<RealtimeDraft>,
    /// The session that is watched; the app fills it.
    pub session: Option<SessionView>,
    gallery: Gallery,
    voices: VoiceList,
    limit: limit::LimitField,
    typing: Typing,
    /// The session on the stage instead of the form.
    shown: Option<JobId>,
    /// The form is shown although a session runs.
    composing: bool,
    /// The session the last press of the button became.
    answered: Option<JobId>,
    /// The voice came with the look and goes with it.
    voice_of_look: bool,
}

impl RealtimeTab {
    /// Puts a probed file where it belongs.
    pub fn take_file(&mut self, field: Field, file: LocalFile) {
        if field == Field::Audio {
            self.form.draft.audio = Some(file);
            self.form.draft.program = Program::Audio;
            self.form.touch(Field::Audio);
            self.composing = true;
        }
    }

    /// The session that is on the stage, or is to be.
    fn on_stage<'a>(&mut self, model: &'a Model) -> Option<&'a Arc<Job>> {
        if let Some(newest) = self.form.last.first().copied()
            && self.answered != Some(newest)
        {
            self.answered = Some(newest);
            self.shown = Some(newest);
            self.composing = false;
        }
        if self.composing {
            return None;
        }
        let jobs = || model.board.jobs.iter().filter(|job| job.product == Product::Realtime);
        if let Some(job) = self.shown.and_then(|shown| jobs().find(|job| job.id == shown)) {
            return Some(job);
        }
        let running = jobs().find(|job| is_running(job));
        self.shown = running.map(|job| job.id);
        running
    }
}

/// Whether a session costs money now, or may in a moment.
fn is_running(job: &Job) -> bool {
    job.product == Product::Realtime && matches!(job.state, JobState::Submitting | JobState::Running)
}

impl FormTab for RealtimeTab {
    type Draft = RealtimeDraft;

    fn form(&mut self) -> &mut Form<RealtimeDraft> {
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
        match self.on_stage(model) {
            Some(job) => session_ui(ui, model, self, job, actions),
            None => compose_ui(ui, model, self, quoted, pictures, actions),
        }
    }
}

/// A session on the stage.
fn session_ui(ui: &mut Ui, model: &Model, tab: &mut RealtimeTab, job: &Arc<Job>, actions: &mut Vec<Action>) {
    let view = tab.session.as_ref().filter(|view| view.job == job.id);
    if view.is_none() && job.state == JobState::Running {
        actions.push(Action::WatchSession(job.id));
    }
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if ui.add(Button::secondary("New session").icon(icons::PLUS).small()).clicked() {
                tab.composing = true;
                if job.state.is_final() {
                    tab.shown = None;
                    actions.push(Action::LeaveSession);
                }
            }
            for other in model.board.jobs.iter().filter(|other| is_running(other) && other.id != job.id) {
                let words = format!("{} · {}", short(&other.title), so_far(model, other));
                let called = format!("Show the session {}", other.title);
                if ui.add(Button::quiet(&words).named(&called).small()).clicked() {
                    tab.shown = Some(other.id);
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| widgets::heading(ui, &job.title));
        });
    });
    stage::stage_ui(ui, model, job, tab.session.as_ref().filter(|view| view.job == job.id), &mut tab.typing, actions);
}

fn short(title: &str) -> String {
    if title.chars().count() > 14 { title.chars().take(13).chain(['…']).collect() } else { title.to_owned() }
}

/// What a running session costs so far.
fn so_far(model: &Model, job: &Job) -> Usd {
    session_of(job).map_or(Usd::ZERO, |progress| stage::meter(job, progress, model.now).amount)
}

/// The form of a new session.
fn compose_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut RealtimeTab,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let page = ui.max_rect();
    let room = ui.clip_rect().height() - 2.0 * 20.0;
    let problem = tab.form.problem(quoted, Field::Look).map(str::to_owned);
    widgets::page_heading(ui, "Realtime", |ui| {
        if let Some(problem) = problem.as_deref() {
            widgets::problem(ui, problem);
        }
    });
    running_ui(ui, model, tab);
    look_ui(ui, model, tab, pictures, actions);
    ui.add_space(6.0);
    choices_ui(ui, model, tab, quoted, actions);
    ui.add_space(6.0);
    let used = ui.cursor().top() - page.top();
    match tab.form.draft.program {
        Program::Script | Program::Live => text_ui(ui, tab, quoted, (room - used - 30.0).clamp(96.0, 420.0)),
        Program::Audio => {
            let place = Place::new(Product::Realtime, Field::Audio);
            // What is wrong with a chosen file is said at once.
            let problem = match &tab.form.draft.audio {
                Some(_) => {
                    quoted.problems.iter().find(|problem| problem.field == Field::Audio).map(|it| it.message.clone())
                }
                None => tab.form.problem(quoted, Field::Audio).map(str::to_owned),
            };
            let width = ui.available_width();
            let file = tab.form.draft.audio.as_ref();
            if file_field::file_field(ui, "Audio", place, file, problem.as_deref(), width, actions) {
                tab.form.draft.audio = None;
            }
        }
    }
}

/// A line that leads back to a session that runs and costs money.
fn running_ui(ui: &mut Ui, model: &Model, tab: &mut RealtimeTab) {
    let running: Vec<&Arc<Job>> = model.board.jobs.iter().filter(|job| is_running(job)).collect();
    let Some(first) = running.first() else {
        tab.composing = false;
        return;
    };
    let amount: Usd = running.iter().map(|job| so_far(model, job)).sum();
    let sentence = match running.len() {
        1 => format!("A session is running: {amount} so far."),
        many => format!("{many} sessions are running: {amount} so far."),
    };
    let answer = widgets::bar(ui, super::model::Tone::Warning, &sentence, &["Show it"], false);
    if let Some(widgets::NoticeAnswer::Button(_)) = answer {
        tab.composing = false;
        tab.shown = Some(first.id);
    }
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(500));
}

fn look_ui(ui: &mut Ui, model: &Model, tab: &mut RealtimeTab, pictures: &mut Pictures, actions: &mut Vec<Action>) {
    let mut chosen: Vec<_> = tab.form.draft.look.iter().cloned().collect();
    let cast = Cast::Looks { chosen: &mut chosen, most: 1 };
    if gallery_ui(ui, model, &mut tab.gallery, cast, pictures, actions) {
        tab.form.draft.look = chosen.into_iter().next();
        tab.form.touch(Field::Look);
        if std::mem::take(&mut tab.voice_of_look) {
            tab.form.draft.voice = None;
        }
    }
    if let (Some(voice), Some(look)) = (&tab.form.draft.voice, &tab.form.draft.look) {
        // Another was chosen on the receipt: it stays when the look changes.
        tab.voice_of_look &= look.default_voice_id.as_ref() == Some(&voice.id);
    }
    if tab.form.draft.voice.is_none()
        && let Some(voice) = heard_voice(&tab.form.draft, model)
    {
        tab.form.draft.voice = Some(voice);
        tab.voice_of_look = true;
    }
}

/// The voice that would speak now, where it is in the list.
fn heard_voice(draft: &RealtimeDraft, model: &Model) -> Option<Voice> {
    if draft.voice.is_some() {
        return draft.voice.clone();
    }
    let id = draft.voice_id()?;
    model.voices.value.as_ref()?.iter().find(|voice| voice.id == id).cloned()
}

/// What is heard, who speaks it, and when it stops.
fn choices_ui(ui: &mut Ui, model: &Model, tab: &mut RealtimeTab, quoted: &Quoted, actions: &mut Vec<Action>) {
    const GAP: f32 = 14.0;
    const PROGRAM: f32 = 236.0;
    const LIMIT: f32 = 340.0;
    let rest = ui.available_width() - PROGRAM - LIMIT - 2.0 * GAP;
    let voice_width = if rest >= 170.0 { rest } else { (ui.available_width() - PROGRAM - GAP).max(150.0) };
    // On a line of its own there is room for what is wrong with it.
    let limit_width = if rest >= 170.0 { LIMIT } else { ui.available_width() };
    ui.spacing_mut().item_spacing.x = GAP;
    let rate = model.card.rate(Service::Realtime).map(|rate| rate.amount);
    ui.with_layout(Layout::left_to_right(Align::TOP).with_main_wrap(true), |ui| {
        widgets::field(ui, "What is heard", None, PROGRAM, |ui| {
            let segments = [
                Segment::new(Program::Script, "Script"),
                Segment::new(Program::Audio, "Audio"),
                Segment::new(Program::Live, "Type live"),
            ];
            widgets::segmented(ui, "What is heard", &segments, &mut tab.form.draft.program, Some(PROGRAM));
        });
        let problem = tab.form.problem(quoted, Field::Voice).map(str::to_owned);
        widgets::field(ui, "Voice", problem.as_deref(), voice_width, |ui| {
            let is_sound = tab.form.draft.program == Program::Audio;
            ui.add_enabled_ui(!is_sound, |ui| voice_ui(ui, model, tab, actions));
        });
        let problem = tab.form.problem(quoted, Field::Limit).map(str::to_owned);
        let seconds = &mut tab.form.draft.limit_seconds;
        if limit::limit_ui(ui, &mut tab.limit, seconds, rate, problem.as_deref(), limit_width) {
            tab.form.touch(Field::Limit);
        }
    });
    ui.spacing_mut().item_spacing.x = 8.0;
}

fn voice_ui(ui: &mut Ui, model: &Model, tab: &mut RealtimeTab, actions: &mut Vec<Action>) {
    let draft = &tab.form.draft;
    let heard = heard_voice(draft, model);
    let has_own = draft.look.as_ref().is_some_and(|look| look.default_voice_id.is_some());
    let instead = match (draft.program, &heard) {
        (Program::Audio, _) => Some("From the audio"),
        (_, None) if has_own => Some("The look's own voice"),
        _ => None,
    };
    let choice = Choice {
        voices: &model.voices,
        chosen: draft.voice.as_ref(),
        heard: heard.as_ref(),
        instead,
        none: has_own.then_some("The look's own voice"),
        empty: "There is no voice in this account.",
    };
    if let Some(chosen) = voices::voice_ui(ui, model, &mut tab.voices, &choice, actions) {
        tab.form.draft.voice = chosen;
        tab.voice_of_look = false;
        tab.form.touch(Field::Voice);
    }
}

/// The script, or what is said first.
fn text_ui(ui: &mut Ui, tab: &mut RealtimeTab, quoted: &Quoted, height: f32) {
    let palette = palette(ui);
    let problem = tab.form.problem(quoted, Field::Script).map(str::to_owned);
    let characters = tab.form.draft.script.chars().count();
    let is_live = tab.form.draft.program == Program::Live;
    let (label, hint) = if is_live {
        ("Said first", "What is said first? You type the rest while the session runs.")
    } else {
        ("Script", "What should be said? Type or paste it here, or drop a WAV or MP3 on the window.")
    };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 20.0), Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 12.0;
        widgets::caption(ui, label);
        if characters == 0 && widgets::link(ui, "try a sample", "Try a sample script").clicked() {
            tab.form.draft.script = SAMPLE.to_owned();
            tab.form.touch(Field::Script);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let (words, color) = counter(tab, quoted, problem.as_deref(), characters);
            let color = if color { palette.amber } else { palette.dim };
            widgets::words(ui, words, regular(12.0), color);
        });
    });
    ui.add_space(-2.0);
    let script = &mut tab.form.draft.script;
    let response = widgets::text_area(ui, label, hint, script, height, problem.as_deref(), |_| Vec::new());
    if response.changed() {
        tab.form.touch(Field::Script);
    }
}

/// What stands over the text, and whether it is a warning.
fn counter(tab: &RealtimeTab, quoted: &Quoted, problem: Option<&str>, characters: usize) -> (String, bool) {
    if let Some(problem) = problem {
        return (format!("{} {problem}", icons::WARNING_CIRCLE), true);
    }
    let limit = rust_decimal::Decimal::from(tab.form.draft.limit_seconds);
    let counted = format!("{} of {} characters", format::count(characters), format::count(TEXT_LIMIT));
    match quoted.quote.seconds {
        Some(seconds) if tab.form.draft.program == Program::Script && characters > 0 => {
            if seconds.likely >= limit {
                return (format!("{} The limit would cut this short.", icons::WARNING_CIRCLE), true);
            }
            (format!("{counted} · about {}", format::duration(seconds.likely)), false)
        }
        _ => (counted, false),
    }
}

#[cfg(test)]
mod tests;
