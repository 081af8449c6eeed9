//! Voices of one's own as a person makes them: the whole program behind the window, on the sandbox.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use reelmeter::sandbox::{Kind, Rule};

use crate::journey::{Window, open};

/// The names of the account's own voices.
fn own_voices(window: &Window) -> Vec<String> {
    let voices = window.harness.state().model().voices.value.clone().unwrap_or_default();
    voices.iter().filter(|voice| voice.private).map(|voice| voice.name.clone()).collect()
}

#[test]
fn an_order_of_voices_that_the_program_was_closed_over_is_taken_up_and_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path());
    window.until("the voices are there", |harness| harness.state().model().voices.value.is_some());
    let before = own_voices(&window).len();
    let faults = window.harness.state().sandbox().unwrap().faults.clone();
    faults.push(Rule::once("POST", "/v3/voices", Kind::StallAfter));
    window.click(Role::Tab, "Avatars");
    window.click(Role::RadioButton, "Your voices");
    window.click(Role::MultilineTextInput, "Description of the voice");
    let field = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Description of the voice");
    field.type_text("A calm harbour pilot");
    window.harness.step();
    window.click(Role::Switch, "Go on with designing: no price is published for it");
    window.click(Role::Button, "Design voices");
    // The voices are made; the answer never comes.
    window.until("the order has left", |_| faults.rules().iter().all(|(_, hits)| *hits == 1));
    drop(window);

    let mut window = open(folder.path());
    window.until("it is told", |harness| {
        harness.state().model().notices.iter().any(|notice| notice.what.ends_with("voices are made."))
    });
    window.until("they are read again", |harness| !harness.state().model().voices.loading);
    let made: Vec<String> = own_voices(&window).into_iter().filter(|name| name.contains("harbour")).collect();
    let after = own_voices(&window).len();
    assert!(!made.is_empty() && after == before + made.len(), "{made:?}, {after} after {before}");
    drop(window);

    // Once it is known what became of it, no start speaks of it again.
    let mut window = open(folder.path());
    window.until("the voices are there", |harness| harness.state().model().voices.value.is_some());
    window.until("the wallet is there", |harness| harness.state().model().info.value.is_some());
    assert!(window.harness.state().model().notices.is_empty(), "{:?}", window.harness.state().model().notices);
    assert_eq!(own_voices(&window).len(), after);
}
