//! The comparison as a person uses it: by label and by key.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rust_decimal::Decimal;

use crate::draft::avatar_video::{Face, LocalFile, Source};
use crate::draft::billable::Speech;
use crate::draft::{AvatarType, AvatarVideoDraft, Engine, Voice};
use crate::money::Usd;
use crate::pricing::{Observation, Pace};
use crate::ui::model::{Loaded, Model};
use crate::ui::tests::{Bench, asked, bench, button, click, model};
use crate::ui::{Action, Tab};

const SCRIPT: &str = "Welcome back. Three things changed this spring, and every customer gets a named contact.";

/// "Jonas" reads the script in five seconds, "Daria" in eight; "Mia" was never heard.
fn studio() -> Model {
    let mut model = model();
    let mut voices: Vec<Voice> = model.voices.value.as_deref().cloned().unwrap_or_default();
    let second = Voice { language: "English".to_owned(), ..voices[1].clone() };
    let third = Voice { id: "voice_2".to_owned(), name: "Mia".to_owned(), ..second.clone() };
    let german = Voice { id: "voice_3".to_owned(), name: "Heike".to_owned(), ..voices[1].clone() };
    voices.truncate(1);
    voices.extend([second, third, german]);
    let voices = Arc::new(voices);
    model.voices = Loaded { value: Some(Arc::clone(&voices)), ..Loaded::default() };
    model.speech_voices = Loaded { value: Some(voices), ..Loaded::default() };
    let seen = [("voice_0", 8), ("voice_1", 5)].into_iter().flat_map(|(id, seconds)| {
        let speech = Speech {
            text: SCRIPT.to_owned(),
            language: Some("English".to_owned()),
            voice_id: Some(id.to_owned()),
            speed: None,
        };
        std::iter::repeat_n(Observation::of(&speech, Decimal::from(seconds)).unwrap(), 6)
    });
    model.pace = Arc::new(Pace::from_observations(seen));
    model
}

fn composed(model: Model) -> Harness<'static, Bench> {
    let look = model.looks.value.as_ref().unwrap()[0].clone();
    let mut harness = bench(model);
    let draft = &mut harness.state_mut().state.avatar_video.form.draft;
    draft.face = Face::Look(look);
    draft.script = SCRIPT.to_owned();
    harness.run_steps(3);
    harness
}

fn draft<'a>(harness: &'a Harness<'_, Bench>) -> &'a AvatarVideoDraft {
    &harness.state().state.avatar_video.form.draft
}

fn likely(harness: &mut Harness<'_, Bench>) -> Usd {
    let Bench { model, state, .. } = harness.state_mut();
    state.avatar_video.form.quoted(model).quote.total.span().unwrap().likely
}

/// What a label says.
fn said(node: &egui_kittest::kittest::AccessKitNode<'_>) -> String {
    node.label().or(node.value()).unwrap_or_default()
}

/// The names of the cells, as they are read out.
fn cells(harness: &Harness<'_, Bench>) -> Vec<String> {
    let buttons = harness.get_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    buttons.filter(|label| label.contains(", Avatar ") && label.contains(": ")).collect()
}

fn voices_shown(harness: &Harness<'_, Bench>) -> Vec<String> {
    let stars = harness.get_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    stars.filter_map(|label| label.strip_prefix("Favourite voice ").map(str::to_owned)).collect()
}

fn take(harness: &mut Harness<'_, Bench>, cell: &str) -> String {
    let label = cells(harness).into_iter().find(|label| label.starts_with(cell)).unwrap();
    click(harness, Role::Button, &label);
    label
}

#[test]
fn a_cheaper_cell_changes_the_quote_by_the_difference_it_shows_and_is_taken_back() {
    let mut harness = composed(studio());
    click(&mut harness, Role::Link, "Compare voices and engines");
    assert_eq!(voices_shown(&harness), ["Daria", "Jonas", "Mia"], "the chosen voice, then those known best");
    let search = harness.get_by_role_and_label(Role::TextInput, "Search voices to compare");
    assert!(search.accesskit_node().is_focused(), "a voice can be looked for at once");
    let before = draft(&harness).clone();
    assert_eq!(before.voice_id(), Some("voice_0"));
    let (dear, button_before) = (likely(&mut harness), button(&harness));
    let summary = harness.get_by_label_contains("Cheapest: Jonas on Avatar III, about $0.").accesskit_node();
    assert!(said(&summary).contains(", saves $0."), "{}", said(&summary));

    let label = take(&mut harness, "Jonas, Avatar III: about $0.");
    assert!(label.ends_with(", cheapest"), "{label}");
    let cheap = likely(&mut harness);
    let saved = dear.to_cents() - cheap.to_cents();
    assert!(label.contains(&format!("saves {saved}")), "{label}: {dear} to {cheap}");
    assert_eq!((draft(&harness).voice_id(), draft(&harness).engine), (Some("voice_1"), Engine::AvatarIii));
    assert_ne!(button(&harness), button_before);
    // Nothing moved under the pointer, and what is chosen now is the cheapest.
    assert_eq!(voices_shown(&harness), ["Daria", "Jonas", "Mia"]);
    assert!(harness.query_by_label_contains("Nothing here is known to be cheaper than Jonas on Avatar III").is_some());
    assert!(harness.query_by_label("Switched from Daria on Avatar IV").is_some());

    click(&mut harness, Role::Link, "Undo, back to Daria on Avatar IV");
    assert_eq!(*draft(&harness), before);
    assert_eq!(button(&harness), button_before);
}

#[test]
fn what_the_face_does_not_allow_is_told_with_its_reason_and_cannot_be_taken() {
    let mut model = studio();
    let mut looks = model.looks.value.as_deref().cloned().unwrap();
    looks[0].avatar_type = AvatarType::PhotoAvatar;
    looks[0].engines = vec![Engine::AvatarIv];
    model.looks = Loaded { value: Some(Arc::new(looks)), ..Loaded::default() };
    let mut harness = composed(model);
    click(&mut harness, Role::Link, "Compare voices and engines");
    assert!(cells(&harness).iter().all(|label| label.contains("Avatar IV")), "{:?}", cells(&harness));
    assert!(harness.query_by_label("Jonas, Avatar V: Avatar V takes digital twins only.").is_some());
    assert!(harness.query_by_label("Jonas, Avatar III: Daria does not support Avatar III.").is_some());
}

#[test]
fn a_voice_that_was_never_heard_says_that_it_is_a_guess() {
    let mut harness = composed(studio());
    click(&mut harness, Role::Link, "Compare voices and engines");
    let length = |harness: &Harness<'_, Bench>, voice: &str| {
        let start = format!("{voice}: about 0:");
        said(&harness.get_by_label_contains(&start).accesskit_node())
    };
    assert!(length(&harness, "Mia").contains("first guess ±"), "{}", length(&harness, "Mia"));
    assert!(length(&harness, "Jonas").contains("6 results ±"), "{}", length(&harness, "Jonas"));
    let unknown = cells(&harness).into_iter().find(|label| label.starts_with("Mia, Avatar IV")).unwrap();
    assert!(unknown.contains("about the same"), "the ranges overlap: {unknown}");
}

#[test]
fn rows_are_ordered_by_length_and_price_and_found_by_name() {
    let mut harness = composed(studio());
    click(&mut harness, Role::Link, "Compare voices and engines");
    click(&mut harness, Role::ColumnHeader, "Order by Length");
    let by_length = voices_shown(&harness);
    assert_eq!(by_length.first().map(String::as_str), Some("Jonas"));
    click(&mut harness, Role::ColumnHeader, "Order by Avatar IV");
    assert_eq!(voices_shown(&harness), by_length);
    click(&mut harness, Role::Button, "Order as listed");
    assert_eq!(voices_shown(&harness), ["Daria", "Jonas", "Mia"]);

    // Voices of other languages are found by name.
    harness.get_by_role_and_label(Role::TextInput, "Search voices to compare").focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, "Search voices to compare").type_text("heike");
    harness.run_steps(3);
    assert_eq!(voices_shown(&harness), ["Heike"]);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_role_and_label(Role::MultilineTextInput, "Script").is_some(), "back at the form");
}

#[test]
fn a_favourite_is_kept_in_the_settings() {
    let mut harness = composed(studio());
    click(&mut harness, Role::Link, "Compare voices and engines");
    asked(&mut harness);
    click(&mut harness, Role::Button, "Favourite voice Mia");
    let actions = asked(&mut harness);
    let [Action::ChangeSettings(settings)] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(settings.favourite_voices, ["voice_2"]);
    harness.state_mut().model.settings = (**settings).clone();
    harness.run_steps(2);
    assert_eq!(voices_shown(&harness), ["Daria", "Mia", "Jonas"]);
}

#[test]
fn a_sound_leaves_only_the_engine_to_compare() {
    let mut harness = composed(studio());
    click(&mut harness, Role::Link, "Compare voices and engines");
    let sound = LocalFile {
        path: PathBuf::from("/sounds/talk.mp3"),
        size: 1_400_000,
        media_type: Some("audio/mpeg".to_owned()),
        duration: Some(Decimal::from(90)),
        ..LocalFile::default()
    };
    let draft_now = &mut harness.state_mut().state.avatar_video.form.draft;
    draft_now.source = Source::Audio;
    draft_now.audio = Some(sound);
    harness.run_steps(3);
    assert_eq!(
        cells(&harness),
        [
            "Your sound, Avatar III: $1.50, saves $4.50, cheapest",
            "Your sound, Avatar IV: $6.00",
            "Your sound, Avatar V: $6.00, same price",
        ]
    );
    take(&mut harness, "Your sound, Avatar III");
    assert_eq!(draft(&harness).engine, Engine::AvatarIii);
    assert_eq!(draft(&harness).voice_id(), Some("voice_0"), "the voice is left alone");
}

#[test]
fn prices_are_worked_out_when_something_changes_and_not_in_every_frame() {
    let mut harness = composed(studio());
    click(&mut harness, Role::Link, "Compare voices and engines");
    let count = harness.state().state.avatar_video.compare.count;
    harness.run_steps(20);
    assert_eq!(harness.state().state.avatar_video.compare.count, count);
    harness.state_mut().state.avatar_video.form.draft.script.push_str(" And more.");
    harness.run_steps(5);
    assert_eq!(harness.state().state.avatar_video.compare.count, count + 1);
}

#[test]
fn a_speech_is_compared_by_voice_alone() {
    let mut harness = bench(studio());
    harness.state_mut().state.tab = Tab::Speech;
    harness.state_mut().state.speech.form.draft.text = SCRIPT.to_owned();
    harness.run_steps(3);
    click(&mut harness, Role::Link, "Compare voices");
    assert_eq!(voices_shown(&harness), ["Daria", "Jonas", "Mia"], "those that speak as the text reads");
    let shown = |harness: &Harness<'_, Bench>| {
        harness.get_by_role_and_label(Role::ComboBox, "Language of the voices").accesskit_node().value().unwrap()
    };
    assert_eq!(shown(&harness), "English, as the text");
    click(&mut harness, Role::ComboBox, "Language of the voices");
    click(&mut harness, Role::ListBoxOption, "All languages");
    assert_eq!(voices_shown(&harness), ["Daria", "Jonas", "Mia", "Heike"]);
    click(&mut harness, Role::ComboBox, "Language of the voices");
    click(&mut harness, Role::ListBoxOption, "German");
    assert_eq!((voices_shown(&harness), shown(&harness)), (vec!["Heike".to_owned()], "German".to_owned()));
    click(&mut harness, Role::ComboBox, "Language of the voices");
    click(&mut harness, Role::ListBoxOption, "As the text reads");
    let cell = |harness: &Harness<'_, Bench>, voice: &str| {
        let start = format!("{voice}, Starfish: about ");
        let labels = harness.get_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
        labels.into_iter().find(|label| label.starts_with(&start)).unwrap()
    };
    let jonas = cell(&harness, "Jonas");
    assert!(jonas.ends_with("cheapest"), "{jonas}");
    click(&mut harness, Role::Button, &jonas);
    let chosen = |harness: &Harness<'_, Bench>| {
        harness.state().state.speech.form.draft.voice.as_ref().map(|voice| voice.name.clone())
    };
    assert_eq!(chosen(&harness).as_deref(), Some("Jonas"));
    click(&mut harness, Role::Link, "Undo, back to no voice");
    assert_eq!(chosen(&harness), None);
}

#[test]
fn without_a_script_there_is_nothing_to_compare_yet() {
    let mut harness = composed(studio());
    click(&mut harness, Role::Link, "Compare voices and engines");
    harness.state_mut().state.avatar_video.form.draft.script.clear();
    harness.run_steps(3);
    assert!(harness.query_by_label("There is no script yet").is_some());
    assert!(cells(&harness).is_empty());
}

#[test]
fn several_voices_become_a_table_and_nothing_is_booked() {
    let mut harness = composed(studio());
    harness.state_mut().state.avatar_video.form.draft.title = "Spring".to_owned();
    click(&mut harness, Role::Link, "Compare voices and engines");
    for voice in ["Make it with Jonas", "Make it with Mia"] {
        harness.get_by_role_and_label(Role::CheckBox, voice).click();
        harness.run_steps(2);
    }
    // What the ticks mean is what the large button does, and it spends nothing.
    assert_eq!(button(&harness), "Open 2 videos as a table");
    assert!(harness.query_by_label("2 voices on Avatar IV").is_some());
    assert!(harness.query_by_label("Ctrl Enter · spends nothing").is_some());
    click(&mut harness, Role::Link, "Tick no voice");
    assert!(button(&harness).starts_with("Create · "), "{}", button(&harness));
    for voice in ["Make it with Jonas", "Make it with Mia"] {
        harness.get_by_role_and_label(Role::CheckBox, voice).click();
        harness.run_steps(2);
    }
    click(&mut harness, Role::Button, "On Avatar III");
    assert_eq!(button(&harness), "Open 4 videos as a table");
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Enter);
    harness.run_steps(3);
    let actions = &harness.state().actions;
    assert!(!actions.iter().any(|action| matches!(action, Action::Submit(_) | Action::SubmitBatch(_))));
    let made = actions.iter().find_map(|action| match action {
        Action::MakeTable { name, table, .. } => Some((name.clone(), table.clone())),
        _ => None,
    });
    let (name, table) = made.unwrap();
    assert_eq!(name, "Spring in 2 voices");
    assert_eq!(table.columns, ["title", "voice", "engine"]);
    let rows: Vec<String> = table.rows.iter().map(|row| row.cells.join("|")).collect();
    assert_eq!(
        rows,
        [
            "Spring, Jonas, III|Jonas|III",
            "Spring, Jonas, IV|Jonas|IV",
            "Spring, Mia, III|Mia|III",
            "Spring, Mia, IV|Mia|IV"
        ]
    );
}

#[test]
fn a_script_in_another_language_lists_the_voices_that_speak_it() {
    let mut harness = composed(studio());
    harness.state_mut().state.avatar_video.form.draft.script =
        "Guten Tag und herzlich willkommen. Heute zeigen wir Ihnen, wie die neue Anlage arbeitet.".to_owned();
    harness.run_steps(3);
    click(&mut harness, Role::Link, "Compare voices and engines");
    assert_eq!(voices_shown(&harness), ["Daria", "Heike"], "the chosen one, and all who speak German");
    let shown = harness.get_by_role_and_label(Role::ComboBox, "Language of the voices").accesskit_node();
    assert_eq!(shown.value().as_deref(), Some("German, as the text"));
    assert!(harness.query_by_label("Daria, chosen · English: the text reads like German").is_some());
    // What is known of her English says nothing of her German.
    let daria = harness.get_by_label_contains("Daria: about 0:").accesskit_node();
    assert!(said(&daria).contains("first guess ±"), "{}", said(&daria));
}
