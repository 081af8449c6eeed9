//! The tab as a person uses it, by label.

use std::path::PathBuf;

use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use rust_decimal::Decimal;

use crate::draft::avatar_video::LocalFile;
use crate::draft::hyperframes::{Bundle, ChoiceOption, Page, Row, Rows, Variable, VariableKind};
use crate::draft::{AspectRatio, Draft, Field, Product, Resolution};
use crate::ui::action::Asked;
use crate::ui::model::{Message, ProjectReading};
use crate::ui::places::Place;
use crate::ui::tests::{Bench, asked, bench, button, click, model, press_button};
use crate::ui::{Action, Tab};

fn variable(id: &str, label: &str, kind: VariableKind, default: &str) -> Variable {
    Variable {
        id: id.to_owned(),
        label: label.to_owned(),
        description: String::new(),
        kind,
        default: default.to_owned(),
    }
}

fn bundle(size: (u32, u32)) -> Bundle {
    let option = |value: &str| ChoiceOption { value: value.to_lowercase(), label: value.to_owned() };
    let page = Page {
        path: "index.html".to_owned(),
        id: "main".to_owned(),
        title: "Spring".to_owned(),
        seconds: Some(Decimal::from(45)),
        size: Some(size),
        variables: vec![
            variable("headline", "Headline", VariableKind::Text { most: Some(20) }, "Hello"),
            variable("accent", "Accent", VariableKind::Color, "#e5484d"),
            variable("dated", "Show the date", VariableKind::Switch, "true"),
            variable("tone", "Tone", VariableKind::Choice(vec![option("Dark"), option("Light")]), "dark"),
        ],
        faults: Vec::new(),
    };
    let other = Page { path: "short.html".to_owned(), seconds: Some(Decimal::from(6)), ..page.clone() };
    let zip = LocalFile { path: "/data/p.zip".into(), size: 1_200_000, ..LocalFile::default() };
    let pages = vec![page, other];
    Bundle {
        source: "/projects/spring".into(),
        is_folder: true,
        zip,
        files: 12,
        left_out: 3,
        pages,
        ..Bundle::default()
    }
}

fn open(size: Option<(u32, u32)>) -> Harness<'static, Bench> {
    let mut harness = bench(model());
    harness.state_mut().state.tab = Tab::HyperFrames;
    if let Some(size) = size {
        harness.state_mut().state.receive(Message::ProjectRead(Ok(Box::new(bundle(size)))));
    }
    harness.run_steps(3);
    harness
}

fn draft<'a>(harness: &'a Harness<'_, Bench>) -> &'a crate::draft::HyperFramesDraft {
    &harness.state().state.hyperframes.form.draft
}

#[test]
fn an_empty_tab_says_what_to_do_and_offers_a_sample() {
    let mut harness = open(None);
    assert_eq!(button(&harness), "Choose a HyperFrames project");
    let place = Place::new(Product::HyperFrames, Field::Composition);
    click(&mut harness, Role::Button, "Choose a folder");
    click(&mut harness, Role::Button, "Choose a zip");
    click(&mut harness, Role::Button, "Try the sample");
    let actions = asked(&mut harness);
    assert!(
        matches!(actions.as_slice(), [Action::PickFolder(a), Action::PickFile(b), Action::ReadSampleProject]
            if *a == place && *b == place),
        "{actions:?}"
    );

    // A dropped folder is read, and a fault of it is said where it was dropped.
    let file = LocalFile { path: PathBuf::from("/projects/spring"), ..LocalFile::default() };
    harness.state_mut().state.receive(Message::FileReady { place, file });
    harness.run_steps(3);
    let actions = asked(&mut harness);
    assert!(matches!(actions.as_slice(), [Action::ReadProject(path)] if path.ends_with("spring")), "{actions:?}");
    harness.state_mut().state.receive(Message::ProjectRead(Err("spring is protected by a password.".to_owned())));
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("protected by a password").is_some());

    // A table has nothing to fill in yet.
    harness.state_mut().state.receive(Message::RowsRead(Ok(Rows { name: "rows.csv".to_owned(), ..Rows::default() })));
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Choose the project first").is_some());

    let reading = ProjectReading { source: "/projects/spring".into(), done: 31_000_000, total: 98_000_000 };
    harness.state_mut().model.project_reading = Some(reading);
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("31 of 98 MB").is_some());
}

#[test]
fn the_price_is_exact_and_follows_what_is_chosen() {
    let mut harness = open(Some((1920, 1080)));
    assert!(harness.query_by_label("12 files · 1.2 MB as a zip · 3 left out").is_some());
    assert!(harness.query_by_label("1920 × 1080").is_some());
    // 45 s at $0.10 a minute.
    assert_eq!(button(&harness), "Create · $0.08");
    click(&mut harness, Role::RadioButton, "4K");
    click(&mut harness, Role::RadioButton, "60");
    // From the rate card's own worked examples.
    assert_eq!(button(&harness), "Create · $0.23");
    assert_eq!((draft(&harness).resolution, draft(&harness).fps), (Resolution::K4, 60));
    click(&mut harness, Role::Button, "1080p, 30 fps: $0.08, saves $0.15");
    assert_eq!(button(&harness), "Create · $0.08");

    click(&mut harness, Role::RadioButton, "Another frame rate");
    let field = harness.get_by_role_and_label(Role::TextInput, "Frames a second");
    field.focus();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.get_by_role_and_label(Role::TextInput, "Frames a second").type_text("25");
    harness.run_steps(3);
    assert_eq!(draft(&harness).fps, 25);
    assert_eq!(button(&harness), "No price, so not offered");
    assert!(harness.query_by_label_contains("There is no published rate for HyperFrames at 25").is_some());
    for (typed, fps) in [("29.97", 0), ("abc", 0), ("50", 50)] {
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        harness.get_by_role_and_label(Role::TextInput, "Frames a second").type_text(typed);
        harness.run_steps(3);
        assert_eq!(draft(&harness).fps, fps, "{typed} is not read as another rate");
        let said = harness.query_by_label_contains("Write how many frames a second there are").is_some();
        assert_eq!(said, fps == 0, "{typed}");
    }
    // The way back to a price is one click, although there is none to compare with.
    click(&mut harness, Role::Button, "1080p, 60 fps: $0.15");
    assert_eq!(button(&harness), "Create · $0.15");
}

#[test]
fn the_values_are_a_form_and_only_changes_are_kept() {
    let mut harness = open(Some((1920, 1080)));
    click(&mut harness, Role::Switch, "Show the date");
    click(&mut harness, Role::RadioButton, "Light");
    harness.get_by_role_and_label(Role::TextInput, "Accent").focus();
    harness.run_steps(2);
    harness.get_by_role_and_label(Role::TextInput, "Accent").type_text("zz");
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("A colour looks like #1a2b3c.").is_some());
    let kept: Vec<(&str, &str)> =
        draft(&harness).values.iter().map(|(id, typed)| (id.as_str(), typed.as_str())).collect();
    assert_eq!((kept[1], kept[2]), (("dated", "false"), ("tone", "light")));
    assert_eq!(button(&harness), "Accent");

    click(&mut harness, Role::Switch, "Show the date");
    assert!(!draft(&harness).values.contains_key("dated"), "as declared again");
    let reset = "Set all values back to what the composition declares";
    harness.get_by_label(reset).click();
    harness.run_steps(3);
    assert!(draft(&harness).values.is_empty());
    press_button(&mut harness);
    let actions = asked(&mut harness);
    assert!(matches!(actions.as_slice(), [Action::Submit(_)]), "{actions:?}");
}

#[test]
fn a_shape_that_is_not_rendered_has_to_be_decided() {
    let mut harness = open(Some((1080, 1350)));
    assert_eq!(button(&harness), "Choose a shape");
    assert!(harness.query_by_label_contains("It is 4:5, and HeyGen renders 16:9, 9:16 and 1:1 only.").is_some());
    click(&mut harness, Role::RadioButton, "9:16");
    assert_eq!(draft(&harness).sent_shape(), Some(AspectRatio::Tall));
    assert_eq!(button(&harness), "Create · $0.08");
}

#[test]
fn another_composition_has_its_own_length() {
    let mut harness = open(Some((1920, 1080)));
    click(&mut harness, Role::ComboBox, "Composition");
    click(&mut harness, Role::ListBoxOption, "short.html, 0:06");
    assert_eq!(button(&harness), "Create · $0.01");
    assert_eq!(draft(&harness).page, "short.html");
}

#[test]
fn a_table_shows_each_video_and_its_faults() {
    let mut harness = open(Some((1920, 1080)));
    click(&mut harness, Role::Button, "Many videos from a table");
    let actions = asked(&mut harness);
    let place = Place::new(Product::HyperFrames, Field::Reference(0));
    assert!(matches!(actions.as_slice(), [Action::PickFile(asked)] if *asked == place), "{actions:?}");

    let row = |line, cells: [&str; 3]| Row { line, cells: cells.map(str::to_owned).to_vec(), left_out: false };
    let columns = ["headline", "accent", "notes"].map(str::to_owned).to_vec();
    let rows = |third| Rows {
        name: "rows.csv".to_owned(),
        columns: columns.clone(),
        rows: vec![row(2, ["One", "", ""]), row(3, ["Two", "#fff", ""]), row(4, ["Three", third, ""])],
    };
    harness.state_mut().state.receive(Message::RowsRead(Ok(rows("purple?"))));
    harness.run_steps(3);
    assert!(harness.query_by_label("2 of 3 videos").is_some());
    assert!(harness.query_by_label("Line 2: One, $0.08").is_some(), "each row has its price");
    assert!(harness.query_by_label("Line 4: Three, left out: accent: A colour looks like #1a2b3c.").is_some());
    assert!(harness.query_by_label_contains("1 row is left out until the marked cells are mended").is_some());
    assert_eq!(button(&harness), "Create · $0.15", "one bad row keeps no other from being made");
    click(&mut harness, Role::CheckBox, "Make line 3");
    assert_eq!(button(&harness), "Create · $0.08");
    assert!(harness.query_by_label("Line 3: Two, left out").is_some());
    click(&mut harness, Role::Link, "Select no row");
    assert_eq!(button(&harness), "Select the rows to make");
    click(&mut harness, Role::Link, "Select all rows");

    // A bad cell is mended where it stands.
    harness.get_by_role_and_label(Role::TextInput, "accent of line 4").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
    harness.get_by_role_and_label(Role::TextInput, "accent of line 4").type_text("pur");
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::TextInput, "accent of line 4").type_text("ple");
    harness.run_steps(3);
    assert_eq!(draft(&harness).rows.as_ref().unwrap().rows[2].cells[1], "purple");
    assert!(harness.query_by_label("3 of 3 videos").is_some());
    assert!(harness.query_by_label_contains("The column “notes” names no variable").is_some());
    // Three times 45 s at $0.10 a minute.
    assert_eq!(button(&harness), "Create · $0.23");
    press_button(&mut harness);
    let actions = asked(&mut harness);
    let [Action::Submit(submitted)] = actions.as_slice() else { panic!("{actions:?}") };
    let Asked { draft, .. } = &**submitted;
    let titles: Vec<String> = draft.clone().jobs().iter().map(|job| job.composition().effective_title()).collect();
    assert_eq!(titles, ["One", "Two", "Three"]);
    assert!(matches!(draft, Draft::HyperFrames(_)));
}

#[test]
fn nothing_is_without_a_name_in_a_small_window() {
    let mut harness = open(Some((1920, 1080)));
    harness.set_size(egui::vec2(960.0, 600.0));
    harness.run_steps(4);
    let unnamed: Vec<String> = harness
        .root()
        .children_recursive()
        .filter(|node| {
            let node = node.accesskit_node();
            matches!(node.role(), Role::Button | Role::TextInput | Role::RadioButton | Role::Switch | Role::ComboBox)
                && node.label().is_none_or(|label| label.is_empty())
        })
        .map(|node| format!("{:?}", node.accesskit_node().role()))
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}

#[test]
fn a_bad_choice_beside_a_loaded_project_is_said_and_the_project_stays() {
    let mut harness = open(Some((1_920, 1_080)));
    let why = "talk.wav is a WAV sound, no zip with a project.";
    harness.state_mut().state.receive(Message::ProjectRead(Err(why.to_owned())));
    harness.run_steps(3);
    assert!(harness.query_by_label_contains(why).is_some());
    assert!(draft(&harness).bundle.is_some());
    click(&mut harness, Role::Button, "Close the message");
    assert!(harness.query_by_label_contains(why).is_none());
}
