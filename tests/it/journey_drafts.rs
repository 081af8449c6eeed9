//! What is being composed outlives the window, and stays with its account.

use std::path::Path;

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use reelmeter::settings::Account;

use crate::journey::{Window, open};

fn write(window: &mut Window, tab: &str, field: &str, words: &str) {
    window.click(Role::Tab, tab);
    window.harness.get_by_role_and_label(Role::MultilineTextInput, field).focus();
    window.harness.step();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, field).type_text(words);
    window.harness.step();
    window.harness.step();
}

fn written(window: &Window, field: &str) -> String {
    let node = window.harness.get_by_role_and_label(Role::MultilineTextInput, field);
    node.accesskit_node().value().unwrap_or_default()
}

fn opened(folder: &Path) -> Window {
    let mut window = open(folder);
    window.until("the account is open", |harness| harness.state().model().looks.value.is_some());
    window
}

#[test]
fn a_quit_and_a_crash_lose_nothing_that_was_being_composed() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = opened(folder.path());
    write(&mut window, "Speech", "Text", "Good morning, harbour.");
    write(&mut window, "Cinematic", "Scene", "A quay at dawn, gulls.");
    let kept = folder.path().join("data/sandbox.drafts.json");
    // Whatever ends the program from here on: it is on the disk.
    window.until("it is written while the hands rest", |_| {
        std::fs::read_to_string(&kept).is_ok_and(|text| text.contains("harbour") && text.contains("gulls"))
    });
    write(&mut window, "Cinematic", "Scene", " Nobody speaks.");
    drop(window);

    let mut window = opened(folder.path());
    window.click(Role::Tab, "Cinematic");
    assert_eq!(written(&window, "Scene"), "A quay at dawn, gulls. Nobody speaks.");
    window.click(Role::Tab, "Speech");
    assert_eq!(written(&window, "Text"), "Good morning, harbour.");
}

#[test]
fn a_damaged_draft_is_said_and_does_not_keep_the_rest_from_coming_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = opened(folder.path());
    write(&mut window, "Speech", "Text", "Good morning, harbour.");
    drop(window);
    let kept = folder.path().join("data/sandbox.drafts.json");
    let text = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, text.replacen('{', "{ \"cinematic\": {\"draft\": \"no draft\"},", 1)).unwrap();

    let mut window = opened(folder.path());
    assert!(window.has("A draft could not be read.") && window.has("Passed over: Cinematic."));
    window.click(Role::Tab, "Speech");
    assert_eq!(written(&window, "Text"), "Good morning, harbour.");
}

#[test]
fn each_account_has_drafts_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = opened(folder.path());
    window.harness.get_all_by_label_contains("Daria").next().unwrap().click();
    window.harness.step();
    write(&mut window, "Avatar video", "Script", "Only for the sandbox.");

    let change = |window: &mut Window, from: &str, to: &str| {
        window.click(Role::Button, &format!("Account: {from}"));
        window.click(Role::MenuItemRadio, to);
    };
    change(&mut window, "Sandbox", "Live");
    window.until("the live account is shown", |harness| harness.state().model().account == Account::Live);
    assert_eq!(written(&window, "Script"), "");
    assert!(!window.has("Daria"), "a face of the sandbox is none of the live account");
    write(&mut window, "Avatar video", "Script", "For real.");
    change(&mut window, "Live", "Sandbox");
    assert_eq!(written(&window, "Script"), "Only for the sandbox.");
    window.until("the faces are there", |harness| harness.query_all_by_label_contains("Daria").next().is_some());
}
