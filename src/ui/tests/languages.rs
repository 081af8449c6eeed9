//! A text and a voice of two languages, on every tab that speaks.

use super::*;
use crate::draft::AvatarVideoDraft;

const GERMAN: &str = "Guten Tag und herzlich willkommen. Heute zeigen wir Ihnen, wie die neue Anlage arbeitet.";
const TOLD: &str = "This reads like German; Daria speaks English.";

fn voices() -> Vec<Voice> {
    vec![voice(0, "Daria", "English"), voice(1, "Jonas", "German"), voice(2, "Robin", "Multilingual")]
}

fn studio() -> Model {
    let mut model = model();
    let voices = Arc::new(voices());
    model.voices = Loaded { value: Some(Arc::clone(&voices)), ..Loaded::default() };
    model.speech_voices = Loaded { value: Some(voices), ..Loaded::default() };
    model
}

#[test]
fn a_script_in_another_language_than_its_voice_says_so_and_offers_those_that_speak_it() {
    let mut harness = bench(studio());
    let draft = &mut harness.state_mut().state.avatar_video.form.draft;
    *draft = AvatarVideoDraft {
        face: Face::Look(look(0, "Daria", AvatarType::DigitalTwin)),
        script: GERMAN.to_owned(),
        ..AvatarVideoDraft::default()
    };
    harness.run_steps(3);
    assert!(harness.query_by_label(TOLD).is_some());
    assert!(button(&harness).starts_with("Create"), "it is a warning, no refusal: {}", button(&harness));
    click(&mut harness, Role::ComboBox, "Choose a voice for German");
    assert!(harness.query_by_role_and_label(Role::ListBoxOption, "Daria, English · female").is_none());
    assert!(harness.query_by_role_and_label(Role::ListBoxOption, "Robin, Multilingual · female").is_some());
    click(&mut harness, Role::ListBoxOption, "Jonas, German · female");
    assert!(harness.query_by_label(TOLD).is_none());
    let chosen = |harness: &Harness<'_, Bench>| {
        harness.state().state.avatar_video.form.draft.voice.as_ref().map(|voice| voice.name.clone())
    };
    assert_eq!(chosen(&harness).as_deref(), Some("Jonas"));
    // It was chosen on purpose: another face does not take it away.
    click(&mut harness, Role::Button, "Ines, studio avatar");
    assert_eq!(chosen(&harness).as_deref(), Some("Jonas"));

    harness.state_mut().state.avatar_video.form.draft.script =
        "Good morning, and welcome to the studio. This is what we have made for you.".to_owned();
    harness.run_steps(3);
    assert!(harness.query_by_label("This reads like English; Jonas speaks German.").is_some());
}

#[test]
fn a_speech_and_a_session_say_it_too_and_a_short_text_says_nothing() {
    let mut harness = bench(studio());
    let daria = voices().remove(0);
    harness.state_mut().state.tab = Tab::Speech;
    let draft = &mut harness.state_mut().state.speech.form.draft;
    draft.voice = Some(daria.clone());
    draft.text = GERMAN.to_owned();
    harness.run_steps(3);
    assert!(harness.query_by_label(TOLD).is_some());
    harness.state_mut().state.speech.form.draft.text = "Guten Tag!".to_owned();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("This reads like").is_none());

    harness.state_mut().state.tab = Tab::Realtime;
    let draft = &mut harness.state_mut().state.realtime.form.draft;
    draft.look = Some(look(0, "Daria", AvatarType::DigitalTwin));
    draft.voice = Some(daria);
    draft.script = GERMAN.to_owned();
    harness.run_steps(3);
    assert!(harness.query_by_label(TOLD).is_some());
    click(&mut harness, Role::ComboBox, "Choose a voice for German");
    click(&mut harness, Role::ListBoxOption, "Jonas, German · female");
    assert!(harness.query_by_label(TOLD).is_none());
}
