//! A speech as a person makes it: the whole program behind the window, found by label, on the sandbox.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use reelmeter::jobs::types::JobState;
use reelmeter::ui::model::Shape;

use crate::journey::open;

#[test]
fn from_the_text_to_the_sound_and_on_to_a_video() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path());
    window.until("the voices are there", |harness| harness.state().model().speech_voices.value.is_some());
    let (all, speaking) = {
        let model = window.harness.state().model();
        let count = |voices: &Option<std::sync::Arc<Vec<_>>>| voices.as_ref().map_or(0, |voices| voices.len());
        (count(&model.voices.value), count(&model.speech_voices.value))
    };
    assert!(speaking > 0 && (all == 0 || speaking < all), "{speaking} of {all} voices can speak");
    window.click(Role::Tab, "Speech");
    window.click(Role::Link, "Try a sample text");
    window.click(Role::ComboBox, "Voice");
    window.harness.get_all_by_label_contains("Marcus, English").next().unwrap().click();
    window.until("the button carries a price", |harness| {
        harness.query_all_by_label_contains("Create · ").next().is_some()
    });
    window.harness.get_all_by_label_contains("Create · ").next().unwrap().click();
    window.until("the speech is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    let job = window.harness.state().model().board.jobs[0].clone();
    let audio = job.files.audio.clone().unwrap();
    assert!(audio.exists() && audio.with_extension("srt").exists());
    window.until("its shape is drawn", |harness| {
        matches!(harness.state().model().shapes.get(&audio), Some(Shape::Drawn { .. }))
    });
    assert!(window.has("Good morning, and welcome to the harbour tour."), "its words are there");

    // With a sound card it is heard; without one the window says so.
    window.click(Role::Button, &format!("Play {}", job.title));
    window.until("it plays or says why not", |harness| {
        let playback = harness.state().model().playback.clone();
        playback.is_some_and(|playback| playback.fault.is_some() || !playback.at.is_zero())
    });

    window.click(Role::Button, "Use in Avatar video");
    window.until("the sound is on the other tab", |harness| {
        harness.query_by_role_and_label(Role::Button, "Remove the audio").is_some()
    });
}
