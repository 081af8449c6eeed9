//! How long a whole frame takes with a full house: layout and tessellation, without a graphics card.
//! `cargo bench --bench frame`. Prints; judges nothing.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::error::Error;
use std::hint::black_box;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use egui::{Color32, ColorImage, Context, Event, Key, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, pos2, vec2};
use jiff::tz::TimeZone;
use reelmeter::account::{AccountInfo, Billing};
use reelmeter::draft::avatar_video::{Face, SCRIPT_LIMIT};
use reelmeter::draft::{AvatarType, Engine, Look, Product, Voice};
use reelmeter::jobs::types::{Board, Job, JobError, JobId, JobState, Progress, QuotedPrice, ResultFiles};
use reelmeter::money::Usd;
use reelmeter::pricing::RateCard;
use reelmeter::settings::{Account, Settings};
use reelmeter::spend::types::{LedgerFilter, LedgerTable, Listing, ReportOn};
use reelmeter::spend::{Books, View, overview};
use reelmeter::store::Store;
use reelmeter::ui::model::{KeyStatus, Loaded};
use reelmeter::ui::pictures::{PictureSource, Pictures};
use reelmeter::ui::{self, Model, Tab, theme};
use rust_decimal::Decimal;

mod books;

const JOBS: u32 = 10_000;
const LOOKS: usize = 2_000;
const VOICES: usize = 400;
const SCRIPT_CHARACTERS: usize = 3_000;
/// Frames that are measured of each scene.
const FRAMES: u32 = 1_000;
/// Frames before them: glyphs are drawn, animations end.
const WARM_UP: u32 = 60;
const WINDOW: egui::Vec2 = vec2(1280.0, 800.0);
/// A portrait in the bench: large enough to be one, small enough that all are kept.
const PORTRAIT: [usize; 2] = [72, 90];
/// 22 Nov 2026, 16:30 UTC.
const NOW: i64 = 1_795_365_000;

const SENTENCES: &str = "Welcome back. In the next forty seconds we will show you how the new onboarding works, \
    from the first message to the first invoice. Three things changed this spring. <break time=\"0.8s\"/> First, \
    every customer gets a named contact from day one.\n\n";

/// The window's inside, as the app holds it.
struct Window {
    context: Context,
    model: Model,
    state: ui::State,
    pictures: Pictures,
    lister: Lister,
    frames: u32,
}

/// What is to be picked out of which ledger.
type Wishes = (Mutex<Option<(Arc<LedgerTable>, LedgerFilter)>>, Condvar);

/// Picks entries out of the ledger on a thread beside the frames, the newest wish first.
struct Lister {
    wishes: Arc<Wishes>,
    done: Receiver<Arc<Listing>>,
}

impl Lister {
    fn start() -> Self {
        let wishes: Arc<Wishes> = Arc::default();
        let (answer, done) = channel();
        let asked = Arc::clone(&wishes);
        std::thread::spawn(move || {
            loop {
                let wish = asked.0.lock().unwrap_or_else(PoisonError::into_inner);
                let mut wish = asked.1.wait_while(wish, |wish| wish.is_none()).unwrap_or_else(PoisonError::into_inner);
                let Some((table, filter)) = wish.take() else { continue };
                drop(wish);
                if answer.send(Arc::new(Listing::of(table, filter))).is_err() {
                    return;
                }
            }
        });
        Self { wishes, done }
    }

    fn ask(&self, table: Arc<LedgerTable>, filter: LedgerFilter) {
        *self.wishes.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((table, filter));
        self.wishes.1.notify_one();
    }
}

impl Window {
    fn open() -> Self {
        let context = Context::default();
        theme::install(&context);
        context.set_theme(egui::Theme::Dark);
        let (state, pictures) = (ui::State::default(), Pictures::default());
        let mut window = Self { context, model: model(), state, pictures, lister: Lister::start(), frames: 0 };
        for number in 0..LOOKS {
            let source = PictureSource::Url(portrait_url(number));
            let color = Color32::from_gray(u8::try_from(number % 256).unwrap_or(u8::MAX));
            window.pictures.insert(&window.context, source, ColorImage::filled(PORTRAIT, color));
        }
        let draft = &mut window.state.avatar_video.form.draft;
        draft.face = Face::Look(look(0));
        draft.script = SENTENCES.chars().cycle().take(SCRIPT_CHARACTERS).collect();
        window.settle();
        window
    }

    /// One frame with these events: layout and tessellation, as long as they took.
    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.frames += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, WINDOW)),
            time: Some(f64::from(self.frames) / 60.0),
            events,
            ..RawInput::default()
        };
        let Self { context, model, state, pictures, lister, .. } = self;
        let start = Instant::now();
        // As the app does: what was picked out meanwhile is taken in before the frame.
        while let Ok(listing) = lister.done.try_recv() {
            model.listing = Some(listing);
        }
        let mut actions = Vec::new();
        let mut output = context.run_ui(input, |ui| {
            actions.extend(black_box(ui::frame(ui, model, state, pictures)));
        });
        for action in actions {
            if let ui::Action::ListEntries(table, filter) = action {
                lister.ask(table, filter);
            }
        }
        let shapes = std::mem::take(&mut output.shapes);
        black_box(context.tessellate(shapes, output.pixels_per_point));
        let took = start.elapsed();
        output.drop_without_applying_deltas();
        took
    }

    fn settle(&mut self) {
        for _ in 0..WARM_UP {
            self.frame(Vec::new());
        }
    }

    /// A place on the control with this name, found as a screen reader finds it.
    fn find(&mut self, name: &str) -> Option<Pos2> {
        self.context.enable_accesskit();
        let mut places = Vec::new();
        for _ in 0..2 {
            let input = RawInput {
                screen_rect: Some(Rect::from_min_size(Pos2::ZERO, WINDOW)),
                time: Some(f64::from(self.frames) / 60.0),
                ..RawInput::default()
            };
            let Self { context, model, state, pictures, .. } = self;
            let mut output = context.run_ui(input, |ui| {
                ui::frame(ui, model, state, pictures);
            });
            if let Some(update) = output.platform_output.accesskit_update.take() {
                places = update.nodes;
            }
            output.drop_without_applying_deltas();
        }
        self.context.disable_accesskit();
        let called = |label: &str| label == name || label.starts_with(&format!("{name},"));
        // A field and its caption have the same name; the field is the larger one.
        let bounds = places
            .iter()
            .filter(|(_, node)| node.label().is_some_and(called))
            .filter_map(|(_, node)| node.bounds())
            .max_by(|one, other| one.area().total_cmp(&other.area()))?;
        // Near the upper edge: a long field goes on below the window.
        Some(pos2(((bounds.x0 + bounds.x1) / 2.0) as f32, bounds.y0 as f32 + 12.0))
    }

    fn point_at(&mut self, name: &str) {
        match self.find(name) {
            Some(place) => {
                self.frame(vec![Event::PointerMoved(place)]);
            }
            None => println!("“{name}” is not on the screen: what follows is not what it says"),
        }
    }

    fn click(&mut self, name: &str) {
        self.point_at(name);
        let Some(pos) = self.context.pointer_latest_pos() else { return };
        for pressed in [true, false] {
            let button = egui::PointerButton::Primary;
            self.frame(vec![Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE }]);
        }
        self.settle();
    }

    /// Measures a scene; `prepare` says what happens in each of its frames.
    fn scene(&mut self, name: &str, mut prepare: impl FnMut(&mut Model, u32) -> Vec<Event>) {
        for number in 0..WARM_UP {
            let events = prepare(&mut self.model, number);
            self.frame(events);
        }
        let mut times: Vec<Duration> = (WARM_UP..WARM_UP + FRAMES)
            .map(|number| {
                let events = prepare(&mut self.model, number);
                self.frame(events)
            })
            .collect();
        times.sort_unstable();
        let at = |share: usize| times.get((times.len() - 1) * share / 100).map_or(0.0, milliseconds);
        println!("{name:<44} {:>6.2} {:>6.2} {:>6.2}", at(50), at(99), at(100));
    }
}

fn milliseconds(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("{JOBS} jobs, {LOOKS} looks, {VOICES} voices, a script of {SCRIPT_CHARACTERS} characters;");
    println!("milliseconds of {FRAMES} frames each{:>22} {:>6} {:>6}", "p50", "p99", "max");

    let mut window = Window::open();
    window.scene("Avatar video, nothing happens", |_, _| Vec::new());
    window.scene("Avatar video, a new board each frame", |model, number| {
        model.board = progressed(&model.board, number);
        Vec::new()
    });
    window.click("Script");
    let mut written = SCRIPT_CHARACTERS;
    window.scene("Avatar video, a character each frame", |_, _| {
        written += 1;
        let letter = if written.is_multiple_of(6) { " " } else { "e" };
        if written < SCRIPT_LIMIT { vec![Event::Text(letter.to_owned())] } else { Vec::new() }
    });
    if window.state.avatar_video.form.draft.script.chars().count() == SCRIPT_CHARACTERS {
        println!("nothing was typed: the line above is not what it says");
    }
    window.click("Show all in a grid");
    window.point_at(&format!("{}, {}", look(0).name, look(0).avatar_type.name().to_lowercase()));
    window.scene("Avatar video, all looks, scrolling", |_, number| vec![wheel(number)]);

    window.state.tab = Tab::Library;
    window.settle();
    window.point_at("Video 9998");
    window.scene("Library as pictures, scrolling", |_, number| vec![wheel(number)]);
    window.click("Show as a list");
    window.point_at("Video 9998");
    window.scene("Library as a list, scrolling", |_, number| vec![wheel(number)]);
    window.scene("Library as a list, a new board each frame", |model, number| {
        model.board = progressed(&model.board, number);
        Vec::new()
    });
    window.click("Search titles and projects");
    window.scene("Library, the search changes each frame", |_, number| {
        // Three letters, and back again.
        let event = match number % 6 {
            0 => Event::Text("v".to_owned()),
            1 => Event::Text("i".to_owned()),
            2 => Event::Text("d".to_owned()),
            _ => Event::Key {
                key: Key::Backspace,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::NONE,
            },
        };
        vec![event]
    });

    spend(&mut window)
}

/// The Spend tab on 200,000 entries.
fn spend(window: &mut Window) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("studio.db"))?;
    let now = books::fill(&store, NOW - 700 * 86_400)?;
    let mut books = Books::load(&store)?;
    let (settings, card, zone) = (Settings::default(), RateCard::built_in(), TimeZone::UTC);
    let report_on = ReportOn::ThisMonth;
    let view =
        View { now, zone: &zone, settings: &settings, auto_reload: None, card: &card, report_on, credential: None };
    let taken = Arc::new(overview(&store, &mut books, &view)?);
    println!("{} entries in the ledger", taken.table.rows().len());
    window.model.now = now;
    window.model.spend.value = Some(taken);
    window.state.tab = Tab::Spend;
    window.settle();
    window.scene("Spend, overview", |_, _| Vec::new());
    window.scene("Spend, overview, new books each frame", |model, _| {
        model.spend.value = model.spend.value.as_deref().cloned().map(Arc::new);
        Vec::new()
    });
    window.click("Ledger");
    window.point_at("Search the ledger");
    let below = window.context.pointer_latest_pos().unwrap_or_default() + vec2(0.0, 200.0);
    window.frame(vec![Event::PointerMoved(below)]);
    window.scene("Spend, ledger, scrolling", |_, number| vec![wheel(number)]);
    if window.model.listing.is_none() {
        println!("no entries are listed: what follows is not what it says");
    }
    window.click("Sort by amount");
    let at = window.context.pointer_latest_pos().unwrap_or_default();
    window.scene("Spend, ledger, sorted anew each frame", |_, number| {
        let button = egui::PointerButton::Primary;
        vec![Event::PointerButton { pos: at, button, pressed: number % 2 == 0, modifiers: Modifiers::NONE }]
    });
    window.click("Search the ledger");
    for letter in ["w", "i", "n", "t"] {
        window.frame(vec![Event::Text(letter.to_owned())]);
    }
    window.frame(vec![Event::PointerMoved(below)]);
    window.scene("Spend, ledger, searched, scrolling", |_, number| vec![wheel(number)]);
    window.scene("Spend, ledger, the search changes each frame", |_, number| {
        // Three letters, and back again.
        let event = match number % 6 {
            0 => Event::Text("e".to_owned()),
            1 => Event::Text("r".to_owned()),
            2 => Event::Text(" ".to_owned()),
            _ => Event::Key {
                key: Key::Backspace,
                physical_key: None,
                pressed: true,
                repeat: false,
                modifiers: Modifiers::NONE,
            },
        };
        vec![event]
    });
    window.click("Wallet");
    window.scene("Spend, wallet", |_, _| Vec::new());
    window.click("Quotes");
    window.scene("Spend, quotes", |_, _| Vec::new());
    Ok(())
}

/// A turn of the wheel: down for a while, then up again.
fn wheel(number: u32) -> Event {
    let turn = if number % 500 < 250 { -30.0 } else { 30.0 };
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, turn),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Unknown,
        modifiers: Modifiers::NONE,
    }
}

/// The board a moment later: one job has moved on, as each report of progress makes it.
fn progressed(board: &Arc<Board>, number: u32) -> Arc<Board> {
    let mut next = Board::clone(board);
    if let Some(job) = next.jobs.iter_mut().find(|job| job.state == JobState::Downloading) {
        let mut moved = Job::clone(job);
        moved.progress =
            Progress::Bytes { done: u64::from(number) * 40_000, total: Some(48_000_000), per_second: None };
        *job = Arc::new(moved);
    }
    Arc::new(next)
}

fn portrait_url(number: usize) -> String {
    format!("https://files.example/looks/{number}/portrait.png")
}

fn look(number: usize) -> Look {
    let (avatar_type, engines) = match number % 3 {
        0 => (AvatarType::DigitalTwin, Engine::ALL.to_vec()),
        1 => (AvatarType::StudioAvatar, vec![Engine::AvatarIii, Engine::AvatarIv]),
        _ => (AvatarType::PhotoAvatar, vec![Engine::AvatarIii, Engine::AvatarIv]),
    };
    Look {
        id: format!("look_{number}"),
        name: format!("Daria in the office {number}"),
        avatar_type,
        group_id: Some(format!("group_{}", number / 8)),
        default_voice_id: Some(format!("voice_{}", number % VOICES)),
        gender: Some("female".to_owned()),
        engines,
        preview_image_url: Some(portrait_url(number)),
        preview_video_url: None,
        tags: vec!["office".to_owned(), "calm".to_owned()],
        ready: number % 50 != 49,
        own: false,
        gone: false,
    }
}

fn voice(number: usize) -> Voice {
    Voice {
        id: format!("voice_{number}"),
        name: format!("Daria {number}"),
        language: if number % 4 == 3 { "German" } else { "English" }.to_owned(),
        gender: "female".to_owned(),
        preview_audio_url: Some(format!("https://files.example/voices/{number}.mp3")),
        supports_pause: true,
        supports_locale: false,
        private: false,
        starfish: true,
    }
}

fn job(number: u32) -> Job {
    // Most of them are done, as in earnest; the newest hundred are in every state there is.
    let newest = number + 100 >= JOBS;
    let state = if newest {
        JobState::ALL.into_iter().cycle().nth(number as usize % JobState::ALL.len()).unwrap_or(JobState::Done)
    } else if number % 20 == 19 {
        JobState::Failed
    } else {
        JobState::Done
    };
    let done = state == JobState::Done;
    let progress = match state {
        JobState::Uploading | JobState::Downloading => {
            Progress::Bytes { done: 31_000_000, total: Some(98_000_000), per_second: None }
        }
        JobState::Running => Progress::Rendering { seconds: 40, percent: None },
        _ => Progress::None,
    };
    let created_at = NOW - i64::from(JOBS - number) * 600;
    Job {
        id: JobId(uuid::Uuid::from_u128(u128::from(number) + 1)),
        product: Product::AvatarVideo,
        title: format!("Video {number}"),
        project: if number.is_multiple_of(3) { "Northwind" } else { "Harbour" }.to_owned(),
        state,
        progress,
        quoted: QuotedPrice {
            low: Usd::from_cents(260),
            likely: Usd::from_cents(274),
            high: Usd::from_cents(293),
            card_date: "2026-11-22".to_owned(),
            how: "Digital twin, Avatar IV, 1080p · $0.0667 / s × 0:39 to 0:44".to_owned(),
        },
        hold: if state.is_final() { Usd::ZERO } else { Usd::from_cents(293) },
        charge: done.then(|| Usd::from_cents(271)),
        due: None,
        duration: done.then(|| Decimal::new(407, 1)),
        error: (state == JobState::Failed).then(|| JobError {
            what: "HeyGen could not render it: “Avatar is not available”.".to_owned(),
            money: "Nothing was charged.".to_owned(),
            advice: "Choose another look.".to_owned(),
        }),
        files: ResultFiles {
            video: done.then(|| format!("/films/Video {number}.mp4").into()),
            ..ResultFiles::default()
        },
        remote_id: Some(format!("video_{number}")),
        created_at,
        changed_at: created_at + 90,
        portrait_url: Some(portrait_url(number as usize % LOOKS)),
        draft: Arc::from("{}"),
        batch: None,
        again: None,
    }
}

fn model() -> Model {
    let billing = Billing::Wallet { balance: Some(Usd::from_cents(214_700)), auto_reload: None };
    let info = AccountInfo { name: "Ada".to_owned(), email: None, billing, oauth: false };
    let board = Board {
        jobs: (0..JOBS).rev().map(|number| Arc::new(job(number))).collect(),
        waiting: (0..JOBS).map(job).filter(|job| job.state == JobState::Held).map(|job| job.id).collect(),
        sessions: 0,
        in_flight: 10,
        held: Usd::from_cents(18_318),
        paused: None,
        batches: Vec::new(),
    };
    Model {
        host: "this program".to_owned(),
        info: Loaded { value: Some(info), ..Loaded::default() },
        wallet_read_at: Some(NOW - 60),
        looks: Loaded { value: Some(Arc::new((0..LOOKS).map(look).collect())), ..Loaded::default() },
        voices: Loaded { value: Some(Arc::new((0..VOICES).map(voice).collect())), ..Loaded::default() },
        board: Arc::new(board),
        settings: Settings { favourite_looks: vec!["look_3".to_owned(), "look_5".to_owned()], ..Settings::default() },
        key: KeyStatus::Missing,
        results_folder: "/films".into(),
        config_folder: "/config".into(),
        data_folder: "/data".into(),
        now: NOW,
        ..Model::blank(Account::Sandbox, Arc::new(RateCard::built_in()))
    }
}
