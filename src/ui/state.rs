//! What the window remembers between frames, and what the app tells it.

use super::avatar_video::AvatarVideoTab;
use super::avatars::AvatarsTab;
use super::batch::{BatchTab, Showing};
use super::cinematic::CinematicTab;
use super::clips::ClipsTab;
use super::form::FormTab as _;
use super::hyperframes::HyperFramesTab;
use super::library::LibraryTab;
use super::lipsync::LipsyncTab;
use super::places::Place;
use super::realtime::RealtimeTab;
use super::settings_tab::SettingsTab;
use super::speech::SpeechTab;
use super::spend::SpendTab;
use super::translate::TranslateTab;
use super::video_agent::VideoAgentTab;
use super::{Action, Message, Model, Tab, bars, drop, palette};
use crate::draft::avatar_video::LocalFile;
use crate::draft::{Composition, Draft, Product, refresh_looks};
use crate::jobs::types::{BatchId, JobId};
use crate::settings::Settings;

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
    pub(super) bars: bars::Bars,
    pub(super) palette: palette::CommandPalette,
    pub(super) drag: drop::Drag,
}

impl State {
    /// Begins each tab with the project that was last chosen on it, as far as there still is one.
    pub fn remember_projects(&mut self, settings: &Settings) {
        for draft in self.compositions() {
            let chosen = settings.chosen_projects.get(draft.product().word());
            if let Some(project) = chosen.filter(|project| settings.projects.contains(project)) {
                draft.set_project(project.clone());
            }
        }
    }

    /// Follows the project of each tab through a change of the settings: renamed, or removed.
    pub fn follow_projects(&mut self, before: &Settings, now: &Settings) {
        for (name, renamed) in before.projects_gone(now) {
            for draft in self.compositions().into_iter().filter(|draft| draft.project() == name) {
                draft.set_project(renamed.unwrap_or_default().to_owned());
            }
        }
    }

    /// The draft of every tab that makes something.
    fn compositions(&mut self) -> [&mut dyn Composition; 10] {
        [
            &mut self.avatar_video.form.draft,
            &mut self.cinematic.form.draft,
            &mut self.video_agent.form.draft,
            &mut self.hyperframes.form.draft,
            &mut self.realtime.form.draft,
            &mut self.translate.form.draft,
            &mut self.lipsync.form.draft,
            &mut self.clips.form.draft,
            &mut self.speech.form.draft,
            &mut self.avatars.form.draft,
        ]
    }

    /// Takes what the app has to tell the window once.
    pub fn receive(&mut self, message: Message) {
        match message {
            Message::Submitted(product, answer) => self.submitted(product, answer),
            Message::FileReady { place, file } => {
                self.take_file(place, file);
                self.tab = Tab::of(place.product);
            }
            Message::ProjectRead(answer) => self.hyperframes.take_project(answer),
            Message::RowsRead(answer) => self.hyperframes.take_rows(answer),
            Message::FileElsewhere { file, places } => self.bars.file_elsewhere = Some((file, places)),
            Message::FileRefused(why) => self.bars.refused_files.push(why),
            Message::LooksRead(looks) => {
                refresh_looks(&mut self.avatar_video.form.draft, &looks);
                refresh_looks(&mut self.cinematic.form.draft, &looks);
                refresh_looks(&mut self.video_agent.form.draft, &looks);
                refresh_looks(&mut self.realtime.form.draft, &looks);
            }
            Message::NotOpened(address) => self.bars.not_opened = Some((address, false)),
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
            Message::TableNotRead(product) => {
                if let Some(batch) = self.batch_mut(product) {
                    batch.not_read();
                }
            }
            Message::TableReread(id, answer) => {
                for product in [Product::AvatarVideo, Product::Speech] {
                    if let Some(batch) = self.batch_mut(product) {
                        batch.reread(id, answer.clone());
                    }
                }
            }
            Message::ShowJob(id) => {
                self.tab = Tab::Library;
                self.library.show_job(id);
            }
            Message::BatchOpened(kept, row) => {
                let product = kept.base.product();
                self.tab = Tab::of(product);
                self.load(kept.base.clone());
                if let Some(batch) = self.batch_mut(product) {
                    batch.take_table(Ok(kept));
                    batch.go_to_row_of(row);
                }
            }
            Message::BatchFound(kept) => {
                let product = kept.base.product();
                match &kept.base {
                    Draft::AvatarVideo(draft) if is_untouched(&self.avatar_video.form.draft) => {
                        self.avatar_video.form.load(draft.clone());
                    }
                    Draft::Speech(draft) if is_untouched(&self.speech.form.draft) => {
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
            Message::OtherAccount => {
                self.avatar_video.batch.forget();
                self.speech.batch.forget();
                self.video_agent.forget_conversations();
            }
            Message::NoFileDialog(place) => self.bars.path_question = Some((place, String::new())),
            Message::NoSaveDialog(export) => self.spend.ask_path(*export),
            Message::ShowTab(tab) => self.tab = tab,
        }
    }

    fn submitted(&mut self, product: Product, answer: Result<Vec<JobId>, String>) {
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

    /// Shows a table that is open on its tab, at the row of a job where one is meant; what keeps another
    /// one from taking its place otherwise.
    pub fn show_batch(&mut self, product: Product, id: BatchId, row: Option<JobId>) -> Showing {
        let Some(batch) = self.batch_mut(product) else { return Showing::Free };
        let showing = batch.show_again(id);
        if showing == Showing::Shown {
            batch.go_to_row_of(row);
            self.tab = Tab::of(product);
        }
        showing
    }

    /// Whether another table may take a tab.
    pub fn room_for_table(&mut self, product: Product) -> Showing {
        self.batch_mut(product).map_or(Showing::Free, |batch| batch.room())
    }

    /// The table of a tab that has one.
    pub(super) fn batch_mut(&mut self, product: Product) -> Option<&mut BatchTab> {
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
            Draft::VideoAgent(draft) => self.video_agent.load(draft),
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
    pub(super) fn create(&mut self, model: &Model, actions: &mut Vec<Action>) {
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

/// Nothing was composed in it yet; a project may be remembered.
fn is_untouched<D: Composition + Default + PartialEq>(draft: &D) -> bool {
    let mut fresh = D::default();
    fresh.set_project(draft.project().to_owned());
    *draft == fresh
}
