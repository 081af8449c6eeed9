//! The conversation with an agent: what was said, how far it is, and the next message.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Align, Color32, CornerRadius, Frame, Layout, Margin, Rect, Role, ScrollArea, Sense, Stroke, Ui, vec2};

use super::outgoing::{self, Outgoing};
use super::{VideoAgentTab, compose, conversations};
use crate::draft::chat::{Chat, ChatMessage, ChatResource, Speaker, Stage, video_of};
use crate::draft::{Field, Product};
use crate::jobs::types::{Job, JobState};
use crate::ui::gallery::picture_ui;
use crate::ui::library::words::standing_words;
use crate::ui::model::Model;
use crate::ui::pictures::{PictureSource, Pictures};
use crate::ui::places::Place;
use crate::ui::quoting::Quoted;
use crate::ui::references::References;
use crate::ui::theme::{RADIUS_CARD, RADIUS_SMALL, palette, regular};
use crate::ui::widgets::{self, Button, EmptyState};
use crate::ui::{Action, icons, references};

/// A message that HeyGen does not have yet, why, and the way to write it anew where it never will.
fn outgoing_ui(ui: &mut Ui, model: &Model, outgoing: &Outgoing, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    let message = ChatMessage {
        speaker: Speaker::Person,
        text: outgoing.message.sent_text(),
        error: false,
        at: None,
        resources: Vec::new(),
    };
    bubble_ui(ui, &message, &[], &mut Pictures::default(), actions);
    ui.with_layout(Layout::right_to_left(Align::TOP), |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let ended = outgoing.job.state.is_final();
        if ended && widgets::link(ui, "write it anew", "Write the message anew").clicked() {
            actions.push(Action::EditAgain(outgoing.job.id));
        }
        if outgoing.job.state.is_cancellable() && widgets::link(ui, "cancel", "Cancel the message").clicked() {
            actions.push(Action::Cancel(outgoing.job.id));
        }
        let color = if ended { palette.amber } else { palette.dim };
        let standing = standing_words(&outgoing.job, &model.board);
        let words = if outgoing.is_unknown() { standing } else { format!("not sent: {standing}") };
        widgets::words(ui, words, regular(12.0), color);
    });
}

/// Room for the message with its label, files and length.
const MESSAGE: f32 = 204.0;
/// A picture, a video or a file of a message.
const RESOURCE: egui::Vec2 = vec2(152.0, 86.0);

/// Draws the conversation and the message that is being written.
pub fn chat_ui(
    ui: &mut Ui,
    model: &Model,
    tab: &mut VideoAgentTab,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let page = ui.max_rect();
    let room = ui.clip_rect().height() - 2.0 * 20.0;
    let session = tab.form.draft.conversation.as_ref().map(|of| of.session.clone()).unwrap_or_default();
    let of_this = model.agent.session.as_deref() == Some(session.as_str());
    let chat = model.agent.chat.value.clone().filter(|_| of_this);
    let mut leave = false;
    ui.horizontal(|ui| {
        ui.set_min_height(32.0);
        if widgets::icon_button(ui, icons::ARROW_LEFT, "Leave the conversation", 32.0).clicked() {
            leave = true;
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let list = widgets::icon_button(ui, icons::CHAT_CIRCLE_DOTS, "Conversations", 32.0);
            leave |= conversations::list_ui(&list, model, Some(&session), actions);
            end_ui(ui, model, &session, chat.as_deref(), actions);
            if let Some(chat) = &chat {
                stage_ui(ui, chat);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = chat.as_ref().and_then(|chat| chat.title.clone()).filter(|title| !title.is_empty());
                widgets::heading(ui, title.unwrap_or_else(|| tab.form.draft.title.clone()));
            });
        });
    });
    let used = ui.cursor().top() - page.top();
    let height = (room - used - MESSAGE).max(150.0);
    ui.allocate_ui_with_layout(vec2(ui.available_width(), height), Layout::top_down(Align::LEFT), |ui| {
        ui.set_min_height(height);
        match &chat {
            Some(chat) => {
                let outgoing: Vec<_> = outgoing::messages(model, &session, &tab.form.last).collect();
                thread_ui(ui, model, (chat, &outgoing), height, pictures, actions);
            }
            None => waiting_ui(ui, model, &session, of_this, actions),
        }
    });
    message_ui(ui, tab, quoted, pictures, actions);
    if leave {
        tab.leave();
    }
}

/// What ends a conversation that has not ended, and what it led to where it has.
fn end_ui(ui: &mut Ui, model: &Model, session: &str, chat: Option<&Chat>, actions: &mut Vec<Action>) {
    let Some(chat) = chat else { return };
    match chat.stage {
        Stage::Thinking | Stage::WaitingForInput | Stage::Reviewing | Stage::Generating => {
            let button = Button::secondary("Stop").icon(icons::STOP).small().named("Stop the agent");
            let words = "It makes no video for the last message. What is held for it comes back.";
            if ui.add(button).on_hover_text(words).clicked() {
                actions.push(Action::StopAgent(session.to_owned()));
            }
        }
        Stage::Completed | Stage::Failed => {
            let made = |job: &&Arc<Job>| job.agent_session() == Some(session) && job.state == JobState::Done;
            if let Some(job) = model.board.jobs.iter().find(made)
                && widgets::icon_button(ui, icons::FILM_STRIP, "Show the video in the Library", 32.0).clicked()
            {
                actions.push(Action::ShowJob(job.id));
            }
        }
    }
}

fn waiting_ui(ui: &mut Ui, model: &Model, session: &str, of_this: bool, actions: &mut Vec<Action>) {
    match model.agent.chat.fault.as_ref().filter(|_| of_this) {
        Some(fault) => {
            let state = EmptyState {
                icon: icons::WIFI_SLASH,
                title: "The conversation could not be read",
                sentence: fault,
                button: Some("Try again"),
            };
            if widgets::empty_state(ui, &state) {
                actions.push(Action::FollowChat(session.to_owned()));
            }
        }
        None => {
            ui.horizontal(|ui| {
                widgets::spinner(ui, 16.0, "Reading the conversation");
                widgets::dim(ui, "Reading the conversation…");
            });
        }
    }
}

/// Where the agent stands, in words and as a bar.
fn stage_ui(ui: &mut Ui, chat: &Chat) {
    let palette = palette(ui);
    let (words, color) = match chat.stage {
        Stage::Thinking => ("thinking", palette.blue),
        Stage::WaitingForInput => ("asks you", palette.amber),
        Stage::Reviewing => ("looks its plan over", palette.blue),
        Stage::Generating => ("makes the video", palette.red_text),
        Stage::Completed => ("done", palette.green),
        Stage::Failed => ("ended without a video", palette.amber),
    };
    let spoken = format!("The agent {words}");
    if chat.stage.is_busy() || chat.stage == Stage::Reviewing {
        widgets::progress_bar(ui, &spoken, 90.0, f32::from(chat.progress) / 100.0, color);
        widgets::caption(ui, format!("{} %", chat.progress));
    }
    let told = widgets::words(ui, words, regular(12.0), color);
    widgets::name(&told, Role::Label, true, &spoken);
}

/// The films of a conversation that are at home, by their resources. Which is whose is known only where every
/// video of it is shown in a message: both stand in the order they were made in.
fn films<'a>(model: &'a Model, chat: &'a Chat) -> Vec<(&'a str, &'a Path)> {
    let from_agent = chat.messages.iter().filter(|message| message.speaker == Speaker::Agent);
    let shown = from_agent.flat_map(|message| &message.resources).filter(|resource| resource.kind == "video");
    let shown: Vec<&ChatResource> = shown.collect();
    if shown.len() != chat.videos.len() {
        return Vec::new();
    }
    let at_home = |video: &String| {
        let of_video = |job: &&Arc<Job>| job.remote_id.as_deref().and_then(video_of) == Some(video);
        let job = model.board.jobs.iter().filter(|job| job.product == Product::VideoAgent).find(of_video)?;
        job.files.main().map(PathBuf::as_path)
    };
    let videos = chat.videos.iter().rev().map(at_home);
    shown.into_iter().zip(videos).filter_map(|(resource, film)| Some((resource.id.as_str(), film?))).collect()
}

fn thread_ui(
    ui: &mut Ui,
    model: &Model,
    (chat, outgoing): (&Chat, &[Outgoing]),
    height: f32,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let newest = chat.messages.iter().rev().find(|message| message.speaker == Speaker::Person);
    let films = films(model, chat);
    ScrollArea::vertical()
        .id_salt(("thread", &chat.session))
        .max_height(height)
        .auto_shrink([false, false])
        .stick_to_bottom(true)
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 10.0;
            for (number, message) in chat.messages.iter().enumerate() {
                ui.push_id(number, |ui| bubble_ui(ui, message, &films, pictures, actions));
            }
            // One that has arrived may still be waited for here.
            let is_there = |sent: &Outgoing| newest.is_some_and(|there| there.text.trim() == sent.message.sent_text());
            for sent in outgoing.iter().filter(|sent| !is_there(sent)) {
                ui.push_id(sent.job.id, |ui| outgoing_ui(ui, model, sent, actions));
            }
        });
}

/// One message: the person's at the right, the agent's at the left.
fn bubble_ui(
    ui: &mut Ui,
    message: &ChatMessage,
    films: &[(&str, &Path)],
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    let own = message.speaker == Speaker::Person;
    let most = (ui.available_width() * 0.78).min(560.0);
    let text = message.text.trim();
    let color = if message.error { palette.amber } else { palette.text };
    let words = ui.painter().layout(text.to_owned(), regular(14.0), color, most).size().x;
    let pictures_width = if message.resources.len() > 1 { 2.0 * RESOURCE.x + 8.0 } else { RESOURCE.x };
    let width = if message.resources.is_empty() { words } else { words.max(pictures_width) }.ceil().min(most) + 1.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        if own {
            // With the frame's margins and edges.
            ui.add_space((ui.available_width() - width - 26.0).max(0.0));
        }
        Frame::new()
            .fill(if own { palette.hover } else { palette.raised })
            .stroke(Stroke::new(1.0, if message.error { palette.amber } else { palette.line }))
            .corner_radius(CornerRadius::same(RADIUS_CARD))
            .inner_margin(Margin::symmetric(12, 9))
            .show(ui, |ui| {
                ui.vertical(|ui| {
                    ui.set_width(width);
                    ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
                    if !text.is_empty() {
                        let who = if own { "You" } else { "Agent" };
                        let told = widgets::paragraph(ui, text, 14.0, color);
                        widgets::name(&told, Role::Label, true, &format!("{who}: {text}"));
                    }
                    if !message.resources.is_empty() {
                        ui.horizontal_wrapped(|ui| {
                            for resource in &message.resources {
                                let film = films.iter().find(|(id, _)| *id == resource.id).map(|(_, film)| *film);
                                resource_ui(ui, resource, film, pictures, actions);
                            }
                        });
                    }
                });
            });
    });
}

/// A picture, a video or a file of a message; a click opens it: the film on this computer where it is at home.
fn resource_ui(
    ui: &mut Ui,
    resource: &ChatResource,
    film: Option<&Path>,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let palette = palette(ui);
    let opens = film.is_some() || resource.url.is_some();
    let sense = if opens { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(RESOURCE, sense);
    let what = match resource.kind.as_str() {
        "image" => "picture",
        "video" => "video",
        "audio" => "sound",
        _ => "file",
    };
    let verb = if film.is_some() { "Play" } else { "Open" };
    widgets::name(&response, Role::Button, opens, &format!("{verb} the {what}"));
    let source = resource.picture_url.clone().map(PictureSource::Url);
    if source.is_some() {
        picture_ui(ui, pictures, source.as_ref(), rect, RADIUS_SMALL, Color32::WHITE);
    } else {
        ui.painter().rect_filled(rect, RADIUS_SMALL, palette.hover);
        let glyph = match what {
            "video" => icons::FILE_VIDEO,
            "sound" => icons::FILE_AUDIO,
            "picture" => icons::IMAGE,
            _ => icons::PAPERCLIP,
        };
        ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, glyph, regular(28.0), palette.dim);
    }
    if what == "video" {
        let badge = Rect::from_center_size(rect.center(), vec2(34.0, 34.0));
        ui.painter().circle_filled(badge.center(), 17.0, palette.scrim);
        ui.painter().text(badge.center(), egui::Align2::CENTER_CENTER, icons::PLAY, regular(18.0), palette.on_scrim);
    }
    widgets::focus_ring(ui, &response, RADIUS_SMALL);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        match (film, &resource.url) {
            (Some(film), _) => actions.push(Action::OpenFile(film.to_path_buf())),
            (None, Some(url)) => actions.push(Action::OpenWeb(url.clone())),
            (None, None) => {}
        }
    }
}

fn message_ui(
    ui: &mut Ui,
    tab: &mut VideoAgentTab,
    quoted: &Quoted,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) {
    let (busy, waits) = match &tab.form.draft.conversation {
        Some(conversation) => (conversation.busy, conversation.waits),
        None => (false, false),
    };
    let problem = tab.form.problem(quoted, Field::Prompt).map(str::to_owned);
    widgets::field_label(ui, "Your message", "", problem.as_deref());
    let hint = if waits {
        "Your last message has not left yet."
    } else if busy {
        "The agent is at work. It takes a message when it has answered."
    } else {
        "Answer, or ask for a change."
    };
    let text = &mut tab.form.draft.prompt;
    if widgets::text_area(ui, "Message", hint, text, 76.0, problem.as_deref(), |_| Vec::new()).changed() {
        tab.form.touch(Field::Prompt);
    }
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        widgets::field(ui, "Length", None, 124.0, |ui| {
            compose::length_ui(ui, &mut tab.form.draft, 124.0);
        });
        ui.vertical(|ui| {
            let place = Place::new(Product::VideoAgent, Field::Reference(0));
            let show = std::mem::take(&mut tab.show_files);
            let about = References { label: "Files", note: "", place, show };
            references::references_ui(ui, &about, &mut tab.form.draft.files, quoted, pictures, actions);
        });
    });
}
