//! The Cinematic tab by label.

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::draft::avatar_video::LocalFile;
use crate::draft::{Draft, Field, Product};
use crate::money::Usd;
use crate::ui::places::Place;
use crate::ui::tests::{Bench, asked, bench, button, click, model, press_button};
use crate::ui::{Action, Message, State, Tab};

fn open() -> egui_kittest::Harness<'static, Bench> {
    let mut harness = bench(model());
    harness.state_mut().state.tab = Tab::Cinematic;
    harness.run_steps(3);
    harness
}

fn state<'a>(harness: &'a egui_kittest::Harness<'_, Bench>) -> &'a State {
    &harness.state().state
}

fn composed() -> egui_kittest::Harness<'static, Bench> {
    let mut harness = open();
    click(&mut harness, Role::Button, "Daria, digital twin");
    click(&mut harness, Role::Link, "Try a sample scene");
    harness
}

#[test]
fn up_to_three_looks_are_chosen_in_order_and_let_go_by_a_second_click() {
    let mut harness = open();
    assert_eq!(button(&harness), "Choose one to three looks");
    for name in ["Ines, studio avatar", "Daria, digital twin", "Aiko, photo avatar", "Ines, studio avatar"] {
        click(&mut harness, Role::Button, name);
    }
    let looks = &state(&harness).cinematic.form.draft.looks;
    let names: Vec<&str> = looks.iter().map(|look| look.name.as_str()).collect();
    assert_eq!(names, ["Daria", "Aiko"]);
    assert_eq!(button(&harness), "Write a scene");
}

#[test]
fn several_files_dropped_at_once_each_get_the_next_number() {
    let mut harness = composed();
    for name in ["a.png", "b.mp4", "a.png"] {
        let file = LocalFile {
            path: format!("/in/{name}").into(),
            size: 1_000,
            media_type: Some(if name.ends_with("png") { "image/png" } else { "video/mp4" }.to_owned()),
            ..LocalFile::default()
        };
        let place = Place::new(Product::Cinematic, Field::Reference(0));
        harness.state_mut().state.receive(Message::FileReady { place, file });
    }
    harness.run_steps(3);
    assert_eq!(state(&harness).cinematic.form.draft.references.len(), 2);
    assert!(harness.query_by_label_contains("2 of 9 pictures with the looks, 1 of 3 videos").is_some());
    click(&mut harness, Role::Button, "Remove a.png");
    assert_eq!(state(&harness).cinematic.form.draft.references.len(), 1);
}

#[test]
fn seven_dollars_are_spent_at_the_second_press_only() {
    let mut harness = composed();
    assert_eq!(button(&harness), "Create · $7.00");
    press_button(&mut harness);
    // The words stand on the button as soon as the first press is taken.
    assert_eq!(button(&harness), "Click again to spend seven dollars");
    assert!(asked(&mut harness).iter().all(|action| !matches!(action, Action::Submit(_))));
    harness.run_steps(4);
    press_button(&mut harness);
    let actions = asked(&mut harness);
    let submits: Vec<_> = actions.iter().filter(|action| matches!(action, Action::Submit(_))).collect();
    let [Action::Submit(asked)] = submits.as_slice() else { panic!("{actions:?}") };
    assert!(matches!(asked.draft, Draft::Cinematic(_)));
    assert_eq!(asked.quoted.high, Usd::from_cents(700));
    assert_eq!(button(&harness), "Submitting…");
}

#[test]
fn the_second_half_of_a_double_click_is_no_second_press() {
    let mut harness = composed();
    let at = harness.get_by_role_and_label(Role::Button, "Create · $7.00").rect().center();
    harness.input_mut().events.push(egui::Event::PointerMoved(at));
    harness.step();
    // Each click in one frame: a quarter of a second lies between the two.
    for _ in 0..2 {
        for pressed in [true, false] {
            let (button, modifiers) = (egui::PointerButton::Primary, Modifiers::NONE);
            harness.input_mut().events.push(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        harness.step();
    }
    harness.step();
    assert!(asked(&mut harness).iter().all(|action| !matches!(action, Action::Submit(_))));
    assert_eq!(button(&harness), "Click again to spend seven dollars");
}

#[test]
fn a_change_or_some_seconds_take_the_first_press_back_and_the_keyboard_does_as_the_pointer() {
    let mut harness = composed();
    press_button(&mut harness);
    click(&mut harness, Role::RadioButton, "9:16");
    assert_eq!(button(&harness), "Create · $7.00");

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    assert_eq!(button(&harness), "Click again to spend seven dollars");
    harness.run_steps(60);
    assert_eq!(button(&harness), "Create · $7.00");

    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(6);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    assert!(asked(&mut harness).iter().any(|action| matches!(action, Action::Submit(_))));
}

#[test]
fn who_wants_no_question_is_asked_none() {
    let mut harness = composed();
    harness.state_mut().model.settings.confirm_above = None;
    harness.run_steps(2);
    press_button(&mut harness);
    assert!(asked(&mut harness).iter().any(|action| matches!(action, Action::Submit(_))));
}

#[test]
fn a_reference_can_stay_where_it_is_and_be_named_by_its_public_address() {
    let mut harness = composed();
    click(&mut harness, Role::Link, "Paste a public address for references");
    harness.get_by_label("Address for references").type_text("films.example/walk.mp4");
    harness.run_steps(3);
    assert!(harness.get_by_label("Use the address for references").accesskit_node().is_disabled());
    click(&mut harness, Role::Button, "No address");
    click(&mut harness, Role::Link, "Paste a public address for references");
    harness.get_by_label("Address for references").type_text("https://films.example/walk.mp4");
    harness.run_steps(3);
    click(&mut harness, Role::Button, "Use the address for references");
    let taken = asked(&mut harness);
    let [Action::TakeAddress { address, place }] = taken.as_slice() else { panic!("{taken:?}") };
    assert_eq!(address, "https://films.example/walk.mp4");
    assert_eq!(place.product, Product::Cinematic);
    assert!(place.takes_several());
    // The line is gone, and the next file can be added.
    assert!(harness.query_by_label("Add files").is_some());
}
