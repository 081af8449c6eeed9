//! The window: draws a [`Model`] and its own [`State`], returns [`Action`]s. Cannot spend, fetch,
//! save, or name the libraries that do.

pub mod action;
mod address;
mod alternatives;
pub mod avatar_video;
pub mod avatars;
mod bars;
mod caps;
pub mod batch;
mod chrome;
pub mod cinematic;
pub mod clips;
mod compare;
mod drop;
mod dubbing;
pub mod file_field;
mod form;
pub mod format;
pub mod gallery;
pub mod hyperframes;
pub mod icons;
mod keeping;
pub mod library;
pub mod lipsync;
pub mod model;
mod notices;
mod palette;
pub mod pictures;
pub mod places;
pub mod play_money;
mod prompt;
mod queue;
mod quoting;
pub mod realtime;
mod receipt;
mod recent;
mod references;
pub mod settings_tab;
mod sound;
pub mod speech;
pub mod spend;
mod state;
mod tab;
mod table_offer;
mod taking;
pub mod theme;
pub mod timeline;
pub mod translate;
pub mod video_agent;
mod voices;
mod volume;
pub mod widgets;

use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Panel, Stroke, Ui};

pub use action::Action;
use chrome::ChromeAnswer;
pub use keeping::KeptDraft;
pub use model::{Message, Model};
use palette::Command;
use pictures::Pictures;
pub use quoting::quoted_price;
pub use state::State;
pub use tab::Tab;

use crate::draft::{AvatarVideoDraft, Choice, Composition as _, Draft, Field, Product};

/// Draws everything and answers the keyboard; what the person asked for, in order.
pub fn frame(ui: &mut Ui, model: &Model, state: &mut State, pictures: &mut Pictures) -> Vec<Action> {
    let mut actions = Vec::new();
    let before = state.tab;
    shortcuts(ui, model, state, &mut actions);
    let palette = theme::palette(ui);
    let line = Stroke::new(1.0, palette.line);
    state.bars.notices.pass(ui, model, &mut actions);
    let header = Panel::top("header")
        .exact_size(theme::HEADER_HEIGHT)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().fill(palette.panel))
        .show(ui, |ui| chrome::header_ui(ui, model, &mut state.bars.notices, &mut actions));
    let edge = header.response.rect;
    ui.painter().hline(edge.x_range(), edge.bottom() - 0.5, line);
    match header.inner {
        Some(ChromeAnswer::ShowTab(tab)) => state.tab = tab,
        Some(ChromeAnswer::ShowWarnings) => {
            state.tab = Tab::Spend;
            state.spend.page = spend::Page::Overview;
        }
        Some(ChromeAnswer::OpenPalette) => state.palette.toggle(),
        None => {}
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    if let Some(tab) = bars::bars_ui(ui, model, state.tab, &mut actions) {
        state.tab = tab;
    }
    notices::bars_ui(ui, model, &mut state.bars, &mut actions);
    let narrow = ui.ctx().content_rect().width() < 1000.0;
    let rail = Panel::left("rail")
        .exact_size(if narrow { 56.0 } else { theme::RAIL_WIDTH })
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().fill(palette.panel).inner_margin(Margin { left: 8, right: 9, top: 12, bottom: 12 }))
        .show(ui, |ui| chrome::rail_ui(ui, model, state.tab, narrow));
    let edge = rail.response.rect;
    ui.painter().vline(edge.right() - 0.5, edge.y_range(), line);
    if let Some(tab) = rail.inner {
        state.tab = tab;
    }
    let middle = ui.available_rect_before_wrap();
    CentralPanel::no_frame().frame(Frame::new().fill(palette.background)).show(ui, |ui| {
        if let Some(tab) = middle_ui(ui, |ui| tab_ui(ui, model, state, pictures, &mut actions)) {
            state.tab = tab;
        }
    });
    bars::path_question_ui(ui, &mut state.bars, &mut actions);
    spend::save_question_ui(ui, &mut state.spend, &mut actions);
    if let Some((place, file)) = bars::file_elsewhere_ui(ui, &mut state.bars) {
        state.receive(Message::FileReady { place, file });
    }
    drop::files(ui, state, middle, &mut actions);
    if let Some(command) = palette::palette_ui(ui, model, &mut state.palette) {
        run(command, model, state, &mut actions);
    }
    let asks_for_file =
        |action: &Action| matches!(action, Action::PickFile(_) | Action::PickFolder(_) | Action::TakeFiles { .. });
    if actions.iter().any(asks_for_file) {
        // What was refused before is answered.
        state.bars.refused_files.clear();
    }
    if state.tab != before {
        // Whatever was open belongs to the page before, or to the moment.
        egui::Popup::close_all(ui.ctx());
    }
    actions
}

/// Room for the shown tab: where the window is too narrow for it, it is moved sideways.
fn middle_ui<R>(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
    /// Less has no room for a form beside its receipt.
    const LEAST: f32 = 820.0;
    let room = ui.available_size();
    if room.x >= LEAST {
        return add(ui);
    }
    let area = egui::ScrollArea::horizontal().id_salt("middle").auto_shrink([false, false]);
    area.show(ui, |ui| {
        let size = egui::vec2(LEAST, room.y);
        let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
        let mut inside = ui.new_child(egui::UiBuilder::new().max_rect(rect).id_salt("wide"));
        inside.set_clip_rect(rect.intersect(ui.clip_rect()));
        let answer = add(&mut inside);
        show_focus(ui);
        answer
    })
    .inner
}

/// Moves what has just got the keyboard into sight.
fn show_focus(ui: &Ui) {
    let seen = egui::Id::unique("focus that was shown");
    let focused = ui.memory(|memory| memory.focused());
    if ui.data(|data| data.get_temp::<Option<egui::Id>>(seen)).flatten() == focused {
        return;
    }
    ui.data_mut(|data| data.insert_temp(seen, focused));
    if let Some(response) = focused.and_then(|id| ui.ctx().read_response(id)) {
        ui.scroll_to_rect_animation(response.rect, None, egui::style::ScrollAnimation::none());
    }
}

/// Draws the shown tab; the tab to show instead, if a link asked for one.
fn tab_ui(
    ui: &mut Ui,
    model: &Model,
    state: &mut State,
    pictures: &mut Pictures,
    actions: &mut Vec<Action>,
) -> Option<Tab> {
    for product in [Product::AvatarVideo, Product::Speech] {
        let is_here = Tab::of(product) == state.tab;
        let base = match product {
            Product::Speech => Draft::from(state.speech.form.draft.clone()),
            _ => Draft::from(state.avatar_video.form.draft.clone()),
        };
        let Some(batch) = state.batch_mut(product).filter(|_| is_here) else { continue };
        batch.ask(&base, actions);
        if batch.is_shown {
            let is_library_asked = batch::batch_ui(ui, model, batch, &base, pictures, actions);
            return is_library_asked.then_some(Tab::Library);
        }
    }
    let answer = match state.tab {
        Tab::AvatarVideo => {
            let answer = form::form_ui(ui, model, &mut state.avatar_video, pictures, actions);
            if let Some(Choice::Engine(_)) = answer.choice {
                state.avatar_video.form.touch(Field::Engine);
            }
            if answer.undone {
                state.avatar_video.after_undo();
            }
            answer
        }
        Tab::Cinematic => form::form_ui(ui, model, &mut state.cinematic, pictures, actions),
        Tab::VideoAgent => form::form_ui(ui, model, &mut state.video_agent, pictures, actions),
        Tab::HyperFrames => form::form_ui(ui, model, &mut state.hyperframes, pictures, actions),
        Tab::Realtime => form::form_ui(ui, model, &mut state.realtime, pictures, actions),
        Tab::Translate => form::form_ui(ui, model, &mut state.translate, pictures, actions),
        Tab::Lipsync => form::form_ui(ui, model, &mut state.lipsync, pictures, actions),
        Tab::Clips => form::form_ui(ui, model, &mut state.clips, pictures, actions),
        Tab::Speech => form::form_ui(ui, model, &mut state.speech, pictures, actions),
        Tab::Avatars => {
            let answer = avatars::avatars_ui(ui, model, &mut state.avatars, pictures, actions);
            if let Some(look) = state.avatars.look_to_use() {
                state.avatar_video.use_look(look);
                return Some(Tab::AvatarVideo);
            }
            answer
        }
        Tab::Library => {
            library::library_ui(ui, model, &mut state.library, pictures, actions);
            return state.library.go_to.take();
        }
        Tab::Spend => {
            let answer = spend::spend_ui(ui, model, &mut state.spend, actions);
            if let Some(job) = answer.show_job {
                state.library.show_job(job);
                return Some(Tab::Library);
            }
            return answer.show;
        }
        Tab::Settings => {
            settings_tab::settings_ui(ui, model, &mut state.settings, actions);
            return None;
        }
    };
    answer.show
}

fn shortcuts(ui: &Ui, model: &Model, state: &mut State, actions: &mut Vec<Action>) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
    for tab in Tab::SHOWN {
        if tab.shortcut().is_some_and(|(key, _)| pressed(key)) {
            state.tab = *tab;
        }
    }
    if pressed(Key::K) {
        egui::Popup::close_all(ui.ctx());
        state.palette.toggle();
    }
    if pressed(Key::O) {
        let place = state.wanted_place();
        actions.push(Action::PickFile(place));
    }
    let zoom = if pressed(Key::Plus) || pressed(Key::Equals) {
        Some(model.settings.next_zoom(true))
    } else if pressed(Key::Minus) {
        Some(model.settings.next_zoom(false))
    } else {
        None
    };
    if let Some(percent) = zoom.filter(|percent| *percent != model.settings.zoom_percent) {
        actions.push(palette::zoomed(&model.settings, percent));
    }
    if pressed(Key::Q) {
        actions.push(Action::Quit);
    }
    if pressed(Key::Enter) {
        state.create(model, actions);
    }
}

fn run(command: Command, model: &Model, state: &mut State, actions: &mut Vec<Action>) {
    match command {
        Command::ShowTab(tab) => state.tab = tab,
        Command::Create => state.create(model, actions),
        Command::UseEngine(engine) => {
            state.tab = Tab::AvatarVideo;
            if state.avatar_video.form.draft.engine_refusal(engine).is_none() {
                state.avatar_video.form.draft.choose(Choice::Engine(engine));
            }
        }
        Command::NewDraft => {
            state.tab = Tab::AvatarVideo;
            let project = state.avatar_video.form.draft.project.clone();
            state.avatar_video.form.replace(AvatarVideoDraft { project, ..AvatarVideoDraft::default() });
        }
        Command::Compare if state.tab == Tab::Speech => state.speech.compare.open(&state.speech.form.draft),
        Command::Compare => {
            state.tab = Tab::AvatarVideo;
            state.avatar_video.compare.open(&state.avatar_video.form.draft);
        }
        Command::Ask(action) => actions.push(action),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;
