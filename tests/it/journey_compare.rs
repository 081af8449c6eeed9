//! A script compared across voices and engines as a person does it: the whole program behind the window,
//! found by label, on the sandbox over a real socket.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use reelmeter::jobs::types::JobState;
use reelmeter::money::Usd;

use crate::journey::{Window, composed};

/// The likely total of the receipt, out of the list of engines: the present one's row.
fn likely(window: &Window, engine: &str) -> Usd {
    let start = format!("{engine}: $");
    let row = window.harness.get_by_label_contains(&start).accesskit_node().label().unwrap();
    let amount = row.strip_prefix(&format!("{engine}: $")).unwrap();
    Usd::parse(amount.split(',').next().unwrap()).unwrap()
}

#[test]
fn a_cheaper_voice_and_engine_is_found_taken_and_charged_within_its_quote() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = composed(folder.path());
    let before = likely(&window, "Avatar IV");
    window.click(Role::Link, "Compare voices and engines");
    let cell = window
        .harness
        .get_all_by_role(Role::Button)
        .filter_map(|node| node.accesskit_node().label())
        .find(|label| label.contains(", Avatar III: about $") && label.contains(", saves $"))
        .unwrap();
    let (voice, _) = cell.split_once(", Avatar III").unwrap();
    let saves = cell.split(", ").find_map(|part| part.strip_prefix("saves $")).unwrap();
    let saves = Usd::parse(saves).unwrap();
    window.click(Role::Button, &cell);
    // The receipt stands beside the comparison and follows at once, to the cent that was shown.
    assert_eq!(likely(&window, "Avatar III"), before - saves, "{cell}");
    assert!(window.has("Switched from "));
    window.click(Role::Button, "Back to the form");

    window.harness.get_all_by_label_contains("Create · ").next().unwrap().click();
    window.harness.step();
    window.until("the video is done", |harness| {
        harness.state().model().board.jobs.iter().any(|job| job.state == JobState::Done)
    });
    let job = window.harness.state().model().board.jobs[0].clone();
    let charge = job.charge.unwrap();
    assert!(job.quoted.low <= charge && charge <= job.quoted.high, "{charge} of {:?}", job.quoted);
    assert!(job.quoted.how.contains("Avatar III"), "{}", job.quoted.how);
    let made: serde_json::Value = serde_json::from_str(&job.draft).unwrap();
    assert_eq!(made["voice"]["name"], voice);
    assert_eq!(made["engine"], "avatar_iii");

    // What it taught is in the next comparison.
    window.click(Role::Link, "Compare voices and engines");
    window.until("the voice's pace is learned", |harness| {
        harness.query_all_by_label_contains("1 result ±").next().is_some()
    });
}
