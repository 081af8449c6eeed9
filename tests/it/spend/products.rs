//! Caps and wallet for everything that can be made: the booking takes what has room to the cent and refuses
//! one cent less, and the receipt of each tab says the same before the click.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use jiff::tz::TimeZone;
use reelmeter::account::{AccountInfo, Billing};
use reelmeter::draft::avatar_creation::{AvatarCreationDraft, Origin};
use reelmeter::draft::avatar_video::{Face, Source};
use reelmeter::draft::billable::Mode;
use reelmeter::draft::chat::{Chat, Stage};
use reelmeter::draft::clips::{ClipLength, ClipsDraft};
use reelmeter::draft::hyperframes::{Bundle, Page, Row, Rows, Variable, VariableKind};
use reelmeter::draft::{
    AvatarType, CinematicDraft, Draft, Engine, HyperFramesDraft, LipsyncDraft, LocalFile, Look, RealtimeDraft,
    SpeechDraft, TranslationDraft, VideoAgentDraft, Voice,
};
use reelmeter::jobs::journal;
use reelmeter::jobs::submit::{Order, Submission, submit};
use reelmeter::jobs::types::{Board, JobId, QuotedPrice, Tariff};
use reelmeter::money::Usd;
use reelmeter::pricing::{RateCard, Unit};
use reelmeter::settings::{Account, CapAction, ProjectBudget, Settings};
use reelmeter::spend::types::ReportOn;
use reelmeter::spend::{Books, Caps, View, overview};
use reelmeter::store::{Store, StoreError};
use reelmeter::ui::model::Loaded;
use reelmeter::ui::pictures::Pictures;
use reelmeter::ui::{self, Message, Model, State, theme};
use rusqlite::params;
use rust_decimal::Decimal;

use super::{Planned, START, open, reopen, twin, usd};
use crate::rig::order;

const NOW: i64 = START + 86_400 * 14 + 3_600;
const PROJECT: &str = "Northwind";
const SESSION: &str = "session-1";

/// What limits a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Job,
    Day,
    Month,
    Project,
    Wallet,
}

/// A draft, and what went before it.
struct Case {
    name: &'static str,
    draft: Draft,
    /// The agent waits for an answer to this.
    question: Option<Draft>,
}

struct Window {
    model: Model,
    state: State,
    pictures: Pictures,
}

fn voice() -> Voice {
    Voice {
        id: "voice".to_owned(),
        name: "Daria".to_owned(),
        language: "English".to_owned(),
        gender: "female".to_owned(),
        preview_audio_url: None,
        supports_pause: true,
        supports_locale: false,
        private: false,
        starfish: true,
    }
}

fn file(name: &str, media_type: &str, seconds: Option<&str>) -> LocalFile {
    LocalFile {
        path: format!("/films/{name}").into(),
        size: 1_000_000,
        media_type: Some(media_type.to_owned()),
        duration: seconds.map(|seconds| Decimal::from_str_exact(seconds).unwrap()),
        dimensions: (!media_type.starts_with("audio")).then_some((1_280, 720)),
        has_audio: Some(!media_type.starts_with("image")),
        ..LocalFile::default()
    }
}

fn film() -> Option<LocalFile> {
    Some(file("talk.mp4", "video/mp4", Some("125.4")))
}

fn sound() -> Option<LocalFile> {
    Some(file("talk.mp3", "audio/mpeg", Some("61.05")))
}

fn look(avatar_type: AvatarType) -> Look {
    let Face::Look(look) = twin::twin("").face else { panic!("a look") };
    let engines = match avatar_type {
        AvatarType::DigitalTwin => Engine::ALL.to_vec(),
        _ => vec![Engine::AvatarIii, Engine::AvatarIv],
    };
    Look { avatar_type, engines, default_voice_id: Some("voice".to_owned()), ..look }
}

fn avatar(avatar_type: AvatarType, engine: Engine) -> Draft {
    let mut draft = twin::twin("Three things changed this spring.");
    draft.face = Face::Look(look(avatar_type));
    draft.engine = engine;
    draft.voice = Some(voice());
    draft.into()
}

fn composition(rows: Option<Rows>) -> Draft {
    let page = Page {
        path: "index.html".to_owned(),
        id: "main".to_owned(),
        seconds: Some(Decimal::new(445, 1)),
        size: Some((1_920, 1_080)),
        variables: vec![Variable {
            id: "headline".to_owned(),
            label: "Headline".to_owned(),
            description: String::new(),
            kind: VariableKind::Text { most: None },
            default: "Hello".to_owned(),
        }],
        ..Page::default()
    };
    let zip = LocalFile { path: "p.zip".into(), size: 1_000, ..LocalFile::default() };
    let bundle =
        Bundle { source: "/projects/Card".into(), is_folder: true, zip, pages: vec![page], ..Bundle::default() };
    let mut draft = HyperFramesDraft { fps: 60, ..HyperFramesDraft::default() };
    draft.take_bundle(bundle);
    draft.rows = rows;
    draft.into()
}

fn rows(cells: &[[&str; 2]]) -> Option<Rows> {
    let row =
        |(line, cells): (u64, &[&str; 2])| Row { line, cells: cells.map(str::to_owned).to_vec(), left_out: false };
    Some(Rows {
        name: "cards.csv".to_owned(),
        columns: vec!["headline".to_owned(), "project".to_owned()],
        rows: (2..).zip(cells).map(row).collect(),
    })
}

fn agent() -> VideoAgentDraft {
    VideoAgentDraft { prompt: "Tea for beginners.".to_owned(), seconds: 45, chat: true, ..VideoAgentDraft::default() }
}

fn message(videos: &[&str]) -> Draft {
    let mut draft = VideoAgentDraft { prompt: "Shorter, please.".to_owned(), ..agent().message_in(SESSION) };
    let talk = draft.conversation.as_mut().unwrap();
    talk.busy = false;
    talk.videos = videos.iter().map(|video| (*video).to_owned()).collect();
    draft.into()
}

fn cases() -> Vec<Case> {
    let case = |name, draft| Case { name, draft, question: None };
    let spoken = twin::twin("Welcome.");
    let of_sound: Draft = reelmeter::draft::AvatarVideoDraft {
        face: Face::Look(look(AvatarType::DigitalTwin)),
        source: Source::Audio,
        audio: sound(),
        ..spoken
    }
    .into();
    let translation = TranslationDraft {
        video: film(),
        languages: ["German", "Japanese", "Polish"].map(str::to_owned).to_vec(),
        mode: Mode::Precision,
        ..TranslationDraft::default()
    };
    let realtime = RealtimeDraft {
        look: Some(look(AvatarType::DigitalTwin)),
        voice: Some(voice()),
        script: "Welcome to the studio. ".repeat(200),
        limit_seconds: 60,
        ..RealtimeDraft::default()
    };
    let created = |origin| AvatarCreationDraft {
        name: "Ada".to_owned(),
        origin,
        photo: Some(file("face.png", "image/png", None)),
        footage: film(),
        ..AvatarCreationDraft::default()
    };
    vec![
        case("twin on V", avatar(AvatarType::DigitalTwin, Engine::AvatarV)),
        case("twin on IV", avatar(AvatarType::DigitalTwin, Engine::AvatarIv)),
        case("twin on III", avatar(AvatarType::DigitalTwin, Engine::AvatarIii)),
        case("photo on IV", avatar(AvatarType::PhotoAvatar, Engine::AvatarIv)),
        case("studio on III", avatar(AvatarType::StudioAvatar, Engine::AvatarIii)),
        case("twin, a sound", of_sound),
        case(
            "cinematic",
            CinematicDraft {
                looks: vec![look(AvatarType::PhotoAvatar)],
                prompt: "Snow falls on a lit window.".to_owned(),
                ..CinematicDraft::default()
            }
            .into(),
        ),
        case("agent, one go", VideoAgentDraft { chat: false, ..agent() }.into()),
        Case { name: "agent, an answer", draft: message(&[]), question: Some(agent().into()) },
        case("agent, a revision", message(&["video-1"])),
        case("composition", composition(None)),
        case(
            "composition, rows",
            composition(rows(&[["One", ""], ["Two", PROJECT], ["Three", "Harbour"], ["Four", ""]])),
        ),
        case("realtime, to its limit", realtime.into()),
        case("translation into three", translation.clone().into()),
        case("translation, sound only", TranslationDraft { mode: Mode::Speed, audio_only: true, ..translation }.into()),
        case("lipsync", LipsyncDraft { video: film(), audio: sound(), ..LipsyncDraft::default() }.into()),
        case(
            "clips",
            ClipsDraft {
                video: film(),
                lengths: vec![ClipLength::HalfMinute, ClipLength::Minute],
                input_language: Some("English".to_owned()),
                ..ClipsDraft::default()
            }
            .into(),
        ),
        case(
            "speech",
            SpeechDraft { voice: Some(voice()), text: "Good morning to all.".repeat(40), ..SpeechDraft::default() }
                .into(),
        ),
        case("avatar of a photo", created(Origin::Photo).into()),
        case("twin of footage", created(Origin::Footage).into()),
    ]
}

/// A charge of yesterday and one of today, a hold, and the question where there is one.
fn earlier(store: &Store, case: &Case) {
    let made = |number: u128, project, at| Planned {
        id: JobId(uuid::Uuid::from_u128(number)),
        product: reelmeter::draft::Product::Clips,
        title: "Earlier",
        project,
        rate: usd("0.755"),
        quoted: [usd("0.755"); 3],
        at,
    };
    let (yesterday, today, waits) = (made(1, "", NOW - 86_400), made(2, PROJECT, NOW - 60), made(3, PROJECT, NOW - 30));
    store
        .transaction(|tx| {
            yesterday.hold(tx)?;
            yesterday.end(tx, NOW - 86_400, Some(Decimal::TWO))?;
            today.hold(tx)?;
            today.end(tx, NOW - 60, Some(Decimal::ONE))?;
            waits.hold(tx)
        })
        .unwrap();
    if let Some(question) = &case.question {
        let ids = submit(store, &submission(question.clone(), Caps::default(), None)).unwrap().jobs;
        let waits = "UPDATE jobs SET state = 'running', remote_id = ?2 WHERE id = ?1";
        store
            .transaction(|tx| {
                Ok::<_, StoreError>(tx.execute(waits, params![ids[0].to_string(), format!("{SESSION}#run")])?)
            })
            .unwrap();
    }
}

fn submission(draft: Draft, caps: Caps, wallet: Option<Usd>) -> Submission {
    let orders = draft.jobs().into_iter().map(order).collect();
    Submission { orders, is_oauth: false, caps, wallet: wallet.map(Usd::into), now: NOW, rows: None, again: None }
}

/// What counts against a limit before the job: what the journal above comes to.
/// A question's hold is not among it: the answer gets it back.
fn used(limit: Limit) -> Usd {
    let held = usd("0.755");
    match limit {
        Limit::Job => Usd::ZERO,
        Limit::Day | Limit::Project => usd("0.755") + held,
        Limit::Month => usd("2.265") + held,
        Limit::Wallet => held,
    }
}

fn model_of(store: &Store, settings: &Settings, wallet: Usd, draft: &Draft) -> Model {
    let zone = TimeZone::UTC;
    let card = RateCard::built_in();
    let view = View {
        now: NOW,
        zone: &zone,
        settings,
        auto_reload: None,
        card: &card,
        report_on: ReportOn::ThisMonth,
        credential: None,
    };
    let snapshot = overview(store, &mut Books::load(store).unwrap(), &view).unwrap();
    let (records, _) = store.transaction(journal::readable).unwrap();
    let jobs: Vec<_> = records.into_iter().map(|record| Arc::new(record.job)).collect();
    let held = jobs.iter().map(|job| job.hold).sum();
    let billing = Billing::Wallet { balance: Some(wallet), auto_reload: None };
    let info = AccountInfo { name: "Ada".to_owned(), email: None, billing, oauth: false };
    let mut model = Model {
        info: Loaded { value: Some(info), ..Loaded::default() },
        board: Arc::new(Board { jobs, held, ..Board::default() }),
        spend: Loaded { value: Some(Arc::new(snapshot)), ..Loaded::default() },
        settings: Settings { live_offer_closed: true, ..settings.clone() },
        now: NOW,
        ..Model::blank(Account::Sandbox, Arc::new(card))
    };
    if let Draft::VideoAgent(VideoAgentDraft { conversation: Some(talk), .. }) = draft {
        let chat = Chat {
            session: SESSION.to_owned(),
            title: None,
            stage: Stage::WaitingForInput,
            progress: 0,
            messages: Vec::new(),
            videos: talk.videos.clone(),
        };
        model.agent.session = Some(SESSION.to_owned());
        model.agent.chat = Loaded { value: Some(Arc::new(chat)), ..Loaded::default() };
    }
    model
}

fn window(draft: &Draft) -> Harness<'static, Window> {
    let model = Model::blank(Account::Sandbox, Arc::new(RateCard::built_in()));
    let mut state = State::default();
    state.receive(Message::LoadDraft(Box::new(draft.clone())));
    let window = Window { model, state, pictures: Pictures::default() };
    Harness::builder().with_size(egui::vec2(1280.0, 1000.0)).with_context_setup(theme::install).build_ui_state(
        |ui, window: &mut Window| {
            ui::frame(ui, &window.model, &mut window.state, &mut window.pictures);
            for source in window.pictures.take_wanted() {
                window.pictures.fail(source);
            }
        },
        window,
    )
}

/// The words on the red button, or on what stands in its place.
fn button(harness: &Harness<'_, Window>) -> String {
    let lowest = harness
        .get_all_by_role(Role::Button)
        .filter(|node| node.rect().width() > 250.0 && (node.rect().height() - 44.0).abs() < 0.5)
        .max_by(|a, b| a.rect().bottom().total_cmp(&b.rect().bottom()));
    lowest.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

fn settings_of(limit: Limit, amount: Usd, action: CapAction) -> Settings {
    let mut settings = Settings::default();
    match limit {
        Limit::Job => (settings.cap_per_job, settings.cap_per_job_action) = (Some(amount), action),
        Limit::Day => (settings.cap_per_day, settings.cap_per_day_action) = (Some(amount), action),
        Limit::Month => (settings.cap_per_month, settings.cap_per_month_action) = (Some(amount), action),
        Limit::Project => {
            settings.project_budgets = vec![ProjectBudget { project: PROJECT.to_owned(), per_month: amount, action }];
        }
        Limit::Wallet => {}
    }
    settings
}

fn check(case: &Case) {
    let mut draft = case.draft.clone();
    draft.composition_mut().set_project(PROJECT.to_owned());
    let mut question = case.question.clone();
    if let Some(question) = &mut question {
        question.composition_mut().set_project(PROJECT.to_owned());
    }
    let case = Case { name: case.name, draft: draft.clone(), question };
    assert_eq!(draft.composition().problems(), [], "{}", case.name);
    let orders: Vec<Order> = draft.clone().jobs().into_iter().map(order).collect();
    let sum = |orders: &[&Order]| orders.iter().map(|order| order.quoted.high).sum::<Usd>();
    let all: Vec<&Order> = orders.iter().collect();
    let of_project: Vec<&Order> =
        all.iter().copied().filter(|order| order.draft.composition().project() == PROJECT).collect();
    let (last, before) = all.split_last().unwrap();
    let asked = |limit: Limit| match limit {
        Limit::Job => last.quoted.high,
        Limit::Day | Limit::Month => sum(&all),
        Limit::Project => sum(&of_project),
        Limit::Wallet => sum(before) + last.quoted.low,
    };
    let mut harness = window(&draft);
    let cent = usd("0.01");
    for limit in [Limit::Job, Limit::Day, Limit::Month, Limit::Project, Limit::Wallet] {
        for action in [CapAction::Refuse, CapAction::Warn] {
            for short in [Usd::ZERO, cent] {
                let place = format!("{} {limit:?} {action:?} short of {short}", case.name);
                let (folder, store) = open();
                earlier(&store, &case);
                let question_holds = match &case.question {
                    Some(question) => order(question.clone()).quoted.high,
                    None => Usd::ZERO,
                };
                let room = used(limit) + asked(limit) - short;
                let (cap, wallet) = if limit == Limit::Wallet { (Usd::ZERO, room) } else { (room, usd("1000")) };
                let settings = settings_of(limit, cap, action);

                // What the receipt says before the click.
                harness.state_mut().model = model_of(&store, &settings, wallet, &draft);
                harness.run_steps(3);
                let words = button(&harness);
                let warned = harness.query_all_by_label_contains("would be passed. It only warns.").next().is_some();

                // What the booking does.
                let caps = Caps::of(&settings, NOW, &TimeZone::UTC);
                let answer = submit(&store, &submission(draft.clone(), caps, Some(wallet)));
                let store = reopen(&folder, store);
                let (records, _) = store.transaction(journal::readable).unwrap();
                let new: Usd = records.iter().filter(|of| of.job.created_at == NOW).map(|of| of.job.hold).sum();
                let new = new - question_holds;

                let fits = short.is_zero();
                let refuses = !fits && (action == CapAction::Refuse || limit == Limit::Wallet);
                if refuses {
                    let refusal = answer.unwrap_err().to_string();
                    let left = (room - used(limit)).max(Usd::ZERO);
                    let before = if before.is_empty() { format!("so {left} is left") } else { "is left".to_owned() };
                    let (names, says) = match limit {
                        Limit::Job => (format!("your cap for one job is {cap}"), "Above the cap of".to_owned()),
                        Limit::Day => ("Today $".to_owned(), format!("Above today's cap of {cap}")),
                        Limit::Month => (format!("of your {cap} cap"), format!("Above this month's cap of {cap}")),
                        Limit::Project => (format!("{PROJECT}'s budget of {cap}"), "budget of".to_owned()),
                        Limit::Wallet => {
                            let least = if last.quoted.low < last.quoted.high { "at least " } else { "" };
                            ("Add $0.01 to the wallet".to_owned(), format!("The wallet lacks {least}$0.01"))
                        }
                    };
                    assert!(refusal.contains(&names), "{place}: {refusal}");
                    if !matches!(limit, Limit::Job | Limit::Wallet) {
                        assert!(refusal.contains(&before) && refusal.contains("may cost up to"), "{place}: {refusal}");
                    }
                    assert!(words.contains(&says), "{place}: {words}");
                    assert_eq!(new, Usd::ZERO, "{place}: nothing is held");
                } else {
                    answer.unwrap_or_else(|refusal| panic!("{place}: {refusal}"));
                    assert!(words.contains('$') && words.contains(" · "), "{place}: {words}");
                    assert_eq!(warned, !fits, "{place}");
                    assert_eq!(new, sum(&all), "{place}: all of it is held");
                }
            }
        }
    }
}

/// Side by side: each case opens a hundred journals.
#[test]
fn everything_is_booked_to_the_cent_of_every_cap_and_its_receipt_says_so_before() {
    let cases = cases();
    let products: std::collections::BTreeSet<_> = cases.iter().map(|case| case.draft.product()).collect();
    assert_eq!(products.len(), reelmeter::draft::Product::ALL.len(), "every product is among them");
    std::thread::scope(|scope| {
        for half in cases.chunks(cases.len().div_ceil(4)) {
            scope.spawn(move || half.iter().for_each(check));
        }
    });
}

#[test]
fn the_most_a_session_may_cost_is_its_limit() {
    let realtime = cases().into_iter().find(|case| case.name.starts_with("realtime")).unwrap();
    assert_eq!(order(realtime.draft).quoted.high, usd("3"), "60 s at $0.05");
}

#[test]
fn what_has_no_published_price_is_made_whatever_the_caps_have_left() {
    let draft: Draft = AvatarCreationDraft {
        name: "Ada".to_owned(),
        origin: Origin::Prompt,
        prompt: "A calm person in a green coat.".to_owned(),
        unpriced_accepted: true,
        project: PROJECT.to_owned(),
        ..AvatarCreationDraft::default()
    }
    .into();
    let (_folder, store) = open();
    earlier(&store, &Case { name: "", draft: draft.clone(), question: None });
    let settings = Settings { cap_per_day: Some(usd("0.5")), ..Settings::default() };
    let mut harness = window(&draft);
    harness.state_mut().model = model_of(&store, &settings, Usd::ZERO, &draft);
    harness.run_steps(3);
    let words = button(&harness);
    assert!(words.contains("price not published"), "{words}");
    let quoted = QuotedPrice::unpublished("2026-11-22".to_owned());
    let tariff = Tariff { rate: Usd::ZERO, unit: Unit::Call };
    let caps = Caps::of(&settings, NOW, &TimeZone::UTC);
    let orders = vec![Order { draft, quoted, tariff }];
    let asked =
        Submission { orders, is_oauth: false, caps, wallet: Some(Usd::ZERO.into()), now: NOW, rows: None, again: None };
    assert_eq!(submit(&store, &asked).unwrap().jobs.len(), 1);
}
