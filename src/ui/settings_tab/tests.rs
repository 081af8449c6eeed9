//! The tab as a person uses it: by label.

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use secrecy::ExposeSecret as _;

use super::*;
use crate::money::Usd;
use crate::settings::{Account, ZOOM_PERCENT};
use crate::ui::library::fixtures::model;
use crate::ui::model::KeyStatus;

struct Bench {
    model: Model,
    state: SettingsTab,
    actions: Vec<Action>,
}

/// Tall enough that nothing has to be scrolled to. Changed settings come back as the app would
/// send them.
fn bench(change: impl FnOnce(&mut Model)) -> Harness<'static, Bench> {
    let mut model = model(Vec::new());
    change(&mut model);
    let bench = Bench { model, state: SettingsTab::default(), actions: Vec::new() };
    Harness::builder().with_size(vec2(1100.0, 1780.0)).with_context_setup(theme::install).build_ui_state(
        |ui, bench: &mut Bench| {
            let before = bench.actions.len();
            settings_ui(ui, &bench.model, &mut bench.state, &mut bench.actions);
            for action in bench.actions.iter().skip(before) {
                if let Action::ChangeSettings(settings) = action {
                    bench.model.settings = (**settings).clone();
                }
            }
        },
        bench,
    )
}

fn click(harness: &mut Harness<'_, Bench>, role: Role, label: &str) {
    harness.get_by_role_and_label(role, label).click();
    harness.run_steps(3);
}

fn button(harness: &mut Harness<'_, Bench>, label: &str) {
    click(harness, Role::Button, label);
}

/// Types into a field as a person would: click, select all, type.
fn type_into(harness: &mut Harness<'_, Bench>, role: Role, field: &str, text: &str) {
    click(harness, role, field);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.get_by_role_and_label(role, field).type_text(text);
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'_, Bench>, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

fn key_field(harness: &mut Harness<'_, Bench>, text: &str) {
    type_into(harness, Role::PasswordInput, "API key", text);
}

#[test]
fn a_key_is_sent_to_be_saved_and_leaves_nothing_behind() {
    let mut harness = bench(|_| {});
    key_field(&mut harness, " key-for-tests ");
    assert!(!format!("{:?}", harness.state().state).contains("key-for"), "the typed key is not in debug output");
    button(&mut harness, "Test and save");
    let actions = &harness.state().actions;
    let [Action::SaveKey(key)] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(key.expose_secret(), "key-for-tests");
    assert!(!format!("{actions:?}").contains("key-for"));
    press(&mut harness, Key::Tab);
    button(&mut harness, "Show the key");
    let shown =
        harness.get_all_by_role(Role::TextInput).find(|node| node.value().unwrap_or_default().contains("key-for"));
    assert!(shown.is_none(), "the field is empty");
    // Undo must not bring it back.
    click(&mut harness, Role::TextInput, "API key");
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    harness.run_steps(3);
    assert_eq!(harness.get_by_role_and_label(Role::TextInput, "API key").value().unwrap_or_default(), "");
}

#[test]
fn an_account_that_could_not_be_asked_is_asked_again() {
    let mut harness = bench(|model| model.info.fault = Some("HeyGen could not be reached.".to_owned()));
    harness.get_by_label_contains("HeyGen could not be reached.");
    button(&mut harness, "Ask HeyGen again");
    assert!(matches!(harness.state().actions.as_slice(), [Action::RefreshWallet]));
}

#[test]
fn a_key_with_spaces_or_no_key_is_not_sent() {
    let mut harness = bench(|_| {});
    harness.get_by_label("Test and save").click();
    harness.run_steps(3);
    key_field(&mut harness, "sk two words");
    harness.get_by_label_contains("A key has no spaces in it");
    harness.get_by_label("Test and save").click();
    press(&mut harness, Key::Enter);
    assert!(harness.state().actions.is_empty(), "{:?}", harness.state().actions);
}

#[test]
fn without_a_keyring_a_key_can_serve_for_this_session() {
    let mut harness = bench(|model| model.key = KeyStatus::KeyringFault("The keyring is locked.".to_owned()));
    harness.get_by_label_contains("The keyring is locked.");
    button(&mut harness, "Try the keyring again");
    key_field(&mut harness, "key-1");
    button(&mut harness, "Use for this session only");
    let actions = &harness.state().actions;
    assert!(matches!(actions.as_slice(), [Action::RetryKeyring, Action::UseKeyThisSession(_)]), "{actions:?}");
}

#[test]
fn removing_the_key_takes_two_steps() {
    let mut harness = bench(|model| model.key = KeyStatus::InKeyring { ending: "9f2c".to_owned() });
    harness.get_by_label_contains("ends in 9f2c");
    button(&mut harness, "Remove the key, ask first");
    assert!(harness.state().actions.is_empty());
    button(&mut harness, "Keep it");
    button(&mut harness, "Remove the key, ask first");
    button(&mut harness, "Remove the key");
    assert!(matches!(harness.state().actions.as_slice(), [Action::RemoveKey]));
}

#[test]
fn a_key_from_the_environment_says_that_it_wins() {
    let harness = bench(|model| model.key = KeyStatus::FromEnvironment { ending: "9f2c".to_owned() });
    harness.get_by_label_contains("HEYGEN_API_KEY is set and wins for this run");
    assert!(harness.query_by_label("Remove the key, ask first").is_none(), "it cannot be removed from here");
}

#[test]
fn a_cap_becomes_one_when_the_field_is_left() {
    let mut harness = bench(|_| {});
    type_into(&mut harness, Role::TextInput, "Cap per month", "60");
    assert_eq!(harness.state().model.settings.cap_per_month, None, "a half-typed cap must not refuse jobs");
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().model.settings.cap_per_month, Some(Usd::from_cents(6000)));
    assert_eq!(harness.get_by_role_and_label(Role::TextInput, "Cap per month").value().as_deref(), Some("$60.00"));
    type_into(&mut harness, Role::TextInput, "Cap per month", " ");
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().model.settings.cap_per_month, None, "an emptied field lifts the cap");
}

#[test]
fn what_is_no_amount_is_a_problem_and_changes_nothing() {
    let mut harness = bench(|model| model.settings.cap_per_job = Some(Usd::from_cents(500)));
    type_into(&mut harness, Role::TextInput, "Cap per job", "a lot");
    press(&mut harness, Key::Enter);
    harness.get_by_label("Write an amount like 25 or $12.50");
    assert!(harness.state().actions.is_empty(), "{:?}", harness.state().actions);
    assert_eq!(harness.state().model.settings.cap_per_job, Some(Usd::from_cents(500)));
}

#[test]
fn a_decimal_comma_is_no_thousand_and_all_of_a_problem_can_be_read() {
    let mut harness = bench(|_| {});
    type_into(&mut harness, Role::TextInput, "Cap per day", "5,50");
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().model.settings.cap_per_day, Some(Usd::from_cents(550)));
    type_into(&mut harness, Role::TextInput, "Cap per day", "1,000");
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().model.settings.cap_per_day, Some(Usd::from_cents(550)), "what is in doubt is asked");
    let words = harness.get_by_label("Write 1000 or 1.00: 1,000 may mean either").rect();
    let field = harness.get_by_role_and_label(Role::TextInput, "Cap per day").rect();
    assert!(words.top() >= field.bottom() && words.right() <= field.right() + 1.0, "{words:?} below {field:?}");
    assert!(words.height() > 30.0, "it wraps where it has no room: {words:?}");
}

#[test]
fn a_broken_rate_card_is_told_with_its_place() {
    let mut harness = bench(|model| {
        model.card_note = Some("line 14, rates[3].rate: not an amount.".to_owned());
        model.card_is_fallback = true;
    });
    harness.get_by_label_contains("line 14, rates[3].rate: not an amount. Quotes rest on the built-in card");
    button(&mut harness, "Reload the rate card");
    button(&mut harness, "Open the folder for your own rate card");
    assert!(matches!(harness.state().actions.as_slice(), [Action::ReloadRateCard, Action::OpenConfigFolder]));
}

#[test]
fn look_and_account_answer_at_once() {
    let mut harness = bench(|_| {});
    click(&mut harness, Role::RadioButton, "Dark");
    assert_eq!(harness.state().model.settings.theme, ThemeChoice::Dark);
    button(&mut harness, "Larger");
    assert_eq!(harness.state().model.settings.zoom_percent, 110);
    button(&mut harness, "Normal size");
    assert_eq!(harness.state().model.settings.zoom_percent, 100);
    for _ in 0..9 {
        button(&mut harness, "Smaller");
    }
    assert_eq!(harness.state().model.settings.zoom_percent, *ZOOM_PERCENT.start());
    harness.state_mut().actions.clear();
    harness.get_by_label_contains("Live. HeyGen itself").click();
    harness.run_steps(3);
    assert!(matches!(harness.state().actions.as_slice(), [Action::UseAccount(Account::Live)]));
}

#[test]
fn folders_are_opened_and_chosen_by_the_app() {
    let mut harness = bench(|model| model.settings.results_folder = Some("/films".into()));
    button(&mut harness, "Open the results folder");
    button(&mut harness, "Change the results folder");
    button(&mut harness, "Open the data folder");
    let actions = format!("{:?}", harness.state().actions);
    assert_eq!(actions, r#"[OpenFile("/films"), ChooseResultFolder, OpenFile("/data")]"#);
    button(&mut harness, "Use the Videos folder");
    assert_eq!(harness.state().model.settings.results_folder, None);
}

#[test]
fn projects_are_added_renamed_and_removed_by_name() {
    let mut harness = bench(|model| model.settings.projects = vec!["Northwind".to_owned()]);
    type_into(&mut harness, Role::TextInput, "New project", "northwind");
    press(&mut harness, Key::Enter);
    harness.get_by_label("There is such a project already");
    type_into(&mut harness, Role::TextInput, "New project", " Harbour ");
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().model.settings.projects, ["Northwind", "Harbour"]);
    button(&mut harness, "Rename Harbour");
    type_into(&mut harness, Role::TextInput, "New name of Harbour", "Port");
    press(&mut harness, Key::Enter);
    assert_eq!(harness.state().model.settings.projects, ["Northwind", "Port"]);
    button(&mut harness, "Remove Northwind");
    assert_eq!(harness.state().model.settings.projects, ["Port"]);
}

#[test]
fn every_control_has_a_name_whatever_the_key_and_the_account() {
    let ending = || "9f2c".to_owned();
    for key in [
        KeyStatus::Asking,
        KeyStatus::Missing,
        KeyStatus::InKeyring { ending: ending() },
        KeyStatus::FromEnvironment { ending: ending() },
        KeyStatus::ThisSession { ending: ending() },
        KeyStatus::KeyringFault("It is locked.".to_owned()),
    ] {
        let mut harness = bench(|model| {
            model.key = key.clone();
            model.account = Account::Live;
            model.key_answer = Some(Err("HeyGen refused this key.".to_owned()));
            model.settings.projects = vec!["Größe".to_owned()];
        });
        harness.run_steps(2);
        // Also panics on a letter that the bundled fonts lack.
        harness.check_accessibility();
    }
}
