//! Every tab as somebody meets it who does not see it or has no mouse: each control has a name, and the Tab
//! key reaches it.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::{Key, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::NodeT as _;

use super::Tab;
use super::tests::{Bench, bench, click, model};
use crate::draft::Look;

/// What a person acts on.
fn is_control(role: Role) -> bool {
    use Role::{
        Button, CheckBox, ColorWell, ComboBox, Link, ListBoxOption, MultilineTextInput, PasswordInput, RadioButton,
        SearchInput, Slider, SpinButton, Switch, Tab, TextInput,
    };
    matches!(
        role,
        Button
            | CheckBox
            | ColorWell
            | ComboBox
            | Link
            | ListBoxOption
            | MultilineTextInput
            | PasswordInput
            | RadioButton
            | SearchInput
            | Slider
            | SpinButton
            | Switch
            | Tab
            | TextInput
    )
}

fn shown(tab: Tab, size: egui::Vec2) -> Harness<'static, Bench> {
    let mut harness = bench(model());
    harness.set_size(size);
    harness.state_mut().state.tab = tab;
    harness.run_steps(4);
    harness
}

/// The names of the controls that can be used, with their roles.
fn controls(harness: &Harness<'_, Bench>) -> Vec<(Role, String)> {
    let nodes = harness.root().children_recursive();
    let nodes = nodes.map(|node| node.accesskit_node()).filter(|node| is_control(node.role()) && !node.is_disabled());
    nodes.map(|node| (node.role(), node.label().unwrap_or_default())).collect()
}

#[test]
fn every_control_of_every_tab_has_a_name_in_a_large_window_and_a_small_one() {
    for tab in Tab::SHOWN {
        for size in [egui::vec2(1280.0, 800.0), egui::vec2(960.0, 600.0)] {
            let harness = shown(*tab, size);
            let all = controls(&harness);
            assert!(all.len() > 10, "{tab:?}: {all:?}");
            let nameless: Vec<_> = all.iter().filter(|(_, name)| name.trim().is_empty()).collect();
            assert!(nameless.is_empty(), "{tab:?} at {size}: {nameless:?}");
        }
    }
}

#[test]
fn the_tab_key_reaches_every_control_of_every_tab() {
    for tab in Tab::SHOWN {
        let mut harness = shown(*tab, egui::vec2(1280.0, 1400.0));
        let wanted: BTreeSet<String> = controls(&harness).into_iter().map(|(_, name)| name).collect();
        let mut met = BTreeSet::new();
        for _ in 0..wanted.len() + 40 {
            harness.key_press(Key::Tab);
            harness.run_steps(2);
            let focused = harness.root().children_recursive().find(|node| node.is_focused());
            met.extend(focused.and_then(|node| node.accesskit_node().label()));
        }
        let missed: Vec<_> = wanted.difference(&met).collect();
        assert!(missed.is_empty(), "{tab:?}: {missed:?}");
    }
}

#[test]
fn the_tab_key_goes_on_to_looks_that_are_out_of_sight_and_can_mark_each() {
    let mut model = model();
    let first = model.looks.value.as_ref().and_then(|looks| looks.first().cloned()).unwrap();
    let many =
        (0..30).map(|number| Look { id: format!("many_{number}"), name: format!("Look {number}"), ..first.clone() });
    model.looks.value = Some(Arc::new(many.collect()));
    for expanded in [false, true] {
        let mut harness = bench(model.clone());
        if expanded {
            click(&mut harness, Role::Button, "Show all in a grid");
        }
        let mut met = BTreeSet::new();
        for _ in 0..120 {
            harness.key_press(Key::Tab);
            harness.run_steps(3);
            let focused = harness.root().children_recursive().find(|node| node.is_focused());
            met.extend(focused.and_then(|node| node.accesskit_node().label()));
        }
        for number in [0, 15, 29] {
            assert!(met.contains(&format!("Look {number}, digital twin")), "{expanded}, {number}: {met:?}");
            assert!(met.contains(&format!("Favourite Look {number}")), "{expanded}, {number}: {met:?}");
        }
    }
}
