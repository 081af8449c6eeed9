//! A conversation with an agent, and a cinematic video, as a person makes them: the whole program behind
//! the window, found by label, on the sandbox over a real socket.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use reelmeter::jobs::types::{Job, JobState};
use reelmeter::money::Usd;

use crate::journey::{Window, open};

fn shown(window: &mut Window, tab: &str, first: &'static str) {
    window.until("the account is open", |harness| harness.state().model().info.value.is_some());
    window.harness.get_by_role_and_label(Role::Tab, tab).click();
    window.until(first, |harness| harness.query_all_by_label_contains(first).next().is_some());
}

fn press(window: &mut Window, words: &'static str) {
    window.until(words, |harness| harness.query_all_by_label_contains(words).next().is_some());
    window.harness.get_all_by_label_contains(words).next().unwrap().click();
    window.harness.step();
}

fn newest(window: &Window) -> Option<Job> {
    window.harness.state().model().board.jobs.first().map(|job| (**job).clone())
}

fn is_done(harness: &egui_kittest::Harness<'static, reelmeter::app::Studio>, jobs: usize) -> bool {
    let board = &harness.state().model().board;
    board.jobs.len() == jobs && board.jobs.first().is_some_and(|job| job.state == JobState::Done)
}

#[test]
fn a_conversation_from_the_question_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path());
    shown(&mut window, "Video agent", "Newsroom");
    window.click(Role::RadioButton, "Talk with the agent first");
    window.click(Role::Link, "Try a sample prompt");
    press(&mut window, "Create · about");
    window
        .until("the agent asks", |harness| harness.query_all_by_label_contains("The agent asks you").next().is_some());
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Message").focus();
    window.harness.step();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Message").type_text("For new customers.");
    press(&mut window, "Send · about");
    window.until("the video is home", |harness| is_done(harness, 2));
    let done = newest(&window).unwrap();
    assert!(done.files.video.as_ref().is_some_and(|video| video.is_file()), "{done:?}");
    window.until("the answer is shown", |harness| harness.query_by_label("Agent: Your video is ready.").is_some());
    window.until("the wallet is read", |harness| {
        matches!(
            harness.state().model().info.value.as_ref().map(|info| &info.billing),
            Some(reelmeter::account::Billing::Wallet { balance: Some(balance), .. })
                if *balance == Usd::from_cents(2_500) - done.charge.unwrap()
        )
    });
}

#[test]
fn a_cinematic_video_is_made_at_the_second_press() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = open(folder.path());
    shown(&mut window, "Cinematic", "Daria");
    window.harness.get_all_by_label_contains("Daria").next().unwrap().click();
    window.harness.step();
    window.click(Role::Link, "Try a sample scene");
    press(&mut window, "Create · $7.00");
    window.harness.run_steps(4);
    assert!(newest(&window).is_none(), "one press spends nothing");
    press(&mut window, "Click again to spend seven dollars");
    window.until("the video is home", |harness| is_done(harness, 1));
    let done = newest(&window).unwrap();
    assert_eq!(done.charge, Some(Usd::from_cents(700)));
    assert!(done.files.video.as_ref().is_some_and(|video| video.is_file()), "{done:?}");
}
