//! The shell: holds the window's model, drains events, draws, and acts on what the window asks for.
//!
//! [`Studio::logic`] takes in what the background did; [`Studio::draw`] shows it; `apply` is the one
//! place that acts. The window's thread never waits here.

mod apply;
mod background;
mod batches;
mod books;
mod conversation;
mod drafts;
mod events;
mod files;
mod keys;
mod lead;
mod live;
mod load;
mod notify;
mod options;
mod orders;
mod own;
mod own_player;
mod projects;
mod reading;
mod session;
mod sound;
mod voice_orders;
pub mod stream;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use crate::account::Billing;
use crate::jobs::types::{Board, JobId};
use crate::jobs::worker::{Folders, JobEvent, Timing};
use crate::media::player::Player;
use crate::media::volume::Volume;
use crate::paths::Paths;
use crate::rate_card_file;
use crate::settings::{Account, Settings, ThemeChoice};
use crate::ui::model::{Loaded, Notice, Tone};
use crate::ui::pictures::Pictures;
use crate::ui::{self, Model};

use background::{Background, Event, Outlet};
use books::{Bookkeeper, Wanted};
use conversation::Conversation;
use keys::Keys;
pub use options::Options;
use session::{Opening, Session};

/// Pictures that are fetched at once.
const MOST_FETCHES: usize = 6;
/// Events taken in before a frame, so that a flood cannot keep it from being drawn.
const MOST_EVENTS: usize = 2_000;

/// The whole program behind the window.
pub struct Studio {
    options: Options,
    paths: Paths,
    timing: Timing,
    model: Model,
    state: ui::State,
    /// The state of the account that is not shown.
    waiting: HashMap<Account, ui::State>,
    /// What is kept of the tabs of each open account.
    drafts: HashMap<Account, drafts::Drafts>,
    pictures: Pictures,
    sessions: HashMap<Account, Session>,
    bookkeepers: HashMap<Account, Bookkeeper>,
    /// The days that the Spend tab reports on.
    report_on: crate::spend::types::ReportOn,
    /// The end of the day (unix seconds) for which the books were last asked because it was over.
    day_over: i64,
    /// Accounts whose opening is under way.
    opening: Vec<Account>,
    keys: Keys,
    player: Option<Player>,
    volume: Volume,
    /// The conversation that is being followed.
    conversation: Option<Conversation>,
    last_sound: sound::LastSound,
    fetches: Arc<Semaphore>,
    /// Jobs that were made again: once each.
    retried: HashSet<JobId>,
    /// The last order of voices, until it is known what came of it.
    voice_attempt: Option<voice_orders::VoiceAttempt>,
    /// Submissions of HyperFrames projects that are not answered yet.
    submitting_projects: u32,
    /// The account the person chose last; `--account` holds for one run.
    own_account: Account,
    /// The realtime session on the stage.
    watching: Option<live::Watching>,
    /// Held by the text that is being sent to a session.
    session_turn: Arc<tokio::sync::Mutex<()>>,
    next_notice: u64,
    events: mpsc::Receiver<Event>,
    // Last: the runtime ends after everything that runs on it was let go.
    background: Background,
}

impl Studio {
    /// Starts the background and opens the account; returns at once.
    ///
    /// # Errors
    /// The system's own, when it refuses threads.
    pub fn new(context: &egui::Context, options: Options, paths: Paths, timing: Timing) -> std::io::Result<Self> {
        ui::theme::install(context);
        let (background, events) = Background::start(context.clone())?;
        let loaded = Settings::load(&paths.config);
        let card = rate_card_file::load(&paths.config);
        let mut settings = loaded.settings;
        let own_account = settings.account;
        if let Some(account) = options.account {
            settings.account = account;
        }
        let account = settings.account;
        let model = Model {
            card_note: card.own.as_ref().map(|path| format!("Your own card: {}", path.display())),
            card_is_fallback: card.error.is_some(),
            results_folder: paths.results(&settings).to_path_buf(),
            config_folder: paths.config.clone(),
            data_folder: paths.data.clone(),
            now: now(),
            settings,
            ..Model::blank(account, Arc::new(card.card))
        };
        let mut studio = Self {
            options,
            paths,
            timing,
            model,
            state: ui::State::default(),
            waiting: HashMap::new(),
            drafts: HashMap::new(),
            pictures: Pictures::default(),
            sessions: HashMap::new(),
            bookkeepers: HashMap::new(),
            report_on: crate::spend::types::ReportOn::default(),
            day_over: 0,
            opening: Vec::new(),
            keys: Keys::default(),
            player: None,
            volume: Volume::default(),
            conversation: None,
            last_sound: sound::LastSound::default(),
            fetches: Arc::new(Semaphore::new(MOST_FETCHES)),
            retried: HashSet::new(),
            voice_attempt: None,
            submitting_projects: 0,
            own_account,
            watching: None,
            session_turn: Arc::default(),
            next_notice: 0,
            events,
            background,
        };
        if let Some(error) = card.error {
            studio.model.card_note = Some(error.to_string());
            studio.notice(
                Tone::Warning,
                "Your own rate card cannot be used.",
                &format!("{error} The built-in card is used."),
            );
        }
        if let Some(fault) = loaded.fault {
            studio.notice(Tone::Warning, "Your settings were damaged.", &fault);
        }
        studio.state.remember_projects(&studio.model.settings);
        studio.apply_looks(context);
        studio.apply_volume();
        studio.ask_keyring(false);
        studio.open(studio.model.account);
        Ok(studio)
    }

    /// What the window shows. For tests.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The sandbox, while it runs. For tests: faults and what it saw.
    #[must_use]
    pub fn sandbox(&self) -> Option<&crate::sandbox::Running> {
        self.sessions.get(&Account::Sandbox)?.sandbox.as_ref()
    }

    /// Takes in what the background did. Runs also while the window is hidden.
    pub fn logic(&mut self, context: &egui::Context) {
        // `scripts/measure` waits for it: the second frame begins once the first is on the screen.
        if context.cumulative_frame_nr() == 1 {
            tracing::info!("the first frame is shown");
        }
        self.model.now = now();
        for _ in 0..MOST_EVENTS {
            let Ok(event) = self.events.try_recv() else { break };
            self.take_in(context, event);
        }
        // A cap for the day begins anew at midnight, although nothing else happened.
        let day = self.model.spend.value.as_ref().map(|books| books.today.end);
        if let Some(end) = day.filter(|end| *end <= self.model.now && *end != self.day_over) {
            self.day_over = end;
            self.refresh_books();
        }
    }

    /// One frame: draws, acts on what was asked for, and sends for the pictures that came into sight.
    pub fn draw(&mut self, ui: &mut egui::Ui) {
        self.show_session_picture(&ui.ctx().clone());
        self.show_playback_place();
        let actions = ui::frame(ui, &self.model, &mut self.state, &mut self.pictures);
        let context = ui.ctx().clone();
        for action in actions {
            self.apply(&context, action);
        }
        self.fetch_pictures();
        self.keep_drafts(&context);
    }

    fn open(&mut self, account: Account) {
        if self.sessions.contains_key(&account) || self.opening.contains(&account) {
            return;
        }
        self.opening.push(account);
        let opening = Opening {
            account,
            options: self.options.clone(),
            paths: self.paths.clone(),
            folders: self.folders(account),
            timing: self.timing,
            key: self.keys.live(),
            now,
        };
        self.background.spawn(async move { Event::Opened(account, Session::open(opening).await.map(Box::new)) });
    }

    fn opened(&mut self, account: Account, opened: Result<Box<Session>, String>) {
        self.opening.retain(|other| *other != account);
        match opened {
            Ok(mut session) => {
                let found = std::mem::take(&mut session.drafts);
                self.take_drafts(account, &session.database, found);
                let board = session.board.clone();
                let events = session.job_events.take();
                self.background.run(forward(account, board, events, self.background.outlet()));
                // The keyring may have answered while the account was being opened.
                if account == Account::Live
                    && let Some(key) = self.keys.live()
                    && let Err(words) = session.use_key(Some(&key))
                {
                    self.notice(Tone::Bad, "The key cannot be used.", &words);
                }
                let bookkeeper =
                    Bookkeeper::start(account, session.store.clone(), self.wanted(), now, &self.background);
                self.bookkeepers.insert(account, bookkeeper);
                self.sessions.insert(account, *session);
                if account == self.model.account {
                    self.show(account);
                    self.show_found_sessions();
                }
            }
            Err(words) => {
                if account == self.model.account {
                    self.model.info.fault = Some(words.clone());
                    self.model.looks.fault = Some(words.clone());
                    self.model.voices.fault = Some(words.clone());
                    self.model.speech_voices.fault = Some(words.clone());
                }
                self.notice(Tone::Bad, "The account could not be opened.", &words);
            }
        }
    }

    /// Puts an open account into the window.
    fn show(&mut self, account: Account) {
        let Some(session) = self.sessions.get_mut(&account) else { return };
        self.model.host = session.host.clone();
        self.model.board = Arc::clone(&session.board.borrow_and_update());
        self.model.pace = Arc::clone(&session.pace);
        self.refresh_books();
        self.read_wallet(account);
        self.read_cast(account);
        self.clear_projects(account);
        self.find_batches(account);
        self.find_voice_order(account);
    }

    /// What the books are read for.
    fn wanted(&self) -> Wanted {
        let auto_reload = self.model.info.value.as_ref().and_then(|info| match &info.billing {
            Billing::Wallet { auto_reload, .. } => auto_reload.clone(),
            Billing::Credits { .. }
            | Billing::Subscription { .. }
            | Billing::UsageBased { .. }
            | Billing::Unknown(_) => None,
        });
        let mut settings = self.model.settings.clone();
        if self.model.info.value.is_none() {
            // Whether the wallet fills itself up is not known yet: how long it lasts is no warning.
            settings.low_balance_days = None;
        }
        Wanted {
            settings,
            card: Arc::clone(&self.model.card),
            auto_reload,
            report_on: self.report_on,
            credential: self.shown().and_then(Session::credential),
            mark: self.model.wallet_mark.clone(),
        }
    }

    /// A new snapshot of the shown account's books, soon.
    fn refresh_books(&mut self) {
        if let Some(bookkeeper) = self.bookkeepers.get(&self.model.account) {
            self.model.spend.loading = true;
            bookkeeper.refresh(self.wanted());
        }
    }

    /// The same for one account, and everything is read anew.
    fn reread_books(&mut self, account: Account) {
        if let Some(bookkeeper) = self.bookkeepers.get(&account) {
            bookkeeper.reread(self.wanted(), &self.background);
        }
    }

    fn notice(&mut self, tone: Tone, what: &str, more: &str) {
        self.tell(Notice { id: 0, tone, what: what.to_owned(), more: more.to_owned(), at: None });
    }

    /// Says it, unless it stands there already; the number is given here.
    fn tell(&mut self, notice: Notice) {
        let repeated = |other: &Notice| other.what == notice.what && other.more == notice.more;
        if !self.model.notices.iter().any(repeated) {
            self.next_notice += 1;
            self.model.notices.push(Notice { id: self.next_notice, ..notice });
        }
    }

    fn folders(&self, account: Account) -> Folders {
        let thumbnails = match account {
            Account::Sandbox => "thumbnails-sandbox",
            Account::Live => "thumbnails-live",
        };
        Folders {
            results: self.paths.results(&self.model.settings).to_path_buf(),
            thumbnails: self.paths.data.join(thumbnails),
        }
    }

    fn apply_looks(&self, context: &egui::Context) {
        context.set_theme(match self.model.settings.theme {
            ThemeChoice::System => egui::ThemePreference::System,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
        });
        context.set_zoom_factor(f32::from(self.model.settings.zoom_percent) / 100.0);
    }

    /// The player, started when the first sound is asked for.
    fn player(&mut self) -> Result<Player, String> {
        if let Some(player) = &self.player {
            return Ok(player.clone());
        }
        let outlet = self.background.outlet();
        let player =
            Player::new(self.volume.clone(), Box::new(move |event| outlet.send_blocking(Event::Player(event))))
                .map_err(|error| error.to_string())?;
        self.player = Some(player.clone());
        Ok(player)
    }

    fn fetch_pictures(&mut self) {
        for source in self.pictures.take_wanted() {
            let client = self.sessions.get(&self.model.account).and_then(|session| session.client.borrow().clone());
            let (cache, fetches) = (self.paths.pictures(), Arc::clone(&self.fetches));
            self.background.spawn(async move {
                let _permit = fetches.acquire_owned().await;
                let picture = load::picture(client, source.clone(), cache).await;
                Event::Picture(source, picture)
            });
        }
    }
}

impl eframe::App for Studio {
    fn logic(&mut self, context: &egui::Context, _frame: &mut eframe::Frame) {
        self.logic(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.draw(ui);
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        self.keep_last_drafts();
        for session in self.sessions.values() {
            session.worker.stop();
        }
    }
}

/// Tells the window of each new board and event of an account.
async fn forward(
    account: Account,
    mut board: tokio::sync::watch::Receiver<Arc<Board>>,
    events: Option<mpsc::Receiver<JobEvent>>,
    outlet: Outlet,
) {
    let Some(mut events) = events else { return };
    loop {
        tokio::select! {
            changed = board.changed() => {
                if changed.is_err() {
                    return;
                }
                outlet.send(Event::Board(account)).await;
                // Progress comes many times a second; the eye needs a few of them.
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            event = events.recv() => match event {
                Some(event) => outlet.send(Event::Job(account, event)).await,
                None => return,
            },
        }
    }
}

/// A fetched value or its fault; the previous value stays where the fetch failed.
fn settle<T>(loaded: &mut Loaded<T>, answer: Result<T, String>) {
    loaded.loading = false;
    match answer {
        Ok(value) => {
            loaded.value = Some(value);
            loaded.fault = None;
        }
        Err(words) => loaded.fault = Some(words),
    }
}

/// Unix seconds.
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
