//! How fast a table of 10,000 rows is read, composed, quoted and covered, how its rows scroll, how long it takes
//! to book them all, and what a change of one job costs among them.
//! `cargo bench --bench batch`. Prints; judges nothing.
#![expect(clippy::print_stdout, reason = "printing is all a benchmark does")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Context, Event, MouseWheelUnit, RawInput, Rect, pos2, vec2};
use reelmeter::account::{AccountInfo, Billing};
use reelmeter::batch::{Cast, Composer, Priced, Table, price, sum};
use reelmeter::draft::avatar_video::Face;
use reelmeter::draft::{AvatarType, AvatarVideoDraft, Draft, Engine, Look, Product, Voice};
use reelmeter::jobs::batches;
use reelmeter::jobs::submit::{BatchRows, Order, Submission, submit};
use reelmeter::jobs::types::{
    BatchId, BatchStanding, Board, Job, JobId, JobState, KeptBatch, Progress, QuotedPrice, ResultFiles, Tariff,
};
use reelmeter::jobs::worker::{Folders, Timing, Worker};
use reelmeter::money::Usd;
use reelmeter::pricing::{Pace, RateCard, Unit, quote};
use reelmeter::settings::{Account, CapAction, Settings};
use reelmeter::spend::Caps;
use reelmeter::spend::types::{Asked, CapKind, CapState, Limits, cover};
use reelmeter::store::{Store, StoreError};
use reelmeter::ui::model::{KeyStatus, Loaded};
use reelmeter::ui::pictures::Pictures;
use reelmeter::ui::{self, Message, Model, Tab, theme};
use tokio::sync::watch;

const ROWS: usize = 10_000;
const LOOKS: usize = 2_000;
const ROUNDS: usize = 15;
const FRAMES: usize = 1_000;
const SCRIPT: &str = "Hello {{name}}, and welcome to {{company}}. In the next forty seconds we will show you how the \
    new onboarding works, from the first message to the first invoice. Three things changed this spring. First, every \
    customer gets a named contact from day one. Second, invoices go out on the day of delivery. Third, everything you \
    need is on one page, {{name}}, and that page is yours.";

fn csv() -> Vec<u8> {
    let mut text = "name,company,title,look,engine\n".to_owned();
    for row in 0..ROWS {
        let look = if row % 4 == 0 { format!("Look {}", row % LOOKS) } else { String::new() };
        let engine = if row % 3 == 0 { "III" } else { "" };
        // Writing into a text cannot fail.
        let _ = writeln!(text, "Guest {row},\"Company {}, Inc.\",Welcome {row},{look},{engine}", row % 97);
    }
    text.into_bytes()
}

fn look(number: usize) -> Look {
    Look {
        id: format!("look_{number}"),
        name: format!("Look {number}"),
        avatar_type: AvatarType::DigitalTwin,
        group_id: None,
        default_voice_id: Some("voice_0".to_owned()),
        gender: None,
        engines: Engine::ALL.to_vec(),
        preview_image_url: Some(format!("https://pictures.example/{number}.png")),
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    }
}

fn voice(number: usize) -> Voice {
    Voice {
        id: format!("voice_{number}"),
        name: format!("Voice {number}"),
        language: "English".to_owned(),
        gender: "female".to_owned(),
        preview_audio_url: None,
        supports_pause: true,
        supports_locale: false,
        private: false,
        starfish: true,
    }
}

fn draft() -> AvatarVideoDraft {
    AvatarVideoDraft {
        face: Face::Look(look(0)),
        voice: Some(voice(0)),
        script: SCRIPT.to_owned(),
        ..AvatarVideoDraft::default()
    }
}

fn median(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |place: usize| times.get(place.min(times.len().saturating_sub(1))).copied().unwrap_or_default();
    (at(times.len() / 2), at(times.len() * 99 / 100))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn quotes() {
    let (looks, voices) = (Arc::new((0..LOOKS).map(look).collect::<Vec<_>>()), Arc::new((0..400).map(voice).collect()));
    let (card, pace, bytes, base) = (RateCard::built_in(), Pace::default(), csv(), Draft::from(draft()));
    let cap =
        CapState { kind: CapKind::Month, cap: Usd::from_cents(900_000), used: Usd::ZERO, action: CapAction::Refuse };
    let limits = Limits { free: Some(Usd::from_cents(700_000)), caps: vec![cap] };
    let mut parts: [Vec<Duration>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let mut start = Instant::now();
        let mut lap = |part: &mut Vec<Duration>| {
            part.push(start.elapsed());
            start = Instant::now();
        };
        let [read, made, covered, whole] = &mut parts;
        let from = Instant::now();
        let Ok(table) = Table::read(&bytes) else { return };
        lap(read);
        let cast = Cast::new(Arc::clone(&looks), Arc::clone(&voices));
        let composer = Composer::new(&table, &base, &cast);
        let prices: Vec<Option<Priced>> =
            table.rows.iter().map(|row| price(&composer.compose(row), &card, &pace)).collect();
        lap(made);
        let spans: Vec<_> = prices.iter().flatten().filter_map(|priced| priced.total.clone().ok()).collect();
        black_box(sum(spans.iter().copied()));
        black_box(cover(spans.iter().map(|span| Asked { project: "", span: *span }), &limits));
        lap(covered);
        whole.push(from.elapsed());
    }
    let words = ["read", "composed and quoted", "added up and covered", "all of it"];
    for (words, times) in words.into_iter().zip(parts) {
        println!("10,000 rows {words:<22} {:8.1} ms (aim for all: under 300 ms)", ms(median(times).0));
    }
}

fn model() -> Model {
    let billing = Billing::Wallet { balance: Some(Usd::from_cents(700_000)), auto_reload: None };
    let info = AccountInfo { name: "Ada".to_owned(), email: None, billing, oauth: false };
    Model {
        host: "this program".to_owned(),
        info: Loaded { value: Some(info), ..Loaded::default() },
        looks: Loaded { value: Some(Arc::new((0..LOOKS).map(look).collect())), ..Loaded::default() },
        voices: Loaded { value: Some(Arc::new((0..400).map(voice).collect())), ..Loaded::default() },
        settings: Settings { live_offer_closed: true, ..Settings::default() },
        key: KeyStatus::Missing,
        results_folder: "/films".into(),
        config_folder: "/config".into(),
        data_folder: "/data".into(),
        now: 1_795_365_000,
        ..Model::blank(Account::Sandbox, Arc::new(RateCard::built_in()))
    }
}

fn frames() {
    let context = Context::default();
    theme::install(&context);
    let (mut model, mut state, mut pictures) = (model(), ui::State::default(), Pictures::default());
    state.avatar_video.form.load(draft());
    let Some(kept) = kept() else { return };
    let id = kept.id;
    state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(kept))));
    let mut number = 0_u32;
    let mut frame = |state: &mut ui::State, model: &Model, events: Vec<Event>| {
        number += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))),
            time: Some(f64::from(number) / 60.0),
            events,
            ..RawInput::default()
        };
        let start = Instant::now();
        let mut output = context.run_ui(input, |ui| {
            black_box(ui::frame(ui, model, state, &mut pictures));
        });
        let shapes = std::mem::take(&mut output.shapes);
        black_box(context.tessellate(shapes, output.pixels_per_point));
        let took = start.elapsed();
        output.drop_without_applying_deltas();
        took
    };
    let mut working = Vec::new();
    while working.len() < 100 {
        working.push(frame(&mut state, &model, Vec::new()));
        if state.avatar_video.batch.sheet.as_ref().is_some_and(|sheet| !sheet.is_working()) {
            break;
        }
    }
    let all: Duration = working.iter().sum();
    let longest = working.iter().max().copied().unwrap_or_default();
    println!(
        "opened in the window: {} frames, {:.1} ms in all, the longest {:.1} ms",
        working.len(),
        ms(all),
        ms(longest)
    );
    for _ in 0..60 {
        frame(&mut state, &model, Vec::new());
    }
    let still: Vec<Duration> = (0..FRAMES).map(|_| frame(&mut state, &model, Vec::new())).collect();
    let (half, most) = median(still);
    println!("frame, nothing happens: median {:.2} ms, 99th percentile {:.2} ms", ms(half), ms(most));
    frame(&mut state, &model, vec![Event::PointerMoved(pos2(500.0, 450.0))]);
    // All of its rows are jobs, one of them moves: the window has a new board in every frame.
    let jobs: Vec<Arc<Job>> = (0..ROWS).rev().map(|row| Arc::new(job(id, row))).collect();
    let made: Vec<(u64, JobId)> = jobs.iter().rev().zip(2..).map(|(job, line)| (line, job.id)).collect();
    let batches = BatchStanding::of(jobs.iter().map(Arc::as_ref));
    let waiting = jobs.iter().rev().map(|job| job.id).collect();
    let board = Board { jobs, batches, waiting, ..Board::default() };
    state.receive(Message::BatchMade(id, Ok(made)));
    for (tab, what) in
        [(Tab::AvatarVideo, "a new board, all rows made:"), (Tab::Library, "the same in the Library:   ")]
    {
        state.tab = tab;
        let boards: Vec<Duration> = (0..FRAMES / 5)
            .map(|_| {
                model.board = Arc::new(board.clone());
                frame(&mut state, &model, Vec::new())
            })
            .collect();
        let (half, most) = median(boards);
        println!("frame, {what} median {:.2} ms, 99th percentile {:.2} ms", ms(half), ms(most));
    }
    state.tab = Tab::AvatarVideo;
    let scrolled: Vec<Duration> = (0..FRAMES)
        .map(|_| {
            let wheel = Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, -120.0),
                phase: egui::TouchPhase::Move,
                modifiers: egui::Modifiers::NONE,
                source: egui::MouseWheelSource::Unknown,
            };
            frame(&mut state, &model, vec![wheel])
        })
        .collect();
    let (half, most) = median(scrolled);
    println!("frame, scrolling:       median {:.2} ms, 99th percentile {:.2} ms", ms(half), ms(most));
}

/// Every row of the table as an order, priced.
fn submission(kept: &KeptBatch) -> Submission {
    let cast = Cast::new(Arc::new((0..LOOKS).map(look).collect()), Arc::new((0..400).map(voice).collect()));
    let (card, pace) = (RateCard::built_in(), Pace::default());
    let composer = Composer::new(&kept.table, &kept.base, &cast);
    let tariff = Tariff { rate: Usd::from_cents(4), unit: Unit::Second };
    let order = |draft: Draft| {
        let quoted = ui::quoted_price(&quote(&card, &draft.composition().billable(), &pace))?;
        Some(Order { draft, quoted, tariff })
    };
    let orders = kept.table.rows.iter().filter_map(|row| order(composer.compose(row).draft)).collect();
    let rows = Some(BatchRows { id: kept.id, rows: kept.table.rows.clone() });
    Submission { orders, is_oauth: false, caps: Caps::default(), wallet: None, now: 0, rows, again: None }
}

/// A row's job that waits.
fn job(batch: BatchId, row: usize) -> Job {
    let quoted = QuotedPrice::unpublished(String::new());
    Job {
        id: JobId(uuid::Uuid::from_u128(1 + row as u128)),
        product: Product::AvatarVideo,
        title: format!("Welcome {row}"),
        project: String::new(),
        state: JobState::Held,
        progress: Progress::None,
        quoted,
        hold: Usd::from_cents(60),
        charge: None,
        due: None,
        duration: None,
        error: None,
        files: ResultFiles::default(),
        remote_id: None,
        created_at: 1_795_365_000,
        changed_at: 1_795_365_000,
        portrait_url: None,
        draft: Arc::from("{}"),
        batch: Some(batch),
        again: None,
    }
}

fn kept() -> Option<KeptBatch> {
    Some(KeptBatch::new("guests.csv".to_owned(), draft().into(), Table::read(&csv()).ok()?))
}

/// Booking all rows, and what the worker makes of ten thousand jobs that wait.
async fn booked(folder: &std::path::Path) -> Result<(), StoreError> {
    let Some(kept) = kept() else { return Ok(()) };
    let store = Store::open(&folder.join("studio.db"))?;
    let (_keys, keys) = watch::channel(None);
    let folders = Folders { results: folder.join("Results"), thumbnails: folder.join("thumbnails") };
    let (_folders, folders) = watch::channel(folders);
    let (worker, board, mut events) = Worker::start(store.clone(), keys, folders, Timing::default(), || 0).await?;
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let start = Instant::now();
    store.transaction::<_, StoreError>(|tx| batches::keep(tx, &kept, 0))?;
    println!("{ROWS} rows kept:    {:.0} ms", ms(start.elapsed()));
    let submission = submission(&kept);
    let start = Instant::now();
    let Ok(made) = submit(&store, &submission) else { return Ok(()) };
    println!("{ROWS} rows booked:  {:.0} ms, in one transaction", ms(start.elapsed()));
    let start = Instant::now();
    worker.take_up_all(made.jobs.clone()).await;
    println!("on the board:       {:.0} ms, {} jobs wait", ms(start.elapsed()), board.borrow().waiting.len());
    // Each ends one job and shows a new board, while the others go on taking their places.
    let singly: Vec<JobId> = made.jobs.iter().rev().take(200).copied().collect();
    let mut times = Vec::new();
    for id in singly {
        let start = Instant::now();
        worker.cancel(id).await?;
        times.push(start.elapsed());
    }
    let (half, most) = median(times);
    println!("one of them ends:   median {:.2} ms, 99th percentile {:.2} ms", ms(half), ms(most));
    let start = Instant::now();
    let rest = worker.cancel_all(made.jobs).await?;
    println!("{rest} cancelled:     {:.0} ms, in one transaction", ms(start.elapsed()));
    worker.stop();
    Ok(())
}

fn submitting() {
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return };
    let Ok(folder) = tempfile::tempdir() else { return };
    if let Err(error) = runtime.block_on(booked(folder.path())) {
        println!("not measured: {error}");
    }
}

fn main() {
    quotes();
    frames();
    submitting();
}
