//! Caps, and the rate card that quotes rest on.

use egui::Ui;

use super::{note, row};
use crate::money::Usd;
use crate::ui::theme::palette;
use crate::ui::widgets::{Button, field, paragraph, text_line};
use crate::ui::{Action, Model, format, icons};

/// What is half typed; `None` while a field shows the cap as it is.
#[derive(Debug, Default)]
pub struct CapFields {
    per_job: Option<String>,
    per_month: Option<String>,
    confirm: Option<String>,
}

pub fn caps_ui(ui: &mut Ui, state: &mut CapFields, per_job: &mut Option<Usd>, per_month: &mut Option<Usd>) {
    let gap = 16.0;
    let width = (ui.available_width() - gap) / 2.0;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        cap_ui(ui, "Cap per job", "no cap", width, &mut state.per_job, per_job);
        cap_ui(ui, "Cap per month", "no cap", width, &mut state.per_month, per_month);
    });
    note(ui, "A job above a cap is refused before anything is paid. Jobs in flight count with what is held for them.");
}

/// Above which amount the button asks for a second press.
pub fn confirm_ui(ui: &mut Ui, state: &mut CapFields, above: &mut Option<Usd>) {
    let width = (ui.available_width() - 16.0) / 2.0;
    cap_ui(ui, "Confirm above", "never", width, &mut state.confirm, above);
    note(ui, "A job that may cost more than this is made at the second press of its button. Empty: never asks.");
}

/// One cap. What is typed becomes the cap when the field is left or Enter is pressed; what cannot
/// be read stays in the field with its problem, and the cap stays as it was.
fn cap_ui(ui: &mut Ui, called: &str, hint: &str, width: f32, typed: &mut Option<String>, cap: &mut Option<Usd>) {
    let mut text = typed.clone().unwrap_or_else(|| shown(*cap));
    let read = parse(&text);
    let problem = typed.as_ref().and(read.as_ref().err()).copied();
    let response = field(ui, called, problem, width, |ui| text_line(ui, called, hint, &mut text, width));
    if response.changed() {
        *typed = Some(text);
        return;
    }
    if response.lost_focus()
        && let Ok(read) = read
        && typed.take().is_some()
    {
        *cap = read;
    }
}

fn shown(cap: Option<Usd>) -> String {
    cap.map(|cap| cap.to_string()).unwrap_or_default()
}

/// A cap from what a person typed; nothing typed is no cap.
fn parse(text: &str) -> Result<Option<Usd>, &'static str> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    match Usd::parse(text) {
        Ok(amount) if amount.is_negative() => Err("A cap cannot be below zero"),
        Ok(amount) if amount != amount.to_cents() => Err("Whole cents, please"),
        Ok(amount) => Ok(Some(amount)),
        Err(_) => Err("An amount like 25 or $12.50"),
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
        check("1,200", Some(Some(120_000)));
        check("0", Some(Some(0)));
        check("-5", None);
        check("12.345", None);
        check("a lot", None);
        check("12,50 €", None);
    }
}
