//! A table as a person uses it: by label and by key.

use std::sync::Arc;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::batch::{Setting, Table, TextEncoding};
use crate::draft::avatar_video::Face;
use crate::draft::{AvatarVideoDraft, Draft, Product};
use crate::jobs::types::{Board, Job, JobError, JobId, JobState, KeptBatch};
use crate::money::Usd;
use crate::settings::Settings;
use crate::ui::library::fixtures;
use crate::ui::tests::{Bench, bench, model};
use crate::ui::{Action, Message, Model};

use super::Showing;
use super::sheet::Cell;

const GUESTS: &str = "name,look,engine\nZoë,,\nTom,Nobody,\nAmy,Aiko,III\n";

fn kept(csv: &str, base: Draft) -> KeptBatch {
    KeptBatch::new("guests.csv".to_owned(), base, Table::read(csv.as_bytes()).unwrap())
}

/// The Avatar video tab with an open table.
fn open(model: Model, csv: &str) -> Harness<'static, Bench> {
    let look = model.looks.value.as_ref().unwrap()[0].clone();
    let mut harness = bench(model);
    let draft = AvatarVideoDraft {
        face: Face::Look(look),
        script: "Hello {{name}}, welcome to the studio.".to_owned(),
        title: "For {{name}}".to_owned(),
        ..AvatarVideoDraft::default()
    };
    let state = &mut harness.state_mut().state;
    state.avatar_video.form.load(draft.clone());
    state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(kept(csv, draft.into())))));
    harness.run_steps(4);
    harness
}

fn has(harness: &Harness<'_, Bench>, part: &str) -> bool {
    harness.query_all_by_label_contains(part).next().is_some()
}

fn click(harness: &mut Harness<'_, Bench>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(3);
}

fn submitted(harness: &Harness<'_, Bench>) -> Option<Vec<usize>> {
    harness.state().actions.iter().find_map(|action| match action {
        Action::SubmitBatch(asked) => Some(asked.places.clone()),
        _ => None,
    })
}

#[test]
fn rows_have_prices_and_a_bad_cell_says_what_is_wrong() {
    let harness = open(model(), GUESTS);
    assert!(has(&harness, "Line 2: For Zoë, $"), "a row speaks its title and price");
    assert!(has(&harness, "Line 3: For Tom, –, 1 problem"));
    assert!(has(&harness, "There is no look with the name or id Nobody."));
    assert!(has(&harness, "Make 2 videos for about $"), "the row with the problem is left out");
    assert!(has(&harness, "Look of line 4: Aiko"));
}

#[test]
fn a_cell_is_mended_in_the_row_and_the_price_is_there_at_once() {
    let mut harness = open(model(), GUESTS);
    click(&mut harness, Role::Link, "Go to line 3, look");
    let field = harness.get_by_role_and_label(Role::TextInput, "look of line 3");
    field.focus();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.get_by_role_and_label(Role::TextInput, "look of line 3").type_text("ines");
    harness.run_steps(3);
    assert!(has(&harness, "Make 3 videos for about $"));
    harness.key_press(egui::Key::Enter);
    harness.run_steps(3);
    let kept = harness.state().actions.iter().find_map(|action| match action {
        Action::ChangeBatch(change) => Some(change.rows.clone()),
        _ => None,
    });
    assert_eq!(kept.unwrap()[0].cells, ["Tom", "ines", ""]);
}

#[test]
fn only_what_is_selected_is_made_and_a_dear_table_asks_twice() {
    let mut model = model();
    model.settings = Settings { confirm_above: Some(Usd::from_cents(1)), ..model.settings };
    let mut harness = open(model, GUESTS);
    click(&mut harness, Role::CheckBox, "Make line 4");
    let button = |harness: &Harness<'_, Bench>| {
        let mut found = harness.query_all_by_label_contains("Make 1 video for");
        found.next().map(|node| node.accesskit_node().label().unwrap_or_default())
    };
    let label = button(&harness).expect("one row is left");
    harness.get_by_role_and_label(Role::Button, &label).click();
    harness.run_steps(2);
    assert_eq!(submitted(&harness), None, "the first press only asks");
    assert!(has(&harness, "Click again to spend"));
    harness.run_steps(6);
    let again = harness.get_all_by_label_contains("Click again to spend").next().unwrap();
    again.click();
    harness.run_steps(2);
    assert_eq!(submitted(&harness), Some(vec![0]));
    assert!(has(&harness, "Submitting…"));
}

#[test]
fn what_the_wallet_does_not_cover_is_marked_and_can_be_let_go() {
    let mut model = model();
    let csv = format!("name\n{}", "Zoë\n".repeat(200));
    model.board = Arc::new(Board { held: Usd::from_cents(2_100), ..Board::default() });
    let mut harness = open(model, &csv);
    assert!(has(&harness, "The wallet does not cover"));
    assert!(has(&harness, "rows are not covered"), "the button says so");
    harness.get_all_by_label_contains("Select only the").next().unwrap().click();
    harness.run_steps(3);
    assert!(!has(&harness, "The wallet does not cover"));
    assert!(has(&harness, "videos for about $") || has(&harness, "video for about $"));
}

#[test]
fn a_batch_is_followed_as_one_and_a_failed_row_goes_again_alone() {
    let mut harness = open(model(), "name\nZoë\nTom\nAmy\n");
    let id = harness.state().state.avatar_video.batch.sheet.as_ref().unwrap().id;
    let job = |number: u128, state: JobState| Job {
        state,
        batch: Some(id),
        charge: (state == JobState::Done).then(|| Usd::from_cents(27)),
        error: (state == JobState::Failed).then(|| JobError {
            what: "The face was lost.".to_owned(),
            money: "The hold is released.".to_owned(),
            advice: "Choose another look.".to_owned(),
        }),
        ..fixtures::job(number)
    };
    let made = (2..=4).zip((1..=3).map(|number| JobId(uuid::Uuid::from_u128(number)))).collect();
    let bench = harness.state_mut();
    bench.state.receive(Message::BatchMade(id, Ok(made)));
    let jobs = vec![job(3, JobState::Done), job(2, JobState::Failed), job(1, JobState::Done)];
    bench.model.board = fixtures::board(jobs);
    harness.run_steps(4);
    assert!(has(&harness, "2 of 3 finished, 1 failed · $0.54 charged"));
    assert!(has(&harness, "Make 1 video for about $"), "only the failed one can go again");
    harness.get_all_by_label_contains("Make 1 video for").next().unwrap().click();
    harness.run_steps(2);
    assert_eq!(submitted(&harness), Some(vec![1]));
}

#[test]
fn a_refusal_stands_beside_the_button_and_a_broken_file_says_what_is_wrong() {
    let mut harness = open(model(), GUESTS);
    let id = harness.state().state.avatar_video.batch.sheet.as_ref().unwrap().id;
    let words = "The price changed while you clicked.".to_owned();
    harness.state_mut().state.receive(Message::BatchMade(id, Err(words)));
    harness.run_steps(3);
    assert!(has(&harness, "The price changed while you clicked."));

    click(&mut harness, Role::Button, "Close the table");
    assert!(harness.state().actions.iter().any(|action| matches!(action, Action::CloseBatch(closed) if *closed == id)));
    assert!(has(&harness, "From a table…"), "the form is back");
    let fault = ("photo.csv".to_owned(), "This file is no text. Save the table as CSV in UTF-8.".to_owned());
    harness.state_mut().state.receive(Message::TableRead(Product::AvatarVideo, Err(fault)));
    harness.run_steps(3);
    assert!(has(&harness, "photo.csv cannot be used"));
    click(&mut harness, Role::Button, "Back to the form");
    assert!(has(&harness, "From a table…"));
}

#[test]
fn ten_thousand_rows_are_worked_out_over_several_frames() {
    let csv = format!("name\n{}", "Zoë\n".repeat(10_000));
    let mut harness = open(model(), &csv);
    harness.run_steps(36);
    let sheet = harness.state().state.avatar_video.batch.sheet.as_ref().unwrap();
    assert!(!sheet.is_working());
    assert_eq!(sheet.summary.ready, 10_000);
    let each = sheet.entries[0].span().unwrap();
    assert_eq!(sheet.summary.total.high, each.high * rust_decimal::Decimal::from(10_000));
    assert!(has(&harness, "10,000 selected"));
}

#[test]
fn a_setting_without_a_column_gets_one_and_other_rows_stay() {
    let mut harness = open(model(), GUESTS);
    let sheet = harness.state_mut().state.avatar_video.batch.sheet.as_mut().unwrap();
    sheet.set(0, Cell::Setting(Setting::Voice), "Jonas");
    assert_eq!(sheet.table.columns, ["name", "look", "engine", "voice"]);
    assert_eq!(sheet.entries[0].voice, "Jonas");
    assert_eq!(sheet.entries[2].voice, "Daria");
    let again = Table::read(&sheet.table.to_csv()).unwrap();
    assert_eq!(again.rows[0].cells, ["Zoë", "", "", "Jonas"]);
}

#[test]
fn a_closed_table_comes_back_with_what_its_rows_share_and_takes_no_changed_one_away() {
    let mut harness = open(model(), GUESTS);
    let state = &mut harness.state_mut().state;
    let sheet = state.avatar_video.batch.sheet.as_mut().unwrap();
    let (open, base) = (sheet.id, sheet.base.clone());
    let other = kept(GUESTS, base);
    assert_eq!(state.show_batch(Product::AvatarVideo, other.id, None), Showing::Free, "nothing would be lost");
    state.avatar_video.batch.is_shown = false;
    assert_eq!(state.show_batch(Product::AvatarVideo, open, None), Showing::Shown);
    assert!(state.avatar_video.batch.is_shown);

    let sheet = state.avatar_video.batch.sheet.as_mut().unwrap();
    sheet.set(0, Cell::Setting(Setting::Script), "Good day.");
    let _ = sheet.change_of(0);
    let name = sheet.name.clone();
    assert_eq!(
        state.show_batch(Product::AvatarVideo, other.id, None),
        Showing::Taken(name),
        "the change would be lost"
    );

    state.avatar_video.batch.forget();
    state
        .avatar_video
        .form
        .load(AvatarVideoDraft { script: "Something else.".to_owned(), ..AvatarVideoDraft::default() });
    state.receive(Message::BatchOpened(Box::new(other), None));
    harness.run_steps(4);
    let state = &harness.state().state;
    assert_eq!(state.avatar_video.form.draft.script, "Hello {{name}}, welcome to the studio.");
    assert!(state.avatar_video.batch.is_shown);
}

#[test]
fn the_encoding_is_chosen_by_hand_until_something_is_changed() {
    let mut harness = open(model(), GUESTS);
    let look = harness.state().state.avatar_video.form.draft.clone();
    let mut read = kept("name\nZoë\nTom\n", look.into());
    read.file = Some("/tables/guests.csv".into());
    read.table.source.is_guessed = true;
    read.samples = vec![(TextEncoding::of_label("windows-1251").unwrap(), "Zoл".to_owned())];
    let state = &mut harness.state_mut().state;
    state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(read))));
    harness.run_steps(3);
    assert!(has(&harness, "How the file is encoded"));
    click(&mut harness, Role::ComboBox, "How the file is encoded");
    let cyrillic = harness.get_by_role_and_label(Role::ListBoxOption, "Cyrillic (Windows-1251), Zoл");
    cyrillic.click();
    harness.run_steps(3);
    let asked = harness.state().actions.iter().find_map(|action| match action {
        Action::ReadTableAs { read_as, .. } => read_as.encoding,
        _ => None,
    });
    assert_eq!(asked, TextEncoding::of_label("windows-1251"));

    let sheet = harness.state_mut().state.avatar_video.batch.sheet.as_mut().unwrap();
    sheet.set(0, Cell::Setting(Setting::Title), "Mine");
    harness.run_steps(3);
    assert!(harness.query_by_role_and_label(Role::ComboBox, "How the file is encoded").is_none());
}

#[test]
fn closing_a_table_with_changes_asks_first() {
    let mut harness = open(model(), GUESTS);
    let closed = |harness: &Harness<'_, Bench>| {
        harness.state().actions.iter().any(|action| matches!(action, Action::CloseBatch(_)))
    };
    let sheet = harness.state_mut().state.avatar_video.batch.sheet.as_mut().unwrap();
    sheet.set(0, Cell::Setting(Setting::Title), "Mine");
    harness.run_steps(2);
    click(&mut harness, Role::Button, "Close the table");
    assert!(!closed(&harness) && has(&harness, "what you changed in it is forgotten"));
    click(&mut harness, Role::Button, "Keep it open");
    assert!(!closed(&harness) && !has(&harness, "what you changed in it is forgotten"));
    click(&mut harness, Role::Button, "Close the table");
    click(&mut harness, Role::Button, "Close and forget");
    assert!(closed(&harness));
}

/// A table of which the first row became a job in this state.
fn with_job(state: JobState) -> (Model, KeptBatch) {
    let mut model = model();
    let look = model.looks.value.as_ref().unwrap()[0].clone();
    let script = "Hello {{name}}.".to_owned();
    let draft = AvatarVideoDraft { face: Face::Look(look), script, ..AvatarVideoDraft::default() };
    let mut kept = kept("name\nZoë\nTom\n", draft.into());
    let job = Job { batch: Some(kept.id), state, hold: Usd::ZERO, ..fixtures::job(1) };
    kept.jobs[0] = Some(job.id);
    model.board = Arc::new(Board { jobs: vec![Arc::new(job)], ..Board::default() });
    model.tables.insert(kept.id, kept.name.clone());
    (model, kept)
}

#[test]
fn those_that_wait_are_cancelled_at_the_second_word() {
    let (model, kept) = with_job(JobState::Held);
    let id = kept.id;
    let mut harness = bench(model);
    harness.state_mut().state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(kept))));
    harness.run_steps(4);
    let cancelled = |harness: &Harness<'_, Bench>| {
        harness.state().actions.iter().any(|action| matches!(action, Action::CancelBatch(batch) if *batch == id))
    };
    click(&mut harness, Role::Link, "Cancel 1 row that waits");
    assert!(!cancelled(&harness) && has(&harness, "Nothing was paid for it"));
    click(&mut harness, Role::Button, "Cancel 1 row");
    assert!(cancelled(&harness));
}

#[test]
fn the_saved_results_say_what_became_of_each_row() {
    let (mut model, kept) = with_job(JobState::Done);
    let board = Arc::make_mut(&mut model.board);
    let job = Arc::make_mut(&mut board.jobs[0]);
    job.files.video = Some("/films/For Zoë.mp4".into());
    job.charge = Some(Usd::parse("0.8004").unwrap());
    let mut harness = bench(model);
    harness.state_mut().state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(kept))));
    harness.run_steps(4);
    click(&mut harness, Role::Button, "Save results");
    let saved = harness.state().actions.iter().find_map(|action| match action {
        Action::SaveTable { name, csv } => Some((name.clone(), Table::read(csv).unwrap())),
        _ => None,
    });
    let (name, table) = saved.unwrap();
    assert_eq!(name, "guests (results).csv");
    let told = |row: usize, column: &str| table.rows[row].cells[table.column(column).unwrap()].clone();
    assert_eq!([told(0, "name"), told(0, "reelmeter state")], ["Zoë", "done"]);
    assert_eq!([told(0, "reelmeter file"), told(0, "reelmeter charge")], ["/films/For Zoë.mp4", "0.8004"]);
    assert_eq!([told(1, "reelmeter state"), told(1, "reelmeter charge")], ["not made", ""]);
}

#[test]
fn the_keyboard_reaches_the_ends_of_a_long_table() {
    let csv = format!("name\n{}", "Zoë\n".repeat(200));
    let mut harness = open(model(), &csv);
    let row = harness.get_all_by_label_contains("Line 2: ").next().unwrap();
    row.click();
    harness.run_steps(3);
    let selected = |harness: &Harness<'_, Bench>| harness.state().state.avatar_video.batch.view.selected;
    for (key, expected) in [
        (egui::Key::ArrowDown, 1),
        (egui::Key::PageDown, 11),
        (egui::Key::End, 199),
        (egui::Key::PageDown, 199),
        (egui::Key::PageUp, 189),
        (egui::Key::Home, 0),
    ] {
        harness.key_press(key);
        harness.run_steps(3);
        assert_eq!(selected(&harness), Some(expected), "{key:?}");
    }
}

#[test]
fn the_same_problem_in_many_rows_is_said_once() {
    let csv = format!("name,look\n{}", "Zoë,Nobody\n".repeat(200));
    let harness = open(model(), &csv);
    let said = harness.query_all_by_label_contains("There is no look with the name or id Nobody.");
    let labels = said.filter(|node| node.accesskit_node().role() == Role::Label).count();
    assert_eq!(labels, 1);
    assert!(has(&harness, "Go to all 200 rows, look"));
}

#[test]
fn a_tick_that_is_taken_away_is_kept_and_stays_away() {
    let mut harness = open(model(), GUESTS);
    click(&mut harness, Role::CheckBox, "Make line 4");
    let kept_ticks = |harness: &Harness<'_, Bench>| {
        let changes = harness.state().actions.iter().filter_map(|action| match action {
            Action::ChangeBatch(change) => Some(change.left_out.clone()),
            _ => None,
        });
        changes.flatten().collect::<Vec<_>>()
    };
    assert_eq!(kept_ticks(&harness), [(4, true)], "only what changed, and only once");
    click(&mut harness, Role::Link, "Select all rows");
    assert_eq!(kept_ticks(&harness), [(4, true), (4, false)]);

    let mut found = kept(GUESTS, harness.state().state.avatar_video.form.draft.clone().into());
    found.left_out = vec![false, false, true];
    found.revision = 7;
    harness.state_mut().state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(found))));
    harness.run_steps(4);
    assert!(has(&harness, "Make 1 video for about $"), "the row that was let out is not made");
    assert!(has(&harness, "Line 4: For Amy, $0.") && has(&harness, "left out"));
}

#[test]
fn nothing_is_wanted_of_a_table_that_says_nothing() {
    let mut harness = open(model(), "x1,x2\nfoo,bar\nbaz,qux\n");
    harness.state_mut().state.avatar_video.form.draft.script = "Hello, and welcome to the studio.".to_owned();
    harness.state_mut().state.avatar_video.form.draft.title.clear();
    let draft = harness.state().state.avatar_video.form.draft.clone();
    let read = kept("x1,x2\nfoo,bar\nbaz,qux\n", draft.into());
    harness.state_mut().state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(read))));
    harness.run_steps(4);
    assert!(has(&harness, "Nothing in this table is used, so no row is selected."));
    assert!(has(&harness, "Select the rows to make"));
    harness.state_mut().state.avatar_video.form.draft.script = "Hello {{x1}}, and welcome.".to_owned();
    harness.run_steps(4);
    assert!(has(&harness, "Make 2 videos for about $"), "now each says something");
    assert!(has(&harness, "The column “x2” changes nothing"));
}

#[test]
fn a_row_in_another_language_than_its_voice_says_so_and_takes_one_that_speaks_it() {
    let german = "Guten Tag und herzlich willkommen. Heute zeigen wir Ihnen die neue Anlage.";
    let csv = format!("title,script\nA,{german}\nB,Good morning and welcome to the studio of the year.\n");
    let mut harness = open(model(), &csv);
    assert!(has(&harness, "Line 2 reads like German; Daria speaks English."));
    assert!(has(&harness, "reads like German"), "in its state");
    click(&mut harness, Role::Link, "Show line 2");
    click(&mut harness, Role::ComboBox, "Choose a voice for German");
    click(&mut harness, Role::ListBoxOption, "Jonas, German · female");
    assert!(!has(&harness, "reads like German"));
    assert!(has(&harness, "Voice of line 2: Jonas"));
    // The column for it was added here: the other row has no voice of its own and no problem.
    assert!(has(&harness, "Make 2 videos for about $"));
}

#[test]
fn a_row_without_a_script_has_a_problem_and_shows_no_other_text() {
    let mut harness = open(model(), "title,script\nOne,Hello there\nEmpty,\n");
    assert!(has(&harness, "There is no script in this row."));
    assert!(has(&harness, "Make 1 video for about $"));
    let cell = harness.get_by_role_and_label(Role::Cell, "Script of line 3: ");
    assert!(cell.accesskit_node().description().unwrap().contains("There is no script"));
    harness.state_mut().state.avatar_video.form.draft.script = "Hello {{script|you}}, welcome.".to_owned();
    harness.run_steps(4);
    assert!(has(&harness, "Script of line 3: Hello you, welcome."), "the person said what stands for an empty one");
}

#[test]
fn a_script_written_for_one_row_leaves_the_others_what_all_share() {
    let mut harness = open(model(), "name\nZoë\nTom\n");
    let sheet = harness.state_mut().state.avatar_video.batch.sheet.as_mut().unwrap();
    sheet.set(0, Cell::Setting(Setting::Script), "For Zoë alone.");
    harness.run_steps(4);
    assert!(has(&harness, "Script of line 2: For Zoë alone.") && has(&harness, "Script of line 3: Hello Tom, welcome"));
    assert!(has(&harness, "Make 2 videos for about $"));
}

#[test]
fn the_receipt_names_the_project_and_the_queue_is_in_sight() {
    let (model, kept) = with_job(JobState::Done);
    let mut harness = bench(model);
    harness.state_mut().state.avatar_video.form.draft.project = "Acme".to_owned();
    let base = Draft::from(AvatarVideoDraft { project: "Acme".to_owned(), ..draft_of(&kept) });
    let kept = KeptBatch { base: base.clone(), ..kept };
    let Draft::AvatarVideo(draft) = base else { return };
    harness.state_mut().state.avatar_video.form.load(draft);
    harness.state_mut().state.receive(Message::TableRead(Product::AvatarVideo, Ok(Box::new(kept))));
    harness.run_steps(4);
    assert!(has(&harness, "Acme"));
    let strip = harness.get_all_by_role(Role::Button).filter_map(|node| node.accesskit_node().label());
    assert!(strip.into_iter().any(|label| label.starts_with("Video 1: done")));
}

fn draft_of(kept: &KeptBatch) -> AvatarVideoDraft {
    match &kept.base {
        Draft::AvatarVideo(draft) => draft.clone(),
        other => panic!("{other:?}"),
    }
}
