//! The one place that acts on what the window asks for.

use std::path::PathBuf;

use crate::draft::{Draft, Product, refresh_looks};
use crate::heygen;
use crate::jobs::submit::{Order, Submission, submit};
use crate::jobs::transfer;
use crate::jobs::types::{Decision, JobId, JobState, QuotedPrice};
use crate::pricing::quote;
use crate::rate_card_file::{self, LoadedCard};
use crate::settings::{Account, Settings};
use crate::spend::types::{Drift, date_of};
use crate::spend::{self, Caps};
use crate::ui::action::Asked;
use crate::ui::library::standing_words;
use crate::ui::model::{Loaded, Tone};
use crate::ui::{Action, Message};

use super::background::Event;
use super::orders::{order, span_of, take_up};
use super::projects::make_ready;
use super::{Studio, files, load, session};

impl Studio {
    pub(super) fn apply(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::Submit(asked) => self.submit(*asked, None),
            Action::Cancel(id) => self.cancel(id),
            Action::StopFollowing(id) => self.stop_following(id),
            Action::Retry(id) => self.retry(id),
            Action::EditAgain(id) => self.edit_again(id),
            Action::FindCandidates(id) => self.find_candidates(id),
            Action::Decide(id, decision) => self.decide(id, decision),
            Action::ResumeQueue => {
                if let Some(session) = self.shown() {
                    session.worker.wake(None);
                }
                self.read_wallet(self.model.account);
            }
            Action::AddPlayMoney => self.add_play_money(),
            Action::PickFile(place) => self.pick_file(place),
            Action::PickFolder(place) => self.pick_folder(place),
            Action::ReadProject(source) => self.read_project(Some(source)),
            Action::ReadSampleProject => self.read_project(None),
            Action::ReadRows(path) => self.read_rows(path),
            Action::ReadTable { path, base } => self.read_table(path, *base),
            Action::ReadTableAs { id, name, file, base, read_as } => {
                self.read_table_as(id, name, file, *base, read_as);
            }
            Action::MakeTable { name, table, base } => self.make_table(name, *table, *base),
            Action::CancelBatch(id) => self.cancel_batch(id),
            Action::ChangeBatch(change) => self.change_batch(*change),
            Action::SubmitBatch(asked) => self.submit_batch(*asked),
            Action::CloseBatch(id) => self.close_batch(id),
            Action::OpenBatch(product, id) => self.open_batch(product, id, None),
            Action::SaveTable { name, csv } => self.save_table(name, csv),
            Action::TakeSeveral { files, shown } => self.take_several(files, shown),
            Action::TakeFiles { paths, place, shown } => self.take_files(paths, place, shown),
            Action::TakeAddress { address, place } => self.take_address(address, place),
            Action::PlayVoice { voice_id, url } => self.play(voice_id, url),
            Action::StopPlaying => {
                if let Some(player) = &self.player {
                    player.stop();
                }
                self.model.playing = None;
                self.model.playback = None;
            }
            Action::PlayFile { path, from } => self.play_file(path, from),
            Action::PausePlaying => self.pause_playing(),
            Action::DrawShape(path) => self.draw_shape(path),
            Action::SaveCopy(path) => self.save_copy(path),
            Action::OpenFile(path) => self.open_outside(path),
            Action::ShowInFolder(path) => self.open_outside(path.parent().map(PathBuf::from).unwrap_or(path)),
            Action::OpenWeb(url) => self.open_web(url),
            Action::CopyText(text) => context.copy_text(text),
            Action::WatchSession(id) => self.watch_session(context, id),
            Action::LeaveSession => self.leave_session(),
            Action::StopSession(id) => self.stop_session(id),
            Action::SayInSession { job, text, is_final } => self.say_in_session(job, text, is_final),
            Action::OpenSession(id) => self.open_session(id),
            // Where the account could not be opened, that is what is tried again.
            Action::RefreshWallet | Action::RefreshCast if self.shown().is_none() => self.open(self.model.account),
            Action::RefreshWallet => self.read_wallet(self.model.account),
            Action::RefreshCast => self.read_cast(self.model.account),
            Action::ListEntries(table, filter) => {
                if let Some(bookkeeper) = self.bookkeepers.get(&self.model.account) {
                    bookkeeper.list(table, filter);
                }
            }
            Action::ReportOn(days) => {
                self.report_on = days;
                self.refresh_books();
            }
            Action::GiveBackUnreadable => self.give_back_unreadable(),
            Action::MoveJob { job, project } => self.move_job(job, project),
            Action::WriteRate(drift) => self.write_rate(&drift),
            Action::Export(export) => {
                if let Some(bookkeeper) = self.bookkeepers.get(&self.model.account) {
                    bookkeeper.export(*export, self.model.results_folder.clone(), &self.background);
                }
            }
            Action::ExportTo { export, path } => {
                if let Some(bookkeeper) = self.bookkeepers.get(&self.model.account) {
                    bookkeeper.export_to(*export, self.typed_path(path), &self.background);
                }
            }
            Action::RefreshStyles => self.read_styles(),
            Action::FollowChat(session) => self.follow_chat(session),
            Action::ShowJob(id) => self.state.receive(Message::ShowJob(id)),
            Action::OpenChat(id) => self.open_chat(id),
            Action::StopAgent(session) => self.stop_agent(session),
            Action::ForgetNotice(id) => self.model.notices.retain(|notice| notice.id != id),
            Action::ReadLanguages => self.read_languages(self.model.account),
            Action::Own(asked) => self.own(asked),
            Action::UseAccount(account) => self.use_account(context, account),
            Action::SaveKey(key) => self.save_key(&key),
            Action::UseKeyThisSession(key) => self.use_key_this_session(&key),
            Action::RemoveKey => self.remove_key(),
            Action::RetryKeyring => self.ask_keyring(true),
            Action::SetVolume { percent, muted, keep } => self.set_volume(percent, muted, keep),
            Action::ChangeSettings(settings) => self.change_settings(context, *settings),
            Action::ChooseResultFolder => self.choose_folder(),
            Action::ReloadRateCard => self.reload_card(),
            Action::OpenConfigFolder => {
                let folder = self.paths.config.clone();
                self.background.run(async move {
                    let _ = tokio::fs::create_dir_all(&folder).await;
                });
                self.open_outside(self.paths.config.clone());
            }
            Action::Quit => context.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }

    pub(super) fn shown(&self) -> Option<&session::Session> {
        self.sessions.get(&self.model.account)
    }

    fn draft_of(&self, id: JobId) -> Option<Draft> {
        let job = self.model.board.jobs.iter().find(|job| job.id == id)?;
        Draft::from_json(job.product, &job.draft).ok()
    }

    /// Puts a job's draft on its tab. A row that failed is mended in its table: made from the tab, it would
    /// be made once more with the table.
    fn edit_again(&mut self, id: JobId) {
        let Some(job) = self.model.board.jobs.iter().find(|job| job.id == id) else { return };
        if let Some(table) = self.model.table_of(job).filter(|_| job.state != JobState::Done) {
            self.open_batch(job.product, table, Some(id));
        } else if let Some(mut draft) = self.draft_of(id) {
            // A row's title is the table's, and one that is made anyway nobody typed.
            let is_row = job.batch.is_some() && draft.product() != Product::Translation;
            if let Some(title) = draft.composition_mut().title_mut().filter(|_| is_row) {
                title.clear();
            }
            draft.without_made_title();
            self.bring_back(draft);
        }
    }

    /// Shows a draft of the journal on its tab, with its files as they are now.
    fn bring_back(&mut self, mut draft: Draft) {
        if draft.composition_mut().files_mut().is_empty() {
            self.load_draft(draft);
            return;
        }
        self.background.spawn_blocking(move || {
            files::look_again(&mut draft);
            Event::BroughtBack(Box::new(draft))
        });
    }

    /// Puts a draft on its tab, with its looks as they are now.
    pub(super) fn load_draft(&mut self, mut draft: Draft) {
        if let Some(looks) = &self.model.looks.value {
            refresh_looks(draft.composition_mut(), looks);
        }
        self.state.receive(Message::LoadDraft(Box::new(draft)));
    }

    /// Makes what was asked for; `again` is the job that it makes once more, where it does.
    fn submit(&mut self, asked: Asked, again: Option<JobId>) {
        let (product, account) = (asked.draft.product(), self.model.account);
        let answer = self.price_again(asked);
        let (Some(session), Ok(orders)) = (self.sessions.get(&self.model.account), &answer) else {
            if let Some(job) = again {
                self.retried.remove(&job);
            }
            let words = answer.err().unwrap_or_else(|| "The account is not open yet.".to_owned());
            self.state.receive(Message::Submitted(product, Err(words)));
            return;
        };
        let mut submission = Submission {
            orders: orders.clone(),
            is_oauth: self.is_oauth(),
            caps: self.caps(),
            wallet: self.model.binding_wallet(),
            now: self.model.now,
            rows: None,
            again,
        };
        let (store, worker) = (session.store.clone(), session.worker.clone());
        let folder = self.model.results_folder.clone();
        let (projects, outlet) = (self.paths.projects(self.model.account), self.background.outlet());
        if product == Product::HyperFrames {
            self.submitting_projects += 1;
        }
        self.background.spawn(async move {
            let made = tokio::task::spawn_blocking(move || {
                transfer::check_folder(&folder).map_err(|words| {
                    format!("{words}. The result would have nowhere to go, so nothing was sent and nothing is charged.")
                })?;
                make_ready(&mut submission.orders, &projects, &outlet)?;
                submission.orders.iter().try_for_each(|order| files::are_unchanged(&order.draft))?;
                submit(&store, &submission).map_err(|error| error.to_string())
            })
            .await
            .unwrap_or_else(|_| Err("The program is closing.".to_owned()));
            if let Ok(made) = &made {
                take_up(&worker, made).await;
            }
            Event::Submitted(account, product, again, made.map(|made| made.jobs))
        });
    }

    /// The price is what the person saw on the button, or there is no job.
    fn price_again(&self, asked: Asked) -> Result<Vec<Order>, String> {
        let Asked { draft, quoted: shown } = asked;
        let fresh = quote(&self.model.card, &draft.composition().billable(), &self.model.pace);
        let Some(span) = span_of(&fresh, &draft) else {
            return Err("There is no price for this, so it cannot be made.".to_owned());
        };
        if (span.low, span.likely, span.high) != (shown.low, shown.likely, shown.high) {
            return Err("The price changed while you clicked. Look at it again, then create.".to_owned());
        }
        let in_dollars = self.pays_in_dollars();
        let each = draft.jobs().into_iter();
        each.map(|draft| Ok(order(&self.model.card, &self.model.pace, draft, Some(&shown), in_dollars)?.0)).collect()
    }

    /// Whether the key in use is an OAuth token.
    pub(super) fn is_oauth(&self) -> bool {
        self.shown().is_some_and(|session| session.client.borrow().as_ref().is_some_and(heygen::Client::is_oauth))
    }

    /// Whether what is made with the key in use is paid in dollars: neither by the web plan nor in credits.
    pub(super) fn pays_in_dollars(&self) -> bool {
        !self.is_oauth() && self.model.pays_in_dollars()
    }

    pub(super) fn caps(&self) -> Caps {
        if !self.pays_in_dollars() {
            return Caps::default();
        }
        Caps::of(&self.model.settings, self.model.now, &jiff::tz::TimeZone::system())
    }

    fn cancel(&mut self, id: JobId) {
        let Some(session) = self.shown() else { return };
        let worker = session.worker.clone();
        let outlet = self.background.outlet();
        self.background.run(async move {
            let event = match worker.cancel(id).await {
                Ok(true) => return,
                Ok(false) => Event::Notice(
                    Tone::Info,
                    "It is too late to cancel for nothing.".to_owned(),
                    "The request has left. The video will come home when it is done.".to_owned(),
                ),
                Err(error) => Event::Notice(Tone::Bad, "The job could not be cancelled.".to_owned(), error.to_string()),
            };
            outlet.send(event).await;
        });
    }

    fn stop_following(&mut self, id: JobId) {
        let Some(session) = self.shown() else { return };
        let worker = session.worker.clone();
        let outlet = self.background.outlet();
        self.background.run(async move {
            let event = match worker.stop_following(id).await {
                Ok(true) => return,
                Ok(false) => Event::Notice(
                    Tone::Info,
                    "It is not followed any more.".to_owned(),
                    "It ended in the meantime: look at it in the Library.".to_owned(),
                ),
                Err(error) => {
                    let words = format!("{error}. It is still followed.");
                    Event::Notice(Tone::Bad, "Your decision could not be saved.".to_owned(), words)
                }
            };
            outlet.send(event).await;
        });
    }

    /// A failed or cancelled job again: a new job, a new key, today's price. A waiting one: now.
    fn retry(&mut self, id: JobId) {
        let Some(job) = self.model.board.jobs.iter().find(|job| job.id == id) else { return };
        if !job.state.is_final() {
            if let Some(session) = self.shown() {
                session.worker.wake(Some(id));
            }
            return;
        }
        if let Some(newest) = self.model.made_again(job) {
            let title = if newest.title.is_empty() { "Untitled" } else { &newest.title };
            let more =
                format!("Nothing was sent. “{title}” took its place: {}.", standing_words(newest, &self.model.board));
            let newest = newest.id;
            self.notice(Tone::Info, "It was made again already.", &more);
            self.state.receive(Message::ShowJob(newest));
            return;
        }
        if !self.retried.insert(id) {
            self.notice(Tone::Info, "It is being made again already.", "Look at the newer job in the Library.");
            return;
        }
        let Some(draft) = self.draft_of(id) else {
            self.retried.remove(&id);
            return;
        };
        let fresh = quote(&self.model.card, &draft.composition().billable(), &self.model.pace);
        match fresh.total.span() {
            // What the person saw beside the button was the old job's price: the same or less goes at once,
            // and where no dollars are paid there is none.
            Some(span) if !self.pays_in_dollars() || span.high <= job.quoted.high => {
                let quoted = QuotedPrice {
                    low: span.low,
                    likely: span.likely,
                    high: span.high,
                    card_date: fresh.card_date.to_string(),
                    how: job.quoted.how.clone(),
                };
                self.submit(Asked { draft, quoted }, Some(id));
            }
            None if job.quoted.is_unpublished() || job.quoted.is_not_in_dollars() => {
                self.retried.remove(&id);
                let more = "Nothing was sent. Say on the tab that it may be made all the same, then create.";
                self.notice(Tone::Info, "No price is published for it.", more);
                self.edit_again(id);
            }
            _ => {
                self.retried.remove(&id);
                self.notice(
                    Tone::Info,
                    "The price is not the one of the first time.",
                    "Nothing was sent. Look at the new price, then create.",
                );
                self.edit_again(id);
            }
        }
    }

    fn find_candidates(&mut self, id: JobId) {
        self.model.candidates = Some((id, Loaded { loading: true, ..Loaded::default() }));
        let Some(session) = self.shown() else { return };
        let worker = session.worker.clone();
        self.background
            .spawn(async move { Event::Candidates(id, worker.candidates(id).await.map_err(|fault| fault.message)) });
    }

    fn decide(&mut self, id: JobId, decision: Decision) {
        let pays_again = matches!(decision, Decision::PayAgain);
        let Some(session) = self.shown() else { return };
        let worker = session.worker.clone();
        let outlet = self.background.outlet();
        self.background.run(async move {
            if let Err(error) = worker.decide(id, decision).await {
                let words = format!("{error}. Nothing changed.");
                outlet.send(Event::Notice(Tone::Bad, "Your decision could not be saved.".to_owned(), words)).await;
            }
        });
        self.model.candidates = None;
        if pays_again {
            // Paying again is a new job: its price is shown before its button.
            self.edit_again(id);
        }
    }

    fn play(&mut self, voice_id: String, url: String) {
        if self.model.playing.as_ref() == Some(&voice_id) {
            if let Some(player) = &self.player {
                player.stop();
            }
            self.model.playing = None;
            return;
        }
        let player = match self.player() {
            Ok(player) => player,
            Err(words) => {
                self.notice(Tone::Warning, "The voice cannot be heard.", &words);
                return;
            }
        };
        self.model.playing = Some(voice_id);
        self.model.playback = None;
        let client = self.shown().and_then(|session| session.client.borrow().clone());
        let outlet = self.background.outlet();
        self.background.run(async move {
            let fetched = match client {
                Some(client) => load::fetch(&client, &url).await,
                None => Err("There is no API key.".to_owned()),
            };
            match fetched {
                Ok(bytes) => player.play(bytes),
                Err(words) => outlet.send(Event::PlayingEnded(Some(words))).await,
            }
        });
    }

    fn use_account(&mut self, context: &egui::Context, account: Account) {
        if account == self.model.account {
            return;
        }
        self.change_state(account);
        self.model.account = account;
        self.own_account = account;
        self.leave_session();
        self.model.info = Loaded::default();
        self.model.looks = Loaded::default();
        self.model.voices = Loaded::default();
        self.forget_conversations();
        self.model.speech_voices = Loaded::default();
        self.model.languages = Loaded::default();
        self.model.glossaries = Loaded::default();
        self.forget_own();
        self.model.board = std::sync::Arc::default();
        self.model.wallet_read_at = None;
        self.model.wallet_mark = None;
        self.model.spend = Loaded::default();
        self.model.listing = None;
        self.report_on = crate::spend::types::ReportOn::default();
        self.model.candidates = None;
        self.model.host.clear();
        let mut settings = self.model.settings.clone();
        settings.account = account;
        self.change_settings(context, settings);
        if self.sessions.contains_key(&account) {
            self.show(account);
        } else {
            self.open(account);
        }
    }

    pub(super) fn change_settings(&mut self, context: &egui::Context, mut settings: Settings) {
        settings.follow_projects(&self.model.settings);
        for state in self.waiting.values_mut().chain([&mut self.state]) {
            state.follow_projects(&self.model.settings, &settings);
        }
        self.model.settings = settings;
        self.model.results_folder = self.paths.results(&self.model.settings).to_path_buf();
        for (account, session) in &self.sessions {
            session.folders.send_replace(self.folders(*account));
        }
        self.apply_looks(context);
        self.apply_volume();
        self.refresh_books();
        self.keep_settings();
    }

    pub(super) fn keep_settings(&self) {
        let settings = Settings { account: self.own_account, ..self.model.settings.clone() };
        let folder = self.paths.config.clone();
        self.background.run_blocking_quietly(move |outlet| {
            if let Err(error) = settings.save(&folder) {
                let words = format!("{error} {}", error.hint);
                outlet.send_blocking(Event::Notice(Tone::Warning, "Your settings were not saved.".to_owned(), words));
            }
        });
    }

    fn give_back_unreadable(&self) {
        let Some(session) = self.shown() else { return };
        let worker = session.worker.clone();
        let (account, outlet) = (self.model.account, self.background.outlet());
        self.background.run(async move {
            let event = match worker.give_back_unreadable().await {
                Ok(amount) => Event::GivenBack(account, amount),
                Err(error) => {
                    let words = format!("{error}. It stays held.");
                    Event::Notice(Tone::Bad, "The hold was not given back.".to_owned(), words)
                }
            };
            outlet.send(event).await;
        });
    }

    fn move_job(&self, id: JobId, project: String) {
        let Some(session) = self.shown() else { return };
        let (store, worker, now) = (session.store.clone(), session.worker.clone(), self.model.now);
        let (account, outlet) = (self.model.account, self.background.outlet());
        self.background.run(async move {
            let moved = async {
                store.run(move |tx| spend::move_job(tx, id, &project, now)).await?;
                worker.reread(id).await
            };
            let event = match moved.await {
                Ok(()) => Event::Moved(account),
                Err(error) => {
                    let words = format!("{error}. It stays where it was.");
                    Event::Notice(Tone::Bad, "The job was not moved.".to_owned(), words)
                }
            };
            outlet.send(event).await;
        });
    }

    fn write_rate(&self, drift: &Drift) {
        let Some(service) = drift.service else { return };
        let (unit, rate, folder) = (drift.unit, drift.inferred_rate, self.paths.config.clone());
        let today = date_of(self.model.now, &jiff::tz::TimeZone::system()).to_string();
        self.background.spawn_blocking(move || {
            match rate_card_file::write_rate(&folder, service, unit, rate, &today) {
                Ok(card) => Event::CardWritten(Box::new(card)),
                Err(error) => {
                    Event::Notice(Tone::Bad, "The rate was not written.".to_owned(), format!("{error} {}", error.hint))
                }
            }
        });
    }

    fn reload_card(&mut self) {
        let folder = self.paths.config.clone();
        self.background.spawn_blocking(move || Event::CardRead(Box::new(rate_card_file::load(&folder))));
    }

    pub(super) fn use_card(&mut self, loaded: LoadedCard) {
        self.model.card = std::sync::Arc::new(loaded.card);
        self.model.card_is_fallback = loaded.error.is_some();
        self.model.card_note = match (&loaded.error, &loaded.own) {
            (Some(error), _) => Some(error.to_string()),
            (None, Some(path)) => Some(format!("Your own card: {}", path.display())),
            (None, None) => None,
        };
        self.refresh_books();
    }
}
