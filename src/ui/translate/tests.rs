//! The Translate tab as a person uses it: by label and by key.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rust_decimal::Decimal;

use crate::draft::avatar_video::LocalFile;
use crate::draft::billable::Mode;
use crate::draft::translation::Glossary;
use crate::draft::{Composition as _, Field, Product, TranslationDraft};
use crate::ui::model::{Loaded, Model};
use crate::ui::places::Place;
use crate::ui::tests::{Bench, asked, bench, button, click, model, press_button};
use crate::ui::{Action, Message, Tab};

fn video() -> LocalFile {
    LocalFile {
        path: PathBuf::from("/films/Launch day.mp4"),
        size: 24_000_000,
        media_type: Some("video/mp4".to_owned()),
        duration: Some("65.5".parse().unwrap()),
        dimensions: Some((1920, 1080)),
        ..LocalFile::default()
    }
}

fn with_languages() -> Model {
    let languages = ["English", "German", "Polish", "Spanish (Mexico)", "Spanish (Spain)"].map(str::to_owned);
    Model { languages: Loaded { value: Some(Arc::new(languages.to_vec())), ..Loaded::default() }, ..model() }
}

fn shown(model: Model) -> Harness<'static, Bench> {
    let mut harness = bench(model);
    harness.state_mut().state.tab = Tab::Translate;
    harness.run_steps(3);
    harness
}

fn with_video() -> Harness<'static, Bench> {
    let mut harness = shown(with_languages());
    receive(&mut harness, Field::Video, video());
    harness
}

fn receive(harness: &mut Harness<'_, Bench>, field: Field, file: LocalFile) {
    let place = Place::new(Product::Translation, field);
    harness.state_mut().state.receive(Message::FileReady { place, file });
    harness.run_steps(3);
}

fn draft<'a>(harness: &'a Harness<'_, Bench>) -> &'a TranslationDraft {
    &harness.state().state.translate.form.draft
}

fn choose_language(harness: &mut Harness<'_, Bench>, typed: &str) {
    harness.get_by_label("Search languages").type_text(typed);
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
}

#[test]
fn the_languages_are_read_once_and_only_when_the_tab_is_shown() {
    let mut harness = bench(model());
    assert!(asked(&mut harness).is_empty());
    harness.state_mut().state.tab = Tab::Translate;
    harness.step();
    assert!(matches!(asked(&mut harness).as_slice(), [Action::ReadLanguages]));
    harness.state_mut().model.languages.loading = true;
    harness.run_steps(3);
    assert!(asked(&mut harness).is_empty());
}

#[test]
fn an_empty_tab_says_what_to_do_and_asks_for_a_file() {
    let mut harness = shown(with_languages());
    assert_eq!(button(&harness), "Choose a video to translate");
    assert!(harness.query_by_label("Drop a video here or choose one").is_some());
    click(&mut harness, Role::Button, "Choose video");
    let picked = asked(&mut harness);
    assert!(matches!(picked.as_slice(), [Action::PickFile(place)] if place.field == Field::Video), "{picked:?}");

    click(&mut harness, Role::Link, "Paste a public address for video");
    harness.get_by_label("Address of video").type_text("https://films.example/talk.mp4");
    harness.run_steps(2);
    click(&mut harness, Role::Button, "Use the address of video");
    let pasted = asked(&mut harness);
    let [Action::TakeAddress { address, place }] = pasted.as_slice() else { panic!("{pasted:?}") };
    assert_eq!((address.as_str(), place.field), ("https://films.example/talk.mp4", Field::Video));
}

#[test]
fn languages_are_found_by_search_and_each_adds_to_the_price() {
    let mut harness = with_video();
    harness.state_mut().state.translate.form.draft.dynamic_duration = false;
    harness.run_steps(2);
    assert_eq!(button(&harness), "Choose a language");

    click(&mut harness, Role::ComboBox, "Languages");
    choose_language(&mut harness, "ger");
    assert_eq!(draft(&harness).languages, ["German"]);
    // 65.5 s × $0.0333 = $2.18115.
    assert_eq!(button(&harness), "Create · $2.18");
    // The search is ready for the next one at once.
    choose_language(&mut harness, "spain");
    assert_eq!(draft(&harness).languages, ["German", "Spanish (Spain)"]);
    assert_eq!(button(&harness), "Create · $4.36");
    assert!(harness.query_by_label_contains("× 65.5 s × 2").is_some());

    harness.key_press(Key::Escape);
    harness.run_steps(3);
    click(&mut harness, Role::Button, "Remove German");
    assert_eq!(draft(&harness).languages, ["Spanish (Spain)"]);
    assert_eq!(draft(&harness).effective_title(), "Launch day (Spanish, Spain)");
}

#[test]
fn a_dynamic_length_is_told_on_the_receipt_as_a_range() {
    let mut harness = with_video();
    harness.state_mut().state.translate.form.draft.languages = vec!["German".to_owned()];
    harness.run_steps(3);
    assert_eq!(button(&harness), "Create · about $1.96 to $2.40");
    assert!(harness.query_by_label_contains("Counted with a tenth either way").is_some());

    click(&mut harness, Role::Button, "Length and format");
    click(&mut harness, Role::Switch, "Dynamic length");
    assert_eq!(button(&harness), "Create · $2.18");
    assert!(harness.query_by_label_contains("Counted with a tenth either way").is_none());
}

#[test]
fn precision_without_lip_sync_cannot_be_chosen_from_either_side() {
    let mut harness = with_video();
    harness.state_mut().state.translate.form.draft.languages = vec!["German".to_owned()];
    click(&mut harness, Role::RadioButton, "Audio only");
    let precision = harness.get_by_role_and_label(Role::RadioButton, "Precision");
    assert!(precision.accesskit_node().is_disabled());
    assert!(precision.accesskit_node().description().unwrap_or_default().contains("no published price"));

    click(&mut harness, Role::RadioButton, "Lip sync");
    click(&mut harness, Role::RadioButton, "Precision");
    assert_eq!(draft(&harness).mode, Mode::Precision);
    assert!(harness.get_by_role_and_label(Role::RadioButton, "Audio only").accesskit_node().is_disabled());

    // The receipt offers the way back, both steps at once.
    let audio_only = harness.get_by_label_contains("Audio only: $").accesskit_node().label().unwrap();
    click(&mut harness, Role::Button, &audio_only);
    assert_eq!((draft(&harness).mode, draft(&harness).audio_only), (Mode::Speed, true));
}

#[test]
fn a_part_is_set_by_typing_and_by_the_arrow_keys() {
    let mut harness = with_video();
    harness.state_mut().state.translate.form.draft.languages = vec!["German".to_owned()];
    harness.get_by_label("End of the part").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowLeft);
    harness.run_steps(2);
    assert_eq!(draft(&harness).part.end, Some("64.5".parse().unwrap()));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    harness.run_steps(2);
    assert_eq!(draft(&harness).part.end, Some("64.4".parse().unwrap()));

    harness.get_by_label("Start, typed").click();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_label("Start, typed").type_text("1:00");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(draft(&harness).part.start, Some(Decimal::from(60)));
    assert!(harness.query_by_label("0:04.4 of 1:06").is_some());
}

#[test]
fn a_time_that_is_none_is_said_and_nothing_is_made_with_the_old_one() {
    let mut harness = with_video();
    harness.get_by_label("End, typed").click();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.get_by_label("End, typed").type_text("soon");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("A time looks like 1:05.5").is_some());
    assert_eq!(button(&harness), "The end is no time");
    press_button(&mut harness);
    assert!(asked(&mut harness).iter().all(|action| !matches!(action, Action::Submit(_))));
    // Another film has times of its own.
    receive(&mut harness, Field::Video, LocalFile { path: PathBuf::from("/films/other.mp4"), ..video() });
    assert!(draft(&harness).part.is_whole());
    assert_eq!(harness.get_by_label("End, typed").value().as_deref(), Some("1:05.5"));
}

#[test]
fn a_file_that_does_not_do_is_told_beside_it_at_once() {
    let mut harness = shown(with_languages());
    receive(&mut harness, Field::Video, LocalFile { media_type: Some("video/quicktime".to_owned()), ..video() });
    assert!(harness.query_by_label_contains("Export it as MP4 or WebM").is_some());
    click(&mut harness, Role::Button, "Remove video");
    assert!(draft(&harness).video.is_none());

    receive(&mut harness, Field::Video, LocalFile { has_audio: Some(false), ..video() });
    assert!(harness.query_by_label_contains("nothing to translate").is_some());
    assert!(harness.query_by_label_contains("24 MB · no sound").is_some());
}

#[test]
fn own_sound_goes_with_one_language_only() {
    let mut harness = with_video();
    harness.state_mut().state.translate.form.draft.languages = vec!["German".to_owned(), "Polish".to_owned()];
    let sound = LocalFile {
        path: PathBuf::from("/sounds/deutsch.mp3"),
        media_type: Some("audio/mpeg".to_owned()),
        dimensions: None,
        ..video()
    };
    receive(&mut harness, Field::Audio, sound);
    assert!(harness.query_by_label_contains("Your own sound is in one language.").is_some());
    assert_eq!(button(&harness), "Your own sound is in one language");
    click(&mut harness, Role::Button, "Remove Polish");
    assert!(button(&harness).starts_with("Create · about"), "{}", button(&harness));
}

#[test]
fn one_press_submits_all_languages_at_the_price_of_all() {
    let mut harness = with_video();
    let chosen = vec!["German".to_owned(), "Polish".to_owned()];
    harness.state_mut().state.translate.form.draft.languages = chosen.clone();
    harness.state_mut().state.translate.form.draft.dynamic_duration = false;
    harness.run_steps(2);
    press_button(&mut harness);
    let submits = asked(&mut harness);
    let [Action::Submit(asked)] = submits.as_slice() else { panic!("{submits:?}") };
    assert_eq!(asked.quoted.likely.exact(), "4.3623");
    let titles: Vec<String> =
        asked.draft.clone().jobs().iter().map(|job| job.composition().effective_title()).collect();
    assert_eq!(titles, ["Launch day (German)", "Launch day (Polish)"]);
}

#[test]
fn a_glossary_is_offered_where_there_is_one() {
    let mut harness = with_video();
    assert!(harness.query_by_label("Glossary").is_none());
    let glossary = Glossary { id: "g1".to_owned(), name: "Brand names".to_owned() };
    harness.state_mut().model.glossaries.value = Some(Arc::new(vec![glossary]));
    harness.run_steps(2);
    click(&mut harness, Role::Button, "Glossary");
    click(&mut harness, Role::ListBoxOption, "Brand names");
    assert_eq!(draft(&harness).glossary.as_ref().map(|glossary| glossary.id.as_str()), Some("g1"));
}

#[test]
fn every_input_of_the_tab_and_its_popups_has_a_name() {
    let mut harness = with_video();
    for popup in ["Sound", "Length and format", "Title", "Own sound or subtitles"] {
        click(&mut harness, Role::Button, popup);
        harness.check_accessibility();
        harness.key_press(Key::Escape);
        harness.run_steps(2);
    }
}
