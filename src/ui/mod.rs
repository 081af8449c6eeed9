//! The window: draws a [`Model`] and its own [`State`], returns [`Action`]s. Cannot spend, fetch,
//! save, or name the libraries that do.

pub mod action;
pub mod avatar_video;
mod bars;
mod chrome;
pub mod format;
pub mod icons;
pub mod library;
pub mod model;
mod palette;
pub mod pictures;
mod quoting;
mod receipt;
pub mod settings_tab;
pub mod theme;
pub mod widgets;

use std::path::PathBuf;

use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Panel, Rect, Stroke, Ui};

pub use action::Action;
use action::FilePurpose;
use avatar_video::AvatarVideoTab;
use chrome::ChromeAnswer;
use library::LibraryTab;
pub use model::{Message, Model};
use palette::Command;
use pictures::Pictures;
use settings_tab::SettingsTab;

/// The tabs there are, in the order of the rail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    #[default]
    AvatarVideo,
    Library,
    Settings,
}

/// What the window remembers between frames: nothing here is worth money or is lost with it.
#[derive(Default)]
pub struct State {
    pub tab: Tab,
    pub avatar_video: AvatarVideoTab,
    pub library: LibraryTab,
    pub settings: SettingsTab,
    bars: bars::Bars,
    palette: palette::CommandPalette,
}

impl State {
    /// Takes what the app has to tell the window once.
    pub fn receive(&mut self, message: Message) {
        match message {
            Message::Submitted(answer) => self.avatar_video.submitted(answer.map(|_| ())),
            Message::FileReady { purpose, file } => {
                self.avatar_video.take_file(purpose, file);
                self.bars.refused_file = None;
                self.tab = Tab::AvatarVideo;
            }
            Message::FileRefused(why) => self.bars.refused_file = Some(why),
            Message::LoadDraft(draft) => {
                self.avatar_video.load(*draft);
                self.tab = Tab::AvatarVideo;
            }
            Message::NoFileDialog(purpose) => self.bars.path_question = Some((purpose, String::new())),
            Message::ShowTab(tab) => self.tab = tab,
        }
    }
}

/// Draws everything and answers the keyboard; what the person asked for, in order.
pub fn frame(ui: &mut Ui, model: &Model, state: &mut State, pictures: &mut Pictures) -> Vec<Action> {
    let mut actions = Vec::new();
    shortcuts(ui, model, state, &mut actions);
    let palette = theme::palette(ui);
    let line = Stroke::new(1.0, palette.line);
    let header = Panel::top("header")
        .exact_size(theme::HEADER_HEIGHT)
        .resizable(false)
        .show_separator_line(false)
        .frame(Frame::new().fill(palette.panel))
        .show(ui, |ui| chrome::header_ui(ui, model, &mut actions));
    let edge = header.response.rect;
    ui.painter().hline(edge.x_range(), edge.bottom() - 0.5, line);
    match header.inner {
        Some(ChromeAnswer::ShowTab(tab)) => state.tab = tab,
        Some(ChromeAnswer::OpenPalette) => state.palette.toggle(),
        None => {}
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    if let Some(tab) = bars::bars_ui(ui, model, &mut actions) {
        state.tab = tab;
    }
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
    CentralPanel::no_frame().frame(Frame::new().fill(palette.background)).show(ui, |ui| match state.tab {
        Tab::AvatarVideo => {
            let show = avatar_video::avatar_video_ui(ui, model, &mut state.avatar_video, pictures, &mut actions);
            if let Some(tab) = show {
                state.tab = tab;
            }
        }
        Tab::Library => {
            library::library_ui(ui, model, &mut state.library, pictures, &mut actions);
            if let Some(tab) = state.library.go_to.take() {
                state.tab = tab;
            }
        }
        Tab::Settings => settings_tab::settings_ui(ui, model, &mut state.settings, &mut actions),
    });
    let slip = if state.tab == Tab::AvatarVideo { avatar_video::receipt_width(ui) } else { 0.0 };
    bars::notices_ui(ui, model, &mut state.bars, slip);
    bars::path_question_ui(ui, &mut state.bars, &mut actions);
    files(ui, state, middle, &mut actions);
    if let Some(command) = palette::palette_ui(ui, model, &mut state.palette) {
        run(command, model, state, &mut actions);
    }
    actions
}

fn shortcuts(ui: &Ui, model: &Model, state: &mut State, actions: &mut Vec<Action>) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, key));
    for (key, tab) in [(Key::Num1, Tab::AvatarVideo), (Key::Num2, Tab::Library), (Key::Num3, Tab::Settings)] {
        if pressed(key) {
            state.tab = tab;
        }
    }
    if pressed(Key::K) {
        state.palette.toggle();
    }
    if pressed(Key::O) {
        state.tab = Tab::AvatarVideo;
        actions.push(Action::PickFile(FilePurpose::DrivingAudio));
    }
    if pressed(Key::Q) {
        actions.push(Action::Quit);
    }
    if pressed(Key::Enter) && state.tab == Tab::AvatarVideo {
        state.avatar_video.create(model, actions);
    }
}

fn run(command: Command, model: &Model, state: &mut State, actions: &mut Vec<Action>) {
    match command {
        Command::ShowTab(tab) => state.tab = tab,
        Command::Create => {
            state.tab = Tab::AvatarVideo;
            state.avatar_video.create(model, actions);
        }
        Command::UseEngine(engine) => {
            state.tab = Tab::AvatarVideo;
            if state.avatar_video.draft.engine_refusal(engine).is_none() {
                state.avatar_video.draft.engine = engine;
            }
        }
        Command::NewDraft => {
            state.tab = Tab::AvatarVideo;
            state.avatar_video.load(crate::draft::AvatarVideoDraft::default());
        }
        Command::Ask(action) => actions.push(action),
    }
}

/// Files over the window and files dropped on it.
fn files(ui: &Ui, state: &mut State, middle: Rect, actions: &mut Vec<Action>) {
    let (hovered, dropped, pointer) = ui.input(|input| {
        let hovered: Vec<Option<PathBuf>> = input.raw.hovered_files.iter().map(|file| file.path.clone()).collect();
        let dropped: Vec<PathBuf> = input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect();
        (hovered, dropped, input.pointer.latest_pos())
    });
    let (upper, lower) = middle.split_top_bottom_at_fraction(0.6);
    if let Some(first) = hovered.first() {
        match first.as_ref().map(PathBuf::as_path).map(kind_of) {
            Some(FileKind::Sound) => {
                widgets::drop_overlay(
                    ui,
                    middle,
                    "Drop the sound",
                    "It is spoken instead of a script: WAV or MP3, at most 10 minutes.",
                );
            }
            Some(FileKind::Picture) => {
                widgets::drop_overlay(
                    ui,
                    upper,
                    "Drop the picture here to animate it",
                    "PNG or JPEG, at most 50 MB. Rendered on Avatar IV.",
                );
                widgets::drop_overlay(ui, lower, "Or here to put it behind the face", "It becomes the background.");
            }
            Some(FileKind::Other) => {
                widgets::drop_overlay(
                    ui,
                    middle,
                    "Drop the file",
                    "Sounds (WAV, MP3) and pictures (PNG, JPEG) have a place here.",
                );
            }
            None => widgets::drop_overlay(
                ui,
                middle,
                "Drop the file",
                "A sound is spoken instead of a script; a picture is animated.",
            ),
        }
    }
    if let Some(first) = dropped.first() {
        let behind = pointer.is_some_and(|pointer| lower.contains(pointer));
        let purpose = match kind_of(first) {
            FileKind::Sound => Some(FilePurpose::DrivingAudio),
            FileKind::Picture if behind => Some(FilePurpose::BackgroundImage),
            FileKind::Picture => Some(FilePurpose::FaceImage),
            FileKind::Other => None,
        };
        state.tab = Tab::AvatarVideo;
        actions.push(Action::TakeFiles { paths: dropped, purpose });
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    Sound,
    Picture,
    Other,
}

/// What a file's name promises; the probe looks at the bytes later.
fn kind_of(path: &std::path::Path) -> FileKind {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("wav" | "mp3") => FileKind::Sound,
        Some("png" | "jpg" | "jpeg") => FileKind::Picture,
        _ => FileKind::Other,
    }
}

#[cfg(test)]
mod tests;
