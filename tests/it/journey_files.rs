//! What changes behind the window: files that vanish between the drop and the button or before a job is made
//! again, and an account that another window holds.

use std::path::Path;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use reelmeter::jobs::types::JobState;

use crate::journey::{Window, open};

/// A second of silence, eight bits a sample.
fn silence(seconds: usize) -> Vec<u8> {
    let samples = vec![0x80_u8; 8_000 * seconds];
    let size = u32::try_from(samples.len()).unwrap();
    let mut wav = Vec::new();
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(36 + size).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend_from_slice(&8_000_u32.to_le_bytes());
    wav.extend_from_slice(&8_000_u32.to_le_bytes());
    wav.extend_from_slice(b"\x01\0\x08\0data");
    wav.extend_from_slice(&size.to_le_bytes());
    wav.extend_from_slice(&samples);
    wav
}

/// A face and a sound, ready to be made.
fn composed(folder: &Path, sound: &Path) -> Window {
    std::fs::write(sound, silence(4)).unwrap();
    let mut window = open(folder);
    window.until("the faces are there", |harness| harness.query_all_by_label_contains("Daria").next().is_some());
    window.until("the wallet is known", |harness| harness.state().model().info.value.is_some());
    window.harness.get_all_by_label_contains("Daria").next().unwrap().click();
    window.harness.step();
    window.drop_file(sound.to_owned());
    window.until("the button carries a price", |harness| {
        harness.query_all_by_label_contains("Create · ").next().is_some()
    });
    window
}

fn create(window: &mut Window) {
    window.harness.get_all_by_label_contains("Create · ").next().unwrap().click();
    window.harness.step();
}

#[test]
fn a_file_that_is_gone_or_changed_at_the_click_is_said_and_nothing_is_booked() {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("talk.wav");
    let mut window = composed(folder.path(), &sound);
    std::fs::remove_file(&sound).unwrap();
    create(&mut window);
    window.until("it says so", |harness| {
        harness.query_all_by_label_contains("talk.wav is not there any more, so nothing was sent").next().is_some()
    });
    // Longer than what the price rests on.
    std::fs::write(&sound, silence(60)).unwrap();
    create(&mut window);
    window.until("it says so", |harness| {
        harness.query_all_by_label_contains("talk.wav was changed since it was chosen").next().is_some()
    });
    assert!(window.harness.state().model().board.jobs.is_empty());
    let posted = window.harness.state().sandbox().unwrap().requests().iter().any(|seen| seen.method == "POST");
    assert!(!posted, "something was sent");
}

#[test]
fn a_draft_comes_back_with_its_files_as_they_are_now() {
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("talk.wav");
    let mut window = composed(folder.path(), &sound);
    create(&mut window);
    window.until("it is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    std::fs::write(&sound, silence(60)).unwrap();
    window.click(Role::Tab, "Library");
    window.click(Role::Button, "Edit and make another");
    // 60 s × $0.0667.
    window.until("the new length is priced", |harness| {
        harness.query_all_by_label_contains("Create · $4.00").next().is_some()
    });
    std::fs::remove_file(&sound).unwrap();
    window.click(Role::Tab, "Library");
    window.click(Role::Button, "Edit and make another");
    window.until("the missing file is named", |harness| {
        harness.query_all_by_label_contains("talk.wav is not there any more").next().is_some()
    });
    assert!(window.harness.query_all_by_label_contains("Create").next().is_none(), "it cannot be made like this");
}

#[test]
fn an_account_that_another_window_had_is_opened_once_that_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = open(folder.path());
    first.until("it is open", |harness| harness.state().model().looks.value.is_some());
    let mut second = open(folder.path());
    second.until("it says why not", |harness| {
        harness.query_all_by_label_contains("Another Reelmeter has this account open").next().is_some()
    });
    drop(first);
    second.click(Role::Button, "Try again");
    second.until("it is open", |harness| harness.state().model().looks.value.is_some());
}
