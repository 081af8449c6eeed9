//! The receipt of one job: what it is, where it stands, what it was to cost and what it cost, its
//! files, and what can be done with it.

use std::path::Path;
use std::sync::Arc;

use egui::{Align, Frame, Layout, Margin, Panel, ScrollArea, Ui, vec2};

use super::ask::{Answer, Question, question_ui};
use super::group;
use super::shown::Item;
use super::words::{
    about_words, brief_state_words, money_sentence, progress_thousandths, quoted_words, standing_words, state_words,
    waiting, when_words,
};
use super::{Asking, LibraryTab, RETRY_PATIENCE_SECS, Retried, list, mark_of, timeline};
use crate::draft::Product;
use crate::jobs::types::{Candidate, Decision, Job, JobError, JobState, Progress};
use crate::ui::avatars::own::{ConsentWay, OwnAction};
use crate::ui::clips::clips_ui;
use crate::ui::model::Loaded;
use crate::ui::pictures::Pictures;
use crate::ui::sound::{Sound, sound_ui};
use crate::ui::theme::{medium, palette, project_color, regular, semibold};
use crate::ui::widgets::{
    Button, Primary, amount_row, caption, chip, dashed_line, icon, icon_button, line_row, paragraph, primary_button,
    progress_bar, spinner, strong, words,
};
use crate::ui::{Action, Model, format, icons};

/// Draws the column for the selected job.
pub fn details_ui(
    ui: &mut Ui,
    model: &Model,
    state: &mut LibraryTab,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let edge = ui.max_rect();
    let palette = palette(ui);
    ui.painter().vline(edge.left() + 0.5, edge.y_range(), egui::Stroke::new(1.0, palette.line));
    if let Some(Item::Group(group)) = state.shown.selected() {
        let (standing, newest) = (group.standing.clone(), Arc::clone(group.newest));
        group::details_ui(ui, model, state, &standing, &newest, actions);
        return;
    }
    let Some(job) = state.shown.selected_job().cloned() else {
        Frame::new().inner_margin(Margin::same(20)).show(ui, |ui| {
            paragraph(ui, "Choose a job to see its price, its files and what can be done with it.", 14.0, palette.dim);
        });
        return;
    };
    Panel::bottom("library acts")
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().inner_margin(Margin { left: 20, right: 20, top: 12, bottom: 20 }))
        .show(ui, |ui| acts_ui(ui, model, state, &job, actions));
    ScrollArea::vertical().id_salt(("library details", job.id)).auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 20, right: 20, top: 20, bottom: 8 }).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            slip_ui(ui, model, state, &job, pictures, actions);
        });
    });
}

fn slip_ui(
    ui: &mut Ui,
    model: &Model,
    state: &LibraryTab,
    job: &Job,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    let width = ui.available_width();
    let (picture, _) = ui.allocate_exact_size(vec2(width, (width * 9.0 / 16.0).round()), egui::Sense::hover());
    list::picture_ui(ui, job, picture, 10, pictures);
    ui.add_space(4.0);
    let title = if job.title.trim().is_empty() { "Untitled" } else { &job.title };
    ui.add(egui::Label::new(egui::RichText::new(title).font(semibold(16.0))).wrap());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        words(ui, job.product.name(), regular(12.0), palette.dim);
        if !job.project.is_empty() {
            let (dot, _) = ui.allocate_exact_size(vec2(14.0, 14.0), egui::Sense::hover());
            ui.painter().circle_filled(dot.center() + vec2(3.0, 0.0), 4.0, project_color(&job.project));
            words(ui, &job.project, regular(12.0), palette.dim);
        }
    });
    // An end is the timeline's last line; an unknown outcome has more to say than a line.
    if !job.state.is_final() && job.state != JobState::OutcomeUnknown {
        standing_ui(ui, model, job);
    }
    if let Some(error) = &job.error {
        dashed_line(ui);
        error_ui(ui, error);
    }
    if job.state == JobState::OutcomeUnknown && !job.is_let_go() {
        dashed_line(ui);
        unknown_ui(ui, model, state, job, actions);
    }
    dashed_line(ui);
    timeline::timeline_ui(ui, job, model.now, &state.zone);
    dashed_line(ui);
    money_ui(ui, job);
    if let Some(audio) = job.files.audio.as_deref().filter(|_| job.files.video.is_none()) {
        dashed_line(ui);
        let sound = Sound { path: audio, title, seconds: job.duration, words: &job.files.words };
        sound_ui(ui, model, &sound, actions);
    }
    if !job.files.clips.is_empty() {
        dashed_line(ui);
        clips_ui(ui, job, pictures, actions);
    }
    let files = &job.files;
    if files.video.is_some() || files.audio.is_some() || files.captions.is_some() || job.remote_id.is_some() {
        dashed_line(ui);
        files_ui(ui, job, actions);
    }
}

/// How far it is, beside its mark, with a bar where an end is known.
fn standing_ui(ui: &mut Ui, model: &Model, job: &Job) {
    let palette = palette(ui);
    let (glyph, color) = mark_of(palette, job.state);
    let said = state_words(job, &model.board);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        icon(ui, glyph, 16.0, color);
        words(ui, capitalised(&brief_state_words(job, &model.board)), regular(14.0), palette.text).on_hover_text(&said);
    });
    if let Some((_, why)) = waiting(job) {
        paragraph(ui, capitalised(why), 13.0, palette.amber);
    }
    if let Some(share) = progress_thousandths(job) {
        let width = ui.available_width();
        progress_bar(ui, &said, width, f32::from(share) / 1000.0, color);
    }
}

/// What happened, what it means for the money, what to do: in this order.
fn error_ui(ui: &mut Ui, error: &JobError) {
    let palette = palette(ui);
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        ui.add(egui::Label::new(egui::RichText::new(&error.what).font(medium(14.0)).color(palette.amber)).wrap());
        for (text, color) in [(&error.money, palette.text), (&error.advice, palette.dim)] {
            if !text.is_empty() {
                paragraph(ui, text, 13.0, color);
            }
        }
    });
}

fn unknown_ui(ui: &mut Ui, model: &Model, state: &LibraryTab, job: &Job, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    strong(ui, "Nobody knows whether it was paid");
    let explained = format!(
        "The paid request left {}, and no answer came back. HeyGen may be making this video, or may never have \
         heard of it. Sending it again by itself could charge you twice, so nothing is sent until you decide. {} \
         stays held.",
        when_words(job.changed_at, model.now, &state.zone),
        job.hold
    );
    paragraph(ui, explained, 13.0, palette.dim);
    let looked_up = model.candidates.as_ref().filter(|(id, _)| *id == job.id).map(|(_, found)| found);
    let loading = looked_up.is_some_and(|found| found.loading);
    ui.add_space(2.0);
    let label = if looked_up.is_some_and(|found| found.value.is_some()) { "Look again" } else { "Look at HeyGen" };
    let button = Button::secondary(label).icon(icons::MAGNIFYING_GLASS).full_width().enabled(!loading);
    if ui.add(button).clicked() {
        actions.push(Action::FindCandidates(job.id));
    }
    if let Some(found) = looked_up {
        candidates_ui(ui, model, state, job, found, actions);
    }
}

fn candidates_ui(
    ui: &mut Ui,
    model: &Model,
    state: &LibraryTab,
    job: &Job,
    found: &Loaded<Vec<Candidate>>,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    if found.loading {
        ui.horizontal(|ui| {
            spinner(ui, 16.0, "Looking at HeyGen");
            caption(ui, "Looking through your recent videos");
        });
    }
    if let Some(fault) = &found.fault {
        paragraph(ui, format!("{} {fault}", icons::WARNING_CIRCLE), 12.0, palette.amber);
    }
    let Some(candidates) = &found.value else { return };
    if candidates.is_empty() {
        paragraph(ui, "HeyGen lists nothing that could be this job. It most likely never arrived.", 13.0, palette.text);
    }
    for candidate in candidates {
        let surface = Frame::new()
            .fill(palette.raised)
            .corner_radius(crate::ui::theme::RADIUS)
            .inner_margin(Margin::symmetric(10, 8));
        surface.show(ui, |ui| {
            let when = candidate
                .created_at
                .map_or_else(|| "at an unknown time".to_owned(), |at| when_words(at, model.now, &state.zone));
            ui.allocate_ui_with_layout(vec2(ui.available_width(), 36.0), Layout::right_to_left(Align::Center), |ui| {
                let called = format!("This is it: {}, made {when}", candidate.title);
                if ui.add(Button::secondary("This is it").small().named(&called)).clicked() {
                    actions.push(Action::Decide(job.id, Decision::ThisIsIt(candidate.remote_id.clone())));
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    words(ui, &candidate.title, medium(13.0), palette.text).on_hover_text(&candidate.remote_id);
                    words(ui, format!("{when} · {}", candidate.status), regular(12.0), palette.dim);
                });
            });
        });
    }
}

fn money_ui(ui: &mut Ui, job: &Job) {
    let palette = palette(ui);
    let money = ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        line_row(ui, "Quoted", &quoted_words(&job.quoted), palette.text);
        match job.charge {
            Some(_) if job.quoted.is_unpublished() => {
                line_row(ui, "Charged", "see the wallet", palette.amber);
            }
            Some(_) if job.quoted.is_not_in_dollars() => {
                line_row(ui, "Charged", &quoted_words(&job.quoted), palette.text);
            }
            Some(charge) => {
                charged_ui(ui, charge);
                let difference = charge - job.quoted.likely;
                if let Some(over) = job.quoted.overshoot(charge) {
                    line_row(ui, "Above the quote", &over.signed(), palette.amber).on_hover_text(over.precise());
                    let why = job.quoted.why_over();
                    let said = paragraph(ui, format!("{} {why}", icons::WARNING), 12.0, palette.amber);
                    crate::ui::widgets::name(&said, egui::Role::Label, true, &why);
                } else if !difference.is_zero() {
                    let color = if difference.is_negative() { palette.green } else { palette.dim };
                    // "−<$0.01" is a riddle.
                    let words = match difference.to_cents().is_zero() {
                        true => "within a cent".to_owned(),
                        false => difference.signed(),
                    };
                    line_row(ui, "Against likely", &words, color).on_hover_text(difference.precise());
                }
            }
            None if job.state == JobState::Done => {
                line_row(ui, "Charged", "not seen", palette.amber);
            }
            None if job.hold.is_zero() => {
                line_row(ui, "Charged", "nothing", palette.text);
            }
            None => {
                let until = match job.state {
                    JobState::OutcomeUnknown => "Held until you decide",
                    _ => "Held until it is done",
                };
                amount_row(ui, until, job.hold, palette.text);
            }
        }
        ui.add_space(2.0);
        paragraph(ui, &job.quoted.how, 12.0, palette.dim);
        chip(ui, &format!("card of {}", format::day(&job.quoted.card_date)));
    });
    crate::ui::widgets::name(&money.response, egui::Role::Group, true, &money_sentence(job));
}

/// What it cost, as the receipt shows a total.
fn charged_ui(ui: &mut Ui, charge: crate::money::Usd) {
    let palette = palette(ui);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 32.0), Layout::right_to_left(Align::Center), |ui| {
        crate::ui::widgets::amount_ui(ui, charge, semibold(20.0), palette.text);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| words(ui, "Charged", regular(14.0), palette.dim));
    });
}

fn files_ui(ui: &mut Ui, job: &Job, actions: &mut Vec<Action>) {
    if let Some(video) = &job.files.video {
        file_ui(ui, icons::FILE_VIDEO, video, "the video", actions);
    }
    if let Some(audio) = &job.files.audio {
        file_ui(ui, icons::FILE_AUDIO, audio, "the sound", actions);
    }
    if let Some(captions) = &job.files.captions {
        file_ui(ui, icons::CLOSED_CAPTIONING, captions, "the captions", actions);
    }
    if let Some(id) = &job.remote_id {
        let palette = palette(ui);
        row(ui, |ui| {
            if icon_button(ui, icons::COPY, "Copy the HeyGen id", 28.0).clicked() {
                actions.push(Action::CopyText(id.clone()));
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                words(ui, "HeyGen id", regular(13.0), palette.dim);
                words(ui, id, regular(13.0), palette.text);
            });
        });
    }
}

/// A file's name, with what can be done with it.
fn file_ui(ui: &mut Ui, glyph: &str, path: &Path, what: &str, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    row(ui, |ui| {
        if icon_button(ui, icons::FOLDER_OPEN, &format!("Show {what} in its folder"), 28.0).clicked() {
            actions.push(Action::ShowInFolder(path.to_path_buf()));
        }
        if icon_button(ui, icons::ARROW_SQUARE_OUT, &format!("Open {what}"), 28.0).clicked() {
            actions.push(Action::OpenFile(path.to_path_buf()));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            icon(ui, glyph, 17.0, palette.dim);
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            words(ui, name, regular(13.0), palette.text).on_hover_text(path.display().to_string());
        });
    });
}

fn row<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), 28.0), Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        add(ui)
    })
    .inner
}

/// The buttons under the slip, or the question that waits for an answer.
fn acts_ui(ui: &mut Ui, model: &Model, state: &mut LibraryTab, job: &Job, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.y = 8.0;
    if let Some(asking) = &mut state.asking {
        let take_keyboard = std::mem::take(&mut asking.take_keyboard);
        match question_ui(ui, asking.question, job, take_keyboard) {
            Some(Answer::Yes) => {
                actions.push(asking.question.action(job));
                state.asking = None;
            }
            Some(Answer::No) => state.asking = None,
            None => {}
        }
        return;
    }
    if let Some(id) = model.table_of(job)
        && !matches!(job.state, JobState::Failed | JobState::Cancelled)
        && ui.add(Button::quiet("Open its table").icon(icons::FILE_CSV).full_width()).clicked()
    {
        actions.push(Action::OpenBatch(job.product, id));
    }
    if job.is_stopped() && ui.add(Button::secondary("Try again").icon(icons::ARROW_CLOCKWISE).full_width()).clicked() {
        actions.push(Action::Retry(job.id));
    }
    let mut ask = None;
    match job.state {
        JobState::Held | JobState::Uploading => {
            if ui.add(Button::secondary("Cancel").full_width().named("Cancel this job")).clicked() {
                ask = Some(Question::Cancel);
            }
            footnote(ui, "Free until the request leaves");
        }
        JobState::Running if job.product == Product::VideoAgent => {
            let asks = job.progress == Progress::NeedsPerson;
            let words = if asks { "Answer the agent" } else { "Open the conversation" };
            if ui.add(Button::secondary(words).icon(icons::CHAT_CIRCLE_DOTS).full_width()).clicked() {
                actions.push(Action::OpenChat(job.id));
            }
            footnote(ui, "You can close the window: it goes on next time.");
        }
        JobState::Submitting | JobState::Running | JobState::Downloading => {
            if let (true, Some(look_id)) = (waits_for_consent(job), job.remote_id.clone()) {
                let button = Button::secondary("Open the consent page").icon(icons::ARROW_SQUARE_OUT).full_width();
                if ui.add(button.enabled(!model.own.busy.contains(&look_id))).clicked() {
                    actions.push(Action::Own(OwnAction::AskConsent { look_id, way: ConsentWay::Browser }));
                }
            }
            if job.can_be_let_go() && is_overdue(job, model.now) {
                let button = Button::quiet("Stop following").full_width().named("Stop following this job");
                if ui.add(button).clicked() {
                    ask = Some(Question::StopFollowing);
                }
            }
            footnote(ui, "Paid work cannot be called back. You can close the window: it goes on next time.");
        }
        JobState::Done => {
            if let Some(file) = job.files.main()
                && ui.add(Button::secondary("Play").icon(icons::PLAY).full_width()).clicked()
            {
                actions.push(Action::OpenFile(file.clone()));
            }
            if job.product == Product::VideoAgent
                && ui.add(Button::secondary("Ask for a change").icon(icons::CHAT_CIRCLE_DOTS).full_width()).clicked()
            {
                actions.push(Action::OpenChat(job.id));
            }
            if ui.add(Button::quiet("Edit and make another").icon(icons::PENCIL_SIMPLE).full_width()).clicked() {
                actions.push(Action::EditAgain(job.id));
            }
        }
        // Continued by an answer: that job has the video.
        JobState::Cancelled if job.error.is_some() => {
            if ui.add(Button::secondary("Open the conversation").icon(icons::CHAT_CIRCLE_DOTS).full_width()).clicked() {
                actions.push(Action::OpenChat(job.id));
            }
        }
        JobState::Failed | JobState::Cancelled if model.made_again(job).is_some() => {
            let Some(newest) = model.made_again(job) else { return };
            let said = format!("It was made again: the newer one is {}.", standing_words(newest, &model.board));
            paragraph(ui, said, 13.0, palette(ui).text);
            if ui.add(Button::secondary("Show the newer one").icon(icons::FILM_STRIP).full_width()).clicked() {
                state.show_job(newest.id);
            }
            if ui.add(Button::quiet("Edit and make another").icon(icons::PENCIL_SIMPLE).full_width()).clicked() {
                actions.push(Action::EditAgain(job.id));
            }
        }
        JobState::Failed | JobState::Cancelled => {
            let again = format!("Make again · {}", about_words(&job.quoted));
            let waiting = state.retried.as_ref().is_some_and(|retried| retried.job == job.id);
            let standing =
                if waiting { Primary::Busy("Putting it in the queue".to_owned()) } else { Primary::Ready(again) };
            if primary_button(ui, &standing).clicked() {
                actions.push(Action::Retry(job.id));
                let board = std::sync::Arc::clone(&model.board);
                state.retried = Some(Retried { job: job.id, board, at: model.now });
                let patience = u64::try_from(RETRY_PATIENCE_SECS).unwrap_or_default();
                ui.ctx().request_repaint_after(std::time::Duration::from_secs(patience));
            }
            // A row is mended in its table: made from the tab, the table would make it once more.
            let edit = match model.table_of(job) {
                Some(_) => Button::secondary("Mend its row in the table").icon(icons::FILE_CSV),
                None => Button::secondary("Edit and try again").icon(icons::PENCIL_SIMPLE),
            };
            if ui.add(edit.full_width()).clicked() {
                actions.push(Action::EditAgain(job.id));
            }
        }
        JobState::OutcomeUnknown if job.is_let_go() => {
            if let Some(id) = &job.remote_id
                && ui.add(Button::secondary("Follow it again").full_width()).clicked()
            {
                actions.push(Action::Decide(job.id, Decision::ThisIsIt(id.clone())));
            }
            if ui.add(Button::quiet("Give the hold back").full_width()).clicked() {
                ask = Some(Question::NeverHappened);
            }
        }
        JobState::OutcomeUnknown => {
            if ui.add(Button::secondary("It never happened").full_width()).clicked() {
                ask = Some(Question::NeverHappened);
            }
            if ui.add(Button::quiet("Pay again").full_width()).clicked() {
                ask = Some(Question::PayAgain);
            }
        }
    }
    if let Some(question) = ask {
        state.asking = Some(Asking { job: job.id, question, take_keyboard: false });
    }
}

/// Whether it has taken longer than a render does, so that somebody may want to give up on it.
fn is_overdue(job: &Job, now: i64) -> bool {
    /// Seconds without a change of state.
    const PATIENCE: i64 = 30 * 60;
    now.saturating_sub(job.changed_at) >= PATIENCE
}

/// A digital twin whose person has not agreed yet.
fn waits_for_consent(job: &Job) -> bool {
    job.product == Product::AvatarCreation && job.state == JobState::Running && job.progress == Progress::NeedsPerson
}

fn footnote(ui: &mut Ui, sentence: &str) {
    let color = palette(ui).dim;
    ui.vertical_centered(|ui| paragraph(ui, sentence, 12.0, color));
}

fn capitalised(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
