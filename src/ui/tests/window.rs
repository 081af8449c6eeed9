//! Header, bars, gallery, keys and names.

use super::*;
use crate::ui::library::fixtures;

#[test]
fn the_header_tells_jobs_and_sessions_apart() {
    for (sessions, words) in [(0, "3 of 10 running"), (1, "3 of 10 running · 1 live")] {
        let board = Arc::new(Board { in_flight: 3, sessions, ..Board::default() });
        let harness = bench(Model { board, ..model() });
        harness.get_by_label(words);
    }
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
fn a_paused_queue_says_what_is_missing_and_resumes() {
    let mut paused = model();
    let next = Job { state: JobState::Held, hold: Usd::from_cents(293), ..fixtures::job(1) };
    let behind = Job { state: JobState::Held, hold: Usd::from_cents(9_000), ..fixtures::job(2) };
    let (waiting, held) = (vec![next.id, behind.id], next.hold + behind.hold + Usd::from_cents(1_950));
    let jobs = vec![Arc::new(behind), Arc::new(next)];
    // $19.50 are held for what is at HeyGen: of $21.47, $1.97 are free for a job of $2.60 to $2.93.
    let board = Board { jobs, waiting, held, paused: Some(Pause::WalletTooSmall), ..Board::default() };
    paused.board = Arc::new(board.clone());
    let mut harness = bench(paused);
    let words = "the wallet has $1.97 free and the next job costs $2.60 to $2.93, so at least $0.63 is missing.";
    assert!(harness.query_by_label_contains(words).is_some());
    let held = board.held - Usd::from_cents(1_950);
    harness.state_mut().model.board = Arc::new(Board { held, ..board });
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("although it showed $21.47 free").is_some());
    click(&mut harness, Role::Button, "Resume");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::ResumeQueue]));

    // Play money is there for the asking, real money is not.
    click(&mut harness, Role::Button, "Add $25.00 of play money");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::AddPlayMoney]));
    harness.state_mut().model.account = Account::Live;
    harness.run_steps(2);
    assert!(harness.query_by_label("Add $25.00 of play money").is_none());
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
fn a_notice_is_shown_until_it_is_closed() {
    let mut told = model();
    let notice = Notice { id: 1, tone: Tone::Info, what: "Saved in /films.".to_owned(), more: String::new(), at: None };
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
fn a_face_chosen_in_the_grid_folds_it_so_that_the_script_is_seen() {
    let mut harness = bench(model());
    click(&mut harness, Role::Button, "Show all in a grid");
    click(&mut harness, Role::Button, "Ines, studio avatar");
    assert!(harness.query_by_label("Show all in a grid").is_some());
    let script = harness.get_by_role_and_label(Role::MultilineTextInput, "Script").rect();
    assert!(script.bottom() < 800.0, "{script}");
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

#[test]
fn a_card_of_the_queue_never_cuts_the_money() {
    let mut queued = model();
    let long = Some(Decimal::from(206));
    let done = Job { charge: Some(Usd::from_cents(1_375)), duration: long, ..fixtures::job(1) };
    let running = Job { state: JobState::Running, hold: Usd::from_cents(11_602), ..fixtures::job(2) };
    queued.board = fixtures::board(vec![running, done]);
    let harness = bench(queued);
    for money in ["$13.75", "$116.02 held"] {
        let galley = painted(&harness, money).unwrap();
        assert!(!galley.elided, "{}", galley.text());
    }
}

#[test]
fn a_low_window_shows_all_of_what_each_job_in_the_queue_does() {
    use crate::jobs::types::{JobState, Progress};
    use crate::ui::library::fixtures::{board, job};
    let why = "HeyGen asked for a pause, and nothing of what was sent is paid for yet";
    let waiting = Progress::Waiting { seconds: 12, why: why.to_owned() };
    let jobs = vec![crate::jobs::types::Job { state: JobState::Submitting, progress: waiting, ..job(1) }, job(2)];
    let mut harness = bench(Model { board: board(jobs), ..model() });
    harness.set_size(egui::vec2(960.0, 600.0));
    harness.run_steps(4);
    let tile = harness.get_by_label_contains(why).rect();
    let words = format!("Video 1waiting 12 s: {why}");
    let font = theme::regular(12.0);
    let width = harness.ctx.fonts_mut(|fonts| fonts.layout_no_wrap(words, font, egui::Color32::WHITE).size().x);
    assert!(tile.width() > width, "{} for {width}", tile.width());
    let next = harness.get_by_role_and_label(Role::Button, "Video 2: done").rect();
    assert!(next.left() >= tile.right(), "{next} beside {tile}");
}

#[test]
fn a_card_says_all_of_what_a_job_waits_for() {
    use crate::jobs::types::{Job, JobState, Progress};
    use crate::ui::library::fixtures::{board, job};
    let words = "waiting 21 s: HeyGen asked for a pause";
    for state in [JobState::Held, JobState::Submitting, JobState::Running, JobState::Downloading] {
        let progress = Progress::Waiting { seconds: 21, why: "HeyGen asked for a pause".to_owned() };
        let waiting = Job { state, progress, hold: Usd::from_cents(193), ..job(1) };
        let harness = bench(Model { board: board(vec![waiting]), ..model() });
        let galley = painted(&harness, words).unwrap_or_else(|| panic!("{state:?}"));
        assert!(!galley.elided, "{state:?}: {:?}", galley.rows.len());
    }
}

#[test]
fn an_address_that_no_browser_took_can_be_copied() {
    let mut harness = ready(model());
    asked(&mut harness);
    harness.state_mut().state.receive(Message::NotOpened("https://consent.example/1?signature=2".to_owned()));
    harness.run_steps(3);
    assert!(harness.query_by_label("No browser opened this page.").is_some());
    assert!(harness.query_by_label("https://consent.example/1?signature=2").is_some());
    click(&mut harness, Role::Button, "Copy the address");
    let copied = asked(&mut harness);
    let [Action::CopyText(address)] = copied.as_slice() else { panic!("{copied:?}") };
    assert_eq!(address, "https://consent.example/1?signature=2");
    click(&mut harness, Role::Button, "Close this message");
    assert!(harness.query_by_label("No browser opened this page.").is_none());
}

#[test]
fn a_look_that_the_account_does_not_have_any_more_is_said_where_it_is_chosen() {
    let mut harness = ready(model());
    assert!(button(&harness).starts_with("Create"));
    harness.state_mut().state.receive(Message::LooksRead(Arc::new(Vec::new())));
    harness.run_steps(3);
    assert_eq!(button(&harness), "Daria is gone");
    let renamed = Look { name: "Daria, seated".to_owned(), ..look(0, "Daria", AvatarType::DigitalTwin) };
    harness.state_mut().state.receive(Message::LooksRead(Arc::new(vec![renamed])));
    harness.run_steps(3);
    assert!(button(&harness).starts_with("Create"));
    let face = &harness.state().state.avatar_video.form.draft.face;
    assert!(matches!(face, Face::Look(look) if look.name == "Daria, seated"), "{face:?}");
}

#[test]
fn looks_of_ones_own_are_a_choice_of_their_own_where_there_are_any() {
    let mut harness = ready(model());
    assert!(harness.query_by_label("Your own looks").is_none());
    let mut looks = harness.state().model.looks.value.as_ref().unwrap().to_vec();
    looks[0].own = true;
    harness.state_mut().model.looks.value = Some(Arc::new(looks));
    harness.run_steps(3);
    click(&mut harness, Role::RadioButton, "Your own looks");
    assert!(harness.query_by_label("Daria, digital twin").is_some());
    assert!(harness.query_by_label("Ines, studio avatar").is_none());
}
