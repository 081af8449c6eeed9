//! Caps, and the rate card that quotes rest on.

use std::collections::BTreeMap;

use egui::{Role, Ui};

use super::{note, row};
use crate::money::Usd;
use crate::settings::{CapAction, MONTH_START_DAY, ProjectBudget};
use crate::typed;
use crate::ui::theme::palette;
use crate::ui::widgets::{Button, describe, field, name, paragraph, text_line, toggle};
use crate::ui::{Action, Model, format, icons};

/// What is half typed, by the field's name; a field that is not here shows the setting as it is.
#[derive(Debug, Default)]
pub struct CapFields {
    typed: BTreeMap<String, String>,
}

/// A setting in a field: its name, what it says while empty, and its width.
struct Place<'a> {
    called: &'a str,
    hint: &'a str,
    width: f32,
}

const GAP: f32 = 16.0;
/// The height of a label with half of what its field is higher than a switch.
const LABEL_ROW: f32 = 24.0;

pub fn caps_ui(ui: &mut Ui, state: &mut CapFields, caps: [(&str, &mut Option<Usd>, &mut CapAction); 3]) {
    let width = (ui.available_width() - 2.0 * GAP) / 3.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        for (called, cap, action) in caps {
            ui.vertical(|ui| {
                ui.set_width(width);
                field_ui(ui, state, &Place { called, hint: "no cap", width }, cap, &shown, &parse);
                if cap.is_some() {
                    action_ui(ui, called, action);
                }
            });
        }
    });
    note(ui, "A job above a cap is refused before anything is paid. Jobs in flight count with what is held for them.");
}

/// Above which amount the button asks for a second press.
pub fn confirm_ui(ui: &mut Ui, state: &mut CapFields, above: &mut Option<Usd>) {
    let place = Place { called: "Confirm above", hint: "never", width: (ui.available_width() - GAP) / 2.0 };
    field_ui(ui, state, &place, above, &shown, &parse);
    note(ui, "A job that may cost more than this is made at the second press of its button. Empty: never asks.");
}

fn action_ui(ui: &mut Ui, called: &str, action: &mut CapAction) {
    let mut only_warns = *action == CapAction::Warn;
    if toggle(ui, &format!("{called} only warns"), &mut only_warns).changed() {
        *action = if only_warns { CapAction::Warn } else { CapAction::Refuse };
    }
}

/// What each project may cost in a month; a budget whose project is no longer listed stays in view.
pub fn budgets_ui(ui: &mut Ui, state: &mut CapFields, projects: &[String], budgets: &mut Vec<ProjectBudget>) {
    let gone = budgets.iter().map(|budget| budget.project.clone()).filter(|name| !projects.contains(name));
    let names: Vec<String> = projects.iter().cloned().chain(gone).collect();
    if names.is_empty() {
        note(ui, "Add a project below to give it a budget of its own per month.");
    }
    for name in names {
        let place = budgets.iter().position(|budget| budget.project == name);
        let present = place.and_then(|place| budgets.get(place));
        let mut amount = present.map(|budget| budget.per_month);
        let mut action = present.map_or(CapAction::Refuse, |budget| budget.action);
        let called = format!("Budget of {name} per month");
        let width = (ui.available_width() - GAP) / 2.0;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            field_ui(ui, state, &Place { called: &called, hint: "no budget", width }, &mut amount, &shown, &parse);
            if amount.is_some() {
                ui.vertical(|ui| {
                    // Beside the field, not beside its label.
                    ui.add_space(LABEL_ROW);
                    action_ui(ui, &format!("Budget of {name}"), &mut action);
                });
            }
        });
        match (place.and_then(|place| budgets.get_mut(place)), amount) {
            (Some(budget), Some(per_month)) => (budget.per_month, budget.action) = (per_month, action),
            (Some(_), None) => budgets.retain(|budget| budget.project != name),
            (None, Some(per_month)) => budgets.push(ProjectBudget { project: name, per_month, action }),
            (None, None) => {}
        }
    }
}

pub fn month_ui(ui: &mut Ui, state: &mut CapFields, month_start_day: &mut u8) {
    let mut day = Some(*month_start_day);
    let place = Place { called: "The month begins on day", hint: "1", width: (ui.available_width() - GAP) / 2.0 };
    let shown = |day: Option<u8>| day.unwrap_or(1).to_string();
    field_ui(ui, state, &place, &mut day, &shown, &|text| match text.trim().parse() {
        Ok(day) if MONTH_START_DAY.contains(&day) => Ok(Some(day)),
        _ => Err("A day from 1 to 28".to_owned()),
    });
    *month_start_day = day.unwrap_or(1);
}

pub fn low_balance_ui(ui: &mut Ui, state: &mut CapFields, balance: &mut Option<Usd>, days: &mut Option<u16>) {
    let width = (ui.available_width() - GAP) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = GAP;
        let place = Place { called: "Warn when the wallet is below", hint: "never", width };
        field_ui(ui, state, &place, balance, &shown, &parse);
        let place = Place { called: "Warn when it lasts no more days than", hint: "never", width };
        let shown = |days: Option<u16>| days.map(|days| days.to_string()).unwrap_or_default();
        field_ui(ui, state, &place, days, &shown, &|text| match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| "A number of days".to_owned()),
        });
    });
}

/// One setting. What is typed becomes the setting when the field is left or Enter is pressed; what
/// cannot be read stays in the field with its problem, and the setting stays as it was.
fn field_ui<T: Copy>(
    ui: &mut Ui,
    state: &mut CapFields,
    place: &Place<'_>,
    value: &mut Option<T>,
    shown: &dyn Fn(Option<T>) -> String,
    parse: &dyn Fn(&str) -> Result<Option<T>, String>,
) {
    let typed = state.typed.get(place.called);
    let mut text = typed.cloned().unwrap_or_else(|| shown(*value));
    let read = parse(&text);
    let problem = typed.and(read.as_ref().err()).cloned();
    let response = field(ui, place.called, None, place.width, |ui| {
        let response = text_line(ui, place.called, place.hint, &mut text, place.width);
        if let Some(problem) = &problem {
            // Below the field, where it has room for all of its words.
            describe(&response, problem);
            let words = format!("{} {problem}", icons::WARNING_CIRCLE);
            name(&paragraph(ui, words, 12.0, palette(ui).amber), Role::Label, true, problem);
        }
        response
    });
    if response.changed() {
        state.typed.insert(place.called.to_owned(), text);
        return;
    }
    if response.lost_focus()
        && let Ok(read) = read
        && state.typed.remove(place.called).is_some()
    {
        *value = read;
    }
}

fn shown(cap: Option<Usd>) -> String {
    cap.map(|cap| cap.to_string()).unwrap_or_default()
}

/// A cap from what a person typed; nothing typed is no cap.
fn parse(text: &str) -> Result<Option<Usd>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match typed::dollars(text) {
        Ok(amount) if amount.is_negative() => Err("It cannot be below zero".to_owned()),
        Ok(amount) if amount != amount.to_cents() => Err("Whole cents, please".to_owned()),
        Ok(amount) => Ok(Some(amount)),
        Err(mistyped) => Err(mistyped.to_string()),
    }
}

pub fn card_ui(ui: &mut Ui, model: &Model, actions: &mut Vec<Action>) {
    let palette = palette(ui);
    row(ui, "Rate card", &format!("of {}", format::day(model.card.date())), |ui| {
        if ui
            .add(Button::secondary("Open its folder").small().named("Open the folder for your own rate card"))
            .clicked()
        {
            actions.push(Action::OpenConfigFolder);
        }
        if ui.add(Button::secondary("Reload").small().named("Reload the rate card")).clicked() {
            actions.push(Action::ReloadRateCard);
        }
    });
    match &model.card_note {
        Some(fault) if model.card_is_fallback => {
            let sentence = format!(
                "{} Your own rate card cannot be used: {fault} Quotes rest on the built-in card until it is mended.",
                icons::WARNING_CIRCLE
            );
            paragraph(ui, sentence, 13.0, palette.amber);
        }
        Some(origin) => note(ui, origin),
        None => note(ui, "A newer rate_card.toml in the config folder wins over the built-in card."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Option<i64>>) {
        let read = parse(text).ok().map(|cap| cap.map(|cap| cap.exact()));
        assert_eq!(read, expected.map(|cap| cap.map(|cents| Usd::from_cents(cents).exact())), "{text}");
    }

    #[test]
    fn caps_are_read_as_people_write_them() {
        check("", Some(None));
        check("  ", Some(None));
        check("25", Some(Some(2500)));
        check("$12.50", Some(Some(1250)));
        check("5,50", Some(Some(550)));
        check("1,200.00", Some(Some(120_000)));
        check("1.200,00", Some(Some(120_000)));
        check("1,200", None);
        check("0", Some(Some(0)));
        check("-5", None);
        check("12.345", None);
        check("a lot", None);
        check("12,50 €", None);
    }
}
