//! The Lipsync tab as a person uses it: by label and by key.

use std::path::PathBuf;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use rust_decimal::Decimal;

use crate::draft::avatar_video::LocalFile;
use crate::draft::{Field, Product};
use crate::ui::pictures::PictureSource;
use crate::ui::places::Place;
use crate::ui::tests::{Bench, asked, bench, button, click, model, press_button};
use crate::ui::{Action, Message, Tab};

fn file(name: &str, media_type: &str, seconds: &str) -> LocalFile {
    LocalFile {
        path: PathBuf::from(name),
        size: 3_000_000,
        media_type: Some(media_type.to_owned()),
        duration: Some(seconds.parse::<Decimal>().unwrap()),
        ..LocalFile::default()
    }
}

fn shown() -> Harness<'static, Bench> {
    let mut harness = bench(model());
    harness.state_mut().state.tab = Tab::Lipsync;
    harness.run_steps(3);
    harness
}

fn receive(harness: &mut Harness<'_, Bench>, field: Field, file: LocalFile) {
    let place = Place::new(Product::Lipsync, field);
    harness.state_mut().state.receive(Message::FileReady { place, file });
    harness.run_steps(3);
}

#[test]
fn the_price_follows_the_sound_or_the_part_of_the_video() {
    let mut harness = shown();
    assert_eq!(button(&harness), "Choose a video");
    receive(&mut harness, Field::Video, file("/films/Launch.mp4", "video/mp4", "60"));
    assert_eq!(button(&harness), "Choose a sound");
    receive(&mut harness, Field::Audio, file("/films/Welcome.wav", "audio/wav", "10.08"));
    // $0.0333 × 10.08 s, from the rate card's own worked examples: $0.335664.
    assert_eq!(button(&harness), "Create · $0.34");
    assert!(harness.query_by_label_contains("0:10.1, as long as the sound").is_some());
    assert!(harness.query_by_label_contains("taken to become as long as the sound").is_some());

    click(&mut harness, Role::Button, "Length and format");
    click(&mut harness, Role::Switch, "Dynamic length");
    // $0.0333 × 60 s.
    assert_eq!(button(&harness), "Create · $2.00");
    assert!(harness.query_by_label_contains("1:00, as long as the video").is_some());
}

#[test]
fn a_start_that_is_no_time_blocks_and_one_that_is_counts_at_once() {
    let mut harness = shown();
    receive(&mut harness, Field::Video, file("/films/Launch.mp4", "video/mp4", "60"));
    receive(&mut harness, Field::Audio, file("/films/Welcome.wav", "audio/wav", "10"));
    click(&mut harness, Role::Button, "Length and format");
    click(&mut harness, Role::Switch, "Dynamic length");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    let start = |harness: &mut Harness<'_, Bench>, text: &str| {
        harness.get_by_label("Start, typed").click();
        harness.run_steps(2);
        harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        harness.get_by_label("Start, typed").type_text(text);
        harness.run_steps(2);
    };
    start(&mut harness, "0:30");
    // $0.0333 × 30 s, before the field is left: Ctrl Enter would make it now.
    assert_eq!(button(&harness), "Create · $1.00");
    start(&mut harness, "abc");
    assert_eq!(button(&harness), "The start is no time");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(3);
    assert!(asked(&mut harness).iter().all(|action| !matches!(action, Action::Submit(_))));
    harness.key_press(Key::Tab);
    harness.run_steps(3);
    // Beside the field, and in the place of the price.
    assert_eq!(harness.query_all_by_label_contains("The start is no time. A time looks like 1:05.5").count(), 2);
    start(&mut harness, "");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.key_press(Key::Delete);
    harness.run_steps(3);
    assert_eq!(button(&harness), "Create · $2.00");
}

#[test]
fn a_film_whose_pictures_cannot_be_shown_says_so_and_is_taken() {
    let mut harness = shown();
    receive(&mut harness, Field::Video, file("/films/Launch.webm", "video/webm", "60"));
    let note = "Its pictures are coded in a way that cannot be shown here";
    let source = || PictureSource::FirstFrame(PathBuf::from("/films/Launch.webm"));
    harness.state_mut().pictures.fail(source());
    harness.run_steps(2);
    assert!(harness.query_by_label_contains(note).is_some());
    assert_eq!(button(&harness), "Choose a sound");
    let context = harness.ctx.clone();
    harness.state_mut().pictures.insert(&context, source(), egui::ColorImage::example());
    harness.run_steps(2);
    assert!(harness.query_by_label_contains(note).is_none());
}

#[test]
fn another_mode_is_taken_from_the_receipt() {
    let mut harness = shown();
    receive(&mut harness, Field::Video, file("/films/Launch.mp4", "video/mp4", "60"));
    receive(&mut harness, Field::Audio, file("/films/Welcome.wav", "audio/wav", "10"));
    let precision = harness.get_by_label_contains("Precision: $").rect();
    assert!(precision.width() > 200.0);
    click(&mut harness, Role::Button, "Precision: $0.67, +$0.34");
    assert_eq!(button(&harness), "Create · $0.67");
    // The video has 60 s, the sound 10.
    click(&mut harness, Role::Button, "The video's own: $4.00, +$3.33");
    assert_eq!(button(&harness), "Create · $4.00");
    click(&mut harness, Role::Link, "Undo, back to Dynamic length");
    assert_eq!(button(&harness), "Create · $0.67");
    press_button(&mut harness);
    assert!(matches!(asked(&mut harness).as_slice(), [Action::Submit(_)]));
}

#[test]
fn a_file_in_the_wrong_place_says_so() {
    let mut harness = shown();
    receive(&mut harness, Field::Audio, file("/films/Launch.png", "image/png", "60"));
    assert!(harness.query_by_label_contains("is no WAV or MP3 sound").is_some());
    harness.check_accessibility();
}

#[test]
fn a_long_file_name_leaves_the_button_its_words() {
    let mut harness = shown();
    let name = format!("/films/{}.mov", "Inbetriebnahme-".repeat(12));
    receive(&mut harness, Field::Video, file(&name, "video/quicktime", "60"));
    assert_eq!(button(&harness), "Choose another video");
}

#[test]
fn ctrl_o_asks_for_what_is_missing_and_nothing_good_is_thrown_out() {
    use egui::{Key, Modifiers};
    let mut harness = shown();
    let wanted = |harness: &mut Harness<'_, Bench>| {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        harness.run_steps(2);
        asked(harness).into_iter().find_map(|action| match action {
            Action::PickFile(place) => Some(place.field),
            _ => None,
        })
    };
    assert_eq!(wanted(&mut harness), Some(Field::Video));
    receive(&mut harness, Field::Video, file("/films/Launch.mp4", "video/mp4", "60"));
    assert_eq!(wanted(&mut harness), Some(Field::Audio));

    // A sound goes to the sound, wherever it was meant to go.
    receive(&mut harness, Field::Video, file("/films/hello.wav", "audio/wav", "10"));
    let draft = |harness: &Harness<'_, Bench>| harness.state().state.lipsync.form.draft.clone();
    assert_eq!(draft(&harness).video.unwrap().name(), "Launch.mp4");
    assert_eq!(draft(&harness).audio.unwrap().name(), "hello.wav");

    let broken =
        LocalFile { fault: Some("cut.mp4 is cut off.".to_owned()), ..file("/films/cut.mp4", "video/mp4", "9") };
    receive(&mut harness, Field::Video, broken);
    assert_eq!(draft(&harness).video.unwrap().name(), "Launch.mp4");
    assert!(harness.query_by_label_contains("cut.mp4 is cut off. Nothing was changed.").is_some());
}

#[test]
fn everything_that_was_made_lately_is_offered_with_its_length() {
    use crate::jobs::types::{Job, ResultClip, ResultFiles};
    use crate::ui::library::fixtures::{board, job};
    let made = |number: u128| {
        let files = ResultFiles { video: Some(format!("/films/{number}.mp4").into()), ..ResultFiles::default() };
        Job { files, duration: Some(Decimal::from(10 + i64::try_from(number).unwrap())), ..job(number) }
    };
    let clip = ResultClip { path: "/films/clip.mp4".into(), title: "The best".to_owned(), ..ResultClip::default() };
    let clips = Job { files: ResultFiles { clips: vec![clip], ..ResultFiles::default() }, ..job(9) };
    let mut model = model();
    model.board = board(vec![made(1), made(2), made(3), clips]);
    for (tab, product) in
        [(Tab::Translate, Product::Translation), (Tab::Lipsync, Product::Lipsync), (Tab::Clips, Product::Clips)]
    {
        let mut harness = bench(model.clone());
        harness.state_mut().state.tab = tab;
        harness.run_steps(3);
        assert!(harness.query_by_label("Take Video 3, 0:13 · Avatar video").is_some(), "{tab:?}");
        click(&mut harness, Role::Button, "Take Video 2, 0:12 · Avatar video");
        let asked = asked(&mut harness).into_iter().find_map(|action| match action {
            Action::TakeFiles { paths, place, .. } => Some((paths, place)),
            _ => None,
        });
        assert_eq!(asked, Some((vec!["/films/2.mp4".into()], Some(Place::new(product, Field::Video)))));
    }
}
