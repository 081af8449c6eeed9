//! The one place that acts on what the window asks for.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::account::Billing;
use crate::draft::AvatarVideoDraft;
use crate::jobs::submit::{Submission, submit};
use crate::jobs::transfer;
use crate::jobs::types::{Decision, JobId, QuotedPrice};
use crate::money::Usd;
use crate::pricing::quote;
use crate::rate_card_file;
use crate::settings::{Account, Settings};
use crate::spend::{self, Caps};
use crate::store::StoreError;
use crate::ui::action::FilePurpose;
use crate::ui::model::{Loaded, Tone};
use crate::ui::{Action, Message};
use crate::{heygen, media};

use super::background::Event;
use super::{Studio, load, session};

/// A file dialog that says "cancelled" sooner than a person can was never there.
const FASTER_THAN_A_PERSON: Duration = Duration::from_millis(150);

impl Studio {
    pub(super) fn apply(&mut self, context: &egui::Context, action: Action) {
        match action {
            Action::Submit { draft, quoted } => self.submit(*draft, &quoted),
            Action::Cancel(id) => self.cancel(id),
            Action::Retry(id) => self.retry(id),
            Action::EditAgain(id) => {
                if let Some(draft) = self.draft_of(id) {
                    self.state.receive(Message::LoadDraft(Box::new(draft)));
                }
            }
            Action::FindCandidates(id) => self.find_candidates(id),
            Action::Decide(id, decision) => self.decide(id, decision),
            Action::ResumeQueue => {
                if let Some(session) = self.shown() {
                    session.worker.wake(None);
                }
                self.read_wallet(self.model.account);
            }
            Action::PickFile(purpose) => self.pick_file(purpose),
            Action::TakeFiles { paths, purpose } => self.take_files(paths, purpose),
            Action::PlayVoice { voice_id, url } => self.play(voice_id, url),
            Action::StopPlaying => {
                if let Some(player) = &self.player {
                    player.stop();
                }
                self.model.playing = None;
            }
            Action::OpenFile(path) => self.open_outside(path),
            Action::ShowInFolder(path) => self.open_outside(path.parent().map(PathBuf::from).unwrap_or(path)),
            Action::OpenWeb(url) => context.open_url(egui::OpenUrl::new_tab(url)),
            Action::CopyText(text) => context.copy_text(text),
            Action::RefreshWallet => self.read_wallet(self.model.account),
            Action::RefreshCast => self.read_cast(self.model.account),
            Action::UseAccount(account) => self.use_account(context, account),
            Action::SaveKey(key) => self.save_key(&key),
            Action::UseKeyThisSession(key) => self.use_key_this_session(&key),
            Action::RemoveKey => self.remove_key(),
            Action::RetryKeyring => self.ask_keyring(true),
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

    fn shown(&self) -> Option<&session::Session> {
        self.sessions.get(&self.model.account)
    }

    fn draft_of(&self, id: JobId) -> Option<AvatarVideoDraft> {
        let job = self.model.board.jobs.iter().find(|job| job.id == id)?;
        serde_json::from_str(&job.draft).ok()
    }

    fn submit(&mut self, draft: AvatarVideoDraft, shown: &QuotedPrice) {
        let answer = self.price_again(&draft, shown);
        let (Some(session), Ok((quoted, rate))) = (self.sessions.get(&self.model.account), &answer) else {
            let words = answer.err().unwrap_or_else(|| "The account is not open yet.".to_owned());
            self.state.receive(Message::Submitted(Err(words)));
            return;
        };
        let submission = Submission {
            draft,
            quoted: quoted.clone(),
            rate: *rate,
            web_plan: self.is_web_plan(),
            caps: self.caps(),
            wallet: self.wallet_that_binds(),
            now: self.model.now,
        };
        let (store, worker) = (session.store.clone(), session.worker.clone());
        let folder = self.model.results_folder.clone();
        self.background.spawn(async move {
            let made = tokio::task::spawn_blocking(move || {
                transfer::check_folder(&folder).map_err(|words| {
                    format!("{words}. The video would have nowhere to go, so nothing was sent and nothing is charged.")
                })?;
                submit(&store, &submission).map_err(|error| error.to_string())
            })
            .await
            .unwrap_or_else(|_| Err("The program is closing.".to_owned()));
            let answer = match made {
                // The job is in the journal: whatever happens now, a second click would be a second video.
                Ok(id) => {
                    if let Err(error) = worker.take_up(id).await {
                        tracing::error!(%error, "the job waits for the next start");
                    }
                    Ok(id)
                }
                Err(words) => Err(words),
            };
            Event::Submitted(answer)
        });
    }

    /// The price is what the person saw on the button, or there is no job.
    fn price_again(&self, draft: &AvatarVideoDraft, shown: &QuotedPrice) -> Result<(QuotedPrice, Usd), String> {
        let fresh = quote(&self.model.card, &draft.billable(), &self.model.pace);
        let Some(span) = fresh.total.span() else {
            return Err("There is no price for this, so it cannot be made.".to_owned());
        };
        if (span.low, span.likely, span.high) != (shown.low, shown.likely, shown.high) {
            return Err("The price changed while you clicked. Look at it again, then create.".to_owned());
        }
        let rate = match fresh.lines.as_slice() {
            [line] if line.unit == "s" && line.times == 1 => line.rate,
            _ => return Err("This quote is not counted by the second, so it cannot be checked afterwards.".to_owned()),
        };
        if self.is_web_plan() {
            // The web plan is billed: no dollars are held or charged.
            let free = QuotedPrice { low: Usd::ZERO, likely: Usd::ZERO, high: Usd::ZERO, ..shown.clone() };
            return Ok((free, Usd::ZERO));
        }
        Ok((shown.clone(), rate))
    }

    /// Whether the key in use is an OAuth token, whose use the web plan pays.
    fn is_web_plan(&self) -> bool {
        self.shown().is_some_and(|session| session.client.borrow().as_ref().is_some_and(heygen::Client::is_oauth))
    }

    fn caps(&self) -> Caps {
        Caps::of(&self.model.settings, self.model.now, &jiff::tz::TimeZone::system())
    }

    /// The wallet, where it is known and does not fill itself up.
    fn wallet_that_binds(&self) -> Option<Usd> {
        match &self.model.info.value.as_ref()?.billing {
            Billing::Wallet { balance, auto_reload } => {
                balance.filter(|_| !auto_reload.as_ref().is_some_and(|reload| reload.enabled))
            }
            Billing::Credits { .. }
            | Billing::Subscription { .. }
            | Billing::UsageBased { .. }
            | Billing::Unknown(_) => None,
        }
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

    /// A failed or cancelled job again: a new job, a new key, today's price. A waiting one: now.
    fn retry(&mut self, id: JobId) {
        let Some(job) = self.model.board.jobs.iter().find(|job| job.id == id) else { return };
        if !job.state.is_final() {
            if let Some(session) = self.shown() {
                session.worker.wake(Some(id));
            }
            return;
        }
        if !self.retried.insert(id) {
            self.notice(Tone::Info, "It is being made again already.", "Look at the newer job in the Library.");
            return;
        }
        let Some(draft) = self.draft_of(id) else { return };
        let fresh = quote(&self.model.card, &draft.billable(), &self.model.pace);
        match fresh.total.span() {
            // What the person saw beside the button was the old job's price: the same or less goes at once.
            Some(span) if span.high <= job.quoted.high => {
                let quoted = QuotedPrice {
                    low: span.low,
                    likely: span.likely,
                    high: span.high,
                    card_date: fresh.card_date.to_string(),
                    how: job.quoted.how.clone(),
                };
                self.submit(draft, &quoted);
            }
            _ => {
                self.notice(
                    Tone::Info,
                    "The price is not the one of the first time.",
                    "Nothing was sent. Look at the new price on the tab, then create.",
                );
                self.state.receive(Message::LoadDraft(Box::new(draft)));
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
        let again = matches!(decision, Decision::PayAgain).then(|| self.draft_of(id)).flatten();
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
        if let Some(draft) = again {
            // Paying again is a new job: its price is shown before its button.
            self.state.receive(Message::LoadDraft(Box::new(draft)));
        }
    }

    fn pick_file(&mut self, purpose: FilePurpose) {
        let outlet = self.background.outlet();
        self.background.run(async move {
            let dialog = match purpose {
                FilePurpose::DrivingAudio => rfd::AsyncFileDialog::new().add_filter("Sound", &["wav", "mp3"]),
                FilePurpose::FaceImage | FilePurpose::BackgroundImage => {
                    rfd::AsyncFileDialog::new().add_filter("Pictures", &["png", "jpg", "jpeg"])
                }
            };
            let asked = Instant::now();
            match dialog.pick_file().await {
                Some(file) => outlet.send(probed(file.path().to_path_buf(), Some(purpose)).await).await,
                None if asked.elapsed() < FASTER_THAN_A_PERSON => outlet.send(Event::NoFileDialog(purpose)).await,
                None => {}
            }
        });
    }

    fn take_files(&mut self, paths: Vec<PathBuf>, purpose: Option<FilePurpose>) {
        for path in paths {
            self.background.spawn(probed(path, purpose));
        }
    }

    fn choose_folder(&mut self) {
        let outlet = self.background.outlet();
        let present = self.model.results_folder.clone();
        self.background.run(async move {
            let asked = Instant::now();
            let event = match rfd::AsyncFileDialog::new().set_directory(present).pick_folder().await {
                Some(folder) => Event::FolderChosen(folder.path().to_path_buf()),
                None if asked.elapsed() < FASTER_THAN_A_PERSON => Event::Notice(
                    Tone::Warning,
                    "The system has no folder dialog.".to_owned(),
                    "Type the folder into the field in Settings instead.".to_owned(),
                ),
                None => return,
            };
            outlet.send(event).await;
        });
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

    fn open_outside(&mut self, path: PathBuf) {
        self.background.run_blocking_quietly(move |outlet| {
            if let Err(error) = open::that_detached(&path) {
                let words = format!("{}: {error}", path.display());
                outlet.send_blocking(Event::Notice(Tone::Warning, "It could not be opened.".to_owned(), words));
            }
        });
    }

    pub(super) fn read_wallet(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        if account == self.model.account {
            self.model.info.loading = true;
        }
        let client = session.client.borrow().clone();
        let (store, now) = (session.store.clone(), self.model.now);
        let outlet = self.background.outlet();
        let month_start = self.caps().month_start;
        self.background.run(async move {
            let spent = store
                .run(move |tx| Ok::<_, StoreError>(spend::charged_since(tx, month_start)? + spend::held(tx)?))
                .await;
            if let Ok(spent) = spent {
                outlet.send(Event::MonthSpent(account, spent)).await;
            }
            let answer = match client {
                Some(client) => heygen::retry::with_retry(|| client.account()).await.map_err(|error| error.to_string()),
                None => Err("There is no API key yet. Enter it in Settings.".to_owned()),
            };
            if let Ok(info) = &answer
                && let Billing::Wallet { balance: Some(balance), .. } = info.billing
                && let Err(error) = store.run(move |tx| spend::note_wallet(tx, now, balance)).await
            {
                tracing::warn!(%error, "the wallet's reading is not kept");
            }
            outlet.send(Event::Info(account, answer)).await;
        });
    }

    pub(super) fn read_cast(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        let Some(client) = session.client.borrow().clone() else {
            self.model.looks.fault = Some("There is no API key yet. Enter it in Settings.".to_owned());
            self.model.voices.fault = self.model.looks.fault.clone();
            return;
        };
        self.model.looks.loading = true;
        self.model.voices.loading = true;
        let for_voices = client.clone();
        self.background
            .spawn(async move { Event::Looks(account, client.looks().await.map_err(|error| error.to_string())) });
        self.background
            .spawn(async move { Event::Voices(account, for_voices.voices().await.map_err(|error| error.to_string())) });
    }

    pub(super) fn read_pace(&mut self, account: Account) {
        let Some(session) = self.sessions.get(&account) else { return };
        let (store, present) = (session.store.clone(), session.pace.clone());
        self.background.spawn(async move {
            Event::Pace(account, session::read_pace(&store).await.map_or(present, std::sync::Arc::new))
        });
    }

    fn use_account(&mut self, context: &egui::Context, account: Account) {
        if account == self.model.account {
            return;
        }
        self.model.account = account;
        self.own_account = account;
        self.model.info = Loaded::default();
        self.model.looks = Loaded::default();
        self.model.voices = Loaded::default();
        self.model.board = std::sync::Arc::default();
        self.model.wallet_read_at = None;
        self.model.month_spent = None;
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

    pub(super) fn change_settings(&mut self, context: &egui::Context, settings: Settings) {
        self.model.settings = settings;
        self.model.results_folder = self.paths.results(&self.model.settings).to_path_buf();
        for (account, session) in &self.sessions {
            session.folders.send_replace(self.folders(*account));
        }
        self.apply_looks(context);
        let settings = Settings { account: self.own_account, ..self.model.settings.clone() };
        let folder = self.paths.config.clone();
        self.background.run_blocking_quietly(move |outlet| {
            if let Err(error) = settings.save(&folder) {
                let words = format!("{error} {}", error.hint);
                outlet.send_blocking(Event::Notice(Tone::Warning, "Your settings were not saved.".to_owned(), words));
            }
        });
    }

    fn reload_card(&mut self) {
        let loaded = rate_card_file::load(&self.paths.config);
        self.model.card = std::sync::Arc::new(loaded.card);
        self.model.card_is_fallback = loaded.error.is_some();
        self.model.card_note = match (&loaded.error, &loaded.own) {
            (Some(error), _) => Some(error.to_string()),
            (None, Some(path)) => Some(format!("Your own card: {}", path.display())),
            (None, None) => None,
        };
    }
}

/// Probes a file and says where it belongs.
async fn probed(path: PathBuf, purpose: Option<FilePurpose>) -> Event {
    let found = tokio::task::spawn_blocking(move || media::probe::local_file(&path)).await;
    let Ok(file) = found else { return Event::FileRefused("The program is closing.".to_owned()) };
    let purpose = purpose.or(match file.media_type.as_deref() {
        Some("audio/wav" | "audio/mpeg") => Some(FilePurpose::DrivingAudio),
        Some("image/png" | "image/jpeg") => Some(FilePurpose::FaceImage),
        _ => None,
    });
    match purpose {
        Some(purpose) => Event::FileReady(purpose, file),
        None => Event::FileRefused(match &file.fault {
            Some(fault) => fault.clone(),
            None => format!(
                "{} has no place here. A WAV or MP3 drives the video, a PNG or JPEG becomes its face.",
                file.name()
            ),
        }),
    }
}
