//! The Clips tab as a person uses it: by label and by key.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use rust_decimal::Decimal;

use crate::draft::avatar_video::LocalFile;
use crate::draft::clips::ClipLength;
use crate::draft::{Draft, Field, Product};
use crate::jobs::types::{Job, JobError, JobState, Progress, ResultClip, ResultFiles};
use crate::money::Usd;
use crate::ui::library::fixtures;
use crate::ui::model::Loaded;
use crate::ui::pictures::Pictures;
use crate::ui::places::Place;
use crate::ui::{Action, Message, Model, State, Tab, frame, theme};

struct Bench {
    model: Model,
    state: State,
    pictures: Pictures,
    actions: Vec<Action>,
}

fn bench(jobs: Vec<Job>) -> Harness<'static, Bench> {
    let state = State { tab: Tab::Clips, ..State::default() };
    let languages = Loaded { value: Some(Arc::new(vec!["English".to_owned()])), ..Loaded::default() };
    let model = Model { languages, ..fixtures::model(jobs) };
    let bench = Bench { model, state, pictures: Pictures::default(), actions: Vec::new() };
    let mut harness =
        Harness::builder().with_size(egui::vec2(1280.0, 1200.0)).with_context_setup(theme::install).build_ui_state(
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

fn film(seconds: i64) -> LocalFile {
    LocalFile {
        path: PathBuf::from("/films/Webinar.mp4"),
        size: 90_000_000,
        media_type: Some("video/mp4".to_owned()),
        duration: Some(Decimal::from(seconds)),
        ..LocalFile::default()
    }
}

fn take(harness: &mut Harness<'_, Bench>, file: LocalFile) {
    let place = Place::new(Product::Clips, Field::Video);
    harness.state_mut().state.receive(Message::FileReady { place, file });
    harness.run_steps(3);
}

fn click(harness: &mut Harness<'_, Bench>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(3);
}

fn clips(number: u128) -> Job {
    let clip = |title: &str, score: u8| ResultClip {
        path: PathBuf::from(format!("/films/{title}.mp4")),
        title: title.to_owned(),
        seconds: Some(Decimal::from(28)),
        score: Some(score),
        thumbnail: None,
    };
    Job {
        product: Product::Clips,
        title: "Webinar".to_owned(),
        files: ResultFiles { clips: vec![clip("The hook", 87), clip("The price", 41)], ..ResultFiles::default() },
        charge: Some(Usd::from_cents(30)),
        ..fixtures::job(number)
    }
}

#[test]
fn each_length_is_one_clip_on_the_button() {
    let mut harness = bench(Vec::new());
    assert!(harness.query_by_label("Choose the long video").is_some(), "the button says what is missing");
    take(&mut harness, film(2_400));
    assert!(harness.query_by_label("Create · $0.15").is_some());
    click(&mut harness, Role::Switch, "1 min");
    click(&mut harness, Role::Switch, "Longer");
    assert!(harness.query_by_label("Create · $0.45").is_some());
    for length in ["30 s", "1 min", "Longer"] {
        click(&mut harness, Role::Switch, length);
    }
    assert!(harness.query_by_label("Choose at least one length").is_some());
    click(&mut harness, Role::Switch, "3 min");
    click(&mut harness, Role::RadioButton, "Square");
    click(&mut harness, Role::Button, "Create · $0.15");
    let actions = std::mem::take(&mut harness.state_mut().actions);
    let [Action::Submit(order)] = actions.as_slice() else { panic!("{actions:?}") };
    let Draft::Clips(draft) = &order.draft else { panic!("{:?}", order.draft) };
    assert_eq!(draft.lengths, [ClipLength::ThreeMinutes]);
    assert_eq!((order.quoted.low, order.quoted.high), (Usd::from_cents(15), Usd::from_cents(15)));
}

#[test]
fn what_cannot_be_cut_from_the_video_is_said() {
    let mut harness = bench(Vec::new());
    take(&mut harness, film(45));
    assert!(harness.query_all_by_label_contains("shorter than").next().is_none());
    click(&mut harness, Role::Switch, "3 min");
    assert!(harness.query_all_by_label_contains("The whole video is shorter than 3 min.").next().is_some());
    take(&mut harness, LocalFile { media_type: Some("audio/mpeg".to_owned()), ..film(45) });
    assert!(harness.query_all_by_label_contains("is no MP4 or WebM video").next().is_some());
}

#[test]
fn clips_are_a_grid_and_those_that_failed_are_named() {
    let error = JobError {
        what: "Clip 3 was not made: No speech was found.".to_owned(),
        money: "2 of them were made: only those are charged.".to_owned(),
        advice: String::new(),
    };
    let mut harness = bench(vec![Job { error: Some(error), ..clips(1) }]);
    for words in ["The hook", "Virality 87 of 100", "Virality 41 of 100"] {
        assert!(harness.query_all_by_label_contains(words).next().is_some(), "{words}");
    }
    assert!(harness.query_all_by_label_contains("No speech was found").next().is_some());
    click(&mut harness, Role::Button, "Play The price");
    click(&mut harness, Role::Link, "show in folder: The hook");
    let actions = std::mem::take(&mut harness.state_mut().actions);
    assert!(
        matches!(actions.as_slice(), [Action::OpenFile(one), Action::ShowInFolder(other)]
            if one.ends_with("The price.mp4") && other.ends_with("The hook.mp4")),
        "{actions:?}"
    );
}

#[test]
fn how_far_heygen_is_is_shown_where_it_says_so() {
    let running = Job {
        state: JobState::Running,
        progress: Progress::Rendering { seconds: 9, percent: Some(42) },
        hold: Usd::from_cents(30),
        charge: None,
        due: None,
        files: ResultFiles::default(),
        ..clips(1)
    };
    let harness = bench(vec![running]);
    assert!(harness.query_all_by_label_contains("rendering, 42 % · $0.30 held").next().is_some());
}
