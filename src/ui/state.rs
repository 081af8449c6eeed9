//! What the window remembers between frames, and what the app tells it.

use super::avatar_video::AvatarVideoTab;
use super::avatars::{AvatarsTab, View};
use super::batch::{BatchTab, Showing};
use super::cinematic::CinematicTab;
use super::clips::ClipsTab;
use super::form::{FormTab as _, is_untouched};
use super::hyperframes::HyperFramesTab;
use super::keeping::{Keeping, KeptDraft};
use super::library::LibraryTab;
use super::lipsync::LipsyncTab;
use super::realtime::RealtimeTab;
use super::settings_tab::SettingsTab;
use super::speech::SpeechTab;
use super::spend::SpendTab;
use super::translate::TranslateTab;
use super::video_agent::VideoAgentTab;
use super::{Action, Message, Model, Tab, bars, drop, palette};
use crate::draft::{Draft, Product, refresh_looks};
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
    /// Something came from the app: any draft may be another now.
    pub(super) stirred: bool,
    /// The tab whose draft was last asked after.
    pub(super) asked_after: Tab,
}

impl State {
    /// Begins each tab with the project that was last chosen on it, as far as there still is one.
    pub fn remember_projects(&mut self, settings: &Settings) {
        for form in self.forms() {
            let draft = form.composition_mut();
            let chosen = settings.chosen_projects.get(draft.product().word());
            if let Some(project) = chosen.filter(|project| settings.projects.contains(project)) {
                draft.set_project(project.clone());
            }
        }
    }

    /// Follows the project of each tab through a change of the settings: renamed, or removed.
    pub fn follow_projects(&mut self, before: &Settings, now: &Settings) {
        for (name, renamed) in before.projects_gone(now) {
            for form in self.forms() {
                form.rename_project(name, renamed.unwrap_or_default());
            }
        }
    }

    fn forms(&mut self) -> [&mut dyn Keeping; 10] {
        [
            &mut self.avatar_video.form,
            &mut self.cinematic.form,
            &mut self.video_agent.form,
            &mut self.hyperframes.form,
            &mut self.realtime.form,
            &mut self.translate.form,
            &mut self.lipsync.form,
            &mut self.clips.form,
            &mut self.speech.form,
            &mut self.avatars.form,
        ]
    }

    pub(super) fn form_of(&mut self, product: Product) -> Option<&mut dyn Keeping> {
        self.forms().into_iter().find(|form| form.product() == product)
    }

    /// The drafts that are others than when this was last asked, to be kept.
    pub fn changed_drafts(&mut self) -> Vec<KeptDraft> {
        let all = std::mem::take(&mut self.stirred) || self.asked_after != self.tab;
        self.asked_after = self.tab;
        // A draft changes on its tab, or by what the app tells.
        let shown = self.tab.product();
        let forms = self.forms().into_iter().filter(|form| all || Some(form.product()) == shown);
        forms.filter_map(|form| form.changed()).collect()
    }

    /// Puts a kept draft on its tab, where nothing is composed there yet.
    pub fn restore(&mut self, mut kept: KeptDraft, settings: &Settings) {
        let draft = kept.draft.composition_mut();
        if !settings.projects.iter().any(|project| project == draft.project()) {
            draft.set_project(String::new());
        }
        if let Some(form) = self.form_of(kept.draft.product()) {
            form.restore(kept);
        }
        self.avatar_video.after_undo();
    }

    /// Lets the open tables go: whoever comes back to them finds them where they are kept.
    pub fn forget_tables(&mut self) {
        self.avatar_video.batch.forget();
        self.speech.batch.forget();
    }

    /// Begins where another account's window stood: on its tab, with what belongs to no account.
    pub fn follow_on(&mut self, before: &mut Self) {
        self.tab = before.tab;
        self.bars = std::mem::take(&mut before.bars);
        self.settings = std::mem::take(&mut before.settings);
    }

    /// Takes what the app has to tell the window once.
    pub fn receive(&mut self, message: Message) {
        self.stirred = true;
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
                self.bring(*draft);
            }
            Message::LookedAgain(before, after) => {
                if let Some(form) = self.form_of(before.product()) {
                    form.look_again(*before, *after);
                }
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
                self.bring(kept.base.clone());
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

    /// Puts a draft from elsewhere on its tab; what stood there can be put back.
    fn bring(&mut self, draft: Draft) {
        let product = draft.product();
        match draft {
            // A conversation and a new video are kept beside each other.
            Draft::VideoAgent(draft) => self.video_agent.load(draft),
            draft => {
                if let Some(form) = self.form_of(product) {
                    form.bring(draft);
                }
            }
        }
        match product {
            Product::AvatarVideo => self.avatar_video.after_undo(),
            Product::AvatarCreation => self.avatars.view = View::New,
            _ => {}
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
