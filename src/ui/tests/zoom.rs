//! The window in other sizes, the header, and lists that open.

use super::*;

fn zoom_asked(harness: &mut Harness<'_, Bench>) -> Option<u16> {
    asked(harness).into_iter().find_map(|action| match action {
        Action::ChangeSettings(settings) => Some(settings.zoom_percent),
        _ => None,
    })
}

#[test]
fn one_zoom_by_key_by_command_and_in_the_settings() {
    let mut harness = ready(model());
    for (key, percent) in [(Key::Plus, 110), (Key::Equals, 110), (Key::Minus, 90)] {
        harness.key_press_modifiers(Modifiers::COMMAND, key);
        harness.run_steps(2);
        assert_eq!(zoom_asked(&mut harness), Some(percent));
        assert!((harness.ctx.zoom_factor() - 1.0).abs() < 0.001, "nothing zooms beside the setting");
    }
    for (query, percent) in [("zoom larger", 140), ("zoom smaller", 120), ("zoom normal", 100)] {
        harness.state_mut().model.settings.zoom_percent = 130;
        harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
        harness.run_steps(3);
        harness.get_by_label("Search commands").type_text(query);
        harness.run_steps(2);
        harness.key_press(Key::Enter);
        harness.run_steps(2);
        assert_eq!(zoom_asked(&mut harness), Some(percent), "{query}");
    }
    for (now, larger, smaller) in [(70, 80, 70), (75, 80, 70), (125, 130, 120), (200, 200, 190)] {
        let settings = Settings { zoom_percent: now, ..Settings::default() };
        assert_eq!((settings.next_zoom(true), settings.next_zoom(false)), (larger, smaller));
    }
}

#[test]
fn what_a_narrow_window_has_no_room_for_is_moved_to() {
    let mut harness = ready(model());
    // 1280 × 800 at 190 %.
    harness.set_size(egui::vec2(674.0, 421.0));
    harness.run_steps(4);
    let create = |harness: &Harness<'_, Bench>| harness.get_by_label_contains("Create · about").rect();
    let right = create(&harness);
    let script = harness.get_by_role_and_label(Role::MultilineTextInput, "Script").rect();
    assert!(script.right() <= right.left(), "{script} runs under {right}");
    assert!(right.right() > 674.0, "it is out of sight");
    harness.get_by_label_contains("Create · about").focus();
    harness.run_steps(4);
    assert!(create(&harness).right() <= 674.0, "{}", create(&harness));
}

#[test]
fn the_tab_key_goes_through_the_header_from_left_to_right() {
    let mut harness = bench(model());
    harness.get_by_label("Account: Sandbox").focus();
    harness.run_steps(2);
    let mut met = Vec::new();
    for _ in 0..3 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
        let focused = harness.root().children_recursive().find(|node| node.is_focused());
        met.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    assert_eq!(met, ["Open the command palette", "3 of 10 running", "Wallet: $21.47 $3.18 held"]);
}

#[test]
fn the_wallet_opens_what_is_behind_it() {
    let mut harness = bench(model());
    click(&mut harness, Role::Button, "Wallet: $21.47 $3.18 held");
    assert!(asked(&mut harness).is_empty());
    assert!(harness.query_by_label_contains("$18.29").is_some(), "what is free");
    click(&mut harness, Role::Button, "Read the wallet again");
    assert!(matches!(asked(&mut harness).as_slice(), [Action::RefreshWallet]));
    click(&mut harness, Role::Button, "Open Spend");
    assert_eq!(harness.state().state.tab, Tab::Spend);
    assert!(harness.query_by_label("Read the wallet again").is_none());
}

#[test]
fn what_is_open_closes_when_another_tab_is_shown() {
    let mut harness = bench(model());
    click(&mut harness, Role::Button, "Account: Sandbox");
    assert!(harness.query_by_role_and_label(Role::MenuItemRadio, "Live").is_some());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    harness.run_steps(3);
    assert_eq!(harness.state().state.tab, Tab::Settings);
    assert!(harness.query_by_role_and_label(Role::MenuItemRadio, "Live").is_none());
}

fn options(harness: &Harness<'_, Bench>) -> usize {
    harness.query_all_by_role(Role::ListBoxOption).count()
}

#[test]
fn a_list_that_was_short_is_long_again_and_follows_the_keys() {
    let mut harness = bench(model());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(4);
    let all = options(&harness);
    assert!(all >= 9, "{all}");
    harness.get_by_label("Search commands").type_text("theme");
    harness.run_steps(4);
    assert!(options(&harness) < all);
    click(&mut harness, Role::Button, "Clear search commands");
    harness.run_steps(4);
    assert_eq!(options(&harness), all);

    assert!(harness.query_by_label("Start an empty draft").is_none(), "it lies below");
    for _ in 0..14 {
        harness.key_press(Key::ArrowDown);
        harness.run_steps(1);
    }
    harness.run_steps(3);
    let last = harness.get_by_label("Start an empty draft").rect();
    let field = harness.get_by_label("Search commands").rect();
    assert!(last.top() > field.bottom() && last.bottom() < field.bottom() + 340.0, "{last} under {field}");
}
