//! From a dropped table with a bad row to a film for each row, as a person does it.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use reelmeter::account::Billing;
use reelmeter::jobs::types::JobState;
use reelmeter::money::Usd;

use crate::journey::{Window, open};

fn wallet(window: &Window) -> Option<Usd> {
    match window.harness.state().model().info.value.as_ref()?.billing {
        Billing::Wallet { balance, .. } => balance,
        _ => None,
    }
}

fn button(window: &Window, part: &str) -> Option<String> {
    window.harness.query_all_by_label_contains(part).next().and_then(|node| node.accesskit_node().label())
}

#[test]
fn from_a_table_with_a_bad_row_to_a_film_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("guests.csv");
    // As a spreadsheet of the West writes it: one byte a letter, semicolons.
    let text = "name;script;engine\r\nZo\u{eb};Hello {{name}}, welcome.;\r\nTom;\"Good day; {{nmae}}.\";III\r\nAmy;Hi {{name}}.;\r\n";
    let bytes: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    std::fs::write(&csv, bytes).unwrap();

    let mut window = open(folder.path());
    window.until("the faces are there", |harness| harness.query_all_by_label_contains("Daria").next().is_some());
    window.until("the voices are there", |harness| harness.state().model().voices.value.is_some());
    window.until("the wallet is known", |harness| harness.state().model().info.value.is_some());
    window.harness.get_all_by_label_contains("Daria").next().unwrap().click();
    window.harness.step();
    window.harness.step();

    window.drop_file(csv);
    window.until("the table is open", |harness| harness.query_all_by_label_contains("guests.csv").next().is_some());
    window.until("two rows can be made", |harness| {
        harness.query_all_by_label_contains("Make 2 videos for").next().is_some()
    });
    assert!(window.has("The script says {{nmae}}, but no column is called so."));

    // The cell is mended in the row under the table.
    window.click(Role::Link, "Go to line 3, script");
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Script of line 3").focus();
    window.harness.step();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Script of line 3").type_text("Good day, {{name}}.");
    window.until("all rows can be made", |harness| {
        harness.query_all_by_label_contains("Make 3 videos for").next().is_some()
    });

    let before = wallet(&window).unwrap();
    let label = button(&window, "Make 3 videos for").unwrap();
    window.click(Role::Button, &label);
    window.until("all are done", |harness| {
        let board = &harness.state().model().board;
        board.jobs.len() == 3 && board.jobs.iter().all(|job| job.state == JobState::Done)
    });
    window.until("the page says so", |harness| harness.query_all_by_label_contains("3 of 3 finished").next().is_some());
    let jobs = window.harness.state().model().board.jobs.clone();
    let charged: Usd = jobs.iter().filter_map(|job| job.charge).sum();
    for job in &jobs {
        let charge = job.charge.unwrap();
        assert!(job.quoted.low <= charge && charge <= job.quoted.high, "{charge} lies outside {:?}", job.quoted);
        assert!(job.files.video.as_ref().unwrap().exists());
    }
    window.until("the wallet fell by the charges", |harness| match &harness.state().model().info.value {
        Some(info) => matches!(info.billing, Billing::Wallet { balance: Some(now), .. } if now == before - charged),
        None => false,
    });
    assert!(window.has(&format!("3 of 3 finished · {charged} charged")));
    let mut names: Vec<String> = std::fs::read_dir(folder.path().join("Results"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".mp4"))
        .collect();
    names.sort();
    assert_eq!(names, ["Good day, Tom.mp4", "Hello Zo\u{eb}, welcome.mp4", "Hi Amy.mp4"]);
    drop(window);

    // The next start finds the table with its mended cell and what became of it.
    let mut window = open(folder.path());
    window.until("the table is still there", |harness| {
        harness.query_all_by_label_contains("Table: 3 rows").next().is_some()
    });
    window.click(Role::Button, "Table: 3 rows");
    window.until("and what became of it", |harness| {
        harness.query_all_by_label_contains(&format!("3 of 3 finished · {charged} charged")).next().is_some()
    });
    assert!(window.has("Line 3: Good day, Tom"));
    assert!(window.has("Every row is made"));
}
