//! The tab as a person uses it: by label and by key.

use std::sync::Arc;

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use super::session::{SpokenWord, Unopened};
use super::*;
use crate::draft::{AvatarType, Composition as _, Draft, Look};
use crate::jobs::types::{Progress, SessionProgress};
use crate::ui::library::fixtures;
use crate::ui::model::Loaded;
use crate::ui::{State, Tab, frame, theme};

const NOW: i64 = fixtures::NOW;

fn look() -> Look {
    Look {
        id: "look_0".to_owned(),
        name: "Daria".to_owned(),
        avatar_type: AvatarType::StudioAvatar,
        group_id: None,
        default_voice_id: Some("voice_0".to_owned()),
        gender: None,
        engines: Vec::new(),
        preview_image_url: None,
        preview_video_url: None,
        tags: Vec::new(),
        ready: true,
        own: false,
        gone: false,
    }
}

/// A session that has played for so many seconds of two minutes.
fn job(program: Program, seconds: Option<i64>) -> Job {
    let draft =
        RealtimeDraft { look: Some(look()), program, script: "Good morning.".to_owned(), ..RealtimeDraft::default() };
    let began_ms = seconds.map(|seconds| (NOW - seconds) * 1_000);
    let progress = SessionProgress { began_ms, limit_seconds: 120, can_be_watched: true, ..SessionProgress::default() };
    let mut job = fixtures::job(7);
    job.product = Product::Realtime;
    job.title = "Good morning".to_owned();
    job.state = JobState::Running;
    job.progress = Progress::Session(progress);
    job.quoted.high = Usd::from_cents(600);
    job.hold = Usd::from_cents(600);
    job.draft = Arc::from(Draft::from(draft).to_json().unwrap());
    job
}

struct Bench {
    model: Model,
    state: State,
    pictures: Pictures,
    actions: Vec<Action>,
}

fn bench(jobs: Vec<Job>) -> Harness<'static, Bench> {
    let mut model = fixtures::model(jobs);
    model.looks = Loaded { value: Some(Arc::new(vec![look()])), ..Loaded::default() };
    model.voices = Loaded { value: Some(Arc::default()), ..Loaded::default() };
    let state = State { tab: Tab::Realtime, ..State::default() };
    let bench = Bench { model, state, pictures: Pictures::default(), actions: Vec::new() };
    let mut harness =
        Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_context_setup(theme::install).build_ui_state(
            |ui, bench: &mut Bench| {
                let asked = frame(ui, &bench.model, &mut bench.state, &mut bench.pictures);
                bench.actions.extend(asked);
            },
            bench,
        );
    harness.run_steps(3);
    harness
}

fn asked(harness: &Harness<'_, Bench>, wanted: impl Fn(&Action) -> bool) -> bool {
    harness.state().actions.iter().any(wanted)
}

#[test]
fn a_session_is_composed_with_a_limit_in_dollars_and_its_price_is_on_the_button() {
    let mut harness = bench(Vec::new());
    harness.get_by_label("Daria, studio avatar").click();
    harness.run_steps(3);
    harness.get_by_label("Try a sample script").click();
    harness.run_steps(3);
    harness.get_by_label("Dollars").click();
    harness.run_steps(3);
    let draft = &harness.state().state.realtime.form.draft;
    assert_eq!((draft.limit_seconds, draft.problems().len()), (120, 0));
    harness.get_by_label_contains("2:00 long");
    assert!(harness.query_all_by_label_contains("to $6.00").count() > 0, "the limit is no high end");
}

/// Types into the field of the limit in place of what is there.
fn limit(harness: &mut Harness<'_, Bench>, called: &str, text: &str) {
    harness.get_by_label(called).click();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.get_by_label(called).type_text(text);
    harness.run_steps(3);
}

#[test]
fn a_limit_that_cannot_be_read_has_no_price_and_a_comma_is_no_thousand() {
    let mut harness = bench(Vec::new());
    harness.get_by_label("Daria, studio avatar").click();
    harness.run_steps(3);
    harness.get_by_label("Try a sample script").click();
    harness.run_steps(3);
    limit(&mut harness, "Stop after minutes", "abc");
    harness.get_by_label("Write minutes like 2, 1.5 or 1:30");
    harness.get_by_label("Unknown");
    harness.get_by_label("Say when the session stops");
    assert!(harness.query_by_label_contains("× 0 s").is_none(), "an unknown length is no length of zero");
    assert!(harness.query_by_label("$0.00").is_none(), "an unknown price is no price of zero");
    harness.get_by_label("Dollars").click();
    harness.run_steps(3);
    limit(&mut harness, "Stop after dollars", "1,50");
    assert_eq!(harness.state().state.realtime.form.draft.limit_seconds, 30, "$1.50 at $0.05 a second");
    limit(&mut harness, "Stop after dollars", "1,000");
    harness.get_by_label("Write 1000 or 1.00: 1,000 may mean either");
    assert_eq!(harness.state().state.realtime.form.draft.limit_seconds, 0);
}

#[test]
fn the_meter_runs_and_the_session_can_be_stopped() {
    let mut harness = bench(vec![job(Program::Script, Some(61))]);
    assert!(asked(&harness, |action| matches!(action, Action::WatchSession(_))), "nobody watches it");
    harness.get_by_label("$3.05");
    harness.get_by_label("1:01 of 2:00 · $0.05 a second");
    harness.get_by_label("Stops by itself in 0:59");
    harness.get_by_label("Stop the session").click();
    harness.run_steps(2);
    assert!(asked(&harness, |action| matches!(action, Action::StopSession(_))));
    assert!(harness.query_by_label("Say it").is_none(), "a script is not typed into");
}

#[test]
fn a_stream_no_player_takes_can_be_taken_to_one() {
    let mut harness = bench(vec![job(Program::Script, Some(10))]);
    let mut view = SessionView::new(harness.state().model.board.jobs[0].id);
    let (why, address) = ("No program opened it.".to_owned(), Some("https://live.example/1".to_owned()));
    view.unopened = Some(Unopened { why, address });
    harness.state_mut().state.realtime.session = Some(view);
    harness.run_steps(2);
    harness.get_by_label("No program opened it.");
    harness.get_by_label("Copy the stream's address").click();
    harness.run_steps(2);
    assert!(asked(&harness, |action| matches!(action, Action::CopyText(text) if text == "https://live.example/1")));
}

#[test]
fn nothing_is_charged_before_it_begins() {
    let harness = bench(vec![job(Program::Script, None)]);
    harness.get_by_label("It begins in a moment. Nothing is charged yet.");
    harness.get_by_label("$0.00");
}

#[test]
fn a_live_session_takes_text_and_counts_its_silence_down() {
    let mut harness = bench(vec![job(Program::Live, Some(40))]);
    let id = harness.state().model.board.jobs[0].id;
    let mut view = SessionView::new(id);
    let (start, end) = (rust_decimal::Decimal::from(17), rust_decimal::Decimal::from(18));
    view.hear(SpokenWord { text: "Hello.".to_owned(), start, end });
    harness.state_mut().state.realtime.session = Some(view);
    harness.run_steps(2);
    harness.get_by_label("Ends in 8 s unless you type · stops in 1:20");
    harness.get_by_label("Hello.");
    // What comes first is said: typing would not keep it from its limit.
    let mut late = job(Program::Live, Some(112));
    late.id = id;
    harness.state_mut().model.board = fixtures::board(vec![late]);
    let view = harness.state_mut().state.realtime.session.as_mut().unwrap();
    let (start, end) = (rust_decimal::Decimal::from(90), rust_decimal::Decimal::from(91));
    view.hear(SpokenWord { text: "Still here?".to_owned(), start, end });
    harness.run_steps(2);
    harness.get_by_label("Stops by itself in 0:08");
    harness.get_by_label("Say this next").focus();
    harness.run_steps(1);
    harness.get_by_label("Say this next").type_text("And one more thing.");
    harness.run_steps(2);
    harness.get_by_label("Say it").click();
    harness.run_steps(2);
    assert!(asked(&harness, |action| matches!(
        action,
        Action::SayInSession { text, is_final: false, .. } if text == "And one more thing."
    )));
    harness.get_by_label("Say it and end the session").click();
    harness.run_steps(2);
    assert!(asked(&harness, |action| matches!(action, Action::SayInSession { is_final: true, .. })));
}

#[test]
fn a_session_that_runs_is_never_out_of_sight() {
    let mut harness = bench(vec![job(Program::Script, Some(10))]);
    harness.get_by_label("New session").click();
    harness.run_steps(3);
    harness.get_by_label("A session is running: $0.50 so far.");
    harness.get_by_label("Show it").click();
    harness.run_steps(3);
    harness.get_by_label("Stop the session");
}

#[test]
fn an_ended_session_says_what_it_cost_and_who_measured() {
    let mut ended = job(Program::Script, Some(10));
    let mut harness = bench(vec![ended.clone()]);
    ended.state = JobState::Done;
    ended.progress = Progress::None;
    ended.charge = Some(Usd::from_cents(41));
    ended.duration = Some(rust_decimal::Decimal::new(8_240, 3));
    harness.state_mut().model.board = fixtures::board(vec![ended]);
    harness.run_steps(3);
    harness.get_by_label("Charged $0.41 for 8.2 s, as measured by this program");
    assert!(harness.query_by_label("Stop the session").is_none());
}
