//! The window as a person uses it: by label and by key.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rust_decimal::Decimal;

use super::model::{KeyStatus, Loaded, Notice, Tone};
use super::*;
use crate::account::{AccountInfo, Billing};
use crate::draft::avatar_video::{Face, LocalFile, Source};
use crate::draft::{AvatarType, Engine, Look, Resolution, Voice};
use crate::jobs::types::{Board, JobId, Pause};
use crate::money::Usd;
use crate::pricing::RateCard;
use crate::settings::{Account, CapAction, Settings};

fn look(number: usize, name: &str, avatar_type: AvatarType) -> Look {
    let engines = match avatar_type {
        AvatarType::DigitalTwin => Engine::ALL.to_vec(),
        AvatarType::PhotoAvatar | AvatarType::StudioAvatar => vec![Engine::AvatarIii, Engine::AvatarIv],
    };
    Look {
        id: format!("look_{number}"),
        name: name.to_owned(),
        avatar_type,
        group_id: None,
        default_voice_id: Some("voice_0".to_owned()),
        gender: None,
        engines,
        preview_image_url: Some(format!("https://pictures.example/{number}.png")),
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
    }
}

fn voice(number: usize, name: &str, language: &str) -> Voice {
    Voice {
        id: format!("voice_{number}"),
        name: name.to_owned(),
        language: language.to_owned(),
        gender: "female".to_owned(),
        preview_audio_url: Some(format!("https://sounds.example/{number}.mp3")),
        supports_pause: true,
        supports_locale: false,
        private: false,
        starfish: true,
    }
}

pub(in crate::ui) fn model() -> Model {
    let looks = vec![
        look(0, "Daria", AvatarType::DigitalTwin),
        look(1, "Ines", AvatarType::StudioAvatar),
        look(2, "Aiko", AvatarType::PhotoAvatar),
    ];
    let voices = vec![voice(0, "Daria", "English"), voice(1, "Jonas", "German")];
    let billing = Billing::Wallet { balance: Some(Usd::from_cents(2147)), auto_reload: None };
    let info = AccountInfo { name: "Ada".to_owned(), email: None, billing, oauth: false };
    Model {
        host: "127.0.0.1".to_owned(),
        info: Loaded { value: Some(info), ..Loaded::default() },
        wallet_read_at: Some(1_795_364_900),
        looks: Loaded { value: Some(Arc::new(looks)), ..Loaded::default() },
        voices: Loaded { value: Some(Arc::new(voices)), ..Loaded::default() },
        board: Arc::new(Board { held: Usd::from_cents(318), in_flight: 3, ..Board::default() }),
        month_spent: Some(Usd::ZERO),
        settings: Settings { live_offer_closed: true, ..Settings::default() },
        key: KeyStatus::Missing,
        results_folder: PathBuf::from("/films"),
        config_folder: PathBuf::from("/config"),
        data_folder: PathBuf::from("/data"),
        now: 1_795_365_000,
        ..Model::blank(Account::Sandbox, Arc::new(RateCard::built_in()))
    }
}

pub(in crate::ui) struct Bench {
    pub(in crate::ui) model: Model,
    pub(in crate::ui) state: State,
    pictures: Pictures,
    pub(in crate::ui) actions: Vec<Action>,
}

pub(in crate::ui) fn bench(model: Model) -> Harness<'static, Bench> {
    let bench = Bench { model, state: State::default(), pictures: Pictures::default(), actions: Vec::new() };
    let mut harness =
        Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_context_setup(theme::install).build_ui_state(
            |ui, bench: &mut Bench| {
                let asked = frame(ui, &bench.model, &mut bench.state, &mut bench.pictures);
                bench.actions.extend(asked);
                for source in bench.pictures.take_wanted() {
                    bench.pictures.fail(source);
                }
            },
            bench,
        );
    harness.run_steps(3);
    harness
}

/// A draft that lacks nothing.
fn ready(model: Model) -> Harness<'static, Bench> {
    let mut harness = bench(model);
    let look = look(0, "Daria", AvatarType::DigitalTwin);
    let draft = &mut harness.state_mut().state.avatar_video.form.draft;
    draft.face = Face::Look(look);
    draft.script = "Three things changed this spring, and every customer gets a named contact.".to_owned();
    harness.run_steps(3);
    harness
}

pub(in crate::ui) fn click(harness: &mut Harness<'_, Bench>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(3);
}

pub(in crate::ui) fn asked(harness: &mut Harness<'_, Bench>) -> Vec<Action> {
    harness.state_mut().actions.drain(..).collect()
}

/// The words on the red button, or on what stands in its place.
pub(in crate::ui) fn button(harness: &Harness<'_, Bench>) -> String {
    let lowest = harness
        .get_all_by_role(Role::Button)
        .filter(|node| node.rect().width() > 250.0 && (node.rect().height() - 44.0).abs() < 0.5)
        .max_by(|a, b| a.rect().bottom().total_cmp(&b.rect().bottom()));
    lowest.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
}

pub(in crate::ui) fn press_button(harness: &mut Harness<'_, Bench>) {
    let words = button(harness);
    click(harness, Role::Button, &words);
}

#[test]
fn the_header_tells_jobs_and_sessions_apart() {
    for (sessions, words) in [(0, "3 of 10 running"), (1, "3 of 10 running · 1 live")] {
        let board = Arc::new(Board { in_flight: 3, sessions, ..Board::default() });
        let harness = bench(Model { board, ..model() });
        harness.get_by_label(words);
    }
}

#[test]
fn an_empty_draft_says_what_is_missing_and_shows_problems_only_when_asked() {
    let mut harness = bench(model());
    assert_eq!(button(&harness), "Choose a face");
    assert!(harness.query_by_label_contains("Write the script, or use audio instead.").is_none());

    press_button(&mut harness);
    assert!(asked(&mut harness).is_empty());
    assert!(harness.query_by_label_contains("Write the script, or use audio instead.").is_some());
}

#[test]
fn the_button_carries_the_price_and_follows_the_script() {
    let mut harness = bench(model());
    click(&mut harness, Role::Button, "Daria, digital twin");
    assert_eq!(button(&harness), "Write the script");

    click(&mut harness, Role::MultilineTextInput, "Script");
    harness
        .get_by_role_and_label(Role::MultilineTextInput, "Script")
        .type_text("Welcome back to the second lesson of ours.");
    harness.run_steps(3);
    let short = button(&harness);
    assert!(short.starts_with("Create · about $0."), "{short}");

    let longer = "Every customer gets a named contact from day one. ".repeat(8);
    harness.get_by_role_and_label(Role::MultilineTextInput, "Script").type_text(&longer);
    harness.run_steps(3);
    let long = button(&harness);
    assert!(long.starts_with("Create · about $"), "{long}");
    assert_ne!(short, long);
}

#[test]
fn an_audio_file_has_an_exact_price() {
    let mut harness = ready(model());
    let file = LocalFile {
        path: PathBuf::from("/sounds/talk.mp3"),
        size: 1_400_000,
        media_type: Some("audio/mpeg".to_owned()),
        duration: Some(Decimal::from(90)),
        dimensions: None,
        has_audio: None,
        fault: None,
        ..LocalFile::default()
    };
    harness
        .state_mut()
        .state
        .receive(Message::FileReady { place: Place::new(Product::AvatarVideo, Field::Audio), file });
    harness.run_steps(3);
    assert_eq!(harness.state().state.avatar_video.form.draft.source, Source::Audio);
    // 90 s × $0.0667, from the rate card's own worked examples.
    assert_eq!(button(&harness), "Create · $6.00");
    assert!(harness.query_by_label("talk.mp3").is_some());

    click(&mut harness, Role::Button, "Remove the audio");
    assert_eq!(harness.state().state.avatar_video.form.draft.source, Source::Script);
}

#[test]
fn one_press_buys_once_and_a_double_click_buys_once() {
    let mut harness = ready(model());
    press_button(&mut harness);
    assert_eq!(button(&harness), "Submitting…");
    press_button(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    let submits = asked(&mut harness);
    let [Action::Submit(asked_for)] = submits.as_slice() else { panic!("{submits:?}") };
    let action::Asked { draft: Draft::AvatarVideo(draft), quoted } = &**asked_for else { panic!("{asked_for:?}") };
    assert_eq!(draft.voice_id(), Some("voice_0"));
    assert!(quoted.low <= quoted.likely && quoted.likely <= quoted.high && quoted.low > Usd::ZERO);

    // The answer comes between the two halves of a double click.
    harness.state_mut().state.receive(Message::Submitted(Product::AvatarVideo, Ok(vec![JobId(uuid::Uuid::nil())])));
    harness.run_steps(1);
    assert_eq!(button(&harness), "In the queue");
    press_button(&mut harness);
    assert!(asked(&mut harness).is_empty());

    // Later the same draft can be bought again, and the button says that it would be again.
    harness.run_steps(20);
    assert!(button(&harness).starts_with("Create again · about $"), "{}", button(&harness));
}

#[test]
fn a_refused_submission_says_why_and_can_be_tried_again() {
    let mut harness = ready(model());
    press_button(&mut harness);
    let why = "The month's cap leaves $0.40.";
    harness.state_mut().state.receive(Message::Submitted(Product::AvatarVideo, Err(why.to_owned())));
    harness.run_steps(2);
    assert!(harness.query_by_label_contains(why).is_some());
    assert!(button(&harness).starts_with("Create · about"));
}

#[test]
fn what_has_no_price_is_unknown_and_cannot_be_bought() {
    let mut harness = ready(model());
    harness.state_mut().state.avatar_video.form.draft.resolution = Resolution::K4;
    harness.run_steps(2);
    assert_eq!(button(&harness), "No price, so not offered");
    assert!(harness.query_by_label("Unknown").is_some());
    assert!(harness.query_by_label_contains("$0.00").is_none());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    assert!(asked(&mut harness).is_empty());
}

#[test]
fn a_cap_stands_before_the_button() {
    let capped = |settings: Settings| Model { settings: Settings { live_offer_closed: true, ..settings }, ..model() };
    let harness = ready(capped(Settings { cap_per_job: Some(Usd::from_cents(5)), ..Settings::default() }));
    assert_eq!(button(&harness), "Above the cap of $0.05 per job");

    let mut nearly_spent = capped(Settings { cap_per_month: Some(Usd::from_cents(1000)), ..Settings::default() });
    nearly_spent.month_spent = Some(Usd::from_cents(995));
    let harness = ready(nearly_spent);
    assert_eq!(button(&harness), "Above this month's cap of $10.00");
}

#[test]
fn a_cap_that_only_warns_leaves_the_button_and_says_so() {
    let settings = Settings {
        cap_per_job: Some(Usd::from_cents(5)),
        cap_per_job_action: CapAction::Warn,
        live_offer_closed: true,
        ..Settings::default()
    };
    let harness = ready(Model { settings, ..model() });
    assert!(button(&harness).starts_with("Create"), "{}", button(&harness));
    assert!(harness.query_by_label_contains("Cap per job would be passed. It only warns.").is_some());
}

#[test]
fn an_engine_that_does_not_fit_says_why_and_cannot_be_chosen() {
    let mut harness = ready(model());
    click(&mut harness, Role::RadioButton, "Avatar V");
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarV);

    // A studio avatar cannot be rendered on V: the draft goes on with the default engine.
    click(&mut harness, Role::Button, "Ines, studio avatar");
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIv);
    let fifth = harness.get_by_role_and_label(Role::RadioButton, "Avatar V");
    assert!(fifth.accesskit_node().is_disabled());
    assert_eq!(fifth.accesskit_node().description().as_deref(), Some("Avatar V takes digital twins only."));
    fifth.click();
    harness.run_steps(2);
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIv);
}

#[test]
fn another_engine_is_taken_from_the_receipt() {
    let mut harness = ready(model());
    let third = harness.get_by_label_contains("Avatar III: $").accesskit_node().label().unwrap();
    assert!(third.contains(", saves $"), "{third}");
    assert!(
        harness
            .query_by_label_contains("Avatar V: $")
            .unwrap()
            .accesskit_node()
            .label()
            .unwrap()
            .ends_with(", same price")
    );
    click(&mut harness, Role::Button, &third);
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIii);
}

#[test]
fn a_switch_is_taken_back_with_all_it_let_go_until_something_else_is_changed() {
    let mut harness = ready(model());
    harness.state_mut().state.avatar_video.form.draft.engine = Engine::AvatarV;
    harness.state_mut().state.avatar_video.form.draft.motion_prompt = "She waves.".to_owned();
    harness.run_steps(3);
    let before = harness.state().state.avatar_video.form.draft.clone();
    let to_third = |harness: &mut Harness<'_, Bench>| {
        let third = harness.get_by_label_contains("Avatar III: $").accesskit_node().label().unwrap();
        click(harness, Role::Button, &third);
    };
    to_third(&mut harness);
    assert_eq!(harness.state().state.avatar_video.form.draft.motion_prompt, "", "Avatar III takes none");
    assert!(harness.query_by_label("Switched from Avatar V").is_some());
    click(&mut harness, Role::Link, "Undo, back to Avatar V");
    assert_eq!(harness.state().state.avatar_video.form.draft, before);
    assert!(harness.query_by_label_contains("Switched from").is_none());

    to_third(&mut harness);
    harness.state_mut().state.avatar_video.form.draft.captions = false;
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Switched from").is_none(), "it would take back more than was switched");
}

#[test]
fn every_size_is_there_and_the_one_without_a_price_says_so() {
    let mut harness = ready(model());
    let size = harness.get_by_label_contains("720p: $").accesskit_node().label().unwrap();
    assert!(size.ends_with(", same price"), "{size}");
    click(&mut harness, Role::Button, "4K: no price");
    assert_eq!(harness.state().state.avatar_video.form.draft.resolution, Resolution::P1080, "it is not offered");
    click(&mut harness, Role::Button, &size);
    assert_eq!(harness.state().state.avatar_video.form.draft.resolution, Resolution::P720);
    assert!(harness.query_by_label("Switched from 1080p").is_some());
    // What has no price still shows the way to what has one.
    harness.state_mut().state.avatar_video.form.draft.resolution = Resolution::K4;
    harness.run_steps(3);
    assert_eq!(button(&harness), "No price, so not offered");
    let back = harness.get_by_label_contains("1080p: $").accesskit_node().label().unwrap();
    click(&mut harness, Role::Button, &back);
    assert!(button(&harness).starts_with("Create · about $"), "{}", button(&harness));
}

#[test]
fn the_other_ways_are_reached_and_taken_by_keyboard() {
    let mut harness = ready(model());
    let third = harness.get_by_label_contains("Avatar III: $").accesskit_node().label().unwrap();
    harness.get_by_role_and_label(Role::Button, &third).focus();
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().state.avatar_video.form.draft.engine, Engine::AvatarIii);
}

#[test]
fn the_keyboard_reaches_tabs_files_and_commands() {
    let mut harness = ready(model());
    let tab = |harness: &Harness<'_, Bench>| harness.state().state.tab;
    let keys: BTreeSet<Key> = Tab::SHOWN.iter().filter_map(|tab| tab.shortcut()).map(|(key, _)| key).collect();
    assert_eq!(keys.len(), Tab::SHOWN.len(), "every tab has a key of its own");
    for shown in Tab::SHOWN.iter().rev() {
        let (key, _) = shown.shortcut().unwrap();
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        harness.run_steps(2);
        assert_eq!(tab(&harness), *shown);
    }
    asked(&mut harness);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run_steps(2);
    let taken = asked(&mut harness);
    let [Action::PickFile(place)] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!(*place, Place::new(Product::AvatarVideo, Field::Audio));

    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.get_by_label("Search commands").type_text("library");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(tab(&harness), Tab::Library);
    assert!(harness.query_by_label("Search commands").is_none());

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    assert!(matches!(asked(&mut harness).as_slice(), [Action::Submit(_)]));
}

#[test]
fn a_voice_is_found_heard_and_chosen() {
    let mut harness = ready(model());
    click(&mut harness, Role::ComboBox, "Voice");
    harness.get_by_label("Search voices").type_text("jon");
    harness.run_steps(3);
    click(&mut harness, Role::Button, "Listen to Jonas");
    let heard = asked(&mut harness);
    assert!(matches!(heard.as_slice(), [Action::PlayVoice { voice_id, .. }] if voice_id == "voice_1"), "{heard:?}");
    click(&mut harness, Role::ListBoxOption, "Jonas, German · female");
    assert_eq!(harness.state().state.avatar_video.form.draft.voice_id(), Some("voice_1"));
}

#[test]
fn two_thousand_looks_ask_for_the_visible_pictures_only() {
    let mut many = model();
    let looks = (0..2_000).map(|number| look(number, "Daria", AvatarType::DigitalTwin)).collect();
    many.looks.value = Some(Arc::new(looks));
    let bench = Bench { model: many, state: State::default(), pictures: Pictures::default(), actions: Vec::new() };
    let mut harness = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_context_setup(theme::install);
    let mut harness = harness_of(&mut harness, bench);
    harness.run_steps(2);
    let wanted = harness.state_mut().pictures.take_wanted().len();
    assert!((5..=9).contains(&wanted), "{wanted}");
    assert!(harness.query_by_label("Search looks").is_some());
}

/// A window whose pictures nobody fetches.
fn harness_of(builder: &mut egui_kittest::HarnessBuilder<Bench>, bench: Bench) -> Harness<'static, Bench> {
    std::mem::take(builder).build_ui_state(
        |ui, bench: &mut Bench| {
            frame(ui, &bench.model, &mut bench.state, &mut bench.pictures);
        },
        bench,
    )
}

#[test]
fn a_frame_without_a_change_quotes_nothing_and_asks_for_no_other() {
    let mut harness = ready(model());
    harness.run_steps(5);
    let before = harness.state().state.avatar_video.form.quoting.count;
    harness.run_steps(20);
    assert_eq!(harness.state().state.avatar_video.form.quoting.count, before);
    assert!(!harness.ctx.has_requested_repaint());
}

#[test]
fn a_paused_queue_says_what_is_missing_and_resumes() {
    let mut paused = model();
    let missing = Some(Usd::from_cents(80));
    paused.board = Arc::new(Board { paused: Some(Pause::WalletTooSmall { missing }), ..Board::default() });
    let mut harness = bench(paused);
    assert!(harness.query_by_label_contains("$0.80 short").is_some());
    click(&mut harness, Role::Button, "Resume");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::ResumeQueue]));
}

#[test]
fn the_offer_of_the_live_account_stays_closed_once_closed() {
    let mut first = model();
    first.settings.live_offer_closed = false;
    let mut harness = bench(first);
    click(&mut harness, Role::Button, "Close this message");
    let closed = asked(&mut harness);
    let [Action::ChangeSettings(settings)] = closed.as_slice() else { panic!("{closed:?}") };
    assert!(settings.live_offer_closed);
}

#[test]
fn live_without_a_key_cannot_buy() {
    let harness = ready(Model { account: Account::Live, ..model() });
    assert_eq!(button(&harness), "Add your API key in Settings");
}

#[test]
fn a_notice_is_shown_until_it_is_closed() {
    let mut told = model();
    let notice = Notice { id: 1, tone: Tone::Info, what: "Saved in /films.".to_owned(), more: String::new() };
    told.notices.push(notice);
    let mut harness = bench(told);
    assert!(harness.query_by_label("Saved in /films.").is_some());
    click(&mut harness, Role::Button, "Close this message");
    assert!(harness.query_by_label("Saved in /films.").is_none());
}

#[test]
fn every_input_of_every_tab_and_popup_has_a_name() {
    let mut harness = ready(model());
    for popup in ["Background", "Title and file", "Account: Sandbox", "More shapes"] {
        click(&mut harness, Role::Button, popup);
        harness.check_accessibility();
        harness.key_press(Key::Escape);
        harness.run_steps(2);
    }
    for tab in Tab::SHOWN {
        harness.state_mut().state.tab = *tab;
        harness.run_steps(2);
        harness.check_accessibility();
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window reads no file".to_owned())
    }
}

#[track_caller]
fn check_drop(path: &str, at: egui::Pos2, expected: Option<Place>) {
    let mut harness = ready(model());
    harness.hover_at(at);
    harness.run_steps(2);
    harness.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from(path))));
    harness.step();
    let taken = asked(&mut harness);
    let [Action::TakeFiles { paths, place, shown }] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!((paths.as_slice(), *place), ([PathBuf::from(path)].as_slice(), expected));
    assert_eq!(*shown, Some(Product::AvatarVideo));
}

#[test]
fn a_dropped_file_lands_where_it_fits() {
    let (upper, lower) = (egui::pos2(500.0, 200.0), egui::pos2(500.0, 700.0));
    // Where there is only one place for it, or the upper one is meant, the bytes decide.
    check_drop("/tmp/a talk.MP3", lower, None);
    check_drop("/tmp/me.jpeg", upper, None);
    check_drop("/tmp/beach.png", lower, Some(Place::new(Product::AvatarVideo, Field::Background)));
    check_drop("/tmp/notes.pdf", upper, None);
}

#[test]
fn several_dropped_files_find_a_place_each() {
    let mut harness = ready(model());
    for path in ["/tmp/me.png", "/tmp/talk.mp3", "/tmp/beach.jpg"] {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(PathBuf::from(path))));
    }
    harness.step();
    let fields: Vec<Option<Field>> = asked(&mut harness)
        .into_iter()
        .map(|action| match action {
            Action::TakeFiles { place, .. } => place.map(|place| place.field),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(fields, [Some(Field::Look), Some(Field::Audio), Some(Field::Background)]);
}

#[test]
fn a_video_dropped_where_it_has_no_place_is_offered_one_on_another_tab() {
    let mut harness = ready(model());
    let file = LocalFile {
        path: PathBuf::from("/films/talk.mp4"),
        size: 24_000_000,
        media_type: Some("video/mp4".to_owned()),
        duration: Some(Decimal::from(65)),
        ..LocalFile::default()
    };
    let places = Place::of_kind(Kind::Video, Some(Product::AvatarVideo));
    harness.state_mut().state.receive(Message::FileElsewhere { file, places });
    harness.run_steps(3);
    assert!(harness.query_by_label("talk.mp4 would fit elsewhere:").is_some());
    assert!(harness.query_by_label("Translate: the video to translate").is_some());
    click(&mut harness, Role::Button, "Lipsync: the video whose lips move");
    assert_eq!(harness.state().state.tab, Tab::Lipsync);
    assert!(harness.query_by_label("talk.mp4").is_some());
    assert!(harness.state().state.lipsync.form.draft.video.is_some());
}

#[test]
fn a_new_project_is_named_on_the_receipt_and_kept() {
    let mut harness = ready(model());
    click(&mut harness, Role::ComboBox, "Project");
    click(&mut harness, Role::ListBoxOption, "New project…");
    harness.get_by_label("Name of the new project").type_text("Northwind");
    harness.run_steps(2);
    click(&mut harness, Role::Button, "Add");
    assert_eq!(harness.state().state.avatar_video.form.draft.project, "Northwind");
    let kept = asked(&mut harness);
    let [Action::ChangeSettings(settings)] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(settings.projects, ["Northwind"]);
}

#[test]
fn the_tab_key_goes_through_the_form_before_the_receipt() {
    let mut harness = ready(model());
    harness.get_by_label("Search looks").click();
    harness.run_steps(3);
    let mut met = Vec::new();
    for _ in 0..40 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
        let focused = harness.root().children_recursive().find(|node| node.is_focused());
        met.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    let place =
        |label: &str| met.iter().position(|met| met.starts_with(label)).unwrap_or_else(|| panic!("{label}: {met:?}"));
    assert!(place("Voice") < place("Script") && place("Script") < place("Background"));
    assert!(place("Background") < place("Project") && place("Project") < place("Create"));
}

#[test]
fn opening_the_palette_and_pressing_enter_spends_nothing() {
    let mut harness = ready(model());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(asked(&mut harness).is_empty());
}

#[test]
fn a_face_chosen_in_the_grid_folds_it_so_that_the_script_is_seen() {
    let mut harness = bench(model());
    click(&mut harness, Role::Button, "Show all in a grid");
    click(&mut harness, Role::Button, "Ines, studio avatar");
    assert!(harness.query_by_label("Show all in a grid").is_some());
    let script = harness.get_by_role_and_label(Role::MultilineTextInput, "Script").rect();
    assert!(script.bottom() < 800.0, "{script}");
}

#[test]
fn another_engine_at_the_same_price_says_so() {
    let harness = ready(model());
    // IV and V cost a digital twin the same.
    assert!(
        harness
            .query_by_label_contains("Avatar V: ")
            .is_some_and(|node| { node.accesskit_node().label().is_some_and(|label| label.ends_with(", same price")) })
    );
    let third = harness.get_by_label_contains("Avatar III: ").accesskit_node().label().unwrap_or_default();
    assert!(!third.contains("same"), "{third}");
}

#[test]
fn without_a_key_the_bar_says_all_of_it_and_leads_to_settings_from_elsewhere_only() {
    let fault = "No keyring is running on this computer. Install and start one (GNOME Keyring or KWallet), then try \
                 again, or use the key for this session only.";
    let key = KeyStatus::KeyringFault(fault.to_owned());
    let mut harness = bench(Model { account: Account::Live, key, ..model() });
    let sentence = harness.get_by_label_contains("There is no API key to work with: No keyring").rect();
    // In two lines, not cut in one.
    assert!(sentence.height() > 30.0, "{sentence}");
    click(&mut harness, Role::Button, "Open Settings");
    assert_eq!(harness.state().state.tab, Tab::Settings);
    assert!(harness.query_by_label("Open Settings").is_none());
    click(&mut harness, Role::Button, "Back to the sandbox");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::UseAccount(Account::Sandbox)]));
}

#[test]
fn a_small_window_shows_every_tab_and_the_whole_form_under_the_first_bar() {
    let mut harness = bench(Model { settings: Settings::default(), ..model() });
    harness.set_size(egui::vec2(960.0, 600.0));
    harness.run_steps(4);
    assert!(harness.query_by_label_contains("You are in the sandbox").is_some());
    let bottom = |node: egui_kittest::Node<'_>| node.rect().bottom();
    assert!(bottom(harness.get_by_role_and_label(Role::Tab, "Settings")) <= 600.0);
    for option in ["Use audio", "Title"] {
        assert!(bottom(harness.get_by_role_and_label(Role::Button, option)) <= 600.0, "{option}");
    }
}
