//! The Speech tab as a person uses it: by label and by key.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rust_decimal::Decimal;

use crate::draft::speech::InputType;
use crate::draft::{Draft, Field, Product, Voice, WordTiming};
use crate::jobs::types::{Job, JobState, ResultFiles};
use crate::money::Usd;
use crate::ui::library::fixtures;
use crate::ui::model::{Loaded, Playback, Shape};
use crate::ui::pictures::Pictures;
use crate::ui::{Action, Model, State, Tab, frame, theme};

struct Bench {
    model: Model,
    state: State,
    pictures: Pictures,
    actions: Vec<Action>,
}

fn voice(number: usize, name: &str, supports_locale: bool) -> Voice {
    Voice {
        id: format!("voice_{number}"),
        name: name.to_owned(),
        language: "English".to_owned(),
        gender: "female".to_owned(),
        preview_audio_url: None,
        supports_pause: true,
        supports_locale,
        private: false,
        starfish: true,
    }
}

fn model(jobs: Vec<Job>) -> Model {
    let voices = vec![voice(0, "Daria", true), voice(1, "Jonas", false)];
    let silent = vec![Voice { starfish: false, ..voice(2, "Only in videos", false) }];
    Model {
        voices: Loaded { value: Some(Arc::new(silent)), ..Loaded::default() },
        speech_voices: Loaded { value: Some(Arc::new(voices)), ..Loaded::default() },
        ..fixtures::model(jobs)
    }
}

fn bench(model: Model, width: f32, height: f32) -> Harness<'static, Bench> {
    let state = State { tab: Tab::Speech, ..State::default() };
    let bench = Bench { model, state, pictures: Pictures::default(), actions: Vec::new() };
    let mut harness =
        Harness::builder().with_size(egui::vec2(width, height)).with_context_setup(theme::install).build_ui_state(
            |ui, bench: &mut Bench| {
                let asked = frame(ui, &bench.model, &mut bench.state, &mut bench.pictures);
                bench.actions.extend(asked);
            },
            bench,
        );
    harness.run_steps(3);
    harness
}

fn speech(number: u128) -> Job {
    let word = |word: &str, start: i64, end: i64| WordTiming {
        word: word.to_owned(),
        start: Decimal::new(start, 1),
        end: Decimal::new(end, 1),
    };
    Job {
        product: Product::Speech,
        title: format!("Speech {number}"),
        state: JobState::Done,
        charge: Some(Usd::from_cents(1)),
        duration: Some(Decimal::from(2)),
        files: ResultFiles {
            audio: Some(PathBuf::from(format!("/films/Speech {number}.wav"))),
            words: vec![word("Good", 1, 4), word("morning", 5, 12)],
            ..ResultFiles::default()
        },
        ..fixtures::job(number)
    }
}

fn click(harness: &mut Harness<'_, Bench>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(3);
}

fn asked(harness: &mut Harness<'_, Bench>) -> Vec<Action> {
    harness.state_mut().actions.drain(..).filter(|action| !matches!(action, Action::DrawShape(_))).collect()
}

#[test]
fn a_speech_is_composed_priced_and_asked_for() {
    let mut harness = bench(model(Vec::new()), 1280.0, 800.0);
    assert!(harness.query_by_label("Write the text that is spoken").is_some(), "the button says what is missing");
    click(&mut harness, Role::Link, "Try a sample text");
    assert!(harness.query_by_label("Choose a voice").is_some());
    click(&mut harness, Role::ComboBox, "Voice");
    assert!(harness.query_by_label_contains("Only in videos").is_none(), "a voice that cannot speak is offered");
    harness.get_by_label_contains("Jonas, ").click();
    harness.run_steps(3);
    let button = harness.get_by_label_contains("Create · about $0.");
    button.click();
    harness.run_steps(2);
    let actions = asked(&mut harness);
    let [Action::Submit(order)] = actions.as_slice() else { panic!("{actions:?}") };
    let Draft::Speech(draft) = &order.draft else { panic!("{:?}", order.draft) };
    assert_eq!(draft.voice.as_ref().map(|voice| voice.id.as_str()), Some("voice_1"));
    assert!(order.quoted.low < order.quoted.high, "a text has a range");
}

#[test]
fn marks_are_told_to_need_ssml_and_a_pause_switches_it_on() {
    let mut harness = bench(model(Vec::new()), 1280.0, 800.0);
    harness.state_mut().state.speech.form.draft.text = "Salt & pepper <break time=\"1s\"/>".to_owned();
    harness.run_steps(2);
    assert!(harness.query_all_by_label_contains("Switch SSML on").next().is_some());
    click(&mut harness, Role::Switch, "SSML");
    assert!(harness.query_all_by_label_contains("&amp;").next().is_some(), "the sign is not well formed");

    harness.state_mut().state.speech.form.draft.input_type = InputType::Text;
    harness.state_mut().state.speech.form.draft.text = "Salt & pepper".to_owned();
    harness.run_steps(2);
    click(&mut harness, Role::Link, "Insert a pause of 0.8 seconds");
    let draft = &harness.state().state.speech.form.draft;
    assert_eq!(draft.input_type, InputType::Ssml);
    assert_eq!(draft.text.trim_end(), "Salt &amp; pepper <break time=\"0.8s\"/>");
}

#[test]
fn the_last_speech_plays_in_its_place_and_goes_to_other_tabs() {
    let mut harness = bench(model(vec![speech(2), speech(1)]), 1280.0, 800.0);
    assert!(
        harness
            .state()
            .actions
            .iter()
            .any(|action| matches!(action, Action::DrawShape(path) if path.as_os_str() == "/films/Speech 2.wav"))
    );
    asked(&mut harness);
    click(&mut harness, Role::Button, "Play Speech 2");
    let actions = asked(&mut harness);
    assert!(
        matches!(actions.as_slice(), [Action::PlayFile { path, from }] if path.ends_with("Speech 2.wav") && from.is_zero()),
        "{actions:?}"
    );

    let path = PathBuf::from("/films/Speech 2.wav");
    let playback = Playback { path: path.clone(), playing: true, at: Decimal::new(6, 1), fault: None };
    harness.state_mut().model.playback = Some(playback.clone());
    let peaks: Arc<[f32]> = Arc::from(vec![0.0, 0.5, 1.0, 0.2]);
    let shapes = [(path, Shape::Drawn { peaks, seconds: Decimal::TWO })];
    harness.state_mut().model.shapes = Arc::new(shapes.into());
    harness.run_steps(2);
    click(&mut harness, Role::Button, "Pause Speech 2");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::PausePlaying]));
    let place = harness.get_by_role_and_label(Role::Slider, "Place in Speech 2");
    assert_eq!(place.accesskit_node().value().as_deref(), Some("0:01 of 0:02"));
    place.click();
    harness.run_steps(2);
    let actions = asked(&mut harness);
    assert!(
        matches!(actions.as_slice(), [Action::PlayFile { from, .. }] if (*from - Decimal::ONE).abs() < Decimal::new(1, 1)),
        "a click in the middle goes to the middle: {actions:?}"
    );
    assert!(harness.query_by_label("Good morning").is_some(), "the words are there");

    click(&mut harness, Role::Button, "Use in Avatar video");
    let actions = asked(&mut harness);
    let [Action::TakeFiles { paths, place: Some(place), .. }] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!((paths.len(), place.product, place.field), (1, Product::AvatarVideo, Field::Audio));

    harness.state_mut().model.playback =
        Some(Playback { playing: false, fault: Some("No sound can be heard.".to_owned()), ..playback });
    harness.run_steps(2);
    assert!(harness.query_all_by_label_contains("No sound can be heard.").next().is_some());
}

#[test]
fn an_earlier_speech_can_be_heard_again() {
    let mut harness = bench(model(vec![speech(2), speech(1)]), 1280.0, 1000.0);
    harness.get_by_label_contains("Hear Speech 1, done").click();
    harness.run_steps(3);
    assert!(harness.query_by_role_and_label(Role::Button, "Play Speech 1").is_some());
    assert!(harness.query_by_label_contains("Hear Speech 2, done").is_some(), "the other one is in the list now");
}

#[test]
fn only_voices_with_accents_take_one() {
    let mut harness = bench(model(Vec::new()), 1280.0, 800.0);
    let accent = |harness: &Harness<'_, Bench>| {
        !harness.get_by_role_and_label(Role::TextInput, "Accent").accesskit_node().is_disabled()
    };
    assert!(!accent(&harness));
    harness.state_mut().state.speech.form.draft.voice = Some(voice(0, "Daria", true));
    harness.run_steps(2);
    assert!(accent(&harness));
    harness.state_mut().state.speech.form.draft.voice = Some(voice(1, "Jonas", false));
    harness.run_steps(2);
    assert!(!accent(&harness));
}
