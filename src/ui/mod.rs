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
mod dubbing;
pub mod file_field;
mod form;
pub mod format;
pub mod hyperframes;
pub mod icons;
pub mod library;
pub mod lipsync;
pub mod model;
mod palette;
pub mod pictures;
pub mod places;
mod prompt;
mod queue;
mod quoting;
pub mod realtime;
mod receipt;
mod references;
pub mod settings_tab;
mod sound;
pub mod speech;
pub mod spend;
pub mod theme;
pub mod timeline;
pub mod translate;
pub mod video_agent;
mod voices;
pub mod widgets;

use std::path::PathBuf;

use egui::{CentralPanel, Frame, Key, Margin, Modifiers, Panel, Rect, Stroke, Ui};

pub use action::Action;
use avatar_video::AvatarVideoTab;
use avatars::AvatarsTab;
use chrome::ChromeAnswer;
use cinematic::CinematicTab;
use clips::ClipsTab;
use form::FormTab as _;
use hyperframes::HyperFramesTab;
use library::LibraryTab;
use lipsync::LipsyncTab;
pub use model::{Message, Model};
use palette::Command;
use pictures::Pictures;
use places::{Kind, Place};
pub use quoting::quoted_price;
use realtime::RealtimeTab;
use settings_tab::SettingsTab;
use speech::SpeechTab;
use spend::SpendTab;
use translate::TranslateTab;
use video_agent::VideoAgentTab;

use crate::draft::avatar_video::LocalFile;
use crate::draft::{AvatarVideoDraft, Choice, Composition as _, Draft, Field, Product, SpeechDraft};

/// The tabs there are, in the order of the rail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    #[default]
    AvatarVideo,
    Cinematic,
    VideoAgent,
    HyperFrames,
    Realtime,
    Translate,
    Lipsync,
    Clips,
    Speech,
    Avatars,
    Library,
    Spend,
    Settings,
}

impl Tab {
    /// The tabs a person can go to, in the order of the rail and of their shortcuts.
    pub const SHOWN: &'static [Self] = &[
        Self::AvatarVideo,
        Self::Cinematic,
        Self::VideoAgent,
        Self::HyperFrames,
        Self::Realtime,
        Self::Translate,
        Self::Lipsync,
        Self::Clips,
        Self::Speech,
        Self::Avatars,
        Self::Library,
        Self::Spend,
        Self::Settings,
    ];

    /// The tab on which a product is composed.
    #[must_use]
    pub fn of(product: Product) -> Self {
        match product {
            Product::AvatarVideo => Self::AvatarVideo,
            Product::Cinematic => Self::Cinematic,
            Product::VideoAgent => Self::VideoAgent,
            Product::HyperFrames => Self::HyperFrames,
            Product::Realtime => Self::Realtime,
            Product::Translation => Self::Translate,
            Product::Lipsync => Self::Lipsync,
            Product::Clips => Self::Clips,
            Product::Speech => Self::Speech,
            Product::AvatarCreation => Self::Avatars,
        }
    }

    /// The product that is composed on it; `None` for tabs without a form.
    #[must_use]
    pub fn product(self) -> Option<Product> {
        Product::ALL.into_iter().find(|product| Self::of(*product) == self)
    }

    /// The key that shows it, with Ctrl, and how that is written: numbers for what is made, letters for
    /// what is kept.
    #[must_use]
    pub fn shortcut(self) -> Option<(Key, &'static str)> {
        const NUMBERS: [(Key, &str); 10] = [
            (Key::Num1, "Ctrl 1"),
            (Key::Num2, "Ctrl 2"),
            (Key::Num3, "Ctrl 3"),
            (Key::Num4, "Ctrl 4"),
            (Key::Num5, "Ctrl 5"),
            (Key::Num6, "Ctrl 6"),
            (Key::Num7, "Ctrl 7"),
            (Key::Num8, "Ctrl 8"),
            (Key::Num9, "Ctrl 9"),
            (Key::Num0, "Ctrl 0"),
        ];
        match self {
            Self::Library => Some((Key::L, "Ctrl L")),
            Self::Spend => Some((Key::M, "Ctrl M")),
            Self::Settings => Some((Key::Comma, "Ctrl ,")),
            made => {
                let place = Self::SHOWN.iter().position(|tab| *tab == made)?;
                NUMBERS.get(place).copied()
            }
        }
    }

    /// Its name on the rail.
    #[must_use]
    pub fn name(self) -> &'static str {
        match (self, self.product()) {
            (_, Some(product)) => product.name(),
            (Self::Spend, None) => "Spend",
            (Self::Settings, None) => "Settings",
            (_, None) => "Library",
        }
    }
}

/// What the window remembers between frames: nothing here is worth money or is lost with it.
#[derive(Default)]
pub struct State {
    pub tab: Tab,
    pub avatar_video: AvatarVideoTab,
    pub cinematic: CinematicTab,
    pub video_agent: VideoAgentTab,
    pub hyperframes: HyperFramesTab,
    pub realtime: RealtimeTab,
    pub translate: TranslateTab,
    pub lipsync: LipsyncTab,
    pub clips: ClipsTab,
    pub speech: SpeechTab,
    pub avatars: AvatarsTab,
    pub library: LibraryTab,
    pub spend: SpendTab,
    pub settings: SettingsTab,
    bars: bars::Bars,
    palette: palette::CommandPalette,
}

impl State {
    /// Takes what the app has to tell the window once.
    pub fn receive(&mut self, message: Message) {
        match message {
            Message::Submitted(product, answer) => self.submitted(product, answer),
            Message::FileReady { place, file } => {
                self.take_file(place, file);
                self.bars.refused_file = None;
                self.tab = Tab::of(place.product);
            }
            Message::ProjectRead(answer) => self.hyperframes.take_project(answer),
            Message::RowsRead(answer) => self.hyperframes.take_rows(answer),
            Message::FileElsewhere { file, places } => self.bars.file_elsewhere = Some((file, places)),
            Message::FileRefused(why) => self.bars.refused_file = Some(why),
            Message::LoadDraft(draft) => {
                self.tab = Tab::of(draft.product());
                if let Some(batch) = self.batch_mut(draft.product()) {
                    batch.is_shown = false;
                }
                self.load(*draft);
            }
            Message::TableRead(product, answer) => {
                self.tab = Tab::of(product);
                if let Some(batch) = self.batch_mut(product) {
                    batch.take_table(answer);
                }
            }
            Message::BatchOpened(kept) => {
                let product = kept.base.product();
                self.tab = Tab::of(product);
                self.load(kept.base.clone());
                if let Some(batch) = self.batch_mut(product) {
                    batch.take_table(Ok(kept));
                }
            }
            Message::BatchFound(kept) => {
                let product = kept.base.product();
                match &kept.base {
                    Draft::AvatarVideo(draft) if self.avatar_video.form.draft == AvatarVideoDraft::default() => {
                        self.avatar_video.form.load(draft.clone());
                    }
                    Draft::Speech(draft) if self.speech.form.draft == SpeechDraft::default() => {
                        self.speech.form.load(draft.clone());
                    }
                    _ => {}
                }
                if let Some(batch) = self.batch_mut(product) {
                    batch.found(*kept);
                }
            }
            Message::BatchMade(id, answer) => {
                for product in [Product::AvatarVideo, Product::Speech] {
                    if let Some(batch) = self.batch_mut(product) {
                        batch.submitted(id, answer.clone());
                    }
                }
            }
            Message::MadeAgain(before, job) => {
                for product in [Product::AvatarVideo, Product::Speech] {
                    if let Some(sheet) = self.batch_mut(product).and_then(|batch| batch.sheet.as_mut()) {
                        sheet.note_again(before, job);
                    }
                }
            }
            Message::ForgetBatches => {
                self.avatar_video.batch.forget();
                self.speech.batch.forget();
            }
            Message::NoFileDialog(place) => self.bars.path_question = Some((place, String::new())),
            Message::NoSaveDialog(export) => self.spend.ask_path(*export),
            Message::ShowTab(tab) => self.tab = tab,
        }
    }

    fn submitted(&mut self, product: Product, answer: Result<Vec<crate::jobs::types::JobId>, String>) {
        match Tab::of(product) {
            Tab::AvatarVideo => self.avatar_video.form.submitted(answer),
            Tab::Cinematic => self.cinematic.form.submitted(answer),
            Tab::VideoAgent => self.video_agent.submitted(answer),
            Tab::HyperFrames => self.hyperframes.form.submitted(answer),
            Tab::Realtime => self.realtime.form.submitted(answer),
            Tab::Translate => self.translate.form.submitted(answer),
            Tab::Lipsync => self.lipsync.form.submitted(answer),
            Tab::Clips => self.clips.form.submitted(answer),
            Tab::Speech => self.speech.form.submitted(answer),
            Tab::Avatars => self.avatars.form.submitted(answer),
            Tab::Library | Tab::Spend | Tab::Settings => {}
        }
    }

    /// The table of a tab that has one.
    /// Shows a table that is open on its tab; what keeps another one from taking its place otherwise.
    pub fn show_batch(&mut self, product: Product, id: crate::jobs::types::BatchId) -> batch::Showing {
        let Some(batch) = self.batch_mut(product) else { return batch::Showing::Free };
        let showing = batch.show_again(id);
        if showing == batch::Showing::Shown {
            self.tab = Tab::of(product);
        }
        showing
    }

    fn batch_mut(&mut self, product: Product) -> Option<&mut batch::BatchTab> {
        match product {
            Product::AvatarVideo => Some(&mut self.avatar_video.batch),
            Product::Speech => Some(&mut self.speech.batch),
            _ => None,
        }
    }

    fn take_file(&mut self, place: Place, file: LocalFile) {
        match Tab::of(place.product) {
            Tab::AvatarVideo => self.avatar_video.take_file(place.field, file),
            Tab::Cinematic => self.cinematic.take_file(place.field, file),
            Tab::VideoAgent => self.video_agent.take_file(place.field, file),
            Tab::HyperFrames => self.hyperframes.take_file(place.field, file),
            Tab::Realtime => self.realtime.take_file(place.field, file),
            Tab::Translate => self.translate.take_file(place.field, file),
            Tab::Lipsync => self.lipsync.take_file(place.field, file),
            Tab::Clips => self.clips.take_file(place.field, file),
            Tab::Speech => self.speech.take_file(place.field, file),
            Tab::Avatars => self.avatars.take_file(place.field, file),
            Tab::Library | Tab::Spend | Tab::Settings => {}
        }
    }

    fn load(&mut self, draft: Draft) {
        match draft {
            Draft::AvatarVideo(draft) => self.avatar_video.form.load(draft),
            Draft::Cinematic(draft) => self.cinematic.form.load(draft),
            Draft::VideoAgent(draft) => self.video_agent.form.load(draft),
            Draft::HyperFrames(draft) => self.hyperframes.form.load(draft),
            Draft::Realtime(draft) => self.realtime.form.load(draft),
            Draft::Translation(draft) => self.translate.form.load(draft),
            Draft::Lipsync(draft) => self.lipsync.form.load(draft),
            Draft::Clips(draft) => self.clips.form.load(draft),
            Draft::Speech(draft) => self.speech.form.load(draft),
            Draft::AvatarCreation(draft) => self.avatars.load(draft),
        }
    }

    /// Presses the button of the shown tab.
    fn create(&mut self, model: &Model, actions: &mut Vec<Action>) {
        match self.tab {
            Tab::AvatarVideo if self.avatar_video.batch.is_shown => self.avatar_video.batch.create(model, actions),
            Tab::Speech if self.speech.batch.is_shown => self.speech.batch.create(model, actions),
            Tab::AvatarVideo => self.avatar_video.form().create(model, actions),
            Tab::Cinematic => self.cinematic.form().create(model, actions),
            Tab::VideoAgent => self.video_agent.form().create(model, actions),
            Tab::HyperFrames => self.hyperframes.form().create(model, actions),
            Tab::Realtime => self.realtime.form().create(model, actions),
            Tab::Translate => self.translate.form().create(model, actions),
            Tab::Lipsync => self.lipsync.form().create(model, actions),
            Tab::Clips => self.clips.form().create(model, actions),
            Tab::Speech => self.speech.form().create(model, actions),
            Tab::Avatars => self.avatars.create(model, actions),
            Tab::Library | Tab::Spend | Tab::Settings => {}
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
    if let Some(tab) = bars::bars_ui(ui, model, state.tab, &mut actions) {
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
    CentralPanel::no_frame().frame(Frame::new().fill(palette.background)).show(ui, |ui| {
        if let Some(tab) = tab_ui(ui, model, state, pictures, &mut actions) {
            state.tab = tab;
        }
    });
    let slip = if state.tab.product().is_some() { form::receipt_width(ui) } else { 0.0 };
    bars::notices_ui(ui, model, &mut state.bars, slip);
    bars::path_question_ui(ui, &mut state.bars, &mut actions);
    spend::save_question_ui(ui, &mut state.spend, &mut actions);
    if let Some((place, file)) = bars::file_elsewhere_ui(ui, &mut state.bars) {
        state.receive(Message::FileReady { place, file });
    }
    files(ui, state, middle, &mut actions);
    if let Some(command) = palette::palette_ui(ui, model, &mut state.palette) {
        run(command, model, state, &mut actions);
    }
    actions
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
            batch::batch_ui(ui, model, batch, &base, actions);
            return None;
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
        Tab::Avatars => avatars::avatars_ui(ui, model, &mut state.avatars, pictures, actions),
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
        state.palette.toggle();
    }
    if pressed(Key::O) {
        actions.push(Action::PickFile(first_place(state)));
    }
    if pressed(Key::Q) {
        actions.push(Action::Quit);
    }
    if pressed(Key::Enter) {
        state.create(model, actions);
    }
}

/// The place that Ctrl+O fills: the first of the shown tab, or of the first tab.
fn first_place(state: &mut State) -> Place {
    let product = state.tab.product().unwrap_or_else(|| {
        state.tab = Tab::AvatarVideo;
        Product::AvatarVideo
    });
    Place::first_of(product).unwrap_or(Place::new(Product::AvatarVideo, Field::Audio))
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
            state.avatar_video.form.load(AvatarVideoDraft::default());
        }
        Command::Compare if state.tab == Tab::Speech => state.speech.compare.open(&state.speech.form.draft),
        Command::Compare => {
            state.tab = Tab::AvatarVideo;
            state.avatar_video.compare.open(&state.avatar_video.form.draft);
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
    let shown = state.tab.product();
    // Where one tab has two places for a kind, the upper part of the page is the first.
    let (upper, lower) = middle.split_top_bottom_at_fraction(0.6);
    let places_of = |path: &PathBuf| -> Vec<Place> {
        let Some(kind) = Kind::promised_by(path) else { return Vec::new() };
        Place::of_kind(kind, shown).into_iter().filter(|place| Some(place.product) == shown).collect()
    };
    if let Some(first) = hovered.first() {
        let kind = first.as_deref().and_then(Kind::promised_by);
        let places = first.as_ref().map(places_of).unwrap_or_default();
        match (places.as_slice(), kind) {
            ([first, second, ..], _) => {
                widgets::drop_overlay(ui, upper, &format!("Drop it here as {}", first.purpose()), &first.types());
                widgets::drop_overlay(ui, lower, &format!("Or here as {}", second.purpose()), &second.types());
            }
            ([only], _) => widgets::drop_overlay(ui, middle, &format!("Drop {}", only.purpose()), &only.types()),
            ([], Some(kind)) => {
                let tabs = tabs_for(kind);
                let words = match tabs.as_str() {
                    "" => "It has no place on this tab.".to_owned(),
                    tabs => format!("This tab takes none, but {tabs} would."),
                };
                widgets::drop_overlay(ui, middle, &format!("Drop {}", kind.name()), &words);
            }
            ([], None) => {
                widgets::drop_overlay(ui, middle, "Drop the file", "What it is will be read from its bytes.");
            }
        }
    }
    // Several files find a place each; one that fits nowhere else is judged by its bytes.
    let mut taken: Vec<Place> = Vec::new();
    let alone = dropped.len() == 1;
    for path in dropped {
        let places = places_of(&path);
        let behind = alone && pointer.is_some_and(|pointer| lower.contains(pointer));
        let place = match places.as_slice() {
            [_, second, ..] if behind => Some(*second),
            several => several.iter().find(|place| !taken.contains(place)).copied().filter(|_| !alone),
        };
        taken.extend(place);
        actions.push(Action::TakeFiles { paths: vec![path], place, shown });
    }
}

/// The tabs that take a kind, in words.
fn tabs_for(kind: Kind) -> String {
    let mut names: Vec<&str> = Place::of_kind(kind, None).iter().map(|place| Tab::of(place.product).name()).collect();
    names.dedup();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk;
