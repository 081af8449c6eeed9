//! The tab as a person uses it: by label and by key.

use std::sync::Arc;

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::fixtures::{NOW, board, job, model};
use super::*;
use crate::jobs::types::{Candidate, Decision, Job, JobError, ResultFiles};
use crate::money::Usd;
use crate::ui::model::Loaded;

struct Bench {
    model: Model,
    state: LibraryTab,
    pictures: Pictures,
    actions: Vec<Action>,
}

fn bench(jobs: Vec<Job>) -> Harness<'static, Bench> {
    let state = LibraryTab { zone: TimeZone::UTC, ..LibraryTab::default() };
    let bench = Bench { model: model(jobs), state, pictures: Pictures::default(), actions: Vec::new() };
    Harness::builder().with_size(vec2(1100.0, 752.0)).with_context_setup(theme::install).build_ui_state(
        |ui, bench: &mut Bench| {
            library_ui(ui, &bench.model, &mut bench.state, &mut bench.pictures, &mut bench.actions);
        },
        bench,
    )
}

/// What was asked for since the last look.
fn taken(harness: &mut Harness<'_, Bench>) -> Vec<String> {
    harness.state_mut().actions.drain(..).map(|action| format!("{action:?}")).collect()
}

fn click(harness: &mut Harness<'_, Bench>, label: &str) {
    harness.get_by_role_and_label(Role::Button, label).click();
    harness.run_steps(3);
}

fn choose(harness: &mut Harness<'_, Bench>, filter: &str) {
    harness.get_by_role_and_label(Role::RadioButton, filter).click();
    harness.run_steps(3);
}

/// The listed jobs, as a screen reader tells them.
fn listed(harness: &Harness<'_, Bench>) -> Vec<String> {
    harness.get_all_by_role(Role::ListBoxOption).map(|node| node.accesskit_node().label().unwrap_or_default()).collect()
}

fn held(number: u128) -> Job {
    Job { state: JobState::Held, hold: Usd::from_cents(293), ..job(number) }
}

fn unknown(number: u128) -> Job {
    Job { state: JobState::OutcomeUnknown, hold: Usd::from_cents(293), ..job(number) }
}

fn done(number: u128) -> Job {
    Job {
        charge: Some(Usd::from_cents(281)),
        duration: Some(42.into()),
        files: ResultFiles {
            video: Some("/films/a.mp4".into()),
            captions: Some("/films/a.srt".into()),
            ..ResultFiles::default()
        },
        remote_id: Some("vid_77".to_owned()),
        ..job(number)
    }
}

#[test]
fn cancelling_takes_two_steps_and_asks_once() {
    let mut harness = bench(vec![held(1)]);
    click(&mut harness, "Cancel this job");
    assert_eq!(taken(&mut harness), [""; 0], "the first press only asks");
    harness.get_by_label_contains("The $2.93 held for it is released");
    click(&mut harness, "Keep it");
    assert_eq!(taken(&mut harness), [""; 0]);
    click(&mut harness, "Cancel this job");
    click(&mut harness, "Cancel the job");
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::Cancel(job(1).id))]);
}

#[test]
fn the_delete_key_asks_and_cannot_confirm_itself() {
    let mut harness = bench(vec![held(1)]);
    for _ in 0..4 {
        harness.key_press(Key::Delete);
        harness.run_steps(2);
    }
    assert_eq!(taken(&mut harness), [""; 0], "a held key must not confirm");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::Cancel(job(1).id))]);
}

#[test]
fn a_question_is_dropped_when_its_job_has_moved_on() {
    let mut harness = bench(vec![held(1)]);
    click(&mut harness, "Cancel this job");
    harness.state_mut().model.board = board(vec![Job { state: JobState::Running, ..held(1) }]);
    harness.run_steps(3);
    assert!(harness.query_by_label("Cancel the job").is_none(), "paid work cannot be cancelled");
    harness.key_press(Key::Delete);
    harness.run_steps(2);
    assert!(harness.query_by_label("Cancel the job").is_none());
}

#[test]
fn an_unknown_outcome_is_looked_up_and_decided_by_the_person() {
    let id = job(1).id;
    let mut harness = bench(vec![unknown(1)]);
    click(&mut harness, "Look at HeyGen");
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::FindCandidates(id))]);

    let found = Candidate {
        remote_id: "vid_9".to_owned(),
        title: "Q4 welcome".to_owned(),
        created_at: Some(NOW - 60),
        status: "completed".to_owned(),
    };
    let other = Loaded { value: Some(Vec::new()), ..Loaded::default() };
    harness.state_mut().model.candidates = Some((job(2).id, other));
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("It most likely never arrived").is_none(), "another job's answer");
    harness.state_mut().model.candidates = Some((id, Loaded { value: Some(vec![found]), ..Loaded::default() }));
    harness.run_steps(2);
    click(&mut harness, "This is it: Q4 welcome, made today 16:29");
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::Decide(id, Decision::ThisIsIt("vid_9".to_owned())))]);
}

#[test]
fn paying_again_and_giving_up_take_two_steps_and_name_the_amount() {
    let id = job(1).id;
    let mut harness = bench(vec![unknown(1)]);
    click(&mut harness, "Pay again");
    harness.get_by_label_contains("you pay twice: up to $5.86 together");
    assert_eq!(taken(&mut harness), [""; 0]);
    click(&mut harness, "Pay again · up to $2.93");
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::Decide(id, Decision::PayAgain))]);

    click(&mut harness, "It never happened");
    harness.get_by_label_contains("The $2.93 held for it is released. If HeyGen did get the request");
    assert_eq!(taken(&mut harness), [""; 0]);
    click(&mut harness, "Yes, it never happened");
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::Decide(id, Decision::NeverHappened))]);
}

#[test]
fn a_job_that_takes_too_long_is_let_go_in_two_steps_and_followed_again_in_one() {
    let id = job(1).id;
    let running = |changed_at| Job {
        state: JobState::Running,
        hold: Usd::from_cents(293),
        remote_id: Some("vid_1".to_owned()),
        changed_at,
        ..job(1)
    };
    let harness = bench(vec![running(NOW - 60)]);
    assert!(harness.query_by_label("Stop following this job").is_none(), "a minute is no reason to give up");
    let mut harness = bench(vec![running(NOW - 3_600)]);
    click(&mut harness, "Stop following this job");
    harness.get_by_label_contains("The $2.93 stays held, and nobody asks after it");
    assert_eq!(taken(&mut harness), [""; 0]);
    click(&mut harness, "Stop following");
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::StopFollowing(id))]);

    let mut harness = bench(vec![Job { state: JobState::OutcomeUnknown, ..running(NOW - 3_600) }]);
    assert_eq!(listed(&harness), ["Video 1, not followed, $2.93 held"]);
    click(&mut harness, "Give the hold back");
    harness.get_by_label_contains("it still charges");
    click(&mut harness, "Release $2.93");
    click(&mut harness, "Follow it again");
    let decided = |decision| format!("{:?}", Action::Decide(id, decision));
    let again = Decision::ThisIsIt("vid_1".to_owned());
    assert_eq!(taken(&mut harness), [decided(Decision::NeverHappened), decided(again)]);
}

#[test]
fn a_double_click_does_not_answer_the_question_it_asks() {
    let running = Job {
        state: JobState::Running,
        hold: Usd::from_cents(293),
        remote_id: Some("vid_1".to_owned()),
        changed_at: NOW - 3_600,
        ..job(1)
    };
    let state = LibraryTab { zone: TimeZone::UTC, ..LibraryTab::default() };
    let bench = Bench { model: model(vec![running]), state, pictures: Pictures::default(), actions: Vec::new() };
    let window = Harness::builder().with_size(vec2(1100.0, 752.0)).with_context_setup(theme::install);
    let mut harness = window.with_step_dt(1.0 / 60.0).build_ui_state(
        |ui, bench: &mut Bench| {
            library_ui(ui, &bench.model, &mut bench.state, &mut bench.pictures, &mut bench.actions);
        },
        bench,
    );
    harness.run_steps(3);
    let at = harness.get_by_label("Stop following this job").rect().center();
    let click = |harness: &mut Harness<'static, Bench>| {
        harness.event(egui::Event::PointerMoved(at));
        harness.step();
        for pressed in [true, false] {
            let (button, modifiers) = (egui::PointerButton::Primary, egui::Modifiers::NONE);
            harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
            harness.step();
        }
        harness.run_steps(3);
    };
    click(&mut harness);
    let yes = harness.get_by_role_and_label(Role::Button, "Stop following").rect();
    assert!(yes.contains(at), "the answer has moved away from the question: {yes:?} {at:?}");
    click(&mut harness);
    assert_eq!(taken(&mut harness), [""; 0], "the second half of a double click answered");
    harness.run_steps(60);
    click(&mut harness);
    assert_eq!(taken(&mut harness).len(), 1);
}

#[test]
fn filter_and_search_narrow_the_list_at_once() {
    let mut harness = bench(vec![
        held(4),
        Job { title: "Safety, Spanish".to_owned(), ..done(3) },
        Job { state: JobState::Failed, ..job(2) },
        unknown(1),
    ]);
    assert_eq!(listed(&harness).len(), 4);
    choose(&mut harness, "Done");
    assert_eq!(listed(&harness), ["Safety, Spanish, done, $2.81"]);
    choose(&mut harness, "Asks you");
    assert_eq!(listed(&harness), ["Video 1, was it paid?, $2.93 held"]);
    choose(&mut harness, "All");
    harness.get_by_label("Search titles and projects").focus();
    harness.run_steps(2);
    harness.get_by_label("Search titles and projects").type_text("SPAN");
    harness.run_steps(3);
    assert_eq!(listed(&harness), ["Safety, Spanish, done, $2.81"]);
    harness.get_by_label("Search titles and projects").type_text("zzz");
    harness.run_steps(3);
    harness.get_by_label_contains("No title or project holds “SPANzzz”");
    click(&mut harness, "Show all jobs");
    assert_eq!(listed(&harness).len(), 4);
}

#[test]
fn arrow_keys_move_and_enter_opens() {
    let mut harness = bench(vec![held(3), done(2), held(1)]);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(harness.state().state.shown.selected_job().unwrap().id, job(2).id);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::OpenFile("/films/a.mp4".into()))]);
    for (key, expected) in [(Key::End, 1), (Key::ArrowRight, 1), (Key::Home, 3), (Key::ArrowLeft, 3)] {
        harness.key_press(key);
        harness.run_steps(2);
        assert_eq!(harness.state().state.shown.selected_job().unwrap().id, job(expected).id, "{key:?}");
    }
}

#[test]
fn keys_belong_to_the_search_while_it_is_typed_in() {
    let mut harness = bench(vec![held(2), held(1)]);
    harness.get_by_label("Search titles and projects").focus();
    harness.run_steps(2);
    for key in [Key::Delete, Key::ArrowRight, Key::End] {
        harness.key_press(key);
        harness.run_steps(2);
    }
    assert!(harness.query_by_label("Cancel the job").is_none());
    assert_eq!(harness.state().state.shown.selected_job().unwrap().id, job(2).id);
}

#[test]
fn of_ten_thousand_jobs_only_those_on_the_screen_are_drawn() {
    let mut harness = bench((0..10_000).rev().map(done).collect());
    let drawn = listed(&harness).len();
    assert!((6..=20).contains(&drawn), "{drawn} drawn");
    harness.key_press(Key::End);
    harness.run_steps(2);
    assert!(listed(&harness).contains(&"Video 0, done, $2.81".to_owned()), "the selected job is scrolled to");
}

#[test]
fn a_finished_job_shows_its_charge_beside_its_quote_and_its_files() {
    let mut harness = bench(vec![done(1)]);
    for label in ["$2.60 to $2.93", "$2.81", "+$0.07", "card of 22 Nov 2026", "vid_77", "Done, after 9:00 today 16:29"]
    {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
    for (button, action) in [
        ("Play", Action::OpenFile("/films/a.mp4".into())),
        ("Open the captions", Action::OpenFile("/films/a.srt".into())),
        ("Show the video in its folder", Action::ShowInFolder("/films/a.mp4".into())),
        ("Copy the HeyGen id", Action::CopyText("vid_77".to_owned())),
        ("Edit and make another", Action::EditAgain(job(1).id)),
    ] {
        click(&mut harness, button);
        assert_eq!(taken(&mut harness), [format!("{action:?}")], "{button}");
    }
}

#[test]
fn a_charge_above_its_quote_stands_out_and_says_why() {
    let mut job = done(1);
    job.quoted.how = "Studio avatar, Avatar IV · $0.0667 / s × 3.4 to 4.9; first guess for Japanese: ±28 %".to_owned();
    job.charge = Some(job.quoted.high + Usd::from_cents(69));
    let harness = bench(vec![job.clone()]);
    let said = |harness: &Harness<'_, Bench>, words: &str| harness.query_all_by_label_contains(words).next().is_some();
    assert!(said(&harness, "How fast this voice speaks Japanese was not known: the quote was a first guess."));
    assert!(said(&harness, "+$0.69"));
    job.charge = Some(job.quoted.high);
    let harness = bench(vec![job]);
    assert!(!said(&harness, "was not known"), "the high end itself was quoted");
}

#[test]
fn a_failure_says_what_happened_then_the_money_then_the_advice() {
    let error = JobError {
        what: "HeyGen could not render it.".to_owned(),
        money: "Nothing was charged.".to_owned(),
        advice: "Choose another look.".to_owned(),
    };
    let harness = bench(vec![Job { state: JobState::Failed, error: Some(error.clone()), ..job(1) }]);
    let top = |label: &str| harness.get_by_label(label).rect().top();
    assert!(top(&error.what) < top(&error.money) && top(&error.money) < top(&error.advice));
}

#[test]
fn making_again_names_its_price_and_cannot_be_pressed_twice() {
    let mut harness = bench(vec![Job { state: JobState::Failed, ..job(1) }]);
    let button = "Make again · about $2.74";
    click(&mut harness, button);
    assert_eq!(taken(&mut harness), [format!("{:?}", Action::Retry(job(1).id))]);
    assert!(harness.query_by_label(button).is_none(), "no second press while the first has no answer");
    harness.state_mut().model.board = board(vec![Job { state: JobState::Failed, ..job(1) }]);
    harness.run_steps(2);
    harness.get_by_label(button);
}

#[test]
fn an_empty_library_leads_to_the_tab_that_makes_videos() {
    let mut harness = bench(Vec::new());
    click(&mut harness, "Make an avatar video");
    assert_eq!(harness.state().state.go_to, Some(Tab::AvatarVideo));
}

#[test]
fn every_control_has_a_name_in_every_state_and_both_shapes() {
    for state in JobState::ALL {
        let mut harness = bench(vec![Job { state, ..done(1) }, held(2)]);
        for shape in ["Show as a list", "Show as pictures"] {
            click(&mut harness, shape);
            // Also panics on a letter that the bundled fonts lack.
            harness.check_accessibility();
            let nameless: Vec<_> = harness
                .root()
                .children_recursive()
                .filter(|node| matches!(node.accesskit_node().role(), Role::Button | Role::ListBoxOption | Role::Link))
                .filter(|node| node.accesskit_node().label().is_none_or(|label| label.trim().is_empty()))
                .collect();
            assert!(nameless.is_empty(), "{state:?}: {nameless:?}");
        }
    }
}

#[test]
fn a_job_can_be_shown_from_elsewhere_whatever_was_filtered() {
    let mut harness = bench((0..200).rev().map(done).collect());
    choose(&mut harness, "Failed");
    harness.state_mut().state.show_job(job(3).id);
    harness.run_steps(3);
    assert!(listed(&harness).contains(&"Video 3, done, $2.81".to_owned()));
    assert_eq!(harness.state().state.shown.selected_job().map(|job| Arc::clone(job).id), Some(job(3).id));
}

#[test]
fn a_job_that_was_made_again_leads_to_the_newer_one_and_is_not_paid_twice() {
    let newer = Job { title: "The second try".to_owned(), ..job(2) };
    let older = Job { state: JobState::Failed, again: Some(newer.id), charge: None, ..job(1) };
    let mut harness = bench(vec![newer.clone(), older.clone()]);
    harness.state_mut().state.show_job(older.id);
    harness.run_steps(3);
    assert!(harness.query_all_by_label_contains("Make again").next().is_none(), "it would be a second purchase");
    click(&mut harness, "Show the newer one");
    assert_eq!(harness.state().state.shown.selected_job().map(|job| job.id), Some(newer.id));
}
